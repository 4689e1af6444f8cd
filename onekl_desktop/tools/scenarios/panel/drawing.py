"""The card in which an intervention is chosen before it is drawn: its practice and its years."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QSpinBox, QWidget
from sqlalchemy import select

from onekl_desktop.base.translate import _, ngettext
from onekl_desktop.base.units import format_quantity
from onekl_desktop.gui.desk import Desk
from onekl_desktop.gui.dialogs.operation import OperationDialog
from onekl_desktop.gui.icons import swatch
from onekl_desktop.gui.kit import button, column, label, row, tool_button
from onekl_desktop.gui.theme import XS, M, S
from onekl_desktop.project.queries.records import find_land_cover, get_landscape, list_classes
from onekl_desktop.project.records import Practice
from onekl_desktop.tools.scenarios.spec import TOOL


class DrawingCard(QFrame):
    """Practice, first year, spread, and the two ways to a place: drawn or by rule."""

    def __init__(
        self, desk: Desk, on_draw: Callable[[], object], on_rule: Callable[[], object], on_layer: Callable[[], object]
    ) -> None:
        super().__init__()
        self._desk = desk
        self.setProperty("role", "card")
        self.practice = QComboBox()
        self.practice.setAccessibleName(_("Practice"))
        self.practice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.practice.setMinimumContentsLength(14)
        self.practice.currentIndexChanged.connect(lambda _index: self._tell_practice())
        self.practice_facts = label("", "small", wrap=True)
        self.start_year, self.years = QSpinBox(), QSpinBox()
        self.start_year.setRange(1900, 2200)
        self.start_year.setValue(dt.date.today().year + 1)
        self.start_year.setAccessibleName(_("First year"))
        self.years.setRange(1, 50)
        self.years.valueChanged.connect(lambda count: self.years.setSuffix(" " + ngettext("year", "years", count)))
        self.years.setSuffix(" " + ngettext("year", "years", 1))
        self.years.setAccessibleName(_("Spread over"))
        self.draw_button = button(_("Draw on the map"), on_draw, icon_name="draw")
        self.rule_button = button(_("By rule…"), on_rule, icon_name="geoprocessing")
        self.rule_button.setToolTip(_("For example 30 m along streams on slopes over 15 %."))
        self.catalogue_button = button(
            _("Take practices from the catalogue"), lambda: self._desk.perform("scenarios.add_practices")
        )
        practice_row = row(
            self.practice,
            tool_button("edit", _("Change the practice"), self.open_change_practice),
            tool_button("plus", _("Add a practice of your own"), self.open_add_practice),
            spacing=XS,
        )
        practice_row.setStretch(0, 1)
        years: QHBoxLayout = row(
            column(label(_("First year"), "small"), self.start_year, spacing=XS),
            column(label(_("Spread over"), "small"), self.years, spacing=XS),
            spacing=S,
        )
        self._with_practices = QWidget()
        self._with_practices.setLayout(
            column(
                label(_("Practice"), "small"),
                practice_row,
                self.practice_facts,
                years,
                row(
                    self.draw_button,
                    self.rule_button,
                    tool_button("layers", _("Take interventions from a layer"), on_layer),
                    spacing=XS,
                ),
                spacing=S,
            )
        )
        self.setLayout(
            column(
                label(_("Add an intervention"), "heading"),
                self.catalogue_button,
                self._with_practices,
                margins=M,
                spacing=S,
            )
        )

    def show_practices(self, practices: Sequence[Practice]) -> None:
        """Fill the choice; what was chosen stays."""
        chosen = self.practice.currentData()
        self.practice.blockSignals(True)
        self.practice.clear()
        for practice in practices:
            self.practice.addItem(swatch(practice.colour), practice.name, practice.uuid)
        self.practice.setCurrentIndex(max(self.practice.findData(chosen), 0) if practices else -1)
        self.practice.blockSignals(False)
        self._tell_practice()
        self._with_practices.setVisible(bool(practices))
        self.catalogue_button.setVisible(not practices)

    def _tell_practice(self) -> None:
        practice = self._practice()
        if practice is None:
            self.practice_facts.setText("")
            return
        with self._desk.session.read() as db:
            cover = find_land_cover(db)
            names = {cls.code: cls.name for cls in list_classes(db, cover.legend)} if cover else {}
            currency = get_landscape(db).currency
        if practice.class_code is None:
            becomes = _("The land keeps its class.")
        else:
            becomes = _("Becomes {name} after {years} years.").format(
                name=names.get(practice.class_code, str(practice.class_code)), years=practice.years_to_class
            )
        cost = _("{capital} {currency}/ha to start, {yearly} a year.").format(
            capital=format_quantity(practice.capital_cost_per_ha, ""), currency=currency, yearly=format_quantity(practice.operating_cost_per_ha_year, ""))  # fmt: skip
        self.practice_facts.setText(f"{becomes} {cost} {practice.source}".strip())

    def _practice(self) -> Practice | None:
        uuid = self.practice.currentData()
        if not uuid:
            return None
        with self._desk.session.read() as db:
            return db.scalar(select(Practice).where(Practice.uuid == uuid))

    def open_add_practice(self) -> None:
        """The form for a practice of one's own."""
        self._dialog("add_practice", {}, ())

    def open_change_practice(self) -> None:
        """The form for local costs and labour."""
        practice = self._practice()
        if practice is not None:
            names = [
                field.id for field in TOOL.get_operation("change_practice").inputs if field.id not in ("practice",)
            ]
            values = {"practice": practice.uuid, **{name: getattr(practice, name) for name in names}}
            self._dialog("change_practice", values, ("practice",))

    def _dialog(self, operation: str, values: dict[str, Any], hidden: tuple[str, ...]) -> None:
        spec = TOOL.get_operation(operation)
        verb = _("Keep") if hidden else ""
        OperationDialog(self._desk, f"scenarios.{operation}", spec, values, hidden=hidden, verb=verb, parent=self.window()).exec()  # fmt: skip
