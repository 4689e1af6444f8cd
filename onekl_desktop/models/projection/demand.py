"""How much land changes each year: a Markov chain, the trend, stated hectares, or areas that each class must reach."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

EXACT = 1e-9


def count_transitions(before: NDArray[np.uint8], after: NDArray[np.uint8], classes: int) -> NDArray[np.int64]:
    """Cells by class before and after.

    Parameters
    ----------
    before, after
        Class indices of the same cells, any one shape; an index of `classes` or more is none.

    Returns
    -------
    Shape (classes, classes), rows before.
    """
    counts = np.zeros(classes * classes, np.int64)
    one, other = before.ravel(), after.ravel()
    for at in range(0, len(one), 1 << 22):
        a, b = one[at : at + (1 << 22)], other[at : at + (1 << 22)]
        both = (a < classes) & (b < classes)
        counts += np.bincount(a[both].astype(np.int64) * classes + b[both], minlength=len(counts))
    return counts.reshape(classes, classes)


def yearly_matrix(counts: NDArray, years: float) -> NDArray[np.float64]:
    """The transition probabilities of one year whose repetition gives those that were observed over several.

    That is the root of the matrix of observed probabilities where it is one of probabilities. Elsewhere the generator, the
    matrix logarithm over the years, is mended: what is negative in it off the
    diagonal (it has no meaning as a rate) becomes 0 and the diagonal takes the difference: Israel, Rosenthal & Wei (2001),
    Finding generators for Markov chains via empirical transition matrices, Mathematical Finance 11, 245-265.

    Parameters
    ----------
    counts
        Cells (or areas) by class before and after, shape (n, n). A class without cells stays as it is.
    years
        Between the two maps, over 0.

    Returns
    -------
    Shape (n, n), rows sum to 1.
    """
    from scipy.linalg import expm, logm

    matrix = np.asarray(counts, float)
    totals = matrix.sum(axis=1)
    observed = np.where(totals[:, None] > 0, matrix / np.where(totals == 0, 1.0, totals)[:, None], np.eye(len(matrix)))
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a matrix without a logarithm shows in the result
        found = np.real(logm(observed)) / years
    if not np.isfinite(found).all():  # a class that vanished has no logarithm: the chance of a year from that of all
        np.fill_diagonal(observed, 0.0)
        gone = 1.0 - (1.0 - np.minimum(observed.sum(axis=1), 1.0 - EXACT)) ** (1.0 / years)
        sums = observed.sum(axis=1)
        yearly = np.where(sums[:, None] > 0, observed * (gone / np.where(sums == 0, 1.0, sums))[:, None], 0.0)
        np.fill_diagonal(yearly, 1.0 - yearly.sum(axis=1))
        return yearly
    root = np.asarray(expm(found), float)
    if (root > -EXACT).all():
        root = np.maximum(root, 0.0)
        return root / root.sum(axis=1, keepdims=True)
    rates = np.maximum(found, 0.0)
    np.fill_diagonal(rates, 0.0)
    np.fill_diagonal(rates, -rates.sum(axis=1))
    result = np.maximum(np.asarray(expm(rates), float), 0.0)
    return result / result.sum(axis=1, keepdims=True)


class Demand(Protocol):
    """Tells how many cells change from class to class in a year."""

    def of_year(
        self, year: int, cells: NDArray[np.int64], fixed: NDArray[np.int64] | None = None
    ) -> NDArray[np.float64]:
        """Cells to change by the end of `year`, shape (n, n) with a zero diagonal; `cells` is what each class has now that may
        change, `fixed` what interventions gave it for good.
        """
        ...


@dataclass(frozen=True)
class Markov:
    """Each class loses the same shares every year."""

    yearly: NDArray[np.float64]

    def of_year(
        self, year: int, cells: NDArray[np.int64], fixed: NDArray[np.int64] | None = None
    ) -> NDArray[np.float64]:
        """Shares of what there is."""
        moved = cells[:, None] * self.yearly
        np.fill_diagonal(moved, 0.0)
        return np.asarray(moved, float)


@dataclass(frozen=True)
class Constant:
    """The same number of cells every year: the trend of the past, or what was stated."""

    yearly: NDArray[np.float64]

    def of_year(
        self, year: int, cells: NDArray[np.int64], fixed: NDArray[np.int64] | None = None
    ) -> NDArray[np.float64]:
        """The same as ever, at most what there is."""
        wanted = np.array(self.yearly, float)
        np.fill_diagonal(wanted, 0.0)
        total = wanted.sum(axis=1)
        fits = np.minimum(1.0, np.divide(cells, total, out=np.ones(len(total)), where=total > 0))
        return np.asarray(wanted * fits[:, None], float)


@dataclass(frozen=True)
class Paced:
    """Another demand, so many times as fast: an assumption of a scenario. Classes never lose more than they have."""

    demand: Demand
    pace: float

    def of_year(
        self, year: int, cells: NDArray[np.int64], fixed: NDArray[np.int64] | None = None
    ) -> NDArray[np.float64]:
        """The other's cells times the pace, at most what there is."""
        return Constant(self.pace * self.demand.of_year(year, cells, fixed)).of_year(year, cells, fixed)


