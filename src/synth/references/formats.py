"""Findings and references to take along: CSV for spreadsheets, RIS, BibTeX and CSL-JSON.

The export menu of the explorer writes the same files in the browser; a test compares them byte by
byte. Both start from one CSL-JSON item a work, so that no format knows more than another.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from synth.messages import Words
from synth.model import facet_values
from synth.references.csv_text import csv_text
from synth.references.latex import encode
from synth.references.names import Name, read_name
from synth.references.work import DOCTORAL, IN_SERIES, KEY_SUFFIX, MASTERS, full_range, read_date

if TYPE_CHECKING:
    from synth.reading.records import Records
    from synth.references.names import Name
    from synth.references.work import Date, Reference

# --- one work as a CSL-JSON item --------------------------------------------------------------


def csl_item(reference: Reference) -> dict[str, Any]:
    """A work as an item of CSL-JSON, the form every citation manager reads.

    Parameters
    ----------
    reference : the work, as ``references.bib`` holds it.

    Returns
    -------
    The item; what the entry leaves empty is left out. Where an entry says "and others", the last
    author is ``et al.``: no list of names claims to be complete that is not.
    """
    item: dict[str, Any] = {"id": reference.key, "type": reference.csl_type}
    for role, names, others in (
        ("author", reference.authors, bool(reference.authors) and reference.and_others),
        ("editor", reference.editors, reference.and_other_editors),
        ("translator", reference.translators, False),
    ):
        if names:
            item[role] = [_csl_name(name) for name in names] + ([ET_AL] if others else [])
    if issued := _csl_date(reference.date):
        item["issued"] = issued
    if reference.date.words and reference.date.words != "n.d.":
        item["status"] = reference.date.words
    if reference.date.letter and not KEY_SUFFIX.search(reference.key):
        # Elsewhere the letter stands in the key.
        item["year-suffix"] = reference.date.letter
    if reference.date.original:
        item["original-date"] = {"date-parts": [[reference.date.original]]}
    if (accessed := read_date(reference.text("urldate"))).year:
        item["accessed"] = _csl_date(accessed)
    # What counts in books is the series; a number of its own has an article alone.
    in_series = reference.csl_type in IN_SERIES
    texts = {
        "title": reference.title,
        "container-title": reference.container,
        "collection-title": reference.text("series"),
        "volume": reference.volume,
        "number-of-volumes": reference.text("volumes"),
        "issue": reference.issue.replace("–", "-"),
        "number": reference.article_number or ("" if in_series else reference.number),
        "collection-number": reference.number if in_series else "",
        "page": reference.pages.replace("–", "-"),
        "chapter-number": reference.text("chapter"),
        "edition": reference.text("edition"),
        "version": reference.text("version"),
        "publisher": reference.publisher,
        "publisher-place": reference.place,
        "genre": reference.genre,
        "DOI": reference.doi,
        "URL": reference.url,
        "ISBN": reference.text("isbn"),
        "ISSN": reference.text("issn"),
        "PMID": reference.pmid,
        "PMCID": reference.text("pmcid"),
        "language": reference.text("language"),
        "note": reference.note,
    }
    if reference.csl_type == "thesis" and (school := reference.text("school", "institution")):
        # What a thesis was handed in to is its publisher in CSL; who holds copies is an archive.
        texts["archive"], texts["publisher"] = reference.text("publisher"), school
    item.update({name: text for name, text in sorted(texts.items()) if text})
    return item


ET_AL = {"literal": "et al."}
"""The last author of a list that is known to be longer, as users of Zotero write it."""


def _csl_date(date: Date) -> dict[str, Any]:
    if not date.year:
        return {"literal": date.words} if date.words else {}
    first = [part for part in (date.year, date.month, date.day) if part]
    return {"date-parts": [first, [date.last]] if date.last else [first]}


def _csl_name(name: Name) -> dict[str, str]:
    if name.is_one_word:
        return {"literal": name.last}
    parts = {
        "family": name.last,
        "given": name.first,
        "non-dropping-particle": name.von,
        "suffix": name.jr,
    }
    return {part: text for part, text in parts.items() if text}


# --- references of a selection ----------------------------------------------------------------


def csl_items(records: Records, ids: Iterable[str]) -> list[dict[str, Any]]:
    """The works behind some findings, in the order of a reference list, with codes as keywords.

    Parameters
    ----------
    records : the review's records.
    ids : ids of the findings.

    Returns
    -------
    CSL-JSON items; ``keyword`` lists each theme and direction the work was coded to here, such as
    ``"organizational-leadership: enabler"``, separated by ``", "``.
    """
    names = tuple(ids)
    codes: dict[str, dict[str, None]] = {}
    for name in names:
        finding = records.findings[name]
        for theme in finding.themes:
            codes.setdefault(finding.study, {})[f"{theme}: {finding.direction}"] = None
    return [
        {**csl_item(records.bibliography[study]), "keyword": ", ".join(codes[study])}
        for study in records.studies_of(names)
        if study in records.bibliography
    ]


def to_csl_json(items: Sequence[Mapping[str, Any]]) -> str:
    """Write works as CSL-JSON."""
    return json.dumps(list(items), ensure_ascii=False, indent=1) + "\n"


_RIS_TYPES = {
    "article-journal": "JOUR",
    "article-magazine": "MGZN",
    "article-newspaper": "NEWS",
    "article": "UNPB",
    "book": "BOOK",
    "chapter": "CHAP",
    "entry-encyclopedia": "ENCYC",
    "paper-conference": "CPAPER",
    "report": "RPRT",
    "thesis": "THES",
    "webpage": "ELEC",
    "dataset": "DATA",
    "software": "COMP",
    "manuscript": "MANSCPT",
    "patent": "PAT",
    "standard": "STAND",
    "speech": "SLIDE",
    "motion_picture": "VIDEO",
    "song": "SOUND",
    "legislation": "STAT",
    "legal_case": "CASE",
    "periodical": "JFULL",
}
_RIS_TAGS = (
    ("TI", "title"),
    ("T2", "container-title"),
    ("T3", "collection-title"),
    ("VL", "volume"),
    ("NV", "number-of-volumes"),
    ("IS", "issue"),
    ("M1", "number"),
    ("M1", "collection-number"),
    ("SE", "chapter-number"),
    ("ET", "edition"),
    ("ET", "version"),
    ("PB", "publisher"),
    ("DP", "archive"),
    ("CY", "publisher-place"),
    ("M3", "genre"),
    ("SN", "ISBN"),
    ("SN", "ISSN"),
    ("DO", "DOI"),
    ("UR", "URL"),
    ("AN", "PMID"),
    ("C2", "PMCID"),
    ("LA", "language"),
    ("N1", "note"),
)


def to_ris(items: Iterable[Mapping[str, Any]]) -> str:
    """Write works as RIS, as reference managers import it.

    Parameters
    ----------
    items : CSL-JSON items, as :func:`csl_items` gives them.
    """
    return "".join(_ris_entry(item) for item in items)


def _ris_entry(item: Mapping[str, Any]) -> str:
    lines = [("TY", _RIS_TYPES.get(item["type"], "GEN")), ("ID", item["id"])]
    for tag, role in (("AU", "author"), ("ED", "editor"), ("A4", "translator")):
        lines += [(tag, _inverted(name)) for name in item.get(role, ())]
    has_articles = item["type"].startswith("article") or item["type"] in IN_SERIES
    for tag, name in _RIS_TAGS:
        if name == "version" and item["type"] not in ("software", "dataset"):
            continue  # RIS has it for these alone
        if name in item:
            # C7 is where databases write the number of an article.
            lines.append(("C7" if name == "number" and has_articles else tag, item[name]))
            if name == "PMID":
                lines.append(("DB", "PubMed"))
    lines += _ris_dates(item)
    if "page" in item:
        first, _, last = item["page"].partition("-")
        plain = last and "," not in item["page"] and "–" in full_range(item["page"])
        lines += [("SP", first), ("EP", last)] if plain else [("SP", item["page"])]
    # The explorer inserts keywords before the end of an entry; nothing else may stand there.
    lines += [("KW", word) for word in item.get("keyword", "").split(", ") if word]
    lines.append(("ER", ""))
    return "".join(f"{tag}  - {_line(text)}\r\n" for tag, text in lines)


def _ris_dates(item: Mapping[str, Any]) -> list[tuple[str, str]]:
    dates: list[tuple[str, str]] = []
    if issued := item.get("issued"):
        dates.append(("PY", _year(item)))
        parts = issued.get("date-parts", [[]])[0]
        if len(parts) > 1:
            dates.append(("DA", "/".join(f"{part:02d}" for part in parts)))
    if "original-date" in item:
        dates.append(("OP", str(item["original-date"]["date-parts"][0][0])))
    if "accessed" in item:
        parts = item["accessed"]["date-parts"][0]
        dates.append(("Y2", "/".join(f"{part:02d}" for part in parts)))
    return dates


def _year(item: Mapping[str, Any]) -> str:
    """The year or years, with the letter that tells works of one author and year apart."""
    issued = item["issued"]
    if "date-parts" not in issued:
        return str(issued.get("literal", ""))
    year = "-".join(str(parts[0]) for parts in issued["date-parts"])
    return f"{year}{item.get('year-suffix', '')}"


_BIB_TYPES = {
    "article-journal": "article",
    "article-magazine": "article",
    "article-newspaper": "article",
    "book": "book",
    "chapter": "incollection",
    "entry-encyclopedia": "inreference",
    "paper-conference": "inproceedings",
    "report": "techreport",
    "thesis": "thesis",
    "webpage": "online",
    "dataset": "dataset",
    "software": "software",
    "manuscript": "unpublished",
    "patent": "patent",
    "standard": "standard",
    "speech": "presentation",
    "article": "preprint",
    "motion_picture": "video",
    "song": "audio",
    "legislation": "legislation",
    "legal_case": "jurisdiction",
    "periodical": "periodical",
}
_BIB_FIELDS = (
    ("title", "title"),
    ("", "container-title"),
    ("series", "collection-title"),
    ("volume", "volume"),
    ("volumes", "number-of-volumes"),
    ("number", "issue"),
    ("number", "number"),
    ("number", "collection-number"),
    ("pages", "page"),
    ("chapter", "chapter-number"),
    ("edition", "edition"),
    ("version", "version"),
    ("publisher", "publisher"),
    ("publisher", "archive"),
    ("address", "publisher-place"),
    ("type", "genre"),
    ("isbn", "ISBN"),
    ("issn", "ISSN"),
    ("doi", "DOI"),
    ("url", "URL"),
    ("pmid", "PMID"),
    ("pmcid", "PMCID"),
    ("language", "language"),
    ("note", "note"),
    ("keywords", "keyword"),
)


def to_bibtex(items: Iterable[Mapping[str, Any]]) -> str:
    """Write works as BibTeX, UTF-8, with LaTeX's own signs escaped.

    Parameters
    ----------
    items : CSL-JSON items, as :func:`csl_items` gives them.
    """
    return "\n".join(_bib_entry(item) for item in items)


def _bib_entry(item: Mapping[str, Any]) -> str:
    kind = _BIB_TYPES.get(item["type"], "misc")
    genre = item.get("genre", "")
    if kind == "thesis" and genre in _THESES:
        kind, genre = _THESES[genre], ""
    fields = [
        (role, " and ".join(_latex_name(name) for name in item[role]))
        for role in ("author", "editor", "translator")
        if item.get(role)
    ]
    fields += _bib_dates(item)
    for field, name in _BIB_FIELDS:
        text = genre if name == "genre" else item.get(name, "")
        if not text:
            continue
        if name == "container-title":
            in_book = kind in ("incollection", "inproceedings", "inreference")
            field = "booktitle" if in_book else "journal"
        if name == "publisher" and kind in ("techreport", "phdthesis", "mastersthesis", "thesis"):
            field = "institution" if kind in ("techreport", "thesis") else "school"
        if name == "number" and (item["type"].startswith("article") or item["type"] in IN_SERIES):
            field = "eid"
        taken = "number" in item and not item["type"].startswith("article")
        if name == "issue" and (taken or "collection-number" in item):
            field = "issue"  # no field stands twice
        # Addresses are read as they stand; everywhere else these signs are commands.
        written = _verbatim(text) if name in ("DOI", "URL") else encode(text)
        ranged = name == "page" and "–" in full_range(text)  # "ahead-of-print" is none
        fields.append((field, written.replace("-", "--") if ranged else written))
    if item["type"] in ("article-magazine", "article-newspaper"):
        fields.append(("entrysubtype", item["type"].removeprefix("article-")))
    listed = "".join(f"  {field} = {{{_line(text)}}},\n" for field, text in fields)
    return f"@{kind}{{{item['id']},\n{listed}}}\n"


_THESES = {DOCTORAL: "phdthesis", MASTERS: "mastersthesis"}


def _bib_dates(item: Mapping[str, Any]) -> list[tuple[str, str]]:
    dates: list[tuple[str, str]] = []
    if issued := item.get("issued"):
        dates.append(("year", _year(item).replace("-", "--")))
        parts = issued.get("date-parts", [[]])[0]
        dates += [
            (name, str(part)) for name, part in zip(("month", "day"), parts[1:], strict=False)
        ]
    if "original-date" in item:
        dates.append(("origdate", str(item["original-date"]["date-parts"][0][0])))
    if "accessed" in item:
        parts = item["accessed"]["date-parts"][0]
        dates.append(("urldate", "-".join(f"{part:02d}" for part in parts)))
    return dates


def _verbatim(text: str) -> str:
    """An address in a field: what would end the field or begin a command is written as a code."""
    return re.sub(r"[{}\\\s]", lambda sign: f"%{ord(sign[0]):02X}", text)


def _line(text: str) -> str:
    """A text on one line: a line break would end the field."""
    return (
        " ".join(text.split())
        if re.search(r"[\r\n\t\v\f\x1c-\x1e\x85\u2028\u2029]", text)
        else text
    )


def _inverted(name: Mapping[str, str]) -> str:
    if "literal" in name:
        # A comma divides a name in RIS; a body that has one is told by the comma at its end.
        # So is one that reads like a person, such as "Age UK".
        body = name["literal"]
        person = "," in body or read_name(body)[0] != Name("", "", body)
        return f"{body}," if person else body
    family = f"{name.get('non-dropping-particle', '')} {name.get('family', '')}".strip()
    return ", ".join(
        part for part in (family, name.get("given", ""), name.get("suffix", "")) if part
    )


def _latex_name(name: Mapping[str, str]) -> str:
    if name == ET_AL:
        return "others"
    if "literal" in name:
        return "{" + encode(name["literal"]) + "}"
    family, particle = _kept(name.get("family", "")), name.get("non-dropping-particle", "")
    if not particle and family[:1].islower():
        family = f"{{{family}}}"
    elif particle and not all(word.lstrip("'’")[:1].islower() for word in particle.split()):
        family = f"{{{encode(particle)} {family}}}"
        particle = ""
    whole = f"{encode(particle)} {family}".strip()
    given, suffix = _kept(name.get("given", "")), _kept(name.get("suffix", ""))
    if suffix:
        return f"{whole}, {suffix}, {given}"
    return f"{whole}, {given}" if given else whole


def _kept(text: str) -> str:
    """A part of a name that BibTeX would divide stands in braces."""
    written = encode(text)
    return f"{{{written}}}" if re.search(r",|;|=|&|\band\b", text, re.IGNORECASE) else written


# --- findings for a spreadsheet ---------------------------------------------------------------


def to_csv(
    records: Records,
    ids: Sequence[str],
    filters: str = "",
    address: str = "",
    nodes: Sequence[str] = (),
) -> str:
    """Write findings for a spreadsheet, one row each, with where each stands and what was chosen.

    Every table of findings that can be saved anywhere is written here, so that all have the same
    columns.

    Parameters
    ----------
    records : the review's records.
    ids : ids of the findings, in the order of the rows.
    filters : how they were chosen, in words; empty when they were not.
    address : where findings stand in the book, up to their id; empty when that is not known.
    nodes : the node of the codebook each row stands under, where a finding has a row for each node
        it speaks to; by default the one it was coded to.

    Returns
    -------
    The text; its first line names the columns. ``also`` holds the labels of the further nodes the
    finding speaks to, ``section`` and ``anchor`` locate the finding in the source, ``basis`` says
    how the source names the study, ``selection`` and ``data_version`` of what the rows are a part.
    """
    settings = records.settings
    words = Words.of(settings)
    ranks = [rank.id for rank in settings.ranks]
    facets = [facet.id for facet in settings.facets]
    selection = words.say(
        "explorer_selection",
        title=settings.title,
        n=len(ids),
        total=len(records.findings),
        filters=filters or words["explorer_no_filter"],
    )
    columns = [
        *("finding", "study", "citation", "year", *ranks, "also", "direction", *facets, "summary"),
        *("section", "anchor", "basis", "doi", "address", "selection", "data_version"),
    ]
    rows = [columns]
    book = records.codebook
    above: dict[str, list[str]] = {}
    for at, name in enumerate(ids):
        finding = records.findings[name]
        study = records.studies[finding.study]
        work = records.bibliography.get(study.id)
        own = nodes[at] if nodes else finding.theme
        if own not in above:
            held = [book.at_rank(own, rank) for rank in ranks]
            above[own] = [node.label if node else "" for node in held]
        rows.append(
            [
                name,
                study.id,
                records.label(study.id),
                "" if study.year is None else str(study.year),
                *above[own],
                "; ".join(book[name].label for name in finding.themes if name != own),
                settings.direction(finding.direction).label,
                *("; ".join(facet_values(facet, finding, study)) for facet in settings.facets),
                finding.summary,
                finding.section,
                finding.anchor,
                finding.basis,
                work.doi if work else "",
                address and f"{address}{name}",
                selection,
                settings.version,
            ]
        )
    # A team's facet may bear the name of a column: it stands once.
    once = [at for at, column in enumerate(columns) if columns.index(column) == at]
    return csv_text([row[at] for at in once] for row in rows)
