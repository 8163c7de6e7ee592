"""Where no column is called a code: headings, or the values below them, that are codes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from synth.starter.columns.directions import side_of_heading
from synth.starter.columns.headings import REMARKS
from synth.starter.columns.table import IDENTITY, MOST, Columns, is_label, quoted
from synth.starter.columns.ticks import (
    APPRAISED,
    find_marked,
    find_ticked,
    tell_ticked,
    text_columns,
)
from synth.starter.lists import pieces, sentences, separators_of, typed_counts
from synth.starter.marks import directions_in, marks_before
from synth.starter.sheet import Sheet
from synth.starter.spreadsheet import folded
from synth.starter.values import is_consensus, is_person, same, unknown

_HEAD = re.compile(r"(.{2,60}?)(?::| [-–>/|] |\\|_{2,}|\.{1,3}(?=[^\W\d_]))\s*(\S.*)")


# As REDCap and LimeSurvey call the boxes of a question.
_BOX = re.compile(r"(.{2,}?) ?(?:\(choice=(.+)\)|\[(\D.*)\])")


@dataclass
class Headed:
    """What the headings of columns say of the codes below them.

    Parameters
    ----------
    codes : for a column the code that its heading stands for, where it is not just the heading.
    directions : for a column the direction that its heading says.
    marks : what a mark in their cells says.
    fallback : whether nothing is called a code, so that what might be one was taken for one.
    """

    codes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    directions: dict[str, str] = field(default_factory=dict)
    marks: Mapping[str, str] = field(default_factory=dict)
    fallback: bool = False


def find_codes(columns: Columns) -> Headed:
    """Find the columns whose headings are codes, or whose values are."""
    headed = Headed(marks=find_marked(columns))
    if headed.marks:
        return headed
    sheet = columns.sheet
    ticked = find_ticked(columns)
    if beside := text_columns(columns, ticked):
        columns.use(beside, "summary")
        columns.tell(
            f"{quoted(beside)}: each is the text of the findings that are ticked beside it.",
            hint='--columns "keep=A|B" keeps them with the study',
        )
    ticked += _other_of(columns, ticked)
    others = [name for name in columns.free if name not in ticked]
    texts = [name for name in others if side_of_heading(sheet, name)]
    # "Barrier 1 level" is known of what stands below "Barrier 1", and is no finding.
    numbered = tuple(f"{name} " for name in texts if name[-1:].isdecimal())
    if numbered and (known := [name for name in texts if name.startswith(numbered)]):
        columns.use(known, "keep")
        texts, others = ([n for n in names if n not in known] for names in (texts, others))
    # "Barriers: Notes" beside "Barriers: Type" is a remark on it and no code.
    remarks = [n for n in texts if folded(re.split(r": |\n", n)[-1]) in REMARKS]
    if remarks and len(remarks) < len(texts):
        columns.use(remarks, "keep")
        texts = [name for name in texts if name not in remarks]
        others = [name for name in others if name not in remarks]
    # Columns below a group are codes where none says more clearly that it is one.
    grouped = () if texts or ticked else others
    chosen = {*ticked, *texts, *(name for name in grouped if len(sheet.heads.get(name, ())) > 1)}
    listed = [name for name in texts if _lists(columns, name)]
    # Columns side by side are of one kind: short values in the others are codes as well.
    listed = [name for name in texts if name in listed or (listed and columns.is_short(name))]
    for name in sheet.header:
        if name in chosen:
            columns.uses[name] = "dimensions" if name in listed else "codes"
    for name in listed:
        headed.codes[name], headed.directions[name] = code_of_heading(sheet, name)
    headed.codes.update(_numbered_alike(texts))
    if not chosen:
        headed.fallback = _take_others(columns)
    elif ticked:
        tell_ticked(columns, ticked)
    if listed:
        columns.tell(
            f"{quoted(listed)}: the heading says the direction, and the values come "
            "again, so they are codes below it.",
            f"{quoted(listed)}: are the values codes, or findings in words?",
            (
                ("codes below the heading", dict.fromkeys(listed, "dimensions")),
                ("findings in words", dict.fromkeys(listed, "codes")),
            ),
            hint='--columns "codes=COLUMN" reads them as findings in words',
        )
    if texts := [name for name in texts if name not in listed]:
        columns.tell(
            f"{quoted(texts)}: the heading says what a finding below it does, and is its code; "
            "each cell is a finding.",
            hint="--columns NAME=COLUMN, or the recipe, says otherwise",
        )
    return headed


def _other_of(columns: Columns, ticked: Sequence[str]) -> list[str]:
    """The field of text that a question with boxes to tick ends with: "Themes: Other (specify)"."""
    header = columns.sheet.header
    begun = Counter(found[0] for name in ticked if (found := _box_of(name, header)))
    ends = {name: _box_of(name, header) for name in columns.free if name not in ticked}
    return [
        name
        for name, found in ends.items()
        if found and begun[found[0]] > 1 and re.match(r"other\b", folded(found[1]))
    ]


def _box_of(name: str, header: Sequence[str]) -> tuple[str, str] | None:
    """The question and the box that a heading names, as programs for surveys write it.

    >>> _box_of("Themes (choice=Pay)", ()), _box_of("Themes/pay", ["Themes", "Themes/pay"])
    (('Themes', 'Pay'), ('Themes', 'pay'))
    >>> _box_of("Themes [Pay]", ["Themes [Pay]", "Themes [Rest]"]), _box_of("Staff/team", ())
    (('Themes', 'Pay'), None)
    """
    question, slash, box = name.rpartition("/")
    if slash and box and question in header:
        return (
            question,
            box.strip(),
        )  # the question has a column of its own, with all that is ticked
    if found := _BOX.fullmatch(name):
        alike = (f"{found[1]}[", f"{found[1]} [")
        if found[2] or sum(other.startswith(alike) for other in header) > 1:
            return found[1].strip(), (found[2] or found[3]).strip()
    found = _HEAD.fullmatch(name)
    return (found[1], found[2]) if found else None


def _numbered_alike(names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Columns that only a number tells apart have one code.

    >>> _numbered_alike(["Barrier 1", "Barrier 2", "Enabler 1"])
    {'Barrier 1': ('Barrier',), 'Barrier 2': ('Barrier',), 'Enabler 1': ('Enabler',)}
    """
    stems = {n: found[1] for n in names if (found := re.fullmatch(r"(.*?\w)[ _#]*\d{1,2}", n))}
    times = Counter(stems.values())
    # "Enabler 1" alone is one of several that no study needed, where others are numbered on.
    first = {name for name in stems if max(times.values()) > 1 and re.search(r"[^\d]1$", name)}
    return {n: (stem,) for n, stem in stems.items() if times[stem] > 1 or n in first}


