"""Running notebooks: the same bytes each time, and only what is stale."""

from __future__ import annotations

import asyncio
import csv
import gc
import io
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from multiprocessing import forkserver
from pathlib import Path
from queue import Empty
from typing import Any

import nbformat
import pytest
from jupyter_client.connect import LocalPortCache
from nbclient.exceptions import DeadKernelError

from synth import notebooks, warm
from synth.cli import main
from synth.model import Finding
from synth.notebook_form import notebook_forms
from synth.notebooks import Holder, execute, notebooks_of, stale
from synth.review import Review


def page(*cells: str) -> nbformat.NotebookNode:
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [
        nbformat.v4.new_markdown_cell("# A page"),
        *map(nbformat.v4.new_code_cell, cells),
    ]
    return notebook


OPENING = "from synth import Review\n\nreview = Review.load()"


def written(folder: Path, example_root: Path) -> Path:
    """The fictional review with one notebook for each node of its first rank."""
    root = folder / "review"
    shutil.copytree(example_root, root, ignore=shutil.ignore_patterns("_build", "book"))
    (root / "book").mkdir()
    for node in Review.load(root).codebook.levels:
        shown = f'review.theme("{node.id}").evidence().table()'
        nbformat.write(page(OPENING, shown), root / "book" / f"{node.id}.ipynb")
    return root


@pytest.fixture
def book(tmp_path: Path, example_root: Path) -> Path:
    """That review, of whose notebooks none was run."""
    return written(tmp_path, example_root)


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory, example_root: Path) -> Path:
    """That review, whose notebooks were run; ``ran`` is a copy to change."""
    root = written(tmp_path_factory.mktemp("executed"), example_root)
    assert execute(root, say=Said()) == 0
    return root


@pytest.fixture
def ran(tmp_path: Path, executed: Path) -> Path:
    """A copy of the review whose notebooks were run."""
    return shutil.copytree(executed, tmp_path / "review")


class Said(list[str]):
    """What was told, line by line."""

    def __call__(self, line: str) -> None:
        self.append(line)

    @property
    def last(self) -> str:
        return self[-1]


def stored(root: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in notebooks_of(root)}


def rewrite(root: Path, finding: Finding, column: str, value: str) -> None:
    """Change one cell of the coded studies."""
    path = root / "data" / "coded_studies.csv"
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
    for row in rows:
        if row["finding"] == finding.id:
            row[column] = value
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8")


def test_two_runs_store_the_same_bytes(executed: Path, ran: Path) -> None:
    assert execute(ran, all=True, say=Said()) == 0
    assert stored(ran) == stored(executed)


def test_nothing_runs_when_nothing_changed(ran: Path) -> None:
    said = Said()
    assert execute(ran, say=said) == 0
    assert len(said) == 1
    assert f"{len(notebooks_of(ran))} up to date" in said.last


def test_a_changed_finding_rewrites_the_pages_that_show_it(ran: Path) -> None:
    before = stored(ran)
    review = Review.load(ran)
    finding = next(iter(review.records.findings.values()))
    home = review.records.codebook.path(finding.theme)[0].id
    rewrite(ran, finding, "summary", "A sentence nobody has read before.")
    said = Said()
    assert execute(ran, say=said) == 0
    changed = {name for name, now in stored(ran).items() if now != before[name]}
    assert changed == {f"{home}.ipynb"}
    assert "1 rewritten" in said.last
    assert f"{len(before) - 1} run with the same outputs" in said.last


def test_a_finding_that_joins_a_theme_makes_its_page_stale(ran: Path) -> None:
    review = Review.load(ran)
    finding = next(iter(review.records.findings.values()))
    home = review.records.codebook.path(finding.theme)[0].id
    other = next(node for node in review.codebook.levels if node.id != home)
    rewrite(ran, finding, "theme", other.id)
    said = Said()
    execute(ran, check=True, say=said)
    assert "2 would change" in said.last


def test_outputs_that_stay_the_same_leave_the_file_alone(ran: Path) -> None:
    extra = ran / "book" / "extra.ipynb"
    nbformat.write(page(OPENING, "len(review.evidence().findings)"), extra)
    execute(ran, say=Said())
    before = extra.read_bytes()
    review = Review.load(ran)
    rewrite(ran, next(iter(review.records.findings.values())), "summary", "Another sentence.")
    assert extra in stale(ran)
    said = Said()
    execute(ran, say=said)
    assert "run with the same outputs" in said.last
    assert extra.read_bytes() == before
    assert stale(ran) == []
    again = Said()
    execute(ran, say=again)
    assert len(again) == 1, "what ran with the same outputs does not run again"


