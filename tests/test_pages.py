"""The checks of the prose, on the garden's pages and on this project's own book."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from myst_parser.mdit_to_docutils import base

from garden_book import VIEW, built, change, evidence, notebook, planted, view
from synth.book import prose_rules as prose
from synth.book import stored_pages as pages
from synth.book.brief import briefs
from synth.book.stored_pages import Page
from synth.book.trees import Block, Role, tree_of
from synth.errors import Problem, ReviewError, told_once
from synth.reading.settings import read_settings
from synth.review import Review


def found_by(root: Path, *rules: Any) -> list[Problem]:
    """What rules for a block or for the whole book find."""
    book = prose.read_book(root)
    problems: list[Problem] = []
    for rule in rules:
        if rule in prose.BOOK_RULES:
            problems += rule(book)
            continue
        for one in book.pages:
            for block in one.everything if rule in prose.SHOWN_RULES else one.blocks:
                problems += rule(book.review, one.theme, block)
    return told_once(problems)


def told(root: Path, *rules: Any) -> list[str]:
    """What the rules (all of them if none is given) say, one text a problem, without its code."""
    problems = found_by(root, *rules) if rules else prose.check_book(prose.read_book(root))
    return [str(problem).replace(f"[{problem.code}] ", "") for problem in problems]


def codes(root: Path, *rules: Any) -> set[str]:
    """The codes of what some rules find."""
    return {problem.code for problem in found_by(root, *rules)}


def page(text: str, theme: str = "soil") -> str:
    """A page of the garden's book that declares a theme."""
    return f"---\nsynth: {{theme: {theme}}}\n---\n\n# Page\n\n{text}\n"


@pytest.fixture
def garden(tmp_path: Path) -> Path:
    """A book about which nothing is wrong: pages show what their prose does not cite."""
    root = planted(tmp_path)
    (root / "soil.md").unlink()
    notebook(
        root, "soil", ["# Soil\n\nCompost {finding}`carrot2020b-01`."], synth={"theme": "soil"}
    )
    shown = [evidence("beet2011-02"), evidence("leek2016-02"), view("influence_list")]
    notebook(root, "neighbours", ["# Neighbours", *shown], synth={"theme": "neighbours"})
    return root


def test_a_book_in_order_has_no_problem(garden):
    assert told(garden) == []


# --- reading -------------------------------------------------------------------------------------


def test_blocks_know_their_line_and_whether_they_are_synthesis(tmp_path):
    (tmp_path / "a.md").write_text(
        "# Title\n\nBefore.\n\n:::{synthesis}\nIn {finding}`x`.\n\n- item\n:::\n\n"
        "```{container} lead\nInside.\n```\n\n```python\ncode {finding}`no`\n```\n",
        "utf-8",
    )
    read = pages.read_page(tmp_path, tmp_path / "a.md")
    prose = [block for block in read.blocks if block.kind != "slip"]
    assert [(b.line, b.kind, b.synthesis, b.text) for b in prose] == [
        (1, "heading", False, "Title"),
        (3, "paragraph", False, "Before."),
        (6, "paragraph", True, "In ."),
        (8, "paragraph", True, "item"),
        (12, "paragraph", False, "Inside."),
    ]
    assert read.blocks[2].roles == (Role("finding", "x"),)


def test_prose_is_read_without_settings_that_are_made_anew(monkeypatch):
    before, made = tree_of("# One\n\n- two").pformat(), []
    monkeypatch.setattr(base, "make_document", made.append)
    assert tree_of("# One\n\n- two").pformat() == before
    assert made == []
    assert base.make_document == made.append, "others make theirs"


def test_a_role_shown_as_code_is_no_role(tmp_path):
    (tmp_path / "a.md").write_text("Write `` {finding}`x` `` so.\n", "utf-8")
    assert pages.read_page(tmp_path, tmp_path / "a.md").blocks[0].roles == ()


def test_options_of_a_directive_are_no_prose(tmp_path):
    (tmp_path / "a.md").write_text("```{note}\n:class: x\n\nText.\n```\n", "utf-8")
    (block,) = pages.read_page(tmp_path, tmp_path / "a.md").blocks
    assert (block.line, block.text) == (4, "Text.")


