"""What authors write between backticks: which findings, which number, which place in the review.

``{count}`` says what to count in the same words as :meth:`synth.evidence.Evidence.where`, so a
number in a sentence and the list beside it agree. Nothing here knows Sphinx: the build and the
checks of the prose read the same words the same way.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from synth.errors import UnknownName
from synth.evidence import Evidence
from synth.facets import Facets
from synth.model import TABLES, Finding, facet_values

if TYPE_CHECKING:
    from synth.model import Facet, Study
    from synth.reading.records import Records
    from synth.review import Review

Filters = dict[str, tuple[str, ...]]

MOST_WORDS_QUOTED = 10
"""Longest run of the source's words a page may show, and then only as a marked quotation."""

_INFLUENCE_WORDS = ("of", "source", "target", "direction", "basis")
_OF_EVIDENCE = ("findings", "statements", "studies", "countries")
_NOT_FINDINGS = ("works", "influences", "flow")


@dataclass(frozen=True, slots=True)
class Count:
    """What a ``{count}`` asks for.

    Parameters
    ----------
    what : ``findings``, ``statements``, ``studies``, ``countries``, ``works``, ``influences``, the
        plural of a rank of the codebook (``themes``) or of a facet (``designs``), or ``flow``, the
        number of a box of the search and screening flow (``flow box=screened``).
    filters : the words of :meth:`synth.evidence.Evidence.where`.
    noun : singular and plural after the number; empty for the bare number.
    total : ``"all"`` says "n of N", ``"alone"`` only n; ``"of"`` takes N from ``of``.
    of : the filters of the whole, when the whole is not the review.
    """

    what: str
    filters: Filters
    noun: tuple[str, str] | None = None
    total: str = "all"
    of: Filters | None = None


def parse_count(text: str) -> Count:
    """Read what stands in a ``{count}``.

    Raises
    ------
    ValueError : the words cannot be read; the message says how they should look.

    >>> parse_count("studies theme=wellbeing country='United States' | study/studies").noun
    ('study', 'studies')
    >>> parse_count("findings theme=a | finding/findings | of level=b").of
    {'level': ('b',)}
    """
    asked, *rest = (part.strip() for part in text.split("|"))
    words = _words(asked)
    if not words or "=" in words[0]:
        raise ValueError("A count starts with what is counted: studies theme=some-theme.")
    if len(rest) > 2:
        raise ValueError("A count has at most three parts: what filters | noun | alone.")
    noun = _noun(rest[0]) if rest and rest[0] else None
    total, of = "all", None
    if len(rest) == 2:
        form = _words(rest[1])
        if form == ["alone"]:
            total = "alone"
        elif form[:1] == ["of"] and len(form) > 1:
            total, of = "of", _filters(form[1:])
        else:
            raise ValueError("After the noun stands 'alone' or 'of' with filters, or nothing.")
    elif not rest:
        total = "alone"
    return Count(words[0], _filters(words[1:]), noun, total, of)


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:
        raise ValueError("A quotation mark is not closed.") from None


def _filters(words: list[str]) -> Filters:
    filters: Filters = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name or not value:
            raise ValueError(
                f"{word!r} is no filter; a filter looks like theme=some-theme, and a value with "
                'blanks stands in quotation marks: country="United States".'
            )
        filters[name] = (*filters.get(name, ()), *value.split(";"))
    return filters


def _noun(text: str) -> tuple[str, str]:
    singular, slash, plural = (part.strip() for part in text.partition("/"))
    if not slash or not singular or not plural:
        raise ValueError("The noun is given as singular/plural: study/studies.")
    return singular, plural


