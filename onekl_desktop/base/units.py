"""Numbers with their units as people read them, in the language in use (CLDR through Babel)."""

from __future__ import annotations

import datetime as dt
import math
import re
from functools import lru_cache
from typing import Any

from onekl_desktop.base.translate import N_, _, get_language

UNITS = {
    "ha": "ha", "t": "t", "t/ha": "t/ha", "t CO2e": "t CO₂e", "person-days": N_("person-days"), "FTE": N_("full-time jobs"),
    "km2": "km²", "m": "m", "year": "", "fraction": "", "": "",
}  # fmt: skip


MOST_PLAIN = 1e15


@lru_cache
def _locale(language: str):  # type: ignore[no-untyped-def]
    from babel import Locale

    return Locale.parse(language)


def format_number(value: float | None, decimals: int = 0) -> str:
    """A number with grouping and a fixed number of decimals; an en dash when there is none."""
    if value is None or math.isnan(value):
        return "–"
    if abs(value) >= MOST_PLAIN:
        return f"{value:.3g}"
    from babel.numbers import format_decimal

    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    if abs(value) < 0.5 * 10**-decimals:
        value = 0.0
    return format_decimal(value, format=pattern, locale=_locale(get_language()))


# Units of what a person enters, as the form says them.
_ENTERED = {
    "fraction": N_("fraction"), "years": N_("years"), "days": N_("days"), "points": N_("points"), "answers": N_("answers"), "per ha": N_("per ha"),
    "per ha and year": N_("per ha and year"), "per t": N_("per t"), "person-days/ha": N_("person-days/ha"),
}  # fmt: skip


def entered_unit(unit: str) -> str:
    """What a unit is called beside a field."""
    return _(_ENTERED.get(unit, unit))


def unit_name(unit: str) -> str:
    """What a unit is called."""
    return _(UNITS.get(unit, unit))


def format_signed(value: float | None, decimals: int = 0) -> str:
    """A difference: always with its sign (an en dash for less, which every typeface has)."""
    if value is None or math.isnan(value):
        return "–"
    if abs(value) < 0.5 * 10**-decimals:
        return format_number(0, decimals)
    return ("+" if value > 0 else "–") + format_number(abs(value), decimals)


def format_quantity(value: float | None, unit: str, decimals: int = 0) -> str:
    """Number and unit: `1,250 ha`; a dash alone where there is no number."""
    if value is None or math.isnan(value):
        return format_number(value)
    return f"{format_number(value, decimals)} {unit_name(unit)}".strip()


def format_percent(value: float | None, decimals: int = 0) -> str:
    """A fraction as percent."""
    if value is None or math.isnan(value):
        return "–"
    from babel.numbers import format_percent as babel_percent

    return babel_percent(
        value, format="#,##0" + ("." + "0" * decimals if decimals else "") + "%", locale=_locale(get_language())
    )


def format_date(day: dt.date) -> str:
    """A day as the language writes it."""
    from babel.dates import format_date as babel_date

    return babel_date(day, format="long", locale=_locale(get_language()))


def parse_number(text: Any) -> float | None:
    """A number as people write it: `1234.5`, `1234,5`, `1.234,5`, `1,234.5`, `1 234,5`; None for anything else."""
    if isinstance(text, bool) or text is None:
        return None
    if isinstance(text, (int, float)):
        return float(text) if math.isfinite(text) else None
    plain = str(text).strip().replace("\u00a0", " ").replace("\u202f", " ").replace("−", "-")
    plain = re.sub(r"(?<=\d) (?=\d{3}(\D|$))", "", plain)
    if re.fullmatch(r"[+-]?\d{1,3}(\.\d{3})+,\d+", plain):
        plain = plain.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)", plain):
        plain = plain.replace(",", "")
    elif re.fullmatch(r"[+-]?\d*,\d+", plain):
        plain = plain.replace(",", ".")
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", plain):
        return None
    number = float(plain)
    return number if abs(number) != float("inf") else None
