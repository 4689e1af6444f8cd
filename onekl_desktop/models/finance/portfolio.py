"""Several projects together: pooled flows, concentration, who depends on whom. Rates are never averaged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from onekl_desktop.models.finance import measures
from onekl_desktop.models.finance.functions import concentration
from onekl_desktop.models.finance.mechanisms import diversification_ratio


def pool(
    flows: Mapping[str, Sequence[float]], *, starts: Mapping[str, int] | None = None, rate: float = 0.08
) -> dict[str, Any]:
    """Pooled yearly flow of projects that start in different years, its NPV and rates, the funding gap by year.

    `starts` are calendar offsets from the first year (0 where not told). The rate of the pool is that of its flow, whatever the
    projects' own are.
    """
    begin = dict.fromkeys(flows, 0) | dict(starts or {})
    last = max(begin[id] + len(flow) for id, flow in flows.items())
    total = np.zeros(last)
    needs = np.zeros(last)
    vintages: dict[int, float] = {}
    for id, flow in flows.items():
        amounts = np.asarray(flow, float)
        total[begin[id] : begin[id] + len(amounts)] += amounts
        needs[begin[id] : begin[id] + len(amounts)] += np.maximum(-amounts, 0)
        vintages[begin[id]] = vintages.get(begin[id], 0.0) + float(np.maximum(-amounts, 0).sum())
    roots = measures.irr_roots(total)
    return {
        "flow": total.tolist(), "npv": measures.npv(rate, total), "irr_roots": roots, "irr": roots[0] if len(roots) == 1 else None,
        "funding_need_by_year": needs.tolist(), "funding_gap_by_year": np.maximum(-total, 0).tolist(), "vintages": vintages,
        "largest_need": float(max(0.0, -np.cumsum(total).min())),
    }  # fmt: skip


def concentrations(amounts: Mapping[str, float], labels: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, Any]]:
    """HHI, effective number and the largest share by each label (sector, village, off-taker, hazard) of the projects."""
    out: dict[str, dict[str, Any]] = {}
    whole = sum(amounts.values())
    for name in sorted({name for told in labels.values() for name in told}):
        groups: dict[str, float] = {}
        for id, amount in amounts.items():
            group = labels.get(id, {}).get(name, "?")
            groups[group] = groups.get(group, 0.0) + amount
        shares = {group: amount / whole for group, amount in groups.items()} if whole else {}
        largest = max(shares, key=lambda group: shares[group], default=None)
        out[name] = {"shares": shares, **concentration(list(shares.values())), "largest": largest, "largest_share": shares.get(largest) if largest is not None else None}  # fmt: skip
    return out


def spread(weights: Sequence[float], standard_deviations: Sequence[float], correlation: float) -> dict[str, float]:
    """Standard deviation of the pool and the diversification ratio, with one correlation for all pairs: correlation, not number, limits pooling."""
    apart = sum(w * s for w, s in zip(weights, standard_deviations, strict=True))
    ratio = diversification_ratio(weights, standard_deviations, correlation)
    return {"standard_deviation": float(apart / ratio), "diversification_ratio": ratio}


def aggregate_farms(
    archetypes: Sequence[Mapping[str, float]], ramp: Sequence[float], *, programme_cost: float, correlation: float = 0.3
) -> dict[str, Any]:
    """Smallholders by archetype (count, loan, margin, cost, standard_deviation) over a ramp of shares reached by year."""
    farms = sum(kind["count"] for kind in archetypes)
    loans = sum(kind["count"] * kind["loan"] for kind in archetypes)
    margin = sum(kind["count"] * (kind["margin"] - kind["cost"]) for kind in archetypes)
    per_farm = margin / farms if farms else 0.0
    by_year = [share * margin - programme_cost for share in ramp]
    weights = [kind["count"] / farms for kind in archetypes] if farms else []
    within = [kind["standard_deviation"] * np.sqrt((1 + (kind["count"] - 1) * correlation) / kind["count"]) if kind["count"] else 0.0 for kind in archetypes]  # fmt: skip
    return {
        "farms": farms, "loans": loans, "result_by_year": by_year, "breakeven_farms": programme_cost / per_farm if per_farm > 0 else None,
        "transaction_cost_ratio": (programme_cost + sum(kind["count"] * kind["cost"] for kind in archetypes)) / loans if loans else None,
        "standard_deviation_of_average": float(np.sqrt(sum((w * s) ** 2 for w, s in zip(weights, within, strict=True)) + 2 * correlation * sum(weights[i] * within[i] * weights[j] * within[j] for i in range(len(weights)) for j in range(i)))) if farms else 0.0,
    }  # fmt: skip
