"""New layers out of others: clip, intersection, union, difference, dissolve, buffer, joins, statistics of zones.

What is read and computed happens in `prepare_…`, outside the transaction and with progress; storing is one step. Shapes
are laid over each other exactly (GEOS OverlayNG); only results of the layer's own kind are kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.geometry import area_ha, from_gpkg, kind_of, repair, rings_of
from onekl_desktop.base.progress import Progress
from onekl_desktop.base.rasters import RasterSource, Window
from onekl_desktop.base.shaping import SLIVER
from onekl_desktop.base.translate import _
from onekl_desktop.base.units import parse_number
from onekl_desktop.engine import Session
from onekl_desktop.exchange.table import read_table
from onekl_desktop.native.drawing import fill_polygon
from onekl_desktop.project.file import Write
from onekl_desktop.project.gpkg import quote
from onekl_desktop.project.layers import VectorData, column_names, list_columns
from onekl_desktop.project.queries.records import get_by_name, get_landscape, list_classes
from onekl_desktop.project.records import Layer
from onekl_desktop.tools.layers.access import first_style, free_name, store_vector

AT_ONCE = 2_000  # pairs of shapes between two looks at whether it was cancelled
STRIP = 4_000_000  # cells that are read at once
_TYPES = {"polygon": "MULTIPOLYGON", "line": "MULTILINESTRING", "point": "MULTIPOINT"}
_DIMENSIONS = {"polygon": 2, "line": 1, "point": 0}
_COLLECT: dict[str, Callable[[list[BaseGeometry]], BaseGeometry]] = {
    "polygon": shapely.MultiPolygon, "line": shapely.MultiLineString, "point": shapely.MultiPoint,
}  # fmt: skip


@dataclass
class Rows:
    """A vector layer in memory: sound shapes with their attributes."""

    layer: Layer
    shapes: np.ndarray
    columns: dict[str, list[Any]]
    types: dict[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """polygon, line or point."""
        return kind_of(self.layer.geometry_type)

    def pick(self, rows: Sequence[int]) -> dict[str, list[Any]]:
        """The attributes of rows, also of some several times."""
        return {name: [values[row] for row in rows] for name, values in self.columns.items()}


@dataclass
class Made:
    """A new layer, computed and not yet stored."""

    name: str
    data: VectorData
    like: Layer
    told: str


# ------------------------------------------------------------------ reading and storing


def _find(session: Session, name: str, field_id: str) -> Layer:
    with session.read() as db:
        return get_by_name(db, Layer, name, field=field_id)


def read_rows(session: Session, name: str, field_id: str = "layer") -> Rows:
    """All shapes of a vector layer, repaired; rows without a shape are left out.

    Raises
    ------
    UserError
        `record.missing`, `layers.not_vector`, `layers.nothing`.
    """
    layer = _find(session, name, field_id)
    if layer.data_kind != "vector":
        raise UserError("layers.not_vector", name=layer.name)
    with session.project.read_raw() as raw:
        listed = list_columns(raw, layer.table_name)
        wanted = ", ".join(["geom", *(quote(column) for column, _kind in listed)])
        found = raw.execute(
            f"SELECT {wanted} FROM {quote(layer.table_name)} WHERE geom IS NOT NULL ORDER BY id"
        ).fetchall()
    shapes, cells = [], []
    for blob, *values in found:
        try:
            shape = repair(from_gpkg(blob))
        except ValueError:
            continue
        if not shape.is_empty:
            shapes.append(shape)
            cells.append(values)
    if not shapes:
        raise UserError("layers.nothing", name=layer.name)
    columns = {column: [row[at] for row in cells] for at, (column, _kind) in enumerate(listed)}
    return Rows(layer, np.array(shapes, dtype=object), columns, dict(listed))


def _made(name: str, given: str, rows: Rows, shapes: Sequence[BaseGeometry] | np.ndarray, columns: dict[str, list[Any]], types: dict[str, str],
          kind: str = "") -> dict[str, Any]:  # fmt: skip
    """What storing needs; a result without a shape is refused."""
    kind = kind or rows.kind
    if not len(shapes):
        raise UserError("layers.no_result", name=rows.layer.name)
    collected = np.empty(len(shapes), dtype=object)
    collected[:] = [_COLLECT[kind](_parts(shape, kind)) for shape in shapes]
    data = VectorData(_TYPES[kind], collected, columns, types)
    return {"made": Made(given.strip() or name, data, rows.layer, name), "name": given.strip() or name}


def _store(write: Write, made: Made, name: str) -> dict[str, Any]:
    """Store what was prepared as a new layer."""
    layer = Layer(
        name=free_name(write, made.name), crs=write.landscape.crs, year=made.like.year, licence=made.like.licence, role="other",
        source=made.told, name_column=made.like.name_column if made.like.name_column in made.data.columns else "",
    )  # fmt: skip
    store_vector(write, layer, made.data)
    layer.style = first_style(layer).dump()
    write.add(layer)
    return {"layer": layer.uuid, "name": layer.name, "count": len(made.data.shapes)}


def _parts(shape: BaseGeometry, kind: str) -> list[BaseGeometry]:
    """The parts of a result that are of the kind, without slivers."""
    found = []
    for part in shapely.get_parts(shape):
        if hasattr(part, "geoms"):
            found += _parts(part, kind)
        elif (
            not part.is_empty
            and shapely.get_dimensions(part) == _DIMENSIONS[kind]
            and (kind != "polygon" or part.area > SLIVER)
        ):
            found.append(part)
    return found


def _chunks(count: int, progress: Progress) -> Iterator[slice]:
    for start in range(0, count, AT_ONCE):
        progress.report(start / max(count, 1))
        yield slice(start, min(start + AT_ONCE, count))


# ------------------------------------------------------------------ overlay


def _pairs(left: np.ndarray, right: np.ndarray, predicate: str = "intersects") -> tuple[np.ndarray, np.ndarray]:
    """Numbers of the shapes of both sides that meet, in the order of the left."""
    shapely.prepare(left)
    a, b = shapely.STRtree(right).query(left, predicate=predicate)
    order = np.lexsort((b, a))
    return a[order], b[order]


def _intersect(left: Rows, right: Rows, progress: Progress) -> tuple[list[BaseGeometry], list[int], list[int]]:
    a, b = _pairs(left.shapes, right.shapes)
    shapes, rows, others = [], [], []
    for part in _chunks(len(a), progress):
        found = shapely.intersection(left.shapes[a[part]], right.shapes[b[part]])
        for shape, row, other in zip(found, a[part].tolist(), b[part].tolist(), strict=True):
            if _parts(shape, left.kind):
                shapes.append(shape)
                rows.append(row)
                others.append(other)
    return shapes, rows, others


def _subtract(left: Rows, right: np.ndarray, progress: Progress) -> tuple[list[BaseGeometry], list[int]]:
    a, b = _pairs(left.shapes, right)
    starts = np.searchsorted(a, np.arange(len(left.shapes) + 1))
    shapes, rows = [], []
    for part in _chunks(len(left.shapes), progress):
        for row in range(part.start, part.stop):
            taken = right[b[starts[row] : starts[row + 1]]]
            shape = left.shapes[row]
            left_over = shapely.difference(shape, shapely.union_all(taken)) if len(taken) else shape
            if _parts(left_over, left.kind):
                shapes.append(left_over)
                rows.append(row)
    return shapes, rows


def _both(left: Rows, right: Rows) -> tuple[dict[str, str], dict[str, str]]:
    """Names of the right columns beside the left ones, and the types of all."""
    names = dict(zip(right.columns, column_names([*left.columns, *right.columns])[len(left.columns) :], strict=True))
    return names, left.types | {names[column]: kind for column, kind in right.types.items()}


def prepare_clip_layer(
    session: Session, progress: Progress, layer: str, by: str = "", name: str = ""
) -> dict[str, Any]:
    """What lies within another layer's areas, or within the landscape."""
    rows = read_rows(session, layer)
    if by:
        cutter, told = shapely.union_all(read_rows(session, by, "by").shapes), by
    else:
        with session.read() as db:
            landscape = get_landscape(db)
        if landscape.geom is None or landscape.geom.is_empty:
            raise UserError("scenarios.no_area")
        cutter, told = repair(shapely.set_srid(landscape.geom, 0)), landscape.name
    if shapely.get_dimensions(cutter) != 2:
        raise UserError("layers.not_areas", name=by)
    shapely.prepare(cutter)
    shapes, chosen = [], []
    for part in _chunks(len(rows.shapes), progress):
        own = rows.shapes[part]
        whole = shapely.contains(cutter, own)
        for at in np.flatnonzero(shapely.intersects(cutter, own)).tolist():
            shape = own[at] if whole[at] else shapely.intersection(own[at], cutter)
            if _parts(shape, rows.kind):
                shapes.append(shape)
                chosen.append(part.start + at)
    title = _("{layer} within {other}").format(layer=rows.layer.name, other=told)
    return _made(title, name, rows, shapes, rows.pick(chosen), rows.types)


