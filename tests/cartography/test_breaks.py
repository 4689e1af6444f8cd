"""Bounds of classes: natural breaks are the best there are, the others what their names say."""

from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onekl_desktop.cartography.breaks import METHODS, find_breaks

numbers = st.lists(st.floats(-1e3, 1e3).map(lambda value: round(value, 2)), min_size=1, max_size=11)


def spread(values, bounds):
    """Sum of squared deviations from the means of the classes."""
    total = 0.0
    for at, (low, high) in enumerate(pairwise(bounds)):
        inside = values[(values >= low) & ((values < high) | ((at == len(bounds) - 2) & (values <= high)))]
        total += ((inside - inside.mean()) ** 2).sum() if len(inside) else 0.0
    return total


@settings(max_examples=150, deadline=None)
@given(numbers, st.integers(1, 4))
def test_natural_breaks_are_the_best_of_all(values, classes):
    values = np.array(values)
    found = find_breaks(values, classes, "natural")
    distinct = np.unique(values)
    if len(distinct) == 1:
        assert found == [distinct[0], distinct[0]]
        return
    inner = min(classes, len(distinct)) - 1
    best = min(spread(values, [distinct[0], *chosen, distinct[-1]]) for chosen in combinations(distinct[1:], inner))
    assert len(found) == inner + 2
    assert spread(values, found) == pytest.approx(best, rel=1e-6, abs=1e-6)


@settings(max_examples=60)
@given(numbers, st.integers(1, 9), st.sampled_from(METHODS))
def test_bounds_rise_and_hold_all_values(values, classes, method):
    values = np.array(values)
    found = find_breaks(values, classes, method)
    assert found[0] == values.min() and found[-1] == pytest.approx(values.max())
    assert len(found) <= classes + 1 or found[0] == found[-1]
    assert all(low < high for low, high in pairwise(found[:-1])) and found[-2] <= found[-1]


def test_known_cases():
    assert find_breaks(np.array([1, 2, 3, 10, 11, 12, 50, 51.0]), 3, "natural") == [1.0, 10.0, 50.0, 51.0]
    assert find_breaks(np.arange(101.0), 4, "quantile") == [0, 25, 50, 75, 100]
    assert find_breaks(np.array([0, 1, 2, 100.0]), 4, "equal") == [0, 25, 50, 75, 100]
    assert find_breaks(np.array([np.nan, np.inf]), 3, "equal") == []
    many = np.concatenate([np.random.default_rng(1).normal(mean, 1, 50_000) for mean in (0, 20, 60)])
    low, first, second, high = find_breaks(many, 3, "natural")
    assert low < 0 and 5 < first < 18 and 30 < second < 58 and high > 60
