"""What importing a vector file will do: which shapes are taken, what is mended or left out and why, told in plain words."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely

from onekl_desktop.base.errors import UserError, make_problem
from onekl_desktop.base.geometry import repair, transform
from onekl_desktop.base.progress import Progress
from onekl_desktop.base.translate import N_, _, ngettext
from onekl_desktop.base.units import format_number
from onekl_desktop.exchange.vector import RawVector, crs_name
from onekl_desktop.project.layers import VectorData

FAMILIES = {"point": N_("points"), "line": N_("lines"), "polygon": N_("areas")}
_FAMILY = {0: "point", 1: "line", 2: "line", 3: "polygon", 4: "point", 5: "line", 6: "polygon"}
_MULTI = {"point": "MULTIPOINT", "line": "MULTILINESTRING", "polygon": "MULTIPOLYGON"}
_COLLECT = {"point": shapely.multipoints, "line": shapely.multilinestrings, "polygon": shapely.multipolygons}
_SHOWN_ROWS = 12


@dataclass
class VectorPlan:
    """What importing a vector file will do: the data to store, the sentences that say so, and the rows left out."""

    data: VectorData
    sentences: list[str]
    name_column: str = ""
    left: list[tuple[int, str]] = field(default_factory=list)
    """Number of each row that is left out, and why."""
    left_heads: list[str] = field(default_factory=list)
    left_rows: list[list[Any]] = field(default_factory=list)


def plan_vector(
    raw: RawVector,
    project_crs: str,
    boundary: Any,
    *,
    source_crs: str = "",
    landscape: str = "",
    shapes: str = "",
    progress: Progress | None = None,
) -> VectorPlan:
    """Decide what happens to each feature, and say it.

    Parameters
    ----------
    shapes
        `point`, `line` or `polygon`: which to take from a file with several kinds; '' takes the commonest.

    Raises
    ------
    UserError
        `import.no_crs`, `import.no_features`, `import.outside`.
    """
    crs = source_crs or raw.crs
    if not crs:
        raise UserError("import.no_crs", file=raw.path)
    said: list[str] = list(raw.notes)
    why: list[str] = [raw.reasons.get(at, "") for at in range(len(raw.shapes))]
    numbers = raw.numbers or list(range(1, len(raw.shapes) + 1))
    families = [_families(shape) for shape in raw.shapes]
    counts = Counter(kind for kinds in families for kind in kinds)
    if not counts:
        problems = [
            make_problem("import.row", row=numbers[at], file=raw.path, reason=reason)
            for at, reason in enumerate(why)
            if reason
        ]
        raise UserError("import.no_features", problems[:20] or None, file=raw.path)
    family = shapes or max(counts, key=lambda kind: (counts[kind], list(FAMILIES).index(kind)))
    if family not in counts:
        there = ", ".join(_(FAMILIES[kind]) for kind in counts)
        raise UserError("import.no_family", file=raw.path, wanted=_(FAMILIES[family]), found=there)
    keep = np.zeros(len(raw.shapes), bool)
    taken = np.full(len(raw.shapes), None, dtype=object)
    for at, shape in enumerate(raw.shapes):
        if family in families[at]:
            taken[at], keep[at] = shape, True
        elif not why[at]:
            why[at] = _("no shape") if not families[at] else _("another kind of shape")
    where = np.flatnonzero(keep)
    said.append("")  # the count stands here when it is known
    count_at = len(said) - 1
    found = shapely.force_2d(taken[where])
    if family == "polygon":
        found = _mend(found, said)
    found, crs = _unswap(raw, found, crs, boundary, project_crs, said)
    if crs != project_crs:
        found = np.array([*(transform(shape, crs, project_crs) for shape in found), None], dtype=object)[:-1]
        said.append(
            _("Coordinates are moved from {source} to {target}.").format(
                source=crs_name(crs), target=crs_name(project_crs)
            )
        )
        finite = np.isfinite(shapely.bounds(found)).all(axis=1)
        if family == "polygon":
            again = finite & ~shapely.is_valid(found)
            found[again] = [repair(shape) for shape in found[again]]
    found = np.array([*(_as_multi(shape, family) for shape in found), None], dtype=object)[:-1]
    usable = np.isfinite(shapely.bounds(found)).all(axis=1)
    found_at = dict(zip(where.tolist(), found, strict=True))
    for at in where[~usable].tolist():
        nothing = family == "polygon" and found_at[at].is_empty
        why[at] = _("a shape that encloses nothing") if nothing else _("no place in the project's coordinates")
    if family == "polygon":
        flat = usable.copy()
        flat[usable] = shapely.area(found[usable]) <= 0
        for at in where[flat]:
            why[at] = _("a shape that encloses nothing")
        usable &= ~flat
    if not usable.any():
        raise UserError(
            "import.no_features",
            [make_problem("import.row", row=numbers[at], file=raw.path, reason=why[at]) for at in where[:20]],
            file=raw.path,
        )
    said[count_at] = _("{things} from {file}.").format(
        things=count_things(family, int(usable.sum())), file=raw.path.name
    )
    _tell_left(why, numbers, counts, family, said)
    if boundary is not None:
        _check_place(found[usable], boundary, raw, landscape, said)
    columns: dict[str, list[Any]] = {}
    types: dict[str, str] = {}
    for name, values in raw.columns.items():
        columns[name], types[name] = _column(values[where][usable])
    plan = VectorPlan(VectorData(_MULTI[family], found[usable], columns, types), said, guess_name_column(columns))
    left = [at for at, reason in enumerate(why) if reason]
    plan.left = [(numbers[at], why[at]) for at in left]
    plan.left_heads = list(raw.columns)
    every = [values[left].tolist() for values in raw.columns.values()]
    plan.left_rows = [
        [None if _is_missing(value) else value for value in cells] for cells in zip(*every, strict=True)
    ] or [[] for _at in left]
    return plan


def count_things(family: str, count: int) -> str:
    """`3 areas`, in the language of the moment."""
    shown = format_number(count)
    if family == "point":
        return ngettext("{n} point", "{n} points", count).format(n=shown)
    if family == "line":
        return ngettext("{n} line", "{n} lines", count).format(n=shown)
    return ngettext("{n} area", "{n} areas", count).format(n=shown)


def _mend(shapes: np.ndarray, said: list[str]) -> np.ndarray:
    broken = ~shapely.is_valid(shapes)
    if broken.any():
        shapes[broken] = [repair(shape) for shape in shapes[broken]]
        count = int(broken.sum())
        said.append(
            ngettext(
                "{n} area crosses itself and will be repaired.",
                "{n} areas cross themselves and will be repaired.",
                count,
            ).format(n=count)
        )
    return shapes


def _unswap(
    raw: RawVector, shapes: np.ndarray, crs: str, boundary: Any, project_crs: str, said: list[str]
) -> tuple[np.ndarray, str]:
    """Typed degrees whose latitude and longitude are exchanged: certain when only the exchanged ones meet the landscape."""
    if not raw.degrees_typed or boundary is None:
        return shapes, crs
    place = transform(boundary, project_crs, crs)
    box = shapely.box(*place.bounds)
    flipped = shapely.transform(shapes, lambda xy: xy[:, ::-1])
    if shapely.intersects(shapes, box).any() or not shapely.intersects(flipped, box).any():
        return shapes, crs
    said.append(
        _("Latitude and longitude are exchanged: as they stand no place lies in the landscape, exchanged they do.")
    )
    return flipped, crs


def _tell_left(why: list[str], numbers: list[int], counts: Counter[str], family: str, said: list[str]) -> None:
    by_reason: dict[str, list[int]] = {}
    for at, reason in enumerate(why):
        if reason:
            by_reason.setdefault(reason, []).append(numbers[at])
    for reason, rows in by_reason.items():
        shown = ", ".join(map(str, rows[:_SHOWN_ROWS])) + ("…" if len(rows) > _SHOWN_ROWS else "")
        said.append(
            ngettext(
                "{n} row is left out: {reason} (row {rows}).",
                "{n} rows are left out: {reason} (rows {rows}).",
                len(rows),
            ).format(n=len(rows), reason=reason, rows=shown)
        )
    others = [kind for kind in counts if kind != family]
    if others:
        kinds = ", ".join(count_things(kind, counts[kind]) for kind in others)
        said.append(_("The file also has {kinds}; import it once more to take those.").format(kinds=kinds))


def _check_place(shapes: np.ndarray, boundary: Any, raw: RawVector, landscape: str, said: list[str]) -> None:
    shapely.prepare(boundary)
    inside = shapely.intersects(shapes, boundary)
    if not inside.any():
        raise UserError("import.outside", file=raw.path, landscape=landscape)
    outside = int((~inside).sum())
    if outside:
        said.append(
            ngettext(
                "{n} shape lies outside the landscape; it is kept.",
                "{n} shapes lie outside the landscape; they are kept.",
                outside,
            ).format(n=outside)
        )


def _families(shape: Any) -> set[str]:
    if shape is None or shape.is_empty:
        return set()
    kind = shapely.get_type_id(shape)
    if kind == 7:
        return {family for part in shape.geoms for family in _families(part)}
    return {_FAMILY[int(kind)]} if int(kind) in _FAMILY else set()


def _parts(shape: Any) -> list[Any]:
    parts = []
    for part in shapely.get_parts(shape):
        parts += _parts(part) if shapely.get_type_id(part) >= 4 else [part]
    return parts


def _as_multi(shape: Any, family: str) -> Any:
    wanted = [
        part for part in _parts(shape) if _FAMILY.get(int(shapely.get_type_id(part))) == family and not part.is_empty
    ]
    wanted = [
        shapely.linestrings(shapely.get_coordinates(part)) if part.geom_type == "LinearRing" else part
        for part in wanted
    ]
    return _COLLECT[family](np.array([*wanted, None], dtype=object)[:-1])


def _column(values: np.ndarray) -> tuple[list[Any], str]:
    """A column as Python values and its SQL type: whole numbers, numbers or text."""
    kind = values.dtype.kind
    if kind == "b":
        return [int(value) for value in values], "INTEGER"
    if kind in "iu":
        return [int(value) for value in values], "INTEGER"
    if kind == "f":
        return [None if math.isnan(value) else float(value) for value in values], "REAL"
    out = [None if _is_missing(value) else _plain(value) for value in values]
    if (
        kind == "O"
        and all(isinstance(value, bool) or value is None for value in out)
        and any(value is not None for value in out)
    ):
        return [None if value is None else int(value) for value in out], "INTEGER"
    return [None if value is None else str(value) for value in out], "TEXT"


def _is_missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value)) or str(value) == "NaT"


def _plain(value: Any) -> Any:
    if isinstance(value, (dt.date, np.datetime64)):
        return str(value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, (list, tuple, np.ndarray)):
        return ", ".join(map(str, value))
    return value


def guess_name_column(columns: dict[str, list[Any]]) -> str:
    """The column that most looks like a name: called so, else the first text with distinct values."""
    texts = [name for name, values in columns.items() if any(isinstance(value, str) for value in values)]
    for word in ("name", "nama", "nom", "nombre", "desa", "village", "_en", "provinsi", "kabupaten", "district"):
        for name in texts:
            if word in name.lower():
                return name
    for name in texts:
        values = [value for value in columns[name] if value]
        if values and len(set(values)) == len(values):
            return name
    return texts[0] if texts else ""
