"""The computer proposes what the chain then confirms; rules draw what a hand would."""

import numpy as np
import pytest
import rasterio
import shapely
from rasterio.transform import from_origin

from onekl_desktop.base.errors import UserError
from onekl_desktop.engine import perform
from onekl_desktop.project.queries.records import list_interventions
from onekl_desktop.project.records import Intervention, Scenario
from onekl_desktop.tools.scenarios.queries import compare, comparison_as_data
from onekl_desktop.tools.scenarios.runs import run_scenarios
from tests.support.landscape import BOTTOM, CRS, LEFT, SIZE, add_cover, place


@pytest.fixture
def ready(session, tmp_path):
    import geopandas

    add_cover(session, tmp_path)
    perform(session, "scenarios.add_practice", name="Trees", class_code=1, from_classes="2", capital_cost_per_ha=100, labour_start_days_per_ha=23, source="x")  # fmt: skip
    perform(session, "scenarios.add_practice", name="Orchard", class_code=3, from_classes="2", capital_cost_per_ha=40, yield_t_per_ha_year=1, price_per_t=100)  # fmt: skip
    frame = geopandas.GeoDataFrame(
        {"name": ["west", "a", "b", "c"]},
        geometry=[place(0, 0, 1000, 1000), place(6000, 0, 7000, 1000), place(6000, 2000, 8000, 4000), place(6000, 5000, 6500, 5500)], crs=CRS,
    )  # fmt: skip
    frame.to_file(tmp_path / "units.gpkg", driver="GPKG")
    perform(session, "layers.import_layer", file=str(tmp_path / "units.gpkg"), name="Units")
    return session


def test_what_is_proposed_is_what_the_chain_computes(ready):
    found = perform(ready, "scenarios.optimise", name="Best", units="Units", practices="Trees, Orchard", maximise="carbon_gain=3, net_income", budget=11_000, front=5)  # fmt: skip
    assert {row["unit"] for row in found["chosen"]} <= {"a", "b", "c"}, "the west has no field to work on"
    assert found["totals"]["cost"] <= 11_000 and found["gap"] <= 1e-4 and found["candidates"] == 4
    assert len(found["front"]) >= 2 and found["selection_frequency"]
    run_scenarios(ready)
    told = {row["indicator"]: row["values"]["Best"] for row in comparison_as_data(compare(ready))["indicators"]}
    for name, code in (
        ("carbon_gain", "carbon_gain"),
        ("cost", "cost_present_value"),
        ("net_income", "net_income"),
        ("jobs", "jobs"),
    ):
        assert told[code] == pytest.approx(found["totals"][name], rel=2e-3), name
    ready.undo()
    with ready.read() as db:
        assert db.query(Scenario).filter_by(name="Best").count() == 0


def test_targets_exclusion_and_the_area(ready):
    found = perform(
        ready,
        "scenarios.optimise",
        name="T",
        units="Units",
        practices="Trees",
        maximise="jobs",
        targets="natural_forest=100",
        most_area=150,
    )
    assert [row["unit"] for row in found["chosen"]] == ["a", "c"] and found["totals"][
        "natural_forest"
    ] == pytest.approx(125, rel=0.01)
    with pytest.raises(UserError) as wrong:
        perform(
            ready,
            "scenarios.optimise",
            name="U",
            units="Units",
            practices="Trees",
            targets="natural_forest=600",
            budget=1e9,
        )
    assert (
        wrong.value.code == "optimise.impossible"
        and "Target for Natural forest gained: 74.58 ha less" in str(wrong.value)
        and "(12 %)" in str(wrong.value)
    )
    with pytest.raises(UserError) as wrong:
        perform(ready, "scenarios.optimise", name="U", units="Units", practices="Trees", exclude="Units")
    assert wrong.value.code == "optimise.nothing_allowed"
    for fields, code in (
        ({"maximise": "joy"}, "optimise.objective"), ({"targets": "jobs=many"}, "optimise.objective"), ({"practices": "Nothing"}, "record.missing"),
        ({"units": "Cover"}, "optimise.no_units"), ({"fair_share": 0.2}, "optimise.no_zones"), ({"budget": 10}, "optimise.nothing_chosen"), ({"cell_ha": 0.01, "units": ""}, "optimise.many_units"),
    ):  # fmt: skip
        with pytest.raises(UserError) as wrong:
            perform(ready, "scenarios.optimise", **{"name": "U", "units": "Units", **fields})
        assert wrong.value.code == code
    with ready.read() as db:
        assert db.query(Scenario).filter_by(name="U").count() == 0


