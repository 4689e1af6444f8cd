"""Coordinates in tables: which columns hold them, and the notations that people write them in."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.errors import GEOSException

from onekl_desktop.base.geometry import transform
from onekl_desktop.base.translate import _
from onekl_desktop.base.units import parse_number
from onekl_desktop.exchange.table import TableData

DEGREES = "EPSG:4326"
_LATITUDE = (
    "lat",
    "latitude",
    "latitud",
    "lintang",
    "_lat",
    "y",
    "gps_lat",
    "lat_dd",
    "ycoord",
    "y_coord",
    "point_y",
    "northing",
    "north",
    "utm_y",
    "utm_n",
    "nord",
    "norte",
)
_LONGITUDE = ("lon", "long", "lng", "longitude", "longitud", "bujur", "_lon", "x", "gps_lon", "gps_long", "lon_dd", "xcoord", "x_coord", "point_x", "easting", "east", "utm_x", "utm_e", "est", "este")  # fmt: skip
_PROJECTED = (
    "northing",
    "easting",
    "north",
    "east",
    "nord",
    "est",
    "norte",
    "este",
    "utm_x",
    "utm_y",
    "utm_e",
    "utm_n",
)
_ZONE = ("zone", "utm_zone", "utm zone", "zona", "zona utm", "fuseau", "huso")
_PAIR = ("coordinates", "coordinate", "coords", "koordinat", "coordenadas", "coordonnées", "coordonnees", "gps", "location", "lokasi", "geopoint", "position", "geotrace", "geoshape", "latlon", "lat_lon", "latlong")  # fmt: skip
_WKT = ("wkt", "geom", "geometry", "the_geom", "shape", "geometri", "wkt_geom")

# Hemispheres in English, Indonesian (lintang utara/selatan, bujur timur/barat), French and Spanish.
_SIDES = {
    "n": ("lat", 1), "north": ("lat", 1), "nord": ("lat", 1), "norte": ("lat", 1), "lu": ("lat", 1), "utara": ("lat", 1),
    "s": ("lat", -1), "south": ("lat", -1), "sud": ("lat", -1), "sur": ("lat", -1), "ls": ("lat", -1), "selatan": ("lat", -1),
    "e": ("lon", 1), "east": ("lon", 1), "est": ("lon", 1), "este": ("lon", 1), "bt": ("lon", 1), "timur": ("lon", 1),
    "w": ("lon", -1), "west": ("lon", -1), "ouest": ("lon", -1), "oeste": ("lon", -1), "o": ("lon", -1), "bb": ("lon", -1), "barat": ("lon", -1),
}  # fmt: skip
_SIDE = "|".join(sorted(_SIDES, key=len, reverse=True))
_NUMBER = r"\d+(?:[.,]\d+)?"
_ANGLE = re.compile(
    rf"(?P<sign>[+-]?)\s*(?P<d>{_NUMBER})\s*(?:(?:°|d(?:eg)?|:|\s)\s*(?:(?P<m>{_NUMBER})\s*(?:(?:'|m(?:in)?|:|\s)\s*(?:(?P<s>{_NUMBER})\s*(?:\"|s(?:ec)?)?)?)?)?)?"
)
_MARKS = str.maketrans({
    "′": "'", "’": "'", "‘": "'", "´": "'", "`": "'", "ʹ": "'", "″": '"', "”": '"', "“": '"', "ʺ": '"', "º": "°", "˚": "°", "−": "-", "–": "-",
})  # fmt: skip
_UTM = re.compile(
    r"(?:utm\s*)?(?P<zone>\d{1,2})\s*(?P<band>[a-hj-np-z]|north|south)\s+(?P<x>\d{5,7}(?:[.,]\d+)?)\s*m?\s*e?\s*[,;\s]\s*(?P<y>\d{1,8}(?:[.,]\d+)?)\s*m?\s*n?",
    re.I,
)


def _plain(text: Any) -> str:
    marked = str(text).translate(_MARKS)  # first: compatibility forms turn the ordinal sign into a letter
    return unicodedata.normalize("NFKC", marked).translate(_MARKS).replace("''", '"').strip()


def parse_angle(text: Any) -> tuple[float, str] | None:
    """An angle in degrees and its axis (`lat`, `lon`, or '' when no side of the earth is named).

    Read are decimal degrees with point or comma, degrees and minutes, and degrees, minutes and seconds with
    any of the usual marks, with N/S/E/W in front or behind, in English, Indonesian, French or Spanish.
    Minutes and seconds of 60 and more, and a minus together with a side, are refused (None).
    """
    if isinstance(text, (int, float)) and not isinstance(text, bool):
        return None if math.isnan(text) else (float(text), "")
    plain = _plain(text).lower()
    side = ""
    found = re.match(rf"^({_SIDE})[\s.:]*(?=[\d+-])", plain) or re.search(rf"(?<=[\d\s°'\".])({_SIDE})\.?$", plain)
    if found:
        side = found.group(1)
        plain = (plain[: found.start()] + plain[found.end() :]).strip()
    match = _ANGLE.fullmatch(plain)
    if match is None:
        return None
    parts = [None if match[name] is None else float(match[name].replace(",", ".")) for name in ("d", "m", "s")]
    degrees, minutes, seconds = parts
    assert degrees is not None
    if minutes is not None and (degrees != int(degrees) or minutes >= 60):
        return None
    if seconds is not None and (seconds >= 60 or (minutes is not None and minutes != int(minutes))):
        return None
    value = degrees + (minutes or 0) / 60 + (seconds or 0) / 3600
    if match["sign"] == "-":
        if side:
            return None
        return -value, ""
    if side:
        axis, sign = _SIDES[side]
        return sign * value, axis
    return value, ""


def parse_pair(text: Any) -> tuple[float, float] | None:
    """Longitude and latitude from one cell with both: `3.21, 98.5`, `3°12'N 98°30'E`, `3,21; 98,5`, `47N 512345 355000`.

    Without named sides the latitude comes first, as phones and survey forms write it; further numbers
    (altitude, accuracy) are passed over.
    """
    plain = _plain(text)
    utm = _UTM.fullmatch(plain)
    if utm is not None:
        return _from_utm(utm)
    for mark in (r";", r",\s+", r"\s*/\s*", r","):
        parts = [part for part in re.split(mark, plain) if part.strip()]
        if len(parts) >= 2 and (mark != "," or len(parts) in (2, 3)):
            pair = _order(parse_angle(parts[0]), parse_angle(parts[1]))
            if pair is not None:
                return pair
    words = plain.split()
    if 2 <= len(words) <= 4 and all(re.fullmatch(r"[+-]?\d+(?:[.,]\d+)?", word) for word in words):
        return _order(parse_angle(words[0]), parse_angle(words[1]))
    for cut in re.finditer(r"\s+|(?<=[A-Za-z])(?=\d)", plain):
        first, second = plain[: cut.start()], plain[cut.end() :]
        one, two = parse_angle(first), parse_angle(second)
        if one is not None and two is not None and one[1] and two[1]:
            return _order(one, two)
    return None


def _order(one: tuple[float, str] | None, two: tuple[float, str] | None) -> tuple[float, float] | None:
    if one is None or two is None or (one[1] and one[1] == two[1]):
        return None
    if one[1] == "lon" or two[1] == "lat":
        one, two = two, one
    return two[0], one[0]


def _from_utm(match: re.Match[str]) -> tuple[float, float] | None:
    crs = utm_crs(f"{match['zone']}{match['band']}")
    if not crs:
        return None
    x, y = (float(match[name].replace(",", ".")) for name in ("x", "y"))
    point = transform(shapely.Point(x, y), crs, DEGREES)
    return (point.x, point.y) if np.isfinite([point.x, point.y]).all() else None


def utm_crs(zone: Any) -> str:
    """The EPSG code of a UTM zone such as `47N`, `51 South` or `18M`; '' when it is none.

    `S` alone is read as south, not as the band S (32 to 40 degrees north).
    """
    match = re.fullmatch(r"(?:utm\s*)?(\d{1,2})\s*([a-z]+)?", _plain(zone).lower())
    if match is None or not 1 <= int(match[1]) <= 60 or not match[2]:
        return ""
    side = match[2]
    if side in ("s", "south", "sud", "sur", "ls", "selatan") or (len(side) == 1 and side < "n"):
        return f"EPSG:{32700 + int(match[1])}"
    return (
        f"EPSG:{32600 + int(match[1])}" if len(side) == 1 or side in ("north", "nord", "norte", "lu", "utara") else ""
    )


@dataclass(frozen=True)
class Columns:
    """Where a table keeps its places: `kind` is `xy`, `pair` or `wkt`."""

    kind: str
    x: str = ""
    y: str = ""
    zone: str = ""


def find_columns(table: TableData, x: str = "", y: str = "") -> Columns | None:
    """The columns with coordinates: those that were named, else by their names, else by what is in them."""
    low = {head.lower().strip(" ._"): head for head in table.heads}
    zone = next((low[word] for word in _ZONE if word in low), "")
    if x and y:
        return Columns("xy", x, y, zone)
    if x or y:
        return Columns("wkt" if _share(table, x or y, _wkt_shape) > 0.5 else "pair", x or y)
    for word in _WKT:
        if word in low and _share(table, low[word], _wkt_shape) > 0.5:
            return Columns("wkt", low[word])
    lat, lon = _named(low, _LATITUDE), _named(low, _LONGITUDE)
    if lat and lon:
        return Columns("xy", lon, lat, zone)
    for word in _PAIR:
        if word in low and _share(table, low[word], _any_shape) > 0.3:
            return Columns("pair", low[word])
    for head in table.heads:
        if _share(table, head, _any_shape) > 0.8 and _share(table, head, parse_number) == 0:
            return Columns("pair", head)
    return None


def _named(low: dict[str, str], words: tuple[str, ...]) -> str:
    for word in words:
        if word in low:
            return low[word]
    for word in words:
        if len(word) < 3:
            continue
        found = [head for name, head in low.items() if re.search(rf"(^|[^a-z]){re.escape(word)}($|[^a-z])", name)]
        if len(found) == 1:
            return found[0]
    return ""


def _share(table: TableData, head: str, read: Any) -> float:
    at = table.heads.index(head) if head in table.heads else -1
    cells = [row[at] for row in table.rows[:200] if at >= 0 and row[at] is not None]
    return sum(read(cell) is not None for cell in cells) / len(cells) if cells else 0.0


def _wkt_shape(text: Any) -> Any:
    if not isinstance(text, str) or not re.match(
        r"\s*(SRID=\d+;)?\s*(multi)?(point|linestring|polygon)|\s*geometrycollection", text, re.I
    ):
        return None
    try:
        return shapely.from_wkt(re.sub(r"^\s*SRID=\d+;", "", text, flags=re.I))
    except (GEOSException, ValueError):
        return None


def _any_shape(text: Any) -> Any:
    """A point, or the line or ring of a survey form: `lat lon alt acc; lat lon alt acc; …`."""
    if not isinstance(text, str):
        return None
    parts = [part.strip() for part in text.split(";") if part.strip()]
    if len(parts) >= 2 and all(re.fullmatch(r"[+-]?[\d.]+(\s+[+-]?[\d.]+){1,3}", part) for part in parts):
        pairs = [parse_pair(part) for part in parts]
        if any(pair is None for pair in pairs):
            return None
        xy = np.array(pairs, dtype=float)
        if len(xy) >= 4 and (xy[0] == xy[-1]).all():
            return shapely.Polygon(xy)
        return shapely.LineString(xy)
    pair = parse_pair(text)
    return None if pair is None else shapely.Point(pair)


def place_rows(table: TableData, columns: Columns, crs: str) -> tuple[np.ndarray, list[str], str]:
    """The shape of each row, why it has none (''), and the system they are in ('' when it cannot be told).

    Parameters
    ----------
    crs
        The system that was named for the file; '' for degrees, or for what the columns say themselves.
    """
    at = {head: number for number, head in enumerate(table.heads)}
    projected = bool(crs) and crs != DEGREES and not _is_degrees(crs)
    plain_names = {columns.x.lower().strip(" ._"), columns.y.lower().strip(" ._")}
    needs_crs = columns.kind == "xy" and not crs and not columns.zone and bool(plain_names & set(_PROJECTED))
    shapes, reasons = np.empty(len(table.rows), dtype=object), [""] * len(table.rows)
    beyond = 0
    for number, row in enumerate(table.rows):
        if columns.kind == "xy":
            zone = row[at[columns.zone]] if columns.zone else None
            shape, reason = _place(row[at[columns.x]], row[at[columns.y]], zone, projected or needs_crs)
            beyond += reason == "beyond"
        else:
            shape, reason = _place_cell(row[at[columns.x]], columns.kind)
        if not reason and shape is not None and not projected and not needs_crs:
            reason = _check_degrees(shape)
        shapes[number], reasons[number] = (None, reason) if reason else (shape, "")
    if needs_crs or (beyond and beyond >= len(table.rows) / 2):
        return shapes, reasons, ""
    words = {"beyond": _("the coordinates are no degrees")}
    return shapes, [words.get(reason, reason) for reason in reasons], crs or DEGREES


def _is_degrees(crs: str) -> bool:
    from pyproj import CRS

    return bool(CRS.from_user_input(crs).is_geographic)


def _place(x: Any, y: Any, zone: Any, projected: bool) -> tuple[Any, str]:
    if x is None or y is None or not str(x).strip() or not str(y).strip():
        return None, _("a coordinate is missing")
    if projected:
        values = [parse_number(x), parse_number(y)]
    elif zone is not None and str(zone).strip():
        values = [parse_number(x), parse_number(y)]
        crs = utm_crs(zone)
        if not crs:
            return None, _("“{value}” is no UTM zone").format(value=str(zone)[:30])
        if values[0] is not None and values[1] is not None:
            return transform(shapely.Point(values), crs, DEGREES), ""
    else:
        angles = [parse_angle(x), parse_angle(y)]
        values = [None if angle is None else angle[0] for angle in angles]
        axes = ["" if angle is None else angle[1] for angle in angles]
        if axes[0] == "lat" or axes[1] == "lon":
            values.reverse()
        if all(value is not None and abs(value) > 180 for value in values):
            return None, "beyond"
    for value, cell in zip(values, (x, y), strict=True):
        if value is None:
            return None, _("“{value}” is no coordinate").format(value=str(cell)[:30])
    return shapely.Point(values), ""


def _place_cell(cell: Any, kind: str) -> tuple[Any, str]:
    if cell is None or not str(cell).strip():
        return None, _("a coordinate is missing")
    shape = _wkt_shape(cell) if kind == "wkt" else _any_shape(cell)
    if shape is None:
        return None, _("“{value}” is no coordinate").format(value=str(cell)[:30])
    return shape, ""


def _check_degrees(shape: Any) -> str:
    left, bottom, right, top = shape.bounds
    if not np.isfinite([left, bottom, right, top]).all():
        return _("the coordinates are no degrees")
    if left == bottom == right == top == 0:
        return _("placed at 0°, 0°, which a receiver without a fix writes")
    if max(abs(bottom), abs(top)) > 90 and max(abs(left), abs(right)) <= 90:
        return ""  # swapped: told for the file as a whole
    if max(abs(bottom), abs(top)) > 90 or max(abs(left), abs(right)) > 180:
        return "beyond" if min(abs(left), abs(bottom)) > 180 else _("the coordinates are no degrees")
    return ""


def column_values(table: TableData, at: int) -> np.ndarray:
    """A column as whole numbers, numbers, or texts; numbers that begin with 0 are names (`0071`)."""
    cells = [row[at] for row in table.rows]
    given = [cell for cell in cells if cell is not None]
    if given and all(isinstance(cell, bool) for cell in given):
        return np.array(cells, dtype=object)
    numbers = [parse_number(cell) for cell in cells]
    is_code = any(isinstance(cell, str) and len(cell) > 1 and cell[0] == "0" and cell[1].isdigit() for cell in given)
    if (
        given
        and not is_code
        and all(number is not None for number, cell in zip(numbers, cells, strict=True) if cell is not None)
    ):
        if len(given) == len(cells) and all(
            number == int(number) and abs(number) < 2**53 for number in numbers if number is not None
        ):
            return np.array([int(number) for number in numbers if number is not None], dtype=np.int64)
        return np.array([np.nan if number is None else number for number in numbers], dtype=np.float64)
    return np.array([None if cell is None else str(cell) for cell in cells] + [None], dtype=object)[:-1]
