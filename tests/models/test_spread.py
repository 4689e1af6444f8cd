import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import triang

from onekl_desktop.models.decisions.spread import band_of, draw_factors


@given(st.text(max_size=20), st.floats(0.01, 0.99))
def test_factors_follow_the_triangular_distribution(key, spread):
    drawn = draw_factors(key, spread, 400)
    assert drawn.min() >= 1 - spread and drawn.max() <= 1 + spread
    assert drawn.mean() == pytest.approx(1, abs=0.005)
    wanted = triang(0.5, 1 - spread, 2 * spread)
    for share in (0.1, 0.25, 0.5, 0.75, 0.9):
        assert np.quantile(drawn, share) == pytest.approx(wanted.ppf(share), abs=0.02 * spread)
    assert (drawn == draw_factors(key, spread, 400)).all()


def test_two_coefficients_are_drawn_independently():
    one, other = draw_factors("carbon 1", 0.2, 4000), draw_factors("carbon 2", 0.2, 4000)
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.05


def test_without_a_spread_there_is_no_band_and_odd_spreads_are_refused():
    assert (draw_factors("a", 0.0) == 1).all() and band_of(np.ones(10)) is None
    with pytest.raises(ValueError, match="spread"):
        draw_factors("a", 1.0)
    assert band_of(np.arange(101.0)) == (10.0, 90.0)
