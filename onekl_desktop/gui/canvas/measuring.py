"""What shapes measure, in words, and the tool that measures on the map: on the ellipsoid, not on the flat map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent, QPainter

from onekl_desktop.base.geometry import area_ha, azimuth_degrees, length_m
from onekl_desktop.base.translate import _
from onekl_desktop.base.units import format_number, format_quantity
from onekl_desktop.gui.canvas.drawing import DrawTool, Measure

if TYPE_CHECKING:
    from onekl_desktop.gui.canvas.widget import Canvas


def measured_in(crs: str) -> Measure:
    """Says hectares of areas and the length of lines given in a CRS."""

    def say(shape: shapely.Geometry) -> str:
        try:
            if shapely.get_dimensions(shape) == 2:
                return format_quantity(area_ha(shape, crs), "ha", 1)
            if shapely.get_dimensions(shape) == 1:
                return format_length(length_m(shape, crs))
        except (ValueError, shapely.errors.GEOSException):
            return format_quantity(None, "ha")
        centre = shape.centroid
        return "" if centre.is_empty else f"{format_number(centre.x)} · {format_number(centre.y)}"

    return say


def format_length(metres: float) -> str:
    """Metres, or kilometres from two of them on."""
    return f"{format_number(metres / 1000, 2)} km" if metres >= 2000 else f"{format_number(metres, 1)} m"


class MeasureTool(DrawTool):
    """Click along a line: its length, the last step with its direction, and from three corners the area between them.

    A double click or Enter ends a measurement, the next click begins another; Escape leaves the tool.
    """

    def __init__(self, canvas: Canvas, crs: str) -> None:
        super().__init__(canvas, measured_in(crs), lambda _shape: None, lambda: None, kind="line")
        self._crs = crs
        self._ended = False

    @property
    def hint(self) -> str:  # type: ignore[override]
        """What was measured."""
        points = self._with_pointer() if not self._ended else list(self.points)
        if len(points) < 2:
            return _("Click along what you want to measure. Escape ends.")
        said = _("Length {length}").format(length=format_length(length_m(shapely.LineString(points), self._crs)))
        step = shapely.LineString(points[-2:])
        if step.length > 0:
            said += " · " + _("last step {length} towards {degrees}°").format(
                length=format_length(length_m(step, self._crs)),
                degrees=format_number(azimuth_degrees(step, self._crs), 1),
            )
        if len(points) > 2:
            said += " · " + _("area {area}").format(area=self._measure(shapely.Polygon(points)))
        return said

    @property
    def problem(self) -> str:
        """Nothing can be wrong."""
        return ""

    def _add(self, at: QPointF) -> None:
        if self._ended:
            self.points, self._ended = [], False
        super()._add(at)

    def finish(self) -> None:
        """Leave the measurement on the map."""
        self._ended = len(self.points) > 1
        self.canvas.update()

    def key(self, event: QKeyEvent) -> bool:
        """As for drawing."""
        if event.key() == Qt.Key.Key_Backspace:
            self._ended = False
        return super().key(event)

    def paint(self, painter: QPainter) -> None:
        """The line and what it measures."""
        points = self._with_pointer() if not self._ended else list(self.points)
        if len(points) > 2:
            self._paint_shape(painter, [points], closed=True, corners=False)
        self._paint_shape(painter, [points] if points else [], closed=False)
        self._paint_note(painter, self.hint)
