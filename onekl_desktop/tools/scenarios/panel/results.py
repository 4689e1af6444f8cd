"""What a run has brought: a scenario's four numbers, and all scenarios side by side."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QTabWidget, QWidget

from onekl_desktop.base.translate import N_, _
from onekl_desktop.base.units import format_number, format_quantity, format_signed
from onekl_desktop.gui.charts.lines import LineChart, Series
from onekl_desktop.gui.desk import Desk
from onekl_desktop.gui.icons import icon
from onekl_desktop.gui.kit import (
    column,
    empty_layout,
    label,
    row,
)
from onekl_desktop.gui.tables.table import Column, Table, TableRow
from onekl_desktop.gui.theme import XS, L, S
from onekl_desktop.tools.scenarios.queries import Comparison, Row

CHIPS = {
    "current": N_("Computed"),
    "stale": N_("Out of date"),
    "missing": N_("Not computed"),
    "blocked": N_("Cannot be computed yet"),
}


class ResultCard(QWidget):
    """Four numbers of a scenario with their difference to the baseline."""

    def __init__(self) -> None:
        super().__init__()
        self._box = column(spacing=XS)
        self.setLayout(self._box)
        self.values: dict[str, str] = {}

    def show_rows(self, rows: Sequence[Row], at: int, year: int) -> None:
        """Show the rows' values of the scenario at a position."""
        empty_layout(self._box)
        self.values = {}
        self._box.addWidget(label(_("In {year}, beside the baseline").format(year=year), "small"))
        for item in rows:
            value, difference = item.values[at], item.differences()[at]
            unit = item.unit if not item.unit.startswith(item.title) and item.code != "jobs" else ""
            text = format_quantity(value, unit, item.decimals)
            note = format_signed(difference, item.decimals) if at and difference is not None and item.values[0] else ""
            self.values[item.code] = text
            line = QWidget()
            number = label(text, "heading")
            number.setAlignment(Qt.AlignmentFlag.AlignRight)
            line.setLayout(row(label(item.title, "soft"), None, label(note, "small"), number, spacing=S))
            line.setAccessibleName(f"{item.title}: {text}")
            self._box.addWidget(line)


def _banded(item: Row, at: int) -> str | None:
    """A value and half the width of its band to two digits; None where it has none."""
    value, low, high = item.values[at], item.low[at] if item.low else None, item.high[at] if item.high else None
    if value is None or low is None or high is None:
        return None
    half = float(f"{(high - low) / 2:.1e}")
    return f"{format_number(value, item.decimals)} ± {format_number(half, item.decimals)}"


class ComparisonView(QWidget):
    """Scenarios side by side: table, land cover, zones, charts."""

    def __init__(self) -> None:
        super().__init__()
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setTabPosition(QTabWidget.TabPosition.South)
        self.numbers, self.classes, self.zones = Table(sortable=False), Table(), Table()
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
            (self.classes, _("Land cover"), "layers"),
            (self.zones, _("By zone"), "table"),
        ):
            self.tabs.addTab(widget, icon(icon_name), title)
        self.tabs.setIconSize(QSize(16, 16))
        self.tabs.tabBar().setDrawBase(False)
        self.setLayout(column(self.tabs))

    def show_comparison(self, comparison: Comparison, desk: Desk) -> None:
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
        rows = []
        for zone, items in comparison.zones.items():
            gain = next((item for item in items if item.code == "carbon_gain"), None)
            if gain is not None:
                rows.append(TableRow((zone, *gain.values)))
        self.zones.set_rows(
            [Column(_("Change of carbon (t CO₂e)")), *(Column(name, numeric=True) for name in names)], rows
        )
        self.tabs.setTabVisible(3, bool(rows))
        self.banded.setVisible(any(low is not None for item in comparison.rows for low in item.low))
        told = [f"{warning['scenario']}: {warning['message']}" for warning in comparison.warnings]
        self.warnings.setText("\n".join(told[:3]) + ("\n…" if len(told) > 3 else ""))
        self.warnings.setVisible(bool(told))
        self._draw_charts(comparison)

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
