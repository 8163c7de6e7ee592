"""The catalogue: what is known of each study, and what is not."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from itertools import chain, pairwise
from pathlib import Path

import pytest

from synth.reading.records import Records
from synth.reading.rules import load_records
from synth.views.catalogue import Catalogue, Entry, catalogue, divided, report_link
from synth.views.shapes import mark

GARDEN = Path(__file__).parent / "roots" / "garden"


@pytest.fixture(scope="module")
def records() -> Records:
    return load_records(GARDEN)


@pytest.fixture(scope="module")
def drawn(records: Records) -> Catalogue:
    return catalogue(records)


def fact(entry: Entry, label: str) -> str:
    """The html of a fact of an entry."""
    found = re.search(rf"<dt>{label}</dt> <dd>(.*?)</dd>", entry.html)
    assert found, label
    return found[1]


def test_it_holds_the_studies_with_evidence_by_author_and_year(drawn):
    assert drawn.ids == ("beet2011", "carrot2020a", "carrot2020b", "leek2016")
    assert repr(drawn) == "<Catalogue: 4 studies, 6 findings>"


def test_studies_can_be_chosen(records):
    assert catalogue(records, ["leek2016", "kale1999"]).ids == ("kale1999", "leek2016")


def test_each_study_and_each_finding_has_its_anchor_once(drawn, records):
    for study in drawn.ids:
        assert drawn.html.count(f'id="study-{study}"') == 1
    for finding in records.findings:
        assert drawn.html.count(f'id="finding-{finding}"') == 1


def test_an_entry_gives_the_reference_with_its_doi(records):
    html = Entry(records, "beet2011").html
    assert "Beet, A., &amp; Root, B. (2011). Two allotments in summer." in html
    assert 'href="https://doi.org/10.5555/beet.2011"' in html


def test_facts_come_with_where_they_were_found(records):
    country = fact(Entry(records, "beet2011"), "Country")
    assert country == 'Kenya; Norway <span class="synth-src">abstract</span>'
    assert fact(Entry(records, "beet2011"), "Design").startswith("survey: postal")


def test_what_is_not_known_says_so(records):
    leek = Entry(records, "leek2016")
    assert fact(leek, "Design") == '<span class="synth-gap">not established</span>'
    assert fact(leek, "Participants") == '<span class="synth-gap">not reported</span>'


def test_an_empty_cell_is_never_shown_as_nothing(records):
    kale = Entry(records, "kale1999")
    assert "not established" in fact(kale, "Country")
    assert "No finding is coded from this work." in kale.html


def test_studies_of_the_same_people_say_so_and_name_each_other(records):
    said = fact(Entry(records, "carrot2020a"), "Shared participants")
    assert 'href="synth:study:carrot2020b"' in said
    assert said.endswith("counted as two studies, one sample.")
    assert "Shared participants" not in Entry(records, "leek2016").html


def test_findings_stand_under_their_level_in_the_order_of_the_codebook(records):
    beet = Entry(records, "beet2011")
    assert [finding.id for finding in beet.findings] == ["beet2011-01", "beet2011-02"]
    text = re.sub(r"<[^>]+>", "", beet.html)
    assert text.index("The ground") < text.index("rota") < text.index("The people")


def test_a_level_without_findings_is_named(records):
    text = re.sub(r"<[^>]+>", "", Entry(records, "carrot2020a").html)
    assert "The people none coded" in text


def test_a_finding_of_several_themes_names_them_all_and_stands_in_every_level(records):
    codebook = records.codebook
    first = next(f for f in records.findings.values() if f.study == "carrot2020a")
    level = codebook.path(first.theme)[0]
    other = next(node for node in codebook if node.depth and codebook.path(node.id)[0] != level)
    changed = replace(first, also=(other.id,))
    beside = replace(records, findings={**records.findings, first.id: changed})
    html = Entry(beside, "carrot2020a").html
    assert f"also under {other.label}" in re.sub(r"<[^>]+>", "", html)
    shown = html.split("The people</span> ", 1)[1]
    assert f'<a href="#finding-{first.id}">{first.id}</a>' in shown
    assert html.count(f'id="finding-{first.id}"') == 1
    assert "none coded" not in html


def test_the_words_that_locate_a_finding_are_marked_as_a_quotation(records):
    assert "<q>a rota that everybody could read on the gate</q>" in Entry(records, "beet2011").html


def test_totals_of_the_review_are_left_to_the_build(records):
    assert re.search(r"2 findings of all", Entry(records, "beet2011").html)


def test_the_table_has_a_row_a_study_and_says_what_is_not_known(drawn):
    rows = drawn.characteristics.rows
    assert [row["study"] for row in rows] == list(drawn.ids)
    leek = rows[-1]
    assert (leek["design"], leek["sample"], leek["findings"]) == (
        "not established",
        "not reported",
        2,
    )
    assert drawn.characteristics.html.count("<tr ") == 5


def test_a_report_is_prefilled_where_the_repository_is_known(records):
    assert "Report a problem" not in Entry(records, "beet2011").html
    known = replace(records.settings, repository="https://example.org/garden/")
    link = report_link(known, "Finding beet2011-01", "What is wrong?")
    assert 'href="https://example.org/garden/issues/new?title=Finding+beet2011-01&amp;body=' in link
    html = Entry(replace(records, settings=known), "beet2011").html
    assert html.count("Report a problem") == 2


def test_a_report_goes_to_the_mail_or_form_that_the_review_names(records):
    home = "https://example.org/garden"
    mail = replace(records.settings, repository=home, reports_to="beds@example.org")
    link = report_link(mail, "Finding a&b-01", "beet 50 %")
    assert f"Data%20version%20{mail.version}" in link
    address = unescape(re.search(r'href="([^"]*)"', link)[1])
    start = "mailto:beds@example.org?subject=Finding%20a%26b-01&body=beet%2050%20%25%0A"
    assert address.startswith(start)
    form = replace(records.settings, reports_to="https://example.org/form?what={title}&why={text}")
    link = report_link(form, "Finding a&b-01", "beet 50 %")
    address = unescape(re.search(r'href="([^"]*)"', link)[1])
    start = "https://example.org/form?what=Finding%20a%26b-01&why=beet%2050%20%25%0A"
    assert address.startswith(start)
    plain = replace(records.settings, reports_to="https://example.org/form")
    assert 'href="https://example.org/form"' in report_link(plain, "Finding", "beet")


def test_drawing_twice_gives_the_same(records):
    assert catalogue(records).html == catalogue(load_records(GARDEN)).html


def test_a_long_catalogue_is_divided_without_a_gap(example_root: Path) -> None:
    """Every study stands on one page, now and when one is added between two others."""
    records = load_records(example_root)
    for most in (1, 2, 3, 100):
        parts = divided(records, most)
        assert parts[0][0] == ""
        assert parts[-1][1] == ""
        assert all(one[1] == other[0] for one, other in pairwise(parts))
        drawn = [catalogue(records, since=since, before=before).ids for since, before in parts]
        assert tuple(name for ids in drawn for name in ids) == catalogue(records).ids
        assert all(len(ids) <= most + 1 for ids in drawn)


def test_findings_are_the_same_however_they_are_looked_up(example_root: Path) -> None:
    records = load_records(example_root)
    for entry in catalogue(records).entries:
        assert entry.findings == Entry(records, entry.id).findings


def test_a_design_has_in_its_line_the_shape_it_has_in_the_figures():
    book = load_records(Path(__file__).parents[1])
    shapes = {}
    for entry in catalogue(book).entries:
        shapes.setdefault(entry.row.design, set()).add(entry.row.shape)
    assert all(len(drawn) == 1 for drawn in shapes.values())
    assert len({*chain(*shapes.values())}) == len(shapes) == 8
    assert shapes["qualitative"] == {mark("circle")}
    assert shapes["program description"] == {mark("square")}


def test_a_design_nobody_established_has_a_shape_too(records):
    shapes = {name: Entry(records, name).row.shape for name in records.studies}
    assert shapes["leek2016"] == shapes["kale1999"] != ""
    assert shapes["leek2016"] not in {shapes["beet2011"], shapes["carrot2020a"]}
