"""Comments on anything, and decisions from the question to the outcome."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import func, select

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.translate import _
from onekl_desktop.engine import decisions
from onekl_desktop.engine.subject_fields import check_place
from onekl_desktop.models.decisions.votes import ANSWERED
from onekl_desktop.project.editing import add_record, change_record, get_subject, remove_record
from onekl_desktop.project.file import Write
from onekl_desktop.project.records import Comment, Decision, Group, Record, Vote

SHORT = 60
RULES = ("method", "quorum", "threshold", "most_objections", "dots", "dots_per_option")

# ------------------------------------------------------------------ comments


def add_comment(write: Write, body: str, subject_kind: str = "", subject: str = "", **values: Any) -> dict[str, Any]:
    """Words about a record, a place or the landscape."""
    check_place(values)
    about = get_subject(write, subject_kind, subject)
    row = add_record(write, Comment, {
        **values, "name": _name_of(write, body), "body": body, "subject_kind": subject_kind if about else "", "subject": about.uuid if about else ""})  # fmt: skip
    return {"comment": row.uuid, "name": row.name, "about": _tell_subject(about, row)}


def settle_comment(write: Write, comment: str, settlement: str) -> dict[str, Any]:
    """Write down what came of it."""
    row = write.get(Comment, comment, field="comment")
    row.status, row.settlement = "settled", settlement
    return {"comment": row.uuid, "name": row.name}


def remove_comment(write: Write, comment: str) -> dict[str, Any]:
    """Remove a comment with the answers to it."""
    return {"name": remove_record(write, write.get(Comment, comment, field="comment"))}


def _name_of(write: Write, body: str) -> str:
    """Its first words, which nobody else has."""
    first = " ".join(body.split())
    short = first if len(first) <= SHORT else first[: SHORT - 1].rsplit(" ", 1)[0] + "…"
    begins = func.lower(Comment.name).startswith(short.lower(), autoescape=True)
    taken = {name.lower() for name in write.db.scalars(select(Comment.name).where(begins))}
    name, number = short, 2
    while name.lower() in taken:
        name, number = f"{short} ({number})", number + 1
    return name


def _tell_subject(about: Record | None, row: Any) -> str:
    if about is not None:
        return str(getattr(about, "name", "") or _("the landscape"))
    if row.longitude is not None:
        return _("a place on the map")
    return _("the landscape")


# ------------------------------------------------------------------ decisions


def open_decision(
    write: Write, options: str = "", subject_kind: str = "", subject: str = "", voters: str = "", **values: Any
) -> dict[str, Any]:
    """A question with options."""
    check_place(values)
    about = get_subject(write, subject_kind, subject)
    groups = [write.get(Group, name.strip(), field="voters").uuid for name in voters.split(";") if name.strip()]
    row = decisions.open_decision(
        write, options.split(";"), subject_kind=subject_kind if about else "", subject=about.uuid if about else "",
        voters=json.dumps(list(dict.fromkeys(groups))) if groups else "", **values,
    )  # fmt: skip
    return {"decision": row.uuid, "name": row.name}


def change_decision(write: Write, decision: str, options: str = "", **values: Any) -> dict[str, Any]:
    """Change what may still be changed."""
    row = write.get(Decision, decision, field="decision")
    decisions.check_open(row)
    method = values.get("method") or row.method
    texts = list(dict.fromkeys(text.strip() for text in options.split(";") if text.strip()))
    if method in ANSWERED:
        texts = [_(answer) for answer in decisions.ANSWERS[method]] if method != row.method else []
    elif row.method in ANSWERED and not texts:
        raise UserError("decision.few_options", name=row.name)
    ruled = [name for name in RULES if values.get(name) is not None and values[name] != getattr(row, name)]
    if (ruled or (texts and texts != decisions.options_of(row))) and decisions.list_votes(write.db, row.uuid):
        raise UserError("decision.begun", name=row.name)
    if texts:
        if len(texts) < 2:
            raise UserError("decision.few_options", name=row.name)
        row.options = json.dumps(texts, ensure_ascii=False)
    change_record(write, row, values)
    return {"decision": row.uuid, "name": row.name}


def cast_votes(
    write: Write, decision: str, group: str, ranking: str, ballots: int = 1, reason: str = ""
) -> dict[str, Any]:
    """Ballots of one group."""
    row, voters = write.get(Decision, decision, field="decision"), write.get(Group, group, field="group")
    vote = decisions.cast(write, row, voters, ranking, ballots, reason)
    return {"vote": vote.uuid, "group": voters.name, "ballots": ballots}


def take_back_votes(write: Write, decision: str, group: str) -> dict[str, Any]:
    """Remove the ballots of a group while the decision is open."""
    row, voters = write.get(Decision, decision, field="decision"), write.get(Group, group, field="group")
    decisions.check_open(row)
    votes = write.db.scalars(select(Vote).where(Vote.decision == row.uuid, Vote.people_group == voters.uuid)).all()
    if not votes:
        raise UserError("decision.none_of_group", group=voters.name, name=row.name)
    for vote in votes:
        write.remove(vote)
    return {"decision": row.uuid, "group": voters.name}


def close_decision(write: Write, decision: str, minutes: str = "", decided_on: str = "") -> dict[str, Any]:
    """Count and close."""
    row = write.get(Decision, decision, field="decision")
    decisions.close(write, row, minutes=minutes, decided_on=decided_on)
    return {"decision": row.uuid, "name": row.name, "outcome": row.outcome}


def remove_decision(write: Write, decision: str) -> dict[str, Any]:
    """Remove a decision with its votes."""
    return {"name": remove_record(write, write.get(Decision, decision, field="decision"))}
