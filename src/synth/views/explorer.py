"""The explorer: findings to filter, search and take along, live in a notebook and in the book.

One script (``static/explorer.js``, made of the modules in ``js/explorer``) draws it in both places.
What a notebook stores is a small block of settings and a real table, so that the page is complete
before any script runs.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, lru_cache
from hashlib import sha256
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from synth.errors import UnknownName
from synth.messages import ENGLISH, Words
from synth.model import (
    UNKNOWN,
    Direction,
    Facet,
    Finding,
    LevelLook,
    facet_values,
    statements_of,
)
from synth.references.csv_text import FORMULA
from synth.text import ALIKE, SPELLINGS, is_english
from synth.views.evidence_table import EvidenceTable, summary
from synth.views.markup import STATIC, placeholder, render, resource
from synth.views.shapes import outline
from synth.views.view import View, widget_style

if TYPE_CHECKING:
    from synth.reading.records import Records


ROWS_IN_PAGE = 500
"""Findings up to which the page's own table is complete."""

ROWS_OF_MORE = 200
"""Findings it begins with where there are more; it says what is missing and links them all."""

RESERVED = (
    *("q", "since", "until", "study", "without"),
    *("pane", "rows", "cols", "unit", "group", "sort", "v"),
)
"""Names in the page's address that are no facet's: a facet may not bear one of them."""

_OURS = "explorer_"
WORDS: Mapping[str, str] = MappingProxyType(
    {key.removeprefix(_OURS): text for key, text in ENGLISH.items() if key.startswith(_OURS)}
)
"""Words of the interface by key; ``a|b`` is singular and plural, or a label and its remark.

They stand in ``synth/messages/en.toml``, where ``explorer_`` begins their keys."""

GROUPS = ("theme", "study")
SORTS = ("newest", "oldest", "author")


# --- what the script is given -----------------------------------------------------------------


def payload(records: Records, ids: Iterable[str] | None = None) -> dict[str, Any]:
    """The review as the script reads it: columns of small numbers, each text once.

    Parameters
    ----------
    records : the review's records.
    ids : the findings to include; all of them if not given.

    Returns
    -------
    Plain data for JSON. Studies stand in the order of a reference list, and findings refer to them
    by position. The codebook, the directions, the declared facets and the years are facets alike:
    each lists its ``values``, the ``sets`` of values that occur together (the codebook: the
    ``nodes`` a finding speaks to, and the ``paths`` down to them), and which set a finding carries,
    either finding by finding (``all``) or study by study (``by``), with the findings that
    differ from their study's (``own``). What several findings say stands once in ``statements``.
    """
    settings = records.settings
    words = Words.of(settings)
    names = tuple(records.findings) if ids is None else tuple(ids)
    findings = [records.findings[name] for name in names]
    studies = records.studies_of(names)
    position = {name: index for index, name in enumerate(studies)}
    everything = {finding.study for finding in records.findings.values()}
    ranks = _codebook(records, findings)
    statements = statements_of(findings)
    said = {name: at for at, one in enumerate(statements) for name in one.findings}
    interface = {key: words[f"{_OURS}{key}"] for key in WORDS}
    if any(len(several) > 1 for several in ranks["nodes"]):
        # The number beside a theme is then larger than that in the list.
        interface["numbers"] += f" {words['evidence_several']}"
    return {
        "version": settings.version,
        "date": settings.date.isoformat(),
        "title": settings.title,
        "authors": list(settings.authors),
        "total": [len(records.findings), len(everything)],
        "words": interface,
        "alike": dict(ALIKE),
        "spellings": SPELLINGS if is_english(settings.language) else (),
        "formula": FORMULA,
        "ranks": [[rank.id, rank.label, rank.plural] for rank in settings.ranks],
        "facets": [
            ranks,
            _directions(records, findings),
            *(_facet(records, facet, findings, position) for facet in settings.facets),
            _years(records, studies),
        ],
        "studies": {
            "id": studies,
            "label": [records.label(name) for name in studies],
            "inferred": [
                at for at, name in enumerate(studies) if records.studies[name].country_is_inferred
            ],
        },
        "statements": [records.findings[one.id].summary for one in statements],
        "findings": {
            "id": [_short_id(finding) for finding in findings],
            "study": [position[finding.study] for finding in findings],
            "said": [said[name] for name in names],
        },
    }


