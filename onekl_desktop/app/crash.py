"""The crash page: what a bug shows. The project is as of its last finished step."""

from __future__ import annotations

import datetime as dt
import sys
import traceback
from pathlib import Path

from PySide6.QtWidgets import QDialog, QPlainTextEdit, QWidget

from onekl_desktop import __version__
from onekl_desktop.base.translate import _
from onekl_desktop.gui.kit import button, column, label, row
from onekl_desktop.gui.theme import L, M
from onekl_desktop.project.folders import log_folder


def write_log(text: str) -> Path:
    """Keep the details in the log folder."""
    folder = log_folder()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"crash-{dt.datetime.now():%Y%m%d-%H%M%S}.log"
    path.write_text(f"1KL Desktop {__version__}, Python {sys.version}\n\n{text}", encoding="utf-8")
    return path


class CrashPage(QDialog):
    """Says that it was our fault, where the details are, and lets the person go on."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Something went wrong"))
        path = write_log(text)
        told = _(
            "This is a mistake in the program, not yours. Your project is safe as of the last finished step. The details are in {path}; please send them to the people who support you."
        ).format(path=path)
        details = QPlainTextEdit(text)
        details.setReadOnly(True)
        details.setAccessibleName(_("Details"))
        close = button(_("Go on working"), self.accept, primary=True)
        self.setLayout(
            column(
                label(_("Something went wrong"), "title"),
                label(told, wrap=True),
                details,
                row(None, close),
                margins=L,
                spacing=M,
            )
        )
        self.resize(620, 420)


def install_crash_page(window: QWidget) -> None:
    """Show the crash page for whatever nobody caught on the window's thread."""

    def hook(kind: type[BaseException], problem: BaseException, trace: object) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, problem, trace)  # type: ignore[arg-type]
            return
        text = "".join(traceback.format_exception(kind, problem, trace))  # type: ignore[call-overload]
        sys.stderr.write(text)
        CrashPage(text, window).exec()

    sys.excepthook = hook
