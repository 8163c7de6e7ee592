"""Which work a cell of a table means: a key, author and year, a DOI, a PubMed number or a title."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import cached_property, lru_cache

from synth.errors import Problem, did_you_mean
from synth.references.apa import author_year
from synth.references.work import DOI, Reference, bare_doi, own_years, read_date, same_doi
from synth.text import fold_words, shorten, spelled

_PMID = re.compile(r"(?:pmid|pubmed)?[\s:#]*(\d{4,9})", re.IGNORECASE)
_BEFORE_SUBTITLE = re.compile(r"(?<=\S)[:?!]\s|\s[-–—]\s")
# A title and, in brackets, what it means in another language.
_TRANSLATED = re.compile(r"(.{4,}) \[(.{4,})\]")
_NOT_OUT_YET = re.compile(r"\b(?:in press|forthcoming|submitted|in preparation)\b", re.IGNORECASE)
_DATED = re.compile(
    r"(?<!\d)(1[5-9]\d\d|20\d\d)\s?([a-z])?(?![\w])|\bn\.?\s?d\.?(?!\w)", re.IGNORECASE
)
_YEAR_INSIDE = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)([a-z])?(?!\d)", re.IGNORECASE)
AND_OTHERS = re.compile(
    r"\bet\.?\s*al\b\.?|\band others\b|\bu\.\s?a\b\.?|\bund andere\b|"
    r"\bet (?:coll|collab|autres|alii|alia)\b\.?|"
    r"(?<=\w)\s*&\s*al\b\.?|\be\.\s?a\b\.?|"
    r"\bm\.?\s?fl\b\.?|\bואח|\b[ye] (?:cols?|colaboradores|otros|outros|collaboratori)\b\.?|"
    r"\ben anderen\b|(?:\bو)?آخرون|\bi (?:in|wsp)(?:\.|$)|\bи др\b\.?|\bve ark\b\.?|\bja muut\b|"
    r"\bym\b\.?|\bdkk\b\.?|\ba kol\b\.?|\b[sș]i colab\b\.?|\bés (?:mtsai|munkatársai)\b\.?|"
    r"\bκ\.\s?[άα](?!\w)\.?|\bvà cs\b\.?|\b(?:и|с) соавт\b\.?|"
    r"\bта (?:ін|співавт)\b\.?|\bو\s?(?:همکاران|زملاؤه)|"
    r"(?<=\w)\s*(?:[等他ら]|[외등](?:\s?\d+인)?)$",
    re.IGNORECASE,
)
"""What stands for the further authors of a work, in the languages in which tables come."""
_OTHERS_OR_COLLEAGUES = re.compile(rf"{AND_OTHERS.pattern}|\band colleagues\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Match:
    """What some words mean.

    Parameters
    ----------
    said : the words.
    key : of the work; empty when none is meant, or more than one may be.
    candidates : keys of the works that may be meant.
    code : why there is no key, as the catalogue of problems calls it; empty when there is one.
    fields : what the sentences of that problem name.
    known : names that the words may be a slip of; looked through only when that is told.
    """

    said: str
    key: str = ""
    candidates: tuple[str, ...] = ()
    code: str = ""
    fields: Mapping[str, str] = field(default_factory=dict, hash=False)
    known: tuple[str, ...] = field(default=(), repr=False, compare=False)

    def problem(self, file: str, line: int, column: str) -> Problem:
        """Say at a cell of a table why the words mean no work, or several, and how to mend it."""
        near = {"near": did_you_mean(self.said, self.known)} if self.known else {}
        told = {**self.fields, **near}
        return Problem(self.code, file, line, column, value=self.said, **told)


class Matcher:
    """Finds works by what a team's table calls them.

    Parameters
    ----------
    works : the works by key.
    former : what the works' own file calls them, by key, such as a record number.
    file : how problems call the file of the references.

    >>> work = Reference(
    ...     "lee2020",
    ...     "book",
    ...     {
    ...         "author": "Lee, A. and Roy, B.",
    ...         "year": "2020",
    ...         "title": "Pay: a study",
    ...         "doi": "10.1000/pay.1",
    ...     },
    ... )
    >>> matcher = Matcher({"lee2020": work})
    >>> said = (
    ...     "Lee & Roy (2020)",
    ...     "LEE 2020",
    ...     "Pay",
    ...     "Lee et al. 2020",
    ...     "10.1000/PAY.1",
    ...     "lee2020",
    ... )
    >>> {matcher.find(words).key for words in said}
    {'lee2020'}
    >>> print(matcher.find("Kim 2020").problem("table.csv", 4, "Study").message)
    'Kim 2020' is no work of references.bib.
    """

    def __init__(
        self,
        works: Mapping[str, Reference],
        former: Mapping[str, str] | None = None,
        file: str = "references.bib",
    ) -> None:
        self.works = works
        self.former = former or {}
        self.file = file

    # --- what works are called ---

    @cached_property
    def _keys(self) -> dict[str, list[str]]:
        """Keys by key and by the key of the author's file, whatever their capitals."""
        return _index(
            (form, key)
            for key in self.works
            for name in {key, self.former.get(key, key)}
            for form in {name, name.casefold()}
        )

    @cached_property
    def _bare_keys(self) -> dict[str, list[str]]:
        """Keys by either key without signs."""
        return _index(
            (fold_words(name).replace(" ", ""), key)
            for key in self.works
            for name in {key, self.former.get(key, key)}
        )

    @cached_property
    def _dois(self) -> dict[str, list[str]]:
        return _index((same_doi(work.doi), key) for key, work in self.works.items() if work.doi)

    @cached_property
    def _pmids(self) -> dict[str, list[str]]:
        named = _index((work.pmid, key) for key, work in self.works.items() if work.pmid)
        for key, name in self.former.items():
            if re.fullmatch(r"\d{5,8}", name) and key in self.works:
                _add(named, name, key)
        return named

    @cached_property
    def _titles(self) -> dict[str, list[str]]:
        named: dict[str, list[str]] = {}
        for key, work in self.works.items():
            translated = _TRANSLATED.fullmatch(work.title)
            titles = (work.title, work.main_title, *(translated.groups() if translated else ()))
            for title in dict.fromkeys(map(title_key, titles)):
                _add(named, title, key)
        named.pop("", None)
        return named

    @cached_property
    def _titles_in_one_spelling(self) -> dict[str, list[str]]:
        return _index(
            (title_key(_in_one_spelling(title)), key)
            for key, work in self.works.items()
            for title in {work.title, work.main_title}
        )

    @cached_property
    def _bodies_in_one_spelling(self) -> dict[str, list[str]]:
        return _index(
            (_name_key(_in_one_spelling(names[0].family)), key)
            for key, work in self.works.items()
            if (names := work.authors or work.editors) and names[0].is_one_word
        )

    @cached_property
    def _sorted_titles(self) -> list[str]:
        return sorted(self._titles)

    @cached_property
    def _families(self) -> dict[str, list[str]]:
        """Keys by the first author's family name, with and without its particle."""
        named: dict[str, list[str]] = {}
        for key, work in self.works.items():
            names = work.authors or work.editors
            if not names:
                _add(named, _name_key(" ".join(work.title.split()[:4])), key)
                continue
            for family in {_name_key(names[0].family), _name_key(names[0].last)}:
                _add(named, family, key)
                _add(named, family.replace(" ", ""), key)
        for key, initials in self._initials.items():
            for letters in initials:
                _add(named, letters.casefold(), key)
        named.pop("", None)
        return named

    @cached_property
    def _spelled_out(self) -> dict[str, list[str]]:
        """Keys by a first author whose letters are written out: Mueller for Müller."""
        firsts = ((key, (work.authors or work.editors)[:1]) for key, work in self.works.items())
        return _index(
            (_name_key(spelled_out(family)), key)
            for key, names in firsts
            for name in names
            for family in (name.family, name.last)
            if not family.isascii()
        )

    @cached_property
    def _initials(self) -> dict[str, list[str]]:
        """Of works by a body, what it may be called in short: WHO for World Health Organization."""
        found: dict[str, list[str]] = {}
        for key, work in self.works.items():
            for name in (work.authors or work.editors)[:1]:
                if name.first or not (short := short_names(name.family)):
                    continue
                found[key] = short
        return found

    # --- finding ---

    def find(
        self,
        words: str,
        *,
        title: str = "",
        doi: str = "",
        year: str = "",
        pmid: str = "",
        journal: str = "",
        author: str = "",
    ) -> Match:
        """Say which work some words mean.

        Parameters
        ----------
        words : a cell of the table: a key, author and year, a DOI, a PubMed number, a title.
        title, doi, year, pmid, journal, author : what other cells of the row say; they decide where
            the words may mean several works, and stand for them where the words are empty.

        Returns
        -------
        The match. Without a key, ``code`` says why: nothing is chosen among several by chance.
        """
        words = " ".join(words.split())
        said = words or " ".join(part for part in (author, year) if part) or title
        by_number = self._by_number(doi, pmid)
        found = self._meant(words, year) if words else []
        if not words and author:
            found = self._by_author(author, year)
        if by_number:
            if not found or set(by_number) <= set(found):
                found = by_number
            elif both := [key for key in found if key in by_number]:
                found = both
            else:
                return self._at_odds(said, found, by_number)
        if not found and title:
            found = self._by_title(title)
            if found and words and re.search(r"\d{4}", words) and not self._agrees(words, found):
                return self._unknown(said, found)
        if len(found) > 1:
            found = self._narrowed(found, title, year, journal, author)
        if len(found) == 1 and title and not by_number and (dated := _DATED.search(words)):
            found = (dated[2] and self._beside(found[0], title)) or found
        if len(found) == 1:
            return Match(said, found[0], tuple(found))
        return self._several(said, found) if found else self._unknown(said, self._short_for(words))

    def _beside(self, key: str, title: str) -> list[str]:
        """The one work of a title beside another of its author and year, which has no letter there.

        The letter of a table then is that of the table's own list of references.
        """
        work, titled = self.works[key], self._by_title(title, whole=True)
        if key in titled or work.date.letter or not work.year:
            return []
        beside = [
            other
            for other in titled
            if self.works[other].year == work.year
            and self.works[other].authors[:1] == work.authors[:1]
        ]
        return beside if len(beside) == 1 else []

    def _meant(self, words: str, year: str) -> list[str]:
        bare = words.strip(" .,;[]()")
        for form in (words, bare, bare.lstrip("#"), bare.casefold()):
            if form in self.works:
                return [form]
            if found := self._keys.get(form):
                return found
        doi = DOI.search(bare_doi(words))
        if doi and (keys := self._dois.get(same_doi(doi[0]))):
            return keys
        number = _PMID.fullmatch(bare)
        if number and (keys := self._pmids.get(number[1])):
            return keys
        if keys := self._by_title(bare, whole=True):
            return keys
        if keys := self._by_author(bare, year):
            return keys
        if keys := self._bare_keys.get(fold_words(bare).replace(" ", "")):
            return keys
        return self._by_title(bare)

    def _short_for(self, words: str) -> list[str]:
        """Works of the year by a body whose short name may be these capitals, as NICE is."""
        capitals, dated = re.match(r"\W*([A-Z]{3,8})\b", words), _DATED.search(words)
        if not capitals or not dated or not dated[1]:
            return []
        letters = re.compile(".*".join(capitals[1]))
        meant = (key for key, short in self._initials.items() if letters.fullmatch(short[0]))
        return self._of_year(meant, int(dated[1]), "")

    def _by_number(self, doi: str, pmid: str) -> list[str]:
        if doi and (found := self._dois.get(same_doi(doi))):
            return found
        number = re.sub(r"\D", "", pmid)
        return self._pmids.get(number, []) if number else []

    def _by_title(self, title: str, *, whole: bool = False) -> list[str]:
        """Works of a title, of the part before the subtitle, or of a title that was cut off."""
        folded = title_key(title)
        if found := self._titles.get(folded):
            return found
        main = title_key(_BEFORE_SUBTITLE.split(title, maxsplit=1)[0])
        if not whole and main != folded and len(main) > 12 and (found := self._titles.get(main)):
            # The subtitle differs: the same main title alone is not enough if there are several.
            return (
                found
                if len(found) == 1 and self.works[found[0]].main_title == self.works[found[0]].title
                else []
            )
        if (len(folded) >= 20 and not whole) or len(folded) >= 35:
            start = bisect_left(self._sorted_titles, folded)
            keys: dict[str, None] = {}
            for longer in self._sorted_titles[start : start + 20]:
                if not longer.startswith(folded):
                    break
                keys.update(dict.fromkeys(self._titles[longer]))
            if keys:
                return list(keys)
        return self._titles_in_one_spelling.get(title_key(_in_one_spelling(title)), [])

    def _by_author(self, words: str, year: str) -> list[str]:
        """Works of an author and year, as any style of citation writes them."""
        words = own_years(words)
        text = _NOT_OUT_YET.sub("", words)
        state = (
            read_date(words[len(text.rstrip(" ,;()[]")) :].strip(" ,;()[]")).words
            if text != words
            else ""
        )
        # The name itself may hold a year: "GBD 2019 Collaborators, 2022".
        dates: list[re.Match[str] | None] = [*_DATED.finditer(text)]
        for dated in dates or [_YEAR_INSIDE.search(text)]:
            if found := self._by_names(text, dated, state, year):
                return found
        return []

    def _by_names(self, text: str, dated: re.Match[str] | None, state: str, year: str) -> list[str]:
        """Works of the names before a date, or else behind it."""
        before, after = (text[: dated.start()], text[dated.end() :]) if dated else (text, "")
        others = AND_OTHERS.search(before.strip()) is not None
        before = _OTHERS_OR_COLLEAGUES.sub(" ", re.sub(r"\[\d{1,3}\]", "", before).strip())
        if not fold_words(before):
            before, after = after, ""
        tokens = _name_key(before.replace("_", " ")).split()
        keys: list[str] = []
        used = 0
        for end in range(len(tokens), 0, -1):
            if keys := self._families.get(" ".join(tokens[:end]), []):
                used = end
                break
        if not keys and len(tokens) > 1 and len(tokens[0]) == 1:
            # "J. Smith and A. Doe": initials may stand before the name.
            given = next((at for at, token in enumerate(tokens) if len(token) > 1), len(tokens))
            for end in range(len(tokens), given, -1):
                if keys := self._families.get(" ".join(tokens[given:end]), []):
                    rest_first = tokens[:given]
                    tokens, used = [*tokens[given:end], *rest_first, *tokens[end:]], end - given
                    break
        if not keys and tokens and (match := re.match(r"([^\W\d_]+?)(?:s|etal)$", tokens[0])):
            keys, used = self._families.get(match[1], []), 1
        if not keys:
            for end in range(len(tokens), 0, -1):
                if keys := self._spelled_out.get(" ".join(tokens[:end]), []):
                    used = end
                    break
        if not keys:
            written = _in_one_spelling(" ".join(tokens))
            keys, used = self._bodies_in_one_spelling.get(written, []), len(tokens)
        if not keys:
            return []
        rest = tokens[used:]
        kept = [key for key in keys if self._names_fit(key, rest)]
        if others:
            several = [
                k for k in kept if len(self.works[k].authors) > 2 or self.works[k].and_others
            ]
            kept = several or kept
        if dated and dated[1]:
            kept = self._of_year(kept, int(dated[1]), (dated[2] or "").lower())
        elif dated or state:
            kept = [key for key in kept if self.works[key].is_undated]
        elif re.fullmatch(r"\s*\d{4}\s*[a-z]?\s*", year):
            kept = self._of_year(kept, int(year.strip()[:4]), year.strip()[4:].strip())
        if len(kept) > 1 and (more := [w for w in fold_words(after).split() if len(w) > 3]):
            titled = [
                key
                for key in kept
                if all(w in fold_words(self.works[key].title).split() for w in more)
            ]
            kept = titled or kept
        return kept

    def _names_fit(self, key: str, rest: list[str]) -> bool:
        """Whether further words are initials, given names or further authors of a work."""
        work = self.works[key]
        names = work.authors or work.editors
        if not rest:
            return True
        own = {
            part
            for name in names
            for text in (name.family, spelled_out(name.family), name.first, name.jr)
            for part in fold_words(text).split()
        }
        own |= {short.casefold() for name in names[:1] for short in short_names(name.family)}
        initials = {part for name in names for part in fold_words(name.initials).split()}
        joined = {"".join(fold_words(name.initials).split()) for name in names}
        return all(
            word in own
            or word in initials
            or word in joined
            or (len(word) <= 2 and word[0] in initials)
            for word in rest
        )

    def _of_year(self, keys: Iterable[str], year: int, letter: str) -> list[str]:
        of_year = [
            k
            for k in keys
            if (d := self.works[k].date).year <= year <= (d.last or d.year) and d.year
        ]
        if letter:
            lettered = [key for key in of_year if self.works[key].suffix == letter]
            return lettered or [key for key in of_year if not self.works[key].suffix]
        return of_year

    def _narrowed(
        self, keys: list[str], title: str, year: str, journal: str, author: str
    ) -> list[str]:
        """The works that agree with what other cells of the row say."""
        if title:
            titled = [key for key in self._by_title(title) if key in keys]
            if not titled:
                near = [key for key in keys if nearly_alike(title, self.works[key].title)]
                titled = near if len(near) == 1 else []
            keys = titled or keys
        if len(keys) > 1 and journal:
            named = fold_words(journal)
            keys = [key for key in keys if fold_words(self.works[key].container) == named] or keys
        if len(keys) > 1 and re.match(r"\s*\d{4}", year):
            keys = self._of_year(keys, int(year.strip()[:4]), year.strip()[4:5]) or keys
        if len(keys) > 1 and author:
            by = self._by_author(author, year)
            keys = [key for key in keys if key in by] or keys
        return keys

    def _agrees(self, words: str, keys: list[str]) -> bool:
        years = re.findall(r"\d{4}", words)
        return any(str(self.works[key].year) in years for key in keys)

    # --- what is said ---

    def _several(self, said: str, keys: Iterable[str]) -> Match:
        listed = {"listed": self._listed(keys)}
        return Match(said, "", tuple(keys), "work-ambiguous", listed)

    def _at_odds(self, said: str, found: list[str], by_number: list[str]) -> Match:
        fields = {"listed": self._listed(found), "others": self._listed(by_number)}
        return Match(said, "", (*found, *by_number), "work-at-odds", fields)

    def _unknown(self, said: str, near: Iterable[str] = ()) -> Match:
        keys = tuple(near)
        asked = f"Is it {self._listed(keys)}?" if keys else ""
        fields, known = {"near": asked, "file": self.file}, () if keys else self._spoken
        return Match(said, "", keys, "work-unknown", fields, known)

    @cached_property
    def _spoken(self) -> tuple[str, ...]:
        return tuple(
            dict.fromkeys(
                [*self.works, *self.former.values(), *(author_year(w) for w in self.works.values())]
            )
        )

    def _listed(self, keys: Iterable[str]) -> str:
        return ", ".join(f"{key!r} ({shorten(self.works[key].title, 60)})" for key in keys)


