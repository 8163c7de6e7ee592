"""The form files are kept in, and the page that describes them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from synth.model import SETTINGS, TABLES
from synth.reading.formatting import canonical_forms, data_readme, write_forms
from synth.reading.records import read_records
from synth.reading.settings import read_settings

BAD_DATA = Path(__file__).parent / "bad_data"


def changed(root: Path) -> list[str]:
    return [form.file for form in canonical_forms(root) if form.line]


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    copy = Path(shutil.copytree(BAD_DATA / "sound", tmp_path / "review"))
    write_forms(copy, canonical_forms(copy))
    return copy


def test_the_data_of_the_book_is_canonical(root: Path) -> None:
    assert changed(root) == []


def test_the_example_is_canonical(example_root: Path) -> None:
    assert changed(example_root) == []


def test_writing_twice_changes_nothing_the_second_time(sound: Path) -> None:
    assert write_forms(sound, canonical_forms(sound)) == []


def test_rows_in_another_order_come_back_to_theirs(sound: Path) -> None:
    path = sound / "data" / "coded_studies.csv"
    before = path.read_bytes()
    header, *rows = before.decode().splitlines(keepends=True)
    path.write_text(header + "".join(reversed(rows)), encoding="utf-8")
    assert write_forms(sound, canonical_forms(sound)) == ["data/coded_studies.csv"]
    assert path.read_bytes() == before


@pytest.mark.parametrize("file", ["data/codebook.csv", "data/flow.csv"])
def test_the_author_s_order_is_kept(file: str, sound: Path) -> None:
    path = sound / file
    header, *rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text(header + "".join(reversed(rows)), encoding="utf-8")
    assert changed(sound) == []


@pytest.mark.parametrize(
    "mistake",
    [
        "byte-order-mark",
        "windows-line-ends",
        "windows-line-ends-in-bibliography",
        "old-macintosh-line-ends",
        "empty-rows",
        "spaces-around-cells",
    ],
)
def test_what_is_only_form_is_mended(mistake: str, sound: Path) -> None:
    before = {path.name: path.read_bytes() for path in (sound / "data").iterdir()}
    shutil.copytree(BAD_DATA / mistake, sound, dirs_exist_ok=True)
    assert write_forms(sound, canonical_forms(sound))
    assert {path.name: path.read_bytes() for path in (sound / "data").iterdir()} == before


@pytest.mark.parametrize(
    "mistake",
    [
        "ragged-rows",
        "quotation-mark-never-closed",
        "quotation-mark-inside-a-cell",
        "windows-1252",
        "utf-16",
        "null-character",
        "letters-read-wrongly",
        "semicolons-between-columns",
        "column-twice",
        "column-without-name",
        "empty-file",
    ],
)
def test_a_file_that_cannot_be_read_whole_is_left_alone(mistake: str, sound: Path) -> None:
    shutil.copytree(BAD_DATA / mistake, sound, dirs_exist_ok=True)
    before = {path: path.read_bytes() for path in sound.rglob("*.csv")}
    forms = canonical_forms(sound)
    assert [form for form in forms if form.problems]
    write_forms(sound, forms)
    assert {path: path.read_bytes() for path in sound.rglob("*.csv")} == before


@pytest.mark.parametrize("mistake", ["unknown-theme", "misspelt-column", "duplicate-study"])
def test_a_wrong_value_is_kept(mistake: str, sound: Path) -> None:
    shutil.copytree(BAD_DATA / mistake, sound, dirs_exist_ok=True)
    told, before = (
        read_records(sound)[1],
        (sound / "data" / "studies.csv").read_text(encoding="utf-8"),
    )
    write_forms(sound, canonical_forms(sound))
    assert len(read_records(sound)[1]) == len(told)
    after = (sound / "data" / "studies.csv").read_text(encoding="utf-8")
    assert sorted(after.splitlines()) == sorted(before.splitlines())


def test_the_readme_explains_every_column_and_setting(root: Path) -> None:
    settings, _ = read_settings(root)
    text = data_readme(settings, dict.fromkeys(TABLES, ()))
    for table in TABLES.values():
        assert f"## `{table.file}`" in text
        assert all(f"| `{column.name}` |" in text for column in table.columns)
    assert all(setting.meaning in text for setting in SETTINGS)


def test_the_readme_speaks_of_the_review_s_own_columns_and_words(example_root: Path) -> None:
    text = (example_root / "data" / "README.md").read_text(encoding="utf-8")
    assert "| `season` | list of texts | yes | Season; readers can filter by it. |" in text
    assert "`helps`, `harms`, `unclear`" in text
    assert "places.csv" not in text.replace("of places.csv", "")
