"""A profile for each country says what the tables say of it, and marks lead to what they count."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

from tests.records_by_hand import STUDIES, records, settings, study

from synth import Review
from synth.model import UNKNOWN, Finding
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
    for name in dated:
        # Once in the picture for wide pages, once in that for phones.
        assert years.count(f'href="p.html#study-{name}" tabindex="-1"') == 2
    assert f'href="p.html#country-{filters(country="Kenya")}" tabindex="-1"' in countries
    assert ("study", dated[0]) in asked
    # The findings of one study in one theme: twice in a picture, once in the table.
    lead = f'href="p.html#explorer-{filters(theme="team", study="bell2012")}"'.replace("&", "&amp;")
    assert matrix.count(f'{lead} tabindex="-1"') == 2
    assert f"<a {lead}>1</a>" in matrix
    # What a live chart is made from leads to the same places.
    (spec,) = re.findall(r'<script type="application/json">(.*?)</script>', years, re.DOTALL)
    assert f"p.html#study-{dated[0]}" in json.dumps(json.loads(spec))
    assert "vega-datasets" not in years + countries + matrix


def test_a_cell_leads_to_as_many_findings_as_it_counts() -> None:
    asked: set[str] = set()

    def target(kind: str, name: str) -> str:
        asked.add(f"{kind} {name}")
        return "p.html"

    review = Review.load(ROOT)
    with drawn_in(Place(target, lambda _, other: other)):
        matrix = review.evidence().theme_by_study()
        assert matrix.html
    themes = [name for name in matrix.columns if name in review.records.codebook]
    counted = 0
    for row in matrix.rows:
        for theme in themes:
            found = review.evidence().where(theme=theme, study=row["id"])
            assert len(found) == row[theme]
            if row[theme]:
                assert f"explorer {filters(theme=theme, study=row['id'])}" in asked
                counted += 1
    assert counted > 100


def test_studies_of_one_name_are_told_apart() -> None:
    twins = tuple(replace(one, year=2012) if one.id == "bell2010" else one for one in STUDIES)
    held = records(studies=twins)
    assert held.label("bell2010") == held.label("bell2012")
    with drawn_in(Place(lambda kind, name: f"p.html#{kind}-{name}", lambda _, other: other)):
        matrix = str(charts.theme_by_study(held).html)
    for name in ("bell2010", "bell2012"):
        assert f"&amp;{filters(study=name)}" in matrix
    assert filters(q="Bell, 2012") not in matrix


def test_outside_a_page_marks_lead_nowhere() -> None:
    chart = charts.by_year(records())
    assert "tabindex" not in chart.drawing
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


def places(name: str) -> list[str]:
    """The targets that the marks of a chart of the whole book ask for, by kind."""
    review = Review.load(ROOT)
    chart = {
        "region": lambda: review.evidence().by_place("region"),
        "income": lambda: review.evidence().by_place(),
        "designs": lambda: review.theme("wellbeing").by_design(),
        "themes": lambda: review.theme("macro").designs_by_theme(),
        "countries": lambda: review.theme("wellbeing").by_country(),
        "joined": lambda: (review.evidence()[:3] | review.evidence()[5:9]).by_design(),
    }[name]()
    asked: list[str] = []

    def target(kind: str, place: str) -> str:
        asked.append(f"{kind} {place}")
        return "there"

    with drawn_in(Place(target, lambda name, other: other)):
        assert 'href="there" tabindex="-1"' in chart.drawing
    return asked


def test_a_bar_of_a_region_leads_to_the_findings_of_its_countries() -> None:
    asked = places("region")
    made = Review.load(ROOT).records
    regions = {place.region for place in made.places.values()}
    for name in asked:
        countries = re.findall(r"country=([^&]+)", name)
        assert name == "explorer " + filters(country=unquote(countries[0])) + "".join(
            f"&country={each}" for each in countries[1:]
        )
    together = [set(map(unquote, re.findall(r"country=([^&]+)", name))) for name in asked]
    done = {name for work in made.studies.values() if work.is_evidence for name in work.countries}
    assert {"Canada", "United States"} in together
    assert len(regions) > 2
    assert set().union(*together) >= done


def test_a_bar_of_an_income_group_leads_to_the_group() -> None:
    asked = places("income")
    assert "explorer income_group=High%20income" in asked
    assert "explorer country=International" in asked  # which is in no group


def test_marks_of_narrowed_evidence_keep_what_it_was_narrowed_to() -> None:
    assert "explorer theme=wellbeing&design=qualitative" in places("designs")
    # A profile tells of a country as a whole; what a theme has of it is in the explorer.
    assert "explorer theme=wellbeing&country=Kenya" in places("countries")
    # A theme within a level: the ranks add up, so the level goes.
    themes = places("themes")
    assert themes
    assert all(name.startswith("explorer theme=") for name in themes)
    # What was chosen one by one has no address.
    assert all(name.startswith("explorer design=") for name in places("joined"))


def test_a_bar_of_a_year_leads_to_its_findings() -> None:
    works = [study(f"lee{n}", 2000 + n % 3) for n in range(200)]
    found = [Finding(f"lee{n}-01", f"lee{n}", "pay", "helps", "Said.") for n in range(200)]
    made = records(studies=works, findings=found)
    with drawn_in(Place(lambda kind, name: f"x?{kind}&{name}", lambda name, other: other)):
        html = str(charts.by_year(made).drawing)
    assert 'href="x?explorer&amp;since=2001&amp;until=2001" tabindex="-1"' in html


def test_the_table_of_a_ranking_leads_where_its_bars_do() -> None:
    with drawn_in(Place(lambda kind, name: f"x?{kind}&{name}", lambda name, other: other)):
        html = str(charts.by_country(records()).html)
    assert '<a href="x?country&amp;country=Kenya">Kenya</a>' in html


def test_designs_that_no_study_has_get_no_key() -> None:
    works = [study(one.id, one.year, design="") for one in STUDIES]
    chart = charts.by_year(records(studies=works))
    assert '"shape": {' not in json.dumps(chart.spec)
    assert "designs" not in chart.columns
    assert "not reported" not in chart.drawing + chart.svg
    assert '"shape": {' in json.dumps(charts.by_year(records()).spec)
