"""What the vision's panel and page show."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from onekl_desktop.base.money import money_unit
from onekl_desktop.base.units import unit_name
from onekl_desktop.engine import Session
from onekl_desktop.engine.decisions import count, count_by_group, options_of
from onekl_desktop.models.decisions.model import Count
from onekl_desktop.project.queries.records import get_landscape
from onekl_desktop.project.records import Action, Decision, Goal, Indicator, Intervention, Organisation, Target


@dataclass
class Vision:
    """Goals in their order with targets and indicators, and the action plan."""

    goals: list[Goal]
    targets: list[Target]
    indicators: dict[str, Indicator]
    actions: list[Action]
    votes: list[Decision]
    leads: dict[str, str]
    places: dict[str, str]
    currency: str

    def unit_of(self, target: Target) -> str:
        """The unit as people read it."""
        return self.currency if target.unit == "money" else unit_name(target.unit)

    def targets_of(self, goal: str) -> list[Target]:
        """Targets of a goal."""
        return [target for target in self.targets if target.goal == goal]


def read_vision(session: Session) -> Vision:
    """Read everything at one moment."""
    with session.read() as db:
        landscape = get_landscape(db)
        return Vision(
            list(db.scalars(select(Goal).order_by(Goal.position, Goal.id))),
            list(db.scalars(select(Target).order_by(Target.year, Target.id))),
            {row.uuid: row for row in db.scalars(select(Indicator))},
            list(db.scalars(select(Action).order_by(Action.start_year, Action.id))),
            list(db.scalars(select(Decision).where(Decision.subject == landscape.uuid).order_by(Decision.id))),
            dict(db.execute(select(Organisation.uuid, Organisation.name)).all()),
            dict(db.execute(select(Intervention.uuid, Intervention.name)).all()),
            money_unit(landscape.currency, landscape.price_year),
        )  # fmt: skip


def tally_votes(session: Session, decision: Decision) -> tuple[list[str], Count, dict[str, list[float]]]:
    """Options, the count, and each group's own tally."""
    with session.read() as db:
        return options_of(decision), count(db, decision), count_by_group(db, decision)


def first_steps(session: Session) -> list[bool]:
    """What the ring counts: a goal, a target, a vote, an action."""
    with session.read() as db:
        return [
            db.scalar(select(Goal.id).limit(1)) is not None, db.scalar(select(Target.id).limit(1)) is not None,
            db.scalar(select(Goal.id).where(Goal.decision != "").limit(1)) is not None,
            db.scalar(select(Action.id).limit(1)) is not None,
        ]  # fmt: skip
