"""`onekl model list | describe | run`: the ecosystem models on files, with InVEST's arguments and names."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.progress import Progress
from onekl_desktop.base.specs import Input, ModelSpec, TableFile
from onekl_desktop.base.specs.declarations import describe
from onekl_desktop.base.translate import _
from onekl_desktop.base.work import Work
from onekl_desktop.cli.output import Output
from onekl_desktop.engine.models import check_of, get_model, list_models, run_model
from onekl_desktop.engine.registry import Registry
from onekl_desktop.exchange.invest.parameters import read_parameters
from onekl_desktop.exchange.invest.prepare import Prepared, prepare
from onekl_desktop.exchange.invest.results import ResultsFolder


def add_arguments(verb: argparse.ArgumentParser, registry: Registry) -> None:
    """The verbs below `onekl model`."""
    verbs = verb.add_subparsers(dest="deed", required=True, metavar=_("WHAT"), parser_class=type(verb))
    listing = verbs.add_parser("list", help=_("The models and what they compute."))
    telling = verbs.add_parser("describe", help=_("Inputs, outputs and sources of a model."))
    telling.add_argument("model", metavar="MODEL", help=_("Its id, ours or InVEST's."))
    running = verbs.add_parser("run", help=_("Run a model on a parameter set."))
    running.add_argument("model", metavar="MODEL", help=_("Its id, ours or InVEST's."))
    running.add_argument("arguments", metavar="ARGS.json", type=Path, help=_("Parameter set or datastack (.tgz)."))
    running.add_argument("--out", metavar="DIR", type=Path, required=True, help=_("Folder of the results."))
    running.add_argument("--intermediate", action="store_true", help=_("Keep the rasters on the way, too."))
    running.add_argument("--preview", action="store_true", help=_("Say what would be done to the inputs, and stop."))
    for each in (listing, telling, running):
        each.add_argument("--json", nargs="?", const="-", default=argparse.SUPPRESS, metavar="PATH",
                          help=_("Write one JSON document to PATH, or to the terminal."))  # fmt: skip


def run_verb(options: Any, output: Output) -> int:
    """Do what was asked of the models."""
    if options.deed == "list":
        return _list(options, output)
    spec = get_model(options.registry, options.model)
    return _describe(spec, output) if options.deed == "describe" else _run(spec, options, output)


def _list(options: Any, output: Output) -> int:
    models = list_models(options.registry)
    for model in models:
        output.line(f"{model.invest_id or model.id:24} {_(model.title)}")
        output.line(f"    {_(model.about)}")
    output.data({"models": [
        {"id": model.invest_id or model.id, "alias": model.id, "title": _(model.title), "about": _(model.about)} for model in models
    ]})  # fmt: skip
    return 0


def _describe(spec: ModelSpec, output: Output) -> int:
    output.line(f"{spec.invest_id or spec.id} ({spec.id}): {_(spec.title)}")
    output.line(_(spec.about))
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


def _run(spec: ModelSpec, options: Any, output: Output) -> int:
    start = time.perf_counter()
    with output.progress() as progress:
        prepared, written = compute(
            spec, options.arguments, None if options.preview else options.out, intermediate=options.intermediate,
            progress=progress, say=output.say,
        )  # fmt: skip
    for path in written:
        output.line(str(path))
    output.data({
        "model": spec.invest_id or spec.id, "version": spec.version, "files": [str(path) for path in written],
        "sentences": prepared.sentences, "seconds": round(time.perf_counter() - start, 3),
    })  # fmt: skip
    return 0


def compute(
    spec: ModelSpec, path: Path, out: Path | None, *, intermediate: bool = False, progress: Progress | None = None,
    say: Callable[[str], None] | None = None,
) -> tuple[Prepared, list[Path]]:  # fmt: skip
    """Run a model on a parameter set, or without `out` only look at its inputs; returns what was written.

    Raises
    ------
    UserError
        All problems of the inputs; nothing is written then.
    """
    progress = progress or Progress()
    with read_parameters(path) as parameters:
        if parameters.model and parameters.model not in (spec.invest_id, spec.id):
            raise UserError(
                "model.other", file=parameters.path, found=parameters.model, model=spec.invest_id or spec.id
            )
        progress.report(0.0, _("Reading the inputs"))
        prepared = prepare(spec, parameters, check_of(spec))
        for sentence in prepared.sentences:
            if say is not None:
                say(sentence)
        if out is None:
            return prepared, []
        progress.report(0.05, _(spec.title))
        with make_results(spec, out, prepared, intermediate=intermediate) as results:
            work = Work(
                prepared.grid,
                prepared.rasters,
                results,
                prepared.tables,
                prepared.zones,
                prepared.options,
                progress.part(0.05, 1.0),
            )
            run_model(spec, work)
            if prepared.judge is not None:
                prepared.judge()
    return prepared, list(results.written.values())


def make_results(spec: ModelSpec, folder: Path, prepared: Prepared, *, intermediate: bool) -> ResultsFolder:
    """The folder for a run's results: final ones, and with `intermediate` those on the way."""
    outputs = {item.id: item for item in spec.outputs}

    def wanted(id: str) -> bool:
        return intermediate if id not in outputs else intermediate or not outputs[id].intermediate

    def name(id: str) -> str:
        return outputs[id].base_name if id in outputs else id

    return ResultsFolder(folder, wanted=wanted, names=name, suffix=prepared.suffix)
