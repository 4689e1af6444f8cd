"""Makes the inputs of Lembah Arum, an invented landscape: `python sample_projects/north_sumatra/make_inputs.py`.

Everything is synthetic: seeded noise shaped by a story (hills with a logged reserve in the south-west, estates and
rice on the plain, mangroves at the estuary in the north-east). The same seed gives the same files.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import rasterio
import rasterio.features
import shapely
import shapely.ops
from pyproj import Transformer
from rasterio.transform import from_origin
from scipy.ndimage import distance_transform_edt, gaussian_filter

HERE = Path(__file__).resolve().parent
CRS = "EPSG:32647"
LEFT, TOP, CELL, COLUMNS, ROWS = 512_000.0, 372_000.0, 50.0, 640, 520
VILLAGES = (
    "Suka Rimba", "Arum Hulu", "Batu Lintang", "Air Teduh", "Tanjung Sawo", "Kampung Durian", "Pasar Arum", "Sidomekar",
    "Bukit Kemiri", "Rawa Jingga", "Muara Arum", "Tirta Kencana", "Lubuk Pandan", "Sei Merbau", "Karang Embun",
)  # fmt: skip
FOREST, DEGRADED, MANGROVE, AGROFOREST, RUBBER, PALM, COCOA, RICE, DRY, SHRUB, GRASS, TOWN, WATER = range(1, 14)


def noise(rng: np.random.Generator, sigma: float, shape: tuple[int, int] = (ROWS, COLUMNS)) -> np.ndarray:
    """Smooth noise with mean 0 and deviation 1."""
    field = gaussian_filter(rng.normal(size=shape), sigma, mode="nearest")
    return (field - field.mean()) / field.std()


def make(folder: Path = HERE / "inputs", seed: int = 20_240_601) -> None:
    """Write all inputs."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[0:ROWS, 0:COLUMNS]
    u, v = columns / COLUMNS, 1 - rows / ROWS  # east, north
    boundary = make_boundary(rng)
    inside = burn(boundary)
    rivers = make_rivers(rng)
    to_river = distance(burn_lines(rivers)) * CELL
    hills = np.clip(0.95 - 0.95 * u - 0.55 * v, 0, None)
    elevation = 4 + 1150 * hills**1.5 + 55 * np.clip(hills, 0.05, None) * noise(rng, 14) + 12 * hills * noise(rng, 5)
    elevation = np.maximum(elevation - 10 * np.exp(-to_river / 250), 1)
    points = village_points(rng, boundary)
    villages = make_villages(points, boundary)
    roads = make_roads(points)
    to_road, to_village = distance(burn_lines(roads)) * CELL, distance_to_points(points)
    cover_2010, cover_2024 = make_cover(rng, elevation, to_river, to_road, to_village, u, v)
    reserve = make_reserve(boundary)
    write_vectors(folder, boundary, villages, points, roads, rivers, reserve)
    for year, cover in ((2010, cover_2010), (2024, cover_2024)):
        write_raster(folder / f"land_cover_{year}.tif", np.where(inside, cover, 0).astype(np.uint8), 0, CELL)
    coarse = elevation[: ROWS // 2 * 2, : COLUMNS // 2 * 2].reshape(ROWS // 2, 2, COLUMNS // 2, 2).mean(axis=(1, 3))
    write_raster(folder / "elevation.tif", np.round(coarse).astype(np.int16), -9999, CELL * 2)
    write_interventions(folder, boundary, reserve, rivers, points, cover_2024)


def make_boundary(rng: np.random.Generator) -> shapely.Polygon:
    """An irregular outline that fills most of the box, with a coast in the north-east."""
    angles = np.linspace(0, 2 * np.pi, 240, endpoint=False)
    wobble = sum(
        a * np.sin(k * angles + rng.uniform(0, 6.28))
        for k, a in ((2, 0.05), (3, 0.04), (5, 0.025), (9, 0.012), (17, 0.006))
    )
    radius = 0.9 + wobble
    # A rounded box (superellipse) rather than a circle.
    square = (np.abs(np.cos(angles)) ** 3 + np.abs(np.sin(angles)) ** 3) ** (-1 / 3)
    width, height = COLUMNS * CELL / 2, ROWS * CELL / 2
    xy = np.column_stack([
        LEFT + width + np.clip(radius * square * np.cos(angles), -0.97, 0.97) * width,
        TOP - height + np.clip(radius * square * np.sin(angles), -0.97, 0.97) * height,
    ])  # fmt: skip
    return shapely.Polygon(np.round(xy, 1)).buffer(0)


def make_rivers(rng: np.random.Generator) -> list[shapely.LineString]:
    """The Arum from the hills to the estuary, and two tributaries."""

    def course(points: list[tuple[float, float]], meander: float) -> shapely.LineString:
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
            np.round(np.column_stack([LEFT + xy[:, 0] * COLUMNS * CELL, TOP - (1 - xy[:, 1]) * ROWS * CELL]), 1)
        )

    main = course([(0.10, 0.12), (0.25, 0.30), (0.42, 0.38), (0.58, 0.55), (0.72, 0.68), (0.93, 0.88)], 0.035)
    north = course([(0.12, 0.62), (0.30, 0.66), (0.45, 0.60), (0.58, 0.55)], 0.025)
    south = course([(0.45, 0.08), (0.58, 0.25), (0.66, 0.45), (0.72, 0.68)], 0.025)
    return [main, north, south]


