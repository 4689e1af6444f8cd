"""The chain of a scenario: land cover after the plan, carbon, cost and jobs, for the whole landscape and by zone."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.strtree import STRtree
from sqlalchemy import select
from sqlalchemy.orm import Session as DbSession

from onekl_desktop.base.errors import Figure, Problem, UserError, make_problem, remake
from onekl_desktop.base.geometry import area_ha
from onekl_desktop.base.ids import new_uuid
from onekl_desktop.base.progress import Progress
from onekl_desktop.base.rasters import ArrayRaster, Grid, RasterSource
from onekl_desktop.base.translate import _
from onekl_desktop.engine import Session
from onekl_desktop.engine.plans import find_density, make_plan, make_work
from onekl_desktop.engine.project_settings import get_project_setting
from onekl_desktop.engine.runs import Computed, find_run, fingerprint, record_run, run_folder
from onekl_desktop.models.carbon import model as carbon
from onekl_desktop.models.carbon.spec import MODEL as CARBON
from onekl_desktop.models.landcover import model as landcover
from onekl_desktop.models.landcover.spec import MODEL as LAND_COVER
from onekl_desktop.models.livelihoods import model as livelihoods
from onekl_desktop.models.livelihoods.spec import MODEL as LIVELIHOODS
from onekl_desktop.project.queries.indicators import values_of_run
from onekl_desktop.project.queries.records import (
    find_land_cover,
    get_landscape,
    list_classes,
    list_interventions,
    list_scenarios,
)
from onekl_desktop.project.rasters import write_geotiff
from onekl_desktop.project.records import Intervention, LandCoverClass, Layer, Practice, Run, Scenario
from onekl_desktop.project.records.base import now
from onekl_desktop.tools.scenarios import figures
from onekl_desktop.tools.scenarios.chain import Land, list_chain, read_json, years_of
from onekl_desktop.tools.scenarios.outlook import Outlook, Outlooks, find_outlook
from onekl_desktop.tools.scenarios.zones import ZoneMap

MODELS = (LAND_COVER, CARBON, LIVELIHOODS)
CARBON_CHANGE, DRAWS = "carbon_change", "draws.npz"
STEP_YEARS = 5


@dataclass
class Inputs:
    """Everything a run reads, taken from the project at one moment."""

    scenario: Scenario
    cover: Layer
    classes: list[LandCoverClass]
    interventions: list[Intervention]
    practices: dict[str, Practice]
    boundary: Any
    crs: str
    base_year: int
    horizon_year: int
    price_year: int
    discount_rate: float
    tolerance: float
    zones: Layer | None = None
    outlook: Outlook | None = None
    chain_years: tuple[int, ...] = ()

    @property
    def years(self) -> list[int]:
        """Years that results are told for: the map's, every fifth, the last."""
        steps = range(self.base_year + STEP_YEARS, self.horizon_year - 1, STEP_YEARS)
        return sorted({self.base_year, *steps, *self.chain_years, self.horizon_year})

    @property
    def rasters(self) -> dict[str, int]:
        """Names and years of the land-cover maps that a run keeps."""
        early = {f"land_cover_{year}": year for year in self.chain_years if self.base_year < year < self.horizon_year}
        return {"land_cover": self.horizon_year, **early}

    def frozen(self) -> dict[str, Any]:
        """The inputs as plain data: what the fingerprint is made of and what the run keeps; `land` is all that maps depend on."""
        return {
            "land": self.land(), "land_cover_name": self.cover.name, "price_year": self.price_year, "discount_rate": self.discount_rate,
            "practices": [
                [item.uuid, _practice_values(self.practices[item.practice])] for item in sorted(self.interventions, key=lambda item: item.uuid)
            ],
        }  # fmt: skip

    def land(self) -> dict[str, Any]:
        """What the land cover, its carbon and their warnings depend on."""
        return {
            "land_cover": self.cover.content_hash, "years": self.years, "boundary": _shape_hash(self.boundary),
            "zones": [self.zones.content_hash, self.zones.name_column, self.zones.revision] if self.zones else None,
            "classes": [
                [cls.code, cls.natural_forest, cls.carbon_above_t_per_ha, cls.carbon_below_t_per_ha, cls.carbon_soil_t_per_ha,
                 cls.carbon_dead_t_per_ha, cls.carbon_spread] for cls in self.classes
            ],
            "interventions": [
                [item.uuid, _shape_hash(item.geom), item.area_ha, json.loads(item.schedule), practice.class_code, practice.from_classes, practice.years_to_class]
                for item in sorted(self.interventions, key=lambda item: item.uuid) for practice in [self.practices[item.practice]]
            ],
            "tolerance": self.tolerance, "outlook": self.outlook.frozen() if self.outlook else None,
        }  # fmt: skip

    def land_hash(self) -> str:
        """The same in short."""
        return hashlib.sha256(json.dumps(self.land(), sort_keys=True).encode()).hexdigest()[:32]


