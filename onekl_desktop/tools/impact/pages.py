"""The impact report: how far each target is, beside what the plan forecast."""

from __future__ import annotations

import datetime as dt

from onekl_desktop.base.translate import N_, _, get_language
from onekl_desktop.base.units import format_number, format_percent
from onekl_desktop.engine import Session
from onekl_desktop.engine.project_settings import get_project_setting
from onekl_desktop.project.queries.records import get_landscape
from onekl_desktop.reports.page import Chart, Heading, Line, Notes, Page, Paragraph, Table
from onekl_desktop.tools.impact.queries import Track, read_impact

STATUS = {
    "reached": N_("Reached"), "on_track": N_("On track"), "behind": N_("Behind"), "missed": N_("Missed"),
    "not_measured": N_("Not measured yet"), "no_numbers": N_("No baseline or no target"),
}  # fmt: skip
MEASURED, PLANNED, WAY = "#d55e00", "#0072b2", "#8a8f8c"


def lines_of(track: Track) -> tuple[Line, ...]:
    """The chart of a track: way to the target, forecast of the plan, what was measured."""
    lines = []
    if track.way:
        lines.append(Line(_("Way to the target"), WAY, tuple((float(year), value) for year, value in track.way)))
    if track.forecast:
        lines.append(
            Line(
                _("Forecast: {plan}").format(plan=track.forecast_of),
                PLANNED,
                tuple((float(year), value) for year, value in track.forecast),
            )
        )
    points = tuple((float(row.year or 0), row.value) for row in track.observations if row.value is not None)
    if points:
        lines.append(Line(_("Measured"), MEASURED, points))
    return tuple(lines)


def impact(session: Session) -> Page:
    """Build the page."""
    known = read_impact(session)
    with session.read() as db:
        landscape, footer = get_landscape(db), get_project_setting(db, "report_footer")
    page = Page(
        landscape.name, _("Impact report · {date}").format(date=dt.date.today().isoformat()),
        _("Invented landscape: no place, name or figure is real") if landscape.synthetic else "", footer, get_language(),
    )  # fmt: skip
    if not known.tracks:
        page.blocks.append(Notes((_("No target has been entered yet."),), warning=True))
        return page
    rows = []
    for track in known.tracks:
        latest = track.latest
        rows.append((
            track.target.name, track.unit, format_number(track.target.baseline, track.indicator.decimals),
            format_number(latest.value if latest else None, track.indicator.decimals), str(latest.year) if latest else "–",
            format_number(track.target.quantity, track.indicator.decimals), format_percent(track.progress), _(STATUS[track.status])))  # fmt: skip
    page.blocks.append(Table(
        (_("Target"), _("Unit"), _("Baseline"), _("Measured"), _("Year"), _("Target value"), _("Progress"), _("Status")), tuple(rows),
        (False, False, True, True, True, True, True, False)))  # fmt: skip
    if known.forecast_note:
        page.blocks.append(Notes((known.forecast_note,), warning=known.plan is not None))
    for track in known.tracks:
        lines = lines_of(track)
        if any(len(line.points) > 1 for line in lines):
            page.blocks.append(Chart(track.target.name, track.unit, lines))
    measured = [row for track in known.tracks for row in track.observations] + known.loose
    if measured:
        page.blocks.append(Heading(_("What was measured")))
        page.blocks.append(Table(
            (_("Observation"), _("Value"), _("Lowest"), _("Highest"), _("How it was measured")),
            tuple((row.name, format_number(row.value, 1), format_number(row.low, 1), format_number(row.high, 1), row.method or "–") for row in {row.uuid: row for row in measured}.values()),
            (False, True, True, True, False)))  # fmt: skip
    page.blocks.append(Paragraph(_("Progress is (measured – baseline) / (target – baseline). On track means at most five percentage points behind a straight line from baseline to target. What was measured is what has happened, not proof that the plan alone did it."), small=True))  # fmt: skip
    return page
