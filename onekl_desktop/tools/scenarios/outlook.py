"""What the land does by itself: a projection of the project, run beneath the interventions of each scenario."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session as DbSession

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.progress import Progress
from onekl_desktop.base.rasters import RasterSource, Window
from onekl_desktop.base.translate import _
from onekl_desktop.engine import Session
from onekl_desktop.models.landcover import model as landcover
from onekl_desktop.models.projection.demand import Demand, Paced
from onekl_desktop.models.projection.model import AS_IT_IS, Forced, Verdict, project, validate
from onekl_desktop.models.projection.model import Projection as Projected
from onekl_desktop.models.projection.suitability import Rule
from onekl_desktop.native.allocation import NO_CLASS
from onekl_desktop.project.records import STAYS, Layer, Projection, Scenario
from onekl_desktop.tools.scenarios.chain import read_json
from onekl_desktop.tools.scenarios.layer_files import address_of, copy_layers

if TYPE_CHECKING:
    from onekl_desktop.exchange.landcover.arguments import Arguments
    from onekl_desktop.exchange.landcover.project import Ready

Cover = Callable[[int, Window], NDArray[np.uint16]]
"""Class codes of a year in a window of the land-cover map."""


MOST_HELD = 4
_learned: WeakKeyDictionary[Session, dict[str, list[Rule]]] = WeakKeyDictionary()
"""Rules by what they were learned from, while the project is open: after an intervention moved nothing is learned again."""


@dataclass(frozen=True)
class Outlook:
    """A projection with its layers, and how fast the scenario lets it go."""

    projection: Projection
    pace: float
    earlier: Layer
    drivers: tuple[tuple[Layer, str], ...]
    keep: tuple[Layer, ...]

    def frozen(self) -> list[Any]:
        """All that the projected maps depend on, beside the land cover itself."""
        row = self.projection
        return [
            self.pace, self.earlier.content_hash, self.earlier.year, row.rule, read_json(row.yearly, list),
            [[layer.content_hash, measure] for layer, measure in self.drivers], sorted(layer.content_hash for layer in self.keep),
            row.holes, row.method, row.seed, row.randomness,
        ]  # fmt: skip


def find_outlook(db: DbSession, scenario: Scenario) -> Outlook | None:
    """What the land does by itself in a scenario; None where it stays as on the map.

    Raises
    ------
    UserError
        `scenarios.projection_layer`: a layer that the projection reads is gone.
    """
    chosen, pace = scenario.projection, scenario.pace
    if not chosen and not scenario.is_baseline:
        base = db.scalar(select(Scenario).where(Scenario.is_baseline))
        chosen = base.projection if base is not None else ""
    if chosen in ("", STAYS) or pace <= 0:
        return None
    row = db.scalar(select(Projection).where(Projection.uuid == chosen))
    if row is None:
        raise UserError("record.missing", kind=_("projection"), value=chosen, known=scenario.name)
    layers = {layer.uuid: layer for layer in db.scalars(select(Layer))}

    def layer_of(uuid: str) -> Layer:
        if uuid not in layers:
            raise UserError("scenarios.projection_layer", name=row.name)
        return layers[uuid]

    drivers = tuple(
        (layer_of(str(each.get("layer"))), str(each.get("measure"))) for each in read_json(row.drivers, list) if isinstance(each, dict)
    )  # fmt: skip
    keep = tuple(layer_of(uuid) for uuid in row.keep.split(",") if uuid)
    return Outlook(row, pace, layer_of(row.earlier), drivers, keep)


class Outlooks:
    """The projections of one round of runs: maps are read and rules learned once for the scenarios that share them."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._held: tuple[Any, Ready] | None = None

    def close(self) -> None:
        """Remove the copies of layers."""
        if self._folder is not None:
            self._folder.cleanup()
        self._folder = self._held = None

    def cover(
        self, outlook: Outlook, layer: Layer, legend: Sequence[int], years: Sequence[int], plans: Sequence[landcover.Plan],
        footprints: Sequence[landcover.Footprint], progress: Progress,
    ) -> Cover:  # fmt: skip
        """Project the land cover of `layer` (codes of its `legend`) to the years, with the plans on their land in their years.

        Land under a plan no longer changes by itself from the plan's first year; where the plan leads to a class it has it in
        the plan's years.
        """
        source = self._session.open_raster(layer)
        asked = [year for year in years if layer.year is not None and year > layer.year]
        codes = {*legend, *(plan.class_code for plan in plans if plan.class_code is not None)}
        key, ready = self._ready(outlook, layer, asked, codes, progress.part(0.0, 0.2))
        setup = replace(ready.setup, forced=force_plans(source, plans, footprints, ready.setup.class_codes, max(years)))
        demand: Demand = ready.demand if outlook.pace == 1.0 else Paced(ready.demand, outlook.pace)
        known = _learned.setdefault(self._session, {})
        done: Projected = project(setup, demand, asked, progress=progress.part(0.2, 1.0), rules=known.get(key))
        while key not in known and len(known) >= MOST_HELD:
            known.pop(next(iter(known)))
        known[key] = done.rules
        lookup = np.full(256, landcover.NODATA, np.uint16)
        lookup[: len(setup.class_codes)] = setup.class_codes
        lookup[NO_CLASS] = landcover.NODATA

        def read(year: int, window: Window) -> NDArray[np.uint16]:
            if year not in done.maps:
                return np.asarray(source.read(window), np.uint16)
            return lookup[done.maps[year][window.slices]]

        return read

    def rules(
        self, outlook: Outlook, layer: Layer, legend: dict[int, str], progress: Progress
    ) -> tuple[Sequence[int], list[Rule]]:  # fmt: skip
        """What a projection learned of the past: codes of the classes, and a rule for each transition.

        `legend` gives the names of the classes by code, for the words of the rules.
        """
        year = (layer.year or 0) + 1
        _key, ready = self._ready(outlook, layer, [year], set(legend), progress.part(0.0, 0.2))
        codes = ready.setup.class_codes
        setup = replace(ready.setup, class_names=tuple(legend.get(code, str(code)) for code in codes))
        done: Projected = project(setup, ready.demand, [year], progress=progress.part(0.2, 1.0))
        return codes, done.rules

    def hindcast(self, outlook: Outlook, earlier: Layer, middle: Layer, layer: Layer, progress: Progress) -> Verdict:
        """How well the projection would have foreseen `layer`, learned from two earlier maps alone."""
        from onekl_desktop.exchange.landcover.project import prepare

        year = layer.year or 0
        ready = prepare(
            self._arguments(outlook, earlier, middle, [year], layer), self._place(), progress.part(0.0, 0.2)
        )
        done: Projected = project(ready.setup, ready.demand, [year], progress=progress.part(0.2, 0.9))
        assert ready.truth is not None
        return validate(ready.setup, done.maps[year], ready.truth)

    def _place(self) -> Path:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="onekl-projection-")
        return Path(self._folder.name)

    def _arguments(
        self, outlook: Outlook, earlier: Layer, layer: Layer, years: list[int], truth: Layer | None
    ) -> Arguments:  # fmt: skip
        """The arguments of a projection on files, with the layers copied to where they can be read."""
        from onekl_desktop.exchange.landcover.arguments import check_arguments

        named = {"to_map": address_of(layer), "from_map": address_of(earlier)}
        named |= {f"driver {n}": address_of(driver) for n, (driver, _measure) in enumerate(outlook.drivers)}
        named |= {f"keep {n}": address_of(each) for n, each in enumerate(outlook.keep)}
        if truth is not None:
            named["validate_map"] = address_of(truth)
        files = copy_layers(self._session, named, self._place())
        row = outlook.projection
        return check_arguments({
            "from_map": files["from_map"], "from_year": earlier.year, "to_map": files["to_map"], "to_year": layer.year, "years": years,
            "drivers": [
                {"file": files[f"driver {n}"], "name": f"{driver.name} ({measure})", "measure": measure} for n, (driver, measure) in enumerate(outlook.drivers)
            ],
            "driver_holes": row.holes, "keep": [files[f"keep {n}"] for n in range(len(outlook.keep))],
            "demand": {"rule": row.rule, "yearly": read_json(row.yearly, list) if row.rule == "stated" else []},
            "method": row.method, "seed": row.seed, "randomness": row.randomness,
            **({"validate_map": files["validate_map"]} if truth is not None else {}),
        }, row.name)  # fmt: skip

    def _ready(
        self, outlook: Outlook, layer: Layer, years: list[int], codes: set[int], progress: Progress
    ) -> tuple[str, Ready]:
        told = json.dumps([outlook.frozen()[1:], layer.content_hash, years, sorted(codes)])
        key = hashlib.sha256(told.encode()).hexdigest()
        if self._held is not None and self._held[0] == key:
            return self._held
        from onekl_desktop.exchange.landcover.project import prepare  # with rasterio: where land is projected

        self._held = None
        folder = self._place()
        arguments = self._arguments(outlook, outlook.earlier, layer, years, None)
        ready = prepare(arguments, folder, progress, classes=codes)
        self._held = (key, ready)
        return self._held


