"""The computer proposes: which practice on which unit of land, from what the project knows, as a scenario of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.strtree import STRtree
from sqlalchemy import select

from onekl_desktop.base.errors import Problem, UserError, make_problem
from onekl_desktop.base.geometry import area_ha, polygons_of, repair, rings_of
from onekl_desktop.base.money import money_unit
from onekl_desktop.base.progress import Progress
from onekl_desktop.base.translate import N_, _
from onekl_desktop.base.units import format_percent, format_quantity
from onekl_desktop.base.years import even_schedule
from onekl_desktop.engine import Session
from onekl_desktop.engine.places import read_shapes
from onekl_desktop.engine.plans import find_density, parse_codes
from onekl_desktop.models.carbon import model as carbon
from onekl_desktop.models.landcover import model as landcover
from onekl_desktop.models.livelihoods import model as livelihoods
from onekl_desktop.models.optimisation.model import (
    AT_LEAST,
    AT_MOST,
    NONE,
    Choice,
    Limit,
    Solution,
    as_words,
    find_relaxations,
    frequency,
    pareto,
    share_limit,
    solve,
)
from onekl_desktop.project.queries.records import find_land_cover, get_by_name, get_landscape, list_classes
from onekl_desktop.project.records import Layer, Practice
from onekl_desktop.tools.scenarios.figures import WORKING_DAYS

# what can be made large or aimed at: code, title, unit
OBJECTIVES = {
    "carbon_gain": (N_("Carbon gain"), "t CO2e"),
    "natural_forest": (N_("Natural forest gained"), "ha"),
    "net_income": (N_("Net income"), "money"),
    "jobs": (N_("Jobs"), "jobs"),
    "production": (N_("Production"), "t"),
    "area": (N_("Area"), "ha"),
}
MOST_UNITS = 200_000
SLIVER = 0.05  # of a unit: smaller parts of excluded land do not bar it


@dataclass
class Units:
    """Candidate places with names, hectares, hectares by land-cover class, and the zone of each."""

    names: list[str]
    shapes: NDArray[Any]
    areas: NDArray[np.float64]
    by_class: NDArray[np.float64]
    codes: list[int]
    zones: list[str]
    zone: NDArray[np.int64]


@dataclass
class Asked:
    """A choice as the model sees it, with what its numbers mean."""

    choice: Choice
    units: Units
    practices: list[Practice]
    cost: NDArray[np.float64]
    unit_of: dict[str, str]
    tell: dict[str, tuple[str, Callable[[float], str]]]


def read_pairs(text: str, field: str) -> dict[str, float]:
    """`carbon_gain, jobs=2` as names and numbers (1 when none is given).

    Raises
    ------
    UserError
        `optimise.objective`.
    """
    out: dict[str, float] = {}
    for part in (piece.strip() for piece in text.split(",")):
        if not part:
            continue
        name, mark, number = part.partition("=")
        try:
            value = float(number) if mark else 1.0
        except ValueError:
            value = float("nan")
        if name.strip() not in OBJECTIVES or not np.isfinite(value):
            facts = {"value": part, "known": ", ".join(OBJECTIVES)}
            raise UserError("optimise.objective", [make_problem("optimise.objective", field=field, **facts)])  # type: ignore[arg-type]
        out[name.strip()] = value
    return out


def gather(
    session: Session, *, units: str, cell_ha: float | None, practices: str, maximise: str, budget: float | None, most_area: float | None,
    targets: str, exclude: str, fair_share: float | None, edge_penalty: float | None, start_year: int | None, years: int,
    progress: Progress,
) -> Asked:  # fmt: skip
    """Read the candidates, what each practice would bring on each, and the limits.

    Raises
    ------
    UserError
        What is missing or contradictory, all at once where it can be.
    """
    weights = read_pairs(maximise or "carbon_gain", "maximise")
    aims = read_pairs(targets, "targets")
    with session.read() as db:
        landscape, cover = get_landscape(db), find_land_cover(db)
        if cover is None:
            raise UserError("scenarios.no_land_cover")
        if cover.year is None:
            raise UserError("scenarios.no_year", name=cover.name)
        classes = list_classes(db, cover.legend)
        wanted = [name.strip() for name in practices.split(",") if name.strip()]
        rows = [get_by_name(db, Practice, name, field="practices") for name in wanted] or list(db.scalars(select(Practice).order_by(Practice.id)))  # fmt: skip
        layer = get_by_name(db, Layer, units, field="units") if units else None
        barred = get_by_name(db, Layer, exclude, field="exclude") if exclude else None
        zones = db.scalar(select(Layer).where(Layer.uuid == landscape.zones)) if landscape.zones else None
    if not rows:
        raise UserError("optimise.no_practices")
    progress.report(0.0, _("Looking at the land"))
    found = _read_units(session, landscape, layer, cell_ha, zones)
    source = session.open_raster(cover)
    _measure(found, source, sorted({cls.code for cls in classes}), progress.part(0.0, 0.5))
    first = start_year if start_year is not None else max(landscape.price_year, cover.year + 1)
    last = max(landscape.horizon_year, first + years)
    densities = {cls.code: density for cls in classes if (density := find_density(cls)) is not None}
    forest = {cls.code for cls in classes if cls.natural_forest}
    n, p = len(found.names), len(rows)
    gains = {name: np.zeros((n, p)) for name in OBJECTIVES}
    cost, allowed = np.zeros((n, p)), np.zeros((n, p), bool)
    problems: list[Problem] = []
    for k, practice in enumerate(rows):
        works = [livelihoods.Work(
            1.0, tuple((int(step["year"]), float(step["share"])) for step in even_schedule(first, years)), practice.capital_cost_per_ha,
            practice.operating_cost_per_ha_year, practice.labour_start_days_per_ha, practice.labour_days_per_ha_year,
            practice.yield_t_per_ha_year, practice.years_to_yield, practice.price_per_t,
        )]  # fmt: skip
        flows = livelihoods.yearly_flows(works, min(first, cover.year), last)
        spent = livelihoods.present_value(flows.capital_cost + flows.operating_cost, flows.years, landscape.discount_rate, landscape.price_year)  # fmt: skip
        cost[:, k] = found.areas * spent
        for name, each in (("net_income", flows.net_income.sum()), ("jobs", livelihoods.mean_jobs(flows, WORKING_DAYS)), ("production", flows.production_t.sum()), ("area", 1.0)):  # fmt: skip
            gains[name][:, k] = found.areas * each
        changes = _convertible(found, practice)
        allowed[:, k] = changes.sum(axis=1) > 0
        if practice.class_code is not None:
            after = densities.get(practice.class_code)
            lacking = [
                code
                for code, column in zip(found.codes, changes.T, strict=True)
                if column.any() and code not in densities
            ]
            if "carbon_gain" in {**weights, **aims} and (after is None or lacking):
                told = ", ".join(map(str, sorted({*lacking, *([] if after is not None else [practice.class_code])})))
                problems.append(make_problem("scenarios.no_carbon", classes=told))
                continue
            before = np.array([densities.get(code, 0.0) for code in found.codes])
            reached = sum(
                share for year, share in works[0].schedule if year + practice.years_to_class <= landscape.horizon_year
            )
            gains["carbon_gain"][:, k] = reached * (changes * ((after or 0.0) - before)).sum(axis=1) * carbon.CO2_PER_C
            was = np.array([code in forest for code in found.codes], float)
            gains["natural_forest"][:, k] = reached * (changes * (float(practice.class_code in forest) - was)).sum(
                axis=1
            )
    if problems:
        raise UserError(problems[0].code, problems)
    if barred is not None:
        allowed[_covered(found, [polygons_of(repair(shape)) for _name, shape in read_shapes(session, barred)])] = False
    currency = money_unit(landscape.currency, landscape.price_year)
    unit_of = {name: currency if unit == "money" else unit for name, (_title, unit) in OBJECTIVES.items()}
    scale = {name: max(float(np.abs(gains[name]).max(initial=0.0)), 1e-9) for name in gains}
    choice = Choice(gains, weights={name: weight / scale[name] for name, weight in weights.items()}, allowed=allowed)
    tell: dict[str, tuple[str, Callable[[float], str]]] = {}

    def limit(id: str, title: str, unit: str, amounts: NDArray[np.float64], sense: str, value: float) -> None:
        choice.limits.append(Limit(id, amounts, sense, value))
        tell[id] = (title, lambda amount: format_quantity(amount, unit, 0 if amount >= 100 else 2))

    if budget is not None:
        limit("budget", _("Budget"), currency, cost, AT_MOST, budget)
    if most_area is not None:
        limit("area", _("Area"), "ha", gains["area"], AT_MOST, most_area)
    for name, value in aims.items():
        limit(
            f"target {name}",
            _("Target for {name}").format(name=_(OBJECTIVES[name][0])),
            unit_of[name],
            gains[name],
            AT_LEAST,
            value,
        )
    if fair_share:
        if not found.zones:
            raise UserError("optimise.no_zones")
        if fair_share * len(found.zones) > 1:
            raise UserError("optimise.shares", share=format_percent(fair_share, 1), count=len(found.zones), most=format_percent(1 / len(found.zones), 1))  # fmt: skip
        bare = [zone for number, zone in enumerate(found.zones) if not allowed[found.zone == number].any()]
        if bare:
            raise UserError("optimise.zone_without", zones=", ".join(bare[:12]))
        for number, zone in enumerate(found.zones):
            id = f"share {zone}"
            choice.limits.append(share_limit(id, cost, found.zone == number, fair_share))
            tell[id] = (_("Share of {name}").format(name=zone), lambda amount: format_quantity(amount, currency, 0))
    if edge_penalty:
        choice.edges, lengths = _neighbours(found)
        choice.edge_cost = lengths * edge_penalty / max(float(lengths.max(initial=0.0)), 1e-9)
    return Asked(choice, found, rows, cost, unit_of, tell)


def _read_units(
    session: Session, landscape: Any, layer: Layer | None, cell_ha: float | None, zones: Layer | None
) -> Units:
    if layer is not None:
        if layer.data_kind != "vector":
            raise UserError("optimise.no_units", name=layer.name)
        named = [(name, polygons_of(repair(shape))) for name, shape in read_shapes(session, layer)]
    else:
        named = _squares(landscape, cell_ha or max(landscape.area_ha or 0.0, 1.0) / 500)
    boundary = landscape.geom
    if boundary is not None:
        shapely.prepare(boundary)
        named = [(name, shape if boundary.covers(shape) else polygons_of(boundary.intersection(shape))) for name, shape in named]  # fmt: skip
    named = [(name, shape) for name, shape in named if not shape.is_empty and shape.area > 0]
    if not named:
        raise UserError("optimise.no_units", name=layer.name if layer else landscape.name)
    if len(named) > MOST_UNITS:
        raise UserError("optimise.many_units", count=len(named), most=MOST_UNITS)
    shapes = np.array([shape for _name, shape in named], dtype=object)
    areas = np.array([area_ha(shape, landscape.crs) for shape in shapes])
    names, zone = [], np.full(len(named), NONE)
    if zones is not None and zones.data_kind == "vector":
        of_zones = read_shapes(session, zones)
        tree = STRtree([polygons_of(repair(shape)) for _name, shape in of_zones])
        points, hits = tree.query(shapely.point_on_surface(shapes), predicate="within")
        zone[points] = hits
        names = [name for name, _shape in of_zones]
    return Units([name for name, _shape in named], shapes, areas, np.zeros((len(named), 0)), [], names, zone)


def _squares(landscape: Any, cell_ha: float) -> list[tuple[str, Any]]:
    """Squares of so many hectares over the landscape, named by row and column."""
    if landscape.geom is None:
        raise UserError("optimise.no_units", name=landscape.name)
    left, bottom, right, top = landscape.geom.bounds
    side = (cell_ha * 10_000) ** 0.5
    across, down = int((right - left) // side) + 1, int((top - bottom) // side) + 1
    if across * down > MOST_UNITS:
        raise UserError("optimise.many_units", count=across * down, most=MOST_UNITS)
    columns, rows = (each.ravel() for each in np.meshgrid(np.arange(across), np.arange(down)))
    boxes = shapely.box(left + columns * side, top - (rows + 1) * side, left + (columns + 1) * side, top - rows * side)
    return [
        (f"{row + 1}-{column + 1}", polygons_of(box)) for row, column, box in zip(rows, columns, boxes, strict=True)
    ]


def _measure(units: Units, source: Any, codes: list[int], progress: Progress) -> None:
    """Hectares of each class on each unit: its cells, scaled to its own area."""
    grid = source.grid
    index = landcover.ClassIndex(codes)
    rings = [rings_of(shape) for shape in units.shapes]
    found = np.zeros((len(rings), len(codes)))
    for window in grid.blocks(256):
        progress.report(window.row / grid.rows)
        zone = np.full((window.rows, window.columns), NONE, np.int32)
        part = grid.sub(window)
        landcover.burn_zones(rings, part, zone)
        cells = np.asarray(source.read(window), np.uint16)
        found += landcover.class_areas(cells, zone, grid.cell_area_ha, index, len(rings))
    small = found.sum(axis=1) == 0
    for unit in np.flatnonzero(small):  # smaller than a cell: the class at its middle
        point = shapely.get_coordinates(units.shapes[unit].point_on_surface())
        column, row = np.floor(grid.to_cells(point)[0]).astype(int)
        if 0 <= row < grid.rows and 0 <= column < grid.columns:
            from onekl_desktop.base.rasters import Window

            code = int(np.asarray(source.read(Window(int(row), int(column), 1, 1)))[0, 0])
            if code in codes:
                found[unit, codes.index(code)] = 1.0
    total = found.sum(axis=1, keepdims=True)
    units.by_class = np.divide(found, total, out=np.zeros_like(found), where=total > 0) * units.areas[:, None]
    units.codes = codes


def _convertible(units: Units, practice: Practice) -> NDArray[np.float64]:
    """Hectares of each unit by class that the practice would work on."""
    only = parse_codes(practice.from_classes)
    serves = np.array([(not only or code in only) and code != practice.class_code for code in units.codes], bool)
    return np.where(serves, units.by_class, 0.0)


def _covered(units: Units, shapes: Sequence[Any]) -> NDArray[np.bool_]:
    """Units of which excluded land takes more than a sliver."""
    out = np.zeros(len(units.names), bool)
    tree = STRtree(units.shapes)
    for shape in shapes:
        hits = tree.query(shape, predicate="intersects")
        shared = shapely.area(shapely.intersection(units.shapes[hits], shape))
        out[hits[shared > SLIVER * shapely.area(units.shapes[hits])]] = True
    return out


def _neighbours(units: Units) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Pairs of units that touch along a line, and its length."""
    tree = STRtree(units.shapes)
    first, second = tree.query(units.shapes, predicate="intersects")
    first, second = first[first < second], second[first < second]
    lengths = shapely.length(shapely.intersection(shapely.boundary(units.shapes[first]), shapely.boundary(units.shapes[second])))  # fmt: skip
    held = lengths > 0
    return np.column_stack([first[held], second[held]]).astype(np.int64), np.asarray(lengths[held], float)


