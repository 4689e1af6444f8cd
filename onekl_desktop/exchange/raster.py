"""Raster files: GeoTIFF read by windows, warped to the project's CRS and cut to the landscape, told in plain words."""

from __future__ import annotations

import threading
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
from onekl_desktop.exchange.vector import crs_name

SUFFIXES = (".tif", ".tiff")
MOST_CELLS = 2_000_000_000
MARGIN_CELLS = 8


class WarpedRaster:
    """A band of a raster file as seen on a grid of the project: a RasterSource with a handle for each thread."""

    def __init__(self, path: Path, band: int, source_crs: str, grid: Grid, *, nearest: bool, same: bool) -> None:
        import rasterio

        self._path, self._band, self._crs, self.grid, self._nearest, self._same = (
            path,
            band,
            source_crs,
            grid,
            nearest,
            same,
        )
        self._local = threading.local()
        with rasterio.open(path) as dataset:
            self.dtype = np.dtype(dataset.dtypes[band - 1])
            self.nodata: float | None = dataset.nodatavals[band - 1]
        # Warping needs a value for cells outside the source; a raster without nodata gets one that it cannot hold.
        self._fill = self.nodata
        if not same and self._fill is None:
            self.dtype, self._fill = np.dtype(np.float32), np.nan
            self.nodata = np.nan

    def _open(self) -> Any:
        import rasterio
        from rasterio.enums import Resampling
        from rasterio.transform import Affine
        from rasterio.vrt import WarpedVRT

        if not hasattr(self._local, "vrt"):
            dataset = rasterio.open(self._path)
            if self._same:
                self._local.vrt = dataset
            else:
                g = self.grid
                self._local.vrt = WarpedVRT(
                    dataset, src_crs=self._crs, crs=g.crs, transform=Affine(g.cell_x, 0, g.left, 0, -g.cell_y, g.top),
                    width=g.columns, height=g.rows, resampling=Resampling.nearest if self._nearest else Resampling.bilinear,
                    src_nodata=dataset.nodatavals[self._band - 1], nodata=self._fill, dtype=self.dtype.name,
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
        return vrt.read(self._band, window=RasterioWindow(column, row, window.columns, window.rows))


@dataclass
class RasterPlan:
    """What importing a raster will do."""

    source: WarpedRaster
    sentences: list[str]
    codes: list[int] = field(default_factory=list)
    low: float | None = None
    high: float | None = None


def plan_raster(
    path: Path, project_crs: str, boundary: Any, *, classes: bool, source_crs: str = "", band: int = 0,
    landscape: str = "", progress: Progress | None = None,
) -> RasterPlan:  # fmt: skip
    """Decide the grid, count the classes, and say what will happen.

    A raster in the project's CRS keeps its own cells (whole cells are cut off round the landscape); one in
    another CRS is resampled (classes: nearest cell; measures: bilinear) to square cells of about the same size.

    Raises
    ------
    UserError
        `import.unreadable`, `import.no_crs`, `import.multiband`, `import.outside`, `import.too_large`, `import.not_classes`.
    """
    import rasterio
    from rasterio._err import CPLE_BaseError
    from rasterio.errors import RasterioError

    if not path.exists():
        raise UserError("file.missing", file=path)
    report = progress or Progress()
    try:
        with rasterio.open(path) as dataset:
            if dataset.count > 1 and not band:
                raise UserError("import.multiband", file=path, bands=dataset.count)
            band = band or 1
            if band > dataset.count:
                raise UserError("import.multiband", file=path, bands=dataset.count)
            crs = source_crs or (_code(dataset.crs) if dataset.crs else "")
            if not crs:
                raise UserError("import.no_crs", file=path)
            grid, same, said = _choose_grid(dataset, path, crs, project_crs, boundary, landscape)
    except (RasterioError, CPLE_BaseError) as problem:
        raise UserError("import.unreadable", file=path, reason=str(problem).splitlines()[0][:200].rstrip(".")) from None
    if grid.columns * grid.rows > MOST_CELLS:
        raise UserError(
            "import.too_large",
            file=path,
            cells=format_number(grid.columns * grid.rows / 1e6),
            most=format_number(MOST_CELLS / 1e6),
        )
    source = WarpedRaster(path, band, crs, grid, nearest=classes, same=same)
    plan = RasterPlan(source, said)
    try:
        _scan(plan, classes, path, report)
    except (RasterioError, CPLE_BaseError) as problem:
        raise UserError("import.unreadable", file=path, reason=str(problem).splitlines()[0][:200].rstrip(".")) from None
    return plan


def _code(crs: Any) -> str:
    number = crs.to_epsg()
    return f"EPSG:{number}" if number else crs.to_wkt()


def _choose_grid(
    dataset: Any, path: Path, crs: str, project_crs: str, boundary: Any, landscape: str
) -> tuple[Grid, bool, list[str]]:
    from rasterio._err import CPLE_BaseError
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
        try:
            moved, width, height = calculate_default_transform(
                crs, project_crs, dataset.width, dataset.height, *dataset.bounds
            )
        except CPLE_BaseError:  # so far away that the project's system has no coordinates for it
            raise UserError("import.outside", file=path, landscape=landscape) from None
        grid, same = Grid(project_crs, moved.c, moved.f, moved.a, -moved.e, int(width), int(height)), False
        said.append(
            _("Cells are resampled from {source} to {target}, {size} m each.").format(
                source=crs_name(crs), target=crs_name(project_crs), size=format_number(moved.a, 1)
            )
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
