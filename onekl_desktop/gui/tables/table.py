"""A table of ready cells: numbers right, units in the header, sorting by value, copy as text, export as CSV."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QFileDialog, QHeaderView, QMenu, QMessageBox, QTableView, QWidget

from onekl_desktop.base.errors import UserError, explain_os_error
from onekl_desktop.base.translate import _
from onekl_desktop.base.units import format_number
from onekl_desktop.exchange.table import safe_cell
from onekl_desktop.gui.icons import swatch

Index = QModelIndex | QPersistentModelIndex
LEAST_FIRST = 150


@dataclass(frozen=True)
class Column:
    """A column: header (with its unit), whether it holds numbers, decimals."""

    title: str
    numeric: bool = False
    decimals: int = 0


@dataclass(frozen=True)
class TableRow:
    """Values (numbers or text) with an optional swatch, the row's key, and texts that replace the formatted numbers."""

    values: tuple[Any, ...]
    key: Any = None
    colour: str = ""
    texts: tuple[str | None, ...] = ()
    decimals: int | None = None


class RowsModel(QAbstractTableModel):
    """Rows behind a table view."""

    def __init__(self, columns: Sequence[Column], rows: Sequence[TableRow] = ()) -> None:
        super().__init__()
        self.columns, self.rows = list(columns), list(rows)

    def set_rows(self, columns: Sequence[Column], rows: Sequence[TableRow]) -> None:
        """Show other content."""
        self.beginResetModel()
        self.columns, self.rows = list(columns), list(rows)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """Number of rows."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        """Number of columns."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Titles, aligned like their numbers."""
        if orientation != Qt.Orientation.Horizontal:
            return self.text(section, 0) if role == Qt.ItemDataRole.DisplayRole else None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if self.columns[section].numeric else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def text(self, row: int, column: int) -> str:
        """A cell as shown."""
        item, spec = self.rows[row], self.columns[column]
        if item.texts and item.texts[column] is not None:
            return str(item.texts[column])
        value = item.values[column]
        if spec.numeric:
            return format_number(value, spec.decimals if item.decimals is None else item.decimals)
        return "" if value is None else str(value)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, alignment, swatch, and the value to sort by."""
        row, column = index.row(), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(row, column)
        if role == Qt.ItemDataRole.UserRole:
            value = self.rows[row].values[column]
            return (
                (float(value) if isinstance(value, (int, float)) else -1e300)
                if self.columns[column].numeric
                else str(value or "").lower()
            )
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if self.columns[column].numeric else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.DecorationRole and column == 0 and self.rows[row].colour:
            return swatch(self.rows[row].colour)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.text(row, column)
        return None


class Table(QTableView):
    """The view: whole rows are selected, Ctrl+C copies them, the menu exports all."""

    def __init__(
        self,
        columns: Sequence[Column] = (),
        rows: Sequence[TableRow] = (),
        *,
        sortable: bool = True,
        frozen: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """With `frozen` the first column stays where it is while the others scroll."""
        super().__init__(parent)
        self.source = RowsModel(columns, rows)
        self._frozen = frozen
        self.proxy = QSortFilterProxyModel(self)
        self.proxy.setSourceModel(self.source)
        self.proxy.setSortRole(Qt.ItemDataRole.UserRole)
        self.proxy.setFilterKeyColumn(-1)
        self.proxy.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setModel(self.proxy)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setSortingEnabled(sortable)
        if sortable:
            self.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        self.verticalHeader().setVisible(frozen)
        self.verticalHeader().setDefaultSectionSize(28)
        self.horizontalHeader().setHighlightSections(False)
        self.setTabKeyNavigation(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._menu)
        self._fit()

    def set_rows(self, columns: Sequence[Column], rows: Sequence[TableRow]) -> None:
        """Show other content; the selected keys stay selected."""
        chosen = set(self.selected_keys())
        self.source.set_rows(columns, rows)
        self._fit()
        for number, item in enumerate(rows):
            if item.key in chosen and item.key is not None:
                self._select(number, QItemSelectionModel.SelectionFlag.Select)

    def _select(self, number: int, how: QItemSelectionModel.SelectionFlag) -> None:
        """Select a row of the source; not by `selectRow`, which toggles while Ctrl is held (as in Ctrl+Z)."""
        index = self.proxy.mapFromSource(self.source.index(number, 0))
        self.selectionModel().select(index, how | QItemSelectionModel.SelectionFlag.Rows)

    def set_filter(self, text: str) -> None:
        """Show rows that contain a text."""
        self.proxy.setFilterFixedString(text)

    def selected_keys(self) -> list[Any]:
        """Keys of the selected rows."""
        model = self.selectionModel()
        if model is None:
            return []
        return [self.source.rows[self.proxy.mapToSource(index).row()].key for index in model.selectedRows()]

    def select_key(self, key: Any) -> None:
        """Select the row of a key."""
        for number, item in enumerate(self.source.rows):
            if item.key == key:
                self._select(number, QItemSelectionModel.SelectionFlag.ClearAndSelect)
                return

    def _fit(self) -> None:
        header = self.horizontalHeader()
        if not self.source.columns:
            return
        header.setMinimumSectionSize(48)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.setColumnHidden(0, self._frozen)
        self._fit_first()

    def _fit_first(self) -> None:
        """The first column takes the room that is left, but never so little that its texts cannot be read."""
        header = self.horizontalHeader()
        if not self.source.columns or not self.isVisible() or self._frozen:
            return
        wanted = max(self.sizeHintForColumn(0), header.sectionSizeHint(0))
        left = self.viewport().width() - sum(
            header.sectionSizeHint(at) if not self.source.rows else header.sectionSize(at)
            for at in range(1, len(self.source.columns))
        )
        if left >= min(wanted, LEAST_FIRST):
            header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        else:
            header.setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(0, min(wanted, LEAST_FIRST))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width: the first column may have more room, or less."""
        super().resizeEvent(event)
        self._fit_first()

    def showEvent(self, event: QShowEvent) -> None:
        """The columns are measured when the style is known."""
        super().showEvent(event)
        self._fit_first()

    def as_text(self, *, selected: bool = False) -> str:
        """The table as tab-separated text, in the order shown."""
        rows = (
            [index.row() for index in self.selectionModel().selectedRows()]
            if selected
            else range(self.proxy.rowCount())
        )
        lines = ["\t".join(column.title for column in self.source.columns)]
        for at in sorted(rows):
            number = self.proxy.mapToSource(self.proxy.index(at, 0)).row()
            lines.append("\t".join(self.source.text(number, column) for column in range(len(self.source.columns))))
        return "\n".join(lines)

    def write_csv(self, path: Path) -> None:
        """All rows with their full numbers, in the order shown."""
        try:
            with path.open("w", encoding="utf-8-sig", newline="") as stream:
                writer = csv.writer(stream)
                writer.writerow(column.title for column in self.source.columns)
                for at in range(self.proxy.rowCount()):
                    number = self.proxy.mapToSource(self.proxy.index(at, 0)).row()
                    writer.writerow([safe_cell(value) for value in self.source.rows[number].values])
        except OSError as problem:
            raise explain_os_error(problem, path) from None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+C copies the selection."""
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.as_text(selected=True))
        else:
            super().keyPressEvent(event)

    def _menu(self, at: Any) -> None:
        menu = QMenu(self)
        menu.addAction(_("Copy the table"), lambda: QGuiApplication.clipboard().setText(self.as_text()))
        menu.addAction(_("Export as CSV…"), self.export)
        menu.exec(self.viewport().mapToGlobal(at))

    def export(self) -> None:
        """Ask for a file and write it."""
        path, _kind = QFileDialog.getSaveFileName(self, _("Export as CSV"), "table.csv", "CSV (*.csv)")
        if path:
            try:
                self.write_csv(Path(path))
            except UserError as problem:
                QMessageBox.warning(self, _("Export as CSV"), str(problem))
