"""Makes land.geojson from Natural Earth (public domain) as Debian's qgis-common ships it.

`python resources/basemap/make_land.py /usr/share/qgis/resources/data/world_map.gpkg`

Countries without Antarctica, united, simplified to about ten kilometres, without islands below 100 km2. It only
answers "is this in the sea?", so borders are gone on purpose.
"""

import json
import sys
from pathlib import Path

import geopandas
import shapely

countries = geopandas.read_file(sys.argv[1], layer="countries")
name = next(column for column in countries.columns if column.upper() == "NAME")
land = shapely.union_all(countries[countries[name] != "Antarctica"].geometry.make_valid().simplify(0.02))
parts = [part.simplify(0.1) for part in shapely.get_parts(land) if part.area > 0.008]
parts = [
    shapely.Polygon(part.exterior).buffer(0) for part in parts if part.geom_type == "Polygon" and not part.is_empty
]
rounded = shapely.set_precision(shapely.union_all(parts), 0.01)
shape = shapely.MultiPolygon(
    [part for part in shapely.get_parts(rounded) if part.geom_type == "Polygon" and not part.is_empty]
)
assert 14_000 < shape.area < 17_000, "square degrees of the world's land without Antarctica"
geometry = json.loads(shapely.to_geojson(shape))
text = json.dumps(
    {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": {"source": "Natural Earth 1:10m, public domain"}, "geometry": geometry}
        ],
    },
    separators=(",", ":"),
)
Path(__file__).with_name("land.geojson").write_text(text + "\n", encoding="utf-8")
