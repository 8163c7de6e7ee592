"""Write a review of any size that nobody made: valid files, invented content, the same for a seed.

    python bench/generate.py FOLDER --studies 3000 --findings 10000

Other benchmarks import ``generate_review``.
"""

from __future__ import annotations

import argparse
import csv
import random
from collections.abc import Iterable, Sequence
from pathlib import Path

LEVELS = ("outer", "middle", "inner")
DIRECTIONS = ("enabler", "barrier", "mixed", "context")
DESIGNS = (
    *("qualitative", "quantitative", "mixed methods", "case study"),
    *("review", "program description", "consensus study", "not established"),
)
COUNTRIES = (
    *("Australia", "Austria", "Belgium", "Brazil", "Canada", "Chile", "China", "Denmark"),
    *("Finland", "France", "Germany", "India", "Ireland", "Italy", "Japan", "Kenya", "Mexico"),
    *("Netherlands", "New Zealand", "Norway", "South Africa", "Spain", "Sweden", "Switzerland"),
    *("Uganda", "United Kingdom", "United States"),
)
SECTIONS = tuple(f"Section {number}" for number in range(1, 13))
SUBJECTS = (
    *("Leaders", "Colleagues", "Managers", "Teams", "Services", "Training", "Supervision"),
    *("Contracts", "Shared rooms", "Clear tasks", "Long waiting lists", "Small budgets"),
)
VERBS = (
    *("made it easier for newcomers", "kept staff", "delayed the start of those who wanted"),
    *("allowed people of all ages", "left nobody in doubt that it was time", "asked volunteers"),
)
OBJECTS = (
    *("to stay for a second year", "to speak of what they knew", "to leave before the summer"),
    *("to share notes with the ward", "to be paid like everybody else", "to find a quiet place"),
)
ENDS = (
    *("in small towns.", "where money was short.", "after the first months.", "in most sites."),
    *("although few had planned it.", "when the funding ended.", "once the rules were written."),
)
START = ("ba", "ce", "do", "fi", "gra", "hu", "ka", "le", "mo", "ni", "pe", "ra", "so", "ta", "vi")
MIDDLE = ("ber", "din", "gal", "hol", "kar", "lan", "mer", "nov", "ros", "sen", "tur", "wal")
END = ("a", "berg", "ez", "i", "man", "o", "sen", "son", "tti", "ura")
# As reference managers export them: most names are plain, some carry LaTeX.
GIVEN = ("A.", "B. K.", "C.", "D. M.", "E.", "Frieda", "G. H.", "Ines", "J.-P.", "Kofi", "L. A.")
ACCENTED = (r"M{\"u}ller, J{\"o}rg", r"Garc{\'i}a, Jos{\'e}", r"{\O}stby, K.", r"Nov{\'a}k, P.")
BODY = "{{Institute for Invented Health}}"
JOURNALS = ("Journal of Invented Health", r"Care \& Cure", "Annals of Nothing", "Imaginary Work")

SETTINGS = """\
title = "A review that nobody made"
short_title = "Nobody's review"
question = "How large can a review be before its book becomes slow?"
language = "en"
licence = "CC0-1.0"
version = "1.0.0"
date = 2026-01-01
not_countries = ["International"]
sections = [{sections}]

[source]
citation = "Nobody, N. (2025). A review that nobody made."

"""


def generate_review(root: Path, studies: int, findings: int, seed: int = 1) -> Path:
    """Write a complete, valid review below a folder.

    Parameters
    ----------
    root : the folder, made if it is not there.
    studies : how many works; each is evidence as long as there are findings enough.
    findings : how many findings.
    seed : the same seed writes the same bytes.

    Returns
    -------
    The folder.
    """
    chance = random.Random(seed)
    (root / "data").mkdir(parents=True, exist_ok=True)
    nodes = _codebook(chance)
    keys = _keys(chance, studies)
    evidence = keys[: min(studies, findings)]
    _write(root, "codebook", ("id", "parent", "label", "definition", "origin"), nodes)
    _settings(root)
    _bibliography(root, chance, keys)
    _studies(root, chance, keys, set(evidence))
    _findings(root, chance, evidence, findings, [node[0] for node in nodes])
    _influences(root, chance, [node[0] for node in nodes if node[1]], evidence)
    _flow(root, studies)
    _places(root)
    return root


