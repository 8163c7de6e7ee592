"""Where, and by which design: countries, income groups, regions and other facets, ranked.

A bar is a waterline: the studies with findings that help lie above it, those with findings that
hinder below it, and a study with both lies on both sides at the same place.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from synth.messages import Words
from synth.model import NOT_ESTABLISHED, UNKNOWN, Direction, Finding, Study, count_statements
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
    ranked,
    steps,
    ways,
)
from synth.views.figure import (
    EDGE,
    INK,
    PAPER,
    Field,
    chosen,
    direction_colour,
    poles,
    source_line,
    studies_behind,
    values_in,
    values_of_study,
)
from synth.views.markup import filters, link, placeholder
from synth.views.view import Row

if TYPE_CHECKING:
    from synth.reading.records import Records

_SHOWN = 30  # bars of a ranking before the rest is left to the table


def by_country(records: Records, ids: Iterable[str] | None = None) -> Chart:
    """Countries by their number of studies, with region and income group.

    A study done in several countries counts in each. What is no country (an international sample, a
    country that is not known) stands apart, below the countries.

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
        row["region"] = place.region if place else ("" if apart else NOT_ESTABLISHED)
        row["income_group"] = place.income_group if place else ("" if apart else NOT_ESTABLISHED)
        row["apart"] = apart
    rows.sort(key=lambda row: row["apart"])
    named = [row for row in rows if not row["apart"]]
    behind = studies_behind(records, findings)
    spread = _spread(records, named, behind, findings)
    say = Words.of(records.settings)
    extra = (
        Field("region", say["column_region"], cell=lambda row: row["region"] or "–"),
        Field(
            "income_group",
            say["column_income_group"],
            cell=lambda row: row["income_group"] or "–",
        ),
    )
    return _ranking(
        records,
        findings,
        "by-country",
        say["profiles_country"],
        rows,
        facet="country",
        title=_country_title(say, named, len(behind)),
        description=(
            f"{_counts_text(records, rows, findings, say['chart_by_country'])} {spread}".strip()
        ),
        extra=extra if records.places else (),
        note=(
            f"{spread} {say['chart_note_countries']} "
            f"{_classification(records)}{say['chart_note_few']}"
        ),
        stated=f"{say.count('study', len(behind))}, {say.count('country', len(named))}",
        count=lambda n: say.count("country", n),
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
    say = Words.of(records.settings)
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
        title=_most_title(say, known, len(behind), label.lower()),
        description=_counts_text(records, rows, findings, say.say("chart_by", what=label.lower())),
        note=say["chart_note_values"],
        stated=f"{say.count('study', len(behind))}, {counted(len(rows), label.lower(), plural)}",
        count=lambda n: counted(n, label.lower(), plural),
    )


def by_place(
    records: Records, ids: Iterable[str] | None = None, group: str = "income_group"
) -> Chart:
    """Income groups or regions of the countries by their number of studies.

    Parameters
    ----------
    records : the records of the review.
    ids : findings whose countries are counted; all of them by default.
    group : ``"income_group"`` or ``"region"``, as ``data/places.csv`` has them.

    Raises
    ------
    ValueError : the group is no column of ``data/places.csv``.
    """
    if group not in ("income_group", "region"):
        raise ValueError(f"group is 'income_group' or 'region', not {group!r}.")
    findings = chosen(records, ids)
    say = Words.of(records.settings)

    def named(country: str) -> str:
        place = records.places.get(country)
        return getattr(place, group) if place else say.say("chart_no_single_country", value=country)

    held = _grouped(records, findings, named)
    known = {getattr(place, group) for place in records.places.values()}
    facet, by_country = records.settings.facet(group), records.settings.facet("country")

    def place_of(value: str) -> tuple[str, str]:
        """What a bar counts: by the group, if readers filter by it, else by its countries."""
        if facet and facet.of == "country" and value in known:
            return "explorer", filters(**{group: value})
        countries = sorted(held[value][2]) if by_country else ()
        return "explorer", "&".join(filters(country=name) for name in countries)

    rows: list[dict[str, Any]] = [
        {
            "value": value,
            "studies": len(works),
            "statements": count_statements(found),
            "findings": len(found),
            **_sides(poles(records.settings), works, found),
            "countries": sorted(countries) if value in known else [],
            "apart": value not in known,
        }
        for value, (works, found, countries) in held.items()
    ]
    rows.sort(key=lambda row: (row["apart"], -row["studies"], row["value"]))
    behind = studies_behind(records, findings)
    word = say[f"column_{group}"].lower()
    return _ranking(
        records,
        findings,
        f"by-{group.replace('_', '-')}",
        word.capitalize(),
        rows,
        facet="",
        to={value: place_of(value) for value in held},
        title=_most_title(say, [r for r in rows if not r["apart"]], len(behind), word),
        description=_counts_text(records, rows, findings, say.say("chart_by_place", what=word)),
        extra=(
            Field(
                "countries",
                say["column_countries"],
                cell=lambda r: ", ".join(r["countries"]),
            ),
        ),
        note=f"{say['chart_note_places']} {_classification(records)}",
        stated=f"{say.count('study', len(behind))}, {say.count(group, len(rows))}",
        count=lambda n: say.count(group, n),
    )


