"""What a series of yearly cash flows is worth: present values, rates of return, payback.

Conventions: year t = 0 is the decision and is not discounted; with the timing `mid_period` year t >= 1 counts t - 0.5 years;
money in is positive; nothing is rounded (Brealey, Myers & Allen, Principles of Corporate Finance, ch. 5-6).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Amounts = NDArray[np.float64]
SAME_ROOT = 1e-7
WIDEST, STEPS = 25.0, 4000  # rates from e^-25 - 1 to e^25 - 1 are looked through
FLAT = 1e-13  # of the sum of the absolute terms: below it a turning point touches zero


def years_of(last: int, mid: bool = False) -> Amounts:
    """Years by which each flow is discounted, shape (last + 1,)."""
    tau = np.arange(last + 1, dtype=float)
    if mid:
        tau[1:] -= 0.5
    return tau


def present_value(rate: float | Amounts, flows: Sequence[float] | Amounts, mid: bool = False) -> float:
    """`sum CF(t) / (1 + rate)^tau(t)`; spreadsheets' NPV() discounts its first value by one whole period, this does not."""
    amounts = np.asarray(flows, float)
    return float((amounts / (1.0 + rate) ** years_of(len(amounts) - 1, mid)).sum())


def npv(rate: float, flows: Sequence[float] | Amounts) -> float:
    """Net present value with flows at the ends of years."""
    return present_value(rate, flows)


def sign_changes(flows: Sequence[float] | Amounts) -> int:
    """How often the sign changes; zeros do not count (Descartes: an upper bound of the rates of return)."""
    signs = np.sign(np.asarray(flows, float))
    signs = signs[signs != 0]
    return int((signs[1:] != signs[:-1]).sum())


def irr_roots(flows: Sequence[float] | Amounts, mid: bool = False) -> list[float]:
    """Every distinct real rate r > -1 with NPV(r) = 0, ascending; a double root counts once, roots closer than 1e-7 are one.

    With u = -ln(1 + r) the equation is `sum CF(t) e^(u tau(t)) = 0`. It is looked through in u; each change of sign is closed in
    by bisection and secants (Brent 1973), and each turning point near zero is refined, so that two close roots or a double one
    are found too. A flow without both signs has none.
    """
    amounts = np.asarray(flows, float)
    return dated_roots(amounts, years_of(len(amounts) - 1, mid))


def dated_roots(amounts: Amounts, years: Amounts) -> list[float]:
    """The same for flows at any years from the first."""
    if not (amounts > 0).any() or not (amounts < 0).any():
        return []
    held = np.flatnonzero(amounts)
    tau, amounts = years[held], amounts[held]
    tau = tau - tau.min()
    grid = np.linspace(-WIDEST, WIDEST, STEPS + 1)
    values = _relative(amounts, tau, grid)
    places: list[float] = []
    for at in np.flatnonzero(np.sign(values[1:]) != np.sign(values[:-1])).tolist():
        low, high = grid[at], grid[at + 1]
        places.append(low if values[at] == 0 else high if values[at + 1] == 0 else _close_in(amounts, tau, low, high))
    size = np.abs(values)
    turning = np.flatnonzero((size[1:-1] < size[:-2]) & (size[1:-1] <= size[2:]) & (size[1:-1] < 1e-3)) + 1
    for at in turning.tolist():
        if np.sign(values[at - 1]) == np.sign(values[at]) == np.sign(values[at + 1]) != 0:
            places += _touch(amounts, tau, grid[at - 1], grid[at + 1], float(np.sign(values[at])))
    found: list[float] = []
    for rate in sorted(float(np.expm1(-place)) for place in places):
        if not found or rate - found[-1] > SAME_ROOT:
            found.append(rate)
    return found


def _relative(amounts: Amounts, tau: Amounts, u: Amounts | float) -> Amounts:
    """The sum over the sum of absolute terms, between -1 and 1: it neither overflows nor vanishes."""
    power = np.multiply.outer(np.asarray(u, float), tau)
    terms = amounts * np.exp(power - power.max(axis=-1, keepdims=True))
    out: Amounts = terms.sum(axis=-1) / np.abs(terms).sum(axis=-1)
    return out


