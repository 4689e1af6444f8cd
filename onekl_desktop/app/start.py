"""Start the desktop: only what the first picture needs is imported."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QApplication

from onekl_desktop.app.crash import install_crash_page
from onekl_desktop.app.window import MainWindow
from onekl_desktop.base.errors import MISSING, UserError
from onekl_desktop.engine.registry import load_ahead
from onekl_desktop.engine.settings import Settings, use_language
from onekl_desktop.gui.language import use_qt_language
from onekl_desktop.gui.theme import apply_theme


def run(arguments: Sequence[str]) -> int:
    """Open the window, on a project when one is named; returns when it is closed."""
    if sys.platform.startswith("linux") and not any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    ):
        sys.stderr.write(str(UserError("display.missing")) + "\n")
        return MISSING
    app = QApplication.instance() or QApplication(["onekl"])
    assert isinstance(app, QApplication)
    app.setApplicationName("1KL Desktop")
    app.setOrganizationName("1KL Desktop")
    settings = Settings()
    use_language(settings)
    use_qt_language(app)
    apply_theme(app, settings.get("theme"))
    window = MainWindow(settings)
    install_crash_page(window)
    window.show()
    app.processEvents()  # the window is there before a project is read
    window.open_first([Path(argument) for argument in arguments])
    if window.view is None:
        load_ahead("onekl_desktop.engine.session", "onekl_desktop.app.new_project")
    gc.freeze()  # modules and widgets stay: later collections need not look at them
    gc.enable()
    return app.exec()
