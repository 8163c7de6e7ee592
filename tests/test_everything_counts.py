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
from synth.model import SETTINGS, TABLES, Setting
from synth.notebooks import execute
from synth.reading.records import read_records
from synth.review import Review
from synth.views.markup import Place, drawn_in
from synth.views.view import VIEW, WITHOUT_WIDGETS

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


LISTS = 'not_countries = ["nowhere"]\nplural_labels = ["school"]\ndesign_shapes = ["survey"]\n'
MORE_KEYS = (
    ('repository = ""\n', 'repository = ""\nreports_to = "beds@gardens.example"\n'),
    ("sections =", f"{LISTS}sections ="),
    ('doi = "10.5555', 'url = "https://example.org"\ndoi = "10.5555'),
    ('verb = "helps"', 'verb = "helps"\nplural_verb = "help"'),
    ('plural = "Seasons"', 'plural = "Seasons"\nmore = true'),
)
MORE_SECTIONS = """
[coding]
codings = 2
independent = true
by = "two people"
source = "the full text"
not_seen = ["a table"]
checked = "every tenth row"
not_checked = "the rest"
appraisal = "none"
certainty = "not judged"
overlap = "none known"
funding = "none"
interests = "none"

[living]
status = "not living"
searched_through = "2023-05"
next_search_due = "not planned"
trigger = "none"
retirement = "never"

[checks]
ignore = [{ code = "cohort-alone", reason = "They are one." }]

[words]
findings = "What was found"
"""
"""The settings that the fictional review leaves out."""


def whole_review(example_root: Path, folder: Path) -> Path:
    """The fictional review, with every setting it leaves out."""
    root = folder / "review"
    shutil.copytree(example_root, root, ignore=shutil.ignore_patterns("_build", "book"))
    path = root / "data" / "review.toml"
    text = path.read_text("utf-8")
    for old, new in MORE_KEYS:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text + MORE_SECTIONS, "utf-8")
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


def other(setting: Setting, value: str) -> str:
    """Another value of the same kind, as TOML."""
    if setting.choices:
        was = json.loads(value)
        return json.dumps(next(choice for choice in setting.choices if choice != was))
    if setting.kind == "colour":
        return '"#123456"'
    if setting.kind == "flag":
        return "false" if value == "true" else "true"
    if setting.kind in ("year", "number", "date"):
        return value[:-1] + ("2" if value.endswith("1") else "1")
    if setting.kind == "texts":
        return value.replace("[", '["changed", ')
    if setting.kind == "address":
        return '"https://example.net"'
    return value.replace("They", "The two") if setting.kind == "ignored" else value[:-1] + 'x"'


def test_what_did_not_change_is_the_same(review_root: Path, before: tuple[list[str], str]) -> None:
    assert (list(shows(review_root)), freshness.inputs(review_root)) == before


def test_every_key_of_review_toml(review_root: Path, before: tuple[list[str], str]) -> None:
    path = review_root / "data" / "review.toml"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    cells, of_inputs = before
    declared = {(setting.section, setting.key): setting for setting in SETTINGS}
    section, walked = "", set()
    for number, line in enumerate(lines):
        if heading := re.fullmatch(r"\[+([\w-]+)[\w.-]*\]+\n", line):
            section = heading[1]
        found = re.fullmatch(r"(\w+) = (.+)\n", line)
        if found is None:
            continue
        key = (section, "*" if section == "words" else found[1])
        walked.add(key)
        changed = f"{found[1]} = {other(declared[key], found[2])}\n"
        path.write_text("".join([*lines[:number], changed, *lines[number + 1 :]]), "utf-8")
        assert freshness.inputs(review_root) != of_inputs, line
        # What a team has set aside is no part of what is shown.
        if key != ("checks", "ignore"):
            assert shows_another(review_root, cells), line
    assert walked == set(declared)


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


def drawn(root: Path) -> list[str]:
    """What a build draws of the views that the page stores."""
    review = Review.load(root)
    notebook = json.loads((root / "book" / "page.ipynb").read_text("utf-8"))
    bundles = [out["data"] for cell in notebook["cells"] for out in cell.get("outputs", [])]
    asked = [bundle[VIEW] for bundle in bundles if VIEW in bundle]
    assert len(asked) == 3
    with drawn_in(Place(lambda kind, name: f"{kind}:{name}", lambda name, given: given)):
        return [str(review.view(one).html) for one in asked]


@pytest.mark.slow
@pytest.mark.parametrize("change", CHANGES)
def test_a_change_that_a_notebook_shows_fails_the_check_and_moves_the_page(
    change: str, executed: Path, tmp_path: Path
) -> None:
    root = tmp_path / "review"
    shutil.copytree(executed, root)
    file, old, new = CHANGES[change]
    path = root / file
    assert old in path.read_text("utf-8")
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    said: list[str] = []
    assert execute(root, check=True, say=said.append) == 1
    # What nbval compares, the outputs themselves, differs; not only a fingerprint.
    assert "would change" in said[0]
    assert drawn(root) != drawn(executed)


@pytest.mark.slow
def test_nothing_changed_is_nothing_to_do(executed: Path) -> None:
    said: list[str] = []
    assert execute(executed, check=True, all=True, say=said.append) == 0, said
    assert drawn(executed) == drawn(executed)


@pytest.mark.slow
def test_outputs_that_were_forged_with_their_fingerprint_are_found_by_running(
    executed: Path, tmp_path: Path
) -> None:
    root = tmp_path / "review"
    shutil.copytree(executed, root)
    path = root / "book" / "page.ipynb"
    notebook = json.loads(path.read_text("utf-8"))
    notebook["cells"][1]["outputs"][0]["data"]["text/plain"] = ["All is well."]
    notebook["metadata"]["synth"]["executed"] = freshness.marks(notebook, freshness.inputs(root))
    path.write_text(json.dumps(notebook), "utf-8")
    assert execute(root, check=True, say=lambda line: None) == 0
    assert execute(root, check=True, all=True, say=lambda line: None) == 1


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
    why = {unrun: "not run", failed: "failed"}.get(harm, "partial")
    assert freshness.why_stale(notebook, freshness.inputs(root)) == f"cell 2: {why}"
    if harm is not failed:  # an error is told by its name
        assert freshness.partial(root) == {"book/page.ipynb": [2]}


def test_a_changed_cell_is_stale_whatever_it_stores(executed: Path) -> None:
    notebook = json.loads((executed / "book" / "page.ipynb").read_text("utf-8"))
    notebook["cells"][1]["source"] = "review.evidence().where(direction='helps')"
    assert freshness.why_stale(notebook, freshness.inputs(executed)) == "its cells changed"