def find_best(asked: Asked, *, gap: float, seconds: float, progress: Progress) -> Solution:
    """The best choice.

    Raises
    ------
    UserError
        `optimise.nothing_chosen`, or `optimise.impossible` with the smallest changes of the limits that would make it possible.
    """
    if not asked.choice.allowed.any():  # type: ignore[union-attr]
        raise UserError("optimise.nothing_allowed")
    found = solve(asked.choice, gap=gap, seconds=seconds, progress=progress)
    if found is None:
        words = " ".join(as_words(asked.choice, find_relaxations(asked.choice), asked.tell))
        raise UserError("optimise.impossible", what=words)
    if (found.chosen < 0).all():
        least = float(asked.cost[asked.choice.allowed].min())
        raise UserError("optimise.nothing_chosen", least=format_quantity(least, asked.unit_of["net_income"], 0))
    return found


def find_front(asked: Asked, first: str, second: str, steps: int, progress: Progress) -> list[Solution]:
    """The front of two objectives."""
    return pareto(asked.choice, first, second, steps=steps, progress=progress)


def places_of(asked: Asked, found: Solution) -> list[tuple[Practice, Any]]:
    """What a choice would draw: for each practice its units as one shape."""
    out = []
    for k, practice in enumerate(asked.practices):
        chosen = found.chosen == k
        if chosen.any():
            out.append((practice, polygons_of(shapely.union_all(asked.units.shapes[chosen]))))
    return out


