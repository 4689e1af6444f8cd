"""How long work tells how far it is, and hears that it is no longer wanted."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


class Cancelled(Exception):
    """The person asked for the work to stop; whatever was half done must be thrown away."""


@dataclass(frozen=True)
class Snapshot:
    """State of a progress slot at one moment; `fraction` is 0..1 or None when unknown."""

    fraction: float | None
    text: str
    elapsed_s: float


class Progress:
    """A locked slot: the worker reports into it, the window or the terminal reads from it.

    `report` raises Cancelled once `cancel` was called, so a cancel is heard at the next report.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._fraction: float | None = None
        self._text = ""
        self._cancelled = threading.Event()
        self._started = time.monotonic()
        self._loop: tuple[float, float, float] | None = None
        self._task = np.zeros(2, np.int64)

    @property
    def task(self) -> NDArray[np.int64]:
        """What compiled loops look at: 1 when the work is no longer wanted, and the cells they have done."""
        return self._task

    def expect(self, start: float, stop: float, cells: float) -> None:
        """Compiled loops over so many cells come next; they move the fraction from `start` to `stop`."""
        self.report(start)
        with self._lock:
            self._loop = (start, stop, max(cells, 1.0))

    def report(self, fraction: float | None = None, text: str | None = None) -> None:
        """Say how far the work is (0..1) and what it does now."""
        if self._cancelled.is_set():
            raise Cancelled
        with self._lock:
            if fraction is not None:
                self._fraction = min(max(fraction, 0.0), 1.0)
                self._loop = None
                self._task[1] = 0
            if text is not None:
                self._text = text

    def part(self, start: float, stop: float) -> Progress:
        """A progress for a step that covers `start`..`stop` of the whole."""
        return _Part(self, start, stop)

    def cancel(self) -> None:
        """Ask the work to stop."""
        self._cancelled.set()
        self._task[0] = 1

    @property
    def cancelled(self) -> bool:
        """Whether a stop was asked for."""
        return self._cancelled.is_set()

    def read(self) -> Snapshot:
        """What a listener shows."""
        with self._lock:
            fraction = self._fraction
            if self._loop is not None:
                start, stop, cells = self._loop
                fraction = start + (stop - start) * min(float(self._task[1]) / cells, 1.0)
            return Snapshot(fraction, self._text, time.monotonic() - self._started)


class _Part(Progress):
    def __init__(self, whole: Progress, start: float, stop: float) -> None:
        super().__init__()
        self._whole, self._start, self._stop = whole, start, stop

    @property
    def task(self) -> NDArray[np.int64]:
        return self._whole.task

    def _scale(self, fraction: float) -> float:
        return self._start + (self._stop - self._start) * min(max(fraction, 0.0), 1.0)

    def expect(self, start: float, stop: float, cells: float) -> None:
        self._whole.expect(self._scale(start), self._scale(stop), cells)

    def report(self, fraction: float | None = None, text: str | None = None) -> None:
        self._whole.report(None if fraction is None else self._scale(fraction), text)

    def cancel(self) -> None:
        self._whole.cancel()

    @property
    def cancelled(self) -> bool:
        return self._whole.cancelled
