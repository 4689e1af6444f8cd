"""A new project: name, boundary file, what was found in it, the proposed repair on the map, and only then the file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import shapely
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QDialog, QFileDialog, QLayout, QLineEdit, QWidget

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.geometry import transform
from onekl_desktop.base.translate import _
from onekl_desktop.cartography.pictures import to_polygon
from onekl_desktop.cartography.scene import fit
from onekl_desktop.engine.new import make_project
from onekl_desktop.exchange.boundary import BoundaryPlan, read_boundary
from onekl_desktop.gui.kit import button, column, frame, label, restyle, row
from onekl_desktop.gui.theme import XS, L, M, S, current_tokens
from onekl_desktop.project.records import Landscape

NARROWEST_FIELD = 260


class BoundaryPreview(QWidget):
    """The boundary as found (dashed) and as it would be stored (filled)."""

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumSize(260, 240)
        self.setAccessibleName(_("Preview of the boundary"))
        self.plan: BoundaryPlan | None = None

    def show_plan(self, plan: BoundaryPlan | None) -> None:
        """Draw another plan."""
        self.plan = plan
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Both outlines in degrees."""
        tokens = current_tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(tokens.sunken))
        if self.plan is None:
            painter.setPen(QColor(tokens.soft))
            painter.drawText(
                self.rect().adjusted(16, 16, -16, -16),
                Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap,
                _("The boundary shows here."),
            )
            painter.end()
            return
        stored = transform(self.plan.shape, self.plan.crs, "EPSG:4326")
        view = fit(stored.bounds, self.width(), self.height(), margin=0.08)
        self._outline(painter, stored, view, QPen(QColor(tokens.accent), 2), QColor(tokens.accent_ground))
        if self.plan.needs_repair:
            pen = QPen(QColor(tokens.bad), 1.5, Qt.PenStyle.DashLine)
            self._outline(painter, self.plan.original, view, pen, None)
        painter.end()

    @staticmethod
    def _outline(painter: QPainter, shape: shapely.Geometry, view, pen: QPen, fill: QColor | None) -> None:  # type: ignore[no-untyped-def]
        path = QPainterPath()
        path.setFillRule(Qt.FillRule.OddEvenFill)
        for polygon in shapely.get_parts(shape):
            for ring in (polygon.exterior, *polygon.interiors):
                path.addPolygon(to_polygon(view.to_pixels(np.asarray(ring.coords))))
                path.closeSubpath()
        if fill is not None:
            painter.fillPath(path, fill)
        painter.strokePath(path, pen)
        if path.isEmpty():
            painter.drawPoint(QPointF(0, 0))


