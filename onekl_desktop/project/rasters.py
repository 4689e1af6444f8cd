"""Rasters of a project: tiles of a gridded coverage inside the file, or a cloud-optimised GeoTIFF beside it.

GDAL never opens the live project file: two SQLite libraries in one process would drop each other's locks.
It writes into a temporary GeoPackage whose rows are then copied in one transaction, and tiles are read
through our own connection and decoded here.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import sqlite3
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onekl_desktop.base.progress import Progress
from onekl_desktop.base.rasters import Grid, RasterSource, Window
from onekl_desktop.project.gpkg import REGISTRATION, ensure_srs, quote

INSIDE_CELLS = 100_000_000
CLASS_NODATA = 65_535
FLOAT_NODATA = -9999.0
TILE = 256
_BUILT = "CELLS"  # rasterio hands creation options on in capitals

RawReader = Callable[[], AbstractContextManager[sqlite3.Connection]]


def dump_grid(grid: Grid) -> str:
    """A grid as stored in the layer's `extent`."""
    return json.dumps(asdict(grid))


def load_grid(text: str) -> Grid:
    """The grid stored in a layer's `extent`."""
    return Grid(**json.loads(text))


def _stored(values: NDArray, source: RasterSource, classes: bool) -> NDArray:
    """Cells as they are stored: uint16 with 65535, or float32 with -9999, for nodata."""
    missing = ~np.isfinite(values) if values.dtype.kind == "f" else np.zeros(values.shape, bool)
    if source.nodata is not None and source.nodata == source.nodata:
        missing |= values == np.asarray(source.nodata).astype(values.dtype)
    if classes:
        # Widen before the fill: in the bytes of an 8-bit map 65535 would silently become 255.
        return np.where(missing, np.uint16(CLASS_NODATA), np.where(missing, 0, values).astype(np.uint16))
    return np.where(missing, np.float32(FLOAT_NODATA), values).astype(np.float32)


def build_raster(
    source: RasterSource, folder: Path, *, classes: bool, progress: Progress | None = None
) -> tuple[Path, str]:
    """Write a raster to a temporary file in `folder`: a GeoPackage coverage with overviews, or a COG when it is large.

    Returns
    -------
    The file, and the hash of the stored cells.
    """
    import rasterio
    from rasterio.enums import Resampling
    from rasterio.shutil import copy as copy_dataset
    from rasterio.transform import Affine

    grid = source.grid
    inside = grid.columns * grid.rows <= INSIDE_CELLS
    profile: dict[str, Any] = {
        "width": grid.columns, "height": grid.rows, "count": 1, "crs": grid.crs,
        "dtype": "uint16" if classes else "float32", "nodata": CLASS_NODATA if classes else FLOAT_NODATA,
        "transform": Affine(grid.cell_x, 0, grid.left, 0, -grid.cell_y, grid.top),
    }  # fmt: skip
    handle, name = tempfile.mkstemp(suffix=".tif", dir=folder)
    os.close(handle)
    plain = Path(name)
    digest = hashlib.sha256(json.dumps(asdict(grid)).encode())
    report = progress or Progress()
    with rasterio.open(
        plain,
        "w",
        driver="GTiff",
        tiled=True,
        blockxsize=TILE,
        blockysize=TILE,
        compress="deflate",
        bigtiff="if_safer",
        **profile,
    ) as target:
        for window in grid.blocks(TILE):
            report.report(0.5 * window.row / grid.rows)
            cells = _stored(source.read(window), source, classes)
            digest.update(np.ascontiguousarray(cells).tobytes())
            target.write(
                cells, 1, window=rasterio.windows.Window(window.column, window.row, window.columns, window.rows)
            )
    resampling = Resampling.nearest if classes else Resampling.average
    report.report(0.5)
    if inside:
        result = plain.with_suffix(".gpkg")
        options = {"RASTER_TABLE": _BUILT, "TILE_FORMAT": "PNG" if classes else "TIFF", "BLOCKSIZE": str(TILE)}
        copy_dataset(str(plain), str(result), driver="GPKG", **options)
        report.report(0.8)
        with sqlite3.connect(result) as book:
            (levels,) = book.execute("SELECT count(*) FROM gpkg_tile_matrix").fetchone()
        book.close()
        factors = [2**step for step in range(1, levels)]
        if factors:
            with rasterio.open(result, "r+") as dataset:
                dataset.build_overviews(factors, resampling)
    else:
        result = plain.with_name(plain.stem + "-cog.tif")
        copy_dataset(
            str(plain), str(result), driver="COG", compress="deflate", resampling=resampling.name, bigtiff="if_safer"
        )
    plain.unlink()
    report.report(1.0)
    return result, digest.hexdigest()


