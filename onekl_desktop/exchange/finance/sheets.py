"""The building blocks of a workbook with live formulas: rows by year, cells of assumptions, text that can never be a formula."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

FIRST = 4  # column of t = 0
HEAD = 3  # row of the years t
AMOUNT, RATIO, PERCENT, PLAIN = "#,##0.00;[Red]-#,##0.00", "0.000", "0.00%", "General"
INPUT, SOFT, STRONG = Font(color="1D4ED8"), Font(color="6B7280"), Font(bold=True)
HEADER = PatternFill("solid", fgColor="1D6B51")
TOTAL = Border(top=Side(style="thin", color="9CA3AF"))
Formula = Callable[[int], str]


def put_text(cell: Cell, text: str) -> None:
    """Text as text, whatever it begins with."""
    cell.value = text
    cell.data_type = "s"


def column(t: int) -> str:
    """The letters of a year's column."""
    return get_column_letter(FIRST + t)


@dataclass(frozen=True)
class Row:
    """A row of values by year."""

    sheet: str
    number: int
    last: int

    def at(self, t: int) -> str:
        """Its cell in a year; 0 before the first."""
        return f"'{self.sheet}'!{column(t)}{self.number}" if t >= 0 else "0"

    @property
    def all(self) -> str:
        """The whole row."""
        return f"'{self.sheet}'!${column(0)}${self.number}:${column(self.last)}${self.number}"

    def upto(self, t: int) -> str:
        """From the first year to this."""
        return f"'{self.sheet}'!${column(0)}{self.number}:{column(t)}{self.number}"


class Sheet:
    """A sheet of rows by year, with label, unit and key in front."""

    def __init__(self, book: Workbook, name: str, title: str, horizon: int, base_year: int) -> None:
        self.sheet: Worksheet = book.create_sheet(name)
        self.name, self.last, self._next = name, horizon, HEAD + 1
        put_text(self.sheet.cell(1, 1), title)
        self.sheet.cell(1, 1).font = Font(bold=True, size=13)
        put_text(self.sheet.cell(HEAD, 1), "t")
        put_text(self.sheet.cell(2, 1), "Year")
        for t in range(horizon + 1):
            self.sheet.cell(HEAD, FIRST + t, t)
            self.sheet.cell(2, FIRST + t, base_year + t).number_format = "0"
        for number in (2, HEAD):
            for at in range(1, FIRST + horizon + 1):
                self.sheet.cell(number, at).font = Font(bold=True, color="FFFFFF")
                self.sheet.cell(number, at).fill = HEADER
        self.sheet.freeze_panes = f"{column(0)}{HEAD + 1}"
        for letter, width in (("A", 46), ("B", 12), ("C", 30)):
            self.sheet.column_dimensions[letter].width = width
        for t in range(horizon + 1):
            self.sheet.column_dimensions[column(t)].width = 14

    @property
    def years(self) -> Row:
        """The row of t."""
        return Row(self.name, HEAD, self.last)

    def heading(self, text: str) -> None:
        """A heading between rows."""
        self._next += 1
        put_text(self.sheet.cell(self._next, 1), text)
        self.sheet.cell(self._next, 1).font = STRONG
        self._next += 1

    def add(self, label: str, formula: Formula, *, unit: str = "", key: str = "", shape: str = AMOUNT, total: bool = False) -> Row:  # fmt: skip
        """A row with a formula for each year."""
        number = self._next
        self._next += 1
        for at, text in ((1, label), (2, unit), (3, key)):
            put_text(self.sheet.cell(number, at), text)
            self.sheet.cell(number, at).font = STRONG if total and at == 1 else SOFT if at > 1 else Font()
        for t in range(self.last + 1):
            cell = self.sheet.cell(number, FIRST + t, "=" + formula(t))
            cell.number_format = shape
            if total:
                cell.font, cell.border = STRONG, TOTAL
        return Row(self.name, number, self.last)

    def add_own(self, label: str, formula: Callable[[int, Row], str], **more: Any) -> Row:
        """A row whose formulas look at itself in earlier years."""
        own = Row(self.name, self._next, self.last)
        return self.add(label, lambda t: formula(t, own), **more)

    def single(self, label: str, formula: str, *, unit: str = "", key: str = "", shape: str = AMOUNT) -> str:
        """One value, in the first year's column; its absolute cell."""
        number = self._next
        self._next += 1
        for at, text in ((1, label), (2, unit), (3, key)):
            put_text(self.sheet.cell(number, at), text)
            self.sheet.cell(number, at).font = SOFT if at > 1 else Font()
        self.sheet.cell(number, FIRST, "=" + formula).number_format = shape
        return f"'{self.name}'!${column(0)}${number}"

    def note(self, text: str) -> None:
        """A sentence."""
        put_text(self.sheet.cell(self._next, 1), text)
        self.sheet.cell(self._next, 1).font = SOFT
        self.sheet.cell(self._next, 1).alignment = Alignment(wrap_text=False)
        self._next += 1


