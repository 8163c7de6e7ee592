"""The search of the book: a word is found however a reader spells it.

Sphinx compares words as they are written, from one file with every word of every page. Here the
index and the query are folded alike, so that "Lopez" finds López, and in an English book "labour"
finds labor; and the index is divided, so that a reader fetches what one query needs, however large
the book. The script ``static/search.js`` does in the browser what :func:`as_indexed` does here,
from the same table. What speaks to a node of the codebook is found by the node's label and synonyms
as well, as in the explorer.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache, partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from docutils import nodes
from sphinx import addnodes, search
from sphinx.search.en import SearchEnglish

from synth.facets import nodes_of
from synth.reading.textio import replace_file
from synth.text import ALIKE, SPELLINGS, fold, is_english

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def setup(app: Sphinx) -> None:
    """Index the pages as they are written, and fold the query in the page that searches."""
    app.connect("config-inited", fold_the_index)
    # After Sphinx has read what a page says of itself.
    app.connect("doctree-read", leave_to_this_index, priority=900)
    app.connect("html-page-context", fold_the_query)
    app.connect("html-page-context", keep_passages)
    app.connect("build-finished", write_index)


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


def _language(config: Any) -> str:
    return str(config.html_search_language or config.language or "en")


def _is_english(config: Any) -> bool:
    return is_english(_language(config))


def fold_the_index(app: Sphinx, config: Any) -> None:
    """Let the language of the search see folded words only."""
    english = _is_english(config)
    name = _language(config)
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


# --- what is found -----------------------------------------------------------------------------

PLACE = "_static/synth/search"
"""Folder of the index in a built book, below its root."""
KINDS = ("theme", "term", "finding", "influence", "study", "page", "reference")
"""What a reader finds, in the order it is shown."""
OBJECTS = {
    "theme-page": "theme",
    "coded-finding": "finding",
    "stated-influence": "influence",
    "study-entry": "study",
}
WORDS_OF_A_PART = 100_000
ENTRIES_OF_A_PART = 20_000
"""Signs of a file of words, and of one of entries. What is looked for is in two or three files of
words; what is shown, some fifty entries of a kind, can stand in as many files of entries."""


class Entry(NamedTuple):
    """One thing that can be found."""

    kind: str
    href: str
    title: str
    text: str = ""
    more: tuple[tuple[str, str], ...] = ()
    """Further addresses with what they are called: the studies that say the same."""
    nodes: tuple[str, ...] = ()
    """Nodes of the codebook by whose names it is found as well."""


def leave_to_this_index(app: Sphinx, tree: nodes.document) -> None:
    """Keep Sphinx from an index of its own, one file with every word of every page."""
    about = app.env.metadata[app.env.docname]
    if not _is_hidden(about):
        about["nosearch"] = OURS


OURS = "indexed by synth"


def _is_hidden(about: Mapping[str, Any]) -> bool:
    """Whether a page itself asks to be left out of the search."""
    return "no-search" in about or about.get("nosearch", OURS) != OURS


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


def _kept(app: Sphinx, page: str) -> Path:
    return Path(app.doctreedir) / "synth-search" / f"{page.replace('/', '--')}.json"


def keep_passages(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Keep the text of a page for the index, whenever the page is written."""
    if doctree is None or app.builder.format != "html":
        return
    hidden = _is_hidden(app.env.metadata[pagename])
    place = _kept(app, pagename)
    place.parent.mkdir(parents=True, exist_ok=True)
    replace_file(place, json.dumps([] if hidden else passages(doctree)).encode())


def entries(app: Sphinx) -> list[Entry]:
    """Everything that can be found in the book, kind by kind, pages in the order of the book.

    What several studies say in the same words is one entry; the page of a theme is the theme's.

    Parameters
    ----------
    app : its pages have been written.
    """
    domain: Any = app.env.get_domain("synth")
    records = domain.review.records
    # Thousands of objects stand on one page.
    uri = cache(partial(app.builder.get_relative_uri, "search"))
    found: dict[tuple[str, str], Entry] = {}
    themes: dict[tuple[str, str], tuple[str, str]] = {}
    for name, label, objtype, page, anchor, _ in domain.get_objects():
        kind, href = OBJECTS[objtype], f"{uri(page)}#{anchor}"
        if kind != "finding":
            # Influences between the same two ends stand together on their page.
            nodes: tuple[str, ...] = ()
            if kind == "influence":
                nodes = (records.influences[name].source, records.influences[name].target)
            if kind == "theme":
                nodes = (name,)
            found.setdefault(
                (kind, label if kind == "influence" else name),
                Entry(kind, href, label, nodes=nodes),
            )
            if kind == "theme":
                themes[page, anchor] = themes[page, label] = (kind, name)
            continue
        study, _, title = label.partition(": ")
        said = found.get((kind, title), Entry(kind, href, title))
        about = (node.id for node in nodes_of(records.findings[name], records))
        found[kind, title] = said._replace(
            more=(*said.more, (href, study)), nodes=tuple(dict.fromkeys((*said.nodes, *about)))
        )
    titles = app.env.titles
    for page in domain.reading_order():
        place = _kept(app, page)
        if page not in titles or not place.is_file():
            continue
        whole = titles[page].astext()
        for kind, anchors, heading, text in json.loads(place.read_text("utf-8")):
            names = [(page, name) for name in (*anchors, heading)]
            own = next((themes[name] for name in names if name in themes), None)
            if own:
                if not found[own].text:
                    found[own] = found[own]._replace(text=text)
                continue
            first = kind == "page" and heading == whole
            title = heading
            if kind == "page" and not first:
                title = f"{whole} › {heading}" if heading else whole
            href = uri(page) if first else f"{uri(page)}#{anchors[0]}"
            # A section with two targets in it is found once.
            found.setdefault((kind, href), Entry(kind, href, title, text))
    return sorted(found.values(), key=lambda entry: KINDS.index(entry.kind))


