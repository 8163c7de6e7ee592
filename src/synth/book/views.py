"""The views that notebooks store, drawn into the pages of the book from the review as it is now.

A notebook says which view a cell showed: its kind, its query and its options. The build draws it:
with the numbers of the data in force, and with links to where studies, themes and findings stand.
What it drew is fingerprinted, so that a change of the data rebuilds the pages that show it and no
others.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
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
from synth.references.csv_text import csv_file
from synth.views.charts import Chart
from synth.views.charts.pictures import keep_pictures
from synth.views.countries import anchor_of
from synth.views.markup import Place, drawn_in
from synth.views.view import VIEW, View

if TYPE_CHECKING:
    from collections.abc import Sequence

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
            view, text = _drawn(env.app, review, asked)
        except (LookupError, TypeError, ValueError) as error:
            message = (
                f"The view {asked.get('kind')!r} cannot be drawn: {error} Run `synth execute`."
            )
            warn(env, env.docname, data.line, message, "stale")
            return []
        known = env.metadata[env.docname].setdefault(DRAWN, [])
        known.append((json.dumps(asked, sort_keys=True), _fingerprint(text)))
        if view.file:
            env.metadata[env.docname].setdefault(FILES, {})[view.file] = asked
        if isinstance(view, Chart) and not view.empty:
            env.metadata[env.docname][HAS_CHART] = vega_lite_version(view.shown_spec)
        node = view_node("", asked=asked, plain=view.text, classes=["output"])
        node["shows"] = {kind: list(ids) for kind, ids in view.shows.items()}
        node["anchors"] = list(view.anchors)
        node["cites"] = list(view.cites)
        node["explorer"] = view.key if asked["kind"] == "explorer" else ""  # type: ignore[attr-defined]
        return [node]


def _drawn(
    app: Sphinx, review: Review, asked: Mapping[str, Any], place: Place | None = None
) -> tuple[View, str]:
    """A view and its HTML; without a place, with the numbers of the review but no addresses.

    Charts are kept: what they draw is the same at every place, and they take longest.
    """
    nowhere = Place(
        lambda kind, name: f"{kind}:{name}",
        lambda name, _: late_value(name, review),
        lambda name: name,
    )
    known: dict[str, View] = app.__dict__.setdefault("synth_charts", {})
    name = json.dumps(asked, sort_keys=True)
    with drawn_in(place or nowhere):
        view = known.get(name) or review.view(asked)
        if isinstance(view, Chart):
            known[name] = view
        return view, str(view.html)


def _fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


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

    def differs(docname: str) -> bool:
        for asked, known in env.metadata.get(docname, {}).get(DRAWN, []):
            try:
                if _fingerprint(_drawn(app, review, json.loads(asked))[1]) != known:
                    return True
            except (LookupError, TypeError, ValueError):
                return True  # it is said when the page is read
        return False

    return [docname for docname in env.found_docs - changed - added if differs(docname)]


class DrawViews(SphinxPostTransform):
    """Draw the views of a page, when it is known where everything stands."""

    # After the previews of what a page cites were gathered.
    default_priority = 9

    def run(self, **kwargs: Any) -> None:
        """Replace every view by what its page shows."""
        review = review_of(self.app)
        place = place_of(self.env, self.env.docname)
        for node in list(self.document.findall(view_node)):
            if self.app.builder.format != "html" or review is None:
                node.replace_self(nodes.literal_block(node["plain"], node["plain"]))
                continue
            text = _drawn(self.app, review, node["asked"], place)[1]
            if node["asked"]["kind"] == "verdict":
                _stand_on_it(node, review, node["asked"]["options"]["of"])
            node.replace_self(nodes.raw(text, text, format="html", classes=["output"]))


def write_tables(app: Sphinx, exception: Exception | None) -> None:
    """Write the tables that pages offer as files, and remove those of an earlier build."""
    review = review_of(app)
    if exception or app.builder.format != "html" or review is None:
        return
    folder = Path(app.outdir) / TABLES
    written = set()
    for docname, page in sorted(app.env.metadata.items()):
        for name, asked in page.get(FILES, {}).items():
            with drawn_in(place_of(app.env, docname)):
                write_if_changed(folder / name, csv_file(review.view(asked).to_csv()))
            written.add(name)
    for old in folder.glob("*.csv"):
        if old.name not in written:
            old.unlink()


def _stand_on_it(node: nodes.Element, review: Review, name: str) -> None:
    """Have the title above the head of a theme or level stand on the same ground."""
    section = node.parent
    while section is not None and not isinstance(section, nodes.section):
        section = section.parent
    if section is not None:
        level = review.records.codebook.path(name)[0].id
        section["classes"] += ["synth-headed", f"synth-headed-{level}"]


def place_of(env: BuildEnvironment, docname: str) -> Place:
    """Where a page stands: how it links, and what it counts.

    Parameters
    ----------
    env, docname : the book, all of whose pages are read, and the page.
    """
    domain, builder = evidence_domain(env), env.app.builder

    def explorer(filters: str) -> str:
        """The explorer that shows most, with filters such as ``country=Kenya``."""
        page = domain.explorer_page()
        if page is None:
            return ""
        state = "&".join(f"{page[1]}.{each}" for each in filters.split("&"))
        return f"{builder.get_relative_uri(docname, page[0])}?{state}"

    def target(kind: str, name: str) -> str:
        if kind == "explorer":
            return explorer(name)
        if kind == "country" and "=" in name:
            profile = target(kind, anchor_of(unquote(name.partition("=")[2])))
            return profile or explorer(name)
        if kind == "page":
            pages = (page for page in env.found_docs if page.rpartition("/")[2] == name)
            page = next(pages, "")
            return builder.get_relative_uri(docname, page) if page else ""
        stands = domain.target(kind, name)
        # A small book need not have a page for everything.
        if stands is None:
            return ""
        return f"{builder.get_relative_uri(docname, stands.docname)}#{stands.anchor}"

    return Place(
        target,
        lambda name, _: late_value(name, domain.review),
        lambda name: shared_file(env, docname, name),
    )
