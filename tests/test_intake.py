"""An author's files become the data of a review: what is read, assumed, refused, and said."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from synth import cli
from synth.errors import ReviewError
from synth.reading.records import Records
from synth.reading.rules import check, load_records
from synth.reading.settings import contrast
from synth.references.importing import parse_references
from synth.starter.columns.named import given as named_columns
from synth.starter.outline import numbered
from synth.starter.palette import COLOURS, level_look
from synth.starter.request import Request
from synth.starter.spreadsheet import read_tables
from synth.starter.start import start

AUTHOR = Path(__file__).parent / "author"
TABLE = (
    "Paper,Code,Effect,What it says\n"
    "Lee 2020,Pay,helps,It was paid.\n"
    "Roux 2021,Pay,harms,It was not.\n"
)
BIB = (
    "@article{Lee_2020, author={Lee, Ann}, title={Pay at work}, year=2020, doi={10.5555/a.1}}\n"
    "@book{roux2021, author={Roux, Jo and Ek, Bo}, title={No pay}, year=2021}\n"
)


@pytest.fixture
def taken_in(tmp_path: Path) -> Callable[..., tuple[Records, str]]:
    """Write an author's files, start a review from them, and give it with all that was said."""

    def take(
        table: str | bytes = TABLE, bib: str = BIB, codebook: str = "", **given: Any
    ) -> tuple[Records, str]:
        files: dict[str, Any] = {}
        for name, text in (("table.csv", table), ("refs.bib", bib), ("codes.csv", codebook)):
            if text:
                path = tmp_path / name
                path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
                files[{"t": "table", "r": "bib", "c": "codebook"}[name[0]]] = path
        said: list[str] = []
        given.setdefault("title", "A title")
        tables = (files.pop("table"),) if "table" in files else ()
        request = Request(tmp_path / "review", tables, **files, **given)
        start(request, execute=False, dry_run=False, say=said.append)
        records = load_records(tmp_path / "review")
        assert not [p for p in check(records.root) if p.severity == "error"]
        return records, "\n".join(said)

    return take


def refused(take: Callable[..., Any], **given: Any) -> str:
    """What is said when an author's files cannot be used, without the codes."""
    with pytest.raises(ReviewError) as error:
        take(**given)
    return "\n".join(str(one).replace(f"[{one.code}] ", "") for one in error.value.problems)


# --- the plain case -----------------------------------------------------------------------------


def test_a_plain_table_becomes_findings(taken_in: Any) -> None:
    records, said = taken_in()
    assert [*records.findings] == ["lee-2020-01", "roux2021-01"]
    assert [f.summary for f in records.findings.values()] == ["It was paid.", "It was not."]
    assert [way.label for way in records.settings.directions] == ["Helps", "Harms"]
    assert "study 'Paper'; theme 'Code'; direction 'Effect'; summary 'What it says'" in said
    assert "'Lee_2020' is now 'lee-2020'" in said


def test_what_is_missing_is_said(taken_in: Any) -> None:
    records, said = taken_in()
    assert "Definitions: 1 node of the codebook without one ('Pay')" in said
    assert "not written a definition" in records.codebook["pay"].definition
    assert "licence" in said
    assert "question" in said


def test_the_review_the_tests_know_by_heart(example_root: Path, tmp_path: Path) -> None:
    """A table in the canonical columns comes back as it is, with its own codebook."""
    said: list[str] = []
    request = Request(
        tmp_path / "again",
        tables=(example_root / "data/coded_studies.csv",),
        bib=example_root / "references.bib",
        codebook=example_root / "data/codebook.csv",
        ranks=("Sphere", "Domain", "Topic", "Aspect"),
    )
    start(request, execute=False, dry_run=False, say=said.append)
    before, after = load_records(example_root), load_records(tmp_path / "again")
    assert [*after.findings] == [*before.findings]
    for name, finding in after.findings.items():
        old = before.findings[name]
        assert (finding.theme, finding.summary, finding.anchor, finding.section) == (
            old.theme,
            old.summary,
            old.anchor,
            old.section,
        )
    assert [n.id for n in after.codebook] == [n.id for n in before.codebook]
    assert [n.definition for n in after.codebook] == [n.definition for n in before.codebook]
    assert [rank.id for rank in after.settings.ranks] == ["sphere", "domain", "topic", "aspect"]


