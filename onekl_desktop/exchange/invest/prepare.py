"""From a parameter set to what a model works on: every problem at once, and in plain words what will be done to the inputs."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from onekl_desktop.base.errors import Problem, UserError, make_problem
from onekl_desktop.base.geometry import flatten, polygons_of, repair, transform
from onekl_desktop.base.rasters import Grid, RasterSource
from onekl_desktop.base.specs import Codes, Flag, ModelSpec, RasterFile, TableColumn, TableFile, VectorFile
from onekl_desktop.base.translate import _, ngettext
from onekl_desktop.base.units import format_number
from onekl_desktop.base.work import Zones
from onekl_desktop.exchange.invest import grids, tables
from onekl_desktop.exchange.invest.cells import Crosswalk, Scans, Seen, Source, scan
from onekl_desktop.exchange.invest.grids import Facts
from onekl_desktop.exchange.invest.parameters import Parameters
from onekl_desktop.exchange.vector import RawVector, crs_name, read_vector

COMMON = ("workspace_dir", "results_suffix", "n_workers")
PERCENT = ("discount_rate", "rate_change")
MOST_NAMED = 12
METRES = {"m", "metre", "meter", "metres", "meters"}
NONE_OF = {"polygon": "model.no_polygons", "point": "model.no_points"}
ACCEPTED = {"polygon": {"Polygon", "MultiPolygon", "GeometryCollection"}, "point": {"Point", "MultiPoint"}}


@dataclass
class Prepared:
    """Inputs of a run on one grid, and sentences on what happens to them.

    A model that reads each cell once has its cells judged while it runs: call `judge` before its results are kept.
    """

    grid: Grid
    rasters: Mapping[str, RasterSource]
    tables: dict[str, tables.Rows]
    zones: dict[str, Zones]
    options: dict[str, Any]
    suffix: str
    sentences: list[str] = field(default_factory=list)
    judge: Callable[[], None] | None = None
    raster_paths: list[Path] = field(default_factory=list)
    limits: dict[tuple[str, str], tuple[float | None, float | None]] = field(default_factory=dict)
    """Lowest and highest value of each column of the tables."""


@dataclass
class _Read:
    spec: ModelSpec
    parameters: Parameters
    problems: list[Problem] = field(default_factory=list)
    options: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Facts] = field(default_factory=dict)
    specs: dict[str, RasterFile] = field(default_factory=dict)
    tables: dict[str, tables.Rows] = field(default_factory=dict)
    table_paths: dict[str, Path] = field(default_factory=dict)
    vectors: dict[str, RawVector] = field(default_factory=dict)
    sentences: list[str] = field(default_factory=list)
    limits: dict[tuple[str, str], tuple[float | None, float | None]] = field(default_factory=dict)


def prepare(
    spec: ModelSpec, parameters: Parameters, check: Callable[[dict[str, Any]], list[Problem]] | None = None, *,
    at_once: bool = False, scans: Scans | None = None, crosswalk: Crosswalk | None = None,
) -> Prepared:  # fmt: skip
    """Read and check everything that a model is given; `check` judges its options together.

    `at_once`: cells are judged now also where the model reads each once, as when it does so on another machine. `scans`
    keeps what was seen of rasters for other runs on the same ones. `crosswalk` gives the codes under which the classes of
    maps are read.

    Raises
    ------
    UserError
        With all problems that were found: arguments, files, tables, grids, classes, ranges.
    """
    read = _Read(spec, parameters)
    _read_values(read)
    if check is not None and not read.problems:
        read.problems += check(read.options)
    suffix = str(parameters.arguments.get("results_suffix") or "")
    if not re.fullmatch(r"[\w-]*", suffix):
        read.problems.append(make_problem("model.suffix", field="results_suffix", value=suffix[:60]))
    for item in spec.inputs:
        if isinstance(item, RasterFile):
            _read_raster(read, item)
        elif isinstance(item, VectorFile):
            _read_zones(read, item)
    for item in spec.inputs:
        if isinstance(item, TableFile):
            _read_table(read, item)
    _fail(read.problems)
    grid = _choose_grid(read)
    rasters = {id: grids.open_on(facts, grid, read.specs[id]) for id, facts in read.facts.items()}
    _tell_grid(read, grid)
    zones = {id: _to_zones(read, id, raw, grid) for id, raw in read.vectors.items()}
    _fail(read.problems)
    later = spec.reads_once and not at_once
    sources = {
        id: Source(
            raster, read.specs[id], read.facts[id].path, watch=later, codes=crosswalk if read.specs[id].codes else None
        )
        for id, raster in rasters.items()
    }

    def judge() -> None:
        _check_cells(read, sources, {} if scans is None else scans)
        if not later:
            _tell_gaps(read, sources)
        _fail(read.problems)

    if not later:
        judge()
    paths = [*(facts.path for facts in read.facts.values())]
    return Prepared(
        grid, sources, read.tables, zones, read.options, suffix, read.sentences, judge if later else None, paths,
        read.limits,
    )  # fmt: skip


def _fail(problems: list[Problem]) -> None:
    errors = [item for item in problems if item.severity == "error"]
    if errors:
        raise UserError(errors[0].code, errors)


def _given(read: _Read, id: str) -> Any:
    value = read.parameters.arguments.get(id)
    return None if value is None or (isinstance(value, str) and not value.strip()) else value


def _read_values(read: _Read) -> None:
    known = {item.id for item in read.spec.inputs} | set(COMMON)
    unknown = sorted(set(read.parameters.arguments) - known)
    if unknown:
        read.sentences.append(_("Not used: {names}.").format(names=", ".join(unknown)))
    for item in read.spec.inputs:
        if isinstance(item, (RasterFile, VectorFile, TableFile)):
            continue
        value = _given(read, item.id)
        needed = item.when is None or item.when.holds(read.options)
        if value is None:
            if item.default is not None or isinstance(item, Flag) or not item.required or not needed:
                read.options[item.id] = item.default
            else:
                read.problems.append(make_problem("field.required", field=item.id, title=_(item.title)))
            continue
        try:
            read.options[item.id] = item.read(value)
            if item.id in PERCENT:
                read.options[item.id] /= 100.0
        except UserError as problem:
            read.problems += problem.problems


def _path(read: _Read, item: Any) -> tuple[Path, str] | None:
    value = _given(read, item.id)
    needed = item.when is None or item.when.holds(read.options)
    if value is None:
        if item.required and needed:
            read.problems.append(make_problem("field.required", field=item.id, title=_(item.title)))
        return None
    return read.parameters.locate(value) if needed else None


def _read_raster(read: _Read, item: RasterFile, beside: Path | None = None, id: str = "") -> None:
    found = (beside, "") if beside is not None else _path(read, item)
    if found is None:
        return
    (path, layer), id = found, id or item.id
    facts, problems = grids.read_facts(id, path, layer)
    read.problems += problems
    if facts is None:
        return
    if item.unit == "m" and facts.unit in grids.FEET:
        read.problems.append(make_problem("model.feet", field=id, file=path, unit=facts.unit))
    elif facts.unit and item.unit and facts.unit not in (METRES if item.unit == "m" else _spellings(item.unit)):
        read.sentences.append(_("{file} says that its unit is {found}; {unit} is expected.").format(
            file=path.name, found=facts.unit, unit=item.unit))  # fmt: skip
    read.facts[id], read.specs[id] = facts, item


def _spellings(unit: str) -> set[str]:
    """Ways in which files write a unit: mm/yr also as mm."""
    plain = unit.lower().replace(" ", "")
    return {unit.lower(), plain, plain.partition("/")[0], plain.replace("/yr", "/year")}


def _read_zones(read: _Read, item: VectorFile) -> None:
    found = _path(read, item)
    if found is None:
        return
    path, layer = found
    try:
        raw = read_vector(path, layer)
    except UserError as problem:
        read.problems += problem.problems
        return
    names = [name.lower() for name in raw.columns]
    for column in item.columns:
        if column.lower() not in names:
            facts: dict[str, Any] = {"column": column, "found": ", ".join(raw.columns) or "–"}
            read.problems.append(make_problem("model.zone_column", field=item.id, file=path, **facts))
    kinds = {shape.geom_type for shape in raw.shapes if shape is not None and not shape.is_empty}
    if not kinds & ACCEPTED[item.shapes]:
        read.problems.append(make_problem(NONE_OF[item.shapes], field=item.id, file=path))
    if not raw.crs:
        read.problems.append(make_problem("import.no_crs", field=item.id, file=path))
    read.vectors[item.id] = raw


def _read_table(read: _Read, item: TableFile) -> None:
    found = _path(read, item)
    if found is None:
        return
    path = found[0]
    more: tuple[TableColumn, ...] = ()
    if item.id == "sensitivity_table_path":
        threats = read.tables.get("threats_table_path", {})
        more = tuple(TableColumn(id=name, minimum=0, maximum=1) for name in threats)
    read.limits |= {(item.id, column.id): (column.minimum, column.maximum) for column in (*item.columns, *more)}
    rows, problems = tables.read_rows(path, item, read.options, more)
    read.problems += problems
    read.tables[item.id], read.table_paths[item.id] = rows, path
    for key, row in rows.items():
        for column in item.columns:
            name = row.get(column.id)
            scenario = {"cur_path": "c", "fut_path": "f", "base_path": "b"}.get(column.id)
            if column.kind != "raster" or scenario is None or scenario == "b":
                continue
            if scenario == "f" and "lulc_fut_path" not in read.facts:
                continue
            if not name:
                if column.required:
                    facts: dict[str, Any] = {"column": column.id, "value": ""}
                    read.problems.append(make_problem("model.cell_not_number", field=item.id, file=path, **facts))
                continue
            spec = RasterFile(id=f"{key}_{scenario}", title=str(key), minimum=0, maximum=1)
            _read_raster(read, spec, path.parent / str(name), f"{key}_{scenario}")


def _choose_grid(read: _Read) -> Grid:
    base = read.facts[read.spec.aligned_on]
    if base.crs.is_geographic:
        raise UserError("model.degrees", [
            make_problem("model.degrees", field=base.id, file=base.path, crs=crs_name(base.grid.crs))])  # fmt: skip
    unit, factor = base.crs.linear_units_factor
    if abs(factor - 1.0) > 1e-9:
        raise UserError(
            "model.not_metres", [make_problem("model.not_metres", field=base.id, file=base.path, unit=unit)]
        )
    met = read.facts.values() if read.spec.meets else [base]
    boxes = [grids.box_on(facts.grid, base.grid.crs) for facts in met]
    cuts = {item.id for item in read.spec.inputs if isinstance(item, VectorFile) and item.cuts}
    boxes += [_box(raw, base.grid.crs) for id, raw in read.vectors.items() if id in cuts]
    grid = grids.meeting_grid(base.grid, boxes)
    if grid is None:
        files = [facts.path.name for facts in read.facts.values()] + [raw.path.name for raw in read.vectors.values()]
        raise UserError("model.no_overlap", files=", ".join(files))
    return grid


def _box(raw: RawVector, crs: str) -> tuple[float, float, float, float]:
    left, bottom, right, top = shapely.total_bounds(_shapes_on(raw, crs))
    return float(left), float(bottom), float(right), float(top)


def _shapes_on(raw: RawVector, crs: str) -> np.ndarray:
    shapes = np.asarray(raw.shapes, dtype=object)
    if not raw.crs or raw.crs == crs:
        return shapes
    return np.array([None if shape is None else transform(shape, raw.crs, crs) for shape in shapes], dtype=object)


def _tell_grid(read: _Read, grid: Grid) -> None:
    moved = [facts for facts in read.facts.values() if not grids.same_grid(grid, facts.grid)]
    if moved:
        target = f"{format_number(grid.cell_x, 2)} m, {crs_name(grid.crs)}"
        read.sentences.append(
            ngettext(
                "{count} of {all} rasters is resampled to {target}: {names}.",
                "{count} of {all} rasters are resampled to {target}: {names}.",
                len(moved),
            ).format(
                count=len(moved), all=len(read.facts), target=target, names=", ".join(item.path.name for item in moved)
            )
        )
    base = read.facts[read.spec.aligned_on].grid
    if (grid.columns, grid.rows) != (base.columns, base.rows):
        read.sentences.append(
            _("Cut to where all maps meet: {columns} × {rows} cells.").format(columns=grid.columns, rows=grid.rows)
        )


def _to_zones(read: _Read, id: str, raw: RawVector, grid: Grid) -> Zones:
    item = next(item for item in read.spec.inputs if item.id == id and isinstance(item, VectorFile))
    shapes, kept, mended = _shapes_on(raw, grid.crs), [], 0
    for number, shape in enumerate(shapes):
        if shape is None or shape.is_empty or shape.geom_type not in ACCEPTED[item.shapes]:
            continue
        if item.shapes == "point":
            kept.append((number, shape))
            continue
        if not shape.is_valid:
            shape, mended = repair(shape), mended + 1
        kept.append((number, polygons_of(shape)))
    if not kept:
        read.problems.append(make_problem(NONE_OF[item.shapes], field=id, file=raw.path))
    if mended:
        read.sentences.append(
            ngettext(
                "{count} polygon of {file} was repaired.", "{count} polygons of {file} were repaired.", mended
            ).format(count=mended, file=raw.path.name)
        )
    rows = [tuple(_plain(values[number]) for values in raw.columns.values()) for number, _shape in kept]
    _check_attributes(read, item, raw, rows, [number for number, _shape in kept])
    geometries = np.array([shape for _number, shape in kept], dtype=object)
    flat = flatten(geometries, np.arange(len(kept)), item.shapes)
    areas = np.array([shape.area for shape in geometries], np.float64)
    return Zones(flat, tuple(raw.columns), tuple(rows), areas)


def _check_attributes(
    read: _Read, item: VectorFile, raw: RawVector, rows: list[tuple[Any, ...]], numbers: list[int]
) -> None:
    names = [name.lower() for name in raw.columns]
    for column in item.columns:
        if column.lower() not in names:
            continue
        at = names.index(column.lower())
        for number, row in zip(numbers, rows, strict=True):
            if not isinstance(row[at], (int, float)) or row[at] != row[at]:
                facts: dict[str, Any] = {"column": column, "value": "" if row[at] is None else str(row[at])[:60]}
                read.problems.append(
                    make_problem("model.zone_value", field=item.id, file=raw.path, row=number + 1, **facts)
                )


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


# ------------------------------------------------------------------ cells


def _tell_gaps(read: _Read, rasters: Mapping[str, Source]) -> None:
    """Which map lacks how many cells: where one has no value there is no result."""
    gaps = []
    for id, raster in rasters.items():
        cells = raster.grid.rows * raster.grid.columns
        missing = cells - raster.seen.valid
        if missing and read.specs[id].required:
            share = format_number(100.0 * missing / cells, 1)
            gaps.append(_("{file} in {cells} cells ({share} %)").format(
                file=read.facts[id].path.name, cells=format_number(missing, 0), share=share))  # fmt: skip
    if gaps:
        read.sentences.append(_("Without a value: {gaps}. There is no result there.").format(gaps=", ".join(gaps)))


def _check_cells(read: _Read, rasters: Mapping[str, Source], scans: Scans) -> None:
    """Ranges, and classes that a table lacks: one pass over every raster, or what was seen while they were read."""
    for id, raster in rasters.items():
        spec, path = read.specs[id], read.facts[id].path
        used = [item.id for item in read.spec.inputs
                if spec.codes and isinstance(item, TableFile) and item.index == "lucode" and item.id in read.tables]  # fmt: skip
        try:
            name = f"{raster.raster.identity} {spec} {raster.codes}"
            if not raster.watch:
                if name not in scans:
                    scans[name] = scan(raster, spec)
                raster.seen = scans[name]
            seen = raster.seen
        except UserError as problem:
            read.problems += problem.problems
            continue
        _judge(read, id, spec, path, seen, used)


def read_crosswalk(path: Path) -> Crosswalk:
    """Codes of maps and those they are read under: a table of two columns, `from` and `to`.

    Raises
    ------
    UserError
        All problems of the table.
    """
    item = TableFile(id="crosswalk", title="", index="from", columns=(TableColumn(id="to", kind="code"),))
    rows, problems = tables.read_rows(path, item, {}, ())
    _fail(problems)
    return {int(old): int(row["to"]) for old, row in rows.items()}


def _judge(read: _Read, id: str, spec: RasterFile, path: Path, seen: Seen, used_tables: list[str]) -> None:
    if seen.odd is not None:
        read.problems.append(make_problem("model.not_codes", field=id, file=path, value=f"{seen.odd:g}"))
        return
    if not seen.valid:
        if spec.required and not id.endswith(("_c", "_f")):
            read.problems.append(make_problem("model.empty", field=id, file=path))
        return
    if spec.codes and spec.minimum is not None and min(seen.codes, default=0) < spec.minimum:
        seen.low, seen.below = min(seen.codes), sum(n for code, n in seen.codes.items() if code < spec.minimum)
    if seen.below:
        facts: dict[str, Any] = {"cells": seen.below, "minimum": f"{spec.minimum:g}", "value": f"{seen.low:g}"}
        read.problems.append(make_problem("model.below", field=id, file=path, **facts))
    if seen.above:
        facts = {"cells": seen.above, "maximum": f"{spec.maximum:g}", "value": f"{seen.high:g}"}
        read.problems.append(make_problem("model.above", field=id, file=path, **facts))
    for item in read.spec.inputs:
        if isinstance(item, Codes) and item.of == id and not set(read.options[item.id]) & set(seen.codes):
            facts = {"codes": ", ".join(map(str, read.options[item.id]))}
            read.problems.append(make_problem("model.class_absent", field=item.id, file=path, **facts))
    for table in used_tables:
        missing = sorted(set(seen.codes) - set(read.tables[table]))
        if missing:
            named = ", ".join(str(code) for code in missing[:MOST_NAMED]) + (" …" if len(missing) > MOST_NAMED else "")
            cells = sum(seen.codes[code] for code in missing)
            facts = {"codes": named, "cells": cells, "table": read.table_paths[table].name}
            read.problems.append(make_problem("model.class_missing", field=id, file=path, **facts))
