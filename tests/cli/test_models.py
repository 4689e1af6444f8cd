"""`onekl model`: InVEST's numbers under InVEST's names, and every problem of the inputs at once."""

import csv
import json
import os
import shutil
import tarfile
from pathlib import Path

import numpy as np
import pytest
import rasterio

from onekl_desktop.cli.main import run
from tests.support.invest import differences, run_model, write_arguments

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden" / "invest"
REFERENCE = Path(os.environ.get("ONEKL_REFERENCE_DATA", ROOT.parent / "shared" / "reference")) / "invest"
CASES = sorted(GOLDEN.glob("*/case.json")) + [
    path for path in sorted(REFERENCE.glob("*/case.json")) if not (GOLDEN / path.parent.name).exists()
]
RUNS = [(case.parent, name) for case in CASES for name in json.loads(case.read_text())["runs"]]
B = GOLDEN / "open_b"


@pytest.mark.parametrize(("case", "name"), RUNS, ids=[f"{case.name}-{name}" for case, name in RUNS])
def test_results_equal_invests(tmp_path, case, name):
    model = write_arguments(case, name, tmp_path / "args.json")
    assert run_model(model, tmp_path / "args.json", tmp_path / "out", "--intermediate") == 0
    assert differences(case, name, tmp_path / "out") == []


def test_without_intermediate_only_the_final_rasters_are_written(tmp_path, capsys):
    write_arguments(B, "sdr_mfd", tmp_path / "args.json", results_suffix="plan")
    assert run_model("soil", tmp_path / "args.json", tmp_path / "out", "--json") == 0
    document = json.loads(capsys.readouterr().out)
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == sorted(Path(path).name for path in document["files"])
    assert "sed_export_plan.tif" in names and "watershed_results_plan.csv" in names
    assert not any(name.startswith(("ic", "slope", ".")) for name in names)


def test_a_datastack_is_a_parameter_set(tmp_path):
    stack = tmp_path / "stack"
    stack.mkdir()
    for name in ("lulc_cur.tif", "lulc_fut.tif", "carbon_pools.csv"):
        shutil.copy(B / "inputs" / name, stack / name)
    arguments = {"lulc_bas_path": "lulc_cur.tif", "lulc_alt_path": "lulc_fut.tif", "calc_sequestration": True,
                 "carbon_pools_path": "carbon_pools.csv", "do_valuation": False}  # fmt: skip
    (stack / "parameters.json").write_text(json.dumps({"model_name": "natcap.invest.carbon", "args": arguments}))
    with tarfile.open(tmp_path / "carbon.tgz", "w:gz") as archive:
        archive.add(stack, arcname=".")
    assert run_model("carbon", tmp_path / "carbon.tgz", tmp_path / "out") == 0
    assert {path.name for path in (tmp_path / "out").iterdir()} >= {"c_storage_bas.tif", "c_change_bas_alt.tif"}


def test_an_archive_that_leaves_its_folder_is_refused(tmp_path, capsys):
    (tmp_path / "x.json").write_text("{}")
    with tarfile.open(tmp_path / "bad.tgz", "w:gz") as archive:
        archive.add(tmp_path / "x.json", arcname="../outside.json")
    assert run_model("carbon", tmp_path / "bad.tgz", tmp_path / "out") == 3
    assert "outside.json" in capsys.readouterr().err


