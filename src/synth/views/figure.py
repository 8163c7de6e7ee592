"""The frame every figure stands in: title, drawing, the same as a table, and where it comes from.

A figure is complete without a script, without a network and without its drawing: the numbers stand
in a table beside it, made from the very rows that were drawn.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from markupsafe import Markup, escape

from synth.facets import Facets
from synth.messages import Words
from synth.model import (
    Direction,
    Finding,
    Settings,
    Study,
    Theme,
    count_statements,
)
from synth.references.csv_text import csv_text
from synth.views.markup import link, placeholder, render
from synth.views.shapes import direction_mark
from synth.views.view import Row, Source, View, plain

if TYPE_CHECKING:
    from synth.reading.records import Records

# Colours of things that are no direction and no level, with what JupyterLab and a file show.
INK_PLAIN = "#222832"
INK = f"var(--synth-ink, {INK_PLAIN})"
INK_2 = "var(--synth-ink-2, #48566b)"
PAPER = "var(--synth-paper, #fff)"
PAPER_2 = "var(--synth-paper-2, #f3f4f5)"
LINE = "var(--synth-line, #d1d5da)"
EDGE = "var(--synth-edge, #6b7686)"


_EDGE, _FRAMED = 12.0, 560.0
"""Room around a picture that leaves its page, and the least width of what stands with it."""


_KEPT = 50
"""Names a cell of a page's table keeps to be saved, before it says how many more there are."""


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a figure's table.

    Parameters
    ----------
    name : key of the column in the rows, and its header in the CSV.
    label : header readers see.
    number : the column holds numbers and is set to the right.
    cell : what a page shows of the row, if it is more than the value; a text is escaped.
    """

    name: str
    label: str
    number: bool = False
    cell: Callable[[Row], str | Markup] | None = None


class Figure(View):
    """A drawing with everything a reader needs to trust it or to do without it.

    Parameters
    ----------
    name : short name, used for downloads (``"by-year"``).
    title : the finding, as a sentence.
    description : what the drawing shows, in words made from the same rows.
    note : how to read it, what it can and what it cannot tell.
    fields, rows : the table that says the same.
    drawing : the drawing as HTML; empty when there is nothing to draw.
    nothing : why there is nothing to draw.
    summary : counts for the one-line form.
    source : gives what stands in the source line before the data version, as HTML.
    table_note : what the table's summary counts (``"21 years"``).
    key : signs of the drawing with what they mean, for a picture that leaves its page.
    records : what it is drawn from: a file of it names their title, version and licence.
    wording : words of the frame; those of the records, else English ones, by default.

    >>> figure = Figure(
    ...     "by-year",
    ...     "One study.",
    ...     "One study, 2016.",
    ...     fields=[Field("year", "Year")],
    ...     rows=[{"year": 2016}],
    ...     summary="1 study",
    ... )
    >>> figure
    <Figure by-year: 1 study>
    >>> figure.to_csv().split()
    ['year', '2016']
    """

    title: str
    summary: str

    def __init__(
        self,
        name: str,
        title: str,
        description: str,
        *,
        fields: Sequence[Field],
        rows: Sequence[Row],
        drawing: str = "",
        nothing: str = "",
        note: str = "",
        summary: str = "",
        source: Source | None = None,
        key: Sequence[tuple[Markup, str]] = (),
        table_note: str = "",
        css: str = "",
        svg: str = "",
        records: Records | None = None,
        wording: Words | None = None,
    ) -> None:
        self.name = name
        self.title = title
        self.description = description
        self.note = note
        self.fields = tuple(fields)
        self.summary = summary
        self.table_note = table_note
        self._rows = [dict(row) for row in rows]
        self._source = source
        self.key = tuple(key)
        self._drawing = drawing
        self._nothing = nothing
        self._css = css
        self._svg = svg
        self._words = wording or (Words.of(records.settings) if records else Words())
        if records:
            self._records = records

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows of the table."""
        return self._rows

    @property
    def columns(self) -> dict[str, str]:
        """Labels of the table's columns by their name."""
        return {field.name: field.label for field in self.fields}

    @property
    def drawing(self) -> str:
        """The drawing as HTML, or the sentence that says why there is none."""
        if self._drawing:
            return Markup(self._drawing)
        return render("gap.html", text=self._nothing or self._words["figure_nothing"])

    @property
    def empty(self) -> bool:
        """Whether there was nothing to draw."""
        return not self._drawing

    @property
    def html(self) -> Markup:
        """The whole figure, as a page shows it."""
        return render(
            "figure.html",
            figure=self,
            css=self._css,
            drawing=self.drawing,
            table=table_html(self.fields, self.rows, self.title, self._saved) if self.rows else "",
            words=self._words,
            source=self._origin,
        )

    def _saved(self, value: Any) -> str:
        """A value as the table of a page keeps it to be saved."""
        return plain(self._first(value, _KEPT))

    @property
    def svg(self) -> str:
        """The drawing as an SVG that stands on its own, or nothing."""
        return standalone(self._svg) if self._svg else ""

    def _framed(self, told: str) -> str:
        """The drawing with its title above, and below it its key, how to read it and its source."""
        drawn = ElementTree.fromstring(self.svg).attrib
        width, height = (float(drawn[side]) for side in ("width", "height"))
        wide, lines = max(width, _FRAMED) + 2 * _EDGE, []

        def write(text: str, size: float, top: float, *, bold: bool = False) -> float:
            for line in wrapped(text, wide - 2 * _EDGE, size, most=99, bold=bold) if text else ():
                top += size * 1.35
                lines.append({"text": line, "size": size, "y": top, "bold": bold})
            return top

        drawing_at = write(self.title, 16, _EDGE, bold=True) + 10
        at, x, signs = drawing_at + height + 8, _EDGE, []
        for sign, label in self.key:
            drawn = ElementTree.fromstring(standalone(sign)).attrib if sign else {}
            room = float(drawn["width"]) + 8 if drawn else 0
            needs = room + text_width(label, 12) + 18
            if x > _EDGE and x + needs > wide:
                x, at = _EDGE, at + 20
            signs.append(
                {"sign": Markup(standalone(sign)) if sign else "", "label": label}
                | {"x": x, "y": at, "at": x + room}
            )
            x += needs
        at = write(self.note, 11, at + (22 if signs else 0))
        at = write(told, 11, at)
        return render(
            "framed.svg",
            drawing=Markup(self.svg),
            top=drawing_at,
            signs=signs,
            lines=lines,
            wide=wide,
            high=at + 14,
            edge=_EDGE,
            ink=INK_PLAIN,
        )

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}: {self.summary}>"


