"""Places by rule: within so many metres of shapes, on slopes, on classes of land, inside and outside of other layers."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from onekl_desktop.base.errors import UserError, make_problem
from onekl_desktop.base.geometry import area_ha, polygons_of, repair
from onekl_desktop.base.progress import Progress
from onekl_desktop.base.translate import _
from onekl_desktop.base.work import is_valid
from onekl_desktop.engine import Session
from onekl_desktop.engine.places import read_shapes
from onekl_desktop.engine.plans import parse_codes
from onekl_desktop.exchange.polygons import outline
from onekl_desktop.native import slope
from onekl_desktop.project.queries.records import find_land_cover, get_by_name, get_landscape
from onekl_desktop.project.records import Layer


def find_place(
    session: Session, progress: Progress, *, along: str = "", within: float | None = None, heights: str = "", slope_over: float | None = None,
    only_classes: str = "", inside: str = "", outside: str = "", least_ha: float | None = None,
) -> shapely.MultiPolygon:  # fmt: skip
    """Where all parts of a rule hold, within the landscape.

    Raises
    ------
    UserError
        `scenarios.rule_incomplete`, `scenarios.rule_nowhere`, or a layer that is not there.
    """
    with session.read() as db:
        landscape, cover = get_landscape(db), find_land_cover(db)
        layers = {
            field: get_by_name(db, Layer, name, field=field) for field, name in (("along", along), ("heights", heights), ("inside", inside), ("outside", outside)) if name
        }  # fmt: skip
    for field, needs in (("along", within is None), ("within", within is not None and not along), ("heights", slope_over is None), ("slope_over", slope_over is not None and not heights)):  # fmt: skip
        if needs and (field in layers or field in ("within", "slope_over")):
            raise _incomplete(field)
    codes = parse_codes(only_classes)
    if not layers and not codes:
        raise _incomplete("along")
    for field, kind in (("along", "vector"), ("inside", "vector"), ("outside", "vector"), ("heights", "raster")):
        if field in layers and layers[field].data_kind != kind:
            raise _incomplete(field)
    place: Any = landscape.geom
    progress.report(0.0, _("Looking for the place"))
    if along:
        shapes = [shape for _name, shape in read_shapes(session, layers["along"])]
        near = shapely.union_all(shapely.buffer(np.array(shapes, dtype=object), within or 0.0, quad_segs=8))
        place = near if place is None else place.intersection(near)
    if inside:
        parts = [polygons_of(repair(shape)) for _name, shape in read_shapes(session, layers["inside"])]
        place = shapely.union_all(parts) if place is None else place.intersection(shapely.union_all(parts))
    progress.report(0.3)
    if slope_over is not None and not _is_empty(place):
        place = _on_slopes(session.open_raster(layers["heights"]), place, slope_over)
    progress.report(0.6)
    if codes and not _is_empty(place):
        if cover is None:
            raise UserError("scenarios.no_land_cover")
        source = session.open_raster(cover)
        window = source.grid.window_of(place.bounds) if place is not None else next(iter(source.grid.tiles(source.grid.rows, source.grid.columns)))  # fmt: skip
        cells = source.read(window)
        where = outline(np.isin(cells, sorted(codes)) & is_valid(cells, source.nodata), source.grid.sub(window))
        place = where if place is None else place.intersection(where)
    if outside and not _is_empty(place):
        place = place.difference(shapely.union_all([polygons_of(repair(shape)) for _name, shape in read_shapes(session, layers["outside"])]))  # fmt: skip
    progress.report(0.9)
    found = polygons_of(repair(place)) if not _is_empty(place) else shapely.MultiPolygon()
    if least_ha:
        found = shapely.MultiPolygon([part for part in found.geoms if area_ha(part, landscape.crs) >= least_ha])
    if found.is_empty:
        raise UserError("scenarios.rule_nowhere")
    return found


def _is_empty(place: Any) -> bool:
    return place is not None and bool(place.is_empty)


def _incomplete(field: str) -> UserError:
    return UserError("scenarios.rule_incomplete", [make_problem("scenarios.rule_incomplete", field=field)])


def _on_slopes(source: Any, place: Any, least: float) -> Any:
    """The part of a place whose cells are steeper than so many percent (Horn 1981)."""
    from onekl_desktop.base.rasters import Window

    grid = source.grid
    window = Window(0, 0, grid.rows, grid.columns)
    if place is not None:
        near = grid.window_of(place.bounds)  # and a cell around, which slopes look at
        row, column = max(near.row - 1, 0), max(near.column - 1, 0)
        window = Window(row, column, min(near.row + near.rows + 1, grid.rows) - row, min(near.column + near.columns + 1, grid.columns) - column)  # fmt: skip
    if not window.rows or not window.columns:
        return shapely.MultiPolygon()
    values = source.read(window)
    valid = is_valid(values, source.nodata) & np.isfinite(values)
    steep = slope(np.where(valid, values, 0).astype(np.float64), valid, grid.cell_x, grid.cell_y, -1.0) > least
    where = outline(steep & valid, grid.sub(window))
    return where if place is None else place.intersection(where)
