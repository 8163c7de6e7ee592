"""Which column of a team's table is what: named by the team, else seen by headings and cells."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise

from synth.errors import Problem, did_you_mean
from synth.references.work import DOI
from synth.starter.countries import countries
from synth.starter.recipe import USES, SheetRecipe
from synth.starter.report import number, source
from synth.starter.sheet import Sheet
from synth.starter.spreadsheet import folded
from synth.starter.turned import LABEL
from synth.starter.values import (
    count_in,
    directions_in,
    families_of_marks,
    headings,
    is_beside,
    is_blank_tick,
    is_consensus,
    is_mail,
    is_partly,
    is_tick,
    marks_before,
    pieces,
    read_marks,
    same,
    sentences,
    separators_of,
    ticked_text,
    unknown,
    within,
    without_mark,
)

MOST_DIRECTIONS = 7
# So many different values are codes or a filter at most; more are texts.
_MOST = 60

# Two or more of these side by side are the ranks of a codebook.
_SERIES = (
    ("level", "theme", "subtheme", "code"),
    ("domain", "theme", "subtheme", "code"),
    ("main theme", "theme", "subtheme", "code"),
    ("main theme", "sub theme"),
    ("theme", "sub theme"),
    ("category", "subcategory", "code"),
    ("category", "sub category"),
    ("domain", "construct"),
    ("domain", "topic"),
    ("area", "topic"),
    ("dimension", "theme"),
    ("code", "subcode"),
    ("code", "sub code"),
    ("parent code", "code"),
    ("code group", "code"),
    ("level 1", "level 2", "level 3", "level 4"),
    ("rank 1", "rank 2", "rank 3", "rank 4"),
    ("kategorie", "unterkategorie"),
    ("oberkategorie", "kategorie", "unterkategorie"),
    ("categorie", "sous categorie"),
    ("tema", "subtema"),
    ("hauptkategorie", "subkategorie"),
    ("hauptkategorie", "unterkategorie"),
    ("hauptthema", "unterthema"),
    ("oberthema", "unterthema"),
    ("thema", "unterthema"),
    ("theme principal", "sous theme"),
    ("theme", "sous theme"),
    ("categorie principale", "sous categorie"),
    ("tema principal", "subtema"),
    ("categoria principal", "subcategoria"),
    ("hoofdthema", "subthema"),
    ("hoofdcategorie", "subcategorie"),
    ("huvudtema", "undertema"),
    ("hovedtema", "undertema"),
    ("kategori", "underkategori"),
    ("categoria", "subcategoria"),
)
# The order in which the uses are looked for: what identifies a study before what says something.
_ORDER = (
    *("key", "doi", "pmid", "title", "year", "journal", "author", "study", "record", "reviewer"),
    *("person", "leave-out", "theme", "direction", "summary", "country", "design", "setting"),
    *(
        "sample",
        "cohort",
        "section",
        "anchor",
        "basis",
        "volume",
        "issue",
        "pages",
        "url",
        "abstract",
    ),
)
_HEAD = re.compile(r"(.{2,60}?)(?::| [-–>/|] |\\|__|\.{1,3}(?=[^\W\d_]))\s*(\S.*)")
_IS_YEAR = re.compile(r"(?:19|20)\d\d[a-z]?")
_APPRAISED = re.compile(
    r"\b(?:overall|study|methodological|evidence|reporting) quality\b|\bquality (?:score|rating|"
    r"appraisal|assessment|grade)\b|\brisk of bias\b|\bcritical appraisal\b|\b(?:casp|mmat|jbi)\b"
)
PERSON = re.compile(r"(?:r|rev|reviewer|rater|coder|extractor|author|person) ?(?:\d|[a-d])")
_FIRST_AUTHOR = ("first author", "lead author", "erstautor", "premier auteur", "primer autor")
_REMARKS = ("note", "notes", "comment", "comments", "description", "remark", "remarks")
CODES = ("theme", "codes", "dimensions")
"""Uses that can tell the code of a row, beside ranks."""
IDENTITY = ("key", "record", "doi", "pmid", "title", "study", "author")
"""Uses that can tell which study a row is about."""


@dataclass(frozen=True)
class Doubt:
    """A choice that was made for the team, and how to make another.

    Parameters
    ----------
    text : what was taken for granted, as a sentence.
    question : the same as a question.
    answers : what can be answered, and the uses of columns that follow from it; the first is
        taken.
    hint : how to say it on the command line.
    """

    text: str
    question: str = ""
    answers: tuple[tuple[str, Mapping[str, str]], ...] = ()
    hint: str = ""


@dataclass
class Guess:
    """A recipe in the making, with everything about it that the team should know."""

    recipe: SheetRecipe
    guessed: set[str] = field(default_factory=set)
    doubts: list[Doubt] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    fallback: bool = False
    """Whether nothing is called a code, so that what might be one was taken for one."""
    left_out: str = ""
    """Why the table is not read, if it is not."""


def guess(sheet: Sheet, named: Iterable[str] = (), path: str | None = None) -> Guess:
    """How a table is to be read: as named, and as its headings and cells say for the rest.

    Parameters
    ----------
    sheet : the table.
    named : what the team says, as in ``"study=Paper,theme=Code"``.
    path : the sign between the ranks of a code as the team says; ``""`` for none, ``None`` if
        the codes have to tell.

    >>> from synth.starter.sheet import Row, Sheet
    >>> rows = (Row(2, {"Paper": "Lee 2020", "Pay": "x", "Hours": ""}),)
    >>> sheet = Sheet("t.csv", ("Paper", "Pay", "Hours"), rows)
    >>> dict(guess(sheet, ["codes=Pay|Hours"]).recipe.columns)
    {'Paper': 'study', 'Pay': 'codes', 'Hours': 'codes'}
    """
    return _Guesser(sheet, named, path).whole()


class _Guesser:
    def __init__(self, sheet: Sheet, named: Iterable[str], path: str | None) -> None:
        self.sheet = sheet
        self.path = path
        # Sums and notes below a table say nothing of what its columns are.
        rows = [row for row in sheet.rows if not is_beside(row.cells)] or sheet.rows
        self.cells = {name: [row.cells[name] for row in rows] for name in sheet.header}
        self.held = {name: [cell for cell in cells if cell] for name, cells in self.cells.items()}
        self.uses, self.problems = given(sheet.header, named, sheet.source)
        self.given = dict(self.uses)
        self.ticked: dict[str, str] = {}
        self.guess = Guess(SheetRecipe(sheet.file, sheet.name, sheet.holds or "codings"))

    @property
    def free(self) -> list[str]:
        """Columns that are not yet anything, and hold something."""
        return [name for name in self.sheet.header if name not in self.uses and self.held[name]]

    def whole(self) -> Guess:
        """Look at one thing after another, the surest first."""
        self.guess.problems += self.problems
        own = {"finding", "study", "theme", "summary"} <= set(self.sheet.header)
        if own and not self.given:
            for name in self.sheet.header:
                if name in USES:
                    self.uses[name] = name
        for name, use in self.sheet.roles.items():
            if use in USES or use.startswith("rank "):
                self.uses.setdefault(name, use)
        self._codes_of_references()
        if not own:
            self._by_heading()
            self._by_cells()
        codes: dict[str, tuple[str, ...]] = {}
        directions: dict[str, str] = {}
        if self.sheet.holds != "references" and not any(map(self._is_code, self.uses.values())):
            codes, directions = self._codes()
        split: list[str] = []
        for name in self.sheet.header:
            if self.uses.get(name) == "codes":
                way, direction = self._heading(name)
                if way != (name,):
                    codes.setdefault(name, way)
                if len(way) > 1 and name not in self.sheet.heads:
                    split.append(name)
                if direction:
                    directions.setdefault(name, direction)
        sided = [name for name in directions if self.uses.get(name) == "codes"]
        ways = {codes.get(name, (name,)) for name in sided}
        if len(ways) == 1 and len({directions[name] for name in sided}) > 1:
            # A group such as "What was reported" above both sides tells nothing apart.
            for name in sided:
                heads = self.sheet.heads.get(name, (name,))
                codes[name] = next(((head,) for head in heads if directions_in(head)), (name,))
        self._reviewers_in_headings(codes)
        if self.sheet.holds == "references" and "includ" in self.sheet.file.casefold():
            self.guess.recipe = replace(self.guess.recipe, rows="studies")
            text = f"{source(self.sheet)} lists included studies: each counts, coded or not."
            self.guess.doubts.append(Doubt(text, hint="--bib reads it as references only"))
        if split:
            self.guess.doubts.append(
                Doubt(
                    f"Headings that begin alike are codes below what they begin with: "
                    f"{_listed(split)}.",
                    hint="the recipe's [sheet.codes] says the codes as they are to stand",
                )
            )
        self._rest()
        columns = {name: self.uses[name] for name in self.sheet.header}
        directions.update(self.ticked)
        recipe = replace(self.guess.recipe, columns=columns, codes=codes, directions=directions)
        if recipe.rows in ("codings", "studies"):
            recipe = replace(recipe, rows="codings" if self._is_long(recipe) else "studies")
        worded = any(
            directions_in(_joined(self.sheet, name)) and not self._tick_style(name)
            for name in recipe.of("codes")
        )
        for name in recipe.of("summary") if recipe.rows == "studies" else ():
            # Beside columns that are findings in words themselves it would be said nowhere.
            if (worded or _plain(name) in _REMARKS) and name not in self.given:
                recipe = recipe.using(name, "keep")
        recipe = self._before_codes(recipe)
        self.guess.recipe = replace(
            recipe,
            separators=self._separators(recipe),
            path=self._path(recipe),
            values=self._values(recipe),
        )
        self.guess.guessed = {
            name for name in self.sheet.header if name not in {*self.given, *self.sheet.roles}
        }
        return self.guess

    def _codes_of_references(self) -> None:
        """Labels and tags that a team gave its references are their codes."""
        tags = ("labels", "manual tags", "tags")
        for name in self.free if self.sheet.holds == "references" else ():
            if folded(name) in tags:
                self.uses[name] = "theme"
                self.guess.fallback = True
                self.guess.recipe = replace(self.guess.recipe, rows="codings")
                text = f"{name!r} of {source(self.sheet)} is read as the codes of each reference."
                hint = "give the table of your codings with --from, and these references with --bib"
                self.guess.doubts.append(Doubt(text, hint=hint))
                return

    def _reviewers_in_headings(self, codes: dict[str, tuple[str, ...]]) -> None:
        """With columns for each reviewer, those of the consensus count, else those of the first."""
        by_head: dict[str, list[str]] = {}
        for name, way in codes.items():
            if len(way) > 1 and self.uses.get(name) == "codes":
                by_head.setdefault(way[0], []).append(name)
        people = [head for head in by_head if PERSON.fullmatch(folded(head))]
        agreed = [head for head in by_head if is_consensus(head)]
        if len(people) + len(agreed) < 2 or not people:
            return
        counts = agreed[0] if agreed else people[0]
        others = [head for head in (*people, *agreed) if head != counts]
        for head in others:
            for name in by_head[head]:
                self.uses[name] = "leave-out"
                del codes[name]
        for name in by_head[counts]:
            codes[name] = codes[name][1:]
        self.guess.doubts.append(
            Doubt(
                f"{_listed([counts, *others])} code the same: the columns of {counts!r} count, the "
                "others are not taken over.",
                hint="the recipe says which columns are codes",
            )
        )

    @staticmethod
    def _is_code(use: str) -> bool:
        return use in ("theme", "codes", "dimensions") or use.startswith("rank ")

    # --- what a column is, by its heading ---

    def _by_heading(self) -> None:
        by_heading: dict[str, list[str]] = {}
        for name in self.free:
            by_heading.setdefault(_plain(name), []).append(name)
        taken = {*self.uses.values()}
        # One column for each; several only where it does no harm to have several.
        several = {"person", "leave-out", "reviewer"}
        for use in _ORDER:
            if use in taken and use not in several:
                continue
            if use == "record" and self.sheet.program:
                continue  # what a known program calls an id and nobody a study's is not one
            if use == "theme":
                if self.sheet.holds == "references":
                    continue
                if not any(self._is_code(held) for held in taken):
                    self._agreed_codes()
                    taken = {*self.uses.values()}
                if any(self._is_code(held) for held in taken):
                    continue
                if self._ranks(by_heading) or self._numbered():
                    continue
            for heading in _folded_headings()[use]:
                names = [
                    name
                    for name in by_heading.get(heading, ())
                    if name not in self.uses and self._fits(name, use)
                ]
                if not names:
                    continue
                for name in names if use in several else names[:1]:
                    self.uses[name] = use
                if use not in several:
                    break
        for use, phrases in within().items():
            if use in self.uses.values():
                continue
            for name in self.free:
                words = f" {folded(name)} "
                if any(f" {word} " in words for word in phrases) and self._fits(name, use):
                    self.uses[name] = use
                    break
        if "study" in self.uses.values() and "author" not in self.uses.values():
            first = next((by_heading[h][0] for h in _FIRST_AUTHOR if h in by_heading), "")
            if first and first not in self.uses:
                self.uses[first] = "author"
        if "record" in self.uses.values() and "study" not in self.uses.values():
            self._label_among_records()

    def _agreed_codes(self) -> None:
        """Of columns that each hold one person's codes, those of the consensus count."""
        themes = {*_folded_headings()["theme"]}
        people: list[str] = []
        agreed: list[str] = []
        for name in self.free:
            words = folded(name)
            rest = next(
                (
                    f"{before} {after}".strip()
                    for word in sorted(themes, key=len, reverse=True)
                    if (cut := re.fullmatch(rf"(.*?)\b{re.escape(word)}\b(.*)", words))
                    for before, after in [(cut[1].strip(), cut[2].strip())]
                ),
                "",
            )
            if PERSON.fullmatch(rest):
                people.append(name)
            elif rest and is_consensus(rest):
                agreed.append(name)
        if not people or len(people) + len(agreed) < 2:
            return
        counts, *others = [*agreed, *people]
        self.uses[counts] = "theme"
        self.uses.update(dict.fromkeys(others, "leave-out"))
        self.guess.doubts.append(
            Doubt(
                f"{_listed([counts, *others])} code the same: {counts!r} counts, the others are "
                "not taken over.",
                hint=f'--columns "theme={others[0]}"',
            )
        )

    def _label_among_records(self) -> None:
        """A column called an id that holds "Lee 2020" is what the study is called."""
        for name, use in self.uses.items():
            if use == "record" and name not in self.given and self._share(name, LABEL.match) > 0.5:
                self.uses[name] = "study"

    def _fits(self, name: str, use: str) -> bool:
        """Whether the cells of a column can be what its heading says."""
        held = [cell for cell in self.held[name] if not unknown(cell)]
        if not held:
            return False
        if use == "year":
            year = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)|press|forthcoming|submitted")
            return self._share(name, year.search) > 0.5
        if use == "doi":
            return self._share(name, DOI.search) > 0.3
        if use == "pmid":
            return self._share(name, re.compile(r"\D{0,8}\d{4,9}\b").match) > 0.5
        if use == "direction":
            marks = read_marks(held)
            different = len({same(marks.get(cell, cell)) for cell in held})
            if different > MOST_DIRECTIONS:
                self.guess.doubts.append(
                    Doubt(
                        f"{name!r} has {different} different values; {MOST_DIRECTIONS} directions "
                        "can be told apart, so it holds none.",
                        hint=f'--columns "summary={name}" if it is the finding in words',
                    )
                )
            return different <= MOST_DIRECTIONS
        if use == "country":
            return sum(bool(countries(cell)[0]) for cell in held) * 3 >= len(held)
        if use == "sample":
            # "Population" with few values sorts studies; it does not describe one.
            return not self._comes_again(name)
        if use == "theme":
            # Numbers alone may name codes of a codebook; ticks and noughts name none.
            ticks = all(is_tick(cell, name) or is_blank_tick(cell) for cell in held)
            return not ticks or all(cell.isdecimal() and cell != "0" for cell in held)
        if use == "design":
            return sum(map(len, held)) / len(held) <= 60
        if use == "reviewer":
            return len({same(cell) for cell in held}) <= max(12, len(held) // 5)
        if use in ("record", "key"):
            return len({same(cell) for cell in held}) > 1 or len(self.sheet.rows) == 1
        return True

    def _share(self, name: str, test: Callable[[str], object]) -> float:
        held = [cell for cell in self.held[name] if not unknown(cell)]
        # What begins a long text says enough of what it is.
        return sum(bool(test(cell[:500])) for cell in held) / len(held) if held else 0.0

    def _ranks(self, by_heading: Mapping[str, Sequence[str]]) -> bool:
        """Columns that hold the codes rank by rank, if there are such."""
        found = [tuple(by_heading[h][0] for h in series if h in by_heading) for series in _SERIES]
        best = max(found, key=len)
        for heading, names in by_heading.items() if len(best) < 2 else ():
            below = [f"sub{heading}", f"sub {heading}", f"sub{heading}s", f"sub {heading}s"]
            narrow = next((by_heading[word] for word in below if word in by_heading), None)
            if narrow:
                best = (names[0], narrow[0])
        if len(best) < 2:
            # Below a group such as "Theme" its columns are ranks, whatever they are called.
            groups: dict[str, list[str]] = {}
            for name, heads in self.sheet.heads.items():
                inside = len(heads) > 1 and folded(heads[0]) in _folded_headings()["theme"]
                if inside and name in self.free and not self._tick_style(name):
                    groups.setdefault(heads[0], []).append(name)
            most = max(groups, key=lambda group: len(groups[group]), default="")
            best = tuple(groups.get(most, ()))
        if len(best) < 2:
            return False
        if self._nested(best):
            for rank, name in enumerate(best, start=1):
                self.uses[name] = f"rank {rank}"
            return True
        for name in best:
            self.uses[name] = "dimensions"
        shown = " and ".join(repr(name) for name in best)
        apart = dict.fromkeys(best, "dimensions")
        ranks = {name: f"rank {i}" for i, name in enumerate(best, start=1)}
        self.guess.doubts.append(
            Doubt(
                f"{shown} are read side by side, each with codes of its own: the same value of the "
                "one stands beside several of the other.",
                f"Are {shown} ranks of one codebook, or independent of each other?",
                (("independent of each other", apart), ("ranks of one codebook", ranks)),
                f'--columns "theme={">".join(best)}"',
            )
        )
        return True

    def _nested(self, names: Sequence[str]) -> bool:
        """Whether each narrower value stands below one wider value, but for a few slips."""
        for wide, narrow in pairwise(names):
            above: dict[str, set[str]] = {}
            for one, two in zip(self.cells[wide], self.cells[narrow], strict=True):
                if one and two:
                    above.setdefault(same(two), set()).add(same(one))
            several = sum(len(found) > 1 for found in above.values())
            if several * 3 > len(above) and several > 1:
                return False
        return True

    def _numbered(self) -> bool:
        """Several columns that each name codes, such as "Code 1" and "Code 2"."""
        themes = {*_folded_headings()["theme"]}
        groups: dict[str, list[str]] = {}
        texts = {*_folded_headings()["summary"]}
        for name in self.free:
            stem = re.sub(r" ?\d{1,2}$", "", folded(name))
            ticks = stem in themes and not self._fits(name, "theme")
            if (stem in themes or stem in texts) and not ticks:
                groups.setdefault(stem, []).append(name)
        best = max((names for stem, names in groups.items() if stem in themes), key=len, default=[])
        if len(best) < 2:
            return False
        for name in best:
            self.uses[name] = "theme"
        if "summary" not in self.uses.values():
            # "Code 1", "Quote 1", "Code 2", "Quote 2": each code has its own text beside it.
            beside = [n for stem, n in groups.items() if stem in texts and len(n) == len(best)]
            for name in beside[0] if beside else ():
                self.uses[name] = "summary"
        return True

    # --- what a column is, by its cells ---

    def _by_cells(self) -> None:
        for name in self.free:
            if self._share(name, is_mail) > 0.5:
                self.uses[name] = "person"
        if not {"study", "key", "author"} & {*self.uses.values()}:
            for name in self.free:
                # "No rooms (Lee 2013)" is a text that cites a study.
                texts = self._share(name, re.compile(r"\w.*\([^\W\d_]").search) > 0.3
                if self._share(name, LABEL.match) > 0.6 and not texts:
                    self.uses[name] = "study"
                    break
        if "year" not in self.uses.values():
            labels = [name for name, use in self.uses.items() if use == "study"]
            dated = any(self._share(name, LABEL.match) > 0.5 for name in labels)
            years = [name for name in self.free if self._share(name, _IS_YEAR.fullmatch) > 0.9]
            if len(years) == 1 and not dated:
                self.uses[years[0]] = "year"
        if "doi" not in self.uses.values():
            for name in self.free:
                if self._share(name, DOI.search) > 0.6:
                    self.uses[name] = "doi"
                    break
        # Without a column of codes, marks below headings are looked for instead.
        if any(map(self._is_code, self.uses.values())):
            self._ticked_directions()
        if "direction" not in self.uses.values() and any(map(self._is_code, self.uses.values())):
            self._directions_among_ranks()
        if "direction" not in self.uses.values() and any(map(self._is_code, self.uses.values())):
            for name in self.free:
                if self._says_sides(name):
                    self.uses[name] = "direction"
                    break
        for name in self.free:
            # A column of people who coded, whatever it is called, ends in what they agreed on.
            agreed = self._share(name, is_consensus)
            if "reviewer" not in self.uses.values() and 0.05 < agreed < 0.9:
                few = len({same(cell) for cell in self.held[name]}) <= 12
                if few and re.search(r"review|cod(?:er|ed)|rater|extract", folded(name)):
                    self.uses[name] = "reviewer"

    def _says_sides(self, name: str) -> bool:
        """Whether each cell of a column says a direction, and not all the same one."""
        signs = families_of_marks()[0]
        held = {same(cell) for cell in self.held[name] if not unknown(cell)}
        ways = {directions_in(cell) or signs.get(cell, "") for cell in held}
        return len(ways) > 1 and "" not in ways and max(map(len, held)) <= 30

    def _is_side(self, name: str) -> bool:
        """Whether a rank names nothing but sides: *Language barriers* is a code of its own."""
        held = {same(cell) for cell in self.held[name] if not unknown(cell)}
        plain = all(len(cell.split()) == 1 for cell in held)
        sides = {directions_in(cell) for cell in held}
        return self._says_sides(name) and (plain or len(held) == len(sides) < len(self.held[name]))

    def _directions_among_ranks(self) -> None:
        """A rank of *Barriers* and *Facilitators* says the direction of what stands below it."""
        codes = [name for name, use in self.uses.items() if use == "dimensions" or "rank " in use]
        seen = [name for name in codes if name not in self.given and name not in self.sheet.roles]
        name = next(filter(self._is_side, seen), "")
        if not name or len(codes) < 2:
            return
        rest = sorted((one for one in codes if one != name), key=lambda one: self.uses[one])
        self.uses[name] = "direction"
        for at, one in enumerate(rest, start=1):
            ranked = f"rank {at}" if "rank " in self.uses[one] else self.uses[one]
            self.uses[one] = ranked if len(rest) > 1 else "theme"
        doubts = self.guess.doubts
        doubts = [one for one in doubts if not any(name in uses for _, uses in one.answers)]
        text = f"{name!r} holds directions alone, so it is no rank of the codebook but says them."
        hint = f'--columns "theme={">".join([name, *rest])}" makes it one'
        self.guess.doubts = [*doubts, Doubt(text, hint=hint)]

    def _ticked_directions(self) -> None:
        """Columns of ticks beside codes whose headings are directions, as *Barrier*, *Enabler*."""
        said = [name for name, use in self.given.items() if use == "direction"]
        if not said and "direction" in self.uses.values():
            return
        signs, letters = families_of_marks()
        ticked = {
            name: same((self.sheet.heads.get(name) or (name,))[-1])
            for name in said or self.free
            if self.held[name]
            and all(is_tick(c, name) or is_blank_tick(c) or unknown(c) for c in self.held[name])
        }
        neither = {word: way for word, way in signs.items() if way == "No effect"}
        sided = {**neither, **letters}
        for of_family in (lambda word: directions_in(word) or sided.get(word, ""), signs.get):
            ways = {name: way for name, word in ticked.items() if (way := of_family(word))}
            sides = {*ways.values()} - {"Both", "Mixed", "No effect"}
            if len(sides) < 2:
                continue
            self.ticked = ways
            self.uses.update(dict.fromkeys(ways, "direction"))
            self.guess.doubts.append(
                Doubt(
                    f"{_listed([*ways])}: a tick says the direction of the row's findings; ticks "
                    "for several say 'Both', and none says that it is not stated.",
                    hint='--columns "filter=A|B" makes filters of them',
                )
            )
            return

    def _before_codes(self, recipe: SheetRecipe) -> SheetRecipe:
        """A recipe with the marks of directions that stand before its codes, or its texts."""
        if recipe.of("direction") or recipe.directions or recipe.marks:
            return recipe
        ways: Mapping[str, Callable[[str], list[str]]] = {
            "theme": lambda cell: pieces(cell, ";\n"),
            "rank": lambda cell: pieces(cell, ";\n"),
            "codes": sentences,
            "summary": lambda cell: [" ".join(cell.split())],
        }
        for use, parts in ways.items():
            texts = [
                part
                for name in (recipe.ranks[-1:] if use == "rank" else recipe.of(use))
                for cell in self.held[name]
                if not (use == "codes" and (is_tick(cell, name) or is_blank_tick(cell)))
                for part in parts(cell)
                if not unknown(part)
            ]
            marks, others = marks_before(texts)
            if not marks:
                continue
            what = "code" if use in ("theme", "rank") else "finding in words"
            shown = ", ".join(f"{mark!r} as {side!r}" for mark, side in marks.items())
            if not others:
                text = f"Each {what} says a direction before or after it, read so: {shown}."
                hint = "without the recipe's [sheet.marks] it is part of the text alone"
                self.guess.doubts.append(Doubt(text, hint=hint))
                return replace(recipe, marks=marks)
            told = len({*texts})
            if (told - len(others)) * 2 > told or len({*marks.values()}) > 1:
                text = (
                    f"{told - len(others)} of {told} texts in the columns of {use} say a "
                    f"direction before or after them ({_listed([*marks])}), and others do not, as "
                    f"{others[0]!r}: no direction was read."
                )
                hint = "give each one, or write a column of directions"
                self.guess.doubts.append(Doubt(text, hint=hint))
                return recipe
        return recipe

    # --- the codes ---

    def _codes(self) -> tuple[dict[str, tuple[str, ...]], dict[str, str]]:
        """Find the columns whose headings are codes, or whose values are."""
        codes: dict[str, tuple[str, ...]] = {}
        directions: dict[str, str] = {}
        if marked := self._marked():
            self.uses.update(dict.fromkeys(marked, "codes"))
            return codes, directions
        ticks = self._ticks()
        texts = [name for name in self.free if directions_in(_joined(self.sheet, name))]
        texts = [name for name in texts if name not in ticks]
        grouped = [
            name
            for name in self.free
            if len(self.sheet.heads.get(name, ())) > 1 and name not in ticks and name not in texts
        ]
        if texts:
            # Below a heading such as "Barriers" every column of the group belongs to it.
            grouped = [name for name in grouped if directions_in(_joined(self.sheet, name))]
        elif ticks:
            grouped = []
        chosen = [name for name in self.sheet.header if name in {*ticks, *texts, *grouped}]
        listed = [name for name in texts if self._lists(name)]
        # Columns side by side are of one kind: short values in the others are codes as well.
        listed = [name for name in texts if name in listed or (listed and self._is_short(name))]
        for name in chosen:
            self.uses[name] = "dimensions" if name in listed else "codes"
        for name in listed:
            codes[name], way = self._heading(name)
            directions[name] = way
        if not chosen:
            self._dimensions()
        elif ticks:
            self._say_ticks(ticks)
        if listed:
            self.guess.doubts.append(
                Doubt(
                    f"{_listed(listed)}: the heading says the direction, and the values come "
                    "again, so they are codes below it.",
                    f"{_listed(listed)}: are the values codes, or findings in words?",
                    (
                        ("codes below the heading", dict.fromkeys(listed, "dimensions")),
                        ("findings in words", dict.fromkeys(listed, "codes")),
                    ),
                    '--columns "codes=COLUMN" reads them as findings in words',
                )
            )
        texts = [name for name in texts if name not in listed]
        if texts:
            shown = _listed(texts)
            self.guess.doubts.append(
                Doubt(
                    f"{shown}: the heading says what a finding below it does, and is its code; "
                    "each cell is a finding.",
                    hint="--columns NAME=COLUMN, or the recipe, says otherwise",
                )
            )
        return codes, directions

    def _marked(self) -> list[str]:
        """Columns whose headings are codes and whose cells say a direction: ``+``, ``-``, ``B``."""
        for family in families_of_marks():
            ways: dict[str, set[str]] = {}
            for name in self.free:
                held = [same(cell) for cell in self.held[name]]
                marks = [cell for cell in held if cell in family]
                if marks and all(cell in family or unknown(cell) for cell in held):
                    ways[name] = set(marks)
            found = set().union(*ways.values())
            said = {family[mark] for mark in found}
            sides = [*dict.fromkeys(family.values())][:2]
            # Where every cell is a plus or a minus, the minus says that a code is not there.
            blank = any(not cell for name in ways for cell in self.cells[name])
            other = said - {*sides} or any(len(mark) > 1 for mark in found)
            if len(ways) < 2 or not said >= {*sides} or not (blank or other):
                continue
            self.guess.recipe = replace(
                self.guess.recipe, marks={mark: family[mark] for mark in family if mark in found}
            )
            shown = ", ".join(f"{mark!r} {family[mark]}" for mark in family if mark in found)
            self.guess.doubts.append(
                Doubt(
                    f"{_listed([*ways])}: each heading is a code, and the mark below it says the "
                    f"direction: {shown}.",
                    hint="the recipe's [sheet.marks] says what a mark means",
                )
            )
            return [*ways]
        return []

    def _heading(self, name: str) -> tuple[tuple[str, ...], str]:
        """The code that a heading stands for, and the direction it tells."""
        heads = self.sheet.heads.get(name) or (name,)
        way = [" ".join(head.split()) for head in heads if head.strip()]
        direction = ""
        for head in way:
            direction = direction or directions_in(head)
        below = [head for head in way if not (directions_in(head) and len(way) > 1)]
        if len(way) == 1 and (parts := _HEAD.fullmatch(way[0])):
            # "Outcome: Health" beside "Outcome: Income" is below "Outcome".
            begin = f"{parts[1]}." if way[0][parts.end(1)] == "." else way[0][: parts.start(2)]
            alike = sum(other.startswith(begin) for other in self.sheet.header) > 1
            if alike or (directions_in(parts[1]) and directions_in(parts[1]) == direction):
                below = [parts[1].strip(), parts[2].strip()]
        return tuple(below or way), direction

    def _ticks(self) -> list[str]:
        styles: dict[str, str] = {}
        for name in self.free:
            style = self._tick_style(name)
            if style:
                styles[name] = style
        counts = [name for name in self.free if self._is_count(name)]
        if len(counts) > max(1, len(styles)) and {*styles} <= {*counts}:
            # Ticks and noughts alone are ticks; with a 3 among them all of them are counts.
            self.guess.doubts.append(
                Doubt(
                    f"{_listed(counts)} count how often each code was given: a number above 0 "
                    "is one finding, and the number is not kept.",
                    hint='--columns "keep=COLUMN" keeps the numbers',
                )
            )
            return counts
        if not styles:
            return []
        # Among columns of ticks, one where half the cells say more than a tick is one too.
        if len(styles) > 1:
            between = [*self.sheet.header]
            at = [between.index(name) for name in styles]
            for name in between[min(at) : max(at) + 2]:
                if name in self.free and name not in styles:
                    style = self._tick_style(name, 2)
                    styles.update({name: style} if style else {})
        marked = [name for name, style in styles.items() if style == "marks"]
        if len(marked) >= 2:
            chosen = marked
            others = [name for name in styles if name not in marked]
            for name in others:
                self.uses[name] = "filter"
        else:
            chosen = [*styles]
        alone = len(chosen) == 1 and len(self.free) > 1
        if alone and (len(self.free) > 6 or {*self.cells[chosen[0]]} == {"1"}):
            return []  # one column among many, or the same number in every row, is no code
        # An empty column among them is a code that no study has.
        header = [*self.sheet.header]
        first, last = header.index(chosen[0]), header.index(chosen[-1])
        told = {word for words in _folded_headings().values() for word in words}
        blank = {n for n in header if not (self.held[n] or n in self.uses or folded(n) in told)}
        while last + 1 < len(header) and header[last + 1] in blank:
            last += 1
        while first and header[first - 1] in blank:
            first -= 1
        empty = [name for name in header[first : last + 1] if name in blank]
        return [name for name in header if name in {*chosen, *empty}]

    def _is_count(self, name: str) -> bool:
        """Whether a column counts: whole numbers with a nought or a blank among them."""
        cells = self.cells[name]
        if _plain(name) in ("n", "age", "score", "year", "sample size", "total", "duration"):
            return False
        if any("(" in cell or "/" in cell for cell in cells):
            # "3 (12%)" counts, whether or not a cell is empty.
            return all(count_in(cell) is not None or unknown(cell) for cell in self.held[name])
        whole = all(re.fullmatch(r"\d{0,3}", cell) for cell in cells)
        return whole and any(cell in ("", "0") for cell in cells) and any(self.held[name])

    def _tick_style(self, name: str, others: int = 5) -> str:
        """Whether cells of a column are ticks: ``"marks"``, ``"words"`` (yes and no), or neither.

        A few texts among them, one in so many cells, are taken for what is to be said about the
        tick.
        """
        held = self.held[name]
        ticks = [c for c in held if is_tick(c, name) or ticked_text(c) or is_partly(c)]
        other = [c for c in held if c not in ticks and not is_blank_tick(c)]
        if not ticks or len(other) * others > len(held):
            return ""
        if any(re.fullmatch(r"\d+(\.\d+)?", cell) for cell in other):
            return ""
        words = sum(bool(re.fullmatch(r"[^\W\d_]{2,}", c)) for c in ticks if same(c) != same(name))
        lower = {same(cell) for cell in held}
        return "words" if words * 2 > len(ticks) and "true" not in lower else "marks"

    def _say_ticks(self, ticks: Sequence[str]) -> None:
        shown = _listed(ticks)
        words = all(self._tick_style(name) == "words" for name in ticks if self.held[name])
        what = "say yes or no" if words else "hold only ticks"
        self.guess.doubts.append(
            Doubt(
                f"{number(len(ticks), 'column')} with ticks, so each heading is a code: {shown}.",
                f"{number(len(ticks), 'column')} {what}: {shown}. What are they?",
                (
                    ("each heading is a code", dict.fromkeys(ticks, "codes")),
                    ("each is a filter, none is a code", dict.fromkeys(ticks, "filter")),
                ),
                '--columns "codes=A|B" names the codes, "filter=C" a filter',
            )
        )

    def _dimensions(self) -> None:
        """Without a column of codes: values that come again, else a column of text for a topic."""
        if not ({*IDENTITY} & {*self.uses.values()}):
            return
        self.guess.fallback = True
        for name in self.free:
            if _APPRAISED.search(folded(name)):
                # What a tool of appraisal says is known of a study, and is no finding.
                self.uses[name] = "filter" if self._is_short(name) else "keep"
        valued = [name for name in self.free if self._comes_again(name)]
        if valued:
            for name in valued:
                self.uses[name] = "dimensions"
            self.guess.doubts.append(
                Doubt(
                    f"No column is called a code, so the values of {_listed(valued)} are the "
                    "codes, below the heading they stand in.",
                    f"No column is called a code. What are the values of {_listed(valued)}?",
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
            )
            return
        if not self.free:
            # Findings in words and nothing else: what they stand below is their one code.
            for name, use in self.uses.items():
                if use == "summary":
                    self.uses[name] = "codes"
                    return
        texts = [name for name in self.free if self._share(name, str.strip) > 0]
        texts = [n for n in texts if not self._share(n, re.compile(r"[\d.,% ]+$").match) > 0.5]
        # Findings in words are a topic like the others, or they would stand at each of them.
        said = [name for name, use in self.uses.items() if use == "summary" and texts]
        texts = [name for name in self.sheet.header if name in {*texts, *said}]
        for name in texts:
            self.uses[name] = "codes"
        if texts:
            self.guess.doubts.append(
                Doubt(
                    f"No column is called a code, so each of {_listed(texts)} is one, and each "
                    "cell below it is a finding.",
                    hint='--columns "theme=COLUMN" names the codes, "keep=COLUMN" none',
                )
            )

    def _lists(self, name: str) -> bool:
        """Whether a column lists short values that other studies have too, as boxes to tick do."""
        of_study: dict[tuple[str, ...], dict[str, None]] = {}
        keys = [key for key, use in self.uses.items() if use in IDENTITY]
        signs, _ = separators_of(self.held[name])
        for at, cell in enumerate(self.cells[name]):
            parts = [same(part) for part in pieces(cell, signs) if not unknown(part)]
            who = tuple(self.cells[key][at] for key in keys) if keys else (str(at),)
            of_study.setdefault(who, {}).update(dict.fromkeys(parts))
        held = [part for parts in of_study.values() for part in parts]
        short = all(len(part) <= 40 and not part.endswith(".") for part in held)
        return len(held) > 2 and short and len({*held}) <= min(_MOST, (len(held) + 1) // 2)

    def _is_short(self, name: str) -> bool:
        """Whether no value of a column is as long as a sentence."""
        signs, _ = separators_of(self.held[name])
        parts = [part for cell in self.held[name] for part in pieces(cell, signs)]
        return all(len(part) <= 40 and not part.endswith(".") for part in parts)

    def _comes_again(self, name: str) -> bool:
        """Whether a column has few short values that come again."""
        signs, _ = separators_of(self.held[name])
        held = [part for cell in self.held[name] for part in pieces(cell, signs)]
        held = [part for part in held if not unknown(part)]
        different = {same(part) for part in held}
        if not held or len(different) > _MOST or len(different) == len(held):
            return False
        if self._share(name, re.compile(r"[\d.,% ]+$").match) > 0.5:
            return False
        average = sum(map(len, different)) / len(different)
        return average <= 40 and (len(different) <= 3 or len(different) * 2 <= len(held))

    # --- the rest ---

    def _reviewers_by_mail(self) -> None:
        """Addresses that differ within a study are of the people who coded it, as forms keep."""
        told = [name for name, use in self.uses.items() if use in IDENTITY]
        mails = [n for n, use in self.uses.items() if use == "person" and self._share(n, is_mail)]
        if "reviewer" in self.uses.values() or not told or self._is_coded_by_program():
            return
        for name in mails:
            by_study: dict[tuple[str, ...], set[str]] = {}
            for at, cell in enumerate(self.cells[name]):
                who = tuple(self.cells[key][at] for key in told)
                by_study.setdefault(who, set()).add(same(cell))
            few = len({same(cell) for cell in self.held[name]}) <= 12
            if few and any(len(people - {""}) > 1 for people in by_study.values()):
                self.uses[name] = "reviewer"
                text = f"{name!r} differs within a study, so it is read as who extracted the row."
                self.guess.doubts.append(Doubt(text, hint=f'--columns "leave-out={name}"'))
                return

    def _is_coded_by_program(self) -> bool:
        return bool(self.sheet.program) and self.sheet.holds == "codings"

    def _rest(self) -> None:
        """What is none of all this is a filter, is kept, or is empty."""
        self._reviewers_by_mail()
        for name in self.sheet.header:
            if name not in self.uses:
                if re.fullmatch(r"Column \w+", name) and self._only_counts(name):
                    self.uses[name] = "leave-out"
                    continue
                again = self._comes_again(name)
                self.uses[name] = "filter" if again else "keep" if self.held[name] else "leave-out"
        if not {"study", "key", "record", "doi", "pmid", "title"} & {*self.uses.values()}:
            for name, use in self.uses.items():
                if use == "author":
                    self.uses[name] = "study"
                    break

    def _only_counts(self, name: str) -> bool:
        """Whether a column numbers the rows, as programs of statistics write it first."""
        numbers = [int(cell) for cell in self.cells[name] if cell.isdecimal()]
        first = numbers[0] if numbers else 2
        return first < 2 and numbers == [*range(first, first + len(self.cells[name]))]

    def _is_long(self, recipe: SheetRecipe) -> bool:
        return bool(recipe.of("theme") or recipe.ranks or self.sheet.holds == "codings")

    def _separators(self, recipe: SheetRecipe) -> dict[str, str]:
        """The signs between several values, where they are not a semicolon or a line break."""
        signs: dict[str, str] = {}
        for name in (
            *recipe.of("theme"),
            *recipe.of("dimensions"),
            *recipe.of("filter"),
            *recipe.of("design"),
            *recipe.of("setting"),
        ):
            found, whole = separators_of(self.held[name])
            if found != ";\n":
                signs[name] = found
                with_comma = [cell for cell in self.held[name] if "," in cell]
                self.guess.doubts.append(
                    Doubt(
                        f"{name!r}: a comma separates values, which also stand alone: "
                        f"{number(len(with_comma), 'cell')}, the first {with_comma[0]!r}.",
                        hint=f'--separators "{name}=;" keeps them whole',
                    )
                )
            elif whole and recipe.columns[name] in ("theme", "dimensions"):
                self.guess.doubts.append(
                    Doubt(
                        f"{name!r}: {len(whole)} values with a comma were kept whole, though a "
                        f"part of them stands elsewhere: {_listed(whole)}.",
                        hint=f'--separators "{name}=;,"',
                    )
                )
        return signs

    def _values(self, recipe: SheetRecipe) -> Mapping[str, Mapping[str, str]]:
        """What the marks of a column of directions are read as."""
        values = dict(recipe.values)
        for name in recipe.of("direction"):
            if name in recipe.directions:
                continue
            if marks := read_marks(self.cells[name]):
                values[name] = {**marks, **values.get(name, {})}
                shown = ", ".join(f"{mark!r} as {word!r}" for mark, word in marks.items())
                text = f"In {name!r} marks and spellings are read as one word each: {shown}."
                hint = "the recipe's [sheet.values] says what a value is read as"
                self.guess.doubts.append(Doubt(text, hint=hint))
        return values

    def _path(self, recipe: SheetRecipe) -> str:
        if self.path is not None:
            return self.path
        cells = [
            without_mark(part, recipe.marks)[1]
            for name in recipe.of("theme")
            for cell in self.held[name]
            for part in pieces(cell, recipe.separators.get(name, ";\n"))
        ]
        if self.sheet.program in ("MAXQDA", "NVivo") and any("\\" in cell for cell in cells):
            text = f"{self.sheet.program} writes '\\' between the ranks of a code; it was read so."
            self.guess.doubts.append(Doubt(text, hint="--path none keeps it in the label"))
            return "\\"
        if self.sheet.program == "Taguette":
            heads = Counter(cell.split(".")[0] for cell in {*cells} if re.search(r"\w\.\w", cell))
            if any(count > 1 or head in cells for head, count in heads.items()):
                text = "Taguette writes '.' between the ranks of a tag; it was read so."
                self.guess.doubts.append(Doubt(text, hint="--path none keeps it in the label"))
                return "."
        sign, doubt = path_sign(cells)
        if doubt:
            self.guess.doubts.append(doubt)
        return sign


# --- the sign of a path -------------------------------------------------------------------------

_ARROWS = (">", "›", "»", "→", "::")
_BARS = ("/", "\\", "|")


def path_sign(cells: Sequence[str]) -> tuple[str, Doubt | None]:
    """The sign between the ranks of codes, if the codes are written so.

    An arrow between spaces is a path where its left side comes again, or where most codes have
    it. A bar or a slash is a part of the label unless nearly all codes have it.

    >>> path_sign(["Shelf > Sorting", "Shelf > Cooling"])[0], path_sign(["safety/tolerability"])[0]
    ('>', '')
    """
    distinct = [*dict.fromkeys(cell for cell in cells if cell)]
    for sign in _ARROWS:
        having = [cell for cell in distinct if re.search(parts_of(sign, spaced=True), cell)]
        if not having:
            continue
        heads = Counter(same(split_path(cell, sign)[0]) for cell in having)
        alone = {same(cell) for cell in distinct if cell not in having}
        again = any(count > 1 or head in alone for head, count in heads.items())
        if again or len(having) * 2 >= len(distinct):
            text = f"{sign!r} in a code was read as 'has below it', as in {having[0]!r}."
            return sign, Doubt(text, hint="--path none keeps it in the label")
        text = f"{sign!r} stands in {len(having)} of {len(distinct)} codes and was kept in them."
        return "", Doubt(text, hint=f"--path \"{sign}\" reads it as 'has below it'")
    for sign in _BARS:
        having = [cell for cell in distinct if re.search(parts_of(sign), cell)]
        if not having:
            continue
        heads = Counter(same(split_path(cell, sign)[0]) for cell in having)
        if len(having) * 5 >= len(distinct) * 4 and len(heads) * 2 <= len(having):
            text = f"'{sign}' in a code was read as 'has below it', as in {having[0]!r}."
            return sign, Doubt(text, hint="--path none keeps it in the label")
        text = f"'{sign}' stands in {len(having)} of {len(distinct)} codes and was kept in them."
        return "", Doubt(text, hint=f"--path \"{sign}\" reads it as 'has below it'")
    return "", None


@lru_cache(maxsize=64)
def parts_of(sign: str, *, spaced: bool = False) -> re.Pattern[str]:
    """What separates the ranks of a code."""
    # 24/7 and km/h are no paths: a slash counts between words of letters.
    around = r"(?<=[^\W\d_]{{2}})\s*{}+\s*(?=[^\W\d_]{{2}})" if sign in _BARS else r"\s*{}+\s*"
    if spaced and sign in _ARROWS:
        around = r"(?<=\S)\s+{}\s+(?=\S)"
    return re.compile(around.format(f"(?:{re.escape(sign)})"))


def split_path(cell: str, sign: str) -> list[str]:
    """The labels of a code, from the widest to the narrowest.

    >>> split_path("People > Teachers", ">"), split_path("School/Soil", "/")
    (['People', 'Teachers'], ['School', 'Soil'])
    """
    if not sign:
        return [cell] if cell else []
    spaced = sign in _ARROWS and re.search(parts_of(sign, spaced=True), cell) is not None
    return [part.strip() for part in parts_of(sign, spaced=spaced).split(cell) if part.strip()]


# --- what the team says -------------------------------------------------------------------------

_LONGER = {"code": "theme", "text": "summary"}


def given(
    header: Sequence[str], named: Iterable[str], file: str
) -> tuple[dict[str, str], list[Problem]]:
    """What the command line says of the columns, and what is wrong with it.

    >>> given(["Paper", "Domain", "Topic"], ["study=Paper,theme=Domain>Topic"], "t.csv")[0]
    {'Paper': 'study', 'Domain': 'rank 1', 'Topic': 'rank 2'}
    """
    problems: list[Problem] = []
    uses: dict[str, str] = {}
    known = ", ".join(use for use in USES if use != "rank 1")
    # A comma also stands in headings: only one before "word=" separates.
    parts = [part for text in named for part in re.split(r",(?=\s*[\w-]+=)", text)]
    for part in parts:
        use, equals, columns = part.partition("=")
        use = _LONGER.get(use.strip(), use.strip())
        if not equals or use not in USES:
            shown = {"value": part.strip(), "near": did_you_mean(use, USES), "names": known}
            problems.append(Problem("columns-malformed", file, **shown))
            continue
        whole = columns.strip()
        sign = ">" if use == "theme" and whole not in header and ">" in whole else "|"
        names = [whole] if whole in header else [name.strip() for name in whole.split(sign)]
        if use == "leave-out" and len(names) == 1 and whole not in header:
            names = [name.strip() for name in whole.split(">")]
        for rank, name in enumerate(names, start=1):
            if name in header:
                uses[name] = f"rank {rank}" if sign == ">" and len(names) > 1 else use
                continue
            listed = ", ".join(repr(column) for column in header)
            shown = {"value": name, "near": did_you_mean(name, header), "listed": listed}
            problems.append(Problem("columns-unknown", file, 1, **shown))
    return uses, problems


# --- small things -------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _folded_headings() -> Mapping[str, tuple[str, ...]]:
    return {use: tuple(folded(word) for word in words) for use, words in headings().items()}


def _plain(heading: str) -> str:
    """A heading without numbering and without what stands in brackets."""
    words = folded(re.sub(r"\([^)]{3,}\)|\[[^]]*\]", " ", heading)) or folded(heading)
    return re.sub(r"^(?:q ?)?\d+ (?:\d+ )*(?=\D)", "", words)


def _joined(sheet: Sheet, name: str) -> str:
    return " / ".join(sheet.heads.get(name) or (name,))


def _listed(names: Sequence[str], most: int = 6) -> str:
    more = len(names) - most
    shown = ", ".join(repr(name) for name in names[:most])
    return shown + (f" and {more} more" if more > 0 else "")
