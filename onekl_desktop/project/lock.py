"""A lock file beside the project that names who has it open; a dead owner on this PC is taken over."""

from __future__ import annotations

import getpass
import json
import os
import socket
from dataclasses import dataclass
from pathlib import Path

from onekl_desktop.base.errors import UserError
from onekl_desktop.native.system import is_process_alive
from onekl_desktop.project.records.base import now


def lock_path(path: Path) -> Path:
    """`NAME.gpkg.lock` beside the project."""
    return path.with_name(path.name + ".lock")


def user_name() -> str:
    """Who sits here, as the system says."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "unknown"


@dataclass
class FileLock:
    """Held from open to close."""

    path: Path
    held: bool = False

    def take(self) -> None:
        """Take the lock.

        Raises
        ------
        UserError
            `project.open_elsewhere`.
        OSError
            The folder cannot be written (a read-only medium needs no lock).
        """
        for _attempt in range(2):
            try:
                handle = os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644)
            except FileExistsError:
                owner = self._read_owner()
                if owner is not None and not self._is_dead(owner):
                    raise UserError(
                        "project.open_elsewhere", file=self.path.name.removesuffix(".lock"), who=owner.get("who", "?"),
                        host=owner.get("host", "?"), since=owner.get("since", "?"), lock=self.path,
                    ) from None  # fmt: skip
                self.path.unlink(missing_ok=True)
                continue
            note = {"who": user_name(), "host": socket.gethostname(), "pid": os.getpid(), "since": now()}
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                json.dump(note, stream)
            self.held = True
            return
        raise UserError(
            "project.open_elsewhere",
            file=self.path.name.removesuffix(".lock"),
            who="?",
            host="?",
            since="?",
            lock=self.path,
        )

    def release(self) -> None:
        """Give the lock back."""
        if self.held:
            self.held = False
            self.path.unlink(missing_ok=True)

    def _read_owner(self) -> dict[str, object] | None:
        try:
            owner = json.loads(self.path.read_text(encoding="utf-8"))
            return owner if isinstance(owner, dict) else {}
        except FileNotFoundError:
            return None
        except (OSError, ValueError):
            return {}

    @staticmethod
    def _is_dead(owner: dict[str, object]) -> bool:
        if not owner:
            return True  # a lock that was cut short while being written
        pid = owner.get("pid")
        return owner.get("host") == socket.gethostname() and isinstance(pid, int) and not is_process_alive(pid)
