"""The only way from a ChangeSet to a Qt signal: queued by whoever made it, delivered on the window's thread."""

from __future__ import annotations

from collections import deque

from PySide6.QtCore import QObject, QTimer, Signal

from onekl_desktop.engine.session import Session
from onekl_desktop.project.changes import ChangeSet


class Bridge(QObject):
    """Listens to a session and says `changed` on the GUI thread; also the heartbeat that polls jobs."""

    changed = Signal(object)
    tick = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: deque[ChangeSet] = deque()
        self._stop = session.listen(self._waiting.append)
        self._timer = QTimer(self)
        self._timer.setInterval(60)
        self._timer.timeout.connect(self.deliver)
        self._timer.start()

    def deliver(self) -> None:
        """Hand out what has queued up; called by the timer, and at once after an operation in the window."""
        while self._waiting:
            self.changed.emit(self._waiting.popleft())
        self.tick.emit()

    def close(self) -> None:
        """Stop listening."""
        self._timer.stop()
        self._stop()
