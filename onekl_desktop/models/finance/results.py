"""Every figure of a finance case, by its key (README sections 8, 9 and 12)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onekl_desktop.base.errors import UserError
from onekl_desktop.models.finance import measures
from onekl_desktop.models.finance.activity import Activity, compute_activity, exchange_at_start, yield_at
from onekl_desktop.models.finance.capital import YEARLY, Financing, finance, unlevered_tax
from onekl_desktop.models.finance.case import Case, Production, by_index

Series = NDArray[np.float64]
SERIES = (
    "quantity_kg", "revenue_product", "revenue_premium", "revenue_per_unit", "revenue_project", "revenue_carbon", "revenue_total",
    "operating_cost", "capital_cost", "working_capital", "working_capital_change", "depreciation", "asset_sale", "net_fixed_assets",
    "pre_tax_cash_flow", "labour_days", "tco2e_gross", "tco2e_issued", "grants",
)  # fmt: skip


@dataclass
class Model:
    """A case with everything that was computed of it; `figures` are what a results file holds."""

    case: Case
    activity: Activity
    financing: Financing
    without_grants: Financing
    tax_unlevered: Series
    figures: dict[str, Any] = field(default_factory=dict)
    scenarios: dict[str, Model] = field(default_factory=dict)

    @property
    def mid(self) -> bool:
        """Whether flows fall in the middle of years."""
        return self.case.header.timing == "mid_period"

    def discounted(self, flows: Series, rate: float | None = None) -> float:
        """Present value in the header's timing, at the project rate where no other is given."""
        return measures.present_value(self.case.header.discount_rates.project if rate is None else rate, flows, self.mid)  # fmt: skip


def compute_case(case: Case) -> Model:
    """All figures of one case, without its scenarios and its risk."""
    activity = compute_activity(case)
    financing = finance(case, activity)
    bare = case.model_copy(update={"grants": []})
    bare_activity = compute_activity(bare)
    without = finance(bare, bare_activity) if case.grants else financing
    model = Model(case, activity, financing, without, unlevered_tax(case, activity))
    _series(model)
    _blocks(model)
    _project(model)
    if case.loans:
        _debt(model)
    if case.credit_support:
        _support(model)
    model.figures["balance.largest_imbalance"] = float(np.abs(financing.balance_check).max())
    model.figures["balance.net_fixed_assets_at_horizon"] = float(activity.net_fixed_assets[-1])
    if (activity.tco2e_gross > 0).any():
        _carbon(model)
    _leverage(model)
    if case.farmer_view is not None:
        _farmer(model)
    _solve(model)
    return model


def _series(model: Model) -> None:
    case, put = model.case, model.figures
    for name in SERIES:
        put[f"series.{name}"] = _listed(getattr(model.activity, name), case.horizon)
    put["series.full_time_equivalents"] = _listed(model.activity.labour_days / case.header.labour_days_per_fte, case.horizon)  # fmt: skip
    put["series.tax_unlevered"] = _listed(model.tax_unlevered, case.horizon)
    put["series.post_tax_cash_flow"] = _listed(model.activity.pre_tax_cash_flow - model.tax_unlevered, case.horizon)
    for name in YEARLY:
        put[f"series.{name}"] = _listed(getattr(model.financing, name), case.horizon)
    put["series.equity_flow_without_grants"] = _listed(model.without_grants.equity_flow, case.horizon)


def _listed(values: Any, horizon: int) -> list[float]:
    return [float(value) for value in np.broadcast_to(np.asarray(values, float), (horizon + 1,))]


def _blocks(model: Model) -> None:
    rates, activity = model.case.header.discount_rates, model.activity
    equity = rates.project if rates.equity is None else rates.equity
    before = activity.pre_tax_cash_flow
    for name, flows, rate in (
        ("project", before, rates.project),
        ("project_post_tax", before - model.tax_unlevered, rates.project),
        ("project_with_grants", before + activity.grants, rates.project),
        ("equity", model.financing.equity_flow, equity),
        ("equity_without_grants", model.without_grants.equity_flow, equity),
    ):
        model.figures |= {f"{name}.{key}": value for key, value in block(model, flows, rate).items()}
        if name.startswith("equity"):
            called, distributed = float(-flows[flows < 0].sum()), float(flows[flows > 0].sum())
            model.figures[f"{name}.called"], model.figures[f"{name}.distributed"] = called + 0.0, distributed
            model.figures[f"{name}.multiple"] = distributed / called if called > 0 else None


