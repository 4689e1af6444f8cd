"""What models on maps can read: layers of the project, and the land cover that scenarios lead to."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from onekl_desktop.base.translate import _
from onekl_desktop.engine import Session
from onekl_desktop.engine.runs import run_folder
from onekl_desktop.project.queries.records import get_landscape
from onekl_desktop.project.records import Layer
from onekl_desktop.tools.scenarios.layer_files import address_of
from onekl_desktop.tools.scenarios.runs import list_status


@dataclass(frozen=True)
class Source:
    """A raster or polygons that a model can take: how a parameter set names it, and what people call it."""

    value: str
    title: str


def list_sources(session: Session, kind: str) -> list[Source]:
    """Layers of the project (`raster` or `vector`), and of rasters the land cover that scenarios lead to."""
    with session.read() as db:
        layers = db.scalars(select(Layer).where(Layer.data_kind == kind).order_by(Layer.name)).all()
        found = [Source(address_of(layer), layer.name) for layer in layers]
        if kind == "raster":
            horizon = get_landscape(db).horizon_year
            for state in list_status(db):
                path = run_folder(session, state.run.uuid) / "land_cover.tif" if state.run else None
                if path is not None and state.current and path.exists():
                    title = _("Land cover of {scenario} in {year}").format(scenario=state.scenario.name, year=horizon)
                    found.append(Source(str(path), title))
    return found
