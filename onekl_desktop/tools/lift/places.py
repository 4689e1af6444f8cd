"""What speaks against the places of a project: outside the landscape, in another project, customary land without consent."""

from __future__ import annotations

import shapely
from sqlalchemy import select

from onekl_desktop.base.geometry import area_ha, polygons_of
from onekl_desktop.base.translate import _
from onekl_desktop.base.units import format_quantity
from onekl_desktop.engine import Session
from onekl_desktop.engine.places import LEAST_HA, read_customary
from onekl_desktop.project.queries.records import get_landscape
from onekl_desktop.project.records import Intervention, Project, ProjectPart
from onekl_desktop.tools.lift.runs import Inputs

TWICE, OUTSIDE, CONSENT = "twice", "outside", "consent"


def find_conflicts(session: Session, project: Project, inputs: Inputs) -> list[tuple[str, str]]:
    """Kind and sentence of each conflict."""
    with session.read() as db:
        landscape = get_landscape(db)
        owners = {
            row.uuid: row.name for row in db.scalars(select(Project).where(Project.stage.not_in(("dropped", "closed"))))
        }
        parts = {part.intervention: owners[part.project] for part in db.scalars(select(ProjectPart)) if part.project in owners and part.project != project.uuid}  # fmt: skip
        others = [
            (item, parts[item.uuid])
            for item in db.scalars(select(Intervention).where(Intervention.uuid.in_(parts)))
            if item.geom is not None
        ]
    customary = read_customary(session)
    found = []
    for item, _practice in inputs.parts:
        if item.geom is None:
            continue
        if landscape.geom is not None:
            beyond = _hectares(shapely.difference(item.geom, landscape.geom), landscape.crs)
            if beyond >= LEAST_HA:
                found.append((OUTSIDE, _("{area} of {name} lie outside the landscape.").format(area=format_quantity(beyond, "ha", 1), name=item.name)))  # fmt: skip
        for other, owner in others:
            shared = _hectares(shapely.intersection(item.geom, other.geom), landscape.crs)
            if shared >= LEAST_HA:
                found.append((TWICE, _("{area} of {name} are counted in {project} too.").format(area=format_quantity(shared, "ha", 1), name=item.name, project=owner)))  # fmt: skip
        for people, shape in customary:
            shared = _hectares(shapely.intersection(item.geom, shape), landscape.crs)
            if shared >= LEAST_HA:
                found.append((CONSENT, _("{area} of {name} lie on the customary land of {people}, of whom no consent is recorded.").format(area=format_quantity(shared, "ha", 1), name=item.name, people=people)))  # fmt: skip
    return found


def _hectares(shape: object, crs: str) -> float:
    areas = polygons_of(shape)  # type: ignore[arg-type]
    return 0.0 if areas.is_empty else area_ha(areas, crs)
