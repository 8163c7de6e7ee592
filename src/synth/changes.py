"""What changed between two states of a review, in a reader's words: ``synth diff`` and its page.

Records are compared, never lines: a row that moved or is quoted otherwise did not change. Identity
is by id; a node of the codebook that was renamed names its former id.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from difflib import SequenceMatcher
from functools import cached_property
from typing import TYPE_CHECKING, Any

from synth.agreement import Agreement
from synth.model import TABLES
from synth.reading.bibliography import BIB_FILE
from synth.reading.settings import SETTINGS_FILE

if TYPE_CHECKING:
    from synth.model import Finding, Place, Theme
    from synth.reading.records import Records

NEW_EVIDENCE, CORRECTION = "new evidence", "correction"
"""Why something changed: a study came in or went, or what stood there was put right."""
ALIKE = 0.6
"""How alike two sentences of one page must be to be one sentence that was reworded."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that changed.

    Parameters
    ----------
    kind : what happened, a key of the messages ``change_...``, such as ``"finding-moved"``.
    target : kind and id of what it happened to, such as ``("finding", "lee2020-01")``.
    before, after : what stood there and what stands there now; empty for what was not or is not.
    cause : :data:`NEW_EVIDENCE` or :data:`CORRECTION`.
    """

    kind: str
    target: tuple[str, str]
    before: str = ""
    after: str = ""
    cause: str = CORRECTION


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a page with the evidence it names.

    Parameters
    ----------
    page : the page's name.
    text : the sentence as it is read, without citations; a number that is computed is an ellipsis.
    findings : ids of the findings it cites.
    counts : what its numbers ask for, as written.
    """

    page: str
    text: str
    findings: tuple[str, ...]
    counts: tuple[str, ...] = ()


@dataclass(frozen=True)
class State:
    """A state of a review: its records, the sentences of its pages, and what could not be read.

    Parameters
    ----------
    name : what it is called, such as ``"1.0.0"`` or a folder.
    records : as far as they could be read.
    sentences : of its pages.
    unread : what could not be read, a line each.
    broken : the files of which that is; what is missing there is not told as added or removed.
    """

    name: str
    records: Records
    sentences: tuple[Sentence, ...] = ()
    unread: tuple[str, ...] = ()
    broken: frozenset[str] = frozenset()
    number: Callable[[str], str] = field(default=lambda asked: asked, repr=False)


# --- sentences --------------------------------------------------------------------------------

_ROLE = re.compile(r"\{(\w[\w:+-]*)\}(`+)(.+?)\2", re.DOTALL)
_END = re.compile(r"(?<=[.!?])\s+(?=[^a-z\s])")
_SHOWN = ("finding", "elsewhere", "count")
Naming = Callable[[str, str], str]
"""What readers see where a role such as ``{study}`` names a thing, from its kind and content."""


def _unnamed(role: str, content: str) -> str:
    """Words for a role where no records are at hand."""
    return content.partition("|")[2].strip()


def sentences_of(page: str, text: str, naming: Naming = _unnamed) -> Iterator[Sentence]:
    r"""The sentences of a page's Markdown that name findings or numbers of the review.

    Parameters
    ----------
    page : the page's name.
    text : its Markdown, without code.
    naming : what readers see for a study, a theme or a word that a role names.

    >>> [s] = sentences_of("pay", "Pay is low {finding}`lee2020-01; roy2019-02`.\n\nOther words.")
    >>> s.text, s.findings
    ('Pay is low.', ('lee2020-01', 'roy2019-02'))
    """
    for block in re.split(r"\n\s*\n", re.sub(r"(?m)^\s*(:{3,}|`{3,}).*$", "", text)):
        roles: list[tuple[str, str]] = []

        def held(found: re.Match[str], roles: list[tuple[str, str]] = roles) -> str:
            roles.append((found[1], found[3]))
            return f"\x00{len(roles) - 1}\x00"

        marked = _ROLE.sub(held, " ".join(block.split()))
        for sentence in _END.split(marked):
            named = [roles[int(number)] for number in re.findall(r"\x00(\d+)\x00", sentence)]
            findings = [
                name.strip()
                for role, content in named
                if role in _SHOWN[:2]
                for name in re.split(r"[;|]", content)[: 99 if role == "finding" else 1]
                if re.fullmatch(r"[\w.-]+", name.strip())
            ]
            counts = tuple(content for role, content in named if role == "count")
            if findings or counts:
                parts = re.split(r"\x00(\d+)\x00", sentence)
                parts[1::2] = [_read(*roles[int(number)], naming) for number in parts[1::2]]
                yield Sentence(page, _plain("".join(parts)), tuple(dict.fromkeys(findings)), counts)


