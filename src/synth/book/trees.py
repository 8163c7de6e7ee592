"""Pages as document trees, read without building the book.

myst-parser turns Markdown into the trees the build works on. Here no directive runs and no role is
drawn: what a page says is kept, with the line it stands on. :func:`blocks_of` takes prose out of
such a tree, or out of one that the build made, so that the rules of prose exist once.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from copy import copy
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from docutils import nodes
from docutils.frontend import Values, get_default_settings
from docutils.io import ErrorOutput
from docutils.parsers.rst import Directive, Parser, directives
from docutils.parsers.rst.directives import unchanged
from docutils.parsers.rst.states import MarkupError
from docutils.utils import new_document
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from myst_parser.config.main import MdParserConfig
from myst_parser.mdit_to_docutils import base
from myst_parser.mdit_to_docutils.base import DocutilsRenderer, default_slugify, token_line
from myst_parser.parsers.directives import parse_directive_text
from myst_parser.parsers.mdit import create_md_parser

from synth.errors import Problem, catalogue

EXTENSIONS = frozenset({"colon_fence", "deflist", "fieldlist", "attrs_inline", "attrs_block"})

# Directives whose content is no prose.
_NO_PROSE = {
    *("bibliography", "catalogue", "characteristics", "code", "code-block", "code-cell"),
    *("eval-rst", "figure", "image", "include", "literalinclude", "math", "mermaid", "problems"),
    *("raw", "tableofcontents", "toctree"),
}
# The library's own, and those of others that pages of a book use: names near them are slips.
_DIRECTIVES = (
    *("api", "bibliography", "brief", "catalogue", "changes", "characteristics", "checklist"),
    *("cite-book", "container", "downloads", "entreq", "figure", "glossary", "image", "message"),
    *("note", "problems", "rests-on", "sampled", "support", "synthesis", "tip", "warning"),
)
# Those of docutils that Sphinx leaves as they are: their options are known without a build.
_COMMON = {
    *("admonition", "attention", "caution", "danger", "error", "hint", "important", "note", "tip"),
    *("warning", "container", "epigraph", "figure", "highlights", "image", "list-table"),
    *("pull-quote", "table", "topic"),
}
_OPTIONS = re.compile(r"---\n.*?^---|(?:[ \t]*:[\w-]+:[^\n]*\n?)+", re.DOTALL | re.MULTILINE)
_NAMED = re.compile(r"^[ \t]*:?name:[ \t]*(\S.*?)[ \t]*$", re.MULTILINE)
# A line of a glossary that is not indented; what follows a colon sorts it.
_TERM = re.compile(r"^(?!:|\.\.)(\S.*?)(?:[ \t]+:[ \t]+.*)?$", re.MULTILINE)
# Those whose first line readers see.
_TITLED = {"admonition", "rubric", "topic", "sidebar", "dropdown", "card", "grid-item-card"}
# Those whose first line is a file.
_FILES = ("figure", "image", "include", "literalinclude")
_CONFIRMED = re.compile(r"synth:\s*confirmed\s+(?P<code>[a-z0-9-]+)\s*:\s*(?P<reason>\S.*)")


# --- prose, as the rules see it ----------------------------------------------------------------


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
    kind : ``"paragraph"``, ``"heading"``, ``"cell"`` (of a table, or a caption), or ``"slip"``: no
        prose, but something in it that is not read as it was meant, or is linked to or named.
    synthesis : it stands in a ``{synthesis}`` directive.
    lines : the lines as they are written, to find a role's own.
    comments : the comments right above it.
    rank : of a heading, how many ``#`` stand before it.
    row : of the first cell of a table's row, all that the row says.
    """

    file: str
    line: int
    cell: tuple[int, int] | None
    parts: tuple[str | Role, ...]
    kind: str = "paragraph"
    synthesis: bool = False
    lines: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()
    rank: int = 0
    row: tuple[str | Role, ...] = ()

    @property
    def roles(self) -> tuple[Role, ...]:
        """The roles, in order."""
        return tuple(part for part in self.parts if isinstance(part, Role))

    def cites(self, *names: str) -> bool:
        """Whether it contains any of the given roles."""
        return any(role.name in names for role in self.roles)

    @property
    def text(self) -> str:
        """The words alone."""
        return "".join(part for part in self.parts if isinstance(part, str))

    def start(self, words: int = 8) -> str:
        """Its first words, to recognise it by."""
        first = self.text.split()
        return " ".join(first[:words]) + (" …" if len(first) > words else "")

    @property
    def confirmed(self) -> Mapping[str, str]:
        """Codes of problems that a comment above it confirms as meant, with the reasons.

        >>> comment = "synth: confirmed number-typed: the year of the law"
        >>> dict(Block("a.md", 3, None, ("Text",), comments=(comment,)).confirmed)
        {'number-typed': 'the year of the law'}
        """
        found = (_CONFIRMED.fullmatch(text.strip()) for text in self.comments)
        return {one["code"]: one["reason"] for one in found if one}

    def problem(self, code: str, sought: str = "", /, **fields: object) -> Problem:
        """A problem at the line of the block that holds some words, or at its first."""
        offset = next((i for i, text in enumerate(self.lines) if sought and sought in text), 0)
        where = f"cell {self.cell[0]}, line {self.cell[1] + offset}" if self.cell else ""
        return Problem(code, self.file, self.line + offset, where, **fields)

    def wrong_confirmations(self) -> Iterator[Problem]:
        """Comments that are meant to confirm something and do not say what, or why."""
        for comment in self.comments:
            text = comment.strip()
            if not text.startswith("synth:"):
                continue
            found = _CONFIRMED.fullmatch(text)
            kind = catalogue().get(found["code"]) if found else None
            if kind is None or not kind.ignorable:
                yield self.problem("confirmation-malformed", value=text)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a piece of Markdown starts: line of the file, cell, and whether lines are its own."""

    file: str
    line: int = 1
    cell: int | None = None
    fixed: bool = False  # a stored output has no lines of its own

    def at(self, row: int) -> tuple[int, tuple[int, int] | None]:
        """Line of the file, and cell and line in it, of a row counted from 0."""
        if self.fixed:
            return self.line, (self.cell or 0, 1)
        return self.line + row, (self.cell, row + 1) if self.cell else None


def blocks_of(tree: nodes.Element, place: Place, text: str = "") -> Iterator[Block]:
    """The paragraphs, headings and table cells of a document tree, in order.

    Parameters
    ----------
    tree : a tree from :func:`tree_of`, or one that the build has read.
    place : where the text stands.
    text : the text itself, to find the lines of roles.
    """
    rows = [] if place.fixed else text.split("\n")
    noted = _notes_of_synthesis(tree)
    for node in tree.findall(nodes.TextElement):
        ancestors = list(_ancestors(node))
        synthesis = any(_is_synthesis(one) for one in ancestors) or not noted.isdisjoint(ancestors)
        if not isinstance(node, _PROSE) and not (synthesis and _shows_words(node)):
            continue
        first = max(_line_of(node) - 1, 0)
        line, cell = place.at(first)
        last = next((i for i in range(first, len(rows)) if not rows[i].strip()), len(rows))
        kind = "heading" if isinstance(node, nodes.title) else "paragraph"
        if any(isinstance(one, nodes.entry) for one in ancestors) or (
            not synthesis and any("synth-figure" in one.get("classes", ()) for one in ancestors)
        ):
            kind = "cell"
        shown = isinstance(node, (*_PROSE, nodes.caption))
        yield Block(
            place.file,
            line,
            cell,
            tuple(_parts(node)) if shown else (_words_shown(node),),
            kind,
            synthesis,
            tuple(rows[first:last]),
            tuple(_comments_above(node)),
            node.parent.get("rank", 0) if kind == "heading" else 0,
            _row_begun(node, ancestors) if synthesis and kind == "cell" else (),
        )


_PROSE = (nodes.paragraph, nodes.title, nodes.term, nodes.rubric)


def _is_synthesis(node: nodes.Element) -> bool:
    return "synth-synthesis" in node.get("classes", ())


def _notes_of_synthesis(tree: nodes.Element) -> set[nodes.Element]:
    """The footnotes that synthesis refers to: what they say stands at its foot."""
    notes = list(tree.findall(nodes.footnote))
    if not notes:
        return set()
    named = {
        str(called.get(key))
        for called in tree.findall(nodes.footnote_reference)
        if any(_is_synthesis(one) for one in _ancestors(called))
        for key in ("refname", "refid")
    }
    return {note for note in notes if named & {*note["names"], *note["dupnames"], *note["ids"]}}


def _shows_words(node: nodes.Element) -> bool:
    """Whether a reader sees words here that are no paragraph: a caption, HTML, a block of code."""
    if isinstance(node, nodes.caption):
        return True
    if not isinstance(node, (nodes.raw, nodes.literal_block)):
        return False
    # What the library draws has no line of its own.
    own = node.line and not isinstance(node.parent, nodes.TextElement)
    return bool(own and _words_shown(node))


def _words_shown(node: nodes.Element) -> str:
    text = node.astext()
    return _TAGS.sub(" ", text).strip() if isinstance(node, nodes.raw) else text.strip()


_TAGS = re.compile(r"<!--.*?-->|<[^<>]*>", re.DOTALL)


def _row_begun(node: nodes.Element, ancestors: list[nodes.Element]) -> tuple[str | Role, ...]:
    """All that the row of a table says, of the first words in it; nothing of a heading's row."""
    row = next((one for one in ancestors if isinstance(one, nodes.row)), None)
    if row is None or isinstance(row.parent, nodes.thead):
        return ()
    said = list(row.findall(nodes.paragraph))
    return tuple(part for one in said for part in (*_parts(one), " ")) if said[0] is node else ()


