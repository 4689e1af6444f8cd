"""How much changes: chains, trends, areas, and whole cells."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onekl_desktop.models.projection.demand import (
    Areas,
    Constant,
    Markov,
    Rounding,
    count_transitions,
    fit_flows,
    round_to_total,
    yearly_matrix,
)


@given(st.integers(2, 5), st.integers(1, 12), st.integers(0, 2**32 - 1))
def test_a_year_repeated_gives_what_was_observed(classes, years, seed):
    """Observed matrices that are powers of a yearly one give that one back."""
    rng = np.random.default_rng(seed)
    yearly = np.eye(classes) * 0.97 + rng.dirichlet(np.ones(classes), classes) * 0.03
    observed = np.linalg.matrix_power(yearly, years) * 1e6
    assert yearly_matrix(observed, years) == pytest.approx(yearly, abs=1e-6)


@given(st.integers(1, 5), st.floats(0.5, 40), st.integers(0, 2**32 - 1))
def test_any_counts_give_probabilities(classes, years, seed):
    rng = np.random.default_rng(seed)
    counts = rng.integers(0, 4, (classes, classes)) * rng.integers(0, 1000, (classes, classes))
    found = yearly_matrix(counts, years)
    assert (found >= 0).all() and found.sum(axis=1) == pytest.approx(np.ones(classes))
    empty = counts.sum(axis=1) == 0
    assert found[empty] == pytest.approx(np.eye(classes)[empty], abs=1e-6)


def test_half_of_a_class_in_ten_years():
    """0.5 = (1 - p)^10."""
    found = yearly_matrix(np.array([[50, 50], [0, 10]]), 10)
    assert found == pytest.approx(np.array([[0.5**0.1, 1 - 0.5**0.1], [0, 1]]))
    assert Markov(found).of_year(1, np.array([1000, 0]))[0, 1] == pytest.approx(1000 * (1 - 0.5**0.1))


def test_a_class_that_vanished():
    found = yearly_matrix(np.array([[0, 10], [0, 10]]), 5)
    assert found[0, 0] < 0.1 and found.sum(axis=1) == pytest.approx([1, 1])


@given(st.integers(1, 6), st.integers(0, 2**32 - 1))
def test_transitions_are_counted(classes, seed):
    rng = np.random.default_rng(seed)
    a, b = rng.integers(0, classes + 1, (2, 9, 7)).astype(np.uint8)
    found = count_transitions(a, b, classes)
    assert all(found[i, j] == ((a == i) & (b == j)).sum() for i in range(classes) for j in range(classes))


@given(st.lists(st.floats(0, 1e4), min_size=1, max_size=6), st.integers(0, 10_000))
def test_rounding_to_a_total(values, total):
    found = round_to_total(np.array(values), total)
    assert (found >= 0).all()
    if sum(values) > 0 and total >= 0:
        assert found.sum() == total and (abs(found - np.array(values) * total / sum(values)) < 1 + 1e-6).all()


@given(st.integers(2, 6), st.integers(0, 2**32 - 1))
def test_flows_have_the_sums_asked_for(classes, seed):
    rng = np.random.default_rng(seed)
    start, goal = rng.integers(0, 500, classes), rng.integers(0, 500, classes)
    goal = round_to_total(goal + 1.0, int(start.sum()))
    losses, gains = np.maximum(start - goal, 0), np.maximum(goal - start, 0)
    found = fit_flows(rng.integers(0, 50, (classes, classes)), losses, gains)
    assert (found >= 0).all() and (np.diag(found) == 0).all()
    assert (found.sum(axis=1) == losses).all() and (found.sum(axis=0) == gains).all()


def test_areas_are_reached_on_straight_lines():
    areas = Areas({2020: np.array([100.0, 0.0]), 2030: np.array([60.0, 40.0])}, np.zeros((2, 2)))
    assert areas.of_year(2025, np.array([100, 0])).tolist() == [[0, 20], [0, 0]]
    assert areas.of_year(2040, np.array([70, 30])).tolist() == [[0, 10], [0, 0]]


def test_a_trend_takes_no_more_than_there_is():
    assert Constant(np.array([[0.0, 6, 2], [0, 0, 0], [0, 0, 0]])).of_year(1, np.array([4, 0, 0]))[0].tolist() == [
        0,
        3,
        1,
    ]


@given(st.lists(st.floats(0, 3), min_size=1, max_size=40))
def test_what_is_left_over_waits(amounts):
    rounding, done = Rounding(1), 0
    for at, amount in enumerate(amounts):
        done += int(rounding.whole(np.array([[amount]]))[0, 0])
        assert abs(done - sum(amounts[: at + 1])) <= 1 + 1e-6
