import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onekl_desktop.base.rasters import Grid, Window
from onekl_desktop.models.landcover import model

GRID = Grid("EPSG:32647", 0.0, 100.0, 10.0, 10.0, 10, 10)


def plan(key="a", box=(0, 0, 100, 100), schedule=((2026, 1.0),), code=3, **fields):
    left, bottom, right, top = box
    xy = np.array([[left, bottom], [right, bottom], [right, top], [left, top], [left, bottom]], float)
    return model.Plan(key, xy, np.array([0, 5]), schedule, code, **fields)


def apply(plans, year, cover=None, window=Window(0, 0, 10, 10)):
    cover = np.ones((10, 10), np.uint16) if cover is None else cover
    part = cover[window.row : window.row + window.rows, window.column : window.column + window.columns]
    return model.apply_plans(part, window, plans, [model.find_cells(p, GRID) for p in plans], year)


def test_land_reaches_its_class_after_the_practices_years():
    one = plan(box=(0, 0, 50, 100), years_to_class=5)
    assert (apply([one], 2030) == 1).all()
    after = apply([one], 2031)
    assert (after[:, :5] == 3).all() and (after[:, 5:] == 1).all()


def test_shares_take_cells_from_the_north_west():
    one = plan(schedule=((2026, 0.25), (2027, 0.75)))
    after = apply([one], 2026)
    assert (after == 3).sum() == 25 and (after[:2] == 3).all() and (after[2, :5] == 3).all()
    assert (apply([one], 2027) == 3).all()


def test_where_two_overlap_the_later_start_decides_whatever_the_order():
    early, late = plan("a", schedule=((2026, 1.0),), code=3), plan("b", (0, 0, 30, 100), ((2028, 1.0),), 4)
    for plans in ([early, late], [late, early]):
        after = apply(plans, 2028)
        assert (after[:, :3] == 4).all() and (after[:, 3:] == 3).all()
    assert (apply([early, late], 2027) == 3).all()


def test_only_the_named_classes_change_and_nodata_stays():
    cover = np.ones((10, 10), np.uint16)
    cover[0], cover[1] = 2, model.NODATA
    after = apply([plan(from_classes=frozenset({1}))], 2026, cover)
    assert (after[0] == 2).all() and (after[1] == model.NODATA).all() and (after[2:] == 3).all()


def test_a_practice_that_keeps_the_class_changes_nothing():
    assert (apply([plan(code=None)], 2050) == 1).all()


@given(st.integers(0, 9), st.integers(1, 10), st.floats(0.05, 0.95), st.integers(0, 2**31))
def test_windows_give_what_the_whole_gives(row, rows, share, seed):
    rng = np.random.default_rng(seed)
    x, y = np.sort(rng.uniform(-20, 120, 2)), np.sort(rng.uniform(-20, 120, 2))
    one = plan(box=(x[0], y[0], x[1], y[1]), schedule=((2026, share), (2030, 1 - share)))
    rows = min(rows, 10 - row)
    whole = apply([one], 2026)
    assert (apply([one], 2026, window=Window(row, 0, rows, 10)) == whole[row : row + rows]).all()


def test_areas_add_up_by_zone():
    cover = np.array([[1, 1], [2, model.NODATA]], np.uint16)
    zones = np.array([[0, 1], [1, 1]], np.int32)
    areas = model.class_areas(cover, zones, 0.25, model.ClassIndex([1, 2]), 2)
    assert areas.tolist() == [[0.25, 0.0], [0.25, 0.25]]


def test_a_shape_smaller_than_a_cell_may_have_no_cells():
    assert model.find_cells(plan(box=(1, 1, 3, 3)), GRID).cells == 0
    assert model.find_cells(plan(box=(200, 200, 300, 300)), GRID).cells == 0


def test_zones_are_burnt_in_order():
    out = np.full((10, 10), -1, np.int32)
    a, b = plan(box=(0, 0, 60, 100)), plan(box=(50, 0, 100, 100))
    model.burn_zones([(a.xy, a.ring_offsets), (b.xy, b.ring_offsets)], GRID, out)
    assert (out[:, :5] == 0).all() and (out[:, 5:] == 1).all()


def test_begun_and_converted_shares():
    one = plan(schedule=((2026, 0.4), (2028, 0.6)), years_to_class=3)
    assert [model.begun_share(one, year) for year in (2025, 2026, 2028)] == [0, 0.4, 1.0]
    assert [model.converted_share(one, year) for year in (2028, 2029, 2031)] == pytest.approx([0, 0.4, 1.0])
