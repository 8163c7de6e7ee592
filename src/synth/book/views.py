"""The views that notebooks store, drawn into the pages of the book from the review as it is now.

A notebook says which view a cell showed: its kind, its query and its options. The build draws it:
with the numbers of the data in force, and with links to where studies, themes and findings stand.
What it drew is fingerprinted, so that a change of the data rebuilds the pages that show it and no
others.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple
from urllib.parse import unquote

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from synth import freshness
from synth.book.assets import TABLES, write_if_changed
from synth.book.context import review_of, root_of
from synth.book.domain import evidence_domain, warn
from synth.book.explorers import shared_file
from synth.book.figures import HAS_CHART, late_value, vega_lite_version
from synth.book.nodes import view_node
from synth.book.processes import import_what_draws, processes_of, shared_out
from synth.references.csv_text import csv_file
from synth.views.charts import Chart
from synth.views.charts.pictures import keep_pictures
from synth.views.countries import anchor_of
from synth.views.explorer import Explorer
from synth.views.markup import Place, drawn_in
from synth.views.view import VIEW, View

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

    from synth.review import Review

DRAWN = "synth_views"
"""Key of a page's metadata: its views, each with the fingerprint of what was drawn."""

FILES = "synth_view_files"
"""Key of a page's metadata: its views whose whole table is a file of the book, by its name."""


def setup(app: Sphinx) -> None:
    """Draw views, and build pages again whose views changed; myst-nb finds the renderer itself."""
    app.add_node(view_node)
    app.add_post_transform(DrawViews)
    app.add_post_transform(CodeBelow)
    app.connect("builder-inited", keep_drawn_pictures)
    app.connect("env-get-outdated", outdated)
    app.connect("build-finished", write_tables)


def keep_drawn_pictures(app: Sphinx) -> None:
    """Draw no chart again that an earlier build drew."""
    keep_pictures(Path(app.doctreedir) / "synth-pictures")


class ViewMime:
    """Takes a stored view into the page; which one it is, not what it looked like."""

    mime_priority_overrides: ClassVar[Sequence[tuple[str, str, int | None]]] = (
        ("*", VIEW, 1),
        # What a notebook drew as html beats the live widget, which needs a kernel.
        ("html", freshness.LIVE_VIEW, None),
    )

    @staticmethod
    def handle_mime(renderer: Any, data: Any, inline: bool) -> list[nodes.Element] | None:
        """Give a node that knows the view; ``None`` lets myst-nb go on with any other output."""
        if data.mime_type != VIEW or inline:
            return None
        env: BuildEnvironment = renderer.renderer.sphinx_env
        # myst-nb finds this class in any book; one without the extension keeps the stored outputs.
        if "synth.book" not in env.app.extensions:
            return None
        asked = json.loads(json.dumps(data.content))
        review = review_of(env.app)
        if review is None:
            return None
        try:
            drawn = drawing(env.app, review, asked)
        except (LookupError, TypeError, ValueError) as error:
            message = (
                f"The view {asked.get('kind')!r} cannot be drawn: {error} Run `synth execute`."
            )
            warn(env, env.docname, data.line, message, "stale")
            return []
        about = env.metadata[env.docname]
        about.setdefault(DRAWN, []).append((_name(asked), drawn.html.fingerprint))
        if drawn.file:
            about.setdefault(FILES, {})[drawn.file] = asked
        if drawn.vega:
            about[HAS_CHART] = drawn.vega
        node = view_node("", asked=asked, plain=drawn.plain, classes=["output"])
        node["html"], node["shows"], node["anchors"] = drawn.html, drawn.shows, drawn.anchors
        node["cites"], node["explorer"] = drawn.cites, drawn.key
        return [node]


# --- drawn once, for every page ------------------------------------------------------------------


