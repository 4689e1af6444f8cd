"""One run of a model on a parameter set: inputs prepared, room found for its arrays, results in a folder."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from onekl_desktop.base.errors import Problem, UserError
from onekl_desktop.base.progress import Progress
from onekl_desktop.base.specs import ModelSpec
from onekl_desktop.base.translate import _
from onekl_desktop.base.units import format_number
from onekl_desktop.base.work import Work
from onekl_desktop.base.workspace import Workspace
from onekl_desktop.exchange.invest.cells import Crosswalk, Scans
from onekl_desktop.exchange.invest.cluster import Cluster, Gather, run_on_cluster
from onekl_desktop.exchange.invest.measure import COLUMNS, Measure, MeasuringResults, ZoneSet, tabulate
from onekl_desktop.exchange.invest.parameters import Parameters, read_parameters
from onekl_desktop.exchange.invest.prepare import Prepared, prepare
from onekl_desktop.exchange.invest.results import Folder, ResultsFolder
from onekl_desktop.exchange.invest.scratch import MEMORY, DiskSpace, SharedSpace, check_room
from onekl_desktop.exchange.raster import WarpedRaster


@dataclass(frozen=True)
class Runner:
    """A model and its functions: what runs it, what judges its options together, what watersheds add to the whole."""

    spec: ModelSpec
    run: Callable[[Work], None]
    check: Callable[[dict[str, Any]], list[Problem]] | None = None
    gather: Gather | None = None


@dataclass(frozen=True)
class Wishes:
    """What is wanted of a run besides its final rasters and tables."""

    intermediate: bool = False
    find_zones: Callable[[str], list[ZoneSet]] | None = None
    """Gives zones in a CRS: results are told by them in a table."""
    memory: float = MEMORY
    """Whole-map arrays beyond so many bytes live on the disk of the results while the model runs."""
    scheduler: str = ""
    """Whose workers compute."""
    crosswalk: Crosswalk | None = None
    """Codes under which the classes of maps are read."""


def compute(
    model: Runner, path: Path, out: Path | None, wishes: Wishes = Wishes(), *, progress: Progress | None = None,
    say: Callable[[str], None] | None = None,
) -> tuple[Prepared, Finished]:  # fmt: skip
    """Run a model on a parameter set, or without `out` only look at its inputs.

    Raises
    ------
    UserError
        All problems of the inputs; nothing is written then.
    """
    progress, say = progress or Progress(), say or _keep_quiet
    with read_parameters(path) as parameters:
        at_once = bool(wishes.scheduler) or out is None
        prepared = look(model, parameters, progress, say, at_once=at_once, crosswalk=wishes.crosswalk)
        needed = need(model.spec, prepared)
        if needed > wishes.memory:
            say(
                _("About {size} GB are kept on the disk of the results while it runs; memory stays below {memory} GB.")
                .format(size=format_number(needed / 2**30, 1), memory=format_number((wishes.memory + 0.5e9) / 1e9, 1))
            )  # fmt: skip
        zones = wishes.find_zones(prepared.grid.crs) if wishes.find_zones else []
        part = progress.part(0.05, 1.0)
        results = partial(make_results, model.spec, prepared, intermediate=wishes.intermediate)
        if out is None:
            return prepared, Finished([], [])
        if wishes.scheduler:
            needs = model.spec.cluster_needs
            if not needs or prepared.options.get(needs):
                with Cluster(wishes.scheduler) as cluster:
                    cluster.check(prepared.raster_paths)
                    far = replace(
                        model,
                        run=partial(run_on_cluster, model.spec, cluster=cluster, run=model.run, gather=model.gather),
                    )
                    return prepared, run_on(far, prepared, results(out), Workspace(part), zones, measure=bool(zones))
            say(
                _("In this mode {model} runs on this machine alone: {option} lets others help.")
                .format(model=_(model.spec.title), option=needs)
            )  # fmt: skip
        with find_room(model.spec, prepared, out, part, wishes.memory) as space:
            return prepared, run_on(model, prepared, results(out), space, zones, measure=bool(zones))


def _keep_quiet(_sentence: str) -> None:
    """Nobody listens."""


def look(
    model: Runner, parameters: Parameters, progress: Progress, say: Callable[[str], None] = _keep_quiet, *,
    at_once: bool = False, scans: Scans | None = None, crosswalk: Crosswalk | None = None,
) -> Prepared:  # fmt: skip
    """Read and check the inputs, and tell what is done to them."""
    spec = model.spec
    if parameters.model and parameters.model not in (spec.invest_id, spec.id):
        raise UserError("model.other", file=parameters.path, found=parameters.model, model=spec.invest_id or spec.id)
    progress.report(0.0, _("Reading the inputs"))
    prepared = prepare(spec, parameters, model.check, at_once=at_once, scans=scans, crosswalk=crosswalk)
    for sentence in prepared.sentences:
        say(sentence)
    progress.report(0.05, _(spec.title))
    return prepared


def need(spec: ModelSpec, prepared: Prepared) -> float:
    """Bytes of whole-map arrays."""
    return float(spec.bytes_per_cell) * prepared.grid.rows * prepared.grid.columns


@contextmanager
def find_room(
    spec: ModelSpec, prepared: Prepared, out: Path, progress: Progress, memory: float, *, shared: bool = False
) -> Iterator[Workspace]:
    """A workspace in memory, or on the disk of the results where memory is too small.

    Raises
    ------
    UserError
        `model.no_room`.
    """
    needed = need(spec, prepared)
    if needed <= memory:
        yield SharedSpace(progress, memory) if shared else Workspace(progress)
        return
    check_room(out, needed)
    with DiskSpace(out, fingerprint(spec, prepared), progress, memory) as space:
        space.shared, space.most = shared, 2.0 * needed
        yield space


@dataclass(frozen=True)
class Finished:
    """The files that a run wrote, and what was measured of its rasters."""

    files: list[Path]
    measures: list[Measure]


def run_on(
    model: Runner, prepared: Prepared, folder: Folder, space: Workspace, zones: Sequence[ZoneSet] = (), *, measure: bool = True
) -> Finished:  # fmt: skip
    """Run on inputs that are prepared; results go to `folder`, and are measured on the way unless nobody asks."""
    with folder as results:
        measuring = MeasuringResults(results, model.spec.outputs if measure else (), zones, prepared.grid)
        work = Work(
            prepared.grid,
            prepared.rasters,
            measuring,
            prepared.tables,
            prepared.zones,
            prepared.options,
            space.progress,
            space,
        )
        model.run(work)
        if prepared.judge is not None:
            prepared.judge()
        measures = measuring.measures()
        if zones:
            results.table("zonal_results", COLUMNS, tabulate(measures))
    return Finished(list(results.written.values()), measures)


def make_results(spec: ModelSpec, prepared: Prepared, folder: Path, *, intermediate: bool = False) -> ResultsFolder:
    """The folder for a run's results: final ones, and with `intermediate` those on the way."""
    outputs = {item.id: item for item in spec.outputs}

    def wanted(id: str) -> bool:
        return intermediate if id not in outputs else intermediate or not outputs[id].intermediate

    def name(id: str) -> str:
        return outputs[id].base_name if id in outputs else id

    return ResultsFolder(folder, wanted=wanted, names=name, suffix=prepared.suffix)


def fingerprint(spec: ModelSpec, prepared: Prepared) -> str:
    """Changes with the model, its inputs and options: finished parts serve only the run that made them."""
    found = hashlib.blake2b(digest_size=8)
    told = [spec.id, spec.version, prepared.grid, sorted(prepared.options.items(), key=str), prepared.tables]
    found.update(repr(told).encode())
    for id, raster in sorted(prepared.rasters.items()):
        found.update(repr(getattr(raster, "codes", None)).encode())
        inner = getattr(raster, "raster", raster)  # one that counts its cells on the way holds the file's
        found.update(f"{id} {inner.identity if isinstance(inner, WarpedRaster) else inner!r}".encode())
    for id, zones in sorted(prepared.zones.items()):
        found.update(f"{id} {zones.rows}".encode() + zones.shapes.xy.tobytes())
    return found.hexdigest()