# --- the table ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoding", "said"),
    [("utf-8-sig", ""), ("utf-16", "UTF-16"), ("utf-16-le", "UTF-16"), ("cp1252", "Windows-1252")],
)
def test_any_encoding_is_read_and_told(taken_in: Any, encoding: str, said: str) -> None:
    text = TABLE.replace("It was paid", "Café was paid")
    records, told = taken_in(table=text.encode(encoding))
    assert records.findings["lee-2020-01"].summary == "Café was paid."
    assert said in told


@pytest.mark.parametrize(("sign", "name"), [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")])
def test_any_separator_is_read_and_told(taken_in: Any, sign: str, name: str) -> None:
    records, told = taken_in(table=TABLE.replace(",", sign))
    assert len(records.findings) == 2
    assert name in told


def test_excels_line_about_the_separator_is_no_row(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("sep=;\nPaper;Code\nLee 2020;Pay\n", encoding="utf-8")
    (sheet,), problems = read_tables(tmp_path / "t.csv")
    assert sheet.header == ("Paper", "Code")
    assert (sheet.rows[0].line, problems) == (3, [])


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("Paper,Code\nLee 2020\n", "table.csv:2: The row has 1 cell; the header has 2."),
        ("Paper,Code\nLee 2020,Pay,x\n", "table.csv:2: The row has 3 cells; the header has 2."),
        ('Paper,Code\nLee 2020,"Pay\n', "table.csv:2: A quotation mark that opens a cell"),
        ("Paper,Code\n", "There is a header and no row below it."),
        ("", "The file is empty."),
        ("Paper\nLee 2020\n", "Nothing in this table is a code"),
        ("Paper,Code\n,Pay\nLee 2020,Pay\n", "table.csv:2: Paper: The row names no study."),
        ("Paper,Code\nLee 2020,\n", "Nothing in this table is a code"),
        ("Paper,Code\nLee 2002,Pay\n", "Did you mean 'Lee, 2020'?"),
        ("Paper,Code\nMar-20,Pay\n", "an id that a spreadsheet took for a date"),
        ("a,b\n1,2\n", "No column could be found that tells which study a row is about."),
    ],
)
def test_rows_that_cannot_be_understood_stop_it(taken_in: Any, table: str, message: str) -> None:
    assert message in refused(taken_in, table=table or "\n")


def test_nothing_is_there_after_a_refusal(taken_in: Any, tmp_path: Path) -> None:
    refused(taken_in, table="Paper,Code\nNobody 1999,Pay\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["refs.bib", "table.csv"]


def test_works_that_are_missing_are_told_once(taken_in: Any) -> None:
    rows = "".join(f"Nobody {year},Pay\n" for year in range(1900, 1990))
    message = refused(taken_in, table="Paper,Code\n" + rows)
    assert message.count("90 works are not in") == 1
    assert "'Nobody 1900' (line 2), 'Nobody 1901' (line 3)" in message


def test_all_problems_are_told_at_once_and_so_many_are_listed(taken_in: Any) -> None:
    rows = "".join(f"Lee 2020{',x' * (i + 2)}\n" for i in range(90))
    message = refused(taken_in, table="Paper,Code\n" + rows)
    assert message.count("the header has 2") == 40
    assert "50 more problems" in message


def test_a_repeated_row_is_taken_once_and_told(taken_in: Any) -> None:
    records, said = taken_in(table=TABLE + TABLE.splitlines()[1] + "\n")
    assert len(records.findings) == 2
    assert "table.csv:4 repeats line 2" in said


def test_several_codes_in_a_cell_make_several_findings(taken_in: Any) -> None:
    records, said = taken_in(table=TABLE.replace("Lee 2020,Pay", "Lee 2020,Pay; Hours"))
    assert [f.theme for f in records.findings.values()] == ["pay", "hours", "pay"]
    assert "Rows with several codes make a finding for each." in said


def test_a_row_without_words_says_so(taken_in: Any) -> None:
    records, said = taken_in(table="Paper,Code\nLee 2020,Pay\n")
    assert "no summary is written" in records.findings["lee-2020-01"].summary
    assert "Summaries: 1 finding" in said


# --- columns ------------------------------------------------------------------------------------


def test_columns_can_be_named() -> None:
    uses, problems = named_columns(
        ["A", "B", "C, with comma", "D"], ["study=A,theme=B>D,summary=C, with comma"], "t.csv"
    )
    assert uses == {"A": "study", "B": "rank 1", "D": "rank 2", "C, with comma": "summary"}
    assert problems == []


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ("study=Papre", "Did you mean 'Paper'?"),
        ("sutdy=Paper", "Did you mean 'study'?"),
        ("study", "Write NAME=COLUMN"),
    ],
)
def test_a_wrong_name_of_a_column_is_told_with_the_right_ones(named: str, message: str) -> None:
    _, problems = named_columns(["Paper", "Code"], [named], "t.csv")
    assert message in str(problems[0])


