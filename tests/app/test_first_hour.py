"""A newcomer's first hour with mouse and keyboard: tour, own boundary, import, goal, intervention, run, project, page."""

from __future__ import annotations

import json

import geopandas
import pypdfium2
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QPushButton,
)

from onekl_desktop.app.tour import STEPS
from onekl_desktop.app.window import MainWindow
from onekl_desktop.base.geometry import transform
from onekl_desktop.base.units import format_number
from onekl_desktop.engine.settings import Settings
from onekl_desktop.gui.theme import apply_theme
from onekl_desktop.project.records import Intervention
from tests.support.clicks import LEFT, fill, form, press, ready, tab, write
from tests.support.landscape import CRS, place, write_cover


@pytest.fixture
def window(qtbot, registry):
    apply_theme(QApplication.instance(), "light")
    made = MainWindow(Settings(), registry)
    qtbot.addWidget(made)
    made.resize(1280, 860)
    made.show()
    yield made
    made.close()
    qtbot.wait(10)


def drop(window, path):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    window.dropEvent(
        QDropEvent(QPointF(400, 300), Qt.DropAction.CopyAction, data, LEFT, Qt.KeyboardModifier.NoModifier)
    )


def test_the_first_hour(qtbot, window, dialogs, tmp_path, monkeypatch):
    # The sample and its tour, by keyboard.
    press(window.pages.currentWidget().samples["north_sumatra"])
    qtbot.waitUntil(lambda: window.tour is not None, timeout=60_000)
    ready(qtbot, window)
    for number in range(len(STEPS)):
        assert window.tour.at == number and window.tour.title.text()
        QTest.keyClick(window.tour.next, Qt.Key.Key_Space)
    assert window.tour is None and window.state.tour_taken
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClick(window, Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier)
    assert window.view is None

    # An own boundary, dropped on the start page.
    boundary = tmp_path / "boundary.geojson"
    square = transform(place(0, 0, 10_000, 10_000), CRS, "EPSG:4326")
    boundary.write_text(
        json.dumps(
            {"type": "Feature", "properties": {}, "geometry": json.loads(__import__("shapely").to_geojson(square))}
        )
    )

    def new(dialog):
        assert "10,0" in dialog.found.text() and not dialog.create_button.isEnabled()
        write(dialog.name, "Desa Baru")
        dialog.target.setText(str(tmp_path / "desa.gpkg"))
        press(dialog.create_button)

    dialogs.append(new)
    drop(window, boundary)
    assert window.view is not None and window.title.text() == "Desa Baru"

    # A land-cover map with its classes, and wells from a list.
    cover = write_cover(tmp_path)

    def cover_dialog(dialog):
        qtbot.waitUntil(dialog.ok.isEnabled, timeout=20_000)
        fill(dialog.form, year=2024, classes=str(tmp_path / "classes.csv"), name="Cover")
        qtbot.waitUntil(
            lambda: (
                dialog.ok.isEnabled() and "2 classes" in dialog.words.text() and "resampled" not in dialog.words.text()
            ),
            timeout=20_000,
        )
        press(dialog.ok)

    dialogs.append(cover_dialog)
    drop(window, cover)
    layers = window.view.panel_of("layers")
    qtbot.waitUntil(lambda: layers.list.count() == 1, timeout=20_000)
    spots = geopandas.GeoSeries(
        [place(100 * n, 100 * n, 100 * n + 1, 100 * n + 1).centroid for n in (10, 20, 30)], crs=CRS
    ).to_crs(4326)
    (tmp_path / "wells.csv").write_text(
        "name,lat,lon\n" + "".join(f"Well {n},{spot.y},{spot.x}\n" for n, spot in enumerate(spots))
    )

    def wells_dialog(dialog):
        qtbot.waitUntil(lambda: "3 points" in dialog.words.text(), timeout=20_000)
        press(dialog.ok)

    dialogs.append(wells_dialog)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args, **_named: (str(tmp_path / "wells.csv"), ""))
    press(next(item for item in layers.findChildren(QPushButton) if item.text() == "Import…"))
    qtbot.waitUntil(lambda: layers.list.count() == 2, timeout=20_000)
    ready(qtbot, window)

    # A goal with a target.
    press(window.view.rail_button("visioning"))
    vision = window.view.panel_of("visioning")
    form(dialogs, name="More gardens", theme="financial")
    press(vision.record_tables["goals"].add_button)
    tab(vision, "Targets")
    form(
        dialogs,
        goal="More gardens",
        indicator="Full-time jobs",
        name="Jobs",
        baseline=0,
        baseline_year=2024,
        quantity=5,
        year=2045,
    )
    press(vision.record_tables["targets"].add_button)
    assert vision.record_tables["targets"].count.text() == "1"

    # A practice from the catalogue, a scenario, an intervention drawn with the mouse.
    press(window.view.rail_button("scenarios"))
    panel = window.view.panel_of("scenarios")
    form(dialogs, name="Gardens")
    press(next(item for item in panel.none_yet.findChildren(QPushButton)))
    press(panel.drawing.catalogue_button)
    panel.drawing.practice.setCurrentIndex(
        next(
            n
            for n in range(panel.drawing.practice.count())
            if "agroforestry" in panel.drawing.practice.itemText(n).lower()
        )
    )
    press(panel.drawing.draw_button)
    canvas = window.view.canvas
    x, y = canvas.width() // 2, canvas.height() // 2
    for dx, dy in ((30, -60), (150, -60), (150, 60), (30, 60)):
        QTest.mouseClick(canvas, LEFT, pos=QPoint(x + dx, y + dy))
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    assert len(panel._planned) == 1
    press(panel.run_button)
    qtbot.waitUntil(lambda: panel.chip.text() == "Computed", timeout=30_000)
    ready(qtbot, window)

    # A project of it.
    press(window.view.rail_button("lift"))
    lift = window.view.panel_of("lift")
    tab(lift, "4 Projects")
    form(dialogs, name="Garden project", wage_per_day=5)
    press(lift.record_tables["projects"].add_button)
    with window.view.session.read() as db:
        name = db.query(Intervention).one().name
    add_part = next(
        item
        for item in lift.findChildren(QPushButton)
        if "add an intervention" in item.text().lower() and item.isVisibleTo(lift)
    )
    form(dialogs, intervention=name)
    press(add_part)
    compute = next(
        item
        for item in lift.findChildren(QPushButton)
        if item.text().lower().startswith("compute") and item.isVisibleTo(lift)
    )
    press(compute)
    ready(qtbot, window)

    # Its capital, what the lender would see, and the proposal on paper.
    tab(lift, "5 Capital")
    form(dialogs, name="Village loan", amount=200000, interest=0.08, grace_years=3, payments=6)
    press(lift.record_tables["capital"].add_button)
    assert lift.record_tables["capital"].count.text() == "1"
    press(lift.outcome.cover_button)
    ready(qtbot, window)
    tab(lift, "7 Documents")
    paper = tmp_path / "proposal.pdf"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args, **_named: (str(paper), ""))
    press(lift.outcome.write_button)
    ready(qtbot, window)
    qtbot.waitUntil(paper.exists, timeout=20_000)
    document = pypdfium2.PdfDocument(str(paper))
    told = "".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    assert "Garden project" in told and "Village loan" in told and "Red flags" in told
    with window.view.session.read() as db:
        assert format_number(db.query(Intervention).one().area_ha, 1) in told

    # The page on paper, by keyboard.
    out = tmp_path / "summary.pdf"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args, **_named: (str(out), ""))
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClick(window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    ready(qtbot, window)
    qtbot.waitUntil(out.exists, timeout=20_000)
    document = pypdfium2.PdfDocument(str(out))
    text = "".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    assert "Desa Baru" in text and "Gardens" in text and "Jobs" in text
