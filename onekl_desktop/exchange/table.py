"""Tables as people have them: CSV of any separator and encoding, Excel workbooks, OpenDocument sheets."""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
import os
import re
import tempfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from onekl_desktop.base.errors import Problem, UserError, explain_os_error
from onekl_desktop.base.translate import _
from onekl_desktop.base.units import format_number, parse_number
from onekl_desktop.exchange.archive import is_damage

SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".ods", ".xls", ".dbf")
DELIMITERS = (",", ";", "\t", "|")
MOST_SHEET_BYTES = 1 << 30
MOST_PACKED = 1000
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
csv.field_size_limit(1 << 24)


@dataclass
class TableData:
    """A table as read: texts, numbers, dates and None; `numbers` are the lines of the file that the rows stand in."""

    path: Path
    heads: list[str]
    rows: list[list[Any]]
    numbers: list[int]
    notes: list[str] = field(default_factory=list)
    sheet: str = ""


def list_sheets(path: Path) -> list[str]:
    """Names of the sheets of a workbook that hold something; one empty name for a text table.

    Raises
    ------
    UserError
        `file.missing`, `import.bad_table`, `import.old_excel`.
    """
    suffix = _check(path)
    if suffix in (".xlsx", ".xlsm"):
        with _Workbook(path) as book:
            return book.list_sheets()
    if suffix == ".ods":
        return _list_ods(path)
    return [""]


def read_table(path: Path, sheet: str = "", *, encoding: str = "") -> TableData:
    """Read a table; its first row that is not empty holds the names of the columns.

    Raises
    ------
    UserError
        `file.missing`, `import.bad_table`, `import.old_excel`, `import.several_layers`, `import.no_layer`.
    """
    suffix = _check(path)
    if suffix in (".xlsx", ".xlsm", ".ods"):
        sheets = list_sheets(path)
        if sheet and sheet not in sheets:
            raise UserError("import.no_layer", file=path, layer=sheet, found=", ".join(sheets) or "–")
        if not sheets:
            raise UserError("import.bad_table", file=path, reason=_("it has no rows"))
        if not sheet and len(sheets) > 1:
            raise UserError("import.several_layers", file=path, found=", ".join(sheets))
        sheet = sheet or sheets[0]
        if suffix == ".ods":
            return _read_ods(path, sheet)
        with _Workbook(path) as book:
            return _shape(path, book.read(sheet), sheet)
    if suffix == ".dbf":
        return _read_dbf(path, encoding)
    return _read_csv(path, encoding)


def _check(path: Path) -> str:
    if not path.exists():
        raise UserError("file.missing", file=path)
    try:
        with path.open("rb") as stream:
            head = stream.read(8)
    except OSError as problem:
        raise explain_os_error(problem, path) from None
    suffix = path.suffix.lower()
    if suffix == ".xls" or head.startswith(_OLD_EXCEL):
        raise UserError("import.old_excel", file=path)
    if not head:
        raise UserError("import.bad_table", file=path, reason=_("the file is empty"))
    if head.startswith(b"PK") and suffix not in (".xlsx", ".xlsm", ".ods"):
        raise UserError(
            "import.bad_table", file=path, reason=_("it is not a text file; its ending should be .xlsx or .zip")
        )
    return suffix


# ------------------------------------------------------------------ text


def read_text(path: Path, encoding: str = "") -> tuple[str, str]:
    """A text file and the encoding it was read in: by its mark, else UTF-8, else Windows-1252."""
    try:
        data = path.read_bytes()
    except OSError as problem:
        raise explain_os_error(problem, path) from None
    if encoding:
        return data.decode(encoding, errors="replace").lstrip("\ufeff"), encoding
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace"), "UTF-16"
    try:
        return data.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace"), "Windows-1252"


