"""Distances over a whole map, computed strip by strip: what a strip must know of the sources beyond it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from onekl_desktop.base.rasters import Window
from onekl_desktop.native.routing import distance

Seen = tuple[int, NDArray[np.int32], NDArray[np.int32]]


class Reach:
    """Where the nearest sources of each column lie above and below each strip of a map.

    `look` at every strip once (in any order, on any machine) and `add` what was seen; after `prepare` the `distance` is
    exact within a strip alone. It holds eight bytes a column and strip.
    """

    def __init__(self, rows: int, columns: int) -> None:
        self.none = rows + columns
        self._rows, self._columns = rows, columns
        self._first: dict[int, NDArray[np.int32]] = {}
        self._last: dict[int, NDArray[np.int32]] = {}
        self._above: dict[int, NDArray[np.int32]] | None = None
        self._below: dict[int, NDArray[np.int32]] = {}

    @staticmethod
    def look(window: Window, source: NDArray[np.bool_]) -> Seen:
        """The first and last source of each column of a strip, as rows of the map; -1 where there is none."""
        has = source.any(axis=0)
        first, last = source.argmax(axis=0), window.rows - 1 - source[::-1].argmax(axis=0)
        seen = (np.where(has, window.row + rows, -1).astype(np.int32) for rows in (first, last))
        return window.row, next(seen), next(seen)

    def add(self, seen: Seen) -> None:
        """Keep what was seen of a strip."""
        row, first, last = seen
        self._first[row], self._last[row] = first, last

    def _carry(self) -> dict[int, NDArray[np.int32]]:
        above: dict[int, NDArray[np.int32]] = {}
        nearest = np.full(self._columns, -1, np.int32)
        for row in sorted(self._first):
            above[row] = np.where(nearest >= 0, row - nearest, self.none).astype(np.int32)
            nearest = np.where(self._last[row] >= 0, self._last[row], nearest)
        nearest = np.full(self._columns, -1, np.int32)
        starts = sorted(self._first)
        ends = dict(zip(starts, [*starts[1:], self._rows], strict=True))
        for row in reversed(starts):
            self._below[row] = np.where(nearest >= 0, nearest - (ends[row] - 1), self.none).astype(np.int32)
            nearest = np.where(self._first[row] >= 0, self._first[row], nearest)
        return above

    def prepare(self) -> None:
        """All strips have been looked at."""
        self._above = self._carry()

    def distance(self, window: Window, source: NDArray[np.bool_]) -> NDArray[np.float32]:
        """Distance (cells) of each cell of a strip to the nearest source anywhere; rows + columns where there is none."""
        assert self._above is not None
        return distance(source, self._above[window.row], self._below[window.row], self.none)
