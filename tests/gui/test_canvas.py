"""The canvas by mouse, wheel and keys: the map follows at once, the picture comes after, and nothing is left behind."""

import threading

import numpy as np
import pytest
import shapely
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from onekl_desktop.base.geometry import flatten
from onekl_desktop.cartography.scene import SceneLayer
from onekl_desktop.gui.canvas.widget import Canvas
from onekl_desktop.project.styles import Style


def squares(colour="#ff0000"):
    shapes = np.array(
        [shapely.box(x, y, x + 80, y + 80) for x in range(0, 1000, 100) for y in range(0, 1000, 100)], dtype=object
    )
    return SceneLayer(
        "u", "Squares", Style(fill=colour, width=0), shapes=flatten(shapes, np.arange(100), "polygon"), key=colour
    )


@pytest.fixture
def canvas(qtbot):
    canvas = Canvas()
    qtbot.addWidget(canvas)
    canvas.resize(640, 480)
    canvas.show()
    canvas.set_full_extent((0, 0, 1000, 1000))
    canvas.set_scene(lambda: [squares()])
    canvas.zoom_full()
    qtbot.waitUntil(lambda: canvas.up_to_date, timeout=20_000)
    yield canvas
    canvas.close_map()


def pixel(canvas, x, y):
    """The colour on screen at a place of the map."""
    ((column, row),) = canvas.view.to_pixels(np.array([[x, y]]))
    return canvas.grab().toImage().pixelColor(round(column), round(row)).name()


def test_the_map_is_where_it_says(canvas):
    assert pixel(canvas, 40, 40) == "#ff0000" and pixel(canvas, 340, 540) == "#ff0000"
    assert pixel(canvas, 90, 90) != "#ff0000"


def test_the_wheel_zooms_about_the_pointer_and_the_old_picture_stays(canvas, qtbot):
    at = QPointF(200, 150)
    before = canvas.view.to_map(at.x(), at.y())
    wheel = QWheelEvent(at, canvas.mapToGlobal(at), QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
                        Qt.ScrollPhase.NoScrollPhase, False)  # fmt: skip
    unit = canvas.view.unit_per_pixel
    QApplication.sendEvent(canvas, wheel)
    assert canvas.view.to_map(at.x(), at.y()) == pytest.approx(before, abs=1e-6)
    assert canvas.view.unit_per_pixel == pytest.approx(unit / 1.25**2)
    assert not canvas.up_to_date and pixel(canvas, 340, 540) == "#ff0000"  # the last picture, stretched
    qtbot.waitUntil(lambda: canvas.up_to_date, timeout=20_000)
    assert pixel(canvas, 340, 540) == "#ff0000"


def test_dragging_moves_the_map(canvas):
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton

    def send(kind, x, y, button, buttons):
        at = QPointF(x, y)
        event = QMouseEvent(kind, at, canvas.mapToGlobal(at), button, buttons, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(canvas, event)

    before, unit = canvas.view.centre, canvas.view.unit_per_pixel
    send(QEvent.Type.MouseButtonPress, 300, 200, left, left)
    send(QEvent.Type.MouseMove, 320, 210, none, left)
    send(QEvent.Type.MouseMove, 360, 230, none, left)
    send(QEvent.Type.MouseButtonRelease, 360, 230, left, none)
    assert np.array(canvas.view.centre) - before == pytest.approx([-60 * unit, 30 * unit])


def test_keys_move_zoom_and_turn(canvas, qtbot):
    unit, centre = canvas.view.unit_per_pixel, canvas.view.centre
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.view.centre[0] == pytest.approx(centre[0] + 96 * unit)
    QTest.keyClicks(canvas, "]]")
    assert canvas.rotation == 30
    QTest.keyClick(canvas, Qt.Key.Key_Up)  # on screen, whatever is up there
    east, north = np.array(canvas.view.centre) - (centre[0] + 96 * unit, centre[1])
    assert np.hypot(east, north) == pytest.approx(96 * unit) and east == pytest.approx(
        -np.tan(np.radians(30)) * north, rel=1e-6
    )
    qtbot.waitUntil(lambda: canvas.up_to_date, timeout=20_000)
    assert pixel(canvas, 340, 540) == "#ff0000"
    QTest.keyClicks(canvas, "[0")
    assert canvas.rotation == 0
    QTest.keyClick(canvas, Qt.Key.Key_Home)
    assert canvas.view.unit_per_pixel == pytest.approx(unit)


def test_new_content_replaces_the_old(canvas, qtbot):
    canvas.set_scene(lambda: [squares("#0000ff")])
    assert not canvas.up_to_date
    qtbot.waitUntil(lambda: canvas.up_to_date, timeout=20_000)
    assert pixel(canvas, 40, 40) == "#0000ff"


def test_a_broken_layer_is_told(canvas, qtbot):
    class Gone:
        nodata = None

        @property
        def grid(self):
            raise OSError("the stick was pulled out")

    canvas.set_scene(lambda: [squares(), SceneLayer("b", "Gone", Style(kind="classes"), raster=Gone())])
    qtbot.waitUntil(lambda: canvas.up_to_date, timeout=20_000)
    assert canvas.problems == {"b": "the stick was pulled out"} and pixel(canvas, 40, 40) == "#ff0000"


def test_closing_leaves_no_worker(canvas):
    canvas.close_map()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("map")]


def test_another_theme_has_another_ground(canvas, qtbot):
    from onekl_desktop.gui.theme import apply_theme, current_tokens

    try:
        apply_theme(QApplication.instance(), "dark")
        qtbot.waitUntil(
            lambda: canvas.up_to_date and pixel(canvas, 90, 90) == current_tokens().map_ground, timeout=20_000
        )
    finally:
        apply_theme(QApplication.instance(), "light")
