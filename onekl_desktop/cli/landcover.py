"""`onekl landcover change | project | describe`: land cover of two dates, and of dates to come."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from onekl_desktop.base.translate import _
from onekl_desktop.cli.output import Output
from onekl_desktop.engine.registry import Registry


def add_arguments(verb: argparse.ArgumentParser, registry: Registry) -> None:
    """The verbs below `onekl landcover`."""
    verbs = verb.add_subparsers(dest="deed", required=True, metavar=_("WHAT"), parser_class=type(verb))
    changing = verbs.add_parser(
        "change", help=_("What changed between two maps: transitions, gains and losses, rates.")
    )
    changing.add_argument("before", metavar="A.tif", help=_("The earlier land-cover map, FILE or FILE#layer."))
    changing.add_argument("after", metavar="B.tif", help=_("The later one; it is laid over the cells of the earlier."))
    changing.add_argument("--zones", metavar="FILE", nargs="+", default=[], help=_("Planning units, villages or districts by which it is told: polygons, or a raster of whole numbers."))  # fmt: skip
    changing.add_argument("--years", metavar="YEAR", nargs=2, type=int, help=_("Years of the two maps, for rates."))
    changing.add_argument("--recode", metavar="FILE", type=Path, help=_("Table of two columns, from and to: codes of the earlier map in the legend of the later."))  # fmt: skip
    changing.add_argument("--names", metavar="CLASSES.csv", type=Path, help=_("Names of the classes by code."))
    changing.add_argument("--out", metavar="DIR", type=Path, help=_("Write a map of the transitions and the tables."))
    projecting = verbs.add_parser(
        "project", help=_("Learn from two maps, project to later years, hold against a true map.")
    )
    projecting.add_argument("arguments", metavar="ARGS.json", type=Path, help=_("The maps, years, drivers, demand and constraints; `onekl landcover describe` lists them."))  # fmt: skip
    projecting.add_argument("--out", metavar="DIR", type=Path, required=True, help=_("Folder of the results."))
    describing = verbs.add_parser("describe", help=_("The arguments of a projection."))
    for each in (changing, projecting, describing):
        each.add_argument("--json", nargs="?", const="-", default=argparse.SUPPRESS, metavar="PATH",
                          help=_("Write one JSON document to PATH, or to the terminal."))  # fmt: skip


def run_verb(options: Any, output: Output) -> int:
    """Do what was asked; what it takes is imported only now, so that other verbs start at once."""
    from onekl_desktop.cli.landcover_work import DEEDS

    return DEEDS[options.deed](options, output)