def _lists(columns: Columns, name: str) -> bool:
    """Whether a column lists short values that other studies have too, as boxes to tick do."""
    signs, _ = separators_of(columns.held[name])
    values = (pieces(cell, signs) for cell in columns.cells[name])
    told = ([same(part) for part in parts if not unknown(part)] for parts in values)
    held = [part for parts in columns.by_study(told) for part in parts]
    short = all(map(is_label, held))
    return len(held) > 2 and short and len({*held}) <= min(MOST, (len(held) + 1) // 2)


def _take_rows(columns: Columns) -> bool:
    """Where a row names the studies that say something, the first column says what: its code."""
    studies = next((name for name, use in columns.uses.items() if use == "study"), "")
    listed = _LISTED.search
    if not studies or columns.share(studies, lambda cell: bool(listed(cell))) < 0.5:
        return False
    header = columns.sheet.header
    said = [n for n in header if columns.uses.get(n, "summary") == "summary" and columns.held[n]]
    named = [n for n in said if len({*columns.cells[n]}) == len(columns.cells[n])]
    if not named or columns.is_numbers(named[0]):
        return False
    columns.uses[named[0]] = "theme"
    columns.use((name for name in said if name != named[0]), "keep")
    columns.tell(
        f"Each row names studies in {studies!r}, so {named[0]!r} is the code of the row.",
        hint='--columns "theme=COLUMN" names the codes',
    )
    return True


_LISTED = re.compile(
    r"(?:19|20)\d\d\D+(?:19|20)\d\d|^[\[(]?(?:\d{1,3}|[^\W\d_]{1,3}[-_ ]?\d{1,3})[\])]?\s*[,;–-]\s*"
    r"[\[(]?[^\W\d_]{0,3}[-_ ]?\d"
)


def _take_others(columns: Columns) -> bool:
    """Without a column of codes: values that come again, else a column of text for a topic."""
    if not columns.has(*IDENTITY):
        return False
    if _take_rows(columns):
        return True
    for name in columns.free:
        if APPRAISED.search(folded(name)):
            # What a tool of appraisal says is known of a study, and is no finding.
            columns.uses[name] = "filter" if columns.is_short(name) else "keep"
    if valued := [name for name in columns.free if _is_valued(columns, name)]:
        columns.use(valued, "dimensions")
        columns.tell(
            f"No column is called a code, so the values of {quoted(valued)} are the "
            "codes, below the heading they stand in.",
            f"No column is called a code. What are the values of {quoted(valued)}?",
            (
                ("codes, below the heading they stand in", {}),
                *(
                    (
                        f"only {name!r} holds codes, the others are filters",
                        {**dict.fromkeys(valued, "filter"), name: "theme"},
                    )
                    for name in valued[:6]
                ),
            ),
            hint='--columns "theme=COLUMN" names the codes, "filter=COLUMN" a filter',
        )
        return True
    said = [name for name, use in columns.uses.items() if use == "summary"]
    if not columns.free:
        # Findings in words and nothing else: what they stand below is their one code.
        columns.use(said[:1], "codes")
        return True
    texts = [name for name in columns.free if columns.share(name, str.strip) > 0]
    texts = [name for name in texts if not columns.is_numbers(name)]
    # What a study was after, or who paid for it, is no finding beside what it found.
    found = [name for name in texts if not _ASKED.search(folded(name))]
    texts = found if found or said else texts
    if texts or said:
        # Findings in words are a topic like the others, or they would stand at each of them.
        texts = [name for name in columns.sheet.header if name in {*texts, *said}]
        columns.use(texts, "codes")
        columns.tell(
            f"No column is called a code, so each of {quoted(texts)} is one, and each "
            "cell below it is a finding.",
            hint='--columns "theme=COLUMN" names the codes, "keep=COLUMN" none',
        )
    return True


_ASKED = re.compile(
    r"\b(?:aims?|purposes?|objectives?|research questions?|funding|funders?|conflicts? of interest|"
    r"study limitations?|limitations?|inclusion criteria|exclusion criteria|eligibility|ethics|"
    r"forschungsfragen?|zielsetzung|studienziel|ziele?|finanzierung|limitationen|objectifs?|buts?|"
    r"financement|objetivos?|proposito|financiacion|financiamiento|limitaciones|limitacoes|"
    r"financiamento|obiettiv[oi]|scopo|finanziamento|limiti|doel|doelstelling|financiering|"
    r"beperkingen|syfte|formal|finansiering|tavoite|cel|目的|研究目的|목적|연구목적|الهدف|מטרה)\b"
)


def _is_valued(columns: Columns, name: str) -> bool:
    """Whether a column has few values that come again, and no findings that say their side."""
    marks, others = marks_before(part for cell in columns.held[name] for part in sentences(cell))
    return columns.comes_again(name) and not (marks and not others)


def code_of_heading(sheet: Sheet, name: str) -> tuple[tuple[str, ...], str]:
    """The code that a heading stands for, from the widest rank, and the direction it tells."""
    heads = sheet.heads.get(name) or (name,)
    way = [" ".join(head.split()) for head in heads if head.strip()]
    way = [head.replace(" - Selected Choice - ", " - ") for head in way]
    # "Pay (n=12)" counts the studies below it.
    way = [typed_counts([head]).get(head, head) for head in way]
    direction = next(filter(None, map(directions_in, way)), "")
    below = [head for head in way if not (directions_in(head) and len(way) > 1)]
    parts = _HEAD.fullmatch(way[0])
    if len(way) == 1 and not parts and (box := _box_of(way[0], sheet.header)):
        return box, direction
    if len(way) == 1 and parts:
        # "Outcome: Health" beside "Outcome: Income" is below "Outcome".
        begin = f"{parts[1]}." if way[0][parts.end(1)] == "." else way[0][: parts.start(2)]
        alike = sum(other.startswith(begin) for other in sheet.header) > 1
        if alike or (directions_in(parts[1]) and directions_in(parts[1]) == direction):
            below = [parts[1].strip(), parts[2].strip()]
    return tuple(below or way), direction


def read_headings(columns: Columns, headed: Headed) -> list[str]:
    """Add what the headings say that are codes; gives those that were split into ranks."""
    sheet, codes, directions = columns.sheet, headed.codes, headed.directions
    split: list[str] = []
    for name in [name for name in sheet.header if columns.uses.get(name) == "codes"]:
        way, direction = code_of_heading(sheet, name)
        if way != (name,):
            codes.setdefault(name, way)
        if len(way) > 1 and name not in sheet.heads:
            split.append(name)
        if direction and not headed.marks:  # marks below it say the direction
            directions.setdefault(name, direction)
    if split:
        split += _also_split(columns, codes)
    sided = [name for name in directions if columns.uses.get(name) == "codes"]
    ways = {codes.get(name, (name,)) for name in sided}
    if len(ways) == 1 and len({directions[name] for name in sided}) > 1:
        # A group such as "What was reported" above both sides tells nothing apart.
        for name in sided:
            heads = sheet.heads.get(name, (name,))
            codes[name] = next(((head,) for head in heads if directions_in(head)), (name,))
    _choose_reviewer(columns, codes)
    _choose_agreed(columns, headed)
    return split


def _also_split(columns: Columns, codes: dict[str, tuple[str, ...]]) -> list[str]:
    """Headings such as "Place: Rural" that stand alone among others that begin alike in groups."""
    names = [name for name, use in columns.uses.items() if use == "codes"]
    ways = {name: codes.get(name, (name,)) for name in names}
    heads = {name: _HEAD.fullmatch(name) for name, way in ways.items() if len(way) == 1}
    if any(found is None or ":" not in name for name, found in heads.items()):
        return []
    codes.update({n: (found[1].strip(), found[2].strip()) for n, found in heads.items() if found})
    return [*heads]


_TRACK = re.compile(r"(.*?\w)(?:_+|\s*[-–:/|]\s*|\s+|\s*[(\[]\s*)([^\W_][\w ]{0,20}?)\s*[)\]]?")


def _choose_agreed(columns: Columns, headed: Headed) -> None:
    """Where each code has a column for each person and one for the consensus, that one counts."""
    names = [name for name, use in columns.uses.items() if use == "codes"]
    tracks: dict[str, dict[str, str]] = {}
    for name in (name for name in names if name not in columns.given):
        words = " ".join(name.split())
        # "Pay (AB)" and "Pay_R1" as well as "R1 Pay": the last word or the first is of a person.
        ends = [found.groups()] if (found := _TRACK.fullmatch(words)) else []
        begin, _, rest = words.partition(" ")
        for code, who in (*ends, *([(rest, begin)] if rest else [])):
            tracks.setdefault(folded(who), {}).setdefault(code, name)
    agreed = next((who for who in tracks if is_consensus(who) and len(tracks[who]) > 1), "")
    people = [who for who in tracks if is_person(who) and len(tracks[who]) > 1]
    counts = agreed or (people[0] if len(people) > 1 else "")
    if not counts:
        return
    codes = tracks[counts]
    # Beside a consensus capitals such as "AB" are of people; "Partial" beside "Complete" is not.
    capitals = [who for who in tracks if re.fullmatch("[a-z]{2,3}", who)]
    capitals = [
        w
        for w in capitals
        if all(re.search(rf"\b_?{w.upper()}(?![a-z])", n) for n in tracks[w].values())
    ]
    named = [*people, *(capitals if agreed and len(capitals) > 1 else [])]
    others = [
        who for who in named if who != counts and len({*tracks[who]} & {*codes}) * 2 >= len(codes)
    ]
    left = [tracks[who][code] for who in others for code in codes if code in tracks[who]]
    if not left:
        return
    by_coder = [{codes[c]: tracks[who][c] for c in codes if c in tracks[who]} for who in others]
    kept = columns.keep_coders(by_coder, agreed=bool(agreed))
    for name in left:
        headed.codes.pop(name, None)
        headed.directions.pop(name, None)
    for code, name in codes.items():
        headed.codes[name] = (code,)
    columns.tell(
        f"Among the columns that code the same those of {counts!r} count, "
        f"{quoted(codes.values(), len(codes))}; {kept}.",
        hint="the recipe says which columns are codes",
    )


def _choose_reviewer(columns: Columns, codes: dict[str, tuple[str, ...]]) -> None:
    """With columns for each reviewer, those of the consensus count, else those of the first."""
    by_head: dict[str, list[str]] = {}
    for name, way in codes.items():
        if len(way) > 1 and columns.uses.get(name) == "codes":
            by_head.setdefault(way[0], []).append(name)
    people = [head for head in by_head if is_person(folded(head))]
    agreed = [head for head in by_head if is_consensus(head)]
    if len(people) + len(agreed) < 2 or not people:
        return
    counts = agreed[0] if agreed else people[0]
    others = [head for head in (*people, *agreed) if head != counts]
    left = [name for head in others for name in by_head[head]]
    named = {codes[name][1:]: name for name in by_head[counts]}
    by_coder = [
        {named[codes[name][1:]]: name for name in by_head[head] if codes[name][1:] in named}
        for head in others
    ]
    columns.leave_out(left)
    kept = columns.keep_coders(by_coder, agreed=bool(agreed))
    for name in left:
        del codes[name]
    for name in by_head[counts]:
        codes[name] = codes[name][1:]
    columns.tell(
        f"Among the columns that code the same those of {counts!r} count; {kept}.",
        hint="the recipe says which columns are codes",
    )