def test_each_zone_gets_its_share_and_places_hold_together(ready, tmp_path):
    import geopandas

    frame = geopandas.GeoDataFrame(
        {"name": ["north", "south"]}, geometry=[place(0, 2000, 10_000, 10_000), place(0, 0, 10_000, 2000)], crs=CRS
    )
    frame.to_file(tmp_path / "halves.gpkg", driver="GPKG")
    perform(ready, "layers.import_layer", file=str(tmp_path / "halves.gpkg"), name="Halves")
    perform(ready, "layers.set_zones", layer="Halves", name_column="name")
    heights = {}
    for name, share in (("Any", None), ("Fair", 0.3)):
        found = perform(
            ready,
            "scenarios.optimise",
            name=name,
            cell_ha=100,
            practices="Trees",
            maximise="area",
            budget=50_000,
            fair_share=share,
            targets="area=100",
        )
        rows = [int(row["unit"].split("-")[0]) for row in found["chosen"]]
        heights[name] = sum(row > 8 for row in rows) / len(rows)
        assert found["candidates"] >= 100 and found["totals"]["cost"] <= 50_000
        assert all(row["reached"] >= -1e-6 for row in found["limits"] if row["limit"].startswith("share"))
    assert heights["Fair"] >= 0.29
    for fields, code in (
        ({"fair_share": 0.6}, "optimise.shares"),
        ({"fair_share": 0.3, "units": "Units"}, "optimise.zone_without"),
    ):
        with pytest.raises(UserError) as wrong:
            perform(
                ready,
                "scenarios.optimise",
                **{"name": "No", "practices": "Trees", "exclude": "Halves" if "units" in fields else "", **fields},
            )
        assert wrong.value.code == code
    loose = perform(
        ready, "scenarios.optimise", name="Loose", cell_ha=100, practices="Trees", maximise="area", most_area=900
    )
    tight = perform(
        ready,
        "scenarios.optimise",
        name="Tight",
        cell_ha=100,
        practices="Trees",
        maximise="area",
        most_area=900,
        edge_penalty=0.1,
    )
    with ready.read() as db:
        by_name = {row.name: row.uuid for row in db.query(Scenario)}
        shapes = {
            name: shapely.union_all([item.geom for item in list_interventions(db, by_name[name])])
            for name in ("Loose", "Tight")
        }
    assert loose["totals"]["area"] <= 900 and tight["totals"]["area"] <= 900
    assert shapes["Tight"].length / shapes["Tight"].area <= shapes["Loose"].length / shapes["Loose"].area


