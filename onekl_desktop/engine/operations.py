"""The one door: validate, one transaction, row images, history and journal, announcement."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from onekl_desktop.base.errors import Problem, UserError
from onekl_desktop.base.progress import Progress
from onekl_desktop.base.specs import Operation
from onekl_desktop.base.translate import _, ngettext
from onekl_desktop.engine.session import Session
from onekl_desktop.engine.validate import validate
from onekl_desktop.project.file import Write


def perform(session: Session, operation: str, *, progress: Progress | None = None, **fields: Any) -> Any:
    """Do a named operation and return what it returns.

    A tool's `operations.py` has a function of the operation's id that takes a `Write` and the inputs by name.
    When it also has `prepare_<id>(session, progress, **fields)`, that runs first on the caller's thread (slow
    reading, no changes) and returns the fields for the transaction.

    Parameters
    ----------
    operation
        `tool.operation`.
    progress
        For operations that take long; a cancel leaves the project untouched.

    Raises
    ------
    UserError
        Every problem of the inputs at once, or what the operation refuses. Nothing is changed then.
    """
    entry, spec = session.registry.get_operation(operation)
    values = check_fields(operation, spec, fields)
    module = entry.load("operations")
    function = getattr(module, spec.id)
    prepare = getattr(module, f"prepare_{spec.id}", None)
    words = _(spec.does or spec.title)
    shown = {key: _show(value) for key, value in values.items()}
    if prepare is not None:
        values = prepare(session, progress or Progress(), **values)
        shown.update({key: _show(value) for key, value in values.items() if isinstance(value, (str, int, float))})
    said: list[str] = []

    def work(write: Write) -> Any:
        return function(write, **values)

    def tell(result: Any) -> str:
        if isinstance(result, dict):
            shown.update({key: _show(value) for key, value in result.items()})
        said.append(words.format_map(_Blanks(shown)))
        return said[0]

    result, changes = session.project.write(work, operation=operation, words=tell)
    session.remember(said[0] if said else words, changes)
    return result


def perform_many(session: Session, operation: str, many: Sequence[dict[str, Any]]) -> list[Any]:
    """Do one operation several times as a single step: one transaction, one undo, one journal entry.

    For changing or removing what was selected in a table. All of it is done, or nothing.

    Raises
    ------
    UserError
        The problems of all of them with the number of the row, or what the operation refuses.
    ValueError
        The operation prepares slow work first; such ones are done one by one.
    """
    entry, spec = session.registry.get_operation(operation)
    module = entry.load("operations")
    if hasattr(module, f"prepare_{spec.id}"):
        raise ValueError(f"{operation} cannot be done many times at once")
    function = getattr(module, spec.id)
    checked: list[dict[str, Any]] = []
    problems: list[Problem] = []
    for row, fields in enumerate(many, 1):
        try:
            checked.append(check_fields(operation, spec, fields))
        except UserError as problem:
            problems += [replace(item, row=row) for item in problem.problems]
    if problems:
        raise UserError(problems[0].code, problems)
    if not checked:
        return []
    words = _(spec.does or spec.title)
    said: list[str] = []

    def work(write: Write) -> list[Any]:
        return [function(write, **values) for values in checked]

    def tell(results: list[Any]) -> str:
        shown = {key: _show(value) for key, value in checked[0].items()}
        if isinstance(results[0], dict):
            shown.update({key: _show(value) for key, value in results[0].items()})
        first = words.format_map(_Blanks(shown))
        more = len(results) - 1
        told = ngettext("{words} and {count} more", "{words} and {count} more", more).format(words=first, count=more)
        said.append(told if more else first)
        return said[0]

    results, changes = session.project.write(work, operation=operation, words=tell)
    session.remember(said[0] if said else words, changes)
    return results


def check_fields(operation: str, spec: Operation, fields: dict[str, Any]) -> dict[str, Any]:
    """Checked values of an operation's inputs; all problems together as one UserError."""
    known = {field.id for field in spec.inputs}
    for name in fields:
        if name not in known:
            raise UserError(
                "operation.unknown_field", operation=operation, name=name, known=", ".join(sorted(known)) or "–"
            )
    values, problems = validate(spec.inputs_for(fields), fields)
    if problems:
        raise UserError(problems[0].code, problems)
    return values


def list_missing(session: Session) -> list[str]:
    """Operations that are declared but not written, or whose parameters differ from their inputs (for the tests)."""
    wrong = []
    for entry in session.registry.entries:
        for spec in entry.spec.operations:
            function = getattr(entry.load("operations"), spec.id, None)
            prepared = hasattr(entry.load("operations"), f"prepare_{spec.id}")
            taken = inspect.signature(function).parameters.values() if function else []
            names = {item.name for item in taken if item.kind != inspect.Parameter.VAR_KEYWORD} - {"write"}
            fields = {field.id for field in spec.inputs}
            exact = (
                names <= fields
                if any(item.kind == inspect.Parameter.VAR_KEYWORD for item in taken)
                else names == fields
            )
            if function is None or (not prepared and not exact):
                wrong.append(f"{entry.spec.id}.{spec.id}")
    return wrong


class _Blanks(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"


def _show(value: Any) -> str:
    return "" if value is None else str(value)
