"""Every kind of change is named, and nothing else: a review is changed in one way at a time."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from datetime import date
from difflib import SequenceMatcher
from pathlib import Path

import pytest

from synth.book.history import PAGES, _pages, compare, keep, kept_file, read_state
from synth.changes import ALIKE, CORRECTION, NEW_EVIDENCE, Changes, _likest, line_of, sentences_of
from synth.cli import main
from synth.errors import ReviewError
from synth.messages import ENGLISH
from synth.model import TABLES, Column
from synth.reading.rules import load_records
from synth.reading.versions import (
    VERSIONS_FILE,
    check_versions,
    numbered,
    versions,
    with_entry,
)
from synth.starter.frame import FILES
from synth.views.changes import ChangeList
from synth.views.markup import Place, drawn_in

Rows = list[dict[str, str]]


def table(root: Path, name: str, change: Callable[[Rows], Rows | None]) -> None:
    """Change the rows of a table."""
    path = root / "data" / f"{name}.csv"
    with path.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    rows = change(rows) or rows
    header = list(dict.fromkeys(key for row in rows for key in row))
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, header, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def cell(name: str, column: str, value: str, row: int = 0) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        table(root, name, lambda rows: rows[row].update({column: value}))

    return change


def page(root: Path, text: str) -> None:
    (root / "book").mkdir(exist_ok=True)
    (root / "book" / "page.md").write_text(text, "utf-8")


@pytest.fixture
def states(example_root: Path, tmp_path: Path) -> tuple[Path, Path]:
    """The example review twice; the second is changed by a test."""
    for name in ("old", "new"):
        shutil.copytree(example_root, tmp_path / name)
    finding = next(iter(load_records(example_root).findings))
    for name in ("old", "new"):
        page(tmp_path / name, f"# Page\n\nA claim that rests on it {{finding}}`{finding}`.\n")
    return tmp_path / "old", tmp_path / "new"


def found(states: tuple[Path, Path]) -> Changes:
    old, new = states
    return compare(new, str(old), str(new))


def kinds(states: tuple[Path, Path]) -> set[str]:
    return {change.kind for change in found(states).changes}


# --- one mutation at a time ---------------------------------------------------------------------


def last_study_out(root: Path) -> None:
    records = load_records(root)
    gone = [study.id for study in records.studies.values() if not study.is_evidence][-1]
    table(root, "studies", lambda rows: [row for row in rows if row["study"] != gone])


def background_in(root: Path) -> None:
    def change(rows: Rows) -> None:
        new = dict.fromkeys(rows[0], "") | {"study": "zeller2021", "role": "background"}
        rows.append(new | {"country": "not reported", "design": "not reported"})

    table(root, "studies", change)


def role(root: Path) -> None:
    """A background work becomes evidence, with a finding of its own."""

    def change(rows: Rows) -> None:
        next(row for row in rows if row["role"] == "background")["role"] = "evidence"

    table(root, "studies", change)


def finding_out(root: Path) -> None:
    table(root, "coded_studies", lambda rows: rows[:-1])


def finding_in(root: Path) -> None:
    def change(rows: Rows) -> None:
        new = rows[0] | {"finding": f"{rows[0]['study']}-99", "summary": "Something else again."}
        rows.append(new | {"anchor": "words nobody wrote so far"})

    table(root, "coded_studies", change)


def moved(root: Path) -> None:
    def change(rows: Rows) -> None:
        rows[0]["theme"] = next(r["theme"] for r in rows if r["theme"] != rows[0]["theme"])

    table(root, "coded_studies", change)


def redirected(root: Path) -> None:
    def change(rows: Rows) -> None:
        was = rows[0]["direction"]
        rows[0]["direction"] = next(r["direction"] for r in rows if r["direction"] != was)

    table(root, "coded_studies", change)


def speaks_to_more(root: Path) -> None:
    def change(rows: Rows) -> None:
        rows[0]["also"] = next(r["theme"] for r in rows if r["theme"] != rows[0]["theme"])

    table(root, "coded_studies", change)


def theme_in(root: Path) -> None:
    def change(rows: Rows) -> None:
        rows.append(rows[-1] | {"id": "quite-new", "label": "Quite new"})

    table(root, "codebook", change)


def leaf(root: Path) -> str:
    """The last node, which the test's mutations may rename: everything that names it follows."""
    with (root / "data" / "codebook.csv").open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))[-1]["id"]


def follow(root: Path, old: str, new: str) -> None:
    def ids(rows: Rows) -> None:
        for row in rows:
            for column in ("theme", "parent", "source", "target"):
                if row.get(column) == old:
                    row[column] = new

    for name in ("codebook", "coded_studies", "influences"):
        table(root, name, ids)


