"""The work of each study: found in the team's references, else made from what the table says."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from synth.errors import Problem
from synth.reading.bibliography import BIB_FILE, parse_bibliography
from synth.reading.csv_table import mangled
from synth.references.apa import author_year
from synth.references.formats import ET_AL, to_bibtex
from synth.references.importing import (
    Item,
    Works,
    read_references,
    without_entries,
    works_of,
    works_of_table,
)
from synth.references.latex import decode
from synth.references.matching import AND_OTHERS, Match
from synth.references.names import read_name
from synth.references.sameness import Known, twice
from synth.references.tagged import csl_name, dated
from synth.references.work import KEY_SUFFIX, Bibliography, Reference, read_date, same_doi
from synth.starter.columns.guess import guess
from synth.starter.identity import Identity, Studies, author_and_year, identity
from synth.starter.project import Say
from synth.starter.recipe import SheetRecipe
from synth.starter.report import Report
from synth.starter.sheet import Sheet
from synth.starter.spreadsheet import folded, read_tables, slug
from synth.text import fold_words, unique


@dataclass(frozen=True)
class Named:
    """The works of a new review and which study is which.

    Parameters
    ----------
    keys : the key of each study, in the order of the studies.
    text : the text of ``references.bib``.
    bibliography : what it holds.
    made : keys of works that are known by the table alone.
    """

    keys: tuple[str, ...]
    text: str
    bibliography: Bibliography
    made: tuple[str, ...]


def find_works(
    studies: Studies,
    works: Works | None,
    report: Report,
    known: Mapping[tuple[str, str], str],
) -> dict[int, str]:
    """Find the work of each study among the team's references.

    Parameters
    ----------
    studies : the studies of the tables.
    works : the team's references, if there are any.
    report : where it is told, also of studies whose work is not clear.
    known : keys that studies have already, by record id and PubMed id.

    Returns
    -------
    The key of each study that has a work, by its index.
    """
    _tell_typed(studies, report)
    if works is None:
        return {}
    search = _Search(studies, works, report)
    for index in range(len(studies.groups)):
        search.look_up(index, known)
    search.settle_letters()
    search.settle_moved()
    search.settle_doubted()
    search.settle_missing()
    return search.keys


def _tell_typed(studies: Studies, report: Report) -> None:
    for group in studies.groups:
        if group.who.details.get("typed"):
            report.decided(
                "Whole references in the column of studies were read part by part.",
                f"{group.who.shown!r}: {group.who.details['title']!r}",
                f"Compare them in {BIB_FILE}; a file of references (--bib) says more.",
                noun="study",
            )


class _Search:
    """What was found for the studies of some tables among the team's references.

    Parameters
    ----------
    studies : the studies; they are known by their index.
    works : the team's references.
    report : where it is told.
    """

    def __init__(self, studies: Studies, works: Works, report: Report) -> None:
        self.studies, self.works, self.report = studies, works, report
        self.spoken = _spoken(works)
        self.file = Path(works.file).name
        self.keys: dict[int, str] = {}
        # Without a work, with the study that may be meant; under another title; in another year.
        self.missing: dict[int, str] = {}
        self.doubted: list[int] = []
        self.moved: dict[int, str] = {}

    def look_up(self, index: int, known: Mapping[tuple[str, str], str]) -> None:
        """Find the work of one study, or what keeps it from being found."""
        group, works = self.studies.groups[index], self.works
        who = group.who
        by_id = (("record", who.record), ("pmid", who.pmid))
        told = next((known[one] for one in by_id if one in known), None)
        match = _find(who, works)
        if len(group.names) > 1 and match.key:
            # "Lee 2020" beside "Lee et al. 2020" may be another work of the references.
            others = (
                _find(replace(who, details={**who.details, "label": name}), works)
                for name in group.names
            )
            match = next((one for one in others if one.code == "work-ambiguous"), match)
        if told is not None:
            self.keys[index] = told
        elif match.key:
            self.keys[index] = match.key
            if _other_title(who, works.bibliography[match.key]):
                self.doubted.append(index)
        elif key := _of_another_year(who, match, works):
            self.moved[index] = key
        elif key := _twice(match, works):
            self.keys[index] = key  # the others are told where they are left out
        elif match.code == "work-unknown":
            # With a title of its own it is another work, by the same author or body.
            asked = "" if who.title else match.fields["near"]
            self.missing[index] = _nearest(who, self.spoken) or asked
        else:
            self.report.unclear.append((index, match))

    def settle_letters(self) -> None:
        """Say which work a letter behind the year was taken for, where the references have none.

        "Lee 2020a" and "Lee 2020b" are never one study: where there is one work for both, it is
        not known whose it is.
        """
        alone: dict[str, list[int]] = {}
        for index, key in self.keys.items():
            letter, work = self._letter(index), self.works.bibliography.get(key)
            if not letter or work is None or not self._lacks_letters(work):
                continue
            if not work.suffix:
                alone.setdefault(key, []).append(index)
                continue
            self.report.decided(
                f"{self.file} tells works of one author and year apart by no letter: they have "
                "theirs in the order in which they stand there.",
                f"{self._shown(index)!r} is {work.title!r}",
                "Write the letter behind the year there, or give the table a title or DOI, if "
                "another one is meant.",
                noun="study",
            )
        for key, indexes in alone.items():
            if len({self._letter(index) for index in indexes}) == 1:
                continue
            for index in indexes:
                del self.keys[index]
                self.report.decided(
                    f"{self.file} has one work for studies that a letter tells apart. Whose it is "
                    "cannot be known, so they are known by the table alone.",
                    f"{self._shown(index)!r} for {key}",
                    "Add the other works there, with the letters behind their years.",
                    noun="study",
                )

    def _letter(self, index: int) -> str:
        """The letter behind the year by which alone a study was found; empty if there is none."""
        who = self.studies.groups[index].who
        named = author_and_year(who.details.get("label", ""))
        if not named or who.doi or who.pmid or who.title:
            return ""
        return named[1][4:].lower()

    def _lacks_letters(self, work: Reference) -> bool:
        """Whether the letter of a work, if it has one, is ours and not that of the team's file."""
        works = self.works
        own = works.former.get(work.key, "" if works.lines else work.key)
        return not work.date.letter and not KEY_SUFFIX.search(own)

    def settle_moved(self) -> None:
        """Take the work of another year, if no other study of the table is that work."""
        for index, key in self.moved.items():
            if key in self.keys.values():
                self.missing[index] = ""  # the study of that year is in the table too
                continue
            self.report.decided(
                f"Studies whose year in the table is another than in {self.file} were "
                "taken for the work of their title and author.",
                f"{self._shown(index)!r} for {author_year(self.works.bibliography[key])}",
                "Correct the year in one of them; it may be that of the first publication online.",
                noun="study",
            )
            self.keys[index] = key

    def settle_doubted(self) -> None:
        """Take the work of another title, if no other study of the table is that work."""
        for index in self.doubted:
            key = self.keys[index]
            if list(self.keys.values()).count(key) > 1:
                # Another study is this work too: what has another title is not that study.
                del self.keys[index]
                self.missing[index] = ""
                continue
            self.report.decided(
                f"Studies whose title in the table is another than in {self.file} were "
                "taken for the work of their author and year.",
                f"{self._shown(index)!r} for {key}",
                "Give the table the work's key, DOI or title if it is another work.",
                noun="study",
            )

    def settle_missing(self) -> None:
        """Keep studies that the references lack, unless none was found or a slip is likely."""
        for index, near in self.missing.items():
            if near or not self.keys:
                # A slip of the pen, or the wrong file: none of the studies is in it.
                self.report.unknown.append((index, near))
                continue
            self.report.decided(
                f"Studies that {self.file} does not have are known by the table alone.",
                f"{self._shown(index)!r}",
                "Add them there, or write a key, author and year, a DOI or a title that is there.",
                noun="study",
            )

    def _shown(self, index: int) -> str:
        return self.studies.groups[index].shown


