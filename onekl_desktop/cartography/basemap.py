"""What lies under and around a landscape: the shipped map of the world, tiles from a file (MBTiles, PMTiles) or a server."""

from __future__ import annotations

import threading
from collections import OrderedDict
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QByteArray
from PySide6.QtGui import QImage

from onekl_desktop.base.data import find_folder
from onekl_desktop.base.geometry import FlatShapes
from onekl_desktop.base.translate import _
from onekl_desktop.cartography.scene import Box, SceneLayer, View
from onekl_desktop.cartography.tile_files import TileFile
from onekl_desktop.cartography.tile_server import TileServer
from onekl_desktop.project.styles import Style

NO_BASE, WORLD = "", "world"  # instead of the name of a file or the address of a server
AROUND = 6.0  # degrees round the landscape that are drawn: a transverse Mercator map is sound there
SEA, LAND, BORDER, PROVINCE = "#dbe7ec", "#f1f0e8", "#9a9688", "#c9c5b8"
HALF = 20_037_508.342789244  # metres from the middle of the web's map of the world to its edge
STEP = 16  # pixels between places whose coordinates are computed; between them they are interpolated
MOST_TILES = 100  # of a picture
MOST_DECODED = 192


# ------------------------------------------------------------------ the shipped world


def world_layers(crs: str, box: Box) -> list[SceneLayer]:
    """Sea, countries and provinces around a box given in a projected CRS."""
    left, bottom, right, top = box
    west, south, east, north = _degrees(box, crs)
    wide = (west - AROUND, max(south - AROUND, -85.0), east + AROUND, min(north + AROUND, 85.0))
    layers = []
    pad = 2_000_000.0
    ring = np.array(
        [
            (left - pad, bottom - pad),
            (right + pad, bottom - pad),
            (right + pad, top + pad),
            (left - pad, top + pad),
            (left - pad, bottom - pad),
        ]
    )
    sea = FlatShapes(
        "polygon",
        ring,
        np.array([0, 5]),
        np.array([0, 1]),
        np.array([[left - pad, bottom - pad, right + pad, top + pad]]),
        np.array([0]),
    )
    layers.append(
        SceneLayer("world:sea", _("Sea"), Style(fill=SEA, width=0), shapes=sea, aside=True, key=f"sea {crs} {box}")
    )
    for part, style in (
        ("countries", Style(fill=LAND, outline=BORDER, width=0.25)),
        ("provinces", Style(filled=False, outline=PROVINCE, width=0.12, far_scale=8e6)),
    ):
        shapes = _near(part, crs, wide)
        if len(shapes):
            title = _("Countries") if part == "countries" else _("Provinces")
            layers.append(
                SceneLayer(f"world:{part}", title, style, shapes=shapes, aside=True, key=f"{part} {crs} {box}")
            )
    return layers


def _degrees(box: Box, crs: str) -> Box:
    from pyproj import Transformer

    found = Transformer.from_crs(crs, "EPSG:4326", always_xy=True).transform_bounds(*box)
    west, south, east, north = (float(value) for value in found)
    return west, south, east if east >= west else east + 360.0, north  # across the date line


@lru_cache(maxsize=1)
def _world() -> dict[str, NDArray]:
    with np.load(find_folder("resources") / "basemap" / "world.npz") as found:
        return dict(found)


@lru_cache(maxsize=8)
def _near(part: str, crs: str, wide: Box) -> FlatShapes:
    """The rings of a part of the world that meet a box in degrees, in another CRS; each is cut to the box."""
    import shapely
    from pyproj import Transformer

    world = _world()
    steps, offsets = world[f"{part}_steps"], world[f"{part}_parts"]
    window = shapely.box(*wide)
    transformer = Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    xy: list[NDArray] = []
    shape_ends = [0]
    shapes = world[f"{part}_shapes"]
    for index in range(len(shapes) - 1):
        rings = []
        for ring in range(shapes[index], shapes[index + 1]):
            corners = np.cumsum(steps[offsets[ring] : offsets[ring + 1]], axis=0) / 1000.0
            low, high = corners.min(axis=0), corners.max(axis=0)
            if low[0] <= wide[2] and high[0] >= wide[0] and low[1] <= wide[3] and high[1] >= wide[1]:
                rings.append(corners)
        if rings:
            area = shapely.intersection(_even_odd(rings), window)
            for ring in shapely.get_rings(shapely.get_parts(area)):
                corners = shapely.get_coordinates(ring)
                placed = np.column_stack(transformer.transform(corners[:, 0], corners[:, 1]))
                placed = placed[np.isfinite(placed).all(axis=1)]  # a system may end before the box does
                if len(placed) > 3:
                    xy.append(placed)
        shape_ends.append(len(xy))
    if not xy:
        return FlatShapes(
            "polygon",
            np.zeros((0, 2)),
            np.zeros(1, np.int64),
            np.zeros(1, np.int64),
            np.zeros((0, 4)),
            np.zeros(0, np.int64),
        )
    kept = [index for index in range(len(shape_ends) - 1) if shape_ends[index + 1] > shape_ends[index]]
    ends = np.array([0, *(shape_ends[index + 1] for index in kept)], np.int64)
    part_offsets = np.concatenate([[0], np.cumsum([len(ring) for ring in xy])]).astype(np.int64)
    boxes = np.array([_box(np.vstack(xy[a:b])) for a, b in pairwise(ends)])
    return FlatShapes("polygon", np.vstack(xy), part_offsets, ends, boxes, np.array(kept, np.int64))


