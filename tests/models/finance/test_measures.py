"""Measures of cash flows: what must always hold, double roots, many series at once."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onekl_desktop.models.finance import measures


@given(st.lists(st.floats(-1e6, 1e6, allow_nan=False).filter(lambda x: abs(x) > 1e-3), min_size=2, max_size=25))
def test_every_root_is_a_root(flows):
    for rate in measures.irr_roots(flows):
        assert rate > -1
        scale = float((np.abs(flows) / (1 + rate) ** np.arange(len(flows))).sum())
        assert abs(measures.npv(rate, flows)) <= 1e-6 * scale


@pytest.mark.parametrize(
    ("flows", "roots"),
    [
        ([-100.0, 220.0, -121.0], [0.1]),  # a double root counts once
        ([-100.0, 230.0, -132.0], [0.1, 0.2]),
        ([-1000.0, 3600.0, -4310.0, 1716.0], [0.1, 0.2, 0.3]),
        ([100.0, -50.0, 100.0], []),
        ([0.0, 0.0, -100.0, 121.0], [0.21]),
        ([-1.0, 0.0, 0.0, 1e-6], [-0.99]),
        ([-1e-3, 1e6], [1e9 - 1]),
        ([5.0, 5.0], []),
    ],
)
def test_every_root_is_found_once(flows, roots):
    assert measures.irr_roots(flows) == pytest.approx(roots, rel=1e-6)


@given(st.integers(0, 10**6))
def test_many_series_at_once_have_the_rates_of_each(seed):
    rng = np.random.default_rng(seed)
    flows = rng.normal(0, 1, (20, 9)) + np.linspace(-2, 2, 9)
    flows[rng.random(flows.shape) < 0.2] = 0
    found = measures.irr_many(flows)
    for row, rate in zip(flows, found, strict=True):
        alone = measures.irr(row)
        assert (alone is None and np.isnan(rate)) or rate == pytest.approx(alone, rel=1e-7, abs=1e-9)
