"""What an intervention brings by year, against counts made cell by cell and year by year."""

import itertools

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from onekl_desktop.engine import perform
from onekl_desktop.engine.plans import Ground, count_yearly, schedule_of
from onekl_desktop.project.queries.records import get_landscape, list_interventions
from onekl_desktop.project.records import Practice, Project, Scenario
from onekl_desktop.tools.lift.runs import compute, gather
from tests.support.landscape import FIELD, add_cover, cover_array, place

NUMBERS = itertools.count()
DENSITY = {1: 200.0, FIELD: 50.0, 3: 120.0}  # of classes.csv: the pools together


@pytest.fixture
def ready(session, tmp_path):
    add_cover(session, tmp_path)
    perform(session, "scenarios.change_practice", practice="Gardens", yield_t_per_ha_year=1.5, years_to_yield=3, price_per_t=400, trees_per_ha=80, survival=0.8, spread=0.2)  # fmt: skip
    return session


def counted(item, practice, years, crs_area):
    """Hectares, trees, days, harvest and tonnes of one intervention, the slow way."""
    cells = cover_array()
    west, south, east, north = item.geom.bounds
    x, y = 500_000 + 100 * np.arange(100) + 50, 300_000 + 10_000 - 100 * np.arange(100) - 50
    inside = ((x > west) & (x < east))[None, :] & ((y > south) & (y < north))[:, None]
    gain = (
        sum((DENSITY[practice.class_code] - DENSITY[code]) * int((cells[inside] == code).sum()) for code in (FIELD,))
        * 44
        / 12
    )
    out = {name: np.zeros(len(years)) for name in ("hectares", "trees", "labour_days", "production_t", "tco2e")}
    for t, year in enumerate(years):
        for begun, share in schedule_of(item):
            age, land = year - begun, crs_area * share
            out["hectares"][t] += land * (age >= 0)
            out["trees"][t] += land * practice.trees_per_ha * (age == 0)
            out["labour_days"][t] += land * (
                practice.labour_start_days_per_ha * (age == 0) + practice.labour_days_per_ha_year * (age > 0)
            )
            out["production_t"][t] += land * practice.yield_t_per_ha_year * (age >= max(practice.years_to_yield, 1))
            out["tco2e"][t] += gain * share * (age == practice.years_to_class)
    return out


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.integers(0, 8),
            st.integers(0, 8),
            st.integers(1, 4),
            st.integers(2026, 2033),
            st.integers(1, 4),
            st.booleans(),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_a_projects_quantities_are_those_of_its_interventions_after_any_edit(ready, edits):
    """Drawn, moved and undone at will: hectares, trees, days, tonnes and kg of the project's model equal the counts in every year."""
    session = ready
    made = perform(session, "lift.add_project", name=f"Venture {next(NUMBERS)}", start_year=2026, horizon_years=14)
    for column, line, size, start, years, undone in edits:
        shape = place(column * 1000, line * 1000, column * 1000 + size * 300, line * 1000 + size * 300)
        item = perform(
            session,
            "scenarios.add_intervention",
            scenario="Plan",
            practice="Gardens",
            geometry=shape,
            start_year=start,
            years=years,
        )
        perform(session, "lift.add_part", project=made["project"], intervention=item["intervention"])
        perform(
            session,
            "scenarios.reshape_intervention",
            intervention=item["intervention"],
            geometry=shape.buffer(130, cap_style="square", join_style="mitre"),
        )
        if undone:
            session.undo()
    with session.read() as db:
        project = db.scalar(select(Project).where(Project.uuid == made["project"]))
        inputs = gather(db, project)
        practice = db.scalar(select(Practice).where(Practice.name == "Gardens"))
    yearly = inputs.yearly(session)
    span = range(2026, 2041)
    expected = [counted(item, practice, span, item.area_ha) for item, _practice in inputs.parts]
    model, values = compute(inputs, yearly)
    for name in ("hectares", "trees", "labour_days", "production_t", "tco2e"):
        for one, other in zip(yearly, expected, strict=True):
            assert getattr(one, name) == pytest.approx(other[name], rel=1e-9, abs=1e-6), name
    total = {name: np.sum([each[name] for each in expected], axis=0) for name in expected[0]}
    assert model.figures["series.labour_days"] == pytest.approx(total["labour_days"].tolist(), rel=1e-9)
    assert model.figures["series.revenue_total"] == pytest.approx((total["production_t"] * 400).tolist(), rel=1e-9)
    by_year = {(value.indicator, value.year): value.value for value in values}
    for name, code in (
        ("hectares", "project_area"),
        ("trees", "project_trees"),
        ("labour_days", "project_labour"),
        ("production_t", "project_harvest"),
        ("tco2e", "project_tco2e"),
    ):
        assert [by_year[code, year] for year in span] == pytest.approx(total[name].tolist(), rel=1e-9, abs=1e-6), code


def test_land_without_a_map_or_a_class_gains_nothing(session):
    perform(session, "scenarios.add_practice", name="Patrol", operating_cost_per_ha_year=5)
    perform(session, "scenarios.add_scenario", name="S")
    perform(
        session,
        "scenarios.add_intervention",
        scenario="S",
        practice="Patrol",
        geometry=place(0, 0, 500, 500),
        start_year=2027,
    )
    with session.read() as db:
        (item,) = list_interventions(db, db.scalar(select(Scenario.uuid).where(Scenario.name == "S")))
        practice, ground, crs = db.scalar(select(Practice)), Ground.read(db), get_landscape(db).crs
    (yearly,) = count_yearly(session, [(item, practice)], ground, crs, 2026, 2030)
    assert not yearly.tco2e.any() and yearly.hectares[-1] == pytest.approx(item.area_ha)