def test_columns_without_a_role_become_filters(taken_in: Any) -> None:
    """What is the same in every row of a study is the study's; other columns the finding's."""
    table = (
        "Paper,Code,Text,Age,Season,Remark\n"
        "Lee 2020,Pay,one,adults,winter,the first remark of this long table\n"
        "Lee 2020,Pay,two,adults,summer,another remark that nobody else makes\n"
        "Roux 2021,Pay,three,?,winter,a third one\n"
        "Roux 2021,Pay,four,?,winter,a fourth one\n"
    )
    records, said = taken_in(table=table)
    assert [(f.id, f.of) for f in records.settings.facets] == [
        ("age", "study"),
        ("season", "finding"),
    ]
    assert records.studies["lee-2020"].extra["age"] == "adults"
    assert records.studies["roux2021"].extra["age"] == "not reported"
    assert records.findings["lee-2020-02"].extra == {
        "season": "summer",
        "remark": "another remark that nobody else makes",
    }
    assert "kept in the data and are no filter. (1 column: 'Remark')" in said


def test_a_column_of_countries_is_known_by_its_name(taken_in: Any) -> None:
    table = "Paper,Code,Text,Country\nLee 2020,Pay,one,Norway;Kenya\nRoux 2021,Pay,two,NR\n"
    records, _ = taken_in(table=table)
    assert records.studies["lee-2020"].countries == ("Norway", "Kenya")
    assert records.studies["roux2021"].countries == ("not reported",)
    assert records.settings.facets[0].id == "country"


def test_a_text_is_no_direction(taken_in: Any) -> None:
    rows = "".join(f"Lee 2020,Pay,value {n}\n" for n in range(9))
    named = {"columns": ("direction=Effect",), "table": "Paper,Code,Effect\n" + rows}
    assert "9 different values; 7 directions" in refused(taken_in, **named)
    records, said = taken_in(table="Paper,Code,Effect\n" + rows)
    assert "7 directions can be told apart, so it holds none" in said
    assert {f.extra["effect"] for f in records.findings.values()} >= {"value 0", "value 8"}


def test_without_directions_there_is_one(taken_in: Any) -> None:
    records, said = taken_in(table="Paper,Code,Text\nLee 2020,Pay,one\n")
    assert [way.id for way in records.settings.directions] == ["reported"]
    assert "no column of directions" in said


