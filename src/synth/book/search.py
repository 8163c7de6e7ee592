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

from synth.text import ALIKE, fold

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx

SPELLINGS = (
    ("^practis(e|es|ed|ing)$", "practic$1"),
    ("^([a-z]{2,})is(e|es|ed|er|ers|ing|ation|ations|ational)$", "$1iz$2"),
    ("^([a-z]{3,})our(s|ed|ing|al|able|ably|er|ers|ist|ists|ism)?$", "$1or$2"),
    ("^(cent|theat|fib|lit|met)re(s|d)?$", "$1er$2"),
    ("^(program)me(s)?$", "$1$2"),
    ("^(counsel|model|label|travel|cancel|level|signal)l(ed|ing|er|ers|or|ors)$", "$1$2"),
    ("^(defen|licen|offen|preten)ce(s|d)?$", "$1se$2"),
    ("^(ag|judg|acknowledg)e(ing|ment|ments)$", "$1$2"),
)
"""British spellings and what stands for them, as pattern and replacement that JavaScript reads.

A word that only looks British is changed as well, in the index and in the query: it is found all
the same."""


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


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple(
        (re.compile(pattern), re.sub(r"\$(\d)", r"\\\1", put)) for pattern, put in SPELLINGS
    )


def _is_english(config: Any) -> bool:
    language = config.html_search_language or config.language or "en"
    return str(language).split("_")[0].split("-")[0] == "en"


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
    told = {"alike": dict(ALIKE), "spellings": SPELLINGS if _is_english(config) else ()}
    return code.replace(
        "const TABLES = {};", f"const TABLES = {json.dumps(told, ensure_ascii=False)};", 1
    )
