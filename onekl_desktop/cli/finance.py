"""`onekl finance run | functions | explain`: finance cases and tables of functions."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from onekl_desktop.base.translate import _
from onekl_desktop.cli.output import Output
from onekl_desktop.engine.registry import Registry


def add_arguments(verb: argparse.ArgumentParser, registry: Registry) -> None:
    """The verbs below `onekl finance`."""
    verbs = verb.add_subparsers(dest="deed", required=True, metavar=_("WHAT"), parser_class=type(verb))
    running = verbs.add_parser("run", help=_("Compute a finance case with its scenarios and risk."))
    running.add_argument("case", metavar="CASE.json|.xlsx|.gpkg", type=Path, help=_("The case, a workbook of one that comes back, or a project file."))  # fmt: skip
    running.add_argument("--xlsx", metavar="OUT.xlsx", type=Path, help=_("Write a workbook with live formulas."))
    running.add_argument("--case", dest="case_out", metavar="OUT.json", type=Path, help=_("Write the case as it was read: what a workbook changed is in it."))  # fmt: skip
    functions = verbs.add_parser("functions", help=_("Compute a table of single functions."))
    functions.add_argument("table", metavar="TABLE.json", type=Path, help=_("The table: id, function and inputs of each."))  # fmt: skip
    explaining = verbs.add_parser("explain", help=_("Formula, inputs and sources of a figure."))
    explaining.add_argument("case", metavar="CASE.json|.xlsx|.gpkg", type=Path, help=_("The case, a workbook of one that comes back, or a project file."))  # fmt: skip
    explaining.add_argument("key", metavar="KEY", help=_("Its key, for example project.npv."))
    for each in (running, explaining):
        each.add_argument("--project", metavar="NAME", default="", help=_("Which project of a project file; its case is made of the interventions drawn there."))  # fmt: skip
        each.add_argument("--sources", metavar="FILE.json", type=Path, help=_("Where inputs come from: field, then source, date, confidence, who."))  # fmt: skip
    for each in (running, functions, explaining):
        each.add_argument("--json", nargs="?", const="-", default=argparse.SUPPRESS, metavar="PATH",
                          help=_("Write one JSON document to PATH, or to the terminal."))  # fmt: skip


def run_verb(options: Any, output: Output) -> int:
    """Do what was asked; what it takes is imported only now, so that other verbs start at once."""
    from onekl_desktop.cli.finance_work import DEEDS

    return DEEDS[options.deed](options, output)
