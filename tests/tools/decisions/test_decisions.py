"""Discussion and decisions: what is said stays with its subject, rules are declared before the vote, groups are kept apart."""

import json

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from onekl_desktop.base.errors import UserError
from onekl_desktop.engine import perform
from onekl_desktop.engine.decision_fields import ANSWERS, METHODS
from onekl_desktop.engine.decisions import tally
from onekl_desktop.gui.canvas.widget import Canvas
from onekl_desktop.gui.desk import Desk
from onekl_desktop.models.decisions.votes import METHODS as COUNTED
from onekl_desktop.models.decisions.votes import STANCES
from onekl_desktop.project.dump import dump_hash
from onekl_desktop.project.queries.records import get_by_name
from onekl_desktop.project.records import Comment, Decision, Vote
from onekl_desktop.reports.write import build_page, write_report
from onekl_desktop.tools.decisions.panel import DecisionsPanel


@pytest.fixture
def room(session):
    for name, members in (("Women", 40), ("Men", 50), ("Offices", 10)):
        perform(session, "partnership.add_group", name=name, members=members)
    perform(session, "partnership.add_group", name="Committee", group_type="working", members=3)
    return session


def count(session, name):
    with session.read() as db:
        return tally(db, get_by_name(db, Decision, name))


def refused(session, operation, **fields):
    with pytest.raises(UserError) as caught:
        perform(session, operation, **fields)
    return caught.value


def test_every_method_is_offered_and_every_answer_has_its_stance():
    assert {option.id for option in METHODS} == set(COUNTED)
    assert {method: len(texts) for method, texts in ANSWERS.items()} == {m: len(s) for m, s in STANCES.items()}


def test_the_rules_stay_once_a_ballot_is_in(room):
    perform(room, "decisions.open_decision", name="Where?", options="Hills; Coast", quorum=0.3)
    perform(room, "decisions.change_decision", decision="Where?", method="borda", options="Hills; Coast; Valley")
    perform(room, "decisions.cast_votes", decision="Where?", group="Women", ranking="Valley; 1", ballots=30)
    for change in ({"method": "schulze"}, {"options": "Hills; Coast"}, {"quorum": 0.1}):
        problem = refused(room, "decisions.change_decision", decision="Where?", **change)
        assert problem.code == "decision.begun" and "Where?" in str(problem)
    perform(room, "decisions.change_decision", decision="Where?", closes_on="2099-01-01")
    perform(room, "decisions.take_back_votes", decision="Where?", group="Women")
    perform(room, "decisions.change_decision", decision="Where?", method="schulze")
    with room.read() as db:
        assert get_by_name(db, Decision, "Where?").method == "schulze"


def test_nothing_changes_after_it_is_closed(room):
    perform(room, "decisions.open_decision", name="Where?", options="Hills; Coast", quorum=0)
    perform(room, "decisions.cast_votes", decision="Where?", group="Women", ranking="Hills", ballots=3)
    perform(room, "decisions.close_decision", decision="Where?", decided_on="2026-02-03")
    with room.project.read_raw() as raw:
        before = dump_hash(raw)
    for operation, fields in (
        ("decisions.cast_votes", {"group": "Men", "ranking": "Coast"}), ("decisions.take_back_votes", {"group": "Women"}),
        ("decisions.change_decision", {"question": "Really?"}), ("decisions.close_decision", {}),
    ):  # fmt: skip
        problem = refused(room, operation, decision="Where?", **fields)
        assert problem.code == "decision.closed" and "2026-02-03" in str(problem) and "new decision" in str(problem)
    with room.project.read_raw() as raw:
        assert dump_hash(raw) == before


