"""References as reference managers and databases export them, as works of a review.

Every format ends in the same place: the text of a ``references.bib`` and the records read from it,
with what was told on the way.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

from synth.errors import Problem
from synth.reading.bibliography import check_bibliography, parse_bibliography
from synth.reading.encodings import read_any_text
from synth.reading.settings import SLUG
from synth.references import tagged
from synth.references.csv_records import records_of_rows, rows_of
from synth.references.formats import to_bibtex
from synth.references.latex import plain
from synth.references.matching import Matcher
from synth.references.names import name_of_csl, read_names
from synth.references.sameness import twice
from synth.references.typed import typed_list
from synth.references.work import (
    CSL_TYPES,
    DOI,
    NO_VALUE,
    SEVERAL_ADDRESSES,
    WEB_ADDRESS,
    Bibliography,
    Reference,
    bare_doi,
    doi_of,
    read_date,
    with_subtitle,
)
from synth.references.xml_records import XML, ZOTERO, records_of_xml
from synth.text import counted, fold, shorten, slug


@dataclass(frozen=True)
class Works:
    """The works of a file of references.

    Parameters
    ----------
    text : the text of a ``references.bib`` with them.
    bibliography : what it holds.
    former : what the author's file calls a work, where that is not its key here, by new key.
    lines : for a line of ``text`` the line of the author's file, where they differ.
    notes : how the file was read, in sentences.
    file : the author's file; empty if there is none.
    """

    text: str = ""
    bibliography: Bibliography = field(default_factory=Bibliography)
    former: Mapping[str, str] = field(default_factory=dict)
    lines: Mapping[int, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    file: str = ""

    @cached_property
    def matcher(self) -> Matcher:
        """Finds the works by what a table calls them."""
        return Matcher(self.bibliography, self.former, self.file)

    def wrong(self, latest: int) -> list[Problem]:
        """What is wrong inside the entries, at the lines of the author's file.

        Parameters
        ----------
        latest : the last year a work can bear.
        """
        found = check_bibliography(self.bibliography, latest, self.file)
        return [problem.at(self.file, self.lines.get(problem.line)) for problem in found]


def read_references(path: Path) -> tuple[Works, list[Problem]]:
    """Read a file of references, of whatever format its text turns out to have.

    BibTeX, RIS, PubMed (``.nbib`` and XML), Web of Science (``.ciw``), EndNote (XML and ``.enw``),
    Zotero's RDF, CSL (JSON and YAML), tables with headings and lists typed as text are known by
    what they hold, not by the name of the file.

    Parameters
    ----------
    path : the file.

    Returns
    -------
    The works and what was told. Errors mean that something cannot be read; warnings say what was
    understood where that was not certain, and what was left out.
    """
    file = str(path)
    text, notes, problems = read_any_text(path)
    # That there is no reference in what is no text goes without saying.
    if text is None or any(problem.code == "null-character" for problem in problems):
        return Works(file=file), problems
    works, found = parse_references(text, file, notes)
    return works, problems + found


def parse_references(
    text: str, file: str, notes: Sequence[str] = ()
) -> tuple[Works, list[Problem]]:
    r"""Read the text of a file of references; as :func:`read_references`.

    >>> works, problems = parse_references("TY  - BOOK\nAU  - Lee, A.\nPY  - 2020\nER  - ", "r.ris")
    >>> list(works.bibliography), problems[0].message
    (['lee2020'], 'The entry has no title.')
    """
    text = _ovid_as_ris(_refworks_as_ris(_cochrane_as_ris(text)))
    bare = text.lstrip("\ufeff \t\r\n")
    for begins, what, instead in _ELSEWHERE:
        if bare[:1] == "<" and re.search(begins, bare[:4000], re.IGNORECASE):
            return Works(file=file), [Problem("references-kind", file, what=what, instead=instead)]
    if form := tagged.format_of(text):
        items, problems = _of_tags(text, form, file)
    elif bare[:1] == "<" and XML.search(bare[:4000]):
        items, problems = _of_xml(bare, file)
    elif bare[:1] in ("[", "{"):
        items, problems = _of_json(text, file)
    elif _YAML.match(bare):
        items, problems = _of_yaml(text, file)
    elif re.search(r"^[^\S\n]*@\s*\w+\s*[{(]", text, re.MULTILINE):
        return _of_bibtex(text, file, notes)
    elif (table := works_of_table(*rows_of(text), file, notes))[0].bibliography:
        return table
    else:
        items, problems = _of_typed(text, file)
    if any(problem.severity == "error" for problem in problems):
        return Works(notes=tuple(notes), file=file), problems
    works, found = works_of(items, file, notes)
    return works, problems + found


def _cochrane_as_ris(text: str) -> str:
    r"""The list of records that the Cochrane Library saves as text, line for line as RIS.

    >>> _cochrane_as_ris("Record #1 of 1\nID: CN-1\nAU: Lee A\nTI: Pay\n").split("\n")[:3]
    ['TY  - JOUR', 'ID  - CN-1', 'AU  - Lee A']
    """
    head = re.match(r"[\ufeff\s]*Record #\d+ of \d+\s*\n", text)
    if not head or tagged.format_of(text):
        return text
    # Of these RIS has no tag, or another one; a list of references shows none of them.
    tags = {"KY": "KW", "US": "UR", "XR": "N2", "CC": "N2", "ST": "N2"}
    lines: list[str] = []
    for line in text.lstrip("\ufeff").rstrip("\n").split("\n"):
        if re.match(r"Record #\d+ of", line):
            if lines:
                # The line between two records, which is empty.
                lines[-1] = "ER  - " if not lines[-1].strip() else f"{lines[-1]}\nER  - "
            lines.append("TY  - JOUR")
        else:
            found = re.match(r"(DOI|[A-Z][A-Z0-9]): ?(.*)", line)
            lines.append(f"{tags.get(found[1], found[1])}  - {found[2]}" if found else line)
    return "\n".join([*lines, "ER  - ", ""])


_REFWORKS = re.compile(r"^\ufeff?RT (?=[A-Z])", re.MULTILINE)
_REFWORKS_TAGS = {"VO": "VL", "OP": "EP", "LK": "UR", "UL": "UR", "K1": "KW", "NO": "N1"}
# What stands there in no place of RIS, or says something else in it.
_REFWORKS_TAGS |= {"ED": "ET", "PMID": "PM", "AD": "AD", "SR": "U1", "RD": "RD", "FD": "DA"}
_REFWORKS_TYPES = (
    ("Book, Section", "CHAP"),
    ("Book", "BOOK"),
    ("Monograph", "BOOK"),
    ("Dissertation", "THES"),
    ("Conference", "CPAPER"),
    ("Report", "RPRT"),
    ("Newspaper", "NEWS"),
    ("Magazine", "MGZN"),
    ("Web", "ELEC"),
    ("Online", "ELEC"),
    ("Computer", "COMP"),
    ("Patent", "PAT"),
    ("Unpublished", "MANSCPT"),
    ("Video", "VIDEO"),
    ("Motion", "MPCT"),
    ("Sound", "SOUND"),
    ("Laws", "STAT"),
    ("Case", "CASE"),
    ("Journal", "JOUR"),
    ("Abstract", "JOUR"),
)


def _refworks_as_ris(text: str) -> str:
    r"""What RefWorks exports as its own "tagged format", line for line as RIS.

    >>> _refworks_as_ris("RT Journal Article\nA1 Lee, A\nT1 Pay\nVO 3\n").split("\n")
    ['TY  - JOUR', 'AU  - Lee, A', 'TI  - Pay', 'VL  - 3', 'ER  - ', '']
    """
    if not _REFWORKS.search(text) or tagged.format_of(text):
        return text
    lines: list[str] = []
    for line in text.lstrip("\ufeff").rstrip("\n").split("\n"):
        found = re.match(r"(PMID|PMCID|[A-Z][A-Z0-9]) ?(.*)", line)
        if found and found[1] == "RT":
            if lines:
                lines[-1] = "ER  - " if not lines[-1].strip() else f"{lines[-1]}\nER  - "
            kind = (code for start, code in _REFWORKS_TYPES if found[2].startswith(start))
            lines.append(f"TY  - {next(kind, 'GEN')}")
        elif found and lines:
            tag = {"A1": "AU", "T1": "TI", **_REFWORKS_TAGS}.get(found[1], found[1])
            lines.append(f"{tag}  - {found[2]}")
        else:
            lines.append(line)
    return "\n".join([*lines, "ER  - ", ""])


_OVID_HEADS = {
    "Unique Identifier": "ID",
    "Accession Number": "ID",
    "Title": "TI",
    "Source": "SO",
    "Authors": "AU",
    "Author": "AU",
    "Digital Object Identifier": "DO",
    "DOI Number": "DO",
    "Year of Publication": "PY",
    "ISSN": "SN",
    "ISBN": "SN",
    "Language": "LA",
}
_OVID_TAGS = {"UI": "ID", "YR": "PY", "IS": "SN", "IB": "SN", "DOI": "DO", "JN": "JF"}
# What a list of references does not show, or has already.
_OVID_TAGS |= {"PT": "KW", "FA": "KW"}
_OVID_RECORD = re.compile(r"(?:<\s*\d+\s*\.?\s*>|\d+\.)\s*")


def _ovid_as_ris(text: str) -> str:
    r"""What Ovid saves as text, under headings or behind tags, line for line as RIS.

    >>> _ovid_as_ris("<1>\nUnique Identifier\n  7\nAuthors\n  Lee A\n").split("\n")
    ['TY  - JOUR', '', 'ID  - 7', '', 'AU  - Lee A', 'ER  - ', '']
    """
    lines = text.lstrip("\ufeff").rstrip("\n").split("\n")
    headed = any(line.strip() in ("Unique Identifier", "Accession Number") for line in lines)
    if not (headed or re.search(r"^UI  - ", text, re.MULTILINE)) or tagged.format_of(text):
        return text
    written: list[str] = []
    head = ""
    for line in lines:
        if _OVID_RECORD.fullmatch(line):
            if written:
                written[-1] = f"{written[-1]}\nER  - ".lstrip("\n")
            written.append("TY  - JOUR")
        elif found := re.match(r"([A-Z]{2,3})  - (.*)", line):
            written.append(f"{_OVID_TAGS.get(found[1], found[1])}  - {found[2]}")
        elif headed and line[:1].strip():
            head = _OVID_HEADS.get(line.strip(" :"), "")
            written.append("")
        elif headed and head and line.strip():
            goes_on = head != "AU" and written[-1].startswith(f"{head}  - ")
            written.append(line.strip() if goes_on else f"{head}  - {line.strip()}")
        elif headed:
            written.append("")
        else:
            written.append(line)
    return "\n".join([*written, "ER  - ", ""])


@dataclass(frozen=True, slots=True)
class Item:
    """A work as CSL-JSON, the line it begins on, and what its file calls it."""

    item: dict[str, Any]
    line: int
    former: str = ""


def works_of(
    items: Sequence[Item], file: str, notes: Sequence[str] = ()
) -> tuple[Works, list[Problem]]:
    """Give works keys of first author and year, and write them as BibTeX.

    A work that stands a second time takes no letter from the others.
    """
    keys = keys_for([one.item for one in items])
    works, told = _written(items, keys, file, notes)
    groups: dict[str, list[str]] = {}
    for key, held in twice(works.bibliography).items():
        groups.setdefault(held, [held]).append(key)
    if groups:
        fullest = {max(g, key=lambda k: len(works.bibliography[k].fields)) for g in groups.values()}
        twins = {key for group in groups.values() for key in group} - fullest
        single = iter(
            keys_for([i.item for k, i in zip(keys, items, strict=True) if k not in twins])
        )
        fresh = {key: next(single) for key in keys if key not in twins}
        taken = {*fresh.values()}
        for key, one in zip(keys, items, strict=True):
            if key in twins:
                fresh[key] = _another(keys_for([one.item])[0], taken)
                taken.add(fresh[key])
        works, told = _written(items, [fresh[key] for key in keys], file, notes)
    return works, told


def _written(
    items: Sequence[Item], keys: Sequence[str], file: str, notes: Sequence[str]
) -> tuple[Works, list[Problem]]:
    former: dict[str, str] = {}
    written: list[str] = []
    mapped: dict[int, int] = {}
    line = 1
    unsure = []
    for key, one in zip(keys, items, strict=True):
        if one.former:
            former[key] = one.former
        if not one.item.get("title"):
            unsure.append(Problem("entry-untitled", file, one.line, key))
        item = {**one.item, "id": key}
        letter = item.get("year-suffix", "")
        if letter and not re.search(rf"{letter}(?:-\d+)?$", key):
            told = f"Another work has the letter {letter!r} behind its year as well; this is {key}"
            unsure.append(Problem("reference-unsure", file, one.line, told=told))
            del item["year-suffix"]
        entry = to_bibtex([item])
        mapped.update(dict.fromkeys(range(line, line + entry.count("\n") + 1), one.line))
        line += entry.count("\n") + 1
        written.append(entry)
    text = "\n".join(written)
    read, found = parse_bibliography(text, file)
    at_home = [problem.at(file, mapped.get(problem.line)) for problem in found]
    return Works(text, read, former, mapped, tuple(notes), file), unsure + at_home


# --- BibTeX -------------------------------------------------------------------------------------


def _of_bibtex(text: str, file: str, notes: Sequence[str]) -> tuple[Works, list[Problem]]:
    r"""Take over a ``.bib`` file word by word; only keys that cannot be ids are changed.

    >>> works, problems = _of_bibtex("@book{Lee_2020, title={Pay}, year=2020}", "r.bib", ())
    >>> works.text, dict(works.former)
    ('@book{lee-2020, title={Pay}, year=2020}\n', {'lee-2020': 'Lee_2020'})
    """
    text, keyed = _with_keys(text)
    text, once = _without_second_entries(text)
    text, told = _without_second_fields(text)
    text, empty = _without_words_for_nothing(text, file)
    text, whole = _whole_addresses(text)
    read, problems = parse_bibliography(text, file)
    problems = [*empty, *problems]
    notes = (
        *notes,
        *keyed,
        *once,
        *told,
        *whole,
        *_addresses_for_dois(read),
        *_several_addresses(read),
    )
    lines = text.split("\n")
    offsets = [0]
    for line in lines:
        offsets.append(offsets[-1] + len(line) + 1)
    taken = {key for key in read if SLUG.fullmatch(key)}
    former: dict[str, str] = {}
    changes: list[tuple[int, str, str]] = []
    for key, work in read.items():
        if SLUG.fullmatch(key):
            continue
        new = _another(_stem(work) if _NUMBERED.search(key) else slug(key, "work"), taken)
        taken.add(new)
        former[new] = key
        opening = re.compile(r"@\s*\w+\s*[{(]\s*").search(text, offsets[work.line - 1])
        if opening:
            changes.append((opening.end(), key, new))
    for place, key, new in sorted(changes, reverse=True):
        text = f"{text[:place]}{new}{text[place + len(key) :]}"
    if former:
        by_key = {old.lower(): new for new, old in former.items()}
        text = _INHERITS.sub(lambda m: m[1] + by_key.get(m[2].lower(), m[2]) + m[3], text)
    text = text.rstrip("\n") + "\n"
    renamed, _ = parse_bibliography(text, file)
    # A key that was only made to read the entry is no name of the author's.
    former = {new: old for new, old in former.items() if not old.startswith(_KEYLESS)}
    return Works(text, renamed, former, {}, tuple(notes), file), problems


_KEYLESS = "keyless/"
_WITHOUT_KEY = re.compile(
    r"^([ \t]*@[ \t]*(?!comment\b|string\b|preamble\b)\w+[ \t]*\{)(?:[ \t]*(,)|(?=\s*\w+\s*=))",
    re.MULTILINE | re.IGNORECASE,
)


def _with_keys(text: str) -> tuple[str, list[str]]:
    """A ``.bib`` in which entries without a key have one, for the time being.

    >>> _with_keys("@book{, title={Pay}}")[0], _with_keys("@book{title={Pay}}")[0]
    ('@book{keyless/1, title={Pay}}', '@book{keyless/1,title={Pay}}')
    """
    numbers = count(1)
    text, found = _WITHOUT_KEY.subn(lambda m: f"{m[1]}{_KEYLESS}{next(numbers)},", text)
    if not found:
        return text, []
    what = counted(found, "entry has no key and got", "entries have no key and got")
    return text, [f"{what} one of first author and year."]


def _without_second_entries(text: str) -> tuple[str, list[str]]:
    r"""A ``.bib`` without entries that say a work a second time: the same key, title and year.

    Two works under one key stay, for the author to choose a key.

    >>> one = "@book{lee, title={Pay}, year=2020}"
    >>> _without_second_entries(f"{one}\n{one}")[0].strip() == one
    True
    """
    seen: dict[str, tuple[str, str]] = {}
    kept: list[str] = []
    twice: list[str] = []
    done = 0
    for opening in _ENTRY.finditer(text):
        if opening.start() < done:
            continue
        parts = _fields_of(text, opening.end())
        fields = {
            found[1].lower(): fold(re.sub(r"[{}\"]", "", found[2].strip()))
            for start, end in parts
            if (found := _TELLING.fullmatch(text, start, end))
        }
        said = fields.get("title", ""), fields.get("year", "") or fields.get("date", "")
        key = opening[1].lower()
        if key not in seen:
            seen[key] = said
        elif all(said) and seen[key] == said:
            end = parts[-1][1] + 1
            # Line breaks stay, so that lines keep their numbers.
            kept += [text[done : opening.start()], "\n" * text.count("\n", opening.start(), end)]
            done = end
            twice.append(opening[1])
    if not twice:
        return text, []
    what = counted(len(twice), "entry stands", "entries stand")
    note = f"{what} twice with one key and title, the first {twice[0]}; the second was left out."
    return "".join([*kept, text[done:]]), [note]


def without_entries(text: str, keys: Iterable[str]) -> str:
    r"""A ``.bib`` without some entries; one in parentheses stays.

    >>> without_entries("@book{a, title={Pay}}\n\n@book{b, title={Pay}}\n", ["b"])
    '@book{a, title={Pay}}\n'
    """
    kept: list[str] = []
    done = 0
    for opening in _ENTRY.finditer(text):
        if opening.start() >= done and opening[1] in keys:
            kept.append(text[done : opening.start()].rstrip("\n") + "\n")
            done = _fields_of(text, opening.end())[-1][1] + 1
    return "".join([*kept, text[done:].lstrip("\n") and text[done:]]) if kept else text


_TELLING = re.compile(r"\s*(title|year|date)\s*=\s*(.*)", re.DOTALL | re.IGNORECASE)


def _whole_addresses(text: str) -> tuple[str, list[str]]:
    """A ``.bib`` whose addresses say how they are fetched: ``www.…`` is ``https://www.…``."""
    text, found = _WWW.subn(r"\1https://\2", text)
    if not found:
        return text, []
    what = counted(found, "address begins", "addresses begin")
    return text, [f"{what} with 'www.' and got 'https://' before it."]


