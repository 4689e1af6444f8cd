"""A planner's whole way: two maps in, the past read, the land projected, two plans drawn, computed, compared, one decided, a report."""

import docx
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QFileDialog, QPushButton, QToolButton

from onekl_desktop.gui.charts.sankey import SankeyChart
from onekl_desktop.gui.dialogs.operation import OperationDialog
from onekl_desktop.project.queries.records import get_landscape
from onekl_desktop.project.records import Action, Goal, Target
from onekl_desktop.tools.layers.panel.import_dialog import ImportDialog
from tests.app.test_window import ready, window  # noqa: F401
from tests.support.landscape import FOREST, cover_array, write_cover


def press(widget):
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def press_named(parent, *texts):
    press(next(made for made in parent.findChildren(QPushButton) if made.text() in texts and made.isVisibleTo(parent)))


def type_into(form, **values):
    for name, text in values.items():
        editor = form.field(name).editor
        if hasattr(editor, "findText"):
            editor.setCurrentIndex(max(editor.findText(text), 0))
        elif hasattr(editor, "setPlainText"):
            editor.setPlainText(text)
        else:
            editor.setFocus()
            editor.selectAll()
            QTest.keyClicks(editor, text)


def bring_in(qtbot, window, monkeypatch, path, **values):  # noqa: F811
    """Choose a file, answer the import dialog, wait for the layer."""

    def answer(dialog):
        qtbot.addWidget(dialog)
        qtbot.waitUntil(dialog.ok.isEnabled, timeout=10_000)
        type_into(dialog.form, **values)
        qtbot.waitUntil(lambda: dialog.ok.isEnabled() and dialog.fields().get("year") == values["year"], timeout=10_000)
        press(dialog.ok)
        return dialog.result()

    monkeypatch.setattr(ImportDialog, "exec", answer)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: (str(path), ""))
    panel = window.view.panel_of("layers")
    count = panel.list.count()
    press_named(panel, "Import…", "Import a map")
    qtbot.waitUntil(lambda: panel.list.count() == count + 1, timeout=20_000)
    ready(qtbot, window)


def test_from_two_maps_to_a_decided_plan_and_its_report(qtbot, window, path, tmp_path, monkeypatch):  # noqa: F811
    assert window.open_project(path)
    window.resize(1400, 900)
    ready(qtbot, window)

    # two land-cover maps: of 2024, and of 1999 when more was forest
    now, then = tmp_path / "now", tmp_path / "then"
    now.mkdir()
    then.mkdir()
    earlier = cover_array()
    earlier[:, 50:60] = FOREST
    window.view.show_tool("layers")
    classes = {"role": "Land-cover map", "classes": str(now / "classes.csv")}
    cover = write_cover(now)
    bring_in(qtbot, window, monkeypatch, cover, year="2024", **classes)
    bring_in(qtbot, window, monkeypatch, write_cover(then, earlier, "earlier.tif"), year="1999", **classes)
    session = window.view.session
    with session.read() as db:
        assert get_landscape(db).land_cover

    # the past, and what it says of the future
    window.view.show_tool("scenarios")
    panel = window.view.panel_of("scenarios")
    panel.refresh()
    press(panel.assumptions.past)
    qtbot.waitUntil(lambda: panel._history is not None and panel._history.isVisible(), timeout=20_000)
    history = panel._history
    assert "Forest → Field" in history.table.as_text() and history.findChild(SankeyChart).flows
    press(history.map_button)
    ready(qtbot, window)
    assert any(layer.uuid.startswith("run:") for layer in window.view.canvas.scene)
    press(history.back_button)
    answers = []

    def fill(dialog):
        type_into(dialog.form, **(answers.pop(0) if answers else {}))
        press(dialog.do)
        return QDialog.DialogCode(dialog.result())

    monkeypatch.setattr(OperationDialog, "exec", fill)
    press(panel.assumptions.project)
    ready(qtbot, window)
    assert "goes on changing" in panel.assumptions.told.text()
    press(history.why_button)
    qtbot.waitUntil(lambda: bool(history._reasons), timeout=60_000)
    assert "where it changed" in history.why.text()

    # practices, two plans
    press(panel.drawing.catalogue_button)
    for name, x, side in (("Much", -150, 120), ("Little", -60, 50)):
        answers.append({"name": name, "description": "What we want.", "proposed_by": "The villages"})
        press(next(made for made in panel.findChildren(QToolButton) if made.accessibleName() == "Add a scenario"))
        assert panel.state.scenario.name == name
        panel.drawing.practice.setCurrentIndex(panel.drawing.practice.findText("Mixed agroforestry"))
        press(panel.drawing.draw_button)
        canvas = window.view.canvas
        middle = QPoint(canvas.width() // 2 + x, canvas.height() // 2 - 40)
        for dx, dy in ((0, 0), (side, 0), (side, side), (0, side)):
            QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=middle + QPoint(dx, dy))
        QTest.keyClick(canvas, Qt.Key.Key_Return)
        assert len(panel._planned) == 1

    # computed, compared
    press(panel.run_button)
    qtbot.waitUntil(lambda: all(state.current for state in panel._states), timeout=60_000)
    ready(qtbot, window)
    board = panel._comparison
    assert board.isVisible() and {"Baseline", "Much", "Little"} <= set(
        board.numbers.as_text().splitlines()[0].split("\t")
    )
    assert "±" in board.numbers.as_text()

    # decided: the plan, its actions and its targets
    panel.choose_scenario("Much")
    press(panel.adopting.button)
    ready(qtbot, window)
    with session.read() as db:
        assert get_landscape(db).plan == panel.state.scenario.uuid
        assert db.query(Action).count() == 1 and db.query(Target).count() > 0 and db.query(Goal).count() == 1
    assert panel.state.scenario.locked and not panel.drawing.isVisibleTo(panel)

    # the report, for an office
    out = tmp_path / "report.docx"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(out), ""))
    window.actions_by_id["report_scenarios"].trigger()
    qtbot.waitUntil(out.exists, timeout=60_000)
    ready(qtbot, window)
    text = "\n".join(paragraph.text for paragraph in docx.Document(str(out)).paragraphs)
    assert "Square: the scenarios" in text and "How the land changed, 1999 to 2024" in text and "Much" in text
