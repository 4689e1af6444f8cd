"""The tools of the map by mouse and keys: what is drawn arrives in the layer, and each edit is undone and done again."""

import os
import sys

import numpy as np
import pytest
import shapely
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from onekl_desktop.app.map_bar import GoToDialog
from onekl_desktop.app.window import MainWindow
from onekl_desktop.base.geometry import area_ha, length_m, transform
from onekl_desktop.engine import Session, perform
from onekl_desktop.engine.settings import Settings
from onekl_desktop.exchange.receiver import Port
from onekl_desktop.gui.canvas.scale_box import read_scale
from onekl_desktop.project.queries.records import list_layers
from onekl_desktop.tools.layers.panel.location import LocationDialog
from onekl_desktop.tools.layers.panel.receiver import ReceiverDialog
from onekl_desktop.tools.layers.places import read_place
from tests.exchange.test_nmea import gga
from tests.support.landscape import BOTTOM, CRS, LEFT, add_cover, cover_array, place, write_cover
from tests.tools.layers.test_editing import rows

LEFTB, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def project(path, registry, tmp_path):
    with Session(path, registry=registry) as session:
        add_cover(session, tmp_path)
        perform(session, "layers.add_layer", name="Fields", columns="name, trees: whole")
        for row in range(2):
            for column in range(2):
                shape = place(4000 + column * 1000, 4000 + row * 1000, 5000 + column * 1000, 5000 + row * 1000)
                perform(session, "layers.add_shape", layer="Fields", geometry=shape, values={"name": f"{row}{column}"})
    return path


@pytest.fixture
def window(qtbot, project, registry):
    window = MainWindow(Settings(), registry)
    qtbot.addWidget(window)
    window.resize(1200, 800)
    window.show()
    window.open_project(project)
    window.view.panel_of("layers").choose("Fields")
    wait(qtbot, window)
    yield window
    window.close()


def wait(qtbot, window):
    qtbot.waitUntil(lambda: window.view.canvas.up_to_date, timeout=20_000)


def at(window, x, y):
    """Pixels of a place in metres from the lower left corner of the landscape."""
    ((column, row),) = window.view.canvas.view.to_pixels(np.array([[LEFT + x, BOTTOM + y]]))
    return QPoint(round(column), round(row))


def click(window, *places, keys=NONE):
    for x, y in places:
        QTest.mouseClick(window.view.canvas, LEFTB, keys, at(window, x, y))


def drag(window, start, end, keys=NONE):
    canvas = window.view.canvas
    first, last = at(window, *start), at(window, *end)  # the map may move on the way
    QTest.mousePress(canvas, LEFTB, keys, first)
    for share in (0.3, 0.7, 1.0):
        event_buttons(canvas, first + (last - first) * share, keys)
    QTest.mouseRelease(canvas, LEFTB, keys, last)


def event_buttons(canvas, spot, keys):
    """A move with the button held, which QTest.mouseMove does not tell offscreen."""
    from PySide6.QtCore import QEvent, QPointF
    from PySide6.QtGui import QMouseEvent
    from PySide6.QtWidgets import QApplication

    point = QPointF(spot)
    event = QMouseEvent(QEvent.Type.MouseMove, point, canvas.mapToGlobal(point), Qt.MouseButton.NoButton, LEFTB, keys)
    QApplication.sendEvent(canvas, event)


def press(window, *keys):
    for key in keys:
        QTest.keyClick(window.view.canvas, key)


def fields(window):
    return rows(window.view.session, "Fields")


def editing(window):
    card = window.view.panel_of("layers").editing
    card.habits.ask = False
    return card


def undone_and_done_again(window, before, after):
    """Ctrl+Z brings the shapes back, Ctrl+Y the change."""
    window.view.desk.undo()
    assert {key: row["geom"].wkt for key, row in fields(window).items()} == before
    window.view.desk.redo()
    assert {key: row["geom"].wkt for key, row in fields(window).items()} == after


def shapes(window):
    return {key: row["geom"].wkt for key, row in fields(window).items()}


def test_an_area_is_drawn_and_snaps_to_the_corners_of_another(window, qtbot):
    before = shapes(window)
    editing(window).draw()
    click(window, (6010, 4010), (7000, 4000), (7000, 5000), (6010, 4990))
    assert window.view.canvas.tool.points[0] == (LEFT + 6000, BOTTOM + 4000)
    press(window, Qt.Key.Key_Return)
    corners = [tuple(xy) for xy in shapely.get_coordinates(fields(window)[5]["geom"])]
    assert (LEFT + 6000, BOTTOM + 5000) in corners
    assert window.view.desk.selection.get(window.view.panel_of("layers").chosen().uuid) == {5}
    press(window, Qt.Key.Key_Escape)
    undone_and_done_again(window, before, shapes(window))


