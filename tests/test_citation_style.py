"""Citations and references, as readers see them."""

from __future__ import annotations

from pathlib import Path

import pytest

from synth.reading.bibliography import parse_bibliography, read_bibliography
from synth.references.apa import (
    address,
    author_year,
    bracket,
    group,
    narrative,
    reference_html,
    reference_text,
)
from synth.references.formats import csl_item, to_bibtex, to_csl_json, to_ris
from synth.references.importing import parse_references
from synth.references.work import Reference


def work(key: str = "key2020", kind: str = "article", **fields: str) -> Reference:
    return Reference(key, kind, {"year": "2020", "title": "A title", **fields})


@pytest.mark.parametrize(
    ("author", "bracket", "sentence"),
    [
        ("Otte, I.", "Otte, 2020", "Otte (2020)"),
        ("Gates, L. and Akabas, S.", "Gates & Akabas, 2020", "Gates and Akabas (2020)"),
        ("A, A. and B, B. and C, C.", "A et al., 2020", "A et al. (2020)"),
        ("Otte, I. and others", "Otte et al., 2020", "Otte et al. (2020)"),
        ("de la Croix, A.", "de la Croix, 2020", "de la Croix (2020)"),
        ("{Guild of Gardeners}", "Guild of Gardeners, 2020", "Guild of Gardeners (2020)"),
    ],
)
def test_citations(author: str, bracket: str, sentence: str) -> None:
    assert author_year(work(author=author)) == bracket
    assert narrative(work(author=author)) == sentence


def test_works_of_one_author_and_year_are_told_apart_by_their_keys() -> None:
    assert author_year(work("otte2020b", author="Otte, I.")) == "Otte, 2020b"


def test_undated_unsigned_and_edited_works() -> None:
    assert author_year(work(author="A, A.", year="")) == "A, n.d."
    assert author_year(work(author="A, A.", year="in press")) == "A, in press"
    assert (
        author_year(work(title="A song of the compost heap, and more")) == "A song of the …, 2020"
    )
    assert author_year(work(editor="Okafor, C.")) == "Okafor, 2020"


@pytest.mark.parametrize(
    ("fields", "cited", "listed"),
    [
        ({"year": "2010", "origdate": "1900"}, "Lee, 1900/2010", "Lee, A. (2010). *"),
        ({"year": "1900/2010"}, "Lee, 1900/2010", "Lee, A. (2010). *"),
        ({"year": "1900/2010b"}, "Lee, 1900/2010b", "Lee, A. (2010b). *"),
        ({"date": "2010-05", "origyear": "1900"}, "Lee, 1900/2010", "Lee, A. (2010). *"),
        # Two years of a volume.
        ({"year": "2009/2010"}, "Lee, 2009–2010", "Lee, A. (2009–2010). A title."),
    ],
)
def test_a_work_that_came_out_again_has_two_years(
    fields: dict[str, str], cited: str, listed: str
) -> None:
    one = Reference("lee", "book", {"author": "Lee, A.", "title": "A title", **fields})
    assert author_year(one) == cited
    again = "A title. (Original work published 1900)"
    assert reference_text(one) == listed.replace("*", again)
    for write in (to_bibtex, to_ris, to_csl_json):
        works, told = parse_references(write([csl_item(one)]), "x")
        assert told == []
        assert [author_year(work) for work in works.bibliography.values()] == [cited]


