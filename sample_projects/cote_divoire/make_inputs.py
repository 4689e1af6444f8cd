"""Makes the inputs of Kolétou, an invented cocoa country: `python sample_projects/cote_divoire/make_inputs.py`.

Everything is synthetic: low hills under old cocoa, a classified forest in the west that cocoa has eaten into, rubber
and rice along a slow river to the coast in the south. The same seed gives the same files.
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

GROUND = Ground("EPSG:32629", 748_000.0, 612_000.0, 60.0, 520, 420)
VILLAGES = (
    "Kolétou", "Débazra", "Petit-Kolé", "Nigbéo", "Zakoua", "Sérikro", "Blékoua", "Gnanléo", "Amanikro", "Trikouhé",
    "Dagbahio", "Yobouékro", "Kouamékan", "Sagbé",
)  # fmt: skip


def make(folder: Path = HERE / "inputs", seed: int = 20_250_317) -> None:
    """Write all inputs."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    u, v = GROUND.shares()
    boundary = GROUND.outline(rng)
    inside = GROUND.burn(boundary)
    main = GROUND.course(rng, [(0.62, 0.97), (0.55, 0.70), (0.66, 0.45), (0.58, 0.22), (0.63, 0.03)], 0.05)
    west = GROUND.course(rng, [(0.10, 0.80), (0.28, 0.60), (0.45, 0.52), (0.62, 0.45)], 0.03)
    rivers = [main, west]
    to_river = GROUND.distance_m(rivers)
    hills = np.clip(0.35 + 0.5 * v - 0.25 * u, 0.02, None)
    elevation = 4 + 210 * hills + 38 * hills * GROUND.noise(rng, 10) + 14 * GROUND.noise(rng, 4) * hills
    elevation = np.maximum(elevation - 25 * np.exp(-to_river / 500), 1)
    points = GROUND.spread(rng, boundary, len(VILLAGES), 4600, lambda east, _north: 0.85 if east < 0.24 else 0.1)
    roads = make_roads(points)
    to_road, to_village = GROUND.distance_m(roads), GROUND.distance_to_points_m(points)
    covers = make_cover(rng, elevation, to_river, to_road, to_village, u, v)
    for year, cover in zip((2005, 2023), covers, strict=True):
        GROUND.write_raster(folder / f"land_cover_{year}.tif", np.where(inside, cover, 0).astype(np.uint8), 0)
    GROUND.write_elevation(folder / "elevation.tif", elevation)
    people = np.random.default_rng(13).integers(180, 2600, len(VILLAGES))
    GROUND.write_geojson(folder / "boundary.geojson", [boundary], [{"name": "Terroir de Kolétou"}])
    GROUND.write_geojson(folder / "villages.geojson", GROUND.territories(points, boundary), [
        {"name": name, "households": int(count)} for name, count in zip(VILLAGES, people, strict=True)])  # fmt: skip
    GROUND.write_geojson(folder / "roads.geojson", roads, [{"kind": "piste"} for _road in roads])
    GROUND.write_geojson(folder / "rivers.geojson", rivers, [{"name": name} for name in ("Kolé", "Nigbé")])
    forest = GROUND.area(boundary, (0.02, 0.10), (0.22, 0.14), (0.26, 0.45), (0.21, 0.78), (0.04, 0.88), round_m=500)
    GROUND.write_geojson(
        folder / "classified_forest.geojson", [forest], [{"name": "Forêt classée de la Kolé (invented)"}]
    )
    write_interventions(folder, boundary, forest, rivers)


def make_cover(rng, elevation, to_river, to_road, to_village, u, v):  # type: ignore[no-untyped-def]
    """Land cover of 2005 and of 2023: cocoa went into the classified forest, rubber and palm came to the old cocoa."""
    patch, fine, broad = GROUND.noise(rng, 6), GROUND.noise(rng, 2.2), GROUND.noise(rng, 15)

    def year(shift: float) -> np.ndarray:
        cover = np.full((GROUND.rows, GROUND.columns), COCOA)
        cover[patch + 0.4 * fine > 1.0] = DRY
        cover[(patch < -1.0) & (fine > -0.5)] = SHRUB
        cover[(broad + 0.5 * patch > 1.3 - 0.6 * shift) & (u > 0.35)] = RUBBER
        cover[(broad + 0.4 * patch < -1.3) & (v < 0.5)] = PALM
        cover[(fine + patch > 1.9)] = AGROFOREST
        cover[(to_river < 600 + 200 * patch) & (to_river > 150) & (elevation < 110)] = RICE
        edge = 0.20 - 0.075 * shift + 0.02 * broad + 0.012 * patch
        cover[u < edge + 0.05] = DEGRADED
        cover[u < edge] = FOREST
        cover[(u < edge + 0.05) & (patch + 0.5 * fine > 1.35 - 0.5 * shift)] = COCOA
        cover[(v < 0.06 + 0.01 * patch) & (to_river < 3500)] = MANGROVE
        cover[to_village < 380 + 150 * shift + 110 * fine] = TOWN
        cover[to_river < 90] = WATER
        return cover

    return year(0.0), year(1.0)


def write_interventions(folder, boundary, forest, rivers):  # type: ignore[no-untyped-def]
    """Two scenarios: the cooperative renews its cocoa under trees, or the forest is given back first."""

    def area(*corners: tuple[float, float]) -> shapely.Geometry:
        return GROUND.area(boundary, *corners)

    cocoa, back = "Cocoa with trees", "The forest first"
    west = shapely.ops.substring(rivers[1], 0.1, 0.8, normalized=True).buffer(60, cap_style="flat")
    main = shapely.ops.substring(rivers[0], 0.3, 0.7, normalized=True).buffer(70, cap_style="flat")
    write_plans(folder / "interventions.json", boundary, [
        (cocoa, "shade_cocoa", "Members of Débazra", area((0.34, 0.60), (0.50, 0.62), (0.50, 0.78), (0.35, 0.77)), 2026, 5),
        (cocoa, "shade_cocoa", "Members of Sérikro", area((0.66, 0.55), (0.82, 0.52), (0.86, 0.68), (0.70, 0.72)), 2027, 5),
        (cocoa, "agroforestry", "Fallows of the south", area((0.40, 0.18), (0.54, 0.16), (0.55, 0.32), (0.42, 0.34)), 2027, 4),
        (cocoa, "riparian_buffer", "Kolé, middle reach", main, 2028, 2),
        (back, "assisted_regeneration", "Cocoa given back in the classified forest", forest.intersection(area((0.13, 0.18), (0.26, 0.20), (0.26, 0.55), (0.14, 0.56))), 2026, 6),
        (back, "native_planting", "Corridor to the river", area((0.22, 0.56), (0.38, 0.50), (0.40, 0.57), (0.24, 0.64)), 2028, 4),
        (back, "riparian_buffer", "Nigbé, both banks", west, 2027, 3),
        (back, "forest_patrol", "Patrols in the classified forest", forest, 2026, 1),
    ])  # fmt: skip


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "inputs")
