"""Carbon storage: the sum of four pools by land-cover class (the InVEST carbon model's storage and change)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onekl_desktop.base.errors import Problem, make_problem
from onekl_desktop.base.rasters import Window
from onekl_desktop.base.translate import _
from onekl_desktop.base.work import Lookup, Row, Table, Work, count_codes, is_valid

CO2_PER_C = 44 / 12
NODATA = -1.0
COVER_NODATA = 65_535
POOLS = ("c_above", "c_below", "c_soil", "c_dead")
FLOAT32_MAX = float(np.finfo(np.float32).max)


def density(pools_t_per_ha: Sequence[float | None]) -> float | None:
    """Total density (t C/ha) of a class from its pools; None when none of them is known, unknown ones count 0."""
    known = [value for value in pools_t_per_ha if value is not None]
    return float(sum(known)) if known else None


def storage(cover: NDArray[np.uint16], density_t_per_ha: Mapping[int, float]) -> NDArray[np.float32]:
    """Carbon storage of each cell in t C/ha, float32, nodata -1 where the land cover has none.

    storage = above + below + soil + dead, looked up by class (InVEST 3.20 user's guide, Carbon Storage).

    Raises
    ------
    KeyError
        A class of the map has no density.
    """
    table = np.full(65_536, np.nan, np.float32)
    for code, value in density_t_per_ha.items():
        table[code] = value
    table[COVER_NODATA] = NODATA
    out = table[cover]
    if np.isnan(out).any():
        raise KeyError(int(cover[np.isnan(out)][0]))
    return out


def change(before: NDArray[np.float32], after: NDArray[np.float32]) -> NDArray[np.float32]:
    """After - before in t C/ha; nodata where either has none.

    InVEST marks nodata with -1 as well, which swallows a change of exactly -1 t/ha; here nodata is NaN, so such
    a change is kept.
    """
    valid = (before != NODATA) & (after != NODATA)
    return np.where(valid, after - before, np.float32(np.nan)).astype(np.float32)


def total(area_ha: NDArray[np.float64], density_t_per_ha: Sequence[float]) -> NDArray[np.float64]:
    """Tonnes of carbon by zone: areas (zones, classes) in ha times densities (classes,) in t C/ha, in float64."""
    return area_ha @ np.asarray(density_t_per_ha, np.float64)


def valuation_factor(price: float, discount_rate: float, price_change: float, years: int) -> float:
    """Present value of one tonne of carbon per year's share over a period, in the currency of `price`.

    V = price / n * (1 - r^n) / (1 - r) with r = 1 / ((1 + d)(1 + c)); r = 1 gives V = price (InVEST 3.20 user's guide,
    Carbon: Value of Sequestered Carbon; rates are fractions per year).
    """
    ratio = 1.0 / ((1.0 + discount_rate) * (1.0 + price_change))
    if years < 1:
        raise ValueError(f"the later map must be at least a year later, not {years}")
    if ratio == 1.0:
        return price
    return price / years * (1.0 - ratio**years) / (1.0 - ratio)


def run(work: Work) -> None:
    """Storage of one or two maps, their difference and its present value, block by block.

    Nodata and the treatment of a change of exactly -1 t/ha (read as nodata, and so absent from the totals and the
    value) are InVEST's.
    """
    maps = [("bas", "c_storage_bas")]
    if work.options.get("calc_sequestration") and work.has("lulc_alt_path"):
        maps.append(("alt", "c_storage_alt"))
    pools = work.tables["carbon_pools_path"]
    densities = {int(code): float(sum(np.float32(row[pool]) for pool in POOLS)) for code, row in pools.items()}
    lookup = Lookup(densities, NODATA)
    sinks = {id: work.results.raster(id, work.grid, "float32", NODATA) for _map, id in maps}
    totals = dict.fromkeys(sinks, 0.0)
    factor = None
    if len(maps) == 2:
        sinks["c_change_bas_alt"] = work.results.raster("c_change_bas_alt", work.grid, "float32", NODATA)
        if work.options.get("do_valuation"):
            sinks["npv_alt"] = work.results.raster("npv_alt", work.grid, "float32", FLOAT32_MAX)
            o = work.options
            factor = valuation_factor(
                o["price_per_metric_ton_of_c"], o["discount_rate"], o["rate_change"],
                int(o["lulc_alt_year"]) - int(o["lulc_bas_year"]),
            )  # fmt: skip
        totals |= dict.fromkeys(list(sinks)[2:], 0.0)

    ranged = any(
        row.get(f"{pool}_{end}") is not None for row in pools.values() for pool in POOLS for end in ("low", "high")
    )

    def compute(window: Window) -> tuple[dict[str, float], list[dict[int, int]]]:
        stored, read = [], []
        for which, id in maps:
            codes, valid = work.read_codes(f"lulc_{which}_path", pools, window)
            read.append((codes, valid))
            out = lookup(codes)
            out[~valid] = NODATA
            stored.append((id, out, is_valid(out, NODATA)))
        if len(stored) == 2:
            (_b, before, has_before), (_a, after, has_after) = stored
            change = np.where(has_before & has_after, after - before, np.float32(NODATA))
            counted = is_valid(change, NODATA)
            stored.append(("c_change_bas_alt", change, counted))
            if factor is not None:
                worth = np.where(counted, change * np.float32(factor), np.float32(FLOAT32_MAX))
                stored.append(("npv_alt", worth, counted))
        for id, values, _counted in stored:
            sinks[id].write(window, values)
        sums = {id: float(values.sum(where=counted, dtype=np.float64)) for id, values, counted in stored}
        return sums, _count(read) if ranged else []

    cells: list[Counter[int]] = [Counter() for _part in range(4 if len(maps) == 2 else 1)]
    for part, counts in work.each_block(compute):
        for id, value in part.items():
            totals[id] += value
        for whole, found in zip(cells, counts, strict=False):
            whole.update(found)
    if ranged:
        # A class without a row is told after the pass; its cells have no density to count here.
        areas = [
            {code: n * work.grid.cell_area_ha for code, n in counted.items() if code in pools} for counted in cells
        ]
        _tell_range(work, pools, areas, factor)
    words = {
        "c_storage_bas": ("Baseline Carbon Storage", "metric_ton"), "c_storage_alt": ("Alternate Carbon Storage", "metric_ton"),
        "c_change_bas_alt": ("Change in Carbon Storage", "metric_ton"), "npv_alt": ("Net Present Value of Carbon Change", "currency"),
    }  # fmt: skip
    work.results.table("raster_values_summary", ("Raster", "Total", "Units", "Filename"), [
        (words[id][0], total * work.grid.cell_area_ha, words[id][1], f"{id}.tif") for id, total in totals.items()
    ])  # fmt: skip


def _count(read: list[tuple[NDArray, NDArray[np.bool_]]]) -> list[dict[int, int]]:
    """Cells by class on each map; of two maps also of each where both have one."""
    counts = [count_codes(codes[valid])[0] for codes, valid in read]
    if len(read) == 2:
        both = read[0][1] & read[1][1]
        counts += [count_codes(codes[both])[0] for codes, _valid in read]
    return counts


def range_of(area_ha: Mapping[int, float], pools: Table) -> tuple[float, float, float]:
    """Lowest, middle and highest total (t) of areas, which may be negative: a loss is largest where densities are high."""
    low = mid = high = 0.0
    for code, area in area_ha.items():
        ends = [sum(end(pools[code], pool) for pool in POOLS) for end in (_low, _mid, _high)]
        low, mid, high = (
            low + area * ends[0 if area >= 0 else 2],
            mid + area * ends[1],
            high + area * ends[2 if area >= 0 else 0],
        )
    return low, mid, high


def draw_densities(pools: Table, codes: Sequence[int], draws: int) -> NDArray[np.float64]:
    """Densities (draws, classes): each pool of each class triangular between its low and high, peaked at its value.

    The generator is seeded, so that a run can be repeated to the last digit.
    """
    rng = np.random.default_rng(20_251)
    out = np.zeros((draws, len(codes)))
    for at, code in enumerate(codes):
        for pool in POOLS:
            low, mid, high = _low(pools[code], pool), _mid(pools[code], pool), _high(pools[code], pool)
            out[:, at] += rng.triangular(low, mid, high, draws) if high > low else mid
    return out


def _low(row: Row, pool: str) -> float:
    value = row.get(f"{pool}_low")
    return float(row[pool] if value is None else value)


def _mid(row: Row, pool: str) -> float:
    return float(row[pool])


def _high(row: Row, pool: str) -> float:
    value = row.get(f"{pool}_high")
    return float(row[pool] if value is None else value)


def _tell_range(work: Work, pools: Table, areas: list[dict[int, float]], factor: float | None) -> None:
    """Bounds and percentiles of each total; a change of exactly -1 t/ha counts here."""
    wanted = {"c_storage_bas": areas[0]}
    if len(areas) == 4:
        before, after = areas[2], areas[3]
        wanted["c_storage_alt"] = areas[1]
        wanted["c_change_bas_alt"] = {code: after.get(code, 0.0) - before.get(code, 0.0) for code in {*before, *after}}
    codes_drawn = sorted({code for area in areas for code in area})
    draws = int(work.options.get("draws") or 0)
    densities = draw_densities(pools, codes_drawn, draws)
    rows: list[list[Any]] = []
    unknown: list[Any] = [None, None, None]
    for id, area in wanted.items():
        low, mid, high = range_of(area, pools)
        drawn = densities @ np.array([area.get(code, 0.0) for code in codes_drawn])
        percentiles: list[float] = np.percentile(drawn, (5, 50, 95)).tolist() if draws else []
        rows.append([id, "metric_ton", low, mid, high, *(percentiles or unknown)])
        if id == "c_change_bas_alt" and factor is not None:
            worth = sorted(value * factor for value in percentiles)
            ends = sorted((low * factor, high * factor))
            rows.append(["npv_alt", "currency", ends[0], mid * factor, ends[1], *(worth or unknown)])
    work.results.table("uncertainty", ("Raster", "Units", "low", "mid", "high", "p05", "p50", "p95"), rows)


def check(options: Mapping[str, Any]) -> list[Problem]:
    """A value needs a change, and a later map that is later."""
    if not options.get("do_valuation"):
        return []
    first, last = options.get("lulc_bas_year"), options.get("lulc_alt_year")
    if first is None or last is None or last > first:
        return []
    facts = {"title": _("Year of the later land cover"), "value": last, "minimum": first + 1}
    return [make_problem("field.too_small", field="lulc_alt_year", **facts)]
