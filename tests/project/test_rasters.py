import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onekl_desktop.base.rasters import ArrayRaster, Grid, Window
from onekl_desktop.project.file import ProjectFile
from onekl_desktop.project.rasters import CoverageRaster, build_raster, copy_tiles


def store(project, folder, name, values, nodata, classes):
    grid = Grid("EPSG:32647", 500_000.0, 310_000.0, 30.0, 30.0, values.shape[1], values.shape[0])
    built, digest = build_raster(ArrayRaster(grid, values, nodata), folder, classes=classes)
    project.write(lambda write: copy_tiles(write.raw, built, name, grid.crs, classes=classes))
    built.unlink()
    return CoverageRaster(project.read_raw, name, grid, classes=classes), digest


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(1, 600), st.integers(1, 600), st.booleans(), st.integers(0, 2**31), st.data())
def test_cells_come_back_exactly_in_any_window(path, tmp_path, rows, columns, classes, seed, data):
    rng = np.random.default_rng(seed)
    values = (
        rng.integers(0, 65_535, (rows, columns)).astype(np.uint16)
        if classes
        else rng.normal(size=(rows, columns)).astype(np.float32)
    )
    if not classes:
        values[rng.random(values.shape) < 0.1] = np.nan
    project = ProjectFile(path)
    try:
        raster, _digest = store(
            project, tmp_path, f"r{seed}_{rows}_{columns}_{classes}".lower(), values, 7 if classes else None, classes
        )
        expected = (
            np.where(values == 7, 65_535, values) if classes else np.where(np.isnan(values), np.float32(-9999), values)
        )
        assert (raster.read(Window(0, 0, rows, columns)) == expected).all()
        row, column = data.draw(st.integers(0, rows - 1)), data.draw(st.integers(0, columns - 1))
        h, w = data.draw(st.integers(1, rows - row)), data.draw(st.integers(1, columns - column))
        assert (raster.read(Window(row, column, h, w)) == expected[row : row + h, column : column + w]).all()
    finally:
        project.write(lambda write: [write.raw.execute(f"DELETE FROM {book} WHERE {key} LIKE 'r%'") for book, key in (
            ("gpkg_2d_gridded_tile_ancillary", "tpudt_name"), ("gpkg_2d_gridded_coverage_ancillary", "tile_matrix_set_name"),
            ("gpkg_tile_matrix", "table_name"), ("gpkg_tile_matrix_set", "table_name"), ("gpkg_extensions", "table_name"), ("gpkg_contents", "table_name"))])  # fmt: skip
        project.close()


def test_overviews_are_smaller_and_of_the_same_classes(path, tmp_path):
    values = np.repeat(np.repeat(np.arange(1, 5, dtype=np.uint16).reshape(2, 2), 400, 0), 400, 1)
    project = ProjectFile(path)
    raster, digest = store(project, tmp_path, "cover", values, None, True)
    assert raster.overviews == [1, 2, 4]
    small = raster.read(Window(0, 0, 200, 200), 4)
    assert (small[:99, :99] == 1).all() and (small[101:, 101:] == 4).all()
    assert digest == store(project, tmp_path, "again", values, None, True)[1]
    values[0, 0] = 9
    assert digest != store(project, tmp_path, "other", values, None, True)[1]
    project.close()


def test_a_table_that_is_no_coverage(path):
    project = ProjectFile(path)
    with pytest.raises(ValueError):
        CoverageRaster(project.read_raw, "scenario", Grid("EPSG:32647", 0, 0, 1, 1, 1, 1), classes=True)
    project.close()
