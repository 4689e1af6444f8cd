"""Money that flows in the landscape already, and what it does to the land."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from onekl_desktop.engine import Session
from onekl_desktop.project.records import FinanceFlow, Organisation

EFFECTS = ("regenerating", "neutral", "degrading")


@dataclass
class Flows:
    """All flows, who pays each, and sums a year of those that flow in `year`."""

    rows: list[FinanceFlow]
    payers: dict[str, str]
    year: int

    @property
    def sums(self) -> dict[str, float]:
        """A year's money by effect."""
        return sum_flows(self.rows, self.year)

    @property
    def ratio(self) -> float | None:
        """Degrading over regenerating money; None where nothing regenerates."""
        sums = self.sums
        return sums["degrading"] / sums["regenerating"] if sums["regenerating"] else None

    def by_place(self) -> dict[str, dict[str, float]]:
        """The same by zone ('' = the whole landscape)."""
        return {
            place: sum_flows([row for row in self.rows if row.place == place], self.year)
            for place in sorted({row.place for row in self.rows})
        }


def sum_flows(rows: Iterable[FinanceFlow], year: int) -> dict[str, float]:
    """Amounts by effect of the flows that are on in a year; without years a flow is always on."""
    out = dict.fromkeys(EFFECTS, 0.0)
    for row in rows:
        if (row.first_year is None or row.first_year <= year) and (row.last_year is None or year <= row.last_year):
            out[row.effect if row.effect in out else "neutral"] += row.amount
    return out


def read_flows(session: Session, year: int) -> Flows:
    """Read everything at one moment."""
    with session.read() as db:
        rows = list(db.scalars(select(FinanceFlow).order_by(FinanceFlow.id)))
        return Flows(rows, {row.uuid: row.name for row in db.scalars(select(Organisation))}, year)
