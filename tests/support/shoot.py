"""Draws every page, panel and dialog of the window into a folder; one process a scale (see `shots.py`)."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import shapely
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from onekl_desktop.app.crash import CrashPage
from onekl_desktop.app.map_bar import GoToDialog
from onekl_desktop.app.new_project import NewProjectDialog
from onekl_desktop.app.print_map import PrintDialog
from onekl_desktop.app.project_view import ProjectView
from onekl_desktop.app.window import MainWindow
from onekl_desktop.base.errors import make_problem
from onekl_desktop.base.progress import Progress
from onekl_desktop.base.specs import PageSpec
from onekl_desktop.engine import Session
from onekl_desktop.engine.new import make_project
from onekl_desktop.engine.registry import discover
from onekl_desktop.engine.settings import Settings, use_language
from onekl_desktop.gui.canvas.measuring import MeasureTool
from onekl_desktop.gui.dialogs.help import HelpDialog
from onekl_desktop.gui.dialogs.operation import OperationDialog
from onekl_desktop.gui.dialogs.palette import Palette
from onekl_desktop.gui.dialogs.rows import RowsDialog
from onekl_desktop.gui.dialogs.settings import SettingsDialog
from onekl_desktop.gui.language import use_qt_language
from onekl_desktop.gui.theme import apply_theme
from onekl_desktop.project.records import Landscape
from onekl_desktop.reports.write import list_subjects, write_report
from onekl_desktop.tools.layers.panel.import_dialog import ImportDialog
from onekl_desktop.tools.layers.panel.rules import RulesDialog
from onekl_desktop.tools.scenarios.sample import build_sample_project

SCALE, LANGUAGE = os.environ.get("ONEKL_SHOT_SCALE", "1"), os.environ.get("ONEKL_SHOT_LANGUAGE", "en")
INPUTS = Path(__file__).resolve().parents[2] / "sample_projects" / "north_sumatra" / "inputs"


def settle(app: QApplication, window: MainWindow) -> None:
    """Let jobs, the map and layouts come to rest."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        app.processEvents()
        view = window.view
        if view is None or (view.canvas.up_to_date and not view.session.jobs.busy and not view.desk._running):
            break
        QTest.qWait(20)
    app.processEvents()


def draw_on_the_map(view: ProjectView, shot: Callable, dialog: Callable) -> None:
    """The tools of the map, the table of a layer, and the dialogs of rules, places and printing."""
    panel, canvas, desk = view.panel_of("layers"), view.canvas, view.desk
    panel.choose("Villages")
    layer = panel.chosen()
    window = view.window()
    panel.editing.show_table()
    desk.selection.choose(layer.uuid, (1, 2, 3))
    shot("06-table", window)
    desk.selection.choose(layer.uuid, (2,))
    panel.editing.move_corners()
    shot("06-corners", window)
    canvas.set_tool(None)
    desk.selection.clear()
    view._drawer_frame.hide()
    canvas.set_tool(MeasureTool(canvas, desk.session.crs))
    for x, y in ((200, 200), (400, 260), (360, 420)):
        QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(x, y))
    shot("06-measure", window)
    canvas.set_tool(None)
    view.map_bar.swipe(view.map_bar.others()[0])
    view.map_bar.open_second(view.map_bar.others()[-1])
    shot("06-compare", window)
    canvas.compare(None)
    view.map_bar.close_second()
    dialog("06-rules", lambda: RulesDialog(desk, layer))
    dialog("06-go-to", lambda: named(GoToDialog(desk), "a"))
    printing = PrintDialog(desk, view.layers_shown())
    printing.show()
    QTest.qWait(700)
    shot("06-print", printing)
    printing.close()
    printing.deleteLater()


def named(dialog: GoToDialog, text: str) -> GoToDialog:
    """With something typed."""
    dialog.text.setText(text)
    return dialog