def test_notebooks_run_where_an_event_loop_runs_already(book: Path) -> None:
    async def from_a_notebook() -> int:
        return execute(book, say=Said())

    assert asyncio.run(from_a_notebook()) == 0
    assert execute(book, check=True, say=Said()) == 0


def test_check_tells_and_rewrites_nothing(book: Path) -> None:
    before = stored(book)
    said = Said()
    assert execute(book, check=True, say=said) == 1
    assert "would change" in said.last
    assert stored(book) == before


def test_a_failing_cell_is_named_and_the_file_stays(ran: Path) -> None:
    broken = ran / "book" / "broken.ipynb"
    nbformat.write(page(OPENING, 'review.theme("nowhere")'), broken)
    before = broken.read_bytes()
    said = Said()
    assert execute(ran, say=said) == 1
    text = "\n".join(said)
    assert "broken.ipynb: cell 3: UnknownName: There is no theme 'nowhere'." in text
    assert "1 failed" in said.last
    assert broken.read_bytes() == before


def test_what_is_stored_is_the_same_everywhere(ran: Path) -> None:
    live = ran / "book" / "live.ipynb"
    nbformat.write(page(OPENING, "review.evidence().explorer(key='x')"), live)
    execute(ran, say=Said())
    notebook = nbformat.read(live, as_version=4)
    nbformat.validate(notebook)
    assert "widgets" not in notebook.metadata
    assert notebook.metadata.language_info == {"name": "python"}
    assert [cell.execution_count for cell in notebook.cells[1:]] == [1, 2]
    kinds = set(notebook.cells[2].outputs[0].data)
    assert kinds == {"text/html", "text/plain", "application/vnd.synth.view+json"}
    assert "0x" not in notebook.cells[2].outputs[0].data["text/plain"]
    ids = [cell.id for cell in notebook.cells]
    assert ids[0] == "a-page"
    assert len(set(ids)) == len(ids)


def test_an_authors_own_cell_ids_are_kept(book: Path) -> None:
    named = book / "book" / "named.ipynb"
    notebook = page(OPENING)
    notebook.cells[0]["id"] = "what-it-is"
    nbformat.write(notebook, named)
    execute(book, notebooks=[named], say=Said())
    assert nbformat.read(named, as_version=4).cells[0].id == "what-it-is"


def test_an_empty_book_says_so(tmp_path: Path) -> None:
    said = Said()
    assert execute(tmp_path, say=said) == 0
    assert said.last.startswith("No notebook stands below")


