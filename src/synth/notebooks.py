"""Run the book's notebooks so that the same tables always store the same bytes.

Most of the time a notebook takes is its kernel starting and importing. Kernels here are forked
from one process that has already imported everything a page needs and read the review, and only
notebooks that are stale run; :mod:`synth.freshness` says which.
"""

from __future__ import annotations

import asyncio
import atexit
import copy
import gc
import json
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
import time
import weakref
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from queue import Empty
from threading import Thread
from typing import Any, cast

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import AsyncKernelManager, KernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from jupyter_core.utils import ensure_async, run_sync
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from synth import freshness
from synth.errors import Problem, ReviewError
from synth.freshness import notebooks_of
from synth.notebook_form import read_notebook, tidy, write_notebook
from synth.processors import processors
from synth.reading.rules import load_records
from synth.reading.textio import write_text
from synth.review import hold
from synth.views.charts.pictures import converted, keep_pictures
from synth.views.markup import compile_templates
from synth.views.view import WITHOUT_WIDGETS
from synth.warm import ONLY_INSTALLED, forking

_LONGEST = 90  # bytes of a folder of sockets: systems allow their names 104 and more
PICTURES = "_build/synth/pictures"
"""Folder, below that of a review, with the pictures of charts that kernels drew."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one notebook: ``"fresh"``, ``"same"``, ``"changed"`` or ``"failed"``."""

    notebook: Path
    state: str
    seconds: float = 0.0
    message: str = ""


def execute(
    root: Path,
    *,
    all: bool = False,  # noqa: A002 - the word of the command line's option
    check: bool = False,
    notebooks: Iterable[Path] | None = None,
    say: Callable[[str], None] = print,
) -> int:
    """Run the notebooks that are stale, and rewrite those whose outputs changed.

    Parameters
    ----------
    root : folder of the review.
    all : run every notebook, stale or not, and note that it is fresh even if its outputs stayed.
    check : rewrite nothing; tell which notebooks would change.
    notebooks : only these; by default every notebook of the book.
    say : where progress goes.

    Returns
    -------
    0; 1 when a notebook failed, or with *check* when one would change.

    Raises
    ------
    ReviewError : the review's tables cannot be read, or a notebook is damaged or not there.
    """
    chosen = [Path(path).resolve() for path in notebooks] if notebooks else notebooks_of(root)
    if not chosen:
        say(f"No notebook stands below {root / 'book'}.")
        return 0
    began = time.perf_counter()
    outcomes = Execution(root.resolve(), everything=all, check=check, say=say).run(chosen)
    count = dict.fromkeys(("fresh", "same", "changed", "failed"), 0)
    for outcome in outcomes:
        count[outcome.state] += 1
    verb = "would change" if check else "rewritten"
    say(
        f"{len(outcomes)} notebooks: {count['fresh']} up to date, {count['same']} run with the "
        f"same outputs, {count['changed']} {verb}, {count['failed']} failed "
        f"({time.perf_counter() - began:.1f} s)."
    )
    return int(count["failed"] > 0 or (check and count["changed"] > 0))


def stale(root: Path) -> list[Path]:
    """The notebooks that :func:`execute` would run now.

    Parameters
    ----------
    root : folder of the review.

    Raises
    ------
    ReviewError : the review's tables cannot be read.
    """
    held = Execution(root.resolve(), everything=False, check=True, say=print)
    return [path for path in notebooks_of(root.resolve()) if held._why_stale(path)]


