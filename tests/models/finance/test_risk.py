"""Draws have the distributions and correlations that were asked for; figures agree with the analytic case."""

import copy

import numpy as np
import pytest
from scipy import stats

from onekl_desktop.models.finance.case import Case
from onekl_desktop.models.finance.reading import load_case
from onekl_desktop.models.finance.risk import (
    AT_ONCE,
    correlation_matrix,
    draw,
    nearest_correlation,
    outputs,
    quantile_of,
    risk_figures,
    simulate,
    tornado,
)
from onekl_desktop.models.finance.run import run_document
from tests.support.golden import finance_oracle

R1 = finance_oracle("r1.json")
SHAPES = {
    "normal": ({"kind": "normal", "mean": 3, "standard_deviation": 2}, stats.norm(3, 2)),
    "truncated": ({"kind": "normal", "mean": 3, "standard_deviation": 2, "minimum": 1, "maximum": 4}, stats.truncnorm(-1, 0.5, 3, 2)),
    "tail": ({"kind": "normal", "mean": 3, "standard_deviation": 2, "minimum": 15}, stats.truncnorm(6, np.inf, 3, 2)),
    "lognormal": ({"kind": "lognormal", "median": 2, "sigma_of_log": 0.4}, stats.lognorm(0.4, scale=2)),
    "uniform": ({"kind": "uniform", "minimum": -1, "maximum": 3}, stats.uniform(-1, 4)),
    "triangular": ({"kind": "triangular", "minimum": 1, "mode": 2, "maximum": 5}, stats.triang(0.25, 1, 4)),
    "one-sided": ({"kind": "triangular", "minimum": 1, "mode": 1, "maximum": 5}, stats.triang(0, 1, 4)),
    "pert": ({"kind": "pert", "minimum": 1, "mode": 2, "maximum": 5}, stats.beta(2, 4, 1, 4)),
}  # fmt: skip


def with_drivers(*drivers, correlations=(), draws=20_000):
    document = copy.deepcopy(R1)
    document["risk"] = {"draws": draws, "seed": 7, "drivers": list(drivers), "correlations": list(correlations)}
    return document


def driver(id, field, distribution, apply="multiply"):
    return {"id": id, "field": field, "apply": apply, "distribution": distribution}


PRICE = "/production/agroforest/product/price_per_kg"
YIELD = "/production/agroforest/product/yield"
WAGE = "/labour/wage_per_day"


@pytest.mark.parametrize("name", SHAPES)
def test_quantiles_are_those_of_scipy(name):
    given, expected = SHAPES[name]
    shape = load_case(with_drivers(driver("d", PRICE, given, "set"))).risk.drivers[0].distribution
    shares = np.linspace(0.001, 0.999, 301)
    np.testing.assert_allclose(quantile_of(shape, shares), expected.ppf(shares), rtol=1e-9, atol=1e-9)


def test_bernoulli_goes_by_value():
    given = {"kind": "bernoulli", "probability": 0.3, "value_if_true": 0.5, "value_if_false": 1.0}
    shape = load_case(with_drivers(driver("d", PRICE, given))).risk.drivers[0].distribution
    assert quantile_of(shape, [0.1, 0.3, 0.31, 0.9]).tolist() == [0.5, 0.5, 1.0, 1.0]


def test_quantiles_lie_within_their_standard_error_of_the_analytic_case():
    """NPV is linear in a normal price, so it is normal: mean 55,732, slope 271,404 per 1.00."""
    figures = run_document(R1).figures
    slope, mean = figures["breakeven.npv_slope_per_price_unit"], figures["project.npv"]
    spread, count = slope * 0.36, R1["risk"]["draws"]
    for name, share in (("p05", 0.05), ("p10", 0.1), ("p50", 0.5), ("p90", 0.9)):
        exact = stats.norm(mean, spread).ppf(share)
        error = spread * np.sqrt(share * (1 - share) / count) / stats.norm.pdf(stats.norm.ppf(share))
        assert abs(figures[f"risk.npv_{name}"] - exact) <= 4 * error
    assert figures["risk.probability_npv_below_zero"] == pytest.approx(stats.norm(mean, spread).cdf(0), abs=0.002)


