"""Neighbours by class and scores: kernels, their twins, and a count by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onekl_desktop.native import allocation, plain_allocation

NONE = allocation.NO_CLASS


@given(st.integers(1, 14), st.integers(1, 14), st.integers(1, 4), st.integers(0, 2**32 - 1))
def test_neighbours_stay_right_while_cells_change(rows, columns, classes, seed):
    rng = np.random.default_rng(seed)
    radii = tuple(rng.choice([0, 1, 2, 4], 2, replace=False).tolist())
    now = rng.integers(0, classes + 1, (rows, columns)).astype(np.uint8)
    now[now == classes] = NONE
    shape = (rows, columns, classes * len(radii))
    counts, twin = np.zeros(shape, np.uint8), np.zeros(shape, np.uint8)
    cells = np.arange(rows * columns)
    before = np.full(cells.shape, NONE, np.uint8)
    for _step in range(3):
        after = now.ravel()[cells]
        allocation.move_neighbours(counts, classes, radii, cells, before, after)
        plain_allocation.move_neighbours(twin, classes, radii, cells, before, after)
        assert (counts == twin).all()
        for number, radius in enumerate(radii):
            for r in range(rows):
                for c in range(columns):
                    near = now[max(r - radius, 0) : r + radius + 1, max(c - radius, 0) : c + radius + 1]
                    assert counts[r, c, number * classes : (number + 1) * classes].tolist() == [(near == k).sum() for k in range(classes)]  # fmt: skip
        cells = rng.permutation(rows * columns)[: rng.integers(0, rows * columns + 1)]
        before = now.ravel()[cells]
        now.ravel()[cells] = rng.integers(0, classes, len(cells))


@given(st.integers(1, 9), st.integers(1, 4), st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_scores_equal_their_twin_to_the_last_bit(side, outcomes, width, seed):
    rng = np.random.default_rng(seed)
    counts = rng.integers(0, 82, (side, side, width)).astype(np.uint8)
    members = rng.permutation(side * side)[: side + 2].astype(np.int32)
    fixed = rng.normal(size=(outcomes, len(members))).astype(np.float32)
    weights = rng.normal(size=(outcomes, width)).astype(np.float32)
    found = allocation.scores(counts, members, fixed, weights)
    never = np.full(outcomes, -np.inf, np.float32)
    assert (found == plain_allocation.scores(counts, members, fixed, weights, never)).all()
    least = rng.normal(size=outcomes).astype(np.float32)
    assert (
        allocation.scores(counts, members, fixed, weights, least) == np.where(fixed > least[:, None], found, -np.inf)
    ).all()
    assert (
        plain_allocation.scores(counts, members, fixed, weights, least)
        == np.where(fixed > least[:, None], found, -np.inf)
    ).all()
    floors = np.median(found, axis=1).astype(np.float32)
    for listed in (allocation.candidates, plain_allocation.candidates):
        for number, (where, value) in enumerate(listed(counts, members, fixed, weights, least, floors)):
            kept = np.where(fixed[number] > least[number], found[number], -np.inf)
            assert where.tolist() == np.flatnonzero(kept > floors[number]).tolist()
            assert (value == kept[where]).all()
    assert (allocation.scores(counts, -members - 1, fixed, weights) == -np.inf).all()
    assert found == pytest.approx(fixed + weights @ counts.reshape(-1, width)[members].T.astype(float), abs=1e-3)


def test_shapes_that_do_not_fit_are_refused():
    counts = np.zeros((3, 3, 2), np.uint8)
    with pytest.raises(ValueError, match="do not fit"):
        allocation.move_neighbours(
            counts, 1, (8, 1), np.zeros(1, np.int64), np.zeros(1, np.uint8), np.zeros(1, np.uint8)
        )
    with pytest.raises(ValueError, match="do not fit"):
        allocation.move_neighbours(
            counts, 1, (1, 1), np.zeros(1, np.int64), np.zeros(2, np.uint8), np.zeros(1, np.uint8)
        )
    with pytest.raises(ValueError, match="do not fit"):
        allocation.scores(counts, np.zeros(1, np.int32), np.zeros((1, 1), np.float32), np.zeros((1, 3), np.float32))
    with pytest.raises(ValueError, match="writable"):
        allocation.move_neighbours(
            counts.astype(int), 1, (1, 1), np.zeros(1, np.int64), np.zeros(1, np.uint8), np.zeros(1, np.uint8)
        )
