"""Choosing shapes on the map: by a click, a box or a drawn area."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import shapely
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter

from onekl_desktop.base.geometry import FlatShapes
from onekl_desktop.base.translate import _
from onekl_desktop.gui.canvas.identify import find_shapes
from onekl_desktop.gui.canvas.tools import OverlayTool, paint_box

if TYPE_CHECKING:
    from onekl_desktop.gui.canvas.widget import Canvas

CLICK = 6.0  # pixels within which a line or a point is meant


def shapes_within(shapes: FlatShapes, area: shapely.Geometry) -> np.ndarray:
    """Numbers of the shapes that an area meets."""
    near = shapes.touching(area.bounds)
    boxes = shapes.boxes[near]
    if shapely.equals(area, area.envelope):  # a box holds what its box holds
        left, bottom, right, top = area.bounds
        inside = (boxes[:, 0] >= left) & (boxes[:, 2] <= right) & (boxes[:, 1] >= bottom) & (boxes[:, 3] <= top)
    else:
        inside = np.zeros(len(near), bool)
    shapely.prepare(area)
    found = [
        index for index, sure in zip(near.tolist(), inside.tolist(), strict=True) if sure or _meets(shapes, index, area)
    ]
    return np.array(found, np.int64)


def _meets(shapes: FlatShapes, index: int, area: shapely.Geometry) -> bool:
    for part in shapes.parts(index):
        line = shapely.LineString(part) if len(part) > 1 else shapely.Point(part[0])
        if area.intersects(shapely.MultiPoint(part) if shapes.kind == "point" else line):
            return True
    if shapes.kind != "polygon":
        return False
    inside = area.representative_point()
    return index in find_shapes(shapes, inside.x, inside.y, 0.0)


class SelectTool(OverlayTool):
    """Click a shape, or drag a box; with Ctrl or Shift the choice grows (a chosen one is left out again). Escape ends.

    With the keyboard: arrows move a cross, Space chooses there, A takes all on screen, C none.
    """

    def __init__(
        self, canvas: Canvas, on_select: Callable[[shapely.Geometry, bool], None], on_clear: Callable[[], None]
    ) -> None:
        """`on_select` gets an area in map units and whether the choice grows."""
        super().__init__(canvas)
        self._on_select, self._on_clear = on_select, on_clear
        self._start: QPointF | None = None
        self._end: QPointF | None = None

    @property
    def hint(self) -> str:  # type: ignore[override]
        """What to do."""
        return _("Click shapes or drag a box; Ctrl adds to the choice. A takes all on screen, C none, Escape ends.")

    def press(self, event: QMouseEvent) -> None:
        """Begin a box."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._start = self._end = event.position()

    def move(self, event: QMouseEvent) -> None:
        """Draw the box."""
        if self._start is not None:
            self._end = event.position()
            self.canvas.update()

    def release(self, event: QMouseEvent) -> None:
        """Choose."""
        if self._start is None or event.button() != Qt.MouseButton.LeftButton:
            return
        start, end = self._start, event.position()
        self._start = self._end = None
        more = bool(event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier))
        self._choose(start, end, more)
        self.canvas.update()

    def _choose(self, start: QPointF, end: QPointF, more: bool) -> None:
        if (end - start).manhattanLength() < 4:
            start, end = start - QPointF(CLICK / 2, CLICK / 2), start + QPointF(CLICK / 2, CLICK / 2)
        corners = [self._to_map(QPointF(x, y)) for x, y in
                   ((start.x(), start.y()), (end.x(), start.y()), (end.x(), end.y()), (start.x(), end.y()))]  # fmt: skip
        self._on_select(shapely.Polygon(corners), more)

    def key(self, event: QKeyEvent) -> bool:
        """Space, A, C, Escape and arrows."""
        more = bool(event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier))
        if event.key() == Qt.Key.Key_Escape:
            self.canvas.set_tool(None)
        elif event.key() == Qt.Key.Key_Space:
            here = self._cross or QPointF(self.canvas.width() / 2, self.canvas.height() / 2)
            self._choose(here, here, more)
        elif event.key() == Qt.Key.Key_A:
            self._choose(QPointF(0, 0), QPointF(self.canvas.width(), self.canvas.height()), more)
        elif event.key() == Qt.Key.Key_C and not more:
            self._on_clear()
        else:
            return self._steer(event)
        return True

    def paint(self, painter: QPainter) -> None:
        """The box and what to do."""
        if self._start is not None and self._end is not None:
            paint_box(painter, self._start, self._end)
        self._paint_cross(painter)
        self._paint_note(painter, self.hint)