def renamed(root: Path) -> None:
    old = leaf(root)

    def change(rows: Rows) -> None:
        rows[-1].update(id="another-id", former=old)

    table(root, "codebook", change)
    follow(root, old, "another-id")


def divided(root: Path) -> None:
    old = leaf(root)

    def change(rows: Rows) -> None:
        rows[-1].update(id="first-half", former=old)
        rows.append(rows[-1] | {"id": "second-half", "label": "The other half"})

    table(root, "codebook", change)
    follow(root, old, "first-half")


def influence_out(root: Path) -> None:
    table(root, "influences", lambda rows: rows[:-1])


def influence_in(root: Path) -> None:
    def change(rows: Rows) -> None:
        ends = {"source": rows[-1]["target"], "target": rows[-1]["source"]}
        rows.append(rows[-1] | {"influence": "another-one"} | ends)

    table(root, "influences", change)


def influence_turned(root: Path) -> None:
    def change(rows: Rows) -> None:
        rows[0].update(source=rows[0]["target"], target=rows[0]["source"])

    table(root, "influences", change)


def other_studies(root: Path) -> None:
    def change(rows: Rows) -> None:
        rows[0]["studies"] = "" if rows[0]["studies"] else "berg2011"

    table(root, "influences", change)


def reference(root: Path) -> None:
    path = root / "references.bib"
    text = path.read_text("utf-8")
    path.write_text(re.sub(r"(?m)^(\s*title\s*=\s*\{)", r"\1Once more: ", text, count=1), "utf-8")


def question(root: Path) -> None:
    path = root / "data" / "review.toml"
    text = re.sub(r"(?m)^question = .*\n", "", path.read_text("utf-8"))
    path.write_text(f'question = "Another question?"\n{text}', "utf-8")


def theme_out(root: Path) -> None:
    """A node that nothing is coded to goes."""
    theme_in(root.parent / "old")


def under_another(root: Path) -> None:
    def change(rows: Rows) -> None:
        parent = rows[-1]["parent"]
        level = next(row["parent"] for row in rows if row["id"] == parent)
        row = next(r for r in rows if r["parent"] == level and r["id"] != parent)
        rows[-1]["parent"] = row["id"]

    table(root, "codebook", change)


def named_by_others(root: Path) -> None:
    def change(rows: Rows) -> None:
        rows[-1]["origin"] = next(o for o in ("source", "inferred") if o != rows[-1]["origin"])

    table(root, "codebook", change)


def influence_redirected(root: Path) -> None:
    def change(rows: Rows) -> None:
        known = [d.influence for d in load_records(root).settings.directions if d.influence]
        rows[0]["direction"] = next(each for each in known if each != rows[0]["direction"])

    table(root, "influences", change)


def box_in(root: Path) -> None:
    table(root, "flow", lambda rows: [*rows, rows[-1] | {"box": "one-more", "count": "3"}])


def box_out(root: Path) -> None:
    table(root, "flow", lambda rows: rows[:-1])


CLASSIFIED = (
    "country,region,income_group,classification,year\n"
    "Norway,Europe,High income,Some bank,2020\n"
    "Kenya,Africa,Lower middle income,Some bank,2020\n"
)


def classified(old: str, new: str) -> Callable[[Path], None]:
    """A table of countries in both states, which the second has otherwise."""

    def change(root: Path) -> None:
        for state, text in (("old", CLASSIFIED), (root.name, CLASSIFIED.replace(old, new))):
            (root.parent / state / "data" / "places.csv").write_text(text, "utf-8")

    return change


def split_off(root: Path) -> None:
    """A node keeps its id, and another takes a part of what it held."""

    def change(rows: Rows) -> None:
        new = {"id": "a-part", "label": "A part", "former": rows[-1]["id"]}
        rows.append(rows[-1] | new)

    table(root, "codebook", change)


