"""The catalogue of studies: for each its reference, what is known of it, and what it contributes.

A study and its findings have their one home here; everything else in a book links to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import Any
from urllib.parse import urlencode

from synth.messages import Words
from synth.model import NOT_ESTABLISHED, UNKNOWN, Finding, Settings, Study, Theme
from synth.reading.records import Records
from synth.views.figure import Field, counted, level_colour, listed, table_html
from synth.views.markup import placeholder, target
from synth.views.shapes import direction_mark, mark

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
        chosen = [study.id for study in records.studies.values() if study.is_evidence]
    else:
        wanted = set(studies)
        chosen = [name for name in records.studies if name in wanted]
    first, end = since.casefold(), before.casefold()
    named = sorted((_sorted_by(records, name), name) for name in chosen)
    kept = [name for (label, _), name in named if label >= first and (not end or label < end)]
    return Catalogue(records, tuple(kept))


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
    labels = [records.label(name).casefold() for name in whole.ids]
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


@dataclass(frozen=True, eq=False)
class Catalogue:
    """Entries of studies, ordered by author and year.

    Parameters
    ----------
    records : the review's records.
    ids : ids of the studies, in the order to show them.
    """

    records: Records
    ids: tuple[str, ...]

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """One entry a study."""
        coded: dict[str, list[Finding]] = {name: [] for name in self.ids}
        for finding in self.records.findings.values():
            if finding.study in coded:
                coded[finding.study].append(finding)
        return tuple(Entry(self.records, name, tuple(coded[name])) for name in self.ids)

    @cached_property
    def characteristics(self) -> Characteristics:
        """The studies as a table, one row each."""
        return Characteristics(self.records, self.ids)

    @property
    def data(self) -> list[dict[str, Any]]:
        """One row a study."""
        return self.characteristics.data

    @property
    def html(self) -> str:
        """All entries, each with the anchor that other pages link to."""
        parts = [
            f'<section class="synth-entry" id="study-{escape(entry.id)}">\n'
            f"<h3>{escape(entry.label)}</h3>\n{entry.html}</section>\n"
            for entry in self.entries
        ]
        return f'<div class="synth synth-catalogue" {STYLED}>\n{"".join(parts)}</div>'

    @property
    def text(self) -> str:
        """The references of the studies, with what they contribute."""
        return "\n\n".join(entry.text for entry in self.entries)

    def __repr__(self) -> str:
        findings = sum(len(entry.findings) for entry in self.entries)
        number = len(self.ids)
        return f"<Catalogue: {counted(number, 'study', 'studies')}, {counted(findings, 'finding')}>"

    def _repr_mimebundle_(self, **_options: Any) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": self.html}


@dataclass(frozen=True, eq=False)
class Entry:
    """What the book knows of one study.

    Parameters
    ----------
    records : the review's records.
    id : the study.
    coded : its findings, where they were looked up already: in a catalogue, all are at once.
    """

    records: Records
    id: str
    coded: tuple[Finding, ...] | None = None

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
        own = self.coded
        if own is None:
            own = tuple(f for f in self.records.findings.values() if f.study == self.id)
        return tuple(sorted(own, key=lambda finding: (order[finding.theme], finding.id)))

    @cached_property
    def same_participants(self) -> tuple[str, ...]:
        """Ids of other studies that report on the same people."""
        cohort = self.study.cohort
        if not cohort or cohort in UNKNOWN:
            return ()
        others = self.records.studies.values()
        return tuple(s.id for s in others if s.cohort == cohort and s.id != self.id)

    # --- as html ---

    @property
    def _words(self) -> Words:
        return Words.of(self.records.settings)

    @property
    def html(self) -> str:
        """The entry without its heading."""
        return f"{self.reference_html}\n{self._facts_html()}{self._contribution_html()}"

    @property
    def reference_html(self) -> str:
        """The reference, with what a reader should know about the record."""
        from synth.references.apa import reference_html

        work = self.records.bibliography.get(self.id)
        if work is None:
            missing = self._words.html("study_no_reference")
            return f'<p class="synth-ref synth-gap">{missing}</p>'
        return f'<p class="synth-ref">{reference_html(work)}</p>'

    def _facts_html(self) -> str:
        rows = "".join(
            f"<div><dt>{escape(label)}</dt> <dd>{value}</dd></div>\n"
            for label, value in self._facts()
        )
        return f'<dl class="synth-facts">\n{rows}</dl>\n'

    def _facts(self) -> list[tuple[str, str]]:
        study, settings, words = self.study, self.records.settings, self._words
        facts = [
            (_facet_label(settings, "country"), _known(study.countries, study.country_source)),
            (
                _facet_label(settings, "design"),
                _known(
                    [": ".join(part for part in (study.design, study.design_detail) if part)],
                    study.design_source,
                ),
            ),
            (words["study_setting"], _known([study.setting])),
            (words["study_sample"], _known([study.sample])),
        ]
        for facet in settings.facets:
            if facet.of != "finding" and facet.id in study.extra:
                value = study.extra[facet.id]
                facts.append((facet.label, _known(value.split(";") if facet.many else [value])))
        if self.same_participants:
            facts.append((words["study_shared"], self._shared_html()))
        return facts

    def _shared_html(self) -> str:
        links = [
            f'<a href="{target("study", other)}">{escape(self.records.label(other))}</a>'
            for other in self.same_participants
        ]
        words, works = self._words, len(links) + 1
        number = words["study_numbers"].split()
        said = number[works - 2] if works - 2 < len(number) else str(works)
        # Sources seldom say that two reports share their people; often it only shows.
        return words.html(
            "study_shares", studies=listed(links, words["and"]), n=escape(said, quote=False)
        )

    def _contribution_html(self) -> str:
        if not self.findings:
            return f'<p class="synth-gap">{self._words.html("study_no_finding")}</p>\n'
        themes = {self._page_theme(finding.theme).id for finding in self.findings}
        rank = self.records.settings.rank(min(1, len(self.records.settings.ranks) - 1))
        noun = rank.label.lower() if len(themes) == 1 else rank.plural.lower()
        words = self._words
        said = words.html(
            "study_contributes",
            findings=escape(words.count("finding", len(self.findings)), quote=False),
            total=placeholder("findings", words["late_all"]),
            themes=f"{len(themes)} {escape(noun)}",
        )
        parts = [f'<p class="synth-entry-sum">{said}</p>\n']
        for level in self.records.codebook.levels:
            parts.append(self._level_html(level))
        return "".join(parts)

    def _page_theme(self, name: str) -> Theme:
        path = self.records.codebook.path(name)
        return path[min(1, len(path) - 1)]

    def _level_html(self, level: Theme) -> str:
        branch = self.records.codebook.branch(level.id)
        own = [finding for finding in self.findings if finding.theme in branch]
        look = self.records.settings.levels.get(level.id)
        sign = mark(look.mark) if look else ""
        colour = escape(level_colour(self.records.settings, level.id))
        name = f'<span class="synth-lvl" style="--lvl:{colour}">{sign} {escape(level.label)}</span>'
        if not own:
            return (
                f'<p class="synth-entry-level">{name} '
                f'<span class="synth-gap">{self._words.html("none_coded")}</span></p>\n'
            )
        items = "\n".join(self._finding_html(finding) for finding in own)
        return (
            f'<p class="synth-entry-level">{name} <span class="synth-small">'
            f"{self._words.html('n_of_all', n=len(own), total=len(self.findings))}</span></p>\n"
            f'<ul class="synth-findings">\n{items}\n</ul>\n'
        )

    def _finding_html(self, finding: Finding) -> str:
        settings, words = self.records.settings, self._words
        path = " › ".join(
            f'<a href="{target("theme", node.id)}">{escape(node.label)}</a>'
            if index == 0
            else escape(node.label)
            for index, node in enumerate(self.records.codebook.path(finding.theme)[1:])
        ) or escape(self.records.codebook[finding.theme].label)
        told = [path, words.html(f"basis_{finding.basis}")]
        if finding.countries:
            told.append(escape(", ".join(finding.countries)))
        if finding.section:
            where = escape(finding.section)
            if finding.anchor:
                where += f" <q>{escape(finding.anchor)}</q>"
            told.append(words.html("in_the_review", where=where))
        told.append(
            f'<a class="synth-id" href="#finding-{escape(finding.id)}">{escape(finding.id)}</a>'
        )
        report = report_link(
            settings,
            f"{words['evidence_finding']} {finding.id}",
            f"{finding.id} ({self.label}): {finding.summary}",
        )
        if report:
            told.append(report)
        return (
            f'<li id="finding-{escape(finding.id)}">\n'
            f"{direction_mark(settings.direction(finding.direction))}\n"
            f"<div><p>{escape(finding.summary)}</p>\n"
            f'<p class="synth-small">{" · ".join(told)}</p></div></li>'
        )

    # --- as text ---

    @property
    def text(self) -> str:
        """The entry without markup."""
        from synth.references.apa import reference_text

        work = self.records.bibliography.get(self.id)
        lines = [reference_text(work) if work else self.id]
        for finding in self.findings:
            direction = self.records.settings.direction(finding.direction).label
            lines.append(f"- {finding.id} ({direction}): {finding.summary}")
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"<Entry {self.id}: {counted(len(self.findings), 'finding')}>"


@dataclass(frozen=True, eq=False)
class Characteristics:
    """The studies as a table: when, where, how, with whom, and how much is coded from each.

    Parameters
    ----------
    records : the review's records.
    ids : ids of the studies, in the order to show them.
    """

    records: Records
    ids: tuple[str, ...]

    @cached_property
    def data(self) -> list[dict[str, Any]]:
        """One row a study; what is not known says so."""
        numbers: dict[str, int] = {}
        for finding in self.records.findings.values():
            numbers[finding.study] = numbers.get(finding.study, 0) + 1
        return [self._row(self.records.studies[name], numbers.get(name, 0)) for name in self.ids]

    def _row(self, study: Study, findings: int) -> dict[str, Any]:
        row: dict[str, Any] = {
            "study": study.id,
            "label": self.records.label(study.id),
            "year": study.year or NOT_ESTABLISHED,
            "country": list(study.countries) or [NOT_ESTABLISHED],
            "design": study.design or NOT_ESTABLISHED,
            "setting": study.setting or NOT_ESTABLISHED,
            "sample": study.sample or NOT_ESTABLISHED,
        }
        for facet in self.records.settings.facets:
            if facet.of != "finding" and facet.id in study.extra:
                row[facet.id] = study.extra[facet.id] or NOT_ESTABLISHED
        row["findings"] = findings
        return row

    @property
    def fields(self) -> tuple[Field, ...]:
        """The columns of the table."""
        settings = self.records.settings
        words = Words.of(settings)
        extra = [
            Field(facet.id, facet.label, cell=_gap_cell(facet.id))
            for facet in settings.facets
            if facet.of != "finding"
            and any(facet.id in self.records.studies[name].extra for name in self.ids)
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
    def html(self) -> str:
        """The table."""
        words = Words.of(self.records.settings)
        caption = words.say("characteristics", studies=words.count("study", len(self.ids)))
        table = table_html(self.fields, self.data, caption)
        return f'<div class="synth synth-characteristics" {STYLED}>\n{table}</div>'

    @property
    def text(self) -> str:
        """The rows without markup."""
        return "\n".join(
            "; ".join(str(value) for name, value in row.items() if name != "study")
            for row in self.data
        )

    def __repr__(self) -> str:
        return f"<Characteristics: {counted(len(self.ids), 'study', 'studies')}>"

    def _repr_mimebundle_(self, **_options: Any) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": self.html}


def report_link(settings: Settings, title: str, body: str) -> str:
    """A link that opens a prefilled report where the book's repository is known, else nothing.

    Parameters
    ----------
    settings : of the review; ``repository`` is the address of its home on GitHub or the like.
    title, body : what the report starts with; a question follows.
    """
    if not settings.repository:
        return ""
    words = Words.of(settings)
    query = urlencode({"title": title, "body": f"{body}\n\n{words['report_asks']}"})
    address = f"{settings.repository.rstrip('/')}/issues/new?{query}"
    return f'<a class="synth-report noprint" href="{escape(address)}">{words.html("report")}</a>'


def _facet_label(settings: Settings, name: str) -> str:
    facet = settings.facet(name)
    return facet.label if facet else name.capitalize()


def _known(values: Iterable[str], source: str = "") -> str:
    """Values as html, the unknown ones set apart, with where they were found in small type."""
    parts = [_gap(value.strip()) for value in values if value.strip()]
    shown = "; ".join(parts) if parts else _gap(NOT_ESTABLISHED)
    if source and parts:
        shown += f' <span class="synth-src">{escape(source)}</span>'
    return shown


def _gap(value: str) -> str:
    if value in UNKNOWN:
        return f'<span class="synth-gap">{escape(value)}</span>'
    return escape(value)


def _gap_cell(name: str) -> Any:
    def cell(row: Mapping[str, Any]) -> str:
        value = row[name]
        values = value if isinstance(value, list) else [value]
        return "; ".join(_gap(str(part)) for part in values)

    return cell


def _study_cell(row: Mapping[str, Any]) -> str:
    return f'<a href="{target("study", row["study"])}">{escape(row["label"])}</a>'
