"""Choose practices for units of land by mixed-integer linear programming.

Each unit takes at most one practice. Limits are linear; edges between units that are not chosen alike can cost something,
as in Marxan (Ball, Possingham & Watts 2009). The solver is HiGHS (Huangfu & Hall 2018, Parallelizing the dual revised
simplex method, Mathematical Programming Computation 10, 119-142) through SciPy.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onekl_desktop.base.progress import Progress
from onekl_desktop.base.translate import _

AT_MOST, AT_LEAST = "at_most", "at_least"
WHOLE_AT_ONCE = 20_000  # choices up to which the solver takes the problem as it is
FREE_UNITS = 1_500  # units that a large problem decides anew after its relaxation
CLOSE = 1e-6
NONE = -1


@dataclass(frozen=True)
class Limit:
    """The sum of `amounts` over what is chosen is at most, or at least, `value`.

    `amounts` has shape (units, practices). `id` and `kind` (budget, area, target, share …) only name it.
    """

    id: str
    amounts: NDArray[np.float64]
    sense: str
    value: float
    kind: str = ""


def share_limit(id: str, amounts: NDArray[np.float64], members: NDArray[np.bool_], share: float) -> Limit:
    """Units of a group get at least a share of all `amounts` (money, hectares) that are spent: fairness.

    sum over the group - share * sum over all >= 0.
    """
    return Limit(id, amounts * members[:, None] - share * amounts, AT_LEAST, 0.0, "share")


@dataclass
class Choice:
    """What can be chosen and what counts.

    `objectives` by name, each of shape (units, practices), are to be large; `weights` combine them. `edges` are pairs of
    units and `edge_cost` what it costs when one of a pair is chosen and the other is not. `fixed` holds for each unit the
    practice that it must take, or -1.
    """

    objectives: dict[str, NDArray[np.float64]]
    limits: list[Limit] = field(default_factory=list)
    weights: dict[str, float] = field(default_factory=dict)
    allowed: NDArray[np.bool_] | None = None
    fixed: NDArray[np.int64] | None = None
    edges: NDArray[np.int64] | None = None
    edge_cost: NDArray[np.float64] | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """Units and practices."""
        first = next(iter(self.objectives.values()))
        return int(first.shape[0]), int(first.shape[1])

    @property
    def gain(self) -> NDArray[np.float64]:
        """The weighted sum of the objectives, shape (units, practices)."""
        weights = self.weights or dict.fromkeys(self.objectives, 1.0)
        return np.asarray(sum(weight * self.objectives[name] for name, weight in weights.items()), float)

    def value(self, chosen: NDArray[np.int64]) -> float:
        """What a choice is worth: its gain less the cost of its edges."""
        taken = np.flatnonzero(chosen >= 0)
        value = float(self.gain[taken, chosen[taken]].sum())
        if self.edges is not None and len(self.edges) and self.edge_cost is not None:
            on = chosen >= 0
            value -= float(self.edge_cost[on[self.edges[:, 0]] != on[self.edges[:, 1]]].sum())
        return value

    def totals(self, chosen: NDArray[np.int64]) -> dict[str, float]:
        """The sum of each objective."""
        taken = np.flatnonzero(chosen >= 0)
        return {name: float(each[taken, chosen[taken]].sum()) for name, each in self.objectives.items()}


@dataclass(frozen=True)
class Solution:
    """For each unit the practice, or -1; its worth, the proved bound on any other's, and the gap between them."""

    chosen: NDArray[np.int64]
    value: float
    bound: float
    seconds: float

    @property
    def gap(self) -> float:
        """(bound - value) / |value|: no choice can be better by more than that share."""
        return max(self.bound - self.value, 0.0) / max(abs(self.value), 1e-9)


@dataclass(frozen=True)
class Relaxation:
    """How far one limit alone, or (`id` '') all together, must give way for a choice to exist; None where that is not enough."""

    id: str
    amounts: dict[str, float] | None


