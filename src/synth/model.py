"""The records of a review and the columns they are written in.

Everything here is plain data that never changes once made: a review team's tables, row by row.
What a column means is declared once, in :data:`TABLES`; readers, checks, ``synth fmt`` and the
generated ``data/README.md`` all follow that declaration.
"""

from __future__ import annotations

import copyreg
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from types import MappingProxyType

NOT_REPORTED = "not reported"
"""The source is silent."""
NOT_ESTABLISHED = "not established"
"""We looked and could not find out."""
NOT_APPLICABLE = "not applicable"
"""The question does not arise."""
UNKNOWN = (NOT_REPORTED, NOT_ESTABLISHED, NOT_APPLICABLE)
"""The three ways of saying that a value is not there; a blank is never one of them."""

EVIDENCE = "evidence"
BACKGROUND = "background"


# --- the declaration of the tables -----------------------------------------------------------

# Records hold read-only mappings, which Python does not pickle by itself.
copyreg.pickle(MappingProxyType, lambda held: (MappingProxyType, (dict(held),)))


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table, with everything a check or a reader needs to know of it.

    Parameters
    ----------
    name : header of the column.
    meaning : one sentence for authors.
    kind : ``"id"`` (slug), ``"text"``, ``"choice"``, ``"count"`` (whole number >= 0), ``"year"``,
        ``"ref"`` (id of another table) or ``"anchor"`` (words of the source).
    required : the column must stand in the header.
    empty : a cell may be empty.
    many : the cell is a list separated by ``;``.
    choices : the allowed values of a ``"choice"``; empty when they come from ``review.toml``.
    refers_to : ``"table.column"`` or ``"review.toml:key"`` the value must exist in.
    """

    name: str
    meaning: str
    kind: str = "text"
    required: bool = True
    empty: bool = False
    many: bool = False
    choices: tuple[str, ...] = ()
    refers_to: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the review: its file, what one row is, its columns and its canonical order.

    Parameters
    ----------
    file : path below the review's root.
    row : what one row is, in words.
    columns : the declared columns, in canonical order.
    sort : column the rows are sorted by; empty keeps the author's order.
    optional : the review may do without this table.
    extra : columns beyond the declared ones are allowed (they may become facets).
    """

    file: str
    row: str
    columns: tuple[Column, ...]
    sort: str = ""
    optional: bool = False
    extra: bool = False

    def column(self, name: str) -> Column | None:
        """The declaration of one column, or ``None`` for an extra one."""
        return next((column for column in self.columns if column.name == name), None)

    @property
    def key(self) -> str:
        """The column whose value names the row; each value stands once."""
        return self.columns[0].name


_CODED = Table(
    "data/coded_studies.csv",
    "a coded finding: one study says one thing",
    (
        Column("finding", "Name of the finding: the study and a number.", "id"),
        Column("study", "The study that reports it.", "ref", refers_to="studies.study"),
        Column(
            "theme",
            "The deepest node of the codebook that fits.",
            "ref",
            refers_to="codebook.id",
        ),
        Column(
            "also",
            "Further nodes the finding speaks to, separated by ';'. It counts in each of "
            "them, and once in every total.",
            "ref",
            required=False,
            empty=True,
            many=True,
            refers_to="codebook.id",
        ),
        Column(
            "direction",
            "What the finding does to the outcome; the words stand in review.toml.",
            "choice",
            refers_to="review.toml:directions",
        ),
        Column("summary", "The finding in one sentence of our own."),
        Column(
            "country",
            "Only where the source names a country for this finding; else the study's.",
            required=False,
            empty=True,
            many=True,
        ),
        Column(
            "section",
            "Section of the source; the names stand in review.toml.",
            "choice",
            empty=True,
            refers_to="review.toml:sections",
        ),
        Column(
            "anchor",
            "Six to ten words of the source that locate the claim.",
            "anchor",
            empty=True,
        ),
        Column(
            "basis",
            "cited = the source cites the study for it; implied = by context only.",
            "choice",
            choices=("cited", "implied"),
        ),
    ),
    sort="finding",
    extra=True,
)

