"""A review whose every string is hostile, through every view, page, JSON block and export.

Each text a team can write holds markup, quotation marks, an end of a script, the beginning of a
formula and a mark that turns the direction of writing. Nothing of it may be obeyed, and all of it
must come out as it went in.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from garden_book import built, planted
from synth.book.data_package import takeaway
from synth.book.downloads import download_list
from synth.model import TABLES, Codebook
from synth.reading.bibliography import Bibliography, Reference
from synth.reading.records import Records
from synth.reading.rules import load_records
from synth.references.apa import reference_html
from synth.references.csv_text import csv_text
from synth.references.formats import csl_items, to_bibtex, to_csv, to_ris
from synth.review import Review
from synth.views.explorer import Explorer, evidence_scripts
from synth.views.robustness import robustness

MARKUP = "<hostile-x>&\"'</script>"
SIGNS = f"=1+{MARKUP}\u202eabc"

# What a program reads and nobody sees: ids, words the code knows, colours, addresses, dates.
NOT_SHOWN = frozenset(
    {
        *("id", "key", "parent", "rank", "role", "theme", "direction", "study", "also", "depth"),
        *("source", "target", "studies", "of", "kind", "state", "basis", "origin", "influence"),
        *("mark", "pattern", "light", "dark", "wash_light", "wash_dark", "language", "version"),
        *("licence", "base_url", "repository", "url", "doi", "codes", "former", "first", "second"),
        *("ignore", "classification", "unit", "settled", "cohort"),
    }
)


def hostile(value: Any, name: str = "") -> Any:
    """The same records with every text a reader may see made hostile."""
    if name in NOT_SHOWN and not is_dataclass(value):
        return value
    if isinstance(value, str):
        return f"{value} {SIGNS}" if value else value
    if isinstance(value, Codebook):
        return Codebook(tuple(hostile(node) for node in value))
    if isinstance(value, Reference):
        told = {
            key: text if key in ("year", "doi", "url", "date") else f"{text} {{{_tex(SIGNS)}}}"
            for key, text in value.fields.items()
        }
        return replace(value, fields=told)
    if is_dataclass(value) and not isinstance(value, type):
        changed = {
            part.name: hostile(getattr(value, part.name), part.name)
            for part in fields(value)
            if part.init
        }
        return replace(value, **changed)
    if isinstance(value, tuple):
        return tuple(hostile(part, name) for part in value)
    if isinstance(value, dict):
        return {key: hostile(part, name) for key, part in value.items()}
    return value


def _tex(text: str) -> str:
    return text.replace("&", r"\&")


def begins_hostile(records: Records) -> Records:
    """Summaries that begin with the signs, as a formula must."""
    found = {
        name: replace(finding, summary=f"{SIGNS} {name}")
        for name, finding in records.findings.items()
    }
    return replace(records, findings=found)


@pytest.fixture(scope="module", params=["the book", "the gardens"])
def records(request: pytest.FixtureRequest, root: Path, example_root: Path) -> Records:
    plain = load_records(root if request.param == "the book" else example_root)
    made = replace(
        plain,
        settings=hostile(plain.settings),
        codebook=hostile(plain.codebook),
        studies={name: hostile(study) for name, study in plain.studies.items()},
        findings={name: hostile(finding) for name, finding in plain.findings.items()},
        influences={name: hostile(one) for name, one in plain.influences.items()},
        flow=tuple(hostile(box) for box in plain.flow),
        bibliography=Bibliography(tuple(hostile(work) for work in plain.bibliography.values())),
        places=_places(plain),
    )
    return begins_hostile(made)


def _places(records: Records) -> dict[str, Any]:
    made = (hostile(place) for place in records.places.values())
    return {place.country: place for place in made}


# --- what is looked for ---


class _Reader(HTMLParser):
    """What a browser would make of a text: elements, names of attributes, and what is read."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.names: set[str] = set()
        self.said: list[str] = []
        self.blocks: list[str] = []
        self._script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.names |= {name for name, _ in attrs}
        self.said += [value for _, value in attrs if value]
        self._script = tag == "script"

    def handle_endtag(self, tag: str) -> None:
        self._script = False

    def handle_data(self, data: str) -> None:
        (self.blocks if self._script else self.said).append(data)


