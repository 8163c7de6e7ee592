"""A sheet for a second coder: blank when written, compared with the book when filled."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from synth.cli import main
from synth.errors import ReviewError
from synth.reading.records import Records
from synth.reading.rules import load_records
from synth.starter.second_coder import COLUMNS, agree, drawn, write_sheet
from synth.starter.spreadsheet import read_tables

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def records() -> Records:
    return load_records(ROOT)


def filled(path: Path, records: Records, **changed: tuple[str, str]) -> Path:
    """A sheet of twelve places coded as the book has them, but for some."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(COLUMNS)
        for statement in drawn(records, 12):
            first = records.findings[statement.id]
            code, way = changed.get(first.id, (first.theme, first.direction))
            writer.writerow((first.id, "", first.section, first.anchor, code, way, ""))
    return path


def test_the_draw_is_the_same_for_a_seed_and_another_for_another(records: Records) -> None:
    assert drawn(records, 20, 7) == drawn(records, 20, 7)
    assert drawn(records, 20, 7) != drawn(records, 20, 8)
    places = [statement.id for statement in drawn(records, 20, 7)]
    assert len(set(places)) == 20


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_sheet_holds_places_and_no_codes(tmp_path: Path, records: Records, ending: str) -> None:
    out = tmp_path / f"sheet.{ending}"
    write_sheet(records, drawn(records, 10), out)
    sheets, problems = read_tables(out)
    assert [problem for problem in problems if problem.severity == "error"] == []
    sheet = sheets[0]
    assert len(sheet.rows) == 10
    for row in sheet.rows:
        finding = records.findings[row.cells["place"]]
        assert " ".join(row.cells["words"].split()) == " ".join(finding.anchor.split())
        assert [row.cells.get(name, "") for name in ("code", "direction", "note")] == ["", "", ""]


def test_a_workbook_offers_the_codes_in_its_cells(tmp_path: Path, records: Records) -> None:
    import zipfile

    out = tmp_path / "sheet.xlsx"
    write_sheet(records, drawn(records, 10), out)
    with zipfile.ZipFile(out) as book:
        first = book.read("xl/worksheets/sheet1.xml").decode()
        shared = book.read("xl/sharedStrings.xml").decode()
    assert f"Codes!$A$2:$A${len(records.codebook) + 1}" in first
    assert ",".join(way.id for way in records.settings.directions) in first
    assert all(f">{node.id}<" in shared for node in records.codebook)


def test_a_sheet_that_says_the_same_agrees_everywhere(tmp_path: Path, records: Records) -> None:
    found = agree(records, filled(tmp_path / "s.csv", records))
    assert (found.coded, found.blank, found.apart) == (12, 0, ())
    assert all(each.alike == each.units for each in found.compared)
    assert {each.what for each in found.compared} >= {"level", "theme", "direction"}


def test_a_sheet_nobody_filled_in_says_that_there_is_nothing_to_compare(
    tmp_path: Path, records: Records
) -> None:
    write_sheet(records, drawn(records, 3), tmp_path / "s.xlsx")
    told = agree(records, tmp_path / "s.xlsx").text
    assert told.startswith("0 of 3 places are coded; 3 are blank")
    assert "nothing to compare yet" in told
    assert "Disagreements" not in told


