"""The page "What changed": the versions of a review, what each changed, and a feed of them.

What a team says of a version stands in ``data/versions.toml``; what changed is computed from the
versions kept in ``data/versions``. The explorer learns from a small file which findings came and
went since a view was cited.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

from synth.book.assets import PLACE, write_if_changed
from synth.book.context import depend_on_data, render, review_of, root_of, words_of
from synth.book.domain import evidence_domain, warn
from synth.book.history import compare, kept_file
from synth.book.nodes import evidence_link
from synth.book.processes import AT_HOME
from synth.book.views import place_of
from synth.errors import ReviewError
from synth.reading.versions import KEPT, VERSIONS_FILE, check_versions, versions
from synth.views.changes import ChangeList
from synth.views.markup import drawn_in

if TYPE_CHECKING:
    from sphinx.application import Sphinx

    from synth.changes import Changes
    from synth.reading.versions import Version

FEED = "changes.xml"
"""The feed's file, beside the book's start page."""


class changes_node(nodes.General, nodes.Element):  # noqa: N801  docutils names its nodes so
    """Stands for what changed from one version to the next until all pages are known."""


def changes_between(app: Sphinx, old: str, new: str) -> Changes | None:
    """What changed between two versions; ``None`` where one was not kept or cannot be read.

    The newest version is the folder as it is.
    """
    known: dict[tuple[str, str], Changes | None] = app.__dict__.setdefault("synth_changes", {})
    root = root_of(app)
    if root is None or not (root / kept_file(old)).is_file():
        return None
    if (old, new) not in known:
        kept = (root / kept_file(new)).is_file()
        try:
            known[old, new] = compare(root, old, new if kept else str(root))
        except ReviewError as error:
            known[old, new] = None
            for problem in error.problems:
                # An archive that cannot be read is told with the other files of the versions.
                if problem.code != "version-broken":
                    warn(app.env, "", 0, str(problem), "versions")
    return known[old, new]


class ChangesDirective(SphinxDirective):
    """A section for each version: its date, what its team says of it, what changed since before."""

    def run(self) -> list[nodes.Node]:
        """Draw the sections, the newest first."""
        root, words = root_of(self.env.app), words_of(self.env.app)
        if root is None:
            return []
        depend_on_data(self.env)
        for name in (VERSIONS_FILE, *(f"{KEPT}/{path.name}" for path in (root / KEPT).glob("*"))):
            self.env.note_dependency(name)
        try:
            told = versions(root)
        except ReviewError as error:
            warn(self.env, self.env.docname, self.lineno, str(error), "versions")
            return []
        up = "../" * self.env.docname.count("/")
        link = nodes.reference("", words["version_feed"], refuri=f"{up}{FEED}", internal=False)
        sections: list[nodes.Node] = [nodes.paragraph("", "", link, classes=["noprint"])]
        for version, before in zip(told, [*told[1:], None], strict=True):
            anchor = anchor_of(version.number)
            section = nodes.section(ids=[anchor], names=[anchor])
            self.state.document.note_explicit_target(section)
            day = words.say("version_heading", number=version.number, date=version.date.isoformat())
            section += nodes.title("", day)
            section += nodes.paragraph("", version.summary)
            if before is not None:
                section += changes_node("", old=before.number, new=version.number)
            sections.append(section)
        return sections


def anchor_of(number: str) -> str:
    """The anchor of a version's section.

    >>> anchor_of("2.0.0")
    'version-2-0-0'
    """
    return f"version-{number.replace('.', '-')}"


class DrawChanges(SphinxPostTransform):
    """Draw what changed, each change linked to where it stands now."""

    default_priority = 9

    def run(self, **kwargs: Any) -> None:
        """Replace every node by its list."""
        words = words_of(self.app)
        for node in list(self.document.findall(changes_node)):
            changes = changes_between(self.app, node["old"], node["new"])
            if changes is None or self.app.builder.format != "html":
                text = words.say("version_not_kept", number=node["old"])
                node.replace_self(nodes.paragraph("", text))
                continue
            with drawn_in(place_of(self.env, self.env.docname)):
                html = ChangeList(changes).html
            node.replace_self(nodes.raw(html, html, format="html"))


MARKED = ("finding-added", "finding-moved", "finding-redirected")
"""Changes of a finding that a citation is marked for: it says or counts as something else."""


class MarkChanges(SphinxPostTransform):
    """Mark on a page what changed since the version before; a reader can switch it off."""

    # After the citations of findings became links.
    default_priority = 11

    def run(self, **kwargs: Any) -> None:
        """Mark citations, and say under the title how many sentences changed."""
        if self.app.builder.format != "html":
            return
        latest = _latest(self.app)
        page = _page_of_changes(self.app)
        if latest is None or page is None or page == self.env.docname:
            return
        changes, old = latest
        touched = {
            change.target[1]
            for change in changes
            if change.target[0] == "finding" and change.kind in MARKED
        }
        marked = 0
        for link in self.document.findall(evidence_link):
            if touched.intersection(link.get("findings") or ()):
                link["classes"].append("synth-changed")
                marked += 1
        name = self.env.docname.split("/", 1)[-1]
        sentences = {
            change.target[1]
            for change in changes.sentences
            if change.target[1].startswith(f"{name}: ")
        }
        title = next(iter(self.document.findall(nodes.title)), None)
        if title is None or not (sentences or marked):
            return
        address = self.app.builder.get_relative_uri(self.env.docname, page)
        html = render(
            "changed_line.html",
            words=words_of(self.app),
            sentences=len(sentences),
            marked=marked,
            old=old,
            address=f"{address}#{anchor_of(changes.new.name)}",
        )
        section = title.parent
        place = section.index(title) + 1
        explorers = evidence_domain(self.env).data["explorers"]
        # The head of a theme stands right below its title, an explorer too; the line follows it.
        if "synth-headed" in section["classes"] or self.env.docname in explorers:
            below = (at for at, node in enumerate(section) if isinstance(node, nodes.section))
            place = next(below, len(section))
        section.insert(place, nodes.raw("", html, format="html"))


def _latest(app: Sphinx) -> tuple[Changes, str] | None:
    """What changed with the present version, and the number of the one before."""
    root = root_of(app)
    try:
        told = versions(root) if root is not None else ()
    except ReviewError:
        return None
    if len(told) < 2:
        return None
    changes = changes_between(app, told[1].number, told[0].number)
    return (changes, told[1].number) if changes is not None else None


def compare_once(app: Sphinx) -> None:
    """Compare the sentences of the last two versions before several processes write the pages."""
    latest = _latest(app) if _page_of_changes(app) else None
    if latest is not None:
        _ = latest[0].sentences


def _page_of_changes(app: Sphinx) -> str | None:
    return next((name for name in sorted(app.env.found_docs) if _has_changes(app, name)), None)


# --- beside the pages -----------------------------------------------------------------------------


def say_disagreements(app: Sphinx) -> None:
    """Refuse a book whose files name different versions, or different dates of one."""
    root, review = root_of(app), review_of(app)
    if root is None or review is None or not (root / VERSIONS_FILE).is_file():
        return
    settings = review.settings
    for problem in check_versions(root, settings.version, settings.date):
        if problem.severity == "error":
            warn(app.env, "", 0, str(problem), "versions")


def feed(app: Sphinx, told: tuple[Version, ...], page: str) -> str:
    """The versions as an Atom feed (RFC 4287), with what each changed in a line."""
    review, words = review_of(app), words_of(app)
    assert review is not None
    settings = review.settings
    base = settings.base_url.rstrip("/")
    entries = []
    for version, before in zip(told, [*told[1:], None], strict=True):
        changes = changes_between(app, before.number, version.number) if before else None
        entries.append(
            {
                "title": words.say(
                    "version_heading", number=version.number, date=version.date.isoformat()
                ),
                "id": f"urn:synth:{_urn(settings.title)}:{version.number}",
                "updated": f"{version.date.isoformat()}T00:00:00Z",
                "summary": " ".join(
                    [version.summary, *([ChangeList(changes).summary + "."] if changes else [])]
                ),
                "link": f"{base}/{page}#{anchor_of(version.number)}" if base else "",
            }
        )
    return str(render("feed.xml", settings=settings, base=base, entries=entries, feed=FEED))


def _urn(title: str) -> str:
    return hashlib.sha256(title.encode()).hexdigest()[:12]


def write_beside(app: Sphinx, exception: Exception | None) -> None:
    """Write the feed, and for the explorer what came and went since each kept version."""
    root = root_of(app)
    if exception is not None or root is None or app.builder.format != "html":
        return
    told = versions(root)
    page = _page_of_changes(app)
    if not told or page is None:
        return
    out = Path(app.outdir)
    address = app.builder.get_target_uri(page)
    write_if_changed(out / FEED, feed(app, told, address).encode())
    write_if_changed(out / "_static" / PLACE / "changes.js", came_and_went(app, told).encode())


def came_and_went(app: Sphinx, told: tuple[Version, ...]) -> str:
    """A script that tells, for each older version, which findings came, went or changed since."""
    since: dict[str, dict[str, list[str]]] = {}
    for version in told[1:]:
        changes = changes_between(app, version.number, told[0].number)
        if changes is None:
            continue
        lists: dict[str, list[str]] = {"came": [], "went": [], "changed": []}
        for change in changes:
            kind, name = change.target
            if kind == "finding":
                part = {"finding-added": "came", "finding-removed": "went"}
                found = lists[part.get(change.kind, "changed")]
                if name not in found:
                    found.append(name)
        since[version.number] = lists
    data = json.dumps(since, ensure_ascii=True, separators=(",", ":"), sort_keys=True)
    return f"window.synthChanges={data};\n"


def _has_changes(app: Sphinx, docname: str) -> bool:
    return bool(app.env.metadata.get(docname, {}).get("synth_changes"))


def note_page(app: Sphinx, doctree: nodes.document) -> None:
    """Remember which page tells of the changes."""
    if any(doctree.findall(changes_node)):
        about = app.env.metadata[app.env.docname]
        # All versions are compared once more beside the pages.
        about["synth_changes"] = about[AT_HOME] = "yes"


def setup(app: Sphinx) -> None:
    """Add the directive, the feed and the explorer's file."""
    app.add_node(changes_node)
    app.add_directive("changes", ChangesDirective)
    app.add_post_transform(DrawChanges)
    app.add_post_transform(MarkChanges)
    app.connect("doctree-read", note_page)
    app.connect("env-updated", lambda app, env: say_disagreements(app))
    app.connect("env-updated", lambda app, env: compare_once(app))
    app.connect("build-finished", write_beside)
