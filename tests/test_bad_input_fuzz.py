"""Whatever an author gives to `synth new`: no traceback, and a project that is whole or not there.

Each example is one slip of a spreadsheet or of a hand, or several at once; hypothesis looks for
those nobody thought of.
"""

from __future__ import annotations

import errno
import os
import random
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from synth.errors import ReviewError
from synth.reading.rules import check
from synth.reading.settings import SLUG
from synth.references.importing import read_references
from synth.starter import project
from synth.starter.request import Request
from synth.starter.spreadsheet import column_name, printable, read_tables, slug
from synth.starter.start import start

AUTHOR = Path(__file__).parent / "author"
SOUND = (AUTHOR / "table.csv").read_text("utf-8")
REFERENCES = (AUTHOR / "references.ris").read_text("utf-8")
CODEBOOK = (AUTHOR / "codebook.csv").read_text("utf-8")

quickly = settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@pytest.fixture(autouse=True)
def no_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library's copy and the pins are the same for every review; they are tested elsewhere."""
    monkeypatch.setattr(project, "_write_frame", lambda staging, records: None)


def attempt(
    table: bytes, references: bytes = REFERENCES.encode(), codebook: bytes = b"", name: str = "new"
) -> str:
    """Start a review from some bytes; what was said of it. Whole or not there, whatever happens."""
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        (here / "table.csv").write_bytes(table)
        (here / "refs.ris").write_bytes(references)
        (here / "codes.csv").write_bytes(codebook)
        before = sorted(path.name for path in here.iterdir())
        request = Request(
            here / name,
            tables=(here / "table.csv",),
            bib=here / "refs.ris",
            codebook=here / "codes.csv" if codebook else None,
        )
        said: list[str] = []
        try:
            start(request, execute=False, dry_run=False, say=said.append)
        except ReviewError as error:
            told = str(error)
        else:
            told = ""
        if not os.path.isdir(here / name):  # a name that is too long is no error here
            assert told
            assert sorted(path.name for path in here.iterdir()) == before
            return told
        root = here / name
        assert not [problem for problem in check(root) if problem.severity == "error"]
        assert (root / "_toc.yml").is_file()
        assert not [path for path in here.iterdir() if path.name.startswith(".synth-new")]
        return "\n".join(said)


# --- tables -------------------------------------------------------------------------------------

Slip = Callable[[str, random.Random], str]


def truncated(text: str, chance: random.Random) -> str:
    return text[: chance.randrange(len(text) + 1)]


def reordered(text: str, chance: random.Random) -> str:
    header, *rows = text.splitlines(keepends=True)
    chance.shuffle(rows)
    return "".join([header, *rows])


def duplicated(text: str, chance: random.Random) -> str:
    lines = text.splitlines(keepends=True)
    return "".join([*lines, chance.choice(lines or ["\n"])])


def ragged(text: str, chance: random.Random) -> str:
    lines = text.splitlines(keepends=True) or ["\n"]
    place = chance.randrange(len(lines))
    lines[place] = lines[place].replace(";", chance.choice(["", ";;"]), 1)
    return "".join(lines)


def other_separator(text: str, chance: random.Random) -> str:
    return text.replace(";", chance.choice([",", "\t", "|", " ", ":"]))


def odd_quote(text: str, chance: random.Random) -> str:
    place = chance.randrange(len(text) + 1)
    return f'{text[:place]}"{text[place:]}'


def mangled(text: str, chance: random.Random) -> str:
    what = chance.choice(["Mar-11", "2.02E+03", "#NAME?", "01.02.2011", "########"])
    return text.replace(chance.choice(["Brandt et al., 2011", "Okafor (2020)", "thrives"]), what)


def odd_letters(text: str, chance: random.Random) -> str:
    place = chance.randrange(len(text) + 1)
    sign = chance.choice(["\0", "\x07", "\u2028", "\ufeff", "\x1c", "é", "\U0001f41d", "\r", "ﬁ"])
    return f"{text[:place]}{sign}{text[place:]}"


def long_cell(text: str, chance: random.Random) -> str:
    place = chance.randrange(len(text) + 1)
    return f"{text[:place]}{'x' * chance.choice([40_000, 200_000])}{text[place:]}"


def other_header(text: str, chance: random.Random) -> str:
    _, _, rest = text.partition("\n")
    names = chance.choices(
        ["study", "Code", "", "level", "q", "direction", "Paper", "é", "id"], k=7
    )
    return ";".join(names) + "\n" + rest


SLIPS: list[Slip] = [
    *(truncated, reordered, duplicated, ragged, other_separator),
    *(odd_quote, mangled, odd_letters, long_cell, other_header),
]
ENCODINGS = ("utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be", "mac-roman")


def test_sound_files_are_taken_in() -> None:
    """Otherwise the slips below would prove nothing."""
    said = attempt(SOUND.encode(), codebook=CODEBOOK.encode())
    assert "  5 studies, " in said
    assert "  12 findings from 12 rows" in said


@given(
    slips=st.lists(st.sampled_from(SLIPS), max_size=3),
    encoding=st.sampled_from(ENCODINGS),
    seed=st.integers(0, 10**6),
)
@quickly
def test_no_slip_of_a_spreadsheet_stops_with_a_traceback(
    slips: list[Slip], encoding: str, seed: int
) -> None:
    chance = random.Random(seed)
    text = SOUND
    for slip in slips:
        text = slip(text, chance)
    attempt(text.encode(encoding, "replace"))


