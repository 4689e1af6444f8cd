"""Flat shapes and cells become pictures: arrays (rows, columns) of premultiplied 0xAARRGGBB, as uint32.

Areas are burned as class codes into a plane of 2 x 2 samples a pixel by the even-odd rule, lines as coverage of which the
strongest stays (thin ones after Wu 1991), so that a border which two areas share is drawn once; colours come last, by table.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from onekl_desktop.base.progress import Cancelled
from onekl_desktop.native import plain_picture as plain
from onekl_desktop.native.library import LIBRARY, at

GRAIN = 2
MARKERS = ("circle", "square", "diamond", "triangle")
BLENDS = ("normal", "multiply", "screen", "darken", "lighten")
Affine = tuple[float, float, float, float, float, float]


class _Shapes(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_void_p) for name in ("xy", "part_offsets", "shape_offsets", "chosen")),
        *((name, ctypes.c_int64) for name in ("whole", "n_points", "n_parts", "n_shapes", "n_chosen")),
        ("affine", ctypes.c_double * 6),
    )


@dataclass(frozen=True)
class Figures:
    """Shapes to draw, and how their coordinates become pixels.

    `xy` (n, 2) is float64, or int32 for shapes that were coarsened; `chosen` are numbers of shapes, in their order;
    `affine` (a, b, c, d, e, f): column = a x + b y + c, row = d x + e y + f, in pixels from the upper left.

    Raises
    ------
    ValueError
        Shapes or offsets that do not fit together.
    """

    xy: NDArray
    part_offsets: NDArray[np.int64]
    shape_offsets: NDArray[np.int64]
    chosen: NDArray[np.int64]
    affine: Affine

    def __post_init__(self) -> None:
        if self.xy.ndim != 2 or self.xy.shape[1] != 2 or self.xy.dtype not in (np.float64, np.int32):
            raise ValueError(f"vertices must be (n, 2) of float64 or int32, not {self.xy.shape} of {self.xy.dtype}")
        for name in ("part_offsets", "shape_offsets", "chosen"):
            values = getattr(self, name)
            if values.ndim != 1 or values.dtype != np.int64 or not values.flags.c_contiguous:
                raise ValueError(f"{name} must be one row of int64, not {values.shape} of {values.dtype}")
        if not len(self.part_offsets) or not len(self.shape_offsets) or not self.xy.flags.c_contiguous:
            raise ValueError("offsets hold one number more than there are parts and shapes")

    def scaled(self, factor: float) -> Figures:
        """The same in pixels of another size."""
        a, b, c, d, e, f = (value * factor for value in self.affine)
        return replace(self, affine=(a, b, c, d, e, f))

    def part(self, first: int, last: int) -> Figures:
        """Some of the chosen ones."""
        return replace(self, chosen=self.chosen[first:last])

    def _told(self) -> _Shapes:
        return _Shapes(
            at(self.xy), at(self.part_offsets), at(self.shape_offsets), at(self.chosen), int(self.xy.dtype == np.int32),
            len(self.xy), len(self.part_offsets) - 1, len(self.shape_offsets) - 1, len(self.chosen), self.affine,
        )  # fmt: skip


def _check(status: int) -> None:
    if status == -2:
        raise Cancelled
    if status < 0:
        raise MemoryError("not enough memory to draw")


def _check_plane(plane: NDArray, dtype: type, shape: tuple[int, ...] | None = None) -> None:
    if plane.dtype != dtype or plane.ndim != 2 or not plane.flags.c_contiguous or not plane.flags.writeable:
        raise ValueError(
            f"a plane is a writable array (rows, columns) of {np.dtype(dtype)}, not {plane.dtype} {plane.shape}"
        )
    if shape is not None and plane.shape != shape:
        raise ValueError(f"planes of {plane.shape} and {shape} do not fit")


def _check_values(figures: Figures, values: NDArray[np.uint8]) -> NDArray[np.uint8]:
    values = np.ascontiguousarray(values, np.uint8)
    if values.shape != figures.chosen.shape:
        raise ValueError(f"{values.shape} values do not fit {figures.chosen.shape} shapes")
    return values


def _task(task: NDArray[np.int64] | None) -> int | None:
    return None if task is None else at(task)


def draw_areas(
    figures: Figures, values: NDArray[np.uint8], codes: NDArray[np.uint8], grain: int = GRAIN,
    task: NDArray[np.int64] | None = None,
) -> None:  # fmt: skip
    """Burn areas into `codes`, the k-th chosen shape with values[k]; sample centres decide, later shapes cover earlier ones.

    A small shape that covers no sample leaves one pixel of grain x grain samples. `figures` are in samples.
    """
    _check_plane(codes, np.uint8)
    values = _check_values(figures, values)
    if LIBRARY is None:
        plain.draw_areas(figures, values, codes, grain)
        return
    told = figures._told()
    _check(LIBRARY.onekl_draw_areas(ctypes.addressof(told), at(values), grain, at(codes), *codes.shape, _task(task)))


def draw_lines(
    figures: Figures, width: float, cover: NDArray[np.uint8], *, closed: bool = False, values: NDArray[np.uint8] | None = None,
    codes: NDArray[np.uint8] | None = None, dashes: tuple[float, ...] = (), task: NDArray[np.int64] | None = None,
) -> None:  # fmt: skip
    """Lines of `width` pixels, or the borders of areas (`closed`), as coverage; with `codes` also which value is strongest.

    `dashes` are lengths in pixels that are drawn and left out in turn.
    """
    _check_plane(cover, np.uint8)
    if (values is None) != (codes is None) or len(dashes) % 2 or any(length < 0 for length in dashes):
        raise ValueError("values need codes, and dashes come in pairs of lengths")
    if codes is not None and values is not None:
        _check_plane(codes, np.uint8, cover.shape)
        values = _check_values(figures, values)
    if LIBRARY is None:
        plain.draw_lines(figures, width, cover, closed, values, codes, dashes)
        return
    told, lengths = figures._told(), np.array(dashes, np.float64)
    _check(LIBRARY.onekl_draw_lines(
        ctypes.addressof(told), at(values), int(closed), width, at(lengths), len(lengths), at(cover), at(codes), *cover.shape,
        _task(task),
    ))  # fmt: skip


def draw_points(
    figures: Figures, values: NDArray[np.uint8], colours: NDArray[np.uint32], out: NDArray[np.uint32], *, radius: float,
    marker: str = "circle", rim: float = 0.0, rim_colour: int = 0, task: NDArray[np.int64] | None = None,
) -> None:  # fmt: skip
    """A marker on each vertex, over what is there; the k-th chosen shape has the colour colours[values[k]]."""
    _check_plane(out, np.uint32)
    values, colours = _check_values(figures, values), _colours(colours)
    if LIBRARY is None:
        plain.draw_points(figures, values, colours, out, radius, MARKERS.index(marker), rim, rim_colour)
        return
    told = figures._told()
    _check(LIBRARY.onekl_draw_points(
        ctypes.addressof(told), at(values), at(colours), MARKERS.index(marker), min(radius, 500.0), min(rim, 100.0), rim_colour,
        at(out), *out.shape, _task(task),
    ))  # fmt: skip


def _colours(table: NDArray[np.uint32]) -> NDArray[np.uint32]:
    if table.dtype != np.uint32 or table.shape != (256,):
        raise ValueError(f"a table of colours has 256 of uint32, not {table.shape} of {table.dtype}")
    return np.ascontiguousarray(table)


def compose(
    out: NDArray[np.uint32], *, codes: NDArray[np.uint8] | None = None, colours: NDArray[np.uint32] | None = None,
    patterns: NDArray[np.uint8] | None = None, marks: NDArray[np.uint32] | None = None, cover: NDArray[np.uint8] | None = None,
    cover_codes: NDArray[np.uint8] | None = None, inks: NDArray[np.uint32] | None = None, phase: tuple[int, int] = (0, 0),
) -> None:  # fmt: skip
    """Pixels from planes: areas by `colours` replace what is there, then lines by `inks` lie over it.

    `codes` has 2 x 2 samples a pixel; `patterns` (256, 8) bytes: where a bit is set (row and column modulo 8, from `phase`)
    an area has the colour of `marks`.
    """
    _check_plane(out, np.uint32)
    rows, columns = out.shape
    if codes is not None:
        _check_plane(codes, np.uint8, (GRAIN * rows, GRAIN * columns))
        colours = _colours(colours if colours is not None else np.zeros(0, np.uint32))
    if patterns is not None:
        patterns = np.ascontiguousarray(patterns, np.uint8)
        if patterns.shape != (256, 8):
            raise ValueError(f"patterns have 8 bytes for each of 256 codes, not {patterns.shape}")
        marks = _colours(marks if marks is not None else np.zeros(0, np.uint32))
    if cover is not None:
        _check_plane(cover, np.uint8, out.shape)
        inks = _colours(inks if inks is not None else np.zeros(0, np.uint32))
        if cover_codes is not None:
            _check_plane(cover_codes, np.uint8, out.shape)
    if LIBRARY is None:
        plain.compose(out, codes, colours, patterns, marks, cover, cover_codes, inks, phase)
        return
    LIBRARY.onekl_compose(
        at(codes), at(colours), at(patterns), at(marks), at(cover), at(cover_codes), at(inks), phase[0] % 8, phase[1] % 8, at(out),
        rows, columns,
    )  # fmt: skip


def blend(top: NDArray[np.uint32], out: NDArray[np.uint32], *, opacity: float = 1.0, mode: str = "normal") -> None:
    """Lay a picture over another of the same size (W3C Compositing and Blending Level 1)."""
    _check_plane(out, np.uint32)
    top = np.ascontiguousarray(top, np.uint32)
    if top.shape != out.shape:
        raise ValueError(f"pictures of {top.shape} and {out.shape} do not fit")
    if LIBRARY is None:
        plain.blend(top, opacity, BLENDS.index(mode), out)
        return
    LIBRARY.onekl_blend(at(top), opacity, BLENDS.index(mode), at(out), out.size)


def sample_codes(cells: NDArray, affine: Affine, colours: NDArray[np.uint32], out: NDArray[np.uint32]) -> None:
    """Pixels from the cells under their centres; `affine` makes columns and rows of cells from pixels.

    `cells` (rows, columns) of uint8 or uint16; beyond them, and for a code that `colours` does not reach, nothing.
    """
    _check_plane(out, np.uint32)
    if cells.dtype not in (np.uint8, np.uint16) or cells.ndim != 2 or colours.dtype != np.uint32 or colours.ndim != 1:
        raise ValueError(f"codes are uint8 or uint16 and colours uint32, not {cells.dtype} and {colours.dtype}")
    cells, colours = np.ascontiguousarray(cells), np.ascontiguousarray(colours)
    if LIBRARY is None:
        plain.sample_codes(cells, affine, colours, out)
        return
    m = np.array(affine, np.float64)
    status = LIBRARY.onekl_sample_codes(
        at(cells), cells.itemsize, *cells.shape, at(m), at(colours), len(colours), at(out), *out.shape
    )
    _check(status)


def sample_ramp(
    cells: NDArray[np.float32], affine: Affine, low: float, high: float, nodata: float | None, colours: NDArray[np.uint32],
    out: NDArray[np.uint32], *, smooth: bool = False,
) -> None:  # fmt: skip
    """Pixels from values: `low` has the first of 256 colours, `high` the last; `smooth` goes between centres of cells."""
    _check_plane(out, np.uint32)
    cells, colours = np.ascontiguousarray(cells, np.float32), _colours(colours)
    if cells.ndim != 2:
        raise ValueError(f"cells have rows and columns, not {cells.shape}")
    nothing = np.float32(np.nan if nodata is None else nodata)
    if LIBRARY is None:
        plain.sample_ramp(cells, affine, low, high, nothing, smooth, colours, out)
        return
    m = np.array(affine, np.float64)
    LIBRARY.onekl_sample_ramp(
        at(cells), *cells.shape, at(m), low, high, nothing, int(smooth), at(colours), at(out), *out.shape
    )


def touching(boxes: NDArray[np.float64], box: tuple[float, float, float, float]) -> NDArray[np.int64]:
    """Numbers of the boxes (n, 4: left, bottom, right, top) that meet a box, rising; a box of NaN meets nothing."""
    boxes = np.ascontiguousarray(boxes, np.float64)
    if LIBRARY is None:
        return plain.touching(boxes, box)
    out = np.empty(len(boxes) + 1, np.int64)
    found = LIBRARY.onekl_touching(at(boxes), len(boxes), *box, at(out))
    return out[:found]


def coarsen(
    xy: NDArray[np.float64], part_offsets: NDArray[np.int64], origin: tuple[float, float], unit: float,
    task: NDArray[np.int64] | None = None,
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:  # fmt: skip
    """Vertices in whole `unit`s from an origin, without repeats and without those in the middle of straight lines.

    Neighbours that share a border share it afterwards, too: each vertex moves by itself.

    Returns
    -------
    The vertices (n, 2), and the new offsets of the parts.
    """
    xy, part_offsets = np.ascontiguousarray(xy, np.float64), np.ascontiguousarray(part_offsets, np.int64)
    if LIBRARY is None:
        return plain.coarsen(xy, part_offsets, origin, unit)
    out, offsets = np.empty((len(xy), 2), np.int32), np.empty(len(part_offsets), np.int64)
    count = LIBRARY.onekl_coarsen(
        at(xy), len(xy), at(part_offsets), len(part_offsets) - 1, *origin, unit, at(out), at(offsets), _task(task)
    )
    _check(count)
    return out[:count].copy(), offsets