def block(model: Model, flows: Series, rate: float) -> dict[str, Any]:
    """The measures of one cash flow. Several rates of return: none is the rate, MIRR is the headline; none: undefined, never 0."""
    roots = measures.irr_roots(flows, model.mid)
    status = ("undefined", "unique")[len(roots)] if len(roots) < 2 else "multiple"
    given = model.case.header.mirr_rates
    mirr = measures.mirr(flows, given.finance, given.reinvestment, model.mid) if given is not None else None
    kind = {"unique": "irr", "multiple": "mirr", "undefined": "none"}[status]
    tau = measures.years_of(len(flows) - 1, model.mid)
    irr = roots[0] if status == "unique" else None
    return {
        "npv": measures.present_value(rate, flows, model.mid),
        "npv_end_of_period": measures.present_value(rate, flows),
        "npv_mid_period": measures.present_value(rate, flows, True),
        "sign_changes": measures.sign_changes(flows),
        "irr_roots": roots,
        "irr_status": status,
        "irr": irr,
        "mirr": mirr,
        "headline_rate_kind": kind,
        "headline_rate": {"irr": irr, "mirr": mirr, "none": None}[kind],
        "payback_years": measures.payback(flows),
        "discounted_payback_years": measures.payback(flows / (1 + rate) ** tau),
    }


def _project(model: Model) -> None:
    case, activity, put = model.case, model.activity, model.figures
    header, npv = case.header, put["project.npv"]
    flows = activity.pre_tax_cash_flow
    if header.discount_rates.social is not None:
        put["project.npv_social"] = model.discounted(flows, header.discount_rates.social)
    if header.npv_profile_rates:
        put["project.npv_profile"] = [model.discounted(flows, rate) for rate in header.npv_profile_rates]
    benefits = model.discounted(activity.revenue_total + activity.asset_sale)
    costs = model.discounted(activity.operating_cost + activity.capital_cost)
    put["project.pv_benefits"], put["project.pv_costs"] = benefits, costs
    put["project.pv_working_capital"] = model.discounted(activity.working_capital_change)
    put["project.benefit_cost_ratio"] = benefits / costs if costs else None
    put["project.equivalent_annual_annuity"] = measures.equivalent_annual_annuity(npv, header.discount_rates.project, case.horizon)  # fmt: skip
    sale = model.discounted(np.broadcast_to(activity.asset_sale, (case.horizon + 1,)))
    put["project.terminal_value_share_of_npv"] = sale / npv if npv > 0 else None
    irr = put["project.irr"]
    deflated = (1 + irr) / (1 + header.inflation_per_year) - 1 if case.nominal and irr is not None else None
    put["project.irr_deflated"] = deflated


def _debt(model: Model) -> None:
    case, money, put = model.case, model.financing, model.figures
    firsts = [loan.first_principal_year for loan in case.loans if loan.first_principal_year is not None]
    lasts = [loan.last_principal_year for loan in case.loans if loan.last_principal_year is not None]
    first = min(firsts, default=None)
    last = max(lasts, default=-1)
    start = case.covenants.test_from_year if case.covenants.test_from_year is not None else first
    service = money.debt_service
    tested = range(max(start, 0), last + 1) if start is not None else range(0)
    dscr: list[float | None] = [None] * (case.horizon + 1)
    for t in tested:
        if t <= case.horizon and service[t] > 0:
            dscr[t] = float(money.cfads[t] / service[t])
    known = [value for value in dscr if value is not None]
    put["debt.dscr"] = dscr
    put["debt.dscr_minimum"] = min(known, default=None)
    put["debt.dscr_average"] = float(np.mean(known)) if known else None
    breaches = [t for t, value in enumerate(dscr) if value is not None and value < case.covenants.minimum_dscr]
    put["debt.breach_years"], put["debt.covenant_met"] = breaches, not breaches
    as_of = start - 1 if start is not None else None
    llcr = plcr = None
    if as_of is not None and 0 <= as_of <= case.horizon and money.debt_balance[as_of] > 0:
        debt = float(money.debt_balance[as_of])
        rate = sum(loan.interest_per_year * money.balances[loan.id][as_of] for loan in case.loans) / debt
        llcr = _cover(money.cfads, rate, as_of, last) / debt
        plcr = _cover(money.cfads, rate, as_of, case.horizon) / debt
    put["debt.llcr"], put["debt.plcr"], put["debt.coverage_as_of_year"] = llcr, plcr, as_of
    put["debt.total_drawn"] = float(money.loan_draws.sum())
    put["debt.total_interest_paid"] = float(money.interest_paid.sum())
    put["debt.balance_at_horizon"] = float(money.debt_balance[-1])
    put["debt.sculpted_dscr"] = money.sculpted_dscr
    naive = first is not None and as_of == first - 1 and llcr
    service_first = float(money.cfads[first] / llcr) if naive and first is not None and llcr else None
    interest = float(money.interest_paid[first]) if naive and first is not None else None
    put["sculpting_check.target_dscr"] = llcr if naive else None
    put["sculpting_check.first_service"], put["sculpting_check.first_interest"] = service_first, interest
    put["sculpting_check.negative_amortisation"] = (
        service_first < interest if service_first is not None and interest is not None else None
    )