class _Model:
    """The problem as the solver wants it: minimise cost @ x; rows of A x <= upper."""

    def __init__(self, choice: Choice) -> None:
        from scipy import sparse

        units, practices = choice.shape
        n = units * practices
        edges = choice.edges if choice.edges is not None and len(choice.edges) else np.zeros((0, 2), np.int64)
        self.units, self.practices, self.n_edges = units, practices, len(edges)
        allowed = np.ones((units, practices), bool) if choice.allowed is None else choice.allowed.copy()
        lower = np.zeros((units, practices))
        if choice.fixed is not None:
            held = choice.fixed >= 0
            allowed[held] = False
            allowed[held, choice.fixed[held]] = True
            lower[held, choice.fixed[held]] = 1.0
        self.cost = np.concatenate([-choice.gain.ravel(), np.zeros(self.n_edges) if choice.edge_cost is None else choice.edge_cost])  # fmt: skip
        self.lower = np.concatenate([lower.ravel(), np.zeros(self.n_edges)])
        self.upper = np.concatenate([allowed.ravel().astype(float), np.ones(self.n_edges)])
        ones = sparse.kron(sparse.eye(units, format="csr"), np.ones((1, practices)), format="csr")
        parts = [sparse.hstack([ones, sparse.csr_matrix((units, self.n_edges))], format="csr")]
        bounds = [np.ones(units)]
        for limit in choice.limits:
            sign = 1.0 if limit.sense == AT_MOST else -1.0
            row = sparse.csr_matrix(np.concatenate([sign * limit.amounts.ravel(), np.zeros(self.n_edges)]))
            parts.append(row)
            bounds.append(np.array([sign * limit.value]))
        if self.n_edges:  # |on(u) - on(v)| <= z
            a, b = (sparse.csr_matrix((np.ones(self.n_edges), (range(self.n_edges), edges[:, k])), (self.n_edges, units)) @ ones for k in (0, 1))  # fmt: skip
            z = sparse.eye(self.n_edges, format="csr")
            parts += [sparse.hstack([a - b, -z]), sparse.hstack([b - a, -z])]
            bounds += [np.zeros(self.n_edges), np.zeros(self.n_edges)]
        self.rows = sparse.vstack(parts, format="csr")
        self.most = np.concatenate(bounds)
        self.first_limit = units
        self.whole = np.concatenate([np.ones(n), np.zeros(self.n_edges)])

    def chosen(self, x: NDArray[np.float64]) -> NDArray[np.int64]:
        """The practice of each unit."""
        table = x[: self.units * self.practices].reshape(self.units, self.practices)
        best = table.argmax(axis=1)
        return np.where(table[np.arange(self.units), best] > 0.5, best, NONE)


def solve(
    choice: Choice, *, gap: float = 1e-4, seconds: float = 300.0, progress: Progress | None = None
) -> Solution | None:
    """The best choice, proved to the gap where time allows; None where no choice keeps all limits."""
    progress = progress or Progress()
    start = time.perf_counter()
    progress.report(0.0, _("Looking for the best choice"))
    model = _Model(choice)
    if model.units * model.practices <= WHOLE_AT_ONCE or model.n_edges:
        found = _solve_whole(model, model.lower, model.upper, gap, seconds)
    else:
        found = _solve_large(model, gap, seconds)
    progress.report(1.0)
    if found is None:
        return None
    x, bound = found
    chosen = model.chosen(x)
    return Solution(chosen, choice.value(chosen), bound, time.perf_counter() - start)


def _solve_whole(
    model: _Model, lower: NDArray[np.float64], upper: NDArray[np.float64], gap: float, seconds: float
) -> tuple[NDArray[np.float64], float] | None:
    from scipy.optimize import Bounds, LinearConstraint, milp

    done = milp(
        model.cost, integrality=model.whole, bounds=Bounds(lower, upper), constraints=LinearConstraint(model.rows, -np.inf, model.most),
        options={"mip_rel_gap": gap, "time_limit": max(seconds, 1.0)},
    )  # fmt: skip
    if done.x is None:
        return None
    bound = -float(done.mip_dual_bound) if done.mip_dual_bound is not None else -float(done.fun)
    return np.asarray(done.x), bound


