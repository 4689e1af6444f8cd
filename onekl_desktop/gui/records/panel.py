"""A panel of several tables: a row of tabs that wrap, one table at a time, and room for what is the tool's own."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from onekl_desktop.base.specs import Tool
from onekl_desktop.base.translate import _
from onekl_desktop.gui.desk import Desk
from onekl_desktop.gui.dialogs.operation import OperationDialog
from onekl_desktop.gui.kit import column, label, scroll
from onekl_desktop.gui.records.steps import StepsCard
from onekl_desktop.gui.records.table import Records, RecordTable
from onekl_desktop.gui.theme import XS, L, M
from onekl_desktop.project.changes import ChangeSet

PER_ROW, NARROWEST = 3, 330


class RecordsPanel(QWidget):
    """Base of the tools' panels. Subclasses add pages in `build` and fill them in `refresh`."""

    tables: tuple[str, ...] = ()

    def __init__(self, desk: Desk, tool: Tool) -> None:
        super().__init__()
        self.desk, self.tool = desk, tool
        self.pages: dict[str, QWidget] = {}
        self.record_tables: dict[str, RecordTable] = {}
        self._tabs = QButtonGroup(self)
        self._tab_box = QVBoxLayout()
        self._tab_box.setSpacing(XS)
        self._stack = QStackedWidget()
        self.steps = StepsCard(desk, tool, self.show_page)
        self.head = column(spacing=M)
        self.body: QVBoxLayout = column(
            label(_(tool.title), "title"),
            label(_(tool.about), "soft", wrap=True),
            self.steps,
            self.head,
            self._tab_box,
            self._stack,
            margins=L,
            spacing=M,
        )
        self.build()
        self._arrange_tabs()
        inner = QWidget()
        inner.setLayout(self.body)
        self.setLayout(column(scroll(inner), spacing=0))
        desk.bridge.changed.connect(self._on_changed)
        self.refresh()

    def build(self) -> None:
        """Add pages; called once."""

    def refresh(self) -> None:
        """Read the project and fill the pages."""

    def _on_changed(self, changes: ChangeSet) -> None:
        if changes.touches(*self.tables):
            self.refresh()

    def add_records(self, id: str, records: Records, *below: QWidget) -> RecordTable:
        """A page with a table of records and, below it, widgets of the tool's own."""
        table = RecordTable(self.desk, self.tool, records)
        self.record_tables[id] = table
        page = QWidget()
        page.setLayout(column(table, *below, None, spacing=M))
        self.add_page(id, records.title, page)
        return table

    def show_record(self, uuid: str) -> bool:
        """Show the page whose table holds a record, and select it; whether there is one."""
        for name, table in self.record_tables.items():
            if table.select(uuid):
                page = next((id for id, page in self.pages.items() if id == name or page.isAncestorOf(table)), None)
                if page is not None:
                    self.show_page(page)
                    return True
        return False

    def open_operation(
        self, id: str, values: dict[str, Any] | None = None, verb: str = "", hidden: tuple[str, ...] = ()
    ) -> Any:
        """The form of one of the tool's operations; what it returned."""
        dialog = OperationDialog(
            self.desk,
            f"{self.tool.id}.{id}",
            self.tool.get_operation(id),
            values,
            hidden=hidden,
            verb=verb,
            parent=self,
        )
        dialog.exec()
        return dialog.result_value

    def add_page(self, id: str, title: str, page: QWidget) -> None:
        """A page with its tab."""
        tab = QPushButton(title.replace("&", "&&"), self)  # without a parent it would come up as a window of its own
        tab.setCheckable(True)
        tab.setProperty("tab", True)
        tab.setAccessibleName(title)
        tab.clicked.connect(lambda _checked=False: self.show_page(id))
        number = len(self.pages)
        self._tabs.addButton(tab, number)
        self.pages[id] = page
        self._stack.addWidget(page)
        _take_room(page, number == 0)
        if number == 0:
            tab.setChecked(True)
        for other in self._tabs.buttons():  # a single page needs no tab
            other.setVisible(number > 0)

    def _arrange_tabs(self) -> None:
        """As many tabs a row as fit into the narrowest panel in this language; those of a row share its width."""
        row_box: QHBoxLayout | None = None
        used, count = 0, 0
        for tab in self._tabs.buttons():
            tab.ensurePolished()
            width = tab.sizeHint().width() + XS
            if row_box is None or used + width > NARROWEST - 2 * L + XS or count == PER_ROW:
                row_box = QHBoxLayout()
                row_box.setSpacing(XS)
                self._tab_box.addLayout(row_box)
                used, count = 0, 0
            row_box.addWidget(tab, max(width, 1))
            used, count = used + width, count + 1

    def show_page(self, id: str) -> None:
        """Show a page."""
        for name, page in self.pages.items():
            _take_room(page, name == id)
        self._stack.setCurrentWidget(self.pages[id])
        self._tabs.button(list(self.pages).index(id)).setChecked(True)


def _take_room(page: QWidget, shown: bool) -> None:
    """Only the page that is shown decides how tall the panel is; a hidden one would leave empty room to scroll."""
    policy = QSizePolicy.Policy.Preferred if shown else QSizePolicy.Policy.Ignored
    page.setSizePolicy(QSizePolicy.Policy.Preferred, policy)