def test_a_buffer_along_streams_on_slopes(ready, tmp_path):
    import geopandas

    _rows, columns = np.mgrid[0:200, 0:200]
    heights = np.where(columns < 100, 100.0, 100.0 + (columns - 100) * 50 * 0.2).astype(np.float32)  # flat, then 20 %
    with rasterio.open(tmp_path / "dem.tif", "w", driver="GTiff", width=200, height=200, count=1, dtype="float32", crs=CRS, nodata=-1, transform=from_origin(LEFT, BOTTOM + SIZE, 50, 50)) as out:  # fmt: skip
        out.write(heights, 1)
    perform(ready, "layers.import_layer", file=str(tmp_path / "dem.tif"), name="Heights", role="elevation")
    line = shapely.LineString([(LEFT, BOTTOM + 5000), (LEFT + SIZE, BOTTOM + 5000)])
    geopandas.GeoDataFrame({"name": ["river"]}, geometry=[line], crs=CRS).to_file(
        tmp_path / "river.gpkg", driver="GPKG"
    )
    perform(ready, "layers.import_layer", file=str(tmp_path / "river.gpkg"), name="Streams")
    perform(ready, "scenarios.add_scenario", name="Rivers")
    rule = {"scenario": "Rivers", "practice": "Trees", "along": "Streams", "within": 30}
    whole = perform(ready, "scenarios.draw_by_rule", name="All", **rule)
    assert whole["area_ha"] == pytest.approx(60, rel=0.01)
    steep = perform(ready, "scenarios.draw_by_rule", name="Steep", heights="Heights", slope_over=15, **rule)
    assert steep["area_ha"] == pytest.approx(30, rel=0.02)
    with ready.read() as db:
        item = db.query(Intervention).filter_by(name="Steep").one()
        assert item.geom.bounds[0] >= LEFT + 4900 and "slope_over 15" in item.note
    apart = perform(ready, "scenarios.draw_by_rule", name="Fields", only_classes="2", outside="Units", **rule)
    assert apart["area_ha"] == pytest.approx(30 - 0.5 * 6 * 0.5, rel=0.03)
    for fields in ({"within": None}, {"along": ""}, {"heights": "Heights"}, {"slope_over": 5}, {"along": "Heights"}):
        with pytest.raises(UserError) as wrong:
            perform(ready, "scenarios.draw_by_rule", **{**rule, **fields})
        assert wrong.value.code == "scenarios.rule_incomplete"
    with pytest.raises(UserError) as wrong:
        perform(ready, "scenarios.draw_by_rule", heights="Heights", slope_over=50, **rule)
    assert wrong.value.code == "scenarios.rule_nowhere"


def test_areas_of_a_layer_become_interventions(planned, tmp_path):
    import json

    from shapely.geometry import mapping

    from tests.support.landscape import CRS

    shapes = {
        "North": place(6000, 8000, 7000, 9000),
        "Edge": place(9500, 0, 11_000, 1000),
        "Away": place(20_000, 0, 21_000, 1000),
    }
    features = [
        {"type": "Feature", "properties": {"name": name}, "geometry": mapping(shape)} for name, shape in shapes.items()
    ]
    path = tmp_path / "plots.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    perform(planned, "layers.import_layer", file=str(path), name="Plots", source_crs=CRS)
    made = perform(
        planned,
        "scenarios.take_from_layer",
        scenario="Plan",
        practice="Gardens",
        layer="Plots",
        start_year=2027,
        years=2,
    )
    assert made["count"] == 2 and "1 area" in made["sentences"][0]
    with planned.read() as db:
        found = {item.name: item for item in db.query(Intervention)}
    assert found["North"].area_ha == pytest.approx(100, rel=0.01) and found["Edge"].area_ha == pytest.approx(
        50, rel=0.01
    )
    assert found["North"].note == "From the layer Plots" and json.loads(found["North"].schedule)[1]["year"] == 2028
    planned.undo()
    with planned.read() as db:
        assert db.query(Intervention).count() == 0
    only = perform(planned, "scenarios.take_from_layer", scenario="Plan", practice="Gardens", layer="Plots", shapes="1")
    assert only["count"] == 1
    for fields, code in (({"layer": "Cover"}, "layers.not_vector"), ({"layer": "Plots", "shapes": "3"}, "layers.no_result"), ({"layer": "Plots", "shapes": "77"}, "layers.nothing")):  # fmt: skip
        with pytest.raises(UserError) as caught:
            perform(planned, "scenarios.take_from_layer", scenario="Plan", practice="Gardens", **fields)
        assert caught.value.code == code
