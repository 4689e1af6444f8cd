"""Help: the tool's page and what each operation takes, from the same declarations as the forms."""

from __future__ import annotations

import csv
from functools import partial

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QListWidget, QTextBrowser, QWidget

from onekl_desktop.base.data import find_folder
from onekl_desktop.base.specs import Input, ModelSpec, Operation, TableFile
from onekl_desktop.base.translate import _
from onekl_desktop.base.units import format_number
from onekl_desktop.engine.registry import Registry, ToolEntry
from onekl_desktop.gui.kit import row
from onekl_desktop.gui.theme import M


def operation_markdown(operation: Operation) -> str:
    """An operation's section of the help page."""
    lines = [f"### {_(operation.title)}", "", _(operation.about), ""]
    for field in operation.inputs:
        about = f" {_(field.about)}" if field.about else ""
        lines.append(f"- **{_(field.title)}** ({field.hint()}).{about}")
    return "\n".join([*lines, ""])


def input_markdown(item: Input) -> str:
    """An input of a model, with the columns of a table."""
    about = f" {_(item.about)}" if item.about else ""
    default = ""
    if item.default not in (None, False):
        words = [_("{value} when left out.").format(value=item.default), getattr(item, "source", "")]
        default = " " + " ".join(word for word in words if word)
    lines = [f"- `{item.id}`: **{_(item.title)}** ({item.hint()}).{about}{default}"]
    for column in item.columns if isinstance(item, TableFile) else ():
        words = [column.unit, _(column.about) if column.about else "", " | ".join(column.options)]
        told = ", ".join(word for word in words if word)
        lines.append(f"    - `{column.id}`" + (f": {told}" if told else ""))
    return "\n".join(lines)


def tool_markdown(entry: ToolEntry) -> str:
    """The whole help page of a tool: its text, its operations, its models."""
    parts = [entry.help_text(), "", f"## {_('What can be done here')}", ""]
    parts += [operation_markdown(operation) for operation in entry.spec.operations]
    for model in entry.models():
        if model.run:
            continue
        parts += [f"## {_(model.title)}", "", _(model.about), "", f"*{model.source}*", ""]
        parts += [f"- **{_(spec.title)}** ({spec.unit}). {_(spec.about)}" for spec in model.indicators]
    named = [_(model.title) for model in entry.models() if model.run]
    if named:
        parts += ["", _("Models with pages of their own: {names}.").format(names=", ".join(named)), ""]
    return "\n".join(parts)


def model_markdown(model: ModelSpec) -> str:
    """The help page of a model: what it says and does not say, equations, inputs, starting values, what matters, results."""
    parts = [f"# {_(model.title)}", "", _(model.about), ""]
    if model.equations:
        parts += [f"## {_('How it is computed')}", ""]
        for equation in model.equations:
            source = f" *({equation.source})*" if equation.source else ""
            parts += [f"- **{_(equation.title)}**{source}", f"    `{equation.formula}`"]
        parts.append("")
    parts += [f"## {_('What it reads')}", "", *(input_markdown(item) for item in model.inputs), ""]
    values = read_coefficients(model.id)
    if values:
        parts += [f"## {_('Values to start from')}", "", _("From the literature, for places where nothing has been measured yet. Replace them with local figures."), ""]  # fmt: skip
        parts += [f"| {_('Coefficient')} | {_('Land cover')} | {_('Low')} | {_('Value')} | {_('High')} | {_('Unit')} | {_('Source')} |", "|---|---|--:|--:|--:|---|---|"]  # fmt: skip
        parts += [
            f"| `{row['coefficient']}` | {_(row['cover'])} | {row['low']} | {row['value']} | {row['high']} | {row['unit']} | {row['source']} |"
            for row in values
        ]
        parts.append("")
    if model.influences:
        outputs = {item.id: _(item.title) for item in model.outputs}
        parts += [f"## {_('What matters most')}", "", _("With an input ten percent higher, the result of an invented landscape changes by:"), ""]  # fmt: skip
        parts += [f"| {_('Input')} | {_('Result')} | % |", "|---|---|--:|"]
        parts += [
            f"| `{item.input}` | {outputs[item.output]} | {format_number(item.percent, 1)} |"
            for item in model.influences
        ]
        parts.append("")
    parts += [f"## {_('Results')}", ""]
    parts += [
        f"- `{item.base_name}`: {_(item.title)}{f' ({item.unit})' if item.unit else ''}" for item in model.outputs
    ]
    parts += ["", f"## {_('On the command line')}", "", f"`onekl model run {model.invest_id or model.id} ARGS.json --out DIR`", "", f"*{model.source}*"]  # fmt: skip
    return "\n".join(parts)


def read_coefficients(model: str) -> list[dict[str, str]]:
    """Starting values of a model's coefficients from the catalogue."""
    path = find_folder("resources") / "catalogues" / "coefficients.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        return [row for row in csv.DictReader(stream) if row["model"] == model]


class HelpDialog(QDialog):
    """Pages on the left, the text on the right."""

    def __init__(self, registry: Registry, tool: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Help"))
        self._entries = registry.entries
        self.list = QListWidget()
        self.list.setFixedWidth(210)
        self.list.setAccessibleName(_("Help pages"))
        self.text = QTextBrowser()
        self.text.setAccessibleName(_("Help text"))
        self._pages = [(_(entry.spec.title), partial(tool_markdown, entry)) for entry in self._entries]
        self._pages += [
            (_(model.title), partial(model_markdown, model))
            for entry in self._entries
            for model in entry.models()
            if model.run
        ]
        for title, _page in self._pages:
            self.list.addItem(title)
        self.list.currentRowChanged.connect(self._show)
        self.setLayout(row(self.list, self.text, margins=M, spacing=M))
        self.resize(820, 620)
        names = [entry.spec.id for entry in self._entries]
        self.list.setCurrentRow(names.index(tool) if tool in names else 0)

    def showEvent(self, event: QShowEvent) -> None:
        """Lay the list out again: its rows were measured before the style sheet was known."""
        super().showEvent(event)
        self.list.doItemsLayout()

    def _show(self, number: int) -> None:
        if 0 <= number < len(self._pages):
            self.text.setMarkdown(self._pages[number][1]())
