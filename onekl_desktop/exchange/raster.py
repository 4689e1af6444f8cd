"""Raster files: whatever GDAL reads, by windows, warped to the project's CRS and cut to the landscape, told in plain words."""

from __future__ import annotations

import os
import threading
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.progress import Progress
from onekl_desktop.base.rasters import Grid, Window
from onekl_desktop.base.translate import _
from onekl_desktop.base.units import format_number
from onekl_desktop.exchange import archive
from onekl_desktop.exchange.vector import crs_name

SUFFIXES = (
    ".tif", ".tiff", ".asc", ".img", ".jp2", ".nc", ".grd", ".sdat", ".rst", ".mpr", ".map", ".hgt", ".dem", ".bil", ".bip", ".bsq",
    ".flt", ".xyz", ".grb", ".grb2", ".h5", ".hdf5", ".dt0", ".dt1", ".dt2", ".adf", ".ers", ".gtx", ".png", ".jpg", ".jpeg", ".gif",
    ".bmp", ".webp", ".mbtiles", ".ntf", ".bt", ".pix", ".rsw", ".grc", ".kea", ".dat", ".envi", ".raw",
)  # fmt: skip
# Drivers that follow names into other files or to servers, or that read what is no raster.
_NOT_OPENED = {
    "VRT", "WMS", "WCS", "WMTS", "HTTP", "EEDA", "EEDAI", "PLMOSAIC", "STACIT", "STACTA", "GTI", "DERIVED", "DAAS", "ESRIC", "MEM", "Memory",
    "OGCAPI", "TileDB", "NGW", "GDALG", "MRF", "KMLSUPEROVERLAY", "GNMFile", "GNMDatabase", "PDF", "PostGISRaster", "CSW", "Zarr",
    "ESRI Shapefile", "GeoJSON", "GeoJSONSeq", "ESRIJSON", "TopoJSON", "OSM", "MVT", "AVCBin", "AVCE00",
}  # fmt: skip
MOST_CELLS = 2_000_000_000
MOST_GROWTH = 100  # more cells than that after resampling are a wrong coordinate system, not a map
MARGIN_CELLS = 8


def library_errors() -> tuple[type[Exception], ...]:
    """What rasterio raises on broken files."""
    from rasterio._err import CPLE_BaseError
    from rasterio.errors import RasterioError

    return (
        RasterioError,
        CPLE_BaseError,
        ValueError,
        OverflowError,
        SystemError,
        MemoryError,
        UnicodeDecodeError,
        ZeroDivisionError,
    )


def open_raster(name: str | Path) -> Any:
    """Open a raster with the drivers that stay within the file.

    Raises
    ------
    rasterio.errors.RasterioError, CPLE_BaseError
        It is no raster that is read here.
    """
    from rasterio._path import _parse_path
    from rasterio.env import Env
    from rasterio.io import DatasetReader

    with Env() as env, warnings.catch_warnings():
        drivers = sorted(set(env.drivers()) - _NOT_OPENED)
        warnings.simplefilter("ignore")  # "has no geotransform": told as a problem of ours
        return DatasetReader(_parse_path(str(name)), driver=drivers)


def can_open(path: Path | str) -> bool:
    """Whether GDAL finds cells in a file of an ending that is not listed."""
    try:
        open_raster(path).close()
    except library_errors():
        return False
    return True


def list_rasters(path: Path) -> list[str]:
    """The rasters in a file: of an archive its members, of a container (netCDF, HDF5) the names of its parts.

    An empty list means one raster without a name of its own.
    """
    if path.suffix.lower() == ".zip":
        return archive.list_members(path, SUFFIXES)
    try:
        with open_raster(path) as dataset:
            return [name.rpartition(":")[2] for name in dataset.subdatasets] if dataset.count == 0 else []
    except library_errors():
        return []


def locate(path: Path, layer: str) -> str:
    """The name under which GDAL opens a raster of a file.

    Raises
    ------
    UserError
        `import.several_layers`, `import.no_layer`, `import.unreadable`, `import.virtual`.
    """
    if path.suffix.lower() == ".vrt":
        raise UserError("import.virtual", file=path)
    names = list_rasters(path)
    if layer and not names and path.suffix.lower() == ".gpkg" and can_open(f"GPKG:{path}:{layer}"):
        return f"GPKG:{path}:{layer}"  # of a file with one raster the library lists none
    if layer and layer not in names:
        raise UserError("import.no_layer", file=path, layer=layer, found=", ".join(names) or "–")
    if not layer and len(names) > 1:
        raise UserError("import.several_layers", file=path, found=", ".join(names))
    if path.suffix.lower() == ".zip":
        return f"/vsizip/{{{path.resolve()}}}/{layer or names[0]}"
    if not names:
        return str(path)
    try:
        with open_raster(path) as dataset:
            return next(str(name) for name in dataset.subdatasets if name.rpartition(":")[2] == (layer or names[0]))
    except library_errors() as problem:
        raise UserError("import.unreadable", file=path, reason=_first_line(problem)) from None


