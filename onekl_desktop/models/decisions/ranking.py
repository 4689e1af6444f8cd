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


def pareto_front(values: NDArray[np.float64], directions: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which options no other one beats: none is at least as good in everything and better in something (Pareto 1906).

    Parameters
    ----------
    values, directions
        As in `scale_scores`, shape (options, criteria) and (criteria,); an option with NaN is never on the front.
    """
    signed = np.where(np.isfinite(values), values * directions, -np.inf)
    as_good = (signed[:, None, :] >= signed[None, :, :]).all(axis=2)
    better = (signed[:, None, :] > signed[None, :, :]).any(axis=2)
    return np.asarray(~(as_good & better).any(axis=0) & np.isfinite(values).all(axis=1))


def rank_robustness(
    values: NDArray[np.float64], directions: NDArray[np.float64], *, drawn: NDArray[np.float64] | None = None,
    draws: int = 10_000, seed: int = 0,
) -> Robustness:  # fmt: skip
    """Rank acceptability under unknown weights: Lahdelma & Salminen (2001), SMAA-2, Operations Research 49, 444-454.

    Weights are uniform over all that sum to 1. Where figures are uncertain, each set of weights meets one of their draws.
    Equal scores share their places.

    Parameters
    ----------
    values
        Shape (options, criteria).
    directions
        +1 or -1 for each criterion.
    drawn
        Figures under draws of the coefficients, shape (any, options, criteria); a draw holds for all options at once, so that
        what they have in common does not blur their order.
    """
    options, criteria = values.shape
    rng = np.random.default_rng(seed)
    weights = rng.dirichlet(np.ones(criteria), draws)
    if drawn is None:
        score = weights @ scale_scores(values, directions).T
    else:
        scaled = scale_scores(drawn, directions)
        score = np.einsum("dsc,dc->ds", scaled[np.arange(draws) % len(scaled)], weights)
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
