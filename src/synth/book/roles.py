"""The roles prose is written with: citations of findings, numbers, links, the review's own words.

They work wherever Markdown does: in pages, in the Markdown cells of notebooks, in Markdown outputs.
What an author mistypes is said at once, with the line and the nearest name there is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxRole
from sphinx.util.nodes import make_refnode

from synth.book.context import depend_on_data, render
from synth.book.domain import EvidenceDomain, Target, evidence_domain, warn, warn_of
from synth.book.nodes import cited_names, evidence_link, finding_group, view_node
from synth.book.role_syntax import (
    cited_findings,
    code_of,
    named,
    of_place,
    parse_count,
    review_place,
    worded,
)
from synth.book.trees import EXTENSIONS
from synth.errors import Problem, UnknownName
from synth.messages import Words
from synth.model import UNKNOWN, facet_values
from synth.views.shapes import direction_mark

if TYPE_CHECKING:
    from docutils.nodes import Element, Node, system_message
    from sphinx.application import Sphinx
    from sphinx.config import Config

    from synth.review import Review


# --- roles -------------------------------------------------------------------------------------


class EvidenceRole(SphinxRole):
    """What the roles share: the review, its files as dependencies, and how mistakes are said."""

    @property
    def domain(self) -> EvidenceDomain:
        """The domain of the book."""
        return evidence_domain(self.env)

    def run(self) -> tuple[list[Node], list[system_message]]:
        """Draw the role, or show what the author wrote beside a warning."""
        # Once a page: its list of dependencies is long, and roles are many.
        if not self.env.temp_data.get("synth_depends"):
            depend_on_data(self.env)
            self.env.temp_data["synth_depends"] = True
        # A role is also known as part of the domain: {synth:finding}.
        name = self.name.removeprefix("synth:")
        try:
            node = self.drawn(self.domain.review)
        except (UnknownName, ValueError) as error:
            shown = {"role": name, "text": self.text, "reason": str(error)}
            problem = Problem(code_of(error), self.env.docname, self.lineno, **shown)
            # The whole role, or its beginning where it is broken over two lines.
            start = " ".join(self.text.split()[:1])
            sought = (f"{{{self.name}}}`{self.text}`", f"{{{self.name}}}`{start}")
            warn_of(self.env, problem, *sought)
            return [nodes.literal(self.rawtext, self.text)], []
        # What the rules of prose go by.
        node["role"], node["written"] = name, self.text
        return [node], []

    def drawn(self, review: Review) -> Element:
        """The role as a node; a name that is not there raises."""
        raise NotImplementedError


class FindingRole(EvidenceRole):
    """``{finding}`id; id` ``: author-year citations that lead to the findings themselves."""

    mark = "own"

    def drawn(self, review: Review) -> Element:
        """A group whose links are made when every page is known."""
        names, narrative = cited_findings(self.text, review.records.findings)
        group = finding_group(self.rawtext, findings=names, narrative=narrative, mark=self.mark)
        # Kept as text, so that a builder without links still says who is cited.
        group += nodes.Text(cited_as_text(review, names))
        return group


class ElsewhereRole(FindingRole):
    """``{elsewhere}`id` ``: the same, for findings that are coded to another theme."""

    mark = "elsewhere"


class ReviewRole(EvidenceRole):
    """``{review}`section | anchor` ``: what the review argues itself, without a study."""

    def drawn(self, review: Review) -> Element:
        """A small label that leads to the review, with its section and locating words."""
        section, anchor = review_place(self.text, review.settings.sections)
        source, words = review.settings.source, Words.of(review.settings)
        link = evidence_link(
            self.rawtext,
            classes=["synth-rv"],
            refuri=f"https://doi.org/{source.doi}" if source.doi else source.url,
            reviewkey=source.key,
            reftitle=words.say("cite_place", section=section, quote=anchor),
            section=section,
            quote=anchor,
        )
        link += nodes.Text(words.say("cite_own", section=section))
        mark = nodes.inline(classes=["synth", "synth-cite"])
        mark += [nodes.Text("("), link, nodes.Text(")")]
        return mark


class CountRole(EvidenceRole):
    """``{count}`studies theme=some-theme` ``: a number, computed while the book is built."""

    def drawn(self, review: Review) -> Element:
        """The number, with its noun and its whole when the author asks for them."""
        number = worded(review, parse_count(self.text))
        return nodes.inline(self.rawtext, number, classes=["synth-count"])


class PlaceRole(EvidenceRole):
    """``{place}`Kenya | income_group` ``: what the table of places says of a country."""

    def drawn(self, review: Review) -> Element:
        """The words of the table."""
        said = of_place(self.text, review.records)
        return nodes.inline(self.rawtext, said, classes=["synth-place"])


class LinkRole(EvidenceRole):
    """``{theme}`id` `` and the like: a link that bears the right label."""

    kind: ClassVar[str]

    def drawn(self, review: Review) -> Element:
        """A link to the target of an object, resolved by the domain."""
        name, label = named(self.kind, self.text, review.records)
        link = addnodes.pending_xref(
            self.rawtext,
            refdomain="synth",
            reftype=self.kind,
            reftarget=name,
            refdoc=self.env.docname,
            refexplicit=bool(label),
            refwarn=True,
        )
        # Where Sphinx says that the link leads nowhere.
        link.source, link.line = self.env.doc2path(self.env.docname), self.lineno
        text = label or self.label(review, name)
        link += nodes.inline("", text, classes=[f"synth-{self.kind}-link"])
        return link

    def label(self, review: Review, name: str) -> str:
        """What readers see without a text of the author's own."""
        return self.domain.label_of(self.kind, name)


