"""The two codings of the book's review and what was settled between them.

Everything the codings disagree about has its row in ``data/consensus.csv``, with what each of them
says and what the coded findings say now; none of it may drift away from the tables.
"""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from synth.agreement import Agreement
from synth.model import Finding
from synth.reading.records import Records
from synth.reading.rules import check, load_records

PROJECT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def records() -> Records:
    return load_records(PROJECT)


@pytest.fixture(scope="module")
def agreement(records: Records) -> Agreement:
    return Agreement(records)


def counted_as(records: Records, rank: str) -> dict[str, str]:
    """The node each node of the codebook counts as when two codings are compared at a rank."""
    book = records.codebook
    nodes = {name: node.id for name in book.ids if (node := book.at_rank(name, rank))}
    if rank == records.settings.ranks[-1].id:
        for node, counts_as in records.folds.items():
            nodes[node] = nodes[counts_as] = counts_as
    return nodes


def said(records: Records, coding: dict[str, Finding], study: str, node: str, rank: str) -> str:
    """What a coding says of a study and a node, as the table of what was settled writes it."""
    nodes = counted_as(records, rank)
    found = [
        f"{theme}: {finding.direction}"
        for finding in coding.values()
        if finding.study == study
        for theme in finding.themes
        if nodes.get(theme) == node
    ]
    return "; ".join(dict.fromkeys(found)) or "-"


def test_every_disagreement_is_settled_with_a_reason(
    records: Records, agreement: Agreement
) -> None:
    settled = {told.unit: told for told in records.consensus}
    ranks = [rank.id for rank in records.settings.ranks[1:]]
    units = {
        f"{each.study} / {each.node}" + (f" / {each.what}" if each.what == "direction" else "")
        for what in (*ranks, "direction")
        for each in agreement.disagreements(what)
    }
    assert units
    assert units - settled.keys() == set()
    # What is told beyond them names its sentence, which no cell of the comparison shows.
    assert all(unit.count(" / ") == 2 for unit in settled.keys() - units)
    assert all(told.reason.endswith(".") and len(told.reason) > 30 for told in settled.values())


def test_what_each_coding_says_and_what_was_settled_is_what_the_tables_say(
    records: Records, agreement: Agreement
) -> None:
    rows = {told.unit: told for told in records.consensus}
    checked = set()
    for rank in (rank.id for rank in records.settings.ranks[1:]):
        for each in agreement.disagreements(rank):
            told = rows[f"{each.study} / {each.node}"]
            codings = (agreement.first, agreement.second, records.findings)
            as_coded = [
                said(records, dict(coding), each.study, each.node, rank) for coding in codings
            ]
            # A theme and a factor can share a unit; the theme's row then tells of both.
            if rank != records.settings.ranks[1].id and records.codebook[each.node].rank != rank:
                continue
            assert [told.first, told.second, told.settled] == as_coded, told.unit
            checked.add(told.unit)
    assert checked == {unit for unit in rows if unit.count(" / ") == 1}


def test_directions_are_told_as_they_are_coded(records: Records, agreement: Agreement) -> None:
    rows = {told.unit: told for told in records.consensus}
    nodes = counted_as(records, agreement.direction_rank)
    for each in agreement.disagreements("direction"):
        told = rows[f"{each.study} / {each.node} / direction"]
        now = {
            finding.direction
            for finding in records.findings.values()
            if finding.study == each.study
            and each.node in {nodes.get(theme) for theme in finding.themes}
        }
        assert (told.first, told.second) == (each.first, each.second)
        assert told.settled == " + ".join(sorted(now))


def test_the_second_coding_uses_no_node_it_does_not_tell_apart(records: Records) -> None:
    """Its codes stand under the node they were mapped to, so a folded node never occurs in it."""
    assert {finding.theme for finding in records.second_coding.values()} & set(
        records.folds
    ) == set()
    codes = {(finding.extra["code"], finding.theme) for finding in records.second_coding.values()}
    assert len(codes) == len({code for code, _ in codes}) == len({node for _, node in codes})


