"""What lies over the map: its buttons, the comparison of two pictures, the slider of years, going to a place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFrame,
    QInputDialog,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QSlider,
    QSplitter,
    QToolButton,
    QWidget,
)

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.translate import _
from onekl_desktop.cartography.scene import SceneLayer
from onekl_desktop.cartography.source import years_of
from onekl_desktop.gui.canvas.measuring import MeasureTool
from onekl_desktop.gui.canvas.overview import Overview
from onekl_desktop.gui.canvas.widget import Canvas
from onekl_desktop.gui.desk import Desk
from onekl_desktop.gui.kit import column, frame, label, row, tool_button
from onekl_desktop.gui.theme import XS, L, M, S
from onekl_desktop.project.queries.records import get_landscape, list_layers
from onekl_desktop.tools.layers.places import Place, find_places, list_bookmarks


@dataclass(frozen=True)
class Other:
    """A second picture: the map without a layer, or of another year."""

    title: str
    without: str = ""
    year: int | None = None


class MapBar(QObject):
    """The buttons over a map and what they open. `area` is the splitter that a second map is put into."""

    def __init__(self, desk: Desk, area: QSplitter) -> None:
        super().__init__(area)
        self._desk, self._canvas, self._area = desk, desk.canvas, area
        self.second: Canvas | None = None
        self._second_shows = Other("")
        self._following = False
        self.overview = Overview(self._canvas)
        self.time = TimeSlider(self._canvas, self._set_year)
        self.buttons = QWidget(self._canvas)
        canvas = self._canvas
        self.measure_button = tool_button("measure", _("Measure (Ctrl+M)"), self.measure)
        self.place_button = tool_button("place", _("Go to a place (Ctrl+G)"), self.go_to)
        self.bookmark_button = self._menu_button("bookmark", _("Places kept"), self._fill_bookmarks)
        self.compare_button = self._menu_button("swipe", _("Compare two pictures"), self._fill_compare)
        self.time_button = tool_button("time", _("Go through the years"), self.toggle_time)
        made = [
            tool_button("plus", _("Zoom in (+)"), lambda: canvas.zoom_by(1.5)),
            tool_button("minus", _("Zoom out (-)"), lambda: canvas.zoom_by(1 / 1.5)),
            tool_button("zoom_full", _("Show the whole landscape (Home)"), canvas.zoom_full),
            self.measure_button, self.place_button, self.bookmark_button, self.compare_button, self.time_button,
        ]  # fmt: skip
        for button in made:
            button.setProperty("floating", True)
        self.buttons.setLayout(column(*made, spacing=XS))
        self.buttons.adjustSize()
        self.buttons.move(M, M)
        canvas.tool_changed.connect(lambda tool: self.buttons.setVisible(tool is canvas.idle_tool))
        canvas.view_changed.connect(lambda: self._link(canvas, self.second))

    def _menu_button(self, icon_name: str, text: str, fill: Callable[[QMenu], None]) -> QToolButton:
        button = tool_button(icon_name, text)
        menu = QMenu(button)
        menu.aboutToShow.connect(lambda: (menu.clear(), fill(menu)))
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        return button

    def refresh(self) -> None:
        """The content of the project has changed."""
        with self._desk.session.read() as db:
            shape = get_landscape(db).geom
            years = years_of([layer for layer in list_layers(db) if layer.visible])
        if shape is not None and not shape.is_empty:
            import shapely

            rings = [shapely.get_coordinates(ring) for ring in shapely.get_rings(shapely.get_parts(shape))]
            self.overview.show_landscape(rings, shape.bounds)
        self.time_button.setVisible(len(years) > 1)
        self.buttons.adjustSize()
        self.time.set_years(years)
        if self.second is not None:
            self.second.refresh()

    # ------------------------------------------------------------ measuring and places

    def measure(self) -> None:
        """Measure on the map."""
        self._canvas.set_tool(MeasureTool(self._canvas, self._desk.session.crs))
        self._canvas.setFocus()

    def go_to(self) -> None:
        """Ask for a place and show it."""
        dialog = GoToDialog(self._desk, self._canvas.window())
        if dialog.exec() and dialog.chosen is not None:
            self.show_place(dialog.chosen)

    def show_place(self, place: Place) -> None:
        """A place with some room around it."""
        left, bottom, right, top = place.box
        pad = max(right - left, top - bottom) * 0.15 + 20
        self._canvas.zoom_to((left - pad, bottom - pad, right + pad, top + pad))

    def _fill_bookmarks(self, menu: QMenu) -> None:
        menu.addAction(_("Keep this place…"), self.keep_place)
        kept = list_bookmarks(self._desk.session)
        if kept:
            menu.addSeparator()
        for item in kept:
            menu.addAction(item.name.replace("&", "&&"), partial(self._canvas.zoom_to, item.box))
        if kept:
            menu.addSeparator()
            less = menu.addMenu(_("Forget"))
            for item in kept:
                less.addAction(
                    item.name.replace("&", "&&"),
                    partial(self._desk.perform, "layers.remove_bookmark", bookmark=item.uuid),
                )

    def keep_place(self) -> None:
        """Keep what is on screen under a name."""
        name, ok = QInputDialog.getText(self._canvas.window(), _("Keep this place"), _("Name"))
        if ok and name.strip():
            self._desk.perform("layers.add_bookmark", name=name.strip(), box=list(self._canvas.view.extent))

    # ------------------------------------------------------------ comparing

    def others(self) -> list[Other]:
        """What the map can be compared with."""
        with self._desk.session.read() as db:
            layers = [layer for layer in list_layers(db) if layer.visible]
        found = [Other(_("Without {layer}").format(layer=layer.name), without=layer.uuid) for layer in layers]
        return found + [Other(_("In {year}").format(year=year), year=year) for year in years_of(layers)]

    def _fill_compare(self, menu: QMenu) -> None:
        if self._canvas.compares:
            menu.addAction(_("End the comparison"), lambda: self._canvas.compare(None))
        if self.second is not None:
            menu.addAction(_("Close the second map"), self.close_second)
        swipe = menu.addMenu(_("Behind a line to drag"))
        beside = menu.addMenu(_("Side by side"))
        beside.addAction(_("The same map"), lambda: self.open_second(Other(_("The same map"))))
        for other in self.others():
            title = other.title.replace("&", "&&")
            swipe.addAction(title, partial(self.swipe, other))
            beside.addAction(title, partial(self.open_second, other))
        swipe.setEnabled(not swipe.isEmpty())

    def swipe(self, other: Other) -> None:
        """Show another picture behind a line."""
        self._canvas.compare(lambda: self._compose(other))
        self._canvas.setFocus()

    def open_second(self, other: Other) -> None:
        """A second map beside the first that moves with it."""
        self._second_shows = other
        if self.second is None:
            self.second = Canvas()
            self.second.setAccessibleName(_("Second map"))
            holder = QWidget()
            self._choice = QComboBox()
            self._choice.setAccessibleName(_("What the second map shows"))
            self._choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            self._choice.activated.connect(lambda at: self.open_second(self._choice.itemData(at)))
            close = tool_button("close", _("Close the second map"), self.close_second, size=16)
            bar = frame("bar")
            bar.setLayout(row(self._choice, None, close, margins=XS))
            holder.setLayout(column(bar, self.second, spacing=0))
            self._area.addWidget(holder)
            self._area.setSizes([1, 1])
            second = self.second
            second.view_changed.connect(lambda: self._link(second, self._canvas))
            second.set_full_extent(self._desk.source.bounds())
            second.set_scene(self._second_scene)
        self._choice.clear()
        for item in [Other(_("The same map")), *self.others()]:
            self._choice.addItem(item.title, item)
            if item == other:
                self._choice.setCurrentIndex(self._choice.count() - 1)
        self._choice.adjustSize()
        self._link(self._canvas, self.second)
        self.second.refresh()

    def _second_scene(self) -> list[SceneLayer]:
        return self._compose(self._second_shows)

    def _compose(self, other: Other) -> list[SceneLayer]:
        source = self._desk.source
        try:
            under = source.under()
        except UserError:  # the first map tells it
            under = []
        return [*under, *source.scene(without=other.without, year=other.year)]

    def _link(self, leader: Canvas, follower: Canvas | None) -> None:
        if follower is None or self._following:
            return
        self._following = True
        follower.copy_view(leader)
        self._following = False

    def close_second(self) -> None:
        """One map again."""
        if self.second is not None:
            second, self.second = self.second, None
            second.close_map()
            holder = second.parentWidget()
            if holder is not None:
                holder.setParent(None)
                holder.deleteLater()

    # ------------------------------------------------------------ years

    def toggle_time(self) -> None:
        """Show or hide the slider of years."""
        if self.time.isVisible():
            self.time.hide()
            self._set_year(None)
        else:
            self.time.open()

    def _set_year(self, year: int | None) -> None:
        if self._desk.source.year != year:
            self._desk.source.year = year
            self._canvas.refresh()

    def close(self) -> None:
        """Stop what ticks."""
        self.close_second()


class TimeSlider(QFrame):
    """Years along the lower edge of the map."""

    def __init__(self, canvas: Canvas, on_year: Callable[[int | None], None]) -> None:
        super().__init__(canvas)
        self._canvas, self._on_year = canvas, on_year
        self.years: list[int] = []
        self.setProperty("role", "card")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName(_("Year"))
        self.slider.setPageStep(1)
        self.slider.setTickPosition(QSlider.TickPosition.TicksBelow)
        self.text = label("", "heading")
        self.slider.valueChanged.connect(self._on_value)
        close = tool_button("close", _("All years again"), self._close, size=16)
        self.setLayout(row(self.text, self.slider, close, margins=S, spacing=M))
        canvas.installEventFilter(self)
        self.hide()

    def set_years(self, years: list[int]) -> None:
        """The years to go through."""
        if years == self.years:
            return
        self.years = years
        self.slider.setRange(0, max(len(years) - 1, 0))
        if self.isVisible() and len(years) < 2:
            self._close()

    def open(self) -> None:
        """Begin with the last year."""
        if len(self.years) > 1:
            self.show()
            self._place()
            self.slider.setValue(len(self.years) - 1)
            self._on_value(self.slider.value())
            self.slider.setFocus()

    def _on_value(self, at: int) -> None:
        if self.isVisible() and at < len(self.years):
            self.text.setText(str(self.years[at]))
            self._on_year(self.years[at])

    def _close(self) -> None:
        self.hide()
        self._on_year(None)

    def _place(self) -> None:
        width = min(420, self._canvas.width() - 260)
        self.setFixedSize(max(width, 200), 52)
        self.move((self._canvas.width() - self.width()) // 2, self._canvas.height() - 52 - M)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay at the lower edge."""
        if watched is self._canvas and event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)


