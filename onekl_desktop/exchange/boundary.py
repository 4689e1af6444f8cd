"""The boundary of a new landscape: read, judged, and where it can be, a repair proposed before anything is stored."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from onekl_desktop.base.data import find_folder
from onekl_desktop.base.errors import Problem, UserError, make_problem
from onekl_desktop.base.geometry import area_ha, polygons_of, repair, transform, utm_zone
from onekl_desktop.base.translate import _
from onekl_desktop.base.units import format_quantity
from onekl_desktop.exchange.vector import RawVector, crs_name, read_vector

MOST_DEGREES_WIDE = 12.0
SWAPPED = ("boundary.swapped", "boundary.in_the_sea")
FAR_FROM_LAND_DEGREES = 1.0


@dataclass
class BoundaryPlan:
    """What a file offers as a boundary.

    `shape` is the shape as it would be stored (repaired), in `crs`; `original` the same as found, for the map;
    `problems` of severity `repairable` need the person's yes, others forbid the file.
    """

    path: Path
    crs: str
    shape: BaseGeometry
    original: BaseGeometry
    area_ha: float
    sentences: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def needs_repair(self) -> bool:
        """Whether the person must accept a repair."""
        return any(problem.severity == "repairable" for problem in self.problems)


def read_boundary(
    path: Path, *, crs: str = "", source_crs: str = "", layer: str = "", feature: str = ""
) -> BoundaryPlan:
    """Read a boundary and judge it.

    Parameters
    ----------
    crs
        The project's CRS; chosen (UTM zone of the middle) when empty.
    feature
        `COLUMN=VALUE` picks one row of a file with many; otherwise all areas together are the landscape.

    Raises
    ------
    UserError
        What no repair can mend: no polygon, no CRS, coordinates that do not exist, at 0,0.
    """
    raw = _pick(read_vector(path, layer), feature)
    source = check_crs(source_crs) if source_crs else raw.crs
    if not source:
        raise UserError("boundary.no_crs", file=path)
    found = polygons_of(shapely.geometrycollections([shape for shape in raw.shapes if shape is not None]))
    if found.is_empty:
        raise UserError("boundary.no_polygon", file=path)
    problems: list[Problem] = []
    sentences: list[str] = []
    if len(found.geoms) > 1 and not feature:
        sentences.append(_("{count} areas are taken together as the landscape.").format(count=len(found.geoms)))
    degrees = _to_degrees(found, source, path)
    original = degrees
    left, bottom, right, top = degrees.bounds
    if max(abs(bottom), abs(top)) > 90 and max(abs(left), abs(right)) <= 90:
        problems.append(
            make_problem("boundary.swapped", severity="repairable", field="boundary", file=path, found=f"{top:.1f}")
        )
        degrees = _swap(degrees)
    elif not source_crs and max(abs(bottom), abs(top), abs(left), abs(right)) <= 90 and _is_swapped(degrees):
        found_at = f"{(bottom + top) / 2:.2f}, {(left + right) / 2:.2f}"
        problems.append(
            make_problem("boundary.in_the_sea", severity="repairable", field="boundary", file=path, found=found_at)
        )
        degrees = _swap(degrees)
    left, bottom, right, top = degrees.bounds
    if max(abs(bottom), abs(top)) > 90 or max(abs(left), abs(right)) > 180.0001:
        raise UserError(
            "boundary.not_on_earth",
            file=path,
            crs=crs_name(source),
            found=f"{left:.1f}, {bottom:.1f} … {right:.1f}, {top:.1f}",
        )
    if abs(left) < 1 and abs(bottom) < 1 and abs(right) < 1 and abs(top) < 1:
        raise UserError("boundary.at_origin", file=path, crs=crs_name(source))
    if not degrees.is_valid:
        degrees = _repair(degrees, path, problems)
    whole = shapely.union_all(shapely.get_parts(degrees))
    if whole.is_empty or whole.area == 0:
        raise UserError("boundary.empty", file=path)
    middle = whole.representative_point()
    target = check_project_crs(crs) if crs else utm_zone(middle.x, middle.y)
    if right - left > MOST_DEGREES_WIDE and not crs:
        sentences.append(
            _(
                "The landscape is {width:.0f} degrees wide: distances near its edges are off by more than 0.1 % in {crs}."
            ).format(width=right - left, crs=target)
        )
    same = source == target and not any(problem.code in SWAPPED for problem in problems)
    shape = whole if target == "EPSG:4326" else transform(whole, "EPSG:4326", target)
    if same:
        shape = shapely.union_all(shapely.get_parts(repair(found)))
    if not shape.is_valid:
        shape = repair(shape)
    shape = polygons_of(shape)
    hectares = area_ha(shape, target)
    sentences.insert(
        0,
        _("The landscape covers {area}; the project counts in {crs}.").format(
            area=format_quantity(hectares, "ha"), crs=crs_name(target)
        ),
    )
    return BoundaryPlan(path, target, shape, original, hectares, sentences, problems)


def _swap(degrees: BaseGeometry) -> BaseGeometry:
    return shapely.transform(degrees, lambda xy: xy[:, ::-1])


def _is_swapped(degrees: BaseGeometry) -> bool:
    """Far out in the sea as it is, and on land with latitude and longitude exchanged."""
    left, bottom, right, top = degrees.bounds
    place = shapely.Point((left + right) / 2, (bottom + top) / 2)
    land = _land()
    return shapely.distance(land, place) > FAR_FROM_LAND_DEGREES and bool(
        land.contains(shapely.Point(place.y, place.x))
    )


@lru_cache(maxsize=1)
def _land() -> BaseGeometry:
    """The world's land without Antarctica, to about ten kilometres (Natural Earth)."""
    text = (find_folder("resources") / "basemap" / "land.geojson").read_text(encoding="utf-8")
    return shapely.geometrycollections(list(shapely.get_parts(shapely.from_geojson(text)))).buffer(0)