def test_blocks_of_a_notebook_know_the_line_of_the_file_too(tmp_path):
    path = notebook(tmp_path, "a", ["# T", {"text/plain": "x"}, "One\n\nTwo"])
    block = pages.read_page(tmp_path, path).blocks[-1]
    assert block.cell == (3, 3)
    assert '"Two"' in path.read_text("utf-8").splitlines()[block.line - 1]


def test_declarations_are_read_from_metadata_and_from_the_first_cell(tmp_path):
    one = notebook(tmp_path, "a", ["# T"], synth={"theme": "soil"})
    two = notebook(tmp_path, "b", ["---\nsynth: {level: ground}\n---\n# T"])
    assert pages.read_page(tmp_path, one).theme == "soil"
    read = pages.read_page(tmp_path, two)
    assert (read.theme, [b.text for b in read.blocks if b.rank]) == ("ground", ["T"])


def test_a_page_that_is_not_there_is_named(garden):
    (garden / "water.md").unlink()
    with pytest.raises(
        ReviewError, match=r"_toc\.yml:\d+: water: .* There is no water\.md"
    ) as raised:
        pages.read_pages(garden)
    assert [problem.code for problem in raised.value.problems] == ["toc-page-missing"]


def test_a_book_without_contents_says_so(garden):
    (garden / "_toc.yml").unlink()
    with pytest.raises(ReviewError, match="it lists the pages of the book"):
        pages.read_pages(garden)


# --- every sentence rests on something -----------------------------------------------------------


def test_a_paragraph_of_synthesis_needs_a_finding_or_the_reviews_mark(garden):
    text = (
        ":::{synthesis}\nCompost {finding}`carrot2020b-01`.\n\n"
        "Water {review}`Soil | more hands for the watering can`.\n\nNothing at all.\n:::"
    )
    (garden / "ground.md").write_text(page(text, "ground"), "utf-8")
    (said,) = told(garden, prose.unsupported)
    assert said.startswith("ground.md:12: The paragraph “Nothing at all.” cites no finding")
    assert "Add {finding}`id` or {review}`section | words`" in said


def test_an_unknown_name_is_told_with_its_own_line(garden):
    (garden / "ground.md").write_text(
        page("First\nsecond {finding}`leek2016-1`.", "ground"), "utf-8"
    )
    (said,) = told(garden, prose.wrong_names)
    assert said.startswith("ground.md:8: {finding}`leek2016-1`: There is no finding")
    assert "Did you mean 'leek2016-01'?" in said


def test_a_declaration_of_an_unknown_theme_is_told(garden):
    (garden / "ground.md").write_text(page("", "grund"), "utf-8")
    assert "Did you mean 'ground'?" in told(garden, prose.unknown_declarations)[0]
    assert codes(garden, prose.unknown_declarations) == {"page-theme-unknown"}


def test_a_finding_of_another_theme_is_told(garden):
    change(garden / "water.md", "{elsewhere}`beet2011-02", "{finding}`beet2011-02")
    said = told(garden, prose.foreign)
    assert [text.partition(",")[0] for text in said] == [
        "water.md:14: The finding 'beet2011-02' is coded to 'neighbours'",
        "water.md:14: The finding 'carrot2020b-01' is coded to 'soil'",
    ]


def test_an_own_finding_is_not_elsewhere(garden):
    change(garden / "water.md", "{finding}`carrot2020a-01`", "{elsewhere}`carrot2020a-01`")
    (said,) = told(garden, prose.foreign)
    assert "'water', which belongs to this page" in said
    assert codes(garden, prose.foreign) == {"finding-not-elsewhere"}


# --- nothing is left out -------------------------------------------------------------------------


def test_a_finding_its_page_does_not_show_is_told(garden):
    change(garden / "water.md", "; beet2011-01`", "`")
    (said,) = told(garden, prose.uncovered)
    assert said.startswith("water.md:1: The finding 'beet2011-01' (data/coded_studies.csv:2)")
    assert "Cite {finding}`beet2011-01`" in said
    assert codes(garden, prose.uncovered) == {"finding-not-shown"}


def test_a_finding_without_a_page_is_told_at_its_row(garden):
    (garden / "people.md").write_text("# People\n", "utf-8")
    notebook(garden, "neighbours", ["# Neighbours"])
    said = told(garden, prose.uncovered)
    assert said[0].startswith("data/coded_studies.csv:3: theme: No page of the book declares")
    assert codes(garden, prose.uncovered) == {"finding-without-page"}