_WWW = re.compile(r"(\burl\s*=\s*[{\"]+\s*)(www\.)", re.IGNORECASE)


# What a book shows of a work: where two values differ, nobody but the author can choose.
_CHOSEN = frozenset(("author", "editor", "title", "year", "date", "doi", "journal", "journaltitle"))
_FIELD = re.compile(r"\s*([^\s=,{}\"]+)\s*=\s*(.*)", re.DOTALL)


def _without_second_fields(text: str) -> tuple[str, list[str]]:
    r"""A ``.bib`` without fields that stand a second time in their entry, and what was left out.

    Databases export some fields twice. Lines stay where they are; a field that tells a work and
    has two values stays twice, for the author to choose.

    >>> _without_second_fields("@book{lee2020, note={A},\n note={B}, year=2020}")[0]
    '@book{lee2020, note={A}\n, year=2020}'
    """
    told: dict[str, list[str]] = {}
    kept: list[str] = []
    done = 0
    for opening in _ENTRY.finditer(text):
        if opening.start() < done:
            continue
        parts = _fields_of(text, opening.end())
        seen: dict[str, str] = {}
        for start, end in parts:
            found = _FIELD.fullmatch(text[start:end])
            if not found:
                continue
            name, value = found[1].lower(), found[2].strip()
            if name not in seen:
                seen[name] = value
            elif name not in _CHOSEN or seen[name] == value:
                # The comma before it goes with it; line breaks stay, so that lines keep numbers.
                kept += [text[done : start - 1], "\n" * text.count("\n", start, end)]
                done = end
                told.setdefault(found[1], []).append(opening[1])
    notes = [
        f"The field {name!r} stands twice in {counted(len(keys), 'entry', 'entries')}, the first "
        f"{keys[0]}; the second was left out."
        for name, keys in told.items()
    ]
    return "".join([*kept, text[done:]]), notes


