"""Move projects through their stages."""

from __future__ import annotations

from typing import Any

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.translate import _
from onekl_desktop.engine.decisions import today
from onekl_desktop.project.file import Write
from onekl_desktop.project.records import Project
from onekl_desktop.tools.portfolio.spec import STAGES


def move_project(write: Write, project: str, stage: str, since: str = "", reason: str = "") -> dict[str, Any]:
    """Another stage; the journal keeps the history, a reason is added to the project's note."""
    row = write.get(Project, project, field="project")
    names = {option.id: _(option.title) for option in STAGES}
    before, after = names.get(row.stage, row.stage), names[stage]
    if row.stage == stage:
        raise UserError("portfolio.same_stage", name=row.name, stage=after)
    row.stage, row.stage_since = stage, since or today()
    if reason:
        row.note = f"{row.note}\n{row.stage_since} {after}: {reason}".strip()
    return {"project": row.uuid, "name": row.name, "before": before, "after": after}