def test_a_finding_counts_as_shown_by_a_citation_in_a_markdown_output(garden):
    table = "| a |\n|---|\n| {finding}`carrot2020b-01` |\n"
    notebook(garden, "soil", ["# Soil", {"text/markdown": table}], synth={"theme": "soil"})
    assert told(garden, prose.uncovered) == []


def test_an_influence_stands_on_the_pages_of_both_its_themes(garden):
    change(garden / "water.md", " and {influence}`neighbours-water`", "")
    (said,) = told(garden, prose.untold_influences)
    assert said.startswith("water.md:1: The influence 'neighbours-water' (data/influences.csv:2)")
    assert codes(garden, prose.untold_influences) == {"influence-not-shown"}


def test_an_influence_needs_one_page_with_its_anchor(garden):
    path = garden / "neighbours.ipynb"
    change(path, "influence_list", "influence_map")
    (said,) = told(garden, prose.untold_influences)
    assert said.startswith("data/influences.csv:2: influence: No page of the book shows")
    assert codes(garden, prose.untold_influences) == {"influence-without-page"}


# --- what breaks when the data change ------------------------------------------------------------


def rows(root: Path) -> list[str]:
    return (root / "data/coded_studies.csv").read_text("utf-8").splitlines(keepends=True)


FINDINGS = {
    "beet2011-01": {"water.md"},
    "beet2011-02": {"water.md", "neighbours.ipynb"},
    "carrot2020a-01": {"water.md"},
    "carrot2020b-01": {"water.md", "soil.ipynb"},
    "leek2016-01": {"water.md"},
    "leek2016-02": {"neighbours.ipynb"},
}


@pytest.mark.parametrize("finding", FINDINGS)
def test_deleting_any_row_names_exactly_the_pages_that_relied_on_it(finding, garden):
    kept = [row for row in rows(garden) if not row.startswith(finding)]
    (garden / "data/coded_studies.csv").write_text("".join(kept), "utf-8")
    errors = [problem for problem in prose.check(garden) if problem.severity == "error"]
    assert {problem.file for problem in errors} == FINDINGS[finding]
    assert all(finding in problem.message for problem in errors)


def test_a_finding_moved_to_another_theme_breaks_both_pages(garden):
    change(
        garden / "data/coded_studies.csv",
        "carrot2020a-01,carrot2020a,water",
        "carrot2020a-01,carrot2020a,soil",
    )
    said = told(garden)
    assert [text.partition(": ")[0] for text in said] == ["soil.ipynb:1", "water.md:12"]


def test_a_renamed_theme_breaks_the_pages_that_named_it(garden):
    for file in ("codebook", "coded_studies", "influences"):
        path = garden / f"data/{file}.csv"
        path.write_text(path.read_text("utf-8").replace("soil,", "earth,"), "utf-8")
    said = told(garden, prose.unknown_declarations)
    assert said == [
        "soil.ipynb:1: synth: The page declares 'soil', which is not in data/codebook.csv."
    ]


def test_an_output_that_shows_what_is_gone_asks_for_execution(garden):
    kept = [row for row in rows(garden) if not row.startswith("leek2016-02")]
    (garden / "data/coded_studies.csv").write_text("".join(kept), "utf-8")
    (said,) = told(garden, prose.stale_outputs)
    assert said.startswith("neighbours.ipynb:")
    assert "cell 3: The stored view cannot be drawn. There is no finding 'leek2016-02'." in said
    assert said.endswith("Mend the cell, then run `synth execute`.")
    assert codes(garden, prose.stale_outputs) == {"output-stale"}


@pytest.mark.parametrize(
    "query",
    [
        {"level": ["garden"]},
        {"ids": "leek2016-01"},
        {"ids": [1]},
        {"and": [{"all": True}]},
        {"of": {"all": True}, "where": ["soil"]},
        ["all"],
        None,
    ],
)
def test_a_stored_view_that_somebody_wrote_in_is_told_and_ends_nothing(query, garden):
    path = garden / "neighbours.ipynb"
    page = json.loads(path.read_text("utf-8"))
    page["cells"][1]["outputs"][0]["data"][VIEW]["query"] = query
    path.write_text(json.dumps(page), "utf-8")
    said = told(garden, prose.stale_outputs)
    assert any("cell 2: The stored view cannot be drawn. The query" in text for text in said)


