"""The action plan: what comes first, money by year, shared ground, and the document with its map frames."""

import datetime as dt

import docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from sqlalchemy import select

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.geometry import area_ha
from onekl_desktop.engine import perform
from onekl_desktop.project.records import BudgetLine, Dependency
from onekl_desktop.reports.write import build_page, write_report
from onekl_desktop.tools.action_plan.pages import gantt_bars
from onekl_desktop.tools.action_plan.queries import compare_actions, find_problems, read_plan
from onekl_desktop.tools.commons.rules import select_released
from tests.support.landscape import add_garden, place


def refused(session, operation, **fields):
    with pytest.raises(UserError) as caught:
        perform(session, operation, **fields)
    return caught.value


def text_of(target):
    return " ".join(" ".join(page.extract_text() for page in PdfReader(target).pages).split())


def _leads_to(kept, start, end):
    ahead, seen = [start], set()
    while ahead:
        at = ahead.pop()
        if at == end:
            return True
        if at not in seen:
            seen.add(at)
            ahead += [first for action, first in kept if action == at]
    return False


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=14))
def test_no_order_of_dependencies_ever_closes_a_loop(session, wanted):
    for number in range(6):
        perform(session, "action_plan.add_action", name=f"A{number}")
    kept = set()
    for action, first in wanted:
        before = {each for each, _first in kept}
        fields = {"action": f"A{action}", "waits_for": f"A{first}"}
        if action == first or (first in before and _leads_to(kept, first, action)):
            problem = refused(session, "action_plan.set_dependency", **fields)
            assert problem.code == "action_plan.in_circle" and "→" in str(problem)
        else:
            perform(session, "action_plan.set_dependency", **fields)
            kept.add((action, first))
    done, left = set(), set(range(6))
    while left:
        ready = {action for action in left if all(first in done for each, first in kept if each == action)}
        assert ready, kept  # somebody can always begin
        done |= ready
        left -= ready
    while session.history.next_undo is not None:
        session.undo()


def test_an_action_waits_for_several(session):
    perform(session, "action_plan.add_action", name="Nursery", start_year=2026, end_year=2027)
    perform(session, "action_plan.add_action", name="Boundary", start_year=2026, end_year=2026)
    perform(
        session, "action_plan.add_action", name="Plant", waits_for="Nursery; Boundary", start_year=2027, end_year=2029
    )
    assert read_plan(session).waits_for(read_plan(session).actions[2].uuid) == "Nursery, Boundary"
    assert (
        refused(session, "action_plan.change_action", action="Nursery", waits_for="Plant").code
        == "action_plan.in_circle"
    )
    assert refused(session, "action_plan.remove_action", action="Nursery").code == "record.in_use"
    assert refused(session, "action_plan.change_action", action="Plant", end_year=2020).code == "action_plan.years"
    told = find_problems(read_plan(session))
    assert "Plant begins in 2027, before Nursery ends in 2027." in told and not any(
        "before Boundary" in text for text in told
    )
    bars, links = gantt_bars(read_plan(session))
    assert [(bar.label, bar.start, bar.end) for bar in bars] == [
        ("Boundary", 2026, 2027),
        ("Nursery", 2026, 2028),
        ("Plant", 2027, 2030),
    ]
    assert set(links) == {(1, 2), (0, 2)}
    perform(session, "action_plan.change_action", action="Plant", waits_for="Boundary")
    with session.read() as db:
        assert len(list(db.scalars(select(Dependency)))) == 1
    perform(session, "action_plan.remove_action", action="Plant")
    with session.read() as db:
        assert db.scalar(select(Dependency)) is None


def test_the_budget_is_the_sum_of_its_lines(session):
    perform(session, "action_plan.add_action", name="Nursery", cost=999, start_year=2026, end_year=2027)
    assert read_plan(session).cost_of(read_plan(session).actions[0]) == 999
    for year, kind, planned, spent in (
        (2026, "investment", 100, 90),
        (2027, "operating", 50, None),
        (2027, "investment", 25, 5),
        (2031, "operating", 1, None),
    ):
        perform(
            session,
            "action_plan.add_budget_line",
            action="Nursery",
            year=year,
            budget_type=kind,
            planned=planned,
            spent=spent,
        )
    plan = read_plan(session)
    assert (
        plan.cost_of(plan.actions[0]) == 176
        and plan.spent_of(plan.actions[0].uuid) == 95
        and plan.years == [2026, 2027, 2031]
    )
    assert plan.sum_year(2027, "operating") == 50 and plan.sum_year(2027, "investment") == 25
    assert "Nursery has money in 2031, outside its own years." in find_problems(plan)
    with session.read() as db:
        assert [row.name for row in db.scalars(select(BudgetLine))] == [
            "Nursery 2026",
            "Nursery 2027",
            "Nursery 2027 (2)",
            "Nursery 2031",
        ]
    perform(session, "action_plan.change_budget_line", budget_line="Nursery 2027", planned=60)
    assert read_plan(session).sum_year(2027, "operating") == 60  # its kind stays


