"""What was measured in the field."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy.orm import Mapped, mapped_column

from onekl_desktop.project.records.base import Record, words


class Observation(Record):
    """A measured value of an indicator at a place and date, with its range when it is known."""

    __tablename__ = "observation"
    kind: ClassVar[str] = "observation"

    name: Mapped[str] = words()
    indicator: Mapped[str] = words()
    target: Mapped[str] = words()
    place: Mapped[str] = words()
    observed_on: Mapped[str] = words()
    year: Mapped[int | None] = mapped_column(default=None)
    value: Mapped[float | None] = mapped_column(default=None)
    low: Mapped[float | None] = mapped_column(default=None)
    high: Mapped[float | None] = mapped_column(default=None)
    method: Mapped[str] = words()
    source: Mapped[str] = words()
    observer: Mapped[str] = words()
    resource: Mapped[str] = words()
    status: Mapped[str] = words("unchecked")
