"""Arrays of a run that is larger than memory: files beside the results, mapped, and let go of when memory fills.

The system brings back what is touched again, so that a model runs as if all were in memory; as its loops walk through
the map neighbour by neighbour, little has to be brought back. What a run has finished stays for the next one when the
PC stops in between.
"""

from __future__ import annotations

import errno
import hashlib
import json
import mmap
import os
import re
import shutil
import socket
import threading
import weakref
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from onekl_desktop.base.errors import UserError, explain_os_error
from onekl_desktop.base.progress import Progress
from onekl_desktop.base.units import format_number
from onekl_desktop.base.workspace import Arrays, Workspace
from onekl_desktop.native.system import is_process_alive

MEMORY = 1_500_000_000  # bytes of arrays that are held at once; with what a model needs besides a run stays below 2 GB
LET_GO = 0.5  # of that memory: what is touched between two looks comes on top
LOOKS_PER_SECOND = 100
FOLDER = ".onekl-work-"
OWNER = "owner.json"


def digest(*arrays: NDArray) -> str:
    """Names the content of arrays."""
    found = hashlib.blake2b(digest_size=16)
    for array in arrays:
        found.update(f"{array.dtype.str}{array.shape}".encode())
        step = max(1, (1 << 24) // max(array[:1].nbytes, 1))
        for row in range(0, len(array), step):
            found.update(np.ascontiguousarray(array[row : row + step]).view(np.uint8).data)
    return found.hexdigest()


class SharedSpace(Workspace):
    """Arrays in memory; finished parts serve all runs that use this workspace.

    Runs whose land is not the same make parts of their own: beyond `most` bytes the oldest are let go of.
    """

    shared = keeps = True

    def __init__(self, progress: Progress | None = None, most: float = MEMORY) -> None:
        super().__init__(progress)
        self._most = most
        self.parts: dict[str, Arrays] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def digest(self, *arrays: NDArray) -> str:
        """Names the content of arrays."""
        return digest(*arrays)

    def part(self, name: str, make: Callable[[], Arrays]) -> Arrays:
        """Made by the first run that asks, found by the others."""
        with self._lock:
            lock = self._locks.setdefault(name, threading.Lock())
        with lock:
            found = self.parts.get(name)
            if found is None:
                found = make()
                with self._lock:
                    self.parts[name] = found
                    while len(self.parts) > 1 and sum(_bytes_of(part) for part in self.parts.values()) > self._most:
                        del self.parts[next(iter(self.parts))]
            return found


def _bytes_of(arrays: Arrays) -> int:
    return sum(array.nbytes for array in arrays.values())


class _Map(mmap.mmap):
    """A mapped file that knows its name; the file goes when nothing looks at it any more, unless a finished part has it."""

    path: Path

    def __del__(self) -> None:
        with suppress(Exception):  # also while the interpreter ends
            self.close()
            if not any(self.path.name in _files_of(index) for index in self.path.parent.glob("*.part")):
                self.path.unlink()


class DiskSpace(Workspace):
    """Arrays in files of a folder, and finished parts that the next run with the same key finds.

    Used as a context; the folder goes when the run ends, by itself or with a problem, and stays when the PC stops.
    """

    keeps = True

    def __init__(self, parent: Path, key: str, progress: Progress, memory: float = MEMORY) -> None:
        super().__init__(progress)
        self.folder = parent / f"{FOLDER}{key}"
        self._memory, self._number = memory, 0
        self._maps: weakref.WeakSet[_Map] = weakref.WeakSet()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self.most = float("inf")  # bytes of finished parts, beyond which the oldest are let go of
        self._made: dict[Path, int] = {}

    def __enter__(self) -> DiskSpace:
        try:
            if _is_taken(self.folder):
                self.folder = self.folder.with_name(f"{self.folder.name}-{os.getpid()}")
            self.folder.mkdir(parents=True, exist_ok=True)
            kept = {name for index in self.folder.glob("*.part") for name in _files_of(index)}
            for path in self.folder.iterdir():
                if path.suffix == ".bin" and path.name not in kept:
                    path.unlink()
            (self.folder / OWNER).write_text(json.dumps({"host": socket.gethostname(), "pid": os.getpid()}), "utf-8")
        except OSError as problem:
            raise explain_os_error(problem, self.folder) from None
        self._number = max((int(path.stem) for path in self.folder.glob("*.bin")), default=0)
        if Path("/proc/self/statm").exists() and hasattr(mmap, "MADV_DONTNEED"):
            self._thread = threading.Thread(target=self._watch, name="memory", daemon=True)
            self._thread.start()
        return self

    def __exit__(self, *_problem: object) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _watch(self) -> None:
        """Lets go of the pages of all files when too many are held; what they hold is in the files."""
        page = os.sysconf("SC_PAGE_SIZE")
        while not self._stop.wait(1 / LOOKS_PER_SECOND):
            with open("/proc/self/statm", encoding="ascii") as stream:
                held = int(stream.read().split()[1]) * page
            if held < self._memory * LET_GO:
                continue
            for each in list(self._maps):
                with suppress(ValueError, OSError):
                    each.madvise(mmap.MADV_DONTNEED)

    def empty(self, shape: tuple[int, ...], dtype: DTypeLike) -> NDArray:
        """A new array in a file of its own (zeros, in fact)."""
        size = max(int(np.prod(shape)) * np.dtype(dtype).itemsize, 1)
        with self._lock:
            self._number += 1
            path = self.folder / f"{self._number:06d}.bin"
        try:
            with path.open("w+b") as stream:
                _reserve(stream.fileno(), size)
                held = _Map(stream.fileno(), size)
        except OSError as problem:
            raise explain_os_error(problem, path) from None
        held.path = path
        self._maps.add(held)
        return np.ndarray(shape, dtype, buffer=held)

    def zeros(self, shape: tuple[int, ...], dtype: DTypeLike) -> NDArray:
        """A new file is zeros."""
        return self.empty(shape, dtype)

    def digest(self, *arrays: NDArray) -> str:
        """Names the content of arrays."""
        return digest(*arrays)

    def part(self, name: str, make: Callable[[], Arrays]) -> Arrays:
        """Found where an earlier run has finished it, else made and kept."""
        index = self.folder / f"{hashlib.blake2b(name.encode(), digest_size=12).hexdigest()}.part"
        found = self._find(index)
        if found is not None:
            return found
        made = {key: self._own(array) for key, array in make().items()}
        told: dict[str, Any] = {}
        for key, array in made.items():
            held = _map_of(array)
            assert held is not None
            told[key] = {"file": held.path.name, "dtype": array.dtype.str, "shape": array.shape}
            held.flush()
        try:
            waiting = index.with_suffix(".new")
            waiting.write_text(json.dumps(told), "utf-8")
            os.replace(waiting, index)
        except OSError as problem:
            raise explain_os_error(problem, index) from None
        self._made[index] = _bytes_of(made)
        while len(self._made) > 1 and sum(self._made.values()) > self.most:
            oldest = next(iter(self._made))
            del self._made[oldest]
            files = _files_of(oldest)
            for path in (oldest, *(self.folder / name for name in files)):
                with suppress(OSError):  # a system that keeps files in use lets them go at the end
                    path.unlink()
        return made

    def _own(self, array: NDArray) -> NDArray:
        """The array itself when it is the beginning of a file of ours, else a copy in one."""
        held = _map_of(array)
        if held is not None and array.flags.c_contiguous:
            whole = np.frombuffer(held, np.uint8)
            if whole.ctypes.data == array.ctypes.data:
                return array
        out = self.empty(array.shape, array.dtype)
        out[...] = array
        return out

    def _find(self, index: Path) -> Arrays | None:
        """The arrays of a finished part; None when there is none that is whole."""
        try:
            told = json.loads(index.read_text("utf-8"))
            found = {}
            for key, entry in told.items():
                if not re.fullmatch(r"\d+\.bin", entry["file"]):
                    return None
                path = self.folder / entry["file"]
                dtype, shape = np.dtype(entry["dtype"]), tuple(int(length) for length in entry["shape"])
                if min(shape, default=0) < 0:
                    return None
                if dtype.kind not in "biuf" or path.stat().st_size < int(np.prod(shape)) * dtype.itemsize:
                    return None
                with path.open("r+b") as stream:
                    held = _Map(stream.fileno(), path.stat().st_size)
                held.path = path
                self._maps.add(held)
                found[key] = np.ndarray(shape, dtype, buffer=held)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError):
            return None
        return found


