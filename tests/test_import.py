"""A team's tables of every shape become a review whose numbers are those of the files."""

from __future__ import annotations

import cProfile
import csv
import io
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from synth import Review
from synth.errors import ReviewError
from synth.reading.records import Records, read_records
from synth.reading.rules import check_records
from synth.reading.versions import VERSIONS_FILE, versions
from synth.references.work import Bibliography
from synth.starter.draft import NO_SUMMARY
from synth.starter.importer import Taken, take_in
from synth.starter.recipe import parse_recipe
from synth.starter.request import Request

CASES = Path(__file__).parent / "import"
BIB = CASES / "06-wide-ticks" / "references.bib"


@dataclass
class Made:
    """What an import made: its records, everything that was told, the files."""

    records: Records
    told: str
    taken: Taken

    @property
    def themes(self) -> dict[str, int]:
        """How many findings each code has, by its label."""
        book = self.records.codebook
        return dict(Counter(book[f.theme].label for f in self.records.findings.values()))

    @property
    def counts(self) -> tuple[int, int]:
        """How many findings and studies the book counts."""
        evidence = sum(study.is_evidence for study in self.records.studies.values())
        return len(self.records.findings), evidence

    @property
    def works(self) -> Bibliography:
        """The references of the book."""
        return self.records.bibliography

    def rows(self, file: str) -> list[dict[str, str]]:
        """The rows of a written table."""
        return [*csv.DictReader(io.StringIO(self.taken.draft.files[file]))]


Take = Callable[..., Made]


@pytest.fixture
def take(tmp_path: Path) -> Take:
    """Import files, and read what would be written as a review reads it."""

    def made(*tables: Path | str, bib: Path | None = None, **given: Any) -> Made:
        paths = []
        for at, table in enumerate(tables):
            if isinstance(table, str):
                path = tmp_path / (f"table{at}.csv" if at else "table.csv")
                path.write_text(table, encoding="utf-8")
                table = path
            paths.append(table)
        taken = take_in(Request(tmp_path / "review", tuple(paths), bib, **given), lambda line: None)
        root = tmp_path / "review"
        for file, text in taken.draft.files.items():
            (root / file).parent.mkdir(parents=True, exist_ok=True)
            (root / file).write_text(text, encoding="utf-8")
        records, problems = read_records(root)
        found = [*problems, *check_records(records)]
        assert [str(p) for p in found if p.severity == "error" and not p.kind.fmt] == []
        return Made(records, "\n".join(taken.report.lines()), taken)

    return made


@pytest.fixture
def case(take: Take) -> Take:
    """Import the files of a case."""

    def made(name: str, **given: Any) -> Made:
        folder = CASES / name
        bib = next((path for path in folder.glob("*.bib")), None)
        given.setdefault("bib", bib)
        return take(folder / "table.csv", **given)

    return made


# --- small files that went wrong once -----------------------------------------------------------


def test_one_label_with_two_titles_is_two_studies(case: Take) -> None:
    made = case("01-same-label-merged")
    assert sorted(made.works) == ["bell2021", "lee2020a", "lee2020b"]
    assert made.counts == (3, 3)
    assert "the same name with another title is another study" in made.told


@pytest.mark.parametrize("column", ["DOI", "PMID", "Record ID"])
def test_one_label_with_two_ids_is_two_studies(take: Take, column: str) -> None:
    ids = {"DOI": ("10.1000/a1", "10.1000/b2"), "PMID": ("31234567", "31234568")}
    one, two = ids.get(column, ("3", "4"))
    made = take(f"Study,{column},Pay,Hours\nLee 2020,{one},x,\nLee 2020,{two},,x\n")
    assert made.counts == (2, 2)
    assert "is another study" in made.told


def test_studies_without_a_year_are_studies(case: Take) -> None:
    made = case("02-undated-studies-hidden")
    assert made.counts == (4, 3)
    assert sum(work.is_undated for work in made.works.values()) == 2


def test_a_work_in_press_is_in_press_and_a_number_is_no_year(take: Take) -> None:
    made = take("Author,Year,Pay,Hours\nLee,in press,x,\nRoux,2021,,x\nEk,31234567,x,x\n")
    assert made.counts == (4, 3)
    assert [work.year for work in made.works.values()] == [None, 2021, None]


def test_a_title_with_and_is_found(case: Take) -> None:
    made = case("03-title-with-and", columns=("study=Title",))
    assert [f.study for f in made.records.findings.values()] == ["abel2019", "bell2020", "cole2021"]


def test_without_references_every_cell_is_a_work(case: Take) -> None:
    made = case("05-did-you-mean-itself")
    assert made.counts == (3, 3)
    authors = {key: [n.family or n.given for n in w.authors] for key, w in made.works.items()}
    assert sorted(authors) == ["al-hassan2018", "jansen2025", "roy2026"]


def test_ticks_below_headings_are_codes(case: Take) -> None:
    made = case("06-wide-ticks")
    assert made.counts == (5, 3)
    assert made.themes == {"Pay": 2, "Hours": 2, "Training": 1}
    assert "3 columns with ticks, so each heading is a code" in made.told


@pytest.mark.parametrize(
    ("yes", "no"), [("1", "0"), ("Yes", "No"), ("TRUE", "FALSE"), ("✓", ""), ("ja", "nein")]
)
def test_ticks_of_any_kind_are_ticks(take: Take, yes: str, no: str) -> None:
    table = f"Study,Pay,Hours\nAbel 2019,{yes},{no}\nBell 2020,{no},{yes}\nCole 2021,{yes},{yes}\n"
    made = take(table)
    assert (made.counts, made.themes) == ((4, 3), {"Pay": 2, "Hours": 2})


def test_a_heading_repeated_in_its_column_is_a_tick(take: Take) -> None:
    made = take("Study,Pay,Hours\nAbel 2019,Pay,\nBell 2020,,Hours\nCole 2021,Pay,Hours\n")
    assert (made.counts, made.themes) == ((4, 3), {"Pay": 2, "Hours": 2})


def test_texts_below_barriers_and_facilitators_are_findings(case: Take) -> None:
    made = case("07-wide-texts")
    findings = [(f.study, f.direction, f.summary) for f in made.records.findings.values()]
    assert findings == [
        ("abel2019", "barrier", "Low pay"),
        ("abel2019", "facilitator", "A good team"),
        ("bell2020", "barrier", "Long hours"),
        ("cole2021", "facilitator", "Training"),
    ]
    assert made.records.studies["abel2019"].countries == ("Peru",)


def test_numbers_are_ids_of_studies(case: Take) -> None:
    made = case("08-number-ids", columns=("study=refid",))
    assert made.counts == (2, 2)
    assert [(w.title, w.year) for w in made.works.values()] == [
        ("Pay at work", 2020),
        ("Hours at work", 2021),
    ]
    assert {row["record"] for row in made.rows("data/studies.csv")} == {"3", "6"}


def test_the_doi_says_which_work_an_ambiguous_label_means(case: Take) -> None:
    made = case("10-ambiguous-label")
    assert Counter(f.study for f in made.records.findings.values()) == {
        "lee2020one": 2,
        "lee2020two": 1,
    }


def test_signs_in_labels_stay(case: Take) -> None:
    made = case("11-slash-in-code")
    assert [node.label for node in made.records.codebook] == [
        "safety/tolerability",
        "Walkability",
        "Drop-out >25% of the sample",
    ]
    assert len(made.records.settings.ranks) == 1


def test_a_team_can_say_that_a_sign_is_a_path(case: Take) -> None:
    made = case("11-slash-in-code", path="/")
    assert made.records.codebook["tolerability"].parent == "safety"


def test_commas_separate_what_also_stands_alone(case: Take) -> None:
    made = case("12-comma-list")
    assert made.counts == (6, 3)
    assert {label.casefold(): n for label, n in made.themes.items()} == {
        "tools": 3,
        "education": 2,
        "organization": 1,
    }
    assert "a comma separates values" in made.told


def test_a_study_without_a_code_stays_in_the_denominator(case: Take) -> None:
    made = case("15-study-without-code")
    assert made.counts == (1, 2)
    assert "Studies without any code stay in every total. (1 study: Bell 2020)" in made.told


def test_not_reported_in_any_words_is_not_reported(case: Take) -> None:
    made = case("16-not-reported-capital")
    assert made.records.studies["abel2019"].countries == ("not reported",)
    assert made.records.studies["bell2020"].extra["grade"] == "not reported"
    assert "'Country': 'UNK' is read as 'not reported' (3 cells)." in made.told


def test_a_study_with_two_designs_has_both(case: Take) -> None:
    made = case("17-design-lost")
    designs = {key: study.design for key, study in made.records.studies.items()}
    assert designs == {
        "abel2019": "Survey;Interviews",
        "bell2020": "Survey",
        "cole2021": "Survey",
    }
    assert [(f.id, f.of, f.many) for f in made.records.settings.facets] == [
        ("design", "study", True)
    ]
    assert "rows of one study differ, and the study has all values" in made.told


def test_no_author_is_made_from_a_title_or_an_id(case: Take) -> None:
    for given in ({}, {"columns": ("study=Title",)}):
        made = case("21-title-as-author", **given)
        assert [w.title for w in made.works.values()] == ["Stigma and pay", "Hours at work"]
        assert [w.authors for w in made.works.values()] == [(), ()]
        kept = [row.get("record", "") for row in made.rows("data/studies.csv")]
        assert given or sorted(kept) == ["PMID_31234567", "PMID_39999999"]


def test_what_reviewers_agreed_on_counts_and_their_names_are_not_published(case: Take) -> None:
    made = case("23-two-reviewers")
    assert made.counts == (2, 2)
    assert made.records.settings.facets == ()
    assert [row["study"] for row in made.rows("data/first_coding.csv")] == ["abel2019"]
    assert [row["study"] for row in made.rows("data/second_coding.csv")] == ["abel2019"]
    files = "".join(
        text for name, text in made.taken.draft.files.items() if not name.endswith(".md")
    )
    assert "example.org" not in files
    assert "A One" not in files
    assert "A One" not in made.taken.draft.files["data/import-report.md"]


@pytest.mark.parametrize(
    ("rows", "cells"),
    [
        # A fifth of the studies was coded twice, as protocols have it.
        (
            "Abel 2019,Ann,Pay,a\nAbel 2019,Ben,Pay,a\nBell 2020,Ann,Hours,b\n"
            "Cole 2021,Ann,Pay,c\nDunn 2022,Ann,Hours,d\n",
            {"abel2019": ({"pay"}, {"pay"})},
        ),
        # Consensus where two differ, and none where they agree.
        (
            "Abel 2019,Ann,Pay,a\nAbel 2019,Ben,Hours,a\nAbel 2019,Consensus,Pay,a\n"
            "Bell 2020,Ann,Hours,b\nBell 2020,Ben,Hours,b\n",
            {"abel2019": ({"pay"}, {"hours"}), "bell2020": ({"hours"}, {"hours"})},
        ),
        # A consensus of one coding is no second one.
        (
            "Abel 2019,Ann,Pay,a\nAbel 2019,Ben,Hours,a\nAbel 2019,Consensus,Pay,a\n"
            "Bell 2020,Ann,Hours,b\nBell 2020,Consensus,Pay,b\n",
            {"abel2019": ({"pay"}, {"hours"})},
        ),
        # All coded twice: the rows that count are the first coding.
        (
            "Abel 2019,Ann,Pay,a\nAbel 2019,Ben,Pay,a\nBell 2020,Ann,Hours,b\n"
            "Bell 2020,Ben,Hours,b\n",
            {"abel2019": ({"pay"}, {"pay"}), "bell2020": ({"hours"}, {"hours"})},
        ),
    ],
)
def test_two_codings_are_compared_over_studies_that_both_have(
    take: Take, rows: str, cells: dict[str, tuple[set[str], set[str]]]
) -> None:
    from synth.agreement import Agreement

    found = Agreement(take(f"Study,Coder,Code,Finding\n{rows}").records)
    compared = {
        study: tuple(
            {f.theme for f in coding.values() if f.study == study}
            for coding in (found.first, found.second)
        )
        for study in found.studies
    }
    assert compared == cells
    differ = sum(len(first ^ second) for first, second in cells.values())
    whole = found.compare("theme")
    assert whole.first_only + whole.second_only == differ


@pytest.mark.parametrize("turned", [False, True])
def test_whose_rows_count_without_a_consensus_is_told_by_its_place(
    take: Take, tmp_path: Path, turned: bool
) -> None:
    """Of two who coded as much it is the first of the file, whatever they are called."""
    names = ["Zoe Bell", "Ana Ruiz"] if turned else ["Ana Ruiz", "Zoe Bell"]
    rows = [
        f"Kemp 2012,{names[0]},Cost,It costs",
        f"Kemp 2012,{names[1]},Time,It takes time",
        f"Leek 2014,{names[1]},Time,Slow",
        f"Leek 2014,{names[0]},Cost,Dear",
    ]
    (tmp_path / "t.csv").write_text("\n".join(["Study,Reviewer,Code,Finding", *rows]), "utf-8")
    made = take(tmp_path / "t.csv")
    assert [row["summary"] for row in made.rows("data/coded_studies.csv")] == ["It costs", "Dear"]
    assert "2 studies: first Kemp 2012 (t.csv:2), Leek 2014 (t.csv:5)" in made.told
    assert "data/import.toml: counts" in made.told
    assert not any(name in made.told for name in names)


def test_a_body_that_may_be_meant_by_its_capitals_is_asked_about(
    take: Take, tmp_path: Path
) -> None:
    """Known by the table alone it would be a second work of that body."""
    (tmp_path / "t.csv").write_text(
        "Study,Code,Finding\nNICE 2020,Cost,It costs\nWHO 2018,Time,Slow\n", "utf-8"
    )
    (tmp_path / "t.bib").write_text(
        "@book{a, author={{National Institute for Health and Care Excellence}}, year=2020,"
        " title={Rest}}\n@book{b, author={{World Health Organization}}, year=2018, title={Atlas}}",
        "utf-8",
    )
    with pytest.raises(ReviewError) as told:
        take(tmp_path / "t.csv", bib=tmp_path / "t.bib")
    assert [problem.line for problem in told.value.problems] == [2]
    assert "Is it 'a' (Rest)?" in str(told.value.problems[0])


def test_countries_in_a_list_are_countries(case: Take) -> None:
    made = case("27-country-list")
    countries = Counter(c for s in made.records.studies.values() for c in s.countries)
    assert countries == {"United States": 3, "Canada": 2}


def test_the_content_of_a_coding_tool_is_the_text(case: Take) -> None:
    made = case("28-other-tools-headings")
    assert [f.summary for f in made.records.findings.values()] == [
        "They were paid by the hour.",
        "Shifts were long.",
    ]


def test_numbered_codes_get_ids_that_begin_with_a_letter(case: Take) -> None:
    made = case("47-numbered-codes")
    assert [(n.id, n.label) for n in made.records.codebook] == [
        ("shelf", "1. Shelf"),
        ("sorting", "1.1 Sorting"),
        ("door", "2. Door"),
        ("hours", "2.1 Hours"),
        ("seen", "2.10 Seen"),
    ]


def test_a_slash_between_two_words_is_part_of_a_code(case: Take) -> None:
    made = case("49-slash-in-a-code")
    assert made.themes == {"Staff/Team": 1, "Cost and/or time": 1, "Pay": 1}


def test_invisible_signs_make_no_code(case: Take) -> None:
    made = case("51-invisible-signs")
    assert made.themes == {"Sorting": 2}


def test_one_value_in_several_spellings_is_one(case: Take) -> None:
    made = case("53-one-value-in-several-spellings")
    assert {c for s in made.records.studies.values() for c in s.countries} == {"Canada"}
    assert "'Country': 'CANADA' is read as 'Canada' (2 cells)." in made.told


def test_no_page_bears_a_name_that_windows_keeps(case: Take) -> None:
    from synth.starter.book_pages import pages_of

    made = case("54-names-windows-forbids")
    names = {Path(page.file).stem for page in pages_of(made.records)}
    assert {"pro", "theme-con", "theme-aux"} <= names
    assert not names & {"con", "aux"}


# --- shapes -------------------------------------------------------------------------------------


def test_a_codebook_of_its_own_gives_meaning_to_numbers(take: Take, tmp_path: Path) -> None:
    (tmp_path / "codes.csv").write_text("No,Label,Definition\n1,Pay,Money.\n2,Hours,Time.\n")
    made = take("Study,Codes\nAbel 2019,1;2\nBell 2020,2\n", codebook=tmp_path / "codes.csv")
    assert (made.counts, made.themes) == ((3, 2), {"Pay": 1, "Hours": 2})
    assert made.records.codebook["hours"].definition == "Time."


def test_columns_side_by_side_are_ranks_or_independent(take: Take) -> None:
    ranks = "Study,Theme,Subtheme\nA 2019,Work,Pay\nB 2020,Work,Hours\nC 2021,Home,Rest\n"
    made = take(ranks)
    assert made.records.codebook["pay"].parent == "work"
    free = "Study,Dimension,Theme\n" + "".join(
        f"{name} 2020,{one},{two}\n"
        for name, one, two in (
            *(("A", "Who", "Pay"), ("B", "Where", "Pay"), ("C", "Who", "Rest")),
            *(("D", "Where", "Rest"), ("E", "Who", "Pay")),
        )
    )
    made = take(free)
    assert made.themes == {"Who": 3, "Where": 2, "Pay": 3, "Rest": 2}
    assert "are read side by side" in made.told


def test_values_that_come_again_are_codes_where_no_column_is_called_one(take: Take) -> None:
    table = (
        "Study,Population,Intervention\nA 2019,Nurses,Training\nB 2020,Nurses; Teachers,Pay\n"
        "C 2021,Teachers,Training\nD 2021,Nurses,Pay\n"
    )
    made = take(table)
    assert made.counts == (9, 4)
    assert made.themes == {"Nurses": 3, "Teachers": 2, "Training": 2, "Pay": 2}
    assert made.records.codebook["nurses"].parent == "population"


def test_headings_that_begin_alike_are_below_what_they_begin_with(take: Take) -> None:
    made = take(
        "Study,Who: Nurses,Who: Cooks,What: Pay\nA 2019,1,0,1\nB 2020,0,1,1\nC 2021,1,0,0\n"
    )
    assert made.records.codebook["nurses"].parent == "who"
    assert made.records.codebook["pay"].parent == "what"
    assert made.themes == {"Nurses": 2, "Cooks": 1, "Pay": 2}
    assert "Headings that begin alike are codes below what they begin with" in made.told


def test_counts_of_codings_are_one_finding_each(take: Take) -> None:
    made = take("Document,Pay,Hours,Rest\nLee 2020,3,0,1\nRoux 2021,0,2,0\n")
    assert made.themes == {"Pay": 1, "Hours": 1, "Rest": 1}
    assert "the number is not kept" in made.told


def test_a_tick_with_a_word_beside_it_is_a_finding_in_words(take: Take) -> None:
    rows = "Lee 2020,x (p. 4),\nRoux 2021,x,x\nEk 2022,,x\nBo 2023,x,x\n"
    made = take(f"Study,Pay,Hours\n{rows}")
    assert made.themes == {"Pay": 3, "Hours": 3}
    assert made.records.findings["lee2020-01"].summary == "p. 4"


def test_a_charting_table_is_read_by_what_its_long_headings_hold(take: Take) -> None:
    made = take(
        "Author(s),Year of publication,Origin/country of origin,Intervention type,"
        "Key findings that relate to the review question\n"
        "Smith J.,2018,UK,Support,Nurses felt supported.\n"
        '"Jones A. et al.",2019,"USA, Canada",Support,No difference.\n'
        "Lee K.,2020,South Korea,Training,NR\n"
    )
    assert made.counts == (3, 3)
    assert made.themes == {"Support": 2, "Training": 1}
    summaries = {f.study: f.summary for f in made.records.findings.values()}
    assert summaries["smith2018"] == "Nurses felt supported."
    assert "no summary is written" in summaries["lee2020"]
    assert made.records.studies["jones2019"].countries == ("United States", "Canada")


def test_a_cell_may_name_several_studies(take: Take) -> None:
    made = take(
        "Studies,Theme,Text\nLee 2020; Roux & Ek 2021,Pay,One says so.\nLee 2020,Hours,x\n",
        columns=("study=Studies",),
    )
    assert (made.counts, made.themes) == ((3, 2), {"Pay": 2, "Hours": 1})


def test_sums_and_notes_below_a_table_are_no_studies(take: Take) -> None:
    table = "Study,Pay,Hours\nLee 2020,x,\nRoux 2021,,x\nTotal,1,1\nNote: x = coded,,\n"
    made = take(table)
    assert made.counts == (2, 2)
    assert "A row of sums is about no study. (1 row: " in made.told
    assert "A note below the table is about no study." in made.told


def test_rows_below_merged_cells_belong_to_the_study_above(take: Take) -> None:
    made = take("Study,Theme\nLee 2020,Pay\n,Hours\nRoux 2021,Pay\n")
    assert Counter(f.study for f in made.records.findings.values()) == {"lee2020": 2, "roux2021": 1}
    assert "as merged cells are saved. (1 row: " in made.told


def test_two_tables_about_the_same_studies_are_one_review(take: Take) -> None:
    codings = "Study,Code,Text\nLee 2020,Pay,one\nRoux 2021,Hours,two\nLee 2020,Hours,three\n"
    studies = (
        "Study,Title,Country,Design\nLee 2020,On pay,Peru,Survey\n"
        "Roux 2021,On hours,UK,Trial\nEk 2022,On rest,UK,Survey\n"
    )
    made = take(codings, studies)
    assert made.counts == (3, 3)
    assert made.works["lee2020"].title == "On pay"
    assert made.records.studies["roux2021"].countries == ("United Kingdom",)
    assert made.records.studies["ek2022"].design == "Survey"


def test_numbers_of_two_programs_are_not_compared(take: Take) -> None:
    extraction = "Covidence #,Study ID,Pay,Hours\n#1,Lee 2020,x,\n#2,Roux 2021,,x\n"
    tags = "Ref ID,Paper,Code\n1,Roux 2021,Rest\n2,Lee 2020,Rest\n"
    made = take(extraction, tags)
    assert made.counts == (4, 2)
    assert {f.study for f in made.records.findings.values() if f.theme == "pay"} == {"lee2020"}


def test_a_table_may_name_studies_by_the_record_id_of_another(take: Take) -> None:
    made = take("refid,Title,Year\n3,On pay,2020\n6,On hours,2021\n", "Study,Code\n6,Pay\n3,Rest\n")
    assert made.counts == (2, 2)
    assert {w.title for w in made.works.values()} == {"On pay", "On hours"}


