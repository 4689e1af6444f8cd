"""The best choice is the best of all that there are; limits hold; what is impossible is told with what it lacks."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onekl_desktop.models.optimisation import model as optimisation
from onekl_desktop.models.optimisation.model import (
    AT_LEAST,
    AT_MOST,
    NONE,
    Choice,
    Limit,
    as_words,
    find_relaxations,
    frequency,
    pareto,
    share_limit,
    solve,
)


def random_choice(seed, units=5, practices=2, edges=False):
    rng = np.random.default_rng(seed)
    gain, cost, other = rng.integers(-2, 12, (3, units, practices)).astype(float)
    cost = np.abs(cost) + 1
    choice = Choice({"a": gain, "b": other}, weights={"a": 1.0})
    kinds = rng.random(4) < 0.6
    if kinds[0]:
        choice.limits.append(Limit("budget", cost, AT_MOST, float(rng.integers(0, 25))))
    if kinds[1]:
        choice.limits.append(Limit("target", other, AT_LEAST, float(rng.integers(-3, 20))))
    if kinds[2]:
        choice.limits.append(share_limit("fair", cost, np.arange(units) < 2, float(rng.uniform(0, 0.6))))
    if kinds[3]:
        choice.allowed = rng.random((units, practices)) < 0.8
        choice.fixed = np.full(units, NONE)
        if choice.allowed[3].any():
            choice.fixed[3] = int(np.flatnonzero(choice.allowed[3])[0])
    if edges:
        choice.edges = np.array([(u, u + 1) for u in range(units - 1)])
        choice.edge_cost = rng.uniform(0, 5, units - 1)
    return choice


def possible(choice):
    """Every choice that keeps all limits."""
    units, practices = choice.shape
    for chosen in itertools.product(range(-1, practices), repeat=units):
        at = np.array(chosen)
        taken = np.flatnonzero(at >= 0)
        if choice.allowed is not None and not choice.allowed[taken, at[taken]].all():
            continue
        if choice.fixed is not None and (at[choice.fixed >= 0] != choice.fixed[choice.fixed >= 0]).any():
            continue
        sums = [limit.amounts[taken, at[taken]].sum() for limit in choice.limits]
        if all(
            s <= limit.value + 1e-7 if limit.sense == AT_MOST else s >= limit.value - 1e-7
            for s, limit in zip(sums, choice.limits, strict=True)
        ):
            yield at


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 2**32 - 1), st.booleans())
def test_nothing_is_better_than_what_is_found(seed, edges):
    choice = random_choice(seed, edges=edges)
    every = list(possible(choice))
    found = solve(choice, gap=0.0)
    if not every:
        assert found is None
        return
    best = max(choice.value(each) for each in every)
    assert found is not None and found.value == pytest.approx(best, abs=1e-6) and found.bound >= best - 1e-6
    assert any(np.array_equal(found.chosen, each) for each in every)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_large_problems_take_the_same_care(seed):
    """The way of large problems on small ones: within the bound, and the limits hold."""
    choice = random_choice(seed, units=6)
    every = list(possible(choice))
    model = optimisation._Model(choice)
    found = optimisation._solve_large(model, 1e-6, 20)
    if not every:
        assert found is None
        return
    best = max(choice.value(each) for each in every)
    chosen = model.chosen(found[0])
    assert any(np.array_equal(chosen, each) for each in every)
    assert choice.value(chosen) == pytest.approx(best, abs=1e-6) and found[1] >= best - 1e-6


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_giving_way_as_told_makes_it_possible_and_no_less_does(seed):
    choice = random_choice(seed)
    if any(True for _each in possible(choice)) or not choice.limits:
        return
    told = find_relaxations(choice)
    for each in told:
        if each.amounts is None:
            continue
        for factor, good in ((1.0, True), (0.98, False)):
            limits = []
            for limit in choice.limits:
                room = each.amounts.get(limit.id, 0.0) * factor + (1e-6 if good else -1e-4)
                sign = 1 if limit.sense == AT_MOST else -1
                changed = limit.id in each.amounts
                limits.append(
                    Limit(limit.id, limit.amounts, limit.sense, limit.value + sign * room if changed else limit.value)
                )
            eased = Choice(choice.objectives, limits, choice.weights, choice.allowed, choice.fixed)
            assert any(True for _each in possible(eased)) == good, (each, factor)


def test_what_is_lacking_is_told_in_words():
    cost = np.array([[100.0], [200.0]])
    choice = Choice({"a": np.ones((2, 1))}, [
        Limit("budget", cost, AT_MOST, 150.0, "budget"), Limit("forest", np.array([[5.0], [10.0]]), AT_LEAST, 15.0, "target"),
    ])  # fmt: skip
    assert solve(choice) is None
    tell = {"budget": ("Budget", lambda v: f"{v:.0f} USD"), "forest": ("Forest", lambda v: f"{v:.0f} ha")}
    assert as_words(choice, find_relaxations(choice), tell) == [
        "This alone would make it possible: Budget: 150 USD more (100 %).", "This alone would make it possible: Forest: 10 ha less (67 %).",
    ]  # fmt: skip
    choice.limits.append(Limit("more", np.ones((2, 1)), AT_LEAST, 3.0, "target"))
    tell["more"] = ("Units", lambda v: f"{v:.0f}")
    words = as_words(choice, find_relaxations(choice), tell)
    assert words[0] == "Budget alone cannot make it possible." and words[-1].startswith(
        "Together these would make it possible: "
    )


def test_the_front_of_two_objectives():
    rng = np.random.default_rng(4)
    choice = Choice(
        {"a": rng.uniform(0, 5, (6, 2)), "b": rng.uniform(0, 5, (6, 2))},
        [Limit("budget", rng.uniform(1, 3, (6, 2)), AT_MOST, 6.0)],
    )
    found = pareto(choice, "a", "b", steps=9, gap=0.0)
    points = [tuple(choice.totals(each.chosen).values()) for each in found]
    every = [tuple(choice.totals(each).values()) for each in possible(choice)]
    assert (
        len(points) >= 3
        and points[0][0] == pytest.approx(max(a for a, _b in every))
        and points[-1][1] == pytest.approx(max(b for _a, b in every))
    )
    for a, b in points:
        assert not any((c > a + 1e-3 and d >= b) or (c >= a and d > b + 1e-3) for c, d in every), "better in both"
    shares = frequency(found, 2)
    assert shares.shape == (6, 2) and (shares.sum(axis=1) <= 1 + 1e-9).all()


def test_neighbours_hold_together_when_edges_cost():
    gain = np.array([[3.0], [1.0], [3.0], [0.5], [0.5], [2.9]])
    edges = np.array([(u, u + 1) for u in range(5)])
    limits = [Limit("units", np.ones((6, 1)), AT_MOST, 3.0)]
    loose = solve(Choice({"a": gain}, limits))
    tight = solve(Choice({"a": gain}, limits, edges=edges, edge_cost=np.full(5, 2.0)))
    assert loose.chosen.tolist() == [0, -1, 0, -1, -1, 0] and tight.chosen.tolist() == [0, 0, 0, -1, -1, -1]
