"""A round: cards, scores by group, and what is never stored."""

import pytest

from onekl_desktop.base.errors import UserError
from onekl_desktop.engine import perform
from onekl_desktop.tools.governance.operations import parse_answers
from onekl_desktop.tools.governance.queries import list_rounds, read_result, tell_hidden
from onekl_desktop.tools.governance.runs import score_assessment


def fill(session, **cards):
    perform(session, "governance.add_assessment", name="Round")
    for group, answers in cards.items():
        perform(session, "partnership.add_group", name=group)
        for answer in answers:
            perform(session, "governance.enter_card", assessment="Round", group=group, answers=answer)
    score_assessment(session, "Round")
    return read_result(session, list_rounds(session)[0])


def test_groups_have_the_same_weight_and_their_own_mean(session):
    result = fill(session, women=["D1=1"] * 5, men=["D1=3"] * 15)
    line = next(line for line in result.lines if line.code == "D1")
    assert line.groups == {"women": 1.0, "men": 3.0}
    assert line.score == pytest.approx(2.0) and line.pooled == pytest.approx(2.5) and line.gap == pytest.approx(2.0)


def test_below_five_answers_nothing_is_shown(session):
    result = fill(session, women=["D1=1, D2=2"] * 4)
    assert result.cards == 4 and result.groups == []
    assert all(line.score is None and line.pooled is None for line in result.lines)
    assert "women" in tell_hidden(result)


def test_a_single_hidden_group_takes_a_second_one_with_it(session):
    result = fill(session, women=["D1=1"] * 6, men=["D1=3"] * 9, youth=["D1=2"] * 3)
    assert result.groups == ["men"]


def test_the_same_answers_are_not_scored_twice_and_an_undo_brings_the_old_score_back(session):
    fill(session, women=["D1=1"] * 5, men=["D1=2"] * 5)
    first = score_assessment(session, "Round")
    assert score_assessment(session, "Round") == first
    perform(session, "governance.enter_card", assessment="Round", group="men", answers="D1=0")
    assert score_assessment(session, "Round") != first
    session.undo()
    assert score_assessment(session, "Round") == first


@pytest.mark.parametrize("text", ["", "D1", "D1=4", "D1=x", "D1=1, D1=2", "=2"])
def test_a_card_that_cannot_be_read_is_refused(text):
    with pytest.raises(UserError):
        parse_answers(text)
