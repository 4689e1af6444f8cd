"""The page of projects prints the conventions, the formulas, and every amount with its source."""

from onekl_desktop.engine import Session, perform
from onekl_desktop.models.finance.run import CONVENTIONS
from onekl_desktop.reports.page import Heading, Notes, Table
from onekl_desktop.tools.lift.pages import projects
from onekl_desktop.tools.lift.runs import run_all
from tests.support.landscape import place


def tables(page):
    return {block.columns[0]: block.rows for block in page.blocks if isinstance(block, Table)}


def test_the_page_of_projects_can_be_checked_line_by_line(path, registry):
    with Session(path, registry=registry) as session:
        perform(session, "scenarios.add_practice", name="Gardens", capital_cost_per_ha=1000, operating_cost_per_ha_year=50, source="survey")  # fmt: skip
        perform(session, "scenarios.add_scenario", name="S")
        perform(session, "scenarios.add_intervention", scenario="S", practice="Gardens", geometry=place(1000, 1000, 2000, 2000), start_year=2027, name="Plot")  # fmt: skip
        perform(session, "lift.add_project", name="Venture", horizon_years=10)
        perform(session, "lift.add_part", project="Venture", intervention="Plot")
        perform(session, "lift.add_line", project="Venture", name="Fruit", line_type="revenue", amount=400, first=2)
        perform(session, "lift.add_line", project="Venture", name="Trees", line_type="grant", basis="fixed", amount=5000, first=0, last=1, source="letter")  # fmt: skip
        assert "What it stands on" not in tables(projects(session)), "explained before it is computed"
        run_all(session)
        page = projects(session)
    inputs = {row[0]: row[1:] for row in tables(page)["What it stands on"]}
    assert inputs["Gardens: Establishment, per ha"] == ("1,000.00 (0–0)", "survey")
    assert inputs["Gardens: Fruit"] == ("400.00 (2–)", "–")
    assert inputs["Trees"] == ("5,000.0 · 5,000.0", "letter")
    assert (
        inputs["Gardens: Hectares"] == ("100.1", "drawn: Plot")
        and inputs["Discount rate"][1] == "the landscape's setting"
    )
    assert dict(tables(page)["Figure"])["Cash flow"] == "revenue - operating cost - capital cost - change of NWC + asset sale"  # fmt: skip
    notes = [item for block in page.blocks if isinstance(block, Notes) for item in block.items]
    assert (
        set(CONVENTIONS) <= set(notes)
        and "1 of 6 inputs have no source of their own: they are the partnership's assumptions." in notes
    )
    assert page.blocks[-2 if isinstance(page.blocks[-2], Heading) else -3].text == "How these figures are computed"
