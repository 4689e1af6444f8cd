"""Practices, scenarios and the interventions that are drawn once."""

from __future__ import annotations

from typing import ClassVar

from shapely.geometry.base import BaseGeometry
from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from onekl_desktop.project.records.base import Record


class Practice(Record):
    """A kind of action with what it does to the land and what it costs; amounts per hectare in the
    landscape's currency and price year. `class_code` empty: the land keeps its class; `from_classes` are the
    codes that are changed (comma separated, empty: all), the others inside a shape stay as they are.
    """

    __tablename__ = "practice"
    kind: ClassVar[str] = "practice"

    code: Mapped[str] = mapped_column(server_default=text("''"), default="")
    name: Mapped[str] = mapped_column(server_default=text("''"), default="")
    description: Mapped[str] = mapped_column(server_default=text("''"), default="")
    colour: Mapped[str] = mapped_column(server_default=text("'#2e7d5b'"), default="#2e7d5b")
    class_code: Mapped[int | None] = mapped_column(default=None)
    from_classes: Mapped[str] = mapped_column(server_default=text("''"), default="")
    years_to_class: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    capital_cost_per_ha: Mapped[float] = mapped_column(server_default=text("0.0"), default=0.0)
    operating_cost_per_ha_year: Mapped[float] = mapped_column(server_default=text("0.0"), default=0.0)
    labour_start_days_per_ha: Mapped[float] = mapped_column(server_default=text("0.0"), default=0.0)
    labour_days_per_ha_year: Mapped[float] = mapped_column(server_default=text("0.0"), default=0.0)
    source: Mapped[str] = mapped_column(server_default=text("''"), default="")
    product: Mapped[str] = mapped_column(server_default=text("''"), default="", sort_order=95)
    yield_t_per_ha_year: Mapped[float] = mapped_column(server_default=text("0.0"), default=0.0, sort_order=95)
    years_to_yield: Mapped[int] = mapped_column(server_default=text("0"), default=0, sort_order=95)
    price_per_t: Mapped[float] = mapped_column(server_default=text("0.0"), default=0.0, sort_order=95)


class Scenario(Record):
    """A named set of interventions and assumptions; the baseline is the one without them."""

    __tablename__ = "scenario"
    kind: ClassVar[str] = "scenario"

    name: Mapped[str] = mapped_column(server_default=text("''"), default="")
    description: Mapped[str] = mapped_column(server_default=text("''"), default="")
    is_baseline: Mapped[bool] = mapped_column(server_default=text("0"), default=False)
    locked: Mapped[bool] = mapped_column(server_default=text("0"), default=False)
    proposed_by: Mapped[str] = mapped_column(server_default=text("''"), default="")
    colour: Mapped[str] = mapped_column(server_default=text("'#3d6fb4'"), default="#3d6fb4")
    position: Mapped[float] = mapped_column(server_default=text("0.0"), default=0.0)


class Intervention(Record):
    """A practice on a geometry over years. `schedule` is JSON `[{"year", "share"}]`."""

    __tablename__ = "intervention"
    kind: ClassVar[str] = "intervention"

    scenario: Mapped[str] = mapped_column(server_default=text("''"), default="")
    practice: Mapped[str] = mapped_column(server_default=text("''"), default="")
    name: Mapped[str] = mapped_column(server_default=text("''"), default="")
    schedule: Mapped[str] = mapped_column(server_default=text("'[]'"), default="[]")
    start_year: Mapped[int | None] = mapped_column(default=None)
    area_ha: Mapped[float | None] = mapped_column(default=None)
    note: Mapped[str] = mapped_column(server_default=text("''"), default="")
    geom: Mapped[BaseGeometry | None] = mapped_column(default=None, sort_order=99)
