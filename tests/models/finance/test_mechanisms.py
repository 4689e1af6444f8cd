"""Cash is conserved over all parties in every mechanism; figures agree with the oracles of the functions below them."""

import inspect

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onekl_desktop.models.finance import mechanisms as m
from onekl_desktop.models.finance import portfolio
from onekl_desktop.models.finance.functions import (
    concentration,
    fund_waterfall,
    insurance_pool,
    pool_standard_deviation,
)
from tests.support.golden import finance_oracle, passes

ORACLES = {row["id"]: row for row in finance_oracle("functions.json")["oracles"]}
SHARE, MONEY = st.floats(0, 1).map(lambda x: round(x, 6)), st.floats(1, 1e6)
ARGUMENTS = {
    "portfolio_fund": st.fixed_dictionaries({
        "project_flows": st.lists(st.lists(st.floats(-1e4, 1e4), min_size=2, max_size=12), min_size=1, max_size=4), "fee": st.floats(0, 0.05),
        "hurdle": st.floats(0, 0.15), "catch_up": st.sampled_from([0.5, 1.0]), "carry": st.floats(0, 0.3), "first_loss": st.floats(0, 0.5)}),
    "development_business": st.fixed_dictionaries({
        "units_by_year": st.lists(st.floats(0, 500), min_size=1, max_size=10), "margin_per_unit": st.floats(0, 100), "platform_cost": st.floats(0, 1e4),
        "land_lease_per_unit": st.floats(0, 20), "equity_rounds": st.lists(st.tuples(st.integers(0, 5), MONEY, MONEY), max_size=2), "community_share": SHARE}),
    "security": st.fixed_dictionaries({
        "pool": MONEY, "years": st.integers(1, 12), "coupon": st.floats(0, 0.3), "default_rate": st.floats(0, 0.5), "prepayment_rate": st.floats(0, 0.5),
        "recovery": SHARE, "sequential": st.booleans()}),
    "insurance": st.fixed_dictionaries({
        "index": st.lists(st.floats(0, 400), min_size=2, max_size=40), "trigger": st.just(100.0), "exit": st.sampled_from([20.0, 300.0]), "sum_insured": MONEY,
        "units": st.floats(1, 50), "retention": st.sampled_from([0.0, 1e3]), "ruin_years": st.integers(1, 10)}),
    "landscape_bank": st.fixed_dictionaries({
        "loans": MONEY, "equity": MONEY, "years": st.integers(1, 10), "growth": st.floats(-0.1, 0.4), "retention": SHARE, "default_probability": st.floats(0.001, 0.5)}),
    "smallholder_aggregator": st.fixed_dictionaries({
        "farms": st.lists(st.floats(1, 5000), min_size=1, max_size=8), "loan_per_farm": MONEY, "programme_cost": MONEY, "cost_per_farm": st.floats(0, 100),
        "side_selling": SHARE, "group_guarantee": SHARE, "guarantee_cover": SHARE}),
    "grant_facility": st.fixed_dictionaries({
        "applications": st.lists(st.tuples(MONEY, SHARE, st.sampled_from(["women", "youth"])), max_size=8), "budget": MONEY, "match_share": SHARE}),
    "ecosystem_payment": st.fixed_dictionaries({
        "area_ha": MONEY, "payment_per_ha": st.floats(0, 500), "opportunity_cost": st.floats(0, 500), "transaction_cost": st.floats(0, 100),
        "monitoring_cost": st.floats(0, 50), "compliance": st.floats(0.01, 1), "baseline_share": SHARE, "willingness_to_pay": st.floats(0, 500)}),
    "commodity_premium": st.fixed_dictionaries({
        "volume_kg": MONEY, "premium_per_kg": st.floats(0, 1), "certification_cost": MONEY, "set_up_cost": MONEY, "group_cost": MONEY, "sold_certified_share": SHARE}),
    "readiness_fund": st.fixed_dictionaries({
        "corpus": MONEY, "ticket": st.floats(1e3, 1e5), "success": SHARE, "repaid_share": st.floats(0, 2), "lag_years": st.integers(1, 5), "years": st.integers(1, 12)}),
    "guarantee": st.fixed_dictionaries({
        "loans": MONEY, "cover": SHARE, "cap": st.none() | MONEY, "fee": st.floats(0, 0.1), "default_probability": SHARE, "years": st.integers(1, 10)}),
    "advance_settlement": st.fixed_dictionaries({
        "volume_kg": MONEY, "price_per_kg": st.floats(0.1, 10), "advance_share": SHARE, "delay_years": st.integers(1, 3), "default_rate": SHARE}),
}  # fmt: skip


@pytest.mark.parametrize("name", m.MECHANISMS)
@given(data=st.data())
def test_cash_is_conserved_and_it_says_what_it_ignores(name, data):
    arguments = data.draw(ARGUMENTS[name])
    out = m.MECHANISMS[name](**arguments)
    scale = max(float(np.abs(flow).max()) for flow in out.flows.values()) + 1
    assert out.imbalance() <= 1e-9 * scale and out.ignores and out.metrics
    assert len({len(flow) for flow in out.flows.values()}) == 1 and all(np.isfinite(flow).all() for flow in out.flows.values())  # fmt: skip
    again = m.MECHANISMS[name](**arguments)  # pure
    assert all(np.array_equal(again.flows[party], flow) for party, flow in out.flows.items())
    for text, facts in out.warnings:
        text.format(**facts)


