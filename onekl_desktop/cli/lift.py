"""`onekl lift ideas | profile | project`: the steps from an action of the plan to a financed project, without a window."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from onekl_desktop.base.translate import _
from onekl_desktop.cli.output import Output
from onekl_desktop.engine.registry import Registry


def add_arguments(verb: argparse.ArgumentParser, registry: Registry) -> None:
    """The verbs below `onekl lift`."""
    verbs = verb.add_subparsers(dest="deed", required=True, metavar=_("WHAT"), parser_class=type(verb))
    ideas = verbs.add_parser(
        "ideas", help=_("Actions of the plan with their marks, and what is critical and has no money.")
    )
    profile = verbs.add_parser("profile", help=_("One typical year of a project."))
    project = verbs.add_parser(
        "project", help=_("A project whole: figures both ways, capital, flags, sources that fit.")
    )
    for each in (ideas, profile, project):
        each.add_argument("file", metavar="FILE.gpkg", type=Path, help=_("The project file."))
        each.add_argument("--json", nargs="?", const="-", default=argparse.SUPPRESS, metavar="PATH",
                          help=_("Write one JSON document to PATH, or to the terminal."))  # fmt: skip
    for each in (profile, project):
        each.add_argument(
            "project", metavar="NAME", nargs="?", default="", help=_("Which project; needless where there is one only.")
        )


def run_verb(options: Any, output: Output) -> int:
    """Do what was asked; what it takes is imported only now, so that other verbs start at once."""
    from onekl_desktop.cli.lift_work import DEEDS

    return DEEDS[options.deed](options, output)