class ThemeRole(LinkRole):
    """A link to the page of a level, theme or factor."""

    kind = "theme"


class StudyRole(LinkRole):
    """A link to the entry of a study: ``Adams & Byrne (2016)``."""

    kind = "study"

    def label(self, review: Review, name: str) -> str:
        """Authors and year as they stand in a sentence."""
        from synth.references.apa import narrative

        reference = review.records.bibliography.get(name)
        return narrative(reference) if reference else name


class InfluenceRole(LinkRole):
    """A link to a stated influence: ``Organizational culture enables Wellbeing``."""

    kind = "influence"


# --- citations as text and as links ------------------------------------------------------------


def cited_works(review: Review, names: Iterable[str]) -> list[tuple[str, list[str]]]:
    """Studies with their cited findings, ordered as a citation style orders them."""
    from synth.references.apa import group

    records = review.records
    by_study: dict[str, list[str]] = {}
    for name in names:
        by_study.setdefault(records.findings[name].study, []).append(name)
    return [(work.key, by_study[work.key]) for work in group(works_of(review, by_study))]


def works_of(review: Review, studies: Iterable[str]) -> list[Any]:
    """The references of studies."""
    return [review.records.bibliography[study] for study in studies]


def citation_labels(review: Review, studies: list[str]) -> list[tuple[str, str]]:
    """What to print before and for each citation: a later work of the same authors is a year only.

    "Otte et al., 2020a" is followed by ", 2020b"; another author's by "; Pratt, 2012".
    """
    from synth.references.apa import bracket

    return bracket(works_of(review, studies))


def cited_as_text(review: Review, names: Iterable[str]) -> str:
    """Findings as plain author-year citations in brackets."""
    studies = [study for study, _ in cited_works(review, names)]
    return f"({''.join(a + b for a, b in citation_labels(review, studies))})"


# Citations in figures and tables of the library, before their addresses are known.


