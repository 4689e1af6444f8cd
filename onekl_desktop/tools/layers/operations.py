"""Import, style, describe and remove layers; the landscape's own conventions."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select

from onekl_desktop.base.errors import UserError, explain_os_error
from onekl_desktop.base.geometry import area_ha, polygons_of, repair
from onekl_desktop.base.ids import slug
from onekl_desktop.base.progress import Progress
from onekl_desktop.base.translate import _
from onekl_desktop.cartography.breaks import find_breaks
from onekl_desktop.engine import Session
from onekl_desktop.engine.settings import set_project_setting
from onekl_desktop.exchange.classes import ClassRow
from onekl_desktop.exchange.raster import RasterPlan
from onekl_desktop.exchange.table import write_rows
from onekl_desktop.project.file import Write
from onekl_desktop.project.layers import create_layer_table, free_table_name, list_columns, read_column
from onekl_desktop.project.queries.records import list_classes, list_layers
from onekl_desktop.project.rasters import build_raster, copy_tiles, dump_grid
from onekl_desktop.project.records import LandCoverClass, Landscape, Layer, Run
from onekl_desktop.project.records.journal import Parked
from onekl_desktop.project.styles import PALETTE, Style, StyleClass, load_style, ramp_steps
from onekl_desktop.tools.layers.importing import ImportPlan, plan_import

MOST_CLASSES = 30
NO_LABELS = "-"
_FILLS = {"protected": "#6c9a55", "zones": "#d9d2bd", "roads": "#8a5a44", "rivers": "#3d7fb0", "other": "#8fb37a"}


# ------------------------------------------------------------------ import


@dataclass
class Ready:
    """An import read and converted, to be stored in one transaction."""

    planned: ImportPlan
    folder: Path
    progress: Progress
    built: Path = Path()
    digest: str = ""


def prepare_import_layer(session: Session, progress: Progress, **fields: Any) -> dict[str, Any]:
    """Read, convert and count outside the transaction."""
    progress.report(0.0, _("Reading {file}").format(file=Path(fields["file"]).name))
    planned = plan_import(session, progress.part(0, 0.4), **fields)
    ready = Ready(planned, session.project.files_folder, progress.part(0.95, 1.0))
    if isinstance(planned.plan, RasterPlan):
        progress.report(0.4, _("Storing the cells"))
        scratch = Path(tempfile.mkdtemp(prefix="onekl-"))
        try:
            ready.built, ready.digest = build_raster(
                planned.plan.source, scratch, classes=planned.by_class, progress=progress.part(0.4, 0.95)
            )
        except BaseException as problem:
            shutil.rmtree(scratch, ignore_errors=True)
            if isinstance(problem, OSError):
                raise explain_os_error(problem, scratch) from None
            raise
    elif fields.get("rest") and planned.plan.left:
        plan = planned.plan
        heads = [_("row"), _("why it is left out"), *plan.left_heads]
        write_rows(
            Path(fields["rest"]), heads, [[*why, *cells] for why, cells in zip(plan.left, plan.left_rows, strict=True)]
        )
        planned.sentences.append(_("The rows that are left out are in {file}.").format(file=fields["rest"]))
    progress.report(0.95, _("Writing the layer"))
    return {"ready": ready, "name": planned.name}


def import_layer(write: Write, ready: Ready, name: str) -> dict[str, Any]:
    """Store what was prepared: the layer row, its table or file, and its legend."""
    planned = ready.planned
    plan, role = planned.plan, planned.role
    layer = Layer(
        name=_free_name(write, name), role=role, crs=write.landscape.crs, year=planned.year, licence=planned.licence,
        source=planned.path.name, import_note="\n".join(planned.sentences),
    )  # fmt: skip
    if isinstance(plan, RasterPlan):
        _store_raster(write, layer, ready, plan)
    else:
        layer.data_kind, layer.geometry_type = "vector", plan.data.geometry_type
        layer.table_name = free_table_name(write.raw, layer.name)
        create_layer_table(write.raw, layer.table_name, plan.data, write.srs_id, ready.progress)
        write.capture.add_table(layer.table_name)
        layer.feature_count, layer.content_hash, layer.name_column = (
            len(plan.data.shapes),
            plan.data.content_hash(),
            plan.name_column,
        )
        layer.style = _first_style(role, layer).dump()
    if role == "zones" and not write.landscape.zones:
        write.landscape.zones = layer.uuid
    if role == "land_cover" and not write.landscape.land_cover and layer.year is not None:
        write.landscape.land_cover = layer.uuid
    layer.position = _place_for(write, layer)
    write.add(layer)
    left = [] if isinstance(plan, RasterPlan) else [{"row": row, "reason": reason} for row, reason in plan.left]
    return {"layer": layer.uuid, "name": layer.name, "sentences": planned.sentences, "left_out": left}


def _place_for(write: Write, layer: Layer) -> float:
    """Where a new layer goes: rasters at the bottom, areas just above them, lines and points on top."""
    present = list_layers(write.db)
    if layer.data_kind == "raster":
        return min((item.position for item in present), default=0.0) - 1
    if layer.geometry_type == "MULTIPOLYGON":
        below = max((item.position for item in present if item.data_kind == "raster"), default=0.0)
        above = min((item.position for item in present if item.position > below), default=below + 2)
        return (below + above) / 2
    return max((item.position for item in present), default=0.0) + 1


def _store_raster(write: Write, layer: Layer, ready: Ready, plan: RasterPlan) -> None:
    planned, built = ready.planned, ready.built
    layer.data_kind, layer.extent, layer.content_hash = "raster", dump_grid(plan.source.grid), ready.digest
    if built.suffix == ".gpkg":
        layer.table_name = free_table_name(write.raw, layer.name)
        copy_tiles(write.raw, built, layer.table_name, layer.crs, classes=planned.by_class)
        write.capture.add_table(layer.table_name)
    else:
        try:
            ready.folder.mkdir(parents=True, exist_ok=True)
            layer.file_name = f"{slug(layer.name)}-{ready.digest[:12]}.tif"
            os.replace(built, ready.folder / layer.file_name)
            write.db.add(Parked(file_name=layer.file_name))  # swept on close if an undo took the layer out
        except OSError as problem:
            raise explain_os_error(problem, ready.folder) from None
    shutil.rmtree(built.parent, ignore_errors=True)
    if planned.by_class:
        layer.legend = planned.legend or _legend_for(write, planned.classes, layer.name)
        layer.style = Style(kind="classes").dump()
    else:
        layer.style = Style(kind="ramp", ramp="elevation", low=plan.low, high=plan.high).dump()


def _legend_for(write: Write, rows: list[ClassRow], name: str) -> str:
    """The legend with these classes: an existing one that says the same, else a new one."""
    wanted = [(row.code, row.name) for row in rows]
    for (legend,) in write.db.execute(select(LandCoverClass.legend).distinct()):
        have = [(cls.code, cls.name) for cls in list_classes(write.db, legend)]
        if set(wanted) <= set(have):
            return str(legend)
    legend = slug(name, "legend")
    number = 2
    while list_classes(write.db, legend):
        legend, number = f"{slug(name, 'legend')}_{number}", number + 1
    for row in rows:
        write.db.add(LandCoverClass(
            legend=legend, code=row.code, name=row.name, colour=row.colour, natural_forest=row.natural_forest,
            carbon_above_t_per_ha=row.pools["above"], carbon_below_t_per_ha=row.pools["below"],
            carbon_soil_t_per_ha=row.pools["soil"], carbon_dead_t_per_ha=row.pools["dead"], carbon_source=row.source))  # fmt: skip
    return legend


def _free_name(write: Write, name: str) -> str:
    taken = set(write.db.scalars(select(Layer.name)))
    candidate, number = name.strip() or _("Layer"), 2
    base = candidate
    while candidate in taken:
        candidate, number = f"{base} {number}", number + 1
    return candidate


def _first_style(role: str, layer: Layer) -> Style:
    style = Style(fill=_FILLS.get(role, _FILLS["other"]))
    if layer.geometry_type == "MULTILINESTRING":
        style.width = 0.5
    elif layer.geometry_type == "MULTIPOINT":
        style.fill, style.label_column = "#37474f", layer.name_column
    elif role == "zones":
        style.filled, style.outline, style.label_column = False, "#5b6660", layer.name_column
    return style


# ------------------------------------------------------------------ looks


def _layer(write: Write, name: str) -> Layer:
    return write.get(Layer, name, field="layer")


def change_layer(
    write: Write, layer: str, name: str = "", visible: bool | None = None, opacity: float | None = None,
    year: int | None = None, licence: str = "", name_column: str = "",
) -> dict[str, Any]:  # fmt: skip
    """Change what was given; the rest stays."""
    row = _layer(write, layer)
    if name and name != row.name:
        if write.db.scalar(select(Layer.id).where(Layer.name == name, Layer.uuid != row.uuid)):
            raise UserError("record.name_taken", kind=_("layer"), name=name)
        row.name = name
    row.visible = row.visible if visible is None else visible
    row.opacity = row.opacity if opacity is None else opacity
    row.year = row.year if year is None else year
    row.licence = licence or row.licence
    if name_column:
        _check_column(write, row, name_column)
        row.name_column = name_column
        row.revision += 1
    return {"layer": row.uuid, "name": row.name}


def move_layer(write: Write, layer: str, steps: int) -> dict[str, Any]:
    """Move a layer in the drawing order."""
    row = _layer(write, layer)
    order = list_layers(write.db)
    at = next(index for index, item in enumerate(order) if item.uuid == row.uuid)
    order.insert(max(0, min(len(order) - 1, at - steps)), order.pop(at))
    for position, item in enumerate(reversed(order)):
        if item.position != position:
            item.position = float(position)
    return {"layer": row.uuid, "name": row.name}


def style_plain(
    write: Write, layer: str, fill: str = "#8fb37a", outline: str = "#3a4a44", width: float = 0.3, filled: bool = True,
    label_column: str = "",
) -> dict[str, Any]:  # fmt: skip
    """One symbol for all shapes."""
    row = _vector(write, layer)
    if label_column:
        _check_column(write, row, label_column)
    style = load_style(row.style)
    row.style = replace(
        style,
        kind="single",
        column="",
        classes=[],
        fill=fill,
        outline=outline,
        width=width,
        filled=filled,
        label_column=label_column,
    ).dump()
    return {"layer": row.uuid, "name": row.name}


def style_by_class(write: Write, layer: str, column: str, colours: Any = None) -> dict[str, Any]:
    """A colour for each value of an attribute, commonest first; the legend keeps the values' own order."""
    row = _vector(write, layer)
    _check_column(write, row, column)
    wanted = colours if isinstance(colours, dict) else {}
    counts = Counter(value for value in read_column(write.raw, row.table_name, column).values() if value is not None)
    if not counts:
        raise UserError("layers.not_classes", name=row.name)
    values = [value for value, _count in counts.most_common(MOST_CLASSES)]
    values.sort(key=lambda value: (isinstance(value, str), value))
    classes = [
        StyleClass(value, str(value), str(wanted.get(str(value), PALETTE[number % len(PALETTE)])))
        for number, value in enumerate(values)
    ]  # fmt: skip
    old = load_style(row.style)
    row.style = replace(old, kind="categorised", column=column, classes=classes, filled=True).dump()
    return {"layer": row.uuid, "name": row.name, "column": column}


