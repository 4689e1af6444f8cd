"""`onekl scenario` through the real door: list, add, clone, compute, compare with weights, and a proposal."""

import pytest

from onekl_desktop.engine import Session, perform
from onekl_desktop.project.queries.records import list_interventions
from onekl_desktop.project.records import Scenario
from tests.cli.test_cli import onekl
from tests.support.landscape import add_cover, place


@pytest.fixture
def planned(path, tmp_path, registry):
    with Session(path, registry=registry) as session:
        add_cover(session, tmp_path)
        perform(session, "scenarios.add_practice", name="Trees", class_code=1, from_classes="2", capital_cost_per_ha=100, labour_start_days_per_ha=23)  # fmt: skip
        perform(session, "scenarios.add_intervention", scenario="Plan", practice="Trees", geometry=place(6000, 0, 7000, 1000), start_year=2027)  # fmt: skip
        perform(session, "scenarios.choose_plan", scenario="Plan")
    return path


def test_from_a_list_to_a_firm_order(planned, capsys):
    code, found, _err = onekl(capsys, "scenario", "list", planned, "--json")
    plan = {row["name"]: row for row in found["scenarios"]}["Plan"]
    assert code == 0 and plan["plan"] and plan["interventions"] == 1 and plan["area_ha"] == pytest.approx(100, rel=0.01) and plan["state"] == "missing"  # fmt: skip
    assert onekl(capsys, "scenario", "clone", planned, "--scenario", "Plan", "--name", "Twin")[0] == 0
    code, found, _err = onekl(capsys, "scenario", "optimise", planned, "--name", "Best", "--cell-ha", 400, "--practices", "Trees", "--maximise", "carbon_gain", "--budget", 60_000, "--json")  # fmt: skip
    result = found.get("result", found)
    assert code == 0 and result["totals"]["cost"] <= 60_000 and result["gap"] < 1e-3 and result["chosen"]
    code, found, _err = onekl(capsys, "scenario", "run", planned, "--json")
    assert code == 0 and set(found["computed"]) == {"Baseline", "Plan", "Twin", "Best"}
    code, found, _err = onekl(capsys, "scenario", "run", planned, "--json")
    assert found["computed"] == []
    code, found, _err = onekl(capsys, "scenario", "compare", planned, "--weights", "Women: jobs=2, cost_present_value=1", "--weights", "State: carbon_gain", "--json")  # fmt: skip
    assert code == 0
    ranking = found["ranking"]
    assert sum(row["first"] for row in ranking["scenarios"]) == pytest.approx(1)
    first = {row["name"]: row["places"] for row in ranking["scenarios"]}
    assert first["Plan"] == pytest.approx(first["Twin"]), "the same plan stands at the same places"
    assert [group["group"] for group in ranking["groups"]] == ["Women", "State"] and ranking["groups"][1]["order"][
        0
    ] == "Best"
    code, text, _err = onekl(capsys, "scenario", "compare", planned)
    assert code == 0 and "Best" in text


def test_the_difference_of_two_scenarios(planned, registry, capsys):
    with Session(planned, registry=registry) as session:
        for number in range(3):
            perform(session, "scenarios.add_intervention", scenario="Plan", practice="Trees", geometry=place(8000, 1000 * number, 8500, 1000 * number + 500), name=f"Plot {number}", start_year=2027)  # fmt: skip
        perform(session, "scenarios.copy_scenario", scenario="Plan", name="Twin")
    assert onekl(capsys, "scenario", "difference", planned, "Plan", "Twin", "--json")[1] == {"first": "Plan", "second": "Twin", "only_first": [], "only_second": [], "changed": [], "same": 4, "assumptions": []}  # fmt: skip
    with Session(planned, registry=registry) as session:
        with session.read() as db:
            twin = db.query(Scenario).filter_by(name="Twin").one().uuid
            items = {item.name: item.uuid for item in list_interventions(db, twin)}
        perform(session, "scenarios.remove_intervention", intervention=items["Plot 0"])
        perform(session, "scenarios.change_intervention", intervention=items["Plot 1"], name="Renamed")
        perform(
            session,
            "scenarios.reshape_intervention",
            intervention=items["Plot 2"],
            geometry=place(8000, 2000, 8500, 3000),
        )
        perform(session, "scenarios.add_intervention", scenario="Twin", practice="Trees", geometry=place(9000, 0, 9500, 500), name="New", start_year=2030)  # fmt: skip
    code, found, _err = onekl(capsys, "scenario", "difference", planned, "Plan", "Twin", "--json")
    assert code == 0 and found["same"] == 1
    assert [row["name"] for row in found["only_first"]] == ["Plot 0"] and [
        row["name"] for row in found["only_second"]
    ] == ["New"]
    assert {row["first"]["name"]: row["in"] for row in found["changed"]} == {"Plot 2": ["place"], "Plot 1": ["name"]}
    code, text, _err = onekl(capsys, "scenario", "difference", planned, "Plan", "Twin")
    assert code == 0 and "- Plot 0" in text and "+ New" in text and "~ Plot 1" in text
    assert onekl(capsys, "scenario", "difference", planned, "Plan", "Nothing")[0] == 3


def test_weights_that_say_nothing(planned, capsys):
    onekl(capsys, "scenario", "run", planned)
    for text in ("joy", "Women: joy=1", "Women: jobs=many", "Women: jobs=0"):
        code, found, _err = onekl(capsys, "scenario", "compare", planned, "--weights", text, "--json")
        assert code == 3 and found["problems"][0]["code"] == "scenarios.weight", text
