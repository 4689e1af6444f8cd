"""The rules that a layer is drawn by: an expression, a label, a colour and a pattern each; problems while typing."""

from __future__ import annotations

from typing import Any

from PySide6.QtGui import QColor
from PySide6.QtWidgets import QColorDialog, QComboBox, QDialog, QGridLayout, QLineEdit, QToolButton, QWidget

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.expression import parse_expression
from onekl_desktop.base.translate import _
from onekl_desktop.gui.desk import Desk
from onekl_desktop.gui.icons import swatch
from onekl_desktop.gui.kit import button, column, label, row, scroll, tool_button
from onekl_desktop.gui.theme import XS, L, M
from onekl_desktop.project.layers import list_columns
from onekl_desktop.project.records import Layer
from onekl_desktop.project.styles import ELSE, PALETTE, load_style
from onekl_desktop.tools.layers.spec_styling import PATTERNS


class RulesDialog(QDialog):
    """Lines of rules; the last that holds for a shape is drawn."""

    def __init__(self, desk: Desk, layer: Layer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self.layer = desk, layer
        self.setWindowTitle(_("Rules of {layer}").format(layer=layer.name))
        style = load_style(layer.style)
        with desk.session.project.read_raw() as raw:
            self._columns = [name for name, _kind in list_columns(raw, layer.table_name)]
        given = [
            {"rule": cls.rule, "label": cls.label, "colour": cls.colour, "pattern": cls.pattern}
            for cls in style.classes
        ]
        self.lines: list[_RuleLine] = []
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(XS)
        self._grid.setColumnStretch(1, 3)
        self._grid.setColumnStretch(2, 2)
        holder = QWidget()
        holder.setLayout(column(self._grid, None, margins=M))
        self.problem = label("", "problem", wrap=True)
        self._keep = button(_("Keep"), self.accept, primary=True)
        self._keep.setDefault(True)
        known = _("Columns: {names}").format(names=", ".join(f'"{name}"' for name in self._columns) or "–")
        about = _("Each shape is drawn by the last rule that holds for it; ELSE is for the others. {known}").format(
            known=known
        )
        self.setLayout(column(
            label(about, "soft", wrap=True), scroll(holder), self.problem,
            row(button(_("Add a rule"), lambda: self.add({}), icon_name="plus"), None, button(_("Cancel"), self.reject), self._keep), margins=L, spacing=M,
        ))  # fmt: skip
        self.resize(720, 460)
        if style.kind == "rules" and given:
            for item in given:
                self.add(item)
        else:
            self.add({})
            self.add({"rule": ELSE, "label": _("Others"), "colour": "#bbbbbb"})
        self.lines[0].rule.setFocus()
        self.check()

    def add(self, given: dict[str, Any]) -> None:
        """One more line."""
        line = _RuleLine({"colour": PALETTE[len(self.lines) % len(PALETTE)], **given}, self)
        self.lines.append(line)
        self._lay()
        line.rule.setFocus()

    def drop(self, line: _RuleLine) -> None:
        """A line less."""
        if len(self.lines) > 1:
            self.lines.remove(line)
            for widget in line.widgets():
                self._grid.removeWidget(widget)
                widget.deleteLater()
            self._lay()
            self.check()

    def raise_line(self, line: _RuleLine) -> None:
        """A line one place up."""
        at = self.lines.index(line)
        if at:
            self.lines[at - 1], self.lines[at] = self.lines[at], self.lines[at - 1]
            self._lay()

    def _lay(self) -> None:
        for at, line in enumerate(self.lines):
            for place, widget in enumerate(line.widgets()):
                self._grid.addWidget(widget, at, place)

    def check(self) -> bool:
        """Whether all rules are understood; the first that is not is told."""
        self.problem.setText("")
        for line in self.lines:
            text = line.rule.text().strip()
            if not text or text.upper() == ELSE:
                continue
            try:
                parse_expression(text).check_columns([*self._columns, "id"])
            except UserError as problem:
                self.problem.setText(str(problem))
                return False
        return True

    def accept(self) -> None:
        """Style the layer."""
        if not self.check():
            return
        rules = [line.values() for line in self.lines]
        try:
            self._desk.attempt("layers.style_by_rule", layer=self.layer.uuid, rules=rules)
        except UserError as problem:
            self.problem.setText(str(problem))
            return
        super().accept()


class _RuleLine:
    """The widgets of a rule."""

    def __init__(self, given: dict[str, Any], dialog: RulesDialog) -> None:
        self._dialog = dialog
        self.colour = str(given["colour"])
        self.swatch = QToolButton()
        self.swatch.setToolTip(_("Colour"))
        self.swatch.setAccessibleName(_("Colour"))
        self.swatch.clicked.connect(lambda _checked=False: self._choose_colour())
        self.rule, self.label = QLineEdit(str(given.get("rule") or "")), QLineEdit(str(given.get("label") or ""))
        self.rule.setPlaceholderText('"trees" > 5')
        self.rule.setAccessibleName(_("Rule"))
        self.label.setPlaceholderText(_("Label"))
        self.label.setAccessibleName(_("Label"))
        self.rule.textChanged.connect(lambda _text: dialog.check())
        self.pattern = QComboBox()
        self.pattern.setAccessibleName(_("Pattern"))
        for option in PATTERNS:
            self.pattern.addItem(_(option.title), "" if option.id == "none" else option.id)
        self.pattern.setCurrentIndex(max(self.pattern.findData(given.get("pattern") or ""), 0))
        self.up = tool_button("up", _("Higher"), lambda: dialog.raise_line(self), size=16)
        self.less = tool_button("remove", _("Remove the rule"), lambda: dialog.drop(self), size=16)
        self._show_colour()

    def widgets(self) -> tuple[QWidget, ...]:
        """In the order of columns."""
        return (self.swatch, self.rule, self.label, self.pattern, self.up, self.less)

    def values(self) -> dict[str, str]:
        """The rule as the operation takes it."""
        return {
            "rule": self.rule.text().strip(),
            "label": self.label.text().strip(),
            "colour": self.colour,
            "pattern": self.pattern.currentData(),
        }

    def _choose_colour(self) -> None:
        chosen = QColorDialog.getColor(QColor(self.colour), self._dialog)
        if chosen.isValid():
            self.colour = chosen.name()
            self._show_colour()

    def _show_colour(self) -> None:
        self.swatch.setIcon(swatch(self.colour))
