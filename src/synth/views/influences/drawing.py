"""The drawing of an influence map: themes in lanes; one with counts has a column for phones too.

Every coordinate is computed here; nothing is measured or laid out in the browser.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar

from markupsafe import Markup

from synth.messages import Words
from synth.model import Direction, Finding, Settings, Theme
from synth.views.figure import (
    EDGE,
    INK,
    INK_2,
    PAPER,
    direction_colour,
    level_colour,
    number,
    text_width,
    wrapped,
)
from synth.views.influences.arrows import Arrow, in_words
from synth.views.markup import placeholder, render, target
from synth.views.shapes import direction_mark
from synth.views.svg import element, page, ring, shape, text, together
from synth.views.waterline import teeth_of

if TYPE_CHECKING:
    from synth.reading.records import Records

_DASHES = {"hatched": "7 3.5", "dotted": "1.5 3", "outline": "10 3 2 3"}


@dataclass(frozen=True, slots=True)
class _Box:
    """Where a theme stands in a drawing."""

    node: Theme
    level: str
    band: int  # which row of boxes, counted over all lanes
    x: float
    y: float
    width: float
    height: float

    @property
    def centre(self) -> float:
        return self.x + self.width / 2


def signs(settings: Settings) -> list[tuple[Markup, str]]:
    """The lines and heads of a map with what they mean."""
    words = Words.of(settings)
    acting = [way for way in settings.directions if way.influence]
    found = [(_sample(way), way.influence) for way in acting]
    if acting:
        found += [
            (_sample(acting[0], stated=False), words["map_hollow"]),
            (_sample(acting[0], named=False), words["map_ring"]),
            (Markup(""), words["map_wider"]),
        ]
    return found


def key(settings: Settings, counts: bool) -> Markup:
    """What the shapes, lines and heads of a map mean, as a page shows it."""
    ways = [direction_mark(way) for way in settings.directions] if counts else []
    told = [Markup("{} {}").format(*sign) for sign in signs(settings)]
    label = Words.of(settings)["key"]
    return render("key.html", css="synth-map-key", label=label, entries=[*ways, *told])


def _sample(way: Direction, *, stated: bool = True, named: bool = True) -> Markup:
    colour = direction_colour(way)
    return element(
        "svg",
        element(
            "path",
            d=f"M{1 if named else 7} 6H35",
            fill="none",
            stroke=colour,
            stroke_width=2.4,
            stroke_dasharray=_DASHES.get(way.pattern),
        ),
        "" if named else ring(4, 6, colour),
        element("path", d="M43 6l-8-4.5v9Z", fill=colour if stated else PAPER, stroke=colour),
        viewBox="0 0 44 12",
        width=44,
        height=12,
        aria_hidden="true",
    )


# --- drawn -----------------------------------------------------------------------------------

_LANE_NAME, _LANE_PAD = 30, 12
_PER_BAND = 4
_NARROW, _COLUMN = 340, 236
_BAR = 9


# A `<pattern>` would be shorter, but browsers print each area filled with one as a picture of a
# megabyte.
def _hatches(x: float, y: float, width: float, colour: str) -> Markup:
    """Slanted lines that fill a bar, each cut where it meets an edge."""
    lines = []
    # Of each, how far along the bar it would meet the lower edge: it rises by one for each step.
    for foot in range(3 - _BAR, int(width), 6):
        left, right = max(0, foot), min(width, foot + _BAR)
        if left < right:
            down, up = y + _BAR - (left - foot), y + _BAR - (right - foot)
            lines.append(f"M{number(x + left)} {number(down)}L{number(x + right)} {number(up)}")
    return element("path", d="".join(lines), fill="none", stroke=colour, stroke_width=1.8)


def _dots(x: float, y: float, width: float, colour: str) -> Markup:
    """Two rows of dots that fill a bar: lines without length that have round ends."""
    across = range(max(1, int((width + 1) / 4)))
    first = x + (width - 4 * (len(across) - 1)) / 2
    dots = [f"M{number(first + 4 * at)} {number(y + row)}h0" for at in across for row in (2.5, 6.5)]
    return element(
        "path",
        d="".join(dots),
        fill="none",
        stroke=colour,
        stroke_width=2.2,
        stroke_linecap="round",
    )


@dataclass(frozen=True)
class _Sheet:
    """One of the two drawings, with everything that is written into it."""

    records: Records
    nodes: Sequence[Theme]
    arrows: Sequence[Arrow]
    focus: str
    counts: bool
    at_least: int = 0

    # --- boxes: the same inside in both drawings ---

    def box_height(self, node: Theme, width: float) -> float:
        lines = len(self.label(node, width))
        return 14 + lines * 17 + (58 if self.counts else 6)

    def label(self, node: Theme, width: float) -> list[str]:
        return wrapped(node.label, width - 24, 13.5, most=3, bold=True)

    def box(self, box: _Box) -> Markup:
        node = box.node
        x, y = box.x + 12, box.y
        parts: list[Markup] = []
        for line in self.label(node, box.width):
            y += 17
            parts.append(text(x, y + 3, line, size=13.5, weight=650))
        if self.counts:
            parts.append(self.found_here(node, x, y, box.width))
        focused = node.id == self.focus
        edge = element(
            "rect",
            class_="synth-card-box",
            x=float(box.x),
            y=float(box.y),
            width=float(box.width),
            height=float(box.height),
            fill=PAPER,
            stroke=INK if focused else EDGE,
            stroke_width=2.5 if focused else 1,
        )
        return element(
            "a",
            edge,
            element(
                "rect",
                x=float(box.x),
                y=float(box.y),
                width=4,
                height=float(box.height),
                fill=level_colour(self.records.settings, box.level),
            ),
            *parts,
            class_="synth-card",
            href=target("theme", node.id) or None,
            data_theme=node.id,
            data_level=box.level,
            data_label=node.label,
        )

    def found_here(self, node: Theme, x: float, y: float, width: float) -> Markup:
        found, said = self._found[node.id], self._said[node.id]
        of_all = self.words.markup(
            "of_all_studies",
            n=len({finding.study for finding in found}),
            total=placeholder("studies", self.words["late_all"]),
        )
        parts = [text(x, y + 20, of_all, size=13, fill=INK_2)]
        unit = (width - 24) / max(1, self._most)
        start, step = x, (width - 24) / max(3, len(self.records.settings.directions))
        for index, way in enumerate(self.records.settings.directions):
            count = said.count(way.id)
            if count:
                parts.append(self.bar(way, start, y + 29, count * unit))
            start += count * unit
            at = x + index * step
            parts.append(shape(way.mark, at, y + 45, 0.9, direction_colour(way)))
            name = element("tspan", f" {way.label}", class_="synth-svh")
            parts.append(text(at + 13, y + 54, str(count), name, size=13))
        return together(*parts)

    def bar(self, way: Direction, x: float, y: float, length: float) -> Markup:
        colour, width = direction_colour(way), float(max(1.5, length - 1.2))
        edge = element(
            "rect",
            x=float(x),
            y=float(y),
            width=width,
            height=_BAR,
            fill=colour if way.pattern == "solid" else "none",
            stroke=colour,
            stroke_width=1,
        )
        filling = {"hatched": _hatches, "dotted": _dots}.get(way.pattern)
        return together(edge, filling(float(x), float(y), width, colour) if filling else "")

    @property
    def words(self) -> Words:
        return Words.of(self.records.settings)

    @cached_property
    def _most(self) -> int:
        """Statements of the theme with most, which fill a bar."""
        return max(map(len, self._said.values()), default=1)

    @cached_property
    def _said(self) -> dict[str, list[str]]:
        """The direction of each statement on a node or below it."""
        return {
            name: [tooth.direction for tooth in teeth_of(found)]
            for name, found in self._found.items()
        }

    @cached_property
    def _found(self) -> dict[str, list[Finding]]:
        """What speaks to each node or below it: all findings are read once for a node."""
        book, findings = self.records.codebook, self.records.findings.values()
        branches = {node.id: book.branch(node.id) for node in self.nodes}
        return {
            name: [finding for finding in findings if finding.speaks_to(branch)]
            for name, branch in branches.items()
        }

    # --- arrows ---

    def arrow(
        self, arrow: Arrow, path: str, end: tuple[float, float], heading: tuple[float, float]
    ) -> Markup:
        """An arrow along a path, its head at the end, pointing along a unit vector."""
        colour = direction_colour(arrow.direction)
        width = line_width(arrow)
        (x, y), (dx, dy) = end, heading
        size = head_size(arrow)
        back_x, back_y = x - dx * size, y - dy * size
        half = size * 0.55
        head = (
            f"M{number(x)} {number(y)}L{number(back_x - dy * half)} {number(back_y + dx * half)}"
            f"L{number(back_x + dy * half)} {number(back_y - dx * half)}Z"
        )
        start = path[1 : path.index("C") if "C" in path else None].split()
        named = len(arrow.studies)
        return element(
            "a",
            # A light edge sets an arrow off from those it crosses.
            element(
                "path",
                d=path,
                fill="none",
                stroke=PAPER,
                stroke_width=float(width + 3),
                stroke_opacity=".75",
            ),
            element(
                "path",
                d=path,
                fill="none",
                stroke=colour,
                stroke_width=float(width),
                stroke_dasharray=_DASHES.get(arrow.direction.pattern),
            ),
            "" if arrow.studies else ring(float(start[0]), float(start[1]), colour),
            element("path", d=head, fill=colour if arrow.stated else PAPER, stroke=colour),
            class_="synth-arrow",
            href=target("influence", arrow.influences[0].id) or None,
            tabindex=-1,
            aria_label=in_words(self.records, arrow),
            data_key=arrow.key,
            data_s=arrow.source,
            data_t=arrow.target,
            data_n=named,
            data_across=int(arrow.across),
            data_stated=int(arrow.stated),
            # What is not drawn at first stays in the page: a filter can bring it back.
            hidden="" if named < self.at_least else None,
        )

    width: ClassVar[float] = _NARROW

    def wash(self, level: Theme) -> str:
        """The colour of a level's ground."""
        look = self.records.settings.levels.get(level.id)
        return f"var(--synth-{level.id}-wash, {look.wash_light})" if look else "none"

    def lane(self, level: Theme, top: float, height: float) -> list[Markup]:
        """The ground of a level's lane, with its colour at the edge."""
        colour, wash = level_colour(self.records.settings, level.id), self.wash(level)
        return [
            element("rect", x=0, y=float(top), width=self.width, height=float(height), fill=wash),
            element("rect", x=0, y=float(top), width=3, height=float(height), fill=colour),
        ]

    def lane_mark(self, level: Theme, x: float, y: float) -> Markup:
        look = self.records.settings.levels.get(level.id)
        colour = level_colour(self.records.settings, level.id)
        return shape(look.mark, x, y, 1.35, colour) if look else Markup("")

    def sheet(self, width: float, height: float, *inner: Markup) -> Markup:
        label = self.words.say("map_sheet", themes=self.words.count("theme", len(self.nodes)))
        return page(width, height, *inner, role="group", label=label)

    def lanes(self) -> list[tuple[Theme, list[Theme]]]:
        book = self.records.codebook
        return [
            (level, [node for node in self.nodes if book.path(node.id)[0].id == level.id])
            for level in book.levels
        ]


