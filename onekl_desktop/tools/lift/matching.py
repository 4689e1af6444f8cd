"""A project's need beside the finance sources of the file."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from sqlalchemy import select

from onekl_desktop.base.errors import UserError
from onekl_desktop.engine import Session
from onekl_desktop.engine.project_settings import get_project_setting
from onekl_desktop.models.finance.matching import WEIGHTS, Match, Need, Offer, match
from onekl_desktop.models.finance.results import Model
from onekl_desktop.project.queries.finance import find_rate
from onekl_desktop.project.queries.records import get_landscape
from onekl_desktop.project.records import (
    FinanceLine,
    FinanceSource,
    Funding,
    Goal,
    Organisation,
    Practice,
    RoomItem,
)
from onekl_desktop.tools.lift.runs import Inputs

STAGES = ("idea", "screened", "profile", "feasibility", "ready", "negotiating", "financed", "operating")


def split_words(text: str) -> frozenset[str]:
    """Parts of a list with commas or semicolons, in small letters."""
    return frozenset(part.strip().lower() for part in re.split(r"[,;]", text) if part.strip())


def read_weights(text: str) -> dict[str, float]:
    """`ticket=3, tenor=1`: weights that the partnership gave; others keep their own.

    Raises
    ------
    UserError
        `lift.weights`: a name that is no criterion, or no number.
    """
    out: dict[str, float] = {}
    for part in re.split(r"[,;]", text):
        if not part.strip():
            continue
        name, _sign, value = (each.strip() for each in part.partition("="))
        try:
            weight = float(value)
        except ValueError:
            weight = -1.0
        if name not in WEIGHTS or not 0 <= weight <= 100:
            raise UserError("lift.weights", value=part.strip(), known=", ".join(WEIGHTS))
        out[name] = weight
    return out


def match_sources(
    session: Session, inputs: Inputs, model: Model, weights: Mapping[str, float] | None = None
) -> list[Match]:
    """Every source held against what the project still needs in its own instrument."""
    project = inputs.project
    with session.read() as db:
        landscape = get_landscape(db)
        sources = list(db.scalars(select(FinanceSource).order_by(FinanceSource.name)))
        organisations = {row.uuid: row for row in db.scalars(select(Organisation))}
        goal = db.scalar(select(Goal).where(Goal.uuid == project.goal))
        funding = list(db.scalars(select(Funding).where(Funding.project == project.uuid)))
        lines = list(db.scalars(select(FinanceLine).where(FinanceLine.project == project.uuid)))
        there = {row.item: row.status for row in db.scalars(select(RoomItem).where(RoomItem.project == project.uuid))}
        rates = {
            row.currency: find_rate(db, row.currency) for row in sources if row.currency not in ("", landscape.currency)
        }
        given = weights if weights is not None else read_weights(str(get_project_setting(db, "match_weights") or ""))
    practices = {practice.uuid: practice for _item, practice in inputs.parts}.values()
    champion = organisations.get(project.champion)
    asked = [there.get(item) for item in ("consent", "safeguards")]
    safe = False if "missing" in asked else None if set(asked) - {"there", "not_needed"} else True
    found: list[Match] = []
    offers = [_offer(source, rates, landscape.currency) for source in sources]
    for instrument in sorted({offer.instrument for offer in offers}):
        need = Need(
            open_need(model, instrument, funding, lines), instrument, STAGES.index(project.stage) if project.stage in STAGES else 0, STAGES,
            themes=_themes(goal, practices), places=split_words(f"{landscape.country}, {landscape.name}"),
            applicant=champion.organisation_type if champion is not None else "", tenor=_tenor(model, funding), grace=_grace(model), months=12.0,
            rate=model.figures.get("project.irr"), needs_soft=_needs_soft(model, inputs.discount_rate), words=_themes(goal, practices), safeguards=safe,
        )  # fmt: skip
        found += match(need, [offer for offer in offers if offer.instrument == instrument], weights=given)
    return sorted(found, key=lambda each: (not each.eligible, -(each.score or 0.0) * each.coverage, each.name))


def open_need(model: Model, instrument: str, funding: list[Funding], lines: list[FinanceLine]) -> float | None:
    """What is still to be found: planned or asked-for money of that kind without a promise; else the equity that is called."""
    if instrument == "grant":
        ids = {
            f"line_{number + 1}"
            for number, line in enumerate(lines)
            if line.line_type == "grant" and line.status != "secured"
        }
        amount = sum(each.amount for grant in model.case.grants if grant.id in ids for each in grant.by_year)
    else:
        wanted = {"loan": ("loan",), "guarantee": ("guarantee", "first_loss"), "equity": ("equity",)}.get(
            instrument, ()
        )
        amount = sum(layer.amount for layer in funding if layer.instrument in wanted and layer.status != "secured")
    called = model.figures.get("equity.called")
    return float(amount) if amount else (float(called) if called else None)


def _offer(source: FinanceSource, rates: Mapping[str, object], own: str) -> Offer:
    rate = rates.get(source.currency)
    factor = 1.0 if source.currency in ("", own) else getattr(rate, "rate", None)
    low, high = (
        value * factor if value is not None and factor is not None else None
        for value in (source.ticket_minimum, source.ticket_maximum)
    )
    return Offer(
        source.name, source.instrument, source.terms, low, high, factor is not None, split_words(source.themes), split_words(source.places),
        split_words(source.applicants), split_words(source.stages), split_words(source.exclusions), source.tenor_maximum, source.grace_maximum,
        source.return_minimum, source.months_to_money, source.closes_on,
    )  # fmt: skip


def _themes(goal: Goal | None, practices: object) -> frozenset[str]:
    words = set(split_words(f"{goal.theme}, {goal.frameworks}")) if goal is not None else set()
    for practice in practices:  # type: ignore[attr-defined]
        assert isinstance(practice, Practice)
        words |= {practice.code.replace("_", " "), practice.name.lower()} | set(split_words(practice.product))
    return frozenset(word for word in words if word)


def _tenor(model: Model, funding: list[Funding]) -> float | None:
    planned = [layer.grace_years + layer.payments for layer in funding if layer.instrument == "loan"]
    payback = model.figures.get("project.payback_years")
    return float(max(planned)) if planned else (math.ceil(payback) if payback is not None else None)


def _grace(model: Model) -> float | None:
    """Years until the cash flow is above zero for the first time."""
    flows = model.figures["series.pre_tax_cash_flow"]
    return next((float(year) for year, value in enumerate(flows) if value > 0), None)


def _needs_soft(model: Model, rate: float) -> bool | None:
    """Whether the project's own return lies below its discount rate."""
    irr = model.figures.get("project.irr")
    return None if irr is None else irr < rate
