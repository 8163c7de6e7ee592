"""A search flow from PRISMA's template, Covidence and Rayyan: its numbers, and what stays open."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path

import pytest

from synth.errors import ReviewError
from synth.reading.rules import check
from synth.starter.file_kinds.reading import read_tables
from synth.starter.flow.boxes import COLUMNS, Flow
from synth.starter.flow.reading import flow_of
from synth.starter.start import Request, start

# The boxes of the template, in its order; the numbers are invented.
PRISMA = {
    "previous_studies": "NA",
    "previous_reports": "NA",
    "database_results": "1,200",
    "register_results": "40",
    "website_results": "10",
    "organisation_results": "5",
    "citations_results": "5",
    "duplicates": "300",
    "excluded_automatic": "0",
    "excluded_other": "40",
    "records_screened": "900",
    "records_excluded": "800",
    "dbr_sought_reports": "100",
    "dbr_notretrieved_reports": "4",
    "other_sought_reports": "20",
    "other_notretrieved_reports": "2",
    "dbr_assessed": "96",
    "dbr_excluded": "Wrong design, 50; Not in English, 6",
    "other_assessed": "18",
    "other_excluded": "Wrong design, 16",
    "new_studies": "40",
    "new_reports": "42",
    "total_studies": "NA",
    "total_reports": "NA",
}


def flow(tmp_path: Path, **files: str) -> Flow:
    sheets = []
    for name, text in files.items():
        path = tmp_path / f"{name}.csv"
        path.write_text(text, encoding="utf-8")
        sheets += read_tables(path)[0]
    found = flow_of(sheets)
    assert found is not None
    return found


def test_names_without_blanks_are_words(tmp_path: Path) -> None:
    text = (
        "stage,count\nrecords_identified,90\nduplicates_removed,10\nrecords_screened,80\n"
        "records_excluded,60\nfull_text_assessed,20\nfull_text_excluded,8\nstudies_included,12\n"
    )
    plain = flow(tmp_path, flow=text.replace("_", " "))
    assert flow(tmp_path, flow=text).rows == plain.rows
    assert ("Records excluded", "60") in {(row["label"], row["count"]) for row in plain.rows}


@pytest.mark.parametrize(
    ("screened", "databases", "told"),
    [("55", "60", "they are read as the databases"), ("54", "", "are no box were left out")],
)
def test_what_each_source_found_is_summed_where_the_sum_leads_on(
    tmp_path: Path, screened: str, databases: str, told: str
) -> None:
    text = (
        "item,n\nidentified_moss_index,10\nidentified_fern_index,50\nduplicates_removed,5\n"
        f"records_screened,{screened}\nrecords_excluded,35\nfulltext_assessed,20\nincluded,12\n"
    )
    counts = {row["label"]: row["count"] for row in flow(tmp_path, flow=text).rows}
    assert counts["Records identified from databases"] == databases
    assert counts.get("identified fern index", "") == ("50" if databases else "")
    assert told in " ".join(read_tables(tmp_path / "flow.csv")[0][0].notes)


def template(numbers: dict[str, str]) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(["data", "node", "box", "description", "boxtext", "tooltips", "url", "n"])
    writer.writerow(["NA", "node4", "prevstud", "Title box", "Previous studies", "", "x.html", "0"])
    for name, number in numbers.items():
        writer.writerow([name, "NA", "box", f"About {name}", f"Text {name}", "NA", "NA", number])
    return stream.getvalue()


def numbers(found: Flow) -> dict[str, str]:
    return {row["box"]: row["count"] or row["state"] for row in found.rows}


def problems(found: Flow, example_root: Path, tmp_path: Path) -> list[str]:
    """What the check of a review says of such a flow."""
    root = tmp_path / "review"
    shutil.copytree(example_root, root)
    stream = io.StringIO()
    writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(found.rows)
    (root / "data/flow.csv").write_text(stream.getvalue(), encoding="utf-8")
    return [str(p) for p in check(root) if p.file == "data/flow.csv" and p.severity == "error"]


def test_the_template_of_prisma_becomes_a_flow(example_root: Path, tmp_path: Path) -> None:
    found = flow(tmp_path, prisma=template(PRISMA))
    assert numbers(found) == {
        "databases": "1200",
        "registers": "40",
        "identified": "1240",
        "duplicates": "300",
        "removed-automatically": "0",
        "removed-otherwise": "40",
        "screened": "900",
        "excluded-screening": "800",
        "sought": "100",
        "not-retrieved": "4",
        "assessed": "96",
        "excluded-eligibility": "56",
        "excluded-eligibility-wrong-design": "50",
        "excluded-eligibility-not-in-english": "6",
        "websites": "10",
        "organisations": "5",
        "citations": "5",
        "other-identified": "20",
        "other-sought": "20",
        "other-not-retrieved": "2",
        "other-assessed": "18",
        "other-excluded-eligibility": "16",
        "other-excluded-eligibility-wrong-design": "16",
        "other-included": "2",
        "included-reports": "42",
        "further-reports": "2",
        "included": "40",
    }
    states = {row["box"]: row["state"] for row in found.rows}
    assert (states["databases"], states["identified"]) == ("reported", "derived")
    assert problems(found, example_root, tmp_path) == []


def test_what_the_template_leaves_open_stays_open(example_root: Path, tmp_path: Path) -> None:
    some = PRISMA | {"duplicates": "NA", "new_reports": "", "dbr_excluded": "Reason1, xxx"}
    found = flow(tmp_path, prisma=template(some))
    held = numbers(found)
    assert held["duplicates"] == held["included-reports"] == "not reported"
    assert held["excluded-eligibility"] == "not reported"
    assert held["included"] == "40"
    assert any("not known and stay open" in note for note in found.notes)
    assert problems(found, example_root, tmp_path) == []


def test_numbers_that_do_not_add_up_are_told_and_not_written(tmp_path: Path) -> None:
    found = flow(tmp_path, prisma=template(PRISMA | {"records_screened": "901"}))
    assert found.rows == []
    assert "'Records screened': 1240 − 300 − 0 − 40 = 901" in "\n".join(found.notes)


def test_the_empty_template_is_no_flow(tmp_path: Path) -> None:
    found = flow(tmp_path, prisma=template(dict.fromkeys(PRISMA, "0")))
    assert found.rows == []
    assert "is it the empty template?" in "\n".join(found.notes)


COVIDENCE = "Title,Authors,Published Year,Journal,DOI,Covidence #,Study,Notes\n"


def test_lists_of_covidence_become_a_flow(example_root: Path, tmp_path: Path) -> None:
    excluded = "".join(
        f"T{n},A,2020,J,,#{n},A 2020,Exclusion reason: {why}; \n"
        for n, why in enumerate(["Wrong design", "Wrong design", "Not in English"])
    )
    found = flow(
        tmp_path,
        review_1_irrelevant=COVIDENCE + "X,A,2020,J,,#7,A 2020,\n" * 5,
        review_1_excluded=COVIDENCE + excluded,
        review_1_included=COVIDENCE + "Y,B,2020,J,,#8,B 2020,\nZ,C,2020,J,,#9,C 2020,\n",
    )
    assert numbers(found) == {
        "identified": "not established",
        "removed": "not established",
        "screened": "10",
        "excluded-screening": "5",
        "assessed": "5",
        "excluded-eligibility": "3",
        "excluded-eligibility-wrong-design": "2",
        "excluded-eligibility-not-in-english": "1",
        "included": "2",
    }
    assert problems(found, example_root, tmp_path) == []


def test_one_list_of_covidence_is_no_flow(tmp_path: Path) -> None:
    found = flow(tmp_path, review_1_included=COVIDENCE + "Y,B,2020,J,,#8,B 2020,\n")
    assert found.rows == []
    assert "lists of excluded and of included" in "\n".join(found.notes)


@pytest.mark.parametrize(("last", "kept"), [("Included", "2"), ("Maybe", "not established")])
def test_a_screening_in_rayyan_becomes_a_flow(
    example_root: Path, tmp_path: Path, last: str, kept: str
) -> None:
    rows = [("Excluded", "wrong design"), ("Excluded", ""), ("Included", ""), (last, "")]
    text = "key,title,year,journal,issn,authors,language,notes\n" + "".join(
        f'r-{n},T,2020,J,,A,,"RAYYAN-INCLUSION: {{""Ann""=>""{said}""}}'
        + (f' | RAYYAN-EXCLUSION-REASONS: {why}"\n' if why else '"\n')
        for n, (said, why) in enumerate(rows)
    )
    found = flow(tmp_path, rayyan=text)
    held = numbers(found)
    assert (held["screened"], held["excluded-screening"], held["assessed"]) == ("4", "2", kept)
    assert held["excluded-screening-wrong-design"] == "1"
    assert held["excluded-screening-no-reason-given"] == "1"
    assert held["included"] == held["identified"] == "not established"
    assert problems(found, example_root, tmp_path) == []


def test_a_coded_table_holds_no_flow(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("Study,Code\nLee 2020,Pay\n", encoding="utf-8")
    assert flow_of(read_tables(tmp_path / "t.csv")[0]) is None


def imported(tmp_path: Path, *names: str) -> list[str]:
    """What is said while a review is made of some files."""
    said: list[str] = []
    request = Request(tmp_path / "new", tables=tuple(tmp_path / name for name in names))
    start(request, execute=False, dry_run=False, say=said.append)
    return said


TABLE = "Study,Code,Text\nB 2020,Pay,One\nC 2020,Pay,Two\n"


def test_a_flow_comes_into_the_review_with_its_table(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text(TABLE, encoding="utf-8")
    (tmp_path / "prisma.csv").write_text(template(PRISMA), encoding="utf-8")
    said = imported(tmp_path, "table.csv", "prisma.csv")
    assert "The search flow comes from PRISMA's template." in "\n".join(said)
    rows = csv.DictReader((tmp_path / "new/data/flow.csv").open(encoding="utf-8"))
    assert {row["box"]: row["count"] for row in rows}["screened"] == "900"
    assert not [p for p in check(tmp_path / "new") if p.severity == "error"]


def test_references_that_were_left_out_are_counted_and_no_works_of_the_review(
    tmp_path: Path,
) -> None:
    (tmp_path / "table.csv").write_text(TABLE, encoding="utf-8")
    row = "T1,A,2020,J,,#1,A 2020,Exclusion reason: Wrong design; \n"
    (tmp_path / "x_excluded.csv").write_text(COVIDENCE + row, encoding="utf-8")
    (tmp_path / "x_included.csv").write_text(
        COVIDENCE + 'Y,"B, X",2020,J,,#8,B 2020,\nZ,"C, D",2020,J,,#9,C 2020,\n', encoding="utf-8"
    )
    said = "\n".join(imported(tmp_path, "table.csv", "x_excluded.csv", "x_included.csv"))
    assert "x_excluded.csv lists 1 reference left out of the review" in said
    studies = (tmp_path / "new/data/studies.csv").read_text("utf-8")
    assert "a2020" not in studies
    assert studies.count("\n") == 3


@pytest.mark.parametrize(
    ("name", "text", "what"),
    [
        ("p.csv", template(PRISMA), "the numbers of a search flow"),
        ("c.qdc", '<CodeBook><Codes><Code guid="1" name="Pay"/></Codes></CodeBook>', "a codebook"),
        (
            "x_excluded.csv",
            COVIDENCE + "T1,A,2020,J,,#1,A 2020,Exclusion reason: Wrong design; \n",
            "a list of references that were left out",
        ),
    ],
)
def test_what_makes_no_review_alone_is_named(
    tmp_path: Path, name: str, text: str, what: str
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(ReviewError) as error:
        imported(tmp_path, name)
    assert f"[sheet-no-table] This is {what}" in str(error.value)


def test_the_search_flow_is_read_again(tmp_path: Path) -> None:
    from synth.starter.again import import_again

    table, prisma = tmp_path / "table.csv", tmp_path / "prisma.csv"
    table.write_text("Study,Code\nEk 2012,Pay\nRoux 2015,Pay\n", encoding="utf-8")
    prisma.write_text(template(PRISMA), encoding="utf-8")
    root = tmp_path / "review"
    start(Request(root, (table, prisma)), execute=False, dry_run=False, say=lambda line: None)
    recipe = (root / "data" / "import.toml").read_text("utf-8")
    assert 'file = "../prisma.csv"\nrows = "flow"' in recipe
    said: list[str] = []
    import_again(root, (), prune=False, dry_run=False, say=said.append)
    assert "Nothing changed: the review is as the files have it." in said
    flow_file = root / "data" / "flow.csv"
    mine = flow_file.read_text("utf-8").replace("Records screened", "Records we screened")
    flow_file.write_text(mine, encoding="utf-8")
    changed = {"excluded_other": "41", "duplicates": "299"}
    prisma.write_text(template(PRISMA | changed), encoding="utf-8")
    said.clear()
    import_again(root, (), prune=False, dry_run=False, say=said.append)
    counts = {row["box"]: row["count"] for row in csv.DictReader(flow_file.open(encoding="utf-8"))}
    assert (counts["duplicates"], counts["removed-otherwise"]) == ("299", "41")
    assert "Records we screened" in flow_file.read_text("utf-8")
    assert sum("is now '299'" in line for line in "\n".join(said).split("\n")) == 1
    assert [problem for problem in check(root) if problem.severity == "error"] == []


@pytest.mark.parametrize("header", ["Stage,Number\n", ""])
def test_a_plain_list_of_the_numbers_is_a_flow(tmp_path: Path, header: str) -> None:
    text = header + (
        'Records identified from databases,"1,200"\nDuplicates removed,200\nTitles screened,1 000\n'
        "Records excluded at screening,n = 900\nFull-text articles assessed for eligibility,100\n"
        '"Full-text articles excluded, with reasons",97\nWrong population,60\nNot in English,37\n'
        "Studies included in the review,3\nWorking days,12\n"
    )
    found = flow(tmp_path, numbers=text)
    counts = {row["box"]: row["count"] for row in found.rows if row["count"]}
    assert counts == {
        "databases": "1200",
        "identified": "1200",
        "duplicates": "200",
        "screened": "1000",
        "excluded-screening": "900",
        "assessed": "100",
        "excluded-eligibility": "97",
        "excluded-eligibility-wrong-population": "60",
        "excluded-eligibility-not-in-english": "37",
        "included": "3",
    }
    assert "the list of numbers in" in found.notes[0]


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        (  # PRISMA 2009: what was left after duplicates, and other sources; reasons like boxes
            "Box,n\nRecords identified through database searching,1200\n"
            "Additional records identified through other sources,49\n"
            "Records after duplicates removed,1000\nRecords screened,1000\nRecords excluded,900\n"
            "Full-text articles assessed for eligibility,100\n"
            '"Full-text articles excluded, with reasons",88\nFull text not available,8\n'
            "Duplicate report,80\nStudies included in qualitative synthesis,12\n",
            {
                "databases": 1200,
                "additional": 49,
                "identified": 1249,
                "duplicates": 249,
                "screened": 1000,
                "excluded-screening": 900,
                "assessed": 100,
                "excluded-eligibility": 88,
                "excluded-eligibility-full-text-not-available": 8,
                "excluded-eligibility-duplicate-report": 80,
                "included": 12,
            },
        ),
        (  # an update: the studies of before are none of the new ones
            "Step,n\nStudies included in previous version of review,10\n"
            "Records identified from databases,500\nRecords screened,500\nRecords excluded,450\n"
            "Reports assessed for eligibility,50\nReports excluded: wrong design,20\n"
            "Reports excluded: no results,11\nNew studies included in review,19\n"
            "Total studies included in review,29\n",
            {
                "databases": 500,
                "identified": 500,
                "screened": 500,
                "excluded-screening": 450,
                "assessed": 50,
                "excluded-eligibility": 31,
                "excluded-eligibility-wrong-design": 20,
                "excluded-eligibility-no-results": 11,
                "included": 19,
                "previous": 10,
                "total": 29,
            },
        ),
        (  # as copied from a diagram
            "PRISMA flow\nRecords identified from databases (n = 700)\n"
            "Duplicates removed (n = 100)\nRecords screened (n = 600)\nExcluded (n = 590)\n"
            "Reports assessed for eligibility (n = 10)\nStudies included (n = 10)\n",
            {
                "databases": 700,
                "identified": 700,
                "duplicates": 100,
                "screened": 600,
                "excluded-screening": 590,
                "assessed": 10,
                "included": 10,
            },
        ),
        (  # databases above their sum, shares beside the numbers
            "Source,Count,%\nLilacs,300,30%\nCinahl,700,70%\nTotal records identified,n = 1000,"
            "100%\nScreened,1000 (100%),\nExcluded on title/abstract,960,96%\nFull text,40,4%\n"
            "Included,5,0.5%\n",
            {
                "databases": 1000,
                "databases-lilacs": 300,
                "databases-cinahl": 700,
                "identified": 1000,
                "screened": 1000,
                "excluded-screening": 960,
                "assessed": 40,
                "included": 5,
            },
        ),
        (  # phases before, notes behind
            "Phase,Step,n,Note\nIdentification,Records identified from databases,90,\n"
            "Identification,Duplicates removed,10,by hand\nScreening,Records screened,80,\n"
            "Screening,Records excluded,60,\nScreening,Reports assessed for eligibility,20,\n"
            "Included,Studies included in review,5,two of one team\n",
            {
                "databases": 90,
                "identified": 90,
                "duplicates": 10,
                "screened": 80,
                "excluded-screening": 60,
                "assessed": 20,
                "included": 5,
            },
        ),
        (  # one row of numbers
            "identified,duplicates,screened,excluded,full text,full text excluded,included\n"
            "90,10,80,60,20,15,5\n",
            {
                "identified": 90,
                "duplicates": 10,
                "screened": 80,
                "excluded-screening": 60,
                "assessed": 20,
                "excluded-eligibility": 15,
                "included": 5,
            },
        ),
    ],
)
def test_lists_of_numbers_in_other_words_are_flows(
    example_root: Path, tmp_path: Path, text: str, counts: dict[str, int]
) -> None:
    found = flow(tmp_path, numbers=text)
    held = {row["box"]: int(row["count"]) for row in found.rows if row["count"]}
    assert held == counts
    assert "reported" not in {row["state"] for row in found.rows if not row["count"]}
    assert problems(found, example_root, tmp_path) == []


def test_an_estimate_is_no_number_and_not_unreported(example_root: Path, tmp_path: Path) -> None:
    found = flow(tmp_path, prisma=template(PRISMA | {"records_screened": "ca. 900"}))
    row = next(row for row in found.rows if row["box"] == "screened")
    assert (row["count"], row["state"]) == ("", "not established")
    assert row["note"] == "The file says 'ca. 900'."
    assert any("The file says 'ca. 900'" in note for note in found.notes)
    assert problems(found, example_root, tmp_path) == []


def test_a_list_that_does_not_add_up_says_so(example_root: Path, tmp_path: Path) -> None:
    text = (
        "Step,n\nRecords identified from databases,1000\nDuplicates removed,200\n"
        "Records screened,850\nRecords excluded,800\nReports assessed,50\nStudies included,9\n"
    )
    found = flow(tmp_path, numbers=text)
    assert "does not add up at 'Records screened': 1000 − 200 = 850" in "\n".join(found.notes)
    states = {row["box"]: row["state"] for row in found.rows}
    assert states["registers"] == "not established"
    assert problems(found, example_root, tmp_path) == []


def test_a_total_that_names_no_source_is_no_number_of_databases(tmp_path: Path) -> None:
    text = (
        "Step,n\nRecords identified,500\nScreened,400\nFull texts assessed,50\nStudies included,9\n"
    )
    rows = {row["box"]: row for row in flow(tmp_path, numbers=text).rows}
    assert (rows["identified"]["count"], rows["identified"]["state"]) == ("500", "reported")
    assert rows["databases"]["count"] == ""


def test_numbers_of_studies_are_no_flow(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("Study,n\nLee 2010,12\nRoux 2011,30\nEk 2012,7\n", "utf-8")
    assert flow_of(read_tables(tmp_path / "t.csv")[0]) is None


@pytest.mark.parametrize(
    ("reasons", "excluded", "said"),
    [
        # Without their total, reasons count where they are what was assessed and not included.
        ("Wrong population,30\nWrong design,20\nNo full text,10\n", 60, ""),
        ("Excluded: population,30\nExcluded: design,20\nExcluded: no full text,10\n", 60, ""),
        ("Reports excluded,60\nWrong population,30\nWrong design,30\n", 60, ""),
        (
            "Wrong population,30\nWrong design,20\nExcluded: no full text,11\n",
            None,
            "They add up to 61, but 60 were assessed and not included: make them fit.",
        ),
        (
            "Reports excluded,60\nWrong population,30\nWrong design,29\n",
            60,
            "They add up to 59, but 'Reports excluded' says 60: make them fit.",
        ),
        ("Wrong population,30\nWrong design,ca. 30\n", None, "Not all of them are whole numbers."),
    ],
)
def test_reasons_count_where_they_add_up(
    tmp_path: Path, reasons: str, excluded: int | None, said: str
) -> None:
    text = (
        "Records identified from databases,1000\nRecords screened,1000\nRecords excluded,900\n"
        f"Full texts assessed,100\n{reasons}Studies included,40\n"
    )
    numbers = tmp_path / "numbers.csv"
    numbers.write_text(text, "utf-8")
    sheets, _ = read_tables(numbers)
    assert said in " ".join(sheets[0].notes)
    held = {row["box"]: row["count"] for row in flow(tmp_path, numbers=text).rows}
    assert held["excluded-eligibility"] == ("" if excluded is None else str(excluded))
    told = [int(n) for box, n in held.items() if box.startswith("excluded-eligibility-")]
    assert sum(told) == (0 if said else excluded)


def test_reasons_without_anything_to_hold_them_against_say_what_to_add(tmp_path: Path) -> None:
    numbers = tmp_path / "numbers.csv"
    numbers.write_text(
        "Records identified,90\nRecords screened,80\nFull texts assessed,20\nToo old,9\n"
        "Included reports,\nRecords excluded,60\n",
        "utf-8",
    )
    sheets, _ = read_tables(numbers)
    assert (
        "how many reports were excluded in all, as in 'Reports excluded, 9'" in sheets[0].notes[-1]
    )
