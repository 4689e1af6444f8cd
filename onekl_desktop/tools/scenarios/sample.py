"""A sample landscape, planned and computed: its recipe done through the one door, then a run."""

from __future__ import annotations

import os
from pathlib import Path

from onekl_desktop.base.progress import Progress
from onekl_desktop.base.translate import _
from onekl_desktop.engine import Session
from onekl_desktop.engine.recipes import build_recipe, run_all
from onekl_desktop.engine.registry import Registry
from onekl_desktop.engine.samples import SAMPLE, read_recipe
from onekl_desktop.exchange.boundary import read_boundary
from onekl_desktop.project.records import Landscape


def build_sample_project(target: Path, *, registry: Registry, progress: Progress, sample: str = SAMPLE) -> Path:
    """Build and compute a sample.

    It grows under its own name, so that an interrupt leaves a project that opens, as far as it came.
    """
    recipe = read_recipe(sample)
    target.parent.mkdir(parents=True, exist_ok=True)
    plan = read_boundary(recipe.folder / recipe.boundary, crs=recipe.crs)
    landscape = Landscape(
        name=recipe.name,
        crs=plan.crs,
        area_ha=plan.area_ha,
        geom=plan.shape,
        boundary_source=os.path.basename(recipe.boundary),
    )
    progress.report(0.0, _("Making the project"))
    build_recipe(recipe, target, landscape, registry=registry, progress=progress.part(0.0, 0.6))
    with Session(target, registry=registry) as session:
        run_all(session, progress.part(0.6, 1.0))
    return target
