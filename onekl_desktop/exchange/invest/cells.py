"""The cells of a model's rasters: read under the codes of its tables, and looked at before or while it runs."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.rasters import Window
from onekl_desktop.base.specs import RasterFile
from onekl_desktop.base.work import WORKERS, count_codes, is_valid
from onekl_desktop.exchange.raster import WarpedRaster, library_errors

Crosswalk = dict[int, int]


@dataclass
class Seen:
    """What a part of a raster holds."""

    valid: int = 0
    low: float = np.inf
    high: float = -np.inf
    below: int = 0
    above: int = 0
    codes: dict[int, int] = field(default_factory=dict)
    odd: float | None = None  # a value that is no code

    def add(self, other: Seen) -> None:
        """Another strip."""
        self.valid += other.valid
        self.low, self.high = min(self.low, other.low), max(self.high, other.high)
        self.below, self.above = self.below + other.below, self.above + other.above
        self.odd = other.odd if self.odd is None else self.odd
        for code, count in other.codes.items():
            self.codes[code] = self.codes.get(code, 0) + count


def look(values: np.ndarray, raster: WarpedRaster, spec: RasterFile) -> Seen:
    """What a model must know of some cells: how many are valid, their range, their classes."""
    seen = Seen()
    valid = is_valid(values, raster.nodata)
    if values.dtype.kind == "f":
        valid &= np.isfinite(values)
    seen.valid = int(np.count_nonzero(valid))
    if not seen.valid:
        return seen
    if spec.codes:
        seen.codes, seen.odd = count_codes(values if seen.valid == values.size else values[valid])
        return seen
    held = values if seen.valid == values.size else values[valid]
    seen.low, seen.high = float(held.min()), float(held.max())
    if spec.minimum is not None and seen.low < spec.minimum:
        seen.below = int(np.count_nonzero(valid & (values < spec.minimum)))
    if spec.maximum is not None and seen.high > spec.maximum:
        seen.above = int(np.count_nonzero(valid & (values > spec.maximum)))
    return seen


class Source:
    """A raster as a model reads it: damage is told with the file's name; with `watch` its cells are looked at on the way."""

    def __init__(
        self, raster: WarpedRaster, spec: RasterFile, path: Path, *, watch: bool, codes: Crosswalk | None = None
    ) -> None:
        self.raster, self._spec, self._path, self.watch, self._lock = raster, spec, path, watch, threading.Lock()
        self.grid, self.nodata, self.dtype, self.seen = raster.grid, raster.nodata, raster.dtype, Seen()
        self.codes = {} if codes is None else {old: new for old, new in codes.items() if old != raster.nodata}
        if self.codes:
            self.dtype = np.result_type(self.dtype, *(np.min_scalar_type(new) for new in self.codes.values()))

    def __reduce__(self) -> tuple[Any, ...]:
        return partial(Source, watch=False, codes=self.codes), (self.raster, self._spec, self._path)

    def read(self, window: Window) -> np.ndarray:
        """Cells of a window."""
        try:
            values = self.raster.read(window)
        except library_errors() as problem:
            reason = str(problem).splitlines()[0][:200] if str(problem) else type(problem).__name__
            raise UserError("import.unreadable", file=self._path, reason=reason) from None
        if self.codes:
            given, values = values, values.astype(self.dtype)
            for old, new in self.codes.items():
                values[given == old] = new
        if self.watch:
            seen = look(values, self.raster, self._spec)
            with self._lock:
                self.seen.add(seen)
        return values


def scan(raster: Source, spec: RasterFile) -> Seen:
    """Look at every cell of a raster, block by block."""
    seen = Seen()
    with ThreadPoolExecutor(WORKERS, thread_name_prefix="look") as pool:
        for part in pool.map(
            lambda window: look(raster.read(window), raster.raster, spec), raster.grid.tiles(256, 4096)
        ):
            seen.add(part)
    return seen


Scans = dict[str, Seen]
