"""What the layers panel and the command line ask."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from onekl_desktop.base.geometry import from_gpkg, repair
from onekl_desktop.base.translate import N_
from onekl_desktop.engine import Session
from onekl_desktop.engine.steps import Step
from onekl_desktop.project.gpkg import quote
from onekl_desktop.project.queries.records import get_landscape, list_layers
from onekl_desktop.project.records import Layer

PREDICATES = {"meets": "intersects", "within": "within", "holds": "contains"}


def describe_layers(session: Session) -> list[dict[str, Any]]:
    """The layers as plain data, topmost first."""
    with session.read() as db:
        return [
            {
                "uuid": layer.uuid, "name": layer.name, "kind": layer.data_kind, "role": layer.role, "table": layer.table_name,
                "file": layer.file_name, "year": layer.year, "features": layer.feature_count, "crs": layer.crs,
                "source": layer.source, "licence": layer.licence, "visible": layer.visible,
            }
            for layer in list_layers(db)
        ]  # fmt: skip


def first_steps(session: Session) -> list[Step]:
    """What the ring of the element counts: a layer, a land cover, zones, a description."""
    with session.read() as db:
        landscape = get_landscape(db)
        return [
            Step(N_("a layer"), bool(list_layers(db))), Step(N_("land cover"), bool(landscape.land_cover)),
            Step(N_("zones for the results"), bool(landscape.zones)), Step(N_("a description of the landscape"), bool(landscape.description)),
        ]  # fmt: skip


def find_by_location(session: Session, layer: Layer, other: Layer, how: str, distance_m: float = 0.0) -> set[int]:
    """Row numbers of shapes by where those of another layer are.

    `how`: meets, within (one of the others), holds (one of the others), near (nearer than `distance_m`), apart (meets none).
    A layer is not compared with itself row by row: each shape meets itself.
    """
    keys, shapes = _read_shapes(session, layer)
    _others, targets = _read_shapes(session, other)
    if not len(keys) or not len(targets):
        return set(keys.tolist()) if how == "apart" else set()
    shapely.prepare(shapes)
    tree = shapely.STRtree(targets)
    if how == "near":
        found, _partner = tree.query(shapes, predicate="dwithin", distance=distance_m)
    else:
        found, _partner = tree.query(shapes, predicate=PREDICATES.get(how, "intersects"))
    hit = np.zeros(len(keys), bool)
    hit[found] = True
    return set(keys[~hit if how == "apart" else hit].tolist())


def _read_shapes(session: Session, layer: Layer) -> tuple[np.ndarray, np.ndarray]:
    keys, shapes = [], []
    with session.project.read_raw() as raw:
        for key, blob in raw.execute(
            f"SELECT id, geom FROM {quote(layer.table_name)} WHERE geom IS NOT NULL ORDER BY id"
        ):
            try:
                shape = repair(from_gpkg(blob))
            except ValueError:
                continue  # of a stranger's file: it has no place
            if not shape.is_empty:
                keys.append(key)
                shapes.append(shape)
    return np.array(keys, np.int64), np.array(shapes, dtype=object)
