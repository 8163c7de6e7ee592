"""Pages read and written by as many processes as the machine has processors.

What Sphinx offers for that is asked for on the command line, which Jupyter Book does not pass on,
and it starts a process for each dozen of pages, each of which sends all that is known of the book
back. Here the process that builds the book is forked once for each further processor when pages are
read, and once when they are written; all of them, the first too, take the next page from one list
until there is none. What was loaded before is there in each of them.

Warnings are said in the order of the pages, as one process says them.
"""

from __future__ import annotations

import gc
import inspect
import multiprocessing
import os
import pickle
import struct
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from logging import LogRecord
from typing import IO, TYPE_CHECKING, Any, NamedTuple, cast

from docutils.utils import new_document
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.errors import SphinxParallelError
from sphinx.util import logging
from sphinx.util.build_phase import BuildPhase

from synth.processors import processors

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkProcess

    from docutils import nodes
    from sphinx.environment import BuildEnvironment

logger = logging.getLogger(__name__)

PROCESSES = "synth_processes"
"""The setting that says how many processes build a book; 0 is one for each processor."""

AT_HOME = "synth_at_home"
"""Key of a page's metadata: it is written by the first process, which needs again what the page
shows."""

MOST = 8
"""Processes beyond which the memory of each costs more than its time is worth."""

SILENT = frozenset({"sphinx_jupyterbook_latex", "sphinx_multitoc_numbering"})
"""Extensions of Jupyter Book that do not say whether pages may be read by several processes: the
first changes nothing but the page that is read, the second acts when all are."""


def setup(app: Sphinx) -> None:
    """Share out the pages of a book of HTML."""
    app.add_config_value(PROCESSES, 0, "", int)
    if not can_share(StandaloneHTMLBuilder):
        return  # Sphinx builds as it does without this part, and all other parts as they do here
    if app.registry.builders.get("html") is StandaloneHTMLBuilder:
        app.add_builder(SharedBuilder, override=True)
    app.connect("env-before-read-docs", allow_processes)


def can_share(builder: type) -> bool:
    """Whether Sphinx still calls by these names what is replaced, and what is called, here.

    Parameters
    ----------
    builder : Sphinx's builder of HTML.
    """
    needed = {
        "_read_parallel": ["self", "docnames", "nproc"],
        "_write_parallel": ["self", "docnames", "nproc"],
        "_write_serial": ["self", "docnames"],
        "read_doc": ["self", "docname", "_cache"],
    }
    return all(
        callable(held := getattr(builder, name, None))
        and list(inspect.signature(held).parameters) == parameters
        for name, parameters in needed.items()
    )


def processes_of(app: Sphinx) -> int:
    """How many processes build the book."""
    asked = int(getattr(app.config, PROCESSES))
    if asked > 0 or not sys.platform.startswith("linux"):
        # Elsewhere a fork may end in what the system's own libraries do in other threads.
        return max(asked, 1)
    return min(processors(), MOST)


