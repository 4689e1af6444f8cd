"""Options over many figures at once: parallel axes and a radar. Every axis runs from the worst of the options to the best."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from onekl_desktop.base.units import format_number
from onekl_desktop.gui.charts.sankey import apart
from onekl_desktop.gui.theme import current_tokens

RINGS = (0.25, 0.5, 0.75, 1.0)
FLOOR = 0.12  # of the radius: the worst is not the middle, so that it can be seen


@dataclass(frozen=True)
class Spoke:
    """One figure: title, the worst and the best value of the options, decimals."""

    title: str
    worst: float
    best: float
    decimals: int = 0


@dataclass(frozen=True)
class Profile:
    """One option: name, colour and its score (0 worst, 1 best) on each axis; None where it has no figure."""

    label: str
    colour: str
    scores: tuple[float | None, ...]


class _Chart(QWidget):
    """What the two have in common: the figures, the look and words for screen readers."""

    def __init__(self, spokes: Sequence[Spoke], profiles: Sequence[Profile]) -> None:
        super().__init__()
        self.spokes, self.profiles = list(spokes), list(profiles)
        self.setMinimumSize(260, 190)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        told = []
        for profile in profiles:
            parts = [
                f"{spoke.title} {format_number(score * 100)} %" for spoke, score in zip(spokes, profile.scores, strict=True) if score is not None
            ]  # fmt: skip
            told.append(f"{profile.label}: {', '.join(parts)}")
        self.setAccessibleName("; ".join(told))

    def sizeHint(self) -> QSize:
        """Room for the names."""
        return QSize(420, 260)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Everything at once; there is little of it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = self.font()
        font.setPointSizeF(max(font.pointSizeF() - 1, 7))
        painter.setFont(font)
        if self.spokes:
            self.draw(painter)
        painter.end()

    def draw(self, painter: QPainter) -> None:
        """Paint the chart."""
        raise NotImplementedError

    @staticmethod
    def _pen(colour: str, width: float = 1.0) -> QPen:
        pen = QPen(QColor(colour), width)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        return pen


class ParallelChart(_Chart):
    """One upright axis for each figure, one line for each option."""

    def draw(self, painter: QPainter) -> None:
        """Axes with worst and best, lines, names beside the last axis."""
        tokens, metrics = current_tokens(), painter.fontMetrics()
        names = max((metrics.horizontalAdvance(profile.label) for profile in self.profiles), default=0)
        right = min(names + 16, self.width() * 0.3)
        count = len(self.spokes)
        gap = (self.width() - right) / max(count, 1)
        foot, head = metrics.height() * 4.2, metrics.height() * 1.4
        top, bottom = head, self.height() - foot
        xs = [gap * (number + 0.5) for number in range(count)]
        centre = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)
        for x, spoke in zip(xs, self.spokes, strict=True):
            painter.setPen(self._pen(tokens.border))
            painter.drawLine(QPointF(x, top), QPointF(x, bottom))
            painter.setPen(self._pen(tokens.soft))
            painter.drawText(QRectF(x - gap / 2, 0, gap, head), int(Qt.AlignmentFlag.AlignCenter), format_number(spoke.best, spoke.decimals))  # fmt: skip
            painter.drawText(QRectF(x - gap / 2, bottom + 1, gap, metrics.height() * 1.1), int(Qt.AlignmentFlag.AlignCenter), format_number(spoke.worst, spoke.decimals))  # fmt: skip
            painter.setPen(self._pen(tokens.ink))
            painter.drawText(
                QRectF(x - gap / 2 + 2, bottom + metrics.height() * 1.15, gap - 4, foot), centre, spoke.title
            )
        labels = []
        for profile in self.profiles:
            spots = [
                QPointF(x, bottom - score * (bottom - top)) for x, score in zip(xs, profile.scores, strict=True) if score is not None
            ]  # fmt: skip
            painter.setPen(self._pen(profile.colour, 2.2))
            painter.drawPolyline(QPolygonF(spots))
            painter.setBrush(QColor(profile.colour))
            for spot in spots:
                painter.drawEllipse(spot, 3.0, 3.0)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            if spots:
                labels.append((spots[-1].y(), profile))
        ends = sorted(labels, key=lambda pair: pair[0])
        places = apart([y for y, _profile in ends], metrics.height(), bottom - metrics.height() / 2)
        for at, (_y, profile) in zip(places, ends, strict=True):
            painter.setPen(self._pen(tokens.ink))
            text = metrics.elidedText(profile.label, Qt.TextElideMode.ElideRight, int(right + gap / 2 - 12))
            painter.drawText(QPointF(xs[-1] + 8, at + metrics.ascent() / 2), text)


class RadarChart(_Chart):
    """One spoke for each figure, one outline for each option."""

    def draw(self, painter: QPainter) -> None:
        """Rings, spokes with their names, outlines."""
        tokens, metrics = current_tokens(), painter.fontMetrics()
        side = min(self.width() * 0.24, 150.0)
        radius = min(self.width() / 2 - side, self.height() / 2 - metrics.height() * 1.6)
        centre = QPointF(self.width() / 2, self.height() / 2)
        count = len(self.spokes)
        turns = [2 * math.pi * number / count - math.pi / 2 for number in range(count)]

        def spot(turn: float, score: float) -> QPointF:
            reach = radius * (FLOOR + (1 - FLOOR) * score)
            return QPointF(centre.x() + reach * math.cos(turn), centre.y() + reach * math.sin(turn))

        painter.setPen(self._pen(tokens.hair))
        for ring in (0.0, *RINGS):
            painter.drawPolygon(QPolygonF([spot(turn, ring) for turn in turns]))
        for turn, spoke in zip(turns, self.spokes, strict=True):
            painter.setPen(self._pen(tokens.hair))
            painter.drawLine(centre, spot(turn, 1.0))
            end = spot(turn, 1.0)
            painter.setPen(self._pen(tokens.soft))
            width, height = side - 6, metrics.height() * 2.3
            if abs(math.cos(turn)) < 0.2:
                width = side * 1.8
                box = QRectF(end.x() - width / 2, end.y() + (2 if math.sin(turn) > 0 else -2 - metrics.height() * 1.2), width, metrics.height() * 1.2)  # fmt: skip
                flags = Qt.AlignmentFlag.AlignCenter
            else:
                left = math.cos(turn) < 0
                box = QRectF(end.x() - width - 6 if left else end.x() + 6, end.y() - height / 2, width, height)
                flags = (
                    Qt.AlignmentFlag.AlignRight if left else Qt.AlignmentFlag.AlignLeft
                ) | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(box, int(flags | Qt.TextFlag.TextWordWrap), spoke.title)
        for profile in self.profiles:
            if any(score is None for score in profile.scores):
                continue
            colour = QColor(profile.colour)
            painter.setPen(self._pen(profile.colour, 2.0))
            colour.setAlpha(28)
            painter.setBrush(colour)
            painter.drawPolygon(QPolygonF([spot(turn, score or 0.0) for turn, score in zip(turns, profile.scores, strict=True)]))  # fmt: skip
            painter.setBrush(Qt.BrushStyle.NoBrush)
