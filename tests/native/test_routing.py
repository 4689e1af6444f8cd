"""The routing kernels equal their twins, and what must always hold of water: it goes down, all of it, and ends outside."""

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from onekl_desktop import native
from onekl_desktop.native import plain_routing as plain

ROOT = Path(__file__).resolve().parents[2]
REAL = Path(os.environ.get("ONEKL_REFERENCE_DATA", ROOT.parent / "shared" / "reference")) / "real"
seeds = st.integers(0, 2**32 - 1)


def landscape(seed):
    """Heights with plateaus and pits, holes, and any shape down to one cell."""
    rng = np.random.default_rng(seed)
    size = tuple(rng.integers(1, 17, 2))
    heights = rng.random(size) * 10
    if rng.random() < 0.6:
        heights = np.round(heights / rng.choice([1, 3, 8])) * 2.0
    return heights, rng.random(size) > rng.choice([0, 0.1, 0.4]), rng


def routed(seed):
    heights, valid, rng = landscape(seed)
    filled = native.fill_pits(heights, valid)
    flow = native.flow_mfd(filled, valid) if rng.random() < 0.5 else native.pack_d8(native.flow_d8(filled, valid))
    return flow, valid, rng


@settings(max_examples=150)
@given(seeds)
def test_terrain_kernels_equal_their_twins(seed):
    heights, valid, _rng = landscape(seed)
    filled = native.fill_pits(heights, valid)
    v = valid.astype(np.uint8)
    assert (filled == plain.fill_pits(heights, v)).all()
    for tile in (2, 3, 7):  # the squares in which the map is flooded make no difference
        assert (native.fill_pits(heights, valid, tile=tile) == filled)[valid].all()
    assert native.slope(filled, valid, 30.0, 20.0, -1.0) == pytest.approx(
        plain.slope(filled, v, 30.0, 20.0, -1.0), rel=1e-6
    )
    assert (native.flow_d8(filled, valid) == plain.flow_d8(filled, v)).all()
    assert (native.flow_mfd(filled, valid) == plain.flow_mfd(filled, v)).all()


@settings(max_examples=150)
@given(seeds)
def test_carrying_kernels_equal_their_twins(seed):
    flow, _valid, rng = routed(seed)
    order = native.flow_order(flow)
    assert (order == plain.flow_order(flow)).all()
    weights = rng.random(flow.shape).astype(np.float32)
    gathered = native.gather(flow, order, weights.astype(np.float64))
    assert gathered == pytest.approx(plain.accumulate(flow, order, True, weights.astype(np.float64)), rel=1e-12)
    cells = native.accumulate(flow, order)
    threshold, factor = float(rng.integers(1, 9)), float(rng.choice([0.5, 0.7, 1.0]))
    streams = native.streams_mfd(flow, cells, threshold, factor)
    assert (streams == plain.streams_mfd(flow, cells, threshold, factor)).all()
    for w, own in ((None, False), (weights, False), (weights, True)):
        ours = native.distance_to_channel(flow, order, streams, w, own_weight=own)
        assert ours == pytest.approx(plain.distance_to_channel(flow, order, streams, w, own, -1.0), rel=1e-12)
    ratio = np.where(rng.random(flow.shape) < 0.1, -1.0, rng.random(flow.shape)).astype(np.float32)
    sheet = np.where(rng.random(flow.shape) < 0.1, -1.0, rng.random(flow.shape))
    flux, twin = sheet.copy(), sheet.copy()
    trapped = native.deposition(flow, order, ratio, flux)
    assert trapped == pytest.approx(plain.deposition(flow, order, ratio, twin, -1.0), rel=1e-6)
    assert flux == pytest.approx(twin, rel=1e-9)
    efficiency = np.where(rng.random(flow.shape) < 0.1, -1, rng.random(flow.shape)).astype(np.float32)
    length = (rng.random(flow.shape) * 200).astype(np.float32)
    for blocks in (True, False):
        ours = native.retention(flow, order, streams, efficiency, length, 30.0, block_order=blocks)
        twin = plain.retention(flow, order, streams, efficiency, length, 30.0, blocks, -1.0)
        assert ours == pytest.approx(twin, rel=1e-6)
    outlets = rng.random(flow.shape) < 0.1
    assert (native.upslope(flow, outlets) == plain.upslope(flow, outlets.astype(np.uint8)).astype(bool)).all()


@settings(max_examples=150)
@given(seeds)
def test_all_water_leaves_the_map(seed):
    """What every cell brings in goes out over the edge: accumulation conserves cells, and the order holds each cell once."""
    flow, valid, _rng = routed(seed)
    order = native.flow_order(flow)
    assert sorted(order.tolist()) == np.flatnonzero(flow.ravel() != 0).tolist()
    assert ((flow != 0) == valid).all()
    cells = native.accumulate(flow, order)
    leaving = 0.0
    for row, column in np.argwhere(valid):
        weights = plain._weights(flow[row, column])
        within = sum(w for _k, r, c, w in plain._leaving(flow, row, column) if flow[r, c])
        leaving += cells[row, column] * (1 - within / sum(weights))
    assert leaving == pytest.approx(valid.sum(), rel=1e-9)


@settings(max_examples=100)
@given(seeds)
def test_filled_land_drains_and_is_never_lower(seed):
    heights, valid, _rng = landscape(seed)
    filled = native.fill_pits(heights, valid)
    assert (filled[valid] >= heights[valid]).all()
    assert (native.fill_pits(filled, valid)[valid] == filled[valid]).all()
    directions = native.flow_d8(filled, valid)
    assert ((directions < 8) == valid).all()


