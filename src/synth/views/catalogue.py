"""The catalogue of studies: for each its reference, what is known of it, and what it contributes.

A study and its findings have their one home here; everything else in a book links to it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import Any
from urllib.parse import quote, urlencode

from markupsafe import Markup, escape

from synth.facets import Facets
from synth.messages import Words
from synth.model import (
    NOT_ESTABLISHED,
    UNKNOWN,
    Finding,
    Settings,
    Study,
    Theme,
    count_statements,
    statements_of,
)
from synth.reading.records import Records
from synth.text import counted, fold, listed
from synth.views.charts.when import design_mark
from synth.views.figure import Field, level_colour, table_html
from synth.views.markup import link, placeholder, render
from synth.views.robustness import carried_alone
from synth.views.shapes import direction_mark, mark
from synth.views.view import View

STYLED = 'data-synth-module="catalogue"'
"""Says that an element needs the styles of the catalogue."""


def catalogue(
    records: Records, studies: Iterable[str] | None = None, *, since: str = "", before: str = ""
) -> Catalogue:
    """The studies of a review, one entry each, with everything coded from them.

    Parameters
    ----------
    records : the review's records.
    studies : ids of the studies to show; all with evidence if not given.
    since, before : only the studies whose name (author and year) comes in the alphabet at or after
        the one and before the other, so that a long catalogue can stand on several pages.
    """
    if studies is None:
        # Each page of a long catalogue asks for its part of the same order.
        evidence = (study.id for study in records.studies.values() if study.is_evidence)
        named = records.once("in order", lambda: _in_order(records, evidence))
    else:
        wanted = set(studies)
        named = _in_order(records, (name for name in records.studies if name in wanted))
    first, end = since.casefold(), before.casefold()
    start = bisect_left(named, first, key=itemgetter(0))
    stop = bisect_left(named, end, key=itemgetter(0)) if end else len(named)
    return Catalogue(records, tuple(name for _, name in named[start:stop]))


def _in_order(records: Records, studies: Iterable[str]) -> list[tuple[str, str]]:
    """Studies in the order of the alphabet, each with what it is filed under."""
    named = sorted((_sorted_by(records, name), name) for name in studies)
    return [(label, name) for (label, _), name in named]


def divided(records: Records, most: int) -> list[tuple[str, str]]:
    """Where to divide a catalogue, so that no part has many more studies than it should.

    Parameters
    ----------
    records : the review's records.
    most : how many studies a part should have at the most.

    Returns
    -------
    ``since`` and ``before`` of each part, for :func:`catalogue`; together they cover the whole
    alphabet, so that a study that is added later has its place.
    """
    whole = catalogue(records)
    return in_parts([records.label(name).casefold() for name in whole.ids], most)


def in_parts(labels: Sequence[str], most: int) -> list[tuple[str, str]]:
    """Where to divide names that stand in the order of the alphabet; as :func:`divided` does."""
    parts = -(-len(labels) // most) or 1
    marks = [""]
    for number in range(1, parts):
        here = number * len(labels) // parts
        mark = _mark(labels[here - 1], labels[here])
        if mark > marks[-1]:
            marks.append(mark)
    return list(zip(marks, [*marks[1:], ""], strict=True))


def _mark(last: str, first: str) -> str:
    """The shortest beginning of a name that comes after the name before it; else all of it.

    A year is never cut.

    >>> _mark("berg, 2001", "brandt, 2011")
    'br'
    >>> _mark("berg, 2001", "berg, 2011")
    'berg, 2011'
    """
    for length in range(1, len(first) + 1):
        start = first[:length]
        if start > last and start == start.strip() and not start[-1].isdigit():
            return start
    return first


def _sorted_by(records: Records, study: str) -> tuple[str, str]:
    return (records.label(study).casefold(), study)


class Catalogue(View):
    """Entries of studies, ordered by author and year.

    Parameters
    ----------
    records : the review's records.
    ids : ids of the studies, in the order to show them.
    """

    title: str

    anchors = ("study", "finding")

    def __init__(self, records: Records, ids: tuple[str, ...]) -> None:
        self._records = records
        self.ids = ids
        self.title = ""
        self._words = Words.of(records.settings)

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """One entry a study."""
        return tuple(Entry(self._records, name) for name in self.ids)

    @property
    def shows(self) -> dict[str, tuple[str, ...]]:
        """The studies and their findings."""
        return {
            "study": self.ids,
            "finding": tuple(finding.id for entry in self.entries for finding in entry.findings),
        }

    @cached_property
    def characteristics(self) -> Characteristics:
        """The studies as a table, one row each."""
        return Characteristics(self._records, self.ids)

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """One row a study: its reference, and its findings."""
        return [
            {
                "study": entry.label,
                "reference": entry.reference_text,
                "findings": [finding.summary for finding in entry.findings],
            }
            for entry in self.entries
        ]

    @property
    def columns(self) -> dict[str, str]:
        """Labels of the table's columns by their name."""
        words = Words.of(self._records.settings)
        return {
            "study": words["evidence_study"],
            "reference": words["evidence_reference"],
            "findings": words["findings"],
        }

    @cached_property
    def summary(self) -> str:  # type: ignore[override]
        """How many studies with how many findings."""
        words = Words.of(self._records.settings)
        findings = sum(len(entry.findings) for entry in self.entries)
        return f"{words.count('study', len(self.ids))}, {words.count('finding', findings)}"

    @property
    def html(self) -> Markup:
        """All entries, each with the anchor that other pages link to."""
        return render("catalogue.html", entries=self.entries)