# --- words -----------------------------------------------------------------------------------


def evidence_said(words: Words, findings: Sequence[Finding]) -> str:
    """How much some findings are: ``"9 statements (14 findings) from 11 studies"``."""
    return words.say(
        "evidence_stated",
        statements=words.count("statement", count_statements(findings)),
        findings=words.count("finding", len(findings)),
        studies=words.count("study", len({finding.study for finding in findings})),
    )


def source_line(words: Words, findings: Sequence[Finding]) -> Source:
    """From how much of the review a figure is drawn; a book and a file know the totals."""
    return lambda: Markup(
        words.html(
            "figure_source",
            statements=count_statements(findings),
            all_statements=placeholder("statements", words["late_all"]),
            findings=len(findings),
            all_findings=placeholder("findings", words["late_all"]),
            studies=len({finding.study for finding in findings}),
            all_studies=placeholder("studies", words["late_all"]),
        )
    )


def of_studies(words: Words, works: int) -> Markup:
    """How many of all studies, as HTML; a book knows how many there are."""
    total = placeholder("studies", words["late_all"])
    return Markup(words.html("of_all_studies", n=works, total=total))


# --- marks, colours, tables, files -----------------------------------------------------------


def direction_colour(direction: Direction) -> str:
    """A direction's colour: the page's token, else the one of ``review.toml``."""
    return f"var(--synth-{direction.id}, {direction.light})"


def level_colour(settings: Settings, level: str) -> str:
    """A level's colour: the page's token, else the one of ``review.toml``, else ink."""
    look = settings.levels.get(level)
    return f"var(--synth-{level}, {look.light})" if look else INK


def poles(settings: Settings) -> tuple[Direction, Direction] | None:
    """The two directions that are each other's opposite: what helps and what hinders.

    They are the ones drawn as a triangle up and a triangle down, else the first and the last that
    an influence can have; ``None`` when a review has no such pair.
    """
    up = [d for d in settings.directions if d.mark == "triangle-up"]
    down = [d for d in settings.directions if d.mark == "triangle-down"]
    if up and down:
        return up[0], down[0]
    able = [d for d in settings.directions if d.influence]
    return (able[0], able[-1]) if len(able) > 1 else None


