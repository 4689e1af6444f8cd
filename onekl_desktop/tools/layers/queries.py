"""What the layers panel and the command line ask."""

from __future__ import annotations

from typing import Any

from onekl_desktop.engine import Session
from onekl_desktop.project.queries.records import get_landscape, list_layers


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


def first_steps(session: Session) -> list[bool]:
    """What the ring of the element counts: a layer, a land cover, zones, a description."""
    with session.read() as db:
        landscape = get_landscape(db)
        return [bool(list_layers(db)), bool(landscape.land_cover), bool(landscape.zones), bool(landscape.description)]
