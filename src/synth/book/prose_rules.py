"""Checks of a book's prose: does every sentence of synthesis rest on what was coded?

They read the pages as they are stored, without building the book, and say for each problem the
file, the line (in a notebook also the cell) and what to mend. What the build checks too (names that
do not exist) is said here as well, so that one command tells which pages a changed row concerns.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synth.book.role_syntax import cited_findings, mistake
from synth.errors import Problem, ReviewError, did_you_mean, told_once
from synth.model import TABLES, Settings
from synth.reading.tables import read_records
from synth.review import Review

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

    from synth.reading.tables import Records

FINDING_ROLES = ("finding", "elsewhere")
SUPPORT = (*FINDING_ROLES, "review")
"""Roles that say what a paragraph of synthesis rests on."""

# Directives whose content is no prose.
_NO_PROSE = {
    *("bibliography", "catalogue", "characteristics", "code", "code-block", "code-cell"),
    *("eval-rst", "figure", "image", "include", "literalinclude", "math", "mermaid", "raw"),
    *("tableofcontents", "toctree"),
}


# --- pages as they are stored ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Role:
    """A role in the prose: its name and what stands between its backticks."""

    name: str
    text: str


@dataclass(frozen=True)
class Block:
    """A paragraph, heading, list item or table cell of a page.

    Parameters
    ----------
    file : the page, relative to the review's root.
    line : line of the file where it starts.
    cell : in a notebook, its number counted from 1 and the line in it where the block starts.
    parts : text and roles, in order.
    kind : ``"paragraph"``, ``"heading"`` or ``"cell"`` (of a table).
    synthesis : it stands in a ``{synthesis}`` directive.
    lines : the lines as they are written, to find a role's own.
    """

    file: str
    line: int
    cell: tuple[int, int] | None
    parts: tuple[str | Role, ...]
    kind: str = "paragraph"
    synthesis: bool = False
    lines: tuple[str, ...] = ()

    @property
    def roles(self) -> tuple[Role, ...]:
        """The roles, in order."""
        return tuple(part for part in self.parts if isinstance(part, Role))

    def cites(self, *names: str) -> bool:
        """Whether it holds one of some roles."""
        return any(role.name in names for role in self.roles)

    @property
    def text(self) -> str:
        """The words alone."""
        return "".join(part for part in self.parts if isinstance(part, str))

    def start(self, words: int = 8) -> str:
        """Its first words, to recognise it by."""
        first = self.text.split()
        return " ".join(first[:words]) + (" …" if len(first) > words else "")

    def problem(self, code: str, sought: str = "", /, **fields: object) -> Problem:
        """A problem at the line of the block that holds some words, or at its first."""
        offset = next((i for i, text in enumerate(self.lines) if sought and sought in text), 0)
        where = f"cell {self.cell[0]}, line {self.cell[1] + offset}" if self.cell else ""
        return Problem(code, self.file, self.line + offset, where, **fields)


@dataclass(frozen=True)
class Output:
    """What a cell of a notebook shows, as it is stored."""

    file: str
    cell: int
    html: str
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True)
class Page:
    """A page of the book.

    Parameters
    ----------
    file : path relative to the review's root.
    theme : the node of the codebook its front matter declares; may be empty.
    blocks : its prose.
    outputs : what its cells show.
    """

    file: str
    theme: str = ""
    blocks: tuple[Block, ...] = ()
    outputs: tuple[Output, ...] = ()

    @cached_property
    def everything(self) -> tuple[Block, ...]:
        """The prose of the page and of the Markdown its cells show."""
        return (*self.blocks, *(block for output in self.outputs for block in output.blocks))

    @cached_property
    def html(self) -> str:
        """All HTML its cells show."""
        return "\n".join(output.html for output in self.outputs)

    @cached_property
    def findings(self) -> frozenset[str]:
        """Ids of the findings it cites or shows."""
        return frozenset(_cited(self.everything)) | frozenset(
            name for output in self.outputs for name in _drawn_findings(output.html)
        )

    @cached_property
    def influences(self) -> frozenset[str]:
        """Ids of the influences it names or shows."""
        named_here = (
            (re.search(r"<([^<>]+)>\s*$", role.text) or [role.text, role.text])[1].strip()
            for block in self.everything
            for role in block.roles
            if role.name == "influence"
        )
        drawn = re.findall(r'data-influence="([^"]+)"|synth:influence:([^"]+)"', self.html)
        return frozenset(
            (*named_here, *(one or other for one, other in drawn), *self.influence_homes)
        )

    @cached_property
    def influence_homes(self) -> frozenset[str]:
        """Ids of the influences it shows with the anchor that other pages link to."""
        return frozenset(re.findall(r'\bid="influence-([^"]+)"', self.html))


def _cited(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        for role in block.roles:
            if role.name in FINDING_ROLES:
                listed = role.text.partition("|")[0]
                yield from (name.strip() for name in listed.split(";") if name.strip())


def _drawn_findings(html: str) -> Iterator[str]:
    for names in re.findall(r'data-findings?="([^"]*)"', html):
        yield from names.split()
    yield from re.findall(r"synth:finding:([^\"&]+)\"", html)
    # An explorer lists the ids of all it holds, also where its table goes on in the script.
    for names in re.findall(r'<script type="application/json">\{"ids":\[([^\]]*)\]', html):
        yield from re.findall(r'"([^"]+)"', names)


def read_pages(root: Path) -> list[Page]:
    """Read the pages of the book's table of contents, in its order.

    Raises
    ------
    ReviewError : there is no ``_toc.yml``, or a page it names is missing.
    """
    from sphinx_external_toc.parsing import parse_toc_yaml

    toc = root / "_toc.yml"
    if not toc.is_file():
        raise ReviewError([Problem("toc-missing", "_toc.yml")])
    names = list(parse_toc_yaml(toc))
    files = {name: _file_of(root, name) for name in names}
    missing = [
        Problem("toc-page-missing", "_toc.yml", 0, name, value=name)
        for name, path in files.items()
        if path is None
    ]
    if missing:
        raise ReviewError(missing)
    return [read_page(root, path) for path in files.values() if path is not None]


def _file_of(root: Path, name: str) -> Path | None:
    candidates = (root / f"{name}{ending}" for ending in ("", ".md", ".ipynb"))
    return next((path for path in candidates if path.is_file()), None)


def read_page(root: Path, path: Path) -> Page:
    """Read one page, a Markdown file or a notebook."""
    file = path.relative_to(root).as_posix()
    text = path.read_text("utf-8")
    if path.suffix == ".ipynb":
        return _read_notebook(file, text)
    matter, front_lines = _front_matter(text)
    body = "\n" * front_lines + text.split("\n", front_lines)[-1] if front_lines else text
    blocks = tuple(_blocks(body, _Place(file, 1, None)))
    return Page(file, _declared(matter), blocks)


def _read_notebook(file: str, text: str) -> Page:
    notebook = json.loads(text)
    declared = _declared(notebook.get("metadata", {}))
    lines_of = _source_lines(text, notebook)
    blocks: list[Block] = []
    outputs: list[Output] = []
    for index, cell in enumerate(notebook.get("cells", [])):
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            if index == 0:
                matter, front_lines = _front_matter(source)
                declared = declared or _declared(matter)
                if front_lines:
                    source = "\n" * front_lines + source.split("\n", front_lines)[-1]
            blocks += _blocks(source, _Place(file, lines_of[index], index + 1))
        elif cell["cell_type"] == "code":
            outputs.append(_read_outputs(file, lines_of[index], index + 1, cell))
    return Page(file, declared, tuple(blocks), tuple(outputs))


def _read_outputs(file: str, line: int, number: int, cell: Mapping[str, Any]) -> Output:
    html: list[str] = []
    blocks: list[Block] = []
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        html.append("".join(data.get("text/html", "")))
        markdown = "".join(data.get("text/markdown", ""))
        if markdown:
            blocks += _blocks(markdown, _Place(file, line, number, fixed=True))
    return Output(file, number, "\n".join(html), tuple(blocks))


def _source_lines(text: str, notebook: Mapping[str, Any]) -> list[int]:
    """Line of the file at which the source of each cell starts.

    nbformat writes one line of source on one line of the file, so that an editor can jump there.
    """
    written = [line.strip().rstrip(",") for line in text.splitlines()]
    starts: list[int] = []
    position = 0
    for cell in notebook.get("cells", []):
        source = cell["source"]
        lines = source.splitlines(keepends=True) if isinstance(source, str) else source
        start = position
        for line in lines:
            forms = (json.dumps(line, ensure_ascii=False), json.dumps(line))
            found = next((i for i in range(position, len(written)) if written[i] in forms), None)
            if found is None:
                break
            if line is lines[0]:
                start = found
            position = found + 1
        starts.append(start + 1)
    return starts


def _front_matter(text: str) -> tuple[dict[str, Any], int]:
    """What stands between the first two ``---`` lines, and how many lines that takes."""
    import yaml

    found = re.match(r"---[ \t]*\n(.*?)\n---[ \t]*(?:\n|$)", text, re.DOTALL)
    if found is None:
        return {}, 0
    matter = yaml.safe_load(found[1])
    return (matter if isinstance(matter, dict) else {}), found[0].count("\n")


def _declared(matter: Mapping[str, Any]) -> str:
    own = matter.get("synth")
    if not isinstance(own, Mapping):
        return ""
    return str(own.get("theme") or own.get("level") or "")


# --- Markdown ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a piece of Markdown starts: line of the file, cell, and line within the cell."""

    file: str
    line: int
    cell: int | None
    offset: int = 0
    fixed: bool = False  # a stored output has no lines of its own

    def at(self, row: int) -> tuple[int, tuple[int, int] | None]:
        if self.fixed:
            return self.line, (self.cell or 0, 1)
        row += self.offset
        return self.line + row, (self.cell, row + 1) if self.cell else None

    def below(self, row: int) -> _Place:
        return _Place(self.file, self.line, self.cell, self.offset + row, self.fixed)


