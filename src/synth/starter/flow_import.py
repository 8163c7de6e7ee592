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
            return _checked(_of_prisma(sheet))
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

    def __init__(self) -> None:
        self.rows: list[dict[str, str]] = []
        self.numbers: dict[str, int | None] = {}

    def add(
        self,
        where: tuple[str, str, str, str],
        label: str,
        count: int | None,
        *,
        state: str = "reported",
        open_as: str = NOT_REPORTED,
        note: str = "",
    ) -> None:
        box, stage, kind, of = where
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
    boxes = [
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
        for row in flow.rows
    ]
    wrong = [found for found in sums(boxes) if found.holds is False]
    if wrong:
        flow.notes += [
            f"The numbers of the search do not add up at {found.box.label!r}: {found}."
            for found in wrong
        ]
        flow.notes.append("No search flow was written: mend the numbers, or write data/flow.csv.")
        flow.rows = []
    open_boxes = [row["label"] for row in flow.rows if not row["count"]]
    if open_boxes:
        what = counted(len(open_boxes), "number of the search is", "numbers of the search are")
        flow.notes.append(f"{what} not known and stay open: {', '.join(open_boxes)}.")
    return flow


def _number(cell: str) -> int | None:
    plain = re.sub(r"[\s,.'’](?=\d{3}\b)", "", cell)
    found = re.fullmatch(r"(?:n\s*=\s*)?\(?(\d+)\)?(?:\.0)?", plain, re.IGNORECASE)
    return int(found[1]) if found else None


def _parts(cell: str) -> dict[str, int | None]:
    """Reasons or databases with their numbers: ``"Wrong design, 12; Not in English, 3"``."""
    parts: dict[str, int | None] = {}
    for part in re.split(r"[;\n]", cell):
        label, sign, count = part.rpartition(",")
        if sign and label.strip():
            parts[" ".join(label.split())] = _number(count.strip())
    return parts if any(count is not None for count in parts.values()) else {}


# --- PRISMA 2020 --------------------------------------------------------------------------------


def _of_prisma(sheet: Sheet) -> Flow:
    """The flow of the template that PRISMA's own program for the diagram reads."""
    columns = {heading(name): name for name in sheet.header}
    cells = {
        row.cells[columns["data"]]: row.cells[columns["n"]]
        for row in sheet.rows
        if row.cells[columns["data"]] not in ("", "NA")
    }
    what = "PRISMA's template" if sheet.program else f"the list of numbers in {source(sheet)}"
    flow = Flow(files=(sheet.file,), notes=[f"The search flow comes from {what}."])
    numbers = {name: _number(cell) for name, cell in cells.items()}
    if not any(numbers.values()):
        flow.notes.append("It holds no number but zeros: is it the empty template?")
        return flow
    boxes = _Boxes()
    found, screen = "identification", "screening"

    def number(name: str) -> int | None:
        return numbers.get(name)

    def total(*names: str) -> int | None:
        held = [numbers.get(name) for name in names]
        return None if None in held else sum(one or 0 for one in held)

    for name, box, label in (
        ("database_results", "databases", "Records identified from databases"),
        ("register_results", "registers", "Records identified from registers"),
    ):
        boxes.add((box, found, "source", "identified"), label, number(name))
        specific = cells.get(name.replace("results", "specific_results"), "")
        for part, count in _parts(specific).items():
            boxes.add((f"{box}-{slug(part, 'one')}", found, "source", box), part, count)
    whole = total("database_results", "register_results")
    said = number("records_identified") if whole is None else None
    state = "derived" if said is None else "reported"
    counts = whole if said is None else said
    boxes.add(("identified", found, "remaining", ""), "Records identified", counts, state=state)
    for name, box, label in (
        ("duplicates", "duplicates", "Duplicate records removed"),
        ("excluded_automatic", "removed-automatically", "Marked as ineligible by automation tools"),
        ("excluded_other", "removed-otherwise", "Removed for other reasons"),
    ):
        boxes.add((box, found, "removed", "identified"), label, number(name))
    boxes.add(
        ("screened", screen, "remaining", "identified"),
        "Records screened",
        number("records_screened"),
    )
    boxes.add(
        ("excluded-screening", screen, "removed", "screened"),
        "Records excluded",
        number("records_excluded"),
    )
    _reports(boxes, "", "dbr", "screened", numbers, cells)
    other = total("website_results", "organisation_results", "citations_results")
    if other:
        for name, box, label in (
            ("website_results", "websites", "Websites"),
            ("organisation_results", "organisations", "Organisations"),
            ("citations_results", "citations", "Citation searching"),
        ):
            boxes.add((box, found, "source", "other-identified"), label, number(name))
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
    )
    same = None if reports is None or studies is None else reports - studies
    boxes.add(
        ("further-reports", "included", "removed", "included-reports"),
        "Further reports of the same studies",
        same if same is None or same >= 0 else None,
        state="derived",
    )
    boxes.add(
        ("included", "included", "remaining", "included-reports"),
        "Studies included in review",
        studies,
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
    boxes.add(
        (f"{prefix}sought", stage, "remaining", after),
        "Reports sought for retrieval",
        numbers.get(f"{data}_sought_reports"),
    )
    boxes.add(
        (f"{prefix}not-retrieved", stage, "removed", f"{prefix}sought"),
        "Reports not retrieved",
        numbers.get(f"{data}_notretrieved_reports"),
    )
    boxes.add(
        (f"{prefix}assessed", stage, "remaining", f"{prefix}sought"),
        "Reports assessed for eligibility",
        numbers.get(f"{data}_assessed"),
    )
    name = f"{prefix}excluded-eligibility"
    reasons = _parts(cells.get(f"{data}_excluded", ""))
    whole = numbers.get(f"{data}_excluded")
    state = "reported"
    if reasons and None not in reasons.values():
        whole, state = sum(count or 0 for count in reasons.values()), "derived"
    boxes.add((name, stage, "removed", f"{prefix}assessed"), "Reports excluded", whole, state=state)
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
