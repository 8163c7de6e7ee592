"""``synth import``: read a team's files once more and take over what changed in them.

Three states of each cell are compared: as it was imported last, as it stands in the review now, and
as the files have it now. What the author changed in the review stays; what changed in the files is
taken over; where both changed, the author's stays and it is told.
"""

from __future__ import annotations

import csv
import io
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from synth.errors import Problem, ReviewError
from synth.model import NOT_ESTABLISHED, TABLES
from synth.reading.bibliography import BIB_FILE, parse_bibliography
from synth.reading.csv_table import any_cell_size
from synth.reading.formatting import canonical_forms, write_forms
from synth.reading.records import Records, read_records
from synth.reading.rules import check_records
from synth.reading.settings import SETTINGS_FILE
from synth.reading.versions import VERSIONS_FILE, with_entry
from synth.references.formats import csl_item, to_bibtex
from synth.references.importing import Works
from synth.references.sameness import Known
from synth.starter.codebook_draft import Codes, Node, read_codes
from synth.starter.draft import NO_ROW, table_text
from synth.starter.importer import Former, Taken, take_in
from synth.starter.project import Say, add_files, imported
from synth.starter.recipe import RECIPE_FILE, Recipe, read_recipe
from synth.starter.report import REPORT_FILE, Report, number
from synth.starter.request import Request
from synth.starter.spreadsheet import folded, read_tables
from synth.starter.works import read_works

_TABLES = ("codebook", "studies", "coded_studies", "flow")
_CODINGS = ("first_coding", "second_coding")
Rows = dict[str, dict[str, str]]


def import_again(root: Path, files: Sequence[Path], *, prune: bool, dry_run: bool, say: Say) -> int:
    """Read the files of a review's recipe again, and add or change what they changed.

    Parameters
    ----------
    root : the review's root.
    files : files in place of the recipe's.
    prune : take out findings and studies that are gone from the files.
    dry_run : say everything, write nothing.
    say : where messages go.

    Raises
    ------
    ReviewError : a file, a row or the recipe cannot be understood; nothing was written.
    """
    recipe = read_recipe(root)
    tables = _files(root, recipe, files)
    records, problems = read_records(root)
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise ReviewError(errors)
    settings = records.settings
    ranks = tuple(rank.label for rank in settings.ranks)
    request = Request(root, tables=tables, title=settings.title, ranks=ranks)
    taken = take_in(request, say, None, recipe, _former(root, records, recipe, say))
    # What is written and what is missing stands in the review by now, not in the files.
    taken.report.missing.clear()
    taken.report.examples.clear()
    asked = {facet.id for facet in settings.facets if facet.of in ("study", "either")}
    merged = _merge(root, taken, asked, prune=prune)
    for line in merged.report.lines():
        say(line)
    if not merged.files:
        say("Nothing changed: the review is as the files have it.")
        return 0
    changed = _checked(root, merged.files)
    entry = with_entry(root, date.today(), merged.reason) if merged.new or merged.corrected else ""
    if entry:
        changed[VERSIONS_FILE] = entry
    if dry_run:
        say(f"Nothing was written. Without --dry-run, {', '.join(changed)} would change.")
        return 0
    add_files(root, changed)
    say(f"Written: {', '.join(changed)}.")
    if VERSIONS_FILE in changed:
        say(f"{VERSIONS_FILE}: an entry waits for your next version; say in it what is new.")
    if merged.nodes:
        say(f"Next: 'synth new .' adds pages for {number(merged.nodes, 'new code')}.")
    return 0


def _files(root: Path, recipe: Recipe, files: Sequence[Path]) -> tuple[Path, ...]:
    """The files to read: the recipe's, or the one that is given in place of each."""
    named = [*dict.fromkeys(sheet.file for sheet in recipe.sheets)]
    by_name = {path.name: path for path in files}
    if len(files) == 1 and len(named) == 1:
        return (files[0],)
    found: list[Path] = []
    missing: list[Problem] = []
    for name in named:
        path = by_name.pop(Path(name).name, root / name)
        if not path.is_file():
            missing.append(Problem("import-file-missing", RECIPE_FILE, value=name))
        found.append(path)
    if missing:
        raise ReviewError(missing)
    return (*found, *by_name.values())


