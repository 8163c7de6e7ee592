"""The roles, the directive and the links of a book, built with Sphinx from tiny books."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from sphinx.util.inventory import InventoryFile

from garden_book import built, change, notebook, planted, save, view
from synth import Review
from synth.book.domain import EvidenceDomain
from synth.book.role_syntax import mistake, of_place
from synth.views.charts import chart


def page(out: Path, name: str) -> str:
    """The article of a built page."""
    text = (out / f"{name}.html").read_text("utf-8")
    return text[text.index('role="main"') :]


def words(html: str) -> str:
    """The text of some html, as it stands on paper: without the counts that open a card."""
    html = re.sub(r"<button.*?</button>", "", html)
    return " ".join(unescape(re.sub(r"<[^>]+>", "", html)).split())


def paragraph(out: Path, name: str, start: str) -> str:
    """The paragraph of a page that starts with some words."""
    found: list[str] = re.findall(r"<p>(.*?)</p>", page(out, name), re.DOTALL)
    unmarked = (re.sub(r'<span class="synth-way.*?</span></span>', "", p) for p in found)
    return next(p for p in unmarked if words(p).startswith(start))


@pytest.fixture(scope="module")
def garden(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages of the garden's book as they are, built without any warning."""
    out, told = built(planted(tmp_path_factory.mktemp("garden")))
    assert told == ""
    return out


# --- what the roles draw -------------------------------------------------------------------------


def test_findings_are_cited_by_author_and_year_in_the_order_of_a_citation_style(garden: Path):
    text = paragraph(garden, "water", "A shared rota")
    assert "(Beet & Root, 2011; Leek, 2016)" in words(text)


def test_a_citation_leads_to_its_finding(garden: Path):
    assert (
        '<a class="fc" data-findings="leek2016-01" href="studies.html#finding-leek2016-01">'
        in paragraph(garden, "water", "A shared rota")
    )
    assert 'id="finding-leek2016-01"' in page(garden, "studies")


def test_findings_of_one_study_are_one_citation_and_works_of_one_author_share_the_name(tmp_path):
    water = "# Water\n\nBoth {finding}`beet2011-02; carrot2020b-01; beet2011-01; carrot2020a-01`.\n"
    out, _ = built(planted(tmp_path, water=water))
    text = paragraph(out, "water", "Both")
    assert words(text) == "Both (Beet & Root, 2011; Carrot et al., 2020a, 2020b)."
    assert 'data-findings="beet2011-02 beet2011-01"' in text
    assert 'href="studies.html#finding-carrot2020b-01">2020b</a>' in text


def test_authors_can_stand_in_the_sentence(garden: Path):
    text = words(paragraph(garden, "neighbours", "According"))
    assert text == "According to Beet and Root (2011) and Leek (2016), doors matter."


def test_findings_of_other_themes_name_the_theme_and_link_it(garden: Path):
    text = paragraph(garden, "water", "Neighbours share")
    assert "(see Soil: Carrot et al., 2020b; see Neighbours: Beet & Root, 2011)" in words(text)
    assert 'href="neighbours.html#theme-neighbours"' in text


def test_the_reviews_own_argument_is_marked_and_leads_to_the_review(garden: Path):
    text = paragraph(garden, "water", "Neighbours share")
    mark = re.search(r'<a class="synth-rv"[^>]*>', text)
    assert mark
    assert 'href="references.html#ref-sower2022"' in mark[0]
    assert 'data-quote="more hands for the watering can"' in mark[0]
    assert "(review: Soil)" in words(text)


def test_numbers_are_computed_with_the_words_of_where(garden: Path):
    assert "(2 of 4 studies)" in words(paragraph(garden, "water", "A shared rota"))
    assert words(paragraph(garden, "index", "There are")).startswith("There are 4 studies by Kale")


