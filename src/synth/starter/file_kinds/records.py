"""Records of JSON and YAML as tables."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from synth.errors import Problem
from synth.starter.file_kinds import eppi
from synth.starter.file_kinds.grid import cleaned, plain
from synth.starter.file_kinds.kinds import REFERENCES_BESIDE
from synth.starter.sheet import Row, Sheet
from synth.text import counted

Read = tuple[list[Sheet], list[Problem]]

_MOST_PARTS = 5_000_000


class _TooMuch(ValueError):
    """The records refer to each other so that they would fill the memory."""


class _Record(dict[str, Any]):
    """A record with the line it begins on."""

    line = 0


def read_records(text: str, kind: str, file: str, notes: Sequence[str] = ()) -> Read:
    r"""Read records as tables.

    Parameters
    ----------
    text : the text of the file.
    kind : ``"json"`` or ``"yaml"``.
    file : how problems name it.
    notes : what was told so far.

    Returns
    -------
    The tables, and what is wrong; with an error among that there is none.

    >>> (sheet,), problems = read_records(
    ...     '[{"study": "Lee 2020", "code": ["Pay", "Hours"]}]', "json", "t.json"
    ... )
    >>> sheet.header, sheet.rows[0].cells["code"], problems
    (('study', 'code'), 'Pay\nHours', [])
    """
    try:
        data = _json(text) if kind == "json" else _yaml(text)
    except _Unreadable as error:
        what = "JSON" if kind == "json" else "YAML"
        return [], [Problem("records-broken", file, error.line, what=what, reason=str(error))]
    except (RecursionError, _TooMuch):
        return [], [Problem("records-deep", file)]
    if eppi.is_report(data):
        return eppi.read_report(data, file, notes)
    problem = _references(data, file)
    if problem:
        return [], [problem]
    sheets = [
        _sheet(records, name, file) for name, records in _tables(data) if any(map(bool, records))
    ]
    if not sheets:
        what = "JSON" if kind == "json" else "YAML"
        return [], [Problem("records-none", file, 1, what=what)]
    first = sheets[0]
    sheets[0] = replace(first, notes=(*notes, *first.notes))
    return sheets, []


class _Unreadable(Exception):
    """The text breaks off at a line, for a reason."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line


# --- texts to values ----------------------------------------------------------------------------


def _pairs(pairs: list[tuple[str, Any]]) -> _Record:
    record = _Record()
    for key, value in pairs:
        name, number = key, 2
        while name in record:
            name, number = f"{key} ({number})", number + 1
        record[name] = value
    return record


def _json(text: str) -> Any:
    decoder = json.JSONDecoder(
        object_pairs_hook=_pairs, parse_float=str, parse_int=str, parse_constant=str
    )
    start = len(text) - len(text.lstrip())
    try:
        if text.startswith("[", start):
            return _listed(text, start + 1, decoder)
        value, end = decoder.raw_decode(text, start)
        if not text[end:].strip():
            return value
        values = [value]
        while text[end:].strip():  # a record a line
            end += len(text[end:]) - len(text[end:].lstrip())
            value, end = decoder.raw_decode(text, end)
            if isinstance(value, _Record):
                value.line = text.count("\n", 0, end) + 1
            values.append(value)
    except json.JSONDecodeError as error:
        raise _Unreadable(error.lineno, error.msg) from None
    else:
        return values


def _listed(text: str, at: int, decoder: json.JSONDecoder) -> list[Any]:
    """The values of a list, each record with the line it begins on."""
    values: list[Any] = []
    line, counted = 1, 0
    wanted = False
    while True:
        while at < len(text) and text[at] in " \t\r\n":
            at += 1
        if text.startswith("]", at):
            if wanted or text[at + 1 :].strip():
                raise json.JSONDecodeError("a value was expected", text, at)
            return values
        if values and not wanted:
            if not text.startswith(",", at):
                raise json.JSONDecodeError("a comma was expected", text, min(at, len(text)))
            at, wanted = at + 1, True
            continue
        value, end = decoder.raw_decode(text, at)
        line += text.count("\n", counted, at)
        counted = at
        if isinstance(value, _Record):
            value.line = line
        values.append(value)
        at, wanted = end, False


def _yaml(text: str) -> Any:
    import yaml

    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        documents = list(yaml.compose_all(text, Loader=loader))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or "it cannot be read"
        line = mark.line + 1 if mark else 1
        raise _Unreadable(line, reason) from None
    except (ValueError, TypeError) as error:
        raise _Unreadable(1, str(error)) from None
    known: dict[int, int] = {}
    if sum(_parts(node, known) for node in documents) > _MOST_PARTS:
        raise _TooMuch
    values = [_value(node, 0) for node in documents]
    return values[0] if len(values) == 1 else values


def _parts(node: Any, known: dict[int, int]) -> int:
    """How many parts a node has once all it refers to is written out; each is counted once."""
    import yaml

    if id(node) not in known:
        known[id(node)] = _MOST_PARTS + 1  # a node that holds itself has no end
        inside = [] if isinstance(node, yaml.ScalarNode) else node.value
        if isinstance(node, yaml.MappingNode):
            inside = [part for pair in inside for part in pair]
        known[id(node)] = 1 + sum(_parts(part, known) for part in inside)
    return known[id(node)]


