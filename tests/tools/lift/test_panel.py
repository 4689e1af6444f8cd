"""The panel tells how a project's figures come about, and hands out its workbook."""

import pytest
from PySide6.QtTest import QSignalSpy

from onekl_desktop.app.window import MainWindow
from onekl_desktop.engine import Session, perform
from onekl_desktop.engine.settings import Settings
from onekl_desktop.exchange.finance.returning import read_workbook
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
