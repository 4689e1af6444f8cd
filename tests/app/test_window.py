"""The window as a person uses it: mouse and keyboard."""

import json

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QMessageBox

from onekl_desktop.app.new_project import NewProjectDialog
from onekl_desktop.app.window import MainWindow
from onekl_desktop.engine import Session, perform
from onekl_desktop.engine.settings import Settings
from onekl_desktop.gui.dialogs.operation import OperationDialog
from onekl_desktop.gui.theme import apply_theme
from onekl_desktop.project.records import Action, Layer, Target
from onekl_desktop.tools.layers.panel.import_dialog import ImportDialog
from onekl_desktop.tools.scenarios.panel.ecosystem import ModelDialog
from onekl_desktop.tools.scenarios.queries import compare
from tests.support.landscape import FOREST, add_cover, cover_array, write_cover


@pytest.fixture
def window(qtbot, registry):
    apply_theme(QApplication.instance(), "light")
    made = MainWindow(Settings(), registry)
    qtbot.addWidget(made)
    made.resize(1200, 800)
    made.show()
    yield made
    made.close()
    qtbot.wait(10)


@pytest.fixture
def project(path, tmp_path, registry):
    with Session(path, registry=registry) as session:
        add_cover(session, tmp_path)
    return path


def ready(qtbot, window):
    qtbot.waitUntil(
        lambda: window.view.canvas.up_to_date and not window.view.session.jobs.busy and not window.view.desk._running,
        timeout=20_000,
    )


def click(canvas, x, y):
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(x, y))


def draw(qtbot, window, corners):
    """Three corners by mouse, Enter to finish."""
    panel = window.view.panel_of("scenarios")
    QTest.mouseClick(panel.drawing.draw_button, Qt.MouseButton.LeftButton)
    for x, y in corners:
        click(window.view.canvas, x, y)
    QTest.keyClick(window.view.canvas, Qt.Key.Key_Return)


def middle(window):
    canvas = window.view.canvas
    return canvas.width() // 2, canvas.height() // 2


def test_draw_see_it_stale_compute_see_the_number_undo(qtbot, window, project):
    assert window.open_project(project)
    ready(qtbot, window)
    panel = window.view.panel_of("scenarios")
    panel.choose_scenario("Plan")
    assert panel.chip.text() == "Not computed"
    QTest.mouseClick(panel.run_button, Qt.MouseButton.LeftButton)
    ready(qtbot, window)
    qtbot.waitUntil(lambda: panel.chip.text() == "Computed")
    assert panel.results.values["cost_present_value"] == "0 USD 2025"
    x, y = middle(window)
    panel.drawing.practice.setCurrentIndex(panel.drawing.practice.findText("Gardens"))
    draw(qtbot, window, [(x + 20, y - 60), (x + 120, y - 60), (x + 120, y + 40), (x + 20, y + 40)])
    assert panel.chip.text() == "Out of date" and len(panel._planned) == 1
    assert window.undo_button.isEnabled() and "Added Gardens 1" in window.actions_by_id["undo"].toolTip()
    assert "Added Gardens 1" in window.view.messages.text.text()
    QTest.mouseClick(panel.run_button, Qt.MouseButton.LeftButton)
    ready(qtbot, window)
    qtbot.waitUntil(lambda: panel.chip.text() == "Computed")
    assert panel.results.values["cost_present_value"] not in ("0 USD 2025", "")
    assert window.view.drawer.isVisible() and panel._comparison.numbers.source.text(0, 0).startswith("Natural forest")
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert panel._planned == [] and panel.chip.text() == "Computed"
    assert panel.results.values["cost_present_value"] == "0 USD 2025"
    QTest.keyClick(window, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert len(panel._planned) == 1 and panel.chip.text() == "Computed"


def test_drawing_by_keyboard_alone(qtbot, window, project):
    window.open_project(project)
    ready(qtbot, window)
    panel = window.view.panel_of("scenarios")
    panel.choose_scenario("Plan")
    panel.drawing.draw_button.setFocus()
    QTest.keyClick(panel.drawing.draw_button, Qt.Key.Key_Space)
    canvas = window.view.canvas
    for moves in ([], [Qt.Key.Key_Right] * 4, [Qt.Key.Key_Down] * 4):
        for key in moves:
            QTest.keyClick(canvas, key)
        QTest.keyClick(canvas, Qt.Key.Key_Space)
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    assert len(panel._planned) == 1 and panel._planned[0].item.area_ha > 10


def test_corners_can_be_taken_back_and_drawing_given_up(qtbot, window, project):
    window.open_project(project)
    ready(qtbot, window)
    panel = window.view.panel_of("scenarios")
    panel.choose_scenario("Plan")
    x, y = middle(window)
    panel.draw()
    canvas = window.view.canvas
    click(canvas, x, y)
    click(canvas, x + 50, y)
    assert len(canvas.tool.points) == 2
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(canvas, Qt.Key.Key_Backspace)
    assert canvas.tool.points == []
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    assert canvas.tool is not canvas.idle_tool  # three corners are needed
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert canvas.tool is canvas.idle_tool and panel._planned == []


def test_a_corner_is_dragged_and_undone(qtbot, window, project):
    window.open_project(project)
    ready(qtbot, window)
    panel = window.view.panel_of("scenarios")
    panel.choose_scenario("Plan")
    x, y = middle(window)
    draw(qtbot, window, [(x, y), (x + 100, y), (x + 100, y + 100), (x, y + 100)])
    ready(qtbot, window)
    before = panel._planned[0].item.area_ha
    canvas = window.view.canvas
    click(canvas, x + 50, y + 50)  # choose it by pointing
    assert panel.table.selected_keys() == [panel._planned[0].item.id] and window.view.card.isVisible()
    panel._reshape()
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(x + 100, y + 100))
    QTest.mouseMove(canvas, QPoint(x + 150, y + 150))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(x + 150, y + 150))
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    assert panel._planned[0].item.area_ha == pytest.approx(before * 1.5, rel=0.05)
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert panel._planned[0].item.area_ha == before
    panel.table.select_key(panel._planned[0].item.id)
    panel._reshape()
    QTest.keyClick(canvas, Qt.Key.Key_N)
    QTest.keyClick(canvas, Qt.Key.Key_Delete)
    assert len(canvas.tool.rings[0]) == 3
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert len(canvas.tool.rings[0]) == 4
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert panel._planned[0].item.area_ha == before


