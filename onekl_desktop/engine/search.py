"""Full-text search over all records of a project. The index is a cache of the user's, rebuilt when the project has moved on without it."""

from __future__ import annotations

import hashlib
import logging
import re
import sqlite3
import threading
import time
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from onekl_desktop.base.progress import Progress
from onekl_desktop.base.translate import _
from onekl_desktop.engine.session import Session
from onekl_desktop.project.changes import ChangeSet
from onekl_desktop.project.folders import cache_folder
from onekl_desktop.project.gpkg import quote
from onekl_desktop.project.records import record_kinds

log = logging.getLogger(__name__)
VERSION = "2"  # of the index; raise it when what is indexed changes
LARGE = 10_000  # records
TITLES_S = 0.004  # for names that hold all words, before all words are looked through
LOOKED_AT = 200  # matches that are put in order; a word that half of the project holds is not read to the end
SKIPPED = {"uuid", "created_at", "created_by", "changed_at", "changed_by", "geom", "content", "content_hash", "style", "extent", "inputs", "warnings", "schedule", "options", "ranking", "marks", "voters", "fingerprint", "table_name", "colour"}  # fmt: skip
UNSEARCHED = {
    "indicator_value",
    "assessment_answer",
    "vote",
    "run",
    "release_rule",
    "journal",
    "meta",
    "parked",
    "land_cover_class",
}
_WORD = re.compile(r"\w+", re.UNICODE)


@dataclass(frozen=True)
class Found:
    """A record that a search found: its kind and identity, its name, and where the words stand."""

    kind: str
    uuid: str
    title: str
    extract: str