def _read(role: str, content: str, naming: Naming) -> str:
    """What a reader sees of a role in a sentence."""
    if role == "count":
        return "…"
    if role == "elsewhere":
        return content.partition("|")[2].strip()
    written, bracket, _ = content.partition("<")
    if bracket:
        return written.strip()
    return "" if role in ("finding", "review", "cite:p") else naming(role, content)


def line_of(page: str, says: str, findings: Sequence[str]) -> Sentence:
    """A line that stands by itself and rests on some findings, as those of a brief do.

    >>> line_of("brief", "Pay is low. People leave.", ["lee2020-01"]).text
    'Pay is low. People leave.'
    """
    counts = tuple(found[3] for found in _ROLE.finditer(says) if found[1] == "count")
    text = _plain(_ROLE.sub(lambda found: _read(found[1], found[3], _unnamed), says))
    return Sentence(page, text, tuple(dict.fromkeys(findings)), counts)


def _plain(sentence: str) -> str:
    """A sentence without marks, addresses of links and doubled spaces."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", " ".join(sentence.split()))
    text = re.sub(r"^[#>*:`{}\w-]*\s*(?=[A-Z“\"])", "", text) if text[:1] in "#>:*" else text
    text = re.sub(r"\s+([.,;:!?])", r"\1", re.sub(r"[*_`]", "", text))
    return text.lstrip(" .,;:!?").rstrip()


# --- comparing --------------------------------------------------------------------------------


class Changes:
    """Everything that changed from one state of a review to another.

    Parameters
    ----------
    old, new : the two states.

    Raises
    ------
    ValueError : the two have nothing in common: no study, no node and no finding.
    """

    def __init__(self, old: State, new: State) -> None:
        self.old, self.new = old, new
        shared = (
            set(old.records.studies) & set(new.records.studies)
            or set(old.records.findings) & set(new.records.findings)
            or set(old.records.codebook.ids) & set(new.records.codebook.ids)
        )
        held = [state.records.studies or state.records.findings for state in (old, new)]
        if all(held) and not shared:
            raise ValueError(
                f"{old.name} and {new.name} have no study, finding or node of the codebook in "
                "common: they are two reviews, not two states of one."
            )

    def __iter__(self) -> Iterator[Change]:
        return iter(self.changes)

    def __len__(self) -> int:
        return len(self.changes)

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """What was changed in the tables and the bibliography, by what it happened to."""
        found = (
            *self._settings(),
            *self._works(),
            *self._codebook(),
            *self._findings(),
            *self._influences(),
            *self._flow(),
            *self._places(),
        )
        return tuple(change for change in found if self._known(change))

    def _known(self, change: Change) -> bool:
        """Whether a thing is new, gone or another, and not only missing where a file is broken."""
        file = _FILES[change.target[0]]
        if change.kind == "setting-changed":
            return not (_broken(self.old, file) or _broken(self.new, file))
        if change.kind.endswith("-added"):
            return not _broken(self.old, file)
        return not (change.kind.endswith("-removed") and _broken(self.new, file))

    def _lacks(self, *tables: str) -> bool:
        """Whether one state lacks what the other has because a table could not be read whole."""
        return any(
            _broken(state, TABLES[table].file)
            and not set(_HELD[table](other.records)) <= set(_HELD[table](state.records))
            for table in tables
            for state, other in ((self.old, self.new), (self.new, self.old))
        )

    @cached_property
    def consequences(self) -> tuple[Change, ...]:
        """What follows from the changes: support that was gained or lost, agreement."""
        return (*self._support(), *self._agreement())

    @cached_property
    def sentences(self) -> tuple[Change, ...]:
        """Sentences of the pages whose evidence or number changed."""
        return tuple(self._sentences())

    @cached_property
    def counts(self) -> Mapping[str, tuple[int, int]]:
        """Studies, statements, findings, influences, nodes and codings, before and after."""
        return {
            what: (count(self.old.records), count(self.new.records))
            for what, (table, count) in _COUNTS.items()
            if not self._lacks(table)
        }

    # --- what changed, table by table ---

    def _settings(self) -> Iterator[Change]:
        old, new = self.old.records.settings, self.new.records.settings
        for key in ("title", "question", "search_since", "search_until"):
            before, after = getattr(old, key), getattr(new, key)
            if _differs(before, after):
                yield Change("setting-changed", ("setting", key), _shown(before), _shown(after))

    def _works(self) -> Iterator[Change]:
        old, new = self.old.records, self.new.records
        for name in _all(old.studies, new.studies):
            before, after = old.studies.get(name), new.studies.get(name)
            if before is None and after is not None:
                yield Change("work-added", ("study", name), "", after.role, NEW_EVIDENCE)
            elif after is None and before is not None:
                yield Change("work-removed", ("study", name), before.role, "", NEW_EVIDENCE)
            elif before is not None and after is not None:
                if before.role != after.role:
                    yield Change("work-role", ("study", name), before.role, after.role)
                for column in _STUDY_COLUMNS:
                    was, now = getattr(before, column), getattr(after, column)
                    if _differs(was, now):
                        told = (f"{column}: {_shown(was)}", f"{column}: {_shown(now)}")
                        yield Change("work-described", ("study", name), *told)
        yield from self._further("studies", "work-described", "study")
        for name in _all(old.bibliography, new.bibliography):
            first, second = old.bibliography.get(name), new.bibliography.get(name)
            if first is None or second is None:
                continue
            for key in _all(first.fields, second.fields):
                was, now = first.fields.get(key, ""), second.fields.get(key, "")
                if _differs(was, now):
                    told = (f"{key}: {_shown(was)}", f"{key}: {_shown(now)}")
                    yield Change("reference-changed", ("work", name), *told)

    @cached_property
    def renamed(self) -> Mapping[str, tuple[str, ...]]:
        """The present nodes of each former id; itself too, where it went on when others left it."""
        new = self.new.records.codebook
        found: dict[str, dict[str, None]] = {}
        for node in new:
            for former in node.former:
                if former in self.old.records.codebook and former != node.id:
                    kept = {former: None} if former in new else {}
                    found.setdefault(former, kept)[node.id] = None
        return {former: tuple(names) for former, names in found.items()}

    def _now(self, node: str) -> tuple[str, ...]:
        """What a node of the old codebook is called now."""
        return self.renamed.get(node, (node,))

    def _codebook(self) -> Iterator[Change]:
        old, new = self.old.records.codebook, self.new.records.codebook
        come = {name for names in self.renamed.values() for name in names}
        for former, names in self.renamed.items():
            labels = ", ".join(new[name].label for name in names)
            if len(names) > 1:
                yield Change("theme-split", ("theme", names[0]), old[former].label, labels)
            else:
                yield Change("theme-renamed", ("theme", names[0]), old[former].label, labels)
        for name in _all({n: n for n in old.ids}, {n: n for n in new.ids}):
            if name not in new and name not in self.renamed:
                yield Change("theme-removed", ("theme", name), old[name].label, "")
            elif name not in old and name not in come:
                yield Change("theme-added", ("theme", name), "", new[name].label)
            elif name in old and name in new:
                yield from self._node(old[name], new[name])

    def _node(self, before: Theme, after: Theme) -> Iterator[Change]:
        if _differs(before.label, after.label):
            yield Change("theme-renamed", ("theme", after.id), before.label, after.label)
        if before.parent != after.parent and after.parent not in self._now(before.parent):
            yield Change("theme-moved", ("theme", after.id), before.parent, after.parent)
        if _differs(before.definition, after.definition):
            told = (_shown(before.definition), _shown(after.definition))
            yield Change("theme-defined", ("theme", after.id), *told)
        if before.origin != after.origin:
            yield Change("theme-origin", ("theme", after.id), before.origin, after.origin)

    @cached_property
    def new_studies(self) -> frozenset[str]:
        """Works that are evidence in one of the states only: what comes of them is new evidence."""

        def evidence(records: Records) -> set[str]:
            return {study.id for study in records.studies.values() if study.is_evidence}

        return frozenset(evidence(self.old.records) ^ evidence(self.new.records))

    def _cause(self, *studies: str) -> str:
        return NEW_EVIDENCE if self.new_studies.intersection(studies) else CORRECTION

    def _findings(self) -> Iterator[Change]:
        old, new = self.old.records.findings, self.new.records.findings
        for name in _all(old, new):
            before, after = old.get(name), new.get(name)
            target = ("finding", name)
            if before is None and after is not None:
                cause = self._cause(after.study)
                yield Change("finding-added", target, "", after.summary, cause)
            elif after is None and before is not None:
                cause = self._cause(before.study)
                yield Change("finding-removed", target, before.summary, "", cause)
            elif before is not None and after is not None:
                yield from self._finding(before, after)
        yield from self._further("coded_studies", "finding-described", "finding")

    def _further(self, table: str, kind: str, what: str) -> Iterator[Change]:
        """Cells that no record has a name for: columns of a team's own, such as a risk of bias.

        A column that only one state has is another form of its table and no change of each row.
        """
        tables = [state.records.tables[table] for state in (self.old, self.new)]
        key = TABLES[table].key
        columns = [
            column
            for column in tables[1].header
            if column == _NOTHING_CODED
            or (column in tables[0].header and TABLES[table].column(column) is None)
        ]
        if not columns:
            return
        rows = [
            {row.cells[key]: row.cells for row in one.rows if key in row.cells} for one in tables
        ]
        for name in rows[1]:
            for column in columns if name in rows[0] else ():
                was, now = (held[name].get(column, "") for held in rows)
                if _differs(_items(was), _items(now)):
                    told = (f"{column}: {_shown(was)}", f"{column}: {_shown(now)}")
                    yield Change(kind, (what, name), *told)

    def _finding(self, before: Finding, after: Finding) -> Iterator[Change]:
        target = ("finding", after.id)
        if after.theme not in self._now(before.theme):
            yield Change("finding-moved", target, before.theme, after.theme)
        earlier = {now for name in before.also for now in self._now(name)}
        if earlier != set(after.also):
            told = ("; ".join(sorted(before.also)), "; ".join(sorted(after.also)))
            yield Change("finding-themes", target, *told)
        if before.direction != after.direction:
            yield Change("finding-redirected", target, before.direction, after.direction)
        if _differs(before.summary, after.summary):
            yield Change("finding-reworded", target, before.summary, after.summary)
        for column in ("study", "countries", "section", "anchor", "basis"):
            was, now = getattr(before, column), getattr(after, column)
            if _differs(was, now):
                told = (f"{column}: {_shown(was)}", f"{column}: {_shown(now)}")
                yield Change("finding-described", target, *told)

    def _influences(self) -> Iterator[Change]:
        old, new = self.old.records.influences, self.new.records.influences
        for name in _all(old, new):
            before, after = old.get(name), new.get(name)
            target = ("influence", name)
            if before is None and after is not None:
                cause = self._cause(*after.studies)
                yield Change("influence-added", target, "", after.mechanism, cause)
            elif after is None and before is not None:
                cause = self._cause(*before.studies)
                yield Change("influence-removed", target, before.mechanism, "", cause)
            elif before is not None and after is not None:
                ends = [(each.source, each.target) for each in (before, after)]
                kept = all(now in self._now(was) for was, now in zip(*ends, strict=True))
                if not kept:
                    told = tuple(f"{source} → {end}" for source, end in ends)
                    yield Change("influence-moved", target, *told)
                if before.direction != after.direction:
                    told = (before.direction, after.direction)
                    yield Change("influence-redirected", target, *told)
                if set(before.studies) != set(after.studies):
                    cause = self._cause(*(set(before.studies) ^ set(after.studies)))
                    told = (_shown(before.studies), _shown(after.studies))
                    yield Change("influence-evidence", target, *told, cause)
                if _differs(before.mechanism, after.mechanism):
                    told = (before.mechanism, after.mechanism)
                    yield Change("influence-reworded", target, *told)
                for column in ("section", "anchor", "basis"):
                    was, now = getattr(before, column), getattr(after, column)
                    if _differs(was, now):
                        told = (f"{column}: {_shown(was)}", f"{column}: {_shown(now)}")
                        yield Change("influence-described", target, *told)

    def _flow(self) -> Iterator[Change]:
        old = {box.id: box for box in self.old.records.flow}
        new = {box.id: box for box in self.new.records.flow}
        for name in _all(old, new):
            before, after = old.get(name), new.get(name)
            if before is None or after is None:
                kind = "flow-added" if before is None else "flow-removed"
                told = (
                    "" if each is None else f"{each.label}: {_number(each)}"
                    for each in (before, after)
                )
                yield Change(kind, ("flow", name), *told)
                continue
            if (before.count, before.state) != (after.count, after.state):
                yield Change("flow-number", ("flow", name), _number(before), _number(after))
            for column in ("label", "note", "stage", "kind", "of"):
                was, now = getattr(before, column), getattr(after, column)
                # Numbers in a note are computed: they follow from what is told already.
                if _differs(*(re.sub(r"\d+", "#", text) for text in (was, now))):
                    yield Change("flow-described", ("flow", name), _shown(was), _shown(now))

    def _places(self) -> Iterator[Change]:
        """Regions and income groups of countries; a table that one state lacks is another form."""
        old, new = self.old.records, self.new.records
        if not all(records.tables["places"].header for records in (old, new)):
            return
        for name in _all(old.places, new.places):
            before, after = old.places.get(name), new.places.get(name)
            told = [[] if each is None else _groups(each) for each in (before, after)]
            if before is None or after is None:
                kind = "place-added" if before is None else "place-removed"
                yield Change(kind, ("place", name), *map(_shown, told))
                continue
            for was, now in zip(*told, strict=True):
                if was != now:
                    yield Change("place-described", ("place", name), was, now)

    # --- what follows ---

    def _support(self) -> Iterator[Change]:
        """Nodes that gained their first or lost their last study, or fell to one."""
        if self._lacks("codebook", "coded_studies"):
            return
        before, after = (_studies_by_node(state.records) for state in (self.old, self.new))
        for node in self.new.records.codebook:
            formers = [name for name, now in self.renamed.items() if node.id in now]
            was = {s for name in (node.id, *formers) for s in before.get(name, ())}
            now = after.get(node.id, set())
            if not was and node.id not in self.old.records.codebook and not formers:
                continue
            kind = ""
            if was and not now:
                kind = "support-lost"
            elif now and not was:
                kind = "support-gained"
            elif len(now) == 1 < len(was):
                kind = "support-single"
            if kind:
                cause = self._cause(*(was ^ now))
                yield Change(kind, ("theme", node.id), str(len(was)), str(len(now)), cause)

    def _agreement(self) -> Iterator[Change]:
        told = []
        for state in (self.old, self.new):
            if not state.records.second_coding or len(state.records.settings.ranks) < 1:
                told.append("")
                continue
            agreement = Agreement(state.records)
            found = agreement.compare(agreement.direction_rank, resamples=1)
            value = found.values["kappa"].value
            told.append("" if value is None else f"κ {value:.3f}")
        if told[0] != told[1]:
            yield Change("agreement", ("review", "agreement"), *told)

    def _sentences(self) -> Iterator[Change]:
        if self._lacks(*_HELD):
            return
        for before, after in self._pairs():
            was = self._evidence(self.old, before)
            now = self._evidence(self.new, after)
            if was != now:
                studies = ({study for study, *_ in was}, {study for study, *_ in now})
                cause = self._cause(*(studies[0] ^ studies[1]))
                yield Change(
                    "sentence-evidence",
                    ("sentence", f"{after.page}: {after.text}"),
                    self._left(self.old, was - now),
                    self._left(self.new, now - was),
                    cause,
                )
            numbers = [
                [state.number(asked) for asked in sentence.counts]
                for state, sentence in ((self.old, before), (self.new, after))
            ]
            if before.counts == after.counts and numbers[0] != numbers[1]:
                yield Change(
                    "sentence-number",
                    ("sentence", f"{after.page}: {after.text}"),
                    "; ".join(numbers[0]),
                    "; ".join(numbers[1]),
                )

    def _evidence(self, state: State, sentence: Sentence) -> set[tuple[str, ...]]:
        """What a sentence rests on: its studies, and what each finding says of what."""
        found: set[tuple[str, ...]] = set()
        for name in sentence.findings:
            finding = state.records.findings.get(name)
            if finding is None:
                found.add((name,))
                continue
            # Further themes add places where a finding counts; the sentence rests on the same.
            found.add((finding.study, name, finding.direction, *self._now(finding.theme)))
        return found

    def _left(self, state: State, differing: set[tuple[str, ...]]) -> str:
        """The findings that one state has otherwise, each with its direction and theme."""
        names = {part[1] if len(part) > 1 else part[0] for part in differing}
        told = []
        for name in sorted(names):
            finding = state.records.findings.get(name)
            told.append(f"{name}: {finding.direction}: {finding.theme}" if finding else name)
        return "; ".join(told)

    def _pairs(self) -> Iterator[tuple[Sentence, Sentence]]:
        """Sentences that stand in both states: of the same words, or of very like ones."""
        earlier: dict[str, list[Sentence]] = {}
        for sentence in self.old.sentences:
            earlier.setdefault(sentence.page, []).append(sentence)
        left: list[Sentence] = []
        for sentence in self.new.sentences:
            same = [each for each in earlier.get(sentence.page, ()) if each.text == sentence.text]
            if same:
                earlier[sentence.page].remove(same[0])
                yield same[0], sentence
            else:
                left.append(sentence)
        for sentence in left:
            candidates = earlier.get(sentence.page, [])
            best = _likest(sentence.text, [each.text for each in candidates])
            if best is not None:
                yield candidates.pop(best), sentence

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain data, as ``synth diff --json`` prints it."""
        return {
            "old": self.old.name,
            "new": self.new.name,
            "counts": {what: list(pair) for what, pair in self.counts.items()},
            **{
                part: [asdict(change) for change in getattr(self, part)]
                for part in ("changes", "consequences", "sentences")
            },
            "unread": {"old": list(self.old.unread), "new": list(self.new.unread)},
        }


