"""Nutrient delivery: nitrogen and phosphorus that reach a stream (InVEST's NDR).

Connectivity of Borselli et al. (2008), retention along the flow of Redhead et al. (2018), as in the InVEST 3.20 user's
guide, Nutrient Delivery Ratio: NDR = (1 - retention) / (1 + exp((IC0 - IC) / k)), IC0 the middle between the lowest and the
highest IC of the map. Rasters are kg/(ha yr). Parity with InVEST includes the order in which retention is
computed (`block_order` of `native.retention`) and that subsurface distance is counted in cells although the critical
length is in metres; `clean_variant` leaves out both.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onekl_desktop import native
from onekl_desktop.base.errors import Problem, make_problem
from onekl_desktop.base.rasters import Window
from onekl_desktop.base.translate import _
from onekl_desktop.base.work import BLOCK_COLUMNS, STRIP_ROWS, Lookup, Work, column
from onekl_desktop.native.system import release_memory
from onekl_desktop.native.terrain import Terrain, connectivity, find_streams, survey
from onekl_desktop.native.zonal import Measured, ZonalSums

FLOAT32_MAX = float(np.finfo(np.float32).max)
FLOAT32_MIN = float(np.finfo(np.float32).min)
LEAST_SLOPE = 0.005
APPLIED = "application-rate"
GATHERED = "gathered"  # figures of the whole landscape, where only a part of it is computed


def loads(table: Any, nutrient: str) -> dict[int, float]:
    """What each class gives off (kg/(ha yr)): measured in the runoff, or applied less what the class itself retains."""
    return {
        int(code): row[f"load_{nutrient}"] * (1.0 - row[f"eff_{nutrient}"])
        if row[f"load_type_{nutrient}"] == APPLIED
        else row[f"load_{nutrient}"]
        for code, row in table.items()
    }


def subsurface_delivery(
    distance: NDArray[np.float64], efficiency: float, critical_length: float
) -> NDArray[np.float64]:
    """NDR below ground = 1 - eff (1 - exp(-5 d / l))."""
    ratio: NDArray[np.float64] = 1.0 - efficiency * (1.0 - np.exp(-5.0 * distance / critical_length))
    return ratio


def run(work: Work) -> None:
    """All rasters and the watershed table. Holds about 45 bytes a cell in its workspace."""
    grid, o = work.grid, work.options
    d8 = o["flow_dir_algorithm"] == "D8"
    sums = ZonalSums(work.zones["watersheds_path"].shapes, grid)
    heights, valid, proxy = _read(work, sums)
    land = survey(work, heights, valid, d8, 0.1, 0.45)
    streams = find_streams(land, float(o["threshold_flow_accumulation"]), d8, work.space)
    work.write("stream", streams, "uint8", 255)
    ic, distance = _connect(work, land, streams, d8)
    found = o.get(GATHERED) or merge([(*proxy, *_extremes(work, ic))])[GATHERED]
    nutrients = [nutrient for nutrient in ("n", "p") if o.get(f"calc_{nutrient}")]
    held = _retain(work, land, streams, nutrients)
    del land, streams, valid, heights
    mean = float(o.get("runoff_proxy_av") or found["runoff"])
    export = _Export(work, sums, ic, distance, found["ic0"], mean, nutrients)
    for part in work.each_block(lambda window: export.strip(window, held), 0.75, 1.0):
        sums.add(part)
    zones, names = work.zones["watersheds_path"], [name for name in TABLE if name in sums.sums]
    rows = [
        [*row, *(float(sums.sums[id][at]) * grid.cell_area_ha for id in names)] for at, row in enumerate(zones.rows)
    ]
    work.results.table("watershed_results", [*zones.columns, *names], rows)


TABLE = ("n_surface_load", "n_surface_export", "n_subsurface_export", "n_total_export", "n_subsurface_load",
         "p_surface_load", "p_surface_export")  # fmt: skip


def gather(work: Work) -> tuple[float, int, float, float]:
    """What a part of a landscape adds to the figures of the whole: runoff (sum and cells), lowest and highest IC."""
    d8 = work.options["flow_dir_algorithm"] == "D8"
    heights, valid, proxy = _read(work, ZonalSums(work.zones["watersheds_path"].shapes, work.grid))
    land = survey(work, heights, valid, d8, 0.1, 0.5)
    streams = find_streams(land, float(work.options["threshold_flow_accumulation"]), d8, work.space)
    ic, _distance = _connect(work, land, streams, d8)
    return *proxy, *_extremes(work, ic)


def merge(parts: list[tuple[float, int, float, float]]) -> dict[str, dict[str, float]]:
    """The mean runoff (1 where there is none) and IC0, the middle between the extremes of IC, from all parts."""
    total, cells = sum(part[0] for part in parts), sum(part[1] for part in parts)
    low, high = min(part[2] for part in parts), max(part[3] for part in parts)
    return {GATHERED: {"runoff": total / cells if cells else 1.0, "ic0": (low + high) / 2.0}}


def _read(work: Work, sums: ZonalSums) -> tuple[list[NDArray[np.float64]], NDArray[np.bool_], tuple[float, int]]:
    """Heights, where they are valid within the polygons, and the runoff there: sum and number of cells."""
    heights, valid = work.space.zeros(work.shape, np.float64), work.space.zeros(work.shape, np.bool_)

    def look(window: Window) -> tuple[float, int]:
        rows, inside = window.slices, work.here(window, sums.mask(window))
        values, has = work.read("dem_path", window)
        valid[rows] = inside & has
        np.copyto(heights[rows], values, where=valid[rows])
        proxy, has_proxy = work.read("runoff_proxy_path", window)
        counted = has_proxy & inside
        return float(proxy.sum(where=counted, dtype=np.float64)), int(np.count_nonzero(counted))

    total, count = 0.0, 0
    for some, cells in work.each_block(look, 0.0, 0.1):
        total, count = total + some, count + cells
    return [heights], valid, (total, count)


def _connect(
    work: Work, land: Terrain, streams: NDArray[np.uint8], d8: bool
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """IC (float32 min where there is none), and the distance to the stream in cells (-1 where none is reached)."""
    grid, valid, space = work.grid, land.valid, work.space
    d_up = space.zeros(valid.shape, np.float64)
    blocks = [window.slices for window in grid.tiles(STRIP_ROWS, BLOCK_COLUMNS)]
    for at in blocks:
        np.copyto(d_up[at], _steepness(land.slope[at]), where=valid[at])
    work.progress.expect(0.45, 0.6, 3.0 * valid.size)
    native.gather(land.flow, land.order, d_up, space)
    side = np.sqrt(grid.cell_x * grid.cell_y)
    for at in blocks:
        # The mean slope upslope times the root of the area: S / A sqrt(A c^2).
        d_up[at] *= side / np.sqrt(np.maximum(land.accumulation[at], 1.0))
    del land.accumulation
    weight = space.zeros(valid.shape, np.float32)
    for at in blocks:
        np.copyto(weight[at], np.float32(1) / _steepness(land.slope[at]), where=valid[at])
    del land.slope
    release_memory()
    d_dn = native.distance_to_channel(land.flow, land.order, streams, weight, space, own_weight=d8)
    del weight
    work.write("d_dn", d_dn, "float64", -1.0)
    ic = space.full(valid.shape, FLOAT32_MIN, np.float32)
    for at in blocks:
        values, has = connectivity(d_up[at], d_dn[at], valid[at] & (d_dn[at] != -1.0))
        np.copyto(ic[at], values, where=has)
    work.write("ic_factor", ic, "float32", FLOAT32_MIN)
    del d_up, d_dn
    exact = native.distance_to_channel(land.flow, land.order, streams, None, space)
    work.write("dist_to_channel", exact, "float64", -1.0)
    distance = space.empty(valid.shape, np.float32)
    for at in blocks:
        distance[at] = exact[at]
    return ic, distance


def _steepness(slope: NDArray[np.float32]) -> NDArray[np.float32]:
    """Slope in m/m between its limits."""
    return np.clip(slope / np.float32(100), np.float32(LEAST_SLOPE), np.float32(1))


def _extremes(work: Work, ic: NDArray[np.float32]) -> tuple[float, float]:
    """The lowest and the highest IC."""
    low, high = np.inf, -np.inf
    for window in work.grid.tiles(STRIP_ROWS, BLOCK_COLUMNS):
        part = ic[window.slices]
        has = part != np.float32(FLOAT32_MIN)
        low, high = (
            min(low, float(part.min(where=has, initial=np.inf))),
            max(high, float(part.max(where=has, initial=-np.inf))),
        )
    return low, high


def _retain(
    work: Work, land: Terrain, streams: NDArray[np.uint8], nutrients: list[str]
) -> dict[str, NDArray[np.float32]]:
    """Retention on the way to the stream for each nutrient, -1 where it is not known."""
    table, held = work.tables["biophysical_table_path"], {}
    clean = bool(work.options.get("clean_variant"))
    order = land.order if clean else None
    del land.order
    for nutrient in nutrients:
        efficiency, length = (work.space.zeros(streams.shape, np.float32) for _ in range(2))
        find_efficiency = Lookup(column(table, f"eff_{nutrient}"), -1.0)
        find_length = Lookup(column(table, f"crit_len_{nutrient}"), 0.0)

        def look(window: Window, efficiency=efficiency, length=length, find=(find_efficiency, find_length)) -> None:  # type: ignore[no-untyped-def]
            rows = window.slices
            codes, has = work.read_codes("lulc_path", table, window)
            off = streams[rows] != 1
            np.copyto(efficiency[rows], np.where(has, find[0](codes), np.float32(-1)), where=off)
            np.copyto(length[rows], find[1](codes), where=off)

        for _done in work.each_block(look, 0.6, 0.65):
            pass
        work.progress.expect(0.65, 0.75, float(streams.size))
        release_memory()
        found = native.retention(
            land.flow, order, streams, efficiency, length, work.grid.cell_x, work.space,
            block_order=not clean,
        )  # fmt: skip
        del efficiency, length
        held[nutrient] = found
        work.write(f"effective_retention_{nutrient}", held[nutrient], "float32", -1.0)
    return held


class _Export:
    """The pixelwise part: loads, delivery ratios and what reaches a stream."""

    def __init__(
        self, work: Work, sums: ZonalSums, ic: NDArray[np.float32], distance: NDArray[np.float32], middle: float, mean: float,
        nutrients: list[str],
    ) -> None:  # fmt: skip
        self.work, self.sums, self.ic, self.distance, self.middle, self.mean = work, sums, ic, distance, middle, mean
        table = self._table = work.tables["biophysical_table_path"]
        self._loads = {nutrient: Lookup(loads(table, nutrient), 0.0) for nutrient in nutrients}
        self._below = Lookup(column(table, "proportion_subsurface_n"), 0.0) if "n" in nutrients else None
        self._sinks = {}
        for id, (dtype, nodata) in RESULTS.items():
            made = id == "runoff_proxy_index" or id.split("_")[0] in nutrients or id[-1] in nutrients
            if made and work.results.wants(id):
                self._sinks[id] = (work.results.raster(id, work.grid, dtype, nodata), nodata)

    def _write(self, id: str, window: Window, values: NDArray, where: NDArray[np.bool_]) -> None:
        if id in self._sinks:
            sink, nodata = self._sinks[id]
            sink.write(window, np.where(where, values, nodata))

    def strip(self, window: Window, held: dict[str, NDArray[np.float32]]) -> Measured:
        """Write the rasters of a strip and measure them by watershed."""
        work, o = self.work, self.work.options
        rows, inside = window.slices, self.work.here(window, self.sums.mask(window))
        codes, has_class = work.read_codes("lulc_path", self._table, window)
        proxy, has_proxy = work.read("runoff_proxy_path", window)
        has_class, has_proxy = has_class & inside, has_proxy & inside
        index = proxy / self.mean
        self._write("runoff_proxy_index", window, index, has_proxy)
        ic, distance = self.ic[rows].astype(np.float64), self.distance[rows].astype(np.float64)
        has_ic, reached, has_load = self.ic[rows] != np.float32(FLOAT32_MIN), distance >= 0, has_class & has_proxy
        shape = 1.0 + np.exp((self.middle - np.where(has_ic, ic, 0.0)) / float(o["k_param"]))
        measured: dict[str, tuple[NDArray, NDArray[np.bool_]]] = {}
        for nutrient, retained in held.items():
            retention = retained[rows]
            has_ratio = has_ic & (retention != -1.0)
            ratio = (1.0 - retention.astype(np.float64)) / shape
            self._write(f"ndr_{nutrient}", window, ratio, has_ratio)
            load = self._loads[nutrient](codes) * index
            part = self._below(codes) if nutrient == "n" and self._below is not None else np.float32(0)
            surface, has_export = load * (1.0 - part), has_load & has_ratio
            exported = surface * ratio
            self._write(f"{nutrient}_surface_load", window, surface, has_load)
            self._write(f"{nutrient}_surface_export", window, exported, has_export)
            measured[f"{nutrient}_surface_load"] = (surface.astype(np.float32), has_load)
            measured[f"{nutrient}_surface_export"] = (exported.astype(np.float32), has_export)
            if nutrient == "n":
                beneath, has_below, has_total = load * part, has_load & reached, has_load & reached & has_export
                metres = distance * (work.grid.cell_x if o.get("clean_variant") else 1.0)
                length = float(o["subsurface_critical_length_n"])
                through = subsurface_delivery(metres, float(o["subsurface_eff_n"]), length)
                arriving = beneath * through
                self._write("sub_ndr_n", window, through, reached)
                self._write("n_subsurface_load", window, beneath, has_load)
                self._write("n_subsurface_export", window, arriving, has_below)
                self._write("n_total_export", window, exported + arriving, has_total)
                measured |= {"n_subsurface_export": (arriving, has_below), "n_total_export": (exported + arriving, has_total),
                             "n_subsurface_load": (beneath.astype(np.float32), has_load)}  # fmt: skip
        return self.sums.measure(window, measured)


RESULTS = {
    "runoff_proxy_index": ("float32", FLOAT32_MAX), "ndr_n": ("float32", -1.0), "ndr_p": ("float32", -1.0),
    "n_surface_load": ("float32", -1.0), "p_surface_load": ("float32", -1.0), "n_surface_export": ("float32", -1.0),
    "p_surface_export": ("float32", -1.0), "sub_ndr_n": ("float64", -1.0), "n_subsurface_load": ("float32", -1.0),
    "n_subsurface_export": ("float64", -1.0), "n_total_export": ("float64", -1.0),
}  # fmt: skip


def check(options: Mapping[str, Any]) -> list[Problem]:
    """One nutrient at least must be asked for."""
    if options.get("calc_n") or options.get("calc_p"):
        return []
    return [make_problem("model.nothing_asked", field="calc_n", one=_("Nitrogen"), other=_("Phosphorus"))]
