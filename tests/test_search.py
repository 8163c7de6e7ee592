"""The index of the book's search: divided, so that a reader fetches what one query needs."""

from __future__ import annotations

import csv
import itertools
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sphinx.search.en import SearchEnglish

from conftest import missing
from garden_book import built, change, planted
from synth import Review
from synth.book.search import ENTRIES_OF_A_PART, KINDS, WORDS_OF_A_PART, Entry, index_of
from synth.facets import nodes_of


def value(script: str) -> Any:
    """What a part of the index holds."""
    told = re.fullmatch(r'\(window\.synthSearch\?\?=\{\}\)\["[\w-]+"\]=(.*);\n', script, re.DOTALL)
    assert told
    return json.loads(told[1])


def numbers(steps: list[int]) -> Iterator[int]:
    """Entries, from the steps between them."""
    at = 0
    for step in steps:
        at += step
        yield at


def read(files: dict[str, str]) -> tuple[list[Any], dict[str, set[int]]]:
    """All entries of an index, and the entries that hold each word."""
    head = value(files["head.js"])
    found = [one for n in range(len(head["entries"])) for one in value(files[f"entries-{n}.js"])]
    holding = {
        word: {number for steps in lists[:2] for number in numbers(steps)}
        for n in range(len(head["words"]))
        for word, lists in value(files[f"words-{n}.js"]).items()
    }
    return found, holding


@pytest.fixture(scope="module")
def garden(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The garden's book, with a page that hides from the search."""
    root = planted(
        tmp_path_factory.mktemp("garden"),
        ground="---\nsynth: {level: ground}\nnosearch: true\n---\n\n# Ground\n\nA marmalade.\n",
    )
    out, told = built(root)
    assert told == ""
    return out


def index(out: Path) -> dict[str, str]:
    """The files of a book's index."""
    return {path.name: path.read_text("utf-8") for path in (out / "_static/synth/search").iterdir()}


def test_every_thing_is_found_at_its_own_place(garden: Path) -> None:
    found, holding = read(index(garden))
    by_place = {href: (title, text, more) for href, title, text, more in found}
    assert by_place["studies.html#study-beet2011"][0] == "Beet & Root, 2011"
    assert "water.html#theme-water" in by_place
    assert "neighbours.html#influence-neighbours-water" in by_place
    finding = ["studies.html#finding-beet2011-01", "Beet & Root, 2011"]
    assert [text for _, text, more in by_place.values() if finding in more] == [""]
    # A work of the list of references has no heading of its own.
    assert [title for href, title, *_ in found if "#ref-beet2011" in href] == [""]
    # A word of its label finds it.
    place = [href for href, *_ in found].index("studies.html#study-beet2011")
    assert place in holding["beet"]
    assert place in holding["2011"]


def test_a_theme_and_its_page_are_one_thing(garden: Path) -> None:
    found, _ = read(index(garden))
    water = [(href, text) for href, _, text, _ in found if href.startswith("water.html")]
    assert [href for href, _ in water[:2]] == ["water.html#theme-water", "water.html#what-helps"]


def test_the_sections_of_a_page_stand_together(garden: Path) -> None:
    files = index(garden)
    found, _ = read(files)
    head = value(files["head.js"])
    begin = sum(head["kinds"][kind] for kind in KINDS[: KINDS.index("page")])
    places = [href.partition("#")[0] for href, *_ in found][begin : begin + head["kinds"]["page"]]
    starts = [number - begin for number in head["pages"]]
    assert starts[0] == 0
    assert len(starts) == len(set(places))
    for start, end in itertools.pairwise([*starts, len(places)]):
        assert len(set(places[start:end])) == 1


def test_what_several_say_and_what_a_word_means_is_found_once(tmp_path: Path) -> None:
    root = planted(
        tmp_path,
        ground="---\nsynth: {level: ground}\n---\n\n# Ground\n\nA bed.\n\n"
        "```{glossary}\nMulch\n  Straw on a bed.\n```\n",
    )
    rows = (root / "data" / "coded_studies.csv").read_text("utf-8").splitlines()
    again = rows[1].replace("beet2011", "leek2016").replace("-01", "-03")
    change(root / "data" / "coded_studies.csv", rows[-1], f"{rows[-1]}\n{again}")
    out, _ = built(root)
    found, _ = read(index(out))
    [more] = [more for _, title, _, more in found if title.startswith("A shared watering rota")]
    assert [href for href, _ in more] == [
        f"studies.html#finding-{name}" for name in ("beet2011-01", "leek2016-03")
    ]
    assert [text for _, _, text, _ in found if "Straw" in text] == ["Straw on a bed."]
    assert "A bed." in {text for _, _, text, _ in found}


def test_a_theme_is_found_with_the_first_words_of_its_page(tmp_path: Path) -> None:
    text = "---\nsynth: {theme: water}\n---\n\n# Watering\n\nAll of it.\n\n## Beds\n\nDry.\n"
    root = planted(tmp_path, water=f"{text}\n## Watering\n\nWhat is left.\n")
    found, _ = read(index(built(root)[0]))
    assert [text for href, _, text, _ in found if href == "water.html#theme-water"] == [
        "All of it."
    ]


def test_a_page_may_stay_out_of_the_search(garden: Path) -> None:
    assert "marmalad" not in "".join(index(garden).values())


def test_the_index_of_sphinx_holds_no_words(garden: Path) -> None:
    stock = (garden / "searchindex.js").read_text("utf-8")
    assert '"terms": {}' in stock
    assert '"objects": {}' in stock
    assert "study-beet2011" not in stock


def test_what_left_the_book_leaves_the_index(tmp_path: Path) -> None:
    root = planted(
        tmp_path, ground="---\nsynth: {level: ground}\n---\n\n# Ground\n\nA marmalade.\n"
    )
    out, _ = built(root)
    found, _ = read(index(out))
    assert [text for href, _, text, _ in found if href == "ground.html#theme-ground"] == [
        "A marmalade."
    ]
    change(root / "ground.md", "marmalade", "jam")
    out, _ = built(root)
    files = index(out)
    assert "marmalade" not in "".join(files.values())
    # Pages that were not written again are found as before.
    assert "water.html#theme-water" in {href for href, *_ in read(files)[0]}


def many(number: int) -> list[Entry]:
    """So many things, each with a word of its own and one that all share."""
    said = {n: f"Supervision helps w{n:x}q" for n in range(number)}
    return [Entry("finding", f"#f-{n}", title, "", ((f"#{n}", "Ay"),)) for n, title in said.items()]


def test_a_large_index_is_in_small_parts_and_nothing_is_lost() -> None:
    given = many(20_000)
    files = index_of(given, SearchEnglish({}))
    found, holding = read(files)
    assert [title for _, title, _, _ in found] == [entry.title for entry in given]
    assert holding["supervis"] == set(range(20_000))
    assert all(holding[f"w{n:x}q"] == {n} for n in range(0, 20_000, 997))
    head = value(files["head.js"])
    assert head["words"] == sorted(head["words"])
    assert len(head["words"]) > 2
    for name, text in files.items():
        if name.startswith("entries"):
            assert len(text) < ENTRIES_OF_A_PART + 100
        # A word that everything holds cannot be divided.
        if name.startswith("words") and '"supervis"' not in text:
            assert len(text) < WORDS_OF_A_PART + 100
    # For one word that few hold: the head, one part of words, one part of entries.
    assert len(files["head.js"]) < 20_000


def test_a_synonym_leads_to_what_its_node_is_found_by(tmp_path: Path) -> None:
    root = planted(tmp_path)
    records = Review.load(root).records
    table = root / "data" / "codebook.csv"
    head, *rows = csv.reader(table.read_text("utf-8").splitlines())
    named = {**dict.fromkeys(head, ""), "synonyms": ""}
    lines = [named | dict(zip(head, row, strict=True)) for row in rows]
    for line in lines:
        if line["id"] == "water":
            line["synonyms"] = "irrigation;lawn sprinklers"
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, named, lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)
    out, told = built(root)
    assert told == ""
    files = index(out)
    found, holding = read(files)
    nodes = value(files["nodes-0.js"])
    names = {names[0]: (names, [found[at] for at in numbers(steps)]) for names, steps in nodes}
    assert list(names) == [node.label for node in records.codebook]
    called, about = names[records.codebook["water"].label]
    assert called[1:] == ["irrigation", "lawn sprinklers"]
    # The page of the theme, what studies report on it or on what is below it, its influences.
    reported = {
        finding.summary
        for finding in records.findings.values()
        if "water" in {node.id for node in nodes_of(finding, records)}
    }
    assert reported <= {title for _, title, *_ in about}
    places = {href for href, *_ in about}
    assert "water.html#theme-water" in places
    assert "neighbours.html#influence-neighbours-water" in places
    assert {title for href, title, *_ in about if "#finding" in href} == reported
    # Each word of a synonym names the node; no text holds it.
    words = value(files["words-0.js"])
    assert words["irrig"] == [[], [], [list(names).index(called[0])]]
    assert holding["sprinkler"] == set()


