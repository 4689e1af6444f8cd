"""What a run has brought a scenario: its four numbers."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from onekl_desktop.base.translate import N_, _
from onekl_desktop.base.units import format_quantity, format_signed
from onekl_desktop.gui.kit import (
    column,
    empty_layout,
    label,
    row,
)
from onekl_desktop.gui.theme import XS, S
from onekl_desktop.tools.scenarios.queries import Row

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
