"""Interventions as the models see them, and what each brings by year: one truth for scenarios and projects alike."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session as DbSession

from onekl_desktop.base.geometry import area_ha, rings_of
from onekl_desktop.engine.session import Session
from onekl_desktop.models.carbon import model as carbon
from onekl_desktop.models.landcover import model as landcover
from onekl_desktop.models.livelihoods import model as livelihoods
from onekl_desktop.project.queries.records import find_land_cover, list_classes
from onekl_desktop.project.records import Intervention, LandCoverClass, Layer, Practice

Shares = tuple[tuple[int, float], ...]
Series = NDArray[np.float64]


def schedule_of(item: Intervention) -> Shares:
    """Years and shares of the land taken up in them."""
    return tuple((int(step["year"]), float(step["share"])) for step in json.loads(item.schedule or "[]"))


def hectares_of(item: Intervention, crs: str) -> float:
    """Hectares as stored with the shape; computed where a file lacks them."""
    if item.area_ha is not None:
        return item.area_ha
    return area_ha(item.geom, crs) if item.geom is not None else 0.0


def parse_codes(text: str) -> frozenset[int]:
    """Class codes of a comma-separated list; what is not a code is left out (the file may be a stranger's)."""
    return frozenset(int(part) for part in text.split(",") if part.strip().isdigit())


def find_density(cls: LandCoverClass) -> float | None:
    """Carbon of a class over all pools, t per ha; None where none is known."""
    return carbon.density(
        (cls.carbon_above_t_per_ha, cls.carbon_below_t_per_ha, cls.carbon_soil_t_per_ha, cls.carbon_dead_t_per_ha)
    )


def make_plan(item: Intervention, practice: Practice, crs: str) -> landcover.Plan:
    """The intervention as the model of land cover sees it; it needs a shape."""
    xy, offsets = rings_of(item.geom)
    return landcover.Plan(
        item.uuid, xy, offsets, schedule_of(item), practice.class_code, practice.years_to_class, parse_codes(practice.from_classes),
        hectares_of(item, crs),
    )  # fmt: skip


def make_work(item: Intervention, practice: Practice, crs: str) -> livelihoods.Work:
    """The intervention as the model of money and labour sees it."""
    return livelihoods.Work(
        hectares_of(item, crs), schedule_of(item), practice.capital_cost_per_ha, practice.operating_cost_per_ha_year,
        practice.labour_start_days_per_ha, practice.labour_days_per_ha_year, practice.yield_t_per_ha_year, practice.years_to_yield,
        practice.price_per_t,
    )  # fmt: skip


@dataclass(frozen=True)
class Yearly:
    """What an intervention brings, year by year (shape of `years`): hectares begun so far, trees planted, days of work, tonnes
    harvested, and tonnes of CO2e that its land gains over the map in the year in which it reaches its class.
    """

    years: NDArray[np.int64]
    hectares: Series
    trees: Series
    labour_days: Series
    production_t: Series
    tco2e: Series


@dataclass(frozen=True)
class Ground:
    """What the tonnes stand on: the land-cover map and the carbon of its classes."""

    cover: Layer | None
    densities: dict[int, float]

    @classmethod
    def read(cls, db: DbSession) -> Ground:
        """Of the project."""
        cover = find_land_cover(db)
        classes = list_classes(db, cover.legend) if cover is not None else []
        return cls(cover, {each.code: density for each in classes if (density := find_density(each)) is not None})

    def frozen(self) -> list[Any]:
        """As plain data."""
        return [self.cover.content_hash if self.cover is not None else "", sorted(self.densities.items())]


def count_yearly(
    session: Session, items: Sequence[tuple[Intervention, Practice]], ground: Ground, crs: str, first_year: int, last_year: int
) -> list[Yearly]:  # fmt: skip
    """What each intervention brings in the years from `first_year` to `last_year`.

    Hectares, work and harvest are those of the scenario's model of livelihoods. Tonnes are the difference of the carbon densities
    of the class that the practice leads to and of the map's classes under the shape (cells by their centres, classes that the
    practice changes alone), 44/12 t CO2 a tonne of carbon, when a share of the land reaches its class; where interventions overlap
    each is counted as if it were alone.
    """
    years = np.arange(first_year, last_year + 1)
    out = []
    for item, practice in items:
        work = make_work(item, practice, crs)
        flows = livelihoods.yearly_flows([work], first_year, last_year)
        hectares, trees, tonnes = (np.zeros(len(years)) for _ in range(3))
        for year, share in work.schedule:
            if first_year <= year <= last_year:
                hectares[year - first_year :] += work.area_ha * share
                trees[year - first_year] += work.area_ha * share * practice.trees_per_ha
        gain = _gain_tco2e(session, item, practice, ground, crs)
        for year, share in work.schedule if gain else ():
            if first_year <= year <= last_year and year + practice.years_to_class <= last_year:
                tonnes[year + practice.years_to_class - first_year] += gain * share
        out.append(Yearly(years, hectares, trees, flows.labour_days, flows.production_t, tonnes))
    return out


def _gain_tco2e(session: Session, item: Intervention, practice: Practice, ground: Ground, crs: str) -> float:
    """Tonnes of CO2e that the whole shape gains when it has reached its class."""
    target = practice.class_code
    if ground.cover is None or item.geom is None or target is None or target not in ground.densities:
        return 0.0
    plan = make_plan(item, practice, crs)
    source = session.open_raster(ground.cover)
    place = landcover.find_cells(plan, source.grid)
    if not place.mask.any():
        return 0.0
    codes, counts = np.unique(np.asarray(source.read(place.window))[place.mask.astype(bool)], return_counts=True)
    changed = [
        (ground.densities[target] - ground.densities[code]) * count for code, count in zip(codes.tolist(), counts.tolist(), strict=True)
        if code in ground.densities and (not plan.from_classes or code in plan.from_classes)
    ]  # fmt: skip
    return float(sum(changed)) * source.grid.cell_area_ha * carbon.CO2_PER_C
