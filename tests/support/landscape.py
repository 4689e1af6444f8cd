"""A small landscape whose numbers can be done by hand: a square of 10 km, cells of 100 m, three classes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import rasterio
import shapely
from rasterio.transform import from_origin

from onekl_desktop.engine import Session, perform

CRS = "EPSG:32647"
LEFT, BOTTOM, SIZE, CELL = 500_000.0, 300_000.0, 10_000.0, 100.0
SQUARE = shapely.geometry.mapping(shapely.box(LEFT, BOTTOM, LEFT + SIZE, BOTTOM + SIZE))
FOREST, FIELD, GARDEN = 1, 2, 3


def place(x0: float, y0: float, x1: float, y1: float) -> shapely.Polygon:
    """A rectangle in metres from the lower left corner of the landscape."""
    return shapely.box(LEFT + x0, BOTTOM + y0, LEFT + x1, BOTTOM + y1)


def cover_array() -> np.ndarray:
    """The western half is forest, the rest fields."""
    cells = np.full((100, 100), FIELD, np.uint8)
    cells[:, :50] = FOREST
    return cells


def write_cover(folder: Path, cells: np.ndarray | None = None, name: str = "cover.tif") -> Path:
    """The land cover as a GeoTIFF and its table of classes beside it."""
    cells = cover_array() if cells is None else cells
    path = folder / name
    with rasterio.open(
        path, "w", driver="GTiff", width=cells.shape[1], height=cells.shape[0], count=1, dtype=cells.dtype.name,
        crs=CRS, nodata=0, transform=from_origin(LEFT, BOTTOM + SIZE, CELL, CELL),
    ) as target:  # fmt: skip
        target.write(cells, 1)
    (folder / "classes.csv").write_text(
        "code,name,natural_forest,c_above,c_below,c_soil,c_dead\n1,Forest,1,150,30,18,2\n2,Field,0,5,1,44,0\n3,Garden,0,60,15,45,0\n",
        encoding="utf-8",
    )
    return path


def add_cover(session: Session, folder: Path) -> None:
    """Import the land cover of 2024, take two practices, add the scenario Plan."""
    cover = write_cover(folder)
    perform(
        session,
        "layers.import_layer",
        file=str(cover),
        role="land_cover",
        name="Cover",
        year=2024,
        classes=str(folder / "classes.csv"),
    )
    perform(session, "layers.change_landscape", horizon_year=2040, price_year=2025, discount_rate=0.1)
    perform(
        session, "scenarios.add_practice", name="Gardens", class_code=GARDEN, years_to_class=5, from_classes=str(FIELD),
        capital_cost_per_ha=1000, operating_cost_per_ha_year=100, labour_start_days_per_ha=50, labour_days_per_ha_year=10,
    )  # fmt: skip
    perform(session, "scenarios.add_practice", name="Patrol", operating_cost_per_ha_year=5)
    perform(session, "scenarios.add_scenario", name="Plan")


def add_garden(session: Session, shape: shapely.Geometry | None = None, **fields: object) -> dict:
    """An intervention of 100 ha on fields, started in 2026."""
    given = {
        "scenario": "Plan",
        "practice": "Gardens",
        "geometry": shape or place(6000, 6000, 7000, 7000),
        "start_year": 2026,
    }
    return perform(session, "scenarios.add_intervention", **{**given, **fields})
