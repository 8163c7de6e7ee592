"""References that EndNote and PubMed export as XML, record for record as their lines with tags.

A table for each says where the value of a tag stands; what the tags mean stands once, in
:mod:`synth.references.tagged`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from synth.errors import Problem
from synth.references.tagged import Record

XML = re.compile(r"<(?:records?|xml|Pubmed(?:Book)?Article(?:Set)?)\b")
"""What files of references in XML that are read begin with."""

_ENDNOTE = (
    ("F", ("rec-number",)),
    ("T", ("titles/title",)),
    (
        "J",
        (
            *("periodical/full-title", "titles/secondary-title", "titles/alt-title"),
            "periodical/abbr-1",
        ),
    ),
    ("B", ("titles/secondary-title",)),
    ("S", ("titles/tertiary-title",)),
    ("V", ("volume",)),
    ("N", ("number",)),
    ("P", ("pages",)),
    ("7", ("edition",)),
    ("I", ("publisher",)),
    ("C", ("pub-location",)),
    ("G", ("language",)),
    ("9", ("work-type",)),
    ("R", ("electronic-resource-num",)),
    ("D", ("dates/year",)),
    ("8", ("dates/pub-dates/date",)),
    ("@", ("isbn",)),
    ("(", ("orig-pub",)),
    ("custom3", ("custom3",)),
    ("custom7", ("custom7",)),
    ("2", ("custom2",)),
)
"""Where EndNote has the value of a tag of its other export, the first that says something."""

_ENDNOTE_PEOPLE = (("A", "authors"), ("E", "secondary-authors"), ("?", "subsidiary-authors"))
_ENDNOTE_KNOWN = frozenset(
    word
    for line in """
    database source-app rec-number foreign-keys ref-type contributors titles periodical pages volume
    number dates urls electronic-resource-num isbn abstract keywords notes auth-address
    accession-num remote-database-name remote-database-provider research-notes label work-type
    custom1 custom2 custom3 custom4 custom5 custom6 custom7 language edition publisher pub-location
    section alt-periodical orig-pub reprint-edition num-vols access-date caption call-num image
    misc1 misc2 misc3 num-of-pages electronic-resource-number reviewed-item short-title
    modified-date added-date
    """.splitlines()
    for word in line.split()
)

_ARTICLE = "MedlineCitation/Article/"
_ISSUE = f"{_ARTICLE}Journal/JournalIssue/"
_BOOK = "BookDocument/Book/"
_PUBMED = (
    ("PMID", ("MedlineCitation/PMID", "BookDocument/PMID")),
    ("TI", (f"{_ARTICLE}ArticleTitle", "BookDocument/ArticleTitle")),
    ("VTI", (f"{_ARTICLE}VernacularTitle", "BookDocument/VernacularTitle")),
    ("BTI", (f"{_BOOK}BookTitle",)),
    ("JT", (f"{_ARTICLE}Journal/Title",)),
    (
        "TA",
        (f"{_ARTICLE}Journal/ISOAbbreviation", "MedlineCitation/MedlineJournalInfo/MedlineTA"),
    ),
    ("VI", (f"{_ISSUE}Volume", f"{_BOOK}Volume")),
    ("IP", (f"{_ISSUE}Issue",)),
    ("PG", (f"{_ARTICLE}Pagination/MedlinePgn", "BookDocument/Pagination/MedlinePgn")),
    ("EN", (f"{_BOOK}Edition",)),
    ("PB", (f"{_BOOK}Publisher/PublisherName",)),
    ("PL", (f"{_BOOK}Publisher/PublisherLocation",)),
    ("LA", (f"{_ARTICLE}Language", "BookDocument/Language")),
    ("IS", (f"{_ARTICLE}Journal/ISSN",)),
    ("ISBN", (f"{_BOOK}Isbn",)),
)
"""Where PubMed has the value of a tag of its ``.nbib``, the first that says something."""

_PUBMED_DATES = (("DP", f"{_ISSUE}PubDate"), ("DP", f"{_BOOK}PubDate"), ("DEP", "*/*/ArticleDate"))


def records_of_xml(text: str, file: str) -> tuple[list[Record], str, list[Problem], Counter[str]]:
    """Take the text of a file apart.

    Parameters
    ----------
    text : the text of the file, from its first sign on.
    file : how problems name the file.

    Returns
    -------
    The records, the name of the format whose tags they have, what was told, and how often each
    element that nobody here knows stands in the file.
    """
    if re.search(r"<!(?:ENTITY|DOCTYPE[^>\[]*\[)", text, re.IGNORECASE):
        return [], "", [Problem("references-entities", file, 1)], Counter()
    # The declaration names the encoding of the file, which is text by now; signs that XML forbids
    # make EndNote's own exports unreadable.
    text = re.sub(r"^<\?xml[^>]*\?>", "", text)
    text = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", text)
    try:
        root = ElementTree.fromstring(text)
    except (ElementTree.ParseError, RecursionError, ValueError) as error:
        line = getattr(error, "position", (1, 0))[0]
        place = ("references-unreadable", file, line)
        return [], "", [Problem(*place, form="XML", reason=str(error))], Counter()
    _keep_raised(root)
    # PubMed's elements begin with capitals, and EndNote's never do.
    form = "nbib" if root.tag.startswith("Pubmed") else "enw"
    names = ("PubmedArticle", "PubmedBookArticle") if form == "nbib" else ("record",)
    starts = [
        text.count("\n", 0, found.start()) + 1
        for found in re.finditer(rf"<(?:{'|'.join(names)})(?=[\s>/])", text)
    ]
    elements = [one for one in root.iter() if one.tag in names]
    told = [] if elements else [Problem("references-none", file, 1)]
    unknown: Counter[str] = Counter()
    records = []
    for line, element in zip(starts, elements, strict=True):
        values = _pubmed(element) if form == "nbib" else _endnote(element)
        records.append(Record(line, {tag: [v for v in every if v] for tag, every in values}))
        if form == "enw":
            unknown.update({child.tag for child in element if child.tag not in _ENDNOTE_KNOWN})
    return records, form, told, unknown


_RAISED = {"sup": "sup", "superscript": "sup", "sub": "sub", "subscript": "sub"}


def _keep_raised(root: Element) -> None:
    """Write what stands above or below the line into the texts, where 10<sup>-3</sup> is no range.

    PubMed has elements of these names, EndNote has styles.
    """
    for element in root.iter():
        mark = _RAISED.get(element.get("face", "") or element.tag)
        if mark and element.text:
            element.text = f"<{mark}>{element.text}"
            element.tail = f"</{mark}>{element.tail or ''}"


_Values = Iterator[tuple[str, list[str]]]


def _text(element: Element | None) -> str:
    return "" if element is None else " ".join("".join(element.itertext()).split())


def _at(record: Element, path: str) -> str:
    return _text(record.find(path))


def _by_table(record: Element, table: tuple[tuple[str, tuple[str, ...]], ...]) -> _Values:
    for tag, paths in table:
        yield tag, [next(filter(None, (_at(record, path) for path in paths)), "")]


def _endnote(record: Element) -> _Values:
    kind = record.find("ref-type")
    yield "0", [kind.get("name", "") if kind is not None else ""]
    yield from _by_table(record, _ENDNOTE)
    for tag, role in _ENDNOTE_PEOPLE:
        yield tag, [_text(one) for one in record.findall(f"contributors/{role}/author")]
    urls = ["".join(one.itertext()).strip() for one in record.iter("url")]
    yield "U", [url for url in urls if re.match(r"https?://|www\.", url)]


def _pubmed(record: Element) -> _Values:
    said: dict[str, list[str]] = dict(_by_table(record, _PUBMED))
    if not any(said["PG"]):
        ends = [_at(record, f"*/*/Pagination/{name}Page") for name in ("Start", "End")]
        said["PG"] = ["-".join(filter(None, ends))]
    for tag, path in _PUBMED_DATES:
        said.setdefault(tag, []).append(_date(record.find(path)))
    for people in record.iter("AuthorList"):
        editors = people.get("Type") == "editors"
        names = [_person(one) for one in people.iterfind("Author")]
        bodies = [_at(one, "CollectiveName") for one in people.iterfind("Author")]
        said.setdefault("FED" if editors else "FAU", []).extend(names)
        if not editors:
            said["CN"] = bodies
            said["FAU"] += ["et al."] if people.get("CompleteYN") == "N" else []
    said["LID"] = [
        f"{_text(one)} [{kind}]"
        for path, name in (
            ("*/*/ELocationID", "EIdType"),
            ("PubmedData/ArticleIdList/ArticleId", "IdType"),
            ("*/ArticleIdList/ArticleId", "IdType"),
        )
        for one in record.iterfind(path)
        if (kind := one.get(name)) and one.get("ValidYN") != "N"
    ]
    said["PMC"] = [v.split(" ")[0] for v in said["LID"] if v.endswith(" [pmc]")]
    said["PT"] = [_text(one) for one in record.iter("PublicationType")]
    yield from said.items()


def _person(author: Element) -> str:
    given = _at(author, "ForeName") or _at(author, "Initials")
    parts = [_at(author, "LastName"), f"{given} {_at(author, 'Suffix')}".strip()]
    return ", ".join(filter(None, parts))


def _date(date: Element | None) -> str:
    if date is None:
        return ""
    said: Mapping[str, str] = {part.tag: _text(part) for part in date}
    month = said.get("Month", "") or said.get("Season", "")
    parts = [said.get("Year", ""), month, said.get("Day", "") if said.get("Month") else ""]
    if month.isdecimal():
        return "-".join(filter(None, parts))
    return said.get("MedlineDate", "") or " ".join(filter(None, parts))
