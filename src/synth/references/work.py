"""The works a review cites: each one record, from which citations, lists and exports are made."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import NamedTuple
from urllib.parse import unquote

from synth.references.latex import decode, decode_address
from synth.references.names import Name, Names, read_names
from synth.text import fold_words

DOI = re.compile(r"10\.\d{4,9}/\S*[^\s.,;]")
"""What a DOI looks like (crossref.org, "DOIs and matching regular expressions")."""

WEB_ADDRESS = re.compile(r"https?://[^\s<>\"{}\\|^`]+")
"""An address that a browser opens, without the signs that only a mistake leaves in one."""

SEVERAL_ADDRESSES = re.compile(r"(?:\s+|\s*;\s*)(?=<?https?://)")
"""What stands between several addresses in one value."""

UNDATED = (
    "n.d.",
    "in press",
    "forthcoming",
    "submitted",
    "in preparation",
    "advance online publication",
)
"""What stands for a year in the styles reviewers use."""

BOILERPLATE = re.compile(
    r"^\s*(?:Export Date|Cited By|Cited Reference|Accession Number|Times Cited|CODEN|"
    r"Correspondence|ISSN|"
    r"Publication Type|Source|Copyright|Date (?:of|created)|Number of|Last updated|"
    r"Database|Document "
    r"Type|Language|Record:|"
    r"Place of Publication|Citation Subset|Nationality|NLM |PubMed|MEDLINE|Updated|"
    r"Journal Article|Article$|"
    r"Conference|doi:|PMID|Funding|Registry|Physical Description|Subject|Peer Reviewed|"
    r"Name - |Electronic|"
    r"Cochrane|Compilation|Full text|Reprint|SCOPUS|Using Smart Source|Grant|Ppublish|"
    r"undefined; M\d:|\d{4}-\d\d-\d\d$|"
    r"Epub|Reference|WOS|Web of|RAYYAN-|Covidence (?:#|id\b)|Exclusion reason|doi - )",
    re.IGNORECASE,
)
"""Notes that a database writes about its own export, not about the work."""

# What those who screened wrote, with their names. Rayyan puts it behind the database's note;
# Covidence writes "Ann Lee (2019-09-17 02:54:57)(Screen): unsure;".
_SCREENED = re.compile(
    r"\s*\|?\s*(?:RAYYAN-[A-Z-]+|USER-NOTES):.*|"
    r"(?:^|(?<=;)|\n)[^;:()|]{1,60}\(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\)\([^()]{1,30}\):.*",
    re.DOTALL,
)
# What EndNote keeps of a record of PubMed: all names, kinds and languages, and how it is cited.
_OF_PUBMED = re.compile(
    r"\b(?:Research Support, |Journal Article\b|Review\b|eng\b).*"
    r"\b(?:19|20)\d\d(?: [A-Z][a-z]{2}\b[^;.]*)?;[^;]*:\s*[\w.-]+",
    re.DOTALL,
)
# What Zotero puts into a note of BibTeX, for want of a field: "Number: 3 Publisher: Press".
_OF_ZOTERO = re.compile(
    r"\s*(?:_eprint|(?:Backup )?Publisher|(?:Version )?Number|Section|Place|ADS Bibcode|ISBN|Type|"
    r"Select|Company|Distributor|Institution|(?:Num )?Pages|Edition|Issue|Volume|Series|"
    r"Meeting Name|Event(?:-place)?|Google-Books-ID|Citation Key|Container-title|Original-date|"
    r"tex\.\w+):\s"
)
_OF_THE_WORK = re.compile(r"\b(?:Errat|Retract|Correct|Corrig|Withdr|Comment|Expression of)", re.I)


RETRACTED = re.compile(
    r"^\W*(?:RETRACTED|Retracted|WITHDRAWN|Withdrawn)(?: [Aa]rticle| ARTICLE| [Pp]aper)?"
    r"\W*[:\])]\s*"
)
"""How a title begins whose work was taken back."""

# When somebody looked at it, which is no remark on the work.
_SEEN = re.compile(
    r"(?:date |last )?(?:accessed|visited|retrieved)\b[\s:,]*(?:on |at )?[\w ,./:-]*\d{4}[\d-]*\.?",
    re.IGNORECASE,
)

# How programs write that a value is missing, where they should write nothing.
_NO_WORD = r"(?:N/?A|None|NULL|NaN|undefined)"
NO_VALUE = re.compile(rf"{_NO_WORD}(?:-+{_NO_WORD})?", re.IGNORECASE)


def own_note(text: str) -> str:
    """A note, without what databases and tools for screening write about their own records.

    >>> own_note('Read twice | RAYYAN-INCLUSION: {"Ann"=>"Included"}')
    'Read twice'
    >>> own_note("Accessed: 2021-03-04"), own_note("Retrieved 4 May 2020; read twice")
    ('', 'Retrieved 4 May 2020; read twice')
    >>> own_note("Ann Lee (2019-09-17 02:54:57)(Screen): unsure;"), own_note("Cited By: 3")
    ('', '')
    """
    said = _SCREENED.sub("", text).strip()
    if _SEEN.fullmatch(said):
        return ""
    about_record = _OF_ZOTERO.match(said) or _OF_PUBMED.search(said)
    if BOILERPLATE.match(said) or (about_record and not _OF_THE_WORK.search(said)):
        return ""
    return said


# --- dates --------------------------------------------------------------------------------------


class Date(NamedTuple):
    """When a work appeared, as far as its entry says.

    ``year`` is 0 for an undated work, ``last`` the last year of a range, ``letter`` what tells
    works of one author and year apart, ``words`` what stands for a year, such as "in press",
    ``original`` the year of the first edition of a work that came out again.
    """

    year: int = 0
    month: int = 0
    day: int = 0
    last: int = 0
    letter: str = ""
    words: str = ""
    original: int = 0


MONTHS = (
    ("jan", "January"),
    ("feb", "February"),
    ("mar", "March"),
    ("apr", "April"),
    ("may", "May"),
    ("jun", "June"),
    ("jul", "July"),
    ("aug", "August"),
    ("sep", "September"),
    ("oct", "October"),
    ("nov", "November"),
    ("dec", "December"),
)
_MONTH_NAMES = {short: number for number, (short, _) in enumerate(MONTHS, 1)}
_MONTH = re.compile(
    r"\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)(?=[a-z]*\b)", re.IGNORECASE
)
_ISO = re.compile(r"(\d{4})(?:[-/.](\d{1,2}))?(?:[-/.](\d{1,2}))?(?:(?:/{1,3}|T)[\d:.Z+-]*)?")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)")
_SPAN = re.compile(r"(\d{4})\s*(?:/|--?-?|–|—|to)\s*(\d{4}|\d{2}(?!\d))(?![-/\d])")
_SPAN_OF_DATES = re.compile(r"(\d{4}(?:-\d\d){0,2})/(\d{4}(?:-\d\d){0,2})")
# "1990s" is a decade.
_LETTERED = re.compile(r"(\d{4})([a-rt-z])")
# APA's form for a work that came out again (8.15), where a slash of two years is a volume's.
_REPUBLISHED = re.compile(r"(?<![\d/])(1[5-9]\d\d|20\d\d) ?/ ?(1[5-9]\d\d|20\d\d)([a-z]?)(?![\w/])")
_NO_VOLUME = 3
_WORDS = {
    **dict.fromkeys(("n.d.", "nd", "n. d.", "n.d", "no date", "undated", "s.a.", "s. a."), "n.d."),
    **dict.fromkeys(("in press", "inpress", "in-press", "press", "accepted"), "in press"),
    **dict.fromkeys(("forthcoming", "to appear", "to be published"), "forthcoming"),
    **dict.fromkeys(("submitted", "under review"), "submitted"),
    **dict.fromkeys(("in preparation", "inpreparation", "prepublished"), "in preparation"),
    **dict.fromkeys(("advance online publication", "online first"), "advance online publication"),
    **dict.fromkeys(("epub ahead of print", "ahead of print"), "advance online publication"),
}


@lru_cache(maxsize=4096)
def read_date(text: str) -> Date:
    """When something appeared, from the many ways that is written.

    >>> read_date("2019-05-04"), read_date("2018/2019").last, read_date("c2018").year
    (Date(year=2019, month=5, day=4, last=0, letter='', words='', original=0), 2019, 2018)
    >>> read_date("2018 May-Jun")[:2], read_date("In press").words, read_date("soon") == Date()
    ((2018, 5), 'in press', True)
    >>> read_date("1923/2010").year, read_date("1923/2010").original
    (2010, 1923)
    """
    said = " ".join(text.split()).strip("[](){} .,;~?%©")
    if not said:
        return Date()
    lower = said.lower()
    for form in (lower, f"{lower}."):
        if form in _WORDS:
            return Date(words=_WORDS[form])
    if found := _LETTERED.fullmatch(said):
        return Date(int(found[1]), letter=found[2])
    again = _REPUBLISHED.fullmatch(said)
    if again and int(again[2]) - int(again[1]) > _NO_VOLUME:
        return Date(int(again[2]), letter=again[3], original=int(again[1]))
    if found := _SPAN_OF_DATES.fullmatch(said):
        start, end = read_date(found[1]), read_date(found[2])
        return start._replace(last=end.year if end.year != start.year else 0)
    # "2018/19" is a span; "2018/11" is how RIS writes a month.
    found = _SPAN.fullmatch(said)
    if found and (len(found[2]) == 4 or ("/" in said and int(found[2]) > 12)):
        last = int(found[2] if len(found[2]) == 4 else found[1][:2] + found[2])
        if last > int(found[1]):
            return Date(int(found[1]), last=last)
    if found := _COMPACT.fullmatch(said) or _ISO.fullmatch(said):
        month, day = int(found[2] or 0), int(found[3] or 0)
        if month <= 12 and day <= 31:
            return Date(int(found[1]), month, day)
        return Date(int(found[1]))
    year = re.search(r"(?<!\d)\d{4}(?!\d)", said)
    if year is None:
        return Date()
    month_name = _MONTH.search(said)
    rest = said[: year.start()] + " " + said[year.end() :]
    number = re.search(r"(?<![\d-])(\d{1,2})(?![\d-])", rest) if month_name else None
    return Date(
        int(year[0]),
        _MONTH_NAMES[month_name[1].lower()] if month_name else 0,
        int(number[1]) if number and int(number[1]) <= 31 else 0,
    )


# What a date may say besides its numbers that no list of references shows, in the languages of
# databases: months, seasons, and that something was published.
_OF_A_DATE = re.compile(
    r"\b(?:janv?|f[ée]vr?|febb?r?|mar[sz]?|märz|avr|a[bp]r|mai|may|mag|maj|mei|ju[inl]|giu|lug|ao[ûu]|"
    r"a[ug]go?|sept?|set|o[ckt]t|out|nov|d[éei][czk]|ene|gen|fev|spring|summer|autumn|fall|winter|"
    r"easter|quarter|trimest)[^\W\d]*|\b(?:published(?: online)?|e?print|epub|online(?! first)|"
    r"electronic|annual|week|w\d\d|suppl|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?|cop|"
    r"de|del|of|the|no|q[1-4]|first|second|third|fourth|\d{1,2}(?:st|nd|rd|th)?)\b",
    re.IGNORECASE,
)


def left_of_date(text: str) -> bool:
    """Whether a date says more than what is read of it and what no list of references shows.

    >>> left_of_date("c. 1850"), left_of_date("2020 (in press)"), left_of_date("1990?")
    (True, True, True)
    >>> left_of_date("Spring 2011"), left_of_date("4 mai 2019"), left_of_date("2018/2019")
    (False, False, False)
    >>> (
    ...     left_of_date("2004/5//print"),
    ...     left_of_date("Sat, 5 May 2018"),
    ...     left_of_date("2011//Jan2011"),
    ... )
    (False, False, False)
    """
    date = read_date(text)
    if not date.year or (text.isdecimal() and len(text) == 4):
        return False
    said = re.sub(r"^c(?=\d{4})", "", text.strip("[](){} .,;©"))  # of a copyright
    if date.month and (_ISO.fullmatch(said) or _COMPACT.fullmatch(said)):
        return False
    if re.search(r"[?~%]|\d\s*[-–—]+$", said):
        return True
    for year in filter(None, (date.year, date.last, date.original)):
        said = re.sub(rf"(?<!\d){year}(?!\d){date.letter and f'{date.letter}?'}", " ", said)
    if date.last:
        said = re.sub(rf"/{date.last % 100:02}\b", " ", said)
    said = _OF_A_DATE.sub(" ", re.sub("[年月日년월일]", " ", said))
    return bool(re.search(r"[^\W_]", said))


def own_years(text: str) -> str:
    """A text in which a work that came out again has its own year alone.

    >>> own_years("Freud 1900/2010b"), own_years("Lee 2018/2019")
    ('Freud 2010b', 'Lee 2018/2019')
    """
    return _REPUBLISHED.sub(
        lambda m: m[2] + m[3] if int(m[2]) - int(m[1]) > _NO_VOLUME else m[0], text
    )


def read_month(text: str) -> tuple[int, int]:
    """The month and day of a field ``month``, such as ``jul # {~18}``; 0 where it says none."""
    said = text.strip(" .{}")
    if said.isdecimal():
        return (int(said), 0) if 1 <= int(said) <= 12 else (0, 0)
    month = _MONTH.search(said)
    day = re.search(r"(?<!\d)(\d{1,2})(?!\d)", said)
    return (
        _MONTH_NAMES[month[1].lower()] if month else 0,
        int(day[1]) if month and day and int(day[1]) <= 31 else 0,
    )


