"""One layer of a scene becomes pixels: areas, lines, points, cells. Arrays only; runs on any thread."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onekl_desktop.base.rasters import Window
from onekl_desktop.cartography.basemap import paint_tiles
from onekl_desktop.cartography.heat import paint_heat
from onekl_desktop.cartography.levels import levels_of
from onekl_desktop.cartography.scene import SceneLayer, View
from onekl_desktop.native.picture import (
    GRAIN,
    Affine,
    Figures,
    blend,
    compose,
    draw_areas,
    draw_lines,
    draw_points,
    sample_codes,
    sample_ramp,
)
from onekl_desktop.project.styles import MOST_CLASSES, PATTERN_MARK, PATTERNS, RAMPS, darker, rgb

Pixels = NDArray[np.uint32]
SELECTED = "#ff8a00"
LEAST_WIDTH = 0.6  # pixels of a line
MOST_SCRATCH = 4_000_000  # bytes of a plane that a thread keeps
AT_ONCE = 4_096  # shapes
MOST_CELLS = 4_000_000  # that are read for one picture
RANGE_CELLS = 512  # of a side, from which the range of a ramp is taken


@lru_cache(maxsize=4096)
def colour(text: str, opacity: float = 1.0) -> int:
    """#rrggbb as a premultiplied pixel."""
    alpha = round(255 * min(max(opacity, 0.0), 1.0))
    red, green, blue = (round(part * alpha / 255) for part in rgb(text))
    return alpha << 24 | red << 16 | green << 8 | blue


class _Scratch(threading.local):
    """Planes of a thread that are used again: new memory costs more than drawing a few shapes into it."""

    def __init__(self) -> None:
        self._kept: dict[str, NDArray[np.uint8]] = {}

    def plane(self, name: str, shape: tuple[int, int], dtype: type) -> NDArray:
        size = shape[0] * shape[1] * np.dtype(dtype).itemsize
        kept = self._kept.get(name)
        if kept is None or len(kept) < size:
            kept = np.empty(size, np.uint8)
            if size <= MOST_SCRATCH:
                self._kept[name] = kept
        kept[:size] = 0
        return kept[:size].view(dtype).reshape(shape)


_scratch = _Scratch()


def paint(layer: SceneLayer, view: View) -> Pixels | None:
    """The pixels of a layer without its own opacity, shape (height, width); None where it has none.

    They are good until this thread paints again.
    """
    if not layer.style.shows_at(view.scale):
        return None
    if layer.raster is not None:
        return _paint_raster(layer, view)
    if layer.tiles is not None:
        return paint_tiles(layer.tiles, view, _scratch.plane("out", (view.height, view.width), np.uint32))
    return _paint_shapes(layer, view) if layer.shapes is not None else None


def lay(layers: list[SceneLayer], view: View, ground: Pixels) -> None:
    """Paint layers (first is the lowest) over what is there."""
    for layer in layers:
        pixels = paint(layer, view)
        if pixels is not None:
            blend(pixels, ground, opacity=layer.opacity, mode=layer.style.blend)


# ------------------------------------------------------------------ shapes


def _paint_shapes(layer: SceneLayer, view: View) -> Pixels | None:
    shapes, style = layer.shapes, layer.style
    assert shapes is not None
    if style.kind == "heat" and shapes.kind == "point":
        return paint_heat(layer, view, _scratch.plane("out", (view.height, view.width), np.uint32))
    levels, millimetre = levels_of(shapes), view.dpi / 25.4
    width = max(style.width * millimetre, LEAST_WIDTH)
    reach = {"point": (style.size / 2 + 0.5) * millimetre * 1.5 + 2, "line": width, "polygon": width * 2.6}[shapes.kind]
    seen = levels.seen(view, reach + 2)
    if layer.groups is not None:
        seen = seen[layer.groups[seen] >= 0]
    if not len(seen):
        return None
    codes = (
        np.ones(len(seen), np.uint8)
        if layer.groups is None
        else (np.minimum(layer.groups[seen], MOST_CLASSES - 1) + 1).astype(np.uint8)
    )
    figures = levels.figures(view, seen)
    out = _scratch.plane("out", (view.height, view.width), np.uint32)
    if shapes.kind == "point":
        draw_points(
            figures, codes, _colours(layer), out, radius=max(style.size / 2 * millimetre, 0.8), marker=style.marker,
            rim=0.2 * millimetre, rim_colour=colour("#ffffff"),
        )  # fmt: skip
    elif shapes.kind == "line":
        cover, whose = (_scratch.plane(name, (view.height, view.width), np.uint8) for name in ("cover", "whose"))
        dashes = tuple(length * millimetre for length in style.dashes)
        draw_lines(figures, width, cover, values=codes, codes=whose, dashes=dashes)
        compose(out, cover=cover, cover_codes=whose, inks=_colours(layer))
    else:
        _paint_areas(layer, figures, codes, view, width, out)
    _paint_selected(layer, view, seen, width, out)
    return out


