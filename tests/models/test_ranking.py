"""Robust orders: shares that can be worked out by hand, and invariants."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onekl_desktop.models.decisions.ranking import order, rank_robustness, scale_scores, weighted_scores

UP = np.ones(3)


def test_two_of_three_criteria_win_three_quarters_of_the_weights():
    """A is first where the weight of the third is below one half: of the simplex 1 - (1/2)^2."""
    found = rank_robustness(np.array([[1.0, 1, 0], [0, 0, 1]]), UP, draws=40_000)
    assert found.shares[0, 0] == pytest.approx(0.75, abs=0.01) and found.mean[0] == pytest.approx(2 / 3, abs=0.01)


def test_ranges_blur_an_order():
    values = np.array([[1.0, 1.0], [0.9, 0.9]])
    sure = rank_robustness(values, np.ones(2))
    blurred = rank_robustness(values, np.ones(2), low=values - 0.5, high=values + 0.5, draws=20_000)
    assert sure.shares[0, 0] == 1 and 0.5 < blurred.shares[0, 0] < 0.95
    known = np.full(values.shape, np.nan)
    assert (rank_robustness(values, np.ones(2), low=known, high=known).shares == sure.shares).all()


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
