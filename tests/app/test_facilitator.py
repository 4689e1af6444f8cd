"""A facilitator's workshop on the sample, by clicks: who is there, what they say, want and decide, and the plan they sign."""

import pytest
from pypdf import PdfReader
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from onekl_desktop.app.window import MainWindow
from onekl_desktop.engine.settings import Settings
from onekl_desktop.gui.theme import apply_theme
from onekl_desktop.project.dump import dump_hash
from onekl_desktop.project.queries.records import get_by_name
from onekl_desktop.project.records import Comment, Concern, Decision, Result, ResultLink
from tests.support.clicks import LEFT, form, press, ready, tab

STEP = 12  # mouse moves between two places


@pytest.fixture
def window(qtbot, registry):
    apply_theme(QApplication.instance(), "light")
    made = MainWindow(Settings(), registry)
    qtbot.addWidget(made)
    made.resize(1366, 900)
    made.show()
    yield made
    made.close()
    qtbot.wait(10)


def deed(table, operation):
    """The button of an operation beside a table."""
    at = next(number for number, item in enumerate(table.records.deeds) if item.operation == operation)
    return table.deed_buttons[at]


def hash_of(window):
    with window.view.session.project.read_raw() as raw:
        return dump_hash(raw)


def tool(window, id):
    press(window.view.rail_button(id))
    return window.view.panel_of(id)


def click_map(window, east, north):
    canvas = window.view.canvas
    QTest.mouseClick(canvas, LEFT, pos=QPoint(round(canvas.width() * east), round(canvas.height() * north)))


def drag(view, start, end):
    port = view.viewport()
    first, last = (view.mapFromScene(point) for point in (start, end))
    QTest.mousePress(port, LEFT, pos=first)
    for at in range(1, STEP + 1):
        QTest.mouseMove(port, first + (last - first) * (at / STEP))
    QTest.mouseRelease(port, LEFT, pos=last)


