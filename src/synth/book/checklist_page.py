"""What readers of reviews look for: reporting checklists, how it was coded, whether it is living.

``{checklist}`` shows where the items of a file of ``data/reporting`` stand, each place a link that
has to lead somewhere; ``{coding}`` and ``{living}`` show what ``review.toml`` says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

from synth.book.checklist import REPORTING, Checklist, checklists
from synth.book.context import depend_on_data, render, root_of, settings_of, words_of
from synth.book.domain import warn
from synth.errors import Problem, ReviewError, did_you_mean
from synth.messages import Words

if TYPE_CHECKING:
    from sphinx.application import Sphinx

    from synth.model import Coding, Living


class checklist_node(nodes.General, nodes.Element):  # noqa: N801  docutils names nodes so
    """A checklist that is drawn when every page and its anchors are known."""


class ChecklistDirective(SphinxDirective):
    """Where the items of a reporting checklist stand, in the review and in the book."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Leave a place for the checklist with the id that is given."""
        root = root_of(self.env.app)
        assert root is not None
        for path in (root / REPORTING).glob("*.toml"):
            self.env.note_dependency(str(path))
        asked = self.arguments[0].strip()
        try:
            known = checklists(root)
        except ReviewError as error:
            return self._warned(*error.problems)
        if asked not in known:
            near = did_you_mean(asked, known)
            return self._warned(Problem("checklist-unknown", REPORTING, value=asked, near=near))
        node = checklist_node("", checklist=asked)
        node["line"] = self.lineno
        return [node]

    def _warned(self, *problems: Problem) -> list[nodes.Node]:
        for problem in problems:
            warn(self.env, self.env.docname, self.lineno, str(problem), problem.code)
        return []


class DrawChecklists(SphinxPostTransform):
    """Draw the checklists of a page, and say which places lead nowhere."""

    default_priority = 9

    def run(self, **kwargs: object) -> None:
        """Replace every placeholder."""
        for node in list(self.document.findall(checklist_node)):
            root = root_of(self.app)
            assert root is not None
            told = checklists(root)[node["checklist"]]
            links = self._links(told, node["line"])
            html = render(
                "checklist.html",
                checklist=told,
                links=links,
                words=words_of(self.app),
                counts={side: told.counted(side) for side in ("review", "book")},
            )
            node.replace_self(nodes.raw("", str(html), format="html"))

    def _links(self, told: Checklist, line: int) -> dict[str, tuple[str, str]]:
        """For each place its address and the title of what stands there."""
        links: dict[str, tuple[str, str]] = {}
        for item in told.items:
            for place in item.places:
                found = self._found(place)
                if found:
                    links[place] = found
                    continue
                problem = Problem(
                    "checklist-place-dead",
                    f"{REPORTING}/{told.id}.toml",
                    0,
                    f"item {item.number}",
                    value=place,
                )
                warn(self.env, self.env.docname, line, str(problem), problem.code)
        return links

    def _found(self, place: str) -> tuple[str, str] | None:
        """Address and heading of ``page#anchor``, or ``None`` if there is no such place."""
        page, _, anchor = place.partition("#")
        docname = f"{self.env.docname.rpartition('/')[0]}/{page}".lstrip("/")
        if docname not in self.env.found_docs or not anchor:
            return None
        address = self.app.builder.get_relative_uri(self.env.docname, docname)
        title = self.env.titles[docname].astext()
        known = self.env.metadata.get(docname, {}).get("synth_anchors", {})
        if anchor not in known:
            return None
        return f"{address}#{anchor}", known[anchor] or title


def note_ids(app: Sphinx, doctree: nodes.document) -> None:
    """Remember the anchors of a page, which the contents list only in part."""
    found: dict[str, str] = {}
    for node in doctree.findall(nodes.Element):
        heading = ""
        if isinstance(node, nodes.section) and isinstance(node.parent, nodes.section):
            heading = node[0].astext()
        found.update(dict.fromkeys(node.get("ids", ()), heading))
    app.env.metadata[app.env.docname]["synth_anchors"] = found


class SettingsDirective(SphinxDirective):
    """What a table of ``review.toml`` says, item by item."""

    def run(self) -> list[nodes.Node]:
        """A definition list; nothing where the review says nothing."""
        depend_on_data(self.env)
        words = words_of(self.env.app)
        told = self.told(words)
        listed = nodes.definition_list(classes=["synth-told"])
        for label, texts in told:
            item = nodes.definition_list_item()
            item += nodes.term(label, label)
            item += nodes.definition("", *(nodes.paragraph(text, text) for text in texts))
            listed += item
        return [listed] if told else []

    def told(self, words: Words) -> list[tuple[str, list[str]]]:
        """What is said, as label and sentences."""
        raise NotImplementedError


class CodingDirective(SettingsDirective):
    """How the findings were coded, by whom in kind, and what nobody has checked."""

    def told(self, words: Words) -> list[tuple[str, list[str]]]:
        """The table ``[coding]``."""
        settings = settings_of(self.env.app)
        return _coding(settings.coding, words) if settings and settings.coding else []


def _coding(coding: Coding, words: Words) -> list[tuple[str, list[str]]]:
    apart = words["coding_apart" if coding.independent else "coding_not_apart"]
    number = words.count("coding_number", coding.codings)
    said: dict[str, list[str]] = {
        "codings": [f"{number} {apart}" if coding.codings > 1 else number],
        **{name: [getattr(coding, name)] for name in ("by", "source")},
        "not_seen": list(coding.not_seen),
        **{name: [getattr(coding, name)] for name in _SAID_OF_CODING},
    }
    return [(words[f"coding_{name}"], texts) for name, texts in said.items() if any(texts)]


_SAID_OF_CODING = (
    *("checked", "not_checked", "appraisal", "certainty", "overlap", "funding", "interests"),
)


class LivingDirective(SettingsDirective):
    """Whether the review is a living one, what it was searched to, and what happens next."""

    def told(self, words: Words) -> list[tuple[str, list[str]]]:
        """The table ``[living]``."""
        settings = settings_of(self.env.app)
        return _living(settings.living, words) if settings and settings.living else []


def _living(living: Living, words: Words) -> list[tuple[str, list[str]]]:
    said: dict[str, str] = {
        "status": words[f"living_{living.status.replace(' ', '_')}"],
        **{name: getattr(living, name) for name in _SAID_OF_LIVING},
    }
    return [(words[f"living_of_{name}"], [text]) for name, text in said.items() if text]


_SAID_OF_LIVING = ("searched_through", "next_search_due", "trigger", "retirement")


def setup(app: Sphinx) -> None:
    """Add the directives, under short names and as ``synth:…``."""
    app.add_node(checklist_node)
    for name, directive in (
        ("checklist", ChecklistDirective),
        ("coding", CodingDirective),
        ("living", LivingDirective),
    ):
        app.add_directive(name, directive)
        app.add_directive_to_domain("synth", name, directive)
    app.add_post_transform(DrawChecklists)
    app.connect("doctree-read", note_ids)
