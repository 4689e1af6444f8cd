"""How water, sediment and nutrients travel over a grid of heights, and distances between cells.

Directions k = 0..7 run anticlockwise from east (E NE N NW W SW S SE). Packed flow is uint32: eight weights of four
bits, direction k in bits 4k to 4k + 3, zero where there is no height; a share is a weight by the sum of the cell's
own weights. All arrays have the shape (rows, columns). Sources of the algorithms: Barnes, Lehman & Mulla 2014
(priority flood), O'Callaghan & Mark 1984 (D8), Quinn et al. 1991 (multiple flow directions); ties and plateaus as in
pygeoprocessing 2.4, so that directions and streams equal InVEST's cell by cell.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from onekl_desktop.base.progress import Cancelled
from onekl_desktop.base.workspace import IN_MEMORY, Workspace
from onekl_desktop.native import plain_routing as plain
from onekl_desktop.native.library import LIBRARY, at

D8_NODATA = 128
MFD_NODATA = 0
STREAM_NODATA = 255
MOST_CELLS = 2**31 - 1
TILE = 512  # side of the squares in which pits are filled: fits into a processor's cache
STOPPED = -2


def _mask(valid: NDArray) -> NDArray[np.uint8]:
    """A mask as bytes, without a copy where it can be."""
    return (
        np.ascontiguousarray(valid).view(np.uint8) if valid.dtype == np.bool_ else np.ascontiguousarray(valid, np.uint8)
    )


def _strips(rows: int, columns: int) -> list[slice]:
    """Rows in parts of about four million cells, so that masks of a whole map are never made."""
    step = max(1, (1 << 22) // max(columns, 1))
    return [slice(row, row + step) for row in range(0, rows, step)]


def _surface(heights: NDArray, valid: NDArray) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
    heights = np.ascontiguousarray(heights, np.float64)
    valid = _mask(valid)
    if heights.ndim != 2 or heights.shape != valid.shape:
        raise ValueError(f"shapes do not fit: heights {heights.shape}, valid {valid.shape}")
    if heights.size > MOST_CELLS:
        raise ValueError(f"a grid of {heights.size} cells is more than can be routed at once")
    if not all(np.isfinite(heights[rows]).all(where=valid[rows] != 0) for rows in _strips(*heights.shape)):
        raise ValueError("a valid height must be a finite number")
    return heights, valid


def _check_flow(flow: NDArray[np.uint32], *others: NDArray | None) -> NDArray[np.uint32]:
    flow = np.ascontiguousarray(flow, np.uint32)
    if flow.ndim != 2 or any(other is not None and other.shape != flow.shape for other in others):
        raise ValueError(f"shapes do not fit: {[flow.shape, *(o.shape for o in others if o is not None)]}")
    return flow


def _check_order(flow: NDArray[np.uint32], order: NDArray[np.int32]) -> NDArray[np.int32]:
    order = np.ascontiguousarray(order, np.int32)
    parts = [order[at : at + (1 << 20)] for at in range(0, len(order), 1 << 20)]  # of a map that may be on disk
    if order.ndim != 1 or any(part.min() < 0 or part.max() >= flow.size for part in parts):
        raise ValueError("the order names cells outside the grid")
    return order


def _enough(status: int) -> None:
    if status == STOPPED:
        raise Cancelled
    if status < 0:
        raise MemoryError("not enough memory to route water")


def fill_pits(
    heights: NDArray, valid: NDArray, space: Workspace = IN_MEMORY, *, tile: int = TILE
) -> NDArray[np.float64]:
    """Raise every undrained area to its lowest pour point; outlets are the edge and cells without height.

    The map is flooded in squares of `tile` cells, which joins them by the passes between them (Barnes 2016); the result
    does not depend on their size.

    Raises
    ------
    ValueError
        Shapes that do not fit, a height that is not finite, too many cells.
    MemoryError
        The flood does not fit in memory.
    Cancelled
        The work is no longer wanted; so do all kernels here.
    """
    heights, valid = _surface(heights, valid)
    if LIBRARY is None:
        return plain.fill_pits(heights, valid)
    filled, labels = space.empty(heights.shape, np.float64), space.empty(heights.shape, np.int32)
    _enough(LIBRARY.onekl_fill_pits(at(heights), at(valid), *heights.shape, tile, at(labels), at(filled), space.task))
    return filled


def slope(
    heights: NDArray, valid: NDArray, cell_x: float, cell_y: float, nodata: float, space: Workspace = IN_MEMORY
) -> NDArray[np.float32]:
    """Slope in percent: differences over the 3 x 3 cells weighted 1, 2, 1 (Horn 1981), at edges over those there are."""
    heights, valid = _surface(heights, valid)
    if LIBRARY is None:
        return plain.slope(heights, valid, cell_x, cell_y, nodata)
    out = space.empty(heights.shape, np.float32)
    _enough(LIBRARY.onekl_slope(at(heights), at(valid), *heights.shape, cell_x, cell_y, nodata, at(out), space.task))
    return out


def flow_d8(filled: NDArray, valid: NDArray, space: Workspace = IN_MEMORY) -> NDArray[np.uint8]:
    """Direction of steepest descent, 0..7, 128 without height; over flat areas the way to their drains."""
    filled, valid = _surface(filled, valid)
    if LIBRARY is None:
        return plain.flow_d8(filled, valid)
    out, seen, distance = (
        space.empty(filled.shape, np.uint8), space.zeros(filled.shape, np.uint8), space.empty(filled.shape, np.float64),
    )  # fmt: skip
    _enough(
        LIBRARY.onekl_flow_d8(
            at(filled), at(valid), *filled.shape, D8_NODATA, at(seen), at(distance), at(out), space.task
        )
    )
    return out


def flow_mfd(filled: NDArray, valid: NDArray, space: Workspace = IN_MEMORY) -> NDArray[np.uint32]:
    """Packed flow into all lower neighbours, in proportion to their slopes."""
    filled, valid = _surface(filled, valid)
    if LIBRARY is None:
        return plain.flow_mfd(filled, valid)
    out, seen, distance = (
        space.empty(filled.shape, np.uint32), space.zeros(filled.shape, np.uint8), space.empty(filled.shape, np.float64),
    )  # fmt: skip
    _enough(LIBRARY.onekl_flow_mfd(at(filled), at(valid), *filled.shape, at(seen), at(distance), at(out), space.task))
    return out


def pack_d8(directions: NDArray[np.uint8], space: Workspace = IN_MEMORY) -> NDArray[np.uint32]:
    """D8 directions as packed flow, all of it in one direction; anything but 0..7 has none."""
    directions = np.asarray(directions, np.uint8)
    packed = np.zeros(256, np.uint32)
    packed[:8] = np.uint32(15) << (4 * np.arange(8, dtype=np.uint32))
    out = space.empty(directions.shape, np.uint32)
    for rows in _strips(*directions.shape):
        out[rows] = packed[directions[rows]]
    return out


def flow_order(flow: NDArray[np.uint32], space: Workspace = IN_MEMORY) -> NDArray[np.int32]:
    """Numbers of cells (row * columns + column), each after all that flow into it; cells of a cycle are left out."""
    flow = _check_flow(flow)
    if flow.size > MOST_CELLS:
        raise ValueError(f"a grid of {flow.size} cells is more than can be routed at once")
    if LIBRARY is None:
        return plain.flow_order(flow)
    order, waiting = space.empty((flow.size,), np.int32), space.zeros(flow.shape, np.uint8)
    count = LIBRARY.onekl_flow_order(at(flow), *flow.shape, at(waiting), at(order), space.task)
    _enough(count)
    return order[:count]


def accumulate(flow: NDArray[np.uint32], order: NDArray[np.int32], space: Workspace = IN_MEMORY) -> NDArray[np.float64]:
    """Cells whose water passes a cell, itself among them, those of a divided flow by their shares; 0 where nothing flows."""
    return _sum_up(flow, order, space.zeros(flow.shape, np.float64), space, own=False)


def gather(
    flow: NDArray[np.uint32], order: NDArray[np.int32], values: NDArray[np.float64], space: Workspace = IN_MEMORY
) -> NDArray[np.float64]:
    """Each cell's own value plus what arrives from upslope, in place; cells out of the order keep what they have."""
    if values.dtype != np.float64 or not values.flags.c_contiguous:
        raise ValueError(f"values are summed where they are, as float64, not {values.dtype}")
    return _sum_up(flow, order, values, space, own=True)


