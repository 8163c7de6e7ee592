"""Programs that build a book, run in a process forked from one that has imported what they need.

A book of two pages takes 1.7 processor seconds, and 1.1 of them are imports. What is run is the
program's own entry point, with its own arguments, output and exit code, in a process that has built
nothing yet.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from tempfile import TemporaryDirectory

IMPORTED = (
    *(
        "jupyter_book.cli.main",
        "jupyter_book.sphinx",
        "myst_nb.sphinx_ext",
        "myst_nb.ext.glue.domain",
    ),
    *("sphinx.cmd.build", "sphinx.builders.html", "sphinx.builders._epub_base"),
    *("sphinx_book_theme", "pydata_sphinx_theme", "altair", "bibtexparser", "pylatexenc"),
    *("jinja2.ext", "jinja2.sandbox", "myst_parser.sphinx_ext.directives", "synth.review"),
)
"""What every build imports; a name that is gone is imported by the build itself, or not at all."""


def run(program: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a program of the environment, as ``subprocess.run`` does with its output captured."""
    given = [program, *map(str, arguments)]
    with TemporaryDirectory() as place:
        said = [os.path.join(place, name) for name in ("stdout", "stderr")]
        server = _server()
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write(json.dumps([given, os.getcwd(), *said]) + "\n")
        server.stdin.flush()
        code = int(server.stdout.readline())
        texts = [Path(path).read_text("utf-8") for path in said]
    return subprocess.CompletedProcess(given, code, *texts)


@cache
def _server() -> subprocess.Popen[str]:
    """The process that the others are forked from; it ends with the tests, whose end it reads."""
    # -P: the folder of the tests holds modules of any name.
    command = [sys.executable, "-P", __file__]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def serve() -> None:
    """Run what is asked for, one program after the other."""
    for name in IMPORTED:
        try:
            import_module(name)
        except ImportError:
            continue
    book = import_module("synth.book")
    for part in book.PARTS:
        import_module(f"{book.__name__}.{part}")
    gc.freeze()
    for line in sys.stdin:
        (program, *arguments), folder, *said = json.loads(line)
        forked = os.fork()
        if not forked:
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            for number, path in enumerate(said, 1):
                os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), number)
            os.chdir(folder)
            sys.argv = [program, *arguments]
            (script,) = entry_points(group="console_scripts", name=program)
            sys.exit(script.load()())
        code = os.waitstatus_to_exitcode(os.waitpid(forked, 0)[1])
        sys.stdout.write(f"{code}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve()