def _read_csv(path: Path, encoding: str) -> TableData:
    text, used = read_text(path, encoding)
    notes = []
    if used == "Windows-1252":
        example = next((word for word in re.split(r"[\s,;|\"]+", text) if not word.isascii()), "…")
        notes.append(_(
            "The file does not name the encoding of its texts; they are read as {encoding}, for example “{example}”. If that looks wrong, name another encoding."
        ).format(encoding=used, example=example[:40]))  # fmt: skip
    if text.count("\0") > len(text) // 50:
        raise UserError("import.bad_table", file=path, reason=_("it is not a text file"))
    text = text.replace("\0", "")
    declared = re.match(r"\s*sep=(.)\r?\n", text)
    delimiter = declared.group(1) if declared else guess_delimiter(text)
    reader = csv.reader(io.StringIO(text[declared.end() :] if declared else text, newline=""), delimiter=delimiter)
    lines: list[tuple[int, list[Any]]] = []
    start = 1 if declared else 0
    before = 0
    try:
        for cells in reader:
            lines.append((start + before + 1, [cell.strip() for cell in cells]))
            before = reader.line_num
    except csv.Error as problem:
        raise UserError(
            "import.bad_table",
            file=path,
            reason=_("line {line}: {problem}").format(line=reader.line_num, problem=problem),
        ) from None
    data = _shape(path, lines)
    data.notes[:0] = notes
    return data


def guess_delimiter(text: str) -> str:
    """The separator that splits the first lines into the same number of cells, more than one."""
    sample = [line for line in text.splitlines()[:30] if line.strip()]
    best, score = ",", 0.0
    for mark in DELIMITERS:
        try:
            counts = [len(cells) for cells in csv.reader(sample, delimiter=mark)]
        except csv.Error:
            continue
        if counts and counts[0] > 1:
            same = sum(count == counts[0] for count in counts) / len(counts)
            value = same * 1000 + counts[0]
            if value > score:
                best, score = mark, value
    return best


# ------------------------------------------------------------------ workbooks


