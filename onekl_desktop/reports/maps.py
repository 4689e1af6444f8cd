"""The maps of a page: rendered by the canvas's own cartography, with scale bar and north arrow."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QGuiApplication, QImage

from onekl_desktop.cartography.furniture import draw_furniture
from onekl_desktop.cartography.layout import Layout
from onekl_desktop.cartography.page_files import picture_of_sheet
from onekl_desktop.cartography.printing import contents_of, list_layouts
from onekl_desktop.cartography.render import render
from onekl_desktop.cartography.scene import SceneLayer, fit
from onekl_desktop.cartography.shading import shade_zones
from onekl_desktop.cartography.sheet import Sheet as PrintedSheet
from onekl_desktop.cartography.source import LegendEntry, MapSource, legend_of
from onekl_desktop.project.file import ProjectFile
from onekl_desktop.project.queries.records import list_classes, list_layers
from onekl_desktop.project.styles import Style
from onekl_desktop.reports.page import MapBlock, MapSheet, Raster

_app: list[QGuiApplication] = []


@dataclass(frozen=True)
class Picture:
    """A map as PNG with its proportions, its scale and its legend."""

    png: bytes
    width: int
    height: int
    scale: float
    legend: list[tuple[str, list[LegendEntry]]]


def ensure_fonts() -> None:
    """Text in pictures needs a QGuiApplication; the command line makes one without a screen."""
    if QGuiApplication.instance() is None:
        if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
            os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        _app.append(QGuiApplication(["onekl"]))


def draw_map(project: ProjectFile, block: MapBlock, width_mm: float, height_mm: float, dpi: int = 200) -> Picture:
    """Render a map block at print resolution."""
    ensure_fonts()
    source = MapSource(project)
    if block.raster:
        scene = _with_raster(project, source, block.raster)
    else:
        scene = source.scene(scenario=block.scenario, only=set(block.layers) or None)
    shaded = shade_zones(project, block.shading) if block.shading else None
    if shaded is not None:
        scene.insert(-1, shaded)
    if not block.wide:
        scene = [replace(layer, labels=None) for layer in scene]
    view = fit(
        block.around or source.bounds(),
        round(width_mm / 25.4 * dpi),
        round(height_mm / 25.4 * dpi),
        margin=0.03,
        dpi=dpi,
    )
    image = render(scene, view, background="#ffffff")
    draw_furniture(image, view)
    with project.read() as db:
        names = {
            layer.uuid: {cls.code: cls.name for cls in list_classes(db, layer.legend)}
            for layer in list_layers(db)
            if layer.legend
        }
    legend = [group for group in legend_of(scene, names) if group[0] != "Landscape"]
    return Picture(to_png(image), image.width(), image.height(), view.scale, legend)


SHEET_DPI = 200.0
SHEET_LAYOUT = "Report"  # a layout of the project under this name brings logo, margins and texts of the office


def draw_sheet(project: ProjectFile, block: MapSheet, cut_mm: float = 0.0) -> tuple[bytes, float, float]:
    """The sheet as PNG with its size in millimetres, true to its printed scale; `cut_mm` of its white margin is cut off."""
    ensure_fonts()
    source = MapSource(project)
    scene = source.scene(scenario=block.scenario, only=set(block.layers) or None)
    stored = next((layout for layout in list_layouts(project) if layout.name == SHEET_LAYOUT), Layout())
    layout = replace(stored, paper="A4", upright=True, title=block.title, subtitle=block.subtitle or stored.subtitle)
    left, bottom, right, top = block.around or source.bounds()
    room_x, room_y = (right - left) * 0.03, (top - bottom) * 0.03
    box = (left - room_x, bottom - room_y, right + room_x, top + room_y)
    image = picture_of_sheet(PrintedSheet(layout, contents_of(project, scene, box), SHEET_DPI))
    width, height = layout.size_mm
    if cut_mm:
        cut = round(cut_mm / 25.4 * SHEET_DPI)
        image = image.copy(cut, cut, image.width() - 2 * cut, image.height() - 2 * cut)
        width, height = width - 2 * cut_mm, height - 2 * cut_mm
    return to_png(image), width, height


def _with_raster(project: ProjectFile, source: MapSource, raster: Raster) -> list[SceneLayer]:
    """A computed map under the visible shapes of the project."""
    with project.read() as db:
        shapes = {layer.uuid for layer in list_layers(db) if layer.data_kind == "vector" and layer.visible}
    if raster.palette:
        style = Style(kind="classes")
    else:
        style = Style(kind="ramp", ramp="change", low=-raster.most, high=raster.most)
    return [source.run_raster(Path(raster.path), "", style, dict(raster.palette)), *source.scene(only=shapes)]


def to_png(image: QImage) -> bytes:
    """A picture as PNG bytes."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(data.data())
