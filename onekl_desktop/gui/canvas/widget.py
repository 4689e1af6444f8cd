"""The map canvas. Pictures are made by a worker; painting only puts the last finished one on screen, moved and
stretched to the present view, and draws the thin overlay of the map tool.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from onekl_desktop.base.translate import _
from onekl_desktop.cartography.furniture import draw_north, draw_scale_bar
from onekl_desktop.cartography.render import Stopped, render
from onekl_desktop.cartography.scene import Box, SceneLayer, View, fit
from onekl_desktop.gui.canvas.tools import MapTool, PanTool
from onekl_desktop.gui.theme import current_tokens

log = logging.getLogger(__name__)
SceneBuilder = Callable[[], Sequence[SceneLayer]]
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
        self._centre, self._per_pixel = (0.0, 0.0), 100.0
        self._scene: list[SceneLayer] = []
        self._builder: SceneBuilder | None = None
        self._image: QImage | None = None
        self._image_view: View | None = None
        self._full: Box = (0, 0, 1, 1)
        self._generation = 0
        self._shown_generation = -1
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="map")
        self._future: Future[tuple[int, View, QImage, list[SceneLayer]]] | None = None
        self._stale_scene = False
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(20)
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
        return View((x - half_w, y - half_h, x + half_w, y + half_h), w, h, 96.0)

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
        self._set_view(((left + right) / 2, (bottom + top) / 2), view.unit_per_pixel)

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom in (factor above 1) or out, keeping a place where it is."""
        at = at or QPointF(self.width() / 2, self.height() / 2)
        x, y = self.view.to_map(at.x(), at.y())
        scale = min(max(self._per_pixel / factor, NEAREST), FARTHEST)
        self._set_view((x - (at.x() - self.width() / 2) * scale, y + (at.y() - self.height() / 2) * scale), scale)

    def pan_by(self, dx: float, dy: float) -> None:
        """Move the picture by pixels."""
        x, y = self._centre
        self._set_view((x - dx * self._per_pixel, y + dy * self._per_pixel), self._per_pixel)

    def _set_view(self, centre: tuple[float, float], per_pixel: float) -> None:
        self._centre, self._per_pixel = centre, per_pixel
        self.view_changed.emit()
        self._request()

    # ------------------------------------------------------------ drawing

    def _request(self) -> None:
        self._generation += 1
        self.update()
        if not self._later.isActive():
            self._later.start()

    def _start(self) -> None:
        if self._builder is None or self.width() < 2 or self.height() < 2:
            return
        if self._future is not None and not self._future.done():
            self._later.start()  # the running one hears that it is stale and ends soon
            return
        generation, ratio = self._generation, self.devicePixelRatioF()
        view = self.view
        big = View(view.extent, max(round(view.width * ratio), 1), max(round(view.height * ratio), 1), 96.0 * ratio)
        builder = self._builder if self._stale_scene or not self._scene else None
        self._stale_scene = False
        scene, ground = self._scene, current_tokens().map_ground

        def work() -> tuple[int, View, QImage, list[SceneLayer]]:
            layers = list(builder()) if builder is not None else scene
            image = render(
                layers, big, background=ground, stop=lambda: self._generation != generation and builder is None
            )
            return generation, big, image, layers

        self._future = self._pool.submit(work)
        self._poll.start()

    def _collect(self) -> None:
        if self._future is None or not self._future.done():
            return
        self._poll.stop()
        future, self._future = self._future, None
        try:
            generation, view, image, scene = future.result()
        except Stopped:
            return
        except RuntimeError as problem:  # the project was closed meanwhile
            log.debug("map not drawn: %s", problem)
            return
        self._image, self._image_view, self._scene = image, view, scene
        self._shown_generation = generation
        self.update()
        self.drawn.emit()

    @property
    def up_to_date(self) -> bool:
        """Whether the picture on screen is that of the present view and content."""
        return self._shown_generation == self._generation and self._future is None

    def paintEvent(self, event: QPaintEvent) -> None:
        """Compose the last picture and the overlay."""
        painter = QPainter(self)
        tokens = current_tokens()
        painter.fillRect(self.rect(), QColor(tokens.map_ground))
        view = self.view
        if self._image is not None and self._image_view is not None:
            left, bottom, right, top = self._image_view.extent
            corners = view.to_pixels(np.array([[left, top], [right, bottom]]))
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self._shown_generation == self._generation)
            painter.drawImage(QRectF(QPointF(*corners[0]), QPointF(*corners[1])), self._image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        if self._scene:
            draw_scale_bar(painter, view, 1.0)
            draw_north(painter, view, 1.0)
        self.tool.paint(painter)
        if self.hasFocus():
            painter.setPen(QColor(tokens.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

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

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """First the tool, then moving about: arrows, plus and minus, Home."""
        if self.tool.key(event):
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
        else:
            super().keyPressEvent(event)

    def close_map(self) -> None:
        """Stop timers and the worker."""
        self._builder = None
        self._generation += 1
        self._later.stop()
        self._poll.stop()
        self._pool.shutdown(wait=True, cancel_futures=True)
