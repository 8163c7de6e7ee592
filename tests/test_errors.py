"""Problems and errors, as the person who typed the row reads them."""

from __future__ import annotations

from synth.errors import Problem, ReviewError, UnknownName, did_you_mean


def test_a_problem_is_a_place_a_message_and_a_hint() -> None:
    problem = Problem(
        "data/coded_studies.csv",
        14,
        "theme",
        "'organizational-leadreship' is not in the codebook.",
        "Did you mean 'organizational-leadership'? Themes are listed in data/codebook.csv.",
    )
    assert str(problem) == (
        "data/coded_studies.csv:14: theme: 'organizational-leadreship' is not in the codebook.\n"
        "  Did you mean 'organizational-leadership'? Themes are listed in data/codebook.csv."
    )


def test_a_problem_of_a_whole_file_has_no_line() -> None:
    assert str(Problem("references.bib", 0, "", "The file is missing.")) == (
        "references.bib: The file is missing."
    )


def test_what_is_no_error_says_so() -> None:
    problem = Problem("data/flow.csv", 2, "count", "Not known.", severity="note")
    assert str(problem) == "data/flow.csv:2: note: count: Not known."


def test_an_error_tells_all_problems_in_their_order() -> None:
    problems = [
        Problem("data/studies.csv", 10, "", "Ten."),
        Problem("data/studies.csv", 9, "", "Nine."),
        Problem("data/codebook.csv", 11, "", "Eleven."),
    ]
    assert str(ReviewError(problems)) == (
        "data/codebook.csv:11: Eleven.\ndata/studies.csv:9: Nine.\ndata/studies.csv:10: Ten."
    )


def test_an_unknown_name_names_the_nearest() -> None:
    error = UnknownName("theme", "leadreship", ["culture", "leadership"])
    assert str(error) == "There is no theme 'leadreship'. Did you mean 'leadership'?"
    assert isinstance(error, LookupError)


def test_did_you_mean_does_not_depend_on_the_order_of_what_is_known() -> None:
    assert did_you_mean("ab", ["abc", "abd"]) == did_you_mean("ab", ["abd", "abc"])
    assert did_you_mean("zzz", ["abc"]) == ""
