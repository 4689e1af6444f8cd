"""One run of a model on a parameter set: inputs prepared, room found for its arrays, results in a folder."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
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
from onekl_desktop.exchange.invest.cluster import Cluster, run_on_cluster
from onekl_desktop.exchange.invest.parameters import Parameters, read_parameters
from onekl_desktop.exchange.invest.prepare import Prepared, prepare
from onekl_desktop.exchange.invest.results import ResultsFolder
from onekl_desktop.exchange.invest.scratch import MEMORY, DiskSpace, check_room
from onekl_desktop.exchange.raster import WarpedRaster


@dataclass(frozen=True)
class Runner:
    """A model and its two functions: what runs it, and what judges its options together."""

    spec: ModelSpec
    run: Callable[[Work], None]
    check: Callable[[dict[str, Any]], list[Problem]] | None = None


def compute(
    model: Runner, path: Path, out: Path | None, *, intermediate: bool = False, progress: Progress | None = None,
    say: Callable[[str], None] | None = None, memory: float = MEMORY, scheduler: str = "",
) -> tuple[Prepared, list[Path]]:  # fmt: skip
    """Run a model on a parameter set, or without `out` only look at its inputs; returns what was written.

    Whole-map arrays beyond `memory` bytes live on the disk of `out` while the model runs. With a `scheduler` its workers
    compute.

    Raises
    ------
    UserError
        All problems of the inputs; nothing is written then.
    """
    progress = progress or Progress()
    with read_parameters(path) as parameters:
        prepared = look(model, parameters, progress, say, at_once=bool(scheduler))
        needed = float(model.spec.bytes_per_cell) * prepared.grid.rows * prepared.grid.columns
        if needed > memory and say is not None:
            say(
                _("About {size} GB are kept on the disk of the results while it runs; memory stays below {memory} GB.")
                .format(size=format_number(needed / 2**30, 1), memory=format_number((memory + 0.5e9) / 1e9, 1))
            )  # fmt: skip
        if out is None:
            return prepared, []
        part = progress.part(0.05, 1.0)
        if scheduler:
            needs = model.spec.cluster_needs
            if not needs or prepared.options.get(needs):
                with Cluster(scheduler) as cluster:
                    cluster.check(prepared.raster_paths)
                    run = partial(run_on_cluster, model.spec, cluster=cluster, run=model.run)
                    far = Runner(model.spec, run, model.check)
                    return prepared, run_on(far, prepared, out, Workspace(part), part, intermediate=intermediate)
            if say is not None:
                say(_("In this mode {model} runs on this machine alone: {option} lets others help.")
                    .format(model=_(model.spec.title), option=needs))  # fmt: skip
        if needed <= memory:
            return prepared, run_on(model, prepared, out, Workspace(part), part, intermediate=intermediate)
        check_room(out, needed)
        with DiskSpace(out, fingerprint(model.spec, prepared), part, memory) as space:
            return prepared, run_on(model, prepared, out, space, part, intermediate=intermediate)


def look(
    model: Runner, parameters: Parameters, progress: Progress, say: Callable[[str], None] | None = None, *,
    at_once: bool = False,
) -> Prepared:  # fmt: skip
    """Read and check the inputs, and tell what is done to them."""
    spec = model.spec
    if parameters.model and parameters.model not in (spec.invest_id, spec.id):
        raise UserError("model.other", file=parameters.path, found=parameters.model, model=spec.invest_id or spec.id)
    progress.report(0.0, _("Reading the inputs"))
    prepared = prepare(spec, parameters, model.check, at_once=at_once)
    for sentence in prepared.sentences:
        if say is not None:
            say(sentence)
    progress.report(0.05, _(spec.title))
    return prepared


def run_on(
    model: Runner, prepared: Prepared, out: Path, space: Workspace, progress: Progress, *, intermediate: bool
) -> list[Path]:
    """Run on inputs that are prepared; returns what was written."""
    with make_results(model.spec, out, prepared, intermediate=intermediate) as results:
        work = Work(
            prepared.grid, prepared.rasters, results, prepared.tables, prepared.zones, prepared.options, progress, space
        )
        model.run(work)
        if prepared.judge is not None:
            prepared.judge()
    return list(results.written.values())


def make_results(spec: ModelSpec, folder: Path, prepared: Prepared, *, intermediate: bool) -> ResultsFolder:
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
        inner = getattr(raster, "raster", raster)  # one that counts its cells on the way holds the file's
        found.update(f"{id} {inner.identity if isinstance(inner, WarpedRaster) else inner!r}".encode())
    for id, zones in sorted(prepared.zones.items()):
        found.update(f"{id} {zones.rows}".encode() + zones.shapes.xy.tobytes())
    return found.hexdigest()