@settings(max_examples=100)
@given(seeds)
def test_no_sediment_is_lost_on_its_way(seed):
    """What the land sends off settles, or leaves over the edge."""
    flow, valid, rng = routed(seed)
    order = native.flow_order(flow)
    ratio, sheet = (rng.random(flow.shape).astype(np.float32) for _ in range(2))
    flux = sheet.astype(np.float64)
    settled = native.deposition(flow, order, ratio, flux)
    leaving = 0.0
    for row, column in np.argwhere(valid):
        within = sum(w for _k, r, c, w in plain._leaving(flow, row, column) if flow[r, c])
        leaving += flux[row, column] * (1 - within / sum(plain._weights(flow[row, column])))
    assert settled[valid].sum(dtype=np.float64) + leaving == pytest.approx(sheet[valid].sum(dtype=np.float64), rel=1e-6)
    assert (settled[valid] >= 0).all()


@settings(max_examples=100)
@given(seeds)
def test_retention_lies_between_nothing_and_the_best_below(seed):
    flow, valid, rng = routed(seed)
    order = native.flow_order(flow)
    streams = native.streams_mfd(flow, native.accumulate(flow, order), 3.0)
    efficiency = rng.random(flow.shape).astype(np.float32)
    held = native.retention(
        flow, order, streams, efficiency, np.full(flow.shape, 60, np.float32), 30.0, block_order=False
    )
    assert (held[valid] >= 0).all() and (held[valid] <= efficiency.max() + 1e-6).all()
    assert (held[streams == 1] == 0).all()


@settings(max_examples=150)
@given(seeds)
def test_distances_equal_their_twin_and_scipy(seed):
    rng = np.random.default_rng(seed)
    source = rng.random(tuple(rng.integers(1, 25, 2))) < rng.choice([0.0, 0.02, 0.3])
    ours = native.distance(source)
    none = sum(source.shape)
    nothing = np.full(source.shape[1], none, np.int32)
    assert (ours == plain.distance(source.astype(np.uint8), nothing, nothing, none)).all()
    first, last = sorted(rng.integers(0, len(source) + 1, 2))
    if first < last:  # a part of the map, told where the sources beyond it are
        above = [
            next((n + 1 for n, has in enumerate(source[:first, c][::-1]) if has), none) for c in range(source.shape[1])
        ]
        below = [next((n + 1 for n, has in enumerate(source[last:, c]) if has), none) for c in range(source.shape[1])]
        part, sides = source[first:last], (np.array(above, np.int32), np.array(below, np.int32))
        assert (native.distance(part, *sides, none) == ours[first:last]).all()
        assert (plain.distance(part.astype(np.uint8), *sides, none) == ours[first:last]).all()
    if source.any():
        assert ours == pytest.approx(ndimage.distance_transform_edt(~source), rel=1e-6)
    else:
        assert (ours == sum(source.shape)).all()


@settings(max_examples=150)
@given(seeds)
def test_patches_equal_their_twin(seed):
    rng = np.random.default_rng(seed)
    size = tuple(rng.integers(1, 20, 2))
    codes, valid = rng.integers(-1, 3, size), rng.random(size) > 0.2
    labels, count = native.label(codes, valid)
    twin, twin_count = plain.label(codes.astype(np.int32), valid.astype(np.uint8))
    assert (labels == twin).all()
    assert count == twin_count


def test_hostile_flow_ends():
    """Two cells that send their water to each other, and weights that point outside."""
    flow = np.array([[15, 15 << 16], [0xFFFFFFFF, 1 << 28]], np.uint32)
    order = native.flow_order(flow)
    assert len(order) < flow.size
    assert np.isfinite(native.accumulate(flow, order)).all()


@pytest.mark.parametrize("wrong", [np.array([[np.nan]]), np.array([[np.inf]])])
def test_heights_must_be_numbers(wrong):
    with pytest.raises(ValueError, match="finite"):
        native.fill_pits(wrong, np.ones((1, 1), bool))


@pytest.mark.skipif(not REAL.is_dir(), reason=f"no reference data in {REAL} (set ONEKL_REFERENCE_DATA)")
def test_the_published_catchment_of_a_real_direction_grid():
    """11,422 cells above the outlet that pysheds documents, from its own ESRI pointers."""
    import rasterio

    with rasterio.open(REAL / "hydrology" / "pysheds_texas" / "dir.asc") as dataset:
        pointers, transform = dataset.read(1), dataset.transform
    directions = np.full(pointers.shape, native.D8_NODATA, np.uint8)
    for k, pointer in enumerate((1, 128, 64, 32, 16, 8, 4, 2)):
        directions[pointers == pointer] = k
    flow = native.pack_d8(directions)
    column, row = (
        round(value) for value in ~transform * (-97.29416666666677, 32.73749999999989)
    )  # its upper left corner
    outlet = np.zeros(flow.shape, bool)
    outlet[row, column] = True
    assert native.upslope(flow, outlet).sum() == 11_422


@pytest.mark.skipif(not REAL.is_dir(), reason=f"no reference data in {REAL} (set ONEKL_REFERENCE_DATA)")
def test_a_real_surface_conserves_cells():
    import rasterio

    with rasterio.open(REAL / "hydrology" / "pysheds_texas" / "dem.tif") as dataset:
        heights, nodata = dataset.read(1).astype(np.float64), dataset.nodata
    valid = np.isfinite(heights) & (heights != (nodata if nodata is not None else np.nan))
    filled = native.fill_pits(heights, valid)
    for flow in (native.flow_mfd(filled, valid), native.pack_d8(native.flow_d8(filled, valid))):
        order = native.flow_order(flow)
        assert len(order) == valid.sum()
        cells = native.accumulate(flow, order)
        assert cells[valid].min() >= 1
        assert cells.max() <= valid.sum() * (1 + 1e-9)