def main(out: Path) -> None:
    """All pictures of one scale."""
    app = QApplication(["onekl"])
    settings, registry = Settings(), discover()
    settings.set("language", LANGUAGE)
    use_language(settings)
    use_qt_language(app)
    home = Path(os.environ["ONEKL_HOME"])
    sample = home / "lembah_arum.gpkg"
    if not sample.exists():
        build_sample_project(sample, registry=registry, progress=Progress())
    empty = home / f"empty{SCALE}{LANGUAGE}.gpkg"
    make_project(
        empty,
        Landscape(
            name="Kecamatan Contoh",
            crs="EPSG:32647",
            area_ha=22_500,
            geom=shapely.box(500_000, 350_000, 515_000, 365_000),
        ),
    )
    crossed = home / "crossed.geojson"
    crossed.write_text(
        '{"type":"Polygon","coordinates":[[[98.6,3.1],[98.8,3.3],[98.8,3.1],[98.6,3.25],[98.6,3.1]]]}', encoding="utf-8"
    )

    wells, members = home / "wells.csv", home / "members.csv"
    wells.write_text(
        "name;Latitude;Longitude;depth\nUpper well;3°12'40\"N;99°10'12\"E;12\nOld well;north;99.2;9\nSchool well;3,23;99,15;7\n"
    )
    members.write_text(
        "Name,Kind,women\nNew cooperative,cooperative,12\n,ngo,3\nLembah Arum Landscape Forum,community,1\nOther club,circus,2\n"
    )
    for theme in ("light", "dark"):
        apply_theme(app, theme)
        window = MainWindow(settings, registry)
        window.resize(1280, 800)
        window.show()

        def shot(name: str, widget: QWidget, theme: str = theme) -> None:
            settle(app, window)
            widget.grab().save(str(out / f"{name}-{LANGUAGE}-{theme}-{SCALE}x.png"))

        def dialog(name: str, make: Callable[[], QWidget]) -> None:
            made = make()
            made.show()
            app.processEvents()
            shot(name, made)
            made.close()
            made.deleteLater()

        shot("01-start", window)
        window.open_project(sample)
        window.start_tour()
        for step in (0, 1, 5):
            window.tour.show_step(step)
            shot(f"01-tour-{step}", window)
        window.tour.end()
        window.close_project()
        dialog("02-new-project", lambda: new_project(home, crossed))
        window.open_project(empty)
        for tool in ("scenarios", *TOOL_PAGES):
            window.view.show_tool(tool)
            shot(f"03-empty-{tool}", window.view.panel)
        window.view.show_tool("layers")
        shot("04-empty-layers", window)
        window.open_project(sample)
        view = window.view
        view.show_tool("layers")
        view.panel_of("layers").choose("Land cover 2024")
        shot("05-layers", window)
        view.panel_of("layers").choose("Roads")
        shot("06-layers-vector", window)
        draw_on_the_map(view, shot, dialog)
        panel = view.panel_of("scenarios")
        panel.choose_scenario("Green livelihoods")
        shot("07-scenarios", window)
        panel.show_comparison()
        shot("08-comparison", window)
        panel._comparison.tabs.setCurrentIndex(1)
        shot("09-charts", window)
        panel.map_choice.setCurrentIndex(2)
        view.canvas.refresh()
        shot("10-carbon-map", window)
        panel.map_choice.setCurrentIndex(0)
        view.show_jobs()
        shot("11-jobs", window)
        view._drawer_frame.hide()
        panel.draw()
        for x, y in ((300, 200), (420, 220), (400, 330)):
            QTest.mouseClick(view.canvas, Qt.MouseButton.LeftButton, pos=QPoint(x, y))
        shot("12-drawing", window)
        view.canvas.set_tool(None)
        panel.table.selectRow(0)
        panel._reshape()
        shot("13-reshaping", window)
        view.canvas.set_tool(None)
        view._point(*view.canvas.view.to_map(330, 320))
        shot("14-identify", window)
        view.card.hide()
        window.view.desk.tell(make_problem("file.no_space", file=sample.name).sentence(), "error")
        shot("15-message", window)
        view.messages.hide()
        shoot_tools(view, lambda name: shot(name, window), lambda name: shot(name, view.panel))
        dialog("16-import", lambda: ImportDialog(view.desk, INPUTS / "land_cover_2024.tif"))
        dialog("16-import-table", lambda: ImportDialog(view.desk, wells))
        _entry, adding = registry.get_operation("partnership.add_organisation")
        dialog("16-rows", lambda: RowsDialog(view.desk, "partnership.add_organisation", adding, members))
        _entry, operation = registry.get_operation("scenarios.change_practice")
        dialog("17-form", lambda: OperationDialog(view.desk, "scenarios.change_practice", operation))
        dialog("18-palette", lambda: Palette(window.commands(), window))
        dialog("19-help", lambda: HelpDialog(registry, "scenarios"))
        dialog("20-settings", lambda: SettingsDialog(settings, view.desk))
        dialog(
            "21-crash",
            lambda: CrashPage("Traceback (most recent call last):\n  …\nZeroDivisionError: division by zero"),
        )
        if theme == "light" and SCALE == "1":
            shoot_pages(view.session, [page for _entry, page in registry.list_pages() if not page.slides], out)
        window.close()
        window.deleteLater()
        app.processEvents()


