"""Charts of a review: when, where, who and how, each a finding in words with its numbers beside it.

A chart is aggregated before it is drawn, so that it carries no more than it shows; it stands in the
page as a picture first, and its specification stays under 10 KB. Altair draws, vl-convert turns the
drawing into SVG; both are imported only when a chart is shown.
"""

from __future__ import annotations

import json
import random
import re
import shlex
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from html import escape
from typing import TYPE_CHECKING, Any

from synth.evidence_table import late
from synth.figure import (
    EDGE,
    INK,
    INK_2,
    LINE,
    PAPER,
    PAPER_2,
    Field,
    Figure,
    Row,
    chosen,
    counted,
    direction_colour,
    listed,
    poles,
    shortened,
    source_line,
    studies,
    studies_behind,
    study_link,
    theme_link,
    themes_of,
    values_in,
)
from synth.model import NOT_REPORTED, UNKNOWN, Finding, Study, Theme

if TYPE_CHECKING:
    import altair

    from synth.tables import Records

__all__ = [
    "Chart",
    "Figure",
    "accumulation",
    "both_ways",
    "by_country",
    "by_design",
    "by_facet",
    "by_place",
    "by_year",
    "designs_by_theme",
    "first_reported",
    "single_support",
    "theme_by_study",
    "theme_config",
    "vegalite_mime",
]

VEGALITE = "application/vnd.vegalite.v6+json"
"""The media type of a specification; Altair's own, with a dot, cannot be stored in a notebook."""
_VERSION = "6.4"
_WIDE, _NARROW = 660, 320
_SHOWN = 30  # bars of a ranking before the rest is left to the table

Draw = Callable[[int], "altair.Chart | altair.LayerChart"]


# --- one look --------------------------------------------------------------------------------


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
def _altair() -> Any:
    """Altair with the look registered; imported only when something is drawn."""
    import altair

    altair.theme.register("synth", enable=False)(
        lambda: altair.theme.ThemeConfig({"config": theme_config()})  # type: ignore[typeddict-item]
    )
    return altair


def specification(chart: altair.TopLevelMixin) -> dict[str, Any]:
    """A chart as a Vega-Lite specification in the look of the book."""
    with _altair().theme.enable("synth"):
        spec: dict[str, Any] = chart.to_dict()
    return spec


