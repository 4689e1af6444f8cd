"""A form from declared inputs: label above, unit as suffix, help beside it, problems under their field."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QCheckBox,
    QColorDialog,
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from onekl_desktop.base.errors import Problem
from onekl_desktop.base.specs import (
    Choice,
    Colour,
    FilePath,
    Flag,
    Input,
    Integer,
    JsonValue,
    Number,
    Reference,
    Schedule,
    Text,
)
from onekl_desktop.base.translate import _
from onekl_desktop.base.units import entered_unit
from onekl_desktop.base.years import show_schedule
from onekl_desktop.engine.validate import validate
from onekl_desktop.gui.icons import icon, swatch
from onekl_desktop.gui.kit import column, label, restyle, row
from onekl_desktop.gui.theme import XS

Options = Callable[[str], list[tuple[str, str]]]  # kind of record -> (identity, title)
Sources = Callable[[Input], list[tuple[str, str]]]  # input of a file -> what the project has for it: (value, title)


class Form(QWidget):
    """Fields for inputs; `values` are what is in them, `check` shows what is wrong."""

    changed = Signal()

    def __init__(
        self,
        inputs: Iterable[Input],
        values: dict[str, Any] | None = None,
        options: Options | None = None,
        hidden: Iterable[str] = (),
        sources: Sources | None = None,
    ) -> None:
        super().__init__()
        self._inputs = list(inputs)
        self._fields: dict[str, Field] = {}
        self._hidden, self._options = set(hidden), options
        self._fixed = {key: value for key, value in (values or {}).items() if key in self._hidden}
        layout = column()
        for spec in self._inputs:
            if spec.id in self._hidden:
                continue
            kind = str((values or {}).get(spec.of_field) or "") if isinstance(spec, Reference) and spec.of_field else ""
            field = Field(spec, (values or {}).get(spec.id), options, sources(spec) if sources else [], kind)
            field.changed.connect(self._on_change)
            self._fields[spec.id] = field
            layout.addWidget(field)
        layout.addStretch(1)
        self.setLayout(layout)
        self._show_conditions()

    def values(self) -> dict[str, Any]:
        """What was typed; empty optional fields are left out."""
        given = dict(self._fixed)
        for id, field in self._fields.items():
            value = field.value()
            if not field.isVisibleTo(self) or value in (None, ""):
                continue
            given[id] = value
        return given

    def check(self) -> list[Problem]:
        """Validate everything and show the problems under their fields."""
        _values, problems = validate(self._inputs, self.values())
        self.show_problems(problems)
        return problems

    def show_problems(self, problems: Iterable[Problem]) -> None:
        """Put problems under their fields."""
        told = {problem.field: problem.sentence() for problem in problems}
        for id, field in self._fields.items():
            field.show_problem(told.get(id, ""))

    def focus_first(self) -> None:
        """Start typing in the first field."""
        for field in self._fields.values():
            field.editor.setFocus()
            return

    def field(self, id: str) -> Field:
        """The field of an input."""
        return self._fields[id]

    def _on_change(self) -> None:
        sender = self.sender()
        if isinstance(sender, Field):
            _values, problems = validate(
                [spec for spec in self._inputs if spec.id == sender.spec.id and spec.when is None], self.values()
            )
            typed = sender.value() not in (None, "")
            sender.show_problem(problems[0].sentence() if problems and typed else "")
            for field in self._fields.values():
                if isinstance(field.spec, Reference) and field.spec.of_field == sender.spec.id and self._options:
                    field.offer(self._options(str(sender.value() or "")))
        self._show_conditions()
        self.changed.emit()

    def _show_conditions(self) -> None:
        values = {id: field.value() for id, field in self._fields.items()}
        for field in self._fields.values():
            if field.spec.when is not None:
                field.setVisible(field.spec.when.holds(values))


class Field(QWidget):
    """One input: title, editor, problem."""

    changed = Signal()

    def __init__(
        self, spec: Input, value: Any, options: Options | None, sources: Iterable[tuple[str, str]] = (), kind: str = ""
    ) -> None:
        """`kind` is the kind of record where another field says it."""
        super().__init__()
        self.spec, self._sources, self._kind = spec, list(sources), kind
        title = _(spec.title)
        unit = getattr(spec, "unit", "")
        optional = (
            ""
            if spec.required and spec.default is None
            else f"  ·  {_('optional')}"
            if not spec.required and spec.default is None
            else ""
        )
        self.title = label(title + (f" ({entered_unit(unit)})" if unit else "") + optional, "small")
        self.problem = label("", "problem", wrap=True)
        self.problem.hide()
        self.editor: QWidget
        self._get: Callable[[], Any]
        self._set: Callable[[str], object] = lambda _value: None
        self.body = body = self._build(spec, spec.default if value is None else value, options)
        self.editor.setAccessibleName(title)
        self.editor.setAccessibleDescription(_(spec.about))
        self.title.setBuddy(self.editor)
        about = _(spec.about)
        if about:
            self.title.setToolTip(about)
            self.editor.setToolTip(about)
        self.setLayout(column(self.title, body, self.problem, spacing=XS))

    def value(self) -> Any:
        """What is in the field."""
        return self._get()

    def show_problem(self, text: str) -> None:
        """Tell what is wrong, or nothing."""
        self.problem.setText(text)
        self.problem.setVisible(bool(text))
        restyle(self.editor, wrong=bool(text))
        self.editor.setAccessibleDescription(text or _(self.spec.about))

    def _build(self, spec: Input, value: Any, options: Options | None) -> QWidget:
        if isinstance(spec, Flag):
            return self._flag(spec, value)
        if isinstance(spec, Choice):
            return self._combo(
                [(option.id, _(option.title)) for option in spec.options],
                value,
                not spec.required and spec.default is None,
            )
        if isinstance(spec, Reference):
            kind = self._kind if spec.of_field else spec.of
            return self._combo(options(kind) if options and kind else [], value, not spec.required)
        if isinstance(spec, Colour):
            return self._colour(value)
        if isinstance(spec, FilePath):
            return self._source(spec, value) if self._sources else self._file(spec, value)
        if isinstance(spec, Text) and spec.long:
            box = QPlainTextEdit(str(value or ""))
            box.setMaximumHeight(96)
            box.setTabChangesFocus(True)
            box.textChanged.connect(self.changed)
            self.editor, self._get = box, lambda: box.toPlainText().strip()
            return box
        return self._line(spec, value)

    def _line(self, spec: Input, value: Any) -> QWidget:
        shown = "" if value is None else str(value)
        if isinstance(spec, Schedule) and isinstance(value, list):
            shown = show_schedule(value)
        elif isinstance(spec, JsonValue) and value is not None:
            shown = json.dumps(value, ensure_ascii=False)
        elif isinstance(spec, Integer) and isinstance(value, (int, float)):
            shown = str(int(value))
        elif isinstance(spec, Number) and isinstance(value, (int, float)):
            shown = f"{value:g}"
        edit = QLineEdit(shown)
        if not isinstance(spec, Text):
            edit.setPlaceholderText(spec.hint())
        edit.textChanged.connect(self.changed)
        self.editor, self._get = edit, lambda: edit.text().strip()
        return edit

    def _flag(self, spec: Flag, value: Any) -> QWidget:
        box = QCheckBox(_("Yes"))
        box.setTristate(spec.default is None)
        box.setCheckState(
            Qt.CheckState.PartiallyChecked
            if value is None
            else Qt.CheckState.Checked
            if value
            else Qt.CheckState.Unchecked
        )
        box.stateChanged.connect(lambda _state: self.changed.emit())
        states = {Qt.CheckState.Checked: True, Qt.CheckState.Unchecked: False, Qt.CheckState.PartiallyChecked: None}
        self.editor, self._get = box, lambda: states[box.checkState()]
        return box

    def _combo(self, items: list[tuple[str, str]], value: Any, optional: bool) -> QWidget:
        box = QComboBox()
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(12)
        if optional:
            box.addItem("–", "")
        for id, title in items:
            box.addItem(title, id)
        at = box.findData(value) if value is not None else 0
        box.setCurrentIndex(max(at, 0) if box.count() else -1)
        box.currentIndexChanged.connect(lambda _index: self.changed.emit())
        self.editor, self._get = box, box.currentData
        return box

    def _colour(self, value: Any) -> QWidget:
        edit = QLineEdit(str(value or ""))
        edit.setPlaceholderText("#rrggbb")
        pick = QPushButton()
        pick.setFixedWidth(40)
        pick.setAccessibleName(_("Choose a colour"))
        pick.setIconSize(QSize(18, 18))

        def show() -> None:
            pick.setIcon(swatch(edit.text()) if QColor.isValidColorName(edit.text()) else icon("edit"))

        def choose() -> None:
            colour = QColorDialog.getColor(QColor(edit.text() or "#8fb37a"), self, _(self.spec.title))
            if colour.isValid():
                edit.setText(colour.name())

        pick.clicked.connect(choose)
        edit.textChanged.connect(lambda _text: (show(), self.changed.emit()))
        show()
        self.editor, self._get = edit, lambda: edit.text().strip()
        return self._pair(edit, pick)

    def offer(self, items: list[tuple[str, str]]) -> None:
        """Other records to choose from; what was chosen stays when it is among them."""
        box, before = self.editor, self.value()
        assert isinstance(box, QComboBox)
        box.clear()
        if not self.spec.required:
            box.addItem("–", "")
        for id, title in items:
            box.addItem(title, id)
        box.setCurrentIndex(max(box.findData(before), 0) if box.count() else -1)

    def set_value(self, value: str) -> None:
        """Put a file into the field."""
        self._set(value)

    def add_button(self, button: QPushButton) -> None:
        """One more button beside the editor."""
        box = self.body.layout()
        if box is not None:
            box.addWidget(button)

    def _source(self, spec: FilePath, value: Any) -> QWidget:
        """What the project has, or a file."""
        box = QComboBox()
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(12)
        box.addItem("–", "")
        for id, title in self._sources:
            box.addItem(title, id)

        def take(path: str) -> None:
            if box.findData(path) < 0:
                box.addItem(path.replace("\\", "/").rpartition("/")[2], path)
            box.setCurrentIndex(box.findData(path))

        pick = QPushButton(_("File…"))
        pick.clicked.connect(lambda: self._pick(spec, "", take))
        if value:
            take(str(value))
        box.currentIndexChanged.connect(lambda _index: self.changed.emit())
        self.editor, self._get, self._set = box, box.currentData, take
        return self._pair(box, pick)

    def _pick(self, spec: FilePath, start: str, take: Callable[[str], object]) -> None:
        patterns = " ".join(f"*{suffix}" for suffix in spec.suffixes) or "*"
        ask = QFileDialog.getSaveFileName if spec.save else QFileDialog.getOpenFileName
        path, _kind = ask(self, _(spec.title), start, f"{_(spec.title)} ({patterns});;* (*)")
        if path:
            take(path)

    def _file(self, spec: FilePath, value: Any) -> QWidget:
        edit = QLineEdit(str(value or ""))
        edit.setPlaceholderText(" ".join(spec.suffixes))
        pick = QPushButton(_("Choose…"))
        pick.clicked.connect(lambda: self._pick(spec, edit.text(), edit.setText))
        edit.textChanged.connect(self.changed)
        self.editor, self._get, self._set = edit, lambda: edit.text().strip(), edit.setText
        return self._pair(edit, pick)

    @staticmethod
    def _pair(first: QWidget, second: QWidget) -> QWidget:
        box = QWidget()
        layout = row(first, second, spacing=XS)
        layout.setStretch(0, 1)
        second.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        box.setLayout(layout)
        return box

    @property
    def caption(self) -> QLabel:
        """The label above the field."""
        return self.title