def _close_in(amounts: Amounts, tau: Amounts, low: float, high: float) -> float:
    from scipy.optimize import brentq

    return float(brentq(lambda u: float(_relative(amounts, tau, u)), low, high, xtol=1e-15, rtol=1e-15, maxiter=200))


def _touch(amounts: Amounts, tau: Amounts, low: float, high: float, side: float) -> list[float]:
    """The two roots beside a turning point that crosses zero, or the one where it touches."""
    from scipy.optimize import minimize_scalar

    least = minimize_scalar(
        lambda u: side * float(_relative(amounts, tau, u)), bounds=(low, high), method="bounded", options={"xatol": 1e-13}
    )  # fmt: skip
    if least.fun > FLAT:
        return []
    if least.fun > -FLAT:
        return [float(least.x)]
    return [_close_in(amounts, tau, low, float(least.x)), _close_in(amounts, tau, float(least.x), high)]


def irr(flows: Sequence[float] | Amounts) -> float | None:
    """The internal rate of return when there is exactly one, else None (never 0 for "there is none")."""
    roots = irr_roots(flows)
    return roots[0] if len(roots) == 1 else None


AT_ONCE = 4_096  # series whose columns lie in a processor's cache


def irr_many(flows: Amounts) -> Amounts:
    """The rate of return of many series at once, shape (series, T + 1); NaN where there is none or more than one.

    In x = 1/(1 + r) each series is a polynomial. Descartes' rule on it, or on it shifted to x > 1 and to 0 < x < 1, proves of
    nearly all that there is just one root, and where; Newton's method within a bracket that shrinks finds those all together.
    The few others are looked through one by one.
    """
    flows = np.ascontiguousarray(flows, float)
    parts = [_irr_of(flows[first : first + AT_ONCE]) for first in range(0, len(flows), AT_ONCE)]
    return np.concatenate(parts) if parts else np.empty(0)


def _irr_of(flows: Amounts) -> Amounts:
    out = np.full(len(flows), np.nan)
    columns = flows.T.copy()
    with np.errstate(divide="ignore", invalid="ignore"):
        columns /= np.abs(columns).max(axis=0)
    np.nan_to_num(columns, copy=False)
    changes, last = _changes(columns)
    once = np.flatnonzero(changes == 1)
    out[once] = 1 / _newton(columns[:, once] * last[once], np.zeros(len(once)), np.full(len(once), np.inf)) - 1
    many = np.flatnonzero(changes > 1)
    if not len(many):
        return out
    part = columns[:, many]
    roots, low, high, sure = (
        np.zeros(len(many), np.int64),
        np.zeros(len(many)),
        np.ones(len(many)),
        np.ones(len(many), bool),
    )
    for flipped, poly in ((False, part), (True, part[::-1])):  # 0 < x < 1, and x > 1 as 1/x
        _isolate(poly, np.arange(len(many)), (0.0, 1.0), flipped, (roots, low, high, sure), DEPTH)
    at = np.flatnonzero(sure & (roots == 1))
    top = part[:, at] * np.sign(_value(part[:, at], high[at]))
    out[many[at]] = 1 / _newton(top, low[at].copy(), high[at].copy()) - 1
    for number in many[~sure].tolist():
        found = irr_roots(flows[number])
        if len(found) == 1:
            out[number] = found[0]
    return out


def _isolate(poly: Amounts, which: NDArray[np.int64], span: tuple[float, float], flipped: bool, told: tuple[Any, ...], depth: int) -> None:  # fmt: skip
    """Count roots in a span by Descartes' rule (Vincent, Collins & Akritas): 0 and 1 are certain, more are halved."""
    roots, low, high, sure = told
    seen = _shifted(poly[::-1])  # the roots within (0, 1) of it, as those above 0
    count, _sign = _changes(seen)
    clear = (np.abs(seen) > UNSURE).all(axis=0)
    one = clear & (count == 1)
    hit = which[one]
    roots[hit] += 1
    ends = (1 / span[1], 1 / span[0] if span[0] else np.inf) if flipped else span
    low[hit], high[hit] = ends
    open_ = ~(one | (clear & (count == 0)))
    if not open_.any():
        return
    if depth == 0:
        sure[which[open_]] = False
        return
    half = poly[:, open_] * 0.5 ** np.arange(len(poly))[:, None]
    middle = (span[0] + span[1]) / 2
    _isolate(half, which[open_], (span[0], middle), flipped, told, depth - 1)
    right = half.copy()
    for first in range(len(right) - 1):
        right[first:] = np.cumsum(right[first:][::-1], axis=0)[::-1]
    _isolate(right, which[open_], (middle, span[1]), flipped, told, depth - 1)


