"""Profile, boundary, members, meetings, agreements and consents."""

from __future__ import annotations

import re
from typing import Any

import shapely
from sqlalchemy import func, select

from onekl_desktop.base.data import find_folder
from onekl_desktop.base.errors import UserError
from onekl_desktop.base.geometry import area_ha, from_gpkg, polygons_of, repair, transform
from onekl_desktop.base.translate import _, get_language
from onekl_desktop.engine.decisions import today
from onekl_desktop.engine.subject_fields import ZONES
from onekl_desktop.project.editing import add_record, change_record, get_subject, remove_record
from onekl_desktop.project.file import Write
from onekl_desktop.project.layers import list_columns, read_column
from onekl_desktop.project.records import (
    Agreement,
    Attendance,
    Boundary,
    Consent,
    Engagement,
    Group,
    Layer,
    Linkage,
    Meeting,
    Membership,
    Organisation,
    Person,
    Profile,
    Record,
    Signature,
)
from onekl_desktop.tools.partnership.inputs import SCOPES

_CLOCK = re.compile(r"^([01]?\d|2[0-3]):[0-5]\d$")

# ------------------------------------------------------------------ the landscape


def change_profile(write: Write, **values: Any) -> dict[str, Any]:
    """Change what was given; the profile is made when it is not there."""
    row = write.db.scalar(select(Profile).limit(1)) or write.add(Profile())
    change_record(write, row, values)
    return {"profile": row.uuid}


def keep_boundary(write: Write, name: str, **values: Any) -> dict[str, Any]:
    """The boundary as it is, as a version."""
    landscape = write.landscape
    if landscape.geom is None:
        raise UserError("partnership.no_boundary", name=landscape.name)
    values["source"] = values.get("source") or landscape.boundary_source
    row = add_record(write, Boundary, {**values, "name": name, "area_ha": landscape.area_ha, "geom": landscape.geom})
    return {"boundary": row.uuid, "name": row.name}


def take_boundary(write: Write, name: str, layer: str, shape: str = "", **values: Any) -> dict[str, Any]:
    """Shapes of a polygon layer as a proposed boundary."""
    row = write.get(Layer, layer, field="layer")
    if row.data_kind != "vector" or "polygon" not in row.geometry_type.lower():
        raise UserError("partnership.not_polygons", name=row.name)
    names = read_column(write.raw, row.table_name, row.name_column) if row.name_column else {}
    found = [
        from_gpkg(blob) for key, blob in write.raw.execute(f'SELECT id, geom FROM "{row.table_name}" WHERE geom IS NOT NULL ORDER BY id')
        if not shape or str(names.get(key) or key).strip().lower() == shape.strip().lower()
    ]  # fmt: skip
    if not found:
        raise UserError("partnership.no_shape", name=row.name, shape=shape or "–")
    whole = polygons_of(repair(shapely.union_all([repair(item) for item in found])))
    placed = write.place(transform(whole, row.crs, write.landscape.crs) if row.crs else whole)
    values["source"] = values.get("source") or row.source or row.name
    made = add_record(
        write, Boundary, {**values, "name": name, "area_ha": area_ha(placed, write.landscape.crs), "geom": placed}
    )
    return {"boundary": made.uuid, "name": made.name}


def choose_boundary(write: Write, boundary: str) -> dict[str, Any]:
    """A version becomes the landscape's boundary; the one until now is kept."""
    row, landscape = write.get(Boundary, boundary, field="boundary"), write.landscape
    if row.geom is None:
        raise UserError("partnership.no_boundary", name=row.name)
    if landscape.geom is not None:
        if shapely.equals(landscape.geom, row.geom):
            raise UserError("partnership.same_boundary", name=row.name)
        kept = [item.geom for item in write.db.scalars(select(Boundary)) if item.geom is not None]
        if not any(shapely.equals(item, landscape.geom) for item in kept):
            _keep_earlier(write)
    landscape.geom, landscape.area_ha = write.place(row.geom), row.area_ha
    landscape.boundary_source = row.source or row.name
    return {"boundary": row.uuid, "name": row.name}