def test_an_area_is_drawn_with_the_keyboard_alone(window):
    editing(window).draw()
    press(
        window,
        Qt.Key.Key_S,
        Qt.Key.Key_Space,
        *[Qt.Key.Key_Right] * 5,
        Qt.Key.Key_Space,
        *[Qt.Key.Key_Down] * 5,
        Qt.Key.Key_Space,
        Qt.Key.Key_Return,
    )
    assert len(fields(window)) == 5
    press(window, Qt.Key.Key_Space, Qt.Key.Key_Backspace, Qt.Key.Key_Escape)
    assert len(fields(window)) == 5 and window.view.canvas.tool is window.view.canvas.idle_tool


def test_a_line_that_is_drawn_splits_what_it_crosses(window):
    before = shapes(window)
    editing(window)._draw_line("split_shapes")
    click(window, (3900, 4500), (6100, 4500))
    press(window, Qt.Key.Key_Return)
    assert len(fields(window)) == 6
    undone_and_done_again(window, before, shapes(window))


def test_a_corner_is_dragged_with_its_neighbours(window, qtbot):
    before = shapes(window)
    card = editing(window)
    uuid = card.layer.uuid
    window.view.desk.selection.choose(uuid, (1,))
    card.move_corners()
    tool = window.view.canvas.tool
    press(window, Qt.Key.Key_S)  # no snapping back to where it was
    drag(window, (5000, 5000), (5200, 5200))
    assert len(tool.changed()) == 4
    press(window, Qt.Key.Key_Return)
    now = np.array([row["geom"] for row in fields(window).values()])
    assert shapely.coverage_is_valid(now) and shapely.area(now).sum() == pytest.approx(4e6)
    undone_and_done_again(window, before, shapes(window))


def test_a_corner_pulled_across_the_border_is_not_kept(window):
    card = editing(window)
    window.view.desk.selection.choose(card.layer.uuid, (1,))
    card.move_corners()
    tool = window.view.canvas.tool
    press(window, Qt.Key.Key_S)
    drag(window, (4000, 4000), (7000, 4600))
    assert tool.problem
    press(window, Qt.Key.Key_Return)
    assert window.view.canvas.tool is tool  # it says why and stays
    assert tool.undo() and not tool.problem
    press(window, Qt.Key.Key_Escape)


def test_corners_are_added_and_removed_in_all_that_share_a_side(window):
    card = editing(window)
    window.view.desk.selection.choose(card.layer.uuid, (1,))
    card.move_corners()
    press(window, Qt.Key.Key_S)
    drag(window, (5000, 4500), (5100, 4500))
    assert len(window.view.canvas.tool.changed()) == 2
    press(window, Qt.Key.Key_Return)
    assert fields(window)[1]["geom"].area == pytest.approx(1.05e6, rel=0.01)
    now = np.array([row["geom"] for row in fields(window).values()])
    assert shapely.coverage_is_valid(now)
    window.view.panel_of("layers").editing.move_corners()
    corner = tuple(
        shapely.get_coordinates(fields(window)[1]["geom"])[
            np.abs(shapely.get_coordinates(fields(window)[1]["geom"]) - [LEFT + 5100, BOTTOM + 4500])
            .sum(axis=1)
            .argmin()
        ]
    )
    click(window, (corner[0] - LEFT, corner[1] - BOTTOM))
    press(window, Qt.Key.Key_Delete, Qt.Key.Key_Return)
    assert fields(window)[1]["geom"].area == pytest.approx(1e6) and fields(window)[2]["geom"].area == pytest.approx(1e6)


def test_shapes_are_chosen_by_click_box_and_area(window):
    card = editing(window)
    chosen = lambda: set(window.view.desk.selection.get(card.layer.uuid))
    card.select()
    click(window, (4500, 4500))
    assert chosen() == {1}
    click(window, (5500, 5500), keys=Qt.KeyboardModifier.ControlModifier)
    assert chosen() == {1, 4}
    drag(window, (3900, 3900), (6100, 4500))
    assert chosen() == {1, 2}
    press(window, Qt.Key.Key_A)
    assert chosen() == {1, 2, 3, 4}
    press(window, Qt.Key.Key_C)
    assert chosen() == set()
    card.select_in_area()
    click(window, (4200, 4200), (4400, 5600), (4300, 5800))
    press(window, Qt.Key.Key_Return)
    assert chosen() == {1, 3}
    card._do_with_chosen("merge_shapes")
    assert len(fields(window)) == 3 and chosen() == {1}
    card.remove()
    assert len(fields(window)) == 2 and chosen() == set()


