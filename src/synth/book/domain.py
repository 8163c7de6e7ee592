"""The names pages link to: studies, findings, themes and influences as objects of one domain.

Each has one target in the book: a theme is the page that declares it, a study and its findings
stand on the page with the catalogue, an influence on the page that draws it first with its anchor.
From these targets come links, missing-target errors, the inventory other books can use, search
results that lead to the right place, and the list of places that cite a study.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from docutils import nodes
from sphinx.domains import Domain, ObjType
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinx.util.nodes import make_refnode

from synth.book.context import review_of
from synth.book.nodes import finding_group, support_line, view_node
from synth.book.prose_rules import judged_tree, support_of
from synth.book.trees import Place, blocks_of
from synth.errors import Problem, ReviewError, did_you_mean

if TYPE_CHECKING:
    from docutils.nodes import Element, document
    from sphinx.addnodes import pending_xref
    from sphinx.application import Sphinx
    from sphinx.builders import Builder
    from sphinx.environment import BuildEnvironment

    from synth.review import Review

logger = logging.getLogger(__name__)

# Parts of the domain's data that are kept page by page.
_BY_PAGE = ("pages", "citations", "references", "drawn", "support", "explorers", "lists")


class Target(NamedTuple):
    """Where a study, finding, theme or influence stands in the book."""

    docname: str
    anchor: str


class CitedAt(NamedTuple):
    """A place of the book that cites findings."""

    docname: str
    anchor: str
    heading: str
    findings: tuple[str, ...]


def evidence_domain(env: BuildEnvironment) -> EvidenceDomain:
    """The domain of the book that is being built."""
    return cast(EvidenceDomain, env.get_domain("synth"))


def place(env: BuildEnvironment, docname: str, line: int | None, *sought: str) -> str:
    """A place in a page as a message says it.

    MyST-NB counts the lines of a notebook as cell x 10000 + line, and knows of a role only where
    its paragraph starts; nobody could find line 30012.

    Parameters
    ----------
    env, docname : the book and the page.
    line : the line as Sphinx gives it, or ``None`` for the page as a whole.
    sought : words that stand in the very line, if it is a later one of the paragraph; the first
        of them that stand anywhere are taken.
    """
    path = env.doc2path(docname, base=False)
    if not line:
        return path
    text = Path(env.doc2path(docname)).read_text("utf-8")
    if not path.endswith(".ipynb") or line < 10000:
        return f"{path}:{_line_of(sought, text.splitlines(), line)}"
    number, line = divmod(line, 10000)
    cell = json.loads(text)["cells"][number - 1]
    if cell["cell_type"] == "code":
        return f"{path}: output of cell {number}"
    lines = "".join(cell["source"]).splitlines()
    # MyST-NB counts the first line of a cell as its second.
    return f"{path}: cell {number}, line {_line_of(sought, lines, max(line - 1, 1))}"


def _line_of(sought: tuple[str, ...], lines: list[str], start: int) -> int:
    """The line of a paragraph that holds some words; its first one if none does."""
    paragraph: dict[int, str] = {}
    for number, text in enumerate(lines[start - 1 :], start):
        if not text.strip():
            break
        paragraph[number] = text
    for words in sought:
        for number, text in paragraph.items():
            if words in text:
                return number
    return start


def warn(
    env: BuildEnvironment,
    docname: str,
    line: int | None,
    message: str,
    kind: str,
    *sought: str,
) -> None:
    """Say what is wrong in a page; a build with ``-W`` then fails."""
    where = place(env, docname, line, *sought)
    # Sphinx takes a location without a colon for the name of a page, whose path it then shows.
    location = where if ":" in where else docname
    logger.warning("%s", message, location=location, type="synth", subtype=kind)


def warn_of(env: BuildEnvironment, problem: Problem, *sought: str) -> None:
    """Say in a build what a rule of prose says of a page; the file of the problem is its page."""
    message = f"{problem.message} {problem.remedy}".strip()
    warn(env, problem.file, problem.line or None, message, problem.code, *sought)


class EvidenceDomain(Domain):
    """Studies, findings, themes and influences of a review."""

    name = "synth"
    label = "Evidence"
    data_version = 7
    object_types = {  # noqa: RUF012  Sphinx declares it on the instance
        "study-entry": ObjType("study", "study"),
        "coded-finding": ObjType("finding", "finding"),
        "theme-page": ObjType("theme", "theme"),
        "stated-influence": ObjType("influence", "influence"),
    }
    initial_data: dict[str, Any] = {  # noqa: RUF012
        "targets": {},  # kind -> id -> Target
        "pages": {},  # docname -> id of the theme it declares
        "citations": {},  # docname -> list of CitedAt
        "references": {},  # docname -> list of (key of a work, anchor, heading)
        "lists": {},  # docname -> what its lists of references hold
        "drawn": {},  # docname -> ids of the influences it draws with an anchor
        "support": {},  # docname -> paragraphs of synthesis: all, citing, the review's own
        "explorers": {},  # docname -> list of (key, number of findings)
        "telling": set(),  # pages that say what the synthesis of the whole book rests on
        "written": "",  # fingerprint of targets and citations when pages were last written
    }
    dangling_warnings = {  # noqa: RUF012
        "theme": "No page of the book declares the theme '%(target)s'. "
        "Write `synth: {theme: %(target)s}` in the front matter of its page.",
        "study": "No page of the book shows the study '%(target)s'. "
        "A page with a {catalogue} directive shows them all.",
        "influence": "No page of the book shows the influence '%(target)s' with its anchor. "
        "review.influence_list() on one page shows them all.",
    }

    @property
    def review(self) -> Review:
        """The review of the book.

        Raises
        ------
        ExtensionError : there is none, or its files cannot be read.
        """
        try:
            review = review_of(self.env.app)
        except ReviewError as error:
            raise ExtensionError(f"The review cannot be read.\n{error}") from None
        if review is None:
            raise ExtensionError(
                "The book has no review: no folder from the book's upwards holds data/review.toml."
            )
        return review

    # --- what pages declare, show and cite ---

    @property
    def targets(self) -> dict[str, dict[str, Target]]:
        """Where each object stands: kind, id, target."""
        return cast("dict[str, dict[str, Target]]", self.data["targets"])

    @property
    def pages(self) -> dict[str, str]:
        """The node of the codebook a page declares."""
        return cast("dict[str, str]", self.data["pages"])

    @property
    def citations(self) -> dict[str, list[CitedAt]]:
        """Where pages cite findings."""
        return cast("dict[str, list[CitedAt]]", self.data["citations"])

    @property
    def support(self) -> dict[str, tuple[int, int, int]]:
        """What the synthesis of each page rests on."""
        return cast("dict[str, tuple[int, int, int]]", self.data["support"])

    @property
    def references(self) -> dict[str, list[tuple[str, str, str]]]:
        """Where pages cite works directly, without a finding."""
        return cast("dict[str, list[tuple[str, str, str]]]", self.data["references"])

    def targets_of(self, kind: str) -> Iterable[Target]:
        """The targets of all objects of a kind."""
        return self.targets.get(kind, {}).values()

    def target(self, kind: str, name: str) -> Target | None:
        """Where an object stands.

        A factor stands on the page of the nearest node above it; a work without an entry in the
        catalogue stands in the list of references.
        """
        found = self.targets.get(kind, {}).get(name)
        if found is None and kind == "study":
            return self.targets.get("reference", {}).get(name)
        if found is None and kind == "theme" and name in self.review.records.codebook:
            parent = self.review.records.codebook[name].parent
            return self.target("theme", parent) if parent else None
        return found

    def register(self, kind: str, name: str, target: Target) -> None:
        """Register where an object stands; a second place is an error."""
        known = self.targets.setdefault(kind, {}).get(name)
        if known is not None and known.docname != target.docname:
            first = self.env.doc2path(known.docname, base=False)
            message = (
                f"The {kind} {name!r} already has its place in {first}. "
                "Show it here without an anchor, or remove it there."
            )
            warn(self.env, target.docname, None, message, "home")
            return
        self.targets[kind][name] = target

    def settle_influences(self) -> None:
        """Give every influence its target: the page that draws the most of them.

        The page of a theme may draw the influences of that theme, with the same anchors.
        """
        pages: dict[str, set[str]] = self.data["drawn"]
        known = self.targets.setdefault("influence", {})
        known.clear()
        for docname in sorted(pages, key=lambda page: (-len(pages[page]), page)):
            for name in sorted(pages[docname]):
                known.setdefault(name, Target(docname, f"influence-{name}"))

    def theme_of_page(self, docname: str) -> str | None:
        """The level or theme a page declares in its front matter."""
        return self.pages.get(docname)

    def process_doc(self, env: BuildEnvironment, docname: str, document: document) -> None:
        """Learn what a page declares, shows and cites."""
        self.__dict__.pop("_cited", None)
        self._read_declaration(docname, document)
        for view in document.findall(view_node):
            self._read_view(docname, view)
        self._read_citations(docname, document)
        self._read_support(docname, document)
        self._judge(docname, document)

    def _judge(self, docname: str, document: document) -> None:
        """Hold the rules of prose that a page alone can break."""
        theme = self.theme_of_page(docname) or ""
        for problem in judged_tree(self.review, theme, document):
            sought = [str(value) for name, value in problem.fields if name == "value"]
            warn_of(self.env, problem.at(docname), *sought)

    def _read_support(self, docname: str, document: document) -> None:
        self.support[docname] = support_of(blocks_of(document, Place("")))
        if next(iter(document.findall(support_line)), None) is not None:
            self.data["telling"].add(docname)

    def _read_declaration(self, docname: str, document: document) -> None:
        declared = declaration(document)
        known = self.review.records.codebook if declared else None
        for word in ("theme", "level"):
            name = declared.get(word)
            if name is None or known is None:
                continue
            if name not in known:
                near = did_you_mean(str(name), known.ids)
                place = ("page-theme-unknown", docname, 1)
                warn_of(self.env, Problem(*place, value=str(name), near=near))
                continue
            self.pages[docname] = name
            anchor = f"theme-{name}"
            section = next(iter(document.findall(nodes.section)), None)
            if section is not None and anchor not in section["ids"]:
                section["ids"].append(anchor)
            self.register("theme", name, Target(docname, anchor))

    def _read_view(self, docname: str, view: Element) -> None:
        for kind in view["anchors"]:
            for name in view["shows"].get(kind, ()):
                if kind == "influence":
                    self.data["drawn"].setdefault(docname, set()).add(name)
                else:
                    self.register(kind, name, Target(docname, f"{kind}-{name}"))
        if view["explorer"]:
            shown = len(view["shows"]["finding"])
            self.data["explorers"].setdefault(docname, []).append((view["explorer"], shown))

    def _read_citations(self, docname: str, document: document) -> None:
        for group in document.findall(finding_group):
            cited = CitedAt(docname, *_heading_of(group), tuple(group["findings"]))
            self.citations.setdefault(docname, []).append(cited)
        for node in document.findall(nodes.Element):
            if node.get("refdomain") == "cite":
                self._note_reference(docname, node, str(node["reftarget"]).split(","))
            elif node.get("reviewkey"):
                self._note_reference(docname, node, [node["reviewkey"]])

    def _note_reference(self, docname: str, node: Element, keys: list[str]) -> None:
        anchor, heading = _heading_of(node)
        for key in keys:
            self.references.setdefault(docname, []).append((key.strip(), anchor, heading))

    # --- what Sphinx asks of a domain ---

    def clear_doc(self, docname: str) -> None:
        """Forget a page that is read again or gone."""
        self.__dict__.pop("_cited", None)
        for known in self.targets.values():
            for name in [name for name, target in known.items() if target.docname == docname]:
                del known[name]
        for part in _BY_PAGE:
            self.data[part].pop(docname, None)
        self.data["telling"].discard(docname)

    def merge_domaindata(self, docnames: Any, otherdata: dict[str, Any]) -> None:
        """Take over what another reading process learned."""
        self.__dict__.pop("_cited", None)
        for kind, known in otherdata["targets"].items():
            for name, target in known.items():
                if target.docname in docnames:
                    self.register(kind, name, target)
        for part in _BY_PAGE:
            for docname in docnames:
                if docname in otherdata[part]:
                    self.data[part][docname] = otherdata[part][docname]
        self.data["telling"] |= otherdata["telling"] & set(docnames)

    def resolve_xref(
        self,
        env: BuildEnvironment,
        fromdocname: str,
        builder: Builder,
        typ: str,
        target: str,
        node: pending_xref,
        contnode: Element,
    ) -> nodes.reference | None:
        """Link to the target of an object."""
        found = self.target(typ, target)
        if found is None:
            return None
        return make_refnode(builder, fromdocname, found.docname, found.anchor, [contnode])

    def resolve_any_xref(
        self,
        env: BuildEnvironment,
        fromdocname: str,
        builder: Builder,
        target: str,
        node: pending_xref,
        contnode: Element,
    ) -> list[tuple[str, Element]]:
        """Link to whatever bears an id, for ``{any}``."""
        found: list[tuple[str, Element]] = []
        for kind in ("theme", "study", "influence", "finding"):
            reference = self.resolve_xref(env, fromdocname, builder, kind, target, node, contnode)
            if reference is not None:
                found.append((f"synth:{kind}", reference))
        return found

    def get_objects(self) -> Iterator[tuple[str, str, str, str, str, int]]:
        """Every object with its target, for the book's search and for the inventory.

        Sphinx's own search is told of none (-1). References are in a domain of their own.
        """
        types = {
            role: kind for kind, objtype in self.object_types.items() for role in objtype.roles
        }
        for kind in sorted(self.targets):
            for name, target in sorted(self.targets[kind].items()):
                if kind in types and self.knows(kind, name):
                    label = self.label_of(kind, name)
                    yield (name, label, types[kind], target.docname, target.anchor, -1)

    def knows(self, kind: str, name: str) -> bool:
        """Whether the review has an object."""
        records = self.review.records
        tables: dict[str, Any] = {
            "study": records.studies,
            "finding": records.findings,
            "theme": records.codebook,
            "influence": records.influences,
            "reference": records.bibliography,
        }
        return name in tables.get(kind, ())

    def label_of(self, kind: str, name: str) -> str:
        """What readers see of an object."""
        records = self.review.records
        if kind == "study":
            return records.label(name)
        if kind == "theme":
            return records.codebook[name].label
        if kind == "finding":
            finding = records.findings[name]
            return f"{records.label(finding.study)}: {finding.summary}"
        influence = records.influences[name]
        settings = self.review.settings
        verb = settings.verb(influence.source, settings.direction(influence.direction))
        ends = (records.codebook[end].label for end in (influence.source, influence.target))
        return f" {verb} ".join(ends)

    # --- what other parts of the book ask ---

    def cited_at(self, study: str) -> list[CitedAt]:
        """The places that cite findings of a study, in the order of the book."""
        return [*self._cited.get(study, {}).values()]

    @cached_property
    def _cited(self) -> dict[str, dict[tuple[str, str], CitedAt]]:
        """The places by the study they cite, as long as no page is read again."""
        findings = self.review.records.findings
        cited: dict[str, dict[tuple[str, str], CitedAt]] = {}
        for docname in self.reading_order():
            for place in self.citations.get(docname, ()):
                own: dict[str, list[str]] = {}
                for name in place.findings:
                    if name in findings:
                        own.setdefault(findings[name].study, []).append(name)
                for study, names in own.items():
                    places = cited.setdefault(study, {})
                    places.setdefault(place[:2], place._replace(findings=tuple(names)))
            for key, anchor, heading in self.references.get(docname, ()):
                place = CitedAt(docname, anchor, heading, ())
                cited.setdefault(key, {}).setdefault((docname, anchor), place)
        return cited

    def reading_order(self) -> list[str]:
        """The pages in the order of the table of contents."""
        relations = self.env.collect_relations()
        order: dict[str, None] = {}
        docname: str | None = self.env.config.root_doc
        while docname is not None and docname not in order:
            order[docname] = None
            docname = relations[docname][2] if docname in relations else None
        for other in sorted(self.env.found_docs):
            order.setdefault(other)
        return list(order)

    def explorer_page(self) -> tuple[str, str] | None:
        """Page and key of the explorer that shows the most findings."""
        known = [
            (-size, docname, key)
            for docname, explorers in self.data["explorers"].items()
            for key, size in explorers
        ]
        if not known:
            return None
        _, docname, key = min(known)
        return docname, key


def declaration(document: document) -> dict[str, Any]:
    """What a page says of itself under ``synth:`` in its front matter."""
    for field in document.findall(nodes.field):
        if field[0].astext() == "synth":
            try:
                value = json.loads(field[1].astext())
            except json.JSONDecodeError:
                return {}
            return value if isinstance(value, dict) else {}
    return {}


def _heading_of(node: nodes.Node) -> tuple[str, str]:
    """Anchor and text of the heading a node stands under."""
    here: nodes.Node | None = node
    while here is not None and not isinstance(here, nodes.section):
        here = here.parent
    if here is None:
        return "", ""
    return here["ids"][0], here[0].astext()


def lift_front_matter(app: Sphinx, docname: str, source: list[str]) -> None:
    """Let a notebook declare its theme in the first Markdown cell, as a page does.

    MyST-NB reads a notebook's front matter from its metadata only and would show the cell's as a
    ruled-off heading. Its lines are left blank, so that line numbers stay true.
    """
    if not str(app.env.doc2path(docname)).endswith(".ipynb") or '"---' not in source[0]:
        return
    notebook = json.loads(source[0])
    cells = notebook.get("cells") or [{}]
    text = "".join(cells[0].get("source", ""))
    matter = re.match(r"---\n(.*?)\n---[ \t]*(?:\n|$)", text, re.DOTALL)
    if cells[0].get("cell_type") != "markdown" or matter is None:
        return
    import yaml

    declared = yaml.safe_load(matter[1]) or {}
    if not isinstance(declared, dict):
        return
    own = notebook.setdefault("metadata", {})
    for key, value in declared.items():
        own[key] = {**own.get(key, {}), **value} if isinstance(value, dict) else value
    cells[0]["source"] = "\n" * matter[0].count("\n") + text[matter.end() :]
    source[0] = json.dumps(notebook)


def refresh_links(app: Sphinx, env: BuildEnvironment) -> Iterable[str]:
    """Write pages anew whose links changed without a change of their own.

    A citation added anywhere changes what the catalogue and the references list under a study; an
    object that moved changes the links of every page.
    """
    domain = evidence_domain(env)
    domain.settle_influences()
    targets = repr(sorted((kind, sorted(known.items())) for kind, known in domain.targets.items()))
    by_page = (domain.citations, domain.references, domain.support)
    cited = repr([sorted(part.items()) for part in by_page])
    before = domain.data["written"]
    domain.data["written"] = (targets, cited)
    if not before or before == (targets, cited):
        return []
    if before[0] != targets:
        return sorted(env.found_docs)
    listing = {
        target.docname for kind in ("study", "reference") for target in domain.targets_of(kind)
    }
    return sorted(listing | domain.data["telling"])


def setup(app: Sphinx) -> None:
    """Add the domain."""
    app.add_domain(EvidenceDomain)
    app.connect("source-read", lift_front_matter)
    # After references_page.learn_targets.
    app.connect("env-updated", refresh_links, priority=700)
