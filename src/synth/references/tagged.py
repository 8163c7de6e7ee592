"""Files of lines that begin with a tag: RIS, PubMed, Web of Science and EndNote's own.

One reader takes them apart, with the line of each value; a table for each format says what its tags
mean. A tag that no table knows is counted and told, and lines that stand outside of a record are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from synth.errors import Problem
from synth.references.latex import plain
from synth.references.names import Name, inverted, read_name, several_names, told_initials
from synth.references.work import (
    DOI,
    IN_SERIES,
    SEVERAL_ADDRESSES,
    WEB_ADDRESS,
    Date,
    bare_doi,
    doi_of,
    full_range,
    left_of_date,
    own_note,
    read_date,
)
from synth.text import counted, fold_words, shorten


@dataclass(slots=True)
class Record:
    """The values of one record by tag, with the line the record begins on."""

    line: int
    values: dict[str, list[str]] = field(default_factory=dict)

    def first(self, *tags: str) -> str:
        """The first value of the first of some tags that has one."""
        for tag in tags:
            for value in self.values.get(tag, ()):
                if value:
                    return value
        return ""

    def every(self, *tags: str) -> list[str]:
        """All values of some tags, in the order of the tags."""
        return [value for tag in tags for value in self.values.get(tag, ()) if value]


# --- taking apart -------------------------------------------------------------------------------

_RIS = re.compile(r"[ \t\ufeff]{0,3}([A-Z][A-Z0-9]{1,3})([ \t]*)[-–](?:[ \t]+(.*)|)$")
_LONG_TAGS = frozenset(["DOI", "PMID", "PMCID", "ISSN", "ISBN", "URL"])
_NBIB = re.compile(r"([A-Z][A-Z0-9]{1,3}) {0,2}- ?(.*)$")
_CIW = re.compile(r"\ufeff?([A-Z][A-Z0-9])(?: (.*))?$")
_ENW = re.compile(r"\ufeff?%(\S) ?(.*)$")
# What databases write between records.
_HEADER = re.compile(
    r"\s*(?:Record #?\d+ of|Provider:|Content:|Database:|Copyright|Search|Link to|<\d+\.? "
    r"?>|\d+\.?\s*$|%?Exported|"
    r"EF$|={3,}|-{3,}|\*{3,})",
    re.IGNORECASE,
)


def format_of(text: str) -> str:
    r"""Which of the formats a text has: ``ris``, ``nbib``, ``ciw``, ``enw``, or none of them.

    >>> format_of("PMID- 123\nTI  - A title"), format_of("TY  - JOUR\n"), format_of("@book{a}")
    ('nbib', 'ris', '')
    """
    if re.search(r"^\ufeff?PMID ?- ?\d", text, re.MULTILINE):
        return "nbib"
    if re.search(r"^[ \t\ufeff]{0,3}TY[ \t]*[-–](?:\s|$)", text, re.MULTILINE):
        return "ris"
    if re.search(
        r"^\ufeff?(?:FN (?:Clarivate|Thomson|ISI|Web)|PT [JBSPC]\s*$)", text, re.MULTILINE
    ):
        return "ciw"
    return "enw" if re.search(r"^\ufeff?%0 \S", text, re.MULTILINE) else ""


def records_of(text: str, form: str, file: str) -> tuple[list[Record], list[Problem]]:
    """Take a text apart into records, and say what does not belong to any.

    Parameters
    ----------
    text : with plain line ends.
    form : what :func:`format_of` calls it.
    file : how problems name the file.
    """
    lines = text.split("\n")
    return _ris(lines, file) if form == "ris" else _others(lines, form, file)


def _ris(lines: Sequence[str], file: str) -> tuple[list[Record], list[Problem]]:
    records: list[Record] = []
    problems: list[Problem] = []
    record: Record | None = None
    last = ""
    gap = next((m[2] for line in lines if (m := _RIS.match(line)) and m[1] == "TY"), "  ")
    outside: list[int] = []
    unended: list[int] = []
    for number, line in enumerate(lines, 1):
        found = _RIS.match(line)
        if found and not _is_tag(found, gap):
            found = None
        if found is None:
            if record is not None:
                if _between(lines, number):
                    last = ""
                elif line.strip() and last:
                    values = record.values[last]
                    values[-1] = f"{values[-1]} {line.strip()}".strip()
                elif line.strip():
                    outside.append(number)
            elif line.strip() and not _HEADER.match(line):
                outside.append(number)
            continue
        tag, value = found[1], (found[3] or "").strip()
        if tag == "ER":
            if value and record is not None and last and _ends_later(lines, number):
                problems.append(Problem("ris-line-er", file, number))
                record.values[last][-1] += f" ER - {value}"
            elif record is not None:
                records.append(record)
                record, last = None, ""
            continue
        if tag == "TY" and record is not None and "TY" in record.values:
            # Some programs write no end: where the next record begins, this one is whole.
            unended.append(record.line)
            records.append(record)
            record = None
        if record is None:
            record = Record(number)
        # Rayyan writes further tags of a database's record into the same line.
        first, *more = _TAG_INSIDE.split(value)
        for name, said in ((tag, first), *zip(more[::2], more[1::2], strict=True)):
            record.values.setdefault(name, []).append(said.strip())
            last = name
    if record is not None:
        unended.append(record.line)
        records.append(record)
    if unended:
        problems.append(_unended(unended, file, "ER  - "))
    for whole in [r for r in records if "TY" not in r.values]:
        problems.append(Problem("ris-outside", file, whole.line))
    if outside:
        n = counted(len(outside), "line")
        problems.append(Problem("references-outside", file, outside[0], n=n))
    return [r for r in records if "TY" in r.values], problems


_TAG_INSIDE = re.compile(r" {3,}(DO|L[1-4AK]|U[1-5R]|[JP][YAFN]|[ADKS]N)  - (?=\S)")


def _between(lines: Sequence[str], number: int) -> bool:
    """Whether a line after an empty one is what a database writes between records."""
    return number > 1 and not lines[number - 2].strip() and bool(_HEADER.match(lines[number - 1]))


def _unended(begins: Sequence[int], file: str, end: str) -> Problem:
    n = counted(len(begins), "entry has", "entries have")
    return Problem("ris-unended", file, begins[0], n=n, end=end)


def _is_tag(found: re.Match[str], gap: str) -> bool:
    tag, space = found[1], found[2]
    if len(tag) > 2:
        return tag in _LONG_TAGS
    # An abstract may have a line "UK - based"; where tags stand two spaces off, that is no tag.
    return tag in ("TY", "ER") or len(space) >= len(gap) > 0 or len(space) == len(gap)


def _ends_later(lines: Sequence[str], number: int) -> bool:
    """Whether another end stands before the next beginning."""
    for line in lines[number:]:
        found = _RIS.match(line)
        if found and found[1] in ("ER", "TY"):
            return found[1] == "ER"
    return False


_FORMS = {"nbib": (_NBIB, "PMID"), "ciw": (_CIW, "PT"), "enw": (_ENW, "0")}
MANY = frozenset(["AU", "AF", "BA", "BE", "CA", "BF", "GP", "ED", "C1", "RI", "OI", "FAU", "FED"])
"""Tags whose further lines are further values, not the rest of the value."""


def _others(lines: Sequence[str], form: str, file: str) -> tuple[list[Record], list[Problem]]:
    pattern, start = _FORMS[form]
    records: list[Record] = []
    problems: list[Problem] = []
    record: Record | None = None
    last = ""
    outside: list[int] = []
    ended = True
    unended: list[int] = []
    for number, line in enumerate(lines, 1):
        found = pattern.match(line)
        if found is None:
            if record is not None and last and line.strip():
                values = record.values[last]
                if form == "ciw" and last in MANY:
                    values.append(line.strip())
                else:
                    values[-1] = f"{values[-1]} {line.strip()}".strip()
            elif line.strip() and not _HEADER.match(line):
                outside.append(number)
            continue
        tag, value = found[1], (found[2] or "").strip()
        if form == "ciw" and tag in ("FN", "VR", "EF", "ER"):
            ended = ended or tag == "ER"
            if tag == "ER":
                record, last = None, ""
            continue
        if tag == start:
            if not ended:
                unended.append(records[-1].line)
            record = Record(number)
            records.append(record)
            ended = form != "ciw"
        if record is None:
            outside.append(number)
            continue
        record.values.setdefault(tag, []).append(value)
        last = tag
    if not ended and records:
        unended.append(records[-1].line)
    if unended:
        problems.append(_unended(unended, file, "ER"))
    if outside:
        n = counted(len(outside), "line")
        problems.append(Problem("references-outside", file, outside[0], n=n))
    return records, problems


# --- what a record says -------------------------------------------------------------------------

_TYPES = {
    **dict.fromkeys(("JOUR", "EJOUR", "INPR", "ABST", "J"), "article-journal"),
    "JFULL": "periodical",
    "MGZN": "article-magazine",
    "NEWS": "article-newspaper",
    **dict.fromkeys(("BOOK", "EBOOK", "EDBOOK", "WHOLE", "B", "SER"), "book"),
    **dict.fromkeys(("CHAP", "ECHAP", "S"), "chapter"),
    "ENCYC": "entry-encyclopedia",
    "DICT": "entry-encyclopedia",
    **dict.fromkeys(("CONF", "CPAPER", "C"), "paper-conference"),
    **dict.fromkeys(("RPRT", "GOVDOC"), "report"),
    "THES": "thesis",
    "DATA": "dataset",
    "AGGR": "dataset",
    "COMP": "software",
    **dict.fromkeys(("ELEC", "BLOG", "WEB", "ICOMM"), "webpage"),
    "UNPB": "article",
    "MANSCPT": "manuscript",
    "PAT": "patent",
    "P": "patent",
    "STAND": "standard",
    "SLIDE": "speech",
    "VIDEO": "motion_picture",
    "SOUND": "song",
    "STAT": "legislation",
    "CASE": "legal_case",
    "MPCT": "motion_picture",
}
"""Types of RIS and of Web of Science in the words of CSL."""

_VAGUE = frozenset(
    word
    for line in """
    ADVS ANCIENT ART BILL CHART CLSWK CTLG DBASE EQUA FIGURE GEN GRANT HEAR LEGAL MAP MULTI MUSIC
    PAMP PCOMM UNBILL
    """.splitlines()
    for word in line.split()
)
"""Types of RIS for which no list of references has a form of its own."""

_ENW_TYPES = {
    "journal article": "article-journal",
    "electronic article": "article-journal",
    "magazine article": "article-magazine",
    "newspaper article": "article-newspaper",
    "book": "book",
    "edited book": "book",
    "electronic book": "book",
    "book section": "chapter",
    "electronic book section": "chapter",
    "conference proceedings": "paper-conference",
    "conference paper": "paper-conference",
    "report": "report",
    "government document": "report",
    "thesis": "thesis",
    "web page": "webpage",
    "dataset": "dataset",
    "computer program": "software",
    "unpublished work": "manuscript",
    "encyclopedia": "entry-encyclopedia",
    "patent": "patent",
    "standard": "standard",
    "blog": "webpage",
}
"""EndNote's names of kinds, in lower case, in the words of CSL."""

