"""Runs of the models on maps on the land cover of every scenario."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session as DbSession

from onekl_desktop.base.progress import Progress
from onekl_desktop.base.translate import _
from onekl_desktop.engine import Session
from onekl_desktop.engine.models import get_model, list_models
from onekl_desktop.project.queries.indicators import Value, values_of_run
from onekl_desktop.project.records import ChainModel, Run
from onekl_desktop.tools.scenarios.chain import Land, list_chain, read_json, years_of
from onekl_desktop.tools.scenarios.ecosystem import LANDSCAPE, Asked, print_of, run_in_project


def ask(model: ChainModel, scenario: str, year: int, land: str) -> Asked:
    """What the chain asks of a model for one scenario and year."""
    arguments: dict[str, Any] = read_json(model.arguments, dict)
    return Asked(model.model, {**arguments, model.land_input: f"@land {year}"}, scenario, year, land=land)


def run_chain(session: Session, lands: Sequence[Land], horizon: int, *, force: bool, progress: Progress) -> int:
    """Run what is not current of each model, scenario and year; returns how many runs that were.

    Raises
    ------
    UserError
        The problems of a model's inputs, or a model that this program does not have.
    """
    due: list[tuple[ChainModel, Land, Asked]] = []
    with session.read() as db:
        models = list_chain(db)
        for model in models:
            spec = get_model(session.registry, model.model)
            for land in lands:
                for year in years_of(model, horizon):
                    asked = ask(model, land.scenario, year, land.hash)
                    done = find_chain_run(db, print_of(session, db, spec, asked), land.scenario, model.model)
                    if year in land.files and (force or done is None):
                        due.append((model, land, asked))
    keep = max(5, sum(len(years_of(model, horizon)) for model in models) * 3)
    for number, (model, land, asked) in enumerate(due):
        part = progress.part(number / len(due), (number + 1) / len(due))
        part.report(0.0, _("{model}: {scenario}").format(model=model.name, scenario=land.name))
        assert asked.year is not None
        run_in_project(session, asked, progress=part, files={model.land_input: str(land.files[asked.year])}, keep=keep)
    return len(due)


def find_chain_run(db: DbSession, print_today: str, scenario: str, model: str) -> Run | None:
    """The run of a model of the chain with that fingerprint."""
    return db.scalar(
        select(Run).where(Run.fingerprint == print_today, Run.scenario == scenario, Run.subject == model).limit(1)
    )


def chain_values(session: Session, db: DbSession, scenario: str, land: str, horizon: int) -> list[Value]:
    """The figures of the chain's models for a scenario: of the landscape without a zone, else by zone."""
    found = []
    specs = {spec.id: spec for spec in list_models(session.registry)}
    for model in list_chain(db):
        spec = specs.get(model.model)
        if spec is None:
            continue  # of a plug-in that is not here; computing says so
        for year in years_of(model, horizon):
            run = find_chain_run(
                db, print_of(session, db, spec, ask(model, scenario, year, land)), scenario, model.model
            )
            for value in values_of_run(db, run.uuid) if run is not None else []:
                if value.category:
                    zone = "" if value.category == LANDSCAPE else value.zone
                    found.append(
                        Value(value.indicator, scenario, value.year, zone, "", value.value, value.low, value.high)
                    )
    return found
