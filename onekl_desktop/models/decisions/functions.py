"""Voting, scoring and matching as single functions with plain inputs and results."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from onekl_desktop.models.decisions.model import score_groups
from onekl_desktop.models.decisions.votes import borda, first_choices, schulze


def ticket_score(ask: float, low: float, high: float) -> float:
    """How well an ask fits the tickets of a source: 1 inside, else `max(0, 1 - |ln(ask/nearest bound)|/ln 3)`."""
    if low <= ask <= high:
        return 1.0
    if ask <= 0:
        return 0.0
    nearest = low if ask < low else high
    return max(0.0, 1 - abs(math.log(ask / nearest)) / math.log(3)) if nearest > 0 else 0.0


def match_score(weights: Sequence[float], values: Sequence[float | None]) -> dict[str, float | None]:
    """Weighted mean of what is known, how much of the weight is known, and their product, by which matches are ranked."""
    pairs = [(weight, value) for weight, value in zip(weights, values, strict=True) if value is not None]
    known, total = math.fsum(weight for weight, _value in pairs), math.fsum(weights)
    coverage = known / total if total else 0.0
    score = math.fsum(weight * value for weight, value in pairs) / known if known else None
    return {"score": score, "coverage": coverage, "rank_key": score * coverage if score is not None else 0.0}


def governance_scores(groups: Mapping[str, Sequence[float | None]], minimum_group_size: int = 5) -> dict[str, Any]:
    """Means on the full data, and those of the groups that may be shown."""
    found = score_groups(groups, minimum_group_size)
    return {
        "pooled_mean": found.pooled_mean, "group_balanced_mean": found.group_balanced_mean, "polarity_gap": found.polarity_gap,
        "group_means": found.group_means, "groups_shown": found.groups_shown,
    }  # fmt: skip


def vote_count(ballots: Sequence[tuple[float, str]]) -> dict[str, Any]:
    """Strict rankings such as [5, "ACBED"], best first, one letter for each option."""
    names = sorted({letter for _count, ranking in ballots for letter in ranking})
    for _count, ranking in ballots:
        if sorted(ranking) != names:
            raise ValueError(f"the ballot {ranking!r} does not rank {''.join(names)} once each")
    read = [(float(count), tuple(names.index(letter) for letter in ranking)) for count, ranking in ballots]
    points, firsts = borda(read, len(names)), first_choices(read, len(names))
    best = sorted(range(len(names)), key=lambda option: (-firsts[option], option))[0]
    return {
        "schulze_order": "".join(names[option] for option in schulze(read, len(names))),
        "borda": dict(zip(names, points, strict=True)),
        "borda_order": "".join(names[option] for option in sorted(range(len(names)), key=lambda o: (-points[o], o))),
        "first_choices": dict(zip(names, firsts, strict=True)),
        "plurality_winner": names[best],
    }


FUNCTIONS: dict[str, Callable[..., Any]] = {
    each.__name__: each for each in (ticket_score, match_score, governance_scores, vote_count)
}
