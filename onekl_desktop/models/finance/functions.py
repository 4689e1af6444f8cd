"""Single functions of finance, as a spreadsheet has them and a textbook writes them.

Signs as in spreadsheets where the function is one of theirs: what is paid is negative. Nothing is rounded.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from onekl_desktop.models.finance import measures
from onekl_desktop.models.finance.measures import irr, irr_roots, mirr, npv, payback

Dated = Sequence[tuple[str, float]]
XIRR_LOW, XIRR_HIGH = 0.01, 100.0  # 1 + r is looked for between

# ------------------------------------------------------------------ present values and rates of return


def npv_spreadsheet(rate: float, flows: Sequence[float]) -> float:
    """As a spreadsheet's NPV(): the first flow is discounted by one whole period."""
    return npv(rate, flows) / (1 + rate)


def npv_mid_period(rate: float, flows: Sequence[float]) -> float:
    """Flows from year 1 on fall in the middle of their years."""
    return measures.present_value(rate, flows, True)


def year_fractions(days: Sequence[dt.date], day_count: str) -> list[float]:
    """Years from the first date: ACT/365F, ACT/360 or 30/360 (d1 31 → 30; d2 31 → 30 where d1 is then 30; no rule for February)."""
    first = days[0]
    if day_count in ("ACT/365F", "ACT/360"):
        return [(day - first).days / (365 if day_count == "ACT/365F" else 360) for day in days]
    if day_count != "30/360":
        raise ValueError(f"there is no day count {day_count!r}")
    d1 = min(first.day, 30)
    out = []
    for day in days:
        d2 = 30 if day.day == 31 and d1 == 30 else day.day
        out.append((360 * (day.year - first.year) + 30 * (day.month - first.month) + d2 - d1) / 360)
    return out


def _dated(dated_flows: Dated, day_count: str) -> tuple[np.ndarray, np.ndarray]:
    days = [dt.date.fromisoformat(day) for day, _amount in dated_flows]
    return np.array(year_fractions(days, day_count)), np.array([amount for _day, amount in dated_flows], float)


def xnpv(rate: float, dated_flows: Dated, day_count: str = "ACT/365F") -> float:
    """`sum CF / (1 + r)^y`, y = year fraction from the first date."""
    years, amounts = _dated(dated_flows, day_count)
    return float((amounts / (1 + rate) ** years).sum())


def xirr(dated_flows: Dated, day_count: str = "ACT/365F") -> float | None:
    """The rate where XNPV is 0; None unless there is exactly one with 1 + r between 0.01 and 100."""
    years, amounts = _dated(dated_flows, day_count)
    found = [r for r in measures.dated_roots(amounts, years) if XIRR_LOW <= 1 + r <= XIRR_HIGH]
    return found[0] if len(found) == 1 else None


def equivalent_annual_annuity(npv: float, rate: float, years: float) -> float:
    """The equal yearly amount of the same present value."""
    return measures.equivalent_annual_annuity(npv, rate, years)


# ------------------------------------------------------------------ loans, as spreadsheets have them


def pmt(rate: float, periods: float, present_value: float, future_value: float = 0.0, payment_at: str = "end") -> float:
    """The equal payment of each period; `payment_at` is end or begin."""
    if rate == 0:
        return -(present_value + future_value) / periods
    grown = math.expm1(periods * math.log1p(rate))  # (1 + r)^n - 1, also for the smallest rates
    due = 1 + rate if payment_at == "begin" else 1.0
    return (
        -(present_value * (grown + 1) + future_value) * (rate / grown) / due
    )  # the ratio first: both may be next to nothing


def _balance(rate: float, period: float, periods: float, present_value: float) -> float:
    """What is owed at the end of a period."""
    payment = pmt(rate, periods, present_value)
    if rate == 0:
        return present_value + payment * period
    grown = math.expm1(period * math.log1p(rate))
    return present_value * (grown + 1) + payment * grown / rate


