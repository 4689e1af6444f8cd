"""Ideas: the actions of the plan as things that somebody could pay for, in the order in which they hang together."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import select

from onekl_desktop.engine import Session
from onekl_desktop.project.queries.actions import read_dependencies
from onekl_desktop.project.records import (
    Action,
    FinanceSource,
    Idea,
    Intervention,
    Organisation,
    Project,
    ProjectPart,
)

MARKS = ("fit", "readiness", "scale", "revenue", "risk", "champion")
MOST_MARK = 3


@dataclass
class IdeaState:
    """An action with what became of it. `needed_by` are the names of assets that wait for it, directly or through others."""

    action: Action
    idea: Idea | None
    lead: str = ""
    project: str = ""
    source: str = ""
    hectares: float | None = None
    waits_for: str = ""
    needed_by: list[str] = field(default_factory=list)
    waits: list[str] = field(default_factory=list)
    begins: int | None = None
    late: bool = False

    @property
    def enabling(self) -> bool:
        """Brings no returns of its own."""
        return self.action.action_type == "enabling"

    @property
    def money(self) -> str:
        """none, asked, secured or not_needed."""
        return self.idea.money if self.idea is not None else "none"

    @property
    def critical(self) -> bool:
        """Assets wait for it, and nobody has been asked to pay."""
        return self.enabling and bool(self.needed_by) and self.money == "none" and self.action.status != "done"

    @property
    def marks(self) -> dict[str, int | None]:
        """By criterion; None where it was not judged."""
        return {name: getattr(self.idea, name) if self.idea is not None else None for name in MARKS}

    @property
    def score(self) -> float | None:
        """Mean of the marks that were given, as a fraction; None without any."""
        known = [mark for mark in self.marks.values() if mark is not None]
        return sum(known) / len(known) / MOST_MARK if known else None


def read_ideas(session: Session) -> list[IdeaState]:
    """All actions: what must come first stands first, then by year."""
    with session.read() as db:
        actions = list(db.scalars(select(Action).order_by(Action.id)))
        ideas = {row.action: row for row in db.scalars(select(Idea))}
        names = {
            uuid: name
            for kind in (Organisation, Project, FinanceSource)
            for uuid, name in db.execute(select(kind.uuid, kind.name))
        }
        areas = {row.uuid: row.area_ha for row in db.scalars(select(Intervention))}
        waits = read_dependencies(db)
        part_of = {part.intervention: part.project for part in db.scalars(select(ProjectPart))}
    by_id = {action.uuid: action for action in actions}
    states = {}
    for action in actions:
        idea = ideas.get(action.uuid)
        project = (idea.project if idea is not None else "") or part_of.get(action.intervention, "")
        states[action.uuid] = IdeaState(
            action, idea, names.get(action.lead, ""), names.get(project, ""), names.get(idea.finance_source, "") if idea is not None else "",
            areas.get(action.intervention), ", ".join(by_id[uuid].name for uuid in waits.get(action.uuid, []) if uuid in by_id), begins=action.start_year,
            waits=[uuid for uuid in waits.get(action.uuid, []) if uuid in by_id],
        )  # fmt: skip
    for action in actions:
        for before in chain_of(action, by_id, waits):
            if action.action_type != "enabling":
                states[before.uuid].needed_by.append(action.name)
        for first in (by_id[uuid] for uuid in states[action.uuid].waits):
            if (
                action.start_year is not None
                and first.end_year is not None
                and first.status != "done"
                and action.start_year < first.end_year
            ):
                states[action.uuid].late = True
    depth = {action.uuid: len(chain_of(action, by_id, waits)) for action in actions}
    return sorted(states.values(), key=lambda state: (depth[state.action.uuid], state.begins or 9999, state.action.id))


def chain_of(action: Action, by_id: dict[str, Action], waits: dict[str, list[str]]) -> list[Action]:
    """Everything that an action waits for, each once, the nearest first; a loop in a stranger's file ends where it closes."""
    out: list[Action] = []
    seen, ahead = {action.uuid}, list(waits.get(action.uuid, []))
    while ahead:
        at = by_id.get(ahead.pop(0))
        if at is not None and at.uuid not in seen:
            out.append(at)
            seen.add(at.uuid)
            ahead += waits.get(at.uuid, [])
    return out
