"""A small language for attributes, safe with strangers' files: a subset of QGIS's expressions that means the same there.

`"yield" * area_ha > 10 AND "village" IN ('Aro', 'Bena')`. Columns stand in double quotes (or bare, when the name is a
plain word), texts in single quotes. An unknown value is NULL and makes what is computed from it NULL; AND, OR and NOT
know three values, as SQL does (ISO/IEC 9075-2, 8.1). Operators bind as in QGIS: OR, AND, NOT, comparisons, + -,
* / // %, ^, ||, the sign. There is no loop, no assignment and no access to anything but the row.
"""

from __future__ import annotations

import datetime as dt
import difflib
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.translate import _

Row = Mapping[str, Any]
Value = Callable[[Row], Any]
LONGEST, DEEPEST, LONGEST_TEXT = 10_000, 60, 100_000
# What the row is asked for by these names: the shape's own measures.
MEASURES = {"$id": "id", "$area": "area_m2", "$perimeter": "perimeter_m", "$length": "length_m", "$x": "x", "$y": "y"}

_TOKEN = re.compile(
    r"""(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<text>'(?:[^']|'')*')|(?P<column>"(?:[^"]|"")*")"""
    r"""|(?P<word>[$@]?[^\W\d]\w*)|(?P<sign><>|!=|<=|>=|\|\||//|[-+*/%^<>=(),]))""", re.DOTALL,
)  # fmt: skip
_BLANK = re.compile(r"(?:\s|--[^\n]*(?:\n|$)|/\*(?:(?!\*/).)*\*/)*", re.DOTALL)
_RESERVED = {"and", "or", "not", "like", "ilike", "in", "is", "null", "between", "case", "when", "then", "else", "end", "true", "false"}  # fmt: skip


class _Token(NamedTuple):
    kind: str
    text: str
    at: int


@dataclass(frozen=True)
class Expression:
    """An expression that was understood. `columns` are the names that it reads, `measures` the measures of the shape."""

    text: str
    columns: frozenset[str]
    measures: frozenset[str]
    evaluate: Value

    def __call__(self, row: Row) -> Any:
        """The value for a row; NULL is None."""
        return self.evaluate(row)

    def holds(self, row: Row) -> bool:
        """Whether a condition is met; NULL is not."""
        return truth(self.evaluate(row)) is True

    def check_columns(self, known: list[str]) -> None:
        """Refuse a column that is not there.

        Raises
        ------
        UserError
            `expression.column`, with the names that come nearest.
        """
        for name in sorted(self.columns - set(known)):
            near = difflib.get_close_matches(name, known, 3, 0.5) or known[:12]
            raise UserError("expression.column", column=name, known=", ".join(near), expression=self.text)


@lru_cache(maxsize=512)
def parse_expression(text: str) -> Expression:
    """Understand an expression.

    Raises
    ------
    UserError
        `expression.wrong`: where it stops making sense, and why.
    """
    if len(text) > LONGEST:
        raise UserError("expression.wrong", expression=text[:60] + "…", reason=_("it is too long"), place=LONGEST)
    parser = _Parser(text)
    value = parser.whole()
    return Expression(text.strip(), frozenset(parser.columns), frozenset(parser.measures), value)