def prepare_intersect_layers(
    session: Session, progress: Progress, layer: str, other: str, name: str = ""
) -> dict[str, Any]:
    """Each piece that both have, with the attributes of both."""
    left, right = read_rows(session, layer), read_rows(session, other, "other")
    if right.kind != "polygon":
        raise UserError("layers.not_areas", name=right.layer.name)
    shapes, rows, others = _intersect(left, right, progress)
    names, types = _both(left, right)
    columns = left.pick(rows) | {names[column]: values for column, values in right.pick(others).items()}
    title = _("{layer} and {other}").format(layer=left.layer.name, other=right.layer.name)
    return _made(title, name, left, shapes, columns, types)


def prepare_subtract_layer(
    session: Session, progress: Progress, layer: str, other: str, name: str = ""
) -> dict[str, Any]:
    """What lies outside another layer's areas."""
    left, right = read_rows(session, layer), read_rows(session, other, "other")
    if right.kind != "polygon":
        raise UserError("layers.not_areas", name=right.layer.name)
    shapes, rows = _subtract(left, right.shapes, progress)
    title = _("{layer} without {other}").format(layer=left.layer.name, other=right.layer.name)
    return _made(title, name, left, shapes, left.pick(rows), left.types)


def prepare_unite_layers(
    session: Session, progress: Progress, layer: str, other: str, name: str = ""
) -> dict[str, Any]:
    """All pieces of both: where both are, where only the one is, where only the other is."""
    left, right = read_rows(session, layer), read_rows(session, other, "other")
    for side in (left, right):
        if side.kind != "polygon":
            raise UserError("layers.not_areas", name=side.layer.name)
    shapes, rows, others = _intersect(left, right, progress.part(0.0, 0.4))
    alone, own = _subtract(left, right.shapes, progress.part(0.4, 0.7))
    beside, theirs = _subtract(right, left.shapes, progress.part(0.7, 1.0))
    names, types = _both(left, right)
    nothing, void = [None] * len(own), [None] * len(theirs)
    columns = {column: [*values, *left.pick(own)[column], *void] for column, values in left.pick(rows).items()}
    for column, values in right.pick(others).items():
        columns[names[column]] = [*values, *nothing, *right.pick(theirs)[column]]
    title = _("{layer} with {other}").format(layer=left.layer.name, other=right.layer.name)
    return _made(title, name, left, [*shapes, *alone, *beside], columns, types)


