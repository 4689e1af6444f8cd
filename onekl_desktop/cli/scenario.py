"""`onekl scenario list | run | compare`; the tool's spec adds the short verbs of its operations (add, clone, optimise)."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from onekl_desktop.base.translate import _
from onekl_desktop.base.units import format_number, format_percent
from onekl_desktop.cli.output import Output
from onekl_desktop.engine import Session
from onekl_desktop.engine.registry import Registry


def add_arguments(verb: argparse.ArgumentParser, registry: Registry) -> None:
    """The verbs below `onekl scenario`."""
    verbs = verb.add_subparsers(dest="second", required=True, metavar=_("WHAT"), parser_class=type(verb))
    listing = verbs.add_parser("list", help=_("The scenarios and whether their figures are up to date."))
    running = verbs.add_parser("run", help=_("Compute the scenarios that are out of date."))
    running.add_argument("--scenario", action="append", metavar="NAME", help=_("Only this scenario (and the baseline); may be repeated."))  # fmt: skip
    running.add_argument("--force", action="store_true", help=_("Compute also what is up to date."))
    comparing = verbs.add_parser("compare", help=_("The scenarios side by side, against the baseline and the goals."))
    comparing.add_argument("--weights", metavar="GROUP: CODE=N, …", action="append", default=[], help=_("What a group cares about; may be repeated. Each gets its own order of the scenarios."))  # fmt: skip
    differing = verbs.add_parser("difference", help=_("What one scenario plans and another does not."))
    looking = verbs.add_parser("history", help=_("How the land cover changed between the maps of the project, by class and zone."))  # fmt: skip
    looking.add_argument("--why", action="store_true", help=_("Also what went with each change, as the projection of the baseline learned it."))  # fmt: skip
    for each, deed in ((listing, _list), (running, _run), (comparing, _compare), (differing, _differ), (looking, _history)):  # fmt: skip
        each.add_argument("file", metavar="FILE.gpkg", type=Path, help=_("The project file."))
        if each is differing:
            each.add_argument("first", metavar="NAME")
            each.add_argument("second", metavar="NAME")
        each.add_argument("--json", nargs="?", const="-", default=argparse.SUPPRESS, metavar="PATH",
                          help=_("Write one JSON document to PATH, or to the terminal."))  # fmt: skip
        each.set_defaults(run=deed)


def run_verb(_options: Any, _output: Output) -> int:
    """Never asked: each verb has a deed of its own."""
    raise AssertionError


def _list(options: Any, output: Output) -> int:
    from onekl_desktop.tools.scenarios.queries import list_planned
    from onekl_desktop.tools.scenarios.runs import list_status

    with Session(options.file, registry=options.registry) as session:
        with session.read() as db:
            states, plan = list_status(db), get_plan(db)
        rows: list[dict[str, Any]] = []
        for state in states:
            row = state.scenario
            items = list_planned(session, row.uuid)
            rows.append({
                "scenario": row.uuid, "name": row.name, "baseline": row.is_baseline, "plan": row.uuid == plan, "locked": row.locked, "state": state.word,
                "problem": state.problem, "proposed_by": row.proposed_by, "description": row.description, "interventions": len(items),
                "area_ha": sum(each.item.area_ha or 0.0 for each in items),
            })  # fmt: skip
    for told in rows:
        marks = [_("baseline")] * told["baseline"] + [_("the plan")] * told["plan"] + [_("locked")] * told["locked"]
        size = _("{count} interventions, {area} ha").format(count=told["interventions"], area=format_number(told["area_ha"], 1))  # fmt: skip
        output.line(
            f"{told['name']:32} {told['state']:8} {'' if told['baseline'] else size}  {', '.join(marks)}".rstrip()
        )
    output.data({"scenarios": rows})
    return 0


def get_plan(db: Any) -> str:
    """Which scenario is carried out."""
    from onekl_desktop.project.queries.records import get_landscape

    return str(get_landscape(db).plan)


def _run(options: Any, output: Output) -> int:
    """The same as `onekl run`."""
    from onekl_desktop.cli.commands import compute

    return compute(options, output)


def _differ(options: Any, output: Output) -> int:
    from onekl_desktop.project.queries.records import get_by_name
    from onekl_desktop.project.records import Scenario
    from onekl_desktop.tools.scenarios.queries import Planned, find_difference

    with Session(options.file, registry=options.registry) as session:
        with session.read() as db:
            keys = [get_by_name(db, Scenario, name, field="scenario").uuid for name in (options.first, options.second)]
        found = find_difference(session, *keys)

        def told(each: Planned) -> str:
            return f"{each.item.name} ({each.practice.name if each.practice else '–'}, {each.years}, {format_number(each.item.area_ha, 1)} ha)"

        words = {"name": _("Name"), "practice": _("Practice"), "schedule": _("Schedule"), "place": _("Place")}
        for mark, listed in (("-", found.only_first), ("+", found.only_second)):
            for each in listed:
                output.line(f"{mark} {told(each)}")
        for one, other, fields in found.changed:
            output.line(f"~ {told(one)} → {told(other)}: {', '.join(words[field] for field in fields)}")
        kinds = {"land": _("The land by itself"), "pace": _("Pace")}
        for what, before, after in found.assumptions:
            output.line(f"~ {kinds[what]}: {before or '–'} → {after or '–'}")
        output.line(_("{count} interventions are the same in both.").format(count=found.same))
        output.data({"first": options.first, "second": options.second, **found.as_data()})
    return 0


def _history(options: Any, output: Output) -> int:
    from onekl_desktop.tools.scenarios.history import compute_history, find_hindcast, find_reasons

    with Session(options.file, registry=options.registry) as session, output.progress() as progress:
        history = compute_history(session, progress.part(0.0, 0.2))
        reasons = find_reasons(session, progress.part(0.2, 0.6)) if options.why else []
        held = find_hindcast(session, progress.part(0.6, 1.0)) if options.why else []
    names = {cls.code: cls.name for cls in history.classes}
    for period in history.periods:
        output.line(_("From {first} ({one}) to {second} ({other}):").format(first=period.first.name, one=period.first.year, second=period.second.name, other=period.second.year))  # fmt: skip
        for each in history.transitions(period):
            output.line(f"  {names[each.source]} → {names[each.target]}: {format_number(each.area_ha, 1)} ha ({format_number(each.yearly_ha, 1)} ha/a, {format_percent(each.share, 1)})")  # fmt: skip
        if period.unknown_ha >= 0.05:
            output.line("  " + _("Left out, with a class on one map only: {area} ha.").format(area=format_number(period.unknown_ha, 1)))  # fmt: skip
    told = []
    for reason in reasons:
        output.line(f"{names.get(reason.source, '?')} → {names.get(reason.target, '?')}:")
        for effect in reason.effects[:5]:
            output.line(f"  {effect.name}: {format_number(effect.changed, 2)} / {format_number(effect.stayed, 2)}")
        told.append({
            "from": names.get(reason.source), "to": names.get(reason.target), "cells": reason.cells, "auc": reason.auc,
            "effects": [{"name": e.name, "changed": e.changed, "stayed": e.stayed, "difference": e.difference, "strength": e.strength} for e in reason.effects],
        })  # fmt: skip
    for sentence in held:
        output.line(sentence)
    output.data({**history.as_data(), **({"reasons": told, "hindcast": held} if options.why else {})})
    return 0


def _compare(options: Any, output: Output) -> int:
    from onekl_desktop.cli.commands import show_comparison
    from onekl_desktop.tools.scenarios.queries import compare, comparison_as_data
    from onekl_desktop.tools.scenarios.ranking import rank, read_weights

    weights = read_weights(options.weights)
    with Session(options.file, registry=options.registry) as session:
        comparison = compare(session)
    ranking = rank(comparison, weights)
    show_comparison(comparison, output)
    for line in comparison.goals:
        for at, (state, value) in enumerate(zip(comparison.scenarios, line.values, strict=True)):
            if value is not None:
                year = line.reached[at]
                word = _("met") if line.met[at] else _("not met")
                word += f" ({_('reached in {year}').format(year=year)})" if year else ""
                output.line(f"  {line.goal}: {line.target} {format_number(line.quantity, line.decimals)} ({line.year}) – {state.scenario.name}: {format_number(value, line.decimals)}, {word}")  # fmt: skip
    if ranking is not None:
        output.line()
        output.line(_("How often each is first when all weights are as likely ({count} indicators):").format(count=len(ranking.indicators)))  # fmt: skip
        for name, share in zip(ranking.names, ranking.shares, strict=True):
            output.line(f"  {name:32} {format_percent(share[0], 1):>8}")
        for group, (names, scores) in ranking.groups.items():
            told = ", ".join(f"{name} {format_number(score, 2)}" for name, score in zip(names, scores, strict=True))
            output.line(f"  {group}: {told}")
    output.data({**comparison_as_data(comparison), "ranking": ranking.as_data() if ranking else None})
    return 0
