"""The two drawings of an influence map: lanes for wide pages, one column for phones.

Every coordinate is computed here; nothing is measured or laid out in the browser.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING

from synth.messages import Words
from synth.model import Direction, Settings, Theme
from synth.views.figure import (
    EDGE,
    INK,
    INK_2,
    PAPER,
    counted,
    direction_colour,
    level_colour,
    number,
    studies,
    wrapped,
)
from synth.views.influences.arrows import Arrow
from synth.views.markup import target
from synth.views.shapes import SHAPES, direction_mark

if TYPE_CHECKING:
    from synth.reading.tables import Records

_DASHES = {"solid": "", "hatched": "7 3.5", "dotted": "1.5 3", "outline": "10 3 2 3"}


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


def key(settings: Settings, counts: bool) -> str:
    """What the shapes, lines and heads of a map mean."""
    words = Words.of(settings)
    items = []
    if counts:
        items += [f"<li>{direction_mark(way)}</li>" for way in settings.directions]
    for way in settings.directions:
        if not way.influence:
            continue
        items.append(f"<li>{_sample(way)} {escape(way.influence)}</li>")
    plain = next((way for way in settings.directions if way.influence), None)
    if plain is not None:
        items.append(f"<li>{_sample(plain, stated=False)} {words.html('map_hollow')}</li>")
        items.append(f"<li>{_sample(plain, named=False)} {words.html('map_ring')}</li>")
    named = escape(words["key"])
    return f'<ul class="synth-map-key" aria-label="{named}">{"".join(items)}</ul>'


def _sample(way: Direction, *, stated: bool = True, named: bool = True) -> str:
    colour = direction_colour(way)
    start = "" if named else f'<circle cx="4" cy="6" r="3" fill="{PAPER}" stroke="{colour}"/>'
    return (
        '<svg viewBox="0 0 44 12" width="44" height="12" aria-hidden="true">'
        f'<path d="M{1 if named else 7} 6H35" fill="none" stroke="{colour}" stroke-width="2.4"'
        f"{_dash(way)}/>{start}"
        f'<path d="M43 6l-8-4.5v9Z" fill="{colour if stated else PAPER}" stroke="{colour}"/></svg>'
    )


def _dash(way: Direction) -> str:
    dashes = _DASHES.get(way.pattern, "")
    return f' stroke-dasharray="{dashes}"' if dashes else ""


# --- drawn -----------------------------------------------------------------------------------

_WIDE, _MARGIN, _LANE_LABEL, _LANE_PAD = 880, 8, 104, 14
_PER_BAND = 4
_NARROW, _COLUMN = 340, 236


@dataclass(frozen=True)
class _Sheet:
    """One of the two drawings, with everything that is written into it."""

    records: Records
    nodes: Sequence[Theme]
    arrows: Sequence[Arrow]
    every: Sequence[Arrow]
    focus: str
    counts: bool
    part: bool
    name: str

    # --- boxes: the same inside in both drawings ---

    def box_height(self, node: Theme, width: float) -> float:
        lines = len(self.label(node, width))
        return 14 + lines * 17 + (58 if self.counts else 6 if self.part else 20)

    def label(self, node: Theme, width: float) -> list[str]:
        return wrapped(node.label, width - 24, 13.5, most=3, bold=True)

    def box(self, box: _Box) -> str:
        node = box.node
        x, y = box.x + 12, box.y
        parts = []
        for line in self.label(node, box.width):
            y += 17
            parts.append(_text(x, y + 3, line, 13.5, weight=650))
        parts.append(
            self.found_here(node, x, y, box.width) if self.counts else self.degree(node, x, y)
        )
        edge = INK if node.id == self.focus else EDGE
        width = 2.5 if node.id == self.focus else 1
        return (
            f'<a class="synth-card" href="{escape(target("theme", node.id))}" '
            f'data-theme="{escape(node.id)}" data-level="{escape(box.level)}">'
            f'<rect class="synth-card-box" x="{number(box.x)}" y="{number(box.y)}" '
            f'width="{number(box.width)}" height="{number(box.height)}" fill="{PAPER}" '
            f'stroke="{edge}" stroke-width="{width}"/>{"".join(parts)}</a>'
        )

    def degree(self, node: Theme, x: float, y: float) -> str:
        if self.part:  # how often a theme acts on others is not known from a part
            return ""
        out = len({arrow.target for arrow in self.every if arrow.source == node.id})
        into = len({arrow.source for arrow in self.every if arrow.target == node.id})
        words = Words.of(self.records.settings)
        said = words.say("map_degree", out=out, into=into) if out or into else words["map_alone"]
        return _text(x, y + 20, said, 12, fill=INK_2)

    def found_here(self, node: Theme, x: float, y: float, width: float) -> str:
        branch = self.records.codebook.branch(node.id)
        found = [f for f in self.records.findings.values() if f.theme in branch]
        works = len({f.study for f in found})
        words = Words.of(self.records.settings)
        every = words.html("late_all")
        total = f'<tspan class="synth-late" data-synth-late="studies">{every}</tspan>'
        of_all = words.html("of_all_studies", n=works, total=total)
        parts = [_text(x, y + 20, of_all, 13, fill=INK_2, raw=True)]
        unit = (width - 24) / max(1, self._most)
        start, step = x, (width - 24) / max(3, len(self.records.settings.directions))
        for index, way in enumerate(self.records.settings.directions):
            count = sum(f.direction == way.id for f in found)
            parts.append(self.bar(way, start, y + 29, count * unit))
            start += count * unit
            colour = direction_colour(way)
            mark = SHAPES.get(way.mark, SHAPES["square"]).replace("currentColor", colour)
            at = x + index * step
            parts.append(
                f'<g transform="translate({number(at)} {number(y + 45)}) scale(.9)">{mark}</g>'
            )
            said = f'{count}<tspan class="synth-svh"> {escape(way.label)}</tspan>'
            parts.append(_text(at + 13, y + 54, said, 13, raw=True))
        return "".join(parts)

    def bar(self, way: Direction, x: float, y: float, length: float) -> str:
        if not length:
            return ""
        colour = direction_colour(way)
        fill = {
            "solid": colour,
            "outline": "none",
        }.get(way.pattern, f"url(#{self.name}-{way.id})")
        return (
            f'<rect x="{number(x)}" y="{number(y)}" width="{number(max(1.5, length - 1.2))}" '
            f'height="9" fill="{fill}" stroke="{colour}" stroke-width="1"/>'
        )

    @cached_property
    def _most(self) -> int:
        """Findings of the theme with most, which fill a bar."""
        findings = self.records.findings.values()
        return max(
            (
                sum(f.theme in self.records.codebook.branch(n.id) for f in findings)
                for n in self.nodes
            ),
            default=1,
        )

    def patterns(self) -> str:
        if not self.counts:
            return ""
        parts = []
        for way in self.records.settings.directions:
            colour = direction_colour(way)
            if way.pattern == "hatched":
                lines = "M0 6 6 0M-1.5 1.5 1.5-1.5M4.5 7.5 7.5 4.5"
                inner = f'<path d="{lines}" stroke="{colour}" stroke-width="1.8"/>'
                size = 6
            elif way.pattern == "dotted":
                inner, size = f'<circle cx="2" cy="2" r="1.1" fill="{colour}"/>', 4
            else:
                continue
            parts.append(
                f'<pattern id="{self.name}-{way.id}" width="{size}" height="{size}" '
                f'patternUnits="userSpaceOnUse">{inner}</pattern>'
            )
        return f"<defs>{''.join(parts)}</defs>"

    # --- arrows ---

    def arrow(
        self, arrow: Arrow, path: str, end: tuple[float, float], heading: tuple[float, float]
    ) -> str:
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
        ring = (
            ""
            if arrow.studies
            else f'<circle cx="{start[0]}" cy="{start[1]}" r="3" fill="{PAPER}" stroke="{colour}"/>'
        )
        book = self.records.codebook
        word = arrow.direction.verb
        named = studies(len(arrow.studies)) if arrow.studies else "no study named"
        label = (
            f"{book[arrow.source].label} {word} {book[arrow.target].label}: "
            f"{counted(len(arrow.influences), 'influence')}, {named}"
        )
        return (
            f'<a class="synth-arrow" href="{escape(target("influence", arrow.influences[0].id))}" '
            f'tabindex="-1" aria-label="{escape(label)}" data-key="{escape(arrow.key)}" '
            f'data-s="{escape(arrow.source)}" data-t="{escape(arrow.target)}" '
            f'data-n="{len(arrow.studies)}" data-across="{int(arrow.across)}" '
            f'data-stated="{int(arrow.stated)}">'
            f'<path d="{path}" fill="none" stroke="{PAPER}" stroke-width="{number(width + 3)}" '
            f'stroke-opacity=".75"/>'
            f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{number(width)}"'
            f"{_dash(arrow.direction)}/>{ring}"
            f'<path d="{head}" fill="{colour if arrow.stated else PAPER}" stroke="{colour}"/></a>'
        )

    def lane_colours(self, level: str) -> tuple[str, str]:
        look = self.records.settings.levels.get(level)
        wash = f"var(--synth-{level}-wash, {look.wash_light})" if look else "none"
        return level_colour(self.records.settings, level), wash

    def lane_mark(self, level: str, x: float, y: float, colour: str) -> str:
        look = self.records.settings.levels.get(level)
        if look is None:
            return ""
        shape = SHAPES.get(look.mark, SHAPES["ring"]).replace("currentColor", colour)
        return f'<g transform="translate({number(x)} {number(y)}) scale(1.35)">{shape}</g>'

    def wrap(self, width: float, height: float, inner: str) -> str:
        label = f"{counted(len(self.nodes), 'theme')} in lanes, with the influences between them"
        return (
            f'<svg viewBox="0 0 {number(width)} {number(height)}" width="{number(width)}" '
            f'height="{number(height)}" role="group" aria-label="{escape(label)}" '
            f'font-family="Arial, Helvetica, sans-serif">{self.patterns()}{inner}</svg>'
        )

    def lanes(self) -> list[tuple[Theme, list[Theme]]]:
        book = self.records.codebook
        return [
            (level, [node for node in self.nodes if book.path(node.id)[0].id == level.id])
            for level in book.levels
        ]

    def draw(self) -> str:
        raise NotImplementedError


def line_width(arrow: Arrow) -> float:
    """Width of an arrow's line: wider with more named studies, up to a bound."""
    return min(1.4 + 0.8 * len(arrow.studies), 9.0)


