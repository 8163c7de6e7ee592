"""The rules of a book's prose: does every sentence of synthesis rest on what was coded?

Each rule looks at a block of prose out of a document tree, so that the build and ``synth check``
judge by the same ones. The check reads the pages as they are stored, without building the book, and
knows rules for the whole book besides: what no page shows, and what stored outputs no longer hold.
"""

from __future__ import annotations

import difflib
import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote

from synth import freshness
from synth.book.brief import BRIEF_FILE, blocks_of_brief, briefs, wrong_directions
from synth.book.checklist import checklists
from synth.book.links import links_lead
from synth.book.role_syntax import cited_findings, mistake, told_in_its_table
from synth.book.stored_pages import FINDING_ROLES, Page, cited_in, read_pages
from synth.book.trees import INVISIBLE, Block, Place, Role, blocks_of
from synth.errors import Problem, ReviewError, UnknownName, did_you_mean, told_once
from synth.model import TABLES, Settings
from synth.reading.records import read_records
from synth.reading.typed_counts import counts_in
from synth.review import Review
from synth.text import listed

if TYPE_CHECKING:
    from docutils import nodes

    from synth.reading.records import Records

SUPPORT = (*FINDING_ROLES, "review")
"""Roles that say what a paragraph of synthesis rests on."""

BlockRule = Callable[[Review, str, Block], Iterator[Problem]]
"""A rule for one block: the review, the theme its page declares (may be empty), the block."""


# --- the checks --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Book:
    """The pages of a book together with the review they speak of."""

    review: Review
    pages: tuple[Page, ...] = field(default=())

    @property
    def records(self) -> Records:
        """The review's records."""
        return self.review.records

    @cached_property
    def page_of_node(self) -> Mapping[str, Page]:
        """For each node of the codebook the page that tells of it: its own, else its parent's."""
        declared = {page.theme: page for page in self.pages if page.theme}
        pages: dict[str, Page] = {}
        for node in self.records.codebook:
            page = declared.get(node.id) or pages.get(node.parent)
            if page is not None:
                pages[node.id] = page
        return pages


def read_book(root: Path, records: Records | None = None) -> Book:
    """Read a review and the pages of its book.

    Parameters
    ----------
    root : folder of the review.
    records : the review's records, if they were read before. Where the data have errors the pages
        are checked against the rows that can be read, so that all problems are told at once.

    Raises
    ------
    ReviewError : the data cannot be read, or the table of contents or one of its pages is missing.
    """
    if records is None:
        records, _ = read_records(root)
    review = Review(records.sound)
    return Book(review, tuple(read_pages(root, review)))


def check(root: Path) -> list[Problem]:
    """Everything that is wrong with the prose of a book, sorted by file and line.

    Problems of severity ``"warning"`` are for the authors to look at; the others fail a check.
    """
    return check_book(read_book(root))


def check_book(book: Book) -> list[Problem]:
    """Everything that is wrong with the prose of a book that was read."""
    found = [problem for rule in BOOK_RULES for problem in rule(book)]
    for page in book.pages:
        begun = False
        for block in page.blocks:
            begun |= block.synthesis
            more = (beside_synthesis,) if begun else ()
            found += judged(book.review, page.theme, block, more=more)
        for block in page.shown:
            found += judged(book.review, page.theme, block, SHOWN_RULES)
    return told_once(found)


def check_names(book: Book) -> list[Problem]:
    """What would break the build: names the data do not have, outputs that are not there."""
    found = [*unknown_declarations(book), *stale_outputs(book), *missing_outputs(book)]
    found += [*headings_in_order(book), *labels_once(book), *nowhere(book)]
    found += [*briefs_hold(book, NAME_RULES), *checklists_hold(book)]
    for page in book.pages:
        for block in page.everything:
            for rule in NAME_RULES:
                found += rule(book.review, page.theme, block)
    return told_once(found)


def judged(
    review: Review,
    theme: str,
    block: Block,
    rules: Iterable[BlockRule] = (),
    more: Iterable[BlockRule] = (),
) -> Iterator[Problem]:
    """What rules say of a block, less what a comment above it confirms as meant.

    Parameters
    ----------
    review : the review the page speaks of.
    theme : the node of the codebook its page declares; may be empty.
    block : the block.
    rules : the rules; all of them if none is given.
    more : rules that hold beside them where the block stands.
    """
    confirmed = block.confirmed
    asked = (*(rules or BLOCK_RULES), *more)
    found = [problem for rule in asked for problem in rule(review, theme, block)]
    yield from (problem for problem in found if problem.code not in confirmed)
    if rules:
        return
    yield from block.wrong_confirmations()
    # Where a row cannot be read, what it says cannot show that a confirmation is needed.
    if not {*cited_in([block])} <= review.records.findings.keys():
        return
    for code in confirmed.keys() - {problem.code for problem in found}:
        yield block.problem("confirmation-unused", value=code)


