"""Several processes build the same book as one, say the same of its faults, and end with them."""

from __future__ import annotations

import json
import os
import re
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.errors import ExtensionError, SphinxParallelError
from sphinx.util.build_phase import BuildPhase

import warm_builds
from garden_book import built, change, evidence, keep_vega, notebook, planted, view
from synth.book import processes, views
from synth.book.assets import TABLES
from synth.book.processes import Share, SharedBuilder, allow_processes, shared_out
from synth.book.views import Marked
from synth.views.charts.pictures import converted

NAMES = [f"page {number:02}" for number in range(40)]


def files(folder: Path) -> dict[str, bytes]:
    """Every file of a built book."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def garden(folder: Path) -> Path:
    """A book with pages of every kind: prose, charts, catalogue, references, downloads."""
    root = planted(folder, water="# Water\n\n```{downloads}\n```\n")
    soil = [
        "# Soil",
        view("by_country", {"all": True}),
        evidence("leek2016-01"),
        "{cite:p}`kale1999`",
    ]
    (root / "soil.md").unlink()
    notebook(root, "soil", soil, synth={"theme": "soil"})
    change(root / "people.md", "# ", "# All about ")
    return root


def more_findings(root: Path) -> None:
    """Add a study with a finding."""
    for name, row in (
        ("studies", "zander2021,evidence,Kenya,survey,,a park,9 gardeners,,title,title"),
        (
            "coded_studies",
            "zander2021-01,zander2021,soil,helps,Soil.,,Soil,more than ever it held before,cited",
        ),
    ):
        path = root / "data" / f"{name}.csv"
        path.write_text(f"{path.read_text('utf-8')}{row}\n", "utf-8")
    with (root / "references.bib").open("a", encoding="utf-8") as file:
        file.write(
            "\n@article{zander2021,\n  author = {Zander, Zoe},\n  title = {Soil},\n"
            "  journal = {Plots},\n  year = {2021},\n}\n"
        )


STEPS = {
    "from nothing": lambda root: None,
    "nothing changed": lambda root: None,
    "a page changed": lambda root: change(root / "people.md", "All about", "About"),
    "a study added": more_findings,
}


@pytest.fixture
def shares(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many other processes took part each time that pages were shared out."""
    found: list[int] = []

    def counted(*args: Any) -> list[Share]:
        made = shared_out(*args)
        found.append(len(made))
        return made

    monkeypatch.setattr(processes, "shared_out", counted)
    return found


@pytest.mark.slow
def test_the_book_is_the_same_byte_for_byte_however_many_build_it(tmp_path, shares):
    roots = {number: garden(tmp_path / str(number)) for number in (1, 2, 3)}
    pages = set()
    for step, take in STEPS.items():
        made = {}
        for number, root in roots.items():
            take(root)
            out, told = built(root, number)
            assert told == "", step
            made[number] = files(out)
        assert made[1] == made[2] == made[3], step
        pages.add(made[1]["soil.html"])
    assert len(pages) == 2, "the added study is seen"
    # Read and written from nothing, and read or written again where enough pages are touched.
    assert shares[:4] == [1, 1, 2, 2]


@pytest.mark.slow
def test_faults_are_told_with_the_same_words_in_the_same_order(tmp_path, shares):
    said = []
    for number in (1, 2):
        root = garden(tmp_path / str(number))
        change(root / "people.md", "# ", "# {finding}`leek2016-1` ")
        change(root / "ground.md", "# ", "# {count}`studeis` {any}`nowhere` ")
        text = (root / "soil.ipynb").read_text("utf-8").replace("kale1999", "kale1998")
        (root / "soil.ipynb").write_text(text, "utf-8")
        said.append(built(root, number)[1])
    assert said[0] == said[1]
    assert [line.split(": WARNING")[0] for line in said[0].splitlines()] == [
        "ground.md:5",
        "people.md:5",
        "soil.ipynb: cell 4, line 1",
        "ground.md:5",
    ]
    assert shares == [1, 1]


CONFIG = """
only_build_toc_files: true
exclude_patterns: [".*", "_*", "data"]
execute: {execute_notebooks: "off"}
parse: {myst_enable_extensions: [colon_fence, attrs_inline]}
sphinx:
  extra_extensions: [synth.book]
  config: {synth_processes: 3}
"""


@pytest.mark.slow
@pytest.mark.parametrize("wrong", [False, True])
def test_jupyter_books_pages_are_shared_out_and_a_warning_in_any_fails_the_build(tmp_path, wrong):
    root = garden(tmp_path)
    (root / "conf.py").unlink()
    (root / "_config.yml").write_text(CONFIG, "utf-8")
    (root / "index.md").write_text("# Gardens\n\nThey grow.\n", "utf-8")
    if wrong:
        for page in ("ground", "neighbours", "people", "references", "studies"):
            for path in root.glob(f"{page}.*"):
                text = path.read_text("utf-8")
                path.write_text(text.replace("# ", "# {study}`nobody` ", 1), "utf-8")
    keep_vega(root / "_build" / "html")
    done = warm_builds.run("jupyter-book", "build", root, "-W", "--keep-going")
    assert bool(done.returncode) == wrong, done.stderr
    assert done.stderr.count("There is no study 'nobody'") == 5 * wrong, done.stderr
    # Said by the process that shares them out, when pages are read and when they are written.
    assert len(re.findall(r"^\[ *\d+%\] ", done.stdout, re.MULTILINE)) >= 2, done.stdout


