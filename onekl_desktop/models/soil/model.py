"""Sediment delivery: soil lost by rain and the part of it that reaches a stream (InVEST's SDR).

RUSLE (Renard et al. 1997) with the LS factor of Desmet & Govers (1996), connectivity of Borselli et al. (2008), delivery
ratio of Vigiak et al. (2012), as in the InVEST 3.20 user's guide, Sediment Delivery Ratio. Rasters are t/(ha yr).
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from onekl_desktop import native
from onekl_desktop.base.rasters import Window
from onekl_desktop.base.work import BLOCK_COLUMNS, STRIP_ROWS, Lookup, Work, column
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
    """All rasters and the watershed table. Holds about 60 bytes a cell in its workspace."""
    grid, o, space = work.grid, work.options, work.space
    d8 = o["flow_dir_algorithm"] == "D8"
    sums = ZonalSums(work.zones["watersheds_path"].shapes, grid)
    heights, valid = read_heights(work, sums, [id for id in RASTERS if work.has(id)])
    land = survey(work, heights, valid, d8, 0.1, 0.5)
    streams = _find_streams(work, land, d8)
    s, w = _weights(work, land)
    work.progress.expect(0.5, 0.6, 3.0 * valid.size)
    upslope, covered = _gather(work, land, s, w)
    if work.results.wants("s_bar"):
        _write_mean_slope(work, upslope, land)
    for window in grid.tiles(STRIP_ROWS, BLOCK_COLUMNS):
        at = window.slices
        product = np.where(valid[at], w[at] * s[at], np.float32(1))
        w[at] = np.where(valid[at], np.float32(1) / product, np.float32(0))
    del s
    d_dn = native.distance_to_channel(land.flow, land.order, streams, w, space, own_weight=d8)
    work.write("d_dn", d_dn, "float64", -1.0)
    if work.results.wants("what_drains_to_stream"):
        sink = work.results.raster("what_drains_to_stream", grid, "uint8", 255)
        for window in grid.tiles(STRIP_ROWS, BLOCK_COLUMNS):
            sink.write(window, np.where(valid[window.slices], d_dn[window.slices] != -1.0, 255))
    rows = _Rows(work, land, streams, upslope, covered, d_dn, w)
    for _done in work.each_block(rows.erode, 0.6, 0.75):
        pass
    ratio, sheet = rows.ratio, rows.sheet
    del land.accumulation, upslope, covered, d_dn, w
    rows.forget()
    work.progress.expect(0.75, 0.85, float(valid.size))
    deposited, flux = native.deposition(land.flow, land.order, ratio, sheet, space)
    del flux
    for part in work.each_block(lambda window: rows.settle(window, deposited, sums), 0.85, 1.0):
        sums.add(part)
    names = {"usle_tot": "usle", "sed_export": "sed_export", "sed_dep": "sed_deposition", "avoid_exp": "avoided_export",
             "avoid_eros": "avoided_erosion"}  # fmt: skip
    zones, area = work.zones["watersheds_path"], grid.cell_area_ha
    table = [[*row, *(float(sums.sums[id][at]) * area for id in names.values())] for at, row in enumerate(zones.rows)]
    work.results.table("watershed_results", [*zones.columns, *names], table)


def _gather(
    work: Work, land: Terrain, s: NDArray[np.float32], w: NDArray[np.float32]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Slopes and cover factors, summed over all that lies upslope; the slopes are shared by runs on one landscape."""
    space = work.space
    with ThreadPoolExecutor(1, thread_name_prefix="accumulate") as pool:
        gathered = pool.submit(native.accumulate, land.flow, land.order, w, space)

        def make() -> dict[str, NDArray]:
            return {"upslope": native.accumulate(land.flow, land.order, s, space)}

        return space.part(f"slopes-{land.key}", make)["upslope"], gathered.result()


def _write_mean_slope(work: Work, upslope: NDArray[np.float64], land: Terrain) -> None:
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


