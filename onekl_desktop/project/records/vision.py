"""What is wanted, by when, how it comes about, and the steps towards it."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from onekl_desktop.project.records.base import ADDED, Record, number, words


class Concern(Record):
    """A challenge, an opportunity or something of value, as a group named it; `weight` 1 to 5."""

    __tablename__ = "concern"
    kind: ClassVar[str] = "concern"

    name: Mapped[str] = words()
    concern_type: Mapped[str] = words("challenge")
    dimension: Mapped[str] = words("conservation")
    description: Mapped[str] = words()
    people_group: Mapped[str] = words()
    place: Mapped[str] = words()
    weight: Mapped[int | None] = mapped_column(default=None)
    meeting: Mapped[str] = words()
    longitude: Mapped[float | None] = mapped_column(default=None)
    latitude: Mapped[float | None] = mapped_column(default=None)


class Picture(Record):
    """A rich picture or participatory map of one group: past, now or wished; a layer, a photo of the sheet, or both."""

    __tablename__ = "picture"
    kind: ClassVar[str] = "picture"

    name: Mapped[str] = words()
    depicts: Mapped[str] = words("now")
    people_group: Mapped[str] = words()
    layer: Mapped[str] = words()
    resource: Mapped[str] = words()
    meeting: Mapped[str] = words()
    drawn_on: Mapped[str] = words()
    note: Mapped[str] = words()


class Vision(Record):
    """The vision statement in one version; the valid one is `agreed`, or else the newest draft."""

    __tablename__ = "vision"
    kind: ClassVar[str] = "vision"

    name: Mapped[str] = words()
    statement: Mapped[str] = words()
    horizon_year: Mapped[int | None] = mapped_column(default=None)
    agreed_on: Mapped[str] = words()
    decision: Mapped[str] = words()
    picture: Mapped[str] = words()
    status: Mapped[str] = words("draft")
    replaces: Mapped[str] = words()


class Wish(Record):
    """One field of the table of four returns and three zones."""

    __tablename__ = "wish"
    kind: ClassVar[str] = "wish"

    theme: Mapped[str] = words("natural")
    zone: Mapped[str] = words("natural")
    body: Mapped[str] = words()


class Goal(Record):
    """What the partnership wants, in its own words; `measure` says what it is about, for the crosswalk to frameworks."""

    __tablename__ = "goal"
    kind: ClassVar[str] = "goal"

    name: Mapped[str] = words()
    description: Mapped[str] = words()
    theme: Mapped[str] = words("natural")
    frameworks: Mapped[str] = words()
    decision: Mapped[str] = words()
    colour: Mapped[str] = words("#2e7d5b")
    position: Mapped[float] = number()
    measure: Mapped[str] = words(last=True)


class Target(Record):
    """A goal's number: indicator, unit, place, baseline with its year, and the year by which it shall hold.

    `place` is the name of a zone ('' = the whole landscape).
    """

    __tablename__ = "target"
    kind: ClassVar[str] = "target"

    name: Mapped[str] = words()
    goal: Mapped[str] = words()
    indicator: Mapped[str] = words()
    place: Mapped[str] = words()
    unit: Mapped[str] = words()
    baseline: Mapped[float | None] = mapped_column(default=None)
    baseline_year: Mapped[int | None] = mapped_column(default=None)
    quantity: Mapped[float | None] = mapped_column(default=None)
    year: Mapped[int | None] = mapped_column(default=None)
    source: Mapped[str] = words()


class Result(Record):
    """A box of the results chain, with up to three indicators and its place on the canvas (`x`, `y`; None: laid out)."""

    __tablename__ = "result"
    kind: ClassVar[str] = "result"

    name: Mapped[str] = words()
    result_type: Mapped[str] = words("result")
    description: Mapped[str] = words()
    goal: Mapped[str] = words()
    action: Mapped[str] = words()
    indicator: Mapped[str] = words()
    second_indicator: Mapped[str] = words()
    third_indicator: Mapped[str] = words()
    x: Mapped[float | None] = mapped_column(default=None)
    y: Mapped[float | None] = mapped_column(default=None)


class ResultLink(Record):
    """An arrow of the results chain with what it assumes and what speaks for it."""

    __tablename__ = "result_link"
    kind: ClassVar[str] = "result_link"

    cause: Mapped[str] = words(index=True)
    effect: Mapped[str] = words(index=True)
    assumption: Mapped[str] = words()
    evidence: Mapped[str] = words()
    resource: Mapped[str] = words()


class Action(Record):
    """A step of the action plan: enabling (rights, skills, rules) or asset (brings returns)."""

    __tablename__ = "action"
    kind: ClassVar[str] = "action"

    name: Mapped[str] = words()
    description: Mapped[str] = words()
    goal: Mapped[str] = words()
    intervention: Mapped[str] = words()
    lead: Mapped[str] = words()
    action_type: Mapped[str] = words("asset")
    status: Mapped[str] = words("planned")
    start_year: Mapped[int | None] = mapped_column(default=None)
    end_year: Mapped[int | None] = mapped_column(default=None)
    cost: Mapped[float | None] = mapped_column(default=None)
    responsible: Mapped[str] = words(last=True)
    partners: Mapped[str] = words(last=True)
    priority: Mapped[str] = words("middle", last=True)
    participation: Mapped[str] = words(last=True)
    tags: Mapped[str] = words(last=True)
    confidential: Mapped[bool] = mapped_column(server_default=text("0"), default=False, sort_order=ADDED)


class Dependency(Record):
    """`action` begins only when `waits_for` is done."""

    __tablename__ = "dependency"
    kind: ClassVar[str] = "dependency"

    action: Mapped[str] = words(index=True)
    waits_for: Mapped[str] = words(index=True)
    note: Mapped[str] = words()


class BudgetLine(Record):
    """Money of an action in one year: investment or operating, planned and spent, in the landscape's currency."""

    __tablename__ = "budget_line"
    kind: ClassVar[str] = "budget_line"

    name: Mapped[str] = words()
    action: Mapped[str] = words(index=True)
    budget_type: Mapped[str] = words("investment")
    year: Mapped[int | None] = mapped_column(default=None)
    planned: Mapped[float] = number()
    spent: Mapped[float | None] = mapped_column(default=None)
    finance_source: Mapped[str] = words()


class Interplay(Record):
    """How two actions act on each other: -2 (one rules the other out) to +2 (neither works without the other)."""

    __tablename__ = "interplay"
    kind: ClassVar[str] = "interplay"

    first_action: Mapped[str] = words()
    second_action: Mapped[str] = words()
    score: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    note: Mapped[str] = words()
