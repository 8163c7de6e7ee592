"""The boxes of a search flow as they are read: what is open, and whether their sums hold.

What a file cannot say is not made up: the number stays open, as ``not reported`` where the
file had a place for it, as ``not established`` where it had none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from synth.model import NOT_ESTABLISHED, NOT_REPORTED, FlowBox
from synth.reading.flow_sums import Sum, sums
from synth.text import counted, slug, unique

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


class Boxes:
    """Rows of a flow as they are added.

    Parameters
    ----------
    cells : what the file says of each box, by the name it has there.
    absent : names of boxes that the diagram does without.
    """

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
        """Add a box.

        Parameters
        ----------
        where : its id, its stage, its kind and the box it belongs to.
        label : what it is called.
        count : its number; ``None`` where that is not known.
        state : where a number comes from, ``"reported"`` or ``"derived"``.
        open_as : what stands for a number that is not known.
        note : how the number came about.
        name : what the file calls it.
        """
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
        """Add a box for each reason why something was left out of another box."""
        taken = {row["box"] for row in self.rows}
        for label, count in reasons.items():
            name = unique(f"{of}-{slug(label, 'reason')}", taken)
            taken.add(name)
            self.add((name, stage, "reason", of), label, count)


def checked(flow: Flow) -> Flow:
    """The flow, without rows if its numbers do not add up; what stays open is told."""
    wrong = wrong_sums(flow)
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


def wrong_sums(flow: Flow) -> list[Sum]:
    """The sums of a flow that do not add up."""
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
    return [found for found in sums(boxes) if found.holds is False]
