"""What a bundle holds, put together from the rules: tables, layers, documents, and the facts of the manifest."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session as DbSession
from sqlalchemy.orm import undefer

from onekl_desktop import __version__
from onekl_desktop.base.geometry import from_gpkg
from onekl_desktop.base.progress import Progress
from onekl_desktop.base.translate import _
from onekl_desktop.engine import Session
from onekl_desktop.engine.decisions import today
from onekl_desktop.exchange.bundle.write import Contents, Part, part_name
from onekl_desktop.project.gpkg import feature_columns, quote
from onekl_desktop.project.layers import list_columns
from onekl_desktop.project.queries.records import get_landscape
from onekl_desktop.project.rasters import write_geotiff
from onekl_desktop.project.records import Bundle, Layer, Resource, record_kinds
from onekl_desktop.tools.commons.rules import Released, Selection, select_released


def gather_contents(session: Session, audience: str, licence: str, progress: Progress) -> Contents:
    """Read what may leave.

    The manifest names the landscape only as far as its own fields were released; authors, stamps, file paths
    and user names are not read at all.
    """
    contents = Contents()
    taken = {record.__tablename__ for record in record_kinds().values()}
    with session.read() as db:
        landscape = get_landscape(db)
        selection = select_released(db, audience)
        for kind, given in selection.released.items():
            progress.report(None, _("Reading {name}").format(name=kind))
            contents.parts.append(_as_part(given, landscape.crs))
            if kind == "resource" and "content" in given.fields:
                contents.files += _documents(session, db, given)
        withdrawn = [
            row.version for row in db.scalars(select(Bundle).where(Bundle.withdrawn_on != "").order_by(Bundle.id))
        ]
        version = (db.scalar(select(func.max(Bundle.version))) or 0) + 1
        layers = {row.uuid: row for row in db.scalars(select(Layer))}
    licences = {}
    for uuid, fields in selection.layers.items():
        layer = layers.get(uuid)
        if layer is None:
            continue
        name = part_name(layer.name, taken)
        taken.add(name)
        licences[name] = {"name": layer.name, "licence": layer.licence, "source": layer.source, "year": layer.year}
        if layer.data_kind == "raster":
            contents.files.append((f"raster/{name}.tif", _raster(session, layer)))
        else:
            contents.parts.append(_layer_part(session, layer, name, fields))
    named = selection.released.get("landscape")
    contents.facts = {
        "landscape": landscape.uuid, "name": landscape.name if named and "name" in named.fields else "",
        "version": version, "audience": audience, "licence": licence, "released_on": today(), "withdrawn": withdrawn,
        "layers": licences, "left_out": selection.kept, "crs": landscape.crs, "made_with": f"1KL Desktop {__version__}",
    }  # fmt: skip
    return contents


def _as_part(given: Released, crs: str) -> Part:
    placed = "geom" in given.fields
    columns = [name for name in given.fields if name not in ("geom", "content")]
    table = record_kinds()[given.kind].__tablename__
    rows = [(row.uuid, *(given.value(row, name) for name in columns)) for row in given.rows]
    shapes = [row.geom for row in given.rows] if placed else None  # type: ignore[attr-defined]
    return Part(table, ["uuid", *columns], rows, shapes, crs if placed else "")


def _documents(session: Session, db: DbSession, given: Released) -> list[tuple[str, bytes | Path]]:
    out: list[tuple[str, bytes | Path]] = []
    keys = [row.uuid for row in given.rows]
    for row in db.scalars(select(Resource).where(Resource.uuid.in_(keys)).options(undefer(Resource.content))):
        suffix = Path(row.file_name).suffix.lower()
        name = f"documents/{row.uuid}{suffix}"
        if row.content is not None:
            out.append((name, strip_picture(row.content) if row.media_type.startswith("image/") else row.content))
        elif row.content_hash and row.file_name:
            path = session.project.files_folder / Path(row.file_name).name
            if path.exists() and row.media_type.startswith("image/"):
                out.append((name, strip_picture(path.read_bytes())))
            elif path.exists():
                out.append((name, path))
    return out


def strip_picture(content: bytes) -> bytes:
    """A picture without what a camera wrote into it (place, owner, serial number): only its cells are kept.

    What cannot be read as a picture is not passed on: an empty text is, so that the reader sees that it is missing.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(content)) as picture:
            kind = "JPEG" if picture.format == "JPEG" else "PNG"
            clean = picture.convert("RGB") if kind == "JPEG" else picture.convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        return b""
    fresh = Image.frombytes(clean.mode, clean.size, clean.tobytes())
    buffer = io.BytesIO()
    fresh.save(buffer, format=kind)
    return buffer.getvalue()


def _layer_part(session: Session, layer: Layer, name: str, fields: list[str]) -> Part:
    with session.project.read_raw() as raw:
        known = {column for column, _kind in list_columns(raw, layer.table_name)}
        columns = [field for field in fields if field in known]
        (geometry, _kind, _srs) = feature_columns(raw)[layer.table_name]
        chosen = "".join(f", {quote(column)}" for column in columns)
        query = f"SELECT {quote(geometry)}{chosen} FROM {quote(layer.table_name)} ORDER BY id"
        found: list[Any] = raw.execute(query).fetchall()
    shapes = [None if row[0] is None else from_gpkg(row[0]) for row in found]
    return Part(name, columns, [tuple(row[1:]) for row in found], shapes, layer.crs)


def _raster(session: Session, layer: Layer) -> bytes:
    with tempfile.TemporaryDirectory(prefix="onekl-") as folder:
        path = Path(folder) / "cells.tif"
        write_geotiff(path, session.open_raster(layer))
        return path.read_bytes()


def describe_selection(selection: Selection) -> list[tuple[str, str, int]]:
    """Kind, fields and number of rows of what would leave."""
    return [(kind, ", ".join(given.fields), len(given.rows)) for kind, given in selection.released.items()]