# --- codes --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("codes", "ids"),
    [
        (["A thing > Below > Deep", "A thing > Other"], ["a-thing", "below", "deep", "other"]),
        (["Work/Pay", "Work/Hours"], ["work", "pay", "hours"]),
        (["Pay 24/7", "km/h"], ["pay-24-7", "km-h"]),
        (["Same > Same", "Other > Same"], ["same", "same-same", "other", "other-same"]),
        (["報酬", "労働"], ["code", "code-2"]),
    ],
)
def test_codes_that_occur_make_a_codebook(taken_in: Any, codes: list[str], ids: list[str]) -> None:
    rows = "".join(f"Lee 2020,{code},text {n}\n" for n, code in enumerate(codes))
    records, _ = taken_in(table="Paper,Code,Text\n" + rows)
    assert [node.id for node in records.codebook] == ids


@pytest.mark.parametrize(
    "codebook",
    [
        "id,parent,label,definition\nwork,,Work,All of it.\npay,work,Pay,Money for work.\n",
        "Code,Parent,Description\nWork,,All of it.\nPay,Work,Money for work.\n",
        "Area,Code,Definition\nWork,,All of it.\n,Pay,Money for work.\n",
        "Code,Definition\nWork,All of it.\nWork > Pay,Money for work.\n",
    ],
)
def test_a_codebook_of_any_form_is_read(taken_in: Any, codebook: str) -> None:
    records, _ = taken_in(codebook=codebook)
    assert [(n.id, n.parent, n.label, n.definition) for n in records.codebook] == [
        ("work", "", "Work", "All of it."),
        ("pay", "work", "Pay", "Money for work."),
    ]
    assert records.codebook["pay"].origin == "source"


@pytest.mark.parametrize(
    ("codebook", "message"),
    [
        ("Code,Definition\nPayment,x\n", "Did you mean 'Payment'? Codes are listed in"),
        ("Code,Parent\nWork,\nPay,Wrok\n", "'Wrok' is not in the codebook."),
        ("Code,Parent\nPay,12\n", "'12' is not in the codebook.\n  Give it a row of its own;"),
        ("Code,Parent\nPay,Work\nWork,Pay\n", "stands above itself"),
        ("Code,Parent\nPay,\nPay,\n", "already stands on line 2"),
        ("A,B\nWork,Pay\nRest,Pay\n", "can mean several nodes"),
    ],
)
def test_what_is_wrong_with_a_codebook_is_told(taken_in: Any, codebook: str, message: str) -> None:
    assert message in refused(taken_in, codebook=codebook)


@pytest.mark.parametrize(
    "codebook",
    [
        "Codes\n* Work\n** Pay\n** Hours\n* Rest\n** Naps\n",
        "Codes\nWork\n- Pay\n- Hours\nRest\n- Naps\n",
        "Codes\n• Work\n◦ Pay\n◦ Hours\n• Rest\n◦ Naps\n",
        "Codes\n1 Work\n1.1 Pay\n1.2 Hours\n2 Rest\n2.1 Naps\n",
        "No,Theme\n1,Work\n1.1,Pay\n1.2,Hours\n2,Rest\n2.1,Naps\n",
        "Code no.,Name,Definition\n1.,Work,w\n1.1.,Pay,p\n1.2.,Hours,h\n2.,Rest,r\n2.1.,Naps,n\n",
        "Code,Parent\nWork,\nPay,Work\nHours,Work\nRest,\nNaps,Rest\n",
        "Code,Parent\nPay,Work\nHours,Work\nNaps,Rest\n",
        "Code\nA. Work\nA.1 Pay\nA.2 Hours\nB. Rest\nB.1 Naps\n",
        "Code\nI. Work\nI.a Pay\nI.b Hours\nII. Rest\nII.a Naps\n",
        "Code\nI. Work\n1. Pay\n2. Hours\nII. Rest\n1. Naps\n",
        "Code\n1) Work\n(a) Pay\n(b) Hours\n2) Rest\n(a) Naps\n",
        "Code\nWork\ni) Pay\nii) Hours\nRest\ni) Naps\n",
        "No,Code\nA,Work\nA1,Pay\nA2,Hours\nB,Rest\nB1,Naps\n",
        'Domain,Code,Also known as\nWork,Pay,wages\nWork,Hours,\nRest,Naps,"siesta, doze"\n',
    ],
)
def test_what_is_below_what_is_read_from_any_outline(taken_in: Any, codebook: str) -> None:
    table = "Paper,Code,Text\nLee 2020,Pay,one\nLee 2020,Naps,two\n"
    records, _ = taken_in(table=table, codebook=codebook)
    label = {node.id: numbered(node.label)[1] for node in records.codebook}
    assert [(label[node.id], label.get(node.parent, "")) for node in records.codebook] == [
        *(("Work", ""), ("Pay", "Work"), ("Hours", "Work"), ("Rest", ""), ("Naps", "Rest")),
    ]
    assert {label[finding.theme] for finding in records.findings.values()} == {"Pay", "Naps"}


