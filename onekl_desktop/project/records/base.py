"""What every record has, and the column types that neither QGIS nor a merge damages."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import REAL, TEXT, LargeBinary, text
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, MappedColumn, mapped_column
from sqlalchemy.types import UserDefinedType

from onekl_desktop.base.geometry import from_gpkg, to_gpkg
from onekl_desktop.base.ids import new_uuid

STAMP_SQL = "(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))"
UUID_SQL = "(lower(hex(randomblob(16))))"


def now() -> str:
    """This moment as stored: UTC, ISO 8601, milliseconds."""
    return dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


ADDED = 95  # place in a table of a column that came with a later version


def words(default: str = "", *, index: bool = False, last: bool = False) -> MappedColumn[str]:
    """A text column that is never NULL; `default` is what QGIS fills in too; `last` for one that was added later."""
    order = {"sort_order": ADDED} if last else {}
    return mapped_column(server_default=text(f"'{default}'"), default=default, index=index, **order)  # type: ignore[arg-type]


def yes_or_no(default: bool = False) -> MappedColumn[bool]:
    """A truth column that is never NULL."""
    return mapped_column(server_default=text(str(int(default))), default=default)


def number(default: float = 0.0, *, last: bool = False) -> MappedColumn[float]:
    """A real column that is never NULL; a column that may be unknown is `Mapped[float | None]`."""
    order = {"sort_order": ADDED} if last else {}
    return mapped_column(server_default=text(str(default)), default=default, **order)  # type: ignore[arg-type]


class MultiPolygonColumn(UserDefinedType[BaseGeometry]):
    """A geometry column: shapely shapes (with their SRID set) here, GeoPackage bytes in the file."""

    cache_ok = True

    def get_col_spec(self, **_kw: Any) -> str:
        """Declared type, as the GeoPackage standard wants it."""
        return "MULTIPOLYGON"

    def bind_processor(self, dialect: Any) -> Any:
        """Shape -> bytes."""

        def process(shape: BaseGeometry | None) -> bytes | None:
            return None if shape is None else to_gpkg(shape, int(shapely.get_srid(shape)))

        return process

    def result_processor(self, dialect: Any, coltype: Any) -> Any:
        """Bytes -> shape."""

        def process(blob: bytes | None) -> BaseGeometry | None:
            if blob is None:
                return None
            shape = from_gpkg(blob)
            return shapely.set_srid(shape, int.from_bytes(blob[4:8], "little" if blob[3] & 1 else "big", signed=True))

        return process


class Record(MappedAsDataclass, DeclarativeBase, kw_only=True):
    """A row of one of our tables."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: TEXT,
        float: REAL,
        bytes: LargeBinary,
        BaseGeometry: MultiPolygonColumn,
    }
    kind: ClassVar[str] = ""

    id: Mapped[int] = mapped_column(primary_key=True, init=False, sort_order=-3)
    uuid: Mapped[str] = mapped_column(
        unique=True, server_default=text(UUID_SQL), default_factory=new_uuid, sort_order=-2
    )
    created_at: Mapped[str] = mapped_column(server_default=text(STAMP_SQL), default_factory=now, sort_order=90)
    created_by: Mapped[str] = mapped_column(server_default=text("''"), default="", sort_order=91)
    changed_at: Mapped[str] = mapped_column(server_default=text(STAMP_SQL), default_factory=now, sort_order=92)
    changed_by: Mapped[str] = mapped_column(server_default=text("''"), default="", sort_order=93)


def record_kinds() -> dict[str, type[Record]]:
    """Record class of each kind of record, tools' own ones included once they are imported."""
    return {mapper.class_.kind: mapper.class_ for mapper in Record.registry.mappers if mapper.class_.kind}
