"""A folder of results: written beside, and moved into place when all of them are whole."""

from __future__ import annotations

import csv
import math
import os
import re
import shutil
import socket
import struct
import tempfile
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, ClassVar

import numpy as np
from numpy.typing import NDArray

from onekl_desktop import native
from onekl_desktop.base.errors import UserError, explain_os_error
from onekl_desktop.base.rasters import Grid, Window
from onekl_desktop.native.system import is_process_alive

TILE = 256
TILE_OFFSETS, TILE_SIZES, MOST_TAGS = 324, 325, 4096
NUMBERS = {3: "<u2", 4: "<u4", 16: "<u8"}  # SHORT, LONG, LONG8
Folder = AbstractContextManager["ResultsFolder | Discarded"]
_PART = f".onekl-part-{re.sub(r'[^A-Za-z0-9]', '', socket.gethostname()) or 'pc'}-"


class _Sink:
    """A GeoTIFF that is being written, tiled and LZW-compressed as InVEST's.

    The library makes the file, with all its tags and no cells; tiles are compressed by our own kernel, in the threads that
    computed them, and put behind it. Where a window does not hold whole tiles, the library writes the cells.
    """

    def __init__(self, path: Path, grid: Grid, dtype: str, nodata: float) -> None:
        self.grid, self.path, self._dtype, self._nodata = grid, path, np.dtype(dtype), nodata
        self._lock = threading.Lock()
        self._across = -(-grid.columns // TILE)
        count = self._across * -(-grid.rows // TILE)
        self._places, self._sizes = np.zeros(count, np.uint64), np.zeros(count, np.uint64)
        self._dataset: Any = None
        self._stream: BinaryIO | None = None
        if native.is_compiled():
            self._create(sparse=True).close()
            self._slots = find_tiles(path, count)
            if self._slots is not None:
                self._stream = path.open("r+b")
                self._stream.seek(0, os.SEEK_END)
        if self._stream is None:
            self._dataset = self._create(sparse=False)

    def _create(self, *, sparse: bool) -> Any:
        import rasterio
        from rasterio.transform import Affine

        grid = self.grid
        return rasterio.open(
            self.path, "w", driver="GTiff", width=grid.columns, height=grid.rows, count=1, dtype=self._dtype.name, crs=grid.crs,
            nodata=self._nodata, tiled=True, blockxsize=TILE, blockysize=TILE, compress="lzw", BIGTIFF="IF_SAFER",
            NUM_THREADS="1", SPARSE_OK=sparse, transform=Affine(grid.cell_x, 0, grid.left, 0, -grid.cell_y, grid.top),
        )  # fmt: skip

    def write(self, window: Window, values: NDArray) -> None:
        """Store the cells of a window."""
        cells = values.astype(self._dtype, copy=False)
        if self._stream is not None and self._holds_tiles(window):
            packed, sizes = native.pack_tiles(cells, TILE)
            with self._lock:
                if self._stream is not None:
                    self._append(window, packed, sizes)
                    return
        with self._lock:
            if self._stream is not None:
                self._hand_over()
            self._write_by_library(window, cells)

    def _holds_tiles(self, window: Window) -> bool:
        down, right = window.row + window.rows, window.column + window.columns
        return (
            window.row % TILE == window.column % TILE == 0
            and (down % TILE == 0 or down == self.grid.rows)
            and (right % TILE == 0 or right == self.grid.columns)
        )

    def _append(self, window: Window, packed: NDArray[np.uint8], sizes: NDArray[np.int64]) -> None:
        assert self._stream is not None
        rows, columns = -(-window.rows // TILE), -(-window.columns // TILE)
        first = np.arange(window.row // TILE, window.row // TILE + rows) * self._across + window.column // TILE
        tiles = (first[:, None] + np.arange(columns)).ravel()
        self._sizes[tiles] = sizes
        self._places[tiles] = self._stream.tell() + np.cumsum(sizes) - sizes
        self._stream.write(packed.data)

    def _write_by_library(self, window: Window, cells: NDArray) -> None:
        from rasterio.windows import Window as RasterioWindow

        self._dataset.write(cells, 1, window=RasterioWindow(window.column, window.row, window.columns, window.rows))

    def _finish(self) -> None:
        """Tell the file where its tiles are."""
        assert self._stream is not None
        assert self._slots is not None
        with self._stream as stream:
            for slot, values in zip(self._slots, (self._places, self._sizes), strict=True):
                stream.seek(slot.at)
                stream.write(values.astype(slot.dtype).tobytes())
        self._stream = None

    def _hand_over(self) -> None:
        """From here on the library writes."""
        import rasterio

        self._finish()
        self._dataset = rasterio.open(self.path, "r+")

    def close(self) -> None:
        """Finish the file."""
        if self._stream is not None:
            self._finish()
        elif self._dataset is not None:
            self._dataset.close()


@dataclass(frozen=True)
class Slot:
    """Where a TIFF keeps the numbers of a tag, and as what."""

    at: int
    dtype: str


def find_tiles(path: Path, count: int) -> tuple[Slot, Slot] | None:
    """Where a TIFF of one image keeps the offsets and sizes of its tiles (TIFF 6.0; BigTIFF); None when it has others."""
    try:
        return _find_tiles(path, count)
    except struct.error:  # it ends too early
        return None


def _find_tiles(path: Path, count: int) -> tuple[Slot, Slot] | None:
    with path.open("rb") as stream:
        head = stream.read(16)
        if head[:2] != b"II":
            return None
        big = head[2:4] == b"\x2b\x00"
        stream.seek(struct.unpack("<Q", head[8:16])[0] if big else struct.unpack("<I", head[4:8])[0])
        size, entry, word = (8, "<HHQQ", "<Q") if big else (2, "<HHII", "<I")
        number = int.from_bytes(stream.read(size), "little")
        slots: dict[int, Slot] = {}
        for _each in range(min(number, MOST_TAGS)):
            at = stream.tell()
            tag, kind, length, value = struct.unpack(entry, stream.read(struct.calcsize(entry)))
            if tag in (TILE_OFFSETS, TILE_SIZES):
                dtype = NUMBERS.get(kind)
                if dtype is None or length != count:
                    return None
                inline = count * np.dtype(dtype).itemsize <= struct.calcsize(word)
                slots[tag] = Slot(at + struct.calcsize(entry) - struct.calcsize(word) if inline else value, dtype)
    if set(slots) != {TILE_OFFSETS, TILE_SIZES} or any(slot.at <= 0 for slot in slots.values()):
        return None
    if np.dtype(slots[TILE_SIZES].dtype).itemsize < 4:  # a compressed tile may be larger than such a number
        return None
    return slots[TILE_OFFSETS], slots[TILE_SIZES]


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