def test_there_are_twelve():
    assert len(m.MECHANISMS) == 12 and set(ARGUMENTS) == set(m.MECHANISMS)
    assert all(inspect.getdoc(each) for each in m.MECHANISMS.values())


@pytest.mark.parametrize("proceeds", [90, 120, 138, 150, 180, 300])
@pytest.mark.parametrize("catch_up", [0.5, 1.0])
def test_a_fund_of_one_project_is_the_single_waterfall(proceeds, catch_up):
    out = m.portfolio_fund([[-100, 0, 0, 0, 0, proceeds]], fee=0, hurdle=0.06, catch_up=catch_up, carry=0.2)
    expected = fund_waterfall(100, proceeds, 5, 0.06, catch_up, 0.2)
    assert out.flows["investors"][5] == pytest.approx(expected["investors"])
    assert out.flows["manager"][5] == pytest.approx(expected["manager"])


def test_the_first_loss_is_repaid_last():
    out = m.portfolio_fund([[-100, 90]], fee=0, hurdle=0.05, first_loss=0.2)
    assert out.flows["first_loss_provider"].tolist() == [-20, pytest.approx(6)] and out.flows["investors"][1] == pytest.approx(84)  # fmt: skip


def test_a_security_of_two_tranches_is_the_oracle():
    row = next(row for row in ORACLES.values() if row["function"] == "asset_backed_security")
    given_in = row["inputs"]
    out = m.security(
        given_in["pool"], years=given_in["years"], coupon=given_in["pool_interest"], default_rate=given_in["default_share"], recovery=given_in["recovery_share"],
        tranches=(("senior", 0.7, given_in["senior_rate"]), ("junior", 0.3, 0.0)),
    )  # fmt: skip
    assert passes(out.flows["senior"][1:].tolist(), row["expected"]["senior_cash"], row["tolerance"])
    assert passes(out.flows["junior"][1:].tolist(), row["expected"]["junior_cash"], row["tolerance"])
    assert passes(out.metrics["junior_irr"], row["expected"]["junior_irr"], row["tolerance"])


def test_an_insurance_pool_is_the_oracle():
    row = next(row for row in ORACLES.values() if row["function"] == "insurance_pool")
    payouts = row["inputs"]["payouts_per_100"]
    out = m.insurance(payouts, trigger=0, exit=100, sum_insured=100, expense_share=row["inputs"]["expense_share"], return_on_risk=row["inputs"]["return_on_risk"])  # fmt: skip
    expected = insurance_pool(**row["inputs"])
    assert out.metrics["premium"] == pytest.approx(expected["loaded_premium"]) and out.metrics["probable_maximum_loss"] == expected["probable_maximum_loss"]  # fmt: skip


def test_closed_forms():
    out = m.ecosystem_payment(area_ha=10, payment_per_ha=150, opportunity_cost=140, transaction_cost=22, monitoring_cost=5, compliance=0.9)  # fmt: skip
    assert out.metrics["minimum_payment"] == pytest.approx(180) and out.warnings
    out = m.commodity_premium(volume_kg=10_000, premium_per_kg=0.2, pass_through=0.5, certification_cost=500)
    assert out.metrics["breakeven_sold_share"] == pytest.approx(0.5)
    out = m.landscape_bank(loans=10_000, equity=1500, operating_cost_share=0.031, default_probability=0.03, loss_given_default=0.4, fees=80)  # fmt: skip
    assert out.metrics["breakeven_spread"] == pytest.approx((310 + 120 - 80) / 10_000)
    out = m.guarantee(loans=1000, cover=0.5, default_probability=0.1, loss_given_default=0.5, fee=0.02, years=4)
    assert out.metrics["guarantor_expected_loss_per_year"] == pytest.approx(25) and out.metrics["lender_expected_loss_per_year"] == pytest.approx(25)  # fmt: skip


def test_projects_are_pooled_and_their_rates_never_averaged():
    found = portfolio.pool({"a": [-100, 60, 60], "b": [-100, 0, 0, 160]}, starts={"b": 1})
    assert found["flow"] == [-100, -40, 60, 0, 160]
    assert found["irr"] == pytest.approx(m.measures.irr([-100, -40, 60, 0, 160]))
    assert found["funding_gap_by_year"] == [100, 40, 0, 0, 0] and found["vintages"] == {0: 100, 1: 100}
    assert found["largest_need"] == 140


def test_concentration_and_spread():
    found = portfolio.concentrations({"a": 60, "b": 40}, {"a": {"buyer": "X"}, "b": {"buyer": "X"}})["buyer"]
    assert found["hhi"] == 1 and found["largest"] == "X" and found["largest_share"] == 1
    equal = portfolio.spread([0.25] * 4, [10] * 4, 0.2)
    assert equal["standard_deviation"] == pytest.approx(pool_standard_deviation(10, 4, 0.2))
    assert portfolio.spread([0.5, 0.5], [3, 3], 1)["diversification_ratio"] == pytest.approx(1)
    assert concentration([0.5, 0.5])["effective_number"] == 2
    farms = portfolio.aggregate_farms([{"count": 100, "loan": 900, "margin": 60, "cost": 35, "standard_deviation": 20}], [0.5, 1], programme_cost=1000)  # fmt: skip
    assert farms["breakeven_farms"] == pytest.approx(40) and farms["result_by_year"] == [250, 1500]
    assert farms["standard_deviation_of_average"] == pytest.approx(pool_standard_deviation(20, 100, 0.3))
