"""Drawing in a layer: shapes added, changed, cut, joined and led along lines; their attributes; columns and calculation.

Neighbours in the layer that share a border keep sharing it: new corners on a border go into both.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from onekl_desktop.base import shaping
from onekl_desktop.base.errors import UserError
from onekl_desktop.base.expression import parse_expression
from onekl_desktop.base.geometry import from_gpkg, kind_of, parse_shape, repair, to_gpkg, transform
from onekl_desktop.base.ids import new_uuid
from onekl_desktop.base.progress import Progress
from onekl_desktop.base.shaping import NEAR, ShapingError
from onekl_desktop.base.translate import N_, _
from onekl_desktop.base.units import parse_number
from onekl_desktop.engine import Session
from onekl_desktop.exchange.nmea import average, read_fixes
from onekl_desktop.project.attributes import read_rows_for
from onekl_desktop.project.file import Write
from onekl_desktop.project.gpkg import create_rtree, quote, refresh_extent, register_features
from onekl_desktop.project.layers import MOST_COLUMNS, RESERVED, VectorData, free_table_name, list_columns
from onekl_desktop.project.records import Layer
from onekl_desktop.project.styles import load_style
from onekl_desktop.tools.layers.access import check_column, first_style, free_name, get_vector, store_vector

GEOMETRY_TYPES = {"points": "MULTIPOINT", "lines": "MULTILINESTRING", "areas": "MULTIPOLYGON"}
COLUMN_TYPES = {"text": "TEXT", "number": "REAL", "whole": "INTEGER"}
FAMILIES = {"polygon": N_("areas"), "line": N_("lines"), "point": N_("points")}
MANY = 5_000  # rows from which a change of all of them makes a new table instead of row images
_MULTI: dict[str, Callable[[list[BaseGeometry]], BaseGeometry]] = {
    "polygon": shapely.MultiPolygon, "line": shapely.MultiLineString, "point": shapely.MultiPoint,
}  # fmt: skip
_DIMENSIONS = {"point": 0, "line": 1, "polygon": 2}


class Sheet:
    """The shapes of one layer while an operation changes them."""

    def __init__(self, write: Write, layer: str) -> None:
        self.write, self.row = write, get_vector(write, layer)
        self.kind = kind_of(self.row.geometry_type)
        self.table = quote(self.row.table_name)
        self._changes: list[str] = []
        self._fresh: set[int] = set()  # rows added by this operation

    def fit(self, shape: BaseGeometry) -> BaseGeometry:
        """A shape as this layer stores it: sound, flat, of its kind.

        Raises
        ------
        UserError
            `layers.other_kind`, `shape.empty`.
        """
        flat = shapely.force_2d(shape)
        if self.kind == "polygon":
            flat = repair(flat)
        parts = [part for part in _parts(flat) if shapely.get_dimensions(part) == _DIMENSIONS[self.kind]]
        if not parts and not flat.is_empty:
            raise UserError("layers.other_kind", name=self.row.name, kind=_(FAMILIES[self.kind]))
        if not parts or not all(_finite(part) for part in parts):
            raise UserError("shape.empty")
        return _MULTI[self.kind](parts)

    def read(self, keys: Sequence[int]) -> dict[int, BaseGeometry]:
        """Shapes by row id.

        Raises
        ------
        UserError
            `layers.no_shape`: one is not there, or has no shape.
        """
        found = {}
        for key in dict.fromkeys(keys):
            got = self.write.raw.execute(f"SELECT geom FROM {self.table} WHERE id = ?", (key,)).fetchone()
            if got is None or got[0] is None:
                raise UserError("layers.no_shape", name=self.row.name, number=key)
            found[key] = _sound(got[0])
        if not found:
            raise UserError("layers.none_chosen", name=self.row.name)
        return found

    def near(self, shape: BaseGeometry) -> dict[int, BaseGeometry]:
        """All shapes whose box meets that of a shape."""
        if shape.is_empty:
            return {}
        left, bottom, right, top = shape.bounds
        index = quote(f"rtree_{self.row.table_name}_geom")
        rows = self.write.raw.execute(
            f"SELECT t.id, t.geom FROM {self.table} t JOIN {index} r ON t.id = r.id "
            "WHERE r.minx <= ? AND r.maxx >= ? AND r.miny <= ? AND r.maxy >= ? ORDER BY t.id",
            (right + NEAR, left - NEAR, top + NEAR, bottom - NEAR),
        ).fetchall()
        found = {key: _sound(blob) for key, blob in rows if blob is not None}
        return {key: other for key, other in found.items() if not other.is_empty}

    def cut_by(self, line: BaseGeometry, keys: Sequence[int]) -> dict[int, BaseGeometry]:
        """The chosen shapes, or all that a line meets."""
        if keys:
            return self.read(keys)
        return {key: shape for key, shape in self.near(line).items() if shapely.intersects(shape, line)}

    def store(self, after: dict[int, BaseGeometry], *, settled: bool = True) -> None:
        """Write changed shapes (an empty one is removed) and the corners that neighbours get by them."""
        if settled and self.kind == "polygon":
            reach = shapely.union_all([shapely.box(*shape.bounds) for shape in after.values() if not shape.is_empty])
            before = {key: shape for key, shape in self.near(reach).items() if key not in self._fresh}
            after = shaping.settle(before, after)
        for key, shape in after.items():
            if shape.is_empty:
                self.write.raw.execute(f"DELETE FROM {self.table} WHERE id = ?", (key,))
                self._changes.append(f"-{key}")
            else:
                blob = to_gpkg(self.fit(shape), self.write.srs_id)
                self.write.raw.execute(f"UPDATE {self.table} SET geom = ? WHERE id = ?", (blob, key))
                self._changes.append(f"{key} {hashlib.blake2b(blob, digest_size=12).hexdigest()}")

    def add(self, shape: BaseGeometry, values: dict[str, Any] | None = None, like: int | None = None) -> int:
        """A new row; what is not given is as in the row `like`."""
        cells: dict[str, Any] = {}
        if like is not None:
            names = [name for name, _kind in list_columns(self.write.raw, self.row.table_name)]
            if names:
                wanted = ", ".join(map(quote, names))
                got = self.write.raw.execute(f"SELECT {wanted} FROM {self.table} WHERE id = ?", (like,)).fetchone()
                cells = dict(zip(names, got, strict=True))
        cells |= values or {}
        blob = to_gpkg(self.fit(shape), self.write.srs_id)
        columns = ", ".join(map(quote, ["uuid", *cells, "geom"]))
        marks = ", ".join("?" * (len(cells) + 2))
        done = self.write.raw.execute(
            f"INSERT INTO {self.table} ({columns}) VALUES ({marks})", (new_uuid(), *cells.values(), blob)
        )
        self._changes.append(f"+{done.lastrowid} {hashlib.blake2b(blob, digest_size=12).hexdigest()}")
        self._fresh.add(int(done.lastrowid or 0))
        return int(done.lastrowid or 0)

    def note(self, text: str) -> None:
        """A change of something else than a shape, for the content's name."""
        self._changes.append(text)

    def close(self) -> None:
        """Bring count, extent and the name of the content up to date."""
        touch(self.write, self.row, self._changes)


