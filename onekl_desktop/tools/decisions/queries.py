"""What the panel and the pages of the decisions show."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import func, select

from onekl_desktop.base.translate import N_
from onekl_desktop.engine import Session
from onekl_desktop.engine import decisions as engine_decisions
from onekl_desktop.engine.decisions import Tally, list_voters
from onekl_desktop.engine.steps import Step
from onekl_desktop.project.queries.records import tell_subject
from onekl_desktop.project.records import Comment, Decision, Group, Meeting


@dataclass
class Talk:
    """Comments and decisions read at one moment; `about` tells what each of them is about."""

    comments: list[Comment] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    about: dict[str, str] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)
    meetings: dict[str, str] = field(default_factory=dict)
    voters: dict[str, list[str]] = field(default_factory=dict)

    def name_comment(self, uuid: str) -> str:
        """First words of a comment; '' when there is none."""
        return next((row.name for row in self.comments if row.uuid == uuid), "")

    @property
    def open_comments(self) -> list[Comment]:
        """Those that nothing came of yet; answers stand with what they answer."""
        return [row for row in self.comments if row.status == "open" and not row.answers]


def read_talk(session: Session) -> Talk:
    """Read comments and decisions."""
    with session.read() as db:
        talk = Talk(
            list(db.scalars(select(Comment).order_by(Comment.id))), list(db.scalars(select(Decision).order_by(Decision.id))),
            groups=dict(db.execute(select(Group.uuid, Group.name)).all()), meetings=dict(db.execute(select(Meeting.uuid, Meeting.name)).all()),
        )  # fmt: skip
        said: list[Comment | Decision] = [*talk.comments, *talk.decisions]
        for row in said:
            talk.about[row.uuid] = tell_subject(db, row.subject_kind, row.subject)
        for decision in talk.decisions:
            talk.voters[decision.uuid] = [group.name for group in list_voters(db, decision)]
    return talk


def tally(session: Session, decision: Decision) -> Tally:
    """Count a decision as it stands."""
    with session.read() as db:
        return engine_decisions.tally(db, decision)


def first_steps(session: Session) -> list[Step]:
    """What the ring counts: groups that can vote, something said, an open question, a decision."""
    with session.read() as db:
        decided = db.scalar(select(func.count(Decision.id)).where(Decision.status == "decided")) or 0
        return [
            Step(N_("groups that vote"), db.scalar(select(Group.id).limit(1)) is not None),
            Step(N_("something said"), db.scalar(select(Comment.id).limit(1)) is not None, "comments"),
            Step(N_("a question put to the groups"), db.scalar(select(Decision.id).limit(1)) is not None, "decisions"),
            Step(N_("a decision with its outcome"), decided > 0, "decisions"),
        ]  # fmt: skip
