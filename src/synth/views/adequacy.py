"""How much a theme or factor rests on, counted and said plainly; never a grade.

Statements, studies, groups of participants, countries and designs are counted. What they are worth
is for readers to judge: the review appraised neither its studies nor its findings here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from synth.model import UNKNOWN, Finding, count_statements
from synth.text import listed
from synth.views.figure import studies_behind, values_of_study

if TYPE_CHECKING:
    from synth.messages import Words
    from synth.reading.records import Records


@dataclass(frozen=True, slots=True)
class Adequacy:
    """What some findings rest on.

    Parameters
    ----------
    findings : how many they are.
    statements : how many different things they say.
    studies : ids of the studies that report them, oldest first.
    groups : how many groups of participants the studies had, as far as is known: studies of one
        cohort are one group.
    countries : where the studies were done; what is no country is left out.
    unplaced : how many of the studies have no known country.
    designs : the studies' designs, each with how many studies have it, the most frequent first.
    years : first and last year of the studies, if any year is known.
    """

    findings: int
    statements: int
    studies: tuple[str, ...]
    groups: int
    countries: tuple[str, ...]
    unplaced: int
    designs: tuple[tuple[str, int], ...]
    years: tuple[int, int] | None

    @property
    def alone(self) -> bool:
        """Whether everything rests on one study."""
        return len(self.studies) == 1


def adequacy(records: Records, findings: Iterable[Finding]) -> Adequacy:
    """Count what some findings rest on.

    Parameters
    ----------
    records : the review's records.
    findings : the findings, each once.
    """
    rows = tuple(findings)
    works = studies_behind(records, rows)
    elsewhere = {*records.settings.not_countries, *UNKNOWN}
    placed = [set(values_of_study(records, "country", work.id)) - elsewhere for work in works]
    known = [work.design for work in works if work.design and work.design not in UNKNOWN]
    years = [work.year for work in works if work.year is not None]
    return Adequacy(
        findings=len(rows),
        statements=count_statements(rows),
        studies=tuple(work.id for work in works),
        groups=len({work.group for work in works}),
        countries=tuple(sorted(set().union(*placed))),
        unplaced=sum(not of for of in placed),
        designs=tuple(sorted(Counter(known).items(), key=lambda pair: (-pair[1], pair[0]))),
        years=(min(years), max(years)) if years else None,
    )


def adequacy_line(records: Records, words: Words, found: Adequacy) -> str:
    """Say what some findings rest on, in one line.

    Parameters
    ----------
    records : the review's records.
    words : of the book.
    found : as :func:`adequacy` counts it.
    """
    if not found.findings:
        return words["adequacy_nothing"]
    said = words.count("statement", found.statements)
    if found.alone:
        (study,) = found.studies
        parts = [words.say("adequacy_alone", statements=said, study=records.label(study))]
    else:
        works = words.count("study", len(found.studies))
        parts = [
            words.say("adequacy_from", statements=said, studies=works),
            words.count("adequacy_groups", found.groups),
        ]
    places = words.count("country", len(found.countries))
    if found.unplaced and found.countries:
        places += words.count("adequacy_unplaced", found.unplaced)
    if found.countries:
        parts.append(places)
    if found.designs:
        parts.append(listed_designs(words, found.designs, len(found.studies)))
    return f"{words['adequacy_between'].join(parts)}."


def listed_designs(words: Words, designs: Sequence[tuple[str, int]], of: int) -> str:
    """Designs with their numbers of studies; of a single study, its design alone."""
    rest = of - sum(number for _, number in designs)
    told = [*designs, *([(words["adequacy_no_design"], rest)] if rest else [])]
    if of == 1:
        return told[0][0]
    return listed([f"{design} ({number})" for design, number in told], words["and"])
