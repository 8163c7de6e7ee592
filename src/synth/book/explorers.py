"""Explorers in the book: the evidence they share, their names in addresses, their bare tables."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from synth.book.assets import PLACE, write_if_changed
from synth.book.context import words_of
from synth.book.domain import evidence_domain, warn
from synth.views.explorer import ALL_AS_CSV, evidence_scripts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

CSV = f"_static/{PLACE}/data/findings.csv"
WITHOUT_SCRIPT = '<noscript><p class="synth-small">{}</p></noscript>\n'
_ROOT = re.compile(r'<div class="synth synth-explorer"(?! data-evidence)')
_FALLBACK = '<div class="synth-fallback">\n'


def setup(app: Sphinx) -> None:
    """Let explorers of the book find the evidence, and refuse two of one name on a page."""
    app.connect("env-check-consistency", refuse_namesakes)
    app.connect("env-updated", pages_to_write_again)
    app.connect("build-finished", write_evidence)
    app.add_post_transform(CompleteExplorers)


def evidence_files(env: BuildEnvironment) -> dict[str, str]:
    """The scripts all explorers share, by name; the first is the one a page asks for."""
    known: dict[str, dict[str, str]] = env.app.__dict__.setdefault("synth_evidence", {})
    if "files" not in known:
        known["files"] = evidence_scripts(
            evidence_domain(env).review.records, _homes(env), _published(env)
        )
    return known["files"]


def finding_address(env: BuildEnvironment) -> str:
    """Where findings stand, up to their id: with the book's address where it is published.

    Empty where no page holds the findings.
    """
    place = _homes(env).get("finding", "")
    return place and f"{_published(env)}{place}"


def _published(env: BuildEnvironment) -> str:
    """The address of the book's first folder, empty where it is not published."""
    base = str(env.app.config.html_baseurl or "").rstrip("/")
    return base and f"{base}/"


def _homes(env: BuildEnvironment) -> dict[str, str]:
    """Where studies and findings stand, up to their id, seen from the book's first folder."""
    domain = evidence_domain(env)
    links = {}
    for kind in ("study", "finding"):
        pages = Counter(home.docname for home in domain.homes_of(kind))
        if pages:
            # A book has one catalogue; were there two, the fuller one.
            docname = min(pages, key=lambda page: (-pages[page], page))
            links[kind] = f"{env.app.builder.get_target_uri(docname)}#{kind}-"
    return links


def _pages(env: BuildEnvironment) -> dict[str, list[tuple[str, int]]]:
    explorers: dict[str, list[tuple[str, int]]] = evidence_domain(env).data["explorers"]
    return explorers


def refuse_namesakes(app: Sphinx, env: BuildEnvironment) -> None:
    """Refuse two explorers of one key on a page: their filters would overwrite each other."""
    for docname, explorers in sorted(_pages(env).items()):
        for key, times in Counter(key for key, _ in explorers).items():
            if times > 1:
                message = (
                    f"{times} explorers on this page have the key {key!r}, so their filters would "
                    f"share one address. Give one another: evidence.explorer(key='{key}-2')."
                )
                warn(env, docname, None, message, "explorer")


def pages_to_write_again(app: Sphinx, env: BuildEnvironment) -> Iterable[str]:
    """Pages whose explorers would still ask for the evidence of an earlier build."""
    pages = _pages(env)
    if app.builder.format != "html" or not pages:
        return []
    name = next(iter(evidence_files(env)))
    if getattr(env, "synth_evidence", None) == name:
        return []
    env.synth_evidence = name  # type: ignore[attr-defined]
    return sorted(pages)


def write_evidence(app: Sphinx, exception: Exception | None) -> None:
    """Write the scripts all explorers share, where a page has an explorer."""
    if exception or app.builder.format != "html" or not _pages(app.env):
        return
    place = Path(app.outdir) / "_static" / PLACE
    files = evidence_files(app.env)
    for old in (*place.glob("evidence-*.js"), *place.glob("references-*.js")):
        if old.name not in files:
            old.unlink()
    for name, script in files.items():
        write_if_changed(place / name, script.encode())


class CompleteExplorers(SphinxPostTransform):
    """Tell each explorer where the evidence is, and readers without scripts why nothing filters."""

    # After the links in stored outputs got their addresses.
    default_priority = 10

    def run(self, **kwargs: Any) -> None:
        """Rewrite the explorers of the page."""
        if self.app.builder.format != "html":
            return
        for raw in list(self.document.findall(nodes.raw)):
            if _ROOT.search(raw.astext()):
                text = self._complete(raw.astext())
                attributes = {name: value for name, value in raw.attributes.items() if value}
                raw.replace_self(nodes.raw(text, text, **attributes))

    def _complete(self, text: str) -> str:
        name = next(iter(evidence_files(self.env)))
        text = _ROOT.sub(f'<div class="synth synth-explorer" data-evidence="{name}"', text)
        without = WITHOUT_SCRIPT.format(words_of(self.app).html("evidence_without_script"))
        text = text.replace(_FALLBACK, _FALLBACK + without)
        here = self.app.builder.get_target_uri(self.env.docname)
        csv = "../" * here.count("/") + CSV
        return text.replace(f'href="{ALL_AS_CSV}"', f'href="{csv}" download')
