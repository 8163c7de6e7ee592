"""What is left out takes with it exactly what rests on nothing else."""

from __future__ import annotations

import cProfile
import csv
import io
import re
from collections import Counter
from dataclasses import replace

import pytest
from tests.records_by_hand import FINDINGS, STUDIES, records, study

from synth.model import Finding
from synth.views.robustness import KINDS, author_teams, robustness


def lost(kind: str, label: str, **given: object) -> set[str]:
    found = robustness(records(**given))
    (out,) = (out for out in found.left_out if (out.kind, out.label) == (kind, label))
    return {held.label for held in out.lost if held.kind not in ("direction", "influence")}


def test_leaving_out_a_study_takes_what_it_alone_supports() -> None:
    assert lost("study", "Ames, 2004") == {"Money"}
    assert lost("study", "Egan, n.d.") == {"Licences"}
    assert lost("study", "Bell, 2012") == set()


def test_what_is_lost_is_what_no_other_finding_holds() -> None:
    found = robustness(records())
    for out in found.left_out:
        if out.kind == "country":
            continue
        left = [f for f in FINDINGS if f.study not in out.studies]
        nodes = {node.id for f in left for node in records().codebook.path(f.theme)}
        gone = {h.id for h in out.lost if h.kind in ("theme", "factor")}
        every = {h.id for h in found.supported if h.kind in ("theme", "factor")}
        assert gone == every - nodes


def test_a_cohort_is_left_out_as_a_whole() -> None:
    label = "the participants shared by Bell, 2010 and Bell, 2012"
    cohorts = [out for out in robustness(records()).left_out if out.kind == "cohort"]
    assert [out.label for out in cohorts] == [label]
    assert cohorts[0].studies == ("bell2010", "bell2012")
    # Trust keeps the finding of a third study, though only its barrier.
    assert {held.label for held in cohorts[0].lost if held.kind == "direction"} == {
        "Law: block",
        "Mandates: block",
        "Team: help",
        "Trust: help",
    }


def test_a_finding_from_two_countries_outlives_one_of_them() -> None:
    one = Finding("x-01", "bell2010", "money", "helps", "Both.")
    assert lost("country", "Norway", findings=[one, FINDINGS[4]]) == {"Team", "Trust"}


def test_what_is_no_country_is_never_left_out_as_one() -> None:
    countries = {out.label for out in robustness(records()).left_out if out.kind == "country"}
    assert countries == {"Kenya", "Norway"}


def test_teams_are_studies_joined_by_shared_authors() -> None:
    assert author_teams(records(), STUDIES) == [
        ("the team around Bell and Dahl", ("bell2010", "bell2012")),
        ("the team around Kane", ("ames2004", "dunn2019")),
    ]


def test_teams_join_through_a_third_study() -> None:
    chain = {"ames2004": ("Ames", "Kane"), "bell2010": ("Kane", "Loth"), "bell2012": ("Loth",)}
    teams = author_teams(records(authors=chain), STUDIES[:3])
    assert teams == [("the team around Kane and Loth", ("ames2004", "bell2010", "bell2012"))]


def test_an_accent_does_not_split_a_team() -> None:
    spelled = {"ames2004": ("Núñez",), "bell2010": ("Nunez",)}
    assert len(author_teams(records(authors=spelled), STUDIES[:2])) == 1


def test_the_narrowest_single_support_is_told() -> None:
    single = {
        held.id: (kind, which)
        for held, kind, which in robustness(records()).single
        if held.kind in ("theme", "factor")
    }
    assert single == {
        "money": ("study", "Ames, 2004"),
        "licences": ("study", "Egan, n.d."),
    }


def test_one_cohort_counts_as_one_when_two_studies_share_it() -> None:
    two = [f for f in FINDINGS if f.study in ("bell2010", "bell2012")]
    single = {held.id: kind for held, kind, _ in robustness(records(findings=two)).single}
    assert single["trust"] == "cohort"


def test_influences_are_judged_by_the_studies_they_name() -> None:
    held = [h for h in robustness(records()).supported if h.kind == "influence"]
    assert {h.id for h in held} == {"law-money", "mandates-trust", "team-law", "trust-trust"}
    assert not [
        h for h in robustness(records(), ["ames2004-01"]).supported if h.kind == "influence"
    ]


def test_the_summary_counts_what_the_rows_hold() -> None:
    found = robustness(records())
    factors = [h for h in found.supported if h.kind == "factor"]
    alone = [row for row in found.single_rows if row["kind"] == "factor"]
    assert f"{len(alone)} of {len(factors)} factors rests on a single study." in found.text
    assert "strong" not in found.text


def test_nothing_is_said_of_a_kind_that_is_not_there() -> None:
    assert "influence" in robustness(records()).text
    assert "influence" not in robustness(records(influences=[])).text
    # How many directions rest on one study is no number of the sentences above the table.
    assert "direction" not in robustness(records()).description


