"""`onekl landcover` through the real door: change by zone, projections with everything a person may ask, and bad input."""

import csv
import json

import numpy as np
import pytest
import rasterio
import shapely
from rasterio.transform import from_origin
from scipy.ndimage import gaussian_filter

from onekl_desktop.engine import Session, perform
from onekl_desktop.engine.new import make_project
from onekl_desktop.project.records import Landscape
from tests.cli.test_cli import onekl

SIDE = 60


def write(path, values, nodata=0, crs="EPSG:32647", size=30.0, left=500_000.0):
    profile = {
        "driver": "GTiff", "width": values.shape[1], "height": values.shape[0], "count": 1, "dtype": values.dtype.name, "nodata": nodata,
        "transform": from_origin(left, 100_000.0, size, size), **({"crs": crs} if crs else {}),
    }  # fmt: skip
    with rasterio.open(path, "w", **profile) as out:
        out.write(values, 1)
    return path


def read(path):
    with rasterio.open(path) as source:
        return source.read(1)


@pytest.fixture
def maps(tmp_path):
    """Forest (10) becomes field (20) where a driver is high; town (30) stays; a corner has no data."""
    rng = np.random.default_rng(3)
    driver = gaussian_filter(rng.normal(size=(SIDE, SIDE)), 4)
    driver = (driver / driver.std()).astype(np.float32)
    one = np.where(rng.random((SIDE, SIDE)) < 0.1, 30, 10).astype(np.uint8)
    one[(driver > 1.5) & (one == 10)] = 20
    one[:3, :3] = 0
    two, three = one.copy(), one.copy()
    two[(driver > 1.1) & (one == 10)] = 20
    three[(driver > 0.8) & (one == 10)] = 20
    for name, values in (("a", one), ("b", two), ("c", three)):
        write(tmp_path / f"{name}.tif", values)
    write(tmp_path / "driver.tif", driver, nodata=-9999.0)
    return tmp_path, one, two, three, driver


def ask(folder, capsys, **more):
    document = {"from_map": "a.tif", "from_year": 2000, "to_map": "b.tif", "to_year": 2010, "years": [2020], "drivers": ["driver.tif"], **more}  # fmt: skip
    (folder / "args.json").write_text(json.dumps({key: value for key, value in document.items() if value is not None}))
    return onekl(capsys, "landcover", "project", folder / "args.json", "--out", folder / "out", "--json")


def codes_of(found):
    return [problem["code"] for problem in found["problems"]]


def test_change_by_zone_and_in_files(maps, capsys):
    folder, one, two, _three, _driver = maps
    zones = {"type": "FeatureCollection", "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32647"}}, "features": [
        {"type": "Feature", "properties": {"name": name}, "geometry": {"type": "Polygon", "coordinates": [[[x, 98_200], [x + 900, 98_200], [x + 900, 100_000], [x, 100_000], [x, 98_200]]]}}
        for name, x in (("West", 500_000), ("East", 500_900))
    ]}  # fmt: skip
    (folder / "zones.geojson").write_text(json.dumps(zones))
    code, found, _err = onekl(capsys, "landcover", "change", folder / "a.tif", folder / "b.tif", "--zones", folder / "zones.geojson", "--years", 2000, 2010, "--out", folder / "out", "--json")  # fmt: skip
    assert code == 0
    moved = int(((one != two) & (one > 0)).sum())
    assert found["changed_cells"] == moved and found["changed_ha"] == pytest.approx(moved * 0.09)
    told = {(row["from"], row["to"]): row["cells"] for row in found["transitions"]}
    assert told[10, 20] == moved and told[30, 30] == (one == 30).sum()
    by_class = {row["class"]: row for row in found["classes"]}
    assert by_class[20]["gain_ha"] == pytest.approx(moved * 0.09) and by_class[20]["swap_ha"] == 0
    before, after = (one == 10).sum(), (two == 10).sum()
    assert by_class[10]["rate_per_year"] == pytest.approx(np.log(after / before) / 10)
    west, east = found["zones"]
    assert west["name"] == "West" and west["changed_cells"] == int(((one != two) & (one > 0))[:, :30].sum())
    assert west["cells"] + east["cells"] == found["cells"] == SIDE * SIDE - 9
    change = read(folder / "out" / "change.tif")
    assert ((change == 1020) == ((one == 10) & (two == 20))).all() and (change[:3, :3] == -1).all()
    with (folder / "out" / "transitions.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert (
        sum(int(row["cells"]) for row in rows if row["zone"] == "East" and row["from"] != row["to"])
        == east["changed_cells"]
    )