def allow_processes(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Use several processes where every extension allows it.

    One that does not is no reason for a warning: nobody asked for several processes.
    """
    for name in SILENT & app.extensions.keys():
        extension = app.extensions[name]
        if app.builder.format == "html" and extension.parallel_read_safe is None:
            extension.parallel_read_safe = True
    every = app.extensions.values()
    if all(one.parallel_read_safe and one.parallel_write_safe for one in every):
        app.parallel = max(app.parallel, processes_of(app))
    # Not asked where one process builds: the answer counts what is held, object by object.
    if app.parallel > 1 and not gc.get_freeze_count():
        # What was imported stays as long as the build: it is not looked through for garbage.
        gc.freeze()
        app.connect("build-finished", lambda *_: gc.unfreeze())


def import_what_draws() -> None:
    """Import what notebooks' views are drawn with, before each process would."""
    from synth.views.charts.chart import altair_with_look

    altair_with_look()


# --- sharing out ---------------------------------------------------------------------------------


class Share(NamedTuple):
    """What a process did for the one it was forked from."""

    names: list[str]
    left: Any


class _Answer(NamedTuple):
    done: list[str]
    said: dict[str, list[LogRecord]]
    failed: dict[str, Exception]
    left: Any


def shared_out(
    names: Sequence[str],
    work: Callable[[str], object],
    leave: Callable[[], object],
    processes: int,
    first: Sequence[str] = (),
) -> list[Share]:
    """Do some work for each of many pages, in this process and in others that are forked from it.

    Parameters
    ----------
    names : the pages, those that take longest first.
    work : done once for each of them.
    leave : gives, in each of the other processes, what this one has to know of its work.
    processes : how many take part, this one too.
    first : pages that this process takes before the others, the very first of them while it is
        still alone.

    Returns
    -------
    For each of the other processes, the pages it took and what it left.

    Raises
    ------
    Exception : whatever the work raised, in whichever process; of several, that of the first page.
    """
    rest = [name for name in names if name not in set(first)]
    said: dict[str, list[LogRecord]] = {}
    failed: dict[str, Exception] = {}
    answers: list[_Answer] = []

    def do(name: str) -> None:
        said[name], error = _listened(work, name)
        if error is not None:
            failed[name] = error

    for name in first[:1]:
        do(name)
    context = multiprocessing.get_context("fork")
    others: list[tuple[ForkProcess, Connection]] = []
    number = min(processes, len(rest)) - 1
    # Not asked where nothing is shared out: the answer counts what is held, object by object.
    held = number < 1 or gc.get_freeze_count() > 0
    if number > 0:
        # What stands in memory now stays: no process looks through it for what could be thrown
        # away, which would copy all of it.
        gc.collect()
        gc.freeze()
    with tempfile.TemporaryFile(buffering=0) as turns:
        turns.write(b"".join(struct.pack("I", at) for at in range(len(rest))))
        turns.seek(0)
        try:
            for _ in range(number):
                ours, theirs = context.Pipe(duplex=False)
                told = (turns, rest, work, leave, theirs)
                process = context.Process(target=_take_part, args=told)
                process.start()
                theirs.close()
                others.append((process, ours))
            for name in first[1:]:
                do(name)
            for at in _taken(turns):
                logger.info("[%3d%%] %s", round(100 * (at + 1) / len(rest)), rest[at])
                do(rest[at])
                if failed:
                    # Nobody goes on.
                    turns.seek(0, os.SEEK_END)
            for process, ours in others:
                answers.append(_answer_of(process, ours))
        finally:
            if not held:
                gc.unfreeze()
            for process, ours in others:
                if len(answers) < len(others):
                    process.terminate()
                process.join()
                ours.close()
    for answer in answers:
        said |= answer.said
        failed |= answer.failed
    for name in sorted(said):
        for record in said[name]:
            logger.handle(record)
    if failed:
        raise failed[min(failed)]
    return [Share(answer.done, answer.left) for answer in answers]


def _taken(turns: IO[bytes]) -> Iterator[int]:
    """The numbers that are this process's: all share the place in the file where they read."""
    size = struct.calcsize("I")
    while len(number := os.read(turns.fileno(), size)) == size:
        yield struct.unpack("I", number)[0]


def _listened(work: Callable[[str], object], name: str) -> tuple[list[LogRecord], Exception | None]:
    """Do the work for a page; what was said meanwhile is said later, in the order of the pages."""
    error = None
    with logging.suppress_logging() as held:
        try:
            work(name)
        except Exception as raised:
            error = raised
        return held.clear(), error


def _take_part(
    turns: IO[bytes],
    names: Sequence[str],
    work: Callable[[str], object],
    leave: Callable[[], object],
    answer: Connection,
) -> None:
    said: dict[str, list[LogRecord]] = {}
    failed: dict[str, Exception] = {}
    for at in _taken(turns):
        name = names[at]
        said[name], error = _listened(work, name)
        logging.convert_serializable(said[name])
        if error is not None:
            failed[name] = _sendable(error)
            turns.seek(0, os.SEEK_END)
    answer.send(_Answer(list(said), said, failed, None if failed else leave()))


def _sendable(error: Exception) -> Exception:
    """An error as it is, or as what can be said of it where it cannot be sent."""
    with suppress(Exception):
        pickle.loads(pickle.dumps(error))
        return error
    told = traceback.format_exception_only(error)[0].strip()
    return SphinxParallelError(told, "".join(traceback.format_exception(error)))


def _answer_of(process: ForkProcess, ours: Connection) -> _Answer:
    try:
        return cast(_Answer, ours.recv())
    except EOFError:
        process.join()
        message = (
            f"A process that built pages ended with code {process.exitcode} before it was done; "
            f"perhaps there was not enough memory. With `{PROCESSES}: 1` under `sphinx: config:` "
            "in _config.yml one process builds all pages."
        )
        raise SphinxParallelError(message, "") from None


# --- the builder ---------------------------------------------------------------------------------


class SharedBuilder(StandaloneHTMLBuilder):
    """Sphinx's builder of HTML, whose pages several processes read and write.

    Where Sphinx finds that it may use several processes it calls what is replaced here.
    """

    _titles: dict[str, str] | None = None

    def _read_parallel(self, docnames: list[str], nproc: int) -> None:
        for docname in docnames:
            self.events.emit("env-purge-doc", self.env, docname)
            self.env.clear_doc(docname)
        if any(os.fspath(self.env.doc2path(name)).endswith(".ipynb") for name in docnames):
            import_what_draws()
        # A notebook is as long as what it shows.
        longest = sorted(docnames, key=lambda name: -os.path.getsize(self.env.doc2path(name)))
        shares = shared_out(
            longest,
            lambda docname: self.read_doc(docname, _cache=False),
            lambda: pickle.dumps(self.env, pickle.HIGHEST_PROTOCOL),
            nproc,
        )
        for names, left in shares:
            self.env.merge_info_from(names, pickle.loads(left), self.app)
        # Chapters are numbered in this order, which is that in which one process reads.
        for docname in sorted(self.env.tocs):
            self.env.tocs[docname] = self.env.tocs.pop(docname)

    def _write_parallel(self, docnames: Sequence[str], nproc: int) -> None:
        about = self.env.metadata
        if len(docnames) < 6 or not all("nosearch" in about[name] for name in docnames):
            # What Sphinx keeps of the words of a page for its search would have to be sent.
            self._write_serial(docnames)
            return
        place = os.path.join(self.doctreedir, "{}.doctree")
        # With its first page this process compiles the templates for all.
        home = [self.config.root_doc] if self.config.root_doc in docnames else []
        home += [name for name in docnames if AT_HOME in about[name] and name not in home]
        longest = sorted(docnames, key=lambda name: -os.path.getsize(place.format(name)))
        self._titles = {}
        # Sphinx keeps one process back, which only hands out pages.
        shares = shared_out(
            longest,
            self._write_page,
            lambda: (self.images, self._titles),
            self.app.parallel,
            home,
        )
        for _, (images, titles) in shares:
            self.images.update(images)
            for docname, title in titles.items():
                super().index_page(docname, new_document(docname), title)
        self._titles = None

    def _write_page(self, docname: str) -> None:
        # Newer versions of Sphinx keep the phase with the builder.
        holder = self if hasattr(StandaloneHTMLBuilder, "phase") else self.app
        holder.phase = BuildPhase.RESOLVING  # type: ignore[union-attr]
        doctree = self.env.get_and_resolve_doctree(docname, self)
        holder.phase = BuildPhase.WRITING  # type: ignore[union-attr]
        self.write_doc_serialized(docname, doctree)
        self.write_doc(docname, doctree)

    def index_page(self, pagename: str, doctree: nodes.document, title: str) -> None:
        """Index a page for the search, and note its title for the process that will."""
        if self._titles is not None:
            self._titles[pagename] = title
        super().index_page(pagename, doctree, title)
