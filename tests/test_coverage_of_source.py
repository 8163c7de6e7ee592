"""The coding covers the review: every citation in its findings sections has its finding.

The text of the review is not part of the book. Where it is at hand, beside the project or at the
path in ``SYNTH_SOURCE_TEXT``, these tests hold the three coded tables against it, sentence by
sentence; elsewhere they say that they skipped and why.
"""

from __future__ import annotations

import csv
import os
import re
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
NAMED_SOURCE = os.environ.get("SYNTH_SOURCE_TEXT")
SOURCE = Path(NAMED_SOURCE or PROJECT.parent / "shared" / "source" / "review.txt")

FINDINGS_BEGIN = "Factors at the macro level pertaining to PSW role implementation"
FINDINGS_END = "This review of the literature suggests"

# Sections in the order of the text; their headings are missing from the text we have.
SECTIONS = (
    "Socio-cultural context",
    "Regulatory and political context",
    "Economic and financial context",
    "Organizational culture",
    "Organizational leadership",
    "Change management",
    "Human resource policies",
    "Team relationships",
    "Wellbeing",
)

# One author–year citation, wherever it stands: "(Mancini, 2018)", "Wall et al. (2020)",
# "Asad and Chreim (2016)", "[Berry et al., 2011]", "Siantz et al, 2016", and the doubled
# "Otte et al., 2020a (Otte et al., , 2020b" that the text extraction left behind.
CITATION = re.compile(
    r"(?P<author>[A-Z]\w+(?: [A-Z]\w+)?)"
    r"(?: et al\.?| (?:&|and) [A-Z]\w+)?"
    r"[,\s]*[(\[]?"
    r"(?P<year>(?:19|20)\d\d[a-z]?)\b"
)

# A key is the first author's surname and the year; only one first author is misspelt. The two
# misspelt second authors ("Akbas", "Cater") do not enter the key.
MISSPELT = {"frank2010": "franke2010"}

# Years of the findings sections that date an event and cite nobody.
DATES_OF_EVENTS = ("during the 1970s and 1980s", "started in the 1990s", "the 2008 economic crisis")

# A sentence ends before a capital letter, also one in a bracket ("(Mis)understanding of ..."), or a
# quotation mark, unless the full stop belongs to an abbreviation: "(e.g. Mental Health Intensive".
SENTENCE_END = re.compile(r"(?<!e\.g)(?<!i\.e)(?<!\bvs)(?<!\bal)[.?!]\s+(?=\(?[A-Z]|[\"“])")

SHARED_WORDS = 7


@dataclass(frozen=True)
class Citation:
    """One occurrence of one study in the text, and the sentence it stands in."""

    study: str
    sentence: int
    printed: str


def rows_of(table: str) -> list[dict[str, str]]:
    with (PROJECT / "data" / table).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def source() -> str:
    if not SOURCE.is_file() and not NAMED_SOURCE:
        pytest.skip(
            "the text of the review is not part of the project; "
            "put its path into SYNTH_SOURCE_TEXT to hold the coding against it"
        )
    return SOURCE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def findings_span(source: str) -> range:
    assert source.count(FINDINGS_BEGIN) == source.count(FINDINGS_END) == 1
    return range(source.index(FINDINGS_BEGIN), source.index(FINDINGS_END))


@pytest.fixture(scope="module")
def sentence_starts(source: str) -> list[int]:
    return [0, *(end.end() for end in SENTENCE_END.finditer(source))]


@pytest.fixture(scope="module")
def citations(source: str, findings_span: range, sentence_starts: list[int]) -> list[Citation]:
    found = []
    for match in CITATION.finditer(source, findings_span.start, findings_span.stop):
        key = match["author"].replace(" ", "").lower() + match["year"]
        sentence = sentence_of(match.start(), sentence_starts)
        found.append(Citation(MISSPELT.get(key, key), sentence, match[0]))
    return found


@pytest.fixture(scope="module")
def coded() -> list[dict[str, str]]:
    return rows_of("coded_studies.csv")


@pytest.fixture(scope="module")
def influences() -> list[dict[str, str]]:
    return rows_of("influences.csv")


def sentence_of(position: int, sentence_starts: list[int]) -> int:
    return bisect_right(sentence_starts, position) - 1


def runs_of_words(text: str) -> set[str]:
    """Every run of seven words, so that punctuation, case and quotation marks hide nothing."""
    words = re.findall(r"\w+", text.lower().replace("’", "'").replace("'s", "s"))
    return {
        " ".join(words[i : i + SHARED_WORDS]) for i in range(max(0, len(words) - SHARED_WORDS + 1))
    }


