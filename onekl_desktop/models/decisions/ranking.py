"""How robust an order of options is: who stays first when nobody agrees on the weights, and when figures vary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Robustness:
    """`shares[s, r]` is the share of draws in which option s stands at place r (0 is the first); `mean` its mean score."""

    shares: NDArray[np.float64]
    mean: NDArray[np.float64]


def scale_scores(values: NDArray[np.float64], directions: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each criterion from 0 (the worst of the options) to 1 (the best), linear between.

    Parameters
    ----------
    values
        Shape (..., options, criteria).
    directions
        +1 where more is better, -1 where less is, shape (criteria,). A criterion in which all are alike is 0 for all.
    """
    signed = values * directions
    low, high = signed.min(axis=-2, keepdims=True), signed.max(axis=-2, keepdims=True)
    spread = high - low
    return np.divide(
        signed - low, spread, out=np.zeros_like(signed), where=spread > 1e-12 * np.maximum(np.abs(high), 1.0)
    )


def weighted_scores(values: NDArray[np.float64], directions: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:  # fmt: skip
    """The weighted mean of the scaled criteria, shape (options,); weights of any sum over 0."""
    return np.asarray(scale_scores(values, directions) @ (weights / weights.sum()), float)


def rank_robustness(
    values: NDArray[np.float64], directions: NDArray[np.float64], *, low: NDArray[np.float64] | None = None,
    high: NDArray[np.float64] | None = None, draws: int = 10_000, seed: int = 0,
) -> Robustness:  # fmt: skip
    """Rank acceptability under unknown weights: Lahdelma & Salminen (2001), SMAA-2, Operations Research 49, 444-454.

    Weights are uniform over all that sum to 1; where a low and a high are known, figures are drawn from the triangle
    between them with the figure as its peak, each on its own. Equal scores share their places.

    Parameters
    ----------
    values, low, high
        Shape (options, criteria); low and high are NaN where no range is known.
    directions
        +1 or -1 for each criterion.
    """
    options, criteria = values.shape
    rng = np.random.default_rng(seed)
    weights = rng.dirichlet(np.ones(criteria), draws)
    drawn = np.broadcast_to(values, (draws, options, criteria)).copy()
    if low is not None and high is not None:
        a, b = np.minimum(low, values), np.maximum(high, values)
        known = np.isfinite(a) & np.isfinite(b) & (b > a)
        for s, c in zip(*np.nonzero(known), strict=True):
            drawn[:, s, c] = rng.triangular(a[s, c], values[s, c], b[s, c], draws)
    score = np.einsum("dsc,dc->ds", scale_scores(drawn, directions), weights)
    above = (score[:, None, :] > score[:, :, None] + 1e-12).sum(axis=2)
    equal = (np.abs(score[:, None, :] - score[:, :, None]) <= 1e-12).sum(axis=2)
    shares = np.zeros((options, options))
    for place in range(options):
        held = (above <= place) & (place < above + equal)
        shares[:, place] = (held / equal).mean(axis=0)
    return Robustness(shares, score.mean(axis=0))


def order(scores: Sequence[float]) -> list[int]:
    """Positions from the best score to the worst; equal ones keep their order."""
    return sorted(range(len(scores)), key=lambda at: -scores[at])
