"""The annex of a page as a workbook: figures as numbers, one sheet a table, each with what it tells and its units."""

from __future__ import annotations

import re
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from onekl_desktop.reports.page import Page, Sheet

HEAD = PatternFill("solid", fgColor="1D6B51")
FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def write_xlsx(page: Page, target: Path) -> None:
    """Write all sheets of the annex; text is never a formula, whatever it begins with."""
    book = Workbook()
    book.remove(book.active)
    names: set[str] = set()
    for sheet in page.sheets:
        _write(book, page, sheet, _free_name(sheet.title, names))
    book.properties.title, book.properties.creator = page.title, "1KL Desktop"
    book.save(target)


def _free_name(title: str, names: set[str]) -> str:
    """A name that a sheet may have: 31 characters without the marks that formulas use, each once."""
    stem = re.sub(r"[\[\]:*?/\\']", " ", title).strip()[:31] or "-"
    name, number = stem, 2
    while name.lower() in names:
        name = f"{stem[: 31 - len(str(number)) - 1]} {number}"
        number += 1
    names.add(name.lower())
    return name


def _write(book: Workbook, page: Page, sheet: Sheet, name: str) -> None:
    made = book.create_sheet(name)
    lines = [f"{page.title} · {sheet.title}", sheet.note, page.badge]
    top = 1
    for text in lines:
        if text:
            cell = made.cell(top, 1)
            cell.value, cell.data_type = FORBIDDEN.sub("", text), "s"
            cell.font = Font(bold=top == 1, size=12 if top == 1 else 9, color="1E2B26" if top == 1 else "56655E")
            top += 1
    top += 1
    for at, text in enumerate(sheet.columns, 1):
        cell = made.cell(top, at)
        cell.value, cell.data_type = FORBIDDEN.sub("", text), "s"
        cell.font, cell.fill = Font(bold=True, color="FFFFFF"), HEAD
        cell.alignment = Alignment(wrap_text=True, vertical="top", horizontal="right" if sheet.decimals[at - 1] is not None else "left")  # fmt: skip
    for number, row in enumerate(sheet.rows, top + 1):
        for at, value in enumerate(row, 1):
            if value is None or value == "":
                continue
            cell, decimals = made.cell(number, at), sheet.decimals[at - 1]
            if isinstance(value, str):
                cell.value, cell.data_type = FORBIDDEN.sub("", value), "s"
                cell.alignment = Alignment(wrap_text=True, vertical="top")
            else:
                cell.value = value
                cell.number_format = "0" if decimals is None else "#,##0" + ("." + "0" * decimals if decimals else "")
    for at in range(1, len(sheet.columns) + 1):
        longest = max(
            [len(sheet.columns[at - 1]) * 0.7, *(len(str(row[at - 1] or "")) for row in sheet.rows)], default=8
        )
        made.column_dimensions[get_column_letter(at)].width = min(max(longest + 2, 10), 48)
    made.freeze_panes = made.cell(top + 1, 2)
    made.sheet_view.showGridLines = False