def read(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader


ATTRIBUTE = re.compile(r"[a-zA-Z_:][\w:.-]*")


def check_html(html: str, *, shown: bool = True) -> None:
    """Nothing of the signs became an element or an attribute; none was escaped twice."""
    reader = read(html)
    assert "hostile-x" not in reader.tags
    odd = [name for name in reader.names if not ATTRIBUTE.fullmatch(name) or "hostile" in name]
    assert odd == []
    said = "\n".join(reader.said)
    assert "&lt;" not in said
    assert "&amp;" not in said
    assert not shown or "hostile-x" in said, "the signs are shown"
    for block in reader.blocks:
        assert "</script" not in block
        json.loads(block)


def check_cells(text: str) -> None:
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert len({len(row) for row in rows}) == 1
    # Read back and written again it is the same: nothing in it is still a formula.
    assert csv_text(rows) == text.removeprefix("\ufeff")
    for row in rows:
        for cell in row:
            assert not re.match(r"[\s\u202e\u200b]*[=+@]", cell), cell


VIEWS: Mapping[str, Callable[[Review], Any]] = {
    "explorer": lambda review: review.evidence().explorer(),
    "table": lambda review: review.evidence().table(),
    "by_year": lambda review: review.evidence().by_year(),
    "by_design": lambda review: review.evidence().by_design(),
    "designs_by_theme": lambda review: review.evidence().designs_by_theme(),
    "theme_by_study": lambda review: review.evidence().theme_by_study(),
    "single_support": lambda review: review.evidence().single_support(),
    "both_ways": lambda review: review.evidence().both_ways(),
    "by_country": lambda review: review.evidence().by_country(),
    "by_place": lambda review: review.evidence().by_place(),
    "robustness": lambda review: robustness(review.records),
    "framework": lambda review: review.framework(),
    "verdict": lambda review: review.levels[0].verdict(),
    "statement_list": lambda review: review.statement_list(),
    "glance": lambda review: review.framework().glance(),
    "influence_map": lambda review: review.influence_map(),
    "influence_list": lambda review: review.influence_list(),
    "flow": lambda review: review.flow(),
    "catalogue": lambda review: review.catalogue(),
}


@pytest.fixture(scope="module")
def review(records: Records) -> Review:
    return Review(records)


@pytest.mark.parametrize("name", VIEWS)
def test_no_view_obeys_a_text(review: Review, name: str) -> None:
    view = VIEWS[name](review)
    # The gardens name no country: their charts of countries say only that.
    shown = "No study with a known" not in str(view.html)
    check_html(str(view.html), shown=shown)
    data = view._repr_mimebundle_()[0]
    if "text/html" in data:
        check_html(data["text/html"], shown=shown)
    if svg := getattr(view, "svg", ""):
        ElementTree.fromstring(svg)
        assert "<hostile-x" not in svg
    if name not in ("explorer", "table", "influence_list") and hasattr(view, "to_csv"):
        check_cells(view.to_csv())


def test_no_reference_obeys_a_text(records: Records) -> None:
    for work in records.bibliography.values():
        check_html(str(reference_html(work)))


def test_the_scripts_with_the_evidence_end_where_they_should(records: Records) -> None:
    for script in evidence_scripts(records, {"finding": "f#"}, "https://x.example/").values():
        assert "</script" not in script
        assert "<hostile" not in script
        held = re.fullmatch(r".*JSON\.parse\('(.*)'\);\n", script, re.DOTALL)
        assert held
        text = re.sub(r"\\(x3c|u2028|u2029|'|\\)", _unescaped, held[1])
        assert "hostile-x" in str(json.loads(text))


def _unescaped(sign: re.Match[str]) -> str:
    return {"x3c": "<", "u2028": "\u2028", "u2029": "\u2029"}.get(sign[1], sign[1])


def test_every_export_gives_back_what_went_in(records: Records) -> None:
    ids = tuple(records.findings)
    table = to_csv(records, ids, SIGNS, "book/studies.html#finding-")
    assert "hostile-x" in table
    check_cells(table)
    rows = list(csv.DictReader(io.StringIO(table, newline="")))
    assert [row["summary"] for row in rows] == [f"'{records.findings[i].summary}" for i in ids]
    items = csl_items(records, ids)
    assert "hostile-x" in json.dumps(items)
    ris = to_ris(items)
    assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in ris.split("\r\n") if line)
    assert to_bibtex(items).count("\n@") == len(items) - 1


def test_every_file_to_take_along_is_whole(records: Records) -> None:
    files = takeaway(records, "book/studies.html#finding-")
    drawn = download_list(files, records.settings, _words(records), "")
    reader = read(drawn)
    assert "hostile-x" not in reader.tags
    assert drawn.count('rel="license"') == 1, "the licence of all files is said once"
    for file in files:
        text = file.content.decode("utf-8", "replace")
        if file.name == "findings.csv":
            check_cells(text)
        elif file.name.endswith(".json"):
            json.loads(text)
        elif file.name.endswith(".qdc"):
            ElementTree.fromstring(text)
            assert "<hostile" not in text


def _words(records: Records) -> Any:
    from synth.messages import Words

    return Words.of(records.settings)


def _explorers(records: Records) -> Iterator[Explorer]:
    yield Explorer(records, records.findings)
    yield Explorer(records, tuple(records.findings)[:3], key="few", filters={"q": [SIGNS]})


def test_explorers_keep_hostile_filters_in_their_block(records: Records) -> None:
    for explorer in _explorers(records):
        check_html(str(explorer.html))


# --- a book ---

_STRING = re.compile(r'(?m)^((?:title|short_title|question|label|plural|verb|citation) = )"(.*)"$')


def test_no_page_of_a_book_obeys_a_text(tmp_path: Path) -> None:
    garden = planted(tmp_path)
    for table in TABLES.values():
        path = garden / table.file
        if not path.is_file():
            continue
        with path.open(encoding="utf-8", newline="") as stream:
            header, *rows = csv.reader(stream)
        texts = {column.name for column in table.columns if column.kind == "text"}
        for row in rows:
            for at, name in enumerate(header):
                if name in texts and row[at]:
                    row[at] += MARKUP
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, lineterminator="\n").writerows([header, *rows])
    settings = garden / "data" / "review.toml"
    told = _STRING.sub(
        lambda found: found[1] + json.dumps(found[2] + MARKUP), settings.read_text("utf-8")
    )
    settings.write_text(told, "utf-8")
    records = load_records(garden)
    assert all(MARKUP in finding.summary for finding in records.findings.values())
    assert MARKUP in records.settings.directions[0].label
    pages, _ = built(garden)
    seen = 0
    for page in sorted(pages.rglob("*.html")):
        text = page.read_text("utf-8")
        assert "<hostile-x" not in text, page.name
        reader = read(text)
        assert not [name for name in reader.names if "hostile" in name], page.name
        said = "\n".join(reader.said)
        assert "&lt;hostile" not in said, f"{page.name}: escaped twice"
        seen += "hostile-x" in said
    assert seen >= len(records.codebook.levels)