def test_a_facilitators_path(qtbot, window, dialogs, tmp_path):
    window.state.tour_taken = True
    press(window.pages.currentWidget().samples["north_sumatra"])
    qtbot.waitUntil(lambda: window.view is not None, timeout=60_000)
    ready(qtbot, window)
    before = hash_of(window)

    # Who is there: a stakeholder, its place on the map of power, a meeting and who came.
    panel = tool(window, "partnership")
    tab(panel, "Organisations")
    form(dialogs, name="Women of the coast", organisation_type="community", women=30)
    press(panel.record_tables["organisations"].add_button)
    tab(panel, "Stakeholder map")
    stakeholders = panel.record_tables["stakeholders"]
    assert stakeholders.select(next(row.uuid for row in panel.known.organisations if row.name == "Women of the coast"))
    form(dialogs, standing="member", power=2, interest=5)
    press(stakeholders.change_button)
    press(stakeholders.wide_button)
    panel.show_grid()
    assert window.view.drawer.isVisible()
    tab(panel, "Meetings")
    meetings = panel.record_tables["meetings"]
    form(dialogs, name="Workshop", planned_on="2026-11-20", begins_at="09:00", agenda="30 | Welcome | Committee")
    press(meetings.add_button)
    form(dialogs, meeting="Workshop", people_group="Village women", gender="woman", people=14)
    press(panel.attendance.add_button)
    assert meetings.select(next(row.uuid for row in panel.known.meetings if row.name == "Workshop"))
    form(dialogs, held_on="2026-11-20", minutes="All were heard.")
    press(deed(meetings, "hold_meeting"))
    tab(panel, "Agreements")
    form(dialogs, name="Charter of the workshop")
    agreements = panel.record_tables["agreements"]
    press(agreements.add_button)
    assert agreements.select(next(row.uuid for row in panel.known.agreements if row.name == "Charter of the workshop"))
    form(dialogs, organisation="Women of the coast", signed_on="2026-11-20")
    press(deed(agreements, "sign_agreement"))

    # What they say: about a place on the map.
    panel = tool(window, "decisions")
    tab(panel, "Discussion")
    press(panel.place_button)
    form(dialogs, body="Here the fish used to come.", comment_type="wish")
    click_map(window, 0.6, 0.3)
    with window.view.session.read() as db:
        said = get_by_name(db, Comment, "Here the fish used to come.")
    assert said.longitude == pytest.approx(99.2, abs=0.3) and said.latitude == pytest.approx(3.25, abs=0.3)

    # What they want: a challenge, a goal with its number, two results and the arrow between them.
    panel = tool(window, "visioning")
    tab(panel, "Challenges")
    form(dialogs, name="Mangroves are gone", weight=5, people_group="Village women")
    press(panel.record_tables["concerns"].add_button)
    tab(panel, "Goals")
    form(dialogs, name="Mangroves stand again", measure="coast")
    press(panel.record_tables["goals"].add_button)
    assert any(goal.name == "Mangroves stand again" and "SDG 14.2" in goal.frameworks for goal in panel.known.goals)
    goals = panel.record_tables["goals"]
    assert goals.select(next(goal.uuid for goal in panel.known.goals if goal.name == "Mangroves stand again"))
    form(dialogs, body="Where exactly?", comment_type="question")
    press(goals.talk_button)
    with window.view.session.read() as db:
        asked = get_by_name(db, Comment, "Where exactly?")
    assert asked.subject_kind == "goal" and asked.subject == goals.selected[0]
    tab(panel, "Targets")
    form(
        dialogs,
        goal="Mangroves stand again",
        indicator="Natural forest",
        baseline=10,
        baseline_year=2024,
        quantity=60,
        year=2040,
    )
    press(panel.record_tables["targets"].add_button)
    tab(panel, "Results chain")
    for name, kind in (("Ponds are opened", "action"), ("Seeds float in", "result")):
        form(dialogs, name=name, result_type=kind)
        press(panel.record_tables["chain"].add_button)
    press(panel.canvas_button)
    canvas = panel.canvas
    qtbot.waitUntil(canvas.isVisible)
    canvas.show_all()
    keys = {row.name: row.uuid for row in panel.known.results}
    first, then = canvas.boxes[keys["Ponds are opened"]], canvas.boxes[keys["Seeds float in"]]
    drag(canvas, first.middle_right - QPointF(5, 0), then.middle_left + QPointF(40, 0))
    with window.view.session.read() as db:
        names = {row.uuid: row.name for row in db.query(Result)}
        arrows = [(names[row.cause], names[row.effect]) for row in db.query(ResultLink)]
    assert ("Ponds are opened", "Seeds float in") in arrows
    first = canvas.boxes[keys["Ponds are opened"]]
    place = first.pos()
    drag(canvas, first.pos() + QPointF(60, 15), first.pos() + QPointF(60, 115))
    assert canvas.boxes[keys["Ponds are opened"]].pos().y() > place.y() + 50
    drag(
        canvas,
        canvas.boxes[keys["Seeds float in"]].middle_right - QPointF(5, 0),
        canvas.boxes[keys["Ponds are opened"]].middle_left + QPointF(40, 0),
    )
    assert "back to itself" in window.view.messages.text.text()  # a loop

    # What they decide, group by group, and what nobody can change any more.
    panel = tool(window, "decisions")
    tab(panel, "Decisions")
    decisions = panel.record_tables["decisions"]
    form(dialogs, name="Open the ponds?", method="consent", quorum=0.1)
    press(decisions.add_button)
    key = next(row.uuid for row in panel.known.decisions if row.name == "Open the ponds?")
    assert decisions.select(key)
    for group, ballots in (("Village women", 14), ("Village men", 20)):
        form(dialogs, group=group, ranking="1", ballots=ballots)
        press(deed(decisions, "cast_votes"))
        assert decisions.select(key)
    form(dialogs, minutes="Nobody objected.", decided_on="2026-11-20")
    press(deed(decisions, "close_decision"))
    assert "Carried (34 ballots counted)." in panel.outcome.text() or decisions.select(key)
    with window.view.session.read() as db:
        assert get_by_name(db, Decision, "Open the ponds?").outcome == "Carried (34 ballots counted)."

    # The plan: an action after another one, its money, its years.
    panel = tool(window, "action_plan")
    form(
        dialogs,
        name="Open the ponds",
        goal="Mangroves stand again",
        lead="Women of the coast",
        start_year=2027,
        end_year=2028,
        waits_for="Village nursery for native seedlings",
    )
    press(panel.record_tables["actions"].add_button)
    tab(panel, "Budget")
    form(dialogs, action="Open the ponds", year=2027, planned=4000)
    press(panel.record_tables["budget"].add_button)
    tab(panel, "Actions")
    press(panel.gantt_button)
    assert window.view.drawer.isVisible()

    # Found again by its words.
    panel = tool(window, "knowledge")
    panel.edit.setFocus()
    QTest.keyClicks(panel.edit, "mangroves gone")
    qtbot.waitUntil(lambda: any(found.title == "Mangroves are gone" for found in panel.found))
    panel.hits.select_key(panel.found[0].uuid)
    panel.open_hit()
    assert window.view.tool == "visioning"
    with window.view.session.read() as db:
        assert db.query(Concern).filter_by(name="Mangroves are gone").count() == 1

    # On paper.
    for report, subject, words in (
        ("decision_minutes", "Open the ponds?", "Nobody objected."), ("meeting_kit", "Workshop", "All were heard."),
        ("partnership_agreement", "Charter of the workshop", "Women of the coast"), ("action_plan", "", "Open the ponds"),
    ):  # fmt: skip
        out = tmp_path / f"{report}.pdf"
        window.view.write_report(report, out, subject)
        ready(qtbot, window)
        qtbot.waitUntil(out.exists, timeout=60_000)
        assert words in " ".join(" ".join(page.extract_text() for page in PdfReader(out).pages).split())

    # Everything back, and forth again.
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    after, history, made = hash_of(window), window.view.session.history, 0
    while history.next_undo is not None:
        QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        made += 1
        assert made < 100
    assert hash_of(window) == before and made > 15
    for _step in range(made):
        window.view.desk.redo()
    assert hash_of(window) == after