def _solve_large(model: _Model, gap: float, seconds: float) -> tuple[NDArray[np.float64], float] | None:
    """The linear relaxation gives the bound; nearly all its units are whole already. The others, and those that are
    nearly indifferent, are decided by a small whole problem with all else fixed.
    """
    from scipy.optimize import linprog

    start = time.perf_counter()
    relaxed = linprog(
        model.cost, A_ub=model.rows, b_ub=model.most, bounds=np.column_stack([model.lower, model.upper]), method="highs-ipm",
        options={"time_limit": max(seconds, 1.0)},
    )  # fmt: skip
    if relaxed.x is None:
        return None if relaxed.status == 2 else _solve_whole(model, model.lower, model.upper, gap, seconds)
    bound = -float(relaxed.fun)
    table = np.asarray(relaxed.x).reshape(model.units, model.practices)
    fractional = ((table > CLOSE) & (table < 1 - CLOSE)).any(axis=1)
    price = (model.cost - model.rows.T @ relaxed.ineqlin.marginals).reshape(model.units, model.practices)
    worth = np.sort(np.column_stack([np.zeros(model.units), price]), axis=1)
    regret = worth[:, 1] - worth[:, 0]
    order = np.lexsort((regret, ~fractional))
    free_count = max(FREE_UNITS, 2 * int(fractional.sum()))
    best: tuple[NDArray[np.float64], float] | None = None
    while True:
        free = np.zeros(model.units, bool)
        free[order[:free_count]] = True
        lower, upper = model.lower.reshape(table.shape).copy(), model.upper.reshape(table.shape).copy()
        lower[~free] = upper[~free] = np.round(table[~free])
        left = max(seconds - (time.perf_counter() - start), 5.0)
        found = _solve_whole(model, lower.ravel(), upper.ravel(), gap / 2, left)
        if found is not None:
            best = (found[0], bound)
            value = -float(model.cost @ found[0])
            if (bound - value) <= gap * max(abs(value), 1e-9):
                return best
        if free_count >= model.units or time.perf_counter() - start > seconds:
            return best
        free_count *= 8


def find_relaxations(choice: Choice, *, seconds: float = 60.0) -> list[Relaxation]:
    """What would make an impossible problem possible: each limit alone, then the least of all together.

    Amounts are in the unit of the limit. Large problems are judged by their linear relaxation.
    """
    out = []
    for number in range(len(choice.limits)):
        amounts = _give_way(choice, [number], seconds / (len(choice.limits) + 1))
        out.append(Relaxation(choice.limits[number].id, amounts))
    if not any(each.amounts for each in out):
        out.append(Relaxation("", _give_way(choice, list(range(len(choice.limits))), seconds / 2)))
    return out


def _give_way(choice: Choice, which: Sequence[int], seconds: float) -> dict[str, float] | None:
    from scipy import sparse
    from scipy.optimize import Bounds, LinearConstraint, milp

    model = _Model(choice)
    slacks = sparse.lil_matrix((model.rows.shape[0], len(which)))
    scale = np.empty(len(which))
    for column, number in enumerate(which):
        limit = choice.limits[number]
        slacks[model.first_limit + number, column] = -1.0
        scale[column] = 1.0 / max(abs(limit.value), float(np.abs(limit.amounts).max(initial=0.0)), 1e-9)
    rows = sparse.hstack([model.rows, slacks.tocsr()], format="csr")
    n = len(model.cost)
    whole = np.concatenate([model.whole if model.units * model.practices <= WHOLE_AT_ONCE else np.zeros(n), np.zeros(len(which))])  # fmt: skip
    done = milp(
        np.concatenate([np.zeros(n), scale]), integrality=whole,
        bounds=Bounds(np.concatenate([model.lower, np.zeros(len(which))]), np.concatenate([model.upper, np.full(len(which), np.inf)])),
        constraints=LinearConstraint(rows, -np.inf, model.most), options={"time_limit": max(seconds, 1.0), "mip_rel_gap": 1e-6},
    )  # fmt: skip
    if done.x is None:
        return None
    return {choice.limits[number].id: float(value) for number, value in zip(which, done.x[n:], strict=True) if value > 1e-7}  # fmt: skip