TABLES: Mapping[str, Table] = MappingProxyType(
    {
        "codebook": Table(
            "data/codebook.csv",
            "a node of the codebook tree",
            (
                Column("id", "Name of the node; never changes its meaning.", "id"),
                Column(
                    "parent",
                    "The node above; empty for a node of the first rank.",
                    "ref",
                    empty=True,
                    refers_to="codebook.id",
                ),
                Column("label", "What readers see."),
                Column("definition", "What belongs here, in the review team's own words."),
                Column(
                    "origin",
                    "Whether the review names it (source) or the coders needed it (inferred).",
                    "choice",
                    choices=("source", "inferred"),
                ),
                Column(
                    "synonyms",
                    "Other words readers may search for, separated by ';'.",
                    required=False,
                    empty=True,
                    many=True,
                ),
                Column(
                    "former",
                    "Ids this node had in earlier versions; they are not used again.",
                    required=False,
                    empty=True,
                    many=True,
                ),
            ),
        ),
        "studies": Table(
            "data/studies.csv",
            "a work the review cites",
            (
                Column("study", "Key of the work in references.bib.", "id"),
                Column(
                    "role",
                    "evidence = findings were coded from it; background = cited for context.",
                    "choice",
                    choices=(EVIDENCE, BACKGROUND),
                ),
                Column(
                    "country",
                    "Where the study was done; several are separated by ';'.",
                    required=False,
                    empty=True,
                    many=True,
                ),
                Column(
                    "design", "Design of the study, one of few words.", required=False, empty=True
                ),
                Column("design_detail", "The design in more words.", required=False, empty=True),
                Column("setting", "Where the work took place.", required=False, empty=True),
                Column("sample", "Who or what was studied.", required=False, empty=True),
                Column(
                    "cohort",
                    "Same value = same participants; empty when no overlap is known.",
                    required=False,
                    empty=True,
                ),
                Column(
                    "country_source", "Where the country was found.", required=False, empty=True
                ),
                Column("design_source", "Where the design was found.", required=False, empty=True),
                Column(
                    "coded",
                    "nothing = the study was read and no code of the codebook applies; else empty.",
                    "choice",
                    required=False,
                    empty=True,
                    choices=("nothing",),
                ),
            ),
            sort="study",
            extra=True,
        ),
        "coded_studies": _CODED,
        "first_coding": replace(
            _CODED,
            file="data/first_coding.csv",
            row="a finding of the first coding, as it was before the two were settled",
            optional=True,
        ),
        "second_coding": replace(
            _CODED,
            file="data/second_coding.csv",
            row="a finding of a second, independent coding of the same text",
            optional=True,
        ),
        "influences": Table(
            "data/influences.csv",
            "one stated influence of a theme on a theme",
            (
                Column("influence", "Name of the influence.", "id"),
                Column("source", "The theme that acts.", "ref", refers_to="codebook.id"),
                Column("target", "The theme acted on.", "ref", refers_to="codebook.id"),
                Column(
                    "direction",
                    "What the influence does; the words stand in review.toml.",
                    "choice",
                    refers_to="review.toml:directions.influence",
                ),
                Column("mechanism", "How it works, in one sentence of our own."),
                Column(
                    "studies",
                    "Studies the source names for it; empty = the review's own argument.",
                    "ref",
                    empty=True,
                    many=True,
                    refers_to="studies.study",
                ),
                Column(
                    "section",
                    "Section of the source; the names stand in review.toml.",
                    "choice",
                    empty=True,
                    refers_to="review.toml:sections",
                ),
                Column(
                    "anchor",
                    "Six to ten words of the source that locate the claim.",
                    "anchor",
                    empty=True,
                ),
                Column(
                    "basis",
                    "stated = the source says so; inferred = we read it so.",
                    "choice",
                    choices=("stated", "inferred"),
                ),
            ),
            sort="influence",
            optional=True,
        ),
        "flow": Table(
            "data/flow.csv",
            "a box of the search and screening flow",
            (
                Column("box", "Name of the box.", "id"),
                Column("stage", "Stage of the flow the box stands in."),
                Column(
                    "kind",
                    "source, remaining, removed or reason (a part of a removed box).",
                    "choice",
                    choices=("source", "remaining", "removed", "reason"),
                ),
                Column(
                    "of",
                    "The box it belongs to; empty for the first box.",
                    "ref",
                    empty=True,
                    refers_to="flow.box",
                ),
                Column("label", "What readers see."),
                Column("count", "How many; empty when not known.", "count", empty=True),
                Column(
                    "state",
                    "reported by the source; derived by arithmetic; not reported = the source is "
                    "silent; not established = it may say so where we could not look.",
                    "choice",
                    choices=("reported", "derived", NOT_REPORTED, NOT_ESTABLISHED),
                ),
                Column(
                    "note",
                    "What a reader should know about the number; {box} is the count of a box.",
                    empty=True,
                ),
            ),
            optional=True,
        ),
        "folds": Table(
            "data/folds.csv",
            "a node of the codebook that one of two codings does not tell apart from others",
            (
                Column("node", "The node.", "ref", refers_to="codebook.id"),
                Column(
                    "counts_as",
                    "The node it counts as when the two codings are compared at the lowest rank.",
                    "ref",
                    refers_to="codebook.id",
                ),
            ),
            optional=True,
        ),
        "consensus": Table(
            "data/consensus.csv",
            "one thing two codings of the same text disagreed about, and what was settled",
            (
                Column(
                    "unit",
                    "What was coded differently: the study, the node of the codebook and, where "
                    "it matters, what about it, divided by ' / '.",
                ),
                Column("first", "What the first coding says; '-' if it says nothing."),
                Column("second", "What the second coding says; '-' if it says nothing."),
                Column("settled", "What the coded findings say now."),
                Column("reason", "Why, in one sentence."),
            ),
            optional=True,
        ),
        "places": Table(
            "data/places.csv",
            "a country",
            (
                Column("country", "English common name, as in studies.csv."),
                Column("region", "Region of the classification.", empty=True),
                Column("income_group", "Income group of the classification.", empty=True),
                Column("classification", "Name of the classification."),
                Column("year", "Year of the classification.", "year"),
            ),
            sort="country",
            optional=True,
        ),
    }
)
"""Every table of a review, by its short name."""


