"""What is wanted, by when, and the steps towards it."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy.orm import Mapped, mapped_column

from onekl_desktop.project.records.base import Record, number, words


class Goal(Record):
    """What the partnership wants, in its own words."""

    __tablename__ = "goal"
    kind: ClassVar[str] = "goal"

    name: Mapped[str] = words()
    description: Mapped[str] = words()
    theme: Mapped[str] = words("natural")
    frameworks: Mapped[str] = words()
    decision: Mapped[str] = words()
    colour: Mapped[str] = words("#2e7d5b")
    position: Mapped[float] = number()


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
    depends_on: Mapped[str] = words()
