"""What a tool's panel is given: the session, the map, and ways to do, to wait and to tell. Panels know nothing else."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.progress import Progress
from onekl_desktop.base.translate import _
from onekl_desktop.cartography.source import MapSource
from onekl_desktop.engine import Session, perform
from onekl_desktop.engine.jobs import CANCELLED, FAILED, Job
from onekl_desktop.engine.operations import perform_many
from onekl_desktop.engine.search import SearchIndex
from onekl_desktop.gui.bridge import Bridge
from onekl_desktop.gui.canvas.widget import Canvas
from onekl_desktop.gui.selection import Selection

log = logging.getLogger(__name__)


class Desk(QObject):
    """One open project in the window."""

    message = Signal(str, str)  # kind (info, good, warning, error), text
    drawer = Signal(object, str)  # a widget to show below the map, and its title
    wanted = Signal(str, str)  # kind and identity of a record to be shown in its tool
    talk_wanted = Signal(str, str)  # kind and identity of a record that something is to be said about
    tool_wanted = Signal(str, str)  # a tool to be shown, and the page of its panel
    crashed = Signal(str)
    closing = Signal()

    def __init__(self, session: Session, canvas: Canvas, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session, self.canvas = session, canvas
        self.source = MapSource(session.project)
        self.selection = Selection(self)
        self.bridge = Bridge(session, self)
        self.bridge.tick.connect(self._poll)
        self._index: SearchIndex | None = None
        self._running: list[tuple[Job, Callable[[Any], object] | None]] = []

    @property
    def index(self) -> SearchIndex:
        """The index of all words of the project, made when it is first asked for."""
        if self._index is None:
            self._index = SearchIndex(self.session)
            if self._index.is_large:
                self._index.building = True
                self.submit(_("Reading the words of the project"), self._index.refresh)
        return self._index

    def perform(self, operation: str, **fields: Any) -> Any:
        """Do an operation; a problem goes to the message bar and None comes back."""
        try:
            return self.attempt(operation, **fields)
        except UserError as problem:
            self.tell_problem(problem)
            return None

    def attempt(self, operation: str, **fields: Any) -> Any:
        """Do an operation and let its UserError through (forms show it under the field)."""
        result = perform(self.session, operation, **fields)
        self.bridge.deliver()
        return result

    def start(self, operation: str, title: str, fields: dict[str, Any]) -> Job:
        """Do a long operation in the background; its sentences are told when it is done."""

        def work(progress: Progress) -> Any:
            return perform(self.session, operation, progress=progress, **fields)

        def done(result: Any) -> None:
            self.bridge.deliver()
            step = self.session.history.next_undo
            said = [step.words if step else "", *(result.get("sentences") or [] if isinstance(result, dict) else [])]
            self.tell(". ".join(text.rstrip(".") for text in said if text) + ".", "good")

        return self.submit(title, work, done)

    def perform_many(self, operation: str, many: list[dict[str, Any]]) -> list[Any] | None:
        """Do an operation for several records as one step; a problem goes to the message bar and None comes back."""
        try:
            result = perform_many(self.session, operation, many)
        except UserError as problem:
            self.tell_problem(problem)
            return None
        self.bridge.deliver()
        return result

    def submit(self, title: str, work: Callable[[Progress], Any], done: Callable[[Any], object] | None = None) -> Job:
        """Run work in the background; `done` gets its result on the window's thread."""
        job = self.session.jobs.submit(title, work)
        self._running.append((job, done))
        return job

    def _poll(self) -> None:
        for entry in [entry for entry in self._running if entry[0].finished]:
            self._running.remove(entry)
            job, done = entry
            if job.state == FAILED and job.error is not None:
                self.tell_problem(job.error)
            elif job.state == FAILED:
                self.crashed.emit(job.crash)
            elif job.state == CANCELLED:
                self.tell(_("{job} was cancelled; nothing was changed by it.").format(job=job.title))
            elif done is not None:
                done(job.result)

    def tell(self, text: str, kind: str = "info") -> None:
        """A sentence in the message bar."""
        self.message.emit(kind, text)

    def tell_problem(self, problem: UserError) -> None:
        """All sentences of a problem in the message bar."""
        self.message.emit("error", str(problem))

    def undo(self) -> None:
        """Ctrl+Z: first within what is being drawn, then the last operation."""
        if self.canvas.undo_in_tool():
            return
        self._history(self.session.undo, _("Undid: {what}"))

    def redo(self) -> None:
        """Ctrl+Y."""
        self._history(self.session.redo, _("Did again: {what}"))

    def _history(self, step: Callable[[], str], words: str) -> None:
        try:
            what = step()
        except UserError as problem:
            self.tell(str(problem))
            return
        self.bridge.deliver()
        self.tell(words.format(what=what))

    def close(self) -> None:
        """Stop the heartbeat; windows that live beside the map close."""
        self.closing.emit()
        if self._index is not None:
            self._index.close()
        self.bridge.close()
