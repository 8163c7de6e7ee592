"""Explorers in the book: the evidence they share, their names in addresses, their bare tables."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from synth.book.assets import DATA, PLACE, TABLES, write_if_changed
from synth.book.domain import evidence_domain, warn
from synth.views.explorer import evidence_scripts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment


def setup(app: Sphinx) -> None:
    """Let explorers of the book find the evidence, and refuse two of one name on a page."""
    app.connect("env-check-consistency", refuse_namesakes)
    app.connect("env-updated", pages_to_write_again)
    app.connect("build-finished", drop_old_evidence)


def shared_file(env: BuildEnvironment, docname: str, name: str) -> str:
    """Address of a file that explorers share, seen from a page.

    Parameters
    ----------
    env, docname : the book and the page.
    name : ``"evidence"``, whose script goes by its name alone; ``"finding"``, where findings stand
        up to their id, seen from anywhere; ``"findings.csv"``; or the name of a view's own table.
    """
    if name == "evidence":
        return next(iter(evidence_files(env)))
    if name == "finding":
        return finding_address(env)
    here = env.app.builder.get_target_uri(docname)
    folder = DATA if name == "findings.csv" else TABLES
    return "../" * here.count("/") + f"{folder}/{name}"


def evidence_files(env: BuildEnvironment) -> dict[str, str]:
    """The scripts all explorers share, by name; the first is the one a page asks for."""
    known: dict[str, dict[str, str]] = env.app.__dict__.setdefault("synth_evidence", {})
    if "files" not in known:
        # Which findings came and went is known where a page tells of the versions.
        told = any(page.get("synth_changes") for page in env.metadata.values())
        known["files"] = evidence_scripts(
            evidence_domain(env).review.records,
            places_of(env),
            published(env),
            "changes.js" if told else "",
        )
    return known["files"]


def finding_address(env: BuildEnvironment) -> str:
    """Where findings stand, up to their id: with the book's address where it is published.

    Empty where no page holds the findings.
    """
    place = places_of(env).get("finding", "")
    return place and f"{published(env)}{place}"


def published(env: BuildEnvironment) -> str:
    """The address of the book's first folder, empty where it is not published."""
    base = str(env.app.config.html_baseurl or "").rstrip("/")
    return base and f"{base}/"


def places_of(env: BuildEnvironment) -> dict[str, str]:
    """Where studies and findings stand, up to their id, seen from the book's first folder."""
    domain = evidence_domain(env)
    links = {}
    for kind in ("study", "finding"):
        pages = Counter(target.docname for target in domain.targets_of(kind))
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
    """Pages whose explorers would still ask for the evidence of an earlier build.

    The evidence is written before any page: Sphinx puts a checksum behind the name of a script that
    is there, and a page must not tell whether it is the first of its folder.
    """
    pages = _pages(env)
    if app.builder.format != "html" or not pages:
        return []
    files = evidence_files(env)
    for name, script in files.items():
        write_if_changed(Path(app.outdir) / "_static" / PLACE / name, script.encode())
    name = next(iter(files))
    if getattr(env, "synth_evidence", None) == name:
        return []
    env.synth_evidence = name  # type: ignore[attr-defined]
    return sorted(pages)


def drop_old_evidence(app: Sphinx, exception: Exception | None) -> None:
    """Take away the evidence of earlier builds, which no page asks for any more."""
    if exception or app.builder.format != "html" or not _pages(app.env):
        return
    place = Path(app.outdir) / "_static" / PLACE
    for old in (*place.glob("evidence-*.js"), *place.glob("references-*.js")):
        if old.name not in evidence_files(app.env):
            old.unlink()
