"""The partnership's audit trail, and the file's own notes about itself."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from onekl_desktop.project.records.base import Record


class JournalEntry(Record):
    """Who did what and when, in words; `created_at` and `created_by` are the when and the who."""

    __tablename__ = "onekl_journal"
    kind: ClassVar[str] = "journal"

    operation: Mapped[str] = mapped_column(server_default=text("''"), default="")
    words: Mapped[str] = mapped_column(server_default=text("''"), default="")


class Meta(Record):
    """What the file says about itself: `application`, `schema_version`, `made_with`, project settings `setting.*`."""

    __tablename__ = "onekl_meta"
    kind: ClassVar[str] = "meta"

    key: Mapped[str] = mapped_column(server_default=text("''"), default="")
    value: Mapped[str] = mapped_column(server_default=text("''"), default="")


class Parked(Record):
    """A table or file that an undo has taken out of the project; swept when the project closes."""

    __tablename__ = "onekl_parked"
    kind: ClassVar[str] = "parked"

    table_name: Mapped[str] = mapped_column(server_default=text("''"), default="")
    file_name: Mapped[str] = mapped_column(server_default=text("''"), default="")