_NOTHING_CODED = "coded"
_STUDY_COLUMNS = (
    *("countries", "design", "design_detail", "setting", "sample", "cohort"),
    *("country_source", "design_source"),
)
_COUNTS: Mapping[str, tuple[str, Callable[[Records], int]]] = {
    "studies": ("studies", lambda r: sum(study.is_evidence for study in r.studies.values())),
    "statements": ("coded_studies", lambda r: len(r.statements)),
    "findings": ("coded_studies", lambda r: len(r.findings)),
    "influences": ("influences", lambda r: len(r.influences)),
    "nodes": ("codebook", lambda r: len(r.codebook)),
    "second": ("second_coding", lambda r: len(r.second_coding)),
    "settled": ("consensus", lambda r: len(r.consensus)),
}
"""What is counted before and after, each with the table it is counted in."""
_HELD: Mapping[str, Callable[[Records], Iterable[str]]] = {
    "studies": lambda r: r.studies,
    "codebook": lambda r: r.codebook.ids,
    "coded_studies": lambda r: r.findings,
    "influences": lambda r: r.influences,
    "second_coding": lambda r: r.second_coding,
    "consensus": lambda r: (each.unit for each in r.consensus),
}
"""What a state holds of a table, by id."""
_FILES: Mapping[str, str] = {
    "setting": SETTINGS_FILE,
    "study": TABLES["studies"].file,
    "work": BIB_FILE,
    "theme": TABLES["codebook"].file,
    "finding": TABLES["coded_studies"].file,
    "influence": TABLES["influences"].file,
    "flow": TABLES["flow"].file,
    "place": TABLES["places"].file,
}
"""The file a thing stands in that can change."""