_RIS_READ = (
    "TY A1 A2 A4 AU ED TI T1 T2 T3 TT BT CT JF JO JA J1 J2 SO VL IS IP CP M1 NO SP EP PG "
    "C7 PY Y1 Y2 YR "
    "DA DO DI DOI L3 M3 N1 OP PB CY PP ET SN ISSN ISBN UR URL LK L2 LA ID AN DB PM PMID C2 "
    "PMCID SE NV DP ER "
)
_RIS_KNOWN = (
    "AB N2 KW AD L1 L4 ST CN CA RN RP PT LB LT RI TA U1 U2 U3 U4 U5 C1 C3 C4 C5 C6 C8 AV "
    "US XR AF EM DE FU NR TC SV XT PN CC CR RD OD MA SB JN DS H1 H2 M4 TS"
)
_NBIB_READ = (
    "PMID TI BTI CTI AU FAU CN ED FED DP TA JT VI IP PG LID AID PT IS ISBN LA PB PL PMC "
    "EN CDAT VTI STAT DEP"
)
_NBIB_KNOWN = (
    "OWN DCOM LR OTO OT AB AD AUID MH RN SB EDAT MHDA CRDT PHST SO JID CI COIS GR PST "
    "CIN CON OAB OABL "
    "RF SI NM GN TT EIN RIN UOF OID IRAD IR FIR FED ROF DDAT CRI RPI RPF PUBM ORI ECI "
    "ECF UIN IP KW PS FPS SPIN DRDT"
)
_CIW_READ = (
    "PT AU AF CA GP BE BA BF TI SO SE BS VL IS BP EP AR PY PD DI DL D2 PU PI SN EI BN LA "
    "PM DT UT J9 JI CT HO"
)
_CIW_KNOWN = (
    "DE ID AB C1 C3 RP EM RI OI FU FX CR NR TC Z9 U1 U2 PA WC SC GA DA OA ER WE CY CL SP "
    "PN SU SI MA PG EA HC HP "
    "PN BA GE D2 EC ED FP"
)
_ENW_READ = "0 ( ] & A E T B J D 8 V N P I C S 7 R U X K F M @ 9 Y ? G Z 6 1 2"
_ENW_KNOWN = "X K F W + [ ~ < > L O Q H * ! ) ^ = $ # , 3 4 5"

