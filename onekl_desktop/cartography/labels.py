"""Names on the map: beside points, in the middle of areas, none over another. QtGui shapes every script."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen

from onekl_desktop.base.geometry import FlatShapes
from onekl_desktop.cartography.levels import levels_of
from onekl_desktop.cartography.scene import SceneLayer, View

HALO = QColor(255, 255, 255, 225)
MOST = 2000  # labels that are tried for one layer


def draw_labels(painter: QPainter, layers: Sequence[SceneLayer], view: View) -> None:
    """The labels of all layers, those of the topmost first: where two would meet the later one is left out."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    placed: list[QRectF] = []
    for layer in reversed(layers):
        if layer.labels is not None and layer.shapes is not None and layer.style.shows_at(view.scale):
            _draw(painter, layer, layer.shapes, layer.labels, view, placed)


def _draw(
    painter: QPainter, layer: SceneLayer, shapes: FlatShapes, labels: list[str], view: View, placed: list[QRectF]
) -> None:
    font = QFont()
    font.setPixelSize(max(round(layer.style.label_size * view.dpi / 72), 8))
    metrics = QFontMetricsF(font)
    painter.setFont(font)
    ink = QColor(layer.style.label_colour)
    halo = QPen(HALO, 3 * view.dpi / 96)
    halo.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    tried, gap = 0, 3 * view.dpi / 96 + (layer.style.size / 2 * view.dpi / 25.4 if shapes.kind == "point" else 0)
    for index in _by_size(shapes, levels_of(shapes).seen(view, 0)):
        text = labels[index]
        if not text or (layer.groups is not None and layer.groups[index] < 0):
            continue
        x, y = view.to_pixels(np.array([label_point(shapes, index)]))[0]
        if not (0 <= x < view.width and 0 <= y < view.height):
            continue
        tried += 1
        if tried > MOST:
            return
        width, height = metrics.horizontalAdvance(text), metrics.height()
        for dx, dy in _offsets(shapes.kind, width, height, gap):
            box = QRectF(x + dx, y + dy - metrics.ascent(), width, height)
            if box.left() < 0 or box.right() > view.width or any(box.intersects(other) for other in placed):
                continue
            placed.append(box.adjusted(-2, -1, 2, 1))
            path = QPainterPath()
            path.addText(QPointF(x + dx, y + dy), font, text)
            painter.strokePath(path, halo)
            painter.fillPath(path, ink)
            break


def _offsets(kind: str, width: float, height: float, gap: float) -> list[tuple[float, float]]:
    """Where the text may begin, the best place first: right, left, above, below of a point; in an area."""
    if kind == "polygon":
        return [(-width / 2, height / 3)]
    return [(gap, height / 3), (-width - gap, height / 3), (-width / 2, -gap * 1.5), (-width / 2, height + gap)]


def _by_size(shapes: FlatShapes, seen: np.ndarray) -> np.ndarray:
    """Large areas first, as their names matter more; others in their order."""
    if shapes.kind != "polygon":
        return seen
    boxes = shapes.boxes[seen]
    size = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    ordered: np.ndarray = seen[np.argsort(-size, kind="stable")]
    return ordered


def label_point(shapes: FlatShapes, index: int) -> tuple[float, float]:
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
