"""The influence map: themes in fixed lanes, one a level, and the influences between them.

Nothing is laid out by forces: a theme stands where the codebook puts it, so that two maps can be
compared. Beside the map stands the answer: what acts on a theme and what it acts on, a sentence for
each influence. Below a map of the whole, a matrix shows all pairs at once; on a phone it and the
answer stand in the map's place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from synth.messages import Words
from synth.model import Influence, Theme
from synth.text import listed
from synth.views.figure import Field, Figure, direction_colour, standalone, themes_of, to_csv
from synth.views.influences.arrows import Arrow, boxes_by_node, gather, in_words
from synth.views.influences.drawing import key, sheets, signs
from synth.views.markup import environment, placeholder, render
from synth.views.shapes import direction_mark, mark
from synth.views.view import Row

_SEVERAL = 2
"""Named studies from which on an arrow of a large map is drawn at first."""
_FEW = 12
"""Arrows that can all be drawn at once and still be followed."""
_MATRIX = 16
"""Themes whose pairs a matrix can show."""

if TYPE_CHECKING:
    from synth.reading.records import Records


class InfluenceMap(Figure):
    """The map of a review's influences; made by :func:`influence_map`."""

    pictured = False

    @property
    def columns(self) -> dict[str, str]:
        """Labels of the plain table's columns; what counts or repeats others is left out."""
        return {
            field.name: field.label
            for field in self.fields
            if field.name not in ("studies", "across")
        }

    def to_csv(self) -> str:
        """Every column as CSV text with a header, as the page downloads it."""
        return to_csv([field.name for field in self.fields], self.rows)

    def __init__(
        self,
        records: Records,
        arrows: Sequence[Arrow],
        boxes: Sequence[Theme],
        *args: Any,
        draw: Callable[[], str],
        save: Callable[[], str],
        **rest: Any,
    ) -> None:
        super().__init__(*args, records=records, **rest)
        self.arrows = tuple(arrows)
        self.themes = tuple(boxes)
        self._draw, self._save = draw, save

    # Drawn when it is looked at: the checks of a book only ask what each of its maps shows.

    @property
    def drawing(self) -> str:
        """The map as HTML, or the sentence that says why there is none."""
        return super().drawing if self.empty else self._draw()

    @property
    def empty(self) -> bool:
        """Whether the codebook has nothing to draw influences between."""
        return not self.themes

    @property
    def svg(self) -> str:
        """The map as an SVG that stands on its own, or nothing."""
        return "" if self.empty else standalone(self._save())

    @property
    def shows(self) -> dict[str, tuple[str, ...]]:
        """The influences in its table."""
        return {"influence": tuple(row["influence"] for row in self.rows)}


def influence_map(
    records: Records,
    ids: Iterable[str] | None = None,
    focus: str | None = None,
    *,
    at_least: int | None = None,
    counts: bool = False,
) -> InfluenceMap:
    """Draw the influences between themes.

    Parameters
    ----------
    records : the records of the review.
    ids : influences to draw; all of them by default.
    focus : a node of the codebook whose theme is set off.
    at_least : draw at first only arrows with at least so many named studies; the table holds all,
        and on a page a filter brings them back. By default two where a map of many arrows has no
        focus, so that it shows what several studies carry.
    counts : write each theme's studies and statements into its box.
    """
    wanted = None if ids is None else frozenset(ids)
    chosen = [i for i in records.influences.values() if wanted is None or i.id in wanted]
    nodes, words = themes_of(records), Words.of(records.settings)
    arrows, unplaced = gather(records, chosen, nodes)
    held = boxes_by_node(records, nodes)
    centre = held.get(focus or "", "")
    if at_least is None:
        several = any(len(arrow.studies) >= _SEVERAL for arrow in arrows)
        at_least = _SEVERAL if several and not centre and len(arrows) > _FEW else 0
    drawn = [arrow for arrow in arrows if len(arrow.studies) >= at_least]
    rows = [_row(records, held, influence) for influence in chosen]
    name = f"influences-{focus}" if focus else ("framework-at-a-glance" if counts else "influences")
    shown = drawn if counts else arrows
    wide, narrow, save = sheets(records, nodes, shown, centre, counts, at_least)

    def draw() -> Markup:
        pairs = _pairs(arrows) if not centre and not counts and len(nodes) <= _MATRIX else {}
        return render(
            "map.html",
            key=key(records.settings, counts),
            wide=wide(),
            narrow=narrow(),
            words=words,
            records=records,
            mark=mark,
            direction_mark=direction_mark,
            direction_colour=direction_colour,
            first=centre or _busiest(arrows),
            answer=_answer(records, rows, centre) if centre and not counts else None,
            sides=_sides(records, arrows, focus) if focus and not centre and not counts else (),
            pairs=pairs,
            beyond=_pairs(gather(records, records.influences.values(), nodes)[0]).keys() - pairs,
            themes=nodes,
            drawn=(len(drawn), len(arrows), _influences(drawn), _influences(arrows)),
            at_least=at_least,
            acting=[way for way in records.settings.directions if way.influence],
        )

    return InfluenceMap(
        records,
        arrows,
        nodes,
        name,
        _title(records, nodes, chosen, arrows, counts, focus),
        _description(records, nodes, chosen, arrows),
        fields=_fields(records),
        rows=rows,
        draw=draw,
        save=save,
        nothing=words["map_nothing"],
        note=_note(words, chosen, unplaced, counts, whole=len(drawn) == len(arrows)),
        summary=words.say(
            "map_summary",
            influences=words.count("influences", len(chosen)),
            themes=words.count("theme", len(nodes)),
            arrows=words.count("map_arrows_drawn", len(arrows)),
        ),
        source=lambda: words.markup(
            "map_source", n=len(chosen), total=placeholder("influences", words["late_all"])
        ),
        key=signs(records.settings) if nodes else (),
        table_note=words.count("influences", len(rows)),
        css="synth-map synth-map-plain" if counts else "synth-map",
    )


