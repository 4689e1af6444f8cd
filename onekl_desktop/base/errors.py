"""One form for every problem: what, which thing, why it matters, what to do; and the exit codes."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from dataclasses import field as option
from typing import Any

from onekl_desktop.base.messages import MESSAGES
from onekl_desktop.base.translate import _
from onekl_desktop.base.units import format_number

DONE, USAGE, INPUT, FILE, BUSY, MISSING, INTERRUPTED, BUG = 0, 2, 3, 4, 5, 6, 130, 70


@dataclass(frozen=True)
class Figure:
    """A number among the facts of a problem: written as the language of the reader writes it, also when restated."""

    value: float
    decimals: int = 1

    def __str__(self) -> str:
        return format_number(self.value, self.decimals)


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with an input, tied to the field, file and row where it was found."""

    code: str
    message: str
    remedy: str = ""
    field: str = ""
    file: str = ""
    row: int | None = None
    severity: str = "error"
    facts: dict[str, Any] = option(default_factory=dict, compare=False, repr=False)

    def as_dict(self) -> dict[str, Any]:
        """The one problem form of the command line."""
        return {
            "code": self.code, "field": self.field, "file": self.file, "row": self.row,
            "message": self.message, "remedy": self.remedy, "severity": self.severity,
        }  # fmt: skip

    def for_storage(self) -> dict[str, Any]:
        """The same with its facts, so that `restate` can say it in another language later."""
        facts = {
            name: {"value": fact.value, "decimals": fact.decimals} if isinstance(fact, Figure) else str(fact)
            for name, fact in self.facts.items()
        }
        return {**self.as_dict(), "facts": facts}

    def sentence(self) -> str:
        """Message and remedy in one breath."""
        return f"{self.message} {self.remedy}".strip()


@dataclass
class UserError(Exception):
    """Something a person can mend. `code` is a key of the message catalogue, `facts` fill its blanks."""

    code: str
    facts: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def __init__(self, code: str, problems: list[Problem] | None = None, **facts: Any) -> None:
        super().__init__(code)
        if code not in MESSAGES:
            raise KeyError(f"no message is catalogued for {code!r}")
        self.code, self.facts = code, facts
        self.problems = problems or [make_problem(code, **facts)]

    @property
    def exit_code(self) -> int:
        """The exit code of the catalogue for this kind of problem."""
        return MESSAGES[self.code].exit_code

    def __str__(self) -> str:
        return "\n".join(problem.sentence() for problem in self.problems)


def make_problem(
    code: str, /, *, field: str = "", row: int | None = None, severity: str = "error", **facts: Any
) -> Problem:
    """Fill the catalogue's sentences for `code` with facts."""
    message = MESSAGES[code]
    shown = {name: str(value) for name, value in facts.items()}
    shown.setdefault("file", "")
    if row is not None:
        shown["row"] = str(row)
    kept = {**shown, **{name: value for name, value in facts.items() if isinstance(value, Figure)}}
    return Problem(
        code=code, message=_(message.text).format_map(_Blanks(shown)), remedy=_(message.remedy).format_map(_Blanks(shown)),
        field=field, file=shown["file"], row=row, severity=severity, facts=kept,
    )  # fmt: skip


def restate(stored: dict[str, Any]) -> dict[str, Any]:
    """A problem that was stored (`for_storage`), in the language in use now."""
    again = remake(stored)
    return stored if again is None else {**stored, "message": again.message, "remedy": again.remedy}


def remake(stored: dict[str, Any]) -> Problem | None:
    """A problem that was stored (`for_storage`); None where an earlier version stored no more than its sentence."""
    code, facts = stored.get("code", ""), stored.get("facts")
    if code not in MESSAGES or not isinstance(facts, dict):
        return None
    again_facts: dict[str, Any] = {
        key: Figure(**value) if isinstance(value, dict) else value
        for key, value in facts.items()
        if key not in ("row", "field", "severity")
    }
    field, severity = stored.get("field", ""), stored.get("severity", "error")
    return make_problem(code, field=field, severity=severity, **again_facts)


class _Blanks(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "?"


def explain_os_error(problem: OSError, file: object) -> UserError:
    """Turn a full disk, a missing permission or a pulled stick into its sentence."""
    import errno

    code = {
        errno.ENOSPC: "file.no_space", errno.EDQUOT if sys.platform != "win32" else -1: "file.no_space",
        errno.EACCES: "file.read_only", errno.EPERM: "file.read_only", errno.EROFS: "file.read_only",
        errno.ENOENT: "file.missing", errno.EISDIR: "file.is_folder", errno.ENOTDIR: "file.missing",
    }.get(problem.errno or 0, "file.medium_gone")  # fmt: skip
    return UserError(code, file=file, reason=problem.strerror or str(problem))