# --- the declaration of review.toml -----------------------------------------------------------

MARKS = ("triangle-up", "triangle-down", "diamond", "ring", "square", "circle", "cross")
"""Shapes a direction can be drawn with: told apart without colour, and drawn by hand in print."""
PATTERNS = ("solid", "hatched", "dotted", "outline")
"""Fillings of a direction's bars."""
LEVEL_MARKS = ("ring-outer", "ring-middle", "ring-centre", "circle", "square", "diamond")
"""Marks of the nodes of the first rank: three rings from the widest to the closest, and others."""
RESERVED_FACETS = (
    *("q", "since", "until", "without", "pane", "rows", "cols", "unit", "group", "sort", "v"),
    *("direction", "study"),
)
"""Words that already mean something in an explorer's address and in ``Evidence.where``."""
LIGHT_PAPER = "#fcfbf8"
DARK_PAPER = "#14171d"
"""What text stands on in the light and in the dark form of a page."""
LEAST_CONTRAST = 4.5
"""Contrast that text needs (WCAG 2.2, success criterion 1.4.3)."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A key of ``data/review.toml``.

    Parameters
    ----------
    section : where the key stands: ``""`` for the top, ``"source"``, ``"search"``, ``"words"``, or
        a section that is repeated: ``"ranks"``, ``"directions"``, ``"facets"``, ``"levels"``.
    key : its name; ``"*"`` for any name.
    meaning : one sentence for authors.
    kind : ``"text"``, ``"texts"`` (a list), ``"slug"``, ``"name"`` (of a column), ``"choice"``,
        ``"colour"``, ``"date"``, ``"year"``, ``"number"`` (whole, from 1), ``"flag"`` or
        ``"address"``, ``"contact"`` (a mail or web address).
    required : the key must be there.
    choices : the allowed values of a ``"choice"``.
    """

    section: str
    key: str
    meaning: str
    kind: str = "text"
    required: bool = False
    choices: tuple[str, ...] = ()