KNOWN = {
    form: frozenset(word for words in both for word in words.split())
    for form, both in {
        "ris": (_RIS_READ, _RIS_KNOWN),
        "nbib": (_NBIB_READ, _NBIB_KNOWN),
        "ciw": (_CIW_READ, _CIW_KNOWN),
        "enw": (_ENW_READ, _ENW_KNOWN),
    }.items()
}
"""Tags of each format that are read, or that hold what no list of references shows."""


def unknown_tags(records: Sequence[Record], form: str, file: str) -> list[Problem]:
    """Say which tags nobody here knows, and how often each stands in the file."""
    counts = Counter(tag for record in records for tag in record.values if tag not in KNOWN[form])
    if not counts:
        return []
    listed = ", ".join(f"{tag} ({count})" for tag, count in sorted(counts.items()))
    return [Problem("references-tags", file, listed=listed)]


def item_of(record: Record, form: str, file: str) -> tuple[dict[str, Any], list[Problem]]:
    """A record as an item of CSL-JSON, and what was not certain about it.

    Parameters
    ----------
    record : the record.
    form : what :func:`format_of` calls the file.
    file : how problems name the file.
    """
    texts, people, date = _READERS[form](record)
    people = _edited(record, people)
    told: list[str] = []
    item: dict[str, Any] = {}
    for name, text in texts.items():
        if shown := plain(" ".join(text.split())):
            item[name] = shown
    for name in ("volume", "issue", "page", "number"):
        # Covidence fills them with what it has no place for, such as where the authors work.
        if len(item.get(name, "")) > _LONGEST_NUMBER:
            told.append(
                f"A text stands as {name}; it was left out: {shorten(item.pop(name), 40)!r}"
            )
    publisher = item.get("publisher", "")
    body = _BEFORE_ADDRESS.match(publisher)
    if body and _ADDRESSED.search(publisher, body.end()):
        item["publisher"] = body[0].strip()
        told.append("What stands behind the publisher's name, such as its address, was left out")
    for role, names in people.items():
        if understood := people_of(names, told, by_rule=form in ("nbib", "ciw")):
            item[role] = understood
    item.update(dated(date))
    if form == "ris" and not _ris_type(kind := record.first("TY")) and kind.upper() not in _VAGUE:
        told.append(f"{kind!r} is no type of RIS; the work was taken for a document")
    written = record.first(*_DATES[form])
    if written and not date.year and not date.words:
        told.append(f"{written!r} is no year that is understood; the work stands without a date")
    for said in record.every(*_DATES[form])[:1]:
        told += told_date(said)
    if "accessed" in item:
        item["accessed"] = dated(read_date(item["accessed"]))["issued"]
    if item["type"] in ("software", "dataset") and "edition" in item:
        item["version"] = item.pop("edition")
    doi = _read_doi(item, told)
    _read_address(item, record, doi, told)
    if "page" in item:
        item["page"] = full_range(item["page"]).replace("–", "-")
    return item, [
        Problem("reference-unsure", file, record.line, told=one.rstrip(".")) for one in told
    ]


