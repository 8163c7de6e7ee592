"""Five times the studies make no page of a theme, a level or the review five times as large."""

from __future__ import annotations

import cProfile
import importlib.util
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from docutils import nodes
from sphinx import addnodes
from sphinx.environment import BuildEnvironment

from synth import Review, facets
from synth.book.figures import late_value
from synth.book.theme import short_lists
from synth.model import Codebook, Facet, Finding, Study
from synth.reading.records import Records
from synth.views import statements
from synth.views.catalogue import catalogue, divided
from synth.views.figure import Field, Figure
from synth.views.markup import Place, drawn_in
from synth.views.statements import Said
from synth.views.view import View

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def reviews(tmp_path_factory: pytest.TempPathFactory) -> tuple[Review, Review]:
    """Reviews of 400 and of 2,000 invented studies, with ten findings each."""
    spec = importlib.util.spec_from_file_location("generate", ROOT / "bench" / "generate.py")
    assert spec
    assert spec.loader
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    folder = tmp_path_factory.mktemp("size")
    few, many = (
        Review.load(made.generate_review(folder / str(size), size, 10 * size))
        for size in (400, 2000)
    )
    return few, many


def views(review: Review) -> dict[str, View]:
    """What stands on the first page, the pages of a level and of a theme, and the figures."""
    parts = {"level": review.theme("outer"), "theme": review.theme("outer-theme-1")}
    of_parts = {
        f"{name} {kind}": getattr(part, kind)()
        for name, part in parts.items()
        for kind in ("verdict", "framework", "statement_list", "by_year", "by_country", "by_design")
    }
    return of_parts | {
        "glance": review.at_a_glance(),
        "framework": review.framework(),
        "figures of years": review.evidence().by_year(),
        "figures of themes": review.evidence().theme_by_study(),
    }


@pytest.fixture(scope="module")
def drawn(reviews: tuple[Review, Review]) -> tuple[dict[str, View], dict[str, View]]:
    """The views of both reviews."""
    few, many = reviews
    return views(few), views(many)


@contextmanager
def a_book() -> Iterator[None]:
    """A place where everything has a home, and large tables are files, as in a book."""
    with drawn_in(
        Place(
            lambda kind, name: f"{kind}.html#{kind}-{name}",
            lambda _, fallback: fallback,
            lambda name: f"_static/{name}",
        )
    ):
        yield


@pytest.mark.slow
def test_views_do_not_grow_with_the_studies(
    drawn: tuple[dict[str, View], dict[str, View]],
) -> None:
    few, many = drawn
    with a_book():
        sizes = {
            name: (len(view.html.encode()), len(few[name].html.encode()))
            for name, view in many.items()
        }
    # A page has its views, previews of what they cite and its frame: together below 1 MB. The
    # whole framework (388 kB) has a page of its own.
    assert {name: size for name, size in sizes.items() if size[0] > 400_000} == {}
    # Cells of a year keep fifty names, which 400 studies do not fill.
    grown = {name: many / few for name, (many, few) in sizes.items()}
    assert {name: round(by, 2) for name, by in grown.items() if by > 2.5} == {}


@pytest.mark.slow
def test_stored_forms_do_not_grow_with_the_studies(
    drawn: tuple[dict[str, View], dict[str, View]],
) -> None:
    few, many = drawn
    for name, view in many.items():
        assert len(view.readable) < 2 * len(few[name].readable) + 2_000, name


def test_studies_left_out_are_counted_whole_and_named_in_part(
    reviews: tuple[Review, Review],
) -> None:
    verdict = reviews[1].theme("outer").verdict()
    with a_book():
        drawn = str(verdict.html)
    table = drawn[drawn.index("<tbody") : drawn.index("</tbody>")]
    total, named = len(verdict.left_out), table.count("<tr")
    assert 0 < named < total
    assert f"and {total - named} more studies" in drawn
    assert "explorer.html#explorer-level=outer" in drawn
    losses = [int(n) for n in re.findall(r'<td class="n">(\d+)</td>\s*<td data', table)]
    assert len(losses) == named
    assert losses == sorted(losses, reverse=True)
    rest = sorted((out.statements for out in verdict.left_out), reverse=True)[named:]
    assert max(rest) <= losses[-1]


def test_a_page_says_that_its_waterline_has_blocks(reviews: tuple[Review, Review]) -> None:
    told = "are one block, as wide as they are many"
    crowded, sparse = reviews[1], Review.load(ROOT / "tests" / "example")
    assert told in crowded.at_a_glance().html
    assert told in crowded.theme("outer").verdict().html
    assert told not in sparse.at_a_glance().html
    assert told not in sparse.theme(sparse.records.codebook.levels[0].id).verdict().html


@pytest.mark.parametrize("number", [50, 51, 250])
def test_a_cell_to_be_saved_says_how_many_it_does_not_name(number: int) -> None:
    names = [f"Study {place}" for place in range(number)]
    fields = [Field("year", "Year"), Field("which", "Which", cell=lambda row: "some")]
    rows = [{"year": 2016, "which": names}]
    figure = Figure("by-year", "Many.", "Many.", fields=fields, rows=rows, summary="many")
    kept = re.findall(r'data-value="([^"]*)"', str(figure.html))
    more = [f"{number - 50} more"] if number > 50 else []
    assert kept == ["; ".join([*names[:50], *more])]
    assert figure.to_csv().count("Study") == number