def name_works(studies: Studies, works: Works | None, found: Mapping[int, str]) -> Named:
    """Make a work of each study that none was found for.

    Parameters
    ----------
    studies : the studies of the tables.
    works : the team's references, if there are any.
    found : the keys of the studies whose work was found, by their index.
    """
    keys = dict(found)
    taken = [*(works.bibliography if works else ()), *keys.values()]
    items: list[dict[str, Any]] = []
    made: list[str] = []
    rest = [i for i in range(len(studies.groups)) if i not in keys]
    drafts = [_item(studies.groups[i].who) for i in rest]
    for index, item, key in zip(rest, drafts, _keys(drafts, taken), strict=True):
        keys[index] = key
        made.append(key)
        items.append({**item, "id": key})
    text = works.text if works else ""
    if items:
        entries = to_bibtex(items)
        text = f"{text}\n{entries}" if text else entries
    read, _ = parse_bibliography(text)
    return Named(tuple(keys[i] for i in range(len(studies.groups))), text, read, tuple(made))


def _find(who: Identity, works: Works) -> Match:
    """The work of the team's references that a study is."""
    told = who.details
    label = told.get("label", "")
    said = {
        "title": told.get("title", ""),
        "doi": who.doi,
        "year": told.get("year", ""),
        "pmid": who.pmid,
        "journal": told.get("journal", ""),
        "author": told.get("author", ""),
    }
    for words in (told.get("key", ""), told.get("record", "")):
        if words and (match := works.matcher.find(words)).key:
            return match
    return works.matcher.find(label, **said)