MUTATIONS: dict[str, tuple[Callable[[Path], None], set[str]]] = {
    "setting-changed": (question, {"setting-changed"}),
    "work-added": (background_in, {"work-added"}),
    "work-removed": (last_study_out, {"work-removed"}),
    "work-role": (role, {"work-role"}),
    "work-described": (cell("studies", "sample", "somebody else"), {"work-described"}),
    "reference-changed": (reference, {"reference-changed"}),
    "theme-added": (theme_in, {"theme-added"}),
    "theme-renamed by label": (cell("codebook", "label", "Another label"), {"theme-renamed"}),
    "theme-renamed by id": (renamed, {"theme-renamed"}),
    "theme-split": (divided, {"theme-split"}),
    "theme-split off": (split_off, {"theme-split"}),
    "theme-defined": (cell("codebook", "definition", "Something else."), {"theme-defined"}),
    "finding-added": (finding_in, {"finding-added"}),
    "finding-removed": (finding_out, {"finding-removed"}),
    "finding-moved": (moved, {"finding-moved"}),
    "finding-themes": (speaks_to_more, {"finding-themes"}),
    "finding-redirected": (redirected, {"finding-redirected"}),
    "finding-reworded": (cell("coded_studies", "summary", "Said otherwise."), {"finding-reworded"}),
    "finding-described": (
        cell("coded_studies", "anchor", "other words that locate it here"),
        {"finding-described"},
    ),
    "influence-added": (influence_in, {"influence-added"}),
    "influence-removed": (influence_out, {"influence-removed"}),
    "influence-moved": (influence_turned, {"influence-moved"}),
    "influence-evidence": (other_studies, {"influence-evidence"}),
    "influence-reworded": (
        cell("influences", "mechanism", "By other means."),
        {"influence-reworded"},
    ),
    "theme-removed": (theme_out, {"theme-removed"}),
    "theme-moved": (under_another, {"theme-moved"}),
    "theme-origin": (named_by_others, {"theme-origin"}),
    "influence-redirected": (influence_redirected, {"influence-redirected"}),
    "influence-described": (
        cell("influences", "anchor", "other words that locate it here"),
        {"influence-described"},
    ),
    "flow-added": (box_in, {"flow-added"}),
    "flow-removed": (box_out, {"flow-removed"}),
    "flow-number": (cell("flow", "count", "999"), {"flow-number"}),
    "flow-described": (cell("flow", "note", "Another note."), {"flow-described"}),
    "place-added": (classified("Kenya", "Mali,Africa,,Some bank,2020\nKenya"), {"place-added"}),
    "place-removed": (
        classified("Norway,Europe,High income,Some bank,2020\n", ""),
        {"place-removed"},
    ),
    "place-described": (classified("Lower middle", "Upper middle"), {"place-described"}),
    "place-described by year": (classified("bank,2020", "bank,2021"), {"place-described"}),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_change_is_named_and_nothing_else(states: tuple[Path, Path], name: str) -> None:
    change, expected = MUTATIONS[name]
    change(states[1])
    assert kinds(states) == expected


# Words for searching change nothing that is read; the old name of a node is told as renamed.
UNTOLD = {("codebook", "synonyms"), ("codebook", "former")}
COLUMNS = [
    (name, column)
    for name in ("studies", "coded_studies", "codebook", "influences", "flow")
    for column in TABLES[name].columns
    if column.name != TABLES[name].key and (name, column.name) not in UNTOLD
]


def another(root: Path, name: str, column: Column) -> Callable[[Rows], None]:
    """Put another value, of the kind its column holds, into the last row that may have one."""

    def change(rows: Rows) -> None:
        records, table = load_records(root), column.refers_to.split(".")[0]
        row = rows[-1]
        was = row.get(column.name, "")
        if column.choices:
            row[column.name] = next(each for each in column.choices if each != was)
        elif column.kind == "ref":
            known = records.tables[table].column(TABLES[table].key)
            row[column.name] = next(
                each for each in known if each not in (was, row[TABLES[name].key])
            )
        elif column.name == "direction":
            told = [
                d.influence if name == "influences" else d.id for d in records.settings.directions
            ]
            row[column.name] = next(each for each in told if each and each != was)
        else:
            row[column.name] = (
                "7" if was.isdecimal() or column.kind == "count" else "Quite another one"
            )

    return change


@pytest.mark.parametrize(
    ("name", "column"), COLUMNS, ids=[f"{name}.{column.name}" for name, column in COLUMNS]
)
def test_whatever_column_changes_is_told(
    states: tuple[Path, Path], name: str, column: Column
) -> None:
    table(states[1], name, another(states[1], name, column))
    assert kinds(states), f"{name}: {column.name}"


@pytest.mark.parametrize(
    ("name", "kind"), [("studies", "work-described"), ("coded_studies", "finding-described")]
)
def test_a_column_of_the_teams_own_is_compared_where_both_states_have_it(
    states: tuple[Path, Path], name: str, kind: str
) -> None:
    def judged(*told: str) -> Callable[[Rows], None]:
        def change(rows: Rows) -> None:
            for row, judgment in zip(rows, told, strict=False):
                row["risk_of_bias"] = judgment

        return change

    table(states[1], name, judged("low", "high", "men; women"))
    assert kinds(states) == set(), "a column that came is no change of its rows"
    table(states[0], name, judged("low", "low", "women;men"))
    (change,) = found(states).changes
    assert (change.kind, change.before, change.after) == (
        kind,
        "risk_of_bias: low",
        "risk_of_bias: high",
    )


def test_what_only_moved_or_is_quoted_otherwise_is_no_change(states: tuple[Path, Path]) -> None:
    for name in ("studies", "coded_studies", "influences"):
        table(states[1], name, lambda rows: rows[::-1])
    path = states[1] / "data" / "coded_studies.csv"
    with path.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.reader(stream))
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream, quoting=csv.QUOTE_ALL).writerows(rows)
    definition = next(iter(load_records(states[0]).codebook)).definition
    cell("codebook", "definition", f"{definition}  ")(states[1])
    changes = found(states)
    assert (changes.changes, changes.consequences, changes.sentences) == ((), (), ())


