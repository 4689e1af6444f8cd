"""Named shapes of layers, and land that is used only with its people's consent."""

from __future__ import annotations

import datetime as dt
from typing import Any

from shapely.geometry.base import BaseGeometry
from sqlalchemy import select
from sqlalchemy.orm import Session as DbSession

from onekl_desktop.base.geometry import from_gpkg, polygons_of, repair
from onekl_desktop.engine.session import Session
from onekl_desktop.project.layers import read_column
from onekl_desktop.project.records import Consent, Layer, Organisation

LAND_SCOPE, CUSTOMARY = "land", "customary"
LEAST_HA = 0.01


def read_shapes(session: Session, layer: Layer) -> list[tuple[str, Any]]:
    """The shapes of a vector layer with their names, each name once."""
    with session.project.read_raw() as raw:
        names = read_column(raw, layer.table_name, layer.name_column) if layer.name_column else {}
        rows = raw.execute(f'SELECT id, geom FROM "{layer.table_name}" WHERE geom IS NOT NULL ORDER BY id').fetchall()
    found: list[tuple[str, Any]] = []
    seen: set[str] = set()
    for key, blob in rows:
        label = str(names.get(key) or key)
        while label in seen:
            label += " *"
        seen.add(label)
        found.append((label, from_gpkg(blob)))
    return found


def read_customary(session: Session) -> list[tuple[str, BaseGeometry]]:
    """Customary land of those who have not agreed to work on it, with their names."""
    with session.read() as db:
        layers = list(db.scalars(select(Layer).where(Layer.role == CUSTOMARY, Layer.data_kind == "vector")))
        agreed = _agreed(db)
    return [
        (name, polygons_of(repair(shape))) for layer in layers for name, shape in read_shapes(session, layer) if name.strip().lower() not in agreed
    ]  # fmt: skip


def _agreed(db: DbSession) -> set[str]:
    """Names of organisations that permit work on their land today."""
    today = dt.date.today().isoformat()
    given = {
        consent.subject for consent in db.scalars(select(Consent).where(Consent.scope == LAND_SCOPE, Consent.subject_kind == "organisation"))
        if not consent.withdrawn_on and (not consent.valid_until or consent.valid_until >= today)
    }  # fmt: skip
    return {row.name.strip().lower() for row in db.scalars(select(Organisation)) if row.uuid in given}