_WRITTEN_OUT = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"}
    | {"Ø": "Oe", "Å": "Aa"}
)


def spelled_out(name: str) -> str:
    """A name as German and the languages of the North write it where a letter is missing.

    >>> spelled_out("Müller"), spelled_out("Ødegård")
    ('Mueller', 'Oedegaard')
    """
    return name if name.isascii() else unicodedata.normalize("NFC", name).translate(_WRITTEN_OUT)


_JOINTS = frozenset(["and", "und", "et", "y", "e", "i", "og", "och", "en", "with", "the"])


def _name_key(names: str) -> str:
    """Names as they are compared: without the words that join them."""
    return " ".join(word for word in fold_words(names).split() if word not in _JOINTS)


def short_names(body: str) -> list[str]:
    """The initials of a body's name, then what it gives in brackets itself.

    >>> short_names("World Health Organization")
    ['WHO']
    >>> short_names("National Institute for Health and Care Excellence (NICE)")
    ['NIHCE', 'NICE']
    >>> short_names("Mind the Gap"), short_names("van der Berg")
    ([], [])
    """
    given = re.findall(r"\(([A-Z][\w&.-]+)\)", body)
    capitals = re.findall(r"(?<!\w)[A-Z](?=[a-z])", re.sub(r"\(.*?\)", "", body))
    return ["".join(capitals), *given] if len(capitals) > 2 else given


