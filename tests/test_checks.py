"""What is wrong between the files, and what is said about it.

``bad_data/`` holds a folder for each mistake, named after it; it is laid over the sound review
beside it. ``bad_data/messages.toml`` is the one table of what each deserves.
"""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synth.errors import Problem, ReviewError
from synth.reading.formatting import canonical_forms, write_forms
from synth.reading.records import read_records
from synth.reading.rules import check, load_records

BAD_DATA = Path(__file__).parent / "bad_data"
MESSAGES = tomllib.loads((BAD_DATA / "messages.toml").read_text(encoding="utf-8"))
MISTAKES = sorted(
    path.name for path in BAD_DATA.iterdir() if path.is_dir() and path.name != "sound"
)


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    """A copy of the small review without a mistake."""
    return Path(shutil.copytree(BAD_DATA / "sound", tmp_path / "review"))


def said(root: Path) -> str:
    return "\n".join(map(str, check(root)))


def with_text(root: Path, file: str, old: str, new: str) -> Path:
    """The review with one text replaced in one of its files."""
    path = root / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8", newline="")
    return root


def test_every_mistake_has_a_message_and_every_message_a_mistake() -> None:
    assert sorted(MESSAGES) == MISTAKES


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake(mistake: str, sound: Path) -> None:
    shutil.copytree(BAD_DATA / mistake, sound, dirs_exist_ok=True)
    assert said(sound) == MESSAGES[mistake].lstrip("\n")


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_review_with_errors_is_not_loaded_and_one_without_is(mistake: str, sound: Path) -> None:
    shutil.copytree(BAD_DATA / mistake, sound, dirs_exist_ok=True)
    errors = [problem for problem in check(sound) if problem.severity == "error"]
    if errors:
        with pytest.raises(ReviewError) as raised:
            load_records(sound)
        assert list(raised.value.problems) == errors
    else:
        assert load_records(sound).findings


def test_a_sound_review_has_no_problem(sound: Path) -> None:
    assert check(sound) == []


def test_the_example_has_only_what_its_source_does_not_tell(example_root: Path) -> None:
    assert [problem.severity for problem in check(example_root)] == ["note"]


def test_the_book_has_no_error(root: Path) -> None:
    assert [str(problem) for problem in check(root) if problem.severity == "error"] == []


def test_formulas_and_markup_stay_text(sound: Path) -> None:
    shutil.copytree(BAD_DATA / "formulas-and-html", sound, dirs_exist_ok=True)
    records, _ = read_records(sound)
    summaries = [finding.summary for finding in records.findings.values()]
    assert summaries == [
        "=cmd|' /C calc'!A0",
        "<script>alert(1)</script> & <b>bold</b>",
        "@SUM(1+1)*cmd",
    ]


def test_na_stays_text(sound: Path) -> None:
    shutil.copytree(BAD_DATA / "not-available-is-text", sound, dirs_exist_ok=True)
    study = read_records(sound)[0].studies["berg2011"]
    assert (study.countries, study.design) == (("NA",), "None")


@pytest.mark.parametrize(
    "file",
    ["data/codebook.csv", "data/studies.csv", "data/coded_studies.csv", "references.bib"],
)
def test_a_missing_file_is_one_problem(file: str, sound: Path) -> None:
    (sound / file).unlink()
    assert [str(problem) for problem in check(sound) if problem.severity == "error"] == [
        f"{file}: [file-missing] The file is missing.\n"
        "  Restore it, or start a review with 'synth new'."
    ]


@pytest.mark.parametrize("file", ["influences", "flow", "places"])
def test_a_review_may_do_without(file: str, sound: Path) -> None:
    (sound / "data" / f"{file}.csv").unlink()
    assert check(sound) == []


def test_a_facet_of_countries_needs_their_table(sound: Path) -> None:
    facet = '[[facets]]\nid = "income_group"\nlabel = "Income"\nplural = "Incomes"\n'
    settings = sound / "data" / "review.toml"
    settings.write_text(f'{settings.read_text("utf-8")}\n{facet}of = "country"\n', "utf-8")
    assert [problem for problem in check(sound) if problem.code != "readme-stale"] == []
    (sound / "data" / "places.csv").unlink()
    assert "[facet-without-column] 'income_group' is no column of data/places.csv" in said(sound)


