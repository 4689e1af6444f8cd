"""Places to come back to on the map, and page layouts to print it by."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from onekl_desktop.project.records.base import Record


class Bookmark(Record):
    """A place with a name: a box in the project's coordinates."""

    __tablename__ = "bookmark"
    kind: ClassVar[str] = "bookmark"

    name: Mapped[str] = mapped_column(server_default=text("''"), default="")
    left_m: Mapped[float] = mapped_column(server_default=text("0.0"), default=0.0)
    bottom_m: Mapped[float] = mapped_column(server_default=text("0.0"), default=0.0)
    right_m: Mapped[float] = mapped_column(server_default=text("0.0"), default=0.0)
    top_m: Mapped[float] = mapped_column(server_default=text("0.0"), default=0.0)

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, bottom, right, top."""
        return (self.left_m, self.bottom_m, self.right_m, self.top_m)


class MapLayout(Record):
    """A page to print maps on: paper, what it shows and where, as JSON (see `cartography.layout`)."""

    __tablename__ = "map_layout"
    kind: ClassVar[str] = "map_layout"

    name: Mapped[str] = mapped_column(server_default=text("''"), default="")
    content: Mapped[str] = mapped_column(server_default=text("'{}'"), default="{}")