_AND = re.compile(r" (?:and|und|et|y|og|och|en)(?= )")


def title_key(title: str) -> str:
    """A title as it is compared, whatever its signs, "&" for "and" among them.

    >>> title_key("Community-based rest & sleep") == title_key("Community based rest and sleep")
    True
    """
    return _AND.sub("", fold_words(title)).replace(" ", "")


def _in_one_spelling(text: str) -> str:
    """Words as one of their British and American forms."""
    return " ".join(map(_one_spelling, fold_words(text).split()))


@lru_cache(maxsize=1 << 14)
def _one_spelling(word: str) -> str:
    return min(spelled(word))


_NUMBERS = re.compile(r"\b(?:\d+|[ivx]+|one|two|three|first|second|third)\b")
_OTHER_WORDS, _LIKE = 6, 0.9
"""Titles that differ in more words, or in more of their letters, are not nearly alike."""


def nearly_alike(title: str, other: str) -> bool:
    """Whether two titles are one with a slip of the pen; "Part 1" and "Part 2" are not.

    >>> nearly_alike("Rest in wide rooms: part 1", "Rest in wide roms: part 1")
    True
    >>> nearly_alike("Rest in wide rooms: part 1", "Rest in wide rooms: part 2")
    False
    """
    words = [title_words(one) for one in (title, other)]
    if len({*words[0]} ^ {*words[1]}) > _OTHER_WORDS or min(map(len, words)) < TELLING:
        return False
    first, second = (" ".join(one) for one in words)
    if _NUMBERS.findall(first) != _NUMBERS.findall(second):
        return False
    return SequenceMatcher(None, first, second).ratio() > _LIKE


TELLING = 4
"""A title of so many words is hardly that of two works of different people."""


@lru_cache(maxsize=1 << 14)
def title_words(title: str) -> tuple[str, ...]:
    """The bare words of a title."""
    return tuple(fold_words(title).split())


def _add(index: dict[str, list[str]], name: str, key: str) -> None:
    held = index.setdefault(name, [])
    if key not in held:
        held.append(key)


def _index(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    index: dict[str, list[str]] = {}
    for name, key in pairs:
        _add(index, name, key)
    return index
