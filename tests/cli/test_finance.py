"""`onekl finance` through the real door: results, workbooks, tables, explanations, and what a broken case gets."""

import copy
import json

import pytest

from onekl_desktop.cli.main import run
from onekl_desktop.engine import Session, perform
from tests.cli.test_cli import onekl
from tests.support.golden import FOLDER, finance_oracle, passes
from tests.support.landscape import place


@pytest.fixture
def short(tmp_path):
    """R1 with few draws."""
    document = finance_oracle("r1.json")
    document["risk"]["draws"] = 200
    path = tmp_path / "r1.json"
    path.write_text(json.dumps(document))
    return path


def test_a_case_is_run_and_comes_back_through_a_workbook(short, tmp_path, capsys):
    code, found, _err = onekl(capsys, "finance", "run", short, "--xlsx", tmp_path / "r1.xlsx", "--json")
    assert code == 0 and found["schema"] == "onekl finance results" and found["case_id"] == "r1"
    assert found["figures"]["project.npv"] == pytest.approx(55732.00675848243) and found["conventions"]
    again = tmp_path / "again.json"
    code, back, _err = onekl(capsys, "finance", "run", tmp_path / "r1.xlsx", "--case", again, "--json")
    assert code == 0 and back["figures"] == found["figures"]
    assert json.loads(again.read_text()) == json.loads(short.read_text())


def test_tables_and_explanations(short, tmp_path, capsys):
    out = tmp_path / "f.json"
    code = run(["finance", "functions", str(FOLDER / "functions.json"), "--json", str(out)])
    found = json.loads(out.read_text())
    assert code == 0 and found["schema"] == "onekl finance function results"
    for row in finance_oracle("functions.json")["oracles"]:
        assert passes(found["results"][row["id"]], row["expected"], row["tolerance"]), row["id"]
    code, told, _err = onekl(capsys, "finance", "explain", short, "debt.llcr", "--json")
    assert code == 0 and told["formula"] and {"key": "debt.coverage_as_of_year", "value": 4} in told["inputs"]
    assert onekl(capsys, "finance", "explain", short, "debt.llcx")[0] == 3


def test_a_broken_case_tells_all_its_problems_and_writes_nothing(short, tmp_path, capsys):
    document = copy.deepcopy(json.loads(short.read_text()))
    document["header"]["currency"] = "dollar"
    document["loans"][0]["draws"] = [{"year": 0, "amount": 0}]
    document["production"][0]["product"]["price_per_kg"] = -2
    short.write_text(json.dumps(document))
    code, found, err = onekl(capsys, "finance", "run", short, "--xlsx", tmp_path / "no.xlsx", "--json")
    assert code == 3 and len(found["problems"]) == 2 and not (tmp_path / "no.xlsx").exists()
    assert {item["field"] for item in found["problems"]} == {"/header/currency", "/production/agroforest/product/price_per_kg"}  # fmt: skip
    assert all(item["file"] == str(short) and item["message"] in err for item in found["problems"])


def test_a_project_of_a_project_file_is_a_case(path, registry, tmp_path, capsys):
    with Session(path, registry=registry) as session:
        perform(session, "scenarios.add_practice", name="Gardens", capital_cost_per_ha=1000, operating_cost_per_ha_year=50)  # fmt: skip
        perform(session, "scenarios.add_scenario", name="S")
        perform(session, "scenarios.add_intervention", scenario="S", practice="Gardens", geometry=place(1000, 1000, 2000, 2000), start_year=2027, name="Plot")  # fmt: skip
        perform(session, "lift.add_project", name="Venture", horizon_years=10)
        perform(session, "lift.add_part", project="Venture", intervention="Plot")
        perform(session, "lift.add_line", project="Venture", name="Fruit", line_type="revenue", amount=400, first=2)
    code, found, _err = onekl(capsys, "finance", "run", path, "--project", "Venture", "--xlsx", tmp_path / "v.xlsx", "--json")  # fmt: skip
    figures = found["figures"]
    assert code == 0 and (tmp_path / "v.xlsx").exists()
    assert figures["series.capital_cost"][0] == pytest.approx(100_000, rel=0.01)
    assert figures["series.revenue_total"][2] == pytest.approx(40_000, rel=0.01) and figures["series.revenue_total"][1] == 0  # fmt: skip
    assert onekl(capsys, "finance", "run", path, "--project", "Nothing")[0] == 3