def judged_tree(review: Review, theme: str, tree: nodes.document) -> Iterator[Problem]:
    """What the rules that a build holds say of a page it has read."""
    for block in blocks_of(tree, Place("")):
        yield from judged(review, theme, block, BUILD_RULES)


def unknown_declarations(book: Book) -> Iterator[Problem]:
    """Pages that declare a theme the codebook does not have."""
    known = book.records.codebook
    for page in book.pages:
        if page.theme and page.theme not in known:
            if told_in_its_table(UnknownName("theme", page.theme, ()), book.records):
                continue
            near = did_you_mean(page.theme, known.ids)
            yield Problem("page-theme-unknown", page.file, 1, "synth", value=page.theme, near=near)


def missing_outputs(book: Book) -> Iterator[Problem]:
    """Cells that store an error, nothing where they should show something, or another output."""
    partial = freshness.partial(book.records.root)
    edited = freshness.edited(book.records.root)
    for page in book.pages:
        if page.file in edited:
            yield Problem("output-older", page.file, 1)
            continue
        empty = []
        for output in page.outputs:
            if output.failed:
                place = (page.file, output.line, f"cell {output.cell}")
                yield Problem("output-failed", *place, value=output.failed)
            elif output.uncalled:
                place = (page.file, output.line, f"cell {output.cell}")
                yield Problem("output-uncalled", *place, value=output.uncalled)
            elif output.missing or output.cell in partial.get(page.file, ()):
                empty.append(output)
        if empty:
            # One run stores them all.
            cells = listed(str(output.cell) for output in empty)
            where = f"cell{'s' * (len(empty) > 1)} {cells}"
            problem = Problem("output-missing", page.file, empty[0].line, where)
            yield problem.told_with(output.line for output in empty[1:])


def wrong_names(review: Review, theme: str, block: Block) -> Iterator[Problem]:
    """Roles that name what the data do not have, or cannot be read."""
    for role in block.roles:
        if role.name == "influence" and not review.records.influences:
            file = TABLES["influences"].file
            if not (review.records.root / file).exists():
                yield Problem("role-without-table", file, role=role.name)
                continue
        wrong = mistake(role.name, role.text, review)
        if wrong is not None and (sign := INVISIBLE.search(role.text)):
            yield _hidden(block, f"{{{role.name}}}`{role.text}`", sign[0])
        elif wrong is not None:
            code, reason = wrong
            sought = f"{{{role.name}}}`{role.text.split(' ')[0]}"
            yield block.problem(code, sought, role=role.name, text=role.text, reason=reason)


_ROLES = ("finding", "elsewhere", "review", "count", "place", "theme", "study", "influence")
_ALL_ROLES = (*_ROLES, "term", "cite", "cite:p", "cite:t")
_HALF_A_ROLE = re.compile(
    rf"\{{\s*(?P<role>{'|'.join(_ALL_ROLES)})\b|\b(?P<end>{'|'.join(_ALL_ROLES)})\}}(?=\S|$)",
    re.IGNORECASE,
)


def unread_roles(review: Review, theme: str, block: Block) -> Iterator[Problem]:
    """Roles and directives with a slip in name, brace or backtick, which would not be read."""
    for part in block.parts if block.kind != "slip" else ():
        if isinstance(part, str):
            yield from _half_roles(part, block)
        elif part.name in ("fence", "directive"):
            written, _, meant = part.text.partition(" ")
            code = "directive-unread" if part.name == "fence" else "directive-unknown"
            yield block.problem(code, written, value=written, meant=meant)
        elif part.name.lower() not in _ALL_ROLES:
            near = difflib.get_close_matches(part.name.lower(), _ALL_ROLES, n=1, cutoff=0.75)
            if near:
                yield block.problem(
                    "role-unknown", f"{{{part.name}}}", role=part.name, meant=near[0]
                )