def test_the_map_pans_zooms_and_shows_the_right_colours(qtbot, window, project):
    window.open_project(project)
    ready(qtbot, window)
    canvas = window.view.canvas
    x, y = middle(window)
    picture = canvas.grab().toImage()
    with window.view.session.project.read_raw() as raw:
        colours = dict(raw.execute("SELECT code, colour FROM land_cover_class"))
    ratio = canvas.devicePixelRatioF()
    assert picture.pixelColor(round((x - 80) * ratio), round(y * ratio)).name() == colours[1]
    assert picture.pixelColor(round((x + 80) * ratio), round(y * ratio)).name() == colours[2]
    before = canvas.view.extent
    QTest.keyClick(canvas, Qt.Key.Key_Plus)
    assert canvas.view.unit_per_pixel == pytest.approx((before[2] - before[0]) / canvas.width() / 1.5)
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    QTest.keyClick(canvas, Qt.Key.Key_Home)
    assert canvas.view.extent == pytest.approx(before)
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(x, y))
    QTest.mouseMove(canvas, QPoint(x + 40, y))
    QTest.mouseMove(canvas, QPoint(x + 60, y))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(x + 60, y))
    assert canvas.view.extent[0] < before[0]
    QTest.mouseMove(canvas, QPoint(x, y))
    assert "° N" in window.place.text()
    ready(qtbot, window)


def test_import_by_the_dialog_with_its_preview(qtbot, window, path, tmp_path, monkeypatch):
    window.open_project(path)
    ready(qtbot, window)
    panel = window.view.panel_of("layers")
    cover = write_cover(tmp_path)
    dialog = ImportDialog(window.view.desk, cover)
    qtbot.addWidget(dialog)
    qtbot.waitUntil(lambda: "classes" in dialog.words.text() and dialog.ok.isEnabled())
    dialog.form.field("source_crs").editor.setText("nonsense")
    qtbot.waitUntil(lambda: "not a coordinate reference system" in dialog.problem.text())
    assert not dialog.ok.isEnabled()
    dialog.form.field("source_crs").editor.setText("")
    dialog.form.field("year").editor.setText("2024")
    qtbot.waitUntil(dialog.ok.isEnabled)
    monkeypatch.setattr(ImportDialog, "exec", lambda self: QDialog.DialogCode.Accepted)
    panel.start_import(dialog.fields())
    qtbot.waitUntil(lambda: panel.list.count() == 1, timeout=20_000)
    ready(qtbot, window)
    assert "2024" in panel.list.item(0).text() and "land cover" in panel.list.item(0).text()
    panel.list.item(0).setCheckState(Qt.CheckState.Unchecked)
    with window.view.session.project.read_raw() as raw:
        assert raw.execute("SELECT visible FROM layer").fetchone() == (0,)
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert panel.list.item(0).checkState() == Qt.CheckState.Checked
    panel._remove()
    assert panel.list.count() == 0 and panel.empty.isVisibleTo(panel)
    window.view.desk.undo()
    assert panel.list.count() == 1
    ready(qtbot, window)


