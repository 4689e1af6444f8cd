"""One execution of a model on frozen inputs: never edited, only superseded."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from onekl_desktop.project.records.base import Record


class Run(Record):
    """Model, version and fingerprint of the inputs; its numbers are in `indicator_value`.

    `scenario` for runs of scenario models, `subject` for those of another record (a project, an assessment), or the id of a model on maps.
    """

    __tablename__ = "run"
    kind: ClassVar[str] = "run"

    model: Mapped[str] = mapped_column(server_default=text("''"), default="")
    model_version: Mapped[str] = mapped_column(server_default=text("''"), default="")
    scenario: Mapped[str] = mapped_column(server_default=text("''"), default="", index=True)
    fingerprint: Mapped[str] = mapped_column(server_default=text("''"), default="")
    inputs: Mapped[str] = mapped_column(server_default=text("'{}'"), default="{}")
    warnings: Mapped[str] = mapped_column(server_default=text("'[]'"), default="[]")
    started_at: Mapped[str] = mapped_column(server_default=text("''"), default="")
    duration_s: Mapped[float | None] = mapped_column(default=None)
    subject: Mapped[str] = mapped_column(server_default=text("''"), default="", index=True, sort_order=95)
