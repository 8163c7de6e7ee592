"""What an import tells at its end: what it understood, and where everything comes from."""

from __future__ import annotations

from collections.abc import Container

from synth.model import TABLES
from synth.reading.bibliography import BIB_FILE
from synth.references.importing import Works
from synth.starter.collect.material import Material
from synth.starter.draft import Tables
from synth.starter.report import Report, listed, number, place, source
from synth.starter.works import Named


def tell_columns(material: Material, told: Container[tuple[str, str]], report: Report) -> None:
    """Columns that end nowhere in the book, each with its reason.

    Parameters
    ----------
    material : the tables.
    told : by table and name the columns whose reason was told already.
    report : where it is told.
    """
    for sheet, recipe in material.sheets:
        coders = recipe.coder_columns
        for name in sheet.header:
            use = recipe.columns.get(name, "leave-out")
            held = sum(bool(row.cells[name]) for row in sheet.rows)
            where = f"{source(sheet)}: {name!r}"
            if (sheet.source, name) in told and use in ("person", "leave-out"):
                continue
            if use in ("person", "reviewer"):
                report.left_out(
                    "Columns with names or addresses of people are not published.",
                    f"{name!r}",
                    '--columns "keep=COLUMN" publishes one.',
                    noun="column",
                )
            elif use == "abstract":
                report.left_out(
                    "Abstracts are not taken over: they belong to their publishers.",
                    f"{name!r}",
                    noun="column",
                )
            elif use == "leave-out" and not held:
                report.left_out("Empty columns.", f"{name!r}", noun="column")
            elif use == "leave-out" and name not in coders:
                report.left_out(f"{where} ({number(held, 'cell')}) is not taken over.")
            elif use == "keep":
                report.decided(
                    "Columns of texts, or of values that hardly come again, are kept in the data "
                    "and are no filter.",
                    f"{name!r}",
                    '--columns "filter=COLUMN" makes one a filter.',
                    noun="column",
                )


def tell_understood(
    material: Material, made: Tables, named: Named, works: Works | None, report: Report
) -> None:
    """Five lines to check at a glance, and three rows as they will stand."""
    codes = [row["label"] for row in made.codebook]
    empty = len(material.not_coded())
    rows = sum(len(sheet.rows) for sheet, _ in material.sheets)
    left = sum(bool(reason) for reason in material.fate.values())
    studies = {row["study"] for row in made.studies if row["role"] == "evidence"}
    lines = [
        f"{number(len(studies), 'study')}"
        + (f", {empty} of them without any code" if empty else "")
        + f", told by {_told_by(material)}",
        f"{number(len(codes), 'code')}: {listed(codes)}",
        f"{number(len(made.findings), 'finding')} from {number(rows - left, 'row')}"
        + (f"; {number(left, 'row')} left out" if left else "")
        + (f"; {number(len(made.second), 'finding')} of a second coding" if made.second else ""),
        "Directions: " + ", ".join(way.label for way in made.directions),
        "Filters: "
        + (
            ", ".join(
                f"{facet.label} ({'the finding’s' if facet.of == 'finding' else 'the study’s'})"
                for facet in made.facets
            )
            or "none beside codes and years"
        ),
    ]
    report.understood += lines
    _tell_uses(material, report)
    labels = {row["id"]: row["label"] for row in made.codebook}
    shown = {
        key: group.shown for key, group in zip(named.keys, material.studies.groups, strict=True)
    }
    ways = {way.id: way.label for way in made.directions}
    report.examples.append(("place", "study", "code", "direction", "finding"))
    for row, (sheet, line) in [*zip(made.findings, made.places, strict=True)][:3]:
        text = row["summary"]
        report.examples.append(
            (
                place(material.sheets[sheet][0], line),
                shown[row["study"]],
                labels[row["theme"]],
                ways[row["direction"]],
                text if len(text) <= 60 else f"{text[:57]}...",
            )
        )
    if works is None:
        undated = [repr(key) for key in named.made if named.bibliography[key].year is None]
        of_them = f", {len(undated)} of them without a year ({listed(undated, 3)})"
        report.missing.insert(
            0,
            f"References: without --bib the table alone tells of "
            f"{number(len(named.made), 'work')}{of_them if undated else ''}. Complete the entries "
            f"in {BIB_FILE}.",
        )


def _tell_uses(material: Material, report: Report) -> None:
    """What each column is."""
    for sheet, recipe in material.sheets:
        by_use: dict[str, list[str]] = {}
        coders = recipe.coder_columns
        for name, use in recipe.columns.items():
            use = "another coder's" if name in coders else use
            by_use.setdefault(use, []).append(repr(name))
        uses = "; ".join(f"{use} {listed(names)}" for use, names in by_use.items())
        report.columns.append(f"{source(sheet)} (a row is {_ROW[recipe.rows]}): {uses}")


_ROW = {"codings": "a coding", "studies": "a study", "references": "a reference"}


def _told_by(material: Material) -> str:
    uses: dict[str, None] = {}
    for _, recipe in material.sheets:
        for use in ("key", "record", "doi", "pmid", "title", "study", "author", "year"):
            for name in recipe.of(use):
                uses[repr(name)] = None
    return ", ".join(uses)


def places_of(
    material: Material, made: Tables, named: Named, works: Works | None
) -> dict[tuple[str, int], tuple[str, int]]:
    """Where the lines of the written files come from."""
    places: dict[tuple[str, int], tuple[str, int]] = {}
    file = TABLES["coded_studies"].file
    for line, (sheet, number_of_row) in enumerate(made.places, start=2):
        places[file, line] = (material.sheets[sheet][0].source, number_of_row)
    first: dict[str, tuple[int, int]] = {}
    for (sheet, line, _), study in sorted(material.studies.of_row.items()):
        first.setdefault(named.keys[study], (sheet, line))
    for line, row in enumerate(made.studies, start=2):
        if row["study"] in first:
            sheet, number_of_row = first[row["study"]]
            places[TABLES["studies"].file, line] = (
                material.sheets[sheet][0].source,
                number_of_row,
            )
    if material.codes.file:
        for line, node in enumerate(material.codes.nodes.values(), start=2):
            places[TABLES["codebook"].file, line] = (material.codes.file, node.line)
    if works is not None and works.file:
        for line in range(1, works.text.count("\n") + 2):
            places[BIB_FILE, line] = (works.file, works.lines.get(line, line))
    return places