LIVING = ("not living", "active", "overdue", "suspended", "retired", "transferred")
"""How a review can stand that is searched again and again, and ``not living`` for any other."""

LICENCE_OPEN = "not chosen yet"
"""What stands for the licence in a new review, until the team chooses one."""

SETTINGS: tuple[Setting, ...] = (
    Setting("", "title", "Title of the book.", required=True),
    Setting("", "short_title", "The title where there is little room."),
    Setting("", "question", "The question the review answers.", required=True),
    Setting("", "language", "Language of the book, as in 'en'.", required=True),
    Setting("", "licence", "Licence of the data and text, as in 'CC-BY-4.0'.", required=True),
    Setting("", "version", "Version of the data, raised with every release.", required=True),
    Setting("", "date", "Date of that version, as in 2026-11-23.", "date", required=True),
    Setting("", "authors", "Who made the book.", "texts"),
    Setting(
        "",
        "base_url",
        "Address the book is published at; may be empty, and then a link to the book shows no "
        "picture where it is shared.",
        "address",
    ),
    Setting("", "repository", "Address of the book's sources; may be empty.", "address"),
    Setting(
        "",
        "reports_to",
        "Where readers report a mistake, if not at the repository: a mail address or a form, whose "
        "address may hold {title} and {text}.",
        "contact",
    ),
    Setting("", "not_countries", "Values of the column country that are no country.", "texts"),
    Setting(
        "",
        "design_shapes",
        "Designs in the order of their shapes: disc, half disc, square, bars, lines, plus, cross.",
        "texts",
    ),
    Setting(
        "",
        "plural_labels",
        "Ids of nodes whose label is a plural, so that policies 'enable' and no policy 'enables'.",
        "texts",
    ),
    Setting("", "sections", "Names of the source's sections, in its order.", "texts"),
    Setting("source", "citation", "The review the book is based on.", required=True),
    Setting("source", "key", "Its key in references.bib, if it stands there."),
    Setting("source", "doi", "Its DOI."),
    Setting("source", "url", "Its address.", "address"),
    Setting("search", "since", "First year the review's search covered.", "year"),
    Setting("search", "until", "Last year the review's search covered.", "year"),
    Setting("ranks", "id", "Name of a rank of the codebook, the highest first.", "slug", True),
    Setting("ranks", "label", "What readers see for one node of it.", required=True),
    Setting("ranks", "plural", "What readers see for several.", required=True),
    Setting("directions", "id", "Word of the column direction in coded_studies.csv.", "slug", True),
    Setting("directions", "label", "What readers see for one finding of it.", required=True),
    Setting("directions", "plural", "What readers see for several.", required=True),
    Setting("directions", "verb", "What such a finding does, as in 'hinders'.", required=True),
    Setting("directions", "plural_verb", "What several do, as in 'hinder'; else the verb."),
    Setting("directions", "influence", "Word of the column direction in influences.csv.", "slug"),
    Setting("directions", "mark", "Its shape.", "choice", True, MARKS),
    Setting("directions", "pattern", "Filling of its bars.", "choice", True, PATTERNS),
    Setting("directions", "light", "Its colour on white.", "colour", True),
    Setting("directions", "dark", "Its colour on a dark page.", "colour", True),
    Setting("directions", "words", "Beginnings of words that speak of it in the prose.", "texts"),
    Setting("facets", "id", "A column that readers can filter by.", "name", True),
    Setting("facets", "label", "What readers see for it.", required=True),
    Setting("facets", "plural", "What readers see for several of its values.", required=True),
    Setting(
        "facets",
        "of",
        "Whose column it is; either = the finding's value, else its study's; country = a column of "
        "places.csv, for each country of the finding; statement = no column: whether one study "
        "reports what the finding says, several of one group of participants, or several groups.",
        "choice",
        True,
        ("study", "finding", "either", "country", "statement"),
    ),
    Setting("facets", "many", "Whether a cell can hold several values, separated by ';'.", "flag"),
    Setting(
        "facets",
        "more",
        "Whether it only filters: it is folded among further filters and left out of tables.",
        "flag",
    ),
    Setting("levels", "mark", "Mark of a node of the first rank.", "choice", True, LEVEL_MARKS),
    Setting("levels", "light", "Its colour on white.", "colour", True),
    Setting("levels", "dark", "Its colour on a dark page.", "colour", True),
    Setting("levels", "wash_light", "The tint behind it on white.", "colour", True),
    Setting("levels", "wash_dark", "The tint behind it on a dark page.", "colour", True),
    Setting("coding", "codings", "How many times the text was coded.", "number"),
    Setting("coding", "independent", "Whether the codings were made apart.", "flag"),
    Setting("coding", "by", "Who coded, in kind: people of the team, machine reading, ..."),
    Setting("coding", "source", "What was coded: the studies, or a review's account of them."),
    Setting("coding", "not_seen", "Parts of the source that were not at hand.", "texts"),
    Setting("coding", "checked", "What was checked, how, and by whom in kind."),
    Setting("coding", "not_checked", "What nobody has checked yet."),
    Setting("coding", "appraisal", "Whether the studies' quality was appraised, and by whom."),
    Setting("coding", "certainty", "Whether certainty of the findings was assessed, and how."),
    Setting("coding", "overlap", "Authors of the review who also wrote works it cites."),
    Setting("coding", "funding", "Who paid for the review, as far as its text tells."),
    Setting("coding", "interests", "Competing interests the review declares."),
    Setting(
        "living",
        "status",
        "Whether the review is a living one, and if it is, how it stands.",
        "choice",
        False,
        LIVING,
    ),
    Setting("living", "searched_through", "Up to when the literature was searched."),
    Setting("living", "next_search_due", "When it will be searched again."),
    Setting("living", "trigger", "What makes the team update the review."),
    Setting("living", "retirement", "When it stops being updated, or that nothing is planned."),
    Setting("checks", "ignore", "Problems that are not to be reported, and why.", "ignored"),
    Setting("words", "*", "A word readers see, replaced by another."),
)
"""Every key of ``data/review.toml``; any other is refused, so that no slip goes unseen."""