# --- what the review holds ----------------------------------------------------------------------


def _former(root: Path, records: Records, recipe: Recipe, say: Say) -> Former:
    """Names of what the review holds, so that the same study and finding keeps its name."""
    base = _table(root / imported(TABLES["coded_studies"].file))
    findings: dict[tuple[str, ...], str] = {}
    times: Counter[tuple[str, ...]] = Counter()
    for name, row in base.items():
        what = tuple(row.get(column, "") for column in ("study", "theme", "direction", "summary"))
        times[what] += 1
        findings[(*what, str(times[what]))] = name
    ids = {
        (kind, row[kind].lstrip("#").casefold()): key
        for key, row in _table(root / TABLES["studies"].file).items()
        for kind in ("record", "pmid")
        if row.get(kind)
    }
    held = {
        folded(column): frozenset(folded(row[column]) for row in rows.values() if row[column])
        for rows in (_table(root / imported(TABLES["studies"].file)), base)
        for column in next(iter(rows.values()), {})
    }
    works, codes = _works(root, recipe, say), _codes(root, records, recipe, say)
    return Former(findings, ids, works, codes, held)


def _works(root: Path, recipe: Recipe, say: Say) -> Works:
    """The review's references, and the works that the team's file of references has beside them."""
    text = (root / BIB_FILE).read_text("utf-8") if (root / BIB_FILE).is_file() else ""
    held, _ = parse_bibliography(text)
    theirs = root / recipe.references if recipe.references else None
    if theirs is not None and theirs.is_file():
        works, problems = read_works(theirs, say)
        errors = [problem for problem in problems if problem.severity == "error"]
        if errors:
            raise ReviewError(errors)
        there = Known(held)
        for key, work in works.bibliography.items():
            if key not in held and not there.find(work)[0]:
                text = f"{text}\n" + to_bibtex([{**csl_item(work), "id": key}])
        held, _ = parse_bibliography(text)
    return Works(text, held, {}, {}, (), BIB_FILE)


def _codes(root: Path, records: Records, recipe: Recipe, say: Say) -> Codes:
    """The review's codebook; a node is found by its label of today and of the last import."""
    codes = Codes(TABLES["codebook"].file, closed=bool(recipe.codebook))
    for theme in records.codebook:
        node = Node(theme.id, theme.parent, theme.label, theme.definition, theme.origin)
        node.synonyms = theme.synonyms
        codes.nodes[theme.id] = node
        codes.remember(node)
        codes.ids[theme.id] = theme.id
    base = _table(root / imported(TABLES["codebook"].file))
    labels = Counter(row["label"] for row in base.values())
    for name, row in base.items():
        if name in codes.nodes and row["label"] != codes.nodes[name].label:
            way, step = [row["label"]], row["parent"]
            while step in base:
                way.insert(0, base[step]["label"])
                step = base[step]["parent"]
            codes.ids[" > ".join(way)] = name
            if labels[row["label"]] == 1:
                codes.ids[row["label"]] = name
    theirs = root / recipe.codebook if recipe.codebook else None
    if theirs is not None and theirs.is_file():
        found, problems = read_tables(theirs, say)
        read, more = read_codes(found[0]) if found else (Codes(), [])
        errors = [problem for problem in (*problems, *more) if problem.severity == "error"]
        if errors:
            raise ReviewError(errors)
        codes.call_as(read)
    return codes


def _table(path: Path) -> Rows:
    if not path.is_file():
        return {}
    return _rows(path.read_text("utf-8"))


def _rows(text: str) -> Rows:
    with any_cell_size():
        rows = [*csv.DictReader(io.StringIO(text))]
    key = next(iter(rows[0])) if rows else ""
    return {row[key]: row for row in rows}


# --- three states -------------------------------------------------------------------------------


@dataclass
class _Merged:
    """What changes: texts by file, what is told, how many codes are new, and why it changes."""

    report: Report
    files: dict[str, str] = field(default_factory=dict)
    nodes: int = 0
    new: bool = False
    corrected: bool = False

    @property
    def reason(self) -> str:
        """The reason of the version to come."""
        if self.new:
            return "both" if self.corrected else "new evidence"
        return "correction"


