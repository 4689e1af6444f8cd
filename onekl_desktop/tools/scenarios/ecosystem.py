"""The models on maps, run on the project's layers: rasters in the run's folder, figures by zone as indicator values."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session as DbSession

from onekl_desktop.base.errors import UserError, explain_os_error
from onekl_desktop.base.geometry import transform
from onekl_desktop.base.ids import new_uuid
from onekl_desktop.base.progress import Progress
from onekl_desktop.base.specs import ModelSpec, TableFile
from onekl_desktop.base.translate import _
from onekl_desktop.engine import Session
from onekl_desktop.engine.models import check_of, gather_of, get_model, indicators_of, list_models, run_model
from onekl_desktop.engine.places import read_shapes
from onekl_desktop.engine.runs import Computed, fingerprint, record_run, run_folder
from onekl_desktop.exchange.invest.batch import Band, Batch, Draws, Member, figure_of, read_draws, run_batch
from onekl_desktop.exchange.invest.compute import Runner, Wishes
from onekl_desktop.exchange.invest.measure import ZoneSet, make_zones
from onekl_desktop.exchange.invest.parameters import Parameters
from onekl_desktop.exchange.invest.results import write_table
from onekl_desktop.project.queries.indicators import list_indicators, values_of_run
from onekl_desktop.project.queries.records import (
    find_by_name,
    find_land_cover,
    get_landscape,
    list_classes,
    list_interventions,
    list_scenarios,
)
from onekl_desktop.project.records import Layer, Run, Scenario
from onekl_desktop.project.records.base import now
from onekl_desktop.tools.scenarios.layer_files import address_of, copy_layers

RESULTS, INPUTS, SET = "results", "inputs", "parameters.json"
LANDSCAPE, INTERVENTIONS = "landscape", "interventions"  # kinds of zones beside the names of layers


def runner_of(spec: ModelSpec) -> Runner:
    """A model with its functions."""
    return Runner(spec, partial(run_model, spec), check_of(spec), gather_of(spec))


def write_empty_table(session: Session, item: TableFile, path: Path) -> int:
    """A table to fill in: the columns that a model wants, and a row for each class of the project's legend.

    What the legend knows of carbon is filled in. Returns the number of rows.
    """
    with session.read() as db:
        cover = find_land_cover(db)
        classes = list_classes(db, cover.legend) if cover else []
    by_class = item.index == "lucode"
    columns = [item.index, *(["name"] if by_class else []), *(column.id for column in item.columns if column.required)]
    known = {"c_above": "carbon_above_t_per_ha", "c_below": "carbon_below_t_per_ha", "c_soil": "carbon_soil_t_per_ha",
             "c_dead": "carbon_dead_t_per_ha"}  # fmt: skip
    rows = [
        [cls.code, cls.name, *(getattr(cls, known[id], None) if id in known else None for id in columns[2:])]
        for cls in (classes if by_class else [])
    ]
    write_table(path, columns, rows)
    return len(rows)


def list_zones(session: Session, scenario: str, layers: Sequence[str], crs: str) -> list[ZoneSet]:
    """The zones that results are told by: the landscape, its planning units, the scenario's interventions, chosen layers.

    Raises
    ------
    UserError
        A layer that is not there, or has no polygons.
    """
    found: list[tuple[str, list[str], list[Any]]] = []
    with session.read() as db:
        landscape = get_landscape(db)
        if landscape.geom is not None:
            found.append((LANDSCAPE, [landscape.name], [landscape.geom]))
        chosen = [
            layer for layer in db.scalars(select(Layer).where(Layer.data_kind == "vector").order_by(Layer.name))
            if layer.uuid == landscape.zones or {layer.name, layer.uuid, layer.table_name} & set(layers)
        ]  # fmt: skip
        known = {name for layer in chosen for name in (layer.name, layer.uuid, layer.table_name)}
        for name in layers:
            if name not in known:
                raise UserError("record.missing", kind=_("layer"), value=name, known="")
        planned = [item for item in list_interventions(db, scenario) if item.geom is not None] if scenario else []
        home = landscape.crs
    for layer in chosen:
        named = read_shapes(session, layer)
        found.append((layer.name, [name for name, _shape in named], [shape for _name, shape in named]))
    if planned:
        found.append((INTERVENTIONS, [item.name for item in planned], [item.geom for item in planned]))
    sets = []
    for kind, names, shapes in found:
        moved = shapes if home == crs else [transform(shape, home, crs) for shape in shapes]
        made = make_zones(kind, names, moved)
        if not made.names:
            raise UserError("model.no_polygons", file=kind)
        sets.append(made)
    return sets


@dataclass(frozen=True)
class Asked:
    """A run that is asked for: the model, its arguments as a parameter set has them, for whom and when."""

    model: str
    arguments: dict[str, Any]
    scenario: str = ""
    year: int | None = None
    zones: tuple[str, ...] = ()
    draws: Draws = field(default_factory=Draws)
    land: str = ""
    """For a run of the chain: what the land cover of the scenario depends on, as a hash."""

    def frozen(self) -> dict[str, Any]:
        """As plain data."""
        draws = {
            "count": self.draws.count,
            "seed": self.draws.seed,
            "args": self.draws.arguments,
            "tables": self.draws.tables,
        }
        return {
            "model": self.model,
            "args": self.arguments,
            "year": self.year,
            "zones": sorted(self.zones),
            "draws": draws,
            **({"land": self.land} if self.land else {}),
        }


def print_of(session: Session, db: DbSession, spec: ModelSpec, asked: Asked) -> str:
    """Today's fingerprint of a run: changes with layers, files, zones, interventions and arguments."""
    layers = {address_of(layer): layer.content_hash for layer in db.scalars(select(Layer))}
    stamps = {id: layers.get(str(value), _stamp(str(value))) for id, value in sorted(asked.arguments.items())}
    landscape = get_landscape(db)
    units = db.scalar(select(Layer.content_hash).where(Layer.uuid == landscape.zones)) if landscape.zones else ""
    shapes = (
        [landscape.geom, *(item.geom for item in list_interventions(db, asked.scenario))]
        if asked.scenario
        else [landscape.geom]
    )
    place = hashlib.sha256("".join("" if shape is None else shape.wkt for shape in shapes).encode()).hexdigest()[:32]
    told = {
        **asked.frozen(),
        "args": {id: value for id, value in asked.arguments.items() if id not in stamps or not stamps[id]},
    }
    return fingerprint([spec], {**told, "stamps": stamps, "place": place, "units": units})


