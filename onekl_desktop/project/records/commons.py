"""What may leave the file, what has left, and the documents and photos that come along."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy.orm import Mapped, mapped_column

from onekl_desktop.project.records.base import Record, words


class ReleaseRule(Record):
    """A field of a kind of record (or one layer) that may be released to an audience; without a rule nothing leaves."""

    __tablename__ = "release_rule"
    kind: ClassVar[str] = "release_rule"

    record_kind: Mapped[str] = words()
    field: Mapped[str] = words()
    subject: Mapped[str] = words()
    audience: Mapped[str] = words("public")
    note: Mapped[str] = words()


class Resource(Record):
    """A document, photo or link. Up to 5 MB the bytes are here, larger ones in the folder beside; always by content hash."""

    __tablename__ = "resource"
    kind: ClassVar[str] = "resource"

    name: Mapped[str] = words()
    resource_type: Mapped[str] = words("document")
    description: Mapped[str] = words()
    file_name: Mapped[str] = words()
    media_type: Mapped[str] = words()
    size_bytes: Mapped[int | None] = mapped_column(default=None)
    content_hash: Mapped[str] = words()
    content: Mapped[bytes | None] = mapped_column(default=None, deferred=True)
    link: Mapped[str] = words()
    licence: Mapped[str] = words()
    subject_kind: Mapped[str] = words()
    subject: Mapped[str] = words()


class Bundle(Record):
    """A release that was written: which, for whom, when, and the hash of its manifest."""

    __tablename__ = "bundle"
    kind: ClassVar[str] = "bundle"

    name: Mapped[str] = words()
    version: Mapped[int | None] = mapped_column(default=None)
    audience: Mapped[str] = words("public")
    released_on: Mapped[str] = words()
    licence: Mapped[str] = words()
    file_name: Mapped[str] = words()
    manifest_hash: Mapped[str] = words()
    rows: Mapped[int | None] = mapped_column(default=None)
    withdrawn_on: Mapped[str] = words()
