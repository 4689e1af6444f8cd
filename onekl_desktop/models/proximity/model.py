"""Land cover that changes near to, or far from, the edge of other land cover (InVEST's scenario generator)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onekl_desktop import native
from onekl_desktop.base.errors import Problem, make_problem
from onekl_desktop.base.rasters import Window
from onekl_desktop.base.translate import _
from onekl_desktop.base.work import STRIP_ROWS, WORKERS, Lookup, Work
from onekl_desktop.native.zonal import ZonalSums

RADIUS = 3  # cells, beyond which the Gaussian of one cell is cut off


def edge_distance(focal: NDArray[np.bool_], valid: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Distance (cells) to the nearest focal cell; within focal land, and where no class is
    known, to the nearest other cell that holds a class.
    """
    other = valid & ~focal
    with ThreadPoolExecutor(2, thread_name_prefix="distance") as pool:
        outside = pool.submit(native.distance, focal.astype(np.uint8))
        inside = native.distance(other.astype(np.uint8))
        np.copyto(inside, outside.result(), where=other)
    return inside


def smoothed(distance: NDArray[np.float32]) -> NDArray[np.float32]:
    """The mean around each cell, weighted by a Gaussian of one cell cut off at three; zero outside the map."""
    rows, columns = np.mgrid[-RADIUS : RADIUS + 1, -RADIUS : RADIUS + 1]
    squared = rows**2 + columns**2
    kernel = np.where(squared > RADIUS**2, 0.0, np.exp(-squared / 2.0))
    kernel /= kernel.sum()
    out = np.empty_like(distance)

    def smooth(first: int) -> None:
        from scipy import ndimage

        top, last = max(first - RADIUS, 0), min(first + STRIP_ROWS, len(distance))
        part = distance[top : min(last + RADIUS, len(distance))].astype(np.float64)
        mean = ndimage.convolve(part, kernel, mode="constant", cval=0.0)
        out[first:last] = mean[first - top : last - top]

    with ThreadPoolExecutor(WORKERS, thread_name_prefix="smooth") as pool:
        list(pool.map(smooth, range(0, len(distance), STRIP_ROWS)))
    return out


def choose(
    score: NDArray[np.float32], candidates: NDArray[np.bool_], count: int, *, farthest: bool
) -> NDArray[np.int64]:
    """Flat numbers of the `count` candidates with the lowest (or highest) score; of equal ones the first, row by row."""
    ranked = score[candidates]
    if count <= 0:
        return np.zeros(0, np.int64)
    if count >= len(ranked):
        return np.flatnonzero(candidates)
    at = len(ranked) - count if farthest else count - 1
    ranked.partition(at)
    limit = ranked[at]
    del ranked
    sure = candidates & (score > limit if farthest else score < limit)
    chosen = np.flatnonzero(sure)
    tied = np.flatnonzero(candidates & (score == limit))[: count - len(chosen)]
    return np.concatenate([chosen, tied])


def convert(
    cover: NDArray, valid: NDArray[np.bool_], focal: Sequence[int], convertible: Sequence[int], replacement: int,
    cells: int, steps: int, *, farthest: bool,
) -> tuple[NDArray, dict[int, int]]:  # fmt: skip
    """Turn `cells` convertible cells into `replacement`, in steps, nearest or farthest first.

    Equal distances go row by row. A step that is no whole number of cells converts one more.

    Returns
    -------
    The new map (of a wider type where the replacement needs one), and how many cells of each class were converted.
    """
    cover = cover.astype(np.result_type(cover.dtype, np.min_scalar_type(replacement)))
    converted: dict[int, int] = {}
    per_step = math.ceil(cells / steps)
    central = Lookup(dict.fromkeys(focal, True), False, "bool")
    changeable = Lookup(dict.fromkeys(convertible, True), False, "bool")
    for _step in range(steps):
        score = smoothed(edge_distance(valid & central(cover), valid))
        chosen = choose(score, valid & changeable(cover), per_step, farthest=farthest)
        found, counts = np.unique(cover.ravel()[chosen], return_counts=True)
        for code, count in zip(found.tolist(), counts.tolist(), strict=True):
            converted[int(code)] = converted.get(int(code), 0) + count
        cover.ravel()[chosen] = replacement
    return cover, converted


def run(work: Work) -> None:
    """One or two maps with their tables. Holds the map in memory."""
    o, grid = work.options, work.grid
    cover, valid = work.read("base_lulc_path")
    nodata = work.rasters["base_lulc_path"].nodata
    if "aoi_path" in work.zones:
        inside = ZonalSums(work.zones["aoi_path"].shapes, grid).mask(Window(0, 0, grid.rows, grid.columns))
        valid = valid & inside
    cells = math.ceil(float(o["area_to_convert"]) / grid.cell_area_ha)
    for number, (id, farthest) in enumerate((("nearest_to_edge", False), ("farthest_from_edge", True))):
        if not o.get("convert_farthest_from_edge" if farthest else "convert_nearest_to_edge"):
            continue
        work.progress.report(number / 2)
        out, converted = convert(
            cover, valid, o["focal_landcover_codes"], o["convertible_landcover_codes"], int(o["replacement_lucode"]),
            cells, int(o["n_fragmentation_steps"]), farthest=farthest,
        )  # fmt: skip
        if nodata is not None:
            out[~valid] = nodata
        work.write(id, out, out.dtype.name, -1.0 if nodata is None else nodata)
        work.results.table(
            "farthest_table" if farthest else "nearest_table",
            ("original lucode", "replacement lucode", "area converted (Ha)", "pixels converted"),
            [(code, int(o["replacement_lucode"]), count * grid.cell_area_ha, count) for code, count in sorted(converted.items())],
        )  # fmt: skip


def check(options: Mapping[str, Any]) -> list[Problem]:
    """One direction at least must be asked for."""
    if options.get("convert_farthest_from_edge") or options.get("convert_nearest_to_edge"):
        return []
    return [
        make_problem(
            "model.nothing_asked",
            field="convert_nearest_to_edge",
            one=_("Nearest to the edge first"),
            other=_("Farthest from the edge first"),
        )
    ]
