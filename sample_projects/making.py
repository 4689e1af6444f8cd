"""What the invented landscapes are made with: seeded noise on a grid of cells, places, roads, rivers, and their files.

`make_inputs.py` of each sample tells its story with these; the same seed gives the same files.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import rasterio
import rasterio.features
import shapely
import shapely.ops
from pyproj import Transformer
from rasterio.transform import from_origin
from scipy.ndimage import distance_transform_edt, gaussian_filter

# Codes of resources/catalogues/legends/lowlands.csv
FOREST, DEGRADED, MANGROVE, AGROFOREST, RUBBER, PALM, COCOA, RICE, DRY, SHRUB, GRASS, TOWN, WATER, SILVOPASTURE = range(
    1, 15
)


@dataclass(frozen=True)
class Ground:
    """The box of a landscape: coordinate system, upper left corner and cells (metres)."""

    crs: str
    left: float
    top: float
    cell: float
    columns: int
    rows: int

    @property
    def width(self) -> float:
        """Metres from west to east."""
        return self.columns * self.cell

    @property
    def height(self) -> float:
        """Metres from north to south."""
        return self.rows * self.cell

    def at(self, east: float, north: float) -> tuple[float, float]:
        """A place by its share of the way east and north."""
        return self.left + east * self.width, self.top - (1 - north) * self.height

    def area(self, boundary: shapely.Geometry, *corners: tuple[float, float], round_m: float = 250) -> shapely.Geometry:
        """A rounded patch within the boundary."""
        patch = shapely.Polygon([self.at(*corner) for corner in corners])
        return patch.buffer(round_m).buffer(-round_m).intersection(boundary)

    def shares(self) -> tuple[np.ndarray, np.ndarray]:
        """How far east and north each cell lies, 0 to 1."""
        rows, columns = np.mgrid[0 : self.rows, 0 : self.columns]
        return columns / self.columns, 1 - rows / self.rows

    def noise(self, rng: np.random.Generator, sigma: float) -> np.ndarray:
        """Smooth noise with mean 0 and deviation 1."""
        field = gaussian_filter(rng.normal(size=(self.rows, self.columns)), sigma, mode="nearest")
        return (field - field.mean()) / field.std()

    def outline(self, rng: np.random.Generator) -> shapely.Polygon:
        """An irregular outline that fills most of the box."""
        angles = np.linspace(0, 2 * np.pi, 240, endpoint=False)
        wobble = sum(
            a * np.sin(k * angles + rng.uniform(0, 6.28))
            for k, a in ((2, 0.05), (3, 0.04), (5, 0.025), (9, 0.012), (17, 0.006))
        )
        radius = 0.9 + wobble
        # A rounded box (superellipse) rather than a circle.
        square = (np.abs(np.cos(angles)) ** 3 + np.abs(np.sin(angles)) ** 3) ** (-1 / 3)
        width, height = self.width / 2, self.height / 2
        xy = np.column_stack([
            self.left + width + np.clip(radius * square * np.cos(angles), -0.97, 0.97) * width,
            self.top - height + np.clip(radius * square * np.sin(angles), -0.97, 0.97) * height,
        ])  # fmt: skip
        return shapely.Polygon(np.round(xy, 1)).buffer(0)

    def course(self, rng: np.random.Generator, points: list[tuple[float, float]], meander: float) -> shapely.LineString:
        """A river past these places."""
        anchors = np.array(points)
        t = np.linspace(0, len(points) - 1, 140)
        xy = np.column_stack([np.interp(t, range(len(points)), anchors[:, axis]) for axis in (0, 1)])
        bend = (
            gaussian_filter(rng.normal(size=(140, 2)), (4, 0))
            * meander
            * np.sin(np.pi * np.linspace(0, 1, 140))[:, None] ** 0.5
        )
        xy = gaussian_filter(xy, (5, 0), mode="nearest") + bend
        return shapely.LineString(
            np.round(np.column_stack([self.left + xy[:, 0] * self.width, self.top - (1 - xy[:, 1]) * self.height]), 1)
        )

    def burn(self, shape: shapely.Geometry) -> np.ndarray:
        """Cells whose centre is inside."""
        return rasterio.features.rasterize([shape], (self.rows, self.columns), transform=self._transform()).astype(bool)

    def burn_lines(self, lines: list[shapely.LineString]) -> np.ndarray:
        """Cells that lines touch."""
        return rasterio.features.rasterize(
            lines, (self.rows, self.columns), transform=self._transform(), all_touched=True
        ).astype(bool)

    def distance_m(self, lines: list[shapely.LineString]) -> np.ndarray:
        """Metres from each cell to the nearest line."""
        return distance_transform_edt(~self.burn_lines(lines)) * self.cell

    def distance_to_points_m(self, points: np.ndarray) -> np.ndarray:
        """Metres from each cell to the nearest place."""
        x = self.left + (np.arange(self.columns) + 0.5) * self.cell
        y = self.top - (np.arange(self.rows) + 0.5) * self.cell
        gaps = [np.hypot(x[None, :] - px, y[:, None] - py) for px, py in points]
        return np.min(gaps, axis=0)

    def territories(self, points: np.ndarray, boundary: shapely.Polygon) -> list[shapely.Geometry]:
        """Village territories: the land nearest to each place."""
        cells = shapely.voronoi_polygons(shapely.MultiPoint(points), extend_to=boundary.buffer(5000))
        return [
            next(cell for cell in cells.geoms if cell.contains(shapely.Point(point))).intersection(boundary)
            for point in points
        ]

    def spread(
        self, rng: np.random.Generator, boundary: shapely.Polygon, count: int, apart_m: float, unwanted
    ) -> np.ndarray:  # type: ignore[no-untyped-def]
        """Places spread out over the landscape; `unwanted(east, north)` is the chance (0 to 1) that one is passed over."""
        inner = boundary.buffer(-1500)
        left, bottom, right, top = inner.bounds
        chosen: list[tuple[float, float]] = []
        while len(chosen) < count:
            x, y = rng.uniform(left, right), rng.uniform(bottom, top)
            chance = unwanted((x - self.left) / self.width, 1 - (self.top - y) / self.height)
            if not inner.contains(shapely.Point(x, y)) or rng.random() < chance:
                continue
            if all((x - a) ** 2 + (y - b) ** 2 > apart_m**2 for a, b in chosen):
                chosen.append((x, y))
        return np.array(sorted(chosen, key=lambda point: point[0] + point[1]))

    def write_geojson(self, path: Path, shapes, properties) -> None:  # type: ignore[no-untyped-def]
        """One file in degrees with seven decimals, as people exchange it."""
        move = Transformer.from_crs(self.crs, "EPSG:4326", always_xy=True).transform
        features = []
        for shape, values in zip(shapes, properties, strict=True):
            degrees = shapely.transform(shape, lambda xy: np.round(np.column_stack(move(xy[:, 0], xy[:, 1])), 7))
            features.append(
                {"type": "Feature", "properties": values, "geometry": json.loads(shapely.to_geojson(degrees))}
            )
        document = {"type": "FeatureCollection", "name": path.stem, "features": features}
        path.write_text(json.dumps(document, ensure_ascii=False) + "\n", encoding="utf-8")

    def write_raster(self, path: Path, values: np.ndarray, nodata: float, times: int = 1) -> None:
        """A compressed GeoTIFF of cells `times` as large as the ground's."""
        with rasterio.open(path, "w", driver="GTiff", width=values.shape[1], height=values.shape[0], count=1, dtype=values.dtype.name,
                           crs=self.crs, nodata=nodata, transform=from_origin(self.left, self.top, self.cell * times, self.cell * times),
                           compress="deflate", predictor=2) as target:  # fmt: skip
            target.write(values, 1)

    def write_elevation(self, path: Path, elevation: np.ndarray) -> None:
        """Heights in whole metres, four cells in one."""
        rows, columns = self.rows // 2 * 2, self.columns // 2 * 2
        coarse = elevation[:rows, :columns].reshape(self.rows // 2, 2, self.columns // 2, 2).mean(axis=(1, 3))
        self.write_raster(path, np.round(coarse).astype(np.int16), -9999, 2)

    def _transform(self):  # type: ignore[no-untyped-def]
        return from_origin(self.left, self.top, self.cell, self.cell)


def make_roads(points: np.ndarray) -> list[shapely.LineString]:
    """Roads that join every village to its nearest joined one, slightly bent."""
    joined, roads = [len(points) // 2], []
    rest = [index for index in range(len(points)) if index not in joined]
    while rest:
        _gap, a, b = min((float(np.hypot(*(points[i] - points[j]))), i, j) for i in rest for j in joined)
        middle = (points[a] + points[b]) / 2 + np.array(
            [points[b][1] - points[a][1], points[a][0] - points[b][0]]
        ) * 0.12
        t = np.linspace(0, 1, 12)[:, None]
        roads.append(
            shapely.LineString(np.round((1 - t) ** 2 * points[a] + 2 * t * (1 - t) * middle + t**2 * points[b], 1))
        )
        joined.append(a)
        rest.remove(a)
    return roads


def write_plans(path: Path, boundary: shapely.Geometry, plans) -> None:  # type: ignore[no-untyped-def]
    """Interventions (scenario, practice, name, shape, start year, years) as the recipe reads them, in the landscape's metres."""
    features = []
    for scenario, practice, name, shape, start, years in plans:
        shape = shapely.set_precision(shapely.intersection(shape, boundary), 0.1)
        features.append({
            "type": "Feature", "geometry": json.loads(shapely.to_geojson(shape)),
            "properties": {"scenario": scenario, "practice": practice, "name": name, "start_year": start, "years": years},
        })  # fmt: skip
    document = {"type": "FeatureCollection", "features": features}
    path.write_text(json.dumps(document, ensure_ascii=False) + "\n", encoding="utf-8")
