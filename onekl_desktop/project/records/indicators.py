"""One table of indicators, one table of indicator values: where all tools meet."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from onekl_desktop.base.translate import _
from onekl_desktop.project.records.base import Record


class Indicator(Record):
    """Definition of a number that is computed or measured. `direction`: +1 more is better, -1 less, 0 neutral."""

    __tablename__ = "indicator"
    kind: ClassVar[str] = "indicator"

    code: Mapped[str] = mapped_column(server_default=text("''"), default="")
    name: Mapped[str] = mapped_column(server_default=text("''"), default="")
    definition: Mapped[str] = mapped_column(server_default=text("''"), default="")
    unit: Mapped[str] = mapped_column(server_default=text("''"), default="")
    direction: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    decimals: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    model: Mapped[str] = mapped_column(server_default=text("''"), default="")

    @property
    def title(self) -> str:
        """The name as people read it: a model's is kept in English and translated, an own one stands as written."""
        return _(self.name) if self.model else self.name


class IndicatorValue(Record):
    """A number computed by a run: indicator x scenario x year x zone x category ('' = all)."""

    __tablename__ = "indicator_value"
    kind: ClassVar[str] = "indicator_value"

    run: Mapped[str] = mapped_column(server_default=text("''"), default="", index=True)
    indicator: Mapped[str] = mapped_column(server_default=text("''"), default="")
    scenario: Mapped[str] = mapped_column(server_default=text("''"), default="")
    year: Mapped[int | None] = mapped_column(default=None)
    zone: Mapped[str] = mapped_column(server_default=text("''"), default="")
    category: Mapped[str] = mapped_column(server_default=text("''"), default="")
    value: Mapped[float | None] = mapped_column(default=None)
    low: Mapped[float | None] = mapped_column(default=None)
    high: Mapped[float | None] = mapped_column(default=None)
    subject: Mapped[str] = mapped_column(server_default=text("''"), default="", sort_order=95)
