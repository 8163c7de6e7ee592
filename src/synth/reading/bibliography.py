"""``references.bib``: its works as records, and everything that is wrong with it.

bibtexparser splits the file; this module decides what is a problem. LaTeX is decoded by the record
and only when a field is looked at.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from synth.errors import Problem, did_you_mean
from synth.reading.textio import read_text, without_collecting
from synth.references.latex import decode, unknown_commands
from synth.references.matching import title_key
from synth.references.sameness import differences
from synth.references.work import (
    DOI,
    MONTHS,
    RETRACTED,
    UNDATED,
    WEB_ADDRESS,
    Bibliography,
    Reference,
    full_range,
    left_of_date,
    read_month,
    same_doi,
)
from synth.text import fold_words, shorten

BIB_FILE = "references.bib"

_MONTHS = frozenset(
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
)
_ENCLOSING = re.compile(r"(?<!\\)[{}\"]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


def read_bibliography(path: Path) -> tuple[Bibliography, list[Problem]]:
    """Read a ``.bib`` file and say everything that is wrong with it.

    Parameters
    ----------
    path : the file; problems name it by its last part, since it stands in the review's root.

    Returns
    -------
    The works that could be read, and the problems of those and of the others.
    """
    text, problems = read_text(path, path.name)
    if text is None:
        return Bibliography(), problems
    with without_collecting():
        bibliography, found = parse_bibliography(text, path.name)
    return bibliography, problems + found


def parse_bibliography(text: str, file: str = BIB_FILE) -> tuple[Bibliography, list[Problem]]:
    """Turn the text of a ``.bib`` file into works and problems.

    >>> works, problems = parse_bibliography("@book{abbott1988, title={The system}, year=1988}")
    >>> works["abbott1988"].year, problems
    (1988, [])
    """
    from bibtexparser import model
    from bibtexparser.entrypoint import parse_string

    problems: list[Problem] = []
    if damage := _CONTROL.search(text):
        line = text.count("\n", 0, damage.start()) + 1
        code = f"0x{ord(damage[0]):02X}"
        problems.append(Problem("entry-control-sign", file, line, sign=code))
        text = _CONTROL.sub("", text)
    # What encloses a value is taken off by _reference, which must look at it anyway.
    with _quiet("bibtexparser"):
        library = parse_string(text, parse_stack=[])

    strings = _strings(library.strings) if "@string" in text.lower() else {}
    references: list[Reference] = []
    broken: set[str] = set()
    after_failure = inherits = False
    for block in library.blocks:
        line = (block.start_line or 0) + 1
        if isinstance(block, model.Entry):
            reference, found = _reference(block, line, file, strings)
            problems += found
            if reference is not None:
                references.append(reference)
                inherits = inherits or "crossref" in reference.fields or "xdata" in reference.fields
        elif isinstance(block, model.ParsingFailedBlock):
            problem = _failure(block, line, file)
            problems.append(problem)
            broken.add(problem.where)
        elif isinstance(block, model.ImplicitComment) and not after_failure:
            found = _stray(block.comment, line, file)
            problems += found
            broken.update(problem.where for problem in found)
        after_failure = isinstance(block, model.ParsingFailedBlock)
    if inherits:
        references, found = _inherited(references, file, broken)
        problems += found
    works = (work for work in references if work.kind not in _NO_WORKS)
    return Bibliography(works, frozenset(broken)), problems


_NO_WORKS = frozenset(["xdata", "set"])
"""Entries of biblatex that hold fields for others, or name others that stand for themselves."""


def _strings(blocks: Any) -> dict[str, str]:
    """The abbreviations of a file, in lower case, with what each stands for."""
    written = {block.key.lower(): str(block.value) for block in blocks}
    known: dict[str, str] = {}
    # One may be made of others, whatever their order: each round settles at least one more.
    for _ in range(len(written)):
        before = len(known)
        for name, value in written.items():
            if name not in known and (joined := _joined(value.strip(), known)) is not None:
                known[name] = joined
        if len(known) == before:
            break
    return known


def _inherited(
    references: list[Reference], file: str, broken: set[str]
) -> tuple[list[Reference], list[Problem]]:
    """Works with what they take from the entry that ``crossref`` or ``xdata`` names."""
    by_key = {reference.key.lower(): reference for reference in references}
    problems: list[Problem] = []

    def whole(work: Reference, above: tuple[str, ...]) -> Reference:
        fields = dict(work.fields)
        named = [fields.get("crossref", ""), *fields.get("xdata", "").split(",")]
        for name in filter(None, (key.strip() for key in named)):
            parent = by_key.get(name.lower())
            if parent is None or name.lower() in above:
                if name not in broken:
                    why = "takes them from it" if parent is not None else "is no entry"
                    place = (
                        "entry-crossref",
                        file,
                        work.lines.get("crossref", work.line),
                        work.key,
                    )
                    near = did_you_mean(name, [other.key for other in references])
                    problems.append(Problem(*place, value=name, why=why, near=near))
                continue
            taken = whole(parent, (*above, name.lower())) if above else _parent(parent, whole, name)
            for field, value in taken.fields.items():
                if (passed := _passed_on(field, work, taken)) and passed not in fields:
                    fields[passed] = value
        return replace(work, fields=fields) if fields != work.fields else work

    return [
        whole(r, (r.key.lower(),)) if "crossref" in r.fields or "xdata" in r.fields else r
        for r in references
    ], problems


def _parent(parent: Reference, whole: Any, name: str) -> Reference:
    needs = "crossref" in parent.fields or "xdata" in parent.fields
    made: Reference = whole(parent, (parent.key.lower(), name.lower())) if needs else parent
    return made


_OWN = frozenset(
    ["crossref", "xdata", "xref", "doi", "url", "pages", "eid", "abstract", "keywords", "note"]
)


def _passed_on(field: str, child: Reference, parent: Reference) -> str:
    """The name a parent's field has in its child; empty when it is the parent's own."""
    if parent.kind == "xdata":
        return field
    if field in _OWN:
        return ""
    part = child.kind in (
        "inbook",
        "incollection",
        "inproceedings",
        "conference",
        "bookinbook",
        "inreference",
    )
    if field in ("title", "subtitle"):
        if part:
            return f"book{field}"
        return f"journal{field}" if child.kind == "article" else ""
    if field == "author" and part and child.kind != "inbook":
        return ""
    return field


# --- what can be wrong ------------------------------------------------------------------------


def _reference(
    entry: Any, line: int, file: str, strings: Mapping[str, str]
) -> tuple[Reference | None, list[Problem]]:
    """One entry as a work; ``None`` when it has no key to be cited by."""
    key = entry.key
    if not key:
        return None, [Problem("entry-keyless", file, line)]
    problems: list[Problem] = []
    if len(key.split()) > 1:
        mended = re.sub(r"[^A-Za-z0-9_-]+", "", key) or "otte2020a"
        problems.append(Problem("entry-key-space", file, line, key, value=key, mended=mended))
    fields: dict[str, str] = {}
    lines: dict[str, int] = {}
    for item in entry.fields:
        name, value = item.key.lower(), item.value
        if not name.isalpha():
            name = _field_name(item.key, key, item.start_line + 1, file, problems)
        if name in fields:
            place = ("entry-field-twice", file, item.start_line + 1, key)
            problems.append(Problem(*place, value=repr(name)))
        inner: str | None = value[1:-1]
        # Nearly every value stands in braces and holds none.
        if value.find("{", 1) > 0 or value[:1] != "{" or value.find("}") != len(value) - 1:
            inner = _inside(value)
        # Neither in braces nor in quotation marks: a number, abbreviations, or else a sign that a
        # comma is missing and the next field was swallowed.
        if inner is None and not value.isdecimal():
            inner = _joined(value, strings)
            if inner is None:
                inner, problem = value, _unenclosed(value, name, key, item.start_line + 1, file)
                problems.append(problem)
        fields[name] = value if inner is None else inner.strip()
        lines[name] = item.start_line + 1
    return Reference(key, entry.entry_type.lower(), fields, line, lines), problems


def _field_name(written: str, key: str, line: int, file: str, problems: list[Problem]) -> str:
    """The name of a field, without the comment that may stand before it."""
    comments = [part.strip() for part in written.split("\n") if part.strip().startswith("%")]
    rest = " ".join(part for part in written.split("\n") if not part.strip().startswith("%"))
    name = " ".join(rest.split()).lower()
    if comments:
        problems.append(Problem("entry-comment-inside", file, line, key, value=comments[0]))
    if " " in name or "%" in name or not name:
        problems.append(Problem("entry-field-name", file, line, key, value=name))
    return name


def _inside(value: str) -> str | None:
    """What one pair of braces or quotation marks encloses; ``None`` without such a pair.

    >>> _inside("{A {B} c}"), _inside("{A} year = {2020}")
    ('A {B} c', None)
    """
    pair = value[:1] + value[-1:]
    if pair not in ("{}", '""') or len(value) < 2:
        return None
    inner = value[1:-1]
    if "{" in inner or "}" in inner or '"' in inner:
        depth = 0
        for mark in _ENCLOSING.findall(inner):
            depth += {"{": 1, "}": -1}.get(mark, 0)
            if depth < 0 or (depth == 0 and mark == '"' and pair == '""'):
                return None
    return inner


def _joined(value: str, strings: Mapping[str, str]) -> str | None:
    """A value made of texts, numbers and abbreviations with ``#``; ``None`` if it is not one.

    >>> _joined("jmed # { Supplement}", {"jmed": "Journal"}), _joined("aa", {})
    ('Journal Supplement', None)
    """
    parts: list[str] = []
    start = depth = 0
    quoted = False
    for place, mark in enumerate(value):
        if mark == '"' and depth == 0 and value[place - 1 : place] != "\\":
            quoted = not quoted
        elif mark in "{}" and not quoted:
            depth += 1 if mark == "{" else -1
        elif mark == "#" and depth == 0 and not quoted:
            parts.append(value[start:place].strip())
            start = place + 1
    parts.append(value[start:].strip())
    texts = []
    for part in parts:
        inner = _inside(part)
        if inner is None:
            name = part.lower()
            known = strings.get(name, name if part.isdecimal() or name in _MONTHS else None)
            if known is None:
                return None
            inner = known
        texts.append(inner)
    return "".join(texts)


def _unenclosed(value: str, name: str, key: str, line: int, file: str) -> Problem:
    swallowed = re.search(r"(\w+)\s*=\s*[{\"\d]", value)
    if swallowed:
        return Problem("entry-comma", file, line, key, field=name, following=swallowed[1])
    unknown = next((p for p in re.split(r"\s*#\s*", value) if re.fullmatch(r"[^\s{}\"#,]+", p)), "")
    if not unknown:
        return Problem("entry-unenclosed", file, line, key, field=name)
    if name == "month" and (number := read_month(value)[0]):
        return Problem("entry-month", file, line, key, value=value, short=MONTHS[number - 1][0])
    return Problem("entry-abbreviation", file, line, key, field=name, value=unknown)


def _failure(block: Any, line: int, file: str) -> Problem:
    """A part of the file that bibtexparser could not read, in an author's words."""
    from bibtexparser import model

    head = re.match(r"@\s*\w+\s*[{(]\s*([^\s,{}()=]+)\s*,?", block.raw or "")
    key = head[1] if head else ""
    if isinstance(block, model.DuplicateBlockKeyBlock):
        first = (block.previous_block.start_line or 0) + 1
        return Problem("entry-key-taken", file, line, block.key, value=block.key, other=first)
    if isinstance(block, model.DuplicateFieldKeyBlock):
        twice = ", ".join(repr(name) for name in sorted(block.duplicate_keys))
        return Problem("entry-field-twice", file, line, key, value=twice)
    reason = " ".join(
        str(getattr(block.error, "abort_reason", block.error)).replace("`", "'").split()
    )
    if re.match(r"@\s*\w+\s*[{(]\s*\w+\s*=", block.raw or ""):
        return Problem("entry-keyless", file, line)
    if "comma after entry key" in reason:
        return Problem("entry-key-comma", file, line, key, key=key)
    if "end of file" in reason:
        return Problem("entry-cut-off", file, line, key)
    if "block start" in reason:
        return Problem("entry-unclosed", file, line, key)
    return Problem("entry-unreadable", file, line, key, reason=reason.rstrip("."))


