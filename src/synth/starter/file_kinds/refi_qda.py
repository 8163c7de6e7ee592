"""Codebooks and projects in REFI-QDA, which programs of qualitative analysis exchange."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from synth.errors import Problem
from synth.reading.encodings import decode
from synth.starter.file_kinds.archive import part_of
from synth.starter.file_kinds.code_tree import codebook, rank_roles
from synth.starter.file_kinds.grid import cleaned
from synth.starter.sheet import Row, Sheet
from synth.text import counted

Read = tuple[list[Sheet], list[Problem]]


def read_codebook(data: bytes, file: str) -> Read:
    """Read a codebook (``.qdc``), or a project that lies unpacked (``project.qde``).

    Parameters
    ----------
    data : the bytes of the file.
    file : how problems name it.

    Returns
    -------
    The tables, and what is wrong; with an error among that there is none.
    """
    root, problem = _parsed(data, file)
    if root is None:
        return [], [problem] if problem else []
    project = _Project(root)
    if not project.codes:
        return [], [Problem("refi-empty", file)]
    program = root.get("origin", "")
    book = codebook(project.definitions(), file, "", program)
    if _tag(root) != "Project":
        return [book], []
    return _tables(project, file, program)


def read_project(path: Path, file: str, names: list[str]) -> Read:
    """Read a project (``.qdpx``): its codes, its codings with their passages, its sources.

    Parameters
    ----------
    path : the archive, which must have been looked into.
    file : how problems name it.
    names : names of what the archive holds.

    Returns
    -------
    The tables, and what is wrong; with an error among that there is none.
    """
    inside = next(n for n in names if n.rpartition("/")[2].lower() == "project.qde")
    root, problem = _parsed(part_of(path, inside), file)
    if root is None:
        return [], [problem] if problem else []
    texts = {
        PurePosixPath(name).name.lower(): name
        for name in names
        if name.lower().endswith((".txt", ".md"))
    }
    return _tables(_Project(root, path, texts), file, root.get("origin", ""))


def _parsed(data: bytes, file: str) -> tuple[Element | None, Problem | None]:
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import parse

    try:
        return parse(io.BytesIO(data)).getroot(), None
    except ParseError as error:
        return None, Problem("refi-damaged", file, error.position[0], reason="it breaks off")
    except (DefusedXmlException, ValueError, LookupError):
        reason = "it defines entities or names an encoding that no program writes"
        return None, Problem("refi-damaged", file, reason=reason)


def _tag(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _all(element: Element | None, *names: str) -> Iterator[Element]:
    """Elements of these names right below another, whatever their name space."""
    for child in element if element is not None else ():
        if _tag(child) in names:
            yield child


def _one(element: Element | None, name: str) -> Element | None:
    return next(_all(element, name), None)


def _text(element: Element | None) -> str:
    return cleaned("".join(element.itertext())) if element is not None else ""


def _guid(element: Element, name: str = "guid") -> str:
    return element.get(name, "").strip("{}").lower()


_SOURCES = ("TextSource", "PDFSource", "PictureSource", "AudioSource", "VideoSource")
_SELECTIONS = (
    *("PlainTextSelection", "PDFSelection", "PictureSelection", "AudioSelection"),
    *("VideoSelection", "TranscriptSelection"),
)


@dataclass
class _Code:
    guid: str
    parent: str
    path: tuple[str, ...]
    definition: str


@dataclass
class _Coding:
    """A passage with a code."""

    source: str
    code: str
    passage: str = ""
    who: str = ""
    note: str = ""


@dataclass
class _Project:
    """What a project says, by the ids it uses."""

    root: Element
    path: Path | None = None
    texts: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.codes: dict[str, _Code] = {}
        book = _one(self.root, "CodeBook") if _tag(self.root) == "Project" else self.root
        self._take(_one(book, "Codes"), "", ())
        self.users = {
            _guid(user): user.get("name", "") for user in _all(_one(self.root, "Users"), "User")
        }
        self.notes = {
            _guid(note): self._content(note) for note in _all(_one(self.root, "Notes"), "Note")
        }
        self.variables = {
            _guid(variable): variable.get("name", "")
            for variable in _all(_one(self.root, "Variables"), "Variable")
        }
        self._read: dict[str, str] = {}
        self.sources: dict[str, str] = {}
        self.values: dict[str, dict[str, str]] = {}
        self.codings: list[_Coding] = []
        self.unknown = 0
        self.without_text = 0
        for number, source in enumerate(_all(_one(self.root, "Sources"), *_SOURCES), start=1):
            self._source(source, number)
        self._cases()
        self.unread = [
            counted(number, noun)
            for noun in ("Set", "Graph", "Link")
            if (number := sum(1 for _ in _all(_one(self.root, f"{noun}s"), noun)))
        ]
        used = {_guid(ref, "targetGUID") for ref in self.root.iter() if _tag(ref) == "NoteRef"}
        if alone := len(set(self.notes) - used):
            self.unread.append(counted(alone, "memo of its own", "memos of their own"))

    def _take(self, codes: Element | None, parent: str, path: tuple[str, ...]) -> None:
        waiting = [(code, parent, path) for code in _all(codes, "Code")]
        while waiting:
            code, above, way = waiting.pop(0)
            guid = _guid(code) or f"code-{len(self.codes) + 1}"
            label = cleaned(code.get("name", "")).replace("\n", " ") or guid
            if guid in self.codes:
                continue
            here = (*way, label)
            self.codes[guid] = _Code(guid, above, here, _text(_one(code, "Description")))
            waiting[:0] = [(below, guid, here) for below in _all(code, "Code")]

    def definitions(self) -> list[tuple[str, str, str, str]]:
        return [(c.guid, c.parent, c.path[-1], c.definition) for c in self.codes.values()]

    def _source(self, source: Element, number: int) -> None:
        name = cleaned(source.get("name", "")).replace("\n", " ")
        if not name:
            path = source.get("path", "") or source.get("plainTextPath", "")
            name = path.rpartition("/")[2] or f"Source {number}"
        guid = _guid(source) or f"source-{number}"
        self.sources[guid] = re.sub(
            r"\.(pdf|docx?|txt|rtf|odt|html?|md|epub)$", "", name, flags=re.I
        )
        self.values[guid] = self._values(source)
        self._coded(source, guid, None)
        for selection in _all(source, *_SELECTIONS):
            self._coded(selection, guid, self._content(source))
        for part in _all(source, "Representation", "Transcript"):
            for selection in _all(part, *_SELECTIONS):
                self._coded(selection, guid, self._content(part))

    def _coded(self, selection: Element, source: str, text: str | None) -> None:
        """The codings of a passage, or of a source as a whole."""
        for coding in _all(selection, "Coding"):
            who = self.users.get(_guid(coding, "creatingUser"), "")
            note = "\n".join(
                self.notes.get(_guid(ref, "targetGUID"), "")
                for ref in (*_all(selection, "NoteRef"), *_all(coding, "NoteRef"))
            ).strip()
            for ref in _all(coding, "CodeRef"):
                code = _guid(ref, "targetGUID")
                if code not in self.codes:
                    self.unknown += 1
                    continue
                passage = "" if text is None else self._passage(selection, text)
                if text is not None and not passage:
                    self.without_text += 1
                self.codings.append(_Coding(source, code, passage, who, note))

    def _passage(self, selection: Element, text: str) -> str:
        if _tag(selection) != "PlainTextSelection":
            # Some programs keep the words of a page in the name of the passage.
            name = cleaned(selection.get("name", ""))
            return _text(_one(selection, "Description")) or (name if name.count(" ") > 1 else "")
        try:
            start = int(selection.get("startPosition", ""))
            end = int(selection.get("endPosition", ""))
        except ValueError:
            return ""
        if not 0 <= start <= end:
            return ""
        begins = cleaned(selection.get("name", "")).rstrip(".… ")
        # Programs count a line end on Windows as one sign or as two: the passage's name tells.
        for whole in (text.replace("\r\n", "\n"), text):
            passage = cleaned(whole[start:end])
            if not begins or passage.startswith(begins):
                return passage
        return cleaned(text.replace("\r\n", "\n")[start:end])

    def _content(self, holder: Element) -> str:
        """The plain text of a source: within the project, or in a file beside it."""
        within = _one(holder, "PlainTextContent")
        if within is not None:
            return "".join(within.itertext())
        name = holder.get("plainTextPath", "").rpartition("/")[2].lower()
        if not name or name not in self.texts or self.path is None:
            return ""
        if name not in self._read:
            data = part_of(self.path, self.texts[name])
            try:
                self._read[name] = data.decode("utf-8-sig")
            except UnicodeDecodeError:
                self._read[name] = decode(data, name)[0] or ""
        return self._read[name]

    def _values(self, holder: Element) -> dict[str, str]:
        values = {}
        for value in _all(holder, "VariableValue"):
            ref = _one(value, "VariableRef")
            name = self.variables.get(_guid(ref, "targetGUID"), "") if ref is not None else ""
            said = next((child for child in value if _tag(child) != "VariableRef"), None)
            if name:
                values[name] = _text(said)
        return values

    def _cases(self) -> None:
        """What is said of a case is said of its sources."""
        for case in _all(_one(self.root, "Cases"), "Case"):
            values = self._values(case)
            if case.get("name"):
                values["Case"] = cleaned(case.get("name", ""))
            for ref in _all(case, "SourceRef"):
                held = self.values.get(_guid(ref, "targetGUID"))
                if held is not None:
                    for name, value in values.items():
                        held[name] = "\n".join(filter(None, dict.fromkeys((held.get(name), value))))


def _tables(project: _Project, file: str, program: str) -> Read:
    """A project as two tables: the codings, and the codebook."""
    book = codebook(project.definitions(), file, "Codes", program)
    coded = {coding.source for coding in project.codings}
    notes = [
        f"It is a REFI-QDA project{f' of {program}' if program else ''}: "
        f"{counted(len(project.sources), 'source')}, {counted(len(project.codes), 'code')}, "
        f"{counted(len(project.codings), 'coding')}. Rows are numbered by coding.",
    ]
    if project.unknown:
        notes.append(
            f"{counted(project.unknown, 'coding names', 'codings name')} "
            f"a code that is not in the codebook: left out."
        )
    if project.without_text:
        notes.append(
            f"{counted(project.without_text, 'coding is', 'codings are')} "
            f"of a picture, a sound or a page without text: the "
            "passage stays empty."
        )
    if project.unread:
        notes.append(f"Not read: {', '.join(project.unread)}.")
    coders = {coding.who for coding in project.codings} - {""}
    if len(coders) > 1:
        notes.append(f"{len(coders)} people coded; the codings of all of them count.")
    bare = [guid for guid in project.sources if guid not in coded]
    if bare:
        notes.append(
            f"{counted(len(bare), 'source has', 'sources have')} "
            f"no coding: without a code it stays a study."
        )
    if not project.sources:
        if not project.codes:
            return [], [Problem("refi-empty", file)]
        return [_noted(book, notes)], []
    depth = max((len(project.codes[c.code].path) for c in project.codings), default=1)
    ranks = [f"Code {n}" for n in range(1, depth + 1)] if depth > 1 else ["Code"]
    variables = list(dict.fromkeys(name for held in project.values.values() for name in held))
    header = ["Source", *ranks, "Passage", "Coder", "Memo"]
    header += [name if name not in header else f"{name} (variable)" for name in variables]
    rows: list[Row] = []
    for coding in (*project.codings, *(_Coding(guid, "") for guid in bare)):
        path = project.codes[coding.code].path if coding.code else ()
        cells: dict[str, Any] = dict.fromkeys(header, "")
        cells["Source"] = project.sources[coding.source]
        cells |= zip(ranks, path, strict=False)
        cells |= {"Passage": coding.passage, "Coder": coding.who, "Memo": coding.note}
        for name in variables:
            column = name if name not in ("Source", *ranks, "Passage", "Coder", "Memo") else ""
            cells[column or f"{name} (variable)"] = project.values[coding.source].get(name, "")
        rows.append(Row(len(rows) + 1, cells))
    kept = [n for n in header if n in ("Source", *ranks) or any(row.cells[n] for row in rows)]
    roles = {"Source": "study", **rank_roles(ranks)}
    roles |= {n: r for n, r in (("Passage", "summary"), ("Coder", "person")) if n in kept}
    sheet = Sheet(
        file,
        tuple(kept),
        tuple(Row(row.line, {name: row.cells[name] for name in kept}) for row in rows),
        tuple(notes),
        name="Codings",
        roles=roles,
        program=program,
        holds="codings",
    )
    return [sheet, *([book] if project.codes else [])], []


def _noted(sheet: Sheet, notes: list[str]) -> Sheet:
    return replace(sheet, notes=(*notes, *sheet.notes))
