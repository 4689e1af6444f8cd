"""Bars from any value to any value, upright or lying: cash by year, a capital stack, swings, how often a value falls where."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from onekl_desktop.base.units import format_number
from onekl_desktop.gui.charts.plot import make_plot
from onekl_desktop.gui.kit import column, label
from onekl_desktop.gui.theme import XS, current_tokens
from onekl_desktop.project.styles import PALETTE

THICK, MOST_LABELS, LONGEST, ROOM = 0.7, 8, 28, 44
WARNING = "#c98a1b"


class Spanned(Protocol):
    """A bar: its label, its two ends, its colour, and a short text told at its end."""

    @property
    def label(self) -> str:
        """Its name."""

    @property
    def start(self) -> float:
        """Where it begins."""

    @property
    def end(self) -> float:
        """Where it ends."""

    @property
    def colour(self) -> str:
        """As #rrggbb."""

    @property
    def told(self) -> str:
        """Beside its end."""


class BarChart(QWidget):
    """A titled bar chart; `mark` is a line across all bars. Lying bars keep the order, the first on top; `links` are arrows from the
    end of one to the beginning of another.
    """

    def __init__(
        self,
        title: str,
        unit: str,
        bars: Sequence[Spanned],
        *,
        lying: bool = False,
        mark: float | None = None,
        years: bool = False,
        links: Sequence[tuple[int, int]] = (),
    ) -> None:
        super().__init__()
        self.bars, self.mark, self.links = list(bars), mark, list(links)
        self.setLayout(
            column(label(title, "heading", wrap=True), label(unit, "small"), self._plot(lying, years), spacing=XS)
        )
        told = "; ".join(
            f"{bar.label}: {bar.told or format_number(bar.end - bar.start)}" for bar in self.bars[:MOST_LABELS]
        )
        self.setAccessibleName(f"{title} ({unit}). {told}")

    def _plot(self, lying: bool, years: bool) -> QWidget:
        pg, plot = make_plot(vertical_grid=lying)
        places = list(range(len(self.bars)))
        colours = [QColor(bar.colour) for bar in self.bars]
        lows = [min(bar.start, bar.end) for bar in self.bars]
        sizes = [abs(bar.end - bar.start) for bar in self.bars]
        plain = [pg.mkPen(None)] * len(self.bars)
        if lying:
            item = pg.BarGraphItem(
                x0=lows, y=[-at for at in places], width=sizes, height=THICK, brushes=colours, pens=plain
            )
        else:
            item = pg.BarGraphItem(x=places, y0=lows, height=sizes, width=THICK, brushes=colours, pens=plain)
        plot.addItem(item)
        numbers, names = plot.getAxis("bottom" if lying else "left"), plot.getAxis("left" if lying else "bottom")
        numbers.tickStrings = lambda values, scale, spacing: [
            (f"{value:.0f}" if value == int(value) else "") if years else format_number(value, 0 if spacing >= 1 else 2)
            for value in values
        ]
        every = 1 if lying else self._label_every()
        names.setTicks(
            [[(-at if lying else at, _shorten(bar.label)) for at, bar in enumerate(self.bars) if at % every == 0]]
        )
        tokens = current_tokens()
        for value, colour, width in ((0.0, tokens.soft, 1.0), (self.mark, WARNING, 2.0)):
            if value is not None:
                plot.addItem(pg.InfiniteLine(value, 90 if lying else 0, pen=pg.mkPen(colour, width=width)))
        if lying:
            for at, bar in enumerate(self.bars):
                text = pg.TextItem(_shorten(bar.told), color=QColor(tokens.ink), anchor=(0, 0.5))
                text.setPos(max(bar.start, bar.end), -at)
                plot.addItem(text)
            low, high = (
                min([*lows, 0.0 if self.mark is None else self.mark]),
                max(low + size for low, size in zip(lows, sizes, strict=True)) if self.bars else 1.0,
            )
            self._draw_links(pg, plot, tokens.soft)
            longest = min(max((len(bar.told) for bar in self.bars), default=0), LONGEST)
            numbers.setTicks([_few_ticks(low, high, years)])
            plot.setXRange(low, high + (0.05 + 0.055 * longest) * max(high - low, 1e-9), padding=0.02)
            plot.setMinimumHeight(60 + 26 * len(self.bars))
        plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return plot

    def _draw_links(self, pg: Any, plot: Any, colour: str) -> None:
        """Down (or up) from the end of what comes first, then to the beginning of what waits for it."""
        for first, then in self.links:
            x, y = self.bars[first].end, -float(first)
            goal, below = self.bars[then].start, -float(then)
            towards = 1.0 if below > y else -1.0
            edge = below - towards * THICK / 2
            plot.plot([x, x, goal, goal], [y, (y + edge) / 2, (y + edge) / 2, edge], pen=pg.mkPen(colour, width=1.5))
            arrow = pg.ArrowItem(angle=90 if towards > 0 else -90, headLen=9, brush=colour, pen=None)
            arrow.setPos(goal, edge)
            plot.addItem(arrow)

    def _label_every(self) -> int:
        """Upright bars have room for so many letters below them."""
        longest = max((len(_shorten(bar.label)) for bar in self.bars), default=1)
        return max(1, -(-len(self.bars) * (longest + 3) // ROOM))


def _shorten(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"


def _few_ticks(low: float, high: float, years: bool) -> list[tuple[float, str]]:
    """Round numbers far enough apart for their words: two or three of them, or so many years."""
    raw = max(high - low, 1e-9) / (6 if years else 2)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= raw * (1 - 1e-9))
    step = max(step, 1.0) if years else step
    places = [step * number for number in range(math.ceil(low / step), math.floor(high / step) + 1)]
    return [(place, f"{place:.0f}" if years else format_number(place, 0 if step >= 1 else 2)) for place in places]


@dataclass(frozen=True)
class GroupBar:
    """A bar of one group under the heading of what is compared."""

    label: str
    start: float
    end: float
    colour: str
    told: str = ""


def compare_groups(
    title: str, unit: str, options: Sequence[str], groups: Mapping[str, Sequence[float]], tell: Callable[[float], str]
) -> BarChart:
    """One chart for several groups: under each option a bar for each of them, in the group's own colour."""
    bars = []
    for at, option in enumerate(options):
        bars.append(GroupBar(option, 0.0, 0.0, PALETTE[0]))
        bars += [
            GroupBar(f"· {name}", 0.0, values[at], PALETTE[number % len(PALETTE)], tell(values[at]))
            for number, (name, values) in enumerate(groups.items())
        ]
    return BarChart(title, unit, bars, lying=True)
