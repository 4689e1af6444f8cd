"""Choices that a form takes from the project: records by identity with the title that people know."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from onekl_desktop.base.translate import _
from onekl_desktop.engine import Session
from onekl_desktop.engine.indicators import list_declared
from onekl_desktop.project.records import Indicator, record_kinds


def record_options(session: Session) -> Callable[[str], list[tuple[str, str]]]:
    """A function from a kind of record to (identity, title)."""

    def options(kind: str) -> list[tuple[str, str]]:
        record = record_kinds().get(kind)
        if record is None or not hasattr(record, "name"):
            return []
        with session.read() as db:
            found = [
                (uuid, name or uuid[:8])
                for uuid, name in db.execute(select(record.uuid, record.name).order_by(record.name))  # type: ignore[attr-defined]
            ]
            if record is Indicator:
                found = [(row.uuid, row.title) for row in db.scalars(select(Indicator))]
            present = set(db.scalars(select(Indicator.code))) if kind == "indicator" else set()
        if kind == "indicator":  # a model's indicator can be named before it has been computed
            found += [
                (spec.id, _(spec.title)) for _model, spec in list_declared(session.registry) if spec.id not in present
            ]
        return found

    return options
