"""A view: some records drawn in one way, as rows, in words, for a page, for a notebook, as a file.

A notebook stores which view a cell showed (kind, query and options, from which the book draws it
anew), and two forms anybody can read without running anything: a text that states the numbers, and
a plain table.
"""

from __future__ import annotations

import csv
import os
import re
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from markupsafe import Markup

from synth.messages import Words
from synth.references.csv_text import csv_text
from synth.views.markup import STATIC, Place, drawn_in, placeholder, render, with_words

if TYPE_CHECKING:
    import pandas

    from synth.reading.records import Records

VIEW = "application/vnd.synth.view+json"
"""The media type under which a notebook stores what a cell showed."""

Row = Mapping[str, Any]

Source = Callable[[], Markup]
"""Gives the source line of a view, when it is drawn: what it counts depends on where."""

WITHOUT_WIDGETS = "SYNTH_WITHOUT_WIDGETS"
"""Environment variable of kernels whose outputs are stored: what is alive is never stored."""

_MOST = 500
"""Rows of the plain table a notebook stores; more would make a file nobody can open."""
_NAMED = 30
"""Things that a cell of such a table names."""


class View:
    """What all views have in common; each gives its rows, its title and how a page shows it.

    A view has these, as attributes or properties:

    - ``title``: what it says, as a sentence, or what it is;
    - ``summary``: how much it holds, such as ``"9 statements (14 findings) from 11 studies"``;
    - ``rows``: what it shows, one mapping a row;
    - ``columns``: the columns of the plain table, by their name in ``rows``, with their labels;
    - ``html``: the whole view as a page shows it;
    - ``svg``: its drawing as a picture of its own; empty where it has none.
    """

    kind: str = ""
    query: Mapping[str, Any]
    options: Mapping[str, Any]

    description: str = ""
    pictured: bool = True
    """Whether its plain form holds its picture as well; a table alone takes less room."""
    file: str = ""
    """Name of the CSV file a book offers with it; without one its page holds the whole table."""
    _words: Words = Words()
    _source: Source | None = None
    _records: Records
    """What it is drawn from, which a file of it names; only a figure made by hand has none."""

    title: str
    summary: str

    @property
    def svg(self) -> str:
        """Its drawing as a picture of its own; empty where it has none."""
        return ""

    @property
    def rows(self) -> Sequence[Row]:
        """What the view shows, one mapping a row."""
        raise NotImplementedError

    @property
    def columns(self) -> Mapping[str, str]:
        """Labels of the columns of the plain table, by their name in ``rows``."""
        raise NotImplementedError

    @property
    def html(self) -> str:
        """The whole view, as a page shows it."""
        raise NotImplementedError

    @property
    def shows(self) -> Mapping[str, Sequence[str]]:
        """Ids of the findings, studies and influences it shows one by one, by their kind."""
        return {}

    @property
    def cites(self) -> Sequence[str]:
        """Ids of the findings it cites as prose does, so that a page previews them."""
        return ()

    anchors: Sequence[str] = ()
    """The kinds, of those it shows, that pages link to here: each of them has its anchor."""

    def asked(self, kind: str, query: Mapping[str, Any], **options: Any) -> Self:
        """Note how the view was asked for, so that the book can draw it again.

        Parameters
        ----------
        kind : name of the method that made it.
        query : the evidence it was asked of, as ``Evidence.query`` gives it.
        **options : arguments of the method; those that are ``None`` are left out.
        """
        self.kind, self.query = kind, dict(query)
        self.options = {name: value for name, value in options.items() if value is not None}
        return self

    # --- as something to take along ---

    @property
    def _origin(self) -> Markup:
        """Where it comes from, in a line below it: version of the data, title and licence."""
        own = [self._source()] if self._source else []
        return Markup(" ").join([*own, version_line(self._words), credit_line(self._words)])

    def to_frame(self) -> pandas.DataFrame:
        """The rows as a pandas table; lists of values are joined by ``"; "``."""
        import pandas

        rows = [{name: _scalar(value) for name, value in row.items()} for row in self.rows]
        return pandas.DataFrame(rows, columns=None if rows else list(self.columns))

    def to_csv(self) -> str:
        """The plain table as CSV text with a header."""
        rows = ([plain(row.get(name)) for name in self.columns] for row in self.rows)
        return csv_text([list(self.columns), *rows])

    def save(self, path: str | Path) -> Path:
        """Write the view to a file, with its title, its source, the data version and the licence.

        A picture has them around it, with its key and how to read it; a CSV file has them in two
        columns of their own; an HTML file has them in a line below.

        Parameters
        ----------
        path : where to; its ending says as what: ``.csv``, ``.html``, ``.svg`` or ``.png``.

        Raises
        ------
        ValueError : the ending is none of these, or there is no picture to write.
        """
        file = Path(path)
        ending = file.suffix.lower()
        if ending not in (".csv", ".html", ".svg", ".png"):
            raise ValueError(f"{file}: a view is saved as .csv, .html, .svg or .png.")
        if ending in (".svg", ".png") and not self.svg:
            raise ValueError(f"{file}: {self!r} has no picture; save it as .csv or .html.")
        records: Records | None = getattr(self, "_records", None)
        whole: dict[str, Callable[[], str]] = totals(records) if records else {}
        # No page to lead to; but what the whole review has is known.
        with drawn_in(
            Place(lambda *_: "", lambda name, other: whole[name]() if name in whole else other)
        ):
            told = " ".join(self._origin.striptags().split())
            if ending == ".png":
                import vl_convert

                file.write_bytes(vl_convert.svg_to_png(self._framed(told), scale=2))
                return file
            if ending == ".csv":
                # A spreadsheet takes a file for UTF-8 only when it begins with the mark for it.
                text = f"\ufeff{self._sourced(told)}"
            elif ending == ".svg":
                text = self._framed(told)
            else:
                text = render("file.html", view=self, told=told)
        file.write_text(text, encoding="utf-8", newline="\n")
        return file

    def _sourced(self, told: str) -> str:
        """Its CSV, each row with what it is and where it comes from."""
        head, *rows = csv.reader(StringIO(self.to_csv()))
        shown = self.title or self.summary
        return csv_text([[*head, "figure", "source"], *([*row, shown, told] for row in rows)])

    def _framed(self, told: str) -> str:
        """Its picture as a file, with what was told of it."""
        return self.svg

    # --- in a notebook ---

    @property
    def text(self) -> str:
        """Title, counts and description, as a text without any markup."""
        lines = dict.fromkeys((repr(self), self.title, self.description))
        return "\n".join(line for line in lines if line)

    @property
    def readable(self) -> Markup:
        """The view as plain HTML: a picture where it has one, and its rows as a table.

        Whatever a preview of notebooks strips (styles, scripts, drawings, addresses) is not in it.
        """
        rest = self._words.say("readable_rest", n=_MOST, total=len(self.rows))
        return render(
            "readable.html",
            view=self,
            table=[
                [plain(self._first(row.get(name))) for name in self.columns]
                for row in self.rows[:_MOST]
            ],
            rest=rest if len(self.rows) > _MOST else "",
            picture=data_address(self.svg) if self.pictured and self.svg else "",
        )

    def _first(self, value: Any, most: int = _NAMED) -> Any:
        """A value as a stored table names it: of a long list the first, and how many more.

        A cell of the framework of 10,000 studies would name thousands of findings.
        """
        if not isinstance(value, list | tuple) or len(value) <= most:
            return value
        return [*value[:most], self._words.say("more", n=f"{len(value) - most:,}")]

    def widget(self) -> Any:
        """The view as a page of the book shows it, alive in a notebook with a kernel."""
        figures = (STATIC / "figures.js").read_text("utf-8")
        widget = _widget_class(with_words(figures, self._words))(html=str(self.html))
        # A long table travels when a reader saves it, not with each view of it.
        widget.on_msg(lambda asked, _content, _buffers: asked.send({"csv": self.to_csv()}))
        return widget

    def _repr_mimebundle_(self, **options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        data: dict[str, Any] = {}
        metadata: dict[str, Any] = {}
        if not os.environ.get(WITHOUT_WIDGETS):
            live = self.widget()._repr_mimebundle_(**options)
            data, metadata = live if isinstance(live, tuple) else (live or {}, {})
        if self.kind:  # else it was drawn from records alone, and no book could ask for it again
            asked = {"kind": self.kind, "query": dict(self.query), "options": dict(self.options)}
            data = {**data, VIEW: asked}
        readable = {"text/plain": self.text, "text/html": str(self.readable)}
        return {**data, **readable}, metadata

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.summary}>"