def count(review: Review, what: str, filters: Filters) -> int:
    """Count what the review holds under some filters.

    Raises
    ------
    UnknownName : there is no such thing to count, filter or value; the nearest is named.
    ValueError : the number of a box of the flow is asked for, and none is known.
    """
    records = review.records
    if what == "flow":
        return _of_the_flow(review, filters)
    if what == "works":
        if filters:
            raise UnknownName("filter", next(iter(filters)), (), "'works' takes no filter.")
        return len(records.studies)
    if what == "influences":
        return _influences(review, filters)
    evidence = review.evidence()
    if what in ("studies", "study") and not filters:
        return sum(study.is_evidence for study in records.studies.values())
    counted = _counted(review, what)
    asked = dict(filters)
    of_studies = {
        facet: frozenset(asked.pop(facet.id))
        for facet in review.settings.facets
        if counted in ("studies", "countries")
        and facet.of in ("either", "country")
        and facet.id in asked
    }
    if asked:
        evidence = evidence.where(**asked)
    within = Facets.of(records).branches(asked)
    if within is not None and counted in {rank.id for rank in review.settings.ranks}:
        return _nodes_within(evidence, counted, within)
    if not of_studies:
        return evidence.count(counted)
    return _by_own_values(evidence, counted, of_studies)


def _of_the_flow(review: Review, filters: Filters) -> int:
    """The number in a box of the flow, which the review reports or which follows from others."""
    for name in filters:
        if name != "box":
            raise UnknownName("filter", name, ("box",), "A number of the flow is that of a box.")
    asked = filters.get("box", ())
    if len(asked) != 1:
        raise ValueError("Say which box of the flow: flow box=screened.")
    known = {box.id: box for box in review.records.flow}
    if asked[0] not in known:
        raise UnknownName("box", asked[0], known, f"Boxes are listed in {TABLES['flow'].file}.")
    box = known[asked[0]]
    if box.count is None and _is_written(review.records, box.id):
        # It is no number, which is told in its table.
        raise UnknownName("box", box.id, ())
    if box.count is None:
        raise ValueError(
            f"{TABLES['flow'].file} has no number for the box {box.id!r} ({box.state}): write what "
            "is known of it in words."
        )
    return box.count


def _is_written(records: Records, box: str) -> bool:
    """Whether something stands in the column of counts for a box."""
    table = records.tables["flow"]
    return bool(dict(zip(table.column("box"), table.column("count"), strict=True)).get(box))


def _nodes_within(evidence: Evidence, rank: str, within: frozenset[str]) -> int:
    """Nodes of a rank that findings speak to, in the part of the codebook that was asked for.

    A finding of one theme may speak to another one elsewhere, which is no theme of this part.
    """
    book = evidence.records.codebook
    known = {node.id for name in within for node in book.path(name) if node.rank == rank}
    spoken = {name for finding in evidence for name in finding.themes}
    return len(known & {node.id for name in spoken for node in book.path(name)})


def _by_own_values(evidence: Evidence, counted: str, wanted: Mapping[Facet, frozenset[str]]) -> int:
    """Studies, or their countries, by what the studies carry and not by what a finding is about."""
    studies = evidence.records.studies
    for facet, values in wanted.items():
        known = {value for study in studies.values() for value in _of_study(facet, study)}
        for value in values - known:
            raise UnknownName(facet.id, value, sorted(known))
    kept = {
        name
        for name in evidence.study_ids
        if all(values & _of_study(facet, studies[name]) for facet, values in wanted.items())
    }
    return Evidence(evidence.records, [f.id for f in evidence if f.study in kept]).count(counted)


def _of_study(facet: Facet, study: Study) -> frozenset[str]:
    return frozenset(facet_values(facet, Finding("", study.id, "", "", ""), study))


def total(review: Review, what: str) -> int:
    """How many there are in the whole review, whether or not a finding names them."""
    for rank in review.settings.ranks:
        if what in (rank.id, rank.plural.lower()):
            return len(review.records.codebook.of_rank(rank.id))
    return count(review, what, {})


def _counted(review: Review, what: str) -> str:
    """The word :meth:`Evidence.count` knows for the plural an author wrote."""
    if what in _OF_EVIDENCE:
        return what
    for rank in review.settings.ranks:
        if what in (rank.id, rank.plural.lower()):
            return rank.id
    for facet in review.settings.facets:
        if what in (facet.id, facet.plural.lower()):
            return facet.id
    known = (
        *(*_OF_EVIDENCE, *_NOT_FINDINGS),
        *(rank.plural.lower() for rank in review.settings.ranks),
        *(facet.plural.lower() for facet in review.settings.facets),
    )
    raise UnknownName("count", what, known, f"Counted are: {', '.join(dict.fromkeys(known))}.")


