"""Titles of choices in the language in use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from onekl_desktop.base.specs.inputs import Choice, Option
from onekl_desktop.base.translate import _


def titles(options: Sequence[Option]) -> dict[str, str]:
    """Id -> title."""
    return {option.id: _(option.title) for option in options}


def words_of(inputs: Sequence[Any], id: str) -> dict[str, str]:
    """Titles of the options of one of several inputs."""
    field = next(item for item in inputs if item.id == id)
    assert isinstance(field, Choice)
    return titles(field.options)