def touch(write: Write, row: Layer, changes: Sequence[str]) -> None:
    """The content of a layer has another name now: that of before with what was done."""
    said = "\n".join([row.content_hash, *changes])
    row.content_hash = hashlib.sha256(said.encode()).hexdigest()
    row.revision += 1
    (row.feature_count,) = write.raw.execute(f"SELECT count(*) FROM {quote(row.table_name)}").fetchone()
    refresh_extent(write.raw, row.table_name, "geom")


def _parts(shape: BaseGeometry) -> list[BaseGeometry]:
    """The simple parts, of collections too."""
    found = []
    for part in shapely.get_parts(shape):
        found += _parts(part) if hasattr(part, "geoms") else [part]
    return [part for part in found if not part.is_empty]


def _finite(shape: BaseGeometry) -> bool:
    xy = shapely.get_coordinates(shape)
    return bool(len(xy)) and bool((abs(xy) < 1e12).all())


def _sound(blob: bytes) -> BaseGeometry:
    try:
        return repair(from_gpkg(blob))
    except ValueError:
        return shapely.Point()


def _change_each(sheet: Sheet, shapes: Sequence[int], change: Callable[[BaseGeometry], BaseGeometry]) -> dict[str, Any]:
    """Change each of the chosen shapes; what cannot be done becomes its sentence."""
    try:
        after = {key: change(shape) for key, shape in sheet.read(shapes).items()}
    except ShapingError as problem:
        raise UserError(problem.reason) from None
    sheet.store(after)
    sheet.close()
    return {"layer": sheet.row.uuid, "name": sheet.row.name, "count": len(after)}