class CiteFindings(SphinxPostTransform):
    """Turn groups of cited findings into links, once the target of every finding is known."""

    # Before Sphinx resolves its own references, which start at 10.
    default_priority = 8

    def run(self, **kwargs: Any) -> None:
        """Draw every citation of the page, and put what their previews show at its end."""
        domain = evidence_domain(self.env)
        shown: dict[str, None] = {}
        missing: dict[str, None] = {}
        for group in list(self.document.findall(finding_group)):
            shown.update(dict.fromkeys(group["findings"]))
            missing.update(dict.fromkeys(self._draw(domain, group)))
        for name in missing:
            message = (
                f"No page of the book shows the finding {name!r}. "
                "A page with a {catalogue} directive shows them all."
            )
            warn(self.env, self.env.docname, None, message, "home")
        for view in self.document.findall(view_node):
            shown.update(dict.fromkeys(view["cites"]))
        own = [n for n in self.document.findall(evidence_link) if "reviewkey" in n]
        for link in own:
            self._link_review(domain, link)
        # Works cited together, which the domain of citations draws afterwards.
        works = [
            key
            for node in self.document.findall(addnodes.pending_xref)
            if node.get("refdomain") == "cite" and "," in node["reftarget"]
            for key in node["reftarget"].split(",")
        ]
        if (shown or own or works) and self.app.builder.format == "html":
            found = [domain.review.records.findings[name].study for name in shown]
            addresses = {key: self._reference(domain, key) for key in sorted({*found, *works})}
            data = preview_data(domain.review, shown, addresses)
            self.document += nodes.raw("", data, format="html")

    def _reference(self, domain: EvidenceDomain, key: str) -> str:
        """The address of a work in the list of references, seen from this page."""
        target = domain.target("reference", key)
        if target is None:
            return ""
        page = self.app.builder.get_relative_uri(self.env.docname, target.docname)
        return f"{page}#{target.anchor}"

    def _draw(self, domain: EvidenceDomain, group: Element) -> list[str]:
        review = domain.review
        see = Words.of(review.settings)["cite_see"]
        names: list[str] = group["findings"]
        group.clear()
        group["classes"] += ["synth", "synth-cite"]
        missing: list[str] = []
        if group["mark"] == "elsewhere":
            group["classes"].append("synth-elsewhere")
            group += nodes.Text("(")
            for index, (theme, part) in enumerate(self._by_theme(review, names).items()):
                group += nodes.Text(f"; {see} " if index else f"{see} ")
                group += self._theme_link(domain, theme)
                group += nodes.Text(": ")
                missing += self._cite(domain, group, part)
            group += nodes.Text(")")
        elif group["narrative"]:
            missing += self._cite_in_sentence(domain, group, names)
        else:
            group += nodes.Text("(")
            missing += self._cite(domain, group, names)
            group += nodes.Text(")")
        return missing

    def _by_theme(self, review: Review, names: list[str]) -> dict[str, list[str]]:
        """Findings by the theme whose page tells of them, in the order of the codebook."""
        book = review.records.codebook
        domain = evidence_domain(self.env)
        parts: dict[str, list[str]] = {}
        for name in sorted(names, key=lambda n: book.order[review.records.findings[n].theme]):
            coded = book.path(review.records.findings[name].theme)
            own = [node.id for node in coded if node.id in domain.targets.get("theme", {})]
            parts.setdefault(own[-1] if own else coded[0].id, []).append(name)
        return parts

    def _theme_link(self, domain: EvidenceDomain, theme: str) -> Node:
        label = domain.review.records.codebook[theme].label
        target = domain.target("theme", theme)
        text = nodes.inline("", label)
        if target is None:
            return text
        return self._link(target, [text])

    def _link(self, target: Target, children: list[Node]) -> nodes.reference:
        return make_refnode(
            self.app.builder, self.env.docname, target.docname, target.anchor, children
        )

    def _cite(self, domain: EvidenceDomain, group: Element, names: list[str]) -> list[str]:
        works = cited_works(domain.review, names)
        labels = citation_labels(domain.review, [study for study, _ in works])
        if len(works) > 1:
            count = Words.of(domain.review.settings).count("study", len(works))
            group += (several := cited_names("", count=count))
            group = several
        missing: list[str] = []
        for (_, own), (before, label) in zip(works, labels, strict=True):
            group += nodes.Text(before)
            missing += self._cite_work(domain, group, own, label)
        return missing

    def _cite_in_sentence(
        self, domain: EvidenceDomain, group: Element, names: list[str]
    ) -> list[str]:
        from synth.references.apa import narrative

        works = cited_works(domain.review, names)
        last = f" {Words.of(domain.review.settings)['and']} "
        missing: list[str] = []
        for index, (study, own) in enumerate(works):
            if index:
                group += nodes.Text(last if index == len(works) - 1 else ", ")
            label = narrative(domain.review.records.bibliography[study])
            missing += self._cite_work(domain, group, own, label)
        return missing

    def _cite_work(
        self, domain: EvidenceDomain, group: Element, names: list[str], label: str
    ) -> list[str]:
        target = domain.target("finding", names[0])
        if target is None:
            group += nodes.Text(label)
            return names[:1]
        plain = self._link(target, [])
        link = evidence_link("", "", classes=["fc"], findings=names, internal=True)
        for attribute in ("refuri", "refid"):
            if attribute in plain:
                link[attribute] = plain[attribute]
        link += nodes.Text(label)
        group += link
        return []

    def _link_review(self, domain: EvidenceDomain, link: Element) -> None:
        """Lead to the review in the book's own list of references, where it has one."""
        target = domain.target("reference", link["reviewkey"])
        if target is not None:
            plain = self._link(target, [])
            for attribute in ("refuri", "refid"):
                link.attributes.pop(attribute, None)
                if attribute in plain:
                    link[attribute] = plain[attribute]
            link["internal"] = True


