"""What `onekl finance` does: cases, workbooks of them, single functions, explanations."""

from __future__ import annotations

import functools
import inspect
import json
import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from onekl_desktop.base.errors import Problem, UserError, explain_os_error, make_problem
from onekl_desktop.base.translate import _
from onekl_desktop.base.units import format_number, format_percent
from onekl_desktop.cli.output import Output
from onekl_desktop.engine import Session
from onekl_desktop.exchange.finance.returning import read_workbook
from onekl_desktop.exchange.finance.workbook import write_workbook
from onekl_desktop.models.decisions.functions import FUNCTIONS as DECISIONS
from onekl_desktop.models.finance.functions import FUNCTIONS as FINANCE
from onekl_desktop.models.finance.mechanisms import MECHANISMS, Outcome
from onekl_desktop.models.finance.portfolio import aggregate_farms, concentrations, pool, spread
from onekl_desktop.models.finance.reading import read_case
from onekl_desktop.models.finance.results import Model
from onekl_desktop.models.finance.run import results_document, run_document
from onekl_desktop.models.finance.trace import explain
from onekl_desktop.project.queries.records import get_by_name
from onekl_desktop.project.records import Project
from onekl_desktop.tools.lift.runs import as_case, gather


def _told(mechanism: Callable[..., Outcome]) -> Callable[..., dict[str, Any]]:
    """A mechanism as a function whose result is plain data."""

    @functools.wraps(mechanism)
    def run(**inputs: Any) -> dict[str, Any]:
        found = mechanism(**inputs)
        warnings = [_(text).format(**{name: format_number(value, 2) if isinstance(value, float) else value for name, value in facts.items()}) for text, facts in found.warnings]  # fmt: skip
        flows = {party: [float(amount) for amount in flow] for party, flow in found.flows.items()}
        return {"flows": flows, "metrics": found.metrics, "warnings": warnings, "ignores": _(found.ignores)}

    return run


FUNCTIONS: dict[str, Callable[..., Any]] = {
    **FINANCE, **DECISIONS, **{name: _told(each) for name, each in MECHANISMS.items()},
    **{each.__name__: each for each in (pool, concentrations, spread, aggregate_farms)},
}  # fmt: skip
FUNCTION_RESULTS, VERSION = "onekl finance function results", 1
MONEY = ("project.npv", "project_with_grants.npv", "equity.npv", "equity_without_grants.npv", "minimum_grant.amount")
RATES = ("project", "project_post_tax", "project_with_grants", "equity", "equity_without_grants")


def read_sources(path: Path | None) -> dict[str, dict[str, Any]]:
    """The sidecar of a case: for each field's path where its value comes from."""
    found = read_case(path) if path is not None else {}
    given = found.get("sources", found)
    return {str(place): value for place, value in given.items() if isinstance(value, dict)} if isinstance(given, dict) else {}  # fmt: skip


def read_any(options: Any, output: Output) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """A case and its sources: from JSON, from a workbook that comes back, or made of a project's interventions.

    Raises
    ------
    UserError
        `finance.refused` with a problem for each cell that cannot be read: nothing is taken over then.
    """
    path: Path = options.case
    sources = read_sources(options.sources)
    if path.suffix.lower() == ".gpkg":
        with Session(path, registry=options.registry, read_only=True) as session:
            with session.read() as db:
                inputs = gather(db, get_by_name(db, Project, options.project))
            document, own = as_case(inputs, inputs.yearly(session))
        return document, own | sources
    if path.suffix.lower() not in (".xlsx", ".xlsm"):
        return read_case(path), sources
    found = read_workbook(path)
    if found.problems:
        raise UserError("finance.refused", found.problems, file=path, count=len(found.problems))
    for name, before, after in found.changes:
        output.line(_("Changed in the workbook: {field}: {before} → {after}").format(field=name, before=_shown(before), after=_shown(after)))  # fmt: skip
    return found.document, found.sources | sources


def _run(options: Any, output: Output) -> int:
    document, sources = read_any(options, output)
    with output.progress() as progress:
        model = run_document(document, file=str(options.case), progress=progress)
    if options.xlsx is not None:
        write_workbook(options.xlsx, model, document, sources)
    if options.case_out is not None:
        write_whole(options.case_out, json.dumps(document, indent=1, ensure_ascii=False) + "\n")
    for line in summary(model):
        output.line(line)
    output.data(results_document(model))
    return 0