def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt
    from mdit_py_plugins.colon_fence import colon_fence_plugin
    from mdit_py_plugins.deflist import deflist_plugin
    from mdit_py_plugins.myst_blocks import myst_block_plugin
    from mdit_py_plugins.myst_role import myst_role_plugin

    parser = MarkdownIt("commonmark").enable("table")
    for plugin in (colon_fence_plugin, myst_role_plugin, myst_block_plugin, deflist_plugin):
        parser = parser.use(plugin)
    return parser


def _blocks(text: str, place: _Place, synthesis: bool = False) -> Iterator[Block]:
    """The paragraphs, headings and table cells of a piece of Markdown, directives included."""
    rows = text.split("\n")
    around: list[str] = []
    for token in _parser().parse(text):
        if token.type.endswith("_open"):
            around.append(token.type)
        elif token.type.endswith("_close"):
            around.pop()
        elif token.type == "inline" and token.map:
            first, last = token.map
            line, cell = place.at(first)
            kinds = {"heading_open": "heading", "th_open": "cell", "td_open": "cell"}
            yield Block(
                place.file,
                line,
                cell,
                tuple(_parts(token.children or [])),
                kinds.get(around[-1] if around else "", "paragraph"),
                synthesis,
                () if place.fixed else tuple(rows[first:last]),
            )
        elif token.type in ("fence", "colon_fence") and token.map:
            directive = re.match(r"\{([^}]+)\}", token.info.strip())
            if directive and directive[1] not in _NO_PROSE:
                content, skipped = _without_options(token.content)
                inside = place.below(token.map[0] + 1 + skipped)
                yield from _blocks(content, inside, synthesis or directive[1] == "synthesis")


