"""The command line of ``synth``.

Each command is thin: it finds the review, calls the module that does the work, imported only then,
and says what came of it.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from synth.errors import Problem, ReviewError, catalogue, sifted, told_once

if TYPE_CHECKING:
    from synth.reading.records import Records

_ABOUT = """\
Turn a literature review's coded table, codebook and bibliography into a book.

A review is a folder with data/review.toml, the tables beside it, and references.bib.
Every command works from that folder or any folder below it.
"""

_EXAMPLES = """\
a day's work:
  1. synth add FILE   takes studies from an export of a reference manager
  2. Fill in its row in data/studies.csv; code its findings in data/coded_studies.csv.
  3. synth check      says what is wrong, each line as file:line: column: problem
  4. synth fmt        puts rows and columns in their order
  5. synth execute    runs the notebooks that no longer show what the data say
  6. jupyter-book build .

'synth COMMAND --help' explains one command. data/README.md explains every column.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``synth`` with the arguments of the command line.

    Returns
    -------
    0 when all is well, 1 when problems were found, 2 when the command could not be understood.
    """
    if sys.stdout is None or sys.stderr is None:
        # Started without a place to speak to, as some schedulers do.
        nowhere = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  as long as the program
        sys.stdout, sys.stderr = sys.stdout or nowhere, sys.stderr or nowhere
    # A letter that the terminal cannot show must not hide the problem it stands in.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        parser = _parser()
        given = parser.parse_args(arguments)
        if not hasattr(given, "run"):
            parser.print_help()
            return 0
        if not getattr(given, "alone", False):
            return int(given.run(given))
        from synth.reading.textio import alone_in

        with alone_in(_root(given), lambda text: print(text, file=sys.stderr)):
            return int(given.run(given))
    except ReviewError as error:
        _tell(error.problems, "text", sys.stderr.write)
        return 1
    except BrokenPipeError:
        # The reader of a pipe, such as `head`, has seen enough. Python would complain once more
        # when it flushes at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        # Files are written whole or not at all, so what was begun can simply be done again.
        print("Stopped: no file was left half written.", file=sys.stderr)
        return 130
    except OSError as error:
        # Folders that may not be entered, disks that are full: whatever was being done. A disk
        # that is full does not say which file it was.
        if error.errno is None:
            raise
        reason = error.strerror or str(error)
        place = str(error.filename or Path.cwd())
        _tell([Problem("system-refused", place, reason=reason)], "text", sys.stderr.write)
        return 1


class _Version(argparse.Action):
    """Says the version; looked up only then, because that takes longer than the rest."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object, **__: object) -> None:
        from synth.version import version

        parser.exit(message=f"synth {version()}\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="synth",
        description=_ABOUT,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="say the version and end")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    _add_check(commands)
    _add_fmt(commands)
    _add_execute(commands)
    _add_add(commands)
    _add_new(commands)
    _add_export(commands)
    _add_import(commands)
    _add_upgrade(commands)
    _add_diff(commands)
    _add_keep(commands)
    _add_snapshot(commands)
    _add_sample(commands)
    _add_agree(commands)
    return parser


def _name(text: str) -> str:
    """A name on the command line: an empty one, of a variable that is not set, means nothing."""
    if not text.strip():
        raise argparse.ArgumentTypeError("the name is empty")
    return text


def _path(text: str) -> Path:
    return Path(_name(text))


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    summary: str,
    more: str,
) -> argparse.ArgumentParser:
    command = commands.add_parser(
        name,
        help=summary,
        description=f"{summary[:1].upper()}{summary[1:]}.\n\n{more}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument(
        "--root",
        type=_path,
        metavar="FOLDER",
        help="folder of the review (default: the nearest one upwards that holds data/review.toml)",
    )
    return command


def _root(given: argparse.Namespace) -> Path:
    """The review meant: the folder that is named, else the nearest one upwards."""
    from synth.reading.records import find_root, no_review

    if given.root is None:
        return find_root()
    root = Path(given.root)
    if not root.is_dir():
        raise ReviewError([Problem("folder-missing", root.as_posix())])
    if not (root / "data").is_dir():
        raise no_review(root.resolve().as_posix())
    return root


