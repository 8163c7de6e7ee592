"""Every word a book says that is no data: one table, which a team can translate.

A book speaks the words below; ``[words]`` in ``data/review.toml`` puts others in their place,
key by key. What stands in braces is filled in. Where a word counts something there are two of it,
``…_one`` and ``…_many``; in the words of the explorer ``a|b`` is the same, or a label and its
remark.

Three things are not here. Words of the theme itself (search, previous, next) follow the book's
``language``. Words of the data (labels, directions, facets, "not reported") stand in the data. And
the sentences that a drawing makes of its rows (its title, its description, what it adds to its
note, the names of its axes) are grammar rather than words: they are written in the code that draws,
in English.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from html import escape
from types import MappingProxyType
from typing import TYPE_CHECKING

from synth.errors import UnknownName

if TYPE_CHECKING:
    from synth.model import Settings

ENGLISH: Mapping[str, str] = MappingProxyType(
    {
        # --- around every page ---
        "contents_of_book": "Contents of the book",
        "link_to_heading": "Link to this heading",
        "pages_below": "Pages of {title}",
        "show_code": "Show the code of this figure",
        "hide_code": "Hide the code",
        # --- at the foot of every page ---
        "footer_secondary": (
            "The findings are coded from the review's account of the studies, not from the studies "
            "themselves. How often something was reported says nothing of how strong or how "
            "important it is."
        ),
        "footer_data": "Data version {version}, {date}.",
        "footer_source": "Based on:",
        # --- what is counted ---
        "finding_one": "{n} finding",
        "finding_many": "{n} findings",
        "study_one": "{n} study",
        "study_many": "{n} studies",
        "country_one": "{n} country",
        "country_many": "{n} countries",
        "and": "and",
        "n_of_all": "{n} of {total}",
        "none_coded": "none coded",
        "late_all": "all",
        "findings": "Findings",
        "influence": "Influence",
        "influences": "Influences",
        "influences_one": "{n} influence",
        "influences_many": "{n} influences",
        "directions": "Directions",
        "of_all_studies": "{n} of {total} studies",
        "more": "{n} more",
        "key": "Key",
        # --- citations in the text, and their previews ---
        "cite_see": "see",
        "cite_own": "review’s own argument, {section}",
        "cite_place": "The review, {section}: “{quote}”",
        "preview_where": "In the review:",
        "preview_own": "An argument of the review’s own; it cites no study for it.",
        "preview_unknown": "{facet} not established",
        # --- below a block of synthesis ---
        "rests_on": "Rests on {evidence}",
        "rests_on_in": "Rests on {evidence} in {countries}",
        "rests_on_own": "Rests on the review’s own argument; no study is cited for it.",
        "rests_on_own_too_one": "{rests}, and once on the review’s own argument",
        "rests_on_own_too_many": "{rests}, and {n} times on the review’s own argument",
        "rests_on_see_one": "See it in the explorer",
        "rests_on_see_many": "See them in the explorer",
        "support": "Of {n} paragraphs of synthesis in this book, {citing}; {own}.",
        "support_citing_one": "{n} cites coded findings",
        "support_citing_many": "{n} cite coded findings",
        "support_own_one": "{n} rests on the review’s own argument alone and says so",
        "support_own_many": "{n} rest on the review’s own argument alone and say so",
        # --- the frame of every figure ---
        "figure_nothing": "There is nothing to draw here.",
        "figure_table": "The same as a table",
        "figure_source": (
            "Drawn from {findings} of {all_findings} findings and {studies} of {all_studies} "
            "studies, as coded from the review."
        ),
        "figure_svg": "Download SVG",
        "figure_png": "Download PNG",
        "figure_csv": "Download CSV",
        "figure_marks": "Chart, its marks one by one",
        "figure_marks_how": "Use the arrow keys to read the marks one by one.",
        "late_date": "as loaded",
        # --- charts: how to read them, why one is empty, the heads of their tables ---
        "chart_note_year": (
            "One mark is one study, its shape the design. A year is that of publication, not of "
            "the fieldwork; few studies in a year may as well say how the search was made."
        ),
        "chart_note_accumulation": (
            "Accumulation in published studies, as far as the review reports them: what was "
            "written down when, not when it began to matter. Inside the band, the order of "
            "publication is as good as any other; studies of one year stand in the "
            "order of their names."
        ),
        "chart_note_first": (
            "A filled mark is the first year a theme was reported in a published study the review "
            "cites, an open one a later year; a larger mark stands for more studies."
        ),
        "chart_note_countries": "A study done in several countries counts in each of them.",
        "chart_note_few": (
            "Few studies from a country say where research was done and found, not where the "
            "problem is large."
        ),
        "chart_note_values": (
            "The words are those of the coded table; a study counts once for each of its values."
        ),
        "chart_note_designs": (
            "A number counts studies with at least one finding in the theme. A blank cell means no "
            "study of that design among those coded. A design is how a study was done, not how "
            "well."
        ),
        "chart_note_findings": (
            "A number counts findings. It follows what the review took from a study, which need "
            "not be all the study says; studies stand in the order of their years."
        ),
        "chart_note_single": (
            "The narrowest is shown: what rests on one study also rests on one country. A number "
            "counts the studies behind it. Author teams are derived from shared authors. Resting "
            "on one is no sign of being wrong."
        ),
        "chart_note_both": (
            "Both ways does not mean that studies disagree: a theme holds several factors, and the "
            "same thing may help when it is there and hinder when it is missing. Settings are the "
            "countries the findings come from."
        ),
        "chart_no_year": "None of these studies has a year.",
        "chart_few_dated": "With fewer than two dated studies nothing accumulates.",
        "chart_none_single": "Nothing here rests on a single study, cohort, team or country.",
        "chart_not_both": "No theme here is reported both ways.",
        "chart_no_poles": (
            "This review's directions have no two poles, so nothing can be reported both ways."
        ),
        "chart_nothing": "No finding among those chosen: there is nothing to draw.",
        "column_theme": "Theme",
        "column_studies": "Studies",
        "column_study": "Study",
        "column_findings": "Findings",
        "column_themes": "Themes",
        "column_what": "What",
        "column_rank": "Rank",
        "column_rests_on": "Rests on",
        "column_which": "Which",
        "column_in_the_same_study": "In the same study",
        "column_year": "Year",
        "column_designs": "Designs",
        "column_order": "Order",
        "column_new": "New",
        "column_first_reported_here": "First reported here",
        "column_so_far": "So far",
        "column_random_low": "Random orders, from",
        "column_random_high": "to",
        "column_first_in": "First in",
        "column_by": "By",
        "column_last_in": "Last in",
        "column_region": "Region",
        "column_income_group": "Income group",
        "column_countries": "Countries",
        # --- the framework ---
        "framework_nothing": "The codebook has no node, so there is no framework to show.",
        "framework_note": (
            "Reconstructed from the coded findings: each entry is one finding of one study. "
            "A {rank} without an entry has no finding of that kind among those "
            "coded, which is not the same as none to be found."
        ),
        "framework_inferred": "What is marked ° was named in coding, not by the review.",
        "framework_influences": "Influences:",
        "framework_whole": "the {rank} as a whole",
        "framework_as_a_whole": "as a whole",
        "framework_left_one": "and {n} more finding:",
        "framework_left_many": "and {n} more findings:",
        "framework_all_of": "all of {theme}",
        "framework_copy": "Copy the table for a document",
        "framework_copied": "Table copied",
        "framework_selected": "Table selected: copy it with your keyboard",
        "framework_citations": "Show citations",
        # --- the influence map ---
        "map_nothing": "The codebook has no theme, so no influence can be drawn.",
        "map_source": "Drawn from {n} of {total} influences, as coded from the review.",
        "map_note": (
            "A box is a theme, an arrow an influence between two. A wider arrow means more studies "
            "are named for it, not a stronger effect; where there is no arrow, no influence was "
            "coded."
        ),
        "map_note_empty": "Where there is no arrow, no influence was coded.",
        "map_drawn": (
            "Drawn are the {n} of {total} arrows with at least {studies}; all stand in the table."
        ),
        "map_unplaced_one": "{n} influence concerns a whole level and stands in the table only.",
        "map_unplaced_many": "{n} influences concern a whole level and stand in the table only.",
        "map_hollow": "hollow: inferred",
        "map_ring": "ring: no study named",
        "map_degree": "acts on {out}, acted on by {into}",
        "map_alone": "no influence coded",
        "map_in_words": "In words, theme by theme",
        "map_acts_on": "Acts on: {themes}.",
        "map_acts_on_none": "Acts on no theme, among the influences coded.",
        "map_acted_on_by": "Is acted on by: {themes}.",
        "map_acted_on_by_none": "Is acted on by no theme, among the influences coded.",
        "map_reaches": "Through others it also reaches: {themes}.",
        "map_reached_by": "Through others it is also reached by: {themes}.",
        "map_no_study": "no study named",
        "map_inferred": "inferred",
        "map_point": "Point at a theme",
        "map_how_to": (
            "{point}, or move to it with the Tab key, to see what it acts on and what acts on it; "
            "the arrow keys go through its influences. Select an arrow to read how it works."
        ),
        "map_in_full": "in full",
        "map_filters": "Which arrows are drawn",
        "map_least": "Arrows with {number} named studies",
        "map_any": "any number of",
        "map_at_least": "at least {n}",
        "map_only_across": "only between levels",
        "map_only_stated": "only stated ones",
        "map_arrows": "{n} of {total} arrows",
        "map_from": "From",
        "map_how": "How",
        "map_to": "To",
        "map_mechanism": "How it works",
        "map_basis": "Basis",
        "map_across": "Between levels",
        "map_none_named": "none named: the review's own argument",
        # --- the search and screening flow ---
        "flow_none": "No search and screening flow",
        "flow_nothing": "This review has no data/flow.csv, so no flow can be drawn.",
        "flow_note": (
            "A box with a solid edge holds a number the source reports, with a dashed edge one "
            "derived from reported numbers, the sum shown; with a dotted edge, a number nobody "
            "gives."
        ),
        "flow_source": "Numbers as the source gives them or as derived from it.",
        "flow_boxes_one": "{n} box",
        "flow_boxes_many": "{n} boxes",
        "flow_stage": "Stage",
        "flow_number": "Number",
        "flow_state": "State",
        "flow_sum": "Sum",
        "flow_remark": "Note",
        "flow_reported": "reported in the source",
        "flow_derived": "derived, with the sum",
        "flow_wrong": "{sum} does not add up ({boxes})",
        "flow_checked": "Checked: {sums}.",
        "flow_unchecked": "Not checked, because a part is not reported: {boxes}.",
        # --- robustness of coverage ---
        "robustness_title": "What rests on whom: robustness of coverage",
        "robustness_note": (
            "Left out one at a time. A cohort is a group of studies with the same participants. "
            "Author teams are derived from shared authors, directly or through another study. "
            "A finding from several countries stays when one of them is left out. This says how "
            "widely something was reported here, never how strong an effect is."
        ),
        "robustness_study": "study",
        "robustness_cohort": "cohort",
        "robustness_country": "country",
        "robustness_team": "author team",
        "robustness_one_study": "one study",
        "robustness_one_cohort": "one cohort",
        "robustness_one_country": "one country",
        "robustness_one_team": "one author team",
        "robustness_nothing": "No {kind} can be left out: none is shared or known.",
        "robustness_caption": (
            "Leaving out one {kind}: with {n} of {total} something loses all support"
        ),
        "robustness_rest": "{caption}: the rest",
        "robustness_gone": "Findings gone",
        "robustness_lost": "What loses all support",
        "robustness_direction": "only a direction of a theme that keeps others",
        "robustness_unhurt": "Nothing loses all its support.",
        "robustness_single": "What rests on a single one: {n}",
        "robustness_single_table": "What rests on a single study, cohort, country or team",
        # --- the catalogue of studies ---
        "study_no_reference": "The reference is missing.",
        "study_setting": "Setting",
        "study_sample": "Participants",
        "study_year": "Year",
        "study_shared": "Shared participants",
        "study_shares": (
            "Shares people with {studies}, or appears to: counted as {n} studies, one sample."
        ),
        "study_numbers": "two three four five",
        "study_no_finding": "No finding is coded from this work.",
        "study_contributes": "{findings} of {total} on {themes}, as the review reports them.",
        "basis_cited": "cited by the review",
        "basis_implied": "named by the review’s context only",
        "in_the_review": "in the review: {where}",
        "report": "Report a problem",
        "report_page": "Page {page}",
        "report_place": "{page}, data version {version}",
        "report_asks": "What is wrong, and why?",
        "characteristics": "Characteristics of the {studies}",
        "study_cited_in": "Cited in: {pages}.",
        "study_uncited": (
            "No page of this book cites it in a sentence; its findings stand in the explorer."
        ),
        "study_neighbours": "Neighbouring studies of {study}",
        # --- the influences in full ---
        "influences_on_others_one": "{n} influence on other themes",
        "influences_on_others_many": "{n} influences on other themes",
        "influences_none": "No influence among those coded.",
        "influence_own": "no study named: the review’s own argument",
        "basis_stated": "stated",
        "basis_inferred": "inferred by us",
        # --- the list of references ---
        "references_coded": "What is coded from it",
        "references_uncited": "Not cited in the text of this book.",
        # --- findings as a table, also below the explorer ---
        "evidence_stated": "{findings} from {studies}",
        "evidence_study": "Study",
        "evidence_direction": "Direction",
        "evidence_finding": "Finding",
        "evidence_theme": "Coded to",
        "evidence_first": (
            "The table holds the first {n} of {total} findings; {missing} more are in {link}."
        ),
        "evidence_all_as_csv": "all findings as a table (CSV)",
        "evidence_version": "Data version {version}.",
        "evidence_in_force": "in force",
        "evidence_without_script": (
            "Filters and search need JavaScript, which is off; the table below is complete "
            "without it."
        ),
        # --- the explorer; its script asks for them without `explorer_` ---
        "explorer_search": "Search the findings",
        "explorer_filters": "Filters",
        "explorer_in_use": "({n} in use)",
        "explorer_show": "Show {findings}",
        "explorer_all": "All {findings} from {studies}",
        "explorer_some": "{n} of {findings}, from {studies}",
        "explorer_no_match": "No finding matches",
        "explorer_finding": "finding|findings",
        "explorer_study": "study|studies",
        "explorer_copy_link": "Copy link",
        "explorer_cite": "Cite this view",
        "explorer_copy_cite": "Copy citation",
        "explorer_copied": "Copied",
        "explorer_export": "Export",
        "explorer_chosen": "Your selection: {findings}, {studies}.",
        "explorer_csv": "CSV|findings, for a spreadsheet",
        "explorer_ris": "RIS|studies, for a reference manager",
        "explorer_bib": "BibTeX|studies, for LaTeX",
        "explorer_json": "CSL-JSON|studies, for citation tools",
        "explorer_txt": "Copy the reference list|studies, as text",
        "explorer_saved": "Saved {n}",
        "explorer_remove": "Remove filter ",
        "explorer_clear": "Clear all",
        "explorer_active": "Active filters",
        "explorer_text": "Text",
        "explorer_years": "Years",
        "explorer_year": "Year of publication",
        "explorer_since": "from",
        "explorer_until": "to",
        "explorer_show_more": "Show {n}",
        "explorer_show_all_of": "Show all {n}",
        "explorer_show_fewer": "Show fewer",
        "explorer_included": ", already included",
        "explorer_direction": "Direction",
        "explorer_matrix": "Where the findings are",
        "explorer_rows": "Rows",
        "explorer_cols": "Columns",
        "explorer_matrix_caption": (
            "Number of findings by {a} and {b}. Each number is a button that filters the list."
        ),
        "explorer_none": "none",
        "explorer_none_long": " among the {n} coded",
        "explorer_hidden": ", {n} hidden by your filters",
        "explorer_in_selection": ", in your selection",
        "explorer_key_none": "no finding among the {n} coded",
        "explorer_key_zero": "hidden by your filters",
        "explorer_key_in": "in your selection.",
        "explorer_key": "Choose a number to see those findings.",
        "explorer_title_study": "Findings, study by study",
        "explorer_title_theme": "Findings, theme by theme",
        "explorer_group": "Group",
        "explorer_sort": "Order",
        "explorer_by_study": "by study",
        "explorer_by_theme": "by theme",
        "explorer_by_newest": "newest first",
        "explorer_by_oldest": "oldest first",
        "explorer_by_author": "by author",
        "explorer_its": "{n} of its {findings}",
        "explorer_show_all": "Show all {findings} ({n} more)",
        "explorer_cut": (
            "The first {n} are shown. Narrow the selection, or export it, to see the others."
        ),
        "explorer_empty": (
            "No finding among the {n} coded matches all of these filters. "
            "That is a gap in this selection, not proof that nothing is known."
        ),
        "explorer_without": "Without “{n}”: {findings}",
        "explorer_view": "Filters: {filters}. Data version {version}, {date}.",
        "explorer_no_filter": "none",
        "explorer_bad_link": "Part of this link is not understood and was left out: {n}.",
        "explorer_old_link": (
            "This link was made with version {n} of the data; "
            "this is version {version}, so the findings may differ."
        ),
        "explorer_citation": "{authors} ({year}). {title}. {findings} from {studies}. {view} {url}",
        "explorer_csv_heading": (
            "{title}. {n} of {total} findings. Filters: {filters}. Data version {version}, {date}. "
            "A text that begins like a formula has an apostrophe before it."
        ),
        # --- pictures of charts ---
        "chart": "Chart",
        # --- what readers take along ---
        "takeaway_tables": "The tables",
        "takeaway_everything": "Everything together",
        "takeaway_references": "The references, for a reference manager",
        "takeaway_codebook": "The codebook, for a program of qualitative analysis",
        "takeaway_book": "The whole book",
        "takeaway_file": "File",
        "takeaway_holds": "What it holds",
        "takeaway_size": "Size",
        "takeaway_licence": "Licence",
        "takeaway_cite": "Cite as:",
        "takeaway_citation": "{authors} ({year}). {title}: coded findings (version {version}).",
        "takeaway_row": "One row is {row}.",
        "takeaway_settings": "Titles, directions, facets, sections and version of the review.",
        "takeaway_datapackage": (
            "What each column of the tables holds, as a Frictionless Data Package: types, allowed "
            "words, and which column refers to which."
        ),
        "takeaway_json": "Everything in one document, with the meaning of each column.",
        "takeaway_schema": "The form of that document, as a JSON Schema.",
        "takeaway_findings": (
            "The findings with the labels of their codes and the citations of their studies, one "
            "row each, for a spreadsheet."
        ),
        "takeaway_crate": "What is in the archive and what it rests on, as an RO-Crate.",
        "takeaway_zip": "All files of this page in one archive, an RO-Crate.",
        "takeaway_bibtex": "Every work, in BibTeX.",
        "takeaway_ris": "Every work, in RIS.",
        "takeaway_csl": "Every work, in CSL-JSON.",
        "takeaway_qdc": "The codes with their definitions, in REFI-QDA.",
        "takeaway_site": (
            "Every page as it stands here. Unpack it anywhere, also on a stick, and open "
            "index.html; no network is needed."
        ),
        "takeaway_here": "You are reading it from the archive already.",
    }
)
"""The words by their keys."""


class Words(Mapping[str, str]):
    """The words of one book: English, with the team's own in place of some.

    Parameters
    ----------
    own : words of ``review.toml`` by key.

    Raises
    ------
    UnknownName : a key that no part of the interface uses, or a blank in braces that the English
        text does not have.

    >>> words = Words({"hide_code": "Code verbergen"})
    >>> words["hide_code"]
    'Code verbergen'
    >>> words.say("footer_data", version="1.0.0", date="2026-11-23")
    'Data version 1.0.0, 2026-11-23.'
    """

    def __init__(self, own: Mapping[str, str] | None = None) -> None:
        own = own or {}
        for key, text in own.items():
            if key not in ENGLISH:
                raise UnknownName("word", key, ENGLISH, "Words are listed in synth/words.py.")
            known = _blanks(ENGLISH[key]) | ({"n"} if key.endswith(("_one", "_many")) else set())
            stray = re.search(r"[{}]\S*", _BLANK.sub("", text))
            if stray:
                where = f"A blank of the word {key!r} is a name in braces."
                raise UnknownName("blank", stray[0], known, where)
            for blank in sorted(_blanks(text) - known):
                raise UnknownName("blank", blank, known, f"It stands in the word {key!r}.")
        self._texts = {**ENGLISH, **own}

    def __getitem__(self, key: str) -> str:
        return self._texts[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)

    def __repr__(self) -> str:
        own = sum(self._texts[key] != text for key, text in ENGLISH.items())
        return f"<Words: {len(self)}, {own} of the team's own>"

    @classmethod
    def of(cls, settings: Settings) -> Words:
        """The words of a review, made once however many drawings ask for them."""
        return _made(cls, tuple(settings.words.items()))

    def say(self, key: str, **values: object) -> str:
        """Give a word with its blanks filled in."""
        return self[key].format(**values)

    def count(self, key: str, n: int, **values: object) -> str:
        """Give the one or the other of a pair of words, with the number in it.

        >>> Words().count("finding", 1), Words().count("finding", 2)
        ('1 finding', '2 findings')
        """
        return self.say(f"{key}_{'one' if n == 1 else 'many'}", n=n, **values)

    def html(self, key: str, **values: object) -> str:
        """Give a word as HTML; what fills its blanks is HTML already.

        >>> Words({"footer_data": "{version} & {date}"}).html("footer_data", version="1", date="2")
        '1 &amp; 2'
        """
        return escape(self[key], quote=False).format(**values)


@lru_cache(maxsize=8)
def _made(words: type[Words], own: tuple[tuple[str, str], ...]) -> Words:
    return words(dict(own))


_BLANK = re.compile(r"\{(\w+)\}")


def _blanks(text: str) -> set[str]:
    """The names in braces of a text.

    >>> sorted(_blanks("{a} and {b}"))
    ['a', 'b']
    """
    return set(_BLANK.findall(text))
