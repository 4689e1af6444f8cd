"""Runs: a model's execution on frozen inputs, its fingerprint, and where its numbers go.

Stale is a question, not a flag: a run is current while today's fingerprint equals its own. After an undo an
older run may be current again, and nothing needs to be computed.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session as DbSession

from onekl_desktop.base.errors import Problem
from onekl_desktop.base.specs import ModelSpec
from onekl_desktop.engine.session import Session
from onekl_desktop.project.file import Write
from onekl_desktop.project.folders import cache_folder
from onekl_desktop.project.records import Indicator, IndicatorValue, Meta, Run


@dataclass(frozen=True)
class Computed:
    """One number of a run before it is stored; `indicator` is a code that a model declares."""

    indicator: str
    value: float | None
    year: int | None = None
    zone: str = ""
    category: str = ""
    low: float | None = None
    high: float | None = None


def fingerprint(models: Iterable[ModelSpec], inputs: Any) -> str:
    """Hash of model ids, versions and inputs (plain data, order of keys does not matter)."""
    named = {model.id: model.version for model in models}
    text = json.dumps({"models": named, "inputs": inputs}, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def find_run(db: DbSession, of: str, print_today: str, *, subject: bool = False) -> tuple[Run | None, bool]:
    """The run to show for a scenario and whether it is current: one with today's fingerprint, else the newest.

    With `subject` the run is one of another record: a project, an assessment.
    """
    mine = (Run.subject == of,) if subject else (Run.scenario == of, Run.subject == "")
    current = db.scalar(select(Run).where(*mine, Run.fingerprint == print_today).order_by(Run.id.desc()).limit(1))
    if current is not None:
        return current, True
    return db.scalar(select(Run).where(*mine).order_by(Run.id.desc()).limit(1)), False


def shown_runs(session: Session, db: DbSession) -> dict[str, tuple[Run | None, bool]]:
    """By scenario, project or round: the run that its own tool shows, and whether it is current.

    Tools are blind to one another, so each tells it of its own records: `runs.shown_runs(db)` of its package.
    """
    shown: dict[str, tuple[Run | None, bool]] = {}
    for entry in session.registry.entries:
        if entry.has("runs"):
            tell = getattr(entry.load("runs"), "shown_runs", None)
            if tell is not None:
                shown.update(tell(db))
    return shown


def record_run(
    session: Session, *, models: Sequence[ModelSpec], scenario: str, print_today: str, inputs: Any,
    values: Sequence[Computed], warnings: Sequence[Problem], started_at: str, duration_s: float, words: str,
    uuid: str, keep: int = 5, subject: str = "",
) -> str:  # fmt: skip
    """Store a run and its values in one transaction; it is journalled but not part of the undo history.

    Only the newest `keep` runs of a scenario (or of another `subject`) stay; older ones and their values are removed.

    Raises
    ------
    ValueError
        The models gave indicators that they did not declare, or kept one back.
    """
    declared = {spec.id: (model, spec) for model in models for spec in model.indicators}
    given = {item.indicator for item in values}
    if given != set(declared):
        raise ValueError(f"promised {sorted(set(declared) - given)}, unasked {sorted(given - set(declared))}")

    def work(write: Write) -> str:
        codes: dict[str, str] = {}
        for code, (model, spec) in declared.items():
            row = write.db.scalar(select(Indicator).where(Indicator.code == code))
            if row is None:
                row = write.add(Indicator(
                    code=code, name=spec.title, definition=spec.about, unit=spec.unit, direction=spec.direction,
                    decimals=spec.decimals, model=model.id))  # fmt: skip
            codes[code] = row.uuid
        run = write.add(Run(
            uuid=uuid, model="+".join(model.id for model in models),
            model_version="+".join(str(model.version) for model in models), scenario=scenario, fingerprint=print_today,
            subject=subject, inputs=json.dumps(inputs, ensure_ascii=False), started_at=started_at, duration_s=duration_s,
            warnings=json.dumps([problem.for_storage() for problem in warnings], ensure_ascii=False)))  # fmt: skip
        write.db.add_all(
            IndicatorValue(run=run.uuid, indicator=codes[item.indicator], scenario=scenario, subject=subject, year=item.year, zone=item.zone,
                           category=item.category, value=item.value, low=item.low, high=item.high)
            for item in values
        )  # fmt: skip
        write.db.flush()
        old = write.db.scalars(
            select(Run.uuid)
            .where(Run.scenario == scenario, Run.subject == subject)
            .order_by(Run.id.desc())
            .offset(keep)
        ).all()
        if old:
            write.db.execute(delete(IndicatorValue).where(IndicatorValue.run.in_(old)))
            write.db.execute(delete(Run).where(Run.uuid.in_(old)))
        return "\n".join(old)

    removed, changes = session.project.write(work, operation="run", words=words)
    for run in removed.split():
        shutil.rmtree(run_folder(session, run), ignore_errors=True)
    session.announce(changes)
    return uuid


def run_folder(session: Session, run: str) -> Path:
    """Where the rasters of a run are cached; they can be computed again from its inputs."""
    with session.read() as db:
        project = db.scalar(select(Meta.uuid).where(Meta.key == "application")) or "project"
    return cache_folder() / "runs" / project / run
