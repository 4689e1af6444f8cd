"""Makes the inputs of Lembah Arum, an invented landscape: `python sample_projects/north_sumatra/make_inputs.py`.

Everything is synthetic: seeded noise shaped by a story (hills with a logged reserve in the south-west, estates and
rice on the plain, mangroves at the estuary in the north-east). The same seed gives the same files.
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
    PALM,
    RICE,
    RUBBER,
    SHRUB,
    TOWN,
    WATER,
    Ground,
    make_roads,
    write_plans,
)  # fmt: skip

GROUND = Ground("EPSG:32647", 512_000.0, 372_000.0, 50.0, 640, 520)
VILLAGES = (
    "Suka Rimba", "Arum Hulu", "Batu Lintang", "Air Teduh", "Tanjung Sawo", "Kampung Durian", "Pasar Arum", "Sidomekar",
    "Bukit Kemiri", "Rawa Jingga", "Muara Arum", "Tirta Kencana", "Lubuk Pandan", "Sei Merbau", "Karang Embun",
)  # fmt: skip


def make(folder: Path = HERE / "inputs", seed: int = 20_240_601) -> None:
    """Write all inputs."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    u, v = GROUND.shares()  # east, north
    boundary = GROUND.outline(rng)
    inside = GROUND.burn(boundary)
    rivers = make_rivers(rng)
    to_river = GROUND.distance_m(rivers)
    hills = np.clip(0.95 - 0.95 * u - 0.55 * v, 0, None)
    elevation = (
        4
        + 1150 * hills**1.5
        + 55 * np.clip(hills, 0.05, None) * GROUND.noise(rng, 14)
        + 12 * hills * GROUND.noise(rng, 5)
    )
    elevation = np.maximum(elevation - 10 * np.exp(-to_river / 250), 1)
    points = GROUND.spread(
        rng, boundary, len(VILLAGES), 4300, lambda east, north: 1.6 * np.clip(0.95 - 0.95 * east - 0.55 * north, 0, 1)
    )
    villages = GROUND.territories(points, boundary)
    roads = make_roads(points)
    to_road, to_village = GROUND.distance_m(roads), GROUND.distance_to_points_m(points)
    cover_2010, cover_2024 = make_cover(rng, elevation, to_river, to_road, to_village, u, v)
    reserve = make_reserve(boundary)
    write_vectors(folder, boundary, villages, points, roads, rivers, reserve)
    for year, cover in ((2010, cover_2010), (2024, cover_2024)):
        GROUND.write_raster(folder / f"land_cover_{year}.tif", np.where(inside, cover, 0).astype(np.uint8), 0)
    GROUND.write_elevation(folder / "elevation.tif", elevation)
    write_interventions(folder, boundary, reserve, rivers)
    write_claims(folder, boundary)


def make_rivers(rng: np.random.Generator) -> list[shapely.LineString]:
    """The Arum from the hills to the estuary, and two tributaries."""
    main = GROUND.course(
        rng, [(0.10, 0.12), (0.25, 0.30), (0.42, 0.38), (0.58, 0.55), (0.72, 0.68), (0.93, 0.88)], 0.035
    )
    north = GROUND.course(rng, [(0.12, 0.62), (0.30, 0.66), (0.45, 0.60), (0.58, 0.55)], 0.025)
    south = GROUND.course(rng, [(0.45, 0.08), (0.58, 0.25), (0.66, 0.45), (0.72, 0.68)], 0.025)
    return [main, north, south]


def make_cover(rng, elevation, to_river, to_road, to_village, u, v):  # type: ignore[no-untyped-def]
    """Land cover of 2010 and of 2024: the forest edge moved up, rubber gave way to palm, ponds opened the mangrove."""
    patch, fine, broad = GROUND.noise(rng, 6), GROUND.noise(rng, 2.2), GROUND.noise(rng, 16)
    coast = u * 0.8 + v * 0.75
    estuary = coast + 0.05 * broad + 0.02 * patch

    def year(shift: float, palm: float) -> np.ndarray:
        cover = np.full((GROUND.rows, GROUND.columns), RUBBER)
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
    outline = [GROUND.at(*corner) for corner in (
        (0.02, 0.02), (0.48, 0.02), (0.47, 0.18), (0.38, 0.28), (0.31, 0.37), (0.20, 0.43), (0.16, 0.62), (0.02, 0.64))]  # fmt: skip
    return shapely.Polygon(outline).buffer(600).buffer(-500).intersection(boundary.buffer(-150))


def write_interventions(folder, boundary, reserve, rivers):  # type: ignore[no-untyped-def]
    """The story's plans: what the two scenarios would do and where."""

    def area(*corners: tuple[float, float]) -> shapely.Geometry:
        return GROUND.area(boundary, *corners)

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
    write_plans(folder / "interventions.json", boundary, plans)


def write_vectors(folder, boundary, villages, points, roads, rivers, reserve):  # type: ignore[no-untyped-def]
    """GeoJSON in degrees, as people exchange it."""
    people = np.random.default_rng(7).integers(380, 2900, len(villages))
    GROUND.write_geojson(folder / "boundary.geojson", [boundary], [{"name": "Lembah Arum"}])
    GROUND.write_geojson(folder / "villages.geojson", villages, [
        {"name": name, "households": int(count)} for name, count in zip(VILLAGES, people, strict=True)])  # fmt: skip
    GROUND.write_geojson(
        folder / "places.geojson", [shapely.Point(point) for point in points], [{"name": name} for name in VILLAGES]
    )
    GROUND.write_geojson(
        folder / "roads.geojson",
        roads,
        [{"kind": "district road" if index < 5 else "village road"} for index in range(len(roads))],
    )
    GROUND.write_geojson(
        folder / "rivers.geojson", rivers, [{"name": name} for name in ("Sungai Arum", "Sei Teduh", "Sei Merbau")]
    )
    GROUND.write_geojson(
        folder / "reserve.geojson",
        [reserve],
        [{"name": "Hutan Lindung Arum (invented)", "status": "protection forest, logged 1990-2012"}],
    )


def write_claims(folder, boundary):  # type: ignore[no-untyped-def]
    """Permits and customary land that lie over each other and over the reserve, as they do."""
    estate = GROUND.area(boundary, (0.28, 0.36), (0.44, 0.26), (0.56, 0.34), (0.50, 0.46), (0.36, 0.46))
    cooperative = GROUND.area(boundary, (0.60, 0.27), (0.78, 0.25), (0.83, 0.44), (0.66, 0.49))
    ponds = GROUND.area(boundary, (0.78, 0.78), (0.92, 0.74), (0.97, 0.86), (0.88, 0.94), (0.79, 0.91))
    hills = GROUND.area(boundary, (0.06, 0.40), (0.24, 0.44), (0.36, 0.36), (0.42, 0.24), (0.32, 0.16), (0.14, 0.22))
    GROUND.write_geojson(folder / "permits.geojson", [estate, cooperative, ponds], [
        {"name": "Arum Jaya estate", "kind": "oil palm, 2009 to 2044"}, {"name": "Cooperative palms", "kind": "oil palm, 2014 to 2039"},
        {"name": "Karang Embun ponds", "kind": "aquaculture, lapsed 2021"}])  # fmt: skip
    GROUND.write_geojson(folder / "customary.geojson", [hills], [
        {"name": "Hill Villages Association", "kind": "customary forest, mapped by the villages in 2023"}])  # fmt: skip


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "inputs")
