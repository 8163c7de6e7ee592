"""What version 2 of the data contract adds: further themes, statements, how a review was coded."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from synth.model import Finding, count_statements, statements_of
from synth.reading.records import read_records
from synth.reading.rules import check, load_records
from synth.review import Review


@pytest.fixture
def root(example_root: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "review"
    shutil.copytree(example_root, copy)
    return copy


def with_column(root: Path, file: str, column: str, cells: dict[str, str]) -> None:
    """Add a column at the end of a table, filled in for some rows and empty for the others."""
    import csv

    path = root / "data" / file
    with path.open(newline="", encoding="utf-8") as stream:
        header, *rows = list(csv.reader(stream))
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow([*header, column])
        writer.writerows([*row, cells.get(row[0], "")] for row in rows)


def said(root: Path) -> list[str]:
    return [str(problem) for problem in check(root)]


def test_a_finding_counts_in_each_of_its_themes_and_once_in_the_total(root: Path) -> None:
    before = Review.load(root)
    finding = next(iter(before.records.findings.values()))
    book = before.records.codebook
    level = book.path(finding.theme)[0].id
    other = next(node for node in book.levels if node.id != level)
    leaf = [node for node in book if node.id in book.branch(other.id)][-1].id
    rank = book.levels[0].rank
    own, there = (len(before.evidence().where(**{rank: name})) for name in (level, other.id))
    with_column(root, "coded_studies.csv", "also", {finding.id: leaf})
    after = Review.load(root)
    assert len(after.evidence()) == len(before.evidence())
    assert len(after.evidence().where(**{rank: level})) == own
    assert len(after.evidence().where(**{rank: other.id})) == there + 1
    assert len(after.evidence().where(**{rank: (level, other.id)})) <= len(before.evidence())
    assert finding.id in after.theme(leaf).evidence().ids
    assert leaf in after.evidence().where(finding=finding.id).themes


def test_how_an_influence_works_types_no_number_of_the_evidence(root: Path) -> None:
    path = root / "data" / "influences.csv"
    name, influence = next(iter(load_records(root).influences.items()))
    counted = influence.mechanism.rstrip(".") + " as three studies say."
    path.write_text(path.read_text("utf-8").replace(influence.mechanism, counted), "utf-8")
    line = load_records(root).lines["influences", name]
    [told] = [problem for problem in said(root) if "[influence-count-typed]" in problem]
    assert told.startswith(f"data/influences.csv:{line}: warning: mechanism: ")
    assert "“three studies”" in told


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            'words = ["harm", ',
            'words = ["harm", "Help", ',
            "words: [stem-twice] 'Help' stands with",
        ),
        ("title = ", 'design_shapes = ["survye"]\ntitle = ', "[design-unknown] No study has"),
        ("title = ", 'design_shapes = ["survey"]\ntitle = ', ""),
        ("[source]", '[words]\nfooter_data = "{version}"\n[source]', "[interface-word-lacks]"),
        ("[source]", '[words]\nfinding_one = "Befund"\n[source]', ""),
    ],
)
def test_settings_name_what_there_is_once(root: Path, old: str, new: str, told: str) -> None:
    path = root / "data" / "review.toml"
    text = path.read_text("utf-8")
    path.write_text(text.replace(old, new, 1), "utf-8")
    line = text[: text.index(old)].count("\n") + 1 + new.startswith("[words]")
    codes = ("stem-twice", "design-unknown", "interface-word-lacks")
    found = [one for one in said(root) if any(code in one for code in codes)]
    assert len(found) == bool(told)
    assert all(f"review.toml:{line}: warning: " in one and told in one for one in found)


def test_a_further_theme_above_or_below_the_own_one_is_refused(root: Path) -> None:
    records = load_records(root)
    finding = next(f for f in records.findings.values() if records.codebook[f.theme].depth)
    with_column(
        root, "coded_studies.csv", "also", {finding.id: records.codebook[finding.theme].parent}
    )
    assert any("above or below its theme" in problem for problem in said(root))


def test_a_further_theme_nobody_knows_is_refused(root: Path) -> None:
    finding = next(iter(load_records(root).findings))
    with_column(root, "coded_studies.csv", "also", {finding: "nowhere-at-all"})
    assert any("nowhere-at-all" in problem for problem in said(root))


def test_findings_of_one_sentence_are_one_statement() -> None:
    def finding(name: str, anchor: str, summary: str) -> Finding:
        return Finding(name, name, "pay", "barrier", summary, anchor=anchor)

    findings = [
        finding("a", "paid by the month", "Pay is low."),
        finding("b", "paid by the month", "Pay is low."),
        finding("c", "paid by the month", "Pay is late."),
        finding("d", "", "Pay is low."),
        finding("e", "", "Pay is low."),
        finding("f", "low pay in the winter", "Pay is low."),
    ]
    statements = [("a", "b"), ("c",), ("d",), ("e",), ("f",)]
    assert [s.findings for s in statements_of(findings)] == statements
    assert count_statements(findings) == len(statements)


def test_statements_are_counted_beside_findings(example_root: Path) -> None:
    evidence = Review.load(example_root).evidence()
    pairs = {(f.anchor or f.id, f.summary) for f in evidence.findings}
    assert evidence.count("statements") == len(evidence.statements) == len(pairs)
    assert sum(len(s.findings) for s in evidence.statements) == len(evidence)


def test_how_a_review_was_coded_is_read_and_judged(root: Path) -> None:
    path = root / "data" / "review.toml"
    path.write_text(
        path.read_text("utf-8")
        + '\n[coding]\ncodings = 2\nindependent = true\nby = "Two people"\n'
        + 'not_seen = ["Figure 1"]\n',
        "utf-8",
    )
    coding = load_records(root).settings.coding
    assert coding is not None
    assert (coding.codings, coding.independent, coding.not_seen) == (2, True, ("Figure 1",))
    coded = (root / "data" / "coded_studies.csv").read_text("utf-8")
    (root / "data" / "second_coding.csv").write_text(coded, "utf-8")
    assert not any("codings" in problem for problem in said(root))
    sound = path.read_text("utf-8")
    path.write_text(sound.replace("codings = 2", "codings = 1"), "utf-8")
    assert any("[codings-more] The setting says" in problem for problem in said(root))
    path.write_text(sound.replace("codings = 2", 'codings = "two"'), "utf-8")
    assert any("whole number" in problem for problem in said(root))


def test_a_second_coding_and_its_consensus_are_read(root: Path) -> None:
    coded = (root / "data" / "coded_studies.csv").read_text("utf-8")
    (root / "data" / "second_coding.csv").write_text(coded, "utf-8")
    finding = next(iter(load_records(root).findings.values()))
    (root / "data" / "consensus.csv").write_text(
        "unit,first,second,settled,reason\n"
        f"{finding.study} / {finding.theme} / direction,barrier,enabler,barrier,It says so.\n",
        "utf-8",
    )
    assert not [problem for problem in said(root) if "consensus" in problem or "second" in problem]
    records, _ = read_records(root)
    assert records.second_coding == records.findings
    assert records.consensus[0].settled == "barrier"
    text = (root / "data" / "consensus.csv").read_text("utf-8")
    (root / "data" / "consensus.csv").write_text(text.replace(finding.study, "nobody1999"), "utf-8")
    assert any("nobody1999" in problem for problem in said(root))
