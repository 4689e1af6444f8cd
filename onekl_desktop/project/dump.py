"""The canonical dump: what "undone to the same bytes" means.

All our tables and the feature tables that belong to the project, ordered by id, stamps included; without the
journal, the GeoPackage's bookkeeping, the embedded QGIS project, runs (which no undo touches) and caches.
"""

from __future__ import annotations

import hashlib
import sqlite3

from onekl_desktop.project.gpkg import quote

LEFT_OUT = {"onekl_journal", "onekl_parked", "run", "indicator_value"}


def dump_lines(raw: sqlite3.Connection) -> list[str]:
    """One line a row."""
    lines = []
    tables = raw.execute("SELECT table_name, data_type FROM gpkg_contents ORDER BY table_name").fetchall()
    for table, data_type in tables:
        if table in LEFT_OUT:
            continue
        lines.append(f"{table} {data_type}")
        lines.extend(f"{table} {row!r}" for row in raw.execute(f"SELECT * FROM {quote(table)} ORDER BY id"))
    return lines


def dump_hash(raw: sqlite3.Connection) -> str:
    """Hash of the canonical dump."""
    digest = hashlib.sha256()
    for line in dump_lines(raw):
        digest.update(line.encode() + b"\n")
    return digest.hexdigest()