@lru_cache(maxsize=4)
def _widget_class(figures: str) -> Any:
    """The widget, made on first use: ipywidgets takes a third of a second to import.

    Parameters
    ----------
    figures : the module of the book's figures, with its words.
    """
    import anywidget
    import traitlets

    class ViewWidget(anywidget.AnyWidget):
        """A view with what the book's pages do to it: marks to read, tables to save."""

        _esm = figures.replace("export default {", "const figures = {") + (
            "\nexport default { render({ model, el }) {\n"
            '  el.innerHTML = model.get("html");\n'
            "  const csv = () => new Promise((give) => {\n"
            '    const told = (answer) => (model.off("msg:custom", told), give(answer.csv));\n'
            '    model.on("msg:custom", told);\n'
            "    model.send({});\n"
            "  });\n"
            '  for (const figure of el.querySelectorAll(".synth-figure"))\n'
            "    figures.mount(figure, { csv });\n"
            "} };\n"
        )
        _css = widget_style("synth.css", "figures.css", "catalogue.css")
        html = traitlets.Unicode().tag(sync=True)

        def __repr__(self) -> str:
            return "<View widget>"

    return ViewWidget


def widget_style(*names: str) -> str:
    """The style of a view in a notebook, without the book's faces.

    A notebook has no folder of fonts: JupyterLab would ask its server for each and be given a page.

    Parameters
    ----------
    names : the style sheets, by their file names.

    Returns
    -------
    One style sheet.
    """
    style = "\n".join((STATIC / name).read_text("utf-8") for name in names)
    return re.sub(r"@font-face \{[^}]*\}\n?", "", style)