@pytest.mark.parametrize(
    ("kind", "fields", "text"),
    [
        (
            "article",
            {"translator": "Bliss, J. and Furth, H.", "journal": "J", "volume": "15"},
            "A title (J. Bliss & H. Furth, Trans.). J, 15.",
        ),
        (
            "incollection",
            {"translator": "Nice, R.", "booktitle": "Whole", "editor": "Roe, B.", "pages": "3--4"},
            "A title (R. Nice, Trans.). In B. Roe (Ed.), Whole (pp. 3–4).",
        ),
        (
            "article",
            {"journal": "J", "volume": "3", "pages": "e1001"},
            "A title. J, 3, Article e1001.",
        ),
        (
            "article",
            {"journal": "J", "volume": "3", "pages": "e1001--e1001"},
            "A title. J, 3, Article e1001.",
        ),
        ("article", {"journal": "J", "pages": "e1--e9"}, "A title. J, e1–e9."),
        ("article", {"journal": "J", "pages": "E12"}, "A title. J, E12."),
        ("article", {"journal": "J", "pages": "CD001234"}, "A title. J, Article CD001234."),
        (
            "article",
            {"journal": "J", "pages": "S0140-6736(19)30001-1"},
            "A title. J, S0140-6736(19)30001-1.",
        ),
        ("article", {"journal": "J", "volume": "Vol. 3", "number": "No. 02"}, "A title. J, 3(2)."),
        (
            "article",
            {"journal": "J", "volume": "Volume 12", "number": "1-2"},
            "A title. J, 12(1–2).",
        ),
        ("article", {"journal": "J", "volume": "V", "number": "Nov"}, "A title. J, V(Nov)."),
        *(
            (
                "article",
                {"journal": "J", "volume": volume, "number": issue},
                f"A title. J, {shown}.",
            )
            for volume, issue, shown in (
                ("3 Suppl 1", "", "3(Suppl. 1)"),
                ("3", "Suppl 1", "3(Suppl. 1)"),
                ("3", "Supplement_1", "3(Suppl. 1)"),
                ("3", "2 (Suppl)", "3(2, Suppl.)"),
                ("3", "2 Suppl. A", "3(2, Suppl. A)"),
                ("3", "Supplemental", "3(Supplemental)"),
                ("3", "1_suppl", "3(1, Suppl.)"),
                ("3", "S1", "3(S1)"),
            )
        ),
        ("book", {"volume": "3 Suppl 1"}, "A title (Vol. 3 Suppl 1)."),
        (
            "phdthesis",
            {"school": "U", "number": "1234"},
            "A title (Publication No. 1234) [Doctoral dissertation, U].",
        ),
        ("audio", {"type": "Podcast"}, "A title [Podcast]."),
        ("video", {}, "A title [Video]."),
        ("presentation", {"type": "poster"}, "A title [Poster]."),
        ("unpublished", {"type": "Lecture notes"}, "A title [Lecture notes]."),
        # Translators and editors come first; behind them a semicolon (APA 10.2).
        (
            "book",
            {"translator": "Nice, R.", "edition": "2", "volume": "3", "publisher": "P"},
            "A title (R. Nice, Trans.; 2nd ed., Vol. 3). P.",
        ),
        (
            "book",
            {"editor": "Roe, B. and Ek, C.", "translator": "Nice, R."},
            "A title (B. Roe & C. Ek, Eds.; R. Nice, Trans.).",
        ),
        ("book", {"editor": "Roe, B. and others"}, "A title (B. Roe, et al., Eds.)."),
        ("book", {"volumes": "3", "edition": "2"}, "A title (2nd ed., Vols. 1–3)."),
        ("book", {"volumes": "1"}, "A title."),
        # Where an article has a number, its pages begin with 1.
        (
            "article",
            {"journal": "J", "volume": "3", "eid": "17", "pages": "1--9"},
            "A title. J, 3, Article 17.",
        ),
        # As ACM exports it; the number in a series is another one, and not shown.
        (
            "inproceedings",
            {"booktitle": "Proc", "articleno": "115", "number": "5", "publisher": "ACM"},
            "A title. In Proc (Article 115). ACM.",
        ),
        ("incollection", {"booktitle": "B", "number": "5", "series": "S"}, "A title. In B."),
        # The number in an archive is none in a journal.
        (
            "article",
            {"journal": "J", "volume": "3", "eprint": "2101.00001", "eprinttype": "arxiv"},
            "A title. J, 3.",
        ),
        (
            "report",
            {"type": "Working paper", "number": "7", "institution": "I"},
            "A title (Working Paper No. 7). I.",
        ),
        ("report", {"type": "Working paper", "institution": "I"}, "A title [Working paper]. I."),
        ("periodical", {"journal": "J", "volume": "3"}, "A title [Special issue]. J, 3."),
        # Before our era.
        ("book", {"origdate": "-0441", "publisher": "P"}, "A title. P."),
        # Google Scholar has archives of preprints for journals.
        (
            "article",
            {"journal": "arXiv preprint arXiv:2101.00001"},
            "A title (arXiv:2101.00001). arXiv.",
        ),
        ("article", {"journal": "arXiv:2101.00002 [cs]"}, "A title (arXiv:2101.00002). arXiv."),
        ("article", {"journal": "medRxiv", "pages": "2020--03"}, "A title. medRxiv."),
        ("article", {"journal": "arXiv Letters", "volume": "3"}, "A title. arXiv Letters, 3."),
        (
            "inproceedings",
            {"eventtitle": "Garden Days", "venue": "Oslo"},
            "A title [Paper presentation]. Garden Days, Oslo.",
        ),
    ],
)
def test_parts_of_a_reference_as_apa_has_them(kind: str, fields: dict[str, str], text: str) -> None:
    one = work("lee2020", kind, author="Lee, A.", **fields)
    assert reference_text(one) == f"Lee, A. (2020). {text}"
    for write in (to_bibtex, to_ris, to_csl_json):
        works, _ = parse_references(write([csl_item(one)]), "x")
        assert [reference_text(back) for back in works.bibliography.values()] == [
            f"Lee, A. (2020). {text}"
        ]


