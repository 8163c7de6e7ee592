"""The works a review cites: ``references.bib`` as entries that know their authors, year and links.

bibtexparser splits the file; this module decides what is a problem and decodes LaTeX only when a
field is looked at and only where LaTeX stands, because decoding everything costs seventy times the
parsing.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from synth.errors import Problem
from synth.reading.textio import read_text, without_collecting

BIB_FILE = "references.bib"

DOI = re.compile(r"10\.\d{4,9}/\S*[^\s.,;]")
"""What a DOI looks like (crossref.org, "DOIs and matching regular expressions")."""

# Written for "no year" in the styles reviewers use; a work may say so, but not spell it otherwise.
UNDATED = ("n.d.", "in press", "forthcoming")

_MONTHS = frozenset(
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
)
_ENCLOSING = re.compile(r"(?<!\\)[{}\"]")
_KEY_SUFFIX = re.compile(r"\d{4}([a-z])$")
_YEAR = re.compile(r"\d{4}")


@dataclass(frozen=True, slots=True)
class Name:
    """A person or body, in the four parts that BibTeX knows.

    >>> Name("Arthur C.", "van", "Dijk").family
    'van Dijk'
    """

    first: str = ""
    von: str = ""
    last: str = ""
    jr: str = ""

    @property
    def family(self) -> str:
        """The name a citation shows."""
        return f"{self.von} {self.last}" if self.von else self.last

    @property
    def initials(self) -> str:
        """Initials of the given names.

        >>> Name("Jean-Paul Édouard", "", "Roux").initials
        'J.-P. É.'
        """
        words = []
        for word in self.first.replace(".", ". ").split():
            parts = [part for part in word.split("-") if part and part != "."]
            if parts:
                words.append("-".join(part[0].upper() + "." for part in parts))
        return " ".join(words)


@dataclass(frozen=True)
class Reference:
    """A work of the bibliography.

    Parameters
    ----------
    key : key of the entry, which is also the name of the study.
    kind : type of the entry in lower case, such as ``"article"``.
    fields : fields as written, names in lower case; LaTeX is decoded by the properties.
    line : line of the file the entry begins on.

    >>> Reference("otte2020a", "article", {"author": "Otte, I. and others", "year": "2020"}).suffix
    'a'
    """

    key: str
    kind: str
    fields: Mapping[str, str] = field(default_factory=dict, hash=False)
    line: int = field(default=0, compare=False)

    def text(self, name: str) -> str:
        """A field as readers see it, without LaTeX; empty when the entry has none."""
        return decode(self.fields.get(name, ""))

    @cached_property
    def authors(self) -> tuple[Name, ...]:
        """The authors, in the order of the entry, without the ``others`` that may end them."""
        return _names(self.fields.get("author", ""))

    @cached_property
    def editors(self) -> tuple[Name, ...]:
        """The editors, in the order of the entry."""
        return _names(self.fields.get("editor", ""))

    @property
    def and_others(self) -> bool:
        """Whether the entry says that there are more authors than it names."""
        people = self.fields.get("author", "") or self.fields.get("editor", "")
        return people.rstrip().endswith(" others")

    @cached_property
    def year(self) -> int | None:
        """The year, or ``None`` for an undated work."""
        written = self.fields.get("year", "") or self.fields.get("date", "")[:4]
        return int(written) if _YEAR.fullmatch(written) else None

    @property
    def is_undated(self) -> bool:
        """Whether the entry gives no year, or says that there is none."""
        written = self.fields.get("year", "") or self.fields.get("date", "")
        return not written or written.lower() in UNDATED

    @property
    def suffix(self) -> str:
        """The letter that tells works of one author and year apart, taken from the key."""
        found = _KEY_SUFFIX.search(self.key)
        return found[1] if found else ""

    @cached_property
    def title(self) -> str:
        """The title as readers see it."""
        return self.text("title")

    @cached_property
    def container(self) -> str:
        """The journal or book the work stands in."""
        for name in ("journal", "journaltitle", "booktitle"):
            if name in self.fields:
                return self.text(name)
        return ""

    @property
    def doi(self) -> str:
        """The DOI without an address before it."""
        return self.fields.get("doi", "").replace("\\_", "_")

    @property
    def url(self) -> str:
        """An address of the work other than its DOI."""
        return self.fields.get("url", "").replace("\\_", "_").replace("\\%", "%")

    @property
    def link(self) -> str:
        """Where a reader finds the work: its DOI, else its address, else nothing."""
        if self.doi:
            return f"https://doi.org/{self.doi}"
        return self.url if self.url.startswith(("https://", "http://")) else ""

    @property
    def note(self) -> str:
        """What the bibliography says of the entry itself, such as what could not be verified."""
        return self.text("note")


class Bibliography(Mapping[str, Reference]):
    """The works of ``references.bib`` by key, in the order of the file.

    Parameters
    ----------
    references : the works; keys stand once.
    broken : keys of entries that could not be read, so that they are not also called missing.
    """

    def __init__(
        self, references: tuple[Reference, ...] = (), broken: frozenset[str] = frozenset()
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
    from bibtexparser.middlewares import ResolveStringReferencesMiddleware

    # What encloses a value is taken off by _reference, which must look at it anyway.
    abbreviated = "@string" in text.lower()
    with _quiet("bibtexparser"):
        library = parse_string(
            text, parse_stack=[ResolveStringReferencesMiddleware()] if abbreviated else []
        )

    problems: list[Problem] = []
    references: list[Reference] = []
    broken: set[str] = set()
    after_failure = False
    for block in library.blocks:
        line = (block.start_line or 0) + 1
        if isinstance(block, model.Entry):
            reference, found = _reference(block, line, file)
            problems += found
            if reference is not None:
                references.append(reference)
        elif isinstance(block, model.ParsingFailedBlock):
            problem = _failure(block, line, file)
            problems.append(problem)
            broken.add(problem.where)
        elif isinstance(block, model.ImplicitComment) and not after_failure:
            found = _stray(block.comment, line, file)
            problems += found
            broken.update(problem.where for problem in found)
        after_failure = isinstance(block, model.ParsingFailedBlock)
    return Bibliography(tuple(references), frozenset(broken)), problems


# --- what can be wrong ------------------------------------------------------------------------


def _reference(entry: Any, line: int, file: str) -> tuple[Reference | None, list[Problem]]:
    """One entry as a work; ``None`` when it has no key to be cited by."""
    key = entry.key
    if not key:
        return None, [Problem("entry-keyless", file, line)]
    problems: list[Problem] = []
    fields: dict[str, str] = {}
    for item in entry.fields:
        name, value = item.key.lower(), item.value
        if name in fields:
            place = ("entry-field-twice", file, item.start_line + 1, key)
            problems.append(Problem(*place, value=repr(name)))
        inner = _inside(value)
        # Neither in braces nor in quotation marks: a number or an abbreviation, or else a sign
        # that a comma is missing and the next field was swallowed.
        if inner is None:
            if not value.isdecimal() and value not in _MONTHS and name != "month":
                problems.append(_unenclosed(value, name, key, item.start_line + 1, file))
            inner = value
        fields[name] = inner.strip()
    return Reference(key, entry.entry_type.lower(), fields, line), problems


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


def _unenclosed(value: str, name: str, key: str, line: int, file: str) -> Problem:
    swallowed = re.search(r"(\w+)\s*=\s*[{\"\d]", value)
    if swallowed:
        return Problem("entry-comma", file, line, key, field=name, following=swallowed[1])
    if re.fullmatch(r"[^\s{}\"#,]+", value):
        return Problem("entry-abbreviation", file, line, key, field=name, value=value)
    return Problem("entry-unenclosed", file, line, key, field=name)


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
    entry = re.search(r"^[ \t]*@?[ \t]*\w+\s*[{(]\s*([^\s,{}]+)\s*,", comment, re.MULTILINE)
    if not entry and not re.search(r"^\s*\w+\s*=\s*[{\"]", comment, re.MULTILINE):
        return []
    if entry:
        line += comment[: entry.start()].count("\n")
    return [Problem("entry-stray", file, line, entry[1] if entry else "")]


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
    for work in bibliography.values():
        fields = work.fields

        def add(code: str, work: Reference = work, **fields: object) -> None:
            problems.append(Problem(code, file, work.line, work.key, **fields))

        other = keys.setdefault(work.key.lower(), work)
        if other is not work:
            add("entry-key-capitals", other=other.key, line=other.line)
        if not fields.get("title", "").strip():
            add("entry-untitled")
        if not fields.get("author", "").strip() and not fields.get("editor", "").strip():
            add("entry-authorless")
        year = fields.get("year", "").strip() or fields.get("date", "").strip()
        dated = re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", year)
        possible = dated is not None and 1000 <= int(year[:4]) <= latest
        if year and not possible and year.lower() not in UNDATED:
            add("entry-year", value=year, latest=latest, undated=", ".join(UNDATED))
        doi = work.doi
        if doi and not DOI.fullmatch(doi):
            bare = re.sub(r"^\s*(https?://(dx\.)?doi\.org/|doi:\s*)", "", doi, flags=re.I).strip(
                " .,;"
            )
            mended = (
                f"Write doi = {{{bare}}}." if DOI.fullmatch(bare) else "A DOI reads 10.1000/xyz123."
            )
            add("entry-doi", value=doi, mended=mended)
        elif doi:
            other = dois.setdefault(doi.lower(), work)
            if other is not work:
                add("entry-doi-twice", other=other.key, line=other.line)
        url = work.url
        if url and not re.fullmatch(r"https?://[^\s<>\"]+", url):
            add("entry-address", value=url)
        if "crossref" in fields:
            add("entry-crossref")
    return problems


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


# --- names and LaTeX --------------------------------------------------------------------------

# "Family, Given" with nothing that needs BibTeX's rules: by far the most frequent form.
_PLAIN_NAME = re.compile(r"([A-ZÀ-ÖØ-Þ][^\s,{}\\~]*), ([^,{}\\~\n]*[^,{}\\~\s])")


def _names(written: str) -> tuple[Name, ...]:
    if not written.strip():
        return ()
    if "{" in written or "\\" in written or "\n" in written:
        from bibtexparser.middlewares.names import split_multiple_persons_names

        people = split_multiple_persons_names(written)
    else:
        people = written.strip().split(" and ")
    if people and people[-1].strip() == "others":
        people = people[:-1]
    return tuple(_name(person) for person in people)


@lru_cache(maxsize=8192)
def _name(person: str) -> Name:
    plain = _PLAIN_NAME.fullmatch(person)
    if plain:
        return Name(plain[2], "", plain[1], "")
    from bibtexparser.middlewares.names import parse_single_name_into_parts

    parts = parse_single_name_into_parts(person, strict=False)
    return Name(
        *(decode(" ".join(part)) for part in (parts.first, parts.von, parts.last, parts.jr))
    )


_ACCENT = re.compile(
    r"""\{?\\(?:
        ['`^"~=.]\s*(?:\{\\?[A-Za-z]\}|\\?[A-Za-z])   # \'e  \'{e}  \"{\i}
      | [uvHcdbrkt]\s*\{\\?[A-Za-z]\}                 # \v{c}
      | (?:ss|oe|OE|ae|AE|aa|AA|o|O|l|L|i|j)(?:\{\}|(?![A-Za-z])[ ]?)
      | [&%$_\#]
    )\}?""",
    re.VERBOSE,
)
_LATEX = re.compile(r"[\\{}~]|--|``|''")


def decode(text: str) -> str:
    r"""Text of a ``.bib`` field as readers see it.

    >>> decode(r"G{\"o}del \& {Na{\"\i}ve} {DNA}")
    'Gödel & Naïve DNA'
    """
    if "\n" in text or "  " in text:
        text = " ".join(text.split())
    return _decode(text) if _LATEX.search(text) else text


@lru_cache(maxsize=8192)
def _decode(text: str) -> str:
    if "\\" in text:
        # A few dozen accents make up nearly all the LaTeX of a bibliography: each is decoded once.
        text = _ACCENT.sub(lambda found: _balanced(found[0]), text)
    if "\\" in text:
        text = _from_latex(text)
    text = text.replace("---", "—").replace("--", "–").replace("``", "“").replace("''", "”")
    return text.replace("{", "").replace("}", "").replace("~", "\N{NO-BREAK SPACE}")


def _balanced(snippet: str) -> str:
    """Decode one accent; a brace that belongs to the text around it is kept."""
    opens, closes = snippet.count("{"), snippet.count("}")
    before = "{" if opens > closes and snippet.startswith("{") else ""
    after = "}" if closes > opens else ""
    inner = snippet[len(before) : len(snippet) - len(after)]
    return before + _from_latex(inner) + after


@lru_cache(maxsize=8192)
def _from_latex(text: str) -> str:
    from pylatexenc.latex2text import LatexNodes2Text

    # In a .bib field a bare % is a per cent sign and a bare & is an ampersand, not LaTeX.
    text = re.sub(r"(?<!\\)([%&])", r"\\\1", text)
    return str(_converter(LatexNodes2Text).latex_to_text(text))


@lru_cache(maxsize=1)
def _converter(kind: Any) -> Any:
    return kind(math_mode="text", keep_comments=True, strict_latex_spaces=True)
