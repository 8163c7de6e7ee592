"""Which column of an author's table holds what: named on the command line, or guessed and said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from synth.errors import Problem, did_you_mean
from synth.starter.spreadsheet import folded

ROLES: Mapping[str, tuple[str, ...]] = {
    "finding": (),
    "study": (
        *("study", "study id", "paper", "paper id", "article", "article id", "citation key"),
        *("citekey", "bibtex key", "reference", "citation", "source", "publication", "key"),
        *("first author", "author year", "authors year", "record", "document", "study name"),
    ),
    "theme": (
        *("theme", "code", "codes", "themes", "code path", "category", "topic", "construct"),
        *("node", "factor", "concept", "outcome", "tag", "subtheme", "label"),
    ),
    "direction": (
        *("direction", "effect", "direction of effect", "valence", "polarity", "barrier enabler"),
        *("enabler barrier", "barrier or enabler", "barrier facilitator", "sign", "influence"),
        *("effect direction", "positive negative", "association"),
    ),
    "summary": (
        *("summary", "finding", "findings", "key finding", "key findings", "finding text", "text"),
        *("what it says", "what was found", "what they say", "what the study says", "main finding"),
        *("result", "results", "description", "statement", "claim", "excerpt", "quote", "segment"),
        *("quotation", "extract", "evidence", "note", "notes", "comment"),
    ),
    "country": ("country", "countries", "nation", "location"),
    "design": ("design", "study design", "method", "methods", "methodology", "study type"),
    "setting": ("setting", "settings", "context"),
    "sample": ("sample", "participants", "population", "sample size", "n"),
    "cohort": ("cohort",),
    "section": ("section",),
    "anchor": ("anchor",),
    "basis": ("basis",),
    "year": ("year", "publication year", "pub year", "date"),
    "author": ("author", "authors"),
    "title": ("title", "article title", "paper title"),
    "journal": ("journal", "venue", "journal title"),
    "doi": ("doi",),
    "leave-out": (),
}
"""What a column can hold, with the headings it is recognised by, the surest first."""

NEEDED = ("study", "theme")

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
)


@dataclass(frozen=True)
class Columns:
    """Which column holds what.

    Parameters
    ----------
    of : the column of each role; several only for the codes, from the widest to the narrowest.
    guessed : roles that nobody named.
    extra : columns without a role.
    """

    of: Mapping[str, tuple[str, ...]]
    guessed: frozenset[str]
    extra: tuple[str, ...]

    def one(self, role: str) -> str:
        """The column of a role, empty if there is none."""
        return (self.of.get(role) or ("",))[0]

    @property
    def told(self) -> list[str]:
        """One line for each role that has a column."""
        return [
            f"{role:10} {' > '.join(repr(name) for name in names)}"
            + (" (guessed)" if role in self.guessed else "")
            for role, names in self.of.items()
        ]


def find_columns(
    header: Sequence[str], named: Iterable[str], file: str
) -> tuple[Columns, list[Problem]]:
    """Which column holds what: as named, and guessed by their headings for the rest.

    >>> columns, problems = find_columns(["Paper", "Code", "Effect", "Age"], [], "t.csv")
    >>> dict(columns.of), columns.extra, problems
    ({'study': ('Paper',), 'theme': ('Code',), 'direction': ('Effect',)}, ('Age',), [])
    """
    given, problems = _given(header, named, file)
    of: dict[str, tuple[str, ...]] = {}
    taken = {name for names in given.values() for name in names}
    canonical = {"finding", "study", "theme", "summary"} <= set(header)
    if canonical and not given:
        of = {name: (name,) for name in header if name in ROLES and name != "leave-out"}
        return Columns(of, frozenset(), tuple(n for n in header if n not in of)), problems
    by_heading = {folded(name): name for name in reversed(header) if name not in taken}
    guessed: set[str] = set()
    for role, headings in ROLES.items():
        if role in given:
            of[role] = given[role]
            continue
        names: tuple[str, ...] = ()
        if role == "theme":
            names = _ranks(by_heading)
        if not names:
            names = tuple([by_heading[h] for h in headings if h in by_heading][:1])
        if names:
            of[role] = names
            guessed.add(role)
            for name in names:
                del by_heading[folded(name)]
    if "study" not in of and "author" in of:
        # "Author" with "Year" beside it names the study well enough.
        of["study"] = of.pop("author")
        guessed.add("study")
    held = {name for names in of.values() for name in names}
    extra = tuple(name for name in header if name not in held)
    for role in NEEDED:
        if role not in of:
            listed = ", ".join(repr(name) for name in header)
            what = "the study of a row" if role == "study" else "the code of a row"
            shown = {"what": what, "role": role, "listed": listed}
            problems.append(Problem("columns-not-found", file, 1, **shown))
    return Columns(of, frozenset(guessed), extra), problems


def _ranks(by_heading: Mapping[str, str]) -> tuple[str, ...]:
    """Columns that hold the codes rank by rank, if there are such."""
    found = [tuple(by_heading[h] for h in series if h in by_heading) for series in _SERIES]
    best = max(found, key=len)
    return best if len(best) > 1 else ()


def _given(
    header: Sequence[str], named: Iterable[str], file: str
) -> tuple[dict[str, tuple[str, ...]], list[Problem]]:
    """What the command line names, and what is wrong with it."""
    problems: list[Problem] = []
    of: dict[str, tuple[str, ...]] = {}
    roles = ", ".join(ROLES)
    # A comma also stands in headings: only one before "word=" separates.
    parts = [part for text in named for part in re.split(r",(?=\s*[\w-]+=)", text)]
    for part in parts:
        role, equals, columns = part.partition("=")
        role = role.strip()
        if not equals or role not in ROLES:
            shown = {"value": part.strip(), "near": did_you_mean(role, ROLES), "names": roles}
            problems.append(Problem("columns-malformed", file, **shown))
            continue
        names = [columns.strip()]
        if role in ("theme", "leave-out") and columns.strip() not in header:
            names = [name.strip() for name in columns.split(">")]
        for name in names:
            if name in header:
                of[role] = (*of.get(role, ()), name)
                continue
            listed = ", ".join(repr(known) for known in header)
            shown = {"value": name, "near": did_you_mean(name, header), "listed": listed}
            problems.append(Problem("columns-unknown", file, 1, **shown))
    return of, problems
