"""What leaves as RIS, BibTeX or CSL-JSON comes back as the same work: every kind, every field."""

from __future__ import annotations

import json
from typing import Any

import rispy
from hypothesis import given, settings
from hypothesis import strategies as st

from synth.reading.bibliography import parse_bibliography
from synth.references.formats import csl_item, to_bibtex, to_csl_json, to_ris
from synth.references.importing import parse_references
from synth.references.latex import plain
from synth.references.work import NO_VALUE

KINDS = (
    *("article-journal", "article-magazine", "article-newspaper", "book", "chapter"),
    *("paper-conference", "report", "thesis", "webpage", "dataset", "software", "manuscript"),
    *("document", "entry-encyclopedia", "patent", "standard", "speech", "motion_picture", "song"),
)
IN_ANOTHER = ("chapter", "paper-conference", "entry-encyclopedia")

SIGNS = "abcdefgh ijklmnop ABCDEF éüøłßñçŠ 王小 Жд 0123456789 &%$#_{}~^\\<>-'’“”:;.,!?()/*=+@|"
# With a letter: signs that are made and thrown away took half of the time of these tests.
PART = st.text(alphabet=SIGNS, max_size=20)
LETTER = st.sampled_from([sign for sign in SIGNS if sign.isalpha()])
WORDS = st.tuples(PART, LETTER, PART).map("".join)


def shown(text: str) -> str:
    """A text as it stands in a record: white space is single, tags and entities are gone."""
    return " ".join(plain(" ".join(text.split())).split())


# "N/A" and the like are read as no value.
texts = WORDS.map(shown).filter(
    lambda text: any(sign.isalpha() for sign in text) and not NO_VALUE.fullmatch(text)
)
families = st.from_regex(r"[A-ZÉØŠ][a-zéøñ]{1,9}(?:[-'’ ][A-Z][a-z]{1,8})?", fullmatch=True)
givens = st.from_regex(
    r"[A-ZÉ][a-zé]{1,8}(?:[ -][A-Z]\.)?|[A-Z]\.(?:[- ][A-Z]\.)?|[A-Z]{2}", fullmatch=True
)
people = st.one_of(
    st.fixed_dictionaries(
        {"family": families, "given": givens},
        optional={
            "non-dropping-particle": st.sampled_from(["van", "de la", "von der", "d'"]),
            "suffix": st.sampled_from(["Jr.", "III", "Sr."]),
        },
    ),
    st.sampled_from(
        [
            {"literal": "World Health Organization"},
            {"literal": "Health, Education and Welfare"},
            {"literal": "Smith & Sons"},
            {"literal": "UNICEF"},
            {"literal": "国立 図書館"},
        ]
    ),
)
dates = st.one_of(
    st.integers(1500, 2030).map(lambda year: {"date-parts": [[year]]}),
    st.tuples(st.integers(1500, 2030), st.integers(1, 12)).map(lambda d: {"date-parts": [[*d]]}),
    st.tuples(st.integers(1500, 2030), st.integers(1, 12), st.integers(1, 28)).map(
        lambda date: {"date-parts": [[*date]]}
    ),
    st.integers(1500, 2000).map(lambda year: {"date-parts": [[year], [year + 2]]}),
    st.sampled_from([{"literal": words} for words in ("in press", "n.d.", "forthcoming")]),
)


def told(name: dict[str, str]) -> str:
    return json.dumps(name, sort_keys=True)