def _grouped(
    records: Records, findings: Sequence[Finding], named: Callable[[str], str]
) -> dict[str, tuple[set[str], list[Finding], set[str]]]:
    """Studies, findings and countries of each group of countries, by the name of the group."""
    held: dict[str, tuple[set[str], list[Finding], set[str]]] = {}

    def of(country: str) -> tuple[set[str], list[Finding], set[str]]:
        return held.setdefault(named(country), (set(), [], set()))

    for study in {finding.study: None for finding in findings}:
        for country in values_of_study(records, "country", study):
            works, _, countries = of(country)
            works.add(study)
            countries.add(country)
    for finding in findings:
        for country in values_in(records, "country", finding):
            found = of(country)[1]
            if not found or found[-1] is not finding:
                found.append(finding)
    return held


def _facet_rows(records: Records, findings: Sequence[Finding], facet: str) -> list[dict[str, Any]]:
    works: dict[str, set[str]] = {}
    found: dict[str, list[Finding]] = {}
    for study in {finding.study: None for finding in findings}:
        for value in values_of_study(records, facet, study):
            works.setdefault(value, set()).add(study)
    for finding in findings:
        for value in dict.fromkeys(values_in(records, facet, finding)):
            works.setdefault(value, set())
            found.setdefault(value, []).append(finding)
    order = ranked({value: len(of) for value, of in works.items()})
    pair = poles(records.settings)
    return [
        {
            "value": value,
            "studies": n,
            "statements": count_statements(found.get(value, ())),
            "findings": len(found.get(value, ())),
            **_sides(pair, works[value], found.get(value, ())),
            "apart": value in UNKNOWN,
        }
        for value, n in order
    ]


def _sides(
    pair: tuple[Direction, Direction] | None, works: AbstractSet[str], found: Iterable[Finding]
) -> dict[str, int]:
    """How many of some studies report what helps, what hinders, and both of it."""
    if pair is None:
        return {}
    helping, hindering = (set[str](), set[str]())
    for finding in found:
        if finding.study in works:
            if finding.direction == pair[0].id:
                helping.add(finding.study)
            elif finding.direction == pair[1].id:
                hindering.add(finding.study)
    return {
        "helping": len(helping),
        "hindering": len(hindering),
        "both": len(helping & hindering),
    }


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
    count: Callable[[int], str],
    extra: Sequence[Field] = (),
    to: Mapping[str, tuple[str, str]] | None = None,
) -> Chart:
    say = Words.of(records.settings)
    drawn = rows[:_SHOWN]
    if to is None and records.settings.facet(facet):
        # A country has a profile; what has none leads to the explorer.
        kind = "country" if facet == "country" else "explorer"
        to = {row["value"]: (kind, filters(**{facet: row["value"]})) for row in rows}
    leads = to or {}
    pair = poles(records.settings)
    if pair:
        helping, hindering = (way.plural.lower() for way in pair)
        how = say.say("chart_note_sides", helping=helping, hindering=hindering)
        note = f"{how} {note}".strip()
    if len(rows) > len(drawn):
        more = say.say("chart_rows_drawn", n=len(drawn), total=len(rows))
        note = f"{note} {more}".strip()
    return Chart(
        name,
        title,
        description,
        fields=(
            Field(
                "value",
                label,
                cell=lambda row: (
                    link(*leads[row["value"]], row["value"])
                    if row["value"] in leads
                    else row["value"]
                ),
            ),
            Field(
                "studies",
                say["column_studies"],
                number=True,
                cell=lambda row: _of_all(row, facet, records),
            ),
            *(_side_fields(say, pair) if pair else ()),
            Field("statements", say["column_statements"], number=True),
            Field("findings", say["column_findings"], number=True),
            *extra,
        ),
        rows=rows,
        draw=(lambda width: _bars(say, drawn, width, leads, pair)) if rows else None,
        nothing=say["chart_nothing"],
        note=note,
        summary=stated,
        source=source_line(say, findings),
        records=records,
        # What stands apart ("not reported", "International") is a row and no country.
        table_note=count(sum(not row["apart"] for row in rows)),
    )


