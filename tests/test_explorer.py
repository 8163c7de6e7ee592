"""The explorer as Python sees it: what is stored, what is sent, what is selected."""

from __future__ import annotations

import csv
import gzip
import json
import re
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace
from itertools import accumulate
from pathlib import Path
from types import SimpleNamespace

import pytest

from conftest import missing
from explorer_on_a_page import STATIC, many
from synth.book.assets import DATA, TABLES, classic_script, compact_style
from synth.book.explorers import shared_file
from synth.errors import UnknownName
from synth.facets import searchable
from synth.messages import ENGLISH
from synth.model import NOT_REPORTED, UNKNOWN, Facet, Finding, facet_values, statements_of
from synth.reading.records import Records, read_records
from synth.reading.rules import load_records
from synth.review import Review
from synth.text import fold
from synth.views.explorer import (
    RESERVED,
    ROWS_IN_PAGE,
    ROWS_OF_MORE,
    WORDS,
    Explorer,
    _short_id,
    evidence_scripts,
    payload,
    reference_payload,
)
from synth.views.markup import Place, drawn_in
from synth.views.view import VIEW

MODULES = STATIC.parent / "js" / "explorer"
HOSTILE = (
    '</script><script>alert(1)</script> & <b>"bold"</b>',
    "=1+1",
    "emoji 🌱 and مرحبا right to left",
    "line\u2028separators\u2029and 'quotes' \\ backslashes",
)


@pytest.fixture(scope="module")
def review(root: Path) -> Review:
    return Review.load(root)


@pytest.fixture(scope="module")
def garden(example_root: Path) -> Review:
    return Review.load(example_root)


def settings_of(html: str) -> dict[str, object]:
    block = re.search(r'<script type="application/json">(.*?)</script>', html, re.DOTALL)
    assert block
    settings: dict[str, object] = json.loads(block[1])
    return settings