def _first_line(problem: BaseException) -> str:
    text = str(problem).strip().splitlines()
    return (text[0] if text else type(problem).__name__)[:200].rstrip(".")


class RecodedRaster:
    """A raster of classes under other codes: a RasterSource."""

    def __init__(self, source: Any, codes: dict[int, int]) -> None:
        self._source, self.grid = source, source.grid
        self.dtype, self.nodata = np.dtype(np.uint16), 65_535.0
        self._table = np.full(65_536, 65_535, np.uint16)
        for old in range(65_535):
            self._table[old] = codes.get(old, old)

    def read(self, window: Window) -> NDArray:
        """Cells of a window under their new codes."""
        cells = self._source.read(window)
        missing = ~np.isfinite(cells) if cells.dtype.kind == "f" else np.zeros(cells.shape, bool)
        nodata = self._source.nodata
        if nodata is not None and not np.isnan(nodata):
            missing |= cells == np.asarray(nodata).astype(cells.dtype)
        return np.where(missing, np.uint16(65_535), self._table[np.where(missing, 0, cells).astype(np.int64)])


class WarpedRaster:
    """A band of a raster file as seen on a grid of the project: a RasterSource with a handle for each thread."""

    def __init__(self, path: str, band: int, source_crs: str, grid: Grid, *, resampling: str, same: bool) -> None:

        from rasterio.enums import MaskFlags

        self._path, self._band, self._crs, self.grid, self._resampling, self._same = (
            path,
            band,
            source_crs,
            grid,
            resampling,
            same,
        )
        self._local = threading.local()
        with open_raster(path) as dataset:
            self.dtype = np.dtype(dataset.dtypes[band - 1])
            self.nodata: float | None = dataset.nodatavals[band - 1]
            self._scale, self._offset = dataset.scales[band - 1], dataset.offsets[band - 1]
            self._masked = MaskFlags.per_dataset in dataset.mask_flag_enums[band - 1]
        # Warping needs a value for cells outside the source; a raster without nodata gets one that it cannot hold.
        self._fill = self.nodata
        if not same and self._fill is None:
            self.dtype, self._fill = np.dtype(np.float32), np.nan
            self.nodata = np.nan
        self._raw_type, self._raw_nodata = self.dtype, self.nodata
        if self.scaled or self._masked:
            self.dtype, self.nodata = np.dtype(np.float32 if self._raw_type.itemsize < 4 else np.float64), np.nan

    def __getstate__(self) -> dict[str, Any]:
        return {key: value for key, value in self.__dict__.items() if key != "_local"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, _local=threading.local())

    @property
    def same(self) -> bool:
        """Whether the grid's cells are the file's own."""
        return self._same

    @property
    def identity(self) -> str:
        """Names what is read: file, its size and time, band, grid and resampling."""
        try:
            seen = os.stat(self._path)
            stamp = f"{seen.st_size} {seen.st_mtime_ns}"
        except OSError:
            stamp = ""
        return f"{self._path} {stamp} {self._band} {self._crs} {self.grid} {self._resampling}"

    @property
    def scaled(self) -> bool:
        """Whether the file keeps its values packed, to be multiplied and shifted."""
        return self._scale != 1 or self._offset != 0

    def _open(self) -> Any:
        from rasterio.enums import Resampling
        from rasterio.transform import Affine
        from rasterio.vrt import WarpedVRT

        if not hasattr(self._local, "vrt"):
            dataset = open_raster(self._path)
            if self._same:
                self._local.vrt = dataset
            else:
                g = self.grid
                self._local.vrt = WarpedVRT(
                    dataset, src_crs=self._crs, crs=g.crs, transform=Affine(g.cell_x, 0, g.left, 0, -g.cell_y, g.top),
                    width=g.columns, height=g.rows, resampling=Resampling[self._resampling],
                    src_nodata=dataset.nodatavals[self._band - 1], nodata=self._fill, dtype=self._raw_type.name,
                )  # fmt: skip
        return self._local.vrt

    def read(self, window: Window) -> NDArray:
        """Cells of a window of the project's grid."""
        from rasterio.windows import Window as RasterioWindow

        vrt = self._open()
        column, row = window.column, window.row
        if self._same:
            t = vrt.transform
            column += round((self.grid.left - t.c) / t.a)
            row += round((t.f - self.grid.top) / -t.e)
        where = RasterioWindow(column, row, window.columns, window.rows)
        cells = vrt.read(self._band, window=where)
        if not self.scaled and not self._masked:
            return cells
        missing = ~np.isfinite(cells) if cells.dtype.kind == "f" else np.zeros(cells.shape, bool)
        if self._raw_nodata is not None and self._raw_nodata == self._raw_nodata:
            missing |= cells == np.asarray(self._raw_nodata).astype(cells.dtype)
        if self._masked and self._same:
            missing |= vrt.read_masks(self._band, window=where) == 0
        return np.where(missing, np.nan, cells * self._scale + self._offset).astype(self.dtype)


