"""Sediment delivery: soil lost by rain and the part of it that reaches a stream (InVEST's SDR).

RUSLE (Renard et al. 1997) with the LS factor of Desmet & Govers (1996), connectivity of Borselli et al. (2008), delivery
ratio of Vigiak et al. (2012), as in the InVEST 3.20 user's guide, Sediment Delivery Ratio. Rasters are t/(ha yr).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from onekl_desktop import native
from onekl_desktop.base.rasters import Window
from onekl_desktop.base.work import BLOCK_COLUMNS, STRIP_ROWS, Lookup, Work, column
from onekl_desktop.native.system import release_memory
from onekl_desktop.native.terrain import Terrain, connectivity, find_streams, survey
from onekl_desktop.native.zonal import Measured, ZonalSums

FLOAT32_MAX = float(np.finfo(np.float32).max)
FLOAT32_MIN = float(np.finfo(np.float32).min)
FLOAT64_MAX = float(np.finfo(np.float64).max)
TRACE_FACTOR = 0.7
UNIT_PLOT_M = 22.13
LEAST_SLOPE, LEAST_COVER = 0.005, 0.001
SLOPE_EXPONENTS = ((1.0, 0.2), (3.5, 0.3), (5.0, 0.4), (9.0, 0.5))


def slope_length(
    slope: NDArray[np.float32], accumulation: NDArray[np.float64], cell_m: float, longest: float
) -> NDArray[np.float64]:
    """The LS factor (Desmet & Govers 1996, with the exponents of Oliveira et al. 2013).

    theta = atan(slope / 100); x = |sin theta| + |cos theta|; a = sqrt((A - 1) c^2) for A cells of size c;
    L = ((a + c^2)^(m + 1) - a^(m + 1)) / (c^(m + 2) x^m 22.13^m), at most `longest`; S = 10.8 sin theta + 0.03 below 9 %,
    16.8 sin theta - 0.5 from there. That a length is added to an area is InVEST's.
    """
    theta = np.arctan(slope.astype(np.float64) / 100.0)
    sine = np.sin(theta)
    x = np.abs(sine) + np.abs(np.cos(theta))
    beta = (sine / 0.0896) / (3.0 * sine**0.8 + 0.56)
    m = beta / (1.0 + beta)
    for most, exponent in reversed(SLOPE_EXPONENTS):
        m = np.where(slope <= most, exponent, m)
    a = np.sqrt((accumulation - 1.0) * cell_m**2)
    length = ((a + cell_m**2) ** (m + 1.0) - a ** (m + 1.0)) / (cell_m ** (m + 2.0) * x**m * UNIT_PLOT_M**m)
    steepness = np.where(slope < 9.0, 10.8 * sine + 0.03, 16.8 * sine - 0.5)
    return np.minimum(length, longest) * steepness


RASTERS = ("dem_path", "lulc_path", "erosivity_path", "erodibility_path", "drainage_path")


def run(work: Work) -> None:
    """All rasters and the watershed table. Holds about 35 bytes a cell in its workspace."""
    grid, o, space = work.grid, work.options, work.space
    d8 = o["flow_dir_algorithm"] == "D8"
    sums = ZonalSums(work.zones["watersheds_path"].shapes, grid)
    heights, valid = read_heights(work, sums, [id for id in RASTERS if work.has(id)])
    land = survey(work, heights, valid, d8, 0.1, 0.5)
    streams = _find_streams(work, land, d8)
    work.progress.expect(0.5, 0.6, 3.0 * valid.size)
    rows = _Rows(work, land, streams, _connect_upslope(work, land))
    for _done in work.each_block(rows.erode, 0.6, 0.65):
        pass
    del land.accumulation, land.slope
    release_memory()
    work.progress.expect(0.65, 0.7, float(valid.size))
    d_dn = native.distance_to_channel(land.flow, land.order, streams, rows.weight, space, own_weight=d8)
    work.write("d_dn", d_dn, "float64", -1.0)
    if work.results.wants("what_drains_to_stream"):
        sink = work.results.raster("what_drains_to_stream", grid, "uint8", 255)
        for window in grid.tiles(STRIP_ROWS, BLOCK_COLUMNS):
            sink.write(window, np.where(valid[window.slices], d_dn[window.slices] != -1.0, 255))
    rows.forget()
    for _done in work.each_block(partial(rows.deliver, d_dn), 0.7, 0.75):
        pass
    flux = d_dn
    release_memory()
    work.progress.expect(0.75, 0.85, float(valid.size))
    deposited = native.deposition(land.flow, land.order, rows.ratio, flux, space)
    for part in work.each_block(lambda window: rows.settle(window, deposited, sums), 0.85, 1.0):
        sums.add(part)
    names = {"usle_tot": "usle", "sed_export": "sed_export", "sed_dep": "sed_deposition", "avoid_exp": "avoided_export",
             "avoid_eros": "avoided_erosion"}  # fmt: skip
    zones, area = work.zones["watersheds_path"], grid.cell_area_ha
    table = [[*row, *(float(sums.sums[id][at]) * area for id in names.values())] for at, row in enumerate(zones.rows)]
    work.results.table("watershed_results", [*zones.columns, *names], table)


def _connect_upslope(work: Work, land: Terrain) -> NDArray[np.float32]:
    """The upslope component of connectivity, S W sqrt(A c^2), from the means of slope (m/m) and cover factor over the A
    cells that lie upslope; the sums of slopes are shared by runs on one landscape.
    """
    space, side, cover = work.space, np.sqrt(work.grid.cell_x * work.grid.cell_y), _cover(work)

    def make() -> dict[str, NDArray]:
        sums = _gather(work, land, lambda window: _steepness(land.slope[window.slices]))
        out = space.empty(work.shape, np.float32)
        for window in work.grid.tiles(STRIP_ROWS, BLOCK_COLUMNS):
            out[window.slices] = sums[window.slices]
        return {"upslope": out}

    slopes = space.part(f"slopes-{land.key}", make)["upslope"]
    if work.results.wants("s_bar"):
        _write_mean_slope(work, slopes, land)
    covered, up = _gather(work, land, cover), space.spare(slopes)

    def connect(window: Window) -> None:
        at = window.slices
        cells = np.maximum(land.accumulation[at], 1.0)
        up[at] = covered[at] * (slopes[at] / cells**2 * (np.sqrt(cells) * side))

    for _done in work.each_block(connect, 0.6, 0.6):
        pass
    return up


def _gather(work: Work, land: Terrain, find: Callable[[Window], NDArray[np.float32]]) -> NDArray[np.float64]:
    """Values of the cells, summed over all that lies upslope."""
    sums = work.space.zeros(work.shape, np.float64)

    def fill(window: Window) -> None:
        np.copyto(sums[window.slices], find(window), where=land.valid[window.slices])

    for _done in work.each_block(fill, 0.5, 0.5):
        pass
    return native.gather(land.flow, land.order, sums, work.space)


def _cover(work: Work) -> Callable[[Window], NDArray[np.float32]]:
    """The cover factor of the cells of a window, at least 0.001."""
    factors = Lookup(column(work.tables["biophysical_table_path"], "usle_c"), 0.0)

    def find(window: Window) -> NDArray[np.float32]:
        codes, _has = work.read("lulc_path", window)
        return np.maximum(factors(codes), np.float32(LEAST_COVER))

    return find


def _write_mean_slope(work: Work, upslope: NDArray[np.float32], land: Terrain) -> None:
    sink = work.results.raster("s_bar", work.grid, "float64", FLOAT64_MAX)
    for window in work.grid.tiles(STRIP_ROWS, BLOCK_COLUMNS):
        at = window.slices
        mean = upslope[at] / np.maximum(land.accumulation[at], 1.0)
        sink.write(window, np.where(land.valid[at], mean, FLOAT64_MAX))


def read_heights(work: Work, sums: ZonalSums, ids: list[str]) -> tuple[list[NDArray[np.float64]], NDArray[np.bool_]]:
    """Heights, and where they and all other rasters are valid within the polygons."""
    heights, valid = work.space.zeros(work.shape, np.float64), work.space.zeros(work.shape, np.bool_)

    def look(window: Window) -> None:
        rows = window.slices
        inside = work.here(window, sums.mask(window))
        for id in ids:
            values, has = work.read(id, window)
            inside &= has
            if id == "dem_path":
                high = values
        valid[rows] = inside
        np.copyto(heights[rows], high, where=inside)

    for _done in work.each_block(look, 0.0, 0.1):
        pass
    return [heights], valid


def _find_streams(work: Work, land: Terrain, d8: bool) -> NDArray[np.uint8]:
    streams = find_streams(land, float(work.options["threshold_flow_accumulation"]), d8, work.space, TRACE_FACTOR)
    work.write("stream", streams, "uint8", 255)
    if work.has("drainage_path"):
        for window in work.grid.tiles(STRIP_ROWS, BLOCK_COLUMNS):
            drains, _has = work.read("drainage_path", window)
            streams[window.slices][land.valid[window.slices] & (drains == 1)] = 1
        work.write("stream_and_drainage", streams, "uint8", 255)
    return streams


class _Rows:
    """The pixelwise part: what erodes, what each cell delivers, and what is written when sediment has settled.

    Arrays are used again for what comes later, so that few are held at once: slopes become the weights of steps, the
    upslope component of connectivity the delivery ratio, the downslope one what each cell sends off.
    """

    def __init__(self, work: Work, land: Terrain, streams: NDArray[np.uint8], up: NDArray[np.float32]) -> None:
        self.work, self.land, self.streams = work, land, streams
        self.ratio = self._up = up
        self.rkls, self.weight = work.space.empty(work.shape, np.float32), work.space.spare(land.slope)
        table = work.tables["biophysical_table_path"]
        self._cover = _cover(work)
        self._practice = Lookup({code: row["usle_c"] * row["usle_p"] for code, row in table.items()}, 0.0)
        self._sinks = {id: work.results.raster(id, work.grid, "float32", FLOAT32_MIN if id == "ic" else -1.0)
                       for id in ("ic", "sdr_factor") if work.results.wants(id)}  # fmt: skip
        self._final = {id: work.results.raster(id, work.grid, "float32", nodata) for id, nodata in FINAL.items()}
        self._ls = self._all_slope_lengths() if work.space.shared else None

    def _all_slope_lengths(self) -> NDArray[np.float64]:
        """LS of the whole map, which does not depend on land cover, for other runs on the same landscape."""
        streams = self.work.space.digest(self.streams)

        def make() -> dict[str, NDArray]:
            out = self.work.space.empty(self.land.valid.shape, np.float64)

            def fill(window: Window) -> None:
                out[window.slices] = self._slope_length(window)

            for _done in self.work.each_block(fill, 0.6, 0.6):
                pass
            return {"ls": out}

        return self.work.space.part(f"ls-{self.work.options['l_max']}-{streams}-{self.land.key}", make)["ls"]

    def _slope_length(self, window: Window) -> NDArray[np.float64]:
        at = window.slices
        off = self.land.valid[at] & (self.streams[at] != 1)
        cells = np.maximum(self.land.accumulation[at], 1.0)
        slope = np.where(off, self.land.slope[at], 0)
        return slope_length(slope, cells, self.work.grid.cell_x, self.work.options["l_max"])

    def forget(self) -> None:
        """Let go of what delivery does not need."""
        self._ls, self.weight = None, np.zeros(0, np.float32)

    def erode(self, window: Window) -> None:
        """Soil loss of bare soil, and the weight of a step of the downslope component of connectivity."""
        at, work = window.slices, self.work
        inside = self.land.valid[at]
        erosivity, _has = work.read("erosivity_path", window)
        erodibility, _has = work.read("erodibility_path", window)
        ls = self._slope_length(window) if self._ls is None else self._ls[at]
        off = inside & (self.streams[at] != 1)
        self.rkls[at] = np.where(off, ls * erosivity.astype(np.float64) * erodibility, 0.0)
        product = np.where(inside, self._cover(window) * _steepness(self.land.slope[at]), np.float32(1))
        self.weight[at] = np.where(inside, np.float32(1) / product, np.float32(0))

    def _soil_loss(self, window: Window) -> NDArray[np.float32]:
        codes, _has = self.work.read("lulc_path", window)
        loss: NDArray[np.float32] = self.rkls[window.slices] * self._practice(codes)
        return loss

    def deliver(self, d_dn: NDArray[np.float64], window: Window) -> None:
        """Delivery ratio, and what each cell sends off, in the place of `d_dn`."""
        at, o = window.slices, self.work.options
        on_stream = self.streams[at] == 1
        ic, has = connectivity(self._up[at], d_dn[at], self.land.valid[at] & (d_dn[at] != -1.0))
        ratio = o["sdr_max"] / (1.0 + np.exp((o["ic_0_param"] - ic) / o["k_param"]))
        self.ratio[at] = np.where(on_stream, 1.0, np.where(has, ratio, -1.0))
        for id, values in (("ic", np.where(has, ic, FLOAT32_MIN)), ("sdr_factor", self.ratio[at])):
            if id in self._sinks:
                self._sinks[id].write(window, values)
        sent = (self._soil_loss(window).astype(np.float64) * (1.0 - ratio)).astype(np.float32)
        d_dn[at] = np.where(on_stream, 0.0, np.where(has, sent, -1.0))

    def settle(self, window: Window, deposited: NDArray[np.float32], sums: ZonalSums) -> Measured:
        """Write the final rasters of a block and measure them by watershed."""
        at = window.slices
        off = self.land.valid[at] & (self.streams[at] != 1)
        ratio, rkls, usle = self.ratio[at], self.rkls[at], self._soil_loss(window)
        has = off & (ratio != -1.0)
        avoided, settled = rkls - usle, deposited[at]
        has_settled = settled != -1.0
        results = {
            "rkls": (rkls, off), "usle": (usle, off), "sed_export": (usle * ratio, has), "sed_deposition": (settled, has_settled),
            "avoided_erosion": (avoided, off), "avoided_export": (avoided * ratio + settled, has & has_settled),
        }  # fmt: skip
        stored = {}
        for id, (values, where) in results.items():
            cells = np.where(where, values, FINAL[id]).astype(np.float32)
            self._final[id].write(window, cells)
            stored[id] = (cells, where)
        return sums.measure(window, stored)


def _steepness(slope: NDArray[np.float32]) -> NDArray[np.float32]:
    """Slope in m/m between its limits."""
    return np.clip(slope / np.float32(100), LEAST_SLOPE, 1.0).astype(np.float32, copy=False)


FINAL = {"rkls": -1.0, "usle": FLOAT32_MAX, "sed_export": FLOAT32_MAX, "sed_deposition": -1.0, "avoided_erosion": FLOAT32_MAX,
         "avoided_export": FLOAT32_MAX}  # fmt: skip
