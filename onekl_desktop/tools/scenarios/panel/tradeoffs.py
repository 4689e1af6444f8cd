"""Scenarios against each other: two figures with the front of those that no other beats, or all figures at once."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QComboBox, QWidget

from onekl_desktop.base.translate import N_, _
from onekl_desktop.gui.charts.profiles import ParallelChart, Profile, RadarChart, Spoke
from onekl_desktop.gui.charts.scatter import Axis, Mark, ScatterChart
from onekl_desktop.gui.kit import column, empty_layout, label, row
from onekl_desktop.gui.theme import L, S
from onekl_desktop.models.decisions.ranking import pareto_front, scale_scores
from onekl_desktop.tools.scenarios.queries import Comparison, Row
from onekl_desktop.tools.scenarios.ranking import counted

KINDS = (("two", N_("Two figures")), ("parallel", N_("All figures on axes")), ("radar", N_("All figures as a radar")))
FIRST = ("cost_present_value", "carbon_gain")


class TradeOffs(QWidget):
    """One chart of three kinds, of the figures that are better large or small."""

    def __init__(self) -> None:
        super().__init__()
        self._comparison: Comparison | None = None
        self.kind, self.across, self.upward = QComboBox(), QComboBox(), QComboBox()
        for box, name in ((self.kind, _("Chart")), (self.across, _("From left to right")), (self.upward, _("Upwards"))):
            box.setAccessibleName(name)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(26)
            box.activated.connect(lambda _index: self._draw())
        for id, title in KINDS:
            self.kind.addItem(_(title), id)
        self._axes = QWidget()
        self._axes.setLayout(row(label(_("From left to right"), "small"), self.across, label(_("Upwards"), "small"), self.upward, spacing=S))  # fmt: skip
        self.told = label("", "small", wrap=True)
        self._box = row(spacing=L)
        self.setLayout(column(row(self.kind, self._axes, None, spacing=L), self._box, self.told, margins=S))

    def show_comparison(self, comparison: Comparison) -> None:
        """Draw it again; the choices stay."""
        self._comparison = comparison
        rows, _held = counted(comparison)
        codes = [item.code for item in rows]
        for box, wanted in zip((self.across, self.upward), FIRST, strict=True):
            chosen = box.currentData()
            box.clear()
            for item in rows:
                box.addItem(item.label, item.code)
            first = chosen if chosen in codes else wanted
            box.setCurrentIndex(max(box.findData(first), 0))
        self._draw()

    def _draw(self) -> None:
        empty_layout(self._box)
        comparison = self._comparison
        if comparison is None:
            return
        rows, held = counted(comparison)
        kind = self.kind.currentData()
        self._axes.setVisible(kind == "two")
        if len(held) < 2 or not rows:
            self.told.setText(_("Two scenarios with figures make a comparison. Compute them first."))
            return
        if kind == "two":
            self._draw_two(comparison, held, *(next(item for item in rows if item.code == box.currentData()) for box in (self.across, self.upward)))  # fmt: skip
            return
        values = np.array([[item.values[at] for item in rows] for at in held], float)
        directions = np.array([item.direction for item in rows], float)
        scores = scale_scores(values, directions)
        signed = values * directions
        spokes = [
            Spoke(item.title, float(values[signed[:, at].argmin(), at]), float(values[signed[:, at].argmax(), at]), item.decimals)
            for at, item in enumerate(rows)
        ]  # fmt: skip
        profiles = [
            Profile(comparison.scenarios[at].scenario.name, comparison.scenarios[at].scenario.colour, tuple(scores[number].tolist()))
            for number, at in enumerate(held)
        ]  # fmt: skip
        chart = ParallelChart(spokes, profiles) if kind == "parallel" else RadarChart(spokes, profiles)
        self._box.addWidget(chart, 1)
        if kind == "radar":
            self._box.addWidget(_key(profiles))
        self.told.setText(_("Each axis runs from the worst of these scenarios to the best, so a small gap may look wide: the figures stand in Numbers."))  # fmt: skip

    def _draw_two(self, comparison: Comparison, held: list[int], x: Row, y: Row) -> None:
        values = np.array([[x.values[at], y.values[at]] for at in held], float)
        front = pareto_front(values, np.array([x.direction, y.direction], float))
        marks = []
        for number, at in enumerate(held):
            scenario = comparison.scenarios[at].scenario
            marks.append(Mark(
                scenario.name, scenario.colour, float(values[number, 0]), float(values[number, 1]), _range(x, at), _range(y, at), bool(front[number]),
            ))  # fmt: skip
        self._box.addWidget(
            ScatterChart(Axis(x.label, x.decimals, x.direction), Axis(y.label, y.decimals, y.direction), marks), 1
        )
        names = ", ".join(mark.label for mark in marks if mark.first)
        self.told.setText(_("Full points on the dashed line: no other scenario is better in one of the two without being worse in the other ({names}). Lines through points: likely range.").format(names=names))  # fmt: skip


def _range(item: Row, at: int) -> tuple[float, float] | None:
    low, high = (part[at] if part else None for part in (item.low, item.high))
    return None if low is None or high is None else (low, high)


def _key(profiles: list[Profile]) -> QWidget:
    from onekl_desktop.gui.icons import swatch

    holder = QWidget()
    lines: list[QWidget | None] = []
    for profile in profiles:
        mark = label()
        mark.setPixmap(swatch(profile.colour).pixmap(12, 12))
        line = QWidget()
        line.setLayout(row(mark, label(profile.label), None, spacing=S))
        lines.append(line)
    holder.setLayout(column(None, *lines, None, spacing=S))
    return holder