def _without_options(content: str) -> tuple[str, int]:
    """A directive's content without its options, and how many lines these took."""
    rows = content.split("\n")
    skipped = 0
    if rows[0].strip() == "---":
        closing = next((i for i, row in enumerate(rows[1:], 1) if row.strip() == "---"), 0)
        skipped = closing + 1
    while skipped < len(rows) and re.match(r":[\w-]+:", rows[skipped]):
        skipped += 1
    return "\n".join(rows[skipped:]), skipped


def _parts(tokens: Iterable[Token]) -> Iterator[str | Role]:
    for token in tokens:
        if token.type == "myst_role":
            yield Role(token.meta["name"], token.content)
        elif token.type == "text":
            yield token.content
        elif token.type in ("softbreak", "hardbreak"):
            yield " "
        elif token.type == "image":
            yield from _parts(token.children or [])


# --- the checks --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Book:
    """The pages of a book together with the review they speak of."""

    review: Review
    pages: tuple[Page, ...] = field(default=())

    @property
    def records(self) -> Records:
        """The review's records."""
        return self.review.records

    @cached_property
    def home_of_node(self) -> Mapping[str, Page]:
        """For each node of the codebook the page that tells of it: its own, else its parent's."""
        declared = {page.theme: page for page in self.pages if page.theme}
        homes: dict[str, Page] = {}
        for node in self.records.codebook:
            page = declared.get(node.id) or homes.get(node.parent)
            if page is not None:
                homes[node.id] = page
        return homes