@dataclass(frozen=True, eq=False)
class Entry:
    """What the book knows of one study.

    Parameters
    ----------
    records : the review's records.
    id : the study.
    """

    records: Records
    id: str

    @property
    def study(self) -> Study:
        """Its row of the studies table."""
        return self.records.studies[self.id]

    @property
    def label(self) -> str:
        """Author and year."""
        return self.records.label(self.id)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """Everything coded from it, in the order of the codebook."""
        order = self.records.codebook.order
        own = Facets.of(self.records).by_study.get(self.id, ())
        return tuple(sorted(own, key=lambda finding: (order[finding.theme], finding.id)))

    @cached_property
    def same_participants(self) -> tuple[str, ...]:
        """Ids of other studies that report on the same people."""
        together = Facets.of(self.records).cohorts.get(self.study.cohort, ())
        return tuple(name for name in together if name != self.id)

    # --- as html ---

    @property
    def _words(self) -> Words:
        return Words.of(self.records.settings)

    @property
    def html(self) -> Markup:
        """The entry without its heading."""
        words, settings, book = self._words, self.records.settings, self.records.codebook
        themes = {self._page_theme(name).id for f in self.findings for name in f.themes}
        rank = settings.rank(min(1, len(settings.ranks) - 1))
        noun = rank.label.lower() if len(themes) == 1 else rank.plural.lower()
        return render(
            "entry.html",
            entry=self,
            words=words,
            unknown=UNKNOWN,
            reference=self._reference(),
            facts=self._facts(),
            contributes=_said(
                words,
                "study_contributes",
                findings=words.count("finding", len(self.findings)),
                total=placeholder("findings", words["late_all"]),
                statements=words.count("statement", count_statements(self.findings)),
                all_statements=placeholder("statements", words["late_all"]),
                themes=f"{len(themes)} {noun}",
            ),
            levels=[self._level(level) for level in book.levels],
        )

    @cached_property
    def row(self) -> Row:
        """What a list of studies tells of it in one line."""
        settings, study, words = self.records.settings, self.study, self._words
        book, levels = self.records.codebook, []
        spoken = {name for finding in self.findings for name in finding.themes}
        for level in book.levels:
            look, speaks = settings.levels.get(level.id), bool(spoken & book.branch(level.id))
            sign = Markup(mark(look.mark)) if look and speaks else ""
            levels.append(InRow(level.label, speaks, sign, level_colour(settings, level.id)))
        ways = {finding.id: finding.direction for finding in self.findings}
        said = [{ways[name] for name in one.findings} for one in statements_of(self.findings)]
        counts = []
        for way in settings.directions:
            if number := sum(way.id in directions for directions in said):
                name = way.label if number == 1 else way.plural
                counts.append((Markup(direction_mark(way, str(number))), name))
        return Row(
            country=study.countries or (NOT_ESTABLISHED,),
            design=study.design or NOT_ESTABLISHED,
            shape=design_mark(self.records, study.design or NOT_ESTABLISHED),
            note=words["study_inferred"] if study.country_is_inferred else "",
            levels=tuple(levels),
            counts=tuple(counts),
        )

    def _reference(self) -> Markup | str:
        from synth.references.apa import reference_html

        work = self.records.bibliography.get(self.id)
        return Markup(reference_html(work)) if work else ""

    def _facts(self) -> list[Fact]:
        study, settings, words = self.study, self.records.settings, self._words
        design = ": ".join(part for part in (study.design, study.design_detail) if part)
        facts = [
            _fact(_facet_label(settings, "country"), study.countries, study.country_source),
            _fact(_facet_label(settings, "design"), [design], study.design_source),
            _fact(words["study_setting"], [study.setting]),
            _fact(words["study_sample"], [study.sample]),
        ]
        for facet in settings.facets:
            if facet.of_study and facet.id in study.extra:
                value = study.extra[facet.id]
                facts.append(_fact(facet.label, value.split(";") if facet.many else [value]))
        if self.same_participants:
            facts.append(Fact(words["study_shared"], (self._shared(),)))
        if self.findings:
            facts.append(Fact(words["study_left_out"], self._left_out()))
        return facts

    def _left_out(self) -> tuple[str, ...]:
        """What would go without the study; that nothing would is told too."""
        words, alone = self._words, carried_alone(self.records, self.id)
        if not alone.statements and not alone.lost:
            return (words["study_left_out_nothing"],)
        part = "all" if alone.statements == alone.said else "statements"
        gone = words.count(f"study_left_out_{part}", alone.statements, total=alone.said)
        if not alone.lost:
            return (gone,)
        lost = ", ".join(item.label for item in alone.lost)
        return (gone, words.say("study_left_out_lost", lost=lost))

    def _shared(self) -> Markup:
        links = [
            link("study", other, self.records.label(other)) for other in self.same_participants
        ]
        words, works = self._words, len(links) + 1
        number = words["study_numbers"].split()
        said = number[works - 2] if works - 2 < len(number) else str(works)
        # Sources seldom say that two reports share their people; often it only shows.
        return _said(words, "study_shares", studies=Markup(listed(links, words["and"])), n=said)

    def _page_theme(self, name: str) -> Theme:
        path = self.records.codebook.path(name)
        return path[min(1, len(path) - 1)]

    def _level(self, level: Theme) -> dict[str, Any]:
        branch = self.records.codebook.branch(level.id)
        own = [finding for finding in self.findings if finding.theme in branch]
        # A finding has one home; the other levels it speaks to lead there.
        beside = [f for f in self.findings if f not in own and f.speaks_to(branch)]
        look = self.records.settings.levels.get(level.id)
        return {
            "label": level.label,
            "colour": level_colour(self.records.settings, level.id),
            "sign": Markup(mark(look.mark)) if look else "",
            "findings": [self._finding(finding) for finding in own],
            "beside": [finding.id for finding in beside],
            "share": self._words.say(
                "n_of_all", n=len(own) + len(beside), total=len(self.findings)
            ),
        }

    def _finding(self, finding: Finding) -> dict[str, Any]:
        settings, words = self.records.settings, self._words
        path = self.records.codebook.path(finding.theme)
        told: list[str] = [words[f"basis_{finding.basis}"]]
        if further := finding.themes[1:]:
            labels = [link("theme", name, self.records.codebook[name].label) for name in further]
            told.insert(0, _said(words, "statements_also", themes=Markup(", ").join(labels)))
        if finding.countries:
            told.append(", ".join(finding.countries))
        if finding.section:
            where = render("locator.html", section=finding.section, anchor=finding.anchor)
            told.append(_said(words, "in_the_review", where=where))
        return {
            "id": finding.id,
            "mark": Markup(direction_mark(settings.direction(finding.direction))),
            "summary": finding.summary,
            "path": path[1:] or path,
            "linked": len(path) > 1,
            "told": told,
            "report": report_link(
                settings,
                f"{words['evidence_finding']} {finding.id}",
                f"{finding.id} ({self.label}): {finding.summary}",
            ),
        }

    # --- as text ---

    @property
    def reference_text(self) -> str:
        """The reference without markup; the study's id if it has none."""
        from synth.references.apa import reference_text

        work = self.records.bibliography.get(self.id)
        return reference_text(work) if work else self.id

    def __repr__(self) -> str:
        return f"<Entry {self.id}: {counted(len(self.findings), 'finding')}>"