def _keep_earlier(write: Write) -> None:
    taken = {name.lower() for name in write.db.scalars(select(Boundary.name))}
    name = base = _("Boundary until {date}").format(date=today())
    number = 2
    while name.lower() in taken:
        name, number = f"{base} ({number})", number + 1
    keep_boundary(write, name)


def remove_boundary(write: Write, boundary: str) -> dict[str, Any]:
    """Remove a version."""
    return {"name": remove_record(write, write.get(Boundary, boundary, field="boundary"))}


def set_three_zones(write: Write, layer: str, column: str) -> dict[str, Any]:
    """A layer that says of each shape in which of the three zones it lies."""
    row = write.get(Layer, layer, field="layer")
    if row.data_kind != "vector" or "polygon" not in row.geometry_type.lower():
        raise UserError("partnership.not_polygons", name=row.name)
    if column not in {name for name, _kind in list_columns(write.raw, row.table_name)}:
        raise UserError("partnership.no_column", name=row.name, column=column)
    values = {str(value or "").strip().lower() for value in read_column(write.raw, row.table_name, column).values()}
    strange = sorted(values - {zone.id for zone in ZONES})
    if strange or not values:
        raise UserError("partnership.strange_zone", name=row.name, column=column, found=", ".join(strange) or "–")
    profile = write.db.scalar(select(Profile).limit(1)) or write.add(Profile())
    profile.three_zones, profile.three_zones_column = row.uuid, column
    return {"layer": row.uuid, "name": row.name}


# ------------------------------------------------------------------ members


def add_organisation(write: Write, **values: Any) -> dict[str, Any]:
    """A member."""
    row = add_record(write, Organisation, values)
    return {"organisation": row.uuid, "name": row.name}


def change_organisation(write: Write, organisation: str, **values: Any) -> dict[str, Any]:
    """Change what was given."""
    row = write.get(Organisation, organisation, field="organisation")
    change_record(write, row, values)
    return {"organisation": row.uuid, "name": row.name}


def judge_stakeholder(write: Write, organisation: str, **values: Any) -> dict[str, Any]:
    """Where the room sees it on the stakeholder map."""
    return change_organisation(write, organisation, **values)


def remove_organisation(write: Write, organisation: str) -> dict[str, Any]:
    """Remove one that nothing but its linkages refers to."""
    return {"name": remove_record(write, write.get(Organisation, organisation, field="organisation"))}


def set_linkage(
    write: Write, giver: str, taker: str, linkage_type: str = "information", strength: int = 1, note: str = ""
) -> dict[str, Any]:
    """What passes from one organisation to another; the same again replaces it."""
    first, second = write.get(Organisation, giver, field="giver"), write.get(Organisation, taker, field="taker")
    if first.uuid == second.uuid:
        raise UserError("partnership.to_itself", name=first.name)
    keys = {"giver": first.uuid, "taker": second.uuid, "linkage_type": linkage_type}
    row = _find_row(write, Linkage, keys) or write.add(
        Linkage(giver=first.uuid, taker=second.uuid, linkage_type=linkage_type)
    )
    row.strength, row.note = strength, note or row.note
    return {"linkage": row.uuid, "giver": first.name, "taker": second.name}


def remove_linkage(write: Write, giver: str, taker: str, linkage_type: str = "information") -> dict[str, Any]:
    """Remove what passes."""
    first, second = write.get(Organisation, giver, field="giver"), write.get(Organisation, taker, field="taker")
    _remove_row(write, Linkage, {"giver": first.uuid, "taker": second.uuid, "linkage_type": linkage_type})
    return {"giver": first.name, "taker": second.name}


def add_group(write: Write, **values: Any) -> dict[str, Any]:
    """A group with its own voice, or a working group."""
    row = add_record(write, Group, values)
    return {"group": row.uuid, "name": row.name}


def change_group(write: Write, group: str, **values: Any) -> dict[str, Any]:
    """Change what was given; a group is no part of itself."""
    row = write.get(Group, group, field="group")
    change_record(write, row, values)
    at, seen = row, {row.uuid}
    while at.parent:
        above = write.db.scalar(select(Group).where(Group.uuid == at.parent))
        if above is None:
            break
        if above.uuid in seen:
            raise UserError("partnership.group_in_itself", name=row.name)
        seen.add(above.uuid)
        at = above
    return {"group": row.uuid, "name": row.name}


