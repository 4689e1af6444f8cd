"""What the partnership's panel and page show."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import select

from onekl_desktop.engine import Session
from onekl_desktop.engine.decisions import count, count_by_group, options_of
from onekl_desktop.models.decisions.model import Count
from onekl_desktop.project.records import Agreement, Consent, Decision, Group, Organisation, Person, Signature


@dataclass
class Partnership:
    """Everything of the partnership, read at one moment."""

    organisations: list[Organisation] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    agreements: list[Agreement] = field(default_factory=list)
    signatures: list[Signature] = field(default_factory=list)
    consents: list[Consent] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)

    def name_of(self, uuid: str) -> str:
        """Name of an organisation, person or group; an en dash when there is none."""
        rows: list[Organisation | Person | Group | Agreement] = [
            *self.organisations,
            *self.people,
            *self.groups,
            *self.agreements,
        ]
        for row in rows:
            if row.uuid == uuid:
                return row.name
        return "–"

    def signed_by(self, agreement: str) -> list[Signature]:
        """Signatures under an agreement."""
        return [item for item in self.signatures if item.agreement == agreement]


def read_partnership(session: Session) -> Partnership:
    """Read all records of the partnership."""
    with session.read() as db:
        return Partnership(
            list(db.scalars(select(Organisation).order_by(Organisation.name))), list(db.scalars(select(Group).order_by(Group.id))),
            list(db.scalars(select(Person).order_by(Person.name))), list(db.scalars(select(Agreement).order_by(Agreement.id))),
            list(db.scalars(select(Signature).order_by(Signature.id))), list(db.scalars(select(Consent).order_by(Consent.id))),
            list(db.scalars(select(Decision).order_by(Decision.id))),
        )  # fmt: skip


@dataclass(frozen=True)
class Tally:
    """A decision with its count and the groups' own tallies."""

    options: list[str]
    count: Count
    groups: dict[str, list[float]]


def tally(session: Session, decision: Decision) -> Tally:
    """Count a decision as it stands."""
    with session.read() as db:
        return Tally(options_of(decision), count(db, decision), count_by_group(db, decision))


def first_steps(session: Session) -> list[bool]:
    """What the ring counts: members, groups, a signed agreement, a decision."""
    with session.read() as db:
        return [
            db.scalar(select(Organisation.id).limit(1)) is not None, db.scalar(select(Group.id).limit(1)) is not None,
            db.scalar(select(Signature.id).limit(1)) is not None,
            db.scalar(select(Decision.id).where(Decision.status == "decided").limit(1)) is not None,
        ]  # fmt: skip
