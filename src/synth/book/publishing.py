"""What lets a book be built in any folder and published on any server, whatever its title."""

from __future__ import annotations

import glob
import re
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sphinx.environment.adapters import toctree
from sphinx.util.matching import Matcher

from synth.book.assets import write_if_changed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docutils import nodes
    from sphinx.application import Sphinx


def setup(app: Sphinx) -> None:
    """Mend what the build tools and a host would do wrong with a book."""
    # Before and after the table of contents is read (900).
    app.connect("config-inited", look_for_no_unlisted_page, priority=890)
    app.connect("config-inited", take_only_listed_pages, priority=910)
    app.connect("html-page-context", escape_titles, priority=960)
    app.connect("build-finished", keep_jekyll_away)
    app.connect("build-finished", take_away_what_was)


ONLY_LISTED = "synth_only_listed"
"""Whether the book is made of the pages of its table of contents alone."""


def look_for_no_unlisted_page(app: Sphinx, config: Any) -> None:
    """Keep sphinx-external-toc from naming every file that the table of contents does not list.

    The names would be a setting of the book: one more file anywhere below its folder, and every
    page would be read again. And below a folder like ``[2024]``, whose signs mean something in a
    pattern, it finds none of them.
    """
    known = app.__dict__
    known[ONLY_LISTED] = bool(getattr(config, "external_toc_exclude_missing", False))
    if known[ONLY_LISTED]:
        config.external_toc_exclude_missing = False


def take_only_listed_pages(app: Sphinx, config: Any) -> None:
    """Name the pages of the table of contents instead, so that Sphinx takes no other file."""
    if not app.__dict__[ONLY_LISTED]:
        return
    listed = config.external_site_map
    pages = [*map(glob.escape, listed), *listed.globs()]
    config.include_patterns = sorted(
        {
            page if page.endswith(end) else page + end
            for page in pages
            for end in config.source_suffix
        }
    )
    # Sphinx compiles them again for each list of contents on each page: with two hundred pages
    # that took a quarter of a build.
    toctree.Matcher = _matcher  # type: ignore[attr-defined,assignment]


def _matcher(patterns: Iterable[str]) -> Matcher:
    """What says whether a file is one of those some patterns name, compiled once."""
    return _compiled(tuple(patterns))


@lru_cache(maxsize=8)
def _compiled(patterns: tuple[str, ...]) -> Matcher:
    return Matcher(patterns)


def escape_titles(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Show the signs of a title as they are, in the places where the theme obeys them."""
    title = escape(str(context.get("docstitle", "")))
    if templatename == "search.html" and not context.get("title"):
        context["title"] = title
    logo = context.get("theme_logo") or {}
    if "light" in logo.get("image_relative", {}):
        told = {} if logo.get("text") else {"alt_text": title}
    else:
        told = {"text": title}
    context["theme_logo"] = {**told, **logo}


def keep_jekyll_away(app: Sphinx, exception: Exception | None) -> None:
    """Write the file without which GitHub Pages leaves out every folder that begins with ``_``."""
    if exception is None and app.builder.format == "html":
        write_if_changed(Path(app.outdir) / ".nojekyll", b"")


def take_away_what_was(app: Sphinx, exception: Exception | None) -> None:
    """Delete the pages that the book had before and has no more; they would be published with it.

    A start page that leads to one of them goes too: Jupyter Book writes it where there is none.
    """
    if exception is not None or app.builder.format != "html":
        return
    out = Path(app.outdir)
    for source in sorted((out / "_sources").rglob("*.txt")):
        # Sphinx keeps the source of each page it wrote: book/name.md.txt.
        name = source.relative_to(out / "_sources").as_posix().removesuffix(".txt")
        ending = next((end for end in app.config.source_suffix if name.endswith(end)), "")
        page = name.removesuffix(ending)
        if ending and page not in app.env.found_docs:
            source.unlink()
            (out / f"{page}.html").unlink(missing_ok=True)
    start = out / "index.html"
    leads = _LEADS.search(start.read_text("utf-8")) if start.is_file() else None
    if leads is not None and not (out / leads["page"]).is_file():
        start.unlink()


_LEADS = re.compile(r'http-equiv="Refresh" content="0; url=(?P<page>[^"]+)"')