def _value(node: Any, depth: int) -> Any:
    """A node of YAML as texts, lists and records; as people see it, nothing is taken for a date."""
    import yaml

    if depth > 60:
        raise RecursionError
    if isinstance(node, yaml.ScalarNode):
        return "" if node.value in ("~", "null") and not node.style else str(node.value)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, depth + 1) for item in node.value]
    record = _pairs(
        [(str(_value(key, depth + 1)), _value(value, depth + 1)) for key, value in node.value]
    )
    record.line = node.start_mark.line + 1
    return record


# --- values to tables ---------------------------------------------------------------------------


def _tables(data: Any) -> Iterator[tuple[str, list[Any]]]:
    """The lists of records in the data, each with its name."""
    if isinstance(data, list):
        if data and all(isinstance(item, list) for item in data):
            yield "", _from_rows(data[0], data[1:])
        elif any(isinstance(item, dict) for item in data):
            yield "", data
        return
    if not isinstance(data, dict):
        return
    columns, rows = data.get("columns"), data.get("data")
    if isinstance(columns, list) and isinstance(rows, list):
        yield "", _from_rows(columns, rows)
        return
    lists = {key: value for key, value in data.items() if isinstance(value, list)}
    if len(lists) > 1 and len(lists) == len(data):
        lengths = {len(value) for value in lists.values()}
        if len(lengths) == 1 and not any(
            isinstance(item, (dict, list)) for value in lists.values() for item in value
        ):
            yield "", _from_rows([*lists], [*zip(*lists.values(), strict=True)])
            return
    named = [key for key, value in lists.items() if any(isinstance(i, dict) for i in value)]
    for key in named:
        yield key if len(named) > 1 else "", lists[key]
    if named:
        return
    if data and all(isinstance(value, dict) for value in data.values()):
        records = []
        for key, value in data.items():
            record = _pairs([("id", key), *value.items()])
            record.line = getattr(value, "line", 0)
            records.append(record)
        yield "", records


def _from_rows(header: Sequence[Any], rows: Sequence[Any]) -> list[_Record]:
    names = [plain(name) or f"Column {at}" for at, name in enumerate(header, start=1)]
    return [
        _pairs([*zip(names, row, strict=False)]) for row in rows if isinstance(row, (list, tuple))
    ]


def _references(data: Any, file: str) -> Problem | None:
    """A list of references is no coded table."""
    items = data if isinstance(data, list) else []
    if not items or not all(isinstance(item, dict) and "type" in item for item in items):
        return None
    if not any("issued" in item or isinstance(item.get("author"), list) for item in items):
        return None
    what, instead = "a file of references (CSL JSON)", REFERENCES_BESIDE
    return Problem("sheet-no-table", file, what=what, instead=instead)


def _sheet(records: Sequence[Any], name: str, file: str) -> Sheet:
    """A list of records as a table; records within records become rows with the outer cells."""
    notes: list[str] = []
    rows: list[Row] = []
    header: dict[str, None] = {}
    exploded: dict[str, int] = {}
    skipped = 0
    for number, record in enumerate(records, start=1):
        if not isinstance(record, dict):
            skipped += 1
            continue
        outer, inner = _flat(record)
        place = getattr(record, "line", 0) or number
        nested = [(key, item) for key, items in inner.items() for item in items]
        for key, _ in nested:
            exploded[key] = exploded.get(key, 0) + 1
        for key, item in nested or [("", None)]:
            cells = dict(outer)
            if item is not None:
                below, deeper = _flat(item)
                for within, items in deeper.items():
                    below[within] = "\n".join("; ".join(_flat(i)[0].values()) for i in items)
                for column, cell in below.items():
                    cells[column if column not in cells else f"{key}.{column}"] = cell
                place_of_item = getattr(item, "line", 0) or place
            else:
                place_of_item = place
            header.update(dict.fromkeys(cells))
            rows.append(Row(place_of_item, cells))
    names = {key: cleaned(key).replace("\n", " ") or "Column" for key in header}
    taken: dict[str, str] = {}
    for key, clean in names.items():
        label, more = clean, 2
        while label in taken.values():
            label, more = f"{clean} ({more})", more + 1
        taken[key] = label
    whole = [
        Row(row.line, {taken[key]: row.cells.get(key, "") for key in header})
        for row in rows
        if any(row.cells.values())
    ]
    if len({row.line for row in whole}) < len(whole):
        # A row is known by its line: records that share one would become one study.
        whole = [Row(number, row.cells) for number, row in enumerate(whole, start=1)]
        notes.append("Its records share lines, so rows are numbered in their order.")
    for key, count in exploded.items():
        notes.append(f"Each of the {count} records in {key!r} is a row of its own.")
    if skipped:
        notes.append(f"{counted(skipped, 'entry is', 'entries are')} no record and left out.")
    return Sheet(file, tuple(taken.values()), tuple(whole), tuple(notes), name=name)


def _flat(record: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, list[Any]]]:
    """The cells of a record, and the lists of records within it."""
    cells: dict[str, str] = {}
    inner: dict[str, list[Any]] = {}
    for key, value in record.items():
        if isinstance(value, dict):
            below, deeper = _flat(value)
            cells |= {f"{key}.{name}": cell for name, cell in below.items()}
            inner |= {f"{key}.{name}": items for name, items in deeper.items()}
        elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
            inner[key] = [item for item in value if isinstance(item, dict)]
        elif isinstance(value, list):
            cells[key] = "\n".join(text for text in map(plain, value) if text)
        else:
            cells[key] = plain(value)
    return cells, inner