def test_every_year_in_the_findings_sections_is_a_citation_or_a_known_date(
    source: str, findings_span: range, citations: list[Citation]
) -> None:
    """Nothing slips past the pattern: what carries a year is either read or listed above."""
    text = source[findings_span.start : findings_span.stop]
    for date in DATES_OF_EVENTS:
        assert text.count(date) == 1
        text = text.replace(date, "")
    years = re.findall(r"(?<!\d)(?:17|18|19|20)\d\d(?!\d)", text)
    assert len(years) == len(citations)


def test_sentences_are_not_cut_inside_a_citation(
    source: str, sentence_starts: list[int], findings_span: range
) -> None:
    ends = [start for start in sentence_starts if start in findings_span]
    fragments = [
        source[start - 30 : start]
        for start in ends
        if re.search(r"(?:et al|e\.g|i\.e|vs|\bp)\.\s+$", source[start - 30 : start])
    ]
    assert fragments == []


def test_the_findings_sections_cite_forty_works_and_all_are_coded(
    citations: list[Citation], coded: list[dict[str, str]]
) -> None:
    cited = {citation.study for citation in citations}
    assert len(cited) == 40
    assert {row["study"] for row in coded} == cited


def test_every_citation_is_represented_by_a_finding_of_its_sentence(
    source: str,
    citations: list[Citation],
    coded: list[dict[str, str]],
    sentence_starts: list[int],
) -> None:
    """A study cited twice in one sentence needs two findings there."""
    findings = Counter(
        (row["study"], sentence_of(source.index(row["anchor"]), sentence_starts)) for row in coded
    )
    occurrences = Counter((citation.study, citation.sentence) for citation in citations)
    missing = [
        f"{study}: {source[sentence_starts[sentence] :][:90]}..."
        for (study, sentence), count in sorted(occurrences.items())
        if findings[study, sentence] < count
    ]
    assert missing == []


def test_every_finding_stands_beside_a_citation_of_its_study(
    source: str,
    citations: list[Citation],
    coded: list[dict[str, str]],
    sentence_starts: list[int],
) -> None:
    """A cited finding shares its sentence with the citation, an implied one is next to it."""
    cited_in: dict[str, set[int]] = {}
    for citation in citations:
        cited_in.setdefault(citation.study, set()).add(citation.sentence)
    astray = []
    for row in coded:
        sentence = sentence_of(source.index(row["anchor"]), sentence_starts)
        reach = (0,) if row["basis"] == "cited" else (-1, 1)
        if not any(sentence + step in cited_in[row["study"]] for step in reach):
            astray.append(f"{row['finding']} ({row['basis']}): {row['anchor']}")
    assert astray == []


def test_a_cited_sentence_is_never_coded_as_implied(
    source: str,
    citations: list[Citation],
    coded: list[dict[str, str]],
    sentence_starts: list[int],
) -> None:
    cited = {(citation.study, citation.sentence) for citation in citations}
    wrong = [
        row["finding"]
        for row in coded
        if row["basis"] == "implied"
        and (row["study"], sentence_of(source.index(row["anchor"]), sentence_starts)) in cited
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("table", "identifier"),
    [
        ("coded_studies.csv", "finding"),
        ("influences.csv", "influence"),
    ],
)
def test_each_anchor_has_six_to_ten_words_and_stands_once(
    source: str, table: str, identifier: str
) -> None:
    # Spaces at both ends: an anchor copies whole words, not the tail of one.
    spaced = f" {' '.join(source.split())} "
    wrong = [
        f"{row[identifier]}: {row['anchor']}"
        for row in rows_of(table)
        if not 6 <= len(row["anchor"].split(" ")) <= 10
        or spaced.count(row["anchor"]) != 1
        or f" {row['anchor']} " not in spaced
    ]
    assert wrong == []


def test_the_second_coding_names_a_place_of_the_text_for_each_finding(source: str) -> None:
    """Its coder let an anchor end before a comma; else the rule is the same."""
    wrong = [
        f"{row['finding']}: {row['anchor']}"
        for row in rows_of("second_coding.csv")
        if not 6 <= len(row["anchor"].split(" ")) <= 10 or source.count(row["anchor"]) != 1
    ]
    assert wrong == []


def test_findings_stand_in_the_findings_sections_in_the_order_of_the_text(
    source: str, findings_span: range, coded: list[dict[str, str]]
) -> None:
    placed = sorted((source.index(row["anchor"]), row["section"]) for row in coded)
    assert all(position in findings_span for position, _ in placed)
    order = [SECTIONS.index(section) for _, section in placed]
    assert order == sorted(order)