def style_by_range(
    write: Write, layer: str, column: str, classes: int = 5, method: str = "quantile", ramp: str = "magnitude"
) -> dict[str, Any]:
    """Colours along a ramp for ranges of a number."""
    row = _vector(write, layer)
    _check_column(write, row, column)
    numbers = [value for value in read_column(write.raw, row.table_name, column).values()
               if isinstance(value, (int, float)) and not isinstance(value, bool)]  # fmt: skip
    bounds = find_breaks(np.array(numbers, np.float64), classes, method)
    if not bounds:
        raise UserError("layers.no_numbers", name=row.name, column=column)
    bounds = bounds if len(bounds) > 1 else [bounds[0], bounds[0]]
    colours = ramp_steps(ramp, len(bounds) - 1)
    row.style = replace(
        load_style(row.style), kind="graduated",
        filled=True, column=column,
        classes=[StyleClass(None, f"{format_short(low)} – {format_short(high)}", colour, low=low, high=high)
                 for (low, high), colour in zip(pairwise(bounds), colours, strict=True)],
    ).dump()  # fmt: skip
    return {"layer": row.uuid, "name": row.name, "column": column}


def format_short(value: float) -> str:
    """A bound with as many digits as tell it from its neighbours."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def change_style(
    write: Write, layer: str, pattern: str | None = None, marker: str | None = None, size: float | None = None, dashes: str | None = None,
    label_column: str | None = None, label_size: float | None = None, label_colour: str | None = None, blend: str | None = None,
    near_scale: float | None = None, far_scale: float | None = None, ramp: str | None = None, low: float | None = None,
    high: float | None = None, shaded: bool | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Change what was given; the rest of the style stays. "-" takes labels away, dashes of 0 are a whole line, a scale of 0 is no limit."""
    row = _layer(write, layer)
    style = load_style(row.style)
    if label_column and label_column != NO_LABELS:
        _check_column(write, _vector(write, layer), label_column)
    given = {"pattern": "" if pattern == "none" else pattern, "marker": marker, "size": size, "label_column": label_column, "label_size": label_size,
             "label_colour": label_colour, "blend": blend, "ramp": ramp, "low": low, "high": high}  # fmt: skip
    for key, value in given.items():
        if value is not None and (value != "" or key == "pattern"):
            setattr(style, key, "" if value == NO_LABELS else value)
    if dashes:
        style.dashes = _read_dashes(dashes)
    for key, scale in (("near_scale", near_scale), ("far_scale", far_scale)):
        if scale is not None:
            setattr(style, key, scale or None)
    if style.near_scale is not None and style.far_scale is not None and style.near_scale > style.far_scale:
        raise UserError("layers.scales", near=f"{style.near_scale:,.0f}", far=f"{style.far_scale:,.0f}")
    if shaded is not None and row.data_kind == "raster" and not row.legend:
        style.kind = "hillshade" if shaded else "ramp"
    row.style = style.dump()
    return {"layer": row.uuid, "name": row.name}


