"""The chain of a scenario: land cover after the plan, carbon, cost and jobs, for the whole landscape and by zone."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.strtree import STRtree
from sqlalchemy import select
from sqlalchemy.orm import Session as DbSession

from onekl_desktop.base.errors import Figure, Problem, UserError, make_problem
from onekl_desktop.base.geometry import area_ha, rings_of
from onekl_desktop.base.ids import new_uuid
from onekl_desktop.base.progress import Progress
from onekl_desktop.base.rasters import ArrayRaster, Grid, RasterSource
from onekl_desktop.base.translate import _
from onekl_desktop.engine import Session
from onekl_desktop.engine.project_settings import get_project_setting
from onekl_desktop.engine.runs import Computed, find_run, fingerprint, record_run, run_folder
from onekl_desktop.models.carbon import model as carbon
from onekl_desktop.models.carbon.spec import MODEL as CARBON
from onekl_desktop.models.landcover import model as landcover
from onekl_desktop.models.landcover.spec import MODEL as LAND_COVER
from onekl_desktop.models.livelihoods import model as livelihoods
from onekl_desktop.models.livelihoods.spec import MODEL as LIVELIHOODS
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
from onekl_desktop.tools.scenarios.zones import ZoneMap

MODELS = (LAND_COVER, CARBON, LIVELIHOODS)
STEP_YEARS = 5
WORKING_DAYS = 230.0


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
    zone_names: list[str] = field(default_factory=list)

    @property
    def years(self) -> list[int]:
        """Years that results are told for: the map's, every fifth, the last."""
        steps = range(self.base_year + STEP_YEARS, self.horizon_year - 1, STEP_YEARS)
        return list(dict.fromkeys([self.base_year, *steps, self.horizon_year]))

    def frozen(self) -> dict[str, Any]:
        """The inputs as plain data: what the fingerprint is made of and what the run keeps."""
        return {
            "land_cover": self.cover.content_hash, "land_cover_name": self.cover.name,
            "years": [self.base_year, self.horizon_year], "price_year": self.price_year, "discount_rate": self.discount_rate,
            "boundary": _shape_hash(self.boundary),
            "zones": [self.zones.content_hash, self.zones.name_column, self.zones.revision] if self.zones else None,
            "classes": [
                [cls.code, cls.natural_forest, cls.carbon_above_t_per_ha, cls.carbon_below_t_per_ha, cls.carbon_soil_t_per_ha,
                 cls.carbon_dead_t_per_ha] for cls in self.classes
            ],
            "interventions": [
                [item.uuid, _shape_hash(item.geom), item.area_ha, json.loads(item.schedule), _practice_values(self.practices[item.practice])]
                for item in sorted(self.interventions, key=lambda item: item.uuid)
            ],
        }  # fmt: skip