def test_what_does_not_add_up_is_not_written(take: Take, monkeypatch: pytest.MonkeyPatch) -> None:
    from synth.starter import importer

    def loses_one(*given: Any) -> Any:
        made = real(*given)
        made.findings.pop()
        return made

    real = importer.tables
    monkeypatch.setattr(importer, "tables", loses_one)
    with pytest.raises(ReviewError, match="does not add up"):
        take("Study,Code\nLee 2020,Pay\nRoux 2021,Hours\n")


# --- what cannot be understood ------------------------------------------------------------------


def codes_of(error: pytest.ExceptionInfo[ReviewError]) -> list[str]:
    """The codes of what was refused."""
    return [problem.code for problem in error.value.problems]


@pytest.mark.parametrize(
    ("table", "code"),
    [
        ("a,b\n1,2\n3,4\n", "import-no-study"),
        ("Study,Code\nLee 2020,\nRoux 2021,\n", "import-no-codes"),
        ("Study,Code\n,Pay\nLee 2020,Hours\n", "row-without-study"),
        (
            "Study,Title,Code\nLee 2020,On pay,Pay\nLee 2020,On hours,Hours\nLee 2020,,Rest\n",
            "study-unclear",
        ),
    ],
)
def test_what_cannot_be_understood_is_refused(take: Take, table: str, code: str) -> None:
    with pytest.raises(ReviewError) as error:
        take(table)
    assert codes_of(error) == [code]


def test_sums_that_differ_are_refused_by_their_code(
    take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    from synth.starter import importer

    monkeypatch.setattr(importer, "differences", lambda *given: ["one row is lost"])
    with pytest.raises(ReviewError) as error:
        take("Study,Code\nLee 2020,Pay\n")
    assert codes_of(error) == ["import-sums"]


def test_a_study_coded_as_nothing_has_no_finding(take: Take, tmp_path: Path) -> None:
    take("Study,Code\nLee 2020,Pay\nRoux 2021,\n")
    path = tmp_path / "review" / "data" / "studies.csv"
    path.write_text(path.read_text().replace("lee2020,evidence,", "lee2020,evidence,nothing"))
    records, _ = read_records(tmp_path / "review")
    assert "study-coded-nothing" in [problem.code for problem in check_records(records)]


# --- once more ----------------------------------------------------------------------------------


@pytest.fixture
def again(tmp_path: Path) -> Callable[..., str]:
    """Start a review from a table, and read the table again after it changed."""
    from synth.starter.again import import_again
    from synth.starter.start import start

    root = tmp_path / "review"

    def read(table: str, *files: Path, prune: bool = False, dry_run: bool = False) -> str:
        (tmp_path / "table.csv").write_text(table, encoding="utf-8")
        said: list[str] = []
        if not root.exists():
            request = Request(root, (tmp_path / "table.csv",), title="Pay")
            start(request, execute=False, dry_run=False, say=said.append)
        else:
            import_again(root, files, prune=prune, dry_run=dry_run, say=said.append)
        return "\n".join(said)

    return read


FIRST = (
    "Study,Code,Effect,Text,Country\n"
    "Lee 2020,Pay,helps,one,Peru\nRoux 2021,Hours,hinders,two,Chile\n"
    "Roux 2021,Pay,helps,three,Chile\n"
)


def rows_of(tmp_path: Path, name: str) -> dict[str, dict[str, str]]:
    """The rows of a review's table by their key."""
    text = (tmp_path / "review" / "data" / f"{name}.csv").read_text("utf-8")
    rows = [*csv.DictReader(io.StringIO(text))]
    return {next(iter(row.values())): row for row in rows}


@pytest.mark.parametrize(
    ("was", "now", "column", "value"),
    [
        ("Roux 2021,Hours,hinders,two", "Roux 2021,Hours,helps,two", "direction", "helps"),
        ("Roux 2021,Hours,hinders,two", "Roux 2021,Shifts,hinders,two", "theme", "shifts"),
        ("Roux 2021,Hours,hinders,two", "Roux 2021,Pay,unclear,two", "direction", "unclear"),
        ("Roux 2021,Hours,hinders,two", "Roux 2021,Hours,hinders,TWO", "summary", "TWO"),
    ],
)
def test_a_finding_that_was_changed_in_the_files_stays_one_finding(
    again: Callable[..., str], tmp_path: Path, was: str, now: str, column: str, value: str
) -> None:
    again(FIRST)
    before = rows_of(tmp_path, "coded_studies")
    told = again(FIRST.replace(was, now))
    after = rows_of(tmp_path, "coded_studies")
    assert list(after) == list(before)
    name = next(key for key, row in before.items() if row["summary"] == "two")
    assert after[name][column] == value
    assert f"{name}, {column}: " in told
    assert "gone from the files" not in told


def test_one_text_under_two_codes_is_changed_at_one_of_them(
    again: Callable[..., str], tmp_path: Path
) -> None:
    twice = FIRST + "Roux 2021,Team,hinders,two,Chile\n"
    again(twice)
    before = rows_of(tmp_path, "coded_studies")
    again(twice.replace("Roux 2021,Team,hinders", "Roux 2021,Rooms,hinders"))
    after = rows_of(tmp_path, "coded_studies")
    changed = [key for key in before if after[key] != before[key]]
    assert [(before[key]["theme"], after[key]["theme"]) for key in changed] == [("team", "rooms")]
    assert list(after) == list(before)


def test_one_text_under_two_codes_is_changed_at_both(
    again: Callable[..., str], tmp_path: Path
) -> None:
    twice = FIRST + "Roux 2021,Team,hinders,two,Chile\n"
    again(twice)
    before = rows_of(tmp_path, "coded_studies")
    told = again(twice.replace(",Team,", ",Rooms,").replace("Roux 2021,Hours,", "Roux 2021,Doors,"))
    after = rows_of(tmp_path, "coded_studies")
    assert list(after) == list(before)
    assert {row["theme"] for row in after.values()} == {"pay", "rooms", "doors"}
    assert "gone from the files" not in told


def test_a_study_that_was_split_is_two_studies(again: Callable[..., str], tmp_path: Path) -> None:
    first = (
        "Study,Title,Code,Effect,Text\nLee 2020,Pay in shops,Pay,helps,one\n"
        "Lee 2020,Pay in shops,Hours,hinders,two\nRoux 2021,Rooms,Hours,helps,three\n"
    )
    again(first)
    told = again(
        first.replace("Lee 2020,Pay in shops,Pay", "Lee 2020a,Pay in shops,Pay").replace(
            "Lee 2020,Pay in shops,Hours", "Lee 2020b,Shifts at night,Hours"
        )
    )
    studies = rows_of(tmp_path, "studies")
    assert list(studies) == ["lee2020", "lee2020b", "roux2021"]
    findings = rows_of(tmp_path, "coded_studies").values()
    assert ("lee2020b", "two") in {(row["study"], row["summary"]) for row in findings}
    assert "1 new study: lee2020b" in told
    assert "1 finding gone from the files" in told


def test_another_title_than_that_of_the_references_is_told(take: Take, tmp_path: Path) -> None:
    (tmp_path / "r.bib").write_text(
        "@book{lee, author={Lee, A}, title={Pay in shops}, year=2020}\n"
        "@book{roux, author={Roux, B}, title={The rooms of nurses}, year=2021}\n",
        "utf-8",
    )
    table = "Study,Title,Code,Text\nLee 2020,Shifts at night,Pay,one\nRoux 2021,Rooms,Pay,two\n"
    told = take(table, bib=tmp_path / "r.bib").told
    assert "whose title in the table is another than in r.bib" in told
    assert "'Lee 2020' for lee" in told
    assert "for roux" not in told


@pytest.mark.parametrize(
    ("label", "title", "found"),
    [
        ("Lee 2021", "Pay in small shops", True),  # online in one year, in print in the next
        ("Lee & Roy 2019", "Pay in small shops", True),
        ("Lee 2026", "Pay in small shops", False),
        ("Kim 2021", "Pay in small shops", False),
        ("Lee 2021", "Pay in small shops of the north", False),
    ],
)
def test_a_year_that_differs_by_little_is_told(
    take: Take, tmp_path: Path, label: str, title: str, found: bool
) -> None:
    (tmp_path / "r.bib").write_text(
        "@book{lee, author={Lee, A and Roy, B}, title={Pay in small shops}, year=2020}\n"
        "@book{ek, author={Ek, C}, title={Rooms}, year=2018}\n",
        "utf-8",
    )
    table = f"Study,Title,Code,Text\n{label},{title},Pay,one\nEk 2018,Rooms,Pay,two\n"
    made = take(table, bib=tmp_path / "r.bib")
    assert made.records.studies["lee"].is_evidence is found
    assert ("whose year in the table is another" in made.told) is found


@pytest.mark.parametrize(
    ("references", "studies", "told"),
    [
        # One work for two letters is neither of them.
        ("@book{x, author={Lee, A}, title={One}, year=2020}", 2, "has one work for studies that"),
        (
            "@book{Lee_2020, author={Lee, A}, title={One}, year={2020}}",
            2,
            "has one work for studies that",
        ),
        (
            "@book{lee2020a, author={Lee, A}, title={One}, year=2020}\n"
            "@book{lee2020b, author={Lee, A}, title={Two}, year=2020}",
            2,
            "",
        ),
        (
            "TY  - BOOK\nAU  - Lee, A\nTI  - One\nPY  - 2020\nER  - \n\n"
            "TY  - BOOK\nAU  - Lee, A\nTI  - Two\nPY  - 2020\nER  - \n",
            2,
            "in the order in which they stand there. (2 studies: first 'Lee 2020a' is 'One'",
        ),
        (
            "TY  - BOOK\nAU  - Lee, A\nTI  - One\nPY  - 2020b\nER  - \n\n"
            "TY  - BOOK\nAU  - Lee, A\nTI  - Two\nPY  - 2020a\nER  - \n",
            2,
            "",
        ),
    ],
)
def test_letters_behind_a_year_tell_studies_apart(
    take: Take, tmp_path: Path, references: str, studies: int, told: str
) -> None:
    """Two studies became one, or took each other's work, and nothing was said."""
    (tmp_path / "r.txt").write_text(f"{references}\n", "utf-8")
    made = take("Study,Code,Text\nLee 2020a,Pay,one\nLee 2020b,Pay,two\n", bib=tmp_path / "r.txt")
    assert len({row.study for row in made.records.findings.values()}) == studies
    causes = ("has one work for studies that", "in the order in which they stand there")
    assert [cause for cause in causes if cause in made.told] == [c for c in causes if c in told]
    assert told in made.told


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        *[(column, "1" * 5_000) for column in ("Country", "Finding", "Year")],
        ("Country", "," * 100_000),
        ("Country", "a " * 100_000),
        ("Authors", "a" * 100_000),
        ("Study", " " * 100_000),
        ("Study", "\t" * 100_000),
    ],
)
def test_a_cell_of_any_length_is_read(tmp_path: Path, column: str, cell: str) -> None:
    """Each took minutes, or ended in "The folder cannot be written" for its digits."""
    names = ["Study", "Authors", "Year", "Country", "Code", "Finding"]
    rows = [[f"Lee{n} 2011", f"Lee{n}, A", "2011", "Kenya", "Pay", f"One {n}"] for n in range(4)]
    rows[2][names.index(column)] = cell
    lines = [names, *([f'"{cell}"' for cell in row] for row in rows)]
    (tmp_path / "t.csv").write_text("".join(",".join(line) + "\n" for line in lines), "utf-8")
    taken = take_in(Request(tmp_path / "review", (tmp_path / "t.csv",)), lambda line: None)
    assert "lee32011-01,lee32011,pay" in taken.draft.files["data/coded_studies.csv"]


@pytest.mark.parametrize(
    "text",
    [
        "@book{lee, author={Lee, A}, title={Pay}, year=2011, note={" + " " * 100_000 + "x}}\n",
        "\n" * 100_000 + "@book{lee, author={Lee, A}, title={Pay}, year=2011}\n",
        "Lee, A. (2011). Pay in shops. Rest, 3(2), 1-9.\n"
        + "\n" * 100_000
        + "Roy, B. (2012). Pay at night. Rest, 4(2), 1-9.\n",
    ],
    ids=["note", "before", "typed"],
)
def test_blanks_of_any_length_in_references_are_read(tmp_path: Path, text: str) -> None:
    from synth.references.importing import read_references

    (tmp_path / "r.txt").write_text(text, "utf-8")
    works, _ = read_references(tmp_path / "r.txt")
    assert all(work.title.startswith("Pay") for work in works.bibliography.values())
    assert len(works.bibliography) == 1 + text.startswith("Lee")


def test_titles_decide_which_letter_is_meant(take: Take, tmp_path: Path) -> None:
    (tmp_path / "r.ris").write_text(
        "TY  - BOOK\nAU  - Lee, A\nTI  - Doors\nPY  - 2020\nER  - \n\n"
        "TY  - BOOK\nAU  - Lee, A\nTI  - Pay\nPY  - 2020\nER  - \n",
        "utf-8",
    )
    table = "Study,Title,Code,Text\nLee 2020a,Pay,Pay,one\nLee 2020b,Doors,Pay,two\n"
    made = take(table, bib=tmp_path / "r.ris")
    works = made.records.bibliography
    assert {f.summary: works[f.study].title for f in made.records.findings.values()} == {
        "one": "Pay",
        "two": "Doors",
    }
    assert "in the order in which they stand" not in made.told


def test_two_studies_of_one_title_and_two_years_stay_two(tmp_path: Path) -> None:
    from synth.starter.start import start

    (tmp_path / "t.csv").write_text(
        "Study,Title,DOI,Code,Text\nLee 2021,Pay in small shops,10.5555/a.2,Pay,one\n"
        "Lee 2020,Pay in small shops,10.5555/a.1,Pay,two\n",
        "utf-8",
    )
    (tmp_path / "r.bib").write_text(
        "@book{lee, author={Lee, A}, title={Pay in small shops}, year=2020}\n", "utf-8"
    )
    request = Request(
        tmp_path / "review", (tmp_path / "t.csv",), bib=tmp_path / "r.bib", title="Pay"
    )
    start(request, execute=False, dry_run=False, say=lambda line: None)
    findings = rows_of(tmp_path, "coded_studies").values()
    assert {(row["study"], row["summary"]) for row in findings} == {
        ("lee", "two"),
        ("lee2021", "one"),
    }


REFERENCES = (
    "Title,Authors,Year,Source title,Document Type\n"
    'Beds,"Lee, Ann",2020,Rooms,Article\nChairs,"Roux, B.",2021,Seats,Book chapter\n'
)


@pytest.mark.parametrize("name", ["references.csv", "references.xlsx"])
def test_a_table_of_references_is_read_again_with_a_new_work_in_it(
    tmp_path: Path, name: str
) -> None:
    from synth.starter.again import import_again
    from synth.starter.start import start

    root, table, said = tmp_path / "review", tmp_path / "t.csv", list[str]()

    def write(references: str) -> Path:
        file = tmp_path / name
        file.write_text(references, "utf-8")
        return workbook(file, Sheet1=references) if name.endswith("xlsx") else file

    table.write_text("Study,Code\nLee 2020,Pay\nRoux 2021,Pay\n", "utf-8")
    request = Request(root, (table,), bib=write(REFERENCES), title="Pay")
    start(request, execute=False, dry_run=False, say=lambda line: None)
    assert Review.load(root).bibliography["roux2021"].container == "Seats"
    table.write_text("Study,Code\nLee 2020,Pay\nRoux 2021,Pay\nEk 2022,Pay\n", "utf-8")
    # Another author's work of a title that is there is another work.
    write(REFERENCES + 'Beds,"Ek, Pia",2022,Rooms,Article\n')
    import_again(root, (), prune=False, dry_run=False, say=said.append)
    new = Review.load(root).bibliography["ek2022"]
    assert (new.title, new.container) == ("Beds", "Rooms")


def test_the_same_file_again_changes_nothing(again: Callable[..., str], tmp_path: Path) -> None:
    again(FIRST)
    before = {
        path: path.read_bytes() for path in (tmp_path / "review").rglob("*") if path.is_file()
    }
    assert "Nothing changed: the review is as the files have it." in again(FIRST)
    assert before == {
        path: path.read_bytes() for path in (tmp_path / "review").rglob("*") if path.is_file()
    }


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        (FIRST + "Ek 2022,Pay,helps,four,Chile\n", "new evidence"),
        (FIRST.replace(",two,", ",changed,"), "correction"),
        (FIRST.replace(",two,", ",changed,") + "Ek 2022,Pay,helps,four,Chile\n", "both"),
    ],
)
def test_what_changed_leaves_an_entry_for_the_next_version(
    again: Callable[..., str], tmp_path: Path, table: str, reason: str
) -> None:
    again(FIRST)
    file = tmp_path / "review" / VERSIONS_FILE
    assert VERSIONS_FILE in again(table, dry_run=True)
    assert not file.exists()
    assert "an entry waits for your next version" in again(table)
    text = file.read_text("utf-8")
    assert 'number = "next"' in text
    assert f'reason = "{reason}"' in text
    assert versions(tmp_path / "review") == ()


def test_new_rows_come_in_and_names_of_findings_stay(
    again: Callable[..., str], tmp_path: Path
) -> None:
    again(FIRST)
    new = FIRST.replace(
        "Roux 2021,Hours",
        "Ek 2022,Rest,harms,four,UK\nRoux 2021,Rest,helps,five,Chile\nRoux 2021,Hours",
    )
    said = again(new)
    findings = rows_of(tmp_path, "coded_studies")
    assert {name: row["summary"] for name, row in findings.items()} == {
        "ek2022-01": "four",
        "lee2020-01": "one",
        "roux2021-01": "two",
        "roux2021-02": "three",
        "roux2021-03": "five",
    }
    assert "1 new study: ek2022." in said
    assert "directions: 'harms' is new." in said
    assert rows_of(tmp_path, "studies")["ek2022"]["country"] == "United Kingdom"
    records, problems = read_records(tmp_path / "review")
    assert not [p for p in (*problems, *check_records(records)) if p.severity == "error"]


def test_what_the_author_changed_stays_and_what_the_file_changed_comes_in(
    again: Callable[..., str], tmp_path: Path
) -> None:
    again(FIRST)
    path = tmp_path / "review" / "data" / "coded_studies.csv"
    path.write_text(path.read_text("utf-8").replace(",one,", ",my own words,"), encoding="utf-8")
    said = again(FIRST.replace(",two,", ",changed,").replace("one,Peru", "one,Bolivia"))
    findings = rows_of(tmp_path, "coded_studies")
    assert findings["lee2020-01"]["summary"] == "my own words"
    assert findings["roux2021-01"]["summary"] == "changed"
    assert rows_of(tmp_path, "studies")["lee2020"]["country"] == "Bolivia"
    assert "lee2020, country: 'Peru' is now 'Bolivia'." in said


def test_what_is_gone_is_told_and_taken_out_when_asked(
    again: Callable[..., str], tmp_path: Path
) -> None:
    again(FIRST)
    shorter = FIRST.replace("Roux 2021,Pay,helps,three,Chile\n", "")
    assert "1 finding gone from the files stays in the review" in again(shorter)
    assert "roux2021-02" in rows_of(tmp_path, "coded_studies")
    again(FIRST)
    assert "was taken out: roux2021-02" in again(shorter, prune=True)
    assert "roux2021-02" not in rows_of(tmp_path, "coded_studies")


def test_a_renamed_column_is_told(again: Callable[..., str]) -> None:
    again(FIRST)
    said = again(FIRST.replace("Country", "Country of study"), dry_run=True)
    assert "The recipe reads a column 'Country' that " in said
    assert "It may be called 'Country of study' now" in said


def test_a_recipe_with_a_word_that_says_nothing_is_refused(
    again: Callable[..., str], tmp_path: Path
) -> None:
    again(FIRST)
    recipe = tmp_path / "review" / "data" / "import.toml"
    text = recipe.read_text("utf-8")
    for changed, code in (
        (text.replace('"study"', '"studdy"'), "recipe-word"),
        (f"{text}\n[[", "recipe-malformed"),
        (text.replace("table.csv", "gone.csv"), "import-file-missing"),
        (None, "recipe-missing"),
    ):
        if changed is None:
            recipe.unlink()
        else:
            recipe.write_text(changed, encoding="utf-8")
        with pytest.raises(ReviewError) as error:
            again(FIRST)
        assert codes_of(error) == [code]


def test_what_words_are_read_as_stands_in_the_recipe(
    again: Callable[..., str], tmp_path: Path
) -> None:
    table = FIRST.replace("one,Peru", "one,Perú; UK").replace("two,Chile", "two,k. A.")
    again(table)
    recipe = tmp_path / "review" / "data" / "import.toml"
    text = recipe.read_text("utf-8")
    assert '"UK" = "United Kingdom"' in text
    assert '"k. A." = "not reported"' in text
    assert "Nothing changed" in again(table)
    recipe.write_text(text.replace('"United Kingdom"', '"Great Britain"'), encoding="utf-8")
    again(table)
    assert rows_of(tmp_path, "studies")["lee2020"]["country"] == "Peru;Great Britain"


def test_a_changed_recipe_is_followed(again: Callable[..., str], tmp_path: Path) -> None:
    again(FIRST)
    recipe = tmp_path / "review" / "data" / "import.toml"
    text = recipe.read_text("utf-8")
    recipe.write_text(text + '[sheet.values."Country"]\n"Chile" = "Argentina"\n', encoding="utf-8")
    again(FIRST)
    assert rows_of(tmp_path, "studies")["roux2021"]["country"] == "Argentina"


# --- what the readers of files tell -------------------------------------------------------------


def test_what_a_web_page_writes_for_a_sign_is_the_sign(case: Take) -> None:
    assert case("14-entity").themes == {"Pay & hours": 1, "Training": 1}


def test_a_codebook_of_one_column_is_read(case: Take) -> None:
    codebook = CASES / "19-codebook-one-column" / "codebook.csv"
    made = case("19-codebook-one-column", codebook=codebook, bib=BIB)
    labels = [(node.label, node.parent) for node in made.records.codebook]
    assert labels == [
        ("Money", ""),
        ("Pay", "money"),
        ("Time", ""),
        ("Hours", "time"),
        ("Holidays", "time"),
    ]


def test_an_address_of_a_doi_is_the_doi(case: Take) -> None:
    made = case("20-doi-as-url")
    assert made.counts == (3, 3)
    assert made.works["abel2019"].doi == "10.1000/a1"


@pytest.mark.parametrize("name", ["25-title-row", "50-title-row-above-the-header"])
def test_a_caption_is_no_row(case: Take, name: str) -> None:
    made = case(name)
    assert made.counts in ((2, 2), (1, 1))
    assert "stands above the headings and is no row of the table" in made.told


