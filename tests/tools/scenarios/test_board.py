"""What the board tells: who gains, what groups care for, when goals are reached, how firm the order is, where maps differ."""

import json

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import mapping

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.rasters import Window
from onekl_desktop.engine import perform
from onekl_desktop.engine.runs import run_folder
from onekl_desktop.project.rasters import FileRaster
from onekl_desktop.tools.scenarios.maps import find_difference_map
from onekl_desktop.tools.scenarios.queries import _reached, compare, find_difference
from onekl_desktop.tools.scenarios.ranking import rank
from onekl_desktop.tools.scenarios.runs import list_status, run_scenarios
from onekl_desktop.tools.scenarios.weighing import list_weights, parse_weights
from tests.support.landscape import CRS, add_garden, place


@pytest.fixture
def zoned(planned, tmp_path):
    """Two zones, west and east of x = 5,000 m, and a garden of 1 km x 1 km of which a fifth lies in the west."""
    halves = {"West": place(0, 0, 5000, 10_000), "East": place(5000, 0, 10_000, 10_000)}
    features = [
        {"type": "Feature", "properties": {"name": name}, "geometry": mapping(shape)} for name, shape in halves.items()
    ]
    path = tmp_path / "halves.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    perform(planned, "layers.import_layer", file=str(path), name="Villages", role="zones", source_crs=CRS)
    perform(planned, "scenarios.change_practice", practice="Gardens", spread=0.3)
    add_garden(planned, place(4800, 1000, 5800, 2000))
    run_scenarios(planned)
    return planned


def by_zone(session, code):
    comparison = compare(session)
    return {
        name: next(row for row in rows if row.code == code and not row.category).values for name, rows in comparison.zones.items()
    }  # fmt: skip


def test_money_and_work_are_told_where_the_land_lies(zoned):
    for code in ("jobs", "net_income", "cost_present_value"):
        whole = next(row for row in compare(zoned).rows if row.code == code).values
        zones = by_zone(zoned, code)
        assert zones["West"][1] == pytest.approx(0.2 * whole[1], rel=1e-6)
        assert zones["East"][1] == pytest.approx(0.8 * whole[1], rel=1e-6)
        assert zones["West"][0] == zones["East"][0] == 0  # the baseline has nothing to lose


@given(st.integers(0, 9000), st.integers(0, 9000), st.integers(200, 1000))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_zones_that_cover_the_landscape_add_up(zoned, x, y, side):
    made = add_garden(zoned, place(x, y, x + side, y + side))
    run_scenarios(zoned)
    for code in ("jobs", "net_income", "carbon_gain"):
        whole = next(row for row in compare(zoned).rows if row.code == code).values[1]
        assert sum(values[1] for values in by_zone(zoned, code).values()) == pytest.approx(whole, rel=1e-6, abs=1e-6)
    perform(zoned, "scenarios.remove_intervention", intervention=made["intervention"])


def test_a_group_says_what_it_cares_for_and_takes_it_back(zoned):
    perform(zoned, "partnership.add_group", name="Women")
    perform(zoned, "scenarios.set_weights", people_group="Women", weights="jobs=3, carbon_gain")
    with zoned.read() as db:
        assert list_weights(db) == {"Women": {"jobs": 3.0, "carbon_gain": 1.0}}
    ranking = rank(compare(zoned))
    names, scores = ranking.groups["Women"]
    assert names == ["Plan", "Baseline"] and scores == [1.0, 0.0]
    perform(zoned, "scenarios.set_weights", people_group="Women", weights="jobs=1")
    perform(zoned, "scenarios.set_weights", people_group="Women", weights="")
    assert rank(compare(zoned)).groups == {}
    zoned.undo()
    assert set(rank(compare(zoned)).groups) == {"Women"}
    perform(zoned, "partnership.remove_group", group="Women")
    with zoned.read() as db:
        assert list_weights(db) == {}


@pytest.mark.parametrize("text", ["jobs=many", "jobs=-1", "beauty=2", "jobs=0", "jobs=inf", "jobs=nan"])
def test_weights_that_say_nothing_are_refused(zoned, text):
    perform(zoned, "partnership.add_group", name="Women")
    with pytest.raises(UserError) as caught:
        perform(zoned, "scenarios.set_weights", people_group="Women", weights=text)
    assert caught.value.code == "scenarios.weight"


