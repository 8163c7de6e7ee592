"""Citations of works, and the list of references: both drawn from the review's own records.

``{cite:p}`` and ``{cite:t}`` cite works in brackets and in the sentence; ``{bibliography}`` lists
them with durable anchors (``#ref-lee2020``) and, under each work, the way back to where the book
cites it. What ``synth check`` has read is what stands here: there is no second reader.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, cast

from docutils import nodes
from docutils.parsers.rst import directives
from markupsafe import Markup
from sphinx.addnodes import pending_xref
from sphinx.domains import Domain, ObjType
from sphinx.errors import ExtensionError
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective, SphinxRole
from sphinx.util.nodes import make_refnode

from synth.book.catalogue_page import said_where
from synth.book.context import depend_on_data, render, words_of
from synth.book.domain import Target, evidence_domain, warn
from synth.book.nodes import cited_names
from synth.errors import did_you_mean
from synth.messages import Words
from synth.references.apa import (
    address,
    bracket,
    filed_under,
    group,
    narrative,
    people,
    reference_parts,
    year,
)
from synth.text import fold_words
from synth.views.catalogue import STYLED

if TYPE_CHECKING:
    from docutils.nodes import Element, Node
    from sphinx.application import Sphinx
    from sphinx.builders import Builder
    from sphinx.environment import BuildEnvironment

    from synth.references.work import Reference

ANCHOR = "ref-{key}"


# --- citations ----------------------------------------------------------------------------------


class CitationRole(SphinxRole):
    """``{cite:p}`key, key` ``: works by author and year, each leading to its reference."""

    def __init__(self, form: str = "p") -> None:
        super().__init__()
        self.form = form

    def run(self) -> tuple[list[Node], list[nodes.system_message]]:
        """Cite the works as text; where they stand is known only when every page is read."""
        depend_on_data(self.env)
        works = evidence_domain(self.env).review.records.bibliography
        keys = list(dict.fromkeys(key.strip() for key in self.text.split(",") if key.strip()))
        for key in keys or [""]:
            if key not in works:
                near = did_you_mean(key, works) or "Works are listed in references.bib."
                message = f"No work has the key {key!r}. {near}"
                # The role as it was written says on which line of the paragraph it stands.
                place = (self.env, self.env.docname, self.lineno)
                warn(*place, message, "cite", self.rawtext, key)
        known = [key for key in keys if key in works]
        if self.form == "p":
            known = [work.key for work in group(works[key] for key in known)]
        unknown = [key for key in keys if key not in works]
        if not known:
            return [nodes.inline("", f"[{', '.join(unknown)}?]")], []
        node = pending_xref(
            self.rawtext,
            refdomain="cite",
            reftype=self.form,
            reftarget=",".join(known),
            refdoc=self.env.docname,
        )
        self.set_source_info(node)
        shown = "".join(before + label for _, before, label in _cited(self.form, works, known))
        node += nodes.inline("", f"({shown})" if self.form == "p" else shown)
        return [node], []


def _cited(form: str, works: Any, keys: Sequence[str]) -> Iterator[tuple[Reference, str, str]]:
    """Each work with what stands before its citation and the citation itself."""
    cited = [works[key] for key in keys]
    if form == "p":
        for work, (before, label) in zip(cited, bracket(cited), strict=True):
            yield work, before, label
        return
    for number, work in enumerate(cited):
        last = number == len(cited) - 1
        comma = "," if len(cited) > 2 else ""
        joint = f"{comma} and " if last and form != "year" else ", "
        yield work, joint if number else "", _said(form, work)


def _said(form: str, work: Reference) -> str:
    if form == "t":
        return narrative(work)
    return year(work) if form == "year" else people(work, "and")


class CitationDomain(Domain):
    """The works of the bibliography, as Sphinx keeps things that pages link to."""

    name = "cite"
    label = "Citations"
    object_types = {"citation": ObjType("citation", "p", "t")}  # noqa: RUF012
    roles = {form: CitationRole(form) for form in ("p", "t", "year", "author")}  # noqa: RUF012
    data_version = 1

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
        """Turn a citation into links to the list of references."""
        domain = evidence_domain(env)
        works = domain.review.records.bibliography
        targets = domain.targets.get("reference", {})
        keys = [key for key in target.split(",") if key in works]
        if not keys:
            return cast("nodes.reference", contnode)
        whole = nodes.inline(classes=["synth", "synth-cite"])
        names: nodes.inline = nodes.inline()
        if typ == "p" and len(keys) > 1:
            words = Words.of(domain.review.settings)
            names = cited_names("", count=words.count("work", len(keys)))
        for work, before, label in _cited(typ, works, keys):
            if before:
                names += nodes.Text(before)
            found = targets.get(work.key)
            if found is None:
                names += nodes.Text(label)
                continue
            text = nodes.inline("", label)
            names += make_refnode(builder, fromdocname, found.docname, found.anchor, text)
        if typ == "p":
            whole += [nodes.Text("("), names, nodes.Text(")")]
        else:
            whole += names.children
        return cast("nodes.reference", whole)

    def get_objects(self) -> Iterator[tuple[str, str, str, str, str, int]]:
        """Every listed work with its place, for the search and for other books."""
        domain = evidence_domain(self.env)
        for key, target in sorted(domain.targets.get("reference", {}).items()):
            yield (key, key, "citation", target.docname, target.anchor, -1)

    def merge_domaindata(self, docnames: Any, otherdata: Any) -> None:
        """Nothing is kept here: the evidence's own domain knows who cites what."""


