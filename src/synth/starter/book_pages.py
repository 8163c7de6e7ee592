"""The pages of a new book, made from a review's codebook and from what its tables hold.

A generated page says nothing about the evidence that is not counted or drawn from the tables when
the book is built. Where a sentence is for the authors to write, a comment of the page invites them
to; readers never see it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from synth.model import Theme
from synth.reading.records import Records
from synth.references.apa import filed_under, group
from synth.views.catalogue import divided, in_parts

FOLDER = "book"
HOME = f"{FOLDER}/intro"
TOC_FILE = "_toc.yml"

_FIXED = (
    *("intro", "method", "framework", "influences", "explorer"),
    *("where-and-when", "studies", "references"),
    # Names that Windows keeps for devices, whatever their ending.
    *("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))),
)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the book.

    Parameters
    ----------
    name : its name in the table of contents, without the ending.
    file : path below the review's root.
    text : what the file holds.
    node : the node of the codebook it is the home of; empty for the other pages.
    """

    name: str
    file: str
    text: str
    node: str = ""


@dataclass(frozen=True, slots=True)
class Prose:
    """Sentences for pages that are more than their tables, as the example's are.

    Parameters
    ----------
    home : what the front page says below the question.
    nodes : paragraphs of synthesis by node of the codebook; each cites findings.
    """

    home: str = ""
    nodes: Mapping[str, str] = field(default_factory=dict)


def nodes_with_pages(records: Records) -> list[Theme]:
    """The nodes that get a page of their own: all ranks but the deepest, or all of up to two."""
    used = max((node.depth for node in records.codebook), default=0) + 1
    deepest = used if used <= 2 else used - 1
    return [node for node in records.codebook if node.depth < deepest]


def page_name(node: Theme) -> str:
    """The name of a node's page; one that another page bears already gets its rank before it.

    >>> page_name(Theme("explorer", "", "Explorer", "", "source", 0, "level"))
    'book/level-explorer'
    """
    return f"{FOLDER}/{node.rank}-{node.id}" if node.id in _FIXED else f"{FOLDER}/{node.id}"


def pages_of(records: Records, prose: Prose | None = None) -> list[Page]:
    """Every page of a new book, in the order of its table of contents.

    Parameters
    ----------
    records : the records of the review.
    prose : sentences beyond what the tables give; none by default.
    """
    prose = prose or Prose()
    pages = [_home(records, prose), _method(records), _framework(records)]
    pages += [node_page(records, node, prose) for node in nodes_with_pages(records)]
    if records.influences:
        pages.append(_influences())
    pages += [_figures(records), _explorer(), *_studies(records), *_references(records)]
    return pages


def toc_text(records: Records) -> str:
    """The table of contents, ``_toc.yml``: the tree of the codebook between frame and sources."""
    lines = [
        "# The pages of the book, in their order (Jupyter Book's format).",
        "format: jb-book",
        f"root: {HOME}",
        "parts:",
        "  - caption: The review",
        "    chapters:",
        f"      - file: {FOLDER}/method",
        f"      - file: {FOLDER}/framework",
    ]
    paged = {node.id for node in nodes_with_pages(records)}
    nested = any(node.depth for node in records.codebook if node.id in paged)
    levels = records.codebook.levels
    if nested:
        for level in levels:
            lines += [f"  - caption: {json.dumps(level.label, ensure_ascii=False)}"]
            lines += ["    chapters:", *_toc_entry(records, level, paged, 6)]
    elif levels:
        plural = records.settings.rank(0).plural
        lines += [f"  - caption: {json.dumps(plural, ensure_ascii=False)}", "    chapters:"]
        for level in levels:
            lines += _toc_entry(records, level, paged, 6)
    lines += ["  - caption: All together", "    chapters:"]
    if records.influences:
        lines.append(f"      - file: {FOLDER}/influences")
    lines += [f"      - file: {FOLDER}/{name}" for name in ("where-and-when", "explorer")]
    lines += ["  - caption: Sources", "    chapters:"]
    for first, *others in (_studies(records), _references(records)):
        lines.append(f"      - file: {first.name}")
        if others:
            lines += ["        sections:", *(f"          - file: {page.name}" for page in others)]
    return "\n".join(lines) + "\n"


