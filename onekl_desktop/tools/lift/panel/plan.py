"""Steps 1 to 3: ideas of the action plan, money that flows already, and what each idea is worth."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QWidget

from onekl_desktop.base.specs.words import words_of
from onekl_desktop.base.translate import _
from onekl_desktop.base.units import format_number, format_percent
from onekl_desktop.cartography.scene import SceneLayer
from onekl_desktop.cartography.shading import Shading, shade_zones
from onekl_desktop.gui.charts.bars import BarChart
from onekl_desktop.gui.desk import Desk
from onekl_desktop.gui.kit import button, label, row
from onekl_desktop.gui.records.panel import RecordsPanel
from onekl_desktop.gui.records.table import Records
from onekl_desktop.gui.tables.table import Column, TableRow
from onekl_desktop.project.queries.records import get_landscape
from onekl_desktop.reports.page import Bar
from onekl_desktop.tools.lift.flows import EFFECTS, Flows, read_flows
from onekl_desktop.tools.lift.ideas import MARKS, IdeaState, read_ideas
from onekl_desktop.tools.lift.inputs import FLOW_VALUES, IDEA_VALUES
from onekl_desktop.tools.lift.sections import IN, OPEN, OUT, SOFT, SUM

EFFECT_COLOURS = dict(zip(EFFECTS, (IN, OPEN, OUT), strict=True))
CRITICAL = "#d55e00"


class PlanSteps:
    """The first three pages of the panel."""

    def __init__(self, panel: RecordsPanel, desk: Desk) -> None:
        self.panel, self.desk = panel, desk
        self.ideas: list[IdeaState] = []
        self.flows: Flows | None = None
        self.critical, self.ratio = label("", "problem", wrap=True), label("", "", wrap=True)
        self.gantt_button = button(_("Years of the steps"), self.show_gantt, icon_name="chart")
        panel.add_records("ideas", Records(
            _("1 Ideas"), _("The action plan has no action yet. Actions are written in Vision; here they become projects."),
            (Column(_("Action")), Column(_("Kind")), Column(_("Years")), Column(_("Waits for")), Column(_("Project")), Column(_("Money")), Column(_("Paid by"))),
            "action", change="judge_idea", narrow=(0, 1, 5), values=self._idea_values), self.critical, _left(self.gantt_button))  # fmt: skip
        panel.add_records("flows", Records(
            _("2 Present money"), _("No flow of money yet. Who already pays for what here, and what does it do to the land?"),
            (Column(_("Name")), Column(_("Amount a year"), True), Column(_("Effect on the land")), Column(_("Who pays")), Column(_("What for")), Column(_("Zone")), Column(_("Years")), Column(_("Source"))),
            "finance_flow", "add_flow", "change_flow", "remove_flow", (0, 1, 2), values=self._flow_values), self.ratio)  # fmt: skip
        titles = {field.id: _(field.title) for field in IDEA_VALUES if field.id in MARKS}
        panel.add_records("screening", Records(
            _("3 Screening"), _("The action plan has no action yet. Actions are written in Vision; here they are judged."),
            (Column(_("Action")), Column(_("Mark")), Column(_("Verdict")), *(Column(title) for title in titles.values()), Column(_("Reasons"))),
            "action", change="judge_idea", narrow=(0, 1, 2), values=self._idea_values))  # fmt: skip

    def _idea_values(self, key: str) -> dict[str, Any]:
        found = next((state.idea for state in self.ideas if state.action.uuid == key), None)
        return {} if found is None else {field.id: getattr(found, field.id) for field in IDEA_VALUES}

    def _flow_values(self, key: str) -> dict[str, Any]:
        found = next((row for row in self.flows.rows if row.uuid == key), None) if self.flows else None
        return (
            {}
            if found is None
            else {"name": found.name, **{field.id: getattr(found, field.id) for field in FLOW_VALUES}}
        )

    def refresh(self) -> None:
        """Read and fill the three pages."""
        self.ideas = read_ideas(self.desk.session)
        with self.desk.session.read() as db:
            year = get_landscape(db).price_year
        self.flows = flows = read_flows(self.desk.session, year)
        moneys, verdicts, effects = (
            words_of(IDEA_VALUES, "money"),
            words_of(IDEA_VALUES, "verdict"),
            words_of(FLOW_VALUES, "effect"),
        )
        tables = self.panel.record_tables
        tables["ideas"].set_rows([
            TableRow((state.action.name, _("Enabling") if state.enabling else _("Asset"), f"{state.action.start_year or '–'}–{state.action.end_year or '–'}", state.waits_for or "–",
                      state.project or "–", moneys.get(state.money, state.money), state.source or "–"), state.action.uuid, CRITICAL if state.critical else "") for state in self.ideas])  # fmt: skip
        tables["screening"].set_rows([
            TableRow((state.action.name, format_percent(state.score), verdicts.get(state.idea.verdict, "–") if state.idea is not None else "–",
                      *("–" if mark is None else str(mark) for mark in state.marks.values()), state.idea.reason if state.idea is not None else ""), state.action.uuid) for state in self.ideas])  # fmt: skip
        tables["flows"].set_rows([
            TableRow((row.name, row.amount, effects.get(row.effect, row.effect), flows.payers.get(row.organisation, "–"), row.purpose, row.place or _("everywhere"),
                      f"{row.first_year or ''}–{row.last_year or ''}", row.source), row.uuid, EFFECT_COLOURS.get(row.effect, OPEN)) for row in flows.rows])  # fmt: skip
        told = [
            _("{name}: {assets} wait for it, and nobody has been asked to pay.").format(
                name=state.action.name, assets=", ".join(state.needed_by)
            )
            for state in self.ideas
            if state.critical
        ]
        told += [
            _("{name} begins before {first} has ended.").format(name=state.action.name, first=state.waits_for)
            for state in self.ideas
            if state.late
        ]
        self.critical.setText("\n".join(told))
        self.critical.setVisible(bool(told))
        self.gantt_button.setEnabled(any(state.action.start_year for state in self.ideas))
        sums = flows.sums
        lines = [f"{effects[effect]}: {format_number(sums[effect])}" for effect in EFFECTS]
        lines.append(f"{_('Degrading for each regenerating one')}: {format_number(flows.ratio, 1)}")
        self.ratio.setText("\n".join(lines))
        self.ratio.setVisible(bool(flows.rows))

    def show_gantt(self) -> None:
        """Steps over their years, what must come first on top."""
        bars = [
            Bar(state.action.name, float(state.action.start_year), float((state.action.end_year or state.action.start_year) + 1), CRITICAL if state.critical else SOFT if state.enabling else SUM,
                (_("waits for {name}").format(name=state.waits_for) if state.waits_for else ""))
            for state in self.ideas if state.action.start_year
        ]  # fmt: skip
        if bars:
            first = min(bar.start for bar in bars)
            chart = BarChart(
                _("Years of the steps"),
                _("orange: enabling; red: needed and without money; blue: asset"),
                bars,
                lying=True,
                mark=first,
                years=True,
                links=self._links(),
            )
            self.panel.chart.show_widgets(chart)  # type: ignore[attr-defined]
            self.desk.drawer.emit(self.panel.chart, _("1 Ideas"))  # type: ignore[attr-defined]

    def _links(self) -> list[tuple[int, int]]:
        """Positions, among the steps that are drawn, of what comes first and what waits for it."""
        drawn = [state for state in self.ideas if state.action.start_year]
        at = {state.action.uuid: number for number, state in enumerate(drawn)}
        return [(at[uuid], number) for number, state in enumerate(drawn) for uuid in state.waits if uuid in at]

    def compose_scene(self, scene: list[SceneLayer]) -> list[SceneLayer]:
        """Zones coloured by what most of the money does there."""
        if self.flows is None:
            return scene
        by_place = self.flows.by_place()
        if not any(by_place):
            return scene
        words = words_of(FLOW_VALUES, "effect")
        strongest = tuple((name, EFFECTS.index(max(EFFECTS, key=lambda effect: sums[effect]))) for name, sums in by_place.items())  # fmt: skip
        shading = Shading(
            _("Present money"), strongest, tuple((words[effect], EFFECT_COLOURS[effect]) for effect in EFFECTS)
        )
        shaded = shade_zones(self.desk.session.project, shading)
        if shaded is not None:
            scene.insert(-1, shaded)
        return scene


def _left(*widgets: QWidget) -> QWidget:
    box = QWidget()
    box.setLayout(row(*widgets, None))
    return box