def _influences(review: Review, filters: Filters) -> int:
    records = review.records
    directions = {d.id: d.influence for d in review.settings.directions}
    chosen = list(records.influences.values())
    for name, values in filters.items():
        if name not in _INFLUENCE_WORDS:
            known = f"Influences are filtered by {', '.join(_INFLUENCE_WORDS)}."
            raise UnknownName("filter", name, _INFLUENCE_WORDS, known)
        if name in ("of", "source", "target"):
            for value in values:
                if value not in records.codebook:
                    raise UnknownName("theme", value, records.codebook.ids)
            nodes = frozenset().union(*(records.codebook.branch(value) for value in values))
            ends = ("source", "target") if name == "of" else (name,)
            chosen = [i for i in chosen if any(getattr(i, end) in nodes for end in ends)]
        elif name == "direction":
            wanted = {directions.get(value, value) for value in values}
            known_directions = {word for word in directions.values() if word}
            for value in sorted(wanted - known_directions):
                raise UnknownName("direction", value, known_directions)
            chosen = [i for i in chosen if i.direction in wanted]
        else:
            known_basis = TABLES["influences"].column("basis")
            for value in values:
                if known_basis and value not in known_basis.choices:
                    raise UnknownName("basis", value, known_basis.choices)
            chosen = [i for i in chosen if i.basis in values]
    return len(chosen)


def worded(review: Review, asked: Count) -> str:
    """The number an author asked for, with its noun and its whole.

    Raises
    ------
    UnknownName : there is no such thing to count, filter or value.
    """
    number = count(review, asked.what, asked.filters)
    if asked.total == "alone" or (asked.total == "all" and not asked.filters):
        if asked.noun is None:
            return f"{number:,}"
        return _with_noun(number, asked.noun)
    if asked.of is not None:
        whole = count(review, asked.what, asked.of)
    else:
        whole = total(review, asked.what)
    noun = "" if asked.noun is None else f" {asked.noun[whole != 1]}"
    return f"{number:,} of {whole:,}{noun}"


def _with_noun(number: int, noun: tuple[str, str]) -> str:
    return f"{number or 'no'} {noun[number != 1]}" if number < 1000 else f"{number:,} {noun[1]}"


# --- the other roles ---------------------------------------------------------------------------


def cited_findings(text: str, known: Iterable[str]) -> tuple[list[str], bool]:
    """The ids in a ``{finding}``, and whether the authors stand in the sentence itself.

    Raises
    ------
    UnknownName : one of them is not coded.
    ValueError : there is no id, or one stands twice.

    >>> cited_findings("a2010-01; b2011-02", ["a2010-01", "b2011-02"])
    (['a2010-01', 'b2011-02'], False)
    >>> cited_findings("a2010-01 | narrative", ["a2010-01"])
    (['a2010-01'], True)
    """
    listed, bar, form = text.partition("|")
    if bar and form.strip() != "narrative":
        raise ValueError("After '|' stands 'narrative', or nothing.")
    names = [name.strip() for name in listed.split(";") if name.strip()]
    if not names:
        raise ValueError("Say which finding: its id in data/coded_studies.csv.")
    coded = frozenset(known)
    for name in names:
        if name not in coded:
            where = f"Findings are listed in {TABLES['coded_studies'].file}."
            raise UnknownName("finding", name, coded, where)
        if names.count(name) > 1:
            raise ValueError(f"{name!r} is cited twice here.")
    return names, bool(bar)


def review_place(text: str, sections: tuple[str, ...]) -> tuple[str, str]:
    """The section and the locating words in a ``{review}``.

    Raises
    ------
    UnknownName : ``review.toml`` lists no such section.
    ValueError : the locating words are missing or too many to be quoted.

    >>> review_place("Methods | searched in five databases", ("Methods",))
    ('Methods', 'searched in five databases')
    """
    section, _, anchor = (part.strip() for part in text.partition("|"))
    if section not in sections:
        raise UnknownName("section", section, sections, "Sections are listed in data/review.toml.")
    if not anchor:
        raise ValueError("After the section and '|' stand the words that locate the argument.")
    if len(anchor.split()) > MOST_WORDS_QUOTED:
        raise ValueError(
            f"{len(anchor.split())} words of the source are too many to quote; "
            f"{MOST_WORDS_QUOTED} at most locate the argument."
        )
    return section, anchor


