"""Draw a scene into a picture, in parts on all processors. QtGui only; runs on any thread."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage, QPainter

from onekl_desktop.cartography.labels import draw_labels
from onekl_desktop.cartography.levels import levels_of
from onekl_desktop.cartography.paint import colour, lay
from onekl_desktop.cartography.pictures import to_image, to_rgba
from onekl_desktop.cartography.scene import SceneLayer, View

MOST_PIXELS = 1 << 20  # of a part


def render(layers: Sequence[SceneLayer], view: View, *, background: str = "") -> QImage:
    """Draw layers (first is the lowest) into a new premultiplied ARGB picture; `background` is #rrggbb, empty for none."""
    pixels = render_pixels(layers, view, background=background)
    image = to_image(pixels)
    if any(layer.labels is not None for layer in layers):
        painter = QPainter(image)
        try:
            draw_labels(painter, layers, view)
        finally:
            painter.end()
    return image


def render_pixels(layers: Sequence[SceneLayer], view: View, *, background: str = "") -> NDArray[np.uint32]:
    """The same without labels, as an array (rows, columns) of premultiplied 0xAARRGGBB."""
    out = np.full((view.height, view.width), colour(background) if background else 0, np.uint32)
    processors = os.cpu_count() or 1
    bands = max(processors, -(-view.width * view.height // MOST_PIXELS))
    edges = np.linspace(0, view.height, min(bands, max(view.height, 1)) + 1).astype(int).tolist()
    parts = [band for band in pairwise(edges) if band[1] > band[0]]
    drawn = list(layers)
    for layer in drawn:
        if layer.shapes is not None and len(parts) > 1:
            levels_of(layer.shapes).look(view)

    def draw(band: tuple[int, int]) -> None:
        lay(drawn, view.part(0, band[0], view.width, band[1] - band[0]), out[band[0] : band[1]])

    if len(parts) == 1:
        draw(parts[0])
    elif parts:
        with ThreadPoolExecutor(processors, thread_name_prefix="render") as pool:
            list(pool.map(draw, parts))
    return out


def render_rgba(layers: Sequence[SceneLayer], view: View, *, background: str = "") -> NDArray[np.uint8]:
    """The picture as red, green, blue and alpha of each pixel, shape (rows, columns, 4)."""
    image = render(layers, view, background=background)
    bits = np.frombuffer(image.constBits(), np.uint32).reshape(view.height, view.width)
    return to_rgba(bits)
