"""The QGIS project inside the file: QGIS opens it by name, styled like here (3.22 to 3.44).

Facts it rests on: content is the hex text of a zip with one .qgs; layer ids have eleven characters or more;
the project's CRS is given as WKT with ProjectionsEnabled; symbol properties are written both as Option and prop.
"""

from __future__ import annotations

import io
import json
import sqlite3
import zipfile
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from sqlalchemy import select
from sqlalchemy.orm import Session as DbSession

from onekl_desktop.base.geometry import kind_of
from onekl_desktop.project.qgis_styles import BLEND_MODES, raster_renderer, scale_range, vector_style
from onekl_desktop.project.records import LandCoverClass, Landscape, Layer, Practice
from onekl_desktop.project.records.base import now
from onekl_desktop.project.references import LINKS
from onekl_desktop.project.styles import Style, StyleClass, load_style

PROJECT_NAME = "1KL Desktop"
VERSION = "3.22.16-Białowieża"
ATTRIBUTE_TABLES = (
    "scenario", "practice", "indicator", "indicator_value", "land_cover_class", "run", "layer", "organisation", "people_group",
    "person", "agreement", "signature", "consent", "decision", "vote", "goal", "target", "action", "assessment",
    "assessment_answer", "project", "project_part", "finance_line", "finance_source", "observation", "resource", "release_rule",
    "bundle", "bookmark", "map_layout", "projection", "chain_model", "group_weight", "idea", "finance_flow",
    "funding", "household_type", "exchange_rate", "room_item", "movement", "profile", "linkage", "membership", "engagement", "meeting", "attendance",
    "evidence", "glossary_term", "comment", "vision", "wish", "concern", "picture", "result", "result_link", "dependency", "budget_line",
    "interplay", "onekl_journal", "onekl_meta",
)  # fmt: skip


@dataclass
class _Item:
    """A layer of the QGIS project."""

    id: str
    name: str
    table: str
    kind: str  # polygon line point raster table
    crs: str
    style: Style
    classes: list[StyleClass]
    group: str
    visible: bool = True
    opacity: float = 1.0
    file: str = ""


def embed(raw: sqlite3.Connection, db: DbSession, file_name: str) -> None:
    """Write `qgis_projects` and `layer_styles` for the project as it is now, within the caller's transaction."""
    landscape = db.scalar(select(Landscape).limit(1))
    if landscape is None:
        return
    items = _collect(raw, db, landscape)
    extent = landscape.geom.bounds if landscape.geom is not None else (0, 0, 1, 1)
    tree = _document(items, landscape, extent, file_name)
    text = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n" + ET.tostring(tree, encoding="unicode")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        info = zipfile.ZipInfo(f"{PROJECT_NAME}.qgs", date_time=(2026, 1, 1, 0, 0, 0))
        info.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(info, text)
    metadata = json.dumps({"last_modified_time": now(), "last_modified_user": ""})
    raw.execute("DELETE FROM qgis_projects WHERE name = ?", (PROJECT_NAME,))
    raw.execute("INSERT INTO qgis_projects VALUES (?, ?, ?)", (PROJECT_NAME, metadata, packed.getvalue().hex()))
    _write_layer_styles(raw, items)