def test_without_settings_the_tables_are_still_checked(sound: Path) -> None:
    with_text(sound, "data/coded_studies.csv", "pay,helps", "payy,helps")
    (sound / "data" / "review.toml").unlink()
    assert [problem.where for problem in check(sound)] == ["theme", ""]


@pytest.mark.parametrize(
    "file", ["data/studies.csv", "data/flow.csv", "references.bib", "data/review.toml"]
)
def test_a_folder_instead_of_a_file(file: str, sound: Path) -> None:
    (sound / file).unlink()
    (sound / file).mkdir()
    told = [problem for problem in check(sound) if problem.file == file]
    assert [problem.message for problem in told] == ["This is a folder, not a file."]


@pytest.mark.slow
def test_a_cell_of_fifty_megabytes(sound: Path) -> None:
    huge = "long " * 10_000_000
    with_text(
        sound, "data/coded_studies.csv", "Nobody rested where pauses were counted.", huge + "end"
    )
    assert said(sound) == (
        "data/coded_studies.csv:3: summary: [cell-long] The cell holds 50,000,003 characters; "
        "a spreadsheet keeps 32,767.\n"
        "  A quotation mark may be missing, or a file was pasted into the cell. Shorten it."
    )


def test_a_huge_wrong_id_is_not_repeated_in_full(sound: Path) -> None:
    with_text(sound, "data/coded_studies.csv", "berg2011,pauses", "berg2011," + "x" * 5000)
    assert len(said(sound)) < 300


def test_all_problems_come_sorted_by_file_and_line(sound: Path) -> None:
    shutil.copytree(BAD_DATA / "everything-at-once", sound, dirs_exist_ok=True)
    problems = check(sound)
    assert len({problem.file for problem in problems}) >= 5
    places = [(problem.file, problem.line) for problem in problems]
    assert places == sorted(places)


def test_hints_name_the_nearest_in_any_direction(sound: Path) -> None:
    with_text(sound, "data/influences.csv", "berg2011;lund2015", "berg2011;lund2051")
    assert [problem.remedy for problem in check(sound)] == [
        "Did you mean 'lund2015'? Studies are listed in data/studies.csv."
    ]


def test_a_longer_circle_is_told_once(sound: Path) -> None:
    codebook = "".join(f"n{i},n{(i + 1) % 5},Node {i},A node.,source\n" for i in range(5))
    path = sound / "data" / "codebook.csv"
    path.write_text(path.read_text(encoding="utf-8") + codebook, encoding="utf-8")
    assert [problem.message for problem in check(sound)] == [
        "The nodes run in a circle: n0 > n1 > n2 > n3 > n4 > n0."
    ]


def test_flow_arithmetic_names_boxes_and_numbers(example: Path) -> None:
    with_text(example, "data/flow.csv", "Records found twice,61", "Records found twice,60")
    assert [problem.message for problem in check(example) if problem.severity == "error"] == [
        "324 ('identified') − 60 ('twice') is 264, but 'screened' holds 263."
    ]


def test_a_flow_may_branch(sound: Path) -> None:
    branches = (
        "box,stage,kind,of,label,count,state,note\n"
        "found,identification,remaining,,Found,100,reported,\n"
        "dropped,screening,removed,found,Dropped,10,reported,\n"
        "english,screening,remaining,found,In English,60,reported,\n"
        "french,screening,remaining,found,In French,30,reported,\n"
        "letters,screening,source,french,From letters,5,reported,\n"
    )
    (sound / "data" / "flow.csv").write_text(branches, encoding="utf-8")
    # 100 - 10 - 60 + 5 = 35 in French; 100 - 10 - 30 = 60 in English.
    messages = [problem.message for problem in check(sound)]
    assert messages == [
        "100 ('found') + 5 ('letters') − 10 ('dropped') − 60 ('english') is 35, "
        "but 'french' holds 30."
    ]


