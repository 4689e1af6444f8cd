"""Run a finance case as a document: the case, its scenarios and its risk, in one object of figures."""

from __future__ import annotations

import math
from typing import Any

from onekl_desktop.base.progress import Progress
from onekl_desktop.base.translate import N_, _
from onekl_desktop.models.finance.case import Change
from onekl_desktop.models.finance.reading import changed_document, load_case, without_nulls
from onekl_desktop.models.finance.results import Model, compute_case
from onekl_desktop.models.finance.risk import risk_figures
from onekl_desktop.models.finance.solvers import solver_figures

RESULTS, RESULTS_VERSION = "onekl finance results", 1

CONVENTIONS = (
    N_("Year 0 is the decision and is not discounted; a spreadsheet's NPV() discounts its first value by a whole period, this does not."),
    N_("Flows fall at the ends of years; with mid-period timing those of year 1 and later fall half a year earlier. Loans always count whole years."),
    N_("Dated flows count actual days over 365, unless another day count is named."),
    N_("Real and nominal never mix: 1 + nominal rate = (1 + real rate)(1 + inflation)."),
    N_("Money out is negative in cash flows; costs are written as positive amounts."),
    N_("Every rate of return is looked for: none is undefined, one is reported, of several all are listed and the MIRR stands in front."),
    N_("MIRR: positive flows compounded at the reinvestment rate over negative flows discounted at the finance rate."),
    N_("Payback is the last year in which the running total crosses zero, interpolated within it."),
    N_("Benefits over costs: revenue and sale over operating and capital cost; no grants, tax or working capital."),
    N_("The equivalent annual annuity spreads the value evenly over the years: NPV k (1 + k)^T / ((1 + k)^T - 1)."),
    N_("Tax losses: the oldest first, never a refund; a year of tax holiday uses none up."),
    N_("DSCR is cash for debt service over interest paid and principal; a good LLCR does not excuse a breached year."),
    N_("Nothing is rounded but on the screen; rates of return are never averaged."),
)  # fmt: skip


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
    return {"schema": RESULTS, "version": RESULTS_VERSION, "case_id": model.case.header.case_id, "currency": model.case.header.currency, "figures": figures, "conventions": [_(text) for text in CONVENTIONS]}  # fmt: skip


def _finite(value: Any) -> Any:
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
