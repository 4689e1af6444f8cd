"""Annual water yield: the part of the rain that vegetation does not give back to the air (InVEST's model).

Budyko curve of Fu (1981) and Zhang et al. (2004) with Donohue et al. (2012) for the seasonality constant, as in the
InVEST 3.20 user's guide, Annual Water Yield. Arithmetic is float32 as there: 1 + phi - (1 + phi^w)^(1/w) loses about 1e-6.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from onekl_desktop.base.rasters import Window
from onekl_desktop.base.work import Lookup, Work, column
from onekl_desktop.native.zonal import Measured, ZonalSums

NODATA = -1.0
RASTERS = ("precipitation_path", "eto_path", "depth_to_root_rest_layer_path", "pawc_path")
ENERGY_KWH_PER_M3_M = 0.00272  # kWh of a cubic metre of water falling one metre


def evapotranspiration_share(
    rain: NDArray[np.float32], reference: NDArray[np.float32], kc: NDArray[np.float32], root: NDArray[np.float32],
    soil: NDArray[np.float32], pawc: NDArray[np.float32], vegetated: NDArray[np.bool_], seasonality: float,
) -> NDArray[np.float32]:  # fmt: skip
    """Actual evapotranspiration as a share of the rain, all arrays of one shape.

    PET = kc * reference (mm); available water = min(root, soil) * pawc (mm); w = min(5, Z * available / rain + 1.25);
    phi = PET / rain; vegetated land gives min(phi, 1 + phi - (1 + phi^w)^(1/w)), other land min(PET, rain) / rain.
    """
    potential = kc * reference
    w = np.minimum(np.float32(seasonality) * (np.minimum(root, soil) * pawc) / rain + np.float32(1.25), np.float32(5))
    phi = potential / rain
    one = np.float32(1)
    budyko = np.minimum(phi, one + phi - (one + phi**w) ** (one / w))
    share: NDArray[np.float32] = np.where(vegetated, budyko, np.minimum(potential, rain) / rain).astype(np.float32)
    return share


def hydropower(
    volume_m3: float, efficiency: float, fraction: float, height_m: float, price_per_kwh: float, cost_per_year: float,
    years: float, discount_rate: float, *, clean: bool = False,
) -> tuple[float, float]:  # fmt: skip
    """Energy (kWh a year) and its net present value of the water that reaches a station.

    energy = efficiency * fraction * height * volume * 0.00272; value = (price * energy - cost) * (1 - q^T) / (1 - q),
    q = 1 / (1 + rate).
    A rate of 0 gives 0 in InVEST 3.20; in the clean variant it gives T years of the yearly value.
    """
    energy = efficiency * fraction * height_m * volume_m3 * ENERGY_KWH_PER_M3_M
    q = 1.0 / (1.0 + discount_rate)
    terms = (years if clean else 0.0) if q == 1.0 else (1.0 - q**years) / (1.0 - q)
    return energy, (price_per_kwh * energy - cost_per_year) * terms


def run(work: Work) -> None:
    """Rasters of evapotranspiration and yield, and their means by watershed, block by block."""
    table = work.tables["biophysical_table_path"]
    vegetation = {code: row["lulc_veg"] == 1 for code, row in table.items()}
    kc = Lookup(column(table, "kc"), -1.0)
    root = Lookup({code: row["root_depth"] if vegetation[code] else 1.0 for code, row in table.items()}, -1.0)
    vegetated = Lookup({code: float(value) for code, value in vegetation.items()}, -1.0)
    demand = (
        Lookup(column(work.tables["demand_table_path"], "demand"), -1.0) if "demand_table_path" in work.tables else None
    )
    seasonality = work.options["seasonality_constant"]
    sinks = {id: work.results.raster(id, work.grid, "float32", NODATA)
             for id in ("fractp", "aet", "wyield", "pet") if work.results.wants(id)}  # fmt: skip
    sums = {id: ZonalSums(zones.shapes, work.grid) for id, zones in work.zones.items()}

    def compute(window: Window) -> dict[str, Measured]:
        codes, valid = work.read_codes("lulc_path", table, window)
        lulc_valid = valid.copy()
        layers: dict[str, NDArray[np.float32]] = {}
        has_layer: dict[str, NDArray[np.bool_]] = {}
        for id in RASTERS:
            values, has = work.read(id, window)
            layers[id] = values.astype(np.float32, copy=False)
            has_layer[id] = has
            valid = valid & has
        rain, reference, soil, pawc = (layers[id] for id in RASTERS)
        kc_here, root_here, vegetated_here = kc(codes), root(codes), vegetated(codes)
        valid = valid & (rain != 0) & (kc_here >= 0) & (root_here >= 0)
        with np.errstate(all="ignore"):
            share = evapotranspiration_share(
                rain, reference, kc_here, root_here, soil, pawc, vegetated_here == 1, seasonality
            )
            out = {
                "fractp": share, "aet": share * rain, "wyield": (np.float32(1) - share) * rain, "pet": kc_here * reference,
            }  # fmt: skip
        has_pet = lulc_valid & has_layer["eto_path"] & (kc_here >= 0)
        masks = {"fractp": valid, "aet": valid, "wyield": valid, "pet": has_pet}
        for id, sink in sinks.items():
            sink.write(window, np.where(masks[id], out[id], np.float32(NODATA)))
        measured: dict[str, tuple[NDArray, NDArray[np.bool_]]] = {id: (out[id], masks[id]) for id in masks}
        measured["rain"] = (rain, has_layer["precipitation_path"])
        if demand is not None:
            wanted = demand(codes)
            measured["demand"] = (wanted, lulc_valid & (wanted >= 0))
        return {id: sum_.measure(window, measured) for id, sum_ in sums.items()}

    for part in work.each_block(compute):
        for id, measured_here in part.items():
            sums[id].add(measured_here)
    for id, sum_ in sums.items():
        name = "watershed_results" if id == "watersheds_path" else "subwatershed_results"
        columns, rows = tabulate(work, id, sum_, demand is not None)
        work.results.table(name, columns, rows)


def tabulate(work: Work, id: str, sums: ZonalSums, has_demand: bool) -> tuple[list[str], list[list[Any]]]:
    """Means in mm, volumes in m3 (the mean times the polygon's own area), supply after use, energy and its value."""
    zones = work.zones[id]
    columns = [*zones.columns, "precip_mn", "PET_mn", "AET_mn", "wyield_mn", "wyield_vol"]
    volume = sums.means("wyield") / 1000.0 * zones.area_m2
    results = [sums.means("rain"), sums.means("pet"), sums.means("aet"), sums.means("wyield"), volume]
    if has_demand:
        columns += ["consum_vol", "consum_mn", "rsupply_vl", "rsupply_mn"]
        used, mean_used = sums.sums["demand"], sums.means("demand")
        results += [used, mean_used, volume - used, sums.means("wyield") - mean_used]
    rows = [[*row, *(float(result[at]) for result in results)] for at, row in enumerate(zones.rows)]
    if has_demand and id == "watersheds_path" and "valuation_table_path" in work.tables:
        columns += ["hp_energy", "hp_val"]
        supply, key = columns.index("rsupply_vl"), columns.index("ws_id")
        for row in rows:
            v = work.tables["valuation_table_path"].get(int(row[key]))
            row += (
                [None, None] if v is None else
                hydropower(row[supply], v["efficiency"], v["fraction"], v["height"], v["kw_price"], v["cost"], v["time_span"], v["discount"], clean=bool(work.options.get("clean_variant")))
            )  # fmt: skip
    return columns, rows
