"""How the land cover changed between the maps of the project: by class, by zone, on the map, and what went with it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session as DbSession

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.progress import Progress
from onekl_desktop.base.rasters import ArrayRaster
from onekl_desktop.base.translate import _
from onekl_desktop.engine import Session
from onekl_desktop.engine.runs import run_folder
from onekl_desktop.models.landcover.change import count_by_zone
from onekl_desktop.models.landcover.model import NODATA
from onekl_desktop.models.projection.suitability import RANGES, Effect
from onekl_desktop.project.queries.records import find_land_cover, get_landscape, list_classes, list_layers
from onekl_desktop.project.rasters import write_geotiff
from onekl_desktop.project.records import LandCoverClass, Layer, Scenario
from onekl_desktop.tools.scenarios.outlook import Outlooks, find_outlook
from onekl_desktop.tools.scenarios.zones import ZoneMap, sample_nearest

BLOCK = 256
REST = ""


@dataclass(frozen=True)
class Transition:
    """Land of one class that became another."""

    source: int
    target: int
    area_ha: float
    yearly_ha: float
    share: float
    """Of what the first class had at the start."""


@dataclass(frozen=True)
class Period:
    """Two maps and what lies between: hectares by class before (rows) and after, for the whole and by zone."""

    first: Layer
    second: Layer
    areas_ha: NDArray[np.float64]
    zones: dict[str, NDArray[np.float64]]
    unknown_ha: float
    path: Path

    @property
    def years(self) -> int:
        """Years between the two maps."""
        return (self.second.year or 0) - (self.first.year or 0)


@dataclass
class History:
    """The maps of the project in their order, with the classes of the land cover of today."""

    classes: list[LandCoverClass]
    periods: list[Period] = field(default_factory=list)

    def transitions(self, period: Period, zone: str = REST) -> list[Transition]:
        """What changed in a period, largest first; `zone` '' is the whole landscape."""
        areas = period.zones[zone] if zone else period.areas_ha
        had = areas.sum(axis=1)
        found = [
            Transition(self.classes[a].code, self.classes[b].code, float(areas[a, b]), float(areas[a, b]) / max(period.years, 1), float(areas[a, b] / had[a]))
            for a, b in zip(*np.nonzero(areas), strict=True) if a != b
        ]  # fmt: skip
        return sorted(found, key=lambda each: -each.area_ha)

    def as_data(self) -> dict[str, Any]:
        """Plain figures, for `--json`."""
        names = {cls.code: cls.name for cls in self.classes}

        def told(period: Period, zone: str) -> list[dict[str, Any]]:
            return [
                {"from": names[each.source], "to": names[each.target], "area_ha": each.area_ha, "yearly_ha": each.yearly_ha, "share": each.share}
                for each in self.transitions(period, zone)
            ]  # fmt: skip

        return {"periods": [
            {"first": period.first.name, "first_year": period.first.year, "second": period.second.name, "second_year": period.second.year,
             "unknown_ha": period.unknown_ha, "transitions": told(period, REST), "zones": {zone: told(period, zone) for zone in period.zones}}
            for period in self.periods
        ]}  # fmt: skip


def list_dates(db: DbSession) -> list[Layer]:
    """Land-cover maps with a year and a legend, oldest first; of several of one year the land cover itself, else the newest."""
    cover = find_land_cover(db)
    found: dict[int, Layer] = {}
    for layer in sorted(list_layers(db), key=lambda layer: layer.id):
        if layer.data_kind == "raster" and layer.role == "land_cover" and layer.legend and layer.year is not None:
            held = found.get(layer.year)
            if held is None or cover is None or held.uuid != cover.uuid:
                found[layer.year] = layer
    return [found[year] for year in sorted(found)]


def compute_history(session: Session, progress: Progress) -> History:
    """Compare each map with the next one, on the cells of the land cover of today.

    Classes of other legends are those of the same name, else of the same code. A map of the changes is kept in the cache.

    Raises
    ------
    UserError
        `scenarios.no_land_cover`, `scenarios.no_history`.
    """
    with session.read() as db:
        cover = find_land_cover(db)
        if cover is None:
            raise UserError("scenarios.no_land_cover")
        dates = list_dates(db)
        classes = list_classes(db, cover.legend)
        landscape = get_landscape(db)
        legends = {layer.uuid: list_classes(db, layer.legend) for layer in dates}
        zones = db.scalar(select(Layer).where(Layer.uuid == landscape.zones)) if landscape.zones else None
    if len(dates) < 2:
        raise UserError("scenarios.no_history", count=len(dates))
    zone_map = ZoneMap.read(session, landscape.geom, zones)
    history = History(classes)
    for number, (first, second) in enumerate(pairwise(dates)):
        part = progress.part(number / (len(dates) - 1), (number + 1) / (len(dates) - 1))
        history.periods.append(_compare(session, cover, (first, second), [legends[each.uuid] for each in (first, second)], classes, zone_map, part))  # fmt: skip
    return history


def _compare(
    session: Session, cover: Layer, pair: tuple[Layer, Layer], legends: Sequence[Sequence[LandCoverClass]], classes: Sequence[LandCoverClass],
    zones: ZoneMap, progress: Progress,
) -> Period:  # fmt: skip
    grid = session.open_raster(cover).grid
    count = len(classes)
    lookups = [_lookup(legend, classes) for legend in legends]
    sources = [session.open_raster(layer) for layer in pair]
    cells = np.zeros((zones.count, count + 1, count + 1), np.int64)
    codes = np.array([cls.code for cls in classes] + [NODATA], np.uint16)
    change = ArrayRaster(grid, np.full((grid.rows, grid.columns), NODATA, np.uint16), NODATA)
    for window in grid.blocks(BLOCK):
        progress.report(window.row / grid.rows)
        zone = zones.burn(grid, window)
        one, two = (lookup[sample_nearest(source, grid.sub(window))] for lookup, source in zip(lookups, sources, strict=True))  # fmt: skip
        cells += count_by_zone(one, two, zone, zones.count, count + 1)
        moved = (zone >= 0) & (one != two) & (one < count) & (two < count)
        change.write(window, np.where(moved, codes[two], NODATA).astype(np.uint16))
    told = "|".join(f"{layer.content_hash} {layer.year}" for layer in (*pair, cover))
    path = run_folder(session, f"history_{hashlib.sha256(told.encode()).hexdigest()[:20]}") / "change.tif"
    if not path.exists():
        part = path.with_name(f".change.{os.getpid()}.tif")
        write_geotiff(part, change)
        os.replace(part, path)
    areas = cells[:, :count, :count] * grid.cell_area_ha
    both = cells.sum() - cells[:, :count, :count].sum() - cells[:, count, count].sum()
    named = {name: areas[number] for number, name in enumerate(zones.names)}
    return Period(*pair, areas.sum(axis=0), named, float(both) * grid.cell_area_ha, path)


def _lookup(legend: Sequence[LandCoverClass], classes: Sequence[LandCoverClass]) -> NDArray[np.int64]:
    """Position among today's classes of each code of a legend; their number for what is none."""
    by_name = {cls.name.strip().lower(): at for at, cls in enumerate(classes)}
    by_code = {cls.code: at for at, cls in enumerate(classes)}
    out = np.full(65_536, len(classes), np.int64)
    for cls in legend:
        out[cls.code] = by_name.get(cls.name.strip().lower(), by_code.get(cls.code, len(classes)))
    return out


