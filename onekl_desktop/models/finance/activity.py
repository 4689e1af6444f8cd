"""What a case does year by year before anybody finances it: quantities, revenue, costs, books of its assets.

Every series has the shape (T + 1,), or (draws, T + 1) where something of it is drawn: nothing here knows which.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from onekl_desktop.models.finance.case import (
    AssetSale,
    Case,
    GompertzYield,
    Production,
    TableYield,
    amounts_by_year,
    by_index,
    column,
)


@dataclass
class Activity:
    """Series by year; costs are positive."""

    quantity_kg: Any
    revenue_product: Any
    revenue_premium: Any
    revenue_per_unit: Any
    revenue_project: Any
    revenue_carbon: Any
    operating_cost: Any
    capital_cost: Any
    depreciation: Any
    labour_days: Any
    tco2e_gross: Any
    tco2e_issued: Any
    working_capital: Any = 0.0
    working_capital_change: Any = 0.0
    asset_sale: Any = 0.0
    book_value_sold: Any = 0.0
    net_fixed_assets: Any = 0.0
    grants: Any = 0.0
    lines: dict[str, Any] = field(default_factory=dict)  # each line's series by its path, for statements and traces

    @property
    def revenue_total(self) -> Any:
        """Product, premium, per-unit, project and carbon revenue."""
        return self.revenue_product + self.revenue_premium + self.revenue_per_unit + self.revenue_project + self.revenue_carbon  # fmt: skip

    @property
    def pre_tax_cash_flow(self) -> Any:
        """Unlevered, without grants."""
        return self.revenue_total - self.operating_cost - self.capital_cost - self.working_capital_change + self.asset_sale  # fmt: skip

    @property
    def profit_before_finance(self) -> Any:
        """Revenue less operating cost and depreciation, with what a sale brings over its book value."""
        return self.revenue_total - self.operating_cost - self.depreciation + self.asset_sale - self.book_value_sold


ADDED = (
    "quantity_kg", "revenue_product", "revenue_premium", "revenue_per_unit", "revenue_project", "revenue_carbon", "operating_cost",
    "capital_cost", "depreciation", "labour_days", "tco2e_gross", "tco2e_issued",
)  # fmt: skip


class _Prices:
    """Money of base-year prices in the report currency of each year."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.t = np.arange(case.horizon + 1)

    def level(self, currency: str | None, growth: Any = 0.0, indexed: bool = True) -> Any:
        """`(1 + g)^t * I(c, t) * FX(c, t)`."""
        return (1 + column(growth)) ** self.t * self.index(currency, indexed) * self.exchange(currency)

    def index(self, currency: str | None, indexed: bool) -> Any:
        """`(1 + inflation of c)^t` in a nominal case for an indexed line, else 1."""
        if not (self.case.nominal and indexed):
            return 1.0
        return (1 + column(self._inflation(currency))) ** self.t

    def exchange(self, currency: str | None) -> Any:
        """Units of report currency for one of c in each year: the table, else constant (real) or relative purchasing power."""
        header = self.case.header
        if currency in (None, header.currency):
            return 1.0
        rate = self.case.find_exchange(str(currency))
        assert rate is not None
        if rate.rate_by_year is not None:
            return by_index(rate.rate_by_year, self.t)
        if not self.case.nominal:
            return column(rate.rate_at_base_year)
        parity = (1 + column(header.inflation_per_year)) / (1 + column(rate.inflation_per_year))
        return column(rate.rate_at_base_year) * parity**self.t

    def _inflation(self, currency: str | None) -> Any:
        if currency in (None, self.case.header.currency):
            return self.case.header.inflation_per_year
        rate = self.case.find_exchange(str(currency))
        assert rate is not None
        return rate.inflation_per_year