# --- the list -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Part:
    """What a list of references holds.

    Parameters
    ----------
    whole : works too that nobody cites.
    since, before : only works filed in the alphabet at or after the one and before the other.
    """

    whole: bool
    since: str = ""
    before: str = ""

    def holds(self, filed: str) -> bool:
        """Whether what is filed under some letters stands in this part of the alphabet."""
        if not self.since and not self.before:
            return True
        return filed >= self.since and (not self.before or filed < self.before)


class listed_works(nodes.General, nodes.Element):  # noqa: N801  docutils names its nodes so
    """Stands for a list of references until every page that cites a work is known."""


class BibliographyDirective(SphinxDirective):
    """``{bibliography}``: the works the book cites; with ``:all:`` every work there is.

    A long list stands on several pages: ``:since: br`` and ``:before: co`` take the works that
    are filed there in the alphabet.
    """

    option_spec: ClassVar[Any] = {
        "all": directives.flag,
        "cited": directives.flag,
        "since": directives.unchanged,
        "before": directives.unchanged,
    }

    def run(self) -> list[Node]:
        """Stand for the list."""
        depend_on_data(self.env)
        domain = evidence_domain(self.env)
        since, before = (
            fold_words(self.options.get(name, "")).replace(" ", "") for name in ("since", "before")
        )
        part = Part("all" in self.options, since, before)
        domain.data["lists"].setdefault(self.env.docname, []).append(part)
        return [listed_works("", part=part)]


def learn_targets(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Note where each work stands in a list of references."""
    domain = evidence_domain(env)
    lists: dict[str, list[Part]] = domain.data["lists"]
    if not lists and not domain.targets.get("reference"):
        return []
    known = domain.targets.setdefault("reference", {})
    known.clear()
    for docname, parts in sorted(lists.items()):
        for work in (work for part in parts for work in _listed(env, part)):
            known.setdefault(work.key, Target(docname, ANCHOR.format(key=work.key)))
    return []


def _listed(env: BuildEnvironment, part: Part) -> list[Reference]:
    domain = evidence_domain(env)
    records = domain.review.records
    # Each page of a long list asks for its part of the same order.
    filed = records.once(
        "filed",
        lambda: [(filed_under(work), work) for work in group(records.bibliography.values())],
    )
    return [
        work
        for under, work in filed
        if part.holds(under) and (part.whole or domain.cited_at(work.key))
    ]


class DrawReferences(SphinxPostTransform):
    """Draw each list of references, with the way back under each work."""

    # Before Sphinx resolves its own references, which start at 10.
    default_priority = 7

    def run(self, **kwargs: Any) -> None:
        """Replace every placeholder of the page."""
        for node in list(self.document.findall(listed_works)):
            node.replace_self(list(self._entries(node["part"])))

    def _entries(self, part: Part) -> Iterator[Node]:
        targets = evidence_domain(self.env).targets.get("reference", {})
        html = self.app.builder.format == "html"
        # One element says for the page that it needs the styles of the catalogue.
        styled = Markup(f" {STYLED}")
        for work in _listed(self.env, part):
            target = Target(self.env.docname, ANCHOR.format(key=work.key))
            ids = [target.anchor] if targets.get(work.key) == target else []
            text = nodes.paragraph("", "", *self._parts(work))
            if not html:
                text["ids"] = ids
                yield text
                continue
            yield nodes.citation("", text, self._way_back(work.key, styled), ids=ids)
            styled = Markup()

    def _parts(self, work: Reference) -> Iterator[Node]:
        for mark, text in reference_parts(work, note=True):
            if mark == "em":
                yield nodes.emphasis("", text)
            elif mark == "link":
                yield nodes.reference("", text, refuri=address(text), internal=False)
            else:
                yield nodes.Text(text)

    def _way_back(self, key: str, styled: Markup) -> nodes.raw:
        domain, words = evidence_domain(self.env), words_of(self.app)
        places = domain.cited_at(key)
        study = domain.targets.get("study", {}).get(key)
        where = ""
        if study is not None:
            page = self.app.builder.get_relative_uri(self.env.docname, study.docname)
            where = f"{page}#{study.anchor}"
        cited = said_where(self, places, headings=False) if places else Markup("")
        html = render("way_back.html", study=where, cited=cited, words=words, styled=styled)
        return nodes.raw("", html, format="html")


def setup(app: Sphinx) -> None:
    """Add the roles and the list."""
    if "sphinxcontrib.bibtex" in (*app.extensions, *app.config.extensions):
        message = (
            "The book reads references.bib itself: take 'sphinxcontrib.bibtex' and all that begins "
            "with 'bibtex_' out of _config.yml (or run 'synth upgrade')."
        )
        raise ExtensionError(message)
    app.add_domain(CitationDomain)
    app.add_role("cite", CitationRole())
    app.add_directive("bibliography", BibliographyDirective)
    app.add_node(listed_works)
    app.connect("env-updated", learn_targets, priority=600)
    app.add_post_transform(DrawReferences)
