"""A run on many machines: a Dask scheduler gives out blocks or watersheds, and the results are those of one machine.

What each worker gets is complete in itself, so that the scheduler can give the work of a worker that dies to another.
Workers need this package and see the input files under the same paths.
"""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onekl_desktop import __version__, native
from onekl_desktop.base.errors import UserError
from onekl_desktop.base.progress import Progress
from onekl_desktop.base.rasters import ArrayRaster, Grid, RasterSource, Window
from onekl_desktop.base.specs import ModelSpec
from onekl_desktop.base.work import BLOCK_COLUMNS, STRIP_ROWS, Part, Results, Work
from onekl_desktop.base.workspace import Workspace
from onekl_desktop.native.zonal import ZonalSums

WAIT_S, LOOK_S = 15.0, 0.2
UNDER_WAY = 4  # tasks given out for each thread of the workers
MOST_PIECES = 64
SNAP = 256  # pieces begin where blocks of the routing kernels do
Recorded = list[tuple[int, Window, NDArray]]
Gather = tuple[Callable[[Work], Any], Callable[[list[Any]], dict[str, Any]]]  # of a piece; of what all pieces gave


class Cluster:
    """A connection to a scheduler; used as a context."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._client: Any = None
        self._loop: Any = None

    def __enter__(self) -> Cluster:
        try:
            from distributed import Client
        except ImportError:
            raise UserError("cluster.missing") from None
        self._loop = _Loop()  # of our own, so that it ends also where no connection is made
        try:
            self._client = Client(self._address, timeout=WAIT_S, set_as_default=False, loop=self._loop.loop)
            self._client.wait_for_workers(1, timeout=WAIT_S)
        except (OSError, ValueError, TimeoutError) as problem:
            self.close()
            told = str(problem).splitlines()
            reason = told[0][:200] if told else type(problem).__name__
            raise UserError("cluster.unreachable", address=self._address, reason=reason) from None
        return self

    def __exit__(self, *_problem: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the scheduler."""
        if self._client is not None:
            self._client.close(timeout=WAIT_S)
        self._loop.stop()

    def check(self, paths: Sequence[Path]) -> None:
        """Whether every worker has this version and sees the files.

        Raises
        ------
        UserError
            `cluster.version`, `cluster.no_file`.
        """
        try:
            answers = self._client.run(_introduce, [str(path.resolve()) for path in paths], on_error="return")
        except Exception as problem:  # noqa: BLE001 - whatever a foreign worker answers
            raise UserError("cluster.version", worker=self._address, found=type(problem).__name__, version=__version__) from None  # fmt: skip
        for worker, answer in answers.items():
            if not isinstance(answer, tuple):
                raise UserError("cluster.version", worker=worker, found=type(answer).__name__, version=__version__)
            if answer[0] != __version__:
                raise UserError("cluster.version", worker=worker, found=answer[0], version=__version__)
            if answer[1]:
                raise UserError("cluster.no_file", worker=worker, file=answer[1][0])

    def each(
        self, function: Callable[..., Any], common: Any, items: Sequence[Any], progress: Progress, start: float, stop: float
    ) -> Iterator[Any]:  # fmt: skip
        """`function(common, item)` for each item, in order; a few are under way for each worker.

        Raises
        ------
        UserError
            What the work itself found; `cluster.lost` when the workers are gone.
        """
        from distributed import TimeoutError as TooLate

        # As the result of a task it is made again where a worker that held it dies.
        shared = self._client.submit(_same, common, pure=False)
        most = max(sum(self._client.nthreads().values()), 1) * UNDER_WAY
        waiting: deque[Any] = deque()
        left = iter(items)
        try:
            for done in itertools.count():
                for item in itertools.islice(left, most - len(waiting)):
                    waiting.append(self._client.submit(function, shared, item, pure=False))
                if not waiting:
                    return
                first = waiting.popleft()
                while True:
                    progress.report(start + (stop - start) * done / max(len(items), 1))
                    try:
                        result = first.result(timeout=LOOK_S)
                        break
                    except (TimeoutError, TooLate):
                        continue
                    except UserError:
                        raise
                    except Exception as problem:
                        if type(problem).__module__.startswith("distributed"):
                            raise UserError(
                                "cluster.lost", address=self._address, reason=type(problem).__name__
                            ) from None
                        raise
                yield result
        finally:
            for future in waiting:
                future.cancel()


class _Loop:
    """A thread in which messages to and from the scheduler are handled."""

    def __init__(self) -> None:
        self.loop: Any = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="cluster", daemon=True)
        self._thread.start()
        self._ready.wait()

    def _run(self) -> None:
        from tornado.ioloop import IOLoop

        asyncio.set_event_loop(asyncio.new_event_loop())
        self.loop = IOLoop.current()
        self.loop.add_callback(self._ready.set)
        self.loop.start()
        pending = asyncio.all_tasks(self.loop.asyncio_loop)
        for task in pending:
            task.cancel()
        self.loop.asyncio_loop.run_until_complete(asyncio.gather(*pending, return_exceptions=True))
        self.loop.close()

    def stop(self) -> None:
        """End what is under way, and the thread."""
        self.loop.add_callback(self.loop.stop)
        self._thread.join(WAIT_S)


