"""Draw a scene into a picture. QtGui only; runs on any thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import shiboken6
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QImage, QPainter, QPainterPath, QPen, QPolygonF

from onekl_desktop import native
from onekl_desktop.base.rasters import Window
from onekl_desktop.cartography.scene import SceneLayer, View
from onekl_desktop.project.styles import RAMPS, rgb

FINE_SHAPES = 4000
Stop = Callable[[], bool]


class Stopped(Exception):
    """Nobody wants this picture any more."""


def render(
    layers: Sequence[SceneLayer], view: View, *, background: str = "#00000000", stop: Stop | None = None
) -> QImage:
    """Draw layers (first is the lowest) into a new premultiplied ARGB picture.

    Raises
    ------
    Stopped
        `stop` said so between two layers or batches.
    """
    image = QImage(view.width, view.height, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(QColor(background))
    painter = QPainter(image)
    try:
        placed: list[QRectF] = []
        for layer in layers:
            _check(stop)
            painter.setOpacity(layer.opacity)
            if layer.raster is not None:
                _draw_raster(painter, layer, view)
            elif layer.shapes is not None:
                _draw_shapes(painter, layer, view, stop)
        painter.setOpacity(1.0)
        for layer in reversed(layers):
            if layer.labels is not None and layer.shapes is not None:
                _check(stop)
                _draw_labels(painter, layer, view, placed)
    finally:
        painter.end()
    return image


def _check(stop: Stop | None) -> None:
    if stop is not None and stop():
        raise Stopped


# ------------------------------------------------------------------ rasters


def _draw_raster(painter: QPainter, layer: SceneLayer, view: View) -> None:
    source, grid = layer.raster, layer.raster.grid
    pixels_per_cell = grid.cell_x / view.unit_per_pixel
    factor = max((step for step in getattr(source, "overviews", [1]) if step * pixels_per_cell <= 1.0), default=1)
    window = grid.window_of(view.extent)
    if not window.rows or not window.columns:
        return
    row, column = window.row // factor, window.column // factor
    last_row, last_column = -(-(window.row + window.rows) // factor), -(-(window.column + window.columns) // factor)
    part = Window(row, column, last_row - row, last_column - column)
    # With no overview left, take every n-th cell rather than a picture larger than the screen can show.
    cells = source.read(part, factor) if hasattr(source, "overviews") else source.read(part)
    step = max(int(1 / max(pixels_per_cell * factor, 1e-9)), 1)
    cells = cells[::step, ::step]
    colours = colourise(cells, layer, source.nodata)
    picture = QImage(
        colours.data, colours.shape[1], colours.shape[0], colours.shape[1] * 4, QImage.Format.Format_RGBA8888
    )
    size_x, size_y = grid.cell_x * factor * step, grid.cell_y * factor * step
    left, top = grid.left + column * factor * grid.cell_x, grid.top - row * factor * grid.cell_y
    corner = view.to_pixels(np.array([[left, top], [left + picture.width() * size_x, top - picture.height() * size_y]]))
    painter.setRenderHint(
        QPainter.RenderHint.SmoothPixmapTransform, layer.style.kind == "ramp" and pixels_per_cell * factor * step > 1
    )
    painter.drawImage(QRectF(QPointF(*corner[0]), QPointF(*corner[1])), picture)


def colourise(cells: NDArray, layer: SceneLayer, nodata: float | None) -> NDArray[np.uint8]:
    """RGBA of cells, shape (rows, columns, 4): by class colours or along a ramp; nodata is transparent."""
    if layer.style.kind == "classes" or layer.palette:
        table = np.zeros((65_536, 4), np.uint8)
        for code, colour in layer.palette.items():
            if code not in layer.style.hidden_codes:
                table[code] = (*rgb(colour), 255)
        return table[np.asarray(cells, np.uint16)]
    values = np.asarray(cells, np.float64)
    missing = ~np.isfinite(values)
    if nodata is not None and not np.isnan(nodata):
        missing |= values == nodata
    low = (
        layer.style.low if layer.style.low is not None else (float(values[~missing].min()) if (~missing).any() else 0.0)
    )
    high = (
        layer.style.high
        if layer.style.high is not None
        else (float(values[~missing].max()) if (~missing).any() else 1.0)
    )
    ramp = ramp_table(layer.style.ramp)
    place = np.where(missing, 0, (values - low) / max(high - low, 1e-12)) * 255
    out = ramp[np.clip(place, 0, 255).astype(np.uint8)]
    out[missing] = 0
    return np.ascontiguousarray(out)


def ramp_table(name: str) -> NDArray[np.uint8]:
    """256 RGBA colours along a ramp."""
    anchors = np.array([rgb(colour) for colour in RAMPS[name]], float)
    at = np.linspace(0, len(anchors) - 1, 256)
    table = np.full((256, 4), 255, np.uint8)
    for channel in range(3):
        table[:, channel] = np.interp(at, np.arange(len(anchors)), anchors[:, channel])
    return table


# ------------------------------------------------------------------ shapes


def _draw_shapes(painter: QPainter, layer: SceneLayer, view: View, stop: Stop | None) -> None:
    shapes = layer.shapes
    assert shapes is not None
    seen = shapes.touching(view.extent)
    if layer.groups is not None:
        seen = seen[layer.groups[seen] >= 0]
    if not len(seen):
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    if shapes.kind == "polygon" and len(seen) > FINE_SHAPES:
        _draw_many(painter, layer, view, seen, stop)
        return
    pixels = view.to_pixels(shapes.xy) if len(seen) * 4 > len(shapes) else None
    for number, index in enumerate(seen):
        if number % 500 == 0:
            _check(stop)
        colour = _colour_of(layer, index)
        parts = []
        for part in range(shapes.shape_offsets[index], shapes.shape_offsets[index + 1]):
            first, last = shapes.part_offsets[part], shapes.part_offsets[part + 1]
            parts.append(pixels[first:last] if pixels is not None else view.to_pixels(shapes.xy[first:last]))
        _draw_shape(painter, layer, view, parts, colour, int(shapes.keys[index]) in layer.selected)


def _colour_of(layer: SceneLayer, index: int) -> str:
    if layer.groups is None:
        return layer.style.fill
    return layer.style.classes[layer.groups[index]].colour


def _pen(colour: str, width_mm: float, view: View) -> QPen:
    pen = QPen(QColor(colour), max(width_mm * view.dpi / 25.4, 0.6))
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    return pen


def _draw_shape(
    painter: QPainter, layer: SceneLayer, view: View, parts: list[NDArray], colour: str, selected: bool
) -> None:
    assert layer.shapes is not None
    kind, style = layer.shapes.kind, layer.style
    if kind == "point":
        radius = 0.85 * view.dpi / 25.4
        painter.setPen(_pen("#ffffff", 0.2, view))
        painter.setBrush(QColor(colour))
        for part in parts:
            for x, y in part:
                painter.drawEllipse(QPointF(x, y), radius, radius)
        return
    if kind == "line":
        painter.setPen(_pen(colour, style.width, view))
        for part in parts:
            painter.drawPolyline(to_polygon(thin(part)))
        return
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.OddEvenFill)
    for part in parts:
        path.addPolygon(to_polygon(thin(part)))
        path.closeSubpath()
    if style.filled:
        fill = QColor(colour)
        fill.setAlphaF(layer.fill_opacity)
        painter.fillPath(path, QBrush(fill))
    if layer.casing:
        painter.strokePath(path, _pen("#b8ffffff", style.width * 2.6, view))
    outline = style.outline if not selected else "#ff8a00"
    painter.strokePath(path, _pen(outline, style.width if not selected else max(style.width * 2, 0.7), view))


def _draw_many(painter: QPainter, layer: SceneLayer, view: View, seen: NDArray, stop: Stop | None) -> None:
    """Very many areas: class codes into a byte picture by the C kernel, colours by a table, thin outlines left out."""
    shapes = layer.shapes
    assert shapes is not None
    codes = np.zeros((view.height, view.width), np.uint8)
    pixels = view.to_pixels(shapes.xy)
    values = np.ones(len(seen), np.uint8) if layer.groups is None else (layer.groups[seen] % 254 + 1).astype(np.uint8)
    for first in range(0, len(seen), 20_000):
        _check(stop)
        part = slice(first, first + 20_000)
        native.fill_shapes(pixels, shapes.part_offsets, shapes.shape_offsets, seen[part], values[part], codes)
    table = np.zeros((256, 4), np.uint8)
    alpha = int(255 * layer.fill_opacity) if layer.style.filled else 60
    if layer.groups is None:
        table[1] = (*rgb(layer.style.fill), alpha)
    else:
        for number, cls in enumerate(layer.style.classes[:254]):
            table[number + 1] = (*rgb(cls.colour), alpha)
    picture = np.ascontiguousarray(table[codes])
    painter.drawImage(
        0, 0, QImage(picture.data, view.width, view.height, view.width * 4, QImage.Format.Format_RGBA8888).copy()
    )


def thin(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Vertices that fall on the same half pixel as the one before are dropped; the first and the last stay."""
    if len(xy) < 8:
        return xy
    snapped = np.round(xy * 2)
    keep = np.ones(len(xy), bool)
    keep[1:-1] = (snapped[1:-1] != snapped[:-2]).any(axis=1)
    return xy[keep]