def _paint_areas(
    layer: SceneLayer, figures: Figures, codes: NDArray[np.uint8], view: View, width: float, out: Pixels
) -> None:
    style = layer.style
    if style.filled:
        plane = _scratch.plane("codes", (GRAIN * view.height, GRAIN * view.width), np.uint8)
        for part, values in _in_parts(layer, figures.scaled(GRAIN), codes):
            draw_areas(part, values, plane)
        patterns, marks = _patterns(layer)
        phase = (
            round(-view.affine[5]) % 8,
            round(-view.affine[2]) % 8,
        )  # fixed to the ground, so that tiles fit together
        compose(out, codes=plane, colours=_colours(layer), patterns=patterns, marks=marks, phase=phase)
    if layer.casing:
        _stroke(layer, figures, width * 2.6, colour("#ffffff", 0.72), out)
    if style.width > 0:
        dashes = tuple(length * view.dpi / 25.4 for length in style.dashes)
        _stroke(layer, figures, width, colour(style.outline), out, dashes)


def _in_parts(
    layer: SceneLayer, figures: Figures, values: NDArray[np.uint8]
) -> Iterator[tuple[Figures, NDArray[np.uint8]]]:
    """Very many shapes some at a time, in their order: of those that lie in the cache only these need to be in memory."""
    assert layer.shapes is not None
    for first in range(0, len(figures.chosen), AT_ONCE):
        yield figures.part(first, first + AT_ONCE), values[first : first + AT_ONCE]
        if len(figures.chosen) > AT_ONCE:
            levels_of(layer.shapes).rest()


def _stroke(
    layer: SceneLayer, figures: Figures, width: float, ink: int, out: Pixels, dashes: tuple[float, ...] = ()
) -> None:
    cover = _scratch.plane("cover", (out.shape[0], out.shape[1]), np.uint8)
    for part, _values in _in_parts(layer, figures, np.empty(len(figures.chosen), np.uint8)):
        draw_lines(part, width, cover, closed=True, dashes=dashes)
    compose(out, cover=cover, inks=np.full(256, ink, np.uint32))


def _paint_selected(layer: SceneLayer, view: View, seen: NDArray[np.int64], width: float, out: Pixels) -> None:
    shapes = layer.shapes
    assert shapes is not None
    if not layer.selected or shapes.kind == "point":
        return
    keys = np.fromiter(layer.selected, np.int64, len(layer.selected))
    chosen = seen[np.isin(shapes.keys[seen], keys)]
    if len(chosen):
        cover = _scratch.plane("cover", (out.shape[0], out.shape[1]), np.uint8)
        broad = max(2 * width, 0.7 * view.dpi / 25.4)
        draw_lines(levels_of(shapes).figures(view, chosen), broad, cover, closed=shapes.kind == "polygon")
        compose(out, cover=cover, inks=np.full(256, colour(SELECTED), np.uint32))


