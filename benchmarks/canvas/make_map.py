"""A project with one layer of areas that share wiggly borders, and a land-cover map. `make_map.py FILE.gpkg AREAS CELLS`."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session as DbSession

from onekl_desktop.base.rasters import Grid, Window
from onekl_desktop.engine import Session, perform
from onekl_desktop.engine.new import make_project
from onekl_desktop.project.layers import VectorData, create_layer_table
from onekl_desktop.project.rasters import build_raster, dump_grid
from onekl_desktop.project.records import LandCoverClass, Landscape, Layer
from onekl_desktop.project.styles import load_style

CLASSES = 22
BENDS = 7  # vertices of a side


def make_areas(count: int, cell_m: float, left: float, bottom: float) -> np.ndarray:
    """About so many areas in rows, about 30 vertices each; neighbours have the same vertices on their border."""
    rng = np.random.default_rng(1)
    columns = round((count * 1.25) ** 0.5)
    rows = round(count / columns)
    nodes = np.stack(np.meshgrid(np.arange(columns + 1.0), np.arange(rows + 1.0)), axis=-1) * cell_m
    nodes += rng.normal(0, cell_m * 0.12, nodes.shape)
    nodes += (left, bottom)
    steps = np.linspace(0, 1, BENDS + 1)[:-1, None]

    def wiggle(start: np.ndarray, end: np.ndarray) -> np.ndarray:
        """Vertices from each start to before each end, shape (rows, columns, BENDS, 2)."""
        line = start[..., None, :] + (end - start)[..., None, :] * steps
        line[..., 1:, :] += rng.normal(0, cell_m * 0.06, line[..., 1:, :].shape)
        return line

    across, up = wiggle(nodes[:, :-1], nodes[:, 1:]), wiggle(nodes[:-1], nodes[1:])
    back, down = across[1:, :, 1:][:, :, ::-1], up[:, :-1, 1:][:, :, ::-1]
    corner_right, corner_left = nodes[1:, 1:, None], nodes[1:, :-1, None]
    rings = np.concatenate([across[:-1], up[:, 1:], corner_right, back, corner_left, down, across[:-1, :, :1]], axis=2)
    polygons = shapely.polygons(rings.reshape(rows * columns, -1, 2))
    return np.array([shapely.MultiPolygon([polygon]) for polygon in polygons], dtype=object)


class Cover:
    """A land cover of patches, made as it is read."""

    nodata: float | None = 255.0
    dtype = np.dtype(np.uint8)

    def __init__(self, grid: Grid) -> None:
        self.grid = grid

    def read(self, window: Window) -> np.ndarray:
        """Classes 1 to 22 in patches of some tens of cells, the same for a cell in whichever window."""
        y = np.arange(window.row, window.row + window.rows)[:, None]
        x = np.arange(window.column, window.column + window.columns)[None, :]
        wave = np.sin(x / 37.0) + np.sin(y / 53.0) + np.sin((x + y) / 71.0) + 0.5 * np.sin(x / 11.0) * np.sin(y / 13.0)
        return (np.floor((wave + 3.5) * CLASSES / 7.0) % CLASSES + 1).astype(np.uint8)


def thin_outlines(db: DbSession) -> None:
    """Outlines of 0.1 mm, as thousands of areas need."""
    layer = db.scalars(select(Layer).where(Layer.name == "Parcels")).one()
    layer.style = replace(load_style(layer.style), width=0.1).dump()


def main(path: Path, count: int, cells: int) -> None:
    """Write it."""
    left, bottom, cell = 500_000.0, 300_000.0, 300.0
    shapes = make_areas(count, cell, left, bottom)
    box = shapely.box(*shapely.total_bounds(shapes))
    crs = "EPSG:32647"
    make_project(path, Landscape(name="Bench", crs=crs, geom=box))
    kinds = [f"k{k % CLASSES}" for k in range(len(shapes))]
    data = VectorData("MULTIPOLYGON", shapes, {"kind": kinds}, {"kind": "TEXT"})
    wide = (box.bounds[2] - box.bounds[0]) / cells
    grid = Grid(crs, box.bounds[0], box.bounds[3], wide, wide, cells, cells)
    with Session(path) as session:
        folder = session.project.files_folder
        folder.mkdir(exist_ok=True)
        built, content = build_raster(Cover(grid), folder, classes=True)
        built.rename(folder / "cover.tif")

        def work(write):  # type: ignore[no-untyped-def]
            create_layer_table(write.raw, "parcels", data, write.srs_id)
            write.capture.add_table("parcels")
            for code in range(1, CLASSES + 1):
                colour = f"#{(code * 37) % 200 + 30:02x}{(code * 91) % 200 + 30:02x}{(code * 53) % 200 + 30:02x}"
                write.add(LandCoverClass(legend="bench", code=code, name=f"Class {code}", colour=colour))
            write.add(Layer(
                name="Land cover", data_kind="raster", file_name="cover.tif", crs=crs, content_hash=content, legend="bench",
                extent=dump_grid(grid), position=0,
            ))  # fmt: skip
            write.add(Layer(
                name="Parcels", table_name="parcels", geometry_type="MULTIPOLYGON", crs=crs, content_hash="x",
                feature_count=len(shapes), position=1,
            ))  # fmt: skip

        session.project.write(work)
        perform(session, "layers.style_by_class", layer="Parcels", column="kind")
        session.project.write(lambda write: thin_outlines(write.db))
    print(f'{{"areas": {len(shapes)}, "vertices": {int(shapely.get_num_coordinates(shapes).sum())}}}')


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
