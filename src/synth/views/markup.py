"""What every drawing needs: the templates, links to where things stand, values only a book knows.

A view is drawn in a notebook, in a page of the book or into a file. Where a study has its entry and
how many studies the whole review has are known only while the book is built; the Sphinx extension
says so with :func:`drawn_in`, and everything drawn meanwhile links and counts accordingly.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from markupsafe import Markup, escape

from synth.references.csv_text import FORMULA

if TYPE_CHECKING:
    from jinja2 import Environment

    from synth.messages import Words

STATIC = Path(__file__).parents[1] / "static"
"""The folder of scripts, styles and letters that pages use."""


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The templates of ``synth/views/templates``: they escape, and refuse a name nobody gave."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("synth.views"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(target=target, placeholder=placeholder, resource=resource)
    made.filters["json_block"] = json_block
    made.filters["isolated"] = isolated
    return made


def compile_templates() -> None:
    """Compile all templates, for the processes that will be forked from this one."""
    templates = environment()
    for name in templates.list_templates():
        templates.get_template(name)


def render(template: str, /, **values: Any) -> Markup:
    """Fill in a template.

    Parameters
    ----------
    template : its file in ``synth/views/templates``.
    **values : what the template names; ``target`` and ``placeholder`` it knows already.

    Raises
    ------
    jinja2.UndefinedError : the template uses a name that was not given.
    """
    return Markup(environment().get_template(template).render(**values))


_LEFTWARDS = re.compile(
    "[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc]"
)
ON_THE_WAY = Markup(" › ")


def isolated(text: str) -> Markup:
    """A value among others on a line: one written from the right leaves its neighbours in place.

    >>> print(isolated("Pay"), isolated("الأجر"))
    Pay <bdi>الأجر</bdi>
    >>> print(isolated("<b>Pay"))
    &lt;b&gt;Pay
    """
    return render("isolated.html", text=text) if _LEFTWARDS.search(text) else escape(text)


def json_block(data: Any) -> Markup:
    r"""JSON that can stand in a script element: nothing in it ends the element.

    >>> print(json_block({"label": "</script>"}))
    {"label":"\u003c/script\u003e"}
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    for sign, code in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026")):
        text = text.replace(sign, code)
    return Markup(text)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is drawn.

    Parameters
    ----------
    target : gives the address of a study, theme, finding or influence, by kind and id; an empty
        address is no link.
    value : gives a value of the whole review by its name, such as ``"studies"``, or the fallback.
    resource : gives the address of a file all pages share, by its name; empty where there is none.
    """

    target: Callable[[str, str], str]
    value: Callable[[str, str], str]
    resource: Callable[[str], str] = lambda name: ""


_NOTEBOOK = Place(lambda kind, name: f"synth:{kind}:{name}", lambda name, fallback: fallback)
_PLACE: ContextVar[Place | None] = ContextVar("place", default=None)


def _here() -> Place:
    return _PLACE.get() or _NOTEBOOK


@contextmanager
def drawn_in(place: Place) -> Iterator[None]:
    """Have everything that is drawn meanwhile link and count as its place does."""
    before = _PLACE.set(place)
    try:
        yield
    finally:
        _PLACE.reset(before)


def target(kind: str, name: str) -> str:
    """Address of the one home of a study, theme, finding or influence.

    >>> with drawn_in(Place(lambda kind, name: f"studies.html#{kind}-{name}", lambda n, f: f)):
    ...     target("study", "lee2020")
    'studies.html#study-lee2020'
    """
    return _here().target(kind, name)


def filters(**chosen: str) -> str:
    """Filters of the explorer as a name for :func:`target`.

    >>> filters(country="Hong Kong", design="review")
    'country=Hong%20Kong&design=review'
    """
    return "&".join(f"{facet}={quote(value, safe='')}" for facet, value in chosen.items())


def placeholder(name: str, fallback: str) -> Markup:
    """A value of the whole review, which a book fills in and a notebook does not store.

    The version of the data and the totals change with every added study; were they stored, one
    study would rewrite every notebook.

    Parameters
    ----------
    name : ``"studies"``, ``"findings"``, ``"countries"``, ``"works"``, ``"influences"``,
        ``"version"``, ``"date"``, ``"title"``, ``"licence"``, or a count with filters such as
        ``"studies:theme=wellbeing"``.
    fallback : what stands there outside a book.
    """
    return escape(_here().value(name, fallback))


def link(kind: str, name: str, text: str) -> Markup:
    """A text linked to the one home of a study, theme, finding or influence.

    Parameters
    ----------
    kind, name : as for :func:`target`; where the place knows no home, the text stands alone.
    text : what readers see.
    """
    return render("link.html", address=target(kind, name), text=text)


def resource(name: str) -> str:
    """Address of a file that all pages of a book share.

    Parameters
    ----------
    name : ``"evidence"``, the name of the script explorers ask for; ``"finding"``, where findings
        stand up to their id; ``"findings.csv"``; or the name of a view's own table. Outside a book
        all of them are empty.
    """
    return _here().resource(name)


_NO_WORDS = "const WORDS = {};"
_NO_FORMULA = 'const FORMULA = "";'
_SAID = re.compile(r'\b(?:say|around)\("(\w+)"')
_COUNTED = re.compile(r'\bcount\("(\w+)"')


def with_words(code: str, words: Words) -> str:
    """Give a script the words of the interface it asks for, and what a formula begins with.

    Parameters
    ----------
    code : a module; one without a place for words is left as it is.
    words : of the interface.

    Raises
    ------
    KeyError : the script asks for a word that the table of words lacks.

    >>> from synth.messages import Words
    >>> print(with_words('const WORDS = {}; say("and");', Words({"and": "und"})))
    const WORDS = {"and": "und"}; say("and");
    """
    if _NO_WORDS not in code:
        return code
    code = code.replace(_NO_FORMULA, f"const FORMULA = {json.dumps(FORMULA, ensure_ascii=False)};")
    pairs = {f"{key}_{one}" for key in _COUNTED.findall(code) for one in ("one", "many")}
    told = {key: words[key] for key in sorted({*_SAID.findall(code), *pairs})}
    return code.replace(_NO_WORDS, f"const WORDS = {json.dumps(told, ensure_ascii=False)};", 1)