def _of_another_year(who: Identity, match: Match, works: Works) -> str:
    """The one work of a study's title and first author, published a year or two from its year."""
    if match.code != "work-unknown" or len(match.candidates) != 1 or not who.title:
        return ""
    work = works.bibliography[match.candidates[0]]
    names = work.authors or work.editors
    label = author_and_year(who.details.get("label", ""))
    if not (names and label and label[1] and work.year):
        return ""
    family, said = fold_words(names[0].family).split(), fold_words(label[0]).split()
    near = abs(work.year - int(label[1][:4])) <= 2
    same_title = fold_words(who.details.get("title", "")) == fold_words(work.title)
    return match.candidates[0] if near and same_title and said[: len(family)] == family else ""


def once(works: Works, keys: Iterable[str], report: Report) -> Works:
    """References without entries that say a work a second time; those that studies are stay.

    Parameters
    ----------
    works : the team's references.
    keys : of the works that studies are.
    report : where it is told what was left out.
    """
    named = {work.fields.get(n, "") for work in works.bibliography.values() for n in _TAKES}
    again = twice(works.bibliography, keys)
    left = {key: held for key, held in again.items() if key not in named}
    text = without_entries(works.text, left)
    read, _ = parse_bibliography(text)
    for key in left.keys() - read.keys():
        report.decided(
            f"Entries of {Path(works.file).name} that say a work a second time were left out.",
            f"{key}, which is {left[key]}",
            noun="entry",
        )
    return replace(works, text=text, bibliography=read) if left else works


_TAKES = ("crossref", "xdata")


def _twice(match: Match, works: Works) -> str:
    """Of entries that may be meant and are one work, the one that says most."""
    if match.code != "work-ambiguous":
        return ""
    entries = [(key, works.bibliography[key]) for key in match.candidates]
    first = Known(dict(entries[:1]))
    if any(first.find(work) != (entries[0][0], "") for _, work in entries[1:]):
        return ""
    return max(entries, key=lambda entry: len(entry[1].fields))[0]


def _other_title(who: Identity, work: Reference) -> bool:
    """Whether a study found by author and year has a title that shares no word with the work's."""
    if not who.title or (who.doi and same_doi(who.doi) == same_doi(work.doi)):
        return False
    if who.pmid and who.pmid == work.pmid:
        return False
    ours, theirs = ({*re.findall(r"[^\W\d_]{3,}", fold_words(t))} for t in (who.title, work.title))
    return bool(ours and theirs) and not ours & (theirs - _COMMON)


_COMMON = frozenset(["the", "and", "for", "with", "from", "der", "die", "und", "les", "des", "los"])


def _spoken(works: Works) -> dict[str, str]:
    """How each work is shown, by what a name in a table may be a slip of."""
    names = {folded(label): label for label in map(author_year, works.bibliography.values())}
    return {**names, **{key: key for key in works.bibliography}}


def _nearest(who: Identity, names: dict[str, str]) -> str:
    """A work that a name without title or DOI may be a slip of; empty if there is none."""
    if who.doi or who.title or who.pmid or not who.label or len(who.label) > 200:
        return ""
    near = difflib.get_close_matches(who.label, names, n=1, cutoff=0.8)
    return f"Did you mean {names[near[0]]!r}?" if near else ""


_TABLES = (".csv", ".tsv", ".xlsx", ".xls", ".ods", ".json")


def read_works(file: Path, say: Say, *, named: bool = False) -> tuple[Works, list[Problem]]:
    """Read references of any format, those in a workbook or a table among them.

    Parameters
    ----------
    file : the file.
    say : where it is said that reading goes on.
    named : take a table only for one of references if its headings name title, authors and year.

    Returns
    -------
    As :func:`synth.references.importing.read_references`.
    """
    works, problems = read_references(file)
    if not any(problem.code in ("references-none", "sheet-not-text") for problem in problems):
        return works, problems
    sheets, found = read_tables(file, say)
    for sheet in sheets:
        rows = [(row.line, [row.cells[name] for name in sheet.header]) for row in sheet.rows]
        works, told = works_of_table(sheet.header, rows, sheet.source, sheet.notes)
        if works.bibliography:
            return works, told
    if sheets and not named:
        return works_of_sheet(sheets[0], guess(sheets[0]).recipe)
    return works, found if not sheets and file.suffix.lower() in _TABLES else problems