def ipmt(rate: float, period: int, periods: float, present_value: float) -> float:
    """The interest part of a payment; the first period is 1."""
    return -_balance(rate, period - 1, periods, present_value) * rate


def ppmt(rate: float, period: int, periods: float, present_value: float) -> float:
    """The principal part of a payment."""
    return pmt(rate, periods, present_value) - ipmt(rate, period, periods, present_value)


def cumulative_interest(rate: float, periods: float, present_value: float, first_period: int, last_period: int) -> float:  # fmt: skip
    """Interest of the periods from first to last, both included."""
    return sum(ipmt(rate, period, periods, present_value) for period in range(first_period, last_period + 1))


def cumulative_principal(rate: float, periods: float, present_value: float, first_period: int, last_period: int) -> float:  # fmt: skip
    """Principal of the periods from first to last, both included."""
    return sum(ppmt(rate, period, periods, present_value) for period in range(first_period, last_period + 1))


def rate(periods: float, payment: float, present_value: float, future_value: float = 0.0) -> float | None:
    """The rate per period at which `pv (1+r)^n + pmt ((1+r)^n - 1)/r + fv = 0`; None where there is none or more than one."""
    from scipy.optimize import brentq

    def value(u: float) -> float:  # u = ln(1 + r); over (1+r)^n so that nothing overflows
        r = math.expm1(u)
        annuity = periods if abs(r) < 1e-12 else -math.expm1(-periods * u) / r
        return present_value + payment * annuity + future_value * math.exp(-periods * u)

    grid = np.linspace(-6.0, 12.0, 3601).tolist()
    values = []
    for u in grid:
        try:
            values.append(value(u))
        except OverflowError:
            values.append(math.nan)
    found = [u for u, here in zip(grid, values, strict=True) if here == 0]
    for at in range(len(grid) - 1):
        if values[at] * values[at + 1] < 0:
            found.append(brentq(value, grid[at], grid[at + 1], xtol=1e-16, rtol=1e-15))
    return math.expm1(found[0]) if len(found) == 1 else None


def nper(rate: float, payment: float, present_value: float, future_value: float = 0.0, payment_at: str = "end") -> float | None:  # fmt: skip
    """The number of periods, not rounded; None where it is never reached."""
    if rate == 0:
        return -(present_value + future_value) / payment if payment else None
    due = payment * (1 + rate if payment_at == "begin" else 1.0)
    above, below = due - future_value * rate, due + present_value * rate
    if below == 0 or above / below <= 0:
        return None
    return math.log(above / below) / math.log1p(rate)


def effective_rate(nominal_rate: float, periods_per_year: float) -> float:
    """`(1 + r/m)^m - 1`."""
    return math.expm1(periods_per_year * math.log1p(nominal_rate / periods_per_year))


def real_rate(nominal_rate: float, inflation: float) -> float:
    """Fisher (1930): `(1 + nominal)/(1 + inflation) - 1`."""
    return (1 + nominal_rate) / (1 + inflation) - 1


def land_expectation_value(establishment_cost: float, harvest_revenue: float, rotation_years: float, rate: float) -> float:  # fmt: skip
    """Faustmann (1849): perpetual rotations, `(H - C (1+r)^n)/((1+r)^n - 1)`."""
    growth = (1 + rate) ** rotation_years
    return (harvest_revenue - establishment_cost * growth) / (growth - 1)


def sculpted_debt(cash_available: Sequence[float], rate: float, target_dscr: float) -> dict[str, Any]:
    """The debt that cash of years 1..n carries at a DSCR, `sum CF/D/(1+i)^t`; LLCR then equals D.

    A year whose cash at D is less than the interest would borrow: principal is then negative, and is told as it is.
    """
    service = [cash / target_dscr for cash in cash_available]
    debt = sum(amount / (1 + rate) ** t for t, amount in enumerate(service, 1))
    balance, principal, closing = debt, [], []
    for amount in service:
        principal.append(amount - balance * rate)
        balance -= principal[-1]
        closing.append(balance)
    cover = sum(cash / (1 + rate) ** t for t, cash in enumerate(cash_available, 1))
    return {"debt": debt, "principal": principal, "closing_balance": closing, "llcr": cover / debt if debt else None}