def test_a_thesis_keeps_its_school_beside_who_holds_it() -> None:
    """The exports had the holder in place of the school."""
    one = work("lee2020", "phdthesis", author="Lee, A.", school="U of X", publisher="ProQuest")
    text = "Lee, A. (2020). A title [Doctoral dissertation, U of X]. ProQuest."
    assert reference_text(one) == text
    for write in (to_bibtex, to_csl_json, to_ris):
        works, _ = parse_references(write([csl_item(one)]), "x")
        assert [reference_text(back) for back in works.bibliography.values()] == [text]
    listed = to_ris([csl_item(one)]).replace("ProQuest", "Ovid Technologies")
    works, _ = parse_references(listed, "x")
    assert reference_text(works.bibliography["lee2020"]) == text.removesuffix(" ProQuest.")


def test_what_is_no_range_of_pages_is_exported_as_it_stands() -> None:
    one = work("lee2020", "article", author="Lee, A.", journal="J", pages="ahead-of-print")
    assert "pages = {ahead-of-print}" in to_bibtex([csl_item(one)])
    assert "SP  - ahead-of-print\r\n" in to_ris([csl_item(one)])


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Rest “at work”", "Rest “at work.”"),
        ("Is it “work”?", "Is it “work”?"),
        ("“Is it work?”", "“Is it work?”"),
        ("On ‘rest’", "On ‘rest.’"),
        ("The cooks’", "The cooks’."),
        ('A 5" bed of 6"', 'A 5" bed of 6".'),
        ('All "at work"', 'All "at work."'),
    ],
)
def test_a_full_stop_stands_within_quotation_marks(title: str, shown: str) -> None:
    one = Reference("lee", "article", {"author": "Lee, A.", "title": title, "year": "2020"})
    assert reference_text(one) == f"Lee, A. (2020). {shown}"


@pytest.mark.parametrize(
    ("kind", "fields", "shown"),
    [
        ("video", {"url": "https://a.org/v"}, "2020, May 4"),
        ("video", {}, "2020"),
        ("misc", {"url": "https://a.org/v"}, "2020, May 4"),
        ("misc", {"doi": "10.1000/x"}, "2020"),
        ("report", {"url": "https://a.org/v"}, "2020"),
    ],
)
def test_what_is_put_online_has_a_day(kind: str, fields: dict[str, str], shown: str) -> None:
    said = {"author": "Lee, A.", "title": "T", "date": "2020-05-04", **fields}
    assert f"Lee, A. ({shown})." in reference_text(Reference("lee", kind, said))


def test_an_issue_has_its_own_title_beside_that_of_the_journal() -> None:
    said = {
        "editor": "Lee, A.",
        "title": "Rooms",
        "issuetitle": "Beds",
        "issuesubtitle": "Old ones",
    }
    one = Reference("lee", "periodical", {**said, "volume": "3", "number": "2", "year": "2020"})
    text = "Lee, A. (Ed.). (2020). Beds: Old ones [Special issue]. Rooms, 3(2)."
    assert reference_text(one) == text
    for write in (to_bibtex, to_csl_json, to_ris):
        works, _ = parse_references(write([csl_item(one)]), "x")
        assert [reference_text(back) for back in works.bibliography.values()] == [text]


