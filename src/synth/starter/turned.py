"""Tables whose columns or cells are studies, turned so that each study has a row."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from synth.starter.countries import country
from synth.starter.marks import directions_in
from synth.starter.sheet import Row, Sheet
from synth.starter.values import bare, headings, is_beside, is_sum
from synth.text import column_letters

LABEL = re.compile(r"[^\W\d_][^\d\n]{0,80}?[\s,(\[]*\b(?:1[89]|20)\d\d[a-z]?\b")
"""How a study is called: author and year."""
SHORT = 60


def turned(sheet: Sheet) -> Sheet:
    """A table whose columns are studies, with a row for each; another one as it is.

    What stands left of the studies, such as *Theme* and *Subtheme*, becomes the headings. A row is
    numbered by the column it comes from.

    Parameters
    ----------
    sheet : the table.

    >>> rows = (Row(2, {"Theme": "Pay", "Ek 2012": "x", "Lee 2020": ""}),)
    >>> made = turned(Sheet("t.csv", ("Theme", "Ek 2012", "Lee 2020"), rows))
    >>> made.header, [row.cells for row in made.rows][0]
    (('Study', 'Pay'), {'Study': 'Ek 2012', 'Pay': 'x'})
    """
    studies = [name for name in sheet.header if len(name) <= SHORT and LABEL.match(name)]
    others = [name for name in sheet.header if name not in studies]
    told = any(LABEL.match(row.cells[name]) for row in sheet.rows for name in others)
    own = _asks_for_studies(sheet)
    if own:
        # "Study 1", "Study 2": what each is called stands below its heading.
        studies, others = [*sheet.header[1:]], [*sheet.header[:1]]
    elif len(studies) < 2 or len(studies) < len(others) or told or sheet.holds:
        return sheet
    first = min(sheet.header.index(name) for name in studies)
    ways = [name for name in sheet.header[:first] if _names(sheet, name)]
    if not ways:
        return sheet
    header: list[str] = []
    heads: dict[str, tuple[str, ...]] = {}
    lines: list[Row] = []
    above: list[str] = [""] * len(ways)
    for row in sheet.rows:
        if is_beside(row.cells):
            continue
        # As merged cells are saved: what is wider stands only in the first of its rows.
        way = [row.cells[name] for name in ways]
        last = max((at for at, cell in enumerate(way) if cell), default=-1)
        way = [cell or above[at] if at < last else cell for at, cell in enumerate(way)]
        above = way
        named = tuple(" ".join(cell.split()) for cell in way if cell)
        name = ": ".join(named)
        if named and name not in heads:
            header.append(name)
            heads[name] = named
            lines.append(row)
    if not header:
        return sheet
    by_column = tuple(
        Row(
            sheet.header.index(study) + 1,
            {
                **({} if own else {"Study": study}),
                **{name: row.cells[study] for name, row in zip(header, lines, strict=True)},
            },
        )
        for study in studies
        if any(row.cells[study] for row in lines)
    )
    left = [name for name in others if name not in ways]
    note = (
        f"Its columns are studies, so it was turned: each column from "
        f"{column_letters(first)} on is read as a row, and is named by its number."
    )
    notes = [*sheet.notes, note]
    if left:
        notes.append(f"Columns beside the studies were not read: {', '.join(map(repr, left))}.")
    if spare := len(sheet.rows) - len(header):
        noun = "row was" if spare == 1 else "rows were"
        notes.append(f"{spare} {noun} no theme of its own, such as sums, and left out.")
    return replace(
        sheet,
        header=(*header,) if own else ("Study", *header),
        rows=by_column,
        notes=tuple(notes),
        heads={"Study": ("Study",), **heads} if len(ways) > 1 else {},
    )


def _asks_for_studies(sheet: Sheet) -> bool:
    """Whether the first column asks for authors or titles, so that the others are studies each."""
    if sheet.holds or len(sheet.header) < 3 or sheet.heads:
        return False
    first, *rest = sheet.header
    asked = {bare(row.cells[first]) for row in sheet.rows}
    return _tells_studies(asked) and not _tells_studies({bare(name) for name in rest})


def _tells_studies(words: Collection[str]) -> bool:
    """Whether some words are headings: of what tells a study, and of something else."""
    uses = [{use for use, listed in known_headings().items() if word in listed} for word in words]
    telling = sum(bool(found & {"study", "author", "title", "doi"}) for found in uses)
    return telling > 0 and sum(map(bool, uses)) > 1


@lru_cache(maxsize=1)
def known_headings() -> Mapping[str, Collection[str]]:
    """For each use the headings it is recognised by, as :func:`bare` gives them."""
    return {use: {bare(word) for word in listed} for use, listed in headings().items()}


def of_forms(sheets: Sequence[Sheet]) -> list[Sheet]:
    """Sheets of one file that are one form, filled in for a study each, as one table.

    Parameters
    ----------
    sheets : the sheets of a file.

    >>> forms = [
    ...     Sheet(
    ...         "f.xlsx", ("Item", "Answer"), (Row(2, {"Item": "Pay", "Answer": said}),), name=name
    ...     )
    ...     for name, said in (("Lee 2020", "low"), ("Ek 2012", ""))
    ... ]
    >>> (made,) = of_forms(forms)
    >>> [row.cells for row in made.rows]
    [{'Study': 'Lee 2020', 'Pay': 'low'}, {'Study': 'Ek 2012', 'Pay': ''}]
    """
    forms = {at: found for at, sheet in enumerate(sheets) if (found := _form(sheet))}
    named = all(LABEL.match(sheets[at].name) for at in forms)
    asked = [{bare(item) for item in items} for items in forms.values()]
    alike = [
        at for at, words in zip(forms, asked, strict=True) if 2 * len(words & asked[0]) > len(words)
    ]
    own = asked != [] and all(map(_tells_studies, asked))
    if len(alike) < 2 or len(alike) < len(forms) or not (named or own):
        return [*sheets]
    header = dict.fromkeys(item for items in forms.values() for item in items)
    rows = []
    for at, items in forms.items():
        study = {} if own else {"Study": sheets[at].name}
        rows.append(Row(at + 1, {**study, **dict.fromkeys(header, ""), **items}))
    note = (
        f"{len(rows)} sheets are one form, filled in for a study each: each sheet is read as a "
        "row, and is named by its number."
    )
    first = sheets[min(forms)]
    made = replace(
        first,
        name="",
        header=(*(() if own else ("Study",)), *header),
        rows=tuple(rows),
        notes=(*first.notes, note),
    )
    return [made, *(sheet for at, sheet in enumerate(sheets) if at not in forms)]


def _form(sheet: Sheet) -> dict[str, str]:
    """What a sheet of two columns asks and what was answered; empty if it is no form."""
    if len(sheet.header) != 2 or sheet.holds or sheet.hidden or not sheet.name or sheet.heads:
        return {}
    item, answer = sheet.header
    asked: dict[str, list[str]] = {}
    known = any(bare(item) in words for words in known_headings().values())
    # A form without headings begins with its first question.
    pairs = [(item, answer)] if known and bare(answer) not in _ANSWERS else []
    name = ""
    for one, two in (*pairs, *((row.cells[item], row.cells[answer]) for row in sheet.rows)):
        name = " ".join(one.split()) or name
        if not name or LABEL.match(name) or len(name) > 200:
            return {}
        asked.setdefault(name, []).append(two)
    return {name: "\n".join(filter(None, said)) for name, said in asked.items()}


_ANSWERS = (
    "answer",
    "answers",
    "value",
    "response",
    "extracted",
    "data",
    "extracted data",
    "entry",
)


def _names(sheet: Sheet, name: str) -> bool:
    """Whether a column names something, and does not count or explain it."""
    held = [row.cells[name] for row in sheet.rows if row.cells[name]]
    words = [cell for cell in held if not re.fullmatch(r"[\d.,%() /]+", cell)]
    return bool(held) and len(words) * 2 > len(held) and sum(map(len, held)) <= 80 * len(held)


def of_map(sheet: Sheet) -> list[Sheet]:
    """A map whose cells name studies as a table for each of its columns; another as it is.

    What the columns say has to be certain: countries, directions, levels, or designs. Where the
    rows are countries, the headings are the codes. Levels are the wider rank of the codebook where
    each row has studies at one of them, and else a filter.

    Parameters
    ----------
    sheet : the table.

    >>> rows = (Row(2, {"Theme": "Pay", "Peru": "Lee 2020; Ek 2012", "Chad": "Lee 2020"}),)
    >>> [made.rows[0].cells for made in of_map(Sheet("t.csv", ("Theme", "Peru", "Chad"), rows))][1]
    {'Theme': 'Pay', 'Study': 'Lee 2020', 'Country': 'Chad'}
    """
    cells = {
        name: [row.cells[name] for row in sheet.rows if row.cells[name]] for name in sheet.header
    }
    named = [name for name in sheet.header if all(map(names_studies, cells[name]))]
    named = [name for name in named if cells[name]]
    ways = [name for name in sheet.header if name not in named and cells[name]]
    counts = [name for name in ways if all(map(is_sum, cells[name]))]
    ways = [name for name in ways if name not in counts]
    if sheet.holds or len(named) < 2 or not 1 <= len(ways) <= 2 or sheet.header[0] != ways[0]:
        return [sheet]
    lands = len(ways) == 1 and all(map(country, cells[ways[0]]))
    if lands:
        axis, use = "Theme", "theme"
    elif all(map(country, named)):
        axis, use = "Country", "country"
    elif len({directions_in(name) for name in named} - {""}) == len(named):
        axis, use = "Direction", "direction"
    elif all(map(_LEVEL.fullmatch, named)):
        at_one = all(sum(bool(row.cells[name]) for name in named) <= 1 for row in sheet.rows)
        axis, use = "Level", "rank 1" if at_one else "filter"
    elif all(map(DESIGN.fullmatch, named)):
        axis, use = "Design", "design"
    else:
        return [sheet]
    if {axis, "Study"} & {*ways}:
        return [sheet]
    first = 2 if use == "rank 1" else 1
    ranks = [f"rank {at}" for at in range(first, first + len(ways))]
    ranks = ["country"] if lands else ["theme"] if ranks == ["rank 1"] else ranks
    roles = {**dict(zip(ways, ranks, strict=True)), "Study": "study", axis: use}
    note = (
        "Its cells name studies: each study of a cell is read as one that says what stands left "
        f"of it, with the heading {{!r}} as its {_SAID.get(use, use)}."
    )
    left = ", ".join(map(repr, counts))
    spare = (f"Columns that only count were not read: {left}.",) if counts else ()
    made, above = [], [""] * len(ways)
    for name in named:
        said = directions_in(name) if use == "direction" else name
        rows = []
        for row in sheet.rows:
            # As merged cells are saved: what is wider stands only in the first of its rows.
            way = [row.cells[one] for one in ways]
            above = [
                one or (old if at < len(way) - 1 else "")
                for at, (one, old) in enumerate(zip(way, above, strict=True))
            ]
            if row.cells[name]:
                held = dict(zip(ways, above, strict=True))
                rows.append(Row(row.line, {**held, "Study": row.cells[name], axis: said}))
        called = f"{sheet.name}, {name}" if sheet.name else name
        made.append(
            replace(
                sheet,
                header=(*ways, "Study", axis),
                rows=tuple(rows),
                notes=((*sheet.notes, note.format(name), *spare) if name == named[0] else ()),
                name=called,
                heads={},
                roles=roles,
            )
        )
    return made


_SAID = {"filter": "level, a filter", "rank 1": "level, the widest rank of its code"}
_WIDE = (
    r"macro|meso|mesa|micro|exo|makro|mikro|individual|personal|intra-?personal|inter-?personal|"
    r"team|group|relational|relationship|organi[sz]ation(?:al)?|institution(?:al)?|facility|provider|"
    r"patient|community|societal|society|social|public policy|policy|political|system|systems|"
    r"health system|national|regional|local|structural|environmental|individuell|organisationell|"
    r"gesellschaftlich|individuel|organisationnel|societal|individuale|organizzativo|organizacional"
)
_LEVEL = re.compile(
    rf"(?:{_WIDE})(?:[ -]?(?:level|ebene|niveau))?(?: factors)?|"
    rf"(?:level|ebene|niveau) (?:{_WIDE}|\d)|"
    rf"(?:nivel|livello|niveau) (?:{_WIDE})",
    re.IGNORECASE,
)
DESIGN = re.compile(
    r"(?:qualitative?|quantitative?|mixed[ -]methods?|rcts?|randomi[sz]ed(?: controlled)? trials?|"
    r"cohort|case[ -]control|cross[ -]sectional|surveys?|interviews?|focus groups?|case (?:study|"
    r"studies)|reviews?|observational|qualitativ|quantitativ|cualitativo|cuantitativo|mixto|"
    r"qualitativo|quantitativo|misto)(?: stud(?:y|ies)| research| designs?)?",
    re.IGNORECASE,
)


def names_studies(cell: str) -> bool:
    """Whether a cell does nothing but name studies."""
    parts = [part.strip(" .()[]") for part in _PARTS.split(cell)]
    short = all(len(part) < 50 and LABEL.fullmatch(part) for part in parts if part)
    return short and not CITES.search(cell)


CITES = re.compile(r"\w.*\([^\W\d_]")
"""A text that cites a study in brackets, as "No rooms (Lee 2013)" does."""


_PARTS = re.compile(r"[;\n]|(?<=\d),|(?<=\d[a-z]),|(?<=\)),")