def _without_words_for_nothing(text: str, file: str) -> tuple[str, list[Problem]]:
    r"""A ``.bib`` without fields in which a program wrote that it has no value.

    >>> _without_words_for_nothing("@book{lee, title={NA},\n volume = {NA}, year=2020}", "r.bib")[0]
    '@book{lee, title={NA}\n, year=2020}'
    """
    kept: list[str] = []
    words: Counter[str] = Counter()
    first = done = 0
    for field_of in _NOTHING.finditer(text):
        word = field_of[1].strip('{}" ')
        first = first or text.count("\n", 0, field_of.start(1)) + 1
        words[word] += 1
        kept += [text[done : field_of.start()], "\n" * field_of[0].count("\n")]
        done = field_of.end()
    return "".join([*kept, text[done:]]), _told_nothing(words, file, first)


_NOTHING = re.compile(
    # Pages "n/a--n/a" are Wiley's, and nobody has to be told.
    rf",\s*(?!title\b|pages\s*=\s*\S+n/a)[\w-]+\s*=\s*(\{{+\s*{NO_VALUE.pattern}\s*\}}+|\"{NO_VALUE.pattern}\")"
    r"(?=\s*[,}])",
    re.IGNORECASE,
)


def _told_nothing(words: Mapping[str, int], file: str, line: int) -> list[Problem]:
    if not words:
        return []
    n = counted(sum(words.values()), "value is", "values are")
    listed = ", ".join(f"'{word}'" for word in words)
    return [Problem("references-nothing", file, line, n=n, words=listed)]