@pytest.mark.parametrize(
    ("written", "shown"), [("Jr", "Jr."), ("Sr.", "Sr."), ("3rd", "III"), ("iv", "iv")]
)
def test_suffixes_of_names(written: str, shown: str) -> None:
    assert reference_text(work(author=f"Lee, {written}, Ann", journal="J")).startswith(
        f"Lee, A., {shown}"
    )


def test_works_in_other_scripts_are_told_apart_without_letters() -> None:
    """A letter behind the year would say that all are one author."""
    names = ["张, 伟", "Иванов, И.", "张, 伟", "Иванов, И."]
    text = "".join(
        f"TY  - JOUR\nAU  - {name}\nTI  - {n}\nPY  - {2019 + n // 3}\nER  - \n"
        for n, name in enumerate(names)
    )
    works, _ = parse_references(text, "x.ris")
    assert {key: author_year(work) for key, work in works.bibliography.items()} == {
        "work2019a": "张, 2019a",
        "work-2-2019": "Иванов, 2019",
        "work2019b": "张, 2019b",
        "work2020": "Иванов, 2020",
    }


def test_a_group_is_ordered_by_author_then_year_then_letter() -> None:
    works = [
        work("z2020", author="Zed, A."),
        work("otte2020b", author="Otte, I.", title="Beds"),
        work("otte2020a", author="Otte, I.", title="Zinnias"),
        work("otte2011", author="Otte, I.", year="2011"),
        work("ostby2020", author="Østby, K."),
        work("ottend", author="Otte, I.", year="n.d."),
        work("cr2020", author="de la Croix, A."),
    ]
    assert [one.key for one in group(works)] == [
        "cr2020",
        "ostby2020",
        "ottend",
        "otte2011",
        "otte2020a",
        "otte2020b",
        "z2020",
    ]


@pytest.mark.parametrize(
    ("reference", "text"),
    [
        (
            work(
                author="A, Ann and B, Bo",
                journal="Rest",
                volume="4",
                number="2",
                pages="1--9",
                doi="10.5/x",
            ),
            "A, A., & B, B. (2020). A title. Rest, 4(2), 1–9. https://doi.org/10.5/x",
        ),
        (
            work(kind="book", author="A, Ann", publisher="Press", edition="2", title="Rest?"),
            "A, A. (2020). Rest? (2nd ed.). Press.",
        ),
        (
            work(
                kind="incollection",
                author="A, A.",
                booktitle="Book",
                editor="E, Eve",
                pages="7",
                publisher="Press",
            ),
            "A, A. (2020). A title. In E. E (Ed.), Book (p. 7). Press.",
        ),
        (
            work(kind="techreport", author="{The Trust}", institution="The Trust", number="7"),
            "The Trust. (2020). A title (Report No. 7).",
        ),
        (
            work(kind="phdthesis", author="A, A.", school="Some University"),
            "A, A. (2020). A title [Doctoral dissertation, Some University].",
        ),
        (work(kind="misc", url="https://example.org"), "A title. (2020). https://example.org"),
        (work(author="A, A. and others", year=""), "A, A., et al. (n.d.). A title."),
        (work(kind="book", editor="A, A. and B, B."), "A, A., & B, B. (Eds.). (2020). A title."),
        (
            work(kind="inbook", author="A, A.", chapter="3", pages="7--9", publisher="Press"),
            "A, A. (2020). A title (Chapter 3, pp. 7–9). Press.",
        ),
        (
            work(kind="dataset", author="A, A.", version="v1.0", publisher="Store"),
            "A, A. (2020). A title (Version 1.0) [Data set]. Store.",
        ),
        (
            work(kind="patent", author="A, A.", number="US 7"),
            "A, A. (2020). A title (Patent No. US 7).",
        ),
        (
            work(kind="legislation", number="c. 20"),
            "A title, c. 20. (2020).",
        ),
        (
            work(kind="periodical", editor="A, A.", journal="J", volume="3", number="2"),
            "A, A. (Ed.). (2020). A title [Special issue]. J, 3(2).",
        ),
        *(
            (
                work(kind="article", author="A, A.", journal="J", **{field: written}),
                "A, A. (2020). A title. J. https://doi.org/10.1000/x(1)",
            )
            for field, written in (
                ("doi", "<10.1000/x(1)>"),
                ("doi", "[10.1000/x(1)]"),
                ("doi", "(doi: 10.1000/x(1))"),
                ("doi", "https://doi.org/10.1000/x(1)."),
                ("url", "10.1000/x(1)"),
            )
        ),
    ],
)
def test_references(reference: Reference, text: str) -> None:
    assert reference_text(reference) == text


