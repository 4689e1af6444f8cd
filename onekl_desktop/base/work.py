"""What a model on maps works on: aligned sources, tables by class, zones and numbers; and where its results go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from onekl_desktop.base.geometry import FlatShapes
from onekl_desktop.base.progress import Progress
from onekl_desktop.base.rasters import Grid, RasterSink, RasterSource, Window

MOST_CODES = 1 << 20
Row = Mapping[str, Any]
Table = Mapping[Any, Row]


class Results(Protocol):
    """Takes what a model gives, by the ids of its declared outputs."""

    def wants(self, id: str) -> bool:
        """Whether somebody asked for this raster (intermediate ones are often not wanted)."""
        ...

    def raster(self, id: str, grid: Grid, dtype: str, nodata: float) -> RasterSink:
        """Where the cells of a raster go."""
        ...

    def table(self, id: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Keep a table."""
        ...


@dataclass(frozen=True)
class Zones:
    """Polygons with their attributes, in the CRS of the grid; `area_m2` is their area in that CRS."""

    shapes: FlatShapes
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    area_m2: NDArray[np.float64]

    @property
    def bounds(self) -> NDArray[np.float64]:
        """left, bottom, right, top of each polygon, shape (n, 4)."""
        return self.shapes.boxes


@dataclass
class Work:
    """One run of a model: everything aligned on `grid`, checked, and read only when asked for."""

    grid: Grid
    rasters: Mapping[str, RasterSource]
    results: Results
    tables: Mapping[str, Table] = field(default_factory=dict)
    zones: Mapping[str, Zones] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    progress: Progress = field(default_factory=Progress)

    def has(self, id: str) -> bool:
        """Whether a raster was given."""
        return id in self.rasters

    def strips(self, start: float = 0.0, stop: float = 1.0, rows: int = 512) -> Iterator[Window]:
        """Full-width windows from north to south; the progress moves from `start` to `stop`."""
        for window in self.grid.blocks(rows):
            self.progress.report(start + (stop - start) * window.row / max(self.grid.rows, 1))
            yield window

    def read(self, id: str, window: Window | None = None) -> tuple[NDArray, NDArray[np.bool_]]:
        """Cells of a raster and which of them are valid; of the whole grid when no window is given."""
        source = self.rasters[id]
        values = source.read(window or Window(0, 0, self.grid.rows, self.grid.columns))
        return values, is_valid(values, source.nodata)

    def write(self, id: str, values: NDArray, dtype: str, nodata: float) -> None:
        """Write a whole raster when it is wanted."""
        if self.results.wants(id):
            window = Window(0, 0, self.grid.rows, self.grid.columns)
            self.results.raster(id, self.grid, dtype, nodata).write(window, values.astype(dtype, copy=False))


def is_valid(values: NDArray, nodata: float | None) -> NDArray[np.bool_]:
    """Cells that hold a value: whole numbers differ from nodata, others by more than 1e-8 + 1e-5 |nodata|.

    This is InVEST's rule; NaN equals NaN, and without nodata every cell is valid.
    """
    if nodata is None:
        return np.ones(values.shape, bool)
    if values.dtype.kind != "f":
        return values != nodata if np.float64(nodata).is_integer() else np.ones(values.shape, bool)
    if np.isnan(nodata):
        return ~np.isnan(values)
    with np.errstate(over="ignore", invalid="ignore"):
        return ~(np.abs(values - values.dtype.type(nodata)) <= 1e-8 + 1e-5 * abs(nodata))


class Lookup:
    """Values by class code. A code that the table lacks becomes `missing`."""

    def __init__(self, values: Mapping[int, float], missing: float, dtype: str = "float32") -> None:
        codes = np.array(sorted(values), np.int64)
        self._missing = np.dtype(dtype).type(missing)
        self._codes, self._values = codes, np.array([values[int(code)] for code in codes], dtype)
        self._first, self._table = 0, None
        if len(codes) and codes[-1] - codes[0] < MOST_CODES:
            self._first = int(codes[0])
            self._table = np.full(int(codes[-1] - codes[0]) + 3, self._missing, dtype)  # one more on either side
            self._table[codes - codes[0] + 1] = self._values

    def __call__(self, codes: NDArray) -> NDArray:
        """The value of each cell, same shape."""
        if self._table is not None:
            at = np.clip(codes.astype(np.int64) - self._first + 1, 0, len(self._table) - 1)
            return self._table[at]
        at = np.clip(np.searchsorted(self._codes, codes), 0, max(len(self._codes) - 1, 0))
        if not len(self._codes):
            return np.full(codes.shape, self._missing)
        return np.where(self._codes[at] == codes, self._values[at], self._missing)


def column(table: Table, name: str) -> dict[int, float]:
    """One column of a table by class code."""
    return {int(code): float(row[name]) for code, row in table.items() if row.get(name) is not None}
