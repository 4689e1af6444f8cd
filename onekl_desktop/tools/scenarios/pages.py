"""The landscape summary: where, what is planned, what it brings beside doing nothing, and how that was computed."""

from __future__ import annotations

import datetime as dt

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.translate import N_, _, get_language
from onekl_desktop.base.units import format_number, format_percent, format_quantity, format_signed
from onekl_desktop.engine import Session
from onekl_desktop.engine.project_settings import get_project_setting
from onekl_desktop.project.queries.records import find_land_cover, get_landscape, list_classes, list_layers
from onekl_desktop.project.records import Practice, Scenario
from onekl_desktop.reports.page import Chart, Facts, Heading, Line, MapBlock, Notes, Page, Paragraph, Table
from onekl_desktop.tools.scenarios.outlook import find_outlook
from onekl_desktop.tools.scenarios.queries import Comparison, GoalLine, Row, compare, list_planned
from onekl_desktop.tools.scenarios.ranking import rank
from onekl_desktop.tools.scenarios.runs import MODELS

STATE_WORDS = {"stale": N_("out of date"), "missing": N_("not computed"), "blocked": N_("not computed")}
CHARTS = ("natural_forest", "carbon_gain")


def summary(session: Session) -> Page:
    """Build the page from the records and the indicator values."""
    with session.read() as db:
        landscape = get_landscape(db)
        cover = find_land_cover(db)
        layers = list_layers(db)
        footer = get_project_setting(db, "report_footer")
        classes = list_classes(db, cover.legend) if cover else []
        practices = list(db.query(Practice).order_by(Practice.name))
    comparison = compare(session)
    page = Page(
        landscape.name, _("Landscape summary · {date}").format(date=dt.date.today().isoformat()),
        _("Invented landscape: no place, name or figure is real") if landscape.synthetic else "", footer, get_language(),
    )  # fmt: skip
    if landscape.description:
        page.blocks.append(Paragraph(landscape.description))
    page.blocks.append(Facts((
        (_("Area"), format_quantity(landscape.area_ha, "ha")),
        (_("Country"), landscape.country or "–"),
        (_("Land cover of"), str(cover.year) if cover and cover.year else "–"),
        (_("Scenarios"), str(sum(not state.scenario.is_baseline for state in comparison.scenarios))),
        (_("Compared in"), str(comparison.horizon_year)),
    )))  # fmt: skip
    page.blocks.append(MapBlock(_("The landscape today")))
    add_scenarios(page, comparison)
    if comparison.computed:
        add_comparison(page, session, comparison)
        add_ranking(page, comparison)
    else:
        page.blocks.append(
            Notes((_("The scenarios have not been computed yet, so there is nothing to compare."),), warning=True)
        )
    add_goals(page, comparison)
    add_plan_maps(page, session, comparison)
    if comparison.computed:
        add_change(page, comparison)
    _add_zones(page, comparison)
    add_method(page, session, comparison, practices, classes, [layer for layer in layers if layer.source])
    return page


def add_scenarios(page: Page, comparison: Comparison) -> None:
    """The story of each scenario and who proposed it."""
    plans = [state.scenario for state in comparison.scenarios if not state.scenario.is_baseline]
    if not plans:
        return
    page.blocks.append(Heading(_("What could be done")))
    for scenario in plans:
        who = " " + _("Proposed by {who}.").format(who=scenario.proposed_by) if scenario.proposed_by else ""
        page.blocks.append(Paragraph(f"{scenario.description}{who}", lead=f"{scenario.name}."))


def add_plan_maps(page: Page, session: Session, comparison: Comparison) -> None:
    """A map of each plan, and the interventions."""
    plans = [state.scenario for state in comparison.scenarios if not state.scenario.is_baseline]
    if not plans:
        return
    page.blocks.append(Heading(_("Where")))
    for scenario in plans:
        page.blocks.append(MapBlock(scenario.name, scenario.uuid, wide=False, legend=False))
    rows, colours = [], []
    for scenario in plans:
        for planned in list_planned(session, scenario.uuid):
            rows.append((
                planned.item.name, scenario.name, planned.practice.name if planned.practice else "–", planned.years,
                format_number(planned.item.area_ha, 1)))  # fmt: skip
            colours.append(planned.practice.colour if planned.practice else "#999999")
    if rows:
        page.blocks.append(Table(
            (_("Intervention"), _("Scenario"), _("Practice"), _("Years"), _("Area (ha)")), tuple(rows),
            (False, False, False, False, True), colours=tuple(colours)))  # fmt: skip


