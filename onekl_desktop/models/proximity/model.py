"""Land cover that changes near to, or far from, the edge of other land cover (InVEST's scenario generator)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onekl_desktop.base.errors import Problem, make_problem
from onekl_desktop.base.rasters import Window
from onekl_desktop.base.translate import _
from onekl_desktop.base.work import STRIP_ROWS, Lookup, Work, count_codes
from onekl_desktop.native.reach import Reach, Seen
from onekl_desktop.native.zonal import ZonalSums

RADIUS = 3  # cells, beyond which the Gaussian of one cell is cut off


def smoothed(distance: NDArray[np.float32], row: int, rows: int) -> NDArray[np.float32]:
    """The mean around each cell, weighted by a Gaussian of one cell cut off at three; zero outside the map.

    `distance` may hold any part of the map that reaches three rows beyond the rows that are asked for, or its edge.
    """
    from scipy import ndimage

    offsets = np.mgrid[-RADIUS : RADIUS + 1, -RADIUS : RADIUS + 1]
    squared = offsets[0] ** 2 + offsets[1] ** 2
    kernel = np.where(squared > RADIUS**2, 0.0, np.exp(-squared / 2.0))
    kernel /= kernel.sum()
    top = max(row - RADIUS, 0)
    part = distance[top : row + rows + RADIUS].astype(np.float64)
    mean: NDArray[np.float64] = ndimage.convolve(part, kernel, mode="constant", cval=0.0)
    return mean[row - top : row - top + rows].astype(np.float32)


class Ranking:
    """The lowest (or highest) scores of a map, found without sorting: two passes count scores by their bits.

    Scores are not negative, so that their bits as whole numbers are in the same order as they.
    """

    def __init__(self, count: int, *, farthest: bool) -> None:
        self._count, self._farthest = count, farthest
        self._high = np.zeros(1 << 16, np.int64)
        self._low = np.zeros(1 << 16, np.int64)
        self._bucket = -1
        self._before = 0
        self.limit = np.uint32(0)
        self.ties = 0

    def count(self, scores: NDArray[np.float32]) -> None:
        """First pass."""
        self._high += np.bincount(scores.view(np.uint32) >> np.uint32(16), minlength=1 << 16)

    def choose_bucket(self) -> None:
        """The first pass is over."""
        self._bucket, self._before = self._reach(self._high, 0)

    def refine(self, scores: NDArray[np.float32]) -> None:
        """Second pass, over the same scores."""
        bits = scores.view(np.uint32)
        mine = bits[(bits >> np.uint32(16)) == self._bucket]
        self._low += np.bincount(mine & np.uint32(0xFFFF), minlength=1 << 16)

    def finish(self) -> None:
        """The second pass is over: `limit` is the last score (its bits) that is taken, and `ties` how many of it."""
        low, before = self._reach(self._low, self._before)
        self.limit = np.uint32((self._bucket << 16) + low)
        self.ties = self._count - before

    def _reach(self, counts: NDArray[np.int64], before: int) -> tuple[int, int]:
        """The first bucket, from the wanted end, with which enough are taken, and how many come before it."""
        order = counts[::-1] if self._farthest else counts
        sums = np.cumsum(order) + before
        at = int(np.searchsorted(sums, self._count))
        at = min(at, len(order) - 1)
        taken = int(sums[at] - order[at])
        return (len(order) - 1 - at if self._farthest else at), taken

    def take(self, scores: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Which of these scores are taken; of equal ones the first. Call it in the order of the map."""
        bits = scores.view(np.uint32)
        taken = bits > self.limit if self._farthest else bits < self.limit
        tied = np.flatnonzero(bits == self.limit)[: max(self.ties, 0)]
        taken[tied] = True
        self.ties -= len(tied)
        return taken


