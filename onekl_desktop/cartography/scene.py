"""What a picture is made of: layers ready to draw, and the view that they are drawn in."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onekl_desktop.base.geometry import FlatShapes
from onekl_desktop.native.picture import Affine
from onekl_desktop.project.styles import Style

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class View:
    """The extent (left, bottom, right, top in map units) and the size of the picture in pixels.

    `dpi` says what a millimetre of line width means. `rotation` (degrees, clockwise) turns the map about the middle of
    the extent, which is that of the picture before it is turned.
    """

    extent: Box
    width: int
    height: int
    dpi: float = 96.0
    rotation: float = 0.0

    @property
    def unit_per_pixel(self) -> float:
        """Map units of one pixel."""
        return (self.extent[2] - self.extent[0]) / self.width

    @property
    def scale(self) -> float:
        """Denominator of the map scale (units are metres)."""
        return self.unit_per_pixel * self.dpi / 0.0254

    @property
    def centre(self) -> tuple[float, float]:
        """The middle, in map units."""
        return (self.extent[0] + self.extent[2]) / 2, (self.extent[1] + self.extent[3]) / 2

    @cached_property
    def affine(self) -> Affine:
        """(a, b, c, d, e, f): column = a x + b y + c, row = d x + e y + f, in pixels from the upper left."""
        k = 1 / self.unit_per_pixel
        if not self.rotation:
            return k, 0.0, -self.extent[0] * k, 0.0, -k, self.extent[3] * k
        turn, (x, y) = math.radians(self.rotation), self.centre
        a, b = k * math.cos(turn), k * math.sin(turn)
        return a, b, self.width / 2 - a * x - b * y, b, -a, self.height / 2 - b * x + a * y

    @cached_property
    def inverse(self) -> Affine:
        """Map coordinates of pixels."""
        a, b, c, d, e, f = self.affine
        det = a * e - b * d
        return e / det, -b / det, (b * f - c * e) / det, -d / det, a / det, (c * d - a * f) / det

    @cached_property
    def box(self) -> Box:
        """What the picture can show, in map units."""
        if not self.rotation:
            return self.extent
        corners = [self.to_map(x, y) for x in (0, self.width) for y in (0, self.height)]
        xs, ys = zip(*corners, strict=True)
        return min(xs), min(ys), max(xs), max(ys)

    def part(self, column: int, row: int, width: int, height: int) -> View:
        """The view of some of the pixels; the picture's own are cut out of the whole."""
        k, (x, y) = self.unit_per_pixel, self.to_map(column + width / 2, row + height / 2)
        if not self.rotation:
            left, top = self.extent[0] + column * k, self.extent[3] - row * k
            return View((left, top - height * k, left + width * k, top), width, height, self.dpi)
        extent = (x - width * k / 2, y - height * k / 2, x + width * k / 2, y + height * k / 2)
        return View(extent, width, height, self.dpi, self.rotation)

    def to_pixels(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Map coordinates (n, 2) as pixels from the upper left."""
        a, b, c, d, e, f = self.affine
        return np.column_stack([a * xy[:, 0] + b * xy[:, 1] + c, d * xy[:, 0] + e * xy[:, 1] + f])

    def to_map(self, x: float, y: float) -> tuple[float, float]:
        """A pixel as map coordinates."""
        a, b, c, d, e, f = self.inverse
        return a * x + b * y + c, d * x + e * y + f


def fit(box: Box, width: int, height: int, *, margin: float = 0.04, dpi: float = 96.0) -> View:
    """The view that shows a whole box with a margin, in the proportions of the picture."""
    left, bottom, right, top = box
    wide, high = max(right - left, 1e-6) * (1 + 2 * margin), max(top - bottom, 1e-6) * (1 + 2 * margin)
    per_pixel = max(wide / max(width, 1), high / max(height, 1))
    cx, cy = (left + right) / 2, (bottom + top) / 2
    half_w, half_h = per_pixel * width / 2, per_pixel * height / 2
    return View((cx - half_w, cy - half_h, cx + half_w, cy + half_h), width, height, dpi)


@dataclass
class SceneLayer:
    """One layer, ready to draw: `shapes`, `raster` or `tiles` of a base map.

    `groups` gives each shape the index of its class in `style.classes` (-1: not drawn); `palette` maps class
    codes of a raster to colours; `labels` one text a shape, `weights` what each point counts on a heat map. Layers of one `key` look the same: pictures of them may be
    used again (empty: never).
    """

    uuid: str
    name: str
    style: Style
    opacity: float = 1.0
    shapes: FlatShapes | None = None
    groups: NDArray[np.int32] | None = None
    labels: list[str] | None = None
    weights: NDArray[np.float64] | None = None
    raster: Any = None
    tiles: Any = None
    palette: dict[int, str] = field(default_factory=dict)
    fill_opacity: float = 1.0
    casing: bool = False  # sets outlines off from any ground
    selected: frozenset[int] = frozenset()
    key: str = ""
    problem: str = ""  # why there is nothing to draw
    aside: bool = False  # a base map or a mark: no content of the project, so in no legend and nothing to snap to
