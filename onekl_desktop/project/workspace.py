"""Working copies: what lies on a network share, a stick or a read-only medium is edited on the local disk.

A working copy has a note beside it (`note.json`) that says where it came from, what the original looked
like then, and whether it holds work that was not written back; after a crash the app offers it.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
from dataclasses import asdict, dataclass
from pathlib import Path

from onekl_desktop.base.errors import UserError, explain_os_error
from onekl_desktop.base.translate import _
from onekl_desktop.native.system import disk_kind, is_process_alive
from onekl_desktop.project.folders import data_folder
from onekl_desktop.project.sqlite import connect, explain_sqlite


@dataclass
class Note:
    """What is known about a working copy."""

    original: str
    size: int
    modified_ns: int
    pid: int
    unsaved: bool = False


@dataclass(frozen=True)
class Recoverable:
    """A working copy with unsaved work whose program is gone."""

    original: Path
    copy: Path


def needs_working_copy(path: Path) -> bool:
    """Whether SQLite should not work on this file where it lies."""
    if os.environ.get("ONEKL_WORKING_COPY") == "always":
        return True
    folder = path.resolve().parent
    return (
        disk_kind(folder) != "local"
        or not os.access(folder, os.W_OK)
        or (path.exists() and not os.access(path, os.W_OK))
    )


def copy_folder(path: Path) -> Path:
    """The folder of the working copy of a file."""
    digest = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:16]
    return data_folder() / "working" / digest


def backup_database(source: Path, target: Path) -> None:
    """Copy a database by SQLite's backup API to a temporary name, flush it, and rename it into place.

    Raises
    ------
    UserError
        No space, a pulled stick, a read-only folder; the old target is then whole.
    """
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        reader = connect(source, read_only=True)
        writer = sqlite3.connect(part, isolation_level=None)
        try:
            reader.backup(writer)
            writer.execute("PRAGMA journal_mode = DELETE").fetchone()
        finally:
            writer.close()
            reader.close()
        with part.open("rb+") as stream:
            os.fsync(stream.fileno())
        os.replace(part, target)
        sync_folder(target.parent)
    except sqlite3.Error as problem:
        part.unlink(missing_ok=True)
        raise explain_sqlite(problem, target) or problem from None
    except OSError as problem:
        part.unlink(missing_ok=True)
        raise explain_os_error(problem, target) from None


def sync_folder(folder: Path) -> None:
    """Make a rename durable where the system can."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        pass
    finally:
        os.close(handle)


def make_working_copy(path: Path) -> tuple[Path, Note]:
    """Copy the original to the local disk and note what it looked like.

    An older copy with unsaved work is kept aside, never overwritten.
    """
    folder = copy_folder(path)
    old = read_note(folder)
    if old is not None and old.unsaved:
        aside = folder.with_name(folder.name + "-" + str(old.modified_ns))
        if aside.exists():
            shutil.rmtree(aside)
        folder.rename(aside)
    copy = folder / path.name
    folder.mkdir(parents=True, exist_ok=True)
    for stale in folder.glob("*"):
        stale.unlink() if stale.is_file() else shutil.rmtree(stale)
    status = path.stat()
    reader_copy = folder / (path.name + ".in")
    shutil.copyfile(path, reader_copy)
    for suffix in ("-wal", "-journal"):
        if Path(f"{path}{suffix}").exists():
            shutil.copyfile(f"{path}{suffix}", f"{reader_copy}{suffix}")
    connection = connect(reader_copy)
    connection.execute("PRAGMA journal_mode = DELETE").fetchone()
    connection.close()
    os.replace(reader_copy, copy)
    note = Note(str(path.resolve()), status.st_size, status.st_mtime_ns, os.getpid())
    write_note(folder, note)
    return copy, note


def read_note(folder: Path) -> Note | None:
    """The note of a working copy; None when there is none that can be read."""
    try:
        return Note(**json.loads((folder / "note.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def write_note(folder: Path, note: Note) -> None:
    """Store the note."""
    part = folder / "note.json.part"
    part.write_text(json.dumps(asdict(note)), encoding="utf-8")
    os.replace(part, folder / "note.json")


def write_back(copy: Path, note: Note) -> Note:
    """Put the working copy in the original's place, atomically.

    Raises
    ------
    UserError
        `project.changed_outside` when the original is not what was opened, else the medium's problem.
    """
    original = Path(note.original)
    try:
        status = original.stat()
    except FileNotFoundError:
        status = None
    except OSError as problem:
        raise explain_os_error(problem, original) from None
    if status is not None and (status.st_size, status.st_mtime_ns) != (note.size, note.modified_ns):
        raise UserError("project.changed_outside", file=original, copy=copy)
    if not original.parent.is_dir():
        raise UserError("file.medium_gone", file=original, reason=_("the folder is not there"))
    if not os.access(original.parent, os.W_OK):
        raise UserError("file.read_only", file=original, reason=_("the folder cannot be written"))
    backup_database(copy, original)
    status = original.stat()
    note = Note(note.original, status.st_size, status.st_mtime_ns, note.pid)
    write_note(copy.parent, note)
    return note


def list_recoverable() -> list[Recoverable]:
    """Working copies with unsaved work that no running program holds."""
    found = []
    root = data_folder() / "working"
    for folder in sorted(root.glob("*")) if root.is_dir() else []:
        note = read_note(folder)
        if note is None or not note.unsaved or (note.pid != os.getpid() and is_process_alive(note.pid)):
            continue
        copy = folder / Path(note.original).name
        if copy.exists():
            found.append(Recoverable(Path(note.original), copy))
    return found


def discard(folder: Path) -> None:
    """Remove a working copy."""
    shutil.rmtree(folder, ignore_errors=True)