def read_book(root: Path, records: Records | None = None) -> Book:
    """Read a review and the pages of its book.

    Parameters
    ----------
    root : folder of the review.
    records : the review's records, if they were read before. Where the data have errors the pages
        are checked against the rows that can be read, so that all problems are told at once.

    Raises
    ------
    ReviewError : the data cannot be read, or the table of contents or one of its pages is missing.
    """
    if records is None:
        records, _ = read_records(root)
    return Book(Review(records), tuple(read_pages(root)))


def check(root: Path) -> list[Problem]:
    """Everything that is wrong with the prose of a book, sorted by file and line.

    Problems of severity ``"warning"`` are for the authors to look at; the others fail a check.
    """
    return check_book(read_book(root))


def check_book(book: Book) -> list[Problem]:
    """Everything that is wrong with the prose of a book that was read."""
    return told_once(problem for one in CHECKS for problem in one(book))


def wrong_names(book: Book) -> Iterator[Problem]:
    """Roles and declarations that name what the data do not have."""
    records = book.records
    for page in book.pages:
        if page.theme and page.theme not in records.codebook:
            near = did_you_mean(page.theme, records.codebook.ids)
            place = ("page-theme-unknown", page.file, 1, "synth")
            yield Problem(*place, value=page.theme, near=near)
        for block in page.everything:
            for role in block.roles:
                message = mistake(role.name, role.text, book.review)
                if message:
                    sought = f"{{{role.name}}}`{role.text.split(' ')[0]}"
                    shown = {"role": role.name, "text": role.text, "reason": message}
                    yield block.problem("role-name-unknown", sought, **shown)


def stale_outputs(book: Book) -> Iterator[Problem]:
    """Stored outputs that show findings, studies or influences the data no longer have."""
    records = book.records
    known: dict[str, Iterable[str]] = {
        "finding": records.findings,
        "study": records.studies,
        "theme": records.codebook.ids,
        "influence": records.influences,
    }
    for page in book.pages:
        for output in page.outputs:
            shown = {("finding", name) for name in _drawn_findings(output.html)}
            shown |= set(re.findall(r"synth:(study|theme|influence):([^\"&]+)\"", output.html))
            for kind, name in sorted(shown):
                if name not in known[kind]:
                    place = ("output-stale", page.file, 0, f"cell {output.cell}")
                    yield Problem(*place, kind=kind, value=name)


def unsupported(book: Book) -> Iterator[Problem]:
    """Paragraphs of synthesis that rest on nothing."""
    for page in book.pages:
        for block in page.blocks:
            if block.synthesis and block.kind == "paragraph" and not block.cites(*SUPPORT):
                yield block.problem("synthesis-unsupported", start=block.start())


