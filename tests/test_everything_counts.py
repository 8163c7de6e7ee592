"""Whatever changes in a review makes its notebooks stale: every column, every key, every word."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from synth import freshness
from synth.model import TABLES
from synth.notebooks import execute
from synth.reading.records import read_records
from synth.review import Review
from synth.views.view import WITHOUT_WIDGETS

SHOWN = (
    "review.settings",
    "review.settings.words",
    "list(review.codebook)",
    "list(review.records.studies.values())",
    "review.findings.to_frame().to_csv()",
    "review.influences().to_frame().to_csv()",
    "review.records.flow",
    "list(review.records.places.values())",
    "[work.fields for work in review.bibliography]",
    "review.evidence().explorer()",
    "review.framework()",
    "review.catalogue()",
    "review.characteristics()",
    "review.evidence().by_year()",
)
"""The cells of a notebook that shows all there is."""


def shows(root: Path) -> Iterator[str]:
    """What these cells give, as a kernel would store it."""
    review = Review(read_records(root)[0])
    for code in SHOWN:
        value: Any = eval(code, {"review": review})
        bundle = getattr(value, "_repr_mimebundle_", None)
        given = bundle() if bundle else repr(value)
        yield json.dumps(given[0] if isinstance(given, tuple) else given, default=str)


def whole_review(example_root: Path, folder: Path) -> Path:
    """The fictional review, with every setting it leaves out."""
    root = folder / "review"
    shutil.copytree(example_root, root, ignore=shutil.ignore_patterns("_build", "book"))
    path = root / "data" / "review.toml"
    text = path.read_text("utf-8").replace("sections =", 'not_countries = ["nowhere"]\nsections =')
    text = text.replace('doi = "10.5555', 'url = "https://example.org"\ndoi = "10.5555')
    path.write_text(
        text + '\n[coding]\ncodings = 2\nindependent = true\nby = "two people"\n'
        'not_seen = ["a table"]\nfunding = "none"\n\n[words]\nfindings = "What was found"\n',
        "utf-8",
    )
    return root


@pytest.fixture
def review_root(tmp_path: Path, example_root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The fictional review, to change."""
    monkeypatch.setenv(WITHOUT_WIDGETS, "1")
    return whole_review(example_root, tmp_path)


