"""Open a decision, take the groups' ballots, close it by its declared method: the same for every tool that decides."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session as DbSession

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.translate import _
from onekl_desktop.base.units import format_number, format_percent
from onekl_desktop.engine.decision_fields import ANSWERS
from onekl_desktop.models.decisions.votes import (
    ANSWERED,
    HIGHEST_SCORE,
    MARKED,
    STANCES,
    Ballot,
    Count,
    Level,
    Marks,
    Rules,
    count_votes,
    first_choices,
)
from onekl_desktop.project.editing import add_record
from onekl_desktop.project.file import Write
from onekl_desktop.project.records import Decision, Group, Vote


def today() -> str:
    """This day, as it is stored."""
    return dt.date.today().isoformat()


# ------------------------------------------------------------------ open, vote, close


def open_decision(write: Write, options: Sequence[str], **values: Any) -> Decision:
    """A question with its options, ready for ballots; methods that ask for an answer bring their own options.

    Raises
    ------
    UserError
        `decision.few_options`.
    """
    method = values.get("method") or "plurality"
    given = [_(answer) for answer in ANSWERS[method]] if method in ANSWERED else options
    texts = list(dict.fromkeys(text.strip() for text in given if text.strip()))
    if len(texts) < 2:
        raise UserError("decision.few_options", name=values["name"])
    values["opened_on"] = values.get("opened_on") or today()
    return add_record(write, Decision, {**values, "options": json.dumps(texts, ensure_ascii=False)})


def check_open(decision: Decision) -> None:
    """Refuse to change what has been decided.

    Raises
    ------
    UserError
        `decision.closed`.
    """
    if decision.status != "open":
        raise UserError("decision.closed", name=decision.name, date=decision.decided_on)


def cast(write: Write, decision: Decision, group: Group, given: str, ballots: int, reason: str = "") -> Vote:
    """Ballots of one group that say the same; options by text or by number from 1.

    `given`: for a ranking `A; B = C`, for dots and scores `A: 3; B: 5`, else the one answer.

    Raises
    ------
    UserError
        `decision.closed`, `decision.ended`, `decision.not_a_voter`, `decision.too_many`, and what is wrong in the ballot.
    """
    check_open(decision)
    if decision.closes_on and decision.closes_on < today():
        raise UserError("decision.ended", name=decision.name, date=decision.closes_on)
    if group.uuid not in {voter.uuid for voter in list_voters(write.db, decision)}:
        names = ", ".join(voter.name for voter in list_voters(write.db, decision))
        raise UserError("decision.not_a_voter", group=group.name, name=decision.name, known=names or "–")
    before = sum(vote.ballots or 0 for vote in list_votes(write.db, decision.uuid) if vote.people_group == group.uuid)
    if group.members is not None and before + ballots > group.members:
        raise UserError("decision.too_many", name=group.name, members=group.members, ballots=before + ballots)
    vote = Vote(decision=decision.uuid, people_group=group.uuid, ballots=ballots, reason=reason.strip())
    if decision.method in MARKED:
        vote.marks = json.dumps(_read_marks(decision, given))
    else:
        vote.ranking = json.dumps(_read_ranking(decision, given))
    return write.add(vote)


def close(write: Write, decision: Decision, *, minutes: str = "", decided_on: str = "") -> Count:
    """Count, write down the outcome and close.

    Raises
    ------
    UserError
        `decision.closed`, `decision.no_votes`.
    """
    check_open(decision)
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


def _find_option(decision: Decision, text: str) -> int:
    options = options_of(decision)
    match = next((at for at, option in enumerate(options) if option.lower() == text.lower()), None)
    if match is None and text.isdigit() and 1 <= int(text) <= len(options):
        match = int(text) - 1
    if match is None:
        raise UserError("decision.unknown_option", option=text, name=decision.name, known="; ".join(options))
    return match


def _read_ranking(decision: Decision, given: str) -> list[int | list[int]]:
    options, out, seen = options_of(decision), [], set()  # type: ignore[var-annotated]
    for part in (part.strip() for part in given.split(";")):
        if not part:
            continue
        whole = part.lower() in {option.lower() for option in options}  # an option may hold an equals sign itself
        level = [_find_option(decision, text.strip()) for text in ([part] if whole else part.split("="))]
        for option in level:
            if option in seen:
                raise UserError("decision.unknown_option", option=part, name=decision.name, known="; ".join(options))
            seen.add(option)
        out.append(level[0] if len(level) == 1 else level)
    if not out or (decision.method in ANSWERED and len(seen) != 1):
        raise UserError("decision.one_answer", name=decision.name, known="; ".join(options))
    return out


def _read_marks(decision: Decision, given: str) -> list[float | None]:
    options = options_of(decision)
    out: list[float | None] = [None] * len(options)
    dots = decision.method == "dots"
    most = (decision.dots_per_option or decision.dots) if dots else HIGHEST_SCORE
    for part in (part.strip() for part in given.split(";")):
        if not part:
            continue
        name, _colon, text = part.rpartition(":")
        at = _find_option(decision, name.strip())
        try:
            mark = float(text.strip().replace(",", "."))
        except ValueError:
            mark = -1.0
        if out[at] is not None or not 0 <= mark <= most or (dots and mark != int(mark)):
            raise UserError("decision.bad_mark", mark=part, name=decision.name, maximum=format_number(most))
        out[at] = mark
    total = sum(mark or 0 for mark in out)
    if all(mark is None for mark in out):
        raise UserError("decision.one_answer", name=decision.name, known="; ".join(options))
    if dots and total > decision.dots:
        raise UserError("decision.too_many_dots", name=decision.name, given=format_number(total), dots=decision.dots)
    return out


# ------------------------------------------------------------------ read


def options_of(decision: Decision) -> list[str]:
    """The options' texts; nothing when the file has none that can be read."""
    try:
        texts = json.loads(decision.options)
    except json.JSONDecodeError:
        return []
    return [str(text) for text in texts] if isinstance(texts, list) else []