@st.composite
def items(draw: st.DrawFn) -> dict[str, Any]:
    """A work of any kind with any of the fields that such a work has."""
    kind = draw(st.sampled_from(KINDS))
    in_journal = kind.startswith("article")
    item: dict[str, Any] = {"id": "a2000", "type": kind, "title": draw(texts)}

    def maybe(name: str, values: st.SearchStrategy[Any]) -> None:
        if draw(st.booleans()):
            item[name] = draw(values)

    for role in ("author", "editor"):
        names = draw(st.lists(people, max_size=3, unique_by=told))
        if names and draw(st.booleans()):
            item[role] = [*names, {"literal": "et al."}] if draw(st.booleans()) else names
    if not in_journal and kind not in (*IN_ANOTHER, "book"):
        item.pop("editor", None)
    maybe("issued", dates)
    if "literal" in item.get("issued", {}) and item["issued"]["literal"] != "n.d.":
        item["status"] = item["issued"]["literal"]
    if in_journal or kind in IN_ANOTHER:
        item["container-title"] = draw(texts.filter(lambda text: text != item["title"]))
        pages = st.tuples(st.integers(1, 900), st.integers(1, 99))
        maybe("page", st.one_of(pages.map(lambda p: f"{p[0]}-{p[0] + p[1]}"), st.just("S12-S15")))
    if in_journal:
        maybe("issue", st.sampled_from(["3", "2-3", "Suppl. 1"]))
        if "page" not in item:
            maybe("number", st.sampled_from(["e12", "104"]))
    if in_journal or kind in ("book", *IN_ANOTHER):
        maybe("volume", st.sampled_from(["12", "XII", "4A"]))
    if kind in ("book", *IN_ANOTHER):
        maybe("edition", st.sampled_from(["2", "Rev."]))
        maybe("collection-title", texts)
        maybe("ISBN", st.just("978-3-16-148410-0"))
    if kind == "report":
        maybe("number", st.sampled_from(["7", "A-3"]))
        maybe("genre", st.sampled_from(["Technical report", "Working paper"]))
    if kind == "thesis":
        maybe(
            "genre", st.sampled_from(["Doctoral dissertation", "Master’s thesis", "Habilitation"])
        )
    if not in_journal:
        maybe("publisher", texts)
        maybe("publisher-place", texts)
    else:
        maybe("ISSN", st.just("1234-5678"))
        maybe("PMID", st.just("30000001"))
    maybe(
        "DOI",
        st.sampled_from(["10.1000/x_y", "10.1002/(SICI)1<1::AID>3.0.CO;2-T", "10.1000/A#b%c"]),
    )
    maybe(
        "URL", st.sampled_from(["https://example.org/a_b?c=1&d=~e--f#g", "http://example.org/%20x"])
    )
    maybe("language", st.just("en"))
    return item


def same(item: dict[str, Any], back: dict[str, Any]) -> None:
    assert {**back, "id": item["id"]} == item


@settings(deadline=None)
@given(items())
def test_bibtex_comes_back(item: dict[str, Any]) -> None:
    works, problems = parse_bibliography(to_bibtex([item]))
    assert problems == []
    same(item, csl_item(works["a2000"]))


@settings(deadline=None)
@given(items())
def test_ris_comes_back(item: dict[str, Any]) -> None:
    works, problems = parse_references(to_ris([item]), "x.ris")
    assert [problem for problem in problems if problem.severity == "error"] == []
    (work,) = works.bibliography.values()
    same(item, csl_item(work))


@settings(deadline=None)
@given(items())
def test_csl_json_comes_back(item: dict[str, Any]) -> None:
    works, problems = parse_references(to_csl_json([item]), "x.json")
    assert problems == []
    (work,) = works.bibliography.values()
    same(item, csl_item(work))


@settings(deadline=None)
@given(items())
def test_another_reader_of_ris_sees_the_same(item: dict[str, Any]) -> None:
    (entry,) = rispy.loads(to_ris([item]))
    assert entry["title"] == item["title"]
    listed = len(item.get("author", ()))
    assert len(entry.get("authors", ())) == listed
    for mine, name in (("volume", "volume"), ("number", "issue"), ("doi", "DOI")):
        assert entry.get(mine) == item.get(name)
    if "date-parts" in item.get("issued", {}):
        assert entry["year"].startswith(str(item["issued"]["date-parts"][0][0]))
    assert entry.get("secondary_title") == item.get("container-title")
