"""How good a projected map is, beside maps that know nothing: agreement, disagreement and the figure of merit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onekl_desktop.models.projection.demand import count_transitions


@dataclass(frozen=True)
class Score:
    """A projected map against the true one; all cells.

    Figure of merit and its parts: Pontius et al. (2008), Comparing the input, output, and validation maps for several models
    of land change, Annals of Regional Science 42, 11-37. Quantity and allocation disagreement: Pontius & Millones (2011),
    Death to Kappa, International Journal of Remote Sensing 32, 4407-4429; kappa only because readers ask for it.
    """

    cells: int
    hits: int
    wrong_hits: int
    misses: int
    false_alarms: int
    quantity_disagreement: float
    allocation_disagreement: float
    kappa: float | None

    @property
    def figure_of_merit(self) -> float | None:
        """Change foreseen over change foreseen or observed; None where nothing changed in either map."""
        whole = self.hits + self.wrong_hits + self.misses + self.false_alarms
        return self.hits / whole if whole else None

    @property
    def error_cells(self) -> int:
        """Cells of another class than in truth."""
        return self.misses + self.false_alarms + self.wrong_hits

    def as_data(self) -> dict[str, Any]:
        """Plain figures."""
        return {
            "cells": self.cells, "hits": self.hits, "wrong_hits": self.wrong_hits, "misses": self.misses, "false_alarms": self.false_alarms,
            "figure_of_merit": self.figure_of_merit, "error_cells": self.error_cells,
            "total_disagreement": self.quantity_disagreement + self.allocation_disagreement,
            "quantity_disagreement": self.quantity_disagreement, "allocation_disagreement": self.allocation_disagreement, "kappa": self.kappa,
        }  # fmt: skip


def judge(start: NDArray[np.uint8], projected: NDArray[np.uint8], truth: NDArray[np.uint8], classes: int) -> Score:
    """Compare a projected map with the true one, both having come from `start`.

    Parameters
    ----------
    start, projected, truth
        Class indices, same shape; cells that lack a class in any of them are left out.
    """
    valid = (start < classes) & (projected < classes) & (truth < classes)
    was, told, came = start[valid], projected[valid], truth[valid]
    observed, foreseen, right = was != came, was != told, told == came
    both = observed & foreseen
    hits = int(np.count_nonzero(both & right))
    table = count_transitions(told, came, classes)
    n = max(int(table.sum()), 1)
    rows, columns, diagonal = table.sum(axis=1), table.sum(axis=0), np.diag(table)
    quantity = np.abs(rows - columns).sum() / 2 / n
    total = 1.0 - diagonal.sum() / n
    chance = float((rows * columns).sum()) / n**2
    return Score(
        cells=int(table.sum()), hits=hits, wrong_hits=int(np.count_nonzero(both)) - hits, misses=int(np.count_nonzero(observed & ~foreseen)),
        false_alarms=int(np.count_nonzero(foreseen & ~observed)), quantity_disagreement=float(quantity),
        allocation_disagreement=float(total - quantity), kappa=(1.0 - total - chance) / (1.0 - chance) if chance < 1.0 else None,
    )  # fmt: skip


def random_scores(
    start: NDArray[np.uint8],
    projected: NDArray[np.uint8],
    truth: NDArray[np.uint8],
    classes: int,
    *,
    draws: int = 100,
    seed: int = 0,
) -> NDArray[np.float64]:
    """Figures of merit of maps in which as much of each class changed to each as in the projected one, anywhere at random.

    Only where cells are drawn matters, so the hits of each pair of classes are drawn from their multivariate
    hypergeometric distribution instead of drawing maps: the same numbers, without the maps.

    Returns
    -------
    Shape (draws,).
    """
    valid = (start < classes) & (projected < classes) & (truth < classes)
    was, told, came = start[valid], projected[valid], truth[valid]
    moved, true = count_transitions(was, told, classes), count_transitions(was, came, classes)
    rng = np.random.default_rng(seed)
    hits, both = np.zeros(draws), np.zeros(draws)
    for i in range(classes):
        left = np.tile(true[i], (draws, 1))
        for j in range(classes):
            if i == j or not moved[i, j]:
                continue
            for draw in range(draws):
                taken = rng.multivariate_hypergeometric(left[draw], moved[i, j])
                left[draw] -= taken
                hits[draw] += taken[j]
                both[draw] += taken.sum() - taken[i]
    changed = true.sum() - np.trace(true)
    foreseen = moved.sum() - np.trace(moved)
    whole = changed + foreseen - both
    return np.divide(hits, whole, out=np.zeros(draws), where=whole > 0)
