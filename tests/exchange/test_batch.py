"""Many runs of one landscape: what is shared changes nothing, draws repeat, bands hold the middle, problems come first."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import rasterio

from onekl_desktop.cli.main import run
from onekl_desktop.exchange.invest import batch as batches
from tests.support.invest import run_model, write_arguments

B = Path(__file__).resolve().parents[1] / "golden" / "invest" / "open_b"


def rows_of(path):
    with path.open() as stream:
        return list(csv.DictReader(stream))


def write_batch(tmp_path, name, **document):
    model = write_arguments(B, name, tmp_path / "args.json")
    (tmp_path / "batch.json").write_text(json.dumps({"args": "args.json", **document}))
    return model


def other_cover(tmp_path, key="lulc_path"):
    """The land cover with its classes changed about."""
    source = Path(json.loads((tmp_path / "args.json").read_text())["args"][key])
    with rasterio.open(source if source.is_absolute() else tmp_path / source) as raster:
        profile, cells = raster.profile, raster.read(1)
    codes = [code for code in np.unique(cells) if code != profile["nodata"]]
    swapped = cells.copy()
    for old, new in zip(codes, [*codes[1:], codes[0]], strict=True):
        swapped[cells == old] = new
    with rasterio.open(tmp_path / "other.tif", "w", **profile) as out:
        out.write(swapped, 1)
    return str(tmp_path / "other.tif")


def cells_of(folder):
    found = {}
    for path in folder.glob("*.tif"):
        with rasterio.open(path) as raster:
            found[path.name] = raster.read(1).tobytes()
    return found


@pytest.mark.parametrize(("name", "key"), [
    ("sdr_mfd", "lulc_path"), ("sdr_d8", "lulc_path"), ("ndr_mfd", "lulc_path"), ("habitat_quality", "lulc_cur_path"),
    ("carbon", "lulc_bas_path"), ("annual_water_yield", "lulc_path"),
])  # fmt: skip
@pytest.mark.parametrize("memory", ["4", "0.000001"])
def test_each_run_gives_what_it_gives_alone(tmp_path, name, key, memory):
    model = write_batch(tmp_path, name)
    cover = other_cover(tmp_path, key)
    runs = [{"name": "one"}, {"name": "two", "year": 2040, "args": {key: cover}}, {"name": "again"}]
    (tmp_path / "batch.json").write_text(json.dumps({"args": "args.json", "runs": runs}))
    command = [
        "model",
        "batch",
        model,
        str(tmp_path / "batch.json"),
        "--out",
        str(tmp_path / "out"),
        "--memory",
        memory,
    ]
    assert run(command) == 0
    arguments = json.loads((tmp_path / "args.json").read_text())
    arguments["args"][key] = cover
    (tmp_path / "two.json").write_text(json.dumps(arguments))
    for member, given in (("one", "args.json"), ("two", "two.json"), ("again", "args.json")):
        assert run_model(model, tmp_path / given, tmp_path / f"alone_{member}") == 0
        assert cells_of(tmp_path / "out" / member) == cells_of(tmp_path / f"alone_{member}")
    assert not [path for path in (tmp_path / "out").iterdir() if path.name.startswith(".")]


def test_the_second_land_cover_floods_no_pits_again(tmp_path, monkeypatch):
    from onekl_desktop import native
    from onekl_desktop.native import terrain

    calls = []
    monkeypatch.setattr(terrain, "fill_pits", lambda *a, **k: calls.append("pits") or native.fill_pits(*a, **k))
    model = write_batch(tmp_path, "sdr_mfd")
    runs = [{"name": "one"}, {"name": "two", "args": {"lulc_path": other_cover(tmp_path)}}]
    (tmp_path / "batch.json").write_text(json.dumps({"args": "args.json", "runs": runs}))
    assert run(["model", "batch", model, str(tmp_path / "batch.json"), "--out", str(tmp_path / "out")]) == 0
    assert calls == ["pits"]


DRAWS = {"count": 12, "seed": 3, "args": {"k_param": [1.5, 2, 2.6]},
         "tables": {"biophysical_table_path": {"usle_c": [0.5, 1.5]}}}  # fmt: skip


def test_draws_give_a_band_around_the_middle_and_repeat(tmp_path):
    model = write_batch(tmp_path, "sdr_mfd", runs=[{"name": "now", "scenario": "Plan", "year": 2030}], draws=DRAWS)
    zones = json.loads((tmp_path / "args.json").read_text())["args"]["watersheds_path"]
    for out in ("a", "b"):
        command = [
            "model",
            "batch",
            model,
            str(tmp_path / "batch.json"),
            "--out",
            str(tmp_path / out),
            "--zones",
            zones,
        ]
        assert run(command) == 0
    assert (tmp_path / "a" / "ensemble.csv").read_text() == (tmp_path / "b" / "ensemble.csv").read_text()
    rows = rows_of(tmp_path / "a" / "ensemble.csv")
    exports = [row for row in rows if row["raster"] == "usle"]
    assert len(exports) > 1 and {row["year"] for row in rows} == {"2030"} and exports[0]["unit"] == "t/yr"
    for row in exports:
        assert float(row["low"]) < float(row["value"]) < float(row["high"])
    bare = next(row for row in rows if row["raster"] == "rkls")
    assert (
        float(bare["low"]) == float(bare["high"]) == pytest.approx(float(bare["value"]))
    )  # needs none of the coefficients


@pytest.mark.parametrize(("name", "table", "column"), [
    ("annual_water_yield", "biophysical_table_path", "kc"), ("ndr_d8", "biophysical_table_path", "load_n"),
    ("habitat_quality", "sensitivity_table_path", "habitat"), ("carbon", "carbon_pools_path", "c_soil"),
])  # fmt: skip
def test_every_model_can_be_drawn(tmp_path, name, table, column):
    model = write_batch(tmp_path, name, draws={"count": 4, "tables": {table: {column: [0.7, 1.1]}}})
    assert run(["model", "batch", model, str(tmp_path / "batch.json"), "--out", str(tmp_path / "out")]) == 0
    rows = rows_of(tmp_path / "out" / "ensemble.csv")
    assert rows and all(row["low"] and row["value"] and row["high"] for row in rows)
    assert any(float(row["low"]) < float(row["high"]) for row in rows)


def test_zonal_totals_equal_the_models_own_table(tmp_path):
    write_arguments(B, "sdr_mfd", tmp_path / "args.json")
    zones = json.loads((tmp_path / "args.json").read_text())["args"]["watersheds_path"]
    assert run_model("sdr", tmp_path / "args.json", tmp_path / "out", "--zones", zones) == 0
    measured = {
        (row["zone"], row["raster"]): row for row in rows_of(tmp_path / "out" / "zonal_results.csv") if row["zones"]
    }
    for row in rows_of(tmp_path / "out" / "watershed_results.csv"):
        for column, raster in (("sed_export", "sed_export"), ("usle_tot", "usle"), ("sed_dep", "sed_deposition")):
            assert float(measured[row.get("name") or row["ws_id"], raster]["total"]) == pytest.approx(
                float(row[column]), rel=1e-9
            )
    with rasterio.open(tmp_path / "out" / "usle.tif") as raster:
        cells = raster.read(1, masked=True)
        hectares = abs(raster.transform.a * raster.transform.e) / 1e4
    whole = next(
        row for row in rows_of(tmp_path / "out" / "zonal_results.csv") if not row["zones"] and row["raster"] == "usle"
    )
    assert int(whole["cells"]) == cells.count()
    assert float(whole["total"]) == pytest.approx(cells.sum(dtype=np.float64) * hectares, rel=1e-9)


def test_a_draw_depends_on_its_number_alone():
    from dataclasses import replace

    from onekl_desktop.exchange.invest.prepare import Prepared

    table = {1: {"c": 0.9, "name": "forest"}, 2: {"c": 0.2, "name": "farm"}}
    inputs = Prepared(None, {}, {"t": table}, {}, {"k": 2.0}, "", limits={("t", "c"): (0.0, 1.0)})
    draws = batches.Draws(5, 7, {"k": (1.0, 2.0, 4.0)}, {"t": {"c": (0.5, 2.0)}})
    third = batches.vary(inputs, draws, 3)
    assert batches.vary(inputs, replace(draws, count=99), 3) == third != batches.vary(inputs, draws, 4)
    assert all(0 <= batches.vary(inputs, draws, n).tables["t"][1]["c"] <= 1 for n in range(40))
    assert table[1]["c"] == 0.9 and third.tables["t"][1]["name"] == "forest"


@pytest.mark.parametrize(("document", "told"), [
    ({"args": 3}, "args"), ({"args": "args.json", "runs": []}, "runs"), ({"args": "args.json", "runs": [3]}, "runs[1]"),
    ({"args": "args.json", "runs": [{"name": "../x"}]}, "its name"), ({"args": "args.json", "runs": [{"name": "a"}, {"name": "A"}]}, "another run"),
    ({"args": "args.json", "runs": [{"year": "soon"}]}, "whole number"), ({"args": "args.json", "draws": {"args": {"k_param": [3, 2, 1]}}}, "draws.args.k_param"),
    ({"args": "args.json", "draws": {"args": {"magic": [1, 2, 3]}}}, "magic"), ({"args": "args.json", "draws": {"args": {"sdr_max": [0.5, 0.8, 3]}}}, "3"),
    ({"args": "args.json", "draws": {"tables": {"biophysical_table_path": {"gold": [0.5, 2]}}}}, "biophysical_table_path.gold"),
    ({"args": "args.json", "draws": {"tables": {"biophysical_table_path": {"usle_c": [2, 3]}}}}, "around 1"), ({"args": "args.json", "draws": {"count": -1}}, "count"),
    ({"args": "args.json", "runs": [{"args": {"lulc_path": "missing.tif"}}, {"name": "b", "args": {"k_param": "x"}}]}, "missing.tif"),
])  # fmt: skip
def test_a_batch_that_cannot_run_is_told_before_anything_is_computed(tmp_path, capsys, document, told):
    write_batch(tmp_path, "sdr_mfd")
    (tmp_path / "batch.json").write_text(json.dumps(document))
    assert run(["model", "batch", "sdr", str(tmp_path / "batch.json"), "--out", str(tmp_path / "out")]) == 3
    assert told in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