_OF_PLACES = ("income_group", "region", "classification")


def of_place(text: str, records: Records) -> str:
    """What ``data/places.csv`` says of a country in a ``{place}``: ``Kenya | income_group``.

    Raises
    ------
    UnknownName : the table has no such country or no such column.
    """
    country, _, column = (part.strip() for part in text.partition("|"))
    if country not in records.places:
        where = f"It should stand in {TABLES['places'].file}."
        raise UnknownName("country", country, tuple(records.places), where)
    if column not in _OF_PLACES:
        raise UnknownName(
            "column", column, _OF_PLACES, "After the country and '|' stands a column."
        )
    said: str = getattr(records.places[country], column)
    # The group of a country is a common noun, in the middle of a sentence.
    return said[:1].lower() + said[1:] if column == "income_group" else said


def named(kind: str, text: str, records: Records) -> tuple[str, str]:
    """The id and the author's own text in ``{theme}``, ``{study}`` and ``{influence}``.

    ``{theme}`wellbeing` `` has no text of its own, ``{theme}`how they feel <wellbeing>` `` has.

    Raises
    ------
    UnknownName : the review has no such object.
    """
    written = re.fullmatch(r"(.+?)\s*<([^<>]+)>", text, re.DOTALL)
    label, name = (written[1], written[2].strip()) if written else ("", text.strip())
    known, table = {
        "theme": (tuple(records.codebook.ids), "codebook"),
        "study": (tuple(records.studies), "studies"),
        "influence": (tuple(records.influences), "influences"),
    }[kind]
    if name not in known:
        raise UnknownName(kind, name, known, f"It should stand in {TABLES[table].file}.")
    return name, label


_STUDY_ROLES = ("evidence", "background")
_ROWS = {
    "finding": "coded_studies",
    "influence": "influences",
    "theme": "codebook",
    "study": "studies",
    "box": "flow",
}
"""The table of what is named by its id."""


def told_in_its_table(error: Exception, records: Records) -> bool:
    """Whether a name is unknown only because its row has a slip, which is told in the table.

    Parameters
    ----------
    error : why a role or a view could not be read.
    records : the records of the review, as far as they could be read.
    """
    if not isinstance(error, UnknownName):
        return False
    ranks = {rank.id for rank in records.settings.ranks}
    name = "codebook" if error.what in ranks else _ROWS.get(error.what, "")
    table = records.tables.get(name)
    sound = {
        "codebook": records.codebook.ids,
        "studies": [name for name, study in records.studies.items() if study.role in _STUDY_ROLES],
        "coded_studies": records.findings,
        "influences": records.influences,
    }
    if error.name in sound.get(name, ()):
        return False
    return table is not None and str(error.name) in {
        *table.column(TABLES[name].key),
        *table.loose,
    }


def mistake(role: str, text: str, review: Review) -> tuple[str, str] | None:
    """The code of what is wrong with a role as it is written, and the reason; or ``None``.

    Parameters
    ----------
    role : its name; one that is none of ours is never wrong.
    text : what stands between its backticks.
    review : the review it speaks of.
    """
    records = review.records
    try:
        if role in ("finding", "elsewhere"):
            cited_findings(text, records.findings)
        elif role == "review":
            review_place(text, records.settings.sections)
        elif role == "count":
            worded(review, parse_count(text))
        elif role == "place":
            of_place(text, records)
        elif role in ("theme", "study", "influence"):
            named(role, text, records)
    except (UnknownName, ValueError) as error:
        # A row with an unknown theme or study is told in its table, not wherever it is cited.
        if told_in_its_table(error, records):
            return None
        return code_of(error), str(error)
    return None


def code_of(error: UnknownName | ValueError) -> str:
    """The code of a mistake in a role."""
    return "role-name-unknown" if isinstance(error, UnknownName) else "role-malformed"