def test_the_books_own_export_is_read_back(take: Take) -> None:
    folder = CASES / "50-title-row-above-the-header"
    made = take(folder / "own-export.csv", bib=folder / "refs.bib")
    assert (made.counts, made.themes) == ((1, 1), {"Shelf": 1})


@pytest.mark.parametrize("table", ["table.csv", "table2.csv"])
def test_a_line_break_separates_codes(take: Take, table: str) -> None:
    folder = CASES / "48-several-codes-in-a-cell"
    made = take(folder / table, bib=folder / "refs.bib")
    assert made.themes["Sorting"] == 2
    assert made.themes["Cooling"] == (1 if table == "table.csv" else 2)


# --- questions ----------------------------------------------------------------------------------


def test_a_question_says_what_is_taken_and_an_answer_changes_it(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text(
        "Study,Code,Peer reviewed,Open\nLee 2020,Pay,Yes,No\nRoux 2021,Rest,No,Yes\n".replace(
            "Code,", "Remark,"
        )
    )
    asked: list[tuple[str, list[str]]] = []

    def answer(question: str, answers: Any) -> int:
        asked.append((question, [*answers]))
        return 1

    request = Request(tmp_path / "review", (tmp_path / "table.csv",))
    with pytest.raises(ReviewError) as error:
        take_in(request, lambda line: None, answer)
    assert asked == [
        (
            "2 columns say yes or no: 'Peer reviewed', 'Open'. What are they?",
            ["each heading is a code", "each is a filter, none is a code"],
        )
    ]
    assert codes_of(error) == ["import-no-codes"]
    taken = take_in(request, lambda line: None, lambda question, answers: 0)
    assert taken.recipe.sheets[0].columns["Open"] == "codes"


def test_the_terminal_takes_the_first_answer_for_a_plain_enter(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from synth.cli import _ask

    said = iter(["", "9", "2"])
    monkeypatch.setattr("builtins.input", lambda prompt: next(said))
    assert _ask("What are they?", ["codes", "filters"]) == 0
    assert _ask("What are they?", ["codes", "filters"]) == 1
    assert "1. codes (taken if you press Enter)" in capsys.readouterr().out


# --- kinds of tables that were read wrongly -----------------------------------------------------


def test_a_field_that_stands_twice_is_taken_once_and_told(case: Take) -> None:
    made = case("31-field-twice")
    assert made.counts == (1, 1)
    assert "'funding_details' stands twice in 1 entry, the first abel2019" in made.told
    assert made.works["abel2019"].fields["funding_details"] == "A"


def test_addresses_in_place_of_dois_are_told(case: Take) -> None:
    made = case("20-doi-as-url")
    assert "1 DOI is written as an address, such as that of abel2019" in made.told


def test_sums_below_ticks_do_not_tell_what_the_columns_are(take: Take) -> None:
    made = take(
        "Study,Access,Cost,Total\nEk 2012,x,,1\nRoux 2015,x,x,2\nTotal (n=2),2,1,3\n"
        "n (%),2 (100%),1 (50%),\nAbbreviations: x = reported,,,\n"
    )
    assert made.counts == (3, 2)
    assert made.themes == {"Access": 2, "Cost": 1}
    assert "A row of sums is about no study. (2 rows: first table.csv:4, table.csv:5)" in made.told


@pytest.mark.parametrize(
    ("cells", "ticked"), [("a s a s na both", False), ("s n s s n s", True), ("y p y n y y", True)]
)
def test_a_letter_beside_other_letters_is_no_tick(take: Take, cells: str, ticked: bool) -> None:
    rows = "".join(
        f"Abe {2010 + at},{cell},{'yes' if at % 2 else 'no'},{'no' if at % 3 else 'yes'}\n"
        for at, cell in enumerate(cells.split())
    )
    made = take(f"Study,Task,Pay,Time\n{rows}")
    assert ("Task" in made.themes) is ticked
    assert made.themes["Pay"] == 3


def test_unclear_beside_yes_and_no_is_no_tick(take: Take) -> None:
    made = take(
        "Study,Stigma,Pay,Support\nEk 2012,Yes,No,Yes\nRoux 2015,No,Yes,Unclear\n"
        "Lee 2019,NR,Yes,Yes\nOtte 2020,no?,No,Yes\n"
    )
    assert made.themes == {"Stigma": 1, "Pay": 2, "Support": 3}
    for word in ("Unclear", "NR", "no?"):
        assert f"{word!r} below a heading that is a code does not say that it applies" in made.told
    assert "'No' below a heading that is a code says that the code does not apply" in made.told


@pytest.mark.parametrize(
    ("cells", "directions"),
    [
        (("+", "-", "", "+/-"), {"Positive": 1, "Negative": 1, "Mixed": 1}),
        (("↑", "↓", "0", "NR"), {"Positive": 1, "Negative": 1, "No effect": 1}),
        (("B", "F", "", "B/F"), {"Barrier": 1, "Facilitator": 1, "Both": 1}),
        (("Barrier", "Facilitator", "", "-"), {"Barrier": 1, "Facilitator": 1}),
    ],
)
def test_marks_below_codes_say_the_direction(
    take: Take, cells: tuple[str, ...], directions: dict[str, int]
) -> None:
    one, two, three, four = cells
    made = take(f"Study,Pay,Hours\nEk 2012,{one},{two}\nRoux 2015,{three},{four}\n")
    ways = {way.id: way.label for way in made.records.settings.directions}
    told = Counter(ways[finding.direction] for finding in made.records.findings.values())
    assert dict(told) == directions
    assert "[sheet.marks]" in made.told


def test_plus_and_minus_in_every_cell_are_yes_and_no(take: Take) -> None:
    made = take("Study,Pay,Hours\nEk 2012,+,-\nRoux 2015,+,+\n")
    assert made.themes == {"Pay": 2, "Hours": 1}
    assert len(made.records.settings.directions) == 1


def test_bullets_and_numbers_that_count_are_no_part_of_codes(take: Take) -> None:
    made = take('Study,Themes\nEk 2012,"• Stigma\n• Access"\nRoux 2015,• Access\n')
    assert made.themes == {"Stigma": 1, "Access": 2}
    made = take('Study,Themes\nEk 2012,"1) Stigma\n2) Access"\nRoux 2015,1) Access; 2) Cost\n')
    assert made.themes == {"Stigma": 1, "Access": 2, "Cost": 1}
    made = take("Study,Themes\nEk 2012,1. Stigma; 2. Access\nRoux 2015,2. Access\n")
    assert made.themes == {"1. Stigma": 1, "2. Access": 2}


@pytest.mark.parametrize("narrow", ["subdomain", "Sub-domain", "Sub Domains"])
def test_a_column_called_sub_is_below_the_other(take: Take, narrow: str) -> None:
    made = take(f"id,domain,{narrow}\nS1,Access,Distance\nS2,Access,Price\nS2,Trust,Staff\n")
    assert made.counts == (3, 2)
    book = made.records.codebook
    assert {(node.label, node.parent) for node in book if node.parent} == {
        ("Distance", "access"),
        ("Price", "access"),
        ("Staff", "trust"),
    }


def test_another_journal_is_another_study(take: Take) -> None:
    made = take("Author,Year,Journal,Pay\nLee et al.,2020,BMJ,x\nLee et al.,2020,The Lancet,x\n")
    assert made.counts == (2, 2)
    assert "the same name with another journal is another study" in made.told
    made = take(
        "Author,Year,Journal,Code\nLee,2020,BMJ,Pay\nLee,2020,British Medical Journal,Hours\n"
    )
    assert made.counts == (2, 1)


def test_studies_cited_by_number_are_told_apart(take: Take) -> None:
    made = take('Theme,Studies\nPay,"[1-3, 5]"\nHours,[2]\nTrust,"1,4"\n')
    assert made.counts == (7, 5)
    assert made.themes == {"Pay": 4, "Hours": 1, "Trust": 2}


def test_letters_after_years_stay_with_their_study(take: Take) -> None:
    made = take('Theme,Studies\nPay,"Cho 2019a, Cho 2019b"\nHours,Cho (2019b) and Ek (2012)\n')
    assert made.counts == (4, 3)
    assert {work.title for work in made.works.values()} == {"Cho 2019a", "Cho 2019b", "Ek (2012)"}


def test_none_in_a_column_of_codes_is_no_code(take: Take) -> None:
    made = take("Study,Theme\nEk 2012,Pay\nRoux 2015,None\nLee 2019,\n")
    assert made.counts == (1, 3)
    assert made.themes == {"Pay": 1}
    assert "'None' in a column of codes says that nothing was coded" in made.told


@pytest.mark.parametrize(
    ("cell", "country"),
    [
        ("Québec (Canada)", "Canada"),
        ("Georgia (USA)", "United States"),
        ("Atlanta, Georgia, USA", "United States"),
        ("Tbilisi, Georgia", "Georgia"),
    ],
)
def test_the_country_of_a_place_is_its_country(take: Take, cell: str, country: str) -> None:
    made = take(f'Study,Country,Code\nEk 2012,"{cell}",Pay\nRoux 2015,Peru,Pay\n')
    held = {row["study"]: row["country"] for row in made.rows("data/studies.csv")}
    assert [where for key, where in held.items() if key.startswith("ek")] == [country]


def test_a_row_that_heads_the_rows_below_is_no_study(take: Take) -> None:
    made = take(
        "Study,Pay,Hours\nAfrica,,\nEk 2012,x,\nRoux 2015,,x\nAsia (n=2),,\nLee 2019,x,x\n"
        "Cho 2020,,\n"
    )
    assert made.counts == (4, 4)
    assert "2 rows only head the rows below them, such as 'Africa'" in made.told
    assert "Group (the study’s)" in made.told
    assert "Studies without any code stay in every total. (1 study: Cho 2020)" in made.told


def test_a_table_with_a_column_for_each_study_is_turned(take: Take) -> None:
    made = take(
        "Theme,Subtheme,Ek 2012,Roux 2015,Lee 2019\nMoney,Pay,x,,x\n,Costs,,x,x\nTrust,Staff,x,,\n"
        "Total,,2,1,2\n"
    )
    assert made.counts == (5, 3)
    assert made.themes == {"Pay": 2, "Costs": 2, "Staff": 1}
    assert "each column from C on is read as a row" in made.told
    assert "1 row was no theme of its own, such as sums, and left out." in made.told


def test_texts_beside_several_columns_of_codes_stay_with_their_code(take: Take) -> None:
    rows = "Ek 2012,Pay,Low,Hours,Long\nRoux 2015,Pay,Late,,\n"
    for header in ("Study,Theme,Finding,Theme,Finding", "Study,Code 1,Quote 1,Code 2,Quote 2"):
        made = take(f"{header}\n{rows}")
        book = made.records.codebook
        said = {(book[f.theme].label, f.summary) for f in made.records.findings.values()}
        assert said == {("Pay", "Low"), ("Hours", "Long"), ("Pay", "Late")}


def test_columns_of_single_reviewers_do_not_count_beside_their_consensus(take: Take) -> None:
    made = take(
        "Study,R1: Pay,R1: Hours,R2: Pay,R2: Hours,Final: Pay,Final: Hours\n"
        "Ek 2012,x,,x,x,x,\nRoux 2015,,x,,x,,x\n"
    )
    assert made.counts == (2, 2)
    assert made.themes == {"Pay": 1, "Hours": 1}
    assert "Among the columns that code the same those of 'Final' count" in made.told


def test_marks_of_footnotes_are_no_part_of_ticks_and_names(take: Take) -> None:
    made = take(
        "Study,Pay,Hours\nEk 2012*,x†,\nRoux 2015¹,x,x\nEk 2012,,x\n* conference abstract,,\n"
    )
    assert made.counts == (4, 2)
    assert made.themes == {"Pay": 2, "Hours": 2}


def test_values_below_a_direction_that_come_again_are_codes(take: Take) -> None:
    made = take(
        'Study,Barriers,Facilitators\nEk 2012,"Cost, Distance",Trust\nRoux 2015,Cost,Trust\n'
        'Lee 2019,"Distance, Cost",Trust\n'
    )
    assert made.counts == (8, 3)
    assert made.themes == {"Cost": 3, "Distance": 2, "Trust": 3}
    ways = {way.id: way.label for way in made.records.settings.directions}
    told = Counter(ways[finding.direction] for finding in made.records.findings.values())
    assert dict(told) == {"Barrier": 5, "Facilitator": 3}


def test_no_column_of_texts_is_lost_beside_others(take: Take) -> None:
    made = take(
        "Study,Aim,Key findings,Limits of the study\nEk 2012,To see why,It was hard,Small\n"
        "Roux 2015,To test a way,Most agreed,One site\n"
    )
    assert made.themes == {"Key findings": 2, "Limits of the study": 2}
    held = [value for row in made.rows("data/studies.csv") for value in row.values()]
    assert {"To see why", "To test a way"} <= {*held}
    made = take("Study,Barriers,Key findings\nEk 2012,Low pay,It was hard\nRoux 2015,Hours,Good\n")
    assert made.themes == {"Barriers": 2}
    held = [value for row in made.rows("data/studies.csv") for value in row.values()]
    assert {"It was hard", "Good"} <= {*held}


def test_labels_of_references_are_codes_where_there_is_no_other_table(take: Take) -> None:
    zotero = (
        "Key,Item Type,Publication Year,Author,Title,Publication Title,DOI,Manual Tags\n"
        'ABCD1234,journalArticle,2012,"Ek, A.",One,BMJ,10.1000/1,Pay; Hours\n'
        'EFGH1234,journalArticle,2015,"Roux, B.",Two,BMJ,10.1000/2,Pay\n'
    )
    made = take(zotero)
    assert made.counts == (3, 2)
    assert made.themes == {"Pay": 2, "Hours": 1}
    assert "'Manual Tags' of table.csv is read as the codes of each reference" in made.told
    made = take("DOI,Code\n10.1000/1,Trust\n10.1000/2,Trust\n", zotero)
    assert made.counts == (2, 2)
    assert made.themes == {"Trust": 2}


# --- workbooks of several sheets ----------------------------------------------------------------


def workbook(path: Path, **sheets: str) -> Path:
    """A workbook with a sheet for each text; an underscore in a name stands for a space."""
    with xlsxwriter.Workbook(path) as book:
        for name, text in sheets.items():
            sheet = book.add_worksheet(name.replace("_", " "))
            for at, row in enumerate(csv.reader(io.StringIO(text))):
                sheet.write_row(at, 0, row)
    return path


def test_what_was_excluded_is_no_study(take: Take, tmp_path: Path) -> None:
    made = take(
        workbook(
            tmp_path / "map.xlsx",
            Included="Study,Theme\nEk 2012,Pay\n",
            Excluded="Study,Reason\nZed 1999,Wrong outcome\nYol 2000,Duplicate\n",
        )
    )
    assert made.counts == (1, 1)
    assert "map.xlsx[Excluded] (2 rows): by its name it lists what was excluded" in made.told
    assert [(sheet.name, sheet.rows) for sheet in made.taken.recipe.sheets] == [
        ("Included", "codings"),
        ("Excluded", "not read"),
    ]


def test_answers_of_an_appraisal_are_no_findings(take: Take, tmp_path: Path) -> None:
    made = take(
        workbook(
            tmp_path / "map.xlsx",
            Coding="Study,Theme\nEk 2012,Pay\nRoux 2015,Pay\n",
            MMAT="Study,Clear aim,Fit design,Overall\nEk 2012,Yes,No,Low\nRoux 2015,Yes,Yes,High\n",
        )
    )
    assert made.counts == (2, 2)
    assert made.themes == {"Pay": 2}
    facets = {facet.label: facet.of for facet in made.records.settings.facets}
    assert facets["Clear aim"] == facets["Fit design"] == "study"


def test_sheets_of_reviewers_count_once(take: Take, tmp_path: Path) -> None:
    ticks = "Study,Pay,Hours\nEk 2012,x,{}\nRoux 2015,,x\n"
    made = take(
        workbook(
            tmp_path / "map.xlsx",
            Reviewer_1=ticks.format("x"),
            Reviewer_2=ticks.format(""),
            Consensus=ticks.format(""),
        )
    )
    assert made.counts == (2, 2)
    assert "map.xlsx[Reviewer 1] (2 rows): one reviewer's coding of the studies of" in made.told
    shared = workbook(
        tmp_path / "shared.xlsx",
        Reviewer_1="Study,Pay\nEk 2012,x\n",
        Reviewer_2="Study,Pay\nRoux 2015,x\n",
    )
    assert take(shared).counts == (2, 2)


def test_names_of_sheets_may_say_the_direction(take: Take, tmp_path: Path) -> None:
    made = take(
        workbook(
            tmp_path / "map.xlsx",
            Barriers="Study,Theme\nEk 2012,Pay\n",
            Facilitators="Study,Theme\nEk 2012,Trust\nRoux 2015,Pay\n",
        )
    )
    ways = {way.id: way.label for way in made.records.settings.directions}
    told = Counter(ways[finding.direction] for finding in made.records.findings.values())
    assert dict(told) == {"Barrier": 1, "Facilitator": 2}


def test_a_list_of_abbreviations_is_no_study(take: Take) -> None:
    made = take(
        "ID,First author,Year,Country,Barriers\n1,Ek,2012,Kenya,Cost; distance\n"
        "2,Roux,2015,Peru,NR\n"
        "NR: not reported. RCT: randomised controlled trial,,,,\n"
    )
    assert made.counts == (2, 2)
    assert "A note below the table is about no study. (1 row: table.csv:4)" in made.told


# --- many rows ----------------------------------------------------------------------------------


def many(kind: str, size: int) -> str:
    """A table of a kind with so many rows, or so many codes."""
    if kind == "long":
        rows = (f"Ek{i // 5} {1990 + i % 30},Code {i % 40},Peru,Text {i}" for i in range(size))
        return "Study,Code,Country,Finding\n" + "\n".join(rows)
    if kind == "one year":
        return "Study,Code\n" + "\n".join(f"Ek{i} 2020,Code {i % 40}" for i in range(size))
    if kind == "columns":
        head = ",".join(f"Code {i}" for i in range(size))
        return f"Study,{head}\n" + "\n".join(f"Ek{i} 2020" + ",x," * (size // 2) for i in range(4))
    assert kind == "notes"
    return "Study,Code\n" + "\n".join(f"Ek{i} 2020,Code {i % 9}\nNote {i}," for i in range(size))


@pytest.mark.parametrize("kind", ["long", "one year", "columns", "notes"])
def test_twice_the_table_is_twice_the_work(tmp_path: Path, kind: str) -> None:
    calls = []
    for size in (20, 200, 400):
        table = tmp_path / f"{size}.csv"
        table.write_text(many(kind, size), encoding="utf-8")
        request = Request(tmp_path / "review", (table,))
        profile = cProfile.Profile()
        profile.runcall(take_in, request, lambda line: None)
        calls.append(sum(entry.callcount for entry in profile.getstats()))
    # What is made once is made for the first.
    assert calls[2] < calls[1] * 2.4


def test_whoever_waits_is_told_how_far_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "table.csv"
    table.write_text(many("long", 600), encoding="utf-8")
    said: list[str] = []
    clock = iter(range(0, 10_000, 3))
    monkeypatch.setattr("synth.starter.request.time.monotonic", lambda: next(clock))
    take_in(Request(tmp_path / "review", (table,)), said.append)
    assert "  Telling studies apart … 256 of 600 rows" in said
    assert "  Reading codes … 512 of 600 rows" in said


def test_lists_in_cells_do_not_decide_what_separates_cells(take: Take) -> None:
    rows = "".join(f"Ek {2000 + i},a{i}; b{i}; c{i},d{i}; e{i}\n" for i in range(9))
    made = take(f"Study,Barriers,Facilitators\n{rows}")
    assert made.counts == (45, 9)


def test_columns_called_codes_may_hold_ticks(take: Take) -> None:
    made = take("Study,Code 1,Code 2,Outcome\nEk 2012,x,,1\nRoux 2015,x,x,0\n")
    assert made.themes == {"Code 1": 2, "Code 2": 1, "Outcome": 1}


def test_a_code_named_twice_in_a_row_is_taken_once_and_told(take: Take) -> None:
    made = take("Study,Code 1,Code 2\nEk 2012,Pay,Pay\nRoux 2015,Pay,Hours\n")
    assert made.themes == {"Pay": 2, "Hours": 1}
    assert (
        "A code that a row names twice was taken once. (1 row: table.csv:2: 'Code 2')" in made.told
    )


def test_a_code_that_nobody_ticked_is_a_code_when_somebody_does(
    again: Callable[..., str], tmp_path: Path
) -> None:
    again("Study,Country,Pay,Hours,Travel\nEk 2012,Peru,x,,\nRoux 2015,Kenya,x,x,\n")
    assert {*rows_of(tmp_path, "codebook")} == {"pay", "hours", "travel"}
    told = again("Study,Country,Pay,Hours,Travel\nEk 2012,Peru,x,,x\nRoux 2015,Kenya,x,x,\n")
    assert "1 new finding: ek2012-02." in told
    assert rows_of(tmp_path, "coded_studies")["ek2012-02"]["theme"] == "travel"


def test_a_column_renamed_beyond_likeness_is_told_by_what_it_holds(
    again: Callable[..., str], tmp_path: Path
) -> None:
    again("Study,Country,Code,Notes\nEk 2012,Peru,Pay,first\nRoux 2015,Kenya,Pay,second\n")
    told = again(
        "Study,Code,Weather,Remarks\nEk 2012,Pay,dry,first\nRoux 2015,Pay,wet,second\n"
        "Lee 2020,Pay,dry,third\n"
    )
    assert "'Notes' that table.csv no longer has. It may be called 'Remarks' now" in told
    assert "country: 'not established' for 1 new study" in told
    assert rows_of(tmp_path, "studies")["lee2020"]["country"] == "not established"
    assert rows_of(tmp_path, "studies")["ek2012"]["country"] == "Peru"
    assert "Missing:" not in told
    assert "The title is" not in told


def test_a_review_of_one_direction_is_seen_at_a_glance(take: Take, tmp_path: Path) -> None:
    take("Study,Pay,Hours\nEk 2012,x,\nRoux 2015,x,x\n")
    view = Review.load(tmp_path / "review").at_a_glance()
    assert view.title == "What was coded, theme by theme"
    assert [(row["theme"], row["reported"]) for row in view.rows] == [("Pay", 2), ("Hours", 1)]
    assert "stand on the line" not in view.html


def test_none_beside_another_code_adds_up(take: Take) -> None:
    made = take("Study,Code 1,Code 2\nEk 2012,Pay,None\nRoux 2015,no,Hours\n")
    assert made.themes == {"Pay": 1, "Hours": 1}


def test_both_sides_of_a_form_are_read_alike(take: Take) -> None:
    made = take(
        "Study,Barriers,Facilitators\nEk 2012,Low pay; Stigma,Training\nRoux 2015,Stigma,NR\n"
        "Lee 2019,Low pay,Clear policy\n"
    )
    assert made.themes == {"Low pay": 2, "Stigma": 2, "Training": 1, "Clear policy": 1}


def test_a_group_above_both_directions_is_no_code(take: Take) -> None:
    made = take(
        "Study,Country,What was reported,\n,,Barriers,Facilitators\n"
        "Ek 2012,Peru,Low pay in all posts,A good team\nRoux 2015,Togo,Stigma,Time to learn\n"
    )
    assert made.themes == {"Barriers": 2, "Facilitators": 2}


# --- what other tables say in their own way ------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["+", "−", "0", "+/-"], {"Positive": 1, "Negative": 1, "No effect": 1, "Mixed": 1}),
        (["↑", "-", "↔", ""], {"Positive": 1, "Negative": 1, "No effect": 1, "Not stated": 1}),
        (["F", "B", "b/f", "F"], {"Facilitator": 2, "Barrier": 1, "Both": 1}),
        (["Enabler", "enablers", "Barrier", "-"], {"Enabler": 2, "Barrier": 1, "Not stated": 1}),
        (["Pos.", "positive", "neg", "Negative"], {"Positive": 2, "Negative": 2}),
        (
            ["+", "++", "-", "--"],
            {"Positive": 1, "Positive (++)": 1, "Negative": 1, "Negative (--)": 1},
        ),
    ],
)
def test_marks_in_a_column_of_directions_are_read_and_told(
    take: Take, cells: list[str], expected: dict[str, int]
) -> None:
    rows = [f"S{at} Roe 20{10 + at},Pay,{cell},It says {at}." for at, cell in enumerate(cells)]
    made = take("Study,Code,Effect,Finding\n" + "\n".join(row[3:] for row in rows) + "\n")
    labels = {d.id: d.label for d in made.records.settings.directions}
    found = Counter(labels[f.direction] for f in made.records.findings.values())
    assert {name.casefold(): n for name, n in found.items()} == {
        name.casefold(): n for name, n in expected.items()
    }
    assert "are read as one word each" in made.told


@pytest.mark.parametrize("mark", ["idem", "(See above)", "〃", '"""', "siehe oben", "同上"])
def test_a_cell_that_says_as_above_is_what_stands_above(take: Take, mark: str) -> None:
    mark = '""""' if mark == '"""' else mark
    made = take(
        "Study,Setting,Theme,Finding\nAdler 2016,Ward,Space,No room.\n"
        f"{mark},{mark},Money,No money.\nBraun 2017,{mark},{mark},Less money.\n"
    )
    assert made.counts == (3, 2)
    assert made.themes == {"Space": 1, "Money": 2}
    assert {row["setting"] for row in made.rows("data/studies.csv")} == {"Ward"}
    assert "4 cells that say 'as above' got what" in made.told


def test_an_as_above_with_nothing_above_it_stays(take: Take) -> None:
    made = take("Study,Theme,Remark\nAdler 2016,Space,see above\nBraun 2017,Money,ditto\n")
    assert "1 cell that says 'as above' got what stands above" in made.told


@pytest.mark.parametrize(
    ("label", "families", "others"),
    [
        ("Lévesque et Bélanger (2015)", ["Lévesque", "Bélanger"], False),
        ("García y de la Cruz, 2015", ["García", "de la Cruz"], False),
        ("D'Amour et coll. 2015", ["D'Amour"], True),
        ("Öberg m.fl. (2015)", ["Öberg"], True),
        ("Souza e cols. 2015", ["Souza"], True),
        ("Kowalska i in. 2015", ["Kowalska"], True),
        ("佐藤 他 2015", ["佐藤"], True),
        ("Ministère de la Santé et du Travail social (2015)", [], False),
    ],
)
def test_authors_are_told_apart_in_other_languages(
    take: Take, label: str, families: list[str], others: bool
) -> None:
    made = take(f'Studie,Thema,Befund\n"{label}",Pay,It is low.\nRoux 2016,Pay,It is fair.\n')
    work = next(work for key, work in made.works.items() if key != "roux2016")
    if families:
        assert [name.last or name.family for name in work.authors] == families
        assert work.and_others == others
    else:
        assert len(work.authors) < 2


@pytest.mark.parametrize(
    "foot", ["Total studies (%)", "Number of papers", "Total, n (%)", "Gesamt"]
)
@pytest.mark.parametrize("tick", ["✓", "x", "Yes"])
def test_a_row_of_sums_is_no_study_whatever_it_is_called(take: Take, foot: str, tick: str) -> None:
    made = take(
        "#;Author and year;Country;Cost;Time\n"
        f"1;Ash, 2012;UK;{tick};\n2;Fir, 2013;UK;{tick};{tick}\n;{foot};;2 (100%);1 (50%)\n"
    )
    assert made.counts == (3, 2)
    assert made.themes == {"Cost": 2, "Time": 1}
    assert "A row of sums is about no study" in made.told


def test_years_are_seen_by_the_cells_of_their_column(take: Take) -> None:
    made = take("Författare,Utgiven,Titel,Kod\nEk,2019,Natt,Lön\nHolm,2021,Dag,Tid\n")
    assert [work.year for work in made.works.values()] == [2019, 2021]


def test_a_year_of_something_else_beside_dated_names_is_no_year(take: Take) -> None:
    made = take("Study,Data from,Code\nEk 2019,2011,Pay\nHolm 2021,2012,Time\n")
    assert [work.year for work in made.works.values()] == [2019, 2021]
    assert "data_from" in made.rows("data/studies.csv")[0]


def test_studies_that_the_list_of_studies_lacks_are_told(take: Take) -> None:
    made = take(
        "Study ID,First author,Year,Country\nS01,Ng,2011,Peru\nS02,Ong,2012,Peru\n",
        "Study ID,Code,Quote\nS01,Cost,It is dear.\nS2,Cost,It is cheap.\n",
    )
    assert "that table.csv does not name stand as further studies" in made.told
    assert "'S2'" in made.told
    assert made.works["ng2011"].authors[0].family == "Ng"


def test_two_answers_to_a_form_about_one_study_are_two_codings(take: Take) -> None:
    made = take(
        "Timestamp,Email Address,Study,Barriers,Facilitators\n"
        '1,a@example.org,Hall 2018,"Cost, Distance",Radio\n'
        "2,b@example.org,Hall 2018,Cost,Radio\n3,a@example.org,Irwin 2019,Distance,Radio\n"
    )
    assert made.counts == (5, 2)
    assert "example.org" not in "".join(made.taken.draft.files.values())
    assert "differs within a study, so it is read as who extracted the row" in made.told


def test_columns_below_a_group_called_theme_are_ranks(take: Take) -> None:
    made = take(
        "Study,Thema,,Richtung,Befund\n,Ober,Unter,,\n"
        "Ek 2014,Arbeit,Lohn,+,Lohn hilft.\nHolm 2015,Arbeit,Zeit,-,Zeit fehlt.\n"
        "Holm 2015,Team,Klima,-,Es ist kalt.\n"
    )
    assert made.themes == {"Lohn": 1, "Zeit": 1, "Klima": 1}
    parents = {row["id"]: row["parent"] for row in made.rows("data/codebook.csv")}
    assert parents == {
        "arbeit": "",
        "team": "",
        "lohn": "arbeit",
        "zeit": "arbeit",
        "klima": "team",
    }


def test_columns_of_rules_and_examples_are_no_ranks_of_a_codebook(
    take: Take, tmp_path: Path
) -> None:
    codes = tmp_path / "codes.csv"
    codes.write_text(
        "No.,Level 1,Level 2,Definition,Anchor example,Coding rule,Frequency\n"
        '1,Person,,Who,,,3\n1.1,,Skills,,"""I can""",not motives,2\n2,Place,,,,,1\n',
        encoding="utf-8",
    )
    made = take(
        "Paper,Code,Text\nFay 2018,1.1 Skills,She can.\nGil 2019,Place,It is dark.\n",
        codebook=codes,
    )
    assert made.themes == {"Skills": 1, "Place": 1}
    labels = [row["label"] for row in made.rows("data/codebook.csv")]
    assert labels == ["Person", "Skills", "Place"]


def test_lines_of_a_cell_that_is_no_list_stay_apart(take: Take) -> None:
    made = take('Study,Setting,Code\nEk 2019,"School\nHome",Pay\nRoux 2020,Home,Pay\n')
    assert made.rows("data/studies.csv")[0]["setting"] == "School; Home"


# --- studies as people cite them ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "keys"),
    [
        ("(Kemp et al., 2012a, 2012b)", {"kemp2012a", "kemp2012b"}),
        ("Kemp 2012a,b; Lund (2013)", {"kemp2012a", "kemp2012b", "lund2013"}),
        ("Kemp (2012, 2014)", {"kemp2012", "kemp2014"}),
        ("see Kemp 2012; e.g. Lund, 2013", {"kemp2012", "lund2013"}),
        ("vgl. Kemp 2012", {"kemp2012"}),
        ("Kemp and Lund 2012", {"kemp2012"}),
        ("Kemp et al.3 (2012)", {"kemp2012"}),
        ("Kemp & Lund7 (2012)", {"kemp2012"}),
        ("Kemp et al. - 2012 - A long title.pdf", {"kemp2012"}),
    ],
)
def test_no_study_of_a_cell_is_lost(take: Take, cell: str, keys: set[str]) -> None:
    made = take(f'Theme,Finding,Studies\nCost,It is dear.,"{cell}"\nTime,It is slow.,Zorn 2001\n')
    assert set(made.works) == keys | {"zorn2001"}
    assert made.counts == (len(keys) + 1, len(keys) + 1)


def test_headings_again_and_a_table_that_goes_on_are_no_studies(take: Take) -> None:
    made = take(
        "Study,Country,Theme\nAdams 2010,Peru,Cost\nTable 1 (continued),,\nStudy,Country,Theme\n"
        "Bond 2011,Peru,Time\n"
    )
    assert made.counts == (2, 2)
    assert "A row that repeats the headings" in made.told
    assert "A row that only says that the table goes on" in made.told


@pytest.mark.parametrize(
    ("one", "two", "agreed"),
    [
        ("Code (Coder A)", "Code (Coder B)", "Agreed code"),
        ("Theme - Reviewer 1", "Theme - Reviewer 2", "Final theme"),
        ("Coder 1: Category", "Coder 2: Category", "Category (consensus)"),
    ],
)
def test_the_codes_that_coders_agreed_on_count(take: Take, one: str, two: str, agreed: str) -> None:
    made = take(
        f"Study,{one},{two},{agreed}\nOtto 2010,Pay,Time,Time\nPohl 2011,Pay,Trust,Trust\n"
        "Roe 2012,Time,Time,Time\n"
    )
    assert made.themes == {"Time": 2, "Trust": 1}
    assert [row["theme"] for row in made.rows("data/first_coding.csv")] == ["pay", "pay", "time"]
    assert [row["theme"] for row in made.rows("data/second_coding.csv")] == [
        "time",
        "trust",
        "time",
    ]
    assert f"{agreed!r} counts among the columns that code the same" in made.told


@pytest.mark.parametrize(
    "names",
    [
        ("Vega et al. 2016", "Vega 2016"),
        ("Vega 2016", "Vega et al. 2016"),
        ("Vega et al. 2016", "Vega 2016", "Vega et al., 2016"),
    ],
)
def test_a_label_that_fits_two_works_is_asked_about_beside_those_that_fit_one(
    take: Take, tmp_path: Path, names: tuple[str, ...]
) -> None:
    bib = tmp_path / "lib.bib"
    bib.write_text(
        "@article{v1, author={Vega, L and Ruiz, A and Sol, B}, title={One}, year=2016}\n"
        "@article{v2, author={Vega, L}, title={Two}, year=2016}\n",
        encoding="utf-8",
    )
    table = "Study;Code\n" + "".join(f"{name};Pay\n" for name in names)
    with pytest.raises(ReviewError) as refused:
        take(table, bib=bib)
    (problem,) = refused.value.problems
    assert (problem.code, problem.line) == ("work-ambiguous", 2 + names.index("Vega 2016"))


@pytest.mark.parametrize(
    ("other", "key"),
    [
        ("author={Lee, Anna}, title={BEDS: A SURVEY}, volume=3, pages={1--9}, year=2019", "two"),
        ("author={Lee, A.}, title={Beds: a survey}, year=2019", "one"),
        ("author={Lee, A.}, title={Beds: a survey}, pages={44}, year=2019", ""),
        ("author={Lee, A.}, title={Chairs}, year=2019", ""),
    ],
)
def test_a_work_that_the_references_have_twice_is_one(
    take: Take, tmp_path: Path, other: str, key: str
) -> None:
    bib = tmp_path / "lib.bib"
    bib.write_text(
        "@article{one, author={Lee, Anna}, title={Beds: a survey}, pages={1--9}, year=2019}\n"
        f"@article{{two, {other}}}\n",
        encoding="utf-8",
    )
    if not key:
        with pytest.raises(ReviewError, match="can mean several works"):
            take("Study;Code\nLee 2019;Pay\n", bib=bib)
        return
    made = take("Study;Code\nLee 2019;Pay\n", bib=bib)
    assert [row["study"] for row in made.rows("data/studies.csv")] == [key]
    assert "Entries of lib.bib that say a work a second time were left out." in made.told


def test_a_work_that_stands_twice_takes_no_letter_from_others(take: Take, tmp_path: Path) -> None:
    def entry(title: str, *more: str) -> str:
        lines = ("TY  - JOUR", "AU  - Lee, A", f"TI  - {title}", "PY  - 2019", *more, "ER  - ", "")
        return "\n".join(lines)

    bib = tmp_path / "r.ris"
    twice = entry("Beds of wide rooms") + entry("Beds of wide rooms", "JO  - Rooms", "VL  - 3")
    bib.write_text(twice, "utf-8")
    made = take("Study;Code\nLee 2019;Pay\n", bib=bib)
    assert [(key, work.container) for key, work in made.works.items()] == [("lee2019", "Rooms")]
    bib.write_text(twice + entry("Chairs"), "utf-8")
    made = take("Study;Code\nLee 2019b;Pay\nLee 2019a;Time\n", bib=bib)
    assert {key: work.title for key, work in made.works.items()} == {
        "lee2019a": "Beds of wide rooms",
        "lee2019b": "Chairs",
    }


def test_what_statistics_programs_write_is_read(take: Take) -> None:
    made = take(
        ",study_id,author,year,theme\n0,11.0,Abe,2011.0,Pay\n1,12.0,Chu,2012.0,<NA>\n"
        "2,12.0,Chu,2012.0,Time\n",
        "study_id,country\n11,Peru\n12,NaN\n",
    )
    assert made.counts == (2, 2)
    assert [row["record"] for row in made.rows("data/studies.csv")] == ["11", "12"]
    assert "column_1" not in made.rows("data/studies.csv")[0]


def test_headings_with_dots_are_codes_below_what_they_begin_with(take: Take) -> None:
    made = take("Study,Outcome.Yield,Outcome..Income\nLund 2001,1,0\nMoss 2002,0,1\n")
    assert made.themes == {"Yield": 1, "Income": 1}


def test_counts_with_their_share_are_findings_unless_they_are_nought(take: Take) -> None:
    made = take(
        "Study,Country,Pay n (%),Time n (%)\nEck 2010,UK,3 (12%),0 (0%)\n"
        "Fry 2011,UK,,4/20 (20.0%)\nGore 2012,UK,1 (2%),–\n"
    )
    assert made.counts == (3, 3)
    assert "12%" not in "".join(row["summary"] for row in made.rows("data/coded_studies.csv"))


@pytest.mark.parametrize("names", [("Work", "Money"), ("1 Staff", "2 Place")])
def test_sheets_alike_with_barriers_and_facilitators_are_called_after_their_codes(
    take: Take, tmp_path: Path, names: tuple[str, str]
) -> None:
    one = "Study,Barrier,Facilitator\nNash 2010,There is no time.,The boss is good.\n"
    two = "Study,Barrier,Facilitator\nNash 2010,Pay is low.,\nPike 2012,,Grants help.\n"
    book = tmp_path / "t.xlsx"
    made = take(workbook(book, **dict(zip(names, (one, two), strict=True))))
    assert sorted(made.themes.values()) == [2, 2]
    assert {name.lstrip("12 ") for name in made.themes} == {name.lstrip("12 ") for name in names}
    assert "its name is the code of its findings" in made.told


def test_a_text_that_cites_studies_is_not_the_study(take: Take) -> None:
    table = (
        "Domain,Barriers,Facilitators\nInner,Blame (Dahl 2012; Eng 2013),Trust (Dahl 2012)\n"
        "Inner,No rooms (Eng 2013),\nOuter,,Law (Foss 2014)\n"
    )
    with pytest.raises(ReviewError) as refused:
        take(table)
    assert [problem.code for problem in refused.value.problems] == ["import-no-study"]


def test_a_number_of_pubmed_central_is_none_of_pubmed(take: Take) -> None:
    made = take(
        "Title,PMID,Author,Year,Code\nOne,PMID: 31234567,Kim,2015,Pay\n"
        "Two,PMC1234567,Moe,2017,Time\n"
    )
    assert [row["pmid"] for row in made.rows("data/studies.csv")] == ["31234567", ""]
    assert made.works["moe2017"].url.endswith("/PMC1234567/")


@pytest.mark.parametrize("word", ["Partly", "teilweise", "Delvis", "部分"])
def test_in_part_is_a_tick_with_that_word(take: Take, word: str) -> None:
    made = take(f"Study,Cost,Time\nLee 2010,Yes,No\nHsu 2011,{word},Yes\nJain 2012,{word},No\n")
    assert made.themes == {"Cost": 3, "Time": 1}
    assert Counter(row["summary"] for row in made.rows("data/coded_studies.csv"))[word] == 2


def test_what_an_appraisal_says_beside_topics_is_no_finding(take: Take) -> None:
    made = take(
        "Study,Knowledge,Attitudes,Overall quality\nAho 2015,They knew little of it.,,High\n"
        "Beck 2016,,They were sceptical at first.,Low\n"
    )
    assert made.themes == {"Knowledge": 1, "Attitudes": 1}
    assert [row["overall_quality"] for row in made.rows("data/studies.csv")] == ["High", "Low"]


# --- files that changed in other ways -----------------------------------------------------------


def test_what_a_coder_changed_is_taken_over_unless_the_author_changed_it(
    again: Callable[..., str], tmp_path: Path
) -> None:
    head = "Study,Coder A theme,Coder B theme,Final theme"
    table = f"{head}\nLee 2020,Pay,Pay,Pay\nEk 2021,Rest,{{}},Rest\n"
    again(table.format("Rest"))
    said = again(table.format("Pay"))
    assert "second_coding.csv: 1 finding of a coder changed" in said
    assert rows_of(tmp_path, "second_coding")["ek2021-01"]["theme"] == "pay"
    assert "Nothing changed" in again(table.format("Pay"))
    (file,) = tmp_path.rglob("data/second_coding.csv")
    file.write_text(
        file.read_text("utf-8").replace("lee2020,pay", "lee2020,rest"), encoding="utf-8"
    )
    assert "second_coding.csv: the files say otherwise now; yours was kept" in again(
        table.format("Rest")
    )
    assert rows_of(tmp_path, "second_coding")["lee2020-01"]["theme"] == "rest"


def test_a_study_gone_from_the_files_stays_until_it_is_taken_out(
    again: Callable[..., str], tmp_path: Path
) -> None:
    again(FIRST)
    before = rows_of(tmp_path, "studies")
    less = FIRST.replace("Lee 2020,Pay,helps,one,Peru\n", "")
    for _ in range(2):  # told each time, not only the first
        said = again(less)
        assert "1 study gone from the files stays in the review" in said
        assert "stand as background" not in said
        assert "an entry waits for your next version" not in said
        assert rows_of(tmp_path, "studies") == before
        assert "lee2020-01" in rows_of(tmp_path, "coded_studies")
    again(less, prune=True)
    assert rows_of(tmp_path, "studies")["lee2020"]["role"] == "background"
    assert "lee2020-01" not in rows_of(tmp_path, "coded_studies")


@pytest.mark.parametrize(
    ("old", "new"), [("Study", "Article"), ("Code", "Label"), ("Effect", "Sign of effect")]
)
def test_a_column_that_makes_findings_what_they_are_is_not_missed_silently(
    again: Callable[..., str], tmp_path: Path, old: str, new: str
) -> None:
    again(FIRST)
    before = rows_of(tmp_path, "coded_studies")
    with pytest.raises(ReviewError) as refused:
        again(FIRST.replace(old, new, 1))
    (problem,) = refused.value.problems
    assert problem.code == "import-column-gone"
    assert f"Is it called {new!r} now?" in str(problem)
    assert rows_of(tmp_path, "coded_studies") == before


def test_a_mark_that_comes_later_is_read_like_the_others(
    again: Callable[..., str], tmp_path: Path
) -> None:
    table = FIRST.replace("helps", "+").replace("hinders", "0")
    again(table)
    said = again(table + "Ek 2022,Hours,-,four,Peru\n")
    assert "'Effect': '-' is read as 'Negative'" in said
    assert rows_of(tmp_path, "coded_studies")["ek2022-01"]["direction"] == "negative"


# --- codebooks as teams write them --------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Code,Description\nWork,\n  Pay,money\n    Late pay,\n  Hours,\nHome,\n", "Work"),
        ("Work\n\tPay\n\t\tLate pay\n\tHours\nHome\n", "Work"),
        ("Code\n1 Work\n1.1 Pay\n1.1.1 Late pay\n1.2 Hours\n2 Home\n", "1 Work"),
        ("Label\n1. Work\n1.1. Pay\n1.1.1. Late pay\n1.2. Hours\n2. Home\n", "1. Work"),
        (
            "Code ID,Parent ID,Code name\nW,,Work\nP,W,Pay\nL,P,Late pay\nH,W,Hours\nO,,Home\n",
            "Work",
        ),
    ],
)
def test_an_outline_is_a_codebook_with_ranks(
    take: Take, tmp_path: Path, text: str, first: str
) -> None:
    codes = tmp_path / "codes.txt"
    codes.write_text(text, encoding="utf-8")
    made = take("Study,Code,Text\nAbe 2010,Late pay,a\nBo 2011,Hours,b\n", codebook=codes)
    rows = {row["id"]: row for row in made.rows("data/codebook.csv")}
    parents = {name.removeprefix("code-"): row["parent"] for name, row in rows.items()}
    assert parents == {"work": "", "pay": "work", "late-pay": "pay", "hours": "work", "home": ""}
    assert rows["work"]["label"] == first
    assert len(made.themes) == 2


