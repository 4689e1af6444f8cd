"""Rasters of different grids brought onto one: the grid, what is resampled and what each raster takes away."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from onekl_desktop.base.errors import Problem, UserError, make_problem
from onekl_desktop.base.rasters import Grid
from onekl_desktop.base.specs import RasterFile
from onekl_desktop.exchange.raster import WarpedRaster, library_errors, locate, open_raster

FEET = ("ft", "feet", "foot", "us-ft", "us survey foot", "us_survey_foot", "foot_us")
LIKE = 1e-4  # of a cell: grids closer than that are the same


@dataclass(frozen=True)
class Facts:
    """What a raster file says of itself."""

    id: str
    path: Path
    name: str
    grid: Grid
    crs: Any
    dtype: np.dtype
    unit: str


def read_facts(id: str, path: Path, layer: str = "", *, need_crs: bool = True) -> tuple[Facts | None, list[Problem]]:
    """Look at a raster file: its grid and whether a model can count on it."""
    if not path.exists():
        return None, [make_problem("file.missing", field=id, file=path)]
    try:
        name = locate(path, layer)
        with open_raster(name) as dataset:
            t, crs = dataset.transform, dataset.crs
            if dataset.count < 1:
                return None, [make_problem("import.unreadable", field=id, file=path, reason="0")]
            if t.b or t.d or t.a <= 0 or t.e >= 0:
                return None, [make_problem("model.turned", field=id, file=path)]
            if crs is None and need_crs:
                return None, [make_problem("import.no_crs", field=id, file=path)]
            grid = Grid(_code(crs) if crs else "", t.c, t.f, t.a, -t.e, dataset.width, dataset.height)
            unit = (dataset.units[0] or "").strip().lower() or (_vertical_unit(crs) if crs else "")
            return Facts(id, path, name, grid, crs, np.dtype(dataset.dtypes[0]), unit), []
    except UserError as problem:
        return None, problem.problems
    except library_errors() as problem:
        return None, [
            make_problem(
                "import.unreadable", field=id, file=path, reason=str(problem).splitlines()[0][:200].rstrip(".")
            )
        ]


def _vertical_unit(crs: Any) -> str:
    """The unit of heights where the coordinate system has any, in lower case; else nothing."""
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        axes = CRS.from_wkt(crs.to_wkt()).axis_info
    except CRSError:
        return ""
    return next((axis.unit_name.strip().lower() for axis in axes if axis.direction in ("up", "down")), "")


def _code(crs: Any) -> str:
    code = crs.to_epsg()
    return f"EPSG:{code}" if code else str(crs.to_wkt())


def same_grid(grid: Grid, other: Grid) -> bool:
    """Whether the cells of one grid lie on those of another: same system, same size, whole cells apart."""
    if grid.crs != other.crs or not math.isclose(grid.cell_x, other.cell_x, rel_tol=1e-7):
        return False
    if not math.isclose(grid.cell_y, other.cell_y, rel_tol=1e-7):
        return False
    across, down = (grid.left - other.left) / other.cell_x, (other.top - grid.top) / other.cell_y
    return abs(across - round(across)) < LIKE and abs(down - round(down)) < LIKE


def meeting_grid(base: Grid, boxes: list[tuple[float, float, float, float]]) -> Grid | None:
    """The cells of `base` where all boxes meet, snapped outwards; None where they do not.

    The lower left corner goes to a whole cell of `base`, the size is rounded up, as InVEST does.
    """
    left, bottom, right, top = (
        max(box[0] for box in boxes), max(box[1] for box in boxes), min(box[2] for box in boxes), min(box[3] for box in boxes),
    )  # fmt: skip
    if left >= right or bottom >= top:
        return None
    base_left, base_bottom, _right, _top = base.bounds
    column = math.floor((left - base_left) / base.cell_x + LIKE)
    row_up = math.floor((bottom - base_bottom) / base.cell_y + LIKE)
    left, bottom = base_left + column * base.cell_x, base_bottom + row_up * base.cell_y
    columns = math.ceil((right - left) / base.cell_x - LIKE)
    rows = math.ceil((top - bottom) / base.cell_y - LIKE)
    return Grid(base.crs, left, bottom + rows * base.cell_y, base.cell_x, base.cell_y, columns, rows)


def box_on(grid: Grid, crs: str) -> tuple[float, float, float, float]:
    """The box of a grid in another coordinate system."""
    if grid.crs == crs:
        return grid.bounds
    from rasterio.warp import transform_bounds

    return tuple(transform_bounds(grid.crs, crs, *grid.bounds, densify_pts=21))  # type: ignore[return-value]


def open_on(facts: Facts, grid: Grid, spec: RasterFile) -> WarpedRaster:
    """The raster as seen on the grid: its own cells where they fit, else resampled."""
    inside = same_grid(grid, facts.grid)
    if inside:
        box, own = grid.bounds, facts.grid.bounds
        slack = LIKE * grid.cell_x
        inside = (
            box[0] >= own[0] - slack
            and box[1] >= own[1] - slack
            and box[2] <= own[2] + slack
            and box[3] <= own[3] + slack
        )
    return WarpedRaster(facts.name, 1, facts.grid.crs, grid, resampling=spec.resampling, same=inside)