def _practice_values(practice: Practice) -> list[Any]:
    return [
        practice.uuid, practice.capital_cost_per_ha, practice.operating_cost_per_ha_year, practice.labour_start_days_per_ha,
        practice.labour_days_per_ha_year, practice.yield_t_per_ha_year, practice.years_to_yield, practice.price_per_t, practice.spread,
    ]  # fmt: skip


def _shape_hash(shape: Any) -> str:
    return "" if shape is None else hashlib.sha256(shapely.to_wkb(shape, byte_order=1)).hexdigest()[:32]


def gather(db: DbSession, scenario: Scenario) -> Inputs:
    """Read the inputs of a scenario.

    Raises
    ------
    UserError
        No land cover, no year, classes without carbon, an intervention without its practice.
    """
    landscape = get_landscape(db)
    cover = find_land_cover(db)
    if cover is None:
        raise UserError("scenarios.no_land_cover")
    if cover.year is None:
        raise UserError("scenarios.no_year", name=cover.name)
    horizon = max(landscape.horizon_year, cover.year + 1)
    practices = {practice.uuid: practice for practice in db.scalars(select(Practice))}
    interventions = list_interventions(db, scenario.uuid)
    for item in interventions:
        if item.practice not in practices:
            raise UserError("record.missing", kind=_("practice"), value=item.practice, known=item.name)
    zones = db.scalar(select(Layer).where(Layer.uuid == landscape.zones)) if landscape.zones else None
    return Inputs(
        scenario, cover, list_classes(db, cover.legend), [item for item in interventions if item.geom is not None], practices,
        landscape.geom, landscape.crs, cover.year, horizon, landscape.price_year,
        landscape.discount_rate, get_project_setting(db, "area_tolerance"), zones, find_outlook(db, scenario),
        tuple(sorted({year for model in list_chain(db) for year in years_of(model, horizon) if cover.year < year <= horizon})),
    )  # fmt: skip


@dataclass(frozen=True)
class Status:
    """How a scenario stands: no run yet, a current one, or one that the inputs have moved on from; or why it cannot run."""

    scenario: Scenario
    run: Run | None
    current: bool
    problem: str = ""
    land: str = ""

    @property
    def word(self) -> str:
        """current, stale, missing or blocked."""
        if self.problem:
            return "blocked"
        if self.run is None:
            return "missing"
        return "current" if self.current else "stale"


def list_status(db: DbSession) -> list[Status]:
    """The state of every scenario."""
    out = []
    for scenario in list_scenarios(db):
        try:
            inputs = gather(db, scenario)
        except UserError as problem:
            out.append(Status(scenario, None, False, str(problem)))
            continue
        run, current = find_run(db, scenario.uuid, fingerprint(MODELS, inputs.frozen()))
        out.append(Status(scenario, run, current, land=inputs.land_hash()))
    return out


def shown_runs(db: DbSession) -> dict[str, tuple[Run | None, bool]]:
    """The run of each scenario that other tools show too, and whether it is current."""
    return {state.scenario.uuid: (state.run, state.current) for state in list_status(db)}


# ------------------------------------------------------------------ running


