"""Projects on paper: what, where, who, the cash flow by year, and where the figures come from."""

from __future__ import annotations

import datetime as dt
from typing import Any

from onekl_desktop.base.translate import N_, _, get_language
from onekl_desktop.base.units import format_number, format_percent, format_quantity
from onekl_desktop.engine import Session
from onekl_desktop.engine.project_settings import get_project_setting
from onekl_desktop.models.finance.case import Case
from onekl_desktop.models.finance.reading import step_into
from onekl_desktop.models.finance.results import Model
from onekl_desktop.models.finance.run import CONVENTIONS
from onekl_desktop.models.finance.trace import explain, find_origins
from onekl_desktop.project.queries.records import get_landscape
from onekl_desktop.reports.page import Chart, Facts, Heading, Line, Notes, Page, Paragraph, Table
from onekl_desktop.tools.lift.inputs import LINE_VALUES
from onekl_desktop.tools.lift.queries import YEARLY, ProjectState, read_finance
from onekl_desktop.tools.lift.runs import compute_model

# what the page explains: the figure of the financial model and its word
EXPLAINED = (
    ("project.npv", N_("Net present value")),
    ("project_with_grants.npv", N_("With grants")),
    ("project.irr", N_("Return (IRR)")),
    ("project.payback_years", N_("Payback")),
    ("series.pre_tax_cash_flow", N_("Cash flow")),
    ("series.revenue_total", N_("Revenue")),
    ("series.operating_cost", N_("Operating cost")),
    ("series.capital_cost", N_("Capital cost")),
    ("series.grants", N_("Grants")),
)


def projects(session: Session) -> Page:
    """Build the page."""
    known = read_finance(session)
    with session.read() as db:
        landscape, footer = get_landscape(db), get_project_setting(db, "report_footer")
    page = Page(
        landscape.name, _("Projects · {date}").format(date=dt.date.today().isoformat()),
        _("Invented landscape: no place, name or figure is real") if landscape.synthetic else "", footer, get_language(),
    )  # fmt: skip
    if not known.projects:
        page.blocks.append(Notes((_("No project has been entered yet."),), warning=True))
    for state in known.projects:
        _add_project(page, state, known.currency, landscape.discount_rate)
        if state.current and not state.problem:
            _add_trace(page, session, state)
    if known.projects:
        page.blocks.append(Heading(_("How these figures are computed")))
        shown = next((compute_model(session, state.project)[0] for state in known.projects if not state.problem), None)
        if shown is not None:
            page.blocks.append(Table((_("Figure"), _("Formula")), tuple((_(word), explain(shown, key)["formula"]) for key, word in EXPLAINED), (False, False)))  # fmt: skip
        page.blocks.append(Notes((
            _("Amounts are in {currency}, in real prices, before tax.").format(currency=known.currency), *(_(text) for text in CONVENTIONS))))  # fmt: skip
    return page


def _add_project(page: Page, state: ProjectState, currency: str, rate: float) -> None:
    project = state.project
    page.blocks.append(Heading(project.name))
    if project.description:
        page.blocks.append(Paragraph(project.description))
    if state.problem or not state.current:
        told = state.problem or _("The numbers are out of date or have not been computed.")
        page.blocks.append(Notes((told,), warning=True))
    totals = state.totals
    page.blocks.append(Facts((
        (_("Champion"), state.champion or "–"), (_("Goal"), state.goal or "–"),
        (_("Area"), format_quantity(totals.get("project_area"), "ha", 1)),
        (_("Capital cost"), format_number(totals.get("project_capital_cost"))),
        (_("Discount rate"), format_percent(rate if project.discount_rate is None else project.discount_rate, 1)),
    )))  # fmt: skip
    page.blocks.append(Facts((
        (_("Net present value"), format_number(totals.get("project_npv"))),
        (_("With grants"), format_number(totals.get("project_npv_with_grants"))),
        (_("Return (IRR)"), format_percent(totals.get("project_irr"), 1)),
        (_("Payback"), format_quantity(totals.get("project_payback"), _("years"), 1)),
        (_("Largest need"), format_number(totals.get("project_peak_need"))),
    )))  # fmt: skip
    if state.years:
        page.blocks.append(Chart(_("Cash flow"), currency, (
            Line(_("Cash flow"), "#0072b2", tuple((float(year), row.get("project_cash_flow", 0.0)) for year, row in sorted(state.years.items()))),
            Line(_("Running total"), "#d55e00", tuple(_running(state))))))  # fmt: skip
        heads = (
            _("Year"),
            _("Area (ha)"),
            _("Revenue"),
            _("Operating cost"),
            _("Capital cost"),
            _("Grants"),
            _("Cash flow"),
        )
        rows = tuple(
            (str(year), *(format_number(row.get(code), 1 if code == "project_area" else 0) for code in YEARLY))
            for year, row in sorted(state.years.items())
        )
        page.blocks.append(Table(heads, rows, (False, *([True] * 6))))
    if state.lines:
        kinds = {option.id: _(option.title) for option in LINE_VALUES[0].options}  # type: ignore[attr-defined]
        page.blocks.append(Table(
            (_("Money line"), _("Kind"), _("Amount a year"), _("Years"), _("Source")),
            tuple((line.name, kinds.get(line.line_type, line.line_type), format_number(line.amount, 2) + (_(" per ha") if line.basis == "per_ha" else ""),
                   f"{line.first or 0}–{'' if line.last is None else line.last}", line.source or "–") for line in state.lines),
            (False, False, True, False, False)))  # fmt: skip