def prepare_dissolve_layer(
    session: Session, progress: Progress, layer: str, column: str = "", name: str = ""
) -> dict[str, Any]:
    """One shape for each value of a column, with the count of what went into it and the sums of the numbers."""
    rows = read_rows(session, layer)
    if column and column not in rows.columns:
        known = _("There are: {names}.").format(names=", ".join(rows.columns))
        raise UserError("record.missing", field="column", kind=_("column"), value=column, known=known)
    groups: dict[Any, list[int]] = {}
    for row, value in enumerate(rows.columns[column] if column else [None] * len(rows.shapes)):
        groups.setdefault(value, []).append(row)
    shapes = []
    for number, members in enumerate(groups.values()):
        progress.report(number / len(groups))
        joined = shapely.union_all(rows.shapes[members])
        shapes.append(shapely.line_merge(joined) if rows.kind == "line" else joined)
    numbers = [
        name
        for name, kind in rows.types.items()
        if name != column and kind.upper() in ("REAL", "INTEGER", "DOUBLE", "FLOAT")
    ]
    count = column_names([*([column] if column else []), "count"])[-1]
    columns: dict[str, list[Any]] = {column: list(groups)} if column else {}
    columns[count] = [len(members) for members in groups.values()]
    for number_column in numbers:
        known_values = [[rows.columns[number_column][row] for row in members] for members in groups.values()]
        columns[number_column] = [_sum(values) for values in known_values]
    types = {column: rows.types[column]} if column else {}
    types |= {count: "INTEGER"} | {number: rows.types[number] for number in numbers}
    title = (
        _("{layer} by {column}").format(layer=rows.layer.name, column=column)
        if column
        else _("{layer} in one").format(layer=rows.layer.name)
    )
    return _made(title, name, rows, shapes, columns, types)