def _toc_entry(records: Records, node: Theme, paged: set[str], indent: int) -> Iterator[str]:
    space = " " * indent
    yield f"{space}- file: {page_name(node)}"
    below = [child for child in records.codebook.children(node.id) if child.id in paged]
    if below:
        yield f"{space}  sections:"
        for child in below:
            yield from _toc_entry(records, child, paged, indent + 4)


# --- pages of the codebook ----------------------------------------------------------------------


def node_page(records: Records, node: Theme, prose: Prose | None = None) -> Page:
    """The page of one node, as the pages of themes and levels of this project's own book are.

    What was found stands first, then what belongs here and what the authors write; the evidence,
    where and when, and links to others follow.

    Parameters
    ----------
    records : the records of the review.
    node : the node.
    prose : holds the node's synthesis, if somebody wrote one.
    """
    here = f"{node.rank}={node.id}"
    call = f'review.theme("{node.id}")'
    parts = bool(records.codebook.children(node.id))
    cells = [
        _text("title", f"# {_escaped(node.label)}"),
        _load(),
        _code("verdict", f"{call}.verdict()", shown=False),
    ]
    cells.append(_text("what-it-is", _what_it_is()))
    written = (prose or Prose()).nodes.get(node.id, "")
    if written:
        cells.append(
            _text("synthesis", "## What the studies report", f":::{{synthesis}}\n{written}\n:::")
        )
    else:
        cells.append(_text("synthesis", _invitation(records, node)))
    if parts:
        cells += [
            _text("parts", "## Its parts"),
            _code("framework", f"{call}.framework()"),
        ]
    cells += [
        _text(
            "evidence",
            "## The evidence",
            f"Here: {{count}}`findings {here} | finding/findings | alone` from "
            f"{{count}}`studies {here} | study/studies`.",
        ),
        _code("findings", f"{call}.{_listing(records, node)}()"),
    ]
    cells += _where_and_when(records, f"{call}.evidence()", node)
    if records.influences:
        cells += [
            _text(
                "links",
                "## Links to others",
                f"{{count}}`influences of={node.id} | influence starts or ends"
                "/influences start or end | alone` here; the page about "
                "[influences](influences.ipynb) has each in full.",
            ),
            _code("influences", f"{call}.influence_map()"),
        ]
    cells.append(_text("missing", _comment("What is missing here? What should be studied next?")))
    description = node.definition or node.label
    return _notebook(page_name(node), cells, description, synth={"theme": node.id}, node=node.id)


def _listing(records: Records, node: Theme) -> str:
    """What lists the findings of a node: statements, or findings where nobody wrote them in words.

    Findings that say the same are one statement; where all say only that they were coded, each
    study has to be seen by itself.
    """
    branch = records.codebook.branch(node.id)
    said = [f.summary for f in records.findings.values() if f.theme in branch]
    return "statement_list" if len({*said}) > 1 else "evidence"


def _what_it_is() -> str:
    return _comment(
        "The definition in data/codebook.csv stands below the title. Say here what belongs to it",
        "and what does not, and take the % signs away.",
        "",
        "## What it is",
        "",
        "What belongs here is …",
    )


def _invitation(records: Records, node: Theme) -> str:
    """A comment that shows how synthesis is written, with a finding that can be cited here."""
    branch = records.codebook.branch(node.id)
    own = (finding.id for finding in records.findings.values() if finding.theme in branch)
    name = next(own, "id-of-a-finding")
    return _comment(
        "Write here what the studies report, and take the % signs away. Each paragraph names the",
        "findings it rests on; the build refuses one that does not.",
        "",
        "## What the studies report",
        "",
        ":::{synthesis}",
        f"A sentence of yours {{finding}}`{name}`.",
        ":::",
    )


def _where_and_when(records: Records, evidence: str, node: Theme) -> Iterator[dict[str, object]]:
    figures = _figures_that_apply(records)
    here = f"{node.rank}={node.id}"
    if not figures:
        return
    countries = ""
    if records.settings.facet("country"):
        countries = f" and {{count}}`countries {here} | country/countries | alone`"
    yield _text(
        "where-and-when",
        f"## {_when_heading(records)}",
        f"What is reported here comes from {{count}}`studies {here} | study/studies | alone`"
        f"{countries}. How often something was reported does not say how much it matters.",
    )
    for name in figures:
        yield _code(name.replace("_", "-"), f"{evidence}.{name}()")