def test_weights_of_what_is_no_longer_computed_are_left_aside(zoned):
    comparison = compare(zoned)
    comparison.groups = {"Old": {"sediment": 2.0}, "New": {"jobs": 1.0, "sediment": 5.0}}
    assert list(rank(comparison).groups) == ["New"]
    with pytest.raises(UserError):
        rank(comparison, {"Asked": {"sediment": 1.0}})


def test_coefficients_vary_in_the_order_and_are_the_same_for_every_scenario(zoned):
    ranking = rank(compare(zoned))
    assert ranking.drawn
    perform(zoned, "scenarios.copy_scenario", scenario="Plan", name="Twin")
    run_scenarios(zoned)
    twins = dict(zip((found := rank(compare(zoned))).names, found.shares, strict=True))
    assert twins["Plan"] == twins["Twin"]  # alike in every draw: they share their places, whatever the coefficients
    with zoned.read() as db:
        for state in list_status(db):
            (run_folder(zoned, state.run.uuid) / "draws.npz").write_bytes(b"junk")
    assert not rank(compare(zoned)).drawn  # kept beside the maps; without them the figures stand as written


def test_a_goal_is_reached_early_late_or_never(zoned):
    perform(zoned, "visioning.add_goal", name="Trees")
    for name, quantity, year in (("early", 500, 2040), ("late", 18_000, 2030), ("never", 90_000_000, 2040)):
        perform(
            zoned,
            "visioning.add_target",
            goal="Trees",
            indicator="carbon_gain",
            name=name,
            quantity=quantity,
            year=year,
        )
    lines = {line.target: line for line in compare(zoned).goals}
    assert [line.reached[0] for line in lines.values()] == [None] * 3  # the baseline gains nothing
    assert lines["early"].met[1] and 2026 < lines["early"].reached[1] < 2032
    assert not lines["late"].met[1] and lines["late"].reached[1] > 2030
    assert not lines["never"].met[1] and lines["never"].reached[1] is None


def test_keeping_less_than_there_is_today_is_met_by_keeping_more(zoned):
    perform(zoned, "visioning.add_goal", name="Trees")
    perform(zoned, "visioning.add_target", goal="Trees", indicator="natural_forest", name="kept", baseline=5000, quantity=4000, year=2040)  # fmt: skip
    assert compare(zoned).goals[0].met == [True, True]


@pytest.mark.parametrize(
    ("values", "year", "expected"),
    [
        ([5, 5, 1, 1], 2022, None),  # held at first and lost: not reached
        ([5, 1, 5, 5], 2023, 2022),  # lost and won back: since when it holds without a break
        ([5, 5, 5, 5], 2022, 2020),  # held all the time
        ([1, 1, 1, 5], 2021, 2023),  # late
        ([], 2021, None),
    ],
)
def test_since_when_a_target_is_held(values, year, expected):
    points = [(2020 + at, float(value)) for at, value in enumerate(values)]
    assert _reached(points, year, lambda value: value >= 3) == expected


@pytest.mark.parametrize(("kind", "told"), [("land_cover", {3}), ("carbon_change", {0.0, 70.0})])
def test_maps_differ_only_where_something_is_done(zoned, kind, told):
    with zoned.read() as db:
        base, plan = list_status(db)
    path = find_difference_map(zoned, plan.run, base.run, kind)
    assert path is not None
    raster = FileRaster(path)
    cells = raster.read(Window(0, 0, raster.grid.rows, raster.grid.columns))
    shown = cells[cells != 65_535] if kind == "land_cover" else cells[np.isfinite(cells)]
    assert set(np.round(np.unique(shown), 3).tolist()) == told
    assert (shown == max(told)).sum() == 80  # the fifth in the west is forest and stays
    assert find_difference_map(zoned, plan.run, base.run, kind) == path
    (run_folder(zoned, base.run.uuid) / f"{kind}.tif").unlink()
    path.unlink()
    assert find_difference_map(zoned, plan.run, base.run, kind) is None


def test_scenarios_differ_by_their_assumptions_too(zoned):
    with zoned.read() as db:
        base, plan = (state.scenario.uuid for state in list_status(db))
    assert find_difference(zoned, base, plan).assumptions == []
    perform(zoned, "scenarios.set_outlook", scenario="Plan", pace=0.5)
    assert find_difference(zoned, base, plan).assumptions == []  # nothing is projected: the pace says nothing


def test_weights_in_words():
    assert parse_weights(" jobs = 2 ,carbon_gain, ") == {"jobs": 2.0, "carbon_gain": 1.0}
