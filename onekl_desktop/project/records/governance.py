"""The governance self-assessment: rounds and anonymous answers."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy.orm import Mapped, mapped_column

from onekl_desktop.project.records.base import Record, words


class Assessment(Record):
    """One round with one version of the questions."""

    __tablename__ = "assessment"
    kind: ClassVar[str] = "assessment"

    name: Mapped[str] = words()
    instrument: Mapped[str] = words()
    instrument_version: Mapped[str] = words()
    held_on: Mapped[str] = words()
    place: Mapped[str] = words()
    facilitator: Mapped[str] = words()
    status: Mapped[str] = words("open")


class AssessmentAnswer(Record):
    """One answer of one anonymous card: `score` 0 to 3, or unknown with the reason in `answer`."""

    __tablename__ = "assessment_answer"
    kind: ClassVar[str] = "assessment_answer"

    assessment: Mapped[str] = words(index=True)
    people_group: Mapped[str] = words()
    card: Mapped[str] = words()
    question: Mapped[str] = words()
    answer: Mapped[str] = words("score")
    score: Mapped[int | None] = mapped_column(default=None)
    comment: Mapped[str] = words()
