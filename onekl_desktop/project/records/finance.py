"""Investable projects, their money lines, and who could pay."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy.orm import Mapped, mapped_column

from onekl_desktop.project.records.base import Record, number, words


class Project(Record):
    """An investable unit: interventions with a financial model. `stage` is one of the portfolio's stages."""

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
