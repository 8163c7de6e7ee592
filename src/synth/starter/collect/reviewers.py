"""Whose rows count where several people coded the same studies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from synth.starter.collect.material import Material, Where
from synth.starter.recipe import RECIPE_FILE, SheetRecipe
from synth.starter.report import place
from synth.starter.sheet import Sheet
from synth.starter.values import is_consensus, same


def rows_that_count(
    material: Material, studies: Mapping[Where, Sequence[int]]
) -> tuple[set[Where], set[Where], set[Where]]:
    """Rows that count, and those of the first and the second of several other reviewers.

    Parameters
    ----------
    material : the tables; the fate of their rows is known.
    studies : what each row is about.
    """
    counting = {where for where, reason in material.fate.items() if not reason}
    first: set[Where] = set()
    second: set[Where] = set()
    for index, (sheet, recipe) in enumerate(material.sheets):
        column = recipe.one("reviewer")
        by_study: dict[int, dict[str, list[int]]] = {}
        for row in sheet.rows if column else ():
            if (index, row.line) in counting:
                for study in studies.get((index, row.line), ()):
                    by_name = by_study.setdefault(study, {})
                    by_name.setdefault(same(row.cells[column]), []).append(row.line)
        if not any(len(by_name) > 1 for by_name in by_study.values()):
            continue
        chosen_of = _choices(material, index, by_study)
        # Two codings are compared over the studies that both have: where some studies have one
        # coding, or two beside a consensus, those that count are not the first of two.
        two = any(
            is_consensus(chosen_of[study]) and len(by_name) > 2
            for study, by_name in by_study.items()
        )
        apart = two or any(len(by_name) < 2 for by_name in by_study.values())
        for study, by_name in by_study.items():
            chosen = chosen_of[study]
            others = [by_name[name] for name in by_name if name != chosen]
            agreed = is_consensus(chosen)
            # Beside a consensus of two or more there are two codings to compare, else one.
            kept: tuple[set[Where], ...] = (second,)
            if agreed and len(others) > 1:
                kept = first, second
            if two and agreed and len(others) == 1:
                kept = ()  # a consensus of one coding
            elif apart and others and len(kept) == 1:
                first.update((index, line) for line in by_name[chosen])
            for rank, lines in enumerate(others):
                counting -= {(index, line) for line in lines}
                if rank < len(kept):
                    kept[rank].update((index, line) for line in lines)
                _tell(material, index, lines, second_coding=rank < len(kept))
    return counting, first, second


Coding = tuple[list[tuple[Sheet, SheetRecipe]], set[Where]]
"""The tables as one coder's columns read them, and the rows that are read."""


def codings_in_columns(
    material: Material, counting: set[Where], studies: Mapping[Where, Sequence[int]]
) -> tuple[Coding, Coding]:
    """The first and the second coding of tables in which each coder has columns.

    Parameters
    ----------
    material : the tables.
    counting : the rows that count.
    studies : what each row is about.
    """
    first: Coding = [*material.sheets], set()
    second: Coding = [*material.sheets], set()
    for index, (sheet, recipe) in enumerate(material.sheets):
        many = max(map(len, recipe.coders.values()), default=0)
        named = {name for others in recipe.coders.values() for name in (*recipe.coders, *others)}
        if not many or not named - {""} <= {*sheet.header}:
            continue
        rows = {row.line: row for row in sheet.rows if (index, row.line) in counting}
        tracks = [[o[at] for o in recipe.coders.values() if at < len(o)] for at in range(many)]
        # Two codings are compared over the studies that both coders looked at.
        both = [
            {
                study
                for line, row in rows.items()
                if any(row.cells.get(name) for name in track)
                for study in studies.get((index, line), ())
            }
            for track in (tracks if many > 1 else [[*recipe.coders], *tracks])
        ]
        seen = set.intersection(*both)
        every = {study for line in rows for study in studies.get((index, line), ())}
        where = {(index, line) for line in rows if seen.issuperset(studies.get((index, line), ()))}
        if many > 1:
            first[0][index] = (sheet, recipe.of_coder(0))
        if many > 1 or seen != every:
            first[1].update(where)
        second[0][index] = (sheet, recipe.of_coder(min(many, 2) - 1))
        second[1].update(where)
    return first, second


def _choices(
    material: Material, index: int, by_study: Mapping[int, Mapping[str, Sequence[int]]]
) -> dict[int, str]:
    """The reviewer of each study whose rows count: as the team says, by consensus, or by number."""
    sheet, recipe = material.sheets[index]
    ranking = Counter(
        name for by_name in by_study.values() for name, lines in by_name.items() for _ in lines
    )
    counts = same(recipe.counts) if recipe.counts else ""
    if counts not in ranking or not counts:
        counts = next(filter(is_consensus, ranking), "")
        if counts:
            material.sheets[index] = (sheet, replace(recipe, counts="consensus"))
    chosen_of = {
        study: _chosen(by_name, counts, Counter() if counts else ranking)
        for study, by_name in by_study.items()
    }
    for study, by_name in by_study.items():
        chosen = chosen_of[study]
        if len(by_name) > 1 and not counts:
            material.report.decided(
                "Several reviewers coded a study and there is no consensus: the rows of "
                "the one with most rows count, of equals those of the first.",
                # By its place: nobody's name goes into a report that may be published.
                f"{material.studies.groups[study].shown} ({place(sheet, by_name[chosen][0])})",
                f"{RECIPE_FILE}: counts names the reviewer whose rows count",
                noun="study",
            )
    return chosen_of


def _tell(material: Material, index: int, lines: Sequence[int], *, second_coding: bool) -> None:
    """Say of rows that do not count whether they are kept."""
    report = material.report
    for line in lines:
        where = place(material.sheets[index][0], line)
        if second_coding:
            report.decided(
                "Double extraction: a row of one reviewer stands as a second "
                "coding, and is not counted.",
                where,
            )
        else:
            report.left_out("A further reviewer's row of a study that others coded too.", where)


def _chosen(by_name: Mapping[str, Sequence[int]], counts: str, ranking: Mapping[str, int]) -> str:
    """The reviewer of a study whose rows count."""
    if counts in by_name:
        return counts
    agreed = next(filter(is_consensus, by_name), "")
    if agreed or len(by_name) == 1:
        return agreed or next(iter(by_name))
    # Of equals the first of the file, the same for all studies.
    names = [name for name in ranking if name in by_name] or list(by_name)
    return max(names, key=lambda name: (ranking.get(name, 0), len(by_name[name])))