def _title(
    records: Records,
    nodes: Sequence[Theme],
    chosen: Sequence[Influence],
    arrows: Sequence[Arrow],
    counts: bool,
    focus: str | None,
) -> str:
    book, words = records.codebook, Words.of(records.settings)
    influences = words.count("influences", len(chosen))
    if not chosen:
        return words["map_title_none"]
    if counts:
        rank, levels = records.settings.ranks[0], len(book.levels)
        lanes = f"{levels} {(rank.label if levels == 1 else rank.plural).lower()}"
        themes = words.count("theme", len(nodes))
        return words.say("map_title_lanes", themes=themes, lanes=lanes, influences=influences)
    if focus is not None:
        branch = book.branch(focus)
        within = sum(i.source in branch and i.target in branch for i in chosen)
        out = sum(i.source in branch for i in chosen) - within
        into = sum(i.target in branch for i in chosen) - within
        title = words.say(
            "map_title_focus",
            theme=book[focus].label,
            out=words.count("influences", out) if out else words["map_no_influence"],
            into=words.count("influences", into) if into else words["map_none"],
        )
        return f"{title}{words.say('map_title_within', n=within) if within else ''}"
    if not arrows:
        return words.say("map_title_whole", influences=influences)
    out_of: dict[str, int] = {}
    into_it: dict[str, int] = {}
    for arrow in arrows:
        out_of[arrow.source] = out_of.get(arrow.source, 0) + len(arrow.influences)
        into_it[arrow.target] = into_it.get(arrow.target, 0) + len(arrow.influences)
    source, target = max(out_of, key=lambda n: out_of[n]), max(into_it, key=lambda n: into_it[n])
    return words.say(
        "map_title_most",
        source=_low(book[source].label),
        out=out_of[source],
        total=len(chosen),
        target=_low(book[target].label),
        into=into_it[target],
    )


def _low(label: str) -> str:
    """A label inside a sentence; capitals inside it (an abbreviation) stay."""
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


def _note(
    words: Words,
    chosen: Sequence[Influence],
    unplaced: Sequence[Influence],
    counts: bool,
    *,
    whole: bool,
) -> str:
    note = words["map_note_empty"]
    if chosen:
        missing = words["map_note_all" if whole else "map_note_some"]
        note = words.say("map_note", missing=missing)
    if counts:
        note = f"{words['map_note_counts']} {note}"
    if unplaced:
        note += " " + words.count("map_unplaced", len(unplaced))
    return note


def _description(
    records: Records,
    nodes: Sequence[Theme],
    chosen: Sequence[Influence],
    arrows: Sequence[Arrow],
) -> str:
    words = Words.of(records.settings)
    themes = words.count("theme", len(nodes))
    lanes = listed([level.label for level in records.codebook.levels], words["and"])
    if not chosen:
        return words.say("map_description_none", themes=themes, lanes=lanes)
    kinds = [
        f"{n} {way.influence or way.label}"
        for way in records.settings.directions
        if (n := sum(records.settings.direction(i.direction) == way for i in chosen))
    ]
    return words.say(
        "map_description",
        themes=themes,
        lanes=lanes,
        influences=words.count("influences", len(chosen)),
        arrows=words.count("map_arrows_drawn", len(arrows)),
        kinds=listed(kinds, words["and"]),
        across=sum(len(arrow.influences) for arrow in arrows if arrow.across),
        inferred=sum(influence.basis != "stated" for influence in chosen),
        unnamed=sum(not influence.studies for influence in chosen),
    )