def test_a_failed_job_is_told_and_nothing_changes(qtbot, window, path, tmp_path):
    window.open_project(path)
    (tmp_path / "bad.geojson").write_text("{")
    window.view.panel_of("layers").start_import({"file": str(tmp_path / "bad.geojson")})
    qtbot.waitUntil(lambda: "no sound GeoJSON" in window.view.messages.text.text(), timeout=10_000)
    window.view.show_jobs()
    assert window.view.jobs.isVisible()
    ready(qtbot, window)


def test_form_problems_stay_in_the_dialog(qtbot, window, project):
    window.open_project(project)
    _entry, operation = window.registry.get_operation("scenarios.add_scenario")
    dialog = OperationDialog(window.view.desk, "scenarios.add_scenario", operation)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.accept()
    assert dialog.isVisible() and dialog.form.field("name").problem.isVisible()
    qtbot.keyClicks(dialog.form.field("name").editor, "Plan")
    dialog.accept()
    assert dialog.isVisible() and "already" in dialog.form.field("name").problem.text()
    qtbot.keyClicks(dialog.form.field("name").editor, " B")
    dialog.accept()
    assert not dialog.isVisible() and dialog.result_value["name"] == "Plan B"
    ready(qtbot, window)


def test_a_new_project_from_a_crossed_boundary(qtbot, tmp_path):
    path = tmp_path / "bow.geojson"
    path.write_text(
        json.dumps(
            {"type": "Polygon", "coordinates": [[[98.6, 3.1], [98.8, 3.3], [98.8, 3.1], [98.6, 3.25], [98.6, 3.1]]]}
        )
    )
    dialog = NewProjectDialog(tmp_path)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.keyClicks(dialog.name, "Desa Baru")
    dialog.boundary.setText(str(path))
    dialog.read()
    assert (
        not dialog.create_button.isEnabled()
        and dialog.accept_repair.isVisible()
        and "crosses itself" in dialog.found.text()
    )
    QTest.mouseClick(dialog.accept_repair, Qt.MouseButton.LeftButton, pos=QPoint(8, dialog.accept_repair.height() // 2))
    assert dialog.create_button.isEnabled()
    QTest.mouseClick(dialog.create_button, Qt.MouseButton.LeftButton)
    assert dialog.made == tmp_path / "desa_baru.gpkg" and dialog.made.exists()
    dialog.boundary.setText(str(tmp_path / "none.shp"))
    dialog.read()
    assert "There is no file" in dialog.problem.text() and not dialog.create_button.isEnabled()


def test_a_broken_file_is_told_and_the_start_page_stays(qtbot, window, tmp_path, monkeypatch):
    told = []
    monkeypatch.setattr(QMessageBox, "exec", lambda self: told.append(self.text()))
    (tmp_path / "x.gpkg").write_text("hello")
    assert not window.open_project(tmp_path / "x.gpkg")
    assert "is not a GeoPackage" in told[0] and window.view is None


def test_save_save_as_report_and_close(qtbot, window, project, tmp_path, monkeypatch):
    window.open_project(project)
    ready(qtbot, window)
    QTest.keyClick(window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert "Saved" in window.view.messages.text.text()
    out = tmp_path / "s.pdf"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: (str(out), ""))
    window.actions_by_id["report_summary"].trigger()
    qtbot.waitUntil(out.exists, timeout=20_000)
    qtbot.waitUntil(lambda: "Wrote" in window.view.messages.text.text(), timeout=10_000)
    other = tmp_path / "other.gpkg"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: (str(other), ""))
    window.save_as()
    assert window.view.session.path == other
    ready(qtbot, window)
    assert window.close_project() and window.view is None
    assert window.state.recent()[:2] == [other, project]


def test_the_last_project_opens_again_when_the_settings_say_so(qtbot, window, project):
    window.open_first([])
    assert window.view is None
    window.open_project(project)
    window.close_project()
    window.open_first([])
    assert window.view is None
    window.settings.set("reopen_last", True)
    window.open_first([])
    assert window.view is not None and window.view.session.path == project
    ready(qtbot, window)


def test_themes_and_languages_change_at_once(qtbot, window, project):
    window.open_project(project)
    ready(qtbot, window)
    for theme in ("dark", "light"):
        window.set_theme(theme)
        ready(qtbot, window)
    window.set_language("id")
    ready(qtbot, window)
    window.set_language("en")
    ready(qtbot, window)
    assert window.view.tool == "scenarios" and window.view.panel_of("scenarios").combo.count() == 2


def test_the_palette_offers_every_operation(qtbot, window, project):
    window.open_project(project)
    ready(qtbot, window)
    titles = {command.title for command in window.commands()}
    for entry in window.registry.entries:
        for operation in entry.spec.operations:
            if not operation.hidden and not any(field.kind == "shape" for field in operation.inputs):
                assert operation.title in titles


def test_dropping_files(qtbot, window, project):
    from PySide6.QtCore import QMimeData, QPointF, QUrl
    from PySide6.QtGui import QDropEvent

    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(project))])
    event = QDropEvent(
        QPointF(10, 10), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    window.dropEvent(event)
    assert window.view is not None
    ready(qtbot, window)


def test_a_workbook_becomes_records_and_the_rest_a_file_to_mend(qtbot, window, project, tmp_path, monkeypatch):
    import openpyxl

    from onekl_desktop.gui.dialogs.rows import RowsDialog

    book = openpyxl.Workbook()
    for cells in (["Nama", "Kind"], ["Koperasi A", "ngo"], ["", "ngo"], ["Desa B", "community"]):
        book.active.append(cells)
    book.save(tmp_path / "who.xlsx")
    window.open_project(project)
    ready(qtbot, window)
    panel = window.view.panel_of("partnership")
    table = next(item for item in panel.record_tables.values() if item.records.add == "add_organisation")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args, **_named: (str(tmp_path / "who.xlsx"), ""))
    shown = []

    def use(dialog):
        shown.append(dialog)
        assert not dialog.ok.isEnabled()  # the column "Nama" is not known yet
        dialog.fields["name"].setCurrentIndex(dialog.fields["name"].findText("Nama"))
        assert "2 rows will be taken" in dialog.words.text() and "1 row is left out" in dialog.words.text()
        QTest.mouseClick(dialog.ok, Qt.MouseButton.LeftButton)
        return dialog.result()

    monkeypatch.setattr(RowsDialog, "exec", use)
    QTest.mouseClick(table.rows_button, Qt.MouseButton.LeftButton)
    assert shown and table.count.text() == "2"
    assert (tmp_path / "who-left-out.csv").read_text("utf-8-sig").splitlines()[1].startswith("3,")
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert table.count.text() == ""


