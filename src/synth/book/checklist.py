"""Reporting checklists: for each item what the review reports, what the book does, and where.

Each file of ``data/reporting`` is one checklist; a new one is a new file and nothing else.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from synth.errors import Problem, ReviewError, did_you_mean
from synth.text import slug

REPORTING = "data/reporting"
"""The folder of the checklists."""

STATES = ("reported", "partly", "not reported", "not established", "not applicable")
"""Where an item can stand; ``not established`` may stand in a part that nobody here saw."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an item stands on one side: its state, and what there is, in a sentence."""

    state: str
    says: str


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a checklist.

    Parameters
    ----------
    number : as the checklist numbers it, or where it has no number the item in a word or two.
    title : its short title.
    review : what the review reports.
    book : what the book reports of its own work.
    places : where in the book it stands, as ``page#anchor``.
    """

    number: str
    title: str
    review: Standing
    book: Standing
    places: tuple[str, ...] = ()

    @property
    def anchor(self) -> str:
        """What the address of its row ends with."""
        return slug(self.number, "item")


@dataclass(frozen=True, slots=True)
class Checklist:
    """A reporting checklist, filled in.

    Parameters
    ----------
    id, name, title : its name in short, and in full.
    source, doi, licence : where its items come from.
    items : its items, in order.
    note : what a reader should know of it; may be empty.
    """

    id: str
    name: str
    title: str
    source: str
    doi: str
    licence: str
    items: tuple[Item, ...]
    note: str = ""

    def counted(self, side: str) -> Mapping[str, int]:
        """How many items stand where, for ``"review"`` or ``"book"``; states nobody has left out.

        >>> none = Standing("not reported", "Nothing.")
        >>> item = Item("1", "Aim", none, Standing("reported", "It does."))
        >>> dict(Checklist("x", "X", "", "", "", "", (item,)).counted("review"))
        {'not reported': 1}
        """
        found = [getattr(item, side).state for item in self.items]
        return {state: found.count(state) for state in STATES if state in found}


def checklists(root: Path) -> Mapping[str, Checklist]:
    """The checklists of a review by their ids; none without the folder.

    Parameters
    ----------
    root : folder of the review.

    Raises
    ------
    ReviewError : a file cannot be read, or an item lacks what it needs.
    """
    found: dict[str, Checklist] = {}
    problems: list[Problem] = []
    for path in sorted((root / REPORTING).glob("*.toml")):
        file = path.relative_to(root).as_posix()
        try:
            read = _checklist(tomllib.loads(path.read_text("utf-8")))
        except (UnicodeDecodeError, ValueError) as error:
            problems.append(Problem("checklist-malformed", file, reason=str(error)))
        else:
            if read.id in found:
                reason = f"another file has the checklist {read.id!r} too"
                problems.append(Problem("checklist-malformed", file, reason=reason))
            found[read.id] = read
    if problems:
        raise ReviewError(problems)
    return found


def _checklist(told: Mapping[str, Any]) -> Checklist:
    head = dict(told.get("checklist", {}))
    number = head.pop("items", 0)
    items = tuple(_item(entry) for entry in told.get("item", ()))
    if number != len(items):
        raise ValueError(f"it has {number} items by its head, and {len(items)} stand here")
    names = [item.number for item in items]
    if twice := next((name for name in names if names.count(name) > 1), ""):
        raise ValueError(f"item {twice} stands twice")
    known = {one.name for one in fields(Checklist)}
    _hold(head, known, known - {"items", "note"}, "[checklist]")
    return Checklist(**head, items=items)


def _item(entry: Mapping[str, Any]) -> Item:
    where = f"item {entry.get('number', '')}".rstrip()
    known = {one.name for one in fields(Item)}
    _hold(entry, known, known - {"places"}, where)
    sides = {}
    for side in ("review", "book"):
        told = entry[side]
        if not isinstance(told, dict):
            raise ValueError(f"{side!r} of {where} has to be a table with 'state' and 'says'")
        _hold(told, {"state", "says"}, {"state", "says"}, f"{side!r} of {where}")
        if told["state"] not in STATES:
            raise ValueError(
                f"{where} knows no state {told['state']!r}; states are {', '.join(STATES)}"
            )
        sides[side] = Standing(**told)
    places = tuple(entry.get("places", ()))
    return Item(str(entry["number"]), entry["title"], places=places, **sides)


def _hold(entry: Mapping[str, Any], known: set[str], needed: set[str], where: str) -> None:
    for name in entry:
        if name not in known:
            near = did_you_mean(name, known)
            raise ValueError(f"{where} knows no {name!r}. {near}".rstrip())
    for name in sorted(needed):
        if not entry.get(name):
            raise ValueError(f"{where} needs {name!r}")
