"""The influence map: themes in fixed lanes, one a level, and the influences between them.

Nothing is laid out by forces: a theme stands where the codebook puts it, so that two maps can be
compared. The map is drawn twice with fixed coordinates, in lanes for wide pages and in one column
for phones; what it says stands beside it as a table and, theme by theme, in words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from synth.messages import Words
from synth.model import Influence, Theme
from synth.views.figure import (
    Field,
    Figure,
    counted,
    listed,
    study_link,
    theme_link,
    themes_of,
)
from synth.views.influences.arrows import Arrow, boxes_by_node, gather, reach
from synth.views.influences.drawing import key, sheets
from synth.views.markup import placeholder, target
from synth.views.shapes import direction_mark
from synth.views.view import Row

if TYPE_CHECKING:
    from synth.reading.records import Records


class InfluenceMap(Figure):
    """The map of a review's influences; made by :func:`influence_map`."""

    def __init__(
        self,
        records: Records,
        arrows: Sequence[Arrow],
        boxes: Sequence[Theme],
        words: Mapping[str, str],
        *args: Any,
        **rest: Any,
    ) -> None:
        super().__init__(*args, **rest)
        self._records = records
        self.arrows = tuple(arrows)
        self.themes = tuple(boxes)
        self.words = dict(words)

    @property
    def shows(self) -> dict[str, tuple[str, ...]]:
        """The influences in its table."""
        return {"influence": tuple(row["influence"] for row in self.rows)}

    def reach(self, theme: str, *, upstream: bool = False) -> dict[str, int]:
        """What a theme reaches over the arrows, and in how many steps; cycles do no harm.

        Parameters
        ----------
        theme : id of a box.
        upstream : what reaches it, instead of what it reaches.
        """
        return reach(self.arrows, theme, upstream=upstream)

    @property
    def below(self) -> str:
        """The same in words, theme by theme; the page's script shows them beside the map."""
        if not self.words:
            return ""
        items = "\n".join(
            f'<li data-theme="{escape(theme)}">{said}</li>' for theme, said in self.words.items()
        )
        return (
            '<details class="synth-map-words"><summary>'
            f"{self._words.html('map_in_words')}</summary>\n<ul>{items}</ul></details>\n"
        )

    def to_svg(self) -> str:
        """The map in lanes as an SVG file, for a manuscript or a slide."""
        return self.svg


def influence_map(
    records: Records,
    ids: Iterable[str] | None = None,
    focus: str | None = None,
    *,
    at_least: int = 0,
    counts: bool = False,
) -> InfluenceMap:
    """Draw the influences between themes.

    Parameters
    ----------
    records : the records of the review.
    ids : influences to draw; all of them by default.
    focus : a node of the codebook whose theme is set off.
    at_least : draw only arrows with at least so many named studies; the table holds all.
    counts : write each theme's studies and findings into its box.
    """
    wanted = None if ids is None else frozenset(ids)
    chosen = [i for i in records.influences.values() if wanted is None or i.id in wanted]
    nodes, words = themes_of(records), Words.of(records.settings)
    arrows, unplaced = gather(records, chosen, nodes)
    drawn = [arrow for arrow in arrows if len(arrow.studies) >= at_least]
    held = boxes_by_node(records, nodes)
    centre = held.get(focus or "", "")
    rows = [_row(records, held, influence) for influence in chosen]
    name = f"influences-{focus}" if focus else ("framework-at-a-glance" if counts else "influences")
    drawing = svg = ""
    if nodes:
        wide, narrow = (
            sheet.draw()
            for sheet in sheets(
                records, nodes, drawn, arrows, centre, counts, wanted is not None, name
            )
        )
        svg = wide
        drawing = (
            f"{key(records.settings, counts)}\n"
            f'<div class="synth-map-wide">{wide}</div>\n'
            f'<div class="synth-map-narrow" hidden>{narrow}</div>\n'
            '<div class="synth-map-readout" aria-hidden="true"></div>'
        )
    return InfluenceMap(
        records,
        arrows,
        nodes,
        {node.id: _words_html(records, arrows, node) for node in nodes} if arrows else {},
        name,
        _title(records, nodes, chosen, arrows, counts, focus),
        _description(records, nodes, chosen, arrows),
        fields=_fields(records),
        rows=rows,
        drawing=drawing,
        nothing=words["map_nothing"],
        note=_note(words, chosen, drawn, arrows, unplaced, at_least),
        summary=f"{counted(len(chosen), 'influence')} between {counted(len(nodes), 'theme')}"
        f", {counted(len(arrows), 'arrow')}",
        source=words.html(
            "map_source", n=len(chosen), total=placeholder("influences", words["late_all"])
        ),
        table_note=words.count("influences", len(rows)),
        wording=words,
        css="synth-map synth-map-plain" if counts else "synth-map",
        svg=svg,
    )


