"""What nbval alone lets pass, refused by the plugin: unrun cells, swapped outputs, pictures."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import nbval.kernel
import pytest

from synth.testing import Holders
from synth.views.markup import compile_templates, environment

SHOW = "from IPython.display import display\n"
PICTURE = "display({'image/png': 'AAAA'}, raw=True)"
TWO = "display({'text/html': 'a'}, raw=True)\ndisplay({'text/plain': 'b'}, raw=True)"


def shown(**data: str) -> Any:
    bundle = {name.replace("_", "/"): text for name, text in data.items()}
    return nbformat.v4.new_output("display_data", bundle)


CASES: dict[str, tuple[str, int | None, list[Any]]] = {
    "same": (PICTURE, 1, [shown(image_png="AAAA")]),
    "both": (TWO, 1, [shown(text_html="a"), shown(text_plain="b")]),
    "unrun": (PICTURE, None, []),
    "swapped": (TWO, 1, [shown(text_plain="b"), shown(text_html="a")]),
    "other": (PICTURE, 1, [shown(image_png="BBBB")]),
    "missing": (PICTURE, 1, [shown(text_plain="AAAA")]),
}
"""The code of a cell, its stored count and its stored outputs."""


def test_a_review_is_read_once_for_all_its_notebooks(example_root: Path, tmp_path: Path) -> None:
    with Holders() as holders:
        holder = holders.of(example_root / "book")
        assert holder is not None
        assert holders.of(example_root) is holder
        assert holders.of(tmp_path) is None
        kernel = holder.fork(str(tmp_path / "no-such-connection"), str(tmp_path), True)
        assert kernel.pid
    assert kernel.poll() is not None, "no process outlives the run"


def test_each_kernel_finds_all_templates_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    compile_templates()
    compiled = environment()
    monkeypatch.setattr(compiled, "compile", None)
    assert all(compiled.get_template(name) for name in compiled.list_templates())


def test_nbval_lays_out_each_message_by_the_name_that_is_replaced() -> None:
    assert "pformat" in nbval.kernel.RunningKernel.get_message.__code__.co_names


@pytest.mark.slow
def test_the_plugin_refuses_what_nbval_lets_pass(tmp_path: Path) -> None:
    for name, (code, count, outputs) in CASES.items():
        cell = nbformat.v4.new_code_cell(SHOW + code, execution_count=count, outputs=outputs)
        nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / f"{name}.ipynb")
    options = "-q -p synth.testing -p no:cacheprovider -c /dev/null --nbval --nbval-current-env"
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *options.split(), str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    refused = set(re.findall(r"^FAILED .*?(\w+)\.ipynb", run.stdout, re.MULTILINE))
    assert refused == CASES.keys() - {"same", "both"}, run.stdout[-3000:]
