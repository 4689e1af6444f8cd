"""Where the landscape ends: versions of its boundary, what lies beside it, and its three zones."""

from __future__ import annotations

from dataclasses import dataclass

import shapely
from sqlalchemy import select

from onekl_desktop.base.geometry import area_ha, from_gpkg, length_m, polygons_of, repair, transform
from onekl_desktop.engine import Session
from onekl_desktop.engine.places import read_shapes
from onekl_desktop.project.layers import read_column
from onekl_desktop.project.queries.records import get_landscape
from onekl_desktop.project.records import Layer, Profile

BESIDE_M = 5000.0  # how far outside something still counts as beside the landscape
TOUCH_M = 1.0  # drawn twice, a common border is this far apart at most
MOST = 200  # neighbours that are told


@dataclass(frozen=True)
class Neighbour:
    """A shape of a layer at or beyond the boundary: kilometres of border that they share, hectares of it inside and near outside."""

    layer: str
    name: str
    border_km: float
    inside_ha: float
    outside_ha: float

    @property
    def crosses(self) -> bool:
        """Lies on both sides of the boundary."""
        return self.inside_ha > 0.5 and self.outside_ha > 0.5


def find_neighbours(session: Session, beside_m: float = BESIDE_M) -> list[Neighbour]:
    """What crosses the boundary or lies within `beside_m` of it, of all polygon layers; the longest common border first."""
    with session.read() as db:
        landscape = get_landscape(db)
        layers = [
            row for row in db.scalars(select(Layer).where(Layer.data_kind == "vector")) if "polygon" in row.geometry_type.lower()
        ]  # fmt: skip
    if landscape.geom is None:
        return []
    crs = landscape.crs
    own = polygons_of(repair(landscape.geom))
    ring = own.boundary.buffer(TOUCH_M)
    near = own.buffer(beside_m).difference(own)
    shapely.prepare(near)
    out: list[Neighbour] = []
    for layer in layers:
        for name, shape in read_shapes(session, layer):
            placed = polygons_of(repair(transform(shape, layer.crs, crs) if layer.crs else shape))
            if placed.is_empty or not near.intersects(placed):
                continue
            outside = near.intersection(placed)
            if area_ha(outside, crs) < 0.01:
                continue
            border = own.boundary.intersection(placed.buffer(TOUCH_M)) if ring.intersects(placed) else None
            out.append(Neighbour(
                layer.name, name, length_m(border, crs) / 1000 if border is not None and not border.is_empty else 0.0,
                area_ha(own.intersection(placed), crs), area_ha(outside, crs)))  # fmt: skip
    return sorted(out, key=lambda item: (-item.border_km, -item.outside_ha, item.name))[:MOST]


def measure_zones(session: Session) -> dict[str, float]:
    """Hectares of the three zones within the boundary; {} when none were set."""
    with session.read() as db:
        landscape, profile = get_landscape(db), db.scalar(select(Profile).limit(1))
        layer = (
            db.scalar(select(Layer).where(Layer.uuid == profile.three_zones))
            if profile and profile.three_zones
            else None
        )
    if layer is None or profile is None:
        return {}
    with session.project.read_raw() as raw:
        zones = read_column(raw, layer.table_name, profile.three_zones_column)
        rows = raw.execute(f'SELECT id, geom FROM "{layer.table_name}" WHERE geom IS NOT NULL ORDER BY id').fetchall()
    own = polygons_of(repair(landscape.geom)) if landscape.geom is not None else None
    out: dict[str, float] = {}
    for key, blob in rows:
        shape = from_gpkg(blob)
        placed = polygons_of(repair(transform(shape, layer.crs, landscape.crs) if layer.crs else shape))
        if own is not None:
            placed = polygons_of(own.intersection(placed))
        zone = str(zones.get(key) or "").strip().lower()
        out[zone] = out.get(zone, 0.0) + area_ha(placed, landscape.crs)
    return out
