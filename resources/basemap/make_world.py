"""Makes world.npz from Natural Earth 1:10m (public domain) as Debian's qgis-common ships it.

`python resources/basemap/make_world.py /usr/share/qgis/resources/data/world_map.gpkg`

Countries with their names, and the provinces within them, simplified as coverages (so that neighbours still meet) and
rounded to a thousandth of a degree. What lies around a landscape, to find one's way; no legal border.
"""

import sys
from pathlib import Path

import geopandas
import numpy as np
import shapely

SCALE = 1000  # steps of a degree


def simplify(shapes: np.ndarray, degrees: float) -> np.ndarray:
    """Fewer corners, shared borders still shared; parts below a few square kilometres go."""
    simple = shapely.make_valid(shapely.coverage_simplify(shapely.make_valid(shapes), degrees))
    return np.array(
        [shapely.MultiPolygon([part for part in parts_of(shape) if part.area > degrees**2]) for shape in simple],
        dtype=object,
    )


def parts_of(shape):
    """Areas of a shape, of collections too."""
    for part in shapely.get_parts(shape):
        if part.geom_type == "Polygon":
            yield part
        elif hasattr(part, "geoms"):
            yield from parts_of(part)


def flat(shapes: np.ndarray) -> dict[str, np.ndarray]:
    """Steps from corner to corner as small numbers, which pack well."""
    xy, parts, owners = [], [0], [0]
    for shape in shapes:
        for ring in shapely.get_rings(shapely.get_parts(shape)):
            steps = np.round(shapely.get_coordinates(ring) * SCALE).astype(np.int32)
            steps = steps[np.append(True, (np.diff(steps, axis=0) != 0).any(axis=1))]
            if len(steps) > 3:
                xy.append(np.vstack([steps[:1], np.diff(steps, axis=0)]))
                parts.append(parts[-1] + len(steps))
        owners.append(len(parts) - 1)
    return {
        "steps": np.vstack(xy).astype(np.int32),
        "parts": np.array(parts, np.int32),
        "shapes": np.array(owners, np.int32),
    }


countries = geopandas.read_file(sys.argv[1], layer="countries")
provinces = geopandas.read_file(sys.argv[1], layer="states_provinces")
name = next(column for column in countries.columns if column.upper() == "NAME")
found: dict[str, np.ndarray] = {}
for title, frame, degrees in (("countries", countries, 0.012), ("provinces", provinces, 0.03)):
    found |= {f"{title}_{key}": value for key, value in flat(simplify(frame.geometry.to_numpy(), degrees)).items()}
found["names"] = np.frombuffer("\n".join(str(value) for value in countries[name]).encode(), np.uint8)
np.savez_compressed(Path(__file__).with_name("world.npz"), **found)
