"""`onekl model list | describe | run`: the ecosystem models on files, with InVEST's arguments and names."""

from __future__ import annotations

import argparse
import time
from functools import partial
from pathlib import Path
from typing import Any

from onekl_desktop.base.specs import Input, ModelSpec, TableFile
from onekl_desktop.base.specs.declarations import describe
from onekl_desktop.base.translate import _
from onekl_desktop.base.units import format_quantity
from onekl_desktop.cli.output import Output, in_background
from onekl_desktop.engine import Session
from onekl_desktop.engine.models import get_model, list_models
from onekl_desktop.engine.registry import Registry
from onekl_desktop.exchange.invest.batch import COLUMNS, read_batch, run_batch, tabulate
from onekl_desktop.exchange.invest.compute import Wishes, compute
from onekl_desktop.exchange.invest.measure import ZoneSet, read_zones
from onekl_desktop.exchange.invest.parameters import Parameters, read_parameters
from onekl_desktop.exchange.invest.prepare import read_crosswalk
from onekl_desktop.exchange.invest.results import write_table
from onekl_desktop.exchange.invest.scratch import MEMORY
from onekl_desktop.tools.scenarios.ecosystem import Asked, figures_of, run_in_project, runner_of


def add_arguments(verb: argparse.ArgumentParser, registry: Registry) -> None:
    """The verbs below `onekl model`."""
    verbs = verb.add_subparsers(dest="deed", required=True, metavar=_("WHAT"), parser_class=type(verb))
    listing = verbs.add_parser("list", help=_("The models and what they compute."))
    telling = verbs.add_parser("describe", help=_("Inputs, outputs and sources of a model."))
    telling.add_argument("model", metavar="MODEL", help=_("Its id, ours or InVEST's."))
    running = verbs.add_parser("run", help=_("Run a model on a parameter set."))
    running.add_argument("model", metavar="MODEL", help=_("Its id, ours or InVEST's."))
    running.add_argument("arguments", metavar="ARGS.json", type=Path, help=_("Parameter set or datastack (.tgz)."))
    batch = verbs.add_parser("batch", help=_("Run a model many times: scenarios, years, draws of coefficients."))
    batch.add_argument("model", metavar="MODEL", help=_("Its id, ours or InVEST's."))
    batch.add_argument(
        "arguments", metavar="BATCH.json", type=Path, help=_("What the runs share and what each has of its own.")
    )
    for each in (running, batch):
        each.add_argument("--out", metavar="DIR", type=Path, required=True, help=_("Folder of the results."))
        each.add_argument("--intermediate", action="store_true", help=_("Keep the rasters on the way, too."))
        each.add_argument("--zones", metavar="FILE", nargs="+", default=[],
                          help=_("Polygons, FILE or PROJECT.gpkg#Layer, by which results are told."))  # fmt: skip
        each.add_argument("--crosswalk", metavar="FILE", type=Path,
                          help=_("Table of two columns, from and to: codes of maps and those of the tables."))  # fmt: skip
        each.add_argument("--memory", metavar="GB", type=_positive, default=MEMORY / 1e9,
                          help=_("Arrays of the whole map beyond that go to the disk (1.5 when left out)."))  # fmt: skip
    running.add_argument("--scheduler", metavar="ADDRESS", default="",
                         help=_("Let the workers of a Dask scheduler compute, for example tcp://10.0.0.5:8786."))  # fmt: skip
    running.add_argument("--project", metavar="FILE", type=Path,
                         help=_("Keep the figures, by the zones of this project, in it."))  # fmt: skip
    running.add_argument("--scenario", default="", help=_("Whose figures they are, with --project."))
    running.add_argument("--year", type=int, help=_("The year they are for, with --project."))
    running.add_argument("--preview", action="store_true", help=_("Say what would be done to the inputs, and stop."))
    for each in (listing, telling, running, batch):
        each.add_argument("--json", nargs="?", const="-", default=argparse.SUPPRESS, metavar="PATH",
                          help=_("Write one JSON document to PATH, or to the terminal."))  # fmt: skip


def wishes_of(options: Any) -> Wishes:
    """What the words of a command ask for."""
    zones = partial(_find_zones, options.zones) if options.zones else None
    crosswalk = read_crosswalk(options.crosswalk) if options.crosswalk else None
    return Wishes(options.intermediate, zones, options.memory * 1e9, getattr(options, "scheduler", ""), crosswalk)


def _find_zones(names: list[str], crs: str) -> list[ZoneSet]:
    here = Parameters(Path.cwd(), "", {}, Path.cwd())
    return [read_zones(*here.locate(name), crs) for name in names]


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value < 1e6:
        raise ValueError(text)
    return value


def run_verb(options: Any, output: Output) -> int:
    """Do what was asked of the models."""
    if options.deed == "list":
        return _list(options, output)
    spec = get_model(options.registry, options.model)
    deeds = {"describe": _describe, "run": _run, "batch": _batch}
    return deeds[options.deed](spec, options, output)


