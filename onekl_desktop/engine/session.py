"""An open project with everything around it: tools, history, jobs, settings and the one announcement."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session as DbSession

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.rasters import RasterSource
from onekl_desktop.base.translate import _
from onekl_desktop.engine.history import History, Step
from onekl_desktop.engine.jobs import Jobs
from onekl_desktop.engine.registry import Registry, discover
from onekl_desktop.engine.settings import Settings
from onekl_desktop.project.changes import ChangeSet
from onekl_desktop.project.file import ProjectFile
from onekl_desktop.project.lock import user_name
from onekl_desktop.project.rasters import CoverageRaster, FileRaster, load_grid
from onekl_desktop.project.records import Layer

Listener = Callable[[ChangeSet], None]


class Session:
    """What tools, window and command line hold. Close it, or use it as a context."""

    def __init__(
        self, path: Path, *, registry: Registry | None = None, settings: Settings | None = None, read_only: bool = False
    ) -> None:
        self.registry = registry or discover()
        self.settings = settings or Settings()
        author = self.settings.get("author") or user_name()
        self.project = ProjectFile(path, branches=self.registry.branches(), author=author, read_only=read_only)
        self.history = History()
        self.jobs = Jobs()
        self._listeners: list[Listener] = []
        self._rasters: dict[str, Any] = {}
        self._lock = threading.RLock()

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_problem: object) -> None:
        self.close()

    @property
    def crs(self) -> str:
        """The project's coordinate reference system."""
        return self.project.crs

    @property
    def path(self) -> Path:
        """The project file."""
        return self.project.path

    def read(self) -> AbstractContextManager[DbSession]:
        """A reading session of the database."""
        return self.project.read()

    # ------------------------------------------------------------ news

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Hear every change set, on the thread that made it; returns the way to stop."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def announce(self, changes: ChangeSet) -> None:
        """Tell everybody what changed."""
        for listener in list(self._listeners):
            listener(changes)

    def remember(self, words: str, changes: ChangeSet) -> None:
        """Put a change on the undo stack and announce it."""
        if changes:
            with self._lock:
                self.history.push(Step(words, changes))
            self.announce(changes)

    # ------------------------------------------------------------ history

    def undo(self) -> str:
        """Take the last operation back; returns its words."""
        with self._lock:
            step = self.history.next_undo
            if step is None:
                raise UserError("history.nothing_to_undo")
            turned = ~step.changes
            self.project.replay(turned, words=_("Undid: {what}").format(what=step.words))
            self.history.undone()
        self.announce(turned)
        return step.words

    def redo(self) -> str:
        """Do the last undone operation again; returns its words."""
        with self._lock:
            step = self.history.next_redo
            if step is None:
                raise UserError("history.nothing_to_redo")
            self.project.replay(step.changes, words=_("Did again: {what}").format(what=step.words))
            self.history.redone()
        self.announce(step.changes)
        return step.words

    # ------------------------------------------------------------ rasters

    def open_raster(self, layer: Layer) -> RasterSource:
        """The cells of a raster layer; opened once and shared."""
        key = f"{layer.uuid}:{layer.content_hash}"
        with self._lock:
            if key not in self._rasters:
                grid = load_grid(layer.extent)
                if layer.file_name:
                    self._rasters[key] = FileRaster(self.project.files_folder / layer.file_name)
                else:
                    self._rasters[key] = CoverageRaster(
                        self.project.read_raw, layer.table_name, grid, classes=bool(layer.legend)
                    )
            return self._rasters[key]

    def save(self) -> None:
        """Ctrl+S."""
        self.project.save()

    def close(self, *, save: bool = True) -> None:
        """Stop jobs and close the file."""
        self.jobs.close()
        self._listeners.clear()
        self.project.close(save=save)
