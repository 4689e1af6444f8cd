"""Cells as polygons: the outline of a mask along the edges of its cells."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from onekl_desktop.base.geometry import polygons_of
from onekl_desktop.base.rasters import Grid


def outline(mask: NDArray[np.bool_], grid: Grid) -> shapely.MultiPolygon:
    """The area of the cells that are set, shape (rows, columns) of the grid."""
    from rasterio.features import shapes
    from rasterio.transform import Affine

    place = Affine(grid.cell_x, 0, grid.left, 0, -grid.cell_y, grid.top)
    found: list[Any] = [
        shapely.geometry.shape(shape) for shape, _value in shapes(mask.astype(np.uint8), mask=mask, connectivity=4, transform=place)
    ]  # fmt: skip
    return polygons_of(shapely.union_all(found)) if found else shapely.MultiPolygon()
