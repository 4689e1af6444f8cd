"""The GeoPackage contract (OGC 12-128r17, version 1.3): core tables, registration, r-tree, the five functions."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Any

import shapely

from onekl_desktop.base.geometry import from_gpkg, read_header

APPLICATION_ID = 0x47504B47
USER_VERSION = 10300

CORE_TABLES = (
    """CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY,
    organization TEXT NOT NULL, organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT)""",
    """CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
    description TEXT DEFAULT '', last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
    min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
    CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id))""",
    """CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL,
    srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
    CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name), CONSTRAINT uk_gc_table_name UNIQUE (table_name),
    CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
    CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id))""",
    """CREATE TABLE gpkg_extensions (table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL,
    scope TEXT NOT NULL, CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name))""",
    """CREATE TABLE gpkg_tile_matrix_set (table_name TEXT NOT NULL PRIMARY KEY, srs_id INTEGER NOT NULL,
    min_x DOUBLE NOT NULL, min_y DOUBLE NOT NULL, max_x DOUBLE NOT NULL, max_y DOUBLE NOT NULL,
    CONSTRAINT fk_gtms_table_name FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
    CONSTRAINT fk_gtms_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id))""",
    """CREATE TABLE gpkg_tile_matrix (table_name TEXT NOT NULL, zoom_level INTEGER NOT NULL, matrix_width INTEGER NOT NULL,
    matrix_height INTEGER NOT NULL, tile_width INTEGER NOT NULL, tile_height INTEGER NOT NULL, pixel_x_size DOUBLE NOT NULL,
    pixel_y_size DOUBLE NOT NULL, CONSTRAINT pk_ttm PRIMARY KEY (table_name, zoom_level),
    CONSTRAINT fk_tmm_table_name FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name))""",
    """CREATE TABLE gpkg_2d_gridded_coverage_ancillary (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    tile_matrix_set_name TEXT NOT NULL UNIQUE, datatype TEXT NOT NULL DEFAULT 'integer', scale REAL NOT NULL DEFAULT 1.0,
    offset REAL NOT NULL DEFAULT 0.0, precision REAL DEFAULT 1.0, data_null REAL,
    grid_cell_encoding TEXT DEFAULT 'grid-value-is-center', uom TEXT, field_name TEXT DEFAULT 'Height',
    quantity_definition TEXT DEFAULT 'Height',
    CONSTRAINT fk_g2dgtct_name FOREIGN KEY(tile_matrix_set_name) REFERENCES gpkg_tile_matrix_set (table_name),
    CHECK (datatype in ('integer','float')))""",
    """CREATE TABLE gpkg_2d_gridded_tile_ancillary (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, tpudt_name TEXT NOT NULL,
    tpudt_id INTEGER NOT NULL, scale REAL NOT NULL DEFAULT 1.0, offset REAL NOT NULL DEFAULT 0.0, min REAL DEFAULT NULL,
    max REAL DEFAULT NULL, mean REAL DEFAULT NULL, std_dev REAL DEFAULT NULL,
    CONSTRAINT fk_g2dgtat_name FOREIGN KEY (tpudt_name) REFERENCES gpkg_contents(table_name), UNIQUE (tpudt_name, tpudt_id))""",
    """CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), f_table_schema TEXT(256),
    f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN,
    description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')))""",
    "CREATE TABLE qgis_projects (name TEXT PRIMARY KEY, metadata BLOB, content BLOB)",
)

_EXTENSION_RTREE = ("gpkg_rtree_index", "http://www.geopackage.org/spec120/#extension_rtree", "write-only")
_EXTENSION_COVERAGE = (
    "gpkg_2d_gridded_coverage",
    "http://docs.opengeospatial.org/is/17-066r1/17-066r1.html",
    "read-write",
)

# Bookkeeping tables with the column that names the user table, in the order in which rows may be inserted.
REGISTRATION = (
    ("gpkg_contents", "table_name"),
    ("gpkg_geometry_columns", "table_name"),
    ("gpkg_tile_matrix_set", "table_name"),
    ("gpkg_tile_matrix", "table_name"),
    ("gpkg_extensions", "table_name"),
    ("gpkg_2d_gridded_coverage_ancillary", "tile_matrix_set_name"),
    ("gpkg_2d_gridded_tile_ancillary", "tpudt_name"),
)


