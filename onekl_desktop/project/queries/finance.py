"""Rates of exchange and movements of money."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session as DbSession

from onekl_desktop.project.records import ExchangeRate, Movement


def find_rate(db: DbSession, currency: str) -> ExchangeRate | None:
    """The newest rate of a currency."""
    return db.scalar(select(ExchangeRate).where(ExchangeRate.currency == currency).order_by(ExchangeRate.rated_on.desc()).limit(1))  # fmt: skip


def list_movements(db: DbSession, project: str) -> list[Movement]:
    """Of a project, by day and order of entry."""
    return list(db.scalars(select(Movement).where(Movement.project == project).order_by(Movement.moved_on, Movement.id)))  # fmt: skip
