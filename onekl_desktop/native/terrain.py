"""What the routed models share: the landscape as water sees it, and how well a cell is connected to a stream."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onekl_desktop.native.routing import (
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


@dataclass
class Terrain:
    """What depends on the heights alone: computed once for a landscape, shared by its scenarios."""

    valid: NDArray[np.bool_]
    slope: NDArray[np.float32]
    flow: NDArray[np.uint32]
    directions: NDArray
    order: NDArray[np.int32]
    accumulation: NDArray[np.float64]


def read_terrain(
    heights: list[NDArray[np.float64]], valid: NDArray[np.bool_], cell_x: float, cell_y: float, d8: bool,
    on_filled: Callable[[NDArray[np.float64]], None] = lambda filled: None,
) -> Terrain:  # fmt: skip
    """Slope (percent), flow and its accumulation (cells).

    `heights` holds one array of float64, which is taken out and let go as soon as it is not needed; `on_filled` sees the
    heights without pits.
    """
    filled = fill_pits(heights.pop(), valid)
    on_filled(filled)
    slope = slope_percent(filled, valid, cell_x, cell_y, SLOPE_NODATA)
    directions: NDArray
    if d8:
        directions = flow_d8(filled, valid)
        flow = pack_d8(directions)
    else:
        flow = flow_mfd(filled, valid)
        directions = flow.view(np.int32)
    del filled
    order = flow_order(flow)
    return Terrain(valid, slope, flow, directions, order, accumulate(flow, order))


def find_streams(land: Terrain, threshold: float, d8: bool, trace_factor: float = 1.0) -> NDArray[np.uint8]:
    """Where enough cells gather (see `native.streams_d8` and `native.streams_mfd`): 1 stream, 0 land, 255 nothing."""
    if d8:
        return streams_d8(land.flow, land.accumulation, threshold)
    return streams_mfd(land.flow, land.accumulation, threshold, trace_factor)


def connectivity(
    upslope: NDArray[np.float64], downslope: NDArray[np.float64], valid: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """IC = log10(D_up / D_dn) where both exist and are not zero, and where that is."""
    has = valid & (downslope > 0.0) & (upslope > 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log10(np.where(has, upslope / downslope, 1.0)), has
