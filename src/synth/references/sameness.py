"""Whether two entries are one work: taken for one where that is sure, told where it may be."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from synth.references.matching import (
    TELLING,
    nearly_alike,
    short_names,
    spelled_out,
    title_key,
    title_words,
)
from synth.references.names import Name
from synth.references.work import RETRACTED, Reference, same_doi
from synth.text import fold_words, listed

_NEAR = 2
"""So many years may lie between a work's first appearance online and its issue."""
_END = 16
"""So many letters of a title's beginning or end are the same in titles that are compared."""
_VERSION = re.compile(r"\s*\[version \d+[^\]]*\]$", re.IGNORECASE)
_NEARLY, _CUT = "nearly the same title", "title without its subtitle"
_BOTH = re.compile(r"(.{4,}) \[(.{4,})\]")

_KINDS = {
    **dict.fromkeys(("article-journal", "article-magazine", "article-newspaper"), "an article"),
    **dict.fromkeys(("chapter", "paper-conference", "entry-encyclopedia"), "a part of a book"),
    "article": "a preprint",
    "book": "a book",
    "thesis": "a thesis",
}
"""Kinds that databases do not mistake for each other; of the others they do."""


class Known:
    """The works of a review, in which another entry may be found.

    Parameters
    ----------
    works : the works by key.

    >>> lee = {"author": "Lee, A.", "year": "2020", "title": "Pay", "pages": "1--9"}
    >>> known = Known({"lee2020": Reference("lee2020", "article", lee)})
    >>> known.find(Reference("x", "article", {**lee, "author": "Lee, Ann"}))
    ('lee2020', '')
    >>> known.find(Reference("x", "article", {**lee, "pages": "44"}))[1]
    'the same author, year and title, but other pages (1–9 and 44)'
    >>> known.find(Reference("x", "article", {**lee, "title": "Hours"}))
    ('', '')
    """

    def __init__(self, works: Mapping[str, Reference]) -> None:
        self._numbers: dict[tuple[str, str], str] = {}
        self._titles: dict[str, list[str]] = {}
        self._places: dict[tuple[str, ...], list[str]] = {}
        self._works: dict[str, Reference] = {}
        for key, work in works.items():
            self.add(key, work)

    def add(self, key: str, work: Reference) -> None:
        """Let a work be found."""
        self._works[key] = work
        for number in _numbers(work):
            self._numbers.setdefault(number, key)
        for title in _titles(work):
            self._titles.setdefault(title, []).append(key)
        for place in (*_places(work), *_ends(work)):
            self._places.setdefault(place, []).append(key)

    def find(self, work: Reference) -> tuple[str, str]:
        """The key of the work that an entry is, or may be; then why that is not sure.

        Parameters
        ----------
        work : the entry.

        Returns
        -------
        The key, and nothing where it is the work; else what is the same and what is not. No key
        where no work is like it.
        """
        maybe = "", ""
        seen: set[str] = set()
        for key in self._candidates(work):
            if key in seen:
                continue
            seen.add(key)
            one, doubt = _compared(self._works[key], work)
            if one and not doubt:
                return key, ""
            if one and not maybe[0]:
                maybe = key, doubt
        return maybe

    def other_title(self, key: str, work: Reference) -> str:
        """The title of a work that is there, if that of an entry is another."""
        return "" if _alike(self._works[key], work) == "title" else self._works[key].title

    def _candidates(self, work: Reference) -> Iterator[str]:
        yield from (self._numbers[n] for n in _numbers(work) if n in self._numbers)
        for title in _titles(work):
            yield from self._titles.get(title, ())
        for place in (*_places(work), *_ends(work)):
            yield from self._places.get(place, ())


def twice(works: Mapping[str, Reference], first: Iterable[str] = ()) -> dict[str, str]:
    """Keys of entries that say a work a second time, with the key of the entry that stays.

    Parameters
    ----------
    works : the works by key.
    first : keys of those that stay in any case.
    """
    there = Known({})
    found: dict[str, str] = {}
    stay = dict.fromkeys(key for key in first if key in works)
    for key in stay | dict.fromkeys(works):
        held, doubt = there.find(works[key]) if key not in stay else ("", "")
        if held and not doubt:
            found[key] = held
        else:
            there.add(key, works[key])
    return found


