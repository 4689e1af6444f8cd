"""What scenarios assume: projections of the land, how fast they go, and the models that run on every scenario."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import func, select

from onekl_desktop.base.errors import UserError, make_problem
from onekl_desktop.base.progress import Progress
from onekl_desktop.base.specs import RasterFile
from onekl_desktop.base.translate import _
from onekl_desktop.engine import Session
from onekl_desktop.engine.models import get_model
from onekl_desktop.project.editing import remove_record
from onekl_desktop.project.file import Write
from onekl_desktop.project.queries.records import find_land_cover, list_classes, list_layers
from onekl_desktop.project.records import STAYS, ChainModel, Layer, Projection, Scenario

MEASURES = ("value", "distance", "slope", "log")
RULES, METHODS, HOLES = (
    ("markov", "trend", "stated"),
    ("logistic", "random_forest", "gradient_boosting"),
    ("keep", "nearest", "refuse"),
)
NO_LAYERS = "-"


def _refuse(code: str, place: str, **facts: Any) -> UserError:
    """The same sentence beside its field and for the whole."""
    return UserError(code, [make_problem(code, field=place, **facts)], **facts)


def add_projection(write: Write, name: str, **values: Any) -> dict[str, Any]:
    """A projection from an earlier map (the newest that is older than the land cover) and drivers of the project."""
    if write.db.scalar(select(Projection.id).where(func.lower(Projection.name) == name.lower()).limit(1)):
        facts = {"kind": _("projection"), "name": name}
        raise _refuse("record.name_taken", "name", **facts)
    row = Projection(name=name)
    _fill(write, row, {"earlier": "", "drivers": "", "keep": "", **values})
    write.add(row)
    return {"projection": row.uuid, "name": row.name}


def change_projection(write: Write, projection: str, name: str = "", **values: Any) -> dict[str, Any]:
    """Change what was given; the rest stays."""
    row = write.get(Projection, projection, field="projection")
    row.name = name or row.name
    _fill(write, row, {key: value for key, value in values.items() if value not in (None, "")})
    return {"projection": row.uuid, "name": row.name}


def remove_projection(write: Write, projection: str) -> dict[str, Any]:
    """Remove a projection that no scenario builds on."""
    row = write.get(Projection, projection, field="projection")
    user = write.db.scalar(select(Scenario).where(Scenario.projection == row.uuid).limit(1))
    if user is not None:
        raise UserError("scenarios.projection_used", name=row.name, scenario=user.name)
    name = row.name
    write.remove(row)
    return {"name": name}


def _fill(write: Write, row: Projection, values: dict[str, Any]) -> None:
    cover = find_land_cover(write.db)
    if cover is None:
        raise UserError("scenarios.no_land_cover")
    if cover.year is None:
        raise UserError("scenarios.no_year", name=cover.name)
    layers = list_layers(write.db)
    if "earlier" in values:
        row.earlier = _earlier(write, layers, cover, values.pop("earlier")).uuid
    if "drivers" in values:
        row.drivers = json.dumps(_drivers(write, layers, values.pop("drivers")))
    if "keep" in values:
        row.keep = ",".join(_keep(write, layers, values.pop("keep")))
    if values.get("yearly"):
        row.yearly = json.dumps(_yearly(write, cover, values.pop("yearly")))
    values.pop("yearly", None)
    for key, value in values.items():
        if value not in (None, ""):
            setattr(row, key, value)
    if row.rule == "stated" and row.yearly == "[]":
        raise UserError("scenarios.projection_stated", [make_problem("scenarios.projection_stated", field="yearly", name=row.name)], name=row.name)  # fmt: skip


def _earlier(write: Write, layers: list[Layer], cover: Layer, name: str) -> Layer:
    """The earlier map: the one that was named, or the newest older one of the same legend."""
    if name:
        layer = write.get(Layer, name, field="earlier")
        if layer.data_kind != "raster" or layer.year is None or layer.year >= (cover.year or 0):
            facts = {"name": layer.name, "cover": cover.name, "year": cover.year}
            raise _refuse("scenarios.not_earlier", "earlier", **facts)
        return layer
    older = [
        layer for layer in layers
        if layer.data_kind == "raster" and layer.legend and layer.uuid != cover.uuid and layer.year is not None and layer.year < (cover.year or 0)
    ]  # fmt: skip
    if not older:
        raise UserError("scenarios.no_earlier", cover=cover.name, year=cover.year)
    return max(older, key=lambda layer: layer.year or 0)


def _drivers(write: Write, layers: list[Layer], text: str) -> list[dict[str, str]]:
    """`Roads distance; Elevation slope` as layers and measures; empty: what the roles of layers offer."""
    if text.strip() == NO_LAYERS:
        return []
    if not text.strip():
        offered = []
        for layer in layers:
            if layer.data_kind == "vector" and layer.role in ("roads", "rivers", "settlements"):
                offered.append({"layer": layer.uuid, "measure": "distance"})
            elif layer.data_kind == "raster" and layer.role == "elevation":
                offered += [{"layer": layer.uuid, "measure": measure} for measure in ("value", "slope")]
        return offered
    found = []
    for part in (part.strip() for part in text.split(";") if part.strip()):
        named, _space, measure = part.rpartition(" ")
        if measure not in MEASURES:
            named, measure = part, ""
        layer = write.get(Layer, named.strip(), field="drivers")
        measure = measure or ("value" if layer.data_kind == "raster" else "distance")
        if layer.data_kind == "vector" and measure != "distance":
            facts = {"name": layer.name, "measure": measure}
            raise _refuse("scenarios.driver_measure", "drivers", **facts)
        found.append({"layer": layer.uuid, "measure": measure})
    return found


def _keep(write: Write, layers: list[Layer], text: str) -> list[str]:
    if text.strip() == NO_LAYERS:
        return []
    if not text.strip():
        return [layer.uuid for layer in layers if layer.data_kind == "vector" and layer.role == "protected"]
    return [write.get(Layer, part.strip(), field="keep").uuid for part in text.split(",") if part.strip()]


def _yearly(write: Write, cover: Layer, text: str) -> list[dict[str, Any]]:
    """`1>5 120, 2>5 40`: hectares a year from class to class; classes by code or name."""
    classes = list_classes(write.db, cover.legend)
    by_word = {str(cls.code): cls.code for cls in classes} | {cls.name.lower(): cls.code for cls in classes}
    found = []
    for part in (part.strip() for part in text.split(",") if part.strip()):
        head, _space, amount = part.rpartition(" ")
        source, arrow, target = head.partition(">")
        codes = [by_word.get(word.strip().lower()) for word in (source, target)]
        try:
            hectares = float(amount)
        except ValueError:
            hectares = -1.0
        if not arrow or None in codes or not 0 <= hectares < 1e12 or codes[0] == codes[1]:
            facts = {"text": part, "classes": ", ".join(f"{cls.code} {cls.name}" for cls in classes)}
            raise _refuse("scenarios.projection_yearly", "yearly", **facts)
        found.append({"from_class": codes[0], "to_class": codes[1], "hectares": hectares})
    return found


def set_outlook(
    write: Write, scenario: str, projection: str = "", stays: bool = False, pace: float | None = None
) -> dict[str, Any]:
    """Say what the land does by itself in a scenario."""
    row = write.get(Scenario, scenario, field="scenario")
    if row.locked:
        raise UserError("scenarios.locked", name=row.name)
    if stays:
        row.projection = "" if row.is_baseline else STAYS
    else:
        row.projection = write.get(Projection, projection, field="projection").uuid if projection else ""
    row.pace = 1.0 if pace is None else pace
    return {"scenario": row.uuid, "name": row.name}


# ------------------------------------------------------------------ models of the chain


def prepare_add_chain_model(
    session: Session, _progress: Progress, name: str, model: str, land_input: str = "", arguments: Any = None, years: str = ""
) -> dict[str, Any]:  # fmt: skip
    """Find the model and its input for the land cover: when none is named the last map of classes that is given, so that of two the later."""
    spec = get_model(session.registry, model)
    maps = [item.id for item in spec.inputs if isinstance(item, RasterFile) and item.codes]
    given = dict(arguments) if isinstance(arguments, dict) else {}
    land_input = land_input or next((id for id in reversed(maps) if given.get(id)), next(iter(maps), ""))
    known = [item.id for item in spec.inputs]
    for id in (land_input, *given):
        if id not in known or (id == land_input and id not in maps):
            facts = {
                "model": _(spec.title),
                "input": id or "–",
                "known": ", ".join(maps if id == land_input else known),
            }
            raise _refuse("scenarios.chain_input", "land_input", **facts)
    given.pop(land_input, None)
    return {"name": name, "model": spec.id, "land_input": land_input, "arguments": given, "years": years}


def add_chain_model(
    write: Write, name: str, model: str, land_input: str, arguments: dict[str, Any], years: str
) -> dict[str, Any]:
    """A model that from now on runs on the land cover of every scenario; an entry of the same name or model gives way."""
    for taken in list(write.db.scalars(select(ChainModel))):
        if taken.name.lower() == name.lower() or taken.model == model:  # two would tell the same indicator twice
            remove_record(write, taken)
    row = write.add(ChainModel(
        name=name, model=model, land_input=land_input, arguments=json.dumps(arguments, ensure_ascii=False, sort_keys=True),
        years=",".join(str(year) for year in _years(years))))  # fmt: skip
    return {"chain_model": row.uuid, "name": row.name}


def _years(text: str) -> list[int]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    for part in parts:
        if not (part.isdigit() and 1000 <= int(part) <= 3000):
            facts = {"title": _("Years"), "value": part}
            raise _refuse("field.not_number", "years", **facts)
    return sorted({int(part) for part in parts})


def remove_chain_model(write: Write, chain_model: str) -> dict[str, Any]:
    """No longer run a model on every scenario; its runs stay until others take their place."""
    row = write.get(ChainModel, chain_model, field="chain_model")
    name = row.name
    write.remove(row)
    return {"name": name}
