"""A small map in the corner: where in the landscape the large one is. A click or a drag goes there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from onekl_desktop.base.translate import _
from onekl_desktop.cartography.scene import Box, View, fit
from onekl_desktop.gui.theme import current_tokens

if TYPE_CHECKING:
    from onekl_desktop.gui.canvas.widget import Canvas

WIDTH, HEIGHT, GAP, TOP = 132, 96, 12, 56
WHOLE = 0.9  # share of the landscape on screen from which nobody needs it
MOST_POINTS = 2000


class Overview(QWidget):
    """Drawn from the outline of the landscape; hidden while all of it is on screen."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._outline: list[np.ndarray] = []
        self._full: Box = (0.0, 0.0, 1.0, 1.0)
        self.wanted = True
        self.setFixedSize(WIDTH, HEIGHT)
        self.setAccessibleName(_("Overview"))
        self.setToolTip(_("Where the map is in the landscape; click to go elsewhere"))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        canvas.view_changed.connect(self._follow)
        canvas.installEventFilter(self)
        self.hide()

    def show_landscape(self, outline: list[np.ndarray], box: Box) -> None:
        """The rings of the boundary, and its box."""
        self._outline = [ring[:: max(1, len(ring) // MOST_POINTS)] for ring in outline]
        self._full = box
        self._follow()

    def _view(self) -> View:
        return fit(self._full, WIDTH - 8, HEIGHT - 8)

    def _follow(self) -> None:
        left, bottom, right, top = self._canvas.view.box
        a, b, c, d = self._full
        seen = max(min(right, c) - max(left, a), 0) * max(min(top, d) - max(bottom, b), 0)
        self.setVisible(self.wanted and bool(self._outline) and seen < WHOLE * (c - a) * (d - b))
        self.move(self._canvas.width() - WIDTH - GAP, TOP)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The outline and the part on screen."""
        tokens, view = current_tokens(), self._view()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(tokens.border))
        painter.setBrush(QColor(tokens.raised))
        painter.drawRoundedRect(QRectF(0.5, 0.5, WIDTH - 1, HEIGHT - 1), 6, 6)
        painter.translate(4, 4)
        painter.setPen(QPen(QColor(tokens.soft), 1))
        painter.setBrush(QColor(tokens.sunken))
        for ring in self._outline:
            painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in view.to_pixels(ring)]))
        seen = self._canvas.view
        corners = [seen.to_map(x, y) for x, y in ((0, 0), (seen.width, 0), (seen.width, seen.height), (0, seen.height))]
        painter.setPen(QPen(QColor(tokens.accent), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setClipRect(QRectF(-3, -3, WIDTH - 2, HEIGHT - 2))
        spots = [QPointF(x, y) for x, y in view.to_pixels(np.array(corners))]
        painter.drawPolygon(QPolygonF(spots))
        middle = sum(spot.x() for spot in spots) / 4, sum(spot.y() for spot in spots) / 4
        if (spots[1] - spots[0]).manhattanLength() < 6:
            painter.drawEllipse(QPointF(*middle), 5, 5)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go there."""
        self._canvas.centre_on(*self._view().to_map(event.position().x() - 4, event.position().y() - 4))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the pointer."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.mousePressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the corner."""
        if watched is self._canvas and event.type() == QEvent.Type.Resize:
            self._follow()
        return super().eventFilter(watched, event)
