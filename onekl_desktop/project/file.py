"""Open, read, write, save, copy and close a project file."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import create_engine, event, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session as DbSession
from sqlalchemy.pool import StaticPool

from onekl_desktop import __version__
from onekl_desktop.base.errors import UserError, explain_os_error
from onekl_desktop.base.translate import _
from onekl_desktop.project import changes as changes_module
from onekl_desktop.project import gpkg, migrate, safety, workspace
from onekl_desktop.project.changes import Capture, ChangeSet
from onekl_desktop.project.connection import Readers, Writer
from onekl_desktop.project.lock import FileLock, lock_path
from onekl_desktop.project.queries.records import get_by_name, get_landscape
from onekl_desktop.project.records import JournalEntry, Landscape, Meta, Record, Scenario
from onekl_desktop.project.records.base import now
from onekl_desktop.project.sqlite import connect, explain_sqlite

T = TypeVar("T")
R = TypeVar("R", bound=Record)


@dataclass
class Write:
    """What an operation works with: the records, the bare connection, and the notes about layer tables."""

    db: DbSession
    raw: sqlite3.Connection
    capture: Capture
    author: str
    srs_id: int

    def place(self, shape: BaseGeometry) -> BaseGeometry:
        """A shape as it is stored: two dimensions, multi-polygon, with the project's SRID."""
        shape = shapely.force_2d(shape)
        if shape.geom_type == "Polygon":
            shape = shapely.MultiPolygon([shape])
        return shapely.set_srid(shape, self.srs_id)

    def add(self, record: R) -> R:
        """Add a record."""
        self.db.add(record)
        self.db.flush()
        return record

    def remove(self, record: Record) -> None:
        """Remove a record."""
        self.db.delete(record)
        self.db.flush()

    def get(self, kind: type[R], text: str, *, field: str = "") -> R:
        """A record by identity, code or name; UserError tied to `field` when there is none."""
        return get_by_name(self.db, kind, text, field=field)

    @property
    def landscape(self) -> Landscape:
        """The landscape of the project."""
        return get_landscape(self.db)