def _codebook(records: Records, findings: Iterable[Finding]) -> dict[str, Any]:
    """The ranks of the codebook, which are one facet; its name is no text."""
    codebook = records.codebook
    nodes: dict[tuple[int, ...], int] = {}
    coded = [
        nodes.setdefault(tuple(codebook.order[name] for name in finding.themes), len(nodes))
        for finding in findings
    ]
    return {
        "id": "",
        "values": list(codebook.ids),
        "labels": [node.label for node in codebook],
        "paths": [
            [codebook.order[above.id] for above in codebook.path(name)] for name in codebook.ids
        ],
        "nodes": [list(several) for several in nodes],
        "synonyms": {
            codebook.order[node.id]: list(node.synonyms) for node in codebook if node.synonyms
        },
        "looks": {
            codebook.order[name]: _look(look) for name, look in records.settings.levels.items()
        },
        "all": coded,
    }


def _directions(records: Records, findings: Iterable[Finding]) -> dict[str, Any]:
    """The directions in the order of the settings, with how each is drawn."""
    settings = records.settings
    directions = settings.directions
    return {
        "id": "direction",
        "label": Words.of(settings)["explorer_direction"],
        "values": [item.id for item in directions],
        "labels": [item.label for item in directions],
        "sets": [[index] for index, _ in enumerate(directions)],
        "looks": {index: [*_look(item), item.pattern] for index, item in enumerate(directions)},
        "all": [directions.index(settings.direction(found.direction)) for found in findings],
    }


def _look(item: Direction | LevelLook) -> list[str]:
    return [outline(item.mark), item.light, item.dark]


def _short_id(finding: Finding) -> str | int:
    """The number at the end of ``byrne2016-03``; an id of another form as it stands."""
    number = finding.id.removeprefix(f"{finding.study}-")
    regular = re.fullmatch(r"\d\d", number) and number != finding.id
    return int(number) if regular else finding.id


def _facet(
    records: Records, facet: Facet, findings: Iterable[Finding], position: Mapping[str, int]
) -> dict[str, Any]:
    """A declared facet; its most frequent values stand first, what is unknown last."""
    held = [
        (index, finding.study, facet_values(facet, finding, records.studies[finding.study]))
        for index, finding in enumerate(findings)
    ]
    # What stands beside a study is its own, whatever one of its findings was coded with.
    shared = {
        name: facet_values(facet, Finding("", name, "", "", ""), records.studies[name])
        for name in (position if facet.of_study else ())
    }
    often = Counter(value for _, _, several in held for value in several)
    known = {*often, *(value for several in shared.values() for value in several)}
    values = sorted(known, key=lambda value: (value in UNKNOWN, -often[value], value))
    place = {value: index for index, value in enumerate(values)}
    sets: dict[tuple[int, ...], int] = {}

    def code(several: tuple[str, ...]) -> int:
        return sets.setdefault(tuple(dict.fromkeys(place[v] for v in several)), len(sets))

    by = {name: code(several) for name, several in shared.items()}
    told: dict[str, Any] = {"by": list(by.values()), "own": {}} if by else {"all": []}
    for index, name, several in held:
        if not by:
            told["all"].append(code(several))
        elif code(several) != by[name]:
            told["own"][index] = code(several)
    return {
        "id": facet.id,
        "label": facet.label,
        **({"more": 1} if facet.more else {}),
        "values": values,
        "sets": [list(chosen) for chosen in sets],
        **told,
    }