@given(data=st.binary(max_size=300))
@quickly
def test_bytes_of_any_kind_are_told_and_not_trusted(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "any.csv"
        path.write_bytes(data)
        sheets, problems = read_tables(path)
        assert sheets or problems
        works, problems = read_references(path)
        assert works.bibliography or problems


_CELLS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@given(rows=st.lists(st.tuples(_CELLS, _CELLS, _CELLS), min_size=1, max_size=6))
@quickly
def test_cells_of_any_text_become_valid_data(rows: list[tuple[str, str, str]]) -> None:
    """Labels, directions and filters of any letters: ids are slugs, TOML and pages are valid."""
    text = "Paper\tCode\tEffect\tKind\tText\n" + "".join(
        "\t".join(
            [
                "Okafor 2020",
                *('"' + " ".join(cell.split()).replace('"', '""') + '"' for cell in cells),
                "said",
            ]
        )
        + "\n"
        for cells in rows
    )
    attempt(text.encode("utf-8"))


@given(slips=st.lists(st.sampled_from(SLIPS), min_size=1, max_size=2), seed=st.integers(0, 10**6))
@quickly
def test_no_slip_in_a_codebook_stops_with_a_traceback(slips: list[Slip], seed: int) -> None:
    chance = random.Random(seed)
    text = CODEBOOK
    for slip in slips:
        text = slip(text, chance)
    attempt(SOUND.encode(), codebook=text.encode("utf-8", "replace"))


@given(
    slips=st.lists(
        st.sampled_from([truncated, reordered, duplicated, odd_letters]), min_size=1, max_size=3
    ),
    seed=st.integers(0, 10**6),
)
@quickly
def test_no_slip_in_references_stops_with_a_traceback(slips: list[Slip], seed: int) -> None:
    chance = random.Random(seed)
    text = REFERENCES
    for slip in slips:
        text = slip(text, chance)
    attempt(SOUND.encode(), text.encode("utf-8", "replace"))


@pytest.mark.slow
def test_a_hundred_thousand_rows_are_read(tmp_path: Path) -> None:
    header, *rows = SOUND.splitlines()
    lines = [f"{rows[n % len(rows)]};{n}" for n in range(100_000)]
    text = "\n".join([f"{header};Number", *lines])
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    (sheet,), problems = read_tables(tmp_path / "t.csv")
    assert (len(sheet.rows), problems) == (100_000, [])


@pytest.mark.slow
def test_a_hundred_thousand_wrong_rows_are_told_in_a_screenful() -> None:
    lines = [f"Nobody {n};Pay;x;y;z;a;b" for n in range(100_000)]
    told = attempt("\n".join([SOUND.splitlines()[0], *lines]).encode())
    assert len(told) < 20_000
    assert "100000 works are not in" in told
    assert "and 99980 more" in told


# --- names --------------------------------------------------------------------------------------

HOSTILE = [
    *("a b", "-rf", "--help", "a'b", 'a"b', "a;b", "$(touch x)", "`x`", "a&b", "a|b", "*", "~x"),
    *("données", "数据", "a\nb", "a\tb", "\x1b[31m", ".hidden", "con", "x" * 300, "a%b", "a#b"),
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_folder_of_any_name_is_made_whole_or_refused(name: str) -> None:
    attempt(SOUND.encode(), name=name)


def test_a_name_with_a_null_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReviewError):
        start(Request(tmp_path / "a\0b"), execute=False, dry_run=False, say=print)
    assert list(tmp_path.iterdir()) == []


@given(text=st.text(max_size=80))
@quickly
def test_ids_and_columns_made_of_any_text_are_valid(text: str) -> None:
    assert SLUG.fullmatch(slug(text, "code"))
    assert column_name(text, ()).isidentifier()
    assert all(sign.isprintable() for sign in printable(text))


def test_a_title_of_any_letters_is_written(tmp_path: Path) -> None:
    title = 'Say "yes" \\ to\n{braces} & <tags>\udcff'
    table, bib = AUTHOR / "table.csv", AUTHOR / "references.ris"
    request = Request(tmp_path / "x", (table,), bib, title=title)
    start(request, execute=False, dry_run=False, say=lambda line: None)
    assert not [p for p in check(tmp_path / "x") if p.severity == "error"]


# --- the disk -----------------------------------------------------------------------------------


@given(after=st.integers(0, 25), kind=st.sampled_from(["full", "interrupt"]))
@quickly
def test_a_disk_that_fills_up_or_a_hand_that_stops_leaves_nothing(after: int, kind: str) -> None:
    write, count = Path.write_bytes, [0]

    def failing(self: Path, data: bytes) -> int:
        if ".synth-new-" in str(self):
            count[0] += 1
            if count[0] > after:
                if kind == "interrupt":
                    raise KeyboardInterrupt
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(self, data)

    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "write_bytes", failing)
        here = Path(folder)
        try:
            start(Request(here / "new"), execute=False, dry_run=False, say=lambda line: None)
        except (ReviewError, KeyboardInterrupt):
            assert list(here.iterdir()) == []
        else:
            assert [path.name for path in here.iterdir()] == ["new"]