def counted(way: Direction, n: int, settings: Settings) -> Markup:
    """The statements of a direction as its mark, number and name: ``▲ 4 enablers``."""
    pair = {pole.id for pole in poles(settings) or ()}
    # Only the two poles have plurals that fit statements.
    name = (way.plural if n != 1 and way.id in pair else way.label).lower()
    return direction_mark(way, Words.of(settings).say("verdict_way", n=n, way=name))


def study_link(records: Records, study: str) -> Markup:
    """A study's author and year, linked to its entry."""
    return link("study", study, records.label(study))


def theme_link(records: Records, node: str, *, label: str = "") -> Markup:
    """A theme's label, linked to its page."""
    return link("theme", node, label or records.codebook[node].label)


def table_html(
    fields: Sequence[Field], rows: Sequence[Row], caption: str, said: Callable[[Any], str] = plain
) -> Markup:
    """Rows as a table that scrolls by itself when it is too wide, also by keyboard.

    On a phone the rows of many columns, or of running text, are blocks, each cell under the name of
    its column.

    Parameters
    ----------
    fields, rows : the columns, and what stands in them.
    caption : what the table is, for who does not see it.
    said : a value as a text.
    """
    shown = [
        [
            (field, escape(field.cell(row) if field.cell else said(row[field.name])))
            for field in fields
        ]
        for row in rows
    ]
    running = any(len(cell.striptags()) > _NUMBER for row in shown for _, cell in row)
    return render(
        "table.html",
        fields=fields,
        rows=list(zip(rows, shown, strict=True)),
        caption=caption,
        plain=said,
        stacked=running or len(fields) > _SIDE_BY_SIDE,
    )


_NUMBER, _SIDE_BY_SIDE = 24, 6
"""Letters a cell may hold, and columns there may be, for rows to stay rows on a phone."""


def to_csv(columns: Sequence[str], rows: Iterable[Row]) -> str:
    """Rows as CSV text with a header; lists are joined by ``"; "``."""
    return csv_text([columns, *([plain(row[name]) for name in columns] for row in rows)])


def standalone(svg: str) -> str:
    """An SVG as a file outside the page needs it: plain colours, and nothing but the drawing.

    What only a page makes use of goes: links, names for styles and scripts, words for readers of
    the screen, who are told the whole in one description.

    >>> from synth.views.svg import element
    >>> drawing = element("svg", element("a", element("path", fill="var(--ink, #222)"), href="#x"))
    >>> 'fill="#222"' in standalone(drawing), "href" in standalone(drawing)
    (True, False)
    """
    plain = re.sub(r"var\(--[\w-]+,\s*([^()]+)\)", r"\1", svg).replace("currentColor", INK_PLAIN)
    root = ElementTree.fromstring(plain)
    _undress(root)
    for node in root.iter():
        node.tag = node.tag.rpartition("}")[2]
    root.attrib = {"xmlns": _SVG, **root.attrib}
    # A blank before the end of each tag is the only one that says nothing.
    return ElementTree.tostring(root, encoding="unicode").replace(" />", "/>")


_SVG = "http://www.w3.org/2000/svg"
_TRANSLATED = re.compile(r"translate\(([\d.-]+),([\d.-]+)\)")
_OF_THE_PAGE = re.compile(r"(?:\{.*\})?(?:class|href|role|tabindex|focusable|aria-.*|data-.*)")


_INHERITED = (
    *("fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-miterlimit"),
    *("font-family", "font-size", "font-weight", "text-anchor"),
)


def _undress(node: ElementTree.Element) -> None:
    for name in [name for name in node.attrib if _OF_THE_PAGE.fullmatch(name)]:
        del node.attrib[name]
    if node.get("transform") == "translate(0,0)":
        del node.attrib["transform"]
    placed = _TRANSLATED.fullmatch(node.get("transform", ""))
    if placed and node.tag.rpartition("}")[2] == "text" and not {"x", "y"} & set(node.attrib):
        del node.attrib["transform"]
        node.attrib = {"x": placed[1], "y": placed[2], **node.attrib}
    inner: list[ElementTree.Element] = []
    for child in node:
        _undress(child)
        group = child.tag.rpartition("}")[2] in ("a", "g") and not child.attrib
        seen = child.get("fill-opacity") != "0" or "stroke" in child.attrib
        if child.tag.rpartition("}")[2] != "title" and seen:
            inner += list(child) if group else [child]
    node[:] = inner
    # What all parts bear alike, the whole bears once.
    for name in _INHERITED if len(inner) > 1 else ():
        values = {child.get(name) for child in inner}
        if len(values) == 1 and None not in values and name not in node.attrib:
            node.set(name, values.pop() or "")
            for child in inner:
                del child.attrib[name]


