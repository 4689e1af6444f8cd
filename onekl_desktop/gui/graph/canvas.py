"""A canvas of boxes and arrows: drag a box to move it, drag from its right edge to join it to another, double-click to change it.

By keyboard: arrows go from box to box, with Ctrl they move the box, J begins an arrow that Enter on another box ends, Enter
opens a box, Delete removes it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QGraphicsItem,
    QGraphicsPathItem,
    QGraphicsScene,
    QGraphicsView,
    QStyleOptionGraphicsItem,
    QWidget,
)

from onekl_desktop.base.translate import _
from onekl_desktop.gui.theme import current_tokens

WIDTH, PAD, STEP_X, STEP_Y, GRIP, NUDGE = 190.0, 10.0, 250.0, 120.0, 14.0, 10.0
LINES = 4


@dataclass(frozen=True)
class Box:
    """A box: its key, words, a note below them, colour, and where it stands (x, y of its upper left corner)."""

    key: str
    label: str
    note: str
    colour: str
    x: float
    y: float


@dataclass(frozen=True)
class Arrow:
    """From one box to another; `told` is its tool tip, `firm` whether something speaks for it."""

    first: str
    then: str
    told: str = ""
    firm: bool = True


def wrap(text: str, metrics: QFontMetricsF, width: float, most: int) -> list[str]:
    """Words in lines of a width; what does not fit ends in an ellipsis."""
    lines: list[str] = []
    for word in text.split():
        if lines and metrics.horizontalAdvance(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    if len(lines) > most:
        lines = [*lines[: most - 1], " ".join(lines[most - 1 :])]
    return [metrics.elidedText(line, Qt.TextElideMode.ElideRight, width) for line in lines]


class BoxItem(QGraphicsItem):
    """One box on the scene."""

    def __init__(self, box: Box, canvas: GraphCanvas) -> None:
        super().__init__()
        self.box, self._canvas = box, canvas
        self._font = QFont(canvas.font())
        self._small = QFont(canvas.font())
        self._small.setPointSizeF(max(canvas.font().pointSizeF() - 2, 6))
        metrics, small = QFontMetricsF(self._font), QFontMetricsF(self._small)
        self._lines = wrap(box.label, metrics, WIDTH - 2 * PAD, LINES)
        self._notes = wrap(box.note, small, WIDTH - 2 * PAD, 2)
        self._height = 2 * PAD + metrics.height() * len(self._lines) + small.height() * len(self._notes)
        self.setPos(box.x, box.y)
        self.setFlags(QGraphicsItem.GraphicsItemFlag.ItemIsMovable | QGraphicsItem.GraphicsItemFlag.ItemIsSelectable | QGraphicsItem.GraphicsItemFlag.ItemIsFocusable | QGraphicsItem.GraphicsItemFlag.ItemSendsGeometryChanges)  # fmt: skip
        self.setToolTip(f"{box.label}\n{box.note}" if box.note else box.label)

    def boundingRect(self) -> QRectF:
        """The box with its border."""
        return QRectF(-2, -2, WIDTH + 4, self._height + 4)

    @property
    def middle_left(self) -> QPointF:
        """Where arrows end."""
        return self.pos() + QPointF(0, self._height / 2)

    @property
    def middle_right(self) -> QPointF:
        """Where arrows begin."""
        return self.pos() + QPointF(WIDTH, self._height / 2)

    def grips(self, at: QPointF) -> bool:
        """Whether a point of the scene is on the edge from which arrows are drawn."""
        own = at - self.pos()
        return WIDTH - GRIP <= own.x() <= WIDTH + 4 and 0 <= own.y() <= self._height

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Box, colour at its left, words, and the grip at its right."""
        tokens = current_tokens()
        rect = QRectF(0, 0, WIDTH, self._height)
        chosen = self.isSelected() or self.hasFocus()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tokens.accent if chosen else self.box.colour), 2.4 if chosen else 1.2))
        painter.setBrush(QColor(tokens.surface))
        painter.drawRoundedRect(rect, 5, 5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.box.colour))
        painter.drawRoundedRect(QRectF(0, 0, 5, self._height), 2, 2)
        painter.drawEllipse(QPointF(WIDTH - 1, self._height / 2), 4, 4)
        y = PAD
        for lines, font, colour in ((self._lines, self._font, tokens.ink), (self._notes, self._small, tokens.soft)):
            metrics = QFontMetricsF(font)
            painter.setFont(font)
            painter.setPen(QColor(colour))
            for line in lines:
                painter.drawText(QPointF(PAD, y + metrics.ascent()), line)
                y += metrics.height()

    def itemChange(self, change: QGraphicsItem.GraphicsItemChange, value: object) -> object:
        """Arrows follow a box that moves."""
        if change == QGraphicsItem.GraphicsItemChange.ItemPositionHasChanged:
            self._canvas.route()
        return super().itemChange(change, value)


