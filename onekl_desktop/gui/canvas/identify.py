"""What is at a place: through all layers on screen, the topmost first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from onekl_desktop.base.geometry import FlatShapes
from onekl_desktop.base.rasters import Window
from onekl_desktop.cartography.scene import SceneLayer


@dataclass(frozen=True)
class Hit:
    """A layer and what of it is there: the row id of a shape, or the value of a cell."""

    layer: SceneLayer
    key: int | None = None
    value: float | int | None = None


def identify(scene: list[SceneLayer], x: float, y: float, tolerance: float) -> list[Hit]:
    """Hits at a place; `tolerance` in map units for lines and points."""
    hits: list[Hit] = []
    for layer in reversed([layer for layer in scene if not layer.aside]):
        if layer.shapes is not None:
            hits += [Hit(layer, int(layer.shapes.keys[index])) for index in find_shapes(layer.shapes, x, y, tolerance)]
        elif layer.raster is not None:
            value = cell_value(layer, x, y)
            if value is not None:
                hits.append(Hit(layer, value=value))
    return hits


def cell_value(layer: SceneLayer, x: float, y: float) -> float | int | None:
    """The cell at a place; None outside or without data."""
    source = layer.raster
    column, row = source.grid.to_cells(np.array([[x, y]]))[0]
    if not (0 <= column < source.grid.columns and 0 <= row < source.grid.rows):
        return None
    value = source.read(Window(int(row), int(column), 1, 1))[0, 0]
    if np.isnan(value) or (source.nodata is not None and value == source.nodata):
        return None
    return int(value) if layer.palette else float(value)


def find_shapes(shapes: FlatShapes, x: float, y: float, tolerance: float) -> list[int]:
    """Indices of the shapes at a place: areas that contain it, lines and points within the tolerance."""
    near = shapes.touching((x - tolerance, y - tolerance, x + tolerance, y + tolerance))
    found = []
    for index in near:
        parts = list(shapes.parts(index))
        if shapes.kind == "polygon":
            crossings = sum(_crossings(part, x, y) for part in parts)
            if crossings % 2:
                found.append(int(index))
        elif any(_distance(part, x, y, shapes.kind == "line") <= tolerance for part in parts):
            found.append(int(index))
    return found


def _crossings(ring: np.ndarray, x: float, y: float) -> int:
    a, b = ring, np.roll(ring, -1, axis=0)
    hit = (a[:, 1] <= y) != (b[:, 1] <= y)
    at = a[hit, 0] + (y - a[hit, 1]) * (b[hit, 0] - a[hit, 0]) / (b[hit, 1] - a[hit, 1])
    return int((at > x).sum())


def _distance(part: np.ndarray, x: float, y: float, line: bool) -> float:
    p = np.array([x, y])
    if not line or len(part) < 2:
        return float(np.hypot(*(part - p).T).min())
    a, d = part[:-1], np.diff(part, axis=0)
    length = (d**2).sum(axis=1)
    t = np.clip(((p - a) * d).sum(axis=1) / np.where(length == 0, 1, length), 0, 1)
    return float(np.hypot(*(a + d * t[:, None] - p).T).min())