def test_bullets_of_a_list_stand_below_what_has_none(take: Take, tmp_path: Path) -> None:
    codes = tmp_path / "codes.txt"
    codes.write_text("Work\n- Pay\n- Hours\nHome\n- Garden\n", encoding="utf-8")
    made = take("Study,Code,Text\nAbe 2010,Pay,a\nBo 2011,Garden,b\n", codebook=codes)
    assert made.themes == {"Pay": 1, "Garden": 1}
    assert {row["id"]: row["parent"] for row in made.rows("data/codebook.csv")} == {
        "work": "",
        "pay": "work",
        "hours": "work",
        "home": "",
        "garden": "home",
    }
    assert "'Work' is read as a code and not as a heading" in made.told


def test_numbers_of_an_outline_name_its_codes(take: Take, tmp_path: Path) -> None:
    codes = tmp_path / "codes.csv"
    codes.write_text("Code\n1 Work\n1.1 Pay\n1.2 Hours\n2 Home\n", encoding="utf-8")
    made = take("Study,Code,Text\nAbe 2010,1.1,a\nBo 2011,2,b\nCy 2012,Hours,c\n", codebook=codes)
    assert made.themes == {"1.1 Pay": 1, "2 Home": 1, "1.2 Hours": 1}


# --- what stands in few columns -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("UK (Scotland) and Ireland", {"United Kingdom", "Ireland"}),
        ("Kenya (Nairobi, Kisumu) and Uganda", {"Kenya", "Uganda"}),
        ("USA: Texas, Ohio", {"United States"}),
        ("Ontario (Canada)", {"Canada"}),
        ("Peru (Lima; Cusco) / Chile (Arica)", {"Peru", "Chile"}),
    ],
)
def test_no_country_of_a_cell_is_lost(take: Take, cell: str, expected: set[str]) -> None:
    made = take(f'Study,Country,Code\nAbe 2010,"{cell}",Pay\nBo 2011,Peru,Pay\n')
    (row, _) = made.rows("data/studies.csv")
    assert set(row["country"].split(";")) == expected


