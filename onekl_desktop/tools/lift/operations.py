"""Projects, their interventions and money lines, and finance sources."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.translate import _
from onekl_desktop.base.units import format_number
from onekl_desktop.engine.decisions import today
from onekl_desktop.project.editing import add_record, change_record, remove_record
from onekl_desktop.project.file import Write
from onekl_desktop.project.queries.finance import find_rate, list_movements
from onekl_desktop.project.queries.records import get_landscape
from onekl_desktop.project.records import (
    Action,
    ExchangeRate,
    FinanceFlow,
    FinanceLine,
    FinanceSource,
    Funding,
    HouseholdType,
    Idea,
    Intervention,
    Movement,
    Project,
    ProjectPart,
    RoomItem,
)
from onekl_desktop.tools.lift.inputs import ROOM_ITEMS


def add_project(write: Write, **values: Any) -> dict[str, Any]:
    """An idea to begin with; the portfolio moves it through its stages. Unless told otherwise its harvest is sold."""
    sells = values.pop("sells_harvest", None)
    row = add_record(write, Project, {**values, "stage_since": today(), "sells_harvest": sells is not False})
    return {"project": row.uuid, "name": row.name}


def change_project(write: Write, project: str, **values: Any) -> dict[str, Any]:
    """Change what was given."""
    row = write.get(Project, project, field="project")
    change_record(write, row, values)
    return {"project": row.uuid, "name": row.name}


def remove_project(write: Write, project: str) -> dict[str, Any]:
    """Remove a project with its lines; interventions stay."""
    return {"name": remove_record(write, write.get(Project, project, field="project"))}


def add_part(write: Write, project: str, intervention: str) -> dict[str, Any]:
    """Count an intervention in this project; in one only."""
    row = write.get(Project, project, field="project")
    item = write.get(Intervention, intervention, field="intervention")
    taken = write.db.scalar(select(ProjectPart).where(ProjectPart.intervention == item.uuid).limit(1))
    if taken is not None:
        owner = write.get(Project, taken.project)
        raise UserError("lift.claimed", name=item.name, project=owner.name)
    write.add(ProjectPart(project=row.uuid, intervention=item.uuid))
    return {"name": item.name, "project": row.name}


def remove_part(write: Write, project: str, intervention: str) -> dict[str, Any]:
    """Take an intervention out again."""
    row = write.get(Project, project, field="project")
    item = write.get(Intervention, intervention, field="intervention")
    part = write.db.scalar(
        select(ProjectPart).where(ProjectPart.project == row.uuid, ProjectPart.intervention == item.uuid)
    )
    if part is None:
        raise UserError("lift.not_part", name=item.name, project=row.name)
    write.remove(part)
    return {"name": item.name, "project": row.name}


def add_line(write: Write, project: str, **values: Any) -> dict[str, Any]:
    """Money in or out; names may repeat between projects."""
    owner = write.get(Project, project, field="project")
    source = values.pop("finance_source", "")
    given = {key: value for key, value in values.items() if value is not None}
    row = FinanceLine(project=owner.uuid, **given)
    if source:
        row.finance_source = write.get(FinanceSource, source, field="finance_source").uuid
    _check_line(row)
    write.add(row)
    return {"line": row.uuid, "name": row.name}


def change_line(write: Write, line: str, **values: Any) -> dict[str, Any]:
    """Change what was given."""
    row = write.get(FinanceLine, line, field="line")
    name = values.pop("name", "")
    change_record(write, row, values)
    row.name = name or row.name
    _check_line(row)
    return {"line": row.uuid, "name": row.name}


def _check_line(row: FinanceLine) -> None:
    if row.last is not None and row.last < (row.first or 0):
        raise UserError("lift.line_years", name=row.name, first=row.first or 0, last=row.last)


def remove_line(write: Write, line: str) -> dict[str, Any]:
    """Remove a line."""
    return {"name": remove_record(write, write.get(FinanceLine, line, field="line"))}


def add_source(write: Write, **values: Any) -> dict[str, Any]:
    """Who could pay."""
    row = add_record(write, FinanceSource, values)
    _check_source(row)
    return {"finance_source": row.uuid, "name": row.name}


def change_source(write: Write, finance_source: str, **values: Any) -> dict[str, Any]:
    """Change what was given."""
    row = write.get(FinanceSource, finance_source, field="finance_source")
    change_record(write, row, values)
    _check_source(row)
    return {"finance_source": row.uuid, "name": row.name}


def _check_source(row: FinanceSource) -> None:
    low, high = row.ticket_minimum, row.ticket_maximum
    if low is not None and high is not None and low > high:
        raise UserError("lift.ticket", name=row.name, minimum=format_number(low), maximum=format_number(high))


def remove_source(write: Write, finance_source: str) -> dict[str, Any]:
    """Remove one that no line names."""
    return {"name": remove_record(write, write.get(FinanceSource, finance_source, field="finance_source"))}


def judge_idea(write: Write, action: str, **values: Any) -> dict[str, Any]:
    """Marks, verdict and money of an action; made at the first word about it."""
    of = write.get(Action, action, field="action")
    row = write.db.scalar(select(Idea).where(Idea.action == of.uuid).limit(1))
    if row is None:
        row = write.add(Idea(action=of.uuid))
    change_record(write, row, values)
    return {"idea": row.uuid, "name": of.name}


def add_flow(write: Write, **values: Any) -> dict[str, Any]:
    """Money that flows already."""
    row = add_record(write, FinanceFlow, values)
    _check_flow(row)
    return {"finance_flow": row.uuid, "name": row.name}


def change_flow(write: Write, finance_flow: str, **values: Any) -> dict[str, Any]:
    """Change what was given."""
    row = write.get(FinanceFlow, finance_flow, field="finance_flow")
    change_record(write, row, values)
    _check_flow(row)
    return {"finance_flow": row.uuid, "name": row.name}


def _check_flow(row: FinanceFlow) -> None:
    if row.first_year is not None and row.last_year is not None and row.last_year < row.first_year:
        raise UserError("lift.line_years", name=row.name, first=row.first_year, last=row.last_year)


def remove_flow(write: Write, finance_flow: str) -> dict[str, Any]:
    """Remove a flow."""
    return {"name": remove_record(write, write.get(FinanceFlow, finance_flow, field="finance_flow"))}


def add_funding(write: Write, project: str, **values: Any) -> dict[str, Any]:
    """A layer of the capital; names may repeat between projects."""
    owner = write.get(Project, project, field="project")
    row = Funding(project=owner.uuid)
    _fill(write, row, values)
    write.add(row)
    return {"funding": row.uuid, "name": row.name}


def change_funding(write: Write, funding: str, **values: Any) -> dict[str, Any]:
    """Change what was given."""
    row = write.get(Funding, funding, field="funding")
    _fill(write, row, values)
    return {"funding": row.uuid, "name": row.name}


def _fill(write: Write, row: Funding, values: dict[str, Any]) -> None:
    name, source = values.pop("name", ""), values.pop("finance_source", "")
    change_record(write, row, values)
    row.name, row.currency = name or row.name, row.currency.upper()
    if source:
        row.finance_source = write.get(FinanceSource, source, field="finance_source").uuid
    if row.currency and row.currency != get_landscape(write.db).currency and find_rate(write.db, row.currency) is None:
        raise UserError("lift.no_rate", name=row.name, currency=row.currency)


def remove_funding(write: Write, funding: str) -> dict[str, Any]:
    """Remove a layer of the capital."""
    return {"name": remove_record(write, write.get(Funding, funding, field="funding"))}


def add_household(write: Write, project: str, **values: Any) -> dict[str, Any]:
    """Households alike; names may repeat between projects."""
    owner = write.get(Project, project, field="project")
    row = HouseholdType(project=owner.uuid, **{key: value for key, value in values.items() if value is not None})
    _check_household(row)
    write.add(row)
    return {"household_type": row.uuid, "name": row.name}


def change_household(write: Write, household_type: str, **values: Any) -> dict[str, Any]:
    """Change what was given."""
    row = write.get(HouseholdType, household_type, field="household_type")
    name = values.pop("name", "")
    change_record(write, row, values)
    row.name = name or row.name
    _check_household(row)
    return {"household_type": row.uuid, "name": row.name}


def _check_household(row: HouseholdType) -> None:
    if row.benchmark and not row.benchmark_source.strip():
        raise UserError("lift.benchmark_source", name=row.name)


def remove_household(write: Write, household_type: str) -> dict[str, Any]:
    """Remove a kind of household."""
    return {"name": remove_record(write, write.get(HouseholdType, household_type, field="household_type"))}


def set_rate(write: Write, currency: str, rate: float, rated_on: str, source: str) -> dict[str, Any]:
    """A rate of a day; that of the same day is replaced."""
    code = currency.strip().upper()
    if len(code) != 3 or not code.isalpha():
        raise UserError("lift.currency", currency=currency)
    row = write.db.scalar(select(ExchangeRate).where(ExchangeRate.currency == code, ExchangeRate.rated_on == rated_on))
    if row is None:
        row = write.add(ExchangeRate(currency=code, rated_on=rated_on))
    row.rate, row.source = rate, source
    return {"exchange_rate": row.uuid, "currency": code}


def set_document(
    write: Write, project: str, item: str, status: str, resource: str = "", note: str = ""
) -> dict[str, Any]:
    """Whether a document of the data room is there."""
    owner = write.get(Project, project, field="project")
    row = write.db.scalar(select(RoomItem).where(RoomItem.project == owner.uuid, RoomItem.item == item))
    if row is None:
        row = write.add(RoomItem(project=owner.uuid, item=item))
    change_record(write, row, {"status": status, "resource": resource, "note": note})
    word = next(_(option.title) for option in ROOM_ITEMS if option.id == item)
    return {"room_item": row.uuid, "name": owner.name, "item": word}


def add_movement(write: Write, project: str, **values: Any) -> dict[str, Any]:
    """Money of a day."""
    owner = write.get(Project, project, field="project")
    row = add_record(write, Movement, {**values, "project": owner.uuid})
    return {"movement": row.uuid, "name": owner.name, "amount": format_number(row.amount)}


def remove_movement(write: Write, project: str, number: int) -> dict[str, Any]:
    """Remove one by its place in the project's list, which is by day."""
    owner = write.get(Project, project, field="project")
    rows = list_movements(write.db, owner.uuid)
    if number > len(rows):
        raise UserError("lift.no_movement", name=owner.name, number=number, count=len(rows))
    write.remove(rows[number - 1])
    return {"name": owner.name}