@dataclass
class RasterPlan:
    """What importing a raster will do."""

    source: Any
    sentences: list[str]
    codes: list[int] = field(default_factory=list)
    colours: dict[int, str] = field(default_factory=dict)
    licence: str = ""
    low: float | None = None
    high: float | None = None


def plan_raster(
    path: Path, project_crs: str, boundary: Any, *, classes: bool, source_crs: str = "", band: int = 0,
    layer: str = "", landscape: str = "", progress: Progress | None = None,
) -> RasterPlan:  # fmt: skip
    """Decide the grid, count the classes, and say what will happen.

    A raster in the project's CRS keeps its own cells (whole cells are cut off round the landscape); one in
    another CRS is resampled (classes: nearest cell; measures: bilinear) to square cells of about the same size.

    Raises
    ------
    UserError
        `import.unreadable`, `import.no_crs`, `import.multiband`, `import.outside`, `import.too_large`, `import.not_classes`,
        `import.several_layers`, `import.no_layer`, `import.virtual`, `import.not_placed`, `import.complex`,
        `import.wrong_system`.
    """
    if not path.exists():
        raise UserError("file.missing", file=path)
    if path.is_dir():
        raise UserError("file.is_folder", file=path)
    report = progress or Progress()
    name = locate(path, layer)
    try:
        with open_raster(name) as dataset:
            if dataset.count > 1 and not band:
                raise UserError("import.multiband", file=path, bands=dataset.count)
            band = band or 1
            if band > dataset.count:
                raise UserError("import.multiband", file=path, bands=dataset.count)
            crs = source_crs or _code(dataset.crs)
            if dataset.transform.is_identity and dataset.height > 1:
                raise UserError("import.not_placed", file=path)
            if not crs:
                raise UserError("import.no_crs", file=path)
            if np.dtype(dataset.dtypes[band - 1]).kind == "c":
                raise UserError("import.complex", file=path)
            grid, same, said = _choose_grid(dataset, path, crs, project_crs, boundary, landscape, nearest=classes)
            colours = _colours(dataset, band) if classes else {}
            licence = dataset.tags().get("TIFFTAG_COPYRIGHT", "").strip()
    except library_errors() as problem:
        raise UserError(
            "import.unreadable", file=path, reason=_first_line(problem).replace(str(path), path.name)
        ) from None
    if grid.columns * grid.rows > MOST_CELLS:
        raise UserError(
            "import.too_large",
            file=path,
            cells=format_number(grid.columns * grid.rows / 1e6),
            most=format_number(MOST_CELLS / 1e6),
        )
    source = WarpedRaster(name, band, crs, grid, resampling="nearest" if classes else "bilinear", same=same)
    if source.scaled:
        said.append(_("The file keeps its values packed; they are unpacked."))
    plan = RasterPlan(source, said, colours=colours, licence=licence)
    try:
        _scan(plan, classes, path, report)
    except library_errors() as problem:
        raise UserError(
            "import.unreadable", file=path, reason=_first_line(problem).replace(str(path), path.name)
        ) from None
    return plan


def _colours(dataset: Any, band: int) -> dict[int, str]:
    """Colours of the classes where the file keeps a palette."""
    try:
        return {int(code): "#{:02x}{:02x}{:02x}".format(*rgba[:3]) for code, rgba in dataset.colormap(band).items()}
    except ValueError:
        return {}


def _code(crs: Any) -> str:
    if not crs or not (crs.is_geographic or crs.is_projected):
        return ""  # a drawing's or an engineer's own system has no place on the earth
    number = crs.to_epsg()
    return f"EPSG:{number}" if number else crs.to_wkt()