def _compared(there: Reference, new: Reference) -> tuple[bool, str]:
    """Whether two entries are or may be one work, and what is the same and what is not."""
    numbers = dict(_numbers(there))
    shared = [kind for kind, said in _numbers(new) if numbers.get(kind) == said]
    alike = _alike(there, new)
    people = _same_people(there, new)
    if shared:
        # Chapters often bear the DOI of their book.
        in_book = "a part of a book" in (_kind(there), _kind(new))
        differ = [] if alike or (people and not in_book) else differences(there, new)
        return True, _told([shared[0]], ["another title", *differ]) if differ else ""
    dated = there.year_text == new.year_text
    other_doi = bool(there.doi and new.doi and same_doi(there.doi) != same_doi(new.doi))
    if not alike:
        one_place = people and dated and not other_doi and {*_places(there)} & {*_places(new)}
        if not one_place or differences(there, new):
            return False, ""
        return True, _told(["author", "journal", "volume", "page"], ["another title"])
    years = [work.year for work in (there, new) if work.year]
    if len(years) == 2 and abs(years[0] - years[1]) > _NEAR:
        return False, ""
    differ = differences(there, new)
    telling = _is_telling(there) and _is_telling(new)
    against = [
        *([] if people else ["other authors"]),
        *([] if telling or _named(there) == _named(new) else ["an author in one of them only"]),
        *(["another DOI"] if other_doi else []),
        *([] if dated else [f"another year ({there.year_text} and {new.year_text})"]),
        *differ,
    ]
    same = [
        *(["author"] if people and _named(there) and _named(new) else []),
        *(["year"] if dated and new.year else []),
        alike,
    ]
    if alike in (_NEARLY, _CUT):
        maybe = people and not other_doi and not differ and (dated or telling)
    else:
        # Editorials are called alike, year after year.
        maybe = telling or (people and dated and not other_doi)
    return maybe, _told(same, against) if against or alike != "title" else ""


def _told(same: list[str], differ: list[str]) -> str:
    """What is the same and what is not, in words."""
    nearly = same[-1] == _NEARLY
    told = f"the same {listed(same[:-1] if nearly else same)}" + nearly * f" and {_NEARLY}"
    return f"{told}, but {listed(differ)}" if differ else told


def differences(there: Reference, new: Reference) -> list[str]:
    """What speaks for two works where author, year and title speak for one.

    Parameters
    ----------
    there, new : the works.

    >>> one = {"author": "Lee, Ann", "title": "Editorial", "journal": "Journal of Care"}
    >>> two = {**one, "journal": "J Care", "author": "Lee, A."}
    >>> differences(Reference("a", "article", one), Reference("b", "article", two))
    []
    >>> two = {**one, "journal": "Other Matters", "author": "Lee, Zoe"}
    >>> differences(Reference("a", "article", one), Reference("b", "article", two))
    ['another given name', 'another journal or book']
    """
    found = []
    if there.authors and new.authors:
        first, second = (work.authors[0] for work in (there, new))
        given = [fold_words(name.first)[:1] for name in (first, second)]
        if first.last == second.last and all(given) and given[0] != given[1]:
            found.append("another given name")
    for name, one, other in (
        ("another volume", there.volume, new.volume),
        ("another issue", there.issue, new.issue),
        ("another edition", _bare(there, "edition"), _bare(new, "edition")),
        ("other pages", there.pages, new.pages),
        ("another number", there.article_number or there.number, new.article_number or new.number),
    ):
        begins = [re.findall(r"\w+", fold_words(said))[:1] for said in (one, other)]
        if all(begins) and begins[0] != begins[1]:
            found.append(f"{name} ({one} and {other})")
    in_one = there.container and _same_body(there.container, new.container)
    if there.container and new.container and not in_one:
        found.append("another journal or book")
    kinds = [_kind(there), _kind(new)]
    if all(kinds) and kinds[0] != kinds[1] and not in_one:
        found.append(f"another kind of work ({kinds[0]} and {kinds[1]})")
    if not there.container and not new.container:
        addresses = [_bare_address(work.url) for work in (there, new)]
        if all(addresses) and addresses[0] != addresses[1] and not all(kinds):
            found.append("another address")
        nobody = not (there.authors or new.authors)
        if nobody and not _same_body(there.publisher, new.publisher):
            found.append("another publisher")
    return found


