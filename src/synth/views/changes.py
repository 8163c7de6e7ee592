"""What changed between two states of a review, told to a reader: as text, Markdown, on a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from synth.changes import NEW_EVIDENCE, Change, Changes
from synth.messages import Words
from synth.views.markup import render
from synth.views.view import Row, View

if TYPE_CHECKING:
    from synth.reading.records import Records

PARTS = ("changes", "consequences", "sentences")
"""What was changed, what follows from it, and the sentences it touches."""


class ChangeList(View):
    """Everything that changed, each with what stood there, what stands there now, and why.

    Parameters
    ----------
    changes : the two states compared.
    """

    def __init__(self, changes: Changes) -> None:
        self.compared = changes
        self.records: Records = changes.new.records
        self.words = Words.of(self.records.settings)
        self.title = self.words.say("changes_title", old=changes.old.name, new=changes.new.name)
        told = [each for part in PARTS for each in getattr(changes, part)]
        new = sum(each.cause == NEW_EVIDENCE for each in told)
        self.summary = self.words.say(
            "changes_summary",
            n=self.words.count("change", len(told)),
            new=new,
            corrections=len(told) - new,
        )

    @property
    def columns(self) -> Mapping[str, str]:
        """Labels of the columns."""
        return {
            name: self.words[f"changes_{name}"]
            for name in ("what", "kind", "before", "after", "cause")
        }

    @cached_property
    def rows(self) -> Sequence[Row]:
        """One row a change, in the order of the tables."""
        return [row for _, rows in self.groups for row in rows]

    @cached_property
    def groups(self) -> Sequence[tuple[str, Sequence[Row]]]:
        """The changes by what kind of thing they happened to, with its heading."""
        found: dict[str, list[Row]] = {}
        for part in PARTS:
            for change in getattr(self.compared, part):
                heading = {"changes": change.target[0]}.get(part, part)
                found.setdefault(heading, []).append(self._row(change))
        return [(self.words[f"changes_of_{name}"], rows) for name, rows in found.items()]

    def _row(self, change: Change) -> Row:
        return {
            "what": self.label(*change.target),
            "kind": self.words[f"change_{change.kind.replace('-', '_')}"],
            "before": self._told(change, change.before),
            "after": self._told(change, change.after),
            "cause": self.words[f"changes_cause_{change.cause.replace(' ', '_')}"],
            "target": change.target,
            "gone": self._gone(*change.target),
            **self._place(change),
        }

    def _place(self, change: Change) -> dict[str, str]:
        """For a sentence its page, what that is called, and the words after it."""
        if change.target[0] != "sentence":
            return {"page": ""}
        page = change.target[1].partition(": ")[0]
        name, what = self._page(page), self.label(*change.target)
        return {"page": page, "page_name": name, "after_page": what.removeprefix(name)}

    def _page(self, name: str) -> str:
        """What a page is called: a theme's page by the theme, another by its name."""
        book = self.records.codebook
        return book[name].label if name in book else name.replace("-", " ").capitalize()

    def label(self, kind: str, name: str) -> str:
        """What readers see for what changed: its label where it has one."""
        for records in (self.records, self.compared.old.records):
            if kind == "theme" and name in records.codebook:
                return records.codebook[name].label
            if kind in ("study", "work") and name in records.bibliography:
                return f"{records.label(name)} ({name})"
            if kind == "finding" and name in records.findings:
                return f"{records.label(records.findings[name].study)} ({name})"
            if kind == "influence" and name in records.influences:
                ends = records.influences[name]
                nodes = [
                    records.codebook[end].label if end in records.codebook else end
                    for end in (ends.source, ends.target)
                ]
                return f"{nodes[0]} → {nodes[1]}"
            if kind == "flow":
                for box in records.flow:
                    if box.id == name:
                        return box.label
        if kind == "sentence":
            page, _, text = name.partition(": ")
            return self.words.say("changes_sentence", page=self._page(page), text=text)
        return self.words[f"changes_{name}"] if kind == "review" else name

    def _gone(self, kind: str, name: str) -> bool:
        held: dict[str, Any] = {
            "theme": self.records.codebook,
            "finding": self.records.findings,
            "influence": self.records.influences,
            "study": self.records.studies,
            "work": self.records.bibliography,
        }
        return kind in held and name not in held[kind]

    def _told(self, change: Change, value: str) -> str:
        """A value in the words readers know: labels for ids."""
        if change.kind in ("finding-redirected", "influence-redirected"):
            known = {each.id: each.label for each in self.records.settings.directions}
            known |= {
                each.influence: each.label
                for each in self.records.settings.directions
                if each.influence
            }
            return known.get(value, value)
        if change.kind in ("finding-moved", "finding-themes", "theme-moved"):
            return "; ".join(self.label("theme", part.strip()) for part in value.split(";"))
        if change.kind == "sentence-evidence":
            return "; ".join(self._rests(part) for part in value.split("; ") if part)
        if change.kind == "influence-moved":
            return " → ".join(self.label("theme", part.strip()) for part in value.split("→"))
        return value

    def _rests(self, told: str) -> str:
        """A finding that a sentence rests on: its study, direction and theme in readers' words."""
        name, _, how = told.partition(": ")
        if not how:
            return self.label("finding", name)
        direction, _, theme = how.partition(": ")
        ways = {each.id: each.label for each in self.records.settings.directions}
        return self.words.say(
            "changes_rests",
            finding=self.label("finding", name),
            direction=ways.get(direction, direction),
            theme=self.label("theme", theme),
        )

    @property
    def counts(self) -> Sequence[tuple[str, int, int]]:
        """What is counted, before and after."""
        return [
            (self.words[f"changes_count_{what}"], before, after)
            for what, (before, after) in self.compared.counts.items()
        ]

    @property
    def text(self) -> str:
        """The changes as plain text, as ``synth diff`` prints them."""
        return "\n".join(self._lines("", "  ", "    ")) + "\n"

    @property
    def markdown(self) -> str:
        """The changes as Markdown."""
        return "\n".join(self._lines("## ", "- ", "  ")) + "\n"

    def _lines(self, heading: str, item: str, below: str) -> Iterator[str]:
        yield f"{heading and '# '}{self.title}"
        yield ""
        yield self.summary
        for state in (self.compared.old, self.compared.new):
            if state.unread:
                yield self.words.say("changes_unread", name=state.name)
                for line in state.unread:
                    yield f"{item}{line.splitlines()[0]}"
        for label, before, after in self.counts:
            if before != after:
                yield f"{item}{label}: {before} → {after}"
        for name, rows in self.groups:
            yield ""
            yield f"{heading}{name} ({len(rows)})"
            for row in rows:
                yield f"{item}{row['what']}: {row['kind']} ({row['cause']})"
                if row["before"]:
                    yield f"{below}− {row['before']}"
                if row["after"]:
                    yield f"{below}+ {row['after']}"

    @property
    def html(self) -> str:
        """The changes as a page shows them, each linked to where it stands now."""
        return str(render("changes.html", view=self, words=self.words))

    def __repr__(self) -> str:
        return f"<ChangeList: {self.summary}>"
