"""Which cells change: the surest, each once, under constraints, the same with the same seed."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onekl_desktop.models.projection import allocation
from onekl_desktop.models.projection.allocation import Simulation, assign
from onekl_desktop.models.projection.demand import Constant
from onekl_desktop.models.projection.model import Forced, Setup, areas_demand, markov, movable, project, validate
from onekl_desktop.models.projection.suitability import (
    METHODS,
    beside,
    describe_neighbours,
    fixed_scores,
    gather_cells,
    local_rates,
)


@given(st.integers(1, 3), st.integers(1, 9), st.integers(0, 2**32 - 1))
def test_no_outcome_and_cell_would_rather_have_each_other(outcomes, cells, seed):
    rng = np.random.default_rng(seed)
    score = rng.permutation(outcomes * cells).reshape(outcomes, cells).astype(np.float32)
    score[rng.random(score.shape) < 0.2] = -np.inf
    wanted = rng.integers(0, cells + 1, outcomes).tolist()
    found = assign(wanted, score.copy())
    held = {cell: t for t, each in enumerate(found) for cell in each.tolist()}
    assert sum(map(len, found)) == len(held), "a cell twice"
    for t, each in enumerate(found):
        assert len(each) <= wanted[t] and (score[t, each] > -np.inf).all()
        for cell in set(range(cells)) - set(each.tolist()):
            wants = score[t, cell] > -np.inf and (
                len(each) < wanted[t] or (len(each) > 0 and score[t, cell] > score[t, each].min())
            )
            other = held.get(cell)
            assert not (wants and (other is None or score[t, cell] > score[other, cell])), (t, cell)


def landscape(seed, side=40, classes=3):
    """Class 0 turns into 1 where the driver is high."""
    from scipy.ndimage import gaussian_filter

    rng = np.random.default_rng(seed)
    driver = gaussian_filter(rng.normal(size=(side, side)), 3).astype(np.float32)
    driver /= driver.std()
    before = (rng.random((side, side)) < 0.15).astype(np.uint8) * 2
    before[0, :3] = 255
    after, later = before.copy(), before.copy()
    after[(before == 0) & (driver > 1.2)] = 1
    later[(before == 0) & (driver > 0.8)] = 1
    names = [str(code) for code in range(classes)]
    return Setup(range(classes), names, before, after, 2000, 2010, (30.0, 30.0), [("driver", driver)]), later


@pytest.mark.parametrize("method", METHODS)
def test_what_was_learned_finds_the_places(method):
    setup, later = landscape(1)
    setup.method = method
    done = project(setup, Constant(np.array([[0, 9.0, 0], [0, 0, 0], [0, 0, 0]])), [2012, 2020])
    assert sorted(done.maps) == [2012, 2020]
    assert sum(m[0, 1] for m in done.changes.values()) == 90 == ((done.maps[2020] == 1) & (setup.after == 0)).sum()
    verdict = validate(setup, done.maps[2020], later)
    assert verdict.beats_random and verdict.projected.figure_of_merit > 3 * verdict.random_mean
    (rule,) = done.rules
    assert rule.auc > 0.8 and rule.learned
    effect = next(each for each in rule.effects if each.name == "driver")
    changed = (setup.before == 0) & (setup.after == 1)
    stayed = (setup.before == 0) & (setup.after == 0)
    assert effect.changed == pytest.approx(setup.drivers[0][1][changed].mean(), rel=1e-4)
    assert (
        effect.stayed == pytest.approx(setup.drivers[0][1][stayed].mean(), rel=1e-3, abs=1e-4) and effect.difference > 1
    )


def test_the_same_seed_gives_the_same_map_and_another_another():
    setup, _later = landscape(2)
    setup.randomness = 1.0
    maps = []
    for seed in (5, 5, 6):
        setup.seed = seed
        maps.append(project(setup, markov(setup), [2015]).maps[2015])
    assert (maps[0] == maps[1]).all() and (maps[0] != maps[2]).any()


def test_kept_barred_and_forced_land():
    setup, _later = landscape(3)
    rows = np.arange(40)[:, None] * np.ones((1, 40), int)
    setup.kept, setup.barred = rows < 10, {1: rows >= 30}
    plot = np.flatnonzero((rows == 20) & (setup.after < 3))
    setup.forced = [Forced(2013, 2, plot)]
    done = project(setup, Constant(np.array([[0, 30.0, 0], [0, 0, 0], [0, 5.0, 0]])), [2012, 2020])
    last = done.maps[2020]
    assert (last[:10] == setup.after[:10]).all() and not ((last == 1) & (setup.after != 1))[30:].any()
    assert (last.ravel()[plot] == 2).all() and (done.maps[2012].ravel()[plot] != 2).any()
    assert (done.areas[2020] == np.bincount(last[last < 3], minlength=3)).all()
    assert (last == 255).sum() == 3
    wanted = 8 * 35 + (done.maps[2012] != setup.after).sum()
    assert ((last == 1) & (setup.after != 1)).sum() <= wanted


def test_areas_are_met_with_what_interventions_give():
    setup, _later = landscape(6)
    total = int((setup.after < 3).sum())
    plot = np.flatnonzero(setup.after == 0)[:40]
    setup.forced = [Forced(2012, 2, plot)]
    goal = np.bincount(setup.after[setup.after < 3], minlength=3) + np.array([-150, 60, 90])
    assert goal.sum() == total
    last = project(setup, areas_demand(setup, {2010: goal * 0.0 + np.bincount(setup.after[setup.after < 3], minlength=3), 2020: goal.astype(float)}), [2020]).maps[2020]  # fmt: skip
    assert np.bincount(last[last < 3], minlength=3).tolist() == goal.tolist() and (last.ravel()[plot] == 2).all()


def test_change_that_finds_no_place_is_told():
    setup, _later = landscape(4)
    setup.kept = np.ones((40, 40), bool)
    setup.kept[20, :5] = False
    done = project(setup, Constant(np.array([[0, 10.0, 0], [0, 0, 0], [0, 0, 0]])), [2012])
    assert done.maps[2012].shape == (40, 40) and (done.maps[2012] != setup.after).sum() <= 5


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1), st.integers(1, 4))
def test_a_step_equals_one_without_shortcuts(seed, years):
    """Year by year against all scores computed anew and sorted; one transition by class, so nothing competes."""
    rng = np.random.default_rng(seed)
    index = rng.integers(0, 3, (12, 11)).astype(np.uint8)
    driver = rng.normal(size=132).astype(np.float32)
    cells = gather_cells(index, 3, np.arange(132), [("d", driver)], list("abc"), (1.0, 1.0))
    rules = []
    for source, target in ((0, 1), (1, 2), (2, 0)):
        rule = beside(source, target, 3)
        rule.weights = rng.normal(0, 0.3, 6).astype(np.float32)
        rule.static, rule.around = rng.normal(size=4).astype(np.float32), np.zeros((3, 3), np.float32)
        rules.append(rule)
    run = Simulation(index.copy(), cells, 3, rules, seed=1)
    expected = index.copy()
    for _year in range(years):
        wanted = np.zeros((3, 3), np.int64)
        for rule in rules:
            wanted[rule.source, rule.target] = rng.integers(0, 6)
        near = describe_neighbours(expected, 3).reshape(132, 6).astype(float)
        new = expected.copy().ravel()
        for rule in rules:
            own = np.flatnonzero(expected.ravel() == rule.source)
            score = fixed_scores([rule], cells, own)[0] + near[own] @ rule.weights
            new[own[np.argsort(-score)[: wanted[rule.source, rule.target]]]] = rule.target
        made = run.step(wanted)
        expected = new.reshape(12, 11)
        assert (made <= wanted).all()
        assert (run.index == expected).all()
        assert (run.cells.counts == describe_neighbours(expected, 3)).all()


@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1), st.integers(2, 9), st.integers(5, 60), st.floats(0.1, 3.0))
def test_guessed_floors_change_nothing_but_the_time(seed, sample, part, surer):
    """Rival outcomes, samples of a few cells, work in parts: the same cells as when all are looked at."""
    rng = np.random.default_rng(seed)
    index = rng.integers(0, 3, (13, 11)).astype(np.uint8)
    driver = rng.normal(size=143).astype(np.float32)
    rules = []
    for source, target in itertools.permutations(range(3), 2):
        rule = beside(source, target, 3)
        rule.weights = rng.normal(0, 0.3, 6).astype(np.float32)
        rule.static, rule.around = rng.normal(size=4).astype(np.float32), np.zeros((3, 3), np.float32)
        rules.append(rule)
    plot = rng.choice(143, 20, replace=False)
    wanted = rng.integers(0, 9, (4, 3, 3))
    found = []
    for changes in ({"SAMPLE": sample, "PART": part, "SURER": (surer, 2 * surer, np.inf)}, {"SURER": (np.inf,)}):
        with pytest.MonkeyPatch.context() as patch:
            for name, value in changes.items():
                patch.setattr(allocation, name, value)
            cells = gather_cells(index, 3, np.arange(143), [("d", driver)], list("abc"), (1.0, 1.0))
            run = Simulation(index.copy(), cells, 3, rules, seed=1, barred={1: np.arange(143).reshape(13, 11) % 5 == 0})
            done = [run.step(wanted[0]), run.step(wanted[1]), run.force(plot, 2, stay=True), run.step(wanted[2])]
            found.append((run.index, *done, run.step(wanted[3])))
    assert all((one == other).all() for one, other in zip(*found, strict=True))


def test_the_land_around_leaves_the_own_block_out():
    could = np.ones((60, 60), bool)
    changed = np.zeros((60, 60), bool)
    changed[27:30, 27:30] = True
    found = local_rates(changed, could)
    assert found.shape == (3, 12, 12)
    assert found[0, 5, 6] > found[0, 5, 5], "what a block knows of itself counts"
    assert found[0, 5, 6] > found[0, 5, 9] > found[0, 5, 11]


def test_land_without_a_driver_stays():
    setup, _later = landscape(5)
    setup.drivers[0][1][5:8] = np.nan
    assert not movable(setup)[5:8].any()
    done = project(setup, markov(setup), [2030])
    assert (done.maps[2030][5:8] == setup.after[5:8]).all()


def test_all_orders_of_small_cases():
    """Sum of scores is what it is whatever the order of outcomes."""
    for order in itertools.permutations(range(3)):
        score = np.array([[3, 1, 0], [2, 5, 1], [9, 8, 7]], np.float32)[list(order)]
        found = assign([1, 1, 1], score.copy())
        assert {order[t]: each.tolist() for t, each in enumerate(found)} == {0: [2], 1: [1], 2: [0]}
