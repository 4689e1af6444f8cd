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
    N_("Basic colors"), N_("Custom colors"), N_("Add to Custom Colors"), N_("Pick Screen Color"), N_("Hue:"), N_("Sat:"), N_("Val:"), N_("Red:"), N_("Green:"),
    N_("Blue:"), N_("Alpha channel:"), N_("HTML:"), N_("%1 already exists.\nDo you want to replace it?"),
    N_("%1\nFile not found.\nPlease verify the correct file name was given."), N_("Drive"), N_("File Folder"), N_("Sidebar"), N_("Files"),
)  # fmt: skip


class OwnTexts(QTranslator):
    """Asks our catalogue for Qt's texts, with or without the mark of a shortcut."""

    def translate(self, context: str, source: str, disambiguation: str | None = None, n: int = -1) -> str | None:  # type: ignore[override]
        """The text in our language; None leaves it to Qt (an empty text would be shown as one)."""
        plain = source.replace("&", "")
        if plain not in QT_TEXTS:
            return None
        found = _(plain)
        return found if found != plain else None

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
