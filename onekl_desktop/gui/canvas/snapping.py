"""Where a pointer means to be: at a corner, on a side, or on a grid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF

from onekl_desktop.base.geometry import FlatShapes

if TYPE_CHECKING:
    from onekl_desktop.gui.canvas.widget import Canvas

Point = tuple[float, float]
REACH = 10.0  # pixels
MOST_SHAPES = 500  # that are looked at for one place


@dataclass(frozen=True)
class Snap:
    """A place and what is there: corner, side or grid."""

    x: float
    y: float
    kind: str


class Snapper:
    """Snaps to the shapes on screen. `grid_m`: width of a grid, 0 for none; `skip` are shapes (layer, row) that are being changed."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self.on = True
        self.corners = self.sides = True
        self.grid_m = 0.0
        self.skip: set[tuple[str, int]] = set()

    def find(self, at: QPointF, own: list[list[Point]] | None = None) -> Snap | None:
        """The nearest corner within reach, else the nearest side, else the grid."""
        if not self.on:
            return None
        view = self._canvas.view
        x, y = view.to_map(at.x(), at.y())
        reach = REACH * view.unit_per_pixel
        corner, side = _Best(reach), _Best(reach)
        for xy in self._lines(x, y, reach, own or []):
            if self.corners:
                corner.look(xy, x, y)
            if self.sides and len(xy) > 1:
                side.look(_feet(xy, x, y), x, y)
        if corner.place is not None:
            return Snap(*corner.place, "corner")
        if side.place is not None:
            return Snap(*side.place, "side")
        if self.grid_m > 0:
            return Snap(round(x / self.grid_m) * self.grid_m, round(y / self.grid_m) * self.grid_m, "grid")
        return None

    def _lines(self, x: float, y: float, reach: float, own: list[list[Point]]) -> Iterator[np.ndarray]:
        box = (x - reach, y - reach, x + reach, y + reach)
        for layer in self._canvas.scene:
            if layer.shapes is None or layer.aside or layer.style.kind == "heat":
                continue
            yield from _parts_near(layer.shapes, layer.uuid, box, self.skip)
        for ring in own:
            if ring:
                yield np.array(ring, float).reshape(-1, 2)


def _parts_near(
    shapes: FlatShapes, layer: str, box: tuple[float, float, float, float], skip: set[tuple[str, int]]
) -> Iterator[np.ndarray]:
    for index in shapes.touching(box)[:MOST_SHAPES]:
        if (layer, int(shapes.keys[index])) in skip:
            continue
        yield from shapes.parts(index)


class _Best:
    def __init__(self, reach: float) -> None:
        self.gap = reach
        self.place: Point | None = None

    def look(self, xy: np.ndarray, x: float, y: float) -> None:
        if not len(xy):
            return
        gaps = np.hypot(xy[:, 0] - x, xy[:, 1] - y)
        at = int(np.nanargmin(gaps)) if not np.isnan(gaps).all() else -1
        if at >= 0 and gaps[at] < self.gap:
            self.gap, self.place = float(gaps[at]), (float(xy[at, 0]), float(xy[at, 1]))


def _feet(xy: np.ndarray, x: float, y: float) -> np.ndarray:
    """The nearest place on each side of a line."""
    a, step = xy[:-1], np.diff(xy, axis=0)
    length = (step**2).sum(axis=1)
    share = np.clip(((x - a[:, 0]) * step[:, 0] + (y - a[:, 1]) * step[:, 1]) / np.where(length == 0, 1, length), 0, 1)
    return a + step * share[:, None]
