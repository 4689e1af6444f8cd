"""The governance panel: rounds, quick entry of cards, scores by group."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QWidget

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.translate import _, ngettext
from onekl_desktop.base.units import format_number
from onekl_desktop.gui.desk import Desk
from onekl_desktop.gui.forms.options import record_options
from onekl_desktop.gui.kit import button, column, label, row
from onekl_desktop.gui.records.panel import RecordsPanel
from onekl_desktop.gui.records.table import Deed, Records
from onekl_desktop.gui.tables.table import Column, Table, TableRow
from onekl_desktop.gui.theme import XS, S
from onekl_desktop.project.records import Assessment
from onekl_desktop.tools.governance.instrument import read_questions
from onekl_desktop.tools.governance.queries import Result, list_rounds, read_result, tell_hidden
from onekl_desktop.tools.governance.runs import score_assessment
from onekl_desktop.tools.governance.spec import TOOL


class Digit(QLineEdit):
    """One answer: 0 to 3, ? or -; a good one moves on to the next."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setMaxLength(1)
        self.setFixedWidth(36)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setAccessibleName(title)
        self.setToolTip(title)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take only what is an answer, and go on."""
        if event.text() in ("0", "1", "2", "3", "?", "-"):
            self.setText(event.text())
            self.focusNextChild()
        elif not event.text() or not event.text().isprintable():
            super().keyPressEvent(event)


class GovernancePanel(RecordsPanel):
    """Rounds, cards, result."""

    tables = ("assessment", "assessment_answer", "people_group", "run")

    def __init__(self, desk: Desk) -> None:
        self.rounds: list[Assessment] = []
        self.result: Result | None = None
        super().__init__(desk, TOOL)

    def build(self) -> None:
        """Rounds with the result of the chosen one, and the entry of cards."""
        self.score_button = button(_("Score the round"), self.score, primary=True, icon_name="run")
        self.state = label("", "small", wrap=True)
        self.scores = Table(sortable=False)
        self.scores.setAccessibleName(_("Scores"))
        self.scores.setMinimumHeight(340)
        self.hidden = label("", "small", wrap=True)
        rounds = self.add_records("rounds", Records(
            _("Rounds"), _("No round yet. A round takes ten questions, half an hour and anonymous cards."),
            (Column(_("Round")), Column(_("Held on")), Column(_("Place")), Column(_("Facilitated by")), Column(_("Status"))), "assessment",
            "add_assessment", "change_assessment", "remove_assessment", deeds=(Deed("close_assessment", "lock", "assessment"),), values=self._values),
            self.state, self.score_button, self.scores, self.hidden)  # fmt: skip
        rounds.chosen.connect(lambda _key: self._show_result())
        self.group = QComboBox()
        self.group.setAccessibleName(_("Group"))
        self.digits: dict[str, Digit] = {}
        grid = QGridLayout()
        grid.setVerticalSpacing(S)
        for number, question in enumerate(read_questions()):
            title = f"{question.code}. {_(question.text)}"
            digit = Digit(title)
            steps = "   ".join(f"{at} {_(anchor)}" for at, anchor in enumerate(question.anchors))
            text = column(label(title, "", wrap=True), label(steps, "small", wrap=True), spacing=XS)
            grid.addWidget(digit, number, 0, Qt.AlignmentFlag.AlignTop)
            grid.addLayout(text, number, 1)
            self.digits[question.code] = digit
        grid.setColumnStretch(1, 1)
        self.keep_button = button(_("Keep this card"), self.keep_card, primary=True, icon_name="check")
        self.card_problem = label("", "problem", wrap=True)
        self.card_count = label("", "small", wrap=True)
        self.card_round = label("", "heading", wrap=True)
        page = QWidget()
        page.setLayout(column(
            self.card_round, label(_("One digit for each question: 0 to 3, ? for don't know, - for no answer."), "soft", wrap=True),
            row(label(_("Group"), "small"), self.group, None), grid, self.card_problem, self.keep_button, self.card_count, None, spacing=S))  # fmt: skip
        self.add_page("cards", _("Enter cards"), page)

    def _values(self, key: str) -> dict[str, object]:
        found = next((item for item in self.rounds if item.uuid == key), None)
        return (
            {}
            if found is None
            else {"name": found.name, "held_on": found.held_on, "place": found.place, "facilitator": found.facilitator}
        )

    def refresh(self) -> None:
        """Fill both pages."""
        self.rounds = list_rounds(self.desk.session)
        states = {"open": _("open"), "closed": _("closed")}
        self.record_tables["rounds"].set_rows([
            TableRow((item.name, item.held_on, item.place, item.facilitator, states.get(item.status, item.status)), item.uuid) for item in self.rounds])  # fmt: skip
        chosen = self.group.currentData()
        self.group.clear()
        for uuid, name in record_options(self.desk.session)("group"):
            self.group.addItem(name, uuid)
        self.group.setCurrentIndex(max(0, self.group.findData(chosen)))
        self._show_result()

    @property
    def current(self) -> Assessment | None:
        """The chosen round, else the newest."""
        keys = self.record_tables["rounds"].selected
        found = next((item for item in self.rounds if keys and item.uuid == keys[0]), None)
        return found or (self.rounds[0] if self.rounds else None)

    def _show_result(self) -> None:
        item = self.current
        for widget in (self.state, self.score_button, self.scores, self.hidden):
            widget.setVisible(item is not None)
        can_enter = item is not None and item.status == "open" and self.group.count() > 0
        self.keep_button.setEnabled(can_enter)
        if item is None:
            self.card_round.setText(_("Start a round first."))
            self.card_count.setText("")
            return
        result = self.result = read_result(self.desk.session, item)
        self.card_round.setText(
            item.name
            if item.status == "open"
            else _("{name} is closed; no card is taken any more.").format(name=item.name)
        )
        if not self.group.count():
            self.card_count.setText(_("There is no group yet: add the groups in Partnership."))
        else:
            counts = ", ".join(f"{name} {number}" for name, number in result.cards_by_group.items())
            told = ngettext("{count} card so far", "{count} cards so far", result.cards).format(count=result.cards)
            self.card_count.setText(f"{told}: {counts}" if counts else told)
        word = (
            _("Scored.")
            if result.run and result.current
            else (_("Not scored since the last card.") if result.run else _("Not scored yet."))
        )
        self.state.setText(f"{item.name} · {item.held_on} · {self.card_count.text()}. {word}")
        self.score_button.setEnabled(result.cards > 0 and not (result.run and result.current))
        self.scores.setVisible(result.run is not None)
        heads = [
            Column(_("Score 0 to 3")),
            Column(_("Groups"), True, 2),
            *(Column(name, True, 2) for name in result.groups),
            Column(_("Distance"), True, 2),
        ]
        self.scores.set_rows(heads, [
            TableRow((line.title, line.score, *(line.groups.get(name) for name in result.groups), line.gap)) for line in result.lines])  # fmt: skip
        hidden = tell_hidden(result)
        self.hidden.setText(hidden)
        self.hidden.setVisible(bool(hidden))

    def keep_card(self) -> None:
        """Enter the card and clear it for the next."""
        item = self.current
        if item is None:
            return
        answers = ", ".join(f"{code}={digit.text()}" for code, digit in self.digits.items() if digit.text())
        try:
            made = self.desk.attempt(
                "governance.enter_card", assessment=item.uuid, group=self.group.currentData(), answers=answers or " "
            )
        except UserError as problem:
            self.card_problem.setText(str(problem))
            return
        self.card_problem.setText("")
        for digit in self.digits.values():
            digit.clear()
        next(iter(self.digits.values())).setFocus()
        self.desk.tell(_("Card {card} is in. Ctrl+Z takes it back.").format(card=made["card"]), "good")

    def score(self) -> None:
        """Score the round."""
        item = self.current
        if item is None:
            return
        try:
            score_assessment(self.desk.session, item.uuid)
        except UserError as problem:
            self.desk.tell_problem(problem)
            return
        self.desk.bridge.deliver()
        if self.result is not None:
            whole = self.result.lines[0]
            self.desk.tell(
                _("Scored: {score} of 3, each group with the same weight.").format(score=format_number(whole.score, 2)),
                "good",
            )