@dataclass(frozen=True)
class Reason:
    """What went with a transition, most telling first, and how well it tells changed land from other land (AUC).

    Distances are told in metres and rates as multiples of the mean (both geometric means), not as the logarithms that
    were learned from.
    """

    source: int
    target: int
    cells: int
    auc: float | None
    effects: list[Effect]


def find_reasons(session: Session, progress: Progress) -> list[Reason]:
    """What the projection of the baseline learned of each transition.

    Raises
    ------
    UserError
        `scenarios.no_projection` where none is beneath the baseline.
    """
    with session.read() as db:
        base = db.scalar(select(Scenario).where(Scenario.is_baseline))
        outlook = find_outlook(db, base) if base is not None else None
        cover = find_land_cover(db)
        names = {cls.code: cls.name for cls in list_classes(db, cover.legend)} if cover else {}
    if outlook is None or cover is None:
        raise UserError("scenarios.no_projection")
    outlooks = Outlooks(session)
    try:
        known, rules = outlooks.rules(outlook, cover, names, progress)
    finally:
        outlooks.close()
    distances = {_("Distance to {name}").format(name=name) for name in names.values()}
    distances |= {f"{layer.name} ({measure})" for layer, measure in outlook.drivers if measure == "distance"}
    rates = {_("The same change within {cells} cells").format(cells=reach) for reach in RANGES}

    def plain(effect: Effect) -> Effect:
        if effect.name in distances:
            return replace(effect, name=f"{effect.name} (m)", changed=float(np.expm1(effect.changed)), stayed=float(np.expm1(effect.stayed)))  # fmt: skip
        if effect.name in rates:
            told = _("{what} (times the mean)").format(what=effect.name)
            return replace(effect, name=told, changed=float(np.exp(effect.changed)), stayed=float(np.exp(effect.stayed)))  # fmt: skip
        return effect

    found = [
        Reason(known[rule.source], known[rule.target], rule.cells, rule.auc, [plain(effect) for effect in rule.effects]) for rule in rules if rule.effects
    ]  # fmt: skip
    return sorted(found, key=lambda reason: -reason.cells)


def find_hindcast(session: Session, progress: Progress) -> list[str]:
    """How well the baseline's projection would have foreseen the land cover of today from the two maps before it, in sentences.

    Empty where there are fewer than three maps, or nothing is projected.
    """
    with session.read() as db:
        base = db.scalar(select(Scenario).where(Scenario.is_baseline))
        outlook = find_outlook(db, base) if base is not None else None
        cover, dates = find_land_cover(db), list_dates(db)
    older = [layer for layer in dates if cover is not None and (layer.year or 0) < (cover.year or 0)]
    if outlook is None or cover is None or len(older) < 2:
        return []
    outlooks = Outlooks(session)
    try:
        verdict = outlooks.hindcast(outlook, older[-2], older[-1], cover, progress)
    finally:
        outlooks.close()
    told = _("Learned from {first} and {second}, and held against {third}:").format(first=older[-2].year, second=older[-1].year, third=cover.year)  # fmt: skip
    return [told, *verdict.sentences()]
