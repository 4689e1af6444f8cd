"""Votes against our reference figures, published examples, and what must hold for any ballots."""

import itertools
import json
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from onekl_desktop.models.decisions import votes
from onekl_desktop.models.decisions.votes import Rules, count_votes

ORACLES = json.loads((Path(__file__).parents[1] / "golden" / "finance" / "functions.json").read_text())["oracles"]
BALLOTS_45 = next(item for item in ORACLES if item["id"] == "vote_45_ballots")


@st.composite
def elections(draw, ties=True):
    """Any number of options, ballots with or without equal and left-out options."""
    options = draw(st.integers(2, 6))
    ballots = []
    for _number in range(draw(st.integers(1, 8))):
        order = draw(st.permutations(range(options)))[: draw(st.integers(1, options))]
        levels, at = [], 0
        while at < len(order):
            size = draw(st.integers(1, len(order) - at)) if ties else 1
            levels.append(tuple(order[at : at + size]) if size > 1 else order[at])
            at += size
        ballots.append((float(draw(st.integers(1, 9))), tuple(levels)))
    return options, ballots


def read(text):
    return tuple("ABCDE".index(letter) for letter in text)


def test_45_ballots():
    ballots = [(float(count), read(ranking)) for count, ranking in BALLOTS_45["inputs"]["ballots"]]
    expected = BALLOTS_45["expected"]
    assert "".join("ABCDE"[at] for at in votes.schulze(ballots, 5)) == expected["schulze_order"]
    assert dict(zip("ABCDE", votes.borda(ballots, 5), strict=True)) == expected["borda"]
    assert dict(zip("ABCDE", votes.first_choices(ballots, 5), strict=True)) == expected["first_choices"]
    assert "ABCDE"[count_votes(ballots, 5, Rules("plurality")).winner] == expected["plurality_winner"]
    assert "ABCDE"[count_votes(ballots, 5, Rules("borda")).winner] == "E"
    assert count_votes(ballots, 5, Rules("schulze")).ranks == [2, 4, 3, 5, 1]


def test_strongest_paths_of_the_published_example():
    # Schulze (2011), example 1: 21 ballots on four options, d > a > c > b
    ballots = [(8.0, read("ACDB")), (2.0, read("BADC")), (4.0, read("CDBA")), (4.0, read("DBAC")), (3.0, read("DCBA"))]
    path = votes.strongest_paths(ballots, 4)
    assert path == [[0, 14, 14, 12], [13, 0, 13, 12], [13, 15, 0, 12], [13, 19, 13, 0]]
    assert "".join("ABCD"[at] for at in votes.schulze(ballots, 4)) == "DACB"


@given(elections())
def test_borda_points_are_as_many_as_there_are_to_give(election):
    options, ballots = election
    total = sum(count for count, _ranking in ballots)
    assert sum(votes.borda(ballots, options)) == pytest.approx(total * options * (options - 1) / 2)
    assert sum(votes.first_choices(ballots, options)) == pytest.approx(total)


@given(elections())
def test_who_beats_everybody_one_against_one_wins_under_schulze(election):
    options, ballots = election
    wins = votes.pairwise(ballots, options)
    beats_all = [a for a in range(options) if all(wins[a][b] > wins[b][a] for b in range(options) if b != a)]
    assume(beats_all)
    assert votes.schulze(ballots, options)[0] == beats_all[0]
    assert votes.schulze_winners(ballots, options) == beats_all
    assert count_votes(ballots, options, Rules("schulze")).winner == beats_all[0]


@given(elections())
def test_schulze_paths_are_those_of_a_search_over_all_paths(election):
    options, ballots = election
    assume(options <= 5)
    wins = votes.pairwise(ballots, options)
    path = votes.strongest_paths(ballots, options)
    for a, b in itertools.permutations(range(options), 2):
        best = 0.0
        others = [option for option in range(options) if option not in (a, b)]
        for length in range(len(others) + 1):
            for via in itertools.permutations(others, length):
                steps = list(itertools.pairwise((a, *via, b)))
                if all(wins[x][y] > wins[y][x] for x, y in steps):
                    best = max(best, min(wins[x][y] for x, y in steps))
        assert path[a][b] == best


@given(elections(), st.randoms())
def test_names_of_options_and_order_of_ballots_change_nothing(election, random):
    options, ballots = election
    other = list(range(options))
    random.shuffle(other)

    def rename(level):
        return other[level] if isinstance(level, int) else tuple(other[option] for option in level)

    renamed = [(count, tuple(rename(level) for level in ranking)) for count, ranking in ballots]
    random.shuffle(renamed)
    for method in ("plurality", "borda", "schulze"):
        one, two = count_votes(ballots, options, Rules(method)), count_votes(renamed, options, Rules(method))
        assert [two.points[other[at]] for at in range(options)] == pytest.approx(one.points)
        if one.winner is not None and sorted(one.points)[-1] - sorted(one.points)[-2] > 1e-9:
            assert two.winner == other[one.winner]


