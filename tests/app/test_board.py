"""The board of scenarios by mouse and keyboard."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from onekl_desktop.engine import Session, perform
from onekl_desktop.gui.charts.profiles import ParallelChart, RadarChart
from onekl_desktop.gui.charts.scatter import ScatterChart
from onekl_desktop.tools.scenarios.runs import run_scenarios
from onekl_desktop.tools.scenarios.weighing import list_weights
from tests.app.test_window import ready, window  # noqa: F401
from tests.support.landscape import add_cover, add_garden, place


@pytest.fixture
def decided(path, tmp_path, registry):
    """Two plans: many gardens, and patrols that cost little; a target; a group."""
    with Session(path, registry=registry) as session:
        add_cover(session, tmp_path)
        add_garden(session, place(6000, 1000, 9000, 9000))
        perform(session, "scenarios.add_scenario", name="Small", colour="#0072b2")
        add_garden(session, place(6000, 6000, 7000, 7000), scenario="Small")
        perform(session, "partnership.add_group", name="Women")
        perform(session, "visioning.add_goal", name="Trees")
        perform(session, "visioning.add_target", goal="Trees", indicator="carbon_gain", name="Carbon", quantity=20_000, year=2040)  # fmt: skip
        run_scenarios(session)
    return path


def test_the_board_by_mouse_and_keyboard(qtbot, window, decided):  # noqa: F811
    window.open_project(decided)
    window.view.show_tool("scenarios")
    panel = window.view.panel_of("scenarios")
    ready(qtbot, window)
    QTest.mouseClick(panel.compare_button, Qt.MouseButton.LeftButton)
    board = panel._comparison
    titles = [board.tabs.tabText(at) for at in range(board.tabs.count())]
    assert titles == ["Numbers", "Over the years", "Trade-offs", "Goals", "Who gains", "Order", "Land cover"]

    def turn_to(title):
        at = titles.index(title)
        bar = board.tabs.tabBar()
        QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(at).center())
        assert board.tabs.currentIndex() == at

    turn_to("Trade-offs")
    chart = board.tradeoffs.findChild(ScatterChart)
    assert {mark.label for mark in chart.marks} == {"Baseline", "Plan", "Small"} and all(m.first for m in chart.marks)
    for kind in (ParallelChart, RadarChart):
        QTest.keyClick(board.tradeoffs.kind, Qt.Key.Key_Down)
        board.tradeoffs.kind.activated.emit(board.tradeoffs.kind.currentIndex())
        shown = board.tradeoffs.findChildren(kind)[-1]
        assert {profile.label for profile in shown.profiles} == {"Baseline", "Plan", "Small"}
        assert "Small" in shown.accessibleName()

    turn_to("Goals")
    text = board.goals.as_text()
    assert "Carbon" in text and "✓" in text and "✗" in text

    turn_to("Order")
    group = next(iter(board.order.boxes))[0]
    box = board.order.boxes[group, "jobs"]
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, "3")
    QTest.keyClick(box, Qt.Key.Key_Return)
    with window.view.session.read() as db:
        assert list_weights(db) == {"Women": {"jobs": 3.0}}
    turn_to("Who gains")
    assert "Women" in board.winners.groups.as_text()
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    with window.view.session.read() as db:
        assert list_weights(db) == {}

    panel.choose_scenario("Plan")
    for at in range(panel.map_choice.count()):
        panel.map_choice.setCurrentIndex(at)
        panel.map_choice.activated.emit(at)
        ready(qtbot, window)
        assert panel.map_key.isVisibleTo(panel) == (at > 0)
        runs = [layer for layer in window.view.canvas.scene if layer.uuid.startswith("run:")]
        assert len(runs) == (1 if at else 0)


def test_a_map_is_held_against_the_baselines_behind_a_line(qtbot, window, decided):  # noqa: F811
    window.open_project(decided)
    window.view.show_tool("scenarios")
    panel, canvas = window.view.panel_of("scenarios"), window.view.canvas
    panel.choose_scenario("Plan")
    ready(qtbot, window)
    panel.map_choice.setCurrentIndex(1)
    panel.map_choice.activated.emit(1)
    QTest.mouseClick(panel.swipe_button, Qt.MouseButton.LeftButton)
    ready(qtbot, window)
    assert canvas.compares
    files = {str(layer.uuid) for layer in (*panel.compose_scene(), *panel._baseline_scene()) if layer.uuid.startswith("run:")}  # fmt: skip
    assert len(files) == 2  # two runs, two maps
    QTest.mouseClick(panel.swipe_button, Qt.MouseButton.LeftButton)
    assert not canvas.compares
