"""Briefs: one sheet for one kind of reader, each line resting on findings or on the review.

A team writes its briefs in ``data/brief.toml``. What a line rests on is read and checked here as
the prose of the pages is; the page that shows a brief is drawn elsewhere.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from synth.book.trees import Block, Place, prose_of
from synth.errors import Problem, ReviewError, did_you_mean
from synth.review import Review

BRIEF_FILE = "data/brief.toml"
"""What a team wants to say on one sheet, and what each line rests on."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing a brief says.

    Parameters
    ----------
    says : a sentence, in Markdown.
    findings : ids of the findings it rests on.
    review : where the review argues it itself, as in a ``{review}`` role; empty where findings say
        it.
    direction : the group it stands in; left out where all its findings have one direction.
    line : line of the file.
    """

    says: str
    findings: tuple[str, ...] = ()
    review: str = ""
    direction: str = ""
    line: int = 0

    @property
    def written(self) -> str:
        """The sentence with the roles that say what it rests on.

        >>> Line("Supervision helps.", ("a2010-01", "b2012-03")).written
        'Supervision helps. {finding}`a2010-01; b2012-03`'
        """
        cited = f" {{finding}}`{'; '.join(self.findings)}`" if self.findings else ""
        own = f" {{review}}`{self.review}`" if self.review else ""
        return f"{self.says}{cited}{own}"

    def directions(self, review: Review) -> list[str]:
        """The directions its findings are coded with; unknown findings are told elsewhere."""
        findings = review.records.findings
        coded = {findings[name].direction for name in self.findings if name in findings}
        return [each.id for each in review.settings.directions if each.id in coded]

    def group(self, review: Review) -> str:
        """The direction it is listed under; empty where neither it nor its findings say one."""
        coded = self.directions(review)
        return self.direction or (coded[0] if len(coded) == 1 else "")


@dataclass(frozen=True, slots=True)
class Step:
    """A column of a brief.

    Parameters
    ----------
    title : its heading.
    note : a few words below it; may be empty.
    lines : what it says.
    """

    title: str
    note: str = ""
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Brief:
    """One sheet for one kind of reader.

    Parameters
    ----------
    id : its name, which the directive ``{brief}`` takes.
    audience : whom it is for, in a few words.
    lead : what it is, in a sentence or two; Markdown.
    limits : how far it carries; Markdown.
    level : a node of the first rank, whose color the sheet takes; may be empty.
    groups : for a direction, the heading of its lines.
    steps : its columns.
    lines : lines of the file on which ``lead`` and ``limits`` stand.
    """

    id: str
    audience: str
    lead: str
    limits: str
    level: str = ""
    groups: Mapping[str, str] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)

    def ways(self, review: Review) -> list[str]:
        """The directions it has lines for, in the order of ``review.toml``."""
        used = {line.group(review) for step in self.steps for line in step.lines}
        return [each.id for each in review.settings.directions if each.id in used]


def briefs(root: Path) -> tuple[Brief, ...]:
    """The briefs of a review; none without the file.

    Parameters
    ----------
    root : folder of the review.

    Raises
    ------
    ReviewError : the file cannot be read, or a brief, step or line lacks what it needs.
    """
    path = root / BRIEF_FILE
    if not path.is_file():
        return ()
    try:
        text = path.read_text("utf-8")
        told = tomllib.loads(text)
        if unknown := told.keys() - {"brief"}:
            raise ValueError(f"there is no key {sorted(unknown)[0]!r}; briefs stand in [[brief]]")
        found = tuple(_brief(entry, text) for entry in told.get("brief", ()))
        names = [brief.id for brief in found]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"two briefs have the id {name!r}")
    except (UnicodeDecodeError, TypeError, ValueError) as error:
        raise ReviewError([Problem("brief-malformed", BRIEF_FILE, reason=str(error))]) from error
    return found


def _brief(entry: Mapping[str, Any], text: str) -> Brief:
    known = {"id": str, "audience": str, "lead": str, "limits": str, "level": str}
    asked = _taken(entry, {**known, "groups": dict, "step": list}, "a brief")
    where = f"brief {asked.get('id', '')!r}"
    _needed(asked, ("id", "audience", "lead", "limits", "step"), where)
    steps = []
    for told in asked.pop("step"):
        step = _taken(told, {"title": str, "note": str, "lines": list}, f"a step of {where}")
        _needed(step, ("title", "lines"), f"a step of {where}")
        place = f"step {step['title']!r} of {where}"
        lines = tuple(_line(line, place, text) for line in step.pop("lines"))
        steps.append(Step(**step, lines=lines))
    lines_of = {name: _line_of(asked[name], text) for name in ("lead", "limits")}
    return Brief(**asked, steps=tuple(steps), lines=lines_of)


def _line(told: Mapping[str, Any], place: str, text: str) -> Line:
    known = {"says": str, "findings": list, "review": str, "direction": str}
    line = _taken(told, known, f"a line of {place}")
    _needed(line, ("says",), f"a line of {place}")
    names = tuple(str(name) for name in line.pop("findings", ()))
    return Line(**line, findings=names, line=_line_of(line["says"], text))


def _taken(entry: Any, known: Mapping[str, Any], where: str) -> dict[str, Any]:
    """The keys of a table, each of the kind it has to be."""
    if not isinstance(entry, dict):
        raise ValueError(f"{where} has to be a table")
    for name, value in entry.items():
        if name not in known:
            near = did_you_mean(name, known)
            raise ValueError(f"{where} knows no {name!r}. {near}".rstrip())
        if not isinstance(value, known[name]):
            kind = {"str": "text", "list": "a list", "dict": "a table"}[known[name].__name__]
            raise ValueError(f"{name!r} in {where} has to be {kind}")
    return dict(entry)


def _needed(entry: Mapping[str, Any], names: tuple[str, ...], where: str) -> None:
    for name in names:
        if not entry.get(name):
            raise ValueError(f"{where} needs {name!r}")


def _line_of(value: str, text: str) -> int:
    """The line of a TOML file that holds a text, or at least its beginning; 0 if none does."""
    start = value.strip().split("\n")[0].replace("\\", "\\\\").replace('"', '\\"')
    return next((n for n, line in enumerate(text.split("\n"), 1) if start in line), 0)


def blocks_of_brief(brief: Brief) -> Iterator[Block]:
    """What a brief says as blocks of prose, so that the rules of prose hold for it too."""
    yield from _blocks(brief.lead, brief.lines["lead"])
    for step in brief.steps:
        for line in step.lines:
            yield from _blocks(f":::{{synthesis}}\n{line.written}\n:::", line.line)
    yield from _blocks(brief.limits, brief.lines["limits"])


def _blocks(text: str, line: int) -> Iterator[Block]:
    for block in prose_of(text, Place(BRIEF_FILE, line, fixed=True)):
        yield replace(block, cell=None)


def wrong_directions(brief: Brief, review: Review) -> Iterator[Problem]:
    """Lines that stand in another group than the findings they rest on, or in none.

    A group or a level that there is not is told as well.
    """
    known = [each.id for each in review.settings.directions]
    for name in brief.groups:
        if name not in known:
            near = did_you_mean(name, known)
            yield Problem("brief-direction-unknown", BRIEF_FILE, 0, "groups", value=name, near=near)
    levels = [node.id for node in review.records.codebook.levels]
    if brief.level and levels and brief.level not in levels:
        near = did_you_mean(brief.level, levels)
        yield Problem("brief-level-unknown", BRIEF_FILE, 0, "level", value=brief.level, near=near)
    for step in brief.steps:
        for line in step.lines:
            group, coded = line.group(review), line.directions(review)
            if line.direction and line.direction not in known:
                near = did_you_mean(line.direction, known)
                place = ("brief-direction-unknown", BRIEF_FILE, line.line, "direction")
                yield Problem(*place, value=line.direction, near=near)
            elif (coded or not line.findings) and (not group or (coded and group not in coded)):
                told = " and ".join(coded) or "nothing"
                place = ("brief-direction", BRIEF_FILE, line.line, "direction")
                yield Problem(*place, start=line.says[:60], given=group or "nothing", coded=told)
