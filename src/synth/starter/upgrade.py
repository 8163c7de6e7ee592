"""``synth upgrade``: bring an older review's frame to the installed version, and nothing else.

The frame's files are merged three ways: as the older library wrote them, as the team has them now,
as the library writes them today. Tables, pages and bibliography are never touched; an entry for the
next version is left in ``data/versions.toml``.
"""

from __future__ import annotations

import difflib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from synth.errors import Problem, ReviewError
from synth.reading.settings import SETTINGS_FILE, read_settings
from synth.reading.textio import rights
from synth.reading.versions import VERSIONS_FILE, with_entry
from synth.starter import frame, wheel
from synth.version import DISTRIBUTION

Say = Callable[[str], None]

KEPT = ".synth/before-upgrade"
"""Where files go that an upgrade replaces or removes in a review without git."""
# What version 1's `synth new` wrote beside the frame: the library itself.
_COPIED = ("src/synth", "src/LICENSE", "pyproject.toml")


@dataclass
class Plan:
    """What an upgrade will do, before any of it is done.

    Parameters
    ----------
    write : new contents by path.
    remove : paths that go.
    conflicts : for each file that both sides changed in the same lines, both versions with marks.
    dropped : lines of version 1's requirements that the library no longer needs.
    absent : files of the frame that the team deleted; they stay away.
    """

    write: dict[str, bytes] = field(default_factory=dict)
    remove: list[str] = field(default_factory=list)
    conflicts: dict[str, str] = field(default_factory=dict)
    dropped: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.write or self.remove or self.conflicts)


def upgrade(root: Path, *, dry_run: bool, say: Say) -> int:
    """Bring the frame of a review to the installed version of the library.

    Parameters
    ----------
    root : the review's root.
    dry_run : say what would change, with the changed lines, and change nothing.
    say : where it is told.

    Returns
    -------
    0 when all is done or nothing was to be done, 1 when a file has to be settled by hand.

    Raises
    ------
    ReviewError : the review was written by a newer library, holds changes that git has not kept, or
        the folder cannot be written.
    """
    settings, problems = read_settings(root)
    if errors := [problem for problem in problems if problem.severity == "error"]:
        raise ReviewError(errors)
    built = wheel.build()
    version, since, base = _before(root, built[0])
    plan = _plan(root, base, frame.written(settings, built if _vendored(root) else None))
    if plan and (entry := with_entry(root, date.today())):
        plan.write[VERSIONS_FILE] = entry.encode()
    for name, file in frame.FRAME_FILES.items():
        if file in plan.absent:
            kept = f"{frame.BASE}/{name}"
            say(f"{file} was deleted here and stays away; to have it back, copy {kept} there.")
    if not plan:
        say(f"This review is at version {version} of the library already; nothing to do.")
        return 0
    say(f"From version {since} of the library to {version}:")
    for line in _told(root, plan, lines=dry_run):
        say(line)
    if dry_run:
        say("Nothing was changed. Without --dry-run it is done.")
        return 0
    in_git = _in_git(root)
    if in_git:
        _refuse_unsaved(root, plan)
    _carry_out(root, plan, keep=not in_git)
    if not in_git:
        say(f"What was replaced or removed lies in {KEPT}/.")
    if plan.conflicts:
        say("")
        for file, text in plan.conflicts.items():
            say(f"{file}: you and the library changed the same lines. Your file stands as it was;")
            say(f"  the library's lies beside it as {file}.new. Both, with marks:")
            say("\n".join(f"  {line}" for line in text.rstrip("\n").split("\n")))
        say("Settle these by hand, delete the .new files, then: make book && make test")
        return 1
    if VERSIONS_FILE in plan.write:
        say(f"{VERSIONS_FILE}: an entry waits for your next version; say in it what is new.")
    say("Next: make book && make test")
    return 0


