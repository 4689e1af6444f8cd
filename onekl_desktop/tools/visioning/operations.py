"""Challenges, pictures, vision, goals, targets, own indicators, results chain, and the vote on goals."""

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
from onekl_desktop.engine.subject_fields import check_place
from onekl_desktop.models.decisions.network import find_loop
from onekl_desktop.project.editing import add_record, change_record, check_name_free, remove_record
from onekl_desktop.project.file import Write
from onekl_desktop.project.records import (
    Concern,
    Decision,
    Goal,
    Group,
    Indicator,
    Picture,
    Result,
    ResultLink,
    Target,
    Vision,
    Wish,
)
from onekl_desktop.project.styles import PALETTE
from onekl_desktop.tools.visioning.frameworks import find_wrong, join_codes, read_crosswalk, split_codes

DIRECTIONS = {"more": 1, "less": -1, "neutral": 0}


# ------------------------------------------------------------------ what people see


def add_concern(write: Write, **values: Any) -> dict[str, Any]:
    """A challenge, an opportunity or something of value."""
    check_place(values)
    row = add_record(write, Concern, values)
    return {"concern": row.uuid, "name": row.name}


def change_concern(write: Write, concern: str, **values: Any) -> dict[str, Any]:
    """Change what was given."""
    check_place(values)
    row = write.get(Concern, concern, field="concern")
    change_record(write, row, values)
    return {"concern": row.uuid, "name": row.name}


def remove_concern(write: Write, concern: str) -> dict[str, Any]:
    """Remove it."""
    return {"name": remove_record(write, write.get(Concern, concern, field="concern"))}


def add_picture(write: Write, **values: Any) -> dict[str, Any]:
    """What a group drew."""
    if not values.get("layer") and not values.get("resource"):
        raise UserError("visioning.no_picture", name=values["name"])
    row = add_record(write, Picture, values)
    return {"picture": row.uuid, "name": row.name}


def change_picture(write: Write, picture: str, **values: Any) -> dict[str, Any]:
    """Change what was given."""
    row = write.get(Picture, picture, field="picture")
    change_record(write, row, values)
    return {"picture": row.uuid, "name": row.name}


def remove_picture(write: Write, picture: str) -> dict[str, Any]:
    """Remove the entry; layer and photo stay."""
    return {"name": remove_record(write, write.get(Picture, picture, field="picture"))}


# ------------------------------------------------------------------ the vision


def add_vision(write: Write, **values: Any) -> dict[str, Any]:
    """A draft."""
    row = add_record(write, Vision, values)
    return {"vision": row.uuid, "name": row.name}


def change_vision(write: Write, vision: str, **values: Any) -> dict[str, Any]:
    """Change a draft."""
    row = write.get(Vision, vision, field="vision")
    if row.status != "draft":
        raise UserError("visioning.agreed", name=row.name, date=row.agreed_on)
    change_record(write, row, values)
    return {"vision": row.uuid, "name": row.name}


def agree_vision(write: Write, vision: str, decision: str, agreed_on: str = "") -> dict[str, Any]:
    """The vision becomes the partnership's; the one that was valid is an earlier one."""
    row, taken = write.get(Vision, vision, field="vision"), write.get(Decision, decision, field="decision")
    if row.status == "agreed":
        raise UserError("visioning.agreed", name=row.name, date=row.agreed_on)
    if not row.statement or not row.horizon_year:
        raise UserError("visioning.half_vision", name=row.name)
    if taken.status != "decided":
        raise UserError("visioning.undecided", name=row.name, decision=taken.name)
    for earlier in write.db.scalars(select(Vision).where(Vision.status == "agreed")):
        earlier.status = "earlier"
        row.replaces = row.replaces or earlier.uuid
    row.status, row.decision, row.agreed_on = "agreed", taken.uuid, agreed_on or taken.decided_on or decisions.today()
    return {"vision": row.uuid, "name": row.name}


def remove_vision(write: Write, vision: str) -> dict[str, Any]:
    """Remove one that nothing refers to."""
    return {"name": remove_record(write, write.get(Vision, vision, field="vision"))}


def set_wish(write: Write, theme: str, zone: str, body: str = "") -> dict[str, Any]:
    """One field of the four returns and three zones."""
    row = write.db.scalar(select(Wish).where(Wish.theme == theme, Wish.zone == zone).limit(1))
    if not body:
        if row is not None:
            write.remove(row)
        return {"theme": theme, "zone": zone}
    if row is None:
        row = write.add(Wish(theme=theme, zone=zone))
    row.body = body
    return {"theme": theme, "zone": zone}


# ------------------------------------------------------------------ goals and targets


def add_goal(write: Write, **values: Any) -> dict[str, Any]:
    """What the partnership wants."""
    _check_codes(values.get("frameworks") or "")
    values["frameworks"] = join_codes(values.get("frameworks") or "", values.get("measure") or "")
    count = len(write.db.scalars(select(Goal.id)).all())
    values["colour"] = values.get("colour") or PALETTE[count % len(PALETTE)]
    row = add_record(write, Goal, {**values, "position": float(count)})
    return {"goal": row.uuid, "name": row.name}


