"""Changing shapes as people draw: splitting, merging, reshaping, holes, and corners that neighbours share.

Neighbours meet along the same vertices. Whatever puts a new vertex on a border tells where (`new_nodes`), and
`insert_nodes` puts the same vertex into the neighbour, so that no gap and no overlap comes to be between them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from onekl_desktop.base.geometry import repair

NEAR = 1e-6  # metres: what rounding may move a crossing
SNAP = 1e-3  # metres within which a drawn line means a corner or a side: far below what anybody surveys
SLIVER = 1e-6  # square metres that are nothing
MOST_GAP = 1e-3  # square metres that rounding may lose
Nodes = NDArray[np.float64]


class ShapingError(ValueError):
    """What was drawn does nothing here; `reason` is a code of the message catalogue."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


# ------------------------------------------------------------------ vertices


def nodes_of(shape: BaseGeometry) -> Nodes:
    """All vertices, shape (n, 2), each once."""
    xy = shapely.get_coordinates(shape)
    return np.unique(xy, axis=0) if len(xy) else xy


def new_nodes(before: Iterable[BaseGeometry], after: Iterable[BaseGeometry]) -> Nodes:
    """Vertices of shapes that none had before."""
    found = _places(after) - _places(before)
    return np.array(sorted(found)).reshape(-1, 2)


def _places(shapes: Iterable[BaseGeometry]) -> set[tuple[float, float]]:
    return {(x, y) for shape in shapes for x, y in shapely.get_coordinates(shape).tolist()}


def insert_nodes(shape: BaseGeometry, nodes: Nodes, near: float = NEAR) -> BaseGeometry:
    """The shape with those nodes as vertices that lie on one of its sides (within `near`) and are none yet."""
    if not len(nodes) or shape.is_empty:
        return shape
    close = shapely.dwithin(shapely.points(nodes), shape, near)
    nodes = nodes[close]
    if not len(nodes):
        return shape

    def widen(xy: Nodes) -> Nodes:
        return _with_nodes(xy, nodes, near)

    return _map_lines(shape, widen)


def _with_nodes(xy: Nodes, nodes: Nodes, near: float) -> Nodes:
    present = {(x, y) for x, y in xy.tolist()}
    a, b = xy[:-1], xy[1:]
    step = b - a
    length2 = (step**2).sum(axis=1)
    inserts: dict[int, list[tuple[float, tuple[float, float]]]] = {}
    for x, y in nodes.tolist():
        if (x, y) in present:
            continue
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.where(length2 > 0, ((x - a[:, 0]) * step[:, 0] + (y - a[:, 1]) * step[:, 1]) / length2, 0.0)
        inside = (share > 0) & (share < 1)
        gap = np.hypot(a[:, 0] + share * step[:, 0] - x, a[:, 1] + share * step[:, 1] - y)
        gap[~inside] = np.inf
        side = int(gap.argmin())
        if gap[side] <= near:
            inserts.setdefault(side, []).append((float(share[side]), (x, y)))
    if not inserts:
        return xy
    out: list[tuple[float, float]] = []
    for at, corner in enumerate(xy.tolist()):
        out.append((corner[0], corner[1]))
        out += [point for _share, point in sorted(inserts.get(at, []))]
    return np.array(out)


def _map_lines(shape: BaseGeometry, change) -> BaseGeometry:  # type: ignore[no-untyped-def]
    """The shape with each of its rings or lines changed."""
    kind = shape.geom_type
    if kind == "Polygon":
        rings = [change(shapely.get_coordinates(ring)) for ring in (shape.exterior, *shape.interiors)]
        return shapely.Polygon(rings[0], rings[1:])
    if kind in ("LineString", "LinearRing"):
        return shapely.LineString(change(shapely.get_coordinates(shape)))
    if kind.startswith("Multi") or kind == "GeometryCollection":
        return type(shape)([_map_lines(part, change) for part in shape.geoms])
    return shape


# ------------------------------------------------------------------ cutting and joining


