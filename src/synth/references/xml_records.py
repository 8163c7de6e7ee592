"""References that EndNote, PubMed, Zotero and libraries export as XML, as lines with tags.

A table for each says where the value of a tag stands; what the tags mean stands once, in
:mod:`synth.references.tagged`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import chain, repeat
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from synth.errors import Problem
from synth.references.tagged import Record
from synth.references.work import with_subtitle

ZOTERO = "zotero.org/namespaces/export"
XML = re.compile(
    rf"<(?:records?|xml|Pubmed(?:Book)?Article(?:Set)?)\b|<rdf:RDF[^>]*{ZOTERO}|<(?:\w+:)?mods"
)
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
    if root.tag.endswith("}RDF"):
        return _of_zotero(root, text, file)
    if root.tag.rpartition("}")[2] in ("mods", "modsCollection"):
        return _of_mods(root, text, file)
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


def _without_namespaces(root: Element) -> None:
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        element.attrib = {n.rpartition("}")[2]: said for n, said in element.attrib.items()}


# --- MODS, of the Library of Congress -----------------------------------------------------------

_MODS = (
    ("PY", ("originInfo/dateIssued", "originInfo/copyrightDate", "relatedItem/part/date")),
    ("DA", ("relatedItem/part/date", "relatedItem/originInfo/dateIssued")),
    ("PB", ("originInfo/publisher", "relatedItem/originInfo/publisher")),
    ("CY", ("originInfo/place/placeTerm", "relatedItem/originInfo/place/placeTerm")),
    ("ET", ("originInfo/edition", "relatedItem/originInfo/edition")),
    ("LA", ("language/languageTerm",)),
    ("UR", ("location/url", "identifier[@type='uri']")),
    ("ID", ("identifier[@type='citekey']",)),
)
_MODS_NUMBERS = (
    ("VL", ("part/detail[@type='volume']/number",)),
    ("IS", ("part/detail[@type='issue']/number", "part/detail[@type='number']/number")),
    ("SP", ("part/extent/start",)),
    ("EP", ("part/extent/end",)),
    ("DO", ("identifier[@type='doi']",)),
    ("SN", ("identifier[@type='isbn']", "identifier[@type='issn']")),
    ("PM", ("identifier[@type='pubmed']",)),
)
"""Where a work, or else what it stands in, has the value of a tag of RIS."""
_MODS_GENRES = (
    ("thes", "THES"),
    ("dissertation", "THES"),
    ("conference", "CPAPER"),
    ("report", "RPRT"),
    ("web", "ELEC"),
    ("newspaper", "NEWS"),
    ("magazine", "MGZN"),
    ("journal", "JOUR"),
    ("periodical", "JOUR"),
    ("article", "JOUR"),
)
"""Kinds of works by what their genre or that of what they stand in says, the surer first."""


def _of_mods(
    root: Element, text: str, file: str
) -> tuple[list[Record], str, list[Problem], Counter[str]]:
    _without_namespaces(root)
    lines = (text.count("\n", 0, m.start()) + 1 for m in re.finditer(r"<(?:\w+:)?mods[\s>]", text))
    works = [root] if root.tag == "mods" else root.findall("mods")
    records = [
        Record(line, {tag: [one for one in said if one] for tag, said in _mods(work)})
        for work, line in zip(works, lines, strict=False)
    ]
    return records, "ris", [] if records else [Problem("references-none", file, 1)], Counter()


def _mods(work: Element) -> _Values:
    host = work.find("relatedItem[@type='host']")
    series = work.find("relatedItem[@type='series']")
    if series is not None:
        work.remove(series)
    either = [work, *([host] if host is not None else [])]
    genres = " ".join(_text(one).lower() for place in either for one in place.findall("genre"))
    kind = next((found for word, found in _MODS_GENRES if word in genres), "")
    yield "TY", [kind or ("BOOK" if host is None else "CHAP")]
    yield "TI", [_mods_title(work)]
    yield "T2", [_mods_title(host)]
    yield "T3", [_mods_title(series)]
    yield from _by_table(work, _MODS)
    for tag, roles in (("AU", ("aut", "author", "creator", "")), ("ED", ("edt", "editor"))):
        yield (
            tag,
            [
                _mods_name(name)
                for place in either
                for name in place.findall("name")
                if _at(name, "role/roleTerm").lower() in (roles if place is work else roles[:2])
            ],
        )
    for tag, paths in _MODS_NUMBERS:
        yield tag, [_at(one, path) for path in paths for one in either]


def _mods_title(work: Element | None) -> str:
    title = None if work is None else work.find("titleInfo")
    if title is None:
        return ""
    parts = [f"{_at(title, 'nonSort')} {_at(title, 'title')}".strip(), _at(title, "subTitle")]
    return with_subtitle(*parts)


def _mods_name(name: Element) -> str:
    """A name as RIS has it: a comma ends that of a body."""
    parts = {part.get("type", ""): _text(part) for part in name.findall("namePart")}
    if name.get("type") == "corporate":
        return f"{parts.get('', '')},"
    given = " ".join(_text(one) for one in name.findall("namePart[@type='given']"))
    return ", ".join(filter(None, (parts.get("family") or parts.get("", ""), given)))


# --- Zotero -------------------------------------------------------------------------------------

ZOTERO_TYPES = {
    "journalArticle": "JOUR",
    "magazineArticle": "MGZN",
    "newspaperArticle": "NEWS",
    "book": "BOOK",
    "bookSection": "CHAP",
    "conferencePaper": "CPAPER",
    "thesis": "THES",
    "report": "RPRT",
    "webpage": "ELEC",
    "forumPost": "ELEC",
    "blogPost": "BLOG",
    "preprint": "UNPB",
    "manuscript": "MANSCPT",
    "dataset": "DATA",
    "computerProgram": "COMP",
    "encyclopediaArticle": "ENCYC",
    "dictionaryEntry": "DICT",
    "presentation": "SLIDE",
    "patent": "PAT",
    "standard": "STAND",
    "statute": "STAT",
    "case": "CASE",
    "videoRecording": "VIDEO",
    "film": "MPCT",
    "audioRecording": "SOUND",
    "podcast": "SOUND",
}
"""Zotero's kinds of works by their types in RIS, as Zotero exports them there."""