def _stray(comment: str, line: int, file: str) -> list[Problem]:
    """Text between entries is a comment in BibTeX, even when it was meant as an entry."""
    entry = re.search(
        r"^[ \t]*@?[ \t]*(?!comment\b)\w+\s*[{(]\s*([^\s,{}]+)\s*,",
        comment,
        re.MULTILINE | re.IGNORECASE,
    )
    if not entry and not re.search(r"^\s*\w+\s*=\s*[{\"]", comment, re.MULTILINE):
        return []
    if entry:
        line += comment[: entry.start()].count("\n")
    return [Problem("entry-stray", file, line, entry[1] if entry else "")]


# What the record reads, and what reference managers write that no list of references shows.
SHOWN = frozenset(
    word
    for line in """
    author editor translator title subtitle maintitle booktitle booksubtitle journal journaltitle
    journalsubtitle shortjournal year date month day pubstate volume number issue pages eid
    articleno article-number edition publisher institution school organization howpublished address
    location series type entrysubtype doi url isbn issn note pmid pmcid eprint eprinttype urldate
    language crossref xdata chapter origdate origyear
    eventtitle venue issuetitle issuesubtitle volumes version
    """.splitlines()
    for word in line.split()
)
_UNSHOWN = frozenset(
    word
    for line in """
    abstract keywords keyword file groups owner timestamp creationdate modificationdate annote
    annotation comment langid hyphenation shorttitle issn-l copyright rights ids options sortkey
    sortname key keywords-plus abbrev_source_title author_keywords affiliation affiliations address1
    unique-id web-of-science-categories research-areas times-cited number-of-cited-references
    journal-iso doc-delivery-number usage-count-last-180-days usage-count-since-2013 da eissn
    book-group-author author-email researcherid-numbers orcid-numbers funding-acknowledgement
    funding-text cited-references source document_type correspondence_address1 pubmed_id coden
    references art_number page_count publication_stage abbreviated_source_title cited_by
    mendeley-groups mendeley-tags arxivid archiveprefix primaryclass eprintclass urlyear lccn
    priority ranking readstatus qualityassured relevance printed reviewed status numpages pagetotal
    publicationstatus articletype accession_number an database ean nationalid
    eventdate origtitle origlanguage origpublisher originaltitle addendum
    pubmedid early-access-date early-access-year oa esi-highly-cited-paper esi-hot-paper
    web-of-science-index editor+an author+an annotator commentator introduction foreword afterword
    editora editoratype editortype titleaddon booktitleaddon journalabbreviation part
    eventtitleaddon x-color bibsource biburl date-added date-modified citeulike-article-id
    posted-at interhash intrahash username added-at description isi-number
    """.splitlines()
    for word in line.split()
)
_BY_PROGRAM = re.compile(
    r"(?:bdsk|jabref|citeulike|citavi|zotero|mendeley|ris|added|local)[-_].+|user[a-f]|verb[a-c]|list[a-f]|name[a-c]|file\d*"
)


