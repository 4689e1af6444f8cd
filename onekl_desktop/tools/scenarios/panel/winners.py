"""Who gains and who loses: by zone (villages), and by what each group cares for."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QWidget

from onekl_desktop.base.translate import _, ngettext
from onekl_desktop.base.units import format_number, format_signed
from onekl_desktop.gui.kit import column, label, row
from onekl_desktop.gui.tables.table import Column, Table, TableRow
from onekl_desktop.gui.theme import L, S
from onekl_desktop.tools.scenarios.queries import Comparison, Row
from onekl_desktop.tools.scenarios.ranking import rank

GAIN, LOSS = "▲", "▼"


class Winners(QWidget):
    """Two tables beside each other, with the counts in words."""

    def __init__(self) -> None:
        super().__init__()
        self._comparison: Comparison | None = None
        self.choice = QComboBox()
        self.choice.setAccessibleName(_("Figure"))
        self.choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.choice.activated.connect(lambda _index: self._fill())
        self.zones, self.groups = Table(), Table(sortable=False)
        self.zones.setAccessibleName(_("By zone"))
        self.groups.setAccessibleName(_("By group"))
        self.told = label("", "small", wrap=True)
        self.no_groups = label(_("What groups care for is written down under Order; then it stands here how well each scenario serves each of them."), "soft", wrap=True)  # fmt: skip
        self._left, right = QWidget(), QWidget()
        self._left.setLayout(
            column(row(label(_("By zone"), "heading"), self.choice, None, spacing=S), self.zones, self.told)
        )
        self.scale = label(
            _("0: serves what the group cares for worst of these scenarios, 1: best."), "small", wrap=True
        )
        right.setLayout(column(label(_("By group"), "heading"), self.groups, self.scale, self.no_groups, None))
        line = row(self._left, right, spacing=L, margins=S)
        line.setStretch(0, 3)
        line.setStretch(1, 2)
        self.setLayout(line)

    def show_comparison(self, comparison: Comparison) -> None:
        """Fill both tables; the chosen figure stays."""
        self._comparison = comparison
        found: dict[str, Row] = {}
        for rows in comparison.zones.values():
            for item in rows:
                if item.direction and not item.category:
                    found.setdefault(item.code, item)
        chosen = self.choice.currentData()
        self.choice.clear()
        for item in found.values():
            self.choice.addItem(item.label, item.code)
        self.choice.setCurrentIndex(max(self.choice.findData(chosen or "net_income"), 0))
        self._left.setVisible(bool(found))
        self._fill()
        self._fill_groups(comparison)

    def _fill(self) -> None:
        comparison, code = self._comparison, self.choice.currentData()
        if comparison is None or not code:
            return
        names = [state.scenario.name for state in comparison.scenarios]
        lines, gains, losses = [], [0] * len(names), [0] * len(names)
        for zone, rows in comparison.zones.items():
            item = next((each for each in rows if each.code == code), None)
            if item is None:
                continue
            texts: list[str | None] = [None]
            for at, (value, difference) in enumerate(zip(item.values, item.differences(), strict=True)):
                text = format_number(value, item.decimals)
                if at and difference and abs(difference) >= 0.5 * 10**-item.decimals:
                    better = difference * item.direction > 0
                    gains[at] += better
                    losses[at] += not better
                    beside = f" ({format_signed(difference, item.decimals)})" if item.values[0] else ""
                    text += f"{beside} {GAIN if better else LOSS}"
                texts.append(text)
            lines.append(TableRow((zone, *item.values), key=zone, texts=tuple(texts), decimals=item.decimals))
        self.zones.set_rows([Column(_("Zone")), *(Column(name, numeric=True) for name in names)], lines)
        told = [
            _("{scenario}: {gain}, {lose}").format(
                scenario=name,
                gain=ngettext("{count} zone gains", "{count} zones gain", gains[at]).format(count=gains[at]),
                lose=ngettext("{count} loses", "{count} lose", losses[at]).format(count=losses[at]))
            for at, name in enumerate(names) if at
        ]  # fmt: skip
        self.told.setText(_("Beside the baseline. {counts}.").format(counts="; ".join(told)))

    def _fill_groups(self, comparison: Comparison) -> None:
        ranking = rank(comparison)
        groups = ranking.groups if ranking else {}
        names = ranking.names if ranking else []
        lines = []
        for group, (order, scores) in groups.items():
            by_name = dict(zip(order, scores, strict=True))
            texts = [f"{format_number(by_name[name], 2)} {GAIN if name == order[0] else ''}".strip() for name in names]
            lines.append(
                TableRow((group, *(by_name[name] for name in names)), key=group, texts=(None, *texts), decimals=2)
            )
        self.groups.set_rows([Column(_("Group")), *(Column(name, numeric=True) for name in names)], lines)
        for widget, shown in ((self.groups, bool(groups)), (self.scale, bool(groups)), (self.no_groups, not groups)):
            widget.setVisible(shown)