def test_a_country_outside_the_table_of_places_is_no_error(sound: Path) -> None:
    with_text(sound, "data/studies.csv", "evidence,Norway", "evidence,France")
    assert [problem.severity for problem in check(sound)] == ["warning"]


def test_problems_do_not_depend_on_the_order_of_hashing(sound: Path) -> None:
    shutil.copytree(BAD_DATA / "everything-at-once", sound, dirs_exist_ok=True)
    assert check(sound) == check(sound)
    assert all(isinstance(problem, Problem) for problem in check(sound))


FILES = sorted(str(p.relative_to(BAD_DATA / "sound")) for p in (BAD_DATA / "sound").rglob("*.*"))
SLIPS = st.sampled_from(
    [
        *(sign.encode() for sign in '",\n\r;{}@=\\[#  -\0\u2028'),
        *(b"", b"\xff", b"\xef\xbb\xbf", b"pay", b"identified", b"2011", b"9" * 5000),
    ]
)


# No deadline: a busy machine is no mistake. The same examples every time.
@pytest.mark.slow
@settings(deadline=None, derandomize=True, max_examples=150)
@given(
    st.sampled_from(FILES),
    st.lists(st.tuples(st.floats(0, 1), SLIPS, st.integers(0, 20)), max_size=4),
)
def test_no_slip_of_the_hand_is_too_much(
    tmp_path_factory: pytest.TempPathFactory, file: str, slips: list[tuple[float, bytes, int]]
) -> None:
    """Whatever stands in a file is told or is fine; what is formatted twice is formatted once."""
    root = Path(shutil.copytree(BAD_DATA / "sound", tmp_path_factory.mktemp("slip") / "review"))
    data = (root / file).read_bytes()
    for where, slip, lost in slips:
        at = int(where * len(data))
        data = data[:at] + slip + data[at + lost :]
    (root / file).write_bytes(data)
    has_errors = any(problem.severity == "error" for problem in check(root))
    try:
        load_records(root)
    except ReviewError:
        assert has_errors
    else:
        assert not has_errors
    write_forms(root, canonical_forms(root))
    assert [form.file for form in canonical_forms(root) if form.line] == []
    shutil.rmtree(root.parent)


# --- at the edge of each rule ---------------------------------------------------------------------


@pytest.mark.parametrize(("words", "fine"), [(5, False), (6, True), (10, True), (11, False)])
def test_an_anchor_has_six_to_ten_words(words: int, fine: bool, sound: Path) -> None:
    anchor = read_records(sound)[0].findings["berg2011-01"].anchor
    with_text(sound, "data/coded_studies.csv", anchor, " ".join(["word"] * words))
    codes = [problem.code for problem in check(sound)]
    assert codes == ([] if fine else ["anchor-length"])


@pytest.mark.parametrize(
    ("known", "code"), [(97, "flow-unchecked"), (98, "flow-unchecked"), (99, "flow-parts-exceed")]
)
def test_parts_of_a_box_may_be_all_of_it_though_one_is_unknown(
    known: int, code: str, sound: Path
) -> None:
    shutil.copytree(BAD_DATA / "flow-partly-unknown", sound, dirs_exist_ok=True)
    flow = sound / "data" / "flow.csv"
    text = flow.read_text(encoding="utf-8")
    box = next(box for box in read_records(sound)[0].flow if box.kind == "reason" and box.count)
    row = f"{box.label},{box.count},"
    assert text.count(row) == 1
    flow.write_text(text.replace(row, f"{box.label},{known},"), encoding="utf-8")
    assert [problem.code for problem in check(sound)] == [code]


@pytest.mark.parametrize(
    ("length", "code"), [(32_767, ""), (32_768, "cell-long")], ids=["the most", "one more"]
)
def test_a_cell_is_as_long_as_a_spreadsheet_keeps(length: int, code: str, sound: Path) -> None:
    summary = "Nobody rested where pauses were counted."
    with_text(sound, "data/coded_studies.csv", summary, "x" * length)
    assert [problem.code for problem in check(sound)] == ([code] if code else [])


