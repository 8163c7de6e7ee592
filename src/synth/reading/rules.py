"""Rules between the files of a review: what one of them says must exist in the others.

Rules of a single file stand with its reader (``tables``, ``bibliography``, ``settings`` beside this
module); ``check`` gathers all of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from synth.errors import Problem, UnknownName, did_you_mean
from synth.messages import Words
from synth.model import (
    BACKGROUND,
    EVIDENCE,
    NOT_ESTABLISHED,
    NOT_REPORTED,
    RESERVED_FACETS,
    TABLES,
    UNKNOWN,
    Facet,
    FlowBox,
)
from synth.reading.bibliography import BIB_FILE, DOI, check_bibliography, missing_work
from synth.reading.flow_sums import Sum, sums
from synth.reading.settings import SETTINGS_FILE, SLUG, settings_line
from synth.reading.tables import (
    Records,
    Row,
    ancestors,
    mangled,
    not_listed,
    read_records,
    shortened,
    split,
)
from synth.reading.textio import read_text
from synth.references.apa import author_year


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
        _further_themes,
        _consensus,
        _facets,
        _countries,
        _settings,
    ):
        problems += rule(records)
    return problems


def _problem(
    table: str, row: Row | int, where: str, message: str, hint: str, severity: str = "error"
) -> Problem:
    line = row if isinstance(row, int) else row.line
    return Problem(TABLES[table].file, line, where, message, hint, severity)


def _has(records: Records, table: str, *columns: str) -> bool:
    """Whether a table could be read and has the columns that a rule compares."""
    return all(column in records.tables[table].header for column in columns)


def _known(records: Records, table: str) -> frozenset[str]:
    """Ids of a table, with whatever stands in rows that are refused for another reason."""
    written = records.tables[table]
    return (frozenset(written.column(TABLES[table].key)) | written.loose) - {""}


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
            cells = written.columns[column.name]
            wrong = {
                cell: unknown
                for cell in frozenset(cells) - known - {""}
                if (unknown := [item for item in _items(cell, column.many) if item not in known])
                # Spaces around an id, and what a spreadsheet made of it, are told with the cell.
                and (column.many or (cell == cell.strip() and not mangled(cell)))
            }
            if not wrong:
                continue
            for line, cell in zip(written.lines, cells, strict=True):
                for item in wrong.get(cell, ()):
                    message, hint = not_listed(item, column.refers_to, known)
                    yield _problem(name, line, column.name, message, hint)


def _items(cell: str, many: bool) -> tuple[str, ...]:
    return split(cell) if many else (cell,)


# --- codebook ---------------------------------------------------------------------------------


def _codebook(records: Records) -> Iterator[Problem]:
    """The tree: no circles, no deeper than the ranks, no two children of one name."""
    if not _has(records, "codebook", "id", "parent"):
        return
    rows = list(records.tables["codebook"].rows)
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
    cited = frozenset(findings.column("study")) | findings.loose
    studies, works = records.tables["studies"], records.bibliography
    roles = dict(zip(studies.column("study"), studies.column("role"), strict=True))
    for line, name, role in zip(
        studies.lines, studies.column("study"), studies.column("role"), strict=True
    ):
        work = works.get(name)
        if name and work is None and works and name not in works.broken:
            message = f"{shortened(name)} is not in {BIB_FILE}."
            yield _problem("studies", line, "study", message, missing_work(name, works))
        if role != EVIDENCE:
            continue
        if coded and name not in cited:
            message = f"No finding was coded from {shortened(name)}."
            hint = "Code one in data/coded_studies.csv, or make its role 'background'."
            yield _problem("studies", line, "role", message, hint)
        if work is not None and work.is_undated:
            message = f"{shortened(name)} has no year, so it is missing wherever years are shown."
            hint = f"Add the year to its entry in {BIB_FILE}, line {work.line}."
            yield _problem("studies", line, "study", message, hint, "warning")
    cohorts = Counter(studies.column("cohort"))
    for line, cohort in zip(studies.lines, studies.column("cohort"), strict=True):
        if cohort and cohorts[cohort] == 1 and cohort not in UNKNOWN:
            message = f"No other study has the cohort {shortened(cohort)}."
            near = did_you_mean(cohort, cohorts.keys() - {cohort, ""})
            hint = near or "A cohort names participants that several studies share."
            yield _problem("studies", line, "cohort", message, hint, "warning")
    background = {name for name, role in roles.items() if role == BACKGROUND}
    if background.isdisjoint(findings.column("study")):
        return
    for line, name in zip(findings.lines, findings.column("study"), strict=True):
        if name in background:
            message = f"{shortened(name)} is background, so this finding would not count."
            hint = f"Make its role '{EVIDENCE}' in data/studies.csv, or delete the finding."
            yield _problem("coded_studies", line, "study", message, hint)


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
    # Without settings it is not known which work the book is based on.
    if not _has(records, "studies", "study") or not records.settings.title:
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
    written = records.tables["coded_studies"]
    names, studies = written.column("finding"), written.column("study")
    for line, name, study in zip(written.lines, names, studies, strict=True):
        stem, _, number = name.rpartition("-")
        called = stem == study and len(number) > 1 and number.isdecimal() and number.isascii()
        # An id that is none at all is told where the cell is read.
        if not called and SLUG.fullmatch(name) and SLUG.fullmatch(study):
            message = f"{shortened(name)} is not called after its study."
            hint = f"Use the study and a number of two digits, as in '{study}-01'."
            yield _problem("coded_studies", line, "finding", message, hint)
    summaries = written.column("summary")
    same = list(
        zip(studies, written.column("theme"), written.column("direction"), summaries, strict=True)
    )
    if len(set(same)) == len(same):
        return
    first: dict[tuple[str, ...], int] = {}
    for i, claim in enumerate(same):
        other = first.setdefault(claim, i)
        if summaries[i] and other != i and names[other] != names[i]:
            message = f"It says the same as {names[other]!r} on line {written.lines[other]}."
            hint = "Delete one of the two, or say what tells them apart."
            yield _problem("coded_studies", written.lines[i], "summary", message, hint, "warning")


def _further_themes(records: Records) -> Iterator[Problem]:
    """A further theme adds something: it is not the finding's own, nor above or below it."""
    book = records.codebook
    for name, findings in (
        ("coded_studies", records.findings),
        ("first_coding", records.first_coding),
        ("second_coding", records.second_coding),
    ):
        for finding in findings.values():
            for also in finding.also:
                if also not in book or finding.theme not in book:
                    continue
                if also in book.branch(finding.theme) or finding.theme in book.branch(also):
                    same = "its own theme" if also == finding.theme else "above or below its theme"
                    yield _problem(
                        name,
                        records.lines[name, finding.id],
                        "also",
                        f"{shortened(also)} is {same}, so the finding would count there twice.",
                        "Name only nodes of other branches, or leave the cell empty.",
                    )