# --- the index, in parts -------------------------------------------------------------------------


def write_index(app: Sphinx, exception: Exception | None) -> None:
    """Write the index in parts, of which a reader's browser fetches those that a query needs.

    They are scripts, because a browser reads no other file of a book that is opened from a folder.
    The first names the others: words are divided by their letters, entries by their number.
    """
    if exception or app.builder.format != "html":
        return
    known: Any = search.languages[_language(app.config)]
    language = known(app.config.html_search_options)
    domain: Any = app.env.get_domain("synth")
    names = {node.id: node.names for node in domain.review.records.codebook}
    files = index_of(entries(app), language, names)
    place = Path(app.outdir) / PLACE
    place.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        replace_file(place / name, content.encode())
    for old in place.iterdir():
        if old.name not in files:
            old.unlink()


def index_of(
    found: Sequence[Entry], language: Any, names: Mapping[str, Sequence[str]] | None = None
) -> dict[str, str]:
    """The files of an index, by their names.

    A word has the entries that are called by it, those that hold it, and the nodes it names. What
    speaks to a node is listed once, at the node, and not at every word of its names.

    Parameters
    ----------
    found : what can be found.
    language : knows the stems of words, and which words say nothing.
    names : label and synonyms of each node of the codebook, by its id.
    """
    stem = lru_cache(maxsize=None)(lambda word: language.stem(word.lower()).lower())
    named: dict[str, list[int]] = {}
    told: dict[str, list[int]] = {}
    for number, entry in enumerate(found):
        titled = {stem(word) for word in _WORD.findall(entry.title)}
        also = " ".join((entry.text, *(name for _, name in entry.more)))
        for word in titled:
            named.setdefault(word, []).append(number)
        for word in {stem(word) for word in _WORD.findall(also)} - titled:
            told.setdefault(word, []).append(number)
    names = names or {}
    about: dict[str, list[int]] = {node: [] for node in names}
    for number, entry in enumerate(found):
        for node in entry.nodes:
            about[node].append(number)
    naming: dict[str, list[int]] = {}
    nodes = [(number, [names[node], _steps(about[node])]) for number, node in enumerate(about)]
    for number, node in enumerate(about):
        for word in {stem(word) for name in names[node] for word in _WORD.findall(name)}:
            naming.setdefault(word, []).append(number)
    # Few words name a node; the others are written without a list for it.
    words = [
        (
            word,
            [_steps(named.get(word, ())), _steps(told.get(word, ()))]
            + ([_steps(naming[word])] if word in naming else []),
        )
        for word in sorted({*named, *told, *naming} - {""} - set(language.stopwords))
    ]
    kinds = Counter(entry.kind for entry in found)
    head: dict[str, Any] = {"kinds": {kind: kinds[kind] for kind in KINDS}}
    # One section of a page is shown, the one that holds the words best.
    pages: dict[str, int] = {}
    for number, entry in enumerate(found):
        if entry.kind == "page":
            pages.setdefault(entry.href.partition("#")[0], number)
    head["pages"] = list(pages.values())
    files = {}
    shown = [(number, entry[1:5]) for number, entry in enumerate(found)]
    for kind, pairs, most in (
        ("words", words, WORDS_OF_A_PART),
        ("entries", shown, ENTRIES_OF_A_PART),
        ("nodes", nodes, WORDS_OF_A_PART),
    ):
        head[kind] = []
        for number, part in enumerate(_parts(pairs, most)):
            head[kind].append(part[0][0])
            held = dict(part) if kind == "words" else [value for _, value in part]
            files[f"{kind}-{number}.js"] = _script(f"{kind}-{number}", held)
    # A browser that keeps a part of an older book asks for the new one.
    head["version"] = hashlib.sha256("".join(files.values()).encode()).hexdigest()[:12]
    return {"head.js": _script("head", head), **files}


_WORD = re.compile(r"[^\W_]+")


def _steps(numbers: Iterable[int]) -> list[int]:
    """Rising numbers as steps from one to the next, which are shorter.

    >>> _steps([1000, 1002, 1007])
    [1000, 2, 5]
    """
    all_of_them = list(numbers)
    return [each - before for each, before in zip(all_of_them, [0, *all_of_them], strict=False)]


def _parts(pairs: Iterable[tuple[Any, Any]], most: int) -> Iterator[list[tuple[Any, Any]]]:
    """Divide a list into parts that are written with about as many signs each."""
    part: list[tuple[Any, Any]] = []
    length = 0
    for pair in pairs:
        size = len(json.dumps(pair, separators=(",", ":"), ensure_ascii=False))
        if part and length + size > most:
            yield part
            part, length = [], 0
        part.append(pair)
        length += size
    if part:
        yield part


def _script(name: str, value: Any) -> str:
    told = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return f"(window.synthSearch??={{}})[{json.dumps(name)}]={told};\n"


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
