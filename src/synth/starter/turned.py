"""Tables whose columns or cells are studies, turned so that each study has a row."""

from __future__ import annotations

import re
from collections import Counter
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
    *("answer", "answers", "value", "values", "response", "responses", "extracted", "data"),
    *("extracted data", "entry", "antwort", "wert", "reponse", "valeur"),
    *("respuesta", "valor", "resposta", "risposta", "valore", "antwoord", "waarde", "svar"),
)
_ITEMS = (
    *("item", "items", "variable", "variables", "field", "question", "attribute", "parameter"),
    *("data item", "extraction item", "feld", "frage", "merkmal"),
    *("champ", "rubrique", "campo", "pregunta", "pergunta", "voce", "domanda", "veld", "vraag"),
)


def one_below_another(sheet: Sheet) -> Sheet:
    """Forms filled in for a study each, one below the other, with a row for each; else as it is.

    A form begins where its first question comes again. What is asked has to tell the study.

    Parameters
    ----------
    sheet : the table.

    >>> said = [("Year", "2020"), ("Pay", "low"), ("Author", "Ek"), ("Year", "2012"), ("Pay", "")]
    >>> rows = tuple(Row(at, {"Author": a, "Lee": b}) for at, (a, b) in enumerate(said, 2))
    >>> [row.cells for row in one_below_another(Sheet("t.csv", ("Author", "Lee"), rows)).rows]
    [{'Author': 'Lee', 'Year': '2020', 'Pay': 'low'}, {'Author': 'Ek', 'Year': '2012', 'Pay': ''}]
    """
    pairs = _pairs(sheet)
    times = Counter(bare(name) for _, name, _ in pairs if name)
    again = {name for name, count in times.items() if count > 1}
    inside = sum(bare(name) in again for _, name, _ in pairs if name)
    first = next((bare(name) for _, name, _ in pairs if bare(name) in again), "")
    if len(again) < 3 or inside * 3 < len(pairs) * 2 or not _tells_studies(again):
        return sheet
    header: dict[str, str] = {}
    forms: list[tuple[int, dict[str, list[str]]]] = []
    alone: list[str] = []
    asked = ""
    for line, name, said in pairs:
        if bare(name) == first:
            forms.append((line, {}))
        elif name and not said and bare(name) not in again:
            alone.append(name)  # "Study 2" above a form answers nothing
            continue
        if not forms:
            alone.append(name)
            continue
        asked = header.setdefault(bare(name), name) if name else asked
        forms[-1][1].setdefault(asked, []).append(said)
    twice = sum(
        len([one for one in said if one]) > 1 for _, form in forms for said in form.values()
    )
    if len(forms) < 2 or twice > len(forms) or max(times.values()) > 2 * len(forms):
        return sheet
    rows = tuple(
        Row(line, {name: "\n".join(filter(None, form.get(name, ()))) for name in header.values()})
        for line, form in forms
    )
    note = (
        f"{len(rows)} forms stand one below the other, filled in for a study each: each is read as "
        f"a row, from its {header[first]!r} on, and is named by the number of its first row."
    )
    notes = [*sheet.notes, note]
    if alone:
        noun = "line that answers" if len(alone) == 1 else "lines that answer"
        notes.append(f"{len(alone)} {noun} nothing, as {alone[0]!r}, were not read.")
    return replace(sheet, header=(*header.values(),), rows=rows, notes=tuple(notes))


def _pairs(sheet: Sheet) -> list[tuple[int, str, str]]:
    """What a sheet asks line by line and what was answered: two columns, or "Year: 2020"."""
    if sheet.holds or sheet.heads or not sheet.rows or len(sheet.header) > 2:
        return []
    top, end = sheet.header[0], sheet.header[-1]
    lines = [(row.line, row.cells[top], row.cells[end]) for row in sheet.rows]
    if bare(top) not in _ITEMS or bare(end) not in _ANSWERS:
        lines.insert(0, (lines[0][0] - 1, top, end))
    if len(sheet.header) == 2:
        return [(line, " ".join(name.split()), said) for line, name, said in lines]
    cut = [(line, text, text.partition(":")) for line, text, _ in lines]
    return [
        (line, " ".join(one.split()), two.strip()) if colon else (line, "", text)
        for line, text, (one, colon, two) in cut
    ]


def by_variable(sheet: Sheet) -> Sheet:
    """A table with a row for each study and question, with a row for each study; else as it is.

    Parameters
    ----------
    sheet : the table.

    >>> said = [("Lee 2020", "Pay", "low"), ("Lee 2020", "Rest", ""), ("Ek 2012", "Pay", "good")]
    >>> names = ("Study", "Variable", "Value")
    >>> rows = tuple(Row(at, dict(zip(names, row))) for at, row in enumerate(said, 2))
    >>> [(*row.cells.values(),) for row in by_variable(Sheet("t.csv", names, rows)).rows]
    [('Lee 2020', 'low', ''), ('Ek 2012', 'good', '')]
    """
    items = [name for name in sheet.header if bare(name) in _ITEMS]
    answers = [name for name in sheet.header if bare(name) in _ANSWERS]
    if sheet.holds or sheet.heads or len(items) != 1 or len(answers) != 1:
        return sheet
    (item,), (answer,) = items, answers
    keys = [name for name in sheet.header if name not in (item, answer)]
    asked = {bare(row.cells[item]): row.cells[item] for row in sheet.rows if row.cells[item]}
    studies = {tuple(row.cells[name] for name in keys): row.line for row in sheet.rows}
    told = _tells_studies({*map(bare, keys), *asked}) or any(
        bare(name) in known_headings()["study"] for name in keys
    )
    if not told or not keys or {*map(bare, keys)} & {*asked}:
        return sheet
    if (
        len(studies) < 2
        or len(asked) < 2
        or len(sheet.rows) < 2 * max(len(studies), len(asked)) - 1
    ):
        return sheet
    held: dict[tuple[str, ...], dict[str, list[str]]] = {who: {} for who in studies}
    for row in sheet.rows:
        who = tuple(row.cells[name] for name in keys)
        held[who].setdefault(bare(row.cells[item]), []).append(row.cells[answer])
    rows = []
    for who, line in studies.items():
        said = {
            name: "\n".join(filter(None, held[who].get(key, ()))) for key, name in asked.items()
        }
        rows.append(Row(line, {**dict(zip(keys, who, strict=True)), **said}))
    note = (
        f"Each value of {item!r} is read as a column with what stands in {answer!r}, so that each "
        "study has a row, named by the last of its own."
    )
    header = (*keys, *asked.values())
    return replace(sheet, header=header, rows=tuple(rows), notes=(*sheet.notes, note))


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