def _side_fields(say: Words, pair: tuple[Direction, Direction]) -> list[Field]:
    helping, hindering = (say.say("column_with", what=way.plural.lower()) for way in pair)
    heads = {"helping": helping, "hindering": hindering, "both": say["column_with_both"]}
    return [Field(name, label, number=True) for name, label in heads.items()]


def _of_all(row: Row, facet: str, records: Records) -> str | Markup:
    """The number beside all studies of the review with this value, which a book knows."""
    if not facet or records.settings.facet(facet) is None:
        return str(row["studies"])
    # Filters are separated by blanks, and so are the words of many a country's name.
    name = f"studies:{facet}={shlex.quote(str(row['value']))}"
    return Markup("{} of {}").format(row["studies"], placeholder(name, "all"))


def _bars(
    say: Words,
    rows: Sequence[Row],
    width: int,
    leads: Mapping[str, tuple[str, str]],
    pair: tuple[Direction, Direction] | None,
) -> Any:
    alt = altair_with_look()
    data = [
        {"v": place, "n": row["studies"], "s": row["statements"], "a": int(row["apart"])}
        | ({"h": row["helping"], "d": row["hindering"], "b": row["both"]} if pair else {})
        for place, row in enumerate(rows)
    ]
    said = (
        f"join(L[datum.v], ' ') + ': ' + {counting(say, 'study', 'datum.n')} + ', ' + "
        f"{counting(say, 'statement', 'datum.s')}"
    )
    if pair:
        said += f" + '; ' + {_sides_said(say, pair)}"
    base = alt.Chart(inline(data))
    most = max(row["n"] for row in data)
    labels, y = named_rows([row["value"] for row in rows], width, grid=False)
    scale = alt.Scale(domain=[0, most * 1.12])
    x = alt.X("n:Q", axis=None, scale=scale)
    whole = base.transform_calculate(t=said).encode(
        x=x, y=y, description=alt.Description("t:N"), tooltip=alt.Tooltip("t:N")
    )
    if pair:
        split = _split(say, rows, base, scale, y, pair, width)
        # Nothing is seen of the whole bar: it says what its parts are, and leads on.
        bar = whole.mark_bar(height=14, fill=INK, fillOpacity=0)
    else:
        # What is no country (or no known design) is outlined: it is another kind of row.
        fill = alt.ColorValue(INK, condition={"test": "datum.a == 1", "value": PAPER})
        split = []
        bar = whole.mark_bar(stroke=INK, strokeWidth=1, height=11).encode(color=fill)
    to = ways([leads.get(row["value"], ("", "")) for row in rows])
    numbers = base.mark_text(align="left", dx=5, aria=False).encode(x=x, y=y, text=alt.Text("n:Q"))
    layers = [*split, leading(bar), numbers]
    return layered(layers, labels, to, height=steps(labels, 22))


def _split(
    say: Words,
    rows: Sequence[Row],
    base: Any,
    scale: Any,
    y: Any,
    pair: tuple[Direction, Direction],
    width: int,
) -> list[Any]:
    """The parts of each bar: what helps above its line, what hinders below, and what does neither.

    The studies stand side by side: first those with what helps alone, then those with both, then
    those with what hinders alone. So a side is as long as it has studies, and where both sides
    face each other the studies are the same.
    """
    alt = altair_with_look()
    up, down = (
        say.say(f"chart_side_{side}", what=way.plural.lower())
        for side, way in zip(("up", "down"), pair, strict=True)
    )
    none = say["chart_side_none"]
    some = any(row["studies"] > row["helping"] + row["hindering"] - row["both"] for row in rows)
    names = [up, down, *([none] if some else [])]
    stroke = alt.Scale(
        domain=names,
        range=[*map(direction_colour, pair), *([EDGE] if some else [])],
    )
    key = key_of(
        names,
        width,
        columns=1 if width < 400 else 2,
        columnPadding=32,
        symbolType="stroke",
        symbolStrokeWidth=8,
    )

    def part(first: str, last: str, at: int, fill: Any, name: str) -> Any:
        return (
            base.transform_calculate(p=first, q=last, w=json.dumps(name))
            .transform_filter("datum.q > datum.p")
            .mark_bar(height=5, yOffset=at, strokeWidth=1, fill=fill, aria=False)
            .encode(
                x=alt.X("p:Q", axis=None, scale=scale),
                x2=alt.X2("q:Q"),
                y=y,
                stroke=alt.Stroke("w:N", scale=stroke, legend=key),
            )
        )

    line = (
        base.transform_calculate(p="0")
        .mark_rule(stroke=INK, aria=False)
        .encode(
            x=alt.X("p:Q", axis=None, scale=scale),
            x2=alt.X2("n:Q"),
            y=y,
            # What is no country (or no known design) is another kind of row.
            strokeDash=alt.StrokeDashValue(
                [1, 0], condition={"test": "datum.a == 1", "value": [2, 2]}
            ),
        )
    )
    ends = "datum.h", "datum.h - datum.b", "datum.h - datum.b + datum.d"
    parts = [
        part("0", ends[0], -4, filled(pair[0], thin=True), up),
        part(ends[1], ends[2], 4, filled(pair[1], thin=True), down),
    ]
    if some:
        parts.append(part(ends[2], "datum.n", 0, PAPER, none))
    return [*parts, line]