def test_a_projects_layers_are_inputs(tmp_path, capsys):
    """`FILE.gpkg#Layer` names a layer as the project shows it; a wrong name is told with those there are."""
    assert run(["demo", "--out", str(tmp_path / "demo")]) == 0
    project = tmp_path / "demo" / "lembah_arum.gpkg"
    arguments = {
        "lulc_bas_path": f"{project}#Land cover 2010",
        "lulc_alt_path": f"{project}#Land cover 2024",
        "zones_path": f"{project}#Villages",
    }
    (tmp_path / "args.json").write_text(json.dumps(arguments))
    assert run_model("landcover_change", tmp_path / "args.json", tmp_path / "out") == 0
    with (tmp_path / "out" / "class_areas.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert {row["place"] for row in rows} == {"landscape", "zone"}
    (tmp_path / "args.json").write_text(json.dumps({**arguments, "lulc_bas_path": f"{project}#Land cover 1910"}))
    capsys.readouterr()
    assert run_model("landcover_change", tmp_path / "args.json", tmp_path / "other") == 3
    assert "land_cover_2010" in capsys.readouterr().err


def test_models_are_listed_and_described(capsys):
    assert run(["model", "list", "--json"]) == 0
    listed = {item["id"] for item in json.loads(capsys.readouterr().out)["models"]}
    assert listed >= {"carbon", "sdr", "ndr", "habitat_quality", "annual_water_yield", "scenario_gen_proximity"}
    for model in listed:
        assert run(["model", "describe", model]) == 0
        assert "Inputs" in capsys.readouterr().out
    assert run(["model", "describe", "sdrr"]) == 3
    assert "sdr" in capsys.readouterr().err


# ------------------------------------------------------------------ bad input


def problems(tmp_path, capsys, case, name, **changes):
    model = write_arguments(case, name, tmp_path / "args.json", **changes)
    code = run_model(model, tmp_path / "args.json", tmp_path / "out", "--json", str(tmp_path / "told.json"))
    assert code == 3, capsys.readouterr().err
    assert not (tmp_path / "out").exists(), "nothing half-written"
    return {item["code"]: item for item in json.loads((tmp_path / "told.json").read_text())["problems"]}


def rewrite(source, target, change, **profile):
    with rasterio.open(source) as dataset:
        values, kept = dataset.read(1), dataset.profile
    kept.update(profile)
    with rasterio.open(target, "w", **kept) as out:
        out.write(change(values).astype(kept["dtype"]), 1)
    return str(target)


def test_all_problems_are_told_at_once(tmp_path, capsys):
    table = (B / "inputs" / "biophysical.csv").read_text().splitlines()
    table[2] = table[2].replace("0.00342", "much")
    table.append(table[1])
    (tmp_path / "bio.csv").write_text("\n".join(table))
    rain = rewrite(B / "inputs" / "erosivity.tif", tmp_path / "rain.tif", lambda v: np.where(v > 0, -v, v))
    told = problems(tmp_path, capsys, B, "sdr_mfd", biophysical_table_path=str(tmp_path / "bio.csv"),
                    dem_path=str(tmp_path / "none.tif"), k_param="two")  # fmt: skip
    assert set(told) >= {"model.cell_not_number", "model.code_repeated", "file.missing", "field.not_number"}
    assert told["model.cell_not_number"]["row"] == 3
    told = problems(tmp_path, capsys, B, "sdr_mfd", erosivity_path=rain)
    assert "model.below" in told and "rain.tif" in told["model.below"]["message"]


def test_a_class_that_the_table_lacks_is_named_with_its_cells(tmp_path, capsys):
    rows = (B / "inputs" / "carbon_pools.csv").read_text().splitlines()
    (tmp_path / "pools.csv").write_text("\n".join(row for row in rows if not row.startswith("41,")))
    told = problems(tmp_path, capsys, B, "carbon", carbon_pools_path=str(tmp_path / "pools.csv"))
    assert "41" in told["model.class_missing"]["message"]


def test_a_low_above_its_value_is_told(tmp_path, capsys):
    rows = (B / "inputs" / "carbon_pools.csv").read_text().splitlines()
    wide = [rows[0] + ",c_soil_low", *(f"{row},99999" for row in rows[1:])]
    (tmp_path / "pools.csv").write_text("\n".join(wide))
    told = problems(tmp_path, capsys, B, "carbon", carbon_pools_path=str(tmp_path / "pools.csv"))
    assert "c_soil" in told["model.not_between"]["message"]


def test_columns_and_choices_are_checked(tmp_path, capsys):
    text = (B / "inputs" / "threats.csv").read_text()
    (tmp_path / "threats.csv").write_text(text.replace("linear", "sudden"))
    told = problems(tmp_path, capsys, B, "habitat_quality", threats_table_path=str(tmp_path / "threats.csv"))
    assert "sudden" in told["model.cell_not_choice"]["message"]
    sensitivity = (B / "inputs" / "sensitivity.csv").read_text().replace("road", "rail")
    (tmp_path / "sensitivity.csv").write_text(sensitivity)
    told = problems(tmp_path, capsys, B, "habitat_quality", sensitivity_table_path=str(tmp_path / "sensitivity.csv"))
    assert "road" in told["model.column_missing"]["message"]


def test_heights_in_feet_degrees_and_turned_cells_are_refused(tmp_path, capsys):
    dem = B / "inputs" / "dem.tif"
    feet = rewrite(dem, tmp_path / "feet.tif", lambda v: v)
    with rasterio.open(feet, "r+") as dataset:
        dataset.units = ("ft",)
    assert "model.feet" in problems(tmp_path, capsys, B, "sdr_mfd", dem_path=feet)
    degrees = rewrite(dem, tmp_path / "degrees.tif", lambda v: v, crs="EPSG:4326",
                      transform=rasterio.Affine(0.001, 0, 15, 0, -0.001, 48))  # fmt: skip
    assert "model.degrees" in problems(tmp_path, capsys, B, "sdr_mfd", dem_path=degrees)
    turned = rewrite(
        dem, tmp_path / "turned.tif", lambda v: v, transform=rasterio.Affine(21, 21, 420000, 21, -21, 5400000)
    )
    assert "model.turned" in problems(tmp_path, capsys, B, "sdr_mfd", dem_path=turned)
    nowhere = rewrite(dem, tmp_path / "far.tif", lambda v: v, transform=rasterio.Affine(30, 0, 100000, 0, -30, 100000))
    assert "model.no_overlap" in problems(tmp_path, capsys, B, "sdr_mfd", dem_path=nowhere)
    nodata = rewrite(dem, tmp_path / "empty.tif", lambda v: np.full_like(v, -9999))
    assert "model.empty" in problems(tmp_path, capsys, B, "sdr_mfd", dem_path=nodata)


def test_zones_need_their_number(tmp_path, capsys):
    text = (B / "inputs" / "watersheds.geojson").read_text()
    (tmp_path / "w.geojson").write_text(text.replace('"ws_id"', '"id"'))
    told = problems(tmp_path, capsys, B, "sdr_mfd", watersheds_path=str(tmp_path / "w.geojson"))
    assert "ws_id" in told["model.zone_column"]["message"]


def test_a_broken_set_and_another_models_set(tmp_path, capsys):
    (tmp_path / "args.json").write_text("{")
    assert run_model("sdr", tmp_path / "args.json", tmp_path / "out") == 3
    write_arguments(B, "sdr_mfd", tmp_path / "args.json")
    assert run_model("ndr", tmp_path / "args.json", tmp_path / "out") == 3
    assert "sdr" in capsys.readouterr().err


def test_other_grids_are_brought_in_and_told(tmp_path, capsys):
    """Rain in another system and cell size: resampled, said, and the result lies on the grid of the heights."""
    write_arguments(GOLDEN / "open_c", "sdr_mfd_coarse", tmp_path / "args.json")
    assert run_model("sdr", tmp_path / "args.json", tmp_path / "out", "--preview") == 0
    said = capsys.readouterr().err
    assert "1 of 5 rasters is resampled to 25 m" in said.replace("25.00", "25")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("size", [1, 2, 5])
def test_maps_of_a_few_cells(tmp_path, size):
    for name, value in (("dem", 10.0), ("erosivity", 800.0), ("erodibility", 0.03), ("lulc_cur", 41)):
        with rasterio.open(B / "inputs" / f"{name}.tif") as dataset:
            profile = dataset.profile
        profile.update(width=size, height=size, blockysize=1, tiled=False)
        with rasterio.open(tmp_path / f"{name}.tif", "w", **profile) as out:
            out.write(np.full((size, size), value, profile["dtype"]), 1)
    left, top = profile["transform"].c, profile["transform"].f
    corners = [
        [left, top],
        [left + 30 * size, top],
        [left + 30 * size, top - 30 * size],
        [left, top - 30 * size],
        [left, top],
    ]
    shape = {"type": "FeatureCollection", "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32633"}},
             "features": [{"type": "Feature", "properties": {"ws_id": 1}, "geometry": {"type": "Polygon", "coordinates": [corners]}}]}  # fmt: skip
    (tmp_path / "w.geojson").write_text(json.dumps(shape))
    for algorithm in ("MFD", "D8"):
        write_arguments(
            B, "sdr_mfd", tmp_path / "args.json", dem_path=str(tmp_path / "dem.tif"), erosivity_path=str(tmp_path / "erosivity.tif"),
            erodibility_path=str(tmp_path / "erodibility.tif"), lulc_path=str(tmp_path / "lulc_cur.tif"),
            watersheds_path=str(tmp_path / "w.geojson"), flow_dir_algorithm=algorithm,
        )  # fmt: skip
        assert run_model("sdr", tmp_path / "args.json", tmp_path / "out", "--intermediate") == 0


