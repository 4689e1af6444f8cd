"""What would have to be so: breakeven yield and area, debt capacity, the guarantee for a return, the premium for a living income.

Closed form where the answer is linear in what is asked for; else bisection, with the bracket told.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from onekl_desktop.models.finance import measures
from onekl_desktop.models.finance.activity import compute_activity, exchange_at_start
from onekl_desktop.models.finance.capital import finance
from onekl_desktop.models.finance.case import Case
from onekl_desktop.models.finance.functions import debt_capacity
from onekl_desktop.models.finance.results import Model, npv_of, unit_year

HALVINGS = 100


@dataclasses.dataclass(frozen=True)
class Found:
    """An answer of a bisection and the bracket that it lies in; None where no value within the bracket serves."""

    value: float | None
    low: float
    high: float


def breakeven_yield(case: Case, production: str) -> float | None:
    """By what the yield must be multiplied for a pre-tax NPV of 0 (linear: two runs)."""
    trial = case.model_copy(deep=True)
    product = trial.get_production(production).product
    if product is None:
        return None
    # The yield moves nothing but what the product and its premium bring: scaling these shares scales the yield.
    product.farm_gate_share = np.array([0.0, product.farm_gate_share])  # type: ignore[assignment]
    product.premium_pass_through_share = np.array([0.0, product.premium_pass_through_share])  # type: ignore[assignment]
    return _root(*npv_of(trial).tolist())


def breakeven_area(case: Case, production: str) -> float | None:
    """By what the planted units of a production must be multiplied for a pre-tax NPV of 0 (linear: two runs).

    Only where each unit adds value; below 0 there is none.
    """
    trial = case.model_copy(deep=True)
    for planting in trial.get_production(production).plantings:
        planting.units = np.array([0.0, planting.units])  # type: ignore[assignment]
    found = _root(*npv_of(trial).tolist())
    return found if found is not None and found >= 0 else None


def _root(at_zero: float, at_one: float) -> float | None:
    slope = at_one - at_zero
    return -at_zero / slope if slope else None


def capacity_at_covenant(model: Model) -> dict[str, Any] | None:
    """Debt at the horizon's start that the cash of the tested years carries at the covenant's DSCR, at the loans' mean rate.

    CFADS is taken as the case has it (its tax holds the present loans' interest).
    """
    case = model.case
    firsts = [loan.first_principal_year for loan in case.loans if loan.first_principal_year is not None]
    lasts = [loan.last_principal_year for loan in case.loans if loan.last_principal_year is not None]
    drawn = sum(draw.amount for loan in case.loans for draw in loan.draws)
    if not firsts or not drawn or case.covenants.minimum_dscr <= 0:
        return None
    rate = sum(loan.interest_per_year * sum(draw.amount for draw in loan.draws) for loan in case.loans) / drawn
    cash = model.financing.cfads[min(firsts) : max(lasts) + 1].tolist()
    return debt_capacity(cash, rate, case.covenants.minimum_dscr)


def minimum_guarantee(case: Case, support: str, target: float) -> Found:
    """The smallest cap of a credit support at which the equity NPV at the target return is not below 0 (bisection).

    The bracket runs from 0 to all debt service of the case.
    """
    activity = compute_activity(case)
    mid = case.header.timing == "mid_period"

    def value(cap: float) -> float:
        supports = [one.model_copy(update={"cap_amount": cap}) if one.id == support else one for one in case.credit_support]  # fmt: skip
        flows = finance(case.model_copy(update={"credit_support": supports}), activity).equity_flow
        return measures.present_value(target, flows, mid)

    low, high = 0.0, float(finance(case, activity).debt_service.sum())
    if value(low) >= 0:
        return Found(0.0, low, low)
    if value(high) < 0:
        return Found(None, low, high)
    for _turn in range(HALVINGS):
        middle = (low + high) / 2
        if not low < middle < high:
            break
        low, high = (low, middle) if value(middle) >= 0 else (middle, high)
    return Found(high, low, high)


def living_income_premium(case: Case) -> dict[str, float | None]:
    """The premium per kg (its own currency, base-year money) at which each type of household reaches its benchmark.

    Linear: the gap over the kg that earn the premium; None where nothing of the harvest does. What is there already counts.
    """
    view = case.farmer_view
    if view is None:
        return {}
    item = case.get_production(view.production)
    unit = unit_year(case, item, view.age, view.year)
    out: dict[str, float | None] = {}
    for kind in view.household_types:
        income = kind.units_per_household * unit.net_income + kind.other_income_per_year
        gap = kind.living_income_benchmark_per_year - income
        per_money = kind.units_per_household * unit.premium_kg
        now = item.product.premium_per_kg if item.product is not None else 0.0
        rate = exchange_at_start(case, item.product.premium_currency if item.product is not None else None)
        out[kind.id] = max(now + gap / (per_money * rate), 0.0) if per_money > 0 else None
    return out


def solver_figures(model: Model) -> dict[str, Any]:
    """Figures beyond those that a case must ask for: `breakeven.*`, `debt_capacity.*`, `living_income_premium.*`, `minimum_guarantee.*`."""
    case = model.case
    put: dict[str, Any] = {}
    asked = case.solve.breakeven_price
    if asked is not None:
        put["breakeven.yield_multiplier"] = breakeven_yield(case, asked.production)
        put["breakeven.area_multiplier"] = breakeven_area(case, asked.production)
    capacity = capacity_at_covenant(model)
    if capacity is not None:
        put["debt_capacity.amount"] = capacity["debt"]
        put["debt_capacity.minimum_dscr"] = case.covenants.minimum_dscr
    for id, premium in living_income_premium(case).items():
        put[f"living_income_premium.{id}"] = premium
    if case.solve.target_equity_irr is not None:
        for one in case.credit_support:
            found = minimum_guarantee(case, one.id, case.solve.target_equity_irr)
            put[f"minimum_guarantee.{one.id}.cap_amount"] = found.value
            put[f"minimum_guarantee.{one.id}.bracket"] = [found.low, found.high]
    return put