# How publishers, PubMed and reference managers mark a work that was taken back.
_RETRACTED = (
    ("title", RETRACTED),
    ("note", re.compile(r"\bretracted\b|\bwithdrawn publication\b", re.IGNORECASE)),
    ("keywords", re.compile(r"\bretracted publication\b", re.IGNORECASE)),
)


def check_bibliography(
    bibliography: Bibliography, latest: int, file: str = BIB_FILE
) -> list[Problem]:
    """Say what is wrong inside the entries: years, DOIs, addresses, titles, names.

    Parameters
    ----------
    bibliography : the works.
    latest : the last year a work can bear, usually the one after the data's.
    file : name of the file in the problems.
    """
    problems: list[Problem] = []
    keys: dict[str, Reference] = {}
    dois: dict[str, Reference] = {}
    alike: dict[tuple[str, str, str], Reference] = {}
    unread: Counter[str] = Counter()
    for work in bibliography.values():
        fields = work.fields
        if work.date.year and work.fields.get("pubstate", "published").lower() != "published":
            unread["pubstate"] += 1
        if not work.date.original:
            unread.update(name for name in ("origdate", "origyear") if name in fields)

        def add(code: str, at: str = "", work: Reference = work, **fields: object) -> None:
            line = work.lines.get(at, work.line)
            problems.append(Problem(code, file, line, work.key, **fields))

        other = keys.setdefault(work.key.lower(), work)
        if other is not work:
            add("entry-key-capitals", other=other.key, line=other.line)
        if not work.title:
            add("entry-untitled")
        if not fields.get("author", "").strip() and not fields.get("editor", "").strip():
            add("entry-authorless")
        if told := next(
            (name for name, said in _RETRACTED if said.search(fields.get(name, ""))), ""
        ):
            shown = shorten(decode(fields[told]), 60)
            add("entry-retracted", told, field=told, value=shown)
        if first_and_last := _backwards(fields.get("pages", "")):
            add("entry-pages-backwards", "pages", value=first_and_last)
        for role, told in work.unsure_names:
            add("entry-names", role, told=told.rstrip("."))
        dated = "date" if fields.get("date") else "year"
        year = decode(fields.get(dated, ""))
        if year and not work.date.words and not 1000 <= work.date.year <= latest:
            add("entry-year", dated, value=year, latest=latest, undated=", ".join(UNDATED))
        elif left_of_date(year):
            add("entry-date", dated, value=year, read=work.year_text, undated=", ".join(UNDATED))
        _check_links(work, dois, add)
        if title := title_key(work.title):
            who = fold_words(work.authors[0].family) if work.authors else ""
            other = alike.setdefault((title, who, work.year_text), work)
            two = other is not work and not (work.doi and other.doi)
            if two and not differences(other, work):
                add("entry-alike", other=other.key, line=other.line)
        for name, value in fields.items():
            if name in SHOWN:
                strange = unknown_commands(value) if name not in ("doi", "url") else []
                if strange:
                    add("entry-latex", name, field=name, listed=", ".join(strange))
            elif name not in _UNSHOWN and " " not in name and not _BY_PROGRAM.fullmatch(name):
                unread[name] += 1
    if unread:
        listed = ", ".join(f"{name!r} ({count})" for name, count in sorted(unread.items()))
        problems.append(Problem("entry-fields-unshown", file, listed=listed))
    return problems


