"""The table of a layer: rows are read as they are shown, sorted and filtered by the database, edited through the door."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
)
from PySide6.QtWidgets import QAbstractItemView, QFileDialog, QHeaderView, QLineEdit, QTableView, QWidget

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.expression import Expression, parse_expression
from onekl_desktop.base.translate import _
from onekl_desktop.base.units import format_number
from onekl_desktop.exchange.table import write_rows
from onekl_desktop.gui.desk import Desk
from onekl_desktop.gui.dialogs.operation import OperationDialog
from onekl_desktop.gui.kit import button, column, label, row, tool_button
from onekl_desktop.gui.theme import XS, S
from onekl_desktop.project.attributes import read_rows_for
from onekl_desktop.project.changes import ChangeSet
from onekl_desktop.project.gpkg import quote
from onekl_desktop.project.layers import list_columns
from onekl_desktop.project.queries.records import list_layers
from onekl_desktop.project.records import Layer
from onekl_desktop.tools.layers.panel.values import open_values
from onekl_desktop.tools.layers.spec import TOOL

Index = QModelIndex | QPersistentModelIndex
PAGE = 200
NUMBER_KINDS = ("INT", "REAL", "DOUBLE", "FLOAT", "MEDIUMINT", "SMALLINT", "TINYINT", "NUM")


class LayerRows(QAbstractTableModel):
    """The rows of a vector layer: the row number and the attributes."""

    def __init__(self, desk: Desk, layer: Layer) -> None:
        super().__init__()
        self._desk, self.layer = desk, layer
        self._order = "id"
        self._text = ""
        self.keys: list[int] = []
        self._pages: dict[int, list[tuple[Any, ...]]] = {}
        self.columns: list[tuple[str, str]] = []
        self.load()

    def load(self, layer: Layer | None = None) -> None:
        """Read which rows there are, in their order."""
        self.beginResetModel()
        self.layer = layer or self.layer
        table = quote(self.layer.table_name)
        with self._desk.session.project.read_raw() as raw:
            self.columns = [("id", "INTEGER"), *list_columns(raw, self.layer.table_name)]
            names = [name for name, _kind in self.columns]
            order = self._order if self._order.split('"')[1:2] and self._order.split('"')[1] in names else "id"
            wanted, values = self._filter(names)
            if wanted is not None:
                held = {
                    key
                    for key, found in read_rows_for(raw, self.layer.table_name, self.layer.crs, [wanted])
                    if wanted.holds(found)
                }
                self.keys = [key for (key,) in raw.execute(f"SELECT id FROM {table} ORDER BY {order}") if key in held]
            else:
                clause = (
                    " OR ".join(f"CAST({quote(name)} AS TEXT) LIKE ? ESCAPE '\\'" for name in names) if values else "1"
                )
                self.keys = [
                    key
                    for (key,) in raw.execute(
                        f"SELECT id FROM {table} WHERE {clause} ORDER BY {order}", values * len(names) if values else []
                    )
                ]
        self._pages = {}
        self.endResetModel()

    def _filter(self, names: list[str]) -> tuple[Expression | None, list[str]]:
        """An expression when the text is one over the columns, else a text to look for."""
        if not self._text:
            return None, []
        try:
            found = parse_expression(self._text)
            found.check_columns(names)
        except UserError:
            found = None
        if found is not None and (found.columns or found.measures) and not self._text.strip().isidentifier():
            return found, []
        plain = self._text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return None, [f"%{plain}%"]

    def set_filter(self, text: str) -> None:
        """Show rows that an expression holds for, or that contain a text."""
        self._text = text.strip()
        self.load()

    def is_number(self, at: int) -> bool:
        """Whether a column holds numbers."""
        return self.columns[at][1].upper().startswith(NUMBER_KINDS)

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """Number of rows shown."""
        return 0 if parent.isValid() else len(self.keys)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        """Number of columns."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Names of columns."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return "#" if section == 0 else self.columns[section][0]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if self.is_number(section) else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def value(self, at: int, column_at: int) -> Any:
        """A cell; its page is read when it is needed."""
        page = at // PAGE
        if page not in self._pages:
            keys = self.keys[page * PAGE : (page + 1) * PAGE]
            names = ", ".join(quote(name) for name, _kind in self.columns)
            marks = ",".join("?" * len(keys))
            with self._desk.session.project.read_raw() as raw:
                found = raw.execute(f"SELECT {names} FROM {quote(self.layer.table_name)} WHERE id IN ({marks})", keys)
                by_key = {cells[0]: cells for cells in found}
            nothing = (None,) * len(self.columns)
            if len(self._pages) > 40:
                self._pages.clear()
            self._pages[page] = [by_key.get(key, nothing) for key in keys]
        return self._pages[page][at % PAGE][column_at]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, alignment, and the bare value to edit."""
        if role not in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.EditRole,
            Qt.ItemDataRole.TextAlignmentRole,
            Qt.ItemDataRole.ToolTipRole,
        ):
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if self.is_number(index.column()) else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        value = self.value(index.row(), index.column())
        if value is None or isinstance(value, bytes):
            return ""
        if role == Qt.ItemDataRole.EditRole:
            return str(value)
        if isinstance(value, float):
            return format_number(value, 0 if value.is_integer() else 3)
        return format_number(value) if isinstance(value, int) and index.column() else str(value)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """All but the number can be edited."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() else flags

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Change a cell through the door."""
        if role != Qt.ItemDataRole.EditRole or str(value) == self.data(index, Qt.ItemDataRole.EditRole):
            return False
        key, name = self.keys[index.row()], self.columns[index.column()][0]
        return bool(
            self._desk.perform("layers.change_values", layer=self.layer.uuid, shapes=(key,), values={name: value})
        )

    def sort(self, section: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; nothing comes last."""
        if not 0 <= section < len(self.columns):
            return
        name = quote(self.columns[section][0])
        way = "DESC" if order == Qt.SortOrder.DescendingOrder else "ASC"
        self._order = f"{name} IS NULL, {name} {way}, id"
        self.load()


