"""Models on maps inside a project: its layers as inputs, its zones in the results, stale when anything moved."""

import csv
import json
import shutil

import pytest

from onekl_desktop.base.errors import UserError
from onekl_desktop.engine import Session, perform
from onekl_desktop.exchange.invest.batch import Draws
from onekl_desktop.models.carbon.spec import MAPS
from onekl_desktop.tools.scenarios.ecosystem import (
    Asked,
    figures_of,
    list_runs,
    run_in_project,
    write_empty_table,
)
from onekl_desktop.tools.scenarios.runs import list_status, run_scenarios
from onekl_desktop.tools.scenarios.sources import list_sources
from tests.support.landscape import add_garden, place

POOLS = next(item for item in MAPS.inputs if item.id == "carbon_pools_path")


@pytest.fixture
def pools(planned, tmp_path):
    path = tmp_path / "pools.csv"
    assert write_empty_table(planned, POOLS, path) == 3
    return path


def cover(session):
    return next(source.value for source in list_sources(session, "raster") if source.title == "Cover")


def asked(session, pools, **more):
    return Asked("carbon", {"lulc_bas_path": cover(session), "carbon_pools_path": str(pools)}, **more)


def told(session, run):
    return {(item.kind, item.zone): item for item in figures_of(session, run) if item.title == "Carbon stored"}


def test_an_empty_table_knows_the_legend_and_what_it_says_of_carbon(pools):
    with pools.open() as stream:
        rows = list(csv.DictReader(stream))
    assert [row["name"] for row in rows] == ["Forest", "Field", "Garden"]
    assert rows[0] == {
        "lucode": "1",
        "name": "Forest",
        "c_above": "150.0",
        "c_below": "30.0",
        "c_soil": "18.0",
        "c_dead": "2.0",
    }


def test_figures_by_landscape_layer_and_intervention(planned, pools, tmp_path):
    add_garden(planned, name="Terraces")
    villages = tmp_path / "villages.geojson"
    features = [
        {"type": "Feature", "properties": {"name": name}, "geometry": shape.__geo_interface__}
        for name, shape in (("West", place(0, 0, 5000, 10_000)), ("East", place(5000, 0, 10_000, 10_000)))
    ]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32647"}}
    villages.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": features}))
    perform(planned, "layers.import_layer", file=str(villages), name="Villages")
    scenario = next(state.scenario for state in _states(planned) if state.scenario.name == "Plan")
    run = run_in_project(planned, asked(planned, pools, scenario="Plan", year=2024, zones=("Villages",)))
    figures = told(planned, run)
    # 5,000 cells of 1 ha of forest at 200 t/ha, 5,000 of fields at 50
    assert figures["", ""].value == figures["landscape", "Square"].value == pytest.approx(1_250_000)
    assert figures["Villages", "West"].value == pytest.approx(1_000_000)
    assert figures["Villages", "East"].value == pytest.approx(250_000)
    assert figures["interventions", "Terraces"].value == pytest.approx(100 * 50)
    assert figures["", ""].unit == "t" and figures["", ""].low is None
    (kept,) = list_runs(planned)
    assert kept.current and kept.scenario == "Plan" and kept.asked.scenario == scenario.uuid
    assert [path.name for path in kept.rasters] == ["c_storage_bas.tif"]
    assert json.loads((kept.folder / "parameters.json").read_text())["model_id"] == "carbon"


def _states(session):
    with session.read() as db:
        return list_status(db)


def test_the_land_cover_that_a_scenario_leads_to_is_an_input(planned, pools):
    add_garden(planned)
    run_scenarios(planned)
    later = next(source.value for source in list_sources(planned, "raster") if "Plan" in source.title)
    arguments = {
        "lulc_bas_path": cover(planned),
        "lulc_alt_path": later,
        "calc_sequestration": True,
        "carbon_pools_path": str(pools),
    }
    run = run_in_project(planned, Asked("carbon", arguments, scenario="Plan", year=2040))
    change = next(
        item for item in figures_of(planned, run) if item.title == "Change of carbon stored" and not item.kind
    )
    assert change.value == pytest.approx(100 * 70)  # 100 ha of fields become gardens: 120 - 50 t/ha
    assert _states(planned)[1].current  # the scenario's own run is not mistaken for it


def test_a_run_is_out_of_date_when_layer_table_or_place_changed(planned, pools):
    run_in_project(planned, asked(planned, pools))
    assert list_runs(planned)[0].current
    pools.write_text(pools.read_text().replace("150.0", "155.0"))
    assert not list_runs(planned)[0].current
    pools.write_text(pools.read_text().replace("155.0", "150.0"))
    again = run_in_project(planned, asked(planned, pools))
    assert list_runs(planned)[0].run.uuid == again
    run_in_project(planned, asked(planned, pools, scenario="Plan"))
    assert all(item.current for item in list_runs(planned))
    add_garden(planned)  # one more place that figures are told by
    assert {item.scenario: item.current for item in list_runs(planned)} == {"": True, "Plan": False}
    planned.undo()
    assert all(item.current for item in list_runs(planned))


def test_a_run_holds_where_the_project_is_carried_to(planned, pools, tmp_path, registry):
    run = run_in_project(planned, asked(planned, pools))
    planned.save()
    path = planned.path
    planned.close()
    other = tmp_path / "elsewhere"
    other.mkdir()
    shutil.copy(path, other / "copy.gpkg")
    with Session(other / "copy.gpkg", registry=registry) as copied:
        (kept,) = list_runs(copied)
        assert kept.current and kept.run.uuid == run
        assert told(copied, run_in_project(copied, kept.asked))["", ""].value == pytest.approx(1_250_000)


def test_draws_give_low_and_high(planned, pools):
    draws = Draws(30, 1, {}, {"carbon_pools_path": {"c_above": (0.5, 1.5)}})
    run = run_in_project(planned, asked(planned, pools, draws=draws))
    figure = told(planned, run)["landscape", "Square"]
    assert figure.low < figure.value < figure.high
    (kept,) = list_runs(planned)
    assert kept.asked.draws == draws and kept.current


@pytest.mark.parametrize(("change", "code"), [
    ({"scenario": "Nobody"}, "record.missing"), ({"zones": ("Nowhere",)}, "record.missing"), ({"model": "weather"}, "model.unknown"),
    ({"arguments": {"lulc_bas_path": "#nothing", "carbon_pools_path": "no.csv"}}, "record.missing"),
])  # fmt: skip
def test_what_cannot_run_is_told_and_keeps_nothing(planned, pools, change, code):
    from dataclasses import replace

    with pytest.raises(UserError) as problem:
        run_in_project(planned, replace(asked(planned, pools), **change))
    assert code in {item.code for item in problem.value.problems} | {problem.value.problems[0].code}
    assert list_runs(planned) == []


def test_on_the_command_line(planned, pools, tmp_path, capsys):
    from onekl_desktop.cli.main import run

    planned.save()
    path = planned.path
    planned.close()
    (tmp_path / "set.json").write_text(
        json.dumps({"lulc_bas_path": f"{path.name}#Cover", "carbon_pools_path": "pools.csv"})
    )
    command = ["model", "run", "carbon", str(tmp_path / "set.json"), "--out", str(tmp_path / "out"), "--project", str(path), "--scenario", "Plan", "--year", "2024"]  # fmt: skip
    assert run(command) == 0
    assert "Landscape: Square" in capsys.readouterr().out
    assert (tmp_path / "out" / "c_storage_bas.tif").exists()
    with Session(path) as again:
        (kept,) = list_runs(again)
        assert kept.asked.year == 2024 and kept.scenario == "Plan"