def add_comparison(page: Page, session: Session, comparison: Comparison) -> None:
    """All indicators side by side, with their likely ranges."""
    names = [state.scenario.name for state in comparison.scenarios]
    page.blocks.append(Heading(_("What it brings and costs by {year}").format(year=comparison.horizon_year)))
    heads = [
        name if state.current else f"{name} ({_(STATE_WORDS.get(state.word, ''))})"
        for name, state in zip(names, comparison.scenarios, strict=True)
    ]
    rows = tuple((row.label, *_cells(row)) for row in comparison.rows)
    page.blocks.append(Table(
        (_("Indicator"), *heads), rows, (False, *([True] * len(names))),
        _("In brackets: difference to the baseline. {assumed}").format(assumed=_tell_outlook(session))))  # fmt: skip
    banded = [
        (row.label, *(_banded(row, at) for at in range(len(names)))) for row in comparison.rows if any(low is not None for low in row.low)
    ]  # fmt: skip
    if banded:
        page.blocks.append(Table(
            (_("Likely range"), *names), tuple(banded), (False, *([True] * len(names))),
            _("From the 10th to the 90th percentile when coefficients are off as far as their sources say; the same draws in every scenario.")))  # fmt: skip


def _banded(row: Row, at: int) -> str:
    low, high = row.low[at], row.high[at]
    if low is None or high is None:
        return format_number(row.values[at], row.decimals)
    return f"{format_number(low, row.decimals)} – {format_number(high, row.decimals)}"


def _tell_outlook(session: Session) -> str:
    """What the baseline assumes of the land, in a sentence."""
    with session.read() as db:
        base = db.query(Scenario).filter(Scenario.is_baseline).first()
        try:
            outlook = find_outlook(db, base) if base is not None else None
        except UserError:
            outlook = None
    if outlook is None:
        return _("The baseline assumes that the land cover stays as on the map.")
    row = outlook.projection
    return _("In the baseline the land goes on changing ({name}): learned from {earlier} ({year}), seed {seed}; it has not been held against a later map (onekl landcover project does that).").format(
        name=row.name, earlier=outlook.earlier.name, year=outlook.earlier.year, seed=row.seed)  # fmt: skip


def add_ranking(page: Page, comparison: Comparison) -> None:
    """How often each scenario stands at each place."""
    found = rank(comparison)
    if found is None or len(found.names) < 3:  # doing nothing and one plan are no order
        return
    page.blocks.append(Heading(_("How firm the order is")))
    places = [_("Place {number}").format(number=number + 1) for number in range(len(found.names))]
    rows = tuple(
        (name, *(format_percent(share, 0) for share in shares))
        for name, shares in sorted(zip(found.names, found.shares, strict=True), key=lambda pair: -pair[1][0])
    )  # fmt: skip
    page.blocks.append(Table(
        (_("Scenario"), *places), rows, (False, *([True] * len(places))),
        _("Share of 10,000 draws in which a scenario stands at a place when every set of weights of these is as likely: {indicators}.").format(indicators=", ".join(row.title for row in found.indicators))))  # fmt: skip


def add_goals(page: Page, comparison: Comparison) -> None:
    """The targets beside what each scenario brings."""
    if not comparison.goals:
        return
    page.blocks.append(Heading(_("Against the goals")))
    names = [state.scenario.name for state in comparison.scenarios]
    rows = tuple(
        (f"{line.target} ({line.unit})" if line.unit else line.target, f"{format_number(line.quantity, line.decimals)} ({line.year})",
         *(told_goal(line, at) for at in range(len(names))))
        for line in comparison.goals
    )  # fmt: skip
    page.blocks.append(Table((_("Target"), _("Wanted (by)"), *names), rows, (False,) * (len(names) + 2)))


def told_goal(line: GoalLine, at: int) -> str:
    """A value with words that say whether it is enough, and when, so that nobody needs to see colours."""
    value, year = line.values[at], line.reached[at]
    if value is None:
        return "–"
    if line.met[at]:
        word = _("reached in {year}").format(year=year)
    else:
        word = _("missed, reached in {year}").format(year=year) if year and year > line.year else _("missed")
    return f"{format_number(value, line.decimals)} · {word}"