class _Parser:
    def __init__(self, text: str) -> None:
        self.text, self.at, self.depth = text, 0, 0
        self.columns: set[str] = set()
        self.measures: set[str] = set()
        self.tokens: list[_Token] = []
        place = 0
        while place < len(text):
            place = _BLANK.match(text, place).end()  # type: ignore[union-attr]
            if place == len(text):
                break
            found = _TOKEN.match(text, place)
            if found is None:
                quote = text[place] in "'\""
                reason = _("a quotation mark is not closed") if quote else _("“{sign}” is no sign of the language")
                self._fail(reason.format(sign=text[place]), place)
                raise AssertionError
            kind = found.lastgroup or ""
            self.tokens.append(_Token(kind, found.group(kind), found.start(kind)))
            place = found.end()
        self.tokens.append(_Token("end", "", len(text)))

    def _fail(self, reason: str, place: int | None = None) -> None:
        at = self._next.at if place is None else place
        raise UserError("expression.wrong", expression=self.text.strip(), reason=reason, place=at + 1)

    @property
    def _next(self) -> _Token:
        return self.tokens[self.at]

    def _take(self, *wanted: str) -> str:
        """The next token when it is one of these signs or words; '' otherwise."""
        token = self._next
        if token.kind in ("sign", "word") and token.text.lower() in wanted:
            self.at += 1
            return token.text.lower()
        return ""

    def _need(self, wanted: str) -> None:
        if not self._take(wanted):
            found = self._next.text or _("the end")
            self._fail(_("“{wanted}” is expected, not “{found}”").format(wanted=wanted.upper(), found=found))

    def whole(self) -> Value:
        value = self._or()
        if self._next.kind != "end":
            self._fail(_("“{found}” does not fit here").format(found=self._next.text))
        return value

    def _or(self) -> Value:
        self.depth += 1
        if self.depth > DEEPEST:
            self._fail(_("it is nested too deeply"))
        left = self._and()
        while self._take("or"):
            left = _either(left, self._and())
        self.depth -= 1
        return left

    def _and(self) -> Value:
        left = self._not()
        while self._take("and"):
            left = _both(left, self._not())
        return left

    def _not(self) -> Value:
        count = 0
        while self._take("not"):
            count += 1
        value = self._comparison()
        for _time in range(min(count, 2) if count % 2 == 0 else 1):
            value = _negate(value)
        return value

    def _comparison(self) -> Value:
        left = self._binary(0)
        while True:
            sign = self._take("=", "<>", "!=", "<", "<=", ">", ">=")
            if sign:
                left = _compare(sign, left, self._binary(0))
                continue
            if self._take("is"):
                reverse = bool(self._take("not"))
                right = self._binary(0)
                left = _same(left, right, reverse)
                continue
            start, reverse = self.at, bool(self._take("not"))
            word = self._take("like", "ilike", "in", "between")
            if not word:
                self.at = start
                return left
            found = self._range(left, word)
            left = _negate(found) if reverse else found

    def _range(self, left: Value, word: str) -> Value:
        if word == "in":
            self._need("(")
            return _among(left, self._list())
        if word == "between":
            low = self._binary(0)
            self._need("and")
            return _both(_compare(">=", left, low), _compare("<=", left, self._binary(0)))
        return _like(left, self._binary(0), word == "ilike")

    def _list(self) -> list[Value]:
        """Expressions up to a closing bracket."""
        if self._take(")"):
            return []
        values = [self._or()]
        while self._take(","):
            values.append(self._or())
        self._need(")")
        return values

    LEVELS = (("+", "-"), ("*", "/", "//", "%"), ("^",), ("||",))

    def _binary(self, level: int) -> Value:
        if level == len(self.LEVELS):
            return self._signed()
        left = self._binary(level + 1)
        while sign := self._take(*self.LEVELS[level]):
            if sign == "^":
                return _power(left, self._repeat(level))
            left = _arithmetic(sign, left, self._binary(level + 1))
        return left

    def _repeat(self, level: int) -> Value:
        self.depth += 1
        if self.depth > DEEPEST:
            self._fail(_("it is nested too deeply"))
        value = self._binary(level)
        self.depth -= 1
        return value

    def _signed(self) -> Value:
        minus = False
        while sign := self._take("-", "+"):
            minus ^= sign == "-"
        value = self._plain()
        return _arithmetic("-", lambda _row: 0, value) if minus else value

    def _plain(self) -> Value:
        token = self._next
        self.at += 1
        if token.kind == "number":
            number = float(token.text)
            whole = re.fullmatch(r"\d{1,15}", token.text) is not None
            constant: Any = int(token.text) if whole else number
            return lambda _row: constant
        if token.kind == "text":
            said = token.text[1:-1].replace("''", "'")
            return lambda _row: said
        if token.kind == "column":
            return self._column(token.text[1:-1].replace('""', '"'))
        if token.kind == "word":
            return self._word(token)
        if token.text == "(":
            value = self._or()
            self._need(")")
            return value
        self.at -= 1
        self._fail(_("a value is expected, not “{found}”").format(found=token.text or _("the end")))
        raise AssertionError

    def _word(self, token: _Token) -> Value:
        word = token.text.lower()
        if word in ("true", "false", "null"):
            constant = {"true": True, "false": False, "null": None}[word]
            return lambda _row: constant
        if word == "case":
            return self._case()
        if word in _RESERVED:
            self.at -= 1
            self._fail(_("“{found}” does not fit here").format(found=token.text))
        if self._take("("):
            return self._call(token, self._list())
        if word[0] in "$@":
            if word not in MEASURES:
                self._fail(_("{name} is not known; there are {known}").format(name=token.text, known=", ".join(MEASURES)), token.at)  # fmt: skip
            self.measures.add(word)
            return lambda row: row.get(word)
        return self._column(token.text)

    def _column(self, name: str) -> Value:
        self.columns.add(name)
        return lambda row: row.get(name)

    def _case(self) -> Value:
        branches: list[tuple[Value, Value]] = []
        while self._take("when"):
            condition = self._or()
            self._need("then")
            branches.append((condition, self._or()))
        if not branches:
            self._need("when")
        other: Value = self._or() if self._take("else") else lambda _row: None
        self._need("end")
        return _choose(branches, other)

    def _call(self, token: _Token, given: list[Value]) -> Value:
        entry = FUNCTIONS.get(token.text.lower())
        if entry is None:
            near = difflib.get_close_matches(token.text.lower(), FUNCTIONS, 3, 0.5) or sorted(FUNCTIONS)
            self._fail(_("there is no function {name}; there are {known}").format(name=token.text, known=", ".join(near)), token.at)  # fmt: skip
            raise AssertionError
        least, most, function = entry
        if not least <= len(given) <= most:
            self._fail(_("{name} takes another number of values").format(name=token.text), token.at)
        return function(given) if function in _LAZY else _apply(function, given)


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


