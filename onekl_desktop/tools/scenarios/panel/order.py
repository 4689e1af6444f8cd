"""The order of the scenarios: how firm it is whatever the weights, and what each group weighs."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDoubleSpinBox, QGridLayout, QScrollArea, QWidget
from sqlalchemy import select

from onekl_desktop.base.translate import _
from onekl_desktop.base.units import format_percent
from onekl_desktop.gui.desk import Desk
from onekl_desktop.gui.kit import column, empty_layout, label, row
from onekl_desktop.gui.tables.table import Column, Table, TableRow
from onekl_desktop.gui.theme import XS, L, S
from onekl_desktop.project.records import Group
from onekl_desktop.tools.scenarios.queries import Comparison
from onekl_desktop.tools.scenarios.ranking import Ranking, counted, rank


class Order(QWidget):
    """Left how often each scenario stands at each place, right what the groups weigh, to be changed on the spot."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.places = Table(sortable=False)
        self.places.setAccessibleName(_("How firm the order is"))
        self.told = label("", "small", wrap=True)
        self.no_groups = label(_("No group yet. Groups are written down in Partnership; here each says what it cares for."), "soft", wrap=True)  # fmt: skip
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, S, 0)
        self._grid.setHorizontalSpacing(S)
        self._grid.setVerticalSpacing(XS)
        self.boxes: dict[tuple[str, str], QDoubleSpinBox] = {}
        inner = QWidget()
        inner.setProperty("role", "panel")
        inner.setLayout(column(self._holder(), None))
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidget(inner)
        left, right = QWidget(), QWidget()
        left.setLayout(column(label(_("How firm the order is"), "heading"), self.places, self.told))
        right.setLayout(column(
            label(_("What each group cares for"), "heading"), label(_("Any numbers; only how they stand to each other counts. 0: does not matter."), "small", wrap=True),
            self.no_groups, area))  # fmt: skip
        line = row(left, right, spacing=L, margins=S)
        line.setStretch(0, 2)
        line.setStretch(1, 3)
        self.setLayout(line)

    def _holder(self) -> QWidget:
        holder = QWidget()
        holder.setLayout(self._grid)
        return holder

    def show_comparison(self, comparison: Comparison) -> None:
        """Fill both sides."""
        ranking = rank(comparison)
        self._show_places(ranking)
        with self._desk.session.read() as db:
            groups = [(group.uuid, group.name) for group in db.scalars(select(Group).order_by(Group.id))]
        self.no_groups.setVisible(not groups)
        self._show_weights(comparison, groups, ranking)

    def _show_places(self, ranking: Ranking | None) -> None:
        self.places.setVisible(ranking is not None)
        if ranking is None:
            self.told.setText(_("Two scenarios with figures make an order. Compute them first."))
            return
        heads = [_("Place {number}").format(number=number + 1) for number in range(len(ranking.names))]
        lines = [
            TableRow((name, *shares), key=name, texts=(None, *(format_percent(share, 0) for share in shares)))
            for name, shares in sorted(zip(ranking.names, ranking.shares, strict=True), key=lambda pair: -pair[1][0])
        ]  # fmt: skip
        self.places.set_rows([Column(_("Scenario")), *(Column(head, numeric=True) for head in heads)], lines)
        if ranking.drawn:
            about = _("Share of 10,000 draws, every set of weights as likely as any other, coefficients drawn within what their sources say.")  # fmt: skip
        else:
            about = _("Share of 10,000 draws, every set of weights as likely as any other; coefficients as written.")
        self.told.setText(f"{about} {_('Counted: {indicators}.').format(indicators=', '.join(item.title for item in ranking.indicators))}")  # fmt: skip

    def _show_weights(self, comparison: Comparison, groups: list[tuple[str, str]], ranking: Ranking | None) -> None:
        rows, _held = counted(comparison)
        focused = next((key for key, box in self.boxes.items() if box.hasFocus()), None)
        empty_layout(self._grid)
        self.boxes = {}
        if not groups or not rows:
            return
        for at, item in enumerate(rows):
            head = label(item.title, "small", wrap=True)
            head.setFixedWidth(84)
            head.setAlignment(Qt.AlignmentFlag.AlignBottom)
            self._grid.addWidget(head, 0, at + 1)
            self._grid.setColumnMinimumWidth(at + 1, 84)
        self._grid.addWidget(label(_("First for them"), "small"), 0, len(rows) + 1)
        for line, (uuid, name) in enumerate(groups, 1):
            self._grid.addWidget(label(name), line, 0)
            given = comparison.groups.get(name, {})
            for at, item in enumerate(rows):
                box = QDoubleSpinBox()
                box.setRange(0, 100)
                box.setDecimals(1)
                box.setKeyboardTracking(False)
                box.setFixedWidth(84)
                box.setValue(given.get(item.code, 0.0))
                box.setAccessibleName(f"{name}: {item.title}")
                box.valueChanged.connect(lambda _value, uuid=uuid: self._keep(uuid))
                self._grid.addWidget(box, line, at + 1)
                self.boxes[uuid, item.code] = box
            first = ranking.groups[name][0][0] if ranking and name in ranking.groups else "–"
            self._grid.addWidget(label(first, "soft"), line, len(rows) + 1)
        self._grid.setColumnStretch(len(rows) + 2, 1)
        if focused in self.boxes:
            self.boxes[focused].setFocus()

    def _keep(self, uuid: str) -> None:
        given = {code: box.value() for (group, code), box in self.boxes.items() if group == uuid and box.value() > 0}
        text = ", ".join(f"{code}={weight:g}" for code, weight in given.items())
        self._desk.perform("scenarios.set_weights", people_group=uuid, weights=text)
