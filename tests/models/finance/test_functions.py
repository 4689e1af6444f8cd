"""Every row of the oracles of functions, and what must hold of the functions they do not reach."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from onekl_desktop.cli.finance_work import FUNCTIONS, compute_functions
from onekl_desktop.models.finance import functions as f
from tests.support.golden import finance_oracle, passes

ORACLES = finance_oracle("functions.json")["oracles"]


@pytest.mark.parametrize("row", ORACLES, ids=lambda row: row["id"])
def test_the_reference_rows(row):
    found, problems = compute_functions([row])
    assert not problems and passes(found[row["id"]], row["expected"], row["tolerance"]), found


@given(
    st.floats(-0.3, 0.8).filter(lambda r: abs(r) > 1e-4), st.integers(1, 80), st.floats(10, 1e6), st.floats(-1e4, 1e4)
)
def test_payments_rates_and_periods_are_inverses(rate, periods, value, future):
    payment = f.pmt(rate, periods, value, future)
    growth = (1 + rate) ** periods
    assert value * growth + payment * (growth - 1) / rate + future == pytest.approx(0, abs=1e-12 * value + 1e-7 * (value * growth + abs(payment) * abs(growth - 1) / abs(rate)))  # fmt: skip
    if future == 0 and 0 < rate * periods < 10:  # beyond, a payment is interest but for a hair
        assert f.rate(periods, payment, value) == pytest.approx(rate, rel=1e-6)
        assert f.nper(rate, payment, value) == pytest.approx(periods, rel=1e-6)


@example(5e-324, 1, 1.5)
@given(st.floats(0, 0.15), st.integers(1, 60), st.floats(1, 1e6))
def test_the_parts_of_payments_sum_to_them_and_principal_to_the_loan(rate, periods, value):
    assert f.cumulative_principal(rate, periods, value, 1, periods) == pytest.approx(-value, rel=1e-6)
    whole = f.cumulative_interest(rate, periods, value, 1, periods) - value
    assert whole == pytest.approx(periods * f.pmt(rate, periods, value), rel=1e-6)


def test_payments_at_the_beginning_are_worth_a_period_more():
    assert f.pmt(0.01, 12, 1000, payment_at="begin") * 1.01 == pytest.approx(f.pmt(0.01, 12, 1000))
    assert f.nper(0.01, f.pmt(0.01, 12, 1000, payment_at="begin"), 1000, payment_at="begin") == pytest.approx(12)
    assert f.nper(0.05, -1, 1000) is None


@given(st.lists(st.floats(0, 1000), min_size=1, max_size=12), st.floats(0, 0.3), st.floats(1, 3))
def test_debt_capacity_keeps_the_cover_in_every_year_and_never_borrows_to_repay(cash, rate, target):
    found = f.debt_capacity(cash, rate, target)
    balance = found["debt"]
    for year, (principal, closing) in enumerate(zip(found["principal"], found["closing_balance"], strict=True)):
        assert principal >= 0
        assert (balance * rate + principal) * target <= cash[year] * (1 + 1e-9) + 1e-6
        balance -= principal
        assert balance == pytest.approx(closing, abs=1e-6)
    assert balance == pytest.approx(0, abs=1e-6 * (1 + found["debt"]))
    free = f.sculpted_debt(cash, rate, target)
    if min(free["principal"]) >= 0:
        assert found["debt"] == pytest.approx(free["debt"], rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("proceeds", [0, 60, 100, 120, 134, 150, 180, 400])
@pytest.mark.parametrize("catch_up", [0.2, 0.5, 1.0])
def test_the_fund_waterfall_loses_nothing_and_ends_in_the_agreed_shares(proceeds, catch_up):
    found = f.fund_waterfall(100, proceeds, 5, 0.06, catch_up, 0.2)
    assert found["investors"] + found["manager"] == pytest.approx(proceeds)
    if catch_up > 0.2 and found["residual"] > 0:
        assert found["manager"] == pytest.approx(0.2 * (proceeds - 100))


@given(st.floats(0, 0.4), st.floats(0, 1), st.floats(0, 0.3), st.integers(1, 8))
def test_a_security_pays_out_all_the_cash_of_its_pool(default, recovery, interest, years):
    found = f.asset_backed_security(1000, years, default, recovery, interest, 700, 0.05, 300)
    performing, cash = 1000.0, 0.0
    for left in range(years, 0, -1):
        lost = default * performing
        performing -= lost
        cash += recovery * lost + performing * interest + performing / left
        performing -= performing / left
    assert sum(found["senior_cash"]) + sum(found["junior_cash"]) == pytest.approx(cash)


def test_the_rest_by_hand():
    assert f.revolving_fund(100, 0.8, 0.5, 2, 3) == {
        "commitments": [100, pytest.approx(40), pytest.approx(16)], "years": [0, 2, 4], "total": pytest.approx(156), "limit": pytest.approx(100 / 0.6),
    }  # fmt: skip
    assert f.pool_standard_deviation(10, 4, 0) == 5 and f.pool_standard_deviation(10, 4, 1) == 10
    assert f.linear_standard_deviation([1, -1], [3, 3], 1) == 0
    assert f.copula_spearman(1) == pytest.approx(1)
    assert f.breakeven_farms(1000, 8) == 125 and f.premium_breakeven_sold_share(50, 0.1, 0.5, 2000) == pytest.approx(0.5)  # fmt: skip
    assert f.first_loss_split(100, 20, 35) == {"junior": 0, "senior": 65}
    assert f.year_fractions([f.dt.date(2024, 1, 31), f.dt.date(2024, 3, 31)], "30/360") == [0, pytest.approx(60 / 360)]
    assert f.xirr([["2024-01-01", -100], ["2025-01-01", 10]], "ACT/365F") is not None
    assert f.xirr([["2024-01-01", -1], ["2025-01-01", 1000]], "ACT/365F") is None  # beyond 1 + r = 100


def test_schulze_against_all_orders_of_a_cycle():
    """Markus Schulze's own definition, by brute force over paths, on every profile of three voters groups."""
    for counts in itertools.product((1, 2, 4), repeat=3):
        ballots = [[counts[0], "ABC"], [counts[1], "BCA"], [counts[2], "CAB"]]
        order = FUNCTIONS["vote_count"](ballots)["schulze_order"]
        wins = {(a, b): sum(n for n, r in ballots if r.index(a) < r.index(b)) for a in "ABC" for b in "ABC" if a != b}
        strength = {
            (a, b): max(min(wins[p] if wins[p] > wins[p[::-1]] else 0 for p in path) for path in ([(a, b)], [(a, c), (c, b)]))
            for a, b, c in itertools.permutations("ABC")
        }  # fmt: skip
        beaten = {a: sum(strength[a, b] > strength[b, a] for b in "ABC" if b != a) for a in "ABC"}
        assert order == "".join(sorted("ABC", key=lambda a: (-beaten[a], a)))