def _value(columns: Amounts, x: Amounts) -> Amounts:
    """Each polynomial at its x; where that is without end, its last sign."""
    _count, last = _changes(columns)
    out = np.zeros(len(x))
    inner = np.where(np.isinf(x), 1.0, x)
    for row in columns[::-1]:
        out = out * inner + row
    return np.where(np.isinf(x), last, out)


DEPTH = 6
CLOSE = 1e-8  # Newton doubles the digits: the step after this one would not be seen
UNSURE = 1e-9  # a coefficient nearer to 0 may have either sign


def _changes(columns: Amounts) -> tuple[NDArray[np.int64], Amounts]:
    """Changes of sign down each column, zeros aside, and the last sign."""
    last, count = np.zeros(columns.shape[1]), np.zeros(columns.shape[1], np.int64)
    for row in columns:
        sign = np.sign(row)
        count += (sign != 0) & (last != 0) & (sign != last)
        np.copyto(last, sign, where=sign != 0)
    return count, last


def _shifted(columns: Amounts) -> Amounts:
    """Coefficients of p(1 + y): the roots of p above 1 are those of it above 0; scaled to the largest."""
    out = columns.copy()
    for first in range(len(out) - 1):
        out[first:] = np.cumsum(out[first:][::-1], axis=0)[::-1]
    scale = np.abs(out).max(axis=0)
    scaled: Amounts = out / np.where(scale > 0, scale, 1.0)
    return scaled


def _newton(columns: Amounts, low: Amounts, high: Amounts) -> Amounts:
    """The only root between `low` and `high` of each column's polynomial, which is negative below and positive above it."""
    x = np.where(np.isinf(high), np.maximum(low, 1 / 1.1 - low) + low * 0.1, (low + high) / 2)
    active, part = np.arange(columns.shape[1]), columns
    for _turn in range(200):
        if not len(active):
            break
        here = x[active]
        value, slope = part[-1].copy(), np.zeros(len(active))
        for row in part[-2::-1]:
            slope *= here
            slope += value
            value *= here
            value += row
        low[active] = np.where(value < 0, here, low[active])
        high[active] = np.where(value >= 0, here, high[active])
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            move = value / slope
        bottom, top = low[active], high[active]
        step = here - move
        middle = np.where(np.isinf(top), 2 * np.maximum(here, 1e-3), (bottom + np.where(np.isinf(top), 0, top)) / 2)
        near = (np.abs(move) <= CLOSE * here) | (np.isfinite(top) & (top - bottom <= 1e-15 * here))
        step = np.where((step > bottom) & (step < top), step, np.where(near, np.clip(step, bottom, top), middle))
        x[active] = np.where(value == 0, here, step)
        going = ~near & (value != 0)
        if 2 * going.sum() < len(
            going
        ):  # leave out what is found, but not at every turn: copying costs as much as a turn
            active, part = active[going], part[:, going]
    return x


def mirr(
    flows: Sequence[float] | Amounts, finance_rate: float, reinvestment_rate: float, mid: bool = False
) -> float | None:
    """Modified internal rate of return, `(FV(positive) / -PV(negative))^(1/tau(T)) - 1`; None unless both signs occur."""
    amounts = np.asarray(flows, float)
    if not (amounts > 0).any() or not (amounts < 0).any():
        return None
    tau = years_of(len(amounts) - 1, mid)
    future = (np.maximum(amounts, 0) * (1 + reinvestment_rate) ** (tau[-1] - tau)).sum()
    present = (np.minimum(amounts, 0) / (1 + finance_rate) ** tau).sum()
    return float((future / -present) ** (1 / tau[-1]) - 1)


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


def equivalent_annual_annuity(value: float, rate: float, years: float) -> float:
    """The equal yearly amount of the same present value, `NPV k (1+k)^T / ((1+k)^T - 1)`."""
    if rate == 0:
        return value / years
    growth = (1 + rate) ** years
    return float(value * rate * growth / (growth - 1))
