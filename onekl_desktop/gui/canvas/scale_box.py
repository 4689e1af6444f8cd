"""The scale of the map: read, typed, chosen from a list, or locked."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QWidget

from onekl_desktop.base.translate import _
from onekl_desktop.base.units import parse_number
from onekl_desktop.gui.canvas.widget import Canvas
from onekl_desktop.gui.icons import icon
from onekl_desktop.gui.kit import row, tool_button

SCALES = (500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000)


def read_scale(text: str) -> float | None:
    """The denominator in `1 : 25 000`, `1:25.000` or `25000`; None for anything else."""
    part = text.rsplit(":", maxsplit=1)[-1].strip()
    plain = "".join(ch for ch in part if ch.isdigit())
    if not plain or any(not (ch.isdigit() or ch in " .,'\u202f\u00a0") for ch in part):
        return None
    number = parse_number(plain)
    return number if number and 1 <= number <= 1e9 else None


def show_scale(denominator: float) -> str:
    """1 : 25 000."""
    return f"1 : {denominator:,.0f}".replace(",", "\u202f")


class ScaleBox(QWidget):
    """A box with the scale and a lock beside it."""

    def __init__(self) -> None:
        super().__init__()
        self._canvas: Canvas | None = None
        self.box = QComboBox()
        self.box.setEditable(True)
        self.box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.box.setAccessibleName(_("Scale"))
        self.box.setToolTip(_("Scale of the map: choose one or type it"))
        for scale in SCALES:
            self.box.addItem(show_scale(scale), float(scale))
        self.box.setMinimumWidth(132)
        self.box.activated.connect(lambda at: self._go(self.box.itemData(at)))
        edit = self.box.lineEdit()
        if edit is not None:
            edit.returnPressed.connect(self._on_typed)
        self.lock = tool_button("unlock", _("Lock the scale"), size=16, checkable=True)
        self.lock.toggled.connect(self._on_lock)
        self.setLayout(row(self.box, self.lock, spacing=2))
        self.hide()

    def follow(self, canvas: Canvas | None) -> None:
        """Show the scale of a canvas; None for no map."""
        self._canvas = canvas
        self.setVisible(canvas is not None)
        if canvas is not None:
            self.lock.setChecked(canvas.locked_scale)
            self.show_now()

    def show_now(self) -> None:
        """The scale has changed."""
        edit = self.box.lineEdit()
        if self._canvas is not None and edit is not None and not edit.hasFocus():
            self.box.setEditText(show_scale(self._canvas.view.scale))

    def _on_typed(self) -> None:
        scale = read_scale(self.box.currentText())
        if scale is None:
            self.box.setEditText(show_scale(self._canvas.view.scale) if self._canvas else "")
        else:
            self._go(scale)

    def _go(self, scale: float) -> None:
        if self._canvas is not None:
            self._canvas.setFocus()
            self._canvas.zoom_to_scale(scale)
            self.show_now()

    def _on_lock(self, locked: bool) -> None:
        if self._canvas is not None:
            self._canvas.locked_scale = locked
        self.lock.setIcon(icon("lock" if locked else "unlock"))