_ENTRY = re.compile(
    r"^[ \t]*@[ \t]*(?!comment\b|string\b|preamble\b)\w+\s*\{\s*([^\s,{}]+)\s*,",
    re.MULTILINE | re.IGNORECASE,
)
_SIGNS_OF_FIELDS = re.compile(r"\\.|[{}\",]", re.DOTALL)


def _fields_of(text: str, start: int) -> list[tuple[int, int]]:
    """Where the fields of an entry stand: between commas that are in no braces or quotes."""
    parts: list[tuple[int, int]] = []
    depth, quoted = 0, False
    for sign in _SIGNS_OF_FIELDS.finditer(text, start):
        mark = sign[0]
        if mark == '"' and depth == 0:
            quoted = not quoted
        elif mark == "{":
            depth += 1
        elif mark == "}":
            depth -= 1
        if (mark == "," and depth == 0 and not quoted) or depth < 0:
            parts.append((start, sign.start()))
            start = sign.end()
        if depth < 0:
            break
    return parts


def _several_addresses(works: Bibliography) -> list[str]:
    """What is told where a field holds more than one address."""
    several = [
        key for key, w in works.items() if SEVERAL_ADDRESSES.search(w.fields.get("url", "").strip())
    ]
    if not several:
        return []
    what = counted(len(several), "entry has", "entries have")
    return [f"{what} several addresses in 'url', such as {several[0]}; the first is shown."]


