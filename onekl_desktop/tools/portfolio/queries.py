"""The portfolio: projects with the numbers of their runs, areas as unions, overlaps named."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session as DbSession

from onekl_desktop.base.geometry import area_ha
from onekl_desktop.base.money import money_unit
from onekl_desktop.base.translate import N_, _
from onekl_desktop.base.units import format_quantity
from onekl_desktop.engine import Session
from onekl_desktop.engine.runs import shown_runs
from onekl_desktop.engine.steps import Step
from onekl_desktop.project.queries.indicators import values_of_run
from onekl_desktop.project.queries.records import get_landscape
from onekl_desktop.project.records import FinanceLine, Intervention, Project, ProjectPart, Run
from onekl_desktop.tools.portfolio.spec import STAGES

SMALLEST_HA = 0.01
OUT = ("dropped", "closed")


@dataclass
class Entry:
    """A project as the portfolio lists it."""

    project: Project
    shape: Any
    area_ha: float
    totals: dict[str, float | None] = field(default_factory=dict)
    secured: float = 0.0
    computed: bool = False
    current: bool = False

    @property
    def stage(self) -> int:
        """Position of the stage; last for one that is unknown."""
        ids = [option.id for option in STAGES]
        return ids.index(self.project.stage) if self.project.stage in ids else len(ids)


@dataclass
class Portfolio:
    """All projects; sums leave out those that were closed or dropped."""

    entries: list[Entry]
    currency: str
    area_ha: float
    overlaps: list[tuple[str, str, float]]
    sums: dict[str, float]
    not_computed: list[str]
    out_of_date: list[str]

    def problems(self) -> list[str]:
        """What the sums cannot be trusted for: places claimed twice, projects without numbers or with old ones."""
        told = [
            _("{first} and {second} both claim {area}.").format(first=a, second=b, area=format_quantity(area, "ha", 1))
            for a, b, area in self.overlaps
        ]
        for names, words in (
            (self.not_computed, _("Not computed yet, so missing from the sums: {names}.")),
            (self.out_of_date, _("Computed before something changed, so the sums are out of date: {names}.")),
        ):
            if names:
                told.append(words.format(names=", ".join(names)))
        return told

    def by_stage(self) -> list[tuple[str, list[Entry]]]:
        """Stages that have projects, in their order."""
        out = []
        for option in STAGES:
            entries = [entry for entry in self.entries if entry.project.stage == option.id]
            if entries:
                out.append((option.title, entries))
        return out


def read_portfolio(session: Session) -> Portfolio:
    """Read and sum.

    Areas are unions (Shapely), measured on the ellipsoid, so that a hectare that two projects claim counts once;
    money is the sum of the projects' own runs.
    """
    with session.read() as db:
        landscape = get_landscape(db)
        crs = landscape.crs
        shown = shown_runs(session, db)
        entries = [
            _read_entry(db, project, crs, *shown.get(project.uuid, (None, False)))
            for project in db.scalars(select(Project).order_by(Project.id))
        ]
        currency = money_unit(landscape.currency, landscape.price_year)
    active = [entry for entry in entries if entry.project.stage not in OUT]
    shapes = [entry.shape for entry in active if entry.shape is not None]
    whole = shapely.union_all(shapes) if shapes else None
    sums = {
        code: sum(entry.totals.get(code) or 0.0 for entry in active)
        for code in ("project_capital_cost", "project_operating_cost", "project_revenue", "project_grants", "project_npv", "project_npv_with_grants", "project_peak_need")
    }  # fmt: skip
    sums["secured"] = sum(entry.secured for entry in active)
    return Portfolio(
        entries, currency, area_ha(whole, crs) if whole is not None and not whole.is_empty else 0.0,
        _find_overlaps(active, crs), sums, [entry.project.name for entry in active if not entry.computed],
        [entry.project.name for entry in active if entry.computed and not entry.current],
    )  # fmt: skip


def _read_entry(db: DbSession, project: Project, crs: str, run: Run | None, current: bool) -> Entry:
    keys = list(db.scalars(select(ProjectPart.intervention).where(ProjectPart.project == project.uuid)))
    shapes = [
        row.geom for row in db.scalars(select(Intervention).where(Intervention.uuid.in_(keys))) if row.geom is not None
    ]
    shape = shapely.union_all(shapes) if shapes else None
    entry = Entry(project, shape, area_ha(shape, crs) if shape is not None else 0.0)
    if run is not None:
        entry.computed, entry.current = True, current
        entry.totals = {value.indicator: value.value for value in values_of_run(db, run.uuid) if value.year is None}
    secured = db.scalars(select(FinanceLine).where(
        FinanceLine.project == project.uuid, FinanceLine.line_type == "grant", FinanceLine.status == "secured"))  # fmt: skip
    entry.secured = sum(
        line.amount * (max(0, line.last - (line.first or 0)) + 1) for line in secured if line.basis == "fixed" and line.last is not None
    )  # fmt: skip
    return entry


def _find_overlaps(entries: list[Entry], crs: str) -> list[tuple[str, str, float]]:
    found = []
    placed = [entry for entry in entries if entry.shape is not None]
    for at, first in enumerate(placed):
        for second in placed[at + 1 :]:
            if not first.shape.intersects(second.shape):
                continue
            shared = shapely.intersection(first.shape, second.shape)
            hectares = area_ha(shared, crs) if not shared.is_empty else 0.0
            if hectares >= SMALLEST_HA:
                found.append((first.project.name, second.project.name, hectares))
    return found


def first_steps(session: Session) -> list[Step]:
    """What the ring counts: a project that is more than an idea."""
    with session.read() as db:
        found = db.scalar(select(Project.id).where(Project.stage.not_in(("idea", "dropped"))).limit(1)) is not None
    return [Step(N_("a project that is more than an idea"), found, "projects")]
