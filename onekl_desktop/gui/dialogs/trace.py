"""How a figure came about: its formula, what went in and where that came from; what went in can be followed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QListWidget, QListWidgetItem, QTreeWidget, QTreeWidgetItem, QWidget

from onekl_desktop.base.translate import _
from onekl_desktop.base.units import format_number
from onekl_desktop.gui.kit import button, column, label, row
from onekl_desktop.gui.theme import L, M

WHICH = Qt.ItemDataRole.UserRole


def tell_value(value: Any) -> str:
    """A number, a list of them or a word as people read it."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | float):
        return format_number(value, 0 if float(value).is_integer() else 4 if abs(value) < 100 else 2)
    if isinstance(value, list):
        return " · ".join(map(tell_value, value))
    if isinstance(value, dict):
        return ", ".join(f"{name} {tell_value(item)}" for name, item in value.items() if item is not None)
    return "–" if value is None else str(value)


class TraceDialog(QDialog):
    """Left the figures, right how the chosen one came about. A double click on an input that is a figure goes there."""

    def __init__(self, title: str, keys: list[str], explain: Callable[[str], dict[str, Any]], parent: QWidget | None = None) -> None:  # fmt: skip
        super().__init__(parent)
        self._explain = explain
        self.setWindowTitle(title)
        self.list = QListWidget()
        self.list.setAccessibleName(_("Figures"))
        self.list.setMaximumWidth(300)
        for key in keys:
            item = QListWidgetItem(key)
            item.setData(WHICH, key)
            self.list.addItem(item)
        self.value, self.formula = label("", "heading", wrap=True), label("", "", wrap=True)
        self.inputs = QTreeWidget()
        self.inputs.setAccessibleName(_("What went in"))
        self.inputs.setHeaderLabels([_("What went in"), _("Value"), _("Source")])
        self.inputs.setColumnWidth(0, 330)
        self.inputs.setColumnWidth(1, 220)
        self.inputs.itemActivated.connect(self._follow)
        self.list.currentItemChanged.connect(lambda item, _before: item is not None and self.show_figure(item.data(WHICH)))  # fmt: skip
        right = QWidget()
        right.setLayout(column(self.value, self.formula, self.inputs, spacing=M))
        body = row(self.list, right, spacing=M)
        body.setStretch(1, 1)
        self.setLayout(column(body, row(None, button(_("Close"), self.reject)), margins=L, spacing=M))
        self.resize(1040, 560)
        self.list.setCurrentRow(0)

    def show_figure(self, key: str) -> None:
        """Tell of a figure."""
        found = self._explain(key)
        self.value.setText(f"{key} = {tell_value(found['value'])}")
        self.formula.setText(found["formula"])
        self.inputs.clear()
        for item in found["inputs"]:
            line = self._line(item)
            self.inputs.addTopLevelItem(line)
            for part in item.get("fields", []):
                line.addChild(self._line(part))

    @staticmethod
    def _line(item: dict[str, Any]) -> QTreeWidgetItem:
        name = str(item.get("key") or item.get("field") or item.get("line"))
        source = ", ".join(str(value) for value in item.get("source", {}).values())
        line = QTreeWidgetItem([name, tell_value(item.get("value", item.get("values"))), source])
        for at in range(3):
            line.setToolTip(at, line.text(at))
        line.setData(0, WHICH, item.get("key"))
        return line

    def _follow(self, line: QTreeWidgetItem, _column: int) -> None:
        key = line.data(0, WHICH)
        for item in self._items():
            if item.data(WHICH) == key:
                self.list.setCurrentItem(item)

    def _items(self) -> Iterator[QListWidgetItem]:
        for at in range(self.list.count()):
            found = self.list.item(at)
            if found is not None:
                yield found