# --- what is always checked -----------------------------------------------------------------------


def checked(root: Path, capsys: pytest.CaptureFixture[str], *options: str) -> list[str]:
    """The codes and pages `synth check` reports, with further options."""
    from synth.cli import main

    main(["check", "--format", "json", "--root", str(root), *options])
    problems = json.loads(capsys.readouterr().out)["problems"]
    return [f"{one['code']} {Path(one['file']).name}" for one in problems]


def test_a_page_that_cites_an_unknown_finding_is_found_without_being_asked(garden, capsys):
    assert checked(garden, capsys) == []
    change(garden / "water.md", "leek2016-01", "leek2016-1")
    assert checked(garden, capsys) == ["role-name-unknown water.md"]


def test_a_role_that_cannot_be_read_is_found(garden, capsys):
    change(garden / "water.md", "{finding}`leek2016-01; beet2011-01`", "{finding}`;`")
    assert checked(garden, capsys) == ["role-malformed water.md"]


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("review.framework()\n", "output-missing"),
        ("review = Review.load()\n", ""),
        ("review.framework();\n", ""),
        ("from synth import Review\n", ""),
        ("# nothing yet\n", ""),
        ("def broken(:\n", "output-missing"),
    ],
)
def test_a_cell_that_should_show_something_and_stores_nothing(source, code, garden, capsys):
    path = garden / "soil.ipynb"
    stored = json.loads(path.read_text("utf-8"))
    cell = {"cell_type": "code", "id": "x", "metadata": {}, "execution_count": None}
    stored["cells"].append({**cell, "source": [source], "outputs": []})
    path.write_text(json.dumps(stored, indent=1), "utf-8")
    assert checked(garden, capsys) == ([f"{code} soil.ipynb"] if code else [])
    if code:
        (problem,) = found_by(garden, prose.missing_outputs)
        assert problem.where == "cell 2"
        assert json.dumps(source) in path.read_text("utf-8").splitlines()[problem.line - 1]


def test_an_error_stored_in_place_of_an_output(garden, capsys):
    path = garden / "neighbours.ipynb"
    stored = json.loads(path.read_text("utf-8"))
    error = {"output_type": "error", "ename": "UnknownName", "evalue": "x", "traceback": []}
    stored["cells"][1]["outputs"] = [error]
    path.write_text(json.dumps(stored, indent=1), "utf-8")
    assert checked(garden, capsys) == ["output-failed neighbours.ipynb"]


@pytest.mark.parametrize("text", ["{", "[]", '{"cells": [{"cell_type": "code"}]}', "\udc80"])
def test_a_damaged_page_is_told_with_its_name(text, garden, capsys):
    (garden / "soil.ipynb").write_bytes(text.encode("utf-8", "surrogateescape"))
    assert checked(garden, capsys) == ["page-unreadable soil.ipynb"]


def test_front_matter_that_is_no_yaml_is_told(garden, capsys):
    (garden / "ground.md").write_text("---\nsynth: [\n---\n# Ground\n", "utf-8")
    assert checked(garden, capsys) == ["page-unreadable ground.md"]


def test_a_review_without_a_book_is_checked_alone(garden, capsys):
    (garden / "_toc.yml").unlink()
    assert checked(garden, capsys) == []
    assert checked(garden, capsys, "--pages") == ["toc-missing _toc.yml"]


# --- confirmed in place ---------------------------------------------------------------------------

CONFIRMED = "% synth: confirmed direction-to-confirm: drought is what helped here"


def test_what_a_comment_confirms_is_not_told(garden):
    sentence = "Dry beds helped {finding}`carrot2020a-01`."
    (garden / "water.md").write_text(page(sentence, "water"), "utf-8")
    assert "direction-to-confirm" in {p.code for p in prose.check(garden)}
    text = page(f"{CONFIRMED}\n{sentence}", "water")
    (garden / "water.md").write_text(text, "utf-8")
    assert "direction-to-confirm" not in {p.code for p in prose.check(garden)}


def test_a_comment_confirms_the_paragraph_below_it_only(garden):
    sentence = "Dry beds helped {finding}`carrot2020a-01`."
    text = page(f"{CONFIRMED}\n{sentence}\n\n{sentence}", "water")
    (garden / "water.md").write_text(text, "utf-8")
    told = [p for p in prose.check(garden) if p.code == "direction-to-confirm"]
    assert [problem.line for problem in told] == [10]


