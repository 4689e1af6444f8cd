"""Kernels that count and draw cells: areas by class and zone, polygons burned into a grid."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from onekl_desktop.native import plain
from onekl_desktop.native.library import LIBRARY


def class_areas(
    classes: NDArray[np.uint16], zones: NDArray[np.int32], row_area: NDArray[np.float64], n_zones: int, n_classes: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Count cells and add up their areas by zone and class in one pass.

    Parameters
    ----------
    classes
        Class index of each cell, shape (rows, columns); an index >= n_classes is nodata.
    zones
        Zone index of each cell, same shape; outside 0..n_zones-1 the cell belongs to no zone.
    row_area
        Area of one cell in each row, shape (rows,), any unit (rows of a geographic grid differ).

    Returns
    -------
    counts, areas
        Both of shape (n_zones, n_classes); areas in the unit of `row_area`.

    Raises
    ------
    ValueError
        Shapes do not fit together.
    """
    classes = np.ascontiguousarray(classes, dtype=np.uint16)
    zones = np.ascontiguousarray(zones, dtype=np.int32)
    row_area = np.ascontiguousarray(row_area, dtype=np.float64)
    if classes.ndim != 2 or zones.shape != classes.shape or row_area.shape != classes.shape[:1]:
        raise ValueError(f"shapes do not fit: classes {classes.shape}, zones {zones.shape}, rows {row_area.shape}")
    if n_zones < 1 or not 1 <= n_classes <= 65536:
        raise ValueError(f"need at least one zone and 1 to 65536 classes, not {n_zones} and {n_classes}")
    if LIBRARY is None:
        return plain.class_areas(classes, zones, row_area, n_zones, n_classes)
    counts = np.zeros((n_zones, n_classes), np.int64)
    areas = np.zeros((n_zones, n_classes), np.float64)
    LIBRARY.onekl_class_areas(
        classes.ctypes.data, zones.ctypes.data, classes.shape[0], classes.shape[1], row_area.ctypes.data,
        n_zones, n_classes, counts.ctypes.data, areas.ctypes.data,
    )  # fmt: skip
    return counts, areas


def fill_polygon(
    xy: NDArray[np.float64], ring_offsets: NDArray[np.int64], out: NDArray[np.uint8], value: int = 1
) -> int:
    """Burn a polygon into `out` by the even-odd rule, cell centres deciding.

    Parameters
    ----------
    xy
        Vertices of all rings, shape (n, 2), in cells of `out`: cell (r, c) has its centre at (c + 0.5, r + 0.5).
    ring_offsets
        Ring i is xy[ring_offsets[i]:ring_offsets[i + 1]]; closed implicitly. Holes are rings like the others.
    out
        uint8, shape (rows, columns), C-contiguous; changed in place.

    Returns
    -------
    Number of cells set.

    Raises
    ------
    ValueError
        Wrong shapes, a result array that cannot be written to, or offsets that leave the vertices.
    MemoryError
        The crossings do not fit in memory.
    """
    xy = np.ascontiguousarray(xy, dtype=np.float64)
    ring_offsets = np.ascontiguousarray(ring_offsets, dtype=np.int64)
    if xy.ndim != 2 or xy.shape[1] != 2 or ring_offsets.ndim != 1 or len(ring_offsets) < 1:
        raise ValueError(f"vertices must be (n, 2) and offsets one-dimensional, not {xy.shape}, {ring_offsets.shape}")
    if ring_offsets[0] < 0 or ring_offsets[-1] > len(xy) or (np.diff(ring_offsets) < 0).any():
        raise ValueError("ring offsets must rise from 0 to the number of vertices")
    if out.dtype != np.uint8 or out.ndim != 2 or not out.flags.c_contiguous or not out.flags.writeable:
        raise ValueError("the result must be a writable C-contiguous uint8 array of two dimensions")
    if not 0 <= value <= 255:
        raise ValueError(f"the value must fit in a byte, not {value}")
    if LIBRARY is None:
        return plain.fill_polygon(xy, ring_offsets, out, value)
    filled = LIBRARY.onekl_fill_polygon(
        xy.ctypes.data, len(xy), ring_offsets.ctypes.data, len(ring_offsets) - 1, out.ctypes.data,
        out.shape[0], out.shape[1], value,
    )  # fmt: skip
    if filled < 0:
        raise MemoryError("not enough memory to fill a polygon")
    return int(filled)