def _collect(raw: sqlite3.Connection, db: DbSession, landscape: Landscape) -> list[_Item]:
    practices = db.scalars(select(Practice).order_by(Practice.name)).all()
    legend: dict[str, list[StyleClass]] = {}
    for item in db.scalars(select(LandCoverClass).order_by(LandCoverClass.code)):
        legend.setdefault(item.legend, []).append(StyleClass(item.code, item.name, item.colour))
    plans = Style(kind="categorised", column="practice", outline="#1f2d28", width=0.4)
    items = [
        _Item("intervention_onekl", "Interventions", "intervention", "polygon", landscape.crs, plans,
              [StyleClass(practice.uuid, practice.name, practice.colour) for practice in practices], "Plan"),
        _Item("landscape_onekl", "Landscape boundary", "landscape", "polygon", landscape.crs,
              Style(filled=False, outline="#1f2d28", width=0.7), [], "Plan"),
    ]  # fmt: skip
    registered = {name for (name,) in raw.execute("SELECT table_name FROM gpkg_contents")}
    for layer in db.scalars(select(Layer).order_by(Layer.position.desc())):
        style = load_style(layer.style)
        if layer.data_kind == "raster":
            classes = [cls for cls in legend.get(layer.legend, []) if cls.value not in style.hidden_codes]
            kind = "raster"
        else:
            classes, kind = style.classes, kind_of(layer.geometry_type)
        if layer.table_name in registered or layer.file_name:
            items.append(
                _Item(f"layer_{layer.uuid}", layer.name, layer.table_name, kind, layer.crs, style, classes,
                      "Layers", layer.visible, layer.opacity, layer.file_name)
            )  # fmt: skip
    for table in (name for name in ATTRIBUTE_TABLES if name in registered):
        items.append(_Item(f"table_{table}_onekl", table, table, "table", "", Style(), [], "Tables"))
    return items


def _document(items: list[_Item], landscape: Landscape, extent: tuple[float, ...], file_name: str) -> ET.Element:
    root = ET.Element("qgis", version=VERSION, projectname=landscape.name, saveUser="", saveUserFull="")
    _sub(root, "title", landscape.name)
    project_crs = ET.SubElement(root, "projectCrs")
    project_crs.append(_srs(landscape.crs))
    tree = ET.SubElement(root, "layer-tree-group")
    for group in dict.fromkeys(item.group for item in items):
        node = ET.SubElement(
            tree, "layer-tree-group", name=group, checked="Qt::Checked", expanded="0" if group == "Tables" else "1"
        )
        for item in (item for item in items if item.group == group):
            ET.SubElement(
                node, "layer-tree-layer", id=item.id, name=item.name, providerKey=_provider(item), source=_source(item, file_name),
                checked="Qt::Checked" if item.visible else "Qt::Unchecked", expanded="0",
            )  # fmt: skip
    _relations(root, items)
    canvas = ET.SubElement(root, "mapcanvas", name="theMapCanvas")
    _sub(canvas, "units", "meters")
    _extent(ET.SubElement(canvas, "extent"), extent)
    canvas.append(_wrap("destinationsrs", _srs(landscape.crs)))
    layers = ET.SubElement(root, "projectlayers")
    for item in items:
        layers.append(_map_layer(item, file_name))
    order = ET.SubElement(root, "layerorder")
    for item in items:
        if item.kind != "table":
            ET.SubElement(order, "layer", id=item.id)
    properties = ET.SubElement(root, "properties")
    _property(properties, ("Paths", "Absolute"), "false", "bool")
    _property(properties, ("SpatialRefSys", "ProjectionsEnabled"), "1", "int")
    _property(properties, ("Measurement", "AreaUnits"), "ha", "QString")
    _property(properties, ("Measure", "Ellipsoid"), "EPSG:7030", "QString")
    return root


def _relations(root: ET.Element, items: list[_Item]) -> None:
    relations = ET.SubElement(root, "relations")
    by_table = {item.table: item for item in items}
    for link in LINKS:
        child, column, parent = link.child, link.column, link.parent
        if child in by_table and parent in by_table:
            relation = ET.SubElement(
                relations, "relation", id=f"onekl_{child}_{column}", name=f"{child} → {parent}", strength="Association",
                referencingLayer=by_table[child].id, referencedLayer=by_table[parent].id,
            )  # fmt: skip
            ET.SubElement(relation, "fieldRef", referencingField=column, referencedField="uuid")


def _provider(item: _Item) -> str:
    return "gdal" if item.kind == "raster" else "ogr"


def _source(item: _Item, file_name: str) -> str:
    if item.file:
        return f"./{file_name.rsplit('.', 1)[0]}_files/{item.file}"
    if item.kind == "raster":
        return f"GPKG:./{file_name}:{item.table}"
    return f"./{file_name}|layername={item.table}"