# ------------------------------------------------------------------ layers and shapes


def add_layer(write: Write, name: str, shapes: str = "areas", columns: str = "", role: str = "other") -> dict[str, Any]:
    """An empty layer to draw in; `columns` as "name, trees: whole, yield: number"."""
    named = _read_columns(columns or "name")
    names = [column for column, _kind in named]
    for place, column in enumerate(names):
        _check_new(column, names[:place])
    layer = Layer(name=free_name(write, name), role=role, crs=write.landscape.crs, source=_("drawn here"))
    layer.name_column = next((column for column, kind in named if kind == "TEXT"), "")
    data = VectorData(
        GEOMETRY_TYPES[shapes], shapely.points(range(0), range(0)), {column: [] for column in names}, dict(named)
    )
    store_vector(write, layer, data)
    layer.style = first_style(layer).dump()
    write.add(layer)
    return {"layer": layer.uuid, "name": layer.name}


def _read_columns(text: str) -> list[tuple[str, str]]:
    found = []
    for part in filter(None, (part.strip() for part in text.replace(";", ",").split(","))):
        name, _colon, kind = part.partition(":")
        kind = kind.strip().lower() or "text"
        if kind not in COLUMN_TYPES:
            raise UserError("layers.column_type", column=name.strip(), kind=kind, known=", ".join(COLUMN_TYPES))
        found.append((name.strip(), COLUMN_TYPES[kind]))
    return found


def add_shape(
    write: Write, layer: str, geometry: BaseGeometry, values: Any = None, avoid_overlap: bool = False
) -> dict[str, Any]:
    """A drawn shape with its attributes; `avoid_overlap` leaves out what others cover."""
    sheet = Sheet(write, layer)
    shape = sheet.fit(geometry)
    if avoid_overlap and sheet.kind == "polygon":
        others = sheet.near(shape)
        shape = shaping.without(shape, others.values())
        if shape.is_empty:
            raise UserError("shape.covered")
    key = sheet.add(shape, _values(write, sheet.row, values))
    if sheet.kind == "polygon":
        sheet.store({key: shape})
    sheet.close()
    return {"layer": sheet.row.uuid, "name": sheet.row.name, "shape": key}


def prepare_add_gps(
    session: Session, progress: Progress, layer: str, file: str, how: str = "track", values: Any = None
) -> dict[str, Any]:
    """Read the receiver's file outside the transaction, and bring it to the project's coordinates."""
    fixes = read_fixes(Path(file))
    told: dict[str, Any] = {}
    if how == "point":
        mean = average(fixes)
        shape: BaseGeometry = shapely.Point(mean.longitude, mean.latitude)
        told = {"count": mean.count, "spread_m": round(mean.spread_m, 2)}
    else:
        corners = [(fix.longitude, fix.latitude) for fix in fixes]
        corners = [corner for corner, before in zip(corners, [None, *corners], strict=False) if corner != before]
        least = 3 if how == "area" else 2
        if len(corners) < least:
            raise UserError(
                "gps.too_few", file=file, count=len(corners), kind=_("an area") if how == "area" else _("a line")
            )
        shape = shapely.Polygon(corners) if how == "area" else shapely.LineString(corners)
        told = {"count": len(corners)}
    return {"layer": layer, "geometry": transform(shape, "EPSG:4326", session.crs), "values": values, "told": told}


def add_gps(write: Write, layer: str, geometry: BaseGeometry, values: Any, told: dict[str, Any]) -> dict[str, Any]:
    """Store what was walked as a shape."""
    return add_shape(write, layer, geometry, values) | told


def change_shapes(write: Write, layer: str, shapes: Any) -> dict[str, Any]:
    """New shapes for rows: {"number": shape} with GeoJSON or WKT, as drawn corners leave them."""
    sheet = Sheet(write, layer)
    if not isinstance(shapes, dict) or not shapes:
        raise UserError("layers.none_chosen", name=sheet.row.name)
    after = {}
    for key, given in shapes.items():
        try:
            after[int(key)] = sheet.fit(parse_shape(given))
        except ValueError as problem:
            raise UserError("field.not_shape", title=_("Shape"), reason=problem) from None
    sheet.read(list(after))
    sheet.store(after)
    sheet.close()
    return {"layer": sheet.row.uuid, "name": sheet.row.name, "count": len(after)}


