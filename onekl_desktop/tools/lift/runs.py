"""Compute a project: hectares of its interventions by year, costs of their practices, money lines -> a run."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session as DbSession

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.ids import new_uuid
from onekl_desktop.base.progress import Progress
from onekl_desktop.base.translate import _
from onekl_desktop.engine import Session
from onekl_desktop.engine.plans import Ground, Yearly, count_yearly, hectares_of, schedule_of
from onekl_desktop.engine.runs import Computed, find_run, fingerprint, record_run
from onekl_desktop.models.finance.reading import load_case
from onekl_desktop.models.finance.results import Model, compute_case
from onekl_desktop.models.finance.run import run_document
from onekl_desktop.models.finance.spec import MODEL
from onekl_desktop.project.queries.finance import find_rate
from onekl_desktop.project.queries.records import get_by_name, get_landscape
from onekl_desktop.project.records import (
    FinanceLine,
    Funding,
    HouseholdType,
    Intervention,
    Practice,
    Project,
    ProjectPart,
    Run,
)
from onekl_desktop.project.records.base import now
from onekl_desktop.tools.lift.case import build_case

LONGEST = 60
READ_OF_PRACTICE = (
    "capital_cost_per_ha", "operating_cost_per_ha_year", "labour_start_days_per_ha", "labour_days_per_ha_year", "yield_t_per_ha_year",
    "years_to_yield", "price_per_t", "trees_per_ha", "class_code", "from_classes", "years_to_class",
)  # fmt: skip
READ_OF_PROJECT = (
    "sells_harvest", "wage_per_day", "own_labour_share", "tax_rate", "minimum_dscr", "carbon_price", "carbon_deduction", "carbon_every", "carbon_cost",
)  # fmt: skip
READ_OF_FUNDING = ("instrument", "terms", "amount", "year", "interest", "grace_years", "payments", "repayment", "fee_share", "cover_share")  # fmt: skip


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
    ground: Ground
    funding: list[tuple[Funding, float]] = field(default_factory=list)
    households: list[HouseholdType] = field(default_factory=list)

    def frozen(self) -> dict[str, Any]:
        """The inputs as plain data."""
        return {
            "project": self.project.uuid, "start_year": self.start_year, "horizon_years": self.horizon,
            "discount_rate": self.discount_rate,
            "interventions": [
                [item.uuid, _shape_hash(item), hectares_of(item, self.crs), schedule_of(item), practice.uuid,
                 *(getattr(practice, name) for name in READ_OF_PRACTICE)]
                for item, practice in sorted(self.parts, key=lambda pair: pair[0].uuid)
            ],
            "lines": [[line.uuid, line.line_type, line.basis, line.amount, line.first, line.last] for line in self.lines],
            "terms": [getattr(self.project, name) for name in READ_OF_PROJECT], "ground": self.ground.frozen(),
            "funding": [[layer.uuid, rate, *(getattr(layer, name) for name in READ_OF_FUNDING)] for layer, rate in self.funding],
            "households": [[kind.uuid, kind.households, kind.hectares, kind.other_income, kind.benchmark] for kind in self.households],
        }  # fmt: skip

    def yearly(self, session: Session) -> list[Yearly]:
        """What each intervention brings in the project's years."""
        return count_yearly(session, self.parts, self.ground, self.crs, self.start_year, self.start_year + self.horizon)


def _shape_hash(item: Intervention) -> str:
    return "" if item.geom is None else hashlib.sha256(shapely.to_wkb(item.geom, byte_order=1)).hexdigest()[:32]


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
    years = [year for item in items for year, _share in schedule_of(item)]
    start = project.start_year if project.start_year is not None else min(years, default=landscape.price_year)
    horizon = project.horizon_years or landscape.horizon_year - start
    if horizon < 1:
        raise UserError("lift.no_horizon", name=project.name, start=start, end=start + horizon)
    rate = landscape.discount_rate if project.discount_rate is None else project.discount_rate
    pairs = [(item, practices[item.practice]) for item in items]
    funding = []
    for layer in db.scalars(select(Funding).where(Funding.project == project.uuid).order_by(Funding.id)):
        rate_of = find_rate(db, layer.currency) if layer.currency not in ("", landscape.currency) else None
        if rate_of is None and layer.currency not in ("", landscape.currency):
            raise UserError("lift.no_rate", name=layer.name, currency=layer.currency)
        last = layer.year + layer.grace_years + layer.payments
        if layer.instrument == "loan" and last > horizon:
            raise UserError("lift.loan_beyond", name=layer.name, last=start + last, end=start + horizon)
        funding.append((layer, rate_of.rate if rate_of is not None else 1.0))
    kinds = list(
        db.scalars(select(HouseholdType).where(HouseholdType.project == project.uuid).order_by(HouseholdType.id))
    )
    return Inputs(
        project, pairs, lines, landscape.crs, start, min(horizon, LONGEST), rate, landscape.currency, Ground.read(db), funding, kinds
    )  # fmt: skip


