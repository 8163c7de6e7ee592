"""The page that describes the library, made from its docstrings."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from copy import copy
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from docutils import nodes
from docutils.core import publish_doctree
from docutils.frontend import Values, get_default_settings
from docutils.parsers.rst import Parser
from docutils.readers.standalone import Reader
from sphinx.ext.napoleon import Config
from sphinx.ext.napoleon.docstring import NumpyDocstring
from sphinx.util.docutils import SphinxDirective

from synth.errors import ReviewError, UnknownName
from synth.evidence import Evidence
from synth.review import Collection, Review, ReviewStudy, ReviewTheme
from synth.views.view import View

if TYPE_CHECKING:
    from sphinx.application import Sphinx

CLASSES: tuple[type[Any], ...] = (
    *(Review, ReviewTheme, ReviewStudy, Evidence, Collection, View),
    *(ReviewError, UnknownName),
)
"""What authors meet, in the order they meet it."""


def members(owner: type[Any]) -> Iterator[tuple[str, Any]]:
    """The public methods and properties of a class that are described, in alphabetical order."""
    for name, member in inspect.getmembers(owner):
        if name.startswith("_"):
            continue
        # A property keeps what it computes with under another name, by its kind.
        function = getattr(member, "fget", None) or getattr(member, "func", None) or member
        # What comes from Python's own classes, such as BaseException, is described there.
        if callable(function) and getattr(function, "__module__", "").startswith("synth"):
            yield name, member


class ApiDirective(SphinxDirective):
    """A section for each class, an entry with an address for each of its members."""

    def run(self) -> list[nodes.Node]:
        """Draw what :data:`CLASSES` names."""
        sections: list[nodes.Node] = []
        for owner in CLASSES:
            anchor = f"api-{owner.__name__.lower()}"
            section = nodes.section(ids=[anchor], names=[anchor])
            section += nodes.title("", owner.__name__)
            section += described(owner)
            entries = nodes.definition_list(classes=["synth-api"])
            for name, member in members(owner):
                entries += _entry(anchor, name, member)
            if len(entries):
                section += entries
            sections.append(section)
        return sections


def _entry(anchor: str, name: str, member: Any) -> nodes.definition_list_item:
    shown = f"{name}{signature(member)}"
    term = nodes.term("", "", nodes.literal(shown, shown))
    term["ids"].append(f"{anchor}-{name}")
    entry = nodes.definition_list_item("", term)
    entry += nodes.definition("", *described(member))
    return entry


def signature(member: Any) -> str:
    """How a method is called, without ``self``; nothing for a property.

    >>> signature(Evidence.count)
    "(what: str = 'findings') -> int"
    """
    if not inspect.isroutine(member):
        return ""
    told = inspect.signature(member)
    # Annotations are texts here; without their quotation marks they read as they are written.
    kept = [
        each.replace(annotation=_Bare(each.annotation))
        if each.annotation is not each.empty
        else each
        for each in told.parameters.values()
        if each.name not in ("self", "cls")
    ]
    back = told.return_annotation
    if back is not told.empty:
        back = _Bare(back)
    return str(told.replace(parameters=kept, return_annotation=back))


class _Bare(str):
    """A text that shows itself without quotation marks."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def described(subject: Any) -> list[nodes.Node]:
    """A docstring as nodes: its sentences, what goes in, what comes out, what is raised."""
    config = Config(napoleon_use_param=False, napoleon_use_rtype=False)
    told = inspect.getdoc(subject) or ""
    text = "\n".join(NumpyDocstring(told, config).lines())  # type: ignore[arg-type]
    # Roles of Sphinx name things of this page: what they name is enough.
    for role in (":meth:", ":class:", ":func:", ":data:", ":mod:", ":attr:", ":exc:"):
        text = text.replace(role, "")
    tree = publish_doctree(text, settings=copy(_settings()))
    return [child.deepcopy() for child in tree.children]


@lru_cache(maxsize=1)
def _settings() -> Values:
    """Settings under which nothing is reported; to make them takes longer than to read a text."""
    settings = get_default_settings(Parser, Reader())
    settings.report_level = settings.halt_level = 5
    settings.input_encoding = "unicode"
    return settings


def setup(app: Sphinx) -> None:
    """Add the directive."""
    app.add_directive("api", ApiDirective)
