"""Projections of real land cover: what is known of the maps, and hindcasts against chance and simpler rules."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
import rasterio

from benchmarks.projection.bench_projection import hindcast
from tests.cli.test_cli import onekl

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("ONEKL_REFERENCE_DATA", ROOT.parent / "shared" / "reference")) / "real" / "landcover"
pytestmark = pytest.mark.skipif(not DATA.exists(), reason=f"no reference data in {DATA}")
PLUM, SIBUYAN = DATA / "plum_island", DATA / "sibuyan"


@pytest.mark.parametrize(("before", "after", "cells", "changed"), [
    ("molusce_example/init.tif", "molusce_example/final.tif", 161_636, 5_334),
    ("plum_island/lu_pie_1985.tif", "plum_island/lu_pie_1999.tif", 113_563, 8_578),
    ("plum_island/lu_pie_1991.tif", "plum_island/lu_pie_1999.tif", 113_563, 4_756),
    ("ntt_indonesia/NTT_LC90.tif", "ntt_indonesia/NTT_LC20.tif", 4_637_754, 2_885_020),
    ("new_guinea_cci/landcover2001.tif", "new_guinea_cci/landcover2015.tif", 9_358_246, 223_047),
])  # fmt: skip
def test_changes_are_those_that_are_known(before, after, cells, changed, capsys):
    code, found, _err = onekl(capsys, "landcover", "change", DATA / before, DATA / after, "--json")
    assert code == 0 and (found["cells"], found["changed_cells"]) == (cells, changed)


def test_plum_island_is_foreseen_better_than_by_chance_and_by_the_surest_cells():
    arguments = {
        "from_map": "lu_pie_1985.tif", "from_year": 1985, "to_map": "lu_pie_1991.tif", "to_year": 1991, "years": [1999],
        "validate_map": "lu_pie_1999.tif", "drivers": ["ef_001.tif", "ef_002.tif", "ef_003.tif"],
    }  # fmt: skip
    found = hindcast(arguments, PLUM)
    assert found["ours"]["figure_of_merit"] > 2 * found["random_p97_5"]
    assert found["ours"]["figure_of_merit"] > 1.2 * max(
        found["molusce_rule"]["figure_of_merit"] or 0, found["surest"]["figure_of_merit"]
    )


def test_sibuyan_meets_its_areas_and_keeps_its_park(tmp_path, capsys):
    rows = np.loadtxt(SIBUYAN / "demand1.csv", delimiter=",", skiprows=1)
    areas = {str(code + 1): float(cells) for code, cells in enumerate(rows[-1])}
    (tmp_path / "args.json").write_text(json.dumps({
        "to_map": str(SIBUYAN / "lu_sib_1997.tif"), "to_year": 1997, "years": [2011], "keep": [str(SIBUYAN / "restr1.tif")],
        "drivers": [str(SIBUYAN / f"ef_{number:03d}.tif") for number in range(1, 14)],
        "demand": {"rule": "areas", "unit": "cells", "areas": [{"year": 2011, "areas": areas}]},
    }))  # fmt: skip
    code, found, _err = onekl(
        capsys, "landcover", "project", tmp_path / "args.json", "--out", tmp_path / "out", "--json"
    )
    assert code == 0, found
    with rasterio.open(tmp_path / "out" / "land_cover_2011.tif") as out, rasterio.open(SIBUYAN / "lu_sib_1997.tif") as start, rasterio.open(SIBUYAN / "restr1.tif") as park:  # fmt: skip
        last, first, kept = out.read(1), start.read(1, masked=True), park.read(1, masked=True).filled(0) == 1
    assert [int((last == int(code)).sum()) for code in areas] == rows[-1].astype(int).tolist()
    inside = kept & ~np.ma.getmaskarray(first)
    assert inside.any() and (last[inside] == first.filled(0)[inside]).all()
