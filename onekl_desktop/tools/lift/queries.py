"""What the LIFT panel and page show: projects with the numbers of their runs."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import select

from onekl_desktop.base.money import money_unit
from onekl_desktop.base.translate import N_
from onekl_desktop.engine import Session
from onekl_desktop.engine.steps import Step
from onekl_desktop.project.queries.indicators import values_of_run
from onekl_desktop.project.queries.records import get_landscape
from onekl_desktop.project.records import (
    FinanceLine,
    FinanceSource,
    Goal,
    Intervention,
    Organisation,
    Project,
    ProjectPart,
    Run,
)
from onekl_desktop.tools.lift.runs import find_result

YEARLY = (
    "project_area",
    "project_revenue",
    "project_operating_cost",
    "project_capital_cost",
    "project_grants",
    "project_cash_flow",
)


@dataclass
class ProjectState:
    """A project with its parts, lines and newest numbers."""

    project: Project
    parts: list[Intervention]
    lines: list[FinanceLine]
    run: Run | None
    current: bool
    problem: str
    totals: dict[str, float | None] = field(default_factory=dict)
    years: dict[int, dict[str, float]] = field(default_factory=dict)
    champion: str = ""
    goal: str = ""

    @property
    def word(self) -> str:
        """State of the numbers: current, stale, missing or blocked."""
        if self.problem:
            return "blocked"
        return "current" if self.current else ("stale" if self.run else "missing")


@dataclass
class Finance:
    """All projects and sources, and the unit of money."""

    projects: list[ProjectState]
    sources: list[FinanceSource]
    currency: str
    free: list[Intervention]


def read_finance(session: Session) -> Finance:
    """Read everything at one moment; numbers come from runs alone."""
    with session.read() as db:
        landscape = get_landscape(db)
        items = {row.uuid: row for row in db.scalars(select(Intervention).order_by(Intervention.id))}
        names = {row.uuid: row.name for kind in (Organisation, Goal) for row in db.scalars(select(kind))}  # type: ignore[attr-defined]
        claimed: set[str] = set()
        states = []
        for project in db.scalars(select(Project).order_by(Project.id)):
            parts = [items[key] for key in db.scalars(
                select(ProjectPart.intervention).where(ProjectPart.project == project.uuid).order_by(ProjectPart.id)) if key in items]  # fmt: skip
            claimed |= {part.uuid for part in parts}
            lines = list(
                db.scalars(select(FinanceLine).where(FinanceLine.project == project.uuid).order_by(FinanceLine.id))
            )
            run, current, problem = find_result(db, project)
            state = ProjectState(
                project,
                parts,
                lines,
                run,
                current,
                problem,
                champion=names.get(project.champion, ""),
                goal=names.get(project.goal, ""),
            )
            for value in values_of_run(db, run.uuid) if run else []:
                if value.year is None:
                    state.totals[value.indicator] = value.value
                elif value.value is not None:
                    state.years.setdefault(value.year, {})[value.indicator] = value.value
            states.append(state)
        sources = list(db.scalars(select(FinanceSource).order_by(FinanceSource.name)))
        return Finance(
            states, sources, money_unit(landscape.currency, landscape.price_year),
            [item for uuid, item in items.items() if uuid not in claimed],
        )  # fmt: skip


def first_steps(session: Session) -> list[Step]:
    """What the ring counts: a project, with interventions, with revenue (its harvest or a line), computed."""
    with session.read() as db:
        return [
            Step(N_("a project"), db.scalar(select(Project.id).limit(1)) is not None, "projects"),
            Step(N_("interventions in it"), db.scalar(select(ProjectPart.id).limit(1)) is not None, "projects"),
            Step(
                N_("revenue"),
                db.scalar(select(FinanceLine.id).where(FinanceLine.line_type == "revenue").limit(1)) is not None
                or db.scalar(select(Project.id).where(Project.sells_harvest).limit(1)) is not None,
                "lines",
            ),
            Step(N_("its figures computed"), db.scalar(select(Run.id).where(Run.subject.in_(select(Project.uuid))).limit(1)) is not None, "projects"),
        ]  # fmt: skip