def pareto(
    choice: Choice,
    first: str,
    second: str,
    *,
    steps: int = 11,
    gap: float = 1e-4,
    seconds: float = 300.0,
    progress: Progress | None = None,
) -> list[Solution]:
    """The front of two objectives by the augmented epsilon-constraint method (Mavrotas 2009, Applied Mathematics and
    Computation 213, 455-465): the first as large as can be while the second is at least so much, step by step.

    Returns
    -------
    Choices of which none is worse than another in both, from the best in the first to the best in the second.
    """
    progress = progress or Progress()

    def best(main: str, other: str, least: float | None) -> Solution | None:
        spread = max(abs(float(choice.objectives[other].max())), 1e-9)
        scale = max(abs(float(choice.objectives[main].max())), 1e-9)
        limits = [*choice.limits]
        if least is not None:
            limits.append(Limit(f"at least {other}", choice.objectives[other], AT_LEAST, least))
        weights = {main: 1.0 / scale, other: 1e-4 / spread}
        return solve(
            Choice(choice.objectives, limits, weights, choice.allowed, choice.fixed, choice.edges, choice.edge_cost), gap=gap, seconds=seconds / steps,
        )  # fmt: skip

    ends = [best(first, second, None), best(second, first, None)]
    if ends[0] is None or ends[1] is None:
        return []
    low, high = (choice.totals(each.chosen)[second] for each in ends if each is not None)
    found = [ends[0]]
    for step in range(1, steps - 1):
        progress.report(step / steps, _("Looking for the best choice"))
        each = best(first, second, low + (high - low) * step / (steps - 1))
        if each is not None:
            found.append(each)
    found.append(ends[1])
    kept: list[Solution] = []
    points = [(choice.totals(each.chosen)[first], choice.totals(each.chosen)[second]) for each in found]
    for each, (a, b) in zip(found, points, strict=True):
        worse = any(c >= a and d >= b and (c > a or d > b) for c, d in points)
        same = any(np.array_equal(each.chosen, other.chosen) for other in kept)
        if not worse and not same:
            kept.append(each)
    return kept


def frequency(solutions: Sequence[Solution], practices: int) -> NDArray[np.float64]:
    """How often each practice was chosen for each unit, as a share of the solutions; shape (units, practices)."""
    chosen = np.array([each.chosen for each in solutions])
    return np.stack([(chosen == practice).mean(axis=0) for practice in range(practices)], axis=1)


def as_words(choice: Choice, relaxations: Sequence[Relaxation], tell: dict[str, Any]) -> list[str]:
    """Relaxations in plain words, those that help if any does; `tell` gives for each limit its name and how its amounts are written."""
    out = []
    by_id = {limit.id: limit for limit in choice.limits}
    possible = any(each.amounts for each in relaxations if each.id)
    for each in relaxations:
        if each.amounts is None:
            if possible:
                continue
            out.append(_("{name} alone cannot make it possible.").format(name=tell[each.id][0]) if each.id else _("No change of the limits makes it possible: what is fixed or forbidden contradicts them."))  # fmt: skip
            continue
        parts = []
        for id, amount in each.amounts.items():
            limit, (name, write) = by_id[id], tell[id]
            share = f" ({100 * amount / abs(limit.value):.0f} %)" if limit.value else ""
            more = _("{name}: {amount} more{share}") if limit.sense == AT_MOST else _("{name}: {amount} less{share}")
            parts.append(more.format(name=name, amount=write(amount), share=share))
        if parts and each.id:
            out.append(_("This alone would make it possible: {what}.").format(what="; ".join(parts)))
        elif parts:
            out.append(_("Together these would make it possible: {what}.").format(what="; ".join(parts)))
    return out
