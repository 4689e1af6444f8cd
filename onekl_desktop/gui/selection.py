"""Which shapes of which layers are chosen: one choice for the map, the tables and the operations."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal


class Selection(QObject):
    """Row numbers by layer (uuid)."""

    changed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._chosen: dict[str, frozenset[int]] = {}

    def get(self, layer: str) -> frozenset[int]:
        """The chosen rows of a layer."""
        return self._chosen.get(layer, frozenset())

    def all(self) -> dict[str, frozenset[int]]:
        """The chosen rows of all layers that have some."""
        return dict(self._chosen)

    def choose(self, layer: str, keys: Iterable[int], *, toggle: bool = False) -> None:
        """Choose rows instead of the present ones; with `toggle` add those that are not chosen and leave out those that are."""
        keys = frozenset(keys)
        new = self.get(layer) ^ keys if toggle else keys
        if new == self.get(layer):
            return
        if new:
            self._chosen[layer] = new
        else:
            self._chosen.pop(layer, None)
        self.changed.emit(layer)

    def clear(self) -> None:
        """Choose nothing anywhere."""
        for layer in list(self._chosen):
            self.choose(layer, ())
