"""View state: window size, recent files, splitters. Kept apart from settings, and never in the project."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from onekl_desktop.cartography.basemap import WORLD
from onekl_desktop.project.folders import settings_folder

MOST_RECENT = 8


class ViewState:
    """A small store in the user's folder."""

    def __init__(self) -> None:
        self._store = QSettings(str(settings_folder() / "view.ini"), QSettings.Format.IniFormat)

    def recent(self) -> list[Path]:
        """Projects opened lately that still exist, newest first."""
        stored = self._store.value("recent", [])
        names = [stored] if isinstance(stored, str) else list(stored or [])  # type: ignore[call-overload]
        return [Path(name) for name in names if name and Path(name).exists()]

    def add_recent(self, path: Path) -> None:
        """Remember a project."""
        names = [str(path.resolve()), *(str(item) for item in self.recent() if item.resolve() != path.resolve())]
        self._store.setValue("recent", names[:MOST_RECENT])

    @property
    def tour_taken(self) -> bool:
        """Whether the tour was shown once; it begins by itself only the first time."""
        return self._store.value("tour_taken", "no") == "yes"

    @tour_taken.setter
    def tour_taken(self, taken: bool) -> None:
        self._store.setValue("tour_taken", "yes" if taken else "no")

    @property
    def base_map(self) -> str:
        """The base map that was chosen last: the world, a file of tiles, or none."""
        return str(self._store.value("base_map", WORLD))

    @base_map.setter
    def base_map(self, base: str) -> None:
        self._store.setValue("base_map", base)

    def bytes(self, key: str) -> QByteArray:
        """A saved geometry."""
        value = self._store.value(key)
        return value if isinstance(value, QByteArray) else QByteArray()

    def set_bytes(self, key: str, value: QByteArray) -> None:
        """Save a geometry."""
        self._store.setValue(key, value)