def village_points(rng: np.random.Generator, boundary: shapely.Polygon) -> np.ndarray:
    """Fifteen places, spread out, fewer in the hills."""
    left, bottom, right, top = boundary.buffer(-1500).bounds
    chosen: list[tuple[float, float]] = []
    while len(chosen) < len(VILLAGES):
        x, y = rng.uniform(left, right), rng.uniform(bottom, top)
        hill = np.clip(0.95 - 0.95 * (x - LEFT) / (COLUMNS * CELL) - 0.55 * (1 - (TOP - y) / (ROWS * CELL)), 0, 1)
        if not boundary.buffer(-1500).contains(shapely.Point(x, y)) or rng.random() < 1.6 * hill:
            continue
        if all((x - a) ** 2 + (y - b) ** 2 > 4300**2 for a, b in chosen):
            chosen.append((x, y))
    return np.array(sorted(chosen, key=lambda point: point[0] + point[1]))


def make_villages(points: np.ndarray, boundary: shapely.Polygon) -> list[shapely.Geometry]:
    """Village territories: the land nearest to each place."""
    cells = shapely.voronoi_polygons(shapely.MultiPoint(points), extend_to=boundary.buffer(5000))
    return [
        next(cell for cell in cells.geoms if cell.contains(shapely.Point(point))).intersection(boundary)
        for point in points
    ]


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


def make_cover(rng, elevation, to_river, to_road, to_village, u, v):  # type: ignore[no-untyped-def]
    """Land cover of 2010 and of 2024: the forest edge moved up, rubber gave way to palm, ponds opened the mangrove."""
    patch, fine, broad = noise(rng, 6), noise(rng, 2.2), noise(rng, 16)
    coast = u * 0.8 + v * 0.75
    estuary = coast + 0.05 * broad + 0.02 * patch

    def year(shift: float, palm: float) -> np.ndarray:
        cover = np.full((ROWS, COLUMNS), RUBBER)
        cover[patch + 0.4 * fine > 0.35] = AGROFOREST
        cover[(patch < -0.75) & (elevation < 160)] = DRY
        cover[(broad + 0.5 * patch > 1.1 - palm) & (elevation < 140)] = PALM
        cover[(fine + 0.5 * patch > 1.2 - 0.3 * shift) & (elevation > 40)] = COCOA
        cover[(to_river < 900 + 250 * patch) & (elevation < 60) & (to_river > 120)] = RICE
        pressure = 260 * np.exp(-to_road / 1500) + 170 * np.exp(-to_village / 2200)
        edge = 205 + 75 * shift + pressure * (1 + 0.4 * shift) + 55 * patch
        cover[elevation > edge] = DEGRADED
        cover[elevation > edge + 170 + 120 * shift + 50 * broad] = FOREST
        cover[(elevation > edge - 70) & (elevation <= edge) & (fine > 0.1)] = SHRUB
        cover[(elevation > 150) & (elevation <= edge + 60 * shift) & (fine + patch > 1.7 - 0.4 * shift)] = GRASS
        cover[estuary > 1.27 + 0.035 * shift] = MANGROVE
        cover[(estuary > 1.24) & (estuary <= 1.27 + 0.035 * shift)] = GRASS
        cover[(to_village < 420 + 130 * shift + 120 * fine)] = TOWN
        cover[to_river < 75] = WATER
        return cover

    return year(0.0, 0.0), year(1.0, 0.45)