def _influences(arrows: Sequence[Arrow]) -> int:
    return sum(len(arrow.influences) for arrow in arrows)


def _busiest(arrows: Sequence[Arrow]) -> str:
    """The theme with most influences on it and from it, with which a map of the whole begins."""
    count: Counter[str] = Counter()
    for arrow in arrows:
        for name in dict.fromkeys((arrow.source, arrow.target)):
            count[name] += len(arrow.influences)
    return max(count, key=lambda name: count[name], default="")


def _sides(
    records: Records, arrows: Sequence[Arrow], level: str
) -> list[tuple[str, str, list[tuple[Arrow, str]]]]:
    """What acts on the themes of a level and what they act on, for pages without a script.

    What happens within the level stands in both lists.
    """
    words, branch = Words.of(records.settings), records.codebook.branch(level)
    into = [(arrow, in_words(records, arrow)) for arrow in arrows if arrow.target in branch]
    out = [(arrow, in_words(records, arrow)) for arrow in arrows if arrow.source in branch]
    return [
        (words["map_into"], words["map_into_none"], into),
        (words["map_out"], words["map_out_none"], out),
    ]


def _pairs(arrows: Sequence[Arrow]) -> dict[tuple[str, str], list[Arrow]]:
    """The arrows of each pair of themes, for the matrix."""
    pairs: dict[tuple[str, str], list[Arrow]] = {}
    for arrow in arrows:
        pairs.setdefault((arrow.source, arrow.target), []).append(arrow)
    return pairs


def _answer(records: Records, rows: Sequence[Row], node: str) -> dict[str, Any]:
    """What acts on a theme and what it acts on, as the page's script says it of any theme.

    The others stand in the order of how many studies are named for what happens between the two,
    and so do the influences of each. What the theme does within itself stands once. Chains of
    arrows are nobody's finding and not followed.
    """
    book = records.codebook

    def groups(own: str, other: str) -> list[tuple[Theme, str, list[Row]]]:
        found: dict[str, list[Row]] = {}
        for row in rows:
            if row[own] == node and row[other]:
                found.setdefault(row[other], []).append(row)
        for each in found.values():
            each.sort(key=lambda row: -row["studies"])
        works = {name: len({s for row in each for s in row["ids"]}) for name, each in found.items()}
        order = sorted(found, key=lambda name: (-works[name], book.order[name]))
        pair = "{other}>{node}" if own == "target_box" else "{node}>{other}"
        return [(book[name], pair.format(node=node, other=name), found[name]) for name in order]

    both = groups("target_box", "source_box")
    sides = {
        "into": [group for group in both if group[0].id != node],
        "out": [g for g in groups("source_box", "target_box") if g[0].id != node],
        "within": [group for group in both if group[0].id == node],
    }
    counts = {name: sum(len(rows) for _, _, rows in side) for name, side in sides.items()}
    return {"node": book[node], **sides, "counts": counts}


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
        "source_box": source,
        "target_box": target,
        "ids": influence.studies,
        "way": way,
    }


def _fields(records: Records) -> tuple[Field, ...]:
    words = Words.of(records.settings)

    macros: Any = environment().get_template("macros.html").module

    def source(row: Row) -> Markup:
        return Markup(macros.linked("influence", row["influence"], row["source"]))

    def named(row: Row) -> Markup:
        if not row["ids"]:
            return render("unknown.html", text=words["map_no_study"])
        return Markup(macros.studies(records, row["ids"]))

    return (
        Field("source", words["map_from"], cell=source),
        Field(
            "direction",
            words["map_how"],
            cell=lambda row: direction_mark(row["way"], row["direction"]),
        ),
        Field("target", words["map_to"]),
        Field("mechanism", words["map_mechanism"]),
        Field("studies", words["column_studies"], number=True),
        Field("named", words["column_which"], cell=named),
        Field("basis", words["map_basis"]),
        Field("across", words["map_across"]),
    )


__all__ = ["Arrow", "InfluenceMap", "gather", "influence_map"]