def works_of_sheet(sheet: Sheet, recipe: SheetRecipe) -> tuple[Works, list[Problem]]:
    """The references that a table holds, such as an export of Zotero or Covidence.

    Parameters
    ----------
    sheet : the table.
    recipe : what its columns are.
    """
    items = []
    for row in sheet.rows:
        who = identity(row, recipe)
        if who:
            items.append(Item(_item(who), row.line, who.details.get("record", "")))
    return works_of(items, sheet.source)


# --- made from the table ------------------------------------------------------------------------


def _item(who: Identity) -> dict[str, Any]:
    """A study as a CSL-JSON item; no author is made from a title, an id or a DOI."""
    told = who.details
    label = told.get("label", "")
    named = author_and_year(label)
    people = told.get("author", "") or (named[0] if named else "")
    written = told.get("year", "") or (named[1] if named else "")
    year = re.search(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)|in press|forthcoming|submitted", written)
    title = told.get("title", "")
    lacking = [] if title else ["title"]
    if not title:
        title = label or told.get("doi") or told.get("record") or f"PubMed {who.pmid}"
    item: dict[str, Any] = {"type": "article-journal" if told.get("journal") else "document"}
    item["title"] = _plain(title)
    authors = _people(people)
    if authors:
        item["author"] = authors
    for name, field in (
        ("journal", "container-title"),
        ("volume", "volume"),
        ("issue", "issue"),
        ("pages", "page"),
    ):
        if told.get(name):
            item[field] = _plain(told[name])
    if who.doi:
        item["DOI"] = who.doi
    address = re.match(r"https?://[^\s<>\"]+", told.get("url", ""))
    if address and not who.doi:
        item["URL"] = address[0]
    if year:
        item.update(dated(read_date(year[0])))
    lacking += [word for word, held in (("author", authors), ("year", year)) if not held]
    lacking += [] if told.get("journal") else ["journal"]
    if lacking:
        item["note"] = f"From the team's table; to be looked up: {', '.join(lacking)}."
    return item


# Two family names with the word that joins them in another language; a body has longer names.
_FAMILY = r"(?:[^\W\d_][\w.'’-]* ){0,2}[^\W\d_][\w'’-]+"
_TWO_NAMES = re.compile(
    rf"({_FAMILY}) (?:et|y|e|og|och|en|i) (?=[^\W\d_a-z]|d[aeio]l?s? |v[ao]n |l[ae] )({_FAMILY})"
)


# Accents and signs as BibTeX writes them, in a table that a file of references was made into.
_TEX = re.compile(r"\\[\"'`^~=.]\{?\\?\w|\\[uvHckr]\{|\\[&%#_]")


def _plain(text: str) -> str:
    r"""A cell as readers see it.

    >>> _plain(r"Rest \& sleep: G{\"o}del"), _plain(r"C:\users {a}")
    ('Rest & sleep: Gödel', 'C:\\users {a}')
    """
    return decode(text) if _TEX.search(text) else text


_LONGEST_NAME = 300
_INITIALS = r"(?:[A-Z]\.?[ -]?){1,4}"
_INITIALS_FIRST = re.compile(
    r"((?:[A-Z]\.[ -]?){1,4}|[A-Z]{1,3} )\s*((?:[a-z]{1,4} ){0,2}[A-Z][\w'’‐-]*[a-z][\w'’‐-]*)"
)
_INITIALS_LAST = re.compile(rf"((?:[\w'’-]+ ){{0,2}}[\w'’-]*[a-z][\w'’-]*) ({_INITIALS})")