def _figures_that_apply(records: Records) -> list[str]:
    """Figures of one dimension for which the review has the column: years, countries, designs."""
    evidence = [study for study in records.studies.values() if study.is_evidence]
    figures = []
    if any(study.year is not None for study in evidence):
        figures.append("by_year")
    figures += [f"by_{name}" for name in ("country", "design") if records.settings.facet(name)]
    return figures


def _when_heading(records: Records) -> str:
    return "Where and when" if records.settings.facet("country") else "Years and designs"


# --- the other pages ----------------------------------------------------------------------------


def _home(records: Records, prose: Prose) -> Page:
    settings = records.settings
    level = settings.rank(0)
    countries = [
        "{count}`countries | country/countries`\n: in which they were done"
        if settings.facet("country")
        else "",
        "{count}`influences | influence/influences`\n: of one theme on another"
        if records.influences
        else "",
    ]
    numbers = [
        "{count}`findings | finding/findings`\n: each one thing that one study says",
        "{count}`studies | study/studies`\n: of the review",
        *[number for number in countries if number],
    ]
    arrows = [
        _text("framework-heading", "## The framework at a glance"),
        _code("framework-at-a-glance", "review.framework().glance()"),
    ]
    arrows = arrows if records.influences else []
    entries = [
        f"- [{_escaped(node.label)}]({page_name(node).removeprefix(f'{FOLDER}/')}.ipynb)"
        for node in records.codebook.levels
    ]
    cells = [
        _text(
            "question",
            f"# {_escaped(settings.title)}",
            f":::{{div}} synth lead\n{_escaped(settings.question)}\n:::",
            prose.home
            or _comment(
                "Say here in a few sentences why the question matters, and what you found. A",
                "sentence that reports a finding names it: {finding}`id`.",
            ),
        ),
        _load(),
        _code("at-a-glance", "review.at_a_glance()", shown=False),
        *arrows,
        _text(
            "key-numbers", "## What the book rests on", "{.key-numbers}\n" + "\n\n".join(numbers)
        ),
        _text(
            "start",
            "## Start reading",
            f"By {_escaped(level.label.lower())}:",
            "\n".join(entries),
            "Or go to the [framework](framework.ipynb) for all of it in one table, to the "
            "[explorer](explorer.ipynb) to search and filter the findings, and to the "
            "[studies](studies.md) for what is known of each.",
        ),
        _text(
            "limits",
            "## What this book cannot tell you",
            ":::{div} synth limit\n"
            "**How large an effect is.** Counts say how often something was reported. They say "
            "nothing of how strong it is or how much it matters.\n\n"
            "**That there is nothing.** Where no finding stands, none was coded. That is no "
            "evidence that there is none to be had.\n:::",
            _comment("Add what readers of your review must know: who coded, from what, when."),
        ),
    ]
    return _notebook(HOME, cells, settings.question, synth={"wide": True})


def _method(records: Records) -> Page:
    settings = records.settings
    search = ""
    first, last = settings.search_since, settings.search_until
    if first is not None and last is not None:
        search = f"The search covered the years {first} to {last}."
    based = f"This book is based on: {_escaped(settings.source.citation)}"
    directions = "\n".join(f"- {_escaped(way.label)}" for way in settings.directions)
    cells = [
        _text(
            "how",
            "# How the review was done",
            based,
            search
            or _comment(
                "Say here how you searched, where and when, and who chose what to include."
            ),
        ),
        _load(),
    ]
    if records.flow:
        cells += [_text("flow-heading", "## Search and screening"), _code("flow", "review.flow()")]
    coding = [
        "## How the studies were coded",
        "A *finding* is one thing that one study says. Each has one place in the codebook, the "
        "deepest that fits.",
    ]
    if len(settings.directions) > 1:
        coding += ["Each also has a direction:", directions]
    cells += [
        _text(
            "coding",
            *coding,
            _comment(
                "Who coded? From the studies themselves or from another account of them? How were",
                "disagreements settled?",
            ),
        ),
        _text(
            "unknown",
            "## What is not known",
            "*Not reported* means that the source is silent, *not established* that nobody could "
            "find out or that the table says nothing, *not applicable* that the question does not "
            "arise.",
        ),
    ]
    return _notebook(f"{FOLDER}/method", cells, "How the review was done and coded.")


