"""Who pays and who is paid: tax, loans, reserve, credit support, owners; year by year in the order of README section 7."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onekl_desktop.models.finance.activity import Activity
from onekl_desktop.models.finance.case import Bullet, Case, Explicit, Loan, Payments, Tax, amounts_by_year

Series = NDArray[np.float64]
HALVINGS = 200


class TaxMemory:
    """Losses by the year in which they were made, oldest used first."""

    def __init__(self, tax: Tax) -> None:
        self._tax = tax
        self._losses: list[list[float]] = []  # [year, what is left]

    def charge(self, t: int, profit: float) -> float:
        """Tax on the profit of a year; a loss is remembered, and never gives a refund."""
        most = self._tax.loss_carry_forward_years
        if most is not None:
            self._losses = [loss for loss in self._losses if t - loss[0] <= most]
        if profit < 0:
            self._losses.append([t, -profit])
            return 0.0
        holiday = self._tax.holiday
        if holiday is not None and holiday.from_year <= t <= holiday.to_year:
            return 0.0
        for loss in self._losses:
            used = min(loss[1], profit)
            loss[1] -= used
            profit -= used
        self._losses = [loss for loss in self._losses if loss[1] > 0]
        return self._tax.rate * profit


def unlevered_tax(case: Case, activity: Activity) -> Series:
    """Tax on profit before finance: no interest, fees or grants."""
    memory = TaxMemory(case.tax)
    return np.array([memory.charge(t, profit) for t, profit in enumerate(activity.profit_before_finance.tolist())])


YEARLY = (
    "tax", "net_profit", "loan_draws", "loan_fees", "interest_accrued", "interest_paid", "principal_paid", "debt_balance", "cfads",
    "support_fees", "support_paid", "support_recovered", "support_outstanding", "reserve_balance", "equity_flow", "balance_check",
    "cash_check",
)  # fmt: skip


@dataclass
class Financing:
    """Series by year, shape (T + 1,)."""

    tax: Series
    net_profit: Series
    loan_draws: Series
    loan_fees: Series
    interest_accrued: Series
    interest_paid: Series
    principal_paid: Series
    debt_balance: Series
    cfads: Series
    support_fees: Series
    support_paid: Series
    support_recovered: Series
    support_outstanding: Series
    reserve_balance: Series
    equity_flow: Series
    balance_check: Series
    cash_check: Series
    balances: dict[str, Series] = field(default_factory=dict)  # of each loan, at the ends of years
    principals: dict[str, Series] = field(default_factory=dict)
    interests: dict[str, Series] = field(default_factory=dict)
    paid_by: dict[str, Series] = field(default_factory=dict)  # of each support
    reserve_paid: Series = field(default_factory=lambda: np.zeros(0))
    sculpted_dscr: float | None = None

    @property
    def debt_service(self) -> Series:
        """Interest paid and principal."""
        return self.interest_paid + self.principal_paid


def finance(case: Case, activity: Activity) -> Financing:
    """Run the years; where a loan is sculpted, with the largest DSCR for which it is repaid by its last year.

    CFADS contains tax, and tax the loan's own interest, so the years are run in order for each trial and the DSCR is bisected.
    """
    sculpted = find_sculpted(case)
    if sculpted is None:
        return _run(case, activity, None)
    last = sculpted.last_principal_year
    assert last is not None

    def left(dscr: float) -> float:
        return float(_run(case, activity, dscr).balances[sculpted.id][last])

    low, high = 0.0, 1.0
    while left(high) <= 0 and high < 1e12:
        low, high = high, high * 2
    if low == 0:
        trial = high
        while trial > 1e-9 and left(trial) > 0:
            high, trial = trial, trial / 2
        if left(trial) > 0:  # no year has cash for it
            return _run(case, activity, None)
        low = trial
    if high >= 1e12:
        return _run(case, activity, None)
    for _turn in range(HALVINGS):
        middle = (low + high) / 2
        if not low < middle < high:
            break
        low, high = (middle, high) if left(middle) <= 0 else (low, middle)
    found = _run(case, activity, low)
    found.sculpted_dscr = low
    return found


def find_sculpted(case: Case) -> Loan | None:
    """The loan whose payments follow the cash, if there is one."""
    for loan in case.loans:
        if isinstance(loan.principal, Payments) and loan.principal.kind == "sculpted":
            return loan
    return None


def _run(case: Case, activity: Activity, dscr: float | None) -> Financing:
    years, zero = case.horizon + 1, np.zeros(case.horizon + 1)
    revenue, operating = activity.revenue_total, activity.operating_cost
    profit_before, before_tax = activity.profit_before_finance, activity.pre_tax_cash_flow
    change, capital = activity.working_capital_change, activity.capital_cost
    grants, taxable = activity.grants, zero.copy()
    for grant in case.grants:
        if grant.taxable:
            taxable = taxable + amounts_by_year(grant.by_year, case.horizon)
    draws = {loan.id: amounts_by_year(loan.draws, case.horizon) for loan in case.loans}
    fresh: dict[str, Any] = {name: np.zeros(years) for name in YEARLY}
    out = Financing(**fresh)
    out.balances, out.principals, out.interests = (
        {loan.id: np.zeros(years) for loan in case.loans} for _name in range(3)
    )
    out.paid_by, out.reserve_paid = {one.id: np.zeros(years) for one in case.credit_support}, np.zeros(years)
    owed, used = {one.id: 0.0 for one in case.credit_support}, {one.id: 0.0 for one in case.credit_support}
    balance = {loan.id: 0.0 for loan in case.loans}
    memory, reserve, keeper = TaxMemory(case.tax), 0.0, case.equity.reserve
    release = None if keeper is None else case.horizon if keeper.release_year is None else keeper.release_year
    instalment: dict[str, float] = {}
    paid_in = retained = received = 0.0
    for t in range(years):
        opening = sum(balance.values())
        drawn = sum(draws[loan.id][t] for loan in case.loans)
        fees = sum(loan.upfront_fee_share * draws[loan.id][t] for loan in case.loans)
        in_force = [one for one in case.credit_support if one.from_year <= t <= one.to_year]
        support_fee = sum(one.annual_fee_share_of_debt * opening for one in in_force)
        accrued, paid = {}, {}
        for loan in case.loans:
            first = loan.first_principal_year
            accrued[loan.id] = loan.interest_per_year * balance[loan.id]
            grace = first is None or t < first
            paid[loan.id] = 0.0 if grace and loan.interest_during_grace == "capitalised" else accrued[loan.id]
        interest, interest_paid = sum(accrued.values()), sum(paid.values())
        tax = memory.charge(t, float(profit_before[t] - interest - fees - support_fee + taxable[t]))
        own = max(0.0, capital[t] - grants[t] - drawn)
        cfads = float(revenue[t] - operating[t] - tax - change[t] - own)
        principal = {loan.id: _principal(loan, t, balance[loan.id], instalment) for loan in case.loans}
        for loan in case.loans:
            plan = loan.principal
            if isinstance(plan, Payments) and plan.kind == "sculpted":
                others = sum(amount for id, amount in principal.items() if id != loan.id)
                within = plan.first_year <= t < plan.first_year + plan.payments
                room = cfads / dscr - interest_paid - others if within and dscr else 0.0
                principal[loan.id] = min(balance[loan.id], max(0.0, room))
        service = interest_paid + sum(principal.values())
        shortfall = max(0.0, service - max(0.0, cfads))
        from_reserve = min(reserve, shortfall)
        reserve -= from_reserve
        shortfall -= from_reserve
        supported = 0.0
        for one in in_force:
            pays = min(one.cover_share * shortfall, one.cap_amount - used[one.id])
            used[one.id] += pays
            owed[one.id] += pays
            out.paid_by[one.id][t] = pays
            shortfall -= pays
            supported += pays
        net = float(before_tax[t] - tax + drawn + grants[t] - fees - support_fee - service + from_reserve + supported)
        if release == t:
            net += reserve
            reserve = 0.0
        recovered = 0.0
        if net > 0:
            if keeper is not None and release is not None and keeper.from_year <= t < release:
                added = min(net, max(keeper.target_amount - reserve, 0.0))
                reserve += added
                net -= added
            for one in reversed(case.credit_support):
                back = min(owed[one.id], one.recovery_share_of_surplus * net)
                owed[one.id] -= back
                net -= back
                recovered += back
        for loan in case.loans:
            held = accrued[loan.id] - paid[loan.id]
            balance[loan.id] += draws[loan.id][t] + held - principal[loan.id]
            out.balances[loan.id][t] = balance[loan.id]
            out.principals[loan.id][t], out.interests[loan.id][t] = principal[loan.id], paid[loan.id]
        profit = float(profit_before[t] - interest - fees - support_fee - tax)
        paid_in += max(-net, 0.0)
        retained += profit - max(net, 0.0)
        received += float(grants[t])
        debt, support_debt = sum(balance.values()), sum(owed.values())
        out.tax[t], out.net_profit[t], out.loan_draws[t], out.loan_fees[t] = tax, profit, drawn, fees
        out.interest_accrued[t], out.interest_paid[t] = interest, interest_paid
        out.principal_paid[t], out.debt_balance[t], out.cfads[t] = sum(principal.values()), debt, cfads
        out.support_fees[t], out.support_paid[t], out.support_recovered[t] = support_fee, supported, recovered
        out.support_outstanding[t], out.reserve_balance[t], out.equity_flow[t] = support_debt, reserve, net
        out.reserve_paid[t] = from_reserve
        assets = activity.net_fixed_assets[t] + activity.working_capital[t] + reserve
        out.balance_check[t] = assets - (debt + support_debt + paid_in + received + retained)
    moved = np.diff(out.reserve_balance, prepend=0.0)
    out.cash_check = (
        before_tax - out.tax + out.loan_draws + grants - out.loan_fees - out.support_fees - out.interest_paid
        - out.principal_paid + out.support_paid - out.support_recovered - moved - out.equity_flow
    )  # fmt: skip
    return out


def _principal(loan: Loan, t: int, balance: float, instalment: dict[str, float]) -> float:
    """What a loan pays back in a year by its plan; a sculpted one is told by the cash."""
    plan = loan.principal
    if isinstance(plan, Bullet):
        return balance if t == plan.year else 0.0
    if isinstance(plan, Explicit):
        return float(sum(item.amount for item in plan.by_year if item.year == t))
    if plan.kind == "sculpted" or not plan.first_year <= t < plan.first_year + plan.payments:
        return 0.0
    rate = loan.interest_per_year
    if t == plan.first_year:
        if plan.kind == "equal" or rate == 0:
            instalment[loan.id] = balance / plan.payments
        else:
            instalment[loan.id] = balance * rate / (1 - (1 + rate) ** -plan.payments)
    if plan.kind == "equal" or rate == 0:
        return instalment[loan.id]
    return instalment[loan.id] - rate * balance
