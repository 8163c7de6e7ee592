"""What programs for screening know of a search: lists of Covidence, decisions of Rayyan."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import replace

from synth.model import NOT_ESTABLISHED
from synth.starter.file_kinds.programs import heading
from synth.starter.flow.boxes import Boxes, Flow
from synth.starter.report import source
from synth.starter.sheet import Sheet
from synth.starter.values import inclusion, is_decision
from synth.text import counted


def without_excluded(
    sheets: Iterable[Sheet], uses: Callable[[Sheet], Mapping[str, str]] = lambda sheet: {}
) -> tuple[list[Sheet], list[str]]:
    """The tables without references that the team left out: those are counted, not imported.

    Parameters
    ----------
    sheets : every table of the author's files.
    uses : what the author says that the columns of a table are; such a column decides nothing.

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
        said = {name for name, use in uses(sheet).items() if use != "leave-out"}
        while column := _decisions(sheet, said):
            rows = tuple(row for row in sheet.rows if inclusion(row.cells[column]) != "no")
            number = counted(len(sheet.rows) - len(rows), "row says", "rows say")
            told.append(
                f"{source(sheet)}: {number} in {column!r} that the study is not included; not "
                f'imported. --columns "filter={column}" keeps them.'
            )
            if doubt := sum(inclusion(row.cells[column]) == "open" for row in rows):
                told.append(
                    f"{source(sheet)}: {counted(doubt, 'row does', 'rows do')} not say so in "
                    f"{column!r}; imported."
                )
            sheet = replace(sheet, rows=rows, roles={**sheet.roles, column: "leave-out"})
        # What all that is left was decided to be is known of each study, and no code.
        agreed = {
            name: "leave-out"
            for name in sheet.header
            if name not in said and _in_words(sheet, name)
        }
        sheet = replace(sheet, roles={**agreed, **sheet.roles})
        kept.append(sheet)
    return kept, told


_DECISION = (
    *("include", "included", "decision", "final decision", "inclusion decision"),
    *("include exclude", "include or exclude", "included in review", "include in review"),
    *("inclusion status", "eligible", "eligibility", "einschluss", "eingeschlossen", "inclus"),
    *("incluido", "incluir", "incluso"),
)


_DECIDED = re.compile(
    r"\b(?:status|decisions?|inclusion|includ\w+|screening|selection|eligib\w+|verdict|outcome of|"
    r"recomm?[ea]ndation|decision|entscheidung|einschluss)\b"
)


def _in_words(sheet: Sheet, name: str) -> bool:
    """Whether a column is called a decision, and each cell that decides does so in words."""
    held = [row.cells[name] for row in sheet.rows if inclusion(row.cells[name]) != "open"]
    return bool(held) and all(map(is_decision, held)) and bool(_DECIDED.search(heading(name)))


def _decisions(sheet: Sheet, said: Container[str]) -> str:
    """The column that says of each row whether its study is included, if some are not."""
    ways = {name: [inclusion(row.cells[name]) for row in sheet.rows] for name in sheet.header}
    ticks = [n for n, said in ways.items() if {"yes", "no"} <= {*said} <= {"yes", "no", "open"}]
    for name in ticks if not sheet.program else ():
        if name in said:
            continue
        if _in_words(sheet, name):
            return name
        if heading(re.sub(r"\([^)]*\)|\[[^]]*\]", " ", name)) not in _DECISION:
            continue
        # Among columns of ticks "Included" may be a code like the others, unless nothing is ticked
        # where it says no.
        others = [ways[other] for other in ticks if other != name]
        ticked = {
            said for at, said in enumerate(ways[name]) for other in others if other[at] == "yes"
        }
        if not others or ticked == {"yes"}:
            return name
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


def of_covidence(sheets: Sequence[Sheet]) -> Flow:
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


def of_rayyan(sheet: Sheet) -> Flow:
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
    boxes = Boxes()
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
