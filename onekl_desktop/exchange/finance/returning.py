"""A workbook that comes back: the case that it was made of, with the assumptions that were changed in it."""

from __future__ import annotations

import copy
import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openpyxl.utils import get_column_letter
from pydantic import BaseModel

from onekl_desktop.base.errors import Problem, UserError, explain_os_error, make_problem
from onekl_desktop.base.translate import _
from onekl_desktop.base.units import parse_number
from onekl_desktop.exchange.finance.sheets import ASSUMED, FIELD, FROM, MOST_VALUES, SOURCE, TO, VALUE, VALUES
from onekl_desktop.exchange.finance.workbook import CASE_SHEET
from onekl_desktop.models.finance.case import ByAge, ByYear, Case, TableYield
from onekl_desktop.models.finance.reading import check_case, load_case, step_into

LARGEST = 50_000_000  # bytes
MOST_ROWS = 20_000
TOLD = ("source", "date", "confidence", "who")


@dataclass
class Returned:
    """The case as it comes back. `changes` are (field, before, after); nothing is taken over while there are `problems`."""

    document: dict[str, Any]
    sources: dict[str, dict[str, Any]]
    changes: list[tuple[str, Any, Any]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_workbook(path: Path) -> Returned:
    """Read the assumptions of a workbook. What cannot be read is a problem with its sheet and cell.

    Raises
    ------
    UserError
        `finance.workbook`: it is none of ours, or damaged; a problem of the medium.
    """
    import openpyxl

    try:
        if path.stat().st_size > LARGEST:
            raise UserError("finance.workbook", file=path, reason="> 50 MB")
        shown = openpyxl.load_workbook(path, data_only=True)
        written = openpyxl.load_workbook(path)
    except UserError:
        raise
    except OSError as problem:
        raise explain_os_error(problem, path) from None
    except Exception as problem:  # noqa: BLE001 - whatever a stranger's archive does to the parser
        raise UserError("finance.workbook", file=path, reason=type(problem).__name__) from None
    if CASE_SHEET not in shown.sheetnames or ASSUMED not in shown.sheetnames:
        raise UserError("finance.workbook", file=path, reason=_("its sheets are missing"))
    text = "".join(str(row[0].value or "") for row in shown[CASE_SHEET].iter_rows(max_row=MOST_ROWS))
    try:
        document = json.loads(text)
        case = load_case(document)
    except (ValueError, RecursionError):
        raise UserError("finance.workbook", file=path, reason=_("the case within it is damaged")) from None
    out = Returned(copy.deepcopy(document), {})
    places: dict[str, str] = {}
    for number in range(1, min(shown[ASSUMED].max_row, MOST_ROWS) + 1):
        name = shown[ASSUMED].cell(number, FIELD).value
        if not isinstance(name, str) or not name.startswith("/"):
            continue
        found, current = find_value(case, name)
        if not found:
            cell = f"{get_column_letter(FIELD)}{number}"
            out.problems.append(_cell(path, cell, _("the case has no field {field}").format(field=name)))
            continue
        places[name] = f"{get_column_letter(VALUE)}{number}"
        told = {
            key: str(value)
            for key, at in zip(TOLD, range(SOURCE, SOURCE + 4), strict=True)
            if (value := shown[ASSUMED].cell(number, at).value) not in (None, "")
        }
        if told:
            out.sources[name] = told
        _take(path, out, name, number, current, shown[ASSUMED], written[ASSUMED])
    if not out.problems:
        for wrong in check_case(out.document)[1]:
            near = next((cell for name, cell in places.items() if wrong.field.startswith(name)), "")
            out.problems.append(_cell(path, near or "–", wrong.message))
    return out


def _cell(path: Path, cell: str, reason: str) -> Problem:
    return make_problem("finance.cell", field=cell, file=str(path), sheet=ASSUMED, cell=cell, reason=reason.rstrip("."))


def _take(path: Path, out: Returned, name: str, number: int, current: Any, shown: Any, written: Any) -> None:
    """One row: a number, or a table with its span."""

    def read(at: int) -> tuple[bool, float | None]:
        value, formula = shown.cell(number, at).value, written.cell(number, at).value
        cell = f"{get_column_letter(at)}{number}"
        if value is None and isinstance(formula, str) and formula.startswith("="):
            out.problems.append(_cell(path, cell, _("its formula has not been computed: open and save it in a spreadsheet")))  # fmt: skip
            return False, None
        if value is None or value == "":
            return True, None
        parsed = None if isinstance(value, bool) else parse_number(value)
        if parsed is None:
            out.problems.append(_cell(path, cell, _("{value} is no number").format(value=str(value)[:40])))
            return False, None
        return True, parsed

    if not isinstance(current, BaseModel):
        sound, value = read(VALUE)
        if sound and not _same(value, current):
            if value is not None and isinstance(current, int) and value == int(value):
                value = int(value)
            _change(out, name, current, value)
        return
    first_key, last_key = ("from_year", "to_year") if isinstance(current, ByYear) else ("from_age", "to_age")
    values: list[float] = []
    sound = True
    ended = 0
    for at in range(VALUES, VALUES + MOST_VALUES):
        here, value = read(at)
        sound = sound and here
        if value is None:
            ended = ended or at
            continue
        if ended:
            out.problems.append(_cell(path, f"{get_column_letter(ended)}{number}", _("a value is missing within the table")))  # fmt: skip
            return
        values.append(value)
    (good, first), (fine, last) = read(FROM), read(TO)
    if not (sound and good and fine):
        return
    if not values:
        out.problems.append(_cell(path, f"{get_column_letter(VALUES)}{number}", _("the table is empty")))
        return
    before = {first_key: getattr(current, first_key), last_key: getattr(current, last_key), "values": list(current.values)}  # type: ignore[attr-defined]  # fmt: skip
    after: dict[str, Any] = {first_key: _whole(first or 0.0), last_key: _whole(last), "values": values}
    moved = len(before["values"]) != len(values) or not all(map(_same, before["values"], values))
    if moved or before | {"values": []} != after | {"values": []}:
        kind = {"kind": "table"} if isinstance(current, TableYield) else {}
        _change(out, name, before, kind | {key: value for key, value in after.items() if value is not None})


def _same(one: float | None, other: float | None) -> bool:
    """Spreadsheets keep fifteen digits of a number: what differs only beyond them was not changed."""
    return one == other or (one is not None and other is not None and math.isclose(one, other, rel_tol=1e-13))


def _whole(value: float | None) -> Any:
    return int(value) if value is not None and value == int(value) else value


def _change(out: Returned, name: str, before: Any, after: Any) -> None:
    """Put a value into the document; what was left to its default is made."""
    *steps, last = name.strip("/").split("/")
    here: Any = out.document
    for step in steps:
        if isinstance(here, list):
            here = next((item for item in here if isinstance(item, dict) and item.get("id", item.get("currency")) == step), None) or here[int(step)]  # fmt: skip
        else:
            if here.get(step) is None:
                here[step] = {}
            here = here[step]
    if isinstance(here, dict) and after is None:
        here.pop(last, None)
    elif isinstance(here, dict):
        here[last] = after
    out.changes.append((name, before, after))


def find_value(case: Case, path: str) -> tuple[bool, Any]:
    """Whether a case has a field, and its value (a number, a table, or None where it is left out)."""
    here: Any = case
    for step in path.strip("/").split("/"):
        if here is None:
            return True, None
        found = step_into(here, step)
        if found is None:
            return False, None
        here = found[1]
    ours = isinstance(here, ByAge | ByYear | TableYield)
    return ours or here is None or (isinstance(here, int | float) and not isinstance(here, bool)), here