def test_a_comment_confirms_inside_synthesis_too(garden):
    sentence = "Dry beds helped {finding}`carrot2020a-01`."
    text = page(f":::{{synthesis}}\n{CONFIRMED}\n{sentence}\n:::", "water")
    (garden / "water.md").write_text(text, "utf-8")
    assert "direction-to-confirm" not in {p.code for p in prose.check(garden)}


@pytest.mark.parametrize(
    ("comment", "code"),
    [
        ("% synth: confirmed direction-to-confirm: no longer so", "confirmation-unused"),
        ("% synth: confirmed direction-to-confirm", "confirmation-malformed"),
        ("% synth: confirmed direction-to-confirm:", "confirmation-malformed"),
        ("% synth: confirmed no-such-code: because", "confirmation-malformed"),
        ("% synth: confirmed role-name-unknown: because", "confirmation-malformed"),
        ("% a note to ourselves", ""),
    ],
)
def test_a_confirmation_needs_a_code_that_occurs_and_a_reason(comment, code, garden):
    (garden / "people.md").write_text(f"# People\n\n{comment}\nNobody was asked.\n", "utf-8")
    codes = {p.code for p in prose.check(garden) if p.file == "people.md"}
    wrong = {one for one in codes if one.startswith("confirmation")}
    if code == "confirmation-malformed":
        # One that is spelt well but confirms nothing is told as such, too.
        wrong.discard("confirmation-unused")
    assert wrong == ({code} if code else set())


def test_a_confirmation_stands_while_a_finding_it_speaks_of_cannot_be_read(garden):
    text = "% synth: confirmed direction-to-confirm: no dry beds\nBeds {finding}`WHICH`.\n"
    for name, unused in (("beet2011-01", True), ("beet2011-99", False)):
        (garden / "water.md").write_text(page(text.replace("WHICH", name), "water"), "utf-8")
        assert ("confirmation-unused" in {p.code for p in prose.check(garden)}) is unused


def test_the_build_holds_the_rules_of_the_check(garden):
    text = (
        ":::{synthesis}\nNothing at all.\n:::\n\nBeds {finding}`beet2011-02`.\n\n"
        "% synth: confirmed finding-foreign: it is told here as an aside\n"
        "Beds {finding}`beet2011-02`.\n"
    )
    (garden / "water.md").write_text(page(text, "water"), "utf-8")
    wanted = ["finding-foreign", "synthesis-unsupported"]
    found = [p for p in prose.check(garden) if p.file == "water.md" and p.code in wanted]
    warned = built(garden)[1]
    for problem in found:
        line = f"water.md:{problem.line}: WARNING: {problem.message} {problem.remedy}"
        assert warned.count(line) == 1
    assert sorted(p.code for p in found) == wanted


UNSUPPORTED = "Sheds cure loneliness."
HELD = "Beds help {finding}`WATER`."
IN_SYNTHESIS = {
    "paragraph": (UNSUPPORTED, HELD),
    "item": (f"- {UNSUPPORTED}", f"- {HELD}"),
    "row": (f"| a | b |\n|---|---|\n| {UNSUPPORTED} | x |", f"| a |\n|---|\n| {HELD} |"),
    "html": (f"<p>{UNSUPPORTED}</p>", "<hr>\n<!-- a note to ourselves -->"),
    "raw": (f"```{{raw}} html\n<p>{UNSUPPORTED}</p>\n```", "```{raw} html\n<hr>\n```"),
    "code": (f"```\n{UNSUPPORTED}\n```", HELD),
    "caption": (f"```{{figure}} a.svg\n{UNSUPPORTED}\n```", f"```{{figure}} a.svg\n{HELD}\n```"),
    "footnote": (f"{HELD}[^a]\n\n[^a]: {UNSUPPORTED}", f"{HELD}[^b]\n\n[^b]: {HELD}"),
}