def _edited(record: Record, people: dict[str, list[str]]) -> dict[str, list[str]]:
    """Who wrote and who edited, where a program has editors among the authors."""
    if record.first("TY", "0").lower() in ("edbook", "edited book") and not people["editor"]:
        # EndNote has those who edited such a book where the authors of others stand.
        people = {**people, "author": [], "editor": people["author"]}
    # ERIC says of a name itself that it is an editor's: "Hern, Matt, Ed".
    edited = [n for n in people["author"] if n.count(",") > 1 and _EDITS.search(n)]
    if edited:
        people = {
            **people,
            "author": [name for name in people["author"] if name not in edited],
            "editor": [*people["editor"], *(_EDITS.sub("", name) for name in edited)],
        }
    return people


def _read_doi(item: dict[str, Any], told: list[str]) -> str:
    """Put the DOI into its form, or among the notes; return what was read as one."""
    doi = doi_of(item.pop("DOI", ""))
    first = _MORE_THAN_DOI.match(doi)
    if DOI.fullmatch(doi):
        item["DOI"] = doi
    elif first:
        item["DOI"] = first[1]
        told.append(f"{doi!r} is more than a DOI; it was read as {first[1]!r}")
        doi = first[1]
    elif doi:
        told.append(f"{doi!r} is not a DOI; it was kept as a note")
        item["note"] = "; ".join(p for p in (item.get("note", ""), f"DOI as given: {doi}") if p)
    return doi


def _read_address(item: dict[str, Any], record: Record, doi: str, told: list[str]) -> None:
    """Keep the address of a work; one that is its DOI is not kept twice."""
    url = item.pop("URL", "")
    every = dict.fromkeys(_addresses(record.every("UR", "URL", "U")))
    if len([one for one in every if not DOI.fullmatch(bare_doi(one))]) > 1:
        told.append("Several addresses stand in the entry; the first is shown")
    if (
        url
        and DOI.fullmatch(found := bare_doi(url))
        and (not doi or found.casefold() == doi.casefold())
    ):
        item["DOI"] = item.get("DOI") or found
    elif WEB_ADDRESS.fullmatch(url):
        item["URL"] = url
    elif WEB_ADDRESS.fullmatch(f"https://{url}") and url.casefold().startswith("www."):
        item["URL"] = f"https://{url}"
        told.append(f"{url!r} was understood as 'https://{url}'")
    elif url and "Go to ISI" not in url:  # a link within EndNote, in every record of it
        told.append(f"{url!r} is not a web address; it was left out")


# With a given name before it: "Ng, Ed" is one who writes.
_EDITS = re.compile(r"(?<=[\w.]), Eds?\.?$")
_LONGEST_NUMBER = 60
# ERIC writes where a publisher can be reached.
_BEFORE_ADDRESS = re.compile(r"(?:\w\. ?)*[^.,;(]+")
_ADDRESSED = re.compile(r"Available from|\S@\S+\.\w{2}|Web site|\bTel: |, \d+ .*\d{4}")
# A DOI and what a database or a second DOI says behind it; a DOI that a line break divided is none.
_MORE_THAN_DOI = re.compile(
    r"(10\.\d{4,9}/[^\s,;]*[^\s,;.:/_-])(?:[,;]\s*|\s+)(?=[\[(]|10\.\d{4}|doi\b|https?:)",
    re.IGNORECASE,
)

_DATES = {"ris": ("PY", "Y1", "YR", "DA"), "nbib": ("DP",), "ciw": ("PY",), "enw": ("D",)}
"""Where each format has the year."""


def told_date(written: str) -> list[str]:
    """What is told of a date of which a part is left out."""
    if not left_of_date(written):
        return []
    date = read_date(written)
    years = f"{date.year}–{date.last}" if date.last else str(date.year)
    return [f"Of the date {written!r} only {years} was read"]


def dated(date: Date) -> dict[str, Any]:
    """The date of a work as CSL-JSON has it."""
    if date.year:
        first = [part for part in (date.year, date.month, date.day) if part]
        said: dict[str, Any] = {
            "issued": {"date-parts": [first, [date.last]] if date.last else [first]}
        }
        if date.letter:
            said["year-suffix"] = date.letter
        if date.original:
            said["original-date"] = {"date-parts": [[date.original]]}
        return said
    if date.words and date.words != "n.d.":
        return {"issued": {"literal": date.words}, "status": date.words}
    return {"issued": {"literal": date.words}} if date.words else {}


