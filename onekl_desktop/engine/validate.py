"""Values against their declared inputs: a list of problems tied to field ids, never an exception."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from onekl_desktop.base.errors import Problem, UserError
from onekl_desktop.base.specs import Input
from onekl_desktop.base.specs.inputs import Date, FilePath, Reference, Text


def validate(inputs: Iterable[Input], given: dict[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """Read all inputs.

    Returns
    -------
    The checked values (defaults filled in; inputs whose condition does not hold are left at their default),
    and the problems. A value with a problem is missing from the first.
    """
    inputs = list(inputs)
    problems: list[Problem] = []
    values: dict[str, Any] = {}
    for field in inputs:
        if field.when is not None and not field.when.holds(values):
            values[field.id] = field.default
            continue
        value = given.get(field.id)
        blank = value is None or (isinstance(value, str) and not value.strip())
        if blank and field.id not in given and field.default is not None:
            values[field.id] = field.default
            continue
        if blank and not field.required:
            values[field.id] = _nothing(field)
            continue
        if blank:
            problems += field.fail("field.required").problems
            continue
        try:
            values[field.id] = field.read(value)
        except UserError as problem:
            problems += problem.problems
    return values, problems


def _nothing(field: Input) -> Any:
    """What an optional input is when nothing was given: its default, else an empty text or None."""
    if field.default is not None:
        return field.default
    return "" if isinstance(field, (Text, Reference, FilePath, Date)) else None
