"""The maps of a page: rendered by the canvas's own cartography, with scale bar and north arrow."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QGuiApplication, QImage

from onekl_desktop.cartography.furniture import draw_furniture
from onekl_desktop.cartography.render import render
from onekl_desktop.cartography.scene import SceneLayer, fit
from onekl_desktop.cartography.source import LegendEntry, MapSource, legend_of
from onekl_desktop.project.file import ProjectFile
from onekl_desktop.project.queries.records import list_classes, list_layers
from onekl_desktop.project.styles import Style
from onekl_desktop.reports.page import MapBlock, Raster

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