class Marked(NamedTuple):
    """The HTML of a view before it is known where anything stands.

    Parameters
    ----------
    text : the HTML, with a mark in place of each address.
    marks : what the marks stand for, by kind and name, in the order of their numbers.
    """

    text: str
    marks: tuple[tuple[str, str], ...]

    def at(self, address: Callable[[str, str], str]) -> str | None:
        """The HTML with its addresses, or ``None`` where it would be another.

        That is so where something has no address, and is no link then, and where an address holds
        a sign that is written in one way in HTML and in another in a script.
        """
        known = [address(kind, name) for kind, name in self.marks]
        if not all(_AS_IT_IS.fullmatch(each) for each in known):
            return None
        return _MARK.sub(lambda found: known[int(found[1])], self.text)

    @property
    def fingerprint(self) -> str:
        """What that of another HTML differs from."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:16]


class Drawing(NamedTuple):
    """What a page takes from a view: its HTML, and what it holds.

    Parameters
    ----------
    html : with marks in place of addresses.
    plain : its plain text.
    shows, anchors, cites, file : as the view has them.
    key : of an explorer, its key; else empty.
    vega : of a chart, the Vega-Lite it was written for; else empty.
    """

    html: Marked
    plain: str
    shows: dict[str, list[str]]
    anchors: list[str]
    cites: list[str]
    file: str
    key: str
    vega: str


_MANY = 5_000
"""Findings beyond which writing their tables takes longer than forking another process."""

_MARK = re.compile(r"synth-at-(\d+)-")
_AS_IT_IS = re.compile(r"[\w./#?=%:~+-]+", re.ASCII)


def _name(asked: Mapping[str, Any]) -> str:
    return json.dumps(asked, sort_keys=True)


def drawing(app: Sphinx, review: Review, asked: Mapping[str, Any]) -> Drawing:
    """A view, drawn once a build however many pages show it.

    Parameters
    ----------
    app, review : the book and its review.
    asked : which view: its kind, its query and its options.

    Raises
    ------
    LookupError, TypeError, ValueError : the review has no such view, or not any more.
    """
    known: dict[str, Drawing] = app.__dict__.setdefault("synth_drawings", {})
    name = _name(asked)
    if name not in known:
        marks: dict[tuple[str, str], str] = {}

        def mark(kind: str, name: str) -> str:
            return marks.setdefault((kind, name), f"synth-at-{len(marks)}-")

        with drawn_in(_placed(mark, review)):
            view = _view(app, review, asked)
            html = str(view.html)
        known[name] = Drawing(
            Marked(html, tuple(marks)),
            view.text,
            {kind: list(ids) for kind, ids in view.shows.items()},
            list(view.anchors),
            list(view.cites),
            view.file,
            view.key if isinstance(view, Explorer) else "",
            vega_lite_version(view.shown_spec)
            if isinstance(view, Chart) and not view.empty
            else "",
        )
    return known[name]


def _view(app: Sphinx, review: Review, asked: Mapping[str, Any]) -> View:
    """A view; charts are kept, because what they draw is the same at every place."""
    known: dict[str, View] = app.__dict__.setdefault("synth_charts", {})
    name = _name(asked)
    view = known.get(name) or review.view(asked)
    if isinstance(view, Chart):
        known[name] = view
    return view


def outdated(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> Iterable[str]:
    """The pages with a view that would be drawn differently now; by content, not by date."""
    root, review = root_of(app), review_of(app)
    if root is None or review is None:
        return []
    now = freshness.inputs(root)
    before, env.synth_inputs = getattr(env, "synth_inputs", None), now  # type: ignore[attr-defined]
    if before == now:
        return []

    def draw(told: str) -> None:
        # What cannot be drawn any more is told when the page is read.
        with suppress(LookupError, TypeError, ValueError):
            drawing(app, review, json.loads(views[told]))

    def differs(docname: str) -> bool:
        shown = (drawn.get(asked) for asked, _ in env.metadata[docname][DRAWN])
        fingerprints = [one.html.fingerprint if one else "" for one in shown]
        return fingerprints != [known for _, known in env.metadata[docname][DRAWN]]

    drawn: dict[str, Drawing] = app.__dict__.setdefault("synth_drawings", {})
    pages = sorted(page for page in env.found_docs - added if DRAWN in env.metadata[page])
    # One by one: a page may show a tenth of all views, and one view stand on several pages.
    first = {asked: page for page in reversed(pages) for asked, _ in env.metadata[page][DRAWN]}
    views = {
        f"{page}: {json.loads(asked)['kind']} ({number})": asked
        for number, (asked, page) in enumerate(first.items(), 1)
    }
    if views:
        import_what_draws()
    # The pages that are read now show what is drawn here.
    for _, left in shared_out([*views], draw, lambda: drawn, processes_of(app)):
        drawn.update(left)
    return [docname for docname in pages if differs(docname)]


class DrawViews(SphinxPostTransform):
    """Draw the views of a page, when it is known where everything stands."""

    # After the previews of what a page cites were gathered.
    default_priority = 9

    def run(self, **kwargs: Any) -> None:
        """Replace every view by what its page shows."""
        review = review_of(self.app)
        address = addresses(self.env, self.env.docname)
        for node in list(self.document.findall(view_node)):
            if self.app.builder.format != "html" or review is None:
                node.replace_self(nodes.literal_block(node["plain"], node["plain"]))
                continue
            text = node["html"].at(address) if "html" in node else None
            if text is None:
                with drawn_in(_placed(address, review)):
                    text = str(_view(self.app, review, node["asked"]).html)
            if node["asked"]["kind"] == "verdict":
                _stand_on_it(node, review, node["asked"]["options"]["of"])
            if node.get("explorer"):
                _begin_with_it(node)
            node.replace_self(nodes.raw(text, text, format="html", classes=["output"]))


class CodeBelow(SphinxPostTransform):
    """Put the folded code of a cell below what it shows: keyboard and eye come there last."""

    # After myst-nb has folded it.
    default_priority = 200
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Move the fold of each cell whose code alone is folded."""
        for cell in self.document.findall(nodes.container):
            if cell.get("hide_mode") == "input" and len(cell) > 1:
                cell.append(cell.pop(0))


