"""Many runs of one model on one landscape: scenarios, years and draws of uncertain coefficients.

What does not change between them is computed once: alignment of the maps, what their cells hold, the way of water over the
heights, slope factors, distances to threats. A batch is a JSON object:

    {"args": {…} or "set.json",
     "runs": [{"name": "plan_2040", "scenario": "Plan", "year": 2040, "args": {"lulc_path": "plan.tif"}}, …],
     "draws": {"count": 50, "seed": 1, "args": {"k_param": [1.5, 2, 2.5]},
               "tables": {"biophysical_table_path": {"usle_c": [0.8, 1.25]}}}}

Draws are triangular: of an argument between its lowest, likely and highest value, of a column between two factors, each
class by itself. They give the low (5th percentile) and high (95th) of each total; the middle is the run as written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from onekl_desktop.base.errors import Problem, UserError, make_problem
from onekl_desktop.base.progress import Progress
from onekl_desktop.base.rasters import ArrayRaster, RasterSource, Window
from onekl_desktop.base.specs import Number, Output
from onekl_desktop.base.translate import _
from onekl_desktop.base.work import STRIP_ROWS, WORKERS
from onekl_desktop.base.workspace import Workspace
from onekl_desktop.exchange.invest.cells import Scans
from onekl_desktop.exchange.invest.compute import Runner, Wishes, find_room, look, make_results, need, run_on
from onekl_desktop.exchange.invest.measure import Measure, ZoneSet
from onekl_desktop.exchange.invest.parameters import Parameters, read_document, read_parameters
from onekl_desktop.exchange.invest.prepare import Prepared
from onekl_desktop.exchange.invest.results import Discarded
from onekl_desktop.exchange.raster import WarpedRaster

LOW, HIGH = 5.0, 95.0
MOST_DRAWS, MOST_RUNS = 10_000, 1_000
COLUMNS = ("run", "scenario", "year", "zones", "zone", "raster", "unit", "low", "value", "high")


@dataclass(frozen=True)
class Member:
    """One run of a batch."""

    name: str
    scenario: str = ""
    year: int | None = None
    arguments: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Draws:
    """How coefficients vary: low, likely and high of arguments, low and high factors of columns of tables."""

    count: int = 0
    seed: int = 1
    arguments: dict[str, tuple[float, float, float]] = field(default_factory=dict)
    tables: dict[str, dict[str, tuple[float, float]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Batch:
    """What is shared, and what each run has of its own."""

    base: Parameters
    members: list[Member]
    draws: Draws


@dataclass(frozen=True)
class Band:
    """One figure of one run with its range; `low` and `high` are empty without draws."""

    member: Member
    measure: Measure
    low: float | None
    value: float | None
    high: float | None


def read_batch(path: Path) -> Batch:
    """Read a batch.

    Raises
    ------
    UserError
        `batch.bad`, with every place that is wrong.
    """
    document = read_document(path)
    problems: list[Problem] = []

    def wrong(where: str, reason: str) -> None:
        problems.append(make_problem("batch.bad", field=where, file=path, where=where, reason=reason))

    folder, given = path.resolve().parent, document.get("args")
    base = Parameters(path, str(document.get("model_id") or ""), {}, folder)
    if isinstance(given, dict):
        base = replace(base, arguments=given)
    elif isinstance(given, str):
        with read_parameters(folder / given) as found:
            base = found
    else:
        wrong("args", _("it must be an object of arguments, or name a parameter set"))
    members = _read_members(document.get("runs"), wrong)
    draws = read_draws(document.get("draws"), wrong)
    if problems:
        raise UserError("batch.bad", problems)
    return Batch(base, members, draws)


def _read_members(given: Any, wrong: Callable[[str, str], None]) -> list[Member]:
    if given is None:
        return [Member("run")]
    if not isinstance(given, list) or not 0 < len(given) <= MOST_RUNS:
        wrong("runs", _("it must be a list of 1 to {most} runs").format(most=MOST_RUNS))
        return []
    members: list[Member] = []
    for number, item in enumerate(given, start=1):
        where = f"runs[{number}]"
        if not isinstance(item, dict) or not isinstance(item.get("args", {}), dict):
            wrong(where, _("it must be an object with its own args"))
            continue
        name, year = str(item.get("name") or f"run_{number}"), item.get("year")
        if not re.fullmatch(r"[\w. -]{1,80}", name) or name.startswith("."):
            wrong(where, _("its name must be made of letters, numbers, - and _"))
        elif name.lower() in {member.name.lower() for member in members}:
            wrong(where, _("another run has the name {name}").format(name=name))
        elif year is not None and not isinstance(year, int):
            wrong(where, _("its year must be a whole number"))
        else:
            members.append(Member(name, str(item.get("scenario") or ""), year, dict(item.get("args", {}))))
    return members


def read_draws(given: Any, wrong: Callable[[str, str], None]) -> Draws:
    """Draws as a batch writes them; what is odd is told to `wrong` and left out."""
    if given is None:
        return Draws()
    if not isinstance(given, dict):
        wrong("draws", _("it must be an object"))
        return Draws()
    count, seed = given.get("count", 50), given.get("seed", 1)
    if not isinstance(count, int) or not 0 <= count <= MOST_DRAWS or not isinstance(seed, int) or seed < 0:
        wrong("draws", _("count (at most {most}) and seed must be whole numbers").format(most=MOST_DRAWS))
        return Draws()
    arguments: dict[str, tuple[float, float, float]] = {}
    for name, ends in _object(given.get("args")).items():
        if isinstance(ends, list) and _is_range(ends, 3):
            arguments[str(name)] = (float(ends[0]), float(ends[1]), float(ends[2]))
        else:
            wrong(f"draws.args.{name}", _("it must be [low, likely, high]"))
    tables: dict[str, dict[str, tuple[float, float]]] = {}
    for table, columns in _object(given.get("tables")).items():
        for column, ends in (columns if isinstance(columns, dict) else {"": None}).items():
            if isinstance(ends, list) and _is_range(ends, 2) and ends[0] <= 1 <= ends[1] and ends[0] >= 0:
                tables.setdefault(str(table), {})[str(column)] = (float(ends[0]), float(ends[1]))
            else:
                wrong(f"draws.tables.{table}.{column}", _("it must be [lowest factor, highest factor] around 1"))
    return Draws(count, seed, arguments, tables)


def _object(value: Any) -> dict[Any, Any]:
    return value if isinstance(value, dict) else {}


def _is_range(value: list[Any], length: int) -> bool:
    return (
        len(value) == length
        and all(isinstance(end, (int, float)) and not isinstance(end, bool) and np.isfinite(end) for end in value)
        and value == sorted(value)
    )


def run_batch(
    model: Runner, batch: Batch, out: Path, wishes: Wishes = Wishes(), *, progress: Progress | None = None,  # noqa: B008
    say: Callable[[str], None] = lambda _sentence: None,
) -> tuple[list[Band], list[Path]]:  # fmt: skip
    """Run all of a batch; rasters of each run go to a folder of its name within `out`, the figures are returned.

    Raises
    ------
    UserError
        Problems of any run's inputs, all of them, before the first one is computed.
    """
    progress = progress or Progress()
    scans: Scans = {}
    prepared: list[Prepared] = []
    problems: list[Problem] = []
    for number, member in enumerate(batch.members):
        own = replace(batch.base, arguments={**batch.base.arguments, **member.arguments})
        try:
            part = progress.part(0.1 * number / len(batch.members), 0.1 * (number + 1) / len(batch.members))
            quiet = say if number == 0 else (lambda _sentence: None)
            prepared.append(look(model, own, part, quiet, at_once=True, scans=scans, crosswalk=wishes.crosswalk))
            _check_draws(model, prepared[-1], batch.draws)
        except UserError as problem:
            problems += [item for item in problem.problems if item not in problems]
    if problems:
        raise UserError(problems[0].code, problems)
    zones = wishes.find_zones(prepared[0].grid.crs) if wishes.find_zones else []
    many = len(batch.members) + batch.draws.count > 1
    with find_room(model.spec, prepared[0], out, progress.part(0.1, 1.0), wishes.memory, shared=many) as space:
        return _run_all(model, batch, prepared, out, wishes, space, zones, progress)


def _run_all(
    model: Runner, batch: Batch, prepared: list[Prepared], out: Path, wishes: Wishes, space: Workspace, zones: list[ZoneSet],
    progress: Progress,
) -> tuple[list[Band], list[Path]]:  # fmt: skip
    together = WORKERS if need(model.spec, prepared[0]) * WORKERS <= wishes.memory else 1
    total = len(batch.members) * (1 + batch.draws.count)
    cells = prepared[0].grid.rows * prepared[0].grid.columns
    held = cells * sum(raster.dtype.itemsize for raster in prepared[0].rasters.values())
    common = set.intersection(*({_name(raster) for raster in each.rasters.values()} for each in prepared))
    every = total > 1 and need(model.spec, prepared[0]) + held <= wishes.memory
    done = 0
    files: list[Path] = []
    bands: list[Band] = []

    def run(member: Member, inputs: Prepared, draw: int | None) -> list[Measure]:
        if draw is None:
            folder: Any = make_results(model.spec, inputs, out / member.name, intermediate=wishes.intermediate)
        else:
            inputs, folder = vary(inputs, batch.draws, draw), Discarded()
        finished = run_on(model, inputs, folder, _Quiet(space) if total > 1 else space, zones)
        files.extend(finished.files)
        return finished.measures

    with ThreadPoolExecutor(together, thread_name_prefix="run") as pool:
        for member, given in zip(batch.members, prepared, strict=True):
            inputs = replace(
                given,
                rasters={
                    id: _aligned(raster, space, every and _name(raster) in common)
                    for id, raster in given.rasters.items()
                },
            )
            draws = [None, *range(batch.draws.count)]
            found: list[list[Measure]] = []
            first = run(member, inputs, None)  # alone, so that what is shared is made once, with all threads
            found.append(first)
            done += 1
            for measures in pool.map(lambda draw, m=member, i=inputs: run(m, i, draw), draws[1:]):
                progress.report(0.1 + 0.9 * done / total, _("{done} of {total} runs").format(done=done, total=total))
                found.append(measures)
                done += 1
            bands += _bands(member, found)
            progress.report(0.1 + 0.9 * done / total)
    return bands, files


class _Quiet(Workspace):
    """The workspace of all runs, for one that does not tell how far it is (many run at once); it hears a cancel."""

    def __init__(self, space: Workspace) -> None:
        super().__init__(_Silent(space.progress))
        self.shared, self.keeps = space.shared, space.keeps
        self.empty, self.zeros, self.digest, self.part = space.empty, space.zeros, space.digest, space.part  # type: ignore[method-assign]


class _Silent(Progress):
    def __init__(self, whole: Progress) -> None:
        super().__init__()
        self._whole = whole

    @property
    def task(self) -> np.ndarray:
        return self._whole.task

    def report(self, fraction: float | None = None, text: str | None = None) -> None:
        self._whole.report()

    def expect(self, start: float, stop: float, cells: float) -> None:
        self._whole.report()


def _aligned(raster: RasterSource, space: Workspace, every: bool) -> RasterSource:
    """A raster read once for all runs: brought onto their grid where it has another, or with `every` in any case."""
    source = getattr(raster, "raster", None)
    if not isinstance(source, WarpedRaster) or (source.same and not every):
        return raster

    def make() -> dict[str, Any]:
        grid = raster.grid
        cells = space.empty((grid.rows, grid.columns), raster.dtype)
        for window in grid.blocks(STRIP_ROWS):
            cells[window.slices] = raster.read(Window(window.row, 0, window.rows, grid.columns))
        return {"cells": cells}

    cells = space.part(f"aligned-{_name(raster)}", make)["cells"]
    return ArrayRaster(raster.grid, cells, raster.nodata)


def _name(raster: RasterSource) -> str:
    """Names what a raster holds, as runs read it."""
    source = getattr(raster, "raster", None)
    return f"{source.identity}-{getattr(raster, 'codes', '')}" if isinstance(source, WarpedRaster) else f"{id(raster)}"


def _check_draws(model: Runner, inputs: Prepared, draws: Draws) -> None:
    """Whether what is to vary exists: arguments that are numbers, columns of tables."""
    problems = []
    numbers = {item.id: item for item in model.spec.inputs if isinstance(item, Number)}
    for name, (low, _likely, high) in draws.arguments.items():
        item = numbers.get(name)
        if item is None or not isinstance(inputs.options.get(name), (int, float)):
            problems.append(make_problem("batch.unknown", field=name, name=name, model=_(model.spec.title)))
        elif item.minimum is not None and low < item.minimum:
            problems.append(
                make_problem("field.too_small", field=name, title=_(item.title), value=low, minimum=item.minimum)
            )
        elif item.maximum is not None and high > item.maximum:
            problems.append(
                make_problem("field.too_large", field=name, title=_(item.title), value=high, maximum=item.maximum)
            )
    for table, columns in draws.tables.items():
        rows = inputs.tables.get(table)
        for column in columns:
            values = [row.get(column) for row in rows.values()] if rows else []
            if not any(isinstance(value, (int, float)) for value in values):
                problems.append(make_problem("batch.unknown", field=table, name=f"{table}.{column}", model=_(model.spec.title)))  # fmt: skip
    if problems:
        raise UserError("batch.unknown", problems)


def vary(inputs: Prepared, draws: Draws, number: int) -> Prepared:
    """The inputs of a draw: the same for the same seed and number, whatever else is drawn, for all runs of the batch.

    A value does not leave the range that the model allows for it.
    """
    rng = np.random.default_rng((draws.seed, number))
    options = dict(inputs.options)
    for name, (low, likely, high) in sorted(draws.arguments.items()):
        options[name] = float(rng.triangular(low, likely, high)) if high > low else likely
    tables = {name: {key: dict(row) for key, row in rows.items()} for name, rows in inputs.tables.items()}
    for table, columns in sorted(draws.tables.items()):
        for column, (low, high) in sorted(columns.items()):
            limits = inputs.limits.get((table, column), (None, None))
            for key in sorted(tables[table]):
                factor = float(rng.triangular(low, 1.0, high)) if high > low else 1.0
                value = tables[table][key].get(column)
                if isinstance(value, (int, float)):
                    tables[table][key][column] = _within(float(value) * factor, *limits)
    return replace(inputs, options=options, tables=tables)


def _within(value: float, minimum: float | None, maximum: float | None) -> float:
    value = value if minimum is None else max(value, minimum)
    return value if maximum is None else min(value, maximum)


def _bands(member: Member, found: list[list[Measure]]) -> Iterable[Band]:
    for number, measure in enumerate(found[0]):
        drawn = [figure for measures in found[1:] if (figure := figure_of(measures[number])) is not None]
        low, high = np.percentile(drawn, (LOW, HIGH)).tolist() if drawn else (None, None)
        yield Band(member, measure, low, figure_of(measure), high)


def figure_of(measure: Measure) -> float | None:
    """What is told of a raster: its total where it counts per hectare, else its mean."""
    return measure.mean if measure.total is None else measure.total


def tabulate(bands: Iterable[Band], outputs: Iterable[Output]) -> list[list[Any]]:
    """Rows of the columns `COLUMNS`."""
    units = {item.id: item.measured_unit for item in outputs}
    return [
        [band.member.name, band.member.scenario, band.member.year, band.measure.kind, band.measure.zone, band.measure.output,
         units[band.measure.output], band.low, band.value, band.high] for band in bands
    ]  # fmt: skip
