"""A small language for attributes, safe with strangers' files: a subset of QGIS's expressions that means the same there.

`"yield" * area_ha > 10 AND "village" IN ('Aro', 'Bena')`. Columns stand in double quotes (or bare, when the name is a
plain word), texts in single quotes. An unknown value is NULL and makes what is computed from it NULL; AND, OR and NOT
know three values, as SQL does (ISO/IEC 9075-2, 8.1). Operators bind as in QGIS: OR, AND, NOT, comparisons, + -,
* / // %, ^, ||, the sign. There is no loop, no assignment and no access to anything but the row.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.expression_values import (
    FUNCTIONS,
    LAZY,
    LONGEST,
    Row,
    Value,
    among,
    apply,
    arithmetic,
    both,
    choose,
    compare,
    either,
    like,
    negate,
    power,
    same,
    truth,
)
from onekl_desktop.base.translate import _

DEEPEST = 60
# What the row is asked for by these names: the shape's own measures.
MEASURES = ("$id", "$area", "$perimeter", "$length", "$x", "$y")

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
            left = either(left, self._and())
        self.depth -= 1
        return left

    def _and(self) -> Value:
        left = self._not()
        while self._take("and"):
            left = both(left, self._not())
        return left

    def _not(self) -> Value:
        count = 0
        while self._take("not"):
            count += 1
        value = self._comparison()
        for _time in range(min(count, 2) if count % 2 == 0 else 1):
            value = negate(value)
        return value

    def _comparison(self) -> Value:
        left = self._binary(0)
        while True:
            sign = self._take("=", "<>", "!=", "<", "<=", ">", ">=")
            if sign:
                left = compare(sign, left, self._binary(0))
                continue
            if self._take("is"):
                reverse = bool(self._take("not"))
                right = self._binary(0)
                left = same(left, right, reverse)
                continue
            start, reverse = self.at, bool(self._take("not"))
            word = self._take("like", "ilike", "in", "between")
            if not word:
                self.at = start
                return left
            found = self._range(left, word)
            left = negate(found) if reverse else found

    def _range(self, left: Value, word: str) -> Value:
        if word == "in":
            self._need("(")
            return among(left, self._list())
        if word == "between":
            low = self._binary(0)
            self._need("and")
            return both(compare(">=", left, low), compare("<=", left, self._binary(0)))
        return like(left, self._binary(0), word == "ilike")

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
                return power(left, self._repeat(level))
            left = arithmetic(sign, left, self._binary(level + 1))
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
        return arithmetic("-", lambda _row: 0, value) if minus else value

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
        return choose(branches, other)

    def _call(self, token: _Token, given: list[Value]) -> Value:
        entry = FUNCTIONS.get(token.text.lower())
        if entry is None:
            near = difflib.get_close_matches(token.text.lower(), FUNCTIONS, 3, 0.5) or sorted(FUNCTIONS)
            self._fail(_("there is no function {name}; there are {known}").format(name=token.text, known=", ".join(near)), token.at)  # fmt: skip
            raise AssertionError
        least, most, function = entry
        if not least <= len(given) <= most:
            self._fail(_("{name} takes another number of values").format(name=token.text), token.at)
        return function(given) if function in LAZY else apply(function, given)