@pytest.mark.parametrize("form", IN_SYNTHESIS)
def test_whatever_form_a_claim_has_in_synthesis_it_rests_on_something(form, garden):
    (garden / "a.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>', "utf-8")
    text = "\n".join(f"::::{{synthesis}}\n{one}\n::::\n" for one in IN_SYNTHESIS[form])
    text = text.replace("WATER", "leek2016-01")
    (garden / "water.md").write_text(page(text, "water"), "utf-8")
    (found,) = (p for p in prose.check(garden) if p.code == "synthesis-unsupported")
    assert UNSUPPORTED.rstrip(".") in found.message
    line = f"water.md:{found.line}: WARNING: {found.message} {found.remedy}"
    warned = built(garden)[1]
    assert warned.count("cites no finding") == warned.count(line) == 1


def test_a_paragraph_beside_the_synthesis_of_a_theme_is_told_until_it_is_confirmed(garden):
    def beside(text: str, name: str = "water") -> list[str]:
        (garden / f"{name}.md").write_text(page(text, "water" if name == "water" else ""), "utf-8")
        codes = ("synthesis-beside", "confirmation-unused")
        return [p.code for p in prose.check(garden) if p.code in codes and p.file == f"{name}.md"]

    claim = "Sheds cure loneliness in all who have ever owned one.\n"
    held = ":::{synthesis}\nBarrels {finding}`leek2016-01`.\n:::\n\n"
    why = "% synth: confirmed synthesis-beside: a word on the page itself\n"
    assert beside(f"{held}{claim}") == ["synthesis-beside"]
    assert beside(f"{held}{why}{claim}") == []
    assert beside(f"{held}{why}{claim[:20]}\n") == ["confirmation-unused"]
    assert beside(f"{claim}\n{held}") == []  # what the theme is, above all synthesis
    assert beside(f"{held}{{count}}`studies | study/studies` tell of sheds, or so it seems.") == []
    assert beside(f"{held}{claim}", "index") == []


def test_what_a_cell_says_is_asked_what_it_rests_on(garden):
    claim = "Sheds cure loneliness in all who have ever owned one."
    for said, wanted in (
        (claim, ["synthesis-beside"]),
        (f":::{{synthesis}}\n{claim}\n:::", ["synthesis-unsupported"]),
        ("Beds help {finding}`carrot2020b-01`, as they help in every other garden.", []),
    ):
        notebook(garden, "soil", ["# Soil", {"text/markdown": said}], synth={"theme": "soil"})
        found = [p.code for p in prose.check(garden) if p.file == "soil.ipynb"]
        assert [code for code in found if code.startswith("synthesis")] == wanted


# --- numbers typed by hand -----------------------------------------------------------------------

TYPED = [
    "Most of it comes from 12 studies.",
    "Twelve of the studies say so.",
    "Twenty-one findings say so.",
    "It rests on one study.",
    "Only one country is named.",
    "Reported in three further countries.",
    "The articles (n = 38) agree.",
    "Of 689 records, few stayed.",
    "12 peer-reviewed studies say so.",
    "12 Canadian studies say so.",
    "Three quarters of the studies say so.",
    "The majority of findings say so.",
    "Hundreds of studies say so.",
    "Studies (12) say so.",
    "Studies, N=12, say so.",
]
FINE = [
    "Most of it comes from {count}`studies | study/studies`.",
    "The review found 689 records {cite:p}`sower2022`.",
    "It says that 38 articles were included {review}`Soil | more hands for the watering can`.",
    "Leave one study out and look again.",
    "One study tells of doors {finding}`carrot2020b-01`.",
    "Two reviewers read everything.",
    "Since 2015 studies have changed.",
    "Gardens of 40 beds.",
    "The third study says so.",
    "A third of the beds was dry; studies say why.",
    "A study (2012) says so.",
    "The year 2012 is that of two-page leaflets, and studies came later.",
]


@pytest.mark.parametrize("sentence", TYPED)
def test_a_number_about_the_evidence_is_not_typed(sentence, garden):
    (garden / "index.md").write_text(f"# Gardens\n\n{sentence}\n", "utf-8")
    (said,) = told(garden, prose.typed_numbers)
    assert said.startswith("index.md:3: “")
    assert "{count}" in said
    assert codes(garden, prose.typed_numbers) == {"number-typed"}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("---\ndescription: What 12 studies say.\n---\n# Gardens\n", 2),
        ("# Gardens\n\n## What 12 studies say\n", 3),
        ("# Gardens\n\n```{admonition} In 12 studies\nWords.\n```\n", 3),
        ("# Gardens\n\n```{figure} index.md\n:alt: Beds\n\nBeds of 12 studies.\n```\n", 6),
        ("# Gardens\n\n| Bed |\n|---|\n| 12 studies |\n", 5),
    ],
)
def test_a_number_is_not_typed_wherever_readers_see_it(text, line, garden):
    (garden / "index.md").write_text(text, "utf-8")
    (said,) = told(garden, prose.typed_numbers)
    assert said.startswith(f"index.md:{line}: “12 studies”")
    assert told(garden, prose.unsupported) == []


