"""A page of the drawer whose charts are replaced in place."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from onekl_desktop.gui.kit import empty_layout, row
from onekl_desktop.gui.theme import L, S


class ChartPage(QWidget):
    """Holds what was shown last."""

    def __init__(self) -> None:
        super().__init__()
        self._box = row(spacing=L)
        self._box.setContentsMargins(L, S, L, S)
        self.setLayout(self._box)

    def show_widgets(self, *widgets: QWidget) -> None:
        """Show these beside each other instead of what was there."""
        empty_layout(self._box)
        for widget in widgets:
            self._box.addWidget(widget, 1)