def slips_of(tree: nodes.Element, place: Place, text: str) -> Iterator[Block]:
    """What is not read as it was probably meant, and the files that are named.

    Parameters
    ----------
    tree : a tree from :func:`tree_of`.
    place : where the text stands.
    text : the text itself, to find the lines.
    """
    rows = [] if place.fixed else text.split("\n")
    for node in tree.findall(nodes.Element):
        for name, written in _slips_in(node):
            first = max(_line_of(node) - 1, 0)
            line, cell = place.at(first)
            last = next((i for i in range(first, len(rows)) if not rows[i].strip()), len(rows))
            lines = tuple(rows[first:last])
            yield Block(place.file, line, cell, (Role(name, written),), "slip", lines=lines)


def _slips_in(node: nodes.Element) -> Iterator[tuple[str, str]]:
    """Kind and words of the slips of one node; those inside it are told with their own."""
    if isinstance(node, nodes.inline) and node.get("role") in _SLIPS:
        yield node["role"], node["written"]
    elif isinstance(node, nodes.inline) and node.get("role") == "download":
        written = str(node["written"])
        named = re.search(r"<([^<>]+)>\s*$", written)
        yield "file", named[1] if named else written
    elif isinstance(node, nodes.target):
        yield from (("label", name) for name in (*node["names"], *node["dupnames"]))
    elif isinstance(node, nodes.title) and isinstance(node.parent, nodes.section):
        yield "heading", default_slugify(node.astext())
        yield from (("id", name) for name in node.parent["ids"])
    elif isinstance(node, nodes.reference) and node.get("id_link"):
        yield "link", node["refuri"]
    elif isinstance(node, nodes.image):
        yield "file", node["uri"]
    elif isinstance(node, nodes.reference) and node.get("refname") is not None:
        yield "file", node["refname"]
    elif isinstance(node, nodes.raw):
        said = node.astext()
        for found in _PICTURE.finditer(said):
            yield "markup", f"{found[0]}\n{_NOT_TAKEN}"
        # A comment that is not closed goes to the end of the page.
        if "<!--" in said and "-->" not in said[said.rindex("<!--") :]:
            yield "open", "<!-- -->"
    elif isinstance(node, nodes.paragraph):
        said = "".join(_as_written(node))
        for found in _HIDING.finditer(said):
            yield "hidden", found[0]
        yield from (("id", name) for name in node["ids"])
        for pattern, reason in _UNREAD:
            yield from (("markup", f"{found[0]}\n{reason}") for found in pattern.finditer(said))