def test_links_bear_the_label_of_what_they_lead_to(garden: Path):
    text = paragraph(garden, "water", "See")
    assert words(text) == (
        "See Neighbours, the rest, Beet and Root (2011) and Neighbours helps Watering."
    )
    for address in (
        "neighbours.html#theme-neighbours",
        "ground.html#theme-ground",
        "studies.html#study-beet2011",
        "neighbours.html#influence-neighbours-water",
    ):
        assert f'href="{address}"' in text


def test_a_folded_block_says_how_much_it_is_and_stands_open_without_a_script(
    tmp_path: Path,
) -> None:
    text = (
        "# Ground\n\n:::{synthesis}\n:folded:\n\n"
        "All of it {finding}`beet2011-01; carrot2020a-01`.\n\n"
        "And {finding}`leek2016-01`.\n:::\n\n"
        ":::{synthesis}\n:folded:\n\n"
        "Its view {review}`Soil | more hands for the watering can`.\n:::\n"
    )
    out, told = built(planted(tmp_path, ground=text))
    assert "ground.md" not in told
    drawn = page(out, "ground")
    folds = re.findall(
        r'<details class="synth-fold" data-print="open" open><summary>(.*?)</summary>(.*?)</det',
        drawn,
        re.DOTALL,
    )
    assert [said for said, _ in folds] == ["Read 2 paragraphs", "Read 1 paragraph"]
    assert words(folds[0][1]).startswith("All of it")
    # What it rests on is told outside.
    assert "3 statements" not in folds[0][1]
    assert "3 statements" in drawn


def test_a_paragraph_whose_findings_point_one_way_is_marked(tmp_path: Path) -> None:
    """Where it turns there is no mark, and on a page of no theme none at all."""
    block = (
        "# A page\n\n:::{synthesis}\nIt helps {finding}`beet2011-01; leek2016-01`, and again "
        "{finding}`beet2011-01`.\n\nIt turns {finding}`beet2011-01; carrot2020a-01`.\n\n"
        "Its view {review}`Soil | more hands for the watering can`.\n:::\n"
    )
    head = "---\nsynth: {theme: water}\n---\n"
    out, _ = built(planted(tmp_path, water=head + block, ground=block))
    (marked,) = re.findall(r"<p>(<span class=\"synth-way.*?)</p>", page(out, "water"), re.DOTALL)
    assert words(marked).startswith("Helps: It helps (")
    assert "synth-way" not in page(out, "ground")


def test_a_block_of_synthesis_says_what_it_rests_on(garden: Path):
    line = page(garden, "water").partition('class="synth rests">')[2].partition("</summary>")[0]
    assert words(line) == "Rests on 5 statements (5 findings) from 4 studies in 3 countries"


def test_the_evidence_line_links_to_exactly_that_view(tmp_path):
    water = (
        "---\nsynth: {theme: water}\n---\n# Water\n\n"
        ":::{synthesis}\nAll of it {finding}`beet2011-01; carrot2020a-01; leek2016-01`.\n:::\n\n"
        ":::{synthesis}\nWhat helps {finding}`beet2011-01; leek2016-01`.\n:::\n\n"
        ":::{synthesis}\nOne of it {finding}`beet2011-01`.\n:::\n"
    )
    root = planted(tmp_path, water=water)
    (root / "soil.md").unlink()
    notebook(root, "soil", ["# Soil", view("explorer", {"all": True})], synth={"theme": "soil"})
    out, _ = built(root)
    links = re.findall(r'href="(soil\.html\?[^"]+)"', page(out, "water"))
    assert [unescape(link).partition("?")[2] for link in links] == [
        "x.topic=water",
        "x.topic=water&x.direction=helps",
    ]
    lines = re.findall(r'<p class="synth rests">(.*?)</p>', page(out, "water"))
    assert [words(line) for line in lines] == [
        "Rests on 3 statements (3 findings) from 3 studies in 3 countries. "
        "See them in the explorer",
        "2 statements (2 findings) from 2 studies in 3 countries",
    ], "in words once a page, then the numbers alone"


