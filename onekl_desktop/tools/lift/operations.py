"""Projects, their interventions and money lines, and finance sources."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.units import format_number
from onekl_desktop.engine.decisions import today
from onekl_desktop.project.editing import add_record, change_record, remove_record
from onekl_desktop.project.file import Write
from onekl_desktop.project.records import FinanceLine, FinanceSource, Intervention, Project, ProjectPart


def add_project(write: Write, **values: Any) -> dict[str, Any]:
    """An idea to begin with; the portfolio moves it through its stages."""
    row = add_record(write, Project, {**values, "stage_since": today()})
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