def remove_group(write: Write, group: str) -> dict[str, Any]:
    """Remove one that nothing refers to."""
    return {"name": remove_record(write, write.get(Group, group, field="group"))}


def add_person(write: Write, **values: Any) -> dict[str, Any]:
    """A person; the journal does not repeat the name."""
    return {"person": add_record(write, Person, values).uuid}


def change_person(write: Write, person: str, **values: Any) -> dict[str, Any]:
    """Change what was given."""
    row = write.get(Person, person, field="person")
    change_record(write, row, values)
    return {"person": row.uuid}


def remove_person(write: Write, person: str) -> dict[str, Any]:
    """Remove a person with the consents given and the duties held; where the person was present, a nameless one was."""
    row = write.get(Person, person, field="person")
    for consent in write.db.scalars(select(Consent).where(Consent.subject == row.uuid)):
        write.db.delete(consent)
    for seat in write.db.scalars(select(Attendance).where(Attendance.person == row.uuid)):
        seat.person = ""  # somebody of that group and gender was there; who it was is forgotten
    write.db.flush()
    remove_record(write, row)
    return {}


def set_membership(
    write: Write, person: str, people_group: str, duty: str = "member", since: str = "", until: str = ""
) -> dict[str, Any]:
    """A person's duty in a group; the same person again replaces it."""
    who, group = write.get(Person, person, field="person"), write.get(Group, people_group, field="people_group")
    if since and until and until < since:
        raise UserError("partnership.until_before", since=since, until=until)
    keys = {"person": who.uuid, "people_group": group.uuid}
    row = _find_row(write, Membership, keys) or write.add(Membership(**keys))
    row.duty, row.since, row.until = duty, since or row.since, until or row.until
    return {"membership": row.uuid, "group": group.name}


def remove_membership(write: Write, person: str, people_group: str) -> dict[str, Any]:
    """Take a person out of a group."""
    who, group = write.get(Person, person, field="person"), write.get(Group, people_group, field="people_group")
    _remove_row(write, Membership, {"person": who.uuid, "people_group": group.uuid})
    return {"group": group.name}


# ------------------------------------------------------------------ meetings


def add_engagement(write: Write, **values: Any) -> dict[str, Any]:
    """A line of the plan."""
    row = add_record(write, Engagement, values)
    return {"engagement": row.uuid, "name": row.name}


def change_engagement(write: Write, engagement: str, **values: Any) -> dict[str, Any]:
    """Change what was given."""
    row = write.get(Engagement, engagement, field="engagement")
    change_record(write, row, values)
    return {"engagement": row.uuid, "name": row.name}


def remove_engagement(write: Write, engagement: str) -> dict[str, Any]:
    """Remove one that no meeting was held for."""
    return {"name": remove_record(write, write.get(Engagement, engagement, field="engagement"))}


def add_meeting(write: Write, **values: Any) -> dict[str, Any]:
    """A meeting that is planned."""
    _check_clock(values)
    row = add_record(write, Meeting, values)
    return {"meeting": row.uuid, "name": row.name}


def change_meeting(write: Write, meeting: str, **values: Any) -> dict[str, Any]:
    """Change what was given."""
    _check_clock(values)
    row = write.get(Meeting, meeting, field="meeting")
    change_record(write, row, values)
    return {"meeting": row.uuid, "name": row.name}


def hold_meeting(write: Write, meeting: str, held_on: str = "", minutes: str = "") -> dict[str, Any]:
    """The day it was held, and its minutes."""
    row = write.get(Meeting, meeting, field="meeting")
    row.status, row.held_on, row.minutes = "held", held_on or row.held_on or today(), minutes or row.minutes
    return {"meeting": row.uuid, "name": row.name}


def remove_meeting(write: Write, meeting: str) -> dict[str, Any]:
    """Remove a meeting with its attendance."""
    return {"name": remove_record(write, write.get(Meeting, meeting, field="meeting"))}