def _title(
    records: Records,
    nodes: Sequence[Theme],
    chosen: Sequence[Influence],
    arrows: Sequence[Arrow],
    counts: bool,
    focus: str | None,
) -> str:
    book = records.codebook
    if not chosen:
        return "No influence among those coded"
    if counts:
        lanes = counted(len(book.levels), records.settings.ranks[0].label.lower())
        return (
            f"{counted(len(nodes), 'theme')} on {lanes}, with "
            f"{counted(len(chosen), 'influence')} between them"
        )
    if focus is not None:
        branch = book.branch(focus)
        within = sum(i.source in branch and i.target in branch for i in chosen)
        out = sum(i.source in branch for i in chosen) - within
        into = sum(i.target in branch for i in chosen) - within
        return (
            f"{book[focus].label}: {counted(out, 'influence') if out else 'no influence'} on "
            f"other themes, {counted(into, 'influence') if into else 'none'} from them"
            f"{f', {within} within it' if within else ''}"
        )
    if not arrows:
        return f"{counted(len(chosen), 'influence')} of a whole level"
    out_of: dict[str, int] = {}
    into_it: dict[str, int] = {}
    for arrow in arrows:
        out_of[arrow.source] = out_of.get(arrow.source, 0) + len(arrow.influences)
        into_it[arrow.target] = into_it.get(arrow.target, 0) + len(arrow.influences)
    source, target = max(out_of, key=lambda n: out_of[n]), max(into_it, key=lambda n: into_it[n])
    total = len(chosen)
    return (
        f"Most influences start at {_low(book[source].label)} ({out_of[source]} of {total}); most "
        f"end at {_low(book[target].label)} ({into_it[target]})"
    )


def _low(label: str) -> str:
    """A label inside a sentence; capitals inside it (an abbreviation) stay."""
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


def _note(
    words: Words,
    chosen: Sequence[Influence],
    drawn: Sequence[Arrow],
    arrows: Sequence[Arrow],
    unplaced: Sequence[Influence],
    at_least: int,
) -> str:
    if not chosen:
        return words["map_note_empty"]
    note = words["map_note"]
    if len(drawn) < len(arrows):
        least = words.count("study", at_least)
        note += " " + words.say("map_drawn", n=len(drawn), total=len(arrows), studies=least)
    if unplaced:
        note += " " + words.count("map_unplaced", len(unplaced))
    return note


def _description(
    records: Records,
    nodes: Sequence[Theme],
    chosen: Sequence[Influence],
    arrows: Sequence[Arrow],
) -> str:
    book = records.codebook
    lanes = listed([f"{level.label}" for level in book.levels])
    across = sum(len(arrow.influences) for arrow in arrows if arrow.across)
    inferred = sum(influence.basis != "stated" for influence in chosen)
    unnamed = sum(not influence.studies for influence in chosen)
    ways = [
        f"{n} {way.influence or way.label}"
        for way in records.settings.directions
        if (n := sum(records.settings.direction(i.direction) == way for i in chosen))
    ]
    if not chosen:
        return f"{counted(len(nodes), 'theme')} in lanes ({lanes}); no influence was coded."
    return (
        f"{counted(len(nodes), 'theme')} in lanes ({lanes}), "
        f"{counted(len(chosen), 'influence')} drawn as {counted(len(arrows), 'arrow')}: "
        f"{listed(ways)}. {across} run between levels, {inferred} are inferred, "
        f"{unnamed} name no study."
    )


