"""A projection of land cover on files: everything read and checked before the run, maps and tables after it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from onekl_desktop.base.errors import Figure, Problem, UserError, make_problem
from onekl_desktop.base.geometry import flatten, polygons_of, repair, transform
from onekl_desktop.base.progress import Progress
from onekl_desktop.base.translate import _
from onekl_desktop.base.units import format_number
from onekl_desktop.exchange.invest.results import ResultsFolder
from onekl_desktop.exchange.landcover.arguments import Arguments, Driver
from onekl_desktop.exchange.landcover.maps import (
    MapSet,
    check_legends,
    count_classes,
    find_file,
    is_raster,
    open_maps,
    open_on_grid,
    read_index,
    read_values,
)
from onekl_desktop.exchange.vector import read_vector
from onekl_desktop.models.projection.demand import Areas, Constant, Demand
from onekl_desktop.models.projection.model import (
    Forced,
    Projection,
    Setup,
    Verdict,
    areas_demand,
    markov,
    movable,
    project,
    trend,
    validate,
)
from onekl_desktop.native.allocation import NO_CLASS
from onekl_desktop.native.zonal import ZonalSums

CODES_NODATA = 65_535


@dataclass
class Ready:
    """A projection whose inputs are read and checked."""

    arguments: Arguments
    maps: MapSet
    setup: Setup
    demand: Demand
    truth: NDArray[np.uint8] | None
    sentences: list[str]


@dataclass
class Finished:
    """What came of it."""

    ready: Ready
    projection: Projection
    verdict: Verdict | None
    seconds: float
    files: list[Path] = field(default_factory=list)

    def as_data(self) -> dict[str, Any]:
        """Plain figures."""
        setup, codes = self.ready.setup, list(self.ready.setup.class_codes)
        hectares = self.ready.maps.grid.cell_area_ha
        rows = []
        for year, moved in self.projection.changes.items():
            rows += [
                {"year": year, "from": codes[i], "to": codes[j], "cells": int(moved[i, j]), "area_ha": float(moved[i, j] * hectares)}
                for i, j in zip(*np.nonzero(moved), strict=True)
            ]  # fmt: skip
        return {
            "codes": codes, "method": setup.method, "seed": setup.seed, "years": sorted(self.projection.maps),
            "areas": [
                {"year": year, "class": code, "cells": int(cells[k]), "area_ha": float(cells[k] * hectares)}
                for year, cells in self.projection.areas.items() for k, code in enumerate(codes)
            ],
            "changes": rows,
            "transitions": [
                {"from": codes[rule.source], "to": codes[rule.target], "cells": rule.cells, "learned": rule.learned, "auc": rule.auc,
                 "effects": [
                     {"feature": one.name, "odds_ratio" if setup.method == "logistic" else "auc_loss": one.strength,
                      "mean_changed": one.changed, "mean_stayed": one.stayed, "difference_sd": one.difference} for one in rule.effects]}
                for rule in self.projection.rules
            ],
            "validation": self.verdict.as_data() if self.verdict else None, "sentences": self.sentences(), "seconds": round(self.seconds, 3),
        }  # fmt: skip

    def sentences(self) -> list[str]:
        """What was done, what it is worth, and what found no place."""
        told = list(self.ready.sentences)
        missing = int(self.projection.missing.sum())
        if missing:
            told.append(_("{cells} cells of change found no place in the last year: constraints or the land left no more.").format(cells=format_number(missing)))  # fmt: skip
        return told + (self.verdict.sentences() if self.verdict else [])


def prepare(
    arguments: Arguments, folder: Path, progress: Progress | None = None, *, classes: Iterable[int] = ()
) -> Ready:
    """Read everything; names of files are looked up beside `folder`. `classes` are codes that may come up beside those of the maps.

    Raises
    ------
    UserError
        Everything that is wrong, as far as it can be seen together.
    """
    progress = progress or Progress()
    drivers = [Driver(file=each) if isinstance(each, str) else each for each in arguments.drivers]
    files: dict[str, tuple[str, str]] = {"to_map": (arguments.to_map, "nearest")}
    if arguments.from_map:
        files["from_map"] = (arguments.from_map, "nearest")
    if arguments.validate_map:
        files["validate_map"] = (arguments.validate_map, "nearest")
    for number, driver in enumerate(drivers):
        if is_raster(*find_file(driver.file, folder)):
            files[f"drivers/{number}"] = (driver.file, "nearest" if driver.measure == "distance" else "bilinear")
    progress.report(0.0, _("Reading the maps"))
    maps = open_maps(files, folder, "to_map", whole=True)
    if maps.degrees:
        raise UserError("model.degrees", file=maps.names["to_map"], crs=maps.grid.crs)
    found = {id: count_classes(maps, id) for id in ("to_map", "from_map", "validate_map") if id in files}
    recode = {int(old): new for old, new in arguments.recode.items()}
    if "from_map" in found and recode:
        found["from_map"] = {recode.get(code, code): number for code, number in found["from_map"].items()}
    problems: list[Problem] = []
    sentences = list(maps.sentences)
    for id in ("from_map", "validate_map"):
        if id in found:
            wrong, told = check_legends(maps, id, "to_map", found[id], found["to_map"])
            problems += wrong
            sentences += told
    _fail(problems)
    codes = sorted(set(classes).union(*found.values()))
    after = read_index(maps, "to_map", codes)
    before = read_index(maps, "from_map", codes, recode) if arguments.from_map else after
    truth = read_index(maps, "validate_map", codes) if arguments.validate_map else None
    both = (before < len(codes)) & (after < len(codes))
    if not both.any():
        raise UserError("model.no_overlap", files=", ".join(path.name for path in maps.names.values()))
    if arguments.from_map and (before[both] == after[both]).all():
        raise UserError("landcover.identical", file=maps.names["from_map"], other=maps.names["to_map"].name, cells=int(both.sum()))  # fmt: skip
    progress.report(0.1, _("Reading the drivers"))
    values, kept = _read_drivers(drivers, maps, both, arguments, folder, problems)
    for mask in arguments.keep:
        file = mask if isinstance(mask, str) else mask.file
        kept |= _read_mask(file, maps, folder, problems)
    place = {code: number for number, code in enumerate(codes)}

    def class_of(code: int, where: str) -> int:
        if code not in place:
            problems.append(make_problem("landcover.class_unknown", field=where, code=code, codes=", ".join(map(str, codes))))  # fmt: skip
        return place.get(code, 0)

    barred: dict[int, NDArray[np.bool_]] = {}
    for rule, listed in (("never", arguments.never), ("only", arguments.only)):
        for number, bar in enumerate(listed):
            target = class_of(bar.to_class, f"{rule}/{number}/to_class")
            inside = _read_mask(bar.file, maps, folder, problems)
            there = inside if rule == "never" else ~inside
            barred[target] = barred[target] | there if target in barred else there
    forced = [
        Forced(each.year, class_of(each.to_class, f"interventions/{number}/to_class"), np.flatnonzero(_read_mask(each.file, maps, folder, problems) & both))
        for number, each in enumerate(arguments.interventions)
    ]  # fmt: skip
    yearly = np.zeros((len(codes), len(codes)))
    for number, one in enumerate(arguments.demand.yearly):
        i, j = class_of(one.from_class, f"demand/yearly/{number}/from_class"), class_of(one.to_class, f"demand/yearly/{number}/to_class")  # fmt: skip
        yearly[i, j] += one.hectares / maps.grid.cell_area_ha
    targets: dict[int, NDArray[np.float64]] = {}
    for number, asked in enumerate(arguments.demand.areas):
        cells = np.zeros(len(codes))
        for text, amount in asked.areas.items():
            k = class_of(int(text), f"demand/areas/{number}/{text}")
            cells[k] = amount if arguments.demand.unit == "cells" else amount / maps.grid.cell_area_ha
        targets[asked.year] = cells
    _fail(problems)
    names = [arguments.names.get(str(code), str(code)) for code in codes]
    setup = Setup(
        codes, names, before, after, arguments.from_year if arguments.from_map else None, arguments.to_year,
        (maps.grid.cell_x, maps.grid.cell_y), values, kept, barred, forced, arguments.method, arguments.seed, arguments.randomness,
    )  # fmt: skip
    if not movable(setup).any():
        raise UserError("landcover.all_kept", file=maps.names["to_map"])
    demand = _make_demand(arguments, setup, yearly, targets, maps, problems)
    _fail(problems)
    return Ready(arguments, maps, setup, demand, truth, sentences)


def _fail(problems: Sequence[Problem]) -> None:
    if problems:
        raise UserError(problems[0].code, list(problems))


def _read_drivers(
    drivers: Sequence[Driver],
    maps: MapSet,
    land: NDArray[np.bool_],
    arguments: Arguments,
    folder: Path,
    problems: list[Problem],
) -> tuple[list[tuple[str, NDArray[np.float32]]], NDArray[np.bool_]]:
    """Names and values of the drivers, and the land that is kept for the lack of one."""
    kept = np.zeros(land.shape, bool)
    out = []
    cell = (maps.grid.cell_y, maps.grid.cell_x)
    for number, driver in enumerate(drivers):
        id = f"drivers/{number}"
        path, _layer = find_file(driver.file, folder)
        name = driver.name or path.stem
        if id in maps.rasters:
            values = read_values(maps, id)
            if driver.measure == "distance":
                values = _distance(np.isfinite(values) & (values != 0), cell)
            elif driver.measure == "slope":
                values = _slope(values, cell)
            elif driver.measure == "log":
                values = np.log1p(np.maximum(values, 0))
        else:
            told = len(problems)
            places = _read_mask(driver.file, maps, folder, problems)
            if len(problems) > told:
                continue
            values = _distance(places, cell)
        holes = land & ~np.isfinite(values)
        count, all_land = int(holes.sum()), int(land.sum())
        if count == all_land or (count and arguments.driver_holes == "refuse"):
            problems.append(make_problem("landcover.holes", field=id, name=name, file=path, cells=count, share=Figure(100 * count / all_land, 2)))  # fmt: skip
            continue
        if count and arguments.driver_holes == "keep":
            kept |= holes
        elif count:
            values = _fill(values, cell)
        known = values[land & np.isfinite(values)]
        if known.min() == known.max():
            problems.append(make_problem("landcover.driver_constant", field=id, name=name, file=path, value=f"{known.min():g}"))  # fmt: skip
            continue
        out.append((name, values))
    return out, kept


def _distance(places: NDArray[np.bool_], cell: tuple[float, float]) -> NDArray[np.float32]:
    """ln(1 + metres) to the nearest place: near differences count more than far ones."""
    from scipy.ndimage import distance_transform_edt

    if not places.any():
        return np.full(places.shape, np.nan, np.float32)
    return np.log1p(distance_transform_edt(~places, sampling=cell)).astype(np.float32)


def _slope(heights: NDArray[np.float32], cell: tuple[float, float]) -> NDArray[np.float32]:
    """Slope in percent by weighted differences over 3 x 3 cells (Horn 1981)."""
    from onekl_desktop.native import slope

    valid = np.isfinite(heights)
    found = slope(np.where(valid, heights, 0).astype(np.float64), valid, cell[1], cell[0], -1.0)
    return np.where(found < 0, np.nan, found).astype(np.float32)


def _fill(values: NDArray[np.float32], cell: tuple[float, float]) -> NDArray[np.float32]:
    from scipy.ndimage import distance_transform_edt

    missing = ~np.isfinite(values)
    nearest = distance_transform_edt(missing, sampling=cell, return_distances=False, return_indices=True)
    return np.asarray(values[tuple(nearest)], np.float32)


def _read_mask(file: str, maps: MapSet, folder: Path, problems: list[Problem]) -> NDArray[np.bool_]:
    """Cells that are not 0 of a raster, or that shapes cover (lines and points: that they touch)."""
    path, layer = find_file(file, folder)
    none = np.zeros((maps.grid.rows, maps.grid.columns), bool)
    try:
        if is_raster(path, layer):
            values = read_values(open_on_grid(maps, file, folder), "zones")
            return np.isfinite(values) & (values != 0)
        return _draw(path, layer, maps)
    except UserError as problem:
        problems += problem.problems
        return none


def _draw(path: Path, layer: str, maps: MapSet) -> NDArray[np.bool_]:
    raw = read_vector(path, layer)
    if not raw.crs and maps.grid.crs:
        raise UserError("import.no_crs", file=path)
    shapes = [shape for shape in raw.shapes if shape is not None and not shape.is_empty]
    if raw.crs and maps.grid.crs and raw.crs != maps.grid.crs:
        shapes = [transform(shape, raw.crs, maps.grid.crs) for shape in shapes]
    out = np.zeros((maps.grid.rows, maps.grid.columns), bool)
    areas = [polygons_of(shape if shape.is_valid else repair(shape)) for shape in shapes if shape.area > 0]
    areas = [shape for shape in areas if not shape.is_empty]
    if areas:
        sums = ZonalSums(flatten(np.array(areas, dtype=object), np.arange(len(areas)), "polygon"), maps.grid)
        for window in maps.strips():
            out[window.slices] |= sums.mask(window)
    others = [shape for shape in shapes if shape.area == 0]
    step = min(maps.grid.cell_x, maps.grid.cell_y) / 2
    for shape in others:  # every cell that a line passes: points along it, half a cell apart
        xy = shapely.get_coordinates(shapely.segmentize(shape, step))
        cells = np.floor(maps.grid.to_cells(xy)).astype(np.int64)
        inside = (cells >= 0).all(axis=1) & (cells[:, 0] < maps.grid.columns) & (cells[:, 1] < maps.grid.rows)
        out[cells[inside, 1], cells[inside, 0]] = True
    if not out.any():
        raise UserError("landcover.zones", file=path)
    return out


def _make_demand(
    arguments: Arguments, setup: Setup, yearly: NDArray[np.float64], targets: Mapping[int, NDArray[np.float64]], maps: MapSet,
    problems: list[Problem],
) -> Demand:  # fmt: skip
    rule = arguments.demand.rule
    last, hectares = arguments.years[-1], maps.grid.cell_area_ha
    if setup.before_year is None and rule in ("markov", "trend"):
        raise UserError("landcover.one_map")
    if rule == "markov":
        return markov(setup)
    if rule == "areas":
        return _areas(setup, targets, last, problems)
    demand = trend(setup) if rule == "trend" else Constant(yearly)
    if rule == "stated" and not yearly.any():
        problems.append(make_problem("landcover.arguments", field="demand/yearly", place="demand/yearly", reason=_("no hectares are stated")))  # fmt: skip
    land = movable(setup)
    there = np.bincount(setup.after[land], minlength=setup.classes)[: setup.classes]
    steps = last - setup.after_year
    for i, code in enumerate(setup.class_codes):
        out, into = demand.yearly[i].sum() * steps, demand.yearly[:, i].sum() * steps
        if rule == "stated" and out > there[i] + into + 1e-9:
            problems.append(make_problem(
                "landcover.demand_exceeds", field="demand/yearly", year=last, wanted=Figure(out * hectares), code=code,
                there=Figure(there[i] * hectares), yearly=Figure((there[i] + into) * hectares / steps),
            ))  # fmt: skip
    return demand


def _areas(setup: Setup, targets: Mapping[int, NDArray[np.float64]], last: int, problems: list[Problem]) -> Areas:
    land = setup.after < setup.classes
    total = int(land.sum())
    fixed = np.bincount(setup.after[land & ~movable(setup)], minlength=setup.classes)[: setup.classes]
    if not targets or max(targets) < last:
        problems.append(make_problem("landcover.arguments", field="demand/areas", place="demand/areas", reason=_("areas of the last year, {year}, are needed").format(year=last)))  # fmt: skip
        return Areas({}, np.zeros((setup.classes, setup.classes)))
    now = {setup.after_year: np.bincount(setup.after[land], minlength=setup.classes)[: setup.classes].astype(float)}
    for year, cells in targets.items():
        if abs(cells.sum() - total) > max(1.0, 0.005 * total):
            problems.append(make_problem("landcover.areas_total", field="demand/areas", year=year, wanted=Figure(cells.sum(), 0), there=Figure(total, 0)))  # fmt: skip
            continue
        for k in np.flatnonzero(cells * (total / cells.sum()) < fixed - 0.5):
            problems.append(make_problem("landcover.areas_fixed", field="demand/areas", code=setup.class_codes[int(k)], wanted=Figure(cells[k], 0), year=year, there=Figure(float(fixed[k]), 0)))  # fmt: skip
    return areas_demand(setup, {**now, **targets})


def run(ready: Ready, out: Path | None, progress: Progress | None = None, say: Callable[[str], None] | None = None) -> Finished:  # fmt: skip
    """Project, judge, and write the maps and tables."""
    progress = progress or Progress()
    for sentence in ready.sentences if say else ():
        assert say is not None
        say(sentence)
    start = time.perf_counter()
    arguments, setup = ready.arguments, ready.setup
    projection = project(
        setup, ready.demand, arguments.years, progress=progress.part(0.0, 0.9), likelihood=arguments.likelihood
    )
    verdict = None
    if ready.truth is not None:
        year = arguments.validate_year or arguments.years[-1]
        verdict = validate(setup, projection.maps[year], ready.truth)
    done = Finished(ready, projection, verdict, time.perf_counter() - start)
    if out is not None:
        done.files = _write(done, out)
    progress.report(1.0)
    return done


def _write(done: Finished, out: Path) -> list[Path]:
    grid, codes = done.ready.maps.grid, np.array([*done.ready.setup.class_codes, CODES_NODATA])
    data = done.as_data()
    kind = "uint16" if codes[:-1].min() >= 0 and codes[:-1].max() < CODES_NODATA else "int32"
    nodata = CODES_NODATA if kind == "uint16" else -2_147_483_648
    codes[-1] = nodata
    with ResultsFolder(out, wanted=lambda _id: True, names=lambda id: id) as results:
        for year, index in done.projection.maps.items():
            sink = results.raster(f"land_cover_{year}", grid, kind, nodata)
            for window in done.ready.maps.strips():
                part = index[window.slices]
                sink.write(window, codes[np.where(part == NO_CLASS, len(codes) - 1, part)].astype(kind))
        for (i, j), (cells, chance) in done.projection.likelihood.items():
            sink = results.raster(f"likelihood_{codes[i]}_to_{codes[j]}", grid, "float32", -1.0)
            whole = np.full(grid.rows * grid.columns, -1.0, np.float32)
            whole[cells] = chance
            for window in done.ready.maps.strips():
                sink.write(window, whole.reshape(grid.rows, grid.columns)[window.slices])
        results.table("areas", ("year", "class", "cells", "area_ha"), [list(row.values()) for row in data["areas"]])
        results.table("changes", ("year", "from", "to", "cells", "area_ha"), [list(row.values()) for row in data["changes"]])  # fmt: skip
        effects = [
            [rule["from"], rule["to"], rule["cells"], rule["auc"], *effect.values()] for rule in data["transitions"] for effect in rule["effects"]
        ]  # fmt: skip
        measure = "odds_ratio_of_one_sd" if done.ready.setup.method == "logistic" else "auc_loss_when_shuffled"
        results.table(
            "effects",
            ("from", "to", "cells", "auc", "feature", measure, "mean_changed", "mean_stayed", "difference_sd"),
            effects,
        )
        if done.verdict is not None:
            told = done.verdict.as_data()
            rows = [[name, told["projected"][name], told["no_change"][name]] for name in told["projected"]]
            rows += [[name, value, None] for name, value in told["random"].items()]
            results.table("validation", ("measure", "projection", "no_change"), rows)
    return list(results.written.values())