def test_the_table_is_edited_filtered_and_chooses_on_the_map(window, qtbot):
    card = editing(window)
    card.show_table()
    table = window.view.drawer.currentWidget()
    model = table.model
    assert [model.value(row, 1) for row in range(4)] == ["00", "01", "10", "11"]
    assert model.setData(model.index(0, 2), "7") and fields(window)[1]["trees"] == 7
    assert not model.setData(model.index(1, 2), "many") and fields(window)[2]["trees"] is None
    table.filter.setText("\"trees\" > 5 OR name = '11'")
    table._apply_filter()
    assert model.keys == [1, 4]
    table._choose_shown()
    assert set(window.view.desk.selection.get(card.layer.uuid)) == {1, 4}
    table.filter.setText("01")
    table._apply_filter()
    assert model.keys == [2]
    table.filter.clear()
    model.sort(1, Qt.SortOrder.DescendingOrder)
    assert model.keys == [4, 3, 2, 1]
    table.view.selectRow(0)
    assert set(window.view.desk.selection.get(card.layer.uuid)) == {4}
    window.view.desk.undo()
    assert model.value(3, 2) is None


def test_measuring_tells_ellipsoidal_lengths_and_areas(window):
    window.actions_by_id["measure"].trigger()
    click(window, (1000, 1000), (4000, 1000), (4000, 5000))
    tool = window.view.canvas.tool
    points = list(tool.points)
    tool.finish()
    line = shapely.LineString(points)
    assert f"{length_m(line, CRS) / 1000:.2f} km" in tool.hint
    assert f"{area_ha(shapely.Polygon(points), CRS):.1f} ha" in tool.hint
    assert length_m(line, CRS) == pytest.approx(line.length / 0.9996, rel=1e-4)  # UTM's scale at its meridian
    press(window, Qt.Key.Key_Escape)
    assert window.view.canvas.tool is window.view.canvas.idle_tool


def test_shift_zooms_to_a_box_and_alt_turns_the_map(window):
    canvas = window.view.canvas
    drag(window, (4000, 4000), (6000, 6000), Qt.KeyboardModifier.ShiftModifier)
    left, bottom, right, top = canvas.view.extent
    assert (left + right) / 2 == pytest.approx(LEFT + 5000, abs=100) and top - bottom == pytest.approx(2000, rel=0.1)
    canvas.zoom_full()
    drag(window, (9000, 5000), (5000, 9000), Qt.KeyboardModifier.AltModifier)
    assert canvas.rotation == pytest.approx(270, abs=3)


def test_the_scale_is_typed_chosen_and_locked(window):
    canvas, box = window.view.canvas, window.scale
    box.box.setEditText("1 : 20 000")
    box._on_typed()
    assert canvas.view.scale == pytest.approx(20_000)
    box.lock.setChecked(True)
    canvas.zoom_by(2)
    canvas.zoom_to((LEFT, BOTTOM, LEFT + 100, BOTTOM + 100))
    assert canvas.view.scale == pytest.approx(20_000) and canvas.view.centre == (LEFT + 50, BOTTOM + 50)
    box.lock.setChecked(False)
    canvas.zoom_by(2)
    assert canvas.view.scale == pytest.approx(10_000)
    assert [read_scale(text) for text in ("1:25.000", "25 000", "1 : 1,000", "near", "0", "1:2:3")] == [
        25_000,
        25_000,
        1000,
        None,
        None,
        3,
    ]


@pytest.mark.parametrize(
    "text",
    [
        "2.7138 99.0449",
        "2,7138; 99,0449",
        "2°42'49.7\"N 99°02'41.6\"E",
        "N2.7138 E99.0449",
        "505000 300000",
        "505 000 · 300 000",
    ],
)
def test_places_are_read_as_people_write_them(text):
    found = read_place(text.replace("505 000 · 300 000", "505000 · 300000"), CRS)
    left, bottom, right, top = found.box
    assert ((left + right) / 2, (bottom + top) / 2) == pytest.approx((505_000, 300_000), abs=80)


def test_what_is_no_place_is_none():
    assert [read_place(text, CRS) for text in ("Aro", "1 2 3", "95°N 200°E", "")] == [None] * 4