def make_reserve(boundary: shapely.Polygon) -> shapely.Geometry:
    """The reserve in the hills."""

    def at(east: float, north: float) -> tuple[float, float]:
        return LEFT + east * COLUMNS * CELL, TOP - (1 - north) * ROWS * CELL

    outline = [at(*corner) for corner in (
        (0.02, 0.02), (0.48, 0.02), (0.47, 0.18), (0.38, 0.28), (0.31, 0.37), (0.20, 0.43), (0.16, 0.62), (0.02, 0.64))]  # fmt: skip
    return shapely.Polygon(outline).buffer(600).buffer(-500).intersection(boundary.buffer(-150))


def write_interventions(folder, boundary, reserve, rivers, points, cover):  # type: ignore[no-untyped-def]
    """The story's plans: what the two scenarios would do and where."""

    def at(east: float, north: float) -> tuple[float, float]:
        return LEFT + east * COLUMNS * CELL, TOP - (1 - north) * ROWS * CELL

    def area(*corners: tuple[float, float]) -> shapely.Geometry:
        return shapely.Polygon([at(*corner) for corner in corners]).buffer(250).buffer(-250).intersection(boundary)

    upper = shapely.ops.substring(rivers[0], 0.18, 0.55, normalized=True)
    lower = shapely.ops.substring(rivers[2], 0.35, 0.95, normalized=True)
    edge = area(
        (0.15, 0.43),
        (0.20, 0.42),
        (0.31, 0.36),
        (0.37, 0.27),
        (0.46, 0.17),
        (0.46, 0.07),
        (0.40, 0.10),
        (0.34, 0.20),
        (0.24, 0.33),
        (0.16, 0.37),
    )
    edge = edge.intersection(reserve)
    west = area((0.03, 0.50), (0.14, 0.50), (0.15, 0.61), (0.04, 0.62)).intersection(reserve)
    belt = area((0.30, 0.34), (0.40, 0.30), (0.47, 0.40), (0.40, 0.47), (0.32, 0.43))
    north = area((0.22, 0.54), (0.33, 0.52), (0.36, 0.61), (0.25, 0.63))
    palms = area((0.62, 0.30), (0.76, 0.28), (0.80, 0.42), (0.68, 0.46))
    estuary = area((0.80, 0.80), (0.90, 0.76), (0.95, 0.84), (0.88, 0.92), (0.81, 0.90))
    restore, live = "Restore the reserve", "Green livelihoods"
    plans = [
        (restore, "assisted_regeneration", "Reserve edge, regrowth", edge, 2027, 5),
        (restore, "native_planting", "Western gap in the reserve", west, 2028, 4),
        (restore, "forest_patrol", "Patrols in the whole reserve", reserve, 2026, 1),
        (restore, "riparian_buffer", "Upper Arum, both banks", upper.buffer(90, cap_style="flat"), 2027, 3),
        (live, "agroforestry", "Foothill gardens", belt, 2026, 5),
        (live, "agroforestry", "Northern smallholders", north, 2027, 4),
        (live, "oil_palm_diversification", "Cooperative palms, replanting", palms, 2027, 6),
        (live, "riparian_buffer", "Lower Sei Merbau, both banks", lower.buffer(60, cap_style="flat"), 2028, 2),
        (live, "mangrove", "Old ponds at the estuary", estuary, 2028, 3),
    ]
    features = []
    for scenario, practice, name, shape, start, years in plans:
        shape = shapely.set_precision(shapely.intersection(shape, boundary), 0.1)
        features.append({
            "type": "Feature", "geometry": json.loads(shapely.to_geojson(shape)),
            "properties": {"scenario": scenario, "practice": practice, "name": name, "start_year": start, "years": years},
        })  # fmt: skip
    document = {"type": "FeatureCollection", "features": features}
    (folder / "interventions.json").write_text(json.dumps(document, ensure_ascii=False) + "\n", encoding="utf-8")


