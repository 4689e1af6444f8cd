"""A GPS receiver beside the map: where it is, a walk that is recorded, and the shape that comes of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QWidget

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.geometry import transform
from onekl_desktop.base.translate import _, ngettext
from onekl_desktop.base.units import format_number
from onekl_desktop.exchange.nmea import Fix, average
from onekl_desktop.exchange.receiver import Port, Receiver, list_ports
from onekl_desktop.gui.canvas.measuring import measured_in
from onekl_desktop.gui.canvas.position import PositionMark
from onekl_desktop.gui.desk import Desk
from onekl_desktop.gui.kit import button, column, label, restyle, row, tool_button
from onekl_desktop.gui.theme import L, M
from onekl_desktop.project.folders import data_folder
from onekl_desktop.project.records import Layer

EACH_MS = 500
OFF_M = 5.0  # what a fix may be off for each unit of dilution, as usual receivers are
LEAST = {"point": 1, "track": 2, "area": 3}


class ReceiverDialog(QDialog):
    """Stays open while the person walks. `ask` gives the attributes of what was walked; None leaves it undone."""

    def __init__(
        self,
        desk: Desk,
        layer: Layer,
        how: str,
        ask: Callable[[], dict[str, Any] | None],
        parent: QWidget | None = None,
        ports: Callable[[], list[Port]] = list_ports,
    ) -> None:
        super().__init__(parent)
        self._desk, self._layer, self._how, self._ask, self._list_ports = desk, layer, how, ask, ports
        self.receiver: Receiver | None = None
        self.file: Path | None = None
        self._shown = (0, 0.0)
        self.setWindowTitle(_("GPS receiver"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.ports = QComboBox()
        self.ports.setAccessibleName(_("Port"))
        self.ports.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.ports.setMinimumContentsLength(24)
        again = tool_button("redo", _("Look for receivers again"), self.find_ports)
        self.connect_button = button(_("Listen"), self.listen)
        self.state = label("", wrap=True)
        self.place = label("", "small", wrap=True)
        self.count = label("", "small", wrap=True)
        self.kept = label("", "small", wrap=True)
        self.follow = QCheckBox(_("The map follows"))
        self.follow.setChecked(True)
        self.record_button = button(_("Record"), self.record)
        self.take_button = button(
            {"point": _("Add the average place"), "track": _("Add the way"), "area": _("Add the area")}[how],
            self.take,
            primary=True,
        )
        about = {
            "point": _("Stand still at the place. Each position is off by some metres; the average of a minute is much closer."),
            "track": _("Walk along the line from one end to the other."),
            "area": _("Walk once around the area; the last position is joined to the first."),
        }[how]  # fmt: skip
        self.setLayout(
            column(
                label(layer.name, "heading", wrap=True),
                label(about, "small", wrap=True),
                row(self.ports, again, self.connect_button),
                self.state,
                self.place,
                self.count,
                self.kept,
                self.follow,
                None,
                row(button(_("Close"), self.close), None, self.record_button, self.take_button),
                margins=L,
                spacing=M,
            )
        )
        self.resize(460, 330)
        self._mark = PositionMark(desk.canvas)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.refresh)
        desk.closing.connect(self.close)
        self.find_ports()

    def find_ports(self) -> None:
        """List what is plugged in."""
        chosen = self.ports.currentData()
        self.ports.clear()
        for port in self._list_ports():
            self.ports.addItem(port.title, port.device)
        self.ports.setCurrentIndex(max(self.ports.findData(chosen), 0))
        self.ports.setEnabled(bool(self.ports.count()))
        self.refresh()

    def listen(self) -> None:
        """Open the port that is chosen, or let go of it."""
        if self.receiver is not None:
            self._let_go()
        else:
            try:
                self.receiver = Receiver(self.ports.currentData())
            except UserError as problem:
                self._say(str(problem), "problem")
                return
            self._timer.start(EACH_MS)
        self.refresh()

    def record(self) -> None:
        """Begin a walk, or end it."""
        if self.receiver is None:
            return
        if self.receiver.recording:
            self.receiver.pause()
        else:
            name = f"{dt.datetime.now():%Y-%m-%d_%H%M%S}.nmea"
            try:
                self.receiver.record(data_folder() / "tracks" / name)
            except UserError as problem:
                self._say(str(problem), "problem")
                return
            self.file, self._shown = data_folder() / "tracks" / name, (0, 0.0)
        self.refresh()

    def take(self) -> None:
        """Make a shape of what was recorded."""
        if self.receiver is None or self.file is None:
            return
        self.receiver.pause()
        self.refresh()
        values = self._ask()
        if values is None:
            return
        try:
            made = self._desk.attempt(
                "layers.add_gps", layer=self._layer.uuid, file=str(self.file), how=self._how, values=values
            )
        except UserError as problem:
            self._say(str(problem), "problem")
            return
        self.file = None
        self._desk.selection.choose(self._layer.uuid, (made["shape"],))
        self.refresh()
        self._say(_("It is on the map. Record again for the next one."))

    def refresh(self) -> None:
        """Show what the receiver says now."""
        heard = self.receiver
        self.connect_button.setText(_("Listen") if heard is None else _("Stop listening"))
        self.connect_button.setEnabled(heard is not None or bool(self.ports.count()))
        self.record_button.setText(_("Record") if heard is None or not heard.recording else _("Stop recording"))
        self.record_button.setEnabled(heard is not None and heard.last is not None)
        fixes = heard.fixes if heard is not None and self.file is not None else []
        self.take_button.setEnabled(len({(fix.longitude, fix.latitude) for fix in fixes}) >= LEAST[self._how])
        self.kept.setText(_("Recorded in {file}").format(file=self.file) if self.file else "")
        if heard is None:
            if self.ports.count():
                self._say(_("Choose the port of the receiver."))
            else:
                self._say(_("No receiver is found. Plug it in, or pair it when it speaks Bluetooth, and look again."))
            self.place.setText("")
            self.count.setText("")
            self._mark.show_place(None, 0.0, np.empty((0, 2)))
            return
        if heard.problem is not None:
            problem = heard.problem
            self._let_go()
            self.refresh()
            self._say(str(problem), "problem")
            return
        last = heard.last
        if last is None:
            self._say(
                _("It speaks, and has no position yet. It needs a free view of the sky.")
                if heard.heard
                else _("Nothing is heard yet…")
            )
        else:
            self._say(_("Recording…") if heard.recording else _("It knows where it is."))
        self._show_place(last, fixes)

    def _show_place(self, last: Fix | None, fixes: list[Fix]) -> None:
        if last is None:
            self.place.setText("")
            self.count.setText("")
            return
        north, east = "N" if last.latitude >= 0 else "S", "E" if last.longitude >= 0 else "W"
        off = OFF_M * last.dilution
        self.place.setText(
            _("{place}, off by about {metres} m").format(
                place=f"{abs(last.latitude):.6f}° {north}  {abs(last.longitude):.6f}° {east}",
                metres=format_number(off),
            )
        )
        crs = self._desk.session.crs
        here = transform(shapely.Point(last.longitude, last.latitude), "EPSG:4326", crs)
        corners = np.array([(fix.longitude, fix.latitude) for fix in fixes]).reshape(-1, 2)
        way = shapely.get_coordinates(transform(shapely.MultiPoint(corners), "EPSG:4326", crs))
        self.count.setText(self._tell_count(fixes, way))
        self._mark.show_place((here.x, here.y), off, way)
        view = self._desk.canvas.view
        ((x, y),) = view.to_pixels(np.array([(here.x, here.y)]))
        if self.follow.isChecked() and not (0.1 < x / view.width < 0.9 and 0.1 < y / view.height < 0.9):
            self._desk.canvas.centre_on(here.x, here.y)

    def _tell_count(self, fixes: list[Fix], way: np.ndarray) -> str:
        if not fixes:
            return ""
        said = [ngettext("{count} position", "{count} positions", len(fixes)).format(count=format_number(len(fixes)))]
        if self._how == "point":
            said.append(_("spread {metres} m").format(metres=format_number(average(fixes).spread_m, 1)))
        elif len(way) >= LEAST[self._how]:
            shape = shapely.Polygon(way) if self._how == "area" else shapely.LineString(way)
            said.append(measured_in(self._desk.session.crs)(shape))
        return " · ".join(said)

    def _say(self, text: str, role: str = "") -> None:
        self.state.setText(text)
        restyle(self.state, role=role)

    def _let_go(self) -> None:
        self._timer.stop()
        if self.receiver is not None:
            self.receiver.close()
            self.receiver = None

    def closeEvent(self, event: QCloseEvent) -> None:
        """Let go of the port; what was recorded stays in its file."""
        self._let_go()
        self._mark.deleteLater()
        super().closeEvent(event)

    def reject(self) -> None:
        """Escape closes it as the button does."""
        self.close()
