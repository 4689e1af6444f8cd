"""Layers: stored spatial data with a way of drawing it; and the legend of land-cover classes."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from onekl_desktop.project.records.base import Record


class Layer(Record):
    """One layer. `data_kind` is vector or raster; `table_name` the table inside the file, or
    `file_name` the file in the folder beside it. `style` is JSON (see `cartography.styles`).
    """

    __tablename__ = "layer"
    kind: ClassVar[str] = "layer"

    name: Mapped[str] = mapped_column(server_default=text("''"), default="")
    data_kind: Mapped[str] = mapped_column(server_default=text("'vector'"), default="vector")
    role: Mapped[str] = mapped_column(server_default=text("'other'"), default="other")
    table_name: Mapped[str] = mapped_column(server_default=text("''"), default="")
    file_name: Mapped[str] = mapped_column(server_default=text("''"), default="")
    geometry_type: Mapped[str] = mapped_column(server_default=text("''"), default="")
    crs: Mapped[str] = mapped_column(server_default=text("''"), default="")
    year: Mapped[int | None] = mapped_column(default=None)
    unit: Mapped[str] = mapped_column(server_default=text("''"), default="")
    legend: Mapped[str] = mapped_column(server_default=text("''"), default="")
    name_column: Mapped[str] = mapped_column(server_default=text("''"), default="")
    style: Mapped[str] = mapped_column(server_default=text("'{}'"), default="{}")
    visible: Mapped[bool] = mapped_column(server_default=text("1"), default=True)
    opacity: Mapped[float] = mapped_column(server_default=text("1.0"), default=1.0)
    position: Mapped[float] = mapped_column(server_default=text("0.0"), default=0.0)
    extent: Mapped[str] = mapped_column(server_default=text("''"), default="")
    feature_count: Mapped[int | None] = mapped_column(default=None)
    source: Mapped[str] = mapped_column(server_default=text("''"), default="")
    licence: Mapped[str] = mapped_column(server_default=text("''"), default="")
    import_note: Mapped[str] = mapped_column(server_default=text("''"), default="")
    revision: Mapped[int] = mapped_column(server_default=text("1"), default=1)
    content_hash: Mapped[str] = mapped_column(server_default=text("''"), default="")


class LandCoverClass(Record):
    """A class of a legend with its colour and carbon densities in t C/ha (unknown stays unknown)."""

    __tablename__ = "land_cover_class"
    kind: ClassVar[str] = "land_cover_class"

    legend: Mapped[str] = mapped_column(server_default=text("''"), default="")
    code: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    name: Mapped[str] = mapped_column(server_default=text("''"), default="")
    colour: Mapped[str] = mapped_column(server_default=text("'#999999'"), default="#999999")
    natural_forest: Mapped[bool] = mapped_column(server_default=text("0"), default=False)
    carbon_above_t_per_ha: Mapped[float | None] = mapped_column(default=None)
    carbon_below_t_per_ha: Mapped[float | None] = mapped_column(default=None)
    carbon_soil_t_per_ha: Mapped[float | None] = mapped_column(default=None)
    carbon_dead_t_per_ha: Mapped[float | None] = mapped_column(default=None)
    carbon_spread: Mapped[float] = mapped_column(server_default=text("0.0"), default=0.0, sort_order=95)
    carbon_source: Mapped[str] = mapped_column(server_default=text("''"), default="")