def _read_dashes(text: str) -> list[float]:
    """Lengths in mm, drawn and left out in turn; nothing for a whole line."""
    try:
        if text.strip() == "0":
            return []
        lengths = [float(word) for word in text.replace(",", " ").replace(";", " ").split()]
    except ValueError:
        lengths = [-1.0]
    if len(lengths) % 2 or len(lengths) > 8 or not all(0 <= length <= 100 for length in lengths):
        raise UserError("layers.dashes", given=text)
    return lengths


def _vector(write: Write, layer: str) -> Layer:
    row = _layer(write, layer)
    if row.data_kind != "vector":
        raise UserError("layers.not_vector", name=row.name)
    return row


def _check_column(write: Write, row: Layer, column: str) -> None:
    if row.data_kind != "vector":
        return
    names = [name for name, _kind in list_columns(write.raw, row.table_name)]
    if column not in names:
        known = _("There are: {names}.").format(names=", ".join(names))
        raise UserError("record.missing", kind=_("column"), value=column, known=known)


def change_class(
    write: Write, layer: str, code: int, name: str = "", colour: str | None = None, natural_forest: bool | None = None,
    above: float | None = None, below: float | None = None, soil: float | None = None, dead: float | None = None,
    source: str = "",
) -> dict[str, Any]:  # fmt: skip
    """Change what was given of a class of the layer's legend; the rest stays."""
    row = _layer(write, layer)
    if not row.legend:
        raise UserError("layers.not_classes", name=row.name)
    cls = write.db.scalar(
        select(LandCoverClass).where(LandCoverClass.legend == row.legend, LandCoverClass.code == code)
    )
    if cls is None:
        codes = ", ".join(f"{item.code}" for item in list_classes(write.db, row.legend))
        raise UserError(
            "record.missing", kind=_("land-cover class"), value=code, known=_("There are: {names}.").format(names=codes)
        )
    cls.name = name or cls.name
    cls.colour = colour or cls.colour
    cls.natural_forest = cls.natural_forest if natural_forest is None else natural_forest
    for pool, value in (("above", above), ("below", below), ("soil", soil), ("dead", dead)):
        if value is not None:
            setattr(cls, f"carbon_{pool}_t_per_ha", value)
    cls.carbon_source = source or cls.carbon_source
    return {"layer": row.uuid, "name": cls.name}


