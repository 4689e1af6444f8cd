"""`onekl finance run | functions | explain`: finance cases and tables of functions."""

from __future__ import annotations

import argparse
import inspect
import json
from pathlib import Path
from typing import Any

from onekl_desktop.base.errors import Problem, UserError, make_problem
from onekl_desktop.base.translate import _
from onekl_desktop.base.units import format_number, format_percent
from onekl_desktop.cli.output import Output
from onekl_desktop.engine.registry import Registry
from onekl_desktop.models.decisions.functions import FUNCTIONS as DECISIONS
from onekl_desktop.models.finance.functions import FUNCTIONS as FINANCE
from onekl_desktop.models.finance.reading import read_case
from onekl_desktop.models.finance.results import Model
from onekl_desktop.models.finance.run import results_document, run_document
from onekl_desktop.models.finance.trace import explain

FUNCTIONS = FINANCE | DECISIONS
FUNCTION_RESULTS, VERSION = "onekl finance function results", 1
MONEY = ("project.npv", "project_with_grants.npv", "equity.npv", "equity_without_grants.npv", "minimum_grant.amount")
RATES = ("project", "project_post_tax", "project_with_grants", "equity", "equity_without_grants")


def add_arguments(verb: argparse.ArgumentParser, registry: Registry) -> None:
    """The verbs below `onekl finance`."""
    verbs = verb.add_subparsers(dest="deed", required=True, metavar=_("WHAT"), parser_class=type(verb))
    running = verbs.add_parser("run", help=_("Compute a finance case with its scenarios and risk."))
    running.add_argument("case", metavar="CASE.json", type=Path, help=_("The case."))
    functions = verbs.add_parser("functions", help=_("Compute a table of single functions."))
    functions.add_argument("table", metavar="TABLE.json", type=Path, help=_("The table: id, function and inputs of each."))  # fmt: skip
    explaining = verbs.add_parser("explain", help=_("Formula, inputs and sources of a figure."))
    explaining.add_argument("case", metavar="CASE.json", type=Path, help=_("The case."))
    explaining.add_argument("key", metavar="KEY", help=_("Its key, for example project.npv."))
    for each in (running, explaining):
        each.add_argument("--sources", metavar="FILE.json", type=Path, help=_("Where inputs come from: field, then source, date, confidence, who."))  # fmt: skip
    for each in (running, functions, explaining):
        each.add_argument("--json", nargs="?", const="-", default=argparse.SUPPRESS, metavar="PATH",
                          help=_("Write one JSON document to PATH, or to the terminal."))  # fmt: skip


def run_verb(options: Any, output: Output) -> int:
    """Do what was asked."""
    return {"run": _run, "functions": _functions, "explain": _explain}[options.deed](options, output)


def read_sources(path: Path | None) -> dict[str, dict[str, Any]]:
    """The sidecar of a case: for each field's path where its value comes from."""
    found = read_case(path) if path is not None else {}
    given = found.get("sources", found)
    return {str(place): value for place, value in given.items() if isinstance(value, dict)} if isinstance(given, dict) else {}  # fmt: skip


def _run(options: Any, output: Output) -> int:
    with output.progress() as progress:
        model = run_document(read_case(options.case), file=str(options.case), progress=progress)
    for line in summary(model):
        output.line(line)
    output.data(results_document(model))
    return 0


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
            results[id] = FUNCTIONS[name](**given)
        except (TypeError, ValueError, ArithmeticError, IndexError, AttributeError) as wrong:
            problems.append(make_problem("finance.inputs", field=id, file=file, place=id, name=name, reason=wrong))
    return results, problems


def _explain(options: Any, output: Output) -> int:
    with output.progress() as progress:
        model = run_document(read_case(options.case), file=str(options.case), progress=progress)
    found = explain(model, options.key, read_sources(options.sources))
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
