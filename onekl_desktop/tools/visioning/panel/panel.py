"""The panel from what people see to the goals, how they come about, and which comes first."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtWidgets import QComboBox, QWidget

from onekl_desktop.base.geometry import flatten, point_at
from onekl_desktop.base.specs.inputs import Choice
from onekl_desktop.base.specs.words import titles
from onekl_desktop.base.translate import _
from onekl_desktop.base.units import format_number, format_percent
from onekl_desktop.cartography.scene import SceneLayer
from onekl_desktop.cartography.shading import shade_zones
from onekl_desktop.engine.subject_fields import ZONES
from onekl_desktop.gui.canvas.placing import pick_place
from onekl_desktop.gui.charts.bars import compare_groups
from onekl_desktop.gui.charts.page import ChartPage
from onekl_desktop.gui.desk import Desk
from onekl_desktop.gui.graph.canvas import GraphCanvas
from onekl_desktop.gui.kit import button, column, frame, label, row
from onekl_desktop.gui.records.panel import RecordsPanel
from onekl_desktop.gui.records.table import Deed, Records, RecordTable
from onekl_desktop.gui.tables.table import Column, Table, TableRow
from onekl_desktop.gui.theme import M, S
from onekl_desktop.project.styles import Style
from onekl_desktop.tools.visioning.frameworks import FRAMEWORKS, by_framework
from onekl_desktop.tools.visioning.inputs import (
    CONCERN_TYPES,
    CONCERN_VALUES,
    DEPICTIONS,
    DIMENSIONS,
    GOAL_VALUES,
    INDICATOR_VALUES,
    PICTURE_VALUES,
    RESULT_TYPES,
    RESULT_VALUES,
    TARGET_VALUES,
    THEMES,
    VISION_VALUES,
)
from onekl_desktop.tools.visioning.operations import DIRECTIONS
from onekl_desktop.tools.visioning.panel.chain import arrows_of, boxes_of
from onekl_desktop.tools.visioning.priorities import shade_priorities
from onekl_desktop.tools.visioning.queries import Visioning, read_vision, tally_votes, weigh_goals
from onekl_desktop.tools.visioning.spec import TOOL

CONCERN_STYLE = Style(fill="#c98a1b", outline="#ffffff", width=0.6)


class VisioningPanel(RecordsPanel):
    """Challenges, pictures, vision, goals, targets, own indicators, results chain, votes."""

    tables = (
        "concern", "picture", "vision", "wish", "goal", "target", "indicator", "result", "result_link", "decision", "vote", "people_group", "layer", "resource",
        "landscape", "action",
    )  # fmt: skip
    known: Visioning

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, TOOL)

    def build(self) -> None:
        """The pages."""
        self.chart = ChartPage()
        place = button(_("At a place on the map…"), lambda: pick_place(self.desk, self._concern_at), icon_name="place")
        self.add_records("concerns", Records(
            _("Challenges"), _("Nothing yet. What is a challenge, what an opportunity, what is of value, and for whom?"),
            (Column(_("Name")), Column(_("Weight"), True), Column(_("Kind")), Column(_("Dimension")), Column(_("Group")), Column(_("Place"))), "concern",
            "add_concern", "change_concern", "remove_concern", values=lambda key: self._values(self.known.concerns, key, CONCERN_VALUES)), place)  # fmt: skip
        self.add_records("pictures", Records(
            _("Pictures & maps"), _("Nothing drawn yet. Let each group draw how it was, how it is and how they wish it to be; import the map as a layer, or add a photo to the library."),
            (Column(_("Name")), Column(_("Shows")), Column(_("Group")), Column(_("Layer")), Column(_("Photo")), Column(_("Drawn on"))), "picture", "add_picture", "change_picture", "remove_picture",
            values=lambda key: self._values(self.known.pictures, key, PICTURE_VALUES)))  # fmt: skip
        self._build_vision()
        self.add_records("goals", Records(
            _("Goals"), _("No goal yet. Write down what the partnership wants, in its own words."),
            (Column(_("Goal")), Column(_("Targets"), True), Column(_("Kind of return")), Column(_("Frameworks")), Column(_("In the partnership's words"))),
            "goal", "add_goal", "change_goal", "remove_goal", values=lambda key: self._values(self.known.goals, key, GOAL_VALUES)),
            button(_("What the goals count for"), self.show_frameworks, icon_name="table"))  # fmt: skip
        self.add_records("targets", Records(
            _("Targets"), _("No target yet. A target makes a goal a number: where, how much, by which year, from which baseline."),
            (Column(_("Target")), Column(_("Wanted")), Column(_("Goal")), Column(_("Place")), Column(_("Baseline"), True, 1), Column(_("Baseline year")), Column(_("Value"), True, 1), Column(_("Year")), Column(_("Unit")), Column(_("Source"))),
            "target", "add_target", "change_target", "remove_target", values=lambda key: self._values(self.known.targets, key, TARGET_VALUES)))  # fmt: skip
        self.add_records("indicators", Records(
            _("Own indicators"), _("No indicator of your own yet. Models bring theirs; add what only people can count."),
            (Column(_("Indicator")), Column(_("Unit")), Column(_("Definition"))), "indicator", "add_indicator", "change_indicator", "remove_indicator",
            values=self._indicator_values))  # fmt: skip
        self._build_chain()
        self._build_votes()

    # ------------------------------------------------------------ building

    def _build_vision(self) -> None:
        self.card = card = frame("card")
        self.statement, self.standing = label("", "", wrap=True), label("", "small", wrap=True)
        card.setLayout(column(self.statement, self.standing, margins=M, spacing=S))
        self.wishes = Table(sortable=False)
        self.wishes.setAccessibleName(_("Four returns in three zones"))
        self.wishes.setMinimumHeight(150)
        self.wishes.doubleClicked.connect(lambda index: self._open_wish(index.row(), index.column()))
        self.wish_button = button(_("Fill a field…"), lambda: self.open_operation("set_wish"), icon_name="edit")
        self.add_records("visions", Records(
            _("Vision"), _("No vision yet. How is the landscape in twenty years, when all has gone well?"),
            (Column(_("Name")), Column(_("By the year")), Column(_("Status")), Column(_("Agreed on"))), "vision", "add_vision", "change_vision", "remove_vision",
            deeds=(Deed("agree_vision", "check", "vision"),), values=lambda key: self._values(self.known.visions, key, VISION_VALUES)),
            card, label(_("Four returns in three zones"), "heading"), self.wishes, self.wish_button)  # fmt: skip

    def _build_chain(self) -> None:
        self.canvas = GraphCanvas()
        self.canvas.moved.connect(
            lambda key, x, y: self.desk.perform("visioning.place_result", result=key, x=round(x, 1), y=round(y, 1))
        )
        self.canvas.joined.connect(self._join)
        self.canvas.opened.connect(self._open_result)
        self.canvas.arrow_opened.connect(self._open_arrow)
        self.canvas.removed.connect(lambda key: self.desk.perform("visioning.remove_result", result=key))
        self.arrows = RecordTable(self.desk, TOOL, Records(
            _("Arrows"), _("No arrow yet. What leads to what, and what must hold for it?"),
            (Column(_("From the result")), Column(_("To the result")), Column(_("What must hold for it")), Column(_("What speaks for it"))), "", "set_arrow", "set_arrow", "remove_arrow",
            values=self._arrow_values, names=self._arrow_names))  # fmt: skip
        self.record_tables["arrows"] = self.arrows
        self.canvas_button = button(_("Open the canvas"), self.show_canvas, icon_name="chain")
        self.add_records("chain", Records(
            _("Results chain"), _("Nothing yet. From what we do, over what follows from it, to what we want: box by box."),
            (Column(_("Name")), Column(_("Kind")), Column(_("Indicators")), Column(_("Goal")), Column(_("Action"))), "result", "add_result", "change_result", "remove_result",
            values=lambda key: self._values(self.known.results, key, RESULT_VALUES)), self.canvas_button, self.arrows)  # fmt: skip

    def _build_votes(self) -> None:
        self.tally = Table(sortable=False)
        self.tally.setAccessibleName(_("Votes"))
        self.tally.setMinimumHeight(150)
        self.outcome = label("", "", wrap=True)
        self.whose = QComboBox()
        self.whose.setAccessibleName(_("Whose priorities the map shows"))
        self.whose.activated.connect(lambda _index: self.desk.canvas.refresh())
        self.priorities_button = button(_("Groups side by side"), self.show_priorities, icon_name="chart")
        self.whose_box = QWidget()
        self.whose_box.setLayout(row(label(_("On the map"), "small"), self.whose, None, self.priorities_button))
        votes = self.add_records("votes", Records(
            _("Which comes first"), _("No vote yet. All goals are options, and each group votes on its own."),
            (Column(_("Vote")), Column(_("Outcome")), Column(_("Decided on"))), "decision", "open_goal_vote",
            deeds=(Deed("cast_goal_votes", "draw", "decision"), Deed("close_goal_vote", "lock", "decision"))), self.outcome, self.tally, self.whose_box)  # fmt: skip
        votes.chosen.connect(self._show_tally)

    # ------------------------------------------------------------ values of the forms

    @staticmethod
    def _values(rows: list[Any], key: str, inputs: tuple[Any, ...]) -> dict[str, Any]:
        found = next((item for item in rows if item.uuid == key), None)
        if found is None:
            return {}
        return {"name": found.name, **{field.id: getattr(found, field.id, None) or None if isinstance(field, Choice) else getattr(found, field.id, None) for field in inputs}}  # fmt: skip

    def _indicator_values(self, key: str) -> dict[str, Any]:
        found = self.known.indicators.get(key)
        if found is None:
            return {}
        words = {number: word for word, number in DIRECTIONS.items()}
        values = {field.id: getattr(found, field.id, None) for field in INDICATOR_VALUES}
        return {**values, "name": found.name, "direction": words.get(found.direction, "more")}

    def _arrow_names(self, key: str) -> dict[str, Any]:
        found = next(item for item in self.known.links if item.uuid == key)
        return {"cause": found.cause, "effect": found.effect}

    def _arrow_values(self, key: str) -> dict[str, Any]:
        found = next(item for item in self.known.links if item.uuid == key)
        return {"assumption": found.assumption, "evidence": found.evidence, "resource": found.resource}

    # ------------------------------------------------------------ showing

    def refresh(self) -> None:
        """Fill all pages."""
        known = self.known = read_vision(self.desk.session)
        themes, concern_kinds, dimensions, shows, result_kinds = (
            titles(options) for options in (THEMES, CONCERN_TYPES, DIMENSIONS, DEPICTIONS, RESULT_TYPES)
        )
        goals = {goal.uuid: goal.name for goal in known.goals}
        tables = self.record_tables
        tables["concerns"].set_rows([
            TableRow((item.name, item.weight, concern_kinds.get(item.concern_type, "–"), dimensions.get(item.dimension, "–"), known.name_of(item.people_group), item.place), item.uuid) for item in known.concerns])  # fmt: skip
        tables["pictures"].set_rows([
            TableRow((item.name, shows.get(item.depicts, "–"), known.name_of(item.people_group), known.name_of(item.layer), known.name_of(item.resource), item.drawn_on), item.uuid) for item in known.pictures])  # fmt: skip
        self._show_vision()
        tables["goals"].set_rows([
            TableRow((item.name, len(known.targets_of(item.uuid)), themes.get(item.theme, "–"), item.frameworks, item.description), item.uuid, item.colour) for item in known.goals])  # fmt: skip
        tables["targets"].set_rows([
            TableRow((item.name, f"{format_number(item.quantity, self._decimals(item.indicator))} {known.unit_of(item)}".strip(), goals.get(item.goal, "–"), item.place or _("whole landscape"),
                      item.baseline, str(item.baseline_year or "–"), item.quantity, str(item.year or "–"), known.unit_of(item), item.source), item.uuid)
            for item in known.targets])  # fmt: skip
        own = [item for item in known.indicators.values() if not item.model]
        tables["indicators"].set_rows([TableRow((item.name, item.unit, item.definition), item.uuid) for item in own])
        tables["chain"].set_rows([
            TableRow((item.name, result_kinds.get(item.result_type, "–"), ", ".join(each.title for each in known.indicators_of(item)), goals.get(item.goal, ""), known.name_of(item.action)), item.uuid)
            for item in known.results])  # fmt: skip
        self.arrows.set_rows([
            TableRow((known.name_of(item.cause), known.name_of(item.effect), item.assumption, " ".join(part for part in (item.evidence, known.name_of(item.resource)) if part)), item.uuid) for item in known.links])  # fmt: skip
        self.canvas.show_graph(boxes_of(known), arrows_of(known))
        tables["votes"].set_rows(
            [TableRow((item.name, item.outcome or _("open"), item.decided_on), item.uuid) for item in known.votes]
        )
        keys = tables["votes"].selected
        self._show_tally(keys[0] if len(keys) == 1 else "")

    def _show_vision(self) -> None:
        known, states = self.known, {"draft": _("Draft"), "agreed": _("Agreed"), "earlier": _("Earlier version")}
        self.record_tables["visions"].set_rows([
            TableRow((item.name, str(item.horizon_year or "–"), states.get(item.status, item.status), item.agreed_on), item.uuid) for item in known.visions])  # fmt: skip
        valid = known.vision
        self.statement.setText(valid.statement if valid is not None else "")
        self.standing.setText("" if valid is None else " · ".join(part for part in (states.get(valid.status, ""), str(valid.horizon_year or ""), known.decided.get(valid.decision, "")) if part))  # fmt: skip
        self.card.setVisible(valid is not None)
        self.wishes.set_rows(
            [Column(_("Kind of return")), *(Column(title) for title in titles(ZONES).values())],
            [TableRow((title, *(known.wishes.get((theme, zone.id), "") for zone in ZONES)), theme) for theme, title in titles(THEMES).items()],
        )  # fmt: skip

    def _decimals(self, indicator: str) -> int:
        found = self.known.indicators.get(indicator)
        return found.decimals if found else 0

    def _show_tally(self, key: str) -> None:
        decision = next((item for item in self.known.votes if item.uuid == key), None) if key else None
        for item in (self.tally, self.outcome, self.whose_box):
            item.setVisible(decision is not None)
        before = self.whose.currentText()
        self.whose.clear()
        if decision is None:
            self.desk.canvas.refresh()
            return
        found = tally_votes(self.desk.session, decision)
        self.outcome.setText(
            decision.outcome or _("Open: {ballots} ballots so far.").format(ballots=round(found.count.ballots))
        )
        self.tally.set_rows(
            [Column(_("First choices")), *(Column(option, True) for option in found.options)],
            [TableRow((group.name, *group.firsts)) for group in found.groups],
        )
        self.whose.addItems(["–", *(group.name for group in found.groups if group.count.ballots)])
        self.whose.setCurrentIndex(max(self.whose.findText(before), 0))
        self.desk.canvas.refresh()

    @property
    def chosen_vote(self) -> Any:
        """The vote that is selected; None for none."""
        keys = self.record_tables["votes"].selected
        return next((item for item in self.known.votes if [item.uuid] == keys), None)

    def show_priorities(self) -> None:
        """What each group puts first, side by side in the drawer."""
        decision = self.chosen_vote
        if decision is None:
            return
        goals, groups = weigh_goals(self.desk.session, decision)
        if groups:
            chart = compare_groups(
                decision.name, _("share of each group's points by rank"), goals, groups, format_percent
            )
            self.chart.show_widgets(chart)
            self.desk.drawer.emit(self.chart, decision.name)

    def show_frameworks(self) -> None:
        """Goals across, frameworks down, in the drawer."""
        table = Table(sortable=False)
        table.set_rows(
            [Column(_("Goal")), *(Column(_(title)) for _name, title in FRAMEWORKS)],
            [TableRow((goal.name, *(", ".join(number or _("yes") for number in by_framework(goal.frameworks).get(name, [])) for name, _title in FRAMEWORKS)), goal.uuid) for goal in self.known.goals],
        )  # fmt: skip
        self.chart.show_widgets(table)
        self.desk.drawer.emit(self.chart, _("What the goals count for"))

    # ------------------------------------------------------------ the canvas of the chain

    def show_canvas(self) -> None:
        """The chain in the drawer."""
        self.desk.drawer.emit(self.canvas, _("Results chain"))

    def _join(self, first: str, then: str) -> None:
        if self.desk.perform("visioning.set_arrow", cause=first, effect=then) is not None:
            self.desk.tell(_("Double-click the arrow to say what must hold for it."))

    def _open_result(self, key: str) -> None:
        self.open_operation(
            "change_result",
            {**self._values(self.known.results, key, RESULT_VALUES), "result": key},
            _("Keep"),
            ("result",),
        )

    def _open_arrow(self, first: str, then: str) -> None:
        found = next((item for item in self.known.links if (item.cause, item.effect) == (first, then)), None)
        if found is not None:
            self.open_operation(
                "set_arrow",
                {**self._arrow_values(found.uuid), "cause": first, "effect": then},
                _("Keep"),
                ("cause", "effect"),
            )

    def _open_wish(self, at: int, across: int) -> None:
        if across > 0:
            theme, zone = THEMES[at].id, ZONES[across - 1].id
            self.open_operation(
                "set_wish", {"theme": theme, "zone": zone, "body": self.known.wishes.get((theme, zone), "")}, _("Keep")
            )

    # ------------------------------------------------------------ the map

    def _concern_at(self, longitude: float, latitude: float) -> None:
        self.open_operation("add_concern", {"longitude": longitude, "latitude": latitude})

    def show_page(self, id: str) -> None:
        """The map shows what the page is about."""
        super().show_page(id)
        self.desk.canvas.refresh()

    def compose_scene(self) -> list[SceneLayer]:
        """The map with challenges where they are, or with the zones that a group puts first."""
        scene = self.desk.source.scene()
        if not self.pages:
            return scene
        shown = self._stack.currentWidget()
        if shown is self.pages["concerns"]:
            crs = self.desk.session.crs
            found = [(item, point_at(item.longitude, item.latitude, crs)) for item in self.known.concerns]
            placed, points = [item for item, point in found if point], [point for _item, point in found if point]
            if placed:
                shapes = flatten(np.array(points, dtype=object), np.arange(len(points), dtype=np.int64), "point")
                scene.append(
                    SceneLayer(
                        "concern",
                        _("Challenges"),
                        CONCERN_STYLE,
                        shapes=shapes,
                        labels=[item.name for item in placed],
                        aside=True,
                    )
                )
        elif shown is self.pages["votes"] and self.chosen_vote is not None and self.whose.currentIndex() > 0:
            goals, groups = weigh_goals(self.desk.session, self.chosen_vote)
            shares = groups.get(self.whose.currentText())
            shading = shade_priorities(self.known, self.whose.currentText(), goals, shares) if shares else None
            layer = shade_zones(self.desk.session.project, shading) if shading is not None else None
            if layer is not None:
                scene.insert(-1, layer)
        return scene