def debt_capacity(cash_available: Sequence[float], rate: float, target_dscr: float) -> dict[str, Any]:
    """The largest loan that keeps the DSCR in every year 1..n with interest paid and principal never negative.

    From the last year back: with `C(t)` the most that may be owed after year t, the most before it is `CF/(D i)` where that is
    less than `C(t)` (the year carries interest only), else `(CF/D + C(t))/(1 + i)`. Where no year is cut it equals `sculpted_debt`.
    """
    caps = [0.0]
    for cash in reversed(cash_available):
        service, after = max(cash, 0.0) / target_dscr, caps[-1]
        caps.append(service / rate if rate > 0 and service < after * rate else (service + after) / (1 + rate))
    balance, principal, closing = caps[-1], [], []
    for cash in cash_available:
        paid = min(balance, max(0.0, max(cash, 0.0) / target_dscr - balance * rate))
        balance -= paid
        principal.append(paid)
        closing.append(balance)
    return {"debt": caps[-1], "principal": principal, "closing_balance": closing}


def annuity_after_grace(amount: float, rate: float, grace_years: int, payments: int, interest_during_grace: str = "paid") -> dict[str, float]:  # fmt: skip
    """The balance after grace and the equal payment a year."""
    balance = amount * (1 + rate) ** grace_years if interest_during_grace == "capitalised" else amount
    return {"balance_after_grace": balance, "payment_per_year": -pmt(rate, payments, balance)}


def grant_element(face: float, interest_per_year: float, years: int, grace_years: int, reference_rate: float) -> float:
    """`1 - PV(repayments at the reference rate)/face`: interest on the balance, equal principal after grace (OECD DAC)."""
    balance, value, part = face, 0.0, face / (years - grace_years)
    for t in range(1, years + 1):
        principal = part if t > grace_years else 0.0
        value += (balance * interest_per_year + principal) / (1 + reference_rate) ** t
        balance -= principal
    return 1 - value / face


# ------------------------------------------------------------------ funds, pools, risk


def fund_waterfall(contribution: float, proceeds: float, years: float, preferred_return: float, catch_up_share: float, carry_share: float) -> dict[str, float | None]:  # fmt: skip
    """Paid in at 0, out at `years`: hurdle to investors, catch-up to the manager until it holds its share of profit, then the split.

    With x units in the catch-up band the manager holds `catch_up x`, all profit is `hurdle - contribution + x`; they are in
    proportion at `x = carry (hurdle - contribution)/(catch_up - carry)`.
    """
    hurdle = contribution * (1 + preferred_return) ** years
    first = min(proceeds, hurdle)
    left = proceeds - first
    band = math.inf if catch_up_share <= carry_share else carry_share * (hurdle - contribution) / (catch_up_share - carry_share)  # fmt: skip
    if carry_share == 0:
        band = 0.0
    band = min(left, band)
    catch_up, residual = catch_up_share * band, left - band
    manager = catch_up + carry_share * residual
    investors = proceeds - manager
    gain = (investors / contribution) ** (1 / years) - 1 if contribution > 0 and investors > 0 else None
    return {"hurdle_amount": hurdle, "catch_up": catch_up, "residual": residual, "investors": investors, "manager": manager, "investor_irr": gain}  # fmt: skip


def vasicek_default_rate(default_probability: float, asset_correlation: float, quantile_level: float) -> float:
    """Vasicek (2002): `Phi((Phi^-1(p) + sqrt(rho) Phi^-1(q))/sqrt(1 - rho))`."""
    from scipy.special import ndtr, ndtri

    root = math.sqrt(asset_correlation)
    return float(ndtr((ndtri(default_probability) + root * ndtri(quantile_level)) / math.sqrt(1 - asset_correlation)))