def _merge(root: Path, taken: Taken, asked: set[str], *, prune: bool) -> _Merged:
    merged = _Merged(taken.report)
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder)
        for file, text in taken.draft.files.items():
            path = fresh / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        write_forms(fresh, canonical_forms(fresh))
        studies: Rows = {}
        for name in _TABLES:
            file = TABLES[name].file
            if not (fresh / file).is_file():
                continue
            base = _table(root / imported(file))
            now = _table(root / file)
            new = _table(fresh / file)
            if name == "studies":
                _fill(new, now, asked, taken.report)
                for key in [*new] if not prune else ():
                    # The references still name it, the tables do not: it is gone like its findings.
                    was, role = base.get(key, {}).get("role"), new[key]["role"]
                    if was == now.get(key, {}).get("role") == "evidence" and role == "background":
                        del new[key]
                        taken.report.taken_back(NO_ROW, key)
            rows = _three_ways(name, base, now, new, merged.report, prune=prune)
            if name == "studies":
                studies = rows
            if name == "codebook":
                merged.nodes = sum(key not in now for key in rows)
            if name != "codebook":
                merged.new |= not rows.keys() <= now.keys()
            merged.corrected |= any(rows.get(key) != row for key, row in now.items())
            if rows != now:
                merged.files[file] = table_text(name, [*rows.values()])
            # What is gone is remembered, so that it can still be taken out later.
            gone = [] if prune or name == "codebook" else [k for k in base if k not in new]
            last = {**new, **{key: base[key] for key in gone if key in now}}
            if base != last:
                merged.files[imported(file)] = table_text(name, [*last.values()])
        for name in _CODINGS:
            _merge_coding(name, root, fresh, studies, merged)
        settings = _settings(root, (fresh / SETTINGS_FILE).read_text("utf-8"), merged.report)
    if settings:
        merged.files[SETTINGS_FILE] = settings
    bib = taken.draft.files[BIB_FILE]
    if bib != (root / BIB_FILE).read_text("utf-8"):
        merged.files[BIB_FILE] = bib
    recipe = taken.draft.files[RECIPE_FILE]
    if _read_text(root / RECIPE_FILE) == "" or len(taken.recipe.sheets) != len(
        read_recipe(root).sheets
    ):
        merged.files[RECIPE_FILE] = recipe
    if merged.files or merged.report.changes:
        merged.files[REPORT_FILE] = merged.report.markdown()
    return merged


def _merge_coding(name: str, root: Path, fresh: Path, studies: Rows, merged: _Merged) -> None:
    """Take over what coders say as a whole, unless the author changed it: it is only compared."""
    file = TABLES[name].file
    if not (fresh / file).is_file():
        return
    base, now, new = (_table(path) for path in (root / imported(file), root / file, fresh / file))
    new = {key: row for key, row in new.items() if row["study"] in studies}
    if new == now:
        return
    if base and now != base:
        if new != base:
            merged.report.changes.append(f"{file}: the files say otherwise now; yours was kept.")
        return
    changed = sum(now.get(key) != row for key, row in new.items()) + len(now.keys() - new.keys())
    rows = number(changed, "finding")
    merged.report.changes.append(f"{file}: {rows} of a coder changed; it stands as in the files.")
    merged.corrected = True
    merged.files[file] = merged.files[imported(file)] = table_text(name, [*new.values()])


def _fill(new: Rows, now: Rows, asked: set[str], report: Report) -> None:
    """Say of new studies what the files no longer tell, rather than leave it blank."""
    columns = [*next(iter(now.values()), {})]
    told = {*next(iter(new.values()), {})}
    for column in (c for c in columns if c in asked and c not in told):
        added = [key for key in new if key not in now]
        for key in added:
            new[key][column] = NOT_ESTABLISHED
        if added:
            report.changes.append(
                f"{column}: {NOT_ESTABLISHED!r} for {number(len(added), 'new study')}, because no "
                "column of the files tells it."
            )


def _read_text(path: Path) -> str:
    return path.read_text("utf-8") if path.is_file() else ""


