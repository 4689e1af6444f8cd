"""Vector files: every kind that is opened here, read whole as shapes and columns, with what had to be decided on the way."""

from __future__ import annotations

import itertools
import math
import re
import tempfile
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from onekl_desktop.base.errors import UserError, explain_os_error, make_problem
from onekl_desktop.base.translate import _, ngettext
from onekl_desktop.exchange import archive, geojson, points, shapefile, table

GDAL_SUFFIXES = (
    ".gpkg",
    ".geojson",
    ".json",
    ".topojson",
    ".shp",
    ".kml",
    ".kmz",
    ".gpx",
    ".fgb",
    ".tab",
    ".mif",
    ".gml",
    ".dxf",
)
SUFFIXES = (*GDAL_SUFFIXES, *table.SUFFIXES)
_PARTS_OF_SHAPEFILE = (".shx", ".prj", ".cpg", ".sbn", ".sbx", ".qpj")
_FOLDERS = (".kml", ".kmz")
# What a file of this ending begins with. GDAL looks at the content alone: a text that names other files or
# servers would be followed under any ending.
_BEGINS = {
    ".gpkg": (b"SQLite format 3\0",), ".shp": (b"\x00\x00\x27\x0a",), ".kmz": (b"PK",), ".fgb": (b"fgb",),
    ".geojson": (b"{", b"["), ".json": (b"{", b"["), ".topojson": (b"{",), ".tab": (b"!",), ".mif": (b"V", b"v"),
}  # fmt: skip
_ROOTS = {".kml": ("kml",), ".gpx": ("gpx",), ".gml": ("FeatureCollection", "Dataset", "GML")}


@dataclass
class RawVector:
    """A vector file as read.

    `shapes` are in the file's own CRS (`crs` '' when it names none), None where a row has none that can be read;
    `reasons` say why not. `numbers` are what people call the rows: lines of a table, else counted from 1.
    `degrees_typed` marks coordinates that people typed, whose order may be wrong.
    """

    path: Path
    layer: str
    crs: str
    shapes: np.ndarray
    columns: dict[str, np.ndarray] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    reasons: dict[int, str] = field(default_factory=dict)
    numbers: list[int] = field(default_factory=list)
    degrees_typed: bool = False


# ------------------------------------------------------------------ what a file holds


def list_layers(path: Path) -> list[str]:
    """What there is to choose from: layers, sheets, or files of an archive. Empty layers are left out.

    Raises
    ------
    UserError
        `file.missing`, `import.unreadable` and its kin.
    """
    suffix = path.suffix.lower()
    if suffix == ".zip":
        return archive.list_members(path, SUFFIXES)
    if suffix in table.SUFFIXES:
        return table.list_sheets(path)
    if suffix == ".shp":
        check_content(path)
        return [path.stem]
    return [name for name, _count in _list_filled(path)]


def _list_filled(path: Path) -> list[tuple[str, int]]:
    """Layers with at least one feature (all of them when none has), and how many."""
    import pyogrio

    check_content(path)
    names = []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for name, kind in pyogrio.list_layers(path):
                if kind is not None or path.suffix.lower() == ".gpkg":
                    names.append(
                        (str(name), pyogrio.read_info(path, layer=str(name), force_feature_count=True)["features"])
                    )
    except Exception as problem:  # noqa: BLE001 - on broken files these libraries raise anything
        raise _unreadable(path, problem) from None
    filled = [item for item in names if item[1]]
    if path.suffix.lower() == ".gpx":  # the points of a track are the track again
        kinds = {name for name, _count in filled}
        filled = [
            item for item in filled if item[0].replace("_points", "s") not in kinds or not item[0].endswith("_points")
        ]
    return filled or names


def check_content(path: Path) -> None:
    """Whether the file begins as its ending promises.

    Raises
    ------
    UserError
        `file.missing`, `file.is_folder`, `import.unreadable`, `import.shapefile_part`.
    """
    if not path.exists():
        raise UserError("file.missing", file=path)
    if path.is_dir():
        raise UserError("file.is_folder", file=path)
    suffix = path.suffix.lower()
    if suffix in _PARTS_OF_SHAPEFILE:
        raise UserError("import.shapefile_part", file=path, main=f"{path.stem}.shp")
    try:
        with path.open("rb") as stream:
            head = stream.read(4096)
    except OSError as problem:
        raise explain_os_error(problem, path) from None
    if not head.strip():
        raise UserError("import.unreadable", file=path, reason=_("the file is empty"))
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    begins = _BEGINS.get(suffix)
    if begins is not None and not text.startswith(begins) and not head.startswith(begins):
        if suffix in (".geojson", ".json"):
            raise UserError(
                "import.bad_geojson",
                file=path,
                reason=geojson.explain_file(path) or _("it is not JSON that can be read"),
            )
        raise UserError(
            "import.unreadable",
            file=path,
            reason=_("its content is not what its ending {suffix} promises").format(suffix=suffix),
        )
    roots = _ROOTS.get(suffix)
    if roots is not None:
        words = re.findall(r"<\s*(?:[\w.-]+:)?([A-Za-z][\w.-]*)", _as_text(head))
        if not words or (words[0] not in roots and suffix != ".gml") or words[0].startswith("OGRVRT"):
            raise UserError(
                "import.unreadable",
                file=path,
                reason=_("its content is not what its ending {suffix} promises").format(suffix=suffix),
            )
    if suffix == ".shp" and shapefile.part_of(path, ".dbf") is None and path.stat().st_size <= 100:
        raise UserError("import.no_features", file=path)