def remove_shapes(write: Write, layer: str, shapes: tuple[int, ...]) -> dict[str, Any]:
    """Take rows out of a layer."""
    sheet = Sheet(write, layer)
    if not shapes:
        raise UserError("layers.none_chosen", name=sheet.row.name)
    for key in dict.fromkeys(shapes):
        done = write.raw.execute(f"DELETE FROM {sheet.table} WHERE id = ?", (key,))
        if not done.rowcount:
            raise UserError("layers.no_shape", name=sheet.row.name, number=key)
        sheet.note(f"-{key}")
    sheet.close()
    return {"layer": sheet.row.uuid, "name": sheet.row.name, "count": len(set(shapes))}


def split_shapes(write: Write, layer: str, line: BaseGeometry, shapes: tuple[int, ...] = ()) -> dict[str, Any]:
    """Cut the chosen shapes, or all that the line goes through; the largest piece keeps the row, all keep the attributes."""
    sheet = Sheet(write, layer)
    after: dict[int, BaseGeometry] = {}
    added = []
    reason = "shape.not_cut"
    for key, shape in sheet.cut_by(line, shapes).items():
        try:
            pieces = shaping.split(shape, line)
        except ShapingError as problem:
            reason = problem.reason
            continue
        after[key] = pieces[0]
        added += [(key, piece) for piece in pieces[1:]]
    if not after:
        raise UserError(reason)
    new = {sheet.add(piece, like=key): piece for key, piece in added}
    sheet.store(after | new)
    sheet.close()
    return {"layer": sheet.row.uuid, "name": sheet.row.name, "count": len(after), "shapes": sorted([*after, *new])}


def merge_shapes(write: Write, layer: str, shapes: tuple[int, ...]) -> dict[str, Any]:
    """Join the chosen shapes in the row of the largest, whose attributes stay."""
    sheet = Sheet(write, layer)
    found = sheet.read(shapes)
    if len(found) < 2:
        raise UserError("shape.one_alone")
    whole = shaping.merge(list(found.values()))
    kept = max(found, key=lambda key: (found[key].area or found[key].length, -key))
    sheet.store({key: whole if key == kept else shapely.Point() for key in found})
    sheet.close()
    return {"layer": sheet.row.uuid, "name": sheet.row.name, "count": len(found), "shape": kept}


def reshape_shapes(
    write: Write, layer: str, line: BaseGeometry, shapes: tuple[int, ...] = (), neighbours: bool = True
) -> dict[str, Any]:
    """Lead the border of a shape along a line; with `neighbours` those beside it give way or follow."""
    sheet = Sheet(write, layer)
    found = sheet.cut_by(line, shapes)
    changed: dict[int, BaseGeometry] = {}
    reason = "shape.not_reshaped"
    for key, shape in found.items():
        try:
            if neighbours and sheet.kind == "polygon":
                others = {
                    k: other
                    for k, other in sheet.near(shapely.union(shape.envelope, line.envelope)).items()
                    if k != key
                }
                new, given = shaping.reshape_with_neighbours(shape, line, others)
                changed |= given | {key: new}
            else:
                changed[key] = shaping.reshape(shape, line)
        except ShapingError as problem:
            reason = problem.reason
            continue
        if neighbours:
            break  # the others have followed
    if not changed:
        raise UserError(reason)
    sheet.store(changed)
    sheet.close()
    return {"layer": sheet.row.uuid, "name": sheet.row.name, "count": len(changed)}


def add_hole(write: Write, layer: str, geometry: BaseGeometry, shapes: tuple[int, ...] = ()) -> dict[str, Any]:
    """Cut a drawn area out of the chosen shapes, or of all below it."""
    sheet = Sheet(write, layer)
    if sheet.kind != "polygon":
        raise UserError("layers.other_kind", name=sheet.row.name, kind=_(FAMILIES[sheet.kind]))
    found = sheet.cut_by(geometry, shapes)
    after = {}
    for key, shape in found.items():
        try:
            after[key] = shaping.add_hole(shape, geometry)
        except ShapingError:
            continue
    if not after:
        raise UserError("shape.no_hole")
    sheet.store(after)
    sheet.close()
    return {"layer": sheet.row.uuid, "name": sheet.row.name, "count": len(after)}


