"""Lines over years with pyqtgraph: one theme, units on the axis, direct labels at the ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from onekl_desktop.base.units import format_number
from onekl_desktop.gui.charts.plot import make_plot
from onekl_desktop.gui.kit import column, label
from onekl_desktop.gui.theme import XS, current_tokens

MOST_TICKS = 4


@dataclass(frozen=True)
class Series:
    """A line: label, colour, years and values."""

    label: str
    colour: str
    points: Sequence[tuple[float, float]]


class LineChart(QWidget):
    """A titled line chart."""

    def __init__(self, title: str, unit: str, series: Sequence[Series]) -> None:
        super().__init__()
        self.series = list(series)
        self.setLayout(column(label(title, "heading"), label(unit, "small"), self._plot(), spacing=XS))
        told = "; ".join(f"{item.label}: {format_number(item.points[-1][1])}" for item in series if item.points)
        self.setAccessibleName(f"{title} ({unit}). {told}")

    def _plot(self) -> QWidget:
        pg, plot = make_plot()
        plot.getAxis("left").tickStrings = lambda values, scale, spacing: [
            format_number(value, 0 if spacing >= 1 else 2) for value in values
        ]
        plot.getAxis("bottom").tickStrings = lambda values, scale, spacing: [
            f"{value:.0f}" if value == int(value) else "" for value in values
        ]
        years = sorted({x for item in self.series for x, _y in item.points})
        ends: list[tuple[float, float, Series]] = []
        for item in self.series:
            if not item.points:
                continue
            xs, ys = [x for x, _y in item.points], [y for _x, y in item.points]
            plot.plot(
                xs,
                ys,
                pen=pg.mkPen(item.colour, width=2.5),
                symbol="o",
                symbolSize=5,
                symbolBrush=item.colour,
                symbolPen=None,
            )
            ends.append((ys[-1], xs[-1], item))
        if years:
            span = max(years[-1] - years[0], 1)
            longest = max((len(item.label) for item in self.series), default=0)
            plot.setXRange(years[0] - span * 0.06, years[-1] + span * min(0.1 + 0.045 * longest, 1.1), padding=0)
            step = 1 if len(years) <= MOST_TICKS + 1 else -(-len(years) // MOST_TICKS)
            plot.getAxis("bottom").setTicks([[(year, f"{year:.0f}") for year in years[::step]]])
            self._label_ends(pg, plot, ends, span * 0.02)
        return plot

    def _label_ends(self, pg: Any, plot: Any, ends: list[tuple[float, float, Series]], gap_x: float) -> None:
        """Each label at the end of its own line, one above the other where they would touch."""
        values = [y for item in self.series for _x, y in item.points]
        low, high = min(values), max(values)
        gap = max(high - low, 1e-9) * 0.13
        at = -1e300
        for value, x, item in sorted(ends, key=lambda end: end[0]):
            at = max(value, at + gap)
            text = pg.TextItem(item.label, color=QColor(current_tokens().ink), anchor=(0, 0.5))
            text.setPos(x + gap_x, at)
            plot.addItem(text)
        plot.setYRange(low, max(high, at), padding=0.12)
