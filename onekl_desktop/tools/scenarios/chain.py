"""Which models on maps run on the land cover of every scenario, and that land cover."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session as DbSession

from onekl_desktop.project.records import ChainModel

Kind = TypeVar("Kind", dict, list)  # type: ignore[type-arg]


@dataclass(frozen=True)
class Land:
    """The land cover of a computed scenario: what it depends on as a hash, and its files by year."""

    scenario: str
    name: str
    hash: str
    files: dict[int, Path]


def read_json(text: str, kind: type[Kind]) -> Kind:
    """Data of a record; the file may be a stranger's, so what is not of that kind is empty."""
    try:
        found = json.loads(text or "null")
    except ValueError:
        return kind()
    return found if isinstance(found, kind) else kind()


def list_chain(db: DbSession) -> list[ChainModel]:
    """The models of the chain in the order in which they were added."""
    return list(db.scalars(select(ChainModel).order_by(ChainModel.id)))


def years_of(model: ChainModel, horizon: int) -> list[int]:
    """The years that a model is asked for; the file may be a stranger's, so what is no year is left out."""
    return sorted({int(part) for part in model.years.split(",") if part.strip().isdigit()}) or [horizon]