def change_goal(write: Write, goal: str, **values: Any) -> dict[str, Any]:
    """Change what was given; what it is about brings its codes along, and takes those of what it was about before."""
    _check_codes(values.get("frameworks") or "")
    row = write.get(Goal, goal, field="goal")
    before = row.measure
    change_record(write, row, values)
    own = [
        code
        for code in split_codes(row.frameworks)
        if values.get("frameworks") or before == row.measure or code not in read_crosswalk().get(before, ())
    ]
    row.frameworks = join_codes(", ".join(own), row.measure)
    return {"goal": row.uuid, "name": row.name}


def _check_codes(text: str) -> None:
    wrong = find_wrong(split_codes(text))
    if wrong:
        raise UserError("visioning.wrong_code", codes=", ".join(wrong))


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
    if row.quantity is None or row.year is None:
        raise UserError("visioning.no_number", name=row.name)
    if not row.unit:
        raise UserError("visioning.no_unit", name=row.name)
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


# ------------------------------------------------------------------ the results chain


def prepare_add_result(session: Session, progress: Progress, **fields: Any) -> dict[str, Any]:
    """Let indicators be named that a model would compute but that have not been computed yet."""
    return prepare_add_target(session, progress, **fields)


def add_result(write: Write, declared: dict[str, Any], **values: Any) -> dict[str, Any]:
    """A box of the chain."""
    row = add_record(write, Result, _find_indicators(write, values, declared))
    return {"result": row.uuid, "name": row.name}


def prepare_change_result(session: Session, progress: Progress, **fields: Any) -> dict[str, Any]:
    """As for a new one."""
    return prepare_add_target(session, progress, **fields)


def change_result(write: Write, result: str, declared: dict[str, Any], **values: Any) -> dict[str, Any]:
    """Change what was given."""
    row = write.get(Result, result, field="result")
    change_record(write, row, _find_indicators(write, values, declared))
    return {"result": row.uuid, "name": row.name}


def _find_indicators(write: Write, values: dict[str, Any], declared: dict[str, Any]) -> dict[str, Any]:
    fields = ("indicator", "second_indicator", "third_indicator")
    found = {name: get_or_make(write, values[name], declared, field=name).uuid for name in fields if values.get(name)}
    return {**values, **found}


def place_result(write: Write, result: str, x: float, y: float) -> dict[str, Any]:
    """Where its box stands on the canvas."""
    row = write.get(Result, result, field="result")
    row.x, row.y = x, y
    return {"result": row.uuid, "name": row.name}


def remove_result(write: Write, result: str) -> dict[str, Any]:
    """Remove a box with its arrows."""
    return {"name": remove_record(write, write.get(Result, result, field="result"))}


def set_arrow(
    write: Write, cause: str, effect: str, assumption: str = "", evidence: str = "", resource: str = ""
) -> dict[str, Any]:
    """What leads to what; the same arrow again changes what was given."""
    first, then = write.get(Result, cause, field="cause"), write.get(Result, effect, field="effect")
    rows = list(write.db.scalars(select(ResultLink)))
    row = next((item for item in rows if (item.cause, item.effect) == (first.uuid, then.uuid)), None)
    if row is None:
        loop = find_loop([(item.cause, item.effect) for item in rows], (first.uuid, then.uuid))
        if loop:
            names = dict(write.db.execute(select(Result.uuid, Result.name)).all())
            raise UserError("visioning.loop", name=first.name, chain=" → ".join(names.get(uuid, "?") for uuid in loop))
        row = write.add(ResultLink(cause=first.uuid, effect=then.uuid))
    change_record(write, row, {"assumption": assumption, "evidence": evidence, "resource": resource})
    return {"result_link": row.uuid, "cause": first.name, "effect": then.name}


def remove_arrow(write: Write, cause: str, effect: str) -> dict[str, Any]:
    """Remove an arrow."""
    first, then = write.get(Result, cause, field="cause"), write.get(Result, effect, field="effect")
    row = write.db.scalar(
        select(ResultLink).where(ResultLink.cause == first.uuid, ResultLink.effect == then.uuid).limit(1)
    )
    if row is None:
        raise UserError("visioning.no_arrow", cause=first.name, effect=then.name)
    write.remove(row)
    return {"cause": first.name, "effect": then.name}


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


def cast_goal_votes(
    write: Write, decision: str, group: str, ranking: str, ballots: int = 1, reason: str = ""
) -> dict[str, Any]:
    """Ballots of one group."""
    row, voters = write.get(Decision, decision, field="decision"), write.get(Group, group, field="group")
    vote = decisions.cast(write, row, voters, ranking, ballots, reason)
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