def _hidden(block: Block, written: str, sign: str) -> Problem:
    name = unicodedata.name(sign, "a control sign").lower()
    said = f"U+{ord(sign):04X}, {name}"
    # Shown as they are, the words would look right.
    shown = INVISIBLE.sub("·", written)
    return block.problem("sign-invisible", written, sign=said, value=shown)


def unread_markup(review: Review, theme: str, block: Block) -> Iterator[Problem]:
    """What a page leaves open, what readers would see as it is written, and files not there."""
    for part in block.roles if block.kind == "slip" else ():
        if part.name == "open":
            written, _, meant = part.text.rpartition(" ")
            yield block.problem("directive-unclosed", written, value=written, meant=meant)
        elif part.name == "markup":
            written, _, reason = part.text.partition("\n")
            yield block.problem("markup-unread", written, value=written, reason=reason)
        elif part.name == "hidden" and (sign := INVISIBLE.search(part.text)):
            yield _hidden(block, part.text, sign[0])
        elif part.name == "option":
            value, _, reason = part.text.partition("\n")
            yield block.problem("directive-option", value, value=value, reason=reason)
        elif part.name == "file":
            yield from _unfound(part.text, block, review.records.root)


_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|#|//", re.IGNORECASE)


def _unfound(named: str, block: Block, root: Path) -> Iterator[Problem]:
    """A file that a page names, if it is not there; whatever may be a label is the build's."""
    wanted = unquote(named.partition("#")[0].partition("?")[0])
    if _ELSEWHERE.match(named) or not PurePosixPath(wanted).suffix:
        return
    page = root / block.file
    start = root if wanted.startswith("/") else page.parent
    path = Path(os.path.normpath(start / wanted.lstrip("/")))
    beside = sorted(os.listdir(path.parent)) if path.parent.is_dir() else []
    # Not every system tells small letters from capitals; the server of the book will.
    if path.name in beside:
        return
    sources = [name for name in beside if PurePosixPath(name).suffix in (".md", ".ipynb")]
    source = next((one for one in sources if PurePosixPath(one).stem == path.stem), "")
    near = f"Pages are linked by their source: {source}." if source else ""
    near = near or did_you_mean(path.name, beside)
    yield block.problem("file-unfound", named, value=named, near=near or _PUT_IT_THERE)


_PUT_IT_THERE = "Put it there, or mend the name; small letters and capitals differ."


def headings_in_order(book: Book) -> Iterator[Problem]:
    """Pages without a title or with two, and headings that leave out a rank."""
    for page in book.pages:
        above = 0
        for block in page.blocks:
            if not block.rank:
                continue
            reason = ""
            if above == 0 and block.rank > 1:
                reason = (
                    f"The page begins with a heading of {block.rank} signs and has no title yet"
                )
            elif above and block.rank == 1:
                reason = f"“{block.start()}” is a second title of the page"
            elif block.rank > above + 1:
                reason = f"“{block.start()}” has {block.rank} signs below a heading of {above}"
            if reason:
                yield block.problem("heading-rank", "", reason=reason)
            above = block.rank


def labels_once(book: Book) -> Iterator[Problem]:
    """Labels of two places; where several processes read the pages, the build does not see it."""
    known: dict[str, Problem] = {}
    for page in book.pages:
        for block in page.blocks:
            for role in block.roles if block.kind == "slip" else ():
                if role.name != "label":
                    continue
                here = block.problem("target-twice", f"({role.text})=")
                first = known.setdefault(role.text, here)
                if first is not here:
                    other = f"{first.file}:{first.line}"
                    yield block.problem(
                        *("target-twice", f"({role.text})="), value=role.text, other=other
                    )


def nowhere(book: Book) -> Iterator[Problem]:
    """Links, labels and terms that the book does not have; the build would tell of them."""
    yield from links_lead(book.pages, book.records.root)


def _half_roles(text: str, block: Block) -> Iterator[Problem]:
    for found in _HALF_A_ROLE.finditer(text):
        role = (found["role"] or found["end"]).lower()
        value = text[found.start() :].split()[0]
        yield block.problem("role-unread", found[0].strip(), value=value, role=role)


def stale_outputs(book: Book) -> Iterator[Problem]:
    """Stored views that name what the data no longer have."""
    for page in book.pages:
        for output in page.outputs:
            if output.broken:
                place = ("output-stale", page.file, output.line, f"cell {output.cell}")
                yield Problem(*place, said=output.broken)


