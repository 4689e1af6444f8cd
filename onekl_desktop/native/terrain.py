"""What the routed models share: the landscape as water sees it, and how well a cell is connected to a stream."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onekl_desktop.base.work import BLOCK_COLUMNS, STRIP_ROWS, Work
from onekl_desktop.base.workspace import Arrays, Workspace
from onekl_desktop.native.routing import (
    D8_NODATA,
    MFD_NODATA,
    accumulate,
    fill_pits,
    flow_d8,
    flow_mfd,
    flow_order,
    pack_d8,
    streams_d8,
    streams_mfd,
)
from onekl_desktop.native.routing import slope as slope_percent

SLOPE_NODATA = float(np.finfo(np.float32).min)
FLOAT32_MAX = float(np.finfo(np.float32).max)
ACCUMULATION_NODATA = -1.23789789e29


@dataclass
class Terrain:
    """What depends on the heights alone: computed once for a landscape, shared by its scenarios."""

    valid: NDArray[np.bool_]
    slope: NDArray[np.float32]
    flow: NDArray[np.uint32]
    order: NDArray[np.int32]
    accumulation: NDArray  # cells: float64, or uint32 of a flow that is never divided
    key: str


def survey(
    work: Work, heights: list[NDArray[np.float64]], valid: NDArray[np.bool_], d8: bool, start: float, stop: float,
    accumulation_nodata: float = ACCUMULATION_NODATA,
) -> Terrain:  # fmt: skip
    """Slope (percent), flow and its accumulation (cells); writes those of them that are wanted.

    `heights` holds one array of float64, which is taken out and let go as soon as it is not needed. A workspace that
    keeps finished parts gives them back for the same heights and the same valid cells.
    """
    grid, space, surface = work.grid, work.space, heights.pop()
    work.progress.expect(start, stop, 8.0 * valid.size)
    wants_filled = work.results.wants("filled_dem")
    parts = ["d8" if d8 else "mfd", *(["filled"] if wants_filled else [])]
    key = f"terrain-{'-'.join(parts)}-{space.digest(surface, valid)}"

    def make() -> Arrays:
        nonlocal surface
        filled = fill_pits(surface, valid, space)
        del surface
        slope = slope_percent(filled, valid, grid.cell_x, grid.cell_y, SLOPE_NODATA, space)
        made: dict[str, NDArray] = {"slope": slope, "filled": filled} if wants_filled else {"slope": slope}
        if d8:
            made["directions"] = flow_d8(filled, valid, space)
            made["flow"] = pack_d8(made["directions"], space)
        else:
            made["flow"] = flow_mfd(filled, valid, space)
        del filled
        made["order"] = flow_order(made["flow"], space)
        made["accumulation"] = accumulate(made["flow"], made["order"], space)
        if d8:
            made["accumulation"] = _whole(work, made["accumulation"])
        return made

    made = space.part(key, make)
    work.progress.report(stop)
    if wants_filled:
        work.write("filled_dem", made["filled"], "float32", FLOAT32_MAX, valid)
    work.write("slope", made["slope"], "float32", SLOPE_NODATA)
    if d8:
        work.write("flow_direction", made["directions"], "uint8", D8_NODATA)
    else:
        work.write("flow_direction", made["flow"].view(np.int32), "int32", MFD_NODATA)
    work.write("flow_accumulation", made["accumulation"], "float64", accumulation_nodata, valid)
    return Terrain(valid, made["slope"], made["flow"], made["order"], made["accumulation"], key)


def _whole(work: Work, cells: NDArray[np.float64]) -> NDArray[np.uint32]:
    """Cells in whole numbers, which need half the room."""
    out = work.space.empty(cells.shape, np.uint32)
    for window in work.grid.tiles(STRIP_ROWS, BLOCK_COLUMNS):
        out[window.slices] = cells[window.slices]
    return out


def find_streams(
    land: Terrain, threshold: float, d8: bool, space: Workspace, trace_factor: float = 1.0
) -> NDArray[np.uint8]:
    """Where enough cells gather (see `native.streams_d8` and `native.streams_mfd`): 1 stream, 0 land, 255 nothing."""
    if d8:
        return streams_d8(land.flow, land.accumulation, threshold, space)
    return streams_mfd(land.flow, land.accumulation, threshold, trace_factor, space)


def connectivity(
    upslope: NDArray, downslope: NDArray[np.float64], valid: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """IC = log10(D_up / D_dn) where both exist and are not zero, and where that is."""
    has = valid & (downslope > 0.0) & (upslope > 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log10(np.where(has, upslope / downslope, 1.0)), has