class ProjectFile:
    """One open project. Reading is allowed on any thread; writing happens on the writer's."""

    def __init__(
        self, path: Path, *, branches: list[migrate.Branch] | None = None, author: str = "", read_only: bool = False
    ) -> None:
        self.path = path
        self.author = author
        self._branches = branches or []
        self._note: workspace.Note | None = None
        self._lock: FileLock | None = None
        self._writer: Writer | None = None
        self.read_only = read_only
        safety.look(path)
        self.live = path
        try:
            self._open()
        except BaseException:
            self._abandon()
            raise

    # ------------------------------------------------------------ opening

    def _open(self) -> None:
        if not self.read_only:
            self._take_lock()
            if workspace.needs_working_copy(self.path):
                try:
                    self.live, self._note = workspace.make_working_copy(self.path)
                except OSError as problem:
                    raise explain_os_error(problem, self.path) from None
        self._check_content()
        if self.read_only:
            self.readers = Readers(self.live, immutable=not self._has_sidecars())
        else:
            self._migrate()
            self._writer = Writer(self.live, wal=True)
            self.capture = self._writer.run(lambda: Capture(self._writer.raw))  # type: ignore[union-attr]
            self._sweep()
            self.readers = Readers(self.live)
        with self.readers.session() as db:
            crs = db.scalar(select(Landscape.crs).limit(1))
        if not crs:
            raise UserError("project.no_landscape", file=self.path)
        self.crs: str = crs
        self.srs_id = gpkg.srs_id_of(crs)

    def _take_lock(self) -> None:
        lock = FileLock(lock_path(self.path))
        try:
            lock.take()
        except OSError:
            return  # a folder that cannot be written needs no lock: nobody can write the file there
        self._lock = lock

    def _has_sidecars(self) -> bool:
        return any(Path(f"{self.live}{suffix}").exists() for suffix in ("-wal", "-journal"))

    def _check_content(self) -> None:
        try:
            immutable = not self._has_sidecars()
            connection = connect(self.live, read_only=immutable, immutable=immutable)
        except sqlite3.Error as problem:
            raise explain_sqlite(problem, self.path) or problem from None
        try:
            safety.inspect(self.path, connection)
            versions = migrate.read_versions(connection)
        finally:
            connection.close()
        newer = migrate.find_newer(versions, [migrate.CORE, *self._branches])
        if newer:
            raise UserError("project.newer", file=self.path, found=newer[0], known=newer[1])
        self._outdated = migrate.find_outdated(versions, [migrate.CORE, *self._branches])
        if self.read_only and any(branch.name == "core" for branch in self._outdated):
            raise UserError(
                "file.read_only", file=self.path, reason=_("it is of an older version and must be migrated first")
            )

    def _migrate(self) -> None:
        if not self._outdated:
            return
        stamp = now().replace(":", "").replace(".", "")
        folder = safety.backups_folder(self.path)
        try:
            workspace.backup_database(self.live, folder / f"{self.path.stem}-before-{stamp}.gpkg")
        except UserError:
            # A read-only place: the untouched original is itself the backup.
            if self._note is None:
                raise
        connection = connect(self.live)
        gpkg.register_functions(connection)
        row = connection.execute("SELECT crs FROM landscape LIMIT 1").fetchone()
        srs_id = gpkg.srs_id_of(row[0]) if row and row[0] else 4326
        try:
            run_migrations(connection, self._branches, srs_id)
        finally:
            connection.close()

    def _sweep(self) -> None:
        assert self._writer is not None
        raw = self._writer.raw

        def sweep() -> list[str]:
            if not raw.execute("SELECT 1 FROM onekl_parked LIMIT 1").fetchone():
                return []
            raw.execute("BEGIN IMMEDIATE")
            try:
                files = changes_module.sweep_parked(raw)
                raw.execute("COMMIT")
            except BaseException:
                raw.execute("ROLLBACK")
                raise
            return files

        for name in self._writer.run(sweep):
            target = self.files_folder / Path(name).name
            target.unlink(missing_ok=True)

    def _abandon(self) -> None:
        if self._writer is not None:
            self._writer.close()
        if self._lock is not None:
            self._lock.release()

    # ------------------------------------------------------------ using

    @property
    def files_folder(self) -> Path:
        """The folder for what is too large for the file."""
        return self.path.parent / f"{self.path.stem}_files"

    @property
    def is_working_copy(self) -> bool:
        """Whether the work happens on a copy that must be written back."""
        return self._note is not None

    @property
    def unsaved(self) -> bool:
        """Whether the copy holds work that the original does not."""
        return self._note is not None and self._note.unsaved

    @contextmanager
    def read(self) -> Iterator[DbSession]:
        """A reading session."""
        with self.readers.session() as db:
            yield db

    @contextmanager
    def read_raw(self) -> Iterator[sqlite3.Connection]:
        """A bare reading connection."""
        with self.readers.raw() as raw:
            yield raw

    def write(
        self, work: Callable[[Write], T], *, operation: str = "", words: str | Callable[[T], str] = ""
    ) -> tuple[T, ChangeSet]:
        """Run `work` in one transaction on the writer thread; what it changed comes back with its result.

        A journal entry is written in the same transaction when there are words and something changed.

        Raises
        ------
        UserError
            The operation's own problems, a read-only project, or a problem of the medium. Nothing is changed then.
        """
        if self._writer is None:
            raise UserError("project.read_only_session", file=self.path)
        writer = self._writer

        def transaction() -> tuple[T, ChangeSet]:
            self.capture.watch_all()
            try:
                with writer.transaction() as db:
                    event.listen(db, "before_flush", self._stamp)
                    result = work(Write(db, writer.raw, self.capture, self.author, self.srs_id))
                    db.flush()
                    changed = self.capture.collect()
                    changed = ChangeSet(changed.rows, changed.tables, operation)
                    if changed:
                        changes_module.touch_contents(writer.raw, changed)
                        said = words(result) if callable(words) else words
                        if said:
                            db.add(
                                JournalEntry(
                                    operation=operation, words=said, created_by=self.author, changed_by=self.author
                                )
                            )
            except BaseException:
                self.capture.discard()
                raise
            if changed:
                self._mark_unsaved()
            return result, changed

        return writer.run(transaction)

    def replay(self, changed: ChangeSet, *, words: str) -> None:
        """Apply a change set (an undo or a redo) in one transaction with a journal entry."""

        def work(write: Write) -> None:
            changes_module.replay(write.raw, changed)
            self.capture.collect()
            changes_module.touch_contents(write.raw, changed)
            write.db.add(
                JournalEntry(operation=changed.operation, words=words, created_by=self.author, changed_by=self.author)
            )

        self.write(work)
        self._mark_unsaved()

    def _stamp(self, db: DbSession, *_args: object) -> None:
        moment = now()
        for record in db.new:
            record.created_at = record.changed_at = moment
            record.created_by = record.changed_by = self.author
        for record in db.dirty:
            if db.is_modified(record):
                record.changed_at, record.changed_by = moment, self.author

    def _mark_unsaved(self) -> None:
        if self._note is not None and not self._note.unsaved:
            self._note.unsaved = True
            workspace.write_note(self.live.parent, self._note)

    # ------------------------------------------------------------ saving and closing

    def embed(self) -> None:
        """Rewrite the QGIS project and styles inside the file, so that QGIS opens it as it looks here."""
        from onekl_desktop.project.qgis_project import embed

        if self._writer is not None:
            self.write(lambda write: embed(write.raw, write.db, self.path.name))

    def save(self) -> None:
        """Ctrl+S: the QGIS project is rewritten, and a working copy goes back to where it came from."""
        if self.read_only:
            raise UserError("project.read_only_session", file=self.path)
        self.embed()
        if self._note is not None:
            self._note = workspace.write_back(self.live, self._note)

    def copy_to(self, target: Path) -> None:
        """Save as: a whole copy under another name, with its own QGIS project and its folder of files."""
        if target.exists():
            raise UserError("file.exists", file=target)
        part = target.with_name(f".{target.name}.{os.getpid()}.new")
        workspace.backup_database(self.live, part)
        try:
            connection = connect(part)
            gpkg.register_functions(connection)
            try:
                with _orm(connection) as db:
                    from onekl_desktop.project.qgis_project import embed

                    embed(connection, db, target.name)
            finally:
                connection.close()
            folder = target.parent / f"{target.stem}_files"
            if self.files_folder.is_dir():
                shutil.copytree(self.files_folder, folder, ignore=shutil.ignore_patterns("backups"), dirs_exist_ok=True)
            os.replace(part, target)
        except OSError as problem:
            raise explain_os_error(problem, target) from None
        finally:
            part.unlink(missing_ok=True)

    def close(self, *, save: bool = True) -> None:
        """Close for good: parked layers are dropped, the WAL is folded in, the copy written back, the lock released.

        With `save=False` a working copy with unsaved work stays for recovery (what a crash would leave).
        """
        if self._writer is None:
            if hasattr(self, "readers"):
                self.readers.close()
            return
        try:
            if save:
                self.embed()
            self.readers.close()
            self._writer.run(self.capture.forget)
            self._sweep()
        finally:
            self._writer.close()
            self._writer = None
            try:
                if self._note is not None and save:
                    if self._note.unsaved:
                        self._note = workspace.write_back(self.live, self._note)
                    workspace.discard(self.live.parent)
            finally:
                if self._lock is not None:
                    self._lock.release()
                    self._lock = None


