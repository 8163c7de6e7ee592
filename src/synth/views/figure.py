"""The frame every figure stands in: title, drawing, the same as a table, and where it comes from.

A figure is complete without a script, without a network and without its drawing: the numbers stand
in a table beside it, made from the very rows that were drawn.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from synth.messages import Words
from synth.model import Direction, Facet, Finding, Settings, Study, Theme, facet_values
from synth.references.csv_text import csv_text
from synth.text import counted as counted
from synth.text import listed as listed
from synth.text import shorten as shorten
from synth.views.markup import placeholder, target

if TYPE_CHECKING:
    from synth.reading.records import Records

Row = Mapping[str, Any]

# Colours of things that are no direction and no level, with what JupyterLab and a file show.
INK = "var(--synth-ink, #222832)"
INK_2 = "var(--synth-ink-2, #48566b)"
PAPER = "var(--synth-paper, #fff)"
PAPER_2 = "var(--synth-paper-2, #f3f4f5)"
LINE = "var(--synth-line, #d1d5da)"
EDGE = "var(--synth-edge, #6b7686)"


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a figure's table.

    Parameters
    ----------
    name : key of the column in the rows of data, and its header in the CSV.
    label : header readers see.
    number : the column holds numbers and is set to the right.
    cell : draws the cell of a row as HTML; by default its value, escaped.
    """

    name: str
    label: str
    number: bool = False
    cell: Callable[[Row], str] | None = None


class Figure:
    """A drawing with everything a reader needs to trust it or to do without it.

    Parameters
    ----------
    name : short name, used for downloads (``"by-year"``).
    title : the finding, as a sentence.
    description : what the drawing shows, in words made from the same data.
    note : how to read it, what it can and what it cannot tell.
    fields, data : the table that says the same.
    drawing : the drawing as HTML; empty when there is nothing to draw.
    nothing : why there is nothing to draw.
    stated : counts for the one-line form.
    source : what stands in the source line before the data version, as HTML.
    table_note : what the table's summary counts (``"21 years"``).
    wording : words of the frame; English ones by default.

    >>> figure = Figure(
    ...     "by-year",
    ...     "One study.",
    ...     "One study, 2016.",
    ...     fields=[Field("year", "Year")],
    ...     data=[{"year": 2016}],
    ...     drawing="<svg></svg>",
    ...     stated="1 study",
    ... )
    >>> figure
    <Figure by-year: 1 study>
    >>> figure.to_csv().split()
    ['year', '2016']
    """

    kind = "Figure"

    def __init__(
        self,
        name: str,
        title: str,
        description: str,
        *,
        fields: Sequence[Field],
        data: Sequence[Row],
        drawing: str = "",
        nothing: str = "",
        note: str = "",
        stated: str = "",
        source: str = "",
        table_note: str = "",
        css: str = "",
        svg: str = "",
        wording: Words | None = None,
    ) -> None:
        self.name = name
        self.title = title
        self.description = description
        self.note = note
        self.fields = tuple(fields)
        self.data = [dict(row) for row in data]
        self.stated = stated
        self.source = source
        self.table_note = table_note
        self._drawing = drawing
        self._nothing = nothing
        self._css = css
        self._svg = svg
        self._wording = wording or Words()

    @property
    def drawing(self) -> str:
        """The drawing as HTML, or the sentence that says why there is none."""
        if self._drawing:
            return self._drawing
        nothing = self._nothing or self._wording["figure_nothing"]
        return f'<p class="synth-gap">{escape(nothing)}</p>'

    @property
    def empty(self) -> bool:
        """Whether there was nothing to draw."""
        return not self._drawing

    @property
    def html(self) -> str:
        """The whole figure."""
        css = f" {self._css}" if self._css else ""
        note = f'<p class="synth-figure-note">{escape(self.note)}</p>' if self.note else ""
        return (
            f'<figure class="synth synth-figure{css}" data-figure="{escape(self.name)}" '
            f'data-synth-module="figures">\n'
            f'<figcaption><p class="synth-figure-title">{escape(self.title)}</p>{note}'
            f"</figcaption>\n"
            f'<div class="synth-figure-drawing">{self.drawing}</div>\n'
            f"{self.below}{self._details()}"
            f'<p class="synth-source">{self.source} {version_line(self._wording)}</p>\n</figure>'
        )

    @property
    def below(self) -> str:
        """What stands between the drawing and the table; nothing unless a figure adds it."""
        return ""

    def _details(self) -> str:
        if not self.data:
            return ""
        counted = f": {escape(self.table_note)}" if self.table_note else ""
        same = self._wording.html("figure_table")
        return (
            f'<details class="synth-figure-table"><summary>{same}{counted}</summary>\n'
            f'<p class="synth-small">{escape(self.description)}</p>\n'
            f"{table_html(self.fields, self.data, self.title)}</details>\n"
        )

    @property
    def text(self) -> str:
        """Title, description and the rows, without any markup."""
        lines = [self.title, self.description]
        lines += [
            "; ".join(f"{f.label} {_plain(row[f.name])}" for f in self.fields) for row in self.data
        ]
        return "\n".join(line for line in lines if line)

    @property
    def svg(self) -> str:
        """The drawing as an SVG that stands on its own, or nothing."""
        return standalone(self._svg) if self._svg else ""

    def to_csv(self) -> str:
        """The rows as CSV text."""
        return to_csv([field.name for field in self.fields], self.data)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return {"text/html": self.html, "text/plain": repr(self)}

    def __repr__(self) -> str:
        return f"<{self.kind} {self.name}: {self.stated}>"


