"""Scenarios side by side: what the panel, the command line and the page show."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from sqlalchemy import select

from onekl_desktop.base.errors import UserError, restate
from onekl_desktop.base.money import money_unit
from onekl_desktop.base.translate import N_, _
from onekl_desktop.base.units import format_number, unit_name
from onekl_desktop.engine import Session
from onekl_desktop.engine.runs import run_folder
from onekl_desktop.engine.steps import Step
from onekl_desktop.project.queries.indicators import Value, list_indicators, values_of_run
from onekl_desktop.project.queries.records import find_land_cover, get_landscape, list_classes, list_interventions
from onekl_desktop.project.records import Goal, Indicator, Intervention, Practice, Scenario, Target
from onekl_desktop.tools.scenarios.chain import list_chain, read_json
from onekl_desktop.tools.scenarios.outlook import find_outlook
from onekl_desktop.tools.scenarios.runs import Status, list_status, read_draws
from onekl_desktop.tools.scenarios.weighing import list_weights


@dataclass(frozen=True)
class Row:
    """One line of the comparison: values by scenario in the order of `Comparison.scenarios`, None where not computed."""

    code: str
    title: str
    unit: str
    decimals: int
    direction: int
    values: list[float | None]
    category: str = ""
    colour: str = ""
    low: list[float | None] = field(default_factory=list)
    high: list[float | None] = field(default_factory=list)

    @property
    def label(self) -> str:
        """Title with the unit, unless they say the same."""
        return self.title if self.unit.lower() in ("", self.title.lower()) else f"{self.title} ({self.unit})"

    def differences(self) -> list[float | None]:
        """Each scenario less the baseline (the first)."""
        base = self.values[0] if self.values else None
        return [None if base is None or value is None else value - base for value in self.values]


@dataclass(frozen=True)
class GoalLine:
    """A target beside what each scenario brings in its year; `met` is None where a scenario says nothing about it.

    `reached` is the year since which a scenario has it without a break where it has it in time, else the first year after
    the target's in which it has it; None where there is none.
    """

    target: str
    goal: str
    place: str
    unit: str
    decimals: int
    year: int
    quantity: float
    values: list[float | None]
    met: list[bool | None]
    reached: list[int | None]


@dataclass
class Comparison:
    """Everything that is known of the scenarios at the horizon, with the way there."""

    scenarios: list[Status]
    base_year: int | None
    horizon_year: int
    rows: list[Row] = field(default_factory=list)
    classes: list[Row] = field(default_factory=list)
    zones: dict[str, list[Row]] = field(default_factory=dict)
    series: dict[str, dict[str, list[tuple[int, float]]]] = field(default_factory=dict)
    warnings: list[dict[str, Any]] = field(default_factory=list)
    goals: list[GoalLine] = field(default_factory=list)
    groups: dict[str, dict[str, float]] = field(default_factory=dict)  # what each group cares for, by indicator
    draws: list[dict[str, Any]] = field(default_factory=list)  # by scenario: figures under draws of the coefficients

    @property
    def computed(self) -> bool:
        """Whether any scenario has numbers."""
        return any(state.run is not None for state in self.scenarios)


def compare(session: Session) -> Comparison:
    """Build the comparison from indicator values alone; scenarios without a run show no numbers."""
    with session.read() as db:
        landscape = get_landscape(db)
        states = list_status(db)
        cover = find_land_cover(db)
        indicators = list_indicators(db)
        classes = {str(cls.code): cls for cls in list_classes(db, cover.legend)} if cover else {}
        by_scenario = {state.scenario.uuid: values_of_run(db, state.run.uuid) if state.run else [] for state in states}
        if list_chain(db):
            from onekl_desktop.tools.scenarios.chain_runs import chain_values  # the models on maps, where there is one

            for state in states:
                uuid = state.scenario.uuid
                by_scenario[uuid] += chain_values(session, db, uuid, state.land, landscape.horizon_year)
        currency = money_unit(landscape.currency, landscape.price_year)
        targets = list(db.scalars(select(Target).order_by(Target.goal, Target.year, Target.id)))
        goals = {goal.uuid: goal.name for goal in db.scalars(select(Goal))}
        result = Comparison(states, cover.year if cover else None, landscape.horizon_year)
        result.groups = list_weights(db)
    result.draws = [read_draws(run_folder(session, state.run.uuid)) if state.run else {} for state in states]
    for state in states:
        if state.run:
            for warning in read_json(state.run.warnings, list):
                if not isinstance(warning, dict) or "message" not in warning:
                    continue
                result.warnings.append({**restate(warning), "scenario": state.scenario.name})
    known = {indicator.uuid: indicator for indicator in indicators}
    for target in targets:
        measure = known.get(target.indicator)
        if measure is None or not measure.model or target.quantity is None or target.year is None:
            continue
        unit = currency if measure.unit == "money" else unit_name(measure.unit)
        line = _judge(
            target, measure, [by_scenario[state.scenario.uuid] for state in states], goals.get(target.goal, ""), unit
        )
        if any(value is not None for value in line.values):
            result.goals.append(line)
    horizon = _horizon(by_scenario, landscape.horizon_year)
    result.horizon_year = horizon
    order = [state.scenario.uuid for state in states]
    for indicator in indicators:
        unit = currency if indicator.unit == "money" else unit_name(indicator.unit)

        def row(
            picked: list[Value | None],
            title: str,
            category: str = "",
            colour: str = "",
            indicator: Any = indicator,
            unit: str = unit,
        ) -> Row:
            values, low, high = ([None if each is None else getattr(each, part) for each in picked] for part in ("value", "low", "high"))  # fmt: skip
            return Row(indicator.code, title, unit, indicator.decimals, indicator.direction, values, category, colour, low, high)  # fmt: skip

        found = {uuid: [value for value in by_scenario[uuid] if value.indicator == indicator.code] for uuid in order}
        if not any(found.values()):
            continue
        categories = sorted(
            {value.category for values in found.values() for value in values if value.category}, key=int
        )
        if categories:
            for category in categories:
                picked = [_pick(found[uuid], horizon, "", category) for uuid in order]
                cls = classes.get(category)
                result.classes.append(
                    row(picked, cls.name if cls else category, category, cls.colour if cls else "#999999")
                )
            continue
        result.rows.append(row([_pick(found[uuid], horizon, "", "") for uuid in order], indicator.title))
        result.series[indicator.code] = {
            uuid: sorted((value.year, value.value) for value in found[uuid] if not value.zone and value.year is not None and value.value is not None)
            for uuid in order
        }  # fmt: skip
        names = list(dict.fromkeys(value.zone for values in found.values() for value in values if value.zone))
        for name in names:
            picked = [_pick(found[uuid], horizon, name, "") for uuid in order]
            result.zones.setdefault(name, []).append(row(picked, indicator.title))
    return result


def _judge(target: Target, measure: Indicator, runs: list[list[Value]], goal: str, unit: str) -> GoalLine:
    """Each scenario's value in the target's year (on a straight line between told years), and whether it is enough.

    Enough is at or beyond the target in the indicator's own direction (forest kept above less than there is today is
    kept); for one without, in the direction that leads from the baseline to it.
    """
    assert target.quantity is not None
    assert target.year is not None
    wanted = target.quantity
    falling = measure.direction < 0 or (not measure.direction and (target.baseline or 0.0) > wanted)

    def enough(value: float) -> bool:
        return value <= wanted if falling else value >= wanted

    values: list[float | None] = []
    reached: list[int | None] = []
    for run in runs:
        points = sorted(
            (value.year, value.value) for value in run
            if value.indicator == measure.code and value.zone == target.place and not value.category
            and value.year is not None and value.value is not None
        )  # fmt: skip
        values.append(_at(points, target.year))
        reached.append(_reached(points, target.year, enough))
    met = [None if value is None else enough(value) for value in values]
    return GoalLine(
        target.name, goal, target.place, unit, measure.decimals, target.year, wanted, values, met, reached
    )  # fmt: skip


def _reached(points: list[tuple[int, float]], year: int, enough: Callable[[float], bool]) -> int | None:
    def has(at: int) -> bool:
        value = _at(points, at)
        return value is not None and enough(value)

    if not points:
        return None
    if not has(year):
        return next((at for at in range(max(year + 1, points[0][0]), points[-1][0] + 1) if has(at)), None)
    while has(year - 1):
        year -= 1
    return year


def _at(points: list[tuple[int, float]], year: int) -> float | None:
    if not points or not points[0][0] <= year <= points[-1][0]:
        return None
    for (first, start), (last, end) in pairwise(points):
        if first <= year <= last:
            return start + (end - start) * (year - first) / (last - first)
    return points[0][1]


def _horizon(by_scenario: dict[str, list[Value]], wanted: int) -> int:
    years = {value.year for values in by_scenario.values() for value in values if value.year is not None}
    return wanted if wanted in years or not years else max(years)


def _pick(values: list[Value], year: int, zone: str, category: str) -> Value | None:
    at = [value for value in values if value.zone == zone and value.category == category]
    exact = [value for value in at if value.year == year]
    return exact[0] if exact else (max(at, key=lambda value: value.year or 0) if at else None)


def comparison_as_data(comparison: Comparison) -> dict[str, Any]:
    """The comparison as plain data, for `--json`."""
    names = [state.scenario.name for state in comparison.scenarios]

    def plain(row: Row) -> dict[str, Any]:
        return {
            "indicator": row.code, "title": row.title, "unit": row.unit, "category": row.category,
            "values": dict(zip(names, row.values, strict=True)), "low": dict(zip(names, row.low, strict=True)), "high": dict(zip(names, row.high, strict=True)),
            "difference_to_baseline": dict(zip(names, row.differences(), strict=True)),
        }  # fmt: skip

    return {
        "base_year": comparison.base_year, "horizon_year": comparison.horizon_year,
        "scenarios": [
            {"name": state.scenario.name, "baseline": state.scenario.is_baseline, "state": state.word, "problem": state.problem,
             "run": state.run.uuid if state.run else None} for state in comparison.scenarios
        ],
        "indicators": [plain(row) for row in comparison.rows],
        "classes": [plain(row) for row in comparison.classes],
        "zones": {name: [plain(row) for row in rows] for name, rows in comparison.zones.items()},
        "goals": [
            {"target": line.target, "goal": line.goal, "place": line.place, "unit": line.unit, "year": line.year, "quantity": line.quantity,
             "values": dict(zip(names, line.values, strict=True)), "met": dict(zip(names, line.met, strict=True)),
             "reached": dict(zip(names, line.reached, strict=True))} for line in comparison.goals
        ],
        "warnings": comparison.warnings,
    }  # fmt: skip


@dataclass(frozen=True)
class Planned:
    """An intervention with its practice, as lists show it."""

    item: Intervention
    practice: Practice | None
    schedule: list[dict[str, float]]

    @property
    def years(self) -> str:
        """First and last year."""
        years = [int(step["year"]) for step in self.schedule]
        if not years:
            return "–"
        return str(years[0]) if len(years) == 1 else f"{years[0]}–{years[-1]}"


def list_planned(session: Session, scenario: str) -> list[Planned]:
    """Interventions of a scenario with their practices."""
    with session.read() as db:
        practices = {practice.uuid: practice for practice in db.query(Practice)}
        return [
            Planned(item, practices.get(item.practice), json.loads(item.schedule or "[]"))
            for item in list_interventions(db, scenario)
        ]


@dataclass(frozen=True)
class Difference:
    """What one scenario plans and another does not, and what both plan but not alike (before, after, and in what).

    `assumptions` are those that differ: what, and in words how it stands in each.
    """

    only_first: list[Planned]
    only_second: list[Planned]
    changed: list[tuple[Planned, Planned, list[str]]]
    same: int
    assumptions: list[tuple[str, str, str]] = field(default_factory=list)

    def as_data(self) -> dict[str, Any]:
        """Plain figures."""

        def told(each: Planned) -> dict[str, Any]:
            return {
                "name": each.item.name, "practice": each.practice.name if each.practice else "", "years": each.schedule, "area_ha": each.item.area_ha,
            }  # fmt: skip

        return {
            "only_first": [told(each) for each in self.only_first], "only_second": [told(each) for each in self.only_second], "same": self.same,
            "changed": [{"first": told(a), "second": told(b), "in": fields} for a, b, fields in self.changed],
            "assumptions": [{"what": what, "first": one, "second": other} for what, one, other in self.assumptions],
        }  # fmt: skip


def find_difference(session: Session, first: str, second: str) -> Difference:
    """Compare the interventions of two scenarios (their identities): alike in all, then by name, then by practice and place."""
    ours, theirs = list_planned(session, first), list_planned(session, second)

    def parts(each: Planned) -> dict[str, Any]:
        shape = each.item.geom.normalize().wkb if each.item.geom is not None else b""
        return {"name": each.item.name, "practice": each.item.practice, "schedule": each.item.schedule, "place": shape}

    same, changed = 0, []
    for keys in (("name", "practice", "schedule", "place"), ("name",), ("practice", "place")):
        waiting: dict[tuple[Any, ...], list[Planned]] = {}
        for each in theirs:
            waiting.setdefault(tuple(parts(each)[key] for key in keys), []).append(each)
        for each in list(ours):
            found = waiting.get(tuple(parts(each)[key] for key in keys))
            if found:
                other = found.pop(0)
                ours.remove(each)
                theirs.remove(other)
                fields = [
                    key for key in ("name", "practice", "schedule", "place") if parts(each)[key] != parts(other)[key]
                ]
                if fields:
                    changed.append((each, other, fields))
                else:
                    same += 1
    with session.read() as db:
        before, after = (_tell_assumptions(db, uuid) for uuid in (first, second))
    differ = [(what, before[what], after[what]) for what in before if before[what] != after[what]]
    return Difference(ours, theirs, changed, same, differ)


def _tell_assumptions(db: Any, scenario: str) -> dict[str, str]:
    """What a scenario assumes of the land by itself, in words."""
    row = db.scalar(select(Scenario).where(Scenario.uuid == scenario))
    try:
        outlook = find_outlook(db, row)
    except UserError as problem:
        return {"land": str(problem), "pace": ""}
    land = _("stays as on the map") if outlook is None else outlook.projection.name
    return {"land": land, "pace": "" if outlook is None else format_number(row.pace, 2)}


def first_steps(session: Session) -> list[Step]:
    """What the ring of the element counts: practices, a scenario, an intervention, an up-to-date comparison."""
    with session.read() as db:
        states = list_status(db)
        plans = [state for state in states if not state.scenario.is_baseline]
        has_practice = db.query(Practice).first() is not None
        has_intervention = db.query(Intervention).first() is not None
    return [
        Step(N_("practices"), has_practice), Step(N_("a scenario"), bool(plans)), Step(N_("an intervention on the map"), has_intervention),
        Step(N_("numbers that are up to date"), bool(plans) and all(state.current for state in states)),
    ]  # fmt: skip
