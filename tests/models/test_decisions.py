"""Votes and scores against our reference figures; disclosure control holds for any answers."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onekl_desktop.models.decisions import model

ORACLES = {
    item["id"]: item
    for item in json.loads((Path(__file__).parents[1] / "golden" / "finance" / "functions.json").read_text())["oracles"]
}


@pytest.mark.parametrize(
    "oracle",
    [item for item in ORACLES.values() if item["function"] == "governance_scores"],
    ids=lambda item: item["id"],
)
def test_scores(oracle):
    inputs, expected = oracle["inputs"], oracle["expected"]
    found = model.score_groups(inputs["groups"], inputs["minimum_group_size"])
    for name in ("pooled_mean", "group_balanced_mean", "polarity_gap"):
        assert getattr(found, name) == pytest.approx(expected[name])
    assert found.group_means == pytest.approx(expected["group_means"])
    assert found.groups_shown == expected["groups_shown"]


def test_45_ballots():
    oracle = ORACLES["vote_45_ballots"]
    ballots = [
        (float(count), tuple("ABCDE".index(letter) for letter in ranking))
        for count, ranking in oracle["inputs"]["ballots"]
    ]
    expected = oracle["expected"]
    assert "".join("ABCDE"[at] for at in model.schulze(ballots, 5)) == expected["schulze_order"]
    assert dict(zip("ABCDE", model.borda(ballots, 5), strict=True)) == expected["borda"]
    assert dict(zip("ABCDE", model.first_choices(ballots, 5), strict=True)) == expected["first_choices"]
    assert "ABCDE"[model.count_votes(ballots, 5, "plurality").winner] == expected["plurality_winner"]


@given(st.dictionaries(st.sampled_from("abcdef"), st.lists(st.one_of(st.none(), st.integers(0, 3)), max_size=12)))
def test_no_small_group_is_shown_and_none_can_be_had_by_subtraction(groups):
    found = model.score_groups(groups, 5)
    sizes = {name: sum(value is not None for value in answers) for name, answers in groups.items()}
    assert all(sizes[name] >= 5 for name in found.groups_shown)
    if found.groups_shown:
        assert len(found.hidden) != 1


def test_a_tie_and_a_missed_quorum_have_no_winner():
    assert model.count_votes([(3, (0,)), (3, (1,))], 2, "plurality").winner is None
    assert model.count_votes([(3, (0,))], 2, "plurality", electorate=100, quorum=0.5).winner is None
    assert model.count_votes([(7, (0,)), (3, (1,))], 2, "consensus", threshold=0.7).winner == 0
    assert model.count_votes([(6, (0,)), (4, (1,))], 2, "consensus", threshold=0.7).winner is None


def test_progress_goes_both_ways():
    assert model.progress(15, 10, 20) == pytest.approx(0.5)
    assert model.progress(15, 20, 10) == pytest.approx(0.5)
    assert model.progress(5, 10, 10) is None