def test_a_word_that_names_no_node_is_written_without_a_list_for_it() -> None:
    entry = Entry("theme", "a.html", "Pay", "", (), ("pay",))
    files = index_of([entry, Entry("page", "b.html", "Hello")], SearchEnglish({}), {"pay": ["Pay"]})
    assert value(files["words-0.js"]) == {"hello": [[1], []], "pai": [[0], [], [0]]}
    assert value(files["nodes-0.js"]) == [[["Pay"], [0]]]


def test_the_slips_that_are_tried_are_those_the_explorer_calls_near(root: Path) -> None:
    node = shutil.which("node")
    if node is None:
        missing("no node on this machine")
    script = (root / "src/synth/static/search.js").read_text("utf-8")
    near = (root / "src/synth/js/explorer/search.js").as_uri()
    code = f"""
globalThis.window = {{}};
const {{ near }} = await import({json.dumps(near)});
{script}
const letters = "abeoy", every = [""];
for (let n = 0; n < 6; n++) for (const one of every.filter((each) => each.length === n))
  for (const letter of letters) every.push(one + letter);
const told = ["abbey", "abeyo"].map((word) => {{
  const ways = [...new Set(slips(word, letters))].filter((way) => way !== word).sort();
  const wanted = every.filter((one) => one !== word && one[0] === word[0] && near(word, one));
  return [ways, wanted.sort()];
}});
console.log(JSON.stringify(told));
"""
    done = subprocess.run(
        [node, "--input-type=module", "-"], input=code, capture_output=True, text=True, check=True
    )
    for tried, wanted in json.loads(done.stdout):
        assert len(tried) > 40
        assert tried == wanted


def test_words_that_say_nothing_are_not_indexed_and_spellings_are_one() -> None:
    entry = Entry("page", "a.html", "The labour of López", "and the organisation")

    class Folding(SearchEnglish):
        def stem(self, word: str) -> str:
            from synth.book.search import as_indexed

            return super().stem(as_indexed(word))

    _, holding = read(index_of([entry], Folding({})))
    assert holding.keys() == {"labor", "lopez", "organ"}


def test_a_part_that_changed_has_another_version() -> None:
    one, other = (index_of(many(number), SearchEnglish({})) for number in (3, 4))
    assert value(one["head.js"])["version"] != value(other["head.js"])["version"]