@pytest.mark.parametrize(
    ("codebook", "parents", "said"),
    [
        # What has no row above it is not put below the row before it.
        ("1 Work\n1.1 Pay\n2.1 Naps", {"1.1 Pay": "1 Work", "2.1 Naps": ""}, "numbered 2, so"),
        ("1.1 Pay\n2.1 Naps", {"1.1 Pay": "", "2.1 Naps": ""}, "stand side by side"),
        ("1. Work\n1. Pay\n2. Naps", {"1. Pay": "", "2. Naps": ""}, "stand side by side"),
        # A letter that counts on, and one that may begin roman numbers.
        ("h) Pay\ni) Naps", {"h) Pay": "", "i) Naps": ""}, ""),
        ("A good day\nI slept\n1. Pay\n2. Naps", {"1. Pay": "", "A good day": ""}, ""),
    ],
)
def test_numbers_that_do_not_tell_what_is_below_what_make_no_ranks(
    taken_in: Any, codebook: str, parents: Mapping[str, str], said: str
) -> None:
    table = "Paper,Code,Text\nLee 2020,Pay,one\nLee 2020,Naps,two\n"
    records, told = taken_in(table=table, codebook=f"Code\n{codebook}\n")
    label = {"": "", **{node.id: node.label for node in records.codebook}}
    found = {node.label: label[node.parent] for node in records.codebook}
    assert {**found, **parents} == found
    assert said in told


@pytest.mark.parametrize("cell", ["Pay/Hours", "Pay + Hours", "Pay and Hours"])
def test_a_cell_of_two_codes_says_how_to_write_them(taken_in: Any, cell: str) -> None:
    said = refused(taken_in, table=f"Paper,Code\nLee 2020,{cell}\n", codebook="Code\nPay\nHours\n")
    assert "Is it 2 codes? Write 'Pay; Hours'." in said


def test_a_label_that_two_numbers_have_means_neither(taken_in: Any) -> None:
    codebook = "Code\n1 Work\n1.1 Staff\n2 Home\n2.1 Staff\n"
    table = "Paper,Code,Text\nLee 2020,Staff,one\n"
    said = refused(taken_in, table=table, codebook=codebook)
    assert "'Staff' can mean several nodes" in said
    records, _ = taken_in(table=table.replace("Staff", "2.1"), codebook=codebook)
    assert [records.codebook[f.theme].label for f in records.findings.values()] == ["2.1 Staff"]


