"""A table as its author keeps it: what each reader of files gives, and all the import sees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from synth.reading.csv_table import Row

__all__ = ["Row", "Sheet"]


@dataclass(frozen=True)
class Sheet:
    r"""A table of an author's file, its cells as text.

    Cells keep their line breaks (``\n``), because a break may separate codes; spaces around them
    and signs that nobody sees are gone. Where a number or a date was kept, the cell is what people
    see. Empty cells are ``""``.

    Parameters
    ----------
    file : the author's file, for messages.
    header : names of its columns, each different and none empty; headings in several rows are
        joined, and a heading that stood twice got a number.
    rows : its rows: the line of the file or the row of the spreadsheet, counted from 1 as the
        author's program counts them, and the cells by column. Empty rows are not among them.
    notes : what was told while reading: the encoding, captions, hidden sheets, filled cells.
    name : name of the sheet in a workbook or of the part of a project; empty where a file is one
        table.
    heads : for a column below headings in several rows, these headings from the top.
    roles : for a column whose meaning the kind of file fixes, the field it is: a name of
        :data:`synth.starter.recipe.USES`, such as ``"study"`` for Taguette's ``document``, and
        ``"rank 1"``, ``"rank 2"``, … where columns name a code rank by rank.
    program : the program that wrote it, where that can be told.
    holds : what the kind of file says the rows are: ``"codings"``, ``"studies"``, ``"codebook"``,
        ``"references"`` or ``"flow"``; empty where the cells have to tell.
    hidden : whether the author hid the sheet.
    indents : for rows that begin with spaces, as outlines do, by line how many.
    """

    file: str
    header: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    notes: tuple[str, ...] = ()
    name: str = ""
    heads: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    program: str = ""
    holds: str = ""
    hidden: bool = False
    indents: Mapping[int, int] = field(default_factory=dict)

    @property
    def source(self) -> str:
        """The file and, in a workbook, the sheet, as messages name them.

        >>> Sheet("maps.xlsx", name="Coding").source, Sheet("map.csv").source
        ('maps.xlsx[Coding]', 'map.csv')
        """
        return f"{self.file}[{self.name}]" if self.name else self.file
