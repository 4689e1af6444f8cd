"""What the governance panel and page show; group means only where they may be shown."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import func, select

from onekl_desktop.base.translate import N_, _
from onekl_desktop.engine import Session
from onekl_desktop.engine.steps import Step
from onekl_desktop.project.queries.indicators import values_of_run
from onekl_desktop.project.records import Assessment, AssessmentAnswer, Group, Run
from onekl_desktop.tools.governance.instrument import read_questions
from onekl_desktop.tools.governance.runs import MINIMUM, find_scores


@dataclass
class Line:
    """Scores of a question, or of all ('')."""

    code: str
    title: str
    answers: int = 0
    score: float | None = None
    pooled: float | None = None
    gap: float | None = None
    groups: dict[str, float] = field(default_factory=dict)


@dataclass
class Result:
    """A round with its scores; `run` None while it has not been scored."""

    assessment: Assessment
    cards: int
    cards_by_group: dict[str, int]
    run: Run | None
    current: bool
    lines: list[Line]
    groups: list[str]


def list_rounds(session: Session) -> list[Assessment]:
    """Rounds, newest first."""
    with session.read() as db:
        return list(db.scalars(select(Assessment).order_by(Assessment.held_on.desc(), Assessment.id.desc())))


def read_result(session: Session, assessment: Assessment) -> Result:
    """The round's cards and its stored scores."""
    run, current = find_scores(session, assessment.uuid)
    with session.read() as db:
        names = dict(db.execute(select(Group.uuid, Group.name)).all())
        counts = {
            names.get(group, "?"): number
            for group, number in db.execute(
                select(AssessmentAnswer.people_group, func.count(func.distinct(AssessmentAnswer.card)))
                .where(AssessmentAnswer.assessment == assessment.uuid).group_by(AssessmentAnswer.people_group))
        }  # fmt: skip
        values = values_of_run(db, run.uuid) if run else []
    lines = {"": Line("", _("All questions"))}
    for question in read_questions():
        lines[question.code] = Line(question.code, _(question.dimension))
    for value in values:
        line = lines.get(value.category)
        if line is None:
            continue
        if value.indicator == "governance_group" and value.zone and value.value is not None:
            line.groups[names.get(value.zone, "?")] = value.value
        elif value.indicator == "governance_answers":
            line.answers = int(value.value or 0)
        elif value.indicator in ("governance_score", "governance_pooled", "governance_gap"):
            setattr(line, value.indicator.removeprefix("governance_"), value.value)
    groups = list(dict.fromkeys(name for line in lines.values() for name in line.groups))
    return Result(assessment, sum(counts.values()), counts, run, current, list(lines.values()), groups)


def tell_hidden(result: Result) -> str:
    """Why groups are missing, or ''."""
    hidden = sorted(set(result.cards_by_group) - set(result.groups))
    if not hidden or result.run is None:
        return ""
    return _("Not shown, to protect those who answered: {groups}. A group needs {minimum} cards; where one group could be found by subtraction, a second is left out with it.").format(
        groups=", ".join(hidden), minimum=MINIMUM)  # fmt: skip


def first_steps(session: Session) -> list[Step]:
    """What the ring counts: a round with cards, a scored one."""
    with session.read() as db:
        has_cards = db.scalar(select(AssessmentAnswer.id).limit(1)) is not None
        scored = db.scalar(select(Run.id).where(Run.subject.in_(select(Assessment.uuid))).limit(1)) is not None
    return [Step(N_("a round with cards"), has_cards, "rounds"), Step(N_("a round that is scored"), scored, "rounds")]