def test_more_than_twenty_authors_are_cut() -> None:
    authors = " and ".join(f"A{number}, B." for number in range(1, 26))
    text = reference_text(work(author=authors))
    assert "A19, B., … A25, B." in text
    assert "A20" not in text


def test_notes_are_added_when_asked_for() -> None:
    unsure = work(author="A, A.", note="Not verified: the year.")
    assert reference_text(unsure) == "A, A. (2020). A title."
    assert reference_text(unsure, note=True).endswith("[Not verified: the year.]")


def test_html_sets_off_links_and_escapes() -> None:
    html = reference_html(work(author="A, A.", title="<b> & co", journal="Rest", doi='10.5/a"b<c>'))
    assert html == (
        "A, A. (2020). &lt;b&gt; &amp; co. <em>Rest</em>. "
        '<a href="https://doi.org/10.5/a%22b%3Cc%3E">https://doi.org/10.5/a"b&lt;c&gt;</a>'
    )


def test_only_web_addresses_become_links() -> None:
    assert "href" not in reference_html(work(author="A, A.", url="javascript:alert(1)"))
    assert address("https://a.org/ä b") == "https://a.org/%C3%A4%20b"


def test_every_work_of_the_book_is_cited_in_its_own_way(root: Path) -> None:
    works, _ = read_bibliography(root / "references.bib")
    assert len({author_year(one) for one in works.values()}) == len(works)