# What Web of Science and PubMed write where a work names no author.
_NOBODY = re.compile(r"\[(?:anonymous|anon\.?|no authors? listed)\]", re.IGNORECASE)
# A comma behind all makes a body of a name, but initials before it are those of a person.
_EMPTY_SUFFIX = re.compile(r"[^,]+, ?(?:[^\W\d_a-z]\.?[ -]?){1,4},")
_ET_AL = re.compile(r"(?:et\.? ?al\.?|and others|others)", re.IGNORECASE)


def people_of(names: Sequence[str], told: list[str], *, by_rule: bool) -> list[dict[str, str]]:
    """Names in parts; where the format itself writes "Moreau C", that is certain."""
    people: list[dict[str, str]] = []
    initials: list[Name] = []
    divided = False
    for written in _with_initials(names, told):
        parts = [part for part in written.split(";") if part.strip()]
        divided = divided or len(parts) > 1
        for part in parts:
            text = " ".join(part.split())
            if _ET_AL.fullmatch(text.strip(" ,.")):
                people.append({"literal": "et al."})
                continue
            if _NOBODY.fullmatch(text):
                continue
            more = re.search(r",? et\.? al\.?$", text)
            if more:
                text = text[: more.start()]
            if listed := several_names(text):
                shown = "; ".join(inverted(name) for name in listed)
                told.append(f"Several names stand in one line, understood as: {shown}")
                people += [csl_name(name) for name in listed]
                people += [{"literal": "et al."}] if more else []
                continue
            if _EMPTY_SUFFIX.fullmatch(text):
                text = text.rstrip(" ,")
            if text.endswith(",") and re.search(r"[, ]", text[:-1]):
                name, unsure = Name("", "", text.rstrip(" ,")), ""
            else:
                name, unsure = read_name(text)
            if unsure == "initials":
                initials.append(name)
            elif unsure:
                told.append(unsure)
            people.append(csl_name(name))
            if more:
                people.append({"literal": "et al."})
    if divided:
        told.append(
            "Several names stand in one line, divided by semicolons; each was taken for one"
        )
    if initials and not by_rule:
        told.append(told_initials(initials))
    return [person for person in people if person]


_INITIALS_ALONE = re.compile(r"(?:[^\W\d_a-z]\.?[ -]?){1,4}")
_INITIALS_BEHIND = re.compile(r"[, ][^\W\d_a-z]{1,4}\.?$")


def _with_initials(names: Sequence[str], told: list[str]) -> list[str]:
    """Names, of which EPPI-Reviewer writes some in two lines: "Dos Santos" and then "H B".

    >>> _with_initials(["Lee A", "Dos Santos", "H B"], [])
    ['Lee A', 'Dos Santos, H B']
    """
    whole: list[str] = []
    for name in names:
        before = whole[-1] if whole else ""
        if (
            _INITIALS_ALONE.fullmatch(name)
            and " " in name.strip()
            and before
            and "," not in before
            and not before.isupper()
            and not _INITIALS_BEHIND.search(before)
        ):
            whole[-1] = f"{before}, {name}"
            told.append(f"Initials stand in a line of their own; understood as: {whole[-1]}")
        else:
            whole.append(name)
    return whole


def csl_name(name: Name) -> dict[str, str]:
    """A name as CSL-JSON has it."""
    if name.is_one_word:
        return {"literal": name.last} if name.last else {}
    parts = {
        "family": name.last,
        "given": name.first,
        "non-dropping-particle": name.von,
        "suffix": name.jr,
    }
    return {part: text for part, text in parts.items() if text}


_Said = tuple[dict[str, str], dict[str, list[str]], Date]
_SOURCE = re.compile(
    r"(?P<journal>.+?)[.,;]\s+(?:(?P<year>\d{4})[;,.]?\s*)?(?:vol(?:ume)?\.?\s*)?(?P<volume>\d+)\s*"
    r"(?:\((?P<issue>[^()]+)\))?\s*(?:[:,]\s*(?:pp?\.?\s*)?(?P<pages>[\w.-]+))?.*"
)


_ALONE = ("book", "report", "thesis", "dataset", "software", "webpage", "document", "manuscript")
"""Kinds of works that stand in no other."""


def _ris_type(said: str) -> str:
    """The kind of a work by its type in RIS, or by EndNote's name for it."""
    return _TYPES.get(said.upper(), "") or _ENW_TYPES.get(said.lower(), "")