# --- DOIs and addresses -------------------------------------------------------------------------

_DOI_PREFIX = re.compile(
    r"^\s*(?:(?:https?:)?//(?:[\w.-]*doi[\w.-]*\.[a-z]{2,}|doi)/|(?:dx\.)?doi\.org/|"
    r"info:doi/|urn:doi:|doi\s*[:=]?\s*)+",
    re.IGNORECASE,
)


def bare_doi(text: str) -> str:
    r"""A DOI without the address, the ``doi:`` or the escapes around it; other text as it stands.

    >>> (
    ...     bare_doi("https://dx.doi.org/10.1000/AB{\\_}c."),
    ...     bare_doi("DOI: 10.1000/x"),
    ...     bare_doi("none"),
    ... )
    ('10.1000/AB_c', '10.1000/x', 'none')
    """
    if _CODED.match(text):
        text = unquote(text)
    if text[:3] == "10." and not _UNCLEAN.search(text):
        return text
    # EndNote has PubMed's two numbers in one field: "10.1000/x S0000000000000000 [pii]".
    said = " ".join(_PII.sub(" ", text).split())
    if "\\" in said or "{" in said or "&" in said or "$" in said:
        said = decode_address(said)
    short = _DOI_PREFIX.sub("", said)
    if short != said and "%" in short:
        short = unquote(short)
    if short != said:
        short = re.sub(r"[?#](?:utm_|ref=|via=|journalCode=)\S*$", "", short)
    short = _BRACKETED.sub(r"\1", short)
    short = re.sub(r"\s*\[doi\]$", "", short, flags=re.IGNORECASE).strip().rstrip(".,; ")
    return short or said