# --- words -----------------------------------------------------------------------------------


def studies(number: int) -> str:
    """A number of studies, with the noun."""
    return counted(number, "study", "studies")


def version_line(words: Words) -> str:
    """Data version and date; the build fills them in, so that no stored output holds them."""
    return words.html(
        "footer_data",
        version=placeholder("version", words["evidence_in_force"]),
        date=placeholder("date", words["late_date"]),
    )


def source_line(words: Words, findings: int, works: int) -> str:
    """From how much of the review a figure is drawn; the totals are filled in by the build."""
    return words.html(
        "figure_source",
        findings=findings,
        all_findings=placeholder("findings", words["late_all"]),
        studies=works,
        all_studies=placeholder("studies", words["late_all"]),
    )


def of_studies(words: Words, works: int) -> str:
    """How many of all studies, as HTML; the build fills in how many there are."""
    return words.html("of_all_studies", n=works, total=placeholder("studies", words["late_all"]))


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


def study_link(records: Records, study: str) -> str:
    """A study's author and year, linked to its entry."""
    return f'<a href="{escape(target("study", study))}">{escape(records.label(study))}</a>'


def theme_link(records: Records, node: str, *, label: str = "") -> str:
    """A theme's label, linked to its page."""
    words = escape(label or records.codebook[node].label)
    return f'<a href="{escape(target("theme", node))}">{words}</a>'


def table_html(fields: Sequence[Field], rows: Sequence[Row], caption: str) -> str:
    """Rows as a table that scrolls by itself when it is too wide, also by keyboard."""
    head = "\n".join(
        f'<th scope="col" data-key="{escape(f.name)}"{" class=n" if f.number else ""}>'
        f"{escape(f.label)}</th>"
        for f in fields
    ).replace("class=n", 'class="n"')
    body = "\n".join(f"<tr>{_cells(fields, row)}</tr>" for row in rows)
    label = escape(caption)
    return (
        f'<div class="synth-scroll" tabindex="0" role="region" aria-label="{label}">'
        f'<table><caption class="synth-vh">{label}</caption>\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table></div>\n"
    )


def _cells(fields: Sequence[Field], row: Row) -> str:
    cells = []
    for index, column in enumerate(fields):
        value = row[column.name]
        shown = column.cell(row) if column.cell else escape(_plain(value))
        # A cell that shows more than its value keeps the value beside it, for the CSV download.
        kept = f' data-value="{escape(_plain(value))}"' if column.cell else ""
        css = ' class="n"' if column.number else ""
        tag = (
            f'<th scope="row"{css}{kept}>{shown}</th>'
            if index == 0
            else f"<td{css}{kept}>{shown}</td>"
        )
        cells.append(tag)
    return "\n".join(cells)  # white space between cells, else a search index glues the words


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list | tuple):
        return "; ".join(str(part) for part in value)
    return str(value)


def to_csv(columns: Sequence[str], rows: Iterable[Row]) -> str:
    """Rows as CSV text with a header; lists are joined by ``"; "``."""
    return csv_text([columns, *([_plain(row[name]) for name in columns] for row in rows)])


def standalone(svg: str) -> str:
    """An SVG with plain colours, as a file outside the page needs it.

    >>> standalone('<svg viewBox="0 0 1 1"><path fill="var(--synth-ink, #222)"/></svg>')
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path fill="#222"/></svg>'
    """
    plain = re.sub(r"var\(--[\w-]+,\s*([^()]+)\)", r"\1", svg).replace("currentColor", "#222832")
    if "xmlns=" not in plain:
        plain = plain.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return plain


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
    words = text.split()
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
    declared = records.settings.facet(facet) or Facet(
        facet,
        facet.capitalize(),
        f"{facet}s",
        "either" if facet == "country" else "study",
        many=facet == "country",
    )
    return facet_values(declared, finding, records.studies[finding.study])


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
