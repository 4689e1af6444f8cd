"""Steps 5 to 8: capital, sources that fit, documents, and money that has moved."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QComboBox, QFileDialog, QWidget
from sqlalchemy import select

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.ids import slug
from onekl_desktop.base.progress import Progress
from onekl_desktop.base.specs.words import words_of
from onekl_desktop.base.translate import _
from onekl_desktop.base.units import format_number, format_percent
from onekl_desktop.engine import Session
from onekl_desktop.gui.charts.bars import BarChart
from onekl_desktop.gui.charts.lines import LineChart, Series
from onekl_desktop.gui.charts.page import ChartPage
from onekl_desktop.gui.desk import Desk
from onekl_desktop.gui.kit import button, column, label, row
from onekl_desktop.gui.records.panel import RecordsPanel
from onekl_desktop.gui.records.table import Deed, Records, RecordTable
from onekl_desktop.gui.tables.table import Column, Table, TableRow
from onekl_desktop.gui.theme import M, S
from onekl_desktop.models.finance.matching import CRITERIA, FAIL
from onekl_desktop.project.queries.finance import list_movements
from onekl_desktop.project.records import FinanceSource, Funding, HouseholdType, Movement, Project, RoomItem
from onekl_desktop.reports.page import Bars, Chart
from onekl_desktop.tools.lift import sections
from onekl_desktop.tools.lift.dossier import Dossier, read_dossier
from onekl_desktop.tools.lift.inputs import DEEDS, FUNDING_VALUES, HOUSEHOLD_VALUES, ROOM_ITEMS, ROOM_STATES
from onekl_desktop.tools.lift.spec import TOOL

SERIES = (
    "revenue_total", "operating_cost", "capital_cost", "pre_tax_cash_flow", "grants", "tax", "loan_draws", "interest_paid", "principal_paid", "cfads", "equity_flow",
)  # fmt: skip


class OutcomeSteps:
    """The last four pages of the panel, each about the chosen project; `current` gives it."""

    def __init__(self, panel: RecordsPanel, desk: Desk, current: Callable[[], Project | None]) -> None:
        self.panel, self.desk, self._current = panel, desk, current
        self.funding: list[Funding] = []
        self.households: list[HouseholdType] = []
        self.movements: list[Movement] = []
        self.room: dict[str, RoomItem] = {}

    # ------------------------------------------------------------ pages

    def build_households(self) -> RecordTable:
        """Kinds of household, below the money lines."""
        table = RecordTable(self.desk, TOOL, Records(
            _("Households"), _("No kind of household yet. Who works this land, and what do they need to live?"),
            (Column(_("Name")), Column(_("Households"), True), Column(_("Hectares each"), True, 2), Column(_("Other income a year"), True), Column(_("Living income a year"), True), Column(_("Source of the living income"))),
            "household_type", "add_household", "change_household", "remove_household", values=lambda key: _values(self.households, key, HOUSEHOLD_VALUES)))  # fmt: skip
        self.add_to_project(table)
        self.panel.record_tables["households"] = table
        return table

    def build_capital(self) -> None:
        """Step 5."""
        self.stack_button = button(_("Uses and sources"), self.show_stack, icon_name="chart")
        self.cover_button = button(_("Debt cover"), self.show_cover, icon_name="chart")
        self.risk_button = button(_("How sure the value is"), self.show_risk, icon_name="chart")
        self.statement_button = button(_("Statements"), self.show_statement, icon_name="table")
        self.breaches = label("", "problem", wrap=True)
        buttons = QWidget()
        buttons.setLayout(
            column(
                row(self.stack_button, self.cover_button, None, spacing=S),
                row(self.risk_button, self.statement_button, None, spacing=S),
                self.breaches,
                spacing=S,
            )
        )
        table = self.panel.add_records("capital", Records(
            _("5 Capital"), _("No capital yet. Loans, equity, guarantees and first-loss layers; grants are money lines."),
            (Column(_("Name")), Column(_("Amount"), True), Column(_("Instrument")), Column(_("Terms")), Column(_("Currency")), Column(_("Interest a year")), Column(_("Years of grace"), True), Column(_("Yearly payments"), True), Column(_("Status"))),
            "funding", "add_funding", "change_funding", "remove_funding", (0, 1, 2), values=lambda key: _values(self.funding, key, FUNDING_VALUES)), buttons)  # fmt: skip
        self.add_to_project(table)

    def build_matching(self) -> QWidget:
        """Below the finance sources."""
        self.match_button = button(_("Which fit the project…"), self.show_matches, icon_name="search")
        self.rate_button = button(
            _("Exchange rate…"), lambda: self.panel.record_tables["sources"].do(Deed("set_rate")), icon_name="edit"
        )
        box = QWidget()
        box.setLayout(row(self.match_button, self.rate_button, None, spacing=S))
        return box

    def build_documents(self) -> None:
        """Step 7."""
        self.which = QComboBox()
        self.which.setAccessibleName(_("Document to write"))
        for page in TOOL.pages:
            if page.of:
                self.which.addItem(_(page.title), page.id)
        self.which.setCurrentIndex(max(0, self.which.findData("proposal")))
        self.which.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.which.setMinimumContentsLength(18)
        self.write_button = button(_("Write…"), self.write_document, primary=True, icon_name="report")
        self.flags_button = button(_("Red flags…"), self.show_flags, icon_name="search")
        box = QWidget()
        box.setLayout(column(row(self.which, self.write_button, spacing=S), row(self.flags_button, None), spacing=S))
        table = self.panel.add_records("documents", Records(
            _("7 Documents"), _("Documents that an investor will ask for; say of each whether it is there."),
            (Column(_("Document")), Column(_("Status")), Column(_("Note"))), "item", change="set_document", values=self._room_values), box)  # fmt: skip
        self._own_change(table)

    def build_tracking(self) -> None:
        """Step 8."""
        self.sums = label("", "", wrap=True)
        self.drop_movement = button(_("Remove"), self.remove_movement, icon_name="remove")
        box = QWidget()
        box.setLayout(column(row(self.drop_movement, None), self.sums, spacing=S))
        table = self.panel.add_records("tracking", Records(
            _("8 Money moved"), _("Nothing has been promised or paid yet. Commitments, disbursements, repayments and interest, each with its day."),
            (Column(_("On")), Column(_("What happened")), Column(_("Amount"), True), Column(_("Paid by")), Column(_("Note"))), "movement", "add_movement", narrow=(0, 1, 2)), box)  # fmt: skip
        self.add_to_project(table)

    def add_to_project(self, table: RecordTable) -> None:
        """New records belong to the chosen project."""
        if table.add_button is not None:
            table.add_button.clicked.disconnect()
            table.add_button.clicked.connect(lambda _checked=False: self._add_to(table))

    def _add_to(self, table: RecordTable) -> None:
        project = self._current()
        table.add(**({"project": project.uuid} if project is not None else {}))

    def _own_change(self, table: RecordTable) -> None:
        """Documents are told of for the chosen project."""
        if table.change_button is not None:
            table.change_button.clicked.disconnect()
            table.change_button.clicked.connect(lambda _checked=False: self.tell_document())

    def tell_document(self) -> None:
        """The form of the selected document."""
        table, project = self.panel.record_tables["documents"], self._current()
        if project is None or not table.selected:
            return
        key = table.selected[0]
        table._open("set_document", {"project": project.uuid, "item": key, **self._room_values(key)}, _("Keep"))

    def _room_values(self, key: str) -> dict[str, Any]:
        row = self.room.get(key)
        return {"status": row.status, "resource": row.resource, "note": row.note} if row is not None else {}

    # ------------------------------------------------------------ showing

    def refresh(self) -> None:
        """Fill the pages with what belongs to the chosen project."""
        project = self._current()
        key = project.uuid if project is not None else ""
        with self.desk.session.read() as db:
            self.funding = list(db.scalars(select(Funding).where(Funding.project == key).order_by(Funding.id)))
            self.households = list(
                db.scalars(select(HouseholdType).where(HouseholdType.project == key).order_by(HouseholdType.id))
            )
            self.room = {row.item: row for row in db.scalars(select(RoomItem).where(RoomItem.project == key))}
            self.movements = list_movements(db, key)
            sources = {row.uuid: row.name for row in db.scalars(select(FinanceSource))}
        tables = self.panel.record_tables
        instruments, terms, states = (words_of(FUNDING_VALUES, id) for id in ("instrument", "terms", "status"))
        tables["capital"].set_rows([
            TableRow((row.name, row.amount, instruments.get(row.instrument, row.instrument), terms.get(row.terms, row.terms), row.currency, format_percent(row.interest, 1), row.grace_years, row.payments, states.get(row.status, row.status)), row.uuid)
            for row in self.funding])  # fmt: skip
        tables["households"].set_rows([
            TableRow((row.name, row.households, row.hectares, row.other_income, row.benchmark, row.benchmark_source), row.uuid) for row in self.households])  # fmt: skip
        words = {option.id: _(option.title) for option in ROOM_STATES}
        colours = {"there": sections.IN, "not_needed": sections.OPEN, "asked": sections.SOFT, "missing": sections.OUT}
        told = {
            option.id: self.room[option.id].status if option.id in self.room else "missing" for option in ROOM_ITEMS
        }
        tables["documents"].set_rows([
            TableRow((_(option.title), words.get(told[option.id], told[option.id]), self.room[option.id].note if option.id in self.room else ""), option.id, colours.get(told[option.id], sections.OPEN))
            for option in ROOM_ITEMS] if project is not None else [])  # fmt: skip
        deeds = {option.id: _(option.title) for option in DEEDS}
        tables["tracking"].set_rows([
            TableRow((row.moved_on, deeds.get(row.deed, row.deed), row.amount, sources.get(row.finance_source, "–"), row.note), row.uuid) for row in self.movements])  # fmt: skip
        sums = {deed: sum(row.amount for row in self.movements if row.deed == deed) for deed in deeds}
        self.sums.setText(
            "\n".join(f"{deeds[deed]}: {format_number(amount)}" for deed, amount in sums.items())
            if self.movements
            else ""
        )
        self.drop_movement.setEnabled(bool(self.movements))
        for each in (
            self.stack_button,
            self.cover_button,
            self.risk_button,
            self.statement_button,
            self.match_button,
            self.write_button,
            self.flags_button,
        ):
            each.setEnabled(project is not None)
        for table in (tables["capital"], tables["households"], tables["tracking"]):
            if table.add_button is not None:
                table.add_button.setEnabled(project is not None)

    def _compute(self, show: Callable[[Dossier], None]) -> None:
        """The whole project in the background, then what was asked for."""
        project = self._current()
        if project is None:
            return
        session, name = self.desk.session, project.uuid

        def work(progress: Progress) -> Dossier:
            return read_dossier(session, name, progress)

        self.desk.submit(_("Computing {scenario}").format(scenario=project.name), work, show)

    def _show(self, *widgets: QWidget) -> None:
        project = self._current()
        self.panel.chart.show_widgets(*widgets)  # type: ignore[attr-defined]
        self.desk.drawer.emit(self.panel.chart, project.name if project is not None else "")  # type: ignore[attr-defined]

    def _blocks(self, blocks: Any) -> list[QWidget]:
        """Charts and tables of a document as widgets."""
        made: list[QWidget] = []
        for block in blocks:
            if isinstance(block, Bars):
                made.append(BarChart(block.title, block.unit, block.bars, lying=block.lying, mark=block.mark))
            elif isinstance(block, Chart):
                made.append(
                    LineChart(
                        block.title, block.unit, [Series(line.label, line.colour, line.points) for line in block.lines]
                    )
                )
            elif isinstance(block, sections.Table):
                table = Table(sortable=False)
                table.set_rows(
                    [Column(head) for head in block.columns],
                    [TableRow(cells, number) for number, cells in enumerate(block.rows)],
                )
                made.append(table)
        return made

    def show_stack(self) -> None:
        """What the money is for and where it comes from."""
        self._compute(
            lambda dossier: self._show(
                *self._blocks([*sections.uses_and_sources(dossier), *sections.waterfall(dossier)])
            )
        )

    def show_cover(self) -> None:
        """Debt cover by year beside what the lender asks for; the years below are named."""

        def show(dossier: Dossier) -> None:
            made = self._blocks(sections.cover(dossier))
            years = [str(dossier.inputs.start_year + year) for year in dossier.figure("debt.breach_years") or []]
            least = format_number(dossier.model.case.covenants.minimum_dscr, 2)
            self.breaches.setText(
                _("Debt cover is below {least} in {years}.").format(least=least, years=", ".join(years))
                if years
                else ""
            )
            if made:
                self._show(*made)
            else:
                self.desk.tell(_("There is no loan."))

        self._compute(show)

    def show_risk(self) -> None:
        """Tornado and histogram with P10, P50 and P90."""

        def show(dossier: Dossier) -> None:
            made = self._blocks(sections.risk(dossier))
            if not made:
                self.desk.tell(_("No practice says how far its values may be off, so nothing was varied."), "warning")
                return
            told = [
                f"{word}: {format_number(dossier.figure(f'risk.npv_{name}'))}"
                for word, name in (("P10", "p10"), ("P50", "p50"), ("P90", "p90"))
            ]
            told.append(
                f"{_('Chance of a loss')}: {format_percent(dossier.figure('risk.probability_npv_below_zero'), 1)}"
            )
            beside = QWidget()
            beside.setLayout(column(*(label(text, "") for text in told), None, margins=M, spacing=S))
            self._show(*made, beside)

        self._compute(show)

    def show_statement(self) -> None:
        """Yearly statements: years across, lines down, the first column stays."""

        def show(dossier: Dossier) -> None:
            names = dict(sections.statement_words())
            table = Table(sortable=False, frozen=True)
            table.setAccessibleName(_("Statements"))
            rows = []
            for name in SERIES:
                values = dossier.series(name)
                rows.append(TableRow((names[name], *values), f"series.{name}"))
            table.set_rows([Column(""), *(Column(str(year), True) for year in dossier.years)], rows)
            table.activated.connect(lambda index: self.panel.show_trace(f"series.{SERIES[index.row()]}"))  # type: ignore[attr-defined]
            self._show(table)

        self._compute(show)

    def show_matches(self) -> None:
        """Sources by how they fit, with why and what would change it."""

        def show(dossier: Dossier) -> None:
            table = Table(sortable=False)
            table.setAccessibleName(_("Sources that fit"))
            rows = [
                TableRow((match.name, format_percent(match.score) if match.eligible else _("not eligible"), format_percent(match.coverage),
                          "; ".join(f"{gate.name}: {gate.told}" for gate in match.gates if gate.state == FAIL) if not match.eligible
                          else "; ".join(f"{_(CRITERIA[each.id])} {format_percent(each.score)}" for each in match.criteria if each.score is not None), match.change or "–"), number)
                for number, match in enumerate(dossier.matches)
            ]  # fmt: skip
            table.set_rows(
                [
                    Column(_("Source")),
                    Column(_("Fit")),
                    Column(_("Known")),
                    Column(_("Why")),
                    Column(_("What would change it")),
                ],
                rows,
            )
            beside = ChartPage()

            def explain(number: int) -> None:
                beside.show_widgets(*self._blocks([sections.contributions(dossier.matches[number])]))

            table.selectionModel().selectionChanged.connect(
                lambda *_changed: [explain(key) for key in table.selected_keys()[:1]]
            )
            if rows:
                explain(0)
            self._show(table, beside)

        self._compute(show)

    def show_flags(self) -> None:
        """All questions with their answers."""

        def show(dossier: Dossier) -> None:
            self._show(*self._blocks(sections.flags(dossier)))

        self._compute(show)

    # ------------------------------------------------------------ doing

    def write_document(self, path: str = "") -> None:
        """The chosen document of the chosen project, in the background."""
        project = self._current()
        if project is None:
            return
        page = next(each for each in TOOL.pages if each.id == self.which.currentData())
        suffix = ".pptx" if page.slides else ".pdf"
        if not path:
            kinds = (
                _("Slides (*.pptx)")
                if page.slides
                else ";;".join(
                    (
                        _("Pages to print (*.pdf)"),
                        _("Text to go on editing (*.docx)"),
                        _("Web page in one file (*.html)"),
                    )
                )
            )
            path, chosen = QFileDialog.getSaveFileName(
                self.panel, _(page.title), f"{slug(project.name)}_{page.id}{suffix}", kinds
            )
            if path and not Path(path).suffix:
                path += next((end for end in (".docx", ".html") if end in chosen), suffix)
        if not path:
            return
        from onekl_desktop.reports.write import write_report  # with ReportLab: only where something is written

        session: Session = self.desk.session
        out = Path(path)

        def work(progress: Progress) -> Path:
            progress.report(None, _("Writing {file}").format(file=out.name))
            return write_report(session, page.id, out, subject=project.name)

        self.desk.submit(
            _("Writing {file}").format(file=out.name),
            work,
            lambda written: self.desk.tell(_("Wrote {file}.").format(file=written), "good"),
        )

    def remove_movement(self) -> None:
        """The selected movement, entered by mistake."""
        table, project = self.panel.record_tables["tracking"], self._current()
        keys = table.selected
        if project is None or not keys:
            return
        number = next((at + 1 for at, row in enumerate(self.movements) if row.uuid == keys[0]), 0)
        try:
            self.desk.attempt("lift.remove_movement", project=project.uuid, number=number)
        except UserError as problem:
            self.desk.tell_problem(problem)


def _values(rows: list[Any], key: str, inputs: tuple[Any, ...]) -> dict[str, Any]:
    found = next((row for row in rows if row.uuid == key), None)
    return {} if found is None else {"name": found.name, **{field.id: getattr(found, field.id) for field in inputs}}
