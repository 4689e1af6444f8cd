"""Habitat quality: what threats around leave of it (InVEST's model; Terrado et al. 2016, Sharp et al. user's guide)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onekl_desktop import native
from onekl_desktop.base.rasters import Window
from onekl_desktop.base.work import Lookup, Work, column, count_codes, is_valid
from onekl_desktop.native.zonal import ZonalSums

SCALING = 2.5
DISTANCE_ROWS = 512  # a strip is read with the rows around it that a threat reaches
FLOAT32_MAX = float(np.finfo(np.float32).max)
FLOAT32_MIN = float(np.finfo(np.float32).min)
SCENARIOS = (("c", "lulc_cur_path"), ("f", "lulc_fut_path"))


def decay(distance: NDArray[np.float32], reach: float, how: str) -> NDArray[np.float32]:
    """What is left of a threat at a distance (cells): linear (M - D) / M or exp(-2.99 D / M); 0 beyond M = `reach`."""
    m = np.float32(reach)
    left: NDArray = (m - distance) / m if how == "linear" else np.exp(np.float32(-2.99) / m * distance)
    return np.where(distance > reach, np.float32(0), left).astype(np.float32)


def quality(
    habitat: NDArray[np.float32], degradation: NDArray[np.float32], half_saturation: float
) -> NDArray[np.float32]:
    """H (1 - d^z / (d^z + k^z)) with z = 2.5."""
    power = degradation * degradation * np.sqrt(degradation)  # z = 2.5
    left: NDArray = power / (power + np.float32(half_saturation**SCALING))
    return (habitat * (np.float32(1) - left)).astype(np.float32, copy=False)


def rarity(before: NDArray[np.int64], after: NDArray[np.int64], codes: NDArray) -> dict[int, float]:
    """R = 1 - A / (A_before + A) for each code of the later map; 0 for codes that the baseline lacks."""
    return {
        int(code): float(1.0 - a / (b + a)) if b > 0 else 0.0
        for code, b, a in zip(codes, before, after, strict=True)
        if a > 0
    }


def run(work: Work) -> None:
    """Degradation and quality of each map, then rarity against the baseline map, strip by strip.

    Distances are exact: a strip is read with as many rows around it as the farthest threat reaches.
    """
    threats = work.tables["threats_table_path"]
    maps = [(key, id) for key, id in SCENARIOS if work.has(id)]
    share = 0.8 / len(maps)
    access = _write_access(work)
    for number, (key, id) in enumerate(maps):
        _run_map(work, threats, key, id, access, 0.1 + share * number, 0.1 + share * (number + 1))
    if work.has("lulc_bas_path"):
        for key, id in maps:
            _run_rarity(work, key, id)


def _access_of(work: Work, window: Window, access: tuple[NDArray[np.float32], ZonalSums] | None) -> NDArray[np.float32]:
    out = np.ones((window.rows, window.columns), np.float32)
    if access is not None:
        values, zones = access
        zones.burn(window, values, out)
    return out


def _write_access(work: Work) -> tuple[NDArray[np.float32], ZonalSums] | None:
    zones = work.zones.get("access_vector_path")
    access = None
    if zones is not None:
        at = [name.lower() for name in zones.columns].index("access")
        access = (np.array([row[at] for row in zones.rows], np.float32), ZonalSums(zones.shapes, work.grid))
    if work.results.wants("access_layer"):
        sink = work.results.raster("access_layer", work.grid, "float32", FLOAT32_MIN)
        for window in work.strips(0.0, 0.1):
            sink.write(window, _access_of(work, window, access))
    return access


def _run_map(
    work: Work,
    threats: Any,
    key: str,
    id: str,
    access: tuple[NDArray[np.float32], ZonalSums] | None,
    start: float,
    stop: float,
) -> None:
    sensitivity = work.tables["sensitivity_table_path"]
    habitat = Lookup(column(sensitivity, "habitat"), FLOAT32_MAX)
    used = [name for name in threats if work.has(f"{name}_{key}")]
    total_weight = sum(threats[name]["weight"] for name in used)
    cell = min(work.grid.cell_x, work.grid.cell_y)
    lookups = {name: Lookup(column(sensitivity, name), -1.0) for name in used}
    reach = {name: threats[name]["max_dist"] / cell for name in used}
    sinks = {
        name: work.results.raster(f"{name}_{key}", work.grid, "float32", FLOAT32_MAX) for name in ("deg_sum", "quality")
    }
    filtered = {name: f"filtered_{threats[name]['decay']}_{name}_{key}" for name in used}
    extra = {name: work.results.raster(filtered[name], work.grid, "float32", FLOAT32_MAX)
             for name in used if work.results.wants(filtered[name])}  # fmt: skip

    def compute(window: Window) -> None:
        codes, valid = work.read_codes(id, sensitivity, window)
        degradation = np.zeros(codes.shape, np.float32)
        for name in used:
            left = decay(_distance(work, f"{name}_{key}", window, reach[name]), reach[name], threats[name]["decay"])
            if name in extra:
                extra[name].write(window, left)
            felt = lookups[name](codes)
            valid = valid & (felt >= 0)
            degradation += left * felt * np.float32(threats[name]["weight"] / total_weight)
        degradation *= _access_of(work, window, access)
        good = habitat(codes)
        valid = valid & is_valid(good, FLOAT32_MAX)
        with np.errstate(over="ignore", invalid="ignore"):
            left_over = quality(good, degradation, work.options["half_saturation_constant"])
        for name, values in (("deg_sum", degradation), ("quality", left_over)):
            sinks[name].write(window, np.where(valid, values, np.float32(FLOAT32_MAX)))

    for _done in work.each_strip(compute, start, stop, DISTANCE_ROWS):
        pass


def _distance(work: Work, id: str, window: Window, reach: float) -> NDArray[np.float32]:
    """Distance in cells to the nearest source, exact up to `reach`; beyond it at least `reach`."""
    grid = work.grid
    none = grid.rows + grid.columns
    around = min(math.ceil(reach) + 1, grid.rows)
    first = max(window.row - around, 0)
    last = min(window.row + window.rows + around, grid.rows)
    values, valid = work.read(id, Window(first, 0, last - first, grid.columns))
    source = valid & (values != 0)
    if not source.any():  # nothing within reach; with nothing at all InVEST takes rows + columns
        return np.full((window.rows, window.columns), none, np.float32)
    return native.distance(source.astype(np.uint8))[window.row - first : window.row - first + window.rows]


def _run_rarity(work: Work, key: str, id: str) -> None:
    counts: tuple[dict[int, int], dict[int, int]] = ({}, {})

    def count(window: Window) -> tuple[dict[int, int], dict[int, int]]:
        before, had = work.read("lulc_bas_path", window)
        after, has = work.read(id, window)
        return count_codes(before[had])[0], count_codes(after[has & had])[0]

    for part in work.each_strip(count, 0.9, 0.95):
        for whole, found in zip(counts, part, strict=True):
            for code, number in found.items():
                whole[code] = whole.get(code, 0) + number
    codes = np.array(sorted(counts[1]), np.int64)
    before_n = np.array([counts[0].get(int(code), 0) for code in codes], np.int64)
    after_n = np.array([counts[1][int(code)] for code in codes], np.int64)
    values = rarity(before_n, after_n, codes)
    work.results.table(f"rarity_table_{key}", ("lucode", "rarity_value"), sorted(values.items()))
    lookup = Lookup(values, FLOAT32_MIN)
    sink = work.results.raster(f"rarity_{key}", work.grid, "float32", FLOAT32_MIN)

    def write(window: Window) -> None:
        _before, had = work.read("lulc_bas_path", window)
        after, has = work.read(id, window)
        sink.write(window, np.where(had & has, lookup(after), np.float32(FLOAT32_MIN)))

    for _done in work.each_strip(write, 0.95, 1.0):
        pass
