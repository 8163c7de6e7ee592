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

if TYPE_CHECKING:
    from synth.reading.bibliography import Name, Reference
    from synth.reading.tables import Records

# BibTeX's types and fields in the words of CSL 1.0.2 (docs.citationstyles.org, appendix III, IV).
_CSL_TYPES = {
    "article": "article-journal",
    "book": "book",
    "inbook": "chapter",
    "incollection": "chapter",
    "inproceedings": "paper-conference",
    "conference": "paper-conference",
    "mastersthesis": "thesis",
    "phdthesis": "thesis",
    "techreport": "report",
    "report": "report",
    "online": "webpage",
}
_CSL_FIELDS = (
    ("volume", "volume"),
    ("edition", "edition"),
    ("publisher", "publisher"),
    ("institution", "publisher"),
    ("school", "publisher"),
    ("organization", "publisher"),
    ("address", "publisher-place"),
    ("isbn", "ISBN"),
    ("issn", "ISSN"),
)


# --- one work as a CSL-JSON item --------------------------------------------------------------


def csl_item(reference: Reference) -> dict[str, Any]:
    """A work as an item of CSL-JSON, the form every citation manager reads.

    Parameters
    ----------
    reference : the work, as ``references.bib`` holds it.

    Returns
    -------
    The item; what the entry leaves empty is left out.
    """
    kind = _CSL_TYPES.get(reference.kind, "document")
    item: dict[str, Any] = {"id": reference.key, "type": kind}
    for role, names in (("author", reference.authors), ("editor", reference.editors)):
        if names:
            item[role] = [_csl_name(name) for name in names]
    if reference.year is not None:
        item["issued"] = {"date-parts": [[reference.year]]}
    number = reference.text("number")
    pages = re.sub(r"\s*[–—-]+\s*", "-", reference.text("pages"))
    texts = {
        "title": reference.title,
        "container-title": reference.container,
        "issue": number if kind.startswith("article") else "",
        "number": number if not kind.startswith("article") else "",
        "page": pages,
        "DOI": reference.doi,
        "URL": reference.url,
        "note": reference.note,
    }
    for field, name in _CSL_FIELDS:
        texts.setdefault(name, "")
        texts[name] = texts[name] or reference.text(field)
    item.update({name: text for name, text in sorted(texts.items()) if text})
    return item


def _csl_name(name: Name) -> dict[str, str]:
    if not (name.first or name.von or name.jr):
        return {"literal": name.last} if " " in name.last else {"family": name.last}
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
    from synth.views.explorer import studies_in_order

    names = tuple(ids)
    codes: dict[str, dict[str, None]] = {}
    for name in names:
        finding = records.findings[name]
        codes.setdefault(finding.study, {})[f"{finding.theme}: {finding.direction}"] = None
    return [
        {**csl_item(records.bibliography[study]), "keyword": ", ".join(codes[study])}
        for study in studies_in_order(records, names)
        if study in records.bibliography
    ]


def to_csl_json(items: Sequence[Mapping[str, Any]]) -> str:
    """Write works as CSL-JSON."""
    return json.dumps(list(items), ensure_ascii=False, indent=1) + "\n"


