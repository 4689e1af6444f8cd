"""What waits for what in the action plan."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session as DbSession

from onekl_desktop.project.records import Dependency


def read_dependencies(db: DbSession) -> dict[str, list[str]]:
    """Action -> the actions that it waits for, in the order in which they were entered."""
    out: dict[str, list[str]] = {}
    for row in db.scalars(select(Dependency).order_by(Dependency.id)):
        if row.waits_for not in out.setdefault(row.action, []):
            out[row.action].append(row.waits_for)
    return out
