"""Layers as pixels: the right colour at the right place, the same in tiles and turned, and nothing that blanks the map."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from onekl_desktop.base.geometry import flatten
from onekl_desktop.base.rasters import Grid
from onekl_desktop.cartography.paint import colour, hillshade, paint, value_range
from onekl_desktop.cartography.render import render, render_pixels, render_rgba
from onekl_desktop.cartography.scene import SceneLayer, View, fit
from onekl_desktop.cartography.source import group_by
from onekl_desktop.cartography.tiles import TILE, Tiles, picture_of, places, shown
from onekl_desktop.project.styles import Style, StyleClass, load_style

RED, GREEN, BLUE = 0xFFFF0000, 0xFF00FF00, 0xFF0000FF
VIEW = View((0.0, 0.0, 100.0, 60.0), 100, 60)


class Cells:
    """A raster in memory, without overviews."""

    def __init__(self, cells, nodata=None, cell=1.0, left=0.0, top=60.0) -> None:
        self.cells, self.nodata = np.asarray(cells), nodata
        self.dtype = self.cells.dtype
        self.grid = Grid("EPSG:32647", left, top, cell, cell, self.cells.shape[1], self.cells.shape[0])

    def read(self, window):
        return self.cells[window.slices]


def areas(*shapes, kind="polygon"):
    return flatten(np.array(shapes, dtype=object), np.arange(len(shapes)), kind)


def two_areas(**style):
    classes = [StyleClass("a", "A", "#ff0000"), StyleClass("b", "B", "#00ff00")]
    shapes = areas(shapely.box(10, 10, 50, 50), shapely.box(50, 10, 90, 50))
    return SceneLayer(
        "u",
        "n",
        Style(kind="categorised", classes=classes, width=0, **style),
        shapes=shapes,
        groups=np.array([0, 1], np.int32),
    )


def at(pixels, x, y):
    """The pixel at a place of VIEW."""
    return int(pixels[59 - int(y), int(x)])


def test_areas_have_the_colours_of_their_classes():
    pixels = render_pixels([two_areas()], VIEW, background="#ffffff")
    assert at(pixels, 30, 30) == RED and at(pixels, 70, 30) == GREEN and at(pixels, 5, 5) == 0xFFFFFFFF
    assert at(pixels, 49, 30) == RED and at(pixels, 50, 30) == GREEN
    rgba = render_rgba([two_areas()], VIEW)
    assert rgba.shape == (60, 100, 4) and rgba[29, 30].tolist() == [255, 0, 0, 255] and rgba[0, 0, 3] == 0


def test_a_hidden_class_and_a_hole_show_what_is_below():
    ground = SceneLayer("g", "g", Style(fill="#0000ff", width=0), shapes=areas(shapely.box(0, 0, 100, 60)))
    holed = shapely.box(10, 10, 50, 50).difference(shapely.box(20, 20, 40, 40))
    top = SceneLayer("t", "t", Style(fill="#ff0000", width=0), shapes=areas(holed))
    assert at(render_pixels([ground, top], VIEW), 30, 30) == BLUE
    hidden = replace(two_areas(), groups=np.array([-1, 1], np.int32))
    assert at(render_pixels([ground, hidden], VIEW), 30, 30) == BLUE


def test_opacity_and_blending_mix_with_the_ground():
    ground = SceneLayer("g", "g", Style(fill="#ffff00", width=0), shapes=areas(shapely.box(0, 0, 100, 60)))
    half = replace(two_areas(), opacity=0.5)
    part = at(render_pixels([ground, half], VIEW), 70, 30)
    assert abs((part >> 16 & 255) - 127) <= 1 and part >> 8 & 255 == 255
    multiplied = replace(two_areas(blend="multiply"))
    assert at(render_pixels([ground, multiplied], VIEW), 30, 30) == RED


def test_outlines_lie_on_the_border_and_broad_lines_have_their_width():
    layer = SceneLayer(
        "l",
        "l",
        Style(fill="#ff0000", width=25.4 / 96 * 6),
        shapes=areas(shapely.LineString([(10, 30), (90, 30)]), kind="line"),
    )
    column = render_pixels([layer], VIEW)[:, 50]
    assert np.count_nonzero(column >> 24 == 255) == 6
    outlined = two_areas()
    outlined.style.width, outlined.style.outline = 0.5, "#0000ff"
    pixels = render_pixels([outlined], VIEW)
    assert at(pixels, 50, 30) != GREEN and at(pixels, 70, 30) == GREEN


def test_dashes_leave_gaps_and_markers_have_their_shapes():
    dashed = Style(fill="#ff0000", width=0.5, dashes=[2.0, 2.0])
    line = SceneLayer("l", "l", dashed, shapes=areas(shapely.LineString([(0, 30), (100, 30)]), kind="line"))
    alpha = (render_pixels([line], VIEW) >> 24)[28:32].max(axis=0)
    assert 0.3 < np.mean(alpha > 100) < 0.7
    counts = {}
    for marker in ("circle", "square", "diamond", "triangle"):
        style = Style(fill="#ff0000", marker=marker, size=8.0)
        pixels = render_pixels([SceneLayer("p", "p", style, shapes=areas(shapely.Point(50, 30), kind="point"))], VIEW)
        counts[marker] = np.count_nonzero(pixels == RED)
        assert at(pixels, 50, 30) == RED
    circle = np.pi * (4 * 96 / 25.4) ** 2
    assert all(abs(count / circle - 1) < 0.1 for count in counts.values()), counts


def test_patterns_tell_areas_apart_without_colour():
    plain, hatched = two_areas(), two_areas(pattern="forward")
    one, other = render_pixels([plain], VIEW), render_pixels([hatched], VIEW)
    inside = np.s_[15:45, 15:45]
    assert len(np.unique(one[inside])) == 1 and len(np.unique(other[inside])) > 1


def test_a_layer_shows_between_its_scales_only():
    layer = two_areas(near_scale=1000, far_scale=5000)
    assert VIEW.scale == pytest.approx(96 / 0.0254)
    assert render_pixels([layer], VIEW).any()
    assert not render_pixels([layer], View((0, 0, 200, 120), 100, 60)).any()
    assert paint(replace(layer, style=Style(near_scale=4000)), VIEW) is None


def test_cells_have_the_colours_of_their_codes_and_nodata_none():
    cells = np.repeat(np.repeat(np.array([[1, 2, 65535, 3]], np.uint16), 60, axis=0), 25, axis=1)
    layer = SceneLayer(
        "r",
        "r",
        Style(kind="classes", hidden_codes=[3]),
        raster=Cells(cells, 65535),
        palette={1: "#ff0000", 2: "#00ff00", 3: "#0000ff"},
    )
    pixels = render_pixels([layer], VIEW)
    assert [at(pixels, x, 30) for x in (10, 40, 60, 90)] == [RED, GREEN, 0, 0]
    assert at(pixels, 24, 0) == RED and at(pixels, 25, 59) == GREEN
    far = render_pixels([layer], View((-1000, -1000, 1000, 1000), 50, 50))
    assert np.count_nonzero(far) > 0


def test_a_ramp_is_the_same_wherever_the_map_is():
    values = np.linspace(0, 99, 6000, dtype=np.float32).reshape(60, 100)
    values[0, 0] = np.nan
    layer = SceneLayer("r", "r", Style(kind="ramp", ramp="magnitude"), raster=Cells(values, -9999.0))
    assert value_range(layer.raster) == (pytest.approx(0.0165, abs=0.01), 99.0)
    whole = render_pixels([layer], VIEW)
    part = render_pixels([layer], VIEW.part(40, 20, 30, 20))
    assert (part == whole[20:40, 40:70]).all()
    assert whole[0, 0] == 0


@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1))
def test_hillshade_is_lambert_on_a_slope(seed):
    """On a plane the light is the cosine between its normal and the sun."""
    rng = np.random.default_rng(seed)
    east, north = rng.uniform(-2, 2, 2)
    azimuth, altitude, cell = rng.uniform(0, 360), rng.uniform(5, 90), rng.uniform(1, 90)
    y, x = np.mgrid[0:6, 0:7]
    light = hillshade((x * cell * east - y * cell * north).astype(np.float32), None, cell, cell, azimuth, altitude)
    normal = np.array([-east, -north, 1.0]) / np.sqrt(1 + east**2 + north**2)
    a, h = np.radians(azimuth), np.radians(altitude)
    sun = np.array([np.sin(a) * np.cos(h), np.cos(a) * np.cos(h), np.sin(h)])
    assert light[2:-2, 2:-2] == pytest.approx(255 * max(float(normal @ sun), 0), abs=0.05)


@settings(max_examples=60)
@given(st.floats(0, 360), st.floats(0.1, 1000), st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_a_view_goes_to_pixels_and_back(rotation, unit, x, y):
    view = View((x - 80 * unit, y - 50 * unit, x + 80 * unit, y + 50 * unit), 160, 100, 96.0, rotation)
    for pixel in ((0, 0), (160, 100), (13.5, 77.25)):
        back = view.to_pixels(np.array([view.to_map(*pixel)]))[0]
        assert back == pytest.approx(pixel, abs=1e-3)
    assert view.to_map(80, 50) == pytest.approx((x, y), abs=1e-6 * max(1, abs(x), abs(y), unit))
    part = view.part(20, 30, 40, 50)
    assert part.to_map(0, 0) == pytest.approx(view.to_map(20, 30), rel=1e-6, abs=1e-3 * unit)
    assert part.unit_per_pixel == pytest.approx(unit, rel=1e-6)


def test_a_turned_map_has_north_where_it_says():
    layer = SceneLayer("p", "p", Style(fill="#ff0000", size=6.0), shapes=areas(shapely.Point(50, 55), kind="point"))
    view = replace(VIEW, rotation=90.0)  # north to the right
    rows, columns = np.nonzero(render_pixels([layer], view) == RED)
    assert columns.mean() == pytest.approx(75, abs=1) and rows.mean() == pytest.approx(30, abs=1)


@pytest.mark.parametrize("rotation", [0.0, 30.0])
def test_tiles_make_the_same_picture(qtbot, rotation):
    """Wherever the tiles are cut, the map is one: all pixels equal those of a picture drawn at once, edges of lines aside."""
    rng = np.random.default_rng(5)
    shapes = areas(*(shapely.Point(*rng.uniform(0, 2000, 2)).buffer(rng.uniform(20, 300)) for _ in range(60)))
    layer = SceneLayer("u", "n", Style(fill="#ff0000", outline="#0000ff", pattern="crossed"), shapes=shapes, key="k")
    view = View((0.0, 0.0, 1300.0, 1100.0), 1300, 1100, 96.0, rotation)
    whole = render_pixels([layer], view, background="#ffffff")
    tiles, picture = Tiles(), picture_of([layer], "#ffffff", 1)
    try:
        tiles.request(picture, view)
        qtbot.waitUntil(lambda: tiles.is_ready(picture, view), timeout=20_000)
        pieces = np.zeros_like(whole)
        for image, x, y in shown(tiles, picture, view):
            bits = np.frombuffer(image.constBits(), np.uint32).reshape(TILE, TILE)
            top, left = max(y, 0), max(x, 0)
            part = bits[top - y :, left - x :][: 1100 - top, : 1300 - left]
            pieces[top : top + part.shape[0], left : left + part.shape[1]] = part
        assert not tiles.problems
        assert np.mean(pieces == whole) > (0.9999 if not rotation else 0.97)
    finally:
        tiles.close()


def test_a_layer_that_cannot_be_drawn_is_told_and_the_rest_is_drawn(qtbot):
    class Gone(Cells):
        def read(self, window):
            raise OSError("the stick was pulled out")

    broken = SceneLayer(
        "b", "b", Style(kind="classes"), raster=Gone(np.ones((60, 100), np.uint8)), palette={1: "#00ff00"}
    )
    tiles = Tiles()
    picture = picture_of([broken, two_areas()], "#ffffff", 1)
    try:
        tiles.request(picture, VIEW)
        qtbot.waitUntil(lambda: tiles.is_ready(picture, VIEW), timeout=20_000)
        assert tiles.problems == {"b": "the stick was pulled out"}
        (place, x, y), *_others = [
            item for item in places(VIEW) if item[1] <= 30 < item[1] + TILE and item[2] <= 29 < item[2] + TILE
        ]
        assert tiles.get(picture, place).pixel(30 - x, 29 - y) == RED
    finally:
        tiles.close()


def test_what_is_asked_again_is_found_and_nothing_is_kept_without_bound(qtbot, monkeypatch):
    from onekl_desktop.cartography import tiles as module

    monkeypatch.setattr(module, "PICTURES", 6 * TILE * TILE * 4)
    tiles, picture = Tiles(), picture_of([replace(two_areas(), key="same")], "#ffffff", 1)
    again = picture_of([replace(two_areas(), key="same")], "#ffffff", 2)
    try:
        tiles.request(picture, VIEW)
        qtbot.waitUntil(lambda: tiles.is_ready(picture, VIEW), timeout=20_000)
        assert tiles.is_ready(again, VIEW)  # another scene that looks the same
        for step in range(1, 9):
            view = View((step * 2000.0, 0.0, step * 2000.0 + 900, 500.0), 900, 500)
            tiles.request(picture, view)
            qtbot.waitUntil(lambda view=view: tiles.is_ready(picture, view), timeout=20_000)
        assert tiles._ready._held <= 6 * TILE * TILE * 4
        assert not tiles.is_ready(picture, VIEW)
    finally:
        tiles.close()


def test_labels_do_not_meet_and_every_script_is_drawn(qapp):
    points = [shapely.Point(20 + 6 * k, 30) for k in range(10)]
    names = ["Sungai", "การเกษตร", "غابة", "Forêt", "森林", "वन", "A", "B", "C", "D"]
    layer = SceneLayer("p", "p", Style(size=0.5), shapes=areas(*points, kind="point"), labels=names)
    view = View((0, 0, 100, 60), 800, 480)
    with_labels = render([layer], view, background="#ffffff")
    without = render([replace(layer, labels=None)], view, background="#ffffff")
    assert with_labels != without
    ramp = SceneLayer(
        "p", "p", Style(label_size=30), shapes=areas(*points, kind="point"), labels=["same long name"] * 10
    )
    big = render([ramp], view, background="#ffffff")
    assert big != with_labels


def test_ranges_put_each_value_in_one_class():
    classes = [
        StyleClass(None, "low", "#ff0000", low=0.0, high=5.0),
        StyleClass(None, "high", "#00ff00", low=5.0, high=9.0),
    ]
    style = Style(kind="graduated", column="v", classes=classes)
    values = {0: 0, 1: 4.99, 2: "5", 3: 9.0, 4: 9.01, 5: None, 6: "text"}
    assert group_by(style, values, np.arange(7)).tolist() == [0, 0, 1, 1, -1, -1, -1]
    odd = Style(kind="categorised", classes=[StyleClass([1], "list", "#ff0000")])
    assert group_by(odd, {0: [1]}, np.arange(1)).tolist() == [0]


def test_a_style_survives_its_spelling_and_nonsense_falls_back():
    style = Style(kind="graduated", column="v", dashes=[1.0, 2.0], marker="square", pattern="dots", blend="multiply", near_scale=100.0,
                  classes=[StyleClass(None, "x", "#ff0000", low=1.0, high=2.0, pattern="vertical")])  # fmt: skip
    assert load_style(style.dump()) == style
    assert Style().dump() == "{}"
    bad = '{"kind": "spiral", "dashes": [1], "marker": 7, "size": 1e999, "near_scale": true, "blend": null, "classes": [3], "width": -5}'
    assert load_style(bad) == Style(width=0.0)
    assert load_style("[" * 100_000) == Style()


def test_pixels_are_premultiplied():
    assert colour("#ff8000", 0.5) == 128 << 24 | 128 << 16 | 64 << 8


def test_nothing_makes_an_empty_picture():
    empty = SceneLayer("e", "e", Style(), shapes=areas())
    strange = SceneLayer("s", "s", Style(), shapes=areas(shapely.box(10, 10, 20, 20)))
    strange.shapes.xy[:] = np.nan
    none = SceneLayer("r", "r", Style(kind="classes"), raster=Cells(np.zeros((0, 0), np.uint8)), palette={1: "#ff0000"})
    assert not render_pixels([empty, strange, none], VIEW).any()
    assert fit((5.0, 5.0, 5.0, 5.0), 10, 10).unit_per_pixel > 0


def test_labels_that_are_overtaken_do_not_come_back(qtbot, monkeypatch):
    """Those of an earlier view may be ready after those of the present one."""
    from threading import Event

    from onekl_desktop.cartography import tiles as module

    begun, go, real = Event(), Event(), module.draw_labels

    def slow(painter, layers, view):
        if view == VIEW:
            begun.set()
            assert go.wait(20)
        real(painter, layers, view)

    monkeypatch.setattr(module, "draw_labels", slow)
    layer = SceneLayer("p", "p", Style(), shapes=areas(shapely.Point(50, 30), kind="point"), labels=["a"])
    tiles, picture, later = Tiles(3), picture_of([layer], "#ffffff", 1), View((5.0, 0.0, 105.0, 60.0), 100, 60)
    try:
        tiles.request(picture, VIEW)
        assert begun.wait(20)
        tiles.request(picture, later)
        qtbot.waitUntil(lambda: tiles.is_ready(picture, later), timeout=20_000)
        done = tiles.finished
        go.set()
        qtbot.waitUntil(lambda: tiles.finished > done, timeout=20_000)
        assert tiles.is_ready(picture, later)
    finally:
        go.set()
        tiles.close()
