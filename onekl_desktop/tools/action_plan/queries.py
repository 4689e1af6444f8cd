"""What the action plan's panel and pages show."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import shapely
from sqlalchemy import select

from onekl_desktop.base.geometry import area_ha
from onekl_desktop.base.money import money_unit
from onekl_desktop.base.translate import N_, _
from onekl_desktop.engine import Session
from onekl_desktop.engine.steps import Step
from onekl_desktop.project.queries.actions import read_dependencies
from onekl_desktop.project.queries.records import get_landscape
from onekl_desktop.project.records import (
    Action,
    BudgetLine,
    FinanceSource,
    Goal,
    Interplay,
    Intervention,
    Landscape,
    Organisation,
    Person,
    Target,
    Vision,
)

LEAST_SHARE = 0.01  # of the smaller place: less overlap is a matter of drawing


@dataclass
class Plan:
    """Actions with everything that hangs on them, read at one moment."""

    landscape: Landscape
    actions: list[Action] = field(default_factory=list)
    waits: dict[str, list[str]] = field(default_factory=dict)
    budget: list[BudgetLine] = field(default_factory=list)
    pairs: list[Interplay] = field(default_factory=list)
    interventions: dict[str, Intervention] = field(default_factory=dict)
    goals: list[Goal] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    vision: Vision | None = None
    names: dict[str, str] = field(default_factory=dict)
    currency: str = ""

    def name_of(self, uuid: str) -> str:
        """Name of what an action refers to; an en dash for none."""
        return self.names.get(uuid, "–") or "–"

    def waits_for(self, action: str) -> str:
        """Names of what comes before."""
        return ", ".join(self.names[uuid] for uuid in self.waits.get(action, []) if uuid in self.names)

    def lines_of(self, action: str) -> list[BudgetLine]:
        """Budget lines of an action."""
        return [line for line in self.budget if line.action == action]

    def cost_of(self, action: Action) -> float | None:
        """Of its budget lines; without any, what was entered as its cost."""
        lines = self.lines_of(action.uuid)
        return sum(line.planned for line in lines) if lines else action.cost

    def spent_of(self, action: str) -> float | None:
        """What was spent; None where nothing was entered."""
        known = [line.spent for line in self.lines_of(action) if line.spent is not None]
        return sum(known) if known else None

    @property
    def years(self) -> list[int]:
        """All years of the budget."""
        return sorted({line.year for line in self.budget if line.year is not None})

    def sum_year(self, year: int, kind: str) -> float:
        """Planned in a year, investment or operating."""
        return sum(line.planned for line in self.budget if line.year == year and line.budget_type == kind)

    def timed(self) -> list[Action]:
        """Actions with years, what comes first on top."""
        return sorted((row for row in self.actions if row.start_year is not None), key=lambda row: (row.start_year or 0, row.end_year or 9999, row.id))  # fmt: skip


def read_plan(session: Session, *, printed: bool = False) -> Plan:
    """Read everything at one moment; for a printed page without what is confidential."""
    with session.read() as db:
        landscape = get_landscape(db)
        actions = list(db.scalars(select(Action).order_by(Action.start_year, Action.id)))
        if printed:
            actions = [row for row in actions if not row.confidential]
        shown = {row.uuid for row in actions}
        names = {
            uuid: name for kind in (Organisation, Goal, Intervention, FinanceSource, *(() if printed else (Person,)))
            for uuid, name in db.execute(select(kind.uuid, kind.name))
        }  # fmt: skip
        names.update({row.uuid: row.name for row in actions})
        visions = list(db.scalars(select(Vision).where(Vision.status != "earlier").order_by(Vision.id)))
        return Plan(
            landscape, actions, read_dependencies(db), [row for row in db.scalars(select(BudgetLine).order_by(BudgetLine.year, BudgetLine.id)) if row.action in shown],
            [row for row in db.scalars(select(Interplay).order_by(Interplay.id)) if row.first_action in shown and row.second_action in shown],
            {row.uuid: row for row in db.scalars(select(Intervention))}, list(db.scalars(select(Goal).order_by(Goal.position, Goal.id))),
            list(db.scalars(select(Target).order_by(Target.year, Target.id))),
            next((row for row in reversed(visions) if row.status == "agreed"), visions[-1] if visions else None), names,
            money_unit(landscape.currency, landscape.price_year),
        )  # fmt: skip


def find_problems(plan: Plan) -> list[str]:
    """What does not fit together, in sentences."""
    by_id, out = {row.uuid: row for row in plan.actions}, []
    year = dt.date.today().year
    for row in plan.actions:
        for first in (by_id[uuid] for uuid in plan.waits.get(row.uuid, []) if uuid in by_id):
            if (
                row.start_year is not None
                and first.end_year is not None
                and first.status != "done"
                and row.start_year <= first.end_year
            ):
                out.append(_("{name} begins in {year}, before {first} ends in {last}.").format(name=row.name, year=row.start_year, first=first.name, last=first.end_year))  # fmt: skip
        if row.end_year is not None and row.end_year < year and row.status not in ("done", "dropped"):
            out.append(_("{name} should have ended in {year}.").format(name=row.name, year=row.end_year))
        outside = [line.year for line in plan.lines_of(row.uuid) if line.year is not None and row.start_year is not None and row.end_year is not None and not row.start_year <= line.year <= row.end_year]  # fmt: skip
        if outside:
            out.append(_("{name} has money in {years}, outside its own years.").format(name=row.name, years=", ".join(map(str, outside))))  # fmt: skip
        if not row.lead and row.status not in ("done", "dropped"):
            out.append(_("Nobody leads {name}.").format(name=row.name))
    for goal in plan.goals:
        if not any(row.goal == goal.uuid for row in plan.actions):
            out.append(_("No action serves the goal {name}.").format(name=goal.name))
    return out


@dataclass(frozen=True)
class Pair:
    """Two actions: `score` as judged (None: not judged), and hectares and years that their interventions share."""

    first: Action
    second: Action
    score: int | None
    note: str
    shared_ha: float
    shared_years: int

    @property
    def suspected(self) -> bool:
        """They want the same ground in the same years, and nobody has said whether that is good."""
        return self.score is None and self.shared_ha > 0 and self.shared_years > 0


def compare_actions(plan: Plan) -> list[Pair]:
    """All pairs that were judged or that share ground (ellipsoidal hectares of the overlap) or that depend on each other."""
    judged = {frozenset((row.first_action, row.second_action)): row for row in plan.pairs}
    out = []
    for at, first in enumerate(plan.actions):
        for second in plan.actions[at + 1 :]:
            row = judged.get(frozenset((first.uuid, second.uuid)))
            one, other = plan.interventions.get(first.intervention), plan.interventions.get(second.intervention)
            shared = 0.0
            if one is not None and other is not None and one.geom is not None and other.geom is not None and one.uuid != other.uuid and shapely.intersects(one.geom, other.geom):  # fmt: skip
                shared = area_ha(shapely.intersection(one.geom, other.geom), plan.landscape.crs)
                if shared < LEAST_SHARE * min(one.area_ha or shared, other.area_ha or shared):
                    shared = 0.0
            years = _shared_years(first, second)
            if row is not None or shared > 0:
                out.append(Pair(first, second, row.score if row is not None else None, row.note if row is not None else "", shared, years))  # fmt: skip
    return out


def _shared_years(first: Action, second: Action) -> int:
    if None in (first.start_year, second.start_year):
        return 0
    begins = max(first.start_year or 0, second.start_year or 0)
    ends = min(first.end_year or 9999, second.end_year or 9999)
    return max(0, ends - begins + 1)


def first_steps(session: Session) -> list[Step]:
    """What the ring counts."""
    plan = read_plan(session)
    return [
        Step(N_("an action"), bool(plan.actions), "actions"),
        Step(N_("who leads each action"), bool(plan.actions) and all(row.lead for row in plan.actions), "actions"),
        Step(N_("years of each action"), bool(plan.actions) and all(row.start_year for row in plan.actions), "actions"),
        Step(N_("a budget by year"), bool(plan.budget), "budget"),
        Step(N_("how the actions act on each other"), bool(plan.pairs), "matrix"),
    ]  # fmt: skip