# --- records ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Theme:
    """A node of the codebook: a level, a theme or a factor, whatever the review calls its ranks.

    ``depth`` counts from 0 (a level); ``rank`` is the id of the rank at that depth.
    """

    id: str
    parent: str
    label: str
    definition: str
    origin: str
    depth: int
    rank: str
    synonyms: tuple[str, ...] = ()
    former: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Its label and its synonyms: a search finds by any of them what speaks to the node."""
        return (self.label, *self.synonyms)


@dataclass(frozen=True, slots=True)
class Study:
    """A work with a role in the review; ``year`` comes from its entry in the bibliography."""

    id: str
    role: str
    countries: tuple[str, ...] = ()
    design: str = ""
    design_detail: str = ""
    setting: str = ""
    sample: str = ""
    cohort: str = ""
    country_source: str = ""
    design_source: str = ""
    year: int | None = None
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_evidence(self) -> bool:
        """Whether findings of this study were coded."""
        return self.role == EVIDENCE

    @property
    def group(self) -> str:
        """Its participants: one name for all studies of a known cohort, else a name of its own."""
        return self.cohort if self.cohort and self.cohort not in UNKNOWN else self.id

    @property
    def country_is_inferred(self) -> bool:
        """Whether the coders concluded where it was done; its source does not say so."""
        return self.country_source.startswith("inferred")


@dataclass(frozen=True, slots=True)
class Finding:
    """One study says one thing: a coded row with the words of the source that locate it.

    ``countries`` holds only what the source names for this finding; ``Evidence.countries_of``
    falls back to the study's.
    """

    id: str
    study: str
    theme: str
    direction: str
    summary: str
    countries: tuple[str, ...] = ()
    section: str = ""
    anchor: str = ""
    basis: str = "cited"
    extra: Mapping[str, str] = field(default_factory=dict)
    also: tuple[str, ...] = ()

    @property
    def themes(self) -> tuple[str, ...]:
        """Every node of the codebook it speaks to, the one it was coded to first."""
        if not self.also:  # most findings: every figure asks each of them
            return (self.theme,)
        return (self.theme, *(name for name in self.also if name != self.theme))

    def speaks_to(self, nodes: frozenset[str]) -> bool:
        """Whether one of its nodes, the first or a further one, is among some."""
        return self.theme in nodes or not nodes.isdisjoint(self.also)


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of the source that several studies may be cited for: findings that say the same.

    It is derived, not written: findings with the same ``anchor`` and ``summary`` are one statement.

    Parameters
    ----------
    id : id of its first finding.
    findings : ids of its findings, in the order of the table.
    """

    id: str
    findings: tuple[str, ...]