def _addresses_for_dois(works: Bibliography) -> list[str]:
    """What is told where DOIs are written as addresses."""
    written = [key for key, work in works.items() if "//" in work.fields.get("doi", "")]
    if not written:
        return []
    what = counted(len(written), "DOI is written as an address", "DOIs are written as addresses")
    return [f"{what}, such as that of {written[0]}; the DOIs were taken out of them."]


_NUMBERED = re.compile(r"\d{5,}|/")
"""A key that a database made, such as ``ISI:000000000000001``: no one would write it."""
_INHERITS = re.compile(
    r"(\b(?:crossref|xdata)\s*=\s*[{\"]\s*)([^\s{}\",]+)(\s*[}\"])", re.IGNORECASE
)


def _stem(work: Reference) -> str:
    names = work.authors or work.editors
    name = names[0].family if names else work.title
    return f"{slug(name, 'work').replace('-', '')}{work.year or ''}"


def _another(stem: str, taken: Iterable[str]) -> str:
    held = taken if isinstance(taken, set) else set(taken)
    name, number = stem, 2
    while name in held:
        name, number = f"{stem}-{number}", number + 1
    return name


# --- lines with tags, and XML -------------------------------------------------------------------


def _of_tags(text: str, form: str, file: str) -> tuple[list[Item], list[Problem]]:
    records, problems = tagged.records_of(text, form, file)
    items, told = _of_records(records, form, file)
    return items, [*problems, *told, *tagged.unknown_tags(records, form, file)]


def _of_records(
    records: Iterable[tagged.Record], form: str, file: str
) -> tuple[list[Item], list[Problem]]:
    items = []
    problems: list[Problem] = []
    words: Counter[str] = Counter()
    first = 0
    for record in records:
        for tag, values in record.values.items():
            missing = [v for v in values if v[:1] in "NUnu" and NO_VALUE.fullmatch(v)]
            if missing and tag not in ("TI", "T1", "T"):
                words.update(missing)
                first = first or record.line
                record.values[tag] = [value for value in values if value not in missing]
        item, told = tagged.item_of(record, form, file)
        problems += told
        items.append(Item(item, record.line, next(tagged.ids_of(record, form), "")))
    return items, [*_told_nothing(words, file, first), *problems]


def _of_xml(text: str, file: str) -> tuple[list[Item], list[Problem]]:
    records, form, problems, unknown = records_of_xml(text, file)
    items, told = _of_records(records, form, file)
    return items, [*problems, *told, *_unknown_names(unknown, file)]


def works_of_table(
    header: Sequence[str],
    rows: Iterable[tuple[int, Sequence[str]]],
    file: str,
    notes: Sequence[str] = (),
) -> tuple[Works, list[Problem]]:
    """The works of a table that a reference manager or database saved; none of another table."""
    records, form, left = records_of_rows(header, rows)
    items, problems = _of_records(records, form, file)
    if left:
        what = f"{counted(len(left), 'column')} that no list of references shows"
        notes = [*notes, f"The table has {what}: {', '.join(left)}."]
    works, found = works_of(items, file, notes)
    return works, problems + found


_ELSEWHERE = (
    (rf"<rdf:RDF\b(?![^>]*{ZOTERO})", "RDF", "Export it as BibTeX, RIS or CSL JSON"),
    (
        # In capitals, as EndNote 7 and JabRef wrote it: its kinds of works are bare numbers.
        r"(?-i:<XML>\s*<RECORDS>)",
        "EndNote's old XML",
        "Export it as RIS or BibTeX, or as XML from a later EndNote",
    ),
    (r"<(?:!doctype )?html\b", "a web page", "Export the references as BibTeX, RIS or CSL JSON"),
)
"""What is known and not read: how it begins, what it is, what to do instead."""


# --- typed as text ------------------------------------------------------------------------------


def _of_typed(text: str, file: str) -> tuple[list[Item], list[Problem]]:
    """Whole references typed as text; what does not read as one is told."""
    read, unread = typed_list(text)
    if not read:
        return [], [Problem("references-none", file, 1)]
    items = []
    for line, said in read.items():
        parts = dict(said)
        names = parts["author"].split("; ")
        item = {"type": "article-journal", "author": tagged.people_of(names, [], by_rule=True)}
        texts = {name: parts.get(part, "") for name, part in _TYPED}
        if parts.get("book"):
            item["type"], texts["container-title"] = "chapter", parts["book"]
            editors = [name for name in parts.get("editor", "").split("; ") if name]
            item |= {"editor": tagged.people_of(editors, [], by_rule=True)} if editors else {}
        elif not texts["container-title"]:
            item["type"] = "document"
            texts["note"] = "Typed as text; to be looked up: where it appeared"
        texts["page"] = texts["page"].replace("–", "-")
        item.update({name: value for name, value in texts.items() if value})
        items.append(Item({**item, **tagged.dated(read_date(parts["year"]))}, line))
    told = f"{counted(len(read), 'reference')} typed as text {'was' if len(read) == 1 else 'were'} "
    return items, [
        Problem("reference-unsure", file, min(read), told=f"{told}read part by part"),
        *(
            Problem("typed-unread", file, line, text=shorten(one, 60))
            for line, one in unread.items()
        ),
    ]


_TYPED = (
    ("title", "title"),
    ("container-title", "journal"),
    ("volume", "volume"),
    ("issue", "issue"),
    ("page", "pages"),
    ("publisher", "publisher"),
    ("DOI", "doi"),
    ("URL", "url"),
)