@pytest.mark.parametrize(
    ("yes", "no"), [("Yes", "No"), ("include", "exclude"), ("1", "0"), ("Included", "Excluded")]
)
def test_rows_that_say_they_are_not_included_are_no_studies(take: Take, yes: str, no: str) -> None:
    made = take(
        f"Study,Include?,Reason,Theme\nAbe 2010,{yes},,Pay\nBo 2011,{no},wrong people,\n"
        f"Cy 2012,{yes},,Time\nDi 2013,{no},wrong design,Pay\n"
    )
    assert made.counts == (2, 2)
    assert "2 rows say in 'Include?' that the study is not included" in made.told


def test_a_column_that_is_said_to_be_a_filter_decides_on_no_study(take: Take) -> None:
    table = "Study,Include?,Theme\nAbe 2010,Yes,Pay\nBo 2011,No,Time\nCy 2012,Yes,Time\n"
    assert '--columns "filter=Include?" keeps them' in take(table).told
    made = take(table, columns=("filter=Include?",))
    assert made.counts == (3, 3)
    assert "is not included" not in made.told


@pytest.mark.parametrize(
    ("heading", "yes", "no"),
    [
        ("inclusion", "included", "excluded"),
        ("Status in the reading phase", "ACCEPTED", "REJECTED"),
        ("Recommandation", "INCLURE", "EXCLURE"),
        ("Screening decision", "Include", "Exclude"),
    ],
)
def test_decisions_in_words_are_kept_beside_columns_of_ticks(
    take: Take, heading: str, yes: str, no: str
) -> None:
    made = take(
        f"Study,Status of selection,{heading},Pay,Time\nAbe 2010,accepted,{yes},1,0\n"
        f"Bo 2011,rejected,,0,1\nCy 2012,accepted,{no},1,1\nDi 2013,accepted,pending,0,1\n"
    )
    assert made.counts == (2, 2)
    assert made.themes == {"Pay": 1, "Time": 1}
    assert "1 row says in 'Status of selection' that the study is not included" in made.told
    assert f"1 row says in {heading!r} that the study is not included" in made.told
    assert f"1 row does not say so in {heading!r}; imported." in made.told


def test_what_all_studies_were_decided_to_be_is_no_code(take: Take) -> None:
    made = take(
        "Study,Status,Aim\nAbe 2010,Accepted,Cure\nBo 2011,Accepted,Care\n"
        "Cy 2012,Accepted,Cure\nDi 2013,Accepted,Care\n"
    )
    assert "Accepted" not in {row["label"] for row in made.rows("data/codebook.csv")}
    assert made.counts == (4, 4)


def test_a_variable_that_was_left_out_leaves_no_study_out(take: Take) -> None:
    made = take("Study,Income variable,Pay,Time\nAbe 2010,Included,1,0\nBo 2011,Excluded,0,1\n")
    assert made.counts == (2, 2)


def test_the_letter_behind_a_year_may_have_a_column(take: Take) -> None:
    made = take(
        "authors,year,letter,Pay,Time\nAbe et al.,2020,a,x,\nAbe et al.,2020,b,,x\nBo,2019,,x,x\n"
    )
    assert made.counts == (4, 3)
    assert sorted(made.works) == ["abe2020a", "abe2020b", "bo2019"]
    assert "'letter' is read as the letter behind the year in 'year'." in made.told


@pytest.mark.parametrize(
    ("heading", "directions"),
    [
        ("Risks", {"harm"}),
        ("Risk_Mitigation_Evidence", {"reported"}),
        ("By kind of risk", {"reported"}),
        ("Risk category", {"reported"}),
    ],
)
def test_what_is_asked_of_a_risk_is_no_harm(take: Take, heading: str, directions: set[str]) -> None:
    made = take(f"Study,{heading}\nAbe 2010,R1\nBo 2011,R2\nCy 2012,R1\nDi 2013,R2\n")
    assert {row["direction"] for row in made.rows("data/coded_studies.csv")} == directions


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("Country where it was done", {"Peru", "Chile"}),
        ("author_countries", {""}),
        ("Country of 1st author affiliation", {""}),
        ("Publisher country", {""}),
    ],
)
def test_where_people_sit_is_not_where_a_study_was_done(
    take: Take, heading: str, expected: set[str]
) -> None:
    made = take(f"Study,{heading},Code\nAbe 2010,Peru,Pay\nBo 2011,Chile,Pay\nCy 2012,Peru,Time\n")
    assert {row.get("country", "") for row in made.rows("data/studies.csv")} - {
        "not reported"
    } == expected - {"not reported"}


@pytest.mark.parametrize(
    ("cell", "families", "others"),
    [
        ("O’Neil, P., Ball, D., & Nys, M.", ["O’Neil", "Ball", "Nys"], False),
        ("Abe, A., Bo, N. E., and Cy, M", ["Abe", "Bo", "Cy"], False),
        ("Abe D, Bo M", ["Abe", "Bo"], False),
        ("L Abe-Cruz, MF Bo, M Cy…", ["Abe-Cruz", "Bo", "Cy"], True),
        ("J. Abe; X. van Bo", ["Abe", "van Bo"], False),
        (r"Mac\'{\i}as, Aurora and Bo, Ek", ["Macías", "Bo"], False),
        ("UN Women", ["UN Women"], False),
        ("Abe, Bo, Cy", ["Abe", "Bo", "Cy"], False),
        ("IRENA, IAEA", ["IRENA"], False),
    ],
)
def test_authors_of_a_list_are_people_each(
    take: Take, cell: str, families: list[str], others: bool
) -> None:
    made = take(f'Title,Authors,Year,Pay,Time\nOn bread,"{cell}",2010,x,\nOn salt,Di,2011,,x\n')
    (work,) = (work for work in made.works.values() if work.year == 2010)
    assert [name.family for name in work.authors] == families
    assert work.and_others is others


def test_signs_of_latex_in_columns_of_titles_and_journals_are_read(take: Take) -> None:
    made = take(
        "Title,Authors,Year,Journal,Pay,Time\n"
        r'"Rest \& sleep",Abe,2010,"Care \& Cure",x,' + "\nOn salt,Bo,2011,Salt,,x\n"
    )
    (work,) = (work for work in made.works.values() if work.year == 2010)
    assert work.title == "Rest & sleep"
    assert work.container == "Care & Cure"


def test_initials_of_those_who_extracted_are_not_published(take: Take) -> None:
    made = take(
        "Study,extractor_initials,verifier_initials,Pay,Time\nAbe 2010,QX,ZV,1,0\n"
        "Bo 2011,QX,ZV,0,1\nCy 2012,QX,ZV,1,1\n"
    )
    assert made.counts == (4, 3)
    for name in ("studies", "coded_studies"):
        assert not {"QX", "ZV"} & {v for row in made.rows(f"data/{name}.csv") for v in row.values()}


def test_groups_stand_above_headings_of_which_a_few_are_alike(take: Take) -> None:
    made = take(
        ",,,,,,Needs,,,Means,,\n"
        "ID,Study,Title,ID,Place,Year of work,Pay,Time,Model,Rooms,Beds,Model\n"
        "1,Abe 2010,On bread,A,Ward,2009,x,,x,,x,\n2,Bo 2011,On salt,B,Home,2010,,x,,x,,x\n"
        "3,Cy 2012,On oil,C,Ward,2011,x,x,,,x,x\n"
    )
    assert made.counts == (10, 3)
    assert "are headings together, such as 'Needs: Pay'" in made.told


def test_citations_of_a_study_count_no_code(take: Take) -> None:
    made = take("Study,Pay,Time,Cites\nAbe 2010,1,0,110\nBo 2011,0,3,0\nCy 2012,2,1,7\n")
    assert made.themes == {"Pay": 2, "Time": 2}


@pytest.mark.parametrize("named", ["", "theme=Outcome"])
def test_a_list_of_references_is_coded_where_its_codes_are_named(take: Take, named: str) -> None:
    table = (
        "Title,Authors,Published Year,Covidence #,Study,Outcome\n"
        'On bread,"Abe, A.",2010,#1,Abe 2010,Pay\nOn salt,"Bo, B.",2011,#2,Bo 2011,Time\n'
    )
    if named:
        assert take(table, columns=[named]).counts == (2, 2)
        return
    with pytest.raises(ReviewError) as caught:
        take(table)
    assert codes_of(caught) == ["import-references-alone"]
    assert "'Outcome'" in str(caught.value)


@pytest.mark.parametrize(
    ("heading", "one", "two"),
    [("Type", "Barrier", "Facilitator"), ("Sort", "Hindernis", "Fördernd"), ("Q7", "↑", "↓")],
)
def test_a_column_of_directions_is_seen_by_its_cells(
    take: Take, heading: str, one: str, two: str
) -> None:
    made = take(
        f"Author,Year,{heading},Factor,Description\nAbe,2010,{one},Fear,They fear it.\n"
        f"Abe,2010,{two},Boss,The boss backs it.\nBo,2011,{one},Fear,Fear again.\n"
    )
    assert Counter(f.direction for f in made.records.findings.values()).most_common()[0][1] == 2
    assert len(made.records.settings.directions) == 2


def test_a_whole_reference_in_a_cell_gives_its_doi(take: Take) -> None:
    cite = "Roos P, Saal Q. One study. J Care. 2015;3:1-9. doi:10.5555/k.1"
    made = take(f'Reference,Theme\n"{cite}",Pay\n"Tack R. Two. J Care. 2016.",Time\n')
    assert {work.doi for work in made.works.values()} == {"10.5555/k.1", ""}


@pytest.mark.parametrize("heading", ["Included", "Inclusion", "Decision"])
def test_a_code_among_ticks_that_is_called_included_is_a_code(take: Take, heading: str) -> None:
    made = take(f"Study,{heading},Respect\nAbe 2010,Yes,No\nBo 2011,No,Yes\nCy 2012,Yes,Yes\n")
    assert made.counts == (4, 3)
    assert made.themes == {heading: 2, "Respect": 2}


def ways_of(made: Made) -> list[tuple[str, str]]:
    """The code and the direction of each finding, by their labels."""
    book = made.records.codebook
    words = {way.id: way.label for way in made.records.settings.directions}
    found = made.records.findings.values()
    return sorted((book[one.theme].label, words[one.direction]) for one in found)


@pytest.mark.parametrize("yes", ["x", "1", "ja"])
@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Barrier", "Enabler"),
        ("Hindernis", "Promotor"),
        ("–", "+"),
        ("B", "F"),
        ("Hinders", "What helps?"),
    ],
)
def test_ticks_beside_a_theme_below_directions_say_the_direction(
    take: Take, one: str, two: str, yes: str
) -> None:
    table = (
        f"Study,Theme,{one},{two}\nAbe 2010,Fear,{yes},\nBo 2011,Boss,,{yes}\n"
        f"Cy 2012,Room,{yes},{yes}\nDee 2013,Time,,\n"
    )
    made = take(table)
    other = {"+": ("Negative", "Positive"), "What helps?": ("Hinders", "Helps")}
    sides = other.get(two, ("Barrier", "Facilitator"))
    expected = [("Boss", sides[1]), ("Fear", sides[0]), ("Room", "Both"), ("Time", "Not stated")]
    assert ways_of(made) == expected
    assert made.told.count("a tick says the direction") == 1
    assert made.told.count("have the direction 'Both'. (1 row: table.csv:4)") == 1


def test_ticks_below_directions_are_filters_where_the_team_says_so(take: Take) -> None:
    table = "Study,Theme,Barrier,Enabler\nAbe 2010,Fear,x,\nBo 2011,Boss,,x\nCy 2012,Fear,,x\n"
    made = take(table, columns=("filter=Barrier|Enabler",))
    assert {way for _, way in ways_of(made)} == {"Reported"}
    named = take(table, columns=("direction=Barrier|Enabler",))
    assert ways_of(named) == [("Boss", "Facilitator"), ("Fear", "Barrier"), ("Fear", "Facilitator")]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Barrier: ", "Enabler - "),
        ("Hindernis – ", "[Fördernd] "),
        ("B: ", "(F) "),
        ("B > ", "E > "),
    ],
)
def test_a_direction_before_each_code_is_read(take: Take, one: str, two: str) -> None:
    made = take(
        f"Study,Theme\nAbe 2010,{one}Noise\nBo 2011,{two}noise; {one}Heat\nCy 2012,{two}Light\n"
    )
    assert ways_of(made) == [
        *(("Heat", "Barrier"), ("Light", "Facilitator")),
        *(("Noise", "Barrier"), ("Noise", "Facilitator")),
    ]
    assert made.told.count("Each code says a direction before or after it") == 1


def test_a_letter_before_codes_is_a_direction_only_where_both_sides_have_one(take: Take) -> None:
    made = take("Study,Theme\nAbe 2010,B: Noise\nBo 2011,B: Heat\n")
    assert ways_of(made) == [("B: Heat", "Reported"), ("B: Noise", "Reported")]
    made = take("Study,Theme\nAbe 2010,B: Noise\nBo 2011,F: Heat\nCy 2012,B/F: Noise\n")
    assert ways_of(made) == [("Heat", "Facilitator"), ("Noise", "Barrier"), ("Noise", "Both")]


def test_a_direction_before_some_codes_only_is_told(take: Take) -> None:
    made = take("Study,Theme\nAbe 2010,Barrier: Noise\nBo 2011,Enabler: Heat\nCy 2012,Light\n")
    assert {way for _, way in ways_of(made)} == {"Reported"}
    assert "2 of 3 texts in the columns of theme say a direction before or after them" in made.told
    assert "as 'Light': no direction was read" in made.told


@pytest.mark.parametrize("heading", ["Theme,Finding", "Noise,Heat"])
def test_a_direction_before_each_finding_in_words_is_read(take: Take, heading: str) -> None:
    first, second = ("Noise", "Noise") if heading.startswith("Theme") else ("", "")
    made = take(
        f"Study,{heading}\nAbe 2010,{first},Barrier: nobody could sleep in the rooms.\n"
        f"Bo 2011,{second},Enabler: the walls were thick enough for all.\n"
    )
    assert [way for _, way in ways_of(made)] == ["Barrier", "Facilitator"]
    kept = [finding.summary for finding in made.records.findings.values()]
    assert any("nobody could sleep" in text for text in kept)


@pytest.mark.parametrize(
    ("one", "two"), [("Heat & light", "Heat and light"), ("Rest (naps)", "Rest naps"), ("Café", "")]
)
def test_codes_that_differ_in_little_more_than_signs_are_told(
    take: Take, one: str, two: str
) -> None:
    made = take(
        f"Study,Theme\nAbe 2010,{one}\nBo 2011,{two or one}\nCy 2012,Age <5\nDi 2013,Age >5\n"
    )
    assert ("differ only in accents, signs or 'and'" in made.told) is bool(two)
    assert not two or f"(1 group: {one!r} and {two!r})" in made.told


def test_a_code_that_comes_later_without_the_direction_the_others_have_is_told(
    take: Take, tmp_path: Path
) -> None:
    table = "Study,Theme\nAbe 2010,Barrier: Noise\nBo 2011,Enabler: Heat\n"
    read = take(table).taken.recipe
    assert read.sheets[0].marks == {"barrier": "Barrier", "enabler": "Facilitator"}
    path = tmp_path / "table.csv"
    path.write_text(table + "Cy 2012,Light; Barrier: Heat\n", encoding="utf-8")
    again = take_in(Request(tmp_path / "other", (path,)), lambda line: None, recipe=read)
    rows = [*csv.DictReader(io.StringIO(again.draft.files["data/coded_studies.csv"]))]
    found = {(row["theme"], row["direction"]) for row in rows if row["study"] == "cy2012"}
    assert found == {("light", "not-stated"), ("heat", "barrier")}
    told = "\n".join(again.report.lines())
    assert "Findings without a direction got one, 'Not stated'. (1 row: table.csv:4)" in told


def test_a_column_for_neither_side_goes_with_those_of_the_sides(take: Take) -> None:
    made = take(
        "Study,Theme,Challenge,Enabler,Neutral\nAbe 2010,Fear,y,n,n\nBo 2011,Boss,n,y,n\n"
        "Cy 2012,Room,n,n,y\n"
    )
    expected = [("Boss", "Facilitator"), ("Fear", "Barrier"), ("Room", "No effect")]
    assert ways_of(made) == expected


def test_a_direction_in_brackets_after_each_code_is_read(take: Take) -> None:
    made = take("Study,Theme\nAbe 2010,Noise (barrier)\nBo 2011,Noise [Enabler]; Heat (barrier)\n")
    expected = [("Heat", "Barrier"), ("Noise", "Barrier"), ("Noise", "Facilitator")]
    assert ways_of(made) == expected


def test_codes_that_become_one_for_an_accent_are_told(take: Take) -> None:
    made = take("Study,Theme\nAbe 2010,Café\nBo 2011,Cafe\nCy 2012,cafe\nDi 2013,Staff\n")
    assert made.themes == {"Café": 3, "Staff": 1}
    told = "accents, hyphens or a number before them are one. (1 code: 'Cafe' is read as 'Café')"
    assert told in made.told


@pytest.mark.parametrize("rank", ["Category", "Domain"])
def test_a_rank_of_directions_alone_says_the_direction(take: Take, rank: str) -> None:
    narrow = "Subcategory" if rank == "Category" else "Theme"
    table = (
        f"Study,{rank},{narrow}\nAbe 2010,Barriers,Noise\nBo 2011,Facilitators,Noise\n"
        "Cy 2012,Barriers,Heat\nDi 2013,Facilitators,Light\n"
    )
    made = take(table)
    words = [("Heat", "Barriers"), ("Light", "Facilitators")]
    assert ways_of(made) == [*words, ("Noise", "Barriers"), ("Noise", "Facilitators")]
    assert f"'{rank}' holds directions alone" in made.told
    assert "side by side" not in made.told
    named = take(table, columns=(f"theme={rank}>{narrow}",))
    assert {way for _, way in ways_of(named)} == {"Reported"}


def test_a_direction_before_the_codes_of_the_narrowest_rank_is_read(take: Take) -> None:
    made = take(
        "Study,Theme,Subtheme\nAbe 2010,Room,Barrier: Noise\nBo 2011,Room,Enabler: Light\n"
        "Cy 2012,Team,Barrier: Fear\n"
    )
    expected = [("Fear", "Barrier"), ("Light", "Facilitator"), ("Noise", "Barrier")]
    assert ways_of(made) == expected


def test_codes_that_speak_of_barriers_are_codes_beside_a_wider_rank(take: Take) -> None:
    made = take(
        "Study,Theme,Subtheme\nAbe 2010,Room,Noise barriers\nBo 2011,Room,Enabling light\n"
        "Cy 2012,Team,Fear as a barrier\n"
    )
    assert {*made.themes} == {"Noise barriers", "Enabling light", "Fear as a barrier"}


@pytest.mark.parametrize("labels", ["B-{} F-{}", "Barrier/{} Facilitator/{}", "b_{} f_{}"])
def test_a_direction_joined_to_every_code_is_read(take: Take, labels: str) -> None:
    barrier, enabler = labels.split()
    rows = (f"Abe 2010,{barrier}", f"Bo 2011,{enabler}", f"Cy 2012,{barrier}")
    codes = ("Noise", "Noise", "Heat")
    table = "".join(f"{row.format(code)}\n" for row, code in zip(rows, codes, strict=True))
    made = take(f"Study,Code\n{table}")
    expected = [("Heat", "Barrier"), ("Noise", "Barrier"), ("Noise", "Facilitator")]
    assert ways_of(made) == expected
    # Where one code is written otherwise, a word before a hyphen is a part of the label.
    others = take(f"Study,Code\n{table}Di 2013,Light\n")
    assert barrier.format("Noise") in others.themes
    assert "Light" in others.themes


def test_a_code_that_begins_with_the_word_barrier_is_left_whole(take: Take) -> None:
    made = take("Study,Code\nAbe 2010,Barrier-free access\nBo 2011,Facilitator-led teams\n")
    assert {*made.themes} == {"Barrier-free access", "Facilitator-led teams"}


def test_a_count_typed_behind_a_code_is_no_part_of_it(take: Take) -> None:
    made = take(
        "Study,Code\nAbe 2010,Cost (n=2)\nBo 2011,Cost [3]\nCy 2012,Cost\nDi 2013,Pay n = 4\n"
        "Ek 2014,Phase (1)\nFu 2015,Phase (2)\n"
    )
    assert {*made.themes} == {"Cost", "Pay", "Phase (1)", "Phase (2)"}
    assert "'Cost [3]' is read as 'Cost'" in made.told
    wide = take("Study,Cost (n=2),Pay (n = 1)\nAbe 2010,x,\nBo 2011,x,x\n")
    assert {*wide.themes} == {"Cost", "Pay"}


