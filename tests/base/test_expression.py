"""Expressions: what they mean, that QGIS means the same, and that nonsense is refused at its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.expression import parse_expression

ROW = {"a": 7, "b": 2.5, "name": "Aro", "none": None, "with space": "x"}


def value(text):
    return parse_expression(text)(ROW)


@pytest.mark.parametrize(("text", "expected"), [
    ("a + b * 2", 12.0), ("(a + b) * 2", 19.0), ("2 ^ 3 ^ 2", 64.0 ** 1.0 if False else 512.0), ("-a", -7), ("7 // 2", 3), ("-7 // 2", -4),
    ("a / 2", 3.5), ("5 % 3", 2.0), ("1 / 0", None), ("none + 1", None), ("'a' || a || b", "a72.5"), ('"with space"', "x"),
    ("a > 5 AND name = 'Aro'", True), ("a > 5 and none", None), ("false and none", False), ("true or none", True), ("NOT a = 7", False),
    ("name LIKE 'A%'", True), ("name LIKE 'a%'", False), ("name ILIKE 'a_o'", True), ("name NOT IN ('Bena', 'Aro')", False),
    ("a IN (1, NULL)", None), ("a BETWEEN 5 AND 7", True), ("none IS NULL", True), ("a IS NOT NULL", True), ("none = none", None),
    ("CASE WHEN a > 10 THEN 'many' WHEN a > 5 THEN 'some' ELSE 'few' END", "some"), ("coalesce(none, a)", 7), ("if(a > 5, 1, 2)", 1),
    ("round(2.5)", 3), ("round(-2.5)", -3), ("round(b, 1)", 2.5), ("sqrt(-1)", None), ("upper(name)", "ARO"), ("substr(name, 2)", "ro"),
    ("left(name, 2)", "Ar"), ("year('2024-03-05')", 2024), ("year('soon')", None), ("'it''s'", "it's"), ("a -- a remark", 7), ("a /* or */ + 1", 8),
    ("max(a, none, 9)", 9), ("to_int('12')", 12), ("length(name)", 3), ("'10' > 9", True), ("9 ^ 99999", None),
])  # fmt: skip
def test_values(text, expected):
    found = value(text)
    assert found == expected and type(found) is type(expected)


@pytest.mark.parametrize(("text", "place"), [
    ("a +", 4), ("a b", 3), ("(a", 3), ("'open", 1), ("a ? b", 3), ("nothing(1)", 1), ("round()", 1), ("case a end", 6), ("$size", 1), ("a in 3", 6), ("", 1),
])  # fmt: skip
def test_nonsense_is_refused_where_it_stops_making_sense(text, place):
    with pytest.raises(UserError) as told:
        parse_expression(text)
    assert told.value.code == "expression.wrong" and f"character {place}:" in str(told.value)


def test_it_cannot_be_made_to_hang_or_to_fill_the_memory():
    for text in ("(" * 500 + "1" + ")" * 500, "not " * 3000 + "1", "1" + "^2" * 400, "-" * 5000 + "a"):
        try:
            parse_expression(text)(ROW)
        except UserError:
            pass
    with pytest.raises(UserError):
        parse_expression("1 + " * 5000 + "1")
    with pytest.raises(UserError):
        value("'aaaaaaaaaaaaaaaaaaaaaaaaa' like '%a%a%a%a%a%a%a%a%a%b'")
    long = "'" + "a" * 3000 + "'"
    assert len(parse_expression(f"replace(replace({long}, 'a', {long}), 'a', {long})")({})) <= 100_000


@given(st.text(alphabet="ab\"'()+-*/%^<>=,|. 1andornotinlikecasewhen$@\n", max_size=60))
def test_any_text_is_understood_or_refused(text):
    try:
        parse_expression(text)(ROW)
        code = ""
    except UserError as problem:
        code = problem.code
    assert code in ("", "expression.wrong", "expression.pattern")


numbers = st.one_of(st.integers(-1000, 1000), st.floats(-1e6, 1e6, allow_nan=False))


@given(numbers, numbers, numbers)
def test_arithmetic_is_that_of_python(x, y, z):
    row = {"x": x, "y": y, "z": z}
    assert parse_expression("x + y * z - x")(row) == x + y * z - x
    assert parse_expression("x < y or y <= z")(row) == (x < y or y <= z)


def test_a_missing_column_is_named_with_those_that_come_near():
    with pytest.raises(UserError) as told:
        parse_expression('"nmae" = 1').check_columns(["name", "area"])
    assert "nmae" in str(told.value) and "name" in str(told.value)
