"""The reference project to the last figure, and what must hold in every case."""

import copy
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onekl_desktop.models.finance import measures
from onekl_desktop.models.finance.reading import check_case, load_case
from onekl_desktop.models.finance.results import compute_case
from onekl_desktop.models.finance.run import results_document, run_document
from tests.support.finance_cases import random_case
from tests.support.golden import finance_oracle, passes

R1 = finance_oracle("r1.json")
EXPECTED = finance_oracle("r1_expected.json")["figures"]


@pytest.fixture(scope="module")
def figures():
    return results_document(run_document(R1))["figures"]


@pytest.mark.parametrize("item", EXPECTED, ids=lambda item: item["key"])
def test_the_reference_project(figures, item):
    assert item["key"] in figures
    assert passes(figures[item["key"]], item["value"], item["tolerance"]), (figures[item["key"]], item["value"])


@given(st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_books_and_cash_agree_in_every_case(seed):
    case = load_case(random_case(seed))
    model = compute_case(case)
    money, scale = model.financing, float(np.abs(model.activity.revenue_total).max()) + 1e5
    assert np.abs(money.balance_check).max() <= 1e-9 * scale and np.abs(money.cash_check).max() <= 1e-9 * scale
    for loan in case.loans:
        assert (money.principals[loan.id] >= -1e-9 * scale).all() and (money.balances[loan.id] >= -1e-6 * scale).all()
    for support in case.credit_support:
        assert money.paid_by[support.id].sum() <= support.cap_amount * (1 + 1e-12)
    assert (money.support_outstanding >= -1e-9 * scale).all() and (money.reserve_balance >= -1e-9).all()
    for name in ("project", "equity", "project_post_tax"):
        flows = {
            "project": model.activity.pre_tax_cash_flow,
            "equity": money.equity_flow,
            "project_post_tax": model.activity.pre_tax_cash_flow - model.tax_unlevered,
        }[name]
        for rate in model.figures[f"{name}.irr_roots"]:
            size = measures.present_value(rate, np.abs(flows), model.mid)
            assert abs(measures.present_value(rate, flows, model.mid)) <= 1e-9 * size
    assert model.figures["project.pv_benefits"] - model.figures["project.pv_costs"] - model.figures[
        "project.pv_working_capital"
    ] == pytest.approx(model.figures["project.npv"], abs=1e-9 * scale)


@given(st.integers(0, 10**6))
@settings(max_examples=25, deadline=None)
def test_a_sculpted_loan_is_repaid_and_its_cover_is_the_target(seed):
    document = random_case(seed)
    horizon = document["header"]["horizon_years"]
    document["loans"] = [
        {"id": "s", "draws": [{"year": 0, "amount": 20_000}], "interest_per_year": 0.07, "principal": {"kind": "sculpted", "first_year": 3, "payments": horizon - 2}}
    ]  # fmt: skip
    model = compute_case(load_case(document))
    found, money = model.financing.sculpted_dscr, model.financing
    if found is None:
        assert (money.cfads[3:] <= money.interest_paid[3:]).any() or money.balances["s"][-1] > 0
        return
    assert money.balances["s"][horizon] == 0
    paid = np.array(money.principals["s"][3:])
    service = money.debt_service[3:]
    free = (paid > 0) & (money.balances["s"][3:] > 0)
    np.testing.assert_allclose(money.cfads[3:][free] / service[free], found, rtol=1e-9)
    if (paid[:-1] > 0).all() and np.isclose(money.cfads[-1] / service[-1], found, rtol=1e-6):
        assert model.figures["debt.llcr"] == pytest.approx(found, rel=1e-6)


def test_real_and_nominal_agree_where_they_should_and_not_where_they_should_not():
    """Without working capital, tax and debt, inflation on every line leaves the deflated rate as it is (Fisher)."""
    document = copy.deepcopy(R1)
    document["working_capital"]["share_of_revenue"] = 0
    real = compute_case(load_case(document))
    document["header"] |= {"price_basis": "nominal", "inflation_per_year": 0.07}
    document["header"]["discount_rates"]["project"] = 1.10 * 1.07 - 1
    nominal = compute_case(load_case(document))
    assert nominal.figures["project.irr_deflated"] == pytest.approx(real.figures["project.irr"], rel=1e-9)
    assert nominal.figures["project.npv"] == pytest.approx(real.figures["project.npv"], rel=1e-9)
    document["working_capital"]["share_of_revenue"] = 0.2
    bound = compute_case(load_case(document))
    assert bound.figures["project.irr_deflated"] < real.figures["project.irr"] - 1e-4


def test_solvers_find_what_they_say():
    document = copy.deepcopy(R1)
    found = run_document(document).figures
    document["production"][0]["product"]["price_per_kg"] = found["breakeven.price_per_kg"]
    assert run_document(document).figures["project.npv"] == pytest.approx(0, abs=1e-6)
    document = copy.deepcopy(R1)
    table = document["production"][0]["product"]["yield"]
    table["values"] = [value * found["breakeven.yield_multiplier"] for value in table["values"]]
    assert run_document(document).figures["project.npv"] == pytest.approx(0, abs=1e-6)
    document = copy.deepcopy(R1)
    for planting in document["production"][0]["plantings"]:
        planting["units"] *= found["breakeven.area_multiplier"]
    assert run_document(document).figures["project.npv"] == pytest.approx(0, abs=1e-6)


def test_the_premium_for_a_living_income_and_the_guarantee_for_a_return():
    document = random_case(3)
    document["credit_support"] = [{"id": "g", "kind": "guarantee", "cap_amount": 1, "from_year": 0, "to_year": 99}]
    document["loans"] = [{"id": "l", "draws": [{"year": 0, "amount": 90_000}], "interest_per_year": 0.09, "principal": {"kind": "equal", "first_year": 1, "payments": 4}}]  # fmt: skip
    found = run_document(document).figures
    product = document["production"][0]["product"]
    if product.get("premium_currency") is None and found["living_income_premium.small"] is not None:
        product["premium_per_kg"] = found["living_income_premium.small"]
        again = run_document(document).figures
        if found["living_income_premium.small"] > 0:
            assert again["farmer.living_income_gap.small"] == pytest.approx(0, abs=1e-6)
    low, high = found["minimum_guarantee.g.bracket"]
    assert high - low <= 1e-6 or found["minimum_guarantee.g.cap_amount"] in (None, 0.0)


BAD = [
    ({"header": {"currency": None}}, "/header/currency", "finance.missing"),
    ({"header": {"horizon_years": 61}}, "/header/horizon_years", "finance.range"),
    ({"header": {"discount_rates": {"project": -1}}}, "/header/discount_rates/project", "finance.range"),
    ({"header": {"currency": "usd"}}, "/header/currency", "finance.pattern"),
    ({"header": {"timing": "weekly"}}, "/header/timing", "finance.choice"),
    ({"header": {"inflation_per_year": True}}, "/header/inflation_per_year", "finance.kind"),
    ({"colour": "red"}, "/colour", "finance.unknown_name"),
    ({"version": 2}, "/version", "finance.choice"),
    ({"solve": {"breakeven_price": {"production": "x"}}}, "/solve/breakeven_price/production", "finance.unknown_id"),
    ({"farmer_view": {"production": "x"}}, "/farmer_view/production", "finance.unknown_id"),
    ({"tax": {"holiday": {"from_year": 5, "to_year": 2}}}, "/tax/holiday", "finance.from_after_to"),
]


def merged(document, change):
    out = copy.deepcopy(document)
    for key, value in change.items():
        out[key] = merged(out.get(key, {}), value) if isinstance(value, dict) and isinstance(out.get(key), dict) else value  # fmt: skip
    return out


@pytest.mark.parametrize(("change", "place", "code"), BAD, ids=lambda item: item if isinstance(item, str) else "")
def test_what_breaks_the_schema_or_its_rules_is_named(change, place, code):
    problems = check_case(merged(R1, change))[1]
    assert (place, code) in [(item.field, item.code) for item in problems]
    assert all(item.message and item.remedy for item in problems)


def _edit(path, value):
    document = copy.deepcopy(R1)
    *steps, last = path
    here = document
    for step in steps:
        here = here[step]
    if value is ...:
        del here[last]
    else:
        here[last] = value
    return document


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        (("production", 0, "product", "price_per_kg"), -1, "finance.range"),
        (("production", 0, "product", "price_per_kg"), "2.40", "finance.kind"),
        (("production", 0, "unit"), ..., "finance.missing"),
        (("production", 0, "plantings", 0, "year"), 13, "finance.beyond_horizon"),
        (("production", 0, "product", "price_currency"), "IDR", "finance.no_exchange_rate"),
        (("production", 0, "product", "yield"), {"kind": "gompertz", "maximum_kg_per_unit": 1, "anchor_1": {"age": 9, "share_of_maximum": 0.1}, "anchor_2": {"age": 4, "share_of_maximum": 0.9}}, "finance.anchors"),
        (("production", 0, "tco2e_per_unit", "to_age"), 0, "finance.from_after_to"),
        (("loans", 0, "draws", 1, "year"), 5, "finance.late_draw"),
        (("loans", 0, "draws"), [{"year": 0, "amount": 0}], "finance.never_drawn"),
        (("loans", 0, "interest_per_year"), -1, "finance.range"),
        (("loans", 0, "principal", "payments"), 9, "finance.beyond_horizon"),
        (("carbon", "issuances", 1, "accrued_from_year"), 5, "finance.issued_twice"),
        (("carbon", "issuances", 0, "accrued_to_year"), 6, "finance.accrued_later"),
        (("scenarios", 0, "changes", 0, "field"), "/production/nothing/product", "finance.no_path"),
        (("scenarios", 0, "changes", 0, "field"), "/header/name", "finance.not_a_number"),
        (("risk", "drivers", 0, "field"), "/header/base_year", "finance.not_a_number"),
        (("risk", "drivers", 0, "field"), "/loans/none/interest_per_year", "finance.no_path"),
        (("grants", 0, "by_year", 0, "year"), 40, "finance.beyond_horizon"),
    ],
)  # fmt: skip
def test_each_rule_is_told(path, value, code):
    problems = check_case(_edit(path, value))[1]
    assert code in [item.code for item in problems], problems