_SLIPS = ("file", "open", "label", "defined", "option")
_INVISIBLE = r"\xa0\xad\u200b-\u200f\u2007\u202f\u2060\u3000\ufeff"
INVISIBLE = re.compile(f"[{_INVISIBLE}]")
"""Signs that nobody sees, and blanks that look like any other and are none."""

_HIDING = re.compile(
    # Before what makes a heading, a list or a directive, after the signs of a heading, or in the
    # name of a role.
    rf"^[ \t]*[{_INVISIBLE}][ \t{_INVISIBLE}]*(?:#{{1,6}}|[-*+>]|\d+[.)]|:::+)(?=[ \t{{]).*"
    rf"|^#{{1,6}}[ \t]*[{_INVISIBLE}].*"
    rf"|\{{(?=[^{{}}\n]*[{_INVISIBLE}])[\w:{_INVISIBLE}]+\}}(?=\0)",
    re.MULTILINE,
)
_SEEN = "readers would see it as it stands"
_UNREAD = (
    (re.compile(r"^#{2,6}\w.*", re.MULTILINE), f"{_SEEN}; a heading has a blank after its signs"),
    (
        re.compile(r"\A\|.*\|[ \t]*(?=\n\|)"),
        f"{_SEEN}; a table has a line |---|---| below its first",
    ),
    (re.compile(r"\[\^[^\]\s]+\]"), f"{_SEEN}; the text of a footnote is a line [^name]: …"),
    (
        re.compile(r"\[[^\[\]\n]*[^\W\d][^\[\]\n]*\]\[[^\[\]\n]+\]"),
        f"{_SEEN}; its address is missing, a line [name]: address",
    ),
)
_NOT_TAKEN = "readers would miss the picture, as no file comes along that HTML names; write ![…](…)"
_PICTURE = re.compile(
    r"<img\b[^>]*?\bsrc=(?:[\"'](?![\w+.-]*:|/|[^\"']*_static/))[^>]*>", re.IGNORECASE
)