def _files_of(index: Path) -> list[str]:
    try:
        return [str(entry["file"]) for entry in json.loads(index.read_text("utf-8")).values()]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return []


def _map_of(array: NDArray) -> _Map | None:
    base: Any = array
    while isinstance(base, np.ndarray):
        base = base.base
    return base if isinstance(base, _Map) else None


def _reserve(handle: int, size: int) -> None:
    """Room on the disk for the whole file, so that a full disk is told here and not by a crash later."""
    os.truncate(handle, size)
    if hasattr(os, "posix_fallocate"):
        try:
            os.posix_fallocate(handle, 0, size)
        except OSError as problem:
            if problem.errno not in (errno.EINVAL, errno.EOPNOTSUPP):  # a disk that cannot set room aside
                raise


def _is_taken(folder: Path) -> bool:
    """Whether another run works in a folder."""
    try:
        owner = json.loads((folder / OWNER).read_text("utf-8"))
        alive = owner["host"] != socket.gethostname() or is_process_alive(int(owner["pid"]))
        return bool(alive and owner["pid"] != os.getpid())
    except (OSError, ValueError, KeyError, TypeError):
        return False


def check_room(folder: Path, needed: float) -> None:
    """Whether the disk has room for the arrays of a run.

    Raises
    ------
    UserError
        `model.no_room`.
    """
    place = folder
    while not place.exists() and place != place.parent:
        place = place.parent
    free = shutil.disk_usage(place).free
    if free < needed:
        told = [format_number(size / 2**30, 1) for size in (needed, free)]
        raise UserError("model.no_room", folder=folder, needed=told[0], free=told[1])