def _listed(text: str) -> list[dict[str, str]]:
    """Authors of a list whose commas and initials leave no doubt; none where there is one.

    >>> [p["family"] for p in _listed("Lee, A., Roux, B. C., & Ek, D.")]
    ['Lee', 'Roux', 'Ek']
    >>> [p["family"] for p in _listed("Link D, de Roux MF")]
    ['Link', 'de Roux']
    >>> [p["family"] for p in _listed("A Lee, MF Roux")], _listed("UN Women"), _listed("Lee, Roux")
    (['Lee', 'Roux'], [], [])
    """
    joined = re.sub(r",?\s*(?:&|\band\b)\s*|\s*[;\n]\s*", ", ", text)
    pieces = [piece.strip() for piece in joined.split(",") if piece.strip(" .")]
    if any(len(piece) > _LONGEST_NAME for piece in pieces):
        return []
    left, right = pieces[::2], pieces[1::2]
    if ";" not in text and len(left) == len(right) > 1:
        initials = [re.fullmatch(_INITIALS, piece) is not None for piece in pieces]
        if all(initials[1::2]) and not any(initials[::2]):
            return [{"family": f, "given": g} for f, g in zip(left, right, strict=True)]
    last = [_INITIALS_LAST.fullmatch(piece) for piece in pieces]
    if len(pieces) > 1 and all(last):
        return [{"family": found[1], "given": found[2]} for found in last if found]
    first = [_INITIALS_FIRST.fullmatch(piece) for piece in pieces]
    # "UN Women" alone may be a body; "J. Women" and one of several with one initial is none.
    sure = [found for found in first if found and ("." in found[1] or len(found[1].strip()) == 1)]
    if all(first) and sure and (len(pieces) > 1 or "." in pieces[0]):
        return [{"family": found[2], "given": found[1].strip()} for found in first if found]
    return []


def _people(text: str) -> list[dict[str, str]]:
    """Authors as they are written in a cell.

    >>> _people("Lee, A.; Roux, J.")
    [{'family': 'Lee', 'given': 'A.'}, {'family': 'Roux', 'given': 'J.'}]
    >>> _people("Lee, Roux et al.")
    [{'literal': 'Lee'}, {'literal': 'Roux'}, {'literal': 'et al.'}]
    >>> _people("Roy et Côté"), _people("Ek m.fl.")
    ([{'literal': 'Roy'}, {'literal': 'Côté'}], [{'literal': 'Ek'}, {'literal': 'et al.'}])
    """
    text = _plain(text.strip())
    cut = re.search(r"\s*(?:…|\.{3})$", text)
    if listed := _listed(text[: cut.start()] if cut else text):
        return [*listed, ET_AL] if cut else listed
    others = AND_OTHERS.search(text) or re.search(r"\band colleagues\b", text)
    plain = text[: others.start()] if others else text
    parts = [
        p for p in re.split(r"\s*(?:;|\n|\b(?:and|AND|und|UND)\b|&)\s*", plain) if p.strip(" ,.")
    ]
    if len(parts) == 1 and (two := _TWO_NAMES.fullmatch(parts[0])):
        parts = [two[1], two[2]]
    if len(parts) == 1 and "," in parts[0]:
        surnames = [piece.strip() for piece in parts[0].split(",") if piece.strip()]
        whole = [name for name in surnames[1:] if not re.fullmatch(r"(?:[A-Z]\.?[ -]?){1,4}", name)]
        if len(whole) == len(surnames) - 1 and (len(surnames) > 2 or others):
            parts = surnames  # "Lee, Roux, Ek": family names only
    people = [csl_name(read_name(part.strip(" ,"))[0]) for part in parts]
    people = [person for person in people if person]
    return [*people, ET_AL] if people and others else people


def _keys(items: Sequence[Mapping[str, Any]], taken: Iterable[str]) -> list[str]:
    """Author or title, and year, with letters where two works would be called alike."""
    stems = []
    for item in items:
        people = item.get("author") or [{}]
        name = people[0].get("family") or people[0].get("literal") or ""
        parts = item.get("issued", {}).get("date-parts")
        year = str(parts[0][0]) if parts else ""
        stem = f"{slug(name, 'work')}{year}" if name else _short(item["title"])
        if not name and year:
            stem = f"{stem}-{year}"
        if mangled(stem) or not stem[0].isalpha():
            stem = f"work-{stem}"
        stems.append(stem)
    there = frozenset(taken)
    held = set(there)
    times = Counter(stems)
    keys: list[str] = []
    count: dict[str, int] = {}
    for stem in stems:
        if times[stem] == 1 and stem not in held:
            key = stem
        else:
            # Beside a work that is there without a letter, the next one is the second.
            at = count[stem] = count.get(stem, int(stem in there and times[stem] == 1)) + 1
            # A letter belongs to a year; a name without one gets a number.
            letter = chr(96 + at) if at <= 26 and stem[-1:].isdigit() else f"-{at}"
            key = f"{stem}{letter}"
        key = unique(key, held)
        held.add(key)
        keys.append(key)
    return keys


def _short(title: str) -> str:
    """The first words of a title as an id."""
    return "-".join(slug(title, "work").split("-")[:5])