def test_who_may_vote_and_how_many_are_asked(room):
    perform(room, "decisions.open_decision", name="All", options="A; B", quorum=0.5)
    perform(room, "decisions.open_decision", name="Some", options="A; B", quorum=0.5, voters="Women; Offices")
    assert count(room, "All").electorate == 100 and count(room, "Some").electorate == 50
    assert (
        refused(room, "decisions.cast_votes", decision="Some", group="Men", ranking="A").code == "decision.not_a_voter"
    )
    assert (
        refused(room, "decisions.cast_votes", decision="All", group="Committee", ranking="A").code
        == "decision.not_a_voter"
    )
    assert (
        refused(room, "decisions.cast_votes", decision="All", group="Offices", ranking="A", ballots=11).code
        == "decision.too_many"
    )
    perform(room, "decisions.cast_votes", decision="All", group="Women", ranking="A", ballots=40)
    assert count(room, "All").count.reason == "quorum" and count(room, "All").participation == 0.4
    perform(room, "decisions.cast_votes", decision="All", group="Offices", ranking="B", ballots=10)
    found = count(room, "All")
    assert found.count.winner == 0 and [group.count.ballots for group in found.groups] == [40, 0, 10]
    assert found.name_winner(found.groups[2].count) == "B"  # this group alone would have said otherwise


def test_a_vote_that_has_ended_takes_no_ballots(room):
    perform(room, "decisions.open_decision", name="Late", options="A; B", closes_on="2020-01-01")
    assert refused(room, "decisions.cast_votes", decision="Late", group="Women", ranking="A").code == "decision.ended"


@pytest.mark.parametrize(
    ("method", "ballot", "stored"),
    [
        ("schulze", "B = C; A", {"ranking": [[1, 2], 0]}),
        ("consensus", "I disagree", {"ranking": [2]}),
        ("gradients", "8", {"ranking": [7]}),
        ("dots", "A: 3; C: 5", {"marks": [3.0, None, 5.0]}),
        ("score", "B: 4.5", {"marks": [None, 4.5, None]}),
    ],
)
def test_ballots_as_they_are_written(room, method, ballot, stored):
    perform(room, "decisions.open_decision", name="Q", options="A; B; C", method=method)
    perform(room, "decisions.cast_votes", decision="Q", group="Women", ranking=ballot, reason="So it is.")
    with room.read() as db:
        vote = db.scalar(select(Vote))
        assert {name: json.loads(getattr(vote, name)) for name in stored} == stored and vote.reason == "So it is."


@pytest.mark.parametrize(
    ("method", "ballot", "code"),
    [
        ("borda", "A; A", "decision.unknown_option"), ("borda", "A; D", "decision.unknown_option"), ("borda", " ; ", "decision.one_answer"),
        ("consent", "1; 2", "decision.one_answer"), ("dots", "A: 9", "decision.bad_mark"), ("dots", "A: 1.5", "decision.bad_mark"),
        ("dots", "A: 5; B: 4", "decision.too_many_dots"), ("dots", "A: 2; A: 1", "decision.bad_mark"), ("score", "A: 6", "decision.bad_mark"),
        ("score", "A: x", "decision.bad_mark"), ("score", ";", "decision.one_answer"),
    ],
)  # fmt: skip
def test_ballots_that_cannot_be_counted(room, method, ballot, code):
    perform(room, "decisions.open_decision", name="Q", options="A; B; C", method=method)
    assert refused(room, "decisions.cast_votes", decision="Q", group="Women", ranking=ballot).code == code


def test_an_objection_is_told_and_the_minutes_hold_everything(room, tmp_path):
    perform(
        room,
        "decisions.add_comment",
        body="The slope is too steep.",
        comment_type="objection",
        author="Village head",
        longitude=99.0,
        latitude=2.75,
    )
    perform(
        room,
        "decisions.open_decision",
        name="Terraces?",
        method="consent",
        question="May we begin?",
        quorum=0,
        proposal="The slope is too steep.",
        longitude=99.0,
        latitude=2.75,
    )
    perform(room, "decisions.cast_votes", decision="Terraces?", group="Women", ranking="1", ballots=20)
    perform(
        room,
        "decisions.cast_votes",
        decision="Terraces?",
        group="Men",
        ranking="I object",
        ballots=2,
        reason="The springs are there.",
    )
    perform(room, "decisions.close_decision", decision="Terraces?", minutes="Read aloud.", decided_on="2026-03-01")
    with room.read() as db:
        assert get_by_name(db, Decision, "Terraces?").outcome == "Not carried: 2 objections stand (22 ballots)."
    target = tmp_path / "minutes.pdf"
    write_report(room, "decision_minutes", target, subject="Terraces?")
    text = " ".join("\n".join(page.extract_text() for page in PdfReader(target).pages).split())
    for words in (
        "May we begin?",
        "Consent: no objection",
        "2026-03-01",
        "22 of 100 (22%)",
        "Not carried: 2 objections stand",
        "The springs are there.",
        "Read aloud.",
        "Village head: The slope is too steep.",
        "Signature",
    ):
        assert words in text
    assert write_report(room, "decisions", tmp_path / "all.docx")