def _weights(work: Work, land: Terrain) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Slope (m/m, 0.005 to 1) and cover factor (at least 0.001), 0 where there is no land."""
    s, w = work.space.zeros(work.shape, np.float32), work.space.zeros(work.shape, np.float32)
    cover = Lookup(column(work.tables["biophysical_table_path"], "usle_c"), 0.0)

    def weigh(window: Window) -> None:
        rows = window.slices
        codes, _has = work.read("lulc_path", window)
        inside = land.valid[rows]
        np.copyto(s[rows], np.clip(land.slope[rows] / np.float32(100), LEAST_SLOPE, 1.0), where=inside)
        np.copyto(w[rows], np.maximum(cover(codes), np.float32(LEAST_COVER)), where=inside)

    for _done in work.each_block(weigh, 0.5, 0.5):
        pass
    return s, w


class _Rows:
    """The pixelwise part: what erodes before sediment travels, and what is written when it has settled."""

    def __init__(
        self, work: Work, land: Terrain, streams: NDArray[np.uint8], upslope: NDArray[np.float64], covered: NDArray[np.float64],
        d_dn: NDArray[np.float64], sheet: NDArray[np.float32],
    ) -> None:  # fmt: skip
        self.work, self.land, self.streams = work, land, streams
        self._upslope: NDArray | None = upslope
        self._covered: NDArray | None = covered
        self._d_dn: NDArray | None = d_dn
        shape, empty = land.valid.shape, work.space.empty
        self.ratio, self.sheet = empty(shape, np.float32), sheet
        self.rkls, self.usle = empty(shape, np.float32), empty(shape, np.float32)
        self.has_ic = empty(shape, np.bool_)
        self._ls = self._all_slope_lengths() if work.space.shared else None
        table = work.tables["biophysical_table_path"]
        self._practice = Lookup({code: row["usle_c"] * row["usle_p"] for code, row in table.items()}, 0.0)
        self._sinks = {id: work.results.raster(id, work.grid, "float32", FLOAT32_MIN if id == "ic" else -1.0)
                       for id in ("ic", "sdr_factor") if work.results.wants(id)}  # fmt: skip
        self._final = {id: work.results.raster(id, work.grid, "float32", nodata) for id, nodata in FINAL.items()}

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
        """Let go of what only the first part needs."""
        self._upslope = self._covered = self._d_dn = None

    def erode(self, window: Window) -> None:
        """Delivery ratio, soil loss and what each cell sends off."""
        assert self._upslope is not None
        assert self._covered is not None
        assert self._d_dn is not None
        rows, work, o = window.slices, self.work, self.work.options
        inside, on_stream = self.land.valid[rows], self.streams[rows] == 1
        cells = np.maximum(self.land.accumulation[rows], 1.0)
        d_up = (
            self._upslope[rows]
            * self._covered[rows]
            / cells**2
            * np.sqrt(cells * (work.grid.cell_x * work.grid.cell_y))
        )
        ic, has = connectivity(d_up, self._d_dn[rows], inside & (self._d_dn[rows] != -1.0))
        ratio = o["sdr_max"] / (1.0 + np.exp((o["ic_0_param"] - ic) / o["k_param"]))
        self.ratio[rows] = np.where(on_stream, 1.0, np.where(has, ratio, -1.0))
        self.has_ic[rows] = has
        for id, values in (("ic", np.where(has, ic, FLOAT32_MIN)), ("sdr_factor", self.ratio[rows])):
            if id in self._sinks:
                self._sinks[id].write(window, values)
        erosivity, _has = work.read("erosivity_path", window)
        erodibility, _has = work.read("erodibility_path", window)
        codes, _has = work.read("lulc_path", window)
        off = inside & ~on_stream
        ls = self._slope_length(window) if self._ls is None else self._ls[rows]
        rkls = np.where(off, ls * erosivity.astype(np.float64) * erodibility, 0.0)
        usle = rkls * self._practice(codes)
        self.rkls[rows], self.usle[rows] = rkls, usle
        self.sheet[rows] = np.where(on_stream, 0.0, np.where(has, usle * (1.0 - ratio), -1.0))

    def settle(self, window: Window, deposited: NDArray[np.float64], sums: ZonalSums) -> Measured:
        """Write the final rasters of a strip and measure them by watershed."""
        rows = window.slices
        off = self.land.valid[rows] & (self.streams[rows] != 1)
        ratio, usle, has = self.ratio[rows], self.usle[rows], off & self.has_ic[rows]
        avoided, settled = self.rkls[rows] - usle, deposited[rows]
        has_settled = settled != -1.0
        results = {
            "rkls": (self.rkls[rows], off), "usle": (usle, off), "sed_export": (usle * ratio, has),
            "sed_deposition": (settled, has_settled), "avoided_erosion": (avoided, off),
            "avoided_export": (avoided * ratio + settled, has & has_settled),
        }  # fmt: skip
        stored = {}
        for id, (values, where) in results.items():
            cells = np.where(where, values, FINAL[id]).astype(np.float32)
            self._final[id].write(window, cells)
            stored[id] = (cells, where)
        return sums.measure(window, stored)


FINAL = {"rkls": -1.0, "usle": FLOAT32_MAX, "sed_export": FLOAT32_MAX, "sed_deposition": -1.0, "avoided_erosion": FLOAT32_MAX,
         "avoided_export": FLOAT32_MAX}  # fmt: skip