# --- search ---


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Ábrahám", "abraham"),
        ("STRASSE Straße", "strasse strasse"),
        ("Łukasz Øystein", "lukasz oystein"),
        ("the user’s ‘own’ words", "the user's 'own' words"),
        ("ﬁnding", "finding"),
        ("ΟΔΟΣ οδος", "οδοσ οδοσ"),
        (" two\u00a0 words\n", "two words"),
        ("İstanbul", "istanbul"),
        ("", ""),
    ],
)
def test_folding(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_folding_twice_changes_nothing(review: Review) -> None:
    for finding in review.records.findings.values():
        once = fold(finding.summary)
        assert fold(once) == once


def test_search_looks_at_summary_study_themes_and_countries(review: Review) -> None:
    records = review.records
    finding = next(f for f in records.findings.values() if records.studies[f.study].countries)
    text = searchable(finding, records)
    for part in (
        finding.summary,
        records.label(finding.study),
        *(
            word
            for theme in finding.themes
            for node in records.codebook.path(theme)
            for word in (node.label, *node.synonyms)
        ),
    ):
        assert fold(part) in text.split("\n")


# --- what the script is given ---


@pytest.mark.parametrize("which", ["review", "garden"])
def test_the_payload_holds_what_the_records_hold(
    which: str, request: pytest.FixtureRequest
) -> None:
    records = request.getfixturevalue(which).records
    data = payload(records)
    studies, findings = data["studies"]["id"], data["findings"]
    tree, direction, *declared, year = data["facets"]
    for index, finding in enumerate(records.findings.values()):
        at = findings["study"][index]
        short = findings["id"][index]
        assert finding.id == (short if isinstance(short, str) else f"{studies[at]}-{short:02}")
        assert studies[at] == finding.study
        themes = tree["nodes"][tree["all"][index]]
        assert tuple(tree["values"][node] for node in themes) == finding.themes
        for node in themes:
            path = [tree["values"][above] for above in tree["paths"][node]]
            assert path == [above.id for above in records.codebook.path(tree["values"][node])]
        assert direction["values"][direction["all"][index]] == finding.direction
        assert data["statements"][findings["said"][index]] == finding.summary
        for facet, sent in zip(records.settings.facets, declared, strict=True):
            code = sent["all"][index] if "all" in sent else sent["own"].get(index, sent["by"][at])
            values = {sent["values"][value] for value in sent["sets"][code]}
            assert values == set(facet_values(facet, finding, records.studies[studies[at]]))
        years = [int(year["values"][value]) for value in year["sets"][year["by"][at]]]
        written = records.studies[studies[at]].year
        assert years == ([] if written is None else [written])


def test_a_study_carries_its_own_values_not_those_of_one_finding(review: Review) -> None:
    """A finding of a study on several countries may be about one; the study stays what it is."""
    records = review.records
    country = records.settings.facet("country")
    assert country
    data = payload(records)
    sent = next(facet for facet in data["facets"] if facet["id"] == "country")
    differing = 0
    for name, code in zip(data["studies"]["id"], sent["by"], strict=True):
        study = records.studies[name]
        own = study.countries or (NOT_REPORTED,)
        assert {sent["values"][value] for value in sent["sets"][code]} == set(own), name
        differing += any(
            set(facet_values(country, finding, study)) != set(own)
            for finding in records.findings.values()
            if finding.study == name
        )
    assert differing, "no study whose findings say otherwise, so nothing was compared"


def test_what_only_findings_carry_is_told_finding_by_finding(review: Review) -> None:
    facet = replace(review.settings.facets[0], id="section", of="finding")
    settings = replace(review.settings, facets=(facet,))
    sent = payload(replace(review.records, settings=settings))["facets"][2]
    assert "by" not in sent
    told = [[sent["values"][value] for value in sent["sets"][code]] for code in sent["all"]]
    findings = review.records.findings.values()
    assert [tuple(values) for values in told] == [
        facet_values(facet, finding, review.records.studies[finding.study]) for finding in findings
    ]


def test_further_facets_are_what_the_files_say(review: Review, root: Path) -> None:
    """Income groups by way of countries, and how many report a statement, counted by pandas."""
    import pandas

    data = root / "data"
    read = {
        name: pandas.read_csv(data / f"{name}.csv", keep_default_na=False)
        for name in ("coded_studies", "studies", "places")
    }
    findings = read["coded_studies"].merge(
        read["studies"][["study", "country", "cohort"]], on="study", suffixes=("_own", "")
    )
    findings["at"] = findings.country_own.where(findings.country_own != "", findings.country)
    places = findings.assign(country=findings["at"].str.split(";")).explode("country")
    placed = places[["finding", "country"]].merge(read["places"], on="country")
    for group, rows in placed.groupby("income_group"):
        assert set(review.evidence().where(income_group=group).ids) == {*rows.finding}
    nowhere = findings[findings["at"].isin(review.settings.not_countries)]
    assert set(review.evidence().where(income_group="not applicable").ids) == {*nowhere.finding}
    findings["group"] = findings.cohort.where(findings.cohort != "", findings.study)
    said = findings.groupby(["anchor", "summary"])
    several = said.group.transform("nunique") > 1
    shared = ~several & (said.study.transform("nunique") > 1)
    for value, rows in (("several studies", several), ("one study", ~several & ~shared)):
        assert set(review.evidence().where(support=value).ids) == {*findings.finding[rows]}
    for basis, rows in findings.groupby("basis"):
        assert set(review.evidence().where(basis=basis).ids) == {*rows.finding}


def test_what_only_filters_stands_in_no_table(review: Review) -> None:
    more = {facet.id for facet in review.settings.facets if facet.more}
    assert more >= {"setting_kind", "participants", "income_group", "basis", "support"}
    assert not more & review.evidence().explorer().columns.keys()
    told = {facet["id"] for facet in payload(review.records)["facets"] if facet.get("more")}
    assert told == more


def test_studies_of_the_same_participants_are_told_from_independent_ones(example: Path) -> None:
    facet = '[[facets]]\nid = "support"\nlabel = "Reported by"\nplural = "Supports"\n'
    path = example / "data" / "review.toml"
    path.write_text(path.read_text("utf-8") + f'\n{facet}of = "statement"\n', "utf-8")
    table = example / "data" / "coded_studies.csv"
    with table.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    first = {row["study"]: row for row in reversed(rows)}
    one, other, third = [*first.values()][:3]
    for row in (other, third):
        row.update(anchor=one["anchor"], summary=one["summary"])
    third["anchor"] = "somewhere else in what the authors wrote"
    with (example / "data" / "studies.csv").open(newline="", encoding="utf-8") as stream:
        works = list(csv.DictReader(stream))
    for work in works:
        if work["study"] in (one["study"], other["study"]):
            work["cohort"] = "the-same"
    for file, told in ((table, rows), (example / "data" / "studies.csv", works)):
        with file.open("w", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, told[0], lineterminator="\n")
            writer.writeheader()
            writer.writerows(told)
    records, _ = read_records(example)
    evidence = Review(records).evidence()
    together = evidence.where(support="several studies of the same participants").ids
    assert set(together) == {one["finding"], other["finding"]}
    assert third["finding"] in evidence.where(support="one study").ids


def test_what_is_unknown_stands_last(review: Review) -> None:
    for facet in payload(review.records)["facets"][2:-1]:
        known = [value in UNKNOWN for value in facet["values"]]
        assert known == sorted(known)


def test_what_several_studies_say_is_sent_once(review: Review) -> None:
    data = payload(review.records)
    statements = statements_of(review.records.findings.values())
    assert len(statements) == len(data["statements"]) < len(data["findings"]["said"])
    names = list(review.records.findings)
    for at, statement in enumerate(statements):
        said = [
            name for name, told in zip(names, data["findings"]["said"], strict=True) if told == at
        ]
        assert tuple(said) == statement.findings


def test_it_says_why_a_filter_counts_more_than_the_list(review: Review) -> None:
    """Where a finding speaks to several themes, and only there."""
    several = [name for name, one in review.records.findings.items() if len(one.themes) > 1]
    single = [name for name in review.records.findings if name not in several]
    why = WORDS["numbers"] + " " + ENGLISH["evidence_several"]
    assert payload(review.records)["words"]["numbers"] == why
    assert payload(review.records, several[:1])["words"]["numbers"] == why
    assert payload(review.records, single)["words"]["numbers"] == WORDS["numbers"]


def test_studies_whose_country_was_inferred_are_told(review: Review) -> None:
    studies = payload(review.records)["studies"]
    told = [studies["id"][at] for at in studies["inferred"]]
    assert told
    for name in studies["id"]:
        source = review.records.studies[name].country_source
        assert (name in told) == source.startswith("inferred"), name


def test_studies_stand_in_the_order_of_a_reference_list(review: Review) -> None:
    labels = payload(review.records)["studies"]["label"]
    assert labels == sorted(labels, key=fold)


def test_the_payload_of_some_holds_only_their_studies(review: Review) -> None:
    ids = tuple(review.records.findings)[:3]
    studies = {review.records.findings[name].study for name in ids}
    data = payload(review.records, ids)
    assert len(data["findings"]["id"]) == 3
    assert set(data["studies"]["id"]) == studies
    extras = reference_payload(review.records, ids)
    assert set(extras["works"]) == studies
    told = [review.records.findings[name] for name in ids]
    assert extras["anchor"] == [finding.anchor for finding in told]
    assert extras["section"] == [finding.section for finding in told]
    assert extras["basis"] == [finding.basis for finding in told]


def test_words_of_the_team_replace_the_english(review: Review) -> None:
    settings = replace(
        review.settings, words={"explorer_search": "Befunde durchsuchen", "chart": "Schaubild"}
    )
    data = payload(replace(review.records, settings=settings))
    told = payload(review.records)["words"]
    assert data["words"] == {**told, "search": "Befunde durchsuchen"} != told


def test_every_word_of_the_interface_is_used() -> None:
    code = "\n".join(path.read_text("utf-8") for path in MODULES.glob("*.js"))
    for key in WORDS:
        begun = re.match(r"by_|pane_", key)
        said = rf'"{key}"|\b{key}:' + (rf"|`{begun[0]}\$" if begun else "")
        assert re.search(said, code), f"nothing says {key!r}"
    for key in re.findall(r'\bsay\("(\w+)"', code):
        assert key in WORDS, f"{key!r} has no words"


def with_summaries(records: Records, summaries: Iterable[str]) -> Records:
    changed = {
        name: replace(finding, summary=summary)
        for (name, finding), summary in zip(records.findings.items(), summaries, strict=False)
    }
    return replace(records, findings={**records.findings, **changed})


def test_the_evidence_scripts_are_harmless_whatever_the_words(garden: Review) -> None:
    records = with_summaries(garden.records, HOSTILE)
    for script in evidence_scripts(records).values():
        assert not set("<\u2028\u2029") & set(script)
    summaries = payload(records)["statements"]
    assert summaries[: len(HOSTILE)] == list(HOSTILE)


def test_the_names_of_the_scripts_follow_their_content(garden: Review) -> None:
    before = evidence_scripts(garden.records)
    after = evidence_scripts(with_summaries(garden.records, HOSTILE))
    assert before == evidence_scripts(garden.records)
    first, second = ([*files] for files in (before, after))
    assert first[0] != second[0]
    assert first[1] == second[1], "the references are the same"


def test_the_evidence_scripts_stay_light(review: Review) -> None:
    scripts = "".join(evidence_scripts(review.records).values())
    # Words, synonyms and spellings of a review travel with its findings.
    assert len(gzip.compress(scripts.encode())) <= 160 * len(review.records.findings)


def test_code_and_style_stay_light() -> None:
    code = classic_script((STATIC / "explorer.js").read_text("utf-8"), "explorer")
    style = compact_style((STATIC / "explorer.css").read_text("utf-8"))
    assert len(gzip.compress(code.encode())) + len(gzip.compress(style.encode())) <= 14 * 1024


def test_no_style_asks_what_the_explorer_holds() -> None:
    """A browser would look again at all around a list at each of its rows that comes or goes."""
    for sheet in STATIC.glob("*.css"):
        style = compact_style(sheet.read_text("utf-8"))
        asked = [one for one in re.findall(r"[^{}]*:has\([^{}]*(?={)", style) if ".ex-" in one]
        assert not asked, sheet.name


@pytest.mark.slow
def test_what_readers_load_is_made_from_the_modules(root: Path) -> None:
    for tool in ("esbuild", "terser"):
        if not (root / "node_modules" / ".bin" / tool).exists():
            missing(f"{tool} is not there; make setup-node installs it")
    made = subprocess.run(
        [sys.executable, root / "scripts" / "bundle", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stdout + made.stderr


def test_the_script_compiles_nothing_and_writes_no_html() -> None:
    code = "\n".join(path.read_text("utf-8") for path in MODULES.glob("*.js"))
    assert not re.search(
        r"\beval\b|new Function|innerHTML|insertAdjacentHTML|document\.write", code
    )


# --- what is stored ---


def test_the_table_holds_every_finding_once(review: Review) -> None:
    html = review.evidence().explorer().html
    assert re.findall(r'<tr data-finding="([^"]+)"', html) == list(review.evidence().ids)
    assert not re.search(r"</t[dh]><t[dh]", html), "the search would glue neighbouring words"


def test_everything_is_not_listed_by_name(review: Review) -> None:
    assert settings_of(review.evidence().explorer(key="x").html) == {"key": "x"}
    some = review.levels[0].evidence()
    places = accumulate(settings_of(some.explorer(key="x").html)["gaps"])
    every = list(review.evidence().ids)
    assert sorted(every[at] for at in places) == sorted(some.ids)


def test_only_what_was_asked_for_is_stored(review: Review) -> None:
    explorer = review.evidence().explorer(
        key="x", filters={"direction": "barrier", "q": "work"}, rows="country", group="study"
    )
    assert settings_of(explorer.html) == {
        "key": "x",
        "filters": {"direction": ["barrier"], "q": ["work"]},
        "rows": "country",
        "group": "study",
    }


def test_what_is_stored_does_not_follow_the_reader(review: Review) -> None:
    explorer = review.evidence().explorer()
    before = explorer.html
    explorer.filters = {"direction": "barrier"}
    assert explorer.settings == settings_of(before)


def test_beyond_the_limit_the_table_says_what_is_missing(garden: Review) -> None:
    records = many(garden.records, ROWS_IN_PAGE + 10)
    book = Place(lambda kind, name: "", lambda name, fallback: fallback, lambda name: f"../{name}")
    with drawn_in(book):
        html = Explorer(records, records.findings).html
    assert html.count("<tr data-finding") == ROWS_OF_MORE
    assert f"first {ROWS_OF_MORE} of {ROWS_IN_PAGE + 10}" in html
    assert 'href="../findings.csv" download' in html
    full = Explorer(records, tuple(records.findings)[:ROWS_IN_PAGE]).html
    assert "findings.csv" not in full
    assert full.count("<tr data-finding") == ROWS_IN_PAGE


def test_what_a_page_links_as_a_file_is_written_there() -> None:
    """The address of a shared file and the folder the build writes it to are one."""
    env = SimpleNamespace(
        app=SimpleNamespace(builder=SimpleNamespace(get_target_uri=lambda name: f"{name}.html"))
    )
    assert shared_file(env, "book/page", "findings.csv") == f"../{DATA}/findings.csv"
    assert shared_file(env, "book/page", "framework.csv") == f"../{TABLES}/framework.csv"


def test_settings_end_no_script(example: Path) -> None:
    records = load_records(example)
    explorer = Explorer(records, records.findings, filters={"q": "</script><!--"})
    assert explorer.html.count("</script>") == 1
    assert settings_of(explorer.html)["filters"] == {"q": ["</script><!--"]}


def test_it_states_its_counts(review: Review) -> None:
    evidence = review.evidence()
    assert repr(evidence.explorer()) == f"<Explorer of {evidence.summary}>"


def test_the_same_evidence_gives_the_same_bytes(root: Path) -> None:
    first, second = (Review.load(root).evidence().explorer().html for _ in range(2))
    assert first == second


# --- what is refused ---


@pytest.mark.parametrize("key", ["", "a b", "1x", "x.y", "ä", "x&y", '"'])
def test_a_key_must_fit_an_address(garden: Review, key: str) -> None:
    with pytest.raises(ValueError, match="cannot name an explorer"):
        garden.evidence().explorer(key=key)


@pytest.mark.parametrize("name", RESERVED)
def test_a_facet_may_not_take_a_name_of_the_address(garden: Review, name: str) -> None:
    settings = replace(garden.settings, facets=(Facet(name, "L", "Ls", "study"),))
    with pytest.raises(ValueError, match=f"cannot be called '{name}'"):
        Explorer(replace(garden.records, settings=settings), garden.records.findings)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"group": "year"}, "theme, study"),
        ({"sort": "newset"}, "Did you mean 'newest'"),
        ({"rows": "contry"}, "Did you mean 'country'"),
        ({"filters": {"directon": "barrier"}}, "Did you mean 'direction'"),
        ({"filters": {"direction": "bariier"}}, "Did you mean 'barrier'"),
    ],
)
def test_unknown_names_are_refused(review: Review, options: dict[str, str], said: str) -> None:
    with pytest.raises(UnknownName, match=said):
        review.evidence().explorer(**options)


