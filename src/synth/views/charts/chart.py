"""What every chart shares: one look, a picture for wide pages and one for phones, a specification.

Altair draws, vl-convert turns the drawing into SVG (:mod:`synth.views.charts.pictures`); both are
imported only when a chart is shown.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property, lru_cache
from html import unescape
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from synth.messages import Words
from synth.model import UNKNOWN, Direction, Finding, Study, Theme
from synth.text import shorten
from synth.views.charts.pictures import picture
from synth.views.figure import (
    EDGE,
    INK,
    INK_2,
    LINE,
    PAPER,
    Figure,
    direction_colour,
    standalone,
    study_link,
    themes_of,
    wrapped,
)
from synth.views.markup import filters, render, target
from synth.views.svg import element
from synth.views.view import Row

if TYPE_CHECKING:
    import altair

    from synth.reading.records import Records

VEGALITE = "application/vnd.vegalite.v6+json"
"""The media type of a specification; Altair's own, with a dot, cannot be stored in a notebook."""
_WIDE, _NARROW = 660, 320
_IN_A_CELL = 15
"""Studies a cell of a table names before it counts the others; its file names all."""

Draw = Callable[[int], "altair.Chart | altair.LayerChart"]


def theme_config() -> dict[str, Any]:
    """The one look of all charts, as a Vega-Lite configuration with the tokens of the book.

    Colours are CSS variables with a literal value behind them: one picture serves light and dark
    pages, print and notebooks.
    """
    plain = {"labelColor": INK, "titleColor": INK_2, "titleFontWeight": "normal"}
    return {
        "background": "transparent",
        "font": "sans-serif",
        "padding": 4,
        "view": {"stroke": None},
        "axis": {
            **plain,
            "labelFontSize": 12,
            "titleFontSize": 12,
            "gridColor": LINE,
            "domainColor": EDGE,
            "tickColor": EDGE,
            "labelLimit": 190,
            "aria": False,
        },
        "legend": {
            **plain,
            "labelFontSize": 12,
            "titleFontSize": 12,
            "orient": "bottom",
            "symbolFillColor": INK,
            "labelLimit": 150,
            "aria": False,
        },
        "mark": {"color": INK},
        "text": {"color": INK, "fontSize": 12},
        "title": {"color": INK, "anchor": "start"},
        "range": {"category": [INK, EDGE, INK_2, LINE]},
    }


@lru_cache(maxsize=1)
def altair_with_look() -> Any:
    """Altair with the look registered; imported only when something is drawn."""
    import altair

    altair.theme.register("synth", enable=False)(
        lambda: altair.theme.ThemeConfig({"config": theme_config()})  # type: ignore[typeddict-item]
    )
    return altair


def specification(chart: altair.TopLevelMixin) -> dict[str, Any]:
    """A chart as a Vega-Lite specification in the look of the book.

    It is not held against the schema, which takes longer than all the rest of drawing: a test does
    that for every kind of chart.
    """
    with altair_with_look().theme.enable("synth"):
        spec: dict[str, Any] = chart.to_dict(validate=False)
    return spec


def vegalite_mime(spec: dict[str, Any]) -> dict[str, Any]:
    """What an Altair chart of an author leaves in a notebook: specification, picture and a text.

    Parameters
    ----------
    spec : a Vega-Lite specification with a numeric width, else the picture is 200 pixels wide.
    """
    return {
        VEGALITE: spec,
        "image/svg+xml": picture(spec),
        "text/plain": str(spec.get("description") or "Chart without a description"),
    }