def as_data(asked: Asked, found: Solution, front: Sequence[Solution] = ()) -> dict[str, Any]:
    """A choice and its front as plain data."""
    taken = np.flatnonzero(found.chosen >= 0)

    def sums(each: Solution) -> dict[str, float]:
        on = np.flatnonzero(each.chosen >= 0)
        return {**asked.choice.totals(each.chosen), "cost": float(asked.cost[on, each.chosen[on]].sum())}

    often = frequency(front, len(asked.practices)) if front else None
    limits = []
    for limit in asked.choice.limits:
        used = float(limit.amounts[taken, found.chosen[taken]].sum())
        limits.append({"limit": limit.id, "sense": limit.sense, "value": limit.value, "reached": used})
    return {
        "totals": sums(found), "units": asked.unit_of, "value": found.value, "bound": found.bound, "gap": found.gap, "seconds": round(found.seconds, 3),
        "limits": limits, "candidates": len(asked.units.names),
        "chosen": [{"unit": asked.units.names[u], "practice": asked.practices[found.chosen[u]].name, "area_ha": float(asked.units.areas[u])} for u in taken],
        "front": [sums(each) for each in front],
        "selection_frequency": [] if often is None else [
            {"unit": asked.units.names[u], "practice": asked.practices[k].name, "share": float(often[u, k])}
            for u, k in zip(*np.nonzero(often > 0), strict=True)
        ],
    }  # fmt: skip