def list_voters(db: DbSession, decision: Decision) -> list[Group]:
    """Groups entitled to vote: those that were named, else all that speak with their own voice."""
    groups = list(db.scalars(select(Group).order_by(Group.id)))
    try:
        named = json.loads(decision.voters) if decision.voters else []
    except json.JSONDecodeError:
        named = []
    if isinstance(named, list) and named:
        return [group for group in groups if group.uuid in named]
    return [group for group in groups if group.group_type == "voice"]


def list_votes(db: DbSession, decision: str) -> list[Vote]:
    """Votes of a decision in the order in which they were taken."""
    return list(db.scalars(select(Vote).where(Vote.decision == decision).order_by(Vote.id)))


def ballots_of(votes: Sequence[Vote], options: int) -> list[Ballot]:
    """Rankings as the models count them; what names no option is left out (the file may be a stranger's)."""
    out: list[Ballot] = []
    for vote in votes:
        ranking = _levels(vote.ranking, options)
        if ranking and (vote.ballots or 0) > 0:
            out.append((float(vote.ballots or 0), ranking))
    return out


def _levels(text: str, options: int) -> tuple[Level, ...]:
    try:
        given = json.loads(text)
    except json.JSONDecodeError:
        return ()
    seen: set[int] = set()
    out: list[Level] = []
    for entry in given if isinstance(given, list) else []:
        level = [
            option for option in (entry if isinstance(entry, list) else [entry])
            if isinstance(option, int) and not isinstance(option, bool) and 0 <= option < options and option not in seen
        ]  # fmt: skip
        level = list(dict.fromkeys(level))
        seen.update(level)
        if level:
            out.append(level[0] if len(level) == 1 else tuple(level))
    return tuple(out)


def marks_of(votes: Sequence[Vote], options: int) -> list[Marks]:
    """Dots and scores as the models count them; rows that cannot be read are left out."""
    out: list[Marks] = []
    for vote in votes:
        try:
            given = json.loads(vote.marks or "[]")
        except json.JSONDecodeError:
            continue
        if not isinstance(given, list) or len(given) != options or (vote.ballots or 0) <= 0:
            continue
        numbers = tuple(
            float(mark) if isinstance(mark, (int, float)) and not isinstance(mark, bool) and 0 <= mark <= 1e6 else None
            for mark in given
        )
        out.append((float(vote.ballots or 0), numbers))
    return out


def rules_of(decision: Decision, electorate: float) -> Rules:
    """What was declared. An unknown method (a newer program's) is counted as most first choices, as is one whose options do not fit."""
    method = decision.method
    known = {*ANSWERS, *MARKED, "borda", "schulze", "support", "plurality"}
    if method not in known or (method in STANCES and len(options_of(decision)) != len(STANCES[method])):
        method = "plurality"
    return Rules(method, electorate, decision.quorum, decision.threshold, decision.most_objections or 0)


def count(db: DbSession, decision: Decision) -> Count:
    """The vote as counted by the decision's own method."""
    return tally(db, decision).count


