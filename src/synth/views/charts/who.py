"""Who and how: themes against designs and studies, single support, findings both ways."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from synth.messages import Words
from synth.model import UNKNOWN, Direction, Finding, Theme, statements_of
from synth.text import counted, listed
from synth.views.charts.chart import (
    Chart,
    altair_with_look,
    counting,
    filled,
    inline,
    key_of,
    layered,
    leading,
    named_rows,
    parameter,
    ranked,
    steps,
    way,
    with_findings,
)
from synth.views.figure import (
    EDGE,
    Field,
    chosen,
    direction_colour,
    level_colour,
    poles,
    source_line,
    studies_behind,
    study_link,
    theme_link,
    themes_of,
    values_in,
    wrapped,
)
from synth.views.markup import filters, link
from synth.views.view import Row, Source

if TYPE_CHECKING:
    from synth.reading.records import Records

# What a matrix draws before the rest is left to the table: a specification stays under 10 KB.
_ROWS, _COLUMNS, _FILLED = 60, 24, 240


def designs_by_theme(records: Records, ids: Iterable[str] | None = None) -> Chart:
    """Designs of the studies behind each theme.

    Parameters
    ----------
    records : the records of the review.
    ids : findings whose studies are counted; all of them by default.
    """
    say = Words.of(records.settings)
    findings = chosen(records, ids)
    designs = {f.study: "; ".join(values_in(records, "design", f)) for f in findings}
    columns = [name for name, _ in ranked(Counter(designs.values()))]
    themes = with_findings(records, findings)
    rows: list[dict[str, Any]] = []
    for node, below in themes:
        works = {f.study for f in below}
        counts = Counter(designs[study] for study in works)
        rows.append(
            {"theme": node.label, "id": node.id, "studies": len(works)}
            | {name: counts[name] for name in columns}
        )
    ranks = {node.id: node.rank for node, _ in themes}

    def place(theme: str, design: str) -> tuple[str, str]:
        """What a cell counts: the explorer with its theme and its design."""
        return "explorer", filters(**{ranks[theme]: theme, "design": design})

    most = max(rows, key=lambda row: len([c for c in columns if row[c]]), default=None)
    title = say["designs_title_none"]
    if most is not None:
        every = [name for name in columns if name not in UNKNOWN and all(row[name] for row in rows)]
        title = (
            say.say("designs_title_every", designs=listed(every, say["and"]).capitalize())
            if every and len(rows) > 1
            else say.say("designs_title_widest", theme=most["theme"])
        )
    return _matrix(
        "designs-by-theme",
        title,
        [row["theme"] for row in rows],
        columns,
        [[row[name] for name in columns] for row in rows],
        what="studies",
        said=(
            f"{say['designs_description']} "
            + " ".join(
                f"{row['theme']}: "
                + ", ".join(f"{name} {row[name]}" for name in columns if row[name])
                + "."
                for row in rows
            )
        ),
        fields=(
            Field("theme", say["column_theme"], cell=lambda row: theme_link(records, row["id"])),
            Field("studies", say["column_studies"], number=True),
            *(_leading_field(name, name, partial(place, design=name)) for name in columns),
        ),
        data=rows,
        note=say["chart_note_designs"],
        source=source_line(say, findings),
        records=records,
        to=lambda r, c: place(themes[r][0].id, columns[c]),
        tints=[_of_level(records, node.id) for node, _ in themes],
        stated=f"{say.count('study', len(designs))}, {say.count('design', len(columns))}",
    )


def theme_by_study(records: Records, ids: Iterable[str] | None = None) -> Chart:
    """Which study reports on which theme, and with how many findings.

    Parameters
    ----------
    records : the records of the review.
    ids : findings that are counted; all of them by default.
    """
    say = Words.of(records.settings)
    findings = chosen(records, ids)
    themes = with_findings(records, findings)
    behind = studies_behind(records, findings)
    counts = {node.id: Counter(finding.study for finding in below) for node, below in themes}
    by_study = Counter(finding.study for finding in findings)
    rows: list[dict[str, Any]] = [
        {
            "study": records.label(study.id),
            "id": study.id,
            "themes": sum(bool(counts[node.id][study.id]) for node, _ in themes),
            "findings": by_study[study.id],
        }
        | {node.id: counts[node.id][study.id] for node, _ in themes}
        for study in behind
    ]
    one = sum(row["themes"] == 1 for row in rows)
    kept = _with_rest(say, rows, [node.id for node, _ in themes])
    shown = "" if kept == rows else " " + say.say("themes_shown", n=_MOST_STUDIES)
    ranks = {node.id: node.rank for node, _ in themes}

    def place(study: str, theme: str) -> tuple[str, str]:
        """What a cell counts: the explorer with what a study says of a theme."""
        if not study:
            return "", ""
        return "explorer", filters(**{ranks[theme]: theme, "study": study})

    return _matrix(
        "theme-by-study",
        _themes_title(say, rows, len(themes)),
        [row["study"] for row in kept],
        [node.label for node, _ in themes],
        [[row[node.id] for node, _ in themes] for row in kept],
        what="findings",
        said=(
            say.count(
                "themes_description",
                one,
                studies=say.count("study", len(rows)),
                themes=say.count("theme", len(themes)),
            )
            + " "
            + "; ".join(
                f"{node.label}, {say.count('study', len(counts[node.id]))}" for node, _ in themes
            )
            + "."
        ),
        fields=(
            Field(
                "study",
                say["column_study"],
                cell=lambda row: study_link(records, row["id"]) if row["id"] else row["study"],
            ),
            Field("findings", say["column_findings"], number=True),
            Field("themes", say["column_themes"], number=True),
            *(
                _leading_field(node.id, node.label, partial(place, theme=node.id))
                for node, _ in themes
            ),
        ),
        data=kept,
        note=f"{say['chart_note_findings']}{shown}",
        to=lambda r, c: place(kept[r]["id"], themes[c][0].id),
        tints=[_of_level(records, node.id) for node, _ in themes],
        tinted="c",
        source=source_line(say, findings),
        records=records,
        stated=f"{say.count('study', len(rows))}, {say.count('theme', len(themes))}",
    )


def _themes_title(say: Words, rows: Sequence[Row], total: int) -> str:
    """Which studies report on most themes, or how many themes that is."""
    if not rows:
        return say["themes_title_none"]
    widest = max(row["themes"] for row in rows)
    top = [row["study"] for row in rows if row["themes"] == widest]
    if len(top) > 3:
        return say.say("themes_title_many", n=widest, themes=say.count("theme", total))
    word = "themes_title_one" if len(top) == 1 else "themes_title_few"
    return say.say(word, studies=listed(top, say["and"]), n=widest, total=total)


def _with_rest(
    say: Words, rows: list[dict[str, Any]], themes: Sequence[str]
) -> list[dict[str, Any]]:
    """The studies that report on most themes, in their order, and all others in one row."""
    ordered = sorted(rows, key=lambda row: (-row["themes"], -row["findings"], row["id"]))
    rest = ordered[_MOST_STUDIES:]
    if not rest:
        return rows
    names = {row["id"] for row in ordered[:_MOST_STUDIES]}
    kept = [row for row in rows if row["id"] in names]
    sums = {name: sum(row[name] for row in rest) for name in ("findings", *themes)}
    others = say.say("themes_others", studies=say.count("study", len(rest)))
    reached = sum(bool(sums[name]) for name in themes)
    return [*kept, {"study": others, "id": "", "themes": reached, **sums}]


def _leading_field(name: str, label: str, place: Callable[[str], tuple[str, str]]) -> Field:
    """A column of numbers that lead to what they count.

    Parameters
    ----------
    name, label : of the column.
    place : gives kind and name of what a row's number leads to, by the row's id.
    """

    def cell(row: Row) -> str:
        to = place(row["id"]) if row[name] else ("", "")
        return link(*to, str(row[name])) if to[1] else str(row[name])

    return Field(name, label, number=True, cell=cell)


_MOST_STUDIES = 59
"""Studies a matrix can show and still be read; the others are gathered in a row of their own."""


def single_support(records: Records, ids: Iterable[str] | None = None) -> Chart:
    """Themes and factors that rest on one study, one cohort, one author team or one country.

    Parameters
    ----------
    records : the records of the review.
    ids : findings that are looked at; all of them by default.
    """
    say = Words.of(records.settings)
    from synth.views.robustness import robustness

    found = robustness(records, ids)
    ranks = {rank.id: rank for rank in records.settings.ranks}
    nodes = [item for item in found.supported if item.kind in ranks]
    single = [item for item in found.single if item[0].kind in ranks]
    columns = ["study", "cohort", "team", "country"]
    words = {
        "study": say["robustness_one_study"],
        "cohort": say["robustness_one_cohort"],
        "team": say["robustness_one_team"],
        "country": say["robustness_one_country"],
    }
    rows: list[dict[str, Any]] = [
        {
            "what": held.label,
            "id": held.id,
            "rank": ranks[held.kind].label.lower(),
            "rests_on": words[kind],
            "which": which,
            "studies": len(held.studies),
        }
        for held, kind, which in single
    ]
    by_kind = Counter(row["rests_on"] for row in rows)
    how = [
        say.say("single_on", n=by_kind[word], what=word) for word in words.values() if by_kind[word]
    ]
    below = records.settings.ranks[1:] or tuple(ranks.values())
    nouns = [(rank.label if len(nodes) == 1 else rank.plural).lower() for rank in below]
    plural = listed(nouns, say["or" if len(nodes) == 1 else "and"])
    share = {"n": len(rows), "total": len(nodes)}
    return _matrix(
        "single-support",
        say.say("single_title", what=plural, **share) if nodes else say["single_title_none"],
        [row["what"] for row in rows],
        [words[name] for name in columns],
        [
            [int(row["rests_on"] == words[name]) * row["studies"] for name in columns]
            for row in rows
        ],
        what="studies",
        said=(
            say.say("single_description", **share)
            + (f": {listed(how, say['and'])}. " if how else ". ")
            + "; ".join(f"{row['what']}: {row['rests_on']}, {row['which']}" for row in rows)
            + ("." if rows else "")
        ),
        fields=(
            Field("what", say["column_what"], cell=lambda row: theme_link(records, row["id"])),
            Field("rank", say["column_rank"]),
            Field("rests_on", say["column_rests_on"]),
            Field("which", say["column_which"]),
            Field("studies", say["column_studies"], number=True),
        ),
        data=rows,
        note=say["chart_note_single"],
        to=lambda r, _: ("theme", rows[r]["id"]),
        tints=[_of_level(records, row["id"]) for row in rows],
        source=source_line(say, chosen(records, ids)),
        records=records,
        stated=say.say("single_summary", **share),
        nothing="" if not nodes else say["chart_none_single"],
    )


def both_ways(records: Records, ids: Iterable[str] | None = None) -> Chart:
    """Themes reported both as helping and as hindering, and in which settings.

    Parameters
    ----------
    records : the records of the review.
    ids : findings that are looked at; all of them by default.
    """
    say = Words.of(records.settings)
    findings = chosen(records, ids)
    pair = poles(records.settings)
    if pair is None:
        why = say["chart_no_poles"]
        return Chart(
            "both-ways",
            say["both_title_none"],
            why,
            fields=(),
            rows=[],
            nothing=why,
            summary=say["both_title_none"],
            records=records,
        )
    helps, hinders = pair
    ranks = records.settings.ranks
    rows = _both_rows(records, findings, pair)
    themes = [row for row in rows if row["top"]]
    looked = with_findings(records, findings)
    rank = ranks[1] if len(ranks) > 1 else ranks[0]
    plural = (rank.label if len(looked) == 1 else rank.plural).lower()
    each = "; ".join(
        f"{row['label']}, "
        f"{counted(row['helping'], helps.label.lower(), helps.plural.lower())} {say['and']} "
        f"{counted(row['hindering'], hinders.label.lower(), hinders.plural.lower())}"
        for row in themes
    )
    return Chart(
        "both-ways",
        say.say("both_title", n=len(themes), total=len(looked), what=plural),
        say.say(
            "both_description",
            n=len(themes),
            total=len(looked),
            what=plural,
            helping=helps.plural.lower(),
            hindering=hinders.plural.lower(),
        )
        + f"{': ' + each if each else ''}.",
        fields=(
            Field(
                "label",
                listed([rank.label for rank in ranks[1:] or ranks], say["or"]),
                cell=lambda row: theme_link(records, row["id"]),
            ),
            Field("helping", helps.plural, number=True),
            Field("helping_in", say.say("both_in", what=helps.label)),
            Field("hindering", hinders.plural, number=True),
            Field("hindering_in", say.say("both_in", what=hinders.label)),
            Field("same_studies", say["column_in_the_same_study"], number=True),
        ),
        rows=rows,
        draw=(lambda width: _diverging(themes, pair, width)) if themes else None,
        nothing=say["chart_not_both"] if findings else say["chart_nothing"],
        note=say["chart_note_both"],
        summary=f"{say.say('n_of_all', n=len(themes), total=len(looked))} {plural}",
        source=source_line(say, findings),
        records=records,
        table_note=say.say("both_ranks", n=len(rows)),
    )


def _both_rows(
    records: Records, findings: Sequence[Finding], pair: Sequence[Direction]
) -> list[dict[str, Any]]:
    """The nodes that findings of both directions speak to; the widest rank is none of them."""
    ranks, book = records.settings.ranks, records.codebook
    rows = []
    for node in book:
        if node.depth == 0 and len(ranks) > 1:
            continue
        branch = book.branch(node.id)
        sides = [
            [f for f in findings if f.speaks_to(branch) and f.direction == way.id] for way in pair
        ]
        if all(sides):
            rows.append(_both_row(records, node, sides, len(ranks)))
    return rows


def _both_row(
    records: Records, node: Theme, sides: Sequence[Sequence[Finding]], ranks: int
) -> dict[str, Any]:
    places = [sorted({c for f in side for c in values_in(records, "country", f)}) for side in sides]
    works = [{f.study for f in side} for side in sides]
    top = node.id in {theme.id for theme in themes_of(records)}
    return {
        "label": node.label,
        "id": node.id,
        "rank": node.rank,
        "top": top or ranks == 1,
        "helping": len(statements_of(sides[0])),
        "helping_in": places[0],
        "hindering": len(statements_of(sides[1])),
        "hindering_in": places[1],
        "same_studies": len(works[0] & works[1]),
    }


def _diverging(rows: Sequence[Row], pair: Sequence[Any], width: int) -> Any:
    alt = altair_with_look()
    helps, hinders = pair
    data = []
    for place, row in enumerate(rows):
        sides = ((row["helping"], 1, helps), (row["hindering"], -1, hinders))
        for side, (count, sign, direction) in enumerate(sides):
            to = way("explorer", filters(**{row["rank"]: row["id"], "direction": direction.id}))
            data.append({"v": place, "n": sign * count, "k": count, "w": side, **to})
    most = max(item["k"] for item in data)
    names = [hinders.plural, helps.plural]  # as they stand, left and right
    base = alt.Chart(inline(data)).transform_calculate(
        t=f"join(L[datum.v], ' ') + ': ' + datum.k + ' ' + "
        f"(datum.w == 1 ? {json.dumps(names[0].lower())} : {json.dumps(names[1].lower())})",
        d=f"datum.w == 1 ? {json.dumps(names[0])} : {json.dumps(names[1])}",
    )
    x = alt.X("n:Q", axis=None, scale=alt.Scale(domain=[-most * 1.15, most * 1.15]))
    labels, y = named_rows([row["label"] for row in rows], width, grid=False)
    colours = [direction_colour(hinders), direction_colour(helps)]
    stroke = alt.Stroke(
        "d:N",
        scale=alt.Scale(domain=names, range=colours),
        legend=key_of(names, width, symbolType="stroke", symbolStrokeWidth=8),
    )
    heard = alt.Description("t:N")
    # In the colour and pattern of its direction, left and right: colour never stands alone.
    bars = [
        leading(
            base.transform_filter(f"datum.w == {side}")
            .mark_bar(height=12, strokeWidth=1.2, fill=filled(direction))
            .encode(x=x, y=y, stroke=stroke, description=heard, tooltip=alt.Tooltip("t:N")),
            "datum.h",
        )
        for side, direction in enumerate(pair)
    ]
    right = base.transform_filter("datum.w == 0").mark_text(align="left", dx=4, aria=False)
    left = base.transform_filter("datum.w == 1").mark_text(align="right", dx=-4, aria=False)
    numbers = [side.encode(x=x, y=y, text=alt.Text("k:Q")) for side in (right, left)]
    return layered([*bars, *numbers], labels, height=steps(labels, 24))


def _matrix(
    name: str,
    title: str,
    rows: Sequence[str],
    columns: Sequence[str],
    cells: Sequence[Sequence[int]],
    *,
    what: str,
    said: str,
    fields: Sequence[Field],
    data: Sequence[Row],
    note: str,
    source: Source,
    stated: str,
    records: Records,
    nothing: str = "",
    to: Callable[[int, int], tuple[str, str]],
    tints: Sequence[str] = (),
    tinted: str = "v",
) -> Chart:
    wording = Words.of(records.settings)
    across = columns[:_COLUMNS]
    shown = _fitting([row[:_COLUMNS] for row in cells])
    if len(cells) > len(shown):
        note += " " + wording.say("chart_rows_drawn", n=len(shown), total=len(cells))
    if len(columns) > len(across):
        note += " " + wording.say("chart_columns_drawn", n=len(across), total=len(columns))
    return Chart(
        name,
        title,
        said,
        fields=fields,
        rows=data,
        draw=(
            lambda width: _cells(
                wording, rows[: len(shown)], across, shown, what, width, to, list(tints), tinted
            )
        )
        if rows
        else None,
        nothing=nothing or wording["chart_nothing"],
        note=note,
        source=source,
        records=records,
        summary=stated,
        table_note=wording.count("row", len(rows)),
    )


def _of_level(records: Records, node: str) -> str:
    """The colour of the level a node of the codebook belongs to."""
    return level_colour(records.settings, records.codebook.path(node)[0].id)


def _fitting(cells: Sequence[Sequence[int]]) -> Sequence[Sequence[int]]:
    """As many rows, from the first, as a specification has room for."""
    filled = 0
    for place, row in enumerate(cells[:_ROWS]):
        filled += sum(bool(number) for number in row)
        if filled > _FILLED:
            return cells[:place]
    return cells[:_ROWS]


def _cells(
    say: Words,
    rows: Sequence[str],
    columns: Sequence[str],
    cells: Sequence[Sequence[int]],
    what: str,
    width: int,
    to: Callable[[int, int], tuple[str, str]],
    tints: Sequence[str],
    tinted: str,
) -> Any:
    """A matrix of numbers on a tint; rows and columns go by number, so that labels stand once."""
    alt = altair_with_look()
    data: list[dict[str, Any]] = [
        {"v": r, "c": c, "n": n, **way(*to(r, c))}
        for r, row in enumerate(cells)
        for c, n in enumerate(row)
        if n
    ]
    most = max((item["n"] for item in data), default=1)
    across, x = _along_the_top(columns, width)
    labels, y = named_rows(rows, width, grid=True)
    base = (
        alt.Chart(inline(data))
        .transform_calculate(
            t="join(L[datum.v], ' ') + ', ' + join(C[datum.c], ' ') + ': ' + "
            + counting(say, {"studies": "study", "findings": "finding"}[what], "datum.n")
        )
        .encode(
            x=x,
            y=y,
        )
    )
    # The tint stops at a third, so that the number on it keeps its contrast in light and dark.
    tint = alt.FillOpacity(
        "n:Q", legend=None, scale=alt.Scale(domain=[0, most], range=[0.05, 0.32])
    )
    boxes = leading(
        base.transform_calculate(k=f"K[datum.{tinted}]")
        .mark_rect(stroke=EDGE, strokeWidth=0.5, fillOpacity=0.2)
        .encode(
            fill=alt.Fill("k:N", scale=None),
            fillOpacity=tint,
            description=alt.Description("t:N"),
            tooltip=alt.Tooltip("t:N"),
        ),
        "datum.h",
    )
    numbers = base.mark_text(fontSize=11, aria=False).encode(text=alt.Text("n:Q"))
    told = parameter("C", across), parameter("K", tints)
    return layered([boxes, numbers], labels, *told, height=steps(labels, 18))


def _along_the_top(columns: Sequence[str], width: int) -> tuple[list[list[str]], Any]:
    """The labels of a matrix's columns, in lines, and the axis that writes them above it."""
    alt = altair_with_look()
    upright = len(columns) > 4 or width < 400
    room = max(90, (width - 230) // max(len(columns), 1))
    across = [
        wrapped(label, 130 if upright else room, 12, most=1 if width < 400 else 2)
        for label in columns
    ]
    # A second line stands below the first, towards the cells.
    second = 0 if upright else 12 * (max(map(len, across), default=1) - 1)
    axis = alt.Axis(
        orient="top",
        labelAngle=-90 if upright else 0,
        labelExpr="C[datum.value]",
        ticks=False,
        domain=False,
        labelPadding=4 + second,
        labelLimit=170,
        labelLineHeight=12,
    )
    scale = alt.Scale(domain=list(range(len(columns))), padding=0.04)
    return across, alt.X("c:O", title=None, scale=scale, axis=axis)