class Execution:
    """One round over the notebooks of a review; the arguments are those of :func:`execute`."""

    def __init__(
        self, root: Path, *, everything: bool, check: bool, say: Callable[[str], None]
    ) -> None:
        self.root, self.everything, self.check, self.say = root, everything, check, say
        load_records(root)  # a review that cannot be read is told once, not by every notebook
        self.inputs = freshness.inputs(root)
        self.remembered = freshness.remembered(root)
        self.holder: Holder | None = None

    def run(self, notebooks: list[Path]) -> list[Outcome]:
        """Run what is stale; the outcomes come in the order of the notebooks."""
        outcomes: dict[Path, Outcome] = {}
        stale: list[Path] = []
        damaged: list[Problem] = []
        for path in notebooks:
            try:
                why = self._why_stale(path)
            except ReviewError as error:
                damaged += error.problems
                continue
            if why or self.everything:
                stale.append(path)
            else:
                outcomes[path] = Outcome(path, "fresh")
        if damaged:
            # One that nobody can read is mended first: all of them are told at once.
            raise ReviewError(damaged)
        if stale:
            # The largest first: begun last, one would run on alone when all others are done.
            stale.sort(key=lambda path: path.stat().st_size, reverse=True)
            with Holder(self.root) as self.holder:
                for outcome in _finished(self._run_stale(stale)):
                    outcomes[outcome.notebook] = outcome
            if not self.check:
                self._write_memory()
        return [outcomes[path] for path in notebooks]

    async def _run_stale(self, stale: list[Path]) -> list[Outcome]:
        room = asyncio.Semaphore(at_once(processors()))
        told = 0

        async def one(path: Path) -> Outcome:
            nonlocal told
            async with room:
                outcome = await self._run_one(path)
            told += 1
            name = path.relative_to(self.root) if path.is_relative_to(self.root) else path
            self.say(
                f"[{told}/{len(stale)}] {name}: {self._in_words(outcome)} ({outcome.seconds:.1f} s)"
            )
            if outcome.message:
                self.say(outcome.message)
            return outcome

        running = [asyncio.create_task(one(path)) for path in stale]
        try:
            return list(await asyncio.gather(*running))
        except BaseException:
            # What ends one ends all; what the kernels of the others say of it is no news.
            self.say = lambda line: None
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
            raise

    def _in_words(self, outcome: Outcome) -> str:
        if outcome.state == "changed":
            return "would change" if self.check else "rewritten"
        return {"same": "same outputs", "failed": "failed; left as it was"}[outcome.state]

    async def _run_one(self, path: Path) -> Outcome:
        began = time.perf_counter()
        notebook = read_notebook(path, self._name(path))
        before = _outputs(notebook)
        fresh = copy.deepcopy(notebook)
        try:
            await _run_cells(fresh, path.parent, self.holder)
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            return Outcome(path, "failed", time.perf_counter() - began, _where(path, fresh, error))
        tidy(fresh)
        known = notebook.metadata.get("synth", {}).get("executed", {})
        marks = freshness.marks(fresh, self.inputs)
        own = dict(fresh.metadata.get("synth", {}))
        own.pop("shown", None)
        fresh.metadata["synth"] = {**own, "executed": marks}
        seconds = time.perf_counter() - began
        self.remembered[self._name(path)] = marks
        same = _outputs(fresh) == before
        if same and {**known, "inputs": self.inputs} == marks:
            # Asked to run everything, the author also wants a new clone to find nothing stale.
            if self.everything and not self.check and known != marks:
                write_notebook(fresh, path)
            return Outcome(path, "same", seconds)
        if not self.check:
            write_notebook(fresh, path)
        return Outcome(path, "same" if same and self.check else "changed", seconds)

    def _why_stale(self, path: Path) -> str:
        notebook = read_notebook(path, self._name(path))
        why = freshness.why_stale(notebook, self.inputs)
        if not why or any(freshness.unfinished(notebook)):
            return why
        now = freshness.marks(notebook, self.inputs)
        return "" if self.remembered.get(self._name(path)) == now else why

    def _write_memory(self) -> None:
        target = self.root / freshness.REMEMBERED
        target.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(self.remembered, indent=1, sort_keys=True, ensure_ascii=False)
        write_text(target, text + "\n")

    def _name(self, path: Path) -> str:
        return os.path.relpath(path, self.root).replace(os.sep, "/")


