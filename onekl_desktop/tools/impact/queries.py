"""Targets with what was measured and what the plan forecasts."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session as DbSession

from onekl_desktop.base.money import money_unit
from onekl_desktop.base.translate import N_, _
from onekl_desktop.base.units import unit_name
from onekl_desktop.engine import Session
from onekl_desktop.engine.runs import shown_runs
from onekl_desktop.engine.steps import Step
from onekl_desktop.models.decisions.model import expected, progress
from onekl_desktop.project.queries.indicators import values_of_run
from onekl_desktop.project.queries.records import get_landscape, list_scenarios
from onekl_desktop.project.records import Goal, Indicator, Observation, Run, Scenario, Target

TOLERANCE = 0.05


@dataclass
class Track:
    """A target with its straight way, the plan's forecast and the observations."""

    target: Target
    goal: str
    indicator: Indicator
    unit: str
    observations: list[Observation]
    forecast: list[tuple[int, float]] = field(default_factory=list)
    forecast_of: str = ""

    @property
    def way(self) -> list[tuple[int, float]]:
        """Baseline and target, where both are known."""
        t = self.target
        if t.baseline is None or t.quantity is None or t.baseline_year is None or t.year is None:
            return []
        return [(t.baseline_year, t.baseline), (t.year, t.quantity)]

    @property
    def latest(self) -> Observation | None:
        """The newest observation that is not disputed."""
        known = [row for row in self.observations if row.status != "disputed" and row.value is not None]
        return max(known, key=lambda row: (row.observed_on or f"{row.year or 0:04d}", row.id), default=None)

    @property
    def progress(self) -> float | None:
        """Share of the way from baseline to target; None where it is undefined."""
        latest = self.latest
        return progress(latest.value, self.target.baseline, self.target.quantity) if latest else None

    @property
    def status(self) -> str:
        """reached, on_track, behind, missed, not_measured or no_numbers."""
        if not self.way:
            return "no_numbers"
        latest, share = self.latest, self.progress
        if latest is None or share is None or latest.year is None:
            return "not_measured"
        (first, start), (last, end) = self.way
        if share >= 1:
            return "reached"
        if latest.year >= last:
            return "missed"
        due = progress(expected(_moment(latest), start, first, end, last), start, end) or 0.0
        return "on_track" if share >= due - TOLERANCE else "behind"


def _moment(row: Observation) -> float:
    """Year as a number, with the month where the day is known."""
    year = float(row.year or 0)
    return year + (int(row.observed_on[5:7]) - 1) / 12 if len(row.observed_on) >= 7 else year


@dataclass
class Impact:
    """All targets and the observations that belong to none."""

    tracks: list[Track]
    loose: list[Observation]
    plan: Scenario | None
    indicators: dict[str, Indicator]
    forecast_current: bool = True

    @property
    def forecast_note(self) -> str:
        """What a reader of the forecasts has to know; '' where they are those of the plan as it stands."""
        if self.plan is None:
            return _("No scenario has been chosen as the plan, so there is no forecast to compare with.")
        if not self.forecast_current:
            return _("The forecast is out of date or has not been computed. Compute the scenarios again.")
        return ""


def read_impact(session: Session) -> Impact:
    """Read everything; forecasts are the indicator values of the run that the scenarios show for the plan."""
    with session.read() as db:
        landscape = get_landscape(db)
        plan = _find_plan(db, landscape.plan)
        run, current = shown_runs(session, db).get(plan.uuid, (None, False)) if plan else (None, False)
        series = _forecasts(db, run)
        goals = {row.uuid: row.name for row in db.scalars(select(Goal))}
        indicators = {row.uuid: row for row in db.scalars(select(Indicator))}
        observations = list(
            db.scalars(select(Observation).order_by(Observation.year, Observation.observed_on, Observation.id))
        )
        currency = money_unit(landscape.currency, landscape.price_year)
        tracks = []
        for target in db.scalars(select(Target).order_by(Target.goal, Target.year, Target.id)):
            measure = indicators.get(target.indicator)
            if measure is None:
                continue
            unit = currency if measure.unit == "money" else unit_name(measure.unit)
            own = [row for row in observations if row.target == target.uuid or (
                not row.target and row.indicator == target.indicator and row.place == target.place)]  # fmt: skip
            tracks.append(Track(
                target, goals.get(target.goal, ""), measure, unit, own, series.get((measure.code, target.place), []),
                plan.name if plan else ""))  # fmt: skip
        used = {row.uuid for track in tracks for row in track.observations}
        return Impact(tracks, [row for row in observations if row.uuid not in used], plan, indicators, current)


def _find_plan(db: DbSession, chosen: str) -> Scenario | None:
    """The plan that was chosen, else the only scenario beside the baseline."""
    plans = [row for row in list_scenarios(db) if not row.is_baseline]
    if chosen:
        return next((row for row in plans if row.uuid == chosen), None)
    return plans[0] if len(plans) == 1 else None


def _forecasts(db: DbSession, run: Run | None) -> dict[tuple[str, str], list[tuple[int, float]]]:
    out: dict[tuple[str, str], list[tuple[int, float]]] = {}
    for value in values_of_run(db, run.uuid) if run else []:
        if value.year is not None and value.value is not None and not value.category:
            out.setdefault((value.indicator, value.zone), []).append((value.year, value.value))
    return {key: sorted(points) for key, points in out.items()}


def as_data(known: Impact) -> list[dict[str, object]]:
    """Tracks as plain data, for `--json` and tests."""
    return [
        {"target": track.target.name, "goal": track.goal, "indicator": track.indicator.code, "status": track.status,
         "progress": track.progress, "forecast": track.forecast, "observations": [[row.year, row.value] for row in track.observations]}
        for track in known.tracks
    ]  # fmt: skip


def first_steps(session: Session) -> list[Step]:
    """What the ring counts: an observation."""
    with session.read() as db:
        return [Step(N_("an observation"), db.scalar(select(Observation.id).limit(1)) is not None, "observations")]
