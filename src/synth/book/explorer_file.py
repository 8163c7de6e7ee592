"""The explorer as one file: evidence, script, style and faces in a page of its own.

It opens from a mail or a stick, without a network and without the rest of the book.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from typing import TYPE_CHECKING

from markupsafe import Markup

from synth import version as library
from synth.book.assets import classic_script, colours, compact_style
from synth.book.context import render
from synth.book.data_package import how_to_cite, licence_address
from synth.messages import Words
from synth.views.evidence_table import EvidenceTable
from synth.views.explorer import ROWS_IN_PAGE, evidence_scripts
from synth.views.markup import STATIC, Place, drawn_in, with_words

if TYPE_CHECKING:
    from synth.reading.records import Records

NAME = "explorer.html"
MOST = 1_500_000
"""Bytes of a file that a mail may carry; a larger one is not made."""

_FONT = re.compile(r'url\("?fonts/([\w.-]+)"?\)')
_STYLES = ("synth.css", "explorer.css")
_SCRIPTS = ("explorer-more", "explorer")


def explorer_file(records: Records, links: Mapping[str, str], published: str) -> bytes:
    """The explorer of a whole review as a page that needs no other file.

    Parameters
    ----------
    records : the review's records.
    links : where studies and findings stand in the book, up to their id.
    published : the address of the book; without one the file links nowhere.

    Returns
    -------
    The page; nothing where it would be larger than :data:`MOST`.
    """
    findings = records.findings.values()
    least = sum(map(len, {finding.summary for finding in findings}))
    if least + sum(len(finding.anchor) for finding in findings) > MOST:
        return b""  # what it would say of the findings is too long by itself
    settings = records.settings
    words = Words(settings.words)
    whole = {kind: f"{published}{place}" for kind, place in links.items()} if published else {}
    evidence = evidence_scripts(records, whole)
    modules = [
        classic_script(with_words((STATIC / f"{name}.js").read_text("utf-8"), words), name)
        for name in _SCRIPTS
    ]
    totals = {"version": settings.version, "date": settings.date.isoformat()}
    with drawn_in(Place(lambda kind, name: "", lambda name, plain: totals.get(name, plain))):
        # Complete without a script, as in the book, up to as many findings.
        table = EvidenceTable(records, tuple(records.findings)[:ROWS_IN_PAGE]).html
    foot = render("foot.html", settings=settings, words=words, library=library.version())
    page = render(
        "explorer_file.html",
        settings=settings,
        words=words,
        style=Markup(_style(records)),
        evidence=next(iter(evidence)),
        asked={"ids": None, "key": "x"},
        table=table,
        foot=foot,
        licence=licence_address(settings.licence),
        cite=how_to_cite(settings),
        scripts=[Markup(_inline(script)) for script in (*evidence.values(), *modules)],
    ).encode()
    return page if len(page) <= MOST else b""


def _style(records: Records) -> str:
    """The style with the faces in it."""
    style = "\n".join((STATIC / name).read_text("utf-8") for name in _STYLES)

    def inside(found: re.Match[str]) -> str:
        face = b64encode((STATIC / "fonts" / found[1]).read_bytes()).decode()
        return f'url("data:font/woff2;base64,{face}")'

    return _inline(_FONT.sub(inside, compact_style(style + colours(records.settings))))


def _inline(code: str) -> str:
    """Code that may stand inside an element: nothing in it ends the element."""
    return re.sub(r"</(?=style|script)", r"<\\/", code, flags=re.IGNORECASE)
