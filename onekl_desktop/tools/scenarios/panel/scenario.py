"""The scenarios panel: choose a scenario, draw what is to be done, compute, compare."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import shapely
from PySide6.QtWidgets import QComboBox, QWidget
from sqlalchemy import select

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.progress import Progress
from onekl_desktop.base.translate import N_, _
from onekl_desktop.cartography.scene import SceneLayer
from onekl_desktop.engine.runs import run_folder
from onekl_desktop.gui.canvas.drawing import DrawTool, EditTool
from onekl_desktop.gui.canvas.identify import Hit
from onekl_desktop.gui.canvas.measuring import measured_in
from onekl_desktop.gui.canvas.snapping import Snapper
from onekl_desktop.gui.desk import Desk
from onekl_desktop.gui.dialogs.operation import OperationDialog
from onekl_desktop.gui.icons import icon, swatch
from onekl_desktop.gui.kit import (
    EmptyState,
    button,
    column,
    frame,
    label,
    restyle,
    row,
    scroll,
    tool_button,
)
from onekl_desktop.gui.records.steps import StepsCard
from onekl_desktop.gui.tables.table import Column, Table, TableRow
from onekl_desktop.gui.theme import XS, L, M, S, current_tokens
from onekl_desktop.project.changes import ChangeSet
from onekl_desktop.project.queries.records import find_land_cover, list_classes, list_practices
from onekl_desktop.project.records import Intervention, Layer
from onekl_desktop.project.styles import Style
from onekl_desktop.tools.scenarios.conflicts import find_conflicts
from onekl_desktop.tools.scenarios.ecosystem import Asked
from onekl_desktop.tools.scenarios.history import History, Period, compute_history
from onekl_desktop.tools.scenarios.maps import find_difference_map
from onekl_desktop.tools.scenarios.panel.assumptions import AdoptRow, AssumptionsCard
from onekl_desktop.tools.scenarios.panel.board import ComparisonView
from onekl_desktop.tools.scenarios.panel.drawing import DrawingCard
from onekl_desktop.tools.scenarios.panel.ecosystem import ModelDialog, ModelResults, compute
from onekl_desktop.tools.scenarios.panel.history import HistoryView
from onekl_desktop.tools.scenarios.panel.results import CHIPS, ResultCard
from onekl_desktop.tools.scenarios.queries import Planned, compare, list_planned
from onekl_desktop.tools.scenarios.runs import Status, list_status, run_scenarios
from onekl_desktop.tools.scenarios.spec import TOOL

TABLES = (
    "scenario",
    "projection",
    "chain_model",
    "group_weight",
    "people_group",
    "target",
    "intervention",
    "practice",
    "run",
    "land_cover_class",
    "layer",
    "landscape",
)
MAPS = (
    ("plan", N_("Plan")), ("land_cover", N_("Land cover at the end")), ("carbon_change", N_("Change of carbon")),
    ("land_cover-base", N_("Land cover: what differs from the baseline")), ("carbon_change-base", N_("Carbon: difference to the baseline")),
)  # fmt: skip
CHANGE_T_PER_HA = 120
ROW_INDICATORS = ("natural_forest", "carbon_gain", "cost_present_value", "jobs")


class ScenariosPanel(QWidget):
    """One scenario at a time, its interventions, and the comparison in the drawer."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._states: list[Status] = []
        self._planned: list[Planned] = []
        self._selected = ""
        self._comparison: ComparisonView | None = None
        self._models: ModelResults | None = None
        self._history: HistoryView | None = None
        self._period: Period | None = None
        self._build()
        desk.bridge.changed.connect(self._on_changed)
        self.refresh()

    # ------------------------------------------------------------ building

    def _build(self) -> None:
        self.combo = QComboBox()
        self.combo.setAccessibleName(_("Scenario"))
        self.combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.combo.setMinimumContentsLength(14)
        self.combo.activated.connect(lambda _index: self._choose(self.combo.currentData()))
        self.chip = label("", "")
        self.story = label("", "soft", wrap=True)
        self.proposed = label("", "small", wrap=True)
        self.problem = label("", "problem", wrap=True)
        scenario_row = row(
            self.combo, tool_button("plus", _("Add a scenario"), self.open_add_scenario), tool_button("copy", _("Copy the scenario"), self.open_copy_scenario),
            tool_button("edit", _("Describe the scenario"), self.open_change_scenario), tool_button("remove", _("Remove the scenario"), self._remove_scenario), spacing=XS,
        )  # fmt: skip
        scenario_row.setStretch(0, 1)
        self.first = EmptyState(
            _("A land-cover map first"),
            _("Scenarios start from a land-cover map with a year. Import one and choose it as the land cover."),
        )
        self.none_yet = EmptyState(
            _("No scenario yet"), _("A scenario is a set of things to do on the land. Add one, and it is compared with doing nothing."),
            _("Add a scenario"), self.open_add_scenario,
        )  # fmt: skip
        self.drawing = DrawingCard(self._desk, self.draw, self.open_draw_by_rule, self.open_take_from_layer)
        self.table = Table([Column(_("Intervention")), Column(_("Years")), Column(_("ha"), numeric=True, decimals=1)])
        self.table.setAccessibleName(_("Interventions"))
        self.table.setMinimumHeight(150)
        self.table.selectionModel().selectionChanged.connect(lambda *_args: self._on_select())
        self.table.doubleClicked.connect(lambda _index: self._zoom())
        self.table_buttons = row(
            button(_("Reshape"), self._reshape, icon_name="draw"), button(_("Change…"), self.open_change_intervention, icon_name="edit"), None,
            tool_button("zoom_layer", _("Show on the map"), self._zoom), tool_button("remove", _("Remove the intervention"), self._remove), spacing=XS,
        )  # fmt: skip
        self.no_plans = label(
            _("Nothing is planned in this scenario yet. Choose a practice and draw its place on the map."),
            "soft",
            wrap=True,
        )
        self.map_choice = QComboBox()
        self.map_choice.setAccessibleName(_("Show on the map"))
        for id, title in MAPS:
            self.map_choice.addItem(_(title), id)
        self.map_choice.activated.connect(lambda _index: self._show_map())
        self.swipe_button = tool_button("swipe", _("The baseline's behind a line to drag"), self._swipe, checkable=True)
        self.map_key = label("", "small", wrap=True)
        self.map_key.hide()
        self.run_button = button(_("Compute"), self.run, primary=True, icon_name="run")
        self.compare_button = button(_("Compare"), self.show_comparison, icon_name="table")
        self.models_button = button(_("Models…"), self.show_models, icon_name="chart")
        self.models_button.setToolTip(_("Sediment, water, nutrients, habitat and more, computed from maps."))
        self.propose_button = button(_("Propose…"), self.open_propose, icon_name="calculate")
        self.propose_button.setToolTip(_("The computer looks for the best places within a budget and targets."))
        self.results = ResultCard()
        self.assumptions, self.adopting = AssumptionsCard(self._desk, self.show_history), AdoptRow(self._desk)
        body = QWidget()
        self._plan_part = QWidget()
        self._plan_part.setLayout(column(
            self.drawing, row(label(_("Interventions"), "heading"), None), self.no_plans, self.table, self.table_buttons, spacing=S))  # fmt: skip
        self._result_part = QWidget()
        self._result_part.setLayout(column(
            row(label(_("Results"), "heading"), None), self.results, row(label(_("Map"), "small"), self.map_choice, self.swipe_button), self.map_key, self.adopting, spacing=S))  # fmt: skip
        foot = frame("drawer")
        foot.setLayout(
            column(self.problem, row(self.chip, None, self.compare_button, self.run_button), margins=M, spacing=S)
        )
        body.setLayout(column(
            row(label(_("Scenarios"), "title"), None, self.propose_button, self.models_button, spacing=XS), StepsCard(self._desk, TOOL), self.first, scenario_row, self.story, self.proposed, self.assumptions, self.none_yet, self._plan_part,
            frame("line"), self._result_part, None, margins=L, spacing=M))  # fmt: skip
        self.setLayout(column(scroll(body), foot, spacing=0))
        self._foot = foot

    # ------------------------------------------------------------ reading

    def _on_changed(self, changes: ChangeSet) -> None:
        if changes.touches(*TABLES) or changes.tables:
            self.refresh()

    def refresh(self) -> None:
        """Read everything again; the choices stay."""
        with self._desk.session.read() as db:
            self._states = list_status(db)
            practices = list_practices(db)
            has_cover = find_land_cover(db) is not None
        plans = [state for state in self._states if not state.scenario.is_baseline]
        known = [state.scenario.uuid for state in self._states]
        if self._selected not in known:
            self._selected = plans[0].scenario.uuid if plans else (known[0] if known else "")
        self.combo.clear()
        for state in self._states:
            self.combo.addItem(swatch(state.scenario.colour), state.scenario.name, state.scenario.uuid)
        self.combo.setCurrentIndex(max(self.combo.findData(self._selected), 0))
        self.drawing.show_practices(practices)
        self.first.setVisible(not has_cover)
        self.none_yet.setVisible(not plans)
        self.assumptions.setVisible(has_cover)
        self._foot.setVisible(has_cover)
        self._show_scenario()
        if self._comparison is not None and self._comparison.isVisible():
            self._comparison.show_comparison(compare(self._desk.session))

    @property
    def state(self) -> Status | None:
        """The chosen scenario."""
        return next((state for state in self._states if state.scenario.uuid == self._selected), None)

    def _show_scenario(self) -> None:
        state = self.state
        if state is None:
            return
        scenario = state.scenario
        self.story.setText(scenario.description)
        self.story.setVisible(bool(scenario.description))
        who = _("Proposed by {who}.").format(who=scenario.proposed_by) if scenario.proposed_by else ""
        if scenario.locked:
            who = f"{who} {_('Decided and locked.')}".strip()
        self.proposed.setText(who)
        self.proposed.setVisible(bool(who))
        self._plan_part.setVisible(not scenario.is_baseline)
        self.assumptions.show_scenario(state)
        self.adopting.show_scenario(state)
        self.drawing.setVisible(not scenario.locked)
        self._planned = list_planned(self._desk.session, scenario.uuid)
        rows = [
            TableRow((planned.item.name, planned.years, planned.item.area_ha), key=planned.item.id,
                     colour=planned.practice.colour if planned.practice else "#999999")
            for planned in self._planned
        ]  # fmt: skip
        columns = [Column(_("Intervention")), Column(_("Years")), Column(_("ha"), numeric=True, decimals=1)]
        self.table.set_rows(columns, rows)
        self.table.setFixedHeight(min(36 + 28 * max(len(rows), 1), 260))
        self.table.setVisible(bool(rows))
        self.no_plans.setVisible(not rows)
        for index in range(self.table_buttons.count()):
            item = self.table_buttons.itemAt(index)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.setVisible(bool(rows))
        self.chip.setText(_(CHIPS[state.word]))
        restyle(self.chip, chip=state.word)
        self.problem.setText(state.problem)
        self.problem.setVisible(bool(state.problem))
        self.run_button.setEnabled(not state.problem)
        due = any(not other.current for other in self._states) and not state.problem
        restyle(self.run_button, primary=due)
        self.run_button.setIcon(icon("run", current_tokens().accent_ink if due else ""))
        self.compare_button.setEnabled(any(other.run for other in self._states))
        self._show_results(state)
        self._desk.canvas.refresh()

    def _show_results(self, state: Status) -> None:
        computed = state.run is not None
        self._result_part.setVisible(computed)
        self.map_choice.setEnabled(computed)
        if not computed:
            self.map_choice.setCurrentIndex(0)
            self.map_key.hide()
            return
        comparison = compare(self._desk.session)
        names = [other.scenario.uuid for other in comparison.scenarios]
        at = names.index(state.scenario.uuid)
        self.results.show_rows(
            [row for code in ROW_INDICATORS for row in comparison.rows if row.code == code], at, comparison.horizon_year
        )

    # ------------------------------------------------------------ the map

    def _show_map(self) -> None:
        """Draw the chosen map and say how its colours read."""
        self._period = None
        kind = self.map_choice.currentData()
        texts = {
            "land_cover": _("Colours of the legend; what the plan has changed by the last year is in it."),
            "carbon_change": _("Tonnes of carbon in a hectare: green has gained, brown has lost; full colour at {most} t/ha.").format(most=CHANGE_T_PER_HA),
            "land_cover-base": _("Only cells whose class at the end is another one than in the baseline, in the colours of the legend."),
            "carbon_change-base": _("Tonnes of carbon in a hectare at the end beside the baseline: green more, brown less; full colour at {most} t/ha.").format(most=CHANGE_T_PER_HA),
        }  # fmt: skip
        self.map_key.setText(texts.get(kind, ""))
        self.map_key.setVisible(kind in texts)
        self._desk.canvas.refresh()

    def _swipe(self) -> None:
        """The same map of the baseline on the other side of a line, or no longer."""
        self._desk.canvas.compare(self._baseline_scene if self.swipe_button.isChecked() else None)
        self._desk.canvas.setFocus()

    def _baseline_scene(self) -> list[SceneLayer]:
        base = next((other for other in self._states if other.scenario.is_baseline), None)
        kind = str(self.map_choice.currentData()).partition("-")[0]
        if base is not None and base.run is not None and kind != "plan":
            path = run_folder(self._desk.session, base.run.uuid) / f"{kind}.tif"
            if path.exists():
                return self._run_scene(path, base.scenario.name, kind)
        return self._desk.source.scene()

    def compose_scene(self) -> list[SceneLayer]:
        """Layers, then the plan or what a run computed, then the boundary."""
        source = self._desk.source
        state, kind = self.state, self.map_choice.currentData()
        if self._period is not None and self._period.path.exists():
            return self._run_scene(self._period.path, _("What changed"), "land_cover")
        if state is None or kind == "plan" or state.run is None:
            return source.scene(scenario=self._selected, selected=frozenset(self.table.selected_keys()))
        kind, beside, _rest = kind.partition("-")
        path: Path | None = run_folder(self._desk.session, state.run.uuid) / f"{kind}.tif"
        if beside:
            base = next((other.run for other in self._states if other.scenario.is_baseline), None)
            path = find_difference_map(self._desk.session, state.run, base, kind) if base else None
        if path is None or not path.exists():
            return source.scene(scenario=self._selected)
        return self._run_scene(path, self.map_choice.currentText(), kind)

    def _run_scene(self, path: Path, title: str, kind: str) -> list[SceneLayer]:
        """A map that was computed under the visible shapes."""
        source = self._desk.source
        with self._desk.session.read() as db:
            cover = find_land_cover(db)
            palette = {cls.code: cls.colour for cls in list_classes(db, cover.legend)} if cover else {}
            vectors = {
                uuid for (uuid,) in db.execute(select(Layer.uuid).where(Layer.data_kind == "vector", Layer.visible))
            }
        if kind == "land_cover":
            result = source.run_raster(path, title, Style(kind="classes"), palette)
        else:
            result = source.run_raster(
                path,
                title,
                Style(kind="ramp", ramp="change", low=-CHANGE_T_PER_HA, high=CHANGE_T_PER_HA),
            )
        return [result, *source.scene(only=vectors)]

    def on_point(self, hits: Sequence[Hit]) -> None:
        """A click on an intervention chooses it in the list."""
        for hit in hits:
            if hit.layer.uuid == "interventions" and hit.key is not None:
                self.table.select_key(hit.key)
                return

    def _on_select(self) -> None:
        self._desk.canvas.refresh()

    def draw(self) -> None:
        """Start drawing an intervention of the chosen practice."""
        if self.state is None or self.drawing.practice.currentData() is None:
            return
        self.map_choice.setCurrentIndex(0)
        self._show_map()
        canvas = self._desk.canvas
        tool = DrawTool(
            canvas,
            measured_in(self._desk.session.crs),
            self._on_drawn,
            lambda: None,
            check=find_conflicts(self._desk.session, self._selected),
        )
        tool.snapper = Snapper(canvas)
        self._desk.canvas.set_tool(tool)
        self._desk.canvas.setFocus()

    def _on_drawn(self, shape: shapely.Polygon) -> None:
        made = self._desk.perform(
            "scenarios.add_intervention", scenario=self._selected, practice=self.drawing.practice.currentData(), geometry=shape,
            start_year=self.drawing.start_year.value(), years=self.drawing.years.value(),
        )  # fmt: skip
        if made:
            self.table.select_key(made["id"])
            self._desk.tell(_("Added {name}, {area}.").format(name=made["name"], area=made["area"]), "good")

    def _chosen(self) -> Intervention | None:
        keys = self.table.selected_keys()
        return next((planned.item for planned in self._planned if keys and planned.item.id == keys[0]), None)

    def _need_choice(self) -> Intervention | None:
        item = self._chosen()
        if item is None:
            self._desk.tell(_("Choose an intervention in the list, or click it on the map."))
        return item

    def _reshape(self) -> None:
        item = self._need_choice()
        if item is None or item.geom is None:
            return
        uuid = item.uuid
        tool = EditTool(
            self._desk.canvas, measured_in(self._desk.session.crs), item.geom,
            lambda changed: self._desk.perform("scenarios.reshape_intervention", intervention=uuid, geometry=changed[0]), lambda: None,
            check=find_conflicts(self._desk.session, self._selected, uuid),
        )  # fmt: skip
        tool.snapper = Snapper(self._desk.canvas)
        tool.snapper.skip = {("interventions", item.id)}
        self._desk.canvas.set_tool(tool)
        self._desk.canvas.setFocus()

    def _zoom(self) -> None:
        item = self._need_choice()
        if item is not None and item.geom is not None:
            left, bottom, right, top = item.geom.bounds
            pad = max(right - left, top - bottom) * 0.4 + 100
            self._desk.canvas.zoom_to((left - pad, bottom - pad, right + pad, top + pad))

    def _remove(self) -> None:
        item = self._need_choice()
        if item is not None and self._desk.perform("scenarios.remove_intervention", intervention=item.uuid):
            self._desk.tell(_("Removed {name}. Ctrl+Z brings it back.").format(name=item.name))

    # ------------------------------------------------------------ scenarios and practices

    def _choose(self, uuid: str) -> None:
        self._selected = uuid
        self._show_scenario()

    def choose_scenario(self, name: str) -> None:
        """Choose a scenario by name."""
        for state in self._states:
            if state.scenario.name == name:
                self.combo.setCurrentIndex(self.combo.findData(state.scenario.uuid))
                self._choose(state.scenario.uuid)

    def _dialog(
        self, operation: str, values: dict[str, Any] | None = None, hidden: tuple[str, ...] = (), verb: str = ""
    ) -> Any:
        dialog = OperationDialog(
            self._desk,
            f"scenarios.{operation}",
            TOOL.get_operation(operation),
            values,
            hidden=hidden,
            verb=verb,
            parent=self,
        )
        return dialog.result_value if dialog.exec() else None

    def open_add_scenario(self) -> None:
        """The form for a new scenario."""
        made = self._dialog("add_scenario")
        if made:
            self._selected = made["scenario"]
            self.refresh()

    def open_propose(self) -> None:
        """The form for what the computer shall make large, and within which limits."""
        self._dialog("optimise", {"name": _("Proposed")}, verb=_("Propose"))

    def open_draw_by_rule(self) -> None:
        """The form for a rule; practice and years are those of the card."""
        if self.state is not None and self.drawing.practice.currentData() is not None:
            values = {"scenario": self._selected, "practice": self.drawing.practice.currentData(), "start_year": self.drawing.start_year.value(), "years": self.drawing.years.value()}  # fmt: skip
            self._dialog("draw_by_rule", values, hidden=("scenario",), verb=_("Draw"))

    def open_take_from_layer(self) -> None:
        """The form for a layer whose areas become interventions; practice and years are those of the card."""
        if self.state is not None and self.drawing.practice.currentData() is not None:
            card = self.drawing
            values = {"scenario": self._selected, "practice": card.practice.currentData(), "start_year": card.start_year.value(), "years": card.years.value()}  # fmt: skip
            self._dialog("take_from_layer", values, hidden=("scenario",), verb=_("Take"))

    def open_copy_scenario(self) -> None:
        """The form for a copy."""
        if self.state is not None:
            name = _("{name}, copy").format(name=self.state.scenario.name)
            made = self._dialog(
                "copy_scenario", {"scenario": self._selected, "name": name}, hidden=("scenario",), verb=_("Copy")
            )
            if made:
                self._selected = made["scenario"]
                self.refresh()

    def open_change_scenario(self) -> None:
        """The form for name, story and colour."""
        if self.state is not None:
            scenario = self.state.scenario
            values = {"scenario": scenario.uuid, "name": scenario.name, "description": scenario.description, "proposed_by": scenario.proposed_by,
                      "colour": scenario.colour, "locked": scenario.locked}  # fmt: skip
            self._dialog("change_scenario", values, hidden=("scenario",), verb=_("Keep"))

    def _remove_scenario(self) -> None:
        if self.state is not None and self._desk.perform("scenarios.remove_scenario", scenario=self._selected):
            self._desk.tell(_("The scenario was removed. Ctrl+Z brings it back."))

    def open_change_intervention(self) -> None:
        """The form for practice, years and name."""
        item = self._need_choice()
        if item is not None:
            schedule = next(planned.schedule for planned in self._planned if planned.item.id == item.id)
            values = {
                "intervention": item.uuid,
                "practice": item.practice,
                "name": item.name,
                "schedule": schedule,
                "note": item.note,
            }
            self._dialog("change_intervention", values, hidden=("intervention",), verb=_("Keep"))

    # ------------------------------------------------------------ computing and comparing

    def run(self) -> None:
        """Compute what is out of date, in the background."""
        session = self._desk.session

        def work(progress: Progress) -> list[str]:
            return run_scenarios(session, progress=progress)

        def done(names: list[str]) -> None:
            self._desk.bridge.deliver()
            if names:
                self._desk.tell(_("Computed: {names}.").format(names=", ".join(names)), "good")
                self.show_comparison()
            else:
                self._desk.tell(_("Everything is up to date."))

        self._desk.submit(_("Computing the scenarios"), work, done)

    def show_models(self) -> None:
        """The models on maps and what they gave, in the drawer."""
        if self._models is None:
            self._models = ModelResults(self._desk, self.open_model)
        self._models.refresh()
        self._desk.drawer.emit(self._models, _("Models on maps"))

    def open_model(self, before: Asked | None = None) -> None:
        """Choose a model and what it reads, and compute it."""
        dialog = ModelDialog(self._desk, before, self._selected, self)
        if not dialog.exec() or dialog.asked is None:
            return

        def done(run: str) -> None:
            self._desk.tell(_("The model has been computed."), "good")
            self.show_models()
            if self._models is not None:
                self._models.refresh(run)

        asked = dialog.asked
        if dialog.everywhere.isChecked():
            years = str(asked.year) if asked.year else ""
            if self._desk.perform("scenarios.add_chain_model", name=_(dialog.spec.title), model=asked.model, arguments=asked.arguments, years=years):  # fmt: skip
                self.run()
            return
        compute(self._desk, asked, done)

    def show_history(self) -> None:
        """How the land cover changed, in the drawer; computed in the background."""
        session = self._desk.session

        def done(history: History) -> None:
            if self._history is None:
                self._history = HistoryView(self._desk, self._show_change)
            self._history.show_history(history)
            self._desk.drawer.emit(self._history, _("How the land changed"))

        self._desk.submit(_("Comparing the maps"), lambda progress: compute_history(session, progress), done)

    def _show_change(self, period: Period | None) -> None:
        """Draw what a period changed, or the chosen map again."""
        self._period = period
        if period is not None:
            self.map_key.setText(_("What changed from {first} to {second}, in the colour of what it became.").format(first=period.first.year, second=period.second.year))  # fmt: skip
            self.map_key.show()
            self._desk.canvas.refresh()
        else:
            self._show_map()

    def show_comparison(self) -> None:
        """The comparison in the drawer."""
        try:
            comparison = compare(self._desk.session)
        except UserError as problem:
            self._desk.tell_problem(problem)
            return
        if self._comparison is None:
            self._comparison = ComparisonView(self._desk)
        self._comparison.show_comparison(comparison)
        self._desk.drawer.emit(self._comparison, _("Comparison"))