def foreign(book: Book) -> Iterator[Problem]:
    """Findings cited on the page of a theme they are not coded to, without saying so."""
    records = book.records
    for page in book.pages:
        if page.theme not in records.codebook:
            continue
        branch = records.codebook.branch(page.theme)
        for block in page.everything:
            for role in block.roles:
                for name in _cited_by(role, records):
                    coded = records.findings[name].theme
                    here = not branch.isdisjoint(records.findings[name].themes)
                    if role.name == "elsewhere" and here:
                        nodes = records.findings[name].themes
                        coded = next(node for node in nodes if node in branch)
                    shown = {"value": name, "coded": coded, "theme": page.theme}
                    if role.name == "finding" and not here:
                        yield block.problem("finding-foreign", name, **shown)
                    elif role.name == "elsewhere" and here:
                        yield block.problem("finding-not-elsewhere", name, **shown)


def _cited_by(role: Role, records: Records) -> list[str]:
    """Ids of the findings a role cites; none when one of them is wrong, which is said elsewhere."""
    if role.name not in FINDING_ROLES:
        return []
    try:
        return cited_findings(role.text, records.findings)[0]
    except (LookupError, ValueError):
        return []


def uncovered(book: Book) -> Iterator[Problem]:
    """Findings that the page of their theme neither cites nor shows."""
    records = book.records
    homes = book.home_of_node
    for finding in records.findings.values():
        line = records.lines.get(("coded_studies", finding.id), 0)
        page = homes.get(finding.theme)
        if page is None:
            place = ("finding-without-page", TABLES["coded_studies"].file, line, "theme")
            yield Problem(*place, value=finding.id, theme=finding.theme)
        elif finding.id not in page.findings:
            shown = {"value": finding.id, "row": line, "theme": finding.theme}
            yield Problem("finding-not-shown", page.file, 1, **shown)


def untold_influences(book: Book) -> Iterator[Problem]:
    """Influences that are missing from the page of one of their themes, or have no home."""
    records = book.records
    homes = book.home_of_node
    with_anchor = {name for page in book.pages for name in page.influence_homes}
    for influence in records.influences.values():
        line = records.lines.get(("influences", influence.id), 0)
        for end in dict.fromkeys((influence.source, influence.target)):
            page = homes.get(end)
            if page is not None and influence.id not in page.influences:
                shown = {"value": influence.id, "row": line, "theme": end}
                yield Problem("influence-not-shown", page.file, 1, **shown)
        if influence.id not in with_anchor:
            place = ("influence-without-page", TABLES["influences"].file, line, "influence")
            yield Problem(*place, value=influence.id)


# --- numbers typed by hand ---------------------------------------------------------------------

_NUMBER_WORDS = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|"
    "sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|"
    "hundred|dozen|half"
)
_COUNTED = (
    "study|studies|findings?|country|countries|articles?|papers?|works?|publications?|sources?|"
    "records?|influences?"
)
_BETWEEN = (
    "of|the|all|these|those|other|more|different|coded|included|reviewed|primary|empirical|"
    "qualitative|quantitative|single|further|such"
)
_TYPED = re.compile(
    # Four digits that begin with 19 or 20 are a year.
    rf"(?<![\w-])(?:(?!(?:19|20)\d\d\b)\d[\d,.]*|(?:{_NUMBER_WORDS})(?:-(?:{_NUMBER_WORDS}))?)"
    rf"(?:\s+(?:{_BETWEEN})){{0,3}}\s+(?:{_COUNTED})\b"
    rf"|\b(?:{_COUNTED})\b\s*\(?[nN]\s*=\s*\d+",
    re.IGNORECASE,
)
# "One study" is often an example ("leave one study out") and no count of the evidence; after these
# words it is one: "rests on one study".
_ONE = re.compile(r"one\b", re.IGNORECASE)
_COUNTS_ONE = re.compile(r"\b(?:only|just|exactly|from|on|in|by|than)\s+$", re.IGNORECASE)


