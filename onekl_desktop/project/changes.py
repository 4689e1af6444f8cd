"""What a transaction changed, as row images that can be turned round and replayed.

Temporary triggers on the writer's connection note each touched row with its first image, so whatever
writes (records, bulk SQL, a plug-in) is seen. A layer's tables are never copied: adding or removing
one is a `TableChange` that takes its bookkeeping rows out of the GeoPackage and parks the table.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.ids import new_uuid
from onekl_desktop.project.gpkg import REGISTRATION, feature_columns, quote, refresh_extent

UNTRACKED = {"onekl_journal", "onekl_parked"}
Row = dict[str, Any]


@dataclass(frozen=True)
class Change:
    """One row: its image before (None: it was added) and after (None: it was removed)."""

    table: str
    key: int
    before: Row | None
    after: Row | None

    def __invert__(self) -> Change:
        return Change(self.table, self.key, self.after, self.before)


@dataclass(frozen=True)
class TableChange:
    """A layer's table added (`added`) or removed, with the bookkeeping rows that make it part of the GeoPackage."""

    table: str
    added: bool
    registration: tuple[tuple[str, Row], ...] = ()

    def __invert__(self) -> TableChange:
        return TableChange(self.table, not self.added, self.registration)


@dataclass(frozen=True)
class ChangeSet:
    """All changes of one transaction. `~changes` undoes it."""

    rows: tuple[Change, ...] = ()
    tables: tuple[TableChange, ...] = ()
    operation: str = ""

    def __invert__(self) -> ChangeSet:
        return ChangeSet(
            tuple(~change for change in reversed(self.rows)), tuple(~t for t in reversed(self.tables)), self.operation
        )

    def __bool__(self) -> bool:
        return bool(self.rows or self.tables)

    def touches(self, *tables: str) -> bool:
        """Whether any of these tables has a changed row or was added or removed."""
        return any(change.table in tables for change in (*self.rows, *self.tables))  # type: ignore[attr-defined]

    def of(self, table: str) -> Iterator[Change]:
        """The row changes of one table."""
        return (change for change in self.rows if change.table == table)


def tracked_tables(raw: sqlite3.Connection) -> list[str]:
    """Registered tables with our keys whose rows are watched."""
    rows = raw.execute("SELECT table_name FROM gpkg_contents WHERE data_type IN ('attributes', 'features')")
    return [name for (name,) in rows if name not in UNTRACKED]


def columns_of(raw: sqlite3.Connection, table: str) -> list[str]:
    """Column names in the order of the table."""
    return [row[1] for row in raw.execute(f"PRAGMA table_info({quote(table)})")]


class Capture:
    """Watches one connection. Use on the writer thread, within a transaction."""

    def __init__(self, raw: sqlite3.Connection) -> None:
        self._raw = raw
        self._watched: dict[str, list[str]] = {}
        self._tables: list[TableChange] = []

    def watch_all(self) -> None:
        """Watch every tracked table that is not watched yet, and forget those that are gone."""
        present = set(tracked_tables(self._raw))
        for table in set(self._watched) - present:
            self._unwatch(table)
        for table in sorted(present - set(self._watched)):
            self._watch(table)

    def _watch(self, table: str) -> None:
        names = columns_of(self._raw, table)
        if "id" not in names:
            return
        log = quote("log_" + table)
        columns = ", ".join(quote(name) for name in names)
        old = ", ".join("OLD." + quote(name) for name in names)
        self._raw.execute(
            f"CREATE TEMP TABLE {log} (onekl_seq INTEGER PRIMARY KEY, onekl_key INTEGER, onekl_new INTEGER, {columns})"
        )
        for event, key, new, values in (
            ("INSERT", "NEW.id", 1, ", ".join("NULL" for _ in names)),
            ("UPDATE", "OLD.id", 0, old),
            ("DELETE", "OLD.id", 0, old),
        ):
            self._raw.execute(
                f"CREATE TEMP TRIGGER {quote(f'watch_{event}_{table}')} AFTER {event} ON main.{quote(table)} BEGIN "
                f"INSERT INTO {log} (onekl_key, onekl_new, {columns}) VALUES ({key}, {new}, {values}); END"
            )
        self._watched[table] = names

    def _unwatch(self, table: str) -> None:
        for event in ("INSERT", "UPDATE", "DELETE"):
            self._raw.execute(f"DROP TRIGGER IF EXISTS temp.{quote(f'watch_{event}_{table}')}")
        self._raw.execute(f"DROP TABLE IF EXISTS temp.{quote('log_' + table)}")
        self._watched.pop(table, None)

    def add_table(self, table: str) -> None:
        """Tell that a registered layer table is new; its rows belong to it and are not changes of their own."""
        self._tables.append(TableChange(table, True, read_registration(self._raw, table)))

    def remove_table(self, table: str) -> None:
        """Take a layer table out of the project."""
        change = TableChange(table, False, read_registration(self._raw, table))
        park(self._raw, change)
        self._tables.append(change)

    def collect(self) -> ChangeSet:
        """The coalesced changes since the last call; empties the notes."""
        rows: list[Change] = []
        for table, names in self._watched.items():
            log = "temp." + quote("log_" + table)
            firsts = self._raw.execute(
                f"SELECT * FROM {log} WHERE onekl_seq IN (SELECT min(onekl_seq) FROM {log} GROUP BY onekl_key) ORDER BY onekl_seq"
            ).fetchall()
            if not firsts:
                continue
            after = read_rows(self._raw, table, [first[1] for first in firsts], names)
            for _seq, key, new, *values in firsts:
                before = None if new else dict(zip(names, values, strict=True))
                if before != after.get(key):
                    rows.append(Change(table, key, before, after.get(key)))
            self._raw.execute(f"DELETE FROM {log}")
        added = tuple(self._tables)
        self._tables = []
        return ChangeSet(tuple(rows), added)

    def discard(self) -> None:
        """Forget a transaction that was rolled back; its notes went with it."""
        self._tables = []

    def forget(self) -> None:
        """Drop all watches."""
        for table in list(self._watched):
            self._unwatch(table)


