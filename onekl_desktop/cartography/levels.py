"""Coarser copies of shapes, a level for each power of two, so that a map of a whole landscape does not walk every vertex."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onekl_desktop.base.geometry import FlatShapes
from onekl_desktop.cartography.scene import Box, View
from onekl_desktop.cartography.store import WORTH, Kept, rest
from onekl_desktop.native.picture import Affine, Figures, coarsen, touching

DENSE = 0.5  # vertices a pixel, from which a coarser level pays
MOST_FEW = 0.25  # of the shapes: a share from which looking through all of them is as fast
BOXES_AT_ONCE = 65_536
MOST_BYTES = 128e6  # of the levels of one layer


@dataclass(frozen=True)
class Level:
    """Vertices in whole units from an origin."""

    xy: NDArray[np.int32]
    part_offsets: NDArray[np.int64]
    origin: tuple[float, float]
    unit: float


class Levels:
    """The levels of some shapes, made when they are first needed and kept while there is room. Safe on any thread."""

    def __init__(self, shapes: FlatShapes) -> None:
        self._shapes = shapes
        self._unkept: dict[int, Level] = {}  # made here, not yet in the cache
        self._last: tuple[Box, NDArray[np.int64]] | None = None
        self._levels: OrderedDict[int, Level] = OrderedDict()
        self._lock = threading.Lock()
        ends = shapes.part_offsets[shapes.shape_offsets]
        self._vertices = np.diff(ends)

    def seen(self, view: View, margin_px: float) -> NDArray[np.int64]:
        """Numbers of the shapes whose box meets a view widened by a margin."""
        margin = margin_px * view.unit_per_pixel
        left, bottom, right, top = view.box
        box = (left - margin, bottom - margin, right + margin, top + margin)
        last = self._last
        if last is not None and _holds(last[0], box):  # of the few that a larger picture found
            few = last[1]
            return few[touching(self._shapes.boxes[few], box)]
        return self._touching(box)

    def _touching(self, box: Box) -> NDArray[np.int64]:
        """Numbers of the shapes whose box meets another; mapped boxes need not be in memory all at once."""
        boxes, found = self._shapes.boxes, []
        for first in range(0, len(boxes), BOXES_AT_ONCE):
            found.append(touching(boxes[first : first + BOXES_AT_ONCE], box) + first)
            rest(boxes)
        return np.concatenate(found) if found else np.empty(0, np.int64)

    def look(self, view: View) -> None:
        """Find what a whole picture shows before its parts ask for theirs."""
        left, bottom, right, top = view.box
        wide, high = 0.2 * (right - left), 0.2 * (top - bottom)
        box = (left - wide, bottom - high, right + wide, top + high)
        found = self._touching(box)
        self._last = (box, found) if len(found) < MOST_FEW * len(self._shapes) else None

    def figures(self, view: View, chosen: NDArray[np.int64]) -> Figures:
        """The chosen shapes for a view, from a coarser level where they have many vertices for its pixels."""
        shapes, affine = self._shapes, view.affine
        if shapes.kind == "point" or self._vertices[chosen].sum() < DENSE * view.width * view.height:
            return Figures(shapes.xy, shapes.part_offsets, shapes.shape_offsets, chosen, affine)
        level = self._level(math.floor(math.log2(view.unit_per_pixel / 2)))
        return Figures(level.xy, level.part_offsets, shapes.shape_offsets, chosen, _from_units(affine, level))

    def _level(self, power: int) -> Level:
        with self._lock:
            level = self._levels.get(power)
            if level is not None:
                self._levels.move_to_end(power)
                return level
            unit, box = 2.0**power, self._shapes.bounds or (0.0, 0.0, 0.0, 0.0)
            origin = (math.floor(box[0] / unit) * unit, math.floor(box[1] / unit) * unit)
            level = self._find(power, origin, unit)
            if level is None:
                level = Level(*coarsen(self._shapes.xy, self._shapes.part_offsets, origin, unit), origin, unit)
                self._unkept[power] = level
            self._levels[power] = level
            while len(self._levels) > 1 and sum(one.xy.nbytes for one in self._levels.values()) > MOST_BYTES:
                self._levels.popitem(last=False)
            return level

    def rest(self) -> None:
        """Nobody draws these for a while: mapped pages need not stay in memory."""
        shapes = self._shapes
        rest(shapes.xy, shapes.part_offsets, shapes.shape_offsets, shapes.boxes)
        for level in list(self._levels.values()):
            rest(level.xy, level.part_offsets)

    def keep(self) -> None:
        """Write what was made to the cache, when nobody waits for a picture."""
        kept: Kept | None = self._shapes.kept.get("store")
        with self._lock:
            made, self._unkept = self._unkept, {}
        if kept is None or len(self._shapes.xy) < WORTH:
            return
        for power, level in made.items():
            kept.keep(f"level{power}", {"xy": level.xy, "part_offsets": level.part_offsets})

    def _find(self, power: int, origin: tuple[float, float], unit: float) -> Level | None:
        """A level that an earlier start has kept."""
        kept: Kept | None = self._shapes.kept.get("store")
        found = kept.find(f"level{power}", ("xy", "part_offsets")) if kept is not None else None
        if found is None:
            return None
        xy, parts = found
        fits = xy.dtype == np.int32 and xy.ndim == 2 and xy.shape[1] == 2 and parts.dtype == np.int64
        if (
            not fits
            or parts.shape != self._shapes.part_offsets.shape
            or parts[-1] != len(xy)
            or (np.diff(parts) < 0).any()
        ):
            return None
        return Level(xy, parts, origin, unit)


def _holds(outer: Box, inner: Box) -> bool:
    return outer[0] <= inner[0] and outer[1] <= inner[1] and outer[2] >= inner[2] and outer[3] >= inner[3]


def _from_units(affine: Affine, level: Level) -> Affine:
    a, b, c, d, e, f = affine
    (x, y), unit = level.origin, level.unit
    return a * unit, b * unit, a * x + b * y + c, d * unit, e * unit, d * x + e * y + f


_MAKING = threading.Lock()


def levels_of(shapes: FlatShapes) -> Levels:
    """The levels that are kept with some shapes."""
    with _MAKING:
        found: Levels | None = shapes.kept.get("levels")
        if found is None:
            found = shapes.kept["levels"] = Levels(shapes)
        return found