def record_attendance(
    write: Write, meeting: str, person: str = "", organisation: str = "", people_group: str = "", gender: str = "not_stated",
    people: int = 1, note: str = "",
) -> dict[str, Any]:  # fmt: skip
    """Who was there; a person's organisation, group and gender are taken from the register."""
    at, keys = _attendance(write, meeting, person, organisation, people_group, gender)
    if keys["person"] and people != 1:
        raise UserError("partnership.one_person")
    row = _find_row(write, Attendance, keys) or write.add(Attendance(**keys))
    row.people, row.note = people, note or row.note
    return {"attendance": row.uuid, "name": at.name, "people": people}


def remove_attendance(
    write: Write, meeting: str, person: str = "", organisation: str = "", people_group: str = "", gender: str = "not_stated"
) -> dict[str, Any]:  # fmt: skip
    """Remove a line."""
    at, keys = _attendance(write, meeting, person, organisation, people_group, gender)
    _remove_row(write, Attendance, keys)
    return {"name": at.name}


def _attendance(
    write: Write, meeting: str, person: str, organisation: str, people_group: str, gender: str
) -> tuple[Meeting, dict[str, Any]]:  # fmt: skip
    at = write.get(Meeting, meeting, field="meeting")
    who = write.get(Person, person, field="person") if person else None
    member = write.get(Organisation, organisation, field="organisation").uuid if organisation else ""
    group = write.get(Group, people_group, field="people_group").uuid if people_group else ""
    if who is not None:
        member, group, gender = who.organisation, who.people_group, who.gender
    elif not (member or group):
        raise UserError("partnership.nobody", name=at.name)
    return at, {"meeting": at.uuid, "person": who.uuid if who else "", "organisation": member, "people_group": group, "gender": gender}  # fmt: skip


def _check_clock(values: dict[str, Any]) -> None:
    if values.get("begins_at") and not _CLOCK.match(values["begins_at"]):
        raise UserError("partnership.no_clock", value=values["begins_at"])


# ------------------------------------------------------------------ agreements


def draft_agreement(write: Write, name: str, agreement_type: str = "partnership") -> dict[str, Any]:
    """The template in the language in use, with the landscape's and the members' names."""
    folder = find_folder("resources") / "templates"
    path = folder / f"{agreement_type}_agreement.{get_language()}.md"
    if not path.exists():
        path = folder / f"{agreement_type}_agreement.en.md"
    names = list(
        write.db.scalars(select(Organisation.name).where(Organisation.standing == "member").order_by(Organisation.id))
    )
    body = (
        path.read_text(encoding="utf-8")
        .replace("LANDSCAPE", write.landscape.name)
        .replace("MEMBERS", "; ".join(names) or "…")
    )
    row = add_record(write, Agreement, {"name": name, "agreement_type": agreement_type, "body": body.strip()})
    return {"agreement": row.uuid, "name": row.name}


def add_agreement(write: Write, **values: Any) -> dict[str, Any]:
    """A text that members sign."""
    row = add_record(write, Agreement, values)
    return {"agreement": row.uuid, "name": row.name}


def change_agreement(write: Write, agreement: str, **values: Any) -> dict[str, Any]:
    """Change a text that nobody has signed or agreed to."""
    row = write.get(Agreement, agreement, field="agreement")
    signed = write.db.scalar(select(func.count(Signature.id)).where(Signature.agreement == row.uuid)) or 0
    signed += write.db.scalar(select(func.count(Consent.id)).where(Consent.agreement == row.uuid)) or 0
    if signed:
        raise UserError("partnership.signed", name=row.name, count=signed)
    change_record(write, row, values)
    return {"agreement": row.uuid, "name": row.name}


def revise_agreement(write: Write, agreement: str, version: str = "") -> dict[str, Any]:
    """A draft with the same text, which replaces it."""
    row = write.get(Agreement, agreement, field="agreement")
    following = version or (str(int(row.version) + 1) if row.version.isdigit() else f"{row.version}+")
    base = re.sub(r" \(\d+\)$", "", row.name)
    made = add_record(write, Agreement, {
        "name": f"{base} ({following})", "version": following, "body": row.body, "agreement_type": row.agreement_type, "replaces": row.uuid})  # fmt: skip
    return {"agreement": made.uuid, "name": base, "version": following}


