"""The prose of this book, held against its evidence: directions, hedges, cautions, spelling, ease.

``synth check --pages`` holds any book's prose against its tables. What stands here holds for this
book alone: how its editors agreed to write it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from synth.reading.records import Records
from synth.reading.rules import load_records

PROJECT = Path(__file__).parents[1]
BOOK = PROJECT / "book"

# Pages for authors and for those who run the book; their prose is somebody else's task.
TECHNICAL = {"add-a-study", "make-your-own", "what-can-go-wrong", "api"}

SYNTHESIS = re.compile(r"^:::\{synthesis\}\n(.*?)^:::", re.MULTILINE | re.DOTALL)
CITED = re.compile(r"\{(?:finding|elsewhere)\}`([^`]+)`")


@pytest.fixture(scope="module")
def records() -> Records:
    return load_records(PROJECT)


@cache
def text_of(page: str) -> str:
    """The prose of a page as its authors wrote it."""
    notebook = BOOK / f"{page}.ipynb"
    if not notebook.is_file():
        return (BOOK / f"{page}.md").read_text("utf-8")
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    return "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")


def pages() -> list[str]:
    """Every page of the book that this file answers for."""
    # JupyterLab leaves a folder of its own there.
    return sorted({file.stem for file in BOOK.glob("*.*") if file.is_file()} - TECHNICAL)


def home_pages(records: Records) -> list[str]:
    """The pages of levels and themes."""
    return [node.id for node in records.codebook if node.depth < 2]


def paragraphs(page: str) -> Iterator[str]:
    """Paragraphs of synthesis of a page, without the lines that confirm something."""
    for block in SYNTHESIS.findall(text_of(page)):
        for paragraph in re.split(r"\n\s*\n", block):
            lines = [line for line in paragraph.splitlines() if not line.startswith("%")]
            if text := "\n".join(lines).strip():
                yield text


def plain(text: str) -> str:
    """Words a reader sees: roles, links and marks of Markdown taken out."""
    text = re.sub(r"(?m)^(%|:::|```|#|\(|\|| {2}\[).*$", "", text)
    text = re.sub(r"\{(?:finding|elsewhere|review|cite:[pt]|count)\}`[^`]*`", "", text)
    text = re.sub(r"\{[a-z:]+\}`([^`<]*?)(?:\s*<[^`>]*>)?`", r"\1", text)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return re.sub(r"[*_`]", "", text)


def test_a_paragraph_of_a_theme_points_one_way(records: Records) -> None:
    """A paragraph has one mark: it is split where it turns from help to hindrance."""
    turning = []
    marked = 0
    for page in home_pages(records):
        for paragraph in paragraphs(page):
            cited = [name.strip() for ids in CITED.findall(paragraph) for name in ids.split(";")]
            directions = {records.findings[name].direction for name in cited}
            marked += bool(directions)
            if len(directions) > 1:
                turning.append(f"{page}: {sorted(directions)}: {paragraph[:70]}")
    assert marked > 80
    assert turning == []


# What version 1 said and its source does not: frequencies, causes and motives that were put in.
OVERREAD = (
    r"often the only one",
    r"many are (the )?\W*only one",
    r"tells? everyone",
    r"stay when they get",
    r"teams come round",
    r"kept peer support workers (out|from)",
    r"guard(s|ing)? their ground",
    r"people who used to be patients",
    r"turn(s|ed)? policies into tokens|end as tokens|produce tokens",
    r"opens the purse",
    r"three rounds of coding",
    r"New research would add most",
    r"the others stand",
    r"only good news was coded",
    r"prints no list|does not list them|grades of single papers are not published",
    r"first reported",
    r"factors were known",
    r"good supervision \{finding\}",
)


@pytest.mark.parametrize("words", OVERREAD)
def test_nothing_overread_comes_back(words: str) -> None:
    found = [page for page in pages() if re.search(words, text_of(page), re.IGNORECASE)]
    assert found == []


# Sentences that are hedged in the source, and the words one of which keeps the hedge in ours.
HEDGES = {
    "asad2016-01": ("could", "may"),
    "asad2016-07": ("may",),
    "chinman2010-01": ("tend",),
    "chinman2010-08": ("can",),
    "chinman2010-11": ("can",),
    "chinman2012-01": ("can",),
    "chinman2012-02": ("can",),
    "chinman2012-03": ("potential",),
    "chinman2012-04": ("often",),
    "creamer2012-02": ("often",),
    "grant2012-06": ("could", "might"),
    "gates2007-01": ("prepares the way",),
    "hopkins2021-02": ("can",),
    "kuhn2015-01": ("can",),
    "moll2009-01": ("may",),
    "mulvale2019-04": ("can",),
    "mulvale2019-05": ("can",),
    "otte2020a-03": ("limited",),
    "otte2020a-06": ("can",),
    "siantz2016-01": ("may",),
    "vandewalle2016-01": ("suggest", "signal"),
}


def test_hedges_of_the_source_stand_in_the_summaries(records: Records) -> None:
    """And in those of every study that is cited for the same statement."""
    hardened = []
    gathered = {name: said.findings for said in records.statements for name in said.findings}
    for name, words in HEDGES.items():
        for told in gathered[name]:
            summary = records.findings[told].summary
            if not any(re.search(rf"\b{word}", summary) for word in words):
                hardened.append(f"{told}: {summary}")
    assert hardened == []


# A caution stands once; other pages point to it.
ONE_HOME = {
    r"\{study\}`(byrne2016|otte2020a)` and \{study\}": "gaps",
    r"own data come from communities in China": "gaps",
    r"international consensus study": "gaps",
    r"national survey of coordinators": "gaps",
    r"[Ff]requency is not importance": "method",
    r"Two arrows in a row": "influences",
    r"A study from several countries counts in each": "where-and-when",
    r"coded from the review's account, not from the studies themselves": "method",
}


@pytest.mark.parametrize("caution", ONE_HOME)
def test_each_caution_has_one_home(caution: str) -> None:
    told = {page for page in pages() if re.search(caution, text_of(page))}
    assert told <= {ONE_HOME[caution]}


def test_every_work_is_cited_on_a_page(records: Records) -> None:
    prose = "\n".join(text_of(page) for page in pages())
    cited = {
        key.strip()
        for keys in re.findall(r"\{cite:[pt]\}`([^`]+)`", prose)
        for key in keys.split(",")
    }
    evidence = {study.id for study in records.studies.values() if study.is_evidence}
    assert set(records.bibliography) - cited - evidence == set()


BRITISH = re.compile(
    r"\b\w*(?:isation|ising|ised|colour|behaviour|favour|labour|centred|centre|programme|judgement"
    r"|licence|analyse|catalogued|defence|fulfil\b|travell|counsellor|mould|sceptic)\w*",
    re.IGNORECASE,
)
# Words that end so in either spelling, and names.
BOTH = {
    "advised",
    "promising",
    "revised",
    "raised",
    "arising",
    "rising",
    "raising",
    "comprised",
    "appraised",
}


def test_the_book_spells_as_the_review_does(records: Records) -> None:
    texts = {page: plain(text_of(page)) for page in pages()}
    texts |= {finding.id: finding.summary for finding in records.findings.values()}
    texts |= {influence.id: influence.mechanism for influence in records.influences.values()}
    texts |= {node.id: node.definition for node in records.codebook}
    found = {
        (place, word)
        for place, text in texts.items()
        for word in BRITISH.findall(text)
        if word.lower() not in BOTH
    }
    assert found == set()


def flesch(text: str) -> float:
    """Flesch's reading ease: 206.835 - 1.015 x words a sentence - 84.6 x syllables a word."""
    sentences = [s for s in re.split(r"(?<=[.!?:])\s+|\n\s*\n|\n- ", text) if re.search(r"\w", s)]
    words = re.findall(r"[A-Za-z][A-Za-z'’]*", text)

    def syllables(word: str) -> int:
        word = re.sub(r"(?:[^laeiouy]es|ed|[^laeiouy]e)$", "", word.lower())
        return max(1, len(re.findall(r"[aeiouy]{1,2}", word)))

    return (
        206.835
        - 1.015 * len(words) / len(sentences)
        - 84.6 * sum(map(syllables, words)) / len(words)
    )


def test_reading_ease_is_measured_as_flesch_meant_it() -> None:
    assert flesch("The cat sat on the mat. It was fat.") > 100
    assert flesch("Multilevel implementation necessitates organizational considerations.") < 0


@pytest.mark.parametrize(
    "heading",
    ["To those who make policy", "To those who run organizations", "To supervisors and teams"],
)
def test_what_managers_and_policy_makers_are_sent_to_reads_easily(heading: str) -> None:
    part = text_of("gaps").split(f"### {heading}\n")[1].split("\n### ")[0]
    assert len(part) > 500
    assert flesch(plain(part)) >= 60


@pytest.mark.parametrize("page", pages())
def test_every_page_reads_easily(page: str) -> None:
    """The front page and the briefs send managers and policy makers to all levels and themes."""
    # A theme's name is a link to its page and no sentence of its own.
    prose = re.sub(r"\*?\*?\{theme\}`[^`]*`\.?\*?\*?", "", text_of(page))
    assert flesch(plain(prose)) >= 60