def write_whole(path: Path, text: str) -> None:
    """Write a text under a temporary name and rename it when it is whole.

    Raises
    ------
    UserError
        A problem of the medium.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_text(text, encoding="utf-8")
        os.replace(part, path)
    except OSError as problem:
        part.unlink(missing_ok=True)
        raise explain_os_error(problem, path) from None


def summary(model: Model) -> list[str]:
    """The headline figures in a few lines."""
    figures, currency = model.figures, model.case.header.currency
    lines = [f"{model.case.header.name}  ({currency}, {model.case.header.base_year}–{model.case.header.base_year + model.case.horizon})"]  # fmt: skip
    for name in RATES:
        rate, kind = figures[f"{name}.headline_rate"], figures[f"{name}.headline_rate_kind"]
        shown = format_percent(rate, 2) if rate is not None else _("undefined")
        more = f" ({', '.join(format_percent(root, 2) for root in figures[f'{name}.irr_roots'])})" if kind == "mirr" else ""  # fmt: skip
        lines.append(f"  {name:24}NPV {format_number(figures[f'{name}.npv'], 2):>18}   {kind.upper():5}{shown}{more}")
    if "debt.dscr_minimum" in figures and figures["debt.dscr_minimum"] is not None:
        breaches = ", ".join(map(str, figures["debt.breach_years"])) or "–"
        lines.append(f"  DSCR min {format_number(figures['debt.dscr_minimum'], 3)}   LLCR {format_number(figures['debt.llcr'], 3)}   " + _("Breaches in years: {years}").format(years=breaches))  # fmt: skip
    imbalance = figures["balance.largest_imbalance"]
    lines.append("  " + _("Largest imbalance of the books: {amount}").format(amount=format_number(imbalance, 6)))
    return lines


def _functions(options: Any, output: Output) -> int:
    document = read_case(options.table)
    rows = document.get("oracles") or document.get("functions") or document.get("rows")
    if not isinstance(rows, list):
        raise UserError("finance.unreadable", file=options.table, reason="oracles")
    results, problems = compute_functions(rows, str(options.table))
    output.line(_("{count} functions computed.").format(count=format_number(len(results))))
    output.data({"schema": FUNCTION_RESULTS, "version": VERSION, "results": results, "problems": [item.as_dict() for item in problems]})  # fmt: skip
    for item in problems:
        output.say(item.sentence())
    return 3 if problems else 0


def compute_functions(rows: list[Any], file: str = "") -> tuple[dict[str, Any], list[Problem]]:
    """Results by id, and what could not be computed; a row that fails leaves the others alone."""
    results: dict[str, Any] = {}
    problems: list[Problem] = []
    for number, row in enumerate(rows):
        row = row if isinstance(row, dict) else {}
        id, name, inputs = str(row.get("id", number)), str(row.get("function", "")), row.get("inputs")
        if name not in FUNCTIONS:
            problems.append(make_problem("finance.no_function", field=id, file=file, place=id, name=name, known=", ".join(sorted(FUNCTIONS))))  # fmt: skip
            continue
        try:
            given = inputs if isinstance(inputs, dict) else {}
            inspect.signature(FUNCTIONS[name]).bind(**given)
            results[id] = _plain(FUNCTIONS[name](**given))
        except (TypeError, ValueError, ArithmeticError, IndexError, AttributeError) as wrong:
            problems.append(make_problem("finance.inputs", field=id, file=file, place=id, name=name, reason=wrong))
    return results, problems


def _plain(value: Any) -> Any:
    """Plain JSON; what is no finite number is null."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    number = value.item() if hasattr(value, "item") else value
    return None if isinstance(number, float) and not math.isfinite(number) else number


def _explain(options: Any, output: Output) -> int:
    document, sources = read_any(options, output)
    with output.progress() as progress:
        model = run_document(document, file=str(options.case), progress=progress)
    found = explain(model, options.key, sources)
    output.line(f"{found['key']} = {_shown(found['value'])}")
    output.line(f"  {found['formula']}")
    for item in found["inputs"]:
        name = item.get("key") or item.get("field") or item.get("line")
        source = "   ← " + "; ".join(f"{k}: {v}" for k, v in item["source"].items()) if item.get("source") else ""
        output.line(f"  {name} = {_shown(item.get('value', item.get('values')))}{source}")
    output.data(found)
    return 0


def _shown(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.6g}" if abs(value) < 1000 else f"{value:,.2f}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_shown, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


DEEDS = {"run": _run, "functions": _functions, "explain": _explain}