def as_case(
    inputs: Inputs, yearly: Sequence[Yearly], *, risk: bool = False
) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """The project as a finance case, and the sources of its inputs."""
    planted = [
        (practice, year - inputs.start_year, hectares_of(item, inputs.crs) * share, _("drawn: {name}").format(name=item.name))
        for item, practice in inputs.parts for year, share in schedule_of(item)
    ]  # fmt: skip
    document, sources = build_case(
        inputs.project.name, currency=inputs.currency, start_year=inputs.start_year, horizon=inputs.horizon, discount_rate=inputs.discount_rate,
        planted=planted, lines=inputs.lines, terms=inputs.project, funding=inputs.funding, households=inputs.households,
        tonnes=np.sum([each.tco2e for each in yearly], axis=0).tolist() if yearly else (), risk=risk,
    )  # fmt: skip
    of_landscape = inputs.project.discount_rate is None
    sources["/header/discount_rates/project"] = {
        "source": _("the landscape's setting") if of_landscape else _("stated in the project")
    }
    return document, sources


def compute(inputs: Inputs, yearly: Sequence[Yearly]) -> tuple[Model, list[Computed]]:
    """The project as a financial model, and the measures that a run keeps.

    Raises
    ------
    UserError
        `finance.refused`: a line of money that cannot be, such as a negative price.
    """
    model = compute_case(load_case(as_case(inputs, yearly)[0], file=inputs.project.name))
    activity, years = model.activity, inputs.horizon + 1
    summed = {
        name: np.sum([getattr(each, name) for each in yearly], axis=0)
        for name in ("hectares", "trees", "labour_days", "production_t", "tco2e")
    }
    net, grants = np.broadcast_to(activity.pre_tax_cash_flow, (years,)), np.broadcast_to(activity.grants, (years,))
    values: list[Computed] = []
    series = {
        "project_area": summed["hectares"], "project_trees": summed["trees"], "project_labour": summed["labour_days"],
        "project_harvest": summed["production_t"], "project_tco2e": summed["tco2e"], "project_capital_cost": np.broadcast_to(activity.capital_cost, (years,)),
        "project_operating_cost": np.broadcast_to(activity.operating_cost, (years,)),
        "project_revenue": np.broadcast_to(activity.revenue_total, (years,)), "project_grants": grants, "project_cash_flow": net,
    }  # fmt: skip
    for code, amounts in series.items():
        whole = amounts.max(initial=0.0) if code == "project_area" else amounts.sum()
        values.append(Computed(code, float(whole)))
        values += [Computed(code, float(value), year=inputs.start_year + t) for t, value in enumerate(amounts)]
    lowest = float(np.cumsum(net + grants).min())
    values += [
        Computed("project_npv", model.figures["project.npv"]),
        Computed("project_npv_with_grants", model.figures["project_with_grants.npv"]),
        Computed("project_irr", model.figures["project.irr"]),
        Computed("project_payback", model.figures["project.payback_years"]),
        Computed("project_peak_need", max(0.0, -lowest)),
        Computed("project_equity_irr", model.figures.get("equity.irr")),
        Computed("project_least_dscr", model.figures.get("debt.dscr_minimum")),
        Computed("project_farmer_income", model.figures.get("farmer.net_income_per_unit")),
    ]
    return model, values


def compute_model(session: Session, project: Project) -> tuple[Model, dict[str, Any], dict[str, dict[str, Any]]]:
    """The whole model of a project with what the spread of its practices does, its case and the sources of its inputs."""
    with session.read() as db:
        inputs = gather(db, get_by_name(db, Project, project.uuid))
    return model_of(inputs, inputs.yearly(session))


def model_of(
    inputs: Inputs, yearly: Sequence[Yearly], progress: Progress | None = None
) -> tuple[Model, dict[str, Any], dict[str, dict[str, Any]]]:
    """The same of inputs that were gathered already."""
    document, sources = as_case(inputs, yearly, risk=True)
    return run_document(document, file=inputs.project.name, progress=progress), document, sources


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
    _flow, values = compute(inputs, inputs.yearly(session))
    return record_run(
        session, models=[MODEL], scenario="", subject=row.uuid, print_today=print_today, inputs=frozen, values=values,
        warnings=[], started_at=started, duration_s=time.perf_counter() - clock,
        words=_("Computed the project {name}").format(name=row.name), uuid=new_uuid(),
    )  # fmt: skip


def moved_figures(
    session: Session, project: Project, totals: dict[str, float | None]
) -> list[tuple[str, float | None, float | None]]:
    """Totals of the project's indicators that today's inputs would change: indicator, before and now."""
    with session.read() as db:
        inputs = gather(db, get_by_name(db, Project, project.uuid))
    _model, values = compute(inputs, inputs.yearly(session))
    now_of = {value.indicator: value.value for value in values if value.year is None}
    return [
        (code, totals.get(code), value) for code, value in now_of.items() if code in totals and not _same(totals[code], value)
    ]  # fmt: skip


def _same(one: float | None, other: float | None) -> bool:
    return one == other or (
        one is not None and other is not None and abs(one - other) <= 1e-6 * max(abs(one), abs(other), 1.0)
    )


def run_all(session: Session, progress: Progress | None = None) -> list[str]:
    """Compute every project that can be computed."""
    with session.read() as db:
        ready = [row.uuid for row in db.scalars(select(Project).order_by(Project.id)) if not find_result(db, row)[2]]
    return [compute_project(session, uuid) for uuid in ready]