class GraphCanvas(QGraphicsView):
    """Shows boxes and arrows and tells what a person wants done with them; whoever listens does it and shows them anew."""

    moved = Signal(str, float, float)
    joined = Signal(str, str)
    opened = Signal(str)
    arrow_opened = Signal(str, str)
    removed = Signal(str)
    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setScene(QGraphicsScene(self))
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        self.setAccessibleName(_("Results chain"))
        self.setMinimumHeight(220)
        self.boxes: dict[str, BoxItem] = {}
        self.arrows: list[Arrow] = []
        self._paths: list[QGraphicsPathItem] = []
        self._from: BoxItem | None = None
        self._line: QGraphicsPathItem | None = None
        self._before: dict[str, QPointF] = {}
        self._joining = ""
        self._shown = False
        self.scene().selectionChanged.connect(lambda: self.chosen.emit(self.selected))

    @property
    def selected(self) -> str:
        """Key of the selected box; '' for none or several."""
        keys = [key for key, item in self.boxes.items() if item.isSelected()]
        return keys[0] if len(keys) == 1 else ""

    def show_graph(self, boxes: Sequence[Box], arrows: Sequence[Arrow]) -> None:
        """Show these instead of what was there; the selection and the view stay."""
        kept = self.selected
        scene = self.scene()
        scene.blockSignals(True)
        scene.clear()
        self._from = self._line = None
        self.boxes, self._paths = {}, []
        self.setBackgroundBrush(QColor(current_tokens().sunken))
        for box in boxes:
            item = BoxItem(box, self)
            scene.addItem(item)
            self.boxes[box.key] = item
        self.arrows = [arrow for arrow in arrows if arrow.first in self.boxes and arrow.then in self.boxes]
        for arrow in self.arrows:
            path = QGraphicsPathItem()
            path.setZValue(-1)
            path.setToolTip(arrow.told)
            scene.addItem(path)
            self._paths.append(path)
        self.route()
        if kept in self.boxes:
            self.boxes[kept].setSelected(True)
        scene.blockSignals(False)
        scene.setSceneRect(scene.itemsBoundingRect().adjusted(-40, -40, 40, 40))
        if not self._shown and boxes:
            self.show_all()

    def show_all(self) -> None:
        """Everything, but not larger than life."""
        if self.isVisible():
            self._shown = True
        self.fitInView(self.scene().sceneRect(), Qt.AspectRatioMode.KeepAspectRatio)
        if self.transform().m11() > 1:
            self.resetTransform()

    def showEvent(self, event: object) -> None:
        """The first time everything is shown."""
        super().showEvent(event)  # type: ignore[arg-type]
        if not self._shown and self.boxes:
            self.show_all()

    def route(self) -> None:
        """Draw the arrows from edge to edge."""
        tokens = current_tokens()
        for arrow, path in zip(self.arrows, self._paths, strict=False):
            path.setPath(_curve(self.boxes[arrow.first].middle_right, self.boxes[arrow.then].middle_left))
            pen = QPen(QColor(tokens.soft), 1.6, Qt.PenStyle.SolidLine if arrow.firm else Qt.PenStyle.DashLine)
            path.setPen(pen)

    # ------------------------------------------------------------ mouse

    def _box_at(self, at: QPointF) -> BoxItem | None:
        return next((item for item in self.scene().items(at) if isinstance(item, BoxItem)), None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to move a box, or an arrow at its right edge."""
        at = self.mapToScene(event.position().toPoint())
        item = self._box_at(at)
        if item is not None and item.grips(at) and event.button() == Qt.MouseButton.LeftButton:
            self._from, self._line = item, QGraphicsPathItem()
            self._line.setPen(QPen(QColor(current_tokens().accent), 1.8, Qt.PenStyle.DashLine))
            self.scene().addItem(self._line)
            return
        self._before = {key: QPointF(box.pos()) for key, box in self.boxes.items()}
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw the arrow that is being made, or move the box."""
        if self._from is not None and self._line is not None:
            self._line.setPath(_curve(self._from.middle_right, self.mapToScene(event.position().toPoint())))
            return
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Join, or tell where a box has come to stand."""
        if self._from is not None:
            first, line = self._from, self._line
            self._from = self._line = None
            if line is not None:
                self.scene().removeItem(line)
            then = self._box_at(self.mapToScene(event.position().toPoint()))
            if then is not None and then is not first:
                self.joined.emit(first.box.key, then.box.key)
            return
        super().mouseReleaseEvent(event)
        for key, before in self._before.items():
            item = self.boxes.get(key)
            if item is not None and (item.pos() - before).manhattanLength() > 1:
                self.moved.emit(key, item.pos().x(), item.pos().y())
        self._before = {}

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the box or the arrow."""
        at = self.mapToScene(event.position().toPoint())
        item = self._box_at(at)
        if item is not None:
            self.opened.emit(item.box.key)
            return
        for arrow, path in zip(self.arrows, self._paths, strict=False):
            if path.shape().intersects(QRectF(at.x() - 5, at.y() - 5, 10, 10)):
                self.arrow_opened.emit(arrow.first, arrow.then)
                return

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Ctrl and the wheel zoom."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            factor = 1.15 if event.angleDelta().y() > 0 else 1 / 1.15
            self.scale(factor, factor)
            return
        super().wheelEvent(event)

    # ------------------------------------------------------------ keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go, move, join, open, remove."""
        key, chosen = event.key(), self.boxes.get(self.selected)
        steps = {Qt.Key.Key_Left: (-NUDGE, 0.0), Qt.Key.Key_Right: (NUDGE, 0.0), Qt.Key.Key_Up: (0.0, -NUDGE), Qt.Key.Key_Down: (0.0, NUDGE)}  # fmt: skip
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and chosen is not None:
            first, self._joining = self._joining, ""
            if first and first != chosen.box.key:
                self.joined.emit(first, chosen.box.key)
            else:
                self.opened.emit(chosen.box.key)
        elif key == Qt.Key.Key_J and chosen is not None:
            self._joining = chosen.box.key
        elif key == Qt.Key.Key_Escape:
            self._joining = ""
        elif key == Qt.Key.Key_Delete and chosen is not None:
            self.removed.emit(chosen.box.key)
        elif key in steps and chosen is not None and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            chosen.moveBy(*steps[Qt.Key(key)])
            self.moved.emit(chosen.box.key, chosen.pos().x(), chosen.pos().y())
        elif key in (Qt.Key.Key_N, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Up):
            self.choose_next(-1 if key in (Qt.Key.Key_Left, Qt.Key.Key_Up) else 1)
        else:
            super().keyPressEvent(event)

    def choose_next(self, step: int = 1) -> None:
        """Select the next box, from left to right."""
        keys = sorted(self.boxes, key=lambda key: (self.boxes[key].pos().x(), self.boxes[key].pos().y()))
        if not keys:
            return
        at = keys.index(self.selected) + step if self.selected in keys else 0
        self.scene().clearSelection()
        item = self.boxes[keys[at % len(keys)]]
        item.setSelected(True)
        self.ensureVisible(item)


def _curve(start: QPointF, end: QPointF) -> QPainterPath:
    """A soft curve with an arrow head."""
    path = QPainterPath(start)
    bend = max(abs(end.x() - start.x()) / 2, 30.0)
    path.cubicTo(start + QPointF(bend, 0), end - QPointF(bend, 0), end)
    for turn in (math.radians(155), math.radians(-155)):
        path.moveTo(end)
        path.lineTo(end + QPointF(9 * math.cos(turn), 9 * math.sin(turn)))
    return path
