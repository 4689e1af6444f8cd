"""How groups' votes and answers are counted, and how far a target is."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

Ballot = tuple[float, tuple[int, ...]]  # how many, and options by preference, best first

# ------------------------------------------------------------------ votes


def first_choices(ballots: Sequence[Ballot], options: int) -> list[float]:
    """How many ballots have each option first."""
    counts = [0.0] * options
    for number, ranking in ballots:
        if ranking:
            counts[ranking[0]] += number
    return counts


def borda(ballots: Sequence[Ballot], options: int) -> list[float]:
    """Borda points: m - 1 for the first of m options, 0 for the last; unranked ones share what is left.

    Source: Borda (1781), Mémoire sur les élections au scrutin.
    """
    points = [0.0] * options
    for number, ranking in ballots:
        for place, option in enumerate(ranking):
            points[option] += number * (options - 1 - place)
        left = [option for option in range(options) if option not in ranking]
        if left:
            shared = sum(range(len(left))) / len(left)
            for option in left:
                points[option] += number * shared
    return points


def pairwise(ballots: Sequence[Ballot], options: int) -> list[list[float]]:
    """d[a][b]: ballots that prefer a to b; a ranked option beats every unranked one."""
    wins = [[0.0] * options for _row in range(options)]
    for number, ranking in ballots:
        place = {option: at for at, option in enumerate(ranking)}
        for a in range(options):
            for b in range(options):
                if a != b and place.get(a, options) < place.get(b, options):
                    wins[a][b] += number
    return wins


def schulze(ballots: Sequence[Ballot], options: int) -> list[int]:
    """Options by the Schulze method (winning votes), best first; ties by number.

    The strength of a path is its weakest link; a beats b when its strongest path to b is stronger than b's to a.
    Source: Schulze (2011), Social Choice and Welfare 36, 267-303.
    """
    wins = pairwise(ballots, options)
    path = [[wins[a][b] if a != b and wins[a][b] > wins[b][a] else 0.0 for b in range(options)] for a in range(options)]
    for via in range(options):
        for a in range(options):
            for b in range(options):
                if len({a, b, via}) == 3:
                    path[a][b] = max(path[a][b], min(path[a][via], path[via][b]))
    beaten = [sum(path[a][b] > path[b][a] for b in range(options) if b != a) for a in range(options)]
    return sorted(range(options), key=lambda option: (-beaten[option], option))


@dataclass(frozen=True)
class Count:
    """A counted vote. `order` is best first by the declared method; `winner` None when the rules give none."""

    ballots: float
    points: list[float]
    order: list[int]
    winner: int | None
    quorum_met: bool


METHODS = ("plurality", "borda", "schulze", "consensus")


def count_votes(
    ballots: Sequence[Ballot], options: int, method: str, *, electorate: float = 0, quorum: float = 0, threshold: float = 0.5
) -> Count:  # fmt: skip
    """Count by one of `METHODS`.

    Parameters
    ----------
    electorate
        How many could have voted; 0 when it is not known, and then no quorum is asked.
    quorum
        Share of the electorate that must take part.
    threshold
        For consensus: the share of ballots that must put the first option first.

    Raises
    ------
    ValueError
        An unknown method, or a ballot that names an option twice or one that there is not.
    """
    if method not in METHODS:
        raise ValueError(f"there is no voting method {method!r}")
    for _number, ranking in ballots:
        if len(set(ranking)) != len(ranking) or any(not 0 <= option < options for option in ranking):
            raise ValueError(f"the ballot {ranking} does not rank the options 0 to {options - 1} once each")
    total = sum(number for number, _ranking in ballots)
    met = electorate <= 0 or total >= quorum * electorate
    if method == "schulze":
        order = schulze(ballots, options)
        points = first_choices(ballots, options)
    else:
        points = borda(ballots, options) if method == "borda" else first_choices(ballots, options)
        order = sorted(range(options), key=lambda option: (-points[option], option))
    winner: int | None = order[0] if total > 0 and met and options else None
    if winner is not None and method in ("plurality", "borda") and options > 1 and points[order[0]] == points[order[1]]:
        winner = None  # a tie is for people to settle
    if winner is not None and method == "consensus" and points[winner] < threshold * total:
        winner = None
    return Count(total, points, order, winner, met)


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
