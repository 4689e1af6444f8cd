"""What of a tool is done, what is missing, and the next step as a button: the head of every tool's panel."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from onekl_desktop.base.specs import Tool
from onekl_desktop.base.translate import _
from onekl_desktop.engine.steps import list_steps
from onekl_desktop.gui.desk import Desk
from onekl_desktop.gui.kit import button, column, frame, label, row
from onekl_desktop.gui.theme import XS, S


class StepsCard(QWidget):
    """Hidden where a tool has no steps; `go` shows the page of the next one."""

    def __init__(self, desk: Desk, tool: Tool, go: Callable[[str], object] | None = None) -> None:
        super().__init__()
        self._desk, self._tool, self._go, self._page = desk, tool, go, ""
        self.done, self.missing = label("", "small", wrap=True), label("", "small", wrap=True)
        self.next = button("", self._step, icon_name="forward")
        self._card = card = frame("card")
        card.setLayout(column(self.done, self.missing, row(self.next, None), margins=S, spacing=XS))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(card)
        self._stale = False
        desk.bridge.changed.connect(lambda _changes: self._on_changed())
        self.refresh()

    def _on_changed(self) -> None:
        """Count again when it can be seen; panels that are hidden wait until they are shown."""
        if self.isVisible():
            self.refresh()
        else:
            self._stale = True

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up."""
        super().showEvent(event)
        if self._stale:
            self.refresh()

    def refresh(self) -> None:
        """Count again."""
        self._stale = False
        steps = list_steps(self._desk.session, self._tool)
        self._card.setVisible(bool(steps))  # not itself: without a parent yet it would come up as a window
        done = [_(step.title) for step in steps if step.done]
        missing = [step for step in steps if not step.done]
        told = (
            _("Done ({done} of {count}): {what}.").format(done=len(done), count=len(steps), what=", ".join(done))
            if done
            else ""
        )
        self.done.setText(told)
        self.done.setVisible(bool(done))
        self.missing.setText(_("Missing: {what}.").format(what=", ".join(_(step.title) for step in missing)))
        self.missing.setVisible(bool(missing))
        self._page = missing[0].page if missing else ""
        self.next.setVisible(bool(self._page) and self._go is not None)
        if missing:
            self.next.setText(_("Next: {what}").format(what=_(missing[0].title)))
            self.next.setAccessibleName(self.next.text())

    def _step(self) -> None:
        if self._page and self._go is not None:
            self._go(self._page)
