"""The head of a theme and its statements say what the tables say, counted here once more."""

from __future__ import annotations

import csv
import json
import re
from collections import defaultdict
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any

import pytest
from tests.records_by_hand import records as records_by_hand

from synth.messages import Words
from synth.model import Codebook, Finding
from synth.reading.records import Records
from synth.reading.rules import load_records
from synth.review import Review
from synth.views.adequacy import adequacy, adequacy_line, listed_designs
from synth.views.catalogue import Entry
from synth.views.figure import poles
from synth.views.robustness import carried_alone
from synth.views.statements import statement_list
from synth.views.verdict import verdict

ROOT = Path(__file__).resolve().parent.parent
REVIEWS = {"book": ROOT, "gardens": ROOT / "tests" / "example"}
SILENT = {"", "not reported", "not established", "not applicable"}


def table(root: Path, name: str) -> list[dict[str, str]]:
    with (root / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class Counted:
    """The tables of a review, counted with nothing of the library."""

    def __init__(self, root: Path) -> None:
        self.nodes = {row["id"]: row["parent"] for row in table(root, "codebook")}
        self.studies = {row["study"]: row for row in table(root, "studies")}
        self.findings = table(root, "coded_studies")

    def below(self, node: str) -> set[str]:
        found = {node}
        while more := {n for n, parent in self.nodes.items() if parent in found} - found:
            found |= more
        return found

    def of(self, nodes: set[str]) -> list[dict[str, str]]:
        return [
            row
            for row in self.findings
            if nodes & {row["theme"], *filter(None, (row.get("also") or "").split(";"))}
        ]

    def children(self, node: str) -> list[str]:
        return [name for name, parent in self.nodes.items() if parent == node]


def said(rows: list[dict[str, str]]) -> set[tuple[str, str]]:
    return {(r["anchor"], r["summary"]) if r["anchor"] else ("", r["finding"]) for r in rows}


@pytest.fixture(scope="module", params=REVIEWS)
def both(request: pytest.FixtureRequest) -> tuple[Records, Counted]:
    root = REVIEWS[request.param]
    return load_records(root), Counted(root)


def test_every_node_rests_on_what_the_tables_say(both: tuple[Records, Counted]) -> None:
    records, counted = both
    elsewhere = SILENT | set(records.settings.not_countries)
    for node in counted.nodes:
        rows = counted.of(counted.below(node))
        branch = records.codebook.branch(node)
        found = adequacy(records, [f for f in records.findings.values() if f.speaks_to(branch)])
        works = {row["study"] for row in rows}
        countries = {
            study: {c.strip() for c in (counted.studies[study].get("country") or "").split(";")}
            - elsewhere
            for study in works
        }
        cohorts = {
            cohort if (cohort := counted.studies[s].get("cohort") or "") not in SILENT else s
            for s in works
        }
        designs = [counted.studies[study].get("design") or "" for study in works]
        assert found.findings == len(rows)
        assert found.statements == len(said(rows))
        assert set(found.studies) == works
        assert found.groups == len(cohorts)
        assert set(found.countries) == set().union(*countries.values())
        assert found.unplaced == sum(not of for of in countries.values())
        counts = {d: designs.count(d) for d in set(designs) - SILENT}
        assert list(found.designs) == sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def test_designs_add_up_to_the_studies(root: Path) -> None:
    words = Words.of(load_records(root).settings)
    for of, told in ((3, "survey (2) and design not established (1)"), (2, "survey (2)")):
        assert listed_designs(words, (("survey", 2),), of) == told
    assert listed_designs(words, (), 1) == "design not established"


def test_a_factor_without_findings_stands_in_the_head_and_an_empty_whole_does_not(
    root: Path,
) -> None:
    records = load_records(root)
    gone = records.codebook.branch("trust-and-understanding") | {"team-relationships"}
    left = {one.id: one for one in records.findings.values() if not one.speaks_to(gone)}
    told = [
        name for name, *_ in verdict(replace(records, findings=left), "team-relationships").parts
    ]
    assert "trust-and-understanding" in told
    assert "team-relationships" not in told


def test_the_head_counts_each_part_and_direction(both: tuple[Records, Counted]) -> None:
    records, counted = both
    ways = [way.id for way in records.settings.directions]
    for node in counted.nodes:
        drawn = verdict(records, node)
        all_rows = counted.of(counted.below(node))
        for way, statements, findings, studies in drawn.counts:
            rows = [row for row in all_rows if row["direction"] == way.id]
            assert (statements, findings) == (len(said(rows)), len(rows))
            assert studies == len({row["study"] for row in rows})
        assert {way.id for way, *_ in drawn.counts} == {row["direction"] for row in all_rows}
        # The two that are each other's opposite come first, however few they are.
        pair = {way.id for way in poles(records.settings) or ()}
        of_pair = [way.id in pair for way, *_ in drawn.counts]
        assert of_pair == sorted(of_pair, reverse=True)
        inside = records.codebook.branch(node)
        assert {item.id for out in drawn.left_out for item in out.lost} <= inside
        parts = {name: row for (name, *_), row in zip(drawn.parts, drawn.rows, strict=True)}
        assert set(parts) - {node} == set(counted.children(node))
        for name, row in parts.items():
            own = counted.of({name} if name == node else counted.below(name))
            assert row["findings"] == len(own)
            assert row["studies"] == len({r["study"] for r in own})
            for way_id in ways:
                assert row[way_id] == len(said([r for r in own if r["direction"] == way_id]))
        lonely = {
            child
            for child in counted.children(node)
            if len({row["study"] for row in counted.of(counted.below(child))}) == 1
        }
        assert set(drawn.alone) == lonely


def test_a_tooth_is_one_statement_and_as_long_as_its_studies(root: Path) -> None:
    drawn = verdict(load_records(root), "team-relationships")
    for (_, _, _, statements), group in zip(drawn.parts, drawn._drawn, strict=True):
        svg = str(group["drawing"])
        middle = re.search(r"M0 ([\d.]+)H", svg)
        assert middle is not None
        heights: dict[str, list[float]] = defaultdict(list)
        for tip, way in re.findall(r'L[\d.]+ ([\d.]+)Z" fill="var\(--synth-(\w+),', svg):
            heights[way].append(round(abs(float(tip) - float(middle[1])) - 2, 1))
        for way, told in heights.items():
            studies = [len(one.studies) for one in statements if one.direction == way]
            unit = told[0] / studies[0]
            assert told == pytest.approx([unit * n for n in studies], abs=0.2)
        assert svg.count("<title>") == len(statements)


def test_names_written_from_the_right_keep_their_place_in_a_path() -> None:
    """Two of them side by side would change places, and the sign between them point backwards."""
    read = records_by_hand()
    nodes = list(read.codebook)
    named = {node.id: f"الأجر {at}" for at, node in enumerate(nodes)}
    book = Codebook(tuple(replace(node, label=named[node.id]) for node in nodes))
    arabic = replace(read, codebook=book)
    deepest = max(book, key=lambda node: node.depth)
    drawn = str(verdict(arabic, deepest.id).html)
    path = [named[node.id] for node in book.path(deepest.id)]
    assert len(path) > 2
    line = re.search(r'class="synth-v-path">(.*?)</p>', drawn)
    assert line
    assert re.findall(r"<bdi>(.*?)</bdi>", line[1]) == path[:-1]


def test_every_study_is_left_out_also_one_that_changes_nothing(
    both: tuple[Records, Counted],
) -> None:
    records, counted = both
    for node in counted.nodes:
        rows = counted.of(counted.below(node))
        by_statement: dict[tuple[str, str], set[str]] = defaultdict(set)
        for row in rows:
            key = (row["anchor"], row["summary"]) if row["anchor"] else ("", row["finding"])
            by_statement[key].add(row["study"])
        drawn = verdict(records, node)
        told = {row["study"]: row for row in drawn._without}
        assert set(told) == {row["study"] for row in rows}
        for study, row in told.items():
            assert row["findings"] == sum(r["study"] == study for r in rows)
            assert row["statements"] == sum(of == {study} for of in by_statement.values())
            for child in counted.below(node):
                of = {r["study"] for r in counted.of(counted.below(child))}
                label = records.codebook[child].label
                top = records.codebook[child].depth == 0 and len(records.settings.ranks) > 1
                if not top:
                    assert (label in row["lost"]) == (of == {study}), (node, study, child)


def test_each_statement_stands_once_under_each_of_its_nodes(
    both: tuple[Records, Counted],
) -> None:
    records, counted = both
    for node in counted.nodes:
        groups = statement_list(records, node).groups
        branch = counted.below(node)
        for name in branch:
            rows = counted.of({name})
            group = next((group for group in groups if group.node.id == name), None)
            if group is None:
                assert not rows
                assert counted.children(name)
                continue
            told = [f.id for one in group.said for f in one.findings]
            assert sorted(told) == sorted(row["finding"] for row in rows)
            texts = [(one.text, one.direction) for one in group.said]
            assert len(set(texts)) == len({(r["summary"], r["direction"]) for r in rows})
            numbers = [len(one.studies) for one in group.said]
            assert numbers == sorted(numbers, reverse=True)


def test_a_page_shows_a_sentence_once_with_a_link_to_each_study(root: Path) -> None:
    records = load_records(root)
    drawn = statement_list(records, "wellbeing")
    html = str(drawn.html)
    shared = max(drawn.rows, key=lambda row: row["n"])["statement"]
    assert html.count(escape(shared, quote=False)) == 1
    reporting = [f for f in records.findings.values() if f.summary == shared]
    assert len(reporting) > 1
    for finding in reporting:
        assert f'data-finding="{finding.id}"' in html
        assert f"synth:finding:{finding.id}" in html


def test_a_very_long_list_shows_its_share_and_says_what_is_left() -> None:
    many = [
        Finding(f"s{n:04}-01", "bell2012", "trust", "helps", f"It is so ({n}).") for n in range(900)
    ]
    drawn = statement_list(records_by_hand(findings=many))
    html = str(drawn.html)
    listed = re.findall(r'data-finding="([\w-]+)"', html)
    assert len(listed) == 600
    assert {*drawn.cites} == {*listed}
    assert len(drawn.shows["finding"]) == len(drawn.rows) == 900
    assert "and 300 more statements" in html
    assert "more statement" not in str(statement_list(records_by_hand(findings=many[:600])).html)


def test_an_empty_side_says_so(root: Path) -> None:
    records = load_records(root)
    drawn = statement_list(records, "team-relationships")
    empty = sum(not group.of(way.id) for group in drawn.groups for way in drawn.directions)
    assert empty
    assert str(drawn.html).count('class="synth-st-none"') == empty


def test_factors_have_their_home_on_the_page_of_their_theme_alone(root: Path) -> None:
    review = Review.load(root)
    theme = review.theme("wellbeing").statement_list()
    assert theme.anchors == ("theme",)
    assert theme.shows["theme"] == tuple(review.theme("wellbeing").themes.ids)
    for name in theme.shows["theme"]:
        assert f'id="theme-{name}"' in theme.html
    assert review.level("micro").statement_list().anchors == ()


@pytest.mark.parametrize("name", ["verdict", "statement_list"])
def test_a_book_draws_them_again_from_what_a_notebook_stores(root: Path, name: str) -> None:
    review = Review.load(root)
    view: Any = getattr(review.theme("wellbeing"), name)()
    again = review.view({"kind": view.kind, "query": view.query, "options": view.options})
    assert again.html == view.html


def test_what_rests_on_one_study_names_it_and_gives_no_grade(both: tuple[Records, Counted]) -> None:
    records, counted = both
    words = Words.of(records.settings)
    for node in counted.nodes:
        branch = records.codebook.branch(node)
        found = adequacy(records, [f for f in records.findings.values() if f.speaks_to(branch)])
        line = adequacy_line(records, words, found)
        if found.alone:
            assert f"rests on one study, {records.label(found.studies[0])}" in line
        elif found.findings:
            assert f"{len(found.studies)} studies" in line
        # A review of literature names many countries: which they are is not unknown.
        several = bool(found.unplaced and found.countries)
        assert (
            bool(re.search(r"\(\d+ stud(?:y names|ies name) no single country\)", line)) == several
        )
        assert not re.search(r"\b(?:high|low|moderate|strong|weak|confidence)\b", line)


def test_a_study_says_in_its_own_entry_what_would_go_without_it(
    both: tuple[Records, Counted],
) -> None:
    records, counted = both
    words = Words.of(records.settings)
    by_statement: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in counted.findings:
        key = (row["anchor"], row["summary"]) if row["anchor"] else ("", row["finding"])
        by_statement[key].add(row["study"])
    for study in {row["study"] for row in counted.findings}:
        alone = carried_alone(records, study)
        assert alone.said == sum(study in of for of in by_statement.values())
        assert alone.statements == sum(of == {study} for of in by_statement.values())
        nodes = {
            node
            for node in counted.nodes
            if {row["study"] for row in counted.of(counted.below(node))} == {study}
            and (records.codebook[node].depth or len(records.settings.ranks) == 1)
        }
        assert {item.id for item in alone.lost if item.kind != "influence"} == nodes
        html = str(Entry(records, study).html)
        nothing = not alone.statements and not alone.lost
        assert (words["study_left_out_nothing"] in html) == nothing
        assert words["study_left_out"] in html


def test_a_shape_means_one_design_in_the_whole_book(root: Path) -> None:
    review = Review.load(root)
    meaning: dict[str, set[str]] = defaultdict(set)
    for theme in review.themes:
        figure = theme.evidence().by_year()
        if figure.empty:
            continue
        for layer in figure.spec["layer"]:
            encoded = layer["encoding"]
            if "shape" in encoded:
                shapes = encoded["shape"]["scale"]
                for design, look in zip(shapes["domain"], shapes["range"], strict=True):
                    meaning[design].add(look)
    assert len(meaning) > 3
    assert all(len(looks) == 1 for looks in meaning.values())
    assert len(set().union(*meaning.values())) == len(meaning)


def test_a_mark_is_named_as_readers_know_the_study(root: Path) -> None:
    review = Review.load(root)
    spec = json.dumps(review.evidence().by_year().spec, ensure_ascii=False)
    for study in review.studies:
        assert json.dumps(study.label, ensure_ascii=False) in spec
        assert json.dumps(study.id) not in spec
