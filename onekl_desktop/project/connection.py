"""SQLAlchemy over a project file: the one thread that may write, and the readers."""

from __future__ import annotations

import queue
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session as DbSession
from sqlalchemy.pool import QueuePool, StaticPool

from onekl_desktop.project.gpkg import register_functions
from onekl_desktop.project.sqlite import connect, explain_sqlite

T = TypeVar("T")


class Writer:
    """One thread, one connection, one transaction at a time."""

    def __init__(self, path: Path, *, wal: bool) -> None:
        self._path = path
        self._wal = wal
        self._jobs: queue.SimpleQueue[tuple[Callable[[], Any], Future[Any]] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="project-writer", daemon=True)
        self._thread.start()
        self.raw: sqlite3.Connection
        self.engine: Engine
        self.run(self._open)

    def _open(self) -> None:
        self.raw = connect(self._path)
        register_functions(self.raw)
        if self._wal:
            try:
                self.raw.execute("PRAGMA journal_mode = WAL").fetchone()
            except sqlite3.OperationalError:
                pass  # another program reads the file: delete mode works too, only less side by side
        self.raw.execute("PRAGMA synchronous = FULL")
        self.engine = create_engine("sqlite+pysqlite://", creator=lambda: self.raw, poolclass=StaticPool)

        @event.listens_for(self.engine, "begin")
        def begin(connection: Any) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            work, future = job
            try:
                future.set_result(work())
            except BaseException as problem:  # noqa: BLE001 - handed to the caller
                future.set_exception(problem)
            del work, future, job

    def run(self, work: Callable[[], T]) -> T:
        """Run `work` on the writer thread and wait for its result."""
        if threading.current_thread() is self._thread:
            raise RuntimeError("the writer thread must not wait for itself")
        if not self._thread.is_alive():
            raise RuntimeError("the project is closed")
        future: Future[T] = Future()
        self._jobs.put((work, future))
        try:
            return future.result()
        except (sqlite3.Error, DBAPIError) as problem:
            told = explain_sqlite(problem, self._path)
            if told is None:
                raise
            raise told from problem

    @contextmanager
    def transaction(self) -> Iterator[DbSession]:
        """One transaction; on the writer thread only (`run` makes sentences of the medium's errors)."""
        with DbSession(self.engine, expire_on_commit=False) as db, db.begin():
            db.connection()  # begins now: what is written by the bare connection first belongs to it too
            yield db

    def close(self, *, to_delete_mode: bool = True) -> None:
        """Fold the WAL back into the file and end the thread."""

        def finish() -> None:
            try:
                if to_delete_mode:
                    self.raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                    self.raw.execute("PRAGMA journal_mode = DELETE").fetchone()
            except sqlite3.OperationalError:
                pass  # somebody else reads it: the WAL stays beside the file, whole
            finally:
                self.raw.close()

        try:
            self.run(finish)
        finally:
            self._jobs.put(None)
            self._thread.join()


class Readers:
    """A small pool of connections that cannot write."""

    def __init__(self, path: Path, *, immutable: bool = False) -> None:
        def make() -> sqlite3.Connection:
            connection = connect(path, read_only=immutable, immutable=immutable)
            connection.execute("PRAGMA query_only = ON")
            return connection

        self._path = path
        self.engine = create_engine(
            "sqlite+pysqlite://", creator=make, poolclass=QueuePool, pool_size=4, max_overflow=8
        )

    @contextmanager
    def session(self) -> Iterator[DbSession]:
        """A reading session; what it returns stays usable afterwards."""
        try:
            with DbSession(self.engine, expire_on_commit=False, autoflush=False) as db:
                yield db
        except (sqlite3.Error, DBAPIError) as problem:
            told = explain_sqlite(problem, self._path)
            if told is None:
                raise
            raise told from problem

    @contextmanager
    def raw(self) -> Iterator[sqlite3.Connection]:
        """The bare connection, for geometry and tiles."""
        connection = self.engine.raw_connection()
        try:
            assert connection.dbapi_connection is not None
            yield connection.dbapi_connection  # type: ignore[misc]
        except (sqlite3.Error, DBAPIError) as problem:
            told = explain_sqlite(problem, self._path)
            if told is None:
                raise
            raise told from problem
        finally:
            connection.close()

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()
