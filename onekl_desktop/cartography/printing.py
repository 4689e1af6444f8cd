"""From a project to printed pages: what stands on them, one for the landscape or one for each shape of a layer (an atlas)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import shapely
from sqlalchemy import select

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.geometry import from_gpkg, kind_of
from onekl_desktop.base.progress import Progress
from onekl_desktop.base.translate import _
from onekl_desktop.base.units import format_date
from onekl_desktop.cartography import page_files as pages
from onekl_desktop.cartography.layout import Layout, load_layout
from onekl_desktop.cartography.scene import Box, SceneLayer, View
from onekl_desktop.cartography.sheet import Contents, Sheet
from onekl_desktop.cartography.source import MapSource, legend_of
from onekl_desktop.project.file import ProjectFile
from onekl_desktop.project.gpkg import quote
from onekl_desktop.project.queries.records import get_by_name, get_landscape, list_classes, list_layers
from onekl_desktop.project.records import Layer, MapLayout

SUFFIXES = (".pdf", ".png", ".svg", ".tif")
MOST_PAGES = 2000


def list_layouts(project: ProjectFile) -> list[Layout]:
    """The layouts of a project by name."""
    with project.read() as db:
        return [load_layout(row.content, row.name) for row in db.scalars(select(MapLayout).order_by(MapLayout.name))]


def contents_of(
    project: ProjectFile,
    layers: Sequence[SceneLayer],
    box: Box,
    *,
    rotation: float = 0.0,
    author: str = "",
    place: str = "",
) -> Contents:
    """What a page about a box shows and says."""
    with project.read() as db:
        landscape = get_landscape(db)
        rows = {layer.uuid: layer for layer in list_layers(db)}
        names = {
            layer.uuid: {cls.code: cls.name for cls in list_classes(db, layer.legend)}
            for layer in rows.values()
            if layer.legend
        }
    shown = [rows[layer.uuid] for layer in layers if layer.uuid in rows]
    sources = [
        f"{layer.name}: {', '.join(part for part in (layer.source, str(layer.year or ''), layer.licence) if part)}"
        for layer in reversed(shown)
    ]
    outline = []
    if landscape.geom is not None and not landscape.geom.is_empty:
        outline = [shapely.get_coordinates(ring) for ring in shapely.get_rings(shapely.get_parts(landscape.geom))]
    legend = [group for group in legend_of(list(layers), names) if group[0] != "Landscape"]
    facts = {
        "landscape": landscape.name,
        "place": place or landscape.name,
        "date": format_date(dt.date.today()),
        "author": author,
    }
    if landscape.synthetic:
        sources.insert(0, _("This landscape is invented."))
    return Contents(layers, box, project.crs, legend, sources, outline, facts, rotation)


def atlas_of(
    project: ProjectFile, source: MapSource, layers: Sequence[SceneLayer], layer: str, author: str = ""
) -> list[Contents]:
    """A page for each shape of a layer of areas, by name; the rest is faded.

    Raises
    ------
    UserError
        `record.missing`, `layers.not_areas`, `layers.nothing`.
    """
    with project.read() as db:
        row = get_by_name(db, Layer, layer, field="atlas")
    if row.data_kind != "vector" or kind_of(row.geometry_type) != "polygon":
        raise UserError("layers.not_areas", name=row.name)
    column = quote(row.name_column) if row.name_column else "id"
    with project.read_raw() as raw:
        found = raw.execute(
            f"SELECT {column}, geom FROM {quote(row.table_name)} WHERE geom IS NOT NULL ORDER BY {column} LIMIT {MOST_PAGES}"
        ).fetchall()
    made = []
    for name, blob in found:
        try:
            shape = from_gpkg(blob)
        except ValueError:
            continue
        if shape.is_empty:
            continue
        contents = contents_of(
            project, layers, shape.bounds, author=author, place=str(name if name is not None else "–")
        )
        contents.kept = [shapely.get_coordinates(ring) for ring in shapely.get_rings(shapely.get_parts(shape))]
        made.append(contents)
    if not made:
        raise UserError("layers.nothing", name=row.name)
    return made


def for_atlas(layout: Layout) -> Layout:
    """A page that does not name its place gets it below the title."""
    named = "{place}" in layout.title + layout.subtitle
    return (
        layout if named else replace(layout, subtitle=" – ".join(part for part in (layout.subtitle, "{place}") if part))
    )


def write_map(path: Path, layout: Layout, contents: Sequence[Contents], progress: Progress | None = None) -> list[Path]:
    """Print to a file of the kind that its ending names; pictures of an atlas get numbers.

    Raises
    ------
    UserError
        `print.kind`, or a problem of the medium.
    """
    suffix = path.suffix.lower()
    progress = progress or Progress()
    if suffix not in SUFFIXES:
        raise UserError("print.kind", file=path, known=", ".join(SUFFIXES))
    title = contents[0].facts.get("landscape", "")
    if suffix == ".pdf":
        progress.report(None, _("Writing {file}").format(file=path.name))
        pages.write_pdf(path, [Sheet(layout, each) for each in contents], title)
        return [path]
    written = []
    for number, each in enumerate(contents):
        progress.report(number / len(contents), _("Writing {file}").format(file=path.name))
        target = path if len(contents) == 1 else path.with_name(f"{path.stem}-{number + 1:03d}{path.suffix}")
        if suffix == ".png":
            pages.write_picture(target, Sheet(layout, each, pages.fitting_dpi(layout)))
        elif suffix == ".svg":
            pages.write_svg(target, Sheet(layout, each), title)
        else:
            pages.write_geotiff(
                target, each.layers, _upright(Sheet(layout, each, pages.fitting_dpi(layout)).view), each.crs
            )
        written.append(target)
    return written


def _upright(view: View) -> View:
    """North up: a GeoTIFF that is turned cannot be laid over others by most programs."""
    return View(view.extent, view.width, view.height, view.dpi)