def statements_of(findings: Iterable[Finding]) -> tuple[Statement, ...]:
    """Gather findings into statements: the same place of the source, in the same words.

    Parameters
    ----------
    findings : findings of one review, in the order of the table.

    Returns
    -------
    The statements in the order of their first findings. A finding without an ``anchor`` is a
    statement of its own: nothing says that two of them go back to one sentence.

    >>> said = {
    ...     "theme": "pay",
    ...     "direction": "barrier",
    ...     "summary": "Pay is low.",
    ...     "anchor": "low pay",
    ... }
    >>> [
    ...     s.findings
    ...     for s in statements_of(
    ...         Finding(id=f"{name}-01", study=name, **said) for name in ("lee2020", "roy2019")
    ...     )
    ... ]
    [('lee2020-01', 'roy2019-01')]
    """
    found: dict[tuple[str, str], list[str]] = {}
    for finding in findings:
        place = (finding.anchor, finding.summary) if finding.anchor else ("", finding.id)
        found.setdefault(place, []).append(finding.id)
    return tuple(Statement(names[0], tuple(names)) for names in found.values())


def count_statements(findings: Iterable[Finding]) -> int:
    """How many statements some findings are; see :func:`statements_of`.

    Parameters
    ----------
    findings : findings of one review.
    """
    # Most of what is drawn of a large review wants the number alone.
    return len({(f.anchor, f.summary) if f.anchor else f.id for f in findings})


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Something two codings of the same text disagreed about, and what was settled."""

    unit: str
    first: str
    second: str
    settled: str
    reason: str


@dataclass(frozen=True, slots=True)
class Influence:
    """One theme acts on another, as the review states or argues."""

    id: str
    source: str
    target: str
    direction: str
    mechanism: str
    studies: tuple[str, ...] = ()
    section: str = ""
    anchor: str = ""
    basis: str = "stated"


@dataclass(frozen=True, slots=True)
class FlowBox:
    """A box of the search and screening flow; ``count`` is ``None`` when it is not known."""

    id: str
    stage: str
    kind: str
    of: str
    label: str
    count: int | None
    state: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A country with its region and income group in a named classification."""

    country: str
    region: str
    income_group: str
    classification: str
    year: int


