"""Everything that is known of a project, read at one moment: what the documents and the panel tell of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from sqlalchemy import select

from onekl_desktop.base.progress import Progress
from onekl_desktop.engine import Session
from onekl_desktop.engine.plans import Yearly, hectares_of
from onekl_desktop.models.finance.matching import Match
from onekl_desktop.models.finance.results import Model
from onekl_desktop.project.queries.finance import list_movements
from onekl_desktop.project.queries.records import get_by_name, get_landscape
from onekl_desktop.project.records import (
    FinanceSource,
    Goal,
    Landscape,
    Movement,
    Organisation,
    Project,
    RoomItem,
)
from onekl_desktop.tools.lift.flags import Flag, find_flags
from onekl_desktop.tools.lift.ideas import IdeaState, read_ideas
from onekl_desktop.tools.lift.inputs import ROOM_ITEMS
from onekl_desktop.tools.lift.matching import match_sources
from onekl_desktop.tools.lift.places import find_conflicts
from onekl_desktop.tools.lift.runs import Inputs, find_result, gather, model_of

BOX_MARGIN = 0.25


@dataclass
class Dossier:
    """A project with its model. Years of `yearly` and of the model are the same: the project's year 0 and those after it."""

    landscape: Landscape
    project: Project
    champion: str
    goal: str
    inputs: Inputs
    yearly: list[Yearly]
    model: Model
    sources: dict[str, dict[str, Any]]
    current: bool
    ideas: list[IdeaState]
    names: dict[str, str]
    room: dict[str, RoomItem]
    movements: list[Movement]
    matches: list[Match] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)

    def figure(self, key: str) -> Any:
        """A figure of the model; None where there is none."""
        return self.model.figures.get(key)

    def series(self, name: str) -> list[float]:
        """A yearly series of the model."""
        return list(self.model.figures[f"series.{name}"])

    def summed(self, name: str) -> list[float]:
        """A yearly quantity of all interventions together."""
        return list(np.sum([getattr(each, name) for each in self.yearly], axis=0))

    @property
    def years(self) -> list[int]:
        """Calendar years."""
        return list(range(self.inputs.start_year, self.inputs.start_year + self.inputs.horizon + 1))

    @property
    def hectares(self) -> float:
        """Land in use in the end."""
        return max(self.summed("hectares"), default=0.0)

    @property
    def capital_cost(self) -> float:
        """All of it."""
        return sum(self.series("capital_cost"))

    @property
    def typical(self) -> int:
        """The project year that a profile tells of: the first one in which everything bears and nothing is built."""
        harvest, capital = self.summed("production_t"), self.series("capital_cost")
        bearing = harvest if any(harvest) else self.summed("hectares")
        full = 0.999 * max(bearing, default=0.0)
        quiet = [year for year, value in enumerate(bearing) if value >= full and not capital[year]]
        return quiet[0] if quiet else len(bearing) - 1

    @property
    def box(self) -> tuple[float, float, float, float] | None:
        """The map around the project's places."""
        shapes = [item.geom for item, _practice in self.inputs.parts if item.geom is not None]
        if not shapes:
            return None
        west, south, east, north = shapely.total_bounds(shapes).tolist()
        edge = BOX_MARGIN * max(east - west, north - south)
        return (west - edge, south - edge, east + edge, north + edge)

    @property
    def scenario(self) -> str:
        """The scenario in which the places are drawn."""
        return self.inputs.parts[0][0].scenario

    @property
    def missing_documents(self) -> list[str]:
        """Items of the data room that are neither there nor needless."""
        return [option.id for option in ROOM_ITEMS if self.status_of(option.id) in ("missing", "asked")]

    def status_of(self, item: str) -> str:
        """Of a document."""
        return self.room[item].status if item in self.room else "missing"

    def parts(self) -> list[tuple[str, str, float, str]]:
        """Name, practice, hectares and years of each intervention."""
        out = []
        for (item, practice), yearly in zip(self.inputs.parts, self.yearly, strict=True):
            begun = yearly.years[np.diff(yearly.hectares, prepend=0.0) > 0]
            span = "–".join(str(year) for year in sorted({int(begun.min()), int(begun.max())})) if len(begun) else "–"
            out.append((item.name, practice.name, hectares_of(item, self.inputs.crs), span))
        return out


def read_dossier(session: Session, name: str, progress: Progress | None = None) -> Dossier:
    """Read and compute a project.

    Raises
    ------
    UserError
        `record.missing`, what `gather` refuses, `finance.refused`.
    """
    with session.read() as db:
        landscape = get_landscape(db)
        project = get_by_name(db, Project, name, field="project")
        inputs = gather(db, project)
        _run, current, _problem = find_result(db, project)
        names = {
            uuid: name
            for kind in (Organisation, Goal, FinanceSource)
            for uuid, name in db.execute(select(kind.uuid, kind.name))
        }
        room = {row.item: row for row in db.scalars(select(RoomItem).where(RoomItem.project == project.uuid))}
        movements = list_movements(db, project.uuid)
    yearly = inputs.yearly(session)
    model, _document, sources = model_of(inputs, yearly, progress)
    dossier = Dossier(
        landscape, project, names.get(project.champion, ""), names.get(project.goal, ""), inputs, yearly, model, sources, current,
        [state for state in read_ideas(session) if state.project == project.name], names, room, movements,
    )  # fmt: skip
    dossier.matches = match_sources(session, inputs, model)
    dossier.flags = find_flags(session, project, inputs, model, find_conflicts(session, project, inputs))
    return dossier
