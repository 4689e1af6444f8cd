"""How far results may be off when coefficients are: paired draws, the same for everything that uses one coefficient."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

DRAWS, LOW, HIGH = 400, 10.0, 90.0


def draw_factors(key: str, spread: float, count: int = DRAWS) -> NDArray[np.float64]:
    """Factors around 1 of one coefficient, shape (count,): triangular from 1 - spread to 1 + spread, most likely 1,
    stratified (McKay, Beckman & Conover 1979).

    The draws depend on `key` alone (counter-based Philox generator, Salmon et al. 2011), so every scenario, year and zone that
    uses the coefficient sees the same ones and differences between scenarios are not blurred by chance.

    Raises
    ------
    ValueError
        `spread` is not from 0 to below 1.
    """
    if not 0 <= spread < 1:
        raise ValueError(f"a spread of {spread} is not from 0 to below 1")
    if spread == 0:
        return np.ones(count)
    digest = int.from_bytes(hashlib.sha256(key.encode()).digest()[:16], "big")
    random = np.random.Generator(np.random.Philox(key=digest))
    even = (random.permutation(count) + random.random(count)) / count  # one draw in each of `count` equal shares
    lower = np.sqrt(even / 2)  # the inverse of the symmetric triangular distribution from 0 to 1
    return 1 + spread * (2 * np.where(even < 0.5, lower, 1 - np.sqrt((1 - even) / 2)) - 1)


def band_of(draws: NDArray[np.float64]) -> tuple[float, float] | None:
    """The 10th and 90th percentile of draws along the first axis; None where they are all the same."""
    low, high = np.percentile(draws, (LOW, HIGH), axis=0)
    return None if low == high else (float(low), float(high))