def test_the_framework_at_a_glance_asks_for_a_branch_once_a_box_not_once_a_finding(
    reviews: tuple[Review, Review], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    branch = Codebook.branch

    def counted(book: Codebook, name: str) -> frozenset[str]:
        asked.append(name)
        return branch(book, name)

    monkeypatch.setattr(Codebook, "branch", counted)
    for review in reviews:
        whole = review.framework()
        asked.clear()
        view = whole.glance(at_least=1)
        assert view.html
        assert view.readable
        assert 0 < len(asked) < 12 * len(review.records.codebook.ids)


def calls(work: Callable[[], object]) -> int:
    """How many functions some work calls."""
    with cProfile.Profile() as profile:
        work()
    return sum(entry.callcount for entry in profile.getstats())


def unread(review: Review) -> Review:
    """The same review with nothing worked out yet."""
    return Review(replace(review.records))


@pytest.mark.slow
def test_five_times_the_studies_are_five_times_the_work(reviews: tuple[Review, Review]) -> None:
    made: list[dict[str, View]] = []
    making = [calls(lambda review=review: made.append(views(unread(review)))) for review in reviews]
    assert making[1] < 5.5 * making[0]
    few, many = (
        {name: calls(lambda view=view: (view.rows, view.text)) for name, view in drawn.items()}
        for drawn in made
    )
    # Each row is its own statement or study; what a figure asks once of all is not in it.
    assert {name: (few[name], n) for name, n in many.items() if n > 5.5 * few[name] + 2_000} == {}


def test_what_a_finding_carries_is_worked_out_once_for_all_figures(
    reviews: tuple[Review, Review], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    true = facets.facet_values

    def counted(facet: Facet, finding: Finding, study: Study) -> tuple[str, ...]:
        asked.append(facet.id)
        return true(facet, finding, study)

    monkeypatch.setattr(facets, "facet_values", counted)
    review = unread(reviews[0])
    for node in review.themes:
        views_of = (node.evidence().by_year, node.evidence().by_country, node.evidence().by_design)
        for view in views_of:
            assert view().rows
    # Each study, and each finding that may have a country of its own.
    assert Counter(asked) == {"design": 400, "country": 400 + 4_000}


def test_statements_are_grouped_once_however_many_pages_list_them(
    reviews: tuple[Review, Review], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    true = statements._said

    def counted(records: Records, node: str, findings: Sequence[Finding]) -> tuple[Said, ...]:
        asked.append(node)
        return true(records, node, findings)

    monkeypatch.setattr(statements, "_said", counted)
    review = unread(reviews[0])
    whole = review.statement_list()
    for node in review.themes:
        node.verdict()
        held = {said.text for group in node.statement_list().groups for said in group.said}
        assert held <= {said.text for group in whole.groups for said in group.said}
    assert len(asked) == len(set(asked)) > 10


@pytest.mark.slow
def test_pages_of_studies_share_their_order_and_their_findings(
    reviews: tuple[Review, Review],
) -> None:
    def pages(review: Review) -> list[str]:
        return [
            entry.id
            for since, before in divided(review.records, 20)
            for page in [catalogue(review.records, since=since, before=before)]
            for row, entry in zip(page.characteristics.rows, page.entries, strict=True)
            if row["findings"] == len(entry.findings) and entry.row
        ]

    few, many = (unread(review) for review in reviews)
    made = [calls(lambda review=review: pages(review)) for review in (few, many)]
    assert made[1] < 5.5 * made[0]
    assert len(pages(many)) == len(set(pages(many))) == len(many.studies)


def test_the_numbers_of_all_studies_are_counted_once_however_many_pages_say_them(
    reviews: tuple[Review, Review],
) -> None:
    review = unread(reviews[0])
    country = review.values("country")[0]
    names = ("studies", "statements", f'studies:country="{country}"')
    first = [late_value(name, review) for name in names]
    assert calls(lambda: [late_value(name, review) for name in names * 50]) < 50 * 3 * 6
    assert first[:2] == ["400", str(review.evidence().count("statements"))]
    done = sum(country in study.record.countries for study in review.studies)
    assert 0 < done == int(first[2])


@pytest.mark.parametrize(
    ("page", "named"),
    [
        ("book/studies-01", ["01", "02", "03"]),
        ("book/studies-17", ["15", "16", "17", "18", "19"]),
        ("book/studies-40", ["38", "39", "40"]),
        ("book/intro", []),
    ],
)
def test_a_long_list_of_pages_names_those_beside_the_one_read(page: str, named: list[str]) -> None:
    def toc(pages: list[str]) -> nodes.bullet_list:
        entries = [(None, name) for name in pages]
        return nodes.bullet_list("", addnodes.toctree("", entries=entries))

    many = [f"book/studies-{n:02}" for n in range(1, 41)]
    few = [f"book/theme-{n}" for n in range(30)]
    env = SimpleNamespace(
        tocs={"book/studies": toc(many), "book/level": toc(few), "book/intro": toc([])},
        toctree_includes={"book/studies": many, "book/level": few},
    )

    def listed(name: str) -> list[str]:
        return [entry for _, entry in env.tocs[name][0]["entries"]]

    with short_lists(cast(BuildEnvironment, env), page):
        assert listed("book/studies") == [f"book/studies-{number}" for number in named]
        assert listed("book/level") == few
    assert listed("book/studies") == many
