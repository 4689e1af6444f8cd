"""Vision and action plan on paper."""

from __future__ import annotations

import datetime as dt

from onekl_desktop.base.translate import _, get_language
from onekl_desktop.base.units import format_number
from onekl_desktop.engine import Session
from onekl_desktop.engine.project_settings import get_project_setting
from onekl_desktop.project.queries.records import get_landscape
from onekl_desktop.reports.page import Heading, Notes, Page, Paragraph, Table
from onekl_desktop.tools.visioning.queries import Vision, read_vision, tally_votes
from onekl_desktop.tools.visioning.spec import ACTION_VALUES, THEMES


def vision(session: Session) -> Page:
    """Build the page."""
    known = read_vision(session)
    with session.read() as db:
        landscape, footer = get_landscape(db), get_project_setting(db, "report_footer")
    page = Page(
        landscape.name, _("Vision and action plan · {date}").format(date=dt.date.today().isoformat()),
        _("Invented landscape: no place, name or figure is real") if landscape.synthetic else "", footer, get_language(),
    )  # fmt: skip
    if not known.goals:
        page.blocks.append(Notes((_("No goal has been entered yet."),), warning=True))
    themes = {option.id: _(option.title) for option in THEMES}
    for number, goal in enumerate(known.goals, 1):
        page.blocks.append(Heading(f"{number}. {goal.name}"))
        told = f"{goal.description} ({themes.get(goal.theme, goal.theme)}{'; ' + goal.frameworks if goal.frameworks else ''})"
        page.blocks.append(Paragraph(told.strip()))
        _add_targets(page, known, goal.uuid)
    for decision in known.votes:
        options, _counted, groups = tally_votes(session, decision)
        page.blocks.append(Heading(decision.name))
        page.blocks.append(Paragraph(decision.outcome or _("Open.")))
        if groups:
            rows = tuple((group, *(format_number(value) for value in line)) for group, line in groups.items())
            page.blocks.append(Table((_("First choices"), *options), rows, (False, *([True] * len(options)))))
    _add_actions(page, known)
    return page


def _add_targets(page: Page, known: Vision, goal: str) -> None:
    rows = tuple(
        (known.indicators[target.indicator].title if target.indicator in known.indicators else target.name, target.place or _("whole landscape"),
         f"{format_number(target.baseline, 1)} ({target.baseline_year or '–'})", f"{format_number(target.quantity, 1)} ({target.year or '–'})",
         known.unit_of(target))
        for target in known.targets_of(goal)
    )  # fmt: skip
    if rows:
        page.blocks.append(Table(
            (_("Target"), _("Place"), _("Baseline (year)"), _("Target (year)"), _("Unit")), rows, (False, False, True, True, False)))  # fmt: skip


def _add_actions(page: Page, known: Vision) -> None:
    if not known.actions:
        return
    kinds, states = (
        {option.id: _(option.title) for option in field.options}  # type: ignore[union-attr]
        for field in ACTION_VALUES if field.id in ("action_type", "status")
    )  # fmt: skip
    names = {action.uuid: action.name for action in known.actions}
    page.blocks.append(Heading(_("Action plan")))
    page.blocks.append(Table(
        (_("Action"), _("Kind"), _("Led by"), _("Years"), _("Comes after"), _("Status"), known.currency),
        tuple((action.name, kinds.get(action.action_type, "–").split(":")[0], known.leads.get(action.lead, "–"),
               f"{action.start_year or '–'}–{action.end_year or '–'}", names.get(action.depends_on, "–"),
               states.get(action.status, action.status), format_number(action.cost)) for action in known.actions),
        (False, False, False, False, False, False, True)))  # fmt: skip