def _words_html(records: Records, arrows: Sequence[Arrow], node: Theme) -> str:
    words = Words.of(records.settings)
    out = [arrow for arrow in arrows if arrow.source == node.id]
    into = [arrow for arrow in arrows if arrow.target == node.id]
    parts = [f"<b>{theme_link(records, node.id)}.</b>"]
    parts.append(
        words.html("map_acts_on", themes="; ".join(_said(records, a, a.target) for a in out))
        if out
        else words.html("map_acts_on_none")
    )
    parts.append(
        words.html("map_acted_on_by", themes="; ".join(_said(records, a, a.source) for a in into))
        if into
        else words.html("map_acted_on_by_none")
    )
    for key_of, upstream in (("map_reaches", False), ("map_reached_by", True)):
        steps = reach(arrows, node.id, upstream=upstream)
        beyond = [escape(_low(records.codebook[n].label)) for n, k in steps.items() if k > 1]
        if beyond:
            parts.append(words.html(key_of, themes=", ".join(beyond)))
    return " ".join(parts)


def _said(records: Records, arrow: Arrow, other: str) -> str:
    word = arrow.direction.influence or arrow.direction.label
    words = Words.of(records.settings)
    several = len(arrow.studies)
    named = escape(words.count("study", several) if several else words["map_no_study"], quote=False)
    basis = "" if arrow.stated else f", {words.html('map_inferred')}"
    label = escape(_low(records.codebook[other].label))
    return f"{label} ({escape(word)}, {named}{basis})"


def _row(records: Records, held: Mapping[str, str], influence: Influence) -> dict[str, Any]:
    book = records.codebook
    way = records.settings.direction(influence.direction)
    source, target = held.get(influence.source, ""), held.get(influence.target, "")
    return {
        "influence": influence.id,
        "source": book[influence.source].label,
        "direction": way.influence or way.label,
        "target": book[influence.target].label,
        "studies": len(influence.studies),
        "mechanism": influence.mechanism,
        "named": [records.label(study) for study in influence.studies],
        "basis": influence.basis,
        "across": book.path(influence.source)[0].id != book.path(influence.target)[0].id,
        "key": f"{source}--{way.id}--{target}" if source and target else "",
        "ids": influence.studies,
        "way": way,
    }


def _fields(records: Records) -> tuple[Field, ...]:
    words = Words.of(records.settings)

    def source(row: Row) -> str:
        link = escape(target("influence", row["influence"]))
        return Markup(
            f'<a href="{link}" data-arrow="{escape(row["key"])}">{escape(row["source"])}</a>'
        )

    def named(row: Row) -> str:
        if not row["ids"]:
            return Markup(f'<span class="synth-gap">{words.html("map_none_named")}</span>')
        return Markup("; ").join(study_link(records, study) for study in row["ids"])

    return (
        Field("source", words["map_from"], cell=source),
        Field(
            "direction",
            words["map_how"],
            cell=lambda row: Markup(direction_mark(row["way"], row["direction"])),
        ),
        Field("target", words["map_to"]),
        Field("mechanism", words["map_mechanism"]),
        Field("studies", words["column_studies"], number=True),
        Field("named", words["column_which"], cell=named),
        Field("basis", words["map_basis"]),
        Field("across", words["map_across"]),
    )


__all__ = ["Arrow", "InfluenceMap", "gather", "influence_map", "reach"]
