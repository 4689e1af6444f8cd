"""Help: the tool's page and what each operation takes, from the same declarations as the forms."""

from __future__ import annotations

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QListWidget, QTextBrowser, QWidget

from onekl_desktop.base.specs import Input, Operation, TableFile
from onekl_desktop.base.translate import _
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
    lines = [f"- `{item.id}`: **{_(item.title)}** ({item.hint()}).{about}"]
    for column in item.columns if isinstance(item, TableFile) else ():
        words = [column.unit, _(column.about) if column.about else "", " | ".join(column.options)]
        told = ", ".join(word for word in words if word)
        lines.append(f"    - `{column.id}`" + (f": {told}" if told else ""))
    return "\n".join(lines)


def tool_markdown(entry: ToolEntry) -> str:
    """The whole help page of a tool: its text, its operations, its models."""
    parts = [entry.help_text(), "", f"## {_('What can be done here')}", ""]
    parts += [operation_markdown(operation) for operation in entry.spec.operations if not operation.hidden]
    for model in entry.models():
        parts += [f"## {_(model.title)}", "", _(model.about), "", f"*{model.source}*", ""]
        parts += [f"- **{_(spec.title)}** ({spec.unit}). {_(spec.about)}" for spec in model.indicators]
        if model.run:
            parts += [
                _("On the command line: `onekl model run {model}`.").format(model=model.invest_id or model.id),
                "",
            ]
            parts += [input_markdown(item) for item in model.inputs]
            parts += ["", f"### {_('Results')}", ""]
            parts += [
                f"- `{item.base_name}`: {_(item.title)}{f' ({item.unit})' if item.unit else ''}"
                for item in model.outputs
            ]
            parts.append("")
    return "\n".join(parts)


class HelpDialog(QDialog):
    """Pages on the left, the text on the right."""

    def __init__(self, registry: Registry, tool: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Help"))
        self._entries = registry.entries
        self.list = QListWidget()
        self.list.setFixedWidth(180)
        self.list.setAccessibleName(_("Help pages"))
        self.text = QTextBrowser()
        self.text.setAccessibleName(_("Help text"))
        for entry in self._entries:
            self.list.addItem(_(entry.spec.title))
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
        if 0 <= number < len(self._entries):
            self.text.setMarkdown(tool_markdown(self._entries[number]))