@pytest.mark.parametrize(
    ("year", "fine"), [(999, False), (1000, True), (2025, True), (2026, False)]
)
def test_a_year_has_four_digits_and_is_at_most_the_next(year: int, fine: bool, sound: Path) -> None:
    with_text(sound, "references.bib", "2011}", f"{year}}}")
    codes = {problem.code for problem in check(sound)}
    assert ("entry-year" in codes) != fine


@pytest.mark.parametrize(("ranks", "fine"), [(2, True), (3, False)])
def test_a_node_is_as_deep_as_there_are_ranks(ranks: int, fine: bool, sound: Path) -> None:
    if ranks == 3:
        path = sound / "data" / "codebook.csv"
        lines = path.read_text(encoding="utf-8").splitlines()
        lines.insert(len(lines), "coffee,pauses,Coffee,Coffee in a pause.,source")
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    codes = [problem.code for problem in check(sound)]
    assert ("node-too-deep" not in codes) == fine


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("work; pauses", "A cell holds one: give each a row of its own."),
        ("work/pauses", "A cell holds one: give each a row of its own."),
        ("n/a", "If there is none, take the row out."),
        ("pausse", "Did you mean 'pauses'?"),
    ],
)
def test_a_theme_that_is_none_says_how_to_write_it(cell: str, said: str, sound: Path) -> None:
    path = sound / "data" / "coded_studies.csv"
    table = path.read_text(encoding="utf-8")
    path.write_text(table.replace(",pauses,", f",{cell},", 1), encoding="utf-8")
    found = [str(problem) for problem in check(sound) if problem.code == "theme-unknown"]
    assert [said in text for text in found] == [True]


@pytest.mark.parametrize(("colour", "fine"), [("#747474", True), ("#757575", False)])
def test_a_colour_has_a_contrast_of_four_and_a_half(colour: str, fine: bool, sound: Path) -> None:
    with_text(sound, "data/review.toml", '"#9c2f4f"', f'"{colour}"')
    codes = [problem.code for problem in check(sound)]
    assert codes == ([] if fine else ["contrast"])


def test_a_missing_column_is_told_once(root: Path, tmp_path: Path) -> None:
    """Not once for each of the rows that lack it."""
    book = tmp_path / "book"
    shutil.copytree(root / "data", book / "data")
    shutil.copy(root / "references.bib", book)
    path = book / "data" / "coded_studies.csv"
    path.write_text(path.read_text("utf-8").replace(",direction,", ",way,", 1), "utf-8", newline="")
    told = [problem for problem in check(book) if problem.severity == "error"]
    assert [(problem.code, problem.where) for problem in told] == [("column-missing", "direction")]


def test_studies_that_are_gone_are_told_once(root: Path, tmp_path: Path) -> None:
    book = tmp_path / "book"
    shutil.copytree(root / "data", book / "data")
    shutil.copy(root / "references.bib", book)
    path = book / "data" / "studies.csv"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:21]), "utf-8", newline="")
    told = [one for one in check(book) if (one.code, one.severity) == ("study-unknown", "error")]
    by_file = {problem.file: problem for problem in told}
    assert len(told) == len({(problem.file, problem.where) for problem in told})
    message = by_file["data/coded_studies.csv"].message
    assert " studies are not in data/studies.csv: " in message
    assert "(lines " in message


