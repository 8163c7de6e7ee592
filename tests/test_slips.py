"""Slips of an author, one at a time, in a book that is sound: each is told once, at its line."""

from __future__ import annotations

import csv
import json
import shutil
from collections import Counter
from pathlib import Path

import pytest

from garden_book import built, change, evidence, notebook, planted
from synth.book.prose_rules import check_names, read_book
from synth.cli import main
from synth.freshness import marks
from synth.reading.records import read_records
from synth.reading.rules import check_records

CONFIG = """\
title: Gardens
sphinx:
  extra_extensions: [synth.book]
execute:
  execute_notebooks: "off"
"""


@pytest.fixture
def garden(tmp_path: Path) -> Path:
    """A book about which `synth check` has nothing to say."""
    root = planted(tmp_path)
    (root / "soil.md").unlink()
    notebook(root, "soil", ["# Soil\n\nCompost {finding}`carrot2020b-01`."])
    (root / "_config.yml").write_text(CONFIG, "utf-8")
    return root


def told(root: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What `synth check` says, each as code, file and line; notes of what it left undone aside."""
    main(["check", "--format", "json", "--root", str(root)])
    problems = json.loads(capsys.readouterr().out)["problems"]
    assert all(one["remedy"] for one in problems)
    return [
        f"{one['code']} {Path(one['file']).name}:{one['line']}"
        for one in problems
        if one["severity"] != "note"
    ]


def test_a_sound_book_has_none(garden, capsys, monkeypatch):
    monkeypatch.chdir(garden)
    assert told(garden, capsys) == []


def test_a_book_without_settings_is_told(garden, capsys, monkeypatch):
    monkeypatch.chdir(garden)
    (garden / "_config.yml").unlink()
    assert told(garden, capsys) == []  # Sphinx alone builds it, with conf.py
    (garden / "conf.py").unlink()
    assert told(garden, capsys) == ["config-missing _config.yml:0"]


def test_pages_in_another_language_than_the_review_are_told(garden, capsys, monkeypatch):
    monkeypatch.chdir(garden)
    change(garden / "data" / "review.toml", 'language = "en"', 'language = "pt-BR"')
    assert told(garden, capsys) == ["config-language _config.yml:2"]
    change(garden / "_config.yml", "book]", "book]\n  config: {language: pt_BR}")
    assert told(garden, capsys) == []


READ_AS_THEY_ARE = [
    *("````markdown\n```{note}\nx\n```\n````", ":::: {note}\n::: {tip}\nx\n:::\n::::"),
    *("- ```python\n  x\n  ```", "> ```\n> x\n> ```", "A <!-- word --> here.", "<!-- a\n\nb -->"),
    *("`##What` and `[^1]`", "#MeToo, see [1][2] and x[3]", "See[^a].\n\n[^a]: It.", "a | b |"),
    *(
        "[a][b]\n\n[b]: #what-helps",
        "| a |\n|---|\n| b |",
        "```text\n| a |\n##b\n```",
        "Soft\u00adness",
    ),
    *(
        "[a](soil.ipynb) [b](water.md#what-helps) [c](http://a.org/b.md) [d](mailto:a@b.org)",
        "10\u00a0%",
    ),
    *('<img src="https://a.org/b.png">', "![a](soil.ipynb)", "(a)=\n### One\n\n(b)=\n### Two"),
]
"""What looks like one of the slips below and is none."""


@pytest.mark.parametrize("text", READ_AS_THEY_ARE)
def test_what_is_read_as_it_is_meant_is_no_slip(text, garden, capsys, monkeypatch):
    monkeypatch.chdir(garden)
    path = garden / "water.md"
    path.write_text(f"{path.read_text('utf-8')}\n{text}\n", "utf-8")
    assert told(garden, capsys) == []


THEME = "{theme}`neighbours`"
SLIPS = [
    # roles and directives: what has half a brace or backtick stays as it is written
    ("water.md", THEME, "{theme`neighbours`", "role-unread", 18),
    ("water.md", THEME, "theme}`neighbours`", "role-unread", 18),
    ("water.md", THEME, "{theme}neighbours`", "role-unread", 18),
    ("water.md", THEME, "{theme} `neighbours`", "role-unread", 18),
    ("water.md", THEME, "{theme}'neighbours'", "role-unread", 18),
    ("water.md", THEME, "{theme}´neighbours´", "role-unread", 18),
    ("water.md", THEME, "{theme}``", "role-unread", 18),
    ("water.md", THEME, "{them}`neighbours`", "role-unknown", 18),
    ("water.md", THEME, "{citep}`sower2022`", "role-unknown", 18),
    ("water.md", ":::{synthesis}", ":::{synthesis", "directive-unread", 9),
    ("water.md", ":::{synthesis}", ":::synthesis", "directive-unread", 9),
    ("water.md", ":::{synthesis}", ":::{synthsis}", "directive-unknown", 9),
    # two versions that git could not merge
    ("water.md", "## What", "<<<<<<< HEAD\n## What", "conflict-marks", 7),
    ("soil.ipynb", '"# Soil', '"<<<<<<< HEAD\\n",\n    "# Soil', "conflict-marks", 6),
    ("soil.ipynb", '  "cell_type"', '<<<<<<< HEAD\n   "cell_type"', "conflict-marks", 4),
    ("data/studies.csv", "beet2011,", "<<<<<<< HEAD\nbeet2011,", "conflict-marks", 2),
    ("data/review.toml", "title =", "<<<<<<< HEAD\ntitle =", "conflict-marks", 2),
    ("references.bib", "@", ">>>>>>> branch\n@", "conflict-marks", 1),
    ("_toc.yml", "  - file: soil", ">>>>>>> branch\n  - file: soil", "conflict-marks", 6),
    ("_config.yml", "title:", "<<<<<<< HEAD\ntitle:", "conflict-marks", 1),
    # the table of contents
    ("_toc.yml", "  - file: soil", "  - file: soil\n  - file: soil", "toc-malformed", 7),
    ("_toc.yml", "  - file: soil", "\t- file: soil", "toc-malformed", 6),
    ("_toc.yml", "  - file: soil", "   - file: soil", "toc-malformed", 6),
    ("_toc.yml", "  - file: soil", "  - fil: soil", "toc-malformed", 6),
    ("_toc.yml", "  - file: soil", "  - file soil", "toc-malformed", 6),
    ("_toc.yml", "root: index", "root: [index]", "toc-malformed", 1),
    ("_toc.yml", "root: index", "", "toc-malformed", 1),
    ("_toc.yml", "format: jb-book", "format: jb-boook", "toc-malformed", 1),
    ("_toc.yml", "  - file: soil", "  - file: siol", "toc-page-missing", 6),
    ("_toc.yml", "  - file: soil", "  - file: Soil", "toc-page-missing", 6),
    # the settings of the book
    ("_config.yml", "title: Gardens", "title: Gardens: ours", "config-malformed", 1),
    ("_config.yml", "  extra", "\textra", "config-malformed", 3),
    ("_config.yml", CONFIG, "", "config-malformed", 1),
    ("_config.yml", "synth.book", "synth.bok", "config-without-synth", 3),
    ("_config.yml", "  extra_extensions: [synth.book]\n", "", "config-without-synth", 2),
    ("_config.yml", '"off"', "auto", "config-executes", 4),
    ("_config.yml", "title: Gardens\n", "", "config-without-title", 0),
    ("_config.yml", "notebooks:", "notebook:", "config-setting-unknown", 5),
    ("_config.yml", "title: Gardens", "title: [Gardens]", "config-setting-wrong", 1),
    ("_config.yml", "title: Gardens", "title: Gardens\ncopyright: 2025", "config-setting-wrong", 2),
    ("_config.yml", "title: Gardens", "title: Gardens\nhtml: yes", "config-setting-wrong", 2),
    ("_config.yml", '"off"', '"of"', "config-setting-wrong", 5),
    ("_config.yml", "title: Gardens", "title: Gardens\ncopyrigth: a", "config-setting-unknown", 2),
    ("_config.yml", "title: Gardens", "title: Gardens\nlogo: l.png", "config-setting-wrong", 2),
    ("_config.yml", "[synth.book]", "[synth.book, of.nobody]", "config-setting-wrong", 3),
    ("_config.yml", "title:", "exclude_patterns: ['w*']\ntitle:", "config-setting-wrong", 1),
    ("_config.yml", "book]", "book]\n  config: {html_theme: none}", "config-setting-wrong", 4),
    # what is not closed, or not read as it was meant
    ("water.md", "## What", "```{note}\nA note.\n\n## What", "directive-unclosed", 7),
    ("water.md", "## What", "```python\nx\n\n```{note}\ny\n```\n## What", "directive-unclosed", 7),
    ("water.md", "## What", "```{note}\n```{tip}\ny\n```\n```\n## What", "directive-unclosed", 7),
    ("water.md", "## What", "<!-- later\n\n## What", "directive-unclosed", 7),
    ("water.md", "## What", "##What", "markup-unread", 7),
    ("water.md", "## What", "See.[^1]\n\n## What", "markup-unread", 7),
    ("water.md", "## What", "See [there][soil].\n\n## What", "markup-unread", 7),
    ("water.md", "## What", "| a | b |\n| 1 | 2 |\n\n## What", "markup-unread", 7),
    ("water.md", "## What", '<img src="a.png">\n\n## What', "markup-unread", 7),
    ("water.md", THEME, "{theme}`neigh\u200bbours`", "sign-invisible", 18),
    ("water.md", THEME, "{the\u00adme}`neighbours`", "sign-invisible", 18),
    ("water.md", "## What", "##\u00a0What", "sign-invisible", 7),
    ("water.md", "## What", "\ufeff## What", "sign-invisible", 7),
    ("soil.ipynb", "# Soil", "#\u00a0Soil", "sign-invisible", 6),
    # headings, labels and files
    ("water.md", "## What", "# What", "heading-rank", 7),
    ("water.md", "## What", "#### What", "heading-rank", 7),
    ("water.md", "# Water", "## Water", "heading-rank", 5),
    ("water.md", "## What", "(a)=\n## A\n\n(a)=\n## What", "target-twice", 10),
    ("water.md", "## What", "See\n![a](a.png).\n\n## What", "file-unfound", 8),
    ("water.md", "## What", "```{figure} a.png\n```\n\n## What", "file-unfound", 7),
    ("water.md", "## What", "[a](soil.md)\n\n## What", "file-unfound", 7),
    ("water.md", "## What", "[a](Soil.ipynb)\n\n## What", "file-unfound", 7),
    ("water.md", "## What", "{download}`a <a.csv>`\n\n## What", "file-unfound", 7),
    # a list of texts in the settings: what of it can be read is
    ("data/review.toml", '["Soil", ', '["Soil", "Soil", ', "texts-repeat", 10),
    ("data/review.toml", '["Soil", ', '["Soil", "", ', "texts-malformed", 10),
    ("data/review.toml", '["International"]', '"International"', "texts-malformed", 9),
    # what links, labels and terms lead to, and the options of directives
    ("water.md", "## What", "[a](#waht)\n\n## What", "link-nowhere", 7),
    ("water.md", "## What", "[a](soil.ipynb#sand)\n\n## What", "link-nowhere", 7),
    ("water.md", "## What", "See {ref}`soils`.\n\n## What", "link-nowhere", 7),
    ("water.md", "## What", "See\n{ref}`the soil <soils>`.\n\n## What", "link-nowhere", 8),
    ("water.md", "## What", "{numref}`fig-a`\n\n## What", "link-nowhere", 7),
    ("water.md", "## What", "{term}`Humus`\n\n## What", "link-nowhere", 7),
    ("water.md", "## What", "{doc}`sand`\n\n## What", "link-nowhere", 7),
    ("soil.ipynb", "# Soil", "# Soil {ref}`soils`", "link-nowhere", 6),
    ("water.md", "## What", "```{note}\n:klass: a\nA.\n```\n\n## What", "directive-option", 7),
    ("water.md", "## What", "```{admonition}\nA.\n```\n\n## What", "directive-option", 7),
    ("water.md", "## What", "(a)=\n```{tip}\n:name: a\nA.\n```\n\n## What", "target-twice", 8),
    # pages
    ("soil.ipynb", "nbformat_minor", 'x"', "page-unreadable", 25),
    ("water.md", "synth: {theme: water}", "synth:\t{theme: [}", "page-unreadable", 2),
    # data of which nothing can be read, and rows that are refused: pages name what stands there
    ("data/review.toml", 'version = "2.1.0"', 'version = "2.1.0', "toml-malformed", 6),
    ("data/review.toml", "date = 2026-01-31", "date = 3/4/21", "toml-malformed", 7),
    ("data/studies.csv", "study,role", "study,role,role", "column-twice", 1),
    ("data/coded_studies.csv", "beet2011-01,beet2011,", "beet2011-01,", "row-short", 2),
    ("data/codebook.csv", "water,ground,", "water,grund,", "theme-unknown", 3),
    ("data/studies.csv", "beet2011,evidence", "beet2011,evidnce", "word-unknown", 2),
]  # fmt: skip
"""Of each the file, one text put for another, the code it is told with, and its line."""


@pytest.mark.parametrize(("file", "old", "new", "code", "line"), SLIPS)
def test_a_slip_is_told_once_at_its_line(file, old, new, code, line, garden, capsys, monkeypatch):
    monkeypatch.chdir(garden)
    change(garden / file, old, new)
    assert told(garden, capsys) == [f"{code} {Path(file).name}:{line}"]


LEADS = """(Here)=
## Heres `x` & {{count}}`studies`

[a](#heres-x--) [b](water.md#heres-x--) [c](#here) [d](soil.ipynb#soil) [e](#study-beet2011)
{{ref}}`words <HERE>` {{ref}}`a  box` {{ref}}`genindex` {{term}}`humus` {{term}}`soils <Loam>`
{{doc}}`soil` {{doc}}`/soil` [f](#para) [g](#twice-1)

{{#para}}
A paragraph.

````{{note}}
:name: A box
```{{tip}}
:class: a
:name: inner
Words.
```
````

```{{glossary}}
:sorted:

Humus
  Dark earth.

Loam : l
  Other earth.
```

### Twice

### Twice

## What"""


def test_what_leads_somewhere_is_not_told(garden, capsys, monkeypatch):
    monkeypatch.chdir(garden)
    change(garden / "water.md", "## What", LEADS.format())
    assert told(garden, capsys) == []
    # Labels of other books are known to the build alone.
    change(garden / "water.md", "`genindex`", "`python:label`")
    assert told(garden, capsys) == ["link-nowhere water.md:11"]
    change(
        garden / "_config.yml",
        "title:",
        "sphinx: {config: {intersphinx_mapping: {python: [a, null]}}}\ntitle:",
    )
    found = told(garden, capsys)
    assert not [one for one in found if one.startswith("link")]


def test_a_checklist_is_read_by_the_check(garden, capsys, monkeypatch):
    monkeypatch.chdir(garden)
    (garden / "data" / "reporting").mkdir()
    for name in ("one", "two"):
        text = '[checklist]\nid = "a"\nname = "A"\ntitle = "A"\nsource = "B"\nitems = 1\n'
        text += 'doi = "10.1/a"\nlicence = "CC0-1.0"\n[[item]]\nnumber = 1\ntitle = "Aim"\n'
        text += "".join(f'{of} = {{state = "partly", says = "It."}}\n' for of in ("review", "book"))
        (garden / "data" / "reporting" / f"{name}.toml").write_text(text, "utf-8")
    assert told(garden, capsys) == ["checklist-malformed two.toml:0"]
    (garden / "data" / "reporting" / "two.toml").write_text(
        text.replace("partly", "in part"), "utf-8"
    )
    assert told(garden, capsys) == ["checklist-malformed two.toml:0"]
    (garden / "data" / "reporting" / "two.toml").write_text(text.replace('"a"', '"b"'), "utf-8")
    assert told(garden, capsys) == []


def test_a_letter_that_is_not_utf_8_is_told_with_its_line(garden, capsys, monkeypatch):
    monkeypatch.chdir(garden)
    for file, code in (("water.md", "page-unreadable"), ("_toc.yml", "toc-malformed")):
        path = garden / file
        before = path.read_bytes()
        path.write_bytes(b"# caf\xe9\n" + before)
        assert told(garden, capsys) == [f"{code} {file}:1"]
        path.write_bytes(before)


@pytest.mark.parametrize("file", ["codebook.csv", "coded_studies.csv", "studies.csv"])
def test_a_table_that_is_gone_is_told_and_not_by_the_pages_that_name_its_rows(
    file, garden, capsys, monkeypatch
):
    monkeypatch.chdir(garden)
    (garden / "data" / file).unlink()
    assert told(garden, capsys) == [f"file-missing {file}:0"]
    main(["check"])
    assert f"data/{file}: note: [pages-not-checked]" in capsys.readouterr().out


def test_a_table_that_need_not_be_there_is_missed_once_by_all_pages(garden, capsys, monkeypatch):
    monkeypatch.chdir(garden)
    (garden / "data" / "influences.csv").unlink()
    assert told(garden, capsys) == ["role-without-table influences.csv:0"]


def test_a_number_of_the_flow_that_is_none_is_told_in_its_table_alone(
    root, tmp_path, capsys, monkeypatch
):
    example = tmp_path / "review"
    (example / "book").mkdir(parents=True)
    for name in ("data", "references.bib"):
        (example / name).symlink_to(root / name)
    records, _ = read_records(example)
    box = next(box.id for box in records.flow if box.count is None)
    (example / "_toc.yml").write_text("format: jb-book\nroot: book/p\n", "utf-8")
    (example / "book" / "p.md").write_text(f"# P\n\n{{count}}`flow box={box}`\n", "utf-8")
    # Nothing is written in this one, so the page that asks is wrong.
    (problem,) = (p for p in check_names(read_book(example)) if p.file == "book/p.md")
    assert problem.code == "role-malformed"
    (example / "data").unlink()
    (example / "data").mkdir()
    for path in (root / "data").iterdir():
        if path.is_file():
            (example / "data" / path.name).write_bytes(path.read_bytes())
    flow = example / "data" / "flow.csv"
    first = next(box for box in records.flow if box.count)
    (example / "book" / "p.md").write_text(f"# P\n\n{{count}}`flow box={first.id}`\n", "utf-8")
    flow.write_text(flow.read_text("utf-8").replace(f",{first.count},", ',"1,234",', 1), "utf-8")
    assert [p for p in check_names(read_book(example)) if p.file == "book/p.md"] == []


def test_a_page_with_a_mark_before_its_text_is_read(garden, capsys, monkeypatch):
    """Editors of Windows write a byte order mark, and lines that end their way."""
    monkeypatch.chdir(garden)
    for name, mark in (("soil.ipynb", b""), ("water.md", b"\xef\xbb\xbf")):
        path = garden / name
        text = path.read_text("utf-8").replace("\n", "\r\n")
        path.write_bytes(mark + text.encode())
    assert told(garden, capsys) == []
    # Neither JupyterLab nor the build opens a notebook with one.
    path = garden / "soil.ipynb"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert told(garden, capsys) == ["page-unreadable soil.ipynb:1"]


def test_code_that_was_changed_since_it_was_run_is_told(garden, capsys, monkeypatch):
    """The build shows what is stored: a cell with a slip in it would be published as it was."""
    monkeypatch.chdir(garden)
    (garden / "book").mkdir()
    path = garden / "book" / "open.ipynb"
    notebook(garden / "book", "open", ["# Open", evidence("beet2011-02")])
    stored = json.loads(path.read_text("utf-8"))
    stored["metadata"]["synth"] = {"executed": marks(stored, "")}
    path.write_text(json.dumps(stored, indent=1), "utf-8")
    change(garden / "_toc.yml", "  - file: soil", "  - file: soil\n  - file: book/open")
    assert told(garden, capsys) == []
    change(path, '"review\\n"', '"reviw.verdct()\\n"')
    assert told(garden, capsys) == ["output-older open.ipynb:1"]


def test_cells_that_were_never_run_are_told_in_one_line(garden, capsys, monkeypatch):
    monkeypatch.chdir(garden)
    notebook(garden, "soil", ["# Soil", evidence("carrot2020b-01"), evidence("beet2011-02"), {}])
    path = garden / "soil.ipynb"
    stored = json.loads(path.read_text("utf-8"))
    for cell in stored["cells"][1:]:
        cell["outputs"] = []
    path.write_text(json.dumps(stored, indent=1), "utf-8")
    main(["check"])
    (first, _, closing) = capsys.readouterr().out.splitlines()[-3:]
    assert first.startswith("soil.ipynb:")
    assert "cells 2, 3 and 4: [output-missing]" in first
    assert closing == "1 problem in 1 file."


def test_a_cell_that_names_a_method_and_does_not_call_it_is_told(garden, capsys, monkeypatch):
    monkeypatch.chdir(garden)
    said = "<bound method ReviewTheme.verdict of <Sphere soil: 3 statements from 2 studies>>"
    notebook(garden, "soil", ["# Soil", evidence("carrot2020b-01"), {"text/plain": said}])
    (one,) = told(garden, capsys)
    assert one.startswith("output-uncalled soil.ipynb:")
    main(["check"])
    assert "Write verdict() in the cell" in capsys.readouterr().out


def test_a_column_that_an_import_kept_is_no_slip(garden, capsys, monkeypatch):
    """`synth new --from` kept *Samples*, and the next `synth check` asked for *sample*."""
    monkeypatch.chdir(garden)
    studies = garden / "data" / "studies.csv"
    rows = studies.read_text("utf-8").replace(",sample,", ",samples,")
    studies.write_text(rows, "utf-8")
    assert told(garden, capsys) == ["column-misspelt studies.csv:1"]
    recipe = garden / "data" / "import.toml"
    recipe.write_text('[[sheet]]\nfile = "t.csv"\n[sheet.columns]\n"Samples" = "keep"\n', "utf-8")
    assert told(garden, capsys) == []
    recipe.write_text('[[sheet]]\nfile = "t.csv"\n[sheet.columns]\n"Others" = "keep"\n', "utf-8")
    assert told(garden, capsys) == ["column-misspelt studies.csv:1"]


WARNED = [
    ("[a](#nowhere)", "There is no page, heading or label 'nowhere' to link to. A page is linked"),
    ("[a]()", "A link leads nowhere. A page is linked"),
    ("[a](soil.ipynb#nowhere)", "The page 'soil' has no heading or label 'nowhere' to link to."),
    ("{ref}`nowhere`", "There is no label 'nowhere'. A label is a line"),
    ("{doc}`nowhere`", "There is no page 'nowhere', as it is seen from this one."),
    ("{term}`nowhere`", "There is no term 'nowhere'. Write it into a {glossary}"),
]


def test_the_build_says_in_our_words_what_it_alone_can_see(garden):
    water = garden / "water.md"
    before = water.read_text("utf-8").rstrip("\n")
    added = "\n\n".join(text for text, _ in WARNED)
    water.write_text(f"{before}\n\n{added}\n", "utf-8")
    (garden / "_config.yml").write_text("sphinx:\n  config:\n    myst_such: 1\n", "utf-8")
    change(garden / "conf.py", "project = ", "html_logo = 'myst_such'\nproject = ")
    _, warned = built(garden)
    first = before.count("\n") + 3
    for number, (_, said) in enumerate(WARNED):
        assert f"water.md:{first + 2 * number}: WARNING: {said}" in warned
    # A warning without a place gets that of the setting it quotes.
    assert "_config.yml:3: WARNING: logo file 'myst_such' does not exist" in warned


def test_pages_that_the_book_has_no_more_are_taken_away(garden):
    change(garden / "_toc.yml", "  - file: soil", "  - file: soil\n  - file: clay")
    (garden / "clay.md").write_text("# Clay\n", "utf-8")
    pages, _ = built(garden)
    start = pages / "start.html"
    kept = (pages / "index.html", pages / "search.html", pages / "soil.html", start)
    start.write_text("a page of another program", "utf-8")
    assert (pages / "clay.html").is_file()
    (garden / "clay.md").unlink()
    built(garden)
    assert not (pages / "clay.html").exists()
    assert not (pages / "_sources" / "clay.md.txt").exists()
    assert all(page.is_file() for page in kept)


def test_a_start_page_that_leads_to_a_page_of_before_goes_with_it(garden):
    for name in ("first", "other"):
        (garden / f"{name}.md").write_text(f"---\norphan: true\n---\n\n# {name}\n", "utf-8")
    (garden / "index.md").rename(garden / "main.md")
    change(garden / "conf.py", "project = ", "root_doc = 'main'\nproject = ")
    pages, _ = built(garden)
    forward = '<meta http-equiv="Refresh" content="0; url={}.html" />'
    for name, stays in (("first", False), ("other", True)):
        (pages / "index.html").write_text(forward.format(name), "utf-8")
        (garden / "first.md").unlink(missing_ok=True)
        built(garden)
        assert (pages / "index.html").is_file() == stays


def test_the_build_reads_the_markup_of_pages_whatever_the_settings_list(garden):
    """Without one of these the book showed `:::{synthesis}` to readers, and nobody was told."""
    change(garden / "conf.py", '["colon_fence", "attrs_inline"]', "[]")
    (garden / "_config.yml").unlink()
    water = garden / "water.md"
    water.write_text(f"{water.read_text('utf-8')}\n{{.doors}}\n- [Soil](soil.ipynb)\n", "utf-8")
    pages, _ = built(garden)
    html = (pages / "water.html").read_text("utf-8")
    assert 'class="synth-synthesis' in html
    assert ":::" not in html
    assert "{.doors}" not in html


def test_what_is_shown_as_code_is_no_slip(garden, capsys, monkeypatch):
    monkeypatch.chdir(garden)
    water = garden / "water.md"
    shown = "Write ``{theme}`soil` `` or `{theme`:\n\n```text\n:::{synthesis\n{theme}soil`\n```\n"
    water.write_text(f"{water.read_text('utf-8')}\n{shown}", "utf-8")
    assert told(garden, capsys) == []


def alike(root: Path) -> list[str]:
    """What is told of values that are spelled nearly like others."""
    records, _ = read_records(root)
    return [
        f"{problem.file}:{problem.line}: {dict(problem.fields)['value']}"
        for problem in check_records(records)
        if problem.code == "value-alike"
    ]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("qualitatve", True),
        ("Qualitative", True),
        ("quali\u200btative", True),
        ("qualitative  ", False),  # told as spaces around a cell
        ("quantitative", False),  # another design
        ("case-study", True),
        ("case  study", True),
        ("case studies < 18", False),
    ],
)
def test_a_value_that_is_nearly_a_frequent_one_is_told(value, told, root, tmp_path):
    """A design with a letter missing was a second one: a bar, a filter and a count of its own."""
    shutil.copytree(root / "data", tmp_path / "data")
    shutil.copy(root / "references.bib", tmp_path)
    change(tmp_path / "data" / "studies.csv", "asad2016,evidence,Canada,qualitative",
           f"asad2016,evidence,Canada,{value}")  # fmt: skip
    assert alike(root) == []
    assert alike(tmp_path) == ([f"data/studies.csv:4: {value}"] if told else [])


def test_slips_of_one_cell_are_told_in_its_order(root, tmp_path):
    """In another one each time."""
    shutil.copytree(root / "data", tmp_path / "data")
    shutil.copy(root / "references.bib", tmp_path)
    table = tmp_path / "data" / "studies.csv"
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    often = Counter(value for row in rows for value in row["participants"].split(";") if value)
    slips = [
        value.upper() for value, count in often.most_common() if count > 2 and value[:4] != "not "
    ]
    assert len(slips) > 4
    next(row for row in rows if row["participants"] == "peer support workers")["participants"] = (
        ";".join(slips)
    )
    with table.open("w", encoding="utf-8", newline="") as file:
        written = csv.DictWriter(file, rows[0], lineterminator="\n")
        written.writeheader()
        written.writerows(rows)
    assert [line.rpartition(": ")[2] for line in alike(tmp_path)] == slips


def test_values_of_signs_and_numbers_are_two_values(root, tmp_path):
    shutil.copytree(root / "data", tmp_path / "data")
    shutil.copy(root / "references.bib", tmp_path)
    studies = tmp_path / "data" / "studies.csv"
    text = studies.read_text("utf-8").replace(",qualitative,", ",participants > 50,")
    studies.write_text(text.replace(",mixed methods,", ",participants < 50,"), "utf-8")
    assert alike(tmp_path) == []


def test_a_stage_of_the_flow_and_a_group_of_countries_are_told_too(root, tmp_path):
    shutil.copytree(root / "data", tmp_path / "data")
    shutil.copy(root / "references.bib", tmp_path)
    change(tmp_path / "data" / "flow.csv", "cinahl,identification", "cinahl,identificaton")
    change(tmp_path / "data" / "places.csv", "Canada,North America,High income",
           "Canada,North America,High  income")  # fmt: skip
    assert alike(tmp_path) == [
        "data/places.csv:3: High  income",
        "data/flow.csv:3: identificaton",
    ]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('language = "en"', 'language = "english"', "language-malformed"),
        ('licence = "CC0-1.0"', 'licence = "CC BY 4.0"', "licence-malformed"),
        ('language = "en"', 'language = "pt-BR"', "config-language"),
        ('licence = "CC0-1.0"', 'licence = "https://example.org/a licence"', ""),
    ],
)
def test_language_and_licence_are_what_programs_read(old, new, code, garden, capsys, monkeypatch):
    """The page said `lang="english"`, and the licence led nowhere."""
    monkeypatch.chdir(garden)
    change(garden / "data" / "review.toml", old, new)
    assert [one.split()[0] for one in told(garden, capsys)] == ([code] if code else [])
