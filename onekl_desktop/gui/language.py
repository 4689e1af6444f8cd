"""Qt's own texts (file dialogs, standard buttons, menus of text fields) in the language of the app."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from onekl_desktop.base.translate import N_, _, get_language

# What a person meets of Qt itself; Qt has no Indonesian catalogue.
QT_TEXTS = (
    N_("OK"), N_("Save"), N_("Open"), N_("Cancel"), N_("Close"), N_("Yes"), N_("No"), N_("Apply"), N_("Reset"), N_("Discard"), N_("Retry"), N_("Ignore"),
    N_("Undo"), N_("Redo"), N_("Cut"), N_("Copy"), N_("Paste"), N_("Delete"), N_("Select All"), N_("Look in:"), N_("File name:"), N_("Files of type:"),
    N_("Directory:"), N_("Name"), N_("Size"), N_("Type"), N_("Date Modified"), N_("Back"), N_("Forward"), N_("Parent Directory"), N_("Create New Folder"),
    N_("List View"), N_("Detail View"), N_("All Files (*)"), N_("New Folder"), N_("Rename"), N_("Show hidden files"), N_("Find Directory"), N_("Save As"),
    N_("Choose"), N_("Computer"), N_("Select Color"), N_("Clear"), N_("Step up"), N_("Step down"), N_("Scroll Left"), N_("Scroll Right"),
)  # fmt: skip


class OwnTexts(QTranslator):
    """Asks our catalogue for Qt's texts, with or without the mark of a shortcut."""

    def translate(self, context: str, source: str, disambiguation: str | None = None, n: int = -1) -> str:
        """The text in our language; '' leaves it to Qt."""
        plain = source.replace("&", "")
        if plain not in QT_TEXTS:
            return ""
        found = _(plain)
        return found if found != plain else ""

    def isEmpty(self) -> bool:
        """Qt skips translators that say they are empty."""
        return False


def use_qt_language(app: QApplication) -> None:
    """Install Qt's catalogue of the language in use, and ours over it."""
    language = get_language()
    QLocale.setDefault(QLocale(language))
    for old in getattr(app, "_onekl_translators", ()):
        QCoreApplication.removeTranslator(old)
    installed: list[QTranslator] = []
    theirs = QTranslator(app)
    if language != "en" and theirs.load(
        f"qtbase_{language}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    ):
        installed.append(theirs)
    if language != "en":
        installed.append(OwnTexts(app))
    for translator in installed:
        QCoreApplication.installTranslator(translator)
    app._onekl_translators = installed  # type: ignore[attr-defined]
