"""Shapes: reading them from people, repairing them, their GeoPackage bytes and their true area."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from onekl_desktop.base.errors import UserError

_ENVELOPE_DOUBLES = {0: 0, 1: 4, 2: 6, 3: 6, 4: 8}


def to_gpkg(shape: BaseGeometry, srs_id: int) -> bytes:
    """GeoPackage geometry bytes: header with an XY envelope (empty shapes: none), then little-endian WKB.

    OGC GeoPackage 1.3, clause 2.1.3.
    """
    empty = shape.is_empty
    flags = 0b00000001 | (0 if empty else 0b00000010) | (0b00010000 if empty else 0)
    header = b"GP" + bytes([0, flags]) + struct.pack("<i", srs_id)
    if not empty:
        left, bottom, right, top = shape.bounds
        header += struct.pack("<4d", left, right, bottom, top)
    return header + shapely.to_wkb(shape, byte_order=1, flavor="iso")


def read_header(blob: bytes) -> tuple[int, bool, int, tuple[float, float, float, float] | None]:
    """Take a GeoPackage geometry header apart.

    Returns
    -------
    srs_id, is_empty, offset of the WKB, and (min x, max x, min y, max y) when the header has an envelope.

    Raises
    ------
    ValueError
        These bytes are not a GeoPackage geometry.
    """
    if len(blob) < 8 or blob[:2] != b"GP":
        raise ValueError("not a GeoPackage geometry")
    flags = blob[3]
    order = "<" if flags & 1 else ">"
    kind = (flags >> 1) & 7
    if kind not in _ENVELOPE_DOUBLES:
        raise ValueError("unknown envelope kind")
    (srs_id,) = struct.unpack_from(order + "i", blob, 4)
    count = _ENVELOPE_DOUBLES[kind]
    offset = 8 + 8 * count
    if len(blob) < offset + 5:
        raise ValueError("geometry is cut short")
    box = struct.unpack_from(order + "4d", blob, 8) if count else None
    return srs_id, bool(flags & 0b00010000), offset, box


def from_gpkg(blob: bytes) -> BaseGeometry:
    """The shape in GeoPackage bytes.

    Raises
    ------
    ValueError
        The bytes are broken.
    """
    _srs, _empty, offset, _box = read_header(blob)
    try:
        return shapely.from_wkb(blob[offset:])
    except shapely.errors.GEOSException as problem:
        raise ValueError(str(problem)) from None


def parse_shape(value: Any) -> BaseGeometry:
    """A shape from GeoJSON (text or dict), WKT or a shape.

    Raises
    ------
    ValueError
        With a reason that a person understands.
    """
    if isinstance(value, BaseGeometry):
        return value
    try:
        if isinstance(value, dict):
            if value.get("type") == "Feature":
                value = value.get("geometry")
            return shapely.from_geojson(json.dumps(value))
        text = str(value).strip()
        if text.startswith("{"):
            return parse_shape(json.loads(text))
        return shapely.from_wkt(text)
    except (shapely.errors.GEOSException, json.JSONDecodeError, TypeError) as problem:
        raise ValueError(str(problem).splitlines()[0]) from None


def polygons_of(shape: BaseGeometry) -> shapely.MultiPolygon:
    """The areas of a shape as one multi-polygon; points and lines in it are dropped."""
    parts = [part for part in shapely.get_parts(shapely.force_2d(shape), return_index=False) if part is not None]
    found: list[shapely.Polygon] = []
    for part in parts:
        if part.geom_type == "Polygon" and not part.is_empty:
            found.append(part)
        elif hasattr(part, "geoms"):
            found.extend(polygons_of(part).geoms)
    return shapely.MultiPolygon(found)


def repair(shape: BaseGeometry) -> BaseGeometry:
    """A valid version of a shape that covers what its rings enclose (GEOS `make_valid`, structure method).

    Two dimensions; an already valid shape comes back with the same vertices.
    """
    flat = shapely.force_2d(shape)
    if flat.is_valid:
        return flat
    return shapely.make_valid(flat, method="structure", keep_collapsed=False)


def rings_of(shape: BaseGeometry) -> tuple[np.ndarray, np.ndarray]:
    """All rings of the areas of a shape as flat arrays.

    Returns
    -------
    xy of shape (n, 2) float64 and ring offsets of shape (rings + 1,) int64.
    """
    rings = shapely.get_rings(shapely.get_parts(polygons_of(shape)))
    if not len(rings):
        return np.zeros((0, 2)), np.zeros(1, np.int64)
    offsets = np.concatenate([[0], np.cumsum(shapely.get_num_coordinates(rings))]).astype(np.int64)
    return shapely.get_coordinates(rings), offsets


@lru_cache(maxsize=16)
def _transformer(source: str, target: str):  # type: ignore[no-untyped-def]
    from pyproj import Transformer
    from pyproj.exceptions import ProjError

    try:
        return Transformer.from_crs(source, target, always_xy=True)
    except ProjError:  # another planet's, or one that PROJ has no operation for
        raise UserError("crs.no_way", source=source[:60], target=target) from None


def transform(shape: BaseGeometry, source: str, target: str) -> BaseGeometry:
    """The shape in another coordinate reference system (x east, y north in both)."""
    if source == target:
        return shape
    transformer = _transformer(source, target)

    def move(xy: np.ndarray) -> np.ndarray:
        return np.column_stack(transformer.transform(xy[:, 0], xy[:, 1]))

    return shapely.transform(shape, move)


def point_at(longitude: float | None, latitude: float | None, crs: str) -> shapely.Point | None:
    """A place of the earth (degrees, WGS 84) in a CRS; None where there is none, or the CRS does not reach it."""
    if longitude is None or latitude is None or not (abs(longitude) <= 180 and abs(latitude) <= 90):
        return None
    try:
        point = transform(shapely.Point(longitude, latitude), "EPSG:4326", crs)
    except UserError:
        return None
    return point if abs(point.x) < 1e9 and abs(point.y) < 1e9 else None


@lru_cache(maxsize=16)
def _geod(crs: str):  # type: ignore[no-untyped-def]
    from pyproj import CRS

    geod = CRS.from_user_input(crs).get_geod()
    if geod is None:
        raise ValueError(f"{crs} has no ellipsoid")
    return geod


def area_ha(shape: BaseGeometry, crs: str) -> float:
    """Ellipsoidal area in hectares of the areas of a shape given in `crs`.

    Geodesic polygon area on the CRS's own ellipsoid (Karney 2013, J. Geodesy 87:43-55, through PROJ);
    edges are straight lines between the vertices' longitudes and latitudes. Holes are subtracted.
    """
    degrees = transform(polygons_of(shape), crs, "EPSG:4326")
    geod = _geod(crs)
    total = 0.0
    for polygon in shapely.get_parts(degrees):
        rings = [polygon.exterior, *polygon.interiors]
        areas = [abs(geod.polygon_area_perimeter(*shapely.get_coordinates(ring).T)[0]) for ring in rings]
        total += areas[0] - sum(areas[1:])
    return total / 10_000


def length_m(shape: BaseGeometry, crs: str) -> float:
    """Ellipsoidal length in metres of the lines (or the outlines) of a shape given in `crs`: the sum of the geodesics between
    its vertices on the CRS's own ellipsoid (Karney 2013, through PROJ).
    """
    degrees = transform(shape, crs, "EPSG:4326")
    geod, total = _geod(crs), 0.0
    for part in shapely.get_parts(degrees):
        lines = [part.exterior, *part.interiors] if part.geom_type == "Polygon" else [part]
        for line in lines:
            xy = shapely.get_coordinates(line)
            if len(xy) > 1:
                total += geod.line_length(xy[:, 0], xy[:, 1])
    return total


def azimuth_degrees(line: BaseGeometry, crs: str) -> float:
    """Direction in which the geodesic from the first to the last vertex of a line leaves, clockwise from true north, 0 to 360."""
    xy = shapely.get_coordinates(transform(line, crs, "EPSG:4326"))
    forward, _back, _length = _geod(crs).inv(*xy[0], *xy[-1])
    return float(forward) % 360.0


def utm_zone(longitude: float, latitude: float) -> str:
    """EPSG code of the UTM zone (WGS 84) of a place; zones of 6 degrees, exceptions in Norway left out."""
    zone = int((longitude + 180) // 6) % 60 + 1
    return f"EPSG:{(32600 if latitude >= 0 else 32700) + zone}"


@dataclass(frozen=True)
class FlatShapes:
    """Many shapes as flat arrays: what drawing, picking and burning work on.

    `xy` (n, 2) float64; part i (a ring, a line or a point set) is xy[part_offsets[i]:part_offsets[i + 1]];
    shape k has the parts shape_offsets[k]:shape_offsets[k + 1]; `boxes` (shapes, 4) left, bottom, right, top
    (NaN when empty); `keys` (shapes,) row ids. `kind` is polygon, line or point. `kept` is for what others compute of
    the shapes and want to find again with them.
    """

    kind: str
    xy: np.ndarray
    part_offsets: np.ndarray
    shape_offsets: np.ndarray
    boxes: np.ndarray
    keys: np.ndarray
    kept: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def bounds(self) -> tuple[float, float, float, float] | None:
        """Box round all shapes; None when there are none."""
        if not len(self.boxes) or np.isnan(self.boxes).all():
            return None
        low, high = np.nanmin(self.boxes[:, :2], axis=0), np.nanmax(self.boxes[:, 2:], axis=0)
        return (float(low[0]), float(low[1]), float(high[0]), float(high[1]))

    def touching(self, bounds: tuple[float, float, float, float]) -> np.ndarray:
        """Indices of the shapes whose box meets a box."""
        left, bottom, right, top = bounds
        b = self.boxes
        return np.flatnonzero((b[:, 0] <= right) & (b[:, 2] >= left) & (b[:, 1] <= top) & (b[:, 3] >= bottom))

    def parts(self, index: int) -> Iterator[np.ndarray]:
        """Coordinates of the parts of a shape."""
        for part in range(self.shape_offsets[index], self.shape_offsets[index + 1]):
            yield self.xy[self.part_offsets[part] : self.part_offsets[part + 1]]


def flatten(shapes: np.ndarray, keys: np.ndarray, kind: str) -> FlatShapes:
    """Shapely shapes as flat arrays."""
    shapes = np.asarray(shapes, dtype=object)
    quick = _flatten_quickly(shapes, keys, kind)
    if quick is not None:
        return quick
    boxes = shapely.bounds(shapes) if len(shapes) else np.zeros((0, 4))
    pieces, owners = shapely.get_parts(shapes, return_index=True)
    # A part may be a collection itself (geometry collections): open it once more.
    pieces, inner = shapely.get_parts(pieces, return_index=True)
    owners = owners[inner]
    if kind == "polygon":
        keep = shapely.get_type_id(pieces) == 3
        pieces, owners = pieces[keep], owners[keep]
        pieces, inner = shapely.get_rings(pieces, return_index=True)
        owners = owners[inner]
    elif kind == "line":
        keep = np.isin(shapely.get_type_id(pieces), (1, 2))
        pieces, owners = pieces[keep], owners[keep]
    counts = shapely.get_num_coordinates(pieces) if len(pieces) else np.zeros(0, np.int64)
    part_offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    shape_offsets = np.searchsorted(owners, np.arange(len(shapes) + 1)).astype(np.int64)
    xy = shapely.get_coordinates(pieces) if len(pieces) else np.zeros((0, 2))
    return FlatShapes(kind, xy, part_offsets, shape_offsets, boxes, np.asarray(keys, np.int64))


_RAGGED = {"polygon": (3, 6), "line": (1, 5), "point": (0, 4)}


def _flatten_quickly(shapes: np.ndarray, keys: np.ndarray, kind: str) -> FlatShapes | None:
    """The same for shapes of one kind, in a tenth of the time; None where there are others among them."""
    if not len(shapes) or not np.isin(shapely.get_type_id(shapes), _RAGGED[kind]).all():
        return None
    _type, xy, offsets = shapely.to_ragged_array(shapes, include_z=False)
    levels = [np.asarray(level, np.int64) for level in offsets]
    if kind == "polygon":
        parts, owners = levels[0], levels[1] if len(levels) == 2 else levels[1][levels[2]]
    elif kind == "line" and len(levels) == 2:
        parts, owners = levels
    else:
        parts = levels[0] if levels else np.arange(len(shapes) + 1, dtype=np.int64)
        owners = np.arange(len(shapes) + 1, dtype=np.int64)
    return FlatShapes(kind, np.ascontiguousarray(xy), parts, owners, shapely.bounds(shapes), np.asarray(keys, np.int64))


def kind_of(geometry_type: str) -> str:
    """polygon, line or point for a geometry type name."""
    name = geometry_type.upper()
    if "POLYGON" in name:
        return "polygon"
    return "line" if "LINE" in name else "point"
