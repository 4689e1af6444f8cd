"""The start page: go on with a recent project, make a new one, or try the sample landscape."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from onekl_desktop import __version__
from onekl_desktop.base.translate import _
from onekl_desktop.engine.samples import SAMPLE, list_samples, read_recipe
from onekl_desktop.gui.icons import icon, pixmap
from onekl_desktop.gui.kit import EmptyState, button, column, frame, label, row
from onekl_desktop.gui.theme import XL, XS, L, M, S, current_tokens
from onekl_desktop.project.workspace import Recoverable


@dataclass(frozen=True)
class Choices:
    """What the page can ask the window to do."""

    new: Callable[[], object]
    open: Callable[[], object]
    sample: Callable[[str], object]
    open_path: Callable[[Path], object]
    recover: Callable[[Recoverable], object]


class StartPage(QWidget):
    """Shown while no project is open."""

    def __init__(self, choices: Choices, recent: list[Path], recoverable: list[Recoverable]) -> None:
        super().__init__()
        self._choices = choices
        logo = QLabel()
        logo.setPixmap(pixmap("logo", current_tokens().accent, 64))
        logo.setFixedWidth(72)
        head = row(
            logo,
            column(
                label("1KL Desktop", "title"),
                label(_("Plan a landscape together: one map, one file, no internet needed."), "soft", wrap=True),
            ),
            spacing=L,
        )
        card = frame("card")
        card.setFixedWidth(640)
        self.recent = QListWidget()
        self.recent.setAccessibleName(_("Recent projects"))
        self.recent.setMinimumHeight(120)
        for path in recent:
            item = QListWidgetItem(icon("report"), f"{path.stem}\n{path.parent}")
            item.setData(Qt.ItemDataRole.UserRole, path)
            self.recent.addItem(item)
        self.recent.itemActivated.connect(lambda item: choices.open_path(item.data(Qt.ItemDataRole.UserRole)))
        self.recent.itemClicked.connect(lambda item: choices.open_path(item.data(Qt.ItemDataRole.UserRole)))
        self.new = button(_("New project…"), choices.new, icon_name="plus", primary=not recent)
        self.open = button(_("Open…"), choices.open, icon_name="open")
        parts: list[QWidget | object] = [head, S, row(self.new, self.open, None)]
        for found in recoverable:
            parts.append(self._recovery(found))
        parts.append(label(_("Recent projects"), "heading"))
        if recent:
            parts.append(self.recent)
        else:
            parts.append(
                EmptyState(
                    _("No project yet"),
                    _(
                        "A project is one file with the map, the plans and the numbers of a landscape. Start with its boundary, or look round the sample first."
                    ),
                )
            )
        parts.append(label(_("Sample landscapes (invented)"), "heading"))
        self.samples: dict[str, QWidget] = {}
        parts.append(self._sample_list())
        parts.append(
            label(_("Version {version}. Nothing you enter leaves this computer.").format(version=__version__), "small")
        )
        card.setLayout(column(*parts, margins=XL, spacing=M))  # type: ignore[arg-type]
        self.setLayout(row(None, column(None, card, None), None, margins=XL))

    def _sample_list(self) -> QVBoxLayout:
        """A button for each sample: its name, and in a few words what it is about."""
        box = column(spacing=XS)
        for name in sorted(list_samples(), key=lambda item: item != SAMPLE):
            recipe = read_recipe(name)
            made = button(
                f"{recipe.name}  ·  {_(recipe.about)}", lambda name=name: self._choices.sample(name), icon_name="vision"
            )
            made.setProperty("choice", True)
            made.setAccessibleName(f"{recipe.name}: {_(recipe.about)}")
            self.samples[name] = made
            box.addWidget(made)
        return box

    def _recovery(self, item: Recoverable) -> QWidget:
        box = frame("card")
        box.setProperty("message", "warning")
        text = _("{name} was not closed properly; unsaved work is still here.").format(name=item.original.name)
        again = button(_("Recover…"), lambda: self._choices.recover(item))
        box.setLayout(row(label(text, wrap=True), again, margins=S))
        return box
