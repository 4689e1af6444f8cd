"""The settings that travel with a project: rows of its file."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session as DbSession

from onekl_desktop.base.errors import UserError
from onekl_desktop.engine.settings import PROJECT_SETTINGS, find_setting
from onekl_desktop.project.records import Meta


def get_project_setting(db: DbSession, id: str) -> Any:
    """A project setting's value or default."""
    spec = find_setting(PROJECT_SETTINGS, id)
    stored = db.scalar(select(Meta.value).where(Meta.key == f"setting.{id}"))
    if stored is None:
        return spec.input.default
    try:
        return spec.input.read(json.loads(stored))
    except (UserError, ValueError):
        return spec.input.default


def set_project_setting(db: DbSession, id: str, value: Any) -> None:
    """Check and store a project setting; call within an operation."""
    checked = find_setting(PROJECT_SETTINGS, id).input.read(value)
    row = db.scalar(select(Meta).where(Meta.key == f"setting.{id}"))
    text = json.dumps(checked, ensure_ascii=False)
    if row is None:
        db.add(Meta(key=f"setting.{id}", value=text))
    else:
        row.value = text