WORKED = {
    # After the worked examples of chapter 10 of the manual, with invented works.
    "@article{a, author={Grady, Jane S. and Her, Mai}, title={Emotions in stories}, year=2019, "
    "journal={Psychology of Rest}, volume=8, number=3, pages={207--217}, doi={10.1000/r.185}}": (
        "Grady, J. S., & Her, M. (2019). Emotions in stories. Psychology of Rest, 8(3), 207–217. "
        "https://doi.org/10.1000/r.185"
    ),
    "@article{a, author={Burin, D.}, title={Plasticity}, year=2019, journal={PLOS Rest}, volume=4, "
    "number=2, eid={e0209899}}": (
        "Burin, D. (2019). Plasticity. PLOS Rest, 4(2), Article e0209899."
    ),
    "@article{a, author={Pach, S.}, title={On its way}, year={in press}, journal={Cells}}": (
        "Pach, S. (in press). On its way. Cells."
    ),
    "@article{a, author={Lyons, D.}, title={Who is who?}, date={2009-06-15}, journal={The Sitter}, "
    "entrysubtype={magazine}, pages={26-9}}": (
        "Lyons, D. (2009, June 15). Who is who? The Sitter, 26–29."
    ),
    "@book{a, author={Brown, L. S.}, title={Feminist rest}, edition={2}, publisher={Chair Press}, "
    "year=2018}": ("Brown, L. S. (2018). Feminist rest (2nd ed.). Chair Press."),
    "@book{a, editor={Hacker Hughes, Jamie}, title={Mental rest}, publisher={Chair Press}, "
    "year=2017}": ("Hacker Hughes, J. (Ed.). (2017). Mental rest. Chair Press."),
    "@book{a, author={Harris, L.}, title={Rest in volumes}, volume={2}, publisher={P}, "
    "date={2014/2016}}": ("Harris, L. (2014–2016). Rest in volumes (Vol. 2). P."),
    "@incollection{a, author={Aron, L. and Botella, M.}, title={Culinary rest}, "
    "editor={Holmes, R. F.}, booktitle={Arts of rest}, edition={Second}, volume=1, "
    "pages={233--59}, publisher={Chair Press}, year=2019}": (
        "Aron, L., & Botella, M. (2019). Culinary rest. In R. F. Holmes (Ed.), Arts of rest "
        "(2nd ed., Vol. 1, pp. 233–259). Chair Press."
    ),
    "@report{a, author={{National Chair Institute}}, title={Taking rest}, number={18-2059}, "
    "institution={Ministry of Seats}, year=2018, url={https://example.org/t.pdf}}": (
        "National Chair Institute. (2018). Taking rest (Report No. 18-2059). Ministry of Seats. "
        "https://example.org/t.pdf"
    ),
    "@phdthesis{a, author={Harris, L.}, title={Leaders at rest}, school={University of Chairs}, "
    "year=2014}": (
        "Harris, L. (2014). Leaders at rest [Doctoral dissertation, University of Chairs]."
    ),
    "@mastersthesis{a, author={Harris, L.}, title={At rest}, school={University of Chairs}, "
    "year=2012}": ("Harris, L. (2012). At rest [Master’s thesis, University of Chairs]."),
    "@inproceedings{a, author={Duckworth, A. L.}, title={Grit at rest}, booktitle={Proceedings of "
    "the Academy of Chairs}, volume=116, pages={23499--23504}, year=2019}": (
        "Duckworth, A. L. (2019). Grit at rest. In Proceedings of the Academy of Chairs "
        "(Vol. 116, pp. 23499–23504)."
    ),
    "@inproceedings{a, author={Maddox, S.}, title={A talk}, year=2016, publisher={Chairs}}": (
        "Maddox, S. (2016). A talk [Paper presentation]. Chairs."
    ),
    "@online{a, author={{Chair Council}}, title={Chairs today}, date={2018-05-24}, "
    "url={https://example.org/c}}": (
        "Chair Council. (2018, May 24). Chairs today. https://example.org/c"
    ),
    "@online{a, title={Rest}, url={https://example.org/r}}": (
        "Rest. (n.d.). https://example.org/r"
    ),
    "@dataset{a, author={D’Souza, A.}, title={Chairs counted}, publisher={Repository}, year=2021, "
    "doi={10.1000/d.1}}": (
        "D’Souza, A. (2021). Chairs counted [Data set]. Repository. https://doi.org/10.1000/d.1"
    ),
    "@software{a, author={Borenstein, M.}, title={Chair counter}, version={3.3}, year=2014}": (
        "Borenstein, M. (2014). Chair counter (Version 3.3) [Computer software]."
    ),
    "@misc{a, author={Leuker, C.}, title={Before print}, eprint={2101.00001}, "
    "archiveprefix={arXiv}, year=2021}": (
        "Leuker, C. (2021). Before print (arXiv:2101.00001). arXiv."
    ),
    "@article{a, author={Kim, A. and Lee, B. and others}, title={Many}, journal={J.}, year=2020}": (
        "Kim, A., Lee, B., et al. (2020). Many. J."
    ),
    "@article{a, author={van der Berg, Jan and King, Jr., M. L.}, title={“Quoted.”}, journal={J}, "
    "year=2020}": ("van der Berg, J., & King, M. L., Jr. (2020). “Quoted.” J."),
}


@pytest.mark.parametrize("entry", WORKED, ids=lambda entry: entry[:30])
def test_worked_examples_of_the_manual(entry: str) -> None:
    works, problems = parse_bibliography(entry)
    assert problems == []
    assert reference_text(works["a"]) == WORKED[entry]


def test_the_order_of_the_list_is_that_of_the_manual() -> None:
    """Chapter 9.44 to 9.49: letter by letter, nothing before something, undated first."""
    works = [
        work("a", author="Brown, A.", year="in press"),
        work("b", author="Brown, A.", year=""),
        work("c", author="Brown, A. and Adams, B.", year="1990"),
        work("d", author="Brown, A.", year="2010"),
        work("e", author="Browning, A."),
        work("f", author="Brown, B."),
        work("g", author="{The Brown Institute}"),
        work("h", title="A bridge", author=""),
        work("i", author="de Vries, A."),
        work("j", author="Devers, A."),
        work("k", author="Ångström, A."),
    ]
    assert "".join(one.key for one in group(works)) == "khbdacfejig"


def test_a_bracket_names_the_same_authors_once() -> None:
    works = group(
        [
            work("lee2020b", author="Lee, A."),
            work("lee2020a", author="Lee, A."),
            work("kim2020", author="Kim, B."),
        ]
    )
    assert "".join(before + label for before, label in bracket(works)) == (
        "Kim, 2020; Lee, 2020a, 2020b"
    )
