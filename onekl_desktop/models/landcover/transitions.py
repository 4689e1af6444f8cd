"""What changed between two land-cover maps, by zone: transitions, gains and losses, rates."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class ClassChange:
    """One class in one zone, hectares. `rate` is per year: ln(after / before) / years (Puyravaud 2003, Standardizing the
    calculation of the annual rate of deforestation, Forest Ecology and Management 177, 593-596); None where there was none.
    """

    code: int
    before: float
    after: float
    persistence: float
    gain: float
    loss: float
    rate: float | None

    @property
    def net(self) -> float:
        """Gain less loss."""
        return self.gain - self.loss

    @property
    def swap(self) -> float:
        """What was lost in one place and gained in another: 2 min(gain, loss) (Pontius, Shusas & McEachern 2004)."""
        return 2.0 * min(self.gain, self.loss)


def summarise(areas: NDArray[np.float64], codes: Sequence[int], years: float | None) -> list[ClassChange]:
    """Gains and losses of each class.

    Parameters
    ----------
    areas
        Hectares by class before (rows) and after, shape (n, n).
    years
        Between the maps; None when unknown.
    """
    before, after, kept = areas.sum(axis=1), areas.sum(axis=0), np.diag(areas)
    out = []
    for number, code in enumerate(codes):
        b, a, k = float(before[number]), float(after[number]), float(kept[number])
        rate = math.log(a / b) / years if years and b > 0 and a > 0 else None
        out.append(ClassChange(code, b, a, k, a - k, b - k, rate))
    return out


def as_rows(areas: NDArray[np.float64], cells: NDArray[np.int64], codes: Sequence[int]) -> list[dict[str, Any]]:
    """The transitions that occur, also those to the same class, as plain rows."""
    return [
        {"from": codes[i], "to": codes[j], "cells": int(cells[i, j]), "area_ha": float(areas[i, j])}
        for i, j in zip(*np.nonzero(cells), strict=True)
    ]


def class_rows(changes: Sequence[ClassChange]) -> list[dict[str, Any]]:
    """Classes as plain rows."""
    return [
        {"class": c.code, "before_ha": c.before, "after_ha": c.after, "net_ha": c.net, "gain_ha": c.gain, "loss_ha": c.loss,
         "swap_ha": c.swap, "persistence_ha": c.persistence, "rate_per_year": c.rate} for c in changes
    ]  # fmt: skip