# --- live ---


def test_the_selection_follows_the_filters(review: Review) -> None:
    explorer = review.evidence().explorer()
    assert explorer.selection == review.evidence()
    explorer.filters = {"direction": ["barrier", "mixed"], "since": 2015}
    assert explorer.selection == review.evidence().where(direction=["barrier", "mixed"], since=2015)
    explorer.filters = {"study": ["byrne2016", "kuhn2015"]}
    assert explorer.selection.study_ids == ("byrne2016", "kuhn2015")
    explorer.filters = {}
    assert explorer.selection == review.evidence()


def test_widget_and_explorer_move_each_other(review: Review) -> None:
    explorer = review.evidence().explorer(filters={"direction": "barrier"})
    widget = explorer.widget()
    assert widget.filters == {"direction": ["barrier"]}
    explorer.filters = {"q": "stigma"}
    assert widget.filters == {"q": ["stigma"]}
    widget.filters = {"level": ["macro"]}
    assert explorer.filters == {"level": ["macro"]}
    assert explorer.selection == review.level("macro").evidence()


def test_two_views_of_one_explorer_agree(review: Review) -> None:
    explorer = review.evidence().explorer()
    first, second = explorer.widget(), explorer.widget()
    first.filters = {"direction": ["enabler"]}
    assert second.filters == {"direction": ["enabler"]}


