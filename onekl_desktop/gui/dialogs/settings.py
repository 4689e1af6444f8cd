"""Settings: the application's and the project's, generated from their catalogues."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QDialog, QTabWidget, QWidget

from onekl_desktop.base.translate import _
from onekl_desktop.engine.project_settings import get_project_setting
from onekl_desktop.engine.settings import APPLICATION_SETTINGS, PROJECT_SETTINGS, Settings
from onekl_desktop.gui.desk import Desk
from onekl_desktop.gui.forms.form import Form
from onekl_desktop.gui.kit import button, column, row, scroll
from onekl_desktop.gui.theme import L, M


class SettingsDialog(QDialog):
    """Two tabs: this computer, this project. OK keeps what was changed."""

    def __init__(self, settings: Settings, desk: Desk | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Settings"))
        self._settings, self._desk = settings, desk
        self._before = {spec.id: settings.get(spec.id) for spec in APPLICATION_SETTINGS}
        self.form = Form([spec.input for spec in APPLICATION_SETTINGS], self._before)
        self.tabs = QTabWidget()
        self.tabs.addTab(self._page(self.form), _("This computer"))
        self._project_before: dict[str, Any] = {}
        self.project_form: Form | None = None
        if desk is not None:
            with desk.session.read() as db:
                self._project_before = {spec.id: get_project_setting(db, spec.id) for spec in PROJECT_SETTINGS}
            self.project_form = Form([spec.input for spec in PROJECT_SETTINGS], self._project_before)
            self.tabs.addTab(self._page(self.project_form), _("This project"))
        ok = button(_("Keep"), self.accept, primary=True)
        ok.setDefault(True)
        self.setLayout(column(self.tabs, row(None, button(_("Cancel"), self.reject), ok), margins=L, spacing=M))
        self.resize(460, 480)

    @staticmethod
    def _page(form: Form) -> QWidget:
        layout = form.layout()
        if layout is not None:
            layout.setContentsMargins(M, M, M, M)
        return scroll(form)

    def accept(self) -> None:
        """Store what differs."""
        forms = [self.form] + ([self.project_form] if self.project_form else [])
        if any(form.check() for form in forms):
            return
        given = self.form.values()
        for spec in APPLICATION_SETTINGS:
            value = spec.input.read(
                given.get(spec.id, spec.input.default if not isinstance(spec.input.default, str) else "")
            )
            if value != self._before[spec.id]:
                self._settings.set(spec.id, value)
        if self.project_form is not None and self._desk is not None:
            given = self.project_form.values()
            for spec in PROJECT_SETTINGS:
                value = spec.input.read(given.get(spec.id, ""))
                if value != self._project_before[spec.id]:
                    self._desk.perform("layers.change_setting", setting=spec.id, value=str(value))
        super().accept()
