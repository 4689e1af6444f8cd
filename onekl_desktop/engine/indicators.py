"""Indicators by code: those in the project, and those that a model would compute."""

from __future__ import annotations

from onekl_desktop.base.specs import IndicatorSpec, ModelSpec
from onekl_desktop.base.translate import _
from onekl_desktop.engine.registry import Registry
from onekl_desktop.project.file import Write
from onekl_desktop.project.queries.records import find_by_name
from onekl_desktop.project.records import Indicator


def list_declared(registry: Registry) -> list[tuple[ModelSpec, IndicatorSpec]]:
    """Indicators of all models that tools bring, without those told by class."""
    return [
        (model, spec)
        for entry in registry.entries
        for model in entry.models()
        for spec in model.indicators
        if not spec.by_class
    ]


def get_or_make(write: Write, text: str, declared: dict[str, tuple[str, IndicatorSpec]], *, field: str) -> Indicator:
    """An indicator by identity, code or name; one that a model declares is made when it is first named.

    Parameters
    ----------
    declared
        Code -> (model id, spec).

    Raises
    ------
    UserError
        `record.missing`.
    """
    found = find_by_name(write.db, Indicator, text)
    if found is not None:
        return found
    for code, (model, spec) in declared.items():
        if text in (code, spec.title, _(spec.title)):
            present = find_by_name(write.db, Indicator, code)  # it was named in another language before
            return present or write.add(Indicator(
                code=code, name=spec.title, definition=spec.about, unit=spec.unit, direction=spec.direction,
                decimals=spec.decimals, model=model))  # fmt: skip
    return write.get(Indicator, text, field=field)