def _consensus(records: Records) -> Iterator[Problem]:
    """A unit names a study and a node of the codebook that there are."""
    for told in records.consensus:
        study, _, node = (part.strip() for part in f"{told.unit} / ".partition("/"))
        node = node.split("/")[0].strip()
        for value, known, target in (
            (study, records.studies, "studies.study"),
            (node, records.codebook.ids, "codebook.id"),
        ):
            if value not in known:
                message, hint = not_listed(value, target, known)
                yield _problem(
                    "consensus", records.lines["consensus", told.unit], "unit", message, hint
                )


def _influences(records: Records) -> Iterator[Problem]:
    """A theme that acts on itself is rarely meant, unless the source says so."""
    if not _has(records, "influences", "source", "target"):
        return
    for row in records.tables["influences"].rows:
        source = row.cells["source"]
        stated = row.cells.get("basis") == "stated"
        if source and source == row.cells["target"] and not stated:
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
    rows = {row.cells["box"]: row for row in reversed(list(records.tables["flow"].rows))}
    boxes = {box.id: box for box in records.flow}
    misplaced: list[Problem] = []
    for box in records.flow:
        row = rows[box.id]
        wrong = _place_of(box, boxes)
        if wrong:
            misplaced.append(_problem("flow", row, "of", *wrong))
        if box.count is not None and box.state in (NOT_REPORTED, NOT_ESTABLISHED):
            message = f"The count is {box.count}, but the state says '{box.state}'."
            hint = "Use 'reported' or 'derived', or empty the count."
            yield _problem("flow", row, "state", message, hint)
        elif not row.cells["count"] and box.state in ("reported", "derived"):
            message = f"The state says '{box.state}', but the count is empty."
            hint = f"Write the count, or '{NOT_REPORTED}' or '{NOT_ESTABLISHED}' as the state."
            yield _problem("flow", row, "count", message, hint)
    yield from misplaced
    if misplaced or not all(box.of in boxes for box in records.flow if box.of):
        return
    # Sums of boxes that do not hang together, or of numbers that are none, would only confuse.
    written = records.tables["flow"].column("count")
    numbers = sum(box.count is not None for box in records.flow)
    if len(rows) == len(written) and numbers == sum(map(bool, written)):
        for total in sums(records.flow):
            yield from _sum(total, rows[total.box.id])


def _place_of(box: FlowBox, boxes: Mapping[str, FlowBox]) -> tuple[str, str] | None:
    """What is wrong with the box that a box belongs to, and how to mend it."""
    above = boxes.get(box.of)
    kinds = _BELONGS_TO.get(box.kind, ())
    if box.of == box.id or _circle(box.id, {other.id: other.of for other in boxes.values()}):
        return f"{shortened(box.id)} belongs to itself.", "Name the box it comes from."
    if above is not None and kinds and above.kind not in kinds:
        allowed = " or ".join(f"'{kind}'" for kind in kinds)
        return (
            f"A box of kind '{box.kind}' belongs to one of kind {allowed}; "
            f"{above.id!r} is '{above.kind}'.",
            "Name another box, or change the kind.",
        )
    if not box.of and box.kind in ("removed", "reason", "source"):
        return (
            "The cell is empty.",
            "Only a remaining box can begin the flow; name the box this one belongs to.",
        )
    return None


