"""Bounds of classes for values: equal intervals, equal counts, natural breaks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

METHODS = ("quantile", "equal", "natural")
MOST_VALUES = 800  # that natural breaks are searched among


def find_breaks(values: NDArray[np.float64], classes: int, method: str) -> list[float]:
    """Rising bounds, one more than there are classes; fewer classes where the values do not allow so many.

    A class holds its lower bound, the last both: a class of the highest value alone has it twice.

    Parameters
    ----------
    values
        Any shape; what is not finite is left out.
    method
        quantile: about as many values in each class; equal: ranges of one width; natural: the bounds with the least sum of
        squared deviations from the means of the classes (Fisher 1958; Jenks 1977), of at most 800 values in even steps of
        their order.
    """
    known = np.sort(np.asarray(values, np.float64)[np.isfinite(values)].ravel())
    if not len(known):
        return []
    low, high = float(known[0]), float(known[-1])
    if low == high:
        return [low, high]
    if method == "equal":
        bounds = np.linspace(low, high, classes + 1)
    elif method == "natural":
        bounds = _natural(known, classes)
    else:
        bounds = np.quantile(known, np.linspace(0, 1, classes + 1))
    return [*(float(bound) for bound in np.unique(bounds[:-1])), high]


def _natural(known: NDArray[np.float64], classes: int) -> NDArray[np.float64]:
    """Each class begins at a value; found exactly by dynamic programming over the sorted values."""
    if len(known) > MOST_VALUES:
        known = known[np.round(np.linspace(0, len(known) - 1, MOST_VALUES)).astype(int)]
    n, classes = len(known), min(classes, len(np.unique(known)))
    centred = known - known.mean()
    sums, squares = (np.concatenate([[0.0], np.cumsum(part)]) for part in (centred, centred**2))

    def spread(first: NDArray[np.int64], last: int) -> NDArray[np.float64]:
        """Sum of squared deviations of the values first..last - 1."""
        total = sums[last] - sums[first]
        return np.maximum(squares[last] - squares[first] - total**2 / (last - first), 0.0)

    best = np.array([0.0, *(spread(np.array([0]), last)[0] for last in range(1, n + 1))])
    starts = np.zeros((classes, n + 1), np.int64)
    for number in range(1, classes):
        found = np.full(n + 1, np.inf)
        for last in range(number + 1, n + 1):
            first = np.arange(number, last)
            cost = best[first] + spread(first, last)
            at = int(np.argmin(cost))
            found[last], starts[number, last] = cost[at], first[at]
        best = found
    bounds, last = [known[-1]], n
    for number in range(classes - 1, 0, -1):
        last = int(starts[number, last])
        bounds.append(known[last])
    return np.array([known[0], *reversed(bounds)])
