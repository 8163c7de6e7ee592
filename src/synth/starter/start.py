"""What ``synth new`` does: look at what is there and what is given, then write, grow or refuse."""

from __future__ import annotations

from synth.errors import Problem, ReviewError
from synth.starter.project import Say, create, example, grow, is_review
from synth.starter.request import Request


def start(request: Request, *, execute: bool, dry_run: bool, say: Say) -> int:
    """Start a review, or add to one what it lacks.

    Parameters
    ----------
    request : what the author asks for.
    execute : run the notebooks.
    dry_run : say everything, write nothing.
    say : where messages go.

    Raises
    ------
    ReviewError : what is given cannot be used; every problem is named, and nothing was written.
    """
    try:
        return _start(request, execute=execute, dry_run=dry_run, say=say)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        problem = Problem("new-unwritable", str(request.folder), reason=reason)
        raise ReviewError([problem]) from error


def _start(request: Request, *, execute: bool, dry_run: bool, say: Say) -> int:
    target = request.folder.absolute()
    if target.name in ("", "..", "."):
        target = target.resolve()
    files = (request.table, request.bib, request.codebook)
    if is_review(target):
        if any(file is not None for file in files):
            raise ReviewError([Problem("new-review-there", str(request.folder))])
        return grow(target, execute=execute, dry_run=dry_run, say=say)
    if request.table is None:
        if any(file is not None for file in files):
            raise ReviewError([Problem("new-without-table", str(request.folder))])
        say("No --from: the book starts from a small example with two made-up studies.")
        draft = example()
    else:
        from synth.starter.importer import take_in

        draft = take_in(request, say)
    done = create(target, draft, execute=execute, dry_run=dry_run, say=say)
    if not dry_run:
        say(f"Next:\n  cd {request.folder}\n  make book")
    return done
