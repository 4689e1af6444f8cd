"""A folder of results: written beside, and moved into place when all of them are whole."""

from __future__ import annotations

import csv
import math
import os
import re
import shutil
import socket
import tempfile
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from onekl_desktop.base.errors import UserError, explain_os_error
from onekl_desktop.base.rasters import Grid, Window
from onekl_desktop.native.system import is_process_alive

TILE = 256
Folder = AbstractContextManager["ResultsFolder | Discarded"]
_PART = f".onekl-part-{re.sub(r'[^A-Za-z0-9]', '', socket.gethostname()) or 'pc'}-"


class _Sink:
    """A GeoTIFF that is being written, tiled and LZW-compressed as InVEST's."""

    def __init__(self, path: Path, grid: Grid, dtype: str, nodata: float) -> None:
        import rasterio
        from rasterio.transform import Affine

        self.grid, self.path, self._dtype = grid, path, np.dtype(dtype)
        self._lock = threading.Lock()
        self._dataset = rasterio.open(
            path, "w", driver="GTiff", width=grid.columns, height=grid.rows, count=1, dtype=dtype, crs=grid.crs, nodata=nodata,
            tiled=True, blockxsize=TILE, blockysize=TILE, compress="lzw", BIGTIFF="IF_SAFER", NUM_THREADS="1",
            transform=Affine(grid.cell_x, 0, grid.left, 0, -grid.cell_y, grid.top),
        )  # fmt: skip

    def write(self, window: Window, values: NDArray) -> None:
        """Store the cells of a window."""
        from rasterio.windows import Window as RasterioWindow

        area = RasterioWindow(window.column, window.row, window.columns, window.rows)
        cells = values.astype(self._dtype, copy=False)
        with self._lock:
            self._dataset.write(cells, 1, window=area)

    def close(self) -> None:
        """Finish the file."""
        self._dataset.close()


class ResultsFolder:
    """`Results` of a run in a folder, flat, under the ids of the outputs and an optional suffix.

    Used as a context: nothing appears under its final name unless the run ends well.
    """

    def __init__(
        self, folder: Path, *, wanted: Callable[[str], bool], names: Callable[[str], str], suffix: str = ""
    ) -> None:
        self.folder, self._wanted, self._names = folder, wanted, names
        self._suffix = f"_{suffix.lstrip('_')}" if suffix else ""
        self._sinks: list[_Sink] = []
        self.written: dict[str, Path] = {}

    def __enter__(self) -> ResultsFolder:
        try:
            self._made = not self.folder.exists()
            self.folder.mkdir(parents=True, exist_ok=True)
            _forget_dead(self.folder)
            self._part = Path(tempfile.mkdtemp(prefix=f"{_PART}{os.getpid()}-", dir=self.folder))
        except OSError as problem:
            raise explain_os_error(problem, self.folder) from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            for sink in self._sinks:
                sink.close()
            if kind is None:
                for name in list(self.written):
                    target = self.folder / name
                    os.replace(self._part / name, target)
                    self.written[name] = target
        except OSError as trouble:
            raise explain_os_error(trouble, self.folder) from None
        finally:
            shutil.rmtree(self._part, ignore_errors=True)
            if kind is not None and self._made and not any(self.folder.iterdir()):
                self.folder.rmdir()

    def wants(self, id: str) -> bool:
        """Whether this raster is to be written."""
        return self._wanted(id)

    def raster(self, id: str, grid: Grid, dtype: str, nodata: float) -> _Sink:
        """A new raster of the results."""
        from rasterio.errors import RasterioError

        name = f"{self._names(id)}{self._suffix}.tif"
        try:
            sink = _Sink(self._part / name, grid, dtype, nodata)
        except (OSError, RasterioError) as problem:
            raise UserError("file.medium_gone", file=self.folder / name, reason=str(problem)) from None
        self._sinks.append(sink)
        self.written[name] = self._part / name
        return sink

    def table(self, id: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Write a table; numbers with all their digits, an unknown one as an empty cell."""
        name = f"{self._names(id)}{self._suffix}.csv"
        write_table(self._part / name, columns, rows)
        self.written[name] = self._part / name


def write_table(path: Path, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """A CSV with all digits; what is not known is an empty cell."""
    try:
        with path.open("w", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream)
            writer.writerow(columns)
            writer.writerows([["" if _unknown(cell) else cell for cell in row] for row in rows])
    except OSError as problem:
        raise explain_os_error(problem, path) from None


class Discarded:
    """Results that only the measuring of them is for: rasters and tables are let go."""

    written: ClassVar[dict[str, Path]] = {}

    def __enter__(self) -> Discarded:
        return self

    def __exit__(self, *_problem: object) -> None:
        pass

    def wants(self, id: str) -> bool:
        """Nothing that is not needed on the way."""
        return False

    def raster(self, id: str, grid: Grid, dtype: str, nodata: float) -> _Nowhere:
        """A raster that is not kept."""
        return _Nowhere(grid)

    def table(self, id: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """A table that is not kept."""


class _Nowhere:
    def __init__(self, grid: Grid) -> None:
        self.grid = grid

    def write(self, window: Window, values: NDArray) -> None:
        pass


def _forget_dead(folder: Path) -> None:
    """Remove what runs on this PC left half written when it stopped."""
    for path in folder.glob(f"{_PART}*"):
        number = path.name.removeprefix(_PART).partition("-")[0]
        if number.isdigit() and not is_process_alive(int(number)):
            shutil.rmtree(path, ignore_errors=True)


def _unknown(cell: Any) -> bool:
    return cell is None or (isinstance(cell, float) and math.isnan(cell))
