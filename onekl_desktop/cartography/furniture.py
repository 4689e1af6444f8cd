"""Scale bar and north arrow, drawn onto a finished map."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPainterPath, QPen

from onekl_desktop.cartography.scale import bar
from onekl_desktop.cartography.scene import View

INK, PAPER = QColor("#22322c"), QColor(255, 255, 255, 215)


def draw_furniture(image: QImage, view: View) -> None:
    """Scale bar at the lower left, north arrow at the upper right; both on a quiet ground."""
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    try:
        draw_scale_bar(painter, view, view.dpi / 96)
        draw_north(painter, view, view.dpi / 96)
    finally:
        painter.end()


def draw_scale_bar(painter: QPainter, view: View, k: float) -> None:
    """Two-part bar with its length; `k` is pixels for a ninety-sixth of an inch."""
    pixels, label = bar(view.unit_per_pixel, min(view.width * 0.28, 180 * k))
    x, y = 12 * k, view.height - 14 * k
    font = QFont()
    font.setPixelSize(max(round(10 * k), 7))
    painter.setFont(font)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(PAPER)
    painter.drawRoundedRect(QRectF(x - 6 * k, y - 19 * k, pixels + 12 * k, 27 * k), 3 * k, 3 * k)
    painter.setBrush(INK)
    painter.drawRect(QRectF(x, y - 1 * k, pixels / 2, 4 * k))
    painter.setPen(QPen(INK, max(0.8 * k, 0.8)))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(QRectF(x, y - 1 * k, pixels, 4 * k))
    painter.drawText(
        QRectF(x, y - 17 * k, pixels, 14 * k), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, label
    )
    painter.drawText(
        QRectF(x, y - 17 * k, pixels, 14 * k), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, "0"
    )


def draw_north(painter: QPainter, view: View, k: float) -> None:
    """An arrow to grid north."""
    cx, top = view.width - 22 * k, 12 * k
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(PAPER)
    painter.drawEllipse(QPointF(cx, top + 16 * k), 17 * k, 17 * k)
    painter.save()
    painter.translate(cx, top + 16 * k)
    painter.rotate(view.rotation)
    arrow = QPainterPath(QPointF(0, -13 * k))
    for dx, dy in ((6.5, 4), (0, 0), (-6.5, 4)):
        arrow.lineTo(dx * k, dy * k)
    arrow.closeSubpath()
    painter.fillPath(arrow, INK)
    font = QFont()
    font.setPixelSize(max(round(9 * k), 7))
    font.setBold(True)
    painter.setFont(font)
    painter.setPen(INK)
    painter.drawText(QRectF(-10 * k, 3 * k, 20 * k, 12 * k), Qt.AlignmentFlag.AlignCenter, "N")
    painter.restore()
