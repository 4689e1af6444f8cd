"""Tables of classes, threats and stations: every problem of a table at once, each with its row."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from onekl_desktop.base.errors import Problem, UserError, make_problem
from onekl_desktop.base.specs import TableColumn, TableFile
from onekl_desktop.base.units import parse_number
from onekl_desktop.exchange.table import TableData, read_table

Rows = dict[Any, dict[str, Any]]


def read_rows(
    path: Path, spec: TableFile, given: Mapping[str, Any], more: tuple[TableColumn, ...] = ()
) -> tuple[Rows, list[Problem]]:
    """Rows by the value of the index column, with the declared columns as numbers; and what is wrong.

    Names of columns count without regard to case. `more` are columns that depend on other inputs.
    """
    try:
        data = read_table(path)
    except UserError as problem:
        return {}, problem.problems
    heads = [head.strip().lower() for head in data.heads]
    columns = [item for item in (*spec.columns, *more) if item.when is None or item.when.holds(dict(given))]
    wanted = [spec.index, *(item.id.lower() for item in columns if item.required)]
    missing = [name for name in wanted if name.lower() not in heads]
    if missing:
        facts: dict[str, Any] = {"column": ", ".join(missing), "found": ", ".join(data.heads)[:200]}
        return {}, [make_problem("model.column_missing", field=spec.id, file=path, **facts)]
    rows: Rows = {}
    problems: list[Problem] = []
    for cells, number in zip(data.rows, data.numbers, strict=True):
        key = _read_key(cells[heads.index(spec.index.lower())], spec.text_index)
        if key is None:
            problems.append(_bad(spec, path, data, number, spec.index, cells[heads.index(spec.index.lower())]))
            continue
        if key in rows:
            problems.append(make_problem("model.code_repeated", field=spec.id, file=path, row=number, code=key))
            continue
        row: dict[str, Any] = {}
        for item in columns:
            if item.id.lower() not in heads:
                row[item.id] = None
                continue
            cell = cells[heads.index(item.id.lower())]
            value, wrong = _read_cell(cell, item, spec, path, data, number)
            row[item.id] = value
            if wrong is not None:
                problems.append(wrong)
        rows[key] = row
        problems += _check_ranges(row, spec, path, number)
    if not rows and not problems:
        problems.append(make_problem("import.bad_table", field=spec.id, file=path, reason="0"))
    return rows, problems


def _check_ranges(row: dict[str, Any], spec: TableFile, path: Path, number: int) -> list[Problem]:
    """Columns `x_low` and `x_high` lie on either side of `x`."""
    problems = []
    for name, value in row.items():
        low, high = row.get(f"{name}_low"), row.get(f"{name}_high")
        if value is None or not isinstance(value, float):
            continue
        if (low is not None and low > value) or (high is not None and high < value):
            facts: dict[str, Any] = {"column": name, "value": f"{value:g}", "low": "–" if low is None else f"{low:g}",
                                     "high": "–" if high is None else f"{high:g}"}  # fmt: skip
            problems.append(make_problem("model.not_between", field=spec.id, file=path, row=number, **facts))
    return problems


def _read_key(cell: Any, text: bool) -> Any:
    if text:
        return str(cell).strip() or None if cell is not None else None
    value = cell if isinstance(cell, (int, float)) else parse_number(str(cell or ""))
    return int(value) if value is not None and math.isfinite(value) and value == int(value) else None


def _bad(spec: TableFile, path: Path, data: TableData, number: int, column: str, value: Any) -> Problem:
    shown = "" if value is None else str(value)[:60]
    return make_problem("model.cell_not_number", field=spec.id, file=path, row=number, column=column, value=shown)


def _read_cell(
    cell: Any, item: TableColumn, spec: TableFile, path: Path, data: TableData, number: int
) -> tuple[Any, Problem | None]:
    text = "" if cell is None else str(cell).strip()
    if item.kind in ("text", "raster"):
        return text, None
    if item.kind == "choice":
        if text.lower() in item.options:
            return text.lower(), None
        facts: dict[str, Any] = {"column": item.id, "value": text[:60], "choices": ", ".join(item.options)}
        return None, make_problem("model.cell_not_choice", field=spec.id, file=path, row=number, **facts)
    if not text and not item.required:
        return None, None
    value = float(cell) if isinstance(cell, (int, float)) else parse_number(text)
    if value is None or not math.isfinite(value):
        return None, _bad(spec, path, data, number, item.id, cell)
    low, high = item.minimum, item.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        facts = {"column": item.id, "value": f"{value:g}",
                 "least": "–" if low is None else f"{low:g}", "most": "–" if high is None else f"{high:g}"}  # fmt: skip
        return None, make_problem("model.cell_out_of_range", field=spec.id, file=path, row=number, **facts)
    return (value / 100.0 if item.unit == "%" else value), None