def _write(root: Path, name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with (root / "data" / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _settings(root: Path) -> None:
    colours = (
        ("#00708c", "#5cc3db"),
        ("#a8430a", "#f5a26b"),
        ("#6a3fa0", "#c39bf7"),
        ("#434b57", "#d3d9df"),
    )
    marks = ("triangle-up", "triangle-down", "diamond", "ring")
    patterns = ("solid", "hatched", "dotted", "outline")
    text = SETTINGS.format(sections=", ".join(f'"{section}"' for section in SECTIONS))
    for rank, plural in (("level", "Levels"), ("theme", "Themes"), ("factor", "Factors")):
        text += f'[[ranks]]\nid = "{rank}"\nlabel = "{rank.title()}"\nplural = "{plural}"\n\n'
    for name, (light, dark), mark, pattern in zip(
        DIRECTIONS, colours, marks, patterns, strict=True
    ):
        text += (
            f'[[directions]]\nid = "{name}"\nlabel = "{name.title()}"\nplural = "{name.title()}s"\n'
            f'verb = "is a {name} of"\n'
            + (f'influence = "{name}"\n' if name != "context" else "")
            + f'mark = "{mark}"\npattern = "{pattern}"\nlight = "{light}"\ndark = "{dark}"\n\n'
        )
    text += (
        '[[facets]]\nid = "country"\nlabel = "Country"\nplural = "Countries"\n'
        'of = "either"\nmany = true\n\n'
        '[[facets]]\nid = "design"\nlabel = "Design"\nplural = "Designs"\nof = "study"\n\n'
    )
    looks = (
        ("#2f4f9e", "#93b1f2", "#f2f5fb", "#191f2e"),
        ("#8a3f6b", "#eba6cc", "#faf4f7", "#241b23"),
        ("#5c6420", "#c3cd7a", "#f6f7ec", "#1c2018"),
    )
    rings = ("ring-outer", "ring-middle", "ring-centre")
    for level, mark, (light, dark, wash_light, wash_dark) in zip(LEVELS, rings, looks, strict=True):
        text += (
            f'[levels.{level}]\nmark = "{mark}"\nlight = "{light}"\ndark = "{dark}"\n'
            f'wash_light = "{wash_light}"\nwash_dark = "{wash_dark}"\n\n'
        )
    (root / "data" / "review.toml").write_text(text.rstrip() + "\n", encoding="utf-8")


def _codebook(chance: random.Random) -> list[tuple[str, str, str, str, str]]:
    """Three levels, nine themes, forty-five factors."""
    nodes = []
    for level in LEVELS:
        nodes.append((level, "", level.title(), f"What happens at the {level} level.", "source"))
        for number in range(1, 4):
            theme = f"{level}-theme-{number}"
            label = f"{level.title()} theme {number}"
            nodes.append((theme, level, label, _sentence(chance), "source"))
            for part in range(1, 6):
                factor = f"{theme}-factor-{part}"
                nodes.append(
                    (factor, theme, f"Factor {part} of {label}", _sentence(chance), "inferred")
                )
    return nodes


def _keys(chance: random.Random, studies: int) -> list[str]:
    """Keys of works; those of one author and year end in letters, as a style would have it."""
    names = [start + middle + end for start in START for middle in MIDDLE for end in END]
    groups: dict[str, int] = {}
    for _ in range(studies):
        group = f"{chance.choice(names)}{chance.randint(1999, 2025)}"
        while groups.get(group, 0) == 26:
            group = f"{chance.choice(names)}{chance.randint(1999, 2025)}"
        groups[group] = groups.get(group, 0) + 1
    keys = []
    for group, count in groups.items():
        keys += (
            [group]
            if count == 1
            else [group + "abcdefghijklmnopqrstuvwxyz"[i] for i in range(count)]
        )
    return sorted(keys)


def _bibliography(root: Path, chance: random.Random, keys: Sequence[str]) -> None:
    entries = []
    for number, key in enumerate(keys):
        stem = key.rstrip("abcdefghijklmnopqrstuvwxyz")
        name, year = stem[:-4].title(), stem[-4:]
        others = [
            chance.choice(ACCENTED)
            if chance.random() < 0.15
            else f"{chance.choice(START)}{chance.choice(END)}".title() + f", {chance.choice(GIVEN)}"
            for _ in range(chance.choice((0, 1, 2, 2, 3, 4, 5)))
        ]
        authors = " and ".join([f"{name}, {chance.choice(GIVEN)}", *others])
        title = _sentence(chance).rstrip(".").replace("staff", "{Staff}")
        entries.append(
            f"@article{{{key},\n"
            f"  author = {{{authors}}},\n"
            f"  title = {{{title}: {number}}},\n"
            f"  journal = {{{chance.choice(JOURNALS)}}},\n"
            f"  year = {{{year}}},\n"
            f"  volume = {{{chance.randint(1, 90)}}},\n"
            f"  pages = {{{number + 1}--{number + 12}}},\n"
            f"  doi = {{10.5555/nobody.{number}}},\n"
            "}\n"
        )
    (root / "references.bib").write_text("\n".join(entries), encoding="utf-8")


def _studies(root: Path, chance: random.Random, keys: Sequence[str], evidence: set[str]) -> None:
    rows = []
    for key in keys:
        if key not in evidence:
            rows.append((key, "background", "", "", "", ""))
            continue
        countries = chance.sample(COUNTRIES, 1 if chance.random() < 0.93 else 2)
        country = "International" if chance.random() < 0.05 else ";".join(countries)
        rows.append(
            (
                key,
                "evidence",
                country,
                chance.choice(DESIGNS),
                "a service",
                f"{chance.randint(5, 400)} people",
            )
        )
    _write(root, "studies", ("study", "role", "country", "design", "setting", "sample"), rows)


def _findings(
    root: Path, chance: random.Random, evidence: Sequence[str], findings: int, themes: Sequence[str]
) -> None:
    each = dict.fromkeys(evidence, 1)
    for _ in range(findings - len(evidence)):
        each[chance.choice(evidence)] += 1
    rows = []
    for study, count in each.items():
        for number in range(1, count + 1):
            country = chance.choice(COUNTRIES) if chance.random() < 0.05 else ""
            direction = chance.choices(DIRECTIONS, (45, 35, 8, 12))[0]
            # A number keeps any two findings from saying the same: one statement of two studies
            # would have to be coded alike.
            summary = _sentence(chance)[:-1] + f" (observation {len(rows) + 1})."
            rows.append(
                (
                    f"{study}-{number:02d}",
                    study,
                    chance.choice(themes),
                    direction,
                    summary,
                    country,
                    chance.choice(SECTIONS),
                    _anchor(chance),
                    "cited" if chance.random() < 0.9 else "implied",
                )
            )
    rows.sort()
    header = (
        "finding",
        "study",
        "theme",
        "direction",
        "summary",
        "country",
        "section",
        "anchor",
        "basis",
    )
    _write(root, "coded_studies", header, rows)


def _influences(
    root: Path, chance: random.Random, themes: Sequence[str], evidence: Sequence[str]
) -> None:
    rows: dict[str, tuple[str, ...]] = {}
    while len(rows) < min(60, len(themes)):
        source, target = chance.sample(list(themes), 2)
        studies = ";".join(sorted(chance.sample(list(evidence), min(2, len(evidence)))))
        name = f"{source}-on-{target}"
        rows[name] = (
            name,
            source,
            target,
            chance.choice(DIRECTIONS[:3]),
            _sentence(chance),
            studies,
            chance.choice(SECTIONS),
            _anchor(chance),
            "stated",
        )
    header = (
        "influence",
        "source",
        "target",
        "direction",
        "mechanism",
        "studies",
        "section",
        "anchor",
        "basis",
    )
    _write(root, "influences", header, sorted(rows.values()))


def _flow(root: Path, studies: int) -> None:
    found, twice, put_aside = studies * 20, studies * 5, studies * 13
    screened = found - twice
    rows = [
        (
            "databases",
            "identification",
            "source",
            "identified",
            "Databases",
            found - 10,
            "reported",
            "",
        ),
        ("letters", "identification", "source", "identified", "Letters", 10, "reported", ""),
        (
            "identified",
            "identification",
            "remaining",
            "",
            "Records identified",
            found,
            "derived",
            "",
        ),
        ("twice", "identification", "removed", "identified", "Duplicates", twice, "reported", ""),
        (
            "screened",
            "screening",
            "remaining",
            "identified",
            "Records screened",
            screened,
            "derived",
            "",
        ),
        ("put-aside", "screening", "removed", "screened", "Put aside", put_aside, "reported", ""),
        (
            "included",
            "included",
            "remaining",
            "screened",
            "Included",
            screened - put_aside,
            "reported",
            "",
        ),
    ]
    _write(root, "flow", ("box", "stage", "kind", "of", "label", "count", "state", "note"), rows)


def _places(root: Path) -> None:
    rows = [(country, "A region", "High income", "Invented", 2025) for country in COUNTRIES]
    _write(root, "places", ("country", "region", "income_group", "classification", "year"), rows)


def _sentence(chance: random.Random) -> str:
    parts = (SUBJECTS, VERBS, OBJECTS, ENDS)
    return " ".join(chance.choice(words) for words in parts)


def _anchor(chance: random.Random) -> str:
    words = _sentence(chance).lower().rstrip(".").split()
    return " ".join((words * 2)[: chance.randint(6, 10)])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--studies", type=int, default=3000)
    parser.add_argument("--findings", type=int, default=10000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    print(generate_review(given.folder, given.studies, given.findings, given.seed))