def _sum(total: Sum, row: Row) -> Iterator[Problem]:
    """The arithmetic of one box: what it is made of, or what is left of the box before it."""
    box, plus, minus, unknown = total.box, total.plus, total.minus, total.unknown
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
_MAYBE_NOT_THERE = re.compile(r"n/?a|n\.a\.|none|null|nan", re.IGNORECASE)
_NOT_HOW = re.compile(
    r"\?+|-+|–|—|unknown|not known|unreported|nr|n\.r\.|not stated|not specified|unspecified|tbd"
    rf"|{'|'.join(UNKNOWN)}|{_MAYBE_NOT_THERE.pattern}",
    re.IGNORECASE,
)


def _facets(records: Records) -> Iterator[Problem]:
    """Facets are columns that exist; what is unknown is spelled in one of three ways."""
    text: str | None = None
    for index, facet in enumerate(records.settings.facets):
        tables = [name for name in _facet_tables(facet) if records.tables[name].header]
        holding = [name for name in tables if facet.id in records.tables[name].header]
        if tables and not holding and facet.id not in RESERVED_FACETS:
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
            declared = TABLES[name].column(facet.id)
            if declared is not None and declared.many and not facet.many:
                text = text or read_text(records.root / SETTINGS_FILE, SETTINGS_FILE)[0] or ""
                yield Problem(
                    SETTINGS_FILE,
                    settings_line(text, "facets", index, "id"),
                    "facets",
                    f"The cells of {facet.id!r} are lists, so its values would not be told apart.",
                    "Write many = true.",
                )
                break
        for name in holding:
            yield from _unknown_values(records, name, facet.id)


def _unknown_values(records: Records, table: str, column: str) -> Iterator[Problem]:
    """Cells of a facet that say "unknown" in other words; blanks of studies that are evidence."""
    phrases = ", ".join(f"'{phrase}'" for phrase in UNKNOWN)
    declared = TABLES[table].column(column)
    many = declared is None or declared.many
    written = records.tables[table]
    cells = written.columns[column]
    odd = {
        cell
        for cell in frozenset(cells) - {*UNKNOWN}
        if not cell or any(_NOT_HOW.fullmatch(item) for item in _items(cell, many))
    }
    if not odd:
        return
    roles = written.column("role")
    for line, cell, role in zip(written.lines, cells, roles, strict=True):
        if not cell and role == EVIDENCE:
            message = (
                "The cell is empty, so readers cannot tell whether it is unknown or forgotten."
            )
            yield _problem(
                table, line, column, message, f"Write the value, or one of {phrases}.", "warning"
            )
        for item in _items(cell, many) if cell in odd else ():
            if _MAYBE_NOT_THERE.fullmatch(item):
                message = f"{item!r} is read as a value like any other."
                hint = f"If nothing is known, write one of {phrases}."
                yield _problem(table, line, column, message, hint, "warning")
            elif _NOT_HOW.fullmatch(item) and item not in UNKNOWN:
                message = f"{item!r} is not how this data says that a value is not there."
                yield _problem(table, line, column, message, f"Write one of {phrases}.")


def _countries(records: Records) -> Iterator[Problem]:
    """Where there is a table of countries, a country that it lacks is probably a slip."""
    places = records.tables["places"]
    if "country" not in places.header:
        return
    known = _known(records, "places") | {*records.settings.not_countries, *UNKNOWN}
    for name in ("studies", "coded_studies"):
        if "country" not in records.tables[name].header:
            continue
        written = records.tables[name]
        cells = written.columns["country"]
        odd = {
            cell: lacking
            for cell in frozenset(cells) - known - {""}
            if (lacking := [country for country in split(cell) if country not in known])
        }
        for line, cell in zip(written.lines, cells, strict=True) if odd else ():
            for country in odd.get(cell, ()):
                if not _NOT_HOW.fullmatch(country):
                    message = f"{shortened(country)} is not in data/places.csv."
                    hint = did_you_mean(country, known)
                    hint = hint or "Add it there, or to not_countries in data/review.toml."
                    yield _problem(name, line, "country", message, hint, "warning")


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
    works = records.bibliography
    if source.key and works and source.key not in {*works, *works.broken}:
        yield Problem(
            SETTINGS_FILE,
            line("source", "key"),
            "key",
            f"{shortened(source.key)} is not in {BIB_FILE}.",
            missing_work(source.key, works),
        )
    if source.doi and not DOI.fullmatch(source.doi):
        yield Problem(
            SETTINGS_FILE,
            line("source", "doi"),
            "doi",
            f"{shortened(source.doi)} is not a DOI.",
            "A DOI reads 10.1000/xyz123, without an address before it.",
        )
    for key, own in settings.words.items():
        try:
            Words({key: own})
        except UnknownName as error:
            yield Problem(SETTINGS_FILE, line("words", key), key, str(error))
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
