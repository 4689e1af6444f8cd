"""Points as heat: how many lie near each pixel, nearer ones counting more.

Kernel density with the quartic kernel (1 - (d / r)^2)^2 for d < r, unscaled (Silverman 1986, eq. 4.5; QGIS draws the same).
The hottest place of the whole layer at a scale is the end of the ramp, so that pictures side by side agree.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from onekl_desktop.base.geometry import FlatShapes
from onekl_desktop.cartography.scene import SceneLayer, View
from onekl_desktop.project.styles import HEAT_OPAQUE, RAMPS, rgb

BINS = 3  # a radius, for the hottest place
MOST_RADIUS = 400  # pixels


def paint_heat(layer: SceneLayer, view: View, out: NDArray[np.uint32]) -> NDArray[np.uint32] | None:
    """The heat of a layer of points in a view; None where there is none."""
    shapes = layer.shapes
    assert shapes is not None
    radius = min(max(layer.style.radius * view.dpi / 25.4, 2.0), MOST_RADIUS)
    margin = int(np.ceil(radius))
    xy, weights = shapes.xy, _weights(layer)
    a, b, c, d, e, f = view.affine
    columns = np.floor(xy[:, 0] * a + xy[:, 1] * b + c).astype(np.int64) + margin
    rows = np.floor(xy[:, 0] * d + xy[:, 1] * e + f).astype(np.int64) + margin
    height, width = view.height + 2 * margin, view.width + 2 * margin
    inside = (columns >= 0) & (columns < width) & (rows >= 0) & (rows < height)
    if not inside.any():
        return None
    places = rows[inside] * width + columns[inside]
    grid = np.asarray(np.bincount(places, weights[inside], height * width), np.float64).reshape(height, width)
    heat = _spread(grid, radius)[margin : margin + view.height, margin : margin + view.width]
    most = layer.style.high or hottest(shapes, weights, radius * view.unit_per_pixel)
    if most <= 0:
        return None
    steps = np.clip(np.rint(heat / most * 255), 0, 255).astype(np.uint8)
    out[:] = heat_colours(layer.style.ramp)[steps]
    return out


def _weights(layer: SceneLayer) -> NDArray[np.float64]:
    """The weight of each vertex."""
    shapes = layer.shapes
    assert shapes is not None
    owners = np.repeat(np.arange(len(shapes)), np.diff(shapes.part_offsets[shapes.shape_offsets]))
    weights = np.ones(len(shapes.xy)) if layer.weights is None else layer.weights[owners].astype(np.float64)
    if layer.groups is not None:
        weights[layer.groups[owners] < 0] = 0.0
    return weights


def kernel(radius: float) -> NDArray[np.float64]:
    """The kernel on pixels, shape (2 n + 1, 2 n + 1) with n the radius rounded up."""
    n = int(np.ceil(radius))
    away = np.arange(-n, n + 1) ** 2
    share = (away[:, None] + away[None, :]) / radius**2
    return np.where(share < 1, (1 - share) ** 2, 0.0)


def _spread(grid: NDArray[np.float64], radius: float) -> NDArray[np.float64]:
    """Each cell's weight spread by the kernel, by way of the Fourier transform."""
    k = kernel(radius)
    shape = [size + len(k) - 1 for size in grid.shape]
    whole = np.fft.irfft2(np.fft.rfft2(grid, shape) * np.fft.rfft2(k, shape), shape)
    start = len(k) // 2
    found = whole[start : start + grid.shape[0], start : start + grid.shape[1]]
    return np.where(found > 1e-9, found, 0.0)


def hottest(shapes: FlatShapes, weights: NDArray[np.float64], radius: float) -> float:
    """The greatest heat of all points for a radius in map units, from squares of a third of it; kept with the shapes."""
    key = f"hottest {radius:.6g} {weights.sum():.9g}"
    if key in shapes.kept:
        return float(shapes.kept[key])
    known = np.isfinite(shapes.xy).all(axis=1)
    cells = np.floor(shapes.xy[known] / (radius / BINS)).astype(np.int64)
    if not len(cells):
        return 0.0
    cells -= cells.min(axis=0) - BINS
    wide = int(cells[:, 1].max()) + 2 * BINS + 1
    places, owner = np.unique(cells[:, 0] * wide + cells[:, 1], return_inverse=True)
    sums = np.bincount(owner, weights[known])
    total = np.zeros(len(places))
    for dx in range(-BINS, BINS + 1):
        for dy in range(-BINS, BINS + 1):
            share = (dx**2 + dy**2) / BINS**2
            if share < 1:
                wanted = places + dx * wide + dy
                at = np.minimum(np.searchsorted(places, wanted), len(places) - 1)
                total += np.where(places[at] == wanted, sums[at], 0.0) * (1 - share) ** 2
    shapes.kept[key] = float(total.max())
    return float(total.max())


def heat_colours(name: str) -> NDArray[np.uint32]:
    """256 premultiplied pixels along a ramp, clear at its beginning."""
    anchors = np.array([rgb(text) for text in RAMPS[name]], float)
    at = np.linspace(0.0, 1.0, 256)
    alpha = np.round(255 * np.minimum(at / HEAT_OPAQUE, 1.0)).astype(np.uint32)
    red, green, blue = (
        np.round(np.interp(at * (len(anchors) - 1), np.arange(len(anchors)), anchors[:, channel]) * alpha / 255).astype(np.uint32)
        for channel in range(3)
    )  # fmt: skip
    return alpha << np.uint32(24) | red << np.uint32(16) | green << np.uint32(8) | blue
