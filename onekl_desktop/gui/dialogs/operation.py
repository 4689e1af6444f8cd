"""A dialog for any operation: the generated form, problems under their fields, one primary button. Long ones run as jobs."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QDialog, QWidget

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.specs import Operation
from onekl_desktop.base.translate import _
from onekl_desktop.engine.operations import perform_many
from onekl_desktop.gui.desk import Desk
from onekl_desktop.gui.forms.form import Form
from onekl_desktop.gui.forms.options import record_options
from onekl_desktop.gui.kit import button, column, label, row, scroll
from onekl_desktop.gui.theme import L, M


class OperationDialog(QDialog):
    """Shows the inputs of an operation and does it; `result_value` is what it returned."""

    def __init__(
        self, desk: Desk, name: str, operation: Operation, values: dict[str, Any] | None = None, *, hidden: tuple[str, ...] = (),
        verb: str = "", parent: QWidget | None = None, many: tuple[str, list[str]] | None = None,
    ) -> None:  # fmt: skip
        """`many` is the input that names the record and the records themselves: all are changed as one step."""
        super().__init__(parent)
        self._desk, self._name, self._many = desk, name, many
        self.result_value: Any = None
        self._long = operation.long
        self.setWindowTitle(_(operation.title))
        inputs = (
            operation.inputs_for(()) if many is not None else operation.inputs
        )  # of many only what is chosen changes
        self.form = Form(inputs, values, record_options(desk.session), hidden)
        self.problem = label("", "problem", wrap=True)
        self.problem.hide()
        self.do = button(verb or _(operation.title), self.accept, primary=True)
        self.do.setDefault(True)
        area = scroll(self.form)
        body = self.form.layout()
        if body is not None:
            body.setContentsMargins(M, M, M, M)
        buttons = row(None, button(_("Cancel"), self.reject), self.do)
        self.setLayout(
            column(label(_(operation.about), "soft", wrap=True), area, self.problem, buttons, margins=L, spacing=M)
        )
        self.resize(460, min(220 + 64 * (len(operation.inputs) - len(hidden)), 640))
        self.form.focus_first()

    def accept(self) -> None:
        """Check, do, and close; stay open with the problems shown when it cannot be done."""
        if self._many is None and self.form.check():
            return
        try:
            if self._many is not None:
                field, keys = self._many
                fields = [{**self.form.values(), field: key} for key in keys]
                self.result_value = perform_many(self._desk.session, self._name, fields)
                self._desk.bridge.deliver()
            elif self._long:
                self._desk.start(self._name, self.windowTitle(), self.form.values())
            else:
                self.result_value = self._desk.attempt(self._name, **self.form.values())
        except UserError as problem:
            self.form.show_problems(problem.problems)
            self.problem.setText(str(problem))
            self.problem.show()
            return
        super().accept()
