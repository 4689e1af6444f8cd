"""Sums and counts of cells by polygon: cell centres decide, overlapping polygons each count in full."""

from __future__ import annotations

import math
import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onekl_desktop.base.geometry import FlatShapes
from onekl_desktop.base.rasters import Grid, Window
from onekl_desktop.native.drawing import fill_polygon

Measured = dict[str, tuple[NDArray[np.float64], NDArray[np.int64]]]


class ZonalSums:
    """Adds up rasters by polygon, strip by strip.

    A polygon that holds no cell centre takes all cells of its bounding box, as InVEST's zonal statistics do.
    """

    def __init__(self, shapes: FlatShapes, grid: Grid) -> None:
        self.grid, self._count = grid, len(shapes.shape_offsets) - 1
        cells = grid.to_cells(np.asarray(shapes.xy, np.float64))
        self._rings: list[tuple[NDArray[np.float64], NDArray[np.int64]]] = []
        self._boxes: list[Window] = []
        self._whole_box: list[bool] = []
        for shape in range(self._count):
            first, last = shapes.shape_offsets[shape], shapes.shape_offsets[shape + 1]
            offsets = np.asarray(shapes.part_offsets[first : last + 1], np.int64)
            xy = cells[offsets[0] : offsets[-1]] if len(offsets) > 1 else cells[:0]
            self._rings.append((xy, offsets - offsets[0] if len(offsets) else np.zeros(1, np.int64)))
            self._boxes.append(self._box(xy))
            self._whole_box.append(not self._holds_a_centre(shape))
        self._last = threading.local()
        self.sums: dict[str, NDArray[np.float64]] = {}
        self.counts: dict[str, NDArray[np.int64]] = {}

    def __getstate__(self) -> dict[str, Any]:
        return {key: value for key, value in self.__dict__.items() if key != "_last"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, _last=threading.local())

    def _box(self, xy: NDArray[np.float64]) -> Window:
        if not len(xy):
            return Window(0, 0, 0, 0)
        left, top = (math.floor(value) for value in xy.min(axis=0))
        right, bottom = (math.ceil(value) for value in xy.max(axis=0))
        column, row = max(left, 0), max(top, 0)
        return Window(
            row, column, max(min(bottom, self.grid.rows) - row, 0), max(min(right, self.grid.columns) - column, 0)
        )

    def _holds_a_centre(self, shape: int) -> bool:
        box = self._boxes[shape]
        step = max(1, 4_000_000 // max(box.columns, 1))
        return any(
            self._fill(shape, Window(row, box.column, min(step, box.row + box.rows - row), box.columns)).any()
            for row in range(box.row, box.row + box.rows, step)
        )

    def _fill(self, shape: int, window: Window) -> NDArray[np.bool_]:
        out = np.zeros((window.rows, window.columns), np.uint8)
        xy, offsets = self._rings[shape]
        if out.size:
            fill_polygon(xy - (window.column, window.row), offsets, out)
        return out.astype(bool)

    def _parts_of(self, window: Window) -> list[tuple[int, Window, NDArray[np.bool_]]]:
        """As `_parts`; a thread that measures several rasters of a block fills the polygons once."""
        held = getattr(self._last, "held", None)
        if held is None or held[0] != window:
            held = self._last.held = (window, self._parts(window))
        return held[1]

    def _parts(self, window: Window) -> list[tuple[int, Window, NDArray[np.bool_]]]:
        """The polygons that a strip meets, the part of their box within it and which of its cells are theirs."""
        parts = []
        for shape, box in enumerate(self._boxes):
            first, last = max(box.row, window.row), min(box.row + box.rows, window.row + window.rows)
            left, right = max(box.column, window.column), min(box.column + box.columns, window.column + window.columns)
            if first >= last or left >= right:
                continue
            part = Window(first, left, last - first, right - left)
            mask = np.ones((part.rows, part.columns), bool) if self._whole_box[shape] else self._fill(shape, part)
            parts.append((shape, part, mask))
        return parts

    def mask(self, window: Window) -> NDArray[np.bool_]:
        """Cells of a strip whose centre lies in any polygon."""
        out = np.zeros((window.rows, window.columns), bool)
        self.burn(window, np.ones(self._count, bool), out)
        return out

    def masks(self, window: Window) -> list[NDArray[np.bool_]]:
        """For each polygon, which cells of a strip are its own."""
        masks = [np.zeros((window.rows, window.columns), bool) for _shape in range(self._count)]
        for shape, part, mask in self._parts(window):
            rows = slice(part.row - window.row, part.row - window.row + part.rows)
            columns = slice(part.column - window.column, part.column - window.column + part.columns)
            masks[shape][rows, columns] = mask
        return masks

    def burn(self, window: Window, values: NDArray, out: NDArray) -> None:
        """Write the value of each polygon into the cells of a strip whose centre it holds, later ones on top."""
        for shape, part, mask in self._parts(window):
            if self._whole_box[shape]:
                continue
            rows = slice(part.row - window.row, part.row - window.row + part.rows)
            columns = slice(part.column - window.column, part.column - window.column + part.columns)
            out[rows, columns][mask] = values[shape]

    def measure(self, window: Window, layers: dict[str, tuple[NDArray, NDArray[np.bool_]]]) -> Measured:
        """Sums and counts of a strip by layer and polygon; changes nothing, so threads may measure at once."""
        found: Measured = {name: (np.zeros(self._count), np.zeros(self._count, np.int64)) for name in layers}
        for shape, part, mask in self._parts_of(window):
            rows = slice(part.row - window.row, part.row - window.row + part.rows)
            columns = slice(part.column - window.column, part.column - window.column + part.columns)
            for name, (values, valid) in layers.items():
                chosen = mask & valid[rows, columns]
                found[name][0][shape] += values[rows, columns].sum(where=chosen, dtype=np.float64)
                found[name][1][shape] += int(chosen.sum())
        return found

    def add(self, measured: Measured) -> None:
        """Add what was measured in a strip."""
        for name, (sums, counts) in measured.items():
            self.sums[name] = self.sums.get(name, 0.0) + sums
            self.counts[name] = self.counts.get(name, 0) + counts

    def means(self, name: str) -> NDArray[np.float64]:
        """Mean of the valid cells by polygon; NaN where there is none."""
        counts = self.counts[name]
        return np.divide(self.sums[name], counts, out=np.full(self._count, np.nan), where=counts > 0)