def test_codes_in_other_capitals_are_one_and_told(take: Take) -> None:
    made = take("Study,Code\nAbe 2010,pay\nBo 2011,PAY; rest\nCy 2012,Pay\nDi 2013,rest\n")
    assert {*made.themes} == {"Pay", "Rest"}
    assert "Codes that differ only in capitals or spaces are one." in made.told
    assert "'pay' and 'PAY' and 'Pay'" in made.told
    assert "'rest'" not in made.told.partition("Codes that differ")[2].splitlines()[0]


def test_a_page_typed_behind_a_code_is_no_part_of_it(take: Take) -> None:
    made = take(
        "Study,Code\nAbe 2010,Cost (p. 4)\nBo 2011,Cost (pp. 5-6); Hours [S. 12f.]\n"
        "Cy 2012,Cost (pages 3 and 9)\nDi 2013,Shifts (p 0 to p 3)\nEk 2014,Stage (S1)\n"
    )
    assert {*made.themes} == {"Cost", "Hours", "Shifts (p 0 to p 3)", "Stage (S1)"}
    assert "'Cost (pp. 5-6)' is read as 'Cost'" in made.told


@pytest.mark.parametrize("header", ["Pay,Quote,Hours,Quote", "Pay,Pay quote,Hours,Quote: hours"])
def test_a_quote_beside_a_tick_is_the_text_of_its_finding(take: Take, header: str) -> None:
    made = take(
        f"Study,{header}\nAbe 2010,x,It is low.,x,They are long.\nBo 2011,,,x,They are late.\n"
        "Cy 2012,x,It is late.,,Nobody said so.\nDi 2013,x,,x,They vary.\n"
    )
    found = {(f.study, f.theme): f.summary for f in made.records.findings.values()}
    assert found["abe2010", "pay"] == "It is low."
    assert found["abe2010", "hours"] == "They are long."
    assert found["bo2011", "hours"] == "They are late."
    assert found["di2013", "hours"] == "They vary."
    assert "no summary" in found["di2013", "pay"]
    assert "A text beside a code that does not apply is no finding." in made.told
    assert "is the text of the findings that are ticked beside it" in made.told


@pytest.mark.parametrize(
    ("header", "texts"),
    [
        # A column alone has to name its code: a quote may be of any of them.
        ("Pay,Pay quote,Hours", {"pay": "So little.", "hours": ""}),
        ("Pay,Hours,Quote (hours)", {"pay": "", "hours": "So little."}),
        ("Pay,Hours,Quote", {"pay": "So little.", "hours": "So little."}),
    ],
)
def test_a_quote_alone_is_the_text_of_the_code_it_names(
    take: Take, header: str, texts: dict[str, str]
) -> None:
    cells = {"Pay": "x", "Hours": "x"}
    rows = [
        ",".join(cells.get(name, said) for name in header.split(","))
        for said in ("So little.", "Enough.")
    ]
    made = take(f"Study,{header}\nLee 2020,{rows[0]}\nEk 2021,{rows[1]}\n")
    found = {f.theme: f.summary for f in made.records.findings.values() if f.study == "lee2020"}
    assert {code: text.replace(NO_SUMMARY, "") for code, text in found.items()} == texts


@pytest.mark.parametrize(
    ("table", "counts", "codes"),
    [
        # A row of sums below the ids of records.
        ("ID,Study,Year,Pay,Rest\n1,Lee,2020,x,x\n2,Ek,2021,x,\nTotal,,,2,1\n", (3, 2), {}),
        # Names of groups of rows, where the year stands in a column of its own.
        (
            "Author,Year,Code,Text\nAfrica,,,\nLee,2020,Pay,a\nEk,2021,Rest,b\nAsia,,,\nRoux,2019,Pay,c\n",
            (3, 3),
            {},
        ),
        # Remarks beside what is coded.
        (
            "Study,Barriers: Type,Barriers: Notes\nLee 2020,Pay,so low\nEk 2021,Pay,so dear\n"
            "Roux 2019,Rest,none at all\nIto 2018,Rest,short\n",
            (4, 4),
            {"Pay": 2, "Rest": 2},
        ),
        # Without such a name above the first a lone name is a study without a code.
        ("Author,Year,Code\nLee,2020,Pay\nRoux,,\nEk,2021,Rest\n", (2, 3), {}),
        # Groups with headings alike, and an empty column between them.
        (
            "Study,Barriers,,,Enablers,\n,Pay,Rest,,Pay,Rest\nLee 2020,x,,,x,\nEk 2021,,x,,,x\n",
            (4, 2),
            {"Pay": 2, "Rest": 2},
        ),
        ("Study,Pay,,Pay,Rest\nLee 2020,x,,x,x\nEk 2021,,,x,x\n", (5, 2), {"Rest": 2}),
        # Columns of coders without a word for codes, beside what they agreed on.
        (
            "Study,Coder 1,Coder 2,Agreed code\nLee 2020,Pay,Rest,Pay\nEk 2021,Rest,Rest,Rest\n"
            "Roux 2019,Pay,Pay,Pay\n",
            (3, 3),
            {"Pay": 2, "Rest": 1},
        ),
        # Shares below the sums, and what explains the headings.
        (
            "Study,Pay,Rest\n,(x = said),(x = said)\nLee 2020,x,x\nEk 2021,x,\n"
            "Number of studies,2,1\n% of studies,100%,50%\n",
            (3, 2),
            {"Pay": 2, "Rest": 1},
        ),
        # Yes, no, unclear; ticks with the marks of notes.
        ("Study,Pay,Rest\nLee 2020,Y,N\nEk 2021,U,Y\nRoux 2019,N,U\n", (2, 3), {"Pay": 1}),
        ("Study,Pay,Rest\nLee 2020,x¹,x†\nEk 2021,x*,\nRoux 2019,,X\n", (4, 3), {"Rest": 2}),
        # Studies that are in the list and not in the review.
        (
            "Study,Include (Y/N),Pay,Rest\nLee 2020,Y,y,n\nEk 2021,N,n,n\nRoux 2019,Y,n,y\n",
            (2, 2),
            {"Pay": 1, "Rest": 1},
        ),
        ("Study,Included,Pay\nLee 2020,x,x\nEk 2021,,x\nRoux 2019,x,\n", (4, 3), {"Pay": 2}),
        # What an appraisal asks, and what is known of the study, is no code beside others.
        ("Study,Pay,Rest,MMAT 1.1,country_peru\nLee 2020,x,x,Y,x\nEk 2021,x,,Y,\n", (3, 2), {}),
        ("Study,MMAT 1.1,MMAT 1.2\nLee 2020,Y,N\nEk 2021,N,Y\n", (2, 2), {"MMAT 1.1": 1}),
        # Ranks of one framework; findings with the studies that contribute to them.
        (
            "Study,CFIR domain,CFIR construct\nLee 2020,Inner,Pay\nEk 2021,Outer,Rest\n",
            (2, 2),
            {"Pay": 1, "Rest": 1},
        ),
        (
            "Finding,Contributing studies,CERQual\nPay is low,Lee 2020; Ek 2021,High\n"
            'Rest is short,"Ek 2021, Roux 2019",Low\n',
            (4, 3),
            {"Pay is low": 2, "Rest is short": 2},
        ),
        # How many are ticked is no code; columns that only a number tells apart have one.
        ("Study,Pay,Rest,Total\nLee 2020,1,0,1\nEk 2021,0,0,0\nRoux 2019,0,1,1\n", (2, 3), {}),
        (
            "Study,Barrier 1,Barrier 2,Enabler 1\nLee 2020,Pay,Rest,Team\nEk 2021,Rest,Pay,Team\n"
            "Roux 2019,Pay,,Team\n",
            (8, 3),
            {"Pay": 3, "Rest": 2, "Team": 3},
        ),
        (
            "Study,Pay,Rest\nLee 2020,Reported,Not reported\nEk 2021,Reported,Reported\n",
            (3, 2),
            {"Pay": 2},
        ),
        (
            "Trial,Level,Theme,Sub-theme\nASPIRE,Macro,Law,Pay\nBRIDGE,Meso,Team,Rest\n",
            (2, 2),
            {"Pay": 1},
        ),
        ("Study,Theme code\nLee 2020,1\nEk 2021,2\n", (2, 2), {"1": 1, "2": 1}),
        ("Study,Code\nLee (2019/2020),Pay\nEk (2015/2018),Pay\n", (3, 3), {"Pay": 3}),
        ("Study,Codes\nLee 2020,○ Pay\nEk 2021,◆ Pay\n", (2, 2), {"Pay": 2}),
    ],
)
def test_what_is_no_study_and_no_code_is_not_counted(
    take: Take, table: str, counts: tuple[int, int], codes: dict[str, int]
) -> None:
    made = take(table)
    assert made.counts == counts
    assert {**made.themes, **codes} == made.themes


def test_codes_that_are_numbers_ask_for_a_codebook(take: Take) -> None:
    assert (
        "The codes are numbers, such as 1, 2: a codebook"
        in take("Study,Code\nLee 2020,1\nEk 2021,2\n").told
    )
    assert "are numbers" not in take("Study,Code\nLee 2020,1\nEk 2021,Pay\n").told


def test_sheets_of_texts_are_called_after_their_codes(take: Take, tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for code in ("Pay", "Rest"):
            sheet = book.add_worksheet(code)
            for at, row in enumerate(
                [("Study", "Page", "Quote"), ("Lee 2020", "4", f"On {code}.")]
            ):
                sheet.write_row(at, 0, row)
    made = take(path)
    assert made.themes == {"Pay": 1, "Rest": 1}
    assert {f.summary for f in made.records.findings.values()} == {"On Pay.", "On Rest."}
    assert "its name is the code of its findings, 'Rest'." in made.told


CODINGS = (("Studies", "Theme"), ("1, 2", "Pay"), ("2", "Rest"))


@pytest.mark.parametrize(
    ("themes", "codings", "told"),
    [
        # Called like a codebook, but the only sheet that codes studies.
        (CODINGS, (), False),
        ((("Theme", "Source"), ("Pay", "inductive"), ("Rest", "theory")), CODINGS, True),
        ((("Theme", "Source"), ("Pay", "Ek 2001"), ("Rest", "Ek 2001")), CODINGS, True),
    ],
)
def test_a_sheet_that_codes_studies_is_no_codebook_by_its_name(
    take: Take, tmp_path: Path, themes: Any, codings: Any, told: bool
) -> None:
    path = tmp_path / "t.xlsx"
    studies = (("No", "Reference"), ("1", "Lee, A. (2020). Title."), ("2", "Roux, B. (2021). A."))
    with xlsxwriter.Workbook(path) as book:
        for name, rows in (("Studies", studies), ("Themes", themes), ("Coding", codings)):
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
    made = take(path)
    assert made.themes == {"Pay": 2, "Rest": 1}
    assert ("[Themes] is the codebook" in made.told) is told


def test_of_several_years_in_a_cell_the_first_counts_and_is_told(take: Take) -> None:
    made = take('Author,Year,Code\nLee,2010-2012,Pay\nEk,"2013, 2014",Pay\nRoux,2019,Pay\n')
    assert sorted(work.year for work in made.works.values()) == [2010, 2013, 2019]
    assert "the references say another. (2 cells: first" in made.told


def test_a_year_kept_as_the_number_of_a_day_is_the_year_of_that_day(take: Take) -> None:
    made = take("Author,Year,Code\nLee,43831,Pay\nEk,43830.0,Pay\nRoux,2019,Pay\n")
    assert {key: work.year for key, work in made.works.items()} == {
        "lee2020": 2020,
        "ek2019": 2019,
        "roux2019": 2019,
    }
    assert "'43831' as 2020" in made.told


def test_numbers_that_are_no_days_are_no_years(take: Take) -> None:
    made = take("Author,Year,Code\nLee,12,Pay\nEk,431,Pay\nRoux,99999,Pay\n")
    assert [work.year for work in made.works.values()] == [None, None, None]
    assert "3 of them without a year (" in made.told


@pytest.mark.parametrize(
    "label",
    ["Ek u.a. (2020)", "Ek u. a. 2020", "Ek e.a. (2020)", "Ek & al. 2020", "Ek et collab. 2020"],
)
def test_whatever_stands_for_further_authors_the_year_is_read(take: Take, label: str) -> None:
    made = take(f"Study,Code\n{label},Pay\nRoux 2019,Pay\n")
    assert sorted(made.works) == ["ek2020", "roux2019"]


@pytest.mark.parametrize(
    ("head", "one", "two"),
    [
        ("Autore e anno;Tema;Sottotema;Barriera o facilitatore", "barriera", "facilitatore"),
        ("Auteur en jaartal;Thema;Subthema;Effect", "belemmerend", "bevorderend"),
        ("Autor e ano;Tema;Subtema;Barreira/Facilitador", "dificuldade", "facilitador"),
    ],
)
def test_ranks_and_directions_are_read_in_other_languages(
    take: Take, head: str, one: str, two: str
) -> None:
    made = take(f"{head}\nEk 2020;A;B;{one}\nRoux 2019;C;D;{two}\nLee 2018;C;E;{two}\n")
    assert {way.label.casefold() for way in made.records.settings.directions} == {one, two}
    assert [rank.label for rank in made.records.settings.ranks] == head.split(";")[1:3]


def test_directions_that_are_numbers_are_told_with_how_to_name_them(take: Take) -> None:
    made = take("Study,Code,Direction\nEk 2020,Pay,1\nRoux 2019,Rest,2\nLee 2018,Pay,2\n")
    assert "Directions that are numbers are called by them: 2, 1." in made.told
    assert '2 = "Barrier" below [sheet.values."Direction"]' in made.told


def test_what_is_left_out_for_a_reason_is_told_once(take: Take) -> None:
    made = take(
        "Study,Code R1,Code R2,Consensus,Double-checked\n" + "Ek 2020,Pay,Pay,Pay,yes\n" * 2
    )
    told = made.told.partition("Decided for you")[2]
    assert [told.count(f"'{name}'") for name in ("Double-checked", "Code R2")] == [1, 1]


def test_a_year_that_the_name_contradicts_is_told(take: Take) -> None:
    made = take("Study,Year,Code\nLee 2019,2020,Pay\nRoux 2020,2020,Rest\nEk 2021,2021,Pay\n")
    assert sorted(work.year or 0 for work in made.works.values()) == [2020, 2020, 2021]
    assert "the column counts. (1 cell: table.csv:2: 'Study': 'Lee 2019' and '2020')" in made.told


def test_the_date_of_a_coding_is_no_year_of_a_study(take: Take) -> None:
    made = take("Case,Code,Date\nLee 2019.docx,Pay,2024-01-02\nEk 2021.docx,Rest,2024-01-03\n")
    assert sorted(work.year or 0 for work in made.works.values()) == [2019, 2021]
    assert "'Date' says other years than the names of the studies" in made.told


@pytest.mark.parametrize(
    ("numbers", "labels", "studies"),
    [
        # Numbers that begin anew in each document are of its segments.
        ("1 2 1 2 3", ("Lee 2019", "Lee 2019", "Ek 2020", "Ek 2020", "Ek 2020"), 2),
        # A number of two spellings of one name is of a study, and two of one name are two studies.
        ("1 1 2 2 3", ("Lee 2019", "Lee et al. 2019", "Ek 2020", "Ek 2020", "Ek 2020"), 3),
    ],
)
def test_a_number_is_of_the_studies_unless_their_names_contradict(
    take: Take, numbers: str, labels: tuple[str, ...], studies: int
) -> None:
    rows = [f"{n},{label},Pay" for n, label in zip(numbers.split(), labels, strict=True)]
    made = take("\n".join(["Reference Number,Study,Code", *rows, ""]))
    assert made.counts[1] == studies
    assert ("numbers something else" in made.told) is (studies == 2)


def test_items_of_an_appraisal_beside_columns_called_themes_are_no_codes(take: Take) -> None:
    made = take(
        "Study,1. Aims,3. Design,Theme 1: Pay,Theme 2: Rest\n"
        "Lee 2019,Y,Y,x,\nEk 2021,Y,N,x,x\nRoux 2020,N,Y,,x\n"
    )
    assert made.themes == {"Theme 1: Pay": 2, "Theme 2: Rest": 2}
    assert {facet.label for facet in made.records.settings.facets} == {"1. Aims", "3. Design"}


def test_what_is_not_supported_is_a_grade_beside_others(take: Take) -> None:
    made = take(
        "Study,Finding,Credibility,Category,Synthesised finding\nLee 2019,Low,U,Pay,Fair pay\n"
        "Ek 2021,Long,NS,Hours,Rest\nRoux 2020,Late,C,Pay,Fair pay\nEk 2021,Odd,NS,Pay,Fair pay\n"
    )
    assert made.taken.draft.files["data/studies.csv"].count("NS (not supported)") == 1
    assert [rank.label for rank in made.records.settings.ranks] == [
        "Synthesised finding",
        "Category",
    ]


@pytest.mark.parametrize(
    ("header", "ids"),
    [
        (
            "start,_uuid,_submission_time,_submitted_by,Study,Theme,Theme/pay,Theme/rest,Theme/other",
            "t,u,t,Anna",
        ),
        (
            "id,submitdate,seed,IP address,Study,Note,Theme [pay],Theme [rest],Theme [other]",
            "1,t,en,10.0.0.1",
        ),
    ],
)
def test_what_a_program_for_forms_adds_is_not_published(take: Take, header: str, ids: str) -> None:
    rows = [
        f"{ids},Lee 2019,pay,1,0,",
        f"{ids},Ek 2021,pay other,1,0,Care",
        f"{ids},Ito 2020,,0,0,",
    ]
    made = take("\n".join([header, *rows, ""]))
    assert made.themes == {"Pay": 2, "Other": 1}
    assert made.counts == (3, 3)
    assert made.records.settings.facets == ()
    written = "".join(made.taken.draft.files.values()).replace(made.told, "")
    assert "Anna" not in written
    assert "10.0.0.1" not in written


@pytest.mark.parametrize(
    ("rows", "ranks", "label"),
    [
        ("Pay,Lee 2019; Ek 2021,\nRest,,Ek 2021\n", 2, ""),
        ("Pay,Lee 2019,Ek 2021\nRest,,Ek 2021\n", 1, "Level"),
    ],
)
def test_levels_of_a_map_are_a_rank_or_a_filter(
    take: Take, rows: str, ranks: int, label: str
) -> None:
    made = take(f"Theme,Individual level,Organisational level\n{rows}")
    assert made.counts == (3, 2)
    assert len(made.records.settings.ranks) == ranks
    assert [facet.label for facet in made.records.settings.facets] == [label][: bool(label)]


def test_a_form_for_each_study_is_a_row_for_each(take: Take, tmp_path: Path) -> None:
    forms = {
        "Lee 2019": ("Kenya", "pay", "trust"),
        "Ek 2021": ("Peru", "pay", ""),
        "Ito 2020": ("", "hours", ""),
    }
    path = tmp_path / "forms.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name, answers in forms.items():
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ("Item", "Answer"))
            for at, pair in enumerate(
                zip(("Country", "Barriers", "Enablers"), answers, strict=True)
            ):
                sheet.write_row(at + 1, 0, pair)
        book.add_worksheet("Notes").write(0, 0, "By two of us")
    made = take(path)
    assert made.counts == (4, 3)
    assert made.records.studies["lee2019"].countries == ("Kenya",)
    assert "3 sheets are one form" in made.told


@pytest.mark.parametrize(
    "first", ["Study ID,A,B,C\nTitle,Low pay,No rest,On hope\n", "Item,1,2,3\n"]
)
def test_a_form_with_a_column_for_each_study_is_turned(take: Take, first: str) -> None:
    rest = "Author,Lee,Ek,Ito\nYear,2019,2021,2020\nBarriers,pay,,hours\nEnablers,,hope,\n"
    made = take(first + rest)
    assert made.counts == (3, 3)
    assert sorted(made.works) == ["ek2021", "ito2020", "lee2019"]


def test_signed_ratings_are_directions(take: Take) -> None:
    made = take(
        "Study,Cost: Price,Cost: Time,Place: Rural\n"
        "Lee 2019,-2,+1,0\nEk 2021,-1,,+2\nIto 2020,X,-1,\n"
    )
    ways = {row.id: row.label for row in made.records.settings.directions}
    assert Counter(ways[f.direction] for f in made.records.findings.values()) == {
        "Negative": 3,
        "Positive": 2,
        "No effect": 1,
        "Mixed": 1,
    }
    # A heading that stands alone below another is split as the others are.
    assert [
        node.label for node in made.records.codebook.of_rank(made.records.settings.ranks[0].id)
    ] == [
        "Cost",
        "Place",
    ]


@pytest.mark.parametrize("legend", ["1 = Pay; 2 = Rest", "Codes: 1: Pay, 2: Rest", "1=Pay\n2=Rest"])
def test_a_legend_below_a_table_is_no_study(take: Take, legend: str) -> None:
    made = take(f'Study,Theme\nLee 2019,"1, 2"\nEk 2021,1\n"{legend}",\n')
    assert made.counts == (3, 2)


def test_studies_as_columns_are_turned_beside_as_many_others(take: Take) -> None:
    made = take("Theme,Subtheme,Lee 2019,Ek 2021\nWork,Pay,x,\n,Hours,x,x\nTeam,Trust,,x\n")
    assert made.counts == (4, 2)
    assert made.themes == {"Pay": 1, "Hours": 2, "Trust": 1}


def test_yes_with_details_is_no_other_kind_of_tick(take: Take) -> None:
    made = take(
        "Study,Training,Advice,Pay\nLee 2019,Yes (2 weeks),No,Yes\nEk 2021,No,Yes - weekly,No\n"
        "Ito 2020,No,Yes,NR\n"
    )
    assert made.themes == {"Training": 1, "Advice": 2, "Pay": 1}


@pytest.mark.parametrize("heading", ["Where", "מדינה", "Nơi"])
def test_names_of_countries_alone_are_countries(take: Take, heading: str) -> None:
    made = take(f"Study,{heading},Theme\nLee 2019,Kenya,Pay\nEk 2021,Peru and Chad,Rest\n")
    assert made.records.studies["ek2021"].countries == ("Peru", "Chad")


def test_a_first_column_of_a_numbered_kind_has_no_number_in_its_code(take: Take) -> None:
    made = take(
        "Study,Barrier 1,Barrier 2,Enabler 1\nLee 2019,Pay is low,No rest,Trust helps\n"
        "Ek 2021,Pay is late,,The team helps\n"
    )
    assert made.themes == {"Barrier": 3, "Enabler": 2}


@pytest.mark.parametrize("known", [("Qualitative", "Mixed methods"), ("Kenya", "Peru")])
def test_ticks_of_designs_and_countries_are_no_codes_beside_others(
    take: Take, known: tuple[str, str]
) -> None:
    made = take(
        f"Study,{','.join(known)},Pay,Rest\nLee 2019,x,,x,\nEk 2021,,x,x,x\nIto 2020,x,,,x\n"
    )
    assert made.themes == {"Pay": 2, "Rest": 2}
    assert tuple(facet.label for facet in made.records.settings.facets) == known


