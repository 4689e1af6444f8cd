"""Twelve financial mechanisms as small honest models: parameters in; yearly flows by party, metrics and warnings out.

Each flow is money in (+) or out (-) of a party in years 0, 1, …; over all parties, the world outside among them, every year sums
to 0. Defaults are examples, never advice. `ignores` says what a mechanism leaves out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onekl_desktop.base.translate import N_
from onekl_desktop.models.finance import measures
from onekl_desktop.models.finance.functions import concentration, vasicek_default_rate

Flow = NDArray[np.float64]
LEAST_PAID = 1e-9
OUTSIDE = "outside"


@dataclass
class Outcome:
    """What a mechanism does. `flows` are arrays of one length by party; `warnings` are marked texts with facts."""

    flows: dict[str, Flow]
    metrics: dict[str, Any] = field(default_factory=dict)
    warnings: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    ignores: str = ""

    def imbalance(self) -> float:
        """The largest sum of a year over all parties: 0 but for rounding."""
        return float(np.abs(sum(self.flows.values())).max())

    def warn(self, text: str, **facts: Any) -> None:
        """Something that the reader must know."""
        self.warnings.append((text, facts))


def _irr(flows: Flow) -> float | None:
    return measures.irr(flows)


def _pay(flows: dict[str, Flow], giver: str, taker: str, year: int, amount: float) -> None:
    flows[giver][year] -= amount
    flows[taker][year] += amount


def _parties(years: int, *names: str) -> dict[str, Flow]:
    return {name: np.zeros(years + 1) for name in (*names, OUTSIDE)}


# ------------------------------------------------------------------ 1 a fund


def portfolio_fund(
    project_flows: Sequence[Sequence[float]], weights: Sequence[float] | None = None, *, fee: float = 0.02, hurdle: float = 0.06, catch_up: float = 1.0,
    carry: float = 0.2, first_loss: float = 0.0, standard_deviations: Sequence[float] | None = None, correlation: float = 0.3,
) -> Outcome:  # fmt: skip
    """Whole-landscape portfolio fund: projects' cash needs are called from investors, surpluses run down the waterfall.

    Order each year: the fee (of what is invested), return of capital with the preferred return (compounded), catch-up, carry split.
    `first_loss` is the share of calls that a grant-maker funds; it is repaid only after investors have their capital and hurdle.
    Projects' rates are never averaged: flows are pooled.
    """
    years = max(len(flow) for flow in project_flows) - 1
    share = np.ones(len(project_flows)) if weights is None else np.asarray(weights, float)
    pooled = np.zeros(years + 1)
    for flow, weight in zip(project_flows, share, strict=True):
        pooled[: len(flow)] += weight * np.asarray(flow, float)
    flows = _parties(years, "investors", "first_loss_provider", "manager", "fund")
    owed = invested = soft = profit_investors = profit_manager = 0.0
    called = paid = fees = 0.0
    for t in range(years + 1):
        owed *= 1 + hurdle
        charge = fee * invested
        need = max(-pooled[t], 0.0) + (charge if pooled[t] < charge else 0.0)
        cash = max(pooled[t], 0.0) - (charge if pooled[t] >= charge else 0.0)
        if pooled[t] > 0 and pooled[t] < charge:
            need, cash = charge - pooled[t], 0.0
        _pay(flows, "fund", "manager", t, charge)
        fees += charge
        _pay(flows, OUTSIDE, "fund", t, pooled[t])
        if need > 0:
            from_soft = first_loss * need
            _pay(flows, "investors", "fund", t, need - from_soft)
            _pay(flows, "first_loss_provider", "fund", t, from_soft)
            owed, invested, soft, called = owed + need - from_soft, invested + need, soft + from_soft, called + need
        if cash > 0:
            first = min(cash, owed)
            back = min(cash - first, soft)
            owed, soft, left = owed - first, soft - back, cash - first - back
            capital = min(first, max(called * (1 - first_loss) - paid, 0.0))
            profit_investors += first - capital
            paid += first
            band = max(carry * profit_investors - (1 - carry) * profit_manager, 0.0)
            caught = 0.0
            if carry < catch_up and band > 0:
                units = min(left, band / (catch_up - carry))
                caught, left = catch_up * units, left - units
                profit_investors += units - caught
            to_manager = caught + carry * left
            to_investors = cash - back - to_manager
            profit_manager += to_manager
            profit_investors += (1 - carry) * left
            _pay(flows, "fund", "first_loss_provider", t, back)
            _pay(flows, "fund", "manager", t, to_manager)
            _pay(flows, "fund", "investors", t, to_investors)
    money_in = -flows["investors"][flows["investors"] < 0].sum()
    money_out = flows["investors"][flows["investors"] > 0].sum()
    multiple = money_out / money_in if money_in > LEAST_PAID else None  # less is nothing that was paid
    sizes = share * [max(-min(np.cumsum(flow)), 0.0) for flow in project_flows]
    out = Outcome(flows, ignores=N_("exits before the horizon, hedging of currencies, legal form"))
    out.metrics = {
        "gross_irr": _irr(pooled), "net_irr": _irr(flows["investors"]), "tvpi": multiple,
        "dpi": multiple, "called": float(called), "fees": float(fees), "carry": float(profit_manager),
        "first_loss_lost": float(soft), **concentration((sizes / sizes.sum()).tolist() if sizes.sum() else [1.0]),
    }  # fmt: skip
    if standard_deviations is not None:
        out.metrics["diversification_ratio"] = diversification_ratio(share.tolist(), standard_deviations, correlation)
    if owed > 1e-6:
        out.warn(N_("Investors do not get their capital and hurdle back: {amount} is missing."), amount=owed)
    if len(measures.irr_roots(pooled)) > 1:
        out.warn(N_("The pooled flow has several rates of return; look at its NPV."))
    return out


def diversification_ratio(weights: Sequence[float], standard_deviations: Sequence[float], correlation: float) -> float:
    """`sum w s / s_p` with one correlation for all pairs; 1 where all move together."""
    parts = np.asarray(weights, float) * np.asarray(standard_deviations, float)
    variance = (1 - correlation) * (parts**2).sum() + correlation * parts.sum() ** 2
    return float(parts.sum() / math.sqrt(variance)) if variance > 0 else 1.0


# ------------------------------------------------------------------ 2 a business


def development_business(
    units_by_year: Sequence[float], *, margin_per_unit: float, platform_cost: float, land_lease_per_unit: float = 0.0, success_fee_per_unit: float = 0.0,
    equity_rounds: Sequence[tuple[int, float, float]] = (), community_share: float = 0.1,
) -> Outcome:  # fmt: skip
    """Private landscape development business: platform cost, roll-out of units, community share of profit, dilution by rounds.

    `equity_rounds` are (year, amount, valuation before the money). Profit is paid out when cash is not needed for the burn.
    """
    years = len(units_by_year) - 1
    flows = _parties(years, "founders", "investors", "community", "business")
    cash, owned = 0.0, 1.0
    burn: list[float] = []
    for t, units in enumerate(units_by_year):
        for year, amount, before in equity_rounds:
            if year == t:
                owned *= before / (before + amount) if before + amount > 0 else 1.0
                _pay(flows, "investors", "business", t, amount)
                cash += amount
        earned = units * (margin_per_unit + success_fee_per_unit)
        lease = units * land_lease_per_unit
        _pay(flows, OUTSIDE, "business", t, earned)
        _pay(flows, "business", OUTSIDE, t, platform_cost)
        _pay(flows, "business", "community", t, lease)
        profit = earned - platform_cost - lease
        cash += profit
        burn.append(max(-profit, 0.0))
        if profit > 0 and cash > profit / 2:
            paid = min(profit, cash)
            share = community_share * paid
            _pay(flows, "business", "community", t, share)
            _pay(flows, "business", "founders", t, (paid - share) * owned)
            _pay(flows, "business", "investors", t, (paid - share) * (1 - owned))
            cash -= paid
    out = Outcome(flows, ignores=N_("competition, valuation, the price at which shares are sold"))
    per_unit = margin_per_unit + success_fee_per_unit - land_lease_per_unit
    most = max(burn, default=0.0)
    out.metrics = {
        "breakeven_units": platform_cost / per_unit if per_unit > 0 else None, "investor_irr": _irr(flows["investors"]), "founders_share": owned,
        "cash_at_end": cash, "largest_burn": most, "runway_years": sum(a for _y, a, _v in equity_rounds) / most if most else None,
        "community_share_of_value": float(flows["community"].sum() / max(sum(u * (margin_per_unit + success_fee_per_unit) for u in units_by_year), 1e-12)),
    }  # fmt: skip
    low = float(np.min(np.cumsum(flows["business"])))
    if low < -1e-9:
        out.warn(N_("The business runs out of money: {amount} is missing at the lowest point."), amount=-low)
    return out


# ------------------------------------------------------------------ 3 a security


def security(
    pool: float, *, years: int = 5, coupon: float = 0.1, default_rate: float = 0.03, prepayment_rate: float = 0.0, recovery: float = 0.4,
    tranches: Sequence[tuple[str, float, float]] = (("senior", 0.7, 0.06), ("mezzanine", 0.2, 0.09), ("equity", 0.1, 0.0)), sequential: bool = True,
) -> Outcome:  # fmt: skip
    """Asset-backed security: a pool of loans that amortises, defaults, prepays and recovers; tranches (name, share, coupon).

    Each year: interest of the tranches from the top, then principal from the top (sequential) or by shares; what is left goes to
    the last. Interest that cash cannot pay is added to what is owed.
    """
    names = [name for name, _share, _rate in tranches]
    flows = _parties(years, *names)
    owed = {name: share * pool for name, share, _rate in tranches[:-1]}
    last = names[-1]
    for name, share, _rate in tranches:
        _pay(flows, name, OUTSIDE, 0, share * pool)
    performing, weighted = pool, dict.fromkeys(owed, 0.0)
    repaid = dict.fromkeys(owed, 0.0)
    for t in range(1, years + 1):
        lost = default_rate * performing
        performing -= lost
        principal = performing / (years - t + 1)
        early = prepayment_rate * (performing - principal)
        cash = recovery * lost + performing * coupon + principal + early
        performing -= principal + early
        for name, _share, rate in tranches[:-1]:
            due = owed[name] * rate
            paid = min(cash, due)
            owed[name] += due - paid
            cash -= paid
            _pay(flows, OUTSIDE, name, t, paid)
        total = sum(owed.values())
        available = cash
        for name, left in list(owed.items()):
            part = available if sequential else available * left / total if total else 0.0
            paid = min(cash if sequential else part, left)
            owed[name] -= paid
            cash -= paid
            weighted[name] += t * paid
            repaid[name] += paid
            _pay(flows, OUTSIDE, name, t, paid)
        _pay(flows, OUTSIDE, last, t, cash)
    short = {name: left for name, left in owed.items() if left > 1e-6 * pool}
    out = Outcome(flows, ignores=N_("ratings, curves of prepayment by age, the cost of the issue"))
    out.metrics = {f"{name}_irr": _irr(flows[name]) for name in names}
    out.metrics |= {f"{name}_average_life": weighted[name] / repaid[name] if repaid[name] else None for name in owed}
    out.metrics |= {f"{name}_loss": owed[name] for name in owed}
    out.metrics["overcollateralisation"] = pool / max(sum(share for _n, share, _r in tranches[:-1]) * pool, 1e-12)
    for name, left in short.items():
        out.warn(N_("The tranche {name} is not repaid: {amount} is missing."), name=name, amount=left)
    return out


# ------------------------------------------------------------------ 4 insurance


def insurance(
    index: Sequence[float], *, trigger: float, exit: float, sum_insured: float, units: float = 1.0, correlation: float = 0.3, retention: float = 0.0,
    expense_share: float = 0.15, return_on_risk: float = 0.1, return_period_years: float = 20, ruin_years: int = 10, loss_given_no_payout: float = 0.0,
) -> Outcome:  # fmt: skip
    """Ecosystem-service insurance pool: payouts by a hazard index, linear between trigger and exit (either may be the larger).

    Premium: (expected loss + return on risk x (PML - expected loss)) / (1 - expense share). The pool keeps losses up to `retention`
    a year; reinsurance pays what is above for its expected cost. `ruin`: the share of all runs of `ruin_years` successive years of
    the record (wrapped around) in which the premiums since the start do not suffice.
    """
    values = np.asarray(index, float)
    paid_share = np.clip((values - trigger) / (exit - trigger), 0.0, 1.0)
    payouts = paid_share * sum_insured * units
    mean, count = float(payouts.mean()), len(payouts)
    pml = float(np.sort(payouts)[::-1][max(math.ceil(count / return_period_years - 1e-9), 1) - 1])
    premium = (mean + return_on_risk * max(pml - mean, 0.0)) / (1 - expense_share)
    kept = np.minimum(payouts, retention) if retention else payouts
    ceded = payouts - kept
    flows = _parties(count - 1, "insured", "pool", "reinsurer")
    for t in range(count):
        _pay(flows, "insured", "pool", t, premium)
        _pay(flows, "pool", OUTSIDE, t, expense_share * premium)
        _pay(flows, "pool", "reinsurer", t, float(ceded.mean()))
        _pay(flows, "reinsurer", "pool", t, float(ceded[t]))
        _pay(flows, "pool", "insured", t, float(payouts[t]))
    result = flows["pool"]
    runs = [np.cumsum([result[(start + n) % count] for n in range(ruin_years)]).min() < 0 for start in range(count)]
    out = Outcome(flows, ignores=N_("moral hazard, regulation, a climate that is not that of the record"))
    spread = float(payouts.std(ddof=1)) if count > 1 else 0.0
    out.metrics = {
        "expected_loss": mean, "standard_deviation": spread, "probable_maximum_loss": pml, "premium": premium,
        "reserve_for_probable_maximum_loss": max(pml - premium * (1 - expense_share), 0.0), "ruin_probability": float(np.mean(runs)),
        "pool_standard_deviation_per_unit": spread / units * math.sqrt((1 + (units - 1) * correlation) / units) if units >= 1 else None,
        "basis_risk": loss_given_no_payout,
    }  # fmt: skip
    if count < return_period_years:
        out.warn(N_("The record has {years} years, fewer than the return period: the maximum loss is not known."), years=count)  # fmt: skip
    if out.metrics["ruin_probability"] > 0.05:
        out.warn(N_("Without a reserve the pool is ruined in {share} of the runs."), share=out.metrics["ruin_probability"])  # fmt: skip
    return out


# ------------------------------------------------------------------ 5 a bank


def landscape_bank(
    *, loans: float, equity: float, years: int = 5, cost_of_funds: float = 0.05, loan_yield: float = 0.13, default_probability: float = 0.04,
    loss_given_default: float = 0.5, operating_cost_share: float = 0.04, fees: float = 0.0, retention: float = 1.0, growth: float = 0.05,
    least_capital_ratio: float = 0.12, asset_correlation: float = 0.15, liquidity_share: float = 0.1,
) -> Outcome:  # fmt: skip
    """Landscape bank: margin, losses, cost and capital by year; the breakeven spread `(opex + EL + ROE E - fees)/L` at ROE 0.

    Largest growth that keeps the ratio: `ROE x retention`. The tail loss is Vasicek's at 99.9 %.
    """
    flows = _parties(years, "depositors", "owners", "borrowers", "bank")
    book, capital = loans, equity
    ratios, margins, returns = [], [], []
    borrowed = book * (1 + liquidity_share) - capital
    _pay(flows, "depositors", "bank", 0, borrowed)
    _pay(flows, "owners", "bank", 0, capital)
    _pay(flows, "bank", "borrowers", 0, book)
    for t in range(1, years + 1):
        interest, cost = book * loan_yield, borrowed * cost_of_funds
        lost, running = book * default_probability * loss_given_default, book * operating_cost_share
        profit = interest + fees - cost - lost - running
        _pay(flows, "borrowers", "bank", t, interest + fees)
        _pay(flows, "bank", "depositors", t, cost)
        _pay(flows, "bank", OUTSIDE, t, running)
        paid = max(profit, 0.0) * (1 - retention)
        _pay(flows, "bank", "owners", t, paid)
        capital += profit - paid
        margins.append((interest - cost) / book)
        returns.append(profit / (book * (1 + liquidity_share)))
        grown = book * growth
        _pay(
            flows, "bank", "borrowers", t, grown + lost
        )  # what was lost is lent anew, so that the book grows as planned
        book += grown
        more = book * (1 + liquidity_share) - capital - borrowed
        _pay(flows, "depositors", "bank", t, more)
        borrowed += more
        ratios.append(capital / book)
    out = Outcome(flows, ignores=N_("runs on deposits, rules of provisioning, concentration"))
    expected = default_probability * loss_given_default
    first_return = (loan_yield - operating_cost_share - expected + fees / loans) * loans - (loans * (1 + liquidity_share) - equity) * cost_of_funds  # fmt: skip
    out.metrics = {
        "net_interest_margin": margins[0], "return_on_assets": returns[0], "return_on_equity": first_return / equity if equity else None,
        "breakeven_spread": (operating_cost_share * loans + expected * loans - fees) / loans, "largest_growth": first_return / equity * retention if equity else None,
        "capital_ratio": ratios, "tail_loss": vasicek_default_rate(default_probability, asset_correlation, 0.999) * loss_given_default * loans,
    }  # fmt: skip
    low = [t for t, ratio in enumerate(ratios, 1) if ratio < least_capital_ratio]
    if low:
        out.warn(N_("The capital ratio falls below the least one in year {year}."), year=low[0])
    if out.metrics["tail_loss"] > equity:
        out.warn(N_("A loss as in one year of a thousand is larger than the equity."))
    return out


# ------------------------------------------------------------------ 6 smallholders


def smallholder_aggregator(
    *, farms: Sequence[float], loan_per_farm: float, programme_cost: float, cost_per_farm: float, margin_share: float = 0.12, default_rate: float = 0.05,
    group_guarantee: float = 0.0, side_selling: float = 0.1, guarantee_cover: float = 0.0, farm_benefit: float = 0.0,
) -> Outcome:  # fmt: skip
    """Smallholder aggregator fund: yearly loans to a growing number of farms, repaid with a margin a year later through the buyer.

    Side-selling adds to defaults; a group guarantee recovers a share of them, then the guarantor pays its cover.
    """
    years = len(farms)
    flows = _parties(years, "fund", "farmers", "guarantor")
    at_risk = min(default_rate + side_selling * (1 - default_rate), 1.0)
    for t, count in enumerate(farms):
        lent = count * loan_per_farm
        _pay(flows, "fund", "farmers", t, lent)
        _pay(flows, "fund", OUTSIDE, t, programme_cost + count * cost_per_farm)
        lost = lent * at_risk * (1 - group_guarantee)
        _pay(flows, "farmers", "fund", t + 1, (lent - lost) * (1 + margin_share))
        _pay(flows, "guarantor", "fund", t + 1, lost * guarantee_cover)
    most = max(farms)
    margin = loan_per_farm * ((1 - at_risk * (1 - group_guarantee)) * (1 + margin_share) + at_risk * (1 - group_guarantee) * guarantee_cover - 1) - cost_per_farm  # fmt: skip
    out = Outcome(flows, ignores=N_("how social collateral wears off, harvests that fail together"))
    out.metrics = {
        "transaction_cost_ratio": (programme_cost / most + cost_per_farm) / loan_per_farm, "breakeven_farms": programme_cost / margin if margin > 0 else None,
        "portfolio_at_risk": at_risk, "cost_per_farmer": programme_cost / most + cost_per_farm, "margin_per_farm": margin,
        "borrower_net_benefit": farm_benefit - loan_per_farm * margin_share, "fund_irr": _irr(flows["fund"]),
    }  # fmt: skip
    if margin <= 0:
        out.warn(N_("Each farm costs more than it brings: no number of farms breaks even."))
    elif programme_cost / margin > most:
        out.warn(N_("It takes {count} farms to break even, more than there are."), count=programme_cost / margin)
    return out


# ------------------------------------------------------------------ 7 grants


def grant_facility(
    applications: Sequence[tuple[float, float, str]], *, budget: float, match_share: float = 0.25, appraisal_cost: float = 2000.0, cut_off: float = 0.6,
    milestones: Sequence[float] = (0.4, 0.4, 0.2), months_to_award: float = 9.0,
) -> Outcome:  # fmt: skip
    """Grant facility: applications (amount, score, group), best score first, while they pass the cut-off and money is left.

    Each grant is paid on milestones in successive years; the grantee puts in `match_share` of the grant beside.
    """
    years = len(milestones) - 1
    flows = _parties(years, "facility", "grantees", "co_financiers")
    left = budget - appraisal_cost * len(applications)
    _pay(flows, "facility", OUTSIDE, 0, appraisal_cost * len(applications))
    awarded: list[tuple[float, float, str]] = []
    for amount, score, group in sorted(applications, key=lambda item: -item[1]):
        if score >= cut_off and amount <= left + 1e-9:
            awarded.append((amount, score, group))
            left -= amount
    total = sum(amount for amount, _score, _group in awarded)
    for t, part in enumerate(milestones):
        _pay(flows, "facility", "grantees", t, total * part)
        _pay(flows, "co_financiers", "grantees", t, total * match_share * part)
        _pay(flows, "grantees", OUTSIDE, t, total * (1 + match_share) * part)
    reach: dict[str, float] = {}
    for amount, _score, group in awarded:
        reach[group] = reach.get(group, 0.0) + amount
    out = Outcome(flows, ignores=N_("awards that politics decides, grantees that do not finish"))
    out.metrics = {
        "awards": len(awarded), "awarded": total, "co_finance": total * match_share, "absorption": total / budget if budget else None,
        "leverage": total * match_share / budget if budget else None, "reach_by_group": reach, "months_to_last_payment": months_to_award + 12 * years,
        "appraisal_share": appraisal_cost * len(applications) / budget if budget else None,
    }  # fmt: skip
    if abs(sum(milestones) - 1) > 1e-9:
        out.warn(N_("The milestones do not sum to the whole grant."))
    if left < 0:
        out.warn(N_("Appraising all applications costs more than the budget."))
    return out


# ------------------------------------------------------------------ 8 payments for ecosystem services


def ecosystem_payment(
    *, area_ha: float, years: int = 10, payment_per_ha: float, opportunity_cost: float, transaction_cost: float, monitoring_cost: float, compliance: float = 0.9,
    effect_per_ha: float = 1.0, baseline_share: float = 0.1, willingness_to_pay: float | None = None, discount_rate: float = 0.08,
) -> Outcome:  # fmt: skip
    """Payment for ecosystem services: providers are paid where they comply; the least payment is `(OC + TC)/p`.

    `baseline_share` of the effect would have come without the payment: only the rest is additional.
    """
    flows = _parties(years, "buyer", "providers")
    for t in range(1, years + 1):
        _pay(flows, "buyer", "providers", t, area_ha * payment_per_ha * compliance)
        _pay(flows, "buyer", OUTSIDE, t, area_ha * monitoring_cost)
        _pay(flows, "providers", OUTSIDE, t, area_ha * (opportunity_cost + transaction_cost))
    units = area_ha * effect_per_ha * compliance * (1 - baseline_share)
    cost = area_ha * (payment_per_ha * compliance + monitoring_cost)
    out = Outcome(flows, ignores=N_("leakage outside the area, permanence after the payments end"))
    out.metrics = {
        "minimum_payment": (opportunity_cost + transaction_cost) / compliance, "provider_npv": measures.present_value(discount_rate, flows["providers"]),
        "buyer_cost_per_additional_unit": cost / units if units > 0 else None, "additional_share": 1 - baseline_share,
        "buyer_npv": measures.present_value(discount_rate, flows["buyer"]),
    }  # fmt: skip
    if payment_per_ha < out.metrics["minimum_payment"] - 1e-9:
        out.warn(N_("The payment is below what providers give up: {amount} a hectare would do."), amount=out.metrics["minimum_payment"])  # fmt: skip
    per_unit = out.metrics["buyer_cost_per_additional_unit"]
    if willingness_to_pay is not None and per_unit is not None and per_unit > willingness_to_pay:
        out.warn(N_("An additional unit costs the buyer {amount}, more than it is worth to them."), amount=per_unit)
    return out


# ------------------------------------------------------------------ 9 a premium


def commodity_premium(
    *, volume_kg: float, premium_per_kg: float, pass_through: float = 0.7, sold_certified_share: float = 0.6, certification_cost: float, set_up_cost: float = 0.0,
    group_cost: float = 0.0, yield_effect: float = 0.0, price_per_kg: float = 0.0, years: int = 5, farmers: float = 1.0,
) -> Outcome:  # fmt: skip
    """Commodity premium: what reaches farmers after certification; breakeven share sold = cost/(premium x pass-through x volume)."""
    flows = _parties(years, "buyer", "group", "farmers")
    volume = volume_kg * (1 + yield_effect)
    premium = volume * premium_per_kg * sold_certified_share
    _pay(flows, "farmers", OUTSIDE, 0, set_up_cost)
    for t in range(1, years + 1):
        _pay(flows, "buyer", "group", t, premium)
        _pay(flows, "group", "farmers", t, premium * pass_through)
        _pay(flows, "group", OUTSIDE, t, group_cost)
        _pay(flows, "farmers", OUTSIDE, t, certification_cost)
        _pay(flows, OUTSIDE, "farmers", t, volume_kg * yield_effect * price_per_kg)
    cost = certification_cost + set_up_cost / years
    gain = volume * premium_per_kg * pass_through
    net = float(flows["farmers"][1:].mean()) if years else 0.0
    out = Outcome(flows, ignores=N_("how the price answers to more certified supply"))
    out.metrics = {
        "net_premium_per_farmer": net / farmers, "payback_years": measures.payback(flows["farmers"]),
        "breakeven_sold_share": cost / gain if gain > 0 else None, "group_balance_per_year": premium * (1 - pass_through) - group_cost,
    }  # fmt: skip
    if gain > 0 and cost / gain > sold_certified_share:
        out.warn(N_("Certification does not pay: {share} of the volume must be sold as certified."), share=cost / gain)
    if out.metrics["group_balance_per_year"] < 0:
        out.warn(N_("The group's own share of the premium does not cover its cost."))
    return out


# ------------------------------------------------------------------ 10 readiness


def readiness_fund(
    *, corpus: float, ticket: float, success: float = 0.5, repaid_share: float = 1.2, lag_years: int = 2, years: int = 10, administration: float = 0.03,
    top_ups: Sequence[tuple[int, float]] = (),
) -> Outcome:  # fmt: skip
    """Investment readiness fund: whole tickets from what is there; deals that close pay back `repaid_share` after a lag."""
    flows = _parties(years, "funder", "fund", "deals")
    _pay(flows, "funder", "fund", 0, corpus)
    balance, path, supported = corpus, [], 0
    back = np.zeros(years + lag_years + 2)
    for t in range(years + 1):
        for year, amount in top_ups:
            if year == t:
                _pay(flows, "funder", "fund", t, amount)
                balance += amount
        _pay(flows, "deals", "fund", t, float(back[t]))
        balance += back[t]
        cost = administration * balance
        _pay(flows, "fund", OUTSIDE, t, cost)
        balance -= cost
        count = int(balance // ticket) if ticket > 0 else 0
        _pay(flows, "fund", "deals", t, count * ticket)
        balance -= count * ticket
        back[t + lag_years] += count * ticket * success * repaid_share
        supported += count
        path.append(float(balance))
    closed = supported * success
    given = corpus + sum(amount for _year, amount in top_ups)
    kept = balance + float(back[years + 1 :].sum())
    out = Outcome(flows, ignores=N_("that the quality of deals drifts, interest on what lies idle"))
    rate = success * repaid_share
    out.metrics = {
        "deals_supported": supported, "deals_closed": closed, "recycle_multiplier": supported * ticket / given if given else None,
        "limit_multiplier": 1 / (1 - rate) if rate < 1 else None, "balance": path, "effective_grant_per_closed_deal": (given - kept) / closed if closed else None,
    }  # fmt: skip
    if rate >= 1:
        out.warn(N_("It is assumed that the fund gets back more than it lends."))
    if supported == 0:
        out.warn(N_("The fund is too small for one ticket."))
    return out


# ------------------------------------------------------------------ 11 a guarantee


def guarantee(
    *, loans: float, cover: float = 0.5, cap: float | None = None, fee: float = 0.01, default_probability: float = 0.06, loss_given_default: float = 0.5,
    years: int = 5, loan_yield: float = 0.12, capital: float | None = None,
) -> Outcome:  # fmt: skip
    """Guarantee or first loss: expected losses of lender and guarantor by year on a level book; the cap is for all years together."""
    flows = _parties(years, "lender", "guarantor", "borrowers")
    most = loans * cover if cap is None else cap
    _pay(flows, "lender", "borrowers", 0, loans)
    used = borne = 0.0
    for t in range(1, years + 1):
        lost = loans * default_probability * loss_given_default
        paid = min(cover * lost, most - used)
        used += paid
        borne += lost - paid
        _pay(flows, "borrowers", "lender", t, loans * loan_yield)
        _pay(flows, "lender", "guarantor", t, fee * loans)
        _pay(flows, "guarantor", "lender", t, paid)
        _pay(flows, "lender", "borrowers", t, lost)  # what was lost is lent anew: the book stays level
    _pay(flows, "borrowers", "lender", years, loans)
    held = most if capital is None else capital
    out = Outcome(flows, ignores=N_("adverse selection, what is recovered later"))
    out.metrics = {
        "lender_expected_loss_per_year": borne / years, "guarantor_expected_loss_per_year": used / years, "fee_income_per_year": fee * loans,
        "leverage": loans / held if held else None, "cap_used_share": used / most if most else None, "lender_irr": _irr(flows["lender"]),
    }  # fmt: skip
    if most and used >= most * (1 - 1e-9):
        out.warn(N_("The cap is used up by the expected losses alone."))
    if fee * loans < used / years:
        out.warn(N_("The fee does not pay for the guarantor's expected loss: {amount} a year is a subsidy."), amount=used / years - fee * loans)  # fmt: skip
    return out


# ------------------------------------------------------------------ 12 advances and settlement


def advance_settlement(
    *, volume_kg: float, price_per_kg: float, advance_share: float = 0.6, advance_rate: float = 0.02, settlement_cost_share: float = 0.01, delay_years: int = 1,
    default_rate: float = 0.03, years: int = 5, bank_rate: float = 0.15,
) -> Outcome:  # fmt: skip
    """Commodity advance (also settled on a ledger): the buyer pays a share ahead of harvest, the rest after a delay, less the cost of settling.

    A signed append-only ledger on the computer does what a chain would: nothing here depends on one.
    """
    flows = _parties(years + delay_years, "buyer", "farmers")
    value = volume_kg * price_per_kg
    advance = advance_share * value
    for t in range(years):
        _pay(flows, "buyer", "farmers", t, advance)
        delivered = value * (1 - default_rate)
        rest = max(delivered - advance * (1 + advance_rate) * (1 - default_rate), 0.0)
        cost = settlement_cost_share * delivered
        _pay(flows, OUTSIDE, "buyer", t + delay_years, delivered)
        _pay(flows, "buyer", "farmers", t + delay_years, rest - min(cost, rest))
        _pay(flows, "buyer", OUTSIDE, t + delay_years, min(cost, rest))
    out = Outcome(flows, ignores=N_("prices that move between advance and harvest, who keeps the ledger's keys"))
    out.metrics = {
        "cost_to_farmer_per_year": advance * advance_rate + settlement_cost_share * value, "cost_of_a_bank_loan_instead": advance * bank_rate * delay_years,
        "buyer_exposure": advance, "buyer_irr": _irr(flows["buyer"]), "settlement_cost_share": settlement_cost_share,
    }  # fmt: skip
    if advance_rate / delay_years > bank_rate:
        out.warn(N_("The advance is dearer than a loan of a bank."))
    return out


MECHANISMS: dict[str, Callable[..., Outcome]] = {
    each.__name__: each
    for each in (
        portfolio_fund, development_business, security, insurance, landscape_bank, smallholder_aggregator, grant_facility, ecosystem_payment,
        commodity_premium, readiness_fund, guarantee, advance_settlement,
    )
}  # fmt: skip