def _place_of(reason: str) -> str:
    """Where a shape is invalid, to a tenth of a metre: GEOS writes `Self-intersection[98.68571 3.18571]`."""
    numbers = re.findall(r"-?\d+\.?\d*(?:e-?\d+)?", reason.partition("[")[2])
    return ", ".join(f"{float(number):.6f}".rstrip("0").rstrip(".") for number in numbers) or "?"


def _repair(degrees: BaseGeometry, path: Path, problems: list[Problem]) -> BaseGeometry:
    reason = shapely.is_valid_reason(degrees)
    place = _place_of(reason)
    each = [polygon for polygon in shapely.get_parts(degrees) if not polygon.is_valid]
    if not each:
        return degrees  # only parts that touch or overlap one another: uniting them mends it
    mended = repair(shapely.union_all([repair(polygon) for polygon in shapely.get_parts(degrees)]))
    hectares = area_ha(mended, "EPSG:4326")
    problems.append(
        make_problem(
            "boundary.crosses_itself",
            severity="repairable",
            field="boundary",
            file=path,
            place=place,
            area=format_quantity(hectares, "ha"),
        )
    )
    return polygons_of(mended)


def _pick(raw: RawVector, feature: str) -> RawVector:
    if not feature:
        return raw
    column, _equals, value = feature.partition("=")
    column, value = column.strip(), value.strip()
    if column not in raw.columns:
        raise UserError(
            "record.missing",
            kind=_("column"),
            value=column,
            known=_("There are: {names}.").format(names=", ".join(raw.columns)),
        )
    values = [str(item) for item in raw.columns[column]]
    mask = np.array([item == value for item in values])
    if not mask.any():
        names = ", ".join(dict.fromkeys(values[:20]))
        raise UserError("record.missing", kind=column, value=value, known=_("There are: {names}.").format(names=names))
    return RawVector(
        raw.path, raw.layer, raw.crs, raw.shapes[mask], {name: item[mask] for name, item in raw.columns.items()}
    )


def _to_degrees(shape: BaseGeometry, crs: str, path: Path) -> BaseGeometry:
    moved = transform(shape, crs, "EPSG:4326")
    xy = shapely.get_coordinates(moved)
    if not np.isfinite(xy).all():
        box = ", ".join(f"{value:.0f}" for value in shape.bounds)
        raise UserError("boundary.not_on_earth", file=path, crs=crs_name(crs), found=box)
    return moved


def check_crs(text: str) -> str:
    """A CRS as `EPSG:n`; `n` alone and other spellings that PROJ knows are accepted.

    Raises
    ------
    UserError
        `crs.unknown`.
    """
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        system = CRS.from_user_input(int(text) if text.strip().isdigit() else text)
    except CRSError:
        raise UserError("crs.unknown", crs=text) from None
    code = system.to_epsg()
    return f"EPSG:{code}" if code else system.to_wkt()


def check_project_crs(text: str) -> str:
    """A CRS that a project can count in: an EPSG code, projected in metres.

    Raises
    ------
    UserError
        `crs.unknown`, `crs.not_projected`.
    """
    from pyproj import CRS

    crs = check_crs(text)
    system = CRS.from_user_input(crs)
    if not crs.startswith("EPSG:"):
        raise UserError("crs.unknown", crs=text)
    if not system.is_projected or any(axis.unit_name not in ("metre", "meter") for axis in system.axis_info):
        raise UserError("crs.not_projected", crs=text)
    return crs
