"""Investable projects, their money lines, and who could pay."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from onekl_desktop.project.records.base import Record, number, words


class Project(Record):
    """An investable unit: interventions with a financial model. `stage` is one of the portfolio's stages.

    `sells_harvest`: what the practices yield is revenue (else money lines say all of it). Work is paid with `wage_per_day`
    but for the families' own share. Of the tonnes that the interventions gain, `carbon_deduction` (leakage, uncertainty, buffer)
    is not sold; what was gained is issued every `carbon_every` years. `buyer_share` is what the largest buyer takes.
    """

    __tablename__ = "project"
    kind: ClassVar[str] = "project"

    name: Mapped[str] = words()
    description: Mapped[str] = words()
    stage: Mapped[str] = words("idea")
    stage_since: Mapped[str] = words()
    champion: Mapped[str] = words()
    start_year: Mapped[int | None] = mapped_column(default=None)
    horizon_years: Mapped[int | None] = mapped_column(default=None)
    discount_rate: Mapped[float | None] = mapped_column(default=None)
    goal: Mapped[str] = words()
    note: Mapped[str] = words()
    sells_harvest: Mapped[bool] = mapped_column(server_default=text("0"), default=False, sort_order=95)
    wage_per_day: Mapped[float] = number(last=True)
    own_labour_share: Mapped[float] = number(1.0, last=True)
    tax_rate: Mapped[float] = number(last=True)
    minimum_dscr: Mapped[float] = number(1.2, last=True)
    carbon_price: Mapped[float] = number(last=True)
    carbon_deduction: Mapped[float] = number(0.3, last=True)
    carbon_every: Mapped[int] = mapped_column(server_default=text("5"), default=5, sort_order=95)
    carbon_cost: Mapped[float] = number(last=True)
    buyer_share: Mapped[float | None] = mapped_column(default=None, sort_order=95)
    problem: Mapped[str] = words(last=True)
    solution: Mapped[str] = words(last=True)
    market: Mapped[str] = words(last=True)
    team: Mapped[str] = words(last=True)
    safeguards: Mapped[str] = words(last=True)


class ProjectPart(Record):
    """An intervention that belongs to a project; its hectares are counted there."""

    __tablename__ = "project_part"
    kind: ClassVar[str] = "project_part"

    project: Mapped[str] = words(index=True)
    intervention: Mapped[str] = words()


class FinanceLine(Record):
    """Money in or out of a project.

    `line_type`: revenue, operating_cost, capital_cost, grant. `basis` per_ha: `amount` a hectare in each year of its
    age from `first` to `last` (0 = year of establishment); fixed: `amount` in each project year from `first` to `last`.
    """

    __tablename__ = "finance_line"
    kind: ClassVar[str] = "finance_line"

    name: Mapped[str] = words()
    project: Mapped[str] = words(index=True)
    line_type: Mapped[str] = words("revenue")
    basis: Mapped[str] = words("per_ha")
    amount: Mapped[float] = number()
    first: Mapped[int | None] = mapped_column(default=None)
    last: Mapped[int | None] = mapped_column(default=None)
    finance_source: Mapped[str] = words()
    status: Mapped[str] = words("planned")
    source: Mapped[str] = words()


class FinanceSource(Record):
    """Who could pay, with what and how much; unknown stays unknown."""

    __tablename__ = "finance_source"
    kind: ClassVar[str] = "finance_source"

    name: Mapped[str] = words()
    organisation: Mapped[str] = words()
    instrument: Mapped[str] = words("grant")
    terms: Mapped[str] = words("either")
    ticket_minimum: Mapped[float | None] = mapped_column(default=None)
    ticket_maximum: Mapped[float | None] = mapped_column(default=None)
    currency: Mapped[str] = words()
    themes: Mapped[str] = words()
    places: Mapped[str] = words()
    closes_on: Mapped[str] = words()
    website: Mapped[str] = words()
    checked_on: Mapped[str] = words()
    note: Mapped[str] = words()
    applicants: Mapped[str] = words(last=True)
    stages: Mapped[str] = words(last=True)
    exclusions: Mapped[str] = words(last=True)
    tenor_maximum: Mapped[float | None] = mapped_column(default=None, sort_order=95)
    grace_maximum: Mapped[float | None] = mapped_column(default=None, sort_order=95)
    return_minimum: Mapped[float | None] = mapped_column(default=None, sort_order=95)
    months_to_money: Mapped[float | None] = mapped_column(default=None, sort_order=95)


class Idea(Record):
    """What became of an action on its way to a project: marks from 0 to 3 (none: not judged), with a reason for the verdict."""

    __tablename__ = "idea"
    kind: ClassVar[str] = "idea"

    action: Mapped[str] = words(index=True)
    project: Mapped[str] = words()
    finance_source: Mapped[str] = words()
    money: Mapped[str] = words("none")
    fit: Mapped[int | None] = mapped_column(default=None)
    readiness: Mapped[int | None] = mapped_column(default=None)
    scale: Mapped[int | None] = mapped_column(default=None)
    revenue: Mapped[int | None] = mapped_column(default=None)
    risk: Mapped[int | None] = mapped_column(default=None)
    champion: Mapped[int | None] = mapped_column(default=None)
    verdict: Mapped[str] = words("open")
    reason: Mapped[str] = words()


class FinanceFlow(Record):
    """Money that already flows in the landscape: `effect` is regenerating, neutral or degrading; `place` a zone ('' = everywhere)."""

    __tablename__ = "finance_flow"
    kind: ClassVar[str] = "finance_flow"

    name: Mapped[str] = words()
    organisation: Mapped[str] = words()
    purpose: Mapped[str] = words()
    effect: Mapped[str] = words("neutral")
    amount: Mapped[float] = number()
    first_year: Mapped[int | None] = mapped_column(default=None)
    last_year: Mapped[int | None] = mapped_column(default=None)
    place: Mapped[str] = words()
    source: Mapped[str] = words()


class Funding(Record):
    """A layer of a project's capital that wants something back: loan, equity, guarantee or first loss.

    `amount` is in `currency` ('' = the landscape's), drawn in project year `year`; a guarantee's is its cap. After
    `grace_years` a loan is paid back in `payments` yearly ones. `status`: planned, asked, secured.
    """

    __tablename__ = "funding"
    kind: ClassVar[str] = "funding"

    name: Mapped[str] = words()
    project: Mapped[str] = words(index=True)
    finance_source: Mapped[str] = words()
    instrument: Mapped[str] = words("loan")
    terms: Mapped[str] = words("commercial")
    amount: Mapped[float] = number()
    currency: Mapped[str] = words()
    year: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    interest: Mapped[float] = number()
    grace_years: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    payments: Mapped[int] = mapped_column(server_default=text("5"), default=5)
    repayment: Mapped[str] = words("annuity")
    fee_share: Mapped[float] = number()
    cover_share: Mapped[float] = number(1.0)
    security: Mapped[str] = words()
    status: Mapped[str] = words("planned")


class HouseholdType(Record):
    """Households of a project that are alike; the benchmark of a living income is theirs, with its source."""

    __tablename__ = "household_type"
    kind: ClassVar[str] = "household_type"

    name: Mapped[str] = words()
    project: Mapped[str] = words(index=True)
    households: Mapped[float] = number()
    hectares: Mapped[float] = number()
    other_income: Mapped[float] = number()
    benchmark: Mapped[float | None] = mapped_column(default=None)
    benchmark_source: Mapped[str] = words()


class ExchangeRate(Record):
    """Units of the landscape's currency for one of `currency`, on a day, with its source."""

    __tablename__ = "exchange_rate"
    kind: ClassVar[str] = "exchange_rate"

    currency: Mapped[str] = words()
    rate: Mapped[float] = number()
    rated_on: Mapped[str] = words()
    source: Mapped[str] = words()


class RoomItem(Record):
    """A document that an investor asks for: `status` missing, asked, there or not_needed."""

    __tablename__ = "room_item"
    kind: ClassVar[str] = "room_item"

    project: Mapped[str] = words(index=True)
    item: Mapped[str] = words()
    status: Mapped[str] = words("missing")
    resource: Mapped[str] = words()
    note: Mapped[str] = words()


class Movement(Record):
    """Money that was promised, came or went back: `deed` is commitment, disbursement, repayment or interest."""

    __tablename__ = "movement"
    kind: ClassVar[str] = "movement"

    project: Mapped[str] = words(index=True)
    finance_source: Mapped[str] = words()
    deed: Mapped[str] = words("commitment")
    amount: Mapped[float] = number()
    moved_on: Mapped[str] = words()
    note: Mapped[str] = words()