def test_findings_that_no_filter_shows_are_listed_below_the_block(garden: Path):
    text = page(garden, "water")
    listed = text.partition('<details class="synth rests">')[2].partition("</details>")[0]
    assert words(listed.partition("</summary>")[0]).startswith("Rests on 5 statements")
    assert len(re.findall("<li>", listed)) == 5
    assert 'href="studies.html#finding-beet2011-02"' in listed


def test_a_page_can_say_what_the_whole_book_rests_on(tmp_path):
    root = planted(tmp_path, ground="---\nsynth: {level: ground}\n---\n# G\n\n```{support}\n```\n")
    out, told = built(root)
    assert told == ""
    assert (
        words(page(out, "ground")).count("Of 2 paragraphs of synthesis in this book, 2 cite") == 1
    )
    change(
        root / "water.md",
        "Neighbours share the work {elsewhere}`beet2011-02; carrot2020b-01`, and",
        "And",
    )
    out, _ = built(root)
    said = "Of 2 paragraphs of synthesis in this book, 1 cites coded findings; 1 rests on"
    assert said in words(page(out, "ground"))


def test_previews_hold_each_finding_of_the_page_once(garden: Path):
    text = page(garden, "water")
    assert text.count('data-synth-module="preview"') == 1
    assert text.count('"summary":"A shared watering rota kept beds alive') == 1
    assert "Kenya, Norway · survey" in text


def test_citations_in_figures_are_previewed_too(tmp_path):
    root = planted(tmp_path)
    (root / "ground.md").unlink()
    notebook(root, "ground", ["# G", view("framework")], synth={"level": "ground"})
    out, told = built(root)
    assert told == ""
    text = page(out, "ground")
    assert '<a class="fc" href="studies.html#finding-leek2016-02">' in text
    assert '"summary":"Locked doors kept neighbours away."' in text


# --- notebooks -----------------------------------------------------------------------------------


def test_roles_work_in_notebooks_and_in_markdown_they_show(tmp_path):
    root = planted(tmp_path)
    (root / "soil.md").unlink()
    table = "| what | who |\n|---|---|\n| compost | {finding}`carrot2020b-01` |\n"
    notebook(
        root,
        "soil",
        ["# Soil\n\nFrom a cell {finding}`carrot2020b-01`.", {"text/markdown": table}],
        synth={"theme": "soil"},
    )
    out, told = built(root)
    assert told == ""
    assert words(paragraph(out, "soil", "From a cell")) == "From a cell (Carrot et al., 2020b)."
    assert 'data-findings="carrot2020b-01"' in page(out, "soil").partition("<table")[2]


def test_a_notebook_may_declare_its_theme_in_its_first_cell(tmp_path):
    root = planted(tmp_path)
    (root / "soil.md").unlink()
    notebook(root, "soil", ["---\nsynth: {theme: soil}\n---\n# Soil\n\nSee {theme}`soil`."])
    out, told = built(root)
    assert told == ""
    assert 'id="theme-soil"' in page(out, "soil")
    assert "<hr" not in page(out, "soil")


def test_links_in_stored_outputs_get_their_addresses(tmp_path):
    root = planted(tmp_path)
    (root / "soil.md").unlink()
    shown = [view("theme_by_study", {"all": True}), view("designs_by_theme", {"all": True})]
    notebook(root, "soil", ["# Soil", *shown], synth={"theme": "soil"})
    out, told = built(root)
    assert told == ""
    assert '<a href="studies.html#study-leek2016">Leek, 2016</a>' in page(out, "soil")
    assert '<a href="#theme-soil">' in page(out, "soil")


def test_a_chart_is_drawn_once_a_build_however_often_it_is_shown(tmp_path, monkeypatch):
    root = planted(tmp_path)
    for name in ("soil", "water"):
        (root / f"{name}.md").unlink()
        notebook(root, name, ["# One", view("by_country", {"all": True})], synth={"theme": name})
    made = []
    draw = chart.specification
    monkeypatch.setattr(chart, "specification", lambda one: made.append(one) or draw(one))
    out, told = built(root)
    assert told == ""
    for name in ("soil", "water"):
        assert page(out, name).count("<figure") == 1
    assert len(made) == 2, "one for wide pages, one for phones"


