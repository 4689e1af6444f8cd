"""Printed pages on files: PDF with georeference, SVG, pictures with a world file, GeoTIFF. Whole, or not written."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRectF, QSizeF
from PySide6.QtGui import QColor, QImage, QPageSize, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgGenerator

from onekl_desktop.base.errors import UserError, explain_os_error
from onekl_desktop.cartography.geopdf import georeference
from onekl_desktop.cartography.layout import Layout
from onekl_desktop.cartography.render import render_rgba
from onekl_desktop.cartography.scene import SceneLayer, View
from onekl_desktop.cartography.sheet import DPI, Sheet

MOST_PIXELS = 120_000_000  # of a picture of a page


def write_pdf(path: Path, sheets: Sequence[Sheet], title: str = "") -> None:
    """Pages with vectors and georeference (ISO 32000-2, 12.9 and 12.10)."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(round(sheets[0].dpi))
    writer.setTitle(title)
    writer.setCreator("1KL Desktop")
    painter = QPainter()
    for number, sheet in enumerate(sheets):
        writer.setPageSize(QPageSize(QSizeF(*sheet.layout.size_mm), QPageSize.Unit.Millimeter))
        writer.setPageMargins(QMarginsF(0, 0, 0, 0))
        if number == 0:
            if not painter.begin(writer):
                raise UserError("file.read_only", file=path, reason="PDF")
        else:
            writer.newPage()
        sheet.draw(painter)
    painter.end()
    buffer.close()
    put(path, georeference(bytes(data.data()), sheets))


def write_svg(path: Path, sheet: Sheet, title: str = "") -> None:
    """The page as SVG."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setResolution(round(sheet.dpi))
    width, height = (round(mm / 25.4 * sheet.dpi) for mm in sheet.layout.size_mm)
    generator.setSize(QSizeF(width, height).toSize())
    generator.setViewBox(QRectF(0, 0, width, height))
    generator.setTitle(title)
    painter = QPainter(generator)
    sheet.draw(painter)
    painter.end()
    buffer.close()
    put(path, bytes(data.data()))


def picture_of_sheet(sheet: Sheet) -> QImage:
    """The page as a picture at its resolution."""
    width, height = (round(mm / 25.4 * sheet.dpi) for mm in sheet.layout.size_mm)
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor("#ffffff"))
    image.setDotsPerMeterX(round(sheet.dpi / 0.0254))
    image.setDotsPerMeterY(round(sheet.dpi / 0.0254))
    painter = QPainter(image)
    sheet.draw(painter)
    painter.end()
    return image


def fitting_dpi(layout: Layout, dpi: float = DPI) -> float:
    """The resolution at which a picture of the page stays within what a small PC can hold."""
    width, height = layout.size_mm
    dots = width / 25.4 * height / 25.4
    return float(min(dpi, (MOST_PIXELS / dots) ** 0.5))


def write_picture(path: Path, sheet: Sheet) -> None:
    """PNG of the page, with a world file beside it that places the page on the map."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture_of_sheet(sheet).save(buffer, "PNG")  # type: ignore[call-overload]
    put(path, bytes(data.data()))
    put(path.with_suffix(".pgw"), world_file(sheet).encode())


def world_file(sheet: Sheet) -> str:
    """Six numbers from the pixels of the page to the map, for the middle of the upper left pixel."""
    a, b, c, d, e, f = sheet.view.inverse
    x0, y0 = (mm / 25.4 * sheet.dpi for mm in (sheet.plan.map.x, sheet.plan.map.y))
    px, py = 0.5 - x0, 0.5 - y0
    return "\n".join(f"{value:.12g}" for value in (a, d, b, e, a * px + b * py + c, d * px + e * py + f)) + "\n"


def write_geotiff(path: Path, layers: Sequence[SceneLayer], view: View, crs: str) -> None:
    """The map alone as a GeoTIFF with its coordinate system."""
    import rasterio
    from rasterio.transform import Affine

    pixels = render_rgba(list(layers), view, background="#ffffff")
    with tempfile.TemporaryDirectory(prefix="onekl-") as folder:
        part = Path(folder) / "map.tif"
        with rasterio.open(
            part, "w", driver="GTiff", width=view.width, height=view.height, count=3, dtype="uint8", crs=crs, transform=Affine(*view.inverse),
            compress="deflate", tiled=True, photometric="rgb",
        ) as target:  # fmt: skip
            target.write(np.moveaxis(pixels[..., :3], 2, 0))
        put(path, part.read_bytes())


def put(path: Path, data: bytes) -> None:
    """Write a whole file, or nothing."""
    part = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        part.write_bytes(data)
        os.replace(part, path)
    except OSError as problem:
        part.unlink(missing_ok=True)
        raise explain_os_error(problem, path) from None