def preview_data(review: Review, names: Iterable[str], addresses: Mapping[str, str]) -> str:
    """What the previews of a page's citations show, once for each finding and each work."""
    records, say = review.records, Words.of(review.settings)
    found: dict[str, dict[str, str | list[str]]] = {}
    marks: dict[str, str] = {}
    for name in sorted(names):
        finding = records.findings[name]
        study = records.studies[finding.study]
        direction = review.settings.direction(finding.direction)
        marks[direction.id] = direction_mark(direction)
        values: list[str] = []
        for facet in review.settings.shown_facets:
            known = [v for v in facet_values(facet, finding, study) if v not in UNKNOWN]
            values.append(", ".join(known) or say.say("preview_unknown", facet=facet.label.lower()))
        found[name] = {
            "direction": direction.id,
            "summary": finding.summary,
            "study": study.id,
            "facts": " · ".join(values),
            "theme": [node.label for node in records.codebook.path(finding.theme)],
            "section": finding.section,
            "quote": finding.anchor,
        }
    cited = {finding["study"] for finding in found.values()}
    works: dict[str, dict[str, str]] = {}
    for key, address in addresses.items():
        works[key] = {"name": records.label(key), "reference": address}
        if key not in cited:
            works[key]["title"] = records.bibliography[key].title
    words = {name: say[f"preview_{name}"] for name in ("where", "own", "reference")}
    data = {"findings": found, "works": works, "marks": dict(sorted(marks.items())), "words": words}
    return str(render("previews.html", data=data))


# --- HTML --------------------------------------------------------------------------------------


def visit_evidence_link(self: Any, node: Element) -> None:
    """Open a link that knows which findings it stands for."""
    address = node.get("refuri") or f"#{node.get('refid', '')}"
    told = {"href": address, "CLASS": " ".join(node["classes"])}
    if node.get("findings"):
        told["data-findings"] = " ".join(node["findings"])
    for name in ("section", "quote"):
        if node.get(name):
            told[f"data-{name}"] = node[name]
    if node.get("reftitle"):
        told["title"] = node["reftitle"]
    node["classes"] = []
    self.body.append(self.starttag(node, "a", "", **told))


def depart_evidence_link(self: Any, node: Element) -> None:
    """Close it."""
    self.depart_reference(node)


def visit_cited_names(self: Any, node: Element) -> None:
    """Say how many works are cited, and open the names, which the card, paper and a page without
    a script show.
    """
    self.body.append(render("cited_names.html", count=node["count"]))
    node["classes"] = ["synth-names"]
    self.visit_inline(node)


def depart_cited_names(self: Any, node: Element) -> None:
    """Close them."""
    self.depart_inline(node)


ROLES: dict[str, type[EvidenceRole]] = {
    "finding": FindingRole,
    "elsewhere": ElsewhereRole,
    "review": ReviewRole,
    "count": CountRole,
    "place": PlaceRole,
    "theme": ThemeRole,
    "study": StudyRole,
    "influence": InfluenceRole,
}


def understand_markup(app: Sphinx, config: Config) -> None:
    """Read pages with the markup they are written in, whatever ``_config.yml`` lists.

    Without one of these, readers would see ``:::{synthesis}`` and ``{.roles}`` as they stand.
    """
    listed = set(config.myst_enable_extensions)
    if not listed >= EXTENSIONS:
        config.myst_enable_extensions = sorted(listed | EXTENSIONS)


def setup(app: Sphinx) -> None:
    """Add the roles, under short names and as ``synth:name``."""
    app.connect("config-inited", understand_markup)
    for name, role in ROLES.items():
        app.add_role(name, role())
        app.add_role_to_domain("synth", name, role())
    app.add_node(finding_group)
    app.add_node(evidence_link, html=(visit_evidence_link, depart_evidence_link))
    app.add_node(cited_names, html=(visit_cited_names, depart_cited_names))
    app.add_post_transform(CiteFindings)
