"""Score a round: answers -> a run with indicator values; only what may be shown is stored."""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session as DbSession

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.ids import new_uuid
from onekl_desktop.base.progress import Progress
from onekl_desktop.base.translate import _
from onekl_desktop.engine import Session
from onekl_desktop.engine.runs import Computed, find_run, fingerprint, record_run
from onekl_desktop.models.decisions.model import score_groups
from onekl_desktop.models.decisions.spec import MODEL
from onekl_desktop.project.queries.records import get_by_name
from onekl_desktop.project.records import Assessment, AssessmentAnswer, Run
from onekl_desktop.project.records.base import now

MINIMUM = 5


def frozen(db: DbSession, assessment: str) -> list[list[Any]]:
    """The answers as plain data: what the fingerprint is made of."""
    rows = db.scalars(
        select(AssessmentAnswer).where(AssessmentAnswer.assessment == assessment).order_by(AssessmentAnswer.id)
    )
    return [[row.card, row.people_group, row.question, row.score] for row in rows]


def find_scores(session: Session, assessment: str) -> tuple[Run | None, bool]:
    """The run to show for a round, and whether it is current."""
    with session.read() as db:
        return find_run(db, assessment, fingerprint([MODEL], _inputs(frozen(db, assessment))), subject=True)


def _inputs(answers: list[list[Any]]) -> dict[str, Any]:
    return {"answers": answers, "minimum": MINIMUM}


def score_assessment(session: Session, assessment: str) -> str:
    """Score a round and record it; the run of the same answers is used again.

    Answers below the minimum stay out of the stored values altogether: with fewer than five answers to a
    question nothing is stored for it, and a group is only stored where disclosure control lets it be shown.

    Raises
    ------
    UserError
        `governance.no_cards`.
    """
    started, clock = now(), time.perf_counter()
    with session.read() as db:
        row = get_by_name(db, Assessment, assessment, field="assessment")
        answers = frozen(db, row.uuid)
    if not answers:
        raise UserError("governance.no_cards", name=row.name)
    print_today = fingerprint([MODEL], _inputs(answers))
    with session.read() as db:
        run, current = find_run(db, row.uuid, print_today, subject=True)
    if run is not None and current:
        return run.uuid
    return record_run(
        session, models=[MODEL], scenario="", subject=row.uuid, print_today=print_today,
        inputs={"assessment": row.name, "cards": len({answer[0] for answer in answers}), "minimum": MINIMUM},
        values=compute(answers), warnings=[], started_at=started, duration_s=time.perf_counter() - clock,
        words=_("Scored the round {name}").format(name=row.name), uuid=new_uuid(),
    )  # fmt: skip


def run_all(session: Session, progress: Progress | None = None) -> None:
    """Score every round that has cards."""
    with session.read() as db:
        rounds = list(db.scalars(select(AssessmentAnswer.assessment).distinct()))
    for uuid in rounds:
        score_assessment(session, uuid)


def compute(answers: list[list[Any]]) -> list[Computed]:
    """Scores of each question (category) and of all together (''), by group (zone)."""
    values: list[Computed] = []
    questions = list(dict.fromkeys(answer[2] for answer in answers))
    cards: dict[tuple[str, str], list[float]] = {}
    for card, group, _question, score in answers:
        if score is not None:
            cards.setdefault((group, card), []).append(float(score))
    overall: dict[str, list[float | None]] = {}
    for (group, _card), scores in cards.items():
        overall.setdefault(group, []).append(sum(scores) / len(scores))
    by_question: dict[str, dict[str, list[float | None]]] = {"": overall}
    for question in questions:
        groups = by_question.setdefault(question, {})
        for _card, group, code, score in answers:
            if code == question:
                groups.setdefault(group, []).append(None if score is None else float(score))
    shown_somewhere = False
    for question, groups in by_question.items():
        count = sum(value is not None for given in groups.values() for value in given)
        enough = count >= MINIMUM
        result = score_groups(groups, MINIMUM)
        values.append(Computed("governance_answers", float(count), category=question))
        values.append(
            Computed(
                "governance_score",
                result.group_balanced_mean if enough and not _leaks(result.hidden) else None,
                category=question,
            )
        )
        values.append(Computed("governance_pooled", result.pooled_mean if enough else None, category=question))
        means = result.group_means if enough else {}
        gap = max(means.values()) - min(means.values()) if len(means) > 1 else None
        values.append(Computed("governance_gap", gap, category=question))
        for group, mean in means.items():
            shown_somewhere = True
            values.append(Computed("governance_group", mean, zone=group, category=question))
    if not shown_somewhere:
        values.append(Computed("governance_group", None))
    return values


def _leaks(hidden: list[str]) -> bool:
    """Whether the mean of group means would give away the one group that is hidden."""
    return len(hidden) == 1
