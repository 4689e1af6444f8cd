"""Robust orders: shares that can be worked out by hand, and invariants."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onekl_desktop.models.decisions.ranking import order, pareto_front, rank_robustness, scale_scores, weighted_scores

UP = np.ones(3)


def test_two_of_three_criteria_win_three_quarters_of_the_weights():
    """A is first where the weight of the third is below one half: of the simplex 1 - (1/2)^2."""
    found = rank_robustness(np.array([[1.0, 1, 0], [0, 0, 1]]), UP, draws=40_000)
    assert found.shares[0, 0] == pytest.approx(0.75, abs=0.01) and found.mean[0] == pytest.approx(2 / 3, abs=0.01)


def test_uncertain_figures_blur_an_order_only_where_options_do_not_share_them():
    values, rng = np.array([[1.0, 1.0], [0.9, 0.9]]), np.random.default_rng(3)
    sure = rank_robustness(values, np.ones(2))
    own = values + rng.uniform(-0.5, 0.5, (400, 2, 2))
    shared = values + rng.uniform(-0.5, 0.5, (400, 1, 2))
    assert sure.shares[0, 0] == 1
    assert 0.5 < rank_robustness(values, np.ones(2), drawn=own, draws=20_000).shares[0, 0] < 0.95
    assert rank_robustness(values, np.ones(2), drawn=shared).shares[0, 0] == 1
    assert (rank_robustness(values, np.ones(2), drawn=np.repeat(values[None], 7, 0)).shares == sure.shares).all()


@given(st.integers(1, 8), st.integers(1, 3), st.integers(0, 2**32 - 1))
def test_the_front_is_what_nobody_beats(options, criteria, seed):
    rng = np.random.default_rng(seed)
    values, directions = rng.integers(0, 4, (options, criteria)).astype(float), rng.choice([-1.0, 1.0], criteria)
    found = pareto_front(values, directions)

    def beats(a, b):
        signed = [(x * d, y * d) for x, y, d in zip(a, b, directions, strict=True)]
        return all(x >= y for x, y in signed) and any(x > y for x, y in signed)

    assert found.tolist() == [not any(beats(other, each) for other in values) for each in values]
    assert found.any()


@given(st.integers(1, 5), st.integers(1, 4), st.integers(0, 2**32 - 1))
def test_places_are_a_share_of_each_other(options, criteria, seed):
    rng = np.random.default_rng(seed)
    values = rng.integers(0, 4, (options, criteria)).astype(float)
    directions = rng.choice([-1.0, 1.0], criteria)
    found = rank_robustness(values, directions, draws=300, seed=1)
    assert found.shares.sum(axis=0) == pytest.approx(np.ones(options)) and found.shares.sum(axis=1) == pytest.approx(
        np.ones(options)
    )
    scaled = scale_scores(values, directions)
    assert (scaled >= 0).all() and (scaled <= 1).all()
    doubled = rank_robustness(values * 7 + 3, directions, draws=300, seed=1)
    assert doubled.shares == pytest.approx(found.shares)


def test_equal_options_share_their_places():
    found = rank_robustness(np.array([[1.0], [1.0], [0.0]]), np.ones(1), draws=100)
    assert found.shares.tolist() == [[0.5, 0.5, 0], [0.5, 0.5, 0], [0, 0, 1]]


def test_a_group_weighs():
    scores = weighted_scores(np.array([[10.0, 5], [20, 9], [15, 1]]), np.array([1.0, -1]), np.array([3.0, 1]))
    assert scores.tolist() == [0.125, 0.75, 0.625] and order(scores.tolist()) == [1, 2, 0]
