"""The panel tells how a project's figures come about, and hands out its workbook."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy

from onekl_desktop.app.window import MainWindow
from onekl_desktop.engine import Session, perform
from onekl_desktop.engine.settings import Settings
from onekl_desktop.exchange.finance.returning import read_workbook
from onekl_desktop.gui.charts.bars import BarChart
from onekl_desktop.gui.tables.table import Table
from tests.support.landscape import place


@pytest.fixture
def panel(qtbot, path, registry):
    with Session(path, registry=registry) as session:
        perform(session, "scenarios.add_practice", name="Gardens", capital_cost_per_ha=1000, operating_cost_per_ha_year=50, source="survey")  # fmt: skip
        perform(session, "scenarios.add_scenario", name="S")
        perform(session, "scenarios.add_intervention", scenario="S", practice="Gardens", geometry=place(1000, 1000, 2000, 2000), start_year=2027, name="Plot")  # fmt: skip
        perform(session, "lift.add_project", name="=Venture", horizon_years=10)
        perform(session, "lift.add_part", project="=Venture", intervention="Plot")
        perform(session, "lift.add_line", project="=Venture", name="Fruit", line_type="revenue", amount=400, first=2)
    window = MainWindow(Settings(), registry)
    qtbot.addWidget(window)
    window.resize(1200, 800)
    window.show()
    window.open_project(path)
    yield window.view.panel_of("lift")
    window.close()


def test_figures_are_explained_and_followed(panel):
    dialog = panel.show_trace()
    gone = QSignalSpy(dialog.destroyed)
    assert dialog.list.currentItem().text() == "project.npv" and dialog.formula.text()
    inputs = {dialog.inputs.topLevelItem(n).text(0): dialog.inputs.topLevelItem(n) for n in range(dialog.inputs.topLevelItemCount())}  # fmt: skip
    dialog._follow(inputs["series.pre_tax_cash_flow"], 0)
    assert dialog.value.text().startswith("series.pre_tax_cash_flow = ")
    dialog.show_figure("series.operating_cost")
    line = dialog.inputs.topLevelItem(0)
    fields = [line.child(n) for n in range(line.childCount())]
    assert any(field.text(2) == "survey" for field in fields)
    dialog.close()
    assert gone.wait(2000)


def test_the_workbook_is_the_project(panel, tmp_path):
    panel.save_workbook(str(tmp_path / "venture"))
    found = read_workbook(tmp_path / "venture.xlsx")
    assert found.document["header"]["name"] == "=Venture" and not found.problems and not found.changes
    assert {told["source"] for told in found.sources.values()} == {
        "survey",
        "drawn: Plot",
        "the landscape's setting",
        "stated in the project",
    }


def charts(panel, qtbot):
    qtbot.waitUntil(lambda: not panel.desk.session.jobs.busy and not panel.desk._running, timeout=20_000)
    return panel.chart.findChildren(BarChart), panel.chart.findChildren(Table)


def test_capital_risk_and_statements_are_shown(panel, qtbot):
    panel.desk.perform("scenarios.change_practice", practice="Gardens", spread=0.3)
    panel.desk.perform(
        "lift.add_funding", project="=Venture", name="Loan", amount=90000, interest=0.08, grace_years=1, payments=5
    )
    panel.show_page("capital")
    assert panel.record_tables["capital"].count.text() == "1"
    panel.outcome.risk_button.click()
    bars, _tables = charts(panel, qtbot)
    assert [len(chart.bars) for chart in bars] == [2, 16] and bars[0].mark is not None
    assert sum(bar.end for bar in bars[1].bars) == pytest.approx(100.0)
    panel.outcome.cover_button.click()
    bars, _tables = charts(panel, qtbot)
    assert bars[-1].mark == pytest.approx(1.2)
    panel.outcome.stack_button.click()
    bars, _tables = charts(panel, qtbot)
    fall = bars[-1].bars
    assert fall[-1].end == pytest.approx(fall[-2].end), "what is left is where the steps end"
    panel.outcome.statement_button.click()
    _bars, tables = charts(panel, qtbot)
    table = tables[-1]
    assert table.isColumnHidden(0) and table.model().headerData(0, Qt.Orientation.Vertical) == "Revenue"
    dialog = panel.show_trace("series.revenue_total")
    assert dialog.value.text().startswith("series.revenue_total")
    dialog.close()


def test_an_edit_says_what_moved_and_one_click_computes(panel):
    panel.compute()
    assert panel.moved.isHidden() and panel.state.text() == "Computed"
    panel.desk.perform("scenarios.reshape_intervention", intervention="Plot", geometry=place(1000, 1000, 2000, 3000))
    assert panel.state.text() == "Out of date" and "Area of the project: 100.1 → 200.2" in panel.moved.text()
    panel.compute_button.click()
    assert panel.state.text() == "Computed" and panel.moved.isHidden()
    panel.desk.perform("layers.redraw_boundary", geometry=place(0, 0, 10000, 2500))
    assert "lie outside the landscape" in panel.conflicts.text()


def test_documents_and_money_belong_to_the_chosen_project(panel, tmp_path, qtbot):
    panel.desk.perform("lift.set_document", project="=Venture", item="permits", status="there")
    panel.desk.perform("lift.add_movement", project="=Venture", deed="commitment", amount=700, moved_on="2026-01-02")
    rows = panel.record_tables["documents"]._rows
    assert len(rows) == 16 and next(row for row in rows if row.key == "permits").values[1] == "There"
    assert "Commitment: 700" in panel.outcome.sums.text()
    panel.record_tables["tracking"].table.selectRow(0)
    panel.outcome.drop_movement.click()
    assert panel.record_tables["tracking"]._rows == []
    panel.outcome.which.setCurrentIndex(panel.outcome.which.findData("pitch"))
    panel.outcome.write_document(str(tmp_path / "p.pptx"))
    qtbot.waitUntil((tmp_path / "p.pptx").exists, timeout=20_000)


def test_steps_are_linked_and_a_source_explains_its_fit(panel, qtbot):
    for name, depends, start in (("Nursery", "", 2026), ("Road", "", 2026), ("Plant", "Nursery", 2028)):
        panel.desk.perform("action_plan.add_action", name=name, waits_for=depends, start_year=start, end_year=start + 1)
    panel.plan.gantt_button.click()
    (chart,) = panel.chart.findChildren(BarChart)
    names = [bar.label for bar in chart.bars]
    assert [(names[first], names[then]) for first, then in chart.links] == [("Nursery", "Plant")]
    panel.desk.perform(
        "lift.add_source",
        name="Near",
        instrument="loan",
        ticket_minimum=1000,
        ticket_maximum=90000,
        return_minimum=0.05,
    )
    panel.desk.perform("lift.add_source", name="Far", instrument="grant")
    panel.outcome.match_button.click()
    bars, tables = charts(panel, qtbot)
    rows = tables[-1].source.rows
    assert [row.values[0] for row in rows] == ["Near", "Far"] and rows[1].values[1] == "–"
    assert f"{sum(bar.end for bar in bars[-1].bars):.0f}%" == rows[0].values[1]