def test_an_error_in_a_page_ends_the_build_as_it_does_in_one_process(tmp_path):
    root = garden(tmp_path)
    with (root / "references.bib").open("a") as stream:
        stream.write("@article{x2001, title = {Cut\n")
    for number in (1, 2):
        with pytest.raises(ExtensionError, match=r"references.bib:\d+: x2001: \[entry-cut-off\]"):
            built(root, number)


# --- sharing out ---------------------------------------------------------------------------------


def test_each_page_is_taken_once_and_each_process_leaves_what_it_knows():
    mine: list[str] = []

    def work(name: str) -> None:
        mine.append(name)
        time.sleep(0.002)

    shares = shared_out(NAMES, work, lambda: (os.getpid(), list(mine)), 3, NAMES[5:7])
    others = [share.left[1] for share in shares]
    assert mine[:2] == NAMES[5:7]
    # What was taken before the fork is known to all; what came after, to one.
    assert all(other[0] == NAMES[5] for other in others)
    taken = [*mine, *(name for other in others for name in other[1:])]
    assert sorted(taken) == NAMES
    assert [share.names for share in shares] == [other[1:] for other in others]
    assert len({os.getpid(), *(share.left[0] for share in shares)}) == 3


def test_what_one_process_raises_all_end_with():
    def work(name: str) -> None:
        if name > "page 20":
            raise LookupError(f"{name} is not there")

    with pytest.raises(LookupError, match=r"page \d\d is not there"):
        shared_out(NAMES, work, list, 2)


def test_an_error_that_cannot_be_sent_is_told():
    class Strange(Exception):
        pass

    first = os.getpid()

    def work(name: str) -> None:
        if os.getpid() != first:
            raise Strange(name)
        time.sleep(0.02)

    with pytest.raises(SphinxParallelError, match=r"Strange: page"):
        shared_out(NAMES, work, list, 2)


def test_a_process_that_is_killed_is_told_with_a_way_out():
    first = os.getpid()

    def work(name: str) -> None:
        if os.getpid() != first:
            os.kill(os.getpid(), 9)
        time.sleep(0.02)

    with pytest.raises(SphinxParallelError, match=r"code -9.*synth_processes: 1"):
        shared_out(NAMES, work, list, 2)


def test_an_extension_that_allows_one_process_only_is_no_reason_for_a_warning(tmp_path, shares):
    root = garden(tmp_path)
    (root / "shy.py").write_text("def setup(app):\n    pass\n", "utf-8")
    text = (root / "conf.py").read_text("utf-8").replace('"myst_nb"', '"myst_nb", "shy"')
    text = f"import sys\nsys.path.insert(0, {str(root)!r})\n{text}"
    (root / "conf.py").write_text(text, "utf-8")
    assert built(root, 2)[1] == ""
    assert shares == []


def test_a_picture_is_drawn_also_in_a_process_forked_from_one_that_has_drawn():
    spec = json.dumps({"data": {"values": [{"a": 1}]}, "mark": "bar", "width": 90})
    here = converted(spec)

    def work(name: str) -> None:
        time.sleep(0.02)

    (share,) = shared_out(NAMES[:4], work, lambda: converted(spec), 2)
    assert share.left == here


@pytest.mark.parametrize("gone", ["_read_parallel", "_write_parallel", "_write_serial", "read_doc"])
def test_a_sphinx_that_calls_other_names_builds_as_it_does_by_itself(
    tmp_path, shares, monkeypatch, gone
):
    class Other(StandaloneHTMLBuilder):
        pass

    assert processes.can_share(Other)
    setattr(Other, gone, lambda self, docnames, **other: None)
    assert not processes.can_share(Other)
    setattr(Other, gone, None)
    assert not processes.can_share(Other)
    monkeypatch.setattr(processes, "StandaloneHTMLBuilder", Other)
    out, told = built(garden(tmp_path), 2)
    assert (told, shares) == ("", [])
    assert "All about" in (out / "people.html").read_text("utf-8")


def test_the_phase_is_told_where_this_sphinx_keeps_it(tmp_path, monkeypatch):
    # From Sphinx 8.2 or so it is the builder's, and the book's can only be read.
    seen = []
    monkeypatch.setattr(StandaloneHTMLBuilder, "phase", None, raising=False)
    written = SharedBuilder.write_doc

    def noted(self, docname, doctree):
        seen.append(self.phase)
        written(self, docname, doctree)

    monkeypatch.setattr(SharedBuilder, "write_doc", noted)
    assert built(garden(tmp_path), 2)[1] == ""
    assert set(seen) == {BuildPhase.WRITING}