def _cover(cfads: Series, rate: float, as_of: int, last: int) -> float:
    return float(sum(cfads[t] / (1 + rate) ** (t - as_of) for t in range(as_of + 1, min(last, len(cfads) - 1) + 1)))


def _support(model: Model) -> None:
    money, put = model.financing, model.figures
    put["support.paid_total"] = float(money.support_paid.sum())
    put["support.recovered_total"] = float(money.support_recovered.sum())
    put["support.outstanding_at_horizon"] = float(money.support_outstanding[-1])


def _carbon(model: Model) -> None:
    case, activity, put = model.case, model.activity, model.figures
    gross = float(activity.tco2e_gross.sum())
    t = np.arange(case.horizon + 1)
    issued_years = np.zeros(case.horizon + 1, bool)
    for one in case.carbon.issuances if case.carbon is not None else []:
        issued_years |= (t >= one.accrued_from_year) & (t <= one.accrued_to_year)
    within, issued = float(activity.tco2e_gross[issued_years].sum()), float(np.sum(activity.tco2e_issued))
    put["carbon.gross_tco2e"], put["carbon.gross_tco2e_in_issued_years"] = gross, within
    put["carbon.issued_tco2e"] = issued
    put["carbon.unissued_gross_tco2e"] = float(activity.tco2e_gross[~issued_years].sum())
    put["carbon.pv_cost_per_gross_tco2e"] = put["project.pv_costs"] / gross
    put["carbon.concessional_money_per_issued_tco2e"] = concessional_money(model) / issued if issued > 0 else None


def concessional_money(model: Model) -> float:
    """Grants received, draws of concessional loans and the caps of first-loss supports (guarantees are unfunded)."""
    case = model.case
    soft = sum(draw.amount for loan in case.loans if loan.concessional for draw in loan.draws)
    first_loss = sum(one.cap_amount for one in case.credit_support if one.kind == "first_loss")
    return float(np.sum(model.activity.grants)) + soft + first_loss


def _leverage(model: Model) -> None:
    soft = concessional_money(model)
    hard = sum(draw.amount for loan in model.case.loans if not loan.concessional for draw in loan.draws)
    put = model.figures
    put["leverage.concessional_money"] = soft
    put["leverage.commercial_debt_to_concessional"] = hard / soft if soft > 0 else None
    put["leverage.private_to_concessional"] = (hard + put["equity.called"]) / soft if soft > 0 else None


# ------------------------------------------------------------------ the farmer


@dataclass(frozen=True)
class UnitYear:
    """One unit at an age in base-year money, as a farmer sees it."""

    harvest_kg: float
    revenue: float
    inputs: float
    days: float
    paid_labour: float
    premium_kg: float

    @property
    def net_income(self) -> float:
        """Own labour is not a cost."""
        return self.revenue - self.inputs - self.paid_labour


