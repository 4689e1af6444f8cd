"""What the partnership's panel and pages show."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from onekl_desktop.base.specs import Choice
from onekl_desktop.base.specs.words import titles
from onekl_desktop.base.translate import N_, _
from onekl_desktop.engine import Session
from onekl_desktop.engine.steps import Step
from onekl_desktop.models.decisions.network import Standing, measure_network
from onekl_desktop.project.queries.records import get_landscape
from onekl_desktop.project.records import (
    Agreement,
    Attendance,
    Boundary,
    Consent,
    Engagement,
    Group,
    Landscape,
    Linkage,
    Meeting,
    Membership,
    Organisation,
    Person,
    Profile,
    Signature,
)
from onekl_desktop.tools.partnership.inputs import ORGANISATION_VALUES, SCOPES

HIGH = 4  # of 5: much power, much interest, much affected
EXPECTED_TYPES = (
    "community",
    "government",
    "company",
    "ngo",
)  # LandScale asks for at least three kinds of stakeholders


@dataclass
class Partnership:
    """Everything of the partnership, read at one moment."""

    landscape: Landscape | None = None
    profile: Profile | None = None
    boundaries: list[Boundary] = field(default_factory=list)
    organisations: list[Organisation] = field(default_factory=list)
    linkages: list[Linkage] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    memberships: list[Membership] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    engagements: list[Engagement] = field(default_factory=list)
    meetings: list[Meeting] = field(default_factory=list)
    attendance: list[Attendance] = field(default_factory=list)
    agreements: list[Agreement] = field(default_factory=list)
    signatures: list[Signature] = field(default_factory=list)
    consents: list[Consent] = field(default_factory=list)

    def name_of(self, uuid: str) -> str:
        """Name of an organisation, person, group, meeting or agreement; an en dash when there is none."""
        rows: tuple[Any, ...] = (
            *self.organisations,
            *self.people,
            *self.groups,
            *self.agreements,
            *self.meetings,
            *self.engagements,
        )
        return next((row.name for row in rows if row.uuid == uuid), "–")

    def signed_by(self, agreement: str) -> list[Signature]:
        """Signatures under an agreement."""
        return [item for item in self.signatures if item.agreement == agreement]

    def present(self, meeting: str) -> list[Attendance]:
        """Who was at a meeting."""
        return [row for row in self.attendance if row.meeting == meeting]

    def count_present(self, meeting: str = "", gender: str = "") -> int:
        """People at a meeting (or at all), of a gender (or of all)."""
        return sum(row.people for row in self.attendance if (not meeting or row.meeting == meeting) and (not gender or row.gender == gender))  # fmt: skip

    @property
    def network(self) -> dict[str, Standing]:
        """How the organisations stand in the network of linkages that are not broken off."""
        links = [(row.giver, row.taker) for row in self.linkages if row.strength != 0]
        return measure_network([row.uuid for row in self.organisations], links)


def read_partnership(session: Session) -> Partnership:
    """Read all records of the partnership."""
    with session.read() as db:
        return Partnership(
            get_landscape(db), db.scalar(select(Profile).limit(1)), list(db.scalars(select(Boundary).order_by(Boundary.id))),
            list(db.scalars(select(Organisation).order_by(Organisation.name))), list(db.scalars(select(Linkage).order_by(Linkage.id))),
            list(db.scalars(select(Group).order_by(Group.id))), list(db.scalars(select(Membership).order_by(Membership.id))),
            list(db.scalars(select(Person).order_by(Person.name))), list(db.scalars(select(Engagement).order_by(Engagement.planned_on, Engagement.id))),
            list(db.scalars(select(Meeting).order_by(Meeting.planned_on, Meeting.id))), list(db.scalars(select(Attendance).order_by(Attendance.id))),
            list(db.scalars(select(Agreement).order_by(Agreement.id))), list(db.scalars(select(Signature).order_by(Signature.id))),
            list(db.scalars(select(Consent).order_by(Consent.id))),
        )  # fmt: skip


def find_gaps(known: Partnership) -> list[str]:
    """Who is missing, in sentences: each says what speaks for it."""
    kinds = {
        option.id: _(option.title) for item in ORGANISATION_VALUES
        if isinstance(item, Choice) and item.id == "organisation_type" for option in item.options
    }  # fmt: skip
    at_table = [row for row in known.organisations if row.standing == "member"]
    out = [
        _("Nobody of this kind is at the table: {kind}.").format(kind=kinds[kind])
        for kind in EXPECTED_TYPES if all(row.organisation_type != kind for row in at_table)
    ] if known.organisations else []  # fmt: skip
    network = known.network
    linked = bool(known.linkages)
    for row in known.organisations:
        if row.standing == "missing":
            out.append(_("{name} should be invited.").format(name=row.name))
        elif row.standing != "member" and (row.power or 0) >= HIGH and (row.interest or 0) >= HIGH:
            out.append(_("{name} has much power and much interest, and is not at the table.").format(name=row.name))
        elif row.standing != "member" and (row.affected or 0) >= HIGH:
            out.append(_("{name} is much affected and not at the table.").format(name=row.name))
        if linked and row.standing == "member" and not (network[row.uuid].incoming or network[row.uuid].outgoing):
            out.append(_("Nothing passes between {name} and the others: is a linkage missing?").format(name=row.name))
    women, men = (sum(getattr(row, sex) or 0 for row in at_table) for sex in ("women", "men"))
    if men and women < 0.3 * (women + men):
        out.append(_("Women are fewer than three in ten among the members that were counted."))
    held = {row.engagement for row in known.meetings if row.status == "held"}
    today = dt.date.today().isoformat()
    out += [
        _("{name} was planned for {date}, and no meeting of it was held.").format(name=row.name, date=row.planned_on)
        for row in known.engagements if row.planned_on and row.planned_on < today and row.status in ("planned", "under_way") and row.uuid not in held
    ]  # fmt: skip
    return out


def tell_lapsed(known: Partnership) -> list[str]:
    """Consents that have run out, in sentences that name them and the way out."""
    scopes, today = titles(SCOPES), dt.date.today().isoformat()
    return [
        _("The consent of {name} ({scope}) lapsed on {date}; what it covered is withheld. Ask again, and record the answer.").format(
            name=known.name_of(row.subject), scope=scopes.get(row.scope, row.scope), date=row.valid_until)
        for row in known.consents if not row.withdrawn_on and row.valid_until and row.valid_until < today
    ]  # fmt: skip


def first_steps(session: Session) -> list[Step]:
    """What the ring counts."""
    known = read_partnership(session)
    profile = known.profile
    return [
        Step(N_("a description of the landscape"), profile is not None and bool(profile.introduction or profile.people), "profile"),
        Step(N_("organisations"), bool(known.organisations), "organisations"),
        Step(N_("groups with their own voice"), any(row.group_type == "voice" for row in known.groups), "groups"),
        Step(N_("the stakeholder map"), any(row.power and row.interest for row in known.organisations), "stakeholders"),
        Step(N_("a plan of engagement"), bool(known.engagements), "engagement"),
        Step(N_("a meeting with its minutes"), any(row.status == "held" and row.minutes for row in known.meetings), "meetings"),
        Step(N_("a signed agreement"), bool(known.signatures), "agreements"),
    ]  # fmt: skip
