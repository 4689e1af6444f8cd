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
SAME_ROOT = 1e-7


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


def npv(rate: float, flows: Sequence[float] | Amounts) -> float:
    """Net present value: `sum CF(t) / (1 + rate)^t`, year 0 not discounted.

    Spreadsheets' NPV() discounts its first value by one whole period; this does not (Brealey, Myers & Allen,
    Principles of Corporate Finance, ch. 5).
    """
    amounts = np.asarray(flows, float)
    return float((amounts / (1.0 + rate) ** np.arange(len(amounts))).sum())


def irr_roots(flows: Sequence[float] | Amounts) -> list[float]:
    """Every distinct real rate r > -1 with NPV(r) = 0, ascending; roots closer than 1e-7 are one.

    With x = 1/(1+r) the equation is the polynomial `sum CF(t) x^t = 0`: its real roots x > 0 are found as
    eigenvalues of the companion matrix and polished by Newton's method (Press et al., Numerical Recipes, 9.5).
    A flow without both signs has none.
    """
    amounts = np.asarray(flows, float)
    if not (amounts > 0).any() or not (amounts < 0).any():
        return []
    amounts = np.trim_zeros(amounts / np.abs(amounts).max())
    candidates = np.roots(amounts[::-1])
    found: list[float] = []
    for x in candidates:
        if abs(x.imag) > 1e-5 * max(1.0, abs(x)) or x.real <= 0:
            continue
        polished = _polish(amounts, float(x.real))
        if polished is None:
            continue
        rate = float(1.0 / polished - 1.0)
        if not any(abs(rate - other) <= SAME_ROOT for other in found):
            found.append(rate)
    return sorted(found)


def _polish(amounts: Amounts, x: float) -> float | None:
    polynomial = np.polynomial.Polynomial(amounts)
    slope = polynomial.deriv()
    best, least = x, abs(polynomial(x))
    for _turn in range(60):
        gradient = slope(x)
        if gradient == 0:
            break
        x = x - polynomial(x) / gradient
        if not np.isfinite(x) or x <= 0:
            break
        if abs(polynomial(x)) < least:
            best, least = x, abs(polynomial(x))
    scale = float(np.abs(amounts * best ** np.arange(len(amounts))).sum())
    return best if least <= 1e-9 * scale else None


def irr(flows: Sequence[float] | Amounts) -> float | None:
    """The internal rate of return when there is exactly one, else None (never 0 for "there is none")."""
    roots = irr_roots(flows)
    return roots[0] if len(roots) == 1 else None


def mirr(flows: Sequence[float] | Amounts, finance_rate: float, reinvestment_rate: float) -> float | None:
    """Modified internal rate of return, `(FV(positive) / -PV(negative))^(1/T) - 1`; None unless both signs occur."""
    amounts = np.asarray(flows, float)
    if not (amounts > 0).any() or not (amounts < 0).any():
        return None
    last = len(amounts) - 1
    years = np.arange(last + 1)
    future = (np.maximum(amounts, 0) * (1 + reinvestment_rate) ** (last - years)).sum()
    present = (np.minimum(amounts, 0) / (1 + finance_rate) ** years).sum()
    return float((future / -present) ** (1 / last) - 1)


def payback(flows: Sequence[float] | Amounts) -> float | None:
    """Years until the running total stays above zero, interpolated within the last crossing year.

    None when it never does; 0 when the running total never is negative.
    """
    amounts = np.asarray(flows, float)
    total = np.cumsum(amounts)
    if total[-1] < 0:
        return None
    if (total >= 0).all():
        return 0.0
    t = int(np.flatnonzero(total < 0)[-1]) + 1
    return float(t - 1 + -total[t - 1] / amounts[t])


def grant_share(flow: CashFlow) -> float | None:
    """Grants as a share of all costs; None without costs."""
    costs = float((flow.operating_cost + flow.capital_cost).sum())
    return float(flow.grants.sum()) / costs if costs > 0 else None
