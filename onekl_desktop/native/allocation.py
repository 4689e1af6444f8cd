"""Kernels of the land-use projection: neighbours by class, kept up to date, and scores that stand on them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from onekl_desktop.native import plain_allocation as plain
from onekl_desktop.native.library import LIBRARY, at

NO_CLASS = 255
LARGEST_RADIUS = 7  # (2 * 7 + 1)^2 = 225 cells fit into a byte


def move_neighbours(
    counts: NDArray[np.uint8], n_classes: int, radii: Sequence[int], cells: NDArray[np.int64], before: NDArray[np.uint8],
    after: NDArray[np.uint8],
) -> None:  # fmt: skip
    """Bring neighbour counts up to date after some cells changed class, in place.

    Parameters
    ----------
    counts
        Shape (rows, columns, radii x classes): cells of each class within the square of each radius, the cell itself too.
    cells, before, after
        Flat indices of the cells, each once, and their class indices; `NO_CLASS` is none. All shape (n,).

    Raises
    ------
    ValueError
        Shapes or radii do not fit.
    """
    if counts.dtype != np.uint8 or counts.ndim != 3 or not counts.flags.c_contiguous or not counts.flags.writeable:
        raise ValueError("the counts must be a writable C-contiguous uint8 array of three dimensions")
    if counts.shape[2] != n_classes * len(radii) or not all(0 <= radius <= LARGEST_RADIUS for radius in radii):
        raise ValueError(f"{n_classes} classes and radii {tuple(radii)} do not fit counts of shape {counts.shape}")
    cells = np.ascontiguousarray(cells, np.int64)
    before, after = np.ascontiguousarray(before, np.uint8), np.ascontiguousarray(after, np.uint8)
    if not cells.shape == before.shape == after.shape or cells.ndim != 1:
        raise ValueError(f"shapes do not fit: {cells.shape}, {before.shape}, {after.shape}")
    if LIBRARY is None:
        plain.move_neighbours(counts, n_classes, radii, cells, before, after)
        return
    sizes = np.asarray(radii, np.int64)
    LIBRARY.onekl_move_neighbours(
        at(counts), counts.shape[0], counts.shape[1], n_classes, at(sizes), len(sizes), at(cells), at(before), at(after),
        len(cells),
    )  # fmt: skip


def scores(
    counts: NDArray[np.uint8],
    members: NDArray[np.int32],
    fixed: NDArray[np.float32],
    weights: NDArray[np.float32],
    least: NDArray[np.float32] | None = None,
) -> NDArray[np.float32]:
    """Scores of cells for several outcomes: a fixed part and a weight on each count of neighbours.

    Parameters
    ----------
    counts
        As of `move_neighbours`, shape (rows, columns, width).
    members
        Flat indices of the cells, shape (n,); a negative one is no cell and scores minus infinity.
    fixed, weights
        Shapes (outcomes, n) and (outcomes, width); the rows of `fixed` may lie apart.
    least
        Shape (outcomes,): where the fixed part is not above it, the score is minus infinity.

    Returns
    -------
    Shape (outcomes, n).

    Raises
    ------
    ValueError
        Shapes do not fit.
    """
    members, fixed, weights = _checked(counts, members, fixed, weights)
    least = _thresholds(least, len(weights))
    if LIBRARY is None:
        return plain.scores(counts, members, fixed, weights, least)
    out = np.empty(fixed.shape, np.float32)
    state = LIBRARY.onekl_scores(
        at(counts), counts.shape[0] * counts.shape[1], counts.shape[2], at(members), len(members), at(fixed), fixed.strides[0] // 4, at(least),
        at(weights), len(weights), at(out),
    )  # fmt: skip
    if state < 0:
        raise MemoryError("not enough memory for scores")
    return out


def candidates(
    counts: NDArray[np.uint8], members: NDArray[np.int32], fixed: NDArray[np.float32], weights: NDArray[np.float32],
    least: NDArray[np.float32], floors: NDArray[np.float32],
) -> list[tuple[NDArray[np.int32], NDArray[np.float32]]]:  # fmt: skip
    """For each outcome the cells whose score is above its floor: positions among `members`, rising, and their scores.

    Parameters
    ----------
    counts, members, fixed, weights, least
        As of `scores`.
    floors
        Shape (outcomes,).

    Raises
    ------
    ValueError
        Shapes do not fit.
    """
    members, fixed, weights = _checked(counts, members, fixed, weights)
    least, floors = _thresholds(least, len(weights)), _thresholds(floors, len(weights))
    if LIBRARY is None:
        return plain.candidates(counts, members, fixed, weights, least, floors)
    room = max(len(members), 1)  # memory is touched only as far as it is written
    where, found = np.empty((len(weights), room), np.int32), np.empty((len(weights), room), np.float32)
    how_many = np.zeros(len(weights), np.int64)
    state = LIBRARY.onekl_candidates(
        at(counts), counts.shape[0] * counts.shape[1], counts.shape[2], at(members), len(members), at(fixed), fixed.strides[0] // 4, at(least),
        at(floors), at(weights), len(weights), room, at(where), at(found), at(how_many),
    )  # fmt: skip
    if state < 0:
        raise MemoryError("not enough memory for scores")
    return [(where[t, :n].copy(), found[t, :n].copy()) for t, n in enumerate(how_many.tolist())]


def _checked(
    counts: NDArray[np.uint8], members: NDArray[np.int32], fixed: NDArray[np.float32], weights: NDArray[np.float32]
) -> tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.float32]]:
    members, weights = np.ascontiguousarray(members, np.int32), np.ascontiguousarray(weights, np.float32)
    width = counts.shape[2] if counts.ndim == 3 else -1
    if counts.dtype != np.uint8 or not counts.flags.c_contiguous or weights.ndim != 2 or weights.shape[1] != width:
        raise ValueError(f"weights of shape {weights.shape} do not fit counts of shape {counts.shape}")
    if fixed.shape != (len(weights), len(members)):
        raise ValueError(
            f"fixed scores of shape {fixed.shape} do not fit {len(weights)} outcomes, {len(members)} cells"
        )
    if fixed.dtype != np.float32 or fixed.strides[1] != 4 or fixed.strides[0] % 4:
        fixed = np.ascontiguousarray(fixed, np.float32)
    return members, fixed, weights


def _thresholds(values: NDArray[np.float32] | None, count: int) -> NDArray[np.float32]:
    out = np.full(count, -np.inf, np.float32) if values is None else np.ascontiguousarray(values, np.float32)
    if out.shape != (count,):
        raise ValueError(f"least scores of shape {out.shape} do not fit {count} outcomes")
    return out
