"""Projects on paper: what, where, who, the cash flow by year, and where the figures come from."""

from __future__ import annotations

import datetime as dt

from onekl_desktop.base.translate import _, get_language
from onekl_desktop.base.units import format_number, format_percent, format_quantity
from onekl_desktop.engine import Session
from onekl_desktop.engine.project_settings import get_project_setting
from onekl_desktop.project.queries.records import get_landscape
from onekl_desktop.reports.page import Chart, Facts, Heading, Line, Notes, Page, Paragraph, Table
from onekl_desktop.tools.lift.queries import YEARLY, ProjectState, read_finance
from onekl_desktop.tools.lift.spec import LINE_VALUES


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
    if known.projects:
        page.blocks.append(Notes((
            _("Amounts are in {currency}. Year 0 is the year of decision and is not discounted; amounts fall at the end of their year. The return is told only where there is exactly one.").format(currency=known.currency),)))  # fmt: skip
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


def _running(state: ProjectState) -> list[tuple[float, float]]:
    total, out = 0.0, []
    for year, row in sorted(state.years.items()):
        total += row.get("project_cash_flow", 0.0)
        out.append((float(year), total))
    return out