def copy_tiles(raw: sqlite3.Connection, built: Path, table: str, crs: str, *, classes: bool) -> None:
    """Copy a coverage from the temporary GeoPackage into the project, within the caller's transaction."""
    srs_id = ensure_srs(raw, crs)
    source = sqlite3.connect(built)
    try:
        (old_srs,) = source.execute("SELECT srs_id FROM gpkg_contents WHERE table_name = ?", (_BUILT,)).fetchone()
        raw.execute(
            f"CREATE TABLE {quote(table)} (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, zoom_level INTEGER NOT NULL, "
            "tile_column INTEGER NOT NULL, tile_row INTEGER NOT NULL, tile_data BLOB NOT NULL, "
            "UNIQUE (zoom_level, tile_column, tile_row))"
        )
        tiles = source.execute(f"SELECT id, zoom_level, tile_column, tile_row, tile_data FROM {_BUILT} ORDER BY id")
        raw.executemany(f"INSERT INTO {quote(table)} VALUES (?, ?, ?, ?, ?)", tiles)
        books = {name for name, _column in REGISTRATION}
        present = {name for (name,) in source.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        for book, column in REGISTRATION:
            if book not in books & present or book == "gpkg_geometry_columns":
                continue
            cursor = source.execute(f"SELECT * FROM {book} WHERE {column} = ?", (_BUILT,))
            names = [item[0] for item in cursor.description]
            for values in cursor.fetchall():
                row = dict(zip(names, values, strict=True))
                row[column] = table
                row.pop("id", None)
                if row.get("srs_id") == old_srs:
                    row["srs_id"] = srs_id
                if book == "gpkg_contents":
                    row["identifier"] = table
                if book == "gpkg_2d_gridded_coverage_ancillary":
                    row["data_null"] = CLASS_NODATA if classes else FLOAT_NODATA
                    row["field_name"] = row["quantity_definition"] = "class" if classes else "value"
                keys = ", ".join(map(quote, row))
                raw.execute(f"INSERT INTO {book} ({keys}) VALUES ({', '.join('?' * len(row))})", tuple(row.values()))
    finally:
        source.close()


class CoverageRaster:
    """A coverage inside the project file: a RasterSource that also reads overviews. Safe on any thread."""

    def __init__(self, reader: RawReader, table: str, grid: Grid, *, classes: bool, cache_tiles: int = 256) -> None:
        self._reader, self._table, self.grid = reader, table, grid
        self.dtype = np.dtype(np.uint16 if classes else np.float32)
        self.nodata: float | None = CLASS_NODATA if classes else FLOAT_NODATA
        self._tiles: OrderedDict[tuple[int, int, int], NDArray] = OrderedDict()
        self._limit = cache_tiles
        self._lock = threading.Lock()
        with reader() as raw:
            levels = raw.execute(
                "SELECT zoom_level, tile_width, tile_height FROM gpkg_tile_matrix WHERE table_name = ? ORDER BY zoom_level DESC",
                (table,),
            ).fetchall()
        if not levels:
            raise ValueError(f"{table} is not a coverage")
        self._zooms = [level for level, _w, _h in levels]
        self._tile_width, self._tile_height = levels[0][1], levels[0][2]

    @property
    def overviews(self) -> list[int]:
        """Reduction factors that can be read, 1 first."""
        return [2**step for step in range(len(self._zooms))]

    def read(self, window: Window, factor: int = 1) -> NDArray:
        """Cells of a window of the grid reduced by `factor` (one of `overviews`), shape (rows, columns)."""
        zoom = self._zooms[self.overviews.index(factor)]
        out = np.full((window.rows, window.columns), self.nodata, self.dtype)
        first_row, first_column = window.row // self._tile_height, window.column // self._tile_width
        last_row = (window.row + window.rows - 1) // self._tile_height
        last_column = (window.column + window.columns - 1) // self._tile_width
        for tile_row in range(first_row, last_row + 1):
            for tile_column in range(first_column, last_column + 1):
                tile = self._tile(zoom, tile_column, tile_row)
                if tile is None:
                    continue
                top, left = tile_row * self._tile_height, tile_column * self._tile_width
                r0, r1 = max(window.row, top), min(window.row + window.rows, top + self._tile_height)
                c0, c1 = max(window.column, left), min(window.column + window.columns, left + self._tile_width)
                out[r0 - window.row : r1 - window.row, c0 - window.column : c1 - window.column] = tile[
                    r0 - top : r1 - top, c0 - left : c1 - left
                ]
        return out

    def _tile(self, zoom: int, column: int, row: int) -> NDArray | None:
        key = (zoom, column, row)
        with self._lock:
            if key in self._tiles:
                self._tiles.move_to_end(key)
                return self._tiles[key]
        with self._reader() as raw:
            found = raw.execute(
                f"SELECT tile_data FROM {quote(self._table)} WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?",
                key,
            ).fetchone()
        if found is None:
            return None
        tile = decode_tile(found[0], self.dtype)
        with self._lock:
            self._tiles[key] = tile
            while len(self._tiles) > self._limit:
                self._tiles.popitem(last=False)
        return tile


def decode_tile(blob: bytes, dtype: np.dtype) -> NDArray:
    """Cells of a PNG (16 bit) or TIFF (32 bit float) tile."""
    from PIL import Image

    with Image.open(io.BytesIO(blob)) as image:
        return np.asarray(image).astype(dtype, copy=False)


class FileRaster:
    """A GeoTIFF on disk as a RasterSource, read by several threads at once, each with a handle of its own while it reads.
    Nodata comes out as in the project's own rasters.
    """

    def __init__(self, path: Path, *, classes: bool | None = None, band: int = 1) -> None:
        import rasterio

        self.path, self._band, self._classes = path, band, classes
        self._handles: list[Any] = []  # that nobody reads with now; what they have decoded is kept with them
        with rasterio.open(path) as dataset:
            t = dataset.transform
            crs = (
                f"EPSG:{dataset.crs.to_epsg()}"
                if dataset.crs and dataset.crs.to_epsg()
                else (dataset.crs.to_wkt() if dataset.crs else "")
            )
            self.grid = Grid(crs, t.c, t.f, t.a, -t.e, dataset.width, dataset.height)
            self.nodata = dataset.nodatavals[band - 1]
            self.dtype = np.dtype(dataset.dtypes[band - 1])
            self.overviews = [1, *dataset.overviews(band)]

    @contextmanager
    def _dataset(self) -> Iterator[Any]:
        import rasterio

        try:
            handle = self._handles.pop()
        except IndexError:
            handle = rasterio.open(self.path)
        yield handle
        self._handles.append(handle)

    def read(self, window: Window, factor: int = 1) -> NDArray:
        """Cells of a window of the grid reduced by `factor`."""
        import rasterio

        row, column = window.row * factor, window.column * factor
        rows = min(window.rows * factor, self.grid.rows - row)  # the last reduced cell may lie on fewer
        columns = min(window.columns * factor, self.grid.columns - column)
        area = rasterio.windows.Window(column, row, columns, rows)
        with self._dataset() as dataset:
            cells: NDArray = dataset.read(self._band, window=area, out_shape=(window.rows, window.columns))
        return cells


def write_geotiff(path: Path, source: RasterSource, progress: Progress | None = None) -> None:
    """Write a raster as a tiled GeoTIFF under a temporary name and rename it when whole."""
    import rasterio
    from rasterio.transform import Affine

    grid = source.grid
    part = path.with_name(f".{path.name}.{os.getpid()}.part.tif")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with rasterio.open(
            part, "w", driver="GTiff", width=grid.columns, height=grid.rows, count=1, dtype=source.dtype.name,
            crs=grid.crs, nodata=source.nodata, tiled=True, blockxsize=TILE, blockysize=TILE, compress="deflate",
            transform=Affine(grid.cell_x, 0, grid.left, 0, -grid.cell_y, grid.top),
        ) as target:  # fmt: skip
            for window in grid.blocks(TILE):
                if progress is not None:
                    progress.report(window.row / grid.rows)
                area = rasterio.windows.Window(window.column, window.row, window.columns, window.rows)
                target.write(source.read(window), 1, window=area)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