class SearchIndex:
    """The index of one project. `update` after changes, `find` at every keystroke; both are safe from any thread."""

    def __init__(self, session: Session, folder: Path | None = None) -> None:
        self._session = session
        self._lock = threading.RLock()
        self._columns = self._list_columns()
        path = (
            folder or cache_folder() / "search"
        ) / f"{hashlib.sha256(str(session.path).encode()).hexdigest()[:24]}-{VERSION}.db"
        self._db = self._open(path)
        self._ready = False
        self.building = False  # another thread reads the project; `find` finds nothing meanwhile
        self._stop = session.listen(self.update)

    def close(self) -> None:
        """Stop listening, and let the file go."""
        with self._lock:
            self._stop()
            if self._ready:
                try:
                    with self._session.project.read_raw() as raw:
                        self._sign(self._signature(raw))
                except sqlite3.DatabaseError:  # the project is closed already: made anew next time
                    log.debug("the search index was not signed", exc_info=True)
            self._db.close()

    # ------------------------------------------------------------ building

    @staticmethod
    def _open(path: Path) -> sqlite3.Connection:
        """The index file; in memory where it cannot be written, anew where it is broken."""
        for _attempt in range(2):
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
                db.execute("PRAGMA journal_mode = WAL")
                db.execute("PRAGMA synchronous = OFF")
                db.execute("CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value TEXT)")
                db.execute("CREATE TABLE IF NOT EXISTS entry (id INTEGER PRIMARY KEY, kind TEXT, uuid TEXT UNIQUE)")
                db.execute(
                    "CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5(title, body, tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3', detail = 'column')"
                )
            except (sqlite3.DatabaseError, OSError):
                try:
                    path.unlink(missing_ok=True)
                except OSError:
                    path = Path(":memory:")
                continue
            return db
        db = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        db.execute("CREATE TABLE state (name TEXT PRIMARY KEY, value TEXT)")
        db.execute("CREATE TABLE entry (id INTEGER PRIMARY KEY, kind TEXT, uuid TEXT UNIQUE)")
        db.execute(
            "CREATE VIRTUAL TABLE words USING fts5(title, body, tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3', detail = 'column')"
        )
        return db

    @staticmethod
    def _list_columns() -> dict[str, tuple[str, list[str]]]:
        """Table -> kind and the columns whose words are searched."""
        out = {}
        for kind, record in record_kinds().items():
            if kind in UNSEARCHED:
                continue
            texts = [
                column.name
                for column in record.__table__.columns
                if column.name not in SKIPPED and str(column.type) == "TEXT"
            ]
            if texts:
                out[record.__tablename__] = (kind, texts)
        return out

    def _signature(self, raw: sqlite3.Connection) -> str:
        """Changes whenever a row of a searched table does: how many there are, and the last stamp."""
        parts = [VERSION]
        for table in sorted(self._columns):
            try:
                count, stamp = raw.execute(f"SELECT count(*), max(changed_at) FROM {quote(table)}").fetchone()
            except sqlite3.DatabaseError:
                continue
            parts.append(f"{table}:{count}:{stamp}")
        return hashlib.sha256("|".join(parts).encode()).hexdigest()

    @property
    def is_large(self) -> bool:
        """Whether reading the project would be felt: then `refresh` belongs into the background."""
        with self._session.project.read_raw() as raw:
            tables = {name for (name,) in raw.execute("SELECT table_name FROM gpkg_contents")}
            rows = sum(
                raw.execute(f"SELECT count(*) FROM {quote(table)}").fetchone()[0]
                for table in self._columns
                if table in tables
            )
        return bool(rows > LARGE)

    def refresh(self, progress: Progress | None = None) -> bool:
        """Bring the index up to date with the project; whether it had to be built anew."""
        self.building = True
        try:
            return self._refresh(progress)
        finally:
            self.building = False

    def _refresh(self, progress: Progress | None) -> bool:
        with self._lock, self._session.project.read_raw() as raw:
            wanted = self._signature(raw)
            found = self._db.execute("SELECT value FROM state WHERE name = 'signature'").fetchone()
            self._ready = True
            if found is not None and found[0] == wanted:
                return False
            self._db.execute("BEGIN")
            try:
                self._db.execute("DELETE FROM entry")
                self._db.execute("DELETE FROM words")
                for number, (table, (kind, columns)) in enumerate(sorted(self._columns.items())):
                    if progress is not None:
                        progress.report(number / len(self._columns), _("Reading {name}").format(name=table))
                    self._read_table(raw, table, kind, columns)
                self._sign(wanted)
                self._db.execute("COMMIT")
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            return True

    def _sign(self, signature: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO state VALUES ('signature', ?)", (signature,))

    def _read_table(self, raw: sqlite3.Connection, table: str, kind: str, columns: list[str]) -> None:
        known = {row[1] for row in raw.execute(f"PRAGMA table_info({quote(table)})")}
        texts = [column for column in columns if column in known]
        if not texts:
            return
        chosen = ", ".join(quote(column) for column in texts)
        for uuid, *values in raw.execute(f"SELECT uuid, {chosen} FROM {quote(table)}"):
            self._put(kind, uuid, dict(zip(texts, values, strict=True)))

    def _put(self, kind: str, uuid: str, row: dict[str, Any]) -> None:
        title = str(row.get("name") or "")
        body = " ".join(
            str(value) for column, value in row.items() if column != "name" and value and not _is_identity(value)
        )
        if not title and not body:
            return
        key = self._db.execute(
            "INSERT INTO entry (kind, uuid) VALUES (?, ?) ON CONFLICT(uuid) DO UPDATE SET kind = excluded.kind RETURNING id",
            (kind, uuid),
        ).fetchone()[0]
        self._db.execute("INSERT OR REPLACE INTO words (rowid, title, body) VALUES (?, ?, ?)", (key, title, body))

    def _drop(self, uuid: str) -> None:
        found = self._db.execute("SELECT id FROM entry WHERE uuid = ?", (uuid,)).fetchone()
        if found is not None:
            self._db.execute("DELETE FROM words WHERE rowid = ?", found)
            self._db.execute("DELETE FROM entry WHERE id = ?", found)

    def update(self, changes: ChangeSet) -> None:
        """Follow a change set; before the first `refresh` there is nothing to follow."""
        rows = [change for change in changes.rows if change.table in self._columns]
        if not rows or not self._ready:
            return
        with self._lock:
            try:
                self._db.execute("BEGIN")
                for change in rows:
                    kind, columns = self._columns[change.table]
                    image = change.after or change.before or {}
                    self._drop(str(image.get("uuid", "")))
                    if change.after is not None:
                        self._put(
                            kind, str(change.after["uuid"]), {column: change.after.get(column) for column in columns}
                        )
                self._db.execute("DELETE FROM state")  # signed again when it is closed; after a crash it is made anew
                self._db.execute("COMMIT")
            except sqlite3.DatabaseError:  # the cache is broken: it is made anew at the next search
                log.debug("the search index could not follow a change", exc_info=True)
                self._ready = False
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")

    # ------------------------------------------------------------ finding

    def find(self, text: str, limit: int = 50) -> list[Found]:
        """Records that hold all words of a text, each as the beginning of a word; names before the rest, whole words first."""
        words = [_plain(word) for word in _WORD.findall(text)]
        if not words or self.building:
            return []
        query = " ".join(f'"{word}"*' for word in words)
        with self._lock:
            if not self._ready:
                self.refresh()
            rows = self._matches(f"title : ({query})", TITLES_S)
            if len(rows) < limit:
                seen = {row[0] for row in rows}
                rows += [row for row in self._matches(query) if row[0] not in seen]
        return [Found(kind, uuid, title, _extract(body, words)) for _key, kind, uuid, title, body in sorted(rows, key=lambda row: _place(row, words))[:limit]]  # fmt: skip

    def _matches(self, query: str, seconds: float = 0.0) -> list[tuple[int, str, str, str, str]]:
        """Up to `LOOKED_AT` matches; with `seconds` those that were found by then."""
        rows = self._db.execute(
            "SELECT entry.id, entry.kind, entry.uuid, words.title, words.body FROM words JOIN entry ON entry.id = words.rowid "
            "WHERE words MATCH ? LIMIT ?", (query, LOOKED_AT))  # fmt: skip
        if not seconds:
            return rows.fetchall()
        out: list[tuple[int, str, str, str, str]] = []
        until = time.perf_counter() + seconds
        self._db.set_progress_handler(lambda: int(time.perf_counter() > until), 2000)
        try:
            out.extend(rows)
        except sqlite3.OperationalError:  # interrupted: names that stand far behind are found by the next query
            pass
        finally:
            self._db.set_progress_handler(None, 0)
        return out


def _is_identity(value: Any) -> bool:
    return isinstance(value, str) and len(value) == 32 and all(ch in "0123456789abcdef" for ch in value)


def _plain(text: str) -> str:
    """Small letters without accents, as the index compares them."""
    return "".join(ch for ch in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(ch))


def _place(row: tuple[int, str, str, str, str], words: list[str]) -> tuple[int, int, int]:
    """Where a match stands: name begins with the words, name holds them, text does; shorter names first."""
    title = _plain(row[3])
    rank = 0 if title.startswith(words[0]) else 1 if all(word in title for word in words) else 2
    return rank, len(title), row[0]


def _extract(body: str, words: Iterable[str], around: int = 60) -> str:
    """The piece of a text in which the first of the words stands."""
    low = _plain(body)
    at = next((low.find(word) for word in words if word in low), 0)
    start = max(0, at - around // 2)
    piece = body[start : start + 2 * around].replace("\n", " ").strip()
    return f"{'…' if start else ''}{piece}{'…' if start + 2 * around < len(body) else ''}"
