"""Rows of a table through an operation: the good ones as one step, the others told by row and left to be mended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import select

from onekl_desktop.base.errors import Problem, UserError
from onekl_desktop.base.specs import Choice, Number, Operation
from onekl_desktop.base.translate import _, ngettext
from onekl_desktop.base.units import parse_number
from onekl_desktop.engine.operations import check_fields
from onekl_desktop.engine.session import Session
from onekl_desktop.project.file import Write
from onekl_desktop.project.records import record_kinds


@dataclass
class Taken:
    """What became of a table: results of the rows that were done, and the problems of each row that was not."""

    done: list[Any] = field(default_factory=list)
    left: dict[int, list[Problem]] = field(default_factory=dict)
    """Position of the row (from 0) -> its problems, whose `row` is the number that people see."""


def takes_rows(session: Session, operation: str) -> bool:
    """Whether an operation can be done for many rows at once (it does no slow work of its own beforehand)."""
    entry, spec = session.registry.get_operation(operation)
    return not hasattr(entry.load("operations"), f"prepare_{spec.id}") and any(item.required for item in spec.inputs)


def match_columns(spec: Operation, heads: Sequence[str]) -> dict[str, int]:
    """Which column goes into which input: by its identity or its title, in English or the language in use.

    Returns
    -------
    Input id -> position of the column.
    """
    keys = [_key(head) for head in heads]
    found: dict[str, int] = {}
    for item in spec.inputs:
        for name in (item.id, _(item.title), item.title):
            if _key(name) in keys and keys.index(_key(name)) not in found.values():
                found[item.id] = keys.index(_key(name))
                break
    return found


def _key(text: str) -> str:
    return "".join(ch for ch in text.casefold() if ch.isalnum())


def try_rows(
    session: Session, operation: str, rows: Sequence[Sequence[Any]], numbers: Sequence[int], columns: dict[str, int]
) -> Taken:
    """What would become of the rows; the project stays as it is."""
    try:
        _take(session, operation, rows, numbers, columns, keep=False)
    except _Tried as tried:
        return tried.taken
    raise AssertionError("a trial always ends with what it found")


def take_rows(
    session: Session, operation: str, rows: Sequence[Sequence[Any]], numbers: Sequence[int], columns: dict[str, int]
) -> Taken:
    """Do the operation for each row that is sound: one transaction, one undo, one journal entry.

    Parameters
    ----------
    rows, numbers
        Cells of each row, and the number by which people know it.
    columns
        Input id -> position of its column (`match_columns`).

    Raises
    ------
    UserError
        No row at all is sound; the problems of the first fifty. Nothing is changed then.
    """
    return _take(session, operation, rows, numbers, columns, keep=True)


class _Tried(Exception):
    def __init__(self, taken: Taken) -> None:
        super().__init__("tried")
        self.taken = taken


def _take(
    session: Session,
    operation: str,
    rows: Sequence[Sequence[Any]],
    numbers: Sequence[int],
    columns: dict[str, int],
    *,
    keep: bool,
) -> Taken:
    entry, spec = session.registry.get_operation(operation)
    function = getattr(entry.load("operations"), spec.id)
    taken = Taken()
    checked: dict[int, dict[str, Any]] = {}
    for at, cells in enumerate(rows):
        try:
            checked[at] = check_fields(operation, spec, _fields(spec, cells, columns))
        except UserError as problem:
            taken.left[at] = [replace(item, row=numbers[at]) for item in problem.problems]

    def work(write: Write) -> list[Any]:
        for at, values in checked.items():
            try:
                with write.db.begin_nested():
                    result = function(write, **values)
                    write.db.flush()
            except UserError as problem:
                taken.left[at] = [replace(item, row=numbers[at]) for item in problem.problems]
            else:
                taken.done.append(result)
        if not keep:
            raise _Tried(taken)
        if not taken.done:
            problems = [item for at in sorted(taken.left) for item in taken.left[at]]
            raise UserError("rows.none", [*problems[:50]] or None)
        return taken.done

    words = _(spec.title)

    def tell(results: list[Any]) -> str:
        return ngettext("{words}: {count} row of a table", "{words}: {count} rows of a table", len(results)).format(
            words=words, count=len(results)
        )

    results, changes = session.project.write(work, operation=operation, words=tell)
    session.remember(tell(results), changes)
    return taken


def _fields(spec: Operation, cells: Sequence[Any], columns: dict[str, int]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for item in spec.inputs:
        if item.id not in columns:
            continue
        value = cells[columns[item.id]]
        if value is None or (isinstance(value, str) and not value.strip()):
            continue
        if isinstance(item, Choice):
            titles = {
                _key(title): option.id
                for option in item.options
                for title in (option.title, _(option.title), option.id)
            }
            value = titles.get(_key(str(value)), value)
        elif isinstance(item, Number) and isinstance(value, str):
            number = parse_number(value)
            value = value if number is None else number
        elif isinstance(value, float) and value.is_integer():
            value = int(value)
        out[item.id] = value
    return out


def list_names(session: Session, kind: str) -> list[str]:
    """Names of all records of a kind, in the order in which they were entered."""
    table = record_kinds()[kind]
    with session.read() as db:
        return list(db.scalars(select(table.name).order_by(table.id)))  # type: ignore[attr-defined]