# --- check ------------------------------------------------------------------------------------


def _add_check(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = _command(
        commands,
        "check",
        "say everything that is wrong in data and pages, with file and line",
        "Reads data/, references.bib, the pages and the settings of the book, and says all\n"
        "problems at once:\n\n"
        "  data/coded_studies.csv:14: theme: [theme-unknown] 'leadreship' is not in the codebook.\n"
        "    Did you mean 'leadership'? Themes are listed in data/codebook.csv.\n\n"
        "Errors make the command fail; warnings and notes do not. Nothing is changed.",
    )
    command.add_argument(
        "--pages",
        action="store_true",
        help="check the prose of the book too: does every sentence of synthesis rest on findings?",
    )
    command.add_argument(
        "--format",
        choices=("text", "github", "json"),
        default="text",
        help="text for people, github for annotations of a pull request, json for programs",
    )
    command.set_defaults(run=_check)


def _check(given: argparse.Namespace) -> int:
    from synth.reading.records import read_records
    from synth.reading.rules import check_records

    root = _root(given)
    records, problems = read_records(root)
    found = [*problems, *check_records(records)]
    if records.settings.version and (root / "data" / "versions.toml").is_file():
        from synth.reading.versions import check_versions

        found += check_versions(root, records.settings.version, records.settings.date)
    support = ""
    # A review need not have a book; what would break the build of one is always told.
    if records.unread:
        found.append(Problem("pages-not-checked", records.unread[0]))
    elif given.pages or (root / "_toc.yml").is_file():
        from synth.book.contents import check_config
        from synth.book.prose_rules import check_book, check_names, read_book, report_of

        odd = any(problem.code == "language-malformed" for problem in found)
        found += check_config(root, "" if odd else records.settings.language)
        try:
            book = read_book(root, records)
        except ReviewError as error:
            found += error.problems
        else:
            found += check_book(book) if given.pages else check_names(book)
            support = str(report_of(book.pages, root)) if given.pages else ""
    found, ignored = sifted(found, records.settings.ignored)
    found = told_once([*found, *_never_ignored(records, ignored, pages=given.pages)])
    shown = [problem.at(_from_here(root, problem.file)) for problem in found]
    if given.format == "json":
        print(_json(shown, _counts(records), _ignored(ignored, records)))
    else:
        _tell(shown, given.format, sys.stdout.write)
        if given.format == "text":
            told = [
                f"Ignored in data/review.toml: {one['count']} × {one['code']}: {one['reason']}"
                for one in _ignored(ignored, records)
            ]
            closing = _closing(shown, _counts(records))
            print(*([support] if support else []), *told, closing, sep="\n")
    return int(any(problem.severity == "error" for problem in found))


def _ignored(ignored: Iterable[Problem], records: Records) -> list[dict[str, object]]:
    """How often each problem that is ignored occurs, with the team's reason."""
    times = Counter[str]()
    for problem in ignored:
        for one in problem.others or (problem,):
            times[one.code] += len(one.lines)
    return [
        {"code": code, "count": times[code], "reason": reason}
        for code, reason in records.settings.ignored.items()
        if times[code]
    ]


def _never_ignored(
    records: Records, ignored: Iterable[Problem], *, pages: bool
) -> Iterator[Problem]:
    """Codes that are ignored and that nothing was reported with, where all was looked at."""
    seen = {problem.code for problem in ignored}
    for code in records.settings.ignored:
        kind = catalogue().get(code)
        if kind and kind.ignorable and code not in seen and (pages or kind.group != "pages"):
            place = ("ignored-never", "data/review.toml", _ignored_line(records), "ignore")
            yield Problem(*place, value=code)


def _ignored_line(records: Records) -> int:
    from synth.reading.settings import SETTINGS_FILE, settings_line

    text = (records.root / SETTINGS_FILE).read_text("utf-8")
    return settings_line(text, "checks", "ignore")


def _from_here(root: Path, file: str) -> str:
    """A file as it is reached from the current folder, so that editors and CI can open it."""
    return Path(os.path.relpath(root / file)).as_posix()


def _tell(problems: Iterable[Problem], form: str, write: object) -> None:
    assert callable(write)
    for problem in problems:
        write(f"{_github(problem) if form == 'github' else problem}\n")


def _github(problem: Problem) -> str:
    """A problem as a workflow command of GitHub Actions ("Workflow commands", docs.github.com)."""

    def data(text: str) -> str:
        return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")

    def value(text: str) -> str:
        return data(text).replace(":", "%3A").replace(",", "%2C")

    kind = {"error": "error", "warning": "warning"}.get(problem.severity, "notice")
    where = [f"file={value(problem.file)}"]
    if problem.line:
        where.append(f"line={problem.line}")
    title = f"{problem.where}: {problem.code}" if problem.where else problem.code
    where.append(f"title={value(title)}")
    text = "\n".join(part for part in (problem.message, problem.remedy) if part)
    return f"::{kind} {','.join(where)}::{data(text)}"


def _json(
    problems: Sequence[Problem], counts: dict[str, int], ignored: list[dict[str, object]]
) -> str:
    told = [problem.as_dict() for problem in problems]
    return json.dumps(
        {"problems": told, "ignored": ignored, "counts": counts},
        ensure_ascii=False,
        indent=2,
    )


def _counts(records: Records) -> dict[str, int]:
    return {
        "studies": sum(study.is_evidence for study in records.studies.values()),
        "findings": len(records.findings),
        "nodes": len(records.codebook),
        "influences": len(records.influences),
        "works": len(records.bibliography),
    }


def _closing(problems: Sequence[Problem], counts: dict[str, int]) -> str:
    """One line that sums up.

    >>> _closing([Problem("row-empty", "data/flow.csv", 2)], {})
    '1 problem in 1 file.'
    """
    real = [problem for problem in problems if problem.severity != "note"]
    if not real:
        words = {"nodes": "nodes of the codebook"}
        told = [(count, words.get(name, name)) for name, count in counts.items() if count]
        listed = ", ".join(f"{count} {_noun(word, count)}" for count, word in told)
        return f"No problem found: {listed}." if listed else "No problem found."
    files = len({problem.file for problem in real})
    warnings = sum(problem.severity == "warning" for problem in real)
    text = f"{len(real)} {_noun('problems', len(real))} in {files} {_noun('files', files)}"
    if warnings:
        errors = len(real) - warnings
        text += f": {errors or 'no'} {_noun('errors', errors or 2)}, "
        text += f"{warnings} {_noun('warnings', warnings)}"
    return f"{text}."


def _noun(plural: str, count: int) -> str:
    if count != 1:
        return plural
    first, _, rest = plural.partition(" ")
    one = "study" if first == "studies" else first.removesuffix("s")
    return f"{one} {rest}".strip()


# --- fmt --------------------------------------------------------------------------------------


def _add_fmt(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = _command(
        commands,
        "fmt",
        "write the data in canonical form, and data/README.md; tidy the notebooks",
        "Rows are sorted by id (codebook and flow keep your order), columns stand in their\n"
        "declared order, quotation marks only where needed; spaces around cells, empty rows,\n"
        "byte order marks and Windows line ends are removed. No value is changed. A file that\n"
        "cannot be read whole is left alone, and its problems are told. Notebooks keep what they\n"
        "say and show, and lose what JupyterLab adds when it saves.",
    )
    command.add_argument(
        "--check", action="store_true", help="change nothing; fail if something would change"
    )
    command.set_defaults(run=_fmt, alone=True)


def _fmt(given: argparse.Namespace) -> int:
    from synth.notebook_form import notebook_forms
    from synth.reading.formatting import canonical_forms, write_forms

    root = _root(given)
    forms = [*canonical_forms(root), *notebook_forms(root)]
    problems = [
        problem.at(_from_here(root, problem.file)) for form in forms for problem in form.problems
    ]
    _tell(told_once(problems), "text", sys.stderr.write)
    if given.check:
        stale = [form for form in forms if form.text is not None and form.line]
        for form in stale:
            place = f"{_from_here(root, form.file)}:{form.line}"
            print(f"{place}: not in canonical form; run 'synth fmt'.")
        changed = len(stale)
    else:
        changed = 0
        for file in write_forms(root, forms):
            print(f"{_from_here(root, file)}: written.")
    return int(bool(problems) or changed > 0)


# --- execute ----------------------------------------------------------------------------------


def _add_execute(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = _command(
        commands,
        "execute",
        "run the notebooks that no longer show what the data say",
        "A notebook is run when its cells, the records it shows or the library that draws them\n"
        "changed since its outputs were stored, and rewritten only when an output differs.",
    )
    command.add_argument("notebooks", nargs="*", type=_path, help="only these (default: all)")
    command.add_argument("--all", action="store_true", help="run them even if nothing changed")
    command.add_argument(
        "--check", action="store_true", help="rewrite nothing; fail if something would change"
    )
    command.set_defaults(run=_execute)


def _execute(given: argparse.Namespace) -> int:
    from synth.warm import begin

    root = _root(given)
    begin(root, everything=given.all)
    from synth.notebooks import execute

    return execute(root, all=given.all, check=given.check, notebooks=given.notebooks or None)


# --- add --------------------------------------------------------------------------------------


def _add_add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = _command(
        commands,
        "add",
        "add studies from a file of your reference manager",
        "Reads BibTeX, RIS, PubMed's .nbib and XML, Web of Science's .ciw, EndNote's XML,\n"
        "Zotero's RDF, CSL (JSON, YAML) and references typed as text.\n"
        "Each work that the review does not have gets its entry in\n"
        "references.bib and a row in data/studies.csv; its key is the first author and the year.\n"
        "Country, design and findings are not guessed: what is left to fill in is said.\n\n"
        "  synth add export.ris\n"
        "  synth add export.bib --role background    cited, but no study of the review",
    )
    command.add_argument(
        "file", type=_path, help="references: BibTeX (.bib), RIS (.ris) or another format"
    )
    command.add_argument(
        "--role",
        choices=("evidence", "background"),
        default="evidence",
        help="evidence brings findings (default); background is only cited",
    )
    command.add_argument(
        "--dry-run", action="store_true", help="say everything that would be done; write nothing"
    )
    command.set_defaults(run=_add, alone=True)


def _add(given: argparse.Namespace) -> int:
    from synth.starter.add_references import add_works

    return add_works(_root(given), given.file, role=given.role, dry_run=given.dry_run, say=_say)


# --- new --------------------------------------------------------------------------------------


def _add_new(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "new",
        help="start a review and its book, or add pages to one",
        description=_NEW,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("folder", type=_path, help="folder of the review, new or empty")
    command.add_argument(
        "--from",
        dest="tables",
        action="append",
        type=_path,
        metavar="TABLE",
        help="your table, as your program saves it; several times for several tables",
    )
    command.add_argument(
        "--bib",
        type=_path,
        metavar="FILE",
        help="your references: BibTeX (.bib), RIS (.ris) or another format",
    )
    command.add_argument(
        "--codebook",
        type=_path,
        metavar="FILE",
        help="your codebook (CSV); without it one is drafted from the codes of the table",
    )
    command.add_argument(
        "--columns",
        action="append",
        metavar="NAME=COLUMN,…",
        help="which column of the table is what: study=Paper,theme=Code,summary=Text,"
        "direction=Effect; columns whose headings are codes: codes=Pay|Hours; several columns of "
        "codes from the widest to the narrowest: theme=Domain>Topic; also filter=, keep=, "
        "leave-out=",
    )
    command.add_argument(
        "--path",
        metavar="SIGN",
        help="the sign between the ranks of a code, as '>' in 'People > Teachers'; 'none' if "
        "there is none",
    )
    command.add_argument(
        "--separators",
        action="append",
        metavar="COLUMN=SIGNS",
        help="the signs between several values of a cell, as in 'Themes=;,'",
    )
    command.add_argument("--title", metavar="TEXT", help="title of the book")
    command.add_argument("--question", metavar="TEXT", help="the question the review answers")
    command.add_argument("--citation", metavar="TEXT", help="how the review is cited")
    command.add_argument(
        "--ranks", metavar="NAME,…", help="names of the codebook's ranks, from the widest"
    )
    command.add_argument(
        "--dry-run", action="store_true", help="say everything that would be done; write nothing"
    )
    command.add_argument(
        "--yes", action="store_true", help="ask nothing; what would be proposed is taken and told"
    )
    command.add_argument(
        "--no-execute",
        dest="execute",
        action="store_false",
        help="do not run the pages' code yet; 'make book' does it",
    )
    command.set_defaults(run=_new)


_NEW = """\
Start a review and its book, or add pages to one.

  synth new tools                                        a small example to change
  synth new tools --from table.csv --bib references.bib  from your own files
  synth new tools                                        again: a page for every new
                                                         part of the codebook

The table may have a row for each study and code, or a row for each study with a column
for each code, each topic or each dimension. What its columns are is told by --columns or
seen by headings and cells; a few questions are asked where that can be doubted. Everything
that was understood, decided and left out is said, and kept in data/import-report.md; how
the files were read stands in data/import.toml, for 'synth import' to read them again.
Where something cannot be understood, it is listed, and nothing is written.
"""


def _new(given: argparse.Namespace) -> int:
    from synth.starter.request import Request
    from synth.starter.start import start

    path = {None: None, "none": "", "": ""}.get(given.path, given.path)
    request = Request(
        folder=given.folder,
        tables=tuple(given.tables or ()),
        bib=given.bib,
        codebook=given.codebook,
        columns=tuple(given.columns or ()),
        path=path,
        separators=_signs(given.separators or ()),
        title=given.title or "",
        question=given.question or "",
        citation=given.citation or "",
        ranks=tuple(filter(None, map(str.strip, re.split("[,;>]", given.ranks or "")))),
    )
    ask = None if given.yes or given.dry_run or not sys.stdin.isatty() else _ask
    try:
        return start(request, execute=given.execute, dry_run=given.dry_run, say=_say, ask=ask)
    except (KeyboardInterrupt, EOFError):
        print("Stopped: nothing was written.", file=sys.stderr)
        return 130


def _signs(given: Iterable[str]) -> dict[str, str]:
    r"""Signs between values by column; a line break always separates.

    >>> _signs(["Themes=;,"])
    {'Themes': ';,\n'}
    """
    parts = [text.rpartition("=") for text in given]
    return {column: f"{signs}\n" for column, _, signs in parts if column}


def _ask(question: str, answers: Sequence[str]) -> int:
    """Ask on the terminal; a plain Enter takes the first answer."""
    print(question)
    for number, answer in enumerate(answers, start=1):
        print(f"  {number}. {answer}" + (" (taken if you press Enter)" if number == 1 else ""))
    while True:
        said = input(f"1-{len(answers)}: ").strip()
        if not said:
            return 0
        if said.isdecimal() and 1 <= int(said) <= len(answers):
            return int(said) - 1


# --- import -----------------------------------------------------------------------------------


def _add_import(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = _command(
        commands,
        "import",
        "read your files again, and take over what is new",
        "Reads the files that data/import.toml names, as it says, and compares them with the last\n"
        "import: new studies and findings are added, changed cells are changed where you\n"
        "have not changed them yourself, and what is gone from the files is told. So are columns\n"
        "that were renamed, are missing or are not read. Nothing is written where something\n"
        "cannot be understood.\n\n"
        "  synth import                    the same files, changed since\n"
        "  synth import coding-may.xlsx    another file in place of the recipe's\n"
        "  synth import --dry-run          say everything, write nothing",
    )
    command.add_argument("files", nargs="*", type=_path, help="files in place of the recipe's")
    command.add_argument(
        "--prune", action="store_true", help="take out findings that are gone from the files"
    )
    command.add_argument(
        "--dry-run", action="store_true", help="say everything that would be done; write nothing"
    )
    command.set_defaults(run=_import, alone=True)


def _import(given: argparse.Namespace) -> int:
    from synth.starter.again import import_again
    from synth.starter.review_workbook import import_workbook, is_review_workbook

    for file in given.files:
        if not file.exists():
            reason = "No such file or directory"
            raise ReviewError([Problem("sheet-unreadable", file.as_posix(), reason=reason)])
    try:
        if len(given.files) == 1 and is_review_workbook(given.files[0]):
            workbook = given.files[0]
            return import_workbook(_root(given), workbook, dry_run=given.dry_run, say=_say)
        return import_again(
            _root(given), given.files, prune=given.prune, dry_run=given.dry_run, say=_say
        )
    except KeyboardInterrupt:
        print("Stopped: nothing was written.", file=sys.stderr)
        return 130


def _say(line: str) -> None:
    print(line, flush=True)


# --- export -----------------------------------------------------------------------------------


def _add_export(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = _command(
        commands,
        "export",
        "write the review's tables as one workbook, to edit and read back",
        "A sheet for each table, with its choices to pick from; every cell is text, so that no\n"
        "program makes dates or numbers of ids. 'synth import' reads the workbook back.\n\n"
        "  synth export --xlsx review.xlsx",
    )
    command.add_argument(
        "--xlsx", type=_path, metavar="FILE", required=True, help="the workbook to write"
    )
    command.set_defaults(run=_export)


def _export(given: argparse.Namespace) -> int:
    from synth.starter.review_workbook import export_workbook

    return export_workbook(_root(given), given.xlsx, _say)


# --- upgrade ----------------------------------------------------------------------------------


def _add_upgrade(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = _command(
        commands,
        "upgrade",
        "bring an older review to this version of the library",
        "Renews what synth new wrote around your work: Makefile, _config.yml, workflow and\n"
        "requirements, merged with what you changed in them. Tables, pages and bibliography are\n"
        "never touched; data/versions.toml gets an entry to fill in. Try it dry first:\n\n"
        "  pip install --upgrade synthbook\n"
        "  synth upgrade --dry-run\n"
        "  synth upgrade\n"
        "  make book && make test",
    )
    command.add_argument(
        "--dry-run", action="store_true", help="say what would change, and change nothing"
    )
    command.set_defaults(run=_upgrade, alone=True)


def _upgrade(given: argparse.Namespace) -> int:
    from synth.starter.upgrade import upgrade

    try:
        return upgrade(_root(given), dry_run=given.dry_run, say=_say)
    except KeyboardInterrupt:
        print("Stopped: nothing was changed.", file=sys.stderr)
        return 130


# --- diff and keep ------------------------------------------------------------------------------


def _add_diff(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = _command(
        commands,
        "diff",
        "say what changed between two states of the review, in a reader's words",
        "A state is a folder, a version kept in data/versions, or a revision of git, which is\n"
        "read without a checkout:\n\n"
        "  synth diff 1.0.0 .             since version 1.0.0\n"
        "  synth diff HEAD~3 HEAD         the last three commits\n"
        "  synth diff v1.0.0 . --markdown > what-changed.md\n\n"
        "Records are compared, not lines: what only moved or is quoted otherwise is no change.",
    )
    command.add_argument("old", type=_name, metavar="OLD", help="folder, kept version or revision")
    command.add_argument(
        "new", type=_name, metavar="NEW", help="the same; '.' is the folder as it is"
    )
    form = command.add_mutually_exclusive_group()
    form.add_argument("--markdown", action="store_true", help="as Markdown")
    form.add_argument("--json", action="store_true", help="as JSON, for programs")
    command.set_defaults(run=_diff)


def _diff(given: argparse.Namespace) -> int:
    from synth.book.history import compare
    from synth.views.changes import ChangeList

    root = _root(given)
    # '.' is the review one stands in, from whichever folder of it.
    old, new = (str(root) if name == "." else name for name in (given.old, given.new))
    changes = compare(root, old, new)
    if given.json:
        print(json.dumps(changes.to_dict(), ensure_ascii=False, indent=1))
    else:
        shown = ChangeList(changes)
        print(shown.markdown if given.markdown else shown.text, end="")
    return 0


def _add_keep(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = _command(
        commands,
        "keep",
        "keep this version of the review, so that later ones can say what changed",
        "Writes data/versions/<version>.zip (tables, bibliography, text of the pages) and begins\n"
        "the version's entry in data/versions.toml. Do it when a version is published.\n\n"
        "  synth keep             the folder as it is\n"
        "  synth keep v1.0.0      a revision of git",
    )
    command.add_argument("revision", type=_name, nargs="?", help="a revision of git")
    command.set_defaults(run=_keep, alone=True)


def _keep(given: argparse.Namespace) -> int:
    from synth.book.history import keep, read_state
    from synth.reading.textio import write_text
    from synth.reading.versions import VERSIONS_FILE, numbered

    root = _root(given)
    path = keep(root, given.revision or "")
    settings = read_state(root, path.stem).records.settings
    print(f"{path.relative_to(root).as_posix()}: version {settings.version} is kept.")
    if text := numbered(root, settings.version, settings.date):
        write_text(root / VERSIONS_FILE, text)
        print(f"{VERSIONS_FILE}: its entry is begun; say in it what is new for a reader.")
    return 0


def _add_snapshot(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = _command(
        commands,
        "snapshot",
        "write one archive of this version to deposit in a repository",
        "Holds the built book, the data, the references, an RO-Crate, checksums, and the metadata\n"
        "that DataCite and Zenodo read. Build the book first.",
    )
    command.add_argument("--book", type=_path, metavar="FOLDER", help="default: _build/html")
    command.add_argument("--out", type=_path, metavar="FOLDER", help="default: dist")
    command.add_argument("--former-doi", default="", help="DOI of the version before")
    command.set_defaults(run=_snapshot)


def _snapshot(given: argparse.Namespace) -> int:
    from synth.book.snapshot import snapshot
    from synth.reading.rules import load_records

    root = _root(given)
    book, out = given.book or root / "_build" / "html", given.out or root / "dist"
    path = snapshot(load_records(root), book, out, former_doi=given.former_doi)
    print(f"{path}: {path.stat().st_size / 1e6:.1f} MB")
    return 0


def _add_sample(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = _command(
        commands,
        "sample",
        "write a blank sheet for a second coder: places drawn at random, without their codes",
        "A workbook (.xlsx) offers the codes in its cells; CSV opens everywhere.\n\n"
        "  synth sample 30                  sheet.xlsx with thirty places\n"
        "  synth sample 30 --out again.csv  the same places as CSV",
    )
    command.add_argument("number", type=int, metavar="N", help="how many places")
    command.add_argument("--seed", type=int, help="another draw; each seed has its own")
    command.add_argument("--out", type=_path, metavar="FILE", help="default: sheet.xlsx")
    command.set_defaults(run=_sample)


def _sample(given: argparse.Namespace) -> int:
    from synth.reading.rules import load_records
    from synth.starter.second_coder import SEED, drawn, write_sheet

    records = load_records(_root(given))
    out = given.out or Path("sheet.xlsx")
    chosen = drawn(records, given.number, SEED if given.seed is None else given.seed)
    write_sheet(records, chosen, out)
    print(f"{out}: {len(chosen)} {_noun('places', len(chosen))} to code.")
    return 0


def _add_agree(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = _command(
        commands,
        "agree",
        "read a second coder's sheet and say how far it agrees with the book",
        "Gives percentage agreement, Cohen's kappa, Gwet's AC1, Krippendorff's alpha and\n"
        "Brennan-Prediger for each rank and the direction, and lists every disagreement.",
    )
    command.add_argument("sheet", type=_path, metavar="SHEET", help="the sheet, filled in")
    command.set_defaults(run=_agree)


def _agree(given: argparse.Namespace) -> int:
    from synth.reading.rules import load_records
    from synth.starter.second_coder import agree

    print(agree(load_records(_root(given)), given.sheet).text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
