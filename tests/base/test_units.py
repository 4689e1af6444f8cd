import pytest

from onekl_desktop.base.money import Money
from onekl_desktop.base.translate import set_language
from onekl_desktop.base.units import format_number, format_percent, format_signed


@pytest.mark.parametrize(
    ("language", "text"), [("en", "1,234.5"), ("id", "1.234,5"), ("fr", "1\u202f234,5"), ("es", "1.234,5")]
)
def test_numbers_follow_the_language(language, text):
    set_language(language)
    assert format_number(1234.5, 1) == text


def test_no_number_is_a_dash_and_zero_has_no_sign():
    assert format_number(None) == format_number(float("nan")) == "–"
    assert (
        format_number(-0.2) == "0"
        and format_signed(-0.2) == "0"
        and format_signed(3) == "+3"
        and format_signed(-3) == "–3"
    )
    assert format_percent(0.085, 1) == "8.5%"


def test_money_of_different_years_is_never_added():
    assert Money(1, "USD", 2026) + Money(2, "USD", 2026) == Money(3, "USD", 2026)
    with pytest.raises(ValueError):
        Money(1, "USD", 2026) + Money(2, "USD", 2025)
