"""Makes the inputs of Lunhaw, an invented watershed: `python sample_projects/cagayan_de_oro/make_inputs.py`.

Everything is synthetic: a river falls from a forested plateau in the south through cocoa and corn slopes to a town on
the bay in the north. The same seed gives the same files.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import shapely
import shapely.ops

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from making import (  # noqa: E402
    AGROFOREST,
    COCOA,
    DEGRADED,
    DRY,
    FOREST,
    GRASS,
    MANGROVE,
    RICE,
    SHRUB,
    TOWN,
    WATER,
    Ground,
    make_roads,
    write_plans,
)  # fmt: skip

GROUND = Ground("EPSG:32651", 668_000.0, 938_000.0, 50.0, 440, 620)
VILLAGES = (
    "Baybay Lunhaw", "Tulay Dako", "Sapa Hayag", "Patag Uno", "Kakawan", "Balite Alto", "Bukal", "Mangga Ubos", "Lantawan",
    "Pulang Yuta", "Kalasan", "Tagbak", "Malinaw",
)  # fmt: skip


def make(folder: Path = HERE / "inputs", seed: int = 20_251_108) -> None:
    """Write all inputs."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    _u, v = GROUND.shares()
    boundary = GROUND.outline(rng)
    inside = GROUND.burn(boundary)
    main = GROUND.course(rng, [(0.55, 0.03), (0.45, 0.25), (0.58, 0.45), (0.47, 0.68), (0.52, 0.97)], 0.04)
    west = GROUND.course(rng, [(0.12, 0.18), (0.30, 0.38), (0.47, 0.55)], 0.03)
    east = GROUND.course(rng, [(0.90, 0.22), (0.72, 0.40), (0.58, 0.50)], 0.03)
    rivers = [main, west, east]
    to_river = GROUND.distance_m(rivers)
    slope = np.clip(1.0 - v, 0, None)
    elevation = 3 + 1250 * slope**1.7 + 90 * slope * GROUND.noise(rng, 12) + 25 * slope * GROUND.noise(rng, 4)
    elevation = np.maximum(elevation - 70 * slope * np.exp(-to_river / 300), 1)
    points = GROUND.spread(rng, boundary, len(VILLAGES), 3400, lambda _east, north: np.clip(0.75 - north, 0, 0.9))
    points = points[np.argsort(-points[:, 1])]
    roads = make_roads(points)
    to_road, to_village = GROUND.distance_m(roads), GROUND.distance_to_points_m(points)
    covers = make_cover(rng, elevation, to_river, to_road, to_village, v)
    for year, cover in zip((2012, 2024), covers, strict=True):
        GROUND.write_raster(folder / f"land_cover_{year}.tif", np.where(inside, cover, 0).astype(np.uint8), 0)
    GROUND.write_elevation(folder / "elevation.tif", elevation)
    people = np.random.default_rng(11).integers(260, 3100, len(VILLAGES))
    GROUND.write_geojson(folder / "boundary.geojson", [boundary], [{"name": "Lunhaw watershed"}])
    GROUND.write_geojson(folder / "villages.geojson", GROUND.territories(points, boundary), [
        {"name": name, "households": int(count)} for name, count in zip(VILLAGES, people, strict=True)])  # fmt: skip
    GROUND.write_geojson(folder / "roads.geojson", roads, [{"kind": "barangay road"} for _road in roads])
    GROUND.write_geojson(
        folder / "rivers.geojson", rivers, [{"name": name} for name in ("Lunhaw", "Sapa Wala", "Sapa Tuo")]
    )
    park = GROUND.area(boundary, (0.05, 0.02), (0.95, 0.02), (0.92, 0.20), (0.55, 0.26), (0.08, 0.19), round_m=500)
    GROUND.write_geojson(folder / "park.geojson", [park], [{"name": "Lunhaw natural park (invented)"}])
    write_interventions(folder, boundary, park, rivers)


def make_cover(rng, elevation, to_river, to_road, to_village, v):  # type: ignore[no-untyped-def]
    """Land cover of 2012 and of 2024: corn went uphill, cocoa was planted, the town grew."""
    patch, fine, broad = GROUND.noise(rng, 6), GROUND.noise(rng, 2.2), GROUND.noise(rng, 15)

    def year(shift: float) -> np.ndarray:
        cover = np.full((GROUND.rows, GROUND.columns), DRY)
        cover[patch + 0.4 * fine > 0.6] = SHRUB
        cover[(patch < -0.5) & (elevation > 60)] = GRASS
        cover[(fine + 0.6 * patch > 1.25 - 0.35 * shift) & (elevation > 80) & (elevation < 700)] = COCOA
        cover[(broad + patch > 1.5) & (elevation < 600)] = AGROFOREST
        cover[(to_river < 700 + 200 * patch) & (elevation < 60) & (to_river > 120)] = RICE
        edge = 430 + 110 * shift + 230 * np.exp(-to_road / 1200) + 60 * patch
        cover[elevation > edge] = DEGRADED
        cover[elevation > edge + 190 + 60 * broad] = FOREST
        cover[(v > 0.93) & (broad > -0.3 + 0.3 * shift)] = MANGROVE
        cover[to_village < (360 + 160 * shift) * np.where(v > 0.8, 2.2, 1) + 110 * fine] = TOWN
        cover[to_river < 75] = WATER
        return cover

    return year(0.0), year(1.0)


def write_interventions(folder, boundary, park, rivers):  # type: ignore[no-untyped-def]
    """Two scenarios: cocoa under shade on the middle slopes, and water first."""

    def area(*corners: tuple[float, float]) -> shapely.Geometry:
        return GROUND.area(boundary, *corners)

    def along(river: int, start: float, end: float, metres: float) -> shapely.Geometry:
        return shapely.ops.substring(rivers[river], start, end, normalized=True).buffer(metres, cap_style="flat")

    cocoa, water = "Cocoa under shade", "Water for the city"
    write_plans(folder / "interventions.json", boundary, [
        (cocoa, "shade_cocoa", "Kakawan slopes", area((0.22, 0.50), (0.42, 0.48), (0.44, 0.62), (0.26, 0.64)), 2026, 4),
        (cocoa, "shade_cocoa", "Eastern terraces", area((0.66, 0.44), (0.84, 0.42), (0.86, 0.56), (0.68, 0.58)), 2027, 4),
        (cocoa, "agroforestry", "Corn slopes turned to gardens", area((0.28, 0.34), (0.42, 0.32), (0.44, 0.44), (0.30, 0.45)), 2027, 5),
        (cocoa, "riparian_buffer", "Lunhaw, middle reach", along(0, 0.45, 0.75, 60), 2028, 2),
        (water, "native_planting", "Grassland above the springs", area((0.60, 0.24), (0.82, 0.22), (0.84, 0.34), (0.64, 0.36)), 2026, 4),
        (water, "assisted_regeneration", "Edge of the park", park.intersection(area((0.05, 0.10), (0.60, 0.12), (0.58, 0.26), (0.06, 0.22))), 2026, 5),
        (water, "riparian_buffer", "Upper Lunhaw and Sapa Wala", shapely.union(along(0, 0.12, 0.45, 80), along(1, 0.1, 0.9, 60)), 2027, 3),
        (water, "forest_patrol", "Patrols in the park", park, 2026, 1),
        (water, "mangrove", "Old ponds on the bay", area((0.30, 0.92), (0.60, 0.92), (0.62, 0.985), (0.32, 0.985)), 2028, 3),
    ])  # fmt: skip


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "inputs")