class LayerTable(QWidget):
    """The table with its filter and what can be done; its choice is that of the map."""

    def __init__(self, desk: Desk, layer: Layer) -> None:
        super().__init__()
        self._desk, self.layer = desk, layer
        self._syncing = False
        self.model = LayerRows(desk, layer)
        self.view = QTableView()
        self.view.setModel(self.model)
        self.view.setAccessibleName(_("Table of {layer}").format(layer=layer.name))
        self.view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.view.setAlternatingRowColors(True)
        self.view.setShowGrid(False)
        self.view.setWordWrap(False)
        self.view.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.view.setSortingEnabled(True)
        self.view.verticalHeader().hide()
        self.view.verticalHeader().setDefaultSectionSize(28)
        self.view.horizontalHeader().setHighlightSections(False)
        self.view.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.view.selectionModel().selectionChanged.connect(self._on_table_choice)
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(_('Text, or a condition such as "trees" > 5'))
        self.filter.setClearButtonEnabled(True)
        self.filter.setAccessibleName(_("Filter"))
        self.filter.returnPressed.connect(self._apply_filter)
        self.filter.textChanged.connect(lambda text: self._apply_filter() if not text else None)
        self.count = label("", "small")
        bar = row(
            self.filter, button(_("Choose these"), self._choose_shown), self.count, None,
            tool_button("zoom_layer", _("Show what is chosen"), self._zoom), tool_button("edit", _("Change attributes of what is chosen…"), self._change),
            tool_button("calculate", _("Calculate a column…"), lambda: self._open("calculate")), tool_button("plus", _("Add a column…"), lambda: self._open("add_column")),
            tool_button("minus", _("Remove a column…"), lambda: self._open("remove_column")), tool_button("copy", _("Export as CSV…"), self._export),
            tool_button("remove", _("Remove what is chosen"), self._remove), spacing=XS,
        )  # fmt: skip
        self.filter.setMinimumWidth(160)
        self.setLayout(column(bar, self.view, margins=S, spacing=S))
        self._fit()
        desk.bridge.changed.connect(self._on_changed)
        desk.selection.changed.connect(self._on_map_choice)
        self._on_map_choice(layer.uuid)

    def _fit(self) -> None:
        for at in range(self.model.columnCount()):
            wide = max(
                self.view.fontMetrics().horizontalAdvance(str(self.model.headerData(at, Qt.Orientation.Horizontal)))
                + 40,
                64,
            )
            cells = [
                self.view.fontMetrics().horizontalAdvance(str(self.model.data(self.model.index(line, at))))
                for line in range(min(30, self.model.rowCount()))
            ]
            self.view.setColumnWidth(at, min(max([wide, *(cell + 24 for cell in cells)]), 280))

    def _tell_count(self) -> None:
        text = _("{shown} rows, {chosen} chosen")
        chosen = len(self._desk.selection.get(self.layer.uuid))
        self.count.setText(text.format(shown=format_number(self.model.rowCount()), chosen=format_number(chosen)))

    def _apply_filter(self) -> None:
        self.model.set_filter(self.filter.text())
        self._on_map_choice(self.layer.uuid)

    def _on_changed(self, changes: ChangeSet) -> None:
        if not changes.touches("layer") and not changes.tables and not changes.touches(self.layer.table_name):
            return
        with self._desk.session.read() as db:
            found = next((item for item in list_layers(db) if item.uuid == self.layer.uuid), None)
        if found is None:
            self.setEnabled(False)
            return
        self.setEnabled(True)
        if (found.table_name, found.revision, found.content_hash) != (
            self.layer.table_name,
            self.layer.revision,
            self.layer.content_hash,
        ):
            self.layer = found
            self._syncing = True
            self.model.load(found)
            self._syncing = False
            self._on_map_choice(found.uuid)

    # ------------------------------------------------------------ choosing

    def _on_table_choice(self, *_args: object) -> None:
        if self._syncing:
            return
        keys = [self.model.keys[index.row()] for index in self.view.selectionModel().selectedRows()]
        self._syncing = True
        self._desk.selection.choose(self.layer.uuid, keys)
        self._syncing = False
        self._tell_count()

    def _on_map_choice(self, layer: str) -> None:
        if layer != self.layer.uuid:
            return
        self._tell_count()
        if self._syncing:
            return
        chosen = self._desk.selection.get(layer)
        picked = QItemSelection()
        rows = [at for at, key in enumerate(self.model.keys) if key in chosen] if chosen else []
        last = self.model.columnCount() - 1
        for first, end in _runs(rows):
            picked.select(self.model.index(first, 0), self.model.index(end, last))
        self._syncing = True
        self.view.selectionModel().select(picked, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self._syncing = False
        if rows:
            self.view.scrollTo(self.model.index(rows[0], 0))

    def _choose_shown(self) -> None:
        self._desk.selection.choose(self.layer.uuid, self.model.keys)

    # ------------------------------------------------------------ doing

    def _zoom(self) -> None:
        chosen = self._desk.selection.get(self.layer.uuid)
        shapes = self._desk.source.shapes_of(self.layer)
        boxes = [shapes.boxes[at] for at, key in enumerate(shapes.keys.tolist()) if key in chosen]
        if boxes:
            left, bottom, right, top = (f(box[k] for box in boxes) for k, f in enumerate((min, min, max, max)))
            pad = max(right - left, top - bottom) * 0.1 + 50
            self._desk.canvas.zoom_to((left - pad, bottom - pad, right + pad, top + pad))

    def _chosen(self) -> tuple[int, ...]:
        chosen = tuple(sorted(self._desk.selection.get(self.layer.uuid)))
        if not chosen:
            self._desk.tell(_("Choose shapes on the map or rows in the table first."))
        return chosen

    def _change(self) -> None:
        chosen = self._chosen()
        if chosen:
            open_values(self._desk, self.layer, chosen, self)

    def _open(self, operation: str) -> None:
        OperationDialog(
            self._desk,
            f"layers.{operation}",
            TOOL.get_operation(operation),
            {"layer": self.layer.uuid},
            hidden=("layer",),
            parent=self,
        ).exec()

    def _remove(self) -> None:
        chosen = self._chosen()
        if chosen and self._desk.perform("layers.remove_shapes", layer=self.layer.uuid, shapes=chosen):
            self._desk.selection.choose(self.layer.uuid, ())

    def _export(self) -> None:
        path, _kind = QFileDialog.getSaveFileName(
            self, _("Export as CSV"), f"{self.layer.table_name}.csv", "CSV (*.csv)"
        )
        if path:
            try:
                heads = [name for name, _kind in self.model.columns]
                write_rows(
                    Path(path),
                    heads,
                    ([self.model.value(at, c) for c in range(len(heads))] for at in range(len(self.model.keys))),
                )
            except UserError as problem:
                self._desk.tell_problem(problem)


def _runs(rows: list[int]) -> list[tuple[int, int]]:
    """First and last of the rows that follow one another."""
    found: list[tuple[int, int]] = []
    for at in rows:
        if found and at == found[-1][1] + 1:
            found[-1] = (found[-1][0], at)
        else:
            found.append((at, at))
    return found
