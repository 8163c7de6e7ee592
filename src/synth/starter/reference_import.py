"""An author's references, BibTeX or RIS, and which of them a cell of the table means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from synth.errors import Problem, did_you_mean
from synth.reading.bibliography import DOI, Bibliography, Reference, parse_bibliography
from synth.reading.settings import SLUG
from synth.reading.tables import mangled
from synth.references.apa import author_year
from synth.references.formats import to_bibtex
from synth.starter.spreadsheet import folded, read_any_text, slug, unique


@dataclass(frozen=True)
class Works:
    """The works of a new review.

    Parameters
    ----------
    text : the text of ``references.bib``.
    bibliography : what it holds.
    former : keys the works had in the author's file, where they had to be changed, by new key.
    lines : for a line of ``references.bib`` the line of the author's file, where they differ.
    notes : how the file was read.
    file : the author's file; empty if there is none.
    """

    text: str
    bibliography: Bibliography
    former: Mapping[str, str] = field(default_factory=dict)
    lines: Mapping[int, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    file: str = ""

    @cached_property
    def _by_name(self) -> Mapping[str, tuple[str, ...]]:
        """Keys of the works that a name can mean, by the name without accents and signs."""
        names: dict[str, dict[str, None]] = {}
        for key, work in self.bibliography.items():
            for name in _names_of(work, self.former.get(key, key)):
                if name:
                    names.setdefault(name, {})[key] = None
        return {name: tuple(keys) for name, keys in names.items()}

    def find(self, cell: str) -> tuple[str, ...]:
        """Keys of the works a cell may mean: one if all is well, none, or several."""
        if cell in self.bibliography:
            return (cell,)
        doi = DOI.search(cell)
        if doi and (found := self._by_name.get(folded(doi[0]))):
            return found
        return self._by_name.get(_spoken(cell), ())

    def problem(self, cell: str, file: str, line: int, column: str) -> Problem:
        """Say why a cell names no work, or more than one, and how to mend it."""
        found = self.find(cell)
        if len(found) > 1:
            listed = ", ".join(repr(key) for key in found)
            return Problem("work-ambiguous", file, line, column, value=cell, listed=listed)
        if code := mangled(cell):
            return Problem(code, file, line, column, value=cell)
        near = did_you_mean(cell, [*self.bibliography, *self.former.values(), *self._labels])
        return Problem("work-unknown", file, line, column, value=cell, near=near, file=self.file)

    @cached_property
    def _labels(self) -> tuple[str, ...]:
        return tuple(author_year(work) for work in self.bibliography.values())


def _names_of(work: Reference, former: str) -> Iterable[str]:
    """Everything a table may call a work, without accents, capitals and signs."""
    yield folded(work.key)
    yield folded(former)
    if work.doi:
        yield folded(work.doi)
    yield folded(work.title)
    families = [folded(name.family) for name in work.authors or work.editors]
    if not families:
        return
    year = str(work.year or "")
    for listed in {tuple(families[:1]), tuple(families[:2]), tuple(families)}:
        yield " ".join([*listed, year]).strip()
        if work.suffix:
            yield " ".join([*listed, year + work.suffix]).strip()


def _spoken(cell: str) -> str:
    """A citation as its bare names and year: "Lee & Roux (2019)" and "Lee et al., 2019"."""
    return " ".join(word for word in folded(cell).split() if word not in ("et", "al", "and", "und"))


# --- reading ------------------------------------------------------------------------------------


def read_works(path: Path) -> tuple[Works, list[Problem]]:
    """Read references, BibTeX or RIS by what the file holds, and give every work a key of ours.

    Parameters
    ----------
    path : the file.
    """
    text, notes, problems = read_any_text(path)
    file = str(path)
    nothing = Works("", Bibliography(), file=file)
    if text is None:
        return nothing, problems
    if re.search(r"^\s*@\s*\w+\s*[{(]", text, re.MULTILINE):
        works, found = parse_bib(text, file, notes)
    elif re.search(r"^\s*TY  ?- ", text, re.MULTILINE):
        works, found = parse_ris(text, file, notes)
    else:
        return nothing, [*problems, Problem("references-none", file, 1)]
    return works, problems + found


def parse_bib(text: str, file: str, notes: Sequence[str] = ()) -> tuple[Works, list[Problem]]:
    r"""Take over a ``.bib`` file word by word; only keys that cannot be ids are changed.

    >>> works, problems = parse_bib("@book{Lee_2020, title={Pay}, year=2020}", "r.bib")
    >>> works.text, dict(works.former)
    ('@book{lee-2020, title={Pay}, year=2020}\n', {'lee-2020': 'Lee_2020'})
    """
    read, problems = parse_bibliography(text, file)
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
        new = unique(slug(key, "work"), taken)
        taken.add(new)
        former[new] = key
        opening = re.compile(r"@\s*\w+\s*[{(]\s*").search(text, offsets[work.line - 1])
        if opening:
            changes.append((opening.end(), key, new))
    for place, key, new in sorted(changes, reverse=True):
        text = f"{text[:place]}{new}{text[place + len(key) :]}"
    text = text.rstrip("\n") + "\n"
    renamed, _ = parse_bibliography(text, file)
    return Works(text, renamed, former, {}, tuple(notes), file), problems


_KINDS = {
    **dict.fromkeys(("JOUR", "JFULL", "MGZN", "EJOUR", "INPR", "ABST"), "article-journal"),
    **dict.fromkeys(("BOOK", "EBOOK", "EDBOOK"), "book"),
    **dict.fromkeys(("CHAP", "ECHAP"), "chapter"),
    **dict.fromkeys(("CONF", "CPAPER"), "paper-conference"),
    **dict.fromkeys(("RPRT", "GOVDOC"), "report"),
    "THES": "thesis",
    "ELEC": "webpage",
}


def parse_ris(text: str, file: str, notes: Sequence[str] = ()) -> tuple[Works, list[Problem]]:
    r"""Turn RIS into BibTeX; keys are made of the first author and the year.

    >>> works, problems = parse_ris("TY  - BOOK\nAU  - Lee, A.\nTI  - Pay\nPY  - 2020\nER  - ", "r")
    >>> list(works.bibliography), problems
    (['lee2020'], [])
    """
    import rispy

    lines = text.split("\n")
    starts = [n for n, line in enumerate(lines, 1) if re.match(r"\s*TY  ?-", line)]
    problems: list[Problem] = []
    # rispy leaves out an entry that does not end, without a word.
    for start, following in zip(starts, [*starts[1:], len(lines) + 1], strict=True):
        if not any(re.match(r"\s*ER  ?-", line) for line in lines[start - 1 : following - 1]):
            problems.append(Problem("ris-unended", file, start))
    if problems:
        return Works("", Bibliography(), file=file), problems
    tidy = "\n".join(re.sub(r"^([A-Z][A-Z0-9]) ?-( |$)", r"\1  - ", line.strip()) for line in lines)
    try:
        entries: list[dict[str, Any]] = rispy.loads(tidy)
    except Exception as error:  # whatever rispy's reading of a damaged file ends in
        problem = Problem("ris-unreadable", file, 1, reason=str(error))
        return Works("", Bibliography(), file=file), [problem]
    if len(entries) != len(starts):
        problem = Problem("ris-entries-lost", file, 1, begun=len(starts), read=len(entries))
        return Works("", Bibliography(), file=file), [problem]
    items = [_item(entry) for entry in entries]
    keys = _keys(items)
    former: dict[str, str] = {}
    text, mapped = "", {}
    line = 1
    for key, item, entry, start in zip(keys, items, entries, starts, strict=True):
        if entry.get("id"):
            former[key] = str(entry["id"])
        written = to_bibtex([{**item, "id": key}])
        mapped.update(dict.fromkeys(range(line, line + written.count("\n") + 1), start))
        line += written.count("\n") + 1
        text += ("\n" if text else "") + written
    read, found = parse_bibliography(text, file)
    at_home = [problem.at(file, mapped.get(problem.line)) for problem in found]
    return Works(text, read, former, mapped, tuple(notes), file), at_home


def _item(entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry of RIS as a CSL-JSON item."""

    def first(*names: str) -> str:
        return next((" ".join(str(entry[n]).split()) for n in names if entry.get(n)), "")

    year = re.search(r"\d{4}", first("year", "publication_year", "date"))
    doi = re.sub(r"^(https?://(dx\.)?doi\.org/|doi:\s*)", "", first("doi"), flags=re.IGNORECASE)
    pages = "-".join(part for part in (first("start_page"), first("end_page")) if part)
    urls = [url for url in entry.get("urls", ()) if re.fullmatch(r"https?://[^\s<>\"]+", url)]
    title = first("title", "primary_title", "translated_title", "short_title")
    said = {
        "type": _KINDS.get(str(entry.get("type_of_reference", "")), "document"),
        "title": title,
        "container-title": first(
            "journal_name", "secondary_title", "alternate_title2", "alternate_title1"
        ),
        "volume": first("volume"),
        "issue": first("number", "issue"),
        "page": pages,
        "edition": first("edition"),
        "publisher": first("publisher"),
        "publisher-place": first("place_published"),
        "DOI": doi if DOI.fullmatch(doi) else "",
        "URL": urls[0] if urls else "",
        "note": "" if DOI.fullmatch(doi) or not doi else f"DOI as given: {doi}",
    }
    item: dict[str, Any] = {name: value for name, value in said.items() if value}
    people = [*entry.get("authors", ()), *entry.get("first_authors", ())]
    editors = entry.get("secondary_authors", ()) if item["type"] == "chapter" else ()
    for role, names in (("author", people), ("editor", editors)):
        if names:
            item[role] = [_person(" ".join(str(name).split())) for name in dict.fromkeys(names)]
    if year:
        item["issued"] = {"date-parts": [[int(year[0])]]}
    return item