# --- CSL, as JSON and YAML ----------------------------------------------------------------------

_CSL_KINDS = frozenset(CSL_TYPES.values()) | {"article-magazine", "article-newspaper", "document"}
_CSL_ALIKE = {
    # What Crossref calls them.
    "journal-article": "article-journal",
    "book-chapter": "chapter",
    "book-section": "chapter",
    "proceedings-article": "paper-conference",
    "posted-content": "article",
    "dissertation": "thesis",
    "monograph": "book",
    "edited-book": "book",
    "reference-book": "book",
    "reference-entry": "entry-encyclopedia",
    "post-weblog": "webpage",
    "post": "webpage",
    "review": "article-journal",
    "figure": "document",
    "review-book": "article-journal",
    "entry-dictionary": "entry-encyclopedia",
    "entry": "chapter",
    "broadcast": "motion_picture",
    "pamphlet": "book",
    "bill": "legislation",
    "map": "document",
    "personal_communication": "document",
    "interview": "document",
    "collection": "book",
    "event": "document",
    "regulation": "legislation",
    "classic": "book",
    "performance": "speech",
}
_CSL_TEXTS = (
    *(
        "title",
        "container-title",
        "collection-title",
        "volume",
        "number-of-volumes",
        "collection-number",
        "issue",
        "number",
        "page",
        "edition",
        "version",
    ),
    *("chapter-number", "publisher", "publisher-place", "genre", "ISBN", "ISSN", "PMID", "PMCID"),
    *("language", "note", "status"),
)
_CSL_READ = frozenset(
    [
        *_CSL_TEXTS,
        "id",
        "type",
        "author",
        "editor",
        "translator",
        "issued",
        "year-suffix",
        "original-date",
        "institution",
        "degree",
        "publisher-location",
        "posted",
        "updated-by",
        "accessed",
        "DOI",
        "URL",
        "subtitle",
        "article-number",
        "eid",
        "page-first",
        "published",
        "published-print",
        "published-online",
    ]
)
_CSL_KNOWN = frozenset(
    [
        *("abstract", "keyword", "categories", "source", "title-short", "container-title-short"),
        *("citation-key", "citation-label", "call-number", "archive", "archive_location", "custom"),
        *("journalAbbreviation", "shortTitle", "event", "event-title", "event-place", "event-date"),
        *(
            "number-of-pages",
            "submitted",
            "system_id",
        ),
        *("collection-editor", "container-author", "archive-place", "medium"),
        *("update-to", "relation", "short-container-title", "subtype", "assertion"),
        *("dimensions", "scale", "section", "references", "license", "annote", "_graph"),
    ]
)


def _of_json(text: str, file: str) -> tuple[list[Item], list[Problem]]:
    """Items of CSL-JSON: a list of them, or ``{"items": […]}``."""
    try:
        found = list(_json_items(text))
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        reason = getattr(error, "msg", "it is nested too deeply")
        return [], [Problem("references-unreadable", file, line, form="JSON", reason=reason)]
    return _of_csl(found, file)


_YAML = re.compile(
    r"(?:---[ \t]*\n)?(?:(?:\w+:.*\n)*?references:[ \t]*\n|[ ]*- (?:id|type|title|author|DOI): )"
)


