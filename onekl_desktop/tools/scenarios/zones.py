"""Zones of a landscape: which one each cell belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onekl_desktop.base.geometry import repair, rings_of
from onekl_desktop.base.rasters import Grid, RasterSource, Window
from onekl_desktop.engine import Session
from onekl_desktop.engine.places import read_shapes
from onekl_desktop.models.landcover import model as landcover
from onekl_desktop.project.queries.records import list_classes
from onekl_desktop.project.records import Layer


@dataclass
class ZoneMap:
    """Which zone each cell belongs to: the named ones, then the rest of the landscape; -1 outside it."""

    names: list[str]
    boundary: tuple[NDArray[np.float64], NDArray[np.int64]] | None
    shapes: list[tuple[NDArray[np.float64], NDArray[np.int64]]] = field(default_factory=list)
    polygons: list[Any] = field(default_factory=list)
    raster: RasterSource | None = None
    codes: list[int] = field(default_factory=list)

    @property
    def count(self) -> int:
        """Number of zones, the rest included."""
        return len(self.names) + 1

    @classmethod
    def read(cls, session: Session, shape: Any, layer: Layer | None) -> ZoneMap:
        """The zones that the project chose, or none."""
        boundary = rings_of(shape) if shape is not None else None
        if layer is None:
            return cls([], boundary)
        if layer.data_kind == "raster":
            with session.read() as db:
                classes = list_classes(db, layer.legend)
            return cls(
                [item.name for item in classes],
                boundary,
                raster=session.open_raster(layer),
                codes=[item.code for item in classes],
            )
        named = read_shapes(session, layer)
        polygons = [repair(shape) for _name, shape in named]
        return cls([name for name, _shape in named], boundary, [rings_of(shape) for _name, shape in named], polygons)

    def shares(self, shapes: Sequence[Any], grid: Grid) -> list[dict[str, float]]:
        """The fraction of each shape in each named zone (land of no zone is left out).

        Zones that are polygons are cut with the shape; those that are classes of a map are counted in the cells whose
        centres lie in it.
        """
        if self.raster is None:
            return [self._cut(shape) for shape in shapes]
        found = []
        for shape in shapes:
            xy, offsets = rings_of(shape)
            window = grid.window_of(shape.bounds)
            inside = np.full((window.rows, window.columns), -1, np.int32)
            if inside.size:
                landcover.burn_zones([(xy, offsets)], grid.sub(window), inside)
            zone = self.burn(grid, window)[inside == 0] if inside.size else np.empty(0, np.int32)
            counts = np.bincount(zone[zone >= 0], minlength=self.count)
            total = max(int((inside == 0).sum()), 1)
            found.append(
                {name: count / total for name, count in zip(self.names, counts.tolist(), strict=False) if count}
            )
        return found

    def _cut(self, shape: Any) -> dict[str, float]:
        out: dict[str, float] = {}
        left = shape
        for name, polygon in zip(self.names, self.polygons, strict=True):
            if left.is_empty:
                break
            if not polygon.intersects(left):
                continue
            part = polygon.intersection(left).area / shape.area if shape.area else 0.0
            if part > 1e-9:
                out[name] = part
                left = left.difference(
                    polygon
                )  # where zones overlap the first one has the land, and nothing counts twice
        return out

    def burn(self, grid: Grid, window: Window) -> NDArray[np.int32]:
        """Zone number of each cell of a window."""
        part = grid.sub(window)
        out = np.full((window.rows, window.columns), -1, np.int32)
        if self.boundary is None:
            inside = np.ones(out.shape, bool)
        else:
            landcover.burn_zones([self.boundary], part, out)
            inside = out == 0
        out[inside] = len(self.names)
        if self.shapes:
            zone = np.full(out.shape, -1, np.int32)
            landcover.burn_zones(self.shapes, part, zone)
            chosen = inside & (zone >= 0)
            out[chosen] = zone[chosen]
        if self.raster is not None:
            sampled = sample_nearest(self.raster, part)
            lookup = np.full(65_536, -1, np.int32)
            lookup[self.codes] = np.arange(len(self.codes))
            zone = lookup[sampled]
            chosen = inside & (zone >= 0)
            out[chosen] = zone[chosen]
        return out


def sample_nearest(source: RasterSource, grid: Grid) -> NDArray[np.uint16]:
    """Codes of another raster at the centres of a grid's cells; 65535 outside it. Both share the CRS."""
    other = source.grid
    xs = grid.left + (np.arange(grid.columns) + 0.5) * grid.cell_x
    ys = grid.top - (np.arange(grid.rows) + 0.5) * grid.cell_y
    columns = np.floor((xs - other.left) / other.cell_x).astype(np.int64)
    rows = np.floor((other.top - ys) / other.cell_y).astype(np.int64)
    out = np.full((grid.rows, grid.columns), landcover.NODATA, np.uint16)
    good_columns, good_rows = (columns >= 0) & (columns < other.columns), (rows >= 0) & (rows < other.rows)
    if not good_columns.any() or not good_rows.any():
        return out
    c0, c1 = int(columns[good_columns].min()), int(columns[good_columns].max()) + 1
    r0, r1 = int(rows[good_rows].min()), int(rows[good_rows].max()) + 1
    cells = np.asarray(source.read(Window(r0, c0, r1 - r0, c1 - c0)), np.uint16)
    out[np.ix_(good_rows, good_columns)] = cells[np.ix_(rows[good_rows] - r0, columns[good_columns] - c0)]
    return out
