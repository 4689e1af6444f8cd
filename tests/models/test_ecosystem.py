"""What must hold of the ecosystem models on any landscape, and their formulas against hand arithmetic."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from onekl_desktop.base.geometry import flatten
from onekl_desktop.base.rasters import ArrayRaster, Grid, Window
from onekl_desktop.base.work import Lookup, Work, Zones, count_codes, is_valid
from onekl_desktop.models.carbon import model as carbon
from onekl_desktop.models.habitat import model as habitat
from onekl_desktop.models.nutrients import model as nutrients
from onekl_desktop.models.proximity import model as proximity
from onekl_desktop.models.soil import model as soil
from onekl_desktop.models.water import model as water
from onekl_desktop.native.zonal import ZonalSums

CLASSES = (1, 2, 3, 4)


class Kept:
    """Results in memory."""

    def __init__(self):
        self.rasters, self.tables = {}, {}

    def wants(self, id):
        return True

    def raster(self, id, grid, dtype, nodata):
        self.rasters[id] = ArrayRaster(grid, np.full((grid.rows, grid.columns), nodata, dtype), nodata)
        return self.rasters[id]

    def table(self, id, columns, rows):
        self.tables[id] = (list(columns), [list(row) for row in rows])

    def valid(self, id):
        raster = self.rasters[id]
        return raster.values[is_valid(raster.values, raster.nodata)].astype(np.float64)


def make_work(seed: int, rows: int, columns: int, **options) -> Work:
    rng = np.random.default_rng(seed)
    grid = Grid("EPSG:32633", 0.0, rows * 30.0, 30.0, 30.0, columns, rows)
    heights = rng.random((rows, columns)) * 40 + np.linspace(60, 0, rows)[:, None]
    cover = rng.integers(1, 5, (rows, columns)).astype(np.uint8)
    cover[rng.random(cover.shape) < 0.05] = 255

    def raster(low, high):
        return ArrayRaster(grid, (low + (high - low) * rng.random((rows, columns))).astype(np.float32), -9999.0)

    left, bottom, right, top = grid.bounds
    boxes = [shapely.box(left, bottom, right, (bottom + top) / 2), shapely.box(left, bottom, right, top)]
    shapes = np.array(boxes, dtype=object)
    zones = Zones(
        flatten(shapes, np.arange(2), "polygon"), ("ws_id",), ((1,), (2,)), np.array([box.area for box in boxes])
    )
    later = np.where(cover == 255, 255, rng.integers(1, 5, cover.shape)).astype(np.uint8)
    cover_raster = ArrayRaster(grid, cover, 255)
    rasters = {
        "dem_path": ArrayRaster(grid, heights.astype(np.float32), -9999.0), "lulc_path": cover_raster, "lulc_bas_path": cover_raster,
        "lulc_cur_path": cover_raster, "base_lulc_path": cover_raster, "lulc_alt_path": ArrayRaster(grid, later, 255),
        "lulc_fut_path": ArrayRaster(grid, later, 255),
        "erosivity_path": raster(300, 4000), "erodibility_path": raster(0.01, 0.06), "runoff_proxy_path": raster(100, 900),
        "precipitation_path": raster(500, 2000), "eto_path": raster(400, 1400), "depth_to_root_rest_layer_path": raster(200, 2000),
        "pawc_path": raster(0.05, 0.4), "road_c": ArrayRaster(grid, (rng.random(cover.shape) < 0.05).astype(np.uint8), 255),
        "road_f": ArrayRaster(grid, (rng.random(cover.shape) < 0.1).astype(np.uint8), 255),
    }  # fmt: skip
    biophysical = {
        code: {"usle_c": 0.04 * code, "usle_p": 0.9, "kc": 0.3 * code, "root_depth": 400.0 * code, "lulc_veg": float(code > 1),
               "load_type_n": "application-rate" if code == 3 else "measured-runoff", "load_n": 5.0 * code, "eff_n": 0.2 * code,
               "crit_len_n": 60.0, "proportion_subsurface_n": 0.1, "load_type_p": "measured-runoff", "load_p": 0.5 * code,
               "eff_p": 0.1 * code, "crit_len_p": 60.0}
        for code in CLASSES
    }  # fmt: skip
    tables = {
        "biophysical_table_path": biophysical,
        "carbon_pools_path": {
            code: {"c_above": 40.0 * code, "c_below": 8.0, "c_soil": 50.0, "c_dead": 2.0} for code in CLASSES
        },
        "threats_table_path": {"road": {"max_dist": 90.0, "weight": 1.0, "decay": "linear"}},
        "sensitivity_table_path": {code: {"habitat": 0.25 * code, "road": 0.2 * code} for code in CLASSES},
        "demand_table_path": {code: {"demand": 10.0 * code} for code in CLASSES},
    }
    given = {
        "flow_dir_algorithm": "MFD", "threshold_flow_accumulation": 12.0, "k_param": 2.0, "ic_0_param": 0.5, "sdr_max": 0.8, "l_max": 122.0,
        "calc_n": True, "calc_p": True, "subsurface_critical_length_n": 200.0, "subsurface_eff_n": 0.8, "runoff_proxy_av": None,
        "seasonality_constant": 10.0, "half_saturation_constant": 0.05, "calc_sequestration": True, "do_valuation": True,
        "lulc_bas_year": 2020, "lulc_alt_year": 2050, "price_per_metric_ton_of_c": 43.0, "discount_rate": 0.07, "rate_change": 0.0,
        "focal_landcover_codes": (2, 3), "convertible_landcover_codes": (2, 3, 4), "replacement_lucode": 1, "area_to_convert": 3.0,
        "n_fragmentation_steps": 2, "convert_farthest_from_edge": True, "convert_nearest_to_edge": True, **options,
    }  # fmt: skip
    return Work(grid, rasters, Kept(), tables, {"watersheds_path": zones}, given)


MODELS = (carbon, soil, water, nutrients, habitat, proximity)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__.split(".")[-2])
def test_results_do_not_depend_on_strips_or_threads(monkeypatch, model):
    """The same map in strips of 256 and of 16 rows, by two threads and by one."""
    from onekl_desktop.base import work as module

    kept = []
    for rows, workers in ((256, 2), (16, 1)):
        monkeypatch.setattr(module, "WORKERS", workers)
        work = make_work(5, 70, 40)
        monkeypatch.setattr(Grid, "blocks", lambda self, _rows=512, size=rows: split(self, size))
        model.run(work)
        monkeypatch.undo()
        kept.append(work.results)
    assert kept[0].rasters.keys() == kept[1].rasters.keys()
    for id, raster in kept[0].rasters.items():
        assert (raster.values == kept[1].rasters[id].values).all(), id
    for id, (_columns, rows_) in kept[0].tables.items():
        for one, other in zip(rows_, kept[1].tables[id][1], strict=True):
            for a, b in zip(one, other, strict=True):
                assert a == b if isinstance(a, str) else a == pytest.approx(b, rel=1e-9), id


def split(grid, rows):
    for row in range(0, grid.rows, rows):
        yield Window(row, 0, min(rows, grid.rows - row), grid.columns)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from(["MFD", "D8"]))
def test_sediment_is_bounded_and_balanced(seed, algorithm):
    work = make_work(seed, 40, 30, flow_dir_algorithm=algorithm)
    soil.run(work)
    kept = work.results
    for id in ("rkls", "usle", "sed_export", "sed_deposition", "avoided_erosion", "avoided_export"):
        assert (kept.valid(id) >= -1e-9).all(), id
    assert kept.valid("usle").sum() <= kept.valid("rkls").sum()
    columns, rows = kept.tables["watershed_results"]
    whole = dict(zip(columns, rows[1], strict=True))
    assert whole["sed_export"] <= whole["usle_tot"] * (1 + 1e-6)
    assert whole["sed_dep"] <= whole["usle_tot"] * (1 + 1e-6)
    assert whole["usle_tot"] == pytest.approx(kept.valid("usle").sum() * work.grid.cell_area_ha, rel=1e-6)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from(["MFD", "D8"]), st.booleans())
def test_no_more_nutrients_arrive_than_leave_the_land(seed, algorithm, clean):
    work = make_work(seed, 40, 30, flow_dir_algorithm=algorithm, clean_variant=clean)
    nutrients.run(work)
    columns, rows = work.results.tables["watershed_results"]
    for row in rows:
        values = dict(zip(columns, row, strict=True))
        assert 0 <= values["n_surface_export"] <= values["n_surface_load"] * (1 + 1e-6)
        assert 0 <= values["p_surface_export"] <= values["p_surface_load"] * (1 + 1e-6)
        assert 0 <= values["n_subsurface_export"] <= values["n_subsurface_load"] * (1 + 1e-6)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_water_is_rain_less_what_returns_to_the_air(seed):
    work = make_work(seed, 20, 20)
    water.run(work)
    kept = work.results
    rain = work.rasters["precipitation_path"].values
    valid = is_valid(kept.rasters["wyield"].values, -1.0)
    total = kept.rasters["wyield"].values + kept.rasters["aet"].values
    assert total[valid] == pytest.approx(rain[valid], rel=1e-4)
    assert (kept.rasters["fractp"].values[valid] <= 1 + 1e-5).all()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_quality_never_exceeds_the_habitat_and_falls_with_threats(seed):
    work = make_work(seed, 20, 25)
    habitat.run(work)
    calm = work.results.rasters["quality_c"].values.copy()
    work = make_work(seed, 20, 25)
    work.rasters["road_c"].values[:] = 1  # a road in every cell
    habitat.run(work)
    loud, valid = work.results.rasters["quality_c"].values, is_valid(calm, habitat.FLOAT32_MAX)
    cover = work.rasters["lulc_cur_path"].values
    assert (loud[valid] <= calm[valid] + 1e-6).all()
    assert (calm[valid] <= 0.25 * cover[valid] + 1e-6).all()


def test_more_forest_is_never_less_carbon():
    work = make_work(3, 20, 20)
    carbon.run(work)
    before = work.results.rasters["c_storage_bas"].values.sum()
    cover = work.rasters["lulc_bas_path"].values
    cover[cover == 1] = 4
    carbon.run(work)
    assert work.results.rasters["c_storage_bas"].values.sum() > before


def test_the_value_of_carbon_against_a_sum_by_years():
    """The closed form equals the yearly sum: a thirtieth each year, its price growing and discounted."""
    d, c, years, price = 0.07, 0.02, 30, 43.0
    summed = sum(price / years / ((1 + d) ** t * (1 + c) ** t) for t in range(years))
    assert carbon.valuation_factor(price, d, c, years) == pytest.approx(summed, rel=1e-12)
    assert carbon.valuation_factor(price, 0.0, 0.0, years) == price
    with pytest.raises(ValueError, match="a year later"):
        carbon.valuation_factor(price, d, c, 0)


def test_the_range_of_carbon_holds_its_draws_and_every_corner():
    """Bounds equal the extremes over all corners of the ranges; the middle equals the total; draws lie within."""
    pools = {
        1: {
            "c_above": 100.0,
            "c_below": 20.0,
            "c_soil": 50.0,
            "c_dead": 5.0,
            "c_above_low": 80.0,
            "c_above_high": 150.0,
        },
        2: {"c_above": 5.0, "c_below": 1.0, "c_soil": 40.0, "c_dead": 0.0, "c_soil_low": 30.0, "c_soil_high": 45.0},
    }
    areas = {1: -30.0, 2: 30.0}
    low, mid, high = carbon.range_of(areas, pools)
    corners = [-30 * (a + 75) + 30 * (6 + s) for a in (80, 150) for s in (30, 45)]
    assert (low, high) == (min(corners), max(corners))
    assert mid == -30 * 175 + 30 * 46
    drawn = carbon.draw_densities(pools, [1, 2], 20_000) @ np.array([-30.0, 30.0])
    assert low <= drawn.min() <= drawn.max() <= high
    expected = -30 * ((80 + 100 + 150) / 3 + 75) + 30 * ((30 + 40 + 45) / 3 + 6)
    assert drawn.mean() == pytest.approx(expected, rel=0.01)
    assert (carbon.draw_densities(pools, [1, 2], 50) == carbon.draw_densities(pools, [1, 2], 50)).all()


def test_a_run_with_ranges_tells_them():
    work = make_work(3, 20, 20, draws=500)
    for row in work.tables["carbon_pools_path"].values():
        row["c_above_low"], row["c_above_high"] = row["c_above"] * 0.8, row["c_above"] * 1.3
    carbon.run(work)
    columns, rows = work.results.tables["uncertainty"]
    told = {row[0]: dict(zip(columns, row, strict=True)) for row in rows}
    totals = {row[3].removesuffix(".tif"): row[1] for row in work.results.tables["raster_values_summary"][1]}
    assert told["c_storage_bas"]["mid"] == pytest.approx(totals["c_storage_bas"], rel=1e-5)
    for row in told.values():
        assert row["low"] <= row["p05"] <= row["p50"] <= row["p95"] <= row["high"]


def test_hydropower_against_a_sum_by_years():
    energy, value = water.hydropower(1e6, 0.8, 0.6, 25.0, 0.07, 100.0, 20, 0.05)
    assert energy == pytest.approx(0.8 * 0.6 * 25 * 1e6 * 0.00272)
    assert value == pytest.approx(sum((0.07 * energy - 100) / 1.05**t for t in range(20)), rel=1e-12)
    assert water.hydropower(1e6, 0.8, 0.6, 25.0, 0.07, 100.0, 20, 0.0)[1] == 0.0
    assert water.hydropower(1e6, 0.8, 0.6, 25.0, 0.07, 100.0, 20, 0.0, clean=True)[1] == pytest.approx(
        20 * (0.07 * energy - 100)
    )


def test_slope_length_by_hand():
    """A ridge cell of 5 % on a 30 m grid: A = 1, so a = 0 and L = 900^1.4 / (30^2.4 x^0.4 22.13^0.4)."""
    theta = math.atan(0.05)
    x = math.sin(theta) + math.cos(theta)
    length = 900**1.4 / (30**2.4 * x**0.4 * 22.13**0.4)
    expected = length * (10.8 * math.sin(theta) + 0.03)
    found = soil.slope_length(np.array([[5.0]], np.float32), np.array([[1.0]]), 30.0, 122.0)
    assert found[0, 0] == pytest.approx(expected, rel=1e-6)


def test_rarity_by_hand():
    codes = np.array([1, 2, 3])
    assert habitat.rarity(np.array([100, 0, 50]), np.array([50, 10, 50]), codes) == {
        1: pytest.approx(1 - 50 / 150), 2: 0.0, 3: 0.5,
    }  # fmt: skip


@given(st.integers(0, 2**32 - 1), st.booleans())
def test_chosen_cells_are_the_lowest_or_highest_ties_row_by_row(seed, farthest):
    rng = np.random.default_rng(seed)
    score = (rng.integers(0, 5, (7, 9)) * rng.choice([1.0, 0.001, 1e6])).astype(np.float32)
    candidates = rng.random(score.shape) < 0.7
    count = int(rng.integers(1, 40))
    flat = np.flatnonzero(candidates)
    ranked = flat[np.argsort(-score.ravel()[flat] if farthest else score.ravel()[flat], kind="stable")][:count]
    ranking = proximity.Ranking(count, farthest=farthest)
    parts = [np.flatnonzero(candidates[first : first + 3]) + first * 9 for first in range(0, 7, 3)]
    for part in parts:
        ranking.count(score.ravel()[part])
    ranking.choose_bucket()
    for part in parts:
        ranking.refine(score.ravel()[part])
    ranking.finish()
    chosen = np.concatenate([part[ranking.take(score.ravel()[part])] for part in parts])
    assert chosen.tolist() == sorted(ranked)


# ------------------------------------------------------------------ what they share


@given(st.dictionaries(st.integers(-300, 70_000), st.floats(-5, 5, width=32), max_size=9), st.integers(0, 2**32 - 1))
def test_lookups_equal_a_dictionary(values, seed):
    rng = np.random.default_rng(seed)
    lookup = Lookup(values, -9.0)
    for dtype in (np.uint8, np.uint16, np.int32, np.int64):
        info = np.iinfo(dtype)
        codes = rng.integers(max(info.min, -400), min(info.max, 71_000), (5, 6)).astype(dtype)
        if values:
            codes[0, : min(len(values), 6)] = [key if info.min <= key <= info.max else 0 for key in list(values)[:6]][
                : codes.shape[1]
            ]
        expected = [[np.float32(values.get(int(code), -9.0)) for code in row] for row in codes]
        assert (lookup(codes) == np.array(expected)).all()
    far = Lookup({-(2**40): 1.0, 2**40: 2.0}, 0.0)
    assert far(np.array([[-(2**40), 0, 2**40]])).tolist() == [[1.0, 0.0, 2.0]]


def test_what_counts_as_valid():
    values = np.array([-1.0, -1.000009, -1.00002, np.nan, 5.0], np.float32)
    assert is_valid(values, -1.0).tolist() == [False, False, True, True, True]
    assert is_valid(values, float("nan")).tolist() == [True, True, True, False, True]
    assert is_valid(values, None).all()
    assert is_valid(np.array([255, 3], np.uint8), 255).tolist() == [False, True]
    assert is_valid(np.array([255, 3], np.uint8), -9999.5).all()
    top = float(np.finfo(np.float32).max)
    assert is_valid(np.array([top, 1.0], np.float32), top).tolist() == [False, True]


@given(st.lists(st.integers(-(2**40), 2**40), max_size=30))
def test_codes_are_counted(codes):
    counts, odd = count_codes(np.array(codes, np.int64))
    assert odd is None
    assert counts == {code: codes.count(code) for code in set(codes)}
    assert count_codes(np.array([1.0, 2.5]))[1] == 2.5


def test_polygons_without_a_cell_centre_take_their_box():
    grid = Grid("EPSG:32633", 0.0, 90.0, 30.0, 30.0, 3, 3)
    shapes = np.array(
        [shapely.box(32, 32, 40, 40), shapely.box(0, 0, 90, 40), shapely.box(500, 500, 600, 600)], dtype=object
    )
    sums = ZonalSums(flatten(shapes, np.arange(3), "polygon"), grid)
    values = np.arange(9, dtype=np.float64).reshape(3, 3)
    window = next(grid.blocks(3))
    sums.add(sums.measure(window, {"x": (values, np.ones((3, 3), bool))}))
    assert sums.sums["x"].tolist() == [4.0, 6 + 7 + 8, 0.0]
    assert sums.counts["x"].tolist() == [1, 3, 0]
    assert not sums.mask(window)[1].any()
