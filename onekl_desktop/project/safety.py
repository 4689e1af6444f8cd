"""What must hold before anything in a stranger's file runs: it is a whole GeoPackage, ours, and carries no foreign code."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

from onekl_desktop.base.errors import UserError, explain_os_error
from onekl_desktop.base.translate import _
from onekl_desktop.base.units import format_number
from onekl_desktop.project.gpkg import (
    APPLICATION_ID,
    count_triggers,
    feature_columns,
    identity_trigger,
    quote,
    rtree_triggers,
)

SQLITE_MAGIC = b"SQLite format 3\x00"
_OLD_APPLICATION_IDS = {0x47503130, 0x47503131}  # GP10, GP11


def look(path: Path) -> None:
    """Refuse what is not a GeoPackage before SQLite touches it.

    Raises
    ------
    UserError
        `file.missing`, `project.not_geopackage`, `project.broken` (cut short).
    """
    try:
        if path.is_dir():
            raise UserError("file.is_folder", file=path)
        size = path.stat().st_size
        with path.open("rb") as stream:
            head = stream.read(100)
    except OSError as problem:
        raise explain_os_error(problem, path) from None
    if len(head) < 100 or head[:16] != SQLITE_MAGIC:
        raise UserError("project.not_geopackage", file=path)
    if int.from_bytes(head[68:72], "big") not in {APPLICATION_ID, *_OLD_APPLICATION_IDS}:
        raise UserError("project.not_geopackage", file=path)
    page = int.from_bytes(head[16:18], "big")
    pages = int.from_bytes(head[28:32], "big")
    page = 65536 if page == 1 else page
    if size < pages * page and not Path(f"{path}-wal").exists():
        raise UserError(
            "project.broken",
            file=path,
            reason=_("{count} bytes are missing at its end").format(count=format_number(pages * page - size)),
            backups=backups_folder(path),
        )


def backups_folder(path: Path) -> Path:
    """Where copies made before a migration lie."""
    return path.parent / f"{path.stem}_files" / "backups"


def _read_damaged(text: bytes) -> str:
    return text.decode("utf-8", "replace")


def inspect(path: Path, connection: sqlite3.Connection) -> None:
    """Check integrity, ownership and foreign code on a connection that has no functions of ours.

    Raises
    ------
    UserError
        `project.broken`, `project.not_ours`, `project.foreign_code`, `project.busy`.
    """
    try:
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA query_only = ON")
        connection.text_factory = _read_damaged
        verdict = [row[0] for row in connection.execute("PRAGMA quick_check(3)")]
        if verdict != ["ok"]:
            raise UserError(
                "project.broken", file=path, reason="; ".join(map(str, verdict))[:200], backups=backups_folder(path)
            )
        schema = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
        tables = {name for kind, name, _table, _sql in schema if kind == "table"}
        if not {"gpkg_contents", "gpkg_geometry_columns", "gpkg_spatial_ref_sys"} <= tables:
            raise UserError("project.not_geopackage", file=path)
        refuse_foreign_code(path, connection, schema)
        if "onekl_meta" not in tables or "alembic_version" not in tables:
            raise UserError("project.not_ours", file=path)
    except sqlite3.OperationalError as problem:
        code = "project.busy" if "locked" in str(problem) else "project.broken"
        raise UserError(code, file=path, reason=problem, backups=backups_folder(path)) from None
    except (sqlite3.DatabaseError, UnicodeDecodeError) as problem:
        raise UserError("project.broken", file=path, reason=problem, backups=backups_folder(path)) from None


def refuse_foreign_code(path: Path, connection: sqlite3.Connection, schema: list[tuple[str, str, str, str]]) -> None:
    """Every trigger, view and virtual table must be one that GeoPackage, GDAL, QGIS or we write."""
    features = feature_columns(connection)
    known = set(map(normalise, _tile_matrix_triggers()))
    rtrees: set[str] = set()
    for kind, name, _table, _sql in schema:
        if kind == "table":
            known.update(normalise(identity_trigger(name, stamped=stamped)) for stamped in (True, False))
    for table, (column, _kind, _srs) in features.items():
        if not any(kind == "table" and name == table for kind, name, _t, _s in schema):
            continue
        info = connection.execute(f"PRAGMA table_info({quote(table)})").fetchall()
        keys = [row[1] for row in info if row[5]]
        for version in ("1.2", "1.4"):
            for key in keys or ["id"]:
                known.update(map(normalise, rtree_triggers(table, column, key, version)))
        known.update(map(normalise, count_triggers(table)))
        rtrees.add(f"rtree_{table}_{column}".lower())
    for kind, name, _table, sql in schema:
        if kind == "view" or (kind == "trigger" and normalise(sql or "") not in known):
            word = _("view") if kind == "view" else _("trigger")
            raise UserError("project.foreign_code", file=path, kind=word, name=name)
        if kind == "table" and sql and re.match(r"\s*create\s+virtual\s+table", sql, re.I):
            arguments = normalise(sql).partition("using")[2]
            if name.lower() not in rtrees or arguments != "rtree(id,minx,maxx,miny,maxy)":
                raise UserError("project.foreign_code", file=path, kind=_("virtual table"), name=name)


def normalise(sql: str) -> str:
    """SQL without quotes, spaces, case and the optional words, so that spellings of the same trigger agree."""
    flat = re.sub(r"""["'`\[\]\s;]+""", "", sql.lower())
    return flat.replace("foreachrow", "").replace("ifnotexists", "")


def _tile_matrix_triggers() -> list[str]:
    rules = [
        ("zoom_level", "cannot be less than 0", "(NEW.zoom_level < 0)"),
        ("matrix_width", "cannot be less than 1", "(NEW.matrix_width < 1)"),
        ("matrix_height", "cannot be less than 1", "(NEW.matrix_height < 1)"),
        ("pixel_x_size", "must be greater than 0", "NOT (NEW.pixel_x_size > 0)"),
        ("pixel_y_size", "must be greater than 0", "NOT (NEW.pixel_y_size > 0)"),
    ]
    out = []
    for column, words, condition in rules:
        for event, verb in (("INSERT", "insert on"), (f"UPDATE OF {column}", "update on")):
            suffix = event.split()[0].lower()
            out.append(
                f"CREATE TRIGGER gpkg_tile_matrix_{column}_{suffix} BEFORE {event} ON gpkg_tile_matrix BEGIN "
                f"SELECT RAISE(ABORT, '{verb} table gpkg_tile_matrix violates constraint: {column} {words}') "
                f"WHERE {condition}; END"
            )
    return out
