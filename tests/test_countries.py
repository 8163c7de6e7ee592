"""A profile for each country says what the tables say of it, and marks lead to what they count."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.records_by_hand import records, settings

from synth import Review
from synth.model import UNKNOWN
from synth.views import charts
from synth.views.countries import country_profiles
from synth.views.markup import Place, drawn_in, filters

ROOT = Path(__file__).resolve().parents[1]


def test_profiles_count_studies_where_they_were_done_and_findings_where_they_are_about() -> None:
    review = Review.load(ROOT)
    made = review.records
    profiles = review.country_profiles()
    elsewhere = {*made.settings.not_countries, *UNKNOWN}
    assert {row["country"] for row in profiles.rows} == {
        name
        for one in (*made.studies.values(),)
        if one.is_evidence
        for name in one.countries
        if name not in elsewhere
    } | {
        name
        for finding in made.findings.values()
        for name in finding.countries
        if name not in elsewhere
    }
    for row in profiles.rows:
        works = [
            work
            for work in made.studies.values()
            if work.is_evidence and row["country"] in work.countries
        ]
        about = [
            finding
            for finding in made.findings.values()
            if row["country"] in (finding.countries or made.studies[finding.study].countries)
        ]
        assert row["studies"] == len(works)
        assert row["findings"] == len(about)
        assert row["statements"] == len({(f.anchor, f.summary) for f in about})
        ways = [row[way.id] for way in made.settings.directions]
        assert sum(ways) >= row["statements"]
        assert set(row["which"]) == {made.label(work.id) for work in works}


def test_a_profile_has_its_address_and_leads_to_studies_and_explorer() -> None:
    with drawn_in(Place(lambda kind, name: f"p.html#{kind}-{name}", lambda name, other: other)):
        html = str(country_profiles(records()).html)
    shown = country_profiles(records()).shows["country"]
    assert re.findall(r'id="country-([^"]+)"', html) == list(shown)
    assert 'href="p.html#explorer-country=Kenya"' in html
    assert "p.html#study-" in html


def test_no_country_says_so() -> None:
    assert "No country is named." in country_profiles(records(), []).html


def test_marks_lead_to_what_they_count() -> None:
    made = records()
    asked: list[tuple[str, str]] = []

    def target(kind: str, name: str) -> str:
        asked.append((kind, name))
        return f"p.html#{kind}-{name}"

    with drawn_in(Place(target, lambda name, other: other)):
        years = str(charts.by_year(made).html)
        countries = str(charts.by_country(made).html)
        matrix = str(charts.theme_by_study(made).html)
    dated = [s.id for s in made.studies.values() if s.is_evidence and s.year]
    assert dated
    for study in dated:
        # Once in the picture for wide pages, once in that for phones.
        assert years.count(f'data-to="p.html#study-{study}"') == 2
    assert f'data-to="p.html#country-{filters(country="Kenya")}"' in countries
    assert ("study", dated[0]) in asked
    assert f'data-to="p.html#study-{dated[0]}"' in matrix
    # What a live chart is made from leads to the same places.
    (spec,) = re.findall(r'<script type="application/json">(.*?)</script>', years, re.DOTALL)
    assert f"p.html#study-{dated[0]}" in json.dumps(json.loads(spec))
    assert "vega-datasets" not in years + countries + matrix


def test_outside_a_page_marks_lead_nowhere() -> None:
    chart = charts.by_year(records())
    assert "data-to" not in chart.drawing
    assert "href" not in json.dumps(chart.spec)
    assert "href" not in chart.svg


def test_a_design_has_one_shape_in_the_whole_book() -> None:
    def shapes(*ids: str) -> dict[str, str]:
        made = records(settings=settings(design_shapes=("survey", "interviews")))
        spec = charts.by_year(made, ids or None).spec
        text = json.dumps(spec)
        found = re.search(r'"shape": \{.*?"domain": (\[.*?\]), "range": (\[.*?\])\}', text)
        assert found
        return dict(zip(json.loads(found[1]), json.loads(found[2]), strict=True))

    whole = shapes()
    some = [finding.id for finding in records().findings.values()][:3]
    part = shapes(*some)
    assert part.items() <= whole.items()
    assert len(set(whole.values())) == len(whole)
    assert not any("triangle" in shape for shape in whole.values())


def test_directions_keep_their_colour_and_pattern() -> None:
    text = json.dumps(charts.both_ways(records()).spec)
    assert text.count('"gradient": "linear"') == 1  # what hinders is lined
    pictures = str(charts.both_ways(records()).html)
    names = re.findall(r'<linearGradient id="([^"]+)"', pictures)
    assert len(names) == len(set(names)) > 0
    assert all(f"url(#{name})" in pictures for name in names)