def _sides_said(say: Words, pair: tuple[Direction, Direction]) -> str:
    """How many studies of a bar report what, as an expression of a chart."""
    said = json.dumps(_said_of_sides(say, pair, {"up": "{h}", "down": "{d}", "both": "{b}"}))
    for letter in "hdb":
        said = f'replace({said}, "{{{letter}}}", "" + datum.{letter})'
    return said


def _said_of_sides(
    say: Words, pair: tuple[Direction, Direction], counts: Mapping[str, int | str]
) -> str:
    helping, hindering = (way.plural.lower() for way in pair)
    return say.say("chart_sides", helping=helping, hindering=hindering, **counts)


def _most_title(say: Words, rows: Sequence[Row], total: int, word: str) -> str:
    if not rows:
        return say.say("most_title_none", what=word)
    most = rows[0]["studies"]
    top = [row["value"] for row in rows if row["studies"] == rows[0]["studies"]]
    if len(top) > 3:
        return say.say("most_title_even", what=word, n=len(top), studies=say.count("study", most))
    if len(top) > 1:
        return say.say("most_title_shared", listed=listed(top, say["and"]), n=most, total=total)
    return say.say("most_title", what=word, value=top[0], n=most, studies=say.count("study", total))


def _counts_text(
    records: Records, rows: Sequence[Row], findings: Sequence[Finding], how: str
) -> str:
    say, behind = Words.of(records.settings), studies_behind(records, findings)
    said = "; ".join(
        say.say(
            "chart_counts_row",
            value=row["value"],
            studies=say.count("study", row["studies"]),
            statements=_stated(say, row["statements"], row["findings"]),
        )
        for row in rows[:_SHOWN]
    )
    total = say.say(
        "chart_counts",
        studies=say.count("study", len(behind)),
        statements=_stated(say, count_statements(findings), len(findings)),
        how=how,
    )
    total = f"{total}: {said}." if said else f"{total}."
    if pair := poles(records.settings):
        sides = _sides(pair, {study.id for study in behind}, findings)
        told = _said_of_sides(
            say, pair, {"up": sides["helping"], "down": sides["hindering"], "both": sides["both"]}
        )
        total += f" {told}."
    return total


def _stated(say: Words, statements: int, findings: int) -> str:
    return f"{say.count('statement', statements)} ({say.count('finding', findings)})"


def _country_title(say: Words, named: Sequence[Row], total: int) -> str:
    if not named:
        return say["country_title_unknown" if total else "country_title_none"]
    first, most = named[0]["value"], named[0]["studies"]
    of_all = say.count("study", total)
    if len(named) == 1:
        word = "country_title_all" if most == total else "country_title_single"
        return say.say(word, country=first, n=most, studies=of_all)
    if named[1]["studies"] == most:
        each = say.count("study", most)
        return say.say("country_title_even", n=len(named), studies=each, total=total)
    return say.say("country_title", country=first, n=most, total=total)


def _spread(
    records: Records,
    named: Sequence[Row],
    behind: Sequence[Study],
    findings: Sequence[Finding],
) -> str:
    """How the studies spread over countries and income groups, each number with its whole."""
    if not named:
        return ""
    say = Words.of(records.settings)
    total = say.count("study", len(behind))
    statements = say.count("statement", count_statements(findings))
    largest = {"n": named[0]["studies"], "studies": total}
    parts = [say.say("chart_spread", countries=say.count("country", len(named)), **largest)]

    def named_group(country: str) -> str:
        place = records.places.get(country)
        return place.income_group if place else ""

    groups = _grouped(records, findings, named_group)
    groups.pop("", None)
    for group, (works, found, countries) in sorted(groups.items()):
        parts.append(
            say.say(
                "chart_spread_group",
                group=group,
                n=len(works),
                studies=total,
                some=count_statements(found),
                statements=statements,
                countries=listed(sorted(countries), say["and"]),
            )
        )
    return " ".join(parts)


def _classification(records: Records) -> str:
    names = sorted({f"{p.classification} ({p.year})" for p in records.places.values()})
    if not names:
        return ""
    return Words.of(records.settings).say("chart_classification", names="; ".join(names)) + " "