class Characteristics(View):
    """The studies as a table: when, where, how, with whom, and how much is coded from each.

    Parameters
    ----------
    records : the review's records.
    ids : ids of the studies, in the order to show them.
    """

    title: str
    summary: str

    def __init__(self, records: Records, ids: tuple[str, ...]) -> None:
        self._records = records
        self.ids = ids
        self._words = words = Words.of(records.settings)
        self.summary = words.count("study", len(ids))
        self.title = words.say("characteristics", studies=self.summary)

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """One row a study; what is not known says so."""
        coded = Facets.of(self._records).by_study
        return [
            self._row(self._records.studies[name], len(coded.get(name, ()))) for name in self.ids
        ]

    def _row(self, study: Study, findings: int) -> dict[str, Any]:
        row: dict[str, Any] = {
            "study": study.id,
            "label": self._records.label(study.id),
            "year": study.year or NOT_ESTABLISHED,
            "country": list(study.countries) or [NOT_ESTABLISHED],
            "design": study.design or NOT_ESTABLISHED,
            "setting": study.setting or NOT_ESTABLISHED,
            "sample": study.sample or NOT_ESTABLISHED,
        }
        for facet in self._records.settings.shown_facets:
            if facet.of_study and facet.id in study.extra:
                row[facet.id] = study.extra[facet.id] or NOT_ESTABLISHED
        row["findings"] = findings
        return row

    @property
    def fields(self) -> tuple[Field, ...]:
        """The columns of the table."""
        settings = self._records.settings
        words = Words.of(settings)
        extra = [
            Field(facet.id, facet.label, cell=_gap_cell(facet.id))
            for facet in settings.shown_facets
            if facet.of_study
            and any(facet.id in self._records.studies[name].extra for name in self.ids)
        ]
        return (
            Field("label", words["evidence_study"], cell=_study_cell),
            Field("year", words["study_year"], number=True, cell=_gap_cell("year")),
            Field("country", _facet_label(settings, "country"), cell=_gap_cell("country")),
            Field("design", _facet_label(settings, "design"), cell=_gap_cell("design")),
            Field("setting", words["study_setting"], cell=_gap_cell("setting")),
            Field("sample", words["study_sample"], cell=_gap_cell("sample")),
            *extra,
            Field("findings", words["findings"], number=True),
        )

    @property
    def columns(self) -> dict[str, str]:
        """Labels of the table's columns by their name."""
        return {field.name: field.label for field in self.fields}

    @property
    def html(self) -> Markup:
        """The table."""
        table = table_html(self.fields, self.rows, self.title)
        return render("characteristics.html", title=self.title, table=table)


