"""The sample landscapes that come along: a recipe is a boundary and a list of operations (`recipes` makes it)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from onekl_desktop.base.data import find_folder
from onekl_desktop.base.errors import UserError

SAMPLE = "north_sumatra"  # the one that is offered first


@dataclass(frozen=True)
class Recipe:
    """A recipe as its folder tells it."""

    folder: Path
    name: str
    file: str
    boundary: str
    crs: str
    about: str
    steps: tuple[dict[str, Any], ...]


def list_samples() -> list[str]:
    """Names of the sample landscapes."""
    return sorted(path.parent.name for path in find_folder("sample_projects").glob("*/recipe.json"))


def read_recipe(sample: str) -> Recipe:
    """The recipe of a sample."""
    folder = find_folder("sample_projects") / sample
    path = folder / "recipe.json"
    if not path.exists():
        raise UserError("file.missing", file=path)
    given = json.loads(path.read_text(encoding="utf-8"))
    return Recipe(
        folder,
        given["name"],
        given["file"],
        given["boundary"],
        given["crs"],
        given.get("about", ""),
        tuple(given["steps"]),
    )
