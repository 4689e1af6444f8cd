"""Places: bookmarks, and finding a place by its name or its coordinates."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.geometry import point_at
from onekl_desktop.base.translate import _
from onekl_desktop.base.units import format_number
from onekl_desktop.engine import Session
from onekl_desktop.project.editing import add_record, remove_record
from onekl_desktop.project.file import Write
from onekl_desktop.project.gpkg import quote
from onekl_desktop.project.queries.records import list_layers
from onekl_desktop.project.records import Bookmark, Intervention

Box = tuple[float, float, float, float]
AROUND = 500.0  # metres shown round a place that is a point
MOST = 40  # places that are offered


@dataclass(frozen=True)
class Place:
    """A place that was found: what it is called, where the name is from, and what to show."""

    name: str
    where: str
    box: Box


def add_bookmark(write: Write, name: str, box: Any) -> dict[str, Any]:
    """Keep a box of the map under a name."""
    left, bottom, right, top = _read_box(box)
    row = add_record(
        write, Bookmark, {"name": name, "left_m": left, "bottom_m": bottom, "right_m": right, "top_m": top}
    )
    return {"bookmark": row.uuid, "name": row.name}


def remove_bookmark(write: Write, bookmark: str) -> dict[str, Any]:
    """Forget a place."""
    return {"name": remove_record(write, write.get(Bookmark, bookmark, field="bookmark"))}


def list_bookmarks(session: Session) -> list[Bookmark]:
    """The places kept, by name."""
    with session.read() as db:
        return list(db.scalars(select(Bookmark).order_by(Bookmark.name)))


def _read_box(value: Any) -> Box:
    if isinstance(value, (list, tuple)) and len(value) == 4 and all(isinstance(item, (int, float)) for item in value):
        left, bottom, right, top = map(float, value)
        if left < right and bottom < top and max(map(abs, (left, bottom, right, top))) < 1e9:
            return left, bottom, right, top
    raise UserError("layers.no_box")


def find_places(session: Session, text: str) -> list[Place]:
    """What a text may mean: coordinates, bookmarks, interventions, names in layers; the best first."""
    text = text.strip()
    if not text:
        return []
    point = read_place(text, session.crs)
    if point is not None:
        return [point]
    low = text.casefold()
    found: list[Place] = []
    with session.read() as db:
        for bookmark in db.scalars(select(Bookmark).order_by(Bookmark.name)):
            if low in bookmark.name.casefold():
                found.append(Place(bookmark.name, _("bookmark"), bookmark.box))
        for item in db.scalars(select(Intervention).order_by(Intervention.name)):
            if low in item.name.casefold() and item.geom is not None:
                found.append(Place(item.name, _("intervention"), item.geom.bounds))
        layers = [layer for layer in list_layers(db) if layer.data_kind == "vector" and layer.name_column]
    pattern = "%" + re.sub(r"([%_\\])", r"\\\1", text) + "%"
    with session.project.read_raw() as raw:
        for layer in layers:
            rtree, column = quote(f"rtree_{layer.table_name}_geom"), quote(layer.name_column)
            rows = raw.execute(
                f"SELECT CAST(t.{column} AS TEXT), r.minx, r.miny, r.maxx, r.maxy FROM {quote(layer.table_name)} t JOIN {rtree} r ON r.id = t.id "
                f"WHERE CAST(t.{column} AS TEXT) LIKE ? ESCAPE '\\' ORDER BY length(t.{column}), t.{column} LIMIT ?", (pattern, MOST),
            )  # fmt: skip
            found += [
                Place(str(name), layer.name, (left, bottom, right, top)) for name, left, bottom, right, top in rows
            ]
    found.sort(key=lambda place: (not place.name.casefold().startswith(low), len(place.name)))
    return found[:MOST]


_DEGREES = (
    r"(\d{1,3}(?:[.,]\d+)?)\s*[°d]?\s*(?:(\d{1,2}(?:[.,]\d+)?)\s*['′m])?\s*(?:(\d{1,2}(?:[.,]\d+)?)\s*(?:[\"″s]|''))?"
)
_WITH_LETTERS = re.compile(rf"^\s*{_DEGREES}\s*([NSns])\s*[,;/ ]?\s*{_DEGREES}\s*([EWewOo])\s*$")
_LETTERS_FIRST = re.compile(rf"^\s*([NSns])\s*{_DEGREES}\s*[,;/ ]?\s*([EWewOo])\s*{_DEGREES}\s*$")


def read_place(text: str, crs: str) -> Place | None:
    """Coordinates as people write them: `2.75 99.1` (latitude first), `2°45'N 99°06'E`, or metres of the map.

    None for anything else, and for places that are not on Earth.
    """
    degrees = _read_degrees(text)
    if degrees is None:
        parts = [part for part in re.split(r"\s*[;·/]\s*|\s*,\s+|\s+", text.strip()) if part]
        if len(parts) == 1 and text.count(",") == 1:
            parts = text.split(",")
        if len(parts) != 2:
            return None
        try:
            first, second = (
                float(
                    part.replace("\u202f", "").replace(
                        ",", "." if part.count(",") == 1 and len(part.split(",")[1]) != 3 else ""
                    )
                )
                for part in parts
            )
        except ValueError:
            return None
        if abs(first) <= 90 and abs(second) <= 180:
            degrees = (first, second)
        else:
            return _around(first, second)
    latitude, longitude = degrees
    point = point_at(longitude, latitude, crs)
    return _around(point.x, point.y) if point is not None else None


def _read_degrees(text: str) -> tuple[float, float] | None:
    match = _WITH_LETTERS.match(text)
    if match:
        groups = match.groups()
        return _signed(groups[:3], groups[3]), _signed(groups[4:7], groups[7])
    match = _LETTERS_FIRST.match(text)
    if match:
        groups = match.groups()
        return _signed(groups[1:4], groups[0]), _signed(groups[5:8], groups[4])
    return None


def _signed(parts: tuple[Any, ...], letter: str) -> float:
    whole, minutes, seconds = (float((part or "0").replace(",", ".")) for part in parts)
    value = whole + minutes / 60 + seconds / 3600
    return -value if letter.upper() in "SW" or letter.upper() == "O" else value


def _around(x: float, y: float) -> Place:
    return Place(
        f"{format_number(x)} · {format_number(y)}", _("coordinates"), (x - AROUND, y - AROUND, x + AROUND, y + AROUND)
    )