def test_a_model_is_run_on_the_projects_layers(qtbot, window, project, tmp_path, monkeypatch):
    window.open_project(project)
    ready(qtbot, window)
    panel = window.view.panel_of("scenarios")
    QTest.mouseClick(panel.models_button, Qt.MouseButton.LeftButton)
    results = panel._models
    assert results.none.isVisibleTo(results) and not results._body.isVisibleTo(results)
    table = tmp_path / "pools.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_k: (str(table), ""))
    seen = []

    def fill(dialog):
        dialog.choose_model("carbon_maps")
        QTest.mouseClick(dialog.do, Qt.MouseButton.LeftButton)  # nothing is chosen yet
        seen.append(dialog.problem.text())
        box = dialog.form.field("lulc_bas_path").editor
        box.setCurrentIndex(box.findText("Cover"))
        for button in dialog.form.field("carbon_pools_path").body.findChildren(type(dialog.do)):
            if "empty" in button.text():
                QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        dialog.draws.setValue(3)
        QTest.mouseClick(dialog.do, Qt.MouseButton.LeftButton)
        return QDialog.DialogCode.Accepted if dialog.asked else QDialog.DialogCode.Rejected

    monkeypatch.setattr(ModelDialog, "exec", fill)
    panel.open_model()
    ready(qtbot, window)
    assert "Land cover" in seen[0] and table.exists()
    assert results.run is not None and results.chip.text() == "Computed"
    shown = [results.table.model().index(0, at).data() for at in range(2)]
    assert shown[0] == "All cells of the maps" and shown[1].startswith("1,250,000 (")
    QTest.mouseClick(results.map_button, Qt.MouseButton.LeftButton)
    ready(qtbot, window)
    with window.view.session.read() as db:
        assert "Carbon stored · Plan" in {layer.name for layer in db.query(Layer)}
    monkeypatch.setattr(ModelDialog, "exec", lambda dialog: seen.append(dialog.form.values()) or 0)
    QTest.mouseClick(results.inputs_button, Qt.MouseButton.LeftButton)
    assert seen[-1]["carbon_pools_path"] == str(table) and seen[-1]["lulc_bas_path"].startswith("#")

    def everywhere(dialog):  # the same model from now on beneath every scenario
        QTest.mouseClick(dialog.everywhere, Qt.MouseButton.LeftButton)
        QTest.mouseClick(dialog.do, Qt.MouseButton.LeftButton)
        return QDialog.DialogCode.Accepted if dialog.asked else QDialog.DialogCode.Rejected

    monkeypatch.setattr(ModelDialog, "exec", everywhere)
    QTest.mouseClick(results.inputs_button, Qt.MouseButton.LeftButton)
    ready(qtbot, window)
    rows = [row for row in compare(window.view.session).rows if row.code.startswith("carbon_maps")]
    assert rows and all(value is not None for value in rows[0].values) and len(rows[0].values) == 2


