"""Who works together and how: the landscape's profile, members and their relations, meetings, agreements and consents."""

from __future__ import annotations

from typing import ClassVar

from shapely.geometry.base import BaseGeometry
from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from onekl_desktop.project.records.base import ADDED, Record, words


class Profile(Record):
    """What the landscape is, in words: one row. Lists (ecosystems, languages…) are separated by semicolons.

    `three_zones` names a layer whose column `three_zones_column` says natural, combined or economic.
    """

    __tablename__ = "profile"
    kind: ClassVar[str] = "profile"

    website: Mapped[str] = words()
    contact: Mapped[str] = words()
    location: Mapped[str] = words()
    area_types: Mapped[str] = words()
    population: Mapped[int | None] = mapped_column(default=None)
    partnership_status: Mapped[str] = words("none")
    partnership_year: Mapped[int | None] = mapped_column(default=None)
    picture: Mapped[str] = words()
    ecosystems: Mapped[str] = words()
    languages: Mapped[str] = words()
    livelihoods: Mapped[str] = words()
    commodities: Mapped[str] = words()
    organisation_types: Mapped[str] = words()
    production_methods: Mapped[str] = words()
    introduction: Mapped[str] = words()
    people: Mapped[str] = words()
    economy: Mapped[str] = words()
    trends: Mapped[str] = words()
    production: Mapped[str] = words()
    governance: Mapped[str] = words()
    land_use: Mapped[str] = words()
    three_zones: Mapped[str] = words()
    three_zones_column: Mapped[str] = words()


class Boundary(Record):
    """A version of the landscape's boundary: one that was, is, or is proposed; the valid one is the landscape's own."""

    __tablename__ = "boundary"
    kind: ClassVar[str] = "boundary"

    name: Mapped[str] = words()
    boundary_type: Mapped[str] = words("stakeholder")
    drawn_by: Mapped[str] = words()
    drawn_on: Mapped[str] = words()
    source: Mapped[str] = words()
    note: Mapped[str] = words()
    area_ha: Mapped[float | None] = mapped_column(default=None)
    geom: Mapped[BaseGeometry | None] = mapped_column(default=None, sort_order=99)


class Organisation(Record):
    """A member, partner or stakeholder. `contact` is private: it leaves only with a consent and a release rule.

    `power`, `interest`, `legitimacy`, `urgency` and `affected` are 1 to 5 (None: not judged) and private.
    """

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
    power: Mapped[int | None] = mapped_column(default=None, sort_order=ADDED)
    interest: Mapped[int | None] = mapped_column(default=None, sort_order=ADDED)
    legitimacy: Mapped[int | None] = mapped_column(default=None, sort_order=ADDED)
    urgency: Mapped[int | None] = mapped_column(default=None, sort_order=ADDED)
    affected: Mapped[int | None] = mapped_column(default=None, sort_order=ADDED)
    standing: Mapped[str] = words("member", last=True)
    influence_note: Mapped[str] = words(last=True)


class Linkage(Record):
    """What passes from one organisation (`giver`) to another (`taker`), from -2 (harms) to +2 (strong)."""

    __tablename__ = "linkage"
    kind: ClassVar[str] = "linkage"

    giver: Mapped[str] = words(index=True)
    taker: Mapped[str] = words(index=True)
    linkage_type: Mapped[str] = words("information")
    strength: Mapped[int] = mapped_column(server_default=text("1"), default=1)
    note: Mapped[str] = words()


class Group(Record):
    """A group that speaks with its own voice in votes and assessments, or a working group (`group_type`) with its task."""

    __tablename__ = "people_group"
    kind: ClassVar[str] = "group"

    name: Mapped[str] = words()
    description: Mapped[str] = words()
    members: Mapped[int | None] = mapped_column(default=None)
    colour: Mapped[str] = words("#3d6fb4")
    group_type: Mapped[str] = words("voice", last=True)
    parent: Mapped[str] = words(last=True)
    purpose: Mapped[str] = words(last=True)


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


class Membership(Record):
    """A person's duty in a group or working group."""

    __tablename__ = "membership"
    kind: ClassVar[str] = "membership"

    person: Mapped[str] = words()
    people_group: Mapped[str] = words(index=True)
    duty: Mapped[str] = words("member")
    since: Mapped[str] = words()
    until: Mapped[str] = words()


class Engagement(Record):
    """A line of the engagement plan: who is spoken with, why, how and how often."""

    __tablename__ = "engagement"
    kind: ClassVar[str] = "engagement"

    name: Mapped[str] = words()
    mode: Mapped[str] = words("focused")
    organisation: Mapped[str] = words()
    people_group: Mapped[str] = words()
    purpose: Mapped[str] = words()
    method: Mapped[str] = words()
    frequency: Mapped[str] = words()
    planned_on: Mapped[str] = words()
    responsible: Mapped[str] = words()
    status: Mapped[str] = words("planned")
    note: Mapped[str] = words()


class Meeting(Record):
    """A meeting from its agenda to its minutes; an agenda line is `minutes | topic | who`."""

    __tablename__ = "meeting"
    kind: ClassVar[str] = "meeting"

    name: Mapped[str] = words()
    engagement: Mapped[str] = words()
    purpose: Mapped[str] = words()
    planned_on: Mapped[str] = words()
    begins_at: Mapped[str] = words()
    place: Mapped[str] = words()
    facilitator: Mapped[str] = words()
    secretary: Mapped[str] = words()
    agenda: Mapped[str] = words()
    status: Mapped[str] = words("planned")
    held_on: Mapped[str] = words()
    minutes: Mapped[str] = words()


class Attendance(Record):
    """Who was there: a person by name, or a number of people of a group and gender."""

    __tablename__ = "attendance"
    kind: ClassVar[str] = "attendance"

    meeting: Mapped[str] = words(index=True)
    person: Mapped[str] = words()
    organisation: Mapped[str] = words()
    people_group: Mapped[str] = words()
    gender: Mapped[str] = words("not_stated")
    people: Mapped[int] = mapped_column(server_default=text("1"), default=1)
    note: Mapped[str] = words()


class Agreement(Record):
    """A text that members sign, or that people agree to one by one (`agreement_type` user); a new version names the one it replaces."""

    __tablename__ = "agreement"
    kind: ClassVar[str] = "agreement"

    name: Mapped[str] = words()
    version: Mapped[str] = words("1")
    body: Mapped[str] = words()
    status: Mapped[str] = words("draft")
    agreed_on: Mapped[str] = words()
    valid_until: Mapped[str] = words()
    replaces: Mapped[str] = words()
    agreement_type: Mapped[str] = words("partnership", last=True)


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

    `subject_kind` and `subject` name the person or organisation that gave it, `agreement` the text that they agreed to.
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
    agreement: Mapped[str] = words(last=True)
