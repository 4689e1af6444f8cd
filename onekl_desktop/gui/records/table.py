"""A table of records with filter, add, change (one or many), remove (one or many), export, and a wide view."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from dataclasses import field as option
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget

from onekl_desktop.base.specs import Operation, Reference, Tool
from onekl_desktop.base.translate import _, ngettext
from onekl_desktop.engine.rows import takes_rows
from onekl_desktop.engine.subject_fields import SUBJECT_KINDS
from onekl_desktop.gui.desk import Desk
from onekl_desktop.gui.dialogs.operation import OperationDialog
from onekl_desktop.gui.dialogs.rows import PATTERNS, RowsDialog
from onekl_desktop.gui.kit import button, column, label, row, tool_button
from onekl_desktop.gui.tables.table import Column, Table, TableRow
from onekl_desktop.gui.theme import XS, S

FILTER_FROM = 6


@dataclass(frozen=True)
class Deed:
    """An operation of the tool offered beside a table; `field` is the input that takes the selected record."""

    operation: str
    icon: str = "edit"
    field: str = ""
    verb: str = ""


@dataclass(frozen=True)
class Records:
    """What a table shows and what can be done with it.

    `columns` are those of the wide view; the panel shows those whose position is in `narrow`.
    """

    title: str
    about: str
    columns: tuple[Column, ...]
    field: str
    add: str = ""
    change: str = ""
    remove: str = ""
    narrow: tuple[int, ...] = (0, 1)
    deeds: tuple[Deed, ...] = ()
    values: Callable[[str], dict[str, Any]] | None = option(default=None, compare=False)
    names: Callable[[str], dict[str, Any]] | None = option(
        default=None, compare=False
    )  # of a record without a name of its own

    def name(self, key: str) -> dict[str, Any]:
        """The inputs by which operations know the record of a row."""
        return self.names(key) if self.names is not None else {self.field: key}


class RecordTable(QWidget):
    """The table of `Records`; `chosen` is emitted with the key of the selected record ('' for none or several)."""

    chosen = Signal(str)

    def __init__(self, desk: Desk, tool: Tool, records: Records, *, wide: bool = False) -> None:
        super().__init__()
        self._desk, self._tool, self.records, self._wide = desk, tool, records, wide
        self._view: RecordTable | None = None
        self._rows: list[TableRow] = []
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(_("Filter"))
        self.filter.setClearButtonEnabled(True)
        self.filter.setAccessibleName(_("Filter: {title}").format(title=records.title))
        self.table = Table()
        self.table.setAccessibleName(records.title)
        self.table.setMinimumHeight(170)
        self.filter.textChanged.connect(self.table.set_filter)
        self.table.selectionModel().selectionChanged.connect(lambda *_args: self._on_select())
        self.table.doubleClicked.connect(lambda _index: self.change())
        self.count = label("", "small")
        self.empty = label(records.about, "soft", wrap=True)
        self.add_button = (
            button(self._title(records.add), self.add, primary=not wide, icon_name="plus") if records.add else None
        )
        self.change_button = tool_button("edit", _("Change"), self.change) if records.change else None
        self.remove_button = tool_button("remove", _("Remove"), self.remove) if records.remove else None
        self.rows_button = (
            tool_button("import", _("Add the rows of a table…"), self.add_rows)
            if records.add and takes_rows(desk.session, f"{tool.id}.{records.add}")
            else None
        )
        self.talk_button = (
            tool_button("talk", _("Say something about it"), self.talk) if self._kind in SUBJECT_KINDS else None
        )
        self.export_button = tool_button("table", _("Export as CSV"), self.table.export)
        self.wide_button = None if wide else tool_button("zoom_full", _("Show as a wide table"), self.show_wide)
        self.deed_buttons = [
            button(self._title(deed.operation), lambda deed=deed: self.do(deed), icon_name=deed.icon)
            for deed in records.deeds
        ]
        tools = [
            item
            for item in (
                self.rows_button,
                self.change_button,
                self.remove_button,
                self.talk_button,
                self.export_button,
                self.wide_button,
            )
            if item is not None
        ]
        head = row(label(records.title, "heading"), self.count, None, *tools, spacing=XS)
        foot = row(*([self.add_button] if self.add_button else []), None, spacing=S)
        body = column(
            head, self.filter, self.empty, self.table, foot, *self.deed_buttons, spacing=S, margins=S if wide else 0
        )
        self.setLayout(body)
        self._on_select()

    def _operation(self, id: str) -> Operation:
        return self._tool.get_operation(id)

    @property
    def _kind(self) -> str:
        """Kind of the records, as the operations that change them say; '' where none of them names it."""
        for id in (self.records.change, self.records.remove):
            for field in self._operation(id).inputs if id else ():
                if isinstance(field, Reference) and field.id == self.records.field:
                    return field.of
        return ""

    def talk(self) -> None:
        """A comment, question or proposal about the selected record."""
        keys = self.selected
        if len(keys) == 1:
            self._desk.talk_wanted.emit(self._kind, keys[0])

    def _title(self, id: str) -> str:
        return _(self._operation(id).title)

    # ------------------------------------------------------------ content

    def set_rows(self, rows: Sequence[TableRow]) -> None:
        """Show rows; their values belong to all `columns`."""
        self._rows = list(rows)
        shown = range(len(self.records.columns)) if self._wide else self.records.narrow
        self.table.set_rows(
            [self.records.columns[at] for at in shown],
            [TableRow(tuple(item.values[at] for at in shown), item.key, item.colour) for item in rows],
        )
        self.count.setText(str(len(rows)) if rows else "")
        self.filter.setVisible(len(rows) >= FILTER_FROM)
        self.empty.setVisible(not rows)
        self.table.setVisible(bool(rows))
        for item in (self.export_button, self.wide_button):
            if item is not None:
                item.setEnabled(bool(rows))
        for deed_button, deed in zip(self.deed_buttons, self.records.deeds, strict=True):
            if deed.field:  # it is done to one of these records
                deed_button.setEnabled(bool(rows))
                deed_button.setToolTip("" if rows else self.records.about)
        if self._view is not None:
            self._view.set_rows(rows)
        self._on_select()

    @property
    def selected(self) -> list[str]:
        """Keys of the selected records."""
        return [str(key) for key in self.table.selected_keys()]

    def select(self, key: str) -> bool:
        """Select the row of a record; whether it is in the table."""
        if all(item.key != key for item in self._rows):
            return False
        self.filter.clear()
        self.table.select_key(key)
        return True

    def _on_select(self) -> None:
        keys = self.selected
        for item in (self.change_button, self.remove_button):
            if item is not None:
                item.setEnabled(bool(keys))
        if self.talk_button is not None:
            self.talk_button.setEnabled(len(keys) == 1)
        self.chosen.emit(keys[0] if len(keys) == 1 else "")

    # ------------------------------------------------------------ doing

    def add(self, **fixed: Any) -> Any:
        """The form for a new record."""
        return self._open(self.records.add, fixed)

    def add_rows(self) -> None:
        """Choose a table and take its rows as records."""
        title = _("Add the rows of a table")
        path, _kind = QFileDialog.getOpenFileName(self, title, str(Path.home()), f"{_('Tables')} ({PATTERNS});;* (*)")
        if path:
            RowsDialog(
                self._desk, f"{self._tool.id}.{self.records.add}", self._operation(self.records.add), Path(path), self
            ).exec()

    def change(self) -> None:
        """The form for the selected record, or for all selected ones at once."""
        keys = self.selected
        if not keys or not self.records.change:
            return
        operation, name = self._operation(self.records.change), f"{self._tool.id}.{self.records.change}"
        hidden: tuple[str, ...] = (self.records.field,)
        if self.records.names is not None:
            hidden = tuple(self.records.name(keys[0]))
        if len(keys) == 1 or self.records.names is not None:
            values = {**(self.records.values(keys[0]) if self.records.values else {}), **self.records.name(keys[0])}
            OperationDialog(self._desk, name, operation, values, hidden=hidden, verb=_("Keep"), parent=self).exec()
            return
        verb = ngettext("Change {count} record", "Change {count} records", len(keys)).format(count=len(keys))
        OperationDialog(
            self._desk,
            name,
            operation,
            None,
            hidden=(*hidden, "name"),
            verb=verb,
            parent=self,
            many=(self.records.field, keys),
        ).exec()

    def remove(self) -> None:
        """Remove the selected records as one step; Ctrl+Z brings them back."""
        keys = self.selected
        if not keys or not self.records.remove:
            return
        done = self._desk.perform_many(
            f"{self._tool.id}.{self.records.remove}", [self.records.name(key) for key in keys]
        )
        if done is not None:
            count = ngettext("{count} record was removed.", "{count} records were removed.", len(done)).format(
                count=len(done)
            )
            self._desk.tell(f"{count} {_('Ctrl+Z brings it back.')}")

    def do(self, deed: Deed) -> Any:
        """Another operation, with the selected record filled in."""
        keys = self.selected
        return self._open(deed.operation, {deed.field: keys[0]} if deed.field and len(keys) == 1 else {}, deed.verb)

    def _open(self, operation: str, values: dict[str, Any], verb: str = "") -> Any:
        dialog = OperationDialog(
            self._desk, f"{self._tool.id}.{operation}", self._operation(operation), values, verb=verb, parent=self
        )
        dialog.exec()
        return dialog.result_value

    def show_wide(self) -> None:
        """All columns in the drawer."""
        if self._view is None:
            self._view = RecordTable(self._desk, self._tool, self.records, wide=True)
        self._view.set_rows(self._rows)
        self._desk.drawer.emit(self._view, self.records.title)