def write_vectors(folder, boundary, villages, points, roads, rivers, reserve):  # type: ignore[no-untyped-def]
    """GeoJSON in degrees, as people exchange it."""
    people = np.random.default_rng(7).integers(380, 2900, len(villages))
    write_geojson(folder / "boundary.geojson", [boundary], [{"name": "Lembah Arum"}])
    write_geojson(folder / "villages.geojson", villages, [
        {"name": name, "households": int(count)} for name, count in zip(VILLAGES, people, strict=True)])  # fmt: skip
    write_geojson(
        folder / "places.geojson", [shapely.Point(point) for point in points], [{"name": name} for name in VILLAGES]
    )
    write_geojson(
        folder / "roads.geojson",
        roads,
        [{"kind": "district road" if index < 5 else "village road"} for index in range(len(roads))],
    )
    write_geojson(
        folder / "rivers.geojson", rivers, [{"name": name} for name in ("Sungai Arum", "Sei Teduh", "Sei Merbau")]
    )
    write_geojson(
        folder / "reserve.geojson",
        [reserve],
        [{"name": "Hutan Lindung Arum (invented)", "status": "protection forest, logged 1990-2012"}],
    )


def write_geojson(path: Path, shapes, properties) -> None:  # type: ignore[no-untyped-def]
    """One file with seven decimals."""
    move = Transformer.from_crs(CRS, "EPSG:4326", always_xy=True).transform
    features = []
    for shape, values in zip(shapes, properties, strict=True):
        degrees = shapely.transform(shape, lambda xy: np.round(np.column_stack(move(xy[:, 0], xy[:, 1])), 7))
        features.append({"type": "Feature", "properties": values, "geometry": json.loads(shapely.to_geojson(degrees))})
    document = {"type": "FeatureCollection", "name": path.stem, "features": features}
    path.write_text(json.dumps(document, ensure_ascii=False) + "\n", encoding="utf-8")


def write_raster(path: Path, values: np.ndarray, nodata: float, cell: float) -> None:
    """A compressed GeoTIFF."""
    with rasterio.open(path, "w", driver="GTiff", width=values.shape[1], height=values.shape[0], count=1, dtype=values.dtype.name,
                       crs=CRS, nodata=nodata, transform=from_origin(LEFT, TOP, cell, cell), compress="deflate", predictor=2) as target:  # fmt: skip
        target.write(values, 1)


def burn(shape: shapely.Geometry) -> np.ndarray:
    """Cells whose centre is inside."""
    return rasterio.features.rasterize([shape], (ROWS, COLUMNS), transform=from_origin(LEFT, TOP, CELL, CELL)).astype(
        bool
    )


def burn_lines(lines: list[shapely.LineString]) -> np.ndarray:
    """Cells that lines touch."""
    return rasterio.features.rasterize(
        lines, (ROWS, COLUMNS), transform=from_origin(LEFT, TOP, CELL, CELL), all_touched=True
    ).astype(bool)


def distance(mask: np.ndarray) -> np.ndarray:
    """Cells to the nearest True."""
    return distance_transform_edt(~mask)


def distance_to_points(points: np.ndarray) -> np.ndarray:
    """Metres to the nearest village."""
    x = LEFT + (np.arange(COLUMNS) + 0.5) * CELL
    y = TOP - (np.arange(ROWS) + 0.5) * CELL
    gaps = [np.hypot(x[None, :] - px, y[:, None] - py) for px, py in points]
    return np.min(gaps, axis=0)


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "inputs")