def fill_holes(write: Write, layer: str, shapes: tuple[int, ...]) -> dict[str, Any]:
    """Close the holes of the chosen shapes."""
    return _change_each(Sheet(write, layer), shapes, shaping.fill_holes)


def offset_shapes(write: Write, layer: str, shapes: tuple[int, ...], distance: float) -> dict[str, Any]:
    """Grow or shrink the chosen areas, move the chosen lines aside."""
    sheet = Sheet(write, layer)
    if sheet.kind == "point":
        raise UserError("layers.other_kind", name=sheet.row.name, kind=_(FAMILIES["point"]))
    return _change_each(sheet, shapes, lambda shape: shaping.offset(shape, distance))


def cut_to_landscape(write: Write, layer: str, shapes: tuple[int, ...] = ()) -> dict[str, Any]:
    """Leave out what lies outside the landscape; shapes wholly outside are removed."""
    sheet = Sheet(write, layer)
    boundary = write.landscape.geom
    if boundary is None or boundary.is_empty:
        raise UserError("scenarios.no_area")
    boundary = repair(shapely.set_srid(boundary, 0))
    keys = shapes or tuple(key for (key,) in write.raw.execute(f"SELECT id FROM {sheet.table} WHERE geom IS NOT NULL"))
    shapely.prepare(boundary)
    after: dict[int, BaseGeometry] = {}
    for key, shape in sheet.read(keys).items() if keys else ():
        if not shapely.contains(boundary, shape):
            inside = _parts(shapely.intersection(shape, boundary))
            after[key] = _MULTI[sheet.kind](
                [part for part in inside if shapely.get_dimensions(part) == _DIMENSIONS[sheet.kind]]
            )
    if not after:
        raise UserError("shape.all_inside")
    sheet.store(after)
    sheet.close()
    return {"layer": sheet.row.uuid, "name": sheet.row.name, "count": len(after)}


# ------------------------------------------------------------------ attributes


def _values(write: Write, row: Layer, given: Any) -> dict[str, Any]:
    """Attributes as their columns hold them.

    Raises
    ------
    UserError
        `layers.value`, `record.missing`.
    """
    if given in (None, ""):
        return {}
    if not isinstance(given, dict):
        raise UserError(
            "field.not_json", title=_("Attributes"), reason=_("a pair of column and value for each is expected")
        )
    kinds = dict(list_columns(write.raw, row.table_name))
    out = {}
    for column, value in given.items():
        check_column(write, row, column)
        out[column] = as_cell(column, kinds[column], value)
    return out


def as_cell(column: str, kind: str, value: Any) -> Any:
    """A value as a column of a declared type holds it; '' is nothing."""
    if value is None or value == "":
        return None
    name = kind.upper()
    if name.startswith(("INT", "MEDIUMINT", "SMALLINT", "TINYINT", "BOOL")):
        number = parse_number(int(value) if isinstance(value, bool) else value)
        if number is None or not number.is_integer() or abs(number) >= 2**63:
            raise UserError("layers.value", column=column, value=value, kind=_("whole numbers"))
        return int(number)
    if name.startswith(("REAL", "DOUBLE", "FLOAT", "NUM")):
        number = parse_number(int(value) if isinstance(value, bool) else value)
        if number is None:
            raise UserError("layers.value", column=column, value=value, kind=_("numbers"))
        return number
    return str(value)


def change_values(write: Write, layer: str, shapes: tuple[int, ...], values: Any) -> dict[str, Any]:
    """The same attributes for all chosen shapes."""
    sheet = Sheet(write, layer)
    cells = _values(write, sheet.row, values)
    if not shapes or not cells:
        raise UserError("layers.none_chosen", name=sheet.row.name)
    setting = ", ".join(f"{quote(column)} = ?" for column in cells)
    for key in dict.fromkeys(shapes):
        done = write.raw.execute(f"UPDATE {sheet.table} SET {setting} WHERE id = ?", (*cells.values(), key))
        if not done.rowcount:
            raise UserError("layers.no_shape", name=sheet.row.name, number=key)
        sheet.note(f"{key} {cells}")
    sheet.close()
    return {"layer": sheet.row.uuid, "name": sheet.row.name, "count": len(set(shapes))}