def test_the_live_output_also_holds_the_table(review: Review) -> None:
    explorer = review.evidence().explorer()
    data, _ = explorer._repr_mimebundle_()
    assert data["text/html"] == explorer.readable
    assert data["text/plain"] == repr(explorer)
    assert data[VIEW] == {"kind": "explorer", "query": {"all": True}, "options": {}}
    assert "application/vnd.jupyter.widget-view+json" in data


def test_the_widget_comes_only_when_shown() -> None:
    code = "import sys, synth.views.explorer; print(*sorted(sys.modules))"
    modules = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert not {"anywidget", "ipywidgets", "traitlets", "pandas"} & set(modules.stdout.split())


def test_only_a_regular_id_is_sent_as_a_number() -> None:
    """The script writes two digits behind the study: another id would come back as another one."""
    ids = {"ash2010-01": 1, "ash2010-1": "ash2010-1", "ash2010-101": "ash2010-101", "07": "07"}
    assert {name: _short_id(Finding(name, "ash2010", "", "", "")) for name in ids} == ids


def test_the_values_of_a_finding_keep_their_order(example: Path) -> None:
    records = load_records(example)
    first, second, *_ = records.findings.values()
    facet = Facet("country", "Country", "Countries", "finding", many=True)
    found = {
        first.id: replace(first, countries=("Norway", "Kenya")),
        second.id: replace(second, countries=("Kenya",)),
    }
    settings = replace(records.settings, facets=(facet,))
    data = payload(replace(records, findings=found, settings=settings))
    (told,) = (facet for facet in data["facets"] if facet["id"] == "country")
    assert told["values"] == ["Kenya", "Norway"]
    assert [[told["values"][at] for at in told["sets"][code]] for code in told["all"]] == [
        ["Norway", "Kenya"],
        ["Kenya"],
    ]