_ZOTERO_NO_WORKS = frozenset(["attachment", "note", "annotation"])
_ZOTERO = (
    ("TI", ("title",)),
    ("PY", ("date",)),
    ("SP", ("pages",)),
    ("ET", ("edition", "version")),
    ("PB", ("publisher/Organization/name",)),
    ("CY", ("publisher/Organization/adr/Address/locality",)),
    ("M3", ("type",)),
    ("LA", ("language",)),
    ("UR", ("identifier/URI/value",)),
    ("Y2", ("dateSubmitted",)),
    ("ID", ("citationKey",)),
)
"""Where Zotero's RDF has the value of a tag of RIS."""

_ZOTERO_PEOPLE = (
    ("AU", ("authors", "presenters", "inventors", "programmers", "directors", "podcasters")),
    ("ED", ("editors",)),
    ("A4", ("translators",)),
)
_ZOTERO_KNOWN = frozenset(
    word
    for line in """
    itemType isPartOf volume number identifier presentedAt description subject abstract rights
    coverage libraryCatalog shortTitle alternative archive archiveLocation isReferencedBy link
    relation numPages numberOfVolumes runningTime contributors seriesEditors reviewedAuthors
    bookAuthors repository archiveID genre callNumber publisher hasPart issued
    """.splitlines()
    for word in line.split()
).union(
    *(roles for _, roles in _ZOTERO_PEOPLE), *({p.split("/")[0] for p in o} for _, o in _ZOTERO)
)


_ZOTERO_EXTRA = re.compile(r"(?:PMID|PMCID|Original[- ]Date|Citation Key|DOI):", re.IGNORECASE)


def _of_zotero(
    root: Element, text: str, file: str
) -> tuple[list[Record], str, list[Problem], Counter[str]]:
    """The works of Zotero's RDF; what a work is part of may stand elsewhere in the file."""
    _without_namespaces(root)
    elsewhere = {element.get("about", ""): element for element in root}
    lines = (
        text.count("\n", 0, found.start()) + 1 for found in re.finditer(r"<z:itemType\b", text)
    )
    records = []
    unknown: Counter[str] = Counter()
    # Another prefix than Zotero's own leaves the lines unknown, and the works as they are.
    for element, line in zip(
        root.iterfind(".//itemType/.."), chain(lines, repeat(1)), strict=False
    ):
        if _at(element, "itemType") in _ZOTERO_NO_WORKS:
            continue
        values = dict(_zotero(element, elsewhere))
        records.append(Record(line, {tag: [v for v in said if v] for tag, said in values.items()}))
        unknown.update({child.tag for child in element if child.tag not in _ZOTERO_KNOWN})
    told = [] if records else [Problem("references-none", file, 1)]
    return records, "ris", told, unknown


def _zotero(work: Element, elsewhere: Mapping[str, Element]) -> _Values:
    kind = ZOTERO_TYPES.get(_at(work, "itemType"), "GEN")
    wholes: list[Element] = []
    for part in work.iterfind("isPartOf"):
        named = elsewhere.get(part.get("resource", ""))
        wholes += [*part, *([named] if named is not None else [])]
    series = [_at(whole, "title") for whole in wholes if whole.tag == "Series"]
    titles = [_at(whole, "title") for whole in wholes if whole.tag != "Series"]
    yield "TY", [kind]
    yield from _by_table(work, _ZOTERO)
    for tag, roles in _ZOTERO_PEOPLE:
        yield (
            tag,
            [_zotero_name(one) for role in roles for one in work.iterfind(f"{role}/Seq/li/*")],
        )
    yield "T2", titles
    yield "T3", series
    if not any(titles) and (meeting := _at(work, "presentedAt/Conference/title")):
        yield "PB", [meeting]  # where a paper was read and nothing was printed
    either = [work, *wholes]
    yield "VL", [_at(one, "volume") for one in either]
    yield (
        ("M1" if kind in ("RPRT", "PAT", "STAND", "STAT") else "IS"),
        [_at(one, "number") for one in either],
    )
    numbers = [_text(one) for element in either for one in element.iterfind("identifier")]
    for tag, names in (("DO", "DOI"), ("SN", "ISBN|ISSN")):
        yield tag, [m[1] for said in numbers if (m := re.match(rf"(?:{names}) (.+)", said))]
    extra = work.find("description")
    said = "" if extra is None else "".join(extra.itertext())
    for tag, name in (("PM", "PMID"), ("PMCID", "PMCID"), ("OP", "Original[- ]Date")):
        found = re.search(rf"^{name}:\s*(\S+)", said, re.MULTILINE | re.IGNORECASE)
        yield tag, [found[1] if found else ""]
    yield "N1", [line for line in said.split("\n") if not _ZOTERO_EXTRA.match(line)]


def _zotero_name(one: Element) -> str:
    """A name as RIS has it; one without given names is a body's, which a comma ends there."""
    family = _at(one, "surname") or _at(one, "name")
    given = _at(one, "givenName") or _at(one, "givenname")
    return f"{family}, {given}" if given else f"{family}," if " " in family else family
