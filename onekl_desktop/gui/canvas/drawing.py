"""Drawing points, lines and areas, and changing their corners, with neighbours that share them. By mouse and by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen

from onekl_desktop.base.translate import _, ngettext
from onekl_desktop.gui.canvas.tools import OverlayTool, Point

if TYPE_CHECKING:
    from onekl_desktop.gui.canvas.widget import Canvas

GRIP = 9.0
LEAST = {"point": 1, "line": 2, "polygon": 3}
Measure = Callable[[shapely.Geometry], str]
"""What a shape measures, in words: `12.5 ha`."""
Check = Callable[[shapely.Geometry], str]
"""What speaks against a shape that can be drawn all the same, in sentences; '' when nothing does."""


def within(boundary: shapely.Geometry | None) -> Check:
    """Tells when a shape leaves the landscape."""
    if boundary is not None:
        shapely.prepare(boundary)

    def check(shape: shapely.Geometry) -> str:
        if boundary is None or not shape.is_valid or shapely.covers(boundary, shape):
            return ""
        return _("Part of it lies outside the landscape.")

    return check


class DrawTool(OverlayTool):
    """Click the corners; Enter or a double click finishes, Escape gives up, Backspace takes one back, S snaps or not.

    With the keyboard: arrows move a cross, Space sets a corner. A point needs one click.
    """

    def __init__(
        self, canvas: Canvas, measure: Measure, on_done: Callable[[shapely.Geometry], None], on_cancel: Callable[[], None], *,
        kind: str = "polygon", check: Check | None = None,
    ) -> None:  # fmt: skip
        super().__init__(canvas)
        self.kind = kind
        self._measure, self._on_done, self._on_cancel, self._check = measure, on_done, on_cancel, check
        self.points: list[Point] = []
        self._pointer: QPointF | None = None
        self._pressed: QPointF | None = None
        self._dragged = False

    @property
    def hint(self) -> str:  # type: ignore[override]
        """What to do next."""
        if self.kind == "point":
            return _("Click the place, or move the cross with the arrow keys and press Space. Escape gives up.")
        if len(self.points) < LEAST[self.kind]:
            return (
                _(
                    "Click the corners of the area, or move the cross with the arrow keys and press Space. Escape gives up."
                )
                if self.kind == "polygon"
                else _(
                    "Click the corners of the line, or move the cross with the arrow keys and press Space. Escape gives up."
                )
            )
        return _("{area}. Enter or a double click finishes, Backspace takes a corner back.").format(
            area=self._measure(self._shape(self.points))
        )

    def _shape(self, points: list[Point]) -> shapely.Geometry:
        if self.kind == "point":
            return shapely.Point(points[0])
        return shapely.Polygon(points) if self.kind == "polygon" else shapely.LineString(points)

    @property
    def problem(self) -> str:
        """What is wrong with the shape so far."""
        points = self._with_pointer()
        if len(points) < LEAST[self.kind]:
            return ""
        shape = self._shape(points)
        if self.kind == "polygon" and not shape.is_valid:
            return _("The border crosses itself.")
        return self._check(shape) if self._check is not None else ""

    def press(self, event: QMouseEvent) -> None:
        """Remember where; a corner is set on release, so that a drag can pan."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position()
        elif event.button() == Qt.MouseButton.RightButton:
            self.finish()

    def move(self, event: QMouseEvent) -> None:
        """Rubber band, or pan while dragging."""
        if self._pressed is not None and event.buttons() & Qt.MouseButton.LeftButton:
            step = event.position() - self._pressed
            if self._dragged or abs(step.x()) + abs(step.y()) > 6:
                self.canvas.pan_by(step.x(), step.y())
                self._pressed = event.position()
                self._dragged = True
        self._pointer = event.position()
        self._place(event.position(), [self.points])
        self.canvas.update()

    def release(self, event: QMouseEvent) -> None:
        """Set a corner."""
        if event.button() != Qt.MouseButton.LeftButton or self._pressed is None:
            return
        self._pressed = None
        if self._dragged:
            self._dragged = False
            return
        self._add(event.position())

    def double_click(self, event: QMouseEvent) -> None:
        """Finish; the first of the two clicks has set the last corner."""
        self._pressed = None
        self.finish()

    def _add(self, at: QPointF) -> None:
        place = self._place(at, [self.points])
        if not self.points or place != self.points[-1]:
            self.points.append(place)
        self.canvas.update()
        if self.kind == "point":
            self.finish()

    def key(self, event: QKeyEvent) -> bool:
        """Space, Enter, Backspace, Escape, S and arrows."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.finish()
        elif event.key() == Qt.Key.Key_Escape:
            self.canvas.set_tool(None)
            self._on_cancel()
        elif event.key() == Qt.Key.Key_Backspace:
            self.undo()
        elif event.key() == Qt.Key.Key_Space:
            self._add(self._cross or QPointF(self.canvas.width() / 2, self.canvas.height() / 2))
        elif event.key() == Qt.Key.Key_S and not event.modifiers():
            self._toggle_snapping()
        else:
            return self._steer(event)
        return True

    def undo(self) -> bool:
        """Take the last corner back."""
        if not self.points:
            return False
        self.points.pop()
        self.canvas.update()
        return True

    def finish(self) -> None:
        """Hand the shape over, when it has enough corners."""
        if len(self.points) < LEAST[self.kind]:
            return
        shape = self._shape(self.points)
        self.canvas.set_tool(None)
        self._on_done(shape)

    def _with_pointer(self) -> list[Point]:
        points = list(self.points)
        if self._pointer is not None and points and self._cross is None:
            at = (self._snap.x, self._snap.y) if self._snap is not None else self._to_map(self._pointer)
            points += [at] if at != points[-1] else []
        return points

    def paint(self, painter: QPainter) -> None:
        """Corners, rubber band and the hint."""
        points = self._with_pointer()
        closed = self.kind == "polygon" and len(points) > 2
        self._paint_shape(painter, [points] if points else [], closed=closed)
        self._paint_note(painter, self.hint, self.problem)


@dataclass
class _Line:
    """A ring, a line or a point of a shape: `owner` 0 is the shape itself, others are neighbours."""

    owner: int
    part: int
    closed: bool
    points: list[Point]

    @property
    def least(self) -> int:
        return 3 if self.closed else 2


class EditTool(OverlayTool):
    """Drag corners; click the small dot in the middle of a side to add one; Delete removes the corner under the
    pointer (or the chosen one). Enter keeps the new shape, Escape leaves the old one. N chooses the next corner,
    arrows move it. Corners that neighbours share move, come and go in all of them.
    """

    def __init__(
        self, canvas: Canvas, measure: Measure, shape: shapely.Geometry, on_done: Callable[[dict[int, shapely.Geometry]], None],
        on_cancel: Callable[[], None], *, neighbours: dict[int, shapely.Geometry] | None = None, check: Check | None = None,
    ) -> None:  # fmt: skip
        """`neighbours` by row (not 0); `on_done` gets what changed, the shape itself under 0."""
        super().__init__(canvas)
        self._measure, self._on_done, self._on_cancel, self._check = measure, on_done, on_cancel, check
        self._shapes = {0: shape} | (neighbours or {})
        self.lines: list[_Line] = []
        for owner, each in self._shapes.items():
            self.lines += _take_apart(owner, each)
        self._own = sum(line.owner == 0 for line in self.lines)
        self._shapes = {owner: self.shape(owner) for owner in self._shapes}
        self._history: list[list[list[Point]]] = []
        self._held: tuple[int, int] | None = None
        self.chosen: tuple[int, int] | None = None

    @property
    def rings(self) -> list[list[Point]]:
        """The corners of the shape itself."""
        return [line.points for line in self.lines[: self._own]]

    def shape(self, owner: int = 0) -> shapely.Geometry:
        """The shape, or a neighbour, as it is now."""
        return _put_together(self._shapes[owner], [line for line in self.lines if line.owner == owner])

    def changed(self) -> dict[int, shapely.Geometry]:
        """What is not as it was, by owner."""
        now = {owner: self.shape(owner) for owner in self._shapes}
        return {
            owner: shape for owner, shape in now.items() if owner == 0 or not shape.equals_exact(self._shapes[owner], 0)
        }

    # ------------------------------------------------------------ finding

    def _near(self, at: QPointF) -> tuple[int, int] | None:
        best, found = GRIP, None
        for number, line in enumerate(self.lines[: self._own]):
            if not line.points:
                continue
            spots = self.canvas.view.to_pixels(np.array(line.points))
            gaps = np.hypot(spots[:, 0] - at.x(), spots[:, 1] - at.y())
            index = int(gaps.argmin())
            if gaps[index] < best:
                best, found = float(gaps[index]), (number, index)
        return found

    def _middles(self, line: _Line) -> np.ndarray:
        spots = self.canvas.view.to_pixels(np.array(line.points))
        return (spots + np.roll(spots, -1, axis=0)) / 2 if line.closed else (spots[1:] + spots[:-1]) / 2

    def _near_middle(self, at: QPointF) -> tuple[int, int] | None:
        for number, line in enumerate(self.lines[: self._own]):
            middles = self._middles(line) if len(line.points) > 1 else np.zeros((0, 2))
            gaps = np.hypot(middles[:, 0] - at.x(), middles[:, 1] - at.y())
            if len(gaps) and gaps.min() < GRIP:
                return number, int(gaps.argmin())
        return None

    def _sharing(self, place: Point) -> list[tuple[int, int]]:
        """All corners at exactly a place."""
        return [(n, i) for n, line in enumerate(self.lines) for i, point in enumerate(line.points) if point == place]

    # ------------------------------------------------------------ changing

    def _remember(self) -> None:
        self._history.append([list(line.points) for line in self.lines])

    def _move(self, corner: tuple[int, int], place: Point) -> None:
        number, index = corner
        for n, i in self._sharing(self.lines[number].points[index]):
            self.lines[n].points[i] = place

    def _insert(self, number: int, index: int, place: Point) -> None:
        """A corner after another one, and into the same side of neighbours."""
        line = self.lines[number]
        a, b = line.points[index], line.points[(index + 1) % len(line.points)]
        for other in self.lines:
            count = len(other.points)
            for i in range(count if other.closed else count - 1):
                if {other.points[i], other.points[(i + 1) % count]} == {a, b}:
                    other.points.insert(i + 1, place)
                    break

    def _delete(self) -> None:
        if self.chosen is None:
            return
        number, index = self.chosen
        shared = self._sharing(self.lines[number].points[index])
        if any(len(self.lines[n].points) <= self.lines[n].least for n, _i in shared):
            return
        self._remember()
        for n, i in sorted(shared, reverse=True):
            del self.lines[n].points[i]
        self.chosen = None
        self.canvas.update()

    # ------------------------------------------------------------ mouse and keys

    def press(self, event: QMouseEvent) -> None:
        """Take a corner, or make one in the middle of a side; elsewhere the map is dragged."""
        near = self._near(event.position())
        if near is None and event.button() == Qt.MouseButton.LeftButton:
            middle = self._near_middle(event.position())
            if middle is not None:
                self._remember()
                number, index = middle
                self._insert(number, index, self._to_map(event.position()))
                self._held = self.chosen = (number, index + 1)
                self.canvas.update()
                return
        if near is not None:
            if event.button() == Qt.MouseButton.RightButton:
                self.chosen = near
                self._delete()
                return
            self._remember()
            self._held = self.chosen = near
            self.canvas.update()
            return
        self.canvas.idle_tool.press(event)

    def move(self, event: QMouseEvent) -> None:
        """Move the held corner."""
        if self._held is None:
            if event.buttons():
                self.canvas.idle_tool.move(event)
            return
        self._move(self._held, self._place(event.position()))
        self.canvas.update()

    def release(self, event: QMouseEvent) -> None:
        """Let go."""
        if self._held is None:
            self.canvas.idle_tool.release(event)
        self._held, self._snap = None, None

    def key(self, event: QKeyEvent) -> bool:
        """Enter, Escape, Delete, N, S and arrows."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.broken:
                self.canvas.update()
                return True
            self.canvas.set_tool(None)
            self._on_done(self.changed())
        elif event.key() == Qt.Key.Key_Escape:
            self.canvas.set_tool(None)
            self._on_cancel()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._delete()
        elif event.key() == Qt.Key.Key_N:
            self._choose_next()
        elif event.key() == Qt.Key.Key_S and not event.modifiers():
            self._toggle_snapping()
        else:
            return self._nudge(event)
        return True

    def _choose_next(self) -> None:
        corners = [(number, index) for number, ring in enumerate(self.rings) for index in range(len(ring))]
        at = corners.index(self.chosen) + 1 if self.chosen in corners else 0
        self.chosen = corners[at % len(corners)]
        self.canvas.update()

    def _nudge(self, event: QKeyEvent) -> bool:
        if self.chosen is None:
            return False
        number, index = self.chosen
        self._cross = self._to_screen([self.lines[number].points[index]])[0]
        if not self._steer(event):
            self._cross = None
            return False
        self._remember()
        assert self._cross is not None
        self._move(self.chosen, self._to_map(self._cross))
        self._cross = None
        return True

    def undo(self) -> bool:
        """Take the last move back."""
        if not self._history:
            return False
        for line, points in zip(self.lines, self._history.pop(), strict=True):
            line.points = points
        self.chosen = None
        self.canvas.update()
        return True

    # ------------------------------------------------------------ showing

    @property
    def broken(self) -> str:
        """Why the shapes cannot be kept as they are now."""
        for owner, shape in self.changed().items():
            if shapely.get_dimensions(shape) == 2 and not shape.is_valid:
                return _("The border crosses itself.") if owner == 0 else _("The border of a neighbour crosses itself.")
        return ""

    @property
    def problem(self) -> str:
        """What is wrong with the shapes as they are now, or speaks against them."""
        return self.broken or (self._check(self.shape()) if self._check is not None else "")

    def paint(self, painter: QPainter) -> None:
        """Neighbours, sides, corners, dots in the middle of sides, and the area."""
        beside = [line.points for line in self.lines[self._own :]]
        if beside:
            painter.setPen(QPen(QColor("#d55e00"), 1.5, Qt.PenStyle.DotLine))
            for line in self.lines[self._own :]:
                spots = self._to_screen(line.points)
                painter.drawPolyline([*spots, spots[0]] if line.closed else spots)
        for line in self.lines[: self._own]:
            self._paint_shape(painter, [line.points], closed=line.closed)
        painter.setPen(QPen(QColor("#1d8a66"), 1))
        painter.setBrush(QColor(255, 255, 255, 160))
        for line in self.lines[: self._own]:
            if 1 < len(line.points) < 200:
                for x, y in self._middles(line):
                    painter.drawEllipse(QPointF(x, y), 2.5, 2.5)
        if self.chosen is not None:
            spot = self._to_screen([self.lines[self.chosen[0]].points[self.chosen[1]]])[0]
            painter.setBrush(QColor("#ff8a00"))
            painter.drawEllipse(spot, 5.5, 5.5)
        with_it = len(self.changed()) - 1
        text = _(
            "{area}. Drag corners; Enter keeps the shape, Escape leaves the old one. N chooses a corner, Delete removes it."
        )
        said = text.format(area=self._measure(self.shape()))
        if with_it:
            said += " " + ngettext("{count} neighbour follows.", "{count} neighbours follow.", with_it).format(
                count=with_it
            )
        self._paint_note(painter, said, self.problem)


def _take_apart(owner: int, shape: shapely.Geometry) -> list[_Line]:
    found = []
    for number, part in enumerate(shapely.get_parts(shape)):
        if part.geom_type == "Polygon":
            rings = [list(ring.coords)[:-1] for ring in (part.exterior, *part.interiors)]
            found += [_Line(owner, number, True, [(float(x), float(y)) for x, y, *_z in ring]) for ring in rings]
        else:
            found.append(_Line(owner, number, False, [(float(x), float(y)) for x, y, *_z in part.coords]))
    return found


def _put_together(was: shapely.Geometry, lines: list[_Line]) -> shapely.Geometry:
    kind = shapely.get_dimensions(was)
    parts: dict[int, list[list[Point]]] = {}
    for line in lines:
        parts.setdefault(line.part, []).append(line.points)
    if kind == 2:
        return shapely.MultiPolygon([shapely.Polygon(rings[0], rings[1:]) for rings in parts.values()])
    if kind == 1:
        return shapely.MultiLineString([rings[0] for rings in parts.values()])
    return shapely.MultiPoint([rings[0][0] for rings in parts.values()])