def test_shared_ground_is_seen_until_it_is_judged(planned):
    first = add_garden(planned, place(1000, 1000, 3000, 3000), start_year=2027)["name"]
    second = add_garden(planned, place(2000, 1000, 4000, 3000), start_year=2028)["name"]
    perform(planned, "action_plan.add_action", name="One", intervention=first, start_year=2027, end_year=2029)
    perform(planned, "action_plan.add_action", name="Two", intervention=second, start_year=2029, end_year=2031)
    (pair,) = compare_actions(read_plan(planned))
    assert pair.suspected and pair.shared_years == 1
    assert pair.shared_ha == pytest.approx(area_ha(place(2000, 1000, 3000, 3000), planned.crs), rel=1e-6)
    perform(planned, "action_plan.set_interplay", first_action="Two", second_action="One", score=-1, note="Same hands.")
    (pair,) = compare_actions(read_plan(planned))
    assert not pair.suspected and pair.score == -1 and pair.note == "Same hands."
    assert (
        refused(planned, "action_plan.set_interplay", first_action="One", second_action="One").code
        == "action_plan.with_itself"
    )
    perform(planned, "action_plan.remove_interplay", first_action="One", second_action="Two")
    assert compare_actions(read_plan(planned))[0].suspected
    assert (
        refused(planned, "action_plan.remove_interplay", first_action="One", second_action="Two").code
        == "action_plan.no_pair"
    )


def test_the_plan_is_a_document_with_contents_and_a_map_in_its_frame(planned, tmp_path):
    name = add_garden(planned, place(1000, 1000, 3000, 3000), start_year=2027)["name"]
    perform(planned, "visioning.add_goal", name="More forest", measure="forest_area")
    perform(
        planned,
        "action_plan.add_action",
        name="Plant the slope",
        goal="More forest",
        intervention=name,
        start_year=2027,
        end_year=2028,
        description="Rows along the contour.",
    )
    perform(planned, "action_plan.add_action", name="Talks with the bank", confidential=True, start_year=2027)
    perform(planned, "action_plan.add_budget_line", action="Plant the slope", year=2027, planned=12345)
    perform(planned, "action_plan.add_budget_line", action="Talks with the bank", year=2027, planned=777)
    write_report(planned, "action_plan", tmp_path / "plan.pdf")
    told = text_of(tmp_path / "plan.pdf")
    for words in (
        "Contents",
        "Plant the slope",
        "Rows along the contour.",
        "12,345",
        "Timetable",
        "Budget by year",
        "Square",
        "We have made this plan together",
    ):
        assert words in told
    assert "Talks with the bank" not in told and "777" not in told
    outline = [item.title for item in PdfReader(tmp_path / "plan.pdf").outline if not isinstance(item, list)]
    assert "The actions" in outline and "The landscape" in outline
    sheets = [
        page
        for page in PdfReader(tmp_path / "plan.pdf").pages
        if len(page.images) == 1 and not page.extract_text().strip()
    ]
    assert len(sheets) == 2  # the landscape, and where the actions are
    write_report(planned, "action_plan", tmp_path / "plan.docx")
    document = docx.Document(str(tmp_path / "plan.docx"))
    words = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "Plant the slope" in words and "Talks with the bank" not in words
    assert len(document.sections) >= 4 and any(abs(section.left_margin.mm - 8) < 0.1 for section in document.sections)
    write_report(planned, "action_plan", tmp_path / "plan.html")
    perform(planned, "commons.release_usual")
    with planned.read() as db:
        selection = select_released(db, "public")
    assert [row.name for row in selection.released["action"].rows] == ["Plant the slope"] and selection.kept[
        "action:confidential"
    ] == 1


def test_an_empty_plan_says_what_is_missing(session):
    blocks = str(build_page(session, "action_plan").blocks)
    assert "No action has been entered yet." in blocks and "No budget by year has been entered yet." in blocks
    assert dt.date.today().isoformat() in build_page(session, "action_plan").subtitle