def _as_written(node: nodes.Node) -> Iterator[str]:
    """The text of a paragraph line by line; a zero stands for what has marks of its own."""
    for child in node.children:
        if isinstance(child, nodes.Text):
            yield child.astext()
        elif isinstance(child, (nodes.literal, nodes.raw, nodes.image)):
            yield "\0"
        elif isinstance(child, nodes.Element):
            yield from ["\0"] if "role" in child else _as_written(child)


def _ancestors(node: nodes.Node) -> Iterator[nodes.Element]:
    here = node.parent
    while here is not None:
        yield here
        here = here.parent


def _line_of(node: nodes.Node) -> int:
    for one in (node, *_ancestors(node)):
        if one.line:
            return int(one.line)
    return 1


def _comments_above(node: nodes.Element) -> Iterator[str]:
    parent = node.parent
    for before in reversed(parent.children[: parent.index(node)]):
        if not isinstance(before, nodes.comment):
            return
        yield before.astext()


def _parts(node: nodes.Node) -> Iterator[str | Role]:
    """Text and roles of a block; what a role drew is no text of the author's."""
    for child in node.children:
        if isinstance(child, nodes.Element) and "role" in child:
            yield Role(child["role"], child["written"])
        elif isinstance(child, nodes.Text):
            yield child.astext().replace("\n", " ")
        elif isinstance(child, nodes.image):
            yield child.get("alt", "")
        elif not isinstance(child, (nodes.literal, nodes.raw, nodes.comment, nodes.problematic)):
            yield from _parts(child)


# --- Markdown ----------------------------------------------------------------------------------


