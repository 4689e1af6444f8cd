"""Open a decision, take the groups' ballots, close it by its declared method: the same for every tool that decides."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session as DbSession

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.translate import _
from onekl_desktop.base.units import format_number
from onekl_desktop.models.decisions.model import Ballot, Count, count_votes
from onekl_desktop.project.editing import add_record
from onekl_desktop.project.file import Write
from onekl_desktop.project.records import Decision, Group, Vote


def today() -> str:
    """This day, as it is stored."""
    return dt.date.today().isoformat()


def open_decision(write: Write, options: Sequence[str], **values: Any) -> Decision:
    """A question with its options, ready for ballots.

    Raises
    ------
    UserError
        `decision.few_options`.
    """
    texts = list(dict.fromkeys(text.strip() for text in options if text.strip()))
    if len(texts) < 2:
        raise UserError("decision.few_options", name=values["name"])
    values["opened_on"] = values.get("opened_on") or today()
    return add_record(write, Decision, {**values, "options": json.dumps(texts, ensure_ascii=False)})


def cast(write: Write, decision: Decision, group: Group, ranking: Sequence[str], ballots: int) -> Vote:
    """Ballots of one group with the same ranking; options by text or by number from 1.

    Raises
    ------
    UserError
        `decision.closed`, `decision.unknown_option`, `decision.too_many`.
    """
    if decision.status != "open":
        raise UserError("decision.closed", name=decision.name)
    options = options_of(decision)
    numbers: list[int] = []
    for given in ranking:
        text = given.strip()
        match = next((at for at, option in enumerate(options) if option.lower() == text.lower()), None)
        if match is None and text.isdigit() and 1 <= int(text) <= len(options):
            match = int(text) - 1
        if match is None or match in numbers:
            raise UserError("decision.unknown_option", option=text, name=decision.name, known="; ".join(options))
        numbers.append(match)
    before = sum(vote.ballots or 0 for vote in list_votes(write.db, decision.uuid) if vote.people_group == group.uuid)
    if group.members is not None and before + ballots > group.members:
        raise UserError("decision.too_many", name=group.name, members=group.members, ballots=before + ballots)
    return write.add(
        Vote(decision=decision.uuid, people_group=group.uuid, ranking=json.dumps(numbers), ballots=ballots)
    )


def close(write: Write, decision: Decision, *, minutes: str = "", decided_on: str = "") -> Count:
    """Count, write down the outcome and close.

    Raises
    ------
    UserError
        `decision.closed`, `decision.no_votes`.
    """
    if decision.status != "open":
        raise UserError("decision.closed", name=decision.name)
    if not list_votes(write.db, decision.uuid):
        raise UserError("decision.no_votes", name=decision.name)
    result = count(write.db, decision)
    decision.outcome = tell_outcome(decision, result)
    decision.minutes, decision.decided_on, decision.status = (
        minutes or decision.minutes,
        decided_on or today(),
        "decided",
    )
    return result


def options_of(decision: Decision) -> list[str]:
    """The options' texts; nothing when the file has none that can be read."""
    try:
        texts = json.loads(decision.options)
    except json.JSONDecodeError:
        return []
    return [str(text) for text in texts] if isinstance(texts, list) else []


def list_votes(db: DbSession, decision: str) -> list[Vote]:
    """Votes of a decision in the order in which they were taken."""
    return list(db.scalars(select(Vote).where(Vote.decision == decision).order_by(Vote.id)))


def ballots_of(votes: Sequence[Vote], options: int) -> list[Ballot]:
    """Votes as the models count them; what names no option is left out (the file may be a stranger's)."""
    out: list[Ballot] = []
    for vote in votes:
        try:
            numbers = [int(number) for number in json.loads(vote.ranking)]
        except (json.JSONDecodeError, TypeError, ValueError):
            continue
        kept = tuple(dict.fromkeys(number for number in numbers if 0 <= number < options))
        if kept and (vote.ballots or 0) > 0:
            out.append((float(vote.ballots or 0), kept))
    return out


def count(db: DbSession, decision: Decision) -> Count:
    """The vote as counted by the decision's own method."""
    options = options_of(decision)
    votes = list_votes(db, decision.uuid)
    groups = {group.uuid: group for group in db.scalars(select(Group))}
    taking_part = {vote.people_group for vote in votes}
    members = [groups[uuid].members for uuid in taking_part if uuid in groups]
    electorate = float(sum(number or 0 for number in members)) if members and None not in members else 0.0
    return count_votes(
        ballots_of(votes, len(options)), len(options), decision.method, electorate=electorate, quorum=decision.quorum,
        threshold=decision.threshold,
    )  # fmt: skip


def count_by_group(db: DbSession, decision: Decision) -> dict[str, list[float]]:
    """First choices of each group (its name), so that no group disappears in the sum."""
    options = options_of(decision)
    groups = {group.uuid: group.name for group in db.scalars(select(Group))}
    out: dict[str, list[float]] = {}
    for vote in list_votes(db, decision.uuid):
        for number, ranking in ballots_of([vote], len(options)):
            line = out.setdefault(groups.get(vote.people_group, "?"), [0.0] * len(options))
            line[ranking[0]] += number
    return out


def tell_outcome(decision: Decision, result: Count) -> str:
    """The outcome in a sentence."""
    options = options_of(decision)
    if not result.quorum_met:
        return _("No decision: too few took part ({ballots} ballots).").format(ballots=format_number(result.ballots))
    if result.winner is None:
        return _("No decision: no option has what the method asks for.")
    return _("{option} ({ballots} ballots counted).").format(
        option=options[result.winner], ballots=format_number(result.ballots)
    )
