"""Map tools: moving about and pointing, drawing an area, changing an area's corners. By mouse and by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import shapely
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QKeyEvent, QMouseEvent, QPainter, QPen, QPolygonF

from onekl_desktop.base.translate import _
from onekl_desktop.base.units import format_quantity
from onekl_desktop.gui.theme import current_tokens

if TYPE_CHECKING:
    from onekl_desktop.gui.canvas.widget import Canvas

Point = tuple[float, float]
GRIP = 9.0


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
    """Drag to move the map; a click points at what is there."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self.on_point: Callable[[float, float], None] | None = None
        self._last: QPointF | None = None
        self._travelled = 0.0

    def press(self, event: QMouseEvent) -> None:
        """Start to drag."""
        self._last, self._travelled = event.position(), 0.0

    def move(self, event: QMouseEvent) -> None:
        """Drag."""
        if self._last is None or not event.buttons():
            return
        step = event.position() - self._last
        self._travelled += abs(step.x()) + abs(step.y())
        if self._travelled > 3:
            self.canvas.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.canvas.pan_by(step.x(), step.y())
        self._last = event.position()

    def release(self, event: QMouseEvent) -> None:
        """End the drag, or point."""
        clicked = self._last is not None and self._travelled <= 3 and event.button() == Qt.MouseButton.LeftButton
        self._last = None
        self.canvas.setCursor(self.canvas.tool.cursor)
        if clicked and self.on_point is not None and self.canvas.tool is self:
            self.on_point(*self.canvas.view.to_map(event.position().x(), event.position().y()))

    def double_click(self, event: QMouseEvent) -> None:
        """Zoom in."""
        self.canvas.zoom_by(2.0, event.position())


