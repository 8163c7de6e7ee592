"""From a team's tables, read by a recipe, to studies, codings and facts; every cell is accounted.

Nothing is dropped, joined or guessed without a word: what makes no finding is told with its reason.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from synth.errors import Problem, did_you_mean
from synth.model import NOT_REPORTED
from synth.reading.csv_table import mangled
from synth.starter.codebook_draft import Codes
from synth.starter.columns.headings import MOST_DIRECTIONS
from synth.starter.columns.separators import split_path
from synth.starter.countries import countries
from synth.starter.identity import (
    KINDS,
    Identity,
    Studies,
    author_and_year,
    identity,
    several_studies,
    without_row_numbers,
)
from synth.starter.recipe import SheetRecipe
from synth.starter.report import Report, place, source
from synth.starter.request import Pace, Say
from synth.starter.sheet import Row, Sheet
from synth.starter.values import (
    count_in,
    counts_items,
    is_blank_tick,
    is_consensus,
    is_note,
    is_several_countries,
    is_sum,
    is_tick,
    is_total,
    one_spelling,
    pieces,
    read_marks,
    same,
    sentences,
    ticked_text,
    unknown,
    without_bullet,
    without_mark,
)
from synth.text import shorten, unmarked

NOT_STATED = "Not stated"
REPORTED = "Reported"
BOTH = "Both"
_FACTS = ("country", "design", "setting", "sample", "cohort", "filter", "keep")
_LISTS = ("country", "design", "filter")
_SEEN = ("summary", "section", "anchor", "basis", "finding")


@dataclass
class Coding:
    """A finding in the making, and where it comes from.

    Parameters
    ----------
    study : index of its study.
    node : id of its code.
    direction : the word for its direction; empty if there is none.
    cells : what else the row says of it: summary, section, anchor, basis, finding.
    sheet, line, column : where it stands.
    """

    study: int
    node: str
    direction: str
    cells: dict[str, str]
    sheet: int
    line: int
    column: str


@dataclass
class Fact:
    """A column about studies or findings.

    Parameters
    ----------
    label : its heading.
    use : what it is.
    values : for sheet and line the values of the row.
    """

    label: str
    use: str
    values: dict[tuple[int, int], tuple[str, ...]] = field(default_factory=dict)

    @property
    def is_list(self) -> bool:
        """Whether its cells may hold several values."""
        return self.use in _LISTS


@dataclass
class Material:
    """All that the tables say, before it is written as the tables of a review.

    Parameters
    ----------
    sheets : each table with the recipe it is read by.
    codes : the codebook.
    report : what the team is told.
    studies : who the rows are about.
    codings : findings that count.
    first, second : codings by other reviewers, which do not.
    facts : columns about studies and findings, by name.
    fate : for sheet and line what became of the row: empty if it is used, else the reason.
    made : for sheet, line and column how many codes its cell named; what makes none is not there.
    odd_countries : values of columns of countries that are none.
    """

    sheets: list[tuple[Sheet, SheetRecipe]]
    codes: Codes
    report: Report
    studies: Studies = field(default_factory=Studies)
    codings: list[Coding] = field(default_factory=list)
    first: list[Coding] = field(default_factory=list)
    second: list[Coding] = field(default_factory=list)
    facts: dict[str, Fact] = field(default_factory=dict)
    fate: dict[tuple[int, int], str] = field(default_factory=dict)
    made: dict[tuple[int, int, str], int] = field(default_factory=dict)
    odd_countries: dict[str, None] = field(default_factory=dict)
    directions: dict[str, str] = field(default_factory=dict)
    has_directions: bool = False


def collect(
    sheets: Sequence[tuple[Sheet, SheetRecipe]],
    codes: Codes,
    report: Report,
    say: Say | None = None,
) -> Material:
    """Read the tables by their recipes.

    Parameters
    ----------
    sheets : each table and how it is read.
    codes : the team's codebook, or an empty one that is drafted from the codes.
    report : where it is told.
    say : where it is said how far it is, when it takes longer than two seconds.
    """
    return _Collector(Material([*sheets], codes, report), Pace(say)).whole()


class _Collector:
    def __init__(self, material: Material, pace: Pace) -> None:
        self.pace = pace
        self.material = material
        self.report = material.report
        self.codes = material.codes
        self.of_rows: dict[tuple[int, int], list[int]] = {}
        self.spellings: dict[tuple[int, str], dict[str, str]] = {}
        self.mapped: dict[tuple[str, str, str], int] = {}
        self.counted: dict[str, bool] = {}

    def whole(self) -> Material:
        """Who, then which rows count, then what they say."""
        self._studies()
        counting, first, second = self._by_reviewer()
        if not self.codes.file:
            self._draft(counting)
        self._directions(counting)
        made = self.material.made
        self.material.codings = self._codings(counting)
        self._tell_alike()
        kept = dict(made)
        self.material.first = self._codings(first)
        self.material.second = self._codings(second)
        self.material.made = kept
        self._facts(counting)
        self._tell_mapped()
        self._keep_mapped()
        return self.material

    # --- who ---

    def _studies(self) -> None:
        material = self.material
        found: list[tuple[tuple[int, int, int], Identity]] = []
        for index, (sheet, recipe) in enumerate(material.sheets):
            changed, numbers = without_row_numbers(sheet.rows, recipe)
            if numbers:
                self.report.decided(
                    f"{numbers!r} of {source(sheet)} numbers the rows, not the studies."
                )
                material.sheets[index] = (sheet, changed)
            if changed.rows in ("codings", "studies", "references"):
                found += self._identities(index, sheet, changed)
        material.studies.add(found)
        for (index, line, _), study in sorted(material.studies.of_row.items()):
            self.of_rows.setdefault((index, line), []).append(study)
        self._unclear()
        for cause, examples in material.studies.apart.items():
            for example in examples:
                self.report.decided(f"Studies: {cause}.", example, noun="study")
        for one, two in material.studies.nearly_alike():
            self.report.decided(
                "Studies: names that are nearly alike stand as two studies; if they are one, "
                "write them alike.",
                f"{one!r} and {two!r}",
                noun="pair",
            )
        self._tell_repeated()
        self._tell_unlisted()

    def _tell_unlisted(self) -> None:
        """Studies that are coded in one table and not named in the table of all studies."""
        rows = [recipe.rows for _, recipe in self.material.sheets]
        if not {"studies", "codings"} <= {*rows}:
            return
        groups = self.material.studies.groups
        kinds = [{rows[index] for index, _ in group.places} for group in groups]
        if not any({"studies", "codings"} <= kind for kind in kinds):
            return
        lists = [
            source(sheet) for sheet, recipe in self.material.sheets if recipe.rows == "studies"
        ]
        for group, kind in zip(groups, kinds, strict=True):
            if kind == {"codings"}:
                self.report.decided(
                    f"Studies that are coded and that {' and '.join(lists)} does not name stand "
                    "as further studies; if one is a slip of the pen, mend it.",
                    repr(group.shown),
                    noun="study",
                )

    def _identities(
        self, index: int, sheet: Sheet, recipe: SheetRecipe
    ) -> Iterable[tuple[tuple[int, int, int], Identity]]:
        labels = [row.cells[name] for name in recipe.of("study") for row in sheet.rows]
        known = [*dict.fromkeys(label for label in labels if label)]
        column = recipe.one("study")
        whose = sum(author_and_year(label) is not None for label in labels)
        # Among names such as "Lee 2020" a lone "Africa" heads the rows below it.
        headed = whose * 2 > len([label for label in labels if label])
        seen: dict[tuple[str, ...], int] = {}
        above: Identity | None = None
        for number, row in enumerate(sheet.rows):
            self.pace("Telling studies apart", number, len(sheet.rows))
            whole = tuple(row.cells.values())
            if whole in seen:
                reason = f"it repeats line {seen[whole]} word for word"
                self.material.fate[index, row.line] = reason
                self.report.left_out(
                    "Rows that repeat another word for word were taken once.",
                    f"{place(sheet, row.line)} repeats line {seen[whole]}",
                )
                continue
            seen[whole] = row.line
            if reason := self._no_study(sheet, recipe, row, last=number + 3 >= len(sheet.rows)):
                self.material.fate[index, row.line] = reason
                self.report.left_out(reason, place(sheet, row.line))
                continue
            if headed and self._is_heading(sheet, row, column, number):
                reason = "A row that only heads the rows below it is about no study."
                self.material.fate[index, row.line] = reason
                shown = place(sheet, row.line)
                self.report.left_out(reason, f"{shown}: {shorten(row.cells[column], 40)!r}")
                continue
            who = identity(row, recipe)
            if not who:
                if above is None or recipe.rows == "references":
                    where = ("row-without-study", sheet.source, row.line, column)
                    self.report.problems.append(Problem(*where))
                    continue
                who = above
                self.report.decided(
                    "Rows without a study belong to the study of the row above, as merged cells "
                    "are saved.",
                    place(sheet, row.line, column),
                )
            above = who
            self.material.fate[index, row.line] = ""
            parts = several_studies(row.cells.get(column, ""), known) if column else []
            if len(parts) > 1:
                self.report.decided(
                    "A cell that names several studies gives each of them the row's findings.",
                    place(sheet, row.line, column),
                )
                for at, label in enumerate(parts):
                    yield (index, row.line, at), identity(row, recipe, label)
            else:
                code = mangled(row.cells[column]) if column else ""
                if code and not re.fullmatch(r"\d+(?:\.0)?", row.cells[column]):
                    where = (code, sheet.source, row.line, column)
                    self.report.problems.append(Problem(*where, value=row.cells[column]))
                yield (index, row.line, 0), who

    @staticmethod
    def _is_heading(sheet: Sheet, row: Row, column: str, number: int) -> bool:
        """Whether nothing stands in a row but a name that is no study's, above other rows."""
        label = row.cells[column] if column else ""
        alone = bool(label) and sum(map(bool, row.cells.values())) == 1 and len(sheet.header) > 2
        if not alone or author_and_year(label) or number + 1 >= len(sheet.rows):
            return False
        below = sheet.rows[number + 1].cells
        return sum(map(bool, below.values())) > 1

    def _no_study(self, sheet: Sheet, recipe: SheetRecipe, row: Row, *, last: bool) -> str:
        """Why a row is about no study, if it is about none: sums, notes below the table."""
        held = {name: cell for name, cell in row.cells.items() if cell}
        if len(held) > 1 and all(is_named(sheet, name, cell) for name, cell in held.items()):
            return "A row that repeats the headings, as on a new page, is about no study."
        if len(held) == 1 and _CONTINUED.fullmatch(next(iter(held.values()))):
            return "A row that only says that the table goes on is about no study."
        named = next(
            (row.cells[n] for n in recipe.of("study", "author", "title") if row.cells[n]), ""
        )
        first = next(iter(held.values()), "")
        if recipe.rows != "codings" or last:
            others = [cell for cell in held.values() if cell != named]
            if others and all(map(is_sum, others)) and is_total(named or first):
                return "A row of sums is about no study."
        if len(held) == 1 and len(sheet.header) > 1 and not author_and_year(first):
            if is_note(first) and (last or len(first) > 20):
                return "A note below the table is about no study."
            rest = sheet.rows[sheet.rows.index(row) :] if last else ()
            below = all(sum(map(bool, other.cells.values())) == 1 for other in rest)
            if last and below and len(sheet.header) > 2 and re.search(r"[:=;]\s|\.$", first):
                return "A note below the table is about no study."
            if (
                len(first) > 120
                and last
                and first not in (row.cells[n] for n in recipe.of("title"))
            ):
                return "A note below the table is about no study."
        return ""

    def _unclear(self) -> None:
        told: dict[str, list[tuple[int, int]]] = {}
        shown: dict[str, list[str]] = {}
        for where, who, candidates in self.material.studies.unclear:
            told.setdefault(who.shown, []).append(where)
            groups = self.material.studies.groups
            names = [groups[at].details.get("title") or groups[at].shown for at in candidates]
            if len({*names}) < len(names):
                ids = [groups[at].who.doi or groups[at].who.record for at in candidates]
                names = [f"{n} ({i})" if i else n for n, i in zip(names, ids, strict=True)]
            shown[who.shown] = names
        for name, places in told.items():
            listed = ", ".join(repr(title) for title in shown[name][:4])
            for index, line in places:
                sheet, recipe = self.material.sheets[index]
                column = recipe.one("study")
                self.report.problems.append(
                    Problem("study-unclear", sheet.source, line, column, value=name, listed=listed)
                )

    def _tell_repeated(self) -> None:
        """Rows of a table with a row for each study that name the same study."""
        for group in self.material.studies.groups:
            for index, (sheet, recipe) in enumerate(self.material.sheets):
                lines = [line for at, line in group.places if at == index]
                if recipe.rows == "studies" and len(lines) > 1 and not recipe.of("reviewer"):
                    listed = ", ".join(str(line) for line in lines)
                    self.report.decided(
                        "Several rows name one study and were taken together; if they are several "
                        "studies, add a title, a DOI, or a letter after the year.",
                        f"{group.shown!r} in lines {listed} of {source(sheet)}",
                        noun="study",
                    )

    # --- which rows count ---

    def _by_reviewer(self) -> tuple[set[tuple[int, int]], ...]:
        """Rows that count, and those of the first and the second of several other reviewers."""
        counting = {where for where, reason in self.material.fate.items() if not reason}
        first: set[tuple[int, int]] = set()
        second: set[tuple[int, int]] = set()
        for index, (sheet, recipe) in enumerate(self.material.sheets):
            column = recipe.one("reviewer")
            if not column:
                continue
            rows = {row.line: row for row in sheet.rows if (index, row.line) in counting}
            by_study: dict[int, dict[str, list[int]]] = {}
            for line, row in rows.items():
                for study in self.of_rows.get((index, line), ()):
                    name = same(row.cells[column])
                    by_study.setdefault(study, {}).setdefault(name, []).append(line)
            if not any(len(by_name) > 1 for by_name in by_study.values()):
                continue
            counts = self._who_counts(index, sheet, recipe, column, by_study)
            for study, by_name in by_study.items():
                chosen = self._chosen(by_name, counts)
                others = [name for name in by_name if name != chosen]
                agreed = is_consensus(chosen)
                if len(by_name) > 1 and not agreed and counts == "":
                    self.report.decided(
                        "Several reviewers coded a study and there is no consensus: the rows of "
                        "one of them count.",
                        self.material.studies.groups[study].shown,
                        noun="study",
                    )
                for rank, name in enumerate(others):
                    lines = {(index, line) for line in by_name[name]}
                    counting -= lines
                    if agreed and len(others) > 1:
                        (first if rank == 0 else second).update(lines if rank < 2 else ())
                        spare = rank > 1
                    else:
                        second.update(lines if rank == 0 else ())
                        spare = rank > 0
                    for line in by_name[name]:
                        where = place(sheet, line)
                        if spare:
                            self.report.left_out(
                                "A further reviewer's row of a study that others coded too.", where
                            )
                        else:
                            self.report.decided(
                                "Double extraction: a row of one reviewer stands as a second "
                                "coding, and is not counted.",
                                where,
                            )
        return counting, first, second

    def _who_counts(
        self,
        index: int,
        sheet: Sheet,
        recipe: SheetRecipe,
        column: str,
        by_study: Mapping[int, Mapping[str, Sequence[int]]],
    ) -> str:
        names = Counter(
            name for by_name in by_study.values() for name, lines in by_name.items() for _ in lines
        )
        if recipe.counts and same(recipe.counts) in names:
            return same(recipe.counts)
        agreed = [name for name in names if is_consensus(name)]
        if agreed:
            self.material.sheets[index] = (sheet, replace(recipe, counts="consensus"))
            return agreed[0]
        self._ranking = names
        return ""

    def _chosen(self, by_name: Mapping[str, Sequence[int]], counts: str) -> str:
        if counts in by_name:
            return counts
        agreed = next((name for name in by_name if is_consensus(name)), "")
        if agreed or len(by_name) == 1:
            return agreed or next(iter(by_name))
        ranking = getattr(self, "_ranking", Counter())
        return max(by_name, key=lambda name: (ranking[name], len(by_name[name]), name))

    # --- codes ---

    def _rows(self, chosen: set[tuple[int, int]]) -> Iterable[tuple[int, Sheet, SheetRecipe, Row]]:
        for index, (sheet, recipe) in enumerate(self.material.sheets):
            for number, row in enumerate(sheet.rows):
                self.pace("Reading codes", number, len(sheet.rows))
                if (index, row.line) in chosen:
                    yield index, sheet, recipe, row

    def _draft(self, counting: set[tuple[int, int]]) -> None:
        """The codebook of the codes that occur: whole ways first, then labels on their own."""
        single: list[tuple[list[str], int]] = []
        merged: dict[str, None] = {}
        for index, (sheet, recipe) in enumerate(self.material.sheets):
            lines = {line for at, line in counting if at == index}
            for name in sheet.header:
                if recipe.columns.get(name) == "codes":
                    self.codes.add(recipe.codes.get(name, (name,)))
            if len(recipe.ranks) > 1 and not self.codes.ranks:
                self.codes.ranks = recipe.ranks
            for row in sheet.rows:
                if row.line not in lines:
                    continue
                for _, labels, _ in self._labels(row, recipe):
                    if len(labels) > 1:
                        self.codes.add(labels, row.line)
                    elif labels:
                        single.append((labels, row.line))
        for labels, line in single:
            found = self.codes.find(labels[0])
            if not found:
                self.codes.add(labels, line)
            elif len(found) == 1 and labels[0] != found[0]:
                kept = self.codes.nodes[found[0]].label
                if same(labels[0]) != same(kept):
                    merged[f"{labels[0]!r} is read as {kept!r}"] = None
        for told in merged:
            text = "Codes that differ only in accents or hyphens are one."
            self.report.decided(text, told, noun="code")

    def _labels(self, row: Row, recipe: SheetRecipe) -> Iterable[tuple[str, list[str], str]]:
        """The codes of a row: column, labels from the widest, and a direction said before them."""
        for name in recipe.of("theme"):
            for piece in self._parts(row, name, recipe):
                word, label = self._said(piece, recipe)
                yield name, split_path(label, recipe.path), word
        ranks = recipe.ranks
        if ranks:
            *wide, narrow = [(name, self._parts(row, name, recipe)) for name in ranks]
            heads = [parts for _, parts in wide]
            if all(len(parts) <= 1 for parts in heads):
                head = [part for parts in heads for part in parts]
                for piece in narrow[1] or ([""] if head else []):
                    word, label = self._said(piece, recipe)
                    yield narrow[0], [*head, *([label] if label else [])], word
            else:
                # Several values in wider ranks too: the first belongs to the first.
                many = max(len(parts) for parts in (*heads, narrow[1]))
                for at in range(many):
                    way = [p[min(at, len(p) - 1)] for p in (*heads, narrow[1]) if p]
                    word, way[-1] = self._said(way[-1], recipe)
                    yield narrow[0], way, word
        for name in recipe.of("dimensions"):
            for piece in self._parts(row, name, recipe):
                yield name, [*recipe.codes.get(name, (name,)), piece], ""

    def _said(self, piece: str, recipe: SheetRecipe) -> tuple[str, str]:
        """The direction that a code says, and its label: as the team's codebook has it, if so."""
        word, label = without_mark(piece, recipe.marks)
        whole = bool(self.codes.file) and len(self.codes.find(piece)) == 1
        return word, piece if whole else label

    def _parts(self, row: Row, name: str, recipe: SheetRecipe) -> list[str]:
        """The values of a cell, those that say "unknown" left out."""
        said = recipe.meant(name)
        cell = row.cells[name]
        flat = " ".join(cell.split())
        if flat in said:
            parts = [said[flat]]
        elif self.codes.file and len(self.codes.find(flat)) == 1:
            parts = [flat]
        else:
            signs = recipe.separators.get(name, ";\n")
            if self.codes.file and "," in flat and "," not in signs:
                split = pieces(cell, f"{signs},")
                if all(len(self.codes.find(part)) == 1 for part in split):
                    signs += ","
            parts = [
                said.get(part, part) for part in map(self._unlisted(name), pieces(cell, signs))
            ]
        known = self.codes.find if self.codes.file else lambda part: ()
        return [part for part in parts if part and (known(part) or not unknown(part, nothing=True))]

    def _unlisted(self, name: str) -> Callable[[str], str]:
        """What takes the sign of a list off its items: a bullet, a number that only counts them."""
        if name not in self.counted:
            cells = (
                part
                for sheet, _ in self.material.sheets
                if name in sheet.header
                for row in sheet.rows
                for part in pieces(row.cells[name], ";\n")
            )
            self.counted[name] = counts_items(cells)
        return lambda part: without_bullet(part, numbers=self.counted[name])

    def _node(self, labels: Sequence[str], sheet: Sheet, line: int, column: str) -> str:
        whole = " > ".join(labels)
        found = self.codes.find(whole)
        if len(found) != 1 and len(labels) > 1 and not self.codes.file:
            return self.codes.add(labels, line)
        if len(found) > 1:
            self.report.problems.append(self.codes.problem(whole, sheet.source, line, column))
            return ""
        if found:
            return found[0]
        if not self.codes.file:
            return self.codes.add(labels, line)
        return self._new_node(labels, sheet, line, column)

    def _new_node(self, labels: Sequence[str], sheet: Sheet, line: int, column: str) -> str:
        """A code that the team's codebook lacks: a number is refused, another one is added."""
        whole = " > ".join(labels)
        if re.fullmatch(r"[\d.]+", whole):
            self.report.problems.append(self.codes.problem(whole, sheet.source, line, column))
            return ""
        known = [*self.codes.nodes, *(node.label for node in self.codes.nodes.values())]
        if self.codes.closed and did_you_mean(whole, known):
            self.report.problems.append(self.codes.problem(whole, sheet.source, line, column))
            return ""
        self.report.decided(
            f"{whole!r} is not in {Path(self.codes.file).name} and was added to the codebook.",
            place(sheet, line, column),
        )
        parent = self.codes.find(labels[0])
        if len(labels) > 1 and len(parent) == 1:
            above = [self.codes.nodes[step].label for step in self.codes.path(parent[0])]
            return self.codes.add([*above, *labels[1:]], line)
        return self.codes.add(labels, line)

    def _tell_alike(self) -> None:
        """Codes of a draft that differ only in accents, signs, or how *and* is written."""
        if self.codes.file:
            return
        alike: dict[tuple[str, str], list[str]] = {}
        for node in self.codes.nodes.values():
            words = re.findall(r"[^\W_]+|[<>=+%≤≥±]", unmarked(node.label))
            kept = " ".join(word for word in words if word not in _AND)
            alike.setdefault((node.parent, kept), []).append(node.label)
        for (_, kept), labels in alike.items():
            if kept and len(labels) > 1:
                self.report.decided(
                    "Codes that differ only in accents, signs or 'and' stand as several; if they "
                    "are one, write them alike, or say so in the recipe's [sheet.values].",
                    " and ".join(map(repr, labels)),
                    noun="group",
                )

    # --- directions ---

    def _directions(self, counting: set[tuple[int, int]]) -> None:
        """The words for directions, each in one spelling."""
        for index, (sheet, recipe) in enumerate(self.material.sheets):
            for name in recipe.of("direction"):
                if name in recipe.directions:
                    continue
                self._new_marks(index, sheet, recipe, name)
        spelled: Counter[str] = Counter()
        blank: list[str] = []
        columns: dict[str, None] = {}
        for _, sheet, recipe, row in self._rows(counting):
            column = recipe.one("direction")
            word = self._direction_word(row, recipe)
            if word == BOTH and column in recipe.directions:
                text = f"Rows with ticks for several directions have the direction {BOTH!r}."
                self.report.decided(text, place(sheet, row.line))
            before = [said for _, _, said in self._labels(row, recipe)]
            silent = bool(column) or (bool(recipe.marks) and "" in before)
            for name in recipe.of("codes") if recipe.marks else ():
                cell = row.cells[name]
                before += [without_mark(text, recipe.marks)[0] for text in sentences(cell)]
            spelled.update(said for said in before if said)
            if (silent or word) and self._has_code(row, recipe):
                columns[column] = None
                if word:
                    spelled[word] += 1
                elif "" in before or not before:
                    one = column if column not in recipe.directions else ""
                    blank.append(place(sheet, row.line, one))
            narrow = recipe.ranks[-1:]
            for name in (*recipe.of("codes", "dimensions", "theme"), *narrow):
                said = recipe.marks.get(same(row.cells[name]), "")
                if word := said or recipe.directions.get(name, ""):
                    spelled[word] += 1
        if not spelled and not blank:
            self.report.decided(
                "There is no column of directions, so all findings have one, 'Reported'.",
                hint="--columns direction=COLUMN names one.",
            )
            return
        self.material.has_directions = True
        for where in blank:
            self.report.decided(f"Findings without a direction got one, {NOT_STATED!r}.", where)
        kept, told = one_spelling(spelled.elements())
        for line in told:
            self.report.decided("Directions in one spelling.", line, noun="word")
        words = Counter(kept.get(word, word) for word in spelled.elements())
        ordered = sorted(words.items(), key=lambda item: (-item[1], item[0]))
        for word, _ in ordered:
            shown = word[:1].upper() + word[1:]
            self.material.directions[same(word)] = shown
        if len(self.material.directions) + bool(blank) > MOST_DIRECTIONS:
            column = next(iter(columns), "")
            sheet = self.material.sheets[0][0]
            values = ", ".join(repr(word) for word in [*self.material.directions.values()][:4])
            numbers = {"n": len(words), "most": MOST_DIRECTIONS, "column": column}
            self.report.problems.append(
                Problem("directions-many", sheet.source, 1, column, **numbers, listed=values)
            )

    def _new_marks(self, index: int, sheet: Sheet, recipe: SheetRecipe, name: str) -> None:
        """Marks that a column of directions did not hold when its recipe was written."""
        known = recipe.values.get(name, {})
        marks = read_marks([*known, *(row.cells[name] for row in sheet.rows)])
        new = {mark: word for mark, word in marks.items() if mark not in known}
        if known and new:
            for mark, word in new.items():
                self.report.decided(f"{name!r}: {mark!r} is read as {word!r}.")
            values = {**recipe.values, name: {**known, **new}}
            self.material.sheets[index] = (sheet, replace(recipe, values=values))

    def _has_code(self, row: Row, recipe: SheetRecipe) -> bool:
        if any(True for _ in self._labels(row, recipe)):
            return True
        cells = (row.cells[name] for name in recipe.of("codes"))
        return any(same(cell) in recipe.marks or not is_blank_tick(cell) for cell in cells)

    def _direction_word(self, row: Row, recipe: SheetRecipe) -> str:
        """What a row says of its direction: in a column of them, by ticks, or before its text."""
        ticked = [name for name in recipe.of("direction") if name in recipe.directions]
        if ticked:
            held = [name for name in ticked if not is_blank_tick(row.cells[name])]
            held = [name for name in held if not unknown(row.cells[name])]
            said = {recipe.directions[name]: None for name in held}
            return BOTH if len(said) > 1 else next(iter(said), "")
        if not (column := recipe.one("direction")):
            text = recipe.one("summary")
            return without_mark(" ".join(row.cells[text].split()), recipe.marks)[0] if text else ""
        flat = " ".join(row.cells[column].split())
        word = recipe.values.get(column, {}).get(flat, flat)
        return "" if unknown(word) else word

    def _way(self, word: str) -> str:
        if not self.material.has_directions:
            return ""
        return self.material.directions.get(same(word), "") if word else NOT_STATED

    # --- findings ---

    def _codings(self, chosen: set[tuple[int, int]]) -> list[Coding]:
        made: list[Coding] = []
        for index, sheet, recipe, row in self._rows(chosen):
            studies = self.of_rows.get((index, row.line), ())
            word = self._direction_word(row, recipe)
            said = {
                use: " ".join(row.cells[name].split())
                for use in _SEEN
                if (name := recipe.one(use)) and recipe.columns[name] == use
            }
            if unknown(said.get("summary", "")):
                self.report.decided(
                    "A text that only says 'not reported' is no finding in words.",
                    place(sheet, row.line, recipe.one("summary")),
                )
                del said["summary"]
            found: list[tuple[str, str, str, str]] = []
            for name, labels, before in self._labels(row, recipe):
                node = self._node(labels, sheet, row.line, name)
                way = self._way(before or recipe.directions.get(name, "") or word)
                found.append((name, node, way, self._beside(row, name, recipe)))
            for name in recipe.of("codes"):
                found += self._below_heading(row, name, recipe, sheet, word)
            if len({node for _, node, _, _ in found}) > 1 and recipe.of("theme"):
                self.report.decided(
                    "Rows with several codes make a finding for each.", place(sheet, row.line)
                )
            by_column: dict[tuple[str, str], None] = {}
            for name, node, way, text in found:
                if not node:
                    continue
                if (node, way + text) in by_column:
                    self.report.left_out(
                        "A code that a row names twice was taken once.",
                        place(sheet, row.line, name),
                    )
                    self.material.made.setdefault((index, row.line, name), 1)
                    continue
                by_column[node, way + text] = None
                key = (index, row.line, name)
                self.material.made[key] = self.material.made.get(key, 0) + 1
                several = len(recipe.of("summary")) > 1 and name in recipe.of("theme")
                own = {"summary": text} if text or several else {}
                for study in studies:
                    cells = {**said, **own}
                    made.append(Coding(study, node, way, cells, index, row.line, name))
            self._tell_uncoded(row, recipe, sheet)
        return made

    @staticmethod
    def _beside(row: Row, name: str, recipe: SheetRecipe) -> str:
        """The text of one of several columns of codes, where each has its own."""
        codes, texts = recipe.of("theme"), recipe.of("summary")
        if len(texts) < 2 or len(codes) != len(texts) or name not in codes:
            return ""
        text = " ".join(row.cells[texts[codes.index(name)]].split())
        return "" if unknown(text) else text

    def _below_heading(
        self, row: Row, name: str, recipe: SheetRecipe, sheet: Sheet, word: str
    ) -> list[tuple[str, str, str, str]]:
        """The findings of a cell below a heading that is a code."""
        cell = row.cells[name]
        said = recipe.values.get(name, {})
        flat = said.get(" ".join(cell.split()), " ".join(cell.split()))
        heading = recipe.codes.get(name, (name,))
        if said_by_mark := recipe.marks.get(same(flat)):
            node = self._node([*heading], sheet, row.line, name)
            return [(name, node, self._way(said_by_mark), "")]
        if (is_blank_tick(flat) and not is_tick(flat, heading[-1])) or count_in(flat) == 0:
            return []
        node = self._node([*heading], sheet, row.line, name)
        way = self._way(recipe.directions.get(name, "") or word)
        if is_tick(flat, heading[-1]) or is_tick(flat, name) or count_in(flat) is not None:
            return [(name, node, way, "")]
        if text := ticked_text(flat):
            return [(name, node, way, text)]
        texts = sentences(cell) if flat == " ".join(cell.split()) else [flat]
        found = []
        for text in texts:
            before, _ = without_mark(text, recipe.marks)
            found.append((name, node, self._way(before) if before else way, text))
        return found

    def _tell_uncoded(self, row: Row, recipe: SheetRecipe, sheet: Sheet) -> None:
        """Cells of codes that say something but no code."""
        for name in (*recipe.of("theme"), *recipe.of("dimensions"), *recipe.ranks):
            parts = pieces(row.cells[name], ";\n")
            for part in (part for part in parts if unknown(part, nothing=True)):
                if self.codes.file and self.codes.find(part):
                    continue
                self.report.left_out(
                    f"{part!r} in a column of codes says that nothing was coded.",
                    place(sheet, row.line, name),
                    noun="cell",
                )
        for name in recipe.of("codes"):
            cell = row.cells[name]
            if same(cell) in recipe.marks:
                continue
            nought = count_in(cell) == 0
            if cell and (is_blank_tick(cell) or nought) and not is_tick(cell, name):
                self.report.left_out(
                    f"{cell!r} below a heading that is a code says that the code does not apply.",
                    place(sheet, row.line, name),
                    noun="cell",
                )

    # --- facts ---

    def _facts(self, counting: set[tuple[int, int]]) -> None:
        for index, (sheet, recipe) in enumerate(self.material.sheets):
            rows = [row for row in sheet.rows if (index, row.line) in counting]
            if recipe.rows not in ("codings", "studies"):
                continue
            for name in sheet.header:
                use = recipe.columns.get(name, "leave-out")
                if use in _FACTS:
                    label = use if use not in ("filter", "keep") else name
                else:
                    continue
                held = [row for row in rows if row.cells[name]]
                if not held:
                    continue
                fact = self.material.facts.setdefault(
                    label, Fact(name, "filter" if use == "filter" else use)
                )
                for row in held:
                    values = self._values(row, name, use, recipe, sheet)
                    fact.values[index, row.line] = values
        for fact in self.material.facts.values():
            if fact.is_list:
                self._one_spelling(fact)

    def _values(
        self, row: Row, name: str, use: str, recipe: SheetRecipe, sheet: Sheet
    ) -> tuple[str, ...]:
        """The values of a cell as they will stand."""
        cell = row.cells[name]
        flat = " ".join(cell.split())
        said = recipe.meant(name)
        if flat in said:
            self._map(name, flat, said[flat])
            return tuple(pieces(said[flat], ";")) if use in _LISTS else (said[flat],)
        nothing = use in ("country", "design", "setting", "sample", "cohort")
        if word := unknown(flat, nothing=nothing):
            self._map(name, flat, word)
            return (word,)
        if use == "country":
            return self._countries(cell, flat, name, sheet, row, said)
        if use not in _LISTS:
            lines = cell.split("\n")
            listed = all(len(line) <= 40 and line[-1:] not in ".,;:" for line in lines)
            return ("; ".join(lines) if listed else flat,)
        values = []
        for part in pieces(cell, recipe.separators.get(name, ";\n")):
            value = said.get(part) or unknown(part, nothing=nothing) or part
            self._map(name, part, value)
            values.append(value)
        return tuple(dict.fromkeys(values)) or (flat,)

    def _countries(
        self, cell: str, flat: str, name: str, sheet: Sheet, row: Row, said: Mapping[str, str]
    ) -> tuple[str, ...]:
        named: list[str] = []
        for part in pieces(cell, ";\n"):
            if part in said:
                named += pieces(said[part], ";")
                self._map(name, part, said[part])
                continue
            if word := unknown(part, nothing=True):
                named.append(word)
                self._map(name, part, word)
                continue
            found, odd = countries(part)
            if found:
                named += found
                self._map(name, part, "; ".join(found))
                for place_name in odd:
                    self.report.left_out(
                        f"{place_name!r} is no country; it stands beside one that is.",
                        place(sheet, row.line, name),
                        noun="cell",
                    )
                continue
            named.append(part)
            self.material.odd_countries[part] = None
            if not is_several_countries(part):
                self.report.decided(
                    f"{part!r} is no country that is known, and was kept as it is.",
                    place(sheet, row.line, name),
                    noun="cell",
                )
        return tuple(dict.fromkeys(named)) or (flat,)

    def _map(self, name: str, old: str, new: str) -> None:
        if old != new:
            self.mapped[name, old, new] = self.mapped.get((name, old, new), 0) + 1

    def _tell_mapped(self) -> None:
        for (name, old, new), count in self.mapped.items():
            self.report.decided(f"{name!r}: {old!r} is read as {new!r} ({number_of(count)}).")

    def _keep_mapped(self) -> None:
        """Write what words are read as into the recipe, where the team can change it."""
        for index, (sheet, recipe) in enumerate(self.material.sheets):
            values = {column: dict(words) for column, words in recipe.values.items()}
            for name, old, new in self.mapped:
                if name in recipe.columns:
                    values.setdefault(name, {}).setdefault(old, new)
            self.material.sheets[index] = (sheet, replace(recipe, values=values))

    def _one_spelling(self, fact: Fact) -> None:
        kept, told = one_spelling(value for values in fact.values.values() for value in values)
        for line in told:
            self.report.decided(
                f"{fact.label!r}: values that differ only in capitals or spaces are one.",
                line,
                noun="value",
            )
        if kept:
            for where, values in fact.values.items():
                fact.values[where] = tuple(dict.fromkeys(kept.get(v, v) for v in values))