@pytest.mark.parametrize("sentence", FINE)
def test_other_numbers_may_be_typed(sentence, garden):
    (garden / "index.md").write_text(f"# Gardens\n\n{sentence}\n", "utf-8")
    assert told(garden, prose.typed_numbers) == []


def test_a_citation_speaks_for_its_own_sentence_only(garden):
    text = "There were 38 articles {cite:p}`sower2022`. Of these 12 studies are old."
    (garden / "index.md").write_text(f"# Gardens\n\n{text}\n", "utf-8")
    (said,) = told(garden, prose.typed_numbers)
    assert "“12 studies”" in said


# --- directions ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "word"),
    [
        ("Dry beds helped {finding}`carrot2020a-01`.", "helped"),
        ("Barrels hinder it {finding}`leek2016-01`.", "hinder"),
        (
            "A rota helped {finding}`beet2011-01`, drought supports it {finding}`carrot2020a-01`.",
            "supports",
        ),
    ],
)
def test_a_word_of_another_direction_is_told_and_fails_nothing(sentence, word, garden):
    (garden / "water.md").write_text(page(sentence, "water"), "utf-8")
    (problem,) = found_by(garden, prose.directions_to_confirm)
    assert problem.severity == "warning"
    assert problem.message.startswith(f"“{word}” stands near")


@pytest.mark.parametrize(
    "sentence",
    [
        "A rota helped {finding}`beet2011-01`.",
        "Without help beds dry out {finding}`carrot2020a-01`.",
        "It helped here {finding}`leek2016-01` and harmed there {finding}`carrot2020a-01`.",
        "Nobody was named {finding}`carrot2020a-01`.",
    ],
)
def test_words_that_agree_are_not_told(sentence, garden):
    (garden / "water.md").write_text(page(sentence, "water"), "utf-8")
    assert found_by(garden, prose.directions_to_confirm) == []


def test_words_of_the_reviews_title_speak_of_no_direction():
    terms = prose._pairs("Peer support workers")
    settings = read_settings(Path(__file__).parent / "roots" / "garden")[0]
    assert prose._spoken("peer support in teams", settings, terms) == {}
    assert prose._spoken("support in teams", settings, terms) == {"helps": "support"}


# --- runs of words -------------------------------------------------------------------------------


def test_a_run_of_seven_words_is_found_wherever_it_stands(garden):
    (garden / "ground.md").write_text(
        page("They say that every bed belongs to whoever waters it daily.", "ground"), "utf-8"
    )
    source = (
        "Indeed, every bed belongs to whoever\nwaters it, as we found. "
        "Compost of the street improved the soil."
    )
    found = prose.copied(prose.read_book(garden), source)
    assert {problem.code for problem in found} == {"source-words"}
    said = [str(problem) for problem in found]
    assert [text.partition(": [")[0] for text in said] == [
        "data/coded_studies.csv:5: summary",
        "ground.md:7",
    ]


def test_titles_and_names_are_nobodys_sentence(garden):
    title = "What two allotments taught their neighbours in one summer"
    change(garden / "references.bib", "Two allotments in summer", title)
    names = "Ada Beet Bob Carrot Cem Dill said"
    (garden / "ground.md").write_text(page(f"In {title}. {names}.", "ground"), "utf-8")
    source = f"See {title}. So {names} it."
    assert prose.copied(prose.read_book(garden), source) == []


# --- how much rests on what ----------------------------------------------------------------------


def test_the_report_counts_what_synthesis_rests_on(tmp_path):
    def block(*parts: str | Role) -> Block:
        return Block("a.md", 1, None, parts, synthesis=True)

    own = Role("review", "Soil | words")
    cited = Role("finding", "x")
    read = Page("a.md", blocks=(block("a", cited), block("b", own), block("c", own, cited)))
    whole = prose.report_of([read], tmp_path).whole
    assert (whole.paragraphs, whole.on_findings, whole.own_only) == (3, 2, 1)


