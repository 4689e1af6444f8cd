"""Nutrient delivery: nitrogen and phosphorus that reach a stream (InVEST's NDR).

Connectivity of Borselli et al. (2008), retention along the flow of Redhead et al. (2018), as in the InVEST 3.20 user's
guide, Nutrient Delivery Ratio. Rasters are kg/(ha yr). Parity with InVEST includes the order in which retention is
computed (`block_order` of `native.retention`) and that subsurface distance is counted in cells although the critical
length is in metres; `clean_variant` leaves out both.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from onekl_desktop import native
from onekl_desktop.base.rasters import Window
from onekl_desktop.base.work import Lookup, Work, column
from onekl_desktop.native.terrain import Terrain, connectivity, read_terrain
from onekl_desktop.native.zonal import ZonalSums

FLOAT32_MAX = float(np.finfo(np.float32).max)
FLOAT32_MIN = float(np.finfo(np.float32).min)
LEAST_SLOPE = 0.005
APPLIED = "application-rate"


def loads(table: Any, nutrient: str) -> dict[int, float]:
    """What each class gives off (kg/(ha yr)): measured in the runoff, or applied less what the class itself retains."""
    return {
        int(code): row[f"load_{nutrient}"] * (1.0 - row[f"eff_{nutrient}"])
        if row[f"load_type_{nutrient}"] == APPLIED
        else row[f"load_{nutrient}"]
        for code, row in table.items()
    }


def delivery(
    retention: NDArray[np.float64], ic: NDArray[np.float64], ic_middle: float, k: float
) -> NDArray[np.float64]:
    """NDR = (1 - retention) / (1 + exp((IC0 - IC) / k)), IC0 the middle between the lowest and highest IC of the map."""
    ratio: NDArray[np.float64] = (1.0 - retention) / (1.0 + np.exp((ic_middle - ic) / k))
    return ratio


def subsurface_delivery(
    distance: NDArray[np.float64], efficiency: float, critical_length: float
) -> NDArray[np.float64]:
    """NDR below ground = 1 - eff (1 - exp(-5 d / l))."""
    ratio: NDArray[np.float64] = 1.0 - efficiency * (1.0 - np.exp(-5.0 * distance / critical_length))
    return ratio


def run(work: Work) -> None:
    """All rasters and the watershed table. Holds the landscape in memory."""
    grid, o = work.grid, work.options
    whole = Window(0, 0, grid.rows, grid.columns)
    d8, clean = o["flow_dir_algorithm"] == "D8", bool(o.get("clean_variant"))
    work.progress.report(0.0)
    sums = ZonalSums(work.zones["watersheds_path"].shapes, grid)
    inside = sums.mask(whole)
    heights, has_height = work.read("dem_path")
    valid = inside & has_height
    land = read_terrain(heights.astype(np.float64), valid, grid.cell_x, grid.cell_y, d8)
    work.progress.report(0.3)
    threshold = float(o["threshold_flow_accumulation"])
    streams = (
        native.streams_d8(land.flow, land.accumulation, threshold)
        if d8
        else native.streams_mfd(land.flow, land.accumulation, threshold)
    )
    work.write("stream", streams, "uint8", 255)
    ic, has_ic, distance = _connect(work, land, streams)
    work.progress.report(0.5)
    codes, has_class = work.read("lulc_path")
    proxy, has_proxy = work.read("runoff_proxy_path")
    has_class, has_proxy = has_class & inside, has_proxy & inside
    average = o.get("runoff_proxy_av")
    mean = (
        float(average) if average else float(proxy.mean(where=has_proxy, dtype=np.float64)) if has_proxy.any() else 1.0
    )
    index = np.where(has_proxy, proxy.astype(np.float64) / mean, FLOAT32_MAX)
    work.write("runoff_proxy_index", index, "float32", FLOAT32_MAX)
    measured: dict[str, tuple[NDArray, NDArray[np.bool_]]] = {}
    table = work.tables["biophysical_table_path"]
    middle = (float(ic.min(where=has_ic, initial=np.inf)) + float(ic.max(where=has_ic, initial=-np.inf))) / 2.0
    for nutrient in ("n", "p"):
        if not o.get(f"calc_{nutrient}"):
            continue
        modified = np.where(has_class & has_proxy, Lookup(loads(table, nutrient), 0.0)(codes) * index, -1.0)
        has_load = has_class & has_proxy
        below = Lookup(column(table, "proportion_subsurface_n"), 0.0)(codes) if nutrient == "n" else np.float32(0.0)
        surface = modified * (1.0 - below)
        work.write(f"{nutrient}_surface_load", np.where(has_load, surface, -1.0), "float32", -1.0)
        ratio, has_ratio = _deliver(work, land, streams, table, nutrient, codes, has_class, ic, has_ic, middle, clean)
        exported, has_export = surface * ratio, has_load & has_ratio
        measured[f"{nutrient}_surface_load"] = (surface.astype(np.float32), has_load)
        measured[f"{nutrient}_surface_export"] = (exported.astype(np.float32), has_export)
        work.write(f"{nutrient}_surface_export", np.where(has_export, exported, -1.0), "float32", -1.0)
        if nutrient == "n":
            length = float(o["subsurface_critical_length_n"])
            metres = distance * (grid.cell_x if clean else 1.0)
            through = np.where(distance >= 0, subsurface_delivery(metres, float(o["subsurface_eff_n"]), length), -1.0)
            load, has_below = modified * below, has_load & (distance >= 0)
            beneath, has_total = load * through, has_below & has_export
            work.write("sub_ndr_n", through, "float64", -1.0)
            work.write("n_subsurface_load", np.where(has_load, load, -1.0), "float32", -1.0)
            work.write("n_subsurface_export", np.where(has_below, beneath, -1.0), "float64", -1.0)
            total = np.where(has_total, exported + beneath, -1.0)
            work.write("n_total_export", total, "float64", -1.0)
            measured |= {"n_subsurface_export": (beneath, has_below), "n_total_export": (total, has_total),
                         "n_subsurface_load": (load.astype(np.float32), has_load)}  # fmt: skip
        work.progress.report(0.7 if nutrient == "n" else 0.9)
    sums.add(whole, measured)
    zones, names = work.zones["watersheds_path"], [name for name in TABLE if name in measured]
    rows = [
        [*row, *(float(sums.sums[id][at]) * grid.cell_area_ha for id in names)] for at, row in enumerate(zones.rows)
    ]
    work.results.table("watershed_results", [*zones.columns, *names], rows)


TABLE = ("n_surface_load", "n_surface_export", "n_subsurface_export", "n_total_export", "n_subsurface_load",
         "p_surface_load", "p_surface_export")  # fmt: skip


def _connect(
    work: Work, land: Terrain, streams: NDArray[np.uint8]
) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.float64]]:
    """IC where it exists, and the distance to the stream in cells."""
    grid, valid = work.grid, land.valid
    distance = native.distance_to_channel(land.flow, land.order, streams)
    work.write("dist_to_channel", distance, "float64", -1.0)
    s = np.where(valid, np.clip(land.slope.astype(np.float64) / 100.0, LEAST_SLOPE, 1.0), 0.0)
    cells = np.where(valid, land.accumulation, 1.0)
    s_bar = native.accumulate(land.flow, land.order, s) / cells
    with np.errstate(divide="ignore"):
        inverse = np.where(valid, 1.0 / s, 0.0)
    d_dn = native.distance_to_channel(
        land.flow, land.order, streams, inverse, own_weight=work.options["flow_dir_algorithm"] == "D8"
    )
    work.write("d_dn", d_dn, "float64", -1.0)
    d_up = s_bar * np.sqrt(cells * (grid.cell_x * grid.cell_y))
    ic, has_ic = connectivity(d_up, d_dn, valid & (d_dn != -1.0))
    work.write("ic_factor", np.where(has_ic, ic, FLOAT32_MIN), "float32", FLOAT32_MIN)
    return ic, has_ic, distance


def _deliver(
    work: Work, land: Terrain, streams: NDArray[np.uint8], table: Any, nutrient: str, codes: NDArray,
    has_class: NDArray[np.bool_], ic: NDArray[np.float64], has_ic: NDArray[np.bool_], middle: float, clean: bool,
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:  # fmt: skip
    """The delivery ratio and where it exists."""
    on_stream = streams == 1
    efficiency = np.where(
        on_stream, 0.0, np.where(has_class, Lookup(column(table, f"eff_{nutrient}"), -1.0)(codes), -1.0)
    )
    length = np.where(on_stream, 0.0, Lookup(column(table, f"crit_len_{nutrient}"), 0.0)(codes))
    held = native.retention(
        land.flow, land.order, streams, efficiency.astype(np.float32), length.astype(np.float32), work.grid.cell_x,
        block_order=not clean,
    )  # fmt: skip
    work.write(f"effective_retention_{nutrient}", held, "float32", -1.0)
    has_ratio = has_ic & (held != -1.0)
    ratio = delivery(held, ic, middle, float(work.options["k_param"]))
    work.write(f"ndr_{nutrient}", np.where(has_ratio, ratio, -1.0), "float32", -1.0)
    return ratio, has_ratio