def head_size(arrow: Arrow) -> float:
    """Length of an arrow's head."""
    return 6.5 + line_width(arrow)


class _Lanes(_Sheet):
    """The drawing for wide pages: a lane a level, four themes beside each other."""

    def draw(self) -> str:
        boxes, lanes, height = self._layout()
        back = "".join(self._lane(*lane) for lane in lanes)
        paths = self._paths(boxes)
        order = sorted(self.arrows, key=lambda a: (-len(a.studies), a.key))
        lines = "".join(self.arrow(a, *paths[a.key]) for a in order)
        cards = "".join(self.box(box) for box in boxes.values())
        return self.wrap(_WIDE, height, back + lines + cards)

    def _layout(
        self,
    ) -> tuple[dict[str, _Box], list[tuple[Theme, float, float, bool]], float]:
        boxes: dict[str, _Box] = {}
        lanes = []
        y, band = 6.0, 0
        for level, nodes in self.lanes():
            top = y
            y += _LANE_PAD
            chunks = [nodes[i : i + _PER_BAND] for i in range(0, len(nodes), _PER_BAND)] or [[]]
            for row, chunk in enumerate(chunks):
                across = max(3, len(chunk))
                room = _WIDE - _LANE_LABEL - 34
                width = min(190.0, (room - 26 * (across - 1)) / across)
                gap = (room - width * len(chunk)) / (len(chunk) + 1) if chunk else 0
                tall = max((self.box_height(node, width) for node in chunk), default=40)
                for place, node in enumerate(chunk):
                    x = _LANE_LABEL + gap + place * (width + gap)
                    boxes[node.id] = _Box(node, level.id, band, x, y, width, tall)
                y += tall
                band += 1
                if row + 1 < len(chunks):
                    y += self._room_below({n.id for n in chunk}) * 0.7
            name_height = 46 + 20 * len(wrapped(level.label, _LANE_LABEL - 20, 17, most=4))
            y = max(y + _LANE_PAD, top + name_height)
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
        return 52 + min(60, 9 * inside)

    def _lane(self, level: Theme, top: float, height: float, empty: bool) -> str:
        colour, wash = self.lane_colours(level.id)
        parts = [
            f'<rect x="0" y="{number(top)}" width="{_WIDE}" height="{number(height)}" '
            f'fill="{wash}"/>'
            f'<rect x="0" y="{number(top)}" width="3" height="{number(height)}" fill="{colour}"/>',
            self.lane_mark(level.id, 14, top + 12, colour),
        ]
        y = top + 34
        for line in wrapped(level.label, _LANE_LABEL - 20, 17, most=4):
            y += 20
            parts.append(_text(14, y, line, 17, fill=colour, serif=True))
        if empty:
            parts.append(_text(_LANE_LABEL, top + 30, "no theme below this level", 13, fill=INK_2))
        return "".join(parts)

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
                depth = 26 + 9 * min(arcs[source.band], 7) + abs(x2 - x1) * 0.03
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

    def draw(self) -> str:
        boxes: dict[str, _Box] = {}
        back = []
        y, band = 4.0, 0
        for level, nodes in self.lanes():
            colour, wash = self.lane_colours(level.id)
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
            back.append(
                f'<rect x="0" y="{number(top)}" width="{_NARROW}" height="{number(y - top)}" '
                f'fill="{wash}"/><rect x="0" y="{number(top)}" width="3" '
                f'height="{number(y - top)}" fill="{colour}"/>'
                + self.lane_mark(level.id, 12, top + 8, colour)
                + "".join(
                    _text(34, top + 21 + 20 * i, line, 16, fill=colour, serif=True)
                    for i, line in enumerate(head)
                )
            )
            if not nodes:
                back.append(_text(14, y - 10, "no theme below this level", 13, fill=INK_2))
            y += 8
        order = sorted(self.arrows, key=lambda a: (-len(a.studies), a.key))
        ends = self._ports(boxes)
        lines = "".join(self._arc(a, boxes, ends) for a in order)
        cards = "".join(self.box(box) for box in boxes.values())
        return self.wrap(_NARROW, y, "".join(back) + lines + cards)

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
    ) -> str:
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
    drawn: Sequence[Arrow],
    every: Sequence[Arrow],
    focus: str,
    counts: bool,
    part: bool,
    name: str,
) -> tuple[_Sheet, _Sheet]:
    """The drawing for wide pages and the one for phones."""
    return (
        _Lanes(records, nodes, drawn, every, focus, counts, part, f"{name}-w"),
        _Column(records, nodes, drawn, every, focus, counts, part, f"{name}-n"),
    )


def _text(
    x: float,
    y: float,
    words: str,
    size: float,
    *,
    weight: int = 400,
    fill: str = INK,
    serif: bool = False,
    raw: bool = False,
) -> str:
    family = ' font-family="Georgia, serif"' if serif else ""
    bold = f' font-weight="{weight}"' if weight != 400 else ""
    return (
        f'<text x="{number(x)}" y="{number(y)}" font-size="{number(size)}" fill="{fill}"'
        f"{family}{bold}>{words if raw else escape(words)}</text>"
    )
