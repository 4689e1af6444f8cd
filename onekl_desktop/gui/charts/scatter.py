"""Options as points between two figures, with their ranges and the line of those that no other beats in both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from onekl_desktop.base.translate import _
from onekl_desktop.base.units import format_number
from onekl_desktop.gui.charts.plot import make_plot
from onekl_desktop.gui.kit import column, label
from onekl_desktop.gui.theme import XS, current_tokens

ROOM = 0.18  # of the range, beside the outermost points


@dataclass(frozen=True)
class Mark:
    """An option: name, colour, place, its ranges (low, high) where known, and whether it stands on the front."""

    label: str
    colour: str
    x: float
    y: float
    x_range: tuple[float, float] | None = None
    y_range: tuple[float, float] | None = None
    first: bool = False


@dataclass(frozen=True)
class Axis:
    """What an axis shows, and whether more (1), less (-1) or neither (0) of it is better."""

    title: str
    decimals: int = 0
    direction: int = 1


def _tell_better(axis: Axis, more: str, less: str) -> str:
    return f"  {more if axis.direction > 0 else less} {_('better')}" if axis.direction else ""


class ScatterChart(QWidget):
    """Points with names."""

    def __init__(self, x: Axis, y: Axis, marks: Sequence[Mark]) -> None:
        super().__init__()
        self.across, self.upward, self.marks = x, y, list(marks)
        up, right = _tell_better(y, "↑", "↓"), _tell_better(x, "→", "←")
        self.setLayout(
            column(
                label(f"{y.title}{up}", "small", wrap=True),
                self._plot(),
                label(f"{x.title}{right}", "small", wrap=True),
                spacing=XS,
            )
        )
        told = "; ".join(
            f"{m.label}: {format_number(m.x, x.decimals)}, {format_number(m.y, y.decimals)}" for m in marks
        )
        self.setAccessibleName(f"{x.title}, {y.title}. {told}")

    def _plot(self) -> QWidget:
        tokens = current_tokens()
        pg, plot = make_plot(vertical_grid=True)
        for side, decimals in (("bottom", self.across.decimals), ("left", self.upward.decimals)):
            plot.getAxis(side).tickStrings = lambda values, scale, spacing, decimals=decimals: [
                format_number(value, 0 if spacing >= 1 else max(decimals, 1)) for value in values
            ]
        self._draw_front(pg, plot, tokens)
        for mark in self.marks:
            self._draw_mark(pg, plot, mark, tokens)
        for values, fix in ((self._ends("x"), plot.setXRange), (self._ends("y"), plot.setYRange)):
            if values:
                low, high = min(values), max(values)
                room = (high - low or abs(high) or 1.0) * ROOM
                fix(low - room, high + room, padding=0)
        return plot

    def _ends(self, side: str) -> list[float]:
        found = [getattr(mark, side) for mark in self.marks]
        for mark in self.marks:
            found += getattr(mark, f"{side}_range") or ()
        return found

    def _draw_front(self, pg: Any, plot: Any, tokens: Any) -> None:
        front = sorted((mark for mark in self.marks if mark.first), key=lambda mark: (mark.x, mark.y))
        if len(front) > 1:
            pen = pg.mkPen(tokens.soft, width=1.2, dash=[4, 4])
            plot.plot([mark.x for mark in front], [mark.y for mark in front], pen=pen)

    def _draw_mark(self, pg: Any, plot: Any, mark: Mark, tokens: Any) -> None:
        colour = QColor(mark.colour)
        pen = pg.mkPen(colour, width=1.2)
        if mark.x_range:
            plot.plot(list(mark.x_range), [mark.y, mark.y], pen=pen)
        if mark.y_range:
            plot.plot([mark.x, mark.x], list(mark.y_range), pen=pen)
        brush = pg.mkBrush(colour if mark.first else QColor(tokens.surface))
        plot.plot(
            [mark.x],
            [mark.y],
            pen=None,
            symbol="o",
            symbolSize=11,
            symbolBrush=brush,
            symbolPen=pg.mkPen(colour, width=2),
        )
        ends = self._ends("x")
        right = ends and mark.x > (min(ends) + max(ends)) / 2
        text = pg.TextItem(mark.label, color=QColor(tokens.ink), anchor=(1.0 if right else 0.0, 1.15))
        text.setPos(mark.x, mark.y)
        plot.addItem(text)
