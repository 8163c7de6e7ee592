"""A report of EPPI-Reviewer: its items with their codes, and its code sets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from synth.errors import Problem
from synth.starter.file_kinds.code_tree import Code, codebook, rank_roles
from synth.starter.file_kinds.grid import plain
from synth.starter.sheet import Row, Sheet
from synth.text import counted

_PROGRAM = "EPPI-Reviewer"

# Columns of the table: what each is for the importer, and the fields of an item it comes from.
_ABOUT = {
    "ItemId": ("record", ("ItemId",)),
    "Study": ("study", ("ShortTitle", "Title")),
    "Title": ("title", ("Title",)),
    "Authors": ("author", ("Authors",)),
    "Year": ("year", ("Year",)),
    "Journal": ("journal", ("ParentTitle",)),
    "DOI": ("doi", ("DOI",)),
    "Volume": ("volume", ("Volume",)),
    "Issue": ("issue", ("Issue",)),
    "Pages": ("pages", ("Pages",)),
    "URL": ("url", ("URL",)),
    "Abstract": ("abstract", ("Abstract",)),
}
_READ = frozenset({"Codes", *chain.from_iterable(keys for _, keys in _ABOUT.values())})


def is_report(data: Any) -> bool:
    """Whether the values of a JSON file are a report of EPPI-Reviewer.

    >>> is_report({"CodeSets": [], "References": []}), is_report([{"study": "Lee 2020"}])
    (True, False)
    """
    return (
        isinstance(data, dict) and isinstance(data.get("References"), list) and "CodeSets" in data
    )


def read_report(
    data: Mapping[str, Any], file: str, notes: Sequence[str]
) -> tuple[list[Sheet], list[Problem]]:
    """The codes and the coded items of a report.

    Parameters
    ----------
    data : the values of the file.
    file : how problems name it.
    notes : what was told so far.

    Returns
    -------
    The table of codings and the codebook, and what is wrong; with a problem there is no table.
    """
    sets, items = _dicts(data.get("CodeSets")), _dicts(data.get("References"))
    paths, definitions = _codes(sets)
    depth = max(map(len, paths.values()), default=1)
    ranks = ["Code set", *(f"Code {n}" if depth > 2 else "Code" for n in range(1, depth))]
    codings = [
        (Row(number, _about(item) | _coding(code, ranks, path)), bool(code) and not path)
        for number, item in enumerate(items, start=1)
        for code in _dicts(item.get("Codes")) or [{}]
        for path in [paths.get(plain(code.get("AttributeId")), ())]
    ]
    # Without a field and coded with nothing that is known: what is told below is all of it.
    rows = [row for row, _ in codings if any(row.cells.values())]
    if not rows:
        return [], [Problem("refi-empty", file)]
    bare = sum(not _dicts(item.get("Codes")) for item in items)
    if bare == len(items):
        return [], [_without_codes(file, bare)]
    whole = (
        f"It is a report of {_PROGRAM}: {counted(len(items), 'item')}, "
        f"{counted(len(paths), 'code')} in {counted(len(sets), 'code set')}. "
        "Rows are numbered by item."
    )
    told = [*notes, whole, *_left_out(items, bare, sum(strange for _, strange in codings))]
    kept = [
        name
        for name in rows[0].cells
        if name in ("Study", *ranks) or any(row.cells[name] for row in rows)
    ]
    roles = {name: role for name, (role, _) in _ABOUT.items() if name in kept} | rank_roles(ranks)
    said = next((name for name in ("Text", "Passages") if name in kept), "")
    if said:
        roles[said] = "summary"
    sheet = Sheet(
        file,
        tuple(kept),
        tuple(Row(row.line, {name: row.cells[name] for name in kept}) for row in rows),
        tuple(told),
        name="References",
        roles=roles,
        program=_PROGRAM,
        holds="codings",
    )
    return [sheet, codebook(definitions, file, "CodeSets", _PROGRAM)], []


def _codes(sets: Sequence[Mapping[str, Any]]) -> tuple[dict[str, tuple[str, ...]], list[Code]]:
    """The labels down to each code, and the codes of all sets, those above first."""
    paths: dict[str, tuple[str, ...]] = {}
    definitions: list[Code] = []

    def take(holder: Mapping[str, Any], above: str, path: tuple[str, ...]) -> None:
        inside = holder.get("Attributes")
        for code in _dicts(inside.get("AttributesList") if isinstance(inside, dict) else None):
            name = plain(code.get("AttributeId"))
            label = plain(code.get("AttributeName")) or name
            if not name or name in paths:
                continue
            paths[name] = (*path, label)
            definitions.append((name, above, label, plain(code.get("AttributeDescription"))))
            take(code, name, paths[name])

    for at, one in enumerate(sets, start=1):
        label = plain(one.get("SetName")) or f"Codes {at}"
        top = f"set-{plain(one.get('SetId')) or at}"
        definitions.append((top, "", label, plain(one.get("SetDescription"))))
        take(one, top, (label,))
    return paths, definitions


def _about(item: Mapping[str, Any]) -> dict[str, str]:
    """What the report says of an item."""
    return {
        name: next((text for key in keys if (text := plain(item.get(key)))), "")
        for name, (_, keys) in _ABOUT.items()
    }


def _coding(code: Mapping[str, Any], ranks: Sequence[str], path: Sequence[str]) -> dict[str, str]:
    """What one code of an item says: its path, what was written beside it, what was marked."""
    details = _dicts(code.get("ItemAttributeFullTextDetails"))
    passages = [text for one in details if (text := plain(one.get("Text")))]
    text = plain(code.get("AdditionalText"))
    # What was marked in the text says what nobody wrote beside it.
    said = (text, "\n".join(passages)) if text else (" … ".join(passages), "")
    return (
        dict.fromkeys(ranks, "")
        | dict(zip(ranks, path, strict=False))
        | dict(zip(("Text", "Passages"), said, strict=True))
        | {"Arm": plain(code.get("ArmTitle"))}
    )


def _left_out(items: Sequence[Mapping[str, Any]], bare: int, strange: int) -> Iterator[str]:
    """What of the items is not read, or says nothing."""
    unread = Counter(
        key for item in items for key, value in item.items() if key not in _READ and value
    )
    if unread:
        yield f"Fields of its items that are not read: {', '.join(unread)}."
    if bare:
        yield f"{counted(bare, 'item has', 'items have')} no code."
    if strange:
        yield (
            f"{counted(strange, 'coding names', 'codings name')} "
            "a code that stands in none of its code sets."
        )


def _without_codes(file: str, items: int) -> Problem:
    instead = (
        "In EPPI-Reviewer tick the code sets and the items that are coded with them, and save "
        "the report as JSON once more; or give the codings as a spreadsheet."
    )
    whose = "one item has" if items == 1 else f"{items} items have"
    what = f"a report of EPPI-Reviewer whose {whose} no codes"
    return Problem("sheet-no-table", file, what=what, instead=instead)


def _dicts(value: Any) -> list[Any]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