def test_zones_may_be_a_raster_and_legends_are_recoded(maps, capsys):
    folder, one, two, _three, _driver = maps
    write(folder / "units.tif", np.repeat([[1, 2, 3]], SIDE, 0).repeat(20, 1).astype(np.uint8))
    write(folder / "old.tif", (one // 10).astype(np.uint8))
    code, found, _err = onekl(capsys, "landcover", "change", folder / "old.tif", folder / "b.tif", "--json")
    assert code == 3 and codes_of(found) == ["landcover.legends"] and "1, 2, 3" in found["problems"][0]["message"]
    (folder / "codes.csv").write_text("from,to\n1,10\n2,20\n3,30\n")
    code, found, _err = onekl(capsys, "landcover", "change", folder / "old.tif", folder / "b.tif", "--recode", folder / "codes.csv", "--zones", folder / "units.tif", "--out", folder / "out", "--json")  # fmt: skip
    assert code == 0 and [zone["name"] for zone in found["zones"]] == ["1", "2", "3"]
    assert (
        sum(zone["changed_cells"] for zone in found["zones"])
        == found["changed_cells"]
        == ((one != two) & (one > 0)).sum()
    )
    assert ((read(folder / "out" / "change.tif") == 1020) == ((one == 10) & (two == 20))).all()


def test_degrees_are_measured_on_the_globe(tmp_path, capsys):
    """A map of one square degree at 60° north: half the area of one at the equator, near 6,165 km2 (sphere of equal area)."""
    one = np.ones((100, 100), np.uint8)
    two = one.copy()
    two[:50] = 2
    for name, values in (("a", one), ("b", two)):
        with rasterio.open(tmp_path / f"{name}.tif", "w", driver="GTiff", width=100, height=100, count=1, dtype="uint8", crs="EPSG:4326", transform=from_origin(10, 60.5, 0.01, 0.01)) as out:  # fmt: skip
            out.write(values, 1)
    code, found, _err = onekl(capsys, "landcover", "change", tmp_path / "a.tif", tmp_path / "b.tif", "--json")
    assert code == 0 and found["area_ha"] == pytest.approx(6371.0072**2 * np.radians(1) * (np.sin(np.radians(60.5)) - np.sin(np.radians(59.5))) * 100, rel=1e-9)  # fmt: skip
    assert found["changed_ha"] < found["area_ha"] / 2


def test_maps_that_cannot_be_compared(maps, capsys):
    folder, one, _two, _three, _driver = maps
    assert codes_of(onekl(capsys, "landcover", "change", folder / "a.tif", folder / "a.tif", "--json")[1]) == [
        "landcover.identical"
    ]
    assert codes_of(onekl(capsys, "landcover", "change", folder / "a.tif", folder / "driver.tif", "--json")[1]) == [
        "landcover.not_classes"
    ]
    assert codes_of(onekl(capsys, "landcover", "change", folder / "a.tif", folder / "no.tif", "--json")[1]) == [
        "file.missing"
    ]
    write(folder / "far.tif", one, left=900_000.0)
    assert codes_of(onekl(capsys, "landcover", "change", folder / "a.tif", folder / "far.tif", "--json")[1]) == [
        "model.no_overlap"
    ]
    assert codes_of(
        onekl(capsys, "landcover", "change", folder / "a.tif", folder / "b.tif", "--years", 2010, 2000, "--json")[1]
    ) == ["landcover.years"]
    write(folder / "bare.tif", one, crs=None, size=31.0)
    assert codes_of(onekl(capsys, "landcover", "change", folder / "bare.tif", folder / "b.tif", "--json")[1]) == [
        "import.no_crs"
    ]
    write(folder / "many.tif", np.arange(SIDE * SIDE, dtype=np.int32).reshape(SIDE, SIDE), nodata=-1)
    assert codes_of(onekl(capsys, "landcover", "change", folder / "many.tif", folder / "b.tif", "--json")[1]) == [
        "landcover.many_classes"
    ]
    write(folder / "bare.tif", one, crs=None)
    code, found, _err = onekl(capsys, "landcover", "change", folder / "bare.tif", folder / "b.tif", "--json")
    assert code == 0 and any("name no coordinate system" in sentence for sentence in found["sentences"])


def test_a_projection_is_judged_and_written(maps, capsys):
    folder, _one, two, three, _driver = maps
    code, found, _err = ask(
        folder, capsys, validate_map="c.tif", years=[2015, 2020], likelihood=True, names={"10": "Forest"}
    )
    assert code == 0, found
    told = found["validation"]
    assert (
        told["better_than_random"] and told["projected"]["figure_of_merit"] > 4 * told["random"]["figure_of_merit_mean"]
    )
    assert told["random"]["draws"] == 100 and told["sentences"][0] in found["sentences"]
    last = read(folder / "out" / "land_cover_2020.tif")
    assert (last[:3, :3] == 65_535).all() and set(np.unique(last)) == {10, 20, 30, 65_535}
    hits = ((two != three) & (last == three) & (two > 0)).sum()
    assert told["projected"]["hits"] == hits
    areas = {(row["year"], row["class"]): row["cells"] for row in found["areas"]}
    assert (
        areas[2020, 20] == (last == 20).sum()
        and areas[2015, 20] == (read(folder / "out" / "land_cover_2015.tif") == 20).sum()
    )
    moved = sum(row["cells"] for row in found["changes"] if (row["from"], row["to"]) == (10, 20))
    assert moved == (last == 20).sum() - (two == 20).sum()
    (rule,) = [rule for rule in found["transitions"] if rule["to"] == 20]
    assert rule["learned"] and rule["auc"] > 0.9
    chance = read(folder / "out" / "likelihood_10_to_20.tif")
    assert (chance[two != 10] == -1).all() and chance.max() <= 1
    assert {"areas.csv", "changes.csv", "effects.csv", "validation.csv"} <= {
        path.name for path in (folder / "out").iterdir()
    }


def test_stated_hectares_under_constraints(maps, capsys):
    folder, _one, two, _three, _driver = maps
    rows = np.arange(SIDE)[:, None] * np.ones((1, SIDE))
    write(folder / "park.tif", (rows < 20).astype(np.uint8))
    write(folder / "permit.tif", ((rows >= 20) & (rows < 40)).astype(np.uint8))
    plot = {"type": "FeatureCollection", "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32647"}}, "features": [{"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [[[500_000, 98_200], [500_300, 98_200], [500_300, 98_500], [500_000, 98_500], [500_000, 98_200]]]}}]}  # fmt: skip
    (folder / "plot.geojson").write_text(json.dumps(plot))
    more = {
        "demand": {"rule": "stated", "yearly": [{"from_class": 10, "to_class": 20, "hectares": 1.8}]}, "keep": ["park.tif"],
        "only": [{"file": "permit.tif", "to_class": 20}], "interventions": [{"file": "plot.geojson", "to_class": 30, "year": 2012}],
    }  # fmt: skip
    code, found, _err = ask(folder, capsys, **more)
    assert code == 0, found
    last = read(folder / "out" / "land_cover_2020.tif")
    new = (last == 20) & (two != 20)
    assert new.sum() == 200 and new[20:40].sum() == 200
    assert (last[:20][two[:20] > 0] == two[:20][two[:20] > 0]).all()
    assert (last[50:60, :10] == 30).all()
    more["demand"]["yearly"][0]["hectares"] = 30
    code, found, _err = ask(folder, capsys, **more)
    assert code == 3 and codes_of(found) == ["landcover.demand_exceeds"]
    assert "300" in found["problems"][0]["message"] and "ha a year" in found["problems"][0]["remedy"]


def test_areas_are_met_to_the_cell_from_one_map(maps, capsys):
    folder, _one, two, _three, _driver = maps
    total = int((two > 0).sum())
    areas = {"10": total - 900 - 500, "20": 900, "30": 500}
    demand = {"rule": "areas", "unit": "cells", "areas": [{"year": 2020, "areas": areas}]}
    code, found, _err = ask(folder, capsys, from_map=None, from_year=None, demand=demand)
    assert code == 0, found
    last = read(folder / "out" / "land_cover_2020.tif")
    assert {code: int((last == int(code)).sum()) for code in areas} == areas
    demand["areas"][0]["areas"]["10"] -= 400
    assert codes_of(ask(folder, capsys, from_map=None, from_year=None, demand=demand)[1]) == ["landcover.areas_total"]
    assert codes_of(ask(folder, capsys, from_map=None, from_year=None)[1]) == ["landcover.one_map"]


@pytest.mark.parametrize("measure", ["distance", "slope", "log"])
def test_drivers_are_measured(maps, capsys, measure):
    folder, *_rest = maps
    write(folder / "road.tif", (np.arange(SIDE * SIDE).reshape(SIDE, SIDE) % 61 == 0).astype(np.uint8) * 3, nodata=255)
    file = "road.tif" if measure == "distance" else "driver.tif"
    code, found, _err = ask(folder, capsys, drivers=["driver.tif", {"file": file, "measure": measure, "name": "X"}], driver_holes="keep")  # fmt: skip
    assert code == 0, found
    assert any(effect["feature"] == "X" for rule in found["transitions"] for effect in rule["effects"])


def test_what_is_wrong_is_found_before_the_run(maps, capsys):
    folder, _one, _two, _three, driver = maps
    holed = driver.copy()
    holed[10:12] = -9999
    write(folder / "holed.tif", holed, nodata=-9999.0)
    write(folder / "flat.tif", np.ones_like(driver), nodata=-9999.0)
    code, found, _err = ask(folder, capsys, drivers=["holed.tif", "flat.tif"])
    assert code == 3 and codes_of(found) == ["landcover.holes", "landcover.driver_constant"]
    assert "120 cells" in found["problems"][0]["message"] and "nearest" in found["problems"][0]["remedy"]
    for holes in ("keep", "nearest"):
        code, found, _err = ask(folder, capsys, drivers=["holed.tif"], driver_holes=holes)
        assert code == 0, found
    code, found, _err = ask(folder, capsys, from_map="b.tif")
    assert codes_of(found) == ["landcover.identical"]
    assert codes_of(ask(folder, capsys, years=[2009])[1]) == ["landcover.years"]
    code, found, _err = ask(folder, capsys, colour="red", seed="x", demand={"rule": "guess"})
    assert code == 3 and {problem["field"] for problem in found["problems"]} == {"colour", "seed", "demand/rule"}
    code, found, _err = ask(folder, capsys, demand={"rule": "stated", "yearly": [{"from_class": 11, "to_class": 20, "hectares": 1}]})  # fmt: skip
    assert codes_of(found) == ["landcover.class_unknown"]
    write(folder / "all.tif", np.ones((SIDE, SIDE), np.uint8))
    assert codes_of(ask(folder, capsys, keep=["all.tif"])[1]) == ["landcover.all_kept"]
    later = [{"file": "all.tif", "to_class": 10, "year": 2021}]
    for field, more in (
        ("seed", {"seed": -1}),
        ("recode/x", {"recode": {"x": 1}}),
        ("interventions/0/year", {"interventions": later}),
    ):
        code, found, _err = ask(folder, capsys, **more)
        assert code == 3 and [problem["field"] for problem in found["problems"]] == [field]
    (folder / "args.json").write_text("{")
    assert codes_of(
        onekl(capsys, "landcover", "project", folder / "args.json", "--out", folder / "x", "--json")[1]
    ) == ["model.bad_set"]
    assert not (folder / "x").exists()


def test_the_arguments_are_described(capsys):
    code, found, _err = onekl(capsys, "landcover", "describe", "--json")
    assert code == 0 and {"to_map", "drivers", "demand", "keep"} <= set(found["arguments"]["properties"])
    code, text, _err = onekl(capsys, "landcover", "describe")
    assert code == 0 and "validate_map" in text and "hectares" in text


def test_layers_of_a_project_are_maps_drivers_and_zones(maps, registry, capsys):
    """FILE.gpkg#Layer names a layer of a project file, whatever it holds."""
    folder, one, two, _three, _driver = maps
    (folder / "classes.csv").write_text("code,name\n10,Forest\n20,Field\n30,Town\n")
    make_project(
        folder / "p.gpkg",
        Landscape(name="P", crs="EPSG:32647", geom=shapely.box(500_000, 98_200, 501_800, 100_000), area_ha=324.0),
    )
    with Session(folder / "p.gpkg", registry=registry) as session:
        for name, year in (("a", 2000), ("b", 2010)):
            perform(session, "layers.import_layer", file=str(folder / f"{name}.tif"), role="land_cover", name=f"Cover {year}", year=year, classes=str(folder / "classes.csv"))  # fmt: skip
        perform(session, "layers.import_layer", file=str(folder / "driver.tif"), name="Driver")
    file = folder / "p.gpkg"
    code, found, _err = onekl(capsys, "landcover", "change", f"{file}#Cover 2000", f"{file}#Cover 2010", "--json")
    assert code == 0 and found["changed_cells"] == int(((one != two) & (one > 0)).sum())
    code, found, _err = ask(
        folder, capsys, from_map="p.gpkg#Cover 2000", to_map="p.gpkg#Cover 2010", drivers=["p.gpkg#Driver"]
    )
    assert code == 0 and any(rule["learned"] for rule in found["transitions"])
    code, found, _err = ask(folder, capsys, drivers=["p.gpkg#Nothing"])
    assert code == 3 and len(found["problems"]) == 1
