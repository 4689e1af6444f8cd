"""How groups' answers are scored, and how far a target is."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

# ------------------------------------------------------------------ scores


@dataclass(frozen=True)
class Scores:
    """Means of a question or dimension; group means only of the groups that may be shown."""

    pooled_mean: float | None
    group_balanced_mean: float | None
    polarity_gap: float | None
    group_means: dict[str, float]
    groups_shown: list[str]
    hidden: list[str]


def score_groups(groups: Mapping[str, Sequence[float | None]], minimum_group_size: int = 5) -> Scores:
    """Means by group with disclosure control.

    Missing answers count as nothing, never as 0. A group is shown when it has at least `minimum_group_size`
    answers. If exactly one group would be hidden it could be had by subtraction from the pooled mean, so the
    shown group with the fewest answers (ties: first by name) is hidden with it (complementary suppression:
    Hundepool et al. 2012, Statistical Disclosure Control, ch. 4).
    """
    known = {name: [value for value in answers if value is not None] for name, answers in groups.items()}
    known = {name: answers for name, answers in known.items() if answers}
    everything = [value for answers in known.values() for value in answers]
    means = {name: math.fsum(answers) / len(answers) for name, answers in known.items()}
    shown = sorted(name for name, answers in known.items() if len(answers) >= minimum_group_size)
    if len(known) - len(shown) == 1 and shown:
        shown.remove(min(shown, key=lambda name: (len(known[name]), name)))
    return Scores(
        math.fsum(everything) / len(everything) if everything else None,
        math.fsum(means.values()) / len(means) if means else None,
        max(means.values()) - min(means.values()) if means else None,
        {name: means[name] for name in shown}, shown, sorted(set(known) - set(shown)),
    )  # fmt: skip


def middle(answers: Sequence[float | None]) -> float | None:
    """Median of the known answers."""
    known = [value for value in answers if value is not None]
    return float(median(known)) if known else None


# ------------------------------------------------------------------ progress


def progress(value: float | None, baseline: float | None, target: float | None) -> float | None:
    """(value - baseline) / (target - baseline), not clipped; None where it is undefined.

    The sign takes care of the direction: a target below the baseline is reached by going down.
    """
    if value is None or baseline is None or target is None or target == baseline:
        return None
    return (value - baseline) / (target - baseline)


def expected(year: float, baseline: float, baseline_year: int, target: float, target_year: int) -> float:
    """Where a straight line from baseline to target stands in a year; flat outside the two years."""
    if target_year == baseline_year:
        return target
    share = min(1.0, max(0.0, (year - baseline_year) / (target_year - baseline_year)))
    return baseline + share * (target - baseline)
