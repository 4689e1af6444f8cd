"""Actions, what they wait for, their budget, and how they act on each other."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_, select

from onekl_desktop.base.errors import UserError
from onekl_desktop.models.decisions.network import find_loop
from onekl_desktop.project.editing import add_record, change_record, remove_record
from onekl_desktop.project.file import Write
from onekl_desktop.project.records import Action, BudgetLine, Dependency, Interplay

# ------------------------------------------------------------------ actions


def add_action(write: Write, waits_for: str = "", **values: Any) -> dict[str, Any]:
    """A step of the plan."""
    _check_years(values.get("start_year"), values.get("end_year"), values["name"])
    row = add_record(write, Action, values)
    _wait_for(write, row, waits_for)
    return {"action": row.uuid, "name": row.name}


def change_action(write: Write, action: str, waits_for: str = "", **values: Any) -> dict[str, Any]:
    """Change what was given."""
    row = write.get(Action, action, field="action")
    change_record(write, row, values)
    _check_years(row.start_year, row.end_year, row.name)
    if waits_for:
        for old in write.db.scalars(select(Dependency).where(Dependency.action == row.uuid)):
            write.remove(old)
        _wait_for(write, row, waits_for)
    return {"action": row.uuid, "name": row.name}


def remove_action(write: Write, action: str) -> dict[str, Any]:
    """Remove one that no other waits for."""
    return {"name": remove_record(write, write.get(Action, action, field="action"))}


def _check_years(first: int | None, last: int | None, name: str) -> None:
    if first is not None and last is not None and last < first:
        raise UserError("action_plan.years", name=name, first=first, last=last)


def _wait_for(write: Write, row: Action, names: str) -> None:
    for name in (name.strip() for name in names.split(";")):
        if name:
            set_dependency(write, row.uuid, name)


# ------------------------------------------------------------------ what comes first


def set_dependency(write: Write, action: str, waits_for: str, note: str = "") -> dict[str, Any]:
    """An action begins after another one."""
    row, before = write.get(Action, action, field="action"), write.get(Action, waits_for, field="waits_for")
    rows = list(write.db.scalars(select(Dependency)))
    found = next((item for item in rows if (item.action, item.waits_for) == (row.uuid, before.uuid)), None)
    if found is None:
        loop = find_loop([(item.waits_for, item.action) for item in rows], (before.uuid, row.uuid))
        if loop:
            names = dict(write.db.execute(select(Action.uuid, Action.name)).all())
            chain = " → ".join(names.get(uuid, "?") for uuid in loop)
            raise UserError("action_plan.in_circle", name=row.name, chain=chain)
        found = write.add(Dependency(action=row.uuid, waits_for=before.uuid))
    found.note = note or found.note
    return {"dependency": found.uuid, "action": row.name, "waits_for": before.name}


def remove_dependency(write: Write, action: str, waits_for: str) -> dict[str, Any]:
    """An action no longer waits for another one."""
    row, before = write.get(Action, action, field="action"), write.get(Action, waits_for, field="waits_for")
    found = list(
        write.db.scalars(select(Dependency).where(Dependency.action == row.uuid, Dependency.waits_for == before.uuid))
    )
    if not found:
        raise UserError("action_plan.no_dependency", action=row.name, waits_for=before.name)
    for item in found:
        write.remove(item)
    return {"action": row.name, "waits_for": before.name}


# ------------------------------------------------------------------ budget


def add_budget_line(write: Write, action: str, year: int, name: str = "", **values: Any) -> dict[str, Any]:
    """Money of an action in one year; without a name it is the action's with the year."""
    owner = write.get(Action, action, field="action")
    base = name or f"{owner.name} {year}"
    taken = {text.lower() for text in write.db.scalars(select(BudgetLine.name))}
    text, number = base, 2
    while text.lower() in taken:
        text, number = f"{base} ({number})", number + 1
    row = add_record(write, BudgetLine, {**values, "name": text, "action": owner.uuid, "year": year})
    return {"budget_line": row.uuid, "name": row.name}


def change_budget_line(write: Write, budget_line: str, **values: Any) -> dict[str, Any]:
    """Change what was given."""
    row = write.get(BudgetLine, budget_line, field="budget_line")
    change_record(write, row, values)
    return {"budget_line": row.uuid, "name": row.name}


def remove_budget_line(write: Write, budget_line: str) -> dict[str, Any]:
    """Remove a line."""
    return {"name": remove_record(write, write.get(BudgetLine, budget_line, field="budget_line"))}


# ------------------------------------------------------------------ how two actions act on each other


def set_interplay(
    write: Write, first_action: str, second_action: str, score: int = 0, note: str = ""
) -> dict[str, Any]:
    """Judge a pair; the order of the two does not matter."""
    first, second, row = _find_pair(write, first_action, second_action)
    if first.uuid == second.uuid:
        raise UserError("action_plan.with_itself", name=first.name)
    if row is None:
        row = write.add(Interplay(first_action=first.uuid, second_action=second.uuid))
    row.score, row.note = score, note or row.note
    return {"interplay": row.uuid, "first_action": first.name, "second_action": second.name}


def remove_interplay(write: Write, first_action: str, second_action: str) -> dict[str, Any]:
    """Take the judgement back."""
    first, second, row = _find_pair(write, first_action, second_action)
    if row is None:
        raise UserError("action_plan.no_pair", first=first.name, second=second.name)
    write.remove(row)
    return {"first_action": first.name, "second_action": second.name}


def _find_pair(write: Write, first_action: str, second_action: str) -> tuple[Action, Action, Interplay | None]:
    first, second = (
        write.get(Action, first_action, field="first_action"),
        write.get(Action, second_action, field="second_action"),
    )
    pairs = or_(
        (Interplay.first_action == first.uuid) & (Interplay.second_action == second.uuid),
        (Interplay.first_action == second.uuid) & (Interplay.second_action == first.uuid),
    )
    return first, second, write.db.scalar(select(Interplay).where(pairs).limit(1))