def test_two_sculpted_loans_are_refused_and_all_problems_come_together():
    document = copy.deepcopy(R1)
    plan = {"kind": "sculpted", "first_year": 5, "payments": 6}
    document["loans"] = [dict(document["loans"][0], id=id, principal=plan) for id in ("a", "b")]
    document["production"][0]["plantings"][1]["year"] = 30
    codes = [item.code for item in check_case(document)[1]]
    assert {"finance.two_sculpted", "finance.beyond_horizon"} <= set(codes)


def test_numbers_that_json_does_not_know_are_refused(tmp_path):
    from onekl_desktop.base.errors import UserError
    from onekl_desktop.models.finance.reading import read_case

    for text in ('{"a": NaN}', "[1]", "{", '{"a": Infinity}'):
        (tmp_path / "c.json").write_text(text)
        with pytest.raises(UserError) as problem:
            read_case(tmp_path / "c.json")
        assert problem.value.code == "finance.unreadable"


@given(st.recursive(st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=5), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(R1)) | st.text(max_size=4), inner, max_size=4), max_leaves=12))  # fmt: skip
@settings(max_examples=150, deadline=None)
def test_any_document_is_read_or_refused(value):
    case, problems = check_case({**R1, **value} if isinstance(value, dict) else {"schema": value})
    assert problems or case is not None


def test_golden_copies_are_those_of_the_schema():
    schema = finance_oracle("case.schema.json")
    assert set(schema["properties"]) >= set(R1)
    assert json.dumps(schema)  # the contract is kept beside the figures


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        (("production", 0, "product", "price_per_kg"), 1e300, "finance.range"),
        (("production", 0, "product", "price_real_growth_per_year"), 1e9, "finance.range"),
        (("risk", "drivers", 0, "distribution"), {"kind": "normal", "mean": 2, "standard_deviation": 1, "minimum": 50}, "finance.range"),
        (("risk", "drivers", 0, "distribution"), {"kind": "triangular", "minimum": 2, "mode": 1, "maximum": 3}, "finance.limits"),
        (("risk", "drivers", 0, "distribution"), {"kind": "guess"}, "finance.choice"),
    ],
)  # fmt: skip
def test_what_would_overflow_or_holds_no_probability_is_refused(path, value, code):
    assert code in [item.code for item in check_case(_edit(path, value))[1]]
