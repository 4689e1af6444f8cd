"""How models see rasters without knowing files: a grid, a source to read windows from, a sink to write them to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Window:
    """A rectangle of cells: first row and column, number of rows and columns."""

    row: int
    column: int
    rows: int
    columns: int

    @property
    def slices(self) -> tuple[slice, slice]:
        """Its rows and columns, to index an array of the whole grid."""
        return slice(self.row, self.row + self.rows), slice(self.column, self.column + self.columns)


@dataclass(frozen=True)
class Grid:
    """North-up cells: CRS, left and top edge, cell size (both positive, in CRS units), columns and rows."""

    crs: str
    left: float
    top: float
    cell_x: float
    cell_y: float
    columns: int
    rows: int

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """left, bottom, right, top."""
        return (self.left, self.top - self.rows * self.cell_y, self.left + self.columns * self.cell_x, self.top)

    @property
    def cell_area_ha(self) -> float:
        """Area of a cell in hectares; the CRS is projected in metres."""
        return self.cell_x * self.cell_y / 10_000

    def to_cells(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Map coordinates (n, 2) as column and row, counted from the upper left corner."""
        return np.column_stack([(xy[:, 0] - self.left) / self.cell_x, (self.top - xy[:, 1]) / self.cell_y])

    def sub(self, window: Window) -> Grid:
        """The grid of a window."""
        return Grid(
            self.crs, self.left + window.column * self.cell_x, self.top - window.row * self.cell_y,
            self.cell_x, self.cell_y, window.columns, window.rows,
        )  # fmt: skip

    def blocks(self, rows: int = 512) -> Iterator[Window]:
        """Full-width windows from north to south."""
        for row in range(0, self.rows, rows):
            yield Window(row, 0, min(rows, self.rows - row), self.columns)

    def tiles(self, rows: int, columns: int) -> Iterator[Window]:
        """Windows of at most so many rows and columns, row by row."""
        for row in range(0, self.rows, rows):
            for column in range(0, self.columns, columns):
                yield Window(row, column, min(rows, self.rows - row), min(columns, self.columns - column))

    def window_of(self, bounds: tuple[float, float, float, float]) -> Window:
        """The cells that a box touches, clipped to the grid (may be empty)."""
        left, bottom, right, top = bounds
        first_column = max(int(np.floor((left - self.left) / self.cell_x)), 0)
        last_column = min(int(np.ceil((right - self.left) / self.cell_x)), self.columns)
        first_row = max(int(np.floor((self.top - top) / self.cell_y)), 0)
        last_row = min(int(np.ceil((self.top - bottom) / self.cell_y)), self.rows)
        return Window(first_row, first_column, max(last_row - first_row, 0), max(last_column - first_column, 0))


class RasterSource(Protocol):
    """Something that cells can be read from."""

    @property
    def grid(self) -> Grid:
        """Where the cells are."""
        ...

    @property
    def nodata(self) -> float | None:
        """The value that means no data; None when every cell has some."""
        ...

    @property
    def dtype(self) -> np.dtype:
        """Type of the cells."""
        ...

    def read(self, window: Window) -> NDArray:
        """Cells of a window, shape (rows, columns)."""
        ...


class RasterSink(Protocol):
    """Something that cells can be written to."""

    @property
    def grid(self) -> Grid:
        """Where the cells are."""
        ...

    def write(self, window: Window, values: NDArray) -> None:
        """Store the cells of a window."""
        ...


@dataclass(eq=False)
class ArrayRaster:
    """A raster held in memory: source and sink at once."""

    grid: Grid
    values: NDArray
    nodata: float | None = None

    @property
    def dtype(self) -> np.dtype:
        """Type of the cells."""
        return self.values.dtype

    def read(self, window: Window) -> NDArray:
        """A view of the window's cells."""
        return self.values[window.row : window.row + window.rows, window.column : window.column + window.columns]

    def write(self, window: Window, values: NDArray) -> None:
        """Copy cells into the window."""
        self.read(window)[...] = values
