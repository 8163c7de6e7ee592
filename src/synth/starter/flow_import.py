"""A search flow from files that hold its numbers: PRISMA's template, Covidence, Rayyan.

What such a file cannot say is not made up: the number stays open, as ``not reported`` where the
file had a place for it, as ``not established`` where it had none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from synth.model import NOT_ESTABLISHED, NOT_REPORTED, FlowBox
from synth.reading.flow_sums import sums
from synth.starter.file_kinds.flow_list import count_of
from synth.starter.file_kinds.programs import heading
from synth.starter.report import source
from synth.starter.sheet import Sheet
from synth.starter.values import inclusion
from synth.text import counted, slug

COLUMNS = ("box", "stage", "kind", "of", "label", "count", "state", "note")
"""The columns of the rows, as ``data/flow.csv`` has them."""


@dataclass
class Flow:
    """A search flow in the making.

    Parameters
    ----------
    rows : the rows of ``data/flow.csv``; none if the numbers cannot be used.
    notes : what was understood, left open or found wrong.
    files : the files the numbers come from.
    """

    rows: list[dict[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    files: tuple[str, ...] = ()


def flow_of(sheets: Iterable[Sheet]) -> Flow | None:
    """The search flow that an author's files tell, if they tell one.

    Parameters
    ----------
    sheets : every table of the author's files.

    Returns
    -------
    The flow, or ``None`` where no file holds numbers of a search.
    """
    read = list(sheets)
    for sheet in read:
        if sheet.holds == "flow":
            return _checked(_of_prisma(sheet) if sheet.program else _of_list(sheet))
    covidence = [s for s in read if s.program == "Covidence" and s.holds == "references"]
    if covidence:
        return _checked(_of_covidence(covidence))
    for sheet in read:
        if sheet.program == "Rayyan" and "Decision" in sheet.header:
            return _checked(_of_rayyan(sheet))
    return None


def without_excluded(sheets: Iterable[Sheet]) -> tuple[list[Sheet], list[str]]:
    """The tables without references that the team left out: those are counted, not imported.

    Parameters
    ----------
    sheets : every table of the author's files.

    Returns
    -------
    The tables that remain, and what was left out.
    """
    kept, told = [], []
    for sheet in sheets:
        stage = _stage(sheet)[0] if sheet.program == "Covidence" else ""
        if sheet.holds == "references" and stage in ("irrelevant", "excluded"):
            number = counted(len(sheet.rows), "reference")
            told.append(
                f"{source(sheet)} lists {number} left out of the review: counted, not imported."
            )
            continue
        if sheet.program == "Rayyan" and "Decision" in sheet.header:
            rows = tuple(row for row in sheet.rows if row.cells["Decision"] != "Excluded")
            if len(rows) < len(sheet.rows):
                number = counted(len(sheet.rows) - len(rows), "record")
                told.append(
                    f"{source(sheet)}: {number} with the decision 'Excluded': counted, not "
                    "imported."
                )
                sheet = replace(sheet, rows=rows)
        if column := _decisions(sheet):
            rows = tuple(row for row in sheet.rows if inclusion(row.cells[column]) != "no")
            number = counted(len(sheet.rows) - len(rows), "row says", "rows say")
            told.append(
                f"{source(sheet)}: {number} in {column!r} that the study is not included; not "
                "imported."
            )
            sheet = replace(sheet, rows=rows)
        kept.append(sheet)
    return kept, told


_DECISION = (
    *("include", "included", "decision", "final decision", "inclusion decision"),
    *("include exclude", "include or exclude", "included in review", "include in review"),
    *("inclusion status", "eligible", "eligibility", "einschluss", "eingeschlossen", "inclus"),
    *("incluido", "incluir", "incluso"),
)


def _decisions(sheet: Sheet) -> str:
    """The column that says of each row whether its study is included, if some are not."""
    said = {name: {inclusion(row.cells[name]) for row in sheet.rows} for name in sheet.header}
    found = [name for name, ways in said.items() if {"yes", "no"} <= ways <= {"yes", "no", "open"}]
    # Among columns of ticks, one called "Included" is a code like the others.
    if len(found) == 1 and heading(found[0]) in _DECISION and not sheet.program:
        return found[0]
    return ""


def _stage(sheet: Sheet) -> tuple[str, list[str]]:
    """The stage of a list of Covidence by its name or its reasons, and these reasons."""
    column = next((name for name in sheet.header if heading(name) == "notes"), "")
    reasons = [
        found[1].strip()
        for row in sheet.rows
        if column and (found := re.search(r"Exclusion reason:\s*([^;\n]+)", row.cells[column]))
    ]
    name = re.split(r"[\\/]", sheet.file)[-1].lower()
    stage = next((s for s in ("irrelevant", "excluded", "included") if s in name), "")
    if not stage and reasons and len(reasons) == len(sheet.rows):
        stage = "excluded"
    return stage, reasons


class _Boxes:
    """Rows of a flow as they are added."""

    def __init__(self, cells: Mapping[str, str] | None = None, absent: Iterable[str] = ()) -> None:
        self.rows: list[dict[str, str]] = []
        self.numbers: dict[str, int | None] = {}
        self.cells = cells
        self.absent = frozenset(absent)

    def add(
        self,
        where: tuple[str, str, str, str],
        label: str,
        count: int | None,
        *,
        state: str = "reported",
        open_as: str = NOT_REPORTED,
        note: str = "",
        name: str = "",
    ) -> None:
        if name in self.absent:
            return
        box, stage, kind, of = where
        if name and count is None and self.cells is not None:
            cell = " ".join(self.cells.get(name, "").split())
            if re.search(r"\d", cell) and "xxx" not in cell:
                # "ca. 40" is reported, and no number that can be counted with.
                open_as, note = NOT_ESTABLISHED, f"The file says {cell!r}."
            elif name not in self.cells:
                open_as = NOT_ESTABLISHED
        values = (
            *(box, stage, kind, of, label, "" if count is None else str(count)),
            *(open_as if count is None else state, note),
        )
        self.rows.append(dict(zip(COLUMNS, values, strict=True)))
        self.numbers[box] = count

    def reasons(self, of: str, stage: str, reasons: Mapping[str, int | None]) -> None:
        taken = {row["box"] for row in self.rows}
        for label, count in reasons.items():
            stem = name = f"{of}-{slug(label, 'reason')}"
            number = 2
            while name in taken:
                name, number = f"{stem}-{number}", number + 1
            taken.add(name)
            self.add((name, stage, "reason", of), label, count)


def _checked(flow: Flow) -> Flow:
    """The flow, without rows if its numbers do not add up."""
    wrong = [found for found in sums(_boxes(flow.rows)) if found.holds is False]
    if wrong:
        flow.notes += [
            f"The numbers of the search do not add up at {found.box.label!r}: {found}."
            for found in wrong
        ]
        flow.notes.append("No search flow was written: mend the numbers, or write data/flow.csv.")
        flow.rows = []
    for row in flow.rows:
        if row["note"] and not row["count"]:
            flow.notes.append(
                f"{row['label']}: {row['note']} Without an exact number it stays open."
            )
    open_boxes = [row["label"] for row in flow.rows if not row["count"]]
    if open_boxes:
        what = counted(
            len(open_boxes),
            "number of the search is not known and stays",
            "numbers of the search are not known and stay",
        )
        flow.notes.append(f"{what} open: {', '.join(open_boxes)}.")
    return flow


def _boxes(rows: Iterable[Mapping[str, str]]) -> list[FlowBox]:
    return [
        FlowBox(
            row["box"],
            row["stage"],
            row["kind"],
            row["of"],
            row["label"],
            int(row["count"]) if row["count"] else None,
            row["state"],
            row["note"],
        )
        for row in rows
    ]


_PART = re.compile(
    r"\s*(?P<label>\S.*?)\s*[,:=(\[–]\s*(?:n\s*=\s*)?(?P<count>\d{1,3}(?:[,.\s]\d{3})+|\d+)"
    r"\s*[)\]]?\s*(?:[(\[,]\s*\d+(?:[.,]\d+)?\s*%\s*[)\]]?)?\s*",
    re.IGNORECASE,
)


def _parts(cell: str) -> dict[str, int | None]:
    """Reasons or databases with their numbers.

    >>> _parts("Wrong design, 12; Not in English (n = 3); Too old, before 1990: 1,200; Odd, xxx")
    {'Wrong design': 12, 'Not in English': 3, 'Too old, before 1990': 1200, 'Odd': None}
    """
    parts: dict[str, int | None] = {}
    for part in re.split(r"[;\n]", cell):
        found = _PART.fullmatch(part)
        label, sign, count = (
            (found["label"], ",", found["count"]) if found else part.rpartition(",")
        )
        if sign and label.strip():
            parts[" ".join(label.split())] = count_of(count)
    return parts if any(count is not None for count in parts.values()) else {}


# --- PRISMA 2020 --------------------------------------------------------------------------------


# Boxes that a list need not have: with none of them left out, its sums are whole.
_OPTIONAL = frozenset(
    [
        *("register_results", "excluded_automatic", "excluded_other", "dbr_sought_reports"),
        "dbr_notretrieved_reports",
    ]
)


def _of_list(sheet: Sheet) -> Flow:
    """The flow of a list of numbers: without the boxes it does not name, if it adds up so."""
    flow = _of_prisma(sheet, _OPTIONAL)
    wrong = [found for found in sums(_boxes(flow.rows)) if found.holds is False]
    if not wrong:
        return flow
    open_flow = _of_prisma(sheet)
    open_flow.notes += [
        f"What the list names does not add up at {found.box.label!r}: {found}. Look whether a "
        "number is wrong or one is missing; boxes that it does not name stay open."
        for found in wrong
    ]
    return open_flow


def _of_prisma(sheet: Sheet, optional: frozenset[str] = frozenset()) -> Flow:
    """The flow of the template that PRISMA's own program for the diagram reads.

    Parameters
    ----------
    sheet : its numbers, box by box.
    optional : boxes that are left out where the file does not name them.
    """
    columns = {heading(name): name for name in sheet.header}
    cells = {
        row.cells[columns["data"]]: row.cells[columns["n"]]
        for row in sheet.rows
        if row.cells[columns["data"]] not in ("", "NA")
    }
    what = "PRISMA's template" if sheet.program else f"the list of numbers in {source(sheet)}"
    flow = Flow(files=(sheet.file,), notes=[f"The search flow comes from {what}."])
    numbers = {name: count_of(cell) for name, cell in cells.items()}
    if not any(numbers.values()):
        flow.notes.append("It holds no number but zeros: is it the empty template?")
        return flow
    boxes = _Boxes(cells, {name for name in optional if name not in cells})
    found, screen = "identification", "screening"

    def number(name: str) -> int | None:
        return numbers.get(name)

    def total(*names: str) -> int | None:
        held = [numbers.get(name) for name in names if name not in boxes.absent]
        return None if None in held else sum(one or 0 for one in held)

    sources = [
        ("database_results", "databases", "Records identified from databases"),
        ("register_results", "registers", "Records identified from registers"),
    ]
    if "additional_results" in cells:
        sources.append(
            ("additional_results", "additional", "Records identified from other sources")
        )
    for name, box, label in sources:
        specific = cells.get(name.replace("results", "specific_results"), "")
        parts = _parts(specific or (cells.get(name, "") if number(name) is None else ""))
        if number(name) is None and parts and None not in parts.values():
            numbers[name] = sum(count or 0 for count in parts.values())
        boxes.add((box, found, "source", "identified"), label, number(name), name=name)
        for part, count in parts.items():
            boxes.add((f"{box}-{slug(part, 'one')}", found, "source", box), part, count)
    whole = total(*(name for name, _, _ in sources))
    said = number("records_identified")
    if said is not None:
        # What the file says; the sources below it are held against it.
        boxes.add(("identified", found, "remaining", ""), "Records identified", said)
    else:
        boxes.add(
            ("identified", found, "remaining", ""), "Records identified", whole, state="derived"
        )
    left, records = number("after_duplicates"), boxes.numbers["identified"]
    if left is not None and "duplicates" not in cells:
        doubles = None if records is None or records < left else records - left
        boxes.add(
            ("duplicates", found, "removed", "identified"),
            "Duplicate records removed",
            doubles,
            state="derived",
            open_as=NOT_ESTABLISHED,
            note="Counted from the records that the file says were left after duplicates.",
        )
    else:
        boxes.add(
            ("duplicates", found, "removed", "identified"),
            "Duplicate records removed",
            number("duplicates"),
            name="duplicates",
        )
    for name, box, label in (
        ("excluded_automatic", "removed-automatically", "Marked as ineligible by automation tools"),
        ("excluded_other", "removed-otherwise", "Removed for other reasons"),
    ):
        boxes.add((box, found, "removed", "identified"), label, number(name), name=name)
    boxes.add(
        ("screened", screen, "remaining", "identified"),
        "Records screened",
        number("records_screened"),
        name="records_screened",
    )
    boxes.add(
        ("excluded-screening", screen, "removed", "screened"),
        "Records excluded",
        number("records_excluded"),
        name="records_excluded",
    )
    _reports(boxes, "", "dbr", "screened", numbers, cells)
    ways = ("website_results", "organisation_results", "citations_results")
    other = total(*(way for way in ways if sheet.program or way in cells))
    if other:
        for name, box, label in (
            ("website_results", "websites", "Websites"),
            ("organisation_results", "organisations", "Organisations"),
            ("citations_results", "citations", "Citation searching"),
        ):
            if sheet.program or name in cells:
                where = (box, found, "source", "other-identified")
                boxes.add(where, label, number(name), name=name)
        label = "Records identified by other methods"
        boxes.add(("other-identified", found, "remaining", ""), label, other, state="derived")
        _reports(boxes, "other-", "other", "other-identified", numbers, cells)
        assessed = boxes.numbers["other-assessed"]
        excluded = boxes.numbers["other-excluded-eligibility"]
        kept = None if assessed is None or excluded is None else assessed - excluded
        boxes.add(
            ("other-included", "included", "source", "included-reports"),
            "Reports included from other methods",
            kept,
            state="derived",
        )
    reports, studies = number("new_reports"), number("new_studies")
    boxes.add(
        ("included-reports", "included", "remaining", "assessed"),
        "Reports of included studies",
        reports,
        name="new_reports",
    )
    same = None if reports is None or studies is None else reports - studies
    boxes.add(
        ("further-reports", "included", "removed", "included-reports"),
        "Further reports of the same studies",
        same if same is None or same >= 0 else None,
        state="derived",
        open_as=NOT_REPORTED if "new_reports" in cells or sheet.program else NOT_ESTABLISHED,
    )
    boxes.add(
        ("included", "included", "remaining", "included-reports"),
        "Studies included in review",
        studies,
        name="new_studies",
    )
    before = number("previous_studies")
    if before:
        boxes.add(
            ("previous", "included", "source", "total"),
            "Studies of the previous version of the review",
            before,
        )
        boxes.add(
            ("total", "included", "remaining", "included"),
            "Studies included in all",
            number("total_studies"),
        )
    flow.rows = boxes.rows
    return flow


def _reports(
    boxes: _Boxes,
    prefix: str,
    data: str,
    after: str,
    numbers: Mapping[str, int | None],
    cells: Mapping[str, str],
) -> None:
    """Reports sought, retrieved and judged; the same for databases and for other methods."""
    stage = "eligibility"
    for name, box, kind, of, label in (
        ("sought_reports", "sought", "remaining", after, "Reports sought for retrieval"),
        ("notretrieved_reports", "not-retrieved", "removed", "sought", "Reports not retrieved"),
        ("assessed", "assessed", "remaining", "sought", "Reports assessed for eligibility"),
    ):
        # Where the list has no reports sought, those assessed follow the records at once.
        above = of if of == after else f"{prefix}{of}"
        above = above if above in boxes.numbers else after
        where = (f"{prefix}{box}", stage, kind, above)
        boxes.add(where, label, numbers.get(f"{data}_{name}"), name=f"{data}_{name}")
    name = f"{prefix}excluded-eligibility"
    reasons = _parts(cells.get(f"{data}_excluded", ""))
    whole = numbers.get(f"{data}_excluded")
    state = "reported"
    if reasons and None not in reasons.values():
        whole, state = sum(count or 0 for count in reasons.values()), "derived"
    where = (name, stage, "removed", f"{prefix}assessed")
    boxes.add(where, "Reports excluded", whole, state=state, name=f"{data}_excluded")
    boxes.reasons(name, stage, reasons)


# --- Covidence and Rayyan -----------------------------------------------------------------------


def _of_covidence(sheets: Sequence[Sheet]) -> Flow:
    """The flow of lists that Covidence exports by stage; their names tell the stage."""
    lists: dict[str, int] = {}
    reasons: Counter[str] = Counter()
    flow = Flow(files=tuple(dict.fromkeys(sheet.file for sheet in sheets)))
    for sheet in sheets:
        stage, told = _stage(sheet)
        if not stage:
            flow.notes.append(
                f"{source(sheet)}: its name does not tell the stage (irrelevant, excluded, "
                "included), so it adds nothing to the search flow."
            )
            continue
        lists[stage] = lists.get(stage, 0) + len(sheet.rows)
        if stage == "excluded":
            reasons.update(told)
            if told and len(told) < len(sheet.rows):
                reasons["No reason given"] += len(sheet.rows) - len(told)
    if not {"excluded", "included"} <= set(lists):
        flow.notes.append(
            "Covidence: for a search flow give its lists of excluded and of included references."
        )
        return flow
    flow.notes.append(
        "The search flow comes from lists of Covidence: "
        f"{', '.join(f'{count} {stage}' for stage, count in lists.items())}."
    )
    assessed = lists["excluded"] + lists["included"]
    irrelevant = lists.get("irrelevant")
    _after_screening(
        flow,
        screened=None if irrelevant is None else irrelevant + assessed,
        screened_as="derived",
        excluded=irrelevant,
        why={},
        assessed=assessed,
        dropped=lists["excluded"],
        reasons=dict(reasons.most_common()),
        included=lists["included"],
    )
    return flow


def _of_rayyan(sheet: Sheet) -> Flow:
    """The flow of a screening in Rayyan: what was screened, left out and why, and kept."""
    decided = Counter(row.cells["Decision"] for row in sheet.rows)
    why = Counter(
        reason
        for row in sheet.rows
        if row.cells["Decision"] == "Excluded"
        for reason in row.cells["Exclusion reasons"].split("\n")[:1]
        if reason
    )
    flow = Flow(files=(sheet.file,))
    flow.notes.append(f"The search flow comes from Rayyan: {len(sheet.rows)} records screened.")
    waiting = len(sheet.rows) - decided["Included"] - decided["Excluded"]
    if waiting:
        what = counted(waiting, "record is", "records are")
        flow.notes.append(f"{what} undecided, maybe or in conflict: what was kept is not known.")
    if why and why.total() < decided["Excluded"]:
        why["No reason given"] = decided["Excluded"] - why.total()
    _after_screening(
        flow,
        screened=len(sheet.rows),
        screened_as="reported",
        excluded=decided["Excluded"],
        why=dict(why.most_common()),
        assessed=None if waiting else decided["Included"],
        dropped=None,
        reasons={},
        included=None,
    )
    return flow


def _after_screening(
    flow: Flow,
    *,
    screened: int | None,
    screened_as: str,
    excluded: int | None,
    why: Mapping[str, int],
    assessed: int | None,
    dropped: int | None,
    reasons: Mapping[str, int],
    included: int | None,
) -> None:
    """The boxes that programs for screening know; what came before is not established."""
    boxes = _Boxes()
    gap = NOT_ESTABLISHED
    boxes.add(
        ("identified", "identification", "remaining", ""), "Records identified", None, open_as=gap
    )
    boxes.add(
        ("removed", "identification", "removed", "identified"),
        "Records removed before screening",
        None,
        open_as=gap,
    )
    boxes.add(
        ("screened", "screening", "remaining", "identified"),
        "Records screened",
        screened,
        state=screened_as,
        open_as=gap,
    )
    boxes.add(
        ("excluded-screening", "screening", "removed", "screened"),
        "Records excluded",
        excluded,
        open_as=gap,
    )
    boxes.reasons("excluded-screening", "screening", why)
    boxes.add(
        ("assessed", "eligibility", "remaining", "screened"),
        "Reports assessed for eligibility",
        assessed,
        state="derived",
        open_as=gap,
    )
    boxes.add(
        ("excluded-eligibility", "eligibility", "removed", "assessed"),
        "Reports excluded",
        dropped,
        open_as=gap,
    )
    boxes.reasons("excluded-eligibility", "eligibility", reasons)
    boxes.add(
        ("included", "included", "remaining", "assessed"),
        "Studies included in review",
        included,
        open_as=gap,
    )
    flow.rows = boxes.rows
