"""Models on maps: choose one, say what it reads, compute in the background, and look at figures by zone."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QFileDialog, QSpinBox, QWidget
from sqlalchemy import select

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.progress import Progress
from onekl_desktop.base.specs import Input, ModelSpec, RasterFile, TableFile, VectorFile
from onekl_desktop.base.translate import _, ngettext
from onekl_desktop.base.units import format_number
from onekl_desktop.engine import perform
from onekl_desktop.engine.models import list_models
from onekl_desktop.exchange.invest.batch import Draws
from onekl_desktop.gui.desk import Desk
from onekl_desktop.gui.forms.form import Form
from onekl_desktop.gui.kit import EmptyState, button, column, empty_layout, label, row, scroll
from onekl_desktop.gui.tables.table import Column, Table, TableRow
from onekl_desktop.gui.theme import L, M, S
from onekl_desktop.project.queries.records import list_scenarios
from onekl_desktop.project.records import Layer
from onekl_desktop.tools.scenarios.ecosystem import (
    Asked,
    Figure,
    ModelRun,
    figures_of,
    list_runs,
    run_in_project,
    write_empty_table,
)
from onekl_desktop.tools.scenarios.sources import list_sources

WIDTH, HEIGHT = 620, 700
MOST_DRAWS = 500


class ModelDialog(QDialog):
    """What a model reads and for whom; `asked` is what was chosen."""

    def __init__(
        self, desk: Desk, before: Asked | None = None, scenario: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self.asked: Asked | None = None
        self.setWindowTitle(_("Run a model on maps"))
        self.model = self._combo(_("Model"))
        for spec in list_models(desk.session.registry):
            self.model.addItem(_(spec.title), spec)
        self.about = label("", "soft", wrap=True)
        self.scenario, self.year = self._combo(_("For the scenario")), QSpinBox()
        self.scenario.addItem("–", "")
        with desk.session.read() as db:
            for item in list_scenarios(db):
                self.scenario.addItem(item.name, item.uuid)
            self._polygons = list(
                db.scalars(select(Layer).where(Layer.data_kind == "vector", Layer.geometry_type.ilike("%polygon%")))
            )
        self.year.setRange(0, 2200)
        self.year.setSpecialValueText("–")
        self.year.setAccessibleName(_("Year"))
        self.zones = self._combo(_("Also by the zones of"))
        self.zones.addItem("–", "")
        for layer in self._polygons:
            self.zones.addItem(layer.name, layer.uuid)
        self.draws, self.spread = QSpinBox(), QSpinBox()
        self.draws.setRange(0, MOST_DRAWS)
        self.draws.setAccessibleName(_("Draws of uncertain coefficients"))
        self.spread.setRange(1, 90)
        self.spread.setValue(20)
        self.spread.setPrefix("± ")
        self.spread.setSuffix(" %")
        self.spread.setAccessibleName(_("Range of the coefficients"))
        self.everywhere = QCheckBox(_("On the land cover of every scenario, whenever scenarios are computed"))
        self.everywhere.toggled.connect(lambda _on: self._allow())
        self._place = QWidget()
        self._place.setLayout(column())
        self.form: Form | None = None
        self.problem = label("", "problem", wrap=True)
        self.problem.hide()
        self.do = button(_("Compute"), self.accept, primary=True, icon_name="run")
        body = QWidget()
        body.setLayout(column(
            self._place,
            row(label(_("For the scenario"), "small"), self.scenario, label(_("Year"), "small"), self.year, None),
            row(label(_("Also by the zones of"), "small"), self.zones, None),
            row(label(_("Draws of uncertain coefficients"), "small"), self.draws, self.spread, None),
            self.everywhere, None, margins=M, spacing=M,
        ))  # fmt: skip
        self.setLayout(column(
            self.model, self.about, scroll(body), self.problem, row(None, button(_("Cancel"), self.reject), self.do), margins=L, spacing=M,
        ))  # fmt: skip
        self.resize(WIDTH, HEIGHT)
        if before is not None:
            at = next((n for n in range(self.model.count()) if self.model.itemData(n).id == before.model), 0)
            self.model.setCurrentIndex(at)
            self.year.setValue(before.year or 0)
            self.draws.setValue(before.draws.count)
            self.zones.setCurrentIndex(max(self.zones.findData(before.zones[0]) if before.zones else 0, 0))
        self.scenario.setCurrentIndex(max(self.scenario.findData(before.scenario if before else scenario), 0))
        self.model.currentIndexChanged.connect(lambda _index: self._show_model({}))
        self._show_model(before.arguments if before else {})

    @staticmethod
    def _combo(name: str) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName(name)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(14)
        return box

    @property
    def spec(self) -> ModelSpec:
        """The chosen model."""
        spec: ModelSpec = self.model.currentData()
        return spec

    def choose_model(self, id: str) -> None:
        """Choose a model by its id."""
        self.model.setCurrentIndex(next(n for n in range(self.model.count()) if self.model.itemData(n).id == id))

    def _sources(self, item: Input) -> list[tuple[str, str]]:
        kind = "raster" if isinstance(item, RasterFile) else "vector" if isinstance(item, VectorFile) else ""
        return [(source.value, source.title) for source in list_sources(self._desk.session, kind)] if kind else []

    def _show_model(self, values: dict[str, Any]) -> None:
        self.about.setText(_(self.spec.about))
        box = self._place.layout()
        assert box is not None
        empty_layout(box)
        self.form = Form(self.spec.inputs, values, sources=self._sources)
        for item in self.spec.inputs:
            if isinstance(item, TableFile):
                make = button(_("Write an empty one…"), partial(self.write_table, item))
                make.setToolTip(
                    _("A table with the columns that are needed and the classes of the legend, to fill in.")
                )
                self.form.field(item.id).add_button(make)
        box.addWidget(self.form)
        takes_land = any(isinstance(item, RasterFile) and item.codes for item in self.spec.inputs)
        self.everywhere.setEnabled(takes_land)
        self.everywhere.setChecked(self.everywhere.isChecked() and takes_land)
        self._allow()

    def _allow(self) -> None:
        """A run of the chain is of every scenario, by the zones of the project and without draws."""
        one = not self.everywhere.isChecked()
        varied = any(isinstance(item, TableFile) and self._columns(item) for item in self.spec.inputs)
        for box, allowed in (
            (self.scenario, one),
            (self.zones, one),
            (self.draws, one and varied),
            (self.spread, one and varied),
        ):
            box.setEnabled(allowed)

    def write_table(self, item: TableFile) -> None:
        """Write a table to fill in, and take it as the input."""
        path, _kind = QFileDialog.getSaveFileName(
            self, _(item.title), f"{item.id.removesuffix('_path')}.csv", "CSV (*.csv)"
        )
        if not path:
            return
        try:
            write_empty_table(self._desk.session, item, Path(path))
        except UserError as problem:
            self._tell(problem)
            return
        assert self.form is not None
        self.form.field(item.id).set_value(path)

    def _columns(self, item: TableFile) -> list[str]:
        """Columns whose values may vary: numbers that are needed and no switch."""
        values = self.form.values() if self.form else {}
        return [
            each.id for each in item.columns
            if each.kind == "number" and each.required and not each.switch and (each.when is None or each.when.holds(values))
        ]  # fmt: skip

    def _draws(self) -> Draws:
        count, part = self.draws.value(), self.spread.value() / 100.0
        given = self.form.values() if self.form else {}
        if not count:
            return Draws()
        tables = {
            item.id: dict.fromkeys(self._columns(item), (1.0 - part, 1.0 + part))
            for item in self.spec.inputs if isinstance(item, TableFile) and item.id in given and self._columns(item)
        }  # fmt: skip
        return Draws(count, 1, {}, tables)

    def accept(self) -> None:
        """Take what was chosen when the required fields are filled."""
        assert self.form is not None
        values, lacking = self.form.values(), []
        for item in self.spec.inputs:
            needed = item.required and item.default is None and (item.when is None or item.when.holds(values))
            missing = needed and values.get(item.id) in (None, "")
            self.form.field(item.id).show_problem(_("This is needed.") if missing else "")
            if missing:
                lacking.append(_(item.title))
        if lacking:
            self.problem.setText(_("Still needed: {names}.").format(names=", ".join(lacking)))
            self.problem.show()
            return
        zones = (self.zones.currentData(),) if self.zones.currentData() else ()
        self.asked = Asked(
            self.spec.id, values, self.scenario.currentData(), self.year.value() or None, zones, self._draws()
        )
        super().accept()

    def _tell(self, problem: UserError) -> None:
        assert self.form is not None
        self.form.show_problems(problem.problems)
        self.problem.setText(str(problem))
        self.problem.show()


class ModelResults(QWidget):
    """The runs of models on maps: figures by zone, what they were computed from, and their rasters for the map."""

    def __init__(self, desk: Desk, again: Callable[[Asked | None], object]) -> None:
        super().__init__()
        self._desk, self._again = desk, again
        self._runs: list[ModelRun] = []
        self.choice = QComboBox()
        self.choice.setAccessibleName(_("Run of a model"))
        self.choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.choice.setMinimumContentsLength(28)
        self.choice.activated.connect(lambda _index: self._show())
        self.chip = label("", "small")
        self.table = Table()
        self.inputs_button = button(_("Inputs…"), self.open_inputs, icon_name="edit")
        self.map_button = button(_("Add the rasters to the map"), self.add_layers, icon_name="layers")
        self.none = EmptyState(
            _("No model has been run"),
            _("Sediment, water, nutrients, carbon and habitat are computed from the maps of this project."),
            _("Run a model…"), lambda: self._again(None),
        )  # fmt: skip
        self._body = QWidget()
        self._body.setLayout(column(
            row(self.choice, self.chip, None, self.inputs_button, self.map_button, button(_("Run a model…"), lambda: self._again(None), icon_name="run"), spacing=S),
            self.table, spacing=S,
        ))  # fmt: skip
        self.setLayout(column(self.none, self._body, margins=S))
        self.refresh()

    def refresh(self, show: str = "") -> None:
        """Read the runs again; `show` is the one to look at."""
        held = show or (self.run.run.uuid if self.run else "")
        self._runs = list_runs(self._desk.session)
        self.choice.clear()
        for item in self._runs:
            words = [_(item.spec.title), item.scenario, str(item.asked.year or "")]
            self.choice.addItem(" · ".join(word for word in words if word), item.run.uuid)
        self.choice.setCurrentIndex(max(self.choice.findData(held), 0) if self._runs else -1)
        self.none.setVisible(not self._runs)
        self._body.setVisible(bool(self._runs))
        self._show()

    @property
    def run(self) -> ModelRun | None:
        """The run that is shown."""
        at = self.choice.currentIndex()
        return self._runs[at] if 0 <= at < len(self._runs) else None

    def _show(self) -> None:
        run = self.run
        if run is None:
            return
        self.chip.setText(_("Computed") if run.current else _("Out of date"))
        self.map_button.setEnabled(bool(run.rasters))
        figures = figures_of(self._desk.session, run.run.uuid)
        titles = list(dict.fromkeys((item.title, item.unit, item.decimals) for item in figures))
        places = list(dict.fromkeys(item.place for item in figures))
        by_place = {(item.place, item.title): item for item in figures}
        columns = [Column(_("Zone")), *(Column(f"{title} ({unit})" if unit else title, numeric=True, decimals=decimals) for title, unit, decimals in titles)]  # fmt: skip
        rows = []
        for place in places:
            cells = [by_place.get((place, title)) for title, _unit, _decimals in titles]
            rows.append(TableRow(
                (place, *(None if cell is None else cell.value for cell in cells)),
                texts=(None, *(_banded(cell) for cell in cells)),
            ))  # fmt: skip
        self.table.set_rows(columns, rows)

    def open_inputs(self) -> None:
        """What the run was computed from, to look at or to change."""
        if self.run is not None:
            self._again(self.run.asked)

    def add_layers(self) -> None:
        """Each raster of the run as a layer."""
        run = self.run
        if run is None:
            return
        titles = {item.base_name: _(item.title) for item in run.spec.outputs}
        session = self._desk.session
        named = [
            (path, " · ".join(word for word in (titles.get(path.stem, path.stem), run.scenario) if word)[:120]) for path in run.rasters
        ]  # fmt: skip

        def work(progress: Progress) -> int:
            for number, (path, name) in enumerate(named):
                part = progress.part(number / len(named), (number + 1) / len(named))
                perform(session, "layers.import_layer", progress=part, file=str(path), name=name)
            return len(named)

        def done(added: int) -> None:
            self._desk.bridge.deliver()
            self._desk.tell(
                ngettext("{count} layer was added.", "{count} layers were added.", added).format(count=added)
            )

        self._desk.submit(_("Adding layers"), work, done)


def _banded(figure: Figure | None) -> str | None:
    if figure is None or figure.low is None or figure.high is None or figure.value is None:
        return None
    low, value, high = (format_number(number, figure.decimals) for number in (figure.low, figure.value, figure.high))
    return f"{value} ({low} – {high})"


def compute(desk: Desk, asked: Asked, done: Callable[[str], object]) -> None:
    """Run in the background; `done` gets the run."""

    def work(progress: Progress) -> str:
        return run_in_project(desk.session, asked, progress=progress)

    def finished(run: str) -> None:
        desk.bridge.deliver()
        done(run)

    desk.submit(_("Running a model"), work, finished)
