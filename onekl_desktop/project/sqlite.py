"""Bare SQLite connections to a project file, and the sentences for what SQLite says. Without SQLAlchemy: the window starts on it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from onekl_desktop.base.errors import UserError

BUSY_TIMEOUT_S = 5.0


def connect(path: Path, *, read_only: bool = False, immutable: bool = False) -> sqlite3.Connection:
    """A raw connection without implicit transactions."""
    if read_only:
        uri = path.resolve().as_uri() + "?mode=ro" + ("&immutable=1" if immutable else "")
    else:
        uri = path.resolve().as_uri() + "?mode=rw"
    connection = sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA foreign_keys = OFF")
    return connection


def explain_sqlite(problem: Exception, path: Path) -> UserError | None:
    """The sentence for a full disk, a pulled stick, a busy or damaged file; None when it is a bug of ours."""
    original = getattr(problem, "orig", problem)  # SQLAlchemy wraps what SQLite says
    words = str(original).lower()
    if not isinstance(original, sqlite3.Error):
        return None
    if "full" in words:
        return UserError("file.no_space", file=path)
    if "locked" in words or "busy" in words:
        return UserError("project.busy", file=path)
    if "readonly" in words or "read-only" in words:
        return UserError("file.read_only", file=path, reason=words)
    if "disk i/o" in words or "unable to open" in words:
        return UserError("file.medium_gone", file=path, reason=words)
    if "malformed" in words or "not a database" in words or "could not decode" in words:
        from onekl_desktop.project.safety import backups_folder

        reason = words.partition(" with text")[0]
        return UserError("project.broken", file=path, reason=reason, backups=backups_folder(path))
    return None
