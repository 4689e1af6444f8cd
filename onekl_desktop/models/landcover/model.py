"""Land cover after interventions: which cells change class in which year, and how much of each class there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onekl_desktop import native
from onekl_desktop.base.rasters import Grid, Window

NODATA = 65_535


@dataclass(frozen=True)
class Plan:
    """One intervention as the model sees it.

    `xy` (n, 2) in map units with `ring_offsets` (rings + 1,); `schedule` pairs of year and share that add up
    to 1; `class_code` the class it leads to (None: the land keeps its class) after `years_to_class` years;
    only cells of `from_classes` change (empty: all).
    """

    key: str
    xy: NDArray[np.float64]
    ring_offsets: NDArray[np.int64]
    schedule: tuple[tuple[int, float], ...]
    class_code: int | None
    years_to_class: int = 0
    from_classes: frozenset[int] = frozenset()
    area_ha: float = 0.0

    @property
    def start_year(self) -> int:
        """First year of the schedule."""
        return self.schedule[0][0]


@dataclass(frozen=True)
class Footprint:
    """The cells of a plan: a window of the grid and the mask (1 inside) in it."""

    window: Window
    mask: NDArray[np.uint8]

    @property
    def cells(self) -> int:
        """Number of cells whose centre is inside."""
        return int(self.mask.sum())


def find_cells(plan: Plan, grid: Grid) -> Footprint:
    """The cells whose centre lies inside the plan's shape (even-odd rule, as GDAL's rasterise without all-touched)."""
    if not len(plan.xy):
        return Footprint(Window(0, 0, 0, 0), np.zeros((0, 0), np.uint8))
    low, high = plan.xy.min(axis=0), plan.xy.max(axis=0)
    window = grid.window_of((low[0], low[1], high[0], high[1]))
    mask = np.zeros((window.rows, window.columns), np.uint8)
    if window.rows and window.columns:
        cells = grid.to_cells(plan.xy) - (window.column, window.row)
        native.fill_polygon(cells, plan.ring_offsets, mask, 1)
    return Footprint(window, mask)


def converted_share(plan: Plan, year: int) -> float:
    """Share of a plan whose land has reached its class by the end of `year`."""
    return min(sum(share for begun, share in plan.schedule if begun + plan.years_to_class <= year), 1.0)


def begun_share(plan: Plan, year: int) -> float:
    """Share of a plan that has been started by the end of `year`."""
    return min(sum(share for begun, share in plan.schedule if begun <= year), 1.0)


def apply_plans(
    cover: NDArray[np.uint16], window: Window, plans: Sequence[Plan], footprints: Sequence[Footprint], year: int
) -> NDArray[np.uint16]:
    """Land cover of a window of the grid at the end of `year`.

    Parameters
    ----------
    cover
        Class codes before any intervention, shape (window.rows, window.columns); 65535 is nodata and stays.
    plans, footprints
        In the same order. Earlier starts are applied first, so that on a shared cell the later start decides;
        equal starts in the order given. Of a plan's n cells the first round(share x n), counted row by row
        from the north-west, are converted.

    Returns
    -------
    A new array of the same shape.
    """
    out = cover.copy()
    order = sorted(range(len(plans)), key=lambda index: plans[index].start_year)
    for index in order:
        plan, place = plans[index], footprints[index]
        share = converted_share(plan, year)
        if plan.class_code is None or share <= 0 or not place.mask.size:
            continue
        r0, r1 = max(window.row, place.window.row), min(window.row + window.rows, place.window.row + place.window.rows)
        c0 = max(window.column, place.window.column)
        c1 = min(window.column + window.columns, place.window.column + place.window.columns)
        if r0 >= r1 or c0 >= c1:
            continue
        chosen = place.mask.astype(bool)
        if share < 1:
            rank = np.cumsum(chosen.ravel(), dtype=np.int64).reshape(chosen.shape)
            chosen = chosen & (rank <= int(np.floor(share * place.cells + 0.5)))
        part = chosen[
            r0 - place.window.row : r1 - place.window.row, c0 - place.window.column : c1 - place.window.column
        ]
        target = out[r0 - window.row : r1 - window.row, c0 - window.column : c1 - window.column]
        changes = part & (target != NODATA)
        if plan.from_classes:
            changes &= np.isin(target, list(plan.from_classes))
        target[changes] = plan.class_code
    return out


class ClassIndex:
    """Class codes as small numbers: a lookup for all 65,536 codes."""

    def __init__(self, codes: Sequence[int]) -> None:
        self.codes = list(codes)
        self._lookup = np.full(65_536, NODATA, np.uint16)
        self._lookup[self.codes] = np.arange(len(self.codes), dtype=np.uint16)

    def of(self, cover: NDArray[np.uint16]) -> NDArray[np.uint16]:
        """Index of each cell's code; 65535 for codes that are not listed."""
        return self._lookup[cover]


def class_areas(
    cover: NDArray[np.uint16], zones: NDArray[np.int32], cell_area_ha: float, index: ClassIndex, n_zones: int
) -> NDArray[np.float64]:
    """Hectares by zone and class, shape (n_zones, classes): cells are counted by their centre."""
    row_area = np.full(cover.shape[0], cell_area_ha)
    counts, _areas = native.class_areas(index.of(cover), zones, row_area, n_zones, len(index.codes))
    return counts * cell_area_ha  # type: ignore[return-value]


def burn_zones(
    shapes: Sequence[tuple[NDArray[np.float64], NDArray[np.int64]]], grid: Grid, out: NDArray[np.int32]
) -> None:
    """Write the number of each shape into the cells whose centre it covers (later shapes win); `out` keeps the rest."""
    for number, (xy, offsets) in enumerate(shapes):
        plan = Plan("", xy, offsets, ((0, 1.0),), None)
        place = find_cells(plan, grid)
        if place.mask.size:
            w = place.window
            out[w.row : w.row + w.rows, w.column : w.column + w.columns][place.mask.astype(bool)] = number
