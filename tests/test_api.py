"""What authors type works, and what cannot work says which name was probably meant."""

from __future__ import annotations

import csv
import pickle
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from synth import Review
from synth.errors import ReviewError, UnknownName
from synth.evidence import VIEWS
from synth.messages import Words
from synth.review import OF_THE_REVIEW
from synth.views.view import View


@pytest.fixture(scope="module")
def review(example_root: Path) -> Review:
    return Review.load(example_root)


def test_collections_go_by_position_id_and_slice(review: Review) -> None:
    for kept in (review.studies, review.findings, review.themes, review.levels):
        first = kept[0]
        assert kept[first.id] == first
        assert first in kept
        assert first.id in kept
        assert "nobody1900" not in kept
        assert len(kept[:2]) == 2
        assert kept.to_frame().shape[0] == len(kept)
        with pytest.raises(UnknownName, match="Did you mean"):
            kept[first.id + "x"]
    assert len(review.bibliography) == len(review.records.bibliography)
    assert len(review) == len(review.findings)


def test_evidence_is_a_container_of_findings(review: Review) -> None:
    everything = review.evidence()
    assert all(finding in everything for finding in everything)
    assert everything[0] == everything[everything.ids[0]]
    assert everything[:3] == everything.head(3)
    some = everything.where(direction=review.values("direction")[0])
    assert some <= everything
    assert ~some == everything - some
    assert ~some & some == everything[:0]
    assert some.to_csv().count("\n") > len(some)


def test_years_and_labels_filter(review: Review) -> None:
    everything = review.evidence()
    year = next(study.year for study in everything.studies if study.year)
    assert everything.where(year=year) == everything.where(since=year, until=year)
    theme = review.levels[0]
    rank = review.settings.ranks[0].id
    assert everything.where(**{rank: theme.label}) == theme.evidence()
    assert everything.cross("year", "direction").to_numpy().sum() == len(
        everything.where(since=1, until=9999)
    )
    with pytest.raises(ValueError, match="one year"):
        everything.where(since=[2019, 2005])


def test_everything_with_evidence_draws_alike(review: Review) -> None:
    theme, study = review.levels[0], review.studies[0]
    for holder in (review, theme, study, review.evidence()):
        assert holder.by_year().to_frame().shape[0] == len(holder.by_year().rows)
        assert holder.explorer().summary == holder.evidence().summary
    assert theme.themes[0].id in review.themes
    assert study.reference is not None


def test_views_are_saved_by_ending(review: Review, tmp_path: Path) -> None:
    chart = review.by_design()
    for ending, start in ((".csv", b"\xef\xbb\xbf"), (".svg", b"<svg"), (".png", b"\x89PNG")):
        assert chart.save(tmp_path / f"chart{ending}").read_bytes().startswith(start)
    assert "<table>" in chart.save(tmp_path / "chart.html").read_text("utf-8")
    with pytest.raises(ValueError, match="saved as"):
        chart.save(tmp_path / "chart.docx")


def test_a_saved_file_says_what_it_shows_and_where_it_comes_from(tmp_path: Path) -> None:
    review = Review.load(Path(__file__).resolve().parents[1])
    settings, records = review.settings, review.records
    works = sum(study.is_evidence for study in records.studies.values())
    told = (
        f"Data version {settings.version}, {settings.date}. "
        f"{settings.title}. Licence: {settings.licence}."
    )

    def said(view: View, ending: str) -> str:
        text = view.save(tmp_path / f"view{ending}").read_text("utf-8-sig")
        if ending == ".svg":
            assert ElementTree.fromstring(text).tag.endswith("svg")
        return " ".join(re.sub(r"<[^>]*>", " ", text).split())

    theme = review.theme("wellbeing").by_year()
    for view in (theme, review.influence_map(), review.flow()):
        picture = said(view, ".svg")
        for part in (view.title, view.note, told):
            assert " ".join(part.split()) in picture
    assert f"and {len(review.theme('wellbeing').evidence().studies)} of {works} studies." in said(
        theme, ".svg"
    )
    words = Words.of(settings)
    assert words["map_hollow"] in said(review.influence_map(), ".svg")
    assert f"{len(records.influences)} influences" in said(review.influence_map(), ".svg")
    assert words["flow_derived"] in said(review.flow(), ".svg")
    options = {"verdict": {"of": "wellbeing"}, "by_facet": {"facet": "design"}}
    everything = [
        review.view({"kind": kind, "query": {"all": True}, "options": options.get(kind, {})})
        for kind in (*VIEWS, *OF_THE_REVIEW)
    ]
    for view in (theme, *everything):
        assert told in said(view, ".html"), view
        view.save(tmp_path / "view.csv")
        with (tmp_path / "view.csv").open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        assert len(rows) >= len(view.rows), view
        assert {row["figure"] for row in rows} == {view.title or view.summary}, view
        assert all(row["source"].endswith(told) for row in rows)
    # What a notebook stores holds nothing that changes with every edit.
    assert settings.version not in theme.readable


def test_wrong_names_are_errors_that_name_the_nearest(review: Review) -> None:
    level = review.levels[0].id
    with pytest.raises(UnknownName, match=f"Did you mean '{level}'"):
        review.framework(of=level + "o")
    with pytest.raises(UnknownName, match="Facets:"):
        review.by_facet("xyz")
    with pytest.raises(TypeError, match=r"Review\.load"):
        Review(".")  # type: ignore[arg-type]
    with pytest.raises(ReviewError, match="no such folder"):
        Review.load("nowhere")


def test_handles_are_equal_and_can_be_pickled(review: Review, example_root: Path) -> None:
    level = review.levels[0].id
    assert review.theme(level) == review.theme(level)
    assert len({review.theme(level), review.theme(level)}) == 1
    assert Review.load(example_root) == review
    for thing in (review, review.theme(level), review.evidence()):
        again = pickle.loads(pickle.dumps(thing))
        assert again == thing
        assert repr(again) == repr(thing)
    assert "0x" not in repr(review.codebook)
