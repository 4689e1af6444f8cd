import pytest
from hypothesis import given
from hypothesis import strategies as st

from onekl_desktop.base.years import dump_schedule, even_schedule, parse_schedule, show_schedule


@given(st.integers(1950, 2100), st.integers(1, 50))
def test_what_is_stored_and_shown_reads_back(start, years):
    rows = even_schedule(start, years)
    assert abs(sum(row["share"] for row in rows) - 1) < 1e-12
    assert parse_schedule(dump_schedule(rows)) == parse_schedule(rows)
    again = parse_schedule(show_schedule(rows))
    assert [row["year"] for row in again] == list(range(start, start + years))


def test_people_write_percent_fractions_or_one_year():
    assert parse_schedule("2027:50%, 2026:0.5") == [{"year": 2026, "share": 0.5}, {"year": 2027, "share": 0.5}]
    assert parse_schedule("2030") == [{"year": 2030, "share": 1.0}]


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "[]",
        "2026:50%",
        "2026:60%, 2027:60%",
        "x:1",
        "2026:0.5,2026:0.5",
        "2026:-1,2027:2",
        "12:1",
        "[1]",
        "2026:nan",
    ],
)
def test_nonsense_is_refused(bad):
    with pytest.raises(ValueError):
        parse_schedule(bad)
