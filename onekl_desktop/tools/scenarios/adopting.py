"""A scenario becomes the plan: its interventions as actions, its figures as targets, in one operation."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.translate import _
from onekl_desktop.models.livelihoods import model as livelihoods
from onekl_desktop.project.file import Write
from onekl_desktop.project.queries.indicators import Value, values_of_run
from onekl_desktop.project.records import Action, Goal, Indicator, Run, Scenario, Target
from onekl_desktop.tools.scenarios.runs import Inputs, gather, list_status, make_works

TARGETS = ("intervention_area", "natural_forest", "carbon_gain", "production", "jobs", "net_income")


def adopt(write: Write, scenario: str) -> dict[str, Any]:
    """Choose and lock a scenario that is computed; what the action plan or the targets have already stays as it is.

    A target's baseline is the first year of the run (without interventions nothing is planned yet), its quantity the scenario's
    figure in the last year.
    """
    row = write.get(Scenario, scenario, field="scenario")
    if row.is_baseline:
        raise UserError("scenarios.baseline_no_plan")
    state = next(state for state in list_status(write.db) if state.scenario.uuid == row.uuid)
    if state.problem or state.run is None or not state.current:
        raise UserError("scenarios.not_computed", name=row.name)
    inputs = gather(write.db, row)
    actions = _add_actions(write, inputs)
    targets = _add_targets(write, inputs, state.run, row)
    write.landscape.plan, row.locked = row.uuid, True
    return {"scenario": row.uuid, "name": row.name, "actions": actions, "targets": targets}


def _add_actions(write: Write, inputs: Inputs) -> int:
    """An action for each intervention that none carries out yet, with its years and its cost until the last year."""
    known = set(write.db.scalars(select(Action.intervention)))
    costs = _costs(inputs)
    count = 0
    for item in sorted(inputs.interventions, key=lambda item: (item.start_year or 0, item.id)):
        if item.uuid in known:
            continue
        years = [int(step["year"]) for step in json.loads(item.schedule)]
        write.add(Action(
            name=item.name, description=inputs.practices[item.practice].name, intervention=item.uuid, start_year=min(years), end_year=max(years),
            cost=costs[item.uuid], action_type="asset"))  # fmt: skip
        count += 1
    return count


def _costs(inputs: Inputs) -> dict[str, float]:
    found = {}
    for item, _practice, work in make_works(inputs):
        first = min([inputs.base_year, *(year for year, _share in work.schedule)])
        flows = livelihoods.yearly_flows([work], first, inputs.horizon_year)
        found[item.uuid] = float((flows.capital_cost + flows.operating_cost).sum())
    return found


def _add_targets(write: Write, inputs: Inputs, run: Run, scenario: Scenario) -> int:
    """A target for each headline figure that is not zero, under the goal that has targets on it, else under one of the plan's own."""
    values = [value for value in values_of_run(write.db, run.uuid) if not value.zone and not value.category]
    indicators = {item.code: item for item in write.db.scalars(select(Indicator).where(Indicator.code.in_(TARGETS)))}
    held = list(write.db.scalars(select(Target)))
    own: Goal | None = None
    count = 0
    for code in TARGETS:
        wanted = _of_year(values, code, inputs.horizon_year)
        measure = indicators.get(code)
        if measure is None or not wanted:
            continue
        alike = [target for target in held if target.indicator == measure.uuid and not target.place]
        if any(target.year == inputs.horizon_year for target in alike):
            continue
        goal = next((target.goal for target in alike if target.goal), "")
        if not goal:
            own = own or _plan_goal(write, scenario)
            goal = own.uuid
        start = _of_year(values, code, inputs.base_year)
        write.add(Target(
            name=f"{_(measure.name)} {inputs.horizon_year}", goal=goal, indicator=measure.uuid, unit=measure.unit,
            baseline=0.0 if start is None else start, baseline_year=inputs.base_year, quantity=wanted, year=inputs.horizon_year,
            source=_("Scenario {name}, run {run}").format(name=scenario.name, run=run.uuid[:12])))  # fmt: skip
        count += 1
    return count


def _of_year(values: list[Value], code: str, year: int) -> float | None:
    return next((value.value for value in values if value.indicator == code and value.year == year), None)


def _plan_goal(write: Write, scenario: Scenario) -> Goal:
    name = _("The plan: {name}").format(name=scenario.name)
    found = write.db.scalar(select(Goal).where(Goal.name == name))
    if found is None:
        positions = [goal.position for goal in write.db.scalars(select(Goal))]
        found = write.add(Goal(name=name, description=scenario.description, theme="natural", colour=scenario.colour, position=max(positions, default=-1.0) + 1))  # fmt: skip
    return found
