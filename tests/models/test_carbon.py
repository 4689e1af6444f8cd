import csv
from pathlib import Path

import numpy as np
import pytest
import rasterio

from onekl_desktop.models.carbon import model

GOLDEN = Path(__file__).parents[1] / "golden" / "carbon"


def read_case(name):
    folder = GOLDEN / name
    with (folder / "carbon_pools.csv").open() as stream:
        table = {
            int(row["lucode"]): model.density([float(row[f"c_{pool}"]) for pool in ("above", "below", "soil", "dead")])
            for row in csv.DictReader(stream)
        }
    covers = []
    for which in ("cur", "fut"):
        with rasterio.open(folder / f"lulc_{which}.tif") as source:
            cells, nodata = source.read(1).astype(np.int64), source.nodata
            area = abs(source.transform.a * source.transform.e) / 10_000
        if nodata is not None:
            cells[cells == int(nodata)] = model.COVER_NODATA
        covers.append(cells.astype(np.uint16))
    return folder, table, covers, area


@pytest.mark.parametrize("case", ["open_a", "open_b"])
def test_storage_equals_invest(case):
    folder, table, covers, area = read_case(case)
    stored = [model.storage(cover, table) for cover in covers]
    for name, ours in zip(("c_storage_bas", "c_storage_alt"), stored, strict=True):
        with rasterio.open(folder / f"{name}.tif") as source:
            theirs = source.read(1)
        valid = theirs != -1
        assert ((ours != model.NODATA) == valid).all()
        assert np.abs(ours[valid] - theirs[valid]).max() <= 1e-4 * theirs[valid].max()
        summary = {
            row["Filename"]: float(row["Total"])
            for row in csv.DictReader((folder / "raster_values_summary.csv").open())
        }
        assert ours[valid].astype(np.float64).sum() * area == pytest.approx(summary[f"{name}.tif"], rel=1e-5)


@pytest.mark.parametrize("case", ["open_a", "open_b"])
def test_change_equals_invest_but_keeps_a_loss_of_exactly_one_tonne(case):
    folder, table, covers, _area = read_case(case)
    ours = model.change(model.storage(covers[0], table), model.storage(covers[1], table))
    with rasterio.open(folder / "c_change_bas_alt.tif") as source:
        theirs = source.read(1)
    theirs_valid = np.abs(theirs + 1) > 1e-5  # InVEST's nodata rule swallows -1 t/ha
    assert np.isfinite(ours[theirs_valid]).all()
    assert np.abs(ours[theirs_valid] - theirs[theirs_valid]).max() <= 1e-4 * np.abs(theirs).max()
    kept = np.isfinite(ours) & ~theirs_valid
    assert np.allclose(ours[kept], -1, atol=1e-4)
    assert kept.sum() == (3240 if case == "open_b" else 0)


def test_a_class_without_a_density_is_told():
    with pytest.raises(KeyError, match="9"):
        model.storage(np.array([[1, 9]], np.uint16), {1: 5.0})


def test_unknown_pools_are_not_zero():
    assert model.density([None, None, None, None]) is None
    assert model.density([10, None, 5, None]) == 15
