"""The command palette (Ctrl+K): everything that can be done, found by typing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QWidget

from onekl_desktop.base.translate import _
from onekl_desktop.gui.icons import icon
from onekl_desktop.gui.kit import column, label
from onekl_desktop.gui.theme import M, S

LEAST = 2  # letters from which on records are searched, too


@dataclass(frozen=True)
class Command:
    """One line of the palette; a disabled one says why."""

    title: str
    where: str
    run: Callable[[], object]
    icon: str = "run"
    keys: str = ""
    why_not: str = ""


class Palette(QDialog):
    """Type, choose with the arrows, Enter does it."""

    def __init__(
        self,
        commands: Sequence[Command],
        parent: QWidget | None = None,
        *,
        find: Callable[[str], list[Command]] | None = None,
    ) -> None:
        """`find` gives further lines for a text: the records of the project that hold it."""
        super().__init__(parent, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self.setAccessibleName(_("Commands"))
        self._commands, self._find = list(commands), find
        self.chosen: Command | None = None
        self.edit = QLineEdit()
        self.edit.setPlaceholderText(_("Type what you want to do or find"))
        self.edit.setAccessibleName(_("Search commands"))
        self.list = QListWidget()
        self.list.setAccessibleName(_("Commands"))
        self.edit.textChanged.connect(self._filter)
        self.edit.installEventFilter(self)
        self.list.itemActivated.connect(lambda _item: self.accept())
        hint = label(_("Enter does it · Escape closes"), "small")
        self.setLayout(column(self.edit, self.list, hint, margins=M, spacing=S))
        self.resize(560, 420)
        self._filter("")

    def _filter(self, text: str) -> None:
        words = text.lower().split()
        scored = []
        for number, command in enumerate(self._commands):
            hay = f"{command.title} {command.where}".lower()
            if all(word in hay for word in words):
                starts = 0 if not words or command.title.lower().startswith(words[0]) else 1
                scored.append((starts, number, command))
        self.list.clear()
        found = self._find(text) if self._find is not None and len(text.strip()) >= LEAST else []
        for command in [*(command for _score, _number, command in sorted(scored, key=lambda item: item[:2])), *found]:
            keys = f"   {command.keys}" if command.keys else ""
            item = QListWidgetItem(icon(command.icon), f"{command.title}   ·   {command.where}{keys}")
            item.setData(Qt.ItemDataRole.UserRole, command)
            if command.why_not:
                item.setText(f"{command.title}   ·   {command.why_not}")
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEnabled)
            self.list.addItem(item)
        if self.list.count():
            self.list.setCurrentRow(0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows move in the list while the text keeps the focus."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                step = 1 if event.key() == Qt.Key.Key_Down else -1
                self.list.setCurrentRow(max(0, min(self.list.count() - 1, self.list.currentRow() + step)))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.accept()
                return True
        return super().eventFilter(watched, event)

    def accept(self) -> None:
        """Close with the chosen command."""
        item = self.list.currentItem()
        if item is None or not item.flags() & Qt.ItemFlag.ItemIsEnabled:
            return
        self.chosen = item.data(Qt.ItemDataRole.UserRole)
        super().accept()