_AND = frozenset(("and", "und", "et", "y", "e", "en", "og", "och"))
_CONTINUED = re.compile(
    r"(?:table|tabelle|tableau|tabla|tabela|tabella|tabell|tabel)?\s*[\w.]{0,5}\s*[(\[,:–-]*\s*"
    r"(?:continued|cont['’]?d\.?|cont\.|fortsetzung|forts\.|suite|continuaci[oó]n|continuação)[)\].]*",
    re.IGNORECASE,
)


def is_named(sheet: Sheet, name: str, cell: str) -> bool:
    """Whether a cell holds the heading of its column."""
    return same(" ".join(cell.split())) in {same(name), *map(same, sheet.heads.get(name, ()))}


def number_of(count: int) -> str:
    """How many cells, with the noun."""
    return f"{count:,} cell" + ("" if count == 1 else "s")


def not_coded(material: Material) -> list[int]:
    """Studies that no counting row codes: they stay in every denominator."""
    coded = {coding.study for coding in material.codings}
    told = {
        study
        for (index, line, _), study in material.studies.of_row.items()
        if material.sheets[index][1].rows in ("codings", "studies")
    }
    return sorted(told - coded)


__all__ = ["KINDS", "NOT_REPORTED", "Coding", "Fact", "Material", "collect", "not_coded"]
