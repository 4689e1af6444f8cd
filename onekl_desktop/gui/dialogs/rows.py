"""Rows of a table as records: which column goes where, what will be taken, what is left out and why."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QVBoxLayout, QWidget

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.specs import Operation
from onekl_desktop.base.translate import _, ngettext
from onekl_desktop.engine.rows import Taken, match_columns, take_rows, try_rows
from onekl_desktop.exchange.table import TableData, list_sheets, read_table, write_left_out
from onekl_desktop.gui.desk import Desk
from onekl_desktop.gui.kit import button, column, empty_layout, frame, label, row, scroll
from onekl_desktop.gui.theme import XS, L, M, S

MOST_SHOWN = 40
PATTERNS = "*.csv *.tsv *.txt *.xlsx *.xlsm *.ods *.dbf"


class RowsDialog(QDialog):
    """Takes the sound rows of a table through an operation as one step; `taken` is what came of it."""

    def __init__(self, desk: Desk, name: str, operation: Operation, path: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._name, self._operation, self._path = desk, name, operation, path
        self._table: TableData | None = None
        self.taken: Taken | None = None
        self.setWindowTitle(f"{_(operation.title)}: {path.name}")
        self.sheet = QComboBox()
        self.sheet.setAccessibleName(_("Sheet"))
        self.fields: dict[str, QComboBox] = {}
        self._grid = QVBoxLayout()
        self._grid.setSpacing(S)
        self.words, self.problem = label("", wrap=True), label("", "problem", wrap=True)
        self.left = label("", "small", wrap=True)
        self.write = QCheckBox(_("Write the rows that are left out to a file beside the table"))
        self.write.setChecked(True)
        fields = QWidget()
        fields.setLayout(column(label(_("Columns of the table"), "heading"), self._grid, None, spacing=S, margins=M))
        card = frame("card")
        card.setLayout(
            column(
                label(_("What will happen"), "heading"),
                self.words,
                self.problem,
                self.left,
                self.write,
                None,
                margins=M,
                spacing=S,
            )
        )
        card.setMinimumWidth(340)
        self.ok = button(_("Take the rows"), self.accept, primary=True)
        self.ok.setDefault(True)
        body = row(scroll(fields), scroll(card), spacing=M)
        body.setStretch(0, 2)
        body.setStretch(1, 3)
        self.setLayout(
            column(self.sheet, body, row(None, button(_("Cancel"), self.reject), self.ok), margins=L, spacing=M)
        )
        self.resize(860, 560)
        try:
            sheets = list_sheets(path)
        except UserError as problem:
            sheets = []
            self._tell(problem)
        self.sheet.addItems(sheets)
        self.sheet.setVisible(len(sheets) > 1)
        if sheets:
            self._read()
        self.sheet.currentIndexChanged.connect(lambda _at: self._read())

    def _read(self) -> None:
        """Read the sheet and match its columns."""
        empty_layout(self._grid)
        self.fields = {}
        try:
            self._table = read_table(self._path, self.sheet.currentText())
        except UserError as problem:
            self._table = None
            self._tell(problem)
            return
        matched = match_columns(self._operation, self._table.heads)
        for spec in self._operation.inputs:
            box = QComboBox()
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(10)
            box.addItem("–", -1)
            for at, head in enumerate(self._table.heads):
                box.addItem(head, at)
            box.setCurrentIndex(matched.get(spec.id, -1) + 1)
            box.setAccessibleName(_(spec.title))
            box.currentIndexChanged.connect(lambda _at: self._try())
            caption = label(
                _(spec.title) + (" *" if spec.required and spec.default is None else ""), "small", wrap=True
            )
            caption.setToolTip(_(spec.about))
            pair = QWidget()
            pair.setLayout(column(caption, box, spacing=XS))
            self._grid.addWidget(pair)
            self.fields[spec.id] = box
        self._try()

    def columns(self) -> dict[str, int]:
        """Input -> position of its column, as chosen."""
        return {
            id: box.currentData()
            for id, box in self.fields.items()
            if box.currentData() is not None and box.currentData() >= 0
        }

    def _try(self) -> None:
        assert self._table is not None
        found = try_rows(self._desk.session, self._name, self._table.rows, self._table.numbers, self.columns())
        count, lost = len(found.done), len(found.left)
        said = [
            *self._table.notes,
            ngettext("{n} row will be taken.", "{n} rows will be taken.", count).format(n=count),
        ]
        if lost:
            said.append(ngettext("{n} row is left out:", "{n} rows are left out:", lost).format(n=lost))
        self.words.setText("\n".join(said))
        self.problem.setText("")
        lines = [
            _("Row {row}: {problem}").format(
                row=self._table.numbers[at], problem=" ".join(item.sentence() for item in problems)
            )
            for at, problems in sorted(found.left.items())[:MOST_SHOWN]
        ]
        self.left.setText("\n".join(lines + (["…"] if lost > MOST_SHOWN else [])))
        self.left.setVisible(bool(lost))
        self.write.setVisible(bool(lost))
        self.ok.setEnabled(count > 0)

    def _tell(self, problem: UserError) -> None:
        self.words.setText("")
        self.problem.setText(str(problem))
        self.left.hide()
        self.write.hide()
        self.ok.setEnabled(False)

    def accept(self) -> None:
        """Take the rows; those that are left out are written beside the table when that is wished."""
        table = self._table
        if table is None:
            return
        try:
            self.taken = take_rows(self._desk.session, self._name, table.rows, table.numbers, self.columns())
        except UserError as problem:
            self._tell(problem)
            return
        self._desk.bridge.deliver()
        count = len(self.taken.done)
        said = [ngettext("{n} row was taken.", "{n} rows were taken.", count).format(n=count)]
        if self.taken.left and self.write.isChecked():
            out = free_path(self._path.with_name(f"{self._path.stem}-{_('left-out')}.csv"))
            try:
                write_left_out(out, table, self.taken.left)
                said.append(_("The rows that are left out are in {file}.").format(file=out))
            except UserError as problem:
                said.append(str(problem))
        self._desk.tell(" ".join(said), "good")
        super().accept()


def free_path(path: Path) -> Path:
    """The path itself, or with a number behind when there is such a file."""
    candidate, number = path, 2
    while candidate.exists():
        candidate, number = path.with_name(f"{path.stem}-{number}{path.suffix}"), number + 1
    return candidate