def _years(records: Records, studies: Iterable[str]) -> dict[str, Any]:
    """Years of publication, without a gap; the last set is that of undated studies."""
    written = [records.studies[name].year for name in studies]
    dated = [year for year in written if year is not None]
    calendar = list(range(min(dated), max(dated) + 1)) if dated else []
    return {
        "id": "year",
        "label": Words.of(records.settings)["explorer_year"],
        "values": [str(year) for year in calendar],
        "sets": [*([index] for index, _ in enumerate(calendar)), []],
        "by": [len(calendar) if year is None else year - calendar[0] for year in written],
        "own": {},
    }


def reference_payload(records: Records, ids: Iterable[str] | None = None) -> dict[str, Any]:
    """What only an export needs: the references behind some findings, and where each stands.

    Parameters
    ----------
    records : the review's records.
    ids : the findings; all of them if not given.

    Returns
    -------
    ``works``: each study's reference in every form the explorer exports. ``section``, ``anchor``
    and ``basis``: those of the findings, in the order of :func:`payload`.
    """
    from synth.references.apa import reference_text
    from synth.references.formats import csl_item, to_bibtex, to_ris

    names = tuple(records.findings if ids is None else ids)
    findings = [records.findings[name] for name in names]
    works = {}
    for name in records.studies_of(names):
        work = records.bibliography.get(name)
        if work is not None:
            item = csl_item(work)
            works[name] = [item, to_ris([item]), to_bibtex([item]), reference_text(work)]
    return {
        "works": works,
        "section": [finding.section for finding in findings],
        "anchor": [finding.anchor for finding in findings],
        "basis": [finding.basis for finding in findings],
    }


def evidence_scripts(
    records: Records,
    links: Mapping[str, str] | None = None,
    published: str = "",
    changes: str = "",
) -> dict[str, str]:
    """The scripts that bring the evidence to the explorers of a book, also from ``file://``.

    Parameters
    ----------
    records : the review's records.
    links : where studies and findings stand in the book, up to their id.
    published : address of the book, which what readers copy begins with; empty when it has none.
    changes : the script that tells what came and went since older versions; empty without one.

    Returns
    -------
    Two files by name: the evidence, and the references, which only an export needs. A name changes
    with its content, so that a browser never shows yesterday's file on today's page.
    """
    # A book asks with the addresses of its pages and, for the explorer as one file, without.
    references = records.once(
        "references of explorers", lambda: _named("references", reference_payload(records))
    )
    told = {
        **records.once("evidence of explorers", lambda: payload(records)),
        "links": dict(links or {}),
        "published": published,
        "changes": changes,
        "references": next(iter(references)),
    }
    return {**_named("evidence", told), **references}


def _named(name: str, data: Mapping[str, Any]) -> dict[str, str]:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    file = f"{name}-{sha256(text.encode()).hexdigest()[:10]}.js"
    # Parsed from a string: several times faster in the browser than the same as a literal.
    quoted = text.replace("\\", "\\\\").replace("'", "\\'").replace("<", "\\x3c")
    quoted = quoted.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return {file: f"(window.synthEvidence??={{}})['{file}']=JSON.parse('{quoted}');\n"}


# --- the view ---------------------------------------------------------------------------------