def _both(left: Value, right: Value) -> Value:
    def value(row: Row) -> bool | None:
        a = truth(left(row))
        if a is False:
            return False
        b = truth(right(row))
        return False if b is False else None if a is None or b is None else True

    return value


def _either(left: Value, right: Value) -> Value:
    def value(row: Row) -> bool | None:
        a = truth(left(row))
        if a is True:
            return True
        b = truth(right(row))
        return True if b is True else None if a is None or b is None else False

    return value


def _negate(of: Value) -> Value:
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


def _compare(sign: str, left: Value, right: Value) -> Value:
    fits = _SIGNS[sign]

    def value(row: Row) -> bool | None:
        a, b = left(row), right(row)
        return None if a is None or b is None else fits(order(a, b))

    return value


def _same(left: Value, right: Value, reverse: bool) -> Value:
    def value(row: Row) -> bool:
        a, b = left(row), right(row)
        equal = a is b if a is None or b is None else order(a, b) == 0
        return equal != reverse

    return value


def _among(left: Value, values: list[Value]) -> Value:
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


def _like(left: Value, right: Value, fold: bool) -> Value:
    def value(row: Row) -> bool | None:
        a, b = as_text(left(row)), as_text(right(row))
        if a is None or b is None:
            return None
        if b.count("%") > 8:  # many wildcards could take for ever
            raise UserError("expression.pattern", pattern=b[:60])
        return _pattern(b, fold).fullmatch(a[:LONGEST]) is not None

    return value


def _arithmetic(sign: str, left: Value, right: Value) -> Value:
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


def _power(left: Value, right: Value) -> Value:
    return _apply(_raise_to, [left, right])


def _raise_to(x: Any, y: Any) -> Any:
    x, y = as_number(x), as_number(y)
    if x is None or y is None or (x == 0 and y < 0):
        return None
    return float(x) ** float(y)


def _choose(branches: list[tuple[Value, Value]], other: Value) -> Value:
    def value(row: Row) -> Any:
        for condition, then in branches:
            if truth(condition(row)) is True:
                return then(row)
        return other(row)

    return value


# ------------------------------------------------------------------ functions


def _apply(function: Callable[..., Any], given: list[Value]) -> Value:
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
    return _choose([(given[0], given[1])], given[2])


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
_LAZY = {_coalesce, _if, _concat, _nullif, _max, _min}


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