def convert(
    work: Work, cover: NDArray, valid: NDArray[np.bool_], cells: int, *, farthest: bool, start: float, stop: float
) -> dict[int, int]:
    """Turn `cells` convertible cells of the map into the replacement, in steps, nearest or farthest first.

    A cell's score is its distance to the nearest focal cell; within focal land, and where no class is known, to the
    nearest other cell that holds a class; then smoothed. Equal scores go row by row. A step that is no whole number of
    cells converts one more.

    Returns
    -------
    How many cells of each class were converted. `cover` is changed.
    """
    o = work.options
    steps, replacement = int(o["n_fragmentation_steps"]), int(o["replacement_lucode"])
    central = Lookup(dict.fromkeys(o["focal_landcover_codes"], True), False, "bool")
    changeable = Lookup(dict.fromkeys(o["convertible_landcover_codes"], True), False, "bool")
    converted: Counter[int] = Counter()
    distance, scores = work.space.empty(cover.shape, np.float32), work.space.empty(cover.shape, np.float32)
    for step in range(steps):
        at = start + (stop - start) * step / steps
        ranking = Ranking(math.ceil(cells / steps), farthest=farthest)
        _measure(work, cover, valid, central, distance, at)

        def candidates(window: Window) -> NDArray[np.float32]:
            chosen = valid[window.slices] & changeable(cover[window.slices])
            return scores[window.slices][chosen]  # used within this step

        def score(window: Window) -> NDArray[np.float32]:
            scores[window.slices] = smoothed(distance, window.row, window.rows)
            return candidates(window)

        for found in work.each_strip(score, at, at):
            ranking.count(found)
        ranking.choose_bucket()
        for found in work.each_strip(candidates, at, at):
            ranking.refine(found)
        ranking.finish()
        for window in work.grid.blocks(STRIP_ROWS):
            part = cover[window.slices]
            places = np.flatnonzero(valid[window.slices] & changeable(part))
            chosen = places[ranking.take(scores[window.slices].ravel()[places])]
            if len(chosen):
                converted.update(count_codes(part.ravel()[chosen])[0])
                part[np.unravel_index(chosen, part.shape)] = replacement
    return dict(converted)


def _measure(
    work: Work, cover: NDArray, valid: NDArray[np.bool_], central: Lookup, out: NDArray[np.float32], at: float
) -> None:
    """Distances (cells) to the nearest focal cell, or within focal land to the nearest other one."""
    focal_reach, other_reach = Reach(*work.shape), Reach(*work.shape)

    def split(window: Window) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        has = valid[window.slices]
        focal = has & central(cover[window.slices])
        return focal, has & ~focal

    def look(window: Window) -> tuple[Seen, Seen]:
        focal, other = split(window)
        return Reach.look(window, focal), Reach.look(window, other)

    def measure(window: Window) -> None:
        focal, other = split(window)
        inside = other_reach.distance(window, other)
        np.copyto(inside, focal_reach.distance(window, focal), where=other)
        out[window.slices] = inside

    for focal_seen, other_seen in work.each_strip(look, at, at):
        focal_reach.add(focal_seen)
        other_reach.add(other_seen)
    focal_reach.prepare()
    other_reach.prepare()
    for _done in work.each_strip(measure, at, at):
        pass


def run(work: Work) -> None:
    """One or two maps with their tables. Holds about 15 bytes a cell in its workspace."""
    o, grid, source = work.options, work.grid, work.rasters["base_lulc_path"]
    dtype = np.result_type(source.dtype, np.min_scalar_type(int(o["replacement_lucode"])))
    valid = work.space.empty(work.shape, np.bool_)
    zones = ZonalSums(work.zones["aoi_path"].shapes, grid) if "aoi_path" in work.zones else None

    def read(cover: NDArray, window: Window) -> None:
        cover[window.slices], has = work.read("base_lulc_path", window)
        valid[window.slices] = has if zones is None else has & zones.mask(window)

    cells = math.ceil(float(o["area_to_convert"]) / grid.cell_area_ha)
    for number, (id, farthest) in enumerate((("nearest_to_edge", False), ("farthest_from_edge", True))):
        if not o.get("convert_farthest_from_edge" if farthest else "convert_nearest_to_edge"):
            continue
        start, cover = number / 2, work.space.empty(work.shape, dtype)
        for _done in work.each_block(partial(read, cover), start, start):
            pass
        converted = convert(work, cover, valid, cells, farthest=farthest, start=start, stop=start + 0.5)
        nodata = -1.0 if source.nodata is None else source.nodata
        work.write(id, cover, dtype.name, nodata, valid if source.nodata is not None else None)
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