def _from_ris(record: Record) -> _Said:
    first, every = record.first, record.every
    kind = _ris_type(first("TY")) or "document"
    in_book = kind in ("chapter", "paper-conference", "entry-encyclopedia")
    alone = kind in _ALONE
    title = first("TI", "T1", "CT") or (first("BT") if alone else "")
    container = first("JF", "T2", "JO", "BT" if not alone else "JF", "JA", "J2", "J1")
    if kind == "paper-conference":
        # EndNote and Zotero have the proceedings there, and beside them what they are of.
        container = next(filter(_IS_TITLE.match, every("C3")), container)
    series = first("T3")
    if alone and container and kind in ("book", "thesis", "report"):
        # What a book stands in is its series.
        series, container = series or container, ""
    texts = {
        "type": kind,
        "title": title or first("T2", "BT", "TT", "ST"),
        "container-title": container if container != title else "",
        "collection-title": series,
        "volume": first("VL"),
        "number-of-volumes": first("NV") if kind == "book" else "",
        # ProQuest has the city in CP, others the number of the issue.
        "issue": first("IS", "IP")
        or next((said for said in every("CP") if re.search(r"\d", said)), "")
        or first("NO"),
        "page": _pages(first("SP"), first("EP")) or first("PG"),
        "edition": first("ET"),
        "publisher": first("PB"),
        "publisher-place": first("CY", "PP"),
        "language": first("LA"),
        "URL": next(iter(_addresses(every("UR", "URL", "LK", "L2"))), first("UR", "URL")),
    }
    if kind == "thesis" and _HOLDS.search(first("DP")):
        texts["archive"] = first("DP")
    if kind == "chapter":
        texts["chapter-number"] = first("SE")
    _issue_and_number(record, texts)
    if not texts["container-title"] and not alone:
        _place_in_one_line(first("SO"), texts)
    _doi_and_genre(record, texts)
    _numbers(record, texts)
    texts["note"] = "; ".join(filter(None, map(own_note, every("N1"))))
    people = {
        # Two authors may be called alike; what stands under both tags is one.
        "author": _once(every("AU"), every("A1")),
        "editor": _once(every("ED"), every("A2") if in_book or kind == "book" else []),
        "translator": every("A4"),
    }
    date = _date(record, "PY", "Y1", "YR", "DA")
    if date == Date() and (said := re.search(r", ((?:19|20)\d\d\b[^,;:]*)$", first("SO"))):
        date = read_date(said[1])
    if date.year and not date.original and not left_of_date(first("OP")):
        date = date._replace(original=read_date(first("OP")).year)
    accessed = read_date(first("Y2"))
    # Ovid says there once more when the work appeared.
    if accessed.year and first("Y2") != first("Y1"):
        texts["accessed"] = first("Y2")
    return texts, people, date


_HOLDS = re.compile(r"proquest|thes[ei]s|dissert|repositor|librar|archiv|commons", re.IGNORECASE)
"""What provides a thesis and holds it, where other databases only list it."""


def _issue_and_number(record: Record, texts: dict[str, str]) -> None:
    """What stands in ``C7`` and ``M1``, and an article's number in place of pages."""
    article, said = texts["type"].startswith("article"), record.first("M1")
    number = record.first("C7")
    if texts["type"] in IN_SERIES:
        texts["collection-number"] = said
    elif not article:
        number = number or said
    # RefWorks says there what kind of article it is.
    issue = re.fullmatch(r"(?=.*\d|suppl|spec)[\w./ -]{1,12}", said, re.IGNORECASE)
    if article and not texts["issue"] and issue:
        texts["issue"] = said
    if re.fullmatch(r"(?:Article|Art\.?)\s+\S+", texts["page"], re.IGNORECASE):
        number, texts["page"] = texts["page"], ""
    if texts["type"] == "report" and not number and re.search(r"\d", texts["volume"]):
        # A series of reports counts them as volumes: "No. 12345".
        number = re.sub(r"^No\.?\s+", "", texts["volume"], flags=re.IGNORECASE)
    texts["number"] = re.sub(
        r"^(?:Article|Art\.?)\s+(?:No\.?\s+)?", "", number, flags=re.IGNORECASE
    )


def _place_in_one_line(source: str, texts: dict[str, str]) -> None:
    """Journal, volume, issue and pages where a database writes them in one line."""
    found = _SOURCE.fullmatch(source)
    texts["container-title"] = found["journal"] if found else source
    if found:
        for name, group in (("volume", "volume"), ("issue", "issue"), ("page", "pages")):
            texts[name] = texts[name] or found[group] or ""


def _addresses(values: Iterable[str]) -> list[str]:
    """The addresses of some values, of which each may hold several.

    >>> _addresses(["https://a.org/1;https://a.org/2 <https://a.org/3>"])
    ['https://a.org/1', 'https://a.org/2', 'https://a.org/3']
    """
    parts = (part.strip("<> ") for value in values for part in SEVERAL_ADDRESSES.split(value))
    return [part for part in parts if "://" in part]


def _once(names: list[str], others: list[str]) -> list[str]:
    """Names of two tags; of the second those that the first lacks."""
    return [*names, *(name for name in others if name not in names)]


_WITH_GENRE = frozenset(
    [
        *("thesis", "report", "document", "webpage", "song", "motion_picture", "speech"),
        *("manuscript", "software", "dataset"),
    ]
)