def run_scenarios(
    session: Session, names: list[str] | None = None, *, force: bool = False, progress: Progress | None = None
) -> list[str]:
    """Compute the scenarios that are not current (all of them with `force`), the baseline included.

    Returns
    -------
    Names of the scenarios that were computed.
    """
    progress = progress or Progress()
    with session.read() as db:
        states = list_status(db)
    wanted = [
        state
        for state in states
        if names is None or state.scenario.is_baseline or {state.scenario.name, state.scenario.uuid} & set(names)
    ]
    for name in names or []:
        if not any(name in (state.scenario.name, state.scenario.uuid) for state in states):
            known = _("There are: {names}.").format(names=", ".join(state.scenario.name for state in states))
            raise UserError("record.missing", kind=_("scenario"), value=name, known=known)
    due = [state.scenario for state in wanted if force or not state.current]
    with session.read() as db:
        chained = bool(list_chain(db))
        if chained:
            due += [
                state.scenario for state in wanted
                if state.scenario not in due and state.run is not None and not (run_folder(session, state.run.uuid) / "land_cover.tif").exists()
            ]  # fmt: skip
    outlooks = Outlooks(session)
    most = 0.5 if chained else 1.0
    try:
        for number, scenario in enumerate(due):
            part = progress.part(most * number / len(due), most * (number + 1) / len(due))
            part.report(0.0, _("Computing {scenario}").format(scenario=scenario.name))
            run_scenario(session, scenario, part, outlooks, force=force)
    finally:
        outlooks.close()
    if chained:
        from onekl_desktop.tools.scenarios.chain_runs import run_chain  # the models on maps, where there is one

        with session.read() as db:
            now_of = {state.scenario.uuid: state for state in list_status(db)}
            lands = [_land_of(session, gather(db, state.scenario), now_of[state.scenario.uuid].run) for state in wanted]
            horizon = gather(db, wanted[0].scenario).horizon_year if wanted else 0
        run_chain(session, lands, horizon, force=force, progress=progress.part(0.5, 1.0))
    progress.report(1.0, _("Done"))
    return [scenario.name for scenario in due]


def _land_of(session: Session, inputs: Inputs, run: Run | None) -> Land:
    folder = run_folder(session, run.uuid) if run is not None else Path()
    files = {year: folder / f"{name}.tif" for name, year in inputs.rasters.items() if (folder / f"{name}.tif").exists()}
    return Land(inputs.scenario.uuid, inputs.scenario.name, inputs.land_hash(), files)


def run_scenario(
    session: Session, scenario: Scenario, progress: Progress, outlooks: Outlooks, *, force: bool = False
) -> str:
    """Compute one scenario and record the run; rasters first, then all numbers in one transaction.

    Where only money changed since the last run, its maps, areas and carbon still hold and are taken over.
    """
    begun, clock = now(), time.perf_counter()
    with session.read() as db:
        inputs = gather(db, scenario)
        held = None if force else _find_land(session, db, inputs)
    frozen = inputs.frozen()
    uuid = new_uuid()
    folder = run_folder(session, uuid)
    draws: figures.Draws = {}
    if held is None:
        values, warnings, rasters = compute_land(session, inputs, progress, outlooks, draws)
        for name, raster in rasters.items():
            write_geotiff(folder / f"{name}.tif", raster)
    else:
        values, warnings, old = held
        shutil.copytree(old, folder)
        draws.update(read_draws(folder))
    works = make_works(inputs)
    zones = ZoneMap.read(session, inputs.boundary, inputs.zones)
    shares = zones.shares([item.geom for item, _practice, _work in works], session.open_raster(inputs.cover).grid)
    pairs = [(practice, work) for _item, practice, work in works]
    values = values + figures.livelihood_values(inputs, pairs, shares, zones.names, draws)
    np.savez_compressed(folder / DRAWS, **{id: each.astype(np.float32) for id, each in draws.items()})  # type: ignore[arg-type]
    return record_run(
        session, models=MODELS, scenario=scenario.uuid, print_today=fingerprint(MODELS, frozen), inputs=frozen, values=values,
        warnings=warnings, started_at=begun, duration_s=time.perf_counter() - clock,
        words=_("Computed {scenario}").format(scenario=scenario.name), uuid=uuid,
    )  # fmt: skip


