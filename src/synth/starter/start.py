"""What ``synth new`` does: look at what is there and what is given, then write, grow or refuse."""

from __future__ import annotations

import shlex

from synth.errors import Problem, ReviewError
from synth.starter.project import Say, create, example, grow, is_review
from synth.starter.request import Ask, Request
from synth.text import listed


def start(
    request: Request, *, execute: bool, dry_run: bool, say: Say, ask: Ask | None = None
) -> int:
    """Start a review, or add to one what it lacks.

    Parameters
    ----------
    request : what the author asks for.
    execute : run the notebooks.
    dry_run : say everything, write nothing.
    say : where messages go.
    ask : asks the author; without it the answer that is proposed is taken and told.

    Raises
    ------
    ReviewError : what is given cannot be used; every problem is named, and nothing was written.
    """
    try:
        return _start(request, execute=execute, dry_run=dry_run, say=say, ask=ask)
    except BrokenPipeError:
        # Whoever read what was said has seen enough; the folder is not to blame.
        raise
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        problem = Problem("new-unwritable", str(request.folder), reason=reason)
        raise ReviewError([problem]) from error


def _start(request: Request, *, execute: bool, dry_run: bool, say: Say, ask: Ask | None) -> int:
    target = request.folder.absolute()
    if target.name in ("", "..", "."):
        target = target.resolve()
    if is_review(target):
        if request.tables or request.for_a_table:
            raise ReviewError([Problem("new-review-there", str(request.folder))])
        return grow(target, execute=execute, dry_run=dry_run, say=say)
    if not request.tables:
        if given := listed(request.for_a_table):
            raise ReviewError([Problem("new-without-table", str(request.folder), value=given)])
        say("No --from: the book starts from a small example with two made-up studies.")
        draft = example()
    else:
        from synth.starter.importer import take_in

        taken = take_in(request, say, ask)
        for line in taken.report.lines():
            say(line)
        draft = taken.draft
    done = create(target, draft, execute=execute, dry_run=dry_run, say=say)
    if not dry_run:
        say(f"Next:\n  cd {shlex.quote(str(request.folder))}\n  make book")
    return done