def _before(root: Path, version: str) -> tuple[str, str, dict[str, str]]:
    """The present version, the version that wrote the frame, and the frame as it wrote it.

    Raises
    ------
    ReviewError : the review is newer than the library, or was not made by it.
    """
    from packaging.version import Version

    path = root / frame.STATE
    if path.is_file():
        try:
            since, filling = frame.read_state(path.read_text("utf-8"))
        except ValueError as error:
            problem = Problem("frame-state-malformed", frame.STATE, reason=str(error))
            raise ReviewError([problem]) from error
        if Version(since).release > Version(version).release:
            place = ("frame-newer", frame.STATE, 0, "version")
            raise ReviewError([Problem(*place, since=since, version=version)])
        kept = {
            file: (root / frame.BASE / name).read_text("utf-8")
            for name, file in frame.FRAME_FILES.items()
            if (root / frame.BASE / name).is_file()
        }
        return version, since, kept or frame.rendered(filling)
    if not (root / "src/synth/__init__.py").is_file():
        raise ReviewError([Problem("frame-missing", str(root))])
    settings, _ = read_settings(root)
    filling = frame.Filling.of(settings)
    # The title may have been changed in one of the two places since.
    config = root / "_config.yml"
    title = frame.title_in_config(config.read_text("utf-8")) if config.is_file() else None
    filling = frame.Filling(title or filling.title, filling.question, filling.year)
    return version, "1", frame.rendered(filling, "frame-1")


def _vendored(root: Path) -> bool:
    """Whether the review carries its library; one that has no requirement of it yet will."""
    path = root / frame.REQUIREMENTS
    text = path.read_text("utf-8") if path.is_file() else ""
    return (root / frame.VENDOR).is_dir() or f"\n{DISTRIBUTION}==" not in text


def _plan(root: Path, base: Mapping[str, str], new: Mapping[str, bytes]) -> Plan:
    plan = Plan()
    frame_files = set(frame.FRAME_FILES.values())
    for file, content in new.items():
        path = root / file
        yours = path.read_bytes() if path.is_file() else None
        if file in frame_files:
            _merge(plan, file, yours, base.get(file), content)
        elif file == frame.REQUIREMENTS:
            _require(plan, root, yours, content)
        elif yours != content:
            plan.write[file] = content
    for path in sorted((root / frame.VENDOR).glob(f"{DISTRIBUTION}-*.whl")):
        if (file := path.relative_to(root).as_posix()) not in new:
            plan.remove.append(file)
    if not (root / frame.STATE).is_file():
        plan.remove += [file for file in _COPIED if (root / file).exists()]
    return plan


def _merge(plan: Plan, file: str, yours: bytes | None, base: str | None, new: bytes) -> None:
    """What becomes of one file of the frame."""
    if yours is None:
        # Deleted by the team: it stays away. Not known to the older library: it is new.
        if base is None:
            plan.write[file] = new
        else:
            plan.absent.append(file)
        return
    mine, theirs = _lines_ends(yours), _lines_ends(new)
    was = _lines_ends((base or "").encode())
    if mine == theirs or theirs == was:
        return
    if mine == was:
        plan.write[file] = new
        return
    merged, conflict = _merged(mine, was, theirs)
    if conflict:
        plan.conflicts[file] = merged
        plan.write[f"{file}.new"] = new
    else:
        plan.write[file] = merged.encode()


def _require(plan: Plan, root: Path, yours: bytes | None, new: bytes) -> None:
    """The pins are the library's; lines that the team added to them are kept."""
    kept = root / frame.BASE / frame.REQUIREMENTS
    mine = _lines_ends(yours or b"").splitlines()
    if not kept.is_file():
        names = {line.split("==")[0] for line in _lines_ends(new).splitlines()}
        plan.dropped = [
            line
            for line in mine
            if line.split("==")[0] not in names and not line.startswith(("#", "-e ."))
        ]
        added = []
    else:
        came = set(kept.read_text("utf-8").splitlines())
        added = [line for line in mine if line not in came]
    text = new + "".join(f"{line}\n" for line in added).encode()
    if yours is None or _lines_ends(yours) != _lines_ends(text):
        plan.write[frame.REQUIREMENTS] = text


def _lines_ends(content: bytes) -> str:
    return content.decode("utf-8", errors="replace").replace("\r\n", "\n")


