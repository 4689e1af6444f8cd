"""The portfolio on paper."""

from __future__ import annotations

import datetime as dt

from onekl_desktop.base.translate import _, get_language
from onekl_desktop.base.units import format_number, format_percent, format_quantity
from onekl_desktop.engine import Session
from onekl_desktop.engine.project_settings import get_project_setting
from onekl_desktop.models.finance.run import CONVENTIONS
from onekl_desktop.project.queries.records import get_landscape
from onekl_desktop.reports.page import Facts, Heading, MapBlock, Notes, Page, Table
from onekl_desktop.tools.portfolio.queries import read_portfolio


def portfolio(session: Session) -> Page:
    """Build the page."""
    known = read_portfolio(session)
    with session.read() as db:
        landscape, footer = get_landscape(db), get_project_setting(db, "report_footer")
    page = Page(
        landscape.name, _("Investment portfolio · {date}").format(date=dt.date.today().isoformat()),
        _("Invented landscape: no place, name or figure is real") if landscape.synthetic else "", footer, get_language(),
    )  # fmt: skip
    if not known.entries:
        page.blocks.append(Notes((_("No project has been entered yet."),), warning=True))
        return page
    sums = known.sums
    page.blocks.append(Facts((
        (_("Projects"), str(len(known.entries))), (_("Area, every place once"), format_quantity(known.area_ha, "ha", 1)),
        (_("Capital cost"), format_number(sums["project_capital_cost"])), (_("Net present value"), format_number(sums["project_npv"])),
        (_("Grants planned"), format_number(sums["project_grants"])), (_("Grants secured"), format_number(sums["secured"])),
    )))  # fmt: skip
    page.blocks.append(MapBlock(_("Where"), landscape.plan))
    if problems := known.problems():
        page.blocks.append(Notes(tuple(problems), warning=True))
    for stage, entries in known.by_stage():
        page.blocks.append(Heading(_(stage)))
        rows = tuple(
            (entry.project.name, entry.project.stage_since or "–", format_number(entry.area_ha, 1),
             *(format_number(entry.totals.get(code)) for code in ("project_capital_cost", "project_npv", "project_npv_with_grants")),
             format_percent(entry.totals.get("project_irr"), 1)) for entry in entries
        )  # fmt: skip
        page.blocks.append(Table(
            (_("Project"), _("Since"), _("Area (ha)"), _("Capital cost"), _("Net present value"), _("With grants"), _("IRR")), rows,
            (False, False, True, True, True, True, True)))  # fmt: skip
    page.blocks.append(Notes((_("Amounts are in {currency}. Areas are unions of the shapes, so a hectare that two projects claim counts once; projects that were closed or dropped are left out of the sums.").format(currency=known.currency), *(_(text) for text in CONVENTIONS))))  # fmt: skip
    return page