def _backwards(pages: str) -> str:
    """The span of pages that ends before it begins; 767--74 is short for 767--774.

    >>> _backwards("774--767"), _backwards("767--66"), _backwards("767--74"), _backwards("98-102")
    ('774--767', '767--66', '', '')
    """
    span = re.fullmatch(r"(\d+)–(\d+)", full_range(pages))
    return pages.strip() if span and int(span[2]) < int(span[1]) else ""


def _check_links(work: Reference, dois: dict[str, Reference], add: Any) -> None:
    doi, url = work.doi, work.url
    if doi and not DOI.fullmatch(doi):
        bare = DOI.search(doi)
        mended = f"Write doi = {{{bare[0]}}}." if bare and " " not in doi else ""
        add("entry-doi", "doi", value=doi, mended=mended or "A DOI reads 10.1000/xyz123.")
    elif doi:
        other = dois.setdefault(same_doi(doi), work)
        if other is not work:
            add("entry-doi-twice", "doi", other=other.key, line=other.line)
    if url and not WEB_ADDRESS.fullmatch(url):
        add("entry-address", "url", value=url)


@contextmanager
def _quiet(name: str) -> Iterator[None]:
    """Keep a library from logging what is said as a problem, with its line, anyway."""
    logger = logging.getLogger(name)
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(level)