def test_other_methods_on_the_same_ballots_are_told(room):
    perform(room, "decisions.open_decision", name="Three", options="A; B; C", method="plurality", quorum=0)
    for group, ranking, ballots in (("Women", "A; C; B", 40), ("Men", "B; C; A", 35), ("Offices", "C; B; A", 10)):
        perform(room, "decisions.cast_votes", decision="Three", group=group, ranking=ranking, ballots=ballots)
    found = count(room, "Three")
    assert found.name_winner(found.count) == "A" and found.name_winner(found.others["schulze"]) == "C"
    tables = [
        block
        for block in build_page(room, "decision_minutes", "Three").blocks
        if getattr(block, "columns", ())[:1] == ("Method",)
    ]
    assert [row[1].split(" › ")[0] for row in tables[0].rows] == ["C", "C"]


def test_a_comment_hangs_on_anything_and_leaves_with_its_answers(room):
    perform(
        room,
        "decisions.add_comment",
        body="A long thought about the group " * 10,
        subject_kind="group",
        subject="Women",
    )
    first = perform(room, "decisions.add_comment", body="Same words")
    second = perform(room, "decisions.add_comment", body="Same words", answers=first["comment"])
    assert first["name"] == "Same words" and second["name"] == "Same words (2)" and first["about"] == "the landscape"
    assert refused(room, "decisions.add_comment", body="Where?", longitude=1.0).code == "decision.half_place"
    assert refused(room, "partnership.remove_group", group="Women").code == "record.in_use"
    perform(room, "decisions.remove_comment", comment=first["comment"])
    with room.read() as db:
        names = list(db.scalars(select(Comment.name)))
    assert len(names) == 1 and len(names[0]) <= 61


def test_strange_votes_of_a_strangers_file_are_left_out(room):
    perform(room, "decisions.open_decision", name="Q", options="A; B", quorum=0)
    perform(room, "decisions.cast_votes", decision="Q", group="Women", ranking="A", ballots=2)

    def spoil(write):
        group = write.db.scalar(select(Vote)).people_group
        decision = write.db.scalar(select(Vote)).decision
        for ranking, marks, ballots in (
            ("junk", "", 1),
            ("[7]", "", 1),
            ("[0]", "", -4),
            ('{"a": 1}', "", 1),
            ("[[0, 0], true]", "x", 3),
            ("[0]", "", None),
        ):
            write.db.add(Vote(decision=decision, people_group=group, ranking=ranking, marks=marks, ballots=ballots))

    room.project.write(spoil)
    assert count(room, "Q").count.ballots == 5  # two that are sound, and three of the one that says A twice
    for method in ("oracle", "gradients", "dots"):
        room.project.write(lambda write, method=method: setattr(write.db.scalar(select(Decision)), "method", method))
        assert count(room, "Q").options == ["A", "B"]


def test_places_beyond_the_earth_in_a_strangers_file_are_left_off_the_map(room, qtbot):
    perform(room, "decisions.add_comment", body="Here", longitude=99.0, latitude=2.8)

    def spoil(write):
        for longitude, latitude in ((5000.0, 2.0), (float("inf"), 1.0), (99.0, -91.0), (99.0, None)):
            write.db.add(
                Comment(name=f"Beyond {longitude} {latitude}", body="?", longitude=longitude, latitude=latitude)
            )

    room.project.write(spoil)
    canvas = Canvas()
    qtbot.addWidget(canvas)
    desk = Desk(room, canvas)
    panel = DecisionsPanel(desk)
    qtbot.addWidget(panel)
    (layer,) = [layer for layer in panel.compose_scene() if layer.uuid == "said"]
    assert layer.labels == ["Here"]
    desk.close()
