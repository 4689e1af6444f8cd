"""LZW as TIFF files have it, tile by tile: several times faster than the library's on maps whose values repeat."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from onekl_desktop.native import plain
from onekl_desktop.native.library import LIBRARY, at


def pack_tiles(cells: NDArray, tile: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The tiles of a window of cells, row by row, each compressed: all bytes one after the other, and how many each has.

    Parameters
    ----------
    cells
        (rows, columns), any type; cells of a tile beyond them repeat the last row, and are zeros to the right.

    Raises
    ------
    MemoryError
        There is no room for them.
    """
    cells = np.ascontiguousarray(cells)
    if cells.ndim != 2 or tile < 1:
        raise ValueError(f"{cells.shape} cannot be cut into tiles of {tile}")
    if not cells.size:
        return np.zeros(0, np.uint8), np.zeros(0, np.int64)
    if LIBRARY is None:
        packed = plain.pack_tiles(cells, tile)
        return np.frombuffer(b"".join(packed), np.uint8), np.array([len(part) for part in packed], np.int64)
    rows, columns = cells.shape
    count = -(-rows // tile) * -(-columns // tile)
    out = np.empty(count * (tile * tile * cells.itemsize * 3 // 2 + 64), np.uint8)  # nonsense grows by half at most
    sizes = np.zeros(count, np.int64)
    used = LIBRARY.onekl_lzw_tiles(at(cells), rows, columns, cells.itemsize, tile, at(out), out.size, at(sizes))
    if used < 0:
        raise MemoryError("not enough memory to compress a raster")
    return out[:used], sizes
