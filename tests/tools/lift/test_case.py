"""A project becomes a finance case: the same hectares and money, whatever lines there are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onekl_desktop.models.finance.reading import load_case
from onekl_desktop.models.finance.results import compute_case
from onekl_desktop.project.records import FinanceLine, Practice
from onekl_desktop.tools.lift.case import build_case

FOREST = Practice(uuid="p", name="Forest", capital_cost_per_ha=100, operating_cost_per_ha_year=10, source="survey 2025")


def line(kind, amount, basis="per_ha", first=None, last=None):
    return FinanceLine(name="=x", line_type=kind, amount=amount, basis=basis, first=first, last=last)


def made(planted, lines, horizon=4):
    document, sources = build_case(
        "N",
        currency="IDR",
        start_year=2026,
        horizon=horizon,
        discount_rate=0.1,
        planted=[(*each, "") for each in planted],
        lines=lines,
    )
    return compute_case(load_case(document)), sources


def test_the_sources_of_lines_travel_with_their_amounts():
    lines = [line("revenue", 60), line("grant", 5, "fixed", 0, 1), line("operating_cost", 1, "fixed")]
    for each in lines:
        each.source = "quote"
    _model, sources = made([(FOREST, 0, 10.0)], lines)
    assert {path for path, told in sources.items() if told["source"] == "quote"} == {
        "/production/practice_1/revenue_per_unit/line_1/amount_per_unit", "/grants/line_2/by_year/0/amount", "/grants/line_2/by_year/1/amount",
        "/project_costs/line_3/amount_by_year",
    }  # fmt: skip


def test_a_project_by_hand():
    """10 ha in year 0 and 5 ha in year 1; 100 a hectare to plant, 10 a year after it, 60 a hectare from age 2."""
    lines = [line("revenue", 60, first=2), line("operating_cost", 7, "fixed", 0, 1), line("grant", 50, "fixed", 0, 0)]
    model, sources = made([(FOREST, 0, 10.0), (FOREST, 1, 5.0)], lines)
    figures = model.figures
    assert figures["series.capital_cost"] == [1000, 500, 0, 0, 0]
    assert figures["series.operating_cost"] == [7, 107, 150, 150, 150]
    assert figures["series.revenue_total"] == [0, 0, 600, 900, 900]
    assert figures["series.grants"] == [50, 0, 0, 0, 0]
    assert figures["series.pre_tax_cash_flow"] == [-1007, -607, 450, 750, 750]
    assert sources["/production/practice_1/costs_per_unit/running/amount_per_unit"] == {"source": "survey 2025"}


KINDS = st.sampled_from(["revenue", "operating_cost", "capital_cost", "grant"])
LINES = st.tuples(
    KINDS, st.floats(0, 1000), st.sampled_from(["per_ha", "fixed"]), st.none() | st.integers(-1, 6), st.none() | st.integers(-1, 9)
)  # fmt: skip


@given(st.lists(st.tuples(st.integers(-2, 12), st.floats(0, 500)), max_size=5), st.lists(LINES, max_size=5))
def test_every_line_pays_what_it_says(cohorts, lines):
    """Compared with a count year by year, hectare by hectare."""
    horizon = 8
    model, _sources = made([(FOREST, year, area) for year, area in cohorts], [line(*given) for given in lines], horizon)
    expected = {kind: np.zeros(horizon + 1) for kind in ("revenue", "operating_cost", "capital_cost", "grant")}
    inside = [(year, area) for year, area in cohorts if 0 <= year <= horizon]

    def held(at, first, last):
        return at >= max(first or 0, 0) and (last is None or at <= last)

    for t in range(horizon + 1):
        for year, area in inside:
            expected["capital_cost"][t] += area * 100 * (t == year)
            expected["operating_cost"][t] += area * 10 * (t > year)
        for kind, amount, basis, first, last in lines:
            if basis == "fixed":
                expected[kind][t] += amount * held(t, first, last)
            else:
                expected[kind][t] += sum(
                    amount * area for year, area in inside if t >= year and held(t - year, first, last)
                )
    for kind, key in (
        ("revenue", "revenue_total"),
        ("operating_cost", "operating_cost"),
        ("capital_cost", "capital_cost"),
        ("grant", "grants"),
    ):
        assert model.figures[f"series.{key}"] == pytest.approx(expected[kind].tolist(), rel=1e-9, abs=1e-6)