def test_draws_one_by_one_give_the_same_as_all_at_once():
    document = with_drivers(
        driver("p", PRICE, SHAPES["pert"][0]), driver("y", YIELD, SHAPES["uniform"][0] | {"minimum": 0.5, "maximum": 1.2}),
        driver("w", WAGE, SHAPES["lognormal"][0]), driver("n", "/carbon/price_per_tco2e", SHAPES["triangular"][0], "set"),
        driver("k", "/header/discount_rates/project", {"kind": "uniform", "minimum": 0.05, "maximum": 0.15}, "set"),
        driver("h", "/production/agroforest/plantings/0/units", {"kind": "uniform", "minimum": 10, "maximum": 90}, "set"), draws=40,
    )  # fmt: skip
    case = load_case(document)
    (values,) = list(draw(case, 40, 7, np.eye(6)))
    together = outputs(case, values)
    for at in range(40):
        single = copy.deepcopy(document)
        crop = single["production"][0]
        crop["product"]["price_per_kg"] *= float(values["p"][at])
        crop["product"]["yield"]["values"] = [v * float(values["y"][at]) for v in crop["product"]["yield"]["values"]]
        single["labour"]["wage_per_day"] *= float(values["w"][at])
        single["carbon"]["price_per_tco2e"] = float(values["n"][at])
        single["header"]["discount_rates"]["project"] = float(values["k"][at])
        crop["plantings"][0]["units"] = float(values["h"][at])
        del single["risk"], single["scenarios"]
        assert run_document(single).figures["project.npv"] == pytest.approx(together[at], rel=1e-9)


@pytest.mark.parametrize("wanted", [-0.8, 0.3, 0.9])
def test_correlations_are_those_of_the_normals_below(wanted):
    document = with_drivers(
        driver("p", PRICE, SHAPES["pert"][0]), driver("y", YIELD, SHAPES["lognormal"][0]),
        correlations=[{"between": ["p", "y"], "gaussian_copula_correlation": wanted}], draws=3 * AT_ONCE,
    )  # fmt: skip
    case = load_case(document)
    parts = list(draw(case, 3 * AT_ONCE, 7, correlation_matrix(case)[0]))
    price, yields = (np.concatenate([part[id] for part in parts]) for id in ("p", "y"))
    assert stats.spearmanr(price, yields)[0] == pytest.approx(6 / np.pi * np.arcsin(wanted / 2), abs=0.02)
    assert np.mean(price) == pytest.approx((1 + 8 + 5) / 6, rel=1e-3)  # the margins stay as they were


def test_correlations_that_contradict_are_repaired_and_said_so():
    drivers = [driver(id, field, SHAPES["pert"][0]) for id, field in (("a", PRICE), ("b", YIELD), ("c", WAGE))]
    pairs = [(("a", "b"), 0.9), (("b", "c"), 0.9), (("a", "c"), -0.9)]
    document = with_drivers(*drivers, correlations=[{"between": list(pair), "gaussian_copula_correlation": r} for pair, r in pairs], draws=500)  # fmt: skip
    case = load_case(document)
    matrix, moved = correlation_matrix(case)
    assert np.linalg.eigvalsh(matrix)[0] > 0 and np.allclose(np.diag(matrix), 1) and moved > 0.1
    assert risk_figures(case)["risk.largest_correction_of_a_correlation"] == pytest.approx(moved)
    sound = np.array([[1, 0.5], [0.5, 1]])
    np.testing.assert_allclose(nearest_correlation(sound), sound, atol=1e-9)


def test_the_same_seed_gives_the_same_draws_whatever_the_size_of_parts():
    case: Case = load_case(with_drivers(driver("p", PRICE, SHAPES["pert"][0]), draws=AT_ONCE + 100))
    first, again = simulate(case), simulate(case)
    np.testing.assert_array_equal(first.values, again.values)
    assert len(first.values) == AT_ONCE + 100 and first.quantile(1.0) == first.values[-1]


def test_the_tornado_is_ordered_by_swing():
    case = load_case(with_drivers(
        driver("w", WAGE, {"kind": "uniform", "minimum": 0.99, "maximum": 1.01}), driver("p", PRICE, {"kind": "uniform", "minimum": 0.5, "maximum": 1.5}),
    ))  # fmt: skip
    assert [swing.driver for swing in tornado(case)] == ["p", "w"]