def _even_odd(rings: list[NDArray]):  # type: ignore[no-untyped-def]
    """Rings as an area: what lies within an odd number of them."""
    import shapely

    areas = [shapely.make_valid(shapely.Polygon(ring)) for ring in sorted(rings, key=len, reverse=True)]
    whole = areas[0]
    for area in areas[1:]:
        whole = shapely.symmetric_difference(whole, area)
    return whole


def _box(xy: NDArray) -> NDArray:
    return np.concatenate([xy.min(axis=0), xy.max(axis=0)])


# ------------------------------------------------------------------ tiles from a file


class TileSource:
    """Decoded tiles of a file or a server. Safe on any thread."""

    def __init__(self, file: TileFile | TileServer, crs: str) -> None:
        self.file, self.crs = file, crs
        self._decoded: OrderedDict[tuple[int, int, int], NDArray[np.uint32] | None] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, zoom: int, x: int, y: int) -> NDArray[np.uint32] | None:
        """A tile as premultiplied pixels; None where the file has none."""
        key = (zoom, x, y)
        with self._lock:
            if key in self._decoded:
                self._decoded.move_to_end(key)
                return self._decoded[key]
        data = self.file.get(zoom, x, y)
        pixels = _decode(data) if data else None
        with self._lock:
            if pixels is not None or isinstance(self.file, TileFile):  # a server may answer later
                self._decoded[key] = pixels
            while len(self._decoded) > MOST_DECODED:
                self._decoded.popitem(last=False)
        return pixels


def _decode(data: bytes) -> NDArray[np.uint32] | None:
    image = QImage.fromData(QByteArray(data))
    if image.isNull() or image.width() != image.height() or image.width() > 1024:
        return None
    image = image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
    return np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), image.width()).copy()


def tile_layer(source: TileSource) -> SceneLayer:
    """A layer that draws tiles."""
    return SceneLayer(
        f"tiles:{source.file.path}",
        source.file.name,
        Style(),
        tiles=source,
        aside=True,
        key=f"tiles {source.file.path} {source.file.stamp}",
    )


def paint_tiles(source: TileSource, view: View, out: NDArray[np.uint32]) -> NDArray[np.uint32] | None:
    """The tiles of a view, brought from the web's Mercator onto its map: nearest pixel, from tiles at least as fine."""
    mx, my = _mercator(view, source.crs)
    if not np.isfinite(mx).any():
        return None
    fine = np.nanmedian(np.hypot(np.diff(mx, axis=1), np.diff(my, axis=1))) or 1.0
    zoom = int(np.clip(np.ceil(np.log2(2 * HALF / 256 / max(fine, 1e-9)) - 0.3), source.file.least, source.file.most))
    u, v = (mx + HALF) / (2 * HALF), (HALF - my) / (2 * HALF)
    while zoom > source.file.least and _count(u, v, zoom) > MOST_TILES:
        zoom -= 1
    size = 1 << zoom
    columns, rows = np.floor(u * size), np.floor(v * size)
    known = np.isfinite(columns) & (columns >= 0) & (columns < size) & (rows >= 0) & (rows < size)
    codes = np.where(known, rows * size + columns, -1).astype(np.int64)
    any_drawn = False
    for code in np.unique(codes[known]).tolist()[: MOST_TILES * 4]:
        row, column = divmod(code, size)
        tile = source.get(zoom, column, row)
        if tile is None:
            continue
        inside = codes == code
        px = np.clip(((u[inside] * size - column) * tile.shape[1]).astype(int), 0, tile.shape[1] - 1)
        py = np.clip(((v[inside] * size - row) * tile.shape[0]).astype(int), 0, tile.shape[0] - 1)
        out[inside] = tile[py, px]
        any_drawn = True
    return out if any_drawn else None


def _count(u: NDArray[np.float64], v: NDArray[np.float64], zoom: int) -> float:
    size = 1 << zoom
    return float((np.nanmax(u) - np.nanmin(u)) * size + 1) * float((np.nanmax(v) - np.nanmin(v)) * size + 1)


def _mercator(view: View, crs: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Web Mercator coordinates of the middle of each pixel, interpolated between places every few pixels."""
    columns = np.unique(np.append(np.arange(0, view.width, STEP), view.width - 1))
    rows = np.unique(np.append(np.arange(0, view.height, STEP), view.height - 1))
    a, b, c, d, e, f = view.inverse
    px, py = np.meshgrid(columns + 0.5, rows + 0.5)
    x, y = _to_mercator(crs).transform(a * px + b * py + c, d * px + e * py + f)
    across, down = _weights(columns, view.width), _weights(rows, view.height)
    return down @ np.asarray(x, float) @ across.T, down @ np.asarray(y, float) @ across.T


@lru_cache(maxsize=8)
def _to_mercator(crs: str):  # type: ignore[no-untyped-def]
    from pyproj import Transformer

    return Transformer.from_crs(crs, "EPSG:3857", always_xy=True)


def _weights(at: NDArray[np.int64], count: int) -> NDArray[np.float64]:
    """Linear interpolation as a matrix, shape (count, len(at))."""
    found = np.zeros((count, len(at)))
    for place in range(len(at)):
        bump = np.zeros(len(at))
        bump[place] = 1.0
        found[:, place] = np.interp(np.arange(count), at, bump)
    return found
