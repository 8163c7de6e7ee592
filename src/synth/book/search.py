"""The search of the book: a word is found however a reader spells it.

Sphinx compares words as they are written. Here the index and the query are folded alike, so that
"Lopez" finds López, and in an English book "labour" finds labor. The script ``static/search.js``
does in the browser what :func:`as_indexed` does here, from the same table.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from sphinx import search
from sphinx.search.en import SearchEnglish

from synth.text import ALIKE, SPELLINGS, fold, is_english

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx


def setup(app: Sphinx) -> None:
    """Fold the index while it is made, and the query in the page that searches."""
    app.connect("config-inited", fold_the_index)
    app.connect("html-page-context", fold_the_query)


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
