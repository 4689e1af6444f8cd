"""How groups' ballots are counted: rankings, dots, scores, and answers to one proposal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

Level = int | tuple[int, ...]  # an option, or several that stand equal
Ballot = tuple[float, tuple[Level, ...]]  # how many, and options by preference, best first
Marks = tuple[float, tuple[float | None, ...]]  # how many, and the dots or score of each option (None: not marked)

RANKED, MARKED = ("plurality", "borda", "schulze", "support"), ("dots", "score")
ANSWERED = ("sense_check", "consent", "consensus", "gradients")
METHODS = (*RANKED, *MARKED, *ANSWERED)
INDICATIVE = ("dots", "sense_check")  # they show where interest lies, and decide nothing
HIGHEST_SCORE = 5

# What the fixed answers of a method mean, in their order: for, against, blocking, or neither ('' abstains).
# Gradients: Kaner et al. (2014), Facilitator's Guide to Participatory Decision-Making, 3rd ed., ch. 19. That the first three
# count as support, the sixth and seventh as disagreement, and the last as a block is our convention; it is printed.
STANCES: dict[str, tuple[str, ...]] = {
    "sense_check": ("for", "", "against"),
    "consent": ("for", "", "block"),
    "consensus": ("for", "", "against", "block"),
    "gradients": ("for", "for", "for", "", "", "against", "against", "block"),
}


def levels(ranking: Sequence[Level], options: int) -> list[tuple[int, ...]]:
    """The ranking as sets of equal options, best first; those that are not ranked stand equal at the end."""
    out = [(level,) if isinstance(level, int) else tuple(level) for level in ranking]
    named = {option for level in out for option in level}
    left = tuple(option for option in range(options) if option not in named)
    return [*out, left] if left else out


def first_choices(ballots: Sequence[Ballot], options: int) -> list[float]:
    """How many ballots have each option first; equal first ones share theirs."""
    counts = [0.0] * options
    for number, ranking in ballots:
        if ranking:
            best = levels(ranking, options)[0]
            for option in best:
                counts[option] += number / len(best)
    return counts


def borda(ballots: Sequence[Ballot], options: int) -> list[float]:
    """Borda points: m - 1 for the first of m options, 0 for the last; equal and unranked ones share their points.

    Source: Borda (1781), Mémoire sur les élections au scrutin. Points sum to ballots x m (m - 1) / 2.
    """
    points = [0.0] * options
    for number, ranking in ballots:
        above = 0
        for level in levels(ranking, options):
            share = sum(options - 1 - above - at for at in range(len(level))) / len(level)
            for option in level:
                points[option] += number * share
            above += len(level)
    return points


def pairwise(ballots: Sequence[Ballot], options: int) -> list[list[float]]:
    """d[a][b]: ballots that prefer a to b; a ranked option beats every unranked one."""
    wins = [[0.0] * options for _row in range(options)]
    for number, ranking in ballots:
        place = {option: at for at, level in enumerate(levels(ranking, options)) for option in level}
        for a in range(options):
            for b in range(options):
                if place[a] < place[b]:
                    wins[a][b] += number
    return wins


def strongest_paths(ballots: Sequence[Ballot], options: int) -> list[list[float]]:
    """p[a][b]: strength of the strongest path from a to b (winning votes), 0 without one.

    The strength of a path is its weakest link. Source: Schulze (2011), Social Choice and Welfare 36, 267-303, section 2.3.
    """
    wins = pairwise(ballots, options)
    path = [[wins[a][b] if a != b and wins[a][b] > wins[b][a] else 0.0 for b in range(options)] for a in range(options)]
    for via in range(options):
        for a in range(options):
            if a != via:
                for b in range(options):
                    if b not in (a, via):
                        path[a][b] = max(path[a][b], min(path[a][via], path[via][b]))
    return path


def _beaten(path: Sequence[Sequence[float]]) -> list[float]:
    everyone = range(len(path))
    return [float(sum(path[a][b] > path[b][a] for b in everyone)) for a in everyone]


def schulze(ballots: Sequence[Ballot], options: int) -> list[int]:
    """Options by the Schulze method, best first; a beats b when its strongest path to b is stronger than b's to a.

    Equal ones stand by their number.
    """
    beaten = _beaten(strongest_paths(ballots, options))
    return sorted(range(options), key=lambda option: (-beaten[option], option))


def schulze_winners(ballots: Sequence[Ballot], options: int) -> list[int]:
    """All options that no other one beats; more than one is a tie."""
    path = strongest_paths(ballots, options)
    return [a for a in range(options) if all(path[a][b] >= path[b][a] for b in range(options))]


def sum_marks(marks: Sequence[Marks], options: int) -> list[float]:
    """Dots or scores of each option over all ballots; what is not marked counts nothing."""
    return [sum(number * (given[at] or 0.0) for number, given in marks) for at in range(options)]


def share_ranks(points: Sequence[float]) -> list[int]:
    """Rank of each option, 1 the best; equal ones share theirs, and the next is as many places lower."""
    return [1 + sum(other > mine for other in points) for mine in points]


@dataclass(frozen=True)
class Count:
    """A counted vote.

    `points` are first choices, Borda points, options beaten (Schulze), dots, mean scores or answers; `order` is best first,
    `ranks` shared by equal options; `winner` None when the rules give none, and why is in `reason` ('' with a winner):
    nobody, quorum, tie, support, objections or indicative. `share` is the support of a proposal or of the leading option.
    """

    ballots: float
    points: list[float]
    order: list[int]
    winner: int | None
    quorum_met: bool
    ranks: list[int] = field(default_factory=list)
    reason: str = ""
    share: float | None = None
    objections: float = 0.0


@dataclass(frozen=True)
class Rules:
    """What was declared before the vote. `electorate` 0: not known, and then no quorum is asked."""

    method: str
    electorate: float = 0
    quorum: float = 0
    threshold: float = 0.5
    most_objections: int = 0


def count_votes(ballots: Sequence[Ballot], options: int, rules: Rules, marks: Sequence[Marks] = ()) -> Count:
    """Count by the method of the rules.

    Parameters
    ----------
    ballots
        Rankings; for a method with fixed answers the one answer of each.
    options
        How many options there are; for fixed answers as many as `STANCES` has.
    marks
        For dots and scores instead of the ballots. A score is the mean over all ballots, not marked counting 0, so that an
        option which few know cannot win by that alone.

    Raises
    ------
    ValueError
        An unknown method, a ballot that names an option twice or one that there is not, or marks of the wrong number.
    """
    method = rules.method
    if method not in METHODS:
        raise ValueError(f"there is no voting method {method!r}")
    if method in ANSWERED and options != len(STANCES[method]):
        raise ValueError(f"{method} has {len(STANCES[method])} answers, not {options}")
    _check(ballots, marks, options)
    total = float(sum(number for number, _given in (marks if method in MARKED else ballots)))
    met = rules.electorate <= 0 or total >= rules.quorum * rules.electorate - 1e-9
    if method in ANSWERED:
        return _count_answers(ballots, options, rules, total, met)
    tied = False
    if method == "schulze":
        points = _beaten(strongest_paths(ballots, options))
        tied = len(schulze_winners(ballots, options)) > 1
    else:
        points = _points(method, ballots, marks, options, total)
    order = sorted(range(options), key=lambda option: (-points[option], option))
    if method != "schulze" and options > 1:
        tied = points[order[0]] == points[order[1]]
    share = points[order[0]] / total if total and method in ("plurality", "support") and options else None
    reason = _why_not(method, total, met, tied, share, rules)
    return Count(
        total, points, order, order[0] if not reason and options else None, met, share_ranks(points), reason, share
    )


def _points(
    method: str, ballots: Sequence[Ballot], marks: Sequence[Marks], options: int, total: float
) -> list[float]:  # fmt: skip
    if method == "borda":
        return borda(ballots, options)
    if method in MARKED:
        summed = sum_marks(marks, options)
        return [mark / total if total else 0.0 for mark in summed] if method == "score" else summed
    return first_choices(ballots, options)


def _why_not(method: str, total: float, met: bool, tied: bool, share: float | None, rules: Rules) -> str:
    if total <= 0:
        return "nobody"
    if not met:
        return "quorum"
    if method in INDICATIVE:
        return "indicative"
    if method == "support":
        return "" if share is not None and share >= rules.threshold - 1e-12 else "support"
    return "tie" if tied else ""


def _count_answers(ballots: Sequence[Ballot], options: int, rules: Rules, total: float, met: bool) -> Count:
    """Answers to one proposal: carried (winner 0) when enough support it and not too many block it."""
    points = first_choices(ballots, options)
    stances = STANCES[rules.method]
    support, against, blocking = (
        sum(number for number, stance in zip(points, stances, strict=True) if stance == wanted) for wanted in ("for", "against", "block")
    )  # fmt: skip
    taking = support + against + blocking
    share = support / taking if taking else None
    if total <= 0:
        reason = "nobody"
    elif not met:
        reason = "quorum"
    elif rules.method in INDICATIVE:
        reason = "indicative"
    elif blocking > rules.most_objections:
        reason = "objections"
    elif share is None or (rules.method != "consent" and share < rules.threshold - 1e-12):
        reason = "support"
    else:
        reason = ""
    order = sorted(range(options), key=lambda option: (-points[option], option))
    return Count(total, points, order, None if reason else 0, met, share_ranks(points), reason, share, blocking)


def _check(ballots: Sequence[Ballot], marks: Sequence[Marks], options: int) -> None:
    for _number, ranking in ballots:
        named = [option for level in ranking for option in ((level,) if isinstance(level, int) else level)]
        if len(set(named)) != len(named) or any(not 0 <= option < options for option in named):
            raise ValueError(f"the ballot {ranking} does not rank the options 0 to {options - 1} once each")
    for _number, given in marks:
        if len(given) != options:
            raise ValueError(f"the marks {given} are not {options}")