def typed_numbers(book: Book) -> Iterator[Problem]:
    """Numbers of studies, findings, countries and the like that were typed by hand.

    Numbers the review itself reports may be typed, in a sentence that cites it.
    """
    for page in book.pages:
        for block in page.blocks:
            for sentence in sentences(block):
                words = "".join("\u0001" if isinstance(p, Role) else p for p in sentence)
                roles = [part.name for part in sentence if isinstance(part, Role)]
                if any(name == "review" or name.startswith("cite") for name in roles):
                    continue
                for found in _TYPED.finditer(words):
                    counts_one = _COUNTS_ONE.search(words[: found.start()])
                    cites = any(name in FINDING_ROLES for name in roles)
                    if _ONE.match(found[0]) and (cites or not counts_one):
                        continue
                    yield block.problem("number-typed", found[0].split()[0], value=found[0])


_SENTENCE_END = re.compile(r"(?<!\bet al)(?<!\be\.g)(?<!\bi\.e)(?<!\bvs)(?<=[.!?])[”\"’)]*\s+")


def sentences(block: Block) -> list[list[str | Role]]:
    """The sentences of a block, each with its text and its roles.

    >>> [len(s) for s in sentences(Block("a.md", 1, None, ("One. Two ", Role("count", "x"), "!")))]
    [1, 3]
    """
    found: list[list[str | Role]] = [[]]
    for part in block.parts:
        if isinstance(part, Role):
            found[-1].append(part)
            continue
        first, *others = _SENTENCE_END.split(part)
        if first:
            found[-1].append(first)
        for other in others:
            found.append([other] if other else [])
    return [sentence for sentence in found if sentence]


# --- directions --------------------------------------------------------------------------------

_NEGATED = re.compile(
    r"\b(?:no|not|never|without|lack\w*|little|absence|poor|insufficient|fail\w*|weak|less|few|"
    r"unless|missing)\b(?:\W+\w+){0,3}\W*$",
    re.IGNORECASE,
)


def directions_to_confirm(book: Book) -> Iterator[Problem]:
    """Sentences whose words speak of another direction than the findings they cite.

    Only told, never failed: language is richer than a list of stems.
    """
    settings = book.review.settings
    terms = _pairs(f"{settings.title} {settings.short_title} {settings.question}")
    for page in book.pages:
        for block in page.blocks:
            for sentence in sentences(block):
                yield from _confirm(book, block, sentence, terms)


def _confirm(
    book: Book, block: Block, sentence: list[str | Role], terms: set[tuple[str, str]]
) -> Iterator[Problem]:
    said = ""
    for part in sentence:
        if isinstance(part, str):
            said += part
            continue
        names = _cited_by(part, book.records)
        if not names:
            continue
        coded = {book.records.findings[name].direction for name in names}
        spoken = _spoken(said, book.review.settings, terms)
        if spoken and not (spoken.keys() & coded):
            word = next(iter(spoken.values()))
            labels = " and ".join(
                sorted(book.review.settings.direction(name).label.lower() for name in coded)
            )
            shown = {"word": word, "role": part.name, "text": part.text, "directions": labels}
            yield block.problem("direction-to-confirm", names[0], **shown)
        said = ""


def _pairs(text: str) -> set[tuple[str, str]]:
    """Words that stand side by side in the title: the "support" of its subject supports nothing."""
    words = re.findall(r"\w+", text.lower())
    return set(pairwise(words))


def _spoken(text: str, settings: Settings, terms: set[tuple[str, str]]) -> dict[str, str]:
    """Directions that words of a text speak of, each with the first such word."""
    found: dict[str, str] = {}
    words = list(re.finditer(r"\w+", text))
    for index, match in enumerate(words):
        word = match[0].lower()
        before = words[index - 1][0].lower() if index else ""
        after = words[index + 1][0].lower() if index + 1 < len(words) else ""
        if (before, word) in terms or (word, after) in terms:
            continue
        if _NEGATED.search(text[: match.start()]):
            continue
        for direction in settings.directions:
            if any(word.startswith(stem) for stem in direction.words):
                found.setdefault(direction.id, match[0])
    return found