def _sum(values: list[Any]) -> Any:
    """The sum of what is known; nothing when nothing is."""
    known = [value for value in values if isinstance(value, (int, float)) and not isinstance(value, bool)]
    return sum(known) if known else None


def prepare_buffer_layer(
    session: Session, progress: Progress, layer: str, distance: float, together: bool = False, name: str = ""
) -> dict[str, Any]:
    """Areas within a distance of shapes, in the metres of the project's map; below 0 areas shrink."""
    rows = read_rows(session, layer)
    shapes: list[BaseGeometry] = []
    chosen: list[int] = []
    for part in _chunks(len(rows.shapes), progress):
        for at, shape in enumerate(shapely.buffer(rows.shapes[part], distance, quad_segs=16)):
            if _parts(shape, "polygon"):
                shapes.append(shape)
                chosen.append(part.start + at)
    title = _("{layer} and {distance} m around").format(layer=rows.layer.name, distance=f"{distance:g}")
    if together:
        whole = shapely.union_all(np.array(shapes, dtype=object)) if shapes else None
        shapes = list(shapely.get_parts(whole)) if whole is not None else []
        return _made(title, name, rows, shapes, {"area_ha": [area_ha(shape, session.crs) for shape in shapes]}, {"area_ha": "REAL"}, "polygon")  # fmt: skip
    return _made(title, name, rows, shapes, rows.pick(chosen), rows.types, "polygon")


# ------------------------------------------------------------------ joins


def prepare_join_table(
    session: Session, progress: Progress, layer: str, column: str, file: str, table_column: str, name: str = ""
) -> dict[str, Any]:
    """The layer with the columns of a table beside, row by row of the same value."""
    rows, table = read_rows(session, layer), read_table(Path(file))
    for value, known, field_id in ((column, list(rows.columns), "column"), (table_column, table.heads, "table_column")):
        if value not in known:
            told = _("There are: {names}.").format(names=", ".join(known))
            raise UserError("record.missing", field=field_id, kind=_("column"), value=value, known=told)
    at = table.heads.index(table_column)
    found: dict[str, int] = {}
    for number, cells in enumerate(table.rows):
        found.setdefault(_match(cells[at]), number)
    others = [found.get(_match(value), -1) for value in rows.columns[column]]
    if not any(other >= 0 for other in others):
        raise UserError("layers.no_match", name=rows.layer.name, column=column, file=file, other=table_column)
    heads = [head for head in table.heads if head != table_column]
    new = column_names([*rows.columns, *heads])[len(rows.columns) :]
    columns, types = dict(rows.columns), dict(rows.types)
    for head, title in zip(heads, new, strict=True):
        place = table.heads.index(head)
        values = [table.rows[other][place] if other >= 0 else None for other in others]
        columns[title], types[title] = as_column(values)
    title = _("{layer} with {other}").format(layer=rows.layer.name, other=Path(file).stem)
    return _made(title, name, rows, rows.shapes, columns, types)


