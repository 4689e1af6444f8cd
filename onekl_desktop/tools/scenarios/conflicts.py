"""What speaks against a place while it is drawn: outside the landscape, over another intervention, customary land without consent."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from onekl_desktop.base.geometry import area_ha, polygons_of
from onekl_desktop.base.translate import _
from onekl_desktop.base.units import format_quantity
from onekl_desktop.engine import Session
from onekl_desktop.engine.places import LEAST_HA, read_customary
from onekl_desktop.project.queries.records import get_landscape, list_interventions


def find_conflicts(session: Session, scenario: str, skip: str = "") -> Callable[[BaseGeometry], str]:
    """A function that tells the conflicts of a shape in one sentence each; '' where there is none.

    Everything it needs is read now, so that it keeps up with the pen. `skip` is the intervention that is reshaped.
    """
    with session.read() as db:
        landscape = get_landscape(db)
        others = [(item.name, item.geom) for item in list_interventions(db, scenario) if item.geom is not None and item.uuid != skip]  # fmt: skip
    boundary, crs = landscape.geom, landscape.crs
    if boundary is not None:
        shapely.prepare(boundary)
    customary = read_customary(session)
    known = [*((name, shape, False) for name, shape in others), *((name, shape, True) for name, shape in customary)]
    tree = shapely.STRtree(np.array([shape for _name, shape, _needs in known], dtype=object))

    def check(shape: BaseGeometry) -> str:
        if shape.is_empty or not shape.is_valid:
            return ""
        told = []
        if boundary is not None and not shapely.covers(boundary, shape):
            told.append(_("Part of it lies outside the landscape."))
        for at in sorted(tree.query(shape, predicate="intersects").tolist()):
            name, other, needs_consent = known[at]
            hectares = area_ha(polygons_of(shape.intersection(other)), crs)
            if hectares < LEAST_HA:
                continue
            area = format_quantity(hectares, "ha", 1)
            told.append(
                _("{area} lie on the customary land of {name}, of whom no consent is recorded.").format(area=area, name=name) if needs_consent
                else _("{area} overlap {name}.").format(area=area, name=name)
            )  # fmt: skip
        return " ".join(told)

    return check