_RIS_TYPES = {
    "article-journal": "JOUR",
    "book": "BOOK",
    "chapter": "CHAP",
    "paper-conference": "CPAPER",
    "report": "RPRT",
    "thesis": "THES",
    "webpage": "ELEC",
}
_RIS_TAGS = (
    ("TI", "title"),
    ("T2", "container-title"),
    ("VL", "volume"),
    ("IS", "issue"),
    ("M1", "number"),
    ("ET", "edition"),
    ("PB", "publisher"),
    ("CY", "publisher-place"),
    ("SN", "ISBN"),
    ("SN", "ISSN"),
    ("DO", "DOI"),
    ("UR", "URL"),
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
    for tag, role in (("AU", "author"), ("ED", "editor")):
        lines += [(tag, _inverted(name)) for name in item.get(role, ())]
    lines += [(tag, item[name]) for tag, name in _RIS_TAGS if name in item]
    if "issued" in item:
        lines.append(("PY", str(item["issued"]["date-parts"][0][0])))
    if "page" in item:
        first, _, last = item["page"].partition("-")
        lines += [("SP", first), *([("EP", last)] if last else [])]
    # The explorer inserts keywords before the end of an entry; nothing else may stand there.
    lines += [("KW", word) for word in item.get("keyword", "").split(", ") if word]
    lines.append(("ER", ""))
    return "".join(f"{tag}  - {_line(text)}\r\n" for tag, text in lines)


_BIB_TYPES = {
    "article-journal": "article",
    "book": "book",
    "chapter": "incollection",
    "paper-conference": "inproceedings",
    "report": "techreport",
    "thesis": "phdthesis",
}
_BIB_FIELDS = (
    ("title", "title"),
    ("", "container-title"),
    ("volume", "volume"),
    ("number", "issue"),
    ("number", "number"),
    ("pages", "page"),
    ("edition", "edition"),
    ("publisher", "publisher"),
    ("address", "publisher-place"),
    ("isbn", "ISBN"),
    ("issn", "ISSN"),
    ("doi", "DOI"),
    ("url", "URL"),
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
    fields = [
        (role, " and ".join(_latex_name(name) for name in item[role]))
        for role in ("author", "editor")
        if role in item
    ]
    if "issued" in item:
        fields.append(("year", str(item["issued"]["date-parts"][0][0])))
    for field, name in _BIB_FIELDS:
        if name not in item:
            continue
        text = item[name]
        if name == "container-title":
            field = "journal" if kind == "article" else "booktitle"
        if name == "publisher" and kind in ("techreport", "phdthesis"):
            field = "institution" if kind == "techreport" else "school"
        if name == "page":
            text = text.replace("-", "--")
        # Addresses are read as they stand; everywhere else these signs are commands.
        fields.append((field, text if name in ("DOI", "URL") else _latex(text)))
    listed = "".join(f"  {field} = {{{_line(text)}}},\n" for field, text in fields)
    return f"@{kind}{{{item['id']},\n{listed}}}\n"


def _line(text: str) -> str:
    """A text on one line: a line break would end the field."""
    return re.sub(r"\s*[\r\n]\s*", " ", text)


def _inverted(name: Mapping[str, str]) -> str:
    if "literal" in name:
        return name["literal"]
    family = f"{name.get('non-dropping-particle', '')} {name['family']}".strip()
    return ", ".join(
        part for part in (family, name.get("given", ""), name.get("suffix", "")) if part
    )


def _latex_name(name: Mapping[str, str]) -> str:
    if "literal" in name:
        return "{" + _latex(name["literal"]) + "}"
    family = f"{name.get('non-dropping-particle', '')} {name['family']}".strip()
    parts = (family, name.get("suffix", ""), name.get("given", ""))
    return _latex(", ".join(part for part in parts if part))


_COMMANDS = {
    "\\": "\\textbackslash{}",
    "{": "\\textbraceleft{}",
    "}": "\\textbraceright{}",
    "~": "\\textasciitilde{}",
    "^": "\\textasciicircum{}",
    **{sign: "\\" + sign for sign in "&%$#_"},
}


def _latex(text: str) -> str:
    return re.sub(r"[\\{}~^&%$#_]", lambda sign: _COMMANDS[sign[0]], text)


# --- findings for a spreadsheet ---------------------------------------------------------------


def to_csv(records: Records, ids: Sequence[str], filters: str = "", address: str = "") -> str:
    """Write findings for a spreadsheet, one row each, with where each stands and what was chosen.

    Parameters
    ----------
    records : the review's records.
    ids : ids of the findings, in the order of the rows.
    filters : how they were chosen, in words; empty when they were not.
    address : where findings stand in the book, up to their id; empty when that is not known.

    Returns
    -------
    The text; its first line names the columns. ``section`` and ``anchor`` locate the finding in the
    source, ``basis`` says how the source names the study, ``selection`` and ``data_version`` of
    what the rows are a part.
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
        *("finding", "study", "citation", "year", *ranks, "direction", *facets, "summary"),
        *("section", "anchor", "basis", "doi", "address", "selection", "data_version"),
    ]
    rows = [columns]
    for name in ids:
        finding = records.findings[name]
        study = records.studies[finding.study]
        work = records.bibliography.get(study.id)
        nodes = [records.codebook.at_rank(finding.theme, rank) for rank in ranks]
        rows.append(
            [
                name,
                study.id,
                records.label(study.id),
                "" if study.year is None else str(study.year),
                *(node.label if node else "" for node in nodes),
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
