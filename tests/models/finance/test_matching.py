"""Matching: gates, a weighted mean that more of anything good never lowers, and what would change the result."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onekl_desktop.models.finance.matching import (
    CRITERIA,
    FAIL,
    PASS,
    UNKNOWN,
    Criterion,
    Match,
    Need,
    Offer,
    match,
    return_score,
    ticket_score,
)

STAGES = ("idea", "ready", "operating")
NEED = Need(
    100_000,
    "loan",
    1,
    STAGES,
    frozenset({"cocoa", "natural"}),
    frozenset({"ghana"}),
    "cooperative",
    8,
    3,
    12,
    0.12,
    False,
    frozenset({"cocoa"}),
    True,
)


def test_ticket_by_hand():
    """1 inside; 1 - ln(x / bound) / ln 3 outside; three times as much is 0."""
    assert ticket_score(100, 50, 200)[0] == 1.0 and ticket_score(100, None, 99.999999)[0] == pytest.approx(
        1.0, abs=1e-6
    )
    assert ticket_score(150, 10, 100)[0] == pytest.approx(1 - math.log(1.5) / math.log(3))
    assert ticket_score(25, 50, 100)[0] == pytest.approx(1 - math.log(2) / math.log(3))
    assert ticket_score(300, 10, 100)[0] == pytest.approx(0.0, abs=1e-12) and ticket_score(1000, 10, 100)[0] == 0.0
    assert ticket_score(None, 1, 2)[0] is None and ticket_score(5, None, None)[0] is None
    assert (
        return_score(0.05, 0.1)[0] == 0.0
        and return_score(0.075, 0.1)[0] == pytest.approx(0.5)
        and return_score(0.1, 0.1)[0] == 1.0
    )


def test_gates_and_the_one_thing_that_stands_against_it():
    fitting = Offer(
        "Bank",
        "loan",
        "commercial",
        50_000,
        200_000,
        True,
        frozenset({"cocoa"}),
        frozenset({"worldwide"}),
        frozenset({"cooperative"}),
        frozenset({"ready"}),
        frozenset({"palm"}),
        10,
        4,
        0.1,
        6,
        "2030-01-01",
    )
    late = Offer("Late", "loan", closes_on="2026-01-01")
    barred = Offer("Barred", "loan", places=frozenset({"peru"}), exclusions=frozenset({"cocoa"}))
    silent = Offer("Silent", "loan")
    found = {each.name: each for each in match(NEED, [barred, late, silent, fitting], today="2026-06-01")}
    assert next(iter(found)) == "Bank" and found["Bank"].eligible and found["Bank"].coverage == 1.0
    assert found["Bank"].score == pytest.approx((3 + 2 + 1 + 2 + 2 * 0.5 + 1 + 2 + 2) / 15)
    states = {gate.name: gate.state for gate in found["Barred"].gates}
    assert states["Place"] == FAIL and states["Exclusions"] == FAIL and found["Barred"].change == ""
    assert not found["Late"].eligible and "2026" in found["Late"].change
    assert found["Silent"].eligible and found["Silent"].score is None and found["Silent"].coverage == 0.0
    known = {gate.name: gate.state for gate in found["Silent"].gates}
    assert known["Place"] == UNKNOWN and known["Instrument"] == PASS


@given(
    st.lists(st.tuples(st.floats(0.01, 10), st.none() | st.floats(0, 1)), min_size=1, max_size=8),
    st.integers(0, 7),
    st.floats(0, 1),
)
def test_more_of_anything_never_lowers_the_score(parts, at, more):
    ids = list(CRITERIA)
    made = [Criterion(ids[n % len(ids)], weight, score, "") for n, (weight, score) in enumerate(parts)]
    at %= len(made)
    if made[at].score is None:
        return
    better = [*made]
    better[at] = Criterion(made[at].id, made[at].weight, made[at].score + more * (1 - made[at].score), "")
    before, after = Match("a", [], made), Match("a", [], better)
    assert after.score >= before.score - 1e-12 and after.coverage == before.coverage
    assert 0 <= before.score <= 1 and 0 < before.coverage <= 1
