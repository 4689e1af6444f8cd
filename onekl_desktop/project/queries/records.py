"""Records by name or identity, and the few lists that every tool needs."""

from __future__ import annotations

from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session as DbSession

from onekl_desktop.base.errors import UserError, make_problem
from onekl_desktop.base.specs.inputs import RECORD_WORDS
from onekl_desktop.base.translate import _
from onekl_desktop.project.records import (
    Intervention,
    LandCoverClass,
    Landscape,
    Layer,
    Practice,
    Record,
    Scenario,
    record_kinds,
)

R = TypeVar("R", bound=Record)


def get_landscape(db: DbSession) -> Landscape:
    """The one landscape."""
    landscape = db.scalar(select(Landscape).limit(1))
    if landscape is None:
        raise UserError("project.no_landscape")
    return landscape


def find_by_name(db: DbSession, kind: type[R], text: str) -> R | None:
    """A record by identity, else by code or name (exact, then ignoring case); None when there is none.

    Raises
    ------
    UserError
        `record.ambiguous`.
    """
    found = db.scalar(select(kind).where(kind.uuid == text))
    if found is not None:
        return found
    for column in ("code", "name"):
        if not hasattr(kind, column):
            continue
        attribute = getattr(kind, column)
        for test in (attribute == text, func.lower(attribute) == text.lower()):
            matches = db.scalars(select(kind).where(test).limit(2)).all()
            if len(matches) > 1:
                raise UserError("record.ambiguous", kind=_word(kind), value=text)
            if matches:
                return matches[0]
    return None


def get_by_name(db: DbSession, kind: type[R], text: str, *, field: str = "") -> R:
    """A record by identity, code or name.

    Raises
    ------
    UserError
        `record.missing`, with the names there are; `record.ambiguous`.
    """
    found = find_by_name(db, kind, text)
    if found is None:
        names = [name for (name,) in db.execute(select(kind.name).limit(20)) if name] if hasattr(kind, "name") else []  # type: ignore[attr-defined]
        known = _("There are: {names}.").format(names=", ".join(names)) if names else _("There is none yet.")
        facts = {"kind": _word(kind), "value": text, "known": known}
        raise UserError("record.missing", [make_problem("record.missing", field=field, **facts)], **facts)  # type: ignore[arg-type]
    return found


def find_record(db: DbSession, kind: str, uuid: str) -> Record | None:
    """A record of any kind by its identity; None when there is none."""
    record = record_kinds().get(kind)
    return db.scalar(select(record).where(record.uuid == uuid)) if record is not None and uuid else None


def tell_subject(db: DbSession, kind: str, uuid: str) -> str:
    """What something is about, as people say it: `goal: More forest`; '' when it is about none."""
    if not kind or not uuid:
        return ""
    found = find_record(db, kind, uuid)
    name = str(getattr(found, "name", "")) if found is not None else _("no longer there")
    return f"{_(RECORD_WORDS.get(kind, kind))}: {name}" if name else _(RECORD_WORDS.get(kind, kind))


def _word(kind: type[Record]) -> str:
    return _(RECORD_WORDS.get(kind.kind, kind.kind))


def list_layers(db: DbSession) -> list[Layer]:
    """Layers, topmost first."""
    return list(db.scalars(select(Layer).order_by(Layer.position.desc(), Layer.id.desc())))


def list_scenarios(db: DbSession) -> list[Scenario]:
    """Scenarios in their order, the baseline first."""
    return list(db.scalars(select(Scenario).order_by(Scenario.is_baseline.desc(), Scenario.position, Scenario.id)))


def list_practices(db: DbSession) -> list[Practice]:
    """Practices by name."""
    return list(db.scalars(select(Practice).order_by(Practice.name)))


def list_interventions(db: DbSession, scenario: str | None = None) -> list[Intervention]:
    """Interventions of a scenario (its uuid), or all."""
    query = select(Intervention).order_by(Intervention.start_year, Intervention.id)
    if scenario is not None:
        query = query.where(Intervention.scenario == scenario)
    return list(db.scalars(query))


def list_classes(db: DbSession, legend: str) -> list[LandCoverClass]:
    """Classes of a legend by code."""
    return list(db.scalars(select(LandCoverClass).where(LandCoverClass.legend == legend).order_by(LandCoverClass.code)))


def find_land_cover(db: DbSession) -> Layer | None:
    """The layer that is the land cover of the project."""
    landscape = get_landscape(db)
    if not landscape.land_cover:
        return None
    return db.scalar(select(Layer).where(Layer.uuid == landscape.land_cover))
