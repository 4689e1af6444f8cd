"""What the land does by itself beneath the interventions, what is computed again, and the models of the chain."""

import json

import pytest

from onekl_desktop.base.errors import UserError
from onekl_desktop.engine import perform
from onekl_desktop.models.landcover import model as landcover
from onekl_desktop.models.livelihoods import model as livelihoods
from onekl_desktop.models.projection import model as projection
from onekl_desktop.project.records import Action, Indicator, Target
from onekl_desktop.tools.scenarios import outlook, runs
from onekl_desktop.tools.scenarios.chain import list_chain
from onekl_desktop.tools.scenarios.conflicts import find_conflicts
from onekl_desktop.tools.scenarios.queries import compare
from onekl_desktop.tools.scenarios.runs import list_status, run_scenarios
from tests.support.landscape import FOREST, add_garden, cover_array, place, write_cover
from tests.tools.scenarios.test_runs import row


@pytest.fixture
def past(planned, tmp_path):
    """The landscape of `planned` with a map of 1999 on which 1,000 of today's fields were forest: 40 ha a year fell."""
    earlier = cover_array()
    earlier[:, 50:60] = FOREST
    path = write_cover(tmp_path, earlier, "earlier.tif")
    perform(
        planned,
        "layers.import_layer",
        file=str(path),
        name="Earlier",
        role="land_cover",
        year=1999,
        match_legend="Cover",
    )
    perform(planned, "scenarios.add_projection", name="As before", rule="trend")
    perform(planned, "scenarios.set_outlook", scenario="Baseline", projection="As before")
    return planned


def test_the_land_goes_on_changing_beneath_the_interventions(past):
    add_garden(past)
    run_scenarios(past)
    forest = row(past, "natural_forest")
    lost = (2040 - 2024) * 40
    assert forest["Baseline"] == pytest.approx(5000 - lost, abs=1)
    assert forest["Plan"] == pytest.approx(5000 - lost, abs=1)
    assert row(past, "class_area", "3") == {"Baseline": 0, "Plan": 100}  # the gardens are there, whatever the land does


def test_a_scenario_has_a_pace_of_its_own_or_stays(past):
    perform(past, "scenarios.set_outlook", scenario="Plan", pace=0.5)
    run_scenarios(past)
    first = row(past, "natural_forest")
    assert 5000 - first["Plan"] == pytest.approx((5000 - first["Baseline"]) / 2, abs=1)
    perform(past, "scenarios.set_outlook", scenario="Plan", stays=True)
    assert run_scenarios(past) == ["Plan"]
    assert row(past, "natural_forest")["Plan"] == 5000
    past.undo()
    assert row(past, "natural_forest")["Plan"] == first["Plan"]  # the run before is true again


def test_moving_one_polygon_computes_only_what_it_touches(past, monkeypatch):
    calls: list[str] = []

    def counted(module, name):
        real = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *args, **kept: calls.append(name) or real(*args, **kept))

    counted(projection, "learn_rules")
    counted(outlook, "project")
    counted(landcover, "find_cells")
    counted(livelihoods, "mean_jobs")
    item = add_garden(past)
    perform(past, "scenarios.add_scenario", name="Other")
    run_scenarios(past)
    assert calls.count("project") == 3 and calls.count("learn_rules") == 1 and calls.count("mean_jobs") == 3
    calls.clear()
    perform(
        past,
        "scenarios.reshape_intervention",
        intervention=item["intervention"],
        geometry=place(6000, 1000, 7000, 3000),
    )
    assert run_scenarios(past) == ["Plan"]
    assert (calls.count("project"), calls.count("mean_jobs"), calls.count("learn_rules")) == (
        1,
        1,
        0,
    )  # one scenario, nothing learned
    calls.clear()
    with past.read() as db:
        practice = db.query(runs.Practice).first().name
    perform(past, "scenarios.change_practice", practice=practice, capital_cost_per_ha=1234.0)
    assert run_scenarios(past) == ["Plan"]
    assert calls == ["mean_jobs"]  # a price moves no land
    calls.clear()
    assert run_scenarios(past) == [] and calls == []


