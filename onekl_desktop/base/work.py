"""What a model on maps works on: aligned sources, tables by class, zones and numbers; and where its results go."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from onekl_desktop.base.geometry import FlatShapes
from onekl_desktop.base.progress import Progress
from onekl_desktop.base.rasters import Grid, RasterSink, RasterSource, Window
from onekl_desktop.base.workspace import Workspace

MOST_CODES = 1 << 20
STRIP_ROWS = 256  # as the tiles of a GeoTIFF, so that each is written once
BLOCK_COLUMNS = 1024  # so that what is held at once does not grow with the map, and fits into a processor's cache
WORKERS = min(os.cpu_count() or 1, 8)
Part = TypeVar("Part")
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


@dataclass
class Work:
    """One run of a model: everything aligned on `grid`, checked, and read only when asked for.

    It can be sent to another machine, where it reads the same inputs; its results and its progress stay.
    """

    grid: Grid
    rasters: Mapping[str, RasterSource]
    results: Results
    tables: Mapping[str, Table] = field(default_factory=dict)
    zones: Mapping[str, Zones] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    progress: Progress = field(default_factory=Progress)
    space: Workspace = None  # type: ignore[assignment]  # in memory when left out
    only: NDArray[np.bool_] | None = None  # the cells to compute, of all of the grid; all of them when left out

    def __post_init__(self) -> None:
        if self.space is None:
            self.space = Workspace(self.progress)

    def __getstate__(self) -> dict[str, Any]:
        """What another machine needs of it to compute a block: the inputs."""
        return {**self.__dict__, "results": None, "progress": None, "space": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, progress=Progress())
        self.space = Workspace(self.progress)

    def here(self, window: Window, inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Those of some cells of a window that are to be computed."""
        return inside if self.only is None else inside & self.only[window.slices]

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.grid.rows, self.grid.columns

    def has(self, id: str) -> bool:
        """Whether a raster was given."""
        return id in self.rasters

    def each_block(
        self, compute: Callable[[Window], Part], start: float = 0.0, stop: float = 1.0, columns: int = BLOCK_COLUMNS
    ) -> Iterator[Part]:
        """What `compute` gives for each block of the grid, row by row, while other threads compute the next ones.

        A few blocks are under way at once, so memory stays bounded; results do not depend on the number of threads.
        """
        waiting: deque[Future[Part]] = deque()
        cells = max(self.grid.rows * self.grid.columns, 1)
        seen = 0
        with ThreadPoolExecutor(WORKERS, thread_name_prefix="block") as pool:
            try:
                for window in self.grid.tiles(STRIP_ROWS, columns):
                    self.progress.report(start + (stop - start) * seen / cells)
                    waiting.append(pool.submit(compute, window))
                    if len(waiting) > WORKERS:
                        yield waiting.popleft().result()
                    seen += window.rows * window.columns
                while waiting:
                    yield waiting.popleft().result()
            finally:
                for future in waiting:
                    future.cancel()

    def each_strip(self, compute: Callable[[Window], Part], start: float = 0.0, stop: float = 1.0) -> Iterator[Part]:
        """As `each_block`, with blocks as wide as the grid."""
        return self.each_block(compute, start, stop, max(self.grid.columns, 1))

    def read(self, id: str, window: Window | None = None) -> tuple[NDArray, NDArray[np.bool_]]:
        """Cells of a raster and which of them are valid (and finite); of the whole grid when no window is given."""
        source = self.rasters[id]
        values = source.read(window or Window(0, 0, self.grid.rows, self.grid.columns))
        valid = is_valid(values, source.nodata)
        if values.dtype.kind == "f":
            valid &= np.isfinite(values)
        return values, valid

    def read_codes(self, id: str, table: Table, window: Window | None = None) -> tuple[NDArray, NDArray[np.bool_]]:
        """Class codes and where there is one. A table that has a row for the map's nodata code gives those cells a class,
        as InVEST's lookups do.
        """
        codes, valid = self.read(id, window)
        if self.rasters[id].nodata in table:
            valid = np.ones(codes.shape, bool)
        return codes, valid

    def write(
        self, id: str, values: NDArray, dtype: str, nodata: float, valid: NDArray[np.bool_] | None = None
    ) -> None:
        """Write a whole raster when it is wanted, block by block; `nodata` where it is not `valid`."""
        if not self.results.wants(id):
            return
        sink = self.results.raster(id, self.grid, dtype, nodata)
        for window in self.grid.tiles(STRIP_ROWS, BLOCK_COLUMNS):
            at = window.slices
            cells = values[at] if valid is None else np.where(valid[at], values[at], nodata)
            sink.write(window, cells.astype(dtype, copy=False))


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
    room = 1e-8 + 1e-5 * abs(nodata)
    with np.errstate(over="ignore"):
        low, high = values.dtype.type(nodata - room), values.dtype.type(nodata + room)
    return ~((values >= low) & (values <= high))


def count_codes(values: NDArray) -> tuple[dict[int, int], float | None]:
    """Cells by code, and a value that is none, if there is one."""
    if values.dtype.kind == "f":
        odd = values[values != np.trunc(values)]
        if odd.size:
            return {}, float(odd.flat[0])
        values = values.astype(np.int64)
    if not values.size:
        return {}, None
    first, last = int(values.min()), int(values.max())
    if last - first < MOST_CODES:
        counts = np.bincount((values - first if first else values).ravel())
        return {int(code) + first: int(counts[code]) for code in np.flatnonzero(counts)}, None
    found, number = np.unique(values, return_counts=True)
    return dict(zip(found.tolist(), number.tolist(), strict=True)), None


class Lookup:
    """Values by class code. A code that the table lacks becomes `missing`."""

    def __init__(self, values: Mapping[int, float], missing: float, dtype: str = "float32") -> None:
        codes = np.array(sorted(values), np.int64)
        self._missing = np.dtype(dtype).type(missing)
        self._codes, self._values = codes, np.array([values[int(code)] for code in codes], dtype)
        self._first, self._table = 0, None
        self._tables: dict[np.dtype, NDArray] = {}
        if len(codes) and codes[-1] - codes[0] < MOST_CODES:
            self._first = int(codes[0])
            self._table = np.full(int(codes[-1] - codes[0]) + 3, self._missing, dtype)  # one more on either side
            self._table[codes - codes[0] + 1] = self._values

    def __call__(self, codes: NDArray) -> NDArray:
        """The value of each cell, same shape."""
        if codes.dtype in (np.uint8, np.uint16):
            return self._short(codes.dtype)[codes]
        if self._table is not None:
            at = np.clip(codes.astype(np.int64) - self._first + 1, 0, len(self._table) - 1)
            return self._table[at]
        at = np.clip(np.searchsorted(self._codes, codes), 0, max(len(self._codes) - 1, 0))
        if not len(self._codes):
            return np.full(codes.shape, self._missing)
        return np.where(self._codes[at] == codes, self._values[at], self._missing)

    def _short(self, dtype: np.dtype) -> NDArray:
        """A value for every code that the type can hold."""
        if dtype not in self._tables:
            table = np.full(np.iinfo(dtype).max + 1, self._missing)
            held = (self._codes >= 0) & (self._codes < len(table))
            table[self._codes[held]] = self._values[held]
            self._tables[dtype] = table
        return self._tables[dtype]


def column(table: Table, name: str) -> dict[int, float]:
    """One column of a table by class code."""
    return {int(code): float(row[name]) for code, row in table.items() if row.get(name) is not None}