# ------------------------------------------------------------------ roles


def set_land_cover(write: Write, layer: str, year: int | None = None) -> dict[str, Any]:
    """Choose the map that scenarios start from."""
    row = _layer(write, layer)
    if row.data_kind != "raster" or not row.legend:
        raise UserError("layers.not_classes", name=row.name)
    row.year = year if year is not None else row.year
    if row.year is None:
        raise UserError("scenarios.no_year", name=row.name)
    row.role = "land_cover"
    write.landscape.land_cover = row.uuid
    return {"layer": row.uuid, "name": row.name}


def set_zones(write: Write, layer: str = "", name_column: str = "") -> dict[str, Any]:
    """Choose the zones that results are told by, or none."""
    if not layer:
        write.landscape.zones = ""
        return {"name": _("the whole landscape")}
    row = _layer(write, layer)
    if name_column:
        _check_column(write, row, name_column)
        row.name_column = name_column
    write.landscape.zones = row.uuid
    return {"layer": row.uuid, "name": row.name}


def remove_layer(write: Write, layer: str) -> dict[str, Any]:
    """Take a layer out; its table is parked until the project closes."""
    row = _layer(write, layer)
    landscape = write.landscape
    if landscape.land_cover == row.uuid and write.db.scalar(select(Run.id).limit(1)):
        raise UserError("layers.in_use", name=row.name)
    if landscape.land_cover == row.uuid:
        landscape.land_cover = ""
    if landscape.zones == row.uuid:
        landscape.zones = ""
    if row.table_name:
        write.capture.remove_table(row.table_name)
    elif row.file_name:
        write.db.add(Parked(file_name=row.file_name))
    name = row.name
    write.remove(row)
    return {"name": name}