def test_every_kind_of_change_has_a_mutation_that_names_it() -> None:
    """Those of consequences and sentences have tests of their own below."""
    known = {
        key.removeprefix("change_").replace("_", "-") for key in ENGLISH if key[:7] == "change_"
    }
    known -= {"one", "many"}
    named = {kind for _, kinds in MUTATIONS.values() for kind in kinds}
    followed = {"support-lost", "support-gained", "support-single", "agreement"}
    assert known - named == followed | {"sentence-evidence", "sentence-number"}


# --- what follows -------------------------------------------------------------------------------


def test_support_that_is_lost_gained_or_falls_to_one_is_told(states: tuple[Path, Path]) -> None:
    records = load_records(states[0])
    by_node: dict[str, set[str]] = {}
    for finding in records.findings.values():
        by_node.setdefault(finding.theme, set()).add(finding.study)
    node = next(
        name
        for name, studies in by_node.items()
        if len(studies) > 1 and not records.codebook.children(name)
    )
    keep_one = sorted(by_node[node])[0]
    table(
        states[1],
        "coded_studies",
        lambda rows: [r for r in rows if r["theme"] != node or r["study"] == keep_one],
    )
    told = {(c.kind, c.target[1]) for c in found(states).consequences}
    assert ("support-single", node) in told
    table(states[1], "coded_studies", lambda rows: [r for r in rows if r["theme"] != node])
    told = {(c.kind, c.target[1]) for c in found(states).consequences}
    assert ("support-lost", node) in told
    back = compare(states[0], str(states[1]), str(states[0]))
    assert ("support-gained", node) in {(c.kind, c.target[1]) for c in back.consequences}


def test_agreement_and_what_was_settled_is_told_before_and_after(
    states: tuple[Path, Path],
) -> None:
    for root in states:
        shutil.copy(root / "data" / "coded_studies.csv", root / "data" / "second_coding.csv")
    table(
        states[1],
        "second_coding",
        lambda rows: [*rows[1:-1], rows[-1] | {"theme": "water-in-summer"}],
    )
    (states[1] / "data" / "consensus.csv").write_text(
        "unit,first,second,settled,reason\none,a,b,a,It says so.\n", "utf-8"
    )
    changes = found(states)
    [told] = [change for change in changes.consequences if change.kind == "agreement"]
    assert told.before == "κ 1.000"
    assert told.after < told.before
    before, after = changes.counts["second"]
    assert (before - after, changes.counts["settled"]) == (1, (0, 1))
    assert "Disagreements settled: 0 → 1" in ChangeList(changes).text


def test_a_sentence_whose_evidence_changed_is_told(states: tuple[Path, Path]) -> None:
    redirected(states[1])
    [change] = found(states).sentences
    assert change.kind == "sentence-evidence"
    assert "A claim that rests on it." in change.target[1]


def test_a_sentence_whose_finding_moved_is_told(states: tuple[Path, Path]) -> None:
    moved(states[1])
    assert [change.kind for change in found(states).sentences] == ["sentence-evidence"]


def test_lists_in_another_order_and_nodes_of_a_new_name_are_the_same(
    states: tuple[Path, Path],
) -> None:
    cell("studies", "country", "Norway; Sweden")(states[0])
    cell("studies", "country", "Sweden; Norway")(states[1])
    old = leaf(states[1])
    for root in states:
        cell("coded_studies", "also", old)(root)
    renamed(states[1])
    cell("coded_studies", "also", "another-id")(states[1])
    assert kinds(states) == {"theme-renamed"}


def test_a_new_name_of_one_node_moves_no_support_to_another(states: tuple[Path, Path]) -> None:
    def bare(rows: Rows) -> None:
        rows.insert(-1, rows[-1] | {"id": "bare", "label": "Bare"})

    for root in states:
        cell("coded_studies", "theme", leaf(root))(root)
        table(root, "codebook", bare)
    renamed(states[1])
    assert kinds(states) == {"theme-renamed"}
    assert not found(states).consequences


