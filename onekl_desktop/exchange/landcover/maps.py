"""Maps of classes and of values on one grid: opened, aligned and told, with every problem at once."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from onekl_desktop.base.errors import Figure, Problem, UserError, make_problem
from onekl_desktop.base.rasters import Grid, Window
from onekl_desktop.base.translate import _
from onekl_desktop.base.units import format_number
from onekl_desktop.base.work import count_codes, is_valid
from onekl_desktop.exchange.invest import grids
from onekl_desktop.exchange.invest.parameters import Parameters
from onekl_desktop.exchange.raster import SUFFIXES, WarpedRaster, can_open
from onekl_desktop.native.allocation import NO_CLASS

MOST_CLASSES = 200
STRIP = 512
EARTH_RADIUS = 6_371_007.2  # metres: a sphere of the ellipsoid's area


def find_file(text: str, folder: Path) -> tuple[Path, str]:
    """The file, and the layer in it, that a name means; beside `folder` when it is not absolute."""
    return Parameters(folder, "", {}, folder).locate(text)


def is_raster(path: Path, layer: str) -> bool:
    """Whether a file, or a layer of a GeoPackage, holds cells."""
    if path.suffix.lower() == ".gpkg":
        return bool(layer) and path.exists() and can_open(f"GPKG:{path}:{layer}")
    return path.suffix.lower() in SUFFIXES


@dataclass
class MapSet:
    """Rasters seen on one grid, with sentences on what was done to them."""

    grid: Grid
    rasters: dict[str, WarpedRaster]
    names: dict[str, Path]
    degrees: bool
    sentences: list[str] = field(default_factory=list)

    def cell_area(self, rows: slice) -> NDArray[np.float64]:
        """Hectares of a cell in each of some rows; cells in degrees shrink towards the poles."""
        g = self.grid
        count = len(range(*rows.indices(g.rows)))
        if not self.degrees:
            return np.full(count, g.cell_area_ha)
        edge = np.radians(g.top - g.cell_y * np.arange(rows.start or 0, (rows.start or 0) + count + 1))
        band = (
            EARTH_RADIUS**2 * math.radians(g.cell_x) * np.abs(np.diff(np.sin(np.clip(edge, -math.pi / 2, math.pi / 2))))
        )
        return np.asarray(band / 10_000, float)

    def strips(self) -> list[Window]:
        """The grid from north to south."""
        return list(self.grid.blocks(STRIP))


def open_maps(files: Mapping[str, tuple[str, str]], folder: Path, base: str, *, whole: bool = False) -> MapSet:
    """Open rasters and lay them over the grid of one of them.

    Parameters
    ----------
    files
        By id: name of the file (FILE or FILE#layer) and the resampling, should its cells not fit.
    base
        Whose cells are used.
    whole
        Use all cells of the base; otherwise those that all maps share.

    Raises
    ------
    UserError
        Every problem of the files and grids.
    """
    facts: dict[str, grids.Facts] = {}
    problems: list[Problem] = []
    for id, (name, _resampling) in files.items():
        path, layer = find_file(name, folder)
        found, wrong = grids.read_facts(id, path, layer, need_crs=False)
        problems += wrong
        if found is not None:
            facts[id] = found
    if problems:
        raise UserError(problems[0].code, problems)
    sentences = _agree_on_crs(facts, problems)
    if problems:
        raise UserError(problems[0].code, problems)
    grid: Grid | None = facts[base].grid
    assert grid is not None
    if not whole:
        grid = grids.meeting_grid(grid, [grids.box_on(each.grid, grid.crs) for each in facts.values()])
    else:
        boxes = [grids.meeting_grid(grid, [grid.bounds, grids.box_on(each.grid, grid.crs)]) for each in facts.values()]
        grid = grid if all(boxes) else None
    if grid is None:
        listed = ", ".join(each.path.name for each in facts.values())
        raise UserError("model.no_overlap", files=listed)
    rasters, moved = {}, []
    for id, each in facts.items():
        inside = grids.same_grid(grid, each.grid)
        if inside:
            box, own, slack = grid.bounds, each.grid.bounds, grids.LIKE * grid.cell_x
            inside = all(box[k] >= own[k] - slack for k in (0, 1)) and all(box[k] <= own[k] + slack for k in (2, 3))
        if not inside:
            moved.append(each.path.name)
        rasters[id] = WarpedRaster(each.name, 1, each.grid.crs, grid, resampling=files[id][1], same=inside)
    degrees = bool(grid.crs) and bool(facts[base].crs is not None and facts[base].crs.is_geographic)
    sentences.append(_("Cells: {columns} × {rows} of {size}, those of {file}.").format(
        columns=grid.columns, rows=grid.rows, size=f"{format_number(grid.cell_x, 4 if degrees else 1)}{'°' if degrees else ' m'}", file=facts[base].path.name))  # fmt: skip
    if moved:
        sentences.append(_("{count} of {all} maps are laid over these cells by resampling: {files}.").format(
            count=len(moved), all=len(facts), files=", ".join(moved)))  # fmt: skip
    return MapSet(grid, rasters, {id: each.path for id, each in facts.items()}, degrees, sentences)


def _agree_on_crs(facts: dict[str, grids.Facts], problems: list[Problem]) -> list[str]:
    """Maps without a coordinate system take that of the others where their cells are the same."""
    bare = [id for id, each in facts.items() if not each.grid.crs]
    known = [each for each in facts.values() if each.grid.crs]
    if not bare:
        return []
    if not known:
        first = facts[bare[0]]
        for id in bare:
            if not grids.same_grid(facts[id].grid, first.grid):
                problems.append(make_problem("import.no_crs", field=id, file=facts[id].path))
        return [_("The maps name no coordinate system; their cells are taken to be in metres.")]
    for id in bare:
        named = replace(facts[id].grid, crs=known[0].grid.crs)
        if not grids.same_grid(named, known[0].grid):
            problems.append(make_problem("import.no_crs", field=id, file=facts[id].path))
            continue
        facts[id] = replace(facts[id], grid=named)
    files = ", ".join(facts[id].path.name for id in bare)
    return [_("{files} name no coordinate system; their cells are those of {other}, so its system is taken.").format(files=files, other=known[0].path.name)]  # fmt: skip


def count_classes(maps: MapSet, id: str) -> dict[int, int]:
    """Cells by class code.

    Raises
    ------
    UserError
        `landcover.not_classes`, `landcover.many_classes`, `model.empty`.
    """
    found: dict[int, int] = {}
    source = maps.rasters[id]
    for window in maps.strips():
        cells = source.read(window)
        valid = is_valid(cells, source.nodata)
        if cells.dtype.kind == "f":
            valid &= np.isfinite(cells)
        counts, odd = count_codes(cells[valid])
        if odd is not None:
            raise UserError("landcover.not_classes", file=maps.names[id], value=f"{odd:g}")
        for code, number in counts.items():
            found[code] = found.get(code, 0) + number
        if len(found) > MOST_CLASSES:
            raise UserError("landcover.many_classes", file=maps.names[id], count=len(found), most=MOST_CLASSES)
    if not found:
        raise UserError("model.empty", file=maps.names[id])
    return found


def places_of(codes: Sequence[int], recode: Mapping[int, int] | None = None) -> dict[int, int]:
    """The index of each class code; of old codes that of what they are recoded to."""
    place = {code: number for number, code in enumerate(codes)}
    return place | {old: place[new] for old, new in (recode or {}).items() if new in place}


def index_of(maps: MapSet, id: str, window: Window, places: Mapping[int, int]) -> NDArray[np.uint8]:
    """A window of a map as indices of its classes, `NO_CLASS` where there is none."""
    source = maps.rasters[id]
    cells = source.read(window)
    valid = is_valid(cells, source.nodata)
    if cells.dtype.kind == "f":
        valid &= np.isfinite(cells)
        cells = np.where(valid, cells, 0).astype(np.int64)
    out = np.full(cells.shape, NO_CLASS, np.uint8)
    if cells.dtype.itemsize <= 2:
        low, high = np.iinfo(cells.dtype).min, np.iinfo(cells.dtype).max
        table = np.full(high - low + 1, NO_CLASS, np.uint8)
        for code, number in places.items():
            if low <= code <= high:
                table[code - low] = number
        out[valid] = table[cells.astype(np.int64) - low][valid]
        return out
    for code, number in places.items():
        out[valid & (cells == code)] = number
    return out


def read_index(maps: MapSet, id: str, codes: Sequence[int], recode: Mapping[int, int] | None = None) -> NDArray[np.uint8]:  # fmt: skip
    """A whole map as indices of its classes; shape of the grid."""
    out = np.empty((maps.grid.rows, maps.grid.columns), np.uint8)
    places = places_of(codes, recode)
    for window in maps.strips():
        out[window.slices] = index_of(maps, id, window, places)
    return out


def open_on_grid(maps: MapSet, file: str, folder: Path) -> MapSet:
    """Another raster, under the id `zones`, on the cells of maps that are open."""
    path, layer = find_file(file, folder)
    found, problems = grids.read_facts("zones", path, layer, need_crs=False)
    if found is None:
        raise UserError(problems[0].code, problems)
    inside = grids.same_grid(maps.grid, found.grid) and found.grid.bounds == maps.grid.bounds
    raster = WarpedRaster(found.name, 1, found.grid.crs or maps.grid.crs, maps.grid, resampling="nearest", same=inside)
    return MapSet(maps.grid, {"zones": raster}, {"zones": path}, maps.degrees)


def read_values(maps: MapSet, id: str) -> NDArray[np.float32]:
    """A map of values, NaN where there is none; shape of the grid."""
    source = maps.rasters[id]
    out = np.empty((maps.grid.rows, maps.grid.columns), np.float32)
    for window in maps.strips():
        cells = source.read(window)
        values = cells.astype(np.float32)
        values[~is_valid(cells, source.nodata)] = np.nan
        values[~np.isfinite(values)] = np.nan
        out[window.slices] = values
    return out


def check_legends(
    maps: MapSet, one: str, other: str, before: Mapping[int, int], after: Mapping[int, int]
) -> tuple[list[Problem], list[str]]:
    """Whether two maps speak the same legend; classes that vanish or appear are told."""
    shared = set(before) & set(after)
    known = min(sum(each[code] for code in shared) / max(sum(each.values()), 1) for each in (before, after))
    if known < 0.5:
        return [make_problem(
            "landcover.legends", field=other, file=maps.names[other], other=maps.names[one].name, codes=_codes(after), others=_codes(before),
            share=Figure(100 * (1 - known), 0),
        )], []  # fmt: skip
    told = []
    for gone, file, where in ((set(before) - shared, maps.names[one], before), (set(after) - shared, maps.names[other], after)):  # fmt: skip
        if gone:
            cells = format_number(sum(where[code] for code in gone))
            told.append(_("Classes {codes} are on {file} alone ({cells} cells).").format(codes=_codes(gone), file=file.name, cells=cells))  # fmt: skip
    return [], told


def _codes(codes: Mapping[int, int] | set[int]) -> str:
    listed = sorted(codes)
    return ", ".join(map(str, listed[:12])) + (" …" if len(listed) > 12 else "")