class _Workbook:
    """An Excel workbook, opened for reading values only."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> _Workbook:
        from openpyxl import load_workbook

        try:
            with zipfile.ZipFile(self._path) as bag:
                size = sum(entry.file_size for entry in bag.infolist())
            if size > MOST_SHEET_BYTES:
                raise UserError(
                    "import.bad_table",
                    file=self._path,
                    reason=_("unpacked it would have {size} MB").format(size=size >> 20),
                )
            self._book = load_workbook(self._path, read_only=True, data_only=True, keep_links=False)
        except OSError as problem:
            if not is_damage(problem):
                raise explain_os_error(problem, self._path) from None
            raise UserError(
                "import.bad_table", file=self._path, reason=_("it is not a sound Excel workbook")
            ) from problem
        except Exception as problem:
            raise UserError(
                "import.bad_table", file=self._path, reason=_("it is not a sound Excel workbook")
            ) from problem
        return self

    def __exit__(self, *_error: object) -> None:
        self._book.close()

    def list_sheets(self) -> list[str]:
        return [sheet.title for sheet in self._book.worksheets if any(_filled(row) for row in self._cells(sheet))]

    def read(self, name: str) -> list[tuple[int, list[Any]]]:
        return list(enumerate((list(row) for row in self._cells(self._book[name])), start=1))

    def _cells(self, sheet: Any) -> Iterable[Sequence[Any]]:
        sheet.reset_dimensions()  # what the file says of its own size is often wrong
        try:
            yield from sheet.iter_rows(values_only=True)
        except Exception as problem:
            raise UserError(
                "import.bad_table", file=self._path, reason=_("it is not a sound Excel workbook")
            ) from problem


def _list_ods(path: Path) -> list[str]:
    import pyogrio

    try:
        return [str(name) for name, _kind in pyogrio.list_layers(path)]
    except Exception as problem:
        raise UserError("import.bad_table", file=path, reason=_("it is not a sound OpenDocument sheet")) from problem


def _read_ods(path: Path, sheet: str) -> TableData:
    heads, rows = _read_with_gdal(path, sheet, "")
    return _shape(path, [(1, list(heads)), *((number, cells) for number, cells in enumerate(rows, start=2))], sheet)


def _read_dbf(path: Path, encoding: str) -> TableData:
    from onekl_desktop.exchange import shapefile

    known = bool(encoding) or shapefile.names_encoding(path)
    heads, rows = _read_with_gdal(path, "", encoding if known else shapefile.RAW)
    notes = []
    if not known:
        import numpy as np

        columns = {
            head: np.array([row[at] for row in rows] + [None], dtype=object)[:-1] for at, head in enumerate(heads)
        }
        columns, said = shapefile.decode(columns)
        heads, rows = list(columns), [list(cells) for cells in zip(*columns.values(), strict=True)]
        notes = [said] if said else []
    data = _shape(path, [(0, list(heads)), *((number, cells) for number, cells in enumerate(rows, start=1))])
    data.notes = notes
    return data


def _read_with_gdal(path: Path, layer: str, encoding: str) -> tuple[list[str], list[list[Any]]]:
    from pyogrio import read_info
    from pyogrio.raw import read

    try:
        check_count(path, read_info(path, layer=layer or None, force_feature_count=True)["features"])
        meta, _fids, _wkb, values = read(path, layer=layer or None, encoding=encoding or None, read_geometry=False)
    except UserError:
        raise
    except Exception as problem:  # noqa: BLE001 - on broken files these libraries raise anything
        raise UserError("import.bad_table", file=path, reason=first_line(problem)) from None
    columns = [
        [None if isinstance(value, float) and math.isnan(value) else value for value in column.tolist()]
        for column in values
    ]
    return [str(name) for name in meta["fields"]], [list(cells) for cells in zip(*columns, strict=True)]


# ------------------------------------------------------------------ what they share


def check_count(path: Path, count: int) -> None:
    """Refuse a file whose header promises more rows than its bytes can hold: reading them would fill the memory.

    Raises
    ------
    UserError
        `import.promises_rows`.
    """
    size = path.stat().st_size * (MOST_PACKED if path.suffix.lower() in (".kmz", ".ods", ".gpkg") else 1)
    if count > max(size, 1000):
        raise UserError(
            "import.promises_rows", file=path, rows=format_number(count), size=format_number(path.stat().st_size)
        )


def first_line(problem: BaseException) -> str:
    """What a library says, short enough for a sentence."""
    lines = str(problem).strip().splitlines()
    return (lines[0] if lines else type(problem).__name__)[:200].rstrip(".")


def _filled(cells: Iterable[Any]) -> bool:
    return any(cell is not None and str(cell).strip() for cell in cells)


def _shape(path: Path, lines: Iterable[tuple[int, list[Any]]], sheet: str = "") -> TableData:
    """Header and rows of equal length; empty rows are passed over."""
    filled = [(number, cells) for number, cells in lines if _filled(cells)]
    if len(filled) < 2:
        raise UserError("import.bad_table", file=path, reason=_("it has no rows"))
    _number, first = filled[0]
    width = max(len(cells) for _at, cells in filled)
    while width > len(first) and not any(_filled(cells[width - 1 : width]) for _at, cells in filled):
        width -= 1
    heads: list[str] = []
    for at in range(width):
        name = str(first[at]).strip() if at < len(first) and first[at] is not None else ""
        name = " ".join(name.split()) or _("column {number}").format(number=at + 1)
        base, again = name, 2
        while name.lower() in (head.lower() for head in heads):
            name, again = f"{base} {again}", again + 1
        heads.append(name)
    rows = [[_plain(cell) for cell in (cells + [None] * width)[:width]] for _at, cells in filled[1:]]
    return TableData(path, heads, rows, [number for number, _cells in filled[1:]], sheet=sheet)


def _plain(cell: Any) -> Any:
    if isinstance(cell, str):
        return cell.strip() or None
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(sep=" ")
    if isinstance(cell, (dt.date, dt.time)):
        return cell.isoformat()
    if isinstance(cell, dt.timedelta):
        return str(cell)
    return cell


def write_rows(path: Path, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a CSV that Excel opens with its letters right; an existing file is left alone.

    Raises
    ------
    UserError
        `file.exists`, or a problem of the medium.
    """
    if path.exists():
        raise UserError("file.exists", file=path)
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(heads)
    writer.writerows([["" if cell is None else safe_cell(cell) for cell in cells] for cells in rows])
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
        with os.fdopen(handle, "wb") as stream:
            stream.write(text.getvalue().encode("utf-8-sig"))
        os.replace(name, path)
    except OSError as problem:
        raise explain_os_error(problem, path) from None


def write_left_out(path: Path, table: TableData, left: Mapping[int, Sequence[Problem]]) -> None:
    """Write the rows of a table that could not be taken, with the reason, to be mended and taken again.

    Raises
    ------
    UserError
        `file.exists`, or a problem of the medium.
    """
    heads = [_("row"), _("why it is left out"), *table.heads]
    rows = [[table.numbers[at], " ".join(item.sentence() for item in left[at]), *table.rows[at]] for at in sorted(left)]
    write_rows(path, heads, rows)


def safe_cell(cell: Any) -> Any:
    """A text that a spreadsheet would run as a formula gets an apostrophe in front."""
    if (isinstance(cell, str) and cell[:1] in "=@\t\r") or (
        isinstance(cell, str) and cell[:1] in "+-" and parse_number(cell) is None
    ):
        return "'" + cell
    return cell
