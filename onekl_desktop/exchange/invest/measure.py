"""Totals and means of a model's rasters by zone, taken while the rasters are written."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.geometry import FlatShapes, flatten, polygons_of, repair, transform
from onekl_desktop.base.rasters import Grid, RasterSink, Window
from onekl_desktop.base.specs import Output
from onekl_desktop.base.work import Results, is_valid
from onekl_desktop.exchange.vector import read_vector
from onekl_desktop.native.zonal import ZonalSums

COLUMNS = ("zones", "zone", "raster", "cells", "area_ha", "mean", "total")
NAMES = ("name", "nama", "nom", "nombre", "label", "title", "ws_id", "id")


@dataclass(frozen=True)
class ZoneSet:
    """Polygons of one kind (villages, watersheds) with their names, in the CRS of the grid they are used on."""

    kind: str
    names: tuple[str, ...]
    shapes: FlatShapes


@dataclass(frozen=True)
class Measure:
    """One raster on one zone: `kind` and `zone` are empty for the whole of it. `total` is for rasters per hectare."""

    kind: str
    zone: str
    output: str
    cells: int
    area_ha: float
    mean: float | None
    total: float | None


def make_zones(kind: str, names: Sequence[str], shapes: Sequence[Any]) -> ZoneSet:
    """Zones of shapely polygons; broken ones are repaired, those without an area are left out."""
    kept = []
    for name, shape in zip(names, shapes, strict=True):
        if shape is None or shape.is_empty:
            continue
        mended = polygons_of(shape if shape.is_valid else repair(shape))
        if not mended.is_empty:
            kept.append((name, mended))
    array = np.array([shape for _name, shape in kept], dtype=object)
    return ZoneSet(kind, tuple(name for name, _shape in kept), flatten(array, np.arange(len(kept)), "polygon"))


def read_zones(path: Path, layer: str, crs: str) -> ZoneSet:
    """Polygons of a file with the names of their first naming column.

    Raises
    ------
    UserError
        What the file lacks: a coordinate system, polygons.
    """
    if not path.exists():
        raise UserError("file.missing", file=path)
    raw = read_vector(path, layer)
    if not raw.crs:
        raise UserError("import.no_crs", file=path)
    shapes = [
        None if shape is None else shape if raw.crs == crs else transform(shape, raw.crs, crs) for shape in raw.shapes
    ]
    known = {name.lower(): name for name in raw.columns}
    naming = next((known[name] for name in NAMES if name in known), next(iter(raw.columns), None))
    labels: list[str] = []
    for number in range(len(shapes)):
        value = raw.columns[naming][number] if naming is not None else None
        label = str(value) if value not in (None, "") else str(number + 1)
        labels.append(label)
    polygonal = [shape if shape is not None and shapely.get_dimensions(shape) == 2 else None for shape in shapes]
    found = make_zones(layer or path.stem, labels, polygonal)
    if not found.names:
        raise UserError("model.no_polygons", file=path)
    return found


class MeasuringResults:
    """Results that go where they go, and are measured on the way."""

    def __init__(self, results: Results, outputs: Sequence[Output], zones: Sequence[ZoneSet], grid: Grid) -> None:
        self._results, self._grid = results, grid
        self._measured = {item.id: item for item in outputs if item.measure}
        self._zones = [(zone_set, ZonalSums(zone_set.shapes, grid)) for zone_set in zones]
        self._lock = threading.Lock()
        self._found: dict[tuple[str, int, int], list[tuple[NDArray, NDArray]]] = {}

    def wants(self, id: str) -> bool:
        """As the results behind, and what is measured of a run whose rasters are not kept."""
        return self._results.wants(id) or (id in self._measured and not self._measured[id].intermediate)

    def raster(self, id: str, grid: Grid, dtype: str, nodata: float) -> RasterSink:
        """A raster, measured where the model says how."""
        sink = self._results.raster(id, grid, dtype, nodata)
        return _Sink(self, sink, id, dtype, nodata) if id in self._measured else sink

    def table(self, id: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """As the results behind."""
        self._results.table(id, columns, rows)

    def look(self, id: str, window: Window, values: NDArray, nodata: float) -> None:
        """Measure a block; blocks are added up in their order at the end, so that sums do not depend on threads."""
        valid = is_valid(values, nodata)
        whole = (np.array([values.sum(where=valid, dtype=np.float64)]), np.array([np.count_nonzero(valid)]))
        found = [whole, *(sums.measure(window, {id: (values, valid)})[id] for _set, sums in self._zones)]
        with self._lock:
            self._found[id, window.row, window.column] = found

    def measures(self) -> list[Measure]:
        """What was measured, by raster, then by zone."""
        out = []
        for id, output in self._measured.items():
            parts = [found for key, found in sorted(self._found.items()) if key[0] == id]
            if not parts:
                continue
            for number in range(1 + len(self._zones)):
                sums = sum(part[number][0] for part in parts)
                counts = sum(part[number][1] for part in parts)
                kind, names = (
                    ("", ("",)) if number == 0 else (self._zones[number - 1][0].kind, self._zones[number - 1][0].names)
                )
                for name, total, count in zip(names, np.atleast_1d(sums), np.atleast_1d(counts), strict=True):
                    cells, hectares = int(count), self._grid.cell_area_ha
                    out.append(Measure(
                        kind, name, id, cells, cells * hectares, float(total) / cells if cells else None,
                        float(total) * hectares if output.measure == "total" else None,
                    ))  # fmt: skip
        return out


class _Sink:
    def __init__(self, results: MeasuringResults, sink: RasterSink, id: str, dtype: str, nodata: float) -> None:
        self._results, self._sink, self._id, self._nodata, self.grid = results, sink, id, nodata, sink.grid
        self._dtype = np.dtype(dtype)

    def write(self, window: Window, values: NDArray) -> None:
        cells = values.astype(self._dtype, copy=False)
        self._results.look(self._id, window, cells, self._nodata)
        self._sink.write(window, cells)


def tabulate(measures: Sequence[Measure]) -> list[list[Any]]:
    """Rows of the columns `COLUMNS`."""
    return [[m.kind, m.zone, m.output, m.cells, m.area_ha, m.mean, m.total] for m in measures]
