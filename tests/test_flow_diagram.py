"""The flow tells apart what is reported, derived and unknown, whatever its stages are called."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from pathlib import Path

import pytest
from tests.records_by_hand import FLOW, records

from synth.model import FlowBox
from synth.views.flow import draw, flow, stage_label, sums


def texts(drawing: str) -> list[str]:
    """What is written into each drawing of a flow, wide and narrow."""
    drawn = re.findall(r"<svg [^>]*role=\"img\".*?</svg>", drawing, re.DOTALL)
    return [" ".join(" ".join(ElementTree.fromstring(one).itertext()).split()) for one in drawn]


def test_it_is_drawn_for_wide_pages_and_for_phones_with_its_stages_in_order() -> None:
    wide, narrow = texts(flow(records()).html)
    for drawn in (wide, narrow):
        places = [drawn.index(stage) for stage in ("Finding", "Reading", "Included")]
        assert places == sorted(places)
        assert "Records found (n = 100)" in drawn


def test_every_box_stands_in_the_drawing_the_table_and_the_words() -> None:
    figure = flow(records())
    assert len(figure.rows) == len(FLOW)
    for box in FLOW:
        assert box.label in figure.description
        words = set(" ".join(texts(figure.drawing)).split())
        assert set(box.label.split()) <= words


def test_what_nobody_reports_is_no_number() -> None:
    figure = flow(records())
    assert all("A database (not reported)" in drawn for drawn in texts(figure.drawing))
    assert figure.rows[1]["count"] is None
    assert "A database, not reported" in figure.description


def test_what_nobody_could_find_out_is_not_called_unreported() -> None:
    """The source may give the number where nobody could look."""
    unseen = [replace(box, state="not established") if not box.count else box for box in FLOW]
    figure = draw(unseen)
    for told in (figure.html, figure.readable, figure.description, figure.svg):
        assert "not\xa0reported" not in told
        assert not re.search(r"not reported(?! where)", told)
    assert all("A database (not established)" in drawn for drawn in texts(figure.drawing))


def test_a_note_of_several_in_a_row_is_said_once_and_a_number_keeps_its_n() -> None:
    told = "Nobody counted it here."
    seen = [replace(box, note=told) if box.kind == "reason" else box for box in FLOW]
    assert sum(box.note == told for box in seen) > 1
    for drawn in texts(draw(seen).drawing):
        assert drawn.count(told) == 1
    wide = draw([replace(box, label=f"{box.label} {'and more ' * 4}") for box in FLOW]).svg
    lines = [text for text in ElementTree.fromstring(wide).itertext() if "=" in text]
    assert len(lines) == 9
    assert all("n\xa0=\xa0" in line for line in lines)


def test_a_derived_number_shows_its_sum() -> None:
    derived = {row["box"]: row["sum"] for row in flow(records()).rows}
    assert derived["found"] == "90 + 10"
    assert derived["twice"] == "100 − 60"
    assert derived["out"] == "50 + 4"  # the reasons given for it
    assert derived["read"] == ""  # reported, so nothing was worked out


def test_the_title_says_from_how_many_to_how_many() -> None:
    assert flow(records()).title == "100 records found, 6 studies included"


def test_sums_are_those_the_boxes_ask_for() -> None:
    told = [(total.box.id, str(total), total.holds) for total in sums(FLOW)]
    assert told == [
        ("base-a", "not reported = 90", None),
        ("found", "90 + 10 = 100", True),
        ("read", "100 − 40 = 60", True),
        ("out", "50 + 4 = 54", True),
        ("kept", "60 − 54 = 6", True),
    ]


def test_what_is_added_on_the_way_counts() -> None:
    late = FlowBox("late", "reading", "source", "read", "Added later", 5, "reported")
    more = [replace(box, count=65) if box.id == "read" else box for box in FLOW]
    (total,) = (total for total in sums([*more, late]) if total.box.id == "read")
    assert str(total) == "100 + 5 − 40 = 65"
    assert total.holds


def test_the_check_of_the_data_finds_the_same_sums_wrong(example: Path) -> None:
    from synth.reading.records import read_records
    from synth.reading.rules import check

    flow_file = example / "data" / "flow.csv"
    rows = flow_file.read_text("utf-8").splitlines()
    for place in range(1, len(rows)):
        head, _, tail = rows[place].partition(",")
        numbers = re.findall(r"(?<=,)\d+(?=,)", tail)
        if not numbers:
            continue
        changed = tail.replace(f",{numbers[0]},", f",{int(numbers[0]) + 1},")
        lines = [*rows[:place], f"{head},{changed}", *rows[place + 1 :]]
        flow_file.write_text("\n".join(lines) + "\n", "utf-8")
        records_now, _ = read_records(example)
        wrong = {total.box.id for total in sums(records_now.flow) if total.holds is False}
        told = [p for p in check(example) if p.file == "data/flow.csv" and p.severity == "error"]
        assert bool(told) == bool(wrong), head
        assert len(told) >= len(wrong)


def test_a_sum_with_an_unknown_part_is_not_checked_and_says_so() -> None:
    html = flow(records()).html
    assert "Not checked, because a part has no number: “Records from databases”." in html


def test_a_flow_that_does_not_add_up_names_its_boxes() -> None:
    wrong = [replace(box, count=41) if box.id == "twice" else box for box in FLOW]
    html = draw(wrong).html
    assert "100 − 41 = 60 does not add up (Records screened, Records found and Duplicates)" in html


def test_a_second_source_with_its_own_sources_is_drawn_inside() -> None:
    wide, _ = texts(flow(records()).drawing)
    assert "· A database (not reported)" in wide


def test_no_flow_says_why() -> None:
    figure = draw(())
    assert figure.empty
    assert "no data/flow.csv" in figure.html
    assert figure.svg == ""


@pytest.mark.parametrize(
    "boxes",
    [
        (FlowBox("only", "start", "remaining", "", "Records", None, "not reported"),),
        (FlowBox("self", "start", "remaining", "self", "Records", 3, "reported"),),
        (
            FlowBox("a", "start", "remaining", "b", "Records", 3, "reported"),
            FlowBox("b", "end", "remaining", "a", "Studies", 3, "reported"),
        ),
        (FlowBox("lost", "start", "reason", "nowhere", "No box has it", 3, "reported"),),
    ],
    ids=["unknown-number", "of-itself", "in-a-circle", "of-nothing"],
)
def test_odd_flows_are_drawn_all_the_same(boxes: tuple[FlowBox, ...]) -> None:
    figure = draw(boxes)
    assert all(box.label in drawn for box in boxes for drawn in texts(figure.drawing))
    ElementTree.fromstring(figure.svg)


def test_twelve_stages_keep_their_order() -> None:
    many = [
        FlowBox(f"b{n}", f"stage-{n}", "remaining", f"b{n - 1}" if n else "", "Left", 9, "reported")
        for n in range(12)
    ]
    for drawn in texts(draw(many).html):
        assert re.findall(r"Stage (\d+)", drawn) == [str(n) for n in range(12)]


def test_the_svg_stands_on_its_own() -> None:
    figure = flow(records())
    root = ElementTree.fromstring(figure.svg)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "var(" not in figure.svg
    words = " ".join(" ".join(root.itertext()).split())
    assert "Records found (n = 100)" in words
    assert "derived: 90 + 10" in words


def test_the_svg_marks_states_by_its_edges() -> None:
    edges = re.findall(r"<rect [^>]*>", flow(records()).svg)
    states = [box.state for box in FLOW if box.id not in ("a1", "out-1", "out-2")]
    # Boxes are drawn stage by stage, first what remains, then what is removed.
    assert len(edges) == len(states)
    dashed = [edge for edge in edges if 'stroke-dasharray="6 4"' in edge]
    assert len(dashed) == states.count("derived")


def test_the_same_bytes_every_time() -> None:
    assert flow(records()).html == flow(records()).html


def test_stage_names_are_read_as_words() -> None:
    assert stage_label("full-text_reading") == "Full text reading"
    assert repr(flow(records())) == "<FlowDiagram flow: 10 boxes in 3 stages, 9 with a number>"