@pytest.fixture(scope="module")
def before(example_root: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], str]:
    """What its cells give, and the mark of what they are made from, while nothing is changed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(WITHOUT_WIDGETS, "1")
        root = whole_review(example_root, tmp_path_factory.mktemp("unchanged"))
        return list(shows(root)), freshness.inputs(root)


def shows_another(root: Path, cells: list[str]) -> bool:
    """Whether a cell now gives something else; the first that does will do."""
    return any(now != was for now, was in zip(shows(root), cells, strict=False))


CELLS = [
    (name, column.name)
    for name, table in TABLES.items()
    if name in ("codebook", "studies", "coded_studies", "influences", "flow")
    for column in table.columns
]


def renamed(root: Path, was: str) -> None:
    """Give an id another name wherever it stands, so that the review still holds together."""
    for path in (*(root / "data").glob("*.csv"), root / "data" / "review.toml"):
        text = re.sub(rf"(?<![\\w-]){re.escape(was)}(?![\\w-])", f"{was}x", path.read_text("utf-8"))
        path.write_text(text, "utf-8")


@pytest.mark.parametrize(("table", "column"), CELLS)
def test_every_column_of_every_table(
    table: str, column: str, review_root: Path, before: tuple[list[str], str]
) -> None:
    path = review_root / TABLES[table].file
    rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8"))))
    names = list(rows[0])
    if column not in names:
        names.append(column)
    kind = next(c for c in TABLES[table].columns if c.name == column)
    row = next((r for r in rows if r.get(column)), rows[0])
    was = row.get(column) or ""
    if kind.choices:
        row[column] = next(choice for choice in kind.choices if choice != was)
    elif kind.kind == "count":
        row[column] = str(int(was or 0) + 1)
    elif kind.kind in ("id", "ref", "choice") and not kind.many:
        row[column] = next((r[column] for r in rows if r.get(column) not in ("", was)), "")
    else:
        row[column] = f"{was}{';' if kind.many and was else ''}changed"
    cells, of_inputs = before
    if column == TABLES[table].key or column == "parent":
        renamed(review_root, was)
    else:
        text = io.StringIO()
        writer = csv.DictWriter(text, names, lineterminator="\n", restval="")
        writer.writeheader()
        writer.writerows(rows)
        path.write_text(text.getvalue(), "utf-8")
    # Only a check reads this one: it says that a study has no findings on purpose.
    if (table, column) != ("studies", "coded"):
        assert shows_another(review_root, cells)
    assert freshness.inputs(review_root) != of_inputs


def other(value: str) -> str:
    """Another value of the same kind, as TOML."""
    if re.fullmatch(r'"#\w{6}"', value):
        return '"#123456"'
    if value in ("true", "false"):
        return "false" if value == "true" else "true"
    if re.fullmatch(r"[\d-]+", value):
        return value[:-1] + ("2" if value.endswith("1") else "1")
    if value.startswith("["):
        return value.replace("[", '["changed", ')
    choices = {'"triangle-up"': '"diamond"', '"triangle-down"': '"diamond"', '"ring"': '"diamond"'}
    choices |= {'"ring-centre"': '"circle"', '"ring-outer"': '"circle"', '"solid"': '"dotted"'}
    choices |= {'"hatched"': '"dotted"', '"outline"': '"dotted"', '"study"': '"either"'}
    choices |= {'"finding"': '"either"', '""': '"https://example.net"'}
    return choices.get(value) or value[:-1] + 'x"'


def test_what_did_not_change_is_the_same(review_root: Path, before: tuple[list[str], str]) -> None:
    assert (list(shows(review_root)), freshness.inputs(review_root)) == before


def test_every_key_of_review_toml(review_root: Path, before: tuple[list[str], str]) -> None:
    path = review_root / "data" / "review.toml"
    text = path.read_text("utf-8")
    cells, of_inputs = before
    keys = 0
    for line in text.splitlines():
        found = re.fullmatch(r"(\w+) = (.+)", line)
        if found is None:
            continue
        keys += 1
        path.write_text(text.replace(line, f"{found[1]} = {other(found[2])}", 1), "utf-8")
        assert shows_another(review_root, cells), line
        assert freshness.inputs(review_root) != of_inputs, line
    assert keys > 60


def test_a_reference_and_a_word_of_the_library(
    review_root: Path,
    before: tuple[list[str], str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    cells, of_inputs = before
    path = review_root / "references.bib"
    text = path.read_text("utf-8")
    path.write_text(text.replace("title = {", "title = {Anew: ", 1), "utf-8")
    assert shows_another(review_root, cells)
    assert freshness.inputs(review_root) != of_inputs
    path.write_text(text, "utf-8")
    assert freshness.inputs(review_root) == of_inputs
    # The library itself, in a copy: a word, a template, a line of code.
    package = tmp_path / "synth"
    shutil.copytree(Path(freshness.__file__).parent, package)
    monkeypatch.setattr(freshness, "__file__", str(package / "freshness.py"))
    for name in ("messages/en.toml", "views/templates/readable.html", "views/figure.py"):
        file = package / name
        kept = file.read_bytes()
        file.write_bytes(kept + b"\n")
        freshness._library.cache_clear()
        assert freshness.inputs(review_root) != of_inputs, name
        file.write_bytes(kept)
    freshness._library.cache_clear()
    assert freshness.inputs(review_root) == of_inputs


CHANGES: dict[str, tuple[str, str, str]] = {
    "a direction's label": ("data/review.toml", 'label = "Helps"', 'label = "Supports"'),
    "a rank's label": ("data/review.toml", 'plural = "Aspects"', 'plural = "Sides"'),
    "a facet's label": ("data/review.toml", 'label = "Climate"', 'label = "Weather"'),
    "the years searched": ("data/review.toml", "since = 1995", "since = 1990"),
    "a finding": ("data/coded_studies.csv", "One teacher who stayed", "A teacher who stayed"),
    "a word": (
        "data/review.toml",
        "[levels.school]",
        '[words]\nfinding_many = "{n} remarks"\n[levels.school]',
    ),
}


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory, example_root: Path) -> Path:
    """The fictional review with one notebook, run."""
    root = tmp_path_factory.mktemp("executed") / "review"
    shutil.copytree(example_root, root, ignore=shutil.ignore_patterns("_build", "book"))
    (root / "book").mkdir()
    cells = ["from synth import Review\n\nreview = Review.load()", "review.evidence()"]
    cells += ["review.evidence().by_year()", "review.framework()"]
    notebook = nbformat.v4.new_notebook(cells=[*map(nbformat.v4.new_code_cell, cells)])
    nbformat.write(notebook, root / "book" / "page.ipynb")
    assert execute(root, say=lambda line: None) == 0
    return root


def checked(root: Path) -> int:
    return execute(root, check=True, say=lambda line: None)


@pytest.mark.slow
@pytest.mark.parametrize("change", CHANGES)
def test_a_change_that_a_notebook_shows_fails_the_check(
    change: str, executed: Path, tmp_path: Path
) -> None:
    root = tmp_path / "review"
    shutil.copytree(executed, root)
    file, old, new = CHANGES[change]
    path = root / file
    assert old in path.read_text("utf-8")
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    assert checked(root) == 1


def cleared(cell: Any) -> None:
    cell["outputs"] = []


def unrun(cell: Any) -> None:
    cell["outputs"], cell["execution_count"] = [], None


def failed(cell: Any) -> None:
    error = {"output_type": "error", "ename": "KeyboardInterrupt", "evalue": "", "traceback": []}
    cell["outputs"] = [error]


def partial(cell: Any) -> None:
    cell["outputs"][0]["data"].pop("text/html")


@pytest.mark.parametrize("harm", [cleared, unrun, failed, partial])
def test_outputs_that_are_not_whole_are_stale_and_told(
    harm: Callable[[Any], None], executed: Path, tmp_path: Path
) -> None:
    root = tmp_path / "review"
    shutil.copytree(executed, root)
    path = root / "book" / "page.ipynb"
    notebook = json.loads(path.read_text("utf-8"))
    assert freshness.why_stale(notebook, freshness.inputs(root)) == ""
    assert freshness.partial(root) == {"book/page.ipynb": []}
    harm(notebook["cells"][1])
    path.write_text(json.dumps(notebook), "utf-8")
    assert freshness.why_stale(notebook, freshness.inputs(root)).startswith("cell 2: ")
    if harm is not failed:  # an error is told by its name
        assert freshness.partial(root) == {"book/page.ipynb": [2]}