def test_fmt_takes_away_what_jupyterlab_adds_when_it_saves(
    root: Path, example: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stored = (root / "book" / "wellbeing.ipynb").read_text("utf-8")
    notebook = json.loads(stored)
    notebook["metadata"]["language_info"] |= {"version": "3.12.1", "name": "python"}
    notebook["metadata"]["kernelspec"]["display_name"] = "Python 3 (ipykernel)"
    notebook["metadata"]["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {}}}
    for number, cell in enumerate(notebook["cells"]):
        if cell["cell_type"] != "code":
            continue
        cell["execution_count"] = 40 + number
        cell["metadata"]["execution"] = {"iopub.status.busy": "2026-01-01T00:00:00Z"}
        for output in cell["outputs"]:
            if output["output_type"] == "execute_result":
                output["execution_count"] = 40 + number
                output["data"]["application/vnd.jupyter.widget-view+json"] = {"model_id": "a"}
    saved = example / "book" / "wellbeing.ipynb"
    saved.parent.mkdir(exist_ok=True)
    saved.write_text(json.dumps(notebook, indent=1), "utf-8")
    assert saved.read_text("utf-8") != stored
    assert main(["fmt", "--check", "--root", str(example)]) == 1
    assert "wellbeing.ipynb" in capsys.readouterr().out
    assert main(["fmt", "--root", str(example)]) == 0
    assert saved.read_text("utf-8") == stored
    broken = example / "book" / "broken.ipynb"
    broken.write_text('{"cells": [', "utf-8")
    capsys.readouterr()
    assert main(["fmt", "--root", str(example)]) == 1
    assert "broken.ipynb:1: [page-unreadable]" in capsys.readouterr().err
    assert broken.read_text("utf-8") == '{"cells": ['


ONE_CELL = '{"cells": [{"cell_type": "code"}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
FUTURE = '{"cells": [], "metadata": {}, "nbformat": 9, "nbformat_minor": 0}'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b'{"cells": [\n', ":2: [page-unreadable]"),
        (b"", ":1: [page-unreadable]"),
        (b"null", ": [page-unreadable]"),
        (b"[]", ": [page-unreadable]"),
        (b"{}", ": [page-unreadable]"),
        (ONE_CELL.encode(), ": [page-unreadable]"),
        (FUTURE.encode(), ": [page-unreadable] The page cannot be read: Unsupported nbformat"),
        (b"\xef\xbb\xbf{}", ":1: [page-unreadable] The page cannot be read: a byte order mark"),
        (b'{\n"\xe9"}', ":2: [page-unreadable] The page cannot be read: a letter is not UTF-8"),
        (b"{\n<<<<<<< HEAD\n}", ":2: [conflict-marks]"),
    ],
)
def test_a_damaged_notebook_is_told_with_its_line_and_nothing_runs(
    text: bytes, told: str, ran: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`make book` begins with `synth execute`, which ended with nbformat's traceback."""
    first, *_ = notebooks_of(ran)
    first.write_bytes(text)
    before = stored(ran)
    for command in (["execute"], ["execute", "--all"], ["fmt", "--check"]):
        assert main([*command, "--root", str(ran)]) == 1
        said = capsys.readouterr()
        assert f"{first.name}{told}" in said.err
        assert "Traceback" not in said.err
    assert stored(ran) == before


def test_a_notebook_that_is_not_there_is_told(
    ran: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for given in ("nothing.ipynb", "data/studies.csv"):
        assert main(["execute", "--root", str(ran), str(ran / given)]) == 1
    said = capsys.readouterr().err
    assert "nothing.ipynb: [sheet-unreadable]" in said
    assert "data/studies.csv:1: [page-unreadable]" in said


def test_fmt_keeps_a_cell_that_never_ran(root: Path, tmp_path: Path) -> None:
    notebook = json.loads((root / "book" / "wellbeing.ipynb").read_text("utf-8"))
    cell = next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")
    cell |= {"execution_count": None, "outputs": []}
    path = tmp_path / "book" / "wellbeing.ipynb"
    path.parent.mkdir()
    path.write_text(json.dumps(notebook), "utf-8")
    [form] = notebook_forms(tmp_path)
    assert json.loads(form.text or "")["cells"] == notebook["cells"]


@pytest.mark.parametrize(("user", "told"), [("0", "lab book --allow-root"), ("1000", "lab book")])
def test_make_lab_starts_for_every_user(root: Path, tmp_path: Path, user: str, told: str) -> None:
    """JupyterLab refuses to start as root, as in a container, unless it is told."""
    shutil.copy(root / "Makefile", tmp_path)
    for place, says in ((".venv/bin/jupyter", 'echo "$@"'), ("bin/id", f"echo {user}")):
        script = tmp_path / place
        script.parent.mkdir(parents=True)
        script.write_text(f"#!/bin/sh\n{says}\n", "utf-8")
        script.chmod(0o755)
    path = f"{tmp_path / 'bin'}:{os.environ['PATH']}"
    done = subprocess.run(
        ["make", "--silent", "-o", "setup-dev", "lab"],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={**os.environ, "PATH": path, "MAKEFLAGS": ""},
    )
    assert done.stdout.strip() == told


SEEN = """
from synth import Review
from synth.reading import rules

asked = []
read, rules.load_records = rules.load_records, lambda root: asked.append(root) or read(root)
review = Review.load()
print(len(asked), len(review.studies))
"""


GARDEN = Path(__file__).parent / "roots" / "garden"


@pytest.mark.parametrize(
    "begins",
    [
        "from synth import warm; it = warm.forking().Process(target=print, args=('alive',)); "
        "it.start(); it.join(); assert it.exitcode == 0",
        "from synth.book.assets import bundling; it = bundling('6.1'); "
        "assert 'mine' not in it.communicate()[1].decode()",
        "from synth.views.charts.pictures import _converted_apart as apart; import json; "
        "print(apart(json.dumps({'mark': 'point', 'data': {'values': [{}]}}))[:4])",
        "from pathlib import Path; from synth.starter.review_workbook import export_workbook; "
        f"export_workbook(Path({str(GARDEN)!r}), Path('a.xlsx'), print); "
        "from synth.starter.file_kinds.workbook import grids_of; "
        "assert grids_of(Path('a.xlsx'), 'a.xlsx')[0]",
    ],
    ids=["kernels", "the bundle of charts", "a picture", "a workbook"],
)
def test_no_process_takes_a_file_of_the_folder_for_a_module(tmp_path: Path, begins: str) -> None:
    """An author's folder may hold a `code.py`, which would have run instead of Python's."""
    for name in ("code", "pandas", "vl_convert", "python_calamine", "synth"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('mine')\n", "utf-8")
    told = [sys.executable, "-P", "-c", begins]
    done = subprocess.run(told, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "mine" not in done.stderr
    assert done.returncode == 0, done.stderr


def told(root: Path, name: str) -> str:
    cells = nbformat.read(root / "book" / f"{name}.ipynb", as_version=4).cells
    return str(cells[1].outputs[0].text)


def test_a_notebook_finds_the_review_read(ran: Path) -> None:
    nbformat.write(page(SEEN), ran / "book" / "seen.ipynb")
    assert execute(ran, say=Said()) == 0
    assert told(ran, "seen") == f"0 {len(Review.load(ran).studies)}\n"


def test_a_notebook_reads_the_review_where_its_files_changed(book: Path) -> None:
    change = """
from multiprocessing import forkserver
from pathlib import Path
from queue import Empty
from typing import Any

table = Path("../data/coded_studies.csv")
table.write_text(table.read_text("utf-8").replace("One teacher", "A teacher"), "utf-8")
"""
    nbformat.write(page(change + SEEN), book / "book" / "seen.ipynb")
    assert execute(book, notebooks=[book / "book" / "seen.ipynb"], say=Said()) == 0
    assert told(book, "seen").startswith("1 ")


@pytest.mark.slow
def test_an_author_is_told_of_notebooks_and_of_nothing_else(book: Path) -> None:
    command = [sys.executable, "-m", "synth.cli", "execute", "--root", book, notebooks_of(book)[0]]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) == 2, done.stdout


@pytest.mark.slow
def test_one_process_draws_the_pictures_of_all_kernels_and_each_once(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    draw = notebooks.converted
    monkeypatch.setattr(notebooks, "converted", lambda spec: made.append(spec) or draw(spec))
    first, second, *_ = notebooks_of(book)
    for path in (first, second):
        nbformat.write(page(OPENING, "review.evidence().by_year()"), path)
    assert execute(book, notebooks=[first, second], say=Said()) == 0
    assert b"data:image/svg+xml" in first.read_bytes()
    # Two kernels may ask for the same picture at once.
    assert len(set(made)) == 1
    before = stored(book)
    made.clear()
    assert execute(book, notebooks=[first, second], all=True, say=Said()) == 0
    assert stored(book) == before
    assert made == [], "it was kept"
    # What cannot be drawn is told by the cell that asked for it.
    cell = "from synth.views.charts import pictures\npictures.picture({'mark': 'nonsense'})"
    nbformat.write(page(OPENING, cell), second)
    said = Said()
    assert execute(book, notebooks=[second], say=said) == 1
    assert any("cell 3: ValueError" in line for line in said), said


def test_a_kernel_that_ends_by_itself_fails_its_notebook_alone(book: Path) -> None:
    nbformat.write(page("import os\n\nos._exit(3)"), book / "book" / "seen.ipynb")
    before = stored(book)
    said = Said()
    assert execute(book, say=said) == 1
    assert "1 failed" in said.last
    after = stored(book)
    assert after["seen.ipynb"] == before["seen.ipynb"]
    assert all(after[name] != before[name] for name in before if name != "seen.ipynb")


def test_a_kernel_that_ends_before_it_answers_fails_its_notebook_alone(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fork = Holder.fork

    def first_gone(holder: Holder, *given: Any) -> Any:
        kernel = fork(holder, *given)
        monkeypatch.setattr(Holder, "fork", fork)
        kernel.kill()
        return kernel

    monkeypatch.setattr(Holder, "fork", first_gone)
    said = Said()
    assert execute(book, all=True, say=said) == 1
    assert "1 failed" in said.last
    assert sum("The kernel ended before it answered." in line for line in said) == 1


def test_no_other_program_can_take_the_ports_of_a_kernel(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ports that were free when they were looked for were taken before the kernel bound them."""
    find = LocalPortCache.find_available_port
    with ExitStack() as others:

        def taken_at_once(cache: LocalPortCache, ip: str) -> int:
            port = find(cache, ip)
            others.enter_context(socket.create_server((ip, port)))
            return port

        monkeypatch.setattr(LocalPortCache, "find_available_port", taken_at_once)
        said = Said()
        assert execute(book, say=said) == 0, said


def test_kernels_run_where_the_folder_of_temporary_files_has_a_long_name(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = book / ("temporary-" * 12)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    said = Said()
    assert execute(book, say=said) == 0, said


def test_a_run_that_was_cancelled_leaves_no_task_that_fails(book: Path, tmp_path: Path) -> None:
    """On a busy machine others end more than a second after the first, and a task still looked."""
    failed: list[dict[str, Any]] = []
    at_work = tmp_path / "at-work"
    cell = f"import pathlib, time\npathlib.Path({str(at_work)!r}).touch()\ntime.sleep(600)"

    async def cancelled() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, told: failed.append(told))
        with Holder(book) as holder:
            running = asyncio.create_task(notebooks._run_cells(page(cell), book, holder))
            while not at_work.exists():
                await asyncio.sleep(0.01)
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await asyncio.sleep(1.5)
            gc.collect()

    asyncio.run(cancelled())
    assert failed == []


def test_no_process_outlives_an_execution(book: Path) -> None:
    with Holder(book) as holder:
        kernel = holder.fork(str(book / "no-such-connection"), str(book), False)
        assert kernel.pid
    with pytest.raises(ProcessLookupError):
        os.kill(kernel.pid, 0)
    assert kernel.poll() is not None


class Scripted:
    """A kernel's client whose channels say what they are told to, in answer to each question."""

    def __init__(self, *answers: list[str], alive: bool = True) -> None:
        self.answers, self.alive, self.asked = list(answers), alive, 0
        self.shell_channel = self.iopub_channel = self
        self.waiting: list[dict[str, Any]] = []

    def kernel_info(self) -> str:
        self.asked += 1
        for said in self.answers.pop(0) if self.answers else []:
            told, _, late = said.partition(" to ")
            content = {"execution_state": told} if told != "reply" else {}
            parent = {"msg_id": late or f"question {self.asked}"}
            self.waiting.append({"parent_header": parent, "content": content})
        return f"question {self.asked}"

    def get_msg(self, timeout: float) -> dict[str, Any]:
        if not self.waiting:
            raise Empty
        return self.waiting.pop(0)

    def is_alive(self) -> bool:
        return self.alive


@pytest.mark.parametrize(
    ("answers", "asked"),
    [
        ([["reply", "busy", "idle"]], 1),
        # Not yet there; there, but what it publishes is not heard yet; heard.
        ([[], ["reply"], ["reply", "busy", "idle"]], 3),
        # What is said to an earlier question is no answer to this one.
        ([["reply"], ["reply to question 1", "idle to question 1", "reply"], ["reply", "idle"]], 3),
    ],
)
def test_a_kernel_is_ready_when_it_answers_and_is_heard(
    answers: list[list[str]], asked: int
) -> None:
    client = Scripted(*answers)
    asyncio.run(notebooks._until_ready(client, 60))
    assert client.asked == asked
    assert client.waiting == []


def test_a_kernel_that_ends_or_never_answers_is_not_waited_for() -> None:
    with pytest.raises(DeadKernelError, match="ended before it answered"):
        asyncio.run(notebooks._until_ready(Scripted(["reply"], alive=False), 60))
    with pytest.raises(DeadKernelError, match=r"did not answer in 1e-09 seconds"):
        asyncio.run(notebooks._until_ready(Scripted(), 1e-9))


def test_what_kernels_are_forked_from_is_begun_first_and_only_where_a_notebook_will_run(
    ran: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []
    monkeypatch.setattr(forkserver, "ensure_running", lambda: begun.append("begun"))
    assert not warm.begin(ran)
    assert begun == []
    assert warm.begin(ran, everything=True)
    # A notebook that ran with the same outputs is not rewritten, and is not stale.
    data = ran / "data" / "review.toml"
    data.write_text(data.read_text("utf-8") + "\n", "utf-8")
    assert warm.begin(ran)
    monkeypatch.undo()
    assert execute(ran, say=Said()) == 0
    monkeypatch.setattr(forkserver, "ensure_running", lambda: begun.append("begun"))
    assert not warm.begin(ran)
    next(iter(notebooks_of(ran))).write_text("{", "utf-8")
    assert not warm.begin(ran), "what cannot be read is told by who runs it"
    assert len(begun) == 2
    # Nothing that takes long is imported by then.
    told = "import sys, synth.warm; print({'nbclient', 'nbformat', 'zmq'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