@pytest.mark.parametrize("also", ["pay", "work"])
def test_a_further_theme_is_of_another_branch(also: str, sound: Path) -> None:
    path = sound / "data" / "coded_studies.csv"
    header, first, *rest = path.read_text(encoding="utf-8").splitlines()
    lines = [f"{header},also", f"{first},{also}", *(f"{line}," for line in rest)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    told = [problem for problem in check(sound) if problem.where == "also"]
    assert [problem.code for problem in told] == ["also-own-branch"]


def test_a_file_that_may_not_be_read_is_told(sound: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = Path.read_bytes

    def refused(path: Path) -> bytes:
        if path.name == "flow.csv":
            raise PermissionError(13, "Permission denied", str(path))
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refused)
    assert [(problem.code, problem.file) for problem in check(sound)] == [
        ("file-unreadable", "data/flow.csv")
    ]


TOML, BIB = "data/review.toml", "references.bib"
MOE = "author={Moe, Mia}, title={On rest}"
SLIPS = (
    ("address-malformed", TOML, "[source]\n", '[source]\nurl = "example.org"\n'),
    ("contact-malformed", TOML, 'language = "en"', 'language = "en"\nreports_to = "the office"'),
    ("influence-word-twice", TOML, '"harms"\nmark', '"helps"\nmark'),
    ("name-malformed", TOML, '[[facets]]\nid = "country"', '[[facets]]\nid = "The country"'),
    ("rank-reserved", TOML, 'id = "theme"', 'id = "since"'),
    ("setting-empty", TOML, 'question = "What lets people rest at work?"', 'question = " "'),
    ("slug-malformed", TOML, 'id = "theme"', 'id = "The theme"'),
    ("source-doi", TOML, "[source]\n", '[source]\ndoi = "10.5/x"\n'),
    ("text-malformed", TOML, 'language = "en"', "language = 3"),
    ("texts-repeat", TOML, 'sections = ["Results"]', 'sections = ["Results", "Results"]'),
    ("year-malformed", TOML, "[source]\n", '[search]\nsince = "soon"\n\n[source]\n'),
    ("years-reversed", TOML, "[source]\n", "[search]\nsince = 2011\nuntil = 2010\n\n[source]\n"),
    ("entry-alike", BIB, "@book{moe1999", f"@misc{{rest, {MOE}, year=1999}}\n@book{{moe1999"),
    ("entry-comment-inside", BIB, "  journal = {Rest}", "  % from the library\n  journal = {Rest}"),
    ("entry-control-sign", BIB, "Pay and pauses", "Pay and\x07 pauses"),
    ("entry-crossref", BIB, "  journal = {Rest}", "  crossref = {rest2000}"),
    ("entry-field-name", BIB, "  journal = {Rest}", "  the journal = {Rest}"),
    ("entry-fields-unshown", BIB, "  journal = {Rest}", "  shelfmark = {Rest 3}"),
    ("entry-key-space", BIB, "@book{moe1999", f"@misc{{moe 2003, {MOE}}}\n@book{{moe1999"),
    ("entry-latex", BIB, "Pay and pauses", "Pay and \\nosuchcommand pauses"),
    ("entry-month", BIB, "year = {2015}", "year = {2015},\n  month = sept"),
    ("entry-names", BIB, "Lund, Bo and Berg, Anna", "Lund, B., Berg, A., Moe, M."),
    ("entry-unenclosed", BIB, "journal = {Rest}", "journal = Rest and work"),
    ("entry-unreadable", BIB, "@book{moe1999", "@misc{rest,\n\n@string{x = {y}}\n\n@book{moe1999"),
)  # fmt: skip
"""What one slip in one file is called: its code, the file, and one text put for another."""


@pytest.mark.parametrize(("code", "file", "old", "new"), SLIPS, ids=[slip[0] for slip in SLIPS])
def test_one_slip(code: str, file: str, old: str, new: str, sound: Path) -> None:
    with_text(sound, file, old, new)
    found = [problem for problem in check(sound) if problem.code == code]
    assert found, said(sound)
    before = (BAD_DATA / "sound" / file).read_text("utf-8")
    first = before.split(old)[0].count("\n") + 1
    for problem in found:
        assert problem.file == file
        # What concerns all entries names the file; everything else the line of the slip.
        assert problem.line == 0 or first <= problem.line <= first + new.count("\n")


def test_a_folder_where_a_file_belongs(sound: Path) -> None:
    (sound / "data" / "flow.csv").unlink()
    (sound / "data" / "flow.csv").mkdir()
    assert [(p.code, p.file) for p in check(sound)] == [("file-is-folder", "data/flow.csv")]


def test_a_country_that_is_a_slip_of_what_nobody_knows(sound: Path) -> None:
    with_text(sound, "data/studies.csv", "Norway,interviews", "not reportd,interviews")
    (problem,) = (problem for problem in check(sound) if problem.code == "country-unknown")
    assert "Did you mean 'not reported'?" in str(problem)