def yield_at(product_yield: TableYield | GompertzYield, ages: Any) -> Any:
    """Kg per unit at ages; a Gompertz curve `maximum exp(-b exp(-c a))` through two anchors (age, share of the maximum)."""
    if isinstance(product_yield, TableYield):
        return by_index(product_yield, ages)
    one, two = product_yield.anchor_1, product_yield.anchor_2
    t1, p1, t2, p2 = (column(v) for v in (one.age, one.share_of_maximum, two.age, two.share_of_maximum))
    c = np.log(np.log(p2) / np.log(p1)) / (t1 - t2)
    b = -np.log(p1) / np.exp(-c * t1)
    curve = column(product_yield.maximum_kg_per_unit) * np.exp(-b * np.exp(-c * ages))
    return curve * (ages >= product_yield.zero_before_age) * by_index(product_yield.senescence_share_by_age, ages)


def exchange_at_start(case: Case, currency: str | None) -> float:
    """Units of report currency for one of a currency at t = 0."""
    return float(np.ravel(_Prices(case).exchange(currency))[0])


def compute_activity(case: Case) -> Activity:
    """Run the operations of a case: README sections 2 and 4."""
    t, zero = np.arange(case.horizon + 1), np.zeros(case.horizon + 1)
    fresh: dict[str, Any] = dict.fromkeys(ADDED, zero)
    out = Activity(**fresh)
    prices = _Prices(case)
    for item in case.production:
        _produce(case, item, prices, out)
    wage = (1 + column(case.labour.wage_real_growth_per_year)) ** t * prices.index(None, case.labour.indexed)
    for team in case.labour.permanent_teams:
        days = by_index(team.days_by_year, t)
        out.labour_days = out.labour_days + days
        _book(out, f"/labour/permanent_teams/{team.id}", days * column(team.wage_per_day) * wage, "operating_cost")
    for line in case.project_revenue:
        level = prices.level(line.currency, line.real_growth_per_year, line.indexed)
        sold = by_index(line.quantity_by_year, t)
        amount = sold * column(line.price_per_quantity) * level * column(line.probability_of_payment)
        _book(out, f"/project_revenue/{line.id}", amount, "revenue_project")
        variable = sold * column(line.variable_cost_per_quantity) * level
        _book(out, f"/project_revenue/{line.id}/variable_cost_per_quantity", variable, "operating_cost")
    for cost in case.project_costs:
        level = prices.level(cost.currency, cost.real_growth_per_year, cost.indexed)
        amount = by_index(cost.amount_by_year, t) * level
        _spend(out, f"/project_costs/{cost.id}", amount, cost.capitalised, cost.depreciation_years, cost.depreciation_start_year)  # fmt: skip
    _carbon(case, prices, out)
    _working_capital(case, out)
    book = np.cumsum(out.capital_cost - out.depreciation, axis=-1)
    if isinstance(case.terminal_value, AssetSale):
        sale = column(case.terminal_value.amount) * prices.index(None, case.terminal_value.indexed)
        last = t == case.horizon
        out.asset_sale, out.book_value_sold = sale * last, book * last
        book = book * ~last
    out.net_fixed_assets = book
    out.grants = zero
    for grant in case.grants:
        out.grants = out.grants + amounts_by_year(grant.by_year, case.horizon)
    return out