def _as_text(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", errors="replace")
    return head.decode("utf-8", errors="replace")


def _unreadable(path: Path, problem: BaseException) -> UserError:
    if path.suffix.lower() in (".geojson", ".json"):
        reason = geojson.explain_file(path)
        if reason:
            return UserError("import.bad_geojson", file=path, reason=reason)
    if "not recognized" in str(problem) or "not supported" in str(problem):
        empty = path.suffix.lower() == ".gpkg"
        promised = _("its content is not what its ending {suffix} promises").format(suffix=path.suffix)
        return UserError("import.unreadable", file=path, reason=_("it holds no layer") if empty else promised)
    text = str(problem).replace(str(path), path.name).strip().splitlines()
    return UserError(
        "import.unreadable", file=path, reason=(text[0] if text else type(problem).__name__)[:200].rstrip(".")
    )


# ------------------------------------------------------------------ reading


def read_vector(
    path: Path, layer: str = "", *, encoding: str = "", source_crs: str = "", x: str = "", y: str = ""
) -> RawVector:
    """Read all features of a layer, of a sheet with coordinates, or of a file in an archive.

    Parameters
    ----------
    layer
        Layer, sheet, or `member` or `member|layer` of an archive. Without it the only one that holds something
        is taken; the folders of a KML file are taken together.
    encoding
        Of texts that do not name theirs.
    source_crs, x, y
        For tables: the system of the numbers and the columns they stand in, where that cannot be seen.

    Raises
    ------
    UserError
        `file.missing`, `import.unreadable`, `import.bad_geojson`, `import.several_layers`, `import.no_layer`,
        `import.no_features`, `import.no_coordinates`, `import.encoding`, `import.archive`.
    """
    encoding = shapefile.check_encoding(encoding) if encoding else ""
    suffix = path.suffix.lower()
    if suffix == ".zip":
        member, _bar, inner = layer.partition("|")
        members = list_layers(path)
        if member and member not in members:
            raise UserError("import.no_layer", file=path, layer=member, found=", ".join(members) or "–")
        if not members:
            raise UserError("import.archive", file=path, reason=_("it holds no file that can be imported"))
        if not member and len(members) > 1:
            raise UserError("import.several_layers", file=path, found=", ".join(members))
        member = member or members[0]
        with archive.unpacked(path, member) as found:
            raw = read_vector(found, inner, encoding=encoding, source_crs=source_crs, x=x, y=y)
        raw.path = path
        raw.notes.insert(0, _("{member} is taken out of {file}.").format(member=member, file=path.name))
        return raw
    if suffix == ".dbf" and shapefile.part_of(path, ".shp") is not None:
        raise UserError("import.shapefile_part", file=path, main=f"{path.stem}.shp")
    if suffix in table.SUFFIXES:
        return _read_places(table.read_table(path, layer, encoding=encoding), source_crs, x, y)
    if suffix == ".shp":
        check_content(path)
        with shapefile.with_index(path) as found:
            raw = _read_shapefile(found, encoding)
            raw.path = path
            if found != path:
                raw.notes.append(
                    _("The index {file} is missing; it was made anew for reading.").format(file=f"{path.stem}.shx")
                )
        return raw
    filled = _list_filled(path)
    names = [name for name, _count in filled]
    layer = _match(layer, names)
    if layer and layer not in names:
        raise UserError("import.no_layer", file=path, layer=layer, found=", ".join(map(str.strip, names)) or "–")
    if not names or not any(count for _name, count in filled):
        if suffix == ".kml" and b"<NetworkLink" in path.read_bytes():
            raise UserError("import.virtual", file=path)
        raise UserError("import.no_features", file=path)
    if not layer and len(names) > 1:
        if suffix in _FOLDERS:
            return _read_folders(path, names, encoding)
        raise UserError("import.several_layers", file=path, found=", ".join(names))
    return _read_layer(path, layer or names[0], encoding, x, y)


def _match(layer: str, names: list[str]) -> str:
    """A layer whose name in the file has white space round it, as KML files have."""
    return next((name for name in names if name.strip() == layer.strip()), layer) if layer else ""


def _read_layer(path: Path, layer: str, encoding: str, x: str = "", y: str = "") -> RawVector:
    meta, wkb, values = _read_with_gdal(path, layer, encoding)
    columns = dict(zip(map(str, meta["fields"]), values, strict=True))
    if wkb is None or all(not item for item in wkb):
        if path.suffix.lower() == ".gpkg" and len(values):
            rows = [list(cells) for cells in zip(*(_plain_cells(column) for column in values), strict=True)]
            given = table.TableData(path, list(columns), rows, list(range(1, len(rows) + 1)), sheet=layer)
            if points.find_columns(given, x, y) is not None:
                return _read_places(given, "", x, y)
        if path.suffix.lower() == ".kml" and wkb is not None and any(item == b"" for item in wkb):
            return _read_rings(path, layer)
    shapes, notes = _to_shapes(wkb, len(values[0]) if len(values) else 0)
    raw = RawVector(path, layer, _crs_code(meta.get("crs")), shapes, columns, notes)
    raw.numbers = list(range(1, len(raw.shapes) + 1))
    if path.suffix.lower() in (".geojson", ".json") and any(shape is None or shape.is_empty for shape in raw.shapes):
        told = geojson.explain_features(path)
        if len(told) == len(raw.shapes):
            raw.reasons = {
                at: reason
                for at, reason in enumerate(told)
                if reason and (raw.shapes[at] is None or raw.shapes[at].is_empty)
            }
    if not len(raw.shapes):
        raise UserError("import.no_features", file=path)
    if all(shape is None or shape.is_empty for shape in raw.shapes) and raw.reasons:
        problems = [
            make_problem("import.row", row=at + 1, file=path, reason=reason)
            for at, reason in sorted(raw.reasons.items())[:20]
        ]
        raise UserError("import.no_features", problems, file=path)
    return raw


def _plain_cells(column: np.ndarray) -> list[Any]:
    return [
        None if value is None or (isinstance(value, float) and math.isnan(value)) else value
        for value in column.tolist()
    ]


def _read_with_gdal(
    path: Path, layer: str, encoding: str
) -> tuple[dict[str, Any], np.ndarray | None, list[np.ndarray]]:
    from pyogrio import read_info
    from pyogrio.raw import read

    options = {"DOWNLOAD_SCHEMA": "NO"} if path.suffix.lower() == ".gml" else {}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            table.check_count(path, read_info(path, layer=layer or None, force_feature_count=True)["features"])
            meta, _fids, wkb, values = read(
                path, layer=layer or None, encoding=encoding or None, force_2d=True, **options
            )
    except UserError:
        raise
    except Exception as problem:  # noqa: BLE001 - on broken files these libraries raise anything
        raise _unreadable(path, problem) from None
    return meta, wkb, list(values)


def _to_shapes(wkb: np.ndarray | None, count: int) -> tuple[np.ndarray, list[str]]:
    """Shapes from WKB, and what to say: rings that are not closed are closed, what is no shape at all becomes None."""
    if wkb is None:
        return np.full(count, None, dtype=object), []
    given = np.array([*(item or None for item in wkb), None], dtype=object)[:-1]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        shapes = shapely.from_wkb(given, on_invalid="ignore")
        torn = np.array(
            [shape is None and item is not None for shape, item in zip(shapes, given, strict=True)], dtype=bool
        )
        shapes[torn] = shapely.from_wkb(given[torn], on_invalid="fix")
    closed = sum(shape is not None for shape in shapes[torn])
    said = ngettext(
        "{n} shape has a ring that is not closed; it will be closed.",
        "{n} shapes have rings that are not closed; they will be closed.",
        closed,
    )
    return shapes, [said.format(n=closed)] if closed else []


def _read_shapefile(path: Path, encoding: str) -> RawVector:
    known = bool(encoding) or shapefile.names_encoding(path)
    meta, wkb, values = _read_with_gdal(path, "", encoding if known else shapefile.RAW)
    columns = dict(zip(map(str, meta["fields"]), values, strict=True))
    notes = []
    if not known:
        columns, told = shapefile.decode(columns)
        notes = [told] if told else []
    if wkb is None:
        raise UserError("import.no_features", file=path)
    shapes, said = _to_shapes(wkb, 0)
    raw = RawVector(path, path.stem, _crs_code(meta.get("crs")), shapes, columns, notes + said)
    raw.numbers = list(range(1, len(raw.shapes) + 1))
    if not len(raw.shapes):
        raise UserError("import.no_features", file=path)
    return raw


def _read_folders(path: Path, names: list[str], encoding: str) -> RawVector:
    """All folders of a KML file as one layer, with the folder as a column."""
    parts = [_read_layer(path, name, encoding) for name in names]
    heads = list(dict.fromkeys(head for part in parts for head in part.columns))
    columns = {}
    for head in heads:
        cells = [part.columns[head].tolist() if head in part.columns else [None] * len(part.shapes) for part in parts]
        columns[head] = np.array([*itertools.chain.from_iterable(cells), None], dtype=object)[:-1]
    title = "folder" if "folder" not in columns else "kml_folder"
    columns[title] = np.array(
        [name.strip() for name, part in zip(names, parts, strict=True) for _shape in part.shapes] + [None], dtype=object
    )[:-1]
    shapes = np.concatenate([part.shapes for part in parts])
    note = _("Its {count} folders are taken together: {names}.").format(
        count=len(names), names=", ".join(name.strip() or "–" for name in names[:12]) + ("…" if len(names) > 12 else "")
    )
    notes = [note, *itertools.chain.from_iterable(part.notes for part in parts)]
    return RawVector(path, "", parts[0].crs, shapes, columns, notes, numbers=list(range(1, len(shapes) + 1)))


def _read_rings(path: Path, layer: str) -> RawVector:
    """A KML file whose places are rings without an area: read as lines."""
    from xml.etree import ElementTree as ET

    try:
        tree = ET.parse(path)
    except ET.ParseError as problem:
        raise UserError("import.unreadable", file=path, reason=str(problem)) from None
    for parent in tree.iter():
        if not parent.tag.endswith(("outerBoundaryIs", "innerBoundaryIs")):
            for child in parent:
                if child.tag.endswith("}LinearRing") or child.tag == "LinearRing":
                    child.tag = child.tag.replace("LinearRing", "LineString")
    with tempfile.TemporaryDirectory(prefix="onekl-kml-", ignore_cleanup_errors=True) as folder:
        copy = Path(folder) / path.name
        tree.write(copy, encoding="utf-8", xml_declaration=True)
        names = list_layers(copy)
        raw = _read_layer(copy, _match(layer, names) or names[0], "")
    raw.path = path
    raw.notes.append(_("Rings without an area are read as lines."))
    return raw


def _read_places(data: table.TableData, source_crs: str, x: str, y: str) -> RawVector:
    """The rows of a table as places."""
    for name in (x, y):
        if name and name not in data.heads:
            known = _("There are: {names}.").format(names=", ".join(data.heads))
            raise UserError("record.missing", kind=_("column"), value=name, known=known)
    columns = points.find_columns(data, x, y)
    if columns is None:
        raise UserError("import.no_coordinates", file=data.path, found=", ".join(data.heads[:30]))
    shapes, reasons, crs = points.place_rows(data, columns, source_crs)
    if not crs:
        raise UserError("import.no_crs", file=data.path)
    if all(shape is None for shape in shapes):
        problems = [
            make_problem("import.row", row=number, file=data.path, reason=reason)
            for number, reason in list(zip(data.numbers, reasons, strict=True))[:20]
        ]
        raise UserError("import.no_features", problems, file=data.path)
    named = " + ".join(name for name in (columns.y, columns.x, columns.zone) if name)
    notes = [*data.notes, _("The places are read from the columns {columns}.").format(columns=named)]
    if not source_crs and columns.kind != "xy":
        notes[-1] = _("The places are read from the column {column}.").format(column=columns.x)
    if not source_crs:
        notes.append(_("The table names no coordinate system; its numbers are taken as degrees (WGS 84)."))
    values = {head: points.column_values(data, at) for at, head in enumerate(data.heads)}
    told = {at: reason for at, reason in enumerate(reasons) if reason}
    return RawVector(
        data.path, data.sheet, crs, shapes, values, notes, told, list(data.numbers), degrees_typed=not source_crs
    )


def _crs_code(crs: str | None) -> str:
    """`EPSG:n` where there is one, else WKT, else ''. Heights do not matter here: three dimensions become two."""
    if not crs:
        return ""
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        system = CRS.from_user_input(crs)
        if len(system.axis_info) == 3:
            system = system.to_2d()
        if system.is_engineering or (not system.axis_info and not system.is_bound):
            return ""
        code = system.to_epsg()
    except CRSError:
        return ""
    return f"EPSG:{code}" if code else system.to_wkt()


def crs_name(crs: str) -> str:
    """What a system is called."""
    from pyproj import CRS

    try:
        name = CRS.from_user_input(crs).name
    except Exception:  # noqa: BLE001 - pyproj raises many kinds for nonsense
        return crs[:40]
    if name.lower() in ("unnamed", "unknown", "undefined"):
        return _("the file's own system")
    return f"{name} ({crs})" if crs.startswith("EPSG:") else name