def to_polygon(xy: NDArray[np.float64]) -> QPolygonF:
    """A QPolygonF filled in one copy."""
    polygon = QPolygonF()
    polygon.resize(len(xy))
    if len(xy):
        memory = np.frombuffer(shiboken6.VoidPtr(polygon.data(), len(xy) * 16, True), np.float64).reshape(-1, 2)  # type: ignore[arg-type, call-arg, call-overload]
        memory[:] = np.clip(xy, -1e6, 1e6)
    return polygon


# ------------------------------------------------------------------ labels


def _draw_labels(painter: QPainter, layer: SceneLayer, view: View, placed: list[QRectF]) -> None:
    shapes, labels = layer.shapes, layer.labels
    assert shapes is not None
    assert labels is not None
    font = QFont()
    font.setPixelSize(max(round(11 * view.dpi / 96), 8))
    metrics = QFontMetricsF(font)
    painter.setFont(font)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    for index in shapes.touching(view.extent):
        text = labels[index]
        if not text or (layer.groups is not None and layer.groups[index] < 0):
            continue
        anchor = label_point(shapes, index)
        x, y = view.to_pixels(np.array([anchor]))[0]
        if not (0 <= x < view.width and 0 <= y < view.height):
            continue
        width, height = metrics.horizontalAdvance(text), metrics.height()
        gap = 4 * view.dpi / 96
        offsets = [(gap, height / 3), (-width - gap, height / 3), (-width / 2, -gap * 1.5), (-width / 2, height + gap)]
        if shapes.kind == "polygon":
            offsets = [(-width / 2, height / 3)]
        for dx, dy in offsets:
            box = QRectF(x + dx, y + dy - metrics.ascent(), width, height)
            if box.left() < 0 or box.right() > view.width or any(box.intersects(other) for other in placed):
                continue
            placed.append(box.adjusted(-2, -1, 2, 1))
            path = QPainterPath()
            path.addText(QPointF(x + dx, y + dy), font, text)
            halo = QPen(QColor(255, 255, 255, 225), 3 * view.dpi / 96)
            halo.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            painter.strokePath(path, halo)
            painter.fillPath(path, QColor("#1d2a26"))
            break


def label_point(shapes, index: int) -> tuple[float, float]:  # type: ignore[no-untyped-def]
    """Where a label belongs: a point itself, the middle vertex of a line, the middle of an area's widest cut."""
    parts = list(shapes.parts(index))
    longest = max(parts, key=len)
    if shapes.kind != "polygon":
        return tuple(longest[len(longest) // 2])
    y = (longest[:, 1].min() + longest[:, 1].max()) / 2
    crossings = []
    for part in parts:
        a, b = part, np.roll(part, -1, axis=0)
        hit = (a[:, 1] <= y) != (b[:, 1] <= y)
        crossings.extend(a[hit, 0] + (y - a[hit, 1]) * (b[hit, 0] - a[hit, 0]) / (b[hit, 1] - a[hit, 1]))
    crossings.sort()
    spans = list(zip(crossings[0::2], crossings[1::2], strict=False))
    if not spans:
        return tuple(longest.mean(axis=0))
    left, right = max(spans, key=lambda span: span[1] - span[0])
    return (left + right) / 2, y
