"""When: studies by year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from synth.messages import Words
from synth.model import UNKNOWN, Finding, Study
from synth.text import listed
from synth.views.charts.chart import (
    Chart,
    altair_with_look,
    inline,
    key_of,
    leading,
    ranked,
    span,
    study_links,
    ticks,
    way,
)
from synth.views.figure import (
    INK,
    INK_2,
    PAPER_2,
    Field,
    chosen,
    source_line,
    studies_behind,
    values_in,
)
from synth.views.shapes import mark
from synth.views.svg import element
from synth.views.view import Row

if TYPE_CHECKING:
    from synth.reading.records import Records

# Shapes that no direction bears, each told apart in print and without colour: disc, half disc,
# square, three bars, three lines, plus and cross.
_HALF = "M0,-1A1,1,0,0,1,0,1ZM0,-1A1,1,0,0,0,0,1V.75A.75,.75,0,0,1,0,-.75Z"
_BARS = "M-1,1V.1H-.5V1ZM-.25,1V-1H.25V1ZM.5,1V-.4H1V1Z"
_LINES = "M-1,-1H1V-.5H-1ZM-1,-.25H1V.25H-1ZM-1,.5H1V1H-1Z"
_CROSS = "M-1,-.6L-.6,-1L0,-.4L.6,-1L1,-.6L.4,0L1,.6L.6,1L0,.4L-.6,1L-1,.6L-.4,0Z"
_SHAPES = ("circle", _HALF, "square", _BARS, _LINES, "cross", _CROSS)
_UNKNOWN = "M-1,-1H1V1H-1ZM-.7,-.7V.7H.7V-.7Z"
"""An open square: a design nobody could establish, or one of those gathered as other."""
_UNITS = 150  # studies drawn one by one; beyond, bars


def by_year(records: Records, ids: Iterable[str] | None = None) -> Chart:
    """Studies by year of publication with their design, beside the years the search covered.

    Parameters
    ----------
    records : the records of the review.
    ids : findings whose studies are drawn; all of them by default.
    """
    say = Words.of(records.settings)
    findings = chosen(records, ids)
    behind = studies_behind(records, findings)
    dated = [study for study in behind if study.year is not None]
    since, until = records.settings.search_since, records.settings.search_until
    designs = _designs(records, findings)
    rows = [_year_row(records, year, dated, designs) for year in _years(dated, since, until)]
    without = [study for study in behind if study.year is None]
    if without:
        rows.append(_year_row(records, None, without, designs))
    window = ""
    if since and until:
        window = " " + say.say("chart_window", since=since, until=until)
    outside = sum(bool(since and until and not since <= (s.year or 0) <= until) for s in dated)
    if outside:
        window += " " + say.count("chart_outside", outside)
    undated = " " + say.count("chart_undated", len(without))
    return Chart(
        "by-year",
        _year_title(say, dated, len(behind)),
        _year_description(say, dated, rows) + window + (undated if without else ""),
        fields=(
            Field(
                "year",
                say["column_year"],
                cell=lambda row: str(row["year"] or say["chart_without_year"]),
            ),
            Field("studies", say["column_studies"], number=True),
            *([Field("designs", say["column_designs"])] if _told_apart(records) else ()),
            Field("which", say["column_which"], cell=lambda row: study_links(records, row["ids"])),
        ),
        rows=rows,
        draw=(lambda width: _year_chart(records, dated, designs, width)) if dated else None,
        nothing=say["chart_no_year"] if behind else say["chart_nothing"],
        note=say["chart_note_year"],
        summary=f"{say.count('study', len(behind))}, {span(say, dated)}",
        source=source_line(say, findings),
        records=records,
        table_note=say.count("year", sum(row["year"] is not None for row in rows)),
    )


def _years(dated: Sequence[Study], since: int | None, until: int | None) -> list[int]:
    """Every year from the first to the last, or only those with a study when they lie far apart."""
    years = sorted({study.year for study in dated if study.year is not None})
    if not years:
        return []
    first, last = min(years[0], since or years[0]), max(years[-1], until or years[-1])
    return list(range(first, last + 1)) if last - first <= 60 else years


def _designs(records: Records, findings: Sequence[Finding]) -> dict[str, str]:
    """Design of each study behind the findings, the rare ones gathered."""
    kept, other = _design_scale(records), Words.of(records.settings)["chart_other"]
    by_study = {f.study: "; ".join(values_in(records, "design", f)) for f in findings}
    return {study: name if name in kept else other for study, name in by_study.items()}


def _design_scale(records: Records) -> dict[str, str]:
    """Shape of each design: in the order ``review.toml`` gives, else by how frequent it is.

    A reader who learned the key of one figure can read the next: a shape means the same design on
    every page, whatever the page is about.
    """
    # Each year of each figure asks.
    return records.once("design scale", lambda: _scale_of_designs(records))


def _scale_of_designs(records: Records) -> dict[str, str]:
    by_study = {f.study: "; ".join(values_in(records, "design", f)) for f in chosen(records, None)}
    common = [name for name, _ in ranked(Counter(by_study.values()))]
    given = [name for name in records.settings.design_shapes if name in common]
    known = [*given, *(name for name in common if name not in {*given, *UNKNOWN})]
    scale = dict(zip(known, _SHAPES, strict=False))
    other = Words.of(records.settings)["chart_other"]
    rest = [name for name in common if name in UNKNOWN]
    return scale | dict.fromkeys(rest, _UNKNOWN) | ({other: _UNKNOWN} if known[7:] else {})


def design_mark(records: Records, design: str) -> Markup | str:
    """The shape of a design as the figures draw it, for a line of text; empty where it has none."""
    scale = _design_scale(records)
    other = scale.get(Words.of(records.settings)["chart_other"], "")
    drawn = scale.get(design, other) if _told_apart(records) else ""
    if not drawn.startswith("M"):
        return mark(drawn) if drawn else ""
    path = element("path", d=drawn, fill="currentColor")
    box = {"viewBox": "-1 -1 2 2", "width": "10", "height": "10"}
    return element("svg", path, **box, aria_hidden="true", focusable="false")


def _told_apart(records: Records) -> bool:
    """Whether the review says by which design any of its studies was done."""
    return any(name not in UNKNOWN for name in _design_scale(records))


def _year_row(
    records: Records, year: int | None, dated: Sequence[Study], designs: Mapping[str, str]
) -> dict[str, Any]:
    here = [study for study in dated if study.year == year]
    counts = ranked(Counter(designs[study.id] for study in here))
    apart = ", ".join(f"{name} {count}" for name, count in counts)
    return {
        "year": year,
        "studies": len(here),
        **({"designs": apart} if _told_apart(records) else {}),
        "which": [records.label(study.id) for study in here],
        "ids": [study.id for study in here],
    }


def _year_title(say: Words, dated: Sequence[Study], total: int) -> str:
    if not dated:
        return say["year_title_none"]
    years = [study.year or 0 for study in dated]
    # A study without a year may be of any: nothing is said of it.
    single, every, most = (
        ("year_title_single", "year_title_all", "year_title")
        if len(dated) == total
        else ("year_title_single_dated", "year_title_all_dated", "year_title_dated")
    )
    if len(dated) == 1:
        return say.say(single, year=years[0])
    middle = years[len(years) // 2]
    late_ones = sum(year >= middle for year in years)
    if years[0] == years[-1]:
        return say.say(every, total=len(dated), year=years[0])
    return say.say(most, n=late_ones, total=len(dated), year=middle)


def _year_description(say: Words, dated: Sequence[Study], rows: Sequence[Row]) -> str:
    if not dated:
        return f"{say['year_title_none']}."
    most = max(row["studies"] for row in rows if row["year"] is not None)
    peak = [str(row["year"]) for row in rows if row["studies"] == most and row["year"] is not None]
    counts = ", ".join(
        f"{row['year']}: {row['studies']}" for row in rows if row["year"] and row["studies"]
    )
    return say.say(
        "year_description",
        studies=say.count("study", len(dated)),
        span=span(say, dated),
        most=most,
        years=listed(peak, say["and"]),
        counts=counts,
    )


def _year_chart(
    records: Records,
    dated: Sequence[Study],
    designs: Mapping[str, str],
    width: int,
) -> Any:
    say = Words.of(records.settings)
    alt = altair_with_look()
    since, until = records.settings.search_since, records.settings.search_until
    years = [study.year or 0 for study in dated]
    first, last = min(years[0], since or years[0]), max(years[-1], until or years[-1])
    highest = max(Counter(years).values())
    step = max(2, min(16, int((width - 50) / (last - first + 2))))
    marked = ticks(first, last, 6 if width < 400 else 12)
    x = alt.X(
        "y:Q",
        title=None,
        scale=alt.Scale(domain=[first - 0.7, last + 0.7], nice=False, zero=False),
        axis=alt.Axis(values=marked, format="d", grid=False),
    )
    layers = []
    if since and until:
        window = [
            {
                "a": since - 0.5,
                "b": until + 0.5,
                "t": say.say("chart_searched", since=since, until=until),
            }
        ]
        band = alt.Chart(inline(window))
        layers.append(
            band.mark_rect(color=PAPER_2, aria=False).encode(x=alt.X("a:Q"), x2=alt.X2("b:Q"))
        )
        layers.append(
            band.mark_text(
                align="left", baseline="top", dx=4, dy=2, color=INK_2, aria=False
            ).encode(x=alt.X("a:Q"), y=alt.YValue(0), text=alt.Text("t:N"))
        )
    if len(dated) <= _UNITS:
        layers.append(_unit_marks(records, dated, designs, x, step, width))
    else:
        layers.append(_year_bars(say, dated, x))
    height = max(60, min(260, highest * (step + 2) + 24))
    return alt.layer(*layers, height=height)


def _unit_marks(
    records: Records,
    dated: Sequence[Study],
    designs: Mapping[str, str],
    x: Any,
    step: int,
    width: int,
) -> Any:
    alt = altair_with_look()
    scale, here = _design_scale(records), {designs[study.id] for study in dated}
    order, apart = [name for name in scale if name in here], _told_apart(records)
    seen: Counter[int | None] = Counter()
    rows: list[dict[str, Any]] = []
    for study in sorted(dated, key=lambda s: (s.year, order.index(designs[s.id]), s.id)):
        seen[study.year] += 1
        rows.append({"y": study.year, "n": seen[study.year]})
        if apart:
            rows[-1]["d"] = designs[study.id]
        rows[-1] |= {"s": records.label(study.id), **way("study", study.id)}
    highest = max(seen.values())
    marks = (
        alt.Chart(inline(rows))
        .mark_point(size=(step * 0.78) ** 2, shape="circle", fill=INK, stroke=None, opacity=1)
        .encode(
            x=x,
            y=alt.Y("n:Q", axis=None, scale=alt.Scale(domain=[0.4, highest + 1.4], nice=False)),
            description=alt.Description("t:N"),
            tooltip=alt.Tooltip("t:N"),
        )
        .transform_calculate(t="datum.s + ', ' + datum.d" if apart else "datum.s")
    )
    if apart:
        # Names are measured in one face and read in another: a wide one needs room to its right.
        legend = key_of(order, width, columns=2 if len(order) > 3 else 0, columnPadding=32)
        shapes = alt.Scale(domain=order, range=[scale[name] for name in order])
        marks = marks.encode(shape=alt.Shape("d:N", scale=shapes, legend=legend))
    return leading(marks, "datum.h")


def _year_bars(say: Words, dated: Sequence[Study], x: Any) -> Any:
    alt = altair_with_look()
    counts = Counter(study.year or 0 for study in dated)
    rows = [
        {"y": year, "n": count, "t": f"{year}: {say.count('study', count)}"}
        | way("explorer", f"since={year}&until={year}")
        for year, count in sorted(counts.items())
    ]
    bars = (
        alt.Chart(inline(rows))
        .mark_bar(size=6)
        .encode(
            x=x,
            y=alt.Y("n:Q", title=say["column_studies"], axis=alt.Axis(tickMinStep=1)),
            description=alt.Description("t:N"),
            tooltip=alt.Tooltip("t:N"),
        )
    )
    return leading(bars, "datum.h")