def sign_agreement(
    write: Write, agreement: str, organisation: str, person: str = "", signed_on: str = "", medium: str = "paper"
) -> dict[str, Any]:
    """One signature; the first one makes the agreement a signed one, and the one that it replaces an earlier one."""
    row = write.get(Agreement, agreement, field="agreement")
    member = write.get(Organisation, organisation, field="organisation")
    if row.agreement_type == "user":
        raise UserError("partnership.opt_in_instead", name=row.name)
    twice = select(Signature.id).where(Signature.agreement == row.uuid, Signature.organisation == member.uuid)
    if write.db.scalar(twice.limit(1)):
        raise UserError("partnership.signed_twice", name=row.name, organisation=member.name)
    day = signed_on or today()
    values = {"agreement": row.uuid, "organisation": member.uuid, "person": person, "signed_on": day, "medium": medium}
    signature = add_record(write, Signature, values)
    row.status, row.agreed_on = "signed", row.agreed_on or day
    _retire(write, row)
    return {"signature": signature.uuid, "name": row.name, "organisation": member.name}


def _retire(write: Write, row: Agreement) -> None:
    earlier = write.db.scalar(select(Agreement).where(Agreement.uuid == row.replaces)) if row.replaces else None
    if earlier is not None and earlier.status == "signed":
        earlier.status = "replaced"


def remove_agreement(write: Write, agreement: str) -> dict[str, Any]:
    """Remove an agreement with its signatures."""
    return {"name": remove_record(write, write.get(Agreement, agreement, field="agreement"))}


# ------------------------------------------------------------------ consents


def opt_in(write: Write, agreement: str, subject: str, subject_kind: str = "person", **values: Any) -> dict[str, Any]:
    """What somebody said yes to in a user agreement, purpose by purpose."""
    row = write.get(Agreement, agreement, field="agreement")
    if row.agreement_type != "user":
        raise UserError("partnership.sign_instead", name=row.name)
    chosen = [scope for scope in SCOPES if values.pop(scope.id, False)]
    if not chosen:
        raise UserError("partnership.nothing_chosen", name=row.name)
    for scope in chosen:
        record_consent(write, subject_kind, subject, scope.id, agreement=row.uuid, **values)
    row.status, row.agreed_on = "signed", row.agreed_on or values.get("given_on") or today()
    _retire(write, row)
    return {"agreement": row.uuid, "scopes": ", ".join(_(scope.title) for scope in chosen)}


def record_consent(
    write: Write, subject_kind: str, subject: str, scope: str, given_on: str = "", **values: Any
) -> dict[str, Any]:
    """Somebody's permission; one that is spoken needs a witness."""
    if values.get("medium") == "spoken" and not values.get("witness"):
        raise UserError("partnership.no_witness")
    day = given_on or today()
    if values.get("valid_until") and values["valid_until"] < day:
        raise UserError("partnership.until_before", since=day, until=values["valid_until"])
    given = get_subject(write, subject_kind, subject)
    row = add_record(write, Consent, {
        **values, "subject_kind": subject_kind, "subject": given.uuid if given else "", "scope": scope, "given_on": day})  # fmt: skip
    row.name = scope  # not a name that must be free: many give the same consent
    return {"consent": row.uuid, "scope": scope}


def withdraw_consent(write: Write, consent: str, withdrawn_on: str = "") -> dict[str, Any]:
    """From that day nothing that it covered is released."""
    row = write.get(Consent, consent, field="consent")
    if row.withdrawn_on:
        raise UserError("partnership.withdrawn", date=row.withdrawn_on)
    row.withdrawn_on = withdrawn_on or today()
    return {"consent": row.uuid}


def remove_consent(write: Write, consent: str) -> dict[str, Any]:
    """Remove one that was entered by mistake."""
    write.remove(write.get(Consent, consent, field="consent"))
    return {}


# ------------------------------------------------------------------ rows without a name of their own


def _find_row(write: Write, kind: type[Any], keys: dict[str, Any]) -> Any:
    conditions = [getattr(kind, column) == value for column, value in keys.items()]
    return write.db.scalar(select(kind).where(*conditions).limit(1))


def _remove_row(write: Write, kind: type[Record], keys: dict[str, Any]) -> None:
    row = _find_row(write, kind, keys)
    if row is None:
        raise UserError("partnership.no_row")
    write.remove(row)
