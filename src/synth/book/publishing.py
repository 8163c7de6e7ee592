"""What lets a book be built in any folder and published on any server, whatever its title."""

from __future__ import annotations

import glob
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sphinx.util.matching import get_matching_files, patmatch

from synth.book.assets import write_if_changed

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx


def setup(app: Sphinx) -> None:
    """Mend what the build tools and a host would do wrong with a book."""
    # After the table of contents was read (900).
    app.connect("config-inited", leave_out_unlisted_pages, priority=910)
    app.connect("html-page-context", escape_titles, priority=960)
    app.connect("build-finished", keep_jekyll_away)


def leave_out_unlisted_pages(app: Sphinx, config: Any) -> None:
    """Leave out the files the table of contents does not list, also below a folder like ``[2024]``.

    sphinx-external-toc looks for them with a pattern that begins with the folder of the book, so
    signs that mean something in a pattern make it find none.
    """
    folder = str(app.srcdir)
    if not getattr(config, "external_toc_exclude_missing", False) or glob.escape(folder) == folder:
        return
    listed = config["external_site_map"]
    unlisted = []
    for suffix in config["source_suffix"]:
        found = get_matching_files(app.srcdir, [f"**{suffix}"], config["exclude_patterns"])
        for path in found:
            page = path.removesuffix(suffix)
            if not (
                path in listed
                or page in listed
                or any(patmatch(page, pattern) for pattern in listed.globs())
            ):
                unlisted.append(glob.escape(path))
    config["exclude_patterns"] = [*config["exclude_patterns"], *unlisted]


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
