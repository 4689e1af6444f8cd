"""The documents of projects: reopened, with the figures of the model, gaps as gaps, in every language."""

import docx
import pptx
import pypdfium2
import pytest
from sqlalchemy import select

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.translate import set_language
from onekl_desktop.base.units import format_number
from onekl_desktop.engine import perform
from onekl_desktop.project.records import Project
from onekl_desktop.reports.page import Bars, MapBlock, Notes, Table
from onekl_desktop.reports.write import build_page, list_subjects, write_report
from onekl_desktop.tools.lift.dossier import read_dossier
from onekl_desktop.tools.lift.flags import CLEAR, RAISED, UNKNOWN
from onekl_desktop.tools.lift.ideas import read_ideas
from onekl_desktop.tools.lift.queries import read_finance
from onekl_desktop.tools.lift.runs import find_result, moved_figures, run_all
from onekl_desktop.tools.lift.spec import TOOL
from tests.support.landscape import add_cover, add_garden, place

PAGES = [page for page in TOOL.pages if page.of]


@pytest.fixture
def venture(session, tmp_path):
    add_cover(session, tmp_path)
    perform(session, "scenarios.change_practice", practice="Gardens", yield_t_per_ha_year=1.5, years_to_yield=3, price_per_t=900, trees_per_ha=80, survival=0.95, spread=0.2, source="survey 2026", product="Cocoa")  # fmt: skip
    item = add_garden(session)
    perform(session, "partnership.add_organisation", name="Growers", organisation_type="cooperative")
    perform(session, "lift.add_project", name="Venture", champion="Growers", horizon_years=14, wage_per_day=4, own_labour_share=0.5, minimum_dscr=1.4, buyer_share=0.8, problem="Poor soil.")  # fmt: skip
    perform(session, "lift.add_part", project="Venture", intervention=item["intervention"])
    perform(
        session,
        "lift.add_line",
        project="Venture",
        name="Seedlings",
        line_type="grant",
        basis="fixed",
        amount=20000,
        first=0,
        last=0,
    )
    perform(
        session,
        "lift.add_funding",
        project="Venture",
        name="Bank loan",
        amount=100000,
        interest=0.1,
        grace_years=1,
        payments=5,
        year=0,
    )
    return session


def texts(page):
    return "\n".join(
        " ".join(str(cell) for row in block.rows for cell in row) if isinstance(block, Table) else " ".join(block.items) if isinstance(block, Notes) else getattr(block, "text", "")
        for block in page.blocks
    )  # fmt: skip


def test_every_document_is_written_and_opens_again(venture, tmp_path):
    dossier = read_dossier(venture, "Venture")
    npv = format_number(dossier.figure("project.npv"))
    for page in PAGES:
        if page.slides:
            deck = pptx.Presentation(str(write_report(venture, page.id, tmp_path / "p.pptx")))
            told = [shape.text_frame.text for slide in deck.slides for shape in slide.shapes if shape.has_text_frame]
            assert all(slide.shapes.title is not None and slide.shapes.title.text_frame.text for slide in deck.slides)
            assert (
                len(deck.slides) == 10
                and any(npv in text for text in told)
                and any("Poor soil." in text for text in told)
            )
            continue
        paper = pypdfium2.PdfDocument(str(write_report(venture, page.id, tmp_path / f"{page.id}.pdf")))
        text = "".join(sheet.get_textpage().get_text_range() for sheet in paper)
        paper.close()
        assert "Venture" in text and "Growers" in text if page.id != "annex" else npv in text
    office = docx.Document(str(write_report(venture, "proposal", tmp_path / "p.docx")))
    cells = {cell.text for table in office.tables for row in table.rows for cell in row.cells}
    assert {npv, "Bank loan, Loan", "Seedlings"} & cells >= {npv, "Seedlings"} and "Red flags" in {
        each.text for each in office.paragraphs
    }
    with pytest.raises(UserError) as found:
        write_report(venture, "pitch", tmp_path / "p.pdf")
    assert found.value.code == "report.slides"
    with pytest.raises(UserError) as found:
        write_report(venture, "proposal", tmp_path / "x.pptx")
    assert found.value.code == "report.no_slides"


def test_a_report_about_one_project_asks_which(venture):
    perform(venture, "lift.add_project", name="Second")
    assert list_subjects(venture, PAGES[0]) == ["Venture", "Second"] and list_subjects(venture, TOOL.pages[0]) == [""]
    with pytest.raises(UserError) as found:
        build_page(venture, "proposal")
    assert found.value.code == "report.which" and "Second" in str(found.value)
    with pytest.raises(UserError) as found:
        build_page(venture, "proposal", "Second")
    assert found.value.code == "lift.no_parts"
    perform(venture, "lift.remove_project", project="Second")
    perform(venture, "lift.remove_project", project="Venture")
    with pytest.raises(UserError) as found:
        build_page(venture, "proposal")
    assert found.value.code == "report.nothing"


