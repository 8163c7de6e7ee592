"""Rules between the files of a review: what one of them says must exist in the others.

Rules of a single file stand with its reader (``tables``, ``bibliography``, ``settings`` beside this
module); ``check`` gathers all of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from pathlib import Path

from synth.errors import Problem, ReviewError, UnknownName, did_you_mean, sifted
from synth.messages import Words
from synth.model import (
    BACKGROUND,
    EVIDENCE,
    LICENCE_OPEN,
    NOT_ESTABLISHED,
    NOT_REPORTED,
    RESERVED_FACETS,
    TABLES,
    UNKNOWN,
    Facet,
    FlowBox,
)
from synth.reading.bibliography import BIB_FILE, check_bibliography
from synth.reading.consensus import consensus_holds
from synth.reading.csv_table import NOT_LISTED, Row, how_to_mend, mangled, split
from synth.reading.flow_sums import Sum, named_in, sums, typed_in
from synth.reading.records import Records, ancestors, read_records
from synth.reading.settings import SETTINGS_FILE, SLUG, settings_line
from synth.reading.textio import read_text
from synth.reading.typed_counts import counts_in
from synth.references.apa import author_year
from synth.references.work import DOI
from synth.text import fold


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
    return sifted([*problems, *check_records(records)], records.settings.ignored)[0]


def load_records(root: Path) -> Records:
    """Read a review that has no errors.

    Parameters
    ----------
    root : the review's root.

    Raises
    ------
    ReviewError : with every problem, when one of them is an error.
    """
    records, problems = read_records(root)
    kept, _ = sifted([*problems, *check_records(records)], records.settings.ignored)
    if errors := [problem for problem in kept if problem.severity == "error"]:
        raise ReviewError(errors)
    return records


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
        _statements,
        _influences,
        _flow,
        _flow_notes,
        _further_themes,
        _folds,
        consensus_holds,
        _facets,
        _countries,
        _settings,
    ):
        problems += rule(records)
    return problems


def _problem(code: str, table: str, row: Row | int, where: str, /, **fields: object) -> Problem:
    line = row if isinstance(row, int) else row.line
    return Problem(code, TABLES[table].file, line, where, **fields)


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
                    code, near = NOT_LISTED[column.refers_to], how_to_mend(column, item, known)
                    yield _problem(code, name, line, column.name, value=item, near=near)


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
            yield _problem("node-own-parent", "codebook", row, "parent", value=name)
            continue
        circle = _circle(name, parents)
        if circle and not told.intersection(circle):
            told.update(circle)
            shown = " > ".join([*circle, circle[0]])
            yield _problem("codebook-circle", "codebook", row, "parent", circle=shown)
        way = ancestors(name, parents)
        if way and ranks and len(way) > len(ranks):
            yield _problem(
                *("node-too-deep", "codebook", row, "parent"),
                value=name,
                depth=len(way),
                ranks=len(ranks),
                listed=", ".join(rank.id for rank in ranks),
            )
        label = row.cells.get("label", "")
        other = labels.setdefault((parent, label.casefold()), row)
        if label and other is not row:
            first = {"other": other.cells["id"], "line": other.line}
            yield _problem("label-twice", "codebook", row, "label", value=label, **first)
    named = {fold(row.cells.get("label", "")): row for row in reversed(rows)}
    for row in rows:
        for word in split(row.cells.get("synonyms", "")):
            known = named.get(fold(word), row)
            if known is not row:
                first = {"other": known.cells["id"], "line": known.line}
                yield _problem("synonym-is-label", "codebook", row, "synonyms", value=word, **first)


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
    for line, name, role, nothing in zip(
        studies.lines,
        studies.column("study"),
        studies.column("role"),
        studies.column("coded"),
        strict=True,
    ):
        work = works.get(name)
        if name and work is None and works and name not in works.broken:
            near = did_you_mean(name, works)
            yield _problem("study-without-work", "studies", line, "study", value=name, near=near)
        if role != EVIDENCE:
            continue
        if coded and name not in cited and not nothing:
            yield _problem("study-without-finding", "studies", line, "role", value=name)
        elif nothing and name in cited:
            yield _problem("study-coded-nothing", "studies", line, "coded", value=name)
        # "In press" and "n.d." are said; there is nothing to add.
        if work is not None and work.is_undated and not work.date.words:
            place = ("study-without-year", "studies", line, "study")
            yield _problem(*place, value=name, line=work.line)
    cohorts = Counter(studies.column("cohort"))
    for line, cohort in zip(studies.lines, studies.column("cohort"), strict=True):
        if cohort and cohorts[cohort] == 1 and cohort not in UNKNOWN:
            near = did_you_mean(cohort, cohorts.keys() - {cohort, ""})
            yield _problem("cohort-alone", "studies", line, "cohort", value=cohort, near=near)
    background = {name for name, role in roles.items() if role == BACKGROUND}
    if background.isdisjoint(findings.column("study")):
        return
    for line, name in zip(findings.lines, findings.column("study"), strict=True):
        if name in background:
            yield _problem("background-with-finding", "coded_studies", line, "study", value=name)


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
            place = ("entry-cited-alike", BIB_FILE, work.line, work.key)
            yield Problem(*place, label=label, other=other)
    # Without settings it is not known which work the book is based on.
    if not _has(records, "studies", "study") or not records.settings.title:
        return
    known = _known(records, "studies") | {records.settings.source.key}
    for work in works.values():
        if work.key not in known:
            near = did_you_mean(work.key, known - works.keys())
            yield Problem("work-without-study", BIB_FILE, work.line, work.key, near=near)


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
            place = ("finding-name", "coded_studies", line, "finding")
            yield _problem(*place, value=name, study=study)
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
            place = ("finding-same", "coded_studies", written.lines[i], "summary")
            yield _problem(*place, other=names[other], line=written.lines[other])


def _statements(records: Records) -> Iterator[Problem]:
    """One sentence of the source, in the same words, is coded in one way for all its studies.

    They are one statement: coded in two ways it would count on both sides, or in two places.
    """
    written = records.tables["coded_studies"]
    coded = [name for name in ("section", "theme", "also", "direction") if name in written.header]
    if not _has(records, "coded_studies", "finding", "summary", "anchor"):
        return
    columns = [written.columns[name] for name in coded]
    names, anchors = written.column("finding"), written.column("anchor")
    first: dict[tuple[str, str], int] = {}
    for i, place in enumerate(zip(anchors, written.column("summary"), strict=True)):
        if not all(place):
            continue
        other = first.setdefault(place, i)
        for name, cells in zip(coded, columns, strict=True) if other != i else ():
            if sorted(split(cells[i])) != sorted(split(cells[other])):
                at = ("statement-coded-apart", "coded_studies", written.lines[i], name)
                shown = {"other": names[other], "line": written.lines[other], "column": name}
                yield _problem(*at, **shown)


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
                    line = records.lines[name, finding.id]
                    yield _problem("also-own-branch", name, line, "also", value=also, same=same)


def _folds(records: Records) -> Iterator[Problem]:
    """A node counts as one that is compared itself: not as itself, nor as a node that is folded."""
    folds = records.folds
    for node, counts_as in folds.items():
        if counts_as in folds:
            line = records.lines["folds", node]
            shown = {"value": node, "other": counts_as}
            yield _problem("fold-of-a-fold", "folds", line, "counts_as", **shown)


def _influences(records: Records) -> Iterator[Problem]:
    """A theme rarely acts on itself, unless the source says so; no influence is told twice."""
    if not _has(records, "influences", "influence", "source", "target"):
        return
    first: dict[tuple[str, ...], Row] = {}
    for row in records.tables["influences"].rows:
        source = row.cells["source"]
        stated = row.cells.get("basis") == "stated"
        if source and source == row.cells["target"] and not stated:
            yield _problem("influence-on-itself", "influences", row, "target", value=source)
        for counted in counts_in(row.cells.get("mechanism", "")):
            place = ("influence-count-typed", "influences", row, "mechanism")
            yield _problem(*place, value=counted)
        said = ("source", "target", "direction", "mechanism", "anchor")
        other = first.setdefault(tuple(row.cells.get(name, "") for name in said), row)
        if other is not row and other.cells["influence"] != row.cells["influence"]:
            shown = {"other": other.cells["influence"], "line": other.line}
            yield _problem("influence-same", "influences", row, "influence", **shown)


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
            misplaced.append(_problem(wrong[0], "flow", row, "of", **wrong[1]))
        if box.count is not None and box.state in (NOT_REPORTED, NOT_ESTABLISHED):
            place = ("count-unexpected", "flow", row, "state")
            yield _problem(*place, count=box.count, state=box.state)
        elif not row.cells["count"] and box.state in ("reported", "derived"):
            yield _problem("count-absent", "flow", row, "count", state=box.state)
    yield from misplaced
    if misplaced or not all(box.of in boxes for box in records.flow if box.of):
        return
    # Sums of boxes that do not hang together, or of numbers that are none, would only confuse.
    written = records.tables["flow"].column("count")
    numbers = sum(box.count is not None for box in records.flow)
    if len(rows) == len(written) and numbers == sum(map(bool, written)):
        for total in sums(records.flow):
            yield from _sum(total, rows[total.box.id])


def _flow_notes(records: Records) -> Iterator[Problem]:
    """Numbers in the notes of a flow are computed: they name the box whose count they tell."""
    if not _has(records, "flow", "box", "note"):
        return
    known = _known(records, "flow")
    for row in records.tables["flow"].rows:
        note = row.cells["note"]
        for name in named_in(note):
            if name not in known:
                near = did_you_mean(name, known)
                yield _problem("box-unknown", "flow", row, "note", value=name, near=near)
        typed = list(typed_in(note, records.flow))
        for figure, box in typed:
            yield _problem("flow-count-typed", "flow", row, "note", value=figure, box=box)
        # What was told as the count of a box is not told again as that of studies or records.
        told = tuple(figure for figure, _ in typed)
        for counted in counts_in(note):
            if not counted.startswith(told or ("\0",)):
                yield _problem("count-typed", "flow", row, "note", value=counted)


def _place_of(
    box: FlowBox, boxes: Mapping[str, FlowBox]
) -> tuple[str, Mapping[str, object]] | None:
    """What is wrong with the box that a box belongs to: its code and its values."""
    above = boxes.get(box.of)
    kinds = _BELONGS_TO.get(box.kind, ())
    if box.of == box.id or _circle(box.id, {other.id: other.of for other in boxes.values()}):
        return "box-in-itself", {"value": box.id}
    if above is not None and kinds and above.kind not in kinds:
        allowed = " or ".join(f"'{kind}'" for kind in kinds)
        found = {"other": above.id, "found": above.kind}
        return "box-misplaced", {"kind": box.kind, "allowed": allowed, **found}
    if not box.of and box.kind in ("removed", "reason", "source"):
        return "box-belongs-nowhere", {}
    return None


def _sum(total: Sum, row: Row) -> Iterator[Problem]:
    """The arithmetic of one box: what it is made of, or what is left of the box before it."""
    box, plus, minus, unknown = total.box, total.plus, total.minus, total.unknown
    known = sum(other.count or 0 for other in plus) - sum(other.count or 0 for other in minus)
    held = {"box": box.id, "count": box.count, "total": known}
    if not unknown:
        if known != box.count:
            yield _problem("flow-sum", "flow", row, "count", sum=_arithmetic(plus, minus), **held)
    elif box.count is not None and not minus and known > box.count:
        # Whatever the parts that are not known may be, they are not negative.
        told = [other for other in plus if other.count is not None]
        place = ("flow-parts-exceed", "flow", row, "count")
        yield _problem(*place, sum=_arithmetic(told, []), **held)
    else:
        names = ", ".join(repr(other.id) for other in unknown)
        yield _problem("flow-unchecked", "flow", row, "count", box=box.id, unknown=names)


def _arithmetic(plus: Iterable[FlowBox], minus: Iterable[FlowBox]) -> str:
    """A sum in numbers and names: ``697 ('identified') − 317 ('duplicates')``."""
    first = " + ".join(f"{box.count} ({box.id!r})" for box in plus)
    return first + "".join(f" − {box.count} ({box.id!r})" for box in minus)


# --- facets, countries, settings --------------------------------------------------------------


# The code of a language, and what tells its kinds apart (BCP 47).
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")


def _facet_tables(facet: Facet) -> tuple[str, ...]:
    tables = {
        "study": ("studies",),
        "finding": ("coded_studies",),
        "country": ("places",),
        "statement": (),
    }
    return tables.get(facet.of, ("studies", "coded_studies"))


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
        tables = [
            name
            for name in _facet_tables(facet)
            if records.tables[name].header or facet.of == "country"
        ]
        holding = [name for name in tables if facet.id in records.tables[name].header]
        if tables and not holding and facet.id not in RESERVED_FACETS:
            if text is None:
                text, _ = read_text(records.root / SETTINGS_FILE, SETTINGS_FILE)
            files = " nor ".join(TABLES[name].file for name in tables)
            columns = [column for name in tables for column in records.tables[name].header]
            line = settings_line(text or "", "facets", index, "id")
            near = did_you_mean(facet.id, columns)
            place = ("facet-without-column", SETTINGS_FILE, line, "facets")
            yield Problem(*place, value=facet.id, files=files, near=near)
        for name in holding:
            declared = TABLES[name].column(facet.id)
            if declared is not None and declared.many and not facet.many:
                text = text or read_text(records.root / SETTINGS_FILE, SETTINGS_FILE)[0] or ""
                line = settings_line(text, "facets", index, "id")
                yield Problem("facet-many", SETTINGS_FILE, line, "facets", value=facet.id)
                break
        for name in holding:
            yield from _unknown_values(records, name, facet.id)
        listed = facet.of == "country" or records.tables["places"].header
        for name in holding if facet.id != "country" or not listed else ():
            yield from _values_alike(records, name, facet.id)
    yield from _values_alike(records, "flow", "stage")


_OFTEN, _MANY_VALUES, _LIKE, _LONG = 3, 200, 0.9, 6
_LETTERS = re.compile(r"[^\W\d_]")
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")


def _values_alike(records: Records, table: str, column: str) -> Iterator[Problem]:
    """A value that differs from a frequent one in capitals, blanks or a letter is another value.

    Readers would choose between the two, and charts count them apart.
    """
    if column not in records.tables[table].header:
        return
    written = records.tables[table]
    cells = written.columns[column]
    declared = TABLES[table].column(column)
    many = declared is None or declared.many
    # Most cells hold one of few values: each is taken apart once.
    counts = Counter[str]()
    for cell, number in Counter(cells).items():
        for item in _items(cell, many):
            counts[item] += number
    often = [value for value, number in counts.items() if number >= _OFTEN]
    if len(often) > _MANY_VALUES:
        return
    meant: dict[str, str] = {}
    for value, number in counts.items():
        # Blanks around a cell are told where they are.
        if number >= _OFTEN or len(value) < 2 or value != value.strip():
            continue
        for other in often:
            same = _unspaced(value) == _unspaced(other)
            if same or (number == 1 and _like(value, other)):
                meant[value] = other
                break
    for line, cell in zip(written.lines, cells, strict=True) if meant else ():
        for value in filter(meant.__contains__, dict.fromkeys(_items(cell, many))):
            shown = {"value": value, "other": meant[value], "count": counts[meant[value]]}
            yield _problem("value-alike", table, line, column, **shown)


def _unspaced(value: str) -> str:
    """A value without what nobody sees: capitals, accents, the kind and number of blanks."""
    return " ".join(_UNSEEN.sub("", fold(value)).replace("-", " ").split())


def _like(one: str, other: str) -> bool:
    """Whether two values differ in a letter or two of many; "< 18" and "> 18" are two values."""
    if min(len(one), len(other)) < _LONG or _LETTERS.sub("", one) != _LETTERS.sub("", other):
        return False
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    # The first two are cheap, and never less than the third.
    quick = min(matcher.real_quick_ratio(), matcher.quick_ratio())
    return quick >= _LIKE and matcher.ratio() >= _LIKE


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
            yield _problem("value-blank", table, line, column, phrases=phrases)
        for item in _items(cell, many) if cell in odd else ():
            if _MAYBE_NOT_THERE.fullmatch(item):
                code = "value-maybe-unknown"
            elif _NOT_HOW.fullmatch(item) and item not in UNKNOWN:
                code = "value-unknown-spelling"
            else:
                continue
            yield _problem(code, table, line, column, value=item, phrases=phrases)


def _countries(records: Records) -> Iterator[Problem]:
    """Where there is a table of countries, a country that it lacks is probably a slip."""
    places = records.tables["places"]
    if "country" not in places.header or not records.settings.ranks:
        # What is no country stands in the settings, which could not be read.
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
                    near = did_you_mean(country, known)
                    place = ("country-unknown", name, line, "country")
                    yield _problem(*place, value=country, near=near)


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
        near = did_you_mean(source.key, works)
        place = ("source-without-work", SETTINGS_FILE, line("source", "key"), "key")
        yield Problem(*place, value=source.key, near=near)
    if settings.language and not _LANGUAGE.fullmatch(settings.language):
        place = ("language-malformed", SETTINGS_FILE, line("language"), "language")
        yield Problem(*place, value=settings.language)
    if settings.licence == LICENCE_OPEN:
        yield Problem("licence-open", SETTINGS_FILE, line("licence"), "licence")
    elif re.search(r"\s", settings.licence) and "://" not in settings.licence:
        place = ("licence-malformed", SETTINGS_FILE, line("licence"), "licence")
        yield Problem(*place, value=settings.licence)
    if source.doi and not DOI.fullmatch(source.doi):
        place = ("source-doi", SETTINGS_FILE, line("source", "doi"), "doi")
        yield Problem(*place, value=source.doi)
    for key, own in settings.words.items():
        try:
            Words({key: own})
        except UnknownName as error:
            place = ("interface-word-unknown", SETTINGS_FILE, line("words", key), key)
            yield Problem(*place, reason=str(error))
        for blank in Words.lacking(key, own):
            place = ("interface-word-lacks", SETTINGS_FILE, line("words", key), key)
            yield Problem(*place, value=f"{{{blank}}}")
    if settings.coding and settings.coding.codings < 2 and records.second_coding:
        at = ("codings-more", SETTINGS_FILE, line("coding", "codings"), "codings")
        yield Problem(*at, value=settings.coding.codings, file=TABLES["second_coding"].file)
    for name in settings.plural_labels:
        nodes = _known(records, "codebook")
        if nodes and name not in nodes:
            place = ("plural-unknown", SETTINGS_FILE, line("plural_labels"), "plural_labels")
            yield Problem(*place, value=name, near=did_you_mean(name, nodes))
    designs = {*records.tables["studies"].column("design")} - {""}
    for name in settings.design_shapes if designs else ():
        if name not in designs:
            place = ("design-unknown", SETTINGS_FILE, line("design_shapes"), "design_shapes")
            yield Problem(*place, value=name, near=did_you_mean(name, designs))
    stems: dict[str, str] = {}
    for index, direction in enumerate(settings.directions):
        for word in direction.words:
            other = stems.setdefault(fold(word), direction.id)
            if other != direction.id:
                place = ("stem-twice", SETTINGS_FILE, line("directions", index, "words"), "words")
                yield Problem(*place, value=word, other=other)
    levels = [node.id for node in records.codebook.levels]
    for name in settings.levels:
        if levels and name not in levels:
            place = ("level-unknown", SETTINGS_FILE, line("levels", name), "levels")
            near = did_you_mean(name, levels)
            yield Problem(*place, value=name, near=near, listed=", ".join(levels))
    for name in levels:
        if name not in settings.levels:
            yield Problem("level-without-look", SETTINGS_FILE, line("levels"), "levels", value=name)
