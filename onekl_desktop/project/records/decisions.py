"""What was said about something, what was put to the groups, and what they decided."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from onekl_desktop.project.records.base import ADDED, Record, number, words


class Comment(Record):
    """Words about a record or a place (longitude, latitude in degrees); `answers` is the comment that it answers."""

    __tablename__ = "comment"
    kind: ClassVar[str] = "comment"

    name: Mapped[str] = words()
    subject_kind: Mapped[str] = words()
    subject: Mapped[str] = words(index=True)
    comment_type: Mapped[str] = words("comment")
    body: Mapped[str] = words()
    author: Mapped[str] = words()
    people_group: Mapped[str] = words()
    answers: Mapped[str] = words()
    status: Mapped[str] = words("open")
    settlement: Mapped[str] = words()
    longitude: Mapped[float | None] = mapped_column(default=None)
    latitude: Mapped[float | None] = mapped_column(default=None)


class Decision(Record):
    """A question put to the groups and what came of it; `subject` is any record of the project.

    `options` is JSON `[text, ...]`; `method` says how the votes are counted (`models.decisions`); `voters` is JSON
    `[uuid of a group, ...]`, '' for all groups that speak for themselves.
    """

    __tablename__ = "decision"
    kind: ClassVar[str] = "decision"

    name: Mapped[str] = words()
    question: Mapped[str] = words()
    subject_kind: Mapped[str] = words()
    subject: Mapped[str] = words()
    method: Mapped[str] = words("plurality")
    options: Mapped[str] = words("[]")
    quorum: Mapped[float] = number()
    threshold: Mapped[float] = number(0.5)
    status: Mapped[str] = words("open")
    opened_on: Mapped[str] = words()
    decided_on: Mapped[str] = words()
    outcome: Mapped[str] = words()
    minutes: Mapped[str] = words()
    voters: Mapped[str] = words(last=True)
    closes_on: Mapped[str] = words(last=True)
    dots: Mapped[int] = mapped_column(server_default=text("8"), default=8, sort_order=ADDED)
    dots_per_option: Mapped[int] = mapped_column(server_default=text("0"), default=0, sort_order=ADDED)
    most_objections: Mapped[int] = mapped_column(server_default=text("0"), default=0, sort_order=ADDED)
    proposal: Mapped[str] = words(last=True)
    meeting: Mapped[str] = words(last=True)
    longitude: Mapped[float | None] = mapped_column(default=None, sort_order=ADDED)
    latitude: Mapped[float | None] = mapped_column(default=None, sort_order=ADDED)


class Vote(Record):
    """Ballots of one group in a decision: `ranking` is JSON `[option or [tied options], ...]`, best first.

    `marks` is JSON `[number or null, ...]`, one for each option, where options get dots or scores.
    """

    __tablename__ = "vote"
    kind: ClassVar[str] = "vote"

    decision: Mapped[str] = words(index=True)
    people_group: Mapped[str] = words()
    ranking: Mapped[str] = words("[]")
    ballots: Mapped[int | None] = mapped_column(default=None)
    marks: Mapped[str] = words(last=True)
    reason: Mapped[str] = words(last=True)
