"""Run a finance case as a document: the case, its scenarios and its risk, in one object of figures."""

from __future__ import annotations

import math
from typing import Any

from onekl_desktop.base.progress import Progress
from onekl_desktop.base.translate import _
from onekl_desktop.models.finance.case import Change
from onekl_desktop.models.finance.reading import changed_document, load_case, without_nulls
from onekl_desktop.models.finance.results import Model, compute_case
from onekl_desktop.models.finance.risk import risk_figures
from onekl_desktop.models.finance.solvers import solver_figures

RESULTS, RESULTS_VERSION = "onekl finance results", 1


def run_document(document: dict[str, Any], *, file: str = "", progress: Progress | None = None) -> Model:
    """Check a case, compute it, its scenarios (each as a whole case of its own) and its risk.

    Raises
    ------
    UserError
        `finance.refused` with all problems.
    """
    report = progress or Progress()
    case = load_case(document, file=file)
    model = compute_case(case)
    model.figures |= solver_figures(model)
    plain = without_nulls(document)
    for number, scenario in enumerate(case.scenarios):
        report.report(0.5 * number / len(case.scenarios), _("Computing the scenarios"))
        changed = compute_case(load_case(changed_document(plain, told(scenario.changes)), file=file))
        model.scenarios[scenario.id] = changed
        model.figures |= {f"scenarios.{scenario.id}.{key}": value for key, value in changed.figures.items()}
    if case.risk is not None:
        model.figures |= risk_figures(case, progress=report.part(0.5, 1.0))
    return model


def told(changes: list[Change]) -> list[dict[str, Any]]:
    """Changes as they are written."""
    return [change.model_dump(exclude_unset=True) for change in changes]


def results_document(model: Model) -> dict[str, Any]:
    """What a results file holds; what is not a finite number is null."""
    figures = {key: _finite(value) for key, value in model.figures.items()}
    return {"schema": RESULTS, "version": RESULTS_VERSION, "case_id": model.case.header.case_id, "currency": model.case.header.currency, "figures": figures}  # fmt: skip


def _finite(value: Any) -> Any:
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