def _check_new(column: str, taken: Sequence[str]) -> None:
    if column.lower() in {name.lower() for name in taken} | RESERVED:
        raise UserError("layers.column_taken", column=column)
    if not column or len(column) > 60 or any(ch < " " for ch in column):
        raise UserError("layers.column_name", column=column[:60])
    if len(taken) >= MOST_COLUMNS:
        raise UserError("layers.column_name", column=column)


def add_column(write: Write, layer: str, column: str, kind: str = "text") -> dict[str, Any]:
    """A new, empty column."""
    row = get_vector(write, layer)
    column = column.strip()
    _check_new(column, [name for name, _kind in list_columns(write.raw, row.table_name)])
    _rebuild(write, row, add=(column, COLUMN_TYPES[kind]))
    return {"layer": row.uuid, "name": row.name, "column": column}


def remove_column(write: Write, layer: str, column: str) -> dict[str, Any]:
    """Take a column out; styles and names that used it fall back."""
    row = get_vector(write, layer)
    check_column(write, row, column)
    style = load_style(row.style)
    if column in (style.column, style.label_column, row.name_column) or any(
        cls.rule and column in parse_expression(cls.rule).columns for cls in style.classes if cls.rule.upper() != "ELSE"
    ):
        raise UserError("layers.column_used", column=column, name=row.name)
    _rebuild(write, row, without=column)
    return {"layer": row.uuid, "name": row.name, "column": column}


def _rebuild(write: Write, row: Layer, *, add: tuple[str, str] | None = None, without: str = "") -> None:
    """The layer's table again with other columns; the old one waits for an undo. Rows keep their keys."""
    raw, old = write.raw, row.table_name
    present = [(name, kind) for name, kind in list_columns(raw, old) if name != without]
    table = free_table_name(raw, row.name)
    declared = "".join(f", {quote(name)} {kind}" for name, kind in [*present, *([add] if add else [])])
    raw.execute(
        f"CREATE TABLE {quote(table)} (id INTEGER PRIMARY KEY, "
        f"uuid TEXT NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(16)))){declared}, geom {row.geometry_type})"
    )
    names = ", ".join(map(quote, ["id", "uuid", *(name for name, _kind in present), "geom"]))
    raw.execute(f"INSERT INTO {quote(table)} ({names}) SELECT {names} FROM {quote(old)}")
    register_features(raw, table, "geom", row.geometry_type, write.srs_id, index=False)
    create_rtree(raw, table, "geom")
    refresh_extent(raw, table, "geom")
    write.capture.add_table(table)
    write.capture.remove_table(old)
    row.table_name = table
    touch(write, row, [f"columns {add} {without}"])


def calculate(
    write: Write, layer: str, column: str, expression: str, where: str = "", kind: str = "number"
) -> dict[str, Any]:
    """Fill a column, made when it is not there, with what an expression gives for each row, or those that `where` holds for."""
    row = get_vector(write, layer)
    column = column.strip()
    formula = parse_expression(expression)
    condition = parse_expression(where) if where.strip() else None
    kinds = dict(list_columns(write.raw, row.table_name))
    given = [formula, *([condition] if condition else [])]
    cells: list[tuple[Any, int]] = []
    declared = kinds.get(column, COLUMN_TYPES[kind])
    for key, values in read_rows_for(write.raw, row.table_name, row.crs, given):
        if condition is None or condition.holds(values):
            found = formula(values)
            if declared == "INTEGER" and isinstance(found, float):
                found = round(found)
            cells.append((as_cell(column, declared, found), key))
    if column not in kinds:
        _check_new(column, list(kinds))
        _rebuild(write, row, add=(column, declared))
    elif len(cells) > MANY:
        _rebuild(write, row)
    write.raw.executemany(f"UPDATE {quote(row.table_name)} SET {quote(column)} = ? WHERE id = ?", cells)
    touch(write, row, [f"calculated {column} {expression} {where}"])
    unknown = sum(value is None for value, _key in cells)
    return {"layer": row.uuid, "name": row.name, "column": column, "count": len(cells), "unknown": unknown}
