"""What each group cares for when scenarios are compared."""

from __future__ import annotations

import math
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session as DbSession

from onekl_desktop.base.errors import UserError, make_problem
from onekl_desktop.base.progress import Progress
from onekl_desktop.engine import Session
from onekl_desktop.engine.indicators import list_declared
from onekl_desktop.project.file import Write
from onekl_desktop.project.records import Group, GroupWeight, Indicator

EXAMPLE = "jobs=2, carbon_gain=1"


def parse_weights(text: str) -> dict[str, float]:
    """`jobs=2, carbon_gain=1` as weights by indicator; one without a number counts 1.

    Raises
    ------
    UserError
        `scenarios.weight`: a number that is none, or below 0.
    """
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    try:
        found = {name.strip(): float(number) if sign else 1.0 for name, sign, number in pairs}
    except ValueError:
        raise refuse_weights(text[:80], EXAMPLE) from None
    if not all(math.isfinite(value) and value >= 0 for value in found.values()):
        raise refuse_weights(text[:80], EXAMPLE)
    return found


def refuse_weights(value: str, known: str) -> UserError:
    """The problem of weights that say nothing, or of an indicator that is not there."""
    return UserError("scenarios.weight", [make_problem("scenarios.weight", field="weights", value=value, known=known)])


def prepare_set_weights(session: Session, _progress: Progress, people_group: str, weights: str = "") -> dict[str, Any]:
    """Know the indicators that models would compute but have not computed yet."""
    declared = [spec.id for _model, spec in list_declared(session.registry) if spec.direction]
    return {"people_group": people_group, "weights": weights, "declared": declared}


def set_weights(write: Write, people_group: str, weights: str, declared: list[str]) -> dict[str, Any]:
    """Write down what a group cares for; nothing takes back what it said."""
    group = write.get(Group, people_group, field="people_group")
    found = {code: weight for code, weight in parse_weights(weights).items() if weight}
    told = select(Indicator.code).where(Indicator.direction != 0, Indicator.model != "").order_by(Indicator.id)
    known = list(dict.fromkeys([*write.db.scalars(told), *declared]))
    unknown = [code for code in found if code not in known]
    if unknown or (weights.strip() and not found):
        raise refuse_weights(", ".join(unknown) or weights[:80], ", ".join(known) or EXAMPLE)
    held = {
        row.indicator: row
        for row in write.db.scalars(select(GroupWeight).where(GroupWeight.people_group == group.uuid))
    }
    for code, row in held.items():
        if code not in found:
            write.remove(row)
        elif row.weight != found[code]:
            row.weight = found[code]
    for code, weight in found.items():
        if code not in held:
            write.add(GroupWeight(people_group=group.uuid, indicator=code, weight=weight))
    return {"people_group": group.uuid, "name": group.name}


def list_weights(db: DbSession) -> dict[str, dict[str, float]]:
    """The groups that have said what they care for, in their order, each with its weights by indicator."""
    out: dict[str, dict[str, float]] = {}
    rows = list(db.scalars(select(GroupWeight).order_by(GroupWeight.id)))
    for group in db.scalars(select(Group).order_by(Group.id)):
        found = {row.indicator: row.weight for row in rows if row.people_group == group.uuid and row.weight > 0}
        if found:
            out[group.name] = found
    return out
