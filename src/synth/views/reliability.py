"""How reliably a review was coded: two codings compared, and what became of disagreements."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from synth.agreement import COEFFICIENTS, Agreement, Coefficient, Comparison
from synth.messages import Words
from synth.views.markup import render
from synth.views.view import Row, View

if TYPE_CHECKING:
    from synth.model import Coding, Disagreement
    from synth.reading.records import Records


class Reliability(View):
    """The agreement of two codings of a review, and what they disagreed about.

    Parameters
    ----------
    records : the review's tables, with a second coding.

    Raises
    ------
    ValueError : there is no second coding.
    """

    title: str
    summary: str

    def __init__(self, records: Records) -> None:
        self._records = records
        self._words = Words.of(records.settings)
        self.agreement = Agreement(records)
        main = self.main
        self.title = self._words.say(
            "reliability_title",
            n=main.both + main.neither,
            total=main.units,
            kappa=figure(main.values["kappa"].value),
        )
        self.summary = self._words.say(
            "reliability_summary",
            studies=self._words.count("study", len(self.agreement.studies)),
            nodes=len(self.agreement.nodes(main.what)),
            plural=self.plural(main.what).lower(),
            units=main.units,
        )
        self.asked("reliability", {})

    @cached_property
    def comparisons(self) -> tuple[Comparison, ...]:
        """Themes, factors and directions, overall and by node of the first rank."""
        ranks = [rank.id for rank in self._records.settings.ranks][1:] or [
            self._records.settings.ranks[0].id
        ]
        levels = [node.id for node in self._records.codebook.levels]
        scopes = (
            ["", *levels] if len(levels) > 1 and len(self._records.settings.ranks) > 1 else [""]
        )
        found = [
            self.agreement.compare(what, scope)
            for what in (*ranks, "direction")
            for scope in scopes
        ]
        return tuple(each for each in found if each.units)

    @property
    def main(self) -> Comparison:
        """The comparison a reader is told first: studies and nodes of the second rank."""
        return self.comparisons[0]

    def plural(self, what: str) -> str:
        """What readers see for what was compared."""
        if what == "direction":
            return self._words["directions"]
        return next(rank.plural for rank in self._records.settings.ranks if rank.id == what)

    def scope(self, name: str) -> str:
        """What readers see for where it was compared."""
        return self._records.codebook[name].label if name else self._words["reliability_all"]

    @property
    def columns(self) -> Mapping[str, str]:
        """Labels of the columns."""
        return {
            "what": self._words["reliability_what"],
            "scope": self._words["reliability_scope"],
            "units": self._words["reliability_units"],
            "both": self._words["reliability_both"],
            "first_only": self._words["reliability_first_only"],
            "second_only": self._words["reliability_second_only"],
            "neither": self._words["reliability_neither"],
            **{name: self._words[f"reliability_{name}"] for name in COEFFICIENTS},
        }

    @cached_property
    def rows(self) -> Sequence[Row]:
        """One row a comparison: the units, and each coefficient with its interval."""
        return [
            {
                "what": self.plural(each.what),
                "scope": self.scope(each.scope),
                "units": each.units,
                "both": each.both,
                "first_only": each.first_only,
                "second_only": "" if each.what == "direction" else each.second_only,
                "neither": "" if each.what == "direction" else each.neither,
                **{name: self.interval(each.values[name]) for name in COEFFICIENTS},
            }
            for each in self.comparisons
        ]

    def interval(self, value: Coefficient) -> str:
        """A coefficient with its interval, such as ``".942 [.883, .986]"``."""
        if value.value is None:
            return self._words["reliability_undefined"]
        if value.low is None or value.high is None:
            return figure(value.value)
        return f"{figure(value.value)} [{figure(value.low)}, {figure(value.high)}]"

    @property
    def coding(self) -> Coding | None:
        """What the review says of how it was coded."""
        return self._records.settings.coding

    @property
    def disagreements(self) -> Sequence[Disagreement]:
        """What the two codings disagreed about, with what was settled and why."""
        return self._records.consensus

    @property
    def html(self) -> str:
        """The table, what it means and does not mean, and every disagreement."""
        return str(
            render(
                "reliability.html",
                view=self,
                words=self._words,
                records=self._records,
                rows=self.rows,
                settled=list(self._settled()),
            )
        )

    def _settled(self) -> Iterator[dict[str, Any]]:
        """The disagreements with their studies and nodes by name."""
        book = self._records.codebook
        for each in self.disagreements:
            study, *about = (part.strip() for part in each.unit.split("/"))
            node = about[0] if about else ""
            yield {
                "study": study,
                "node": node,
                "about": " / ".join(book[part].label if part in book else part for part in about),
                "first": self._named(each.first),
                "second": self._named(each.second),
                "settled": self._named(each.settled),
                "reason": list(self._read(each.reason)),
            }

    def _read(self, reason: str) -> Iterator[tuple[str, str, str]]:
        """Pieces of a reason: what each names, by kind and id, and the words readers see."""
        studies, findings = self._records.studies, self._records.findings
        for word in re.split(r"([\w-]+)", reason):
            if word in findings:
                name = self._records.label(findings[word].study)
                number = word.removeprefix(findings[word].study).lstrip("-0")
                yield "finding", word, self._words.say("reliability_finding", name=name, n=number)
            elif word in studies:
                yield "study", word, self._records.label(word)
            else:
                yield "", "", word

    def _named(self, said: str) -> str:
        """What a coding says, ids replaced by the words readers see."""
        if said == "-":
            return self._words["reliability_nothing"]
        book = self._records.codebook
        directions = {each.id: each.label.lower() for each in self._records.settings.directions}
        parts = []
        for part in said.split(";"):
            node, divided, direction = (piece.strip() for piece in part.partition(":"))
            label = book[node].label if node in book else directions.get(node, node)
            parts.append(f"{label}: {directions.get(direction, direction)}" if divided else label)
        return "; ".join(parts)

    def __repr__(self) -> str:
        return f"<Reliability: {self.summary}>"


def figure(value: float | None) -> str:
    """A coefficient with three decimals, without the nought before the point.

    >>> figure(0.94219), figure(-0.0234), figure(1.0), figure(None)
    ('.942', '−.023', '1', '–')
    """
    if value is None:
        return "–"
    text = f"{abs(value):.3f}"
    text = "1" if text == "1.000" else text.removeprefix("0")
    return f"−{text}" if value < 0 and text != ".000" else text