def split(shape: BaseGeometry, line: BaseGeometry) -> list[BaseGeometry]:
    """The pieces that a drawn line cuts a shape into, the largest first.

    Raises
    ------
    ShapingError
        `shape.not_cut`: the line does not go all the way through.
    """
    shape, cutter = _meet(shape, line)
    if shapely.get_dimensions(shape) == 2:
        pieces = _faces(shape, cutter)
    else:
        cut = shapely.difference(shape, cutter) if shapely.get_dimensions(cutter) == 0 else _cut_line(shape, cutter)
        pieces = [part for part in shapely.get_parts(cut) if part.length > 0]
    if len(pieces) <= len(shapely.get_parts(shape)):
        raise ShapingError("shape.not_cut")
    return sorted(pieces, key=lambda part: (-(part.area or part.length), part.bounds))


def _meet(shape: BaseGeometry, line: BaseGeometry) -> tuple[BaseGeometry, BaseGeometry]:
    """A shape and a drawn line with the places where the line meets its border as vertices of both.

    Raises
    ------
    ShapingError
        `shape.line_crosses`: the line crosses itself.
    """
    if not shapely.is_simple(line):
        raise ShapingError("shape.line_crosses")
    border = shapely.boundary(shape) if shapely.get_dimensions(shape) == 2 else shape
    drawn = _onto(shapely.snap(line, shape, SNAP), border)
    met = shapely.get_coordinates(drawn)
    met = met[shapely.dwithin(shapely.points(met), border, NEAR)] if len(met) else met
    shape = insert_nodes(shape, met)
    border = shapely.boundary(shape) if shapely.get_dimensions(shape) == 2 else shape
    nodes = nodes_of(shapely.intersection(border, drawn))
    if len(met) and len(nodes):  # a crossing beside a corner of the line is that corner
        away = np.abs(nodes[:, None, :] - met[None, :, :]).max(axis=2).min(axis=1)
        nodes = nodes[away > SNAP]
    return insert_nodes(shape, nodes), insert_nodes(drawn, nodes)


def _onto(line: BaseGeometry, border: BaseGeometry) -> BaseGeometry:
    """The line with corners that all but lie on a border put onto it."""

    def put(xy: Nodes) -> Nodes:
        corners = shapely.points(xy)
        gaps = shapely.distance(corners, border)
        near = (gaps > 0) & (gaps <= SNAP)
        if not near.any():
            return xy
        xy = xy.copy()
        feet = shapely.shortest_line(border, corners[near])
        xy[near] = [shapely.get_coordinates(foot)[0] for foot in feet]
        return xy

    return _map_lines(line, put)


def _faces(shape: BaseGeometry, line: BaseGeometry) -> list[BaseGeometry]:
    """The areas that the borders of a shape and a line enclose within the shape."""
    edges = shapely.unary_union([shapely.boundary(shape), line])
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(edges)))
    inside = shapely.contains_properly(shape, shapely.point_on_surface(faces)) if len(faces) else np.zeros(0, bool)
    return [face for face in faces[inside] if face.area > SLIVER]


def _cut_line(shape: BaseGeometry, line: BaseGeometry) -> BaseGeometry:
    """A line cut where another crosses it; the crossings become vertices."""
    crossings = shapely.intersection(shape, line)
    if crossings.is_empty:
        return shape
    nodes = nodes_of(crossings)
    noded = insert_nodes(shape, nodes)
    wanted = {(x, y) for x, y in nodes.tolist()}
    pieces: list[BaseGeometry] = []
    for part in shapely.get_parts(noded):
        xy = shapely.get_coordinates(part)
        cuts = [at for at, (x, y) in enumerate(xy.tolist()) if (x, y) in wanted and 0 < at < len(xy) - 1]
        for first, last in zip([0, *cuts], [*cuts, len(xy) - 1], strict=True):
            pieces.append(shapely.LineString(xy[first : last + 1]))
    return shapely.MultiLineString(pieces)


def merge(shapes: Sequence[BaseGeometry]) -> BaseGeometry:
    """One shape of several; borders between them vanish, vertices elsewhere stay."""
    whole = shapely.union_all(np.array(list(shapes), dtype=object))
    return shapely.line_merge(whole) if shapely.get_dimensions(whole) == 1 else whole