def test_a_line_of_a_brief_is_a_sentence_of_the_page_that_shows_it(
    states: tuple[Path, Path],
) -> None:
    first, second = list(load_records(states[0]).findings)[:2]
    for root in states:
        page(root, "# Page\n\n```{brief} growers\n```\n")
        (root / "data" / "brief.toml").write_text(
            '[[brief]]\nid = "growers"\naudience = "For growers"\nlimits = "Of one review."\n'
            'lead = "From {count}`findings | finding/findings`."\n[[brief.step]]\ntitle = "First"\n'
            f'lines = [{{ says = "It rains. Dig.", findings = ["{first}"] }},\n'
            f'{{ says = "It shines.", findings = ["{second}"] }}]\n',
            "utf-8",
        )
    assert found(states).sentences == ()
    redirected(states[1])
    finding_in(states[1])
    told = {(change.kind, change.target[1]) for change in found(states).sentences}
    assert told == {
        ("sentence-evidence", "page: It rains. Dig."),
        ("sentence-number", "page: From …."),
    }
    kept = keep(states[1])
    with zipfile.ZipFile(kept) as packed:
        assert "data/brief.toml" in packed.namelist()
    (states[1] / "data" / "brief.toml").write_text("[[brief]]\nid = 3\n", "utf-8")
    assert any("brief" in line for line in found(states).new.unread)


def test_a_sentence_that_was_reworded_only_is_not_told(states: tuple[Path, Path]) -> None:
    path = states[1] / "book" / "page.md"
    path.write_text(path.read_text("utf-8").replace("rests on it", "still rests on it"), "utf-8")
    assert found(states).sentences == ()


def test_a_number_that_changed_is_told(states: tuple[Path, Path]) -> None:
    for root in states:
        page(root, "There are {count}`findings | finding/findings`.\n")
    finding_in(states[1])
    [change] = found(states).sentences
    assert change.kind == "sentence-number"
    assert int(change.after.split()[0]) == int(change.before.split()[0]) + 1


def test_a_line_of_a_brief_has_the_numbers_that_are_counted_in_it() -> None:
    line = line_of("brief", "From {count}`studies` {finding}`lee2020-01`.", ["lee2020-01"])
    assert (line.counts, line.findings) == (("studies",), ("lee2020-01",))


def test_corrections_and_new_evidence_are_told_apart(states: tuple[Path, Path]) -> None:
    def change(rows: Rows) -> None:
        new = next(row for row in rows if row["role"] == "background")
        new["role"] = "evidence"
        change.study = new["study"]  # type: ignore[attr-defined]

    table(states[1], "studies", change)
    study = change.study  # type: ignore[attr-defined]
    table(
        states[1],
        "coded_studies",
        lambda rows: [*rows, rows[0] | {"finding": f"{study}-01", "study": study}],
    )
    redirected(states[1])
    causes = {(each.kind, each.cause) for each in found(states).changes}
    assert ("finding-added", NEW_EVIDENCE) in causes
    assert ("finding-redirected", CORRECTION) in causes


def test_a_study_that_goes_is_the_cause_of_what_it_leaves_without_support(
    states: tuple[Path, Path],
) -> None:
    """A node that falls to one study because another went was not corrected."""
    records = load_records(states[0])
    studies: dict[str, set[str]] = {}
    for finding in records.findings.values():
        studies.setdefault(finding.theme, set()).add(finding.study)
    node = next(
        name for name, of in studies.items() if len(of) == 2 and not records.codebook.children(name)
    )
    gone = max(studies[node])
    table(states[1], "studies", lambda rows: [row for row in rows if row["study"] != gone])
    table(states[1], "coded_studies", lambda rows: [row for row in rows if row["study"] != gone])
    told = {(c.kind, c.target[1]): c.cause for c in found(states).consequences}
    assert told["support-single", node] == NEW_EVIDENCE


def test_sentences_hold_their_evidence_and_are_told_as_they_are_read() -> None:
    text = (
        "One {finding}`a-01`. Two of {count}`studies` {elsewhere}`b-02 | see c`! No evidence here. "
        "{study}`lee2020` on [pay](pay.md) and {influence}`what follows <pay-to-rest>` "
        "{finding}`a-01`."
    )
    one, two, three = sentences_of("p", text, lambda role, name: f"<{role} {name}>")
    assert (one.text, one.findings) == ("One.", ("a-01",))
    assert (two.text, two.findings, two.counts) == ("Two of … see c!", ("b-02",), ("studies",))
    assert three.text == "<study lee2020> on pay and what follows."