@dataclass(frozen=True)
class GroupTally:
    """What one group said: kept apart, so that no group disappears in the sum."""

    name: str
    colour: str
    members: int | None
    count: Count
    firsts: list[float]
    reasons: list[str]

    @property
    def participation(self) -> float | None:
        """Share of its members that voted; None where they are not counted."""
        return self.count.ballots / self.members if self.members else None


@dataclass(frozen=True)
class Tally:
    """A decision counted: all together, each group on its own, and what other methods would say of the same ballots."""

    options: list[str]
    count: Count
    groups: list[GroupTally]
    electorate: float
    others: dict[str, Count]

    @property
    def participation(self) -> float | None:
        """Share of those entitled who voted; None where they are not counted."""
        return self.count.ballots / self.electorate if self.electorate else None

    def name_winner(self, result: Count) -> str:
        """The winning or leading option; an en dash when there is none."""
        at = (
            result.winner if result.winner is not None else (result.order[0] if result.reason == "indicative" else None)
        )
        return self.options[at] if at is not None and at < len(self.options) else "–"


def tally(db: DbSession, decision: Decision) -> Tally:
    """Count a decision as it stands."""
    options = options_of(decision)
    votes, voters = list_votes(db, decision.uuid), list_voters(db, decision)
    names = {group.uuid: group for group in db.scalars(select(Group))}
    members = [group.members for group in voters]
    electorate = float(sum(number or 0 for number in members)) if members and None not in members else 0.0
    rules = rules_of(decision, electorate)

    def counted(chosen: Sequence[Vote], under: Rules) -> Count:
        return count_votes(ballots_of(chosen, len(options)), len(options), under, marks_of(chosen, len(options)))

    alone = Rules(rules.method, 0, 0, rules.threshold, rules.most_objections)
    groups = []
    for uuid in dict.fromkeys([*(group.uuid for group in voters), *(vote.people_group for vote in votes)]):
        own = [vote for vote in votes if vote.people_group == uuid]
        group = names.get(uuid)
        if own or group is not None:
            found = counted(own, alone)
            firsts = found.points if rules.method in MARKED else _firsts(own, len(options))
            groups.append(GroupTally(
                group.name if group is not None else "?", group.colour if group is not None else "#888888",
                group.members if group is not None else None, found, firsts, [vote.reason for vote in own if vote.reason]))  # fmt: skip
    others = {}
    if rules.method in ("plurality", "borda", "schulze"):
        others = {
            method: counted(votes, Rules(method))
            for method in ("plurality", "borda", "schulze")
            if method != rules.method
        }
    return Tally(options, counted(votes, rules), groups, electorate, others)


def _firsts(votes: Sequence[Vote], options: int) -> list[float]:
    return first_choices(ballots_of(votes, options), options)


def tell_outcome(decision: Decision, result: Count) -> str:
    """The outcome in a sentence."""
    options = options_of(decision)
    ballots = format_number(result.ballots)
    leading = options[result.order[0]] if result.order and options else "–"
    if result.reason in ("nobody", "quorum") or not options:
        return _("No decision: too few took part ({ballots} ballots).").format(ballots=ballots)
    if result.reason == "indicative" and decision.method == "dots":
        tied = [options[at] for at in result.order if result.ranks[at] == 1]
        return _("Most dots: {options} ({ballots} ballots). Dots show where interest lies; they decide nothing.").format(options=", ".join(tied), ballots=ballots)  # fmt: skip
    if result.reason == "indicative":
        told = ", ".join(
            f"{text}: {format_number(points)}" for text, points in zip(options, result.points, strict=True)
        )
        return _("Sense of the room: {told}. Nothing was decided.").format(told=told)
    if result.reason == "objections":
        return _("Not carried: {objections} objections stand ({ballots} ballots).").format(objections=format_number(result.objections), ballots=ballots)  # fmt: skip
    if result.reason == "support":
        share = format_percent(result.share or 0.0, 0)
        return _("Not carried: support of {share}, where {needed} are asked for ({ballots} ballots).").format(share=share, needed=format_percent(decision.threshold, 0), ballots=ballots)  # fmt: skip
    if result.reason == "tie":
        tied = [options[at] for at in result.order if result.ranks[at] == 1]
        return _("No decision: {options} stand equal ({ballots} ballots).").format(options=", ".join(tied), ballots=ballots)  # fmt: skip
    if decision.method in ANSWERED:
        return _("Carried ({ballots} ballots counted).").format(ballots=ballots)
    return _("{option} ({ballots} ballots counted).").format(option=leading, ballots=ballots)
