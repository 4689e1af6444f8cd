"""Figures of merit and disagreement: a case by hand, and random maps really drawn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onekl_desktop.models.projection.model import Verdict
from onekl_desktop.models.projection.validation import judge, random_scores


def test_a_case_by_hand():
    start = np.array([0, 0, 0, 0, 0, 0, 1, 1, 255, 0], np.uint8)
    told = np.array([1, 1, 0, 2, 0, 0, 1, 0, 1, 255], np.uint8)
    true = np.array([1, 0, 1, 1, 0, 0, 1, 1, 1, 0], np.uint8)
    found = judge(start, told, true, 3)
    assert (found.cells, found.hits, found.misses, found.wrong_hits, found.false_alarms) == (8, 1, 1, 1, 2)
    assert found.figure_of_merit == 0.2 and found.error_cells == 4
    # told: 0 four, 1 three, 2 one; true: 0 three, 1 five: |4-3| + |3-5| + |1-0| over 2 = 2 of 8
    assert found.quantity_disagreement == 0.25 and found.allocation_disagreement == 0.25
    assert found.kappa == pytest.approx((0.5 - 27 / 64) / (1 - 27 / 64))


@given(st.integers(0, 2**32 - 1))
def test_parts_add_up(seed):
    rng = np.random.default_rng(seed)
    start, told, true = rng.integers(0, 4, (3, 60)).astype(np.uint8)
    found = judge(start, told, true, 3)
    both = (start < 3) & (told < 3) & (true < 3)
    assert found.error_cells == (told[both] != true[both]).sum()
    assert found.quantity_disagreement + found.allocation_disagreement == pytest.approx(
        found.error_cells / max(both.sum(), 1)
    )


def test_random_maps_are_as_if_drawn():
    """The mean over many draws against maps that are drawn cell by cell."""
    rng = np.random.default_rng(1)
    start, told, true = (rng.random((3, 400)) < np.array([[0.5], [0.6], [0.7]])).astype(np.uint8)
    told[:20], true[:30] = 2, 2
    found = random_scores(start, told, true, 3, draws=3000, seed=2)
    drawn = []
    for _draw in range(3000):
        map_ = start.copy()
        for i in range(3):
            own = rng.permutation(np.flatnonzero(start == i))
            at = 0
            for j in range(3):
                n = int(((start == i) & (told == j)).sum()) if i != j else 0
                map_[own[at : at + n]] = j
                at += n
        drawn.append(judge(start, map_, true, 3).figure_of_merit)
    spread = np.std(drawn) / np.sqrt(3000)
    assert abs(found.mean() - np.mean(drawn)) < 5 * spread and found.std() == pytest.approx(np.std(drawn), rel=0.15)


def test_a_projection_that_is_no_better_says_so():
    start = np.zeros(1000, np.uint8)
    told, true = start.copy(), start.copy()
    told[:100], true[100:200] = 1, 1
    random = random_scores(start, told, true, 2)
    verdict = Verdict(judge(start, told, true, 2), judge(start, start, true, 2), random.mean(), 0.03, 0.07, 100)
    first, second = verdict.sentences()
    assert "no better than chance" in first and "the map of the start is the better guess" in second
    told[100:200] = 1
    good = Verdict(judge(start, told, true, 2), judge(start, start, true, 2), 0.05, 0.03, 0.07, 100)
    assert good.beats_random and not good.beats_unchanged and "better than chance" in good.sentences()[0]
    same = Verdict(judge(start, start, start, 2), judge(start, start, start, 2), 0, 0, 0, 100)
    assert same.projected.figure_of_merit is None and "nothing to judge" in same.sentences()[0]
