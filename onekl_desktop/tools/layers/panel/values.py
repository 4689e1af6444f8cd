"""Forms of attributes, made from a layer's columns: for a new shape, and for all that are chosen."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QDialog, QWidget

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.specs import Input, Integer, Number, Text
from onekl_desktop.base.translate import _, ngettext
from onekl_desktop.gui.desk import Desk
from onekl_desktop.gui.forms.form import Form
from onekl_desktop.gui.kit import button, column, label, row, scroll
from onekl_desktop.gui.theme import L, M
from onekl_desktop.project.layers import list_columns, read_attributes
from onekl_desktop.project.records import Layer


def inputs_of(desk: Desk, layer: Layer) -> list[Input]:
    """An input for each column; ids are `c0`, `c1`… since columns have any name."""
    with desk.session.project.read_raw() as raw:
        listed = list_columns(raw, layer.table_name)
    inputs: list[Input] = []
    for number, (name, kind) in enumerate(listed):
        declared: type[Input] = Text
        if kind.upper().startswith(("INT", "MEDIUMINT", "SMALLINT", "TINYINT")):
            declared = Integer
        elif kind.upper().startswith(("REAL", "DOUBLE", "FLOAT", "NUM")):
            declared = Number
        inputs.append(declared(id=f"c{number}", title=name, required=False))
    return inputs


class ValuesDialog(QDialog):
    """The form; `values` are those that were filled in, by column. With `changed_only` what stayed as it was is left out."""

    def __init__(
        self,
        inputs: list[Input],
        heading: str,
        verb: str,
        given: dict[str, Any] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(heading)
        self._inputs = inputs
        shown = {item.id: (given or {}).get(item.title) for item in inputs}
        self.form = Form(inputs, {key: value for key, value in shown.items() if value is not None})
        body = self.form.layout()
        if body is not None:
            body.setContentsMargins(M, M, M, M)
        self.problem = label("", "problem", wrap=True)
        self.problem.hide()
        done = button(verb, self.accept, primary=True)
        done.setDefault(True)
        self.setLayout(column(label(heading, "heading", wrap=True), scroll(self.form), self.problem, row(None, button(_("Cancel"), self.reject), done), margins=L, spacing=M))  # fmt: skip
        self.resize(420, min(200 + 64 * len(inputs), 620))
        self.form.focus_first()

    def values(self) -> dict[str, Any]:
        """What the fields hold, '' where they are empty."""
        return {item.title: self.form.field(item.id).value() for item in self._inputs}

    def accept(self) -> None:
        """Close when every field fits its column."""
        if not self.form.check():
            super().accept()


def ask_values(desk: Desk, layer: Layer, parent: QWidget) -> dict[str, Any] | None:
    """The attributes of a new shape; None when it is given up, {} for a layer without columns."""
    inputs = inputs_of(desk, layer)
    if not inputs:
        return {}
    dialog = ValuesDialog(inputs, _("What is it?"), _("Keep the shape"), parent=parent)
    if not dialog.exec():
        return None
    return {name: value for name, value in dialog.values().items() if value not in (None, "")}


def open_values(desk: Desk, layer: Layer, shapes: tuple[int, ...], parent: QWidget) -> None:
    """Change attributes of the chosen shapes: what differs from the first of them is set in all."""
    with desk.session.project.read_raw() as raw:
        first = read_attributes(raw, layer.table_name, shapes[0])
    heading = ngettext("Attributes of {count} shape", "Attributes of {count} shapes", len(shapes)).format(
        count=len(shapes)
    )
    given = first if len(shapes) == 1 else {}
    dialog = ValuesDialog(inputs_of(desk, layer), heading, _("Keep"), given, parent)
    before = dialog.values()
    if not dialog.exec():
        return
    values = {name: value for name, value in dialog.values().items() if value != before[name]}
    if values:
        try:
            desk.attempt("layers.change_values", layer=layer.uuid, shapes=shapes, values=values)
        except UserError as problem:
            desk.tell_problem(problem)