def pool_standard_deviation(standard_deviation: float, count: int, correlation: float) -> float:
    """Of the average of equally correlated members: `s sqrt((1 + (n-1) rho)/n)`."""
    return standard_deviation * math.sqrt((1 + (count - 1) * correlation) / count)


def copula_spearman(pearson: float) -> float:
    """Rank correlation of a Gaussian copula: `6/pi asin(rho/2)`."""
    return 6 / math.pi * math.asin(pearson / 2)


def pert_mean(minimum: float, mode: float, maximum: float) -> float:
    """`(a + 4 m + b)/6`."""
    return (minimum + 4 * mode + maximum) / 6


def linear_standard_deviation(coefficients: Sequence[float], standard_deviations: Sequence[float], correlation: float) -> float:  # fmt: skip
    """Of `a X1 + b X2`."""
    (a, b), (s, t) = coefficients, standard_deviations
    return math.sqrt((a * s) ** 2 + (b * t) ** 2 + 2 * correlation * a * s * b * t)


def value_at_risk(losses: Sequence[float], level: float) -> dict[str, float | None]:
    """Of equally likely losses, by the inverted distribution function (number `ceil(q n)`); the mean of those at or above it, and of those above it."""
    ordered = sorted(losses)
    worst = ordered[max(math.ceil(level * len(ordered) - 1e-9), 1) - 1]
    at_least, more = [x for x in ordered if x >= worst], [x for x in ordered if x > worst]
    return {
        "value_at_risk": float(worst),
        "conditional_value_at_risk": math.fsum(at_least) / len(at_least),
        "conditional_value_at_risk_strict": math.fsum(more) / len(more) if more else None,
    }


def expected_loss(default_probability: float, loss_given_default: float, exposure: float) -> float:
    """PD x LGD x EAD."""
    return default_probability * loss_given_default * exposure


def gompertz_yield(maximum: float, age_1: float, share_1: float, age_2: float, share_2: float, ages: Sequence[float]) -> dict[str, Any]:  # fmt: skip
    """`maximum exp(-b exp(-c a))` through two anchors."""
    c = math.log(math.log(share_2) / math.log(share_1)) / (age_1 - age_2)
    b = -math.log(share_1) / math.exp(-c * age_1)
    return {"c": c, "b": b, "yields": [maximum * math.exp(-b * math.exp(-c * age)) for age in ages]}


def insurance_pool(payouts_per_100: Sequence[float], return_period_years: float, return_on_risk: float, expense_share: float) -> dict[str, float]:  # fmt: skip
    """One payout a year: expected and probable maximum loss (reached in at least 1/R of the years), premium with the return on risk."""
    years = len(payouts_per_100)
    mean = math.fsum(payouts_per_100) / years
    spread = math.sqrt(math.fsum((x - mean) ** 2 for x in payouts_per_100) / (years - 1)) if years > 1 else 0.0
    least = max(math.ceil(years / return_period_years - 1e-9), 1)
    most = sorted(payouts_per_100, reverse=True)[least - 1]
    premium = mean + return_on_risk * (most - mean)
    return {
        "expected_loss": mean, "standard_deviation": spread, "probable_maximum_loss": float(most), "risk_premium": premium,
        "loaded_premium": premium / (1 - expense_share),
    }  # fmt: skip


def revolving_fund(corpus: float, success_probability: float, repaid_share: float, lag_years: float, rounds: int) -> dict[str, Any]:  # fmt: skip
    """Round i lends `corpus (p q)^i` in year `i lag`; without end they sum to `corpus/(1 - p q)`."""
    back = success_probability * repaid_share
    lent = [corpus * back**i for i in range(rounds)]
    return {"commitments": lent, "years": [i * lag_years for i in range(rounds)], "total": math.fsum(lent), "limit": corpus / (1 - back) if back < 1 else None}  # fmt: skip


