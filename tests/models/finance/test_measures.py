"""Measures of cash flows: what must always hold, double roots, many series at once."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onekl_desktop.models.finance import measures, model


@given(st.lists(st.floats(-1e6, 1e6, allow_nan=False).filter(lambda x: abs(x) > 1e-3), min_size=2, max_size=25))
def test_every_root_is_a_root(flows):
    for rate in measures.irr_roots(flows):
        assert rate > -1
        scale = float((np.abs(flows) / (1 + rate) ** np.arange(len(flows))).sum())
        assert abs(measures.npv(rate, flows)) <= 1e-6 * scale


def test_a_project_by_hand():
    # 10 ha in year 0 and 5 ha in year 1; 100 a hectare to plant, 10 a year after it, 60 a hectare from age 2.
    cohorts = [model.Cohort(0, 10, 100, 10), model.Cohort(1, 5, 100, 10)]
    lines = [
        model.Line("revenue", 60, first=2),
        model.Line("operating_cost", 7, per_ha=False, first=0, last=1),
        model.Line("grant", 50, per_ha=False, first=0, last=0),
    ]
    flow = model.cash_flow(cohorts, lines, 4)
    assert flow.area_ha.tolist() == [10, 15, 15, 15, 15]
    assert flow.capital_cost.tolist() == [1000, 500, 0, 0, 0]
    assert flow.operating_cost.tolist() == [7, 107, 150, 150, 150]
    assert flow.revenue.tolist() == [0, 0, 600, 900, 900]
    assert flow.grants.tolist() == [50, 0, 0, 0, 0]
    assert flow.net.tolist() == [-1007, -607, 450, 750, 750]


def test_what_makes_no_sense_is_refused():
    with pytest.raises(ValueError, match="kind"):
        model.cash_flow([], [model.Line("gift", 1)], 3)
    with pytest.raises(ValueError, match="negative"):
        model.cash_flow([], [model.Line("revenue", -1)], 3)


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