def add_change(page: Page, comparison: Comparison) -> None:
    """Lines over the years, and the classes at the end."""
    names = [state.scenario.name for state in comparison.scenarios]
    page.blocks.append(Heading(_("How it changes over the years")))
    for code in CHARTS:
        series = comparison.series.get(code)
        row = next((row for row in comparison.rows if row.code == code), None)
        if series and row is not None:
            lines = tuple(
                Line(state.scenario.name, state.scenario.colour, tuple((float(year), value) for year, value in series[state.scenario.uuid]))
                for state in comparison.scenarios if series.get(state.scenario.uuid)
            )  # fmt: skip
            page.blocks.append(Chart(row.title, row.unit, lines))
    if comparison.classes:
        shown = [row for row in comparison.classes if any(row.values)]
        page.blocks.append(Heading(_("Land cover in {year} (ha)").format(year=comparison.horizon_year)))
        page.blocks.append(Table(
            (_("Class"), *names), tuple((row.title, *_cells(row)) for row in shown), (False, *([True] * len(names))),
            colours=tuple(row.colour for row in shown)))  # fmt: skip


def _cells(row: Row) -> list[str]:
    cells = []
    for number, (value, difference) in enumerate(zip(row.values, row.differences(), strict=True)):
        text = format_number(value, row.decimals)
        told = (
            difference is not None
            and value is not None
            and row.values[0] != 0
            and abs(difference) >= 0.5 * 10**-row.decimals
        )
        if number and told and difference is not None:
            text += f" ({format_signed(difference, row.decimals)})"
        cells.append(text)
    return cells


def _add_zones(page: Page, comparison: Comparison) -> None:
    if not comparison.zones:
        return
    page.blocks.append(
        Heading(
            _("Change of carbon by zone, {base} to {year} (t CO₂e)").format(
                base=comparison.base_year, year=comparison.horizon_year
            )
        )
    )
    rows = []
    for name, zone_rows in comparison.zones.items():
        row = next((row for row in zone_rows if row.code == "carbon_gain"), None)
        if row is not None:
            rows.append((name, *(format_number(value) for value in row.values)))
    names = tuple(state.scenario.name for state in comparison.scenarios)
    page.blocks.append(Table((_("Zone"), *names), tuple(rows), (False, *([True] * len(names)))))


def add_method(page, session, comparison, practices, classes, layers) -> None:  # type: ignore[no-untyped-def]
    """What must be known of the figures: warnings, models, sources, maps, runs."""
    page.blocks.append(Heading(_("How this was computed")))
    warnings = tuple(f"{warning['scenario']}: {warning['message']}" for warning in comparison.warnings)
    problems = tuple(f"{state.scenario.name}: {state.problem}" for state in comparison.scenarios if state.problem)
    if warnings or problems:
        page.blocks.append(Notes(tuple(dict.fromkeys(problems + warnings)), warning=True))
    with session.read() as db:
        landscape = get_landscape(db)
    notes = [f"{_(model.title)}: {_(model.about)} {_(model.source)}".strip() for model in MODELS]
    notes.append(_("Amounts are in {currency} at prices of {year}; the discount rate is {rate} a year.").format(
        currency=landscape.currency, year=landscape.price_year, rate=format_percent(landscape.discount_rate, 1)))  # fmt: skip
    used = {
        planned.item.practice
        for state in comparison.scenarios
        for planned in list_planned(session, state.scenario.uuid)
    }
    sources = sorted(
        {f"{practice.name}: {practice.source}" for practice in practices if practice.uuid in used and practice.source}
    )
    if sources:
        notes.append(_("Costs and labour: {sources}.").format(sources="; ".join(sources)))
    carbon = sorted({cls.carbon_source for cls in classes if cls.carbon_source})
    if carbon:
        notes.append(_("Carbon densities: {sources}.").format(sources="; ".join(carbon)))
    told = "; ".join(
        layer.name + f" ({layer.source}" + (f", {layer.licence})" if layer.licence else ")") for layer in layers
    )
    if told:
        notes.append(_("Maps: {maps}.").format(maps=told))
    if comparison.computed:
        runs = "; ".join(
            f"{state.scenario.name} {state.run.uuid[:12]} ({state.run.started_at[:16].replace('T', ' ')} UTC)"
            for state in comparison.scenarios
            if state.run
        )
        notes.append(_("Runs: {runs}.").format(runs=runs))
    page.blocks.append(Notes(tuple(notes)))
