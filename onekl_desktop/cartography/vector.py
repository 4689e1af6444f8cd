"""A scene as lines and areas for paper: what a QPainter draws on PDF, SVG and pictures, from the same styles as on screen.

Cells, heat and layers with very many corners become pictures at the resolution of the page; so does all that lies under a
layer which mixes with what is below it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen

from onekl_desktop.cartography.labels import draw_labels
from onekl_desktop.cartography.levels import levels_of
from onekl_desktop.cartography.paint import LEAST_WIDTH
from onekl_desktop.cartography.pictures import to_polygon
from onekl_desktop.cartography.render import render
from onekl_desktop.cartography.scene import SceneLayer, View
from onekl_desktop.project.styles import PATTERN_MARK, darker

MOST_CORNERS = 400_000  # of a layer, beyond which it becomes a picture
SPACING = 8  # ninety-sixths of an inch between the lines of a pattern, as on screen


def draw_scene(painter: QPainter, layers: Sequence[SceneLayer], view: View) -> None:
    """Draw layers (first is the lowest) and their labels in the pixels of a view, within its box."""
    painter.save()
    painter.setClipRect(QRectF(0, 0, view.width, view.height))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    mixed = max((at for at, layer in enumerate(layers) if layer.style.blend != "normal"), default=-1)
    plain = [replace(layer, labels=None) for layer in layers]
    if mixed >= 0:
        painter.drawImage(0, 0, render(plain[: mixed + 1], view, background="#ffffff"))
    for layer in plain[mixed + 1 :]:
        if layer.style.shows_at(view.scale):
            painter.save()
            painter.setOpacity(layer.opacity)
            _draw_layer(painter, layer, view)
            painter.restore()
    draw_labels(painter, list(layers), view)
    painter.restore()


def _draw_layer(painter: QPainter, layer: SceneLayer, view: View) -> None:
    shapes = layer.shapes
    if (
        layer.raster is not None
        or layer.tiles is not None
        or (shapes is not None and layer.style.kind == "heat" and shapes.kind == "point")
    ):
        _draw_picture(painter, layer, view)
        return
    if shapes is None:
        return
    reach = (layer.style.size + layer.style.width + 1) * view.dpi / 25.4
    seen = levels_of(shapes).seen(view, reach)
    if layer.groups is not None:
        seen = seen[layer.groups[seen] >= 0]
    corners = np.diff(shapes.part_offsets[shapes.shape_offsets])[seen].sum() if len(seen) else 0
    if corners > MOST_CORNERS:
        _draw_picture(painter, layer, view)
        return
    {"polygon": _draw_areas, "line": _draw_lines, "point": _draw_points}[shapes.kind](painter, layer, view, seen)


def _draw_picture(painter: QPainter, layer: SceneLayer, view: View) -> None:
    painter.drawImage(0, 0, render([replace(layer, opacity=1.0)], view))


def _fill_of(layer: SceneLayer, index: int) -> tuple[str, str]:
    """Colour and pattern of a shape."""
    if layer.groups is None:
        return layer.style.fill, layer.style.pattern
    cls = layer.style.classes[int(layer.groups[index])]
    return cls.colour, cls.pattern or layer.style.pattern


def _paths(layer: SceneLayer, view: View, seen: np.ndarray, closed: bool) -> Iterator[tuple[int, QPainterPath]]:
    """Each shape with its path on the page."""
    assert layer.shapes is not None
    for index in seen.tolist():
        path = QPainterPath()
        path.setFillRule(Qt.FillRule.OddEvenFill)
        for part in layer.shapes.parts(index):
            if len(part) > 1:
                path.addPolygon(to_polygon(view.to_pixels(part)))
                if closed:
                    path.closeSubpath()
        yield index, path


def _pen(layer: SceneLayer, view: View, colour: QColor, factor: float = 1.0) -> QPen:
    width = max(layer.style.width * view.dpi / 25.4, LEAST_WIDTH * view.dpi / 96) * factor
    pen = QPen(colour, width)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    if layer.style.dashes and factor == 1.0:
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        pen.setDashPattern([max(length * view.dpi / 25.4 / width, 0.01) for length in layer.style.dashes])
    return pen


def _draw_areas(painter: QPainter, layer: SceneLayer, view: View, seen: np.ndarray) -> None:
    style = layer.style
    outline = _pen(layer, view, QColor(style.outline))
    for index, path in _paths(layer, view, seen, True):
        if style.filled:
            text, pattern = _fill_of(layer, index)
            fill = QColor(text)
            fill.setAlphaF(layer.fill_opacity)
            painter.fillPath(path, QBrush(fill))
            if pattern:
                _hatch(painter, path, pattern, QColor(darker(text, PATTERN_MARK)), view.dpi / 96)
    for _index, path in _paths(layer, view, seen, True) if style.width > 0 else ():
        if layer.casing:
            painter.strokePath(path, _pen(layer, view, QColor(255, 255, 255, 184), 2.6))
        painter.strokePath(path, outline)


def _hatch(painter: QPainter, path: QPainterPath, pattern: str, ink: QColor, k: float) -> None:
    """The marks of a pattern within a path, in their place on the page so that neighbours fit together."""
    box, step = path.boundingRect(), SPACING * k
    painter.save()
    painter.setClipPath(path, Qt.ClipOperation.IntersectClip)
    painter.setPen(QPen(ink, k))
    lines: list[QLineF] = []
    left, right, top, bottom = box.left(), box.right(), box.top(), box.bottom()
    if pattern == "horizontal":
        lines = [QLineF(left, y, right, y) for y in _steps(top, bottom, step)]
    elif pattern == "vertical":
        lines = [QLineF(x, top, x, bottom) for x in _steps(left, right, step)]
    if pattern in ("forward", "crossed"):  # rising to the right: x + y is the same along a line
        lines += [QLineF(s - top, top, s - bottom, bottom) for s in _steps(left + top, right + bottom, step)]
    if pattern in ("backward", "crossed"):
        lines += [QLineF(top + d, top, bottom + d, bottom) for d in _steps(left - bottom, right - top, step)]
    if pattern == "dots":
        painter.setBrush(ink)
        painter.setPen(Qt.PenStyle.NoPen)
        for y in _steps(top, bottom, step):
            for x in _steps(left, right, step):
                painter.drawEllipse(QPointF(x, y), k, k)
    if lines:
        painter.drawLines(lines)
    painter.restore()


def _steps(start: float, end: float, step: float) -> list[float]:
    first = int(np.floor(start / step))
    count = min(int((end - start) / step) + 2, 20_000)
    return [(first + at) * step for at in range(count)]


def _draw_lines(painter: QPainter, layer: SceneLayer, view: View, seen: np.ndarray) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for index, path in _paths(layer, view, seen, False):
        painter.strokePath(path, _pen(layer, view, QColor(_fill_of(layer, index)[0])))


def marker_path(marker: str, x: float, y: float, r: float) -> QPainterPath:
    """A marker about a place: all cover the area of a circle of radius r, as on screen (`native/src/draw.c`)."""
    path = QPainterPath()
    if marker == "square":
        corners = [(-0.886, -0.886), (0.886, -0.886), (0.886, 0.886), (-0.886, 0.886)]
    elif marker == "diamond":
        corners = [(0, -1.253), (1.253, 0), (0, 1.253), (-1.253, 0)]
    elif marker == "triangle":
        corners = [(0, -1.556), (1.347, 0.778), (-1.347, 0.778)]
    else:
        path.addEllipse(QPointF(x, y), r, r)
        return path
    path.moveTo(x + corners[0][0] * r, y + corners[0][1] * r)
    for dx, dy in corners[1:]:
        path.lineTo(x + dx * r, y + dy * r)
    path.closeSubpath()
    return path


def _draw_points(painter: QPainter, layer: SceneLayer, view: View, seen: np.ndarray) -> None:
    assert layer.shapes is not None
    radius, rim = max(layer.style.size / 2 * view.dpi / 25.4, 0.8), 0.2 * view.dpi / 25.4
    pen = QPen(QColor("#ffffff"), 2 * rim)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    for index in seen.tolist():
        ink = QColor(_fill_of(layer, index)[0])
        for part in layer.shapes.parts(index):
            for x, y in view.to_pixels(part):
                path = marker_path(layer.style.marker, float(x), float(y), radius)
                painter.strokePath(path, pen)
                painter.fillPath(path, ink)
