"""Flows between the classes of one year and those of the next, as bands as wide as their hectares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from onekl_desktop.base.units import format_number
from onekl_desktop.gui.theme import current_tokens

GAP, BAR = 5.0, 12.0
THIN = 0.0015  # of the whole: narrower bands are not drawn


@dataclass(frozen=True)
class Node:
    """A class: name and colour."""

    label: str
    colour: str


@dataclass(frozen=True)
class Flow:
    """So much of one class (by position on the left) became another (on the right)."""

    source: int
    target: int
    amount: float


def apart(places: Sequence[float], gap: float, most: float) -> list[float]:
    """Places at least `gap` below each other, the last not below `most`."""
    out = list(places)
    for number in range(1, len(out)):
        out[number] = max(out[number], out[number - 1] + gap)
    for number in reversed(range(len(out))):
        out[number] = min(out[number], most if number == len(out) - 1 else out[number + 1] - gap)
    return out


class SankeyChart(QWidget):
    """Left the classes before, right those after, each as tall as its land; land that stayed is paler."""

    def __init__(self, left: str, right: str, unit: str, nodes: Sequence[Node], flows: Sequence[Flow]) -> None:
        super().__init__()
        self.titles, self.unit, self.nodes = (left, right), unit, list(nodes)
        self.flows = [flow for flow in flows if flow.amount > 0]
        self.setMinimumSize(340, 220)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        moved = sorted((flow for flow in self.flows if flow.source != flow.target), key=lambda flow: -flow.amount)[:8]
        told = "; ".join(f"{self.nodes[f.source].label} → {self.nodes[f.target].label} {format_number(f.amount)} {unit}" for f in moved)  # fmt: skip
        self.setAccessibleName(f"{left} → {right}. {told}")

    def sizeHint(self) -> QSize:
        """Room for the names on both sides."""
        return QSize(560, 320)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Bars, bands and names."""
        tokens = current_tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = self.font()
        font.setPointSizeF(max(font.pointSizeF() - 1, 7))
        painter.setFont(font)
        metrics = painter.fontMetrics()
        head = metrics.height() * 1.5
        total = sum(flow.amount for flow in self.flows)
        if total <= 0:
            painter.end()
            return
        sums = [[0.0] * len(self.nodes) for _side in (0, 1)]
        for flow in self.flows:
            sums[0][flow.source] += flow.amount
            sums[1][flow.target] += flow.amount
        shown = [[at for at, value in enumerate(side) if value > total * THIN] for side in sums]
        room = self.height() - head - 4
        scale = min((room - GAP * (len(side) - 1)) / total for side in shown if side)
        longest = max(
            metrics.horizontalAdvance(self._told(at, max(sums[0][at], sums[1][at]))) for side in shown for at in side
        )
        margin = min(longest + 10, self.width() * 0.34)
        xs = (margin, self.width() - margin - BAR)
        tops: list[dict[int, float]] = []
        for side, members in enumerate(shown):
            y = head
            placed = {}
            for at in members:
                placed[at] = y
                y += sums[side][at] * scale + GAP
            tops.append(placed)
        self._draw_bands(painter, tops, xs, scale, total)
        for side, members in enumerate(shown):
            align = Qt.AlignmentFlag.AlignRight if side == 0 else Qt.AlignmentFlag.AlignLeft
            middles = apart([tops[side][at] + sums[side][at] * scale / 2 for at in members], metrics.height() * 0.95, self.height() - metrics.height() / 2)  # fmt: skip
            for at, middle in zip(members, middles, strict=True):
                height = sums[side][at] * scale
                painter.fillRect(QRectF(xs[side], tops[side][at], BAR, max(height, 1.0)), QColor(self.nodes[at].colour))
                box = QRectF(0, middle - metrics.height() / 2, margin - 6, metrics.height()) if side == 0 else QRectF(xs[1] + BAR + 6, middle - metrics.height() / 2, margin - 6, metrics.height())  # fmt: skip
                painter.setPen(QColor(tokens.ink))
                text = metrics.elidedText(self._told(at, sums[side][at]), Qt.TextElideMode.ElideRight, int(margin - 6))
                painter.drawText(box, int(align | Qt.AlignmentFlag.AlignVCenter), text)
            painter.setPen(QColor(tokens.soft))
            box = QRectF(xs[0] if side == 0 else 0, 0, self.width() if side == 0 else xs[1] + BAR, head)
            painter.drawText(box, int((Qt.AlignmentFlag.AlignLeft if side == 0 else Qt.AlignmentFlag.AlignRight) | Qt.AlignmentFlag.AlignVCenter), self.titles[side])  # fmt: skip
        painter.end()

    def _told(self, at: int, amount: float) -> str:
        return f"{self.nodes[at].label}  {format_number(amount)}"

    def _draw_bands(self, painter: QPainter, tops: list[dict[int, float]], xs: tuple[float, float], scale: float, total: float) -> None:  # fmt: skip
        at = [dict(side) for side in tops]
        painter.setPen(Qt.PenStyle.NoPen)
        for flow in sorted(self.flows, key=lambda flow: (flow.source, flow.target)):
            if flow.source not in at[0] or flow.target not in at[1]:
                continue
            thick = flow.amount * scale
            y0, y1 = at[0][flow.source], at[1][flow.target]
            at[0][flow.source] += thick
            at[1][flow.target] += thick
            if flow.amount < total * THIN:
                continue
            x0, x1 = xs[0] + BAR, xs[1]
            bend = (x0 + x1) / 2
            path = QPainterPath(QPointF(x0, y0))
            path.cubicTo(bend, y0, bend, y1, x1, y1)
            path.lineTo(x1, y1 + thick)
            path.cubicTo(bend, y1 + thick, bend, y0 + thick, x0, y0 + thick)
            path.closeSubpath()
            colour = QColor(self.nodes[flow.source].colour)
            colour.setAlpha(70 if flow.source == flow.target else 170)
            painter.setBrush(colour)
            painter.drawPath(path)