def _stamp(text: str) -> str:
    if not text or len(text) > 4_000:
        return ""
    try:
        seen = Path(text).stat()
    except (OSError, ValueError):
        return ""
    return f"{text} {seen.st_size} {seen.st_mtime_ns}"


def run_in_project(
    session: Session, asked: Asked, *, progress: Progress | None = None, say: Callable[[str], None] = lambda _sentence: None,
    out: Path | None = None, files: Mapping[str, str] | None = None, keep: int = 5,
) -> str:  # fmt: skip
    """Run a model and keep its figures by zone in the project; the rasters lie in the run's folder, or in `out`.

    `files` are files of arguments that the record names by what they hold, as the chain does; `keep` runs of the scenario stay.

    Raises
    ------
    UserError
        All problems of the inputs; nothing is kept then.
    """
    spec = get_model(session.registry, asked.model)
    begun, clock, uuid = now(), time.perf_counter(), new_uuid()
    with session.read() as db:
        scenario = find_by_name(db, Scenario, asked.scenario) if asked.scenario else None
        if asked.scenario and scenario is None:
            known = ", ".join(item.name for item in list_scenarios(db))
            raise UserError("record.missing", kind=_("scenario"), value=asked.scenario, known=known)
        asked = replace(asked, model=spec.id, scenario=scenario.uuid if scenario else "")
        print_today = print_of(session, db, spec, asked)
    place = out or run_folder(session, uuid) / RESULTS
    inputs = run_folder(session, uuid) / INPUTS
    base = Parameters(
        session.path,
        "",
        copy_layers(session, {**asked.arguments, **(files or {})}, inputs),
        session.path.resolve().parent,
    )
    batch = Batch(base, [Member(place.name, year=asked.year)], asked.draws)
    model = runner_of(spec)
    wishes = Wishes(find_zones=lambda crs: list_zones(session, asked.scenario, asked.zones, crs))
    try:
        bands, _files = run_batch(model, batch, place.parent, wishes, progress=progress, say=say)
    finally:
        shutil.rmtree(inputs, ignore_errors=True)
    _keep_set(place, spec, {**asked.arguments, **(files or {})})
    values, told = _values(spec, asked, bands)
    return record_run(
        session, models=[told], scenario=asked.scenario, subject=spec.id, print_today=print_today, inputs=asked.frozen(),
        values=values, warnings=[], started_at=begun, duration_s=time.perf_counter() - clock,
        words=_("Computed {model}").format(model=_(spec.title)), uuid=uuid, keep=keep,
    )  # fmt: skip