def test_a_sentence_is_told_with_its_page_and_what_it_rests_on(states: tuple[Path, Path]) -> None:
    redirected(states[1])
    with drawn_in(Place(lambda kind, name: f"to/{kind}/{name}", lambda name, _: name)):
        shown = ChangeList(found(states))
        html = shown.html
    [row] = [row for row in shown.rows if row["page"]]
    records = load_records(states[0])
    finding = next(iter(records.findings.values()))
    way = records.settings.direction(finding.direction).label
    theme = records.codebook[finding.theme].label
    assert row["before"] == f"{records.label(finding.study)} ({finding.id}), {way}, {theme}"
    assert row["after"] != row["before"]
    assert '<a href="to/page/page">Page</a>: “A claim that rests on it.”' in html


# --- where states come from ---------------------------------------------------------------------


def test_states_are_read_from_git_without_a_checkout(states: tuple[Path, Path]) -> None:
    root = states[1]
    git = ["git", "-C", str(root), "-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "add", "-A"], check=True)
    subprocess.run([*git, "commit", "-qm", "one"], check=True)
    redirected(root)
    changes = compare(root, "HEAD", str(root))
    assert {change.kind for change in changes.changes} == {"finding-redirected"}
    assert set(read_state(root, "HEAD").records.bibliography) == set(
        load_records(states[0]).bibliography
    )
    # In a folder below the repository's root too.
    below = root / "inner"
    shutil.copytree(states[0], below)
    subprocess.run([*git, "add", "-A"], check=True)
    subprocess.run([*git, "commit", "-qm", "two"], check=True)
    moved(below)
    assert {c.kind for c in compare(below, "HEAD", str(below)).changes} == {"finding-moved"}


def test_a_kept_version_is_a_state_and_the_same_bytes_each_time(states: tuple[Path, Path]) -> None:
    root = states[1]
    path = keep(root)
    version = load_records(root).settings.version
    assert path == root / kept_file(version)
    before = path.read_bytes()
    assert keep(root).read_bytes() == before
    redirected(root)
    assert {c.kind for c in compare(root, version, str(root)).changes} == {"finding-redirected"}
    with pytest.raises(ReviewError, match="version-kept"):
        keep(root)
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", ["no-such-thing", "--output=x", "v9.9.9"])
def test_a_revision_that_is_none_is_told(states: tuple[Path, Path], name: str) -> None:
    with pytest.raises(ReviewError, match="revision-unknown"):
        read_state(states[0], name)


def test_a_folder_without_a_review_is_told(states: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(ReviewError, match="state-empty"):
        read_state(states[0], str(tmp_path / "empty"))


def test_two_reviews_are_not_compared(states: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(ReviewError, match="states-strange"):
        compare(states[0], str(states[0]), str(FILES / "example"))


def test_of_a_broken_state_what_can_be_read_is_compared(states: tuple[Path, Path]) -> None:
    (states[0] / "references.bib").write_text("@article{broken, title = {never closed", "utf-8")
    (states[0] / "data" / "influences.csv").unlink()
    redirected(states[1])
    changes = found(states)
    assert "finding-redirected" in {change.kind for change in changes.changes}
    assert changes.old.unread
    assert "references.bib" in ChangeList(changes).text


def test_what_is_missing_where_a_file_is_broken_is_neither_new_nor_gone(
    states: tuple[Path, Path],
) -> None:
    old, new = states
    coded = old / "data" / "coded_studies.csv"
    coded.write_text("\n".join(coded.read_text("utf-8").splitlines()[:5]) + '\n"x', "utf-8")
    cell("codebook", "definition", "Something else.")(new)
    changes = found(states)
    assert {change.kind for change in changes.changes} == {"theme-defined"}
    assert (changes.consequences, changes.sentences) == ((), ())
    assert "findings" not in changes.counts
    back = found((new, old))
    assert {change.kind for change in back.changes} == {"theme-defined"}
    assert back.consequences == ()
    for each in changes.old, changes.new:
        assert str(old if each is changes.old else new) in each.name, "one version, two folders"
    (old / "data" / "review.toml").write_text("title = ", "utf-8")
    changes = found(states)
    assert not {c.kind for c in changes.changes if c.kind.endswith(("-added", "setting-changed"))}
    assert not {"nodes", "findings", "statements"} & changes.counts.keys()


def test_a_kept_version_that_is_no_archive_is_told(states: tuple[Path, Path]) -> None:
    root = states[1]
    kept = keep(root)
    settings = load_records(root).settings
    assert check_versions(root, settings.version, settings.date) == []
    shutil.copy(kept, kept.with_name("66.zip"))
    [problem] = check_versions(root, settings.version, settings.date)
    assert "66.zip: [version-broken] " in str(problem)
    assert f"it holds version {settings.version}." in str(problem)
    kept.with_name("66.zip").unlink()
    kept.write_bytes(kept.read_bytes()[:200])
    [problem] = check_versions(root, settings.version, settings.date)
    assert (problem.code, problem.file) == ("version-broken", f"data/versions/{kept.name}")
    with pytest.raises(ReviewError, match="version-broken"):
        compare(root, kept.stem, str(root))
    (root / "data" / "review.toml").write_text("title = ", "utf-8")
    with pytest.raises(ReviewError, match="toml-malformed"):
        keep(root)


@pytest.mark.parametrize(
    ("name", "cells", "told"),
    [
        ("influences", {"source": "x", "target": "y", "mechanism": "Z.", "anchor": "a b"}, True),
        ("influences", {"source": "x", "target": "y", "mechanism": "Z."}, False),
        ("influences", {"source": "x", "target": "y", "mechanism": "Z.", "anchor": ""}, True),
        ("influences", {"mechanism": "Z.", "anchor": "a b"}, False),
        ("coded_studies", {"theme": "x", "summary": "Z.", "anchor": "a b"}, True),
        ("coded_studies", {"theme": "x", "summary": "Z.", "direction": "y"}, False),
    ],
)
def test_an_id_that_meant_something_else_in_a_kept_version_is_told(
    states: tuple[Path, Path], name: str, cells: dict[str, str], told: bool
) -> None:
    root = states[1]
    if "anchor" not in cells:
        cell(name, "anchor", "words that locate it here", 1)(root)
    kept = keep(root)
    for column, value in cells.items():
        cell(name, column, value, 1)(root)
    # Nothing is told of the version itself, nor of one that the next replaces.
    settings = load_records(states[0]).settings
    assert check_versions(root, settings.version, settings.date) == []
    found = check_versions(root, "77.0.0", settings.date)
    assert [(p.code, p.file, p.line) for p in found] == [("id-reused", TABLES[name].file, 3)] * told
    assert all(kept.stem in str(problem) for problem in found)


# --- versions -----------------------------------------------------------------------------------


def test_the_places_that_name_the_version_agree_or_are_told(states: tuple[Path, Path]) -> None:
    root = states[1]
    version, on = load_records(root).settings.version, date(2026, 1, 2)
    assert check_versions(root, version, on) == []
    path = root / VERSIONS_FILE
    path.write_text(
        f'[[version]]\nnumber = "{version}"\ndate = 2026-01-02\nreason = "first"\nsummary = "It."\n'
    )
    (root / "CITATION.cff").write_text(
        f'title: x\nversion: "{version}"\ndate-released: 2026-01-02\n'
    )
    changelog = root / "CHANGELOG.md"
    changelog.write_text(f"# Changes\n\n## Unreleased\n\n## 3.1.0, data {version}\n")
    assert check_versions(root, version, on) == []
    changelog.write_text("# Changes\n\n## 3.1.0, data 66.0.0\n")
    [problem] = check_versions(root, version, on)
    assert (problem.file, problem.line, problem.code) == ("CHANGELOG.md", 3, "version-disagrees")
    changelog.unlink()
    assert [str(p) for p in check_versions(root, version, date(2026, 1, 3))] == [
        f"{file}: [version-date-disagrees] This says 2026-01-02, but data/review.toml says that "
        f"version {version} is of 2026-01-03.\n  Let both say the same."
        for file in (VERSIONS_FILE, "CITATION.cff:3")
    ]
    assert versions(root)[0].summary == "It."
    assert [p.code for p in check_versions(root, "77.0.0", on)] == [
        "version-missing",
        "version-disagrees",
    ]
    path.write_text('[[version]]\nnumber = "1"\ndate = "soon"\nreason = "first"\nsummary = ""\n')
    assert [p.code for p in check_versions(root, version, on)] == ["versions-malformed"]


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        (("2", "2026-01-01", "It."), ("1", "2026-01-02", "It."), "which is newer (2026-01-02)"),
        (("2", "2026-01-02", "It."), ("2", "2026-01-01", "It."), "version 2 stands twice"),
        (("2", "2026-01-02", "It."), ("1", "2026-01-01", " "), "version 1 has no summary"),
    ],
)
def test_entries_that_cannot_be_told_one_after_the_other_are_refused(
    first: tuple[str, ...], second: tuple[str, ...], reason: str, tmp_path: Path
) -> None:
    path = tmp_path / VERSIONS_FILE
    path.parent.mkdir()
    entry = '[[version]]\nnumber = "{}"\ndate = {}\nreason = "first"\nsummary = "{}"\n'
    path.write_text(entry.format(*first) + entry.format(*second))
    [problem] = check_versions(tmp_path, "2", date(2026, 1, 2))
    assert problem.code == "versions-malformed"
    assert reason in str(problem)


def test_an_entry_waits_to_be_filled_in_and_gets_its_number(states: tuple[Path, Path]) -> None:
    root = states[1]
    version = load_records(root).settings.version
    path, began = root / VERSIONS_FILE, date(2026, 1, 2)
    head = "# What a reader should know.\n\n"
    told = (
        f'[[version]]\nnumber = "{version}"\ndate = 2026-01-01\nreason = "first"\nsummary = "It."\n'
    )
    path.write_text(head + told)
    path.write_text(with_entry(root, began, "new evidence"))
    assert path.read_text().startswith(f'{head}[[version]]\nnumber = "next"\ndate = 2026-01-02\n')
    assert path.read_text().endswith(told)
    assert with_entry(root, date(2026, 1, 9)) == "", "one entry waits already"
    assert [each.number for each in versions(root)] == [version], "it is told once it has a number"
    assert check_versions(root, version, date(2026, 1, 1)) == []
    path.write_text(numbered(root, "9.0.0", date(2026, 2, 3)))
    assert [(v.number, v.date, v.reason) for v in versions(root)] == [
        ("9.0.0", date(2026, 2, 3), "new evidence"),
        (version, date(2026, 1, 1), "first"),
    ]
    assert numbered(root, "9.0.0", began) == ""
    assert [p.code for p in check_versions(root, "9.0.0", date(2026, 2, 3))] == ["version-unsaid"]


def test_keeping_a_version_numbers_its_entry(
    states: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    root = states[1]
    (root / VERSIONS_FILE).write_text(with_entry(root, date(2026, 1, 2), "both"))
    assert main(["keep", "--root", str(root)]) == 0
    settings = load_records(root).settings
    assert [(v.number, v.date, v.reason) for v in versions(root)] == [
        (settings.version, settings.date, "both")
    ]
    assert "its entry is begun" in capsys.readouterr().out
    assert main(["keep", "--root", str(root)]) == 0
    assert "entry" not in capsys.readouterr().out


# --- told ---------------------------------------------------------------------------------------


def test_the_command_tells_it_as_text_markdown_and_json(
    states: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    redirected(states[1])
    old, new = map(str, states)
    assert main(["diff", old, new, "--root", new]) == 0
    text = capsys.readouterr().out
    assert "has another direction (correction)" in text
    assert main(["diff", old, new, "--root", new, "--markdown"]) == 0
    assert "\n## Findings (1)\n- " in capsys.readouterr().out
    assert main(["diff", old, new, "--root", new, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [each["kind"] for each in told["changes"]] == ["finding-redirected"]


def test_every_kind_has_its_word(states: tuple[Path, Path]) -> None:
    for change, _ in MUTATIONS.values():
        shutil.rmtree(states[1])
        shutil.copytree(states[0], states[1])
        change(states[1])
        shown = ChangeList(found(states))
        assert shown.rows
        assert shown.html
        assert shown.text


def test_the_likest_sentence_is_what_comparing_all_of_them_finds() -> None:
    words = [
        "pay",
        "is",
        "low",
        "where",
        "trust",
        "grows",
        "and",
        "nobody",
        "asks",
        "for",
        "the",
        "rota",
        "of",
        "the",
        "beds",
    ]
    texts = [" ".join(words[start : start + 3 + size]) for start in range(9) for size in range(5)]
    full: list[int | None] = []
    for text in texts:
        others = [each for each in texts if each != text]
        ratios = [SequenceMatcher(None, each, text, autojunk=False).ratio() for each in others]
        full.append(ratios.index(max(ratios)) if max(ratios) >= ALIKE else None)
    found = [_likest(text, [each for each in texts if each != text]) for text in texts]
    assert found == full
    assert _likest(texts[0], ["Something else."]) is None


def test_what_jupyterlab_keeps_of_a_notebook_is_no_page(tmp_path: Path) -> None:
    cells = [{"cell_type": "markdown", "source": ["A sentence."]}]
    for name in ("a.ipynb", ".ipynb_checkpoints/a-checkpoint.ipynb"):
        kept = tmp_path / PAGES / name
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps({"cells": cells}), "utf-8")
    assert list(_pages(tmp_path)) == [("a", "A sentence.")]
