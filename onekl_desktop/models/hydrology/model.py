"""Streams and watersheds of a landscape, from its heights (priority flood, D8 or multiple flow directions)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onekl_desktop import native
from onekl_desktop.base.rasters import Window
from onekl_desktop.base.work import BLOCK_COLUMNS, STRIP_ROWS, Work, Zones
from onekl_desktop.native.terrain import Terrain, find_streams, survey

NO_WATERSHED = -1


def run(work: Work) -> None:
    """Terrain rasters, streams, and with outlets their watersheds. Holds about 50 bytes a cell in its workspace."""
    o, space = work.options, work.space
    d8 = o["flow_dir_algorithm"] == "D8"
    heights, valid = [space.zeros(work.shape, np.float64)], space.zeros(work.shape, np.bool_)

    def look(window: Window) -> None:
        values, valid[window.slices] = work.read("dem_path", window)
        np.copyto(heights[0][window.slices], values, where=valid[window.slices])

    for _done in work.each_block(look, 0.0, 0.1):
        pass
    land = survey(work, heights, valid, d8, 0.1, 0.7, accumulation_nodata=-1.0)
    streams = find_streams(land, float(o["threshold_flow_accumulation"]), d8, space)
    work.write("stream", streams, "uint8", 255)
    if "outlets_path" in work.zones:
        watersheds, rows = delineate(work, land, streams, work.zones["outlets_path"], int(o["snap_distance"]))
        work.write("watersheds", watersheds, "int32", NO_WATERSHED)
        columns = [
            "watershed",
            *work.zones["outlets_path"].columns,
            "x",
            "y",
            "cells_upslope",
            "area_upslope_ha",
            "own_area_ha",
        ]
        work.results.table("watersheds_table", columns, rows)


def snap(streams: NDArray[np.uint8], row: int, column: int, cells: int) -> tuple[int, int]:
    """The nearest stream cell within a distance (cells); the cell itself where there is none."""
    top, left = max(row - cells, 0), max(column - cells, 0)
    near = np.argwhere(streams[top : row + cells + 1, left : column + cells + 1] == 1) + np.array([top, left])
    if not len(near):
        return row, column
    away = np.hypot(near[:, 0] - row, near[:, 1] - column)
    at = int(np.argmin(away))
    return (int(near[at, 0]), int(near[at, 1])) if away[at] <= cells else (row, column)


def delineate(
    work: Work, land: Terrain, streams: NDArray[np.uint8], outlets: Zones, reach: int
) -> tuple[NDArray[np.int32], list[list[Any]]]:
    """The watershed of each outlet, numbered from 1 in their order; of nested ones a cell belongs to the first below it.

    An outlet outside the heights gets no watershed and empty figures.
    """
    grid = work.grid
    cells = grid.to_cells(np.asarray(outlets.shapes.xy, np.float64))
    firsts = outlets.shapes.part_offsets[outlets.shapes.shape_offsets[:-1]]
    places: list[tuple[int, int] | None] = []
    for column, row in cells[firsts]:
        at = (math.floor(row), math.floor(column))
        inside = 0 <= at[0] < grid.rows and 0 <= at[1] < grid.columns
        places.append(snap(streams, *at, reach) if inside and reach else at if inside else None)
    found = work.space.full(land.valid.shape, NO_WATERSHED, np.int32)
    upslope: dict[int, int] = {}
    wet = [number for number, place in enumerate(places) if place is not None and land.valid[place]]
    for number in sorted(wet, key=lambda number: -float(land.accumulation[places[number]])):  # the lowest first
        outlet = work.space.zeros(land.valid.shape, np.bool_)
        outlet[places[number]] = True
        watershed = native.upslope(land.flow, outlet, work.space)
        upslope[number] = 0
        for window in grid.tiles(STRIP_ROWS, BLOCK_COLUMNS):
            mine = watershed[window.slices]
            upslope[number] += int(np.count_nonzero(mine))
            found[window.slices][mine] = number + 1
    own = np.zeros(len(places) + 1, np.int64)
    for window in grid.tiles(STRIP_ROWS, BLOCK_COLUMNS):
        part = found[window.slices]
        own += np.bincount(part[part > 0], minlength=len(places) + 1)
    rows: list[list[Any]] = []
    for number, attributes in enumerate(outlets.rows):
        place = places[number]
        if place is None or number not in upslope:
            rows.append([number + 1, *attributes, None, None, None, None, None])
            continue
        x, y = grid.left + (place[1] + 0.5) * grid.cell_x, grid.top - (place[0] + 0.5) * grid.cell_y
        count = upslope[number]
        rows.append(
            [
                number + 1,
                *attributes,
                x,
                y,
                count,
                count * grid.cell_area_ha,
                float(own[number + 1]) * grid.cell_area_ha,
            ]
        )
    return found, rows
