"""Import, style, describe and remove layers; the landscape's own conventions."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select

from onekl_desktop.base.errors import UserError, explain_os_error
from onekl_desktop.base.geometry import area_ha, polygons_of, repair
from onekl_desktop.base.ids import slug
from onekl_desktop.base.progress import Progress
from onekl_desktop.base.translate import _
from onekl_desktop.engine import Session
from onekl_desktop.engine.project_settings import set_project_setting
from onekl_desktop.exchange.classes import ClassRow
from onekl_desktop.exchange.raster import RasterPlan
from onekl_desktop.exchange.table import write_rows
from onekl_desktop.project.file import Write
from onekl_desktop.project.layers import free_table_name
from onekl_desktop.project.queries.records import list_classes, list_layers
from onekl_desktop.project.rasters import build_raster, copy_tiles, dump_grid
from onekl_desktop.project.records import LandCoverClass, Landscape, Layer, Run
from onekl_desktop.project.records.journal import Parked
from onekl_desktop.project.styles import Style
from onekl_desktop.tools.layers.access import check_column, first_style, free_name, get_layer, place_for, store_vector
from onekl_desktop.tools.layers.claims import make_planning_units, prepare_make_planning_units, settle_claims
from onekl_desktop.tools.layers.editing import (
    add_column,
    add_gps,
    add_hole,
    add_layer,
    add_shape,
    calculate,
    change_shapes,
    change_values,
    cut_to_landscape,
    fill_holes,
    merge_shapes,
    offset_shapes,
    prepare_add_gps,
    remove_column,
    remove_shapes,
    reshape_shapes,
    split_shapes,
)
from onekl_desktop.tools.layers.geoprocessing import (
    buffer_layer,
    clip_layer,
    dissolve_layer,
    intersect_layers,
    join_layer,
    join_table,
    prepare_buffer_layer,
    prepare_clip_layer,
    prepare_dissolve_layer,
    prepare_intersect_layers,
    prepare_join_layer,
    prepare_join_table,
    prepare_subtract_layer,
    prepare_unite_layers,
    prepare_zonal_statistics,
    subtract_layer,
    unite_layers,
    zonal_statistics,
)
from onekl_desktop.tools.layers.importing import ImportPlan, plan_import
from onekl_desktop.tools.layers.layouts import prepare_save_layout, remove_layout, save_layout
from onekl_desktop.tools.layers.places import add_bookmark, remove_bookmark
from onekl_desktop.tools.layers.styling import (
    change_style,
    prepare_read_style,
    read_style,
    style_as_heat,
    style_by_class,
    style_by_range,
    style_by_rule,
    style_plain,
)

# What the spec names and other modules do.
__all__ = [
    "add_bookmark",
    "add_column",
    "add_gps",
    "add_hole",
    "add_layer",
    "add_shape",
    "buffer_layer",
    "calculate",
    "change_shapes",
    "change_style",
    "change_values",
    "clip_layer",
    "cut_to_landscape",
    "dissolve_layer",
    "fill_holes",
    "intersect_layers",
    "join_layer",
    "join_table",
    "make_planning_units",
    "merge_shapes",
    "offset_shapes",
    "prepare_add_gps",
    "prepare_buffer_layer",
    "prepare_clip_layer",
    "prepare_dissolve_layer",
    "prepare_intersect_layers",
    "prepare_join_layer",
    "prepare_join_table",
    "prepare_make_planning_units",
    "prepare_read_style",
    "prepare_save_layout",
    "prepare_subtract_layer",
    "prepare_unite_layers",
    "prepare_zonal_statistics",
    "read_style",
    "remove_bookmark",
    "remove_column",
    "remove_layout",
    "remove_shapes",
    "reshape_shapes",
    "save_layout",
    "settle_claims",
    "split_shapes",
    "style_as_heat",
    "style_by_class",
    "style_by_range",
    "style_by_rule",
    "style_plain",
    "subtract_layer",
    "unite_layers",
    "zonal_statistics",
]  # fmt: skip


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
        name=free_name(write, name), role=role, crs=write.landscape.crs, year=planned.year, licence=planned.licence,
        source=planned.path.name, import_note="\n".join(planned.sentences),
    )  # fmt: skip
    if isinstance(plan, RasterPlan):
        _store_raster(write, layer, ready, plan)
    else:
        layer.name_column = plan.name_column
        store_vector(write, layer, plan.data, ready.progress)
        layer.style = (planned.style.style if planned.style else first_style(layer)).dump()
    if role == "zones" and not write.landscape.zones:
        write.landscape.zones = layer.uuid
    if role == "land_cover" and not write.landscape.land_cover and layer.year is not None:
        write.landscape.land_cover = layer.uuid
    if planned.style is not None:
        layer.opacity = planned.style.opacity
    write.add(layer)
    left = [] if isinstance(plan, RasterPlan) else [{"row": row, "reason": reason} for row, reason in plan.left]
    return {"layer": layer.uuid, "name": layer.name, "sentences": planned.sentences, "left_out": left}


def _store_raster(write: Write, layer: Layer, ready: Ready, plan: RasterPlan) -> None:
    planned, built = ready.planned, ready.built
    layer.data_kind = "raster"
    layer.position = place_for(write, layer)
    layer.extent, layer.content_hash = dump_grid(plan.source.grid), ready.digest
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
            carbon_soil_t_per_ha=row.pools["soil"], carbon_dead_t_per_ha=row.pools["dead"], carbon_source=row.source,
            carbon_spread=row.spread))  # fmt: skip
    return legend


# ------------------------------------------------------------------ looks


def change_layer(
    write: Write, layer: str, name: str = "", visible: bool | None = None, opacity: float | None = None,
    year: int | None = None, licence: str = "", name_column: str = "",
) -> dict[str, Any]:  # fmt: skip
    """Change what was given; the rest stays."""
    row = get_layer(write, layer)
    if name and name != row.name:
        if write.db.scalar(select(Layer.id).where(Layer.name == name, Layer.uuid != row.uuid)):
            raise UserError("record.name_taken", kind=_("layer"), name=name)
        row.name = name
    row.visible = row.visible if visible is None else visible
    row.opacity = row.opacity if opacity is None else opacity
    row.year = row.year if year is None else year
    row.licence = licence or row.licence
    if name_column:
        check_column(write, row, name_column)
        row.name_column = name_column
        row.revision += 1
    return {"layer": row.uuid, "name": row.name}


def move_layer(write: Write, layer: str, steps: int) -> dict[str, Any]:
    """Move a layer in the drawing order."""
    row = get_layer(write, layer)
    order = list_layers(write.db)
    at = next(index for index, item in enumerate(order) if item.uuid == row.uuid)
    order.insert(max(0, min(len(order) - 1, at - steps)), order.pop(at))
    for position, item in enumerate(reversed(order)):
        if item.position != position:
            item.position = float(position)
    return {"layer": row.uuid, "name": row.name}


def change_class(
    write: Write, layer: str, code: int, name: str = "", colour: str | None = None, natural_forest: bool | None = None,
    above: float | None = None, below: float | None = None, soil: float | None = None, dead: float | None = None,
    source: str = "", spread: float | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Change what was given of a class of the layer's legend; the rest stays."""
    row = get_layer(write, layer)
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
    cls.carbon_spread = cls.carbon_spread if spread is None else spread
    return {"layer": row.uuid, "name": cls.name}


# ------------------------------------------------------------------ roles


def set_land_cover(write: Write, layer: str, year: int | None = None) -> dict[str, Any]:
    """Choose the map that scenarios start from."""
    row = get_layer(write, layer)
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
    row = get_layer(write, layer)
    if name_column:
        check_column(write, row, name_column)
        row.name_column = name_column
    write.landscape.zones = row.uuid
    return {"layer": row.uuid, "name": row.name}


def remove_layer(write: Write, layer: str) -> dict[str, Any]:
    """Take a layer out; its table is parked until the project closes."""
    row = get_layer(write, layer)
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