def _broken(state: State, file: str) -> bool:
    """Whether a file could not be read whole; without settings no table could."""
    return not state.broken.isdisjoint({file, SETTINGS_FILE})


def _all(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Names of both, in the new one's order, those that are gone last."""
    return [*new, *(name for name in old if name not in new)]


def _differs(one: object, other: object) -> bool:
    """Whether two values say different things; white space and the order of a list say nothing."""
    if isinstance(one, tuple) and isinstance(other, tuple):
        return set(one) != set(other)
    if isinstance(one, str) and isinstance(other, str):
        return " ".join(one.split()) != " ".join(other.split())
    return one != other


def _items(cell: str) -> tuple[str, ...]:
    """What a cell of an unknown column holds: a list divided by ``;``, or one text."""
    return tuple(" ".join(item.split()) for item in cell.split(";"))


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "; ".join(map(str, value))
    return " ".join(str(value).split())


def _groups(place: Place) -> list[str]:
    """What the table of countries says of one, column by column."""
    columns = ("region", "income_group", "classification", "year")
    return [f"{column}: {_shown(getattr(place, column))}" for column in columns]


def _number(box: Any) -> str:
    return box.state if box.count is None else f"{box.count} ({box.state})"


def _studies_by_node(records: Records) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for finding in records.findings.values():
        for theme in finding.themes:
            if theme in records.codebook:
                for node in records.codebook.path(theme):
                    found.setdefault(node.id, set()).add(finding.study)
    return found


def _likest(text: str, others: Sequence[str]) -> int | None:
    """Which text, the first of several, is most like another one; none when none is like enough.

    >>> _likest("Pay is low.", ["Pay was low.", "Trust grows.", "Pay is low!"])
    2
    """
    best, place = 0.0, None
    matcher = SequenceMatcher(None, "", text, autojunk=False)
    bounds = []
    for number, other in enumerate(others):
        matcher.set_seq1(other)
        if matcher.real_quick_ratio() >= ALIKE and (bound := matcher.quick_ratio()) >= ALIKE:
            bounds.append((-bound, number))
    # A ratio costs a hundred times its bound: what cannot be likest is not compared.
    for bound, number in sorted(bounds):
        if -bound < best:
            break
        matcher.set_seq1(others[number])
        # Parts that stand alike in both are one common sequence, which is found much sooner.
        common = _longest_common(text, others[number])
        if 2 * common < max(best, ALIKE) * (len(text) + len(others[number])):
            continue
        ratio = matcher.ratio()
        if ratio >= ALIKE and (ratio > best or (ratio == best and number < (place or 0))):
            best, place = ratio, number
    return place


def _longest_common(one: str, other: str) -> int:
    """How many signs two texts have in common in the same order.

    A bit for each sign of the first text, after Hyyrö, "Bit-parallel LCS-length computation
    revisited" (2004).

    >>> _longest_common("Pay is low.", "Pay was low!")
    9
    """
    places: dict[str, int] = {}
    for at, sign in enumerate(one):
        places[sign] = places.get(sign, 0) | 1 << at
    whole = left = (1 << len(one)) - 1
    for sign in other:
        met = left & places.get(sign, 0)
        left = ((left + met) | (left - met)) & whole
    return len(one) - left.bit_count()