def test_what_is_known_of_a_numbered_finding_is_no_finding(take: Take) -> None:
    made = take(
        "Study,Barrier 1,Barrier 1 level,Barrier 2,Barrier 2 level\n"
        "Lee 2019,Low pay,System,Stigma,Team\nEk 2021,Long hours,System,,\n"
    )
    assert made.themes == {"Barrier": 3}


def test_counts_beside_a_map_are_no_rank(take: Take) -> None:
    made = take(
        "Theme,Barriers,Facilitators,Total\nPay,Lee 2019; Ek 2021,Ito 2020,3\nRest,Ek 2021,,1\n"
    )
    assert made.themes == {"Pay": 3, "Rest": 1}
    assert "Columns that only count were not read: 'Total'" in made.told


def test_stars_behind_arrows_are_no_directions(take: Take) -> None:
    made = take("Study,Outcome,Effect\nLee 2019,Rest,↑*\nEk 2021,Rest,↓**\nIto 2020,Pay,↑\n")
    ways = {row.id: row.label for row in made.records.settings.directions}
    assert sorted(ways[f.direction] for f in made.records.findings.values()) == [
        "Negative",
        "Positive",
        "Positive",
    ]


def test_ticks_side_by_side_are_ticks(take: Take) -> None:
    made = take("Study,Pay,Rest\nLee 2019,✓,✓✓\nEk 2021,,✓✓✓\n")
    assert made.themes == {"Pay": 1, "Rest": 2}


def test_each_of_several_codes_has_its_own_direction(take: Take) -> None:
    made = take(
        "Study,Theme 1,Direction 1,Theme 2,Direction 2\nLee 2019,Pay,Barrier,Trust,Enabler\n"
        "Ek 2021,Rest,Barrier,,\nIto 2020,Trust,Enabler,Pay,\n"
    )
    assert sorted(ways_of(made)) == [
        ("Pay", "Barrier"),
        ("Pay", "Not stated"),
        ("Rest", "Barrier"),
        ("Trust", "Enabler"),
        ("Trust", "Enabler"),
    ]


@pytest.mark.parametrize(
    "tables",
    [
        (
            "Study,Country,Year\nLee,Peru,2019\nEk,Chad,2020\n",
            "Study,Theme\nLee,Pay\nEk,Rest\nLee,Rest\n",
        ),
        ("Author,Year,Theme\nLee,2019,Pay\nLee,,Rest\nEk,2020,Rest\n",),
    ],
)
def test_a_study_whose_year_stands_elsewhere_is_one_study(
    take: Take, tables: tuple[str, ...]
) -> None:
    made = take(*tables)
    assert made.counts == (3, 2)
    assert sorted(made.works) == ["ek2020", "lee2019"]
    assert "A study named without a year is the one of that name" in made.told


def test_a_name_that_two_years_bear_stays_without_one(take: Take) -> None:
    made = take(
        "Study,Country,Year\nLee,Peru,2019\nLee,Chad,2020\n", "Study,Theme\nLee,Pay\nEk,Rest\n"
    )
    assert made.counts[1] == 4


def test_a_minus_beside_a_plus_is_a_judgement(take: Take) -> None:
    made = take(
        "Study,Selection bias,Code\nLee 2020,+,Pay\nEk 2021,-,Pay\nRoux 2019,?,Pay\n"
        "Ito 2018,+,Pay\n"
    )
    told = {row["study"]: row["selection_bias"] for row in made.rows("data/studies.csv")}
    assert told == {
        "lee2020": "plus (+)",
        "ek2021": "minus (-)",
        "roux2019": "unclear (?)",
        "ito2018": "plus (+)",
    }
    assert "'Selection bias': '-' is read as 'minus (-)' (1 cell)." in made.told


@pytest.mark.parametrize(
    ("tables", "counts"),
    [
        # The number of a study beside its name tells two studies of one name apart.
        (["Study ID,Study,Code\n1,Lee 2020,Pay\n2,Lee 2020,Pay\n3,Ek 2021,Pay\n"], (3, 3)),
        (["Study,Paper ID,Code\nLee 2020,1,Pay\nLee 2020,1,Rest\nLee 2020,2,Pay\n"], (3, 2)),
        # A column without a known heading tells the study where it numbers a table of studies.
        (
            [
                "sid,authors,year,title\nS1,Lee,2020,On pay\nS2,Ek,2021,Rest\nS3,Ito,2019,Else\n",
                "sid,code,excerpt\nS1,Pay,a\nS2,Pay,b\nS2,Rest,c\n",
            ],
            (3, 3),
        ),
    ],
)
def test_the_number_of_a_study_tells_it(
    take: Take, tables: list[str], counts: tuple[int, int]
) -> None:
    assert take(*tables).counts == counts


def test_files_that_code_the_same_studies_are_told(take: Take) -> None:
    one = "Study,Code\nLee 2020,Pay\nEk 2021,Pay\n"
    made = take(one, one.replace("Ek 2021,Pay", "Ek 2021,Rest"))
    assert made.counts == (4, 2)
    assert "table.csv and table1.csv both code 2 studies, and all of it counts." in made.told
    other = one.replace("Lee 2020", "Roux 2019").replace("Ek 2021", "Ito 2018")
    assert "both code" not in take(one, other).told


def test_titles_that_write_and_as_a_sign_are_of_one_study(take: Take) -> None:
    made = take("Title,Year,Code\nPay and work,2020,Pay\nPAY & WORK.,2020,Rest\nRest,2020,Pay\n")
    assert made.counts == (3, 2)


def test_a_table_of_codes_and_documents_counts_quotations(take: Take, tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    lines = (
        ("", "1: Lee 2020.pdf\nGr=3", "2: Ek 2021.pdf\nGr=2;  GS=1", "Totals"),
        ("○ Pay\nGr=3", 2, 1, 3),
        ("○ Rest\nGr=1", 1, 0, 1),
        ("Totals", 3, 1, 4),
    )
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for at, line in enumerate(lines):
            sheet.write_row(at, 0, line)
    made = take(path)
    assert made.themes == {"Pay": 2, "Rest": 1}
    assert sorted(study.id for study in made.records.studies.values()) == ["ek2021", "lee2020"]
    assert "a table of codes and documents of ATLAS.ti" in made.told


@pytest.mark.parametrize(
    "heading",
    [
        *("Double-Checked", "Data extracted?", "Date extracted", "Date of extraction", "Screened"),
        *("Extraction status", "Coding complete", "Verified on", "Status", "doppelt geprüft"),
        *("Fecha de extracción", "characteristics_complete", "extraction_timestamp"),
    ],
)
def test_what_a_team_did_with_a_row_is_neither_code_nor_filter(take: Take, heading: str) -> None:
    made = take(f"Study,{heading},Pay,Rest\nLee 2019,1,x,\nRoux 2020,1,,x\nEk 2021,1,x,x\n")
    assert made.themes == {"Pay": 2, "Rest": 2}
    assert "Filters: none" in made.told
    assert f"{heading!r}: by the heading about the team's work" in made.told


@pytest.mark.parametrize(
    "heading", ["Screened", "Blood pressure checked", "Screening uptake", "Extraction"]
)
def test_a_code_that_sounds_like_work_on_rows_is_a_code(take: Take, heading: str) -> None:
    made = take(f"Study,{heading},Pay\nLee 2019,yes,x\nRoux 2020,no,x\nEk 2021,yes,\n")
    assert made.themes == {heading: 2, "Pay": 2}


def test_a_status_of_the_study_is_a_filter(take: Take) -> None:
    made = take("Study,Status,Code\nLee 2019,employed,Pay\nRoux 2020,employed,Rest\n")
    assert "Status (the study’s)" in made.told


@pytest.mark.parametrize(
    ("one", "two", "agreed"),
    [
        ("Coder A theme", "Coder B theme", "Final theme"),
        ("Theme (AB)", "Theme (CD)", "Theme (agreed)"),
        ("Theme Anna", "Theme Ben", "Theme consensus"),
        ("First coder theme", "Second coder theme", "Theme, final"),
        ("Coder 1", "Coder 2", "Final"),
        ("Reviewer JS codes", "Reviewer MK codes", "Agreed codes"),
    ],
)
def test_two_tracks_of_coding_count_once(take: Take, one: str, two: str, agreed: str) -> None:
    table = f'Study,"{one}","{two}","{agreed}"\nLee 2019,Pay,Pay,Pay\nRoux 2020,Rest,Pay,Rest\n'
    made = take(f"{table}Ek 2021,Rest,Rest,Rest\n")
    assert made.themes == {"Pay": 1, "Rest": 2}
    assert f"{agreed!r} counts among the columns that code the same" in made.told
    assert "Filters: none" in made.told


def test_directions_of_two_coders_count_once(take: Take) -> None:
    made = take(
        "Study,Coder A theme,Coder A direction,Coder B theme,Coder B direction,"
        "Final theme,Final direction\n"
        "Lee 2019,Pay,Barrier,Pay,Facilitator,Pay,Facilitator\n"
        "Roux 2020,Rest,Barrier,Pay,Barrier,Rest,Barrier\n"
    )
    assert sorted(ways_of(made)) == [("Pay", "Facilitator"), ("Rest", "Barrier")]
    for file, ways in (("first", ["barrier", "barrier"]), ("second", ["facilitator", "barrier"])):
        assert [row["direction"] for row in made.rows(f"data/{file}_coding.csv")] == ways


def test_a_second_coder_is_compared_over_the_studies_that_both_coded(take: Take) -> None:
    made = take(
        "Study,Theme (AB),Theme (CD)\nLee 2019,Pay,Pay\nRoux 2020,Rest,Pay\nEk 2021,Rest,\n"
    )
    assert made.counts == (3, 3)
    for file in ("first", "second"):
        rows = made.rows(f"data/{file}_coding.csv")
        assert [row["study"] for row in rows] == ["lee2019", "roux2020"]
    assert "'Theme (CD)' is kept as a second coding" in made.told
    # The recipe says it, so that the next import reads it so.
    read = parse_recipe(made.taken.draft.files["data/import.toml"])
    assert read.sheets[0].coders == {"Theme (AB)": ("Theme (CD)",)}


@pytest.mark.parametrize("said", ["Mixed", ""])
def test_a_direction_that_only_a_second_coder_says_stays_what_it_is(take: Take, said: str) -> None:
    table = f"Study,Reviewer,Theme,Direction\nLee 2019,A,Pay,{said}\nLee 2019,B,Pay,Barrier\n"
    made = take(f"{table}Lee 2019,Consensus,Pay,Barrier\nEk 2020,Consensus,Pay,Enabler\n")
    (first,) = made.rows("data/first_coding.csv")
    assert first["direction"] == (said.casefold() or "not-stated")


def test_groups_of_headings_may_be_named_again_above_each_column(take: Take) -> None:
    made = take(
        "Study,Reviewer 1,Reviewer 1,Reviewer 2,Reviewer 2,Consensus,Consensus\n"
        ",Pay,Rest,Pay,Rest,Pay,Rest\n"
        "Lee 2019,x,,x,x,x,\nRoux 2020,,x,x,x,,x\n"
    )
    assert made.themes == {"Pay": 1, "Rest": 1}
    assert len(made.rows("data/first_coding.csv")) == 2
    assert len(made.rows("data/second_coding.csv")) == 4


@pytest.mark.parametrize(
    "heads",
    [
        ("{} (AB)", "{} (CD)", "{} (final)"),
        ("{}_R1", "{}_R2", "{}_consensus"),
        ("{} - Reviewer 1", "{} - Reviewer 2", "{} - Agreed"),
        ("R1 {}", "R2 {}", "Final {}"),
    ],
)
def test_ticks_of_two_coders_count_once(take: Take, heads: tuple[str, ...]) -> None:
    header = ",".join(head.format(code) for code in ("Pay", "Rest") for head in heads)
    made = take(f"Study,{header}\nLee 2019,x,x,x,,x,\nRoux 2020,,x,,x,x,x\nEk 2021,x,x,x,,,\n")
    assert made.themes == {"Pay": 2, "Rest": 1}
    assert "Among the columns that code the same those of" in made.told
    assert len(made.rows("data/first_coding.csv")) == 3
    assert len(made.rows("data/second_coding.csv")) == 5


def test_columns_of_several_lands_are_not_of_several_coders(take: Take) -> None:
    rows = "Lee 2019,Pay,Rest\nRoux 2020,Rest,Shifts\nEk 2021,Shifts,Pay\n"
    made = take(f"Study,Theme (UK),Theme (US)\n{rows}")
    assert made.counts == (6, 3)
    ticks = "Study,Pay (UK),Pay (US),Rest (UK),Rest (US)\nLee 2019,x,x,,x\nEk 2021,,x,x,\n"
    assert take(ticks).counts == (5, 2)


def test_codes_of_countries_that_are_words_too_are_countries_or_asked_about(take: Take) -> None:
    made = take(
        "Study,Country,Code\nLee 2019,NO,Pay\nRoux 2020,SE; BD,Pay\nEk 2021,DK,Rest\n"
        "Ito 2021,NA,Rest\nOst 2022,NR,Rest\n"
    )
    found = {key: study.countries for key, study in made.records.studies.items()}
    assert found == {
        "lee2019": ("Norway",),
        "roux2020": ("Sweden", "Bangladesh"),
        "ek2021": ("Denmark",),
        "ito2021": ("not reported",),
        "ost2022": ("not reported",),
    }
    assert "'NA' stands among codes of countries, where it may be Namibia" in made.told
    few = take("Study,Country,Code\nLee 2019,UK,Pay\nRoux 2020,NO,Pay\n")
    assert few.records.studies["roux2020"].countries == ("Norway",)
    names = take("Study,Country,Code\nLee 2019,Norway,Pay\nRoux 2020,NA,Pay\nEk 2021,no,Rest\n")
    assert "Namibia" not in names.told


def test_numbers_of_both_signs_are_directions(take: Take) -> None:
    made = take("Study,Theme,Direction\nLee 2019,Pay,1\nRoux 2020,Pay,-1\nEk 2021,Rest,0\n")
    assert {way for _, way in ways_of(made)} == {"Positive", "Negative", "No effect"}


def test_a_remark_below_ticks_is_no_code(take: Take) -> None:
    made = take(
        "Study,Pay,Rest,Other comments\nLee 2019,x,,\nRoux 2020,x,x,ok\nEk 2021,,x,see me\n"
    )
    assert made.themes == {"Pay": 2, "Rest": 2}


@pytest.mark.parametrize(
    ("heading", "tick", "no"),
    [
        ("Themes (choice={})", "Checked", "Unchecked"),
        ("Themes: {}", "{}", ""),
        ("Themes - Selected Choice - {}", "{}", ""),
    ],
)
def test_boxes_of_a_survey_are_codes_below_its_question(
    take: Take, heading: str, tick: str, no: str
) -> None:
    head = ",".join(heading.format(code) for code in ("Pay", "Rest"))
    pay, rest = tick.format("Pay"), tick.format("Rest")
    made = take(f"Study,{head}\nLee 2019,{pay},{no}\nRoux 2020,{no},{rest}\nEk 2021,{pay},{rest}\n")
    assert made.themes == {"Pay": 2, "Rest": 2}


def test_the_field_for_others_belongs_to_the_boxes_before_it(take: Take) -> None:
    made = take(
        "Study,Themes: Pay,Themes: Rest,Themes: Other (specify),Themes: Notes\n"
        "Lee 2019,x,,,\nRoux 2020,,x,Shifts,look\nEk 2021,x,x,,\n"
    )
    assert made.themes == {"Pay": 2, "Rest": 2, "Other (specify)": 1}


def test_what_is_kept_of_a_survey_holds_nobodys_address(take: Take) -> None:
    made = take(
        "StartDate,IPAddress,ResponseId,Study,Code\n2024-01-01,10.0.0.1,R_1,Lee 2019,Pay\n"
        "2024-01-01,10.0.0.1,R_2,Ek 2021,Rest\n"
    )
    assert made.counts == (2, 2)
    assert not any("10.0.0.1" in text for text in made.taken.draft.files.values())


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Pay | Rest", "Rest|Shifts"),
        ("Pay；Rest", "Rest；Shifts"),
        ("Pay、Rest", "Rest，Shifts"),
        ("['Pay', 'Rest']", '[""Rest"", ""Shifts""]'),
        ('c(""Pay"", ""Rest"")', "{'Rest', 'Shifts'}"),
        ("a) Pay\nb) Rest", "a) Rest\nb) Shifts"),
        ("1. Pay\n2. Rest", "• Rest\n• Shifts"),
    ],
)
def test_lists_are_lists_however_they_are_written(take: Take, one: str, two: str) -> None:
    made = take(f'Study,Codes\nLee 2020,"{one}"\nRoux 2019,"{two}"\nEk 2018,Pay\n')
    assert made.themes == {"Pay": 2, "Rest": 2, "Shifts": 1}
    assert "was kept in them" not in made.told


@pytest.mark.parametrize("label", ["Pay/Rest", "Pay - Rest", "Pay & Rest", "Pay und Rest"])
def test_a_code_that_joins_two_others_is_told(take: Take, label: str) -> None:
    made = take(f"Study,Codes\nLee 2020,{label}\nRoux 2019,Pay\nEk 2018,Rest\n")
    assert made.themes[label] == 1
    assert f"stand as codes of their own. (1 code: {label!r})" in made.told


def test_rows_below_the_name_of_a_theme_are_coded_by_it(take: Take, tmp_path: Path) -> None:
    made = take(
        "Study,Finding\nTheme 1: Pay,\nLee 2020,low\nRoux 2019,poor\nTheme 2: Rest,\n"
        "Ek 2018,none\nLee 2020,little\n"
    )
    assert made.themes == {"Theme 1: Pay": 2, "Theme 2: Rest": 2}
    assert made.counts == (4, 3)
    path = tmp_path / "merged.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Study", "Country", "Code"])
        sheet.merge_range("A2:C2", "Inside")
        sheet.write_row(2, 0, ["Lee 2020", "Peru", "Pay"])
        sheet.write_row(3, 0, ["Roux 2019", "Chad", "Rest"])
        sheet.merge_range("A5:C5", "Outside")
        sheet.write_row(5, 0, ["Ek 2018", "Peru", "Pay"])
    made = take(path)
    assert made.themes == {"Pay": 2, "Rest": 1}
    assert made.counts == (3, 3)
    assert "Group (the study’s)" in made.told


def test_groups_merged_across_a_table_are_a_column_where_years_have_their_own(
    take: Take, tmp_path: Path
) -> None:
    path = tmp_path / "merged.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row("A1", ["Study", "Year", "Code", "Text"])
        sheet.merge_range("A2:D2", "Schools")
        sheet.write_row("A3", ["Lee", 2020, "Pay", "low"])
        sheet.write_row("A4", ["Roux", 2019, "Rest", "none"])
        sheet.merge_range("A5:D5", "Hospitals")
        sheet.write_row("A6", ["Ek", 2018, "Pay", "poor"])
        sheet.merge_range("A8:D8", "Note: every text is ours.")
    made = take(path)
    assert (made.counts, made.themes) == ((3, 3), {"Pay": 2, "Rest": 1})
    assert "Group (the study’s)" in made.told
    assert "A note below the table is about no study. (1 row" in made.told


@pytest.mark.parametrize(
    ("table", "countries"),
    [
        (
            "Autore(i);Anno;Paese;Ostacoli;Fattori facilitanti\n"
            "Rossi e Bianchi;2018;Inghilterra;1) tempo, 2) costi;corsi\n"
            "De Luca et al.;2020;Italia;non disponibile;capi\n",
            {"United Kingdom", "Italy"},
        ),
        (
            "Författare (år);Land;Hinder;Möjliggörande faktorer\n"
            "Andersson m.fl. (2015);Sverige;tid, pengar;stöd\n"
            'Öberg (2018);Norge;framgår ej;"- mod\n- ork"\n',
            {"Sweden", "Norway"},
        ),
        (
            "Eerste auteur en jaar;Land;Thema;Belemmerend/bevorderend;Citaat\n"
            "Jansen, 2017;Nederland;Tijd;belemmerend;druk\n"
            "De Vries, 2019;België;Baas;bevorderend;goed\n"
            "De Vries, 2019;België;Tijd;bevorderend;rust\n"
            "Jansen, 2017;Nederland;Baas;belemmerend;nors\n",
            {"Netherlands", "Belgium"},
        ),
        (
            "番号,著者（発行年）,国名,促進要因,阻害要因\n1,田中ら（2019）,日本,①上司　②研修,時間\n"
            "2,Kim（2021）,米国,記載なし,費用\n",
            {"Japan", "United States"},
        ),
        (
            "번호,저자(연도),국가,촉진요인,장애요인\n1,김 등(2019),한국,상사; 교육,시간\n"
            "2,Lee 외(2021),미국,보고 없음,비용\n",
            {"South Korea", "United States"},
        ),
        (
            "作者（年份）,国家,主题,障碍/促进,主要发现\n王等（2018）,中国,时间,障碍,不够\n"
            "陈（2021）,香港,领导,促进,有帮助\n陈（2021）,香港,时间,促进,有\n王等（2018）,中国,领导,障碍,无助\n",
            {"China", "Hong Kong"},
        ),
        (
            "المؤلف (السنة),البلد,المعوقات,الميسرات\n"
            "الأحمد وآخرون (2018),السعودية,الوقت؛ المال,الإدارة\n"
            "حسن (2020),مصر,التكلفة,لم يذكر\n",
            {"Saudi Arabia", "Egypt"},
        ),
        (
            "№;Автор и год;Страна;Барьеры;Фасилитаторы\n1;Иванов и др., 2018;США;время; \n"
            '2;Петров, 2020;Россия;"1. деньги 2. люди";обучение\n',
            {"United States", "Russia"},
        ),
        (
            "Tekijät ja vuosi;Maa;Esteet;Edistävät tekijät\nVirtanen ym. 2016;Suomi;aika;johto\n"
            'Korhonen 2018;Ruotsi;ei mainittu;"• into\n• tuki"\n',
            {"Finland", "Sweden"},
        ),
    ],
    ids=[
        "Italian",
        "Swedish",
        "Dutch",
        "Japanese",
        "Korean",
        "Chinese",
        "Arabic",
        "Russian",
        "Finnish",
    ],
)
def test_tables_are_read_in_the_languages_teams_write(
    take: Take, table: str, countries: set[str]
) -> None:
    made = take(table)
    assert made.counts == (4, 2)
    assert {one for study in made.records.studies.values() for one in study.countries} == countries
    assert len({finding.direction for finding in made.records.findings.values()}) == 2


