"""Yearly cash flow of a project from hectares and rates, and what a bank asks of it.

Conventions: year t runs 0, 1, … T; t = 0 is the year of decision and is not discounted; amounts fall at the end
of their year; money in is positive. Nothing is rounded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Amounts = NDArray[np.float64]


@dataclass(frozen=True)
class Cohort:
    """Hectares established in one project year, with the costs of their practice per hectare.

    The capital cost falls in the year of establishment (age 0), the operating cost in each later year.
    """

    established: int
    area_ha: float
    capital_cost_per_ha: float = 0.0
    operating_cost_per_ha_year: float = 0.0


@dataclass(frozen=True)
class Line:
    """Money of a project beside the practices' costs.

    `per_ha`: `amount` for each hectare in every year of its age from `first` to `last` (0 = established);
    otherwise `amount` in every project year from `first` to `last`. An open `last` goes on to the horizon.
    `kind` is revenue, operating_cost, capital_cost or grant; amounts are not negative.
    """

    kind: str
    amount: float
    per_ha: bool = True
    first: int = 0
    last: int | None = None


@dataclass(frozen=True)
class CashFlow:
    """Amounts by project year, each of shape (T + 1,); costs are positive here and negative in `net`."""

    area_ha: Amounts
    revenue: Amounts
    operating_cost: Amounts
    capital_cost: Amounts
    grants: Amounts

    @property
    def net(self) -> Amounts:
        """Cash flow before grants and finance: revenue less operating and capital cost."""
        return self.revenue - self.operating_cost - self.capital_cost

    @property
    def net_with_grants(self) -> Amounts:
        """Cash flow with grants."""
        return self.net + self.grants


def cash_flow(cohorts: Sequence[Cohort], lines: Sequence[Line], horizon: int) -> CashFlow:
    """Sum cohorts and lines over the project years 0 … horizon.

    Quantities by age: a cohort of year p has the age t - p in year t; a line per hectare pays
    `sum over p of area(p) * amount` where `first <= t - p <= last`.

    Raises
    ------
    ValueError
        A negative horizon, area or amount, or a kind of line that there is none of.
    """
    if horizon < 0:
        raise ValueError(f"the horizon {horizon} is negative")
    out = {name: np.zeros(horizon + 1) for name in ("area", "revenue", "operating_cost", "capital_cost", "grant")}
    for cohort in cohorts:
        if cohort.area_ha < 0:
            raise ValueError(f"the area {cohort.area_ha} is negative")
        if 0 <= cohort.established <= horizon:
            p = cohort.established
            out["area"][p:] += cohort.area_ha
            out["capital_cost"][p] += cohort.area_ha * cohort.capital_cost_per_ha
            out["operating_cost"][p + 1 :] += cohort.area_ha * cohort.operating_cost_per_ha_year
    for line in lines:
        if line.kind not in out or line.kind == "area":
            raise ValueError(f"there is no kind of money line {line.kind!r}")
        if line.amount < 0:
            raise ValueError(f"the amount {line.amount} is negative; the kind of line says which way money goes")
        stop = horizon + 1 if line.last is None else line.last + 1
        if not line.per_ha:
            out[line.kind][max(line.first, 0) : max(stop, 0)] += line.amount
            continue
        for cohort in cohorts:
            if cohort.established >= 0:
                start, end = cohort.established + max(line.first, 0), cohort.established + stop
                out[line.kind][start : max(end, start)] += cohort.area_ha * line.amount
    return CashFlow(out["area"], out["revenue"], out["operating_cost"], out["capital_cost"], out["grant"])


def grant_share(flow: CashFlow) -> float | None:
    """Grants as a share of all costs; None without costs."""
    costs = float((flow.operating_cost + flow.capital_cost).sum())
    return float(flow.grants.sum()) / costs if costs > 0 else None
