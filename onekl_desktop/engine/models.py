"""Models that run on maps of any origin: found by their id or InVEST's, run on a `Work`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from onekl_desktop.base.errors import Problem, UserError
from onekl_desktop.base.specs import IndicatorSpec, ModelSpec
from onekl_desktop.base.work import Work
from onekl_desktop.engine.registry import Registry, load_dotted


def list_models(registry: Registry) -> list[ModelSpec]:
    """Models with a `run` of their own, in the order of the tools."""
    return [model for entry in registry.entries for model in entry.models() if model.run]


def get_model(registry: Registry, name: str) -> ModelSpec:
    """The model of that id, InVEST's or ours.

    Raises
    ------
    UserError
        `model.unknown`.
    """
    models = list_models(registry)
    for model in models:
        if name in (model.invest_id, model.id):
            return model
    raise UserError("model.unknown", model=name, known=", ".join(model.invest_id or model.id for model in models))


def check_of(spec: ModelSpec) -> Callable[[dict[str, Any]], list[Problem]] | None:
    """What judges the model's options together, if it has such a function."""
    if not spec.check:
        return None
    check: Callable[[dict[str, Any]], list[Problem]] = load_dotted(spec.check)
    return check


def gather_of(spec: ModelSpec) -> tuple[Callable[[Work], Any], Callable[[list[Any]], dict[str, Any]]] | None:
    """What each watershed adds to figures of the whole, and what these are; None where there are none."""
    return (load_dotted(spec.gather[0]), load_dotted(spec.gather[1])) if spec.gather else None


def indicators_of(spec: ModelSpec) -> dict[str, IndicatorSpec]:
    """What a run of a model on maps tells by zone: for each measured raster, by the raster's id, an indicator."""
    return {
        item.id: IndicatorSpec(
            id=f"{spec.id}_{item.id}", title=item.title, about=item.about, unit=item.measured_unit, direction=item.direction,
            decimals=0 if item.measure == "total" else 2,
        ) for item in spec.outputs if item.measure
    }  # fmt: skip


def run_model(spec: ModelSpec, work: Work) -> None:
    """Compute; results go where the work says."""
    load_dotted(spec.run)(work)
    work.progress.report(1.0)
