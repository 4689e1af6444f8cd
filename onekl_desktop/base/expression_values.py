"""What expressions compute: values with unknowns, as SQL and QGIS have them, and the functions by name.

Everything is a function of a row. Numbers stay what a table can hold, texts stay short, and nothing can run for ever.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from onekl_desktop.base.errors import UserError

Row = Mapping[str, Any]
Value = Callable[[Row], Any]
LONGEST, LONGEST_TEXT = 10_000, 100_000


# ------------------------------------------------------------------ values


def as_number(value: Any) -> float | int | None:
    """A number, also one written as text; None for anything else."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, (int, float)):
        return value if isinstance(value, int) or math.isfinite(value) else None
    if isinstance(value, str):
        try:
            number = float(value)
        except ValueError:
            return None
        return number if math.isfinite(number) else None
    return None


def as_text(value: Any) -> str | None:
    """What `||` joins: whole numbers without decimals."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def truth(value: Any) -> bool | None:
    """True, False or unknown: a number is true unless it is zero, a text when it is such a number."""
    if value is None:
        return None
    number = as_number(value)
    return None if number is None and not isinstance(value, str) else bool(number)


def both(left: Value, right: Value) -> Value:
    """A AND b: false where one is, else unknown where one is."""

    def value(row: Row) -> bool | None:
        a = truth(left(row))
        if a is False:
            return False
        b = truth(right(row))
        return False if b is False else None if a is None or b is None else True

    return value


def either(left: Value, right: Value) -> Value:
    """A OR b: true where one is, else unknown where one is."""

    def value(row: Row) -> bool | None:
        a = truth(left(row))
        if a is True:
            return True
        b = truth(right(row))
        return True if b is True else None if a is None or b is None else False

    return value


def negate(of: Value) -> Value:
    """NOT a; unknown stays unknown."""

    def value(row: Row) -> bool | None:
        known = truth(of(row))
        return None if known is None else not known

    return value


def order(a: Any, b: Any) -> int:
    """-1, 0 or 1: as numbers when both are numbers (also written as text), else as texts."""
    if isinstance(a, str) and isinstance(b, str):
        pair: tuple[Any, Any] = (a, b)
    else:
        numbers = as_number(a), as_number(b)
        pair = numbers if None not in numbers else (as_text(a), as_text(b))
    return (pair[0] > pair[1]) - (pair[0] < pair[1])


_SIGNS: dict[str, Callable[[int], bool]] = {
    "=": lambda o: o == 0, "<>": lambda o: o != 0, "!=": lambda o: o != 0, "<": lambda o: o < 0, "<=": lambda o: o <= 0,
    ">": lambda o: o > 0, ">=": lambda o: o >= 0,
}  # fmt: skip


def compare(sign: str, left: Value, right: Value) -> Value:
    """A comparison by its sign; unknown where one side is."""
    fits = _SIGNS[sign]

    def value(row: Row) -> bool | None:
        a, b = left(row), right(row)
        return None if a is None or b is None else fits(order(a, b))

    return value


def same(left: Value, right: Value, reverse: bool) -> Value:
    """A IS b, which knows NULL; with `reverse` IS NOT."""

    def value(row: Row) -> bool:
        a, b = left(row), right(row)
        equal = a is b if a is None or b is None else order(a, b) == 0
        return equal != reverse

    return value


def among(left: Value, values: list[Value]) -> Value:
    """A IN (…): unknown where it is not found and one of them is unknown."""

    def value(row: Row) -> bool | None:
        a = left(row)
        if a is None:
            return None
        unknown = False
        for item in values:
            b = item(row)
            if b is None:
                unknown = True
            elif order(a, b) == 0:
                return True
        return None if unknown else False

    return value


@lru_cache(maxsize=256)
def _pattern(text: str, fold: bool) -> re.Pattern[str]:
    runs = re.sub("%+", "%", text)
    return re.compile("".join({"%": ".*?", "_": "."}.get(ch, re.escape(ch)) for ch in runs), re.DOTALL | (re.IGNORECASE if fold else 0))  # fmt: skip


def like(left: Value, right: Value, fold: bool) -> Value:
    """A LIKE b with % for any text and _ for one sign; `fold` ignores case."""

    def value(row: Row) -> bool | None:
        a, b = as_text(left(row)), as_text(right(row))
        if a is None or b is None:
            return None
        if b.count("%") > 8:  # many wildcards could take for ever
            raise UserError("expression.pattern", pattern=b[:60])
        return _pattern(b, fold).fullmatch(a[:LONGEST]) is not None

    return value


def arithmetic(sign: str, left: Value, right: Value) -> Value:
    """Numbers by their sign, also those written as text; texts joined by || (and by +, when both are texts)."""

    def value(row: Row) -> Any:
        a, b = left(row), right(row)
        if a is None or b is None:
            return None
        if sign == "||" or (sign == "+" and isinstance(a, str) and isinstance(b, str)):
            return (as_text(a) or "")[:LONGEST_TEXT] + (as_text(b) or "")[:LONGEST_TEXT]
        x, y = as_number(a), as_number(b)
        if x is None or y is None:
            return None
        if sign in ("/", "//", "%") and y == 0:
            return None
        try:
            found = _PLAIN[sign](x, y)
        except OverflowError:
            return None
        return _bounded(found)

    return value


_PLAIN: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda x, y: x + y, "-": lambda x, y: x - y, "*": lambda x, y: x * y, "/": lambda x, y: x / y,
    "//": lambda x, y: math.floor(x / y), "%": math.fmod,
}  # fmt: skip


def _bounded(found: Any) -> Any:
    """Numbers stay what a table can hold: whole ones within 64 bits, others finite."""
    if isinstance(found, complex):
        return None
    if isinstance(found, int):
        return found if abs(found) < 2**63 else float(found) if abs(found) < 10**300 else None
    return found if math.isfinite(found) else None


def power(left: Value, right: Value) -> Value:
    """A ^ b."""
    return apply(_raise_to, [left, right])


def _raise_to(x: Any, y: Any) -> Any:
    x, y = as_number(x), as_number(y)
    if x is None or y is None or (x == 0 and y < 0):
        return None
    return float(x) ** float(y)


def choose(branches: list[tuple[Value, Value]], other: Value) -> Value:
    """The value of the first condition that holds."""

    def value(row: Row) -> Any:
        for condition, then in branches:
            if truth(condition(row)) is True:
                return then(row)
        return other(row)

    return value


# ------------------------------------------------------------------ functions


def apply(function: Callable[..., Any], given: list[Value]) -> Value:
    """A function of known values; NULL in, NULL out."""

    def value(row: Row) -> Any:
        values = [item(row) for item in given]
        if any(item is None for item in values):
            return None
        try:
            found = function(*values)
        except (ValueError, OverflowError, ZeroDivisionError):
            return None
        return found[:LONGEST_TEXT] if isinstance(found, str) else _bounded(found) if isinstance(found, (int, float, complex)) and not isinstance(found, bool) else found  # fmt: skip

    return value


def _numeric(function: Callable[..., Any]) -> Callable[..., Any]:
    def wrapped(*values: Any) -> Any:
        numbers = [as_number(value) for value in values]
        return None if None in numbers else function(*numbers)

    return wrapped


def _textual(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *values: function(*(as_text(value) for value in values))


def _coalesce(given: list[Value]) -> Value:
    return lambda row: next((found for item in given if (found := item(row)) is not None), None)


def _if(given: list[Value]) -> Value:
    return choose([(given[0], given[1])], given[2])


def _concat(given: list[Value]) -> Value:
    return lambda row: "".join(as_text(item(row)) or "" for item in given)[:LONGEST_TEXT]


def _nullif(given: list[Value]) -> Value:
    def value(row: Row) -> Any:
        a, b = given[0](row), given[1](row)
        return None if a is not None and b is not None and order(a, b) == 0 else a

    return value


def _extreme(sign: int) -> Callable[[list[Value]], Value]:
    def build(given: list[Value]) -> Value:
        def value(row: Row) -> Any:
            numbers = [number for item in given if (number := as_number(item(row))) is not None]
            return (max(numbers) if sign > 0 else min(numbers)) if numbers else None

        return value

    return build


_max, _min = _extreme(1), _extreme(-1)
LAZY = {_coalesce, _if, _concat, _nullif, _max, _min}


def _round(value: float, places: float = 0) -> float | int:
    """Half away from zero, as people and QGIS do."""
    if abs(places) > 15:
        return value
    scale = 10.0 ** int(places)
    found = math.copysign(math.floor(abs(value) * scale + 0.5), value) / scale
    return int(found) if places <= 0 else found


def _substr(text: str, start: Any, length: Any = None) -> str:
    first, count = int(float(start)), None if length is None else int(float(length))
    begin = first - 1 if first > 0 else max(len(text) + first, 0) if first < 0 else 0
    return text[begin:] if count is None else text[begin : begin + count] if count >= 0 else text[begin:count]


def _date_part(part: str) -> Callable[[str], int]:
    return lambda text: int(getattr(dt.date.fromisoformat(text[:10]), part))


FUNCTIONS: dict[str, tuple[int, int, Callable[..., Any]]] = {
    "coalesce": (1, 20, _coalesce), "if": (3, 3, _if), "nullif": (2, 2, _nullif), "max": (1, 20, _max), "min": (1, 20, _min),
    "concat": (1, 20, _concat),
    "abs": (1, 1, _numeric(abs)), "round": (1, 2, _numeric(_round)), "floor": (1, 1, _numeric(math.floor)), "ceil": (1, 1, _numeric(math.ceil)),
    "sqrt": (1, 1, _numeric(math.sqrt)), "exp": (1, 1, _numeric(math.exp)), "ln": (1, 1, _numeric(math.log)),
    "log10": (1, 1, _numeric(math.log10)), "log": (2, 2, _numeric(lambda base, value: math.log(value) / math.log(base))),
    "pi": (0, 0, lambda: math.pi),
    "upper": (1, 1, _textual(str.upper)), "lower": (1, 1, _textual(str.lower)), "title": (1, 1, _textual(lambda text: re.sub(r"(^|\s)(\S)", lambda m: m[1] + m[2].upper(), text.lower()))),
    "trim": (1, 1, _textual(str.strip)), "length": (1, 1, _textual(len)), "replace": (3, 3, _textual(lambda text, old, new: text.replace(old, new) if old and len(text) * max(len(new), 1) <= 10 * LONGEST_TEXT else text)),
    "left": (2, 2, _textual(lambda text, count: text[: int(float(count))] if float(count) > -1 else text)), "right": (2, 2, _textual(lambda text, count: text[-int(float(count)) :] if float(count) >= 1 else "" if float(count) > -1 else text)),
    "substr": (2, 3, _textual(_substr)), "strpos": (2, 2, _textual(lambda text, part: text.find(part) + 1)),
    "to_int": (1, 1, _numeric(lambda value: int(_round(value)))), "to_real": (1, 1, _numeric(float)), "to_string": (1, 1, as_text),
    "year": (1, 1, _textual(_date_part("year"))), "month": (1, 1, _textual(_date_part("month"))), "day": (1, 1, _textual(_date_part("day"))),
}  # fmt: skip