def test_values_taken_over_are_those_computed_anew(past):
    add_garden(past)
    run_scenarios(past)
    with past.read() as db:
        practice = db.query(runs.Practice).first().name
    perform(past, "scenarios.change_practice", practice=practice, capital_cost_per_ha=777.0)
    run_scenarios(past)
    taken = [
        (each.code, each.category, each.values, each.low, each.high)
        for each in [*compare(past).rows, *compare(past).classes]
    ]
    run_scenarios(past, force=True)
    again = [
        (each.code, each.category, each.values, each.low, each.high)
        for each in [*compare(past).rows, *compare(past).classes]
    ]
    assert taken == again


def test_a_spread_gives_bands_and_none_gives_none(past):
    add_garden(past)
    perform(past, "layers.change_class", layer="Cover", code=1, spread=0.3)
    run_scenarios(past)
    rows = {each.code: each for each in compare(past).rows}
    stored, income = rows["carbon_storage"], rows["net_income"]
    for at in range(2):
        assert stored.low[at] < stored.values[at] < stored.high[at]
    assert income.low == [None, None]
    with past.read() as db:
        practice = db.query(runs.Practice).first().name
    perform(past, "scenarios.change_practice", practice=practice, spread=0.2)
    run_scenarios(past)
    cost = next(each for each in compare(past).rows if each.code == "capital_cost")
    # triangular from 0.8 to 1.2: the tenth percentile lies at 0.8 + 0.2 * sqrt(0.2)
    assert cost.low[1] / cost.values[1] == pytest.approx(0.8 + 0.2 * 0.2**0.5, abs=0.01)
    assert cost.high[1] / cost.values[1] == pytest.approx(1.2 - 0.2 * 0.2**0.5, abs=0.01)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"earlier": "Cover"}, "scenarios.not_earlier"),
        ({"rule": "stated"}, "scenarios.projection_stated"),
        ({"rule": "stated", "yearly": "1>9 20"}, "scenarios.projection_yearly"),
        ({"rule": "stated", "yearly": "1 2 20"}, "scenarios.projection_yearly"),
        ({"rule": "stated", "yearly": "1>2 many"}, "scenarios.projection_yearly"),
        ({"drivers": "Nothing distance"}, "record.missing"),
        ({"name": "as BEFORE"}, "record.name_taken"),
    ],
)
def test_a_projection_that_cannot_be_is_refused_with_the_field(past, fields, code):
    with pytest.raises(UserError) as told:
        perform(past, "scenarios.add_projection", **{"name": "Other", **fields})
    assert told.value.problems[0].code == code


def test_without_an_earlier_map_there_is_no_past(planned):
    with pytest.raises(UserError, match="no past to learn from"):
        perform(planned, "scenarios.add_projection", name="As before")


def test_a_projection_in_use_stays_and_a_layer_that_went_blocks_with_a_sentence(past):
    with pytest.raises(UserError, match="builds on the projection"):
        perform(past, "scenarios.remove_projection", projection="As before")
    perform(past, "layers.remove_layer", layer="Earlier")
    with past.read() as db:
        states = list_status(db)
    assert {state.word for state in states} == {"blocked"} and "As before" in states[0].problem


def test_more_hectares_than_there_are_is_said_before_the_run(past):
    perform(past, "scenarios.change_projection", projection="As before", rule="stated", yearly="1>2 900")
    with pytest.raises(UserError, match="only"):
        run_scenarios(past)


def test_a_model_of_the_chain_runs_on_every_scenario_and_only_when_its_land_moves(past, monkeypatch):
    from onekl_desktop.tools.scenarios import chain_runs as chain

    calls: list[str] = []
    real = chain.run_in_project
    monkeypatch.setattr(
        chain, "run_in_project", lambda *args, **kept: calls.append(args[1].scenario) or real(*args, **kept)
    )
    item = add_garden(past)
    perform(past, "scenarios.add_chain_model", name="Change", model="landcover_change", land_input="lulc_alt_path",
            arguments={"lulc_bas_path": "#cover"}, years="2035")  # fmt: skip
    run_scenarios(past)
    assert len(calls) == 2
    calls.clear()
    run_scenarios(past)
    assert calls == []
    perform(
        past,
        "scenarios.reshape_intervention",
        intervention=item["intervention"],
        geometry=place(6000, 1000, 7000, 3000),
    )
    run_scenarios(past)
    assert len(calls) == 1
    with past.read() as db:
        (held,) = list_chain(db)
    assert held.model == "landcover_change" and json.loads(held.arguments) == {"lulc_bas_path": "#cover"}
    perform(past, "scenarios.remove_chain_model", chain_model="Change")
    calls.clear()
    run_scenarios(past)
    assert calls == []


