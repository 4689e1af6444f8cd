"""Members, agreements, consents and decisions."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from onekl_desktop.base.errors import UserError
from onekl_desktop.engine import decisions
from onekl_desktop.engine.decisions import today
from onekl_desktop.project.editing import add_record, change_record, get_subject, remove_record
from onekl_desktop.project.file import Write
from onekl_desktop.project.records import Agreement, Consent, Decision, Group, Organisation, Person, Signature

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


def remove_organisation(write: Write, organisation: str) -> dict[str, Any]:
    """Remove one that nothing refers to."""
    return {"name": remove_record(write, write.get(Organisation, organisation, field="organisation"))}


def add_group(write: Write, **values: Any) -> dict[str, Any]:
    """A group with its own voice."""
    row = add_record(write, Group, values)
    return {"group": row.uuid, "name": row.name}


def change_group(write: Write, group: str, **values: Any) -> dict[str, Any]:
    """Change what was given."""
    row = write.get(Group, group, field="group")
    change_record(write, row, values)
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
    """Remove a person with the consents that the person gave."""
    row = write.get(Person, person, field="person")
    for consent in write.db.scalars(select(Consent).where(Consent.subject == row.uuid)):
        write.db.delete(consent)
    write.db.flush()
    remove_record(write, row)
    return {}


# ------------------------------------------------------------------ agreements


def add_agreement(write: Write, **values: Any) -> dict[str, Any]:
    """A text that members sign."""
    row = add_record(write, Agreement, values)
    return {"agreement": row.uuid, "name": row.name}


def change_agreement(write: Write, agreement: str, **values: Any) -> dict[str, Any]:
    """Change a text that nobody has signed."""
    row = write.get(Agreement, agreement, field="agreement")
    signed = write.db.scalar(select(func.count(Signature.id)).where(Signature.agreement == row.uuid)) or 0
    if signed:
        raise UserError("partnership.signed", name=row.name, count=signed)
    change_record(write, row, values)
    return {"agreement": row.uuid, "name": row.name}


def sign_agreement(
    write: Write, agreement: str, organisation: str, person: str = "", signed_on: str = "", medium: str = "paper"
) -> dict[str, Any]:
    """One signature; the first one makes the agreement a signed one."""
    row = write.get(Agreement, agreement, field="agreement")
    member = write.get(Organisation, organisation, field="organisation")
    twice = select(Signature.id).where(Signature.agreement == row.uuid, Signature.organisation == member.uuid)
    if write.db.scalar(twice.limit(1)):
        raise UserError("partnership.signed_twice", name=row.name, organisation=member.name)
    day = signed_on or today()
    values = {"agreement": row.uuid, "organisation": member.uuid, "person": person, "signed_on": day, "medium": medium}
    signature = add_record(write, Signature, values)
    row.status, row.agreed_on = "signed", row.agreed_on or day
    return {"signature": signature.uuid, "name": row.name, "organisation": member.name}


def remove_agreement(write: Write, agreement: str) -> dict[str, Any]:
    """Remove an agreement with its signatures."""
    return {"name": remove_record(write, write.get(Agreement, agreement, field="agreement"))}


# ------------------------------------------------------------------ consents


def record_consent(
    write: Write, subject_kind: str, subject: str, scope: str, given_on: str = "", **values: Any
) -> dict[str, Any]:
    """Somebody's permission; one that is spoken needs a witness."""
    if values.get("medium") == "spoken" and not values.get("witness"):
        raise UserError("partnership.no_witness")
    given = get_subject(write, subject_kind, subject)
    row = write.add(Consent(
        name=scope, subject_kind=subject_kind, subject=given.uuid if given else "", scope=scope, given_on=given_on or today(),
        **{key: value for key, value in values.items() if value is not None}))  # fmt: skip
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


# ------------------------------------------------------------------ decisions


def open_decision(
    write: Write, options: str, subject_kind: str = "", subject: str = "", **values: Any
) -> dict[str, Any]:
    """A question with options."""
    about = get_subject(write, subject_kind, subject)
    row = decisions.open_decision(
        write,
        options.split(";"),
        subject_kind=subject_kind if about else "",
        subject=about.uuid if about else "",
        **values,
    )
    return {"decision": row.uuid, "name": row.name}


def cast_votes(write: Write, decision: str, group: str, ranking: str, ballots: int = 1) -> dict[str, Any]:
    """Ballots of one group."""
    row, voters = write.get(Decision, decision, field="decision"), write.get(Group, group, field="group")
    vote = decisions.cast(write, row, voters, ranking.split(";"), ballots)
    return {"vote": vote.uuid, "group": voters.name, "ballots": ballots}


def close_decision(write: Write, decision: str, minutes: str = "", decided_on: str = "") -> dict[str, Any]:
    """Count and close."""
    row = write.get(Decision, decision, field="decision")
    decisions.close(write, row, minutes=minutes, decided_on=decided_on)
    return {"decision": row.uuid, "name": row.name, "outcome": row.outcome}


def remove_decision(write: Write, decision: str) -> dict[str, Any]:
    """Remove a decision with its votes."""
    return {"name": remove_record(write, write.get(Decision, decision, field="decision"))}
