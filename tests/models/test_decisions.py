"""Scores against our reference figures; disclosure control holds for any answers."""

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


@given(st.dictionaries(st.sampled_from("abcdef"), st.lists(st.one_of(st.none(), st.integers(0, 3)), max_size=12)))
def test_no_small_group_is_shown_and_none_can_be_had_by_subtraction(groups):
    found = model.score_groups(groups, 5)
    sizes = {name: sum(value is not None for value in answers) for name, answers in groups.items()}
    assert all(sizes[name] >= 5 for name in found.groups_shown)
    if found.groups_shown:
        assert len(found.hidden) != 1


def test_progress_goes_both_ways():
    assert model.progress(15, 10, 20) == pytest.approx(0.5)
    assert model.progress(15, 20, 10) == pytest.approx(0.5)
    assert model.progress(5, 10, 10) is None
