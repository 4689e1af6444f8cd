"""Indicator values by run, scenario and zone: what tables, charts and reports show."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session as DbSession

from onekl_desktop.project.records import Indicator, IndicatorValue, Run


@dataclass(frozen=True)
class Value:
    """One indicator value with the code of its indicator."""

    indicator: str
    scenario: str
    year: int | None
    zone: str
    category: str
    value: float | None
    low: float | None = None
    high: float | None = None


def list_indicators(db: DbSession) -> list[Indicator]:
    """All indicators in the order in which they were defined."""
    return list(db.scalars(select(Indicator).order_by(Indicator.id)))


def list_runs(db: DbSession, scenario: str) -> list[Run]:
    """Runs of a scenario, newest first."""
    return list(db.scalars(select(Run).where(Run.scenario == scenario, Run.subject == "").order_by(Run.id.desc())))


def values_of_run(db: DbSession, run: str) -> list[Value]:
    """All values of a run (its uuid)."""
    rows = db.execute(
        select(Indicator.code, IndicatorValue)
        .join(Indicator, Indicator.uuid == IndicatorValue.indicator)
        .where(IndicatorValue.run == run)
        .order_by(IndicatorValue.id)
    )
    return [
        Value(code, item.scenario, item.year, item.zone, item.category, item.value, item.low, item.high)
        for code, item in rows
    ]
