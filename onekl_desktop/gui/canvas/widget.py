"""The map canvas. Workers draw tiles; painting only puts finished ones on screen, under them those of the last view, moved
and stretched, and over them the thin overlay of the map tool.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from PySide6.QtCore import QEvent, QPointF, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from onekl_desktop.base.translate import _
from onekl_desktop.cartography.furniture import draw_north, draw_scale_bar
from onekl_desktop.cartography.scene import Box, SceneLayer, View, fit
from onekl_desktop.cartography.tiles import Picture, Tiles, picture_of, shown
from onekl_desktop.gui.canvas.tools import MapTool, PanTool
from onekl_desktop.gui.theme import current_tokens

log = logging.getLogger(__name__)
SceneBuilder = Callable[[], Sequence[SceneLayer]]
SWIPES = {"<": -0.05, ">": 0.05}
TURNS = {"[": -15.0, "]": 15.0}
NEAREST, FARTHEST = 0.01, 20_000.0  # map units a pixel


class Canvas(QWidget):
    """Shows a scene and hands mouse and keys to the current map tool. All coordinates outside are map units."""

    moved = Signal(float, float)
    view_changed = Signal()
    drawn = Signal()
    tool_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(QSize(240, 200))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName(_("Map"))
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, True)
        self._centre, self._per_pixel, self._rotation = (0.0, 0.0), 100.0, 0.0
        self.locked_scale = False  # zooming is off, showing a place only moves the map
        self._scene: list[SceneLayer] = []
        self._builder: SceneBuilder | None = None
        self._picture: Picture | None = None
        self._before: tuple[Picture, View] | None = None  # the last that was whole
        self._other_builder: SceneBuilder | None = None
        self._other: Picture | None = None  # what lies under the right part while two pictures are compared
        self.swipe_at = 0.5  # of the width
        self._full: Box = (0, 0, 1, 1)
        self._tiles = Tiles()
        self._scenes = 0
        self._building: Future[tuple[list[SceneLayer], list[SceneLayer] | None]] | None = None
        self._stale_scene = False
        self._settled = False
        self._seen = -1
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self._start)
        self._poll = QTimer(self)
        self._poll.setInterval(8)
        self._poll.timeout.connect(self._collect)
        self.idle_tool: MapTool = PanTool(self)
        self.tool: MapTool = self.idle_tool

    # ------------------------------------------------------------ scene and view

    def set_scene(self, builder: SceneBuilder) -> None:
        """What to draw: `builder` is called on the worker whenever the content has changed."""
        self._builder = builder
        self.refresh()

    def refresh(self) -> None:
        """The content has changed: build the scene again and draw."""
        self._stale_scene = True
        self._request()

    def compare(self, builder: SceneBuilder | None) -> None:
        """Show another picture right of a line that can be moved; None ends it."""
        self._other_builder, self._other = builder, None
        self.refresh()

    @property
    def compares(self) -> bool:
        """Whether two pictures are shown."""
        return self._other_builder is not None

    @property
    def scene(self) -> list[SceneLayer]:
        """The layers that are on screen, lowest first."""
        return self._scene

    @property
    def view(self) -> View:
        """The present view in logical pixels."""
        w, h = max(self.width(), 1), max(self.height(), 1)
        half_w, half_h = self._per_pixel * w / 2, self._per_pixel * h / 2
        x, y = self._centre
        return View((x - half_w, y - half_h, x + half_w, y + half_h), w, h, 96.0, self._rotation)

    @property
    def _device_view(self) -> View:
        """The same in the screen's own pixels."""
        view, ratio = self.view, self.devicePixelRatioF()
        width, height = max(round(view.width * ratio), 1), max(round(view.height * ratio), 1)
        return View(view.extent, width, height, 96.0 * ratio, view.rotation)

    def set_full_extent(self, box: Box) -> None:
        """What `zoom_full` shows."""
        self._full = box

    def zoom_full(self) -> None:
        """Show the whole landscape."""
        self.zoom_to(self._full)

    def zoom_to(self, box: Box) -> None:
        """Show a box."""
        view = fit(box, max(self.width(), 1), max(self.height(), 1))
        left, bottom, right, top = view.extent
        self._set_view(
            ((left + right) / 2, (bottom + top) / 2), self._per_pixel if self.locked_scale else view.unit_per_pixel
        )

    def zoom_to_pixels(self, start: QPointF, end: QPointF) -> None:
        """Show a rectangle of the screen; the map stays turned as it is."""
        if self.locked_scale:
            return
        x, y = self.view.to_map((start.x() + end.x()) / 2, (start.y() + end.y()) / 2)
        share = max(abs(end.x() - start.x()) / max(self.width(), 1), abs(end.y() - start.y()) / max(self.height(), 1))
        self._set_view((x, y), min(max(self._per_pixel * share, NEAREST), FARTHEST))

    def zoom_to_scale(self, denominator: float) -> None:
        """Show the middle at a scale of 1 : denominator."""
        per_pixel = denominator * 0.0254 / 96.0
        self._set_view(self._centre, min(max(per_pixel, NEAREST), FARTHEST))

    def centre_on(self, x: float, y: float) -> None:
        """Show a place in the middle."""
        self._set_view((x, y), self._per_pixel)

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom in (factor above 1) or out, keeping a place where it is."""
        if self.locked_scale:
            return
        at = at or QPointF(self.width() / 2, self.height() / 2)
        scale = min(max(self._per_pixel / factor, NEAREST), FARTHEST)
        x, y = self.view.to_map(at.x(), at.y())
        share = scale / self._per_pixel
        self._set_view((x + (self._centre[0] - x) * share, y + (self._centre[1] - y) * share), scale)

    def pan_by(self, dx: float, dy: float) -> None:
        """Move the picture by pixels."""
        self._set_view(self.view.to_map(self.width() / 2 - dx, self.height() / 2 - dy), self._per_pixel)

    def rotate_to(self, degrees: float) -> None:
        """Turn the map clockwise by so much from grid north."""
        self._rotation = degrees % 360.0
        self._set_view(self._centre, self._per_pixel)

    @property
    def rotation(self) -> float:
        """Degrees, clockwise."""
        return self._rotation

    def copy_view(self, other: Canvas) -> None:
        """Show the same place at the same scale as another map."""
        self._rotation = other._rotation
        self._set_view(other._centre, other._per_pixel)

    def _set_view(self, centre: tuple[float, float], per_pixel: float) -> None:
        self._centre, self._per_pixel = centre, per_pixel
        self.view_changed.emit()
        self._request()

    # ------------------------------------------------------------ drawing

    def _request(self) -> None:
        self._settled = False
        self.update()
        if not self._later.isActive():
            self._later.start()

    def _start(self) -> None:
        if self._builder is None or self.width() < 2 or self.height() < 2:
            return
        if (self._stale_scene or self._picture is None) and self._building is None:
            self._stale_scene = False
            builder, other = self._builder, self._other_builder
            self._building = self._tiles.submit(lambda: (list(builder()), list(other()) if other else None))
        ground = current_tokens().map_ground
        if self._picture is not None and self._picture.ground != ground:  # another theme
            self._picture = picture_of(self._scene, ground, self._scenes)
            if self._other is not None:
                self._other = picture_of(self._other.layers, ground, self._scenes)
        if self._picture is not None:
            self._tiles.request(self._picture, self._device_view, self._other)
        self._poll.start()

    def _take_scene(self) -> None:
        if self._building is None or not self._building.done():
            return
        future, self._building = self._building, None
        try:
            self._scene, other = future.result()
        except RuntimeError as problem:  # the project was closed meanwhile
            log.debug("map not drawn: %s", problem)
            return
        self._scenes += 1
        ground = current_tokens().map_ground
        self._picture = picture_of(self._scene, ground, self._scenes)
        self._other = picture_of(other, ground, self._scenes) if other is not None else None
        self._start()

    def _collect(self) -> None:
        self._take_scene()
        if self._seen != self._tiles.finished:
            self._seen = self._tiles.finished
            self.update()
        view = self._device_view
        if self._building is not None or self._stale_scene or self._picture is None:
            return
        if self._tiles.is_ready(self._picture, view, self._other):
            self._poll.stop()
            self._before = (self._picture, view)
            self._settled = True
            self.update()
            self.drawn.emit()
        else:
            self._tiles.request(self._picture, view, self._other)  # some may have gone meanwhile

    @property
    def up_to_date(self) -> bool:
        """Whether the picture on screen is that of the present view and content."""
        return self._settled

    def do_later(self, work: Callable[[], None]) -> None:
        """Something for a worker, after the tiles that are asked for."""
        self._tiles.submit(work)

    @property
    def problems(self) -> dict[str, str]:
        """What went wrong while layers were drawn, by their uuid."""
        return self._tiles.problems

    def paintEvent(self, event: QPaintEvent) -> None:
        """Compose finished tiles and the overlay."""
        painter = QPainter(self)
        tokens = current_tokens()
        painter.fillRect(self.rect(), QColor(tokens.map_ground))
        if self._picture is not None:
            self._paint_map(painter, self._picture)
        view = self.view
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        if self._scene:
            draw_scale_bar(painter, view, 1.0)
            draw_north(painter, view, 1.0)
        if self.compares:
            self._paint_line(painter)
        self.tool.paint(painter)
        if self.hasFocus():
            painter.setPen(QColor(tokens.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def _paint_map(self, painter: QPainter, picture: Picture) -> None:
        view, ratio = self._device_view, self.devicePixelRatioF()
        painter.save()
        painter.scale(1 / ratio, 1 / ratio)
        if self._before is not None and not self._settled:
            earlier, old = self._before
            painter.save()
            painter.setTransform(_between(old, view), True)
            for image, x, y in shown(self._tiles, earlier, old):
                painter.drawImage(x, y, image)
            painter.restore()
        for image, x, y in shown(self._tiles, picture, view):
            painter.drawImage(x, y, image)
        if self._other is not None:
            self._paint_other(painter, self._other, view)
        labels = self._tiles.labels
        if labels is not None:
            if labels[0] != view:
                painter.setTransform(_between(labels[0], view), True)
            painter.drawImage(0, 0, labels[1])
        painter.restore()

    def _paint_line(self, painter: QPainter) -> None:
        tokens, x, middle = current_tokens(), self.width() * self.swipe_at, self.height() / 2
        painter.setPen(QPen(QColor("#ffffff"), 4))
        painter.drawLine(QPointF(x, 0), QPointF(x, self.height()))
        painter.setPen(QPen(QColor(tokens.accent), 2))
        painter.drawLine(QPointF(x, 0), QPointF(x, self.height()))
        painter.setBrush(QColor(tokens.raised))
        painter.drawEllipse(QPointF(x, middle), 12, 12)
        for side in (-1, 1):
            painter.drawPolyline(
                [QPointF(x + 3 * side, middle - 4), QPointF(x + 7 * side, middle), QPointF(x + 3 * side, middle + 4)]
            )

    def _paint_other(self, painter: QPainter, other: Picture, view: View) -> None:
        """The picture to compare with, right of the line."""
        at = round(view.width * self.swipe_at)
        right = QRect(at, 0, view.width - at, view.height)
        painter.save()
        painter.setClipRect(right)
        painter.fillRect(right, QColor(other.ground))
        for image, x, y in shown(self._tiles, other, view):
            painter.drawImage(x, y, image)
        painter.restore()

    def changeEvent(self, event: QEvent) -> None:
        """Another theme has another ground."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.PaletteChange):
            self._request()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw for the new size."""
        super().resizeEvent(event)
        self._request()

    # ------------------------------------------------------------ tools

    def set_tool(self, tool: MapTool | None) -> None:
        """Use a map tool; None goes back to moving about."""
        if self.tool is not self.idle_tool and self.tool is not tool:
            self.tool.leave()
        self.tool = tool or self.idle_tool
        self.setCursor(self.tool.cursor)
        self.tool_changed.emit(self.tool)
        self.update()

    def undo_in_tool(self) -> bool:
        """Let the map tool take its last corner back; False when it has nothing to take back."""
        return self.tool.undo()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """To the tool; the middle button always pans."""
        (self.idle_tool if event.button() == Qt.MouseButton.MiddleButton else self.tool).press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """To the tool, and the coordinates to whoever shows them."""
        x, y = self.view.to_map(event.position().x(), event.position().y())
        self.moved.emit(x, y)
        (self.idle_tool if event.buttons() & Qt.MouseButton.MiddleButton else self.tool).move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """To the tool."""
        (self.idle_tool if event.button() == Qt.MouseButton.MiddleButton else self.tool).release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """To the tool."""
        self.tool.double_click(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom about the pointer; a touch pad's small steps zoom little."""
        steps = event.angleDelta().y() / 120
        if steps:
            self.zoom_by(1.25**steps, event.position())

    def event(self, event: QEvent) -> bool:
        """Two fingers on a touch pad zoom and turn."""
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                self.zoom_by(max(1.0 + event.value(), 0.1), event.position())
                return True
            if event.gestureType() == Qt.NativeGestureType.RotateNativeGesture:
                self.rotate_to(self._rotation + event.value())
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """First the tool, then moving about: arrows, plus and minus, Home; [ and ] turn the map, 0 puts north up, < and > move
        the line between two pictures.
        """
        if self.tool.key(event):
            return
        if self.compares and event.text() in SWIPES:
            self.swipe_at = min(max(self.swipe_at + SWIPES[event.text()], 0.0), 1.0)
            self.update()
            return
        step = 24 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 96
        moves = {
            Qt.Key.Key_Left: (step, 0),
            Qt.Key.Key_Right: (-step, 0),
            Qt.Key.Key_Up: (0, step),
            Qt.Key.Key_Down: (0, -step),
        }
        if event.key() in moves:
            self.pan_by(*moves[Qt.Key(event.key())])
        elif event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_by(1.5)
        elif event.key() == Qt.Key.Key_Minus:
            self.zoom_by(1 / 1.5)
        elif event.key() == Qt.Key.Key_Home:
            self.zoom_full()
        elif event.text() in TURNS:
            self.rotate_to(self._rotation + TURNS[event.text()])
        elif event.text() == "0":
            self.rotate_to(0.0)
        else:
            super().keyPressEvent(event)

    def close_map(self) -> None:
        """Stop timers and workers."""
        self._builder = None
        self._later.stop()
        self._poll.stop()
        self._tiles.close()


def _between(old: View, new: View) -> QTransform:
    """What brings the pixels of one view to those of another."""
    a, b, c, d, e, f = old.inverse
    m, n, o, p, q, r = new.affine
    return QTransform(
        m * a + n * d, p * a + q * d, m * b + n * e, p * b + q * e, m * c + n * f + o, p * c + q * f + r
    )  # fmt: skip
