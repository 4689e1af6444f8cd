"""What a scenario assumes of the land beside its interventions, and the step from a scenario to the plan."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from onekl_desktop.base.translate import _, ngettext
from onekl_desktop.base.units import format_percent
from onekl_desktop.gui.desk import Desk
from onekl_desktop.gui.dialogs.operation import OperationDialog
from onekl_desktop.gui.kit import button, column, label, row, tool_button
from onekl_desktop.gui.theme import XS, S
from onekl_desktop.project.records import STAYS, Projection, Scenario
from onekl_desktop.tools.scenarios.runs import Status
from onekl_desktop.tools.scenarios.spec import TOOL


class AssumptionsCard(QWidget):
    """One sentence on what the land does by itself, and the button that changes it."""

    def __init__(self, desk: Desk, on_history: Callable[[], object]) -> None:
        super().__init__()
        self._desk = desk
        self._scenario: Scenario | None = None
        self._projections: dict[str, str] = {}
        self.told = label("", "soft", wrap=True)
        self.change = tool_button("edit", _("Say what the land does by itself"), self.open_outlook)
        self.project = button(_("Project the land…"), self.open_projection, icon_name="chart")
        self.project.setToolTip(_("How the land goes on changing by itself, learned from an earlier map."))
        self.past = button(_("How it changed…"), on_history, icon_name="time")
        self.past.setToolTip(_("What became what between the maps of the project, where, and what went with it."))
        self.setLayout(column(
            row(label(_("The land beside the interventions"), "small"), None, self.change, spacing=XS), self.told, row(self.project, self.past, None, spacing=XS), spacing=XS,
        ))  # fmt: skip

    def show_scenario(self, state: Status) -> None:
        """Tell the assumption of a scenario."""
        self._scenario = scenario = state.scenario
        with self._desk.session.read() as db:
            self._projections = {row.uuid: row.name for row in db.query(Projection)}
            base = db.query(Scenario).filter(Scenario.is_baseline).first()
        as_base = not scenario.projection and not scenario.is_baseline
        chosen = base.projection if as_base and base is not None else scenario.projection
        if chosen in ("", STAYS):
            words = _("It stays as on the map.")
        else:
            words = _("It goes on changing: {projection}.").format(projection=self._projections.get(chosen, "?"))
            if scenario.pace != 1.0:
                words += " " + _("At {share} of that pace.").format(share=format_percent(scenario.pace, 0))
        if as_base:
            words += " " + _("As in the baseline.")
        self.told.setText(words)
        self.change.setEnabled(not scenario.locked and bool(self._projections))
        self.project.setVisible(not self._projections)

    def open_outlook(self) -> None:
        """The form for the assumption."""
        scenario = self._scenario
        if scenario is None:
            return
        values = {"scenario": scenario.uuid, "projection": scenario.projection if scenario.projection in self._projections else "",
                  "stays": scenario.projection == STAYS, "pace": scenario.pace}  # fmt: skip
        self._dialog("set_outlook", values, hidden=("scenario",))

    def open_projection(self) -> None:
        """The form for a projection; the baseline then builds on it."""
        made = self._dialog(
            "add_projection", {"name": _("As before"), "rule": "markov", "holes": "keep", "method": "logistic"}
        )
        if made:
            with self._desk.session.read() as db:
                base = db.query(Scenario).filter(Scenario.is_baseline).first()
            if base is not None:
                self._desk.perform("scenarios.set_outlook", scenario=base.uuid, projection=made["projection"])

    def _dialog(self, operation: str, values: dict[str, object], hidden: tuple[str, ...] = ()) -> dict[str, str] | None:
        dialog = OperationDialog(
            self._desk, f"scenarios.{operation}", TOOL.get_operation(operation), values, hidden=hidden, verb=_("Keep"), parent=self,
        )  # fmt: skip
        return dialog.result_value if dialog.exec() else None


class AdoptRow(QWidget):
    """The step from a computed scenario to the plan."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._state: Status | None = None
        self.button = button(_("Carry out this scenario"), self.adopt, icon_name="check")
        self.button.setToolTip(_("It becomes the plan: its interventions the actions, its figures the targets."))
        self.setLayout(row(self.button, None, spacing=S))

    def show_scenario(self, state: Status) -> None:
        """Offer the step where it can be taken."""
        self._state = state
        self.setVisible(state.current and not state.scenario.is_baseline and not state.scenario.locked)

    def adopt(self) -> None:
        """Take it."""
        if self._state is None:
            return
        done = self._desk.perform("scenarios.adopt", scenario=self._state.scenario.uuid)
        if done:
            actions = ngettext("{count} action", "{count} actions", done["actions"]).format(count=done["actions"])
            targets = ngettext("{count} target", "{count} targets", done["targets"]).format(count=done["targets"])
            self._desk.tell(_("{name} is the plan now: {actions}, {targets}.").format(name=done["name"], actions=actions, targets=targets), "good")  # fmt: skip