def read_draws(folder: Path) -> figures.Draws:
    """The last year's figures under the draws of the coefficients, which a run keeps beside its maps; empty where they are gone."""
    try:
        with np.load(folder / DRAWS, allow_pickle=False) as held:
            return {id: np.asarray(held[id], float) for id in held.files}
    except (OSError, ValueError, zipfile.BadZipFile):
        return {}


def _find_land(session: Session, db: DbSession, inputs: Inputs) -> tuple[list[Computed], list[Problem], Path] | None:
    """Values of the land, warnings and maps of an earlier run that read the same land."""
    wanted = json.dumps(inputs.land(), sort_keys=True)
    codes = {indicator.id for model in (LAND_COVER, CARBON) for indicator in model.indicators}
    for run in db.scalars(
        select(Run).where(Run.scenario == inputs.scenario.uuid, Run.subject == "").order_by(Run.id.desc())
    ):
        told = read_json(run.inputs, dict)
        if json.dumps(told.get("land"), sort_keys=True) != wanted:
            continue
        folder = run_folder(session, run.uuid)
        if (
            not all((folder / f"{name}.tif").exists() for name in (*inputs.rasters, CARBON_CHANGE))
            or not (folder / DRAWS).exists()
        ):
            continue
        values = [
            Computed(value.indicator, value.value, value.year, value.zone, value.category, value.low, value.high)
            for value in values_of_run(db, run.uuid) if value.indicator in codes
        ]  # fmt: skip
        warnings = [remake(stored) for stored in read_json(run.warnings, list) if isinstance(stored, dict)]
        return values, [warning for warning in warnings if warning is not None], folder
    return None


def compute_land(
    session: Session, inputs: Inputs, progress: Progress, outlooks: Outlooks, draws: figures.Draws
) -> tuple[list[Computed], list[Problem], dict[str, RasterSource]]:
    """Areas, carbon, warnings and rasters of a scenario."""
    source = session.open_raster(inputs.cover)
    grid = source.grid
    zones = ZoneMap.read(session, inputs.boundary, inputs.zones)
    plans = make_plans(inputs)
    footprints = [landcover.find_cells(plan, grid) for plan in plans]
    codes = sorted(
        {cls.code for cls in inputs.classes} | {plan.class_code for plan in plans if plan.class_code is not None}
    )
    index = landcover.ClassIndex(codes)
    years = inputs.years
    areas = {year: np.zeros((zones.count, len(codes))) for year in years}
    maps = {
        year: ArrayRaster(grid, np.full((grid.rows, grid.columns), landcover.NODATA, np.uint16), landcover.NODATA)
        for year in inputs.rasters.values()
    }
    gain = ArrayRaster(grid, np.full((grid.rows, grid.columns), np.nan, np.float32), float("nan"))
    table = {cls.code: density for cls in inputs.classes if (density := find_density(cls)) is not None}
    lacking: set[int] = set()
    projected = None
    if inputs.outlook is not None:
        projected = outlooks.cover(
            inputs.outlook,
            inputs.cover,
            [cls.code for cls in inputs.classes],
            years,
            plans,
            footprints,
            progress.part(0.0, 0.8),
        )
        progress = progress.part(0.8, 1.0)
    for window in grid.blocks(256):
        progress.report(window.row / grid.rows)
        cover = np.asarray(source.read(window), np.uint16)
        zone = zones.burn(grid, window)
        for year in years:
            if year == inputs.base_year:
                cells = cover
            elif projected is not None:
                cells = projected(year, window)
            else:
                cells = landcover.apply_plans(cover, window, plans, footprints, year)
            areas[year] += landcover.class_areas(cells, zone, grid.cell_area_ha, index, zones.count)
            inside = zone >= 0
            if year in maps:
                maps[year].write(window, np.where(inside, cells, landcover.NODATA))
            if year == inputs.horizon_year:
                seen = np.unique(cells[inside])
                lacking |= {int(code) for code in seen if code != landcover.NODATA and int(code) not in table}
                if not lacking:
                    masked_before = np.where(inside, cover, landcover.NODATA)
                    gain.write(window, _gain(masked_before, maps[year].read(window), table))
    lacking |= {code for code in _present(areas, codes) if code not in table}
    if lacking:
        names = {cls.code: cls.name for cls in inputs.classes}
        told = ", ".join(f"{code} ({names.get(code, '?')})" for code in sorted(lacking))
        raise UserError("scenarios.no_carbon", classes=told)
    values = figures.land_values(inputs, zones, codes, areas, table, plans, draws)
    warnings = find_warnings(inputs, plans, footprints, grid)
    return values, warnings, {**{name: maps[year] for name, year in inputs.rasters.items()}, CARBON_CHANGE: gain}


