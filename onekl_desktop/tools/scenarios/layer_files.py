"""Layers of the open project as files of their own, for readers of files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from shapely.geometry import mapping
from sqlalchemy import select

from onekl_desktop.base.errors import UserError, explain_os_error
from onekl_desktop.base.geometry import from_gpkg
from onekl_desktop.base.translate import _
from onekl_desktop.engine import Session
from onekl_desktop.project.gpkg import quote
from onekl_desktop.project.layers import list_columns
from onekl_desktop.project.rasters import write_geotiff
from onekl_desktop.project.records import Layer


def address_of(layer: Layer) -> str:
    """How a run names a layer of its own project, wherever the project file lies."""
    return f"#{layer.table_name or layer.file_name}"


def copy_layers(session: Session, arguments: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Arguments with layers of the project as files of their own.

    The project is open, and two libraries that have one SQLite file open in one program take each other's locks away: no
    other reader than the session may touch it.
    """
    named = {id: value[1:] for id, value in arguments.items() if isinstance(value, str) and value.startswith("#")}
    with session.read() as db:
        layers = {layer.table_name or layer.file_name: layer for layer in db.scalars(select(Layer))}
        names = {layer.name: layer for layer in layers.values()}
    found = dict(arguments)
    for id, name in named.items():
        layer = layers.get(name) or names.get(name)
        if layer is None:
            raise UserError("record.missing", kind=_("layer"), value=name, known=", ".join(sorted(names)))
        if layer.file_name:
            found[id] = str(session.project.files_folder / layer.file_name)
            continue
        path = folder / f"{layer.table_name}.{'tif' if layer.data_kind == 'raster' else 'geojson'}"
        if not path.exists():
            try:
                folder.mkdir(parents=True, exist_ok=True)
                if layer.data_kind == "raster":
                    write_geotiff(path, session.open_raster(layer))
                else:
                    path.write_text(json.dumps(_as_geojson(session, layer)), encoding="utf-8")
            except OSError as problem:
                raise explain_os_error(problem, path) from None
        found[id] = str(path)
    return found


def _as_geojson(session: Session, layer: Layer) -> dict[str, Any]:
    with session.project.read_raw() as raw:
        columns = [name for name, _kind in list_columns(raw, layer.table_name)]
        listed = ", ".join(quote(name) for name in columns)
        rows = raw.execute(
            f"SELECT geom{', ' + listed if listed else ''} FROM {quote(layer.table_name)} WHERE geom IS NOT NULL ORDER BY id"
        ).fetchall()
    features = [
        {"type": "Feature", "geometry": mapping(from_gpkg(row[0])),
         "properties": {name: value for name, value in zip(columns, row[1:], strict=True) if not isinstance(value, bytes)}}
        for row in rows
    ]  # fmt: skip
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:" + session.crs.replace(":", "::")}}
    return {"type": "FeatureCollection", "crs": crs, "features": features}