def _practice_values(practice: Practice) -> list[Any]:
    return [
        practice.uuid, practice.class_code, practice.from_classes, practice.years_to_class, practice.capital_cost_per_ha,
        practice.operating_cost_per_ha_year, practice.labour_start_days_per_ha, practice.labour_days_per_ha_year,
        practice.yield_t_per_ha_year, practice.years_to_yield, practice.price_per_t,
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
    practices = {practice.uuid: practice for practice in db.scalars(select(Practice))}
    interventions = list_interventions(db, scenario.uuid)
    for item in interventions:
        if item.practice not in practices:
            raise UserError("record.missing", kind=_("practice"), value=item.practice, known=item.name)
    zones = db.scalar(select(Layer).where(Layer.uuid == landscape.zones)) if landscape.zones else None
    return Inputs(
        scenario, cover, list_classes(db, cover.legend), [item for item in interventions if item.geom is not None], practices,
        landscape.geom, landscape.crs, cover.year, max(landscape.horizon_year, cover.year + 1), landscape.price_year,
        landscape.discount_rate, get_project_setting(db, "area_tolerance"), zones,
    )  # fmt: skip


@dataclass(frozen=True)
class Status:
    """How a scenario stands: no run yet, a current one, or one that the inputs have moved on from; or why it cannot run."""

    scenario: Scenario
    run: Run | None
    current: bool
    problem: str = ""

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
        out.append(Status(scenario, run, current))
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
    for number, scenario in enumerate(due):
        part = progress.part(number / len(due), (number + 1) / len(due))
        part.report(0.0, _("Computing {scenario}").format(scenario=scenario.name))
        run_scenario(session, scenario, part)
    progress.report(1.0, _("Done"))
    return [scenario.name for scenario in due]


def run_scenario(session: Session, scenario: Scenario, progress: Progress) -> str:
    """Compute one scenario and record the run; rasters first, then all numbers in one transaction."""
    begun, clock = now(), time.perf_counter()
    with session.read() as db:
        inputs = gather(db, scenario)
    frozen = inputs.frozen()
    uuid = new_uuid()
    values, warnings, rasters = compute(session, inputs, progress)
    folder = run_folder(session, uuid)
    for name, raster in rasters.items():
        write_geotiff(folder / f"{name}.tif", raster)
    return record_run(
        session, models=MODELS, scenario=scenario.uuid, print_today=fingerprint(MODELS, frozen), inputs=frozen, values=values,
        warnings=warnings, started_at=begun, duration_s=time.perf_counter() - clock,
        words=_("Computed {scenario}").format(scenario=scenario.name), uuid=uuid,
    )  # fmt: skip


def compute(
    session: Session, inputs: Inputs, progress: Progress
) -> tuple[list[Computed], list[Problem], dict[str, RasterSource]]:
    """All indicator values, warnings and rasters of a scenario."""
    source = session.open_raster(inputs.cover)
    grid = source.grid
    zones = ZoneMap.read(session, inputs.boundary, inputs.zones)
    plans, works = make_plans(inputs)
    footprints = [landcover.find_cells(plan, grid) for plan in plans]
    codes = sorted(
        {cls.code for cls in inputs.classes} | {plan.class_code for plan in plans if plan.class_code is not None}
    )
    index = landcover.ClassIndex(codes)
    years = inputs.years
    areas = {year: np.zeros((zones.count, len(codes))) for year in years}
    after = ArrayRaster(grid, np.full((grid.rows, grid.columns), landcover.NODATA, np.uint16), landcover.NODATA)
    gain = ArrayRaster(grid, np.full((grid.rows, grid.columns), np.nan, np.float32), float("nan"))
    table = {cls.code: density for cls in inputs.classes if (density := find_density(cls)) is not None}
    lacking: set[int] = set()
    for window in grid.blocks(256):
        progress.report(window.row / grid.rows)
        cover = np.asarray(source.read(window), np.uint16)
        zone = zones.burn(grid, window)
        for year in years:
            cells = cover if year == inputs.base_year else landcover.apply_plans(cover, window, plans, footprints, year)
            areas[year] += landcover.class_areas(cells, zone, grid.cell_area_ha, index, zones.count)
            if year == inputs.horizon_year:
                inside = zone >= 0
                seen = np.unique(cells[inside])
                lacking |= {int(code) for code in seen if code != landcover.NODATA and int(code) not in table}
                if not lacking:
                    after.write(window, np.where(inside, cells, landcover.NODATA))
                    masked_before = np.where(inside, cover, landcover.NODATA)
                    gain.write(window, _gain(masked_before, after.read(window), table))
    lacking |= {code for code in _present(areas, codes) if code not in table}
    if lacking:
        names = {cls.code: cls.name for cls in inputs.classes}
        told = ", ".join(f"{code} ({names.get(code, '?')})" for code in sorted(lacking))
        raise UserError("scenarios.no_carbon", classes=told)
    values = _indicator_values(inputs, zones, codes, areas, table)
    values += _livelihood_values(inputs, works)
    warnings = find_warnings(inputs, plans, footprints, grid)
    return values, warnings, {"land_cover": after, "carbon_change": gain}


def find_density(cls: LandCoverClass) -> float | None:
    """Carbon of a class over all pools, t per ha; None where none is known."""
    return carbon.density(
        (cls.carbon_above_t_per_ha, cls.carbon_below_t_per_ha, cls.carbon_soil_t_per_ha, cls.carbon_dead_t_per_ha)
    )


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


def make_plans(inputs: Inputs) -> tuple[list[landcover.Plan], list[livelihoods.Work]]:
    """The interventions as the models see them, in a fixed order."""
    plans, works = [], []
    for item in sorted(inputs.interventions, key=lambda item: (item.start_year or 0, item.uuid)):
        practice = inputs.practices[item.practice]
        schedule = tuple((int(step["year"]), float(step["share"])) for step in json.loads(item.schedule))
        xy, offsets = rings_of(item.geom)
        hectares = item.area_ha if item.area_ha is not None else area_ha(item.geom, inputs.crs)
        plans.append(landcover.Plan(
            item.uuid, xy, offsets, schedule, practice.class_code, practice.years_to_class, parse_codes(practice.from_classes), hectares))  # fmt: skip
        works.append(livelihoods.Work(
            hectares, schedule, practice.capital_cost_per_ha, practice.operating_cost_per_ha_year,
            practice.labour_start_days_per_ha, practice.labour_days_per_ha_year, practice.yield_t_per_ha_year,
            practice.years_to_yield, practice.price_per_t))  # fmt: skip
    return plans, works


def parse_codes(text: str) -> frozenset[int]:
    """Class codes of a comma-separated list; what is not a code is left out (the file may be a stranger's)."""
    return frozenset(int(part) for part in text.split(",") if part.strip().isdigit())


def _indicator_values(
    inputs: Inputs, zones: ZoneMap, codes: list[int], areas: dict[int, NDArray[np.float64]], table: dict[int, float]
) -> list[Computed]:
    forest = {cls.code for cls in inputs.classes if cls.natural_forest}
    is_forest = np.array([code in forest for code in codes], float)
    densities = [table.get(code, 0.0) for code in codes]
    plans, _works = make_plans(inputs)
    values = []
    at_base = carbon.total(areas[inputs.base_year], densities)
    for year in inputs.years:
        by_zone = areas[year]
        stored = carbon.total(by_zone, densities)
        values += [
            Computed("class_area", float(area), year, "", str(code)) for code, area in zip(codes, by_zone.sum(axis=0), strict=True)
        ]  # fmt: skip
        values.append(Computed("natural_forest", float((by_zone @ is_forest).sum()), year))
        values.append(Computed("carbon_storage", float(stored.sum()), year))
        values.append(Computed("carbon_gain", float((stored - at_base).sum() * carbon.CO2_PER_C), year))
        planned = sum(plan.area_ha * landcover.begun_share(plan, year) for plan in plans)
        values.append(Computed("intervention_area", float(planned), year))
        if year in (inputs.base_year, inputs.horizon_year):
            for number, name in enumerate(zones.names):
                values.append(Computed("natural_forest", float(by_zone[number] @ is_forest), year, name))
                values.append(Computed("carbon_storage", float(stored[number]), year, name))
                values.append(
                    Computed("carbon_gain", float((stored[number] - at_base[number]) * carbon.CO2_PER_C), year, name)
                )
                values += [
                    Computed("class_area", float(area), year, name, str(code))
                    for code, area in zip(codes, by_zone[number], strict=True) if area
                ]  # fmt: skip
    return values


def _livelihood_values(inputs: Inputs, works: list[livelihoods.Work]) -> list[Computed]:
    first = min([inputs.base_year, *(year for work in works for year, _share in work.schedule)])
    flows = livelihoods.yearly_flows(works, first, inputs.horizon_year)
    total = flows.capital_cost + flows.operating_cost
    at = inputs.horizon_year
    return [
        Computed("capital_cost", float(flows.capital_cost.sum()), at),
        Computed("operating_cost", float(flows.operating_cost.sum()), at),
        Computed(
            "cost_present_value",
            livelihoods.present_value(total, flows.years, inputs.discount_rate, inputs.price_year),
            at,
        ),
        Computed("labour", float(flows.labour_days.sum()), at),
        Computed("jobs", livelihoods.mean_jobs(flows, WORKING_DAYS), at),
        Computed("production", float(flows.production_t.sum()), at),
        Computed("gross_income", float(flows.gross_income.sum()), at),
        Computed("net_income", float(flows.net_income.sum()), at),
    ]


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
        if hectares < 0.01:
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
