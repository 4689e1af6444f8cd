"""The tour: a card that walks through the window on a sample landscape and points at one thing after the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from onekl_desktop.app.project_view import ProjectView
from onekl_desktop.base.translate import N_, _
from onekl_desktop.gui.kit import button, column, frame, label, row
from onekl_desktop.gui.theme import L, M, S, current_tokens

CARD_WIDTH = 360


@dataclass(frozen=True)
class Step:
    """One stop: title, words, what is pointed at, and the tool that must be open."""

    title: str
    words: str
    target: Callable[[ProjectView], QWidget | None]
    tool: str = ""


def _rail(tool: str) -> Callable[[ProjectView], QWidget | None]:
    return lambda view: view.rail_button(tool)


def _in_panel(name: str) -> Callable[[ProjectView], QWidget | None]:
    def find(view: ProjectView) -> QWidget | None:
        found: object = view.panel.currentWidget()
        for part in name.split("."):
            found = getattr(found, part, None)
        return found if isinstance(found, QWidget) else None

    return find


STEPS = (
    Step(N_("One file, one map"), N_("This landscape is invented. Change what you like: every step can be undone with Ctrl+Z, and the file on disk is always up to date."), lambda view: view.canvas, "layers"),
    Step(N_("Five elements"), N_("The rail follows the landscape cycle, from the partnership to the commons. Each ring fills as the first steps of its tools are done."), lambda view: view.rail),
    Step(N_("What people brought"), N_("Maps, tables and paths from phones come in here. Before anything is stored you read in plain words what will happen to them."), _rail("layers"), "layers"),
    Step(N_("Who decides"), N_("Members, what they signed and consented to, and decisions in which each group is counted on its own."), _rail("partnership"), "partnership"),
    Step(N_("What they want"), N_("Goals become targets with a number, a unit and a year. Everything later is measured against them."), _rail("visioning"), "visioning"),
    Step(N_("An intervention is drawn once"), N_("Choose a practice and draw it on the map. Its hectares drive land cover, carbon, jobs, money and the printed page."), _in_panel("drawing.draw_button"), "scenarios"),
    Step(N_("Compute"), N_("Numbers that are out of date say so. Computing runs in the background; the comparison opens below the map."), _in_panel("run_button"), "scenarios"),
    Step(N_("From plan to project"), N_("The same hectares make the yearly cash flow of a project. Nothing is typed twice."), _rail("lift"), "lift"),
    Step(N_("What may leave"), N_("Nothing leaves this file unless you release it, field by field. A bundle for others is written from here."), _rail("commons"), "commons"),
    Step(N_("Find anything"), N_("Ctrl+K finds every command, F1 explains the tool that is open. Make a project of your own with Project → New project."), lambda view: view.canvas, "scenarios"),
)  # fmt: skip


class Pointer(QWidget):
    """A ring round the thing that the tour speaks of; clicks go through it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ring."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(current_tokens().accent), 3))
        painter.drawRoundedRect(self.rect().adjusted(2, 2, -2, -2), 8, 8)
        painter.end()


class Tour(QWidget):
    """The card. `finished` is called when it ends, however it ends."""

    def __init__(self, view: ProjectView, finished: Callable[[], object]) -> None:
        super().__init__(view)
        self._view, self._finished = view, finished
        self.at = 0
        self.setObjectName("tour")
        self.setAccessibleName(_("Tour"))
        self.pointer = Pointer(view)
        self.title, self.words, self.place = label("", "heading", wrap=True), label("", wrap=True), label("", "small")
        self.back = button(_("Back"), lambda: self.show_step(self.at - 1))
        self.next = button(_("Next"), self.forward, primary=True)
        self.skip = button(_("End the tour"), self.end)
        card = frame("card")
        card.setProperty("message", "info")
        buttons = row(self.skip, None, self.back, self.next, spacing=S)
        card.setLayout(column(row(self.title, self.place), self.words, buttons, margins=L, spacing=M))
        self.setLayout(column(card))
        self.setFixedWidth(CARD_WIDTH)
        view.installEventFilter(self)
        self.show_step(0)
        self.show()
        self.next.setFocus()

    def show_step(self, at: int) -> None:
        """Go to a step."""
        self.at = max(0, min(at, len(STEPS) - 1))
        step = STEPS[self.at]
        if step.tool and step.tool != self._view.tool:
            self._view.show_tool(step.tool)
        self.title.setText(_(step.title))
        self.words.setText(_(step.words))
        self.place.setText(_("{number} of {count}").format(number=self.at + 1, count=len(STEPS)))
        self.back.setEnabled(self.at > 0)
        last = self.at == len(STEPS) - 1
        self.next.setText(_("Done") if last else _("Next"))
        self.skip.setVisible(not last)
        self.setAccessibleDescription(f"{_(step.title)}. {_(step.words)}")
        self._arrange()

    def forward(self) -> None:
        """The next step, or the end."""
        if self.at == len(STEPS) - 1:
            self.end()
        else:
            self.show_step(self.at + 1)

    def end(self) -> None:
        """Take everything away."""
        self._view.removeEventFilter(self)
        self.pointer.hide()
        self.hide()
        self.pointer.deleteLater()
        self.deleteLater()
        self._finished()

    def _arrange(self) -> None:
        """The ring round the target, the card beside it within the window."""
        target = STEPS[self.at].target(self._view)
        shown = target is not None and target.isVisibleTo(self._view)
        self.pointer.setVisible(shown)
        width = CARD_WIDTH - 2 * L - 2
        self.words.setFixedSize(width, self.words.heightForWidth(width))
        self.adjustSize()
        size = self.sizeHint().expandedTo(self.size())
        box = QRect(0, 0, 1, 1)
        if target is not None and shown:
            box = (
                QRect(target.mapTo(self._view, QPoint(0, 0)), target.size())
                .adjusted(-4, -4, 4, 4)
                .intersected(self._view.rect())
            )
            self.pointer.setGeometry(box)
        area = self._view.rect().adjusted(M, M, -M, -M)
        large = box.width() > area.width() // 3 and box.height() > area.height() // 2
        if large or not shown:
            spot = QPoint(box.left() + L + 40, box.bottom() - size.height() - L) if shown else area.center()
        elif box.right() + M + size.width() < area.right():
            spot = QPoint(box.right() + M, box.top())
        else:
            spot = QPoint(box.left() - M - size.width(), box.top())
        x = max(area.left(), min(spot.x(), area.right() - size.width()))
        y = max(area.top(), min(spot.y(), area.bottom() - size.height()))
        self.setGeometry(QRect(QPoint(x, y), size))
        self.pointer.raise_()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay at the target when the window changes its size."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._arrange()
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys go, Escape ends."""
        if event.key() == Qt.Key.Key_Escape:
            self.end()
        elif event.key() == Qt.Key.Key_Right:
            self.forward()
        elif event.key() == Qt.Key.Key_Left:
            self.show_step(self.at - 1)
        else:
            super().keyPressEvent(event)
