"""Layers by name, their columns, and where a new one goes."""

from __future__ import annotations

from sqlalchemy import select

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.progress import Progress
from onekl_desktop.base.translate import _
from onekl_desktop.project.file import Write
from onekl_desktop.project.layers import VectorData, create_layer_table, free_table_name, list_columns
from onekl_desktop.project.queries.records import list_layers
from onekl_desktop.project.records import Layer
from onekl_desktop.project.styles import Style


def get_layer(write: Write, name: str) -> Layer:
    """A layer by name or identity; UserError tied to the field `layer`."""
    return write.get(Layer, name, field="layer")


def get_vector(write: Write, layer: str) -> Layer:
    """A layer of shapes."""
    row = get_layer(write, layer)
    if row.data_kind != "vector":
        raise UserError("layers.not_vector", name=row.name)
    return row


def check_column(write: Write, row: Layer, column: str) -> None:
    """Refuse a column that the layer lacks."""
    if row.data_kind != "vector":
        return
    names = [name for name, _kind in list_columns(write.raw, row.table_name)]
    if column not in names:
        known = _("There are: {names}.").format(names=", ".join(names))
        raise UserError("record.missing", kind=_("column"), value=column, known=known)


def free_name(write: Write, name: str) -> str:
    """The name, with a number where it is taken."""
    taken = set(write.db.scalars(select(Layer.name)))
    candidate, number = name.strip() or _("Layer"), 2
    base = candidate
    while candidate in taken:
        candidate, number = f"{base} {number}", number + 1
    return candidate


def place_for(write: Write, layer: Layer) -> float:
    """Where a new layer goes: rasters at the bottom, areas just above them, lines and points on top."""
    present = list_layers(write.db)
    if layer.data_kind == "raster":
        return min((item.position for item in present), default=0.0) - 1
    if layer.geometry_type == "MULTIPOLYGON":
        below = max((item.position for item in present if item.data_kind == "raster"), default=0.0)
        above = min((item.position for item in present if item.position > below), default=below + 2)
        return (below + above) / 2
    return max((item.position for item in present), default=0.0) + 1


def store_vector(write: Write, layer: Layer, data: VectorData, progress: Progress | None = None) -> None:
    """Make the table of a new vector layer and add the layer."""
    layer.data_kind, layer.geometry_type = "vector", data.geometry_type
    layer.table_name = free_table_name(write.raw, layer.name)
    create_layer_table(write.raw, layer.table_name, data, write.srs_id, progress)
    write.capture.add_table(layer.table_name)
    layer.feature_count, layer.content_hash = len(data.shapes), data.content_hash()
    layer.position = place_for(write, layer)


FILLS = {
    "protected": "#6c9a55",
    "customary": "#b98a3e",
    "zones": "#d9d2bd",
    "roads": "#8a5a44",
    "rivers": "#3d7fb0",
    "other": "#8fb37a",
}


def first_style(layer: Layer) -> Style:
    """How a new vector layer is drawn."""
    style = Style(fill=FILLS.get(layer.role, FILLS["other"]))
    if layer.geometry_type == "MULTILINESTRING":
        style.width = 0.5
    elif layer.geometry_type == "MULTIPOINT":
        style.fill, style.label_column = "#37474f", layer.name_column
    elif layer.role == "zones":
        style.filled, style.outline, style.label_column = False, "#5b6660", layer.name_column
    return style