def _framework(records: Records) -> Page:
    ranks = [rank.plural.lower() for rank in records.settings.ranks]
    listed = ", ".join(ranks[:-1]) + (" and " if ranks[:-1] else "") + ranks[-1] if ranks else ""
    cells = [
        _text(
            "what-it-is",
            "# The framework",
            f"The codebook in one table: its {_escaped(listed)}, what is reported for each, and "
            "which studies say so. The order is that of the codebook; it is no ranking.",
        ),
        _load(),
        _code("framework", "review.framework()"),
    ]
    return _notebook(
        f"{FOLDER}/framework",
        cells,
        "The codebook with its findings in one table.",
        synth={"wide": True},
    )


def _influences() -> Page:
    cells = [
        _text(
            "what-it-is",
            "# Influences",
            "{count}`influences | influence/influences`: one theme acts on another, how, and which "
            "studies say so.",
        ),
        _load(),
        _text("map-heading", "## The whole map"),
        _code("map", "review.influence_map()"),
        _text("list-heading", "## Every influence", "Each has an address of its own."),
        _code("list", "review.influence_list()"),
    ]
    return _notebook(
        f"{FOLDER}/influences", cells, "How themes act on one another.", synth={"wide": True}
    )


def _figures(records: Records) -> Page:
    heading = _when_heading(records)
    cells = [
        _text(
            "what-it-is",
            f"# {heading}",
            "Who was asked, since when, and with which methods. All figures count the studies of "
            "this book; none of them measures how much a theme matters.",
        ),
        _load(),
    ]
    names = {"by_year": "Years", "by_country": "Countries", "by_design": "Designs"}
    for name in _figures_that_apply(records):
        cells += [
            _text(f"{name.replace('_', '-')}-heading", f"## {names[name]}"),
            _code(name.replace("_", "-"), f"review.evidence().{name}()"),
        ]
    cells += [
        _text("who-heading", "## Which study speaks to which theme"),
        _code("theme-by-study", "review.evidence().theme_by_study()"),
        _text(
            "single-heading",
            "## What rests on a single source",
            "Where one study, one country or one team of authors carries everything that was "
            "coded, new research would add most.",
        ),
        _code("single-support", "review.evidence().single_support()"),
    ]
    return _notebook(f"{FOLDER}/where-and-when", cells, "Years, places and kinds of the studies.")


def _explorer() -> Page:
    cells = [
        _text(
            "what-it-is",
            "# Explorer",
        ),
        _load(),
        _code("explorer", 'review.evidence().explorer(key="x")'),
        _text(
            "how-to",
            "## How to use it",
            "All that was coded stands here, {count}`statements | statement/statements` "
            "({count}`findings | finding/findings`): search it, narrow it down, see where nothing "
            "was found, and take the result with you.",
            "Values chosen within one list add up; different lists cut. The number beside a value "
            "says how many findings you would see with it. The address of the page changes as you "
            "filter, so a view can be bookmarked, sent and cited.",
        ),
    ]
    return _notebook(
        f"{FOLDER}/explorer",
        cells,
        "All findings in one place: search, filter, count and save.",
        synth={"wide": True},
    )


STUDIES_ON_A_PAGE = 60
"""How many studies a page of the catalogue takes; ten findings each make half a megabyte of it."""


def _studies(records: Records) -> list[Page]:
    """The catalogue: one page, or a page for each part of the alphabet when it is long."""
    parts = divided(records, STUDIES_ON_A_PAGE)
    heading = (
        "---\ndescription: "
        '"The studies behind the findings: reference, what is known, everything coded."\n---\n\n'
    )
    told = (
        "{count}`studies | study/studies`: the reference of each, what is known of it, and "
        "everything coded from it."
    )
    return _in_parts(f"{FOLDER}/studies", "Studies", heading, told, parts, _part)


