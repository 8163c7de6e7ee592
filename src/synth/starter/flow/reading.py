"""The search flow that an author's files tell, if they tell one."""

from __future__ import annotations

from collections.abc import Iterable

from synth.starter.flow.boxes import Flow, checked
from synth.starter.flow.prisma import of_list, of_template
from synth.starter.flow.screening import of_covidence, of_rayyan
from synth.starter.sheet import Sheet


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
            return checked(of_template(sheet) if sheet.program else of_list(sheet))
    covidence = [s for s in read if s.program == "Covidence" and s.holds == "references"]
    if covidence:
        return checked(of_covidence(covidence))
    for sheet in read:
        if sheet.program == "Rayyan" and "Decision" in sheet.header:
            return checked(of_rayyan(sheet))
    return None