class _CornerTool(MapTool):
    """What drawing and editing share: a keyboard cross, the measured area, the look."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(
        self, canvas: Canvas, measure: Callable[[shapely.Geometry], float], on_cancel: Callable[[], None]
    ) -> None:
        super().__init__(canvas)
        self._measure, self._on_cancel = measure, on_cancel
        self._cross: QPointF | None = None

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

    def _to_map(self, at: QPointF) -> Point:
        return self.canvas.view.to_map(at.x(), at.y())

    def _to_screen(self, points: list[Point]) -> list[QPointF]:
        if not points:
            return []
        return [QPointF(x, y) for x, y in self.canvas.view.to_pixels(np.array(points))]

    def _paint_shape(self, painter: QPainter, rings: list[list[Point]], closed: bool) -> None:
        tokens = current_tokens()
        accent = QColor(tokens.accent if tokens.accent != "#63c39d" else "#1d8a66")
        fill = QColor(accent)
        fill.setAlpha(50)
        for ring in rings:
            spots = self._to_screen(ring)
            if len(spots) > 1:
                painter.setPen(QPen(QColor(255, 255, 255, 200), 4))
                painter.drawPolyline(QPolygonF([*spots, spots[0]] if closed else spots))
                painter.setPen(QPen(accent, 2))
                painter.setBrush(fill if len(spots) > 2 else Qt.BrushStyle.NoBrush)
                painter.drawPolygon(QPolygonF(spots)) if closed else painter.drawPolyline(QPolygonF(spots))
            for spot in spots:
                painter.setPen(QPen(accent, 1.5))
                painter.setBrush(QColor("#ffffff"))
                painter.drawEllipse(spot, 4.5, 4.5)
        if self._cross is not None:
            painter.setPen(QPen(QColor("#d55e00"), 2))
            x, y = self._cross.x(), self._cross.y()
            painter.drawLine(QPointF(x - 12, y), QPointF(x + 12, y))
            painter.drawLine(QPointF(x, y - 12), QPointF(x, y + 12))

    def _paint_note(self, painter: QPainter, text: str) -> None:
        tokens = current_tokens()
        font = QFont(self.canvas.font())
        painter.setFont(font)
        box = painter.boundingRect(QRectF(0, 0, self.canvas.width() - 80, 60), Qt.TextFlag.TextWordWrap, text)
        box.moveTopLeft(QPointF(16, 14))
        painter.setPen(QColor(tokens.hair))
        painter.setBrush(QColor(tokens.raised))
        painter.drawRoundedRect(box.adjusted(-10, -6, 10, 6), 6, 6)
        painter.setPen(QColor(tokens.ink))
        painter.drawText(box, Qt.TextFlag.TextWordWrap, text)


class DrawTool(_CornerTool):
    """Click the corners of an area; Enter or a double click finishes, Escape gives up, Backspace takes one back.

    With the keyboard: arrows move a cross, Space sets a corner.
    """

    def __init__(  # type: ignore[no-untyped-def]
        self, canvas, measure, on_done: Callable[[shapely.Polygon], None], on_cancel: Callable[[], None]
    ) -> None:  # type: ignore[no-untyped-def]
        super().__init__(canvas, measure, on_cancel)
        self._on_done = on_done
        self.points: list[Point] = []
        self._pointer: QPointF | None = None
        self._pressed: QPointF | None = None

    @property
    def hint(self) -> str:  # type: ignore[override]
        """What to do next."""
        if len(self.points) < 3:
            return _(
                "Click the corners of the area, or move the cross with the arrow keys and press Space. Escape gives up."
            )
        area = format_quantity(self._measure(shapely.Polygon(self.points)), "ha", 1)
        return _("{area}. Enter or a double click finishes, Backspace takes a corner back.").format(area=area)

    def press(self, event: QMouseEvent) -> None:
        """Remember where; a corner is set on release, so that a drag can pan."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position()
        elif event.button() == Qt.MouseButton.RightButton:
            self.finish()

    def move(self, event: QMouseEvent) -> None:
        """Rubber band, or pan while dragging."""
        if self._pressed is not None and event.buttons() & Qt.MouseButton.LeftButton:
            step = event.position() - self._pressed
            if abs(step.x()) + abs(step.y()) > 6:
                self.canvas.pan_by(step.x(), step.y())
                self._pressed = event.position()
                self._dragged = True
        self._pointer = event.position()
        self.canvas.update()

    _dragged = False

    def release(self, event: QMouseEvent) -> None:
        """Set a corner."""
        if event.button() != Qt.MouseButton.LeftButton or self._pressed is None:
            return
        self._pressed = None
        if self._dragged:
            self._dragged = False
            return
        self._add(event.position())

    def double_click(self, event: QMouseEvent) -> None:
        """Finish; the first of the two clicks has set the last corner."""
        self._pressed = None
        self.finish()

    def _add(self, at: QPointF) -> None:
        self.points.append(self._to_map(at))
        self.canvas.update()

    def key(self, event: QKeyEvent) -> bool:
        """Space, Enter, Backspace, Escape and arrows."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.finish()
        elif event.key() == Qt.Key.Key_Escape:
            self.canvas.set_tool(None)
            self._on_cancel()
        elif event.key() == Qt.Key.Key_Backspace:
            self.undo()
        elif event.key() == Qt.Key.Key_Space:
            self._add(self._cross or QPointF(self.canvas.width() / 2, self.canvas.height() / 2))
        else:
            return self._steer(event)
        return True

    def undo(self) -> bool:
        """Take the last corner back."""
        if not self.points:
            return False
        self.points.pop()
        self.canvas.update()
        return True

    def finish(self) -> None:
        """Hand the area over; needs three corners."""
        if len(self.points) < 3:
            return
        shape = shapely.Polygon(self.points)
        self.canvas.set_tool(None)
        self._on_done(shape)

    def paint(self, painter: QPainter) -> None:
        """Corners, rubber band and the hint."""
        points = list(self.points)
        if self._pointer is not None and points and self._cross is None:
            points.append(self._to_map(self._pointer))
        self._paint_shape(painter, [points] if points else [], closed=len(points) > 2)
        self._paint_note(painter, self.hint)


class EditTool(_CornerTool):
    """Drag corners; click the small dot in the middle of a side to add one; Delete removes the corner under the
    pointer (or the chosen one). Enter keeps the new shape, Escape leaves the old one. N chooses the next corner,
    arrows move it.
    """

    def __init__(  # type: ignore[no-untyped-def]
        self,
        canvas,
        measure,
        shape: shapely.Geometry,
        on_done: Callable[[shapely.Geometry], None],
        on_cancel: Callable[[], None],
    ) -> None:  # type: ignore[no-untyped-def]
        super().__init__(canvas, measure, on_cancel)
        self._on_done = on_done
        self._polygons: list[int] = []
        self.rings: list[list[Point]] = []
        for polygon in shapely.get_parts(shape):
            rings = [polygon.exterior, *polygon.interiors]
            self._polygons.append(len(rings))
            self.rings += [[(float(x), float(y)) for x, y in list(ring.coords)[:-1]] for ring in rings]
        self._history: list[list[list[Point]]] = []
        self._held: tuple[int, int] | None = None
        self.chosen: tuple[int, int] | None = None

    hint = ""

    def shape(self) -> shapely.Geometry:
        """The shape as it is now."""
        polygons, at = [], 0
        for count in self._polygons:
            rings = self.rings[at : at + count]
            polygons.append(shapely.Polygon(rings[0], rings[1:]))
            at += count
        return shapely.MultiPolygon(polygons)

    def _near(self, at: QPointF) -> tuple[int, int] | None:
        best, found = GRIP, None
        for number, ring in enumerate(self.rings):
            if not ring:
                continue
            spots = self.canvas.view.to_pixels(np.array(ring))
            gaps = np.hypot(spots[:, 0] - at.x(), spots[:, 1] - at.y())
            index = int(gaps.argmin())
            if gaps[index] < best:
                best, found = float(gaps[index]), (number, index)
        return found

    def _near_middle(self, at: QPointF) -> tuple[int, int] | None:
        for number, ring in enumerate(self.rings):
            spots = self.canvas.view.to_pixels(np.array(ring))
            middles = (spots + np.roll(spots, -1, axis=0)) / 2
            gaps = np.hypot(middles[:, 0] - at.x(), middles[:, 1] - at.y())
            index = int(gaps.argmin())
            if gaps[index] < GRIP:
                return number, index
        return None

    def _remember(self) -> None:
        self._history.append([list(ring) for ring in self.rings])

    def press(self, event: QMouseEvent) -> None:
        """Take a corner, or make one in the middle of a side; elsewhere the map is dragged."""
        near = self._near(event.position())
        if near is None and event.button() == Qt.MouseButton.LeftButton:
            middle = self._near_middle(event.position())
            if middle is not None:
                self._remember()
                ring, index = middle
                self.rings[ring].insert(index + 1, self._to_map(event.position()))
                self._held = self.chosen = (ring, index + 1)
                self.canvas.update()
                return
        if near is not None:
            if event.button() == Qt.MouseButton.RightButton:
                self.chosen = near
                self._delete()
                return
            self._remember()
            self._held = self.chosen = near
            self.canvas.update()
            return
        self.canvas.idle_tool.press(event)

    def move(self, event: QMouseEvent) -> None:
        """Move the held corner."""
        if self._held is None:
            if event.buttons():
                self.canvas.idle_tool.move(event)
            return
        ring, index = self._held
        self.rings[ring][index] = self._to_map(event.position())
        self.canvas.update()

    def release(self, event: QMouseEvent) -> None:
        """Let go."""
        if self._held is None:
            self.canvas.idle_tool.release(event)
        self._held = None

    def key(self, event: QKeyEvent) -> bool:
        """Enter, Escape, Delete, Tab and arrows."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.canvas.set_tool(None)
            self._on_done(self.shape())
        elif event.key() == Qt.Key.Key_Escape:
            self.canvas.set_tool(None)
            self._on_cancel()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._delete()
        elif event.key() == Qt.Key.Key_N:
            self._choose_next()
        else:
            return self._nudge(event)
        return True

    def _choose_next(self) -> None:
        corners = [(number, index) for number, ring in enumerate(self.rings) for index in range(len(ring))]
        at = corners.index(self.chosen) + 1 if self.chosen in corners else 0
        self.chosen = corners[at % len(corners)]
        self.canvas.update()

    def _nudge(self, event: QKeyEvent) -> bool:
        if self.chosen is None:
            return False
        ring, index = self.chosen
        spot = self._to_screen([self.rings[ring][index]])[0]
        self._cross = spot
        if not self._steer(event):
            self._cross = None
            return False
        self._remember()
        assert self._cross is not None
        self.rings[ring][index] = self._to_map(self._cross)
        self._cross = None
        return True

    def _delete(self) -> None:
        if self.chosen is None:
            return
        ring, index = self.chosen
        if len(self.rings[ring]) > 3:
            self._remember()
            del self.rings[ring][index]
            self.chosen = None
            self.canvas.update()

    def undo(self) -> bool:
        """Take the last move back."""
        if not self._history:
            return False
        self.rings = self._history.pop()
        self.chosen = None
        self.canvas.update()
        return True

    def paint(self, painter: QPainter) -> None:
        """Sides, corners, dots in the middle of sides, and the area."""
        self._paint_shape(painter, self.rings, closed=True)
        painter.setPen(QPen(QColor("#1d8a66"), 1))
        painter.setBrush(QColor(255, 255, 255, 160))
        for ring in self.rings:
            spots = self.canvas.view.to_pixels(np.array(ring))
            if len(spots) < 200:
                for x, y in (spots + np.roll(spots, -1, axis=0)) / 2:
                    painter.drawEllipse(QPointF(x, y), 2.5, 2.5)
        if self.chosen is not None:
            spot = self._to_screen([self.rings[self.chosen[0]][self.chosen[1]]])[0]
            painter.setBrush(QColor("#ff8a00"))
            painter.drawEllipse(spot, 5.5, 5.5)
        area = format_quantity(self._measure(self.shape()), "ha", 1)
        self._paint_note(
            painter,
            _(
                "{area}. Drag corners; Enter keeps the shape, Escape leaves the old one. N chooses a corner, Delete removes it."
            ).format(area=area),
        )
