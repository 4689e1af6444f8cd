"""How a figure came about: its formula, what went into it and where that came from, as data."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.translate import N_, _
from onekl_desktop.models.finance.case import Case
from onekl_desktop.models.finance.reading import step_into
from onekl_desktop.models.finance.results import Model

Source = Mapping[str, Any]  # source, date, confidence, who, unit of one input

# key (or its last part within a block): formula, what goes in (keys; names with / are fields of the case)
SERIES: dict[str, tuple[str, tuple[str, ...]]] = {
    "quantity_kg": ("sum over cohorts: units * survival(age) * yield(age) * (1 - loss(t)) * (1 - side-selling(t))", ("/production",)),
    "revenue_product": ("quantity * price(t) * farm_gate_share * (1 - quality_discount_share)", ("series.quantity_kg",)),
    "revenue_premium": ("quantity * premium(t) * premium_sold_share(t) * premium_pass_through_share", ("series.quantity_kg",)),
    "revenue_per_unit": ("sum over cohorts: units * amount(age) * probability_of_payment * price level(t)", ("/production",)),
    "revenue_project": ("quantity(t) * price * price level(t) * probability_of_payment", ("/project_revenue",)),
    "revenue_carbon": ("issued tCO2e * price(t)", ("series.tco2e_issued", "/carbon")),
    "revenue_total": (N_("product + premium + per unit + project + carbon"), ("series.revenue_product", "series.revenue_premium", "series.revenue_per_unit", "series.revenue_project", "series.revenue_carbon")),
    "operating_cost": (N_("all lines that are not capitalised + variable costs + permanent teams + verification"), ()),
    "capital_cost": (N_("all capitalised lines: materials, labour up to capitalised_through_age, project lines"), ()),
    "depreciation": ("what was spent in a year / depreciation_years, from the year after it or depreciation_start on", ("series.capital_cost",)),
    "working_capital": ("(share_of_revenue + receivable_days/365) * revenue + (inventory_days - payable_days)/365 * operating cost; 0 in the last year when released", ("series.revenue_total", "series.operating_cost", "/working_capital")),
    "working_capital_change": ("NWC(t) - NWC(t-1)", ("series.working_capital",)),
    "asset_sale": ("amount * index(T), in the last year", ("/terminal_value",)),
    "net_fixed_assets": ("running sum of capital cost - depreciation; 0 at T after a sale", ("series.capital_cost", "series.depreciation")),
    "pre_tax_cash_flow": (N_("revenue - operating cost - capital cost - change of NWC + asset sale"), ("series.revenue_total", "series.operating_cost", "series.capital_cost", "series.working_capital_change", "series.asset_sale")),
    "labour_days": ("sum over cohorts: units * days(age), and the days of permanent teams", ("/production", "/labour/permanent_teams")),
    "full_time_equivalents": ("labour days / labour_days_per_fte", ("series.labour_days", "/header/labour_days_per_fte")),
    "tco2e_gross": ("sum over cohorts: units * tco2e(age)", ("/production",)),
    "tco2e_issued": ("(1 - leakage)(1 - uncertainty)(1 - buffer) * gross tCO2e accrued", ("series.tco2e_gross", "/carbon")),
    "grants": (N_("what grants pay in the year"), ("/grants",)),
    "tax_unlevered": ("rate * (revenue - operating cost - depreciation + asset sale - book value sold - losses carried forward)", ("series.revenue_total", "series.operating_cost", "series.depreciation", "/tax")),
    "post_tax_cash_flow": ("pre-tax cash flow - unlevered tax", ("series.pre_tax_cash_flow", "series.tax_unlevered")),
    "tax": ("rate * (profit before finance - interest accrued - loan fees - support fees + taxable grants - losses carried forward)", ("series.revenue_total", "series.operating_cost", "series.depreciation", "series.interest_accrued", "series.loan_fees", "series.support_fees", "/tax")),
    "net_profit": ("profit before finance - interest accrued - loan fees - support fees - tax", ("series.revenue_total", "series.operating_cost", "series.depreciation", "series.interest_accrued", "series.loan_fees", "series.support_fees", "series.tax")),
    "loan_draws": ("what loans pay out in the year", ("/loans",)),
    "loan_fees": ("upfront_fee_share * draws", ("series.loan_draws", "/loans")),
    "interest_accrued": ("interest_per_year * balance at the end of t-1", ("series.debt_balance", "/loans")),
    "interest_paid": ("interest accrued, unless it is capitalised during grace", ("series.interest_accrued", "/loans")),
    "principal_paid": ("by the loans' plans; sculpted: min(balance, max(0, CFADS/D - interest - other principal))", ("series.cfads", "/loans")),
    "debt_balance": ("balance(t-1) + draws + interest capitalised - principal", ("series.loan_draws", "series.principal_paid", "series.interest_accrued", "series.interest_paid")),
    "cfads": ("revenue - operating cost - tax - change of NWC - max(0, capital cost - grants - draws)", ("series.revenue_total", "series.operating_cost", "series.tax", "series.working_capital_change", "series.capital_cost", "series.grants", "series.loan_draws")),
    "support_fees": ("annual_fee_share_of_debt * debt at the start of the year, while in force", ("series.debt_balance", "/credit_support")),
    "support_paid": ("min(cover_share * shortfall left, cap left), in list order, after the reserve", ("series.cfads", "series.interest_paid", "series.principal_paid", "/credit_support")),
    "support_recovered": ("min(owed, recovery_share_of_surplus * surplus left), in reverse list order", ("series.support_outstanding", "/credit_support")),
    "support_outstanding": ("paid - recovered so far", ("series.support_paid", "series.support_recovered")),
    "reserve_balance": ("topped up from surplus to target_amount, spent on shortfalls, released in release_year", ("/equity/reserve",)),
    "equity_flow": ("pre-tax cash flow - tax + draws + grants - fees - debt service + paid by reserve and supports - top-up - recoveries", ("series.pre_tax_cash_flow", "series.tax", "series.loan_draws", "series.grants", "series.loan_fees", "series.support_fees", "series.interest_paid", "series.principal_paid", "series.support_paid", "series.support_recovered", "series.reserve_balance")),
    "equity_flow_without_grants": ("everything run again without grants, loans unchanged", ("series.pre_tax_cash_flow", "/loans")),
    "balance_check": ("(net fixed assets + NWC + reserve) - (debt + owed to supports + paid-in equity + grants + retained earnings)", ("series.net_fixed_assets", "series.working_capital", "series.reserve_balance", "series.debt_balance", "series.support_outstanding", "series.grants", "series.net_profit", "series.equity_flow")),
    "cash_check": ("all cash in - all cash out - change of reserve - equity flow", ("series.pre_tax_cash_flow", "series.equity_flow")),
}  # fmt: skip
FLOWS = {
    "project": ("series.pre_tax_cash_flow", "/header/discount_rates/project"),
    "project_post_tax": ("series.post_tax_cash_flow", "/header/discount_rates/project"),
    "project_with_grants": ("series.pre_tax_cash_flow", "series.grants", "/header/discount_rates/project"),
    "equity": ("series.equity_flow", "/header/discount_rates/equity"),
    "equity_without_grants": ("series.equity_flow_without_grants", "/header/discount_rates/equity"),
}
BLOCK: dict[str, tuple[str, tuple[str, ...]]] = {
    "npv": (N_("sum over t of CF(t)/(1 + k)^tau(t); year 0 is not discounted"), ("/header/timing",)),
    "npv_end_of_period": ("sum over t of CF(t)/(1 + k)^t", ()),
    "npv_mid_period": ("CF(0) + sum over t >= 1 of CF(t)/(1 + k)^(t - 0.5)", ()),
    "sign_changes": ("how often the sign of the flow changes, zeros aside", ()),
    "irr_roots": ("every r > -1 with NPV(r) = 0", ("/header/timing",)),
    "irr_status": ("none of the rates: undefined; one: unique; more: multiple", ()),
    "irr": (N_("the only r > -1 with NPV(r) = 0; none where there is no rate or more than one"), ("/header/timing",)),
    "mirr": ("(FV of positive flows at the reinvestment rate / -PV of negative flows at the finance rate)^(1/tau(T)) - 1", ("/header/mirr_rates",)),
    "headline_rate_kind": ("irr when unique, mirr when multiple, none when undefined", ()),
    "headline_rate": ("the IRR when unique, the MIRR when there are several", ()),
    "payback_years": (N_("the last year in which the running total crosses 0, interpolated within it"), ()),
    "discounted_payback_years": ("the same of discounted flows", ("/header/timing",)),
    "called": ("minus the sum of negative equity flows", ()),
    "distributed": ("the sum of positive equity flows", ()),
    "multiple": ("distributed / called", ()),
}  # fmt: skip
SINGLE: dict[str, tuple[str, tuple[str, ...]]] = {
    "project.npv_social": ("NPV at the social rate", ("series.pre_tax_cash_flow", "/header/discount_rates/social")),
    "project.npv_profile": ("NPV at each rate of the profile", ("series.pre_tax_cash_flow", "/header/npv_profile_rates")),
    "project.pv_benefits": ("PV of revenue + asset sale", ("series.revenue_total", "series.asset_sale", "/header/discount_rates/project")),
    "project.pv_costs": ("PV of operating + capital cost", ("series.operating_cost", "series.capital_cost", "/header/discount_rates/project")),
    "project.pv_working_capital": ("PV of the change of working capital", ("series.working_capital_change", "/header/discount_rates/project")),
    "project.benefit_cost_ratio": ("PV of benefits / PV of costs; no grants, tax or working capital", ("project.pv_benefits", "project.pv_costs")),
    "project.equivalent_annual_annuity": ("NPV k (1+k)^T / ((1+k)^T - 1)", ("project.npv", "/header/discount_rates/project", "/header/horizon_years")),
    "project.terminal_value_share_of_npv": ("PV of the asset sale / NPV; none when NPV <= 0", ("series.asset_sale", "project.npv")),
    "project.irr_deflated": ("(1 + IRR)/(1 + inflation) - 1, in a nominal case", ("project.irr", "/header/inflation_per_year")),
    "debt.dscr": ("CFADS / (interest paid + principal), in the tested years", ("series.cfads", "series.interest_paid", "series.principal_paid", "/covenants")),
    "debt.dscr_minimum": ("the least DSCR of the tested years", ("debt.dscr",)),
    "debt.dscr_average": ("the plain mean of the tested years", ("debt.dscr",)),
    "debt.breach_years": ("years with DSCR < minimum_dscr", ("debt.dscr", "/covenants")),
    "debt.covenant_met": ("no year breaches", ("debt.breach_years",)),
    "debt.llcr": ("sum of CFADS(t)/(1+i)^(t-s) to the last principal year / debt at the end of s", ("series.cfads", "series.debt_balance", "debt.coverage_as_of_year", "/loans")),
    "debt.plcr": ("the same sum to the horizon / debt at the end of s", ("series.cfads", "series.debt_balance", "debt.coverage_as_of_year", "/loans")),
    "debt.coverage_as_of_year": ("the year before the first tested one", ("/covenants",)),
    "debt.total_drawn": ("sum of draws", ("series.loan_draws",)),
    "debt.total_interest_paid": ("sum of interest paid", ("series.interest_paid",)),
    "debt.balance_at_horizon": ("debt at the end of T", ("series.debt_balance",)),
    "debt.sculpted_dscr": ("the largest DSCR for which the sculpted loan is repaid by its last year", ("series.cfads", "/loans")),
    "sculpting_check.target_dscr": ("LLCR at the year before the first principal year", ("debt.llcr",)),
    "sculpting_check.first_service": ("CFADS of the first principal year / LLCR", ("series.cfads", "debt.llcr")),
    "sculpting_check.first_interest": ("interest paid in that year", ("series.interest_paid",)),
    "sculpting_check.negative_amortisation": ("first service < first interest", ("sculpting_check.first_service", "sculpting_check.first_interest")),
    "support.paid_total": ("sum of what supports paid", ("series.support_paid",)),
    "support.recovered_total": ("sum of what they took back", ("series.support_recovered",)),
    "support.outstanding_at_horizon": ("what they are owed at the end", ("series.support_outstanding",)),
    "balance.largest_imbalance": ("the largest absolute balance check", ("series.balance_check",)),
    "balance.net_fixed_assets_at_horizon": ("book value at the end", ("series.net_fixed_assets",)),
    "carbon.gross_tco2e": ("sum of gross tCO2e", ("series.tco2e_gross",)),
    "carbon.gross_tco2e_in_issued_years": ("gross tCO2e of years that an issuance covers", ("series.tco2e_gross", "/carbon")),
    "carbon.issued_tco2e": ("sum of issued tCO2e", ("series.tco2e_issued",)),
    "carbon.unissued_gross_tco2e": ("gross tCO2e of years that no issuance covers", ("series.tco2e_gross", "/carbon")),
    "carbon.pv_cost_per_gross_tco2e": ("PV of costs / gross tCO2e; tonnes are not discounted", ("project.pv_costs", "carbon.gross_tco2e")),
    "carbon.concessional_money_per_issued_tco2e": ("concessional money / issued tCO2e", ("leverage.concessional_money", "carbon.issued_tco2e")),
    "leverage.concessional_money": ("grants + draws of concessional loans + caps of first-loss supports", ("series.grants", "/loans", "/credit_support")),
    "leverage.commercial_debt_to_concessional": ("draws of other loans / concessional money", ("series.loan_draws", "leverage.concessional_money")),
    "leverage.private_to_concessional": ("(draws of other loans + equity called) / concessional money", ("series.loan_draws", "equity.called", "leverage.concessional_money")),
    "farmer.revenue_per_unit": ("product + premium + other income of one unit at the age, base-year money", ("/farmer_view", "/production")),
    "farmer.net_income_per_unit": ("revenue - inputs - days * (1 - own_labour_share) * wage", ("farmer.revenue_per_unit", "farmer.labour_days_per_unit", "/labour")),
    "farmer.labour_days_per_unit": ("days at the age", ("/farmer_view",)),
    "farmer.return_per_labour_day": ("(revenue - inputs) / days", ("farmer.revenue_per_unit", "farmer.labour_days_per_unit")),
    "farmer.share_of_households_below_benchmark": ("households with a positive gap / all households", ("/farmer_view",)),
    "breakeven.price_per_kg": ("-NPV at price 0 / slope (NPV is linear in the price)", ("breakeven.npv_slope_per_price_unit",)),
    "breakeven.npv_slope_per_price_unit": ("NPV at price 1 - NPV at price 0", ("/production",)),
    "breakeven.yield_multiplier": ("-NPV at no yield / (NPV - NPV at no yield)", ("project.npv",)),
    "breakeven.area_multiplier": ("-NPV at no units / (NPV - NPV at no units)", ("project.npv",)),
    "debt_capacity.amount": ("from the last year back: (CFADS/D + balance)/(1 + i), cut where principal would be negative", ("series.cfads", "/covenants", "/loans")),
    "debt_capacity.minimum_dscr": ("the DSCR that the covenant asks for", ("/covenants",)),
    "minimum_grant.amount": ("max(0, -PV of the equity flows at the target), put into year 0", ("series.equity_flow", "/solve/target_equity_irr")),
    "minimum_grant.irr_roots_after": ("every rate of the equity flow with that grant", ("series.equity_flow", "minimum_grant.amount")),
}  # fmt: skip
PATTERNS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("farmer.household_income.", "units * net income per unit + other income", ("farmer.net_income_per_unit", "/farmer_view")),
    ("farmer.living_income_gap.", "benchmark - household income (positive = below)", ("farmer.net_income_per_unit", "/farmer_view")),
    ("living_income_premium.", "premium now + gap / (units * kg that earn the premium)", ("farmer.net_income_per_unit", "/farmer_view")),
    ("minimum_guarantee.", "the smallest cap at which the equity NPV at the target is not below 0, by bisection", ("series.equity_flow", "/credit_support", "/solve/target_equity_irr")),
    ("risk.tornado.", "NPV with this driver alone at its P10 or P90", ("project.npv", "/risk")),
    ("risk.", "of the draws of all drivers, Latin hypercube under a Gaussian copula; quantiles by the inverted distribution function", ("project.npv", "/risk")),
)  # fmt: skip


def explain(model: Model, key: str, sources: Mapping[str, Source] | None = None) -> dict[str, Any]:
    """Formula, inputs with values, and the sources of the fields of the case that go in.

    Raises
    ------
    UserError
        `finance.no_figure`.
    """
    shown, prefix = model, ""
    if key.startswith("scenarios.") and key.split(".")[1] in model.scenarios:
        prefix = ".".join(key.split(".")[:2]) + "."
        shown, key = model.scenarios[key.split(".")[1]], key.removeprefix(prefix)
    if key not in shown.figures:
        near = difflib.get_close_matches(key, list(shown.figures), 5, 0.3)
        raise UserError("finance.no_figure", key=prefix + key, known=", ".join(near) or "–")
    formula, wanted = _formula(key)
    inputs: list[dict[str, Any]] = []
    if key.startswith("series."):
        kind = key.removeprefix("series.")
        for name, values in shown.activity.lines.items():
            if name.partition(":")[0] == kind:
                place = name.partition(":")[2]
                inputs.append({"line": place, "values": [float(v) for v in values], "fields": list(_fields(shown.case, place, sources or {}))})  # fmt: skip
    for name in wanted:
        if name.startswith("/"):
            inputs += list(_fields(shown.case, name, sources or {}))
        elif name in shown.figures:
            inputs.append({"key": prefix + name, "value": shown.figures[name]})
    return {
        "key": prefix + key,
        "value": shown.figures[key],
        "formula": _(formula) if formula else "",
        "inputs": inputs,
    }


def find_origins(model: Model, key: str, sources: Mapping[str, Source] | None = None) -> list[dict[str, Any]]:
    """Every field of the case that a figure stands on, however far back, once, in the order of the formulas."""
    found: dict[str, dict[str, Any]] = {}
    waiting, seen = [key], {key}
    while waiting:
        for item in explain(model, waiting.pop(0), sources)["inputs"]:
            for field in (item, *item.get("fields", ())):
                if "field" in field:
                    found.setdefault(field["field"], field)
            if "key" in item and item["key"] not in seen:
                seen.add(item["key"])
                waiting.append(item["key"])
    return list(found.values())


def _formula(key: str) -> tuple[str, tuple[str, ...]]:
    first, _dot, rest = key.partition(".")
    if first == "series" and rest in SERIES:
        return SERIES[rest]
    if key in SINGLE:
        return SINGLE[key]
    if first in FLOWS and rest in BLOCK:
        formula, more = BLOCK[rest]
        return formula, (*FLOWS[first], *more)
    return next(((formula, wanted) for start, formula, wanted in PATTERNS if key.startswith(start)), ("", ()))


def _fields(case: Case, path: str, sources: Mapping[str, Source]) -> Iterator[dict[str, Any]]:
    """The fields of the case below a path that are set, each with its value and source."""
    here: Any = case
    for step in path.strip("/").split("/"):
        found = step_into(here, step)
        if found is None or found[1] is None:
            return
        here = found[1]
    for place, value in list_fields(here, path.rstrip("/")):
        yield {"field": place, "value": value, **({"source": dict(sources[place])} if place in sources else {})}


def list_fields(value: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Every field that the case gives (not the defaults), as path and plain value."""
    if isinstance(value, BaseModel):
        if "values" in type(value).model_fields:
            yield place, value.model_dump(exclude_unset=True)
            return
        for name, declared in type(value).model_fields.items():
            if name in value.model_fields_set:
                yield from list_fields(getattr(value, name), f"{place}/{declared.alias or name}")
    elif isinstance(value, list) and value and isinstance(value[0], BaseModel):
        for at, item in enumerate(value):
            yield from list_fields(item, f"{place}/{getattr(item, 'id', None) or getattr(item, 'currency', None) or at}")  # fmt: skip
    else:
        yield place, value