def test_a_place_is_found_by_name_and_kept(window):
    desk = window.view.desk
    desk.perform("layers.add_bookmark", name="Ten hills", box=[LEFT, BOTTOM, LEFT + 100, BOTTOM + 100])
    dialog = GoToDialog(desk, window)
    dialog.text.setText("10")
    assert [place.name for place in dialog._found] == ["10"]
    dialog.text.setText("ten")
    assert [place.name for place in dialog._found] == ["Ten hills"]
    QTest.keyClick(dialog.text, Qt.Key.Key_Return)
    window.view.map_bar.show_place(dialog.chosen)
    assert window.view.canvas.view.centre == pytest.approx((LEFT + 50, BOTTOM + 50))


@pytest.fixture
def years(window, tmp_path, qtbot):
    """An older land cover that is garden wherever the newer one is not."""
    session = window.view.session
    cells = np.full_like(cover_array(), 3)
    cover = write_cover(tmp_path, cells, "old.tif")
    perform(
        session,
        "layers.import_layer",
        file=str(cover),
        role="land_cover",
        name="Cover 2010",
        year=2010,
        classes=str(tmp_path / "classes.csv"),
    )
    window.view.desk.bridge.deliver()
    window.view.desk.perform("layers.change_layer", layer="Fields", visible=False)
    wait(qtbot, window)
    return window


def colour(window, x, y, canvas=None):
    canvas = canvas or window.view.canvas
    ((column, row),) = canvas.view.to_pixels(np.array([[LEFT + x, BOTTOM + y]]))
    return canvas.grab().toImage().pixelColor(round(column), round(row)).name()


def test_the_slider_of_years_and_two_pictures(years, qtbot):
    window = years
    bar = window.view.map_bar
    new = colour(window, 2500, 5000), colour(window, 7500, 5000)
    bar.toggle_time()
    bar.time.slider.setValue(0)
    wait(qtbot, window)
    garden = colour(window, 2500, 5000)
    assert garden == colour(window, 7500, 5000) and garden not in new
    bar.time.slider.setValue(1)
    wait(qtbot, window)
    assert (colour(window, 2500, 5000), colour(window, 7500, 5000)) == new
    bar.toggle_time()
    (older,) = [other for other in bar.others() if other.year == 2010]
    bar.swipe(older)
    wait(qtbot, window)
    assert colour(window, 2500, 5000) == new[0] and colour(window, 7500, 5000) == garden
    middle = window.view.canvas.view.to_map(window.view.canvas.width() / 2, 10)[0] - LEFT
    drag(window, (middle, 5000), (9500, 5000))
    wait(qtbot, window)
    assert colour(window, 7500, 5000) == new[1]
    window.view.canvas.compare(None)
    bar.open_second(older)
    qtbot.waitUntil(lambda: bar.second.up_to_date, timeout=20_000)
    assert colour(window, 5000, 5000, bar.second) == garden
    bar.second.zoom_by(2)
    assert window.view.canvas.view.centre == pytest.approx(bar.second.view.centre)
    assert window.view.canvas.view.scale == pytest.approx(bar.second.view.scale)
    bar.close_second()
    assert bar.second is None


def test_the_overview_shows_and_goes(window, qtbot):
    bar, canvas = window.view.map_bar, window.view.canvas
    assert not bar.overview.isVisible()
    canvas.zoom_by(4)
    assert bar.overview.isVisible()
    QTest.mouseClick(bar.overview, LEFTB, NONE, QPoint(66, 48))
    assert canvas.view.centre == pytest.approx((LEFT + 5000, BOTTOM + 5000), abs=200)


def test_rules_are_written_in_a_dialog_that_tells_what_is_wrong(window):
    from onekl_desktop.project.styles import load_style
    from onekl_desktop.tools.layers.panel.rules import RulesDialog

    panel = window.view.panel_of("layers")
    dialog = RulesDialog(window.view.desk, panel.chosen(), window)
    dialog.lines[0].rule.setText('"tree" > 1')
    assert "tree" in dialog.problem.text()
    dialog.lines[0].rule.setText("name = '00'")
    assert not dialog.problem.text()
    dialog.accept()
    with window.view.session.read() as db:
        style = load_style(next(layer for layer in list_layers(db) if layer.name == "Fields").style)
    assert style.kind == "rules" and [cls.rule for cls in style.classes] == ["name = '00'", "ELSE"]
    scene = window.view.desk.source.scene_of(panel.chosen())
    assert scene.groups.tolist() == [0, 1, 1, 1]


