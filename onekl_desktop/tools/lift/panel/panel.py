"""The LIFT panel: projects with their interventions, money lines and numbers; finance sources."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFileDialog, QWidget

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.geometry import flatten
from onekl_desktop.base.ids import slug
from onekl_desktop.base.specs.inputs import Choice
from onekl_desktop.base.translate import N_, _
from onekl_desktop.base.units import format_number, format_percent, format_quantity
from onekl_desktop.cartography.scene import SceneLayer
from onekl_desktop.exchange.finance.workbook import write_workbook
from onekl_desktop.gui.charts.lines import LineChart, Series
from onekl_desktop.gui.charts.page import ChartPage
from onekl_desktop.gui.desk import Desk
from onekl_desktop.gui.dialogs.operation import OperationDialog
from onekl_desktop.gui.dialogs.trace import TraceDialog
from onekl_desktop.gui.kit import button, column, frame, label, row
from onekl_desktop.gui.records.panel import RecordsPanel
from onekl_desktop.gui.records.table import Records, RecordTable
from onekl_desktop.gui.tables.table import Column, Table, TableRow
from onekl_desktop.gui.theme import XS, M, S
from onekl_desktop.models.finance.results import Model
from onekl_desktop.models.finance.spec import MODEL
from onekl_desktop.models.finance.trace import explain
from onekl_desktop.project.queries.records import get_by_name
from onekl_desktop.project.records import Project
from onekl_desktop.project.styles import Style
from onekl_desktop.tools.lift.inputs import LINE_VALUES, PROJECT_VALUES, SOURCE_VALUES
from onekl_desktop.tools.lift.panel.outcome import OutcomeSteps
from onekl_desktop.tools.lift.panel.plan import PlanSteps
from onekl_desktop.tools.lift.places import find_conflicts
from onekl_desktop.tools.lift.queries import YEARLY, Finance, ProjectState, read_finance
from onekl_desktop.tools.lift.runs import compute_model, compute_project, gather, moved_figures
from onekl_desktop.tools.lift.spec import TOOL

STATES = {
    "current": N_("Computed"),
    "stale": N_("Out of date"),
    "missing": N_("Not computed"),
    "blocked": N_("Cannot be computed yet"),
}
PLACE = Style(fill="#0072b2", outline="#00456b", width=0.5)


class LiftPanel(RecordsPanel):
    """Projects, their parts and lines, and sources."""

    tables = (
        "project",
        "project_part",
        "finance_line",
        "finance_source",
        "intervention",
        "practice",
        "landscape",
        "run",
        "organisation",
        "goal",
        "action",
        "idea",
        "finance_flow",
        "funding",
        "household_type",
        "room_item",
        "movement",
        "exchange_rate",
    )
    known: Finance

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, TOOL)

    def build(self) -> None:
        """The pages."""
        self.card = self._build_card()
        self.plan = PlanSteps(self, self.desk)
        self.outcome = OutcomeSteps(self, self.desk, lambda: self.current.project if self.current else None)
        projects = self.add_records("projects", Records(
            _("4 Projects"), _("No project yet. A project is made of interventions that are on the map already; add one and choose them."),
            (Column(_("Project")), Column(_("Area (ha)"), True, 1), Column(_("State")), Column(_("Champion")), Column(_("Goal")), Column(_("Capital cost"), True), Column(_("Net present value"), True), Column(_("With grants"), True)),
            "project", "add_project", "change_project", "remove_project", values=lambda key: self._values([state.project for state in self.known.projects], key, PROJECT_VALUES)), self.card)  # fmt: skip
        projects.chosen.connect(lambda _key: self._show_project())
        self.choose = QComboBox()
        self.choose.setAccessibleName(_("Project"))
        self.choose.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.choose.setMinimumContentsLength(16)
        self.choose.activated.connect(lambda _index: self._choose(self.choose.currentData()))
        self.head.addLayout(row(label(_("Project"), "small"), self.choose, None))
        lines = Records(
            _("Money lines"), _("No money line yet. Costs come from the practices; add revenue, costs of the project itself, and grants."),
            (Column(_("Name")), Column(_("Amount a year"), True, 2), Column(_("Kind")), Column(_("Amount is")), Column(_("Years")), Column(_("Status")), Column(_("Source"))),
            "line", "add_line", "change_line", "remove_line", (0, 2, 1), values=lambda key: self._values([line for state in self.known.projects for line in state.lines], key, LINE_VALUES))  # fmt: skip
        self.lines = RecordTable(self.desk, TOOL, lines)
        self.record_tables["lines"] = self.lines
        self.outcome.add_to_project(self.lines)
        page = QWidget()
        page.setLayout(column(self.lines, self.outcome.build_households(), None, spacing=M))
        self.add_page("lines", _("Money lines"), page)
        self.outcome.build_capital()
        self.add_records("sources", Records(
            _("6 Sources"), _("No finance source yet. Who could pay? What is unknown stays empty."),
            (Column(_("Name")), Column(_("Instrument")), Column(_("Smallest amount"), True), Column(_("Largest amount"), True), Column(_("Currency")), Column(_("Closes on")), Column(_("Checked on"))),
            "finance_source", "add_source", "change_source", "remove_source", values=lambda key: self._values(self.known.sources, key, SOURCE_VALUES)), self.outcome.build_matching())  # fmt: skip
        self.outcome.build_documents()
        self.outcome.build_tracking()
        self.chart = ChartPage()

    def _build_card(self) -> QWidget:
        card = frame("card")
        self.name, self.state = label("", "heading", wrap=True), label("", "small", wrap=True)
        self.numbers = label("", "", wrap=True)
        self.moved, self.conflicts = label("", "soft", wrap=True), label("", "problem", wrap=True)
        self.parts = Table()
        self.parts.setAccessibleName(_("Interventions of the project"))
        self.parts.setMinimumHeight(110)
        self.add_part = button(_("Add an intervention…"), self.open_add_part, icon_name="plus")
        self.drop_part = button(_("Take out"), self.take_out, icon_name="remove")
        self.compute_button = button(_("Compute"), self.compute, primary=True, icon_name="run")
        self.flow_button = button(_("Cash flow by year"), self.show_flow, icon_name="chart")
        self.trace_button = button(_("How it comes about…"), self.show_trace, icon_name="search")
        self.book_button = button(_("Workbook…"), self.save_workbook, icon_name="table", tip=_("The financial model with live formulas, for a spreadsheet"))  # fmt: skip
        card.setLayout(column(
            self.name, self.state, self.moved, self.conflicts, self.numbers, label(_("Interventions"), "small"), self.parts, row(self.add_part, self.drop_part, None, spacing=XS),
            row(self.flow_button, None, self.compute_button), row(self.trace_button, self.book_button, None), margins=M, spacing=S))  # fmt: skip
        return card

    @staticmethod
    def _values(rows: list[Any], key: str, inputs: tuple[Any, ...]) -> dict[str, Any]:
        found = next((item for item in rows if item.uuid == key), None)
        return (
            {}
            if found is None
            else {"name": found.name, **{field.id: getattr(found, field.id, None) for field in inputs}}
        )

    # ------------------------------------------------------------ showing

    def refresh(self) -> None:
        """Fill all pages."""
        known = self.known = read_finance(self.desk.session)
        self.record_tables["projects"].set_rows([
            TableRow((state.project.name, state.totals.get("project_area"), _(STATES[state.word]), state.champion or "–", state.goal or "–",
                      state.totals.get("project_capital_cost"), state.totals.get("project_npv"), state.totals.get("project_npv_with_grants")), state.project.uuid)
            for state in known.projects])  # fmt: skip
        chosen = self.current.project.uuid if self.current else ""
        self.choose.clear()
        for state in known.projects:
            self.choose.addItem(state.project.name, state.project.uuid)
        self.choose.setCurrentIndex(max(0, self.choose.findData(chosen)))
        instruments = {option.id: _(option.title) for option in SOURCE_VALUES[1].options}  # type: ignore[attr-defined]
        self.record_tables["sources"].set_rows([
            TableRow((row.name, instruments.get(row.instrument, row.instrument), row.ticket_minimum, row.ticket_maximum, row.currency, row.closes_on, row.checked_on), row.uuid)
            for row in known.sources])  # fmt: skip
        self.plan.refresh()
        self._show_project()

    @property
    def current(self) -> ProjectState | None:
        """The chosen project, else the first."""
        keys = self.record_tables["projects"].selected
        found = next((state for state in self.known.projects if keys and state.project.uuid == keys[0]), None)
        return found or (self.known.projects[0] if self.known.projects else None)

    def _choose(self, key: str) -> None:
        self.record_tables["projects"].table.select_key(key)

    def _show_project(self) -> None:
        state = self.current
        self.card.setVisible(state is not None)
        self.outcome.refresh()
        if state is None:
            self.lines.set_rows([])
            return
        self.name.setText(state.project.name)
        self.state.setText(state.problem or _(STATES[state.word]))
        self.moved.setText(self._tell_moved(state))
        self.moved.setVisible(bool(self.moved.text()))
        self.conflicts.setText(self._tell_conflicts(state))
        self.conflicts.setVisible(bool(self.conflicts.text()))
        totals = state.totals
        if state.run is not None:
            told = [
                (_("Net present value"), format_number(totals.get("project_npv"))), (_("With grants"), format_number(totals.get("project_npv_with_grants"))),
                (_("Return (IRR)"), format_percent(totals.get("project_irr"), 1)), (_("Payback"), format_quantity(totals.get("project_payback"), _("years"), 1)),
                (_("Largest need"), format_number(totals.get("project_peak_need"))), (_("Amounts in"), self.known.currency),
            ]  # fmt: skip
            self.numbers.setText("\n".join(f"{title}: {value}" for title, value in told))
        else:
            self.numbers.setText("")
        self.numbers.setVisible(state.run is not None)
        self.parts.set_rows(
            [Column(_("Name")), Column(_("ha"), True, 1)],
            [TableRow((part.name, part.area_ha), part.uuid) for part in state.parts],
        )
        self.parts.setVisible(bool(state.parts))
        self.drop_part.setVisible(bool(state.parts))
        self.add_part.setEnabled(bool(self.known.free))
        self.add_part.setToolTip(
            ""
            if self.known.free
            else _("Every intervention belongs to a project already; draw another one in Scenarios.")
        )
        self.compute_button.setEnabled(not state.problem and not state.current)
        self.flow_button.setEnabled(bool(state.years))
        for each in (self.trace_button, self.book_button):
            each.setEnabled(not state.problem)
        self.choose.setCurrentIndex(max(0, self.choose.findData(state.project.uuid)))
        kinds, bases, states = (
            {option.id: _(option.title) for option in field.options}
            for field in LINE_VALUES
            if isinstance(field, Choice)
        )
        self.lines.set_rows([
            TableRow((line.name, line.amount, kinds.get(line.line_type, line.line_type), bases.get(line.basis, line.basis),
                      f"{line.first or 0}–{'' if line.last is None else line.last}", states.get(line.status, line.status), line.source), line.uuid) for line in state.lines])  # fmt: skip
        self.desk.canvas.refresh()

    def _tell_moved(self, state: ProjectState) -> str:
        """Which figures an edit has moved since they were computed."""
        if state.problem or state.current or state.run is None:
            return ""
        try:
            moved = moved_figures(self.desk.session, state.project, state.totals)
        except UserError as problem:
            return str(problem)
        names = {item.id: (_(item.title), item.decimals) for item in MODEL.indicators}
        lines = [
            f"{names[code][0]}: {format_number(before, names[code][1])} → {format_number(after, names[code][1])}" for code, before, after in moved if code in names
        ]  # fmt: skip
        return "\n".join([_("Since then these figures have moved:"), *lines]) if lines else ""

    def _tell_conflicts(self, state: ProjectState) -> str:
        """What speaks against its places, said where the project is put together."""
        if state.problem:
            return ""
        with self.desk.session.read() as db:
            inputs = gather(db, get_by_name(db, Project, state.project.uuid))
        return "\n".join(told for _kind, told in find_conflicts(self.desk.session, state.project, inputs))

    def compose_scene(self) -> list[SceneLayer]:
        """The map with the places of the chosen project."""
        scene = self.desk.source.scene()
        if self.pages and self._stack.currentWidget() is self.pages["flows"]:
            return self.plan.compose_scene(scene)
        state = self.current
        placed = [part for part in state.parts if part.geom is not None] if state else []
        if placed:
            shapes = flatten(
                np.array([part.geom for part in placed], dtype=object),
                np.array([part.id for part in placed], np.int64),
                "polygon",
            )
            scene.insert(
                -1,
                SceneLayer(
                    "intervention",
                    _("Project"),
                    PLACE,
                    shapes=shapes,
                    fill_opacity=0.55,
                    labels=[part.name for part in placed],
                ),
            )
        return scene

    def show_page(self, id: str) -> None:
        """The map shows what the page is about."""
        super().show_page(id)
        self.desk.canvas.refresh()

    # ------------------------------------------------------------ doing

    def open_add_part(self) -> None:
        """Choose among the interventions that belong to no project."""
        state = self.current
        if state is None:
            return
        operation = TOOL.get_operation("add_part")
        dialog = OperationDialog(
            self.desk, "lift.add_part", operation, {"project": state.project.uuid}, hidden=("project",), parent=self
        )
        dialog.exec()

    def take_out(self) -> None:
        """Take the selected interventions out of the project."""
        state, keys = self.current, self.parts.selected_keys()
        if state is not None and keys:
            self.desk.perform_many(
                "lift.remove_part", [{"project": state.project.uuid, "intervention": key} for key in keys]
            )

    def compute(self) -> None:
        """Compute the chosen project."""
        state = self.current
        if state is None:
            return
        try:
            compute_project(self.desk.session, state.project.uuid)
        except UserError as problem:
            self.desk.tell_problem(problem)
            return
        self.desk.bridge.deliver()
        self.desk.tell(_("Computed {name}.").format(name=state.project.name), "good")
        self.show_flow()

    def _model(self) -> tuple[Model, dict[str, Any], dict[str, dict[str, Any]]] | None:
        """The chosen project as a financial model, its case and its sources."""
        state = self.current
        if state is None:
            return None
        try:
            return compute_model(self.desk.session, state.project)
        except UserError as problem:
            self.desk.tell_problem(problem)
            return None

    def show_trace(self, key: str = "") -> TraceDialog | None:
        """Every figure of the project with its formula, inputs and sources; `key` is shown first."""
        found = self._model()
        if found is None:
            return None
        model, _document, sources = found
        keys = [key for key in model.figures if not key.startswith("series.")]
        keys += [key for key in model.figures if key.startswith("series.")]
        dialog = TraceDialog(model.case.header.name, keys, lambda key: explain(model, key, sources), self.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.show()
        if key:
            dialog.show_figure(key)
        return dialog

    def save_workbook(self, path: str = "") -> None:
        """Write the model as a workbook with live formulas."""
        found = self._model()
        if found is None:
            return
        model, document, sources = found
        if not path:
            path, _kind = QFileDialog.getSaveFileName(self, _("Workbook…"), f"{slug(model.case.header.name)}.xlsx", "Excel (*.xlsx)")  # fmt: skip
        if not path:
            return
        target = Path(path).with_suffix(".xlsx")
        try:
            write_workbook(target, model, document, sources)
        except UserError as problem:
            self.desk.tell_problem(problem)
            return
        self.desk.tell(_("Wrote {file}.").format(file=target), "good")

    def show_flow(self) -> None:
        """Table and chart by year in the drawer."""
        state = self.current
        if state is None or not state.years:
            return
        years = sorted(state.years.items())
        running, points = 0.0, []
        for year, values in years:
            running += values.get("project_cash_flow", 0.0)
            points.append((float(year), running))
        titles = (_("Area (ha)"), _("Revenue"), _("Operating cost"), _("Capital cost"), _("Grants"), _("Cash flow"))
        table = Table(sortable=False)
        table.setAccessibleName(_("Cash flow by year"))
        table.set_rows([Column(_("Year")), *(Column(title, True) for title in titles)], [
            TableRow((str(year), *(values.get(code) for code in YEARLY)), year) for year, values in years])  # fmt: skip
        chart = LineChart(_("Cash flow"), self.known.currency, [
            Series(_("Cash flow"), "#0072b2", [(float(year), values.get("project_cash_flow", 0.0)) for year, values in years]),
            Series(_("Running total"), "#d55e00", points)])  # fmt: skip
        self.chart.show_widgets(table, chart)
        self.desk.drawer.emit(self.chart, state.project.name)