@pytest.mark.parametrize(
    ("name", "changes", "code"),
    [
        ("scenario_gen_proximity", {"focal_landcover_codes": "999"}, "model.class_absent"),
        (
            "scenario_gen_proximity",
            {"convert_nearest_to_edge": False, "convert_farthest_from_edge": False},
            "model.nothing_asked",
        ),
        ("scenario_gen_proximity", {"focal_landcover_codes": "forest"}, "field.not_number"),
        ("ndr_mfd", {"calc_n": False, "calc_p": False}, "model.nothing_asked"),
        ("carbon", {"lulc_bas_year": 2050, "lulc_alt_year": 2020}, "field.too_small"),
        ("carbon", {"discount_rate": -100}, "field.too_small"),
        ("carbon", {"results_suffix": "../../evil"}, "model.suffix"),
        ("sdr_mfd", {"flow_dir_algorithm": "D9"}, "field.not_choice"),
        ("sdr_mfd", {"threshold_flow_accumulation": 0}, "field.too_small"),
    ],
)
def test_options_that_make_no_sense_are_told(tmp_path, capsys, name, changes, code):
    assert code in problems(tmp_path, capsys, B, name, **changes)


def test_a_raster_that_breaks_off_is_told_by_name(tmp_path, capsys):
    (tmp_path / "cut.tif").write_bytes((B / "inputs" / "lulc_cur.tif").read_bytes()[:4000])
    told = problems(tmp_path, capsys, B, "carbon", lulc_bas_path=str(tmp_path / "cut.tif"))
    assert "cut.tif" in told["import.unreadable"]["message"]