class Explorer(View):
    """Findings to filter by what was coded, to search, to count in a table and to take along.

    Parameters
    ----------
    records : the review's records.
    ids : ids of the findings, in the order of the table.
    key : name of the explorer in the page's address (``?key.level=macro``); each explorer of a page
        needs its own. Letters, digits, ``-`` and ``_``.
    filters : what is chosen from the start, as for ``Evidence.where``.
    rows, cols : the two facets of the matrix; the deepest rank that tells findings apart, and
        ``direction``, if not given.
    group : ``"theme"`` or ``"study"``.
    sort : ``"newest"``, ``"oldest"`` or ``"author"``.
    words : words of this explorer to use instead of those of the review, by the keys of
        :data:`WORDS`.
    to_selection : makes what ``selection`` returns from ids; it must understand ``where``.

    Raises
    ------
    UnknownName : the review has no such facet, group or order, the explorer no such word.
    ValueError : the key or the name of a facet cannot stand in an address.
    """

    title: str
    summary: str

    def __init__(
        self,
        records: Records,
        ids: Iterable[str],
        *,
        key: str = "x",
        filters: Mapping[str, Any] | None = None,
        rows: str = "",
        cols: str = "",
        group: str = "theme",
        sort: str = "newest",
        words: Mapping[str, str] | None = None,
        to_selection: Callable[[tuple[str, ...]], Any] | None = None,
    ) -> None:
        self._records = records
        self.ids = tuple(ids)
        self.title = ""
        self._words = Words.of(records.settings)
        self.summary = summary(records, self.ids)
        self.key = key
        self._to_selection = to_selection
        if not re.fullmatch(r"[A-Za-z][\w-]*", key, flags=re.ASCII):
            raise ValueError(
                f"key={key!r} cannot name an explorer; use letters, digits, '-' and '_'."
            )
        for facet in records.settings.facets:
            if facet.id in RESERVED:
                raise ValueError(
                    f"data/review.toml: a facet cannot be called {facet.id!r}: the explorer uses "
                    f"that name in addresses. Taken are {', '.join(RESERVED)}."
                )
        Words({f"explorer_{name}": text for name, text in (words or {}).items()})
        _one_of("group", group, GROUPS)
        _one_of("order", sort, SORTS)
        for axis in (rows, cols):
            if axis:
                _one_of("facet", axis, self._axes)
        self._shown_by = {
            name: value
            for name, value in (
                ("rows", rows),
                ("cols", cols),
                ("group", group if group != GROUPS[0] else ""),
                ("sort", sort if sort != SORTS[0] else ""),
                ("words", dict(words or {})),
            )
            if value
        }
        self._filters: dict[str, list[str]] = {}
        self._widgets: list[Any] = []
        self.filters = dict(filters or {})
        self._at_first = self.filters

    @property
    def _axes(self) -> tuple[str, ...]:
        settings = self._records.settings
        ranks = tuple(rank.id for rank in settings.ranks)
        return (*ranks, "direction", *(facet.id for facet in settings.facets))

    # --- what is chosen ---

    @property
    def filters(self) -> dict[str, list[str]]:
        """What is chosen now, in the words of ``Evidence.where``; assigning moves the widget."""
        return {name: list(values) for name, values in self._filters.items()}

    @filters.setter
    def filters(self, filters: Mapping[str, Any]) -> None:
        wanted: dict[str, list[str]] = {}
        for name, value in filters.items():
            _one_of("filter", name, (*self._axes, "study", "since", "until", "q", "without"))
            several = [value] if isinstance(value, str | int) else value
            wanted[name] = [str(part) for part in several]
        wanted = {name: values for name, values in wanted.items() if any(values)}
        if self._to_selection is not None and wanted:
            # Refuses a value the review does not have before the widget is asked to show it.
            self._to_selection(self.ids).where(**wanted)
        self._filters = wanted
        for widget in self._widgets:
            widget.filters = self.filters

    @property
    def selection(self) -> Any:
        """The findings that match now: an ``Evidence``, following the widget."""
        if self._to_selection is None:
            raise TypeError(
                "An explorer made without a review cannot select; use Evidence.explorer()."
            )
        everything = self._to_selection(self.ids)
        return everything.where(**self._filters) if self._filters else everything

    # --- how it shows ---

    @cached_property
    def _table(self) -> EvidenceTable:
        return EvidenceTable(self._records, self.ids)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """One row a finding, in words."""
        return self._table.rows

    @property
    def shows(self) -> dict[str, tuple[str, ...]]:
        """The findings it lists."""
        return {"finding": self.ids}

    @property
    def columns(self) -> dict[str, str]:
        """Labels of the table's columns by their name."""
        return self._table.columns

    @property
    def settings(self) -> dict[str, Any]:
        """What the script is told besides the evidence itself.

        ``gaps`` leads from each of its findings to the next in the table of all: names would be
        half a megabyte where a review is large. Without it the explorer holds every finding.
        """
        wanted = {*self.ids}
        held = [at for at, name in enumerate(self._records.findings) if name in wanted]
        every = len(held) == len(self._records.findings)
        gaps = [place - before for before, place in pairwise([0, *held])]
        return {
            "key": self.key,
            **({} if every else {"gaps": gaps}),
            **({"filters": self._at_first} if self._at_first else {}),
            **self._shown_by,
        }

    def to_csv(self) -> str:
        """The findings as CSV text, as readers of the book download them."""
        return self._table.to_csv()

    @property
    def html(self) -> Markup:
        """Settings and a table: complete in a page without any script."""
        kept = ROWS_OF_MORE if len(self.ids) > ROWS_IN_PAGE else ROWS_IN_PAGE
        shown = EvidenceTable(self._records, self.ids[:kept])
        missing = len(self.ids) - len(shown.ids)
        say = Words.of(self._records.settings)
        note: str = ""
        if missing:
            everything = resource("findings.csv")
            text = say["evidence_all_as_csv"]
            note = say.html(
                "evidence_first",
                n=f"{len(shown.ids):,}",
                total=f"{len(self.ids):,}",
                missing=f"{missing:,}",
                link=render("download.html", address=everything, text=text),
            )
        version = placeholder("version", say["evidence_in_force"])
        return render(
            "explorer.html",
            explorer=self,
            evidence=resource("evidence"),
            words=say,
            missing=Markup(note),
            table=shown.html,
            version=Markup(say.html("evidence_version", version=version)),
        )

    def __repr__(self) -> str:
        return f"<Explorer of {self.summary}>"

    def widget(self) -> Any:
        """The live half: an ipywidget whose filters are this explorer's."""
        widget = _widget_class()(
            evidence=payload(self._records, self.ids),
            references=reference_payload(self._records, self.ids),
            settings={**self.settings, "gaps": None},
            filters=self.filters,
        )
        self._widgets.append(widget)
        widget.observe(self._follow, names="filters")
        return widget

    def _follow(self, change: Any) -> None:
        if change["new"] != self._filters:
            self._filters = {name: list(values) for name, values in change["new"].items()}
            for widget in self._widgets:
                widget.filters = self.filters


