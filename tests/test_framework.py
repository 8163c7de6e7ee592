"""The framework holds every finding once, and every sentence in it leads to one."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace

import pytest
from markupsafe import escape
from tests.records_by_hand import (
    CODEBOOK,
    DIRECTIONS,
    FINDINGS,
    RANKS,
    node,
    records,
    settings,
)

from synth.model import Codebook, Finding
from synth.views.framework import framework


def cited(html: str) -> list[str]:
    return re.findall(r'class="fc" href="synth:finding:([^"]+)"', html)


def test_every_finding_is_cited_exactly_once() -> None:
    assert sorted(cited(framework(records()).html)) == sorted(f.id for f in FINDINGS)


def test_rows_follow_the_codebook() -> None:
    rows = [(row.node.id, row.heading) for row in framework(records()).lines]
    assert rows == [
        ("outer", True),
        ("law", True),
        ("law", False),  # coded to the theme as a whole
        ("mandates", False),
        ("licences", False),
        ("money", True),
        ("money", False),
        ("inner", True),
        ("team", True),
        ("trust", False),
        ("quiet-theme", True),
        ("quiet-theme", False),
    ]


def test_what_helps_and_what_hinders_have_a_column_and_the_rest_a_line() -> None:
    html = framework(records()).html
    heads = re.findall(r'<th role="columnheader".*?</th>', html, flags=re.DOTALL)
    assert [re.sub(r"<[^>]+>", "", head).strip() for head in heads] == ["Factor", "Helps", "Blocks"]
    also = re.search(r'synth-t2-also"[^>]*>(.*?)</div>', html, flags=re.DOTALL)
    assert also is not None
    assert "Laws differ between countries." in also[1]


def test_a_cell_without_a_finding_says_so() -> None:
    html = framework(records()).html
    quiet = html[html.index("Quiet theme") :]
    assert quiet.count("none coded") == 2


def test_findings_that_say_the_same_stand_in_one_line_with_both_citations() -> None:
    twin = replace(FINDINGS[4], summary=FINDINGS[2].summary)
    found = (*FINDINGS[:4], twin, *FINDINGS[5:])
    html = framework(records(findings=found)).html.split("<script")[0]
    assert html.count("Trust grew with time.") == 1
    assert sorted(cited(html)) == sorted(f.id for f in FINDINGS)


def test_a_long_cell_is_folded_after_four_and_open_on_paper() -> None:
    many = [
        Finding(f"ames2004-{n:02}", "ames2004", "trust", "helps", f"Says {n}.") for n in range(9)
    ]
    html = framework(records(findings=many)).html
    assert '<details data-print="open"><summary>5 more</summary>' in html


def test_influences_stand_with_the_theme_that_acts() -> None:
    html = framework(records()).html
    law = html[html.index(">Law<") : html.index(">Mandates<")]
    assert "Influences:" in law
    assert 'href="synth:theme:money"' in law
    assert 'href="synth:theme:trust"' in law  # through the factor mandates
    team = html[html.index(">Team<") : html.index(">Trust<")]
    assert "synth:theme:trust" not in team  # a theme does not act on its own factor


def test_a_part_of_the_framework() -> None:
    part = framework(records(), of="team")
    assert {f.id for f in part.findings} == {f.id for f in FINDINGS if f.theme == "trust"}
    with pytest.raises(KeyError):
        framework(records(), of="nowhere")


def test_totals_of_the_review_are_left_to_the_build() -> None:
    html = framework(records()).html.split("<script")[0]
    assert "4 of all studies" in html or "4 of all " in html
    assert "9.9.9" not in html


def test_the_note_calls_an_entry_what_it_is() -> None:
    """What several studies say stands once, with all of them: no finding of one study."""
    again = replace(FINDINGS[0], id="bell2010-09", study="bell2010")
    view = framework(records(findings=[*FINDINGS, again]))
    assert view.html.count(str(escape(FINDINGS[0].summary))) == 1
    assert "each entry is one statement, with the studies that report it" in view.note


def test_csv_has_one_row_a_finding_with_its_place_and_citation() -> None:
    rows = list(csv.DictReader(io.StringIO(framework(records()).to_csv())))
    assert sorted(row["finding"] for row in rows) == sorted(f.id for f in FINDINGS)
    mandates = next(row for row in rows if row["finding"] == "ames2004-01")
    assert mandates["level"] == "Outer"
    assert mandates["theme"] == "Law"
    assert mandates["factor"] == "Mandates"
    assert mandates["direction"] == "Help"
    assert mandates["summary"] == "A mandate made posts <possible>."
    assert mandates["citation"] == "Ames, 2004"


def test_a_live_table_leaves_its_csv_with_the_kernel_until_it_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    view = framework(records())
    live = view.widget()
    assert "<script" not in live.html
    said = []
    monkeypatch.setattr(live, "send", said.append)
    live._handle_custom_msg({}, [])
    assert said == [{"csv": view.to_csv()}]


def test_the_plain_form_for_notebooks_names_every_finding() -> None:
    plain = framework(records()).readable
    assert all(f.summary.replace("<", "&lt;").replace(">", "&gt;") in plain for f in FINDINGS)
    assert not re.search(r"<details|class=|style=|data-", plain)


def test_the_plain_form_of_a_large_review_names_the_first_of_a_cell_and_how_many_more() -> None:
    said = [Finding(f"a-{n}", "ames2004", "money", "helps", f"Said {n}.") for n in range(1, 1101)]
    plain = framework(records(findings=said)).readable
    assert plain.count("Said ") == 30
    assert "Said 30." in plain
    assert "1,070 more" in plain
    assert framework(records(findings=said)).to_csv().count("Said ") == 1100


def test_summaries_and_labels_are_escaped() -> None:
    assert "<possible>" not in framework(records()).html


def test_what_coding_named_is_marked() -> None:
    book = Codebook(
        tuple(replace(n, origin="inferred") if n.id == "trust" else n for n in CODEBOOK)
    )
    html = framework(records(codebook=book)).html
    assert "Trust °" in html
    assert "named in coding" in html
    assert "°" not in framework(records()).html


def test_directions_without_poles_get_a_column_each() -> None:
    flat = tuple(replace(d, mark="ring", influence="") for d in DIRECTIONS)
    html = framework(records(settings=settings(directions=flat), influences=())).html
    assert html.count('role="columnheader"') == 1 + len(flat)
    assert sorted(cited(html)) == sorted(f.id for f in FINDINGS)


def test_one_rank_makes_a_flat_table() -> None:
    book = Codebook((node("law"), node("trust")))
    found = [f for f in FINDINGS if f.theme in ("law", "trust")]
    table = framework(
        records(codebook=book, findings=found, influences=(), settings=settings(ranks=RANKS[:1]))
    )
    assert [row.heading for row in table.lines] == [False, False]
    assert sorted(cited(table.html)) == sorted(f.id for f in found)


def test_an_empty_codebook_says_so() -> None:
    empty = framework(records(codebook=Codebook(()), findings=(), influences=()))
    assert "no node" in empty.html
    assert repr(empty) == "<Framework: 0 statements (0 findings) from 0 studies>"


def test_roles_are_written_out_because_a_phone_sees_blocks() -> None:
    html = framework(records()).html
    assert html.count('role="row"') == html.count("<tr ")
    assert html.count('role="cell"') == html.count("<td ")


def test_the_line_a_notebook_stores() -> None:
    assert repr(framework(records())) == (
        "<Framework: 2 levels, 4 themes, 3 factors and 8 statements (8 findings) from 6 studies>"
    )
    assert framework(records()).html == framework(records()).html


def test_the_glance_draws_few_arrows_and_holds_all() -> None:
    glance = framework(records()).glance()
    assert "8 findings" not in repr(glance)
    assert len(glance.rows) == 5
    assert "framework-at-a-glance" in repr(glance)


def test_a_very_long_table_lists_its_share_and_says_what_is_left() -> None:
    """Twenty thousand entries would be thirteen megabytes: each cell says how many more it has."""
    many = [
        Finding(f"s{n:04}-01", "bell2012", "trust", "helps", f"It is so ({n}).") for n in range(900)
    ]
    table = framework(records(findings=many))
    html = table.html
    assert len(cited(html)) == 600
    # A page keeps ready only what previews of these links show.
    assert {*table.cites} == {*cited(html)}
    assert len(table.shows["finding"]) == 900
    assert "and 300 more findings" in html
    assert "all of " in html
    assert len(cited(framework(records(findings=many[:600])).html)) == 600
