"""Tiles compressed by our kernel equal their twin, and GDAL reads what they hold, also from a BigTIFF."""

from pathlib import Path

import numpy as np
import pytest
import rasterio
from hypothesis import given, settings
from hypothesis import strategies as st

from onekl_desktop import native
from onekl_desktop.base.rasters import Grid, Window
from onekl_desktop.exchange.invest import results
from onekl_desktop.exchange.invest.results import _Sink, find_tiles
from onekl_desktop.native import plain

TYPES = ("uint8", "int16", "int32", "float32", "float64")


def cells_of(seed, most):
    """Cells that repeat, vary or are nonsense, of any type."""
    rng = np.random.default_rng(seed)
    rows, columns = rng.integers(1, most, 2)
    kind = rng.choice(TYPES)
    values = (
        rng.integers(0, int(rng.choice([1, 2, 200])), (rows, columns))
        if rng.random() < 0.6
        else rng.random((rows, columns)) * 99
    )
    values[: rng.integers(0, rows + 1)] = values[0, 0]
    return values.astype(kind), rng


@settings(max_examples=60)
@given(st.integers(0, 2**32 - 1))
def test_tiles_equal_their_twin(seed):
    cells, rng = cells_of(seed, 60)
    tile = int(rng.choice([1, 7, 16, 32]))
    packed, sizes = native.pack_tiles(cells, tile)
    twin = plain.pack_tiles(cells, tile)
    assert sizes.tolist() == [len(part) for part in twin]
    assert packed.tobytes() == b"".join(twin)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_measured_values_equal_their_twin(seed):
    """Numbers that hardly repeat are written by cells, in turn with what repeats."""
    rng = np.random.default_rng(seed)
    side = int(rng.choice([64, 100, 160]))
    cells = rng.normal(50, rng.choice([0.01, 1, 1e6]), (side, side)).astype(rng.choice(["float32", "float64"]))
    cells[rng.integers(0, side) :, : rng.integers(1, side)] = -1
    packed, _sizes = native.pack_tiles(cells, side)
    twin = plain.pack_tiles(cells, side)
    assert packed.tobytes() == twin[0]
    assert len(packed) < 1.15 * cells.nbytes + 64


@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1))
def test_gdal_reads_the_same_cells(tmp_path_factory, seed):
    cells, rng = cells_of(seed, 900)
    path = tmp_path_factory.mktemp("packed") / "x.tif"
    grid = Grid("EPSG:32633", 400_000.0, 10_000.0, 10.0, 20.0, cells.shape[1], cells.shape[0])
    sink = _Sink(path, grid, cells.dtype.name, 200.0)
    windows = list(grid.tiles(256, int(rng.choice([256, 512, 1024]))))
    rng.shuffle(windows)
    for window in windows:
        sink.write(window, cells[window.slices])
    sink.close()
    with rasterio.open(path) as raster:
        assert (raster.read(1) == cells).all()
        assert raster.nodata == 200 and raster.crs.to_epsg() == 32633 and raster.profile["compress"] == "lzw"
        assert (raster.transform.a, raster.transform.e, raster.transform.f) == (10, -20, 10_000)


def test_windows_of_no_whole_tiles_are_written_too(tmp_path):
    cells = np.random.default_rng(1).random((600, 700)).astype("float32")
    grid = Grid("EPSG:32633", 400_000.0, 9_000.0, 2.0, 2.0, 700, 600)
    sink = _Sink(tmp_path / "x.tif", grid, "float32", -1.0)
    for window in (Window(0, 0, 256, 700), Window(256, 0, 100, 700), Window(356, 0, 244, 700)):
        sink.write(window, cells[window.slices])
    sink.close()
    with rasterio.open(tmp_path / "x.tif") as raster:
        assert (raster.read(1) == cells).all()


@pytest.mark.parametrize("size", [100, 600])
def test_a_bigtiff_is_told_where_its_tiles_are(tmp_path, monkeypatch, size):
    opened = rasterio.open
    monkeypatch.setattr(
        rasterio, "open", lambda *a, **k: opened(*a, **{**k, "BIGTIFF": "YES"} if "BIGTIFF" in k else k)
    )
    cells = np.arange(size * size, dtype="float64").reshape(size, size)
    grid = Grid("EPSG:32633", 400_000.0, 9_000.0, 2.0, 2.0, size, size)
    sink = _Sink(tmp_path / "x.tif", grid, "float64", -1.0)
    assert sink._stream is not None
    for window in grid.tiles(256, 1024):
        sink.write(window, cells[window.slices])
    sink.close()
    assert (tmp_path / "x.tif").read_bytes()[2:4] == b"\x2b\x00"
    with opened(tmp_path / "x.tif") as raster:
        assert (raster.read(1) == cells).all()


def test_without_the_library_gdal_writes(tmp_path, monkeypatch):
    monkeypatch.setattr(results.native, "is_compiled", lambda: False)
    cells = np.ones((300, 300), "float32")
    sink = _Sink(tmp_path / "x.tif", Grid("EPSG:32633", 400_000.0, 9_000.0, 2.0, 2.0, 300, 300), "float32", -1.0)
    sink.write(Window(0, 0, 300, 300), cells)
    sink.close()
    with rasterio.open(tmp_path / "x.tif") as raster:
        assert (raster.read(1) == cells).all()


@pytest.mark.parametrize(
    "content", [b"", b"MM\x00*" + bytes(40), b"II*\x00\x08\x00\x00\x00" + bytes(8), b"II*\x00" + b"\xff" * 60]
)
def test_what_is_no_tiff_of_ours_has_no_tiles(tmp_path, content):
    path = Path(tmp_path / "x.tif")
    path.write_bytes(content)
    assert find_tiles(path, 4) is None