class _AnyDirective(Directive):
    """What every directive is read as: options, and content that may be prose."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec = {"class": unchanged}  # noqa: RUF012  docutils declares it so


class _Prose(DocutilsRenderer):
    """Renders Markdown to a tree in which roles and directives stand as they are written."""

    def setup_render(self, options: dict[str, Any], env: MutableMapping[str, Any]) -> None:
        # It makes a document also where one is given, which takes longer than reading a cell.
        made = base.make_document
        base.make_document = _none_made
        try:
            super().setup_render(options, env)
        finally:
            base.make_document = made

    def create_warning(self, *args: Any, **kwargs: Any) -> None:
        """What the markup itself has wrong is said by the build."""

    def render_myst_role(self, token: SyntaxTreeNode) -> None:
        role = nodes.inline(role=token.meta["name"], written=token.content)
        self.current_node.append(role)

    def run_directive(
        self,
        name: str,
        first_line: str,
        content: str,
        position: int,
        additional_options: dict[str, str] | None = None,
    ) -> list[nodes.Element]:
        name = name.removeprefix("synth:")
        self._note_options(name, first_line, content, position)
        if name == "glossary":
            terms = _TERM.findall(content)
            self.current_node += [_marked("defined", term, position) for term in terms]
        if name in _NO_PROSE:
            if name in _FILES and first_line.strip():
                self.current_node += _marked("file", first_line.strip(), position)
            if name == "raw":
                self.current_node += nodes.raw("", content, format=first_line.strip())
                self.current_node[-1].line = position
            elif name in ("code", "code-block"):
                self.current_node += nodes.literal_block("", content)
                self.current_node[-1].line = position
            if name != "figure":
                return []
        try:
            parsed = parse_directive_text(
                _AnyDirective, first_line, content, line=position, validate_options=False
            )
        except MarkupError:
            return []
        near = difflib.get_close_matches(name.lower(), _DIRECTIVES, n=1, cutoff=0.75)
        if near and name.lower() not in _DIRECTIVES:
            self.current_node += _slip("directive", f"{name} {near[0]}", position)
        inside = nodes.container(classes=[f"synth-{name.lower()}"])
        inside.line = position
        with self.current_node_context(inside):
            if name in _TITLED and first_line.strip():
                title = nodes.rubric()
                title.line = position
                with self.current_node_context(title, append=True):
                    self.nested_render_text(first_line, position, inline=True)
            self.nested_render_text("\n".join(parsed.body), position + parsed.body_offset)
        return [inside]

    def _note_options(self, name: str, first_line: str, content: str, position: int) -> None:
        """Labels among the options of a directive, and what is wrong with those of a common one."""
        head = _OPTIONS.match(content)
        for label in _NAMED.findall(head[0] if head else ""):
            self.current_node += _marked("label", nodes.fully_normalize_name(label), position)
        known, _ = (
            directives.directive(name, self.language_module_rst, self.document)
            if name in _COMMON
            else (None, [])
        )
        if known is None:
            return
        try:
            told = parse_directive_text(known, first_line, content, line=position).warnings
            wrong = [warning.msg for warning in told]
        except MarkupError as error:
            wrong = [str(error)]
        for reason in wrong:
            self.current_node += _marked("option", f"{name}\n{reason}", position)

    def render_colon_fence(self, token: SyntaxTreeNode) -> None:
        self._note_slip(token)
        super().render_colon_fence(token)

    def render_fence(self, token: SyntaxTreeNode) -> None:
        self._note_slip(token)
        super().render_fence(token)

    def _note_slip(self, token: SyntaxTreeNode) -> None:
        """A fence with half a brace, or with the name of a directive and none, is no directive."""
        name = (token.info.split() or [""])[0]
        bare = name.strip("{}")
        # After the first that is not closed, others seem to be open that are not.
        if _unclosed(token) and not self.document.get("open"):
            written = f"{token.markup}{token.info.strip()}"
            self.document["open"] = True
            self.document.append(_marked("open", f"{written} {token.markup}", token_line(token)))
        whole = name.startswith("{") and name.endswith("}")
        if not whole and (name != bare or (bare in _DIRECTIVES and token.markup[:1] == ":")):
            self.current_node += _slip("fence", f"{token.markup}{name} {bare}", token_line(token))

    def update_section_level_state(self, section: nodes.section, level: int) -> None:
        """Keep how many signs a heading has; where sections stand tells it only in part."""
        section["rank"] = level
        super().update_section_level_state(section, level)

    def render_front_matter(self, token: SyntaxTreeNode) -> None:
        """What a page declares of itself is no prose."""

    def render_restructuredtext(self, token: SyntaxTreeNode) -> None:
        """Text in another markup is not read."""


def _unclosed(token: SyntaxTreeNode) -> bool:
    """Whether a fence has no last line, or took that of another which begins in it."""
    said = token.content
    rows = said.count("\n") + (said != "" and not said.endswith("\n"))
    begins = rf"^ *{re.escape(token.markup[0])}{{{len(token.markup)},}} *\{{"
    ends = token.map is None or token.map[1] - token.map[0] > rows + 1
    return not ends or re.search(begins, said, re.MULTILINE) is not None


def _marked(kind: str, written: str, line: int) -> nodes.inline:
    """Something that :func:`slips_of` finds at its line."""
    told = nodes.inline(role=kind, written=written)
    told.line = line
    return told


def _slip(kind: str, written: str, line: int) -> nodes.paragraph:
    """A place where a directive is written otherwise than it is read, for the rules to tell."""
    told = nodes.paragraph("", "", nodes.inline(role=kind, written=written))
    told.line = line
    return told


def _none_made(source_path: Any = None, parser_cls: Any = None) -> Any:
    """What stands in for a document that nobody asks for."""


def tree_of(text: str, extensions: Iterable[str] = EXTENSIONS) -> nodes.document:
    r"""Read Markdown as a document tree.

    >>> [block.text for block in blocks_of(tree_of("# One\n\n- two"), Place("a.md"))]
    ['One', 'two']
    """
    parser = _parser(frozenset(extensions))
    document = new_document("page", settings=copy(_settings()))
    # What the markup itself has wrong is said by the build.
    document.reporter.stream = ErrorOutput(False)
    parser.options["document"] = document
    try:
        parser.render(text)
    finally:
        del parser.options["document"]
    return document


@lru_cache(maxsize=4096)
def prose_of(text: str, place: Place) -> tuple[Block, ...]:
    """The blocks of a piece of Markdown; one that did not change is not read again.

    Parameters
    ----------
    text : the Markdown.
    place : where it stands.
    """
    tree = tree_of(text)
    return (*blocks_of(tree, place, text), *slips_of(tree, place, text))


# Made once: making either takes longer than reading a cell of a notebook.


@lru_cache(maxsize=4)
def _parser(extensions: frozenset[str]) -> MarkdownIt:
    return create_md_parser(MdParserConfig(enable_extensions=set(extensions)), _Prose)


@lru_cache(maxsize=1)
def _settings() -> Values:
    return get_default_settings(Parser)