def reshape(shape: BaseGeometry, line: BaseGeometry) -> BaseGeometry:
    """The shape with its border led along a drawn line that meets it twice or more.

    What the line cuts off inside is left out (the larger piece stays), what it encloses outside is added. Of a line, the
    part between the first and the last meeting is replaced.

    Raises
    ------
    ShapingError
        `shape.not_reshaped`: the line does not meet the border twice.
    """
    if shapely.get_dimensions(shape) == 1:
        return _reshape_line(shape, line)
    shape, drawn = _meet(shape, line)
    result, changed = [], False
    for polygon in shapely.get_parts(shape):
        new = _reshape_polygon(polygon, drawn)
        changed |= new is not polygon
        result.append(new)
    if not changed:
        raise ShapingError("shape.not_reshaped")
    return shapely.union_all(result) if len(result) > 1 else result[0]


def _reshape_polygon(polygon: BaseGeometry, line: BaseGeometry) -> BaseGeometry:
    pieces = _faces(polygon, line)
    kept = max(pieces, key=lambda part: part.area) if len(pieces) > 1 else polygon
    edges = shapely.unary_union([shapely.boundary(kept), line])
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(edges)))
    points = shapely.point_on_surface(faces)
    outside = (
        ~shapely.intersects(polygon, points) if len(faces) else np.zeros(0, bool)
    )  # what lies inside was cut off on purpose, or is a hole
    holes = [shapely.Polygon(hole) for hole in polygon.interiors]
    added = [
        face
        for face, point in zip(faces[outside], points[outside], strict=True)
        if face.area > SLIVER and not any(hole.contains(point) for hole in holes)
    ]
    if len(pieces) < 2 and not added:
        return polygon
    return shapely.union_all([kept, *added]) if added else kept


def _reshape_line(shape: BaseGeometry, line: BaseGeometry) -> BaseGeometry:
    parts = list(shapely.get_parts(shape))
    for at, part in enumerate(parts):
        nodes = nodes_of(shapely.intersection(part, line))
        if len(nodes) < 2:
            continue
        own, drawn = insert_nodes(part, nodes), insert_nodes(line, nodes)
        first, last = sorted((own.project(shapely.Point(node)), tuple(node)) for node in nodes)[:: len(nodes) - 1]
        a, b = (drawn.project(shapely.Point(node)) for _away, node in (first, last))
        middle = shapely.get_coordinates(_between(drawn, min(a, b), max(a, b)))
        middle = middle if a <= b else middle[::-1]
        head = shapely.get_coordinates(_between(own, 0, first[0]))
        tail = shapely.get_coordinates(_between(own, last[0], own.length))
        xy = np.vstack([piece for piece in (head[:-1], middle, tail[1:]) if len(piece)])
        parts[at] = shapely.LineString(xy)
        return shapely.MultiLineString(parts) if len(parts) > 1 else parts[0]
    raise ShapingError("shape.not_reshaped")


def _between(line: BaseGeometry, start: float, end: float) -> BaseGeometry:
    from shapely.ops import substring

    return substring(line, start, end)


def add_hole(shape: BaseGeometry, hole: BaseGeometry) -> BaseGeometry:
    """The shape less an area drawn in it.

    Raises
    ------
    ShapingError
        `shape.no_hole`: they do not meet, or nothing would be left.
    """
    left = shapely.difference(shape, repair(hole))
    if shapely.area(shape) - shapely.area(left) <= SLIVER or shapely.area(left) <= SLIVER:
        raise ShapingError("shape.no_hole")
    return left


def fill_holes(shape: BaseGeometry) -> BaseGeometry:
    """The shape without its holes.

    Raises
    ------
    ShapingError
        `shape.no_holes`.
    """
    parts = shapely.get_parts(shape)
    if not any(len(part.interiors) for part in parts if part.geom_type == "Polygon"):
        raise ShapingError("shape.no_holes")
    return shapely.union_all([shapely.Polygon(part.exterior) for part in parts])


