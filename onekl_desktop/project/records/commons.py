"""What may leave the file, what has left, and the documents and photos that come along."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy.orm import Mapped, mapped_column

from onekl_desktop.project.records.base import ADDED, Record, words


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
    """A document, photo, link or layer with its metadata. Up to 5 MB the bytes are here, larger ones in the folder beside; always by content hash."""

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
    author: Mapped[str] = words(last=True)
    language: Mapped[str] = words(last=True)
    year: Mapped[int | None] = mapped_column(default=None, sort_order=ADDED)
    keywords: Mapped[str] = words(last=True)
    place: Mapped[str] = words(last=True)
    source: Mapped[str] = words(last=True)
    layer: Mapped[str] = words(last=True)
    longitude: Mapped[float | None] = mapped_column(default=None, sort_order=ADDED)
    latitude: Mapped[float | None] = mapped_column(default=None, sort_order=ADDED)


class Evidence(Record):
    """A resource that speaks for a record; `content_hash` is that of the file as it was when it was attached."""

    __tablename__ = "evidence"
    kind: ClassVar[str] = "evidence"

    subject_kind: Mapped[str] = words()
    subject: Mapped[str] = words(index=True)
    resource: Mapped[str] = words()
    content_hash: Mapped[str] = words()
    note: Mapped[str] = words()


class GlossaryTerm(Record):
    """A word of the office's own glossary; it stands before the one that comes along."""

    __tablename__ = "glossary_term"
    kind: ClassVar[str] = "glossary_term"

    name: Mapped[str] = words()
    definition: Mapped[str] = words()
    example: Mapped[str] = words()
    language: Mapped[str] = words()
    source: Mapped[str] = words()


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