class Codebook:
    """The tree of levels, themes and factors, in the author's order.

    Parameters
    ----------
    nodes : the nodes; a parent may come after its child.
    """

    def __init__(self, nodes: tuple[Theme, ...]) -> None:
        self._nodes = {node.id: node for node in nodes}
        self._children: dict[str, list[str]] = {}
        for node in nodes:
            self._children.setdefault(node.parent, []).append(node.id)

    def __iter__(self) -> Iterator[Theme]:
        """All nodes, each before its children, in the author's order."""
        pending = [*reversed(self._children.get("", []))]
        while pending:
            name = pending.pop()
            yield self._nodes[name]
            pending.extend(reversed(self._children.get(name, [])))

    def __len__(self) -> int:
        return len(self._nodes)

    def __repr__(self) -> str:
        return f"<Codebook: {len(self)} nodes>"

    def __contains__(self, name: object) -> bool:
        return name in self._nodes

    def __getitem__(self, name: str) -> Theme:
        return self._nodes[name]

    @cached_property
    def order(self) -> Mapping[str, int]:
        """Position of each node in the order of reading."""
        return {node.id: index for index, node in enumerate(self)}

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of all nodes in the order of reading."""
        return tuple(self.order)

    @property
    def levels(self) -> tuple[Theme, ...]:
        """The nodes of the first rank."""
        return self.children("")

    def children(self, name: str) -> tuple[Theme, ...]:
        """The nodes right below one; those of the first rank for ``""``."""
        return tuple(self._nodes[child] for child in self._children.get(name, []))

    def of_rank(self, rank: str) -> tuple[Theme, ...]:
        """All nodes of a rank, in the order of reading."""
        return tuple(node for node in self if node.rank == rank)

    def path(self, name: str) -> tuple[Theme, ...]:
        """The nodes from the first rank down to this one, itself included."""
        steps: list[Theme] = []
        while name:
            node = self._nodes[name]
            steps.append(node)
            name = node.parent
        return tuple(reversed(steps))

    def at_rank(self, name: str, rank: str) -> Theme | None:
        """The node of a rank that holds this one, or ``None`` when it stands higher."""
        return next((node for node in self.path(name) if node.rank == rank), None)

    def branch(self, name: str) -> frozenset[str]:
        """Ids of a node and everything below it."""
        found: set[str] = set()
        pending = [name]
        while pending:
            here = pending.pop()
            found.add(here)
            pending.extend(self._children.get(here, []))
        return frozenset(found)


# --- settings of review.toml -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rank:
    """A rank of the codebook tree, from the top: its id and the words readers see."""

    id: str
    label: str
    plural: str


@dataclass(frozen=True, slots=True)
class Direction:
    """What a finding can do to the outcome, with its word, verb, shape, pattern and colours.

    ``influence`` is the word ``influences.csv`` uses for it, empty if no influence can have it.
    ``words`` are stems that, near a citation in the prose, speak of this direction.
    """

    id: str
    label: str
    plural: str
    verb: str
    mark: str
    pattern: str
    light: str
    dark: str
    influence: str = ""
    words: tuple[str, ...] = ()
    plural_verb: str = ""


@dataclass(frozen=True, slots=True)
class Facet:
    """What readers can filter by; ``of`` tells whose column it is.

    ``of`` is ``"study"``, ``"finding"``, ``"either"`` (the finding's value, else its study's),
    ``"country"`` (what ``places.csv`` says of the finding's countries) or ``"statement"`` (how
    many report what the finding says). ``more`` is set for one that only filters. ``known`` holds
    what the files say for the last two: a value for each country, or for each finding.
    """

    id: str
    label: str
    plural: str
    of: str
    many: bool = False
    more: bool = False
    known: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    @property
    def of_study(self) -> bool:
        """Whether a study has values of its own in it."""
        return self.of in ("study", "either", "country")


@dataclass(frozen=True, slots=True)
class LevelLook:
    """Mark and colours of a node of the first rank."""

    mark: str
    light: str
    dark: str
    wash_light: str
    wash_dark: str


@dataclass(frozen=True, slots=True)
class Coding:
    """How a review's findings were coded, in the team's own words; empty where it says nothing."""

    codings: int = 1
    independent: bool = False
    by: str = ""
    source: str = ""
    not_seen: tuple[str, ...] = ()
    checked: str = ""
    not_checked: str = ""
    appraisal: str = ""
    certainty: str = ""
    overlap: str = ""
    funding: str = ""
    interests: str = ""


@dataclass(frozen=True, slots=True)
class Living:
    """Whether a review is searched again and again, and what happens next."""

    status: str = "not living"
    searched_through: str = ""
    next_search_due: str = ""
    trigger: str = ""
    retirement: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """The review the book is based on."""

    citation: str
    key: str = ""
    doi: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """What ``data/review.toml`` says: title, versions, words and colours of a review."""

    title: str
    question: str
    source: Source
    licence: str
    version: str
    date: date
    language: str
    ranks: tuple[Rank, ...]
    directions: tuple[Direction, ...]
    facets: tuple[Facet, ...] = ()
    levels: Mapping[str, LevelLook] = field(default_factory=dict)
    sections: tuple[str, ...] = ()
    not_countries: tuple[str, ...] = ()
    design_shapes: tuple[str, ...] = ()
    plural_labels: tuple[str, ...] = ()
    short_title: str = ""
    authors: tuple[str, ...] = ()
    base_url: str = ""
    repository: str = ""
    reports_to: str = ""
    search_since: int | None = None
    search_until: int | None = None
    words: Mapping[str, str] = field(default_factory=dict)
    coding: Coding | None = None
    living: Living | None = None
    ignored: Mapping[str, str] = field(default_factory=dict)

    def direction(self, name: str) -> Direction:
        """The direction of a finding or of an influence, by its word in the tables."""
        for direction in self.directions:
            if name in (direction.id, direction.influence):
                return direction
        raise KeyError(name)

    def verb(self, node: str, direction: Direction) -> str:
        """What a node of the codebook does: "policies enable", "a policy enables"."""
        several = node in self.plural_labels and direction.plural_verb
        return direction.plural_verb if several else direction.verb

    def rank(self, depth: int) -> Rank:
        """The rank at a depth of the codebook, 0 for the first."""
        return self.ranks[depth]

    @property
    def shown_facets(self) -> tuple[Facet, ...]:
        """The facets that tables and lists show, and not only filter by."""
        return tuple(facet for facet in self.facets if not facet.more)

    def facet(self, name: str) -> Facet | None:
        """A declared facet, or ``None``."""
        return next((facet for facet in self.facets if facet.id == name), None)


def facet_values(facet: Facet, finding: Finding, study: Study) -> tuple[str, ...]:
    """The values a finding carries in a facet: its own, its study's, or its own before its study's.

    Parameters
    ----------
    facet : the facet asked for.
    finding, study : the finding and the study that reports it.

    Returns
    -------
    The values; ``("not established",)`` where the cell is empty: a gap stays visible, and that the
    source is silent (``"not reported"``) is said only where somebody wrote it.

    >>> country = Facet("country", "Country", "Countries", "either", many=True)
    >>> study = Study("lee2020", EVIDENCE, countries=("Kenya", "Norway"))
    >>> facet_values(country, Finding("lee2020-01", "lee2020", "t", "d", "s"), study)
    ('Kenya', 'Norway')
    >>> region = Facet("region", "Region", "Regions", "country", known={"Kenya": "Africa"})
    >>> facet_values(region, Finding("lee2020-01", "lee2020", "t", "d", "s"), study)
    ('Africa', 'not established')
    """
    if facet.of == "statement":
        return (facet.known.get(finding.id, NOT_ESTABLISHED),)
    if facet.of == "country":
        places = finding.countries or study.countries
        told = (facet.known.get(at, at if at in UNKNOWN else NOT_ESTABLISHED) for at in places)
        return tuple(dict.fromkeys(told)) or (NOT_ESTABLISHED,)
    own, shared = _cell(finding, facet), _cell(study, facet)
    values = {"finding": own, "study": shared}.get(facet.of, own or shared)
    return values or (NOT_ESTABLISHED,)


def _cell(record: Finding | Study, facet: Facet) -> tuple[str, ...]:
    if facet.id == "country":
        return record.countries
    value = str(getattr(record, facet.id, "") or record.extra.get(facet.id, ""))
    parts = value.split(";") if facet.many else [value]
    return tuple(part.strip() for part in parts if part.strip())
