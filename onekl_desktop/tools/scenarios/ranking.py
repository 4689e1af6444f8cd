"""The order of the scenarios: by the weights of each group, and how often each stays first whatever the weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onekl_desktop.models.decisions import spread
from onekl_desktop.models.decisions.ranking import order, rank_robustness, scale_scores, weighted_scores
from onekl_desktop.tools.scenarios.queries import Comparison, Row
from onekl_desktop.tools.scenarios.weighing import EXAMPLE, parse_weights, refuse_weights

DRAWS = 10_000
LEFT_OUT = (
    "capital_cost",
    "operating_cost",
    "labour",
    "carbon_storage",
    "gross_income",
)  # said again by others of the rows


@dataclass(frozen=True)
class Ranking:
    """Scenarios with figures, the indicators that count, the shares of each place, and the order of each group.

    `scores[s][i]` is how scenario s does in indicator i, from 0 (the worst of them) to 1; `drawn` says whether coefficients
    varied with the weights.
    """

    names: list[str]
    indicators: list[Row]
    shares: list[list[float]]
    mean: list[float]
    groups: dict[str, tuple[list[str], list[float]]]
    scores: list[list[float]]
    drawn: bool

    def as_data(self) -> dict[str, Any]:
        """Plain figures."""
        return {
            "indicators": [row.code for row in self.indicators],
            "scenarios": [
                {"name": name, "first": share[0], "places": share, "mean_score": mean}
                for name, share, mean in zip(self.names, self.shares, self.mean, strict=True)
            ],
            "coefficients_varied": self.drawn,
            "groups": [{"group": group, "order": names, "scores": scores} for group, (names, scores) in self.groups.items()],
        }  # fmt: skip


def rank(comparison: Comparison, weights: dict[str, dict[str, float]] | None = None, *, seed: int = 0) -> Ranking | None:  # fmt: skip
    """Rank the scenarios that have figures; None where fewer than two have.

    Indicators that are better large or small count once each: costs by their present value, carbon by its gain. `weights`
    gives for each group those of the indicators it cares about.

    Raises
    ------
    UserError
        `scenarios.weight`: an indicator that is not compared, or weights that say nothing.
    """
    rows, held = counted(comparison)
    if len(held) < 2 or not rows:
        return None
    values = np.array([[row.values[at] for row in rows] for at in held], float)
    directions = np.array([row.direction for row in rows], float)
    names = [comparison.scenarios[at].scenario.name for at in held]
    drawn = _figures(comparison, rows, held)
    found = rank_robustness(values, directions, drawn=drawn, draws=DRAWS, seed=seed)
    groups = {}
    codes = [row.code for row in rows]
    for group, given in {**comparison.groups, **(weights or {})}.items():
        known = {code: weight for code, weight in given.items() if code in codes}
        if group in (weights or {}) and len(known) < len(given):
            raise refuse_weights(", ".join(code for code in given if code not in codes), ", ".join(codes))
        if sum(known.values()) <= 0:
            if group in (weights or {}):
                raise refuse_weights(group, ", ".join(codes))
            continue  # what it cares for is not computed (any more)
        scores = weighted_scores(values, directions, np.array([known.get(code, 0.0) for code in codes])).tolist()
        places = order(scores)
        groups[group] = ([names[at] for at in places], [scores[at] for at in places])
    scaled = scale_scores(values, directions).tolist()
    return Ranking(names, rows, found.shares.tolist(), found.mean.tolist(), groups, scaled, drawn is not None)


def counted(comparison: Comparison) -> tuple[list[Row], list[int]]:
    """The indicators that count in an order (each thing once), and the scenarios that have figures of all of them."""
    rows = [row for row in comparison.rows if row.direction and row.code not in LEFT_OUT]
    held = [
        at for at in range(len(comparison.scenarios)) if comparison.scenarios[at].run is not None and all(row.values[at] is not None for row in rows)
    ]  # fmt: skip
    return rows, held


def _figures(comparison: Comparison, rows: list[Row], held: list[int]) -> NDArray[np.float64] | None:
    """Figures of the scenarios under the same draws of coefficients, shape (draws, scenarios, indicators); None without any.

    What has no draws (areas, models on maps) stands as it is.
    """
    parts = [
        [np.broadcast_to(np.asarray(comparison.draws[at].get(row.code, row.values[at]), float), spread.DRAWS) for row in rows] for at in held
    ]  # fmt: skip
    if not any(row.code in comparison.draws[at] for at in held for row in rows):
        return None
    return np.moveaxis(np.array(parts), 2, 0)


def read_weights(texts: list[str]) -> dict[str, dict[str, float]]:
    """`Women: jobs=2, carbon_gain=1` as a group and its weights.

    Raises
    ------
    UserError
        `scenarios.weight`.
    """
    out: dict[str, dict[str, float]] = {}
    for text in texts:
        group, mark, rest = text.partition(":")
        found = parse_weights(rest) if mark else {}
        if not found:
            raise refuse_weights(text[:80], EXAMPLE)
        out[group.strip()] = found
    return out