class GoToDialog(QDialog):
    """A line to type a name or coordinates in, and what was found below."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.chosen: Place | None = None
        self._found: list[Place] = []
        self.setWindowTitle(_("Go to a place"))
        self.text = QLineEdit()
        self.text.setPlaceholderText(_("A name, or coordinates such as 2.75 99.1 or 2°45'N 99°06'E"))
        self.text.setAccessibleName(_("Place"))
        self.text.textChanged.connect(self._look)
        self.list = QListWidget()
        self.list.setAccessibleName(_("Places found"))
        self.list.itemActivated.connect(lambda _item: self.accept())
        self.none = label("", "soft", wrap=True)
        self.setLayout(column(self.text, self.list, self.none, margins=L, spacing=M))
        self.resize(460, 320)
        self.text.returnPressed.connect(self.accept)
        self.text.installEventFilter(self)

    def _look(self, text: str) -> None:
        self._found = find_places(self._desk.session, text)
        self.list.clear()
        for place in self._found:
            self.list.addItem(QListWidgetItem(f"{place.name}    {place.where}"))
        if self._found:
            self.list.setCurrentRow(0)
        self.none.setText(_("Nothing here is called so.") if text.strip() and not self._found else "")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow keys go through the list while typing."""
        if watched is self.text and event.type() == QEvent.Type.KeyPress:
            key = event.key()  # type: ignore[attr-defined]
            if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                step = 1 if key == Qt.Key.Key_Down else -1
                self.list.setCurrentRow(min(max(self.list.currentRow() + step, 0), self.list.count() - 1))
                return True
        return super().eventFilter(watched, event)

    def accept(self) -> None:
        """Close with the chosen place; stay open without one."""
        at = self.list.currentRow()
        if 0 <= at < len(self._found):
            self.chosen = self._found[at]
            super().accept()