@lru_cache(maxsize=1)
def _widget_class() -> Any:
    """The widget, made on first use: ipywidgets takes a third of a second to import."""
    import anywidget
    import traitlets

    class ExplorerWidget(anywidget.AnyWidget):
        """The explorer with a kernel behind it; only the filters travel."""

        # In a book what few readers ask for is a script of its own; a kernel sends one module.
        _more = (STATIC / "explorer-more.js").read_text("utf-8")
        _kept = '(globalThis.synthModules ??= {})["explorer-more"] ='
        _esm = (
            f"(() => {{\n{_more.replace('export default', _kept)}}})();\n"
            f"{(STATIC / 'explorer.js').read_text('utf-8')}"
        )
        _css = widget_style("synth.css", "explorer.css")
        evidence = traitlets.Dict().tag(sync=True)
        references = traitlets.Dict().tag(sync=True)
        settings = traitlets.Dict().tag(sync=True)
        filters = traitlets.Dict().tag(sync=True)

        def __repr__(self) -> str:
            return f"<Explorer widget {self.settings.get('key', '')}>"

    return ExplorerWidget


def _one_of(what: str, name: str, known: tuple[str, ...]) -> None:
    if name not in known:
        raise UnknownName(what, name, known, f"Known are {', '.join(known)}.")
