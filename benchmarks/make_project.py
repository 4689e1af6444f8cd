"""A project with many small polygons in one layer."""

import sys
from pathlib import Path

import numpy as np
import shapely

from onekl_desktop.engine import Session, perform
from onekl_desktop.engine.new import make_project
from onekl_desktop.project.layers import VectorData, create_layer_table
from onekl_desktop.project.records import Landscape, Layer

path, count = Path(sys.argv[1]), int(sys.argv[2])
side = int(np.ceil(np.sqrt(count)))
rng = np.random.default_rng(1)
x, y = np.meshgrid(np.arange(side) * 100.0 + 500_000, np.arange(side) * 100.0 + 300_000)
angles = np.linspace(0, 2 * np.pi, 24, endpoint=False)
radius = rng.uniform(25, 48, (side * side, 24))
xy = np.stack(
    [x.ravel()[:, None] + 50 + radius * np.cos(angles), y.ravel()[:, None] + 50 + radius * np.sin(angles)], axis=2
)
shapes = np.array([shapely.MultiPolygon([polygon]) for polygon in shapely.polygons(xy)[:count]], dtype=object)
size = side * 100.0
make_project(
    path, Landscape(name="Bench", crs="EPSG:32647", geom=shapely.box(500_000, 300_000, 500_000 + size, 300_000 + size))
)
data = VectorData("MULTIPOLYGON", shapes, {"kind": [f"k{k % 22}" for k in range(count)]}, {"kind": "TEXT"})
with Session(path) as session:

    def work(write):
        create_layer_table(write.raw, "parcels", data, write.srs_id)
        write.capture.add_table("parcels")
        write.add(
            Layer(
                name="Parcels",
                table_name="parcels",
                geometry_type="MULTIPOLYGON",
                crs=session.crs,
                content_hash="x",
                feature_count=count,
            )
        )

    session.project.write(work)
    perform(session, "layers.style_by_class", layer="Parcels", column="kind")
    perform(session, "scenarios.add_practice", name="P")
    perform(session, "scenarios.add_scenario", name="S")
print("{}")