def offset(shape: BaseGeometry, distance: float) -> BaseGeometry:
    """An area grown (or, below 0, shrunk), a line moved to its left (below 0: right), a point become a circle.

    Raises
    ------
    ShapingError
        `shape.nothing_left`.
    """
    if shapely.get_dimensions(shape) == 1:
        found = shapely.union_all([shapely.offset_curve(part, distance) for part in shapely.get_parts(shape)])
    else:
        found = shapely.buffer(shape, distance, quad_segs=16)
    if found.is_empty:
        raise ShapingError("shape.nothing_left")
    return found


# ------------------------------------------------------------------ neighbours


def reshape_with_neighbours(
    shape: BaseGeometry, line: BaseGeometry, neighbours: dict[int, BaseGeometry]
) -> tuple[BaseGeometry, dict[int, BaseGeometry]]:
    """`reshape`, and the neighbours follow: they give up what is gained, and take what is given up where it touches one.

    Returns
    -------
    the shape, and those neighbours that change (an empty one is swallowed).

    Raises
    ------
    ShapingError
        `shape.unclear`: a line that turns back on the border so that neighbours would not meet any more.
    """
    before = {None: shape} | neighbours
    new = reshape(shape, line)
    shape = insert_nodes(shape, new_nodes([shape], [new]))
    gained, lost = _areas(shapely.difference(new, shape)), _areas(shapely.difference(shape, new))
    changed: dict[int, BaseGeometry] = {}
    nodes = nodes_of(shapely.union_all([new, lost]))
    neighbours = {key: insert_nodes(other, nodes) for key, other in neighbours.items()}
    for key, other in neighbours.items():
        if not gained.is_empty and shapely.area(shapely.intersection(other, gained)) > SLIVER:
            changed[key] = _areas(shapely.difference(other, new))
    nobodys = 0.0
    for piece in shapely.get_parts(lost):
        border = shapely.boundary(piece)
        shared = {
            key: shapely.length(shapely.intersection(border, shapely.boundary(other)))
            for key, other in neighbours.items()
        }
        best = max(shared, key=lambda key: shared[key], default=None)
        if best is not None and shared[best] > SNAP:
            changed[best] = merge([changed.get(best, neighbours[best]), piece])
        else:
            nobodys += piece.area
    _check_neighbours(before, {None: new} | changed, nobodys)
    return new, changed


def _check_neighbours(before: dict[Any, BaseGeometry], after: dict[Any, BaseGeometry], nobodys: float) -> None:
    """Refuse what would leave a gap or an overlap between neighbours that had none."""
    if not shapely.coverage_is_valid(np.array(list(before.values()), dtype=object)):
        return  # they had some before
    result = [shape for shape in (before | settle(before, after)).values() if not shape.is_empty]
    whole, earlier = shapely.union_all(result), shapely.union_all(list(before.values()))
    gap = shapely.area(shapely.difference(earlier, whole)) - nobodys
    shapes = np.array(result, dtype=object)
    if abs(gap) > MOST_GAP or not shapely.is_valid(shapes).all() or not shapely.coverage_is_valid(shapes):
        raise ShapingError("shape.unclear")


def without(shape: BaseGeometry, others: Iterable[BaseGeometry]) -> BaseGeometry:
    """A drawn area less what others cover already."""
    taken = [other for other in others if shapely.intersects(other, shape)]
    return _areas(shapely.difference(shape, shapely.union_all(taken))) if taken else shape


def _areas(shape: BaseGeometry) -> BaseGeometry:
    """The polygons of a shape that are more than slivers."""
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon" and part.area > SLIVER]
    return shapely.MultiPolygon(parts)


def settle(before: dict[Any, BaseGeometry], after: dict[Any, BaseGeometry]) -> dict[Any, BaseGeometry]:
    """What else must change so that neighbours go on meeting along the same vertices.

    `before` are all shapes near the change as they were, `after` those that are new or changed (an empty one is gone).
    Returns the changed ones and the neighbours that get their new vertices.
    """
    nodes = new_nodes(before.values(), after.values())
    out = {}
    for key, shape in (before | after).items():
        widened = insert_nodes(shape, nodes)
        if key in after or shapely.get_num_coordinates(widened) != shapely.get_num_coordinates(shape):
            out[key] = widened
    return out