def asset_backed_security(pool: float, years: int, default_share: float, recovery_share: float, pool_interest: float, senior: float, senior_rate: float, junior: float) -> dict[str, Any]:  # fmt: skip
    """Yearly, in order: defaults, recoveries in cash at once, interest on what performs, principal = performing / years left.

    The senior gets its interest, then all remaining cash until it is repaid; interest that cash cannot pay is added to what it is owed.
    """
    performing, owed = pool, senior
    senior_cash, junior_cash, balances = [], [], []
    for left in range(years, 0, -1):
        lost = default_share * performing
        performing -= lost
        principal = performing / left
        cash = recovery_share * lost + performing * pool_interest + principal
        performing -= principal
        due = owed * (1 + senior_rate)
        paid = min(cash, due)
        owed = due - paid
        senior_cash.append(paid)
        junior_cash.append(cash - paid)
        balances.append(owed)
    return {
        "senior_cash": senior_cash, "junior_cash": junior_cash, "senior_balance": balances, "senior_repaid": owed <= 1e-9 * max(senior, 1.0),
        "junior_irr": irr([-junior, *junior_cash]),
    }  # fmt: skip


def first_loss_split(pool: float, junior_layer: float, loss: float) -> dict[str, float]:
    """What is left of each: the junior layer loses first."""
    borne = min(loss, junior_layer)
    return {"junior": junior_layer - borne, "senior": max(pool - junior_layer - (loss - borne), 0.0)}


def concentration(weights: Sequence[float]) -> dict[str, float | None]:
    """Herfindahl-Hirschman index and the effective number."""
    index = math.fsum(weight * weight for weight in weights)
    return {"hhi": index, "effective_number": 1 / index if index else None}


def minimum_pes_payment(opportunity_cost: float, transaction_cost: float, compliance_probability: float) -> float:
    """`(OC + TC)/p`."""
    return (opportunity_cost + transaction_cost) / compliance_probability


def premium_breakeven_sold_share(cost: float, premium_per_kg: float, pass_through_share: float, volume_kg: float) -> float:  # fmt: skip
    """`cost/(premium pass-through volume)`."""
    return cost / (premium_per_kg * pass_through_share * volume_kg)


def lending_breakeven_spread(operating_cost: float, expected_loss: float, return_on_equity: float, equity: float, loans: float, fees: float) -> float:  # fmt: skip
    """`(opex + EL + ROE E - fees)/L`."""
    return (operating_cost + expected_loss + return_on_equity * equity - fees) / loans


def transaction_cost_ratio(programme_cost: float, farms: float, cost_per_farm: float, loan_per_farm: float) -> float:
    """`(F/N + f)/loan`."""
    return (programme_cost / farms + cost_per_farm) / loan_per_farm


def breakeven_farms(programme_cost: float, margin_per_farm: float) -> float:
    """`F/margin`, not rounded."""
    return programme_cost / margin_per_farm


FUNCTIONS: dict[str, Callable[..., Any]] = {
    each.__name__: each
    for each in (
        npv_spreadsheet, npv, npv_mid_period, irr, irr_roots, mirr, xnpv, xirr, payback, equivalent_annual_annuity, pmt, ipmt, ppmt,
        cumulative_interest, cumulative_principal, rate, nper, effective_rate, real_rate, land_expectation_value, sculpted_debt,
        debt_capacity, annuity_after_grace, grant_element, fund_waterfall, vasicek_default_rate, pool_standard_deviation,
        copula_spearman, pert_mean, linear_standard_deviation, value_at_risk, expected_loss, gompertz_yield, insurance_pool,
        revolving_fund, asset_backed_security, first_loss_split, concentration, minimum_pes_payment, premium_breakeven_sold_share,
        lending_breakeven_spread, transaction_cost_ratio, breakeven_farms,
    )
}  # fmt: skip