CHECKS: tuple[Callable[[Book], Iterable[Problem]], ...] = (
    wrong_names,
    stale_outputs,
    unsupported,
    foreign,
    uncovered,
    untold_influences,
    typed_numbers,
    directions_to_confirm,
)
"""Every check of a book's prose, in the order they are told of in the documentation."""


# --- runs of words shared with the source ------------------------------------------------------


def copied(book: Book, source: str, length: int = 7) -> list[Problem]:
    """Sentences of the pages and the tables that share a run of words with the source's text.

    Titles of works and words of proper names are nobody's sentence and are left out; so are the
    anchors, which pages show only as marked quotations.

    Parameters
    ----------
    book : the pages and the review.
    source : the text of the reviewed publication.
    length : how many words in a row are too many.
    """
    theirs = {run for run, _ in _runs(source, length)}
    settings = book.review.settings
    works = (work.title for work in book.records.bibliography.values())
    titles = " \u0001 ".join([*works, settings.title, settings.source.citation])
    theirs -= {run for run, _ in _runs(titles, length)}
    found: list[Problem] = []
    for place, text in _own_sentences(book):
        for run, words in _runs(text, length):
            if run in theirs and sum(word[:1].isupper() for word in words) <= length // 2:
                found.append(place(" ".join(words)))
                break
    return told_once(found)


def _own_sentences(book: Book) -> Iterator[tuple[Callable[[str], Problem], str]]:
    records = book.records
    for page in book.pages:
        for block in page.everything:

            def in_page(words: str, block: Block = block) -> Problem:
                return block.problem("source-words", words=words)

            yield in_page, block.text
    rows: list[tuple[str, str, str, str]] = [
        *(("codebook", node.id, "definition", node.definition) for node in records.codebook),
        *(("coded_studies", f.id, "summary", f.summary) for f in records.findings.values()),
        *(("influences", i.id, "mechanism", i.mechanism) for i in records.influences.values()),
        *(("flow", box.id, "note", box.note) for box in records.flow),
    ]
    for table, name, column, text in rows:
        line = records.lines.get((table, name), 0)
        file = TABLES[table].file

        def place(words: str, file: str = file, line: int = line, column: str = column) -> Problem:
            return Problem("source-words", file, line, column, words=words)

        yield place, text


def _runs(text: str, length: int) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    words = re.findall(r"[\w\u0001]+(?:['’-]\w+)*", text)
    folded = [word.lower().replace("’", "'") for word in words]
    for index in range(len(words) - length + 1):
        yield tuple(folded[index : index + length]), words[index : index + length]


# --- how much rests on what --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Support:
    """How many paragraphs of synthesis a page has, and what they rest on."""

    file: str
    paragraphs: int
    on_findings: int
    own_only: int

    def __str__(self) -> str:
        return (
            f"{self.file}: {self.paragraphs} paragraphs of synthesis, {self.on_findings} citing "
            f"findings, {self.own_only} on the review's own argument alone"
        )


@dataclass(frozen=True)
class Report:
    """What the synthesis of a book rests on, page by page and as a whole."""

    pages: tuple[Support, ...]

    @property
    def whole(self) -> Support:
        """The sum of all pages."""
        return Support(
            "the book",
            sum(page.paragraphs for page in self.pages),
            sum(page.on_findings for page in self.pages),
            sum(page.own_only for page in self.pages),
        )

    def __str__(self) -> str:
        return "\n".join(str(page) for page in (*self.pages, self.whole))


def report(root: Path) -> Report:
    """Say how many paragraphs of synthesis cite findings and how many are the review's own."""
    return report_of(read_pages(root))


def report_of(pages: Iterable[Page]) -> Report:
    """The report of pages that were read."""
    told = []
    for page in pages:
        blocks = [b for b in page.blocks if b.synthesis and b.kind == "paragraph"]
        on_findings = sum(block.cites(*FINDING_ROLES) for block in blocks)
        own = sum(block.cites("review") and not block.cites(*FINDING_ROLES) for block in blocks)
        if blocks:
            told.append(Support(page.file, len(blocks), on_findings, own))
    return Report(tuple(told))
