"""The panel of the action plan."""

from __future__ import annotations

from typing import Any

import numpy as np

from onekl_desktop.base.geometry import flatten
from onekl_desktop.base.specs.words import titles
from onekl_desktop.base.translate import _
from onekl_desktop.base.units import format_number
from onekl_desktop.cartography.scene import SceneLayer
from onekl_desktop.gui.charts.bars import BarChart
from onekl_desktop.gui.charts.page import ChartPage
from onekl_desktop.gui.desk import Desk
from onekl_desktop.gui.kit import button, label
from onekl_desktop.gui.records.panel import RecordsPanel
from onekl_desktop.gui.records.table import Records
from onekl_desktop.gui.tables.table import Column, Table, TableRow
from onekl_desktop.project.styles import Style, StyleClass
from onekl_desktop.reports.page import Bar
from onekl_desktop.tools.action_plan.pages import COLOURS, SCORES, gantt_bars, tell_years
from onekl_desktop.tools.action_plan.queries import Plan, compare_actions, find_problems, read_plan
from onekl_desktop.tools.action_plan.spec import ACTION_TYPES, ACTION_VALUES, BUDGET_TYPES, LINE_VALUES, STATUSES, TOOL


class ActionPlanPanel(RecordsPanel):
    """Actions, what comes first, budget by year, and how actions act on each other."""

    tables = ("action", "dependency", "budget_line", "interplay", "goal", "intervention", "organisation", "person", "finance_source", "landscape", "target", "vision")  # fmt: skip
    known: Plan

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, TOOL)

    def build(self) -> None:
        """The four pages."""
        self.chart = ChartPage()
        self.problems = label("", "soft", wrap=True)
        self.gantt_button = button(_("Timetable"), self.show_gantt, icon_name="plan")
        self.add_records("actions", Records(
            _("Actions"), _("No action yet. Enabling actions (rights, skills, rules) come before those that bring returns."),
            (Column(_("Action")), Column(_("Years")), Column(_("Kind")), Column(_("Led by")), Column(_("Status")), Column(_("Comes after")), Column(_("On the map")), Column(_("Cost"), True)),
            "action", "add_action", "change_action", "remove_action", values=self._action_values), self.gantt_button, self.problems)  # fmt: skip
        self.by_year = Table(sortable=False)
        self.by_year.setAccessibleName(_("Budget by year"))
        self.by_year.setMinimumHeight(150)
        self.budget_button = button(_("Budget by year"), self.show_budget, icon_name="chart")
        self.budget_line = label("", "small", wrap=True)
        self.add_records("budget", Records(
            _("Budget"), _("No budget line yet. Which action needs how much in which year, to invest or to keep it going?"),
            (Column(_("Name")), Column(_("Planned amount"), True), Column(_("Action")), Column(_("Year")), Column(_("Kind")), Column(_("Paid by")), Column(_("Spent"), True)),
            "budget_line", "add_budget_line", "change_budget_line", "remove_budget_line", values=self._line_values), self.budget_line, self.by_year, self.budget_button)  # fmt: skip
        self.add_records("order", Records(
            _("What comes first"), _("Nothing waits for anything yet."), (Column(_("Action")), Column(_("Comes after")), Column(_("Note"))), "", "set_dependency", "set_dependency", "remove_dependency",
            values=lambda key: {"note": self._dependency(key)[2]}, names=lambda key: dict(zip(("action", "waits_for"), self._dependency(key)[:2], strict=True))))  # fmt: skip
        self.add_records("matrix", Records(
            _("Interplay"), _("Nothing judged yet. Which actions get in each other's way, and which need each other? Pairs that share ground are listed here by themselves."),
            (Column(_("Action")), Column(_("And the action")), Column(_("Interplay")), Column(_("Shared ground (ha)"), True, 1), Column(_("Shared years"), True), Column(_("Why"))), "", "set_interplay", "set_interplay", "remove_interplay", (0, 1, 2),
            values=self._pair_values, names=lambda key: dict(zip(("first_action", "second_action"), key.split("|"), strict=True))),
            button(_("As a matrix"), self.show_matrix, icon_name="table"))  # fmt: skip

    # ------------------------------------------------------------ values of the forms

    def _action_values(self, key: str) -> dict[str, Any]:
        found = next((item for item in self.known.actions if item.uuid == key), None)
        if found is None:
            return {}
        values = {field.id: getattr(found, field.id, None) for field in ACTION_VALUES if field.id != "waits_for"}
        return {**values, "name": found.name, "waits_for": self.known.waits_for(key).replace(", ", "; ")}

    def _line_values(self, key: str) -> dict[str, Any]:
        found = next((item for item in self.known.budget if item.uuid == key), None)
        return (
            {}
            if found is None
            else {"name": found.name, **{field.id: getattr(found, field.id) for field in LINE_VALUES}}
        )

    def _dependency(self, key: str) -> tuple[str, str, str]:
        first, _bar, then = key.partition("|")
        return first, then, ""

    def _pair_values(self, key: str) -> dict[str, Any]:
        wanted = set(key.split("|"))
        found = next((item for item in self.known.pairs if {item.first_action, item.second_action} == wanted), None)
        return {} if found is None else {"score": found.score, "note": found.note}

    # ------------------------------------------------------------ showing

    def refresh(self) -> None:
        """Fill all pages."""
        known = self.known = read_plan(self.desk.session)
        kinds, states, lines = titles(ACTION_TYPES), titles(STATUSES), titles(BUDGET_TYPES)
        tables = self.record_tables
        tables["actions"].set_rows([
            TableRow((item.name, tell_years(item), kinds.get(item.action_type, "–").split(":")[0], known.name_of(item.lead), states.get(item.status, "–"), known.waits_for(item.uuid) or "–",
                      known.name_of(item.intervention), known.cost_of(item)), item.uuid, COLOURS.get(item.status, "")) for item in known.actions])  # fmt: skip
        problems = find_problems(known)
        self.problems.setText("\n".join(f"• {text}" for text in problems))
        self.problems.setVisible(bool(problems))
        self.gantt_button.setEnabled(bool(known.timed()))
        names = {item.uuid: item.name for item in known.actions}
        tables["budget"].set_rows([
            TableRow((item.name, item.planned, names.get(item.action, "–"), str(item.year or "–"), lines.get(item.budget_type, "–"), known.name_of(item.finance_source), item.spent), item.uuid) for item in known.budget])  # fmt: skip
        self.by_year.setVisible(bool(known.budget))
        self.budget_button.setEnabled(bool(known.budget))
        self.budget_line.setText(_("Planned altogether: {amount} {currency}").format(amount=format_number(sum(item.planned for item in known.budget)), currency=known.currency))  # fmt: skip
        self.by_year.set_rows(
            [Column(_("Year")), Column(_("Investment"), True), Column(_("Operating cost"), True)],
            [
                TableRow((str(year), known.sum_year(year, "investment"), known.sum_year(year, "operating")))
                for year in known.years
            ],
        )
        tables["order"].set_rows([
            TableRow((names[action], names[first], ""), f"{action}|{first}") for action, firsts in known.waits.items() for first in firsts if action in names and first in names])  # fmt: skip
        tables["matrix"].set_rows([
            TableRow((pair.first.name, pair.second.name, _(SCORES[pair.score]) if pair.score in SCORES else _("not judged yet"), pair.shared_ha, pair.shared_years, pair.note), f"{pair.first.uuid}|{pair.second.uuid}")
            for pair in compare_actions(known)])  # fmt: skip

    def show_gantt(self) -> None:
        """Years of the actions with arrows from what comes first, in the drawer."""
        bars, links = gantt_bars(self.known)
        if bars:
            chart = BarChart(
                _("Years of the actions"),
                "",
                bars,
                lying=True,
                mark=min(bar.start for bar in bars),
                years=True,
                links=links,
            )
            self.chart.show_widgets(chart)
            self.desk.drawer.emit(self.chart, _("Timetable"))

    def show_budget(self) -> None:
        """Planned amounts by year, in the drawer."""
        known = self.known
        charts = []
        for kind, title in titles(BUDGET_TYPES).items():
            bars = [
                Bar(
                    str(year),
                    0.0,
                    known.sum_year(year, kind),
                    "#0f7d62" if kind == "investment" else "#c98a1b",
                    format_number(known.sum_year(year, kind)),
                )
                for year in known.years
            ]
            charts.append(BarChart(title, known.currency, bars))
        if known.budget:
            self.chart.show_widgets(*charts)
            self.desk.drawer.emit(self.chart, _("Budget by year"))

    def show_matrix(self) -> None:
        """All actions against all, in the drawer."""
        pairs = {frozenset((pair.first.uuid, pair.second.uuid)): pair for pair in compare_actions(self.known)}
        table = Table(sortable=False)
        actions = self.known.actions

        def cell(one: str, other: str) -> str:
            pair = pairs.get(frozenset((one, other)))
            return (
                ""
                if one == other or pair is None
                else "?"
                if pair.score is None
                else f"{pair.score:+d}"
                if pair.score
                else "0"
            )

        table.set_rows(
            [Column(_("Action")), *(Column(item.name) for item in actions)],
            [TableRow((item.name, *(cell(item.uuid, other.uuid) for other in actions)), item.uuid) for item in actions],
        )
        self.chart.show_widgets(table)
        self.desk.drawer.emit(self.chart, _("Interplay"))

    def compose_scene(self) -> list[SceneLayer]:
        """The map with the interventions of the actions, coloured by status."""
        scene = self.desk.source.scene()
        placed = [
            (item, self.known.interventions[item.intervention])
            for item in self.known.actions
            if item.intervention in self.known.interventions
        ]
        placed = [(item, place) for item, place in placed if place.geom is not None and not place.geom.is_empty]
        if placed:
            words = titles(STATUSES)
            statuses = list(
                dict.fromkeys(item.status if item.status in COLOURS else "planned" for item, _place in placed)
            )
            classes = [StyleClass(status, words[status], COLOURS[status]) for status in statuses]
            groups = np.array(
                [statuses.index(item.status if item.status in COLOURS else "planned") for item, _place in placed],
                np.int32,
            )
            shapes = flatten(
                np.array([place.geom for _item, place in placed], dtype=object),
                np.array([place.id for _item, place in placed], np.int64),
                "polygon",
            )
            style = Style(kind="categorised", column="status", classes=classes, outline="#22322c", width=0.5)
            scene.insert(
                -1,
                SceneLayer(
                    "intervention",
                    _("Actions"),
                    style,
                    shapes=shapes,
                    groups=groups,
                    fill_opacity=0.6,
                    labels=[item.name for item, _place in placed],
                ),
            )
        return scene
