import pytest
import shapely

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.progress import Cancelled, Progress
from onekl_desktop.engine import perform
from onekl_desktop.tools.scenarios.queries import compare
from onekl_desktop.tools.scenarios.runs import list_status, run_scenarios
from tests.support.landscape import add_garden, place


def row(session, code, category=""):
    comparison = compare(session)
    found = next(
        item for item in [*comparison.rows, *comparison.classes] if item.code == code and item.category == category
    )
    return dict(zip([state.scenario.name for state in comparison.scenarios], found.values, strict=True))


def words(session):
    with session.read() as db:
        return {state.scenario.name: state.word for state in list_status(db)}


def test_the_numbers_of_a_hand_made_landscape(planned):
    add_garden(planned)  # 1 km x 1 km of fields = 100 cells of 1 ha become gardens by 2031
    run_scenarios(planned)
    # 10,000 cells: 5,000 forest at 200 t/ha, 5,000 fields at 50 t/ha; gardens have 120 t/ha
    assert row(planned, "carbon_storage") == {
        "Baseline": 5000 * 200 + 5000 * 50,
        "Plan": 5000 * 200 + 4900 * 50 + 100 * 120,
    }
    assert row(planned, "carbon_gain") == pytest.approx({"Baseline": 0, "Plan": 100 * 70 * 44 / 12})
    assert row(planned, "class_area", "3") == {"Baseline": 0, "Plan": 100}
    assert row(planned, "natural_forest") == {"Baseline": 5000, "Plan": 5000}
    true_ha = row(planned, "intervention_area")["Plan"]
    assert true_ha == pytest.approx(100 / 0.9996**2, rel=1e-3)  # ellipsoidal, not of the grid
    # 2026: 1000/ha; 2027..2040: 14 years of 100/ha; discounted at 10 % to 2025
    assert row(planned, "capital_cost")["Plan"] == pytest.approx(1000 * true_ha)
    assert row(planned, "operating_cost")["Plan"] == pytest.approx(1400 * true_ha)
    present = 1000 / 1.1 + sum(100 / 1.1 ** (year - 2025) for year in range(2027, 2041))
    assert row(planned, "cost_present_value")["Plan"] == pytest.approx(present * true_ha)
    assert row(planned, "labour")["Plan"] == pytest.approx((50 + 14 * 10) * true_ha)
    assert row(planned, "jobs")["Plan"] == pytest.approx((50 + 14 * 10) * true_ha / 15 / 230)


def test_stale_is_a_question_and_undo_brings_old_numbers_back(planned):
    assert set(words(planned).values()) == {"missing"}
    run_scenarios(planned)
    assert words(planned) == {"Baseline": "current", "Plan": "current"}
    add_garden(planned)
    assert words(planned) == {"Baseline": "current", "Plan": "stale"}
    assert run_scenarios(planned) == ["Plan"]
    planned.undo()
    assert words(planned) == {"Baseline": "current", "Plan": "current"}  # the first run is true again
    assert row(planned, "class_area", "3")["Plan"] == 0
    planned.redo()
    assert words(planned)["Plan"] == "current" and row(planned, "class_area", "3")["Plan"] == 100
    assert run_scenarios(planned) == []


@pytest.mark.parametrize(
    ("operation", "fields", "stale"),
    [
        ("scenarios.change_practice", {"practice": "Gardens", "capital_cost_per_ha": 5}, {"Plan"}),
        ("layers.change_class", {"layer": "Cover", "code": 1, "above": 1}, {"Baseline", "Plan"}),
        ("layers.change_landscape", {"horizon_year": 2050}, {"Baseline", "Plan"}),
        ("layers.change_class", {"layer": "Cover", "code": 1, "colour": "#123456"}, set()),
        ("scenarios.change_scenario", {"scenario": "Plan", "description": "x"}, set()),
        ("scenarios.change_intervention", {"intervention": "Gardens 1", "name": "other"}, set()),
        ("scenarios.change_intervention", {"intervention": "Gardens 1", "schedule": "2030"}, {"Plan"}),
    ],
)
def test_only_what_matters_makes_stale(planned, operation, fields, stale):
    add_garden(planned)
    run_scenarios(planned)
    perform(planned, operation, **fields)
    assert {name for name, word in words(planned).items() if word == "stale"} == stale


def test_zones_split_the_numbers(planned, tmp_path):
    import geopandas

    frame = geopandas.GeoDataFrame(
        {"name": ["west", "east"]}, geometry=[place(0, 0, 5000, 10_000), place(5000, 0, 10_000, 9000)], crs=planned.crs
    )
    frame.to_file(tmp_path / "zones.gpkg", driver="GPKG")
    perform(planned, "layers.import_layer", file=str(tmp_path / "zones.gpkg"), role="zones")
    add_garden(planned)
    run_scenarios(planned)
    zones = {
        name: {item.code: item.values for item in rows if not item.category}
        for name, rows in compare(planned).zones.items()
    }
    assert zones["west"]["natural_forest"] == [5000, 5000] and zones["east"]["natural_forest"] == [0, 0]
    assert zones["east"]["carbon_storage"] == [4500 * 50, 4400 * 50 + 100 * 120]


