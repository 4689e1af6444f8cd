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