_CODED = re.compile(r"10\.\d{4,9}%2F", re.IGNORECASE)
_PII = re.compile(r"(?:^|\s)\S+\s*\[pii\](?=\s|$)", re.IGNORECASE)
_BRACKETED = re.compile(r"^[<\[(]\s*(?:(?i:doi)\s*:?\s*)?(10\.\d{4,9}/[^\s<>\[\]]*)\s*[>\])]$")
_UNCLEAN = re.compile(r"[\s\\{}&$]|[.,;]$")


# A page of a publisher names the DOI of what it shows.
_PAGE_OF_DOI = re.compile(
    r"https?://[^/\s]+/(?:\S*?/)?(?:doi|articles?|chapter|content/pdf|article\?id=)/?"
    r"(?:(?:full|abs|pdf|epdf|epub|book|ref|figure|pdfdirect|xml)/)?(10\.\d{4,9}/[^\s?#]+?)"
    r"(?:/(?:full|abstract|pdf|epdf|html|references|meta))?(?:\.pdf|\.html?)?(?:[?#]\S*)?",
    re.IGNORECASE,
)


def doi_of(text: str) -> str:
    """As :func:`bare_doi`, also of the page of a publisher.

    >>> doi_of("https://www.example.org/doi/full/10.1000/x.1?role=tab"), doi_of("DOI: 10.1000/x")
    ('10.1000/x.1', '10.1000/x')
    """
    said = bare_doi(text)
    page = _PAGE_OF_DOI.fullmatch(said)
    return unquote(page[1]) if page else said


