"""Make a project: the landscape from a boundary that a person has seen and accepted."""

from __future__ import annotations

from pathlib import Path

from onekl_desktop.base.errors import UserError
from onekl_desktop.engine.registry import discover
from onekl_desktop.engine.settings import Settings
from onekl_desktop.project.file import create_project
from onekl_desktop.project.lock import user_name
from onekl_desktop.project.records import Landscape

SUFFIX = ".gpkg"


def make_project(path: Path, landscape: Landscape) -> Path:
    """Create the project file with the tables of all tools; returns its path (the suffix is added when missing)."""
    if path.suffix.lower() != SUFFIX:
        path = path.with_name(path.name + SUFFIX)
    if not landscape.name.strip():
        raise UserError("new.no_name")
    author = Settings().get("author") or user_name()
    create_project(path, landscape, branches=discover().branches(), author=author)
    return path