def test_what_readers_must_know_is_told(planned):
    add_garden(planned, place(6000, 6000, 6050, 6020), name="tiny")
    add_garden(planned, place(7000, 7000, 7250, 7250), name="odd")
    add_garden(planned, place(8000, 8000, 9000, 9000), name="early", start_year=2026)
    add_garden(planned, place(8500, 8000, 9500, 9000), name="late", start_year=2028)
    run_scenarios(planned)
    told = {warning["code"]: warning["message"] for warning in compare(planned).warnings}
    assert set(told) == {"areas.below_cell", "areas.differ", "areas.overlap"}
    assert "tiny" in told["areas.below_cell"] and "odd" in told["areas.differ"] and "(late)" in told["areas.overlap"]


def test_what_keeps_a_scenario_from_being_computed(session, planned):
    perform(planned, "layers.change_class", layer="Cover", code=3, above=1)
    with planned.project.read_raw() as raw:
        assert raw.execute("SELECT count(*) FROM run").fetchone() == (0,)
    planned.project.write(
        lambda write: write.raw.execute(
            "UPDATE land_cover_class SET carbon_above_t_per_ha = NULL, carbon_below_t_per_ha = NULL, carbon_soil_t_per_ha = NULL, carbon_dead_t_per_ha = NULL WHERE code = 2"
        )
    )
    with pytest.raises(UserError) as told:
        run_scenarios(planned)
    assert told.value.code == "scenarios.no_carbon" and "Field" in str(told.value)
    with pytest.raises(UserError):
        run_scenarios(planned, ["Nobody"])


def test_no_land_cover_is_told(session):
    with pytest.raises(UserError) as told:
        run_scenarios(session)
    assert told.value.code == "scenarios.no_land_cover"


def test_a_cancelled_run_records_nothing(planned):
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        run_scenarios(planned, progress=progress)
    with planned.project.read_raw() as raw:
        assert raw.execute("SELECT count(*) FROM indicator_value").fetchone() == (0,)


def test_old_runs_are_cleared_and_their_rasters_too(planned, home):
    for start in range(8):
        perform(planned, "layers.change_landscape", horizon_year=2041 + start)
        run_scenarios(planned)
    with planned.project.read_raw() as raw:
        counts = raw.execute("SELECT scenario, count(*) FROM run GROUP BY scenario").fetchall()
        assert [count for _scenario, count in counts] == [5, 5]
        assert raw.execute(
            "SELECT count(*) FROM indicator_value WHERE run NOT IN (SELECT uuid FROM run)"
        ).fetchone() == (0,)
    assert len(list((home / "cache" / "runs").glob("*/*"))) == 10


def test_shapes_are_cut_to_the_landscape_and_repaired(planned):
    kept = add_garden(planned, place(9500, 0, 11_500, 1000))
    assert kept["area_ha"] == pytest.approx(50, rel=2e-3)
    bow = shapely.Polygon([(502_000, 302_000), (503_000, 303_000), (503_000, 302_000), (502_000, 303_000)])
    assert add_garden(planned, bow)["area_ha"] == pytest.approx(50, rel=2e-3)
    for shape, code in (
        (place(20_000, 0, 21_000, 10), "scenarios.outside_landscape"),
        (shapely.Polygon([(5e5, 3e5), (5.01e5, 3e5), (5e5, 3e5)]), "scenarios.no_area"),
    ):
        with pytest.raises(UserError) as told:
            add_garden(planned, shape)
        assert told.value.code == code and told.value.problems[0].field == "geometry"


def test_names_locks_and_the_baseline(planned):
    def code_of(operation, **fields):
        with pytest.raises(UserError) as told:
            perform(planned, f"scenarios.{operation}", **fields)
        return told.value.code

    made = add_garden(planned)
    assert code_of("add_scenario", name="plan") == "record.name_taken"
    assert (
        code_of("add_intervention", scenario="Baseline", practice="Gardens", geometry=place(0, 0, 9, 9))
        == "scenarios.baseline_has_none"
    )
    assert code_of("remove_scenario", scenario="Baseline") == "scenarios.baseline_stays"
    assert code_of("remove_practice", practice="Gardens") == "scenarios.practice_used"
    assert code_of("change_practice", practice="Gardens", class_code=99) == "scenarios.unknown_class"
    assert code_of("change_practice", practice="Gardens", from_classes="x") == "scenarios.unknown_class"
    assert code_of("change_intervention", intervention="nobody") == "record.missing"
    perform(planned, "scenarios.change_scenario", scenario="Plan", locked=True)
    assert code_of("remove_intervention", intervention=made["intervention"]) == "scenarios.locked"
    assert (
        code_of("add_intervention", scenario="Plan", practice="Gardens", geometry=place(0, 0, 9, 9))
        == "scenarios.locked"
    )
    copied = perform(planned, "scenarios.copy_scenario", scenario="Plan", name="Other")
    perform(planned, "scenarios.remove_scenario", scenario=copied["scenario"])
    perform(planned, "scenarios.change_scenario", scenario="Plan", locked=False)
    perform(planned, "scenarios.remove_intervention", intervention=made["intervention"])


def test_the_catalogue_fits_its_classes_to_the_legend(planned):
    perform(planned, "scenarios.add_practices", codes="agroforestry, forest_patrol")
    with planned.project.read_raw() as raw:
        rows = raw.execute(
            "SELECT code, class_code, source FROM practice WHERE code IN ('agroforestry', 'forest_patrol')"
        ).fetchall()
    assert {code for code, _class, _source in rows} == {"agroforestry", "forest_patrol"}
    assert all(cls is None and "illustrative" in source for _code, cls, source in rows)  # this legend has other classes
    assert perform(planned, "scenarios.add_practices", codes="agroforestry")["count"] == 0