def same_doi(doi: str) -> str:
    """A DOI as it is compared: without its address, whatever its capitals."""
    return bare_doi(doi).casefold()


# What databases write of a work that has no pages yet.
_NO_PAGES = re.compile(r"(?:\s|[-‐‑‒–—−]|(?i:n/?a)|\b0+\b)*")


PUBLISHERS_NUMBER = re.compile(r"[SB]?\d{4}-\d{3}[\dX]\(\d\d\)\d{5}-[\dX]")
"""The number of an article that has no pages yet, such as ``S0140-6736(19)30001-1``."""


def full_range(pages: str) -> str:
    """Pages with a dash between the first and the last, written in full.

    >>> (
    ...     full_range("1319--30"),
    ...     full_range("S12-S15"),
    ...     full_range("pp. 4 - 9, 12"),
    ...     full_range("e12"),
    ... )
    ('1319–1330', 'S12–S15', '4–9, 12', 'e12')
    >>> full_range("S12-9"), full_range("S9-15"), full_range("112-15"), full_range("e9-3")
    ('S12–S19', 'S9–S15', '112–115', 'e9–3')
    >>> full_range("S101-S9"), full_range("S12-S15"), full_range("e9-e3")
    ('S101–S109', 'S12–S15', 'e9–e3')
    >>> full_range("12-12"), full_range("n/a--n/a"), full_range("--"), full_range("0-0")
    ('12', '', '', '')
    >>> full_range("ahead-of-print"), full_range("xvi-xx"), full_range("Spring-Fall")
    ('ahead-of-print', 'xvi–xx', 'Spring-Fall')
    >>> full_range("1:1--1:19"), full_range("2:12-3:15")
    ('1:1–1:19', '2:12–3:15')
    """
    if _NO_PAGES.fullmatch(pages):
        return ""
    if PUBLISHERS_NUMBER.fullmatch(pages):
        return pages
    said = re.sub(r"^(?:pp?|pages?|S)\.\s*", "", pages.strip(), flags=re.IGNORECASE)
    if alone := re.fullmatch(r"(\w+)\s*[-‐‑‒–—−]+\s*\1", said):
        return alone[1]
    return re.sub(r"(\w+)\s*[-‐‑‒–—−]+\s*(\w+)", _whole, said)