@contextmanager
def _orm(raw: sqlite3.Connection) -> Iterator[DbSession]:
    """A session of records on a bare connection, in one transaction."""
    engine = create_engine("sqlite+pysqlite://", creator=lambda: raw, poolclass=StaticPool)

    @event.listens_for(engine, "begin")
    def begin(connection):  # type: ignore[no-untyped-def]
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    with DbSession(engine, expire_on_commit=False) as db, db.begin():
        db.connection()  # begins now, also for what the bare connection writes first
        yield db


def run_migrations(raw: sqlite3.Connection, branches: list[migrate.Branch], srs_id: int) -> None:
    """Bring a file to the newest revision of each branch, all in one transaction."""
    with _orm(raw) as db:
        migrate.upgrade(db.connection(), branches, srs_id)


def create_project(
    path: Path, landscape: Landscape, *, branches: list[migrate.Branch] | None = None, author: str = ""
) -> None:
    """Make a new project file with one landscape and its baseline. It is built under a temporary name and renamed when whole.

    Raises
    ------
    UserError
        `file.exists`, or a problem of the medium.
    """
    if path.exists():
        raise UserError("file.exists", file=path)
    part = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        part.touch()
        raw = connect(part)
        try:
            gpkg.register_functions(raw)
            raw.execute("PRAGMA page_size = 4096")
            raw.execute("PRAGMA synchronous = OFF")
            gpkg.create_core(raw, landscape.crs)
            srs_id = gpkg.srs_id_of(landscape.crs)
            run_migrations(raw, branches or [], srs_id)
            with _orm(raw) as db:
                for key, value in (
                    ("application", "1KL Desktop"),
                    ("schema_version", migrate.CORE.head),
                    ("made_with", __version__),
                ):
                    db.add(Meta(key=key, value=value, created_by=author, changed_by=author))
                landscape.created_by = landscape.changed_by = author
                if landscape.geom is not None:
                    shape = landscape.geom
                    if shape.geom_type == "Polygon":
                        shape = shapely.MultiPolygon([shape])
                    landscape.geom = shapely.set_srid(shape, srs_id)
                db.add(landscape)
                db.add(Scenario(
                    name=_("Baseline"), description=_("The future without interventions: the land cover stays as on the map."),
                    is_baseline=True, colour="#7f7f7f", created_by=author, changed_by=author))  # fmt: skip
                db.add(
                    JournalEntry(
                        operation="new",
                        words=_("Made the project {name}").format(name=landscape.name),
                        created_by=author,
                        changed_by=author,
                    )
                )
                db.flush()
                gpkg.refresh_extent(raw, "landscape", "geom")
        finally:
            raw.close()
        with part.open("rb+") as stream:
            os.fsync(stream.fileno())
        os.replace(part, path)
        workspace.sync_folder(path.parent)
    except (sqlite3.Error, DBAPIError) as problem:
        raise explain_sqlite(problem, path) or problem from None
    except OSError as problem:
        raise explain_os_error(problem, path) from None
    finally:
        part.unlink(missing_ok=True)
