"""One changed country in the real data: nbval refuses exactly the notebooks that show it."""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from synth.notebooks import execute, notebooks_of
from synth.review import Review

ELSEWHERE = "Iceland"


@pytest.fixture
def copied(root: Path, tmp_path: Path) -> Path:
    """The real book and its data, to change."""
    for name in ("data", "book"):
        shutil.copytree(root / name, tmp_path / name, ignore=shutil.ignore_patterns(".*"))
    shutil.copy2(root / "references.bib", tmp_path)
    return tmp_path


def move(root: Path, study: str) -> None:
    """Say that a study was done elsewhere."""
    path = root / "data" / "studies.csv"
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
    for row in rows:
        if row["study"] == study:
            row["country"] = ELSEWHERE
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8")


@pytest.mark.slow
def test_one_changed_country(copied: Path) -> None:
    review = Review.load(copied)
    # The study with the fewest findings leaves the most pages that do not show it; a finding
    # with a country of its own would show that one instead.
    own = {finding.study for finding in review.evidence() if finding.countries}
    study = min(
        (s for s in review.evidence().studies if len(s.countries) == 1 and s.id not in own),
        key=lambda s: (len(review.study(s.id).evidence()), s.id),
    )
    move(copied, study.id)

    validated = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "synth.testing", "--nbval"),
            *("--nbval-current-env", "book", "-p", "no:cacheprovider"),
            *("--rootdir", str(copied), "-c", "/dev/null"),
        ],
        cwd=copied,
        capture_output=True,
        text=True,
        check=False,
    )
    refused = set(re.findall(r"^FAILED book/([\w-]+\.ipynb)", validated.stdout, re.MULTILINE))
    assert refused, validated.stdout[-3000:]
    assert not (copied / "_build").exists(), "pictures that were drawn before prove nothing"

    before = {path.name: path.read_bytes() for path in notebooks_of(copied)}
    said: list[str] = []
    assert execute(copied, say=said.append) == 0, said
    rewritten = {p.name for p in notebooks_of(copied) if p.read_bytes() != before[p.name]}
    assert rewritten == refused
    assert rewritten != set(before), "some pages show nothing of the study"
    # A figure may count countries without naming each; lists of findings name this one.
    naming = {n for n in rewritten if ELSEWHERE in (copied / "book" / n).read_text("utf-8")}
    assert {"explorer.ipynb", "where-and-when.ipynb"} <= naming