def _colours(layer: SceneLayer) -> NDArray[np.uint32]:
    table = np.zeros(256, np.uint32)
    opacity = layer.fill_opacity if layer.shapes is not None and layer.shapes.kind == "polygon" else 1.0
    if layer.groups is None:
        table[1] = colour(layer.style.fill, opacity)
    for number, cls in enumerate(layer.style.classes[:MOST_CLASSES] if layer.groups is not None else []):
        table[number + 1] = colour(cls.colour, opacity)
    return table


def _patterns(layer: SceneLayer) -> tuple[NDArray[np.uint8] | None, NDArray[np.uint32] | None]:
    """Bits of patterns for each class, and the colours of their marks; None where there are none."""
    classes = layer.style.classes[:MOST_CLASSES] if layer.groups is not None else []
    names = [
        layer.style.pattern if layer.groups is None else "",
        *(cls.pattern or layer.style.pattern for cls in classes),
    ]
    named = {1: names[0]} if layer.groups is None else dict(enumerate(names[1:], 1))
    if not any(named.values()):
        return None, None
    bits, marks = np.zeros((256, 8), np.uint8), np.zeros(256, np.uint32)
    for code, name in named.items():
        text = layer.style.fill if layer.groups is None else classes[code - 1].colour
        bits[code] = PATTERNS.get(name, PATTERNS[""])
        marks[code] = colour(darker(text, PATTERN_MARK), layer.fill_opacity)
    return bits, marks


# ------------------------------------------------------------------ cells