def _sum_up(
    flow: NDArray[np.uint32], order: NDArray[np.int32], sums: NDArray[np.float64], space: Workspace, *, own: bool
) -> NDArray[np.float64]:
    flow = _check_flow(flow, sums)
    order = _check_order(flow, order)
    if LIBRARY is None:
        return plain.accumulate(flow, order, own, sums)
    _enough(LIBRARY.onekl_accumulate(at(flow), at(order), len(order), *flow.shape, int(own), at(sums), space.task))
    return sums


def streams_d8(
    flow: NDArray[np.uint32], accumulation: NDArray, threshold: float, space: Workspace = IN_MEMORY
) -> NDArray[np.uint8]:
    """1 where the accumulation exceeds the threshold, 0 elsewhere, 255 where nothing flows."""
    out = space.empty(flow.shape, np.uint8)
    for rows in _strips(*flow.shape):
        np.greater(accumulation[rows], threshold, out=out[rows].view(np.bool_))
        out[rows][flow[rows] == 0] = STREAM_NODATA
    return out


def streams_mfd(
    flow: NDArray[np.uint32], accumulation: NDArray[np.float64], threshold: float, trace_factor: float = 1.0,
    space: Workspace = IN_MEMORY,
) -> NDArray[np.uint8]:  # fmt: skip
    """Streams that reach an outlet: upslope along cells of at least the threshold; cells of at least `trace_factor`
    of it become stream where they join two such reaches. 0 elsewhere, 255 where nothing flows.
    """
    accumulation = np.ascontiguousarray(accumulation, np.float64)
    flow = _check_flow(flow, accumulation)
    if LIBRARY is None:
        return plain.streams_mfd(flow, accumulation, threshold, trace_factor)
    out = space.empty(flow.shape, np.uint8)
    _enough(
        LIBRARY.onekl_streams_mfd(
            at(flow), at(accumulation), *flow.shape, threshold, trace_factor, STREAM_NODATA, at(out), space.task
        )
    )
    return out


