"""Compute a project: hectares of its interventions by year, costs of their practices, money lines -> a run."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session as DbSession

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.geometry import area_ha
from onekl_desktop.base.ids import new_uuid
from onekl_desktop.base.progress import Progress
from onekl_desktop.base.translate import _
from onekl_desktop.engine import Session
from onekl_desktop.engine.runs import Computed, find_run, fingerprint, record_run
from onekl_desktop.models.finance.reading import load_case
from onekl_desktop.models.finance.results import Model, compute_case
from onekl_desktop.models.finance.run import run_document
from onekl_desktop.models.finance.spec import MODEL
from onekl_desktop.project.queries.records import get_by_name, get_landscape
from onekl_desktop.project.records import FinanceLine, Intervention, Practice, Project, ProjectPart, Run
from onekl_desktop.project.records.base import now
from onekl_desktop.tools.lift.case import build_case

LONGEST = 60


@dataclass
class Inputs:
    """Everything that the cash flow reads, taken at one moment."""

    project: Project
    parts: list[tuple[Intervention, Practice]]
    lines: list[FinanceLine]
    crs: str
    start_year: int
    horizon: int
    discount_rate: float
    currency: str

    def area_of(self, item: Intervention) -> float:
        """Hectares as stored with the shape; computed where a file lacks them."""
        if item.area_ha is not None:
            return item.area_ha
        return area_ha(item.geom, self.crs) if item.geom is not None else 0.0

    def frozen(self) -> dict[str, Any]:
        """The inputs as plain data."""
        return {
            "project": self.project.uuid, "start_year": self.start_year, "horizon_years": self.horizon,
            "discount_rate": self.discount_rate,
            "interventions": [
                [item.uuid, _shape_hash(item), self.area_of(item), _schedule(item), practice.uuid,
                 practice.capital_cost_per_ha, practice.operating_cost_per_ha_year]
                for item, practice in sorted(self.parts, key=lambda pair: pair[0].uuid)
            ],
            "lines": [[line.uuid, line.line_type, line.basis, line.amount, line.first, line.last] for line in self.lines],
        }  # fmt: skip


def _shape_hash(item: Intervention) -> str:
    return "" if item.geom is None else hashlib.sha256(shapely.to_wkb(item.geom, byte_order=1)).hexdigest()[:32]


def _schedule(item: Intervention) -> list[list[float]]:
    return [[int(step["year"]), float(step["share"])] for step in json.loads(item.schedule or "[]")]


def gather(db: DbSession, project: Project) -> Inputs:
    """Read the inputs of a project.

    Raises
    ------
    UserError
        `lift.no_parts`, `lift.no_horizon`, an intervention without its practice.
    """
    landscape = get_landscape(db)
    practices = {row.uuid: row for row in db.scalars(select(Practice))}
    keys = list(db.scalars(select(ProjectPart.intervention).where(ProjectPart.project == project.uuid)))
    items = list(db.scalars(select(Intervention).where(Intervention.uuid.in_(keys)).order_by(Intervention.id)))
    if not items:
        raise UserError("lift.no_parts", name=project.name)
    for item in items:
        if item.practice not in practices:
            raise UserError("record.missing", kind=_("practice"), value=item.practice, known=item.name)
    lines = list(db.scalars(select(FinanceLine).where(FinanceLine.project == project.uuid).order_by(FinanceLine.id)))
    years = [int(step[0]) for item in items for step in _schedule(item)]
    start = project.start_year if project.start_year is not None else min(years, default=landscape.price_year)
    horizon = project.horizon_years or landscape.horizon_year - start
    if horizon < 1:
        raise UserError("lift.no_horizon", name=project.name, start=start, end=start + horizon)
    rate = landscape.discount_rate if project.discount_rate is None else project.discount_rate
    pairs = [(item, practices[item.practice]) for item in items]
    return Inputs(project, pairs, lines, landscape.crs, start, min(horizon, LONGEST), rate, landscape.currency)


def as_case(inputs: Inputs) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """The project as a finance case, and the sources of its inputs."""
    planted = [
        (practice, int(year) - inputs.start_year, inputs.area_of(item) * share, _("drawn: {name}").format(name=item.name))
        for item, practice in inputs.parts for year, share in _schedule(item)
    ]  # fmt: skip
    document, sources = build_case(
        inputs.project.name, currency=inputs.currency, start_year=inputs.start_year, horizon=inputs.horizon, discount_rate=inputs.discount_rate,
        planted=planted, lines=inputs.lines,
    )  # fmt: skip
    of_landscape = inputs.project.discount_rate is None
    sources["/header/discount_rates/project"] = {
        "source": _("the landscape's setting") if of_landscape else _("stated in the project")
    }
    return document, sources


def compute(inputs: Inputs) -> tuple[Model, list[Computed]]:
    """The project as a financial model, and the measures that a run keeps.

    Raises
    ------
    UserError
        `finance.refused`: a line of money that cannot be, such as a negative price.
    """
    model = compute_case(load_case(as_case(inputs)[0], file=inputs.project.name))
    activity, years = model.activity, inputs.horizon + 1
    areas = np.zeros(years)
    for item in model.case.production:
        for planting in item.plantings:
            areas[planting.year :] += planting.units
    net, grants = np.broadcast_to(activity.pre_tax_cash_flow, (years,)), np.broadcast_to(activity.grants, (years,))
    values: list[Computed] = []
    series = {
        "project_area": areas, "project_capital_cost": np.broadcast_to(activity.capital_cost, (years,)),
        "project_operating_cost": np.broadcast_to(activity.operating_cost, (years,)),
        "project_revenue": np.broadcast_to(activity.revenue_total, (years,)), "project_grants": grants, "project_cash_flow": net,
    }  # fmt: skip
    for code, amounts in series.items():
        whole = amounts.max() if code == "project_area" else amounts.sum()
        values.append(Computed(code, float(whole)))
        values += [Computed(code, float(value), year=inputs.start_year + t) for t, value in enumerate(amounts)]
    lowest = float(np.cumsum(net + grants).min())
    values += [
        Computed("project_npv", model.figures["project.npv"]),
        Computed("project_npv_with_grants", model.figures["project_with_grants.npv"]),
        Computed("project_irr", model.figures["project.irr"]),
        Computed("project_payback", model.figures["project.payback_years"]),
        Computed("project_peak_need", max(0.0, -lowest)),
    ]
    return model, values


def compute_model(session: Session, project: Project) -> tuple[Model, dict[str, Any], dict[str, dict[str, Any]]]:
    """The whole model of a project, its case and the sources of its inputs."""
    with session.read() as db:
        document, sources = as_case(gather(db, get_by_name(db, Project, project.uuid)))
    return run_document(document, file=project.name), document, sources


def find_result(db: DbSession, project: Project) -> tuple[Run | None, bool, str]:
    """The run to show, whether it is current, and why it cannot be computed ('' when it can)."""
    try:
        inputs = gather(db, project)
    except UserError as problem:
        return find_run(db, project.uuid, "", subject=True)[0], False, str(problem)
    run, current = find_run(db, project.uuid, fingerprint([MODEL], inputs.frozen()), subject=True)
    return run, current, ""


def shown_runs(db: DbSession) -> dict[str, tuple[Run | None, bool]]:
    """The run of each project that other tools show too, and whether it is current."""
    return {row.uuid: find_result(db, row)[:2] for row in db.scalars(select(Project).order_by(Project.id))}


def compute_project(session: Session, project: str) -> str:
    """Compute and record a project; the run of the same inputs is used again. Returns the run."""
    started, clock = now(), time.perf_counter()
    with session.read() as db:
        row = get_by_name(db, Project, project, field="project")
        inputs = gather(db, row)
        frozen = inputs.frozen()
        print_today = fingerprint([MODEL], frozen)
        run, current = find_run(db, row.uuid, print_today, subject=True)
    if run is not None and current:
        return run.uuid
    _flow, values = compute(inputs)
    return record_run(
        session, models=[MODEL], scenario="", subject=row.uuid, print_today=print_today, inputs=frozen, values=values,
        warnings=[], started_at=started, duration_s=time.perf_counter() - clock,
        words=_("Computed the project {name}").format(name=row.name), uuid=new_uuid(),
    )  # fmt: skip


def run_all(session: Session, progress: Progress | None = None) -> list[str]:
    """Compute every project that can be computed."""
    with session.read() as db:
        ready = [row.uuid for row in db.scalars(select(Project).order_by(Project.id)) if not find_result(db, row)[2]]
    return [compute_project(session, uuid) for uuid in ready]
