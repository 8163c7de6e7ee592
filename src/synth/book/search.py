"""The search of the book: a word is found however a reader spells it.

Sphinx compares words as they are written. Here the index and the query are folded alike, so that
"Lopez" finds López, and in an English book "labour" finds labor. The script ``static/search.js``
does in the browser what :func:`as_indexed` does here, from the same table.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx import addnodes, search
from sphinx.search.en import SearchEnglish

from synth.reading.textio import replace_file
from synth.text import ALIKE, SPELLINGS, fold, is_english

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def setup(app: Sphinx) -> None:
    """Fold the index while it is made, and the query in the page that searches."""
    app.connect("config-inited", fold_the_index)
    app.connect("html-page-context", fold_the_query)
    app.connect("html-page-context", write_passages)
    app.connect("build-finished", drop_passages)


def as_indexed(word: str, *, english: bool = True) -> str:
    """Write a word the way the index of the search holds it, before its ending is taken off.

    Parameters
    ----------
    word : as it stands on a page or in a query.
    english : the book is in English, whose two spellings are one here.

    >>> as_indexed("López"), as_indexed("Labour"), as_indexed("organisational")
    ('lopez', 'labor', 'organizational')
    """
    word = fold(word)
    for pattern, put in _patterns() if english else ():
        word = pattern.sub(put, word)
    return word


# A word that only looks British is changed as well, in the index and in the query: it is found all
# the same.
_AMERICAN = tuple(
    (f"^({head}){british}({tail})$", f"$1{american}$2")
    for head, british, american, tail in SPELLINGS
)


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple(
        (re.compile(pattern), re.sub(r"\$(\d)", r"\\g<\1>", put)) for pattern, put in _AMERICAN
    )


def _is_english(config: Any) -> bool:
    return is_english(str(config.html_search_language or config.language or "en"))


def fold_the_index(app: Sphinx, config: Any) -> None:
    """Let the language of the search see folded words only."""
    english = _is_english(config)
    name = str(config.html_search_language or config.language or "en")
    known = search.languages.get(name) or search.languages.get(name.split("_")[0]) or "en"
    if isinstance(known, str):
        module, _, cls = known.rpartition(".")
        known = getattr(import_module(module), cls) if module else SearchEnglish
    plain: Any = getattr(known, "plain", known)

    def stem(self: Any, word: str) -> str:
        return str(plain.stem(self, as_indexed(word, english=english)))

    search.languages[name] = type("Folding", (plain,), {"stem": stem, "plain": plain})


def fold_the_query(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Load the folding script on the page that searches."""
    if templatename == "search.html":
        app.add_js_file("synth/search.js", priority=820, defer="defer")


# --- a line of text for each hit --------------------------------------------------------------

PASSAGES = "search"
"""Folder of the texts that the search shows lines of: a script a page, fetched when it is found."""


def passages(tree: nodes.document) -> list[tuple[str, list[str], str, str]]:
    """The text of a page as a reader finds it: for each its kind, anchors, heading and words.

    What views draw is left out: findings, influences and studies are found by their own names.

    Parameters
    ----------
    tree : the page, with every reference resolved.
    """
    found = []
    for section in tree.findall(nodes.section):
        heading = next((one.astext() for one in section if isinstance(one, nodes.title)), "")
        found.append(("page", list(section["ids"]), heading, _own_text(section)))
    for item in tree.findall(nodes.definition_list_item):
        term = item[0]
        if isinstance(term, nodes.term) and term["ids"]:
            found.append(("term", list(term["ids"]), term.astext(), _text(item[1:])))
    for work in tree.findall(nodes.citation):
        found.append(("reference", list(work["ids"]), "", _text(work[:1])))
    return [one for one in found if one[1] and (one[2] or one[3])]


def _own_text(section: nodes.Element) -> str:
    """The paragraphs of a section, without those that are found by themselves."""
    apart = (nodes.section, nodes.citation)

    def within(node: Any) -> Iterator[nodes.Node]:
        for child in node.children:
            if isinstance(child, nodes.paragraph):
                yield child
            elif not isinstance(child, apart) and not _is_glossary(child):
                yield from within(child)

    return _text(within(section))


def _is_glossary(node: nodes.Node) -> bool:
    return isinstance(node, addnodes.glossary)


def _text(parts: Iterable[nodes.Node]) -> str:
    words = (
        "".join(text for text in part.findall(nodes.Text) if not isinstance(text.parent, nodes.raw))
        for part in parts
    )
    return " ".join(" ".join(words).split())


def _file(page: str) -> str:
    return f"{page.replace('/', '--')}.js"


def write_passages(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Write the text of a page beside the others, whenever the page is written."""
    if doctree is None or app.builder.format != "html":
        return
    told = json.dumps(passages(doctree), ensure_ascii=False, separators=(",", ":"))
    script = f"(window.synthPassages??={{}})[{json.dumps(pagename)}]={told};\n"
    place = Path(app.outdir) / "_static" / "synth" / PASSAGES / _file(pagename)
    place.parent.mkdir(parents=True, exist_ok=True)
    replace_file(place, script.encode())


def drop_passages(app: Sphinx, exception: Exception | None) -> None:
    """Delete the texts of pages that are no longer in the book."""
    place = Path(app.outdir) / "_static" / "synth" / PASSAGES
    if exception or not place.is_dir():
        return
    kept = {_file(page) for page in app.env.found_docs}
    for old in place.iterdir():
        if old.name not in kept:
            old.unlink()


def with_spellings(code: str, config: Any) -> str:
    """Give the folding script its tables.

    Parameters
    ----------
    code : the script.
    config : of the book; tells its language.
    """
    told = {"alike": dict(ALIKE), "spellings": _AMERICAN if _is_english(config) else ()}
    return code.replace(
        "const TABLES = {};", f"const TABLES = {json.dumps(told, ensure_ascii=False)};", 1
    )