def test_gaps_are_printed_as_gaps(venture):
    text = texts(build_page(venture, "proposal"))
    assert (
        "The solution: not written yet." in text
        and "No kind of household is entered" in text
        and "No finance source is entered." in text
    )
    assert "No action of the plan is linked" in text and "Still missing: Registration of the organisation" in text


def test_both_sides_of_the_money_are_equal_and_the_map_is_that_of_the_project(venture):
    dossier = read_dossier(venture, "Venture")
    page = build_page(venture, "proposal")
    uses = next(block for block in page.blocks if isinstance(block, Table) and block.rows[0][0] == "Use")
    amounts = {
        kind: sum(float(row[2].replace(",", "")) for row in uses.rows if row[0] == kind) for kind in ("Use", "Source")
    }
    assert amounts["Use"] == pytest.approx(amounts["Source"], abs=2)
    assert amounts["Source"] == pytest.approx(20000 + 100000 + dossier.figure("equity.called"), abs=2)
    (where,) = [block for block in page.blocks if isinstance(block, MapBlock)]
    west, south, east, north = where.around
    assert west < 506_000 < 507_000 < east and south < 306_000 < 307_000 < north
    stack = next(block for block in page.blocks if isinstance(block, Bars) and block.title == "Capital stack")
    assert stack.bars[-1].end == pytest.approx(amounts["Source"], abs=2)


def test_red_flags_are_raised_by_themselves(venture):
    flags = {flag.id: flag for flag in read_dossier(venture, "Venture").flags}
    assert {id for id, flag in flags.items() if flag.state == RAISED} >= {"survival", "buyer", "unfunded", "benchmark"}
    assert (
        flags["price"].state == UNKNOWN
        and flags["currency"].state == CLEAR
        and flags["sensitivity"].state == CLEAR
        and flags["labour"].state == CLEAR
    )
    perform(venture, "lift.set_rate", currency="EUR", rate=1.1, rated_on="2026-01-01", source="Bank")
    perform(
        venture, "lift.add_funding", project="Venture", name="Euro loan", amount=1000, currency="eur", interest=0.05
    )
    perform(venture, "lift.change_project", project="Venture", wage_per_day=0.0, buyer_share=0.5)
    perform(venture, "scenarios.change_practice", practice="Gardens", survival=0.7, source="-")
    perform(
        venture,
        "lift.add_household",
        project="Venture",
        name="Farmers",
        households=60,
        hectares=1.5,
        benchmark=3000,
        benchmark_source="study 2025",
    )
    perform(venture, "scenarios.change_practice", practice="Gardens", price_average=800)
    again = {flag.id: flag for flag in read_dossier(venture, "Venture").flags}
    assert (
        again["currency"].state == RAISED
        and again["labour"].state == RAISED
        and again["buyer"].state == CLEAR
        and again["survival"].state == CLEAR
        and again["benchmark"].state == CLEAR
    )
    assert again["price"].state == RAISED and "900 a tonne, the mean is 800" in again["price"].told
    perform(venture, "scenarios.change_practice", practice="Gardens", price_average=950)
    assert next(flag for flag in read_dossier(venture, "Venture").flags if flag.id == "price").state == CLEAR
    first = next(iter(again.values()))
    assert first.state == RAISED, "raised ones stand first"


def test_places_speak_for_themselves(venture):
    """A hectare in two projects, a place that reaches beyond the landscape."""
    other = add_garden(venture, place(6500, 6500, 7500, 7500), name="Second place")
    perform(venture, "lift.add_project", name="Second")
    perform(venture, "lift.add_part", project="Second", intervention=other["intervention"])
    perform(venture, "layers.redraw_boundary", geometry=place(0, 0, 6800, 9000))
    flags = {flag.id: flag for flag in read_dossier(venture, "Venture").flags}
    assert flags["twice"].state == RAISED and "Second" in flags["twice"].told and "25.0 ha" in flags["twice"].told
    assert flags["outside"].state == RAISED and "20.0 ha" in flags["outside"].told


