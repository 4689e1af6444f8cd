"""The import dialog: what the file is, and in plain words what will happen, before anything is stored."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QComboBox, QDialog, QWidget

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.progress import Progress
from onekl_desktop.base.translate import _
from onekl_desktop.engine.operations import check_fields
from onekl_desktop.exchange.vector_plan import VectorPlan
from onekl_desktop.gui.desk import Desk
from onekl_desktop.gui.forms.form import Form
from onekl_desktop.gui.forms.options import record_options
from onekl_desktop.gui.kit import button, column, frame, label, row, scroll
from onekl_desktop.gui.theme import XS, L, M, S
from onekl_desktop.tools.layers.importing import ARCHIVES, ImportPlan, is_raster, list_choices, plan_import
from onekl_desktop.tools.layers.spec import TOOL

TABLES = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".ods", ".dbf")
TEXTS = (*TABLES, ".shp", *ARCHIVES)
WAIT_MS = 250


class ImportDialog(QDialog):
    """Fields on the left, what will happen on the right. The file is read in the background."""

    def __init__(self, desk: Desk, path: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._path = desk, path
        self._asked = 0
        self.planned: ImportPlan | None = None
        self.setWindowTitle(_("Import {file}").format(file=path.name))
        self.layers = QComboBox()
        self.layers.setAccessibleName(_("What to take from the file"))
        self.layers.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._choices: list[str] = []
        trouble = ""
        try:
            self._choices = list_choices(path)
        except UserError as problem:
            trouble = str(problem)
        for choice in self._choices:
            self.layers.addItem(choice.strip() or "–", choice)
        self.layers.currentIndexChanged.connect(lambda _at: self._rebuild())
        self._pick = QWidget()
        self._pick.setLayout(column(label(_("What to take from the file"), "small"), self.layers, spacing=XS))
        self._pick.setVisible(bool(self._choices))
        self.words, self.problem = label("", wrap=True), label("", "problem", wrap=True)
        card = frame("card")
        card.setLayout(
            column(label(_("What will happen"), "heading"), self.words, self.problem, None, margins=M, spacing=S)
        )
        card.setMinimumWidth(320)
        self.ok = button(_("Import"), self.accept, primary=True)
        self.ok.setDefault(True)
        self._form_box = column(spacing=0)
        holder = QWidget()
        holder.setLayout(self._form_box)
        left = QWidget()
        left.setLayout(column(self._pick, holder, spacing=S, margins=M))
        body = row(scroll(left), scroll(card), spacing=M)
        body.setStretch(0, 1)
        body.setStretch(1, 1)
        self.setLayout(column(body, row(None, button(_("Cancel"), self.reject), self.ok), margins=L, spacing=M))
        self.resize(820, 560)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WAIT_MS)
        self._timer.timeout.connect(self._preview)
        self.form = Form(())
        self._rebuild()
        if trouble:
            self._timer.stop()
            self._show(None, trouble)

    def _rebuild(self) -> None:
        """The fields that fit what was chosen from the file."""
        old = self.form
        layer = self.layers.currentData() if self._choices else ""
        suffix = (
            Path(str(layer).partition("|")[0]).suffix.lower()
            if self._path.suffix.lower() in ARCHIVES and layer
            else self._path.suffix.lower()
        )
        try:
            raster = is_raster(self._path, layer or "")
        except UserError:
            raster = False
        hidden = {"file", "source_layer"}
        hidden |= (
            {"shapes", "encoding", "x_column", "y_column", "rest"}
            if raster
            else {"band", "classes", "year", "match_legend", "crosswalk"}
        )
        if suffix not in TABLES:
            hidden |= {"x_column", "y_column"}
        if suffix not in TEXTS:
            hidden.add("encoding")
        stem = (
            Path(str(layer)).stem
            if layer and self._path.suffix.lower() in ARCHIVES
            else str(layer or "").strip() or self._path.stem
        )
        values = {
            "file": str(self._path),
            "source_layer": layer or "",
            "name": stem,
            "role": "land_cover" if raster else "other",
        }
        operation = TOOL.get_operation("import_layer")
        self.form = Form(operation.inputs, values, record_options(self._desk.session), hidden)
        self.form.changed.connect(self._timer.start)
        inner = self.form.layout()
        if inner is not None:
            inner.setContentsMargins(0, 0, 0, 0)
        self._form_box.addWidget(self.form)
        old.setParent(None)
        old.deleteLater()
        self.words.setText(_("Reading the file…"))
        self.problem.setText("")
        self.ok.setEnabled(False)
        self._timer.start(0)

    def fields(self) -> dict[str, Any]:
        """What to import."""
        return {key: value for key, value in self.form.values().items() if value != ""}

    def _preview(self) -> None:
        self._asked += 1
        number, session = self._asked, self._desk.session
        operation = TOOL.get_operation("import_layer")
        try:
            fields = check_fields("layers.import_layer", operation, self.fields())
        except UserError as problem:
            self._show(None, str(problem))
            return

        def work(progress: Progress) -> tuple[ImportPlan | None, str]:
            try:
                return plan_import(session, progress, **fields), ""
            except UserError as problem:
                return None, str(problem)

        def done(result: tuple[ImportPlan | None, str]) -> None:
            if number == self._asked:
                self._show(*result)

        self._desk.submit(_("Looking at {file}").format(file=self._path.name), work, done)

    def _show(self, planned: ImportPlan | None, problem: str) -> None:
        self.planned = planned
        sentences = planned.sentences if planned is not None else []
        self.words.setText("\n".join("• " + sentence for sentence in sentences))
        self.problem.setText(problem)
        self.ok.setEnabled(planned is not None)
        rest = self.form._fields.get("rest")
        if rest is not None:
            left = planned.plan.left if planned is not None and isinstance(planned.plan, VectorPlan) else []
            rest.setVisible(bool(left))

    def done(self, result: int) -> None:
        """Closing forgets what is still being read."""
        self._asked += 1
        self._timer.stop()
        super().done(result)
