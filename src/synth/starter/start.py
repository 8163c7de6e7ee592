"""What ``synth new`` does: look at what is there and what is given, then write, grow or refuse."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from synth.errors import Problem, ReviewError
from synth.starter.project import Say, create, example, grow, is_review


@dataclass(frozen=True, slots=True)
class Request:
    """What an author asks for.

    Parameters
    ----------
    folder : where the review is, or shall be.
    table, bib, codebook : the author's files; ``None`` for those that are not given.
    columns : which column of the table holds what, as in ``"study=Paper,theme=Code"``.
    title, question, citation : words for the book; drafted if empty.
    ranks : names of the codebook's ranks, separated by commas; drafted if empty.
    """

    folder: Path
    table: Path | None = None
    bib: Path | None = None
    codebook: Path | None = None
    columns: tuple[str, ...] = ()
    title: str = ""
    question: str = ""
    citation: str = ""
    ranks: str = ""


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
        message = f"The folder cannot be written: {reason}."
        hint = "Nothing was written. Is there room on the disk, and may you write there?"
        raise ReviewError([Problem(str(request.folder), 0, "", message, hint)]) from error


def _start(request: Request, *, execute: bool, dry_run: bool, say: Say) -> int:
    target = request.folder.absolute()
    if target.name in ("", "..", "."):
        target = target.resolve()
    files = (request.table, request.bib, request.codebook)
    if is_review(target):
        if any(file is not None for file in files):
            message = "There is a review in this folder already."
            hint = (
                "Nothing was written. 'synth new' without files adds pages for what is new in its "
                "codebook; new studies go into its tables (see its README.md)."
            )
            raise ReviewError([Problem(str(request.folder), 0, "", message, hint)])
        return grow(target, execute=execute, dry_run=dry_run, say=say)
    if request.table is None:
        if any(file is not None for file in files):
            message = "References or a codebook without a coded table are not enough for a book."
            hint = "Name the table too: --from table.csv. Without files a small example is written."
            raise ReviewError([Problem(str(request.folder), 0, "", message, hint)])
        say("No --from: the book starts from a small example with two made-up studies.")
        draft = example()
    else:
        from synth.starter.importer import take_in

        draft = take_in(request, say)
    done = create(target, draft, execute=execute, dry_run=dry_run, say=say)
    if not dry_run:
        say(f"Next:\n  cd {request.folder}\n  make book")
    return done