def force_plans(
    source: RasterSource, plans: Sequence[landcover.Plan], footprints: Sequence[landcover.Footprint], codes: Sequence[int], last: int
) -> list[Forced]:  # fmt: skip
    """The plans as interventions of a projection: held from their first year, a class from the year they reach it."""
    grid = source.grid
    whole = Window(0, 0, grid.rows, grid.columns)
    base = np.asarray(source.read(whole), np.uint16)
    forced = []
    for plan, place in zip(plans, footprints, strict=True):
        inside = np.zeros(base.shape, bool)
        inside[place.window.slices] = place.mask.astype(bool)
        inside &= base != landcover.NODATA
        if plan.from_classes and plan.class_code is not None:
            inside &= np.isin(base, list(plan.from_classes))
        if inside.any():
            forced.append(Forced(plan.start_year, AS_IT_IS, np.flatnonzero(inside)))
    number = {code: index for index, code in enumerate(codes)}
    before = base
    events = {
        year + plan.years_to_class for plan in plans if plan.class_code is not None for year, _share in plan.schedule
    }
    for year in sorted(event for event in events if event <= last):
        after = landcover.apply_plans(base, whole, plans, footprints, year)
        moved = np.flatnonzero(after != before)
        became = after.ravel()[moved]
        forced += [Forced(year, number[code], moved[became == code]) for code in np.unique(became).tolist()]
        before = after
    return sorted(forced, key=lambda each: each.year)
