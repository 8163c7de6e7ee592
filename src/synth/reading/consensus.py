"""Rules for what two codings disagreed about: the table of it says what the codings say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from synth.agreement import Agreement
from synth.errors import Problem, did_you_mean
from synth.model import TABLES, Finding
from synth.reading.csv_table import NOT_LISTED
from synth.reading.records import Records
from synth.text import fold, listed

_NOTHING = "-"
_DIRECTION = "direction"
_FEW = 3

Said = frozenset[tuple[str, str]]
"""What a coding says of a study and a node: the nodes it codes there, each with its direction."""

Names = tuple[Mapping[str, str], Mapping[str, str]]
"""Ids of nodes and of directions by all that a team calls them."""


def consensus_holds(records: Records) -> Iterator[Problem]:
    """Each row names a study and a node, and tells what the codings and the findings say of them.

    Cells in other words than those of the codebook and the directions are not compared.

    Parameters
    ----------
    records : the records, as far as they could be read.
    """
    file = TABLES["consensus"].file
    nodes, studies = records.tables["codebook"], records.tables["studies"]
    known_studies = (frozenset(studies.column("study")) | studies.loose) - {""}
    known_nodes = (frozenset(nodes.column("id")) | nodes.loose) - {""}
    first = "first_coding" if records.first_coding else "coded_studies"
    tables = {"first": first, "second": "second_coding", "settled": "coded_studies"}
    whole = {name: _whole(records, name) for name in tables.values()}
    names = _names(records)
    for told in records.consensus:
        line = records.lines["consensus", told.unit]
        study, node, about = _unit(told.unit)
        wrong = False
        for value, known, target in (
            (study, known_studies, "studies.study"),
            (node, known_nodes, "codebook.id"),
        ):
            if known and value not in known:
                near, wrong = did_you_mean(value, known), True
                yield Problem(NOT_LISTED[target], file, line, "unit", value=value, near=near)
        # A row about one sentence of a study is about less than what the codings say of the study.
        if wrong or about not in ("", _DIRECTION) or not records.second_coding:
            continue
        for column, name in tables.items():
            coding, cell = whole[name], getattr(told, column)
            said = _said(records, coding or {}, study, node)
            if coding is not None and not _tells(names, cell, said):
                shown = {"cell": cell, "said": _written(said, about), "coding": _NAMES[column]}
                yield Problem("consensus-untrue", file, line, column, **shown)
    if all(whole[name] is not None for name in (first, "second_coding")):
        yield from _lacking(records)


def _whole(records: Records, name: str) -> Mapping[str, Finding] | None:
    """A coding, if all of it could be read: what is wrong in a row is told there alone."""
    codings = {
        "coded_studies": records.findings,
        "first_coding": records.first_coding,
        "second_coding": records.second_coding,
    }
    coding, directions = codings[name], {each.id for each in records.settings.directions}
    rows = records.tables[name].lines
    sound = all(
        finding.direction in directions and set(finding.themes) <= set(records.codebook.ids)
        for finding in coding.values()
    )
    return coding if sound and len(rows) == len(coding) else None


_NAMES = {
    "first": "the first coding",
    "second": "the second coding",
    "settled": TABLES["coded_studies"].file,
}


def _unit(unit: str) -> tuple[str, str, str]:
    """Study, node and what about it."""
    study, _, rest = unit.partition("/")
    node, _, about = rest.partition("/")
    return study.strip(), node.strip(), about.strip()


def _lacking(records: Records) -> Iterator[Problem]:
    """Where there is a table of what was settled, every disagreement has its row."""
    if not (records.consensus and records.second_coding and records.settings.ranks):
        return
    agreement = Agreement(records)
    settled = {tuple(filter(None, _unit(told.unit))) for told in records.consensus}
    ranks = [rank.id for rank in records.settings.ranks]
    units = [
        (each.study, each.node, *[_DIRECTION] * (what == _DIRECTION))
        for what in (*(ranks[1:] or ranks), _DIRECTION)
        for each in agreement.disagreements(what)
    ]
    lacking = [" / ".join(unit) for unit in units if unit not in settled]
    if lacking:
        shown = listed([*map(repr, lacking[:_FEW]), *["…"] * (len(lacking) > _FEW)])
        yield Problem(
            "consensus-lacks", TABLES["consensus"].file, 1, "unit", n=len(lacking), listed=shown
        )


def _said(records: Records, coding: Mapping[str, Finding], study: str, node: str) -> Said:
    """What a coding says of a study at a node: there, below, and in nodes that count as it."""
    here = set(records.codebook.branch(node)) if node in records.codebook else {node}
    # Nodes are folded where the codings are compared at the lowest rank, and only there.
    if node in records.codebook and records.codebook[node].rank == records.settings.ranks[-1].id:
        here |= {folded for folded, counts_as in records.folds.items() if counts_as == node}
    return frozenset(
        (theme, finding.direction)
        for finding in coding.values()
        if finding.study == study
        for theme in finding.themes
        if theme in here
    )


def _tells(names: Names, cell: str, said: Said) -> bool:
    """Whether a cell says what a coding says; what cannot be compared is taken as said."""
    if cell.strip() == _NOTHING:
        return not said
    nodes, directions = names
    pairs: set[tuple[str, str]] = set()
    for part in re.split(r"[;+]", cell):
        first, divided, second = (fold(piece.strip()) for piece in part.rpartition(":"))
        node, direction = nodes.get(first, ""), directions.get(second, "")
        if not divided:
            node = "" if direction else nodes.get(second, "")
        if not (node or direction) or (divided and not (node and direction)):
            return True
        pairs.add((node, direction))
    matched = {
        (pair, each)
        for pair in pairs
        for each in said
        if pair[0] in ("", each[0]) and pair[1] in ("", each[1])
    }
    # A cell may tell of one code out of several, but of all directions where it tells of them.
    whole = any(node for node, _ in pairs) or {each for _, each in matched} == said
    return {pair for pair, _ in matched} == pairs and whole


def _names(records: Records) -> Names:
    """Ids of nodes and of directions by all that a team calls them."""
    nodes = {fold(name): node.id for node in records.codebook for name in (node.label, node.id)}
    directions = {
        fold(name): each.id
        for each in records.settings.directions
        for name in (each.label, each.id)
    }
    return nodes, directions


def _written(said: Said, about: str) -> str:
    """What a coding says, as the table writes it."""
    if about:
        return " + ".join(sorted({direction for _, direction in said})) or _NOTHING
    return "; ".join(f"{node}: {direction}" for node, direction in sorted(said)) or _NOTHING