def report_link(settings: Settings, title: str, body: str) -> Markup:
    """A link that opens a prefilled report where it is known whom to tell, else nothing.

    Parameters
    ----------
    settings : of the review; ``reports_to`` is a mail address or a form, else ``repository`` is
        the address of its home on GitHub or the like.
    title, body : what the report starts with; a question follows.
    """
    words = Words.of(settings)
    version = words.say("footer_data", version=settings.version, date=settings.date)
    text = f"{body}\n{version}\n\n{words['report_asks']}"
    to = settings.reports_to
    if to.startswith("http"):
        address = to.replace("{title}", quote(title, "")).replace("{text}", quote(text, ""))
    elif to:
        query = urlencode({"subject": title, "body": text}, quote_via=quote)
        address = f"mailto:{to}?{query}"
    elif settings.repository:
        query = urlencode({"title": title, "body": text})
        address = f"{settings.repository.rstrip('/')}/issues/new?{query}"
    else:
        return Markup()
    return render("report.html", address=address, text=words["report"])


@dataclass(frozen=True, slots=True)
class InRow:
    """A level in the line of a study: whether the study speaks to it, and with which sign."""

    label: str
    speaks: bool
    sign: Markup | str
    colour: str


@dataclass(frozen=True, slots=True)
class Row:
    """A study in one line of a list.

    Parameters
    ----------
    country, design : as the studies table has them; what is not known says so.
    shape : what the figures draw the design as.
    note : how sure the country is, where it was inferred.
    levels : the nodes of the codebook's first rank.
    counts : for each direction with a statement its mark with the number, and its name.
    """

    country: tuple[str, ...]
    design: str
    shape: Markup | str
    note: str
    levels: tuple[InRow, ...]
    counts: tuple[tuple[Markup, str], ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """Something known of a study, or not: its name, its values, and where they were found."""

    label: str
    texts: tuple[str, ...]
    source: str = ""


def _fact(label: str, values: Iterable[str], source: str = "") -> Fact:
    texts = tuple(value.strip() for value in values if value.strip())
    return Fact(label, texts or (NOT_ESTABLISHED,), source if texts else "")


def _said(words: Words, key: str, **values: object) -> Markup:
    """A word with its blanks filled in; what is no markup yet is escaped."""
    return Markup(words.html(key, **{name: escape(value) for name, value in values.items()}))


def _facet_label(settings: Settings, name: str) -> str:
    facet = settings.facet(name)
    return facet.label if facet else name.capitalize()


def _gap_cell(name: str) -> Any:
    def cell(row: Mapping[str, Any]) -> Markup:
        value = row[name]
        texts = [str(part) for part in (value if isinstance(value, list) else [value])]
        return render("values.html", texts=texts, unknown=UNKNOWN)

    return cell


def _study_cell(row: Mapping[str, Any]) -> Markup:
    return link("study", row["study"], row["label"])


def studies_by(records: Records, entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """What a list of studies is filtered by: country, design and level, where they differ.

    Parameters
    ----------
    records : the review's records.
    entries : the studies of the list.
    """
    settings = records.settings
    country, design = settings.facet("country"), settings.facet("design")
    countries = {name for entry in entries for name in entry.row.country}
    designs = {entry.row.design for entry in entries}
    levels = {level.label: None for entry in entries for level in entry.row.levels if level.speaks}
    order = [level.label for level in records.codebook.levels if level.label in levels]
    by: list[tuple[str, str, list[str]]] = [
        ("country", country.label if country else "", _known_first(countries)),
        ("design", design.label if design else "", _known_first(designs)),
        ("level", settings.rank(0).label, order),
    ]
    return [
        {"name": name, "label": label, "options": [(value, value) for value in values]}
        for name, label, values in by
        if label and len(values) > 1
    ]


def _known_first(values: Iterable[str]) -> list[str]:
    return sorted(values, key=lambda value: (value in UNKNOWN, fold(value)))