def unsupported(review: Review, theme: str, block: Block) -> Iterator[Problem]:
    """Paragraphs of synthesis that rest on nothing."""
    said = told(block)
    if said and not any(isinstance(part, Role) and part.name in SUPPORT for part in said):
        yield block.problem("synthesis-unsupported", start=replace(block, parts=said).start())


def beside_synthesis(review: Review, theme: str, block: Block) -> Iterator[Problem]:
    """Paragraphs of a theme's page that nobody asks what they rest on, once its synthesis began."""
    plain = block.kind == "paragraph" and not block.synthesis and not block.roles
    if theme and plain and len(block.text.split()) >= _CLAIM:
        yield block.problem("synthesis-beside", start=block.start())


_CLAIM = 8  # words from which a paragraph may claim something; "All about pay" does not


def told(block: Block) -> tuple[str | Role, ...]:
    """What a piece of synthesis says that must rest on something: a paragraph, a table's row."""
    if not block.synthesis:
        return ()
    return block.parts if block.kind == "paragraph" else block.row


def foreign(review: Review, theme: str, block: Block) -> Iterator[Problem]:
    """Findings cited on the page of a theme they are not coded to, without saying so."""
    records = review.records
    if theme not in records.codebook:
        return
    branch = records.codebook.branch(theme)
    for role in block.roles:
        for name in _cited_by(role, records):
            finding = records.findings[name]
            here = [node for node in finding.themes if node in branch]
            if role.name == "finding" and not here:
                shown = {"value": name, "coded": finding.theme, "theme": theme}
                yield block.problem("finding-foreign", name, **shown)
            elif role.name == "elsewhere" and here:
                yield block.problem("finding-not-elsewhere", name, value=name, coded=here[0])


def _cited_by(role: Role, records: Records) -> list[str]:
    """Ids of the findings a role cites; none when one of them is wrong, which is said elsewhere."""
    if role.name not in FINDING_ROLES:
        return []
    try:
        return cited_findings(role.text, records.findings)[0]
    except (LookupError, ValueError):
        return []


def uncovered(book: Book) -> Iterator[Problem]:
    """Findings that the page of their theme neither cites nor shows."""
    records = book.records
    pages = book.page_of_node
    for finding in records.findings.values():
        line = records.lines.get(("coded_studies", finding.id), 0)
        page = pages.get(finding.theme)
        if page is None:
            place = ("finding-without-page", TABLES["coded_studies"].file, line, "theme")
            yield Problem(*place, value=finding.id, theme=finding.theme)
        elif finding.id not in page.findings:
            shown = {"value": finding.id, "row": line, "theme": finding.theme}
            yield Problem("finding-not-shown", page.file, 1, **shown)


def untold_influences(book: Book) -> Iterator[Problem]:
    """Influences that are missing from the page of one of their themes, or have no home."""
    records = book.records
    pages = book.page_of_node
    with_anchor = {name for page in book.pages for name in page.influence_targets}
    for influence in records.influences.values():
        line = records.lines.get(("influences", influence.id), 0)
        for end in dict.fromkeys((influence.source, influence.target)):
            page = pages.get(end)
            if page is not None and influence.id not in page.influences:
                shown = {"value": influence.id, "row": line, "theme": end}
                yield Problem("influence-not-shown", page.file, 1, **shown)
        if influence.id not in with_anchor:
            place = ("influence-without-page", TABLES["influences"].file, line, "influence")
            yield Problem(*place, value=influence.id)


def briefs_hold(book: Book, rules: Iterable[BlockRule] = ()) -> Iterator[Problem]:
    """What is wrong with the briefs: what they say is judged as the prose of the pages is."""
    try:
        told = briefs(book.records.root)
    except ReviewError as error:
        yield from error.problems
        return
    for brief in told:
        yield from wrong_directions(brief, book.review)
        for block in blocks_of_brief(brief):
            yield from judged(book.review, "", block, rules)


def checklists_hold(book: Book) -> Iterator[Problem]:
    """Reporting checklists that cannot be read: the build would tell of them."""
    try:
        checklists(book.records.root)
    except ReviewError as error:
        yield from error.problems


# --- numbers typed by hand ---------------------------------------------------------------------