def test_findings_are_numbered_in_the_order_of_the_text_and_later_ones_go_on(
    source: str, coded: list[dict[str, str]]
) -> None:
    """Ids never change their meaning: what is added later takes the next number of its study."""
    first: dict[str, list[dict[str, str]]] = {}
    for row in rows_of("first_coding.csv"):
        first.setdefault(row["study"], []).append(row)
    for study, rows in first.items():
        assert [row["finding"] for row in rows] == [
            f"{study}-{number:02d}" for number in range(1, len(rows) + 1)
        ]
        positions = [source.index(row["anchor"]) for row in rows]
        assert positions == sorted(positions)
    known = {row["finding"] for rows in first.values() for row in rows}
    for row in coded:
        study, _, number = row["finding"].rpartition("-")
        assert study == row["study"]
        if row["finding"] not in known:
            assert int(number) > len(first[study]), row["finding"]


def test_influences_name_studies_only_where_the_source_cites_them(
    source: str, influences: list[dict[str, str]], sentence_starts: list[int]
) -> None:
    """Also outside the findings sections, where works of the background are cited."""
    cited: dict[str, set[int]] = {}
    for match in CITATION.finditer(source):
        key = match["author"].replace(" ", "").lower() + match["year"]
        sentence = sentence_of(match.start(), sentence_starts)
        cited.setdefault(MISSPELT.get(key, key), set()).add(sentence)
    astray = []
    for row in influences:
        sentence = sentence_of(source.index(row["anchor"]), sentence_starts)
        for study in filter(None, row["studies"].split(";")):
            if not any(sentence + step in cited.get(study, set()) for step in (-1, 0, 1)):
                astray.append(f"{row['influence']}: {study}")
    assert astray == []


@pytest.mark.parametrize(
    ("table", "identifier", "column"),
    [
        ("codebook.csv", "id", "definition"),
        ("coded_studies.csv", "finding", "summary"),
        ("second_coding.csv", "finding", "summary"),
        ("influences.csv", "influence", "mechanism"),
    ],
)
def test_no_sentence_shares_seven_words_in_a_row_with_the_source(
    source: str, table: str, identifier: str, column: str
) -> None:
    in_source = runs_of_words(source)
    copied = [
        f"{row[identifier]}: {run}"
        for row in rows_of(table)
        for run in sorted(runs_of_words(row[column]) & in_source)
    ]
    assert copied == []


# What the text itself lists as a factor, a theme or a practice; everything else is our grouping.
NAMED_IN_THE_TEXT = {
    "macro": "Influencing factors at the macro level include",
    "socio-cultural-context": "broader socio-cultural factors",
    "medical-model": "socio-cultural factors (medical model, recovery values",
    "recovery-values": "(medical model, recovery values, professional power dynamics",
    "professional-power-dynamics": "recovery values, professional power dynamics, training",
    "training-and-certification": "professional power dynamics, training and certification)",
    "regulatory-political-context": "regulatory and political factors",
    "policy-mandates": "political factors (policy mandates, political commitment)",
    "political-commitment": "political factors (policy mandates, political commitment)",
    "economic-financial-context": "economic and financial factors (",
    "funding": "financial factors (funding, affordability of services)",
    "affordability-of-services": "financial factors (funding, affordability of services)",
    "economic-uncertainty": "Economic uncertainty as an influencing factor",
    "meso": "Factors at the meso level include organizational culture",
    "organizational-culture": "Factors at the meso level include organizational culture",
    "organizational-leadership": "organizational culture, organizational leadership, change",
    "change-management": "change management and workplace strategy, and human resource",
    "workplace-strategy": "change management and workplace strategy, and human resource",
    "human-resource-policies": "and human resource management policies",
    "hiring": "organizational policies on hiring, remunerating, training and socializing",
    "remuneration": "organizational policies on hiring, remunerating, training and socializing",
    "training-and-socialization": "training and socializing, and retaining PSWs",
    "retention": "training and socializing, and retaining PSWs",
    "micro": "Micro level influences pertain to relationships",
    "team-relationships": "relationships between PSWs and team members, and PSW wellbeing",
    "wellbeing": "relationships between PSWs and team members, and PSW wellbeing",
}


def test_the_codebook_says_source_only_of_what_the_text_lists(source: str) -> None:
    said = {row["id"] for row in rows_of("codebook.csv") if row["origin"] == "source"}
    assert said == set(NAMED_IN_THE_TEXT)
    assert [words for words in NAMED_IN_THE_TEXT.values() if words not in source] == []