class Chart(Figure):
    """A figure drawn by Altair: a picture for wide pages, one for phones, and its specification.

    Parameters
    ----------
    draw : makes the Altair chart for a width in pixels; ``None`` when there is nothing to draw.
    **rest : as for :class:`synth.views.figure.Figure`.
    """

    def __init__(self, *args: Any, draw: Draw | None = None, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self._draw = draw

    @property
    def empty(self) -> bool:
        """Whether there was nothing to draw."""
        return self._draw is None

    def chart(self, width: int = _WIDE) -> altair.Chart | altair.LayerChart:
        """The Altair chart, to be changed or joined with others.

        Parameters
        ----------
        width : width of the whole drawing in pixels.

        Raises
        ------
        ValueError : there is nothing to draw.
        """
        if self._draw is None:
            raise ValueError(f"{self.title}: there is nothing to draw.")
        altair = altair_with_look()
        # Its parts are not held against the schema one by one; see `specification`.
        with altair.utils.schemapi.debug_mode(False):
            drawn = self._draw(width)
        # Set in place: `properties` makes the whole chart anew, which takes as long as drawing it.
        drawn.width = width
        drawn.autosize = altair.AutoSizeParams(type="fit-x", contains="padding")
        drawn.description = shorten(self.description, 400)
        return drawn

    @cached_property
    def spec(self) -> dict[str, Any]:
        """The Vega-Lite specification of the drawing, made for wide pages."""
        return specification(self.chart())

    @property
    def drawing(self) -> str:
        """The drawing as HTML: two pictures, of which a page shows the one that fits."""
        if self._draw is None:
            return super().drawing
        wide, narrow = self._pictures
        spec = {**self.shown_spec, "width": "container"}
        return render(
            "chart.html",
            description=self.description,
            wide=Markup(led(wide)),
            narrow=Markup(led(narrow)),
            spec=json.loads(led(json.dumps(spec, ensure_ascii=False))),
        )

    @property
    def shown_spec(self) -> dict[str, Any]:
        """The specification a page shows, where what marks lead to stands by its name."""
        return self._shown[0]

    @cached_property
    def _pictures(self) -> tuple[str, str]:
        """The pictures for wide pages and for phones, the same wherever the chart stands."""
        wide, narrow = self._shown
        return compact(picture(wide)), compact(picture(narrow))

    @cached_property
    def _shown(self) -> tuple[dict[str, Any], dict[str, Any]]:
        before = _LINKED.set(self._ways)
        try:
            wide, narrow = specification(self.chart()), specification(self.chart(_NARROW))
        finally:
            _LINKED.reset(before)
        return wide, narrow

    @property
    def _ways(self) -> _Ways:
        ranks = frozenset(rank.id for rank in self._records.settings.ranks)
        known = {*ranks, *(facet.id for facet in self._records.settings.facets), *_FILTERS}
        kept = _chosen(self.query) if self.kind else []
        return _Ways(tuple(kept) if all(name in known for name, _ in kept) else (), ranks)

    @property
    def svg(self) -> str:
        """The picture as an SVG file that stands on its own, or nothing."""
        return standalone(compact(picture(self.spec))) if self._draw else ""


@dataclass(frozen=True, slots=True)
class _Ways:
    """The filters of the evidence a chart is drawn from, which its marks keep.

    What was joined, or chosen one by one, has no address; its marks lead to all of the evidence.
    """

    kept: tuple[tuple[str, str], ...] = ()
    ranks: frozenset[str] = frozenset()

    def facet(self, name: str) -> str:
        """The facet a filter belongs to: the ranks of a codebook are one."""
        return "" if name in self.ranks else name

    def to(self, kind: str, name: str) -> tuple[str, str]:
        """The kind and the name of what is counted; a country's profile counts all evidence."""
        own = {self.facet(part.partition("=")[0]) for part in name.split("&")}
        kept = [filters(**{key: value}) for key, value in self.kept if self.facet(key) not in own]
        if not kept or kind not in ("explorer", "country"):
            return kind, name
        return "explorer", "&".join([*kept, name])


def _chosen(query: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The filters a selection was made with."""
    if "where" not in query:
        return []
    where = query["where"].items()
    return _chosen(query["of"]) + [(name, str(value)) for name, some in where for value in some]


_FILTERS = ("direction", "since", "until", "without", "q")
"""What an explorer filters by besides the facets of the review."""
# What a mark leads to is written into the picture as a name, since pictures are kept whatever page
# they stand on; the name becomes an address when the page is drawn.
_LINKED: ContextVar[_Ways | None] = ContextVar("linked", default=None)
_WAY = "to/"
_NAMED = re.compile(
    r'(?:(xlink:href)=)?"(?:https://vega\.github\.io/vega-datasets/)?to/(\w+)/([^"]*)"'
)


def counting(say: Words, what: str, number: str) -> str:
    """A number with its noun, as an expression of a chart.

    >>> counting(Words(), "study", "datum.n")
    '(datum.n == 1 ? "1 study" : replace("{n} studies", "{n}", "" + datum.n))'
    """
    one, many = json.dumps(say.count(what, 1)), json.dumps(say[f"{what}_many"])
    return f'({number} == 1 ? {one} : replace({many}, "{{n}}", "" + {number}))'


def parameter(name: str, values: Sequence[Any]) -> Any:
    """A parameter that holds a value for each row; a list would be copied like rows (`inline`)."""
    return altair_with_look().param(name=name, value=tuple(values))


def ways(places: Sequence[tuple[str, str]]) -> Any:
    """The parameter that holds where the marks of each row lead to, for :func:`leading`.

    Parameters
    ----------
    places : a kind (``"study"``, ``"theme"``, or ``"explorer"`` for what some filters let through)
        and an id, or filters as :func:`synth.views.markup.filters` writes them; an empty one leads
        nowhere.
    """
    return parameter("H", [way(*place).get("h", "") for place in places])


def leading(chart: Any, at: str = "H[datum.v]") -> Any:
    """Marks that lead to what they count, where a page can be led to.

    Parameters
    ----------
    chart : with the parameter of :func:`ways`, or the names in its rows.
    at : where the name of a row stands.
    """
    if _LINKED.get() is None:
        return chart
    return chart.transform_calculate(h=at).encode(href=altair_with_look().Href("h:N"))


_KEPT = 22
"""Letters a name in a legend has room for, where two of them stand side by side."""


def key_of(names: Sequence[str], width: int, **look: Any) -> Any:
    """A legend below a chart; where a name is long they stand one below the other, and whole."""
    if max(map(len, names), default=0) > _KEPT:
        look |= {"columns": 1, "labelLimit": width - 40}
    return altair_with_look().Legend(title=None, **look)


def filled(direction: Direction, *, thin: bool = False) -> Any:
    """What fills the bars of a direction: its colour, lined or open where its pattern says so.

    Parameters
    ----------
    direction : its colour outlines the bar.
    thin : the bar has room for one line.
    """
    colour = direction_colour(direction)
    if direction.pattern == "solid":
        return colour
    if direction.pattern == "outline":
        return PAPER
    ends = [(0, colour), (0.18, colour), (0.18, PAPER), (0.41, PAPER), (0.41, colour)]
    ends += [(0.59, colour), (0.59, PAPER), (0.82, PAPER), (0.82, colour), (1, colour)]
    if thin:
        ends = [(0.4, PAPER), (0.4, colour), (0.6, colour), (0.6, PAPER)]
    stops = [{"offset": offset, "color": paint} for offset, paint in ends]
    return {"gradient": "linear", "x1": 0, "y1": 0, "x2": 0, "y2": 1, "stops": stops}


def way(kind: str, name: str) -> dict[str, str]:
    """Where one mark leads to, as a column of its row."""
    ways = _LINKED.get()
    if ways is None:
        return {}
    return {"h": "{}{}/{}".format(_WAY, *ways.to(kind, name)) if name else ""}


def led(text: str) -> str:
    """A picture or a specification with addresses in place of the names of what marks lead to."""

    def address(found: re.Match[str]) -> str:
        place = target(found[2], unescape(found[3]))
        if place.startswith("synth:"):  # a notebook's: no page to lead to
            place = ""
        if not found[1]:
            return json.dumps(place)
        # Nothing of a picture is a stop of its own: arrow keys go through the marks, and the table
        # beside it holds the same links.
        return f'href="{escape(place)}" tabindex="-1"' if place else ""

    return _NAMED.sub(address, text)


def compact(svg: str) -> str:
    """A picture of vl-convert as part of a page: without what says nothing there.

    What is heard is the description beside it, so the roles inside never are; the labels of the
    marks stay, for the line that reads them one by one.
    """
    size = re.search(r'width="([\d.]+)" height="([\d.]+)" viewBox="([^"]+)"', svg)
    assert size, "vl-convert writes width, height and viewBox"
    inner = svg[svg.index(">", size.end()) + 1 :]
    inner = re.sub(r'<path class="(?:background|foreground)"[^>]*>(?:</path>)?', "", inner)
    # What is the default anyway, or is never heard inside a hidden picture.
    inner = re.sub(
        r' (?:role="graphics-\w+"|aria-roledescription="[^"]*"|(?:stroke-width|opacity)="1"'
        r'|font-family="sans-serif"|pointer-events="none"|text-anchor="start"'
        r'|stroke-dasharray="1,0"|y2="0")',
        "",
        inner,
    )
    inner = _fills_named(inner)
    # A tenth of a pixel is enough, a hundredth of anything else, and the same on every machine.
    inner = _PLACED.sub(lambda part: _rounded(part[0], 1), inner)
    inner = _rounded(inner, 2)
    return str(
        element(
            "svg",
            Markup(inner.rpartition("<")[0]),
            viewBox=size[3],
            width=size[1],
            height=size[2],
            aria_hidden="true",
            focusable="false",
            font_family="sans-serif",
        )
    )


_PLACED = re.compile(r' (?:d|transform|[xy]2?)="[^"]*"')


def _rounded(text: str, places: int) -> str:
    """A text whose numbers have no more than some places behind the point."""
    return re.sub(
        rf"\d+\.\d{{{places + 1},}}",
        lambda found: f"{float(found[0]):.{places}f}".rstrip("0").rstrip("."),
        text,
    )


_FILL = re.compile(r'<linearGradient id="(gradient_\d+)"(.*?</linearGradient>)', re.DOTALL)


def _fills_named(svg: str) -> str:
    """Each filling once, by a name that no other picture on the page has.

    vl-convert draws one for every mark, and goes on counting from one picture to the next.
    """
    number: dict[str, int] = {}
    place: dict[str, int] = {}

    def once(fill: re.Match[str]) -> str:
        known = fill[2] in number
        place[fill[1]] = number.setdefault(fill[2], len(number))
        return "" if known else fill[0]

    kept = _FILL.sub(once, svg)

    def named(prefix: str) -> str:
        return re.sub(r"\bgradient_\d+", lambda name: f"{prefix}-{place[name[0]]}", kept)

    return named(f"g{hashlib.sha256(named('g').encode()).hexdigest()[:8]}") if place else svg


def inline(rows: Sequence[Row]) -> Any:
    """Rows as data that travel with the specification.

    Altair copies all of a chart a dozen times while it is put together; its rows stay the same.
    """
    data = altair_with_look().InlineData(values=[dict(row) for row in rows])
    object.__setattr__(data, "__deepcopy__", lambda same: same)
    return data


def span(say: Words, dated: Sequence[Study]) -> str:
    """First and last year of studies, as a range."""
    years = [study.year for study in dated if study.year is not None]
    if not years:
        return say["chart_without_year"]
    return str(years[0]) if years[0] == years[-1] else f"{years[0]}–{years[-1]}"


def ranked(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Most frequent first, then by name; what is unknown at the end."""
    return sorted(counts.items(), key=lambda item: (item[0] in UNKNOWN, -item[1], item[0]))


def study_links(records: Records, ids: Sequence[str]) -> Markup:
    """Links to several studies, in one cell of a table; to the first, where there are very many."""
    links = [study_link(records, study) for study in ids[:_IN_A_CELL]]
    if left := len(ids) - len(links):
        links.append(escape(Words.of(records.settings).count("studies_left", left)))
    return Markup("; ").join(links)


def ticks(first: int, last: int, most: int) -> list[int]:
    """Round years between two, no more than a drawing has room for."""
    every = next((n for n in (1, 2, 5, 10, 20, 50, 100) if (last - first) / n <= most), 200)
    return [year for year in range(first, last + 1) if year % every == 0] or [first]


def named_rows(names: Sequence[str], width: int, *, grid: bool) -> tuple[Any, Any]:
    """Rows that go by number, and the parameter with their labels, broken into two lines at most.

    A label stands once in the specification however many marks its row has, and a label of any
    length takes no more than its share of the width.
    """
    alt = altair_with_look()
    room = 128 if width < 400 else 240
    labels = parameter("L", [wrapped(name, room, 12, most=2) for name in names])
    axis = alt.Axis(
        labelExpr="L[datum.value]",
        ticks=False,
        domain=False,
        grid=grid,
        tickBand="extent" if grid else "center",  # lines between rows, not through numbers
        labelPadding=6,
        labelLimit=room + 20,
        labelLineHeight=12,
    )
    scale = alt.Scale(domain=list(range(len(names))), padding=0.04)
    return labels, alt.Y("v:O", title=None, scale=scale, axis=axis)


def layered(layers: Sequence[Any], *parameters: Any, height: Any) -> Any:
    """Layers one above the other, and the parameters that they use.

    Altair moves the parameters of the first layer to the whole; given to the whole, they would make
    it copy all layers twice more, which takes longer than drawing them.
    """
    first, *rest = layers
    return altair_with_look().layer(first.add_params(*parameters), *rest, height=height)


def steps(labels: Any, least: int) -> Any:
    """Height of a row: enough for its label's lines."""
    most = max((len(lines) for lines in labels.param.value), default=1)
    return altair_with_look().Step(max(least, 28) if most > 1 else least)


def with_findings(
    records: Records, findings: Sequence[Finding]
) -> list[tuple[Theme, list[Finding]]]:
    """The themes with the findings below them; those without any are left out."""
    pairs = []
    for node in themes_of(records):
        branch = records.codebook.branch(node.id)
        below = [finding for finding in findings if finding.speaks_to(branch)]
        if below:
            pairs.append((node, below))
    return pairs