def _keep_set(place: Path, spec: ModelSpec, arguments: dict[str, Any]) -> None:
    try:
        place.mkdir(parents=True, exist_ok=True)
        document = {"model_id": spec.invest_id or spec.id, "args": arguments}
        (place / SET).write_text(json.dumps(document, indent=1, ensure_ascii=False), encoding="utf-8")
    except OSError as problem:
        raise explain_os_error(problem, place) from None


def _values(spec: ModelSpec, asked: Asked, bands: Sequence[Band]) -> tuple[list[Computed], ModelSpec]:
    """Indicator values of a run, and the model with just the indicators that it gave."""
    declared = indicators_of(spec)
    values = [
        Computed(
            declared[band.measure.output].id, figure_of(band.measure), asked.year, band.measure.zone, band.measure.kind, band.low, band.high
        ) for band in bands
    ]  # fmt: skip
    given = {value.indicator for value in values}
    return values, spec.model_copy(update={"indicators": tuple(item for item in declared.values() if item.id in given)})


# ------------------------------------------------------------------ what was computed


@dataclass(frozen=True)
class Figure:
    """One figure of a run, with its range where coefficients were drawn."""

    title: str
    unit: str
    decimals: int
    kind: str
    zone: str
    value: float | None
    low: float | None
    high: float | None

    @property
    def place(self) -> str:
        """Where it holds, in words."""
        words = {"": _("All cells of the maps"), LANDSCAPE: _("Landscape"), INTERVENTIONS: _("Interventions")}
        kind = words.get(self.kind, self.kind)
        return _("{kind}: {zone}").format(kind=kind, zone=self.zone) if self.zone else kind


@dataclass(frozen=True)
class ModelRun:
    """A run of a model on maps: what it was asked, whether that still holds, and where its rasters are."""

    run: Run
    spec: ModelSpec
    asked: Asked
    scenario: str
    current: bool
    folder: Path

    @property
    def rasters(self) -> list[Path]:
        """The rasters that are still there (they can be computed again)."""
        return sorted(self.folder.glob("*.tif"))


def list_runs(session: Session, lands: Mapping[str, str] | None = None) -> list[ModelRun]:
    """The newest run of each model and scenario; `lands` are today's hashes of the scenarios' land cover."""
    specs = {spec.id: spec for spec in list_models(session.registry)}
    found: dict[tuple[str, str], ModelRun] = {}
    with session.read() as db:
        names = {item.uuid: item.name for item in list_scenarios(db)}
        for run in db.scalars(select(Run).where(Run.subject.in_(specs)).order_by(Run.id.desc())):
            if (run.subject, run.scenario) in found:
                continue
            asked = read_asked(run)
            if asked.land:
                asked = replace(asked, land=(lands or {}).get(run.scenario, asked.land))
            current = print_of(session, db, specs[run.subject], asked) == run.fingerprint
            folder = run_folder(session, run.uuid) / RESULTS
            found[run.subject, run.scenario] = ModelRun(
                run, specs[run.subject], asked, names.get(run.scenario, ""), current, folder
            )
    return list(found.values())


def read_asked(run: Run) -> Asked:
    """What a run was asked; the file may be a stranger's, so whatever is odd is left out."""
    try:
        told = json.loads(run.inputs)
    except ValueError:
        told = {}
    told = told if isinstance(told, dict) else {}
    arguments, zones, year = told.get("args"), told.get("zones"), told.get("year")
    return Asked(
        run.subject, arguments if isinstance(arguments, dict) else {}, run.scenario, year if isinstance(year, int) else None,
        tuple(str(name) for name in zones) if isinstance(zones, list) else (), read_draws(told.get("draws"), lambda _where, _reason: None),
        str(told.get("land") or ""),
    )  # fmt: skip


def figures_of(session: Session, run: str) -> list[Figure]:
    """The figures of a run, by indicator, then by zone."""
    with session.read() as db:
        indicators = {item.code: item for item in list_indicators(db)}
        values = values_of_run(db, run)
    out = []
    for value in values:
        item = indicators.get(value.indicator)
        if item is not None:
            out.append(
                Figure(
                    item.title, item.unit, item.decimals, value.category, value.zone, value.value, value.low, value.high
                )
            )
    return out