def picture(spec: Mapping[str, Any]) -> str:
    """The SVG of a specification; the same bytes for the same specification."""
    import vl_convert

    svg: str = vl_convert.vegalite_to_svg(json.dumps(spec), vl_version=_VERSION)
    return svg


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
    **rest : as for :class:`synth.figure.Figure`.
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
        fit = _altair().AutoSizeParams(type="fit-x", contains="padding")
        return self._draw(width).properties(width=width, autosize=fit, description=self.description)

    @cached_property
    def spec(self) -> dict[str, Any]:
        """The Vega-Lite specification of the drawing, made for wide pages."""
        return specification(self.chart())

    @cached_property
    def drawing(self) -> str:
        """The drawing as HTML: two pictures, of which a page shows the one that fits."""
        if self._draw is None:
            return super().drawing
        wide = _inline(picture(self.spec))
        narrow = _inline(picture(specification(self.chart(_NARROW))))
        browser = {**self.spec, "width": "container"}
        stored = json.dumps(browser, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        # In a script element "<" could end it; in JSON the escape means the same character.
        stored = stored.replace("<", "\\u003c")
        return (
            '<div class="synth-chart" data-synth-chart data-synth-module="vega">\n'
            f'<div class="synth-chart-picture" role="img" aria-label="{escape(self.description)}">'
            f'<div class="synth-chart-wide">{wide}</div>\n'
            f'<div class="synth-chart-narrow" hidden>{narrow}</div></div>\n'
            f'<script type="application/json">{stored}</script>\n</div>'
        )

    @property
    def svg(self) -> str:
        """The picture as an SVG file that stands on its own, or nothing."""
        from synth.figure import standalone

        return standalone(picture(self.spec)) if self._draw else ""


def _inline(svg: str) -> str:
    """A picture of vl-convert as part of a page: without what says nothing there.

    The element around it is one labelled image, so the roles inside are never heard; the labels of
    the marks stay, for the line that reads them one by one.
    """
    size = re.search(r'width="([\d.]+)" height="([\d.]+)" viewBox="([^"]+)"', svg)
    assert size, "vl-convert writes width, height and viewBox"
    inner = svg[svg.index(">", size.end()) + 1 :]
    inner = re.sub(r'<path class="(?:background|foreground)"[^>]*>(?:</path>)?', "", inner)
    inner = re.sub(r' (?:role="graphics-\w+"|aria-roledescription="[^"]*")', "", inner)
    return (
        f'<svg viewBox="{size[3]}" width="{size[1]}" height="{size[2]}" aria-hidden="true" '
        f'focusable="false">{inner}'
    )


def _inline_data(rows: Sequence[Row]) -> Any:
    return _altair().InlineData(values=[dict(row) for row in rows])


# --- when ------------------------------------------------------------------------------------

# Shapes that no direction bears, each filled or open: told apart in print and without colour.
_SHAPES: Sequence[tuple[str, str]] = (
    ("circle", INK),
    ("square", INK),
    ("circle", PAPER),
    ("square", PAPER),
    ("cross", INK),
    ("triangle-right", PAPER),
    ("cross", PAPER),
    ("triangle-left", INK),
)
_UNITS = 150  # studies drawn one by one; beyond, bars


def by_year(records: Records, ids: Iterable[str] | None = None) -> Chart:
    """Studies by year of publication with their design, beside the years the search covered.

    Parameters
    ----------
    records : the records of the review.
    ids : findings whose studies are drawn; all of them by default.
    """
    findings = chosen(records, ids)
    behind = studies_behind(records, findings)
    dated = [study for study in behind if study.year is not None]
    since, until = records.settings.search_since, records.settings.search_until
    designs = _designs(records, findings)
    rows = [_year_row(records, year, dated, designs) for year in _years(dated, since, until)]
    without = [study for study in behind if study.year is None]
    if without:
        rows.append(_year_row(records, None, without, designs))
    window = f" The review's search covered {since}–{until}." if since and until else ""
    outside = sum(bool(since and until and not since <= (s.year or 0) <= until) for s in dated)
    if outside:
        window += f" {counted(outside, 'study lies', 'studies lie')} outside it."
    undated = f" {studies(len(without))} without a year {_is(len(without))} not drawn."
    return Chart(
        "by-year",
        _year_title(dated, len(behind)),
        _year_description(dated, rows) + window + (undated if without else ""),
        fields=(
            Field("year", "Year", cell=lambda row: str(row["year"] or "no year")),
            Field("studies", "Studies", number=True),
            Field("designs", "Designs"),
            Field("which", "Which", cell=lambda row: _study_links(records, row["ids"])),
        ),
        data=rows,
        draw=(lambda width: _year_chart(dated, designs, since, until, width)) if dated else None,
        nothing="None of these studies has a year." if behind else _NOTHING,
        note=(
            "One mark is one study, its shape the design. A year is that of publication, not of the "
            "fieldwork; few studies in a year may as well say how the search was made."
        ),
        stated=f"{studies(len(behind))}, {_span(dated)}",
        source=source_line(len(findings), len(behind)),
        table_note=counted(len(rows), "year"),
    )


_NOTHING = "No finding among those chosen: there is nothing to draw."


def _is(number: int) -> str:
    return "is" if number == 1 else "are"


def _span(dated: Sequence[Study]) -> str:
    years = [study.year for study in dated if study.year is not None]
    if not years:
        return "no year"
    return str(years[0]) if years[0] == years[-1] else f"{years[0]}–{years[-1]}"


def _years(dated: Sequence[Study], since: int | None, until: int | None) -> list[int]:
    """Every year from the first to the last, or only those with a study when they lie far apart."""
    years = sorted({study.year for study in dated if study.year is not None})
    if not years:
        return []
    first, last = min(years[0], since or years[0]), max(years[-1], until or years[-1])
    return list(range(first, last + 1)) if last - first <= 60 else years


def _designs(records: Records, findings: Sequence[Finding]) -> dict[str, str]:
    """Design of each study behind the findings, the rare ones gathered under "other"."""
    by_study = {f.study: "; ".join(values_in(records, "design", f)) for f in findings}
    common = [name for name, _ in _ranked(Counter(by_study.values()))]
    kept = set(common if len(common) <= len(_SHAPES) else common[: len(_SHAPES) - 1])
    return {study: name if name in kept else "other" for study, name in by_study.items()}


def _ranked(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Most frequent first, then by name; what is unknown at the end."""
    return sorted(counts.items(), key=lambda item: (item[0] in UNKNOWN, -item[1], item[0]))


def _year_row(
    records: Records, year: int | None, dated: Sequence[Study], designs: Mapping[str, str]
) -> dict[str, Any]:
    here = [study for study in dated if study.year == year]
    counts = _ranked(Counter(designs[study.id] for study in here))
    return {
        "year": year,
        "studies": len(here),
        "designs": ", ".join(f"{name} {count}" for name, count in counts),
        "which": [records.label(study.id) for study in here],
        "ids": [study.id for study in here],
    }


def _study_links(records: Records, ids: Sequence[str]) -> str:
    return "; ".join(study_link(records, study) for study in ids)


def _year_title(dated: Sequence[Study], total: int) -> str:
    if not dated:
        return "No study with a year of publication"
    years = [study.year or 0 for study in dated]
    if len(dated) == 1:
        return f"The one study was published in {years[0]}"
    middle = years[len(years) // 2]
    late_ones = sum(year >= middle for year in years)
    if years[0] == years[-1]:
        return f"All {total} studies were published in {years[0]}"
    return f"{late_ones} of {total} studies were published in {middle} or later"


def _year_description(dated: Sequence[Study], rows: Sequence[Row]) -> str:
    if not dated:
        return "No study with a year of publication."
    most = max(row["studies"] for row in rows if row["year"] is not None)
    peak = [str(row["year"]) for row in rows if row["studies"] == most and row["year"] is not None]
    counts = ", ".join(
        f"{row['year']}: {row['studies']}" for row in rows if row["year"] and row["studies"]
    )
    return (
        f"{studies(len(dated))} by year of publication, {_span(dated)}. "
        f"Most in a year: {most}, in {listed(peak)}. {counts}."
    )


def _year_chart(
    dated: Sequence[Study],
    designs: Mapping[str, str],
    since: int | None,
    until: int | None,
    width: int,
) -> Any:
    alt = _altair()
    years = [study.year or 0 for study in dated]
    first, last = min(years[0], since or years[0]), max(years[-1], until or years[-1])
    highest = max(Counter(years).values())
    step = max(2, min(16, int((width - 50) / (last - first + 2))))
    ticks = _ticks(first, last, 6 if width < 400 else 12)
    x = alt.X(
        "y:Q",
        title=None,
        scale=alt.Scale(domain=[first - 0.7, last + 0.7], nice=False, zero=False),
        axis=alt.Axis(values=ticks, format="d", grid=False),
    )
    layers = []
    if since and until:
        window = [{"a": since - 0.5, "b": until + 0.5, "t": f"searched {since}–{until}"}]
        band = alt.Chart(_inline_data(window))
        layers.append(band.mark_rect(color=PAPER_2, aria=False).encode(x="a:Q", x2="b:Q"))
        layers.append(
            band.mark_text(
                align="left", baseline="top", dx=4, dy=2, color=INK_2, aria=False
            ).encode(x="a:Q", y=alt.value(0), text="t:N")
        )
    if len(dated) <= _UNITS:
        layers.append(_unit_marks(dated, designs, x, step))
    else:
        layers.append(_year_bars(dated, x))
    height = max(60, min(260, highest * (step + 2) + 24))
    return alt.layer(*layers).properties(height=height)


def _ticks(first: int, last: int, most: int) -> list[int]:
    every = next((n for n in (1, 2, 5, 10, 20, 50, 100) if (last - first) / n <= most), 200)
    return [year for year in range(first, last + 1) if year % every == 0] or [first]


def _unit_marks(dated: Sequence[Study], designs: Mapping[str, str], x: Any, step: int) -> Any:
    alt = _altair()
    order = [name for name, _ in _ranked(Counter(designs[study.id] for study in dated))]
    seen: Counter[int | None] = Counter()
    rows = []
    for study in sorted(dated, key=lambda s: (s.year, order.index(designs[s.id]), s.id)):
        seen[study.year] += 1
        rows.append({"y": study.year, "n": seen[study.year], "d": designs[study.id], "s": study.id})
    highest = max(seen.values())
    legend = alt.Legend(title=None, columns=2 if len(order) > 3 else 0)
    shapes = [shape for shape, _ in _SHAPES][: len(order)]
    fills = [fill for _, fill in _SHAPES][: len(order)]
    return (
        alt.Chart(_inline_data(rows))
        .mark_point(size=(step * 0.72) ** 2, stroke=INK, strokeWidth=1.2, opacity=1)
        .encode(
            x=x,
            y=alt.Y("n:Q", axis=None, scale=alt.Scale(domain=[0.4, highest + 1.4], nice=False)),
            shape=alt.Shape("d:N", scale=alt.Scale(domain=order, range=shapes), legend=legend),
            fill=alt.Fill("d:N", scale=alt.Scale(domain=order, range=fills), legend=legend),
            description=alt.Description("t:N"),
            tooltip=alt.Tooltip("t:N"),
        )
        .transform_calculate(t="datum.s + ', ' + datum.y + ', ' + datum.d")
    )


def _year_bars(dated: Sequence[Study], x: Any) -> Any:
    alt = _altair()
    counts = Counter(study.year or 0 for study in dated)
    rows = [{"y": year, "n": count} for year, count in sorted(counts.items())]
    return (
        alt.Chart(_inline_data(rows))
        .mark_bar(size=6)
        .encode(
            x=x,
            y=alt.Y("n:Q", title="studies", axis=alt.Axis(tickMinStep=1)),
            description=alt.Description("t:N"),
            tooltip=alt.Tooltip("t:N"),
        )
        .transform_calculate(t="datum.y + ': ' + datum.n + ' studies'")
    )


# --- where, and who and how: rankings --------------------------------------------------------


def by_country(records: Records, ids: Iterable[str] | None = None) -> Chart:
    """Countries by their number of studies, with region and income group.

    A study done in several countries counts in each. What is no country (an international sample, a
    country that is not reported) stands apart, below the countries. The effective number of
    countries is the inverse Simpson index (Hill, 1973, doi 10.2307/1934352): with all studies in
    one country it is 1, spread evenly over ten it is 10.

    Parameters
    ----------
    records : the records of the review.
    ids : findings whose countries are counted; all of them by default.
    """
    findings = chosen(records, ids)
    rows = _facet_rows(records, findings, "country")
    elsewhere = {*records.settings.not_countries, *UNKNOWN}
    for row in rows:
        place = records.places.get(row["value"])
        apart = row["value"] in elsewhere
        row["region"] = place.region if place else ("" if apart else NOT_REPORTED)
        row["income_group"] = place.income_group if place else ("" if apart else NOT_REPORTED)
        row["apart"] = apart
    rows.sort(key=lambda row: row["apart"])
    named = [row for row in rows if not row["apart"]]
    behind = studies_behind(records, findings)
    extra = (
        Field("region", "Region", cell=lambda row: escape(row["region"]) or "–"),
        Field("income_group", "Income group", cell=lambda row: escape(row["income_group"]) or "–"),
    )
    return _ranking(
        records,
        findings,
        "by-country",
        "Country",
        rows,
        facet="country",
        title=_country_title(named, len(behind)),
        description=_country_description(records, rows, named, behind, findings),
        extra=extra if records.places else (),
        note=(
            "A study done in several countries counts in each of them. "
            f"{_classification(records)}Few studies from a country say where research was done and "
            "found, not where the problem is large."
        ),
        stated=f"{studies(len(behind))}, {counted(len(named), 'country', 'countries')}",
        nouns=("country", "countries"),
    )


def by_design(records: Records, ids: Iterable[str] | None = None) -> Chart:
    """Designs of the studies, most frequent first.

    Parameters
    ----------
    records : the records of the review.
    ids : findings whose studies are counted; all of them by default.
    """
    return by_facet(records, "design", ids)


def by_facet(records: Records, facet: str, ids: Iterable[str] | None = None) -> Chart:
    """Values of a facet by their number of studies.

    Parameters
    ----------
    records : the records of the review.
    facet : a facet of ``review.toml``, or a column of the studies table.
    ids : findings whose studies are counted; all of them by default.
    """
    findings = chosen(records, ids)
    rows = _facet_rows(records, findings, facet)
    behind = studies_behind(records, findings)
    declared = records.settings.facet(facet)
    label = declared.label if declared else facet.capitalize()
    plural = (declared.plural if declared else f"{facet}s").lower()
    known = [row for row in rows if row["value"] not in UNKNOWN]
    return _ranking(
        records,
        findings,
        f"by-{facet}",
        label,
        rows,
        facet=facet,
        title=_most_title(known, len(behind), label.lower()),
        description=_counts_text(rows, behind, findings, f"by {label.lower()}"),
        note="The words are those of the coded table; a study counts once for each of its values.",
        stated=f"{studies(len(behind))}, {counted(len(rows), label.lower(), plural)}",
        nouns=(label.lower(), plural),
    )


def by_place(
    records: Records, group: str = "income_group", ids: Iterable[str] | None = None
) -> Chart:
    """Income groups or regions of the countries by their number of studies.

    Parameters
    ----------
    records : the records of the review.
    group : ``"income_group"`` or ``"region"``, as ``data/places.csv`` has them.
    ids : findings whose countries are counted; all of them by default.

    Raises
    ------
    ValueError : the group is no column of ``data/places.csv``.
    """
    if group not in ("income_group", "region"):
        raise ValueError(f"group is 'income_group' or 'region', not {group!r}.")
    findings = chosen(records, ids)
    held: dict[str, tuple[set[str], set[str], set[str]]] = {}
    for finding in findings:
        for country in values_in(records, "country", finding):
            place = records.places.get(country)
            value = getattr(place, group) if place else f"no single country ({country})"
            works, found, countries = held.setdefault(value, (set(), set(), set()))
            works.add(finding.study)
            found.add(finding.id)
            countries.add(country)
    known = {getattr(place, group) for place in records.places.values()}
    rows: list[dict[str, Any]] = [
        {
            "value": value,
            "studies": len(works),
            "findings": len(found),
            "countries": sorted(countries) if value in known else [],
            "apart": value not in known,
        }
        for value, (works, found, countries) in held.items()
    ]
    rows.sort(key=lambda row: (row["apart"], -row["studies"], row["value"]))
    behind = studies_behind(records, findings)
    word = group.replace("_", " ")
    return _ranking(
        records,
        findings,
        f"by-{group.replace('_', '-')}",
        word.capitalize(),
        rows,
        facet="",
        title=_most_title([r for r in rows if not r["apart"]], len(behind), word),
        description=_counts_text(rows, behind, findings, f"by {word} of the country"),
        extra=(Field("countries", "Countries", cell=lambda r: escape(", ".join(r["countries"]))),),
        note=f"A study counts once in each group it has a country in. {_classification(records)}",
        stated=f"{studies(len(behind))}, {counted(len(rows), word)}",
        nouns=(word, f"{word}s"),
    )


def _facet_rows(records: Records, findings: Sequence[Finding], facet: str) -> list[dict[str, Any]]:
    held: dict[str, tuple[set[str], int]] = {}
    for finding in findings:
        for value in dict.fromkeys(values_in(records, facet, finding)):
            works, count = held.get(value, (set(), 0))
            held[value] = (works | {finding.study}, count + 1)
    order = _ranked({value: len(works) for value, (works, _) in held.items()})
    return [
        {"value": value, "studies": count, "findings": held[value][1], "apart": value in UNKNOWN}
        for value, count in order
    ]


def _ranking(
    records: Records,
    findings: Sequence[Finding],
    name: str,
    label: str,
    rows: Sequence[dict[str, Any]],
    *,
    facet: str,
    title: str,
    description: str,
    note: str,
    stated: str,
    nouns: tuple[str, str],
    extra: Sequence[Field] = (),
) -> Chart:
    drawn = rows[:_SHOWN]
    if len(rows) > len(drawn):
        more = (
            f"The first {len(drawn)} of {len(rows)} {nouns[1]} are drawn; all stand in the table."
        )
        note = f"{note} {more}".strip()
    behind = {finding.study for finding in findings}
    return Chart(
        name,
        title,
        description,
        fields=(
            Field("value", label),
            Field("studies", "Studies", number=True, cell=lambda row: _of_all(row, facet, records)),
            Field("findings", "Findings", number=True),
            *extra,
        ),
        data=rows,
        draw=(lambda width: _bars(drawn, width)) if rows else None,
        nothing=_NOTHING,
        note=note,
        stated=stated,
        source=source_line(len(findings), len(behind)),
        table_note=counted(len(rows), *nouns),
    )


def _of_all(row: Row, facet: str, records: Records) -> str:
    """The number beside all studies of the review with this value, which the build fills in."""
    if not facet or records.settings.facet(facet) is None:
        return str(row["studies"])
    # Filters are separated by blanks, and so are the words of many a country's name.
    name = f"studies:{facet}={shlex.quote(str(row['value']))}"
    return f"{row['studies']} of {late(name, 'all')}"


def _bars(rows: Sequence[Row], width: int) -> Any:
    alt = _altair()
    labels = [shortened(row["value"], 26 if width < 400 else 44) for row in rows]
    data = [
        {"v": label, "n": row["studies"], "f": row["findings"], "a": int(row["apart"])}
        for label, row in zip(_unique(labels), rows, strict=True)
    ]
    order = [row["v"] for row in data]
    base = alt.Chart(_inline_data(data)).transform_calculate(
        t="datum.v + ': ' + datum.n + (datum.n == 1 ? ' study, ' : ' studies, ') + datum.f"
        " + (datum.f == 1 ? ' finding' : ' findings')"
    )
    most = max(row["n"] for row in data)
    y = alt.Y(
        "v:N",
        sort=order,
        title=None,
        axis=alt.Axis(
            ticks=False, domain=False, labelPadding=6, labelLimit=150 if width < 400 else 260
        ),
    )
    x = alt.X("n:Q", axis=None, scale=alt.Scale(domain=[0, most * 1.12]))
    # What is no country (or no known design) is outlined, not filled: it is another kind of row.
    fill = alt.condition("datum.a == 1", alt.value(PAPER), alt.value(INK))
    bars = base.mark_bar(stroke=INK, strokeWidth=1, height=11).encode(
        x=x, y=y, color=fill, description="t:N", tooltip="t:N"
    )
    numbers = base.mark_text(align="left", dx=5, aria=False).encode(x=x, y=y, text="n:Q")
    return alt.layer(bars, numbers).properties(height=alt.Step(22))


def _unique(labels: Iterable[str]) -> list[str]:
    """Labels that stay different when cut short, so that no two bars become one."""
    seen: Counter[str] = Counter()
    result = []
    for label in labels:
        seen[label] += 1
        result.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    return result


def _most_title(rows: Sequence[Row], total: int, word: str) -> str:
    if not rows:
        return f"No study with a known {word}"
    top = [row["value"] for row in rows if row["studies"] == rows[0]["studies"]]
    if len(top) > 3:
        return f"No {word} stands out: {len(top)} have {studies(rows[0]['studies'])} each"
    if len(top) > 1:
        shared = f"{rows[0]['studies']} of {total} each"
        return f"The most frequent are {listed(top)}: {shared}"
    return f"The most frequent {word} is {top[0]}: {rows[0]['studies']} of {studies(total)}"


def _counts_text(
    rows: Sequence[Row], behind: Sequence[Study], findings: Sequence[Finding], how: str
) -> str:
    said = "; ".join(
        f"{row['value']}, {studies(row['studies'])} and {counted(row['findings'], 'finding')}"
        for row in rows[:_SHOWN]
    )
    total = f"{studies(len(behind))} with {counted(len(findings), 'finding')} {how}"
    return f"{total}: {said}." if said else f"{total}."


def _country_title(named: Sequence[Row], total: int) -> str:
    if not named:
        return "No study with a known country" if total else "No study, so no country"
    if len(named) == 1:
        only = named[0]
        if only["studies"] == total:
            return f"All evidence here comes from one country, {only['value']}: {studies(total)}"
        return f"One country is named, {only['value']}: {only['studies']} of {studies(total)}"
    top = [row for row in named if row["studies"] == named[0]["studies"]]
    if len(top) > 1:
        return (
            f"Spread over {len(named)} countries: none has more than {studies(top[0]['studies'])} "
            f"of {total}"
        )
    return f"{top[0]['value']} has the most studies: {top[0]['studies']} of {total}"


def effective_number(counts: Iterable[int]) -> float:
    """How many equally frequent values would be as diverse: the inverse Simpson index.

    Parameters
    ----------
    counts : studies of each country.

    >>> effective_number([5, 5]), effective_number([10]), effective_number([])
    (2.0, 1.0, 0.0)
    """
    numbers = [count for count in counts if count]
    total = sum(numbers)
    return total**2 / sum(count**2 for count in numbers) if total else 0.0


def _country_description(
    records: Records,
    rows: Sequence[Row],
    named: Sequence[Row],
    behind: Sequence[Study],
    findings: Sequence[Finding],
) -> str:
    parts = [_counts_text(rows, behind, findings, "by country")]
    if named:
        number = effective_number(row["studies"] for row in named)
        parts.append(
            f"{counted(len(named), 'country', 'countries')} named; the largest holds "
            f"{named[0]['studies']} of {studies(len(behind))}. The effective number of countries "
            f"is {number:.1f}."
        )
    groups: dict[str, tuple[set[str], set[str], list[str]]] = {}
    for finding in findings:
        for country in values_in(records, "country", finding):
            place = records.places.get(country)
            if place and place.income_group:
                works, found, countries = groups.setdefault(place.income_group, (set(), set(), []))
                works.add(finding.study)
                found.add(finding.id)
                if country not in countries:
                    countries.append(country)
    for group, (works, found, countries) in sorted(groups.items()):
        parts.append(
            f"{group}: {len(works)} of {studies(len(behind))} and {len(found)} of "
            f"{counted(len(findings), 'finding')} ({listed(sorted(countries))})."
        )
    return " ".join(parts)


def _classification(records: Records) -> str:
    names = sorted({f"{p.classification} ({p.year})" for p in records.places.values()})
    return f"Groups of countries: {'; '.join(names)}. " if names else ""