def line_width(arrow: Arrow) -> float:
    """Width of an arrow's line: wider with more named studies, up to a bound."""
    return min(1.4 + 0.8 * len(arrow.studies), 9.0)


def head_size(arrow: Arrow) -> float:
    """Length of an arrow's head."""
    return 6.5 + line_width(arrow)


class _Lanes(_Sheet):
    """The drawing in lanes: one a level, four themes beside each other."""

    width: ClassVar[float] = 680

    def draw(self, whole: bool = True) -> Markup:
        boxes, lanes, height = self._layout()
        paths = self._paths(boxes)
        shown = [a for a in self.arrows if whole or len(a.studies) >= self.at_least]
        order = sorted(shown, key=lambda a: (-len(a.studies), a.key))
        return self.sheet(
            self.width,
            height,
            *(part for level, top, tall, _ in lanes for part in self.lane(level, top, tall)),
            *(self.arrow(a, *paths[a.key]) for a in order),
            *(self._name(level, top, empty) for level, top, _, empty in lanes),
            *(self.box(box) for box in boxes.values()),
        )

    def _layout(
        self,
    ) -> tuple[dict[str, _Box], list[tuple[Theme, float, float, bool]], float]:
        boxes: dict[str, _Box] = {}
        lanes = []
        y, band = 6.0, 0
        for level, nodes in self.lanes():
            top = y
            y += _LANE_NAME
            chunks = [nodes[i : i + _PER_BAND] for i in range(0, len(nodes), _PER_BAND)] or [[]]
            for row, chunk in enumerate(chunks):
                across = max(3, len(chunk))
                room = self.width - 16
                width = min(190.0, (room - 14 * (across + 1)) / across)
                gap = (room - width * len(chunk)) / (len(chunk) + 1) if chunk else 0
                tall = max((self.box_height(node, width) for node in chunk), default=40)
                for place, node in enumerate(chunk):
                    x = 8 + gap + place * (width + gap)
                    boxes[node.id] = _Box(node, level.id, band, x, y, width, tall)
                y += tall
                band += 1
                if row + 1 < len(chunks):
                    y += self._room_below({n.id for n in chunk}) * 0.7
            y = max(y + _LANE_PAD, top + 60)
            lanes.append((level, top, y - top, not nodes))
            y += self._room_below({n.id for n in (chunks[-1] if chunks else [])})
        # Below the last lane only arrows inside it need room.
        last = {box.node.id for box in boxes.values() if box.band == band - 1}
        inside = any(a.source in last and a.target in last for a in self.arrows)
        return boxes, lanes, y - 10 if inside else y - self._room_below(last) + 4

    def _room_below(self, row: set[str]) -> float:
        """More arrows inside a row need deeper arcs, and so more room below it."""
        inside = sum(
            a.source in row and a.target in row and a.source != a.target for a in self.arrows
        )
        return 42 + min(36, 6 * inside)

    def _name(self, level: Theme, top: float, empty: bool) -> Markup:
        """The shape and name of a level, on the ground of its lane where an arrow crosses them."""
        colour = level_colour(self.records.settings, level.id)
        (name,) = wrapped(level.label, self.width - 44, 14, most=1, bold=True)
        ground = element(
            "rect",
            x=8,
            y=float(top + 5),
            width=float(30 + text_width(name, 14, bold=True)),
            height=20,
            fill=self.wash(level),
        )
        parts = [ground, self.lane_mark(level, 12, top + 8)]
        parts.append(text(32, top + 20, name, size=14, weight=650, fill=colour))
        if empty:
            nothing = self.words["map_empty_lane"]
            parts.append(text(32, top + 42, nothing, size=13, fill=INK_2))
        return together(*parts)

    def _paths(
        self, boxes: Mapping[str, _Box]
    ) -> dict[str, tuple[str, tuple[float, float], tuple[float, float]]]:
        ends = self._ports(boxes)
        paths: dict[str, tuple[str, tuple[float, float], tuple[float, float]]] = {}
        in_gap: dict[tuple[int, float], int] = {}
        arcs: dict[int, int] = {}
        for arrow in self.arrows:
            source, target = boxes[arrow.source], boxes[arrow.target]
            if arrow.source == arrow.target:
                paths[arrow.key] = _loop(source, head_size(arrow))
                continue
            x1, x2 = ends[arrow.key, "out"], ends[arrow.key, "in"]
            size = head_size(arrow)
            if source.band == target.band:
                bottom = source.y + source.height
                arcs[source.band] = arcs.get(source.band, 0) + 1
                depth = 24 + 8 * min(arcs[source.band], 6) + abs(x2 - x1) * 0.02
                low = bottom + depth
                path = (
                    f"M{number(x1)} {number(bottom)} C{number(x1)} {number(low)} "
                    f"{number(x2)} {number(low)} {number(x2)} {number(bottom + size)}"
                )
                paths[arrow.key] = (path, (x2, bottom), (0.0, -1.0))
                continue
            down = target.band > source.band
            y1 = source.y + source.height if down else source.y
            y2 = target.y if down else target.y + target.height
            sign = 1.0 if down else -1.0
            step = 1 if down else -1
            path, x, y = f"M{number(x1)} {number(y1)}", x1, y1
            for band in range(source.band + step, target.band, step):
                row = [box for box in boxes.values() if box.band == band]
                if not row:
                    continue
                at = _gap_near(row, x + (x2 - x) * 0.5)
                used = in_gap[band, at] = in_gap.get((band, at), 0) + 1
                lane_x = at + 5 * (used // 2) * (1 if used % 2 else -1)
                high, low = row[0].y - 8, row[0].y + max(b.height for b in row) + 8
                enter, leave = (high, low) if down else (low, high)
                path += _curve(x, y, lane_x, enter) + f" L{number(lane_x)} {number(leave)}"
                x, y = lane_x, leave
            path += _curve(x, y, x2, y2 - sign * size)
            paths[arrow.key] = (path, (x2, y2), (0.0, sign))
        return paths

    def _ports(self, boxes: Mapping[str, _Box]) -> dict[tuple[str, str], float]:
        """Where along the edge of its box each arrow starts and ends.

        They are spread evenly and sorted by where the other end lies, so that they do not tangle.
        """
        sides: dict[tuple[str, str], list[tuple[float, str, str]]] = {}
        for arrow in self.arrows:
            if arrow.source == arrow.target:
                continue
            source, target = boxes[arrow.source], boxes[arrow.target]
            same = source.band == target.band
            down = target.band > source.band
            out_side = "bottom" if same or down else "top"
            in_side = "bottom" if same or not down else "top"
            sides.setdefault((arrow.source, out_side), []).append((target.centre, arrow.key, "out"))
            sides.setdefault((arrow.target, in_side), []).append((source.centre, arrow.key, "in"))
        ends: dict[tuple[str, str], float] = {}
        for (name, _), places in sides.items():
            box = boxes[name]
            places.sort()
            for index, (_, key, which) in enumerate(places):
                ends[key, which] = box.x + box.width * (index + 1) / (len(places) + 1)
        return ends


def _gap_near(row: Sequence[_Box], x: float) -> float:
    """The middle of the gap between boxes of a row that lies nearest."""
    ordered = sorted(row, key=lambda box: box.x)
    gaps = [ordered[0].x - 12, ordered[-1].x + ordered[-1].width + 12]
    gaps += [(left.x + left.width + right.x) / 2 for left, right in pairwise(ordered)]
    return min(sorted(gaps), key=lambda at: abs(at - x))


def _curve(x1: float, y1: float, x2: float, y2: float) -> str:
    middle = (y1 + y2) / 2
    return (
        f" C{number(x1)} {number(middle)} {number(x2)} {number(middle)} {number(x2)} {number(y2)}"
    )


def _loop(box: _Box, size: float) -> tuple[str, tuple[float, float], tuple[float, float]]:
    """A theme that acts on itself: a loop at the right edge of its box."""
    right, high, low = box.x + box.width, box.y + box.height * 0.3, box.y + box.height * 0.7
    path = (
        f"M{number(right)} {number(high)} C{number(right + 22)} {number(high)} "
        f"{number(right + 22)} {number(low)} {number(right + size)} {number(low)}"
    )
    return path, (right, low), (-1.0, 0.0)


class _Column(_Sheet):
    """The drawing for phones: one theme under the other, arcs at their right."""

    def draw(self) -> Markup:
        boxes: dict[str, _Box] = {}
        back: list[Markup] = []
        y, band = 4.0, 0
        for level, nodes in self.lanes():
            colour = level_colour(self.records.settings, level.id)
            top = y
            head = wrapped(level.label, _NARROW - 50, 16, most=2)
            y += 14 + 20 * len(head)
            for node in nodes:
                tall = self.box_height(node, _COLUMN)
                boxes[node.id] = _Box(node, level.id, band, 12, y, _COLUMN, tall)
                y += tall + 9
                band += 1
            if not nodes:
                y += 22
            y += 4
            back += [*self.lane(level, top, y - top), self.lane_mark(level, 12, top + 8)]
            back += [
                text(34, top + 21 + 20 * i, line, size=16, fill=colour, serif=True)
                for i, line in enumerate(head)
            ]
            if not nodes:
                nothing = self.words["map_empty_lane"]
                back.append(text(14, y - 10, nothing, size=13, fill=INK_2))
            y += 8
        order = sorted(self.arrows, key=lambda a: (-len(a.studies), a.key))
        ends = self._ports(boxes)
        return self.sheet(
            _NARROW,
            y,
            *back,
            *(self._arc(a, boxes, ends) for a in order),
            *(self.box(box) for box in boxes.values()),
        )

    def _ports(self, boxes: Mapping[str, _Box]) -> dict[tuple[str, str], float]:
        sides: dict[str, list[tuple[float, str, str]]] = {}
        for arrow in self.arrows:
            sides.setdefault(arrow.source, []).append((boxes[arrow.target].y, arrow.key, "out"))
            sides.setdefault(arrow.target, []).append((boxes[arrow.source].y, arrow.key, "in"))
        ends: dict[tuple[str, str], float] = {}
        for name, places in sides.items():
            box = boxes[name]
            places.sort()
            for index, (_, key, which) in enumerate(places):
                ends[key, which] = box.y + box.height * (index + 1) / (len(places) + 1)
        return ends

    def _arc(
        self, arrow: Arrow, boxes: Mapping[str, _Box], ends: Mapping[tuple[str, str], float]
    ) -> Markup:
        right = 12.0 + _COLUMN
        size = head_size(arrow)
        if arrow.source == arrow.target:
            return self.arrow(arrow, *_loop(boxes[arrow.source], size))
        y1, y2 = ends[arrow.key, "out"], ends[arrow.key, "in"]
        # A cubic reaches three quarters of the way to its control points.
        apart = abs(boxes[arrow.source].band - boxes[arrow.target].band)
        bulge = min(_NARROW - right - 8, 20 + 9 * apart) / 0.75
        path = (
            f"M{number(right)} {number(y1)} C{number(right + bulge)} {number(y1)} "
            f"{number(right + bulge)} {number(y2)} {number(right + size)} {number(y2)}"
        )
        return self.arrow(arrow, path, (right, y2), (-1.0, 0.0))


def sheets(
    records: Records,
    nodes: Sequence[Theme],
    arrows: Sequence[Arrow],
    focus: str,
    counts: bool,
    at_least: int,
) -> tuple[Callable[[], Markup], Callable[[], Markup | str], Callable[[], Markup]]:
    """What draws the lanes, the sheet for phones where there are counts, and the one to save."""
    lanes = _Lanes(records, nodes, arrows, focus, counts, at_least)
    column = _Column(records, nodes, arrows, focus, counts, at_least)
    return (
        lanes.draw,
        lambda: column.draw() if counts else "",
        lambda: lanes.draw(whole=False),
    )
