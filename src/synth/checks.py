"""Rules between the files of a review: what one of them says must exist in the others.

Rules of a single file stand with its reader (:mod:`synth.tables`, :mod:`synth.bibliography`,
:mod:`synth.settings`); ``check`` gathers all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from synth.bibliography import BIB_FILE, DOI, check_bibliography, missing_work
from synth.citation_style import author_year
from synth.errors import Problem, did_you_mean
from synth.files import read_text
from synth.model import EVIDENCE, NOT_REPORTED, TABLES, UNKNOWN, Facet, FlowBox
from synth.settings import SETTINGS_FILE, settings_line
from synth.tables import Records, Row, ancestors, not_listed, read_records, shortened, split


def check(root: Path) -> list[Problem]:
    """Everything that is wrong in a review's files, sorted by file and line.

    Parameters
    ----------
    root : the folder that holds ``data/`` and ``references.bib``.

    Returns
    -------
    Errors, warnings and notes (what could not be checked); empty when all is well.
    """
    records, problems = read_records(root)
    return sorted({*problems, *check_records(records)}, key=lambda problem: problem.place)


def check_records(records: Records) -> list[Problem]:
    """What is wrong between the files, given what stands in them.

    Parameters
    ----------
    records : the records, as far as they could be read.
    """
    problems: list[Problem] = []
    for rule in (
        _references_between_tables,
        _codebook,
        _studies,
        _bibliography,
        _findings,
        _influences,
        _flow,
        _facets,
        _countries,
        _settings,
    ):
        problems += rule(records)
    return problems


def _problem(
    table: str, row: Row, where: str, message: str, hint: str, severity: str = "error"
) -> Problem:
    return Problem(TABLES[table].file, row.line, where, message, hint, severity)


def _has(records: Records, table: str, *columns: str) -> bool:
    """Whether a table could be read and has the columns that a rule compares."""
    return all(column in records.tables[table].header for column in columns)


def _known(records: Records, table: str) -> frozenset[str]:
    """Ids of a table, with whatever stands in rows that are refused for another reason."""
    written = records.tables[table]
    key = TABLES[table].key
    return frozenset([row.cells[key] for row in written.rows if row.cells[key]]) | written.loose


# --- references -------------------------------------------------------------------------------


def _references_between_tables(records: Records) -> Iterator[Problem]:
    """Ids that name a row of another table, or of the same one, which is not there."""
    for name, table in TABLES.items():
        written = records.tables[name]
        for column in table.columns:
            if column.kind != "ref" or column.name not in written.header:
                continue
            target = column.refers_to.split(".")[0]
            # A table that is missing or unreadable is one problem, not one for each row.
            if not records.tables[target].header:
                continue
            known = _known(records, target)
            cells = {row.cells[column.name] for row in written.rows}
            wrong = {
                cell: [
                    item for item in (split(cell) if column.many else (cell,)) if item not in known
                ]
                for cell in cells
                if cell
            }
            if not any(wrong.values()):
                continue
            for row in written.rows:
                for item in wrong.get(row.cells[column.name], ()):
                    message, hint = not_listed(item, column.refers_to, known)
                    yield _problem(name, row, column.name, message, hint)


# --- codebook ---------------------------------------------------------------------------------


def _codebook(records: Records) -> Iterator[Problem]:
    """The tree: no circles, no deeper than the ranks, no two children of one name."""
    if not _has(records, "codebook", "id", "parent"):
        return
    rows = records.tables["codebook"].rows
    parents = {row.cells["id"]: row.cells["parent"] for row in reversed(rows)}
    ranks = records.settings.ranks
    labels: dict[tuple[str, str], Row] = {}
    told: set[str] = set()
    for row in rows:
        name, parent = row.cells["id"], row.cells["parent"]
        if name and name == parent:
            yield _problem(
                "codebook",
                row,
                "parent",
                f"{shortened(name)} is its own parent.",
                "Name the node above it, or leave the cell empty for a node of the first rank.",
            )
            continue
        circle = _circle(name, parents)
        if circle and not told.intersection(circle):
            told.update(circle)
            yield _problem(
                "codebook",
                row,
                "parent",
                f"The nodes run in a circle: {' > '.join([*circle, circle[0]])}.",
                "Give one of them a parent outside the circle.",
            )
        way = ancestors(name, parents)
        if way and ranks and len(way) > len(ranks):
            yield _problem(
                "codebook",
                row,
                "parent",
                f"{shortened(name)} stands at depth {len(way)}, but there are only {len(ranks)} "
                f"ranks: {', '.join(rank.id for rank in ranks)}.",
                "Move it up, or add a rank to data/review.toml.",
            )
        label = row.cells.get("label", "")
        other = labels.setdefault((parent, label.casefold()), row)
        if label and other is not row:
            yield _problem(
                "codebook",
                row,
                "label",
                f"{shortened(label)} is also the label of {other.cells['id']!r} "
                f"on line {other.line}.",
                "Readers could not tell the two apart.",
                "warning",
            )


def _circle(name: str, parents: Mapping[str, str]) -> list[str]:
    """The nodes of the circle that a node is part of, each above the one before; or nothing."""
    way: list[str] = []
    while name in parents and name not in way:
        way.append(name)
        name = parents[name]
    return way if way and name == way[0] and len(way) > 1 else []


# --- studies and works ------------------------------------------------------------------------


def _studies(records: Records) -> Iterator[Problem]:
    """Every study is a work of the bibliography; evidence has findings, and nothing else has."""
    if not _has(records, "studies", "study"):
        return
    coded = _has(records, "coded_studies", "finding", "study")
    findings = records.tables["coded_studies"]
    cited = {row.cells["study"] for row in findings.rows} if coded else set()
    for row in records.tables["studies"].rows:
        name, role = row.cells["study"], row.cells.get("role", "")
        work = records.bibliography.get(name)
        if name and work is None and records.bibliography:
            yield _problem(
                "studies",
                row,
                "study",
                f"{shortened(name)} is not in {BIB_FILE}.",
                missing_work(name, records.bibliography),
            )
        if role == EVIDENCE and coded and name not in cited and name not in findings.loose:
            yield _problem(
                "studies",
                row,
                "role",
                f"No finding was coded from {shortened(name)}.",
                "Code one in data/coded_studies.csv, or make its role 'background'.",
            )
        if role == EVIDENCE and work is not None and work.year is None:
            yield _problem(
                "studies",
                row,
                "study",
                f"{shortened(name)} has no year, so it is missing wherever years are shown.",
                f"Add the year to its entry in {BIB_FILE}, line {work.line}.",
                "warning",
            )
    roles = {
        row.cells["study"]: row.cells.get("role", "") for row in records.tables["studies"].rows
    }
    for row in findings.rows if coded else ():
        if roles.get(row.cells["study"]) == "background":
            yield _problem(
                "coded_studies",
                row,
                "study",
                f"{shortened(row.cells['study'])} is background, so this finding would not count.",
                f"Make its role '{EVIDENCE}' in data/studies.csv, or delete the finding.",
            )


def _bibliography(records: Records) -> Iterator[Problem]:
    """The entries themselves; works that no table knows; works that would be cited alike."""
    works = records.bibliography
    data_year = records.settings.date.year
    yield from check_bibliography(works, data_year + 1 if data_year > 1 else 9999)
    cited: dict[str, str] = {}
    for work in works.values():
        label = author_year(work)
        other = cited.setdefault(label, work.key)
        if other != work.key:
            yield Problem(
                BIB_FILE,
                work.line,
                work.key,
                f"The work would be cited as {label!r}, like {other!r}.",
                "Let both keys end in a letter after the year, as in 'otte2020a', 'otte2020b'.",
                "warning",
            )
    if not _has(records, "studies", "study"):
        return
    known = _known(records, "studies") | {records.settings.source.key}
    for work in works.values():
        if work.key not in known:
            near = did_you_mean(work.key, known - works.keys())
            yield Problem(
                BIB_FILE,
                work.line,
                work.key,
                "The work has no row in data/studies.csv.",
                near or "Add one with its role: evidence or background.",
                "warning",
            )


def _findings(records: Records) -> Iterator[Problem]:
    """A finding is called after its study; two that say the same are probably one."""
    if not _has(records, "coded_studies", "finding", "study"):
        return
    said: dict[tuple[str, ...], Row] = {}
    for row in records.tables["coded_studies"].rows:
        cells = row.cells
        name, study = cells["finding"], cells["study"]
        if (
            name
            and study
            and not (
                name.startswith(study + "-") and re.fullmatch(r"[0-9]{2,}", name[len(study) + 1 :])
            )
        ):
            yield _problem(
                "coded_studies",
                row,
                "finding",
                f"{shortened(name)} is not called after its study.",
                f"Use the study and a number of two digits, as in '{study}-01'.",
            )
        summary = cells.get("summary", "")
        same = (study, cells.get("theme", ""), cells.get("direction", ""), summary)
        other = said.setdefault(same, row)
        if summary and other is not row and other.cells["finding"] != name:
            yield _problem(
                "coded_studies",
                row,
                "summary",
                f"It says the same as {other.cells['finding']!r} on line {other.line}.",
                "Delete one of the two, or say what tells them apart.",
                "warning",
            )


def _influences(records: Records) -> Iterator[Problem]:
    """A theme that acts on itself is rarely meant."""
    if not _has(records, "influences", "source", "target"):
        return
    for row in records.tables["influences"].rows:
        source = row.cells["source"]
        if source and source == row.cells["target"]:
            yield _problem(
                "influences",
                row,
                "target",
                f"{shortened(source)} acts on itself.",
                "Is another theme meant?",
                "warning",
            )


# --- flow -------------------------------------------------------------------------------------

_BELONGS_TO = {
    "source": ("source", "remaining"),
    "remaining": ("remaining",),
    "removed": ("remaining",),
    "reason": ("removed",),
}


def _flow(records: Records) -> Iterator[Problem]:
    """The boxes hang together, and their numbers add up wherever all of them are known."""
    if not _has(records, "flow", "box", "kind", "of", "count", "state"):
        return
    rows = {row.cells["box"]: row for row in reversed(records.tables["flow"].rows)}
    boxes = {box.id: box for box in records.flow}
    parents = {box.id: box.of for box in records.flow}
    for box in records.flow:
        row = rows[box.id]
        known = bool(row.cells["count"])
        if known and box.state == NOT_REPORTED:
            yield _problem(
                "flow",
                row,
                "state",
                f"The count is {box.count}, but the state says '{NOT_REPORTED}'.",
                "Use 'reported' or 'derived', or empty the count.",
            )
        elif not known and box.state in ("reported", "derived"):
            yield _problem(
                "flow",
                row,
                "count",
                f"The state says '{box.state}', but the count is empty.",
                f"Write the count, or '{NOT_REPORTED}' as the state.",
            )
        above = boxes.get(box.of)
        if box.of == box.id or _circle(box.id, parents):
            yield _problem(
                "flow",
                row,
                "of",
                f"{shortened(box.id)} belongs to itself.",
                "Name the box it comes from.",
            )
        elif above is not None and above.kind not in _BELONGS_TO.get(box.kind, (above.kind,)):
            allowed = " or ".join(f"'{kind}'" for kind in _BELONGS_TO[box.kind])
            yield _problem(
                "flow",
                row,
                "of",
                f"A box of kind '{box.kind}' belongs to one of kind {allowed}; "
                f"{above.id!r} is '{above.kind}'.",
                "Name another box, or change the kind.",
            )
        elif not box.of and box.kind in ("removed", "reason", "source"):
            yield _problem(
                "flow",
                row,
                "of",
                "The cell is empty.",
                "Only a remaining box can begin the flow; name the box this one belongs to.",
            )
    for box in records.flow:
        yield from _sums(box, records.flow, boxes, rows)


def _sums(
    box: FlowBox, flow: Iterable[FlowBox], boxes: Mapping[str, FlowBox], rows: Mapping[str, Row]
) -> Iterator[Problem]:
    """The arithmetic of one box: what it is made of, or what is left of the box before it."""
    children = [other for other in flow if other.of == box.id and other.id != box.id]
    row = rows[box.id]
    plus: list[FlowBox]
    minus: list[FlowBox] = []
    if box.kind == "removed":
        plus = [other for other in children if other.kind == "reason"]
    else:
        plus = [other for other in children if other.kind == "source"]
    if box.kind == "remaining" and box.of in boxes and box.of != box.id:
        before = boxes[box.of]
        siblings = [other for other in flow if other.of == before.id and other.id != box.id]
        plus = [before, *plus]
        minus = [other for other in siblings if other.kind in ("removed", "remaining")]
    if not plus:
        return
    terms = [*plus, *minus]
    unknown = [other for other in (box, *terms) if other.count is None]
    known = sum(other.count or 0 for other in plus) - sum(other.count or 0 for other in minus)
    if not unknown:
        if known != box.count:
            yield _problem(
                "flow",
                row,
                "count",
                f"{_arithmetic(plus, minus)} is {known}, but {box.id!r} holds {box.count}.",
                "Correct one of the counts.",
            )
    elif box.count is not None and not minus and known > box.count:
        # Whatever the parts that are not known may be, they are not negative.
        told = [other for other in plus if other.count is not None]
        yield _problem(
            "flow",
            row,
            "count",
            f"{_arithmetic(told, [])} is {known}, already more than the {box.count} of {box.id!r}.",
            "Correct one of the counts.",
        )
    else:
        names = ", ".join(repr(other.id) for other in unknown)
        yield _problem(
            "flow",
            row,
            "count",
            f"{box.id!r} is not checked: the count of {names} is not known.",
            "",
            "note",
        )


def _arithmetic(plus: Iterable[FlowBox], minus: Iterable[FlowBox]) -> str:
    """A sum in numbers and names: ``697 ('identified') − 317 ('duplicates')``."""
    first = " + ".join(f"{box.count} ({box.id!r})" for box in plus)
    return first + "".join(f" − {box.count} ({box.id!r})" for box in minus)


# --- facets, countries, settings --------------------------------------------------------------


def _facet_tables(facet: Facet) -> tuple[str, ...]:
    return {"study": ("studies",), "finding": ("coded_studies",)}.get(
        facet.of, ("studies", "coded_studies")
    )


# What authors write when a value is not there, other than the three phrases. Words that may also
# be values ("unclear", "none") are left alone.
_NOT_THERE = re.compile(
    r"\?+|-+|–|—|unknown|not known|unreported|nr|n\.?r\.?|not stated|not specified|unspecified|tbd",
    re.IGNORECASE,
)
_MAYBE_NOT_THERE = re.compile(r"n/?a|n\.a\.|none|null|nan", re.IGNORECASE)


def _facets(records: Records) -> Iterator[Problem]:
    """Facets are columns that exist; what is unknown is spelled in one of three ways."""
    text: str | None = None
    for index, facet in enumerate(records.settings.facets):
        tables = [name for name in _facet_tables(facet) if records.tables[name].header]
        holding = [name for name in tables if facet.id in records.tables[name].header]
        if tables and not holding:
            if text is None:
                text, _ = read_text(records.root / SETTINGS_FILE, SETTINGS_FILE)
            files = " nor ".join(TABLES[name].file for name in tables)
            columns = [column for name in tables for column in records.tables[name].header]
            yield Problem(
                SETTINGS_FILE,
                settings_line(text or "", "facets", index, "id"),
                "facets",
                f"{shortened(facet.id)} is no column of {files}.",
                f"{did_you_mean(facet.id, columns)} Add the column, or delete the facet.".strip(),
            )
        for name in holding:
            yield from _unknown_values(records, name, facet.id)


def _unknown_values(records: Records, table: str, column: str) -> Iterator[Problem]:
    """Cells of a facet that say "unknown" in other words; blanks of studies that are evidence."""
    phrases = ", ".join(f"'{phrase}'" for phrase in UNKNOWN)
    declared = TABLES[table].column(column)
    for row in records.tables[table].rows:
        cell = row.cells[column]
        if not cell:
            if table == "studies" and row.cells.get("role") == EVIDENCE:
                yield _problem(
                    table,
                    row,
                    column,
                    "The cell is empty, so readers cannot tell whether it is unknown or forgotten.",
                    f"Write the value, or one of {phrases}.",
                    "warning",
                )
            continue
        for item in split(cell) if declared is None or declared.many else (cell,):
            lowered = item.casefold()
            if _NOT_THERE.fullmatch(item) or (lowered in UNKNOWN and item not in UNKNOWN):
                yield _problem(
                    table,
                    row,
                    column,
                    f"{item!r} is not how this data says that a value is not there.",
                    f"Write one of {phrases}.",
                )
            elif _MAYBE_NOT_THERE.fullmatch(item):
                yield _problem(
                    table,
                    row,
                    column,
                    f"{item!r} is read as a value like any other.",
                    f"If nothing is known, write one of {phrases}.",
                    "warning",
                )


def _countries(records: Records) -> Iterator[Problem]:
    """Where there is a table of countries, a country that it lacks is probably a slip."""
    places = records.tables["places"]
    if "country" not in places.header:
        return
    known = _known(records, "places") | {*records.settings.not_countries, *UNKNOWN}
    for name in ("studies", "coded_studies"):
        if "country" not in records.tables[name].header:
            continue
        for row in records.tables[name].rows:
            for country in split(row.cells["country"]):
                if country not in known and not _NOT_THERE.fullmatch(country):
                    hint = did_you_mean(country, known)
                    yield _problem(
                        name,
                        row,
                        "country",
                        f"{shortened(country)} is not in data/places.csv.",
                        hint or "Add it there, or to not_countries in data/review.toml.",
                        "warning",
                    )


def _settings(records: Records) -> Iterator[Problem]:
    """What ``review.toml`` names exists: the source's work, the nodes that have colours."""
    settings = records.settings
    text: str | None = None

    def line(*path: str | int) -> int:
        nonlocal text
        if text is None:
            text, _ = read_text(records.root / SETTINGS_FILE, SETTINGS_FILE)
        return settings_line(text or "", *path)

    source = settings.source
    if source.key and records.bibliography and source.key not in records.bibliography:
        yield Problem(
            SETTINGS_FILE,
            line("source", "key"),
            "key",
            f"{shortened(source.key)} is not in {BIB_FILE}.",
            missing_work(source.key, records.bibliography),
        )
    if source.doi and not DOI.fullmatch(source.doi):
        yield Problem(
            SETTINGS_FILE,
            line("source", "doi"),
            "doi",
            f"{shortened(source.doi)} is not a DOI.",
            "A DOI reads 10.1000/xyz123, without an address before it.",
        )
    levels = [node.id for node in records.codebook.levels]
    for name in settings.levels:
        if levels and name not in levels:
            yield Problem(
                SETTINGS_FILE,
                line("levels", name),
                "levels",
                f"{shortened(name)} is no node of the first rank.",
                f"{did_you_mean(name, levels)} Those are: {', '.join(levels)}.".strip(),
            )
    for name in levels:
        if name not in settings.levels:
            yield Problem(
                SETTINGS_FILE,
                line("levels"),
                "levels",
                f"{shortened(name)} has no mark and no colours.",
                f"Add [levels.{name}] with mark, light, dark, wash_light and wash_dark.",
                "warning",
            )
