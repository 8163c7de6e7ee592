# ruff: noqa: E501 - the rules written by hand below are one to a line
"""Load and check a review of 10,000 findings and 3,000 works, beside what nobody can go below.

    python bench/load.py [--findings 10000] [--studies 3000] [--rounds 7]

Every figure is the least of several rounds, each in a process of its own; processor time as well as
the clock's, since a busy machine stretches the clock. The floors run in the same rounds:

- tables: pandas reading the same files, with the same rules written by hand;
- bibliography: bibtexparser 2 reading the same file, nothing decoded, no name split.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from generate import generate_review

FLOOR_TABLES = r"""
import pandas as pd
SLUG = r"[a-z0-9]+(?:-[a-z0-9]+)*"

def read(name):
    return pd.read_csv(root / "data" / f"{name}.csv", dtype=str, keep_default_na=False, encoding="utf-8")

def told(frame, name, column, wrong, message):
    for line, value in zip(frame.index[wrong] + 2, frame.loc[wrong, column]):
        problems.append(f"data/{name}.csv:{line}: {column}: {value!r} {message}")

def own(name, frame, key, texts, choices):
    told(frame, name, key, frame[key].duplicated(), "stands twice")
    told(frame, name, key, ~frame[key].str.fullmatch(SLUG), "is no id")
    for column in frame.columns:
        told(frame, name, column, frame[column] != frame[column].str.strip(), "has spaces around it")
        told(frame, name, column, frame[column].str.contains(r"[\x00-\x08\x0b-\x1f\x7f]"), "has control characters")
        told(frame, name, column, frame[column].str.len() > 32767, "is too long")
    for column in texts:
        told(frame, name, column, frame[column] == "", "is empty")
    for column, words in choices.items():
        told(frame, name, column, ~frame[column].isin(words), "is not known")

def work():
    problems.clear()
    codebook, studies, findings = read("codebook"), read("studies"), read("coded_studies")
    influences, flow, places = read("influences"), read("flow"), read("places")
    directions = ["enabler", "barrier", "mixed", "context"]
    sections = [f"Section {n}" for n in range(1, 13)]
    own("codebook", codebook, "id", ["label", "definition"], {"origin": ["source", "inferred"]})
    own("studies", studies, "study", [], {"role": ["evidence", "background"]})
    own("coded_studies", findings, "finding", ["summary"], {"direction": directions, "section": sections, "basis": ["cited", "implied"]})
    own("influences", influences, "influence", ["mechanism"], {"direction": directions, "section": sections})
    own("flow", flow, "box", ["label"], {"kind": ["source", "remaining", "removed", "reason"]})
    told(findings, "coded_studies", "study", ~findings.study.isin(studies.study), "is not in studies.csv")
    told(findings, "coded_studies", "theme", ~findings.theme.isin(codebook.id), "is not in the codebook")
    told(codebook, "codebook", "parent", ~codebook.parent.isin([*codebook.id, ""]), "is not in the codebook")
    for end in ("source", "target"):
        told(influences, "influences", end, ~influences[end].isin(codebook.id), "is not in the codebook")
    named = influences.studies.str.split(";").explode()
    told(influences, "influences", "studies", (~named.isin([*studies.study, ""])).groupby(level=0).any(), "is not in studies.csv")
    evidence = studies.role == "evidence"
    told(studies, "studies", "study", evidence & ~studies.study.isin(findings.study), "has no finding")
    background = studies.study[~evidence]
    told(findings, "coded_studies", "study", findings.study.isin(background), "is background")
    words = findings.anchor.str.split().str.len()
    told(findings, "coded_studies", "anchor", (words < 6) | (words > 10), "has too few or too many words")
    stem = findings.finding.str.rsplit("-", n=1).str[0]
    told(findings, "coded_studies", "finding", stem != findings.study, "is not called after its study")
    told(findings, "coded_studies", "summary", findings.duplicated(["study", "theme", "direction", "summary"]), "stands twice")
    for name, frame in (("studies", studies), ("coded_studies", findings)):
        countries = frame.country.str.split(";").explode()
        bad = (~countries.isin([*places.country, "International", ""])).groupby(level=0).any()
        told(frame, name, "country", bad, "is not in places.csv")
    assert not problems, problems[:3]
    return studies, findings
