"""Any figure can be asked how it came about."""

import pytest

from onekl_desktop.base.errors import UserError
from onekl_desktop.models.finance.run import run_document
from onekl_desktop.models.finance.trace import explain
from tests.support.finance_cases import random_case
from tests.support.golden import finance_oracle

# series of what R1 does not have
UNUSED = ("revenue_project", "asset_sale", "support_fees", "support_paid", "support_recovered", "reserve_balance")


@pytest.fixture(scope="module")
def model():
    return run_document(finance_oracle("r1.json"))


def test_every_figure_has_a_formula_and_inputs(model):
    for key in model.figures:
        found = explain(model, key)
        assert found["formula"], key
        assert found["inputs"] or key.rpartition(".")[2] in UNUSED, key


def test_figures_of_a_random_case_have_formulas_too():
    model = run_document(random_case(5))
    assert all(explain(model, key)["formula"] for key in model.figures)


def test_lines_sum_to_the_series_and_sources_are_told(model):
    source = {"source": "farm survey", "date": "2025-03-01", "confidence": "medium", "who": "field team"}
    place = "/production/agroforest/product/price_per_kg"
    for name in ("operating_cost", "capital_cost", "revenue_product", "depreciation", "revenue_carbon"):
        found = explain(model, f"series.{name}", {place: source})
        lines = [item["values"] for item in found["inputs"] if "line" in item]
        assert [sum(values) for values in zip(*lines, strict=True)] == pytest.approx(found["value"])
    fields = [field for item in explain(model, "series.revenue_product", {place: source})["inputs"] for field in item.get("fields", [])]  # fmt: skip
    assert {"field": place, "value": 2.4, "source": source} in fields


def test_a_scenario_is_explained_with_its_own_figures(model):
    found = explain(model, "scenarios.fix_a.debt.llcr")
    assert found["value"] == model.figures["scenarios.fix_a.debt.llcr"]
    assert {"key": "scenarios.fix_a.debt.coverage_as_of_year", "value": 4} in found["inputs"]


def test_what_is_no_figure_is_told_with_the_nearest(model):
    with pytest.raises(UserError) as problem:
        explain(model, "project.nvp")
    assert problem.value.code == "finance.no_figure" and "project.npv" in str(problem.value)
