"""The card at the lower right of the map: what is at the place that was clicked."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from onekl_desktop.base.translate import _
from onekl_desktop.base.units import format_number
from onekl_desktop.engine import Session
from onekl_desktop.gui.canvas.identify import Hit
from onekl_desktop.gui.canvas.widget import Canvas
from onekl_desktop.gui.kit import column, empty_layout, label, row, scroll, tool_button
from onekl_desktop.gui.theme import XS, M, S
from onekl_desktop.project.layers import read_attributes
from onekl_desktop.project.queries.records import list_classes, list_layers

MOST_ROWS = 8
HIDDEN = {"id", "uuid", "created_at", "created_by", "changed_at", "changed_by", "schedule", "scenario", "practice"}


class MapCard(QFrame):
    """Attributes of what was clicked, topmost first; hidden while there is nothing."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self.setProperty("role", "card")
        self._canvas = canvas
        self._inner = QWidget()
        self._box = column(margins=0, spacing=S)
        self._inner.setLayout(self._box)
        close = tool_button("close", _("Close"), self.hide, size=16)
        self.heading = label(_("At this place"), "heading")
        self.setLayout(column(row(self.heading, None, close), scroll(self._inner), margins=M, spacing=S))
        self.setFixedWidth(270)
        self.hide()
        canvas.installEventFilter(self)

    def show_hits(self, session: Session, hits: list[Hit]) -> None:
        """Fill the card."""
        empty_layout(self._box)
        with session.read() as db:
            layers = {layer.uuid: layer for layer in list_layers(db)}
            legends = {
                layer.uuid: {cls.code: cls.name for cls in list_classes(db, layer.legend)}
                for layer in layers.values()
                if layer.legend
            }
        shown = 0
        for hit in hits:
            rows: list[tuple[str, str]] = []
            if hit.value is not None:
                name = legends.get(hit.layer.uuid, {}).get(int(hit.value)) if hit.layer.palette else None
                rows.append(("", name or format_number(float(hit.value), 1)))
            elif hit.key is not None and hit.layer.uuid != "landscape":
                table = (
                    "intervention"
                    if hit.layer.uuid == "interventions"
                    else layers[hit.layer.uuid].table_name
                    if hit.layer.uuid in layers
                    else ""
                )
                if table:
                    with session.project.read_raw() as raw:
                        found = read_attributes(raw, table, hit.key)
                    rows = [
                        (key, self._text(value))
                        for key, value in found.items()
                        if key not in HIDDEN and value not in (None, "")
                    ][:MOST_ROWS]
            if rows:
                self._box.addWidget(self._section(hit.layer.name, rows))
                shown += 1
        self._box.addStretch(1)
        self.setVisible(shown > 0)
        self._place()

    @staticmethod
    def _text(value: object) -> str:
        if isinstance(value, float):
            return format_number(value, 2)
        return str(value)

    @staticmethod
    def _section(title: str, rows: list[tuple[str, str]]) -> QWidget:
        box = QWidget()
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(S)
        grid.setVerticalSpacing(2)
        for number, (key, value) in enumerate(rows):
            if key:
                grid.addWidget(label(key, "small"), number, 0)
            grid.addWidget(label(value, wrap=True), number, 1 if key else 0, 1, 1 if key else 2)
        grid.setColumnStretch(1, 1)
        box.setLayout(column(label(title, "small"), grid, spacing=XS))
        return box

    def _place(self) -> None:
        height = min(max(self._inner.sizeHint().height() + 70, 110), round(self._canvas.height() * 0.6))
        self.setFixedHeight(height)
        self.move(self._canvas.width() - self.width() - M, self._canvas.height() - height - M)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the corner."""
        if watched is self._canvas and event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)