def test_cells_that_are_no_number_have_no_value(tmp_path):
    """NaN in a raster that names no nodata: those cells are left out, not carried on."""
    rain = rewrite(
        B / "inputs" / "precipitation.tif", tmp_path / "rain.tif", lambda v: np.where(v < 900, np.nan, v), nodata=None
    )
    write_arguments(B, "annual_water_yield", tmp_path / "args.json", precipitation_path=rain)
    assert run_model("annual_water_yield", tmp_path / "args.json", tmp_path / "out") == 0
    with rasterio.open(tmp_path / "out" / "wyield.tif") as dataset:
        values = dataset.read(1)
    assert np.isfinite(values).all()
    assert (values == -1).any()


def test_a_replacement_that_the_maps_type_cannot_hold_widens_it(tmp_path):
    write_arguments(B, "scenario_gen_proximity", tmp_path / "args.json", replacement_lucode=70_000)
    assert run_model("proximity", tmp_path / "args.json", tmp_path / "out") == 0
    with rasterio.open(tmp_path / "out" / "nearest_to_edge.tif") as dataset:
        assert (dataset.read(1) == 70_000).sum() == 2700


def test_a_row_for_the_nodata_code_gives_those_cells_a_class(tmp_path):
    """As InVEST's lookups do."""
    with rasterio.open(B / "inputs" / "lulc_cur.tif") as dataset:
        empty, nodata = dataset.read(1) == dataset.nodata, int(dataset.nodata)
    pools = (B / "inputs" / "carbon_pools.csv").read_text() + f"\n{nodata},none,1,2,3,4\n"
    (tmp_path / "pools.csv").write_text(pools)
    write_arguments(B, "carbon", tmp_path / "args.json", carbon_pools_path=str(tmp_path / "pools.csv"))
    assert run_model("carbon", tmp_path / "args.json", tmp_path / "out") == 0
    with rasterio.open(tmp_path / "out" / "c_storage_bas.tif") as dataset:
        assert (dataset.read(1)[empty] == 10).all()


