"""Sediment delivery: soil lost by rain and the part of it that reaches a stream (InVEST's SDR).

RUSLE (Renard et al. 1997) with the LS factor of Desmet & Govers (1996), connectivity of Borselli et al. (2008), delivery
ratio of Vigiak et al. (2012), as in the InVEST 3.20 user's guide, Sediment Delivery Ratio. Rasters are t/(ha yr).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from onekl_desktop import native
from onekl_desktop.base.rasters import Window
from onekl_desktop.base.work import Lookup, Work, column
from onekl_desktop.native.terrain import connectivity, read_terrain
from onekl_desktop.native.zonal import ZonalSums

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


def run(work: Work) -> None:
    """All rasters and the watershed table. Holds the landscape in memory."""
    grid, o = work.grid, work.options
    whole = Window(0, 0, grid.rows, grid.columns)
    d8 = o["flow_dir_algorithm"] == "D8"
    work.progress.report(0.0)
    sums = ZonalSums(work.zones["watersheds_path"].shapes, grid)
    layers, valid = {}, sums.mask(whole)
    for id in ("dem_path", "lulc_path", "erosivity_path", "erodibility_path", "drainage_path"):
        if work.has(id):
            layers[id], has = work.read(id)
            valid &= has
    land = read_terrain(layers["dem_path"].astype(np.float64), valid, grid.cell_x, grid.cell_y, d8)
    work.progress.report(0.3)
    work.write("filled_dem", np.where(valid, land.filled, FLOAT32_MAX), "float32", FLOAT32_MAX)
    work.write("slope", land.slope, "float32", FLOAT32_MIN)
    work.write(
        "flow_direction", land.directions, "uint8" if d8 else "int32", native.D8_NODATA if d8 else native.MFD_NODATA
    )
    work.write(
        "flow_accumulation", np.where(valid, land.accumulation, ACCUMULATION_NODATA), "float64", ACCUMULATION_NODATA
    )
    threshold = float(o["threshold_flow_accumulation"])
    if d8:
        extracted = native.streams_d8(land.flow, land.accumulation, threshold)
    else:
        extracted = native.streams_mfd(land.flow, land.accumulation, threshold, TRACE_FACTOR)
    work.write("stream", extracted, "uint8", 255)
    streams = extracted
    if "drainage_path" in layers:
        streams = np.where(valid & (layers["drainage_path"] == 1), 1, extracted).astype(np.uint8)
        work.write("stream_and_drainage", streams, "uint8", 255)
    table = work.tables["biophysical_table_path"]
    codes = layers["lulc_path"]
    cover = Lookup(column(table, "usle_c"), 0.0)(codes)
    practice = Lookup({code: row["usle_c"] * row["usle_p"] for code, row in table.items()}, 0.0)(codes)
    s = np.where(valid, np.clip(land.slope.astype(np.float64) / 100.0, LEAST_SLOPE, 1.0), 0.0)
    w = np.where(valid, np.maximum(cover, np.float32(LEAST_COVER)), 0.0).astype(np.float64)
    area = grid.cell_x * grid.cell_y
    cells = np.where(valid, land.accumulation, 1.0)
    s_bar = native.accumulate(land.flow, land.order, s) / cells
    w_bar = native.accumulate(land.flow, land.order, w) / cells
    work.progress.report(0.5)
    work.write("s_bar", np.where(valid, s_bar, FLOAT64_MAX), "float64", FLOAT64_MAX)
    with np.errstate(divide="ignore"):
        inverse = np.where(valid, 1.0 / (w * s), 0.0)
    d_dn = native.distance_to_channel(land.flow, land.order, streams, inverse, own_weight=d8)
    work.write("d_dn", d_dn, "float64", -1.0)
    reaches = valid & (d_dn != -1.0)
    work.write("what_drains_to_stream", np.where(valid, reaches, 255), "uint8", 255)
    d_up = w_bar * s_bar * np.sqrt(cells * area)
    ic, has_ic = connectivity(d_up, d_dn, reaches)
    work.write("ic", np.where(has_ic, ic, FLOAT32_MIN), "float32", FLOAT32_MIN)
    on_stream = streams == 1
    ratio = o["sdr_max"] / (1.0 + np.exp((o["ic_0_param"] - ic) / o["k_param"]))
    ratio = np.where(on_stream, 1.0, np.where(has_ic, ratio, -1.0))
    work.write("sdr_factor", ratio, "float32", -1.0)
    has_ratio = has_ic | on_stream
    work.progress.report(0.6)
    ls = slope_length(np.where(valid, land.slope, 0), cells, grid.cell_x, o["l_max"])
    off = valid & ~on_stream
    rkls = ls * layers["erosivity_path"].astype(np.float64) * layers["erodibility_path"]
    usle = rkls * practice
    avoided = rkls - usle
    exported = usle * ratio
    sheet = np.where(on_stream, 0.0, np.where(has_ratio & valid, usle * (1.0 - ratio), -1.0))
    deposited, _flux = native.deposition(land.flow, land.order, ratio, sheet)
    work.progress.report(0.8)
    has_deposit, shared = deposited != -1.0, off & has_ic
    avoided_export = avoided * ratio + deposited
    results = {
        "rkls": (rkls, off, -1.0), "usle": (usle, off, FLOAT32_MAX), "sed_export": (exported, shared, FLOAT32_MAX),
        "sed_deposition": (deposited, has_deposit, -1.0), "avoided_erosion": (avoided, off, FLOAT32_MAX),
        "avoided_export": (avoided_export, shared & has_deposit, FLOAT32_MAX),
    }  # fmt: skip
    stored = {}
    for id, (values, has, nodata) in results.items():
        stored[id] = (np.where(has, values, nodata).astype(np.float32), has)
        work.write(id, stored[id][0], "float32", nodata)
    _tabulate(work, sums, whole, stored)


def _tabulate(
    work: Work, sums: ZonalSums, window: Window, layers: dict[str, tuple[NDArray, NDArray[np.bool_]]]
) -> None:
    """Totals by watershed in tonnes a year."""
    sums.add(window, layers)
    names = {"usle_tot": "usle", "sed_export": "sed_export", "sed_dep": "sed_deposition", "avoid_exp": "avoided_export",
             "avoid_eros": "avoided_erosion"}  # fmt: skip
    zones, area = work.zones["watersheds_path"], work.grid.cell_area_ha
    rows = [[*row, *(float(sums.sums[id][at]) * area for id in names.values())] for at, row in enumerate(zones.rows)]
    work.results.table("watershed_results", [*zones.columns, *names], rows)
