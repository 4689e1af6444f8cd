"""What `onekl lift` does."""

from __future__ import annotations

from typing import Any

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.translate import _
from onekl_desktop.base.units import format_number, format_percent, format_quantity
from onekl_desktop.cli.output import Output
from onekl_desktop.engine import Session
from onekl_desktop.engine.rows import list_names
from onekl_desktop.models.finance.matching import FAIL
from onekl_desktop.models.finance.run import results_document
from onekl_desktop.project.queries.records import get_landscape
from onekl_desktop.tools.lift.dossier import Dossier, read_dossier
from onekl_desktop.tools.lift.flags import RAISED
from onekl_desktop.tools.lift.flows import read_flows
from onekl_desktop.tools.lift.ideas import read_ideas


def _ideas(options: Any, output: Output) -> int:
    with Session(options.file, registry=options.registry, read_only=True) as session:
        states = read_ideas(session)
        with session.read() as db:
            year = get_landscape(db).price_year
        flows = read_flows(session, year)
    for state in states:
        kind = _("enabling") if state.enabling else _("asset")
        output.line(
            f"{state.action.name} ({kind}): {format_percent(state.score)}"
            + (f", {state.project}" if state.project else "")
        )
        if state.critical:
            output.line(
                "! "
                + _("{name}: {assets} wait for it, and nobody has been asked to pay.").format(
                    name=state.action.name, assets=", ".join(state.needed_by)
                )
            )
        if state.late:
            output.line(
                "! "
                + _("{name} begins before {first} has ended.").format(name=state.action.name, first=state.waits_for)
            )
    output.data({
        "ideas": [
            {"action": state.action.name, "kind": state.action.action_type, "project": state.project, "waits_for": state.waits_for, "needed_by": state.needed_by,
             "money": state.money, "paid_by": state.source, "marks": state.marks, "mark": state.score, "verdict": state.idea.verdict if state.idea is not None else "open",
             "cost": state.action.cost, "start_year": state.action.start_year, "end_year": state.action.end_year, "critical": state.critical, "late": state.late}
            for state in states
        ],
        "flows": {"year": flows.year, **flows.sums, "degrading_per_regenerating": flows.ratio, "by_place": flows.by_place()},
    })  # fmt: skip
    return 0


def _read(options: Any) -> Dossier:
    with Session(options.file, registry=options.registry, read_only=True) as session:
        names = list_names(session, "project")
        if not options.project and len(names) != 1:
            raise (
                UserError("report.which", count=len(names), names=", ".join(names))
                if names
                else UserError("report.nothing")
            )
        return read_dossier(session, options.project or names[0])


def _profile(options: Any, output: Output) -> int:
    dossier = _read(options)
    at = dossier.typical
    hectares = dossier.summed("hectares")[at]
    found = {
        "project": dossier.project.name, "year": dossier.years[at], "hectares": float(hectares), "harvest_t": float(dossier.summed("production_t")[at]),
        "labour_days": float(dossier.summed("labour_days")[at]), "revenue": dossier.series("revenue_total")[at], "operating_cost": dossier.series("operating_cost")[at],
        "capital_cost": dossier.capital_cost, "currency": dossier.landscape.currency, "net_income_per_ha": dossier.figure("farmer.net_income_per_unit"),
    }  # fmt: skip
    output.line(f"{dossier.project.name}, {found['year']}: {format_quantity(hectares, 'ha', 1)}")
    for word, key in (
        (_("Revenue"), "revenue"),
        (_("Running cost"), "operating_cost"),
        (_("Capital cost, all years"), "capital_cost"),
    ):
        output.line(f"{word}: {dossier.landscape.currency} {format_number(found[key])}")
    output.data(found)
    return 0


def _project(options: Any, output: Output) -> int:
    dossier = _read(options)
    unit = dossier.landscape.currency
    for word, key in (
        (_("Net present value"), "project.npv"), (_("With grants"), "project_with_grants.npv"),
    ):  # fmt: skip
        output.line(f"{word}: {unit} {format_number(dossier.figure(key))}")
    output.line(f"{_('Return (IRR)')}: {format_percent(dossier.figure('project.irr'), 1)}")
    for flag in dossier.flags:
        if flag.state == RAISED:
            output.line(f"! {flag.title}: {flag.told}")
    for match in dossier.matches:
        output.line(f"{match.name}: {format_percent(match.score)}, {format_percent(match.coverage)} {_('known')}" if match.eligible
                    else f"{match.name}: " + _("not eligible because {reasons}").format(reasons="; ".join(gate.told for gate in match.gates if gate.state == FAIL)))  # fmt: skip
    names = ("hectares", "trees", "labour_days", "production_t", "tco2e")
    output.data({
        "project": dossier.project.name, "current": dossier.current, "years": dossier.years, "model": results_document(dossier.model),
        "quantities": {name: [float(value) for value in dossier.summed(name)] for name in names},
        "interventions": [{"name": name, "practice": practice, "hectares": hectares, "years": years} for name, practice, hectares, years in dossier.parts()],
        "flags": [{"id": flag.id, "state": flag.state, "title": flag.title, "told": flag.told} for flag in dossier.flags],
        "matches": [
            {"source": match.name, "eligible": match.eligible, "score": match.score, "coverage": match.coverage, "change": match.change,
             "gates": [{"name": gate.name, "state": gate.state, "told": gate.told} for gate in match.gates],
             "criteria": [{"id": each.id, "weight": each.weight, "score": each.score, "told": each.told} for each in match.criteria]} for match in dossier.matches
        ],
        "missing_documents": dossier.missing_documents,
    })  # fmt: skip
    return 0


DEEDS = {"ideas": _ideas, "profile": _profile, "project": _project}