def test_what_is_refused_is_named(venture):
    for operation, fields, code in (
        ("lift.add_funding", {"project": "Venture", "name": "Yen loan", "amount": 5, "currency": "JPY"}, "lift.no_rate"),
        ("lift.add_household", {"project": "Venture", "name": "F", "benchmark": 5}, "lift.benchmark_source"),
        ("lift.set_rate", {"currency": "euro"[:3] + "", "rate": 1, "rated_on": "2026-01-01", "source": "x"}, ""),
        ("lift.set_rate", {"currency": "12", "rate": 1, "rated_on": "2026-01-01", "source": "x"}, "lift.currency"),
        ("lift.add_flow", {"name": "Back", "first_year": 2030, "last_year": 2020}, "lift.line_years"),
        ("lift.remove_movement", {"project": "Venture", "number": 3}, "lift.no_movement"),
        ("layers.change_setting", {"setting": "match_weights", "value": "ticket=3"}, ""),
    ):  # fmt: skip
        if not code:
            perform(venture, operation, **fields)
            continue
        with pytest.raises(UserError) as found:
            perform(venture, operation, **fields)
        assert (
            found.value.code == code and found.value.problems[0].remedy
            if found.value.problems
            else found.value.code == code
        )
    perform(venture, "layers.change_setting", setting="match_weights", value="price=3")
    perform(venture, "lift.add_source", name="Fund")
    with pytest.raises(UserError) as found:
        read_dossier(venture, "Venture")
    assert found.value.code == "lift.weights"


def test_a_loan_that_outlives_the_project_is_named(venture):
    perform(venture, "lift.change_funding", funding="Bank loan", grace_years=10, payments=9)
    state = next(iter(read_finance(venture).projects))
    assert (
        state.word == "blocked" and "Bank loan would be paid back in 2045" in state.problem and "2040" in state.problem
    )


def test_ideas_know_what_waits_for_them(venture):
    perform(venture, "action_plan.add_action", name="Nursery", action_type="enabling", start_year=2026, end_year=2028)
    perform(venture, "action_plan.add_action", name="Road", action_type="enabling", waits_for="Nursery")
    perform(venture, "action_plan.add_action", name="Plant", action_type="asset", waits_for="Road", start_year=2027)
    states = {state.action.name: state for state in read_ideas(venture)}
    assert (
        list(states) == ["Nursery", "Road", "Plant"]
        and states["Nursery"].needed_by == ["Plant"] == states["Road"].needed_by
    )
    assert (
        states["Nursery"].critical
        and states["Road"].critical
        and not states["Plant"].critical
        and states["Plant"].score is None
    )
    perform(venture, "lift.judge_idea", action="Nursery", money="asked", fit=3, readiness=0, project="Venture")
    judged = {state.action.name: state for state in read_ideas(venture)}["Nursery"]
    assert not judged.critical and judged.score == 0.5 and judged.project == "Venture"
    assert "Road: Plant wait for it" in texts(build_page(venture, "strategy"))
    venture.undo()
    assert {state.action.name: state for state in read_ideas(venture)}["Nursery"].critical


@pytest.mark.parametrize("language", ["id", "fr", "es"])
def test_the_proposal_speaks_the_language(venture, language):
    set_language(language)
    text = texts(build_page(venture, "proposal"))
    assert "What the money is for" not in text and "Red flags" not in text
    assert {"id": "Tanda bahaya", "fr": "Alertes", "es": "Alertas"}[language] in text


def test_an_edit_touches_only_what_stands_on_it(venture):
    """Two projects; the polygon of one is moved: that one alone is out of date, says what moved, and is computed again."""
    other = add_garden(venture, place(8000, 1000, 8500, 1500), name="Elsewhere")
    perform(venture, "lift.add_project", name="Second", horizon_years=10)
    perform(venture, "lift.add_part", project="Second", intervention=other["intervention"])
    run_all(venture)

    def runs():
        with venture.read() as db:
            return {row.name: find_result(db, row)[:2] for row in db.scalars(select(Project))}

    before = runs()
    assert all(current for _run, current in before.values())
    perform(venture, "scenarios.reshape_intervention", intervention="Elsewhere", geometry=place(8000, 1000, 8500, 2000))
    edited = runs()
    assert edited["Venture"][1] and not edited["Second"][1]
    state = next(each for each in read_finance(venture).projects if each.project.name == "Second")
    moved = {code: (old, new) for code, old, new in moved_figures(venture, state.project, state.totals)}
    assert (
        moved["project_area"] == (pytest.approx(25, rel=0.01), pytest.approx(50, rel=0.01))
        and "project_irr" not in moved
    )
    assert state.word == "stale"
    run_all(venture)
    after = runs()
    assert after["Venture"][0].uuid == before["Venture"][0].uuid and after["Second"][0].uuid != before["Second"][0].uuid
    venture.undo()
    undone = runs()
    assert undone["Second"][1] and undone["Second"][0].uuid == before["Second"][0].uuid, "the earlier run holds again"
