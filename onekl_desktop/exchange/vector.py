"""Vector files: GeoPackage, GeoJSON and shapefile, read whole, repaired, reprojected, and told in plain words."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.geometry import repair, transform
from onekl_desktop.base.progress import Progress
from onekl_desktop.base.translate import _, ngettext
from onekl_desktop.base.units import format_number
from onekl_desktop.project.layers import VectorData

SUFFIXES = (".gpkg", ".geojson", ".json", ".shp", ".kml", ".kmz", ".gpx")
_FAMILY = {0: "point", 1: "line", 2: "line", 3: "polygon", 4: "point", 5: "line", 6: "polygon"}
_MULTI = {"point": "MULTIPOINT", "line": "MULTILINESTRING", "polygon": "MULTIPOLYGON"}
_COLLECT = {"point": shapely.multipoints, "line": shapely.multilinestrings, "polygon": shapely.multipolygons}


@dataclass
class RawVector:
    """A vector file as read: shapes in its own CRS (`crs` '' when it names none), columns of values."""

    path: Path
    layer: str
    crs: str
    shapes: np.ndarray
    columns: dict[str, np.ndarray] = field(default_factory=dict)


def list_vector_layers(path: Path) -> list[str]:
    """Names of the layers with shapes in a file.

    Raises
    ------
    UserError
        `file.missing`, `import.unreadable`.
    """
    import pyogrio
    from pyogrio.errors import DataSourceError

    if not path.exists():
        raise UserError("file.missing", file=path)
    try:
        return [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
    except (DataSourceError, RuntimeError, ValueError) as problem:
        raise UserError("import.unreadable", file=path, reason=_first_line(problem)) from None


def read_vector(path: Path, layer: str = "", *, encoding: str = "") -> RawVector:
    """Read all features of a layer.

    Raises
    ------
    UserError
        `file.missing`, `import.unreadable`, `import.several_layers`, `import.no_layer`, `import.no_features`.
    """
    from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError
    from pyogrio.raw import read

    layers = list_vector_layers(path)
    if layer and layer not in layers:
        raise UserError("import.no_layer", file=path, layer=layer, found=", ".join(layers) or "–")
    if not layer and len(layers) > 1:
        raise UserError("import.several_layers", file=path, found=", ".join(layers))
    if not layers:
        raise UserError("import.no_features", file=path)
    layer = layer or layers[0]
    try:
        meta, _fids, wkb, values = read(path, layer=layer, encoding=encoding or None, force_2d=True)
    except (
        DataSourceError,
        DataLayerError,
        FeatureError,
        FieldError,
        RuntimeError,
        ValueError,
        UnicodeDecodeError,
    ) as problem:
        raise UserError("import.unreadable", file=path, reason=_first_line(problem)) from None
    if wkb is None or not len(wkb):
        raise UserError("import.no_features", file=path)
    shapes = shapely.from_wkb(wkb, on_invalid="ignore")
    return RawVector(
        path, layer, _crs_code(meta.get("crs")), shapes, dict(zip(map(str, meta["fields"]), values, strict=True))
    )


def _first_line(problem: BaseException) -> str:
    text = str(problem).strip().splitlines()
    return (text[0] if text else type(problem).__name__)[:200].rstrip(".")


def _crs_code(crs: str | None) -> str:
    """`EPSG:n` where there is one, else WKT, else ''."""
    if not crs:
        return ""
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        system = CRS.from_user_input(crs)
    except CRSError:
        return ""
    code = system.to_epsg()
    return f"EPSG:{code}" if code else system.to_wkt()


def crs_name(crs: str) -> str:
    """What a system is called."""
    from pyproj import CRS

    try:
        name = CRS.from_user_input(crs).name
    except Exception:  # noqa: BLE001 - pyproj raises many kinds for nonsense
        return crs[:40]
    return f"{name} ({crs})" if crs.startswith("EPSG:") else name


@dataclass
class VectorPlan:
    """What importing a vector file will do: the data to store and the sentences that say so."""

    data: VectorData
    sentences: list[str]
    name_column: str = ""


def plan_vector(
    raw: RawVector,
    project_crs: str,
    boundary: Any,
    *,
    source_crs: str = "",
    landscape: str = "",
    progress: Progress | None = None,
) -> VectorPlan:
    """Decide what happens to each feature, and say it.

    Shapes of the commonest family (areas, lines or points) are taken, repaired where their rings cross, and
    moved to the project's CRS.

    Raises
    ------
    UserError
        `import.no_crs`, `import.no_features`, `import.outside`.
    """
    crs = source_crs or raw.crs
    if not crs:
        raise UserError("import.no_crs", file=raw.path)
    said: list[str] = []
    kinds = [_family(shape) for shape in raw.shapes]
    counts = Counter(kind for kind in kinds if kind)
    if not counts:
        raise UserError("import.no_features", file=raw.path)
    family = counts.most_common(1)[0][0]
    keep = np.array([kind == family for kind in kinds])
    words = {"point": _("points"), "line": _("lines"), "polygon": _("areas")}[family]
    said.append(
        _("{count} {kind} from {file}.").format(count=format_number(int(keep.sum())), kind=words, file=raw.path.name)
    )
    left = len(kinds) - int(keep.sum())
    if left:
        said.append(
            ngettext(
                "{n} row is left out: it has no shape or one of another kind.",
                "{n} rows are left out: they have no shape or one of another kind.",
                left,
            ).format(n=left)
        )
    shapes = shapely.force_2d(raw.shapes[keep])
    if family == "polygon":
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
    if crs != project_crs:
        shapes = np.array([transform(shape, crs, project_crs) for shape in shapes], dtype=object)
        said.append(
            _("Coordinates are moved from {source} to {target}.").format(
                source=crs_name(crs), target=crs_name(project_crs)
            )
        )
        if family == "polygon":
            again = ~shapely.is_valid(shapes)
            shapes[again] = [repair(shape) for shape in shapes[again]]
    shapes = np.array([_as_multi(shape, family) for shape in shapes], dtype=object)
    boxes = shapely.bounds(shapes)
    usable = np.isfinite(boxes).all(axis=1)
    if not usable.all():
        count = int((~usable).sum())
        said.append(
            ngettext(
                "{n} shape cannot be placed in the project's coordinates and is left out.",
                "{n} shapes cannot be placed in the project's coordinates and are left out.",
                count,
            ).format(n=count)
        )
    if not usable.any():
        raise UserError("import.no_features", file=raw.path)
    if boundary is not None:
        shapely.prepare(boundary)
        inside = shapely.intersects(shapes[usable], boundary)
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
    columns: dict[str, list[Any]] = {}
    types: dict[str, str] = {}
    for name, values in raw.columns.items():
        columns[name], types[name] = _column(values[keep][usable])
    data = VectorData(_MULTI[family], shapes[usable], columns, types)
    return VectorPlan(data, said, guess_name_column(columns))


def _family(shape: Any) -> str:
    if shape is None or shape.is_empty:
        return ""
    kind = shapely.get_type_id(shape)
    if kind == 7:
        families = {_family(part) for part in shape.geoms}
        return families.pop() if len(families) == 1 else ""
    return _FAMILY.get(int(kind), "")


def _as_multi(shape: Any, family: str) -> Any:
    parts = shapely.get_parts(shapely.get_parts(shape))
    wanted = [part for part in parts if _FAMILY.get(int(shapely.get_type_id(part))) == family]
    wanted = [
        shapely.linestrings(shapely.get_coordinates(part)) if part.geom_type == "LinearRing" else part
        for part in wanted
    ]
    return _COLLECT[family](wanted)


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