def _doi_and_genre(record: Record, texts: dict[str, str]) -> None:
    texts["DOI"] = record.first("DO", "DI", "DOI")
    for value in record.every("UR", "URL", "LK", "L2") if not texts["DOI"] else ():
        # Of several addresses one may be the DOI.
        if DOI.fullmatch(said := doi_of(value)) and not texts["DOI"]:
            texts["DOI"] = said
    for tag in ("M3", "L3", "L1", "N1", "AN", "C2"):
        for value in record.every(tag) if not texts["DOI"] else ():
            # ProQuest: "DOI - 10.1000/x; 4711".
            noted = re.match(r"\s*doi - (10\.\S+?);?(?:\s|$)", value, re.IGNORECASE)
            said = bare_doi(noted[1] if noted else value)
            if DOI.fullmatch(said) and (
                tag != "N1" or re.match(r"\s*(?:doi|https?:)", value, re.I)
            ):
                texts["DOI"] = said
    said = record.first("M3")
    if said and not DOI.search(said) and texts["type"] in _WITH_GENRE:
        texts["genre"] = said


_OF_NLM = re.compile(r"(?:PUBMED|PMID):? ?(\d{1,8})\b", re.IGNORECASE)


def _numbers(record: Record, texts: dict[str, str]) -> None:
    _serial_numbers(record.every("SN", "ISSN", "ISBN"), texts)
    pmid = record.first("PM", "PMID")
    if not pmid and re.search(r"pubmed|medline", record.first("DB"), re.IGNORECASE):
        pmid = record.first("AN")
    if not pmid:
        # The Cochrane Library: "PUBMED 21314913,EMBASE 643589775".
        pmid = next((said for said in record.every("C3", "AN") if _OF_NLM.match(said)), "")
    if found := _OF_NLM.match(pmid) or re.fullmatch(r"(\d{1,8})", pmid):
        texts["PMID"] = found[1]
    pmcid = record.first("PMCID", "C2")
    if re.fullmatch(r"PMC\d+", pmcid):
        texts["PMCID"] = pmcid


def _serial_numbers(values: Iterable[str], texts: dict[str, str]) -> None:
    for value in values:
        for one in re.split(r"[;,]| (?=\d)", value):
            digits = re.sub(r"[^0-9Xx]", "", one)
            said = re.sub(r"\s*\(.*\)", "", one).strip(' []"')
            if len(digits) == 8:
                texts.setdefault("ISSN", said)
            elif len(digits) in (10, 13):
                texts.setdefault("ISBN", said)
            elif texts["type"] in ("report", "patent", "standard") and not texts.get("number"):
                # EndNote keeps the number of a report where books have theirs.
                texts["number"] = said


_IS_TITLE = re.compile(r"(?!PUBMED|EMBASE|CINAHL)(?=.*[^\W\d]{3}).*\s")


def _pages(start: str, end: str) -> str:
    # Web of Science ends pages that go on elsewhere with a plus.
    if not start or not end.strip("+") or end == start or "-" in start or "–" in start:
        return start
    return f"{start}-{end}"


def _date(record: Record, *tags: str) -> Date:
    """The first tag that gives a year; month and day from another that agrees with it."""
    dates = [read_date(value) for value in record.every(*tags)]
    best = next((date for date in dates if date.year), Date())
    if not best.year:
        return next((date for date in dates if date.words), Date())
    if not best.month:
        finer = next((d for d in dates if d.year == best.year and d.month), best)
        best = best._replace(month=finer.month, day=finer.day)
    return best


def _from_nbib(record: Record) -> _Said:
    first, every = record.first, record.every
    kinds = {kind.lower() for kind in every("PT")}
    book = first("BTI")
    kind = "article-journal"
    if book:
        kind = "chapter" if first("TI", "CTI") else "book"
    elif not first("JT", "TA") and kinds & {"book", "monograph"}:
        kind = "book"
    elif "preprint" in kinds and not first("VI"):
        kind = "article-journal"
    title = first("TI", "CTI") or book or first("VTI", "TT")
    original = first("TT", "VTI").rstrip(".")
    if original and re.fullmatch(r"\[.+\]\.?", title) and original not in title:
        title = f"{original} {title}"
    texts = {
        "type": kind,
        # Titles that are translated stand in square brackets, and all end in a full stop.
        "title": re.sub(r"(?<!\.)\.$", "", title),
        "container-title": book if kind == "chapter" else first("JT", "TA"),
        "volume": first("VI"),
        "issue": first("IP"),
        "page": first("PG"),
        "edition": first("EN"),
        "publisher": first("PB"),
        "publisher-place": first("PL"),
        "language": first("LA"),
        "PMID": first("PMID"),
        "PMCID": first("PMC"),
    }
    if "retracted publication" in kinds:
        texts["note"] = "Retracted publication"
    for value in every("LID", "AID"):
        said, _, what = value.rpartition(" [")
        if what == "doi]":
            texts.setdefault("DOI", said)
        elif what == "pii]" and not texts["page"] and re.fullmatch(r"e\d+", said):
            texts["number"] = said
    if re.fullmatch(r"e\d+|\d+", texts["page"]) and texts["page"].startswith("e"):
        texts["number"], texts["page"] = texts["page"], ""
    for value in every("IS"):
        texts.setdefault("ISSN", value.split(" ")[0])
    for value in every("ISBN"):
        texts.setdefault("ISBN", value.split(" ")[0])
    full = every("FAU")
    # Old records lack full names; the short ones then stand for all.
    short = every("AU")
    authors = full if len(full) >= len(short) else short
    people = {
        "author": [*authors, *(f"{body}," for body in every("CN"))],
        "editor": every("FED") or every("ED"),
    }
    return texts, people, _date(record, "DP", "DEP")