@pytest.mark.parametrize("ranks", ["Level,Theme", "Level > Theme"])
def test_ranks_are_named_as_many_as_there_are(
    tmp_path: Path, ranks: str, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "t.csv"
    table.write_text("Paper,Code\nLee 2020,Work > Pay\nEk 2021,Work > Hours\n", "utf-8")
    given = ["new", str(tmp_path / "review"), "--from", str(table), "--yes", "--dry-run", "--ranks"]
    assert cli.main([*given, ranks]) == 0
    for other, said in (("Theme", "names 1 rank: 'Theme'."), ("A,B,C", "'A', 'B', 'C'.")):
        assert cli.main([*given, other]) == 1
        told = capsys.readouterr()
        assert said in told.out + told.err
        assert "The codebook has 2 ranks, as in 'Work > Pay'." in told.out + told.err


def test_other_words_for_a_code_find_it_and_stay_with_it(taken_in: Any) -> None:
    records, said = taken_in(
        table="Paper,Code,Text\nLee 2020,wages,one\nLee 2020,Hours,two\n",
        codebook='Code,Parent,Synonyms\nWork,,\nPay,Work,wages; income\nHours,Work,"pay, time"\n',
    )
    assert {node.id: node.synonyms for node in records.codebook} == {
        "work": (),
        "pay": ("wages", "income"),
        "hours": ("pay", "time"),
    }
    themes = {finding.summary: finding.theme for finding in records.findings.values()}
    assert themes == {"one": "pay", "two": "hours"}
    assert "was added to the codebook" not in said


def test_a_code_in_other_capitals_stands_twice(taken_in: Any) -> None:
    codebook = "Code,Parent\nWork,\nPay,Work\nPAY,Work\n"
    assert "'Pay' already stands on line 3" in refused(taken_in, codebook=codebook)


def test_ranks_are_called_what_the_team_calls_them(taken_in: Any) -> None:
    table = "Paper,Domain,Topic,Text\nLee 2020,Work,Pay,one\n"
    assert [rank.label for rank in taken_in(table=table)[0].settings.ranks] == ["Domain", "Topic"]


# --- references ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cell",
    [
        *("Lee_2020", "lee-2020", "LEE_2020", "Lee 2020", "Lee (2020)", "Lee, 2020"),
        *("10.5555/a.1", "https://doi.org/10.5555/a.1", "Pay at work", "Lee et al. (2020)"),
    ],
)
def test_a_study_may_be_called_many_ways(taken_in: Any, cell: str) -> None:
    table = f'Paper,Code,Text\n"{cell}",Pay,one\n'
    assert [*taken_in(table=table)[0].findings] == ["lee-2020-01"]


def test_two_works_of_one_name_are_told_apart_by_the_author(taken_in: Any) -> None:
    bib = BIB + "@misc{lee2020b, author={Lee, Ann}, title={Other}, year=2020}\n"
    assert "can mean several works: 'lee-2020' (Pay at work), 'lee2020b' (Other)" in refused(
        taken_in, bib=bib
    )


def test_works_without_rows_are_background_and_told(taken_in: Any) -> None:
    records, said = taken_in(table="Paper,Code,Text\nLee 2020,Pay,one\n")
    assert not records.studies["roux2021"].is_evidence
    assert "stand as background" in said


def test_a_bib_file_is_kept_word_by_word() -> None:
    text = "% a comment\n@string{j = {A Journal}}\n@article{B:x,\n  title = {T}, journal = j}\n"
    works, problems = parse_references(text, "r.bib")
    assert works.text == text.replace("B:x", "b-x")
    assert works.bibliography["b-x"].container == "A Journal"
    assert problems == []


def test_ris_comes_with_everything_a_reference_shows() -> None:
    works, problems = parse_references((AUTHOR / "references.ris").read_text("utf-8"), "r.ris")
    assert problems == []
    assert [*works.bibliography] == [
        *("brandt2011", "ferro2016a", "ferro2016b", "okafor2020", "aerlig2022"),
    ]
    first = works.bibliography["brandt2011"]
    assert (first.container, first.doi, first.fields["pages"]) == (
        "Annals of Imaginary Apiculture",
        "10.5555/bees.11",
        "5--19",
    )
    assert works.bibliography["ferro2016b"].title == "Who complains & why"
    assert works.bibliography["ferro2016a"].doi == "10.5555/bees.16"


