"""The order of the scenarios: by the weights of each group, and how often each stays first whatever the weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from onekl_desktop.base.errors import UserError, make_problem
from onekl_desktop.models.decisions.ranking import order, rank_robustness, weighted_scores
from onekl_desktop.tools.scenarios.queries import Comparison, Row

DRAWS, EXAMPLE = 10_000, "jobs=2, carbon_gain=1"
LEFT_OUT = ("capital_cost", "operating_cost", "labour", "carbon_storage")  # said again by others of the rows


@dataclass(frozen=True)
class Ranking:
    """Scenarios with figures, the indicators that count, the shares of each place, and the order of each group."""

    names: list[str]
    indicators: list[Row]
    shares: list[list[float]]
    mean: list[float]
    groups: dict[str, tuple[list[str], list[float]]]

    def as_data(self) -> dict[str, Any]:
        """Plain figures."""
        return {
            "indicators": [row.code for row in self.indicators],
            "scenarios": [
                {"name": name, "first": share[0], "places": share, "mean_score": mean}
                for name, share, mean in zip(self.names, self.shares, self.mean, strict=True)
            ],
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
    rows = [row for row in comparison.rows if row.direction and row.code not in LEFT_OUT]
    held = [
        at for at in range(len(comparison.scenarios)) if comparison.scenarios[at].run is not None and all(row.values[at] is not None for row in rows)
    ]  # fmt: skip
    if len(held) < 2 or not rows:
        return None
    values = np.array([[row.values[at] for row in rows] for at in held], float)
    directions = np.array([row.direction for row in rows], float)
    names = [comparison.scenarios[at].scenario.name for at in held]
    found = rank_robustness(values, directions, draws=DRAWS, seed=seed)
    groups = {}
    codes = [row.code for row in rows]
    for group, given in (weights or {}).items():
        unknown = [code for code in given if code not in codes]
        if unknown or sum(given.values()) <= 0 or min(given.values()) < 0:
            told = ", ".join(unknown) or group
            raise UserError("scenarios.weight", [make_problem("scenarios.weight", field="weights", value=told, known=", ".join(codes))])  # fmt: skip
        scores = weighted_scores(values, directions, np.array([given.get(code, 0.0) for code in codes])).tolist()
        places = order(scores)
        groups[group] = ([names[at] for at in places], [scores[at] for at in places])
    return Ranking(names, rows, found.shares.tolist(), found.mean.tolist(), groups)


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
        try:
            pairs = [part.partition("=") for part in rest.split(",") if part.strip()]
            found = {name.strip(): float(number) if sign else 1.0 for name, sign, number in pairs}
        except ValueError:
            found = {}
        if not mark or not found or not all(np.isfinite(value) for value in found.values()):
            raise UserError(
                "scenarios.weight", [make_problem("scenarios.weight", field="weights", value=text[:80], known=EXAMPLE)]
            )
        out[group.strip()] = found
    return out
