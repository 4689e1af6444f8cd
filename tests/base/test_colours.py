"""Colours that everybody tells apart: published differences, and the palettes that the program gives."""

import pytest

from onekl_desktop.base.colours import alike, as_seen, difference
from onekl_desktop.project.styles import PALETTE, RAMPS, ramp_steps


def test_white_black_and_red_are_where_the_tables_have_them():
    assert as_seen("#ffffff") == pytest.approx((100, 0, 0), abs=0.05) and as_seen("#000000") == pytest.approx(
        (0, 0, 0), abs=0.05
    )
    assert as_seen("#ff0000") == pytest.approx((53.24, 80.09, 67.20), abs=0.1)


def test_red_and_green_are_alike_to_many():
    assert difference("#c04040", "#708000") > 40
    assert difference("#b5651d", "#6b8e23", "deuteranopia") < difference("#b5651d", "#6b8e23")
    assert alike(["#ff0000", "#0000ff", "#fe0101"]) == [(0, 2)]


def test_the_first_eight_colours_of_the_palette_stay_apart_for_everybody():
    assert alike(PALETTE[:7]) == []


@pytest.mark.parametrize("ramp", RAMPS)
def test_neighbours_on_a_ramp_of_five_stay_apart(ramp):
    steps = ramp_steps(ramp, 5)
    assert not [pair for pair in alike(steps) if pair[1] == pair[0] + 1]
