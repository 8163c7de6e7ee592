"""Problems and errors, as the person who typed the row reads them."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from synth.errors import (
    MOST_TOLD,
    Problem,
    ReviewError,
    UnknownName,
    catalogue,
    did_you_mean,
    groups,
    told_once,
)

SOURCE = Path(__file__).resolve().parent.parent / "src" / "synth"


def study(line: int, value: str, near: str = "") -> Problem:
    return Problem("study-unknown", "data/influences.csv", line, "studies", value=value, near=near)


def test_a_problem_is_a_place_a_code_a_message_and_a_remedy() -> None:
    near = "Did you mean 'organizational-leadership'?"
    place = ("theme-unknown", "data/coded_studies.csv", 14, "theme")
    assert str(Problem(*place, value="organizational-leadreship", near=near)) == (
        "data/coded_studies.csv:14: theme: [theme-unknown] 'organizational-leadreship' is not in "
        "the codebook.\n"
        "  Did you mean 'organizational-leadership'? Themes are listed in data/codebook.csv."
    )


def test_a_problem_of_a_whole_file_has_no_line() -> None:
    assert str(Problem("file-missing", "references.bib")) == (
        "references.bib: [file-missing] The file is missing.\n"
        "  Restore it, or start a review with 'synth new'."
    )


def test_what_is_no_error_says_so_and_what_has_no_remedy_says_none() -> None:
    problem = Problem("flow-unchecked", "data/flow.csv", 2, "count", box="a", unknown="'b'")
    assert str(problem) == (
        "data/flow.csv:2: note: count: [flow-unchecked] 'a' is not checked: the count of 'b' is "
        "not known."
    )


def test_an_error_tells_all_problems_in_their_order() -> None:
    problems = [
        Problem("null-character", "data/studies.csv", 10),
        Problem("file-not-text", "data/studies.csv", 9),
        Problem("file-utf-16", "data/codebook.csv", 11),
    ]
    told = str(ReviewError(problems)).splitlines()[::2]
    assert [line.partition(": ")[0] for line in told] == [
        "data/codebook.csv:11",
        "data/studies.csv:9",
        "data/studies.csv:10",
    ]


def test_one_value_on_several_lines_is_one_problem() -> None:
    (told,) = told_once([study(line, "lee2020") for line in (9, 4, 7)])
    assert told.line == 4
    assert told.message == "'lee2020' is not in data/studies.csv. Also on lines 7 and 9."
    assert told.as_dict()["lines"] == [4, 7, 9]


def test_so_many_lines_are_not_all_named() -> None:
    (told,) = told_once([study(line, "lee2020") for line in range(2, 363)])
    assert told.message.endswith(
        "Also on lines 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14 and 348 more."
    )
    assert len(told.as_dict()["lines"]) == 361  # type: ignore[arg-type]


@pytest.mark.parametrize("n", [MOST_TOLD, MOST_TOLD + 1])
def test_more_than_a_few_values_of_a_column_are_told_together(n: int) -> None:
    problems = [study(2 + i, f"s{i}", "Did you mean 'x'?") for i in range(n)]
    told = told_once([*problems, study(90, "s0", "Did you mean 'x'?")])
    if n == MOST_TOLD:
        assert len(told) == n
        return
    assert [problem.message for problem in told] == [
        "6 studies are not in data/studies.csv: 's0' (lines 2 and 90), 's1' (line 3), "
        "'s2' (line 4), 's3' (line 5), 's4' (line 6), 's5' (line 7)."
    ]
    assert told[0].remedy == "Studies are listed in data/studies.csv."
    assert told[0].as_dict()["lines"] == [2, 3, 4, 5, 6, 7, 90]


def test_what_was_told_once_is_not_told_twice() -> None:
    problems = [study(2 + i, f"s{i % 9}") for i in range(40)]
    once = told_once(problems)
    assert told_once(once) == once
    assert ReviewError(once).problems == tuple(once)


def test_long_values_are_quoted_in_part() -> None:
    assert len(study(1, "x" * 5000).message) < 120


# --- the catalogue ------------------------------------------------------------------------------


@cache
def raised() -> frozenset[tuple[str, str]]:
    """Every code that stands in the library's modules, with its file.

    A code is a string that is in the catalogue, or the first argument of something that reports.
    """
    return frozenset(_raised())


def _raised() -> Iterator[tuple[str, str]]:
    reporting = {"Problem", "_problem", "_add", "add", "problem"}
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and node.value in catalogue():
                yield str(node.value), path.name
            if isinstance(node, ast.Call):
                function = node.func
                name = function.attr if isinstance(function, ast.Attribute) else ""
                name = function.id if isinstance(function, ast.Name) else name
                first = node.args[0] if node.args else None
                if (
                    name in reporting
                    and isinstance(first, ast.Constant)
                    and "-" in str(first.value)
                ):
                    yield str(first.value), path.name


def test_every_code_that_is_raised_is_in_the_catalogue() -> None:
    assert sorted({(code, file) for code, file in raised() if code not in catalogue()}) == []


def test_every_code_of_the_catalogue_is_raised_somewhere() -> None:
    assert sorted(set(catalogue()) - {code for code, _ in raised()}) == []


def test_every_code_stands_in_one_group_and_says_what_and_how() -> None:
    codes = [kind.code for kind in catalogue().values()]
    assert len(set(codes)) == len(codes)
    for kind in catalogue().values():
        assert kind.group in groups()
        assert kind.severity in ("error", "warning", "note")
        assert kind.title
        assert kind.message
        assert not kind.title.endswith(".")
        # A rule without a remedy is one whose message names it, or a note.
        assert kind.remedy or kind.severity == "note" or "{reason}" in kind.message, kind.code


def test_only_what_fmt_mends_is_said_to_be_mended_by_it() -> None:
    for kind in catalogue().values():
        assert kind.fmt == ("synth fmt" in kind.remedy), kind.code


def test_what_is_told_together_names_the_values() -> None:
    for kind in catalogue().values():
        names = {name for _, name, _, _ in string.Formatter().parse(kind.many) if name}
        assert not kind.many or {"n", "listed"} <= names, kind.code
        assert not kind.many or "{value" in kind.message, kind.code


def test_no_module_looks_into_the_words_of_a_problem() -> None:
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Compare):
                looked_at = [node.left, *node.comparators]
                names = {part.attr for part in looked_at if isinstance(part, ast.Attribute)}
                assert not names & {"message", "remedy"}, f"{path.name}:{node.lineno}"


def test_every_code_is_tried() -> None:
    """Each is the code of a case of bad data or is named by another test."""
    tests = Path(__file__).parent
    own = Path(__file__).name
    texts = [path.read_text("utf-8") for path in tests.rglob("*.py") if path.name != own]
    named = "\n".join([(tests / "bad_data" / "messages.toml").read_text("utf-8"), *texts])
    words = set(re.findall(r"[a-z0-9-]+", named))
    assert [code for code in catalogue() if code not in words] == []


# --- names --------------------------------------------------------------------------------------


def test_an_unknown_name_names_the_nearest() -> None:
    error = UnknownName("theme", "leadreship", ["culture", "leadership"])
    assert str(error) == "There is no theme 'leadreship'. Did you mean 'leadership'?"
    assert isinstance(error, LookupError)


def test_did_you_mean_does_not_depend_on_the_order_of_what_is_known() -> None:
    assert did_you_mean("ab", ["abc", "abd"]) == did_you_mean("ab", ["abd", "abc"])
    assert did_you_mean("zzz", ["abc"]) == ""
