"""What the vision's panel and page show."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import select

from onekl_desktop.base.money import money_unit
from onekl_desktop.base.translate import N_
from onekl_desktop.base.units import unit_name
from onekl_desktop.engine import Session, decisions
from onekl_desktop.engine.decisions import Tally
from onekl_desktop.engine.steps import Step
from onekl_desktop.models.decisions.network import lay_out
from onekl_desktop.models.decisions.votes import borda
from onekl_desktop.project.queries.records import get_landscape
from onekl_desktop.project.records import (
    Action,
    Concern,
    Decision,
    Goal,
    Group,
    Indicator,
    Landscape,
    Layer,
    Picture,
    Resource,
    Result,
    ResultLink,
    Target,
    Vision,
    Wish,
)


@dataclass
class Visioning:
    """From what people see to the goals, read at one moment. `names` are those of records that others refer to."""

    landscape: Landscape
    concerns: list[Concern]
    pictures: list[Picture]
    visions: list[Vision]
    wishes: dict[tuple[str, str], str]
    goals: list[Goal]
    targets: list[Target]
    indicators: dict[str, Indicator]
    results: list[Result]
    links: list[ResultLink]
    votes: list[Decision]
    decided: dict[str, str]
    names: dict[str, str] = field(default_factory=dict)
    currency: str = ""

    def unit_of(self, target: Target) -> str:
        """The unit as people read it."""
        return self.currency if target.unit == "money" else unit_name(target.unit)

    def targets_of(self, goal: str) -> list[Target]:
        """Targets of a goal."""
        return [target for target in self.targets if target.goal == goal]

    def name_of(self, uuid: str) -> str:
        """Name of a group, layer, document, action, goal or result; '' for none."""
        return self.names.get(uuid, "")

    @property
    def vision(self) -> Vision | None:
        """The one that is agreed, else the newest draft."""
        agreed = [row for row in self.visions if row.status == "agreed"]
        drafts = [row for row in self.visions if row.status == "draft"]
        return agreed[-1] if agreed else drafts[-1] if drafts else None

    @property
    def places(self) -> dict[str, tuple[int, int]]:
        """Column and row of each result in the chain."""
        return lay_out([row.uuid for row in self.results], [(row.cause, row.effect) for row in self.links])

    def indicators_of(self, result: Result) -> list[Indicator]:
        """Up to three."""
        found = (result.indicator, result.second_indicator, result.third_indicator)
        return [self.indicators[uuid] for uuid in found if uuid in self.indicators]


def read_vision(session: Session) -> Visioning:
    """Read everything at one moment."""
    with session.read() as db:
        landscape = get_landscape(db)
        names = {
            uuid: name for kind in (Group, Layer, Resource, Action, Goal, Result)
            for uuid, name in db.execute(select(kind.uuid, kind.name))
        }  # fmt: skip
        all_decisions = list(db.scalars(select(Decision).order_by(Decision.id)))
        goals = list(db.scalars(select(Goal).order_by(Goal.position, Goal.id)))
        titles = {goal.name for goal in goals}
        votes = [
            row for row in all_decisions
            if row.subject == landscape.uuid and (len(titles & set(decisions.options_of(row))) > 1 or any(goal.decision == row.uuid for goal in goals))
        ]  # fmt: skip
        return Visioning(
            landscape, list(db.scalars(select(Concern).order_by(Concern.id))), list(db.scalars(select(Picture).order_by(Picture.id))),
            list(db.scalars(select(Vision).order_by(Vision.id))), {(row.theme, row.zone): row.body for row in db.scalars(select(Wish).order_by(Wish.id))},
            goals, list(db.scalars(select(Target).order_by(Target.year, Target.id))), {row.uuid: row for row in db.scalars(select(Indicator))},
            list(db.scalars(select(Result).order_by(Result.id))), list(db.scalars(select(ResultLink).order_by(ResultLink.id))), votes,
            {row.uuid: row.name for row in all_decisions if row.status == "decided"}, names, money_unit(landscape.currency, landscape.price_year),
        )  # fmt: skip


def tally_votes(session: Session, decision: Decision) -> Tally:
    """The count, and each group's own tally."""
    with session.read() as db:
        return decisions.tally(db, decision)


def weigh_goals(session: Session, decision: Decision) -> tuple[list[str], dict[str, list[float]]]:
    """What each group puts first: the goals of a vote, and group -> share of its points by rank that each goal gets.

    Shares of Borda points, whatever the method of the vote is, so that groups of different size stand beside each other.
    """
    with session.read() as db:
        options = decisions.options_of(decision)
        groups = {row.uuid: row.name for row in db.scalars(select(Group))}
        votes = decisions.list_votes(db, decision.uuid)
    out: dict[str, list[float]] = {}
    for uuid in dict.fromkeys(vote.people_group for vote in votes):
        points = borda(
            decisions.ballots_of([vote for vote in votes if vote.people_group == uuid], len(options)), len(options)
        )
        total = sum(points)
        if total:
            out[groups.get(uuid, "?")] = [point / total for point in points]
    return options, out


def weigh_places(known: Visioning, goals: list[str], shares: list[float]) -> dict[str, float]:
    """What a group's priorities say of each zone: the shares of the goals that have a target there; '' is the whole landscape."""
    by_name = {goal.name: goal.uuid for goal in known.goals}
    out: dict[str, float] = {}
    for name, share in zip(goals, shares, strict=True):
        for place in {target.place for target in known.targets_of(by_name.get(name, "?"))}:
            out[place] = out.get(place, 0.0) + share
    return out


def first_steps(session: Session) -> list[Step]:
    """What the ring counts."""
    known = read_vision(session)
    valid = known.vision
    return [
        Step(N_("challenges and opportunities"), bool(known.concerns), "concerns"),
        Step(N_("a group's picture or map"), bool(known.pictures), "pictures"),
        Step(N_("an agreed vision"), valid is not None and valid.status == "agreed", "visions"),
        Step(N_("a goal"), bool(known.goals), "goals"),
        Step(N_("a target with its number"), bool(known.targets), "targets"),
        Step(N_("the results chain"), len(known.links) > 0, "chain"),
        Step(N_("a vote on the goals"), any(goal.decision for goal in known.goals), "votes"),
    ]  # fmt: skip
