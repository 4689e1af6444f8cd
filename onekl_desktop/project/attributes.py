"""Rows of a layer as expressions see them: the columns they name, and the measures of the shape."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from onekl_desktop.base.expression import Expression
from onekl_desktop.base.geometry import area_ha, from_gpkg, length_m
from onekl_desktop.project.gpkg import quote
from onekl_desktop.project.layers import list_columns

_AT_ONCE = 5_000


def read_rows_for(
    raw: sqlite3.Connection, table: str, crs: str, expressions: Sequence[Expression], where: str = "", values: Sequence[Any] = ()
) -> Iterator[tuple[int, dict[str, Any]]]:  # fmt: skip
    """Row ids with the values that some expressions read; a column that is not there is refused.

    Raises
    ------
    UserError
        `expression.column`.
    """
    known = [name for name, _kind in list_columns(raw, table)]
    for expression in expressions:
        expression.check_columns([*known, "id"])
    columns = sorted(set().union(*(expression.columns for expression in expressions)) - {"id"})
    measures = set().union(*(expression.measures for expression in expressions)) - {"$id"}
    wanted = ", ".join(["id", *map(quote, columns), *(["geom"] if measures else [])])
    clause = f" WHERE {where}" if where else ""
    cursor = raw.execute(f"SELECT {wanted} FROM {quote(table)}{clause} ORDER BY id", tuple(values))
    while rows := cursor.fetchmany(_AT_ONCE):
        for key, *cells in rows:
            row = dict(zip(columns, cells, strict=False))
            row["id"] = row["$id"] = key
            if measures:
                row |= measure(cells[-1], crs, measures)
            yield key, row


def measure(blob: bytes | None, crs: str, wanted: set[str]) -> dict[str, Any]:
    """The measures of a shape by their names in expressions: ellipsoidal m2 and m, and the place of its centroid."""
    try:
        shape: BaseGeometry | None = from_gpkg(blob) if blob else None
    except ValueError:
        shape = None
    if shape is None or shape.is_empty:
        return {}
    found: dict[str, Any] = {}
    area, line = shapely.get_dimensions(shape) == 2, shapely.get_dimensions(shape) == 1
    if "$area" in wanted and area:
        found["$area"] = area_ha(shape, crs) * 10_000
    if "$perimeter" in wanted and area:
        found["$perimeter"] = length_m(shapely.boundary(shape), crs)
    if "$length" in wanted and line:
        found["$length"] = length_m(shape, crs)
    if {"$x", "$y"} & wanted:
        centre = shape.centroid
        found |= {"$x": centre.x, "$y": centre.y}
    return found