def test_what_cannot_be_computed_is_named_and_the_rest_is_computed():
    rows = [
        {"id": "a", "function": "nothing", "inputs": {}},
        {"id": "b", "function": "npv", "inputs": {"rate": 0.1}},
        {"id": "c", "function": "npv", "inputs": {"rate": 0.1, "flows": [1, 1.1]}},
        {"id": "d", "function": "vote_count", "inputs": {"ballots": [[1, "AB"], [2, "A"]]}},
        "text",
    ]
    found, problems = compute_functions(rows)
    assert list(found) == ["c"] and found["c"] == pytest.approx(2)
    assert [item.code for item in problems] == ["finance.no_function", "finance.inputs", "finance.inputs", "finance.no_function"]  # fmt: skip


def test_quantile_rules_agree_with_numpy():
    rng = np.random.default_rng(1)
    losses = rng.normal(0, 1, 997)
    for level in (0.5, 0.9, 0.95, 0.99):
        assert f.value_at_risk(losses.tolist(), level)["value_at_risk"] == np.quantile(losses, level, method="inverted_cdf")  # fmt: skip
    assert math.isclose(f.effective_rate(0.12, 12), 1.01**12 - 1)


def test_mechanisms_and_portfolios_are_functions_of_the_table_too():
    rows = [
        {"id": "g", "function": "guarantee", "inputs": {"loans": 1000, "fee": 0.0}},
        {"id": "p", "function": "pool", "inputs": {"flows": {"a": [-100, 110]}}},
    ]
    found, problems = compute_functions(rows)
    assert not problems and found["p"]["irr"] == pytest.approx(0.1)
    assert found["g"]["warnings"] and found["g"]["ignores"] and sum(flow[1] for flow in found["g"]["flows"].values()) == pytest.approx(0)  # fmt: skip