"""

OWN_TABLES = """
from synth.reading import records as tables
from synth.reading import rules as checks
from synth.references.work import Bibliography
tables.read_bibliography = lambda path: (Bibliography(), [])  # the tables alone

def work():
    records, problems = tables.read_records(root)
    problems += checks.check_records(records)
    assert not problems, problems[:3]
    return records
"""

FLOOR_BIBLIOGRAPHY = """
import bibtexparser

def work():
    library = bibtexparser.parse_file(root / "references.bib")
    assert not library.failed_blocks
    return library
"""

OWN_BIBLIOGRAPHY = """
from synth.reading import bibliography as bib
from synth.references import latex, names

def work():
    # Each round decodes anew.
    for known in [*vars(latex).values(), *vars(names).values()]:
        getattr(known, "cache_clear", int)()
    works, problems = bib.read_bibliography(root / "references.bib")
    assert not problems
    return [(work.title, work.container, work.authors) for work in works.values()]
"""

ALL = """
from synth.reading.rules import load_records

def work():
    return load_records(root)
"""

MEASURE = """
import gc, json, resource, sys, time
from pathlib import Path
root = Path(sys.argv[1])
problems = []
began = time.perf_counter()
{code}
imported = time.perf_counter() - began
best = None
for _ in range(3):
    gc.collect()
    clock, processor = time.perf_counter(), time.process_time()
    kept = work()
    found = [time.perf_counter() - clock, time.process_time() - processor]
    first = best is None
    best = found if first else [min(pair) for pair in zip(best, found)]
    if first:
        cold = found[0] + imported
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({{"clock": best[0], "processor": best[1], "with import": cold, "peak MB": peak}}))
"""

CASES = {
    "pandas and rules by hand": FLOOR_TABLES,
    "tables and checks": OWN_TABLES,
    "bare bibtexparser": FLOOR_BIBLIOGRAPHY,
    "names and titles": OWN_BIBLIOGRAPHY,
    "load_records, everything": ALL,
}


def measure(code: str, root: Path) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-c", MEASURE.format(code=code), str(root)],
        check=True,
        capture_output=True,
        text=True,
    )
    return dict(json.loads(done.stdout))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--findings", type=int, default=10_000)
    parser.add_argument("--studies", type=int, default=3_000)
    parser.add_argument("--rounds", type=int, default=7)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = generate_review(Path(folder), given.studies, given.findings)
        best: dict[str, dict[str, float]] = {}
        # Case after case within a round, so that a busy minute meets all of them alike.
        for _ in range(given.rounds):
            for name, code in CASES.items():
                found = measure(code, root)
                there = best.setdefault(name, found)
                best[name] = {key: min(there[key], found[key]) for key in found}
    print(f"{given.findings:,} findings, {given.studies:,} works; least of {given.rounds} rounds\n")
    print(f"{'':28}{'clock':>9}{'processor':>11}{'from start':>12}{'peak':>9}")
    for name, row in best.items():
        print(
            f"{name:28}{row['clock']:8.3f}s{row['processor']:10.3f}s{row['with import']:11.3f}s"
            f"{row['peak MB']:7.0f}MB"
        )

    def ratio(own: str, floor: str, key: str) -> float:
        return best[own][key] / best[floor][key]

    tables = ("tables and checks", "pandas and rules by hand")
    works = ("names and titles", "bare bibtexparser")
    everything = best["load_records, everything"]
    print()
    print(f"tables and checks / pandas   {ratio(*tables, 'processor'):5.2f}  (budget 1.0)")
    print(f"  counting the imports       {ratio(*tables, 'with import'):5.2f}")
    print(f"bibliography / bibtexparser  {ratio(*works, 'processor'):5.2f}  (budget 1.5)")
    print(f"everything                   {everything['clock']:5.2f}s (budget 1 s)")
    print(f"everything, memory           {everything['peak MB']:4.0f}MB  (budget 300 MB)")


if __name__ == "__main__":
    main()