@dataclass(frozen=True)
class Areas:
    """Every class reaches a stated number of cells in stated years, on straight lines between them.

    Which class gives to which: what was observed, fitted to the losses and gains (iterative proportional fitting, Deming &
    Stephan 1940), so that no more land changes than the areas ask for.
    """

    targets: Mapping[int, NDArray[np.float64]]
    observed: NDArray[np.float64]

    def of_year(
        self, year: int, cells: NDArray[np.int64], fixed: NDArray[np.int64] | None = None
    ) -> NDArray[np.float64]:
        """Whole cells whose sums are exactly the differences to the year's areas; what is fixed counts as reached."""
        held = np.zeros_like(cells) if fixed is None else fixed
        years = sorted(self.targets)
        wanted = np.array(
            [np.interp(year, years, [self.targets[each][k] for each in years]) for k in range(len(cells))]
        )
        goal = round_to_total(np.maximum(wanted - held, 0), int(cells.sum()))
        losses, gains = np.maximum(cells - goal, 0), np.maximum(goal - cells, 0)
        return fit_flows(self.observed, losses, gains).astype(float)


def round_to_total(values: NDArray, total: int) -> NDArray[np.int64]:
    """Whole numbers close to the values that add up to `total` (the largest remainders are rounded up)."""
    scaled = np.asarray(values, float)
    if scaled.size and scaled.max() > 0:  # by the largest first: the sum of very small numbers has no inverse
        scaled = scaled / scaled.max()
        scaled = scaled * (total / scaled.sum())
    whole = np.floor(scaled + EXACT).astype(np.int64)
    order = np.argsort(-(scaled - whole), kind="stable")
    missing = total - int(whole.sum())
    whole[order[: max(missing, 0)]] += 1
    return whole


def fit_flows(prior: NDArray, losses: NDArray[np.int64], gains: NDArray[np.int64]) -> NDArray[np.int64]:
    """Whole flows with these row and column sums (equal totals), as like the prior as they can be."""
    flows = np.asarray(prior, float) + 1e-6 * max(float(np.max(prior, initial=0.0)), 1.0)
    np.fill_diagonal(flows, 0.0)
    flows[losses == 0] = 0.0
    flows[:, gains == 0] = 0.0
    for _round in range(200):
        rows = flows.sum(axis=1)
        flows *= np.divide(losses, rows, out=np.zeros(len(rows)), where=rows > 0)[:, None]
        columns = flows.sum(axis=0)
        flows *= np.divide(gains, columns, out=np.zeros(len(columns)), where=columns > 0)[None, :]
    whole = np.floor(flows + EXACT).astype(np.int64)
    for i in range(len(whole)):  # rounding up where both a row and a column still lack something
        for j in np.argsort(-(flows[i] - whole[i]), kind="stable"):
            lacking = min(losses[i] - whole[i].sum(), gains[j] - whole[:, j].sum())
            if lacking > 0 and i != j:
                whole[i, j] += lacking
    return whole


class Rounding:
    """Whole cells year by year whose running totals follow the fractions: what is left over waits for the next year."""

    def __init__(self, classes: int) -> None:
        self._left = np.zeros((classes, classes))

    def whole(self, wanted: NDArray[np.float64]) -> NDArray[np.int64]:
        """The cells to change now."""
        due = self._left + wanted
        now = np.maximum(np.floor(due + EXACT), 0.0)
        self._left = due - now
        return now.astype(np.int64)

    def put_back(self, missed: NDArray[np.int64]) -> None:
        """Cells that could not be placed wait, too."""
        self._left += missed