def quote(name: str) -> str:
    """An SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def register_functions(connection: sqlite3.Connection) -> None:
    """The five functions that spatial-index triggers call; without them no feature row can be updated."""

    def bound(index: int) -> Any:
        def read(blob: bytes | None) -> float | None:
            if blob is None:
                return None
            try:
                _srs, empty, _offset, box = read_header(blob)
                if box is None:
                    shape = from_gpkg(blob)
                    if empty or shape.is_empty:
                        return None
                    left, bottom, right, top = shape.bounds
                    box = (left, right, bottom, top)
                return None if empty or box[0] != box[0] else box[index]
            except (ValueError, shapely.errors.GEOSException):
                return None

        return read

    def is_empty(blob: bytes | None) -> int | None:
        if blob is None:
            return None
        try:
            _srs, empty, offset, box = read_header(blob)
            if box is not None and not empty:
                return int(box[0] != box[0])
            return int(empty or shapely.from_wkb(blob[offset:]).is_empty)
        except (ValueError, shapely.errors.GEOSException):
            return 1

    for index, name in enumerate(("ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY")):
        connection.create_function(name, 1, bound(index), deterministic=True)
    connection.create_function("ST_IsEmpty", 1, is_empty, deterministic=True)


def srs_rows(crs_codes: Iterable[str]) -> list[tuple[str, int, str, int, str, str]]:
    """Rows for gpkg_spatial_ref_sys: the three that the standard demands and those named."""
    from pyproj import CRS

    rows = [
        ("Undefined Cartesian SRS", -1, "NONE", -1, "undefined", "undefined Cartesian coordinate reference system"),
        ("Undefined geographic SRS", 0, "NONE", 0, "undefined", "undefined geographic coordinate reference system"),
    ]
    for code in dict.fromkeys(["EPSG:4326", *crs_codes]):
        crs = CRS.from_user_input(code)
        number = srs_id_of(code)
        rows.append((crs.name, number, code.split(":")[0], number, crs.to_wkt("WKT1_GDAL"), crs.name))
    return rows


def srs_id_of(crs: str) -> int:
    """The number of an `EPSG:n` code; custom systems are not stored (importing reprojects them)."""
    return int(crs.split(":")[1])


def create_core(connection: sqlite3.Connection, crs: str) -> None:
    """Make an empty database a GeoPackage whose project CRS is `crs`."""
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {USER_VERSION}")
    for statement in CORE_TABLES:
        connection.execute(statement)
    connection.executemany("INSERT INTO gpkg_spatial_ref_sys VALUES (?,?,?,?,?,?)", srs_rows([crs]))
    for table in ("gpkg_2d_gridded_coverage_ancillary", "gpkg_2d_gridded_tile_ancillary"):
        connection.execute("INSERT INTO gpkg_extensions VALUES (?, NULL, ?, ?, ?)", (table, *_EXTENSION_COVERAGE))


def ensure_srs(connection: sqlite3.Connection, crs: str) -> int:
    """Register a coordinate reference system and return its number."""
    number = srs_id_of(crs)
    if not connection.execute("SELECT 1 FROM gpkg_spatial_ref_sys WHERE srs_id = ?", (number,)).fetchone():
        row = next(row for row in srs_rows([crs]) if row[1] == number)
        connection.execute("INSERT INTO gpkg_spatial_ref_sys VALUES (?,?,?,?,?,?)", row)
    return number


def register_attributes(connection: sqlite3.Connection, table: str) -> None:
    """Register a table without geometry, so that QGIS opens and edits it."""
    connection.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES (?, 'attributes', ?, 0)",
        (table, table),
    )
    _watch_identity(connection, table)


def identity_trigger(table: str, *, stamped: bool) -> str:
    """Give a row a proper identity (and stamps) when a program wrote the text of the default instead of its value.

    QGIS 3.22 fills a new row with the default clauses themselves, as text; the second such row would break the
    uniqueness of `uuid`.
    """
    t = quote(table)
    stamp = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"
    stamps = f", created_at = {stamp}, changed_at = {stamp}" if stamped else ""
    return (
        f"CREATE TRIGGER {quote(f'onekl_identity_{table}')} AFTER INSERT ON {t} WHEN length(NEW.uuid) != 32 "
        f"BEGIN UPDATE {t} SET uuid = lower(hex(randomblob(16))){stamps} WHERE id = NEW.id; END"
    )


def _watch_identity(connection: sqlite3.Connection, table: str) -> None:
    names = {row[1] for row in connection.execute(f"PRAGMA table_info({quote(table)})")}
    if "uuid" in names:
        connection.execute(identity_trigger(table, stamped="created_at" in names))


def register_features(
    connection: sqlite3.Connection, table: str, column: str, geometry_type: str, srs_id: int, *, index: bool = True
) -> None:
    """Register a feature table; with `index` also its r-tree and triggers (fill the r-tree afterwards for bulk loads)."""
    connection.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES (?, 'features', ?, ?)",
        (table, table, srs_id),
    )
    connection.execute(
        "INSERT INTO gpkg_geometry_columns VALUES (?, ?, ?, ?, 0, 0)", (table, column, geometry_type, srs_id)
    )
    _watch_identity(connection, table)
    if index:
        create_rtree(connection, table, column)


def create_rtree(connection: sqlite3.Connection, table: str, column: str) -> None:
    """Build the r-tree of a feature table from its rows and install its triggers."""
    rtree = quote(f"rtree_{table}_{column}")
    connection.execute(f"CREATE VIRTUAL TABLE {rtree} USING rtree(id, minx, maxx, miny, maxy)")
    geom = quote(column)
    connection.execute(
        f"INSERT INTO {rtree} SELECT rowid, ST_MinX({geom}), ST_MaxX({geom}), ST_MinY({geom}), ST_MaxY({geom}) "
        f"FROM {quote(table)} WHERE {geom} NOTNULL AND NOT ST_IsEmpty({geom})"
    )
    for statement in rtree_triggers(table, column, "id"):
        connection.execute(statement)
    connection.execute("INSERT INTO gpkg_extensions VALUES (?, ?, ?, ?, ?)", (table, column, *_EXTENSION_RTREE))


def rtree_triggers(table: str, column: str, key: str, version: str = "1.2") -> list[str]:
    """The spatial-index triggers of the standard: 1.2/1.3 (update1, update3) or 1.4 (update6, update7)."""
    t, c, i = quote(table), quote(column), quote(key)
    rtree = quote(f"rtree_{table}_{column}")
    name = f"rtree_{table}_{column}"

    def trigger(suffix: str, event: str, when: str, body: str) -> str:
        when_clause = f" WHEN {when}" if when else ""
        return f"CREATE TRIGGER {quote(name + '_' + suffix)} AFTER {event} ON {t}{when_clause} BEGIN {body} END"

    full, void = f"(new.{c} NOT NULL AND NOT ST_IsEmpty(NEW.{c}))", f"(NEW.{c} ISNULL OR ST_IsEmpty(NEW.{c}))"
    old_full, old_void = f"(OLD.{c} NOT NULL AND NOT ST_IsEmpty(OLD.{c}))", f"(OLD.{c} ISNULL OR ST_IsEmpty(OLD.{c}))"
    values = f"NEW.{i}, ST_MinX(NEW.{c}), ST_MaxX(NEW.{c}), ST_MinY(NEW.{c}), ST_MaxY(NEW.{c})"
    store = f"INSERT OR REPLACE INTO {rtree} VALUES ({values});"
    drop = f"DELETE FROM {rtree} WHERE id = OLD.{i};"
    boxes = f"minx = ST_MinX(NEW.{c}), maxx = ST_MaxX(NEW.{c}), miny = ST_MinY(NEW.{c}), maxy = ST_MaxY(NEW.{c})"
    update = f"UPDATE {rtree} SET {boxes} WHERE id = NEW.{i};"
    common = [
        trigger("insert", "INSERT", full, store),
        trigger("update2", f"UPDATE OF {c}", f"OLD.{i} = NEW.{i} AND {void}", drop),
        trigger("update4", "UPDATE", f"OLD.{i} != NEW.{i} AND {void}", f"DELETE FROM {rtree} WHERE id IN (OLD.{i}, NEW.{i});"),
        trigger("delete", "DELETE", f"old.{c} NOT NULL", drop),
    ]  # fmt: skip
    if version == "1.2":
        return [
            *common,
            trigger("update1", f"UPDATE OF {c}", f"OLD.{i} = NEW.{i} AND {full.replace('new.', 'NEW.')}", store),
            trigger("update3", "UPDATE", f"OLD.{i} != NEW.{i} AND {full.replace('new.', 'NEW.')}", drop + " " + store),
        ]
    return [
        *common,
        trigger("update5", "UPDATE", f"OLD.{i} != NEW.{i} AND {full.replace('new.', 'NEW.')}", drop + " " + store),
        trigger("update6", f"UPDATE OF {c}", f"OLD.{i} = NEW.{i} AND {full.replace('new.', 'NEW.')} AND {old_full}", update),
        trigger("update7", f"UPDATE OF {c}", f"OLD.{i} = NEW.{i} AND {full.replace('new.', 'NEW.')} AND {old_void}",
                f"INSERT INTO {rtree} VALUES ({values});"),
    ]  # fmt: skip


def count_triggers(table: str) -> list[str]:
    """GDAL's feature-count triggers (they keep gpkg_ogr_contents)."""
    low = table.lower()
    out = []
    for event, sign in (("insert", "+"), ("delete", "-")):
        out.append(
            f"CREATE TRIGGER {quote(f'trigger_{event}_feature_count_{table}')} AFTER {event} ON {quote(table)} "
            f"BEGIN UPDATE gpkg_ogr_contents SET feature_count = feature_count {sign} 1 "
            f"WHERE lower(table_name) = lower('{low.replace(chr(39), chr(39) * 2)}'); END"
        )
    return out


def feature_columns(connection: sqlite3.Connection) -> dict[str, tuple[str, str, int]]:
    """Registered feature tables: name -> geometry column, geometry type, srs id."""
    rows = connection.execute("SELECT table_name, column_name, geometry_type_name, srs_id FROM gpkg_geometry_columns")
    return {table: (column, kind, srs) for table, column, kind, srs in rows}


def refresh_extent(connection: sqlite3.Connection, table: str, column: str) -> None:
    """Bring the box in gpkg_contents up to date from the r-tree."""
    box = connection.execute(
        f"SELECT min(minx), min(miny), max(maxx), max(maxy) FROM {quote(f'rtree_{table}_{column}')}"
    ).fetchone()
    connection.execute(
        "UPDATE gpkg_contents SET min_x = ?, min_y = ?, max_x = ?, max_y = ?, "
        "last_change = strftime('%Y-%m-%dT%H:%M:%fZ','now') WHERE table_name = ?",
        (*box, table),
    )