def distance_to_channel(
    flow: NDArray[np.uint32], order: NDArray[np.int32], streams: NDArray[np.uint8],
    weights: NDArray[np.float32] | None = None, space: Workspace = IN_MEMORY, *, own_weight: bool = False, nodata: float = -1.0,
) -> NDArray[np.float64]:  # fmt: skip
    """Mean distance along the flow to a stream (0 on it, nodata where no flow reaches one).

    Without weights a step is 1 or the root of 2 cells. With weights it is the weight of the cell below, or of the
    cell itself (`own_weight`, as InVEST's D8 does), without any length.
    """
    weights = None if weights is None else np.ascontiguousarray(weights, np.float32)
    streams = np.ascontiguousarray(streams, np.uint8)
    flow = _check_flow(flow, streams, weights)
    order = _check_order(flow, order)
    if LIBRARY is None:
        return plain.distance_to_channel(flow, order, streams, weights, own_weight, nodata)
    out = space.empty(flow.shape, np.float64)
    status = LIBRARY.onekl_distance_to_channel(
        at(flow), at(order), len(order), *flow.shape, at(streams), at(weights), int(own_weight), nodata, at(out), space.task,
    )  # fmt: skip
    _enough(status)
    return out


def deposition(
    flow: NDArray[np.uint32], order: NDArray[np.int32], ratio: NDArray[np.float32], flux: NDArray[np.float64],
    space: Workspace = IN_MEMORY, *, nodata: float = -1.0,
) -> NDArray[np.float32]:  # fmt: skip
    """Sediment trapped on its way: each cell traps (s - r) / (1 - r) of what arrives, where r is its delivery ratio
    and s the mean ratio of the cells below (at least r).

    `flux` holds what each cell sends off itself, and in the end all that leaves it.
    """
    if flux.dtype != np.float64 or not flux.flags.c_contiguous:
        raise ValueError(f"flows are summed where they are, as float64, not {flux.dtype}")
    ratio = np.ascontiguousarray(ratio, np.float32)
    flow = _check_flow(flow, ratio, flux)
    order = _check_order(flow, order)
    if LIBRARY is None:
        return plain.deposition(flow, order, ratio, flux, nodata)
    trapped = space.empty(flow.shape, np.float32)
    status = LIBRARY.onekl_deposition(
        at(flow), at(order), len(order), *flow.shape, at(ratio), nodata, at(trapped), at(flux), space.task
    )
    _enough(status)
    return trapped