def _from_ciw(record: Record) -> _Said:
    first, every = record.first, record.every
    kind = _TYPES.get(first("PT").upper(), "document")
    says = first("DT").lower()
    if "book chapter" in says:
        kind = "chapter"
    elif "proceedings paper" in says and kind != "article-journal":
        kind = "paper-conference"
    elif kind == "chapter" and "book" in says:
        kind = "book"
    source = first("SO")
    if kind == "book" and first("TI") and source and fold_words(source) != fold_words(first("TI")):
        kind = "chapter"
    texts = {
        "type": kind,
        "title": first("TI"),
        "container-title": _cased(source) if kind != "book" or source != first("TI") else "",
        "collection-title": _cased(first("SE")),
        "volume": first("VL"),
        "issue": first("IS"),
        "page": _pages(first("BP"), first("EP")),
        "number": first("AR"),
        "publisher": _cased(first("PU")),
        "publisher-place": _cased(first("PI")),
        "DOI": first("DI", "D2"),
        "ISSN": first("SN", "EI"),
        "ISBN": first("BN"),
        "language": first("LA"),
        "PMID": first("PM"),
    }
    if kind == "book" and not texts["title"]:
        texts["title"], texts["container-title"] = texts["container-title"], ""
    # Authors of the whole book are none of its chapter.
    full, short = (every("AF"), every("AU")) if every("AU", "AF") else (every("BF"), every("BA"))
    people = {
        "author": [
            *(full if len(full) >= len(short) else short),
            *(f"{body}," for body in every("CA", "GP")),
        ],
        "editor": every("BE"),
    }
    year, day = read_date(first("PY")), read_date(f"{first('PD')} {first('PY')}")
    if year.year and day.month:
        year = year._replace(month=day.month, day=day.day)
    if not year.year and "early access" in says:
        year = read_date(first("EA"))
        year = year if year.year else Date(words="advance online publication")
    return texts, people, year


_SMALL = frozenset(
    ["of", "the", "and", "in", "for", "on", "de", "la", "et", "und", "a", "an", "to", "&"]
)


def _cased(text: str) -> str:
    """Words that a database wrote in capitals, as titles are written.

    >>> _cased("JOURNAL OF THE CARE OF ROOMS"), _cased("PLOS ONE"), _cased("Chairs")
    ('Journal of the Care of Rooms', 'PLOS One', 'Chairs')
    """
    if not text.isupper() or len(text) < 7:
        return text
    words = [w.lower() if w.lower() in _SMALL else w.title() for w in text.split()]
    words = [w if w.upper() not in _CAPITALS else w.upper() for w in words]
    return " ".join([words[0][:1].upper() + words[0][1:], *words[1:]])


_CAPITALS = frozenset(
    [
        "PLOS",
        "BMC",
        "BMJ",
        "JAMA",
        "IEEE",
        "ACM",
        "NHS",
        "UK",
        "USA",
        "US",
        "AIDS",
        "HIV",
        "II",
        "III",
    ]
)


def _from_enw(record: Record) -> _Said:
    first, every = record.first, record.every
    kind = _ENW_TYPES.get(first("0").lower(), "document")
    in_book = kind in ("chapter", "paper-conference", "entry-encyclopedia")
    if kind == "thesis":
        # EndNote has its department and its degree where others have a journal and its volume.
        container, degree = "", first("V")
    else:
        container, degree = first("J") or ("" if kind == "book" else first("B")), ""
    texts = {
        "type": kind,
        "title": first("T"),
        "container-title": first("custom3", "B") if in_book else container,
        "collection-title": first("S"),
        "volume": "" if degree else first("V"),
        "issue": first("N"),
        "number": first("custom7", "]"),
        "page": first("P", "&"),
        "edition": first("7"),
        "publisher": first("I"),
        "publisher-place": first("C"),
        "DOI": first("R"),
        "URL": next(iter(_addresses(every("U"))), first("U")),
        "language": first("G"),
        "PMCID": first("2") if re.fullmatch(r"PMC\d+", first("2")) else "",
        "genre": (first("9") or degree) if kind in ("thesis", "report") else "",
    }
    _serial_numbers(every("@"), texts)
    if texts["DOI"] and not DOI.search(texts["DOI"]):
        texts["DOI"] = ""
    date = read_date(first("D"))
    finer = read_date(first("8"))
    if finer.month and finer.year in (0, date.year) and date.year:
        date = date._replace(month=finer.month, day=finer.day)
    if date.year and not date.original and not left_of_date(first("(")):
        date = date._replace(original=read_date(first("(")).year)
    return texts, {"author": every("A"), "editor": every("E"), "translator": every("?")}, date


_READERS = {"ris": _from_ris, "nbib": _from_nbib, "ciw": _from_ciw, "enw": _from_enw}


def ids_of(record: Record, form: str) -> Iterator[str]:
    """What else the file calls a record: its number, its accession number."""
    tags: Mapping[str, tuple[str, ...]] = {
        "ris": ("ID", "AN", "U1"),
        "nbib": ("PMID",),
        "ciw": ("UT",),
        "enw": ("F", "M"),
    }
    yield from record.every(*tags[form])
