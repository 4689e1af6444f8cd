"""The panel of vision, goals and action plan."""

from __future__ import annotations

from typing import Any

from onekl_desktop.base.specs.inputs import Choice
from onekl_desktop.base.translate import _
from onekl_desktop.base.units import format_number
from onekl_desktop.gui.desk import Desk
from onekl_desktop.gui.kit import label
from onekl_desktop.gui.records.panel import RecordsPanel
from onekl_desktop.gui.records.table import Deed, Records
from onekl_desktop.gui.tables.table import Column, Table, TableRow
from onekl_desktop.tools.visioning.operations import DIRECTIONS
from onekl_desktop.tools.visioning.queries import Vision, read_vision, tally_votes
from onekl_desktop.tools.visioning.spec import ACTION_VALUES, GOAL_VALUES, INDICATOR_VALUES, TARGET_VALUES, THEMES, TOOL


class VisioningPanel(RecordsPanel):
    """Goals, targets, own indicators, the vote, the action plan."""

    tables = ("goal", "target", "indicator", "action", "decision", "vote", "organisation", "intervention", "landscape")
    known: Vision

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, TOOL)

    def build(self) -> None:
        """The five pages."""
        self.add_records("goals", Records(
            _("Goals"), _("No goal yet. Write down what the partnership wants, in its own words."),
            (Column(_("Goal")), Column(_("Targets"), True), Column(_("Kind of return")), Column(_("Frameworks")), Column(_("In the partnership's words"))),
            "goal", "add_goal", "change_goal", "remove_goal", values=lambda key: self._values(self.known.goals, key, GOAL_VALUES)))  # fmt: skip
        self.add_records("targets", Records(
            _("Targets"), _("No target yet. A target makes a goal a number: where, how much, by which year, from which baseline."),
            (Column(_("Target")), Column(_("Wanted")), Column(_("Goal")), Column(_("Place")), Column(_("Baseline"), True, 1), Column(_("Baseline year")), Column(_("Value"), True, 1), Column(_("Year")), Column(_("Unit")), Column(_("Source"))),
            "target", "add_target", "change_target", "remove_target", values=lambda key: self._values(self.known.targets, key, TARGET_VALUES)))  # fmt: skip
        self.add_records("indicators", Records(
            _("Own indicators"), _("No indicator of your own yet. Models bring theirs; add what only people can count."),
            (Column(_("Indicator")), Column(_("Unit")), Column(_("Definition"))), "indicator", "add_indicator", "change_indicator", "remove_indicator",
            values=self._indicator_values))  # fmt: skip
        self.tally = Table(sortable=False)
        self.tally.setAccessibleName(_("Votes"))
        self.tally.setMinimumHeight(150)
        self.outcome = label("", "", wrap=True)
        votes = self.add_records("votes", Records(
            _("Votes on the goals"), _("No vote yet. All goals are options, and each group votes on its own."),
            (Column(_("Vote")), Column(_("Outcome")), Column(_("Decided on"))), "decision", "open_goal_vote",
            deeds=(Deed("cast_goal_votes", "draw", "decision"), Deed("close_goal_vote", "lock", "decision"))), self.outcome, self.tally)  # fmt: skip
        votes.chosen.connect(self._show_tally)
        self.add_records("actions", Records(
            _("Action plan"), _("No action yet. Enabling actions (rights, skills, rules) come before those that bring returns."),
            (Column(_("Action")), Column(_("Years")), Column(_("Kind")), Column(_("Led by")), Column(_("Status")), Column(_("Comes after")), Column(_("On the map")), Column(_("Cost"), True)),
            "action", "add_action", "change_action", "remove_action", values=lambda key: self._values(self.known.actions, key, ACTION_VALUES)))  # fmt: skip

    @staticmethod
    def _values(rows: list[Any], key: str, inputs: tuple[Any, ...]) -> dict[str, Any]:
        found = next((item for item in rows if item.uuid == key), None)
        return (
            {}
            if found is None
            else {"name": found.name, **{field.id: getattr(found, field.id, None) for field in inputs}}
        )

    def _indicator_values(self, key: str) -> dict[str, Any]:
        found = self.known.indicators.get(key)
        if found is None:
            return {}
        words = {number: word for word, number in DIRECTIONS.items()}
        values = {field.id: getattr(found, field.id, None) for field in INDICATOR_VALUES}
        return {**values, "name": found.name, "direction": words.get(found.direction, "more")}

    def refresh(self) -> None:
        """Fill all pages."""
        known = self.known = read_vision(self.desk.session)
        themes = {option.id: _(option.title) for option in THEMES}
        goals = {goal.uuid: goal.name for goal in known.goals}
        kinds, states = (
            {option.id: _(option.title).split(":")[0] for option in field.options}
            for field in ACTION_VALUES
            if isinstance(field, Choice)
        )
        tables = self.record_tables
        tables["goals"].set_rows([
            TableRow((row.name, len(known.targets_of(row.uuid)), themes.get(row.theme, "–"), row.frameworks, row.description), row.uuid, row.colour) for row in known.goals])  # fmt: skip
        tables["targets"].set_rows([
            TableRow((row.name, f"{format_number(row.quantity, self._decimals(row.indicator))} {known.unit_of(row)}".strip(), goals.get(row.goal, "–"), row.place or _("whole landscape"),
                      row.baseline, str(row.baseline_year or "–"), row.quantity, str(row.year or "–"), known.unit_of(row), row.source), row.uuid)
            for row in known.targets])  # fmt: skip
        own = [row for row in known.indicators.values() if not row.model]
        tables["indicators"].set_rows([TableRow((row.name, row.unit, row.definition), row.uuid) for row in own])
        tables["votes"].set_rows(
            [TableRow((row.name, row.outcome or _("open"), row.decided_on), row.uuid) for row in known.votes]
        )
        names = {action.uuid: action.name for action in known.actions}
        tables["actions"].set_rows([
            TableRow((row.name, f"{row.start_year or '–'}–{row.end_year or '–'}", kinds.get(row.action_type, "–"), known.leads.get(row.lead, "–"), states.get(row.status, "–"),
                      names.get(row.depends_on, "–"), known.places.get(row.intervention, "–"), row.cost), row.uuid) for row in known.actions])  # fmt: skip
        keys = tables["votes"].selected
        self._show_tally(keys[0] if len(keys) == 1 else "")

    def _decimals(self, indicator: str) -> int:
        found = self.known.indicators.get(indicator)
        return found.decimals if found else 0

    def _show_tally(self, key: str) -> None:
        decision = next((row for row in self.known.votes if row.uuid == key), None) if key else None
        self.tally.setVisible(decision is not None)
        self.outcome.setVisible(decision is not None)
        if decision is None:
            return
        options, counted, groups = tally_votes(self.desk.session, decision)
        self.outcome.setText(
            decision.outcome or _("Open: {ballots} ballots so far.").format(ballots=round(counted.ballots))
        )
        self.tally.set_rows(
            [Column(_("First choices")), *(Column(option, True) for option in options)],
            [TableRow((group, *line)) for group, line in groups.items()],
        )
