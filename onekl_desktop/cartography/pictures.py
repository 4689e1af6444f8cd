"""Between arrays and Qt: pictures and polygons without a copy where it can be."""

from __future__ import annotations

import numpy as np
import shiboken6
from numpy.typing import NDArray
from PySide6.QtGui import QImage, QPolygonF


def to_image(pixels: NDArray[np.uint32]) -> QImage:
    """A picture that looks at the array (premultiplied 0xAARRGGBB); it keeps the array alive."""
    rows, columns = pixels.shape
    image = QImage(pixels.data, columns, rows, 4 * columns, QImage.Format.Format_ARGB32_Premultiplied)
    image.pixels = pixels  # type: ignore[attr-defined]
    return image


def to_polygon(xy: NDArray[np.float64]) -> QPolygonF:
    """A QPolygonF filled in one copy."""
    polygon = QPolygonF()
    polygon.resize(len(xy))
    if len(xy):
        memory = np.frombuffer(shiboken6.VoidPtr(polygon.data(), len(xy) * 16, True), np.float64).reshape(-1, 2)  # type: ignore[arg-type, call-arg, call-overload]
        memory[:] = np.clip(xy, -1e6, 1e6)
    return polygon


def to_rgba(pixels: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """Red, green, blue and alpha of each pixel, not premultiplied, shape (rows, columns, 4)."""
    parts = (pixels[..., None] >> np.array([16, 8, 0, 24], np.uint32)).astype(np.uint8)
    alpha = parts[..., 3:].astype(np.uint16)
    colours = parts[..., :3].astype(np.uint16)
    parts[..., :3] = np.where(alpha > 0, np.minimum((colours * 255 + alpha // 2) // np.maximum(alpha, 1), 255), 0)
    return parts