def _person(name: str) -> dict[str, str]:
    family, comma, given = name.partition(",")
    if not comma:
        return {"literal": name}
    return {"family": family.strip(), **({"given": given.strip()} if given.strip() else {})}


def _keys(items: Sequence[Mapping[str, Any]]) -> list[str]:
    """First author and year, with letters where two works would be called alike."""
    stems = []
    for item in items:
        people = item.get("author") or item.get("editor") or [{}]
        name = people[0].get("family") or people[0].get("literal") or item.get("title", "")
        year = item["issued"]["date-parts"][0][0] if "issued" in item else ""
        stems.append(f"{slug(name, 'work')}{year}")
    keys: list[str] = []
    count: dict[str, int] = {}
    for stem in stems:
        if stems.count(stem) == 1:
            keys.append(unique(stem, keys))
            continue
        number = count[stem] = count.get(stem, 0) + 1
        letter = chr(96 + number) if number <= 26 else f"-{number}"
        keys.append(unique(f"{stem}{letter}", keys))
    return keys


# --- without a file -----------------------------------------------------------------------------


def works_from_table(named: Iterable[tuple[str, Mapping[str, str]]]) -> Works:
    """Works known only from the table: its name for each, and what its columns tell.

    Parameters
    ----------
    named : the table's name of each study, with ``author``, ``year``, ``title``, ``journal`` and
        ``doi`` as far as there are such columns.
    """
    items: list[dict[str, Any]] = []
    names: list[str] = []
    for name, told in dict(named).items():
        item = _item(
            {
                "type_of_reference": "JOUR" if told.get("journal") else "GEN",
                "title": told.get("title", "") or name,
                "year": told.get("year", "") or name,
                "journal_name": told.get("journal", ""),
                "doi": told.get("doi", ""),
            }
        )
        people = told.get("author", "") or re.split(r"[,(]?\s*\(?\d{4}", name)[0]
        listed = [part for part in re.split(r";| and | & ", people.replace(" et al.", "")) if part]
        item["author"] = [{"literal": " ".join(part.split()).strip(" ,")} for part in listed]
        item["author"] = [person for person in item["author"] if person["literal"]]
        if " et al" in people:
            item["author"].append({"literal": "others"})
        if not item["author"]:
            item["author"] = [{"literal": name}]
        lacking = [w for w in ("title", "author", "year", "journal") if not told.get(w)]
        if lacking:
            item["note"] = f"From the team's table; to be looked up: {', '.join(lacking)}."
        items.append(item)
        names.append(name)
    keys = _keys(items)
    text = "\n".join(
        # "and others" is a word of BibTeX, not a body called others.
        to_bibtex([{**item, "id": key}]).replace("{others}", "others")
        for key, item in zip(keys, items, strict=True)
    )
    read, _ = parse_bibliography(text)
    return Works(text, read, dict(zip(keys, names, strict=True)), {}, (), "the table")