class NewProjectDialog(QDialog):
    """Makes the project file; `made` is its path."""

    def __init__(self, folder: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("New project"))
        self._folder, self.made = folder, Path()
        self._plan: BoundaryPlan | None = None
        self.name = QLineEdit()
        self.boundary, self.source_crs, self.feature, self.target = QLineEdit(), QLineEdit(), QLineEdit(), QLineEdit()
        self.source_crs.setPlaceholderText(_("if it names none, e.g. EPSG:4326"))
        self.feature.setPlaceholderText(_("e.g. NAME=Talakag"))
        for edit, title in ((self.name, _("Name of the landscape")), (self.boundary, _("Boundary file")), (self.feature, _("One area of the file")),
                            (self.source_crs, _("Coordinate system of the file")), (self.target, _("Project file"))):  # fmt: skip
            edit.setAccessibleName(title)
        self.found, self.problem = label("", "soft", wrap=True), label("", "problem", wrap=True)
        self.problem.hide()
        self.accept_repair = QCheckBox(
            _("Use the repaired boundary (solid line) instead of the one in the file (dashed)")
        )
        self.accept_repair.hide()
        self.accept_repair.toggled.connect(lambda _on: self._refresh())
        self.preview = BoundaryPreview()
        self.create_button = button(_("Make the project"), self.accept, primary=True)
        self.create_button.setDefault(True)
        left = column(
            *self._field(_("Name of the landscape"), self.name), *self._field(_("Boundary file"), self.boundary, self._choose_boundary),
            *self._field(_("One area of the file"), self.feature), *self._field(_("Coordinate system of the file"), self.source_crs),
            *self._field(_("Project file"), self.target, self._choose_target), None, spacing=XS,
        )  # fmt: skip
        for edit in (self.name, self.feature, self.source_crs):
            edit.setMinimumWidth(NARROWEST_FIELD)  # beside long words on the right
        right = column(self.preview, self.found, self.accept_repair, spacing=S)
        right.setStretch(0, 1)
        body = row(left, frame("line"), right, spacing=L)
        body.setStretch(0, 1)
        body.setStretch(2, 1)
        self.setLayout(
            column(
                body,
                self.problem,
                row(None, button(_("Cancel"), self.reject), self.create_button),
                margins=L,
                spacing=M,
            )
        )
        self.resize(820, 500)
        self.boundary.editingFinished.connect(self.read)
        self.source_crs.editingFinished.connect(self.read)
        self.feature.editingFinished.connect(self.read)
        self.name.textEdited.connect(self._suggest)
        self._refresh()

    def _field(
        self, title: str, edit: QLineEdit, choose: Callable[[], object] | None = None
    ) -> list[QWidget | QLayout | int | None]:
        caption = label(title, "small")
        caption.setBuddy(edit)
        line = row(edit, button(_("Choose…"), choose), spacing=XS) if choose is not None else edit
        return [caption, line, S]

    def _choose_boundary(self) -> None:
        kinds = _("Maps") + " (*.gpkg *.geojson *.json *.shp *.kml *.kmz *.zip *.gpx *.fgb *.tab);;* (*)"
        path, _kind = QFileDialog.getOpenFileName(self, _("Boundary file"), str(self._folder), kinds)
        if path:
            self.boundary.setText(path)
            self.read()

    def _choose_target(self) -> None:
        path, _kind = QFileDialog.getSaveFileName(
            self, _("Project file"), self.target.text() or str(self._folder / "project.gpkg"), "GeoPackage (*.gpkg)"
        )
        if path:
            self.target.setText(path)
            self._refresh()

    def _suggest(self, name: str) -> None:
        from onekl_desktop.base.ids import slug

        self.target.setText(str(self._folder / f"{slug(name, 'project')}.gpkg") if name.strip() else "")
        self._refresh()

    def read(self) -> None:
        """Read the boundary and show what was found."""
        self._plan = None
        self._tell("")
        if self.boundary.text().strip():
            try:
                self._plan = read_boundary(
                    Path(self.boundary.text().strip()),
                    source_crs=self.source_crs.text().strip(),
                    feature=self.feature.text().strip(),
                )
            except UserError as problem:
                self._tell(str(problem))
        self.preview.show_plan(self._plan)
        self.accept_repair.setChecked(False)
        self._refresh()

    def _refresh(self) -> None:
        plan = self._plan
        repair = plan is not None and plan.needs_repair
        self.accept_repair.setVisible(repair)
        sentences = [] if plan is None else [*plan.sentences, *(problem.message for problem in plan.problems)]
        self.found.setText("\n".join(sentences))
        ready = (
            plan is not None
            and (not repair or self.accept_repair.isChecked())
            and self.name.text().strip()
            and self.target.text().strip()
        )
        self.create_button.setEnabled(bool(ready))
        why = (
            _("Give a name and a boundary first.")
            if plan is None
            else _("Accept the repair first.")
            if repair and not self.accept_repair.isChecked()
            else ""
        )
        self.create_button.setToolTip(why)

    def _tell(self, text: str) -> None:
        self.problem.setText(text)
        self.problem.setVisible(bool(text))
        restyle(self.boundary, wrong=bool(text))

    def accept(self) -> None:
        """Make the file."""
        if self._plan is None:
            return
        plan = self._plan
        landscape = Landscape(
            name=self.name.text().strip(),
            crs=plan.crs,
            area_ha=plan.area_ha,
            geom=plan.shape,
            boundary_source=plan.path.name,
        )
        try:
            self.made = make_project(Path(self.target.text().strip()), landscape)
        except UserError as problem:
            self._tell(str(problem))
            return
        super().accept()