# --- what is said when a name is wrong -----------------------------------------------------------

MISTAKES = {
    "{finding}`leek2016-1`": "Did you mean 'leek2016-01'?",
    "{finding}`leek2016-01; leek2016-01`": "'leek2016-01' is cited twice here.",
    "{finding}`leek2016-01 | of`": "After '|' stands 'narrative', or nothing.",
    "{elsewhere}`leek2016-09`": "Did you mean 'leek2016-0",
    "{theme}`watr`": "Did you mean 'water'?",
    "{study}`beat2011`": "Did you mean 'beet2011'?",
    "{influence}`neighbour-water`": "Did you mean 'neighbours-water'?",
    "{count}`studeis`": "Did you mean 'studies'?",
    "{count}`studies topics=water`": "Did you mean 'topic'?",
    "{count}`studies topic=watre`": "Did you mean 'water'?",
    "{count}`studies topic=water | study`": "The noun is given as singular/plural",
    "{count}`studies country='Chile`": "A quotation mark is not closed.",
    "{place}`Chile | income_group`": "It should stand in data/places.csv.",
    "{review}`Soul | some words of the source`": "Did you mean 'Soil'?",
    "{review}`Soil`": "the words that locate the argument",
    "{review}`Soil | a b c d e f g h i j k`": "11 words of the source are too many to quote",
}


def test_what_the_table_of_places_says_can_stand_in_a_sentence(root: Path) -> None:
    review = Review.load(root)
    for country, place in review.records.places.items():
        assert of_place(f"{country} | income_group", review.records) == place.income_group.lower()
        assert of_place(f"{country}|region", review.records) == place.region
        assert mistake("place", f"{country} | classification", review) is None
    for written, meant in {"Kenia | region": "Kenya", "Kenya | regoin": "region"}.items():
        code, reason = mistake("place", written, review) or ("", "")
        assert code == "role-name-unknown"
        assert f"Did you mean '{meant}'?" in reason
    assert mistake("place", "Kenya", review) is not None