def _add_trace(page: Page, session: Session, state: ProjectState) -> None:
    """Every amount that the value with grants stands on, with where it came from; amounts of one thing in one row."""
    model, _document, sources = compute_model(session, state.project)
    cells, missing = list_origins(model, find_origins(model, "project_with_grants.npv", sources))
    page.blocks.append(Table((_("What it stands on"), _("Value"), _("Source")), cells, (False, True, False)))
    if missing:
        page.blocks.append(Notes((_("{count} of {all} inputs have no source of their own: they are the partnership's assumptions.").format(count=missing, all=len(cells)),)))  # fmt: skip


def list_origins(model: Model, origins: list[dict[str, Any]]) -> tuple[tuple[tuple[str, str, str], ...], int]:
    """Name, values and sources of each input; and how many have none."""
    rows: dict[str, tuple[list[str], list[str]]] = {}
    for one in origins:
        if _is_amount(one["value"]) and not one["field"].endswith("/year") and "/issuances/" not in one["field"]:
            values, told = rows.setdefault(_name_of(model.case, one["field"]), ([], []))
            values.append(_tell(one["value"]))
            source = str(one.get("source", {}).get("source", "–"))
            if source not in told:
                told.append(source)
    cells = tuple((name, " · ".join(values), "; ".join(told)) for name, (values, told) in rows.items())
    return cells, sum("–" in told for _values, told in rows.values())


def _is_amount(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, int | float) and not isinstance(value, bool))


def _tell(value: Any) -> str:
    """An amount, or a table by age or year with its span."""
    if not isinstance(value, dict):
        return format_number(value, 4 if abs(value) < 1 and value else 1)
    first, last = next((value[name] for name in ("from_age", "from_year") if name in value), 0), value.get("to_age", value.get("to_year"))  # fmt: skip
    amounts = " · ".join(format_number(each, 2) for each in value["values"])
    return f"{amounts} ({first}–{'' if last is None else last})"


def _name_of(case: Case, path: str) -> str:
    """The names on the way to a field, and the word for the field itself."""
    if path.startswith("/header/discount_rates"):
        return _("Discount rate")
    here: Any = case
    names: list[str] = []
    for step in path.strip("/").split("/"):
        found = step_into(here, step)
        if found is None:
            break
        here = found[1]
        name = getattr(here, "name", None)
        if name:
            names.append(str(name))
        elif step in WORDS:
            names.append(_(WORDS[step]))
    return ": ".join(names) or path


WORDS = {
    "establishment": N_("Establishment, per ha"), "running": N_("Running, per ha and year"), "plantings": N_("Hectares"),
    "price_per_tco2e": N_("Carbon price"), "buffer_share": N_("Carbon not sold"), "verification_cost_per_issuance": N_("Cost of each verification"),
    "wage_per_day": N_("Wage a day"), "own_labour_share": N_("Families' own work"), "labour_days_per_unit": N_("Days of work, per ha"),
    "tco2e_per_unit": N_("Tonnes"), "yield": N_("Yield"), "price_per_kg": N_("Price of a kg"), "capitalised_through_age": N_("Work counted as capital up to age"),
    "horizon_years": N_("Years"), "base_year": N_("Year 0"),
}  # fmt: skip


def _running(state: ProjectState) -> list[tuple[float, float]]:
    total, out = 0.0, []
    for year, row in sorted(state.years.items()):
        total += row.get("project_cash_flow", 0.0)
        out.append((float(year), total))
    return out