@pytest.mark.parametrize("text", ["TY  - BOOK\nTI  - Pay\n", "TY  - BOOK\nTY  - BOOK\nER  - \n"])
def test_a_cut_off_ris_file_is_told(text: str) -> None:
    """rispy leaves such an entry out without a word."""
    _, problems = parse_references(text, "r.ris")
    assert "no line 'ER  - ' at the end" in problems[0].message
    assert problems[0].line == 1


def test_problems_of_references_are_told_at_the_authors_line(taken_in: Any) -> None:
    bib = BIB + "\n@book{ek2022,\n  title={X}, doi={nonsense}, year=2022}\n"
    assert "refs.bib:5: ek2022: 'nonsense' is not a DOI" in refused(taken_in, bib=bib)


def test_without_references_the_names_of_the_table_stand(taken_in: Any) -> None:
    records, said = taken_in(
        table="Study,Year,Code,Text\nLee and Roux,2020,Pay,one\nEk et al.,2021,Pay,two\n", bib=""
    )
    assert [*records.studies] == ["ek2021", "lee2020"]
    assert records.label("lee2020") == "Lee & Roux, 2020"
    assert records.label("ek2021") == "Ek et al., 2021"
    assert "to be looked up" in records.bibliography["ek2021"].note
    assert "References: without --bib" in said


# --- looks --------------------------------------------------------------------------------------


def test_colours_can_be_read_on_their_papers() -> None:
    for light, dark in COLOURS:
        assert contrast(light, "#ffffff") >= 4.5
        assert contrast(dark, "#14181e") >= 4.5
    for index in range(6):
        look = level_look(index)
        assert contrast(look["light"], look["wash_light"]) >= 4.5
        assert contrast(look["dark"], look["wash_dark"]) >= 4.5


@pytest.mark.parametrize(
    ("codes", "codebook"),
    [
        ("1;2", "No,Theme\n1,Pay\n2,Hours\n"),
        ("2;1.1", "Code\n1. Work\n1.1 Pay\n2. Hours\n"),
        ("Pay;Hours", "Code\nI. Work\n1. Pay\n2. Hours\nII. Rest\n1. Naps\n"),
        # What a code is called goes before what another's number is.
        ("B12;Pay", "Code\nB12 vitamin\nB12\n1 Pay\nHours\n"),
        ("Pay;Hours", "Code,Parent\nPay,Work\nHours,Rest\n"),
    ],
)
def test_numbers_and_labels_of_a_codebook_are_found_again(
    taken_in: Any, tmp_path: Path, codes: str, codebook: str, capsys: pytest.CaptureFixture[str]
) -> None:
    taken_in(table=f"Paper,Code\nLee 2020,{codes}\nRoux 2021,{codes}\n", codebook=codebook)
    assert cli.main(["import", "--root", str(tmp_path / "review"), "--dry-run"]) == 0
    assert "Nothing changed: the review is as the files have it." in capsys.readouterr().out


def test_all_that_is_wrong_with_the_references_is_told_at_once(
    taken_in: Callable[..., tuple[Records, str]],
) -> None:
    wrong = (
        "@book{kim2019, author={Kim, Bo}, title={Pay, year={2019}}\n"
        "@book{roux2021, author={Roux, Jo}, title={No pay}, year={20x1}, doi={xx}}\n"
        "@book{ek2022, author={Ek, Jo}, title=Rest at work, year={2022}}\n"
    )
    told = refused(taken_in, bib=wrong)
    for words in ("next entry begins", "'xx' is not a DOI", "'20x1' is not", "neither in braces"):
        assert told.count(words) == 1, told
    assert "no work of" not in told


def test_a_name_with_its_letters_written_out_is_no_other_study(
    taken_in: Callable[..., tuple[Records, str]],
) -> None:
    table = TABLE.replace("Lee 2020", "Soerensen & Mueller 2020")
    bib = BIB.replace("Lee, Ann", "Sørensen, Ann and Müller, Jo")
    records, _ = taken_in(table, bib)
    assert sorted(records.studies) == ["lee-2020", "roux2021"]
