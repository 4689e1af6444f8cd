"""Flat shapes of large layers and their coarser levels, kept in the user's cache: the next start maps them into memory.

A cache only: whatever is missing, damaged or of another content is made again from the project file.
"""

from __future__ import annotations

import hashlib
import logging
import mmap
import os
import shutil
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from onekl_desktop.base.geometry import FlatShapes
from onekl_desktop.native.system import is_process_alive

log = logging.getLogger(__name__)
WORTH = 100_000  # vertices, from which reading the cache is faster than reading the project
MOST_BYTES = 2_000_000_000
NAMES = ("xy", "part_offsets", "shape_offsets", "boxes", "keys")
DTYPES = (np.float64, np.int64, np.int64, np.float64, np.int64)


class Kept:
    """The folder of one layer's content."""

    def __init__(self, folder: Path, content: str) -> None:
        self.folder = folder / hashlib.blake2b(content.encode(), digest_size=16).hexdigest()

    def find_shapes(self, kind: str) -> FlatShapes | None:
        """The shapes as they were kept; None where they are not, or not whole."""
        found = self.find("shapes", NAMES)
        if found is None or [array.dtype for array in found] != list(DTYPES):
            return None
        xy, parts, shapes, boxes, keys = found
        fits = (
            xy.ndim == boxes.ndim == 2
            and xy.shape[1] == 2
            and boxes.shape == (len(keys), 4)
            and len(shapes) == len(keys) + 1
        )
        if not fits or not _rises(parts, len(xy)) or not _rises(shapes, len(parts) - 1):
            return None
        return FlatShapes(kind, xy, parts, shapes, boxes, keys)

    def keep_shapes(self, shapes: FlatShapes) -> None:
        """Keep the shapes, where it is worth it."""
        if len(shapes.xy) >= WORTH:
            self.keep("shapes", {name: getattr(shapes, name) for name in NAMES})

    def find(self, part: str, names: tuple[str, ...]) -> list[NDArray] | None:
        """Some arrays of a part, mapped into memory."""
        folder = self.folder / part
        try:
            arrays = [np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in names]
            os.utime(self.folder)
        except (OSError, ValueError, EOFError):
            return None
        return arrays

    def keep(self, part: str, arrays: dict[str, NDArray]) -> None:
        """Write arrays of a part; nothing is seen of them before all are whole. A full disk is no problem of the map."""
        folder = self.folder / part
        waiting = folder.with_name(f".{part}.{os.getpid()}")
        try:
            for left in self.folder.glob(".*"):  # of a program that was ended while it wrote
                if not is_process_alive(int(left.suffix[1:])):
                    shutil.rmtree(left, ignore_errors=True)
            waiting.mkdir(parents=True, exist_ok=True)
            for name, array in arrays.items():
                np.save(waiting / f"{name}.npy", array, allow_pickle=False)
            if folder.exists():
                shutil.rmtree(folder)
            waiting.rename(folder)
            _trim(self.folder.parent, self.folder)
        except OSError as problem:
            log.debug("drawing cache not written: %s", problem)
            shutil.rmtree(waiting, ignore_errors=True)


def rest(*arrays: NDArray) -> None:
    """Let the system take back the pages of mapped arrays: they come again from its cache when they are read."""
    advice = getattr(mmap, "MADV_DONTNEED", None)
    for array in arrays:
        mapped = getattr(array, "_mmap", None)
        if advice is not None and mapped is not None:
            mapped.madvise(advice)


def _rises(offsets: NDArray[np.int64], most: int) -> bool:
    return bool(
        offsets.ndim == 1 and len(offsets) and offsets[0] == 0 and offsets[-1] == most and (np.diff(offsets) >= 0).all()
    )


def _trim(root: Path, own: Path) -> None:
    """Let go of what was used longest ago, beyond so many bytes."""
    folders = sorted((path for path in root.iterdir() if path.is_dir()), key=lambda path: path.stat().st_mtime)
    sizes = {path: sum(file.stat().st_size for file in path.rglob("*.npy")) for path in folders}
    for path in folders:
        if sum(sizes.values()) <= MOST_BYTES:
            return
        if path != own:
            shutil.rmtree(path, ignore_errors=True)
            sizes.pop(path)