def _of_yaml(text: str, file: str) -> tuple[list[Item], list[Problem]]:
    """Items of CSL as YAML, as Pandoc and Quarto write them: alone or in the head of a text."""
    import yaml

    def said(node: yaml.Node, depth: int = 0) -> Any:
        if depth > 20 or id(node) in seen:
            raise ValueError("it holds a part twice or is nested too deeply")
        seen.add(id(node))
        if isinstance(node, yaml.ScalarNode):
            return node.value
        if isinstance(node, yaml.SequenceNode):
            return [said(one, depth + 1) for one in node.value]
        return {str(name.value): said(one, depth + 1) for name, one in node.value}

    seen: set[int] = set()
    try:
        # A document behind the first, such as the text below its head, is none of references.
        node = next(iter(yaml.compose_all(text, Loader=yaml.BaseLoader)))
        if isinstance(node, yaml.MappingNode):
            node = next(one for name, one in node.value if name.value == "references")
        if not isinstance(node, yaml.SequenceNode):
            raise StopIteration
        found = [(said(one), one.start_mark.line + 1) for one in node.value]
    except (yaml.YAMLError, ValueError, StopIteration, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", "") or str(error) or "it has no list of references"
        line = mark.line + 1 if mark else 1
        return [], [Problem("references-unreadable", file, line, form="YAML", reason=reason)]
    return _of_csl(found, file)


def _of_csl(found: Sequence[tuple[Any, int]], file: str) -> tuple[list[Item], list[Problem]]:
    items: list[Item] = []
    problems: list[Problem] = []
    unknown: Counter[str] = Counter()
    words: Counter[str] = Counter()
    first = 0
    for one, line in found:
        raw = _of_openalex(one, problems, file, line) if _is_openalex(one) else one
        if not isinstance(raw, dict) or not ({"type", "author", "issued"} & set(raw)):
            problems.append(Problem("csl-item", file, line))
            continue
        missing = {k: v for k, v in raw.items() if k != "title" and _says_nothing(v)}
        words.update(missing.values())
        first = first or (line if missing else 0)
        item, told = _csl_cleaned({k: v for k, v in raw.items() if k not in missing})
        problems += [Problem("reference-unsure", file, line, told=one.rstrip(".")) for one in told]
        unknown.update(str(name) for name in raw if name not in _CSL_READ | _CSL_KNOWN)
        named = str(raw.get("citation-key") or raw.get("citation-label") or raw.get("id") or "")
        items.append(Item(item, line, named))
    if not found:
        problems.append(Problem("references-none", file, 1))
    problems += _told_nothing(words, file, first)
    return items, problems + _unknown_names(unknown, file)


def _json_items(text: str) -> Iterator[tuple[Any, int]]:
    whole = json.loads(text.lstrip("\ufeff"))
    if isinstance(whole, dict):
        # What Crossref answers stands in a message.
        whole = whole["message"] if isinstance(whole.get("message"), dict) else whole
        held = next(
            (
                whole[k]
                for k in ("items", "references", "results")
                if isinstance(whole.get(k), list)
            ),
            None,
        )
        yield from ((one, 1) for one in (held if held is not None else [whole]))
        return
    decoder = json.JSONDecoder()
    place = text.index("[") + 1
    line = text.count("\n", 0, place) + 1
    for _ in whole if isinstance(whole, list) else ():
        begin = re.compile(r"[\s,]*").match(text, place)
        start = begin.end() if begin else place
        line += text.count("\n", place, start)
        one, end = decoder.raw_decode(text, start)
        yield one, line
        line += text.count("\n", start, end)
        place = end


def _is_openalex(one: Any) -> bool:
    return isinstance(one, dict) and isinstance(one.get("authorships"), list)


def _of_openalex(
    one: Mapping[str, Any], problems: list[Problem], file: str, line: int
) -> dict[str, Any]:
    """A work of OpenAlex as CSL; it has the names of people as they are spoken."""

    def within(said: Any, *path: str) -> Any:
        for name in path:
            said = said.get(name) if isinstance(said, Mapping) else None
        return said

    spoken = [str(within(who, "author", "display_name") or "") for who in one["authorships"]]
    names = [name for said in spoken if said for name in read_names(said.replace(",", "")).people]
    if names:
        shown = "; ".join(name.family for name in names[:3])
        told = f"OpenAlex has no family names; the last words were taken for them: {shown}"
        problems.append(Problem("reference-unsure", file, line, told=told))
    biblio = one.get("biblio")
    ends = [within(biblio, "first_page"), within(biblio, "last_page")]
    pmid = str(within(one, "ids", "pmid") or "").rpartition("/")[2]
    kind = str(one.get("type") or "")
    item = {
        "id": str(one.get("id") or "").rpartition("/")[2],
        "type": {"preprint": "article", "article": "article-journal"}.get(kind, kind),
        "title": one.get("title") or one.get("display_name"),
        "author": [tagged.csl_name(name) for name in names],
        "issued": {"raw": str(one.get("publication_date") or one.get("publication_year") or "")},
        "container-title": within(one, "primary_location", "source", "display_name"),
        "volume": within(biblio, "volume"),
        "issue": within(biblio, "issue"),
        "page": "-".join(dict.fromkeys(str(end) for end in ends if end)),
        "DOI": one.get("doi"),
        "PMID": pmid,
        "language": one.get("language"),
        "note": "Retracted publication" if one.get("is_retracted") is True else "",
    }
    if item["type"] not in _CSL_KINDS | {*_CSL_ALIKE}:
        item["type"] = "article-journal" if item["container-title"] else "document"
    return {name: said for name, said in item.items() if said}


def _unknown_names(unknown: Counter[str], file: str) -> list[Problem]:
    if not unknown:
        return []
    listed = ", ".join(f"{name!r} ({count})" for name, count in sorted(unknown.items()))
    return [Problem("references-tags", file, listed=listed)]


def _says_nothing(value: Any) -> bool:
    return isinstance(value, str) and bool(NO_VALUE.fullmatch(value.strip()))


def _csl_cleaned(raw: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """An item as this library writes it, whatever program wrote it; and what was not certain."""
    told: list[str] = []
    kind = str(raw.get("type") or "document")
    item: dict[str, Any] = {"type": _CSL_ALIKE.get(kind, kind)}
    if item["type"] not in _CSL_KINDS:
        told.append(f"{kind!r} is no kind of work in CSL; it was taken for a document")
        item["type"] = "document"
    for name in _CSL_TEXTS:
        value = raw.get(name)
        value = value[0] if isinstance(value, list) and value else value
        value = int(value) if isinstance(value, float) and value.is_integer() else value
        if isinstance(value, str | int | float) and (text := plain(" ".join(str(value).split()))):
            item[name] = text
    # Crossref says so of a work whose retraction it knows.
    updates = [up for up in raw.get("updated-by") or () if isinstance(up, Mapping)]
    if any(up.get("type") in ("retraction", "withdrawal", "removal") for up in updates):
        item["note"] = "; ".join(filter(None, [item.get("note", ""), "Retracted publication"]))
    # As Crossref has it of theses and preprints.
    for name, other, part in (("publisher", "institution", "name"), ("genre", "degree", "")):
        said = raw.get(other)
        first = said[0] if isinstance(said, list) and said else said
        first = first.get(part) if isinstance(first, Mapping) else first
        if isinstance(first, str) and first and item["type"] in ("thesis", "article", "report"):
            item[name] = plain(first)
    if isinstance(place := raw.get("publisher-location"), str):
        item.setdefault("publisher-place", plain(place))
    held = plain(str(raw.get("event-title") or raw.get("event") or ""))
    if held and item["type"] in ("paper-conference", "speech") and "container-title" not in item:
        # Where a paper was read and nothing was printed, the meeting stands for the press.
        where = plain(str(raw.get("event-place") or ""))
        item.setdefault("publisher", ", ".join(filter(None, [held, where])))
    if item["type"] == "thesis" and isinstance(holder := raw.get("archive"), str):
        item["archive"] = plain(holder)
    if "title" in item and (below := raw.get("subtitle")):
        # Crossref has it apart.
        below = below[0] if isinstance(below, list) else below
        item["title"] = with_subtitle(item["title"], plain(" ".join(str(below).split())))
    for name, others in (("number", ("article-number", "eid")), ("page", ("page-first",))):
        said = next((str(raw[other]) for other in others if raw.get(other)), "")
        if said and name not in item:
            item[name] = plain(said)
    # What Zotero keeps in "Extra", a line for each number.
    extra = str(raw.get("note") or "")
    for name, pattern in (("PMID", r"\d{1,8}"), ("PMCID", r"PMC\d+"), ("DOI", r"10\.\S+")):
        if found := re.search(rf"^{name}:\s*({pattern})\s*$", extra, re.MULTILINE | re.IGNORECASE):
            item.setdefault(name, found[1])
    for role in ("author", "editor", "translator"):
        people = raw.get(role)
        names = []
        for one in people if isinstance(people, list) else [people] if people else []:
            if isinstance(one, str):
                # Some programs write names as text.
                names += tagged.people_of([one], told, by_rule=False)
                continue
            parts = one if isinstance(one, Mapping) else {"literal": one}
            person = tagged.csl_name(name_of_csl(parts))
            if person.get("literal", "").lower().strip(" .") in ("et al", "others"):
                person = {"literal": "et al."}
            if person:
                names.append(person)
        if names:
            item[role] = names
    # Without the first, a record of Crossref has the others.
    dates = ("issued", "published", "published-print", "published-online", "posted")
    said = next(filter(None, (_date_text(raw.get(name)) for name in dates)), "")
    date = read_date(said or str(raw.get("status") or ""))
    item.pop("status", None)
    item.update(tagged.dated(date))
    if said and not date.year and not date.words:
        told.append(f"{said!r} is not a date; it was left out")
    told += tagged.told_date(said)
    issued = raw.get("issued")
    if isinstance(issued, Mapping) and issued.get("circa") not in (None, False, "", 0, "0"):
        told.append(f"The date is said to be about {date.year}; that was left out")
    state = str(raw.get("status") or "")
    if date.year and read_date(state).words not in ("", "n.d."):
        told.append(f"The work is called {state!r} and has a year; its year is shown")
    letter = str(raw.get("year-suffix") or "").strip().lower()
    if date.year and re.fullmatch("[a-z]", letter):
        item["year-suffix"] = letter
    first = read_date(_date_text(raw.get("original-date"))).year
    if date.year and first:
        item["original-date"] = {"date-parts": [[first]]}
    if (accessed := read_date(_date_text(raw.get("accessed")))).year:
        item["accessed"] = tagged.dated(accessed)["issued"]
    doi = doi_of(str(raw.get("DOI") or ""))
    url = str(raw.get("URL") or "").strip()
    if DOI.fullmatch(doi):
        item["DOI"] = doi
    elif doi:
        told.append(f"{doi!r} is not a DOI; it was left out")
    if DOI.fullmatch(bare_doi(url)):
        item.setdefault("DOI", bare_doi(url))
    elif WEB_ADDRESS.fullmatch(url):
        item["URL"] = url
    elif url:
        told.append(f"{url!r} is not a web address; it was left out")
    return item, told


def _date_text(said: Any) -> str:
    if isinstance(said, list):  # of YAML, the first and the last of a range
        return "/".join(filter(None, map(_date_text, said[:2])))
    if isinstance(said, Mapping) and said.get("year"):
        spoken = [str(said.get(name) or "") for name in ("year", "month", "day")]
        return "-".join(part.zfill(2) for part in spoken if part.isdecimal())
    if not isinstance(said, Mapping):
        return str(said or "")
    parts = said.get("date-parts")
    if isinstance(parts, list) and parts and isinstance(parts[0], list) and parts[0]:
        dates = [
            "-".join(f"{int(p):02d}" for p in date[:3] if re.fullmatch(r"\d{1,4}", str(p)))
            for date in parts[:2]
            if isinstance(date, list)
        ]
        return "/".join(date for date in dates if date)
    return str(said.get("literal") or said.get("raw") or "")


# --- keys ---------------------------------------------------------------------------------------


def keys_for(items: Sequence[Mapping[str, Any]]) -> list[str]:
    """First author and year, with letters where two works would be called alike.

    A letter that stands in the year of a file stays with its work, for tables name it so.

    >>> lee = {"author": [{"family": "Lee"}], "issued": {"date-parts": [[2020]]}}
    >>> keys_for([lee, lee]), keys_for([{**lee, "year-suffix": "b"}, lee])
    (['lee2020a', 'lee2020b'], ['lee2020b', 'lee2020a'])
    """
    stems = []
    # Names in other scripts give no key. They are numbered, for a letter would say that all are
    # one author.
    unwritten: dict[str, dict[str, int]] = {}
    for item in items:
        people = item.get("author") or item.get("editor") or [{}]
        first = people[0]
        particle = first.get("non-dropping-particle", "")
        name = f"{particle} {first.get('family', '')}".strip() or first.get("literal", "")
        parts = item.get("issued", {}).get("date-parts")
        year = str(parts[0][0]) if parts else ""
        said = fold(name or item.get("title", ""))
        written = slug(said, "")
        if not written:
            alike = unwritten.setdefault(year, {})
            number = alike.setdefault(said, len(alike) + 1)
            written = f"work-{number}{year and '-'}" if number > 1 else "work"
        stems.append(f"{written}{year}")
    counts = Counter(stems)
    keys: list[str] = []
    lettered = [f"{s}{i.get('year-suffix', '')}" for s, i in zip(stems, items, strict=True)]
    kept = {key for key, n in Counter(lettered).items() if n == 1} - {*stems}
    taken: set[str] = {*kept}
    seen: Counter[str] = Counter()
    for stem, own in zip(stems, lettered, strict=True):
        if own in kept:
            keys.append(own)
            continue
        if counts[stem] == 1:
            key = _another(stem, taken)
        else:
            # A letter belongs to a year; a name without one gets a number.
            key = ""
            while not key or key in taken:
                seen[stem] += 1
                number = seen[stem]
                letter = chr(96 + number) if number <= 26 and stem[-1:].isdigit() else f"-{number}"
                key = f"{stem}{letter}"
        taken.add(key)
        keys.append(key)
    return keys
