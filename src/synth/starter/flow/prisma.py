"""The search flow of the template that PRISMA's own program reads, and of a list of its numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping

from synth.model import NOT_ESTABLISHED, NOT_REPORTED
from synth.starter.file_kinds.flow_list import count_of
from synth.starter.file_kinds.programs import heading
from synth.starter.flow.boxes import Boxes, Flow, wrong_sums
from synth.starter.report import source
from synth.starter.sheet import Sheet
from synth.text import slug

# Boxes that a list need not have: with none of them left out, its sums are whole.
_OPTIONAL = frozenset(
    [
        *("register_results", "excluded_automatic", "excluded_other", "dbr_sought_reports"),
        "dbr_notretrieved_reports",
    ]
)

# The sources of the boxes of records: the template's name, the box, and its label.
_SOURCES = (
    ("database_results", "databases", "Records identified from databases"),
    ("register_results", "registers", "Records identified from registers"),
)
_FURTHER_SOURCE = ("additional_results", "additional", "Records identified from other sources")
_OTHER_WAYS = (
    ("website_results", "websites", "Websites"),
    ("organisation_results", "organisations", "Organisations"),
    ("citations_results", "citations", "Citation searching"),
)


def of_template(sheet: Sheet) -> Flow:
    """The flow of PRISMA's template.

    Parameters
    ----------
    sheet : its numbers, box by box.
    """
    return _flow(sheet, "PRISMA's template")


def of_list(sheet: Sheet) -> Flow:
    """The flow of a list of numbers: without the boxes it does not name, if it adds up so.

    Parameters
    ----------
    sheet : its numbers, by the names that the template has for them.
    """
    named = f"the list of numbers in {source(sheet)}"
    flow = _flow(sheet, named, _OPTIONAL)
    wrong = wrong_sums(flow)
    if not wrong:
        return flow
    open_flow = _flow(sheet, named)
    open_flow.notes += [
        f"What the list names does not add up at {found.box.label!r}: {found}. Look whether a "
        "number is wrong or one is missing; boxes that it does not name stay open."
        for found in wrong
    ]
    return open_flow


def _flow(sheet: Sheet, what: str, optional: frozenset[str] = frozenset()) -> Flow:
    """The flow of a file, without the optional boxes that it does not name."""
    columns = {heading(name): name for name in sheet.header}
    cells = {
        row.cells[columns["data"]]: row.cells[columns["n"]]
        for row in sheet.rows
        if row.cells[columns["data"]] not in ("", "NA")
    }
    flow = Flow(files=(sheet.file,), notes=[f"The search flow comes from {what}."])
    numbers = {name: count_of(cell) for name, cell in cells.items()}
    if any(numbers.values()):
        flow.rows = _Diagram(cells, numbers, optional, whole=bool(sheet.program)).rows()
    else:
        flow.notes.append("It holds no number but zeros: is it the empty template?")
    return flow


class _Diagram:
    """The boxes of the diagram, filled from top to bottom.

    Parameters
    ----------
    cells : what the file says, by the template's names.
    numbers : the numbers among that; open where the file has none.
    optional : boxes that are left out where the file does not name them.
    whole : whether the file has a place for every box, as the template does.
    """

    def __init__(
        self,
        cells: Mapping[str, str],
        numbers: Mapping[str, int | None],
        optional: frozenset[str],
        *,
        whole: bool,
    ) -> None:
        self.cells = cells
        self.numbers = dict(numbers)
        self.whole = whole
        self.boxes = Boxes(cells, {name for name in optional if name not in cells})

    def rows(self) -> list[dict[str, str]]:
        self._identified()
        self._removed()
        self._screened()
        self._reports("", "dbr", "screened")
        self._other_ways()
        self._included()
        self._earlier()
        return self.boxes.rows

    def _named(self, name: str, where: tuple[str, str, str, str], label: str) -> None:
        """The box that the template calls by a name."""
        self.boxes.add(where, label, self.numbers.get(name), name=name)

    def _total(self, *names: str) -> int | None:
        held = [self.numbers.get(name) for name in names if name not in self.boxes.absent]
        return None if None in held else sum(one or 0 for one in held)

    def _identified(self) -> None:
        """The records of each source, with its parts, and all of them."""
        sources = [*_SOURCES]
        if "additional_results" in self.cells:
            sources.append(_FURTHER_SOURCE)
        for name, box, label in sources:
            specific = self.cells.get(name.replace("results", "specific_results"), "")
            own = self.numbers.get(name)
            parts = _parts(specific or (self.cells.get(name, "") if own is None else ""))
            if own is None and parts and None not in parts.values():
                self.numbers[name] = sum(count or 0 for count in parts.values())
            self._named(name, (box, "identification", "source", "identified"), label)
            for part, count in parts.items():
                where = (f"{box}-{slug(part, 'one')}", "identification", "source", box)
                self.boxes.add(where, part, count)
        # What the file says; the sources above are held against it.
        said = self.numbers.get("records_identified")
        self.boxes.add(
            ("identified", "identification", "remaining", ""),
            "Records identified",
            self._total(*(name for name, _, _ in sources)) if said is None else said,
            state="derived" if said is None else "reported",
        )

    def _removed(self) -> None:
        """What was removed before anybody read it."""
        where = ("duplicates", "identification", "removed", "identified")
        label = "Duplicate records removed"
        left, records = self.numbers.get("after_duplicates"), self.boxes.numbers["identified"]
        if left is not None and "duplicates" not in self.cells:
            self.boxes.add(
                where,
                label,
                None if records is None or records < left else records - left,
                state="derived",
                open_as=NOT_ESTABLISHED,
                note="Counted from the records that the file says were left after duplicates.",
            )
        else:
            self._named("duplicates", where, label)
        for name, box, label in (
            (
                "excluded_automatic",
                "removed-automatically",
                "Marked as ineligible by automation tools",
            ),
            ("excluded_other", "removed-otherwise", "Removed for other reasons"),
        ):
            self._named(name, (box, "identification", "removed", "identified"), label)

    def _screened(self) -> None:
        where = ("screened", "screening", "remaining", "identified")
        self._named("records_screened", where, "Records screened")
        where = ("excluded-screening", "screening", "removed", "screened")
        self._named("records_excluded", where, "Records excluded")

    def _reports(self, prefix: str, data: str, after: str) -> None:
        """Reports sought, retrieved and judged; the same for databases and for other methods."""
        stage = "eligibility"
        for name, box, kind, of, label in (
            ("sought_reports", "sought", "remaining", after, "Reports sought for retrieval"),
            ("notretrieved_reports", "not-retrieved", "removed", "sought", "Reports not retrieved"),
            ("assessed", "assessed", "remaining", "sought", "Reports assessed for eligibility"),
        ):
            # Where the list has no reports sought, those assessed follow the records at once.
            above = of if of == after else f"{prefix}{of}"
            above = above if above in self.boxes.numbers else after
            self._named(f"{data}_{name}", (f"{prefix}{box}", stage, kind, above), label)
        box, name = f"{prefix}excluded-eligibility", f"{data}_excluded"
        reasons = _parts(self.cells.get(name, ""))
        whole, state = self.numbers.get(name), "reported"
        if reasons and None not in reasons.values():
            whole, state = sum(count or 0 for count in reasons.values()), "derived"
        where = (box, stage, "removed", f"{prefix}assessed")
        self.boxes.add(where, "Reports excluded", whole, state=state, name=name)
        self.boxes.reasons(box, stage, reasons)

    def _other_ways(self) -> None:
        """Records that were found by other methods, down to the reports that were kept."""
        ways = [way for way in _OTHER_WAYS if self.whole or way[0] in self.cells]
        records = self._total(*(name for name, _, _ in ways))
        if not records:
            return
        for name, box, label in ways:
            self._named(name, (box, "identification", "source", "other-identified"), label)
        self.boxes.add(
            ("other-identified", "identification", "remaining", ""),
            "Records identified by other methods",
            records,
            state="derived",
        )
        self._reports("other-", "other", "other-identified")
        self.boxes.add(
            ("other-included", "included", "source", "included-reports"),
            "Reports included from other methods",
            _less(
                self.boxes.numbers["other-assessed"],
                self.boxes.numbers["other-excluded-eligibility"],
            ),
            state="derived",
        )

    def _included(self) -> None:
        """Reports and studies that were kept: a study may have several reports."""
        where = ("included-reports", "included", "remaining", "assessed")
        self._named("new_reports", where, "Reports of included studies")
        further = _less(self.numbers.get("new_reports"), self.numbers.get("new_studies"))
        self.boxes.add(
            ("further-reports", "included", "removed", "included-reports"),
            "Further reports of the same studies",
            further if further is None or further >= 0 else None,
            state="derived",
            open_as=NOT_REPORTED if self.whole or "new_reports" in self.cells else NOT_ESTABLISHED,
        )
        where = ("included", "included", "remaining", "included-reports")
        self._named("new_studies", where, "Studies included in review")

    def _earlier(self) -> None:
        """Studies of an earlier version of the review, if there was one."""
        before = self.numbers.get("previous_studies")
        if not before:
            return
        label = "Studies of the previous version of the review"
        self.boxes.add(("previous", "included", "source", "total"), label, before)
        where = ("total", "included", "remaining", "included")
        self.boxes.add(where, "Studies included in all", self.numbers.get("total_studies"))


def _less(whole: int | None, part: int | None) -> int | None:
    return None if whole is None or part is None else whole - part


_PART = re.compile(
    r"\s*(?P<label>\S.*?)\s*[,:=(\[–]\s*(?:n\s*=\s*)?(?P<count>\d{1,3}(?:[,.\s]\d{3})+|\d+)"
    r"\s*[)\]]?\s*(?:[(\[,]\s*\d+(?:[.,]\d+)?\s*%\s*[)\]]?)?\s*",
    re.IGNORECASE,
)


def _parts(cell: str) -> dict[str, int | None]:
    """Reasons or databases with their numbers.

    >>> _parts("Wrong design, 12; Not in English (n = 3); Too old, before 1990: 1,200; Odd, xxx")
    {'Wrong design': 12, 'Not in English': 3, 'Too old, before 1990': 1200, 'Odd': None}
    """
    parts: dict[str, int | None] = {}
    for part in re.split(r"[;\n]", cell):
        found = _PART.fullmatch(part)
        label, sign, count = (
            (found["label"], ",", found["count"]) if found else part.rpartition(",")
        )
        if sign and label.strip():
            parts[" ".join(label.split())] = count_of(count)
    return parts if any(count is not None for count in parts.values()) else {}
