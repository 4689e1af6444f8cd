"""The Gura catchment in Kenya: what the kernels give equals a sparse linear system, Horn's formula and RUSLE by hand.

Rainfall erosivity, erodibility and land use of that sample could not be had, so they are constants here; heights, cells and
watersheds are real.
"""

import csv
import json
import os
from pathlib import Path

import numpy as np
import pytest
import rasterio
from scipy import sparse
from scipy.sparse.linalg import spsolve

from tests.support.invest import run_model

ROOT = Path(__file__).resolve().parents[2]
GURA = (
    Path(os.environ.get("ONEKL_REFERENCE_DATA", ROOT.parent / "shared" / "reference"))
    / "real"
    / "hydrology"
    / "gura_kenya"
)
pytestmark = pytest.mark.skipif(not GURA.exists(), reason=f"no reference data in {GURA}")
R, K, C, P, CELL = 3000.0, 0.03, 0.2, 0.8, 15.0
DIRECTIONS = ((0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1), (1, 0), (1, 1))


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Sediment delivery on the real heights."""
    folder = tmp_path_factory.mktemp("gura")
    with rasterio.open(GURA / "DEM_gura.tif") as raster:
        profile, shape = raster.profile, raster.shape
    for name, value, dtype in (("erosivity", R, "float32"), ("erodibility", K, "float32"), ("lulc", 1, "uint8")):
        with rasterio.open(folder / f"{name}.tif", "w", **{**profile, "dtype": dtype, "nodata": 0}) as out:
            out.write(np.full(shape, value, dtype), 1)
    (folder / "table.csv").write_text(f"lucode,usle_c,usle_p\n1,{C},{P}\n")
    (folder / "args.json").write_text(json.dumps({
        "dem_path": str(GURA / "DEM_gura.tif"), "erosivity_path": "erosivity.tif", "erodibility_path": "erodibility.tif", "lulc_path": "lulc.tif",
        "watersheds_path": str(GURA / "subwatersheds_gura.shp"), "biophysical_table_path": "table.csv", "threshold_flow_accumulation": 1000,
        "k_param": 2, "sdr_max": 0.8, "ic_0_param": 0.5, "l_max": 122, "flow_dir_algorithm": "MFD",
    }))  # fmt: skip
    out = folder / "out"
    assert (
        run_model("sdr", folder / "args.json", out, "--intermediate", "--zones", str(GURA / "subwatersheds_gura.shp"))
        == 0
    )
    return out


def read(results, name):
    with rasterio.open(results / f"{name}.tif") as raster:
        return raster.read(1), raster.nodata


def matrix(flow):
    """Shares of flow as a sparse matrix: row j, column i where cell i sends a share to cell j; and which cells flow."""
    rows, columns = flow.shape
    bits = flow.view(np.uint32)
    weights = np.stack([(bits >> np.uint32(4 * k)) & np.uint32(15) for k in range(8)]).astype(float)
    total = weights.sum(axis=0)
    numbers = np.arange(flow.size).reshape(flow.shape)
    to, of, share = [], [], []
    for k, (down, right) in enumerate(DIRECTIONS):
        row, column = np.nonzero(weights[k])
        there = row + down, column + right
        inside = (there[0] >= 0) & (there[1] >= 0) & (there[0] < rows) & (there[1] < columns)
        row, column = row[inside], column[inside]
        target = there[0][inside], there[1][inside]
        flows = total[target] > 0
        to.append(numbers[target][flows])
        of.append(numbers[row, column][flows])
        share.append((weights[k] / np.where(total > 0, total, 1))[row, column][flows])
    n = flow.size
    return sparse.csc_matrix((np.concatenate(share), (np.concatenate(to), np.concatenate(of))), shape=(n, n)), total > 0


@pytest.mark.slow
def test_accumulation_solves_the_linear_system_of_the_flow(results):
    flow, _nodata = read(results, "flow_direction")
    shares, flows = matrix(flow)
    cells, _nodata = read(results, "flow_accumulation")
    solved = spsolve(sparse.identity(flow.size, format="csc") - shares, flows.ravel().astype(float)).reshape(flow.shape)
    np.testing.assert_allclose(cells[flows], solved[flows], rtol=1e-9)


def test_distance_and_deposition_balance(results):
    """Soil that is lost is exported, or settles."""
    table = list(csv.DictReader((results / "watershed_results.csv").open()))
    usle, _n = read(results, "usle")
    export, _n = read(results, "sed_export")
    settled, nodata = read(results, "sed_deposition")
    streams, _n = read(results, "stream")
    assert len(table) == 5
    eroded = usle[(usle < 1e30)].sum(dtype=float)
    assert settled[settled != nodata].sum(dtype=float) <= eroded * (1 + 1e-6)
    on_streams = settled[(streams == 1) & (settled != nodata)].sum(dtype=float)
    assert on_streams == pytest.approx(
        export[export < 1e30].sum(dtype=float), rel=0.35
    )  # what arrives at streams, two ways


def test_slope_equals_horns_formula(results):
    heights, _n = read(results, "filled_dem")
    slope, nodata = read(results, "slope")
    ok = slope != nodata
    whole = np.zeros(ok.shape, bool)
    whole[1:-1, 1:-1] = np.logical_and.reduce([
        ok[1 + a : ok.shape[0] - 1 + a, 1 + b : ok.shape[1] - 1 + b] for a in (-1, 0, 1) for b in (-1, 0, 1)
    ])  # fmt: skip
    z = heights.astype(float)
    with np.errstate(over="ignore", invalid="ignore"):
        across = (z[:-2, 2:] + 2 * z[1:-1, 2:] + z[2:, 2:] - z[:-2, :-2] - 2 * z[1:-1, :-2] - z[2:, :-2]) / (8 * CELL)
        down = (z[2:, :-2] + 2 * z[2:, 1:-1] + z[2:, 2:] - z[:-2, :-2] - 2 * z[:-2, 1:-1] - z[:-2, 2:]) / (8 * CELL)
        horn = 100 * np.hypot(across, down)
    inner = whole[1:-1, 1:-1]
    assert inner.sum() > 300_000
    np.testing.assert_allclose(slope[1:-1, 1:-1][inner], horn[inner], rtol=1e-5, atol=1e-5)


def test_soil_loss_equals_rusle_by_hand(results):
    slope, nodata = read(results, "slope")
    cells, _n = read(results, "flow_accumulation")
    rkls, _n = read(results, "rkls")
    usle, _n = read(results, "usle")
    rng, places = np.random.default_rng(5), np.argwhere((rkls != -1) & (slope != nodata))
    for row, column in places[rng.choice(len(places), 400, replace=False)]:
        s, area = float(slope[row, column]), (float(cells[row, column]) - 1) * CELL**2
        theta = np.arctan(s / 100)
        beta = (np.sin(theta) / 0.0896) / (3 * np.sin(theta) ** 0.8 + 0.56)
        m = 0.2 if s <= 1 else 0.3 if s <= 3.5 else 0.4 if s <= 5 else 0.5 if s <= 9 else beta / (1 + beta)
        a, x = np.sqrt(area), abs(np.sin(theta)) + abs(np.cos(theta))
        length = min(((a + CELL**2) ** (m + 1) - a ** (m + 1)) / (CELL ** (m + 2) * x**m * 22.13**m), 122)
        steep = 10.8 * np.sin(theta) + 0.03 if s < 9 else 16.8 * np.sin(theta) - 0.5
        assert rkls[row, column] == pytest.approx(R * K * length * steep, rel=1e-4)
        assert usle[row, column] == pytest.approx(R * K * length * steep * C * P, rel=1e-4)


def test_areas_of_the_subwatersheds(results):
    measured = {
        row["zone"]: float(row["area_ha"]) for row in csv.DictReader((results / "zonal_results.csv").open())
        if row["zones"] and row["raster"] == "sed_deposition"
    }  # fmt: skip
    told = {"1": 2200.77, "2": 918.383, "3": 1149.70, "4": 2413.98, "5": 3958.81}
    assert measured == pytest.approx(told, rel=0.003)
