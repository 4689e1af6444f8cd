"""What a map tool is, and the one for moving about and pointing. By mouse and by keyboard."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QKeyEvent, QMouseEvent, QPainter, QPen, QPolygonF

from onekl_desktop.gui.canvas.snapping import Snap, Snapper
from onekl_desktop.gui.theme import current_tokens

if TYPE_CHECKING:
    from onekl_desktop.gui.canvas.widget import Canvas

Point = tuple[float, float]
SWIPE_GRIP = 8.0  # pixels beside the line between two pictures
NOTE_LEFT = 64.0  # beside the buttons of the map


class MapTool:
    """What the canvas asks of a tool. `key` says whether it used the key, `undo` whether it took something back."""

    hint = ""
    cursor = Qt.CursorShape.ArrowCursor

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas

    def press(self, event: QMouseEvent) -> None:
        """A button went down."""

    def move(self, event: QMouseEvent) -> None:
        """The pointer moved."""

    def release(self, event: QMouseEvent) -> None:
        """A button came up."""

    def double_click(self, event: QMouseEvent) -> None:
        """Two clicks."""

    def key(self, event: QKeyEvent) -> bool:
        """A key."""
        return False

    def undo(self) -> bool:
        """Take the last step of the tool back."""
        return False

    def leave(self) -> None:
        """Another tool takes over."""

    def paint(self, painter: QPainter) -> None:
        """Draw the overlay in logical pixels."""


class PanTool(MapTool):
    """Drag to move the map, with Shift to zoom to a box, with Alt to turn it; a click points at what is there.

    While two pictures are compared, the line between them can be dragged.
    """

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self.on_point: Callable[[float, float], None] | None = None
        self._last: QPointF | None = None
        self._travelled = 0.0
        self.box: tuple[QPointF, QPointF] | None = None
        self._turns = self._swipes = False

    def _turn(self, start: QPointF, end: QPointF) -> None:
        """Turn the map as the pointer goes round its middle."""
        x, y = self.canvas.width() / 2, self.canvas.height() / 2
        angles = [math.degrees(math.atan2(at.y() - y, at.x() - x)) for at in (start, end)]
        self.canvas.rotate_to(self.canvas.rotation + angles[1] - angles[0])

    def press(self, event: QMouseEvent) -> None:
        """Start to drag."""
        self._last, self._travelled = event.position(), 0.0
        self._turns = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        line = self.canvas.width() * self.canvas.swipe_at
        self._swipes = self.canvas.compares and abs(event.position().x() - line) < SWIPE_GRIP
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self.box = (event.position(), event.position()) if shift else None

    def move(self, event: QMouseEvent) -> None:
        """Drag."""
        if self._last is None or not event.buttons():
            return
        if self.box is not None:
            self.box = (self.box[0], event.position())
            self.canvas.update()
            return
        if self._swipes:
            self.canvas.swipe_at = min(max(event.position().x() / max(self.canvas.width(), 1), 0.0), 1.0)
            self._travelled = 9.0
            self.canvas.update()
            return
        step = event.position() - self._last
        self._travelled += abs(step.x()) + abs(step.y())
        if self._turns:
            self._turn(self._last, event.position())
        elif self._travelled > 3:
            self.canvas.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.canvas.pan_by(step.x(), step.y())
        self._last = event.position()

    def release(self, event: QMouseEvent) -> None:
        """End the drag, zoom to the box, or point."""
        if self.box is not None:
            (start, end), self.box, self._last = self.box, None, None
            self.canvas.update()
            if abs(end.x() - start.x()) > 4 and abs(end.y() - start.y()) > 4:
                self.canvas.zoom_to_pixels(start, end)
            return
        clicked = self._last is not None and self._travelled <= 3 and event.button() == Qt.MouseButton.LeftButton
        self._last = None
        self.canvas.setCursor(self.canvas.tool.cursor)
        if clicked and self.on_point is not None and self.canvas.tool is self:
            self.on_point(*self.canvas.view.to_map(event.position().x(), event.position().y()))

    def paint(self, painter: QPainter) -> None:
        """The box, and the line between two pictures."""
        if self.box is not None:
            paint_box(painter, *self.box)

    def double_click(self, event: QMouseEvent) -> None:
        """Zoom in."""
        self.canvas.zoom_by(2.0, event.position())


def paint_box(painter: QPainter, start: QPointF, end: QPointF) -> None:
    """A rectangle that is being drawn."""
    accent = QColor(current_tokens().accent)
    fill = QColor(accent)
    fill.setAlpha(40)
    painter.setPen(QPen(accent, 1.5, Qt.PenStyle.DashLine))
    painter.setBrush(fill)
    painter.drawRect(QRectF(start, end).normalized())


class OverlayTool(MapTool):
    """What tools that draw share: a keyboard cross, snapping, the look, a note above."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._cross: QPointF | None = None
        self.snapper: Snapper | None = None
        self._snap: Snap | None = None

    def _steer(self, event: QKeyEvent) -> bool:
        """Arrow keys move a cross; True when used."""
        step = 2.0 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 16.0
        moves = {
            Qt.Key.Key_Left: (-step, 0.0),
            Qt.Key.Key_Right: (step, 0.0),
            Qt.Key.Key_Up: (0.0, -step),
            Qt.Key.Key_Down: (0.0, step),
        }
        if event.key() not in moves:
            return False
        here = self._cross or QPointF(self.canvas.width() / 2, self.canvas.height() / 2)
        dx, dy = moves[Qt.Key(event.key())]
        x = min(max(here.x() + dx, 0.0), self.canvas.width() - 1.0)
        y = min(max(here.y() + dy, 0.0), self.canvas.height() - 1.0)
        self._cross = QPointF(x, y)
        self.canvas.update()
        return True

    def _place(self, at: QPointF, own: list[list[Point]] | None = None) -> Point:
        """Where a pointer means to be, in map units."""
        self._snap = self.snapper.find(at, own) if self.snapper is not None else None
        return (self._snap.x, self._snap.y) if self._snap is not None else self._to_map(at)

    def _to_map(self, at: QPointF) -> Point:
        return self.canvas.view.to_map(at.x(), at.y())

    def _to_screen(self, points: list[Point]) -> list[QPointF]:
        if not points:
            return []
        return [QPointF(x, y) for x, y in self.canvas.view.to_pixels(np.array(points))]

    def _toggle_snapping(self) -> None:
        if self.snapper is not None:
            self.snapper.on = not self.snapper.on
            self._snap = None
            self.canvas.update()

    def _paint_shape(self, painter: QPainter, rings: list[list[Point]], closed: bool, corners: bool = True) -> None:
        tokens = current_tokens()
        accent = QColor(tokens.accent if tokens.accent != "#63c39d" else "#1d8a66")
        fill = QColor(accent)
        fill.setAlpha(50)
        for ring in rings:
            spots = self._to_screen(ring)
            if len(spots) > 1:
                painter.setPen(QPen(QColor(255, 255, 255, 200), 4))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawPolyline(QPolygonF([*spots, spots[0]] if closed else spots))
                painter.setPen(QPen(accent, 2))
                painter.setBrush(fill if closed and len(spots) > 2 else Qt.BrushStyle.NoBrush)
                painter.drawPolygon(QPolygonF(spots)) if closed else painter.drawPolyline(QPolygonF(spots))
            for spot in spots if corners else []:
                painter.setPen(QPen(accent, 1.5))
                painter.setBrush(QColor("#ffffff"))
                painter.drawEllipse(spot, 4.5, 4.5)
        self._paint_cross(painter)

    def _paint_cross(self, painter: QPainter) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._snap is not None:
            (spot,) = self._to_screen([(self._snap.x, self._snap.y)])
            painter.setPen(QPen(QColor("#d55e00"), 2))
            if self._snap.kind == "corner":
                painter.drawRect(QRectF(spot.x() - 7, spot.y() - 7, 14, 14))
            else:
                painter.drawEllipse(spot, 7, 7)
        if self._cross is not None:
            painter.setPen(QPen(QColor("#d55e00"), 2))
            x, y = self._cross.x(), self._cross.y()
            painter.drawLine(QPointF(x - 12, y), QPointF(x + 12, y))
            painter.drawLine(QPointF(x, y - 12), QPointF(x, y + 12))

    def _paint_note(self, painter: QPainter, text: str, problem: str = "") -> None:
        tokens = current_tokens()
        painter.setFont(QFont(self.canvas.font()))
        said = f"{text}\n{problem}" if problem else text
        box = painter.boundingRect(QRectF(0, 0, self.canvas.width() - 100, 90), Qt.TextFlag.TextWordWrap, said)
        box.moveTopLeft(QPointF(NOTE_LEFT, 14))
        painter.setPen(QColor(tokens.hair))
        painter.setBrush(QColor(tokens.raised))
        painter.drawRoundedRect(box.adjusted(-10, -6, 10, 6), 6, 6)
        painter.setPen(QColor(tokens.ink))
        painter.drawText(box, Qt.TextFlag.TextWordWrap, said)