def _whole(found: re.Match[str]) -> str:
    first, last = found[1], found[2]
    if not re.search(r"\d|^[ivxlcdm]+$", first, re.IGNORECASE) and not re.search(r"\d", last):
        return found[0]  # "ahead-of-print", "Suppl-A"
    # "1:12-3:15" of a numbered chapter or article has no abbreviated number.
    parted = re.search(r"[:./]$", found.string[: found.start()]) or re.match(
        r"[:./]\w", found.string[found.end() :]
    )
    # "S12-9" of a supplement is abbreviated as "112-9" is; the letter belongs to both.
    numbered = re.fullmatch(r"([A-Za-z]*)(\d+)", first)
    letters, digits = numbered.groups() if numbered else ("", "")
    end = last.removeprefix(letters)
    if not parted and digits and end.isdecimal():
        whole = digits[: max(0, len(digits) - len(end))] + end
        if int(whole) > int(digits):
            last = f"{letters}{whole}"
    return f"{first}–{last}"


# --- kinds --------------------------------------------------------------------------------------

CSL_TYPES = {
    **dict.fromkeys(("article", "review", "suppperiodical", "shortarticle"), "article-journal"),
    **dict.fromkeys(("book", "mvbook", "collection", "mvcollection", "booklet", "manual"), "book"),
    **dict.fromkeys(("reference", "mvreference", "proceedings", "mvproceedings"), "book"),
    **dict.fromkeys(
        ("inbook", "incollection", "suppbook", "suppcollection", "bookinbook"), "chapter"
    ),
    "inreference": "entry-encyclopedia",
    **dict.fromkeys(("inproceedings", "conference"), "paper-conference"),
    **dict.fromkeys(("mastersthesis", "phdthesis", "thesis", "bathesis", "mathesis"), "thesis"),
    **dict.fromkeys(("techreport", "report"), "report"),
    **dict.fromkeys(("online", "electronic", "www", "webpage"), "webpage"),
    "dataset": "dataset",
    "data": "dataset",
    "software": "software",
    "program": "software",
    "unpublished": "manuscript",
    "patent": "patent",
    "periodical": "periodical",
    "standard": "standard",
    "presentation": "speech",
    "preprint": "article",
    **dict.fromkeys(("video", "movie"), "motion_picture"),
    **dict.fromkeys(("audio", "music"), "song"),
    **dict.fromkeys(("legislation", "legal"), "legislation"),
    "jurisdiction": "legal_case",
}
"""Types of BibTeX and biblatex in the words of CSL 1.0.2 (appendix III of its specification)."""

IN_SERIES = frozenset(["book", "chapter", "paper-conference", "entry-encyclopedia"])
"""Kinds whose number is that of a volume in its series."""

DOCTORAL, MASTERS, BACHELORS = "Doctoral dissertation", "Master’s thesis", "Bachelor’s thesis"
_GENRES = {
    **dict.fromkeys(
        ("phdthesis", "phd", "ph d", "phd thesis", "doctoral thesis", "phd dissertation"), DOCTORAL
    ),
    **dict.fromkeys(("doctoral dissertation", "dissertation", "doctoral", "doctorate"), DOCTORAL),
    **dict.fromkeys(("ph d thesis", "ph d dissertation", "dphil", "d phil", "psyd"), DOCTORAL),
    **dict.fromkeys(("psy d", "edd", "ed d"), DOCTORAL),
    **dict.fromkeys(("ma", "m a", "msc", "m sc", "ms", "m s", "med", "m ed"), MASTERS),
    **dict.fromkeys(
        ("mastersthesis", "mathesis", "masters thesis", "master thesis", "msc thesis"), MASTERS
    ),
    **dict.fromkeys(("ma thesis", "masters", "masters dissertation", "diplomarbeit"), MASTERS),
    **dict.fromkeys(("bathesis", "bachelors thesis", "bachelor thesis"), BACHELORS),
    "candthesis": "Candidate thesis",
    "techreport": "Technical report",
    "resreport": "Research report",
    "software": "Computer software",
    "datacd": "Data CD",
    "audiocd": "Audio CD",
}

# --- the record ---------------------------------------------------------------------------------

KEY_SUFFIX = re.compile(r"\d{4}([a-z])$")
"""The letter at the end of a key, which tells works of one author and year apart."""

_NUMBER_FIELDS = ("articleno", "article-number", "art_number", "article_number", "artnum")
"""What databases call the number of an article in their BibTeX."""
# "UNSP 88", "ARTN 88" are Web of Science's.
_ARTICLE_NUMBER = re.compile(
    r"(?:(?:Article|Art\.?|Paper)\s*(?:No\.?|ID)?|UNSP\b|ARTN\b)\s*(?=\w)", re.IGNORECASE
)