def _same(value: Any) -> Any:
    return value


def _introduce(paths: list[str]) -> tuple[str, list[str]]:
    return __version__, [path for path in paths if not Path(path).exists()]


# ------------------------------------------------------------------ block by block

_recorded = threading.local()


class Recorder:
    """A sink far from its file: keeps what is written until the block is done."""

    def __init__(self, number: int, grid: Grid) -> None:
        self._number, self.grid = number, grid

    def write(self, window: Window, values: NDArray) -> None:
        """Remember the cells."""
        _recorded.cells.append((self._number, window, values))


class _FarSink:
    """A sink of the results here that travels as a recorder."""

    def __init__(self, sink: Any, number: int, dtype: str) -> None:
        self.sink, self.grid, self._number, self._dtype = sink, sink.grid, number, np.dtype(dtype)

    def write(self, window: Window, values: NDArray) -> None:
        """Cells that are computed here."""
        self.sink.write(window, values.astype(self._dtype, copy=False))

    def __reduce__(self) -> tuple[Any, ...]:
        return Recorder, (self._number, self.grid)


class _FarResults:
    """The results of a run whose blocks are computed elsewhere."""

    def __init__(self, results: Results) -> None:
        self._results, self.sinks = results, list[_FarSink]()

    def wants(self, id: str) -> bool:
        return self._results.wants(id)

    def raster(self, id: str, grid: Grid, dtype: str, nodata: float) -> _FarSink:
        self.sinks.append(_FarSink(self._results.raster(id, grid, dtype, nodata), len(self.sinks), dtype))
        return self.sinks[-1]

    def table(self, id: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        self._results.table(id, columns, rows)


@dataclass
class ClusterWork(Work):
    """Work whose blocks are computed by the workers of a cluster."""

    cluster: Cluster = None  # type: ignore[assignment]

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "cluster": None}

    def each_block(
        self, compute: Callable[[Window], Part], start: float = 0.0, stop: float = 1.0, columns: int = BLOCK_COLUMNS
    ) -> Iterator[Part]:
        """As on one machine; what blocks write comes back and is written here."""
        import cloudpickle

        windows = list(self.grid.tiles(STRIP_ROWS, columns))
        packed = cloudpickle.dumps(compute)
        for part, cells in self.cluster.each(_compute_block, packed, windows, self.progress, start, stop):
            for number, window, values in cells:
                self.results.sinks[number].write(window, values)  # type: ignore[attr-defined]
            yield part


def _compute_block(packed: bytes, window: Window) -> tuple[Any, Recorded]:
    import cloudpickle

    _recorded.cells = []
    part = cloudpickle.loads(packed)(window)
    return part, _recorded.cells


# ------------------------------------------------------------------ watershed by watershed


@dataclass(frozen=True)
class Piece:
    """A part of the landscape that no water enters or leaves: where it lies, and which cells there are its own."""

    window: Window
    bits: NDArray[np.uint8]

    @property
    def mask(self) -> NDArray[np.bool_]:
        """Its cells."""
        count = self.window.rows * self.window.columns
        return np.unpackbits(self.bits, count=count).reshape(self.window.rows, self.window.columns).astype(bool)


class _Cut:
    """A part of a raster: a RasterSource."""

    def __init__(self, source: RasterSource, window: Window) -> None:
        self._source, self._window = source, window
        self.grid, self.nodata, self.dtype = source.grid.sub(window), source.nodata, source.dtype

    def read(self, window: Window) -> NDArray:
        """Cells of a window of the part."""
        return self._source.read(
            Window(window.row + self._window.row, window.column + self._window.column, window.rows, window.columns)
        )