def test_the_coefficients_are_those_of_a_count_by_hand(
    records: Records, agreement: Agreement
) -> None:
    """Study by theme, counted here from the tables alone."""
    theme = records.settings.ranks[1].id
    nodes = [node.id for node in records.codebook.of_rank(theme)]

    def cells(coding: dict[str, Finding]) -> set[tuple[str, str]]:
        held = counted_as(records, theme)
        return {(finding.study, held[finding.theme]) for finding in coding.values()}

    first, second = cells(dict(agreement.first)), cells(dict(agreement.second))
    units = [
        ((study.id, node) in first, (study.id, node) in second)
        for study in records.studies.values()
        if study.is_evidence
        for node in nodes
    ]
    observed = sum(a == b for a, b in units) / len(units)
    share = [sum(pair[coder] for pair in units) / len(units) for coder in (0, 1)]
    chance = share[0] * share[1] + (1 - share[0]) * (1 - share[1])
    kappa = (observed - chance) / (1 - chance)
    found = agreement.compare(theme, resamples=20).values
    assert found["percentage"].value == pytest.approx(observed)
    assert found["kappa"].value == pytest.approx(kappa)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (",direction,", ",way,"),
        (",tokenism,", ",tokenims,"),
        (",barrier,", ",barier,"),
        ("siantz2016-03,", "siantz2016-02,"),
    ],
)
@pytest.mark.parametrize("name", ["coded_studies", "first_coding", "second_coding"])
def test_what_is_wrong_in_a_coding_is_told_there_and_not_in_what_was_settled(
    name: str, old: str, new: str, tmp_path: Path
) -> None:
    shutil.copytree(PROJECT / "data", tmp_path / "data")
    shutil.copy(PROJECT / "references.bib", tmp_path)
    path = tmp_path / "data" / f"{name}.csv"
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8", newline="")
    assert not [problem for problem in check(tmp_path) if problem.code.startswith("consensus")]


@pytest.mark.parametrize(
    ("unit", "column", "cell", "told"),
    [
        # A side that says nothing, one that says more, another node, another direction.
        ("byrne2016 / policy-mandates", "first", "-", "[consensus-untrue]"),
        ("byrne2016 / policy-mandates", "second", "tokenism: barrier", "says '-'"),
        ("siantz2016 / stigma", "second", "readiness: barrier", "says 'stigma: barrier'"),
        ("siantz2016 / stigma", "settled", "stigma: enabler", "coded_studies.csv says"),
        ("mulvale2019 / economic-financial-context / direction", "first", "barrier", "'context'"),
        (
            *("berry2011 / regulatory-political-context / direction", "second"),
            *("barrier", "says 'barrier + enabler'"),
        ),
        # The same in a team's own words is the same, and what is no code is not compared.
        ("siantz2016 / stigma", "second", "Stigma: Barrier", ""),
        ("siantz2016 / stigma", "second", "barrier", ""),
        ("siantz2016 / human-resource-policies", "settled", "leave-and-benefits: barrier", ""),
        ("siantz2016 / stigma", "settled", "as the second coder read it", ""),
        ("siantz2016 / stigma", "settled", "structural stigma: enabler", ""),
        ("mulvale2019 / economic-financial-context / direction", "second", "Barrier", ""),
        # A row less is a disagreement that nobody settled.
        ("siantz2016 / stigma", "unit", "", "[consensus-lacks]"),
    ],
)
def test_the_check_holds_what_was_settled_against_the_codings(
    unit: str, column: str, cell: str, told: str, tmp_path: Path
) -> None:
    shutil.copytree(PROJECT / "data", tmp_path / "data")
    shutil.copy(PROJECT / "references.bib", tmp_path)
    path = tmp_path / "data" / "consensus.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    [row] = [row for row in rows if row["unit"] == unit]
    row[column] = cell
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(row for row in rows if row["unit"])
    found = [str(problem) for problem in check(tmp_path) if problem.code.startswith("consensus")]
    assert len(found) == bool(told)
    assert all(told in problem and column in problem for problem in found)
