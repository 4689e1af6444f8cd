"""Who works together, what they have agreed, and what they have decided."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy.orm import Mapped, mapped_column

from onekl_desktop.project.records.base import Record, number, words


class Organisation(Record):
    """A member or partner. `contact` is private: it leaves only with a consent and a release rule."""

    __tablename__ = "organisation"
    kind: ClassVar[str] = "organisation"

    name: Mapped[str] = words()
    organisation_type: Mapped[str] = words("community")
    sector: Mapped[str] = words()
    role: Mapped[str] = words("member")
    place: Mapped[str] = words()
    website: Mapped[str] = words()
    women: Mapped[int | None] = mapped_column(default=None)
    men: Mapped[int | None] = mapped_column(default=None)
    joined_on: Mapped[str] = words()
    contact: Mapped[str] = words()
    note: Mapped[str] = words()


class Group(Record):
    """A group that speaks with its own voice in votes and assessments: women, youth, a village, companies."""

    __tablename__ = "people_group"
    kind: ClassVar[str] = "group"

    name: Mapped[str] = words()
    description: Mapped[str] = words()
    members: Mapped[int | None] = mapped_column(default=None)
    colour: Mapped[str] = words("#3d6fb4")


class Person(Record):
    """A person. Everything but the name's existence is private until a consent says otherwise."""

    __tablename__ = "person"
    kind: ClassVar[str] = "person"

    name: Mapped[str] = words()
    organisation: Mapped[str] = words()
    people_group: Mapped[str] = words()
    role: Mapped[str] = words()
    gender: Mapped[str] = words("not_stated")
    email: Mapped[str] = words()
    phone: Mapped[str] = words()
    note: Mapped[str] = words()


class Agreement(Record):
    """A text that members sign; a new version is a new row that names the one it replaces."""

    __tablename__ = "agreement"
    kind: ClassVar[str] = "agreement"

    name: Mapped[str] = words()
    version: Mapped[str] = words("1")
    body: Mapped[str] = words()
    status: Mapped[str] = words("draft")
    agreed_on: Mapped[str] = words()
    valid_until: Mapped[str] = words()
    replaces: Mapped[str] = words()


class Signature(Record):
    """An organisation's signature under an agreement."""

    __tablename__ = "signature"
    kind: ClassVar[str] = "signature"

    agreement: Mapped[str] = words()
    organisation: Mapped[str] = words()
    person: Mapped[str] = words()
    signed_on: Mapped[str] = words()
    medium: Mapped[str] = words("paper")


class Consent(Record):
    """Somebody's permission for a scope of use, until it expires or is withdrawn.

    `subject_kind` and `subject` name the person or organisation that gave it.
    """

    __tablename__ = "consent"
    kind: ClassVar[str] = "consent"

    name: Mapped[str] = words()
    subject_kind: Mapped[str] = words("person")
    subject: Mapped[str] = words()
    scope: Mapped[str] = words()
    given_on: Mapped[str] = words()
    medium: Mapped[str] = words("paper")
    witness: Mapped[str] = words()
    valid_until: Mapped[str] = words()
    withdrawn_on: Mapped[str] = words()
    note: Mapped[str] = words()


class Decision(Record):
    """A question put to the groups and what came of it; `subject` is any record of the project.

    `options` is JSON `[text, ...]`; `method` says how the votes are counted (`models.decisions`).
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


class Vote(Record):
    """Ballots of one group in a decision: `ranking` is JSON `[option number, ...]`, best first."""

    __tablename__ = "vote"
    kind: ClassVar[str] = "vote"

    decision: Mapped[str] = words(index=True)
    people_group: Mapped[str] = words()
    ranking: Mapped[str] = words("[]")
    ballots: Mapped[int | None] = mapped_column(default=None)
