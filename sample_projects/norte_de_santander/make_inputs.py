"""Makes the inputs of Valle de Aracuná, an invented valley: `python sample_projects/norte_de_santander/make_inputs.py`.

Everything is synthetic: cattle on steep pastures between a cloud forest in the west and a wide valley in the east, a
country where people come back after a conflict. The same seed gives the same files.
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
    COCOA,
    DEGRADED,
    DRY,
    FOREST,
    GRASS,
    PALM,
    RICE,
    SHRUB,
    SILVOPASTURE,
    TOWN,
    WATER,
    Ground,
    make_roads,
    write_plans,
)  # fmt: skip

GROUND = Ground("EPSG:32618", 688_000.0, 962_000.0, 60.0, 480, 440)
VILLAGES = (
    "Aracuná", "La Vega Honda", "El Retorno", "Mata de Guadua", "Alto del Viento", "San Ciro", "Las Palomas", "Quebrada Seca",
    "El Encuentro", "Piedra Blanca", "Los Cedros", "La Esperanza Nueva",
)  # fmt: skip


def make(folder: Path = HERE / "inputs", seed: int = 20_250_924) -> None:
    """Write all inputs."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    u, _v = GROUND.shares()
    boundary = GROUND.outline(rng)
    inside = GROUND.burn(boundary)
    main = GROUND.course(rng, [(0.05, 0.30), (0.30, 0.38), (0.52, 0.52), (0.75, 0.62), (0.97, 0.86)], 0.04)
    north = GROUND.course(rng, [(0.08, 0.78), (0.30, 0.72), (0.55, 0.66), (0.75, 0.62)], 0.03)
    south = GROUND.course(rng, [(0.30, 0.04), (0.42, 0.22), (0.50, 0.38), (0.52, 0.52)], 0.03)
    rivers = [main, north, south]
    to_river = GROUND.distance_m(rivers)
    rise = np.clip(1.02 - u, 0, None)
    elevation = 90 + 2300 * rise**1.9 + 170 * rise * GROUND.noise(rng, 11) + 45 * rise * GROUND.noise(rng, 4)
    elevation = np.maximum(elevation - 130 * rise * np.exp(-to_river / 350), 60)
    points = GROUND.spread(rng, boundary, len(VILLAGES), 4200, lambda east, _north: np.clip(0.9 - 1.4 * east, 0, 0.9))
    roads = make_roads(points)
    to_road, to_village = GROUND.distance_m(roads), GROUND.distance_to_points_m(points)
    covers = make_cover(rng, elevation, to_river, to_road, to_village)
    for year, cover in zip((2008, 2024), covers, strict=True):
        GROUND.write_raster(folder / f"land_cover_{year}.tif", np.where(inside, cover, 0).astype(np.uint8), 0)
    GROUND.write_elevation(folder / "elevation.tif", elevation)
    people = np.random.default_rng(17).integers(60, 900, len(VILLAGES))
    GROUND.write_geojson(folder / "boundary.geojson", [boundary], [{"name": "Valle de Aracuná"}])
    GROUND.write_geojson(folder / "veredas.geojson", GROUND.territories(points, boundary), [
        {"name": name, "households": int(count)} for name, count in zip(VILLAGES, people, strict=True)])  # fmt: skip
    GROUND.write_geojson(folder / "roads.geojson", roads, [{"kind": "vía terciaria"} for _road in roads])
    GROUND.write_geojson(
        folder / "rivers.geojson",
        rivers,
        [{"name": name} for name in ("Río Aracuná", "Quebrada Honda", "Quebrada Seca")],
    )
    reserve = GROUND.area(
        boundary, (0.02, 0.08), (0.20, 0.06), (0.24, 0.34), (0.20, 0.60), (0.24, 0.92), (0.03, 0.90), round_m=500
    )
    GROUND.write_geojson(folder / "reserve.geojson", [reserve], [{"name": "Reserva de niebla de Aracuná (invented)"}])
    write_interventions(folder, boundary, reserve, rivers)


def make_cover(rng, elevation, to_river, to_road, to_village):  # type: ignore[no-untyped-def]
    """Land cover of 2008 and of 2024: pasture took the lower forest, palm and cocoa came to the valley."""
    patch, fine, broad = GROUND.noise(rng, 6), GROUND.noise(rng, 2.2), GROUND.noise(rng, 15)

    def year(shift: float) -> np.ndarray:
        cover = np.full((GROUND.rows, GROUND.columns), GRASS)
        cover[patch + 0.4 * fine > 0.9] = SHRUB
        cover[(patch < -0.9) & (elevation < 900)] = DRY
        cover[(fine + 0.6 * patch > 1.7 - 0.4 * shift) & (elevation > 200) & (elevation < 1100)] = COCOA
        cover[(broad + 0.5 * patch > 1.5 - 0.7 * shift) & (elevation < 260)] = PALM
        cover[(broad < -1.4) & (patch > 0.4) & (elevation < 700)] = SILVOPASTURE
        cover[(to_river < 650 + 200 * patch) & (to_river > 130) & (elevation < 200)] = RICE
        edge = 640 + 260 * shift + 420 * np.exp(-to_road / 1400) + 120 * patch
        cover[elevation > edge] = DEGRADED
        cover[elevation > edge + 330 + 110 * broad] = FOREST
        cover[to_village < 300 + 120 * shift + 100 * fine] = TOWN
        cover[to_river < 80] = WATER
        return cover

    return year(0.0), year(1.0)


def write_interventions(folder, boundary, reserve, rivers):  # type: ignore[no-untyped-def]
    """Two scenarios: cattle under trees on less land, or the cloud forest reconnected first."""

    def area(*corners: tuple[float, float]) -> shapely.Geometry:
        return GROUND.area(boundary, *corners)

    cattle, forest = "Cattle under trees", "The cloud forest reconnected"
    seca = shapely.ops.substring(rivers[2], 0.1, 0.9, normalized=True).buffer(70, cap_style="flat")
    honda = shapely.ops.substring(rivers[1], 0.15, 0.8, normalized=True).buffer(70, cap_style="flat")
    write_plans(folder / "interventions.json", boundary, [
        (cattle, "silvopasture", "Herds of El Retorno", area((0.40, 0.28), (0.55, 0.26), (0.57, 0.42), (0.42, 0.44)), 2026, 5),
        (cattle, "silvopasture", "Herds of Mata de Guadua", area((0.48, 0.70), (0.64, 0.72), (0.66, 0.86), (0.50, 0.87)), 2027, 5),
        (cattle, "shade_cocoa", "Cocoa of those who came back", area((0.62, 0.46), (0.74, 0.44), (0.76, 0.56), (0.64, 0.57)), 2026, 4),
        (cattle, "riparian_buffer", "Quebrada Seca, fenced", seca, 2027, 2),
        (forest, "assisted_regeneration", "Pastures below the reserve", area((0.23, 0.40), (0.36, 0.42), (0.36, 0.62), (0.22, 0.62)), 2026, 6),
        (forest, "native_planting", "Corridor of the ridge", area((0.22, 0.66), (0.34, 0.68), (0.34, 0.80), (0.23, 0.82)), 2027, 4),
        (forest, "riparian_buffer", "Quebrada Honda, fenced", honda, 2027, 3),
        (forest, "forest_patrol", "Guardians of the reserve", reserve, 2026, 1),
    ])  # fmt: skip


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "inputs")
