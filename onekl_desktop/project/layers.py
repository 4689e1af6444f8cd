"""Vector layers inside the file: made as rows of ours, read as flat arrays."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely

from onekl_desktop.base.geometry import FlatShapes, kind_of, to_gpkg
from onekl_desktop.base.ids import new_uuid, slug
from onekl_desktop.base.progress import Progress
from onekl_desktop.native.shapes import join_shapes, read_gpkg_shapes
from onekl_desktop.project.gpkg import create_rtree, quote, refresh_extent, register_features

_AT_ONCE = 20_000  # rows that are read together
MOST_COLUMNS = 1900  # SQLite's 2,000, less what the table and its journal of changes add
RESERVED = {"id", "uuid", "geom", "fid", "ogc_fid", "rowid", "oid", "_rowid_"}


@dataclass
class VectorData:
    """Shapes with their attributes, ready to be stored: columns of equal length, geometry in the project's CRS."""

    geometry_type: str
    shapes: np.ndarray
    columns: dict[str, list[Any]] = field(default_factory=dict)
    column_types: dict[str, str] = field(default_factory=dict)

    def content_hash(self) -> str:
        """Hash of shapes and attributes."""
        digest = hashlib.sha256(self.geometry_type.encode())
        for wkb in shapely.to_wkb(self.shapes, byte_order=1):
            digest.update(wkb or b"\0")
        for name, values in self.columns.items():
            digest.update(repr((name, values)).encode())
        return digest.hexdigest()


def free_table_name(raw: sqlite3.Connection, title: str) -> str:
    """A table name made from a title that nothing in the file uses, registered or not."""
    taken = {name.lower() for (name,) in raw.execute("SELECT name FROM sqlite_master")}
    base = slug(title)
    if base.startswith(("gpkg_", "rtree_", "sqlite_", "onekl_")):
        base = f"layer_{base}"
    name, number = base, 2
    while name in taken or f"rtree_{name}_geom" in taken:
        name, number = f"{base}_{number}", number + 1
    return name


def column_names(names: Sequence[str]) -> list[str]:
    """Column names that clash with nothing: reserved words and repeats get a suffix."""
    out: list[str] = []
    seen = set(RESERVED)
    for name in names:
        base = "".join(ch for ch in name.strip() if ch >= " ")[:60] or "field"
        candidate, number = base, 1
        while candidate.lower() in seen:
            candidate, number = f"{base}_{number}", number + 1
        seen.add(candidate.lower())
        out.append(candidate)
    return out


def create_layer_table(
    raw: sqlite3.Connection, table: str, data: VectorData, srs_id: int, progress: Progress | None = None
) -> None:
    """Make, fill, register and index a feature table, within the caller's transaction."""
    names = column_names(list(data.columns))
    types = [data.column_types.get(name, "TEXT") for name in data.columns]
    declared = "".join(f", {quote(name)} {kind}" for name, kind in zip(names, types, strict=True))
    raw.execute(
        f"CREATE TABLE {quote(table)} (id INTEGER PRIMARY KEY, "
        f"uuid TEXT NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(16)))){declared}, geom {data.geometry_type})"
    )
    marks = ", ".join("?" * (len(names) + 2))
    columns = ", ".join(["uuid", *map(quote, names), "geom"])
    statement = f"INSERT INTO {quote(table)} ({columns}) VALUES ({marks})"
    values = list(data.columns.values())
    count = len(data.shapes)
    for start in range(0, count, 2000):
        stop = min(start + 2000, count)
        if progress is not None:
            progress.report(start / max(count, 1))
        raw.executemany(
            statement,
            [
                (new_uuid(), *(column[row] for column in values),
                 None if data.shapes[row] is None else to_gpkg(data.shapes[row], srs_id))
                for row in range(start, stop)
            ],
        )  # fmt: skip
    register_features(raw, table, "geom", data.geometry_type, srs_id, index=False)
    create_rtree(raw, table, "geom")
    refresh_extent(raw, table, "geom")


def read_shapes(
    raw: sqlite3.Connection,
    table: str,
    geometry_type: str,
    column: str = "geom",
    where: str = "",
    values: Sequence[Any] = (),
    order: str = "id",
) -> FlatShapes:
    """All shapes of a feature table as flat arrays, in an order (SQL). Broken geometries are left out."""
    clause = f" WHERE {where}" if where else ""
    cursor = raw.execute(f"SELECT id, {quote(column)} FROM {quote(table)}{clause} ORDER BY {order}", tuple(values))
    kind = kind_of(geometry_type)
    parts = []
    while rows := cursor.fetchmany(_AT_ONCE):
        parts.append(read_gpkg_shapes([blob for _key, blob in rows], [key for key, _blob in rows], kind))
    return join_shapes(parts, kind)


def last_change(raw: sqlite3.Connection, table: str) -> str:
    """What tells that somebody has changed a table, QGIS too: GeoPackage's time stamp, the number of rows, the last key."""
    (stamp,) = raw.execute("SELECT last_change FROM gpkg_contents WHERE table_name = ?", (table,)).fetchone() or ("",)
    (count,) = raw.execute(f"SELECT count(*) FROM {quote(table)}").fetchone()
    (last,) = raw.execute(f"SELECT max(id) FROM {quote(table)}").fetchone()
    return f"{stamp} {count} {last}"


def read_attributes(raw: sqlite3.Connection, table: str, key: int) -> dict[str, Any]:
    """One row without its geometry."""
    cursor = raw.execute(f"SELECT * FROM {quote(table)} WHERE id = ?", (key,))
    row = cursor.fetchone()
    if row is None:
        return {}
    return {item[0]: value for item, value in zip(cursor.description, row, strict=True) if not isinstance(value, bytes)}


def read_column(raw: sqlite3.Connection, table: str, column: str) -> dict[int, Any]:
    """One attribute by row id."""
    return dict(raw.execute(f"SELECT id, {quote(column)} FROM {quote(table)}"))


def list_columns(raw: sqlite3.Connection, table: str) -> list[tuple[str, str]]:
    """Attribute columns (name, declared type) without key, uuid and geometry."""
    info = raw.execute(f"PRAGMA table_info({quote(table)})")
    return [(row[1], row[2]) for row in info if row[1] not in ("id", "uuid", "geom")]
