"""The impact panel: targets with their state, observations, and the chart of the chosen one."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QWidget

from onekl_desktop.base.translate import _
from onekl_desktop.base.units import format_number
from onekl_desktop.gui.charts.lines import LineChart, Series
from onekl_desktop.gui.charts.page import ChartPage
from onekl_desktop.gui.desk import Desk
from onekl_desktop.gui.kit import button, column, label
from onekl_desktop.gui.records.panel import RecordsPanel
from onekl_desktop.gui.records.table import Records
from onekl_desktop.gui.tables.table import Column, Table, TableRow
from onekl_desktop.gui.theme import S
from onekl_desktop.tools.impact.pages import STATUS, lines_of
from onekl_desktop.tools.impact.queries import Impact, Track, read_impact
from onekl_desktop.tools.impact.spec import TOOL, VALUES

# What a forecast is computed from, besides the records above: a change there makes it out of date.
PLANNED = ("intervention", "practice", "layer", "land_cover_class")


class ImpactPanel(RecordsPanel):
    """Targets and observations."""

    tables = ("target", "goal", "observation", "indicator", "run", "scenario", "landscape", *PLANNED)  # fmt: skip
    known: Impact

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, TOOL)

    def build(self) -> None:
        """Two pages: how far things are, and what was measured."""
        self.plan, self.out_of_date = label("", "small", wrap=True), label("", "problem", wrap=True)
        self.targets = Table()
        self.targets.setAccessibleName(_("Targets"))
        self.targets.setMinimumHeight(180)
        self.targets.selectionModel().selectionChanged.connect(lambda *_args: self._show_facts())
        self.targets.doubleClicked.connect(lambda _index: self.show_chart())
        self.none_yet = label(
            _("No target yet. Targets are written in Vision & goals; here they meet what was measured."),
            "soft",
            wrap=True,
        )
        self.facts = label("", "", wrap=True)
        self.chart_button = button(_("Show the chart"), self.show_chart, icon_name="chart")
        page = QWidget()
        page.setLayout(
            column(
                self.plan, self.out_of_date, self.none_yet, self.targets, self.facts, self.chart_button, None, spacing=S
            )
        )
        self.add_page("targets", _("Targets"), page)
        self.add_records("observations", Records(
            _("Observations"), _("Nothing measured yet. Add a value with its day, and how it was measured."),
            (Column(_("Observation")), Column(_("Value"), True, 1), Column(_("Lowest"), True, 1), Column(_("Highest"), True, 1), Column(_("Place")), Column(_("How it was measured")), Column(_("Status"))),
            "observation", "add_observation", "change_observation", "remove_observation", values=self._values))  # fmt: skip
        self.chart = ChartPage()

    def _all(self) -> list[Any]:
        found = [row for track in self.known.tracks for row in track.observations] + self.known.loose
        return list({row.uuid: row for row in found}.values())

    def _values(self, key: str) -> dict[str, Any]:
        found = next((row for row in self._all() if row.uuid == key), None)
        return {} if found is None else {field.id: getattr(found, field.id, None) for field in VALUES}

    def refresh(self) -> None:
        """Fill both pages."""
        known = self.known = read_impact(self.desk.session)
        told = (
            _("Forecast of the plan {name}.").format(name=known.plan.name)
            if known.plan
            else _("No plan has been chosen, so there is no forecast.")
        )
        self.plan.setText(told)
        self.out_of_date.setText(known.forecast_note if known.plan else "")
        self.none_yet.setVisible(not known.tracks)
        for item in (self.targets, self.chart_button, self.plan):
            item.setVisible(bool(known.tracks))
        self.out_of_date.setVisible(bool(known.tracks and self.out_of_date.text()))
        self.targets.set_rows(
            [Column(_("Target")), Column("%", True), Column(_("Status"))],
            [
                TableRow(
                    (
                        track.target.name,
                        None if track.progress is None else 100 * track.progress,
                        _(STATUS[track.status]),
                    ),
                    track.target.uuid,
                    track_colour(track),
                )
                for track in known.tracks
            ],
        )
        states = {option.id: _(option.title) for option in VALUES[-1].options}  # type: ignore[attr-defined]
        self.record_tables["observations"].set_rows([
            TableRow((row.name, row.value, row.low, row.high, row.place or _("whole landscape"), row.method, states.get(row.status, row.status)), row.uuid) for row in self._all()])  # fmt: skip
        self._show_facts()

    def _chosen(self) -> Track | None:
        keys = self.targets.selected_keys()
        return next((track for track in self.known.tracks if keys and track.target.uuid == keys[0]), None)

    def _show_facts(self) -> None:
        track = self._chosen()
        self.chart_button.setEnabled(track is not None)
        self.facts.setVisible(track is not None)
        if track is None:
            return
        latest, decimals = track.latest, track.indicator.decimals
        measured = f"{format_number(latest.value, decimals)} ({latest.year})" if latest else _("not measured yet")
        self.facts.setText(_("{goal}: from {baseline} ({first}) to {target} ({last}) {unit}. Measured: {measured}.").format(
            goal=track.goal, baseline=format_number(track.target.baseline, decimals), first=track.target.baseline_year or "–",
            target=format_number(track.target.quantity, decimals), last=track.target.year or "–", unit=track.unit, measured=measured))  # fmt: skip

    def show_chart(self) -> None:
        """The chosen target's lines in the drawer."""
        track = self._chosen()
        if track is None:
            return
        lines = [Series(line.label, line.colour, list(line.points)) for line in lines_of(track)]
        if not lines:
            self.desk.tell(_("There is nothing to draw yet: the target has no numbers and nothing was measured."))
            return
        self.chart.show_widgets(LineChart(track.target.name, track.unit, lines))
        self.desk.drawer.emit(self.chart, _("Impact"))


def track_colour(track: Track) -> str:
    """A swatch beside the word, never instead of it."""
    return {"reached": "#009e73", "on_track": "#56b4e9", "behind": "#e69f00", "missed": "#d55e00"}.get(
        track.status, "#9aa29e"
    )
