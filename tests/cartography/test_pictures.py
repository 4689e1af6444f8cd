"""Every style against a golden picture, and the page's lines and areas against the screen's pixels: the same map everywhere.

`ONEKL_GOLDEN=write` makes the pictures anew; look at them before committing.
"""

import os
from pathlib import Path

import numpy as np
import pytest
import shapely
from PySide6.QtGui import QColor, QImage, QPainter

from onekl_desktop.base.geometry import flatten
from onekl_desktop.base.rasters import ArrayRaster, Grid
from onekl_desktop.cartography.pictures import to_rgba
from onekl_desktop.cartography.render import render
from onekl_desktop.cartography.scene import SceneLayer, View
from onekl_desktop.cartography.vector import draw_scene
from onekl_desktop.project.styles import PATTERNS, Style, StyleClass

GOLDEN = Path(__file__).parents[1] / "golden" / "maps"
VIEW = View((0, 0, 320, 200), 320, 200)


def areas(style, groups=None, **more):
    shapes = np.array(
        [shapely.Point(40 + 60 * (k % 5), 50 + 100 * (k // 5)).buffer(34, quad_segs=2 + k) for k in range(10)],
        dtype=object,
    )
    shapes[3] = shapes[3].difference(shapely.box(205, 40, 235, 60))
    return SceneLayer("a", "Areas", style, shapes=flatten(shapes, np.arange(10), "polygon"), groups=groups, **more)


def lines(style, groups=None):
    xs = np.linspace(5, 315, 40)
    shapes = np.array(
        [shapely.LineString(np.column_stack([xs, 20 + 18 * k + 8 * np.sin(xs / 20 + k)])) for k in range(10)],
        dtype=object,
    )
    return SceneLayer("l", "Lines", style, shapes=flatten(shapes, np.arange(10), "line"), groups=groups)


def points(style, groups=None, weights=None):
    rng = np.random.default_rng(2)
    shapes = shapely.points(rng.uniform(10, 190, (60, 2)) * [1.6, 1])
    return SceneLayer(
        "p", "Points", style, shapes=flatten(shapes, np.arange(60), "point"), groups=groups, weights=weights
    )


def cells(style, codes=False, **more):
    y, x = np.mgrid[0:50, 0:80]
    heights = (np.sin(x / 9) * np.cos(y / 7) * 100 + x * 3).astype(np.float32)
    values = (heights // 60 % 4 + 1).astype(np.uint16) if codes else heights
    palette = {1: "#1b6b3a", 2: "#c9a227", 3: "#a63d40", 4: "#3a6ea5"} if codes else {}
    return SceneLayer(
        "r",
        "Cells",
        style,
        raster=ArrayRaster(Grid("EPSG:32647", 0, 200, 4, 4, 80, 50), values),
        palette=palette,
        **more,
    )


FIVE = [
    StyleClass(k, str(k), colour) for k, colour in enumerate(("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#f0e442"))
]
BY_FIVE = np.arange(10, dtype=np.int32) % 5
PATTERNED = [StyleClass(k, name, "#c9d8b6", pattern=name) for k, name in enumerate(PATTERNS)]
SCENES = {
    "single": [areas(Style(fill="#8fb37a", width=0.5))],
    "categorised": [areas(Style(kind="categorised", classes=FIVE, width=0.3), BY_FIVE)],
    "hidden": [areas(Style(kind="categorised", classes=FIVE), np.where(BY_FIVE == 2, -1, BY_FIVE).astype(np.int32))],
    "patterns": [areas(Style(kind="categorised", classes=PATTERNED), np.arange(10, dtype=np.int32) % len(PATTERNED))],
    "outlines": [areas(Style(filled=False, outline="#aa2211", width=0.8, dashes=[2.0, 1.0]))],
    "clear": [cells(Style(kind="classes"), codes=True), areas(Style(fill="#ffffff"), fill_opacity=0.5, opacity=0.8)],
    "multiply": [cells(Style(kind="classes"), codes=True), areas(Style(fill="#e0a0a0", blend="multiply"))],
    "lines": [lines(Style(kind="categorised", classes=FIVE, width=0.9), BY_FIVE)],
    "dashes": [lines(Style(fill="#3d7fb0", width=0.7, dashes=[3.0, 1.5]))],
    "circles": [points(Style(fill="#0072b2", size=2.5))],
    "diamonds": [
        points(Style(kind="categorised", classes=FIVE, marker="diamond", size=3), np.arange(60, dtype=np.int32) % 5)
    ],
    "triangles": [points(Style(fill="#d55e00", marker="triangle", size=3))],
    "squares": [points(Style(fill="#009e73", marker="square", size=2.5))],
    "heat": [points(Style(kind="heat", radius=6, ramp="magnitude"))],
    "ramp": [cells(Style(kind="ramp", ramp="elevation"))],
    "hills": [cells(Style(kind="hillshade"))],
    "classes": [cells(Style(kind="classes", hidden_codes=[2]), codes=True)],
    "boundary": [areas(Style(filled=False, outline="#22322c", width=0.6), casing=True)],
}


def drawn(layers, view=VIEW):
    image = render(layers, view, background="#ffffff")
    return to_rgba(np.frombuffer(image.constBits(), np.uint32).reshape(view.height, view.width))[..., :3]


def on_page(layers, view=VIEW):
    image = QImage(view.width, view.height, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(QColor("#ffffff"))
    painter = QPainter(image)
    draw_scene(painter, layers, view)
    painter.end()
    return to_rgba(np.frombuffer(image.constBits(), np.uint32).reshape(view.height, view.width))[..., :3]


def difference(a, b):
    """How different two pictures look: the mean distance in CIE L*a*b* after a blur as wide as an eye at arm's length sees."""

    def seen(picture):
        linear = np.where(picture / 255 <= 0.04045, picture / 255 / 12.92, ((picture / 255 + 0.055) / 1.055) ** 2.4)
        padded = np.pad(linear, ((1, 1), (1, 1), (0, 0)), mode="edge")
        blurred = (
            sum(padded[dy : dy + picture.shape[0], dx : dx + picture.shape[1]] for dy in range(3) for dx in range(3))
            / 9
        )
        xyz = (
            blurred
            @ np.array([[0.4124, 0.2126, 0.0193], [0.3576, 0.7152, 0.1192], [0.1805, 0.0722, 0.9505]])
            / [0.9505, 1.0, 1.089]
        )
        f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
        return np.stack([116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], axis=-1)

    return float(np.sqrt(((seen(a.astype(float)) - seen(b.astype(float))) ** 2).sum(axis=-1)).mean())


@pytest.mark.parametrize("name", SCENES)
def test_it_looks_as_it_was_looked_at(name):
    found, path = drawn(SCENES[name]), GOLDEN / f"{name}.png"
    if os.environ.get("ONEKL_GOLDEN") == "write":
        path.parent.mkdir(exist_ok=True)
        picture = np.ascontiguousarray(found)
        QImage(picture.data, 320, 200, 960, QImage.Format.Format_RGB888).save(str(path))
    golden = QImage(str(path)).convertToFormat(QImage.Format.Format_ARGB32)
    assert golden.size() == QImage(320, 200, QImage.Format.Format_ARGB32).size(), "no golden picture"
    kept = to_rgba(np.frombuffer(golden.constBits(), np.uint32).reshape(200, 320))[..., :3]
    assert difference(found, kept) < 0.3


@pytest.mark.parametrize("name", SCENES)
def test_the_page_shows_what_the_screen_shows(name):
    assert difference(drawn(SCENES[name]), on_page(SCENES[name])) < (2.5 if name == "patterns" else 1.6)


def test_the_measure_of_difference_sees_what_an_eye_sees():
    plain = drawn(SCENES["categorised"])
    assert difference(plain, plain) == 0
    assert difference(plain, drawn(SCENES["hidden"])) > 3
    assert difference(plain, drawn([areas(Style(kind="categorised", classes=FIVE, width=1.5), BY_FIVE)])) > 1


def test_a_turned_map_is_turned_everywhere():
    view = View((0, 0, 320, 200), 320, 200, rotation=30)
    assert difference(drawn(SCENES["categorised"], view), on_page(SCENES["categorised"], view)) < 1.6
