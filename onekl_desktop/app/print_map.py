"""Printing what the map shows: the page as it will be, beside what can be chosen."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QPixmap, QResizeEvent
from PySide6.QtWidgets import QComboBox, QDialog, QFileDialog, QInputDialog, QLabel, QSizePolicy, QWidget

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.geometry import kind_of
from onekl_desktop.base.progress import Progress
from onekl_desktop.base.translate import _
from onekl_desktop.cartography.layout import Layout
from onekl_desktop.cartography.page_files import picture_of_sheet
from onekl_desktop.cartography.printing import atlas_of, contents_of, for_atlas, list_layouts, write_map
from onekl_desktop.cartography.scene import SceneLayer
from onekl_desktop.cartography.sheet import Contents, Sheet
from onekl_desktop.gui.desk import Desk
from onekl_desktop.gui.forms.form import Form
from onekl_desktop.gui.kit import button, column, label, row, scroll, tool_button
from onekl_desktop.gui.theme import L, M, S
from onekl_desktop.project.queries.records import list_layers
from onekl_desktop.tools.layers.layouts import read_logo
from onekl_desktop.tools.layers.spec_printing import PRINTING

PREVIEW_DPI = 60
FLAGS = ("legend", "scale_bar", "north", "index_map", "sources", "facts", "fade", "upright")
KINDS = {"pdf": "PDF (*.pdf)", "png": "PNG (*.png)", "svg": "SVG (*.svg)", "tif": "GeoTIFF (*.tif)"}


class PrintDialog(QDialog):
    """Choose the page, see it, write it."""

    def __init__(self, desk: Desk, layers: list[SceneLayer], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._layers = desk, layers
        self.layout_now = Layout()
        self.setWindowTitle(_("Print the map"))
        self.resize(1040, 700)
        self.preview = QLabel()
        self.preview.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.preview.setAccessibleName(_("The page as it will be printed"))
        self.preview.setMinimumSize(320, 320)
        self.preview.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.kept = QComboBox()
        self.kept.setAccessibleName(_("Page layout"))
        self.kept.activated.connect(lambda _at: self._take_layout(self.kept.currentData()))
        self.shown = QComboBox()
        self.shown.setAccessibleName(_("What is printed"))
        self.shown.activated.connect(lambda _at: self._later())
        self._form_holder = QWidget()
        self._form_holder.setLayout(column())
        self.problem = label("", "problem", wrap=True)
        self.note = label("", "small", wrap=True)
        side = QWidget()
        side.setLayout(column(
            label(_("Page layout"), "small"), row(self.kept, tool_button("save", _("Keep this layout…"), self.keep), tool_button("remove", _("Remove the layout"), self._remove), spacing=S),
            label(_("What is printed"), "small"), self.shown, scroll(self._form_holder), self.problem, self.note,
            row(None, button(_("Cancel"), self.reject), button(_("Write…"), self.write, primary=True)), spacing=S,
        ))  # fmt: skip
        side.setFixedWidth(360)
        self.setLayout(row(self.preview, side, margins=L, spacing=M))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(150)
        self._timer.timeout.connect(self._draw)
        self._fill_choices()
        self._show_form()
        self._later()

    # ------------------------------------------------------------ choosing

    def _fill_choices(self) -> None:
        self.kept.clear()
        self.kept.addItem(_("Usual page"), Layout())
        for layout in list_layouts(self._desk.session.project):
            self.kept.addItem(layout.name, layout)
        self.shown.clear()
        self.shown.addItem(_("What is on screen"), ("view", ""))
        self.shown.addItem(_("The whole landscape"), ("all", ""))
        with self._desk.session.read() as db:
            for layer in list_layers(db):
                if layer.data_kind == "vector" and kind_of(layer.geometry_type) == "polygon" and layer.feature_count:
                    self.shown.addItem(_("A page for each of {layer}").format(layer=layer.name), ("atlas", layer.uuid))

    def _take_layout(self, layout: Layout) -> None:
        self.layout_now = replace(layout)
        self._show_form()
        self._later()

    def _show_form(self) -> None:
        box = self._form_holder.layout()
        assert box is not None
        while box.count():
            item = box.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        wanted = [field for field in PRINTING[0].inputs if field.id != "name"]
        given = {
            each.name: getattr(self.layout_now, each.name)
            for each in fields(Layout)
            if each.name not in ("name", "logo")
        }
        self.form = Form(wanted, {key: value for key, value in given.items() if value is not None})
        inner = self.form.layout()
        if inner is not None:
            inner.setContentsMargins(S, S, S, S)
        self.form.changed.connect(self._later)
        box.addWidget(self.form)

    def _read_form(self) -> Layout:
        """The layout as the form says; UserError where it cannot."""
        given: dict[str, Any] = {}
        for field in PRINTING[0].inputs:
            if field.id in ("name", "logo"):
                continue
            value = self.form.field(field.id).value()
            if field.id in FLAGS:
                given[field.id] = bool(value)
            elif field.id in ("scale", "margin_mm"):
                number = field.read(value) if value not in (None, "") else None
                given[field.id] = number or (None if field.id == "scale" else 10.0 if number is None else number)
            elif field.id in ("title", "subtitle", "text"):
                given[field.id] = value or ""
            else:
                given[field.id] = value or getattr(Layout(), field.id)
        logo = self.form.field("logo").value()
        given["logo"] = read_logo(Path(logo)) if logo else self.layout_now.logo
        return replace(self.layout_now, **given)

    # ------------------------------------------------------------ the page

    def contents(self, first_only: bool = False) -> list[Contents]:
        """What the pages show."""
        kind, layer = self.shown.currentData()
        session, canvas = self._desk.session, self._desk.canvas
        author = session.settings.get("author")
        if kind == "atlas":
            found = atlas_of(session.project, self._desk.source, self._layers, layer, author)
            return found[:1] if first_only else found
        box = canvas.view.extent if kind == "view" else self._desk.source.bounds()
        rotation = canvas.rotation if kind == "view" else 0.0
        return [contents_of(session.project, self._layers, box, rotation=rotation, author=author)]

    def _page(self) -> Layout:
        layout = self._read_form()
        return for_atlas(layout) if self.shown.currentData()[0] == "atlas" else layout

    def _later(self) -> None:
        self._timer.start()

    def _draw(self) -> None:
        try:
            layout = self._page()
            (contents,) = self.contents(first_only=True)
            sheet = Sheet(layout, contents, PREVIEW_DPI * self.devicePixelRatioF() / max(layout.factor, 1.0))
            picture = QPixmap.fromImage(picture_of_sheet(sheet))
        except UserError as problem:
            self.problem.setText(str(problem))
            return
        self.problem.setText("")
        picture.setDevicePixelRatio(1.0)
        room = self.preview.size() * self.devicePixelRatioF()
        picture = picture.scaled(room, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
        picture.setDevicePixelRatio(self.devicePixelRatioF())
        self.preview.setPixmap(picture)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another room for the page."""
        super().resizeEvent(event)
        self._later()

    # ------------------------------------------------------------ keeping and writing

    def keep(self) -> None:
        """Keep the layout in the project."""
        name, ok = QInputDialog.getText(self, _("Keep this layout"), _("Name"), text=self.layout_now.name)
        if ok and name.strip():
            self.keep_as(name.strip())

    def keep_as(self, name: str) -> None:
        """Keep the layout under a name."""
        try:
            layout = self._read_form()
            given = {
                each.name: getattr(layout, each.name) for each in fields(Layout) if each.name not in ("name", "logo")
            }
            given = {
                key: ("-" if value == "" and key in ("title", "subtitle", "text") else value)
                for key, value in given.items()
            }
            logo = self.form.field("logo").value()
            self._desk.attempt("layers.save_layout", name=name, **{key: 0 if key == "scale" and value is None else value for key, value in given.items()}, logo=logo or "")  # fmt: skip
        except UserError as problem:
            self.problem.setText(str(problem))
            return
        self._fill_choices()
        self.kept.setCurrentIndex(self.kept.findText(name))
        self.layout_now = replace(layout, name=name)

    def _remove(self) -> None:
        if self.kept.currentIndex() > 0:
            self._desk.perform("layers.remove_layout", layout=self.kept.currentText())
            self._fill_choices()

    def write(self) -> None:
        """Ask for a file and print in the background."""
        path, kind = QFileDialog.getSaveFileName(
            self, _("Print the map"), str(Path.home() / "map.pdf"), ";;".join(KINDS.values())
        )
        if path:
            ending = next(key for key, pattern in KINDS.items() if pattern == kind or not kind)
            target = Path(path)
            self.write_to(target if target.suffix else target.with_suffix(f".{ending}"))

    def write_to(self, path: Path) -> None:
        """Print to a file."""
        try:
            layout, contents = self._page(), self.contents()
        except UserError as problem:
            self.problem.setText(str(problem))
            return

        def work(progress: Progress) -> list[Path]:
            return write_map(path, layout, contents, progress)

        def done(written: list[Path]) -> None:
            more = _(" and {count} more").format(count=len(written) - 1) if len(written) > 1 else ""
            self._desk.tell(_("Wrote {file}.").format(file=f"{written[0]}{more}"), "good")

        self._desk.submit(_("Writing {file}").format(file=path.name), work, done)
        self.accept()