def _map_layer(item: _Item, file_name: str) -> ET.Element:
    if item.kind == "raster":
        node = ET.Element("maplayer", type="raster")
    else:
        geometry = {"polygon": "Polygon", "line": "Line", "point": "Point", "table": "No geometry"}[item.kind]
        node = ET.Element("maplayer", type="vector", geometry=geometry, simplifyDrawingHints="1")
    for key, value in scale_range(item.style).items():
        node.set(key, value)
    _sub(node, "id", item.id)
    _sub(node, "datasource", _source(item, file_name))
    _sub(node, "layername", item.name)
    if item.crs:
        node.append(_wrap("srs", _srs(item.crs)))
    _sub(node, "provider", _provider(item), **({} if item.kind == "raster" else {"encoding": "UTF-8"}))
    if item.kind == "raster":
        pipe = ET.SubElement(node, "pipe")
        pipe.append(raster_renderer(item.style, item.classes, item.opacity))
        _sub(node, "blendMode", str(BLEND_MODES[item.style.blend]))
    if item.kind != "raster":
        defaults = ET.SubElement(node, "defaults")
        ET.SubElement(defaults, "default", field="uuid", expression="uuid('Id128')", applyOnUpdate="0")
    if item.kind not in ("raster", "table"):
        for part in vector_style(item.kind, item.style, item.classes):
            node.append(part)
        node.set("labelsEnabled", "1" if item.style.label_column else "0")
        _sub(node, "layerOpacity", f"{item.opacity:g}")
    return node


def _write_layer_styles(raw: sqlite3.Connection, items: list[_Item]) -> None:
    raw.execute("DELETE FROM layer_styles WHERE owner = ?", (PROJECT_NAME,))
    for item in items:
        if item.kind not in ("polygon", "line", "point"):
            continue
        root = ET.Element("qgis", version=VERSION, styleCategories="Symbology|Labeling|Rendering")
        for key, value in (
            scale_range(item.style) | {"labelsEnabled": "1" if item.style.label_column else "0"}
        ).items():
            root.set(key, value)
        for part in vector_style(item.kind, item.style, item.classes):
            root.append(part)
        qml = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n" + ET.tostring(root, encoding="unicode")
        raw.execute(
            "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, styleQML, "
            "styleSLD, useAsDefault, description, owner, ui) VALUES ('', '', ?, 'geom', ?, ?, '', 1, ?, ?, '')",
            (item.table, item.name[:30], qml, item.name, PROJECT_NAME),
        )


def _srs(crs: str) -> ET.Element:
    from pyproj import CRS

    system = CRS.from_user_input(crs)
    node = ET.Element("spatialrefsys")
    _sub(node, "wkt", system.to_wkt("WKT2_2019"))
    _sub(node, "proj4", "")
    _sub(node, "srsid", "0")
    _sub(node, "srid", crs.rsplit(":", maxsplit=1)[-1])
    _sub(node, "authid", crs)
    _sub(node, "description", system.name)
    _sub(node, "geographicflag", "true" if system.is_geographic else "false")
    return node


def _wrap(tag: str, child: ET.Element) -> ET.Element:
    node = ET.Element(tag)
    node.append(child)
    return node


def _sub(parent: ET.Element, tag: str, text: str, **attributes: str) -> ET.Element:
    node = ET.SubElement(parent, tag, attributes)
    node.text = text
    return node


def _extent(node: ET.Element, box: tuple[float, ...]) -> None:
    for tag, value in zip(("xmin", "ymin", "xmax", "ymax"), box, strict=True):
        _sub(node, tag, repr(float(value)))


def _property(parent: ET.Element, path: tuple[str, str], value: str, kind: str) -> None:
    outer = parent.find(path[0])
    if outer is None:
        outer = ET.SubElement(parent, path[0])
    _sub(outer, path[1], value, type=kind)