def _paint_raster(layer: SceneLayer, view: View) -> Pixels | None:
    source, grid, style = layer.raster, layer.raster.grid, layer.style
    per_cell = grid.cell_x / view.unit_per_pixel
    window = grid.window_of(view.box)
    if not window.rows or not window.columns or view.unit_per_pixel <= 0:
        return None
    factor, step = _reduction(source, per_cell, window)
    margin = {"classes": 0, "hillshade": 2}.get(style.kind, 1)  # what smoothing and slopes look at beside a part
    row, column = max(window.row // factor - margin, 0), max(window.column // factor - margin, 0)
    last_row = min(-(-(window.row + window.rows) // factor) + margin, -(-grid.rows // factor))
    last_column = min(-(-(window.column + window.columns) // factor) + margin, -(-grid.columns // factor))
    part = Window(row, column, last_row - row, last_column - column)
    cells = (source.read(part, factor) if hasattr(source, "overviews") else source.read(part))[::step, ::step]
    a, b, c, d, e, f = view.inverse
    x, y = 1 / (grid.cell_x * factor * step), 1 / (grid.cell_y * factor * step)
    affine: Affine = (
        a * x, b * x, (c - grid.left) * x - column / step, -d * y, -e * y, (grid.top - f) * y - row / step
    )  # fmt: skip
    out = _scratch.plane("out", (view.height, view.width), np.uint32)
    if style.kind == "classes" or layer.palette:
        cells = cells if cells.dtype in (np.uint8, np.uint16) else np.asarray(cells, np.uint16)
        sample_codes(cells, affine, _palette(layer), out)
        return out
    values, nodata = np.asarray(cells, np.float32), source.nodata
    if style.kind == "hillshade":
        values = hillshade(
            values, nodata, grid.cell_x * factor * step, grid.cell_y * factor * step, style.azimuth, style.altitude
        )
        sample_ramp(values, affine, 0.0, 255.0, None, GREYS, out, smooth=per_cell * factor * step > 1)
        return out
    low, high = value_range(source)
    low, high = (low if style.low is None else style.low), (high if style.high is None else style.high)
    smooth = per_cell * factor * step > 1
    sample_ramp(values, affine, low, high, nodata, ramp_colours(style.ramp), out, smooth=smooth)
    return out


def _reduction(source: Any, per_cell: float, window: Window) -> tuple[int, int]:
    """The overview to read, and every how many of its cells: not more than the picture can show."""
    factors = getattr(source, "overviews", [1])
    factor = max((step for step in factors if step * per_cell <= 1.0), default=1)
    step = 1
    while window.rows * window.columns / (factor * step) ** 2 > MOST_CELLS and factor * step * per_cell < 1.0:
        step += 1
    return factor, step


def _palette(layer: SceneLayer) -> NDArray[np.uint32]:
    table = np.zeros(max(layer.palette, default=0) + 1, np.uint32)
    for code, text in layer.palette.items():
        if code not in layer.style.hidden_codes:
            table[code] = colour(text)
    return table


def ramp_table(name: str) -> NDArray[np.uint8]:
    """256 RGBA colours along a ramp."""
    anchors = np.array([rgb(text) for text in RAMPS[name]], float)
    at = np.linspace(0, len(anchors) - 1, 256)
    table = np.full((256, 4), 255, np.uint8)
    for channel in range(3):
        table[:, channel] = np.interp(at, np.arange(len(anchors)), anchors[:, channel])
    return table


def ramp_colours(name: str) -> NDArray[np.uint32]:
    """The same as pixels."""
    red, green, blue, _alpha = ramp_table(name).T.astype(np.uint32)
    colours: NDArray[np.uint32] = np.uint32(0xFF000000) | red << np.uint32(16) | green << np.uint32(8) | blue
    return colours


GREYS = np.uint32(0xFF000000) | np.arange(256, dtype=np.uint32) * np.uint32(0x010101)


def hillshade(
    heights: NDArray[np.float32], nodata: float | None, cell_x: float, cell_y: float, azimuth: float, altitude: float
) -> NDArray[np.float32]:
    """Light on a surface, 0 to 255, NaN where a height or one beside it is missing.

    Horn's (1981) weighted differences; 255 (cos z cos s + sin z sin s cos(a - aspect)) for the zenith z and azimuth a of the
    light and the slope s, not below 0.
    """
    values = np.where(np.isfinite(heights) & (heights != (np.nan if nodata is None else nodata)), heights, np.nan)
    if min(values.shape) < 1:
        return values
    p = np.pad(values, 1, mode="edge").astype(np.float64)
    east = p[:-2, 2:] + 2 * p[1:-1, 2:] + p[2:, 2:]
    west = p[:-2, :-2] + 2 * p[1:-1, :-2] + p[2:, :-2]
    south = p[2:, :-2] + 2 * p[2:, 1:-1] + p[2:, 2:]
    north = p[:-2, :-2] + 2 * p[:-2, 1:-1] + p[:-2, 2:]
    dx, dy = (east - west) / (8 * cell_x), (north - south) / (8 * cell_y)  # rising to the east, to the north
    zenith, towards = np.radians(90 - altitude), np.radians(azimuth)
    steep = np.sqrt(1 + dx**2 + dy**2)
    light = (np.cos(zenith) - np.sin(zenith) * (dx * np.sin(towards) + dy * np.cos(towards))) / steep
    return (255 * np.maximum(light, 0)).astype(np.float32)


_ranges: weakref.WeakKeyDictionary[Any, tuple[float, float]] = weakref.WeakKeyDictionary()
_lock = threading.Lock()


def value_range(source: Any) -> tuple[float, float]:
    """The lowest and highest value of a raster, from its smallest overview or every n-th row: the same on every picture."""
    with _lock:
        found = _ranges.get(source)
    if found is not None:
        return found
    grid = source.grid
    factor = max(getattr(source, "overviews", [1])) if hasattr(source, "overviews") else 1
    while factor > 1 and max(grid.rows, grid.columns) // factor < RANGE_CELLS and factor // 2 in source.overviews:
        factor //= 2
    rows, columns = -(-grid.rows // factor), -(-grid.columns // factor)
    step = max(1, rows // RANGE_CELLS)
    low, high = np.inf, -np.inf
    for row in range(0, rows, step):
        window = Window(row, 0, 1, columns)
        values = np.asarray(
            source.read(window, factor) if hasattr(source, "overviews") else source.read(window), np.float64
        )
        known = np.isfinite(values)
        if source.nodata is not None:
            known &= values != source.nodata
        if known.any():
            low, high = min(low, float(values[known].min())), max(high, float(values[known].max()))
    found = (low, high) if low <= high else (0.0, 1.0)
    with _lock:
        _ranges[source] = found
    return found