def unit_year(case: Case, item: Production, age: int, year: int) -> UnitYear:
    """Revenue and cost of one unit: no growth, no index, exchange rates of t = 0; by-year tables read at `year`."""
    ages, years = np.array([age]), np.array([year])

    harvest = revenue = premium_kg = 0.0
    product = item.product
    if product is not None:
        grown = yield_at(product.yield_, ages) * by_index(product.survival_share_by_age, ages)
        harvest = float((grown * (1 - by_index(product.loss_share_by_year, years)))[0])
        price = product.price_per_kg * exchange_at_start(case, product.price_currency) * product.farm_gate_share * (1 - product.quality_discount_share)  # fmt: skip
        sold = (1 - by_index(product.side_selling_share_by_year, years)) * by_index(product.premium_sold_share_by_year, years)  # fmt: skip
        premium_kg = harvest * float(sold[0]) * product.premium_pass_through_share
        revenue = harvest * price + premium_kg * product.premium_per_kg * exchange_at_start(
            case, product.premium_currency
        )
    for line in item.revenue_per_unit:
        revenue += float(by_index(line.amount_per_unit, ages)[0]) * line.probability_of_payment * exchange_at_start(case, line.currency)  # fmt: skip
    inputs = sum(float(by_index(cost.amount_per_unit, ages)[0]) * exchange_at_start(case, cost.currency) for cost in item.costs_per_unit)  # fmt: skip
    days = float(by_index(item.labour.labour_days_per_unit, ages)[0]) if item.labour is not None else 0.0
    paid = days * (1 - case.labour.own_labour_share) * case.labour.wage_per_day
    return UnitYear(harvest, revenue, inputs, days, paid, premium_kg)


def _farmer(model: Model) -> None:
    view, put = model.case.farmer_view, model.figures
    assert view is not None
    unit = unit_year(model.case, model.case.get_production(view.production), view.age, view.year)
    put["farmer.revenue_per_unit"], put["farmer.net_income_per_unit"] = unit.revenue, unit.net_income
    put["farmer.labour_days_per_unit"] = unit.days
    put["farmer.return_per_labour_day"] = (unit.revenue - unit.inputs) / unit.days if unit.days > 0 else None
    below = total = 0.0
    for kind in view.household_types:
        income = kind.units_per_household * unit.net_income + kind.other_income_per_year
        gap = kind.living_income_benchmark_per_year - income
        put[f"farmer.household_income.{kind.id}"], put[f"farmer.living_income_gap.{kind.id}"] = income, gap
        total += kind.households
        below += kind.households if gap > 0 else 0.0
    put["farmer.share_of_households_below_benchmark"] = below / total if total > 0 else None


# ------------------------------------------------------------------ solvers


def _solve(model: Model) -> None:
    case, put = model.case, model.figures
    if case.solve.breakeven_price is not None:
        price, slope = breakeven_price(case, case.solve.breakeven_price.production)
        put["breakeven.price_per_kg"], put["breakeven.npv_slope_per_price_unit"] = price, slope
    target = case.solve.target_equity_irr
    if target is not None:
        amount = max(0.0, -model.discounted(model.financing.equity_flow, target))
        flows = model.financing.equity_flow.copy()
        flows[0] += amount
        put["minimum_grant.amount"], put["minimum_grant.irr_roots_after"] = amount, measures.irr_roots(flows, model.mid)


def npv_of(case: Case) -> Any:
    """The headline pre-tax NPV, of each draw where something is drawn."""
    flows = compute_activity(case).pre_tax_cash_flow
    return discount_draws(case, flows)


def discount_draws(case: Case, flows: Any) -> Any:
    """Present values in the header's timing along the last axis; the rate may be drawn too."""
    rate = np.asarray(case.header.discount_rates.project, float)
    tau = measures.years_of(case.horizon, case.header.timing == "mid_period")
    factors = (1 + rate[..., None]) ** -tau
    return (flows * factors).sum(axis=-1)


def breakeven_price(case: Case, production: str) -> tuple[float | None, float]:
    """The price per kg (base-year money of its currency) at which the pre-tax NPV is 0, and the NPV per 1.00 of price.

    The NPV is linear in the price (closed form): two prices give both. None where the price moves nothing.
    """
    trial = case.model_copy(deep=True)
    product = trial.get_production(production).product
    if product is None:
        raise UserError("finance.no_product", place="/solve/breakeven_price/production", id=production)
    prices = np.array([0.0, 1.0])
    product.price_per_kg = prices  # type: ignore[assignment]
    at_zero, at_one = npv_of(trial).tolist()
    slope = at_one - at_zero
    return (-at_zero / slope if slope else None), slope
