"""Cash flow, NPV, IRR and payback against our reference figures and against what must always hold."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onekl_desktop.models.finance import measures, model

ORACLES = json.loads((Path(__file__).parents[1] / "golden" / "finance" / "functions.json").read_text())["oracles"]
KNOWN = ("npv", "irr", "irr_roots", "mirr", "payback")


@pytest.mark.parametrize("oracle", [item for item in ORACLES if item["function"] in KNOWN], ids=lambda item: item["id"])
def test_functions_give_the_reference_figures(oracle):
    found, expected = getattr(measures, oracle["function"])(**oracle["inputs"]), oracle["expected"]
    tolerance = oracle["tolerance"]
    if expected is None:
        assert found is None
    else:
        assert found == pytest.approx(
            expected, rel=max(tolerance["relative"], 1e-12), abs=max(tolerance["absolute"], 1e-9)
        )


@given(st.lists(st.floats(-1e6, 1e6, allow_nan=False).filter(lambda x: abs(x) > 1e-3), min_size=2, max_size=25))
def test_every_root_is_a_root(flows):
    for rate in measures.irr_roots(flows):
        assert rate > -1
        scale = float((np.abs(flows) / (1 + rate) ** np.arange(len(flows))).sum())
        assert abs(measures.npv(rate, flows)) <= 1e-6 * scale


def test_a_project_by_hand():
    # 10 ha in year 0 and 5 ha in year 1; 100 a hectare to plant, 10 a year after it, 60 a hectare from age 2.
    cohorts = [model.Cohort(0, 10, 100, 10), model.Cohort(1, 5, 100, 10)]
    lines = [
        model.Line("revenue", 60, first=2),
        model.Line("operating_cost", 7, per_ha=False, first=0, last=1),
        model.Line("grant", 50, per_ha=False, first=0, last=0),
    ]
    flow = model.cash_flow(cohorts, lines, 4)
    assert flow.area_ha.tolist() == [10, 15, 15, 15, 15]
    assert flow.capital_cost.tolist() == [1000, 500, 0, 0, 0]
    assert flow.operating_cost.tolist() == [7, 107, 150, 150, 150]
    assert flow.revenue.tolist() == [0, 0, 600, 900, 900]
    assert flow.grants.tolist() == [50, 0, 0, 0, 0]
    assert flow.net.tolist() == [-1007, -607, 450, 750, 750]


def test_what_makes_no_sense_is_refused():
    with pytest.raises(ValueError, match="kind"):
        model.cash_flow([], [model.Line("gift", 1)], 3)
    with pytest.raises(ValueError, match="negative"):
        model.cash_flow([], [model.Line("revenue", -1)], 3)