def write_tables(app: Sphinx, exception: Exception | None) -> None:
    """Write the tables that pages offer as files, and remove those of an earlier build."""
    review = review_of(app)
    if exception or app.builder.format != "html" or review is None:
        return
    folder = Path(app.outdir) / TABLES
    tables = {
        name: (docname, asked)
        for docname, page in sorted(app.env.metadata.items())
        for name, asked in page.get(FILES, {}).items()
    }

    def write(name: str) -> None:
        docname, asked = tables[name]
        with drawn_in(place_of(app.env, docname)):
            write_if_changed(folder / name, csv_file(review.view(asked).to_csv()))

    large = len(review.records.findings) > _MANY
    shared_out([*tables], write, list, processes_of(app) if large else 1)
    for old in folder.glob("*.csv"):
        if old.name not in tables:
            old.unlink()


def _stand_on_it(node: nodes.Element, review: Review, name: str) -> None:
    """Have the title above the head of a theme or level stand on the same ground."""
    section = node.parent
    while section is not None and not isinstance(section, nodes.section):
        section = section.parent
    if section is not None:
        level = review.records.codebook.path(name)[0].id
        section["classes"] += ["synth-headed", f"synth-headed-{level}"]


def _begin_with_it(node: nodes.Element) -> None:
    """Where a page begins with an explorer, have its title stand in the explorer's first line."""
    section, cell = node.parent, node
    while section is not None and not isinstance(section, nodes.section):
        section, cell = section.parent, section
    if section is None or not isinstance(section.parent, nodes.document):
        return
    # A cell that shows nothing may stand before it: the one that loads the review.
    before = section[1 : section.index(cell)]
    if len(before) < 2 and all(
        "cell" in getattr(one, "attributes", {}).get("classes", ()) for one in before
    ):
        section["classes"].append("ex-page")


def place_of(env: BuildEnvironment, docname: str) -> Place:
    """Where a page stands: how it links, and what it counts.

    Parameters
    ----------
    env, docname : the book, all of whose pages are read, and the page.
    """
    return _placed(addresses(env, docname), evidence_domain(env).review)


def _placed(address: Callable[[str, str], str], review: Review) -> Place:
    """A place whose addresses are asked for by kind and name, as :func:`addresses` knows them."""

    return Place(
        lambda kind, name: _explorer(address, name) if kind == "explorer" else address(kind, name),
        lambda name, _: late_value(name, review),
        lambda name: address("file", name),
    )


def _explorer(address: Callable[[str, str], str], filters: str) -> str:
    """The address of the explorer that shows most, with filters such as ``country=Kenya``."""
    page, key = address("explorer page", ""), address("explorer key", "")
    if not page:
        return ""
    return f"{page}?{'&'.join(f'{key}.{each}' for each in filters.split('&'))}"


def addresses(env: BuildEnvironment, docname: str) -> Callable[[str, str], str]:
    """What gives the addresses of everything a view can lead to, seen from a page.

    Parameters
    ----------
    env, docname : the book, all of whose pages are read, and the page.
    """
    domain, uri = evidence_domain(env), env.app.builder.get_relative_uri

    def address(kind: str, name: str) -> str:
        if kind == "file":
            return shared_file(env, docname, name)
        if kind in ("explorer page", "explorer key"):
            page, key = domain.explorer_page() or ("", "")
            # From a page to itself Sphinx gives an empty address, which would be no link.
            itself = env.app.builder.get_target_uri(docname).rpartition("/")[2]
            return key if kind == "explorer key" else page and (uri(docname, page) or itself)
        if kind == "page":
            page = next((page for page in env.found_docs if page.rpartition("/")[2] == name), "")
            return page and uri(docname, page)
        if kind == "country" and "=" in name:
            # One mark for both, or a chart with one row that has no profile is drawn again.
            anchor = anchor_of(unquote(name.partition("=")[2]))
            return address(kind, anchor) or _explorer(address, name)
        stands = domain.target(kind, name)
        # A small book need not have a page for everything.
        return f"{uri(docname, stands.docname)}#{stands.anchor}" if stands else ""

    return address