def test_every_disagreement_is_told_and_counted(tmp_path: Path, records: Records) -> None:
    first, second, third = (records.findings[s.id] for s in drawn(records, 12)[:3])
    level = records.codebook.path(first.theme)[0].id
    other = next(n.id for n in records.codebook.of_rank("theme") if n.parent != level)
    way = next(d.id for d in records.settings.directions if d.id != second.direction)
    label = next(d.label for d in records.settings.directions if d.id == way)
    path = filled(
        tmp_path / "s.csv",
        records,
        **{
            first.id: (other, first.direction),
            second.id: (second.theme, label),
            third.id: ("", ""),
        },
    )
    found = agree(records, path)
    assert (found.coded, found.blank) == (11, 1)
    told = {(one.place, one.what): (one.book, one.sheet) for one in found.apart}
    assert told == {
        (first.id, "code"): (first.theme, other),
        (second.id, "direction"): (second.direction, way),
    }
    by = {each.what: each for each in found.compared}
    assert (by["level"].alike, by["level"].units) == (10, 11)
    assert by["direction"].values["percentage"].value == pytest.approx(10 / 11)
    assert first.anchor in found.text
    assert "11 of 12 places are coded" in found.text


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("place,", "spot,", "sample-column"),
        ("{place}", "nobody1999-01", "sample-unknown"),
        (",{code},", ",no-such-code,", "sample-unknown"),
        (",{way},", ",sideways,", "sample-unknown"),
    ],
)
def test_what_is_wrong_with_a_sheet_is_told(
    tmp_path: Path, records: Records, before: str, after: str, code: str
) -> None:
    path = filled(tmp_path / "s.csv", records)
    first = records.findings[drawn(records, 12)[0].id]
    sought = before.format(place=first.id, code=first.theme, way=first.direction)
    text = path.read_text("utf-8")
    assert sought in text
    path.write_text(text.replace(sought, after, 1), "utf-8")
    with pytest.raises(ReviewError) as error:
        agree(records, path)
    assert [problem.code for problem in error.value.problems] == [code]
    assert error.value.problems[0].line == (0 if code == "sample-column" else 2)


def test_the_commands_write_and_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    out = tmp_path / "sheet.csv"
    assert main(["sample", "5", "--seed", "3", "--out", str(out)]) == 0
    assert "5 places" in capsys.readouterr().out
    assert main(["agree", str(out)]) == 0
    assert "0 of 5 places are coded" in capsys.readouterr().out
    for number, name, code in (
        ("5", "sheet.csv", "sample-exists"),
        ("100000", "x.csv", "sample-size"),
        ("0", "x.csv", "sample-size"),
        ("5", "x.pdf", "sample-kind"),
    ):
        assert main(["sample", number, "--out", str(tmp_path / name)]) != 0
        assert f"[{code}]" in capsys.readouterr().err


def test_a_place_that_stands_twice_is_told(tmp_path: Path, records: Records) -> None:
    path = filled(tmp_path / "s.csv", records)
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([*lines, lines[1]]) + "\n", "utf-8")
    with pytest.raises(ReviewError) as error:
        agree(records, path)
    found = [(problem.code, problem.line) for problem in error.value.problems]
    assert found == [("sample-twice", len(lines) + 1)]


def test_codes_are_found_by_their_way_and_directions_by_their_plural(
    tmp_path: Path, records: Records
) -> None:
    path = filled(
        tmp_path / "s.csv",
        records,
        **{
            s.id: (
                " / ".join(n.label for n in records.codebook.path(records.findings[s.id].theme)),
                next(
                    d.plural
                    for d in records.settings.directions
                    if d.id == records.findings[s.id].direction
                ),
            )
            for s in drawn(records, 12)
        },
    )
    found = agree(records, path)
    assert (found.coded, found.apart) == (12, ())


def test_a_label_of_two_codes_is_asked_about(tmp_path: Path, records: Records) -> None:
    first = drawn(records, 12)[0].id
    path = filled(tmp_path / "s.csv", records, **{first: ("Other", "")})
    themes = list(records.codebook.of_rank("theme"))
    pair = themes[0], next(node for node in themes if node.parent != themes[0].parent)
    nodes = [replace(n, label="Other") if n in pair else n for n in records.codebook]
    twice = replace(records, codebook=type(records.codebook)(tuple(nodes)))
    with pytest.raises(ReviewError) as error:
        agree(twice, path)
    (problem,) = error.value.problems
    assert (problem.code, problem.line) == ("code-ambiguous", 2)
    assert " > Other'" in str(problem)


def test_too_few_studies_for_an_interval_are_told(tmp_path: Path, records: Records) -> None:
    kept = [statement.id for statement in drawn(records, 12)][:3]
    path = filled(
        tmp_path / "s.csv",
        records,
        **{s.id: ("", "") for s in drawn(records, 12) if s.id not in kept},
    )
    found = agree(records, path)
    studies = len({records.findings[name].study for name in kept})
    of = "1 study" if studies == 1 else f"{studies} studies"
    assert f"no intervals: the places are of {of}, and 10 are needed" in found.text
    assert all(value.low is None for each in found.compared for value in each.values.values())
