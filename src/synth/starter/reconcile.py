"""Whether what an import would write adds up with what the files hold: row by row, code by code."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping

from synth.model import EVIDENCE, TABLES
from synth.reading.csv_table import any_cell_size
from synth.starter.collect.material import Material
from synth.starter.draft import Tables
from synth.starter.values import count_in, is_blank_tick, is_tick, same, unknown
from synth.starter.works import Named


def differences(
    material: Material, made: Tables, named: Named, files: Mapping[str, str]
) -> Iterator[str]:
    """What does not add up, as sentences; nothing if all is well.

    The texts that would be written are read anew, and the cells of the files are counted anew.

    Parameters
    ----------
    material : what was collected from the files.
    made : the tables of the review.
    named : the works of the studies.
    files : the texts that would be written.
    """
    studies = _rows(files[TABLES["studies"].file])
    findings = _rows(files[TABLES["coded_studies"].file])
    yield from _rows_add_up(material)
    yield from _studies_add_up(material, named, studies)
    yield from _findings_add_up(material, made, findings)
    yield from _facts_add_up(material, named, made, studies)


def _rows(text: str) -> list[dict[str, str]]:
    with any_cell_size():
        return list(csv.DictReader(io.StringIO(text)))


def _rows_add_up(material: Material) -> Iterator[str]:
    """Every row of every table is used, or left out with a reason."""
    placed = {(sheet, line) for sheet, line, _ in material.studies.of_row}
    for index, (sheet, recipe) in enumerate(material.sheets):
        if recipe.rows not in ("codings", "studies", "references"):
            continue
        for row in sheet.rows:
            reason = material.fate.get((index, row.line))
            if reason is None:
                yield f"line {row.line} of {sheet.source} is neither used nor left out"
            elif not reason and (index, row.line) not in placed:
                yield f"line {row.line} of {sheet.source} belongs to no study"


def _studies_add_up(
    material: Material, named: Named, studies: list[dict[str, str]]
) -> Iterator[str]:
    """As many studies are written as the rows name, and none is another."""
    told = {
        named.keys[study]
        for (index, _, _), study in material.studies.of_row.items()
        if material.sheets[index][1].rows != "references"
    }
    written = {row["study"] for row in studies if row["role"] == EVIDENCE}
    if told != written:
        yield f"the rows name {len(told)} studies, and {len(written)} would be written"
    if len(studies) != len({row["study"] for row in studies}):
        yield "a study would be written twice"


def _findings_add_up(
    material: Material, made: Tables, findings: list[dict[str, str]]
) -> Iterator[str]:
    """Each code has as many findings as cells name it; each cell of a code is used or told."""
    per_cell: Counter[tuple[int, int, str]] = Counter()
    for coding in material.codings:
        per_cell[coding.sheet, coding.line, coding.column] += 1
    expected = Counter(coding.node for coding in material.codings)
    written = Counter(row["theme"] for row in findings)
    for node in expected.keys() | written.keys():
        if expected[node] != written[node]:
            yield (
                f"{node!r} is named {expected[node]} times, and would have {written[node]} findings"
            )
    if len(made.places) != len(findings):
        yield "a finding would come from no row"
    counted = {(coding.sheet, coding.line) for coding in material.codings}
    for index, (sheet, recipe) in enumerate(material.sheets):
        for row in sheet.rows:
            if (index, row.line) not in counted:
                continue
            for name in recipe.of("codes"):
                cell = row.cells[name]
                says = is_tick(cell, name) or not is_blank_tick(cell) or same(cell) in recipe.marks
                says = says and (count_in(cell) != 0 or same(cell) in recipe.marks)
                held = per_cell[index, row.line, name] > 0
                if says != held and not recipe.values.get(name) and not recipe.codes.get(name):
                    where = f"{sheet.source}:{row.line}: {name!r}"
                    yield f"the cell {cell!r} at {where} has {'a' if held else 'no'} finding"
            for name in recipe.of("theme"):
                cell = row.cells[name]
                says = bool(cell) and not unknown(" ".join(cell.split()), nothing=True)
                held = material.made.get((index, row.line, name), 0) > 0
                if says and not held and not recipe.values.get(name):
                    parts = [part for part in cell.replace("\n", ";").split(";") if part.strip()]
                    if not all(unknown(part, nothing=True) for part in parts):
                        yield f"the code {cell!r} of {sheet.source}:{row.line} has no finding"


def _facts_add_up(
    material: Material,
    named: Named,
    made: Tables,
    studies: list[dict[str, str]],
) -> Iterator[str]:
    """Every value of a filter is borne by as many studies as rows give it to."""
    by_key = {row["study"]: row for row in studies}
    of_facet = {facet.id: facet for facet in made.facets}
    for name, fact in material.facts.items():
        table, column = made.columns[name]
        if column not in of_facet or table != "studies":
            continue
        of_study: dict[str, set[str]] = {}
        for (sheet, line, _), study in material.studies.of_row.items():
            values = fact.values.get((sheet, line), ())
            of_study.setdefault(named.keys[study], set()).update(values)
        wanted = Counter(value for values in of_study.values() for value in values)
        held: Counter[str] = Counter()
        for row in by_key.values():
            held.update({value for value in row[column].split(";") if value})
        for value in held:
            if held[value] > wanted[value]:
                yield f"{value!r} of {fact.label!r} would stand at too many studies"
        for value in wanted:
            if wanted[value] > held[value] and value not in ("not reported", "not applicable"):
                yield (
                    f"{value!r} of {fact.label!r} is given to {wanted[value]} studies, and would "
                    f"stand at {held[value]}"
                )
