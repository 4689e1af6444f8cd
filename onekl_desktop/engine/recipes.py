"""Sample landscapes are made as people make theirs: each step of a recipe goes through the one door."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from onekl_desktop.base.data import find_folder
from onekl_desktop.base.progress import Progress
from onekl_desktop.base.translate import _
from onekl_desktop.engine.new import make_project
from onekl_desktop.engine.operations import perform
from onekl_desktop.engine.registry import Registry
from onekl_desktop.engine.samples import Recipe
from onekl_desktop.engine.session import Session
from onekl_desktop.project.queries.records import list_scenarios
from onekl_desktop.project.records import Landscape


def build_recipe(recipe: Recipe, target: Path, landscape: Landscape, *, registry: Registry, progress: Progress) -> None:
    """Make the project and do every step. An interrupt leaves a project that opens, as far as it came."""
    make_project(target, landscape)
    with Session(target, registry=registry) as session:
        with session.read() as db:
            baseline = list_scenarios(db)[0].name  # in the language in use
        for number, step in enumerate(recipe.steps):
            part = progress.part(number / len(recipe.steps), (number + 1) / len(recipe.steps))
            if "say" in step:
                part.report(0.0, _(step["say"]))
            if "for_each" in step:
                document = json.loads((recipe.folder / step["for_each"]).read_text(encoding="utf-8"))
                for feature in document["features"]:
                    perform(session, step["operation"], geometry=feature["geometry"], **feature["properties"])
            elif "rows" in step:
                for fields in step["rows"]:
                    perform(session, step["operation"], **_fields(recipe, fields, baseline))
            else:
                perform(session, step["operation"], progress=part, **_fields(recipe, step["fields"], baseline))


def run_all(session: Session, progress: Progress) -> None:
    """Compute everything that tools compute: each tool's `runs.run_all`, in the tools' order."""
    runners = [entry.load("runs") for entry in session.registry.entries if entry.has("runs")]
    runners = [module for module in runners if hasattr(module, "run_all")]
    for number, module in enumerate(runners):
        module.run_all(session, progress.part(number / len(runners), (number + 1) / len(runners)))


def _fields(recipe: Recipe, fields: dict[str, Any], baseline: str) -> dict[str, Any]:
    """Fields with file names made absolute (within the recipe's folder, or `resources:` ones) and {baseline} by its name."""
    out = {key: baseline if value == "{baseline}" else value for key, value in fields.items()}
    for key in ("file", "classes"):
        value = out.get(key)
        if isinstance(value, str) and value:
            prefix, _colon, rest = value.partition("resources:")
            out[key] = str(find_folder("resources") / rest) if rest and not prefix else str(recipe.folder / value)
    return out