def _kind(work: Reference) -> str:
    return _KINDS.get(work.csl_type, "")


def _bare(work: Reference, name: str) -> str:
    return re.sub(r"(?<=\d)(?:st|nd|rd|th)\b", "", work.text(name))


def _bare_address(url: str) -> str:
    return re.sub(r"^https?://(?:www\.)?|[/?#]+$", "", url.casefold())


def _places(work: Reference) -> list[tuple[str, str, str]]:
    """Where an article begins: two of one author hardly begin on one page."""
    if not (work.container and work.volume and work.pages):
        return []
    page = re.split(r"\W", work.pages, maxsplit=1)[0].casefold()
    return [(name, work.volume, page) for name in _first_names(work)]


def _same_body(one: str, other: str) -> bool:
    """Whether two names of a journal, book or body may be one, in full or abbreviated."""
    short, long = sorted(
        (
            [word for word in fold_words(name).split() if word not in _SMALL]
            for name in (one, other)
        ),
        key=len,
    )
    if not short:
        return True
    met = [any(a.startswith(b) or b.startswith(a) for b in long) for a in short]
    initials = "".join(word[0] for word in long)
    return 2 * sum(met) > len(met) or (len(short) == 1 and short[0] == initials)


_SMALL = frozenset(
    ["the", "of", "and", "for", "in", "on", "a", "an", "de", "der", "la", "le", "et"]
)


def _numbers(work: Reference) -> list[tuple[str, str]]:
    numbers = [("DOI", same_doi(work.doi)), ("PubMed number", work.pmid)]
    return [(kind, number) for kind, number in numbers if number]


# --- titles -------------------------------------------------------------------------------------


def _own_title(work: Reference) -> str:
    """A title without what was done to the work later."""
    return _VERSION.sub("", RETRACTED.sub("", work.title)).strip()


def _titles(work: Reference) -> dict[str, None]:
    """What a work may be called: its title, that before the subtitle, that of its translation."""
    own = _own_title(work)
    both = _BOTH.fullmatch(own)
    forms = [own, _main(work), *(both.groups() if both else ())]
    found = dict.fromkeys(map(title_key, forms))
    found.pop("", None)
    return found


def _ends(work: Reference) -> list[tuple[str, str]]:
    """How the title begins and ends: a slip of the pen leaves one of them as it is."""
    title = title_key(_own_title(work))
    ends = (title[:_END], title[-_END:]) if len(title) > _END else ()
    return [(name, end) for name in _first_names(work) for end in ends]


def _main(work: Reference) -> str:
    """The title before the subtitle, if it has one."""
    return work.main_title if work.main_title != work.title else ""


def _alike(there: Reference, new: Reference) -> str:
    """How far two titles are one, in words; empty if they are not."""
    one, other = (title_key(_own_title(work)) for work in (there, new))
    if one == other:
        return "title"
    if not (one and other):
        return ""
    both = [_BOTH.fullmatch(_own_title(work)) for work in (there, new)]
    if any({one, other} & {*map(title_key, found.groups())} for found in both if found):
        return "title in one language"
    if other == title_key(_main(there)) or one == title_key(_main(new)):
        return _CUT
    return _NEARLY if nearly_alike(there.title, new.title) else ""


def _is_telling(work: Reference) -> bool:
    return len(title_words(work.title)) >= TELLING


# --- people -------------------------------------------------------------------------------------


def _first_names(work: Reference) -> set[str]:
    names = work.authors or work.editors
    return _called(names[0]) if names else set()


def _called(name: Name) -> set[str]:
    """What stands in other files for a family name: a part of it, or it without its marks."""
    if name.is_one_word and len(name.last.split()) > 2:
        return {fold_words(name.last), *(short.casefold() for short in short_names(name.last))}
    words = fold_words(name.last).split() + fold_words(spelled_out(name.last)).split()
    return {word for word in words if len(word) > 1} or {fold_words(name.last)}


def _named(work: Reference) -> bool:
    return bool(work.authors or work.editors)


def _same_people(there: Reference, new: Reference) -> bool:
    """Whether the authors may be the same; unknown ones may be anybody."""
    one, other = ([_called(name) for name in w.authors or w.editors] for w in (there, new))
    if not one or not other or one[0] & other[0]:
        return True
    return any(one[0] & names for names in other) and any(other[0] & names for names in one)