def test_nobody_changes_most_where_nothing_goes() -> None:
    alike = [
        Finding(f"{study}-01", study, "trust", "helps", "Yes.", anchor="a b c")
        for study in ("ames2004", "bell2012")
    ]
    found = robustness(records(findings=alike, influences=[]))
    assert found.left_out
    assert "changes most" not in found.text


def test_csv_and_table_come_from_the_same_rows() -> None:
    found = robustness(records())
    rows = list(csv.DictReader(io.StringIO(found.to_csv())))
    assert [row["left_out"] for row in rows] == [row["left_out"] for row in found.rows]
    assert {row["kind"] for row in rows} == {"study", "cohort", "country", "team"}
    for row in found.rows:
        if row["lost"]:
            assert row["left_out"].replace("&", "&amp;") in found.html


def test_a_statement_goes_only_with_the_last_who_reports_it() -> None:
    first, *rest = FINDINGS
    other = next(one for one in rest if one.study != first.study)
    both = {"anchor": "what they both say", "summary": "Both say so."}
    shared = [replace(one, **both) for one in (first, other)]
    found = robustness(records(findings=shared))
    by_study = {out.studies: out for out in found.left_out if out.kind == "study"}
    assert [(by_study[one.study,].findings, by_study[one.study,].statements) for one in shared] == [
        (1, 0),
        (1, 0),
    ]
    alone = robustness(records(findings=[first])).left_out[0]
    assert (alone.findings, alone.statements) == (1, 1)
    assert {"findings", "statements"} <= set(found.rows[0])


def test_kinds_that_share_a_word_stay_apart() -> None:
    """Whatever a team calls them, a table of studies holds studies, and the CSV says so."""
    plain = records()
    same = {f"robustness_{kind}": "unit" for kind in KINDS}
    renamed = replace(plain, settings=replace(plain.settings, words=same))
    one, other = robustness(plain), robustness(renamed)
    assert [row["kind"] for row in other.rows] == [row["kind"] for row in one.rows]
    assert other.to_csv() == one.to_csv()
    totals = re.findall(r"robustness-head\">Leaving out one [\w ]+: with (\d+ of \d+)", one.html)
    assert len(totals) == len(KINDS)
    again = re.findall(r"robustness-head\">Leaving out one unit: with (\d+ of \d+)", other.html)
    assert again == totals


def test_no_findings_lose_nothing() -> None:
    found = robustness(records(), [])
    assert found.left_out == ()
    assert "nothing can lose its support" in found.html
    assert (
        repr(found)
        == "<Robustness: 0 statements (0 findings) from 0 studies, 0 of 0 rest on one study>"
    )


def test_one_study_holds_everything() -> None:
    alone = study("solo2020", 2020, "Kenya")
    found = robustness(
        records(
            studies=[alone],
            findings=[Finding("solo2020-01", "solo2020", "trust", "helps", "Yes.")],
            influences=[],
        )
    )
    assert {held.label for held in found.left_out[0].lost if held.kind != "direction"} == {
        "Team",
        "Trust",
    }
    assert [out.kind for out in found.left_out] == ["study", "country"]


def test_everything_is_in_a_fixed_order() -> None:
    first, second = robustness(records()), robustness(records())
    assert first.html == second.html
    kinds = [out.kind for out in first.left_out]
    assert kinds == sorted(kinds, key=KINDS.index)


def test_each_kind_of_loss_is_counted_for_itself() -> None:
    left_out = robustness(records()).left_out
    kinds = [Counter(item.kind for item in out.lost) for out in left_out]
    assert any(len(counted) > 1 for counted in kinds)
    for out, counted in zip(left_out, kinds, strict=True):
        assert {kind: out.of(kind) for kind in counted} == counted


@pytest.mark.parametrize("cohort", ["", "c{}"])
def test_twice_the_studies_are_twice_the_work(cohort: str) -> None:
    given = []
    for number in (200, 400):
        works = [study(f"a{n}", 2010, cohort=cohort.format(n // 2)) for n in range(number)]
        found = [
            Finding(f"a{n}-0{k}", f"a{n}", "money", "helps", f"Said {k}.")
            for n in range(number)
            for k in range(4)
        ]
        given.append(robustness(records(studies=works, findings=found, influences=[])))
    calls = []
    for view in given:
        vars(view).pop("left_out", None)
        with cProfile.Profile() as profile:
            assert view.left_out
        calls.append(sum(entry.callcount for entry in profile.getstats()))
        cohorts = sum(out.kind == "cohort" for out in view.left_out)
        assert cohorts == (len(view.left_out) // 3 if cohort else 0)
    assert calls[1] < calls[0] * 2.4


def test_the_heads_of_its_columns_say_what_is_counted() -> None:
    """A head of "Factors" leaves open whether they are lost or kept."""
    html = robustness(records()).html
    heads = re.findall(r'<th scope="col"[^>]*>([^<]+)</th>', html)
    for lost in ("Directions lost", "Influences lost"):
        assert lost in heads
    assert not {"Directions", "Influences"} & set(heads)