def _choose_grid(
    dataset: Any, path: Path, crs: str, project_crs: str, boundary: Any, landscape: str, *, nearest: bool
) -> tuple[Grid, bool, list[str]]:
    from rasterio.warp import calculate_default_transform

    said = [
        _("{rows} × {columns} cells from {file}.").format(
            rows=format_number(dataset.height), columns=format_number(dataset.width), file=path.name
        )
    ]
    t = dataset.transform
    upright = t.b == 0 and t.d == 0 and t.a > 0 and t.e < 0
    if crs == project_crs and upright:
        grid, same = Grid(project_crs, t.c, t.f, t.a, -t.e, dataset.width, dataset.height), True
    else:
        _check_degrees(dataset, path, crs)
        try:
            moved, width, height = calculate_default_transform(
                crs, project_crs, dataset.width, dataset.height, *dataset.bounds
            )
        except library_errors():  # so far away that the project's system has no coordinates for it
            raise UserError("import.outside", file=path, landscape=landscape) from None
        if width * height > MOST_GROWTH * (dataset.width * dataset.height + 10_000):
            reason = _("in the project's system it would grow from {cells} to {more} cells").format(
                cells=format_number(dataset.width * dataset.height), more=format_number(width * height)
            )
            raise UserError("import.wrong_system", file=path, crs=crs_name(crs), reason=reason)
        grid, same = Grid(project_crs, moved.c, moved.f, moved.a, -moved.e, int(width), int(height)), False
        said.append(
            (
                _(
                    "Cells are resampled from {source} to {target}, {size} m each: each takes the class of the nearest one."
                )
                if nearest
                else _(
                    "Cells are resampled from {source} to {target}, {size} m each: values in between are interpolated."
                )
            ).format(source=crs_name(crs), target=crs_name(project_crs), size=format_number(moved.a, 1))
        )
    if boundary is not None:
        box = boundary.bounds
        window = grid.window_of((
            box[0] - MARGIN_CELLS * grid.cell_x, box[1] - MARGIN_CELLS * grid.cell_y,
            box[2] + MARGIN_CELLS * grid.cell_x, box[3] + MARGIN_CELLS * grid.cell_y,
        ))  # fmt: skip
        left, bottom, right, top = grid.bounds
        if (
            not (box[0] < right and box[2] > left and box[1] < top and box[3] > bottom)
            or not window.rows
            or not window.columns
        ):
            raise UserError("import.outside", file=path, landscape=landscape)
        if (window.rows, window.columns) != (grid.rows, grid.columns):
            grid = Grid(
                grid.crs, grid.left + window.column * grid.cell_x, grid.top - window.row * grid.cell_y,
                grid.cell_x, grid.cell_y, window.columns, window.rows,
            )  # fmt: skip
            said.append(
                _("Cut to the box of the landscape: {rows} × {columns} cells.").format(
                    rows=format_number(grid.rows), columns=format_number(grid.columns)
                )
            )
    return grid, same, said


def _check_degrees(dataset: Any, path: Path, crs: str) -> None:
    from pyproj import CRS

    if CRS.from_user_input(crs).is_geographic:
        bounds = dataset.bounds
        furthest = max((bounds.bottom, bounds.top), key=abs)
        if abs(furthest) > 90 + min(1.0, abs(dataset.transform.e)):  # whole-earth grids may stick out by half a cell
            reason = _("its latitudes reach {value}°").format(value=format_number(furthest, 1))
            raise UserError("import.wrong_system", file=path, crs=crs_name(crs), reason=reason)


def _scan(plan: RasterPlan, classes: bool, path: Path, report: Progress) -> None:
    source = plan.source
    found: set[int] = set()
    missing = total = 0
    low, high = np.inf, -np.inf
    for window in source.grid.blocks(256):
        report.report(window.row / source.grid.rows)
        cells = source.read(window)
        valid = np.isfinite(cells) if cells.dtype.kind == "f" else np.ones(cells.shape, bool)
        if source.nodata is not None and source.nodata == source.nodata:
            valid &= cells != np.asarray(source.nodata).astype(cells.dtype)
        total += cells.size
        good = cells[valid]
        missing += cells.size - good.size
        if not good.size:
            continue
        low, high = min(low, float(good.min())), max(high, float(good.max()))
        if classes:
            if low < 0 or high >= 65_535 or (good.dtype.kind == "f" and (good != np.floor(good)).any()):
                raise UserError("import.not_classes", file=path)
            found.update(int(code) for code in np.unique(good))
    if missing == total:
        raise UserError("import.no_features", file=path)
    plan.codes = sorted(found)
    plan.low, plan.high = low, high
    if missing:
        plan.sentences.append(_("{share} of the cells have no data.").format(share=f"{missing / total:.0%}"))
    if classes:
        plan.sentences.append(
            _("{count} classes: {codes}.").format(
                count=len(found), codes=", ".join(map(str, plan.codes[:20])) + ("…" if len(found) > 20 else "")
            )
        )
    else:
        plan.sentences.append(
            _("Values from {low} to {high}.").format(low=format_number(low, 2), high=format_number(high, 2))
        )