def totals(records: Records) -> dict[str, Callable[[], str]]:
    """What a whole review has, by the names of :func:`synth.views.markup.placeholder`.

    Parameters
    ----------
    records : the records of the review.
    """
    settings = records.settings
    return {
        "studies": lambda: str(sum(study.is_evidence for study in records.studies.values())),
        "works": lambda: str(len(records.studies)),
        "findings": lambda: str(len(records.findings)),
        "statements": lambda: str(len(records.statements)),
        "influences": lambda: str(len(records.influences)),
        "title": lambda: settings.title,
        "licence": lambda: settings.licence,
        "version": lambda: settings.version,
        "date": lambda: settings.date.isoformat(),
    }


def version_line(words: Words) -> Markup:
    """Data version and date; the build fills them in, so that no stored output holds them."""
    return Markup(
        words.html(
            "footer_data",
            version=placeholder("version", words["evidence_in_force"]),
            date=placeholder("date", words["late_date"]),
        )
    )


def credit_line(words: Words) -> Markup:
    """The title and the licence of the book, which go along with a figure that is taken away."""
    return words.markup(
        "figure_credit",
        title=placeholder("title", words["late_title"]),
        licence=placeholder("licence", words["late_licence"]),
    )


_ROOT = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)" width="[\d.]+" height="[\d.]+"')
_MARGIN = 30
"""Room beside a picture in a notebook, whose face may be wider than the one it was measured in."""


def data_address(svg: str) -> str:
    """A picture as an address that holds all of it, on a light ground of its own.

    A notebook may be dark, and names beside the bars may be wider than where they were measured.

    >>> from base64 import b64decode
    >>> root = 'viewBox="0 0 100 50" width="100" height="50"'
    >>> b64decode(data_address(root).partition(",")[2]).decode()
    'viewBox="-30 0 160 50" width="160" height="50" style="background:#fff"'
    """

    def ground(found: re.Match[str]) -> str:
        wide = f"{float(found[1]) + 2 * _MARGIN:g}"
        box = f'viewBox="-{_MARGIN} 0 {wide} {found[2]}" width="{wide}" height="{found[2]}"'
        return f'{box} style="background:#fff"'

    svg = _ROOT.sub(ground, svg, count=1)
    return f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"


def _scalar(value: Any) -> Any:
    return plain(value) if isinstance(value, list | tuple) else value


def plain(value: Any) -> str:
    """A value as a cell of a plain table shows it; lists are joined by ``"; "``."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list | tuple):
        return "; ".join(str(part) for part in value)
    return str(value)