# --- lettering -------------------------------------------------------------------------------

# Widths of Helvetica (Adobe's font metrics), in thousandths of the size; other faces differ by a
# few parts in a hundred, which `text_width` adds. Nothing is measured in the browser.
_WIDTHS = {
    191: "'",
    222: "ijl",
    260: "|",
    278: " !,./:;I[\\]ft",
    333: "()-`r",
    355: '"',
    389: "*",
    469: "^",
    500: "Jcksvxyz",
    556: "#$0123456789?L_abdeghnopqu",
    584: "+<=>~",
    611: "FTZ",
    667: "&ABEKPSVXY",
    722: "CDHNRUw",
    778: "GOQ",
    833: "Mm",
    889: "%",
    944: "W",
    1015: "@",
}
_WIDTH = {letter: width for width, letters in _WIDTHS.items() for letter in letters}
_WIDE_SCRIPTS = 0x2E80  # from here on letters are about as wide as high


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """About how wide a line of text stands, a little too much rather than too little.

    >>> round(text_width("leadership", 13))
    64
    """
    em = sum(_WIDTH.get(c, 1000 if ord(c) >= _WIDE_SCRIPTS else 580) for c in text) / 1000
    return em * size * (1.12 if bold else 1.06)


def wrapped(
    text: str, width: float, size: float, *, most: int = 3, bold: bool = False
) -> list[str]:
    """Break a text into lines that fit; what does not fit into the last one ends in an ellipsis.

    Parameters
    ----------
    width, size : width to fill and size of the letters, in the same unit.
    most : how many lines there may be.

    >>> wrapped("Regulatory and political context", 120, 13.5, bold=True)
    ['Regulatory and', 'political context']
    """
    lines = [""]
    words = re.split(r"[ \t\n]+", text.strip())  # a no-break space breaks no line
    for index, word in enumerate(words):
        longer = f"{lines[-1]} {word}".strip()
        if text_width(longer, size, bold=bold) <= width or not lines[-1]:
            lines[-1] = longer
        elif len(lines) < most:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {' '.join(words[index:])}"
            break
    return [_cut(line, width, size, bold) for line in lines]


def _cut(line: str, width: float, size: float, bold: bool) -> str:
    if text_width(line, size, bold=bold) <= width:
        return line
    while line and text_width(f"{line}…", size, bold=bold) > width:
        line = line[:-1]
    return f"{line.rstrip()}…"


def number(value: float) -> str:
    """A coordinate as short as it can be written, the same on every machine.

    >>> number(12.0), number(3.14159)
    ('12', '3.1')
    """
    return f"{round(value, 1):g}"


# --- what a figure is drawn from -------------------------------------------------------------


def chosen(records: Records, ids: Iterable[str] | None) -> list[Finding]:
    """The findings of given ids in the order of the table; all of them for ``None``."""
    if ids is None:
        return list(records.findings.values())
    wanted = frozenset(ids)
    return [finding for finding in records.findings.values() if finding.id in wanted]


def studies_behind(records: Records, findings: Iterable[Finding]) -> list[Study]:
    """The studies that report given findings, oldest first; without a year last."""
    found = {finding.study for finding in findings}
    rows = [study for study in records.studies.values() if study.id in found]
    return sorted(rows, key=lambda study: (study.year is None, study.year or 0, study.id))


def values_in(records: Records, facet: str, finding: Finding) -> tuple[str, ...]:
    """The values a finding carries in a facet, whether ``review.toml`` declares it or not."""
    return Facets.of(records).carried(facet)[finding.id]


def values_of_study(records: Records, facet: str, study: str) -> tuple[str, ...]:
    """The values a study carries in a facet of its own, whatever its findings say.

    A finding may be about another country than its study was done in; what counts studies asks the
    study.
    """
    return Facets.of(records).of_studies(facet)[study]


def themes_of(records: Records) -> tuple[Theme, ...]:
    """The nodes figures speak of: those of the second rank, else of the only one.

    A node of the first rank without a node below it stands for itself, so that no finding coded
    to it is lost.
    """
    book = records.codebook
    nodes: list[Theme] = []
    for level in book.levels:
        nodes.extend(book.children(level.id) or (level,))
    return tuple(nodes)