@pytest.mark.parametrize(
    ("cell", "named"),
    [("S1, S3–S5 and S9", 5), ("[1], [4]", 2), ("1, 3 and 5", 3), ("P1; P2", 2), ("S7", 1)],
)
def test_a_row_names_its_studies_by_their_numbers(take: Take, cell: str, named: int) -> None:
    made = take(f'Challenge,Category,Primary studies\nCost,Money,"{cell}"\nTime,People,"{cell}"\n')
    assert made.counts == (2 * named, named)
    assert made.themes == {"Cost": named, "Time": named}
    assert "'Challenge'" in made.told


def test_a_table_called_codes_that_codes_studies_is_no_codebook(take: Take, tmp_path: Path) -> None:
    studies = "First author,Publication year,Country\nLee,2019,Peru\nRoy,2018,Chad\n"
    codes = "Study,Year,Theme\nLee et al.,2019,Pay\nRoy & Das,2018,Pay\nLee et al.,2019,Rest\n"
    made = take(workbook(tmp_path / "t.xlsx", Studies=studies, Codes=codes))
    assert (made.counts, made.themes) == ((3, 2), {"Pay": 2, "Rest": 1})
    assert "'Roy & Das 2018' is 'Roy 2018'" in made.told


def test_two_studies_of_one_first_author_stay_two(take: Take, tmp_path: Path) -> None:
    studies = "First author,Year,Country\nRoy,2018,Chad\n"
    codes = "Study,Theme\nRoy & Das 2018,Pay\nRoy & Sen 2018,Rest\n"
    made = take(workbook(tmp_path / "t.xlsx", Studies=studies, Findings=codes))
    assert made.counts == (2, 3)


def test_what_could_not_be_rated_is_no_finding(take: Take) -> None:
    made = take(
        "Study,Cost,Evidence strength,Culture\nLee 2019,+1,M,-2\nRoy 2018,M,0,X\nEk 2017,-1,+2,\n"
        "Abe 2016,+1,+1,-1\n"
    )
    assert made.themes == {"Cost": 3, "Evidence strength": 3, "Culture": 3}
    ways = {row.label for row in made.records.settings.directions}
    assert ways == {"Positive", "Negative", "Mixed", "No effect"}
    assert "'M' below a heading that is a code does not say that it applies" in made.told


def test_a_column_of_marks_with_others_among_them_is_told(take: Take) -> None:
    made = take(
        "Study,Cost,Staff,Pay\nLee 2019,+,-,+\nRoy 2018,-,+,?+\nEk 2017,,-,-\nAbe 2016,+,,-\n"
    )
    assert set(made.themes) == {"Cost", "Staff"}
    assert "'Pay' holds such marks and others, as '?+', so it is no code." in made.told


def test_the_order_of_a_table_is_no_issue_of_a_journal(take: Take) -> None:
    made = take("Number,Author,Year,Theme\n1,Lee,2019,Pay\n2,Roy,2018,Rest\n")
    assert made.counts == (2, 2)
    assert {row["record"] for row in made.rows("data/studies.csv")} == {"1", "2"}


_ASKED = ("Author", "Year", "Country", "Barriers", "Facilitators")
_SAID = (("Lee", "2019", "Peru", "no time", "a boss"), ("Ek", "2012", "Chad", "low pay", ""))


@pytest.mark.parametrize(
    ("head", "between", "sign"),
    [("", "", ","), ("", "Study {},\n", ","), ("Item,Answer\n", "", ","), ("", "", ": ")],
)
def test_forms_one_below_the_other_are_a_row_each(
    take: Take, head: str, between: str, sign: str
) -> None:
    forms = (
        between.format(at) + "".join(f"{a}{sign}{b}\n" for a, b in zip(_ASKED, said, strict=True))
        for at, said in enumerate(_SAID, 1)
    )
    made = take(head + "".join(forms))
    assert (made.counts, made.themes) == ((3, 2), {"Barriers": 2, "Facilitators": 1})
    assert {study.countries for study in made.records.studies.values()} == {("Peru",), ("Chad",)}
    assert "2 forms stand one below the other" in made.told
    assert ("1 line that answers nothing, as 'Study 2'" in made.told) == bool(between)


def test_a_row_for_each_study_and_variable_is_a_row_for_each_study(take: Take) -> None:
    rows = "".join(
        f"{said[0]} {said[1]},{a},{b}\n"
        for said in _SAID
        for a, b in zip(_ASKED[2:], said[2:], strict=True)
    )
    made = take(f"Study,Variable,Value\n{rows}")
    assert (made.counts, made.themes) == ((3, 2), {"Barriers": 2, "Facilitators": 1})
    assert "Each value of 'Variable' is read as a column" in made.told


def test_codes_of_a_domain_with_a_text_beside_are_no_variables(take: Take) -> None:
    made = take("Study,Theme,Text\nLee 2019,Pay,low\nLee 2019,Rest,no\nEk 2012,Pay,poor\n")
    assert made.themes == {"Pay": 2, "Rest": 1}


@pytest.mark.parametrize(
    ("codes", "labels"),
    [
        ("well-being;time-lost", {"Well-being", "Time-lost"}),
        ("low-pay;long-hours", {"Low pay", "Long hours"}),
        ("9-12;6-8", {"9-12", "6-8"}),
    ],
)
def test_a_hyphen_of_a_word_stays(take: Take, codes: str, labels: set[str]) -> None:
    assert set(take(f"Study,Theme\nLee 2020,{codes}\n").themes) == labels


def test_strengths_and_limitations_of_a_study_are_no_direction(take: Take) -> None:
    made = take(
        "Study,Barriers,Strengths and limitations,Strength of evidence\n"
        "Lee 2019,no time,small,low\n"
        "Ek 2012,low pay,one site,high\n"
    )
    assert made.themes == {"Barriers": 2}


@pytest.mark.parametrize(
    ("labels", "people", "named"),
    [
        (("Lee 2019", "Lee 2019", "Ek 2012"), ("anna", "ben", "anna"), False),
        (("Lee 2019.docx", "Ek 2012.docx", "Ek 2012.docx"), ("anna", "ben", "ben"), False),
        (("Lee 2019", "Lee 2019", "Ek 2012"), ("Lee, A.", "Lee, A.", "Ek, B."), True),
        (("HOPE 2019", "HOPE 2019", "CARE 2012"), ("Lee, A.", "Lee, A.", "Ek, B."), True),
    ],
)
def test_who_coded_is_no_author_of_a_study(
    take: Take, labels: tuple[str, ...], people: tuple[str, ...], named: bool
) -> None:
    rows = zip(labels, ("Pay", "Rest", "Pay"), people, strict=True)
    made = take("Document,Code,Author\n" + "".join(f'{a},{b},"{c}"\n' for a, b, c in rows))
    assert made.counts == (3, 2)
    assert ("so it is read as who coded" in made.told) is not named
    assert ("anna" in "".join(made.taken.draft.files.values())) is False


def test_what_a_second_coder_left_out_changes_nothing_at_the_next_import(
    again: Callable[..., str],
) -> None:
    table = (
        "Reviewer Name,Study,Pay,Rest,Team\nAnna,Lee 2019,yes,yes,yes\nBen,Lee 2019,yes,no,yes\n"
        "Anna,Ek 2012,no,yes,no\nBen,Ek 2012,no,yes,no\n"
    )
    again(table)
    assert "Nothing changed" in again(table)


def test_the_ids_of_a_codebook_in_the_workbook_are_known_at_the_next_import(tmp_path: Path) -> None:
    from synth.starter.again import import_again
    from synth.starter.start import start

    codings = "Study,Code,Type\nLee 2019,C1,B\nEk 2012,C2,F\n"
    codes = "Code,Label,Parent\nR,Means,\nC1,Pay,R\nC2,Staff,R\n"
    root, said = tmp_path / "review", []
    path = workbook(tmp_path / "t.xlsx", Findings=codings, Codebook=codes)
    start(Request(root, (path,)), execute=False, dry_run=False, say=said.append)
    import_again(root, (), prune=False, dry_run=False, say=said.append)
    assert "Nothing changed: the review is as the files have it." in said
    workbook(path, Findings=f"{codings}Roux 2015,C3,B\n", Codebook=f"{codes}C3,Rest,R\n")
    import_again(root, (), prune=False, dry_run=False, say=said.append)
    records, _ = read_records(root)
    assert {one.theme for one in records.findings.values()} == {"pay", "staff", "rest"}
    assert records.codebook["rest"].parent == "means"


def test_a_column_of_two_letters_for_both_sides_is_one_of_directions(take: Take) -> None:
    made = take("Study,Code,Type\nLee 2019,Pay,B\nEk 2012,Pay,F\nRoux 2015,Rest,B\n")
    assert ways_of(made) == [("Pay", "Barrier"), ("Pay", "Facilitator"), ("Rest", "Barrier")]


def test_what_a_study_was_after_is_no_finding(take: Take) -> None:
    made = take(
        '"Author(s), year of publication",Country,Aims/purpose,Key findings of the study/ies\n'
        '"Lee & Roux, 2019",Europe (Peru and Chad),To ask,Pay was low.\n'
        '"Ek, 2012",Peru,To see,No rest.\n'
        '"Abe, 2011",Chad,To know,Rest was short.\n'
    )
    assert (made.counts, len(made.themes)) == ((3, 3), 1)
    assert made.records.studies["lee2019"].countries == ("Peru", "Chad")
    assert "'Europe' is no country; it stands beside one that is." in made.told


def test_a_text_without_a_code_is_told(take: Take) -> None:
    made = take(
        "Study,Theme,Quote\nLee 2019,Pay,low\nLee 2019,,no rooms\nEk 2012,,NR\nRoux 2015,Pay,\n"
        "Abe 2011,Pay,poor\n"
    )
    assert made.counts == (3, 4)
    assert "A text without a code is no finding: give its row a code." in made.told
    assert "(1 row: table.csv:3: 'Quote')" in made.told


def test_sums_between_codings_are_no_study(take: Take) -> None:
    rows = "".join(f"Lee {year},Peru,Pay,a\n" for year in range(2010, 2016))
    made = take(f"Study,Country,Theme,Quote\nEk 2009,Chad,Rest,b\nTotal,1,1,1\n{rows}")
    assert made.counts == (7, 7)
    assert "A row of sums is about no study. (1 row: table.csv:3)" in made.told


@pytest.mark.parametrize("label", ["田中（２０１９）", "خالد (٢٠١٩)", "احمدی ۲۰۱۹"])
def test_years_in_the_digits_of_other_scripts_are_years(take: Take, label: str) -> None:
    made = take(f"Study,Theme\n{label},Pay\n")
    assert [work.year for work in made.works.values()] == [2019]


def test_a_category_of_atlas_stands_above_its_codes_and_is_told_elsewhere(take: Take) -> None:
    codes = ("Staff: time", "Staff: pay", "Rooms: size", "Other")
    rows = "".join(f"{at}:1,Lee 201{at},low,{code}\n" for at, code in enumerate(codes))
    made = take(f"ID,Document,Quotation Content,Codes\n{rows}")
    assert made.themes == {"Time": 1, "Pay": 1, "Size": 1, "Other": 1}
    assert made.records.codebook["time"].parent == "staff"
    assert "ATLAS.ti writes ':' between a category and a code" in made.told
    made = take("Study,Code\n" + "".join(f"Lee 201{at},{one}\n" for at, one in enumerate(codes)))
    assert set(made.themes) == {*codes}
    assert "':' stands in 3 codes, as in 'Staff: time', and was kept in them." in made.told


@pytest.mark.parametrize(
    ("table", "themes"),
    [
        (
            "No,Theme,Subtheme,Study,Quote\n1,Means,Time,Lee 2019,a\n,,,Kim 2020,b\n"
            ",,Money,Lee 2019,c\n"
            "2,People,Boss,Roy 2018,d\n,,,Kim 2020,e\n",
            {"Time": 2, "Money": 1, "Boss": 2},
        ),
        ("Theme,Study\nPay,Lee 2019\n,Kim 2020\nRest,Lee 2019\n", {"Pay": 2, "Rest": 1}),
        ("Study,Theme\nLee 2019,Pay\nKim 2020,\nRoy 2018,Rest\n", {"Pay": 1, "Rest": 1}),
        (
            "Theme,Study\nPay,Lee 2019\n,Kim 2020\nRest,Lee 2019\nPay,Roy 2018\n",
            {"Pay": 2, "Rest": 1},
        ),
    ],
    ids=["ranks", "one", "study first", "a theme again"],
)
def test_codes_that_stand_in_the_first_of_their_rows_are_filled_where_it_is_sure(
    take: Take, table: str, themes: dict[str, int]
) -> None:
    made = take(table)
    assert made.themes == themes
    if "Money" in themes:
        assert made.records.codebook["money"].parent == "means"


@pytest.mark.parametrize(
    "heads", ["Bariéry;Facilitátory", "Bariere;Facilitatori", "Barrierer;Fasilitatorer"]
)
def test_both_sides_are_seen_whatever_their_endings(take: Take, heads: str) -> None:
    made = take(f"Study;{heads}\nNovák a kol. (2017);time;boss\nEk (2019);cost;team\n")
    assert len({way for _, way in ways_of(made)}) == 2
    assert made.counts == (4, 2)


def test_a_citation_beside_authors_is_a_quote_unless_it_names_a_year(take: Take) -> None:
    quotes = "Auteur;Année;Thème;Citation\nDupont;2015;Temps;pas le temps\nDupont;2015;Chef;bon\n"
    made = take(quotes)
    assert made.counts == (2, 1)
    assert {one.summary for one in made.records.findings.values()} == {"pas le temps", "bon"}
    cited = "Authors;Citation;Theme\nLee, A.;Lee 2019;Pay\nEk, B.;Ek 2012;Rest\n"
    assert set(take(cited).records.studies) == {"lee2019", "ek2012"}


def test_numbers_below_directions_are_codes_of_the_codebook(take: Take, tmp_path: Path) -> None:
    (tmp_path / "codes.csv").write_text("Code;Label\n3;Cost\n4;Time\n", encoding="utf-8")
    made = take(
        "Study;Barrier code;Enabler code\nLee 2019;3,4;\nEk 2012;4;3\n",
        codebook=tmp_path / "codes.csv",
    )
    assert made.themes == {"Cost": 2, "Time": 2}
    assert ways_of(made) == [
        *(("Cost", "Barrier"), ("Cost", "Facilitator"), ("Time", "Barrier"), ("Time", "Barrier")),
    ]


def test_studies_without_a_year_and_a_code_are_no_names_of_groups(take: Take) -> None:
    made = take("Study,Code\nLee 2020,Pay\nWHO,\nRoux 2019,Rest\nEk 2018,Pay\n")
    assert made.counts == (3, 4)
    assert "only head the rows" not in made.told


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (
            "Theme,Kenya,Peru\nPay,Lee 2020; Kim 2019,Ek 2021\nRest,Kim 2019,\n",
            {("Pay", "lee2020", "Kenya"), ("Pay", "kim2019", "Kenya"), ("Pay", "ek2021", "Peru")}
            | {("Rest", "kim2019", "Kenya")},
        ),
        (
            'Country,Pay,Rest\nPeru,"Lee 2020, Kim 2019",Ek 2021\nChad,Roux 2019,\n',
            {("Pay", "lee2020", "Peru"), ("Pay", "kim2019", "Peru"), ("Rest", "ek2021", "Peru")}
            | {("Pay", "roux2019", "Chad")},
        ),
        (
            "Theme,Barriers,Facilitators\nPay,Lee 2020,Ek 2021\nRest,,Lee 2020\n",
            {("Pay", "lee2020", "Barrier"), ("Pay", "ek2021", "Facilitator")}
            | {("Rest", "lee2020", "Facilitator")},
        ),
    ],
)
def test_a_map_whose_cells_name_studies_is_read_where_it_is_sure(
    take: Take, table: str, expected: set[tuple[str, str, str]]
) -> None:
    made = take(table)
    book, studies = made.records.codebook, made.records.studies
    ways = {row.id: row.label for row in made.records.settings.directions}
    found = {
        (book[f.theme].label, f.study, *(f.countries or studies[f.study].countries))
        if studies[f.study].countries
        else (book[f.theme].label, f.study, ways[f.direction])
        for f in made.records.findings.values()
    }
    assert found == expected
    assert len(made.records.findings) == len(expected)
    assert "Its cells name studies" in made.told


def test_sheets_called_after_countries_say_the_country(take: Take, tmp_path: Path) -> None:
    peru, chad = "Study,Theme\nLee 2020,Pay\nRoux 2019,Rest\n", "Study,Theme\nEk 2018,Pay\n"
    made = take(workbook(tmp_path / "t.xlsx", Peru=peru, Chad=chad))
    found = {key: study.countries for key, study in made.records.studies.items()}
    assert found == {"lee2020": ("Peru",), "roux2019": ("Peru",), "ek2018": ("Chad",)}


def test_sheets_of_quotes_alone_are_called_after_their_codes(take: Take, tmp_path: Path) -> None:
    pay, rest = "Study,Quote\nLee 2020,low\nRoux 2019,poor\n", "Study,Quote\nEk 2018,no breaks\n"
    made = take(workbook(tmp_path / "t.xlsx", Pay=pay, Rest=rest))
    assert made.themes == {"Pay": 2, "Rest": 1}


def test_a_number_of_the_studies_of_a_row_is_known_of_none(take: Take) -> None:
    made = take('Theme,n,References\nPay,2,"Lee 2020, Roux 2019"\nRest,1,Ek 2018\n')
    assert made.counts == (3, 3)
    assert "'n' counts the studies that 'References' names" in made.told
    assert all(not study.sample for study in made.records.studies.values())


def test_findings_of_both_sides_in_a_cell_are_findings(take: Take) -> None:
    made = take(
        "Study,Pay,Rest\nLee 2020,Barrier: low pay; Enabler: bonus,\n"
        "Roux 2019,Enabler: bonus,Barrier: noise\n"
    )
    assert made.themes == {"Pay": 3, "Rest": 1}
    assert sorted(way for _, way in ways_of(made)) == ["Barrier"] * 2 + ["Facilitator"] * 2


def test_a_country_that_a_form_does_not_list_is_a_country(take: Take) -> None:
    made = take("Study,Country,Code\nLee 2020,Other: Chad,Pay\nEk 2018,Peru; Other: Mali,Pay\n")
    found = {key: study.countries for key, study in made.records.studies.items()}
    assert found == {"lee2020": ("Chad",), "ek2018": ("Peru", "Mali")}


def test_a_consensus_of_what_was_disagreed_on_is_filled_where_coders_agree(take: Take) -> None:
    made = take(
        "Study,Code R1,Code R2,Agree?,Consensus\nLee 2020,Pay,Pay,yes,\n"
        "Roux 2019,Pay,Rest,no,Rest\nEk 2018,Pay,Pay,yes,\nIto 2017,Rest,Rest,yes,\n"
    )
    assert made.themes == {"Pay": 2, "Rest": 2}
    assert "3 empty cells of 'Consensus' got what both 'Code R1' and 'Code R2' say" in made.told
    assert "Filters: none" in made.told
    apart = take("Study,Code R1,Code R2,Consensus\nLee 2020,Pay,Rest,\nEk 2018,Pay,Pay,Pay\n")
    assert "empty cells" not in apart.told


def test_a_row_that_explains_the_headings_is_no_study(take: Take) -> None:
    made = take(
        "study,country,pay,rest\nAuthor year,Country of study,Was pay reported?,And rest?\n"
        "Lee 2020,Peru,yes,no\nRoux 2019,Chad,no,yes\n"
    )
    assert made.counts == (2, 2)
    assert made.themes == {"Pay": 1, "Rest": 1}
    assert "line 2 only explains the headings" in made.told


def test_a_sign_with_its_certainty_is_a_direction(take: Take) -> None:
    made = take(
        "Study,Theme,Direction\nLee 2020,Pay,+ (p < 0.05)\nRoux 2019,Pay,- (p = 0.2)\n"
        "Ek 2018,Rest,+\n"
    )
    assert ways_of(made) == [("Pay", "Negative"), ("Pay", "Positive"), ("Rest", "Positive")]


def test_codes_that_differ_in_a_number_in_brackets_are_told(take: Take) -> None:
    made = take("Study,Themes\nLee 2020,Pay (2); Rest (1)\nRoux 2019,Pay (1)\n")
    assert "differ only in a number in brackets" in made.told


@pytest.mark.parametrize(
    "heads",
    [
        ("Complete blindness", "Partial blindness", "Complete deafness", "Partial deafness"),
        ("Final exam", "Mid exam", "Final project", "Mid project"),
        ("Care agreed", "Care refused", "Aid agreed", "Aid refused"),
        ("Pay (overall)", "Pay (women)", "Rest (overall)", "Rest (women)"),
    ],
)
def test_kinds_of_a_code_are_no_coders(take: Take, heads: tuple[str, ...]) -> None:
    made = take(f"Study,{','.join(heads)}\nLee 2020,x,,x,\nRoux 2019,,x,,x\n")
    assert made.counts == (4, 2)
    assert made.themes == dict.fromkeys(heads, 1)


def test_a_tick_below_complete_is_a_code(take: Take) -> None:
    made = take("Study,Complete,Partial\nLee 2020,x,\nRoux 2019,,x\nEk 2018,x,\n")
    assert made.themes == {"Complete": 2, "Partial": 1}


def test_a_theme_in_the_first_of_its_rows_is_that_of_all(take: Take) -> None:
    made = take(
        "Theme,Study,Quote\nPay,Lee 2020,low\n,Roux 2019,poor\nRest,Ek 2018,no breaks\n"
        ",Lee 2020,little\n"
    )
    assert made.themes == {"Pay": 2, "Rest": 2}
    assert "2 empty cells of 'Theme' got what stands above" in made.told
    ranks = take(
        'Theme,Subtheme,References\nWork,Pay,"Lee 2020, Roux 2019"\n,Rest,Ek 2018\n'
        "Home,Noise,Ek 2018\n"
    )
    book = ranks.records.codebook
    assert {(book[n.parent].label, n.label) for n in book if n.parent} == {
        *(("Work", "Pay"), ("Work", "Rest"), ("Home", "Noise")),
    }
    again = take("Theme,Study\nPay,Lee 2020\n,Roux 2019\nPay,Ek 2018\n")
    assert again.counts == (2, 3)


def test_a_table_without_headings_loses_no_study(take: Take) -> None:
    made = take("Lee 2020,Peru,Pay\nRoux 2019,Chad,Rest\nEk 2018,Chad,Pay\nIto 2017,Peru,Rest\n")
    assert len(made.records.studies) == 4
    assert "It has no headings: its first row names a study, 'Lee 2020'" in made.told
    named = take(
        "Lee 2020,Pay\nRoux 2019,Rest\nEk 2018,Pay\n", columns=("study=Column A,theme=Column B",)
    )
    assert named.counts == (3, 3)