class _Held:
    """Results in memory, to be sent back."""

    def __init__(self, wanted: frozenset[str] | None) -> None:
        self._wanted = wanted
        self.rasters: dict[str, tuple[ArrayRaster, str]] = {}
        self.tables: dict[str, tuple[list[str], list[list[Any]]]] = {}

    def wants(self, id: str) -> bool:
        return self._wanted is None or id in self._wanted

    def raster(self, id: str, grid: Grid, dtype: str, nodata: float) -> ArrayRaster:
        self.rasters[id] = (ArrayRaster(grid, np.full((grid.rows, grid.columns), nodata, dtype), nodata), dtype)
        return self.rasters[id][0]

    def table(self, id: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        self.tables[id] = (list(columns), [list(row) for row in rows])


@dataclass(frozen=True)
class _Job:
    """What a worker needs for any piece of a run."""

    run: Callable[[Work], Any]
    grid: Grid
    rasters: dict[str, RasterSource]
    tables: dict[str, Any]
    zones: dict[str, Any]
    options: dict[str, Any]
    wanted: frozenset[str] | None


def _run_piece(job: _Job, piece: Piece) -> Any:
    held = _Held(job.wanted)
    work = Work(
        job.grid.sub(piece.window), {id: _Cut(source, piece.window) for id, source in job.rasters.items()}, held, job.tables,
        job.zones, job.options, only=piece.mask,
    )  # fmt: skip
    answer = job.run(work)
    return answer, {id: (raster.values, raster.nodata) for id, (raster, _dtype) in held.rasters.items()}, held.tables


def cut(work: Work, heights: str, zones: str) -> list[Piece]:
    """Pieces of the landscape: what hangs together of the cells that have a height and lie in a polygon.

    Water does not pass a cell without height, so no piece needs to know of another. The largest come first; small ones, and
    the cells of no piece, make one piece together.
    """
    codes, valid = work.space.zeros(work.shape, np.int32), work.space.zeros(work.shape, np.bool_)
    sums = ZonalSums(work.zones[zones].shapes, work.grid)

    def look(window: Window) -> None:
        _values, has = work.read(heights, window)
        valid[window.slices] = has & sums.mask(window)

    for _done in work.each_block(look, 0.0, 0.05):
        pass
    labels, count = native.label(codes, valid, work.space)
    sizes = np.bincount(labels.ravel(), minlength=count + 1)
    largest = [int(label) for label in np.argsort(-sizes[1:], kind="stable")[:MOST_PIECES] + 1 if sizes[label] > 0]
    pieces = []
    for label in largest:
        mine = labels == label
        rows, columns = np.flatnonzero(mine.any(axis=1)), np.flatnonzero(mine.any(axis=0))
        pieces.append(_piece_of(mine, int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1))
    others = ~np.isin(labels, largest)
    if others.any():
        pieces.append(_piece_of(others, 0, 0, *work.shape))
    return pieces


def _piece_of(mask: NDArray[np.bool_], top: int, left: int, bottom: int, right: int) -> Piece:
    top, left = top // SNAP * SNAP, left // SNAP * SNAP
    window = Window(top, left, bottom - top, right - left)
    return Piece(window, np.packbits(mask[window.slices]))


def run_in_pieces(
    spec: ModelSpec, work: Work, cluster: Cluster, run: Callable[[Work], Any], gather: Gather | None
) -> None:
    """A model with routes of water, or one that needs the whole map: on the workers, piece by piece.

    What `gather` finds in each piece is merged first (the mean of a map, its extremes) and given to all.
    """
    wanted = (
        None if work.results.wants("") else frozenset(item.id for item in spec.outputs if work.results.wants(item.id))
    )
    job = _Job(run, work.grid, dict(work.rasters), dict(work.tables), dict(work.zones), dict(work.options), wanted)
    whole = Window(0, 0, *work.shape)
    if spec.cluster == "watersheds":
        pieces = cut(work, "dem_path", "watersheds_path")
    else:
        pieces = [Piece(whole, np.packbits(np.ones(work.shape, bool)))]
    start = 0.05
    if gather is not None:
        finder = replace(job, run=gather[0], wanted=frozenset())
        found = [answer for answer, _r, _t in cluster.each(_run_piece, finder, pieces, work.progress, 0.05, 0.45)]
        job.options.update(gather[1](found))
        start = 0.45
    _paste(work, pieces, cluster.each(_run_piece, job, pieces, work.progress, start, 1.0))


def _paste(work: Work, pieces: list[Piece], answers: Iterator[Any]) -> None:
    """Results of the pieces as those of the whole: cells where they belong, tables added up."""
    maps: dict[str, tuple[NDArray, float]] = {}
    tables: dict[str, tuple[list[str], list[list[Any]]]] = {}
    for piece, (_answer, rasters, found) in zip(pieces, answers, strict=True):
        mask = piece.mask
        for id, (values, nodata) in rasters.items():
            if id not in maps:
                maps[id] = (work.space.full(work.shape, nodata, values.dtype), nodata)
            np.copyto(maps[id][0][piece.window.slices], values, where=mask)
        for id, (columns, rows) in found.items():
            kept = tables.setdefault(id, (columns, rows))
            if kept[1] is not rows:
                for row, more in zip(kept[1], rows, strict=True):
                    row[:] = _add(row, more, len(work.zones["watersheds_path"].columns))
    for id, (values, nodata) in maps.items():
        work.write(id, values, values.dtype.name, nodata)
    for id, (columns, rows) in tables.items():
        work.results.table(id, columns, rows)


def _add(row: list[Any], more: list[Any], first: int) -> list[Any]:
    """Figures of one polygon from two pieces; its own attributes come first."""
    return [*row[:first], *(one + other for one, other in zip(row[first:], more[first:], strict=True))]


def run_on_cluster(
    spec: ModelSpec, work: Work, cluster: Cluster, run: Callable[[Work], None], gather: Gather | None
) -> None:
    """Run a model with the help of a cluster, in the way its spec names."""
    if spec.cluster == "blocks":
        far = _FarResults(work.results)
        run(
            ClusterWork(
                work.grid,
                work.rasters,
                far,
                work.tables,
                work.zones,
                work.options,
                work.progress,
                Workspace(work.progress),
                None,
                cluster,
            )
        )
    else:
        run_in_pieces(spec, work, cluster, run, gather)
