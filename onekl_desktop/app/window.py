"""The main window: it only composes. Left the rail, the map in the middle, right the tool's panel, below the drawer.

What a project needs (SQLAlchemy, the records, the tools' panels) is imported when one is opened or made, so that the
window is up at once.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QGuiApplication, QKeySequence
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QInputDialog,
    QLabel,
    QMainWindow,
    QMenu,
    QMessageBox,
    QStackedWidget,
    QStatusBar,
    QToolButton,
    QWidget,
)

from onekl_desktop.app.crash import CrashPage
from onekl_desktop.app.report_files import ask_report_file, ask_subject
from onekl_desktop.app.start_page import Choices, StartPage
from onekl_desktop.app.view_state import ViewState
from onekl_desktop.base.errors import UserError
from onekl_desktop.base.specs import PageSpec
from onekl_desktop.base.translate import LANGUAGES, _
from onekl_desktop.cartography.basemap import NO_BASE, WORLD
from onekl_desktop.cartography.tile_files import SUFFIXES as TILES
from onekl_desktop.cartography.tile_server import check_address
from onekl_desktop.engine.jobs import DONE, Job
from onekl_desktop.engine.registry import Registry, discover, load_ahead
from onekl_desktop.engine.samples import SAMPLE
from onekl_desktop.engine.settings import Settings, use_language
from onekl_desktop.gui.canvas.scale_box import ScaleBox
from onekl_desktop.gui.dialogs.help import HelpDialog
from onekl_desktop.gui.dialogs.palette import Command, Palette
from onekl_desktop.gui.icons import icon
from onekl_desktop.gui.kit import column, frame, label, row, tool_button
from onekl_desktop.gui.language import use_qt_language
from onekl_desktop.gui.theme import M, S, apply_theme
from onekl_desktop.project.workspace import Recoverable, backup_database, list_recoverable

if TYPE_CHECKING:
    from onekl_desktop.app.project_view import ProjectView
    from onekl_desktop.app.tour import Tour
    from onekl_desktop.engine import Session

PROJECT_PARTS = ("onekl_desktop.app.project_view", "onekl_desktop.tools.layers.panel", "rasterio")


class MainWindow(QMainWindow):
    """Start page or one open project."""

    def __init__(self, settings: Settings | None = None, registry: Registry | None = None) -> None:
        super().__init__()
        self.settings = settings or Settings()
        self.registry = registry or discover()
        self.state = ViewState()
        self.view: ProjectView | None = None
        self.tour: Tour | None = None
        self.setWindowTitle("1KL Desktop")
        self.setWindowIcon(icon("logo", "#1d6b51"))
        self.setAcceptDrops(True)
        self.resize(QSize(1280, 800))
        self.setMinimumSize(QSize(880, 560))
        self.pages = QStackedWidget()
        self.actions_by_id: dict[str, QAction] = {}
        self._make_actions()
        self._build_frame()
        self.show_start_page()
        self._autosave = QTimer(self)
        self._autosave.timeout.connect(self._save_quietly)
        self._restore()

    # ------------------------------------------------------------ frame

    def _make_actions(self) -> None:
        def add(
            id: str,
            text: str,
            run: Callable[[], object],
            keys: str | QKeySequence.StandardKey = "",
            icon_name: str = "",
        ) -> None:
            action = QAction(text, self)
            if keys:
                action.setShortcut(QKeySequence(keys))
            action.setData(icon_name or "run")
            if icon_name:
                action.setIcon(icon(icon_name))
            action.triggered.connect(lambda _checked=False: run())
            self.actions_by_id[id] = action
            self.addAction(action)

        add("new", _("New project…"), self.new_project, QKeySequence.StandardKey.New, "plus")
        add("open", _("Open…"), self.choose_project, QKeySequence.StandardKey.Open, "open")
        add("sample", _("Open the sample landscape"), lambda: self.open_sample(SAMPLE), "", "vision")
        add("tour", _("Take the tour"), self.start_tour, "", "help")
        add("fresh", _("Start the sample anew…"), self.start_sample_anew, "", "undo")
        add("save", _("Save"), self.save, QKeySequence.StandardKey.Save, "save")
        add("save_as", _("Save a copy as…"), self.save_as, QKeySequence.StandardKey.SaveAs, "copy")
        add("close", _("Close the project"), self.close_project, "Ctrl+W", "close")
        add("undo", _("Undo"), lambda: self.view and self.view.desk.undo(), QKeySequence.StandardKey.Undo, "undo")
        add("redo", _("Redo"), lambda: self.view and self.view.desk.redo(), "Ctrl+Y", "redo")
        add("commands", _("Search commands"), self.show_palette, "Ctrl+K", "search")
        add(
            "zoom_full",
            _("Show the whole landscape"),
            lambda: self.view and self.view.canvas.zoom_full(),
            "Ctrl+0",
            "zoom_full",
        )
        add("measure", _("Measure on the map"), lambda: self.view and self.view.map_bar.measure(), "Ctrl+M", "measure")
        add("go_to", _("Go to a place…"), lambda: self.view and self.view.map_bar.go_to(), "Ctrl+G", "place")
        add(
            "keep_place",
            _("Keep this place…"),
            lambda: self.view and self.view.map_bar.keep_place(),
            "Ctrl+B",
            "bookmark",
        )
        add("base_world", _("Base map: the world"), lambda: self.set_base_map(WORLD), "", "layers")
        add("base_file", _("Base map: tiles from a file…"), self.choose_base_map, "", "open")
        add("base_server", _("Base map: tiles of a server…"), self.choose_server, "", "open")
        add("base_none", _("No base map"), lambda: self.set_base_map(NO_BASE), "", "layers")
        add("print_map", _("Print the map…"), lambda: self.view and self.view.print_map(), "Ctrl+Shift+P", "report")
        for _entry, page in self.registry.list_pages():
            words = _("Write: {report}…").format(report=_(page.title))
            keys = "Ctrl+P" if page.id == "summary" else ""
            add(f"report_{page.id}", words, lambda page=page: self.write_report(page), keys, "report")
        add("jobs", _("Show jobs"), lambda: self.view and self.view.show_jobs(), "Ctrl+J", "run")
        add("settings", _("Settings…"), self.show_settings, "Ctrl+,", "settings")
        add("help", _("Help"), self.show_help, QKeySequence.StandardKey.HelpContents, "help")
        add("quit", _("Quit"), self.close, QKeySequence.StandardKey.Quit, "close")
        for choice, text in (("light", _("Light")), ("dark", _("Dark")), ("system", _("As the system"))):
            add(
                f"theme_{choice}",
                _("Colours: {choice}").format(choice=text),
                lambda choice=choice: self.set_theme(choice),
                "",
                "settings",
            )

    def _build_frame(self) -> None:
        menus = self.menuBar()
        menus.clear()
        layout = (
            (
                _("Project"),
                (
                    "new",
                    "open",
                    "sample",
                    "fresh",
                    "-",
                    "save",
                    "save_as",
                    "-",
                    "print_map",
                    "reports",
                    "-",
                    "close",
                    "quit",
                ),
            ),
            (_("Edit"), ("undo", "redo", "-", "commands", "settings")),
            (
                _("View"),
                (
                    "zoom_full",
                    "measure",
                    "go_to",
                    "keep_place",
                    "-",
                    "base_world",
                    "base_file",
                    "base_server",
                    "base_none",
                    "-",
                    "jobs",
                    "-",
                    "theme_light",
                    "theme_dark",
                    "theme_system",
                ),
            ),
            (_("Help"), ("help", "tour")),
        )
        made: dict[str, QMenu] = {}
        for title, ids in layout:
            menu = made[title] = menus.addMenu(title)
            for id in ids:
                if id == "-":
                    menu.addSeparator()
                elif id == "reports":
                    reports = menu.addMenu(_("Write a report"))
                    reports.addActions([a for name, a in self.actions_by_id.items() if name.startswith("report_")])
                else:
                    menu.addAction(self.actions_by_id[id])
        languages = QMenu(_("Language"), self)
        for code, name in LANGUAGES.items():
            action = languages.addAction(name, lambda code=code: self.set_language(code))
            action.setCheckable(True)
            action.setChecked(code == self.settings.get("language"))
        made[_("View")].addMenu(languages)
        bar = frame("bar")
        self.title, self.badge, self.saved = label("", "heading"), label("", "badge"), label("", "small")
        self.undo_button, self.redo_button = self._bar_button("undo"), self._bar_button("redo")
        search = tool_button("search", _("Search commands (Ctrl+K)"), self.show_palette)
        search.setText(_("Search commands"))
        search.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        bar.setLayout(
            row(
                self.title,
                self.badge,
                self.saved,
                None,
                self.undo_button,
                self.redo_button,
                self._bar_button("save"),
                M,
                search,
                margins=S,
            )
        )
        self.bar = bar
        central = QWidget()
        central.setLayout(column(bar, self.pages, spacing=0))
        self.setCentralWidget(central)
        self.place, self.scale, self.crs = QLabel(), ScaleBox(), QLabel()
        self.jobs_button = QToolButton()
        self.jobs_button.setText(_("No jobs"))
        self.jobs_button.clicked.connect(lambda: self.view and self.view.show_jobs())
        status = QStatusBar()
        self.setStatusBar(status)
        status.setSizeGripEnabled(False)
        for widget in (self.place, self.scale, self.crs):
            status.addWidget(widget)
        status.addPermanentWidget(self.jobs_button)

    def _bar_button(self, id: str) -> QToolButton:
        button = QToolButton()
        button.setDefaultAction(self.actions_by_id[id])
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        button.setIconSize(QSize(20, 20))
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setAccessibleName(self.actions_by_id[id].text())
        return button

    # ------------------------------------------------------------ projects

    def show_start_page(self) -> None:
        """Shown while nothing is open."""
        choices = Choices(self.new_project, self.choose_project, self.open_sample, self.open_project, self._recover)
        page = StartPage(choices, self.state.recent(), list_recoverable())
        self._show(page)
        self.bar.hide()
        self.statusBar().hide()
        self.setWindowTitle("1KL Desktop")
        self._enable()

    def _show(self, page) -> None:  # type: ignore[no-untyped-def]
        while self.pages.count():
            old = self.pages.widget(0)
            if old is not None:
                self.pages.removeWidget(old)
                old.deleteLater()
        self.pages.addWidget(page)

    def open_first(self, named: list[Path]) -> None:
        """At start: the project that was named, else the last one when the settings say so."""
        recent = self.state.recent()
        if named:
            self.open_project(named[0])
        elif recent and self.settings.get("reopen_last"):
            self.open_project(recent[0])

    def open_project(self, path: Path) -> bool:
        """Open a project file; a problem is told and nothing else changes."""
        if self.view is not None and not self.close_project():
            return False
        QGuiApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
        from onekl_desktop.engine import Session

        load_ahead(*PROJECT_PARTS)  # while SQLite checks the file
        try:
            session = Session(path, registry=self.registry, settings=self.settings)
        except UserError as problem:
            QGuiApplication.restoreOverrideCursor()
            self._alert(_("The project could not be opened"), problem)
            return False
        QGuiApplication.restoreOverrideCursor()
        self.state.add_recent(path)
        self._show_view(session)
        self._autosave.start(int(self.settings.get("autosave_minutes")) * 60_000)
        return True

    def _show_view(self, session: Session, tool: str = "") -> None:
        from onekl_desktop.app.project_view import ProjectView

        view = ProjectView(session)
        self.view = view
        view.desk.crashed.connect(lambda text: CrashPage(text, self).exec())
        view.desk.bridge.changed.connect(lambda _changes: self._refresh_state())
        view.desk.bridge.tick.connect(self._refresh_jobs)
        view.canvas.moved.connect(self._show_place)
        view.canvas.view_changed.connect(self.scale.show_now)
        view.canvas.tool_changed.connect(lambda _tool: self._enable())
        self._show(view)
        self.bar.show()
        self.statusBar().show()
        self.crs.setText(session.crs)
        self.scale.follow(view.canvas)
        view.base_map, view.desk.source.online = self.state.base_map, bool(self.settings.get("network"))
        view.begin(tool)
        self._refresh_state()

    def close_project(self) -> bool:
        """Close the project, written back where it came from; False when the person stays."""
        if self.view is None:
            return True
        if self.view.session.jobs.busy and not self._confirm(
            _("Work is still running"), _("Closing stops it; what was finished stays."), _("Stop and close")
        ):
            return False
        if self.tour is not None:
            self.tour.end()
        view, self.view = self.view, None
        self.scale.follow(None)
        self._autosave.stop()
        view.end()
        try:
            view.session.close()
        except UserError as problem:
            self._alert(_("The project could not be written back"), problem)
        self.show_start_page()
        return True

    def new_project(self, boundary: Path | None = None) -> None:
        """The dialog for a new project, with a boundary file filled in when there is one."""
        recent = self.state.recent()
        from onekl_desktop.app.new_project import NewProjectDialog

        dialog = NewProjectDialog(recent[0].parent if recent else Path.home(), self)
        if boundary is not None:
            dialog.boundary.setText(str(boundary))
            dialog.read()
        if dialog.exec():
            self.open_project(dialog.made)

    def choose_project(self) -> None:
        """Choose a project file."""
        path, _kind = QFileDialog.getOpenFileName(self, _("Open a project"), str(Path.home()), "GeoPackage (*.gpkg)")
        if path:
            self.open_project(Path(path))

    def open_sample(self, sample: str) -> None:
        """Build a sample landscape in the user's folder (once) and open it; the first time, the tour begins."""
        if self.view is not None and not self.close_project():
            return
        from onekl_desktop.app.samples import build_sample

        path = build_sample(self, self.registry, sample)
        if path is not None and self.open_project(path) and not self.state.tour_taken:
            self.start_tour()

    def start_sample_anew(self) -> None:
        """Throw away what was done to the sample that is open, and open it as it was; asked first, for this cannot be undone."""
        from onekl_desktop.app.samples import is_sample, remove_sample

        path = self.view.session.path if self.view is not None else None
        if self.view is None or path is None:
            return
        if not is_sample(path):
            self.view.desk.tell(_("This is a project of your own, not a sample: it stays as it is."))
            return
        text = _("Everything that was changed in this sample is lost. Your own projects stay as they are.")
        if self._confirm(_("Start the sample anew"), text, _("Start anew")) and self.close_project():
            remove_sample(path.stem)
            self.open_sample(path.stem)

    def start_tour(self) -> None:
        """Walk through the window on the open project, or on the sample when none is open."""
        if self.view is None:
            self.state.tour_taken = False
            self.open_sample(SAMPLE)
            return
        self.state.tour_taken = True
        if self.tour is not None:
            self.tour.end()
        from onekl_desktop.app.tour import Tour

        self.tour = Tour(self.view, self._forget_tour)

    def _forget_tour(self) -> None:
        self.tour = None

    def _recover(self, item: Recoverable) -> None:
        start = str(item.original.with_name(item.original.stem + "-recovered.gpkg"))
        path, _kind = QFileDialog.getSaveFileName(
            self, _("Keep the recovered project as"), start, "GeoPackage (*.gpkg)"
        )
        if not path:
            return
        try:
            backup_database(item.copy, Path(path))
        except UserError as problem:
            self._alert(_("The recovered project could not be written"), problem)
            return
        self.open_project(Path(path))

    def save(self) -> None:
        """Ctrl+S: the copy for QGIS is renewed; a working copy goes back to where it came from."""
        if self.view is None:
            return
        try:
            self.view.session.save()
        except UserError as problem:
            self.view.desk.tell_problem(problem)
            return
        self.view.desk.tell(_("Saved. QGIS will open it as it looks now."), "good")
        self._refresh_state()

    def _save_quietly(self) -> None:
        if self.view is not None and self.view.session.project.unsaved:
            self.save()

    def save_as(self) -> None:
        """A whole copy under another name, which is opened."""
        if self.view is None:
            return
        path, _kind = QFileDialog.getSaveFileName(
            self, _("Save a copy as"), str(self.view.session.path), "GeoPackage (*.gpkg)"
        )
        if not path:
            return
        try:
            self.view.session.project.copy_to(Path(path))
        except UserError as problem:
            self.view.desk.tell_problem(problem)
            return
        self.open_project(Path(path))

    def write_report(self, page: PageSpec) -> None:
        """Ask for a file (and which record the page is about) and write it in the background."""
        if self.view is None:
            return
        title = _(page.title)
        try:
            subject = ask_subject(self, self.view.session, page)
        except UserError as problem:
            self.view.desk.tell_problem(problem)
            return
        if subject is None:
            return
        stem = self.view.session.path.with_name(f"{self.view.session.path.stem} {title}")
        path = ask_report_file(self, title, stem, slides=page.slides)
        if path is not None:
            self.view.write_report(page.id, path, subject)

    # ------------------------------------------------------------ things to show

    def set_base_map(self, base: str) -> None:
        """Lay another base map under the layers, also at the next start."""
        self.state.base_map = base
        if self.view is not None:
            self.view.desk.source.allow_servers(bool(self.settings.get("network")))
            self.view.set_base_map(base)

    def choose_base_map(self) -> None:
        """Ask for a file of tiles."""
        patterns = " ".join(f"*{suffix}" for suffix in TILES)
        path, _kind = QFileDialog.getOpenFileName(
            self, _("Base map"), str(Path.home()), f"MBTiles, PMTiles ({patterns})"
        )
        if path:
            self.set_base_map(path)

    def choose_server(self) -> None:
        """Ask for the address of a server's tiles; only where the network is turned on."""
        if not self.settings.get("network"):
            self._alert(_("Base map"), UserError("basemap.offline", address=_("a server")))
            return
        text, ok = QInputDialog.getText(
            self, _("Base map"), _("Address of the tiles, with {z}, {x} and {y}, or a WMS with {bbox}")
        )
        if ok:
            try:
                self.set_base_map(check_address(text))
            except UserError as problem:
                self._alert(_("Base map"), problem)

    def show_palette(self) -> None:
        """Ctrl+K."""
        palette = Palette(self.commands(), self, find=self.view.find_records if self.view is not None else None)
        if palette.exec() and palette.chosen is not None:
            palette.chosen.run()

    def commands(self) -> list[Command]:
        """Menu actions, the tools, and every operation."""
        out = []
        for action in self.actions_by_id.values():
            why = (
                ""
                if action.isEnabled()
                else _("open a project first")
                if self.view is None
                else _("nothing to do just now")
            )
            out.append(
                Command(
                    action.text().rstrip("…"),
                    _("Menu"),
                    action.trigger,
                    action.data(),
                    action.shortcut().toString(),
                    why,
                )
            )
        if self.view is not None:
            out += self.view.commands()
        return out

    def show_settings(self) -> None:
        """The settings dialog; theme and language change at once."""
        before = (self.settings.get("language"), self.settings.get("theme"), self.settings.get("glossary"))
        from onekl_desktop.gui.dialogs.settings import SettingsDialog

        if SettingsDialog(self.settings, self.view.desk if self.view else None, self).exec():
            self.set_base_map(self.state.base_map)  # the network may be on or off now
            if self.settings.get("theme") != before[1]:
                self.set_theme(self.settings.get("theme"))
            if (self.settings.get("language"), self.settings.get("glossary")) != (before[0], before[2]):
                self.set_language(self.settings.get("language"))

    def set_theme(self, choice: str) -> None:
        """Light, dark or system."""
        self.settings.set("theme", choice)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        apply_theme(app, choice)
        self._rebuild()

    def set_language(self, code: str) -> None:
        """Use another language in the whole window."""
        self.settings.set("language", code)
        trouble = use_language(self.settings)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        use_qt_language(app)
        self._rebuild()
        if trouble is not None:
            self._alert(_("Your office's own words"), trouble)

    def _rebuild(self) -> None:
        """Make the frame and the open project's view anew (icons are tinted, texts are set when shown)."""
        for action in self.actions_by_id.values():
            self.removeAction(action)
        self._make_actions()
        view = self.view
        tool = view.tool if view else ""
        self.pages = QStackedWidget()
        self._build_frame()
        if view is None:
            self.show_start_page()
            return
        session = view.session
        if self.tour is not None:
            self.tour.end()
        view.end()
        view.deleteLater()
        self._show_view(session, tool)

    def show_help(self) -> None:
        """Help on the tool that is open."""
        HelpDialog(self.registry, self.view.tool if self.view else "", self).exec()

    # ------------------------------------------------------------ state

    def _refresh_state(self) -> None:
        if self.view is None:
            return
        session = self.view.session
        name, synthetic = self.view.landscape_name()
        self.title.setText(name)
        self.setWindowTitle(f"{name} – 1KL Desktop")
        self.badge.setText(_("Invented landscape"))
        self.badge.setVisible(synthetic)
        self.saved.setText(_("not written back yet") if session.project.unsaved else _("all changes saved"))
        for id, step, words in (
            ("undo", session.history.next_undo, _("Undo: {what}")),
            ("redo", session.history.next_redo, _("Redo: {what}")),
        ):
            action = self.actions_by_id[id]
            action.setToolTip(words.format(what=step.words) if step else action.text())
        self._enable()

    def _enable(self) -> None:
        open_now = self.view is not None
        for id in (
            "save",
            "save_as",
            "close",
            "zoom_full",
            "measure",
            "go_to",
            "keep_place",
            "base_world",
            "base_file",
            "base_server",
            "base_none",
            "print_map",
            "fresh",
            "jobs",
            *(name for name in self.actions_by_id if name.startswith("report_")),
        ):
            self.actions_by_id[id].setEnabled(open_now)
        history = self.view.session.history if self.view else None
        drawing = self.view is not None and self.view.canvas.tool is not self.view.canvas.idle_tool
        self.actions_by_id["undo"].setEnabled(bool(history and (history.next_undo or drawing)))
        self.actions_by_id["redo"].setEnabled(bool(history and history.next_redo))

    def _refresh_jobs(self) -> None:
        if self.view is None:
            return
        self.view.refresh_jobs()
        running = [job for job in self.view.session.jobs.list() if not job.finished]
        text = _("No jobs") if not running else f"{running[0].title} {self._percent(running[0])}"
        if self.jobs_button.text() != text:
            self.jobs_button.setText(text)
            self._enable()

    @staticmethod
    def _percent(job: Job) -> str:
        fraction = job.progress.read().fraction
        return "" if fraction is None or job.state == DONE else f"{fraction:.0%}"

    def _show_place(self, x: float, y: float) -> None:
        if self.view is not None:
            self.place.setText(self.view.describe_place(x, y))

    def _alert(self, title: str, problem: UserError) -> None:
        box = QMessageBox(QMessageBox.Icon.Warning, title, str(problem), QMessageBox.StandardButton.Ok, self)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.exec()

    def _confirm(self, title: str, text: str, yes: str) -> bool:
        box = QMessageBox(QMessageBox.Icon.Question, title, text, QMessageBox.StandardButton.Cancel, self)
        button = box.addButton(yes, QMessageBox.ButtonRole.AcceptRole)
        box.exec()
        return box.clickedButton() is button

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A project file may be dropped on the start page, a map on an open project."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open or import what was dropped."""
        for url in event.mimeData().urls():
            path = Path(url.toLocalFile())
            if self.view is None:
                if path.suffix.lower() == ".gpkg":
                    self.open_project(path)
                else:
                    self.new_project(path)
                return
            self.view.offer_file(path)

    def _restore(self) -> None:
        geometry = self.state.bytes("window")
        if not geometry.isEmpty():
            self.restoreGeometry(geometry)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close the project first; stay when the person says so."""
        self.state.set_bytes("window", self.saveGeometry())
        if self.close_project():
            event.accept()
        else:
            event.ignore()
