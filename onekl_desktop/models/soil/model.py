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
from onekl_desktop.base.work import STRIP_ROWS, Lookup, Work, column
from onekl_desktop.native.terrain import Terrain, connectivity, find_streams, read_terrain
from onekl_desktop.native.zonal import Measured, ZonalSums

FLOAT32_MAX = float(np.finfo(np.float32).max)
FLOAT32_MIN = float(np.finfo(np.float32).min)
FLOAT64_MAX = float(np.finfo(np.float64).max)
ACCUMULATION_NODATA = -1.23789789e29
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
    """All rasters and the watershed table. Holds about 60 bytes a cell in memory."""
    grid, o = work.grid, work.options
    d8 = o["flow_dir_algorithm"] == "D8"
    sums = ZonalSums(work.zones["watersheds_path"].shapes, grid)
    heights, valid = read_heights(work, sums, [id for id in RASTERS if work.has(id)])

    def keep(filled: NDArray[np.float64]) -> None:
        work.write("filled_dem", filled, "float32", FLOAT32_MAX, valid)

    land = read_terrain(heights, valid, grid.cell_x, grid.cell_y, d8, keep)
    work.progress.report(0.35)
    work.write("slope", land.slope, "float32", FLOAT32_MIN)
    work.write(
        "flow_direction", land.directions, "uint8" if d8 else "int32", native.D8_NODATA if d8 else native.MFD_NODATA
    )
    work.write("flow_accumulation", land.accumulation, "float64", ACCUMULATION_NODATA, valid)
    streams = _find_streams(work, land, d8)
    s, w = _weights(work, land)
    with ThreadPoolExecutor(2, thread_name_prefix="accumulate") as pool:
        gathered = pool.submit(native.accumulate, land.flow, land.order, w)
        upslope = native.accumulate(land.flow, land.order, s)
        covered = gathered.result()
    work.progress.report(0.5)
    if work.results.wants("s_bar"):
        work.write("s_bar", upslope / np.maximum(land.accumulation, 1.0), "float64", FLOAT64_MAX, valid)
    for window in grid.blocks(STRIP_ROWS):
        rows_of = slice(window.row, window.row + window.rows)
        product = np.where(valid[rows_of], w[rows_of] * s[rows_of], np.float32(1))
        w[rows_of] = np.where(valid[rows_of], np.float32(1) / product, np.float32(0))
    del s
    d_dn = native.distance_to_channel(land.flow, land.order, streams, w, own_weight=d8)
    work.write("d_dn", d_dn, "float64", -1.0)
    if work.results.wants("what_drains_to_stream"):
        work.write("what_drains_to_stream", np.where(valid, d_dn != -1.0, 255), "uint8", 255)
    work.progress.report(0.6)
    rows = _Rows(work, land, streams, upslope, covered, d_dn, w)
    for _done in work.each_strip(rows.erode, 0.6, 0.75):
        pass
    ratio, sheet = rows.ratio, rows.sheet
    del land.accumulation, upslope, covered, d_dn, w
    rows.forget()
    deposited, flux = native.deposition(land.flow, land.order, ratio, sheet)
    del flux
    work.progress.report(0.85)
    for part in work.each_strip(lambda window: rows.settle(window, deposited, sums), 0.85, 1.0):
        sums.add(part)
    names = {"usle_tot": "usle", "sed_export": "sed_export", "sed_dep": "sed_deposition", "avoid_exp": "avoided_export",
             "avoid_eros": "avoided_erosion"}  # fmt: skip
    zones, area = work.zones["watersheds_path"], grid.cell_area_ha
    table = [[*row, *(float(sums.sums[id][at]) * area for id in names.values())] for at, row in enumerate(zones.rows)]
    work.results.table("watershed_results", [*zones.columns, *names], table)


def read_heights(work: Work, sums: ZonalSums, ids: list[str]) -> tuple[list[NDArray[np.float64]], NDArray[np.bool_]]:
    """Heights, and where they and all other rasters are valid within the polygons."""
    heights = np.zeros((work.grid.rows, work.grid.columns))
    valid = np.zeros(heights.shape, bool)

    def look(window: Window) -> None:
        rows = slice(window.row, window.row + window.rows)
        inside = sums.mask(window)
        for id in ids:
            values, has = work.read(id, window)
            inside &= has
            if id == "dem_path":
                high = values
        valid[rows] = inside
        np.copyto(heights[rows], high, where=inside)

    for _done in work.each_strip(look, 0.0, 0.1):
        pass
    return [heights], valid


def _find_streams(work: Work, land: Terrain, d8: bool) -> NDArray[np.uint8]:
    streams = find_streams(land, float(work.options["threshold_flow_accumulation"]), d8, TRACE_FACTOR)
    work.write("stream", streams, "uint8", 255)
    if work.has("drainage_path"):
        drains, _has = work.read("drainage_path")
        streams[land.valid & (drains == 1)] = 1
        work.write("stream_and_drainage", streams, "uint8", 255)
    return streams


def _weights(work: Work, land: Terrain) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Slope (m/m, 0.005 to 1) and cover factor (at least 0.001), 0 where there is no land."""
    s = np.zeros(land.slope.shape, np.float32)
    w = np.zeros(land.slope.shape, np.float32)
    cover = Lookup(column(work.tables["biophysical_table_path"], "usle_c"), 0.0)

    def weigh(window: Window) -> None:
        rows = slice(window.row, window.row + window.rows)
        codes, _has = work.read("lulc_path", window)
        inside = land.valid[rows]
        np.copyto(s[rows], np.clip(land.slope[rows] / np.float32(100), LEAST_SLOPE, 1.0), where=inside)
        np.copyto(w[rows], np.maximum(cover(codes), np.float32(LEAST_COVER)), where=inside)

    for _done in work.each_strip(weigh, 0.4, 0.45):
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
        shape = land.valid.shape
        self.ratio, self.sheet = np.empty(shape, np.float32), sheet
        self.rkls, self.usle = np.empty(shape, np.float32), np.empty(shape, np.float32)
        self.has_ic = np.empty(shape, bool)
        table = work.tables["biophysical_table_path"]
        self._practice = Lookup({code: row["usle_c"] * row["usle_p"] for code, row in table.items()}, 0.0)
        self._sinks = {id: work.results.raster(id, work.grid, "float32", FLOAT32_MIN if id == "ic" else -1.0)
                       for id in ("ic", "sdr_factor") if work.results.wants(id)}  # fmt: skip
        self._final = {id: work.results.raster(id, work.grid, "float32", nodata) for id, nodata in FINAL.items()}

    def forget(self) -> None:
        """Let go of what only the first part needs."""
        self._upslope = self._covered = self._d_dn = None

    def erode(self, window: Window) -> None:
        """Delivery ratio, soil loss and what each cell sends off."""
        assert self._upslope is not None
        assert self._covered is not None
        assert self._d_dn is not None
        rows, work, o = slice(window.row, window.row + window.rows), self.work, self.work.options
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
        ls = slope_length(np.where(off, self.land.slope[rows], 0), cells, work.grid.cell_x, o["l_max"])
        rkls = np.where(off, ls * erosivity.astype(np.float64) * erodibility, 0.0)
        usle = rkls * self._practice(codes)
        self.rkls[rows], self.usle[rows] = rkls, usle
        self.sheet[rows] = np.where(on_stream, 0.0, np.where(has, usle * (1.0 - ratio), -1.0))

    def settle(self, window: Window, deposited: NDArray[np.float64], sums: ZonalSums) -> Measured:
        """Write the final rasters of a strip and measure them by watershed."""
        rows = slice(window.row, window.row + window.rows)
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