@pytest.fixture(scope="module")
def told_of_mistakes(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What a build says of a page with every mistake, one a line from line 5 on."""
    listed = "\n".join(MISTAKES)
    soil = f"# Soil\n\nThe first line of the paragraph\nand the second:\n{listed}\n"
    return built(planted(tmp_path_factory.mktemp("mistakes"), soil=soil))[1]


@pytest.mark.parametrize(("line", "written"), list(enumerate(MISTAKES, start=5)))
def test_a_mistake_is_told_with_its_line_and_what_was_meant(line, written, told_of_mistakes):
    said = [text for text in told_of_mistakes.splitlines() if f"{written}: " in text]
    assert len(said) == 1
    assert said[0].startswith(f"soil.md:{line}: WARNING: ")
    assert MISTAKES[written] in said[0]


def test_in_a_notebook_the_cell_and_its_line_are_told(tmp_path):
    root = planted(tmp_path)
    (root / "soil.md").unlink()
    broken = "{finding}`leek2016-1`"
    notebook(
        root,
        "soil",
        ["# Soil", f"First line\nsecond {broken}", {"text/markdown": f"shown {broken}"}],
        synth={"theme": "soil"},
    )
    _, told = built(root)
    places = [line.partition(": WARNING")[0] for line in told.splitlines() if "leek" in line]
    assert places == ["soil.ipynb: cell 2, line 2", "soil.ipynb: output of cell 3"]


def test_sphinxs_own_warnings_say_the_cell_too(tmp_path):
    root = planted(tmp_path)
    (root / "soil.md").unlink()
    cells = ["# Soil", "Line one\n\n{cite:p}`nobody1900`"]
    notebook(root, "soil", cells, synth={"theme": "soil"})
    _, told = built(root)
    assert "soil.ipynb: cell 2, line 3: WARNING: No work has the key 'nobody1900'." in told


def test_a_finding_of_another_theme_must_be_cited_as_such(tmp_path):
    water = "---\nsynth: {theme: water}\n---\n# Water\n\nHm\nhm {finding}`leek2016-02`.\n"
    _, told = built(planted(tmp_path, water=water))
    assert told.startswith(
        "water.md:7: WARNING: The finding 'leek2016-02' is coded to 'neighbours', not to this "
        "page's 'water'. Cite it with {elsewhere}`leek2016-02`"
    )


def test_a_finding_of_a_node_below_belongs_to_the_page(tmp_path):
    ground = "---\nsynth: {level: ground}\n---\n# Ground\n\nHm {finding}`leek2016-01`.\n"
    _, told = built(planted(tmp_path, ground=ground))
    assert told == ""


def test_a_paragraph_of_synthesis_that_rests_on_nothing_is_told(tmp_path):
    soil = (
        "# Soil\n\n:::{synthesis}\nCompost is good.\n\n"
        "- It helps {finding}`carrot2020b-01`.\n- It smells.\n:::\n"
    )
    _, told = built(planted(tmp_path, soil=soil))
    lines = [line.partition(" cites")[0] for line in told.splitlines()]
    assert "soil.md:4: WARNING: The paragraph “Compost is good.”" in lines
    assert "soil.md:7: WARNING: The paragraph “It smells.”" in lines


def test_a_theme_nobody_declares_is_told_where_it_is_linked(tmp_path):
    soil = "# Soil\n\nSee {theme}`soil`.\n"
    ground = "# Ground\n"
    _, told = built(planted(tmp_path, soil=soil, ground=ground))
    assert "soil.md:3: WARNING: No page of the book declares the theme 'soil'" in told


def test_two_pages_cannot_declare_one_theme(tmp_path):
    ground = "---\nsynth: {theme: water}\n---\n# Ground\n"
    _, told = built(planted(tmp_path, ground=ground))
    assert "The theme 'water' already has its place in ground.md" in told


def test_a_finding_needs_a_catalogue_to_lead_to(tmp_path):
    _, told = built(planted(tmp_path, studies="# Studies\n"))
    assert "No page of the book shows the finding 'leek2016-01'" in told


def test_an_output_that_shows_what_is_gone_is_told(tmp_path):
    root = planted(tmp_path)
    (root / "soil.md").unlink()
    gone = {"of": {"all": True}, "where": {"study": ["onion1990"]}}
    notebook(root, "soil", ["# Soil", view("table", gone)], synth={"theme": "soil"})
    _, told = built(root)
    assert "There is no study 'onion1990'." in told
    assert "Run `synth execute`" in told


# --- changes without cleaning --------------------------------------------------------------------


def test_a_changed_row_changes_the_numbers_and_previews_of_built_pages(tmp_path):
    root = planted(tmp_path)
    out, _ = built(root)
    assert "(2 of 4 studies)" in words(paragraph(out, "water", "A shared rota"))
    change(root / "data/coded_studies.csv", "carrot2020a,water,harms", "carrot2020a,water,helps")
    out, told = built(root)
    assert told == ""
    assert "(3 of 4 studies)" in words(paragraph(out, "water", "A shared rota"))


def test_a_removed_row_is_told_on_the_pages_that_relied_on_it(tmp_path):
    root = planted(tmp_path)
    built(root)
    rows = (root / "data/coded_studies.csv").read_text("utf-8").splitlines(keepends=True)
    kept = [row for row in rows if not row.startswith("beet2011-02")]
    save(root / "data/coded_studies.csv", "".join(kept))
    _, told = built(root)
    pages = {line.partition(":")[0] for line in told.splitlines() if "beet2011-02" in line}
    assert pages == {"water.md", "neighbours.ipynb"}


def test_a_new_citation_shows_in_the_catalogue_and_the_references_at_once(tmp_path):
    root = planted(tmp_path)
    out, _ = built(root)
    before = page(out, "studies")
    assert "ground.html" not in before
    change(root / "ground.md", "# The ground\n", "# The ground\n\nSo {finding}`leek2016-01`.\n")
    out, _ = built(root)
    entry = page(out, "studies").partition('id="study-leek2016"')[2]
    assert '<a href="ground.html#the-ground">The ground</a>' in entry
    listed = page(out, "references").partition('id="ref-leek2016"')[2]
    assert '<a href="ground.html#the-ground">The ground</a>' in listed


def test_nothing_is_written_when_nothing_changed(tmp_path):
    root = planted(tmp_path)
    out, _ = built(root)
    before = {path: path.stat().st_mtime_ns for path in out.glob("*.html")}
    built(root)
    after = {path: path.stat().st_mtime_ns for path in out.glob("*.html")}
    rewritten = {path.name for path in after if before[path] != after[path]}
    # Sphinx writes these at the end of every build.
    assert rewritten <= {"genindex.html", "search.html"}


# --- studies and references ----------------------------------------------------------------------


def test_every_study_and_finding_has_one_durable_anchor(garden: Path):
    text = page(garden, "studies")
    for study in ("beet2011", "carrot2020a", "carrot2020b", "leek2016"):
        assert text.count(f'id="study-{study}"') == 1
    for finding in ("beet2011-01", "beet2011-02", "leek2016-02"):
        assert text.count(f'id="finding-{finding}"') == 1
    assert "study-kale1999" not in text


def test_an_entry_says_where_the_book_cites_the_study(garden: Path):
    entry = (
        page(garden, "studies").partition('id="study-carrot2020b"')[2].partition("</details>")[0]
    )
    cited = re.search(r'<p class="synth synth-cited">(.*?)</p>', entry)
    assert cited
    assert words(cited[1]) == "Cited in: Watering (What helps); Soil."


def test_references_have_durable_anchors_and_lead_back(garden: Path):
    text = page(garden, "references")
    assert text.count('id="ref-kale1999"') == 1
    kale = text.partition('id="ref-kale1999"')[2].partition("</div>")[0]
    assert "Cited in: Gardens." in words(kale)
    beet = text.partition('id="ref-beet2011"')[2].partition("</div>")[0]
    assert '<a href="studies.html#study-beet2011">What is coded from it</a>' in beet


def test_a_work_without_findings_is_found_in_the_references(tmp_path):
    out, told = built(planted(tmp_path, ground="# Ground\n\nSee {study}`kale1999`.\n"))
    assert "references.html#ref-kale1999" in paragraph(out, "ground", "See Kale (1999)")
    assert "ground" in told  # nobody declares the level any more


# --- reporting a problem --------------------------------------------------------------------------


def test_every_page_and_finding_can_be_reported_where_the_repository_is_known(tmp_path, garden):
    assert "issues/new" not in page(garden, "water")
    root = planted(tmp_path)
    change(
        root / "data/review.toml",
        "not_countries",
        'repository = "https://example.org/g"\nnot_countries',
    )
    out, told = built(root)
    assert told == ""
    assert "https://example.org/g/issues/new?title=Page+water.md" in page(out, "water")
    assert page(out, "studies").count("issues/new?title=Finding+") == 6


# --- inventory -----------------------------------------------------------------------------------


def test_other_books_find_the_objects_in_the_inventory(garden: Path):
    with (garden / "objects.inv").open("rb") as stream:
        inventory = InventoryFile.load(stream, "", lambda base, rest: rest)
    assert inventory["synth:study-entry"]["beet2011"][2] == "studies.html#study-beet2011"
    assert inventory["synth:coded-finding"]["beet2011-01"][2] == "studies.html#finding-beet2011-01"
    assert inventory["synth:theme-page"]["water"][2] == "water.html#theme-water"
    assert inventory["synth:stated-influence"]["neighbours-water"][2] == (
        "neighbours.html#influence-neighbours-water"
    )


# --- citations of works ---------------------------------------------------------------------------


def test_works_are_cited_in_brackets_and_in_the_sentence(tmp_path):
    ground = (
        "# Ground\n\nIn brackets {cite:p}`leek2016, beet2011, carrot2020b, carrot2020a`.\n\n"
        "As {cite:t}`kale1999` say, as {cite:author}`kale1999` in {cite:year}`kale1999`.\n\n"
        "Short {cite}`leek2016`.\n"
    )
    out, told = built(planted(tmp_path, ground=ground))
    assert "No work has the key" not in told
    text = words(paragraph(out, "ground", "In brackets"))
    assert text == "In brackets (Beet & Root, 2011; Carrot et al., 2020a, 2020b; Leek, 2016)."
    assert words(paragraph(out, "ground", "As")) == "As Kale (1999) say, as Kale in 1999."
    assert words(paragraph(out, "ground", "Short")) == "Short (Leek, 2016)."
    assert paragraph(out, "ground", "In brackets").count('href="references.html#ref-') == 4


def test_a_key_that_no_work_has_is_told_at_its_line_with_the_nearest(tmp_path):
    ground = "# Ground\n\nOne\ntwo {cite:p}`leek2016, leke2016`.\n"
    out, told = built(planted(tmp_path, ground=ground))
    expected = "ground.md:4: WARNING: No work has the key 'leke2016'. Did you mean 'leek2016'?"
    assert expected in told
    assert words(paragraph(out, "ground", "One")) == "One two (Leek, 2016)."


def test_a_list_without_all_holds_what_the_book_cites(tmp_path):
    listed = "# References\n\n```{bibliography}\n```\n"
    out, _ = built(planted(tmp_path, references=listed, ground="# Ground\n\n{cite:p}`kale1999`.\n"))
    text = page(out, "references")
    assert 'id="ref-kale1999"' in text
    out, _ = built(planted(tmp_path / "again", references=listed, index="# Gardens\n"))
    assert 'id="ref-kale1999"' not in page(out, "references")


def test_a_long_list_stands_on_several_pages_and_a_citation_finds_its_own(tmp_path):
    first = "# References\n\n```{bibliography}\n:all:\n:before: Ca\n```\n"
    second = first.replace("# ", "# More ").replace(":before: Ca", ":since: Ca\n:before: Kale")
    third = first.replace("# ", "# Last ").replace("before: Ca", "since: Kale")
    pages = {"references": first, "more": second, "last": third}
    root = planted(tmp_path, **pages)
    change(root / "index.md", "references\n", "references\nmore\nlast\n")
    out, told = built(root)
    assert told == ""
    held = {name: re.findall(r'id="ref-(\w+)"', page(out, name)) for name in pages}
    assert held["references"] == ["beet2011"]
    assert held["more"] == ["carrot2020a", "carrot2020b"]
    assert held["last"] == ["kale1999", "leek2016", "sower2022"]
    assert 'href="last.html#ref-kale1999"' in paragraph(out, "index", "There are")


def test_a_bibliography_with_an_error_stops_the_build_with_its_place(tmp_path):
    from sphinx.errors import ExtensionError

    root = planted(tmp_path)
    with (root / "references.bib").open("a") as stream:
        stream.write("@article{x2001, title = {Cut\n")
    with pytest.raises(ExtensionError, match=r"references.bib:\d+: x2001: \[entry-cut-off\]"):
        built(root)


def test_the_other_reader_of_bibliographies_is_refused(tmp_path):
    from sphinx.errors import ExtensionError

    root = planted(tmp_path)
    change(root / "conf.py", '"myst_nb"', '"myst_nb", "sphinxcontrib.bibtex"')
    with pytest.raises(ExtensionError, match=r"reads references\.bib itself"):
        built(root)


def test_the_places_that_cite_a_study_are_gathered_once_a_build(tmp_path, monkeypatch):
    asked = []
    whole = EvidenceDomain.reading_order
    monkeypatch.setattr(EvidenceDomain, "reading_order", lambda it: asked.append(it) or whole(it))
    out, _ = built(planted(tmp_path))
    # Not for each study and each reference: once for these places, and once for the search.
    assert len(asked) <= 2
    assert "water.html" in page(out, "studies")
