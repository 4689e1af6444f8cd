"""The portfolio panel: stages, sums, what is claimed twice, and the map coloured by stage."""

from __future__ import annotations

import numpy as np

from onekl_desktop.base.geometry import flatten
from onekl_desktop.base.translate import _
from onekl_desktop.base.units import format_number, format_quantity
from onekl_desktop.cartography.scene import SceneLayer
from onekl_desktop.gui.desk import Desk
from onekl_desktop.gui.kit import column, frame, label
from onekl_desktop.gui.records.panel import RecordsPanel
from onekl_desktop.gui.records.table import Deed, Records
from onekl_desktop.gui.tables.table import Column, TableRow
from onekl_desktop.gui.theme import M, S
from onekl_desktop.project.styles import Style, StyleClass
from onekl_desktop.tools.portfolio.queries import Portfolio, read_portfolio
from onekl_desktop.tools.portfolio.spec import STAGES, TOOL

# From light to strong as a project ripens; closed and dropped in grey.
COLOURS = ("#f0e442", "#e6c229", "#e69f00", "#d55e00", "#cc79a7", "#7b4fa3", "#0072b2", "#009e73", "#7f8783", "#b9bfbc")


class PortfolioPanel(RecordsPanel):
    """All projects beside each other."""

    tables = ("project", "project_part", "finance_line", "intervention", "practice", "run", "landscape")
    known: Portfolio

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, TOOL)

    def build(self) -> None:
        """The list with its sums."""
        card = frame("card")
        self.sums, self.problems = label("", "", wrap=True), label("", "problem", wrap=True)
        card.setLayout(column(self.sums, self.problems, margins=M, spacing=S))
        self.card = card
        self.add_records("projects", Records(
            _("Projects"), _("No project yet. Projects are made in Projects (LIFT); here they stand beside each other."),
            (Column(_("Project")), Column(_("Stage")), Column(_("Since")), Column(_("Area (ha)"), True, 1), Column(_("Capital cost"), True), Column(_("Net present value"), True), Column(_("With grants"), True), Column(_("Grants secured"), True)),
            "project", deeds=(Deed("move_project", "up", "project"),)), card)  # fmt: skip

    def refresh(self) -> None:
        """Read and show."""
        known = self.known = read_portfolio(self.desk.session)
        stages = {option.id: _(option.title) for option in STAGES}
        entries = sorted(known.entries, key=lambda entry: (entry.stage, entry.project.id))
        self.record_tables["projects"].set_rows([
            TableRow((entry.project.name, stages.get(entry.project.stage, entry.project.stage), entry.project.stage_since, entry.area_ha,
                      entry.totals.get("project_capital_cost"), entry.totals.get("project_npv"), entry.totals.get("project_npv_with_grants"), entry.secured),
                     entry.project.uuid, COLOURS[min(entry.stage, len(COLOURS) - 1)]) for entry in entries])  # fmt: skip
        self.card.setVisible(bool(entries))
        sums = known.sums
        self.sums.setText("\n".join((
            f"{_('Area, every place once')}: {format_quantity(known.area_ha, 'ha', 1)}",
            f"{_('Capital cost')}: {format_number(sums['project_capital_cost'])}", f"{_('Net present value')}: {format_number(sums['project_npv'])}",
            f"{_('Grants planned')}: {format_number(sums['project_grants'])}", f"{_('Grants secured')}: {format_number(sums['secured'])}",
            f"{_('Amounts in')}: {known.currency}")))  # fmt: skip
        told = known.problems()
        self.problems.setText("\n".join(told))
        self.problems.setVisible(bool(told))
        self.desk.canvas.refresh()

    def compose_scene(self) -> list[SceneLayer]:
        """The map with all projects, coloured by stage."""
        scene = self.desk.source.scene()
        placed = [entry for entry in self.known.entries if entry.shape is not None]
        if placed:
            shapes = flatten(
                np.array([entry.shape for entry in placed], dtype=object),
                np.array([entry.project.id for entry in placed], np.int64),
                "polygon",
            )
            classes = [
                StyleClass(option.id, _(option.title), colour) for option, colour in zip(STAGES, COLOURS, strict=True)
            ]
            style = Style(kind="categorised", column="stage", classes=classes, outline="#22322c", width=0.5)
            groups = np.array([min(entry.stage, len(COLOURS) - 1) for entry in placed], np.int32)
            scene.insert(
                -1,
                SceneLayer(
                    "project",
                    _("Projects"),
                    style,
                    shapes=shapes,
                    groups=groups,
                    fill_opacity=0.6,
                    labels=[entry.project.name for entry in placed],
                ),
            )
        return scene