def typed_numbers(review: Review, theme: str, block: Block) -> Iterator[Problem]:
    """Numbers of studies, findings, countries and the like that were typed by hand.

    Numbers the review itself reports may be typed, in a sentence that cites it.
    """
    for sentence in sentences(block):
        words = "".join("\u0001" if isinstance(part, Role) else part for part in sentence)
        roles = [part.name for part in sentence if isinstance(part, Role)]
        if any(name == "review" or name.startswith("cite") for name in roles):
            continue
        cites = any(name in FINDING_ROLES for name in roles)
        for found in counts_in(words, cites=cites):
            yield block.problem("number-typed", found.split()[0], value=found)


_SENTENCE_END = re.compile(r"(?<!\bet al)(?<!\be\.g)(?<!\bi\.e)(?<!\bvs)(?<=[.!?])[”\"’)]*\s+")


def sentences(block: Block) -> list[list[str | Role]]:
    """The sentences of a block, each with its text and its roles.

    >>> [len(s) for s in sentences(Block("a.md", 1, None, ("One. Two ", Role("count", "x"), "!")))]
    [1, 3]
    """
    found: list[list[str | Role]] = [[]]
    for part in block.parts:
        if isinstance(part, Role):
            found[-1].append(part)
            continue
        first, *others = _SENTENCE_END.split(part)
        if first:
            found[-1].append(first)
        for other in others:
            found.append([other] if other else [])
    return [sentence for sentence in found if sentence]


# --- directions --------------------------------------------------------------------------------

_NEGATED = re.compile(
    r"\b(?:no|not|never|without|lack\w*|little|absence|poor|insufficient|fail\w*|weak|less|few|"
    r"unless|missing)\b(?:\W+\w+){0,3}\W*$",
    re.IGNORECASE,
)


def directions_to_confirm(review: Review, theme: str, block: Block) -> Iterator[Problem]:
    """Sentences whose words speak of another direction than the findings they cite.

    Only told, never failed: language is richer than a list of stems.
    """
    settings = review.settings
    terms = _pairs(f"{settings.title} {settings.short_title} {settings.question}")
    for sentence in sentences(block):
        said = ""
        for part in sentence:
            if isinstance(part, str):
                said += part
                continue
            names = _cited_by(part, review.records)
            if not names:
                continue
            coded = {review.records.findings[name].direction for name in names}
            spoken = _spoken(said, settings, terms)
            if spoken and not (spoken.keys() & coded):
                labels = sorted(settings.direction(name).label.lower() for name in coded)
                yield block.problem(
                    *("direction-to-confirm", names[0]),
                    word=next(iter(spoken.values())),
                    role=part.name,
                    text=part.text,
                    directions=" and ".join(labels),
                )
            said = ""


def _pairs(text: str) -> set[tuple[str, str]]:
    """Words that stand side by side in the title: the "support" of its subject supports nothing."""
    words = re.findall(r"\w+", text.lower())
    return set(pairwise(words))


def _spoken(text: str, settings: Settings, terms: set[tuple[str, str]]) -> dict[str, str]:
    """Directions that words of a text speak of, each with the first such word."""
    found: dict[str, str] = {}
    words = list(re.finditer(r"\w+", text))
    for index, match in enumerate(words):
        word = match[0].lower()
        before = words[index - 1][0].lower() if index else ""
        after = words[index + 1][0].lower() if index + 1 < len(words) else ""
        if (before, word) in terms or (word, after) in terms:
            continue
        if _NEGATED.search(text[: match.start()]):
            continue
        for direction in settings.directions:
            if any(word.startswith(stem) for stem in direction.words):
                found.setdefault(direction.id, match[0])
    return found


BLOCK_RULES: tuple[BlockRule, ...] = (
    wrong_names,
    unread_roles,
    unread_markup,
    unsupported,
    foreign,
    typed_numbers,
    directions_to_confirm,
)
"""Every rule for a block of a page."""

NAME_RULES: tuple[BlockRule, ...] = (wrong_names, unread_roles, unread_markup)
"""The rules whose breach breaks the build, or shows readers how a page is written."""

SHOWN_RULES: tuple[BlockRule, ...] = (wrong_names, foreign, unsupported, beside_synthesis)
"""The rules for prose that a cell shows."""

BUILD_RULES: tuple[BlockRule, ...] = (unsupported, foreign)
"""The rules a build holds; it says itself which names there are not, where it looks them up."""

BOOK_RULES: tuple[Callable[[Book], Iterable[Problem]], ...] = (
    unknown_declarations,
    stale_outputs,
    missing_outputs,
    headings_in_order,
    labels_once,
    nowhere,
    uncovered,
    untold_influences,
    briefs_hold,
    checklists_hold,
)
"""Every rule for a book as a whole."""


