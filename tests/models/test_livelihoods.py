from pathlib import Path

import pytest
import yaml

from onekl_desktop.models.livelihoods import model

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "livelihoods.yaml").read_text())


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_cases(case):
    works = [
        model.Work(
            w["area_ha"],
            tuple((y, s) for y, s in w["schedule"]),
            w["capital"],
            w["operating"],
            w["start_days"],
            w["yearly_days"],
        )
        for w in case["works"]
    ]
    flows = model.yearly_flows(works, *case["years"])
    total = flows.capital_cost + flows.operating_cost
    found = {
        "capital_cost": flows.capital_cost.sum(),
        "operating_cost": flows.operating_cost.sum(),
        "labour_days": flows.labour_days.sum(),
        "present_value": model.present_value(total, flows.years, case["discount_rate"], case["base_year"]),
        "jobs": model.mean_jobs(flows, 230),
    }
    assert found == pytest.approx(case["expect"], rel=1e-9)


def test_years_the_wrong_way_round():
    with pytest.raises(ValueError):
        model.yearly_flows([], 2030, 2026)


def test_production_and_income_begin_when_the_practice_bears():
    work = model.Work(10.0, ((2025, 0.5), (2026, 0.5)), 1000.0, 100.0, 0.0, 0.0, 2.0, 3, 500.0)
    flows = model.yearly_flows([work], 2025, 2030)
    # 5 ha bear from 2028, all 10 ha from 2029: 2 t/ha
    assert flows.production_t.tolist() == [0, 0, 0, 10, 20, 20]
    assert flows.gross_income.tolist() == [0, 0, 0, 5000, 10_000, 10_000]
    assert flows.net_income.tolist() == [-5000, -5000 - 500, -1000, 4000, 9000, 9000]
    soon = model.yearly_flows([model.Work(1.0, ((2025, 1.0),), 0, 0, 0, 0, 1.0, 0, 1.0)], 2025, 2026)
    assert soon.production_t.tolist() == [0, 1]  # nothing in the year in which it is planted
