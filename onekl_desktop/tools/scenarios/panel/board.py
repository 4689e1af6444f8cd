"""All scenarios side by side, in the drawer: numbers, years, trade-offs, goals, who gains, the order, land cover."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QTabWidget, QWidget

from onekl_desktop.base.translate import _
from onekl_desktop.base.units import format_number
from onekl_desktop.gui.charts.lines import LineChart, Series
from onekl_desktop.gui.desk import Desk
from onekl_desktop.gui.icons import icon
from onekl_desktop.gui.kit import column, empty_layout, label, row
from onekl_desktop.gui.tables.table import Column, Table, TableRow
from onekl_desktop.gui.theme import L, S
from onekl_desktop.tools.scenarios.panel.order import Order
from onekl_desktop.tools.scenarios.panel.results import CHIPS
from onekl_desktop.tools.scenarios.panel.tradeoffs import TradeOffs
from onekl_desktop.tools.scenarios.panel.winners import Winners
from onekl_desktop.tools.scenarios.queries import Comparison, GoalLine, Row


def _banded(item: Row, at: int) -> str | None:
    """A value and half the width of its band to two digits; None where it has none."""
    value, low, high = item.values[at], item.low[at] if item.low else None, item.high[at] if item.high else None
    if value is None or low is None or high is None:
        return None
    half = float(f"{(high - low) / 2:.1e}")
    return f"{format_number(value, item.decimals)} ± {format_number(half, item.decimals)}"


def _mark_goal(line: GoalLine, at: int) -> str:
    value, year = line.values[at], line.reached[at]
    if value is None:
        return "–"
    mark = f"✓ {year}" if line.met[at] else f"✗ {year}" if year and year > line.year else "✗"
    return f"{format_number(value, line.decimals)}  {mark}"


class ComparisonView(QWidget):
    """Scenarios side by side, a page for each way to look at them."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setTabPosition(QTabWidget.TabPosition.South)
        self.numbers, self.classes, self.goals = Table(sortable=False), Table(), Table(sortable=False)
        self.tradeoffs, self.winners, self.order = TradeOffs(), Winners(), Order(desk)
        self.no_goals = label(_("No target is set on what the scenarios compute. Targets are set in Vision, on forest, carbon, jobs and the like."), "soft", wrap=True)  # fmt: skip
        aims = QWidget()
        self.goal_key = label(
            _("✓ reached, and in which year; ✗ missed, with a year: reached later."), "small", wrap=True
        )
        aims.setLayout(column(self.goals, self.goal_key, self.no_goals, None, margins=S))
        self.charts = QWidget()
        self._chart_box = row(spacing=L)
        self.charts.setLayout(self._chart_box)
        self.warnings = label("", "problem", wrap=True)
        page = QWidget()
        self.banded = label(_("± half of the range from the 10th to the 90th percentile when coefficients are off as far as their sources say."), "small", wrap=True)  # fmt: skip
        page.setLayout(column(self.numbers, self.banded, self.warnings, margins=S))
        for widget, title, icon_name in (
            (page, _("Numbers"), "table"),
            (self.charts, _("Over the years"), "chart"),
            (self.tradeoffs, _("Trade-offs"), "chart"),
            (aims, _("Goals"), "check"),
            (self.winners, _("Who gains"), "table"),
            (self.order, _("Order"), "table"),
            (self.classes, _("Land cover"), "layers"),
        ):
            self.tabs.addTab(widget, icon(icon_name), title)
        self.tabs.setIconSize(QSize(16, 16))
        self.tabs.tabBar().setDrawBase(False)
        self.setLayout(column(self.tabs))

    def show_comparison(self, comparison: Comparison) -> None:
        """Fill all pages."""
        names = []
        for state in comparison.scenarios:
            mark = "" if state.current else f" ({_(CHIPS[state.word]).lower()})"
            names.append(state.scenario.name + mark)
        columns = [
            Column(_("In {year}").format(year=comparison.horizon_year)),
            *(Column(name, numeric=True) for name in names),
        ]
        self.numbers.set_rows(columns, [self._line(item) for item in comparison.rows])
        land = [Column(_("Class (ha)")), *(Column(name, numeric=True) for name in names)]
        self.classes.set_rows(
            land, [self._line(item, title=item.title) for item in comparison.classes if any(item.values)]
        )
        self._show_goals(comparison, names)
        for page in (self.tradeoffs, self.winners, self.order):
            page.show_comparison(comparison)
        self.banded.setVisible(any(low is not None for item in comparison.rows for low in item.low))
        told = [f"{warning['scenario']}: {warning['message']}" for warning in comparison.warnings]
        self.warnings.setText("\n".join(told[:3]) + ("\n…" if len(told) > 3 else ""))
        self.warnings.setVisible(bool(told))
        self._draw_charts(comparison)

    def _show_goals(self, comparison: Comparison, names: list[str]) -> None:
        lines = []
        for line in comparison.goals:
            wanted = f"{format_number(line.quantity, line.decimals)} {line.unit} ({line.year})".replace("  ", " ")
            texts = (None, None, *(_mark_goal(line, at) for at in range(len(names))))
            lines.append(TableRow((line.target, wanted, *line.values), key=line.target, texts=texts))
        self.goals.set_rows(
            [Column(_("Target")), Column(_("Wanted (by)")), *(Column(name, numeric=True) for name in names)], lines
        )
        self.goals.setVisible(bool(lines))
        self.no_goals.setVisible(not lines)
        self.goal_key.setVisible(bool(lines))

    @staticmethod
    def _line(item: Row, title: str = "") -> TableRow:
        return TableRow(
            (title or item.label, *item.values),
            texts=(None, *(_banded(item, at) for at in range(len(item.values)))),
            key=item.code + item.category,
            colour=item.colour,
            decimals=item.decimals,
        )

    def _draw_charts(self, comparison: Comparison) -> None:
        empty_layout(self._chart_box)
        for code in ("natural_forest", "carbon_gain"):
            shown = next((item for item in comparison.rows if item.code == code), None)
            series = comparison.series.get(code)
            if shown is None or not series:
                continue
            lines = [
                Series(state.scenario.name, state.scenario.colour, [(float(year), value) for year, value in series[state.scenario.uuid]])
                for state in comparison.scenarios if series.get(state.scenario.uuid)
            ]  # fmt: skip
            self._chart_box.addWidget(LineChart(shown.title, shown.unit, lines), 1)
        self._chart_box.setContentsMargins(L, S, L, S)