def test_the_land_is_projected_and_a_scenario_carried_out_with_the_mouse(qtbot, window, project, monkeypatch, tmp_path):
    from onekl_desktop.gui.dialogs.operation import OperationDialog

    window.open_project(project)
    ready(qtbot, window)
    earlier = cover_array()
    earlier[:, 50:60] = FOREST
    session = window.view.session
    perform(
        session,
        "layers.import_layer",
        file=str(write_cover(tmp_path, earlier, "earlier.tif")),
        name="Earlier",
        role="land_cover",
        year=1999,
        match_legend="Cover",
    )
    window.view.show_tool("scenarios")
    panel = window.view.panel_of("scenarios")
    panel.refresh()
    assert panel.assumptions.told.text().startswith("It stays as on the map.")

    def fill(dialog):
        QTest.mouseClick(dialog.do, Qt.MouseButton.LeftButton)
        return QDialog.DialogCode.Accepted

    monkeypatch.setattr(OperationDialog, "exec", fill)
    QTest.mouseClick(panel.assumptions.project, Qt.MouseButton.LeftButton)
    ready(qtbot, window)
    assert "goes on changing: As before" in panel.assumptions.told.text()
    panel.choose_scenario("Plan")
    assert not panel.adopting.isVisibleTo(panel)
    QTest.mouseClick(panel.run_button, Qt.MouseButton.LeftButton)
    ready(qtbot, window)
    assert panel._comparison.banded.isHidden()  # nothing is said to be off
    QTest.mouseClick(panel.adopting.button, Qt.MouseButton.LeftButton)
    ready(qtbot, window)
    assert panel.state.scenario.locked and not panel.adopting.isVisibleTo(panel)
    with session.read() as db:
        assert db.query(Action).count() == len(panel._planned) and db.query(Target).count() > 0


def test_the_computer_proposes_and_rules_draw(qtbot, window, project, monkeypatch):
    """Both buttons open a form; what it does runs in the background and lands in the list of scenarios and interventions."""
    window.open_project(project)
    ready(qtbot, window)
    panel = window.view.panel_of("scenarios")
    panel.choose_scenario("Plan")
    forms = []

    def answer(dialog):
        forms.append(dialog)
        field = {"optimise": ("cell_ha", 100), "draw_by_rule": ("only_classes", "2")}[dialog._name.partition(".")[2]]
        dialog.form.field(field[0]).editor.setText(str(field[1]))
        dialog.accept()
        return dialog.result()

    monkeypatch.setattr(OperationDialog, "exec", answer)
    QTest.mouseClick(panel.propose_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: any(state.scenario.name == "Proposed" for state in panel._states), timeout=20_000)
    panel.choose_scenario("Plan")
    QTest.mouseClick(panel.drawing.rule_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(panel._planned) == 1, timeout=20_000)
    assert panel._planned[0].item.area_ha == pytest.approx(5000, rel=0.01) and len(forms) == 2
