"""Where the arrays of a whole map live while a model runs, and what a run keeps of its finished parts."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import DTypeLike, NDArray

from onekl_desktop.base.progress import Progress

Arrays = Mapping[str, NDArray]


class Workspace:
    """Arrays in memory. Others keep them on disk, or share finished parts between runs."""

    def __init__(self, progress: Progress | None = None) -> None:
        self.progress = progress or Progress()

    shared = False  # whether other runs on the same landscape use the finished parts, too
    keeps = False  # whether finished parts are kept, for them or for this run after a crash

    @property
    def task(self) -> int:
        """The address by which compiled loops tell how far they are and hear a cancel."""
        return int(self.progress.task.ctypes.data)

    def empty(self, shape: tuple[int, ...], dtype: DTypeLike) -> NDArray:
        """A new array of any content."""
        return np.empty(shape, dtype)

    def zeros(self, shape: tuple[int, ...], dtype: DTypeLike) -> NDArray:
        """A new array of zeros."""
        return np.zeros(shape, dtype)

    def full(self, shape: tuple[int, ...], value: float, dtype: DTypeLike) -> NDArray:
        """A new array of one value."""
        out = self.empty(shape, dtype)
        out[...] = value
        return out

    def spare(self, array: NDArray) -> NDArray:
        """An array of the same kind to write over: this one, unless it may be a finished part that is kept."""
        return self.empty(array.shape, array.dtype) if self.keeps else array

    def digest(self, *arrays: NDArray) -> str:
        """Names the content of arrays, where finished parts outlive a run; else nothing."""
        return ""

    def part(self, name: str, make: Callable[[], Arrays]) -> Arrays:
        """The arrays of a finished part: made now, or found where the workspace has kept them. They are not changed after."""
        return make()


IN_MEMORY = Workspace()