def as_column(values: list[Any]) -> tuple[list[Any], str]:
    """Values of a table with the type of the column that holds them: numbers when all are, but codes such as 007 stay texts."""
    known = [value for value in values if value is not None and value != ""]
    coded = any(isinstance(value, str) and re.match(r"\s*0\d", value) for value in known)
    if not known or coded or any(parse_number(value) is None for value in known):
        return [None if value is None or value == "" else str(value) for value in values], "TEXT"
    found = [None if value is None or value == "" else parse_number(value) for value in values]
    if all(number is None or (number.is_integer() and abs(number) < 2**53) for number in found):
        return [None if number is None else int(number) for number in found], "INTEGER"
    return found, "REAL"


def _match(value: Any) -> str:
    """A value as it is compared: 7, 7.0 and "7" are the same, blanks at the ends do not count."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value if value is not None else "\0").strip().casefold()


HOW = {"meets": "intersects", "within": "within"}


def prepare_join_layer(
    session: Session, progress: Progress, layer: str, other: str, how: str = "meets", name: str = ""
) -> dict[str, Any]:
    """The layer with the attributes of the first shape of another that each meets, lies within or is nearest to."""
    left, right = read_rows(session, layer), read_rows(session, other, "other")
    partners = np.full(len(left.shapes), -1, np.int64)
    away = np.full(len(left.shapes), np.nan)
    if how == "nearest":
        tree = shapely.STRtree(right.shapes)
        for part in _chunks(len(left.shapes), progress):
            (a, b), distance = tree.query_nearest(left.shapes[part], return_distance=True)
            for row, partner, gap in zip(a[::-1], b[::-1], distance[::-1], strict=True):
                partners[part.start + row], away[part.start + row] = partner, gap
    else:
        a, b = _pairs(left.shapes, right.shapes, HOW[how])
        partners[a[::-1]] = b[::-1]
    if (partners < 0).all():
        raise UserError("layers.no_result", name=left.layer.name)
    names, types = _both(left, right)
    columns = dict(left.columns)
    for column, values in right.columns.items():
        columns[names[column]] = [values[row] if row >= 0 else None for row in partners.tolist()]
    if how == "nearest":
        title = column_names([*columns, "distance_m"])[-1]
        columns[title], types[title] = [round(float(gap), 3) for gap in away], "REAL"
    title = _("{layer} with {other}").format(layer=left.layer.name, other=right.layer.name)
    return _made(title, name, left, left.shapes, columns, types)


# ------------------------------------------------------------------ statistics of zones


@dataclass
class Tally:
    """Count, sum, sum of squares about a shift, least and greatest of the cells of a zone; cells by class."""

    count: int = 0
    total: float = 0.0
    squares: float = 0.0
    least: float = np.inf
    most: float = -np.inf
    classes: dict[int, int] = field(default_factory=dict)

    def add(self, values: np.ndarray) -> None:
        """More cells. Variances are joined after Chan, Golub & LeVeque (1983, eq. 2.1), which does not lose digits."""
        if not len(values):
            return
        count, total = len(values), float(values.sum())
        squares = float(((values - total / count) ** 2).sum())
        if self.count:
            gap = total / count - self.total / self.count
            squares += self.squares + gap**2 * self.count * count / (self.count + count)
        self.count, self.total, self.squares = self.count + count, self.total + total, squares
        self.least, self.most = min(self.least, float(values.min())), max(self.most, float(values.max()))


def tally_zone(source: RasterSource, shape: BaseGeometry, classes: bool) -> Tally:
    """The cells of a raster whose centre an area holds; one that holds none takes those of its bounding box (as InVEST does)."""
    xy, offsets = rings_of(shape)
    window = source.grid.window_of(shape.bounds)
    cells = source.grid.to_cells(xy) if len(xy) else xy
    for masked in (True, False):
        tally = Tally()
        held = 0
        step = max(1, STRIP // max(window.columns, 1))
        for row in range(window.row, window.row + window.rows, step):
            part = Window(row, window.column, min(step, window.row + window.rows - row), window.columns)
            if not part.rows or not part.columns:
                continue
            mask = np.ones((part.rows, part.columns), np.uint8)
            if masked:
                mask[:] = 0
                fill_polygon(cells - (part.column, part.row), offsets, mask)
            held += int(mask.sum())
            values = np.asarray(source.read(part))
            chosen = mask.astype(bool)
            if source.nodata is not None:
                chosen &= values != source.nodata
            if values.dtype.kind == "f":
                chosen &= np.isfinite(values)
            if classes:
                codes, counts = np.unique(values[chosen], return_counts=True)
                for code, count in zip(codes.tolist(), counts.tolist(), strict=True):
                    tally.classes[int(code)] = tally.classes.get(int(code), 0) + count
                tally.count += int(chosen.sum())
            else:
                tally.add(values[chosen].astype(np.float64))
        if held:
            break
    return tally


def prepare_zonal_statistics(
    session: Session, progress: Progress, layer: str, raster: str, prefix: str = "", name: str = ""
) -> dict[str, Any]:
    """The zones with what a raster holds in each: hectares of classes, or cells, mean, sum, least, greatest and spread."""
    rows = read_rows(session, layer)
    if rows.kind != "polygon":
        raise UserError("layers.not_areas", name=rows.layer.name)
    other = _find(session, raster, "raster")
    if other.data_kind != "raster":
        raise UserError("layers.not_raster", name=other.name)
    source = session.open_raster(other)
    tallies = []
    for number, shape in enumerate(rows.shapes):
        progress.report(number / len(rows.shapes))
        tallies.append(tally_zone(source, shape, bool(other.legend)))
    new: dict[str, list[Any]] = {}
    if other.legend:
        with session.read() as db:
            names = {cls.code: cls.name for cls in list_classes(db, other.legend)}
        cell = source.grid.cell_area_ha
        for code in sorted({code for tally in tallies for code in tally.classes}):
            new[f"{names.get(code, code)} ha"] = [tally.classes.get(code, 0) * cell for tally in tallies]
    else:
        has = [tally.count > 0 for tally in tallies]
        new["cells"] = [tally.count for tally in tallies]
        new["mean"] = [tally.total / tally.count if known else None for tally, known in zip(tallies, has, strict=True)]
        new["sum"] = [tally.total if known else None for tally, known in zip(tallies, has, strict=True)]
        new["least"] = [tally.least if known else None for tally, known in zip(tallies, has, strict=True)]
        new["greatest"] = [tally.most if known else None for tally, known in zip(tallies, has, strict=True)]
        new["deviation"] = [
            (tally.squares / tally.count) ** 0.5 if known else None for tally, known in zip(tallies, has, strict=True)
        ]
    if not new:
        raise UserError("layers.no_result", name=rows.layer.name)
    titles = column_names([*rows.columns, *(f"{prefix}{title}" for title in new)])[len(rows.columns) :]
    columns = rows.columns | dict(zip(titles, new.values(), strict=True))
    types = rows.types | {
        title: "INTEGER" if key == "cells" else "REAL" for title, key in zip(titles, new, strict=True)
    }
    title = _("{layer} with {other}").format(layer=rows.layer.name, other=other.name)
    return _made(title, name, rows, rows.shapes, columns, types)


clip_layer = intersect_layers = subtract_layer = unite_layers = dissolve_layer = buffer_layer = _store
join_table = join_layer = zonal_statistics = _store