def test_subwatersheds_and_hydropower(tmp_path):
    text = (B / "inputs" / "watersheds.geojson").read_text()
    (tmp_path / "subs.geojson").write_text(text.replace('"ws_id"', '"subws_id"'))
    (tmp_path / "power.csv").write_text(
        "ws_id,efficiency,fraction,height,kw_price,cost,time_span,discount\n1,0.8,0.6,25,0.07,0,20,5\n2,0.8,0.6,10,0.07,0,20,5\n"
    )
    write_arguments(B, "annual_water_yield", tmp_path / "args.json", sub_watersheds_path=str(tmp_path / "subs.geojson"),
                    valuation_table_path=str(tmp_path / "power.csv"))  # fmt: skip
    assert run_model("annual_water_yield", tmp_path / "args.json", tmp_path / "out") == 0
    with (tmp_path / "out" / "watershed_results.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    energy = 0.8 * 0.6 * 25 * float(rows[0]["rsupply_vl"]) * 0.00272
    assert float(rows[0]["hp_energy"]) == pytest.approx(energy)
    assert float(rows[0]["hp_val"]) == pytest.approx(sum(0.07 * energy / 1.05**year for year in range(20)))
    assert rows[2]["hp_energy"] == ""
    with (tmp_path / "out" / "subwatershed_results.csv").open() as stream:
        assert "wyield_mn" in next(csv.DictReader(stream))


def test_a_missing_class_is_told_with_its_cells_also_where_ranges_are_given(tmp_path, capsys):
    """The map is read once: its cells are counted once, and a class without a row is no fault of the program."""
    rows = (B / "inputs" / "carbon_pools.csv").read_text().splitlines()
    kept = [rows[0] + ",c_soil_low", *(f"{row},0" for row in rows[1:] if not row.startswith("41,"))]
    (tmp_path / "pools.csv").write_text("\n".join(kept))
    told = problems(tmp_path, capsys, B, "carbon", carbon_pools_path=str(tmp_path / "pools.csv"), lulc_alt_path=None,
                    calc_sequestration=False, do_valuation=False)  # fmt: skip
    with rasterio.open(B / "inputs" / "lulc_cur.tif") as dataset:
        cells = int((dataset.read(1) == 41).sum())
    assert f"({cells} cells)" in told["model.class_missing"]["message"]


def test_a_polygon_without_its_number_is_told_by_its_row(tmp_path, capsys):
    """Rows count from the file's first feature, also after one without a shape."""
    document = json.loads((B / "inputs" / "watersheds.geojson").read_text())
    document["features"][0]["geometry"] = None
    document["features"][2]["properties"]["ws_id"] = None
    (tmp_path / "w.geojson").write_text(json.dumps(document))
    told = problems(tmp_path, capsys, B, "sdr_mfd", watersheds_path=str(tmp_path / "w.geojson"))
    assert told["model.zone_value"]["row"] == 3


def copy_of(tmp_path, name, change):
    """One input of open_b, changed: `change` gets the profile and the cells and gives both back."""
    with rasterio.open(B / "inputs" / name) as raster:
        profile, cells = raster.profile, raster.read(1)
    profile, cells = change(dict(profile), cells)
    with rasterio.open(tmp_path / name, "w", **profile) as out:
        out.write(cells, 1)
    return str(tmp_path / name)


def test_a_crosswalk_reads_maps_under_the_codes_of_the_tables(tmp_path, capsys):
    write_arguments(B, "carbon", tmp_path / "args.json")
    assert run_model("carbon", tmp_path / "args.json", tmp_path / "plain") == 0

    def shift(profile, cells):
        nodata = profile["nodata"]
        return {**profile, "dtype": "int32"}, np.where(
            cells == nodata, cells.astype(np.int32), cells.astype(np.int32) + 1000
        )

    given = json.loads((tmp_path / "args.json").read_text())["args"]
    changed = {id: copy_of(tmp_path, Path(given[id]).name, shift) for id in ("lulc_bas_path", "lulc_alt_path")}
    write_arguments(B, "carbon", tmp_path / "shifted.json", **changed)
    assert run_model("carbon", tmp_path / "shifted.json", tmp_path / "wrong") == 3
    assert "crosswalk" in capsys.readouterr().err
    with (B / "inputs" / "carbon_pools.csv").open() as stream:
        codes = [int(row["lucode"]) for row in csv.DictReader(stream)]
    table = tmp_path / "crosswalk.csv"
    table.write_text("from,to\n" + "".join(f"{code + 1000},{code}\n" for code in codes))
    assert run_model("carbon", tmp_path / "shifted.json", tmp_path / "out", "--crosswalk", str(table)) == 0
    for name in ("c_storage_bas.tif", "c_change_bas_alt.tif"):
        with rasterio.open(tmp_path / "plain" / name) as one, rasterio.open(tmp_path / "out" / name) as other:
            assert np.array_equal(one.read(1), other.read(1))
    table.write_text("from,to\n1,2\n1,x\n")
    assert run_model("carbon", tmp_path / "shifted.json", tmp_path / "bad", "--crosswalk", str(table)) == 3
    told = capsys.readouterr().err
    assert "row 3" in told and "twice" in told


def test_the_preview_says_which_map_takes_how_many_cells_away(tmp_path, capsys):
    def hole(profile, cells):
        cells[:20, :30] = profile["nodata"]
        return profile, cells

    write_arguments(B, "sdr_mfd", tmp_path / "args.json", erosivity_path=copy_of(tmp_path, "erosivity.tif", hole))
    assert run_model("sdr", tmp_path / "args.json", tmp_path / "out", "--preview") == 0
    told = next(line for line in capsys.readouterr().err.splitlines() if line.startswith("Without a value"))
    assert "erosivity.tif in " in told and "There is no result there." in told
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("change", "told"), [
    (lambda profile, cells: (profile, np.where(cells == profile["nodata"], cells, cells * 30)), "above 9000"),
    (lambda profile, cells: ({**profile, "crs": "EPSG:32633+8228"}, cells), "in feet"),
])  # fmt: skip
def test_heights_in_feet_are_found_by_their_system_or_their_size(tmp_path, capsys, change, told):
    write_arguments(B, "sdr_mfd", tmp_path / "args.json", dem_path=copy_of(tmp_path, "dem.tif", change))
    assert run_model("sdr", tmp_path / "args.json", tmp_path / "out") == 3
    assert told in capsys.readouterr().err


def test_a_unit_that_is_not_the_expected_one_is_told(tmp_path, capsys):
    path = copy_of(tmp_path, "precipitation.tif", lambda profile, cells: (profile, cells))
    with rasterio.open(path, "r+") as raster:
        raster.units = ("inch",)
    write_arguments(B, "annual_water_yield", tmp_path / "args.json", precipitation_path=path)
    assert run_model("annual_water_yield", tmp_path / "args.json", tmp_path / "out", "--preview") == 0
    assert "says that its unit is inch; mm/yr is expected" in capsys.readouterr().err