def test_a_layer_that_cannot_be_drawn_is_marked_with_the_reason(window, qtbot):
    def lose(table):
        window.view.session.project.write(
            lambda write: write.raw.execute(
                "UPDATE layer SET table_name = ?, revision = revision + 1 WHERE name = 'Fields'", (table,)
            )
        )
        window.view.panel_of("layers").refresh()
        window.view.canvas.refresh()
        wait(qtbot, window)

    lose("nowhere")
    panel = window.view.panel_of("layers")
    tips = [panel.list.item(at).toolTip() for at in range(panel.list.count())]
    assert any("Cannot be drawn" in tip and "nowhere" in tip for tip in tips)
    lose("fields")
    assert not any("Cannot be drawn" in panel.list.item(at).toolTip() for at in range(panel.list.count()))


def test_colours_that_look_alike_are_told(window):
    panel = window.view.panel_of("layers")
    rules = [
        {"rule": "name = '00'", "label": "Red", "colour": "#cc0000"},
        {"rule": "ELSE", "label": "Also red", "colour": "#cb0303"},
    ]
    window.view.desk.perform("layers.style_by_rule", layer="Fields", rules=rules)
    from onekl_desktop.project.styles import load_style

    style = load_style(panel.chosen().style)
    assert "Also red" in panel._tell_alike(style)
    style.classes[0].pattern = "dots"
    assert panel._tell_alike(style) == ""


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are of POSIX systems")
def test_a_walk_with_a_receiver_becomes_an_area(window, qtbot):
    """The receiver is a pseudo-terminal: listened to, recorded, put on the map, undone; closing the project lets go of it."""
    master, slave = os.openpty()
    ports = [Port(os.ttyname(slave), "Receiver")]
    card = window.view.panel_of("layers").editing
    card.habits.ask = False
    dialog = ReceiverDialog(window.view.desk, card.layer, "area", dict, window, ports=lambda: ports)
    dialog.show()
    assert dialog.ports.currentText() == "Receiver" and not dialog.record_button.isEnabled()
    corners = [(7000, 7000), (7500, 7000), (7500, 7400), (7000, 7400)]
    degrees = [transform(shapely.Point(LEFT + x, BOTTOM + y), CRS, "EPSG:4326") for x, y in [*corners, corners[0]]]

    def say(second, point):
        os.write(master, (gga(second, point.y, point.x) + "\r\n").encode())

    try:
        QTest.mouseClick(dialog.connect_button, LEFTB)
        say(0, degrees[0])
        qtbot.waitUntil(dialog.record_button.isEnabled, timeout=10_000)
        QTest.mouseClick(dialog.record_button, LEFTB)
        assert not dialog.take_button.isEnabled()
        for second, point in enumerate(degrees, 1):
            say(second, point)
        qtbot.waitUntil(lambda: len(dialog.receiver.fixes) == 5, timeout=10_000)
        qtbot.waitUntil(dialog.take_button.isEnabled, timeout=10_000)
        assert "5 positions" in dialog.count.text() and " ha" in dialog.count.text() and len(dialog._mark.track) == 5
        QTest.mouseClick(dialog.take_button, LEFTB)
        made = rows(window.view.session)
        assert len(made) == 5 and made[max(made)]["geom"].area == pytest.approx(500 * 400, rel=0.01)
        window.view.desk.undo()
        assert len(rows(window.view.session)) == 4
        receiver = dialog.receiver
        window.close_project()
        assert not receiver._thread.is_alive()
    finally:
        os.close(slave)
        os.close(master)


def pick(dialog, field, value):
    combo = dialog.form.field(field).editor
    combo.setCurrentIndex(combo.findData(value))


def test_shapes_are_chosen_by_where_another_layer_is(window, qtbot):
    perform(window.view.session, "layers.add_layer", name="Wells", shapes="points")
    perform(window.view.session, "layers.add_shape", layer="Wells", geometry=shapely.Point(LEFT + 4500, BOTTOM + 4500))
    window.view.desk.bridge.deliver()
    window.view.panel_of("layers").choose("Fields")
    card = editing(window)
    dialog = LocationDialog(window.view.desk, card.layer, window)
    dialog.show()
    names = {dialog._layers[uuid].name: uuid for uuid in dialog._layers}
    pick(dialog, "other", names["Wells"])
    assert not dialog.form.field("distance").isVisible()
    pick(dialog, "how", "near")
    assert dialog.form.field("distance").isVisible()
    pick(dialog, "how", "meets")
    QTest.mouseClick(dialog.choose, LEFTB)
    assert not dialog.isVisible() and window.view.desk.selection.get(card.layer.uuid) == {1}
    again = LocationDialog(window.view.desk, card.layer, window)
    pick(again, "other", names["Wells"])
    pick(again, "how", "apart")
    again.form.field("among").editor.setChecked(True)
    again.accept()
    assert window.view.desk.selection.get(card.layer.uuid) == set()