def _in_parts(
    name: str,
    title: str,
    heading: str,
    told: str,
    parts: Sequence[tuple[str, str]],
    part: Callable[[str, str], str],
) -> list[Page]:
    """A list on one page; or a page for each part of the alphabet, and one that leads to them."""
    if len(parts) == 1:
        return [Page(name, f"{name}.md", f"{heading}# {title}\n\n{told}\n\n{part('', '')}")]
    labels = [_reach(since, before) for since, before in parts]
    files = [f"{name}-{number:02d}" for number in range(1, len(parts) + 1)]
    listed = "\n".join(
        f"- [{label}]({file.removeprefix(f'{FOLDER}/')}.md)"
        for label, file in zip(labels, files, strict=True)
    )
    first = f"{heading}# {title}\n\n{told}\n\nBy the name of the first author:\n\n{listed}\n"
    pages = [Page(name, f"{name}.md", first)]
    for label, file, (since, before) in zip(labels, files, parts, strict=True):
        text = f"{heading}# {title}: {label}\n\n{part(since, before)}"
        pages.append(Page(file, f"{file}.md", text))
    return pages


def _reach(since: str, before: str) -> str:
    """A part of the alphabet in words."""
    if not since:
        return f"up to {before.capitalize()}"
    return (
        f"{since.capitalize()} to {before.capitalize()}" if before else f"{since.capitalize()} on"
    )


def _options(since: str, before: str) -> str:
    return (f":since: {since}\n" if since else "") + (f":before: {before}\n" if before else "")


def _part(since: str, before: str) -> str:
    options = _options(since, before)
    return (
        "## Characteristics of the studies\n\n"
        f"```{{characteristics}}\n{options}```\n\n"
        "## One by one\n\n"
        f"```{{catalogue}}\n{options}```\n"
    )


WORKS_ON_A_PAGE = 1000
"""How many works a page of references takes; a work is half a kilobyte of it."""


def _references(records: Records) -> list[Page]:
    """The list of references, divided as the catalogue is."""
    works = group(records.bibliography.values())
    parts = in_parts([filed_under(work) for work in works], WORKS_ON_A_PAGE)
    heading = '---\ndescription: "Every work of the book\'s bibliography."\n---\n\n'
    told = (
        "Studies with findings are also in the [catalogue](studies.md), with everything coded "
        "from them."
    )
    return _in_parts(
        f"{FOLDER}/references",
        "References",
        heading,
        told,
        parts,
        lambda since, before: f"```{{bibliography}}\n:all:\n{_options(since, before)}```\n",
    )


# --- notebooks ----------------------------------------------------------------------------------


def _text(name: str, *paragraphs: str) -> dict[str, object]:
    source = "\n\n".join(paragraph for paragraph in paragraphs if paragraph)
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": _lines(source)}


def _code(name: str, source: str, *, shown: bool = True) -> dict[str, object]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": name,
        "metadata": {"tags": ["hide-input" if shown else "remove-input"]},
        "outputs": [],
        "source": _lines(source),
    }


def _load() -> dict[str, object]:
    return _code("load", "from synth import Review\n\nreview = Review.load()", shown=False)


def _notebook(
    name: str,
    cells: Iterable[dict[str, object]],
    description: str,
    synth: Mapping[str, object] | None = None,
    node: str = "",
) -> Page:
    notebook = {
        "cells": [cell for cell in cells if cell["cell_type"] == "code" or cell["source"]],
        "metadata": {
            "description": " ".join(description.split()),
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
            **({"synth": dict(synth)} if synth else {}),
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    text = json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    return Page(name, f"{name}.ipynb", text, node)


def _lines(source: str) -> list[str]:
    return source.splitlines(keepends=True)


def _comment(*lines: str) -> str:
    r"""Lines that stand in the page for its authors and are not published (a MyST comment).

    >>> _comment("Write here.", "", "And here.")
    '% Write here.\n%\n% And here.'
    """
    return "\n".join(f"% {line}".rstrip() for line in lines)


_MARKDOWN = re.compile(r"[\\`*_{}\[\]<>#|~$:@^&]|^[-+=%](?=\s|$|[-=])|(?<=^\d)[.)]|(?<=^\d\d)[.)]")


def _escaped(text: str) -> str:
    r"""A text of the tables as Markdown that shows it letter by letter, on one line.

    >>> _escaped("R & D *now* {x}"), _escaped("1. First"), _escaped("- 5 %")
    ('R \\& D \\*now\\* \\{x\\}', '1\\. First', '\\- 5 %')
    """
    return _MARKDOWN.sub(lambda sign: f"\\{sign[0]}", " ".join(text.split()))
