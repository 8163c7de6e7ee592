"""The map draws every influence it says it draws, in lanes that never move."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from tests.records_by_hand import CODEBOOK, DIRECTIONS, INFLUENCES, RANKS, node, records, settings

from synth.model import Codebook, Influence
from synth.views.figure import text_width
from synth.views.influences.map import Arrow, _busiest, influence_map

SVG = "{http://www.w3.org/2000/svg}"


def drawings(figure: Any) -> list[ElementTree.Element]:
    """The drawing in lanes and the one in a column."""
    return [
        ElementTree.fromstring(svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))
        for svg in re.findall(r"<svg viewBox[^>]*role=.group.*?</svg>", figure.drawing, re.DOTALL)
    ]


def arrows_in(drawing: ElementTree.Element) -> dict[str, dict[str, str]]:
    return {
        link.attrib["data-key"]: link.attrib
        for link in drawing.iter(f"{SVG}a")
        if link.attrib["class"] == "synth-arrow"
    }


def boxes_in(drawing: ElementTree.Element) -> dict[str, dict[str, float]]:
    boxes = {}
    for link in drawing.iter(f"{SVG}a"):
        if link.attrib["class"] == "synth-card":
            box = link.find(f"{SVG}rect")
            assert box is not None
            sizes = ("x", "y", "width", "height")
            boxes[link.attrib["data-theme"]] = {name: float(box.attrib[name]) for name in sizes}
    return boxes


def test_factors_are_drawn_with_their_theme() -> None:
    arrows = {arrow.key: arrow for arrow in influence_map(records()).arrows}
    assert set(arrows) == {
        "law--helps--money",
        "law--blocks--team",  # stated of the factor mandates
        "money--both--team",
        "team--helps--law",
        "team--helps--team",
    }
    assert arrows["law--helps--money"].studies == ("ames2004", "bell2010")
    assert not arrows["money--both--team"].stated


def test_influences_of_one_pair_and_direction_share_an_arrow() -> None:
    more = Influence(
        "law-money-2", "licences", "money", "helps", "Again.", ("bell2010", "dunn2019")
    )
    (arrow,) = (
        a
        for a in influence_map(records(influences=(*INFLUENCES, more))).arrows
        if a.key == "law--helps--money"
    )
    assert len(arrow.influences) == 2
    assert arrow.studies == ("ames2004", "bell2010", "dunn2019")


def test_both_drawings_hold_the_same_arrows_and_boxes() -> None:
    figure = influence_map(records(), counts=True)
    wide, narrow = drawings(figure)
    assert set(arrows_in(wide)) == set(arrows_in(narrow)) == {a.key for a in figure.arrows}
    assert set(boxes_in(wide)) == set(boxes_in(narrow)) == {"law", "money", "team", "quiet-theme"}


def test_lanes_are_in_the_order_of_the_codebook_and_boxes_do_not_overlap() -> None:
    for drawing in drawings(influence_map(records())):
        boxes = boxes_in(drawing)
        assert boxes["law"]["y"] < boxes["team"]["y"]
        placed = list(boxes.values())
        for index, one in enumerate(placed):
            for other in placed[index + 1 :]:
                apart = (
                    one["x"] + one["width"] <= other["x"]
                    or other["x"] + other["width"] <= one["x"]
                    or one["y"] + one["height"] <= other["y"]
                    or other["y"] + other["height"] <= one["y"]
                )
                assert apart


def test_a_box_stands_where_it_stood_whatever_is_drawn() -> None:
    whole, part = influence_map(records()), influence_map(records(), ["law-money"])
    across = [
        {name: box["x"] for name, box in boxes_in(drawings(f)[0]).items()} for f in (whole, part)
    ]
    assert across[0] == across[1]


def test_arrows_carry_what_the_filters_need() -> None:
    arrows = arrows_in(drawings(influence_map(records()))[0])
    assert arrows["law--helps--money"]["data-n"] == "2"
    assert arrows["law--helps--money"]["data-across"] == "0"
    assert arrows["law--blocks--team"]["data-across"] == "1"
    assert arrows["money--both--team"]["data-stated"] == "0"
    assert arrows["law--helps--money"]["href"] == "synth:influence:law-money"
    assert arrows["law--helps--money"]["aria-label"] == "Law helps Money: 1 influence, 2 studies"


def test_direction_is_a_pattern_and_support_a_width() -> None:
    html = influence_map(records()).drawing
    assert 'stroke-dasharray="7 3.5"' in html
    assert 'stroke-dasharray="1.5 3"' in html
    lines = {
        link.attrib["data-key"]: float(link.findall(f"{SVG}path")[1].attrib["stroke-width"])
        for link in drawings(influence_map(records()))[0].iter(f"{SVG}a")
        if link.attrib["class"] == "synth-arrow"
    }
    assert lines["law--helps--money"] > lines["team--helps--law"] > lines["money--both--team"]


def test_a_bar_is_filled_with_lines_and_dots_that_stay_inside_it() -> None:
    """A browser prints a pattern as a picture: the first page was a PDF of seven megabytes."""
    html = influence_map(records(), counts=True).drawing
    assert "<pattern" not in html
    found: list[str] = []
    for sheet in drawings(influence_map(records(), counts=True)):
        for bar, filling in pairwise(sheet.iter()):
            if bar.tag != f"{SVG}rect" or bar.attrib.get("height") != "9":
                continue
            if filling.tag != f"{SVG}path" or filling.attrib.get("fill") != "none":
                continue
            x, y, width, _ = (float(bar.attrib[name]) for name in ("x", "y", "width", "height"))
            points = re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", filling.attrib["d"])
            assert points
            assert all(x - 0.1 <= float(a) <= x + width + 0.1 for a, _ in points)
            assert all(y - 0.1 <= float(b) <= y + 9.1 for _, b in points)
            found.append(filling.attrib.get("stroke-linecap", "butt"))
    assert set(found) == {"butt", "round"}


def test_an_inferred_arrow_is_hollow_and_one_without_studies_begins_with_a_ring() -> None:
    drawing = drawings(influence_map(records()))[0]
    links = {a.attrib["data-key"]: a for a in drawing.iter(f"{SVG}a") if "data-key" in a.attrib}
    inferred, stated = links["money--both--team"], links["law--helps--money"]
    assert inferred.findall(f"{SVG}path")[-1].attrib["fill"].startswith("var(--synth-paper")
    assert stated.findall(f"{SVG}path")[-1].attrib["fill"].startswith("var(--synth-helps")
    assert inferred.find(f"{SVG}circle") is not None
    assert stated.find(f"{SVG}circle") is None


def test_a_theme_that_acts_on_itself_has_a_loop() -> None:
    drawing = drawings(influence_map(records(), ["trust-trust"]))[0]
    box = boxes_in(drawing)["team"]
    (link,) = (a for a in drawing.iter(f"{SVG}a") if "data-key" in a.attrib)
    start = link.findall(f"{SVG}path")[0].attrib["d"]
    x = float(start[1:].split()[0])
    assert x == pytest.approx(box["x"] + box["width"], abs=0.2)


def answer(figure: Any) -> str:
    """What stands beside the map, without its tags."""
    inner = figure.drawing.partition("synth-map-answer")[2].partition(">")[2]
    return " ".join(re.sub(r"<[^>]+>", " ", inner).split())


def test_the_answer_says_what_acts_on_a_theme_and_what_it_acts_on() -> None:
    figure = influence_map(records(), ["law-money", "money-team", "trust-trust"], focus="money")
    said = answer(figure)
    into, out = said.partition("What it acts on")[::2]
    assert said.startswith("Money 1 influence on it, 1 from it.")
    assert "What acts on it Law 1 influence helps Law opens a fund." in into
    assert "Ames, 2004 and Bell, 2010 · place in the review" in into
    assert "Team 1 influence both Money does both. no study named" in out
    assert "inferred" in out
    # Each group stands open, under a line that counts it where a phone folds it.
    assert figure.drawing.count('<details class="synth-fold" data-print="open" open>') == 2
    # A chain of arrows is no finding: nobody followed it from end to end.
    assert "Trust" not in out


def test_what_a_theme_does_within_itself_is_said_once() -> None:
    figure = influence_map(records(), ["money-team", "trust-trust"], focus="team")
    said = answer(figure)
    assert said.startswith("Team 1 influence on it, 0 from it, 1 within it. Most studies first.")
    assert said.count("Trust breeds") == said.partition("Within it")[2].count("Trust breeds") == 1
    assert "What it acts on Nothing, among the influences coded. Within it Team" in said


def test_the_map_of_a_level_has_its_two_lists_where_no_script_runs() -> None:
    made = records()
    (level,) = (one for one in made.codebook.levels if "team" in made.codebook.branch(one.id))
    html = influence_map(made, focus=level.id).drawing
    inner = html.partition("<noscript>")[2].partition("</noscript>")[0]
    into, out = inner.partition("What it acts on")[::2]
    lines = [re.findall(r"<a href=[^>]*>([^<]*)</a>", side) for side in (into, out)]
    assert lines == [
        [
            "Law blocks Team: 1 influence, 1 study",
            "Money has both effects on Team: 1 influence, no study named",
            "Team helps Team: 1 influence, 1 study",
        ],
        ["Team helps Law: 1 influence, 1 study", "Team helps Team: 1 influence, 1 study"],
    ]
    assert "<noscript>" not in influence_map(made, focus="team").drawing


def test_a_theme_nothing_acts_on_says_so() -> None:
    said = answer(influence_map(records(), ["law-money"], focus="law"))
    assert "What acts on it Nothing, among the influences coded." in said


def test_the_matrix_counts_each_pair_and_leads_to_an_influence() -> None:
    html = influence_map(records()).drawing
    cells = dict(re.findall(r'<a href="([^"]*)" data-pair="([^"]*)">', html))
    assert {pair.replace("&gt;", ">") for pair in cells.values()} == {
        "law>money", "law>team", "money>team", "team>law", "team>team",
    }  # fmt: skip
    assert all(address.startswith("synth:influence:") for address in cells)
    assert html.count("synth-map-none") == 4 * 4 - 5


def test_a_dot_of_the_matrix_is_a_pair_nothing_was_coded_for_and_no_pair_left_out() -> None:
    chosen = [i.id for i in records().influences.values() if i.source == "law"]
    html = influence_map(records(), chosen).drawing
    marks = re.findall(r'synth-map-none">(.)<', html)
    left_out = {"law>team", "money>team", "team>law", "team>team"}
    assert marks.count("…") == len(left_out)
    assert marks.count("·") == 4 * 4 - 5
    assert "which this map leaves out" in html
    assert "which this map leaves out" not in influence_map(records()).drawing


def test_a_map_of_few_themes_has_no_matrix_of_the_whole() -> None:
    assert "synth-map-matrix" not in influence_map(records(), focus="law").drawing


def test_a_map_of_many_arrows_begins_with_what_several_studies_carry() -> None:
    themes = [node("outer"), *(node(f"t{n:02}", "outer", depth=1) for n in range(14))]
    links = [
        Influence(f"i{n:02}", f"t{n:02}", f"t{(n + 1) % 14:02}", "helps", "So.",
                  ("ames2004", "bell2010")[: n % 3])
        for n in range(14)
    ]  # fmt: skip
    made = records(codebook=Codebook(tuple(themes)), influences=links, findings=())
    figure = influence_map(made)
    arrows = arrows_in(drawings(figure)[0])
    assert len(arrows) == 14
    shown = {key for key, arrow in arrows.items() if "hidden" not in arrow}
    assert shown == {f"t{n:02}--helps--t{n + 1:02}" for n in range(14) if n % 3 == 2}
    assert "4 of 14 arrows are drawn, with 4 of 14 influences" in figure.drawing
    # The picture to keep holds what is drawn; the table holds all.
    assert figure.svg.count('stroke-opacity=".75"') == 4
    assert len(figure.rows) == 14
    every = arrows_in(drawings(influence_map(made, at_least=0))[0])
    assert not any("hidden" in arrow for arrow in every.values())


def test_the_description_counts_the_rows() -> None:
    figure = influence_map(records())
    rows = figure.rows
    assert f"{len(rows)} influences drawn as {len(figure.arrows)} arrows" in figure.description
    assert f"{sum(row['across'] for row in rows)} run between levels" in figure.description
    assert f"{sum(row['basis'] != 'stated' for row in rows)} are inferred" in figure.description
    assert f"{sum(not row['studies'] for row in rows)} name no study" in figure.description
    for way in {row["direction"] for row in rows}:
        assert f"{sum(row['direction'] == way for row in rows)} {way}" in figure.description


def test_the_table_opens_each_influence_with_mechanism_and_studies() -> None:
    html = influence_map(records()).html
    for influence in INFLUENCES:
        assert f'href="synth:influence:{influence.id}"' in html
        assert influence.mechanism in html
    assert 'href="synth:study:ames2004"' in html
    assert "the review’s own argument" in html


def test_few_arrows_are_drawn_and_all_are_told() -> None:
    figure = influence_map(records(), at_least=2)
    arrows = arrows_in(drawings(figure)[0])
    assert {key for key in arrows if "hidden" not in arrows[key]} == {"law--helps--money"}
    assert len(figure.rows) == len(INFLUENCES)
    assert "1 of 5 arrows is drawn, with 1 of 5 influences" in figure.drawing


def test_a_focus_sets_off_its_theme() -> None:
    figure = influence_map(records(), ["law-money", "mandates-trust"], focus="mandates")
    assert figure.title == "Mandates: 1 influence on other themes, none from them"
    assert figure.drawing.count('stroke-width="2.5"') == 1


def test_counts_are_those_of_the_findings() -> None:
    figure = influence_map(records(), counts=True)
    text = " ".join("".join(t.itertext()) for t in drawings(figure)[0].iter(f"{SVG}text"))
    assert "4 of all studies" in text  # law
    assert "1 Help" in text
    assert " of all " in figure.drawing


def test_an_influence_of_a_whole_level_stands_in_the_table_only() -> None:
    level = Influence("outer-team", "outer", "team", "helps", "The whole level.")
    figure = influence_map(records(influences=(*INFLUENCES, level)))
    assert len(figure.arrows) == 5
    assert "1 influence concerns a whole level and stands in the table only." in figure.note
    assert any(row["influence"] == "outer-team" for row in figure.rows)


def test_no_influence_still_shows_the_themes() -> None:
    figure = influence_map(records(influences=()))
    assert figure.title == "No influence among those coded"
    assert len(boxes_in(drawings(figure)[0])) == 4
    assert "no influence was coded" in figure.description


def test_no_theme_says_why() -> None:
    figure = influence_map(records(codebook=Codebook(()), influences=(), findings=()))
    assert figure.empty
    assert "no theme" in figure.html


def test_a_level_without_themes_is_its_own_box() -> None:
    book = Codebook((*CODEBOOK, node("beyond")))
    assert "beyond" in boxes_in(drawings(influence_map(records(codebook=book)))[0])


def test_thirty_themes_in_a_lane_make_rows_of_four() -> None:
    many = [node("outer"), *(node(f"t{n:02}", "outer", depth=1) for n in range(30))]
    links = [
        Influence(f"i{n:02}", f"t{n:02}", f"t{(n * 7 + 3) % 30:02}", "helps", "So.")
        for n in range(30)
    ]
    figure = influence_map(records(codebook=Codebook(tuple(many)), influences=links, findings=()))
    (wide,) = drawings(figure)
    assert len(boxes_in(wide)) == 30
    assert len({box["y"] for box in boxes_in(wide).values()}) == 8
    assert len(arrows_in(wide)) == len(figure.arrows)


def test_a_label_of_two_hundred_letters_stays_in_its_box() -> None:
    long = "Rather long name of a theme " * 8
    book = Codebook(
        tuple(node("team", "inner", long.strip(), 1) if n.id == "team" else n for n in CODEBOOK)
    )
    for drawing in drawings(influence_map(records(codebook=book))):
        width = boxes_in(drawing)["team"]["width"]
        (card,) = (a for a in drawing.iter(f"{SVG}a") if a.attrib.get("data-theme") == "team")
        for text in card.iter(f"{SVG}text"):
            assert text_width(text.text or "", float(text.attrib["font-size"])) <= width - 12


def test_everything_lies_inside_the_drawing() -> None:
    for drawing in drawings(influence_map(records(), counts=True)):
        _, _, width, height = (float(part) for part in drawing.attrib["viewBox"].split())
        for box in boxes_in(drawing).values():
            assert box["x"] + box["width"] <= width
            assert box["y"] + box["height"] <= height
        for path in drawing.iter(f"{SVG}path"):
            numbers = [float(n) for n in re.findall(r"-?\d+\.?\d*", path.attrib["d"])]
            assert all(n == n and abs(n) < 1e5 for n in numbers)


def test_labels_are_escaped() -> None:
    book = Codebook(
        tuple(node("team", "inner", 'A "<team>"', 1) if n.id == "team" else n for n in CODEBOOK)
    )
    html = influence_map(records(codebook=book)).html
    assert "<team>" not in html


def test_one_rank_makes_one_box_a_lane() -> None:
    book = Codebook((node("law"), node("team")))
    one = Influence("law-team", "law", "team", "helps", "So.")
    figure = influence_map(
        records(codebook=book, influences=[one], findings=(), settings=settings(ranks=RANKS[:1]))
    )
    assert set(boxes_in(drawings(figure)[0])) == {"law", "team"}


def test_the_exported_file_has_plain_colours() -> None:
    svg = influence_map(records(), counts=True).svg
    assert "var(" not in svg
    assert "currentColor" not in svg
    ElementTree.fromstring(svg)


def test_the_same_bytes_every_time() -> None:
    assert influence_map(records()).html == influence_map(records()).html
    assert repr(influence_map(records())) == (
        "<InfluenceMap influences: 5 influences between 4 themes, 5 arrows>"
    )


def test_an_arrow_knows_its_name() -> None:
    arrow = Arrow("a", "b", DIRECTIONS[0], INFLUENCES[:1], (), across=True)
    assert arrow.key == "a--helps--b"
    assert arrow.stated


def test_several_things_enable_and_one_enables() -> None:
    plural = [replace(way, plural_verb={"helps": "help"}.get(way.id, "")) for way in DIRECTIONS]
    made = records(settings=settings(directions=tuple(plural), plural_labels=("law",)))
    labels = {
        key: arrow["aria-label"]
        for key, arrow in arrows_in(drawings(influence_map(made))[0]).items()
    }
    assert labels["law--helps--money"].startswith("Law help Money")
    assert labels["team--helps--law"].startswith("Team helps Law")
    # A direction without a verb for several has one for all.
    assert labels["law--blocks--team"].startswith("Law blocks Team")


def test_of_themes_alike_the_first_is_the_middle_of_the_map() -> None:
    """Which of them it was changed from one run of Python to the next."""
    names = [f"theme-{letter}" for letter in "abcdefghijklmnop"]
    for source, target in pairwise(names):
        arrow = Arrow(source, target, DIRECTIONS[0], INFLUENCES[:1], (), across=True)
        assert _busiest([arrow]) == source