@pytest.mark.parametrize("held_by_others", [False, True])
def test_what_stays_as_long_as_the_build_is_let_go_after_it(monkeypatch, held_by_others):
    done = ["freeze"] * held_by_others
    counted = SimpleNamespace(
        freeze=lambda: done.append("freeze"),
        unfreeze=lambda: done.append("unfreeze"),
        get_freeze_count=lambda: done.count("freeze"),
        collect=lambda: 0,
    )
    monkeypatch.setattr(processes, "gc", counted)
    then: dict[str, Any] = {}
    config = SimpleNamespace(synth_processes=2)
    app = SimpleNamespace(extensions={}, parallel=1, config=config, connect=then.setdefault)
    allow_processes(app, None, NAMES)
    assert done == ["freeze"]
    # Pages are shared out while it lasts; what others hold is never let go.
    assert [share.left for share in shared_out(NAMES[:3], str, list, 2)] == [[]]
    assert done == ["freeze", "freeze"]
    for finished in then.values():
        finished(app, None)
    assert list(then) == ["build-finished"] * (not held_by_others)
    assert done == ["freeze", "freeze"] + ["unfreeze"] * (not held_by_others)


# --- views, drawn once ---------------------------------------------------------------------------


@pytest.mark.slow
def test_each_view_that_may_have_changed_is_drawn_by_one_of_them(tmp_path, monkeypatch):
    root = garden(tmp_path)
    twice = [view("by_country", {"all": True}), view("by_design", {"all": True})]
    notebook(root, "neighbours", ["# Neighbours", *twice])
    built(root)
    more_findings(root)
    given: list[list[str]] = []

    def noted(names, *rest):
        given.append(list(names))
        return shared_out(names, *rest)

    monkeypatch.setattr(views, "shared_out", noted)
    assert built(root, 2)[1] == ""
    assert given[0] == [
        "neighbours: by_country (1)",
        "soil: table (2)",
        "neighbours: by_design (3)",
    ]


@pytest.mark.slow
def test_tables_of_many_findings_are_written_by_several_processes(tmp_path, monkeypatch, shares):
    monkeypatch.setattr(views, "shared_out", processes.shared_out)
    made = {}
    for number, many in ((1, 5_000), (2, 0)):
        monkeypatch.setattr(views, "_MANY", many)
        root = garden(tmp_path / str(number))
        of = [view("framework"), view("framework", of="soil")]
        notebook(root, "neighbours", ["# Neighbours", *of])
        out, told = built(root, 2)
        assert told == ""
        made[many] = {path.name: path.read_bytes() for path in (out / TABLES).glob("*.csv")}
        assert shares[-1] == (many == 0)
    assert len(made[0]) == 2
    assert made[0] == made[5_000]


def test_no_chart_is_drawn_again_when_it_is_known_where_everything_stands(tmp_path, monkeypatch):
    root = garden(tmp_path)
    # Norway has a profile; what is no country leads to the explorer.
    change(root / "data" / "studies.csv", "evidence,Chile,", "evidence,not established,")
    evidence = {"all": True}
    cells = ["# Soil", view("by_country", evidence), view("country_profiles")]
    notebook(root, "soil", cells, synth={"theme": "soil"})
    notebook(root, "neighbours", ["# Neighbours", view("explorer", evidence)])
    drawn: list[str] = []
    viewed = views._view

    def noted(app, review, asked):
        drawn.append(asked["kind"])
        return viewed(app, review, asked)

    monkeypatch.setattr(views, "_view", noted)
    out, told = built(root)
    assert told == ""
    assert drawn.count("by_country") == 1
    page = (out / "soil.html").read_text("utf-8")
    links = re.findall(r'href="([^"]*)">(Norway|not established)</a>', page)
    filtered = "neighbours.html?x.country=not%20established"
    assert links == [("#country-norway", "Norway"), (filtered, "not established")]


def test_a_view_stands_on_a_page_with_the_addresses_it_would_be_drawn_with():
    drawn = Marked(
        '<a href="synth-at-1-">a</a> {"to":"synth-at-0-"}', (("page", "b"), ("study", "c"))
    )
    known = {"b": "b.html", "c": "../c.html#study-c"}
    assert drawn.at(lambda kind, name: known[name]) == (
        '<a href="../c.html#study-c">a</a> {"to":"b.html"}'
    )
    # No link stands where there is no address, and a sign may have to be escaped.
    assert drawn.at(lambda kind, name: "") is None
    assert drawn.at(lambda kind, name: "a&b.html") is None
    assert drawn.fingerprint != drawn._replace(marks=(("page", "b"), ("study", "d"))).fingerprint