def test_an_input_that_the_model_does_not_have_is_named(past):
    with pytest.raises(UserError, match="no input"):
        perform(past, "scenarios.add_chain_model", name="Carbon", model="carbon", land_input="nothing")


def test_conflicts_are_told_while_drawing(past, tmp_path):
    import geopandas

    add_garden(past, place(6000, 1000, 7000, 2000))
    frame = geopandas.GeoDataFrame({"clan": ["Upper clan"]}, geometry=[place(8000, 0, 9000, 1000)], crs=past.crs)
    frame.to_file(tmp_path / "clans.gpkg", driver="GPKG")
    perform(past, "layers.import_layer", file=str(tmp_path / "clans.gpkg"), name="Clans", role="customary")
    perform(past, "layers.change_layer", layer="Clans", name_column="clan")
    plan = next(state.scenario.uuid for state in past_states(past) if not state.scenario.is_baseline)
    tell = find_conflicts(past, plan)
    assert tell(place(5100, 5000, 5200, 5100)) == ""
    assert "overlap Gardens 1" in tell(place(6500, 1500, 7500, 1700)) and "20.0 ha" in tell(
        place(6500, 1500, 7500, 1900)
    )
    assert "outside the landscape" in tell(place(-100, 0, 100, 100))
    over = place(8000, 0, 8500, 500)
    assert "customary land of Upper clan" in tell(over)
    perform(past, "partnership.add_organisation", name="Upper clan")
    perform(
        past,
        "partnership.record_consent",
        subject_kind="organisation",
        subject="Upper clan",
        scope="land",
        given_on="2026-01-01",
        valid_until="2026-02-01",
    )
    assert "Upper clan" in find_conflicts(past, plan)(over)  # that consent has lapsed
    perform(
        past,
        "partnership.record_consent",
        subject_kind="organisation",
        subject="Upper clan",
        scope="land",
        given_on="2026-01-01",
    )
    assert find_conflicts(past, plan)(over) == ""
    item = past_states(past) and add_garden(past, place(6000, 3000, 7000, 4000))
    assert "overlap" not in find_conflicts(past, plan, item["intervention"])(place(6000, 3000, 7100, 4000))


def past_states(session):
    with session.read() as db:
        return list_status(db)


def test_a_scenario_is_carried_out_in_one_operation(past):
    item = add_garden(past)
    with pytest.raises(UserError, match="Compute it first"):
        perform(past, "scenarios.adopt", scenario="Plan")
    run_scenarios(past)
    done = perform(past, "scenarios.adopt", scenario="Plan")
    shown = {each.code: each.values[1] for each in compare(past).rows}
    with past.read() as db:
        (action,) = db.query(Action).all()
        targets = {target.name: target for target in db.query(Target)}
        codes = {row.uuid: row.code for row in db.query(Indicator)}
    assert action.intervention == item["intervention"] and (action.start_year, action.end_year) == (2026, 2026)
    assert action.cost == pytest.approx(shown["capital_cost"] + shown["operating_cost"])
    assert done["targets"] == len(targets) and done["actions"] == 1
    for target in targets.values():
        assert target.quantity == shown[codes[target.indicator]] and target.year == 2040 and target.goal
    with pytest.raises(UserError, match="locked"):
        perform(past, "scenarios.remove_intervention", intervention=item["intervention"])
    past.undo()
    with past.read() as db:
        assert db.query(Action).count() == db.query(Target).count() == 0


@pytest.mark.parametrize("junk", ["", "[", "7", "[3]", '{"a": 1}', '[{"layer": null}]'])
def test_records_of_a_stranger_end_in_a_sentence_or_say_nothing(past, junk):
    run_scenarios(past)
    perform(
        past,
        "scenarios.add_chain_model",
        name="Change",
        model="landcover_change",
        arguments={"lulc_bas_path": "#cover"},
    )

    def spoil(write):
        write.raw.execute("UPDATE run SET inputs = ?, warnings = ?", (junk, junk))
        write.raw.execute("UPDATE projection SET drivers = ?, yearly = ?", (junk, junk))
        write.raw.execute("UPDATE chain_model SET arguments = ?, years = ?, model = 'nobody'", (junk, junk))

    past.project.write(spoil)
    with past.read() as db:
        assert len(list_status(db)) == 2
    assert compare(past).scenarios
    with pytest.raises(UserError):
        run_scenarios(past)
