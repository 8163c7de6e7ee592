"""The explorer in JupyterLab with a real kernel: choices reach Python, and Python's reach it."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import nbformat
import pytest

from synth.review import Review

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Iterator[str]:
    """A JupyterLab of its own, in a folder with one notebook."""
    if find_spec("jupyterlab") is None:
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail("JupyterLab is not installed; requirements-dev.txt lists it")
        pytest.skip("JupyterLab is not installed; requirements-dev.txt lists it")
    folder = tmp_path_factory.mktemp("lab")
    cells = [
        f"from synth import Review\nreview = Review.load({str(root)!r})",
        'explorer = review.evidence().explorer(key="x")\nexplorer',
        "print('selected', len(explorer.selection), explorer.filters)",
        "explorer.filters = {'direction': 'barrier', 'since': 2015}",
        "review.by_country()",
        "review.framework()",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, folder / "explorer.ipynb")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = tmp_path_factory.mktemp("home")
    settings = {
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
    }
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += [f"--port={port}", "--ServerApp.port_retries=0", "--IdentityProvider.token="]
    command += [
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
    with (folder / "lab.log").open("w") as log:
        server = subprocess.Popen(
            command, cwd=folder, stdout=log, stderr=log, env={**os.environ, **settings}
        )
        address = f"http://127.0.0.1:{port}"
        for _ in range(2400):
            try:
                urllib.request.urlopen(f"{address}/api/status", timeout=2).close()
                break
            except OSError:
                assert server.poll() is None, (folder / "lab.log").read_text()
                time.sleep(0.25)
        yield address
        server.terminate()
        server.wait(timeout=120)


@pytest.fixture(scope="module")
def notebook(lab: str, browser: Any) -> Iterator[Any]:
    """The notebook in a browser, its first two cells run."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.set_default_timeout(240_000)
    page.goto(f"{lab}/lab/tree/explorer.ipynb?reset")
    page.locator(".jp-CodeCell").nth(5).wait_for()
    page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").first.wait_for()
    for number in range(2):
        run_cell(page, number)
    page.locator(".synth-explorer[data-ready=true]").wait_for()
    yield page
    # A style of the book asks for its faces; in a notebook there are none.
    assert not [text for text in complaints if "downloaded font" in text], complaints
    context.close()


def run_cell(page: Any, number: int) -> None:
    """Run a cell by its keys, and wait until the kernel has answered.

    On a busy machine JupyterLab shows a notebook before it listens to the keyboard, and a key
    pressed by then is lost; or it asks which kernel to take, because none has come yet. So what it
    asks is answered as it proposes, and the key is pressed until the cell says that it runs: its
    prompt is another one at once, a star and later a number.
    """
    from playwright.sync_api import Error, expect

    prompt = page.locator(".jp-CodeCell .jp-InputPrompt").nth(number)
    asked, before = page.locator(".jp-Dialog"), prompt.text_content()
    said: list[str] = []
    while prompt.text_content() == before:
        assert len(said) < 50, f"cell {number} does not run; JupyterLab asks: {set(said)}"
        said.append("; ".join(asked.all_text_contents()))
        with suppress(AssertionError, Error):
            if said[-1]:
                asked.locator(".jp-mod-accept").first.click(timeout=5_000)
            page.locator(".jp-CodeCell .jp-InputArea-editor").nth(number).click(timeout=5_000)
            page.keyboard.press("Control+Enter")
            expect(prompt).not_to_have_text(before, timeout=5_000)
    expect(prompt).to_have_text(re.compile(r"\[\d+\]:"), timeout=240_000)


def test_what_a_reader_chooses_reaches_python(notebook: Any, root: Path) -> None:
    notebook.locator("input[data-facet=level][value=macro]").check()
    notebook.locator(".synth-explorer input[type=search]").fill("stigma")
    expected = Review.load(root).evidence().where(level="macro", q="stigma")
    notebook.locator(f".synth-explorer output[data-count='{len(expected)}']").wait_for()
    run_cell(notebook, 2)
    told = notebook.get_by_text(f"selected {len(expected)} ")
    told.wait_for()
    assert "'level': ['macro']" in told.text_content()
    assert "'q': ['stigma']" in told.text_content()


def test_what_python_chooses_moves_the_view(notebook: Any, root: Path) -> None:
    run_cell(notebook, 3)
    expected = Review.load(root).evidence().where(direction="barrier", since=2015)
    notebook.locator(f".synth-explorer output[data-count='{len(expected)}']").wait_for()
    shown = notebook.evaluate("document.querySelector('.synth-explorer').findings")
    assert shown == list(expected.ids)
    assert notebook.locator("input[data-facet=direction][value=barrier]").is_checked()
    assert not notebook.locator("input[data-facet=level][value=macro]").is_checked()


def test_the_address_of_the_notebook_is_left_alone(notebook: Any) -> None:
    assert "x." not in notebook.url.partition("?")[2]


def test_exports_work_without_a_book(notebook: Any, root: Path) -> None:
    run_cell(notebook, 3)
    expected = Review.load(root).evidence().where(direction="barrier", since=2015)
    notebook.locator(f".synth-explorer output[data-count='{len(expected)}']").wait_for()
    notebook.locator(".ex-menu summary", has_text="Export").click()
    with notebook.expect_download() as started:
        notebook.locator(".ex-sheet button[value=json]").click()
    items = json.loads(Path(started.value.path()).read_text("utf-8"))
    assert items
    assert all("barrier" in item["keyword"] for item in items)


def test_a_figure_says_its_downloads_in_words(notebook: Any) -> None:
    run_cell(notebook, 4)
    figure = notebook.locator(".jp-CodeCell").nth(4).locator(".synth-figure")
    table = figure.get_by_role("button", name="CSV")
    table.wait_for()
    with notebook.expect_download() as started:
        table.click()
    lines = Path(started.value.path()).read_text("utf-8-sig").splitlines()
    assert lines[0].split(",")[0].isidentifier()
    assert not any(line.startswith("'") for line in lines)


def test_the_kernel_gives_the_csv_of_the_framework_when_it_is_saved(
    notebook: Any, root: Path
) -> None:
    run_cell(notebook, 5)
    table = notebook.locator(".synth-framework").get_by_role("button", name="CSV")
    table.wait_for()
    for _ in range(2):
        with notebook.expect_download() as started:
            table.click()
        saved = Path(started.value.path()).read_bytes().decode("utf-8-sig")
        assert named(saved) == named(Review.load(root).framework().to_csv())


def named(text: str) -> list[str]:
    """The findings of a CSV file, row by row."""
    return [row["finding"] for row in csv.DictReader(io.StringIO(text, newline=""))]
