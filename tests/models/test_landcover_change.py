"""Land-cover change and watersheds against independent counts."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from onekl_desktop import native
from onekl_desktop.base.geometry import flatten
from onekl_desktop.base.rasters import ArrayRaster, Grid
from onekl_desktop.base.work import Work, Zones
from onekl_desktop.models.hydrology import model as hydrology
from onekl_desktop.models.landcover import change
from tests.models.test_ecosystem import Kept


def two_maps(seed):
    rng = np.random.default_rng(seed)
    size = tuple(int(n) for n in rng.integers(2, 30, 2))
    grid = Grid("EPSG:32633", 0.0, size[0] * 20.0, 30.0, 20.0, size[1], size[0])
    maps = [rng.choice([1, 7, 300, 255], size).astype(np.int32) for _map in range(2)]
    half = shapely.box(0, 0, size[1] * 15.0, size[0] * 20.0)
    zones = Zones(
        flatten(np.array([half], dtype=object), np.arange(1), "polygon"), ("name",), (("west",),), np.array([half.area])
    )
    rasters = {
        id: ArrayRaster(grid, codes, 255) for id, codes in zip(("lulc_bas_path", "lulc_alt_path"), maps, strict=True)
    }
    return Work(grid, rasters, Kept(), zones={"zones_path": zones}), maps


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_areas_transitions_and_the_map_equal_a_plain_count(seed):
    work, (before, after) = two_maps(seed)
    change.run(work)
    hectares = 30 * 20 / 10_000
    columns, rows = work.results.tables["class_areas"]
    told = {(row[0], row[columns.index("lucode")]): row for row in rows}
    centres = (np.arange(work.grid.columns) + 0.5) * 30 < work.grid.columns * 15.0
    for place, where in (("landscape", np.ones(before.shape, bool)), ("zone", np.broadcast_to(centres, before.shape))):
        for code in (1, 7, 300):
            a, b = int((where & (before == code)).sum()), int((where & (after == code)).sum())
            if not a and not b:
                assert (place, code) not in told
                continue
            row = dict(zip(columns, told[place, code], strict=True))
            assert row["area_bas_ha"] == pytest.approx(a * hectares)
            assert row["change_ha"] == pytest.approx((b - a) * hectares)
    _columns, rows = work.results.tables["transitions"]
    both = (before != 255) & (after != 255)
    assert {(a, b): n for a, b, n, _ha in rows} == {
        (a, b): n for a in (1, 7, 300) for b in (1, 7, 300) if (n := int((both & (before == a) & (after == b)).sum()))
    }
    shown = work.results.rasters["change"].values
    assert (shown[~both] == -1).all()
    assert (shown[both & (before == after)] == 0).all()
    moved = both & (before != after)
    assert (shown[moved] == before[moved] * 1000 + after[moved]).all()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_patches_equal_a_labelling_of_each_class_alone(seed):
    _work, (before, _after) = two_maps(seed)
    valid = before != 255
    found = change.count_patches(before, valid)
    for code in (1, 7, 300):
        labels, count = ndimage.label(valid & (before == code), structure=np.ones((3, 3)))
        if not count:
            assert code not in found
            continue
        sizes = np.bincount(labels.ravel())[1:]
        assert (found[code].count, found[code].largest, found[code].cells) == (count, sizes.max(), sizes.sum())
        pairs = [(a, b) for a, b in zip(before[:, :-1].ravel(), before[:, 1:].ravel(), strict=True)]
        sides = sum(a != b and 255 not in (a, b) and code in (a, b) for a, b in pairs)
        assert found[code].sides_across == sides


def hill(rows=30, columns=24):
    """A slope to the south with two valleys that meet."""
    y, x = np.mgrid[0:rows, 0:columns]
    heights = (rows - y) * 2.0 + 3 * np.abs(np.abs(x - columns / 2) - np.maximum(6 - y / 4, 0))
    grid = Grid("EPSG:32633", 0.0, rows * 10.0, 10.0, 10.0, columns, rows)
    return Work(grid, {"dem_path": ArrayRaster(grid, heights.astype(np.float32), -9999.0)}, Kept(),
                options={"threshold_flow_accumulation": 20.0, "flow_dir_algorithm": "D8", "snap_distance": 0})  # fmt: skip


def with_outlets(work, points):
    shapes = np.array([shapely.Point(x, y) for x, y in points], dtype=object)
    zones = Zones(
        flatten(shapes, np.arange(len(points)), "point"),
        ("name",),
        tuple((f"p{n}",) for n in range(len(points))),
        np.zeros(len(points)),
    )
    return Work(work.grid, work.rasters, Kept(), zones={"outlets_path": zones}, options=work.options)


def test_nested_watersheds_share_no_cell_and_their_areas_add_up():
    work = hill()
    hydrology.run(work)
    accumulation = work.results.rasters["flow_accumulation"].values
    low = np.unravel_index(np.argmax(accumulation), accumulation.shape)
    flow = native.pack_d8(work.results.rasters["flow_direction"].values)
    above = next(cell for cell in np.argwhere(native.upslope(flow, np.eye(1, accumulation.size, int(np.ravel_multi_index(low, accumulation.shape)), dtype=bool).reshape(accumulation.shape)))
                 if 20 < accumulation[tuple(cell)] < accumulation[low] / 2)  # fmt: skip
    points = [(low[1] * 10 + 5, 300 - low[0] * 10 - 5), (above[1] * 10 + 5, 300 - above[0] * 10 - 5), (-50, -50)]
    nested = with_outlets(work, points)
    hydrology.run(nested)
    columns, rows = nested.results.tables["watersheds_table"]
    told = [dict(zip(columns, row, strict=True)) for row in rows]
    assert told[0]["cells_upslope"] == accumulation[low]
    assert told[1]["cells_upslope"] == accumulation[tuple(above)]
    assert told[0]["own_area_ha"] + told[1]["own_area_ha"] == pytest.approx(told[0]["area_upslope_ha"])
    assert told[2]["cells_upslope"] is None
    found = nested.results.rasters["watersheds"].values
    assert (found == 2).sum() == told[1]["cells_upslope"]


def test_outlets_are_moved_to_the_nearest_stream():
    streams = np.zeros((9, 9), np.uint8)
    streams[4, 6] = streams[0, 0] = 1
    assert hydrology.snap(streams, 4, 4, 2) == (4, 6)
    assert hydrology.snap(streams, 4, 4, 1) == (4, 4)
    assert hydrology.snap(streams, 1, 1, 5) == (0, 0)