# ------------------------------------------------------------------ landscape


def change_landscape(
    write: Write, name: str = "", description: str = "", country: str = "", currency: str = "", price_year: int | None = None,
    discount_rate: float | None = None, horizon_year: int | None = None, synthetic: bool | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Change what was given; the rest stays."""
    row: Landscape = write.landscape
    row.name, row.description, row.country = name or row.name, description or row.description, country or row.country
    row.currency = currency.upper() or row.currency
    row.price_year = row.price_year if price_year is None else price_year
    row.discount_rate = row.discount_rate if discount_rate is None else discount_rate
    row.horizon_year = row.horizon_year if horizon_year is None else horizon_year
    row.synthetic = row.synthetic if synthetic is None else synthetic
    return {"name": row.name}


def redraw_boundary(write: Write, geometry: BaseGeometry) -> dict[str, Any]:
    """A new boundary, repaired."""
    shape = polygons_of(repair(geometry))
    if shape.is_empty or shapely.area(shape) == 0:
        raise UserError("scenarios.no_area")
    row = write.landscape
    row.geom, row.area_ha, row.boundary_source = write.place(shape), area_ha(shape, row.crs), _("drawn")
    return {"area_ha": row.area_ha}


def change_setting(write: Write, setting: str, value: Any) -> dict[str, Any]:
    """Store a project setting."""
    set_project_setting(write.db, setting, value)
    return {"setting": setting, "value": value}
