"""What a picture is made of: layers ready to draw, and the view that they are drawn in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onekl_desktop.base.geometry import FlatShapes
from onekl_desktop.project.styles import Style

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class View:
    """The extent (left, bottom, right, top in map units) and the size of the picture in pixels.

    `ratio` is device pixels per logical pixel; `dpi` what a millimetre of line width means.
    """

    extent: Box
    width: int
    height: int
    dpi: float = 96.0

    @property
    def unit_per_pixel(self) -> float:
        """Map units of one pixel."""
        return (self.extent[2] - self.extent[0]) / self.width

    @property
    def scale(self) -> float:
        """Denominator of the map scale (units are metres)."""
        return self.unit_per_pixel * self.dpi / 0.0254

    def to_pixels(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Map coordinates (n, 2) as pixels from the upper left."""
        k = 1 / self.unit_per_pixel
        return np.column_stack([(xy[:, 0] - self.extent[0]) * k, (self.extent[3] - xy[:, 1]) * k])

    def to_map(self, x: float, y: float) -> tuple[float, float]:
        """A pixel as map coordinates."""
        return self.extent[0] + x * self.unit_per_pixel, self.extent[3] - y * self.unit_per_pixel


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
    """One layer, ready to draw: either `shapes` or `raster`.

    `groups` gives each shape the index of its class in `style.classes` (-1: not drawn); `palette` maps class
    codes of a raster to colours; `labels` one text a shape.
    """

    uuid: str
    name: str
    style: Style
    opacity: float = 1.0
    shapes: FlatShapes | None = None
    groups: NDArray[np.int32] | None = None
    labels: list[str] | None = None
    raster: Any = None
    palette: dict[int, str] = field(default_factory=dict)
    fill_opacity: float = 1.0
    casing: bool = False  # sets outlines off from any ground
    selected: frozenset[int] = frozenset()