def _produce(case: Case, item: Production, prices: _Prices, out: Activity) -> None:
    t, place = prices.t, f"/production/{item.id}"
    labour, product = case.labour, item.product
    wage = column(labour.wage_per_day) * (1 + column(labour.wage_real_growth_per_year)) ** t * prices.index(None, labour.indexed)  # fmt: skip
    charged = 1.0 if labour.own_labour_charged_to_project else 1 - column(labour.own_labour_share)
    for planting in item.plantings:
        ages, units, start = t - planting.year, column(planting.units), planting.year
        if product is not None:
            kept = (1 - by_index(product.loss_share_by_year, t)) * (1 - by_index(product.side_selling_share_by_year, t))
            grown = by_index(product.survival_share_by_age, ages) * yield_at(product.yield_, ages) * (ages >= 0)
            quantity = units * grown * kept
            price = column(product.price_per_kg) * prices.level(product.price_currency, product.price_real_growth_per_year, product.price_indexed)  # fmt: skip
            premium = column(product.premium_per_kg) * prices.level(product.premium_currency, product.premium_real_growth_per_year, product.premium_indexed)  # fmt: skip
            out.quantity_kg = out.quantity_kg + quantity
            sold = quantity * price * column(product.farm_gate_share) * (1 - column(product.quality_discount_share))
            _book(out, f"{place}/product", sold, "revenue_product")
            extra = quantity * premium * by_index(product.premium_sold_share_by_year, t) * column(product.premium_pass_through_share)  # fmt: skip
            _book(out, f"{place}/product/premium_per_kg", extra, "revenue_premium")
        for line in item.revenue_per_unit:
            level = prices.level(line.currency, line.real_growth_per_year, line.indexed)
            amount = units * by_index(line.amount_per_unit, ages) * level * column(line.probability_of_payment)
            _book(out, f"{place}/revenue_per_unit/{line.id}", amount, "revenue_per_unit")
        for cost in item.costs_per_unit:
            level = prices.level(cost.currency, cost.real_growth_per_year, cost.indexed)
            amount = units * by_index(cost.amount_per_unit, ages) * level
            _spend(out, f"{place}/costs_per_unit/{cost.id}", amount, cost.capitalised, cost.depreciation_years, start + cost.depreciation_start_age)  # fmt: skip
        if item.labour is not None:
            work = item.labour
            days = units * by_index(work.labour_days_per_unit, ages)
            out.labour_days = out.labour_days + days
            young = ages <= work.capitalised_through_age
            _spend(out, f"{place}/labour", days * wage * charged * young, True, work.depreciation_years, start + work.depreciation_start_age)  # fmt: skip
            _book(out, f"{place}/labour", days * wage * charged * ~young, "operating_cost")
        out.tco2e_gross = out.tco2e_gross + units * by_index(item.tco2e_per_unit, ages)


def _book(out: Activity, place: str, amount: Any, kind: str) -> None:
    setattr(out, kind, getattr(out, kind) + amount)
    key = f"{kind}:{place}"
    out.lines[key] = out.lines.get(key, 0.0) + amount


def _spend(out: Activity, place: str, amount: Any, capital: bool, years: int | None, start: int) -> None:
    """An operating cost, or capital written off in equal parts from the year after it was spent, or later."""
    if not capital:
        _book(out, place, amount, "operating_cost")
        return
    _book(out, place, amount, "capital_cost")
    if years is None:
        return
    shape = np.shape(amount)
    charged = np.zeros(shape)
    for t in range(shape[-1]):
        first = max(t + 1, start)
        charged[..., first : first + years] += (amount[..., t] / years)[..., None]
    _book(out, place, charged, "depreciation")


def _carbon(case: Case, prices: _Prices, out: Activity) -> None:
    carbon = case.carbon
    if carbon is None:
        return
    kept = (1 - column(carbon.leakage_share)) * (1 - column(carbon.uncertainty_share)) * (1 - column(carbon.buffer_share))  # fmt: skip
    price = column(carbon.price_per_tco2e) * prices.level(carbon.price_currency, carbon.price_real_growth_per_year, carbon.price_indexed)  # fmt: skip
    cost = column(carbon.verification_cost_per_issuance) * prices.index(None, carbon.verification_cost_indexed)
    for one in carbon.issuances:
        here = prices.t == one.year
        accrued = (prices.t >= one.accrued_from_year) & (prices.t <= one.accrued_to_year)
        tonnes = kept * (out.tco2e_gross * accrued).sum(axis=-1, keepdims=True) * here
        out.tco2e_issued = out.tco2e_issued + tonnes
        _book(out, "/carbon", tonnes * price, "revenue_carbon")
        _book(out, "/carbon/verification_cost_per_issuance", cost * here, "operating_cost")


def _working_capital(case: Case, out: Activity) -> None:
    rules = case.working_capital
    of_revenue = column(rules.share_of_revenue) + column(rules.receivable_days_of_revenue) / 365
    of_cost = (column(rules.inventory_days_of_operating_cost) - column(rules.payable_days_of_operating_cost)) / 365
    held = of_revenue * out.revenue_total + of_cost * out.operating_cost
    if rules.released_in_final_year:
        held = held * (np.arange(case.horizon + 1) < case.horizon)
    out.working_capital = held
    out.working_capital_change = np.diff(held, axis=-1, prepend=np.zeros((*np.shape(held)[:-1], 1)))
