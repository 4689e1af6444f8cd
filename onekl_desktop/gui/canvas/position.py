"""Where somebody is on the map, and the way they came; over the map and under nobody's pointer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from onekl_desktop.gui.theme import current_tokens

if TYPE_CHECKING:
    from onekl_desktop.gui.canvas.widget import Canvas

DOT = 7.0  # pixels
MOST_POINTS = 20_000


class PositionMark(QWidget):
    """A dot, a circle of what it may be off, and a line of where it was."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self.track: NDArray[np.float64] = np.empty((0, 2))
        self.place: tuple[float, float] | None = None
        self._off = 0.0
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        canvas.view_changed.connect(self.update)
        canvas.installEventFilter(self)
        self.setGeometry(canvas.rect())
        self.show()

    def show_place(self, place: tuple[float, float] | None, off: float, track: NDArray[np.float64]) -> None:
        """Where it is now (map units), how far that may be off, and the way, shape (n, 2)."""
        self.place, self._off = place, off
        self.track = track[:: max(1, len(track) // MOST_POINTS)]
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The way, the circle, the dot."""
        if self.place is None and not len(self.track):
            return
        view, ink = self._canvas.view, QColor(current_tokens().accent)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if len(self.track) > 1:
            line = QPolygonF([QPointF(x, y) for x, y in np.clip(view.to_pixels(self.track), -1e5, 1e5)])
            for colour, width in ((QColor("#ffffff"), 5), (ink, 3)):
                painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
                painter.drawPolyline(line)
        if self.place is not None:
            ((x, y),) = np.clip(view.to_pixels(np.array([self.place])), -1e5, 1e5)
            reach = min(self._off / view.unit_per_pixel, 1e4)
            if reach > DOT:
                painter.setPen(QPen(ink, 1))
                painter.setBrush(QColor(ink.red(), ink.green(), ink.blue(), 40))
                painter.drawEllipse(QPointF(x, y), reach, reach)
            painter.setPen(QPen(QColor("#ffffff"), 2))
            painter.setBrush(ink)
            painter.drawEllipse(QPointF(x, y), DOT, DOT)
        painter.end()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """As large as the map."""
        if watched is self._canvas and event.type() == QEvent.Type.Resize:
            self.setGeometry(self._canvas.rect())
        return super().eventFilter(watched, event)