def shoot_pages(session: Session, pages: list[PageSpec], out: Path) -> None:
    """Every page on paper, as pictures; of those about one record that of the first."""
    import pypdfium2

    for page in pages:
        path = write_report(
            session, page.id, out / f"page-{page.id}-{LANGUAGE}.pdf", subject=list_subjects(session, page)[0]
        )
        document = pypdfium2.PdfDocument(str(path))
        for number in range(len(document)):
            document[number].render(scale=1.2).to_pil().save(out / f"page-{page.id}-{LANGUAGE}-{number + 1}.png")
        document.close()
        path.unlink()


TOOL_PAGES = {
    "partnership": ("organisations", "decisions"), "visioning": ("goals", "targets", "actions"), "governance": ("rounds", "cards"),
    "lift": ("projects", "lines"), "portfolio": ("projects",), "impact": ("targets",), "commons": ("leaving", "bundles"),
}  # fmt: skip


def shoot_tools(view: ProjectView, shot: Callable[[str], None], panel_shot: Callable[[str], None]) -> None:
    """Every page of the panels of the other tools, the main ones in the window, and what they put into the drawer."""
    number = 30
    for tool, pages in TOOL_PAGES.items():
        panel = view.panel_of(tool)
        view._drawer_frame.hide()
        for page in panel.pages:
            panel.show_page(page)
            table = panel.record_tables.get(page)
            if table is not None and table.table.source.rows:
                table.table.select_key(table.table.source.rows[0].key)
            if page in pages:
                shot(f"{number}-{tool}-{page}")
                number += 1
            else:
                panel_shot(f"{number}-{tool}-{page}")
    lift = view.panel_of("lift")
    lift.show_page("projects")
    lift.show_flow()
    shot("50-cash-flow")
    impact = view.panel_of("impact")
    impact.show_page("targets")
    impact.targets.select_key(impact.known.tracks[-1].target.uuid)
    impact.show_chart()
    shot("51-impact-chart")
    view.panel_of("partnership").record_tables["organisations"].show_wide()
    shot("52-wide-table")
    view._drawer_frame.hide()


def new_project(home: Path, boundary: Path) -> NewProjectDialog:
    """The dialog with a boundary that crosses itself."""
    dialog = NewProjectDialog(home)
    dialog.name.setText("Kecamatan Contoh")
    dialog._suggest("Kecamatan Contoh")
    dialog.boundary.setText(str(boundary))
    dialog.read()
    return dialog


if __name__ == "__main__":
    main(Path(sys.argv[1]))
