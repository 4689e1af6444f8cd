"""How the land changed: flows between classes, what changed by zone, and what went with it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QComboBox, QWidget

from onekl_desktop.base.progress import Progress
from onekl_desktop.base.translate import _
from onekl_desktop.base.units import format_number, format_percent
from onekl_desktop.gui.charts.sankey import Flow, Node, SankeyChart
from onekl_desktop.gui.desk import Desk
from onekl_desktop.gui.kit import button, column, empty_layout, label, row
from onekl_desktop.gui.tables.table import Column, Table, TableRow
from onekl_desktop.gui.theme import L, S
from onekl_desktop.tools.scenarios.history import REST, History, Period, Reason, find_hindcast, find_reasons

MOST_EFFECTS = 4


class HistoryView(QWidget):
    """One period and one zone at a time."""

    def __init__(self, desk: Desk, show: Callable[[Period | None], object]) -> None:
        super().__init__()
        self._desk, self._show = desk, show
        self._history: History | None = None
        self._reasons: list[Reason] = []
        self.period, self.zone = QComboBox(), QComboBox()
        for box, name in ((self.period, _("Period")), (self.zone, _("Zone"))):
            box.setAccessibleName(name)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            box.activated.connect(lambda _index: self._fill())
        self.map_button = button(_("Show on the map"), lambda: self._show(self._chosen()), icon_name="layers")
        self.back_button = button(_("Back to the plan"), lambda: self._show(None), icon_name="undo")
        self.why_button = button(_("What went with it"), self.find_reasons, icon_name="calculate")
        self.why_button.setToolTip(
            _("Roads, rivers, heights and what lay around, where land changed and where it stayed.")
        )
        self.table = Table()
        self.table.setAccessibleName(_("What became what"))
        self.table.selectionModel().selectionChanged.connect(lambda *_args: self._tell_why())
        self.why, self.held = label("", "small", wrap=True), label("", "small", wrap=True)
        self._chart = row()
        left, right = QWidget(), QWidget()
        left.setLayout(self._chart)
        right.setLayout(column(self.table, self.why, self.held, row(self.why_button, None)))
        line = row(left, right, spacing=L)
        line.setStretch(0, 1)
        line.setStretch(1, 1)
        self.setLayout(column(row(self.period, self.zone, None, self.map_button, self.back_button, spacing=S), line, margins=S))  # fmt: skip

    def show_history(self, history: History) -> None:
        """Fill the choices and show the last period."""
        self._history, self._reasons = history, []
        self.held.setText("")
        self.period.clear()
        for number, period in enumerate(history.periods):
            self.period.addItem(f"{period.first.year}–{period.second.year}", number)
        self.period.setCurrentIndex(self.period.count() - 1)
        self.zone.clear()
        self.zone.addItem(_("Whole landscape"), REST)
        for name in history.periods[0].zones:
            self.zone.addItem(name, name)
        self.zone.setVisible(self.zone.count() > 1)
        self._fill()

    def _chosen(self) -> Period | None:
        return self._history.periods[self.period.currentData() or 0] if self._history else None

    def _fill(self) -> None:
        history, period = self._history, self._chosen()
        if history is None or period is None:
            return
        zone = str(self.zone.currentData() or REST)
        areas = period.zones[zone] if zone else period.areas_ha
        nodes = [Node(cls.name, cls.colour) for cls in history.classes]
        count = len(nodes)
        flows = [Flow(a, b, float(areas[a, b])) for a in range(count) for b in range(count) if areas[a, b] > 0]
        empty_layout(self._chart)
        self._chart.addWidget(
            SankeyChart(f"{period.first.year} (ha)", f"{period.second.year} (ha)", "ha", nodes, flows)
        )
        names = {cls.code: cls.name for cls in history.classes}
        colours = {cls.code: cls.colour for cls in history.classes}
        found = history.transitions(period, zone)
        rows = [
            TableRow(
                (f"{names[each.source]} → {names[each.target]}", each.area_ha, each.yearly_ha, each.share), key=(each.source, each.target), colour=colours[each.target],
                texts=(None, None, None, format_percent(each.share, 1)), decimals=1,
            )
            for each in found
        ]  # fmt: skip
        self.table.set_rows([
            Column(_("What became what")), Column(_("ha"), numeric=True, decimals=1), Column(_("ha a year"), numeric=True, decimals=1), Column(_("of it"), numeric=True),
        ], rows)  # fmt: skip
        self._tell_why()

    def find_reasons(self) -> None:
        """Learn what went with each change, in the background."""
        session = self._desk.session

        def work(progress: Progress) -> tuple[list[Reason], list[str]]:
            return find_reasons(session, progress.part(0.0, 0.6)), find_hindcast(session, progress.part(0.6, 1.0))

        def done(found: tuple[list[Reason], list[str]]) -> None:
            self._reasons = found[0]
            self.held.setText(" ".join(found[1]))
            if not self.table.selected_keys() and self.table.model().rowCount():
                self.table.selectRow(0)
            self._tell_why()

        self._desk.submit(_("Learning what went with the changes"), work, done)

    def _tell_why(self) -> None:
        keys = self.table.selected_keys()
        reason = next((each for each in self._reasons if keys and (each.source, each.target) == keys[0]), None)
        if not self._reasons:
            self.why.setText(_("The projection of the baseline has learned what land that changed had in common."))
            return
        if reason is None:
            self.why.setText(_("Choose a change in the table. Too few cells teach nothing.") if keys else _("Choose a change in the table."))  # fmt: skip
            return
        lines = [
            _("{what}: {changed} where it changed, {stayed} where it stayed").format(what=effect.name, changed=format_number(effect.changed, 1), stayed=format_number(effect.stayed, 1))
            for effect in reason.effects[:MOST_EFFECTS]
        ]  # fmt: skip
        if reason.auc is not None:
            lines.append(_("Together they tell changed land from other land in {share} of all pairs (AUC, on land not learned from).").format(share=format_percent(reason.auc, 0)))  # fmt: skip
        self.why.setText("\n".join(lines))