@dataclass(frozen=True)
class Table:
    """A table by age or year among the assumptions, or a number that holds from 0 on."""

    first: str  # cells
    last: str
    values: str  # range; empty for a number
    number: str  # cell; empty for a table

    def at(self, index: str) -> str:
        """Its value at an age or year given as a formula, 0 outside its span."""
        if self.number:
            return f"IF({index}>=0,{self.number},0)"
        inside = f'AND({index}>={self.first},{index}>=0,OR({self.last}="",{index}<={self.last}))'
        return f"IF({inside},INDEX({self.values},1,MIN(MAX({index}-{self.first},0)+1,COUNT({self.values}))),0)"


ASSUMED = "Assumptions"
COLUMNS = ("What", "Unit", "Value", "From", "To", "Source", "Date", "Confidence", "Who", "Field")
VALUE, FROM, TO, SOURCE, FIELD = 3, 4, 5, 6, 10
VALUES = 12  # column of a table's first value
MOST_VALUES = 61


class Assumptions:
    """One row for each number of the case, with where it comes from; formulas of other sheets point here."""

    def __init__(self, book: Workbook, title: str, note: str, sources: dict[str, dict[str, Any]]) -> None:
        self.sheet: Worksheet = book.create_sheet(ASSUMED)
        self._sources, self._next, self.places = sources, 5, dict[str, int]()
        put_text(self.sheet.cell(1, 1), title)
        self.sheet.cell(1, 1).font = Font(bold=True, size=13)
        put_text(self.sheet.cell(2, 1), note)
        self.sheet.cell(2, 1).font = SOFT
        for at, name in enumerate((*COLUMNS, "", "Values, the last one continues"), 1):
            put_text(self.sheet.cell(4, at), name)
            self.sheet.cell(4, at).font, self.sheet.cell(4, at).fill = Font(bold=True, color="FFFFFF"), HEADER
        self.sheet.freeze_panes = "D5"
        for letter, width in zip("ABCDEFGHIJ", (52, 18, 16, 8, 8, 26, 12, 12, 16, 48), strict=True):
            self.sheet.column_dimensions[letter].width = width

    def heading(self, text: str) -> None:
        """A heading between rows."""
        put_text(self.sheet.cell(self._next, 1), text)
        self.sheet.cell(self._next, 1).font = STRONG
        self._next += 1

    def _row(self, field: str, label: str, unit: str) -> int:
        number = self._next
        self._next += 1
        self.places[field] = number
        put_text(self.sheet.cell(number, 1), label)
        put_text(self.sheet.cell(number, 2), unit)
        put_text(self.sheet.cell(number, FIELD), field)
        self.sheet.cell(number, FIELD).font = SOFT
        told = self._sources.get(field, {})
        for at, name in enumerate(("source", "date", "confidence", "who"), SOURCE):
            if told.get(name) not in (None, ""):
                put_text(self.sheet.cell(number, at), str(told[name]))
        return number

    def number(self, field: str, label: str, value: float | None, unit: str = "") -> str:
        """A number; the absolute cell."""
        at = self._row(field, label, unit)
        cell = self.sheet.cell(at, VALUE, value)
        cell.font = INPUT
        return f"{ASSUMED}!$C${at}"

    def table(self, field: str, label: str, value: Any, unit: str = "") -> Table:
        """A table by age or year: its first value belongs to From, the last continues to To."""
        if isinstance(value, float | int):
            cell = self.number(field, label, float(value), unit)
            return Table("", "", "", cell)
        first = getattr(value, "from_age", None)
        start, end = (value.from_year, value.to_year) if first is None else (first, value.to_age)
        at = self._row(field, label, unit)
        self.sheet.cell(at, FROM, start).font = INPUT
        self.sheet.cell(at, TO, end).font = INPUT
        for place, item in enumerate(value.values):
            self.sheet.cell(at, VALUES + place, item).font = INPUT
        letters = get_column_letter(VALUES), get_column_letter(VALUES + MOST_VALUES - 1)
        return Table(f"{ASSUMED}!$D${at}", f"{ASSUMED}!$E${at}", f"{ASSUMED}!${letters[0]}${at}:${letters[1]}${at}", "")
