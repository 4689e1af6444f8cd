"""How land cover changed between two maps: areas, transitions, and how broken up each class is.

Patch metrics follow FRAGSTATS (McGarigal et al. 2012): patches by 8 neighbours, edges between cells of different classes.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onekl_desktop import native
from onekl_desktop.base.rasters import Window
from onekl_desktop.base.work import Work, count_codes
from onekl_desktop.base.workspace import IN_MEMORY, Workspace
from onekl_desktop.native.zonal import ZonalSums

SAME, NODATA = 0, -1
WHOLE = ""


@dataclass(frozen=True)
class Patches:
    """Patches of one class: how many, the largest (cells), and its edge (cell sides to other classes)."""

    count: int
    largest: int
    cells: int
    sides_across: int
    sides_down: int


CELLS_AT_ONCE = 1 << 22


def count_patches(
    codes: NDArray[np.int32], valid: NDArray[np.bool_], space: Workspace = IN_MEMORY
) -> dict[int, Patches]:
    """Patches of every class of a map, in one labelling pass.

    Parameters
    ----------
    codes, valid
        Class codes and where there is one, both (rows, columns).
    """
    labels, count = native.label(codes, valid, space)
    sizes, owners = np.zeros(count + 1, np.int64), np.zeros(count + 1, codes.dtype)
    across: Counter[int] = Counter()
    down: Counter[int] = Counter()
    step = max(1, CELLS_AT_ONCE // max(codes.shape[1], 1))
    for row in range(0, len(codes), step):
        rows, more = slice(row, row + step), slice(row, row + step + 1)  # one row more, to the next part
        sizes += np.bincount(labels[rows].ravel(), minlength=count + 1)
        owners[labels[rows]] = codes[rows]  # all cells of a patch have its code
        across += _sides(codes[rows, :-1], codes[rows, 1:], valid[rows, :-1] & valid[rows, 1:])
        down += _sides(codes[more][:-1], codes[more][1:], valid[more][:-1] & valid[more][1:])
    found = {}
    for code in np.unique(owners[1:]).tolist():
        own = sizes[1:][owners[1:] == code]
        found[int(code)] = Patches(len(own), int(own.max()), int(own.sum()), across[int(code)], down[int(code)])
    return found


def _sides(one: NDArray, other: NDArray, valid: NDArray[np.bool_]) -> Counter[int]:
    """Sides between neighbours of different classes, by each of the two classes."""
    differ = valid & (one != other)
    sides: Counter[int] = Counter()
    for codes in (one[differ], other[differ]):
        sides.update(count_codes(codes)[0])
    return sides


def count_by_zone(
    before: NDArray[np.int64], after: NDArray[np.int64], zones: NDArray[np.int32], zone_count: int, classes: int
) -> NDArray[np.int64]:  # fmt: skip
    """Cells by zone, class before and class after, shape (zone_count, classes, classes).

    Parameters
    ----------
    before, after
        Class indices below `classes`, of the same cells.
    zones
        Zone of each cell, -1 for none; those are left out.
    """
    inside = zones >= 0
    key = (zones[inside].astype(np.int64) * classes + before[inside]) * classes + after[inside]
    return np.bincount(key, minlength=zone_count * classes * classes).reshape(zone_count, classes, classes)


def pair_factor(highest: int) -> int:
    """Ten to the power that leaves room for the later code: from * factor + to is read at a glance."""
    return int(10 ** len(str(max(highest, 1))))


def run(work: Work) -> None:
    """Areas by zone, transitions, a map of what changed, and patches. Patches hold the map in memory."""
    maps = [id for id in ("lulc_bas_path", "lulc_alt_path") if work.has(id)]
    zones = work.zones.get("zones_path")
    sums = ZonalSums(zones.shapes, work.grid) if zones is not None else None
    factor, sink = 0, None
    if len(maps) == 2:
        highest = max(max(part) for part in work.each_block(lambda window: _codes(work, maps, window), 0.0, 0.2))
        factor = pair_factor(highest)
        fits = highest * factor + highest <= np.iinfo(np.int32).max
        sink = work.results.raster("change", work.grid, "int32" if fits else "float64", NODATA)
    areas: list[list[Counter[int]]] = [
        [Counter() for _map in maps] for _zone in range(1 + (len(zones.rows) if zones else 0))
    ]
    pairs: Counter[tuple[int, int]] = Counter()

    def look(window: Window) -> tuple[list[list[dict[int, int]]], dict[tuple[int, int], int]]:
        read = [work.read(id, window) for id in maps]
        held = [codes[valid] for codes, valid in read]
        counts = [[count_codes(values)[0] for values in held]]
        for where in sums.masks(window) if sums is not None else []:
            counts.append([count_codes(codes[valid & where])[0] for codes, valid in read])
        changed: dict[tuple[int, int], int] = {}
        if sink is not None:
            (before, had), (after, has) = read
            both = had & has
            key = before.astype(np.int64) * factor + after
            found = count_codes(key[both])[0]
            changed = {divmod(code, factor): number for code, number in found.items()}
            sink.write(window, np.where(both, np.where(before == after, SAME, key), NODATA))
        return counts, changed

    for counts, changed in work.each_block(look, 0.2, 0.6):
        for zone, by_map in enumerate(counts):
            for number, found in enumerate(by_map):
                areas[zone][number].update(found)
        pairs.update(changed)
    hectares = work.grid.cell_area_ha
    _tell_areas(work, areas, zones.columns if zones else (), zones.rows if zones else (), len(maps))
    if sink is not None:
        rows = [[a, b, n, n * hectares] for (a, b), n in sorted(pairs.items())]
        work.results.table("transitions", ("from", "to", "cells", "area_ha"), rows)
    _tell_patches(work, maps)


def _codes(work: Work, maps: list[str], window: Window) -> tuple[int, ...]:
    return tuple(int(codes.max(where=valid, initial=0)) for codes, valid in (work.read(id, window) for id in maps))


def _tell_areas(
    work: Work, areas: list[list[Counter[int]]], columns: tuple[str, ...], zones: tuple[tuple[Any, ...], ...], maps: int
) -> None:
    hectares, rows = work.grid.cell_area_ha, []
    for zone, by_map in enumerate(areas):
        name = [WHOLE] * len(columns) if zone == 0 else list(zones[zone - 1])
        for code in sorted(set().union(*by_map)):
            before = by_map[0][code] * hectares
            row: list[Any] = ["landscape" if zone == 0 else "zone", *name, code, before]
            if maps == 2:
                after = by_map[1][code] * hectares
                row += [after, after - before, (after - before) / before * 100.0 if before else None]
            rows.append(row)
    heads = [
        "place",
        *columns,
        "lucode",
        "area_bas_ha",
        *(["area_alt_ha", "change_ha", "change_percent"] if maps == 2 else []),
    ]
    work.results.table("class_areas", heads, rows)


def _tell_patches(work: Work, maps: list[str]) -> None:
    grid, rows = work.grid, []
    for number, id in enumerate(maps):
        codes, valid = work.space.empty(work.shape, np.int32), work.space.empty(work.shape, np.bool_)

        def read(window: Window, id: str = id, codes: NDArray = codes, valid: NDArray = valid) -> int:
            codes[window.slices], valid[window.slices] = work.read(id, window)
            return int(np.count_nonzero(valid[window.slices]))

        start = 0.6 + 0.4 * number / len(maps)
        land = sum(work.each_block(read, start, start))
        for code, patches in sorted(count_patches(codes, valid, work.space).items()):
            edge_m = patches.sides_across * grid.cell_y + patches.sides_down * grid.cell_x
            rows.append([
                "bas" if id == "lulc_bas_path" else "alt", code, patches.count, patches.cells / patches.count * grid.cell_area_ha,
                patches.largest * grid.cell_area_ha, patches.largest / land * 100.0, edge_m, edge_m / (land * grid.cell_area_ha),
            ])  # fmt: skip
    heads = (
        "map",
        "lucode",
        "patches",
        "mean_patch_ha",
        "largest_patch_ha",
        "largest_patch_index_percent",
        "edge_m",
        "edge_density_m_per_ha",
    )
    work.results.table("patches", heads, rows)