@given(elections())
def test_equal_options_share_points_and_ranks(election):
    options, ballots = election
    mirrored = [(count, (tuple(range(options)),)) for count, _ranking in ballots]  # everybody finds all equal
    for method in ("plurality", "borda", "schulze"):
        found = count_votes(mirrored, options, Rules(method))
        assert (
            len(set(found.points)) == 1 and set(found.ranks) == {1} and found.winner is None and found.reason == "tie"
        )
    points = votes.borda([(1.0, ((0, 1),))], 3)
    assert points == [1.5, 1.5, 0.0]


@given(elections(ties=False))
def test_one_more_ballot_for_the_winner_keeps_it_winning(election):
    options, ballots = election
    for method in ("plurality", "borda"):
        found = count_votes(ballots, options, Rules(method))
        if found.winner is not None:
            more = [*ballots, (1.0, (found.winner,))]
            assert count_votes(more, options, Rules(method)).winner == found.winner


def test_a_tie_and_a_missed_quorum_have_no_winner():
    assert count_votes([(3, (0,)), (3, (1,))], 2, Rules("plurality")).reason == "tie"
    missed = count_votes([(3, (0,))], 2, Rules("plurality", electorate=100, quorum=0.5))
    assert missed.winner is None and missed.reason == "quorum" and not missed.quorum_met
    assert count_votes([(50, (0,))], 2, Rules("plurality", electorate=100, quorum=0.5)).winner == 0
    assert count_votes([], 2, Rules("plurality")).reason == "nobody"
    assert count_votes([(7, (0,)), (3, (1,))], 2, Rules("support", threshold=0.7)).winner == 0
    assert count_votes([(6, (0,)), (4, (1,))], 2, Rules("support", threshold=0.7)).reason == "support"


@pytest.mark.parametrize(
    ("method", "answers", "rules", "reason"),
    [
        ("consent", [9, 2, 0], {}, ""),
        ("consent", [9, 2, 1], {}, "objections"),
        ("consent", [9, 2, 1], {"most_objections": 1}, ""),
        ("consent", [0, 5, 0], {}, "support"),  # all stand aside: nobody wants it
        ("consensus", [7, 5, 3, 0], {"threshold": 0.7}, ""),  # abstaining takes no side
        ("consensus", [6, 5, 4, 0], {"threshold": 0.7}, "support"),
        ("consensus", [9, 0, 0, 1], {"threshold": 0.7}, "objections"),
        ("consensus", [9, 0, 0, 1], {"threshold": 0.9, "most_objections": 1}, ""),
        ("consensus", [9, 0, 0, 1], {"threshold": 0.95, "most_objections": 1}, "support"),
        ("gradients", [3, 3, 1, 4, 2, 2, 1, 0], {"threshold": 0.7}, ""),  # 7 for, 3 against
        ("gradients", [3, 3, 0, 4, 2, 2, 1, 0], {"threshold": 0.7}, "support"),
        ("gradients", [8, 0, 0, 0, 0, 0, 0, 1], {"threshold": 0.7}, "objections"),
        ("sense_check", [9, 1, 1], {}, "indicative"),
    ],
)
def test_answers_to_a_proposal(method, answers, rules, reason):
    ballots = [(float(count), (at,)) for at, count in enumerate(answers) if count]
    found = count_votes(ballots, len(answers), Rules(method, **rules))
    assert found.reason == reason and (found.winner == 0) == (not reason)
    assert found.points == [float(count) for count in answers]


def test_dots_and_scores():
    marks = [(10.0, (3.0, 5.0, None)), (4.0, (8.0, None, 0.0))]
    dots = count_votes([], 3, Rules("dots"), marks)
    assert (
        dots.points == [62.0, 50.0, 0.0] and dots.winner is None and dots.reason == "indicative" and dots.ballots == 14
    )
    score = count_votes([], 3, Rules("score"), [(2.0, (5.0, 4.0, None)), (1.0, (None, 4.0, 5.0))])
    assert score.points == pytest.approx([10 / 3, 4.0, 5 / 3]) and score.winner == 1
    assert count_votes([], 2, Rules("score"), [(1.0, (3.0, 3.0))]).reason == "tie"


def test_what_cannot_be_counted_is_refused():
    for ballots, options, rules, marks in (
        ([(1, (0, 0))], 2, Rules("borda"), ()), ([(1, (2,))], 2, Rules("borda"), ()), ([(1, (0, (1, 0)))], 2, Rules("schulze"), ()),
        ([], 2, Rules("oracle"), ()), ([], 2, Rules("consent"), ()), ([], 3, Rules("dots"), [(1.0, (1.0,))]),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=r"."):
            count_votes(ballots, options, rules, marks)
