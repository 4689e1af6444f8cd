"""`onekl check`: everything that must hold in a project file, as a list of problems."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session as DbSession

from onekl_desktop.base.errors import Problem, make_problem
from onekl_desktop.base.geometry import from_gpkg
from onekl_desktop.project.gpkg import feature_columns, quote
from onekl_desktop.project.records import Layer
from onekl_desktop.project.references import LINKS


def check_project(raw: sqlite3.Connection, db: DbSession, files_folder: Path) -> list[Problem]:
    """All problems of an open project; an empty list means that it is sound."""
    problems = [
        make_problem("check.sqlite", reason=row[0])
        for row in raw.execute("PRAGMA integrity_check(5)")
        if row[0] != "ok"
    ]
    problems += _bookkeeping(raw)
    problems += _references(raw)
    problems += _geometries(raw)
    for layer in db.scalars(select(Layer)):
        if layer.file_name and not (files_folder / layer.file_name).exists():
            problems.append(make_problem("check.raster_file", name=layer.file_name, folder=files_folder))
    return problems


def _tables(raw: sqlite3.Connection) -> set[str]:
    return {name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def _bookkeeping(raw: sqlite3.Connection) -> list[Problem]:
    present = _tables(raw)
    registered = {name for (name,) in raw.execute("SELECT table_name FROM gpkg_contents")}
    parked = {name for (name,) in raw.execute("SELECT table_name FROM onekl_parked")}
    problems = [make_problem("check.contents", table=name) for name in sorted(registered - present)]
    ours = {
        name for name in present
        if not name.startswith(("gpkg_", "rtree_", "sqlite_")) and name not in {"layer_styles", "qgis_projects", "alembic_version"}
    }  # fmt: skip
    problems += [make_problem("check.unregistered", table=name) for name in sorted(ours - registered - parked)]
    for table, (column, _kind, _srs) in feature_columns(raw).items():
        rtree = f"rtree_{table}_{column}"
        if table not in present or rtree not in present:
            continue
        (index,) = raw.execute(f"SELECT count(*) FROM {quote(rtree)}").fetchone()
        (shapes,) = raw.execute(
            f"SELECT count(*) FROM {quote(table)} WHERE {quote(column)} IS NOT NULL AND (length({quote(column)}) > 8 "
            f"AND (unicode(substr(hex(substr({quote(column)}, 4, 1)), 1, 1)) - 48) % 2 = 0)"
        ).fetchone()
        if index != shapes:
            problems.append(make_problem("check.rtree", table=table, index=index, shapes=shapes))
    return problems


def _references(raw: sqlite3.Connection) -> list[Problem]:
    problems = []
    for link in LINKS:
        rows = raw.execute(
            f"SELECT id, {quote(link.column)} FROM {quote(link.child)} WHERE {quote(link.column)} != '' "
            f"AND {quote(link.column)} NOT IN (SELECT uuid FROM {quote(link.parent)}) LIMIT 20"
        )
        problems += [
            make_problem("check.reference", table=link.child, row=key, kind=link.parent, value=value)
            for key, value in rows
        ]
    return problems


def _geometries(raw: sqlite3.Connection) -> list[Problem]:
    problems: list[Problem] = []
    for table, (column, _kind, _srs) in feature_columns(raw).items():
        for key, blob in raw.execute(
            f"SELECT id, {quote(column)} FROM {quote(table)} WHERE {quote(column)} IS NOT NULL"
        ):
            try:
                shape = from_gpkg(blob)
            except ValueError as problem:
                problems.append(make_problem("check.geometry", table=table, row=key, reason=str(problem)))
                continue
            if table in ("landscape", "intervention") and not shape.is_valid:
                problems.append(
                    make_problem("check.geometry", table=table, row=key, reason=shapely.is_valid_reason(shape))
                )
            if len(problems) > 50:
                return problems
    return problems
