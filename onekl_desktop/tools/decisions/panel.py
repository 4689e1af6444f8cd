"""The panel of discussion and decisions."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtWidgets import QWidget

from onekl_desktop.base.geometry import flatten, point_at
from onekl_desktop.base.translate import _
from onekl_desktop.base.units import format_number, format_percent
from onekl_desktop.cartography.scene import SceneLayer
from onekl_desktop.engine.decision_fields import METHODS
from onekl_desktop.engine.decisions import tell_outcome
from onekl_desktop.gui.canvas.placing import pick_place
from onekl_desktop.gui.charts.bars import compare_groups
from onekl_desktop.gui.charts.page import ChartPage
from onekl_desktop.gui.desk import Desk
from onekl_desktop.gui.kit import button, label, row
from onekl_desktop.gui.records.panel import RecordsPanel
from onekl_desktop.gui.records.table import Deed, Records
from onekl_desktop.gui.tables.table import Column, Table, TableRow
from onekl_desktop.models.decisions.votes import MARKED
from onekl_desktop.project.records import Comment, Decision
from onekl_desktop.project.styles import Style
from onekl_desktop.tools.decisions.queries import Talk, read_talk, tally
from onekl_desktop.tools.decisions.spec import COMMENT_TYPES, TOOL

PLACES = Style(fill="#b5452c", outline="#ffffff", width=0.6)


class DecisionsPanel(RecordsPanel):
    """What is said and what is decided, with each group's own tally."""

    tables = ("comment", "decision", "vote", "people_group", "meeting")

    def __init__(self, desk: Desk) -> None:
        self.known = Talk()
        super().__init__(desk, TOOL)

    def build(self) -> None:
        """The two pages."""
        self.place_button = button(_("Say something about a place…"), self.open_place, icon_name="place")
        self.decide_button = button(_("Put a question about a place…"), self.open_place_decision, icon_name="place")
        self.words = label("", "", wrap=True)
        comments = self.add_records("comments", Records(
            _("Discussion"), _("Nothing has been said yet. A comment, question or proposal can hang on any record or any place on the map."),
            (Column(_("Words")), Column(_("About")), Column(_("Kind")), Column(_("Said by")), Column(_("What came of it"))),
            "comment", "add_comment", "", "remove_comment", deeds=(Deed("settle_comment", "check", "comment"),)), self.place_button, self.decide_button, self.words)  # fmt: skip
        comments.chosen.connect(self._show_words)
        self.tally = Table(sortable=False)
        self.tally.setAccessibleName(_("Votes by group"))
        self.tally.setMinimumHeight(150)
        self.rules, self.outcome = label("", "small", wrap=True), label("", "", wrap=True)
        self.chart_button = button(_("Groups side by side"), self.show_chart, icon_name="chart")
        self.chart = ChartPage()
        below = QWidget()
        below.setLayout(row(self.chart_button, None))
        decisions = self.add_records("decisions", Records(
            _("Decisions"), _("No decision yet. Put a question to the groups; the method is declared before the vote."),
            (Column(_("Name")), Column(_("Outcome")), Column(_("Decided on")), Column(_("About")), Column(_("Method"))), "decision", "open_decision", "change_decision", "remove_decision",
            deeds=(Deed("cast_votes", "draw", "decision"), Deed("take_back_votes", "undo", "decision"), Deed("close_decision", "lock", "decision")),
            values=self._values), self.rules, self.outcome, self.tally, below)  # fmt: skip
        decisions.chosen.connect(self._show_tally)

    def _values(self, key: str) -> dict[str, Any]:
        found = self._decision(key)
        names = ("question", "method", "quorum", "threshold", "most_objections", "dots", "dots_per_option", "closes_on")
        return {} if found is None else {"name": found.name, **{name: getattr(found, name) for name in names}}

    def _decision(self, key: str) -> Decision | None:
        return next((item for item in self.known.decisions if item.uuid == key), None)

    def refresh(self) -> None:
        """Fill both pages."""
        known = self.known = read_talk(self.desk.session)
        kinds, methods = (
            {option.id: _(option.title) for option in COMMENT_TYPES},
            {option.id: _(option.title) for option in METHODS},
        )
        self.record_tables["comments"].set_rows([
            TableRow((f"↳ {item.name}" if item.answers else item.name, known.about.get(item.uuid) or (_("a place") if item.longitude is not None else _("the landscape")),
                      kinds.get(item.comment_type, "–"), item.author or known.groups.get(item.people_group, ""), item.settlement), item.uuid)
            for item in known.comments])  # fmt: skip
        self.record_tables["decisions"].set_rows([
            TableRow((item.name, item.outcome or _("open"), item.decided_on, known.about.get(item.uuid, ""), methods.get(item.method, item.method)), item.uuid)
            for item in known.decisions])  # fmt: skip
        keys = self.record_tables["decisions"].selected
        self._show_tally(keys[0] if len(keys) == 1 else "")
        self._show_words("")

    def _show_words(self, key: str) -> None:
        found = next((item for item in self.known.comments if item.uuid == key), None)
        self.words.setVisible(found is not None)
        if found is None:
            return
        self.words.setText(f"{found.body}\n→ {found.settlement}" if found.settlement else found.body)
        if found.longitude is not None and found.latitude is not None:
            self.desk.canvas.refresh()

    def _show_tally(self, key: str) -> None:
        decision = self._decision(key)
        for item in (self.tally, self.outcome, self.rules, self.chart_button):
            item.setVisible(decision is not None)
        if decision is None:
            return
        found = tally(self.desk.session, decision)
        methods = {option.id: _(option.title) for option in METHODS}
        told = [methods.get(decision.method, decision.method)]
        if decision.quorum:
            told.append(_("quorum {share}").format(share=format_percent(decision.quorum, 0)))
        if decision.method in ("support", "consensus", "gradients"):
            told.append(_("support of {share}").format(share=format_percent(decision.threshold, 0)))
        if decision.closes_on:
            told.append(_("until {date}").format(date=decision.closes_on))
        self.rules.setText(" · ".join([*told, ", ".join(self.known.voters.get(decision.uuid, []))]))
        standing = tell_outcome(decision, found.count) if found.count.ballots else _("Nobody has voted yet.")
        self.outcome.setText(decision.outcome or _("As it stands: {outcome}").format(outcome=standing))
        decimals = 2 if decision.method in MARKED else 0
        self.tally.set_rows(
            [Column(_("Group")), Column(_("Took part")), *(Column(option, True, decimals) for option in found.options)],
            [TableRow((group.name, f"{format_number(group.count.ballots)} / {format_number(group.members)}", *group.firsts), colour=group.colour) for group in found.groups],
        )  # fmt: skip

    def show_chart(self) -> None:
        """All groups in one chart in the drawer, so that they can be compared at a glance."""
        keys = self.record_tables["decisions"].selected
        decision = self._decision(keys[0]) if len(keys) == 1 else None
        if decision is None:
            return
        found = tally(self.desk.session, decision)
        groups = {group.name: group.firsts for group in found.groups if group.count.ballots}
        if groups:
            chart = compare_groups(
                decision.name, "", found.options, groups, lambda value: format_number(value, 1 if value % 1 else 0)
            )
            self.chart.show_widgets(chart)
            self.desk.drawer.emit(self.chart, decision.name)

    # ------------------------------------------------------------ the map

    def open_place(self) -> None:
        """Click a place, then write what is to be said about it."""
        pick_place(self.desk, self._comment_on)

    def open_place_decision(self) -> None:
        """Click a place, then put the question about it."""

        def ask(longitude: float, latitude: float) -> None:
            self.open_operation(
                "open_decision", {"longitude": longitude, "latitude": latitude}, hidden=("subject_kind", "subject")
            )

        pick_place(self.desk, ask)

    def _comment_on(self, longitude: float, latitude: float) -> None:
        self.open_operation(
            "add_comment", {"longitude": longitude, "latitude": latitude}, hidden=("subject_kind", "subject")
        )

    def compose_scene(self) -> list[SceneLayer]:
        """The map with the places that something was said about."""
        scene = self.desk.source.scene()
        said: list[Comment | Decision] = [*self.known.comments, *self.known.decisions]
        crs = self.desk.session.crs
        found = [(item, point_at(item.longitude, item.latitude, crs)) for item in said]
        placed, points = [item for item, point in found if point], [point for _item, point in found if point]
        if placed:
            shapes = flatten(np.array(points, dtype=object), np.arange(len(points), dtype=np.int64), "point")
            scene.append(
                SceneLayer(
                    "said", _("Discussion"), PLACES, shapes=shapes, labels=[item.name for item in placed], aside=True
                )
            )
        return scene
