"""Briefs: what they say is checked like prose, reads easily, and names what it rests on."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from synth.book.brief import BRIEF_FILE, Brief, briefs
from synth.book.prose_rules import briefs_hold, read_book
from synth.errors import Problem, ReviewError
from synth.reading.rules import load_records
from synth.review import Review
from test_prose_of_the_book import flesch, plain

ROOT = Path(__file__).parents[1]
BRIEFS = {brief.id: brief for brief in briefs(ROOT)}


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A copy of the review, to break its briefs."""
    shutil.copytree(ROOT / "data", tmp_path / "data", ignore=shutil.ignore_patterns("versions*"))
    shutil.copy(ROOT / "references.bib", tmp_path)
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: page\n")
    (tmp_path / "page.md").write_text("# A page\n")
    return tmp_path


def problems(root: Path) -> list[Problem]:
    return list(briefs_hold(read_book(root)))


def test_there_is_a_brief_for_services_and_one_for_policy() -> None:
    assert list(BRIEFS) == ["services", "policy"]
    titles = [step.title for step in BRIEFS["services"].steps]
    assert titles == ["Before hiring", "Hiring", "First weeks", "Keeping going"]


def test_the_briefs_of_the_book_hold() -> None:
    assert problems(ROOT) == []


@pytest.mark.parametrize("brief", BRIEFS.values(), ids=BRIEFS)
def test_every_step_tells_what_helped_and_what_went_wrong(brief: Brief) -> None:
    review = Review(load_records(ROOT))
    for step in brief.steps:
        assert {"enabler", "barrier"} <= {line.group(review) for line in step.lines}


@pytest.mark.parametrize("brief", BRIEFS.values(), ids=BRIEFS)
def test_a_brief_reads_easily(brief: Brief) -> None:
    said = "\n\n".join(line.says for step in brief.steps for line in step.lines)
    assert flesch(plain(said)) >= 60
    assert flesch(plain(f"{brief.lead}\n\n{said}\n\n{brief.limits}")) >= 60


@pytest.mark.parametrize("brief", BRIEFS.values(), ids=BRIEFS)
def test_a_line_rests_on_whole_statements(brief: Brief) -> None:
    """Who says the same is cited with it: a statement has all its studies."""
    findings = load_records(ROOT).findings
    for step in brief.steps:
        for line in step.lines:
            cited = {(findings[n].summary, findings[n].anchor) for n in line.findings}
            whole = {n for n, f in findings.items() if (f.summary, f.anchor) in cited}
            assert whole == set(line.findings), line.says


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ('findings = ["kuhn2015-01"]', 'findings = ["kuhn2015-09"]', "role-name-unknown"),
        (', findings = ["kuhn2015-01"]', ', direction = "enabler"', "synthesis-unsupported"),
        (', findings = ["kuhn2015-01"]', "", "brief-direction"),
        ('["kuhn2015-01"]', '["kuhn2015-01"], direction = "barrier"', "brief-direction"),
        ('["kuhn2015-01"]', '["kuhn2015-01"], direction = "enables"', "brief-direction-unknown"),
        ('["kuhn2015-01"]', '["kuhn2015-01", "byrne2019-05"]', "brief-direction"),
        ('says = "To teach', 'says = "In 12 studies, to teach', "number-typed"),
        ("Implications | Attending", "Nowhere | Attending", "role-name-unknown"),
        ("enabler = ", "enables = ", "brief-direction-unknown"),
        ('level = "meso"', 'level = "mesoo"', "brief-level-unknown"),
    ],
)
def test_what_is_wrong_with_a_line_is_told_with_its_place(
    own: Path, before: str, after: str, code: str
) -> None:
    path = own / BRIEF_FILE
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), "utf-8")
    found = problems(own)
    assert {problem.code for problem in found} >= {code}
    line = text[: text.index(before)].count("\n") + 1
    told = {problem.line for problem in found if problem.code == code}
    assert told == ({0} if before in ("enabler = ", 'level = "meso"') else {line})
    assert all(problem.file == BRIEF_FILE for problem in found)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("[[brief]]", "[[brief", "line"),
        ("says = ", "sais = ", "Did you mean 'says'"),
        ('id = "policy"', 'id = "services"', "two briefs have the id 'services'"),
        ('title = "Hiring"', 'title = ""', "needs 'title'"),
        ('findings = ["kuhn2015-01"]', 'findings = "kuhn2015-01"', "has to be a list"),
        ('[[brief]]\nid = "services"', '[x]\ny = 1\n[[brief]]\nid = "services"', "no key 'x'"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(own: Path, before: str, after: str, told: str) -> None:
    path = own / BRIEF_FILE
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after), "utf-8")
    with pytest.raises(ReviewError) as error:
        briefs(own)
    assert re.search(re.escape(told), str(error.value))
    assert [problem.code for problem in problems(own)] == ["brief-malformed"]


def test_a_review_without_briefs_has_none(own: Path) -> None:
    (own / BRIEF_FILE).unlink()
    assert briefs(own) == ()
    assert problems(own) == []