def test_synth_check_tells_of_the_pages_when_asked(garden, monkeypatch, capsys):
    from synth.cli import main

    monkeypatch.chdir(garden)
    change(garden / "water.md", "leek2016-01", "leek2016-1")
    assert main(["check", "--pages"]) == 1
    said = capsys.readouterr().out
    assert (
        "water.md:11: [role-name-unknown] {finding}`leek2016-1; beet2011-01`: There is no finding"
        in said
    )
    assert "the book: 2 paragraphs of synthesis, 2 citing findings" in said


@pytest.mark.parametrize(
    ("table", "row", "broken", "code"),
    [
        ("coded_studies", "beet2011-01,beet2011,water,", "beet2011-01,beet2011,watr,", "theme"),
        ("coded_studies", "carrot2020a-01,carrot2020a,", "carrot2020a-01,carot,", "study"),
        ("coded_studies", "beet2011-01,beet2011,water,helps", "beet2011-01,beet2011,water,help",
         "direction"),
        ("influences", "neighbours-water,neighbours,", "neighbours-water,nieghbours,", "theme"),
        ("influences", "rota.,beet2011,", "rota.,beat2011,", "study"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("pages", [[], ["--pages"]])
def test_a_slip_in_a_table_is_told_there_and_not_by_the_pages_that_cite_the_row(
    garden, monkeypatch, capsys, table, row, broken, code, pages
):
    """Pages count, and show what they count: an unknown id ended the check with a traceback."""
    from synth.cli import main

    monkeypatch.chdir(garden)
    water = garden / "water.md"
    counted = (
        "{count}`findings topic=water country=Kenya` {count}`studies` {influence}`neighbours-water`"
    )
    water.write_text(f"{water.read_text('utf-8')}\n\n{counted}\n", "utf-8")
    assert main(["check", *pages]) == 0
    change(garden / "data" / f"{table}.csv", row, broken)
    capsys.readouterr()
    assert main(["check", *pages, "--format", "json"]) == 1
    problems = json.loads(capsys.readouterr().out)["problems"]
    errors = {(one["file"], one["code"]) for one in problems if one["severity"] == "error"}
    assert (f"data/{table}.csv", f"{code}-unknown") in errors
    assert {file for file, _ in errors} <= {f"data/{table}.csv", "data/studies.csv"}


# --- the book of this project --------------------------------------------------------------------


def test_the_book_keeps_its_contract(root):
    errors = [str(problem) for problem in prose.check(root) if problem.severity == "error"]
    assert errors == []


def test_every_paragraph_of_synthesis_is_accounted_for(root):
    whole = prose.report(root).whole
    assert whole.paragraphs > 100
    assert whole.on_findings + whole.own_only == whole.paragraphs
    by_file = {page.file: page for page in prose.report(root).pages}
    for brief in briefs(root):
        lines = [line for step in brief.steps for line in step.lines]
        assert by_file[f"data/brief.toml, {brief.id}"].paragraphs == len(lines)


def test_no_run_of_seven_words_is_shared_with_the_source(root):
    given = os.environ.get("SYNTH_SOURCE_TEXT")
    source = Path(given) if given else root.parent / "shared" / "source" / "review.txt"
    if not source.is_file():
        pytest.skip("the source's text is not here; SYNTH_SOURCE_TEXT can name it")
    found = prose.copied(prose.read_book(root), source.read_text("utf-8"))
    assert [str(problem) for problem in found] == []


def test_deleting_any_row_of_this_book_names_pages(root):
    """Every row is relied on by a page; for some it is tried what the checks then say."""
    book = prose.read_book(root)
    findings = book.records.findings
    assert [name for name in findings if not any(name in p.findings for p in book.pages)] == []
    for gone in list(findings)[::15]:
        left = {name: finding for name, finding in findings.items() if name != gone}
        # Nor does a table have the row: one that is only wrong is told there alone.
        records = replace(book.records, findings=left, tables={})
        without = prose.Book(Review(records), book.pages)
        problems = prose.check_names(without)
        named = {problem.file for problem in problems if repr(gone) in problem.message}
        # The briefs are drawn from a table of their own.
        named.discard("data/brief.toml")
        assert named == {p.file for p in book.pages if gone in {*pages.cited_in(p.everything)}}