# --- runs of words shared with the source ------------------------------------------------------


def copied(book: Book, source: str, length: int = 7) -> list[Problem]:
    """Sentences of the pages and the tables that share a run of words with the source's text.

    Titles of works and words of proper names are nobody's sentence and are left out; so are the
    anchors, which pages show only as marked quotations.

    Parameters
    ----------
    book : the pages and the review.
    source : the text of the reviewed publication.
    length : how many words in a row are too many.
    """
    theirs = {run for run, _ in _runs(source, length)}
    settings = book.review.settings
    works = (work.title for work in book.records.bibliography.values())
    titles = " \u0001 ".join([*works, settings.title, settings.source.citation])
    theirs -= {run for run, _ in _runs(titles, length)}
    found: list[Problem] = []
    for place, text in _own_sentences(book):
        for run, words in _runs(text, length):
            if run in theirs and sum(word[:1].isupper() for word in words) <= length // 2:
                found.append(place(" ".join(words)))
                break
    return told_once(found)


def _own_sentences(book: Book) -> Iterator[tuple[Callable[[str], Problem], str]]:
    records = book.records
    for page in book.pages:
        for block in page.everything:

            def in_page(words: str, block: Block = block) -> Problem:
                return block.problem("source-words", words=words)

            yield in_page, block.text
    rows: list[tuple[str, str, str, str]] = [
        *(("codebook", node.id, "definition", node.definition) for node in records.codebook),
        *(("coded_studies", f.id, "summary", f.summary) for f in records.findings.values()),
        *(("influences", i.id, "mechanism", i.mechanism) for i in records.influences.values()),
        *(("flow", box.id, "note", box.note) for box in records.flow),
    ]
    for table, name, column, text in rows:
        line = records.lines.get((table, name), 0)
        file = TABLES[table].file

        def place(words: str, file: str = file, line: int = line, column: str = column) -> Problem:
            return Problem("source-words", file, line, column, words=words)

        yield place, text


def _runs(text: str, length: int) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    words = re.findall(r"[\w\u0001]+(?:['’-]\w+)*", text)
    folded = [word.lower().replace("’", "'") for word in words]
    for index in range(len(words) - length + 1):
        yield tuple(folded[index : index + length]), words[index : index + length]


# --- how much rests on what --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Support:
    """How many paragraphs of synthesis a page has, and what they rest on."""

    file: str
    paragraphs: int
    on_findings: int
    own_only: int

    def __str__(self) -> str:
        return (
            f"{self.file}: {self.paragraphs} paragraph{'s' * (self.paragraphs != 1)} of synthesis, "
            f"{self.on_findings} citing findings, {self.own_only} on the review's own argument "
            "alone"
        )


@dataclass(frozen=True)
class Report:
    """What the synthesis of a book rests on, page by page and as a whole."""

    pages: tuple[Support, ...]

    @property
    def whole(self) -> Support:
        """The sum of all pages."""
        return Support(
            "the book",
            sum(page.paragraphs for page in self.pages),
            sum(page.on_findings for page in self.pages),
            sum(page.own_only for page in self.pages),
        )

    def __str__(self) -> str:
        return "\n".join(str(page) for page in (*self.pages, self.whole))


def report(root: Path) -> Report:
    """Say how many paragraphs of synthesis cite findings and how many are the review's own."""
    return report_of(read_pages(root), root)


def report_of(pages: Iterable[Page], root: Path) -> Report:
    """The report of pages that were read, and of the lines of the review's briefs.

    Briefs that cannot be read are told elsewhere.
    """
    told = [Support(page.file, *support_of(page.blocks)) for page in pages]
    with suppress(ReviewError):
        told += [
            Support(f"{BRIEF_FILE}, {brief.id}", *support_of(blocks_of_brief(brief)))
            for brief in briefs(root)
        ]
    return Report(tuple(support for support in told if support.paragraphs))


def support_of(blocks: Iterable[Block]) -> tuple[int, int, int]:
    """Paragraphs of synthesis: all, those citing findings, those on the review's argument alone."""
    synthesis = [
        {part.name for part in said if isinstance(part, Role)} for said in map(told, blocks) if said
    ]
    on_findings = sum(not roles.isdisjoint(FINDING_ROLES) for roles in synthesis)
    own = sum("review" in roles and roles.isdisjoint(FINDING_ROLES) for roles in synthesis)
    return len(synthesis), on_findings, own