# "CD001234" is the Cochrane Library's.
_E_NUMBER = re.compile(r"e\d+|CD\d{6}(?:\.pub\d+)?")
_VOLUME_WORD = re.compile(r"^(?:vol(?:ume)?|bd|band)\b\.?\s*(?=\d)", re.IGNORECASE)
_ISSUE_WORD = re.compile(
    r"^(?:no|nr|num(?:ber)?|issue|iss|heft|n[°º])(?:\.\s*|\s+|(?<=[°º])\s*)(?=\d)", re.IGNORECASE
)
_SUPPLEMENT = re.compile(
    r"(\d*)[\s,_(]*(?<![A-Za-z])suppl(?:ement)?(?![a-z])\.?[\s_]*(\w*)\)?", re.IGNORECASE
)
_ARCHIVES = {
    name.lower(): name
    for name in ("arXiv", "bioRxiv", "medRxiv", "PsyArXiv", "SocArXiv", "EdArXiv", "OSF")
}
"""Archives of preprints as they write themselves."""
# Google Scholar has them for journals: "arXiv preprint arXiv:2101.00001".
_IN_ARCHIVE = re.compile(
    rf"({'|'.join(_ARCHIVES)})(?: preprints?| e-prints?)?[\s:,]*(?:\1[:.]?\s*)?"
    r"(\d{4}\.\d{4,5}(?:v\d+)?|[a-z-]+/\d{7})?(?:\s*\[[\w., -]+\])?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Reference:
    """A work of the bibliography.

    Parameters
    ----------
    key : key of the entry, which is also the name of the study.
    kind : type of the entry in lower case, such as ``"article"``.
    fields : fields as written, names in lower case; LaTeX is decoded by the properties.
    line : line of the file the entry begins on.
    lines : line of each field, where it differs.

    >>> Reference("otte2020a", "article", {"author": "Otte, I. and others", "year": "2020"}).suffix
    'a'
    """

    key: str
    kind: str
    fields: Mapping[str, str] = field(default_factory=dict, hash=False)
    line: int = field(default=0, compare=False)
    lines: Mapping[str, int] = field(default_factory=dict, hash=False, compare=False, repr=False)

    def text(self, *names: str) -> str:
        """The first of some fields that says something, as readers see it; empty if none does."""
        for name in names:
            if written := self.fields.get(name):
                return decode(written).strip()
        return ""

    # --- people ---

    @cached_property
    def _authors(self) -> Names:
        return read_names(self.fields.get("author", ""))

    @cached_property
    def _editors(self) -> Names:
        return read_names(self.fields.get("editor", ""))

    @property
    def authors(self) -> tuple[Name, ...]:
        """The authors, in the order of the entry, without the ``others`` that may end them."""
        return self._authors.people

    @property
    def editors(self) -> tuple[Name, ...]:
        """The editors, in the order of the entry."""
        return self._editors.people

    @cached_property
    def translators(self) -> tuple[Name, ...]:
        """The translators, in the order of the entry."""
        return read_names(self.fields.get("translator", "")).people

    @property
    def and_others(self) -> bool:
        """Whether there are more authors, or editors where there is no author, than are named."""
        return self._authors.others or (not self.authors and self._editors.others)

    @property
    def and_other_editors(self) -> bool:
        """Whether there are more editors than are named."""
        return self._editors.others

    @property
    def unsure_names(self) -> tuple[tuple[str, str], ...]:
        """What is not certain about the names: the field, and what was understood."""
        return tuple(
            (role, told)
            for role, names in (("author", self._authors), ("editor", self._editors))
            for told in names.told
        )

    # --- time ---

    @cached_property
    def date(self) -> Date:
        """When the work appeared."""
        written = self.fields.get("date", "") or self.fields.get("year", "")
        if not written:
            state = self.fields.get("pubstate", "").lower()
            return Date(words=_WORDS.get(state, ""))
        if written.isdecimal() and len(written) == 4:
            date = Date(int(written))
        else:
            date = read_date(decode(written).replace("–", "-").replace("—", "-"))
        if not date.original and (first := self.text("origdate", "origyear")):
            # "-0441" is before our era, which no form of a date here can say.
            date = date._replace(original=0 if first[0] == "-" else read_date(first).year)
        if "month" in self.fields and date.year and not date.month:
            month, day = read_month(decode(self.fields["month"]))
            given = self.fields.get("day", "").strip("{} ")
            day = day or (int(given) if given.isdecimal() and int(given) <= 31 else 0)
            return date._replace(month=month, day=day if month else 0)
        return date

    @property
    def year(self) -> int | None:
        """The year, or ``None`` for an undated work."""
        return self.date.year or None

    @property
    def year_text(self) -> str:
        """The year or years as readers see them, or what stands for them; "n.d." at the least."""
        date = self.date
        if not date.year:
            return date.words or "n.d."
        return f"{date.year}–{date.last}" if date.last else str(date.year)

    @property
    def is_undated(self) -> bool:
        """Whether the entry gives no year, or says that there is none."""
        return not self.date.year and (
            bool(self.date.words) or not (self.fields.get("year") or self.fields.get("date"))
        )

    @property
    def suffix(self) -> str:
        """The letter that tells works of one author and year apart, from the key or the year."""
        found = KEY_SUFFIX.search(self.key)
        return found[1] if found else self.date.letter

    # --- titles ---

    @cached_property
    def title(self) -> str:
        """The title as readers see it, with its subtitle."""
        title = self.fields.get("title")
        if self.kind == "periodical" and self.fields.get("issuetitle"):
            return with_subtitle(self.text("issuetitle"), self.text("issuesubtitle"))
        if title and "subtitle" not in self.fields:
            return decode(title).strip()
        return with_subtitle(self.text("title", "maintitle"), self.text("subtitle"))

    @property
    def main_title(self) -> str:
        """The title up to its subtitle, by whatever sign that is divided from it."""
        if self.fields.get("subtitle"):
            return self.text("title")
        return re.split(r"(?<=\S)[:?!]\s|\s[-–—]\s|(?<=\w\w)\.\s", self.title, maxsplit=1)[0]

    @cached_property
    def _archive(self) -> tuple[str, str]:
        """The archive of preprints that stands for a journal, and the number there."""
        said = self.text("journal", "journaltitle")
        found = _IN_ARCHIVE.fullmatch(said) if "rxiv" in said.lower() else None
        if not found or self.fields.get("volume"):
            return "", ""
        return _ARCHIVES[found[1].lower()], found[2] or ""

    @cached_property
    def container(self) -> str:
        """The journal or book the work stands in."""
        if self._archive[0]:
            return ""
        if self.kind == "periodical" and self.fields.get("issuetitle"):
            return with_subtitle(self.text("title"), self.text("subtitle"))
        for name, below in (
            ("journal", "journalsubtitle"),
            ("journaltitle", "journalsubtitle"),
            ("booktitle", "booksubtitle"),
            ("shortjournal", ""),
        ):
            if self.fields.get(name):
                said = with_subtitle(self.text(name), self.text(below) if below else "")
                # A book has its own title here too, for the chapters that inherit it.
                return "" if said == self.title and name == "booktitle" else said
        if self.is_in_book and self.fields.get("maintitle"):
            return self.text("maintitle")
        return ""

    @property
    def is_in_book(self) -> bool:
        """Whether the work is a part of a book."""
        return self.csl_type in ("chapter", "paper-conference", "entry-encyclopedia") and not (
            self.fields.get("journal") or self.fields.get("journaltitle")
        )

    # --- kind ---

    @property
    def csl_type(self) -> str:
        """The kind of work, in the words of CSL 1.0.2."""
        kind = CSL_TYPES.get(self.kind, "document")
        subtype = self.fields.get("entrysubtype", "").lower()
        if self._archive[0] and kind in ("document", "article-journal"):
            return "article"
        if (
            self.preprint
            and kind in ("document", "webpage", "article-journal")
            and not (self.fields.get("journal") or self.fields.get("journaltitle"))
        ):
            return "article"
        if kind == "article-journal" and subtype in ("magazine", "newspaper"):
            return f"article-{subtype}"
        if self.kind in ("inbook", "incollection") and not (
            self.fields.get("booktitle")
            or self.fields.get("maintitle")
            or self.fields.get("journal")
        ):
            return "chapter" if self.fields.get("pages") or self.fields.get("chapter") else "book"
        return kind

    @property
    def preprint(self) -> str:
        """The number of the work in an archive of preprints, such as ``arXiv:2101.00001``."""
        archive = _ARCHIVES.get(self.text("eprinttype", "archiveprefix").lower(), "")
        number = self.text("eprint")
        if not number or not archive:
            archive, number = self._archive
        if not number:
            return ""
        return number if ":" in number else f"{archive}:{number}"

    @cached_property
    def genre(self) -> str:
        """What kind of thesis, report or other work it is, in words."""
        said = self.text("type")
        known = _GENRES.get(fold_words(said), said)
        if self.csl_type == "thesis":
            return known or _GENRES.get(self.kind, "")
        # Databases repeat there that an article is an article.
        return "" if self.csl_type.startswith("article") else known

    # --- where to find it ---

    @cached_property
    def doi(self) -> str:
        """The DOI without an address before it; taken from the address when that is a DOI."""
        said = doi_of(self.fields.get("doi", ""))
        url = self.fields.get("url", "")
        if not said and ("doi.org/10." in url or url.startswith("10.")):
            found = bare_doi(url)
            return found if DOI.fullmatch(found) else ""
        return said

    @cached_property
    def url(self) -> str:
        """An address of the work other than its DOI."""
        written = self.fields.get("url", "")
        if not written:
            note = self.fields.get("howpublished", "")
            found = re.search(r"https?://[^\s{}]+", decode_address(note)) if "://" in note else None
            return found[0].rstrip(".,;") if found else ""
        bare = "doi.org/10." in written or written.startswith("10.")
        if bare and DOI.fullmatch(self.doi):
            return ""
        # Mendeley writes several into one field; elsewhere a space only divides lines.
        return decode_address(SEVERAL_ADDRESSES.split(written.strip())[0])

    @property
    def link(self) -> str:
        """Where a reader finds the work: its DOI, else its address, else nothing."""
        if self.doi:
            return f"https://doi.org/{self.doi}"
        return self.url if self.url.startswith(("https://", "http://")) else ""

    @property
    def pmid(self) -> str:
        """The number of the work in PubMed, if the entry gives it."""
        written = self.text("pmid") or (
            self.text("eprint") if self.text("eprinttype").lower() in ("pmid", "pubmed") else ""
        )
        return re.sub(r"\D", "", written)

    # --- numbers and bodies ---

    @property
    def volume(self) -> str:
        """The volume, without the word for it; a supplement is an issue of it."""
        said = _VOLUME_WORD.sub("", self.text("volume"))
        found = _SUPPLEMENT.fullmatch(said) if "uppl" in said and self._has_issues else None
        return found[1] if found else said

    @property
    def issue(self) -> str:
        """The issue of a journal."""
        if not self._has_issues:
            return ""
        said = _ISSUE_WORD.sub("", full_range(self.text("number", "issue")))
        said = said.lstrip("0") if said.isdecimal() else said
        # PubMed has "12 Suppl 1" for a volume, and "3 Suppl 1" for an issue.
        parts = [_SUPPLEMENT.fullmatch(text) for text in (said, self.text("volume"))]
        found = parts[0] or parts[1]
        if not found:
            return said
        issue = found[1] if parts[0] else said
        return ", ".join(filter(None, [issue, f"Suppl. {found[2]}".rstrip()]))

    @property
    def number(self) -> str:
        """The number of a report or of a volume in a series."""
        return "" if self._has_issues else self.text("number", "issue")

    @property
    def _has_issues(self) -> bool:
        kind = self.csl_type
        return kind.startswith("article") or (kind == "periodical" and bool(self.container))

    @cached_property
    def pages(self) -> str:
        """The pages, first to last, unless the entry gives an article number in their place."""
        said = full_range(self.text("pages"))
        return "" if self._number_in_pages else said

    @property
    def article_number(self) -> str:
        """What a journal without pages counts its articles by."""
        archived = self.preprint if self.csl_type == "article" else ""
        said = self.text("eid", *_NUMBER_FIELDS) or archived or self._number_in_pages
        return _ARTICLE_NUMBER.sub("", said, count=1)

    @property
    def _number_in_pages(self) -> str:
        """What stands in place of pages and counts articles: "Article 7", "e0123456"."""
        said = self.text("pages")
        numbered = _ARTICLE_NUMBER.match(said) or _E_NUMBER.fullmatch(full_range(said))
        return full_range(said) if numbered else ""

    @property
    def publisher(self) -> str:
        """The body that published the work, or the school of a thesis."""
        said = self.text("publisher", "institution", "school", "organization")
        if self._archive[0] and not self.text("institution", "organization"):
            return self._archive[0]
        if not said and self.preprint:
            archive = self.text("eprinttype", "archiveprefix")
            return _ARCHIVES.get(archive.lower(), archive)
        if not said and self.csl_type in ("paper-conference", "speech"):
            said = ", ".join(filter(None, [self.text("eventtitle"), self.text("venue")]))
        if said or not self.fields.get("howpublished"):
            return said
        how = self.text("howpublished")
        return "" if "://" in how else how

    @property
    def place(self) -> str:
        """Where the publisher is."""
        return self.text("address", "location")

    @property
    def note(self) -> str:
        """What the bibliography says of the entry itself, such as what could not be verified."""
        return own_note(self.text("note"))


def with_subtitle(title: str, subtitle: str) -> str:
    """A title with what stands below it.

    >>> with_subtitle("Who rests?", "A study"), with_subtitle("Rest.", "A study")
    ('Who rests? A study', 'Rest: A study')
    """
    if not subtitle or not title:
        return title or subtitle
    return f"{title} {subtitle}" if title[-1] in "?!:" else f"{title.rstrip('.')}: {subtitle}"


class Bibliography(Mapping[str, Reference]):
    """The works of ``references.bib`` by key, in the order of the file.

    Parameters
    ----------
    references : the works; keys stand once.
    broken : keys of entries that could not be read, so that they are not also called missing.
    """

    def __init__(
        self, references: Iterable[Reference] = (), broken: frozenset[str] = frozenset()
    ) -> None:
        self.broken = broken
        self._references = {reference.key: reference for reference in references}

    def __getitem__(self, key: str) -> Reference:
        return self._references[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._references)

    def __len__(self) -> int:
        return len(self._references)

    def __repr__(self) -> str:
        return f"<Bibliography: {len(self)} works>"