def read_rows(
    raw: sqlite3.Connection, table: str, keys: Iterable[int], names: list[str] | None = None
) -> dict[int, Row]:
    """Images of rows by key; missing rows are left out."""
    names = names or columns_of(raw, table)
    columns = ", ".join(quote(name) for name in names)
    keys = list(keys)
    found: dict[int, Row] = {}
    for start in range(0, len(keys), 500):
        part = keys[start : start + 500]
        marks = ",".join("?" * len(part))
        for values in raw.execute(f"SELECT {columns} FROM {quote(table)} WHERE id IN ({marks})", part):
            row = dict(zip(names, values, strict=True))
            found[row["id"]] = row
    return found


def replay(raw: sqlite3.Connection, changes: ChangeSet) -> None:
    """Bring the rows from their `before` to their `after` images.

    Raises
    ------
    UserError
        `history.conflict`: a row is not as it was left (QGIS or a merge changed it); nothing is applied
        because the caller rolls back.
    """
    for table_change in changes.tables:
        (unpark if table_change.added else park)(raw, table_change)
    by_table: dict[str, list[Change]] = {}
    for change in changes.rows:
        by_table.setdefault(change.table, []).append(change)
    present = {name for (name,) in raw.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'")}
    for table, table_changes in by_table.items():
        if table not in present:
            raise UserError("history.conflict", table=table)
        current = read_rows(raw, table, (change.key for change in table_changes))
        for change in table_changes:
            if current.get(change.key) != change.before:
                raise UserError("history.conflict", table=table)
            _write_row(raw, change)


def _write_row(raw: sqlite3.Connection, change: Change) -> None:
    table = quote(change.table)
    if change.after is None:
        raw.execute(f"DELETE FROM {table} WHERE id = ?", (change.key,))
    elif change.before is None:
        names = ", ".join(map(quote, change.after))
        marks = ", ".join("?" * len(change.after))
        raw.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(change.after.values()))
    else:
        moved = {name: value for name, value in change.after.items() if change.before[name] != value}
        if moved:
            assignments = ", ".join(f"{quote(name)} = ?" for name in moved)
            raw.execute(f"UPDATE {table} SET {assignments} WHERE id = ?", (*moved.values(), change.key))


def read_registration(raw: sqlite3.Connection, table: str) -> tuple[tuple[str, Row], ...]:
    """The bookkeeping rows of a layer table."""
    out: list[tuple[str, Row]] = []
    for book, column in REGISTRATION:
        cursor = raw.execute(f"SELECT * FROM {book} WHERE {column} = ?", (table,))
        names = [item[0] for item in cursor.description]
        out.extend((book, dict(zip(names, values, strict=True))) for values in cursor)
    return tuple(out)


def park(raw: sqlite3.Connection, change: TableChange) -> None:
    """Take a table's bookkeeping rows out; the table itself waits, named in `onekl_parked`."""
    for book, column in reversed(REGISTRATION):
        raw.execute(f"DELETE FROM {book} WHERE {column} = ?", (change.table,))
    raw.execute("INSERT INTO onekl_parked (uuid, table_name) VALUES (?, ?)", (new_uuid(), change.table))


def unpark(raw: sqlite3.Connection, change: TableChange) -> None:
    """Put a parked table back into the GeoPackage."""
    raw.execute("DELETE FROM onekl_parked WHERE table_name = ?", (change.table,))
    for book, row in change.registration:
        names = ", ".join(map(quote, row))
        raw.execute(f"INSERT INTO {book} ({names}) VALUES ({', '.join('?' * len(row))})", tuple(row.values()))


def sweep_parked(raw: sqlite3.Connection) -> list[str]:
    """Drop parked tables for good (on close, and on open after a crash); returns the files to remove."""
    files: list[str] = []
    registered = {name for (name,) in raw.execute("SELECT table_name FROM gpkg_contents")}
    for table, file in raw.execute("SELECT table_name, file_name FROM onekl_parked").fetchall():
        if file and not raw.execute("SELECT 1 FROM layer WHERE file_name = ?", (file,)).fetchone():
            files.append(file)
        if not table or table in registered:
            continue
        raw.execute(f"DROP TABLE IF EXISTS {quote(f'rtree_{table}_geom')}")
        raw.execute(f"DROP TABLE IF EXISTS {quote(table)}")
    raw.execute("DELETE FROM onekl_parked")
    return files


def touch_contents(raw: sqlite3.Connection, changes: ChangeSet) -> None:
    """Keep the boxes and change stamps of the GeoPackage's table of contents true."""
    features = feature_columns(raw)
    for table in {change.table for change in changes.rows}:
        if table in features:
            refresh_extent(raw, table, features[table][0])
        else:
            raw.execute(
                "UPDATE gpkg_contents SET last_change = strftime('%Y-%m-%dT%H:%M:%fZ','now') WHERE table_name = ?",
                (table,),
            )
