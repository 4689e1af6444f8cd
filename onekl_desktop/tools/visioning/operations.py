"""Goals, targets, own indicators, the vote on goals, and the action plan."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.ids import slug
from onekl_desktop.base.progress import Progress
from onekl_desktop.base.translate import _
from onekl_desktop.engine import Session, decisions
from onekl_desktop.engine.indicators import get_or_make, list_declared
from onekl_desktop.project.editing import add_record, change_record, check_name_free, remove_record
from onekl_desktop.project.file import Write
from onekl_desktop.project.records import Action, Decision, Goal, Group, Indicator, Target
from onekl_desktop.project.styles import PALETTE

DIRECTIONS = {"more": 1, "less": -1, "neutral": 0}


# ------------------------------------------------------------------ goals and targets


def add_goal(write: Write, **values: Any) -> dict[str, Any]:
    """What the partnership wants."""
    count = len(write.db.scalars(select(Goal.id)).all())
    values["colour"] = values.get("colour") or PALETTE[count % len(PALETTE)]
    row = add_record(write, Goal, {**values, "position": float(count)})
    return {"goal": row.uuid, "name": row.name}


def change_goal(write: Write, goal: str, **values: Any) -> dict[str, Any]:
    """Change what was given."""
    row = write.get(Goal, goal, field="goal")
    change_record(write, row, values)
    return {"goal": row.uuid, "name": row.name}


def remove_goal(write: Write, goal: str) -> dict[str, Any]:
    """Remove one that nothing refers to."""
    return {"name": remove_record(write, write.get(Goal, goal, field="goal"))}


def prepare_add_target(session: Session, progress: Progress, **fields: Any) -> dict[str, Any]:
    """Let an indicator be named that a model would compute but that has not been computed yet."""
    return {**fields, "declared": {spec.id: (model.id, spec) for model, spec in list_declared(session.registry)}}


def add_target(
    write: Write, goal: str, indicator: str, declared: dict[str, Any], name: str = "", **values: Any
) -> dict[str, Any]:
    """A number by a year; without a baseline year it is the year of the land-cover map that is known later."""
    wanted = write.get(Goal, goal, field="goal")
    measure = get_or_make(write, indicator, declared, field="indicator")
    if not name:
        place = f" · {values['place']}" if values.get("place") else ""
        name = f"{measure.name}{place}" + (f" {values['year']}" if values.get("year") else "")
    row = add_record(
        write, Target, {**values, "name": name, "goal": wanted.uuid, "indicator": measure.uuid, "unit": measure.unit}
    )
    _check_target(row)
    return {"target": row.uuid, "name": row.name}


def change_target(write: Write, target: str, **values: Any) -> dict[str, Any]:
    """Change what was given."""
    row = write.get(Target, target, field="target")
    change_record(write, row, values)
    _check_target(row)
    return {"target": row.uuid, "name": row.name}


def _check_target(row: Target) -> None:
    if row.baseline is not None and row.quantity is not None and row.baseline == row.quantity:
        raise UserError("visioning.no_direction", name=row.name)
    if row.baseline_year is not None and row.year is not None and row.year <= row.baseline_year:
        raise UserError("visioning.years", name=row.name, year=row.year, baseline_year=row.baseline_year)


def remove_target(write: Write, target: str) -> dict[str, Any]:
    """Remove one that no observation refers to."""
    return {"name": remove_record(write, write.get(Target, target, field="target"))}


# ------------------------------------------------------------------ indicators of one's own


def add_indicator(write: Write, name: str, direction: str = "more", **values: Any) -> dict[str, Any]:
    """A number that is measured, not computed."""
    check_name_free(write, Indicator, name)
    taken = set(write.db.scalars(select(Indicator.code)))
    code, number = f"own_{slug(name, 'indicator')}", 2
    while code in taken:
        code, number = f"own_{slug(name, 'indicator')}_{number}", number + 1
    row = add_record(write, Indicator, {**values, "name": name, "code": code, "direction": DIRECTIONS[direction]})
    return {"indicator": row.uuid, "name": row.name}


def _own(write: Write, indicator: str) -> Indicator:
    row = write.get(Indicator, indicator, field="indicator")
    if row.model:
        raise UserError("visioning.computed", name=row.name)
    return row


def change_indicator(write: Write, indicator: str, direction: str = "", **values: Any) -> dict[str, Any]:
    """Change one of one's own."""
    row = _own(write, indicator)
    change_record(write, row, values)
    row.direction = DIRECTIONS.get(direction, row.direction)
    return {"indicator": row.uuid, "name": row.name}


def remove_indicator(write: Write, indicator: str) -> dict[str, Any]:
    """Remove one of one's own that nothing refers to."""
    return {"name": remove_record(write, _own(write, indicator))}


# ------------------------------------------------------------------ the vote on the goals


def open_goal_vote(write: Write, name: str, **values: Any) -> dict[str, Any]:
    """All goals as options."""
    goals = list(write.db.scalars(select(Goal).order_by(Goal.position, Goal.id)))
    if len(goals) < 2:
        raise UserError("visioning.few_goals", count=len(goals))
    row = decisions.open_decision(
        write, [goal.name for goal in goals], name=name, question=_("Which goal comes first?"), subject_kind="landscape",
        subject=write.landscape.uuid, **values,
    )  # fmt: skip
    return {"decision": row.uuid, "name": row.name}


def cast_goal_votes(write: Write, decision: str, group: str, ranking: str, ballots: int = 1) -> dict[str, Any]:
    """Ballots of one group."""
    row, voters = write.get(Decision, decision, field="decision"), write.get(Group, group, field="group")
    vote = decisions.cast(write, row, voters, ranking.split(";"), ballots)
    return {"vote": vote.uuid, "group": voters.name, "ballots": ballots}


def close_goal_vote(write: Write, decision: str, minutes: str = "", decided_on: str = "") -> dict[str, Any]:
    """Count, close, and put the goals into the order of the vote."""
    row = write.get(Decision, decision, field="decision")
    result = decisions.close(write, row, minutes=minutes, decided_on=decided_on)
    options = json.loads(row.options)
    goals = {goal.name: goal for goal in write.db.scalars(select(Goal))}
    for position, option in enumerate(result.order):
        goal = goals.get(options[option])
        if goal is not None and result.winner is not None:
            goal.position, goal.decision = float(position), row.uuid
    return {"decision": row.uuid, "name": row.name, "outcome": row.outcome}


# ------------------------------------------------------------------ the action plan


def add_action(write: Write, **values: Any) -> dict[str, Any]:
    """A step of the plan."""
    row = add_record(write, Action, values)
    return {"action": row.uuid, "name": row.name}


def change_action(write: Write, action: str, **values: Any) -> dict[str, Any]:
    """Change what was given; an action cannot wait for itself."""
    row = write.get(Action, action, field="action")
    change_record(write, row, values)
    chain, at = [row.name], row
    while at.depends_on:
        before = write.db.scalar(select(Action).where(Action.uuid == at.depends_on))
        if before is None:
            break
        chain.append(before.name)
        if before.uuid == row.uuid or len(chain) > 1000:
            raise UserError("visioning.in_circle", name=row.name, chain=" → ".join(chain))
        at = before
    return {"action": row.uuid, "name": row.name}


def remove_action(write: Write, action: str) -> dict[str, Any]:
    """Remove one that no other waits for."""
    return {"name": remove_record(write, write.get(Action, action, field="action"))}