def retention(
    flow: NDArray[np.uint32], order: NDArray[np.int32] | None, streams: NDArray[np.uint8], efficiency: NDArray[np.float32],
    critical_length: NDArray[np.float32], cell_size: float, space: Workspace = IN_MEMORY, *, block_order: bool = True,
    nodata: float = -1.0,
) -> NDArray[np.float32]:  # fmt: skip
    """Share of a nutrient held back on the way to the stream, from each cell's efficiency and critical length (m).

    `block_order` computes cells in the order of InVEST's 256 x 256 blocks, in which some cells next to an outlet are
    computed before the cells below them; without it each cell comes after all it flows into. A negative efficiency
    means none is known: nodata there. `order` is needed without `block_order` only.
    """
    streams = np.ascontiguousarray(streams, np.uint8)
    efficiency = np.ascontiguousarray(efficiency, np.float32)
    critical_length = np.ascontiguousarray(critical_length, np.float32)
    flow = _check_flow(flow, streams, efficiency, critical_length)
    order = _check_order(flow, np.zeros(0, np.int32) if order is None else order)
    if LIBRARY is None:
        return plain.retention(flow, order, streams, efficiency, critical_length, cell_size, block_order, nodata)
    out, ways = space.empty(flow.shape, np.float32), space.zeros(flow.shape, np.uint8) if block_order else None
    status = LIBRARY.onekl_retention(
        at(flow), at(order), len(order), *flow.shape, at(streams), at(efficiency), at(critical_length), cell_size, nodata,
        int(block_order), at(ways), at(out), space.task,
    )  # fmt: skip
    _enough(status)
    return out


def upslope(flow: NDArray[np.uint32], outlets: NDArray[np.bool_], space: Workspace = IN_MEMORY) -> NDArray[np.bool_]:
    """The watershed of some cells: they, and every cell any of whose water passes them."""
    flow = _check_flow(flow, outlets)
    marked = space.empty(flow.shape, np.uint8)
    marked[...] = outlets
    if LIBRARY is None:
        return plain.upslope(flow, marked).astype(bool)
    _enough(LIBRARY.onekl_upslope(at(flow), *flow.shape, at(marked), space.task))
    return marked.view(np.bool_)


def label(codes: NDArray, valid: NDArray[np.bool_], space: Workspace = IN_MEMORY) -> tuple[NDArray[np.int32], int]:
    """Patches of equal codes (8 neighbours), numbered from 1 in the order of their first cells; 0 where not valid."""
    codes = np.ascontiguousarray(codes, np.int32)
    mask = _mask(valid)
    if codes.ndim != 2 or codes.shape != mask.shape or codes.size > MOST_CELLS:
        raise ValueError(f"codes {codes.shape} and valid {mask.shape} do not fit")
    if LIBRARY is None:
        return plain.label(codes, mask)
    out = space.empty(codes.shape, np.int32)
    count = LIBRARY.onekl_label(at(codes), at(mask), *codes.shape, at(out), space.task)
    _enough(count)
    return out, int(count)


def distance(
    source: NDArray, above: NDArray[np.int32] | None = None, below: NDArray[np.int32] | None = None, none: int | None = None,
    space: Workspace = IN_MEMORY,
) -> NDArray[np.float32]:  # fmt: skip
    """Exact Euclidean distance in cells to the nearest source (Meijster et al. 2000).

    Of a part of a map, `above` (columns,) is how many rows over the first row the nearest source of each column lies
    (1: right above it), and `below` likewise under the last row; `none` or more where there is none. With those of the
    whole map the distances are exact. Where there is no source at all the distance is `none` (rows + columns when left out).
    """
    source = _mask(source)
    if source.ndim != 2:
        raise ValueError(f"sources must have two dimensions, not {source.shape}")
    none = sum(source.shape) if none is None else none
    sides = [
        np.full(source.shape[1], none, np.int32) if side is None else np.ascontiguousarray(side, np.int32)
        for side in (above, below)
    ]
    if any(side.shape != source.shape[1:] for side in sides):
        raise ValueError(f"carried rows {[side.shape for side in sides]} do not fit {source.shape}")
    if LIBRARY is None:
        return plain.distance(source, sides[0], sides[1], none)
    out = space.empty(source.shape, np.float32)
    _enough(LIBRARY.onekl_distance(at(source), at(sides[0]), at(sides[1]), *source.shape, none, at(out), space.task))
    return out