def _merged(yours: str, base: str, new: str) -> tuple[str, bool]:
    """The three-way merge of a text, and whether both sides changed the same lines."""
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for name, text in (("yours", yours), ("base", base), ("new", new)):
            path = Path(folder) / name
            path.write_text(text, "utf-8", newline="\n")
            names.append(str(path))
        labels = ["-L", "yours", "-L", "as it came", "-L", "new"]
        try:
            # Needs the program, no repository.
            run = subprocess.run(
                ["git", "merge-file", "-p", "--diff3", *labels, *names],
                capture_output=True,
                text=True,
                encoding="utf-8",
                check=False,
            )
        except FileNotFoundError:
            changed = difflib.unified_diff(
                yours.splitlines(), new.splitlines(), "yours", "new", lineterm=""
            )
            return "\n".join(changed) + "\n", True
        return run.stdout, run.returncode != 0


def _told(root: Path, plan: Plan, *, lines: bool) -> Iterable[str]:
    """What is planned, a line a file; with the lines that change where that was asked for."""
    for file, content in sorted(plan.write.items()):
        if file.startswith(f"{frame.BASE}/") or file == frame.STATE:
            continue
        path = root / file
        yield f"  {'changed' if path.exists() else 'new'}: {file}"
        if lines and path.exists() and file in frame.FRAME_FILES.values():
            before, after = _lines_ends(path.read_bytes()), _lines_ends(content)
            for line in difflib.unified_diff(
                before.splitlines(), after.splitlines(), lineterm="", n=0
            ):
                if not line.startswith(("---", "+++", "@@")):
                    yield f"      {line}"
    if plan.dropped:
        yield f"  no longer required: {', '.join(plan.dropped)} (add back what you need yourself)"
    for file in plan.remove:
        yield f"  removed: {file}"
    for file in plan.conflicts:
        yield f"  to settle by hand: {file} (you and the library changed the same lines)"


# --- nothing is lost ----------------------------------------------------------------------------


def _git(root: Path, *arguments: str) -> str | None:
    """What git answers, or ``None`` where it does not."""
    try:
        run = subprocess.run(
            ["git", "-C", str(root), *arguments],
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
    except FileNotFoundError:
        return None
    return run.stdout if run.returncode == 0 else None


def _in_git(root: Path) -> bool:
    """Whether git keeps the review's files: it is a repository and knows its settings."""
    return bool(_git(root, "ls-files", "--", SETTINGS_FILE))


def _refuse_unsaved(root: Path, plan: Plan) -> None:
    """Refuse to replace or remove what git could not give back."""
    concerned = [file for file in (*plan.write, *plan.remove) if (root / file).exists()]
    told = _git(root, "status", "--porcelain", "--ignored", "--", *concerned) or ""
    unsaved = [line[3:] for line in told.splitlines() if "__pycache__" not in line]
    if unsaved:
        shown = ", ".join(unsaved[:3]) + (" …" if len(unsaved) > 3 else "")
        raise ReviewError([Problem("frame-unsaved", str(root), shown=shown)])


def _carry_out(root: Path, plan: Plan, *, keep: bool) -> None:
    """Do all of a plan or nothing: files are written beside first, then take their places.

    The record of what was done is written last, so that a run that was cut off is done again.
    """
    staging = Path(tempfile.mkdtemp(prefix=".synth-upgrade-", dir=root))
    try:
        for file, content in plan.write.items():
            path = staging / "new" / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        kept = root / KEPT if keep else staging / "old"
        done: list[tuple[Path, Path | None]] = []
        try:
            for file in plan.remove:
                _set_aside(root / file, kept / file)
                done.append((root / file, kept / file))
            for file in sorted(plan.write, key=lambda name: (name == frame.STATE, name)):
                target, old = root / file, None
                if target.exists():
                    old = kept / file
                    old.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy2(target, old)
                target.parent.mkdir(parents=True, exist_ok=True)
                done.append((target, old))
                os.replace(staging / "new" / file, target)
                if file in frame.PROGRAMS:
                    target.chmod(rights(0o777))
        except BaseException:
            for target, old in reversed(done):
                if old is None:
                    target.unlink(missing_ok=True)
                elif old.exists():
                    _set_aside(old, target)
            raise
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    empty = root / "src"
    if empty.is_dir() and not any(empty.iterdir()):
        empty.rmdir()


def _set_aside(path: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.is_dir():
        shutil.rmtree(target)
    shutil.move(path, target)