def _present(areas: dict[int, NDArray[np.float64]], codes: list[int]) -> set[int]:
    total = sum(areas.values())
    return {code for code, column in zip(codes, np.asarray(total).T, strict=True) if column.any()}


def _gain(before: NDArray[np.uint16], after: NDArray[np.uint16], table: dict[int, float]) -> NDArray[np.float32]:
    known = np.zeros(65_536, bool)
    known[list(table)] = True
    known[landcover.NODATA] = True
    return carbon.change(
        carbon.storage(np.where(known[before], before, landcover.NODATA).astype(np.uint16), table),
        carbon.storage(np.where(known[after], after, landcover.NODATA).astype(np.uint16), table),
    )


def _in_order(inputs: Inputs) -> list[tuple[Intervention, Practice]]:
    """The interventions with their practices, in a fixed order."""
    ordered = sorted(inputs.interventions, key=lambda item: (item.start_year or 0, item.uuid))
    return [(item, inputs.practices[item.practice]) for item in ordered]


def make_plans(inputs: Inputs) -> list[landcover.Plan]:
    """The interventions as the model of land cover sees them."""
    return [make_plan(item, practice, inputs.crs) for item, practice in _in_order(inputs)]


def make_works(inputs: Inputs) -> list[tuple[Intervention, Practice, livelihoods.Work]]:
    """The interventions as the model of money and labour sees them, each with its record and practice."""
    return [(item, practice, make_work(item, practice, inputs.crs)) for item, practice in _in_order(inputs)]


def find_warnings(
    inputs: Inputs, plans: list[landcover.Plan], footprints: list[landcover.Footprint], grid: Grid
) -> list[Problem]:
    """What a reader of the numbers must know: shapes that cells cannot follow, and overlaps."""
    by_key = {item.uuid: item for item in inputs.interventions}
    problems = []
    for plan, place in zip(plans, footprints, strict=True):
        name, cells_ha = by_key[plan.key].name, place.cells * grid.cell_area_ha
        if place.cells == 0:
            problems.append(
                make_problem("areas.below_cell", severity="warning", name=name, shape=Figure(plan.area_ha, 2))
            )
        elif abs(cells_ha - plan.area_ha) > inputs.tolerance * plan.area_ha:
            problems.append(
                make_problem(
                    "areas.differ",
                    severity="warning",
                    name=name,
                    shape=Figure(plan.area_ha),
                    cells=Figure(cells_ha),
                )
            )
    shapes = np.array([by_key[plan.key].geom for plan in plans], dtype=object)
    pairs = STRtree(shapes).query(shapes, predicate="intersects") if len(shapes) else ([], [])
    for first, second in zip(*pairs, strict=True):
        if first >= second:
            continue
        shared = shapes[first].intersection(shapes[second])
        hectares = area_ha(shared, inputs.crs) if not shared.is_empty else 0.0
        if hectares < 0.05:
            continue
        if plans[first].class_code is None or plans[second].class_code is None:
            continue  # one of them leaves the land cover alone: nothing to decide
        a, b = by_key[plans[first].key], by_key[plans[second].key]
        later = b if (b.start_year or 0) >= (a.start_year or 0) else a
        problems.append(
            make_problem(
                "areas.overlap",
                severity="warning",
                name=a.name,
                other=b.name,
                area=Figure(hectares),
                later=later.name,
            )
        )
    return problems


def run_all(session: Session, progress: Progress) -> None:
    """Compute every scenario."""
    run_scenarios(session, progress=progress)