def _three_ways(
    name: str, base: Rows, now: Rows, new: Rows, report: Report, *, prune: bool
) -> Rows:
    """The rows of a table after the files' changes, the author's own kept."""
    told = {
        "codebook": "code",
        "studies": "study",
        "coded_studies": "finding",
        "flow": "number of the search",
    }[name]
    rows: Rows = {key: dict(row) for key, row in now.items()}
    added = [key for key in new if key not in now and key not in base]
    for key in added:
        rows[key] = dict(new[key])
    if added:
        report.changes.append(f"{number(len(added), f'new {told}')}: {_some(added)}.")
    dropped = [key for key in new if key not in now and key in base]
    if dropped:
        report.changes.append(
            f"{number(len(dropped), told)} that you took out of the review "
            f"{'stays' if len(dropped) == 1 else 'stay'} out: "
            f"{_some(dropped)}."
        )
    for key, row in new.items():
        if key not in now:
            continue
        for column, value in row.items():
            before, mine = base.get(key, {}).get(column), now[key].get(column, "")
            if value in (mine, before):
                continue
            if before is None and mine and key in base:
                continue
            if before is None or mine == before:
                rows[key][column] = value
                report.changes.append(f"{key}, {column}: {_short(mine)} is now {_short(value)}.")
            else:
                report.changes.append(
                    f"{key}, {column}: the file says {_short(value)}, you wrote {_short(mine)}; "
                    "yours was kept."
                )
    gone = [key for key in base if key not in new and key in now]
    if name == "codebook":
        gone = []  # a code that nothing is coded with is still a code
    if gone:
        one = len(gone) == 1
        what = f"{'stays' if one else 'stay'} in the review; 'synth import --prune' takes "
        what += "it out" if one else "them out"
        if prune:
            what = "was taken out" if one else "were taken out"
        report.changes.append(
            f"{number(len(gone), told)} gone from the files {what}: {_some(gone)}."
        )
        for key in gone if prune else ():
            del rows[key]
    return rows


def _short(value: str) -> str:
    return repr(value if len(value) <= 60 else f"{value[:57]}...")


def _some(listed: Sequence[str], most: int = 5) -> str:
    more = len(listed) - most
    return ", ".join(listed[:most]) + (f" and {more} more" if more > 0 else "")


def _settings(root: Path, fresh: str, report: Report) -> str:
    """The settings with directions, filters and colours that the new rows need; else nothing."""
    import tomllib

    text = (root / SETTINGS_FILE).read_text("utf-8")
    now, new = tomllib.loads(text), tomllib.loads(fresh)
    added = ""
    for part, key in (("directions", "id"), ("facets", "id"), ("ranks", "id")):
        held = {item[key] for item in now.get(part, ())}
        if part == "ranks" and len(new.get(part, ())) <= len(held):
            continue
        for block in _blocks(fresh, f"[[{part}]]"):
            named = tomllib.loads(block)[part][0]
            if named[key] not in held and not (part == "directions" and _only(named, held)):
                added += f"\n{block}"
                report.changes.append(f"{SETTINGS_FILE}: {part}: {named[key]!r} is new.")
    for block in _blocks(fresh, "[levels."):
        name = next(iter(tomllib.loads(block)["levels"]))
        if name not in now.get("levels", {}):
            added += f"\n{block}"
    return f"{text.rstrip()}\n{added}" if added else ""


def _only(named: Mapping[str, object], held: Iterable[str]) -> bool:
    """Whether a direction stands only for "there is no column", while the review has its own."""
    return named["id"] == "reported" and bool([*held])


def _blocks(text: str, heading: str) -> list[str]:
    """The sections of settings that begin with a heading."""
    blocks: list[str] = []
    for block in text.split("\n\n"):
        if block.lstrip("\n").startswith(heading):
            blocks.append(block.strip() + "\n")
    return blocks


def _checked(root: Path, files: Mapping[str, str]) -> dict[str, str]:
    """The files as they will stand, after the whole review was checked with them."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "review"
        copy.mkdir()
        shutil.copytree(root / "data", copy / "data")
        if (root / BIB_FILE).is_file():
            shutil.copy2(root / BIB_FILE, copy / BIB_FILE)
        for file, text in files.items():
            path = copy / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        records, problems = read_records(copy)
        every = dict.fromkeys([*problems, *check_records(records)])
        found = [problem for problem in every if problem.severity == "error"]
        if found:
            raise ReviewError(found)
        write_forms(copy, canonical_forms(copy))
        return {
            file: text
            for file in files
            if (text := (copy / file).read_text("utf-8")) != _read_text(root / file)
        }