def at_once(number: int) -> int:
    """How many notebooks run side by side.

    Most of a short notebook's time its kernel starts, answers or ends while no processor works:
    on two processors six take half as long as two. On a large machine what they hold in memory
    counts for more.

    Parameters
    ----------
    number : of processors, those that this process may use.

    >>> [at_once(number) for number in (1, 2, 8, 64)]
    [3, 6, 16, 72]
    """
    return min(3 * number, number + 8)


def _finished(running: Coroutine[Any, Any, list[Outcome]]) -> list[Outcome]:
    """Wait for the notebooks, also where an event loop runs already: in a notebook, in a test."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(running)
    with ThreadPoolExecutor(1) as beside:
        return beside.submit(asyncio.run, running).result()


# --- running ---------------------------------------------------------------------------------


class Holder:
    """A process that has read the review; each kernel forked from it finds it there.

    Reading 10,000 studies takes seconds, which every notebook would spend.

    Parameters
    ----------
    root : the review's root.
    pictures : where pictures of charts are kept; without it, beside the build.
    live : whether its kernels show live views, which draw all that a page shows.
    """

    def __init__(self, root: Path, pictures: Path | None = None, *, live: bool = False) -> None:
        self._asks, asked = multiprocessing.Pipe()
        self._listener = Listener(family="AF_UNIX")
        self._address = str(self._listener.address)
        self._draws = Thread(target=_draw_for_kernels, args=(self._listener,), daemon=True)
        self._draws.start()
        given = (root, pictures or root / PICTURES, asked, self._address, live)
        self._process = forking().Process(target=_hold, args=given)
        self._process.start()
        asked.close()

    def __enter__(self) -> Holder:
        return self

    def __exit__(self, *error: object) -> None:
        # At the end of what it is asked, it ends its kernels and itself.
        self._asks.close()
        self._process.join()
        with Client(self._address) as last:
            last.send_bytes(b"")
        self._draws.join()
        self._listener.close()

    def fork(self, *given: Any) -> _HeldKernel:
        """Fork a kernel.

        Parameters
        ----------
        *given : what :func:`_serve` takes.

        Raises
        ------
        DeadKernelError : the process is gone.
        """
        return _HeldKernel(self, self.ask(given))

    def ask(self, what: tuple[Any, ...] | int) -> Any:
        """Have a kernel forked, which gives its id; or ask by its id with what code it ended.

        Raises
        ------
        DeadKernelError : the process is gone.
        """
        try:
            self._asks.send(what)
            return self._asks.recv()
        except (EOFError, OSError) as error:
            told = "The process that had read the review ended, and its kernels with it."
            raise DeadKernelError(told) from error


def _draw_for_kernels(listener: Listener) -> None:
    """Draw the pictures that kernels ask for: one engine of scripts starts, and not one in each."""
    while True:
        with suppress(OSError, EOFError), listener.accept() as kernel:
            spec = kernel.recv_bytes().decode()
            if not spec:
                return
            try:
                drawn = converted(spec)
            except ValueError:
                drawn = ""  # the kernel says what is wrong with it
            kernel.send_bytes(drawn.encode())


def _hold(root: Path, pictures: Path, asked: Connection, drawer: str, live: bool) -> None:
    """Be a process that has read the review, until nobody asks any more."""
    os.chdir(root)
    keep_pictures(pictures, drawer)
    if live:
        compile_templates()  # each kernel would by itself
    with suppress(ReviewError):  # what became wrong just now is told by each notebook
        hold(root)
    # No kernel looks through what was read for something to give back: looking copies it.
    gc.collect()
    gc.freeze()
    kernels: dict[int, Any] = {}
    while True:
        try:
            what = asked.recv()
        except EOFError:
            return
        if isinstance(what, int):
            asked.send(kernels[what].exitcode)
            continue
        kernel = multiprocessing.get_context("fork").Process(
            target=_serve_held, args=(asked, *what), daemon=True
        )
        kernel.start()
        kernels[kernel.pid or 0] = kernel
        asked.send(kernel.pid)


def _serve_held(asked: Connection, *given: Any) -> None:
    asked.close()
    _serve(*given)


class ForkedKernel(LocalProvisioner):
    """A kernel forked from a process that has already imported what pages need."""

    widgets = True
    """Whether views make a live widget as well, which no notebook stores."""
    holder: Holder | None = None
    """The process that has read the review as well; without it, the kernel reads it."""

    async def launch_kernel(self, cmd: list[str], **options: Any) -> Any:
        """Fork a kernel on the connection file the manager wrote; *cmd* is not needed."""
        manager: Any = self.parent
        given = (manager.connection_file, str(options.get("cwd") or Path.cwd()), self.widgets)
        forked: _Forked | _HeldKernel
        if self.holder is not None:
            forked = self.holder.fork(*given)
        else:
            forked = _Forked(forking().Process(target=_serve, args=given, daemon=True))
        # The base class takes any process that can be polled, waited for and signalled.
        self.process = cast(Any, forked)
        self.pid = forked.pid
        self.cwd = options.get("cwd")
        return self.connection_info

    async def kill(self, restart: bool = False) -> None:
        """End the kernel, and wait until it has: the manager looks ten times a second only."""
        await super().kill(restart)
        with suppress(TimeoutError):
            async with asyncio.timeout(5):
                while await self.poll() is None:
                    await asyncio.sleep(0.005)


class _Process:
    """A process that answers as ``subprocess.Popen`` does."""

    stdin = stdout = stderr = None
    pid: int

    def poll(self) -> int | None:
        raise NotImplementedError

    def wait(self) -> int | None:
        while (code := self.poll()) is None:
            time.sleep(0.01)
        return code

    def send_signal(self, signum: int) -> None:
        os.kill(self.pid, signum)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class _Forked(_Process):
    """A process that this one had forked."""

    def __init__(self, process: Any) -> None:
        process.start()
        self._process = process
        self.pid = process.pid

    def poll(self) -> int | None:
        code: int | None = self._process.exitcode
        return code


class _HeldKernel(_Process):
    """A process that another one forked, and knows of."""

    def __init__(self, holder: Holder, pid: int) -> None:
        self._holder, self.pid = holder, pid

    def poll(self) -> int | None:
        try:
            code: int | None = self._holder.ask(self.pid)
        except DeadKernelError:
            return -signal.SIGKILL
        return code


def _serve(connection_file: str, folder: str, widgets: bool) -> None:
    """Be a kernel, in the forked process."""
    os.chdir(folder)
    # What a page begins by itself may import what lies beside it.
    os.environ.pop(ONLY_INSTALLED, None)
    if not widgets:
        os.environ[WITHOUT_WIDGETS] = "1"
    # The forked process inherits the terminal; what a kernel logs there is noise to authors.
    quiet = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(quiet, stream)
    from ipykernel.kernelapp import IPKernelApp

    # What authors typed elsewhere is theirs: on a full disk their history was taken for damaged and
    # put aside, and of several kernels that did so at once some ended.
    quietly = ("--IPKernelApp.log_level=50", "--HistoryManager.hist_file=:memory:")
    IPKernelApp.launch_instance(["-f", connection_file, *quietly])


async def _until_ready(client: Any, timeout: float | None = None) -> None:
    """Wait until a kernel answers, and until what it publishes arrives.

    Jupyter's own way waits for a fifth of a second in which the kernel is silent. This one goes on
    when the kernel says that it has answered.
    """
    deadline = time.monotonic() + (timeout or float("inf"))

    async def heard(channel: Any, state: str | None, wait: float) -> None:
        while True:
            message = await ensure_async(channel.get_msg(timeout=wait))
            said = message["content"].get("execution_state")
            if message["parent_header"].get("msg_id") == asked and said == state:
                return

    while True:
        asked = client.kernel_info()
        with suppress(Empty):
            await heard(client.shell_channel, None, 1)
            # Lost where this is not connected yet: then it is asked again.
            await heard(client.iopub_channel, "idle", 0.05)
            return
        if not await ensure_async(client.is_alive()):
            raise DeadKernelError("The kernel ended before it answered.")
        if time.monotonic() > deadline:
            raise DeadKernelError(f"The kernel did not answer in {timeout} seconds.")


class _WaitingClient(AsyncKernelClient):
    wait_for_ready = _until_ready


class _BlockingClient(BlockingKernelClient):
    wait_for_ready = run_sync(_until_ready)


def forked_kernel(manager: KernelManager) -> ForkedKernel:
    """Have a manager start its kernel by forking it, and wait for it no longer than it takes."""
    kernel = ForkedKernel(parent=manager, kernel_spec=manager.kernel_spec, kernel_id="synth")
    manager.provisioner = kernel
    # Sockets in a folder of its own: of ports, another program may take one between the moment it
    # is found free and that in which the kernel binds it, and the kernel ends.
    folder = tempfile.mkdtemp(prefix="synth-")
    weakref.finalize(kernel, shutil.rmtree, folder, ignore_errors=True)
    if len(os.fsencode(folder)) < _LONGEST:
        manager.transport, manager.ip = "ipc", f"{folder}/k"
    waits = isinstance(manager, AsyncKernelManager)
    manager.client_factory = _WaitingClient if waits else _BlockingClient
    # A kernel that does not listen yet is tried again after so many milliseconds; usual are 100.
    manager.context.reconnect_ivl = 10
    return kernel


class _Cells(NotebookClient):
    """What runs the cells of a notebook, and may be cancelled meanwhile."""

    async def _async_check_alive(self) -> None:
        # Each second a task of nbclient asks this, also of a run that was cancelled and has let go
        # of its kernel: there it failed, and Python told so with a traceback.
        if self.kc is None:
            raise DeadKernelError("The kernel is no longer needed.")
        await super()._async_check_alive()


async def _run_cells(notebook: Any, folder: Path, holder: Holder | None) -> None:
    """Run a notebook in place."""
    manager = AsyncKernelManager(kernel_name="python3")
    kernel = forked_kernel(manager)
    kernel.widgets, kernel.holder = False, holder
    client = _Cells(
        notebook,
        km=manager,
        timeout=600,
        startup_timeout=600,  # a busy machine is no fault of the kernel
        shutdown_kernel="immediate",
        store_widget_state=False,
        record_timing=False,
        resources={"metadata": {"path": str(folder)}},
    )
    # Whoever brings a manager shuts its kernel down; a hundred left running would fill the memory.
    try:
        await client.async_execute(cleanup_kc=True)
    finally:
        # For a kernel that did not start, nbclient leaves this to the end of the program, where it
        # fails with a traceback if the kernel is gone by then.
        atexit.unregister(client._cleanup_kernel)
        if client.km is not None and manager.has_kernel:
            await client._async_cleanup_kernel()


def _where(path: Path, notebook: Any, error: Exception) -> str:
    """Name the cell that failed, and the last lines of what it said."""
    for number, cell in enumerate(notebook.cells, start=1):
        for output in cell.get("outputs", []):
            if output["output_type"] == "error":
                return f"{path.name}: cell {number}: {output['ename']}: {output['evalue']}"
    return f"{path.name}: {error}"


# --- storing ---------------------------------------------------------------------------------


def _outputs(notebook: Any) -> list[Any]:
    """What a notebook stores beside its text: outputs and numbers of its code cells."""
    return [
        (cell.get("execution_count"), cell.get("outputs", []))
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]


def main() -> None:  # pragma: no cover - `python -m synth.notebooks` for the benchmark
    """Run the notebooks of the working folder from scratch."""
    sys.exit(execute(Path.cwd(), all=True))


if __name__ == "__main__":  # pragma: no cover
    main()
