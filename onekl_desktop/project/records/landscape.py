"""The bounded place that a partnership works in."""

from __future__ import annotations

from typing import ClassVar

from shapely.geometry.base import BaseGeometry
from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from onekl_desktop.project.records.base import Record


class Landscape(Record):
    """Name, boundary and the conventions that all numbers of the project share. One row.

    `plan` is the scenario that the partnership has chosen to carry out.
    """

    __tablename__ = "landscape"
    kind: ClassVar[str] = "landscape"

    name: Mapped[str] = mapped_column(server_default=text("''"), default="")
    description: Mapped[str] = mapped_column(server_default=text("''"), default="")
    country: Mapped[str] = mapped_column(server_default=text("''"), default="")
    synthetic: Mapped[bool] = mapped_column(server_default=text("0"), default=False)
    area_ha: Mapped[float | None] = mapped_column(default=None)
    crs: Mapped[str] = mapped_column(server_default=text("''"), default="")
    currency: Mapped[str] = mapped_column(server_default=text("'USD'"), default="USD")
    price_year: Mapped[int] = mapped_column(server_default=text("2026"), default=2026)
    discount_rate: Mapped[float] = mapped_column(server_default=text("0.08"), default=0.08)
    horizon_year: Mapped[int] = mapped_column(server_default=text("2045"), default=2045)
    land_cover: Mapped[str] = mapped_column(server_default=text("''"), default="")
    zones: Mapped[str] = mapped_column(server_default=text("''"), default="")
    boundary_source: Mapped[str] = mapped_column(server_default=text("''"), default="")
    plan: Mapped[str] = mapped_column(server_default=text("''"), default="", sort_order=95)
    geom: Mapped[BaseGeometry | None] = mapped_column(default=None, sort_order=99)