def _list(options: Any, output: Output) -> int:
    models = list_models(options.registry)
    for model in models:
        output.line(f"{model.invest_id or model.id:24} {_(model.title)}")
        output.line(f"    {_(model.about)}")
    output.data({"models": [
        {"id": model.invest_id or model.id, "alias": model.id, "title": _(model.title), "about": _(model.about)} for model in models
    ]})  # fmt: skip
    return 0


def _describe(spec: ModelSpec, _options: Any, output: Output) -> int:
    output.line(f"{spec.invest_id or spec.id} ({spec.id}): {_(spec.title)}")
    output.line(_(spec.about))
    output.line()
    for equation in spec.equations:
        output.line(f"  {_(equation.title)}: {equation.formula}{f'  ({equation.source})' if equation.source else ''}")
    output.line()
    output.line(_("Inputs"))
    for item in spec.inputs:
        output.line(f"  {item.id:32} {_told(item)}")
        for column in item.columns if isinstance(item, TableFile) else ():
            words = [column.unit, _(column.about) if column.about else "", " | ".join(column.options)]
            output.line(f"      {column.id:28} {'  '.join(word for word in words if word)}".rstrip())
    output.line()
    output.line(_("Results"))
    for result in spec.outputs:
        note = f" ({_('with --intermediate')})" if result.intermediate else ""
        ending = "csv" if result.kind == "table" else "tif"
        output.line(
            f"  {result.base_name + '.' + ending:32} {_(result.title)}{f', {result.unit}' if result.unit else ''}{note}"
        )
    output.line()
    output.line(_("Source: {source}").format(source=spec.source))
    output.data({"model": describe(spec)})
    return 0


def _told(item: Input) -> str:
    words = [f"{_(item.title)}: {item.hint()}"]
    if item.about:
        words.append(_(item.about))
    if item.default not in (None, False):
        words.append(_("{value} when left out.").format(value=item.default))
    elif not item.required:
        words.append(_("Optional."))
    return "  ".join(words)


def _run_in_project(spec: ModelSpec, options: Any, output: Output) -> int:
    with Session(options.project, registry=options.registry) as session, output.progress() as progress:
        with read_parameters(options.arguments) as parameters:
            arguments = {id: _address(parameters, session.path, value) for id, value in parameters.arguments.items()}
            asked = Asked(spec.id, arguments, options.scenario, options.year, tuple(options.zones))
            run = in_background(
                progress, lambda: run_in_project(session, asked, progress=progress, say=output.say, out=options.out)
            )
        figures = figures_of(session, run)
    for figure in figures:
        output.line(
            f"{figure.place:32} {figure.title:44} {format_quantity(figure.value, figure.unit, figure.decimals)}"
        )
    output.data({"run": run, "figures": [figure.__dict__ for figure in figures]})
    return 0


def _address(parameters: Parameters, project: Path, value: Any) -> Any:
    """A path as the project keeps it: absolute, and its own layers by name alone."""
    if not isinstance(value, str) or not value:
        return value
    try:
        name, mark, layer = value.rpartition("#")
        if mark and (parameters.folder / name).resolve() == project.resolve():
            return f"#{layer}"
        path = parameters.folder / value
        return str(path.resolve()) if path.exists() else value
    except (OSError, ValueError):
        return value


def _run(spec: ModelSpec, options: Any, output: Output) -> int:
    if options.project is not None and not options.preview:
        return _run_in_project(spec, options, output)
    start = time.perf_counter()
    with output.progress() as progress:
        model = runner_of(spec)
        prepared, finished = in_background(progress, lambda: compute(
                model, options.arguments, None if options.preview else options.out, wishes_of(options), progress=progress,
                say=output.say,
        ))  # fmt: skip
    for path in finished.files:
        output.line(str(path))
    output.data({
        "model": spec.invest_id or spec.id, "version": spec.version, "files": [str(path) for path in finished.files],
        "sentences": prepared.sentences, "seconds": round(time.perf_counter() - start, 3),
    })  # fmt: skip
    return 0


def _batch(spec: ModelSpec, options: Any, output: Output) -> int:
    start = time.perf_counter()
    batch, model = read_batch(options.arguments), runner_of(spec)
    with output.progress() as progress:
        bands, files = in_background(
            progress,
            lambda: run_batch(model, batch, options.out, wishes_of(options), progress=progress, say=output.say),
        )
    table = options.out / "ensemble.csv"
    write_table(table, COLUMNS, tabulate(bands, spec.outputs))
    for path in (*files, table):
        output.line(str(path))
    output.data({
        "model": spec.invest_id or spec.id, "version": spec.version, "files": [str(path) for path in (*files, table)],
        "runs": len(batch.members), "draws": batch.draws.count, "seconds": round(time.perf_counter() - start, 3),
    })  # fmt: skip
    return 0
