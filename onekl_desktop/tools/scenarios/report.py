"""The report of the scenarios: what could be done, what it brings to whom, how sure that is, and what it rests on."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
from sqlalchemy import select

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.progress import Progress
from onekl_desktop.base.translate import N_, _, get_language, ngettext
from onekl_desktop.base.units import format_number, format_percent, format_quantity, format_signed
from onekl_desktop.engine import Session
from onekl_desktop.engine.plans import find_density
from onekl_desktop.engine.project_settings import get_project_setting
from onekl_desktop.models.decisions.ranking import pareto_front
from onekl_desktop.project.queries.records import find_land_cover, get_landscape, list_classes
from onekl_desktop.project.records import Layer, Practice
from onekl_desktop.reports.page import (
    Facts,
    Heading,
    MapBlock,
    Notes,
    Page,
    Paragraph,
    Point,
    Points,
    Raster,
    Sheet,
    Table,
)
from onekl_desktop.tools.scenarios import pages
from onekl_desktop.tools.scenarios.history import compute_history, find_hindcast
from onekl_desktop.tools.scenarios.maps import CARBON, LAND, find_difference_map
from onekl_desktop.tools.scenarios.outlook import find_outlook
from onekl_desktop.tools.scenarios.queries import Comparison, Row, compare, list_planned
from onekl_desktop.tools.scenarios.ranking import Ranking, counted, rank
from onekl_desktop.tools.scenarios.runs import read_json

ZONE_FIGURES = ("net_income", "jobs", "carbon_gain", "natural_forest")
FULL_COLOUR_T_PER_HA, MOST_TRANSITIONS = 120, 10
SILENT = (
    N_("Prices, wages, costs and laws stay as written for all years; markets do not answer to what is planted here."),
    N_(
        "Weather, fire, pests, floods and the changing climate are not in the figures; a bad year can undo young plantings."
    ),
    N_(
        "Carbon is that of the land-cover classes, not measured on the plots; land of one class counts the same everywhere."
    ),
    N_("People do not move and nobody is pushed onto other land: what is given up here is not taken up elsewhere."),
    N_(
        "Rights to land, trust and conflict are not computed. They are talked about, and written down under consent and decisions."
    ),
    N_("Land that is projected follows the past. A new road, a mine or a new rule makes another future."),
)


def scenario_report(session: Session) -> Page:
    """Build the report from the records and the indicator values."""
    with session.read() as db:
        landscape = get_landscape(db)
        cover = find_land_cover(db)
        footer = get_project_setting(db, "report_footer")
        classes = list_classes(db, cover.legend) if cover else []
        practices = list(db.query(Practice).order_by(Practice.name))
        layers = list(db.scalars(select(Layer).where(Layer.source != "")))
    comparison = compare(session)
    page = Page(
        _("{landscape}: the scenarios").format(landscape=landscape.name), _("Scenario report · {date}").format(date=dt.date.today().isoformat()),
        _("Invented landscape: no place, name or figure is real") if landscape.synthetic else "", footer, get_language(),
    )  # fmt: skip
    page.blocks.append(Facts((
        (_("Area"), format_quantity(landscape.area_ha, "ha")), (_("Land cover of"), str(cover.year) if cover and cover.year else "–"),
        (_("Scenarios"), str(sum(not state.scenario.is_baseline for state in comparison.scenarios))), (_("Compared in"), str(comparison.horizon_year)),
    )))  # fmt: skip
    if not comparison.computed:
        page.blocks.append(Notes((_("The scenarios have not been computed yet, so there is nothing to compare."),), warning=True))  # fmt: skip
        pages.add_scenarios(page, comparison)
        pages.add_plan_maps(page, session, comparison)
        return page
    ranking = rank(comparison)
    _add_in_short(page, comparison, ranking)
    pages.add_scenarios(page, comparison)
    _add_assumptions(page, session, comparison)
    _add_history(page, session)
    pages.add_plan_maps(page, session, comparison)
    pages.add_comparison(page, session, comparison)
    _add_tradeoff(page, comparison)
    pages.add_goals(page, comparison)
    pages.add_change(page, comparison)
    _add_winners(page, comparison, ranking)
    pages.add_ranking(page, comparison)
    _add_difference_maps(page, session, comparison, {cls.code: cls.colour for cls in classes})
    pages.add_method(page, session, comparison, practices, classes, layers)
    _add_coefficients(page, classes, practices, _used(session, comparison), landscape.currency)
    page.blocks.append(Heading(_("What the models do not say")))
    page.blocks.append(Notes(tuple(_(text) for text in SILENT)))
    page.sheets = _sheets(session, comparison, ranking, classes, practices)
    return page


def _add_in_short(page: Page, comparison: Comparison, ranking: Ranking | None) -> None:
    """The findings in sentences, each with its number."""
    told = []
    names = [state.scenario.name for state in comparison.scenarios]
    if ranking is not None:
        order = sorted(zip(ranking.names, ranking.shares, strict=True), key=lambda pair: -pair[1][0])
        for name, shares in order[:2]:
            if shares[0] >= 0.05:
                told.append(_("{name} stands first in {share} of all sets of weights.").format(name=name, share=format_percent(shares[0], 0)))  # fmt: skip
    for at, name in enumerate(names):
        if at and comparison.goals:
            kept = sum(bool(line.met[at]) for line in comparison.goals)
            told.append(ngettext("{name} reaches {kept} of {count} target in time.", "{name} reaches {kept} of {count} targets in time.", len(comparison.goals)).format(name=name, kept=kept, count=len(comparison.goals)))  # fmt: skip
    for at, name in enumerate(names):
        if not at:
            continue
        losers = [zone for zone, rows in comparison.zones.items() if _lost(rows, at)]
        if losers:
            told.append(ngettext("In {name} {count} zone loses income: {zones}.", "In {name} {count} zones lose income: {zones}.", len(losers)).format(name=name, count=len(losers), zones=", ".join(losers)))  # fmt: skip
    if told:
        page.blocks.append(Heading(_("In short")))
        page.blocks.append(Notes(tuple(told)))


def _lost(rows: list[Row], at: int) -> bool:
    item = next((row for row in rows if row.code == "net_income"), None)
    difference = item.differences()[at] if item else None
    return difference is not None and difference < -0.5


def _add_assumptions(page: Page, session: Session, comparison: Comparison) -> None:
    rows = []
    drivers: list[str] = []
    with session.read() as db:
        names = {layer.uuid: layer.name for layer in db.scalars(select(Layer))}
        for state in comparison.scenarios:
            try:
                outlook = find_outlook(db, state.scenario)
            except UserError as problem:
                rows.append((state.scenario.name, str(problem), "–", "–"))
                continue
            if outlook is None:
                rows.append((state.scenario.name, _("stays as on the map"), "–", "–"))
                continue
            row = outlook.projection
            learned = f"{outlook.earlier.name} ({outlook.earlier.year})"
            rows.append((state.scenario.name, row.name, learned, format_number(state.scenario.pace, 2)))
            drivers += [
                f"{names.get(each.get('layer', ''), '?')}: {each.get('measure', '')}" for each in read_json(row.drivers, list) if isinstance(each, dict)
            ]  # fmt: skip
    page.blocks.append(Heading(_("What is assumed of the land by itself")))
    told = (
        _("Where land changes follows {drivers}.").format(drivers="; ".join(dict.fromkeys(drivers))) if drivers else ""
    )
    page.blocks.append(Table(
        (_("Scenario"), _("The land beside the interventions"), _("Learned from"), _("Pace")), tuple(rows), (False, False, False, True), told))  # fmt: skip
    held = find_hindcast(session, Progress())
    if held:
        page.blocks.append(Notes(tuple(held)))


def _add_history(page: Page, session: Session) -> None:
    """What became what between the maps, the largest changes of each period."""
    try:
        history = compute_history(session, Progress())
    except UserError:  # one map only: there is no past to tell
        return
    names = {cls.code: cls.name for cls in history.classes}
    for period in history.periods:
        found = history.transitions(period)[:MOST_TRANSITIONS]
        if not found:
            continue
        page.blocks.append(Heading(_("How the land changed, {first} to {second}").format(first=period.first.year, second=period.second.year)))  # fmt: skip
        page.blocks.append(MapBlock(
            _("What changed from {first} to {second}, in the colour of what it became.").format(first=period.first.year, second=period.second.year),
            raster=Raster(str(period.path), tuple((cls.code, cls.colour) for cls in history.classes)), wide=False, legend=False))  # fmt: skip
        rows = tuple(
            (f"{names[each.source]} – {names[each.target]}", format_number(each.area_ha), format_number(each.yearly_ha, 1), format_percent(each.share, 1))
            for each in found
        )  # fmt: skip
        page.blocks.append(Table(
            (_("From – to"), _("Area (ha)"), _("ha a year"), _("Of the first class")), rows, (False, True, True, True),
            _("The largest of {count} changes.").format(count=len(history.transitions(period)))))  # fmt: skip


def _add_tradeoff(page: Page, comparison: Comparison) -> None:
    rows, held = counted(comparison)
    found = {row.code: row for row in rows}
    across = found.get("cost_present_value")
    pairs = [row for code in ("carbon_gain", "jobs") if (row := found.get(code)) is not None]
    if across is None or len(held) < 2 or not pairs:
        return
    page.blocks.append(Heading(_("Against each other")))
    for upward in pairs:
        values = np.array([[across.values[at], upward.values[at]] for at in held], float)
        front = pareto_front(values, np.array([across.direction, upward.direction], float))
        points = tuple(
            Point(comparison.scenarios[at].scenario.name, comparison.scenarios[at].scenario.colour, float(values[n, 0]), float(values[n, 1]),
                  _range(across, at), _range(upward, at), bool(front[n]))
            for n, at in enumerate(held)
        )  # fmt: skip
        page.blocks.append(Points(_("{upward} against {across}").format(upward=upward.title, across=across.title), across.label, upward.label, points))  # fmt: skip
    page.blocks.append(Paragraph(_("Full points on the dashed line: no other scenario is better in one of the two without being worse in the other. Lines through points: likely range."), small=True))  # fmt: skip


def _range(row: Row, at: int) -> tuple[float, float] | None:
    low, high = (part[at] if part else None for part in (row.low, row.high))
    return None if low is None or high is None else (low, high)


def _add_winners(page: Page, comparison: Comparison, ranking: Ranking | None) -> None:
    names = [state.scenario.name for state in comparison.scenarios]
    for code in ZONE_FIGURES:
        rows, title = [], ""
        for zone, items in comparison.zones.items():
            item = next((row for row in items if row.code == code and not row.category), None)
            if item is None:
                continue
            title = item.label
            cells = []
            for at, (value, difference) in enumerate(zip(item.values, item.differences(), strict=True)):
                text = format_number(value, item.decimals)
                if at and difference and item.values[0] and abs(difference) >= 0.5 * 10**-item.decimals:
                    text += f" ({format_signed(difference, item.decimals)})"
                cells.append(text)
            rows.append((zone, *cells))
        if rows:
            page.blocks.append(Heading(_("Who gains, who loses: {figure}").format(figure=title)))
            page.blocks.append(Table((_("Zone"), *names), tuple(rows), (False, *([True] * len(names))),
                                     _("In brackets: difference to the baseline.")))  # fmt: skip
    if ranking is not None and ranking.groups:
        lines = []
        for group, (order, scores) in ranking.groups.items():
            by_name = dict(zip(order, scores, strict=True))
            cells = [format_number(by_name[name], 2) for name in ranking.names]
            cares = ", ".join(row.title for row in ranking.indicators if comparison.groups.get(group, {}).get(row.code))
            lines.append((group, cares, *cells, order[0]))
        page.blocks.append(Heading(_("How well each scenario serves what groups care for")))
        page.blocks.append(Table(
            (_("Group"), _("Cares for"), *ranking.names, _("First for them")), tuple(lines), (False, False, *([True] * len(ranking.names)), False),
            _("0: serves what the group cares for worst of these scenarios, 1: best.")))  # fmt: skip


def _add_difference_maps(page: Page, session: Session, comparison: Comparison, palette: dict[int, str]) -> None:
    base = next((state.run for state in comparison.scenarios if state.scenario.is_baseline), None)
    blocks = []
    for state in comparison.scenarios:
        if state.scenario.is_baseline or state.run is None or base is None:
            continue
        for kind, title in ((LAND, _("{scenario}: land cover that differs")), (CARBON, _("{scenario}: carbon, green more, brown less"))):  # fmt: skip
            path = find_difference_map(session, state.run, base, kind)
            if path is not None:
                raster = Raster(str(path), tuple(sorted(palette.items())) if kind == LAND else (), FULL_COLOUR_T_PER_HA)
                blocks.append(MapBlock(title.format(scenario=state.scenario.name), wide=False, legend=False, raster=raster))  # fmt: skip
    if blocks:
        page.blocks.append(Heading(_("Where the land is another one in {year}").format(year=comparison.horizon_year)))
        page.blocks += blocks


def _used(session: Session, comparison: Comparison) -> set[str]:
    return {planned.item.practice for state in comparison.scenarios for planned in list_planned(session, state.scenario.uuid)}  # fmt: skip


def _add_coefficients(page: Page, classes: list[Any], practices: list[Practice], used: set[str], currency: str) -> None:
    page.blocks.append(Heading(_("Coefficients and their sources")))
    rows = tuple(
        (cls.name, format_number(find_density(cls), 1), format_percent(cls.carbon_spread, 0), cls.carbon_source or _("no source given"))
        for cls in classes if find_density(cls) is not None
    )  # fmt: skip
    page.blocks.append(Table(
        (_("Class"), _("Carbon (t/ha)"), _("May be off by"), _("Source")), rows, (False, True, True, False),
        colours=tuple(cls.colour for cls in classes if find_density(cls) is not None)))  # fmt: skip
    shown = [practice for practice in practices if practice.uuid in used]
    lines = tuple(
        (practice.name, format_number(practice.capital_cost_per_ha), format_number(practice.operating_cost_per_ha_year),
         format_number(practice.labour_start_days_per_ha), format_number(practice.labour_days_per_ha_year), format_number(practice.yield_t_per_ha_year, 2),
         format_number(practice.price_per_t), format_percent(practice.spread, 0), practice.source or _("no source given"))
        for practice in shown
    )  # fmt: skip
    if lines:
        heads = (
            _("Practice"), _("To start ({currency}/ha)").format(currency=currency), _("A year ({currency}/ha)").format(currency=currency), _("Days to start"),
            _("Days a year"), _("Yield (t/ha)"), _("Price per t"), _("May be off by"), _("Source"),
        )  # fmt: skip
        page.blocks.append(Table(heads, lines, (False, *([True] * 7), False), colours=tuple(practice.colour for practice in shown)))  # fmt: skip


# ------------------------------------------------------------------ the annex


def _sheets(session: Session, comparison: Comparison, ranking: Ranking | None, classes: list[Any], practices: list[Practice]) -> list[Sheet]:  # fmt: skip
    names = [state.scenario.name for state in comparison.scenarios]
    count = len(names)
    year = comparison.horizon_year
    likely = _("Low and high: 10th and 90th percentile when coefficients are off as far as their sources say.")
    sheets = [Sheet(
        _("Indicators"), (_("Indicator"), _("Unit"), _("Scenario"), _("Value"), _("Low"), _("High"), _("Difference to the baseline")),
        tuple((row.title, row.unit, name, row.values[at], row.low[at] if row.low else None, row.high[at] if row.high else None, row.differences()[at])
              for row in comparison.rows for at, name in enumerate(names)),
        (None, None, None, 2, 2, 2, 2), f"{_('In {year}').format(year=year)}. {likely}")]  # fmt: skip
    titles = {row.code: row.label for row in comparison.rows}
    sheets.append(Sheet(
        _("Over the years"), (_("Indicator"), _("Scenario"), _("Year"), _("Value")),
        tuple((titles[code], state.scenario.name, at, value) for code, series in comparison.series.items() for state in comparison.scenarios
              for at, value in series.get(state.scenario.uuid, ())),
        (None, None, None, 2)))  # fmt: skip
    if comparison.zones:
        sheets.append(Sheet(
            _("By zone"), (_("Zone"), _("Indicator"), *names),
            tuple((zone, row.label, *row.values) for zone, rows in comparison.zones.items() for row in rows if not row.category),
            (None, None, *([2] * count)), _("In {year}").format(year=year)))  # fmt: skip
    sheets.append(Sheet(
        _("Land cover"), (_("Class (ha)"), *names), tuple((row.title, *row.values) for row in comparison.classes if any(row.values)),
        (None, *([1] * count)), _("In {year}").format(year=year)))  # fmt: skip
    if comparison.goals:
        sheets.append(Sheet(
            _("Goals"), (_("Target"), _("Unit"), _("Wanted"), _("By"), _("Scenario"), _("Value"), _("Reached in")),
            tuple((line.target, line.unit, line.quantity, line.year, name, line.values[at], line.reached[at]) for line in comparison.goals for at, name in enumerate(names)),
            (None, None, 2, None, None, 2, None)))  # fmt: skip
    if ranking is not None:
        sheets.append(Sheet(
            _("Order"), (_("Scenario"), *(_("Place {number}").format(number=place + 1) for place in range(len(ranking.names)))),
            tuple((name, *shares) for name, shares in zip(ranking.names, ranking.shares, strict=True)), (None, *([4] * len(ranking.names))),
            _("Share of 10,000 draws in which a scenario stands at a place.")))  # fmt: skip
    interventions = tuple(
        (state.scenario.name, planned.item.name, planned.practice.name if planned.practice else "", planned.years, planned.item.area_ha)
        for state in comparison.scenarios for planned in list_planned(session, state.scenario.uuid)
    )  # fmt: skip
    sheets.append(Sheet(_("Interventions"), (_("Scenario"), _("Intervention"), _("Practice"), _("Years"), _("Area (ha)")), interventions, (None, None, None, None, 2)))  # fmt: skip
    sheets.append(Sheet(
        _("Carbon of the classes"), (_("Code"), _("Class"), _("Above ground (t/ha)"), _("Below ground (t/ha)"), _("Soil (t/ha)"), _("Dead matter (t/ha)"), _("May be off by"), _("Source")),
        tuple((cls.code, cls.name, cls.carbon_above_t_per_ha, cls.carbon_below_t_per_ha, cls.carbon_soil_t_per_ha, cls.carbon_dead_t_per_ha, cls.carbon_spread, cls.carbon_source or "") for cls in classes),
        (None, None, 1, 1, 1, 1, 2, None)))  # fmt: skip
    used = _used(session, comparison)
    sheets.append(Sheet(
        _("Practices"), (_("Practice"), _("Capital cost"), _("Operating cost"), _("Labour to start"), _("Yearly labour"), _("Yield"), _("First harvest after"), _("Price at the farm gate"), _("May be off by"), _("Source")),
        tuple((p.name, p.capital_cost_per_ha, p.operating_cost_per_ha_year, p.labour_start_days_per_ha, p.labour_days_per_ha_year, p.yield_t_per_ha_year, p.years_to_yield, p.price_per_t, p.spread, p.source)
              for p in practices if p.uuid in used),
        (None, 2, 2, 1, 1, 2, 0, 2, 2, None), _("Per hectare and year.")))  # fmt: skip
    return sheets
